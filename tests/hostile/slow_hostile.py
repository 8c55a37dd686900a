"""The large numbers: 10,000 broken files of every kind in process, 200 by command; 121 extreme scenarios, 500 damaged stores, 60 kills."""

import contextlib
import os
import random
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from sxsim.running.plans import load

from ..scenario.cafe import TEXT
from .extremes import chosen
from .mutators import EXPERIMENT, KINDS, attack, mutated, surroundings
from .test_extremes import outcome

resource = pytest.importorskip("resource")
SECONDS, KIBIBYTES = 10.0, 2_000_000
COMMANDS = {
    "scenario": ("check",),
    "experiment": ("study", "--dry-run", "-q"),
    "calibration": ("study", "--dry-run", "-q"),
    "parameters": ("check", "cafe.yaml", "--parameters"),
    "ensemble": ("run", "cafe.yaml", "--dry-run", "--parameters"),
    "assessment": ("check", "cafe.yaml", "--assessment"),
    "workbook": ("check", "cafe.yaml", "--assessment"),
}


def test_ten_thousand_broken_files(tmp_path: Path) -> None:
    found = attack(tmp_path, 10_000, 17)
    assert found.crashed == []
    assert found.slowest < SECONDS, found.slowest_is
    assert found.written == []
    assert found.without_place <= found.refused / 100, found.placeless
    assert resource.getrusage(resource.RUSAGE_SELF).ru_maxrss < KIBIBYTES


def test_two_hundred_by_command(tmp_path: Path) -> None:
    chance = random.Random(18)
    wrong = []
    for number in range(200):
        name = chance.choice(tuple(COMMANDS))
        surroundings(tmp_path)
        file = tmp_path / KINDS[name].file
        file.write_bytes(mutated(KINDS[name], chance))
        command = [sys.executable, "-m", "sxsim", *COMMANDS[name], file.name]
        began = time.perf_counter()
        done = subprocess.run(command, cwd=tmp_path, capture_output=True, timeout=120, env=os.environ)
        said = done.stderr.decode("utf-8", "replace")
        if done.returncode not in (0, 3) or "Traceback" in said or "\x1b" in said:
            wrong.append(f"{number} {name}: exit {done.returncode}: {said[-300:]}")
        if done.returncode == 3 and "line " not in said and "--set" not in said:
            wrong.append(f"{number} {name}: no line: {said[-300:]}")
        if time.perf_counter() - began > 2 * SECONDS:  # with the start of Python
            wrong.append(f"{number} {name}: {time.perf_counter() - began:.0f} s")
    assert wrong == []


def test_a_hundred_and_twenty_one_extreme_scenarios(tmp_path: Path) -> None:
    path = tmp_path / "cafe.yaml"
    path.write_text(TEXT, encoding="utf-8")
    found = {each.name: outcome(each, tmp_path) for each in chosen(load(path), 121, 19)}
    assert len(found) == 121
    assert set(found.values()) <= {"finished", "refused"}, found
    assert list(found.values()).count("finished") > 90


def test_five_hundred_damaged_stores_change_no_figure(tmp_path: Path) -> None:
    """Bits flipped, pieces overwritten, ends cut off, in what is kept: the same command shows the same figures."""
    chance = random.Random(20)
    source, whole = tmp_path / "cafe.yaml", tmp_path / "whole"
    source.write_text(TEXT, encoding="utf-8")
    scenario = load(source)
    expected = scenario.run(replications=4, jobs=1, out=whole).kpis
    (kept,) = (whole / ".finished").glob("*.sqlite")
    good = kept.read_bytes()
    reused = 0
    for number in range(500):
        out = tmp_path / str(number)
        damaged = _damaged(good, chance)
        path = out / ".finished" / kept.name
        path.parent.mkdir(parents=True)
        path.write_bytes(damaged)
        again = scenario.run(replications=4, jobs=1, out=out)
        assert again.kpis.equals(expected), number
        reused += again.reused
        shutil.rmtree(out)
    assert reused > 500, "what is sound is not computed again"


def _damaged(good: bytes, chance: random.Random) -> bytes:
    damaged, at = bytearray(good), chance.randrange(len(good))
    how = chance.randrange(10)
    if how == 0:
        del damaged[at:]
    elif how == 1:
        damaged[at : at + 600] = chance.randbytes(600)[: len(damaged) - at]
    elif how == 2:
        damaged[at:at] = chance.randbytes(chance.randrange(1, 5_000))
    else:
        for _ in range(1 if how < 8 else 20):
            damaged[chance.randrange(len(damaged))] ^= 1 << chance.randrange(8)
    return bytes(damaged)


COMMANDS_TO_KILL = {
    "run": ("run", "cafe.yaml", "-n", "150"),
    "run reference": ("run", "cafe.yaml", "-n", "14", "--engine", "reference"),
    "compare": ("compare", "cafe.yaml", "-n", "40"),
    "study": ("study", "sweep.yaml"),
}
HOW = (signal.SIGKILL, signal.SIGTERM, signal.SIGINT)


@pytest.mark.skipif(not Path("/proc/self/environ").exists(), reason="looks into /proc")
def test_sixty_kills_lose_nothing_and_leave_nobody(tmp_path: Path) -> None:
    """Whenever and however a command is ended, the same command goes on to the same figures; no process outlives it."""
    chance = random.Random(21)
    expected = {name: _figures(name, tmp_path / f"whole-{number}", []) for number, name in enumerate(COMMANDS_TO_KILL)}
    for number in range(60):
        name, how = chance.choice(tuple(COMMANDS_TO_KILL)), HOW[number % 3]
        folder = tmp_path / str(number)
        found = _figures(name, folder, [(chance.uniform(0.2, 5.0), how) for _ in range(chance.randrange(1, 3))])
        assert found == expected[name], (number, name, how)
        assert not [*folder.rglob("*.tmp*")], (number, name, how)
        shutil.rmtree(folder)


def _figures(name: str, folder: Path, kills: list[tuple[float, signal.Signals]]) -> dict[str, bytes]:
    """The tables that a command leaves, after it was ended some times and then left alone."""
    folder.mkdir()
    (folder / "cafe.yaml").write_text(TEXT, encoding="utf-8")
    sweep = EXPERIMENT.replace("replications: 2", "replications: 20")
    (folder / "sweep.yaml").write_text(sweep, encoding="utf-8")
    mark = f"SXSIM_TEST_MARK={folder}"
    command = [sys.executable, "-m", "sxsim", *COMMANDS_TO_KILL[name], "-q", "-j", "2", "-o", "out"]
    environment = os.environ | dict([mark.split("=", 1)])
    for after, how in kills:
        process = subprocess.Popen(
            command, cwd=folder, env=environment, stderr=subprocess.PIPE, stdout=subprocess.DEVNULL
        )
        with contextlib.suppress(subprocess.TimeoutExpired):
            process.wait(after)
        process.send_signal(how)
        said = process.communicate(timeout=60)[1].decode()
        assert process.returncode in (0, -how, 128 + how), said
        assert "Traceback" not in said
        until = time.monotonic() + 30
        while _marked(mark):
            assert time.monotonic() < until, f"somebody outlives {name}, ended by {how.name}"
            time.sleep(0.1)
    done = subprocess.run(command, cwd=folder, env=environment, capture_output=True, timeout=300)
    assert done.returncode == 0, done.stderr.decode()
    tables = sorted(path for path in (folder / "out").rglob("*") if path.suffix in (".parquet", ".csv"))
    assert tables
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in tables}


def _marked(mark: str) -> list[str]:
    """Processes that were started with a mark and live."""
    found = []
    for process in Path("/proc").glob("[0-9]*"):
        with contextlib.suppress(OSError):
            alive = "Z" not in (process / "stat").read_text().rpartition(")")[2].split()[0]
            if alive and mark.encode() in (process / "environ").read_bytes().split(b"\0"):
                found.append(process.name)
    return found
