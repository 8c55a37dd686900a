"""Commands that are ended at random moments: what is finished is kept, nothing else stays, and the end comes out the same."""

import json
import os
import random
import shutil
import signal
import subprocess
import sys
import time
from dataclasses import dataclass
from pathlib import Path

from sxsim.results.folder import RUN_FILE

from ..scenario.cafe import TEXT

SWEEP = """question: How?
study: sweep
scenarios: [cafe.yaml]
replications: 2
kpis: [loyalty, npv]
factors:
  - {path: touchpoints.counter.failure_rate, values: [0.02, 0.05, 0.1]}
  - {parameters: bond_fading, low: 0.01, high: 0.02, steps: 3}
"""
COMMANDS = {
    "run": ("run", "cafe.yaml", "--plan", "welcome", "-n", "24"),
    "compare": ("compare", "cafe.yaml", "--plans", "welcome", "-n", "10"),
    "study": ("study", "sweep.yaml"),
}
ENGINES = ("compiled", "reference")
SIGNALS = (signal.SIGKILL, signal.SIGTERM, signal.SIGINT)
#: Codes that a command may end with, by signal, when it was ended before its end; 0 when it was faster.
_CODES = {signal.SIGKILL: (-9,), signal.SIGTERM: (143, -15), signal.SIGINT: (130, -2)}
#: What differs between two runs of the same.
_OF_THE_MOMENT = ("seconds", "replications_reused", "points_run", "notes")
_SECONDS, _SECONDS_OF_ORPHANS = 240.0, 20.0


@dataclass(frozen=True)
class Place:
    """A folder of its own in which commands run."""

    folder: Path

    def __post_init__(self) -> None:
        (self.folder / "tmp").mkdir(parents=True)
        (self.folder / "cafe.yaml").write_text(TEXT, encoding="utf-8")
        (self.folder / "sweep.yaml").write_text(SWEEP, encoding="utf-8")

    def begin(self, command: str, engine: str) -> "subprocess.Popen[bytes]":
        """Begin a command in a session of its own, so that all its processes can be found."""
        words = [sys.executable, "-m", "sxsim", *COMMANDS[command], "--engine", engine, "-j", "2", "-q", "-o", "runs"]
        surroundings = os.environ | {"TMPDIR": str(self.folder / "tmp")}
        # Output goes into a file: a pipe would stay open as long as an orphan lives.
        with (self.folder / "said").open("wb") as said:
            return subprocess.Popen(
                words, cwd=self.folder, stdout=said, stderr=said, env=surroundings, start_new_session=True
            )

    def said(self) -> str:
        """What the last command said."""
        return (self.folder / "said").read_text(encoding="utf-8", errors="replace")

    def left(self) -> list[str]:
        """Temporary files and folders that are there."""
        found = [path for path in (self.folder / "runs").rglob("*") if path.name.startswith(".") or ".tmp" in path.name]
        found += (self.folder / "tmp").iterdir()
        return [path.relative_to(self.folder).as_posix() for path in found if path.name != ".finished"]

    def content(self) -> dict[str, bytes]:
        """All files of results by name, without what belongs to the moment."""
        files: dict[str, bytes] = {}
        for path in sorted((self.folder / "runs").rglob("*")):
            name = path.relative_to(self.folder).as_posix()
            if path.is_dir() or "/.finished/" in name or path.suffix in (".xlsx", ".md"):
                continue
            files[name] = path.read_bytes()
            if path.name == RUN_FILE:
                data = json.loads(files[name])
                files[name] = json.dumps({k: v for k, v in data.items() if k not in _OF_THE_MOMENT}).encode()
        return files


def in_session(session: int) -> list[int]:
    """Living processes of a session."""
    found = []
    for entry in Path("/proc").iterdir():
        if entry.name.isdecimal():
            try:
                state, _, _, of = (entry / "stat").read_text().rpartition(")")[2].split()[:4]
            except OSError:
                continue
            if int(of) == session and state != "Z":
                found.append(int(entry.name))
    return found


@dataclass(frozen=True)
class Kill:
    """A command with an engine, ended by a signal after some seconds."""

    command: str
    engine: str
    signal: signal.Signals
    after: float

    def wrong(self, place: Place, expected: dict[str, bytes]) -> str:
        """End the command, and give it again: what is wrong, or nothing."""
        process = place.begin(self.command, self.engine)
        time.sleep(self.after)
        whole_group = self.signal == signal.SIGINT  # as Ctrl-C does
        if process.poll() is None:
            (os.killpg if whole_group else os.kill)(process.pid, self.signal)
        code, said = process.wait(_SECONDS), place.said()
        if code != 0 and code not in _CODES[self.signal]:
            return f"exit {code}: {said[-500:]}"
        if "Traceback" in said:
            return f"a traceback: {said[-500:]}"
        until = time.monotonic() + _SECONDS_OF_ORPHANS
        while orphans := in_session(process.pid):
            if time.monotonic() > until:
                for orphan in orphans:
                    os.kill(orphan, signal.SIGKILL)
                return f"orphans: {orphans}"
            time.sleep(0.05)
        if self.signal != signal.SIGKILL and place.left():
            return f"left behind: {place.left()}"
        return self._goes_on(place, expected)

    def _goes_on(self, place: Place, expected: dict[str, bytes]) -> str:
        again = place.begin(self.command, self.engine)
        if again.wait(_SECONDS) != 0:
            return f"the same command ends with {again.returncode}: {place.said()[-500:]}"
        found = place.content()
        if place.left():
            return f"left for ever: {place.left()}"
        if found != expected:
            different = sorted(name for name in expected | found if expected.get(name) != found.get(name))
            return f"other bytes: {different}"
        return ""


def expected_of(folder: Path) -> dict[tuple[str, str], tuple[dict[str, bytes], float]]:
    """What each command gives that nobody ends, by command and engine, and the seconds it takes."""
    found = {}
    for command in COMMANDS:
        for engine in ENGINES:
            place = Place(folder / f"whole-{command}-{engine}")
            began = time.monotonic()
            process = place.begin(command, engine)
            assert process.wait(_SECONDS) == 0, place.said()
            found[command, engine] = place.content(), time.monotonic() - began
            assert found[command, engine][0]
    return found


def kill_all(folder: Path, count: int, seed: int) -> list[str]:
    """End commands at random moments, so often: what was wrong."""
    chance, expected, wrong = random.Random(seed), expected_of(folder), []
    for command in COMMANDS:
        of_engines = [{n.rpartition("/")[2]: c for n, c in expected[command, e][0].items()} for e in ENGINES]
        assert of_engines[0].keys() == of_engines[1].keys()
    kinds = [(command, engine, how) for command in COMMANDS for engine in ENGINES for how in SIGNALS]
    for number in range(count):
        command, engine, how = kinds[number % len(kinds)]
        content, seconds = expected[command, engine]
        kill = Kill(command, engine, how, chance.uniform(0.05, 1.0) * seconds)
        place = Place(folder / str(number))
        if said := kill.wrong(place, content):
            wrong.append(f"{number} {command} {engine} {how.name} after {kill.after:.1f} of {seconds:.1f} s: {said}")
        shutil.rmtree(place.folder)
    return wrong
