"""A task: a scenario with what is assumed, a plan and a seed. At a point (settings, replication) it is one run.

`simulate` is the one place where a world is started and run; it stops where its thread is told to (`working`).
"""

import threading
import traceback
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING, Any, Protocol, overload

from sxsim.model.parameters import drawn
from sxsim.results.kpis import KPIS, run_kpis
from sxsim.results.provenance import digest
from sxsim.scenario.deciding import deciding
from sxsim.scenario.fields import Decides
from sxsim.scenario.loading import place_in, with_values
from sxsim.scenario.parameters import Ensemble
from sxsim.scenario.plug_ins import load_plug_ins, plug_in_sources
from sxsim.scenario.problems import InvalidInput, Problem
from sxsim.scenario.scenario import BASE_PLAN, Scenario

if TYPE_CHECKING:
    from sxsim.engines.records import Observer, Records
    from sxsim.engines.world import World

ENGINES = ("compiled", "reference")
EachMonth = Callable[[int], None]


class RunFailed(Exception):  # noqa: N818
    """A run could not be finished. Exit code 4. What is finished is kept."""


class Stopped(Exception):  # noqa: N818
    """Somebody said stop (`should_stop`, or an interruption in another thread). What is finished is kept."""


def engine_of(scenario: Scenario, engine: str | None = None) -> str:
    """The engine that runs a scenario: compiled by default, reference for a scenario with plug-ins.

    Raises InvalidInput when the compiled engine is asked for a scenario with plug-ins.
    """
    if not engine:
        return "reference" if scenario.plug_ins else "compiled"
    if engine not in ENGINES:
        raise ValueError(f"engine(={engine!r}) must be one of {', '.join(ENGINES)}")
    if engine == "compiled" and scenario.plug_ins:
        message = f": {', '.join(scenario.plug_ins)} is plugged in, which the compiled engine cannot run"
        raise InvalidInput([Problem(("plug_ins",), message, "leave --engine out, or take plug_ins out of the file")])
    return engine


# One run.


class _Here(threading.local):
    """What holds in a thread while it works: when it must stop, and how many threads the floors of several sites may take."""

    should_stop: Callable[[], bool] | None = None
    floors = 1


_here = _Here()


@contextmanager
def working(should_stop: Callable[[], bool] | None = None, floors: int = 1) -> Iterator[None]:
    """Runs of this thread meanwhile raise `Stopped` at the end of a month in which `should_stop` says so.

    floors: threads for the floors of several sites (compiled engine).
    """
    before = _here.should_stop, _here.floors
    _here.should_stop, _here.floors = should_stop, floors
    try:
        yield
    finally:
        _here.should_stop, _here.floors = before


def _watched(each_month: EachMonth | None) -> EachMonth | None:
    should_stop = _here.should_stop
    if should_stop is None:
        return each_month

    def watch(month: int) -> None:
        if should_stop():
            raise Stopped(f"stopped after month {month}")
        if each_month is not None:
            each_month(month)

    return watch


def run_world(
    scenario: Scenario,
    plan: str = BASE_PLAN,
    seed: int = 1,
    replication: int = 0,
    engine: str = "compiled",
    *,
    contacts: bool = False,
    each_month: EachMonth | None = None,
    observer: "Observer | None" = None,
) -> "tuple[World, Records]":
    """Start a world and run it to the end of its horizon: the world as it is then, and the records.

    contacts: keep the contact log; each_month: called with months done; observer: is there when the organisation's month ends.
    Raises RunFailed for a plug-in that ends the program, Stopped.
    """
    from sxsim.engines.start import start

    world = start(scenario, plan, seed=seed, replication=replication, log_contacts=contacts)
    watch = _watched(each_month)
    if engine == "compiled":
        from sxsim.engines import compiled

        return world, compiled.simulate(world, jobs=_here.floors, each_month=watch, observer=observer)
    from sxsim.engines import reference  # with Mesa and SimPy, which take their time to import

    try:
        plugged = load_plug_ins(scenario)
        return world, reference.simulate(world, plug_ins=plugged, each_month=watch, observer=observer)
    except SystemExit as error:
        named = ", ".join(scenario.plug_ins.values()) or "the reference engine"
        raise RunFailed(f"{named} ended the program: sys.exit({error.code!r}); take that out") from error


def simulate(
    scenario: Scenario,
    plan: str,
    seed: int,
    replication: int,
    engine: str,
    *,
    each_month: EachMonth | None = None,
    observer: "Observer | None" = None,
) -> "Records":
    """Run one replication of a plan in memory. observer: is there when the organisation's month ends."""
    return run_world(scenario, plan, seed, replication, engine, each_month=each_month, observer=observer)[1]


def kpis_of(records: "Records", scenario: Scenario) -> tuple[float, ...]:
    """The KPIs of a replication, in the order of `KPIS`."""
    return tuple(run_kpis(records, scenario.economics.discount_rate).values())


# What is run.


class Varies(Protocol):
    """Something that has settings at a value, like a factor of a study."""

    def settings(self, value: float) -> Mapping[str, float | int]:
        """What the fields are at a value."""
        ...


@dataclass(frozen=True)
class Point:
    """A setting of the factors, as (path, value) pairs in order of the paths, and a replication."""

    settings: tuple[tuple[str, float | int | str], ...]
    replication: int

    @classmethod
    def of(cls, factors: Sequence[Varies], values: Sequence[float], replication: int) -> "Point":
        """The point at which factors have some values."""
        settings: dict[str, float | int] = {}
        for factor, value in zip(factors, values, strict=True):
            settings |= factor.settings(value)
        return cls(tuple(sorted(settings.items())), replication)

    def key(self, plan: str) -> bytes:
        """What decides the point, in 16 bytes, beside what decides all points of its task."""
        settings = sorted(([place_in(path, plan), value] for path, value in self.settings), key=lambda pair: pair[0])
        return bytes.fromhex(digest([settings, self.replication])[:32])


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


@dataclass(frozen=True)
class Failure:
    """A point that could not be finished, with the traceback."""

    point: Point
    text: str


def assuming(
    scenario: Scenario, seed: int, replication: int, *, uncertain: bool = False, ensemble: Ensemble | None = None
) -> Scenario:
    """The scenario with what is assumed in a replication.

    uncertain: parameters and uncertain maturity are drawn; stated parameters stay as stated. ensemble: its set of the
    replication replaces what the scenario states.
    """
    if not uncertain and ensemble is None:
        return scenario
    known = scenario.parameters | (ensemble.of(replication) if ensemble else {})
    if not uncertain:
        return scenario.model_copy(update={"parameters": known})
    return scenario.model_copy(
        update={
            "parameters": drawn(seed, replication) | known,
            "organisation": scenario.organisation.with_maturity_drawn(seed, replication),
        }
    )


def replication_key(
    scenario: Scenario,
    plan: str,
    seed: int,
    replication: int,
    *,
    contacts: bool,
    decided: dict[str, Any] | None = None,
) -> str:
    """The hash of everything that decides a replication's records, and of nothing else.

    The engine is not part of it: both give the same bytes. Nor is the plan's name: plans that are equal share their runs.
    decided: what `deciding` says of scenario and plan, where that is known.
    """
    from sxsim.model.rule import sources_hash

    described = {
        "scenario": decided or deciding(scenario, plan),
        "seed": seed,
        "replication": replication,
        "model": sources_hash(),
        "plug_ins": plug_in_sources(scenario),
        "contacts": contacts,
    }
    return digest(described)


@dataclass(frozen=True)
class Task:
    """What points have in common, with all they need: may be sent to another process or machine.

    engine: compiled or reference, by default as `engine_of` says; uncertain: parameters are drawn from their ranges; ensemble: sets of
    parameters of which every replication runs with one; contacts: keep the contact log in records.
    """

    scenario: Scenario
    plan: str = BASE_PLAN
    seed: int = 1
    engine: str = ""
    uncertain: bool = False
    ensemble: Ensemble | None = None
    contacts: bool = field(default=False, kw_only=True)

    def __post_init__(self) -> None:
        object.__setattr__(self, "engine", engine_of(self.scenario, self.engine))

    @property
    def statistics(self) -> tuple[str, ...]:
        """What a finished point holds, by name: the KPIs."""
        return tuple(KPIS)

    def key(self, point: Point) -> bytes:
        """What decides a point of this task, in 16 bytes: of an ensemble only the set that the point runs with."""
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

    def records_key(self, point: Point) -> str:
        """The hash of everything that decides the records of a point's run."""
        scenario = self._set(point)
        decided = self._decided if scenario is self.scenario else None
        return replication_key(
            scenario, self.plan, self.seed, point.replication, contacts=self.contacts, decided=decided
        )

    @cached_property
    def _decided(self) -> dict[str, Any]:
        """What decides the records of all replications that differ in luck alone."""
        return deciding(self.scenario, self.plan)

    def at(self, point: Point) -> Scenario:
        """The scenario of a point, without the point's settings: with the ensemble's set, and what is uncertain drawn."""
        return assuming(self.scenario, self.seed, point.replication, uncertain=self.uncertain, ensemble=self.ensemble)

    def _set(self, point: Point) -> Scenario:
        return with_values(self.at(point), dict(point.settings)) if point.settings else self.at(point)

    def kpis(self, point: Point, each_month: EachMonth | None = None) -> tuple[float, ...]:
        """Run a point: its KPIs, in the order of `statistics`."""
        scenario = with_values(self.at(point), dict(point.settings))
        records = simulate(scenario, self.plan, self.seed, point.replication, self.engine, each_month=each_month)
        return kpis_of(records, scenario)

    def records(self, point: Point) -> "Records":
        """Run a point: all its records. Raises RunFailed when it cannot be finished."""
        try:
            return run_world(
                self._set(point), self.plan, self.seed, point.replication, self.engine, contacts=self.contacts
            )[1]
        except (InvalidInput, OSError, RunFailed, Stopped):
            raise
        except Exception as error:
            said = f"replication {point.replication} of plan {self.plan}: {type(error).__name__}: {error}"
            raise RunFailed(said) from error


def run_point(task: Task, point: Point, each_month: EachMonth | None = None) -> tuple[float, ...] | Failure:
    """Run one point: its KPIs in the order of `KPIS`, or why it failed."""
    try:
        return task.kpis(point, each_month)
    except Stopped:
        raise
    except Exception:
        return Failure(point, traceback.format_exc())
