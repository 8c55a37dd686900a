"""Work on other cores: as it comes, ended cleanly, with nothing left behind."""

import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from multiprocessing import active_children
from pathlib import Path

import pytest

from sxsim.running import sharing
from sxsim.running.one_run import RunFailed, Stopped, run_world
from sxsim.running.sharing import Work, share
from sxsim.running.task import Point, Task
from tests.scenario.cafe import TEXT, cafe

_PATIENCE = 60.0


def doubled(number: int) -> int:
    """Some work."""
    return 2 * number


def where(number: int) -> tuple[int, int]:
    """In which process and thread an item is done."""
    time.sleep(0.05)
    return os.getpid(), threading.get_ident()


def ended(number: int) -> int:
    """Work that ends its program."""
    if number:
        sys.exit(0)
    return number


def killed(number: int) -> int:
    """Work that somebody kills."""
    if number:
        os.kill(os.getpid(), signal.SIGKILL)
    return number


def endless() -> Iterator[int]:
    """Numbers without end."""
    number = 0
    while True:
        yield number
        number += 1


@pytest.mark.parametrize("processes", [False, True])
def test_every_item_comes_once_with_its_result(processes: bool) -> None:
    found = list(share(doubled, range(40), jobs=2, processes=processes))
    assert found[0] == (0, 0)
    assert sorted(found) == [(number, 2 * number) for number in range(40)]
    assert list(share(doubled, [], jobs=2, processes=processes)) == []


def test_the_first_is_done_here_and_the_rest_elsewhere() -> None:
    here = where(0)
    threads = [result for _, result in share(where, range(8), jobs=2)]
    assert threads[0] == here
    assert here not in threads[1:]
    assert {process for process, _ in threads} == {os.getpid()}
    processes = {process for _, (process, _) in list(share(where, range(8), jobs=2, processes=True))[1:]}
    assert os.getpid() not in processes
    assert [result for _, result in share(where, range(4), jobs=1)] == [here] * 4


def test_a_little_work_starts_no_processes() -> None:
    assert {process for _, (process, _) in share(where, range(3), jobs=2, processes=True, left=3)} == {os.getpid()}


def test_items_are_taken_only_as_they_are_needed() -> None:
    asked: list[int] = []

    def numbers() -> Iterator[int]:
        for number in range(1_000_000):
            asked.append(number)
            yield number

    for count, _ in enumerate(share(doubled, numbers(), jobs=2)):
        assert len(asked) <= count + 2 + sharing.AHEAD * 2
        if count == 50:
            break


@pytest.mark.parametrize("processes", [False, True])
def test_whoever_leaves_leaves_nothing_behind(processes: bool) -> None:
    before = set(threading.enumerate())
    for number, _ in share(doubled, endless(), jobs=2, processes=processes):
        if number > 5:
            break
    # The pool's own thread waits for its processes, too: whichever of the two comes second sees the end a moment later.
    until = time.monotonic() + _PATIENCE
    while active_children():
        assert time.monotonic() < until, "a process is left behind"
        time.sleep(0.05)
    assert {thread for thread in threading.enumerate() if thread.name.startswith("ThreadPool")} <= before


@pytest.mark.parametrize("processes", [False, True])
def test_it_stops_when_it_is_told_to(processes: bool) -> None:
    found: list[int] = []
    for number, _ in share(doubled, endless(), jobs=2, processes=processes, should_stop=lambda: len(found) >= 9):
        found.append(number)
    assert 9 <= len(found) <= 9 + 2 * sharing.AHEAD, "those that were finished when it was said come, too"
    assert list(share(doubled, endless(), should_stop=lambda: True)) == []


def long_run(replication: int) -> int:
    """A run of many months."""
    run_world(cafe("horizon.months=600", "market.people=9000", "market.customers=6000"), replication=replication)
    return replication


def test_a_run_under_way_is_given_up_at_the_end_of_a_month() -> None:
    until = time.monotonic() + 1.0
    began = time.monotonic()
    assert list(share(long_run, range(4), jobs=2, should_stop=lambda: time.monotonic() > until)) == []
    assert time.monotonic() - began < 20.0


def test_what_ends_a_program_is_a_failed_run() -> None:
    with pytest.raises(RunFailed, match=r"sys.exit\(0\)"):
        list(share(ended, range(3), jobs=2, processes=True))
    with pytest.raises(RunFailed, match="ended from outside"):
        list(share(killed, range(3), jobs=2, processes=True))


SCRIPT = """
import sys, time
sys.path.insert(0, {root!r})
from sxsim.running.sharing import share
from tests.running.test_sharing import slow

if __name__ == "__main__":
    for number, process in share(slow, range(100), jobs=2, processes=True):
        print(process, flush=True)
"""


def slow(number: int) -> int:
    """Work that takes its time."""
    time.sleep(0.1)
    return os.getpid()


def alive(process: int) -> bool:
    """Whether a process lives (one that is dead and not yet waited for does not)."""
    try:
        return "Z" not in Path(f"/proc/{process}/stat").read_text().rpartition(")")[2].split()[0]
    except OSError:
        return False


@pytest.mark.skipif(not Path("/proc/self/stat").exists(), reason="looks into /proc")
@pytest.mark.parametrize("how", [signal.SIGTERM, signal.SIGKILL, signal.SIGHUP])
def test_processes_end_with_their_parent_however_it_ends(how: signal.Signals, tmp_path: Path) -> None:
    script = tmp_path / "script.py"
    script.write_text(SCRIPT.format(root=str(Path(__file__).parents[2])))
    process = subprocess.Popen([sys.executable, script], stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True)
    assert process.stdout is not None
    workers: set[int] = set()
    while len(workers) < 3:
        workers.add(int(process.stdout.readline()))
    assert all(map(alive, workers))
    process.send_signal(how)
    process.wait(_PATIENCE)
    until = time.monotonic() + _PATIENCE
    while any(map(alive, workers)):
        assert time.monotonic() < until, "a worker outlives its parent"
        time.sleep(0.05)


@pytest.mark.parametrize("engine", ["compiled", "reference"])
@pytest.mark.parametrize(
    ("how", "code", "words"),
    [(signal.SIGINT, 130, "interrupted"), (signal.SIGTERM, 143, "ended from outside")],
    ids=["Ctrl-C", "SIGTERM"],
)
def test_an_ended_run_says_so_with_its_code_and_what_is_finished_is_kept(
    engine: str, how: int, code: int, words: str, tmp_path: Path
) -> None:
    path = tmp_path / "cafe.yaml"
    path.write_text(TEXT, encoding="utf-8")
    command = [
        sys.executable,
        "-m",
        "sxsim",
        "run",
        str(path),
        "-n",
        "5000",
        "--engine",
        engine,
        "-o",
        str(tmp_path),
        "-q",
        "-j",
        "2",
    ]
    process = subprocess.Popen(command, stderr=subprocess.PIPE, text=True)
    until = time.monotonic() + _PATIENCE
    while not list(tmp_path.glob(".finished/*.sqlite-wal")):
        assert time.monotonic() < until
        time.sleep(0.1)
    time.sleep(4.0)
    process.send_signal(how)
    _, said = process.communicate(timeout=_PATIENCE)
    assert process.returncode == code
    assert said == f"{words}; what is finished is kept, the same command goes on from there\n"
    assert not [*tmp_path.rglob("*.tmp*")]


def test_points_that_are_finished_are_kept_when_the_work_is_stopped(tmp_path: Path) -> None:
    task = Task(cafe(), "today")
    points = [Point((), number) for number in range(20)]
    done: list[int] = []
    work = Work(
        tmp_path, jobs=2, progress=lambda count, _total, _text: done.append(count), should_stop=lambda: len(done) > 5
    )
    with pytest.raises(Stopped, match="of 20 points, which are kept"):
        work.finish(task, points, "café", "npv")
    assert work.store(task).count(points) == (20, work.count)
    assert 5 <= work.count < 20
    again = Work(tmp_path, jobs=2)
    again.finish(task, points, "café", "npv")
    assert again.count == 20 - work.count
