"""Where points run: on the cores of this machine. The results do not depend on it."""

import itertools
import os
import threading
from collections.abc import Iterable, Iterator
from concurrent.futures import FIRST_COMPLETED, Executor, Future, ProcessPoolExecutor, ThreadPoolExecutor, wait
from multiprocessing import get_context

from sxsim.studies.points import Failure, Point, Stopped, Task, run_point

Done = tuple[Point, tuple[float, ...] | Failure]
#: Points handed out for each worker, so that none waits and memory does not grow with the study.
_AHEAD = 3


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
        for point in itertools.islice(iterator, _AHEAD * workers):
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
