"""The large numbers.

10,000 broken files of every kind in process and 200 by command; 121 extreme scenarios, and every field at its smallest and
largest; 500 damaged stores; 60 kills.
"""

import os
import random
import re
import shutil
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

import pytest

from sxsim.results import pictured
from sxsim.results.folder import RUN_FILE

from .damage import Folder, Store
from .extremes import Extreme, Trial, extremes, single
from .kills import kill_all
from .mutators import KINDS, attack, mutated, surroundings

resource = pytest.importorskip("resource")
SECONDS, KIBIBYTES = 10.0, 2_000_000
#: With pictures, and ten million people take their time.
SECONDS_OF_AN_EXTREME = 300.0
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
        began = _seconds_of_children()  # of work: other programs may keep the processors busy
        done = subprocess.run(command, cwd=tmp_path, capture_output=True, timeout=120, env=os.environ)
        said = done.stderr.decode("utf-8", "replace")
        if done.returncode not in (0, 3) or "Traceback" in said or "\x1b" in said:
            wrong.append(f"{number} {name}: exit {done.returncode}: {said[-300:]}")
        if done.returncode == 3 and "line " not in said and "--set" not in said:
            wrong.append(f"{number} {name}: no line: {said[-300:]}")
        if (took := _seconds_of_children() - began) > 2 * SECONDS:  # with the start of Python
            wrong.append(f"{number} {name}: {took:.0f} s")
    assert wrong == []


def _seconds_of_children() -> float:
    """Seconds of work of all processes begun here that have ended."""
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return float(used.ru_utime + used.ru_stime)


def _asked(trial: Trial, scenarios: Sequence[Extreme]) -> dict[str, str]:
    """What becomes of scenarios, by name: first as they are; when they are asked back, as they are meant."""
    found = {}
    for extreme in scenarios:
        said = trial.ask(extreme, unusual=False)
        found[extreme.name] = trial.ask(extreme, unusual=True) if "is legal but unusual" in said else said
    trial.close()
    return found


def _wrong(found: dict[str, str]) -> dict[str, str]:
    """What is neither done nor refused before any work; that a person comes too often shows by chance, in the work."""
    late = re.compile(r"failed: .*a customer came 65,536 times.*lower visits_per_month", re.DOTALL)
    return {
        name: said
        for name, said in found.items()
        if said != "done" and not said.startswith("refused: ") and not late.match(said)
    }


def test_121_extreme_scenarios(tmp_path: Path) -> None:
    found = _asked(Trial(tmp_path, SECONDS_OF_AN_EXTREME), extremes(121, 17))
    assert _wrong(found) == {}
    assert len(found) == 121
    assert sum(said == "done" for said in found.values()) > 80, "most can be run"
    assert sum(said.startswith("failed") for said in found.values()) <= 2


def test_every_field_at_its_smallest_and_at_its_largest(tmp_path: Path) -> None:
    found = _asked(Trial(tmp_path, SECONDS_OF_AN_EXTREME, save=False), single())
    assert _wrong(found) == {}
    assert len(found) > 300


def test_400_damaged_stores_of_points_and_replications(tmp_path: Path) -> None:
    store, chance, wrong = Store(tmp_path), random.Random(19), []
    for number in range(400):
        wrong.append(store.wrong(tmp_path / str(number), chance))
        shutil.rmtree(tmp_path / str(number))
    assert [text for text in wrong if text] == []


def test_100_damaged_folders_of_runs(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pictured, "draw_run", lambda _result, _folder: None)
    folder, chance, wrong = Folder(tmp_path / "whole"), random.Random(20), []
    names = sorted(path.name for path in folder.folder.iterdir() if path.is_file())
    for number in range(100):
        name = RUN_FILE if number % 2 else chance.choice(names)
        wrong.append(folder.wrong(tmp_path / str(number), name, chance))
        shutil.rmtree(tmp_path / str(number))
    assert [text for text in wrong if text] == []


@pytest.mark.skipif(not Path("/proc/self/stat").exists(), reason="looks into /proc")
def test_60_kills(tmp_path: Path) -> None:
    assert kill_all(tmp_path, 60, 21) == []
