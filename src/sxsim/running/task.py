"""A task: a scenario with what is assumed, a plan and a seed. At a point (settings, replication) it is one run."""

import traceback
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING, Any, Protocol, overload

from sxsim.model.parameters import drawn
from sxsim.results.kpis import KPIS
from sxsim.results.provenance import digest
from sxsim.running.one_run import EachMonth, RunFailed, Stopped, engine_of, kpis_of, run_world, simulate
from sxsim.scenario.ensemble import Ensemble
from sxsim.scenario.fields import Decides
from sxsim.scenario.loading import deciding, with_values
from sxsim.scenario.paths import place_in
from sxsim.scenario.plug_ins import plug_in_sources
from sxsim.scenario.problems import InvalidInput, Problem, did_you_mean
from sxsim.scenario.scenario import BASE_PLAN, Scenario

if TYPE_CHECKING:
    from sxsim.engines.records import Records


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
        except MemoryError as error:
            people = f"{self.scenario.market.people:,} people in the market"
            raise RunFailed(
                f"there is too little memory for {people}: take fewer, or run one at a time (-j 1)"
            ) from error
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


def check_plan(scenario: Scenario, plan: str) -> None:
    """Raise InvalidInput when the scenario has no such plan."""
    if plan not in scenario.plans:
        message = f": {scenario.name} has no plan {plan!r}"
        raise InvalidInput([Problem(("plans",), message, did_you_mean(plan, scenario.plans))])
