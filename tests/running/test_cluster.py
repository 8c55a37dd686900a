"""A Dask cluster: the same bytes as here, a worker that dies loses nothing, workers of another version are refused."""

import multiprocessing
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path

import distributed
import pytest

from sxsim.running import cluster
from sxsim.running.cluster import cluster_runner, fingerprint
from sxsim.running.one_run import RunFailed
from sxsim.studies.part import Study
from sxsim.studies.study import study
from tests.commands.cli import call
from tests.studies.experiments import SMALL, experiment_file

_PATIENCE = 60.0


def tables(found: Study) -> dict[str, bytes]:
    """The tables of a study's folder."""
    assert found.folder is not None
    return {path.name: path.read_bytes() for path in found.folder.iterdir() if path.suffix in (".csv", ".parquet")}


@contextmanager
def started(*module: str) -> Iterator[subprocess.Popen[bytes]]:
    """A process of the cluster, ended afterwards."""
    process = subprocess.Popen([sys.executable, "-m", *module], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    try:
        yield process
    finally:
        process.kill()
        process.wait()


@contextmanager
def scheduler(folder: Path) -> Iterator[str]:
    """A scheduler on the loopback. Yields its address."""
    import json

    file = folder / "scheduler.json"
    with started(
        "distributed.cli.dask_scheduler",
        "--host",
        "127.0.0.1",
        "--port",
        "0",
        "--no-dashboard",
        "--scheduler-file",
        str(file),
    ):
        until = time.monotonic() + _PATIENCE
        while not file.exists() or not file.read_text():
            assert time.monotonic() < until, "the scheduler does not start"
            time.sleep(0.1)
        yield str(json.loads(file.read_text())["address"])


def worker(address: str) -> AbstractContextManager[subprocess.Popen[bytes]]:
    """A worker process of its own."""
    return started("distributed.cli.dask_worker", address, "--no-nanny", "--nthreads", "1", "--no-dashboard")


def test_a_local_cluster_gives_the_same_bytes(tmp_path: Path) -> None:
    path = experiment_file(tmp_path)
    here = study(path, out=tmp_path / "here")
    there = study(path, out=tmp_path / "there", cluster="local", jobs=2)
    assert there.run == here.run == 8 * 5
    assert tables(there) == tables(here)


def test_a_local_cluster_listens_nowhere() -> None:
    def listening() -> set[str]:
        rows = [
            line.split() for name in ("tcp", "tcp6") for line in Path(f"/proc/net/{name}").read_text().splitlines()[1:]
        ]
        own = {
            os.readlink(f"/proc/self/fd/{fd}")
            for fd in os.listdir("/proc/self/fd")
            if os.path.exists(f"/proc/self/fd/{fd}")
        }
        return {row[1] for row in rows if row[3] == "0A" and f"socket:[{row[9]}]" in own}

    before = listening()
    with cluster_runner("local", 2) as elsewhere:
        assert sorted(elsewhere(abs, [-1, -2, 3])) == [(-2, 2), (-1, 1), (3, 3)]
        assert listening() == before
        assert multiprocessing.active_children() == []


def test_replays_run_there_too(tmp_path: Path) -> None:
    path = experiment_file(
        tmp_path, study="why", plan="warm-welcome", replications=2, orders=2, kpis=["npv"], factors=None, samples=None
    )
    there = study(path, out=tmp_path / "there", cluster="local", jobs=1)
    assert not there.failures
    assert tables(there) == tables(study(path, out=tmp_path / "here"))


def test_a_worker_that_is_killed_loses_nothing_and_nothing_comes_twice(tmp_path: Path) -> None:
    path = experiment_file(
        tmp_path, samples=32, set=SMALL | {"horizon.months": 4, "market.people": 300, "market.customers": 200}
    )
    here = study(path, out=tmp_path / "here")
    with scheduler(tmp_path) as address, worker(address) as one, worker(address):
        with distributed.Client(address, set_as_default=False) as client:
            client.wait_for_workers(2, timeout=_PATIENCE)
        done: list[int] = []

        def report(finished: int, _total: int, _text: str) -> None:
            done.append(finished)
            if finished == 20:
                os.kill(one.pid, signal.SIGKILL)

        there = study(path, out=tmp_path / "there", cluster=address, progress=report)
        assert one.poll() is not None, "the worker was not killed mid-way"
    assert not there.failures
    assert done == list(range(32 * 5 + 1))
    assert there.run == here.run == 32 * 5
    assert tables(there) == tables(here)


def test_workers_of_another_version_are_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(cluster, "demanded", lambda: fingerprint() | {"model": "another", "python": "abacus"})
    with pytest.raises(RunFailed) as error, cluster_runner("local", 1):
        pass
    assert "is refused" in str(error.value)
    assert "(here another)" in str(error.value)
    assert "(here abacus)" in str(error.value)


def test_a_worker_that_joins_later_is_refused_with_its_first_point() -> None:
    with pytest.raises(RunFailed, match="refused"):
        cluster._do_there(b"", None, fingerprint() | {"numba": "0.1"})  # type: ignore[arg-type]


def test_a_cluster_that_does_not_answer_is_said(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(cluster, "_ANSWERS_WITHIN", 1.0)
    said = call("study", experiment_file(tmp_path), "-o", tmp_path / "runs", "--cluster", "tcp://127.0.0.1:9")
    assert said.code == 4
    assert "the cluster tcp://127.0.0.1:9 does not answer within 1 s" in said.err
    assert "Traceback" not in said.err
    assert not (tmp_path / "runs").exists()


def test_an_address_that_is_none_is_said(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(cluster, "_ANSWERS_WITHIN", 1.0)
    said = call("study", experiment_file(tmp_path), "-o", tmp_path / "runs", "--cluster", "nowhere")
    assert said.code == 3
    assert "--cluster 'nowhere' must be local or an address like tcp://host:8786" in said.err
    assert "Traceback" not in said.err


def test_a_cluster_without_workers_is_said(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(cluster, "_ANSWERS_WITHIN", 2.0)
    with (
        scheduler(tmp_path) as address,
        pytest.raises(RunFailed, match="has no workers; start some with: dask worker"),
        cluster_runner(address),
    ):
        pass
