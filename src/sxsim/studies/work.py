"""Where points run: on the cores of this machine, or on a Dask cluster. The results do not depend on it.

`Work` takes finished points from the store and runs the others; a point is kept as soon as it is finished.
"""

import itertools
import os
import threading
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import FIRST_COMPLETED, Executor, Future, ProcessPoolExecutor, ThreadPoolExecutor, wait
from multiprocessing import get_context
from pathlib import Path

from sxsim.studies.points import Failure, Point, PointStore, Stopped, Task, run_point

Done = tuple[Point, tuple[float, ...] | Failure]
#: Called with points done, points in all, and the running result in a few words.
Progress = Callable[[int, int, str], None]
#: Runs points of a task somewhere and yields them as they are finished.
Runner = Callable[[Task, Iterable[Point]], Iterator[Done]]
#: Points handed out for each worker, so that none waits and memory does not grow with the study.
AHEAD = 3


def run_here(task: Task, points: Iterable[Point], jobs: int | None = None) -> Iterator[Done]:
    """Run points on this machine, in threads (compiled engine) or processes; yields them as they are finished."""
    workers = jobs or os.cpu_count() or 1
    iterator = iter(points)
    first = next(iterator, None)
    if first is None:
        return
    yield first, run_point(task, first)  # compiles, once
    if workers == 1:
        for point in iterator:
            yield point, run_point(task, point)
        return
    stop = threading.Event()

    def each_month(_month: int) -> None:
        if stop.is_set():
            raise Stopped

    compiled = task.engine == "compiled"
    pool: Executor = (
        ThreadPoolExecutor(workers) if compiled else ProcessPoolExecutor(workers, mp_context=get_context("spawn"))
    )
    watch = each_month if compiled else None
    running: dict[Future[tuple[float, ...] | Failure], Point] = {}
    try:
        for point in itertools.islice(iterator, AHEAD * workers):
            running[pool.submit(run_point, task, point, watch)] = point
        while running:
            finished, _ = wait(running, return_when=FIRST_COMPLETED)
            for future in finished:
                point = running.pop(future)
                following = next(iterator, None)
                if following is not None:
                    running[pool.submit(run_point, task, following, watch)] = following
                yield point, future.result()
    finally:
        stop.set()
        pool.shutdown(wait=True, cancel_futures=True)


class Work:
    """Finishes points: those in the store are taken from there, the rest run here or on a cluster.

    count: points run; failures: points that could not be finished; notes: what a user should know beside the results.
    """

    def __init__(
        self,
        out: Path,
        *,
        jobs: int | None = None,
        runner: Runner | None = None,
        fresh: bool = False,
        progress: Progress | None = None,
    ) -> None:
        self.out, self.jobs, self.fresh = out, jobs, fresh
        self.progress: Progress = progress or (lambda _done, _total, _text: None)
        self._runner = runner
        self._stores: list[tuple[Task, PointStore]] = []
        self.count = 0
        self.failures: list[Failure] = []
        self.notes: list[str] = []

    def store(self, task: Task) -> PointStore:
        """The store of a task's points."""
        found = next((store for known, store in self._stores if known is task), None)
        if found is None:
            found = PointStore(self.out, task)
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
        return run_here(task, points, self.jobs) if self._runner is None else self._runner(task, points)

    def finish(self, task: Task, points: Sequence[Point], what: str, kpi: str) -> None:
        """Run those of some points that are not finished; progress says what it is about and the mean of a KPI."""
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

    def kpis(self, task: Task, point: Point) -> tuple[float, ...] | None:
        """The KPIs of a finished point in the order of `KPIS`; None when it is not finished."""
        return self.store(task).get(point)
