"""Splits of the money and plans as points: candidates that are run on some replications, with some parameters changed."""

import math
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from sxsim.running.task import Point, Task
from sxsim.scenario.plan import Plan
from sxsim.standard.catalogue import ELEMENTS, SUB_ELEMENTS
from sxsim.studies.methods.candidates import NOTHING, Candidate, Judgement
from sxsim.studies.methods.search import Limits, Split
from sxsim.studies.part import SearchingPart

_SPLIT_PLAN = "split"
#: What is looked at of every run, beside the goal, which comes first.
NPV, _INVESTMENT, _COST = 1, 2, 3
_LOOKED_AT = ("npv", "investment", "cost")


class SplitsPart(SearchingPart):
    """A part that runs splits of a budget over the elements or sub-elements, and plans of the scenario beside them."""

    def __init__(self, *arguments: Any) -> None:
        super().__init__(*arguments)
        asked = self.experiment
        self.names = ELEMENTS if asked.spread_over == "elements" else SUB_ELEMENTS
        bounds = [asked.bounds.get(name) for name in self.names]
        low = tuple(0.0 if bound is None else float(bound.low) for bound in bounds)
        high = tuple(
            asked.budget if bound is None or bound.high is None else min(bound.high, asked.budget) for bound in bounds
        )
        self.limits = Limits(low, high, asked.budget)
        own = self.scenario.plans[asked.plan]
        plan = Plan(description="a split that is tried", activities=own.activities, changes=own.changes)
        scenario = self.scenario.model_copy(update={"plans": self.scenario.plans | {_SPLIT_PLAN: plan}})
        self.splits = self.task_under(_SPLIT_PLAN, scenario)
        self.plans = {name: self.task_under(name) for name in (asked.plan, *self.rivals())}

    def rivals(self) -> list[str]:
        """The plans that are judged beside."""
        chosen = self.scenario.plans if self.experiment.rivals is None else self.experiment.rivals
        return [name for name in chosen if name != self.experiment.plan]

    def today(self) -> Split | None:
        """Today's split, when there is one over the same names."""
        money = self.scenario.plans[self.experiment.plan].money
        if not money or not set(money) <= set(self.names):
            return None
        return tuple(money[name].per_month if name in money else 0.0 for name in self.names)

    def of_split(self, split: Split, replication: int, more: Mapping[str, float] | None = None) -> Point:
        """The point of a split in a replication, with some parameters changed."""
        money = {f"plans.{_SPLIT_PLAN}.money.{name}": m for name, m in zip(self.names, split, strict=True) if m > 0}
        return Point(tuple(sorted((money | dict(more or {})).items())), replication)

    def _of(
        self, candidate: Candidate, replication: int, more: Mapping[str, float] | None = None
    ) -> tuple[Task, Point]:
        if candidate.plan is not None:
            return self.plans[candidate.plan], Point(tuple(sorted((more or {}).items())), replication)
        assert candidate.split is not None
        return self.splits, self.of_split(candidate.split, replication, more)

    def finish(
        self, what: str, cases: Sequence[tuple[Candidate, Mapping[str, float]]], replications: Sequence[int]
    ) -> NDArray[np.float64]:
        """Run candidates with some parameters changed. Returns (cases, replications, 4): goal, NPV, investment, cost."""
        assert self.work is not None
        chosen = [self._of(candidate, r, more) for candidate, more in cases for r in replications]
        for place, (task, point) in enumerate(chosen):
            candidate, more = cases[place // len(replications)]
            self._remember(what, task, point, candidate, more)
        for own in (self.splits, *self.plans.values()):
            points = [point for task, point in chosen if task is own]
            if points:
                self.work.finish(own, points, f"{self.scenario.name}, {what}", self.experiment.goal)
        kpis = [self.experiment.goal, *_LOOKED_AT]
        found = np.concatenate([self.values(task, [point], kpis) for task, point in chosen])
        return found.reshape(len(cases), len(replications), len(kpis))

    def _remember(self, what: str, task: Task, point: Point, candidate: Candidate, more: Mapping[str, float]) -> None:
        split = dict(zip(self.names, candidate.split or (math.nan,) * len(self.names), strict=True))
        named: dict[str, float | str] = {"parameter": ", ".join(more), "at": next(iter(more.values()), math.nan)}
        self.ask(what, task, point, {"plan": candidate.plan or "", **split, **named})

    def _spend(self, candidate: Candidate, beyond_nothing: NDArray[np.float64]) -> float:
        """Money a month: of a split what it says; of a plan what it cost in the runs beyond nothing, all its work counted.

        beyond_nothing: (replications, 4) what was looked at, less that of nothing. A plan with direct changes (staff,
        prices) has their running cost counted, too: all cost beyond nothing, that of more customers with it.
        """
        if candidate.split is not None:
            return math.fsum(candidate.split)
        kinds = [_INVESTMENT] if self._is_money_alone(candidate) else [_INVESTMENT, _COST]
        return float(np.nanmean(beyond_nothing[:, kinds].sum(axis=1)))

    def _is_money_alone(self, candidate: Candidate) -> bool:
        """Whether a candidate's cost is its programme's money: a plan with direct changes has other costs, too."""
        plans, own = self.scenario.plans, self.experiment.plan
        return candidate.plan is None or plans[candidate.plan].changes == plans[own].changes

    def judgement_of(self, candidates: Sequence[Candidate], values: Mapping[str, NDArray[np.float64]]) -> Judgement:
        """The judgement of some candidates by what was looked at of each in each draw: (replications, 4)."""
        return Judgement(
            {each.name: each for each in candidates},
            {name: found[:, 0] for name, found in values.items()},
            {each.name: self._spend(each, values[each.name] - values[NOTHING]) for each in candidates},
            [each.name for each in candidates if self._is_money_alone(each)],
            self.better,
            self.experiment.target,
            lambda values: self.interval_of(self.experiment.goal, values),
            lambda values: self.interval_of(self.experiment.goal, values, difference=True),
        )
