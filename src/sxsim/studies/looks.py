"""What is looked at around a split of the money: what the next money brings, what the last one brought, what a level more would, and which
assumption would flip the judgement.
"""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
from numpy.typing import NDArray

from sxsim.model.business import discount_factor
from sxsim.model.parameters import Parameter, register
from sxsim.results.intervals import Interval
from sxsim.results.result import unit_of
from sxsim.results.summary import signed
from sxsim.standard.catalogue import SUB_ELEMENTS
from sxsim.studies.factors import parameters_named
from sxsim.studies.methods.candidates import NOTHING, TARGET, Candidate, Flip, Judgement, corrected, flips_of
from sxsim.studies.methods.drawn_weights import rows_of
from sxsim.studies.methods.ranks import Ranked, ranks_of
from sxsim.studies.methods.search import Split
from sxsim.studies.part import Row
from sxsim.studies.splits import NPV, SplitsPart

#: Money on top of a split, and the last money within it.
NEXT, LAST = "next", "last"
_HIGHEST_LEVEL = 5.0
_RESAMPLES = 500
#: Rivals, the nearest first, that flip points are looked for.
NEAREST_RIVALS = 3


@dataclass(frozen=True)
class Euro:
    """What some money of one element brings. npv: a unit of money, its own cost counted; goal: all of it."""

    npv: Interval
    goal: Interval

    def lost(self, better: float) -> bool:
        """Whether it clearly makes the goal worse. better: 1 where the goal is better high, −1 where it is better low."""
        return self.goal.high < 0 if better > 0 else self.goal.low > 0


@dataclass(frozen=True)
class LevelMore:
    """What a level more of an element at the start does to the goal, however it is had."""

    goal: Interval
    rank: Ranked


class LookingPart(SplitsPart):
    """A part that looks around the splits that it runs."""

    def __init__(self, *arguments: Any) -> None:
        super().__init__(*arguments)
        self.next_money: dict[str, dict[str, Euro]] = {}
        self.last: dict[str, Euro] = {}
        self.level_more: dict[str, LevelMore] = {}
        self.judgement: Judgement
        self.flips: list[Flip] = []

    def look_at_a_level_more(self) -> None:
        """Run doing nothing with a level more of each element in turn at the start: what that brings is `level_more`."""
        nothing = Candidate(NOTHING, (0.0,) * len(self.names))
        raised = {name: self._raised(name) for name in self.names}
        cases = [(nothing, more) for more in ({}, *raised.values())]
        values = self.finish("a level more", cases, self.fresh)[:, :, 0]
        gains = np.nan_to_num((values[1:] - values[0]).T)  # a run that failed tells nothing
        drawn = np.random.default_rng(self.experiment.seed).integers(len(gains), size=(_RESAMPLES, len(gains)))
        ranks = ranks_of(self.names, self.better * gains[drawn].mean(axis=1), len(gains))
        self.level_more = {
            rank.name: LevelMore(self.interval_of(self.experiment.goal, own, difference=True), rank)
            for rank, own in zip(ranks, gains.T, strict=True)
        }

    def _raised(self, name: str) -> dict[str, float]:
        """The starting maturity of an element's parts, or of a sub-element, a level higher, and no higher than the highest."""
        organisation = self.scenario.organisation
        own = [SUB_ELEMENTS[row] for row in rows_of(name)]
        return {f"organisation.maturity.{sub}": min(organisation.maturity_of(sub) + 1.0, _HIGHEST_LEVEL) for sub in own}

    @property
    def first(self) -> str:
        """The element of which a level more brings most."""
        return max(self.level_more, key=lambda name: self.better * self.level_more[name].goal.mean)

    def all_into(self, name: str) -> Split:
        """As much of the budget as may be for one element, the rest at its lower bounds."""
        return self.limits.nearest([self.experiment.budget * (own == name) for own in self.names])

    def first_and_next(self, advised: Split | None) -> list[Row]:
        """Two questions beside each other, element by element: what a level more would bring, and what the next money brings.

        advised: the split that is advised, if one is.
        """
        euros = self.next_money.get(NOTHING, {})
        money = dict(zip(self.names, advised or (math.nan,) * len(self.names), strict=True))
        by_euro = sorted(euros, key=lambda name: -euros[name].npv.mean)
        rows: list[Row] = []
        for name, more in self.level_more.items():
            row: Row = {"element": name, "goal": self.experiment.goal, "a level more brings": more.goal.mean}
            row |= {
                "low": more.goal.low,
                "high": more.goal.high,
                "best rank": more.rank.best,
                "worst rank": more.rank.worst,
            }
            if name in euros:
                npv = euros[name].npv
                row |= {"next money brings npv": npv.mean, "next low": npv.low, "next high": npv.high}
                row |= {"rank by next money": by_euro.index(name) + 1}
            rows.append(row | {"money a month advised": money[name]})
        return rows

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
            self.interval_of("npv", change[:, NPV] / spent, difference=True),
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

    def rank_words(self) -> list[str]:
        """What comes first, beside where the next money goes: two questions; nothing where no level more was looked at."""
        if not self.level_more:
            return []
        unit, currency = unit_of(self.experiment.goal, self.scenario), self.scenario.currency
        first, euros = self.level_more[self.first], self.next_money[NOTHING]
        best = max(euros, key=lambda name: euros[name].npv.mean)
        name = f"all into {self.first}"
        loses = ""
        if name in self.judgement.leads:
            lead = self.judgement.leads[name]
            told = (
                "cannot be told from"
                if name in self.judgement.tied
                else "is behind"
                if lead.mean > 0
                else "is ahead of"
            )
            loses = f"; the whole budget into {self.first} {told} the advice ({signed(lead)} {unit})"
        return [
            f"Two questions: if a level more of it could be had at once, {self.first} would bring most ({signed(first.goal)} {unit}, rank "
            f"{first.rank.words}), under the levers' weights as they stand; the first {currency} of money goes furthest in {best}{loses}."
        ]

    def assumptions(self) -> list[Parameter]:
        """The assumptions looked at: of confidence C or D, or those that are named; not those that the scenario states."""
        asked = self.experiment.flip_points
        if asked == "none":
            return []
        doubtful = [name for name, parameter in register().items() if parameter.confidence in "CD"]
        names = parameters_named(asked) if isinstance(asked, list) else doubtful
        stated = self.scenario.parameters
        return [register()[n] for n in names if n not in stated and register()[n].low < register()[n].high]

    def look_for_flips(self) -> None:
        """Look at the ends of the assumptions' ranges, and where a rival is ahead there, for where it overtakes."""
        assumptions, judged, target = self.assumptions(), self.judgement, self.experiment.target
        behind = [name for name, lead in judged.leads.items() if name not in judged.tied and lead.mean > 0]
        nearest = sorted(behind, key=lambda name: judged.leads[name].mean)[:NEAREST_RIVALS]
        rivals = [TARGET] if target is not None else nearest
        if not assumptions or not rivals:
            return
        replications = self.fresh[: self.experiment.flip_replications]

        def cases(parameter: Parameter, value: float, names: Sequence[str]) -> list[tuple[Candidate, dict[str, float]]]:
            among = [judged.candidates[name] for name in (judged.advised, *names) if name != TARGET]
            return [(candidate, {parameter.name: value}) for candidate in among]

        def leads_in(values: NDArray[np.float64], names: Sequence[str]) -> dict[str, Interval]:
            first = values[0, :, 0]
            second = [np.full(len(first), target)] if target is not None else values[1:, :, 0]
            ahead = (self.better * (first - other) for other in second)
            return {name: judged.difference_of(lead) for name, lead in zip(names, ahead, strict=True)}

        def lead(parameter: Parameter, value: float, names: Sequence[str]) -> dict[str, Interval]:
            return leads_in(self.finish("flip points", cases(parameter, value, names), replications), names)

        ends = [(p, end) for p in assumptions for end in (p.low, p.high)]
        values = self.finish("flip points", [case for p, end in ends for case in cases(p, end, rivals)], replications)
        by_end = values.reshape(len(ends), -1, *values.shape[1:])
        for place, parameter in enumerate(assumptions):
            both = leads_in(by_end[2 * place], rivals), leads_in(by_end[2 * place + 1], rivals)
            self.flips += flips_of(parameter, parameter.value, both, lead)
        self.flips = corrected(self.flips)
