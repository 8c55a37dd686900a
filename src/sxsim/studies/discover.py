"""Discovery: under which conditions does a plan fail? A box in plain words, by the patient rule induction method (PRIM).

Conditions are drawn over the ranges of the factors, each with luck of its own. The box is found on three quarters of
them and judged on the rest, so that what it promises is not what it was fitted to.
Source: Friedman and Fisher (1999), doi:10.1023/A:1008894516817; Bryant and Lempert (2010),
doi:10.1016/j.techfore.2009.08.002.
"""

import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from sxsim.results.intervals import share_interval
from sxsim.results.result import unit_of
from sxsim.results.summary import number
from sxsim.studies import figures
from sxsim.studies.experiment import Discover
from sxsim.studies.part import Part, Row
from sxsim.studies.points import Point, Points, Task
from sxsim.studies.prim import boxes_of
from sxsim.studies.sweep import latin_hypercube
from sxsim.studies.work import Work

#: Every so many conditions is kept for judging the box.
_KEPT_BACK = 4
#: How probable a limit may be by chance alone and still stand.
_BY_CHANCE = 0.05
_FEWEST = 5


@dataclass(frozen=True)
class Limit:
    """One side of a box: a factor is at least or at most some value. chance: how probable such a limit is by chance."""

    factor: str
    low: float | None
    high: float | None
    chance: float

    def __str__(self) -> str:
        if self.low is not None and self.high is not None:
            return f"{self.factor} between {number_of(self.low)} and {number_of(self.high)}"
        return (
            f"{self.factor} above {number_of(self.low)}"
            if self.low is not None
            else f"{self.factor} below {number_of(self.high)}"
        )


def number_of(value: float | None) -> str:
    """A limit in four digits at most."""
    return "–" if value is None else f"{value:,.4g}".replace(",", " ") if abs(value) < 10_000 else number(value)


@dataclass(frozen=True)
class Box:
    """Conditions under which a plan fails often. density: share that fails inside; coverage: share of failures inside.

    Both on the conditions that were kept back, with 95 % intervals; mass: share of conditions inside.
    """

    limits: tuple[Limit, ...]
    density: tuple[float, float, float]
    coverage: tuple[float, float, float]
    mass: float

    def holds(self, names: Sequence[str], values: NDArray[np.float64]) -> NDArray[np.bool_]:
        """Which conditions lie inside; values: (conditions, factors)."""
        return inside_of(self.limits, names, values)


def inside_of(limits: Sequence[Limit], names: Sequence[str], values: NDArray[np.float64]) -> NDArray[np.bool_]:
    """Which conditions lie within some limits; values: (conditions, factors)."""
    inside = np.ones(len(values), bool)
    for limit in limits:
        column = values[:, names.index(limit.factor)]
        inside &= (column >= (-math.inf if limit.low is None else limit.low)) & (
            column <= (math.inf if limit.high is None else limit.high)
        )
    return inside


def find_box(
    names: Sequence[str], values: NDArray[np.float64], fails: NDArray[np.bool_], smallest: float
) -> Box | None:
    """The box that goes best with failing; None when no box says more than the whole.

    values: (conditions, factors); smallest: share of conditions a box holds at least.
    """
    kept_back = np.arange(len(values)) % _KEPT_BACK == _KEPT_BACK - 1
    found = _limits(names, values[~kept_back], fails[~kept_back], smallest)
    if not found:
        return None
    box = Box(found, (0, 0, 0), (0, 0, 0), 0.0)
    inside, failed = box.holds(names, values[kept_back]), fails[kept_back]
    if not inside.any() or not failed.any():
        return None
    density = share_interval(int((inside & failed).sum()), int(inside.sum()))
    coverage = share_interval(int((inside & failed).sum()), int(failed.sum()))
    if density[1] <= failed.mean():
        return None
    return Box(found, density, coverage, float(box.holds(names, values).mean()))


def _limits(
    names: Sequence[str], values: NDArray[np.float64], fails: NDArray[np.bool_], smallest: float
) -> tuple[Limit, ...]:
    """Of the boxes that PRIM peels off, less the limits that chance may have made, the one that goes best with failing."""
    if not len(values) or fails.all() or not fails.any():
        return ()
    best: tuple[Limit, ...] = ()
    farthest = 0.0
    for box in boxes_of(values, fails, smallest):
        found = []
        for name, low, high, below, above in zip(
            names, box.low, box.high, box.chance_low, box.chance_high, strict=True
        ):
            at_least = float(low) if below < _BY_CHANCE else None
            at_most = float(high) if above < _BY_CHANCE else None
            if at_least is not None or at_most is not None:
                chance = max(chance for chance in (below, above) if chance < _BY_CHANCE)
                found.append(Limit(name, at_least, at_most, float(chance)))
        goes_with = _goes_with(inside_of(found, names, values), fails)
        if goes_with > farthest:
            best, farthest = tuple(sorted(found, key=lambda limit: limit.chance)), goes_with
    return best


def _goes_with(inside: NDArray[np.bool_], fails: NDArray[np.bool_]) -> float:
    """How far lying in a box goes with failing: their correlation, −1…1, for rare and common failures alike; 0 for the whole.

    Source: Matthews (1975), doi:10.1016/0005-2795(75)90109-9.
    """
    mass, share = float(inside.mean()), float(fails.mean())
    spread = math.sqrt(mass * (1.0 - mass) * share * (1.0 - share))
    return (float((inside & fails).mean()) - mass * share) / spread if spread > 0.0 else 0.0


class DiscoverPart(Part):
    """Where a plan of one scenario fails."""

    experiment: Discover

    def __init__(self, *arguments: Any) -> None:
        super().__init__(*arguments)
        asked = self.experiment
        self.base = self.task_under(asked.base)
        self.conditions = latin_hypercube(self.factors, asked.samples, asked.seed)

    @property
    def _names(self) -> list[str]:
        return [factor.name for factor in self.factors]

    def _points(self) -> Points:
        """Points under every condition, each with replications of its own."""
        return Points(len(self.conditions) * self.experiment.replications, self._point)

    def _point(self, number: int) -> Point:
        return Point.of(self.factors, list(self.conditions[number // self.experiment.replications]), number)

    @property
    def _tasks(self) -> list[Task]:
        return [self.task, self.base] if self.experiment.fails.against_base else [self.task]

    def planned(self) -> tuple[list[tuple[Task, Sequence[Point]]], int]:
        """All conditions, under both plans."""
        return [(task, self._points()) for task in self._tasks], 0

    def run(self, work: Work) -> None:
        """Run both plans under all conditions."""
        self.work = work
        for task in self._tasks:
            work.finish(task, self._points(), f"{self.scenario.name}, {task.plan}", self.experiment.fails.kpi)

    def points(self) -> Iterator[tuple[Task, Mapping[str, float | str], Point]]:
        """All points with plan and condition."""
        for task in self._tasks:
            for place, point in enumerate(self._points()):
                condition = self.conditions[place // self.experiment.replications]
                yield task, {"plan": task.plan} | dict(zip(self._names, map(float, condition), strict=True)), point

    @cached_property
    def outcome(self) -> NDArray[np.float64]:
        """The KPI under each condition, mean over its runs: the difference to the base, or the value itself."""
        values = [self.values(task, self._points(), [self.experiment.fails.kpi])[:, 0] for task in self._tasks]
        found = values[0] - values[1] if len(values) > 1 else values[0]
        means: NDArray[np.float64] = found.reshape(len(self.conditions), -1).mean(axis=1)
        return means

    @cached_property
    def fails(self) -> NDArray[np.bool_]:
        """Whether the plan fails under each condition that was run; False where a run failed."""
        asked = self.experiment.fails
        below = -math.inf if asked.below is None else asked.below
        above = math.inf if asked.above is None else asked.above
        return np.asarray((self.outcome < below) | (self.outcome > above))

    @cached_property
    def box(self) -> Box | None:
        """The box, when there is one."""
        whole = np.isfinite(self.outcome)
        failed = int(self.fails.sum())
        if failed < _FEWEST or failed > int(whole.sum()) - _FEWEST:
            return None
        return find_box(self._names, self.conditions[whole], self.fails[whole], self.experiment.smallest)

    def tables(self) -> Iterator[tuple[str, list[Row]]]:
        """The box, and every condition with what came out."""
        limits = {limit.factor: limit for limit in self.box.limits} if self.box else {}
        nothing = Limit("", None, None, math.nan)
        yield (
            "box",
            [
                {
                    "factor": name,
                    "in the box": name in limits,
                    "at least": found.low,
                    "at most": found.high,
                    "by chance": found.chance,
                }
                for name in self._names
                for found in [limits.get(name, nothing)]
            ],
        )
        inside = self.box.holds(self._names, self.conditions) if self.box else np.zeros(len(self.conditions), bool)
        yield (
            "conditions",
            [
                dict(zip(self._names, map(float, condition), strict=True))
                | {self.experiment.fails.kpi: float(outcome), "fails": bool(fails), "in the box": bool(there)}
                for condition, outcome, fails, there in zip(
                    self.conditions, self.outcome, self.fails, inside, strict=True
                )
            ],
        )

    def draw(self, folder: Path, suffix: str) -> None:
        """Draw the box."""
        figures.failure_box(
            self.factors, self.conditions, self.fails, self.box, f"{self.scenario.name} · {self._failing()}",
            folder / f"failure_box{suffix}.png",
        )  # fmt: skip

    def _failing(self) -> str:
        asked, unit = self.experiment.fails, unit_of(self.experiment.fails.kpi, self.scenario)
        bound = asked.below if asked.below is not None else asked.above
        assert bound is not None
        side = "below" if asked.below is not None else "above"
        if asked.against_base and bound == 0:
            return f"{self.experiment.plan} fails when its {asked.kpi} is {side} that of {self.experiment.base}"
        what = f"difference in {asked.kpi} to {self.experiment.base}" if asked.against_base else asked.kpi
        return f"{self.experiment.plan} fails when its {what} is {side} {number(bound, unit)} ({unit})"

    def sentences(self) -> list[str]:
        """How often the plan fails, and where."""
        run = int(np.isfinite(self.outcome).sum())
        share, low, high = share_interval(int(self.fails.sum()), run)
        texts = [f"{self._failing()}: so in {share:.0%} ({low:.0%} to {high:.0%}) of {run} conditions drawn."]
        if self.box is None:
            if share in (0.0, 1.0):
                texts.append(
                    "It fails nowhere in these ranges." if share == 0.0 else "It fails everywhere in these ranges."
                )
            else:
                texts.append(
                    "No box of conditions says clearly more than that: failures are scattered, few, or nearly everywhere."
                )
            return texts
        density, coverage = self.box.density, self.box.coverage
        texts.append(
            f"It fails mostly where {' and '.join(map(str, self.box.limits))}: there, in {self.box.mass:.0%} of all conditions, "
            f"it fails in {density[0]:.0%} ({density[1]:.0%} to {density[2]:.0%}), and {coverage[0]:.0%} "
            f"({coverage[1]:.0%} to {coverage[2]:.0%}) of all failures lie there, judged on conditions that were kept back."
        )
        return texts
