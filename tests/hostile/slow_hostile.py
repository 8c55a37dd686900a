"""The large numbers: 10,000 broken files of every kind in process, 200 by command."""

import os
import random
import subprocess
import sys
import time
from pathlib import Path

import pytest

from .mutators import KINDS, attack, mutated, surroundings

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
