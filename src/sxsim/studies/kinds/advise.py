"""Advice: how to spread money over the elements, where the next euro goes, and which assumption would flip it.

A split is searched for on some replications, chosen among the best on others, and judged against nothing, an equal split,
today's split and the scenario's plans on fresh ones, so that luck in the search does not count for it.
"""

import math
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any, Literal

import numpy as np
from pydantic import Field, model_validator

from sxsim.pictures import decisions
from sxsim.pictures.canvas import Between
from sxsim.results.pictured import kpi_of
from sxsim.results.result import unit_of
from sxsim.results.summary import number, signed
from sxsim.running.sharing import Work
from sxsim.running.task import Point, Task
from sxsim.scenario import limits
from sxsim.scenario.fields import Name, quantity
from sxsim.scenario.fields import Part as Fields
from sxsim.scenario.organisation import Aspect
from sxsim.scenario.problems import Path as Place
from sxsim.scenario.problems import Problem
from sxsim.scenario.scenario import BASE_PLAN
from sxsim.standard.catalogue import ELEMENTS, SUB_ELEMENTS
from sxsim.studies.experiment import KIND, Experiment, goal_without_direction, problems_in_names
from sxsim.studies.factors import parameters_named
from sxsim.studies.looks import NEAREST_RIVALS, NEXT, LookingPart
from sxsim.studies.methods.candidates import (
    EQUAL,
    FOUND,
    NOTHING,
    TODAY,
    Candidate,
    Judged,
    Judgement,
    by_nearness,
    flips_in_words,
)  # fmt: skip
from sxsim.studies.methods.search import Choice, Split
from sxsim.studies.methods.statistics import WRONG_AT_MOST
from sxsim.studies.part import Row

#: What missing a target costs in the search: as much as this many budgets for the whole spread of the goal.
_MISS = 10.0
#: Elements that a sentence names.
_NAMED = 3
#: How often money is taken back where its last step is lost.
_MOST_CUTS = 2
#: Costs that differ by less than this share are said to be the same.
_SAME_COST = 0.05
#: A candidate as it is, no parameter changed.
_NOTHING_ELSE: Mapping[str, float] = {}
_IN_DOUBT = " The interval reaches beyond the target, so it may be missed: more replications would tell."


class Bounds(Fields):
    """Money a month that an element or sub-element gets at least and at most."""

    low: float = quantity(0.0, "money a month", "at least", ge=0)
    high: float | None = quantity(None, "money a month", "at most; default: the budget", ge=0)

    @model_validator(mode="after")
    def _order(self) -> "Bounds":
        if self.high is not None and self.high < self.low:
            raise ValueError(f"the range is upside down: low(={self.low:g}) must be ≤ high(={self.high:g})")
        return self


class Advise(Experiment):
    """How should money be spread over the elements?"""

    study: Literal["advise"] = KIND
    plan: Name = Field(
        BASE_PLAN,
        description="plan that goes on beside the money: its activities and direct changes hold in every split",
    )
    budget: float = quantity(
        ..., "money a month", "money a month for all elements together, from month 0 to the end", gt=0
    )
    goal: str = Field("npv", description="KPI to make as good as the budget allows")
    target: float | None = quantity(
        None, "as the goal", "value the goal must reach; the cheapest split that reaches it is looked for"
    )
    spread_over: Literal["elements", "sub_elements"] = Field(
        "elements", description="the nine elements or the 31 sub-elements"
    )
    bounds: dict[Aspect, Bounds] = Field(default_factory=dict, description="bounds by element or sub-element")
    rivals: list[Name] | None = Field(
        None, description="plans of the scenario that are judged beside the advice; default: all"
    )
    trials: int = quantity(250, "splits", "splits tried in the search", ge=10, le=limits.SAMPLES)
    search_replications: int = quantity(6, "runs", "replications of each split tried", ge=2, le=limits.REPLICATIONS)
    replications: int = quantity(
        20, "runs", "fresh replications on which advice and rivals are judged", ge=4, le=limits.REPLICATIONS
    )
    step: float = quantity(0.1, "share", "extra money of the next-euro table, as a share of the budget", gt=0, le=1)
    flip_points: list[str] | Literal["all", "none"] = Field(
        "all",
        description="assumptions looked at for a flip of the advice: all parameters of confidence C or D, none, or names and patterns",
    )
    flip_replications: int = quantity(
        4, "runs", "replications at each end of an assumption's range", ge=2, le=limits.REPLICATIONS
    )

    def own_problems(self) -> Iterator[Problem]:
        """A goal with a direction, bounds that fit names and budget, and assumptions that exist."""
        yield from goal_without_direction(self.goal)
        known = ELEMENTS if self.spread_over == "elements" else SUB_ELEMENTS
        for name in self.bounds:
            if name not in known:
                hint = f"set spread_over: {'sub_elements' if name in SUB_ELEMENTS else 'elements'}"
                yield Problem(("bounds", name), f": the money is spread over the {self.spread_over}", hint)
        least = sum(bound.low for bound in self.bounds.values())
        if least > self.budget:
            yield Problem(("bounds",), f": the lower bounds add up to {least:g}, must be ≤ budget(={self.budget:g})")
        if isinstance(self.flip_points, list):
            yield from problems_in_names(parameters_named, self.flip_points, ("flip_points",))

    def named_kpis(self) -> list[tuple[Place, str]]:
        """The goal, too."""
        return [*super().named_kpis(), (("goal",), self.goal)]

    def named_plans(self) -> list[tuple[Place, str]]:
        """The rivals, too."""
        return [*super().named_plans(), *((("rivals", n), plan) for n, plan in enumerate(self.rivals or ()))]


class AdvisePart(LookingPart):
    """Advice for one scenario."""

    asks = Advise
    experiment: Advise

    def __init__(self, *arguments: Any) -> None:
        super().__init__(*arguments)
        self.spread = 1.0
        self.taken_back: list[str] = []

    def planned(self) -> tuple[list[tuple[Task, Sequence[Point]]], int]:
        """The first look at doing nothing; the rest depends on what comes out."""
        asked = self.experiment
        first = [self.of_split(self.limits.least(), r) for r in self.early]
        candidates = 5 + len(self.rivals())
        looks = candidates + 3 * (len(self.names) + 1)
        looks += (_MOST_CUTS + 1) * len(self.names) + _MOST_CUTS if asked.target is None else 0
        more = self.most_looks + looks * asked.replications
        more += len(self.assumptions()) * 2 * (1 + NEAREST_RIVALS) * asked.flip_replications
        return [(self.splits, first)], more - len(first)

    # The search.

    def run(self, work: Work) -> None:
        """Search, choose, judge, then look at the next euro and at flip points."""
        self.work = work
        today, target = self.today(), self.experiment.target
        also = [self.limits.nearest(today)] if today else []
        if target is not None:
            ends = [(Candidate("", split), _NOTHING_ELSE) for split in (self.limits.least(), self.limits.equal())]
            means = np.nanmean(self.finish("search", ends, self.early)[:, :, 0], axis=1)
            self.spread = float(abs(means[1] - means[0])) or 1.0
        self.look_at_a_level_more()
        also.append(self.all_into(self.first))
        self.judgement = self._judge(self.best_of(self.limits, also), today)
        self._take_back(today)
        advised, nothing = self.judgement.candidates[self.judgement.advised], self.judgement.candidates[NOTHING]
        self.look_at_next_euro([nothing, *([advised] if advised.split not in (None, nothing.split) else [])])
        self.look_for_flips()

    def _take_back(self, today: Split | None) -> None:
        """Take money back where its last step clearly makes the goal worse, and judge again: no advice is to lose money."""
        for cuts in range(_MOST_CUTS + 1):
            if self.judgement.advised != FOUND or self.experiment.target is not None:
                return
            self.look_at_last_euro(self.judgement.candidates[FOUND])
            lost = [name for name, found in self.last.items() if found.lost(self.better)]
            if not lost or cuts == _MOST_CUTS:
                return
            self.taken_back += [name for name in lost if name not in self.taken_back]
            self.judgement = self._judge(self.without_last(self.judgement.candidates[FOUND], lost), today)

    def losses(self, what: str, choices: Sequence[Choice], replications: Sequence[int]) -> list[float]:
        """Run some splits: how bad each is."""
        values = self.finish(what, [(Candidate("", split), _NOTHING_ELSE) for split in choices], replications)[:, :, 0]
        return [self._loss(split, float(row.mean())) for split, row in zip(choices, values, strict=True)]

    def _loss(self, split: Split, mean: float) -> float:
        """How bad a split is: a goal is turned round; a target makes spending bad and missing it worse."""
        if not math.isfinite(mean):
            return math.inf
        if self.experiment.target is None:
            return -self.better * mean
        short = max(self.better * (self.experiment.target - mean), 0.0) / self.spread
        return math.fsum(split) / self.experiment.budget + _MISS * short

    # The judgement.

    def _judge(self, found: Split, today: Split | None) -> Judgement:
        """Run all candidates on fresh draws."""
        candidates = [Candidate(NOTHING, (0.0,) * len(self.names)), Candidate(EQUAL, self.limits.equal())]
        if self.level_more:
            candidates.append(Candidate(f"all into {self.first}", self.all_into(self.first)))
        if self.scenario.plans[self.experiment.plan].money:
            candidates.append(Candidate(TODAY, today, None if today else self.experiment.plan))
        candidates += [Candidate(name, None, name) for name in self.rivals()]
        candidates.append(Candidate(FOUND, found))
        values = self.finish("judgement", [(candidate, {}) for candidate in candidates], self.fresh)
        return self.judgement_of(candidates, {each.name: values[k] for k, each in enumerate(candidates)})

    def unmet(self) -> list[str]:
        """The target, when it is not met."""
        return [] if self.judgement.target_met else self._advice()

    # What came out.

    def tables(self) -> Iterator[tuple[str, list[Row]]]:
        """The split, the judgement, the next euro and the flip points."""
        judged, goal = self.judgement, self.experiment.goal
        binding = self.limits.binding(judged.candidates[FOUND].split or ())
        yield (
            "allocation",
            [
                {"candidate": name, "element": element, "money a month": money,
                 "bound": binding.get(place, "") if name == FOUND else ""}
                for name, candidate in judged.candidates.items() if candidate.split is not None
                for place, (element, money) in enumerate(zip(self.names, candidate.split, strict=True))
            ],
        )  # fmt: skip
        yield (
            "judgement",
            [
                {"candidate": row.candidate.name, "advised": row.candidate.name == judged.advised,
                 "money a month": row.spend, "goal": goal, "unit": row.value.unit} | row.figures
                for row in judged.rows
            ],
        )  # fmt: skip
        yield "next_euro", self.next_euro
        yield "first_and_next", self.first_and_next(judged.candidates[judged.advised].split)
        if self.flips:
            yield "flip_points", [flip.figures for flip in sorted(self.flips, key=by_nearness)]

    def draw(self, folder: Path, suffix: str) -> None:
        """Draw the allocation with its judgement, the next euro, and the flip points."""
        rows, advised = self.judgement.rows, self.judgement.advised
        goal, basis, currency = kpi_of(self.experiment.goal, self.scenario), self.scenario.name, self.scenario.currency
        splits = {
            row.candidate.name: dict(zip(self.names, row.candidate.split, strict=True))
            for row in rows
            if row.candidate.split is not None
        }
        judged = {row.candidate.name: row.against_nothing for row in rows if row.candidate.name != NOTHING}
        path = folder / f"allocation{suffix}.png"
        decisions.allocation(splits, judged, advised, goal, currency, basis, path)
        euro: dict[str, dict[str, Between]] = {}
        for row in (row for row in self.next_euro if row["money"] == NEXT):
            brings = Between(row["npv per unit of money"], row["low"], row["high"])
            euro.setdefault(str(row["from"]), {})[str(row["element"])] = brings
        decisions.next_euro(euro, currency, basis, folder / f"next_euro{suffix}.png")
        if self.flips:
            shown = [
                decisions.Flipping(f.parameter.name, f.rival, f.lead_low, f.lead_high, f.value, f.parameter.value)
                for f in sorted(self.flips, key=by_nearness)
            ]
            decisions.flips(shown, advised, goal, basis, folder / f"flip_points{suffix}.png")

    # In words.

    def sentences(self) -> list[str]:
        """The advice, how sure it is, what binds, where the next euro goes, and what would flip it."""
        return [*self._advice(), *self._binds(), *self.euro_words(_NAMED), *self.rank_words(), *self._flip_words()]

    def _advice(self) -> list[str]:
        """The advice and how sure it is, or that the target cannot be met."""
        asked, goal = self.experiment, self.experiment.goal
        currency, unit = self.scenario.currency, unit_of(goal, self.scenario)
        first, advised = self.judgement.rows[0], self.judgement.advised
        what = self._in_words(first.candidate)
        runs = f"on {asked.replications} fresh runs, chance{' and assumptions' if self.assumes else ' only'}"
        spread = f"{number(first.value.low, unit)} … {number(first.value.high, unit)}"
        if asked.target is not None:
            reached = f"{number(first.value.mean, unit)} ({spread}, {runs})"
            if not self.judgement.target_met:
                best = (
                    f"the best split found within {number(asked.budget)} {currency} a month brings {goal} to {reached}"
                )
                wanted = (
                    f"not to {number(asked.target, unit)}. Raise the budget, widen the bounds, or lower the target."
                )
                return [f"The target cannot be met: {best}, {wanted}"]
            sure = self.better * ((first.value.low if self.better > 0 else first.value.high) - asked.target) >= 0
            doubt = "" if sure else _IN_DOUBT
            if not first.spend:
                return [f"No money is needed: {goal} stands at {reached} as it is.{doubt}"]
            costs = f"{number(first.spend)} {currency} a month: {what}. It reaches {reached}.{doubt}"
            return [f"The cheapest way to {goal} {number(asked.target, unit)} that was found costs {costs}"]
        texts = []
        if advised == FOUND:
            texts.append(f"Advice: {what}.")
        elif advised in self.plans:
            texts.append(f"Advice: the plan {advised} is better than any split that was found.")
        else:
            texts.append(f"Nothing was found that is clearly better than {advised}: {self.trials} splits were tried.")
        if advised != NOTHING:
            texts.append(
                f"Against doing nothing {goal} changes by {signed(first.against_nothing)} {unit} ({runs}); it is better in "
                f"{first.chance_better:.0%} of the runs, and the worst tenth average {_plus(first.worst_tenth, unit)}."
            )
        return [*texts, *self._against_others()]

    def _against_others(self) -> list[str]:
        """Whom the advice is ahead of, and who is not told from it: a lead that is none is not said to be one."""
        others = [row for row in self.judgement.rows[1:] if row.candidate.name != NOTHING and row.ahead.sd > 0]
        told = [f"{self._named(r)} by {signed(r.ahead)}" for r in others if r.p < WRONG_AT_MOST and r.ahead.mean > 0]
        behind = [f"{self._named(r)} ({signed(r.ahead)})" for r in others if r.p < WRONG_AT_MOST and r.ahead.mean < 0]
        tied = [f"{self._named(r)} ({signed(r.ahead)})" for r in others if not r.p < WRONG_AT_MOST]
        texts = [f"It is ahead of {'; '.join(told)}."] if told else []
        if behind:
            texts.append(f"It is behind {'; '.join(behind)}.")
        if tied:
            held = "corrected for the number of candidates"
            texts.append(f"It cannot be told from {'; '.join(tied)}; {held}.")
        return texts

    def _named(self, row: Judged) -> str:
        """A rival's name; with what it costs where that differs, so that nobody compares the cheap with the dear unawares."""
        own = self.judgement.rows[0].spend
        if abs(row.spend - own) <= _SAME_COST * max(abs(own), abs(row.spend)):
            return row.candidate.name
        more = (
            f"{number(abs(row.spend - own))} {self.scenario.currency} a month {'more' if row.spend > own else 'less'}"
        )
        return f"{row.candidate.name}, which costs {more},"

    def _in_words(self, candidate: Candidate) -> str:
        if candidate.split is None:
            return f"the plan {candidate.name}"
        money = sorted(zip(candidate.split, self.names, strict=True), reverse=True)
        parts = [f"{name} {number(m)}" for m, name in money if m > 0]
        left = self.experiment.budget - math.fsum(candidate.split)
        kept = f"; {number(left)} of the budget not spent" if not self.limits.spent(candidate.split) else ""
        said = f"{', '.join(parts)} {self.scenario.currency}" if parts else "spend nothing"
        return f"{said} a month{kept}"

    def _binds(self) -> list[str]:
        split = self.judgement.candidates[self.judgement.advised].split
        if split is None or self.judgement.advised == NOTHING:
            return []
        bound = self.limits.binding(split)
        texts = [f"The bound of {self.names[p]} binds ({which}: {number(split[p])})." for p, which in bound.items()]
        after = [row for row in self.next_euro if row["from"] == self.judgement.advised and row["money"] == NEXT]
        if self.limits.spent(split):
            worth = not after or any(
                self.better * float(row["goal low" if self.better > 0 else "goal high"]) > 0 for row in after
            )
            also = (
                "it binds"
                if worth
                else f"but more of it would not clearly better {self.experiment.goal}, so it does not clearly bind"
            )
            texts.append(f"The whole budget is spent: {also}.")
        lost = [name for name, found in self.last.items() if found.npv.high < 0]
        if lost:
            texts.append(f"The last money of {', '.join(lost)} does not come back as NPV.")
        if self.taken_back:
            texts.append(f"Money was taken back from {', '.join(self.taken_back)}: its last step was clearly lost.")
        return texts

    def _flip_words(self) -> list[str]:
        if self.experiment.target is None and len(self.judgement.tied) == len(self.judgement.candidates) - 1:
            return [
                "Nothing can be told from the advice on these runs, so there is nothing to flip: more replications would help."
            ]
        of = "assumptions of confidence C or D" if self.experiment.flip_points == "all" else "assumptions"
        return flips_in_words(self.flips, self.judgement.tied if self.experiment.target is None else [], of)

    def remarks(self) -> list[str]:
        """A table of the judgement."""
        unit = unit_of(self.experiment.goal, self.scenario)
        lines = [
            f"## Candidates on fresh draws: {self.scenario.name}", "",
            f"| candidate | {self.scenario.currency} a month | {self.experiment.goal} ({unit}) | against nothing | worst tenth |",
            "|---|---|---|---|---|",
        ]  # fmt: skip
        for row in self.judgement.rows:
            value = f"{number(row.value.mean, unit)} ({number(row.value.low, unit)} … {number(row.value.high, unit)})"
            lines.append(
                f"| {row.candidate.name} | {number(row.spend)} | {value} | {signed(row.against_nothing)} | "
                f"{_plus(row.worst_tenth, unit)} |"
            )
        return lines


def _plus(value: float, unit: str) -> str:
    if not math.isfinite(value):
        return "–"
    text = f"{100 * value:.2f} points" if unit.startswith("share") else number(value)
    return text if text.startswith("-") else f"+{text}"
