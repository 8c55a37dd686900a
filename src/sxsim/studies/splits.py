"""Splits of the money and plans as points: candidates that are run on some replications, with some parameters changed."""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
from numpy.typing import NDArray

from sxsim.model.business import discount_factor
from sxsim.results.intervals import Interval
from sxsim.running.task import Point, Task
from sxsim.scenario.plan import Plan
from sxsim.standard.catalogue import ELEMENTS, SUB_ELEMENTS
from sxsim.studies.methods.candidates import NOTHING, Candidate, Judgement
from sxsim.studies.methods.search import Limits, Split
from sxsim.studies.part import Row, SearchingPart

_SPLIT_PLAN = "split"
#: Money on top of a split, and the last money within it.
NEXT, LAST = "next", "last"
#: What is looked at of every run, beside the goal, which comes first.
_NPV, _INVESTMENT, _COST = 1, 2, 3
_LOOKED_AT = ("npv", "investment", "cost")


@dataclass(frozen=True)
class Euro:
    """What some money of one element brings. npv: a unit of money, its own cost counted; goal: all of it."""

    npv: Interval
    goal: Interval

    def lost(self, better: float) -> bool:
        """Whether it clearly makes the goal worse. better: 1 where the goal is better high, −1 where it is better low."""
        return self.goal.high < 0 if better > 0 else self.goal.low > 0


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
        self.next_money: dict[str, dict[str, Euro]] = {}
        self.last: dict[str, Euro] = {}

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

    def look_at_next_euro(self, bases: Sequence[Candidate]) -> None:
        """Run each split with one step more for each element in turn: what that brings is `next_money`."""
        step = self.experiment.step * self.experiment.budget
        cases = [case for base in bases for case in self.with_more(base, step)]
        shape = len(bases), len(self.names) + 1, len(self.fresh), -1
        values = self.finish("next euro", cases, self.fresh).reshape(shape)
        self.next_money = {
            base.name: {
                name: self._euro(values[place, 1 + k] - values[place, 0], step) for k, name in enumerate(self.names)
            }
            for place, base in enumerate(bases)
        }

    def look_at_last_euro(self, base: Candidate) -> None:
        """Run a split without the last step of each element in turn that has money: what that step brings is `last`."""
        steps = self._last_steps(base)
        cases: list[tuple[Candidate, Mapping[str, float]]] = [(base, {})]
        cases += [(Candidate("", self.without_last(base, [name])), {}) for name in steps]
        values = self.finish("last euro", cases, self.fresh)
        self.last = {name: self._euro(values[0] - values[1 + k], step) for k, (name, step) in enumerate(steps.items())}

    def _last_steps(self, base: Candidate) -> dict[str, float]:
        """By element how much of its money can be taken back: a step at most, and nothing below its bound."""
        assert base.split is not None
        step = self.experiment.step * self.experiment.budget
        free = zip(self.names, base.split, self.limits.low, strict=True)
        return {name: min(step, money - low) for name, money, low in free if money > low}

    def without_last(self, base: Candidate, names: Sequence[str]) -> Split:
        """A split without the last step of some elements."""
        assert base.split is not None
        steps = self._last_steps(base)
        pairs = zip(self.names, base.split, strict=True)
        return tuple(money - steps[name] if name in names else money for name, money in pairs)

    def _euro(self, change: NDArray[np.float64], step: float) -> Euro:
        """What a step of money brings, from the changes of goal and NPV in each replication."""
        rate, months = self.scenario.economics.discount_rate, self.scenario.horizon.months
        spent = step * math.fsum(discount_factor(rate, float(month)) for month in range(months))
        return Euro(
            self.interval_of("npv", change[:, _NPV] / spent, difference=True),
            self.interval_of(self.experiment.goal, change[:, 0], difference=True),
        )

    @cached_property
    def next_euro(self) -> list[Row]:
        """What one more step of money brings, element by element, from nothing and from the advice, and what the last one brought."""
        found = [(base, NEXT, euros) for base, euros in self.next_money.items()]
        if self.last:
            found.append((list(self.next_money)[-1], LAST, self.last))
        return [
            {"from": base, "money": which, "element": name, "npv per unit of money": euro.npv.mean,
             "low": euro.npv.low, "high": euro.npv.high, "goal": self.experiment.goal, "goal change": euro.goal.mean,
             "goal low": euro.goal.low, "goal high": euro.goal.high}
            for base, which, euros in found for name, euro in euros.items()
        ]  # fmt: skip

    def euro_words(self, named: int) -> list[str]:
        """Where the next money brings most and least beyond the last split looked at."""
        base, euros = list(self.next_money.items())[-1]
        best = sorted(euros.items(), key=lambda pair: -pair[1].npv.mean)
        said = [f"{n} {e.npv.mean:+.2f} ({e.npv.low:+.2f} … {e.npv.high:+.2f})" for n, e in best[:named]]
        return [
            f"The next {self.scenario.currency} beyond {base} changes the NPV, its own cost counted, by: {'; '.join(said)}; "
            f"last {best[-1][0]} {best[-1][1].npv.mean:+.2f}."
        ]

    def with_more(self, base: Candidate, step: float) -> list[tuple[Candidate, Mapping[str, float]]]:
        """A split as it is, then with some money more for each element in turn, as cases for `finish`."""
        assert base.split is not None
        places = range(len(self.names))
        more = [tuple(money + step * (place == k) for k, money in enumerate(base.split)) for place in places]
        return [(base, {}), *((Candidate("", split), {}) for split in more)]

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
        ((parameter, value),) = more.items() or ((("", math.nan)),)
        self.ask(what, task, point, {"plan": candidate.plan or "", **split, "parameter": parameter, "at": value})

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
