"""Where work is done: here, on other cores, or elsewhere; how it stops; and what is left of it when some is finished.

The compiled engine shares its work among threads, the reference engine among processes. What comes out does not depend on it.
"""

import functools
import itertools
import os
import signal
import threading
import time
from collections.abc import Callable, Generator, Iterable, Iterator, Sequence
from concurrent.futures import FIRST_COMPLETED, Executor, Future, ProcessPoolExecutor, ThreadPoolExecutor, wait
from concurrent.futures.process import BrokenProcessPool
from contextlib import contextmanager
from multiprocessing import get_context, parent_process
from pathlib import Path
from typing import Any, TypeVar

from sxsim.running.kept import Kept, KeptPoints
from sxsim.running.one_run import RunFailed, Stopped, working
from sxsim.running.task import Failure, Point, Task, run_point

Item = TypeVar("Item")
Result = TypeVar("Result")
ShouldStop = Callable[[], bool]
Done = tuple[Point, tuple[float, ...] | Failure]
#: Called with what is done and what there is in all; in studies also with the running result in a few words.
Progress = Callable[..., None]
#: Does work on items somewhere else and yields each with its result as it is finished.
Elsewhere = Callable[[Callable[[Any], Any], Iterable[Any]], Iterator[tuple[Any, Any]]]
#: Items handed out for each worker, so that none waits and memory does not grow with their number.
AHEAD = 3
#: Seconds of work below which starting other processes costs more than it saves.
_WORTH_SHARING = 4.0
#: Seconds between two looks whether to stop, while others work.
_LOOK_EVERY = 0.1
#: Exit code of a process whose parent is gone.
_PARENT_GONE = 3


def share(
    work: Callable[[Item], Result],
    items: Iterable[Item],
    *,
    jobs: int | None = None,
    processes: bool = False,
    left: int | None = None,
    should_stop: ShouldStop | None = None,
) -> Generator[tuple[Item, Result], None, None]:
    """Do work on items; yields each item with its result as it is finished.

    jobs: threads or processes, by default one a core; processes: work holds Python's lock, so that threads would not help, and
    can be pickled; left: how many items there are, where that is known (few are done here); should_stop: asked at the end of each simulated
    month; when it says so the iterator ends, and work under way is given up. The first item is done here, because it may
    compile. Whoever leaves the iterator, or is interrupted, leaves no thread or process behind.
    """
    workers, iterator, took = jobs or os.cpu_count() or 1, iter(items), 0.0
    for done, item in enumerate(iterator, 1):
        if should_stop is not None and should_stop():
            return
        began = time.perf_counter()
        try:
            with working(should_stop, floors=workers):
                result = work(item)
        except Stopped:
            return
        took += time.perf_counter() - began
        yield item, result
        rest = None if left is None else left - done
        worth = not processes or rest is None or took / done * rest > _WORTH_SHARING
        if workers > 1 and worth and (rest is None or rest > 1):
            many = workers if rest is None else min(workers, rest)
            yield from (_in_processes if processes else _in_threads)(work, iterator, many, should_stop)
            return


def _in_threads(
    work: Callable[[Item], Result], items: Iterator[Item], workers: int, should_stop: ShouldStop | None
) -> Generator[tuple[Item, Result], None, None]:
    """Share items among threads: the compiled engine lets others run meanwhile."""
    ended = threading.Event()

    def must_stop() -> bool:
        return ended.is_set() or (should_stop is not None and should_stop())

    def one(item: Item) -> Result:
        with working(must_stop):
            return work(item)

    pool = ThreadPoolExecutor(workers)
    try:
        yield from _as_finished(pool, one, items, workers, should_stop)
    finally:
        ended.set()
        pool.shutdown(wait=True, cancel_futures=True)


def _in_processes(
    work: Callable[[Item], Result], items: Iterator[Item], workers: int, should_stop: ShouldStop | None
) -> Generator[tuple[Item, Result], None, None]:
    """Share items among processes, which end at once when the work is interrupted, given up, or loses its parent."""
    pool = ProcessPoolExecutor(workers, mp_context=get_context("spawn"), initializer=_begin, initargs=(work,))
    finished = False
    try:
        yield from _as_finished(pool, _one_there, items, workers, should_stop)
        finished = should_stop is None or not should_stop()
    except BrokenProcessPool as error:
        raise RunFailed(
            f"a process that worked for this one was ended from outside, or memory was short ({error})"
        ) from error
    finally:
        processes = list((pool._processes or {}).values())
        pool.shutdown(wait=finished, cancel_futures=True)
        if not finished:
            for process in processes:
                process.terminate()


def _as_finished(
    pool: Executor,
    work: Callable[[Item], Result],
    items: Iterator[Item],
    workers: int,
    should_stop: ShouldStop | None,
) -> Generator[tuple[Item, Result], None, None]:
    running: dict[Future[Result], Item] = {}

    def hand_out(count: int) -> None:
        for item in itertools.islice(items, count):
            with _interrupts_held_back():
                running[pool.submit(work, item)] = item

    hand_out(AHEAD * workers)
    while running:
        finished, _ = wait(running, None if should_stop is None else _LOOK_EVERY, FIRST_COMPLETED)
        if should_stop is not None and should_stop():
            return
        for future in finished:
            item = running.pop(future)
            hand_out(1)
            yield item, future.result()


_work: Callable[[Any], Any] | None = None


def _begin(work: Callable[[Any], Any]) -> None:
    """Make this process one that works for another, and ends with it."""
    global _work
    _work = work
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    parent = parent_process()

    def watch() -> None:
        if parent is not None:
            parent.join()  # returns when the parent is gone, in whatever way
            os._exit(_PARENT_GONE)

    threading.Thread(target=watch, daemon=True).start()


def _one_there(item: Any) -> Any:
    assert _work is not None
    try:
        return _work(item)
    except SystemExit as error:
        raise RunFailed(f"something ended the program: sys.exit({error.code!r})") from error


@contextmanager
def _interrupts_held_back() -> Iterator[None]:
    """Processes started here never see Ctrl-C themselves: this process ends them."""
    if not hasattr(signal, "pthread_sigmask"):
        yield
        return
    before = signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT})
    try:
        yield
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)


def run_here(
    task: Task, points: Iterable[Point], jobs: int | None = None, should_stop: ShouldStop | None = None
) -> Iterator[Done]:
    """Run points on this machine; yields them as they are finished."""
    work = functools.partial(run_point, task)
    return share(work, points, jobs=jobs, processes=task.engine != "compiled", should_stop=should_stop)


class Work:
    """Finishes points: those that are kept are taken from there, the rest run here or elsewhere.

    count: points run; failures: points that could not be finished; notes: what a user should know beside the results.
    """

    def __init__(
        self,
        out: Path,
        *,
        jobs: int | None = None,
        runner: Elsewhere | None = None,
        fresh: bool = False,
        progress: Progress | None = None,
        should_stop: ShouldStop | None = None,
    ) -> None:
        self.out, self.jobs, self.fresh = out, jobs, fresh
        self.progress: Progress = progress or (lambda *_: None)
        self.should_stop = should_stop
        self._runner = runner
        self._kept: Kept | None = None
        self._stores: list[tuple[Task, KeptPoints]] = []
        self.count = 0
        self.failures: list[Failure] = []
        self.notes: list[str] = []

    def store(self, task: Task) -> KeptPoints:
        """What is kept of a task's points."""
        found = next((store for known, store in self._stores if known is task), None)
        if found is None:
            self._kept = self._kept or Kept(self.out)
            found = KeptPoints(self._kept, task)
            self._stores.append((task, found))
            for model in found.of_other_models():
                note = (
                    f"there are results of the same question by another version of the model ({model}); they are kept "
                    f"but not used: this version is {found.model}"
                )
                if note not in self.notes:
                    self.notes.append(note)
        return found

    def run(self, task: Task, points: Iterable[Point]) -> Iterator[Done]:
        """Run points, whether they are finished or not; nothing is kept."""
        if self._runner is not None:
            return self._runner(functools.partial(run_point, task), points)
        asked = () if self.should_stop is None else (self.should_stop,)
        return run_here(task, points, self.jobs, *asked)

    def finish(self, task: Task, points: Sequence[Point], what: str, kpi: str) -> None:
        """Run those of some points that are not finished; progress says what it is about and the mean of a KPI.

        Raises Stopped when the work was told to stop before all were finished.
        """
        store = self.store(task)
        total, done = store.count(points)
        if self.fresh:
            done = total - sum(1 for _ in store.distinct(points, fresh=True))
        self.progress(done, total, what)
        column, seen, count = task.statistics.index(kpi), 0.0, 0
        for point, result in self.run(task, store.distinct(points, fresh=self.fresh)):
            if isinstance(result, Failure):
                self.failures.append(result)
            else:
                store.put(point, result)
                seen, count = seen + result[column], count + 1
            done += 1
            self.count += 1
            self.progress(done, total, f"{what}: {kpi} {seen / max(count, 1):.4g} on average")
        if done < total and self.should_stop is not None:
            raise Stopped(f"{what}: stopped after {done} of {total} points, which are kept")

    def kpis(self, task: Task, point: Point) -> tuple[float, ...] | None:
        """The KPIs of a finished point in the order of `KPIS`; None when it is not finished."""
        return self.store(task).get(point)
