"""What could be advised, how each candidate was judged, and which assumption would flip the advice.

An assumption is looked at where its range ends. Where a rival is ahead there, the value at which it overtakes is enclosed
by halving the range between that end and the usual value.
"""

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any

import numpy as np

from sxsim.model.parameters import Parameter
from sxsim.results.intervals import Interval
from sxsim.results.summary import signed
from sxsim.results.verdicts import holm
from sxsim.studies.methods.ranks import behind_by_luck, by_chance
from sxsim.studies.methods.ranks import holm as of_looks
from sxsim.studies.methods.search import Split
from sxsim.studies.methods.statistics import WRONG_AT_MOST, Array

NOTHING, EQUAL, TODAY, FOUND, TARGET = "nothing", "equal split", "today's split", "found split", "the target"
_HALVINGS = 5
#: Flips that a sentence names.
_NAMED = 6
#: The share of draws that counts as the worst ones.
_WORST = 0.1
#: How far the advised candidate is ahead of some rivals at a value of an assumption, rival by rival.
Lead = Callable[[Parameter, float, Sequence[str]], dict[str, Interval]]


@dataclass(frozen=True)
class Candidate:
    """Something that could be advised: a split of the money, or a plan of the scenario."""

    name: str
    split: Split | None = None
    plan: str | None = None


@dataclass(frozen=True)
class Judged:
    """A candidate on fresh draws. value, against_nothing: of the goal; ahead: of the advised candidate over this one."""

    candidate: Candidate
    spend: float
    value: Interval
    against_nothing: Interval
    ahead: Interval
    p: float
    chance_better: float
    worst_tenth: float

    @property
    def figures(self) -> dict[str, float]:
        """What came out, by the names of a table's columns."""
        return {
            "mean": self.value.mean, "low": self.value.low, "high": self.value.high,
            "against nothing": self.against_nothing.mean, "against nothing low": self.against_nothing.low,
            "against nothing high": self.against_nothing.high, "advice ahead by": self.ahead.mean,
            "ahead low": self.ahead.low, "ahead high": self.ahead.high, "p corrected": self.p,
            "chance better than nothing": self.chance_better, "worst tenth": self.worst_tenth,
        }  # fmt: skip


@dataclass(frozen=True, eq=False)
class Judgement:
    """Candidates judged on the same fresh draws: who is ahead of whom, which is advised, and how sure that is.

    goal: of each candidate in each draw; spend: money a month; money_alone: candidates that cost nothing but their money;
    better: 1 where the goal is better high, −1 where it is better low; target: what the goal must reach, at the least cost;
    value_of, difference_of: intervals of the goal, and of a difference in it.
    """

    candidates: Mapping[str, Candidate]
    goal: Mapping[str, Array]
    spend: Mapping[str, float]
    money_alone: Sequence[str]
    better: float
    target: float | None
    value_of: Callable[[Array], Interval]
    difference_of: Callable[[Array], Interval]

    def lead(self, one: str, other: str) -> Interval:
        """How far one candidate is ahead of another, positive when the goal is better."""
        return self.difference_of(self.better * (self.goal[one] - self.goal[other]))

    def _ahead(self, names: Sequence[str], other: str, among: Sequence[str]) -> list[str]:
        """Names that are clearly ahead of another, corrected for all that are compared with it."""
        chances = holm({name: self.lead(name, other) for name in among if name != other})
        return [n for n in names if n != other and chances[n] < WRONG_AT_MOST and self.lead(n, other).mean > 0]

    @cached_property
    def advised(self) -> str:
        """The found split when it is clearly better than the simple ones; else the best simple one; a plan that is clearly better goes first.

        With a target the cheapest candidate that reaches it, of those that cost nothing but their money.
        """  # fmt: skip
        if self.target is not None:
            reaching = [name for name in self.goal if self.reaches(name) and name in self.money_alone]
            rank = {name: (self.spend[name], -self.better * float(np.nanmean(self.goal[name]))) for name in reaching}
            return min(reaching, key=lambda name: rank[name]) if reaching else FOUND
        simple = [name for name in (NOTHING, TODAY, EQUAL) if name in self.candidates]
        chances = holm({name: self.lead(FOUND, name) for name in simple})
        clear = all(chances[name] < WRONG_AT_MOST and self.lead(FOUND, name).mean > 0 for name in simple)
        best = FOUND if clear else self._best_simple(simple)
        plans = [name for name, candidate in self.candidates.items() if candidate.plan and name != TODAY]
        ahead = self._ahead(plans, best, list(self.candidates))
        return max(ahead, key=lambda name: self.lead(name, best).mean) if ahead else best

    def _best_simple(self, simple: Sequence[str]) -> str:
        """Nothing, unless another simple split is clearly better."""
        ahead = self._ahead(simple, NOTHING, simple)
        return max(ahead, key=lambda name: self.lead(name, NOTHING).mean) if ahead else NOTHING

    def reaches(self, name: str) -> bool:
        """Whether a candidate reaches the target on average; there must be one."""
        assert self.target is not None
        return bool(self.better * (float(np.nanmean(self.goal[name])) - self.target) >= 0)

    @property
    def target_met(self) -> bool:
        """Whether the advised candidate reaches the target; yes when there is none."""
        return self.target is None or self.reaches(self.advised)

    @cached_property
    def leads(self) -> dict[str, Interval]:
        """How far the advised candidate is ahead of each other one."""
        return {name: self.lead(self.advised, name) for name in self.candidates if name != self.advised}

    @cached_property
    def chances(self) -> dict[str, float]:
        """The p of each lead, corrected for all of them."""
        return holm(self.leads)

    @property
    def tied(self) -> list[str]:
        """Candidates that cannot be told from the advised one."""
        return [name for name, p in self.chances.items() if not p < WRONG_AT_MOST]

    @cached_property
    def rows(self) -> list[Judged]:
        """All candidates, the advised one first, then by the goal."""
        found = []
        for name, candidate in self.candidates.items():
            gain = self.better * (self.goal[name] - self.goal[NOTHING])
            worst = np.sort(gain[np.isfinite(gain)])[: max(1, math.ceil(_WORST * len(gain)))]
            found.append(
                Judged(
                    candidate, self.spend[name], self.value_of(self.goal[name]),
                    self.difference_of(self.goal[name] - self.goal[NOTHING]), self.lead(self.advised, name),
                    self.chances.get(name, math.nan), float((gain > 0).mean()),
                    self.better * float(worst.mean()) if len(worst) else math.nan,
                )
            )  # fmt: skip
        return sorted(found, key=lambda row: (row.candidate.name != self.advised, -self.better * row.value.mean))


@dataclass(frozen=True)
class Flip:
    """What an assumption does to the lead over a rival.

    lead_low, lead_high: lead at the ends of the range; ahead, behind: values between which the rival overtakes, None when
    it does not; clear: whether its lead at that end is clear of chance.
    """

    parameter: Parameter
    rival: str
    lead_low: Interval
    lead_high: Interval
    ahead: float | None = None
    behind: float | None = None
    clear: bool = False

    @property
    def value(self) -> float | None:
        """The middle of the values between which the rival overtakes."""
        return None if self.ahead is None or self.behind is None else (self.ahead + self.behind) / 2.0

    @property
    def figures(self) -> dict[str, Any]:
        """The assumption and what it does, by the names of a table's columns."""
        p = self.parameter
        return {
            "parameter": p.name, "confidence": p.confidence, "usual": p.value, "low end": p.low, "high end": p.high,
            "rival": self.rival, "flips between": self.ahead, "and": self.behind, "clear": self.clear,
            "lead at low end": self.lead_low.mean, "lead at high end": self.lead_high.mean, "meaning": p.meaning,
        }  # fmt: skip

    @property
    def narrowest(self) -> float:
        """The smallest mean lead at the ends."""
        return min(self.lead_low.mean, self.lead_high.mean)


def flips_of(
    parameter: Parameter, usual: float, ends: tuple[dict[str, Interval], dict[str, Interval]], lead: Lead
) -> list[Flip]:
    """What an assumption does, rival by rival. ends: leads at the low and the high end; usual: value in the scenario."""
    found = []
    for rival in ends[0]:
        low, high = ends[0][rival], ends[1][rival]
        flip = Flip(parameter, rival, low, high)
        for end, there in ((parameter.low, low), (parameter.high, high)):
            if there.mean < 0 and end != usual:
                ahead, behind = enclosed(lambda value, r=rival: lead(parameter, value, [r])[r].mean, usual, end)  # type: ignore[misc]
                nearer = flip.value is None or abs(behind - usual) < abs((flip.behind or 0.0) - usual)
                if nearer:
                    flip = Flip(parameter, rival, low, high, ahead, behind, there.high < 0)
        found.append(flip)
    return found


def corrected(flips: Sequence[Flip]) -> list[Flip]:
    """Flips that are clear when all looks are counted: two ends of each assumption, rival by rival (Holm's method)."""
    ends = [end for flip in flips for end in (flip.lead_low, flip.lead_high)]
    chances = of_looks([behind_by_luck(end.mean, end.sd / max(end.n, 1) ** 0.5, end.n) for end in ends])
    return [
        replace(flip, clear=flip.clear and min(chances[2 * k], chances[2 * k + 1]) < WRONG_AT_MOST / 2.0)
        for k, flip in enumerate(flips)
    ]


def enclosed(lead: Callable[[float], float], usual: float, end: float) -> tuple[float, float]:
    """Two values between which the lead is lost on the way from the usual value to an end where it is lost."""
    ahead, behind = usual, end
    for _ in range(_HALVINGS):
        middle = (ahead + behind) / 2.0
        if lead(middle) < 0:
            behind = middle
        else:
            ahead = middle
    return ahead, behind


def by_nearness(flip: Flip) -> tuple[bool, bool, float]:
    """Flips first, the clear ones before, those nearest to the usual value (as a share of the range) before the others."""
    if flip.value is None:
        return True, True, flip.narrowest
    span = flip.parameter.high - flip.parameter.low
    return False, not flip.clear, abs(flip.value - flip.parameter.value) / span


def flips_in_words(flips: Sequence[Flip], tied: Sequence[str], of: str) -> list[str]:
    """What was moved, what flips the advice, where the lead is narrowest if nothing does, and how many looks chance would pass.

    tied: candidates that were not looked at, because nothing tells them from the advice; of: what the assumptions are.
    """
    if not flips:
        return []
    count = len({flip.parameter.name for flip in flips})
    texts = [f"{count} {of} were moved to the ends of their ranges, one at a time."]
    flipping = sorted((f for f in flips if f.value is not None and f.clear), key=by_nearness)
    said = [
        f"{f.parameter.name} {'above' if (f.value or 0) > f.parameter.value else 'below'} {f.value:.3g} (usually "
        f"{f.parameter.value:g}; {f.rival} overtakes)"
        for f in flipping[:_NAMED]
    ]  # fmt: skip
    rest = len(flipping) - len(said)
    if flipping:
        texts.append(f"The advice flips at: {'; '.join(said)}{f'; and {rest} more' if rest else ''}.")
    else:
        last = min(flips, key=lambda flip: flip.narrowest)
        at_low = last.lead_low.mean < last.lead_high.mean
        texts.append(
            f"None flips the advice clearly; the lead is narrowest over {last.rival}, with {last.parameter.name} at "
            f"{last.parameter.low if at_low else last.parameter.high:g} (usually {last.parameter.value:g}): "
            f"{signed(last.lead_low if at_low else last.lead_high)}."
        )
    if tied:
        texts.append(f"Not looked at, because these runs do not tell them from the advice: {', '.join(tied)}.")
    perhaps, looks = sum(f.value is not None and not f.clear for f in flips), 2 * len(flips)
    if perhaps:
        texts.append(
            f"{perhaps} more lead{'s' if perhaps == 1 else ''} to a tie that so few runs do not settle: of {looks} looks "
            f"{by_chance(looks, WRONG_AT_MOST / 2.0)} would look like a clear flip by chance alone, and that is corrected for."
        )
    return texts
