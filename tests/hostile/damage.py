"""Damaged stores: bits flipped, bytes put in, pieces overwritten, ends cut off; no figure that comes out may be another."""

import contextlib
import json
import logging
import random
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np

from sxsim.engines.records import Records
from sxsim.reruns import rerun
from sxsim.results.folder import RUN_FILE
from sxsim.running.kept import FOLDER, Kept, KeptPoints
from sxsim.running.plans import Options, run, run_plans
from sxsim.running.sharing import Work
from sxsim.running.task import Point, Task

from ..scenario.cafe import cafe

POINTS = [Point((("bond_gain", 0.05 * place),), number) for place in range(1, 6) for number in range(4)]
REPLICATIONS = 6


def damaged(content: bytes, chance: random.Random) -> bytes:
    """Some bytes with something wrong about them; never the same bytes."""
    made, how = bytearray(content), chance.random()
    at = chance.randrange(len(made) if chance.random() < 0.8 else min(len(made), 200))
    if how < 0.5:
        for place in (at, *(chance.randrange(len(made)) for _ in range(chance.choice((0, 0, 7))))):
            made[place] ^= 1 << chance.randrange(8)
    elif how < 0.65:
        made[at:at] = chance.randbytes(chance.choice((1, 2, 16, 4096)))
    elif how < 0.8:
        del made[at:]
    elif how < 0.9:
        del made[at : at + chance.choice((1, 16, 4096))]
    else:
        length = chance.choice((16, 600, 5000))
        made[at : at + length] = bytes(length) if chance.random() < 0.5 else chance.randbytes(length)
    if bytes(made) == content:
        made[at] ^= 1
    return bytes(made)


class _Heard(logging.Handler):
    def __init__(self) -> None:
        super().__init__()
        self.texts: list[str] = []

    def emit(self, record: logging.LogRecord) -> None:
        self.texts.append(record.getMessage())


@contextlib.contextmanager
def heard() -> Iterator[list[str]]:
    """What the program says meanwhile."""
    handler, log = _Heard(), logging.getLogger("sxsim")
    log.addHandler(handler)
    try:
        yield handler.texts
    finally:
        log.removeHandler(handler)


class Store:
    """A folder with finished points of a task, finished replications, and what they are.

    files: what is kept, with its journal as after a kill, and in one file as after a good end.
    """

    def __init__(self, folder: Path) -> None:
        self.scenario, self.out = cafe(), folder / "runs"
        self.task = Task(self.scenario, "welcome", seed=3)
        work = Work(self.out, jobs=1)
        work.finish(self.task, POINTS, "points", "loyalty")
        self.points = self._points(work)
        self.records = self._runs(self.out)[0]
        self._open = Kept(self.out)  # keeps the journal, as after a kill
        KeptPoints(self._open, self.task).note("about", "nothing")
        self.files = (_files(self.out), _files(self._closed(folder / "closed")))

    def _closed(self, out: Path) -> Path:
        """A copy in which all is in one file."""
        (out / FOLDER).mkdir(parents=True)
        for name, content in _files(self.out).items():
            (out / FOLDER / name).write_bytes(content)
        kept = Kept(out)
        kept.get("points", b"")
        kept.close()
        return out

    def _points(self, work: Work) -> str:
        return str([work.kpis(self.task, point) for point in POINTS])

    def _runs(self, out: Path) -> tuple[list[bytes], int]:
        result = run_plans(self.scenario, ["today"], Options(replications=REPLICATIONS, jobs=1, seed=2, out=out))[0]
        return [bytes_of(records) for records in result.records], result.reused

    def wrong(self, out: Path, chance: random.Random) -> str:
        """Damage a file of a copy, and use it three times: what is wrong with what comes out, or nothing.

        What is found damaged at first is computed again; what is put beside other damage may be lost once more, but not for ever.
        """
        (out / FOLDER).mkdir(parents=True)
        files = chance.choice(self.files)
        for name, content in files.items():
            (out / FOLDER / name).write_bytes(content)
        name = chance.choice(tuple(files))
        (out / FOLDER / name).write_bytes(damaged(files[name], chance))
        with heard() as said:
            for _ in range(3):
                work = Work(out, jobs=1)
                work.finish(self.task, POINTS, "points", "loyalty")
                if self._points(work) != self.points:
                    return f"{name}: another KPI; said: {said}"
                records, reused = self._runs(out)
                if records != self.records:
                    return f"{name}: other records; said: {said}"
                lost = work.count or reused < REPLICATIONS
        if lost:
            return f"{name}: what was computed again is not kept; said: {said}"
        return ""


def _files(out: Path) -> dict[str, bytes]:
    """The files of what is kept, without the index of the journal, which is made anew."""
    files = sorted((out / FOLDER).glob("*.sqlite*"))
    return {path.name: path.read_bytes() for path in files if path.stat().st_size and "-shm" not in path.name}


def bytes_of(records: Records) -> bytes:
    """All bytes of a replication's records."""
    return b"".join(np.asarray(getattr(records, name)).tobytes() for name in sorted(vars(records)))


class Folder:
    """A folder of a run, as `rerun` takes it."""

    def __init__(self, folder: Path) -> None:
        self.folder = run(cafe(), "today", replications=3, jobs=1, out=folder).save(folder, tables=".csv")
        self.described: dict[str, Any] = json.loads((self.folder / RUN_FILE).read_text(encoding="utf-8"))

    def wrong(self, copy: Path, name: str, chance: random.Random) -> str:
        """Damage a file of a copy and run that again: what is wrong with what is said of it, or nothing.

        The description may hold what no figure depends on; all else must be found.
        """
        from sxsim.scenario.problems import InvalidInput

        shutil.copytree(self.folder, copy)
        (copy / name).write_bytes(damaged((self.folder / name).read_bytes(), chance))
        try:
            lines, same = rerun(copy, jobs=1)
        except InvalidInput as error:
            return "" if str(error) else "says nothing"
        if not same:
            return "" if lines else "says nothing"
        if name != RUN_FILE:
            return f"{name} is damaged, and rerun says that all is the same"
        now = json.loads((copy / RUN_FILE).read_text(encoding="utf-8-sig"))
        usual = {"uncertain": False, "ensemble": 0}  # what counts where it is not said
        deciding = ("kind", "plan", "seed", "replications", "sha256", *usual)
        changed = [part for part in deciding if now.get(part, usual.get(part)) != self.described[part]]
        return f"{RUN_FILE}: {changed} differ, and rerun says that all is the same" if changed else ""
