"""Why a plan differs from the base: the difference split over levers or elements, commitment, money, activities and changes.

Activities stand for what they cost and the time they take, and in the split over levers for the people they win over.

Every cause replays the path it took in the base's run or in the plan's run, whatever happens on the floor meanwhile, so
feedback is cut and causes can be switched one by one. With all causes as in the base the run is the base's run, with all
as in the plan it is the plan's run, to the bit; every study checks that.
"""

import itertools
import json
import os
import threading
from collections import OrderedDict
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from sxsim.engines.replay import RIDES_WITH, Paths, Recorder, Replay
from sxsim.pictures import decisions
from sxsim.results.intervals import Interval
from sxsim.results.kpis import KPIS
from sxsim.results.pictured import kpi_of
from sxsim.results.result import unit_of
from sxsim.results.store import digest
from sxsim.results.summary import signed
from sxsim.scenario.deciding import deciding
from sxsim.scenario.plan import Change, Plan
from sxsim.scenario.scenario import Scenario
from sxsim.standard.catalogue import ELEMENTS, LEVERS, SUB_ELEMENTS, element_of
from sxsim.studies import shapley
from sxsim.studies.experiment import Experiment, Why
from sxsim.studies.part import Part, Row
from sxsim.studies.points import Point, Task, kpis_of, simulate
from sxsim.studies.work import Work

MONEY, COMMITMENT, ACTIVITIES = "money spent", "commitment", "activities"
_COALITION_PLAN = "switched"
_RECORDINGS_KEPT = 16
_Z95 = 1.959963984540054
_NAMED = 4


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
                raise ArithmeticError("a run that replays its own paths differs from itself")
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


class WhyPart(Part):
    """Why a plan of one scenario differs from the base."""

    experiment: Why
    task: ReplayTask

    def task_of(self, experiment: Experiment) -> Task:
        """Replays of the two plans."""
        assert isinstance(experiment, Why)
        return ReplayTask(
            self.scenario,
            experiment.plan,
            experiment.seed,
            self.engine,
            experiment.uncertain,
            self.ensemble,
            experiment.base,
        )

    def _causes(self, split: str) -> list[str]:
        return causes_of(split, self.scenario, self.experiment.base, self.experiment.plan)

    def _point(self, split: str, replication: int, causes: Sequence[str], coalition: shapley.Coalition) -> Point:
        chosen = [cause for cause, member in zip(causes, coalition, strict=True) if member]
        return Point((("as in the plan", json.dumps(chosen, ensure_ascii=False)), ("split", split)), replication)

    def _orders(self, split: str, replication: int, count: int) -> list[tuple[int, ...]] | None:
        """The orders of a replication, beyond as many causes as can be looked at in full."""
        if count <= shapley.MOST_EXACT:
            return None
        place = self.experiment.split.index(split)  # type: ignore[arg-type]
        return shapley.orders_of(count, self.experiment.orders, (self.experiment.seed, replication, place))

    def _points_of(self, split: str, replication: int, causes: Sequence[str]) -> list[Point]:
        orders = self._orders(split, replication, len(causes))
        needed = shapley.coalitions_of(len(causes), orders)
        return [self._point(split, replication, causes, coalition) for coalition in needed]

    def planned(self) -> tuple[list[tuple[Task, Sequence[Point]]], int]:
        """The two ends of each replication; as many more as causes differ."""
        asked = self.experiment
        ends = [self._point(s, r, [], ()) for s in asked.split for r in range(asked.replications)]
        counts = [len(self._causes(split)) for split in asked.split]
        most = sum(2**n if n <= shapley.MOST_EXACT else asked.orders * (n - 1) + 2 for n in counts)
        return [(self.task, ends)], asked.replications * most - len(ends)

    def run(self, work: Work) -> None:
        """Record both plans, see which causes differ, then run what the split needs."""
        self.work = work
        store, replications = work.store(self.task), range(self.experiment.replications)
        known = {} if work.fresh else {r: store.noted(self._about(r)) for r in replications}
        left = [r for r in replications if known.get(r) is None]
        cores = (work.jobs or os.cpu_count() or 1) if self.engine == "compiled" else 1
        with ThreadPoolExecutor(cores) as pool:
            for replication, found in zip(left, pool.map(self._differing, left), strict=True):
                known[replication] = json.dumps(found, ensure_ascii=False)
                store.note(self._about(replication), str(known[replication]))
        self.differing: dict[int, dict[str, list[str]]] = {r: json.loads(str(known[r])) for r in replications}
        for split in self.experiment.split:
            points = [p for r in replications for p in self._points_of(split, r, self.differing[r][split])]
            work.finish(self.task, points, f"{self.scenario.name}, over {split}", self.experiment.kpis[0])

    @staticmethod
    def _about(replication: int) -> str:
        return f"causes that differ in replication {replication}"

    def _differing(self, replication: int) -> dict[str, list[str]]:
        """By split, the causes that differ in a replication."""
        recorded = self.task.recording(replication)
        return {
            split: differing_causes(
                self._causes(split), self.scenario, self.experiment.base, self.experiment.plan, recorded
            )
            for split in ("levers", "elements")
        }

    def points(self) -> Iterator[tuple[Task, Mapping[str, float | str], Point]]:
        """All points with split and causes."""
        for split, replication in itertools.product(self.experiment.split, range(self.experiment.replications)):
            for point in self._points_of(split, replication, self.differing[replication][split]):
                yield self.task, {str(name): str(value) for name, value in point.settings}, point

    def _outcome(self, split: str, replication: int, causes: Sequence[str]) -> shapley.Outcome:
        columns = [list(KPIS).index(kpi) for kpi in self.experiment.kpis]

        def outcome(coalition: shapley.Coalition) -> NDArray[np.float64]:
            kept = self.kept(self.task, self._point(split, replication, causes, coalition))
            return np.full(len(columns), np.nan) if kept is None else np.array([kept[column] for column in columns])

        return outcome

    @cached_property
    def parts(self) -> dict[str, tuple[list[str], NDArray[np.float64], NDArray[np.float64]]]:
        """By split: causes that differ somewhere, their parts and the variance that the sampling of orders leaves.

        Parts and variance have the shape (replications, causes, KPIs).
        """
        found: dict[str, tuple[list[str], NDArray[np.float64], NDArray[np.float64]]] = {}
        for split in self.experiment.split:
            names = [c for c in self._causes(split) if any(c in d[split] for d in self.differing.values())]
            shape = (self.experiment.replications, len(names), len(self.experiment.kpis))
            parts, variance = np.zeros(shape), np.zeros(shape)
            for replication in range(self.experiment.replications):
                causes = self.differing[replication][split]
                if not causes:
                    continue
                rows = [names.index(cause) for cause in causes]
                outcome = self._outcome(split, replication, causes)
                orders = self._orders(split, replication, len(causes))
                if orders is None:
                    parts[replication, rows] = shapley.exact(len(causes), outcome)
                else:
                    parts[replication, rows], variance[replication, rows] = shapley.sampled(
                        len(causes), orders, outcome
                    )
            found[split] = names, parts, variance
        return found

    @cached_property
    def ends(self) -> NDArray[np.float64]:
        """The KPIs of base and plan, shape (2, replications, KPIs)."""
        split = self.experiment.split[0]
        rows = []
        for replication in range(self.experiment.replications):
            causes = self.differing[replication][split]
            outcome = self._outcome(split, replication, causes)
            rows.append([outcome((end,) * len(causes)) for end in (0, 1)])
        return np.array(rows).swapaxes(0, 1)

    def waterfall(self, split: str, kpi: str) -> list[tuple[str, Interval, float]]:
        """The causes with their parts and the half width that the sampling of orders alone makes, the largest first."""
        names, parts, variance = self.parts[split]
        k, runs = self.experiment.kpis.index(kpi), self.experiment.replications
        rows = [
            (
                name,
                self.interval_of(kpi, parts[:, place, k], difference=True),
                _Z95 * float(np.sqrt(variance[:, place, k].sum())) / runs,
            )
            for place, name in enumerate(names)
        ]
        return sorted(rows, key=lambda row: -abs(row[1].mean))

    def whole(self, kpi: str) -> Interval:
        """The whole difference."""
        k = self.experiment.kpis.index(kpi)
        return self.interval_of(kpi, self.ends[1, :, k] - self.ends[0, :, k], difference=True)

    def tables(self) -> Iterator[tuple[str, list[Row]]]:
        """The parts with intervals, and the parts of each replication, which add up to its difference."""
        parts, by_run = [], []
        for split in self.experiment.split:
            for kpi in self.experiment.kpis:
                for cause, found, error in self.waterfall(split, kpi):
                    figures_ = {"mean": found.mean, "low": found.low, "high": found.high, "unit": found.unit}
                    parts.append({"split": split, "kpi": kpi, "cause": cause, **figures_, "error of orders": error})
                found = self.whole(kpi)
                figures_ = {"mean": found.mean, "low": found.low, "high": found.high, "unit": found.unit}
                parts.append(
                    {"split": split, "kpi": kpi, "cause": "whole difference", **figures_, "error of orders": 0.0}
                )
            names, values, _ = self.parts[split]
            for replication, k in itertools.product(
                range(self.experiment.replications), range(len(self.experiment.kpis))
            ):
                cells = dict(zip(names, map(float, values[replication, :, k]), strict=True))
                whole = float(self.ends[1, replication, k] - self.ends[0, replication, k])
                by_run += [
                    {
                        "split": split,
                        "replication": replication,
                        "kpi": self.experiment.kpis[k],
                        "cause": name,
                        "part": part,
                    }
                    for name, part in (cells | {"whole difference": whole}).items()
                ]
        yield "parts", parts
        yield "parts_by_replication", by_run

    def draw(self, folder: Path, suffix: str) -> None:
        """Draw a waterfall for each split."""
        for split in self.experiment.split:
            panels = [
                (kpi_of(kpi, self.scenario), [row[:2] for row in self.waterfall(split, kpi)], self.whole(kpi))
                for kpi in self.experiment.kpis
            ]
            plans = (self.experiment.base, self.experiment.plan)
            decisions.waterfalls(panels, plans, split, self.scenario.name, folder / f"waterfall-{split}{suffix}.png")

    def sentences(self) -> list[str]:
        """What the difference is made of."""
        asked, texts = self.experiment, []
        for kpi in asked.kpis:
            whole, unit = self.whole(kpi), unit_of(kpi, self.scenario)
            scale = "" if unit.startswith("share") else f" ({unit})"
            texts.append(f"{kpi}: {asked.plan} differs from {asked.base} by {signed(whole)}{scale}.")
            for split in asked.split:
                rows = [row for row in self.waterfall(split, kpi) if row[1].mean]
                if not rows:
                    continue
                named = "; ".join(f"{cause} {signed(found)}" for cause, found, _ in rows[:_NAMED])
                rest = f"; {len(rows) - _NAMED} more below that" if len(rows) > _NAMED else ""
                texts.append(f"Over {split}: {named}{rest}.")
        return texts

    def remarks(self) -> list[str]:
        """What a part means."""
        return [
            "A part is what a cause changes on average when causes are switched from base to plan in every order (Shapley "
            "value), each following the path it took in its own run. The parts of a replication add up to its whole "
            "difference. Intervals hold chance"
            + (" and assumptions" if self.assumes else "")
            + "; beyond ten causes also the sampling of orders, whose share stands in the column `error of orders`. "
            "Technology rides with reliability, a partner's energy with energy, local teams with alignment.",
        ]
