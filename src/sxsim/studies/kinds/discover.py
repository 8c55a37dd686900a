"""Discovery: under which conditions does a plan fail? A box in plain words, by the patient rule induction method (PRIM).

Conditions are drawn over the ranges of the factors, each with luck of its own. The box is found on three quarters of
them and judged on the rest, so that what it promises is not what it was fitted to.
Source: Friedman and Fisher (1999), doi:10.1023/A:1008894516817; Bryant and Lempert (2010),
doi:10.1016/j.techfore.2009.08.002.
"""

import math
from collections.abc import Iterator, Mapping, Sequence
from functools import cached_property
from pathlib import Path
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray
from pydantic import Field, model_validator

from sxsim.pictures import factors
from sxsim.results.intervals import share_interval
from sxsim.results.result import unit_of
from sxsim.results.summary import number
from sxsim.running.sharing import Work
from sxsim.running.task import Point, Points, Task
from sxsim.scenario import limits
from sxsim.scenario.fields import Name, quantity
from sxsim.scenario.fields import Part as Fields
from sxsim.scenario.problems import Path as Place
from sxsim.scenario.problems import Problem
from sxsim.scenario.scenario import BASE_PLAN
from sxsim.studies.experiment import FACTORS, KIND, Experiment, compared_with_itself
from sxsim.studies.factors import Varied, latin_hypercube
from sxsim.studies.methods.prim import Box, Limit, find_box
from sxsim.studies.part import Part, Row

#: Conditions under which a plan must fail, and must not, before a box is looked for.
_FEWEST = 5


class Fails(Fields):
    """When a plan counts as failed."""

    kpi: str = Field("npv", description="KPI to look at")
    below: float | None = quantity(None, "as the KPI", "it fails below this value")
    above: float | None = quantity(None, "as the KPI", "it fails above this value")
    against_base: bool = Field(True, description="whether the difference to the base counts, or the value itself")

    @model_validator(mode="after")
    def _one_bound(self) -> "Fails":
        if (self.below is None) == (self.above is None):
            raise ValueError(f"give either below or above: there is below {self.below}, above {self.above}")
        return self


class Discover(Experiment):
    """Under which conditions does a plan fail?"""

    study: Literal["discover"] = KIND
    plan: Name = Field(..., description="plan that may fail")
    base: Name = Field(BASE_PLAN, description="plan it is compared with")
    fails: Fails = Field(default_factory=lambda: Fails.model_validate({"below": 0}), description="when it fails")
    factors: list[Varied] = FACTORS
    samples: int = quantity(400, "samples", "conditions drawn (Latin hypercube)", ge=20, le=limits.SAMPLES)
    replications: int = quantity(
        2, "runs", "runs under each condition, whose mean decides", ge=1, le=limits.REPLICATIONS
    )
    smallest: float = quantity(0.05, "share", "share of all conditions that a box must hold at least", gt=0, le=1)

    def own_problems(self) -> Iterator[Problem]:
        """What is compared must be two plans."""
        if self.fails.against_base:
            yield from compared_with_itself(self.plan, self.base)

    def named_kpis(self) -> list[tuple[Place, str]]:
        """The KPI that says whether a plan fails, too."""
        return [*super().named_kpis(), (("fails", "kpi"), self.fails.kpi)]

    def named_plans(self) -> list[tuple[Place, str]]:
        """The base, too."""
        return [*super().named_plans(), (("base",), self.base)]


class DiscoverPart(Part):
    """Where a plan of one scenario fails."""

    asks = Discover
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
        limits = {limit.factor: limit for limit in self.box.limits} if self.box else {}
        order = [*limits, *(name for name in self._names if name not in limits)]
        sides = []
        for factor in (self.factors[self._names.index(name)] for name in order):
            limit = limits.get(factor.name)
            box = (None, None) if limit is None else (limit.low, limit.high)
            sides.append(factors.Side(factor.name, factor.low, factor.high, *box))
        conditions = self.conditions[:, [self._names.index(name) for name in order]]
        about = f"{self.scenario.name} · {self._failing()}"
        factors.failure_box(sides, conditions, self.fails, about, folder / f"failure_box{suffix}.png")

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
