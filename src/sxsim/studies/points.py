"""Points: one setting of the factors, one replication, its KPIs. Finished points are kept and never run again.

Points of a scenario, plan and seed lie in one SQLite file, by the hash of what decides them. A point is written as soon as
it is finished, so a study that is killed at any moment goes on from there; several studies may share a file.
"""

import contextlib
import errno
import sqlite3
import struct
import traceback
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, overload

from sxsim.results.kpis import KPIS, run_kpis
from sxsim.results.store import digest
from sxsim.runs import RunFailed, assuming
from sxsim.scenario.deciding import deciding
from sxsim.scenario.fields import Decides
from sxsim.scenario.loading import place_in, with_values
from sxsim.scenario.parameters import Ensemble
from sxsim.scenario.plug_ins import load_plug_ins, plug_in_sources
from sxsim.scenario.scenario import Scenario
from sxsim.studies.factors import Factor

if TYPE_CHECKING:
    from sxsim.engines.records import Records
    from sxsim.engines.replay import Observer

POINTS_FOLDER = ".points"
_WAIT_FOR_OTHERS = 60.0


class Stopped(Exception):  # noqa: N818
    """The study was interrupted while a point was under way."""


@dataclass(frozen=True)
class Point:
    """A setting of the factors, as (path, value) pairs in order of the paths, and a replication."""

    settings: tuple[tuple[str, float | int | str], ...]
    replication: int

    @classmethod
    def of(cls, factors: Sequence[Factor], values: Sequence[float], replication: int) -> "Point":
        """The point at which factors have some values."""
        settings: dict[str, float | int] = {}
        for factor, value in zip(factors, values, strict=True):
            settings |= factor.settings(value)
        return cls(tuple(sorted(settings.items())), replication)

    def key(self, plan: str) -> bytes:
        """What decides the point, in 16 bytes; the scenario, the content of the plan and the seed decide the file."""
        settings = sorted(([place_in(path, plan), value] for path, value in self.settings), key=lambda pair: pair[0])
        return bytes.fromhex(digest([settings, self.replication])[:32])


@dataclass(frozen=True)
class Failure:
    """A point that could not be finished, with the traceback."""

    point: Point
    text: str


@dataclass(frozen=True)
class Task:
    """Points to run, with all they need: may be sent to another process or machine."""

    scenario: Scenario
    plan: str
    seed: int
    engine: str
    uncertain: bool = False
    ensemble: Ensemble | None = None

    @property
    def statistics(self) -> tuple[str, ...]:
        """What a finished point holds, by name: the KPIs."""
        return tuple(KPIS)

    def key(self, point: Point) -> bytes:
        """What decides a point within the file, in 16 bytes: of an ensemble only the set that the point runs with."""
        if self.ensemble is None:
            return point.key(self.plan)
        return bytes.fromhex(digest([point.key(self.plan).hex(), self.ensemble.of(point.replication)])[:32])

    @property
    def _also(self) -> tuple[Decides, ...]:
        """What decides points beside what decides the records of their runs."""
        return (Decides.KPIS, Decides.UNCERTAIN) if self.uncertain else (Decides.KPIS,)

    def decides(self) -> dict[str, Any]:
        """What decides the points, but for their settings, replication and the version of the model."""
        return {
            "scenario": deciding(self.scenario, self.plan, self._also),
            "seed": self.seed,
            "uncertain": self.uncertain,
            "plug_ins": plug_in_sources(self.scenario),
            "kpis": list(self.statistics),
        }

    def at(self, point: Point) -> Scenario:
        """The scenario of a point, without the point's settings: with the ensemble's set, and what is uncertain drawn."""
        return assuming(self.scenario, self.seed, point.replication, uncertain=self.uncertain, ensemble=self.ensemble)

    def kpis(self, point: Point, each_month: Callable[[int], None] | None = None) -> tuple[float, ...]:
        """Run a point: its KPIs, in the order of `statistics`."""
        scenario = with_values(self.at(point), dict(point.settings))
        records = simulate(scenario, self.plan, self.seed, point.replication, self.engine, each_month=each_month)
        return kpis_of(records, scenario)


def simulate(
    scenario: Scenario,
    plan: str,
    seed: int,
    replication: int,
    engine: str,
    *,
    each_month: Callable[[int], None] | None = None,
    observer: "Observer | None" = None,
) -> "Records":
    """Run one replication of a plan in memory. observer: is there when the organisation's month ends."""
    from sxsim.engines.start import start

    world = start(scenario, plan, seed=seed, replication=replication)
    if engine == "compiled":
        from sxsim.engines import compiled

        return compiled.simulate(world, each_month=each_month, observer=observer)
    from sxsim.engines import reference  # with Mesa and SimPy, which take their time to import

    return reference.simulate(world, plug_ins=load_plug_ins(scenario), each_month=each_month, observer=observer)


def kpis_of(records: "Records", scenario: Scenario) -> tuple[float, ...]:
    """The KPIs of a replication, in the order of `KPIS`."""
    return tuple(run_kpis(records, scenario.economics.discount_rate).values())


def run_point(task: Task, point: Point, each_month: Callable[[int], None] | None = None) -> tuple[float, ...] | Failure:
    """Run one point: its KPIs in the order of `KPIS`, or why it failed."""
    try:
        return task.kpis(point, each_month)
    except Stopped:
        raise
    except Exception:
        return Failure(point, traceback.format_exc())


@contextlib.contextmanager
def _said_as_system_error(path: Path) -> Iterator[None]:
    """What SQLite says of disk and permissions, in the words of the operating system. Raises OSError, RunFailed for a damaged file."""
    try:
        yield
    except sqlite3.DatabaseError as error:
        text = str(error)
        if not isinstance(error, sqlite3.OperationalError):
            raise RunFailed(f"the file of finished points {path} is damaged ({text}); move it away") from error
        known = {"full": errno.ENOSPC, "readonly": errno.EACCES, "unable to open": errno.EACCES, "disk I/O": errno.EIO}
        number = next((number for words, number in known.items() if words in text), None)
        if number is None:
            raise
        raise OSError(number, text, str(path)) from error


class PointStore:
    """Finished points of a scenario, plan and seed."""

    def __init__(self, out: Path, task: Task) -> None:
        from sxsim.results.provenance import software

        self._task, self._key, self._row = task, task.key, struct.Struct(f"<{len(task.statistics)}d")
        self.question, self.model = digest(task.decides())[:32], software()["model"]
        self.path = out / POINTS_FOLDER / f"{self.question}-{self.model}.sqlite"
        with _said_as_system_error(self.path):
            self.path.parent.mkdir(parents=True, exist_ok=True)
            self._base = sqlite3.connect(self.path, timeout=_WAIT_FOR_OTHERS, isolation_level=None)
            self._base.execute("PRAGMA journal_mode = WAL")
            self._base.execute("PRAGMA synchronous = NORMAL")
            self._base.execute("CREATE TABLE IF NOT EXISTS points (key BLOB PRIMARY KEY, kpis BLOB) WITHOUT ROWID")
            self._base.execute("CREATE TABLE IF NOT EXISTS notes (about TEXT PRIMARY KEY, said TEXT) WITHOUT ROWID")
            self._base.execute("PRAGMA temp_store = FILE")
            for name in ("met", "again"):
                self._base.execute(f"CREATE TEMP TABLE {name} (key BLOB PRIMARY KEY) WITHOUT ROWID")

    @property
    def key(self) -> str:
        """What decides all points of the file, the version of the model included."""
        return f"{self.question}-{self.model}"

    def of_other_models(self) -> list[str]:
        """Versions of the model whose finished points for the same question lie beside this file and are not used."""
        found = (
            path.stem.removeprefix(f"{self.question}-") for path in self.path.parent.glob(f"{self.question}-*.sqlite")
        )
        return sorted(model for model in found if model != self.model)

    def put(self, point: Point, kpis: Sequence[float]) -> None:
        """Keep a finished point. Raises OSError, RunFailed when a plug-in was changed meanwhile."""
        if self._task.scenario.plug_ins and digest(self._task.decides())[:32] != self.question:
            raise RunFailed("a plug-in, or a module it imports, was changed during the study; its points are not kept")
        with _said_as_system_error(self.path):
            self._base.execute("INSERT OR REPLACE INTO points VALUES (?, ?)", (self._key(point), self._row.pack(*kpis)))
            self._base.execute("INSERT OR IGNORE INTO again VALUES (?)", (self._key(point),))

    def get(self, point: Point) -> tuple[float, ...] | None:
        """The KPIs of a finished point, in the order of `KPIS`; None when it is not finished."""
        with _said_as_system_error(self.path):
            row = self._base.execute("SELECT kpis FROM points WHERE key = ?", (self._key(point),)).fetchone()
        return self._row.unpack(row[0]) if row else None

    def distinct(self, points: Iterable[Point], *, fresh: bool = False) -> Iterator[Point]:
        """Each point once, and only those that are not finished; fresh: that were not finished since the file was opened.

        What was met lies in a temporary table on disk, so that memory does not grow with the number of points.
        """
        looked_up = "again" if fresh else "points"
        with _said_as_system_error(self.path):
            self._base.execute("DELETE FROM met")
        for point in points:
            key = (self._key(point),)
            with _said_as_system_error(self.path):
                new = self._base.execute("INSERT OR IGNORE INTO met VALUES (?)", key).rowcount
                if new and not self._base.execute(f"SELECT 1 FROM {looked_up} WHERE key = ?", key).fetchone():
                    yield point

    def count(self, points: Iterable[Point]) -> tuple[int, int]:
        """How many distinct points there are, and how many of them are finished."""
        with _said_as_system_error(self.path):
            left = sum(1 for _ in self.distinct(points))
            total = int(self._base.execute("SELECT COUNT(*) FROM met").fetchone()[0])
        return total, total - left

    def note(self, about: str, said: str) -> None:
        """Keep something else that was found out about the points. Raises OSError."""
        with _said_as_system_error(self.path):
            self._base.execute("INSERT OR REPLACE INTO notes VALUES (?, ?)", (about, said))

    def noted(self, about: str) -> str | None:
        """What was noted; None when nothing was."""
        with _said_as_system_error(self.path):
            row = self._base.execute("SELECT said FROM notes WHERE about = ?", (about,)).fetchone()
        return str(row[0]) if row else None

    def close(self) -> None:
        """Let go of the file."""
        self._base.close()


class Points(Sequence[Point]):
    """Points that are made when they are asked for, so that memory does not grow with their number."""

    def __init__(self, size: int, at: Callable[[int], Point]) -> None:
        self._size = size
        self._at = at

    def __len__(self) -> int:
        return self._size

    @overload
    def __getitem__(self, place: int) -> Point: ...

    @overload
    def __getitem__(self, place: slice) -> Sequence[Point]: ...

    def __getitem__(self, place: int | slice) -> Point | Sequence[Point]:
        if isinstance(place, slice):
            return [self._at(number) for number in range(*place.indices(self._size))]
        if not 0 <= place < self._size:
            raise IndexError(place)
        return self._at(place)
