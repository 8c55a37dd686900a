"""Advice: how to spread money over the elements, where the next euro goes, and which assumption would flip it.

A split is searched for on some replications, chosen among the best on others, and judged against nothing, an equal split,
today's split and the scenario's plans on fresh ones, so that luck in the search does not count for it.
"""

import math
from collections.abc import Iterator, Mapping, Sequence
from functools import cached_property
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from sxsim.model.business import discount_factor
from sxsim.model.parameters import Parameter, register
from sxsim.results.intervals import Interval
from sxsim.results.kpis import KPIS
from sxsim.results.verdicts import holm
from sxsim.scenario.plan import Plan
from sxsim.standard.catalogue import ELEMENTS, SUB_ELEMENTS
from sxsim.studies import advice_in_words, figures
from sxsim.studies.allocation import Limits, Split
from sxsim.studies.candidates import EQUAL, FOUND, NOTHING, TARGET, TODAY, WRONG_AT_MOST, Candidate, Judged
from sxsim.studies.experiment import Advise, Bounds
from sxsim.studies.factors import parameters_named
from sxsim.studies.flip_points import Flip, by_nearness, corrected, flips_of
from sxsim.studies.part import Part, Row
from sxsim.studies.points import Point, Task
from sxsim.studies.search import search
from sxsim.studies.work import Work

_SPLIT_PLAN = "split"
#: Splits that go from the search to the choice, and times as many replications they get there.
_SHORTLIST, _LONGER = 8, 3
#: Rivals, the nearest first, that flip points are looked for.
_NEAREST_RIVALS = 3
_WORST = 0.1
#: What missing a target costs in the search: as much as this many budgets for the whole spread of the goal.
_MISS = 10.0


class AdvisePart(Part):
    """Advice for one scenario."""

    experiment: Advise

    def __init__(self, *arguments: Any) -> None:
        super().__init__(*arguments)
        asked = self.experiment
        self.names = ELEMENTS if asked.spread_over == "elements" else SUB_ELEMENTS
        bounds = [asked.bounds.get(name) or Bounds.model_validate({}) for name in self.names]
        high = tuple(asked.budget if b.high is None else min(b.high, asked.budget) for b in bounds)
        self.limits = Limits(tuple(b.low for b in bounds), high, asked.budget)
        self.better = -1.0 if KPIS[asked.goal].better == "lower" else 1.0
        own = self.scenario.plans[asked.plan]
        plan = Plan(description="a split that is tried", activities=own.activities, changes=own.changes)
        scenario = self.scenario.model_copy(update={"plans": self.scenario.plans | {_SPLIT_PLAN: plan}})
        self.splits = self.task_under(_SPLIT_PLAN, scenario)
        self.plans = {name: self.task_under(name) for name in (asked.plan, *self._rivals())}
        self.asked: dict[tuple[str, str, Point], tuple[Task, dict[str, float | str]]] = {}

    def _rivals(self) -> list[str]:
        chosen = self.scenario.plans if self.experiment.rivals is None else self.experiment.rivals
        return [name for name in chosen if name != self.experiment.plan]

    def _today(self) -> Split | None:
        """Today's split, when there is one over the same names."""
        money = self.scenario.plans[self.experiment.plan].money
        if not money or not set(money) <= set(self.names):
            return None
        return tuple(money[name].per_month if name in money else 0.0 for name in self.names)

    # Points.

    def _of_split(self, split: Split, replication: int, more: Mapping[str, float] | None = None) -> Point:
        money = {f"plans.{_SPLIT_PLAN}.money.{name}": m for name, m in zip(self.names, split, strict=True) if m > 0}
        return Point(tuple(sorted((money | dict(more or {})).items())), replication)

    def _of(
        self, candidate: Candidate, replication: int, more: Mapping[str, float] | None = None
    ) -> tuple[Task, Point]:
        if candidate.plan is not None:
            return self.plans[candidate.plan], Point(tuple(sorted((more or {}).items())), replication)
        assert candidate.split is not None
        return self.splits, self._of_split(candidate.split, replication, more)

    def _finish(
        self, what: str, cases: Sequence[tuple[Candidate, Mapping[str, float]]], replications: Sequence[int]
    ) -> NDArray[np.float64]:
        """Run candidates with some parameters changed. Returns goal and NPV, shape (cases, replications, 2)."""
        assert self.work is not None
        chosen = [self._of(candidate, r, more) for candidate, more in cases for r in replications]
        for place, (task, point) in enumerate(chosen):
            candidate, more = cases[place // len(replications)]
            self._remember(what, task, point, candidate, more)
        for own in (self.splits, *self.plans.values()):
            points = [point for task, point in chosen if task is own]
            if points:
                self.work.finish(own, points, f"{self.scenario.name}, {what}", self.experiment.goal)
        kpis = [self.experiment.goal, "npv"]
        found = np.concatenate([self.values(task, [point], kpis) for task, point in chosen])
        return found.reshape(len(cases), len(replications), 2)

    def _remember(self, what: str, task: Task, point: Point, candidate: Candidate, more: Mapping[str, float]) -> None:
        split = candidate.split or (math.nan,) * len(self.names)
        ((parameter, value),) = more.items() or ((("", math.nan)),)
        labels: dict[str, float | str] = {"for": what, "plan": candidate.plan or ""}
        labels |= dict(zip(self.names, split, strict=True)) | {"parameter": parameter, "at": value}
        self.asked.setdefault((what, task.plan, point), (task, labels))

    def points(self) -> Iterator[tuple[Task, Mapping[str, float | str], Point]]:
        """All points in the order in which they were asked for."""
        for (_, _, point), (task, labels) in self.asked.items():
            yield task, labels, point

    def planned(self) -> tuple[list[tuple[Task, Sequence[Point]]], int]:
        """The first look at doing nothing; the rest depends on what comes out."""
        asked = self.experiment
        first = [self._of_split(self.limits.least(), r) for r in range(asked.search_replications)]
        candidates = 4 + len(self._rivals())
        more = asked.trials * asked.search_replications + _SHORTLIST * _LONGER * asked.search_replications
        more += (candidates + 2 * (len(self.names) + 1)) * asked.replications
        more += len(self._assumptions()) * 2 * (1 + _NEAREST_RIVALS) * asked.flip_replications
        return [(self.splits, first)], more - len(first)

    # The search.

    def run(self, work: Work) -> None:
        """Search, choose, judge, then look at the next euro and at flip points."""
        self.work = work
        asked = self.experiment
        early = range(asked.search_replications)
        later = range(early.stop, early.stop + _LONGER * asked.search_replications)
        self.fresh = range(later.stop, later.stop + asked.replications)
        self.spread = 1.0

        def loss(splits: Sequence[Split]) -> list[float]:
            return self._losses("search", splits, early)

        today = self._today()
        also = [self.limits.nearest(today)] if today else []
        if asked.target is not None:
            ends = self._finish(
                "search", [(Candidate("", s), {}) for s in (self.limits.least(), self.limits.equal())], early
            )
            means = np.nanmean(ends[:, :, 0], axis=1)
            self.spread = float(abs(means[1] - means[0])) or 1.0
        tried = search(self.limits, loss, asked.trials, asked.seed, also)
        self.trials = len(tried)
        best = [split for _, split in tried[:_SHORTLIST]]
        chosen = self._losses("choice", best, later)
        found = best[int(np.argmin(chosen))]
        self._judge(found, today)
        self._next_euro()
        self._flips()

    def _losses(self, what: str, splits: Sequence[Split], replications: Sequence[int]) -> list[float]:
        values = self._finish(what, [(Candidate("", split), {}) for split in splits], replications)[:, :, 0]
        return [self._loss(split, float(row.mean())) for split, row in zip(splits, values, strict=True)]

    def _loss(self, split: Split, mean: float) -> float:
        """How bad a split is: a goal is turned round; a target makes spending bad and missing it worse."""
        if not math.isfinite(mean):
            return math.inf
        if self.experiment.target is None:
            return -self.better * mean
        short = max(self.better * (self.experiment.target - mean), 0.0) / self.spread
        return math.fsum(split) / self.experiment.budget + _MISS * short

    # The judgement.

    def _judge(self, found: Split, today: Split | None) -> None:
        candidates = [Candidate(NOTHING, (0.0,) * len(self.names)), Candidate(EQUAL, self.limits.equal())]
        if self.scenario.plans[self.experiment.plan].money:
            candidates.append(Candidate(TODAY, today, None if today else self.experiment.plan))
        candidates += [Candidate(name, None, name) for name in self._rivals()]
        candidates.append(Candidate(FOUND, found))
        self.candidates = {candidate.name: candidate for candidate in candidates}
        values = self._finish("judgement", [(candidate, {}) for candidate in candidates], self.fresh)
        self.goal = {candidate.name: values[place, :, 0] for place, candidate in enumerate(candidates)}
        self.advised = self._choose()

    def _spend(self, candidate: Candidate) -> float:
        if candidate.split is not None:
            return math.fsum(candidate.split)
        assert candidate.plan is not None
        return math.fsum(money.per_month for money in self.scenario.plans[candidate.plan].money.values())

    def _lead(self, one: str, other: str) -> Interval:
        """How far one candidate is ahead of another, positive when the goal is better."""
        return self.interval_of(
            self.experiment.goal, self.better * (self.goal[one] - self.goal[other]), difference=True
        )

    def _choose(self) -> str:
        """The found split when it is clearly better than the simple ones; else the best simple one. A plan that is clearly better goes first."""
        if self.experiment.target is not None:
            reaching = [name for name in self.goal if self._reaches(name) and self._is_money_alone(name)]
            if not reaching:
                return FOUND
            return min(
                reaching,
                key=lambda n: (self._spend(self.candidates[n]), -self.better * float(np.nanmean(self.goal[n]))),
            )
        simple = [name for name in (NOTHING, TODAY, EQUAL) if name in self.candidates]
        chances = holm({name: self._lead(FOUND, name) for name in simple})
        clear = all(chances[name] < WRONG_AT_MOST and self._lead(FOUND, name).mean > 0 for name in simple)
        best = FOUND if clear else self._best_simple(simple)
        plans = [name for name, candidate in self.candidates.items() if candidate.plan and name != TODAY]
        chances = holm({name: self._lead(name, best) for name in self.candidates if name != best})
        ahead = [name for name in plans if chances[name] < WRONG_AT_MOST and self._lead(name, best).mean > 0]
        return max(ahead, key=lambda name: self._lead(name, best).mean) if ahead else best

    def _is_money_alone(self, name: str) -> bool:
        """Whether a candidate's cost is its programme's money: a plan with direct changes has other costs, too."""
        plan = self.candidates[name].plan
        return plan is None or self.scenario.plans[plan].changes == self.scenario.plans[self.experiment.plan].changes

    def _best_simple(self, simple: Sequence[str]) -> str:
        """Nothing, unless another simple split is clearly better."""
        chances = holm({name: self._lead(name, NOTHING) for name in simple if name != NOTHING})
        ahead = [name for name, p in chances.items() if p < WRONG_AT_MOST and self._lead(name, NOTHING).mean > 0]
        return max(ahead, key=lambda name: self._lead(name, NOTHING).mean) if ahead else NOTHING

    def _reaches(self, name: str) -> bool:
        assert self.experiment.target is not None
        return bool(self.better * (float(np.nanmean(self.goal[name])) - self.experiment.target) >= 0)

    @property
    def target_met(self) -> bool:
        """Whether the advised candidate reaches the target on fresh draws; yes when there is none."""
        return self.experiment.target is None or self._reaches(self.advised)

    def unmet(self) -> list[str]:
        """The target, when it is not met."""
        return [] if self.target_met else advice_in_words.advice(self)

    @cached_property
    def leads(self) -> dict[str, Interval]:
        """How far the advised candidate is ahead of each other one."""
        return {name: self._lead(self.advised, name) for name in self.candidates if name != self.advised}

    @cached_property
    def chances(self) -> dict[str, float]:
        """The p of each lead, corrected for all of them."""
        return holm(self.leads)

    @property
    def tied(self) -> list[str]:
        """Candidates that cannot be told from the advised one."""
        return [name for name, p in self.chances.items() if not p < WRONG_AT_MOST]

    @cached_property
    def judged(self) -> list[Judged]:
        """All candidates on fresh draws, the advised one first, then by the goal."""
        rows = []
        for name, candidate in self.candidates.items():
            gain = self.better * (self.goal[name] - self.goal[NOTHING])
            worst = np.sort(gain[np.isfinite(gain)])[: max(1, math.ceil(_WORST * len(gain)))]
            rows.append(
                Judged(
                    candidate, self._spend(candidate),
                    self.interval_of(self.experiment.goal, self.goal[name]),
                    self.interval_of(self.experiment.goal, self.goal[name] - self.goal[NOTHING], difference=True),
                    self._lead(self.advised, name), self.chances.get(name, math.nan), float((gain > 0).mean()),
                    self.better * float(worst.mean()) if len(worst) else math.nan,
                )
            )  # fmt: skip
        return sorted(rows, key=lambda row: (row.candidate.name != self.advised, -self.better * row.value.mean))

    # The next euro.

    def _next_euro(self) -> None:
        step = self.experiment.step * self.experiment.budget
        bases = [self.candidates[NOTHING]]
        if self.candidates[self.advised].split not in (None, bases[0].split):
            bases.append(self.candidates[self.advised])
        cases: list[tuple[Candidate, Mapping[str, float]]] = []
        for base in bases:
            assert base.split is not None
            cases.append((base, {}))
            for place in range(len(self.names)):
                split = tuple(money + step * (place == k) for k, money in enumerate(base.split))
                cases.append((Candidate("", split), {}))
        values = self._finish("next euro", cases, self.fresh).reshape(
            len(bases), len(self.names) + 1, len(self.fresh), 2
        )
        self.marginal = {base.name: values[place, 1:] - values[place, :1] for place, base in enumerate(bases)}

    @cached_property
    def next_euro(self) -> list[Row]:
        """What one more unit of money brings, element by element, from nothing and from the advice."""
        step = self.experiment.step * self.experiment.budget
        rate, months = self.scenario.economics.discount_rate, self.scenario.horizon.months
        spent = step * math.fsum(discount_factor(rate, float(month)) for month in range(months))
        rows = []
        for base, values in self.marginal.items():
            for place, name in enumerate(self.names):
                back = self.interval_of("npv", values[place, :, 1] / spent, difference=True)
                goal = self.interval_of(self.experiment.goal, values[place, :, 0], difference=True)
                rows.append(
                    {
                        "from": base,
                        "element": name,
                        "npv per unit of money": back.mean,
                        "low": back.low,
                        "high": back.high,
                    }
                    | {
                        "goal": self.experiment.goal,
                        "goal change": goal.mean,
                        "goal low": goal.low,
                        "goal high": goal.high,
                    }
                )
        return rows

    # Flip points.

    def _assumptions(self) -> list[Parameter]:
        """The assumptions looked at: of confidence C or D, or those that are named; not those that the scenario states."""
        asked = self.experiment.flip_points
        if asked == "none":
            return []
        names = (
            parameters_named(asked)
            if isinstance(asked, list)
            else [n for n, p in register().items() if p.confidence in "CD"]
        )
        return [
            register()[n] for n in names if n not in self.scenario.parameters and register()[n].low < register()[n].high
        ]

    def _flips(self) -> None:
        self.flips: list[Flip] = []
        assumptions = self._assumptions()
        if not assumptions:
            return
        replications = self.fresh[: self.experiment.flip_replications]
        advised = self.candidates[self.advised]
        behind = [name for name, lead in self.leads.items() if name not in self.tied and lead.mean > 0]
        nearest = sorted(behind, key=lambda name: self.leads[name].mean)[:_NEAREST_RIVALS]
        rivals = [TARGET] if self.experiment.target is not None else nearest
        if not rivals:
            return
        others = [self.candidates[name] for name in rivals if name != TARGET]

        def cases(
            parameter: Parameter, value: float, among: Sequence[Candidate]
        ) -> list[tuple[Candidate, Mapping[str, float]]]:
            return [(candidate, {parameter.name: value}) for candidate in (advised, *among)]

        def leads_in(values: NDArray[np.float64], names: Sequence[str]) -> dict[str, Interval]:
            first, goal = values[0, :, 0], self.experiment.goal
            second = (
                [np.full(len(first), self.experiment.target)]
                if self.experiment.target is not None
                else values[1:, :, 0]
            )
            return {
                name: self.interval_of(goal, self.better * (first - other), difference=True)
                for name, other in zip(names, second, strict=True)
            }

        def lead(parameter: Parameter, value: float, names: Sequence[str]) -> dict[str, Interval]:
            among = [self.candidates[name] for name in names if name != TARGET]
            return leads_in(self._finish("flip points", cases(parameter, value, among), replications), names)

        ends = [(p, end) for p in assumptions for end in (p.low, p.high)]
        values = self._finish("flip points", [case for p, end in ends for case in cases(p, end, others)], replications)
        by_end = values.reshape(len(ends), 1 + len(others), len(replications), 2)
        for place, parameter in enumerate(assumptions):
            both = leads_in(by_end[2 * place], rivals), leads_in(by_end[2 * place + 1], rivals)
            self.flips += flips_of(parameter, parameter.value, both, lead)
        self.flips = corrected(self.flips)

    # What came out.

    def tables(self) -> Iterator[tuple[str, list[Row]]]:
        """The split, the judgement, the next euro and the flip points."""
        binding = self.limits.binding(self.candidates[FOUND].split or ())
        yield (
            "allocation",
            [
                {
                    "candidate": name,
                    "element": element,
                    "money a month": money,
                    "bound": binding.get(place, "") if name == FOUND else "",
                }
                for name, candidate in self.candidates.items()
                if candidate.split is not None
                for place, (element, money) in enumerate(zip(self.names, candidate.split, strict=True))
            ],
        )
        yield (
            "judgement",
            [
                {
                    "candidate": row.candidate.name, "advised": row.candidate.name == self.advised, "money a month": row.spend,
                    "goal": self.experiment.goal, "unit": row.value.unit, "mean": row.value.mean, "low": row.value.low,
                    "high": row.value.high, "against nothing": row.against_nothing.mean,
                    "against nothing low": row.against_nothing.low, "against nothing high": row.against_nothing.high,
                    "advice ahead by": row.ahead.mean, "ahead low": row.ahead.low, "ahead high": row.ahead.high,
                    "p corrected": row.p, "chance better than nothing": row.chance_better, "worst tenth": row.worst_tenth,
                }
                for row in self.judged
            ],
        )  # fmt: skip
        yield "next_euro", self.next_euro
        if self.flips:
            yield (
                "flip_points",
                [
                    {
                        "parameter": f.parameter.name, "confidence": f.parameter.confidence, "usual": f.parameter.value,
                        "low end": f.parameter.low, "high end": f.parameter.high, "rival": f.rival,
                        "flips between": f.ahead, "and": f.behind, "clear": f.clear, "lead at low end": f.lead_low.mean,
                        "lead at high end": f.lead_high.mean, "meaning": f.parameter.meaning,
                    }
                    for f in sorted(self.flips, key=by_nearness)
                ],
            )  # fmt: skip

    def draw(self, folder: Path, suffix: str) -> None:
        """Draw the allocation with its judgement, the next euro, and the flip points."""
        figures.allocation(
            {row.candidate.name: row.candidate.split for row in self.judged if row.candidate.split is not None},
            [(row.candidate.name, row.against_nothing) for row in self.judged if row.candidate.name != NOTHING],
            self.names, self.advised, self.experiment.goal, self.scenario, folder / f"allocation{suffix}.png",
        )  # fmt: skip
        figures.next_euro(self.next_euro, self.names, self.scenario, folder / f"next_euro{suffix}.png")
        if self.flips:
            shown = sorted(self.flips, key=by_nearness)
            figures.flips(shown, self.advised, self.experiment.goal, self.scenario, folder / f"flip_points{suffix}.png")

    def sentences(self) -> list[str]:
        """The advice, how sure it is, what binds, where the next euro goes, and what would flip it."""
        return advice_in_words.sentences(self)

    def remarks(self) -> list[str]:
        """A table of the judgement."""
        return advice_in_words.table(self)
