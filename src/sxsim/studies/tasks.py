"""Points that are more than a run of a scenario: replays of two plans, and published facts on settings of their own.

In a replay every cause follows the path it took in the base's run or in the plan's run, whatever happens on the floor
meanwhile, so feedback is cut and causes can be switched one by one. With all causes as in the base the run is the base's
run, with all as in the plan it is the plan's run, to the bit; every point that should be so checks it.
"""

import fnmatch
import json
import threading
from collections import OrderedDict
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np

from sxsim.engines.records import RIDES_WITH, Paths, Recorder, Replay
from sxsim.evidence import facts as evidence
from sxsim.results.provenance import digest
from sxsim.running.one_run import kpis_of, simulate
from sxsim.running.sharing import Work
from sxsim.running.task import Point, Task
from sxsim.scenario.loading import deciding
from sxsim.scenario.plan import Change, Plan
from sxsim.scenario.problems import InvalidInput, Path, Problem, did_you_mean
from sxsim.scenario.scenario import Scenario
from sxsim.standard.catalogue import ELEMENTS, LEVERS, SUB_ELEMENTS, element_of
from sxsim.studies.factors import Factor
from sxsim.studies.methods.observations import Target
from sxsim.studies.methods.posterior import Simulator
from sxsim.studies.methods.statistics import Array

MONEY, COMMITMENT, ACTIVITIES = "money spent", "commitment", "activities"
_COALITION_PLAN = "switched"
_RECORDINGS_KEPT = 16
#: What is tolerated of a fact, from end to end, is taken as four standard deviations of what the model may miss.
_TOLERATED = 4.0


@dataclass(frozen=True)
class Recording:
    """The base's and the plan's run of one replication: their KPIs, and what their organisations went through."""

    base: Paths
    plan: Paths
    base_kpis: tuple[float, ...]
    plan_kpis: tuple[float, ...]


_recordings: "OrderedDict[tuple[str, int], Recording]" = OrderedDict()
_recording = threading.Lock()


@dataclass(frozen=True)
class ReplayTask(Task):
    """Runs in which some causes follow the plan's path and the others the base's. `plan` is the plan, `base` the base.

    A point's settings are `split` (levers or elements) and `as in the plan` (names of the causes, as JSON).
    """

    base: str = ""

    def decides(self) -> dict[str, Any]:
        """What decides the points: both plans."""
        return super().decides() | {"base": deciding(self.scenario, self.base)["plan"], "replays": True}

    @cached_property
    def _identity(self) -> str:
        return digest([self.decides(), self.ensemble.written() if self.ensemble else ""])

    def recording(self, replication: int) -> Recording:
        """The two runs of a replication; the last few are kept in memory."""
        key = (self._identity, replication)
        with _recording:
            found = _recordings.get(key)
        if found is None:
            scenario = self.at(Point((), replication))
            runs = []
            for plan in (self.base, self.plan):
                recorder = Recorder()
                records = simulate(scenario, plan, self.seed, replication, self.engine, observer=recorder)
                assert recorder.paths is not None
                runs.append((recorder.paths, kpis_of(records, scenario)))
            found = Recording(runs[0][0], runs[1][0], runs[0][1], runs[1][1])
            with _recording:
                _recordings[key] = found
                while len(_recordings) > _RECORDINGS_KEPT:
                    _recordings.popitem(last=False)
        return found

    def kpis(self, point: Point, each_month: Callable[[int], None] | None = None) -> tuple[float, ...]:
        """Run with some causes as in the plan. Raises ArithmeticError when a run that replays itself differs from itself."""
        settings, recorded = dict(point.settings), self.recording(point.replication)
        causes = causes_of(str(settings["split"]), self.scenario, self.base, self.plan)
        chosen = set(json.loads(str(settings["as in the plan"])))
        scenario = self.at(point)
        plan = switched_plan(scenario.plans[self.base], scenario.plans[self.plan], chosen)
        scenario = scenario.model_copy(update={"plans": scenario.plans | {_COALITION_PLAN: plan}})
        replay = _replay(str(settings["split"]), recorded, chosen)
        records = simulate(
            scenario, _COALITION_PLAN, self.seed, point.replication, self.engine, each_month=each_month, observer=replay
        )
        found = kpis_of(records, scenario)
        differing = set(differing_causes(causes, scenario, self.base, self.plan, recorded))
        for ends, expected in ((set(), recorded.base_kpis), (differing, recorded.plan_kpis)):
            if chosen == ends and repr(found) != repr(expected):
                said = f"replication {point.replication}, over {settings['split']}, as in the plan: {sorted(chosen)}"
                raise ArithmeticError(f"a run that replays its own paths differs from itself: {said}")
        return found


def change_name(change: Change) -> str:
    """A direct change in a few words, like `reception: staff, month 6`."""
    what = [name for name in ("staff", "extra_staff", "opening", "promised_wait", "price", "promise")
            if getattr(change, name) is not None]  # fmt: skip
    where = change.touchpoint or change.team
    return f"{where + ': ' if where else ''}{', '.join(what).replace('_', ' ')}, month {change.month}"


def own_changes(plan: Plan, other: Plan) -> dict[str, Change]:
    """Direct changes of a plan that the other does not have, by name; equal names are numbered."""
    found: dict[str, Change] = {}
    for change in plan.changes:
        if change not in other.changes:
            name = change_name(change)
            found[name if name not in found else f"{name} ({len(found) + 1})"] = change
    return found


def causes_of(split: str, scenario: Scenario, base: str, plan: str) -> list[str]:
    """All causes of a split, whether they differ between the two plans or not."""
    one, other = scenario.plans[base], scenario.plans[plan]
    changes = [*own_changes(other, one), *(f"without {name}" for name in own_changes(one, other))]
    return [*(LEVERS if split == "levers" else (*ELEMENTS, COMMITMENT)), MONEY, ACTIVITIES, *changes]


def switched_plan(base: Plan, plan: Plan, chosen: set[str]) -> Plan:
    """The base with the money, the activities or some direct changes of the plan."""
    added, dropped = own_changes(plan, base), own_changes(base, plan)
    gone = [change for name, change in dropped.items() if f"without {name}" in chosen]
    kept = [change for change in base.changes if change not in gone]
    coming = [change for name, change in added.items() if name in chosen]
    if not [change for change in kept if change in dropped.values()]:
        changes = [change for change in plan.changes if change in kept or change in coming]
    else:
        changes = [*kept, *coming]
    paid = plan if MONEY in chosen else base
    activities = (plan if ACTIVITIES in chosen else base).activities
    return Plan(
        money=paid.money,
        money_unit=paid.money_unit,
        funded_by_result=paid.funded_by_result,
        activities=activities,
        changes=changes,
    )


def _rows_of(element: str) -> list[int]:
    return [row for row, name in enumerate(SUB_ELEMENTS) if element_of(name) == element]


def _replay(split: str, recorded: Recording, chosen: set[str]) -> Replay:
    """What follows which run."""

    def paths(cause: str) -> Paths:
        return recorded.plan if cause in chosen else recorded.base

    if split == "levers":
        levers = {number: paths(name) for number, name in enumerate(LEVERS)}
        return Replay(levers=levers, last_result=paths(MONEY))
    maturity = {row: paths(element) for element in ELEMENTS for row in _rows_of(element)}
    return Replay(maturity=maturity, commitment=paths(COMMITMENT), last_result=paths(MONEY))


def differing_causes(causes: Sequence[str], scenario: Scenario, base: str, plan: str, recorded: Recording) -> list[str]:
    """Causes whose path in the plan's run differs from that in the base's; the others explain nothing, exactly."""
    return [cause for cause in causes if _differs(cause, scenario.plans[base], scenario.plans[plan], recorded)]


def _differs(cause: str, base: Plan, plan: Plan, recorded: Recording) -> bool:
    one, other = recorded.base, recorded.plan
    if cause in LEVERS:
        number = LEVERS.index(cause)
        beside = [name for name, lever in RIDES_WITH.items() if lever == number]
        return not np.array_equal(one.levers[:, :, number], other.levers[:, :, number]) or any(
            not np.array_equal(one.beside[name], other.beside[name]) for name in beside
        )
    if cause in ELEMENTS:
        return not np.array_equal(one.maturity[:, _rows_of(cause)], other.maturity[:, _rows_of(cause)])
    if cause == COMMITMENT:
        return not (
            np.array_equal(one.identities, other.identities) and np.array_equal(one.commitment, other.commitment)
        )
    if cause == MONEY:
        funded = base.funded_by_result > 0 or plan.funded_by_result > 0
        results = funded and not np.array_equal(one.last_result, other.last_result)
        return (
            base.money != plan.money
            or base.money_unit != plan.money_unit
            or base.funded_by_result != plan.funded_by_result
            or results
        )
    if cause == ACTIVITIES:
        return base.activities != plan.activities
    return True


def facts_named(patterns: Sequence[str], place: Path = ()) -> list[str]:
    """Facts by name or pattern, each once. Raises InvalidInput for a pattern that fits none.

    place: where in the file the patterns stand.
    """
    known, found = evidence.facts(), []
    for pattern in patterns:
        names = fnmatch.filter(known, pattern)
        if not names:
            hint = did_you_mean(pattern, known) or "sxsim verify facts lists them"
            said = f"{pattern!r} is no fact"
            raise InvalidInput([Problem(place, f": {said}" if place else said, hint)])
        found += names
    return list(dict.fromkeys(found))


def target_of(name: str) -> Target:
    """A fact as something to fit to."""
    fact = evidence.facts()[name]
    return Target(name, name.replace("_", " "), fact.figure, 0.0, (fact.high - fact.low) / _TOLERATED, fact.source)


@dataclass(frozen=True)
class FactsTask(Task):
    """Facts to measure on settings of their own; of the scenario only the parameters count."""

    facts: tuple[str, ...] = ()

    @property
    def statistics(self) -> tuple[str, ...]:
        """The facts by name."""
        return self.facts

    def decides(self) -> dict[str, Any]:
        """What decides the points, but for their settings, replication and the version of the model."""
        return {
            "facts": list(self.facts),
            "measured": evidence.version(),
            "parameters": dict(self.scenario.parameters),
            "seed": self.seed,
            "uncertain": self.uncertain,
        }

    def kpis(self, point: Point, each_month: Callable[[int], None] | None = None) -> tuple[float, ...]:
        """Measure the facts at a point, in their order."""
        behaviour = {**self.at(point).parameters, **{name: float(value) for name, value in point.settings}}
        found = evidence.measure(self.facts, behaviour, point.replication)
        return tuple(found[name] for name in self.facts)


@dataclass(frozen=True)
class Source:
    """Where statistics come from: a task whose points hold them by name (`Task.statistics`), and what they are held against."""

    task: Task
    targets: tuple[Target, ...]


def statistics_at(work: Work, sources: Sequence[Source], points: Sequence[Point], what: str) -> Array:
    """Finish points with every source: their statistics in the order of the targets, shape (points, targets).

    NaN where a point failed.
    """
    columns = []
    for source in sources:
        work.finish(source.task, points, what, source.targets[0].name)
        places = [source.task.statistics.index(target.name) for target in source.targets]
        found = (work.kpis(source.task, point) for point in points)
        columns.append([[np.nan] * len(places) if row is None else [row[place] for place in places] for row in found])
    return np.concatenate([np.array(each, float) for each in columns], axis=1)


def points_at(factors: Sequence[Factor], places: Array, replications: Sequence[int]) -> list[Point]:
    """The points at some places of the factors' ranges, each with luck of its own."""
    return [
        Point.of(factors, [factor.at(float(place)) for factor, place in zip(factors, row, strict=True)], replication)
        for row, replication in zip(places, replications, strict=True)
    ]


def simulator(work: Work, sources: Sequence[Source], factors: Sequence[Factor], what: str) -> Simulator:
    """What gives the search the statistics of a set: the points of some sources."""

    def simulate(places: Array, replications: Sequence[int]) -> Array:
        return statistics_at(work, sources, points_at(factors, places, replications), what)

    return simulate
