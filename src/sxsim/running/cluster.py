"""Work on a Dask cluster: the same bytes as here, whoever does it and whatever becomes of a worker.

Workers of another version or platform are refused, when the work begins and with every item, so that one that joins
later is refused as well. An item whose worker dies is done by another. A cluster started here (`local`) listens nowhere: its
workers are threads of this process.
"""

import functools
import itertools
import logging
import os
import pickle
import socket
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from typing import Any
from urllib.parse import urlsplit

from sxsim.results.provenance import environment, software
from sxsim.running.one_run import RunFailed
from sxsim.running.sharing import AHEAD, Elsewhere
from sxsim.running.task import Failure
from sxsim.scenario.problems import InvalidInput, Problem

#: The word that starts a cluster on this machine.
LOCAL = "local"
#: Seconds within which a cluster must answer, and have a worker.
_ANSWERS_WITHIN = 10.0
_DECIDING = ("mesa", "simpy", "numpy", "numba", "llvmlite")


@functools.cache
def fingerprint() -> dict[str, str]:
    """What must be equal on all workers: versions of program and model, Python, deciding libraries; not the processor."""
    here, program = environment(), software()
    libraries = {name: str(here["libraries"][name]) for name in _DECIDING}
    return {
        "sxsim": program["version"],
        "model": program["model"],
        "python": str(here["python"]),
    } | libraries


def demanded() -> dict[str, str]:
    """The fingerprint that workers must have: that of this process."""
    return fingerprint()


@functools.lru_cache(maxsize=8)
def _unpacked(packed: bytes) -> Callable[[Any], Any]:
    work: Callable[[Any], Any] = pickle.loads(packed)
    return work


def _do_there(packed: bytes, item: Any, expected: dict[str, str]) -> Any:
    """Do an item on a worker. Raises RunFailed on a worker of another version."""
    _refuse_others({"a worker": fingerprint()}, expected)
    return _unpacked(packed)(item)


def _refuse_others(workers: dict[str, dict[str, str]], expected: dict[str, str]) -> None:
    """Raise RunFailed, naming what differs, when a worker is of another version."""
    for address, found in workers.items():
        differing = [
            f"{name} {found.get(name)} (here {value})" for name, value in expected.items() if found.get(name) != value
        ]
        if differing:
            raise RunFailed(
                f"{address} of the cluster is refused, because its figures might differ: {', '.join(differing)}; install "
                "the same versions there and start the worker again"
            )


@contextmanager
def cluster_runner(address: str, jobs: int | None = None) -> Iterator[Elsewhere]:
    """What does work on the cluster at an address (`tcp://host:port`), or on one started here for the purpose (`local`).

    jobs: workers of a cluster started here, by default one a core. Raises RunFailed when the cluster does not answer, has no worker, or
    has one of another version, and when Dask is not installed.
    """
    try:
        import distributed
    except ImportError:
        raise RunFailed("--cluster needs Dask: pip install 'sxsim[cluster]'") from None
    own = None
    if address != LOCAL:
        _knock(address)
    else:
        own = _cluster_here(jobs or os.cpu_count() or 1)
    try:
        try:
            client = distributed.Client(own or address, timeout=_ANSWERS_WITHIN, set_as_default=False)
        except (OSError, ValueError, TimeoutError) as error:
            raise RunFailed(
                f"the cluster {address} does not answer within {_ANSWERS_WITHIN:.0f} s ({error}); is dask scheduler running "
                "there, and the address as it prints it (tcp://host:port)?"
            ) from None
        try:
            expected = demanded()
            _refuse_others(_workers(client, address), expected)
            yield functools.partial(_share_on, client, expected)
        finally:
            client.close()
    finally:
        if own is not None:
            own.close()


def _cluster_here(workers: int) -> Any:
    """A cluster within this process, with nothing that listens: whoever can reach a cluster can run code as its user."""
    import distributed

    class Silent:
        """A part of the cluster without its web page."""

        def start_http_server(self, *_: Any, **__: Any) -> None:
            """Do not."""

    class Scheduler(Silent, distributed.Scheduler):
        pass

    class Worker(Silent, distributed.Worker):
        pass

    worker = {"cls": Worker, "options": {"nthreads": 1, "dashboard": False}}
    scheduler = {"cls": Scheduler, "options": {"protocol": "inproc://", "dashboard": False}}
    return distributed.SpecCluster(dict.fromkeys(range(workers), worker), scheduler, silence_logs=logging.WARN)


def _knock(address: str) -> None:
    """See whether anybody is there. Raises InvalidInput for what is no address, RunFailed when nobody answers."""
    place = urlsplit(address if "://" in address else f"//{address}")
    try:
        host, port = place.hostname, place.port
    except ValueError:
        host, port = None, None
    if not host or not port:
        hint = "give it as dask scheduler prints it, or local"
        raise InvalidInput(
            [Problem((), f" --cluster {address!r} must be local or an address like tcp://host:8786", hint)]
        )
    try:
        socket.create_connection((host, port), _ANSWERS_WITHIN).close()
    except OSError as error:
        raise RunFailed(
            f"the cluster {address} does not answer within {_ANSWERS_WITHIN:.0f} s ({error}); is dask scheduler running there, "
            "and the address as it prints it (tcp://host:port)?"
        ) from None


def _workers(client: Any, address: str) -> dict[str, dict[str, str]]:
    """The fingerprints of all workers by address. Raises RunFailed when there is none, or one without sxsim."""
    try:
        client.wait_for_workers(1, timeout=_ANSWERS_WITHIN)
    except TimeoutError:
        raise RunFailed(f"the cluster {address} has no workers; start some with: dask worker {address}") from None
    try:
        found: dict[str, dict[str, str]] = client.run(fingerprint)
    except Exception as error:
        raise RunFailed(f"a worker of the cluster {address} cannot run sxsim ({error}): install it there") from None
    return found


def _share_on(
    client: Any, expected: dict[str, str], work: Callable[[Any], Any], items: Iterable[Any]
) -> Iterator[tuple[Any, Any]]:
    """Do work on the cluster's workers; yields items with their results as they are finished."""
    from distributed import KilledWorker, as_completed

    packed = pickle.dumps(work)
    iterator = iter(items)
    running: dict[Any, Any] = {}

    def submit(item: Any) -> Any:
        future = client.submit(_do_there, packed, item, expected, pure=False)
        running[future] = item
        return future

    slots = max(sum(client.nthreads().values()), 1)
    done = as_completed([submit(item) for item in itertools.islice(iterator, AHEAD * slots)], loop=client.loop)
    try:
        for future in done:
            item = running.pop(future)
            for following in itertools.islice(iterator, 1):
                done.add(submit(following))
            try:
                result = future.result()
            except KilledWorker as error:
                result = Failure(item, f"every worker that ran it died: {error}")
            future.release()
            yield item, result
    finally:
        client.cancel(list(running))
