"""What can be said of paired differences, and with which interval: a verdict and the interval beside it always agree.

A few KPIs are primary: named before anything is run, along the chain result, customer, employee. Their intervals hold
together: the chance that any of a plan's primary verdicts is wrong stays below 5 % (Bonferroni). All others are exploratory:
each has its own 95 % interval, so about one in twenty looks different by chance alone; they say where to look next.
Source: ICH E9 (1998), 2.2.2 and 5.6 (primary variables, multiplicity).
"""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np

from sxsim.results.intervals import CONFIDENCE, Interval, Numbers, Span, chance_of_none, interval
from sxsim.results.kpis import KPIS
from sxsim.scenario.problems import did_you_mean

WRONG_AT_MOST = 1.0 - CONFIDENCE
#: How likely a repetition with the runs named as needed tells the difference.
POWER = 0.8
#: Primary KPIs, unless others are named: the result, what customers feel and mean to do, and those who serve them.
PRIMARY = ("npv", "satisfaction_of_month_0", "loyalty", "engagement")
#: Runs below which nothing is said.
FEWEST_RUNS = 5
TOO_FEW = f"too few runs for a verdict: {FEWEST_RUNS} at least"
_MANY = 10_000


@dataclass(frozen=True)
class Verdict:
    """What a paired difference of a KPI says.

    word: better, worse, differs, no difference, cannot tell or too few runs; p: corrected for the primary KPIs where it is
    one; needed: runs that would tell; interval: of the mean, the one that decides; confidence: what it holds with, 0–1;
    primary: whether it was named before.
    """

    word: str
    p: float
    runs: int
    needed: int | None = None
    interval: Interval | None = None
    confidence: float = CONFIDENCE
    primary: bool = True

    @property
    def clear(self) -> bool:
        """Whether the difference is told from nothing."""
        return self.word in ("better", "worse", "differs")

    @property
    def same(self) -> bool:
        """Whether the plan is the same as the base in every figure, so that there is nothing to tell."""
        return self.word == "no difference" and (self.interval is None or not self.interval.few)

    def __str__(self) -> str:
        if self.word == "too few runs":
            return TOO_FEW
        text = self.word if self.primary or not self.clear else f"looks {self.word}".replace("looks differs", "differs")
        runs = "one run" if self.runs == 1 else f"{self.runs} runs"
        if self.word == "no difference" and not self.same:
            return f"the same in each of {runs}; it differs in at most {1.0 - WRONG_AT_MOST ** (1.0 / self.runs):.0%} of all"
        if self.word == "cannot tell":
            text = f"cannot tell at {runs}"
            if self.needed is not None:
                about = f"about {self.needed:,}".replace(",", " ") if self.needed <= _MANY else "more than 10 000"
                text += f"; needs {about}"
        found = self.interval
        if found is not None and found.few:
            text += f"; more in {found.above} of {runs}, less in {found.below}"
        return text

    def as_json(self) -> dict[str, object]:
        """The figures by name."""
        found = self.interval
        ends = [] if found is None else [x if math.isfinite(x) else None for x in (found.low, found.high)]
        return {
            "said": str(self), "word": self.word, "primary": self.primary, "p": self.p if math.isfinite(self.p) else None,
            "interval": ends, "confidence": self.confidence,
        }  # fmt: skip


def primary_kpis(names: Sequence[str] | None) -> tuple[str, ...]:
    """The primary KPIs: those named, or `PRIMARY`. Raises ValueError for a name that is no KPI."""
    for name in names or ():
        if name not in KPIS:
            raise ValueError(
                f"primary(={name!r}) is no KPI; {did_you_mean(name, KPIS) or 'sxsim explain kpis lists them'}"
            )
    return tuple(dict.fromkeys(names)) if names else PRIMARY


@dataclass(frozen=True)
class Paired:
    """Paired differences of a KPI, run by run.

    reach: what one more run might show, where they show few values; (0, 0) where both plans are the same in every figure.
    """

    values: Numbers
    unit: str = ""
    reach: Span | None = None

    def at(self, confidence: float) -> Interval:
        """The interval of the mean."""
        found = interval(self.values, self.unit, confidence=confidence, reach=self._reach)
        return replace(found, few=False) if self.reach == (0.0, 0.0) else found

    @property
    def p(self) -> float:
        """Two-sided p of no difference."""
        return chance_of_none(self.values[np.isfinite(self.values)], self._reach)

    @property
    def _reach(self) -> Span | None:
        """Where all runs differ alike, one more might differ by as much the other way round."""
        finite = self.values[np.isfinite(self.values)]
        if self.reach is None and len(finite) and finite.min() == finite.max():
            return -abs(float(finite[0])), abs(float(finite[0]))
        return self.reach


def verdicts(differences: Mapping[str, Paired], primary: Sequence[str] = PRIMARY) -> dict[str, Verdict]:
    """A verdict for the paired differences of each KPI of one plan, the primary ones holding together."""
    several = max(1, sum(name in differences for name in primary))
    return {
        name: _judged(name, paired, several if name in primary else 1, name in primary)
        for name, paired in differences.items()
    }


def _judged(name: str, paired: Paired, tests: int, primary: bool) -> Verdict:
    confidence = 1.0 - WRONG_AT_MOST / tests
    found = paired.at(confidence)
    said = Verdict("cannot tell", math.nan, found.n, None, found, confidence, primary)
    if found.n and found.mean == 0 and not found.sd > 0:
        return replace(said, word="no difference", p=1.0)
    if found.n == 0:
        return said
    if found.n < FEWEST_RUNS:
        return replace(said, word="too few runs")
    p = min(1.0, tests * paired.p)
    if found.low > 0 or found.high < 0:
        return replace(said, word=_direction(found, KPIS[name].better), p=p)
    return replace(said, p=p, needed=_needed(found, tests))


def holm(differences: Mapping[str, Interval]) -> dict[str, float]:
    """The p of each paired difference, corrected for all of them by Holm's method. Source: Holm (1979), jstor:4615733.

    1 where both are equal in every run or where there are fewer than five, NaN where there is nothing to test.
    """
    raw = {name: _p_value(value) for name, value in differences.items()}
    tested = sorted((p, name) for name, p in raw.items() if p is not None)
    corrected, worst = {}, 0.0
    for place, (p, name) in enumerate(tested):
        worst = max(worst, min(1.0, (len(tested) - place) * p))
        corrected[name] = worst
    for name, value in differences.items():
        if name not in corrected:
            equal = value.n > 0 and value.mean == 0 and (value.n < 2 or value.sd == 0)
            corrected[name] = 1.0 if equal else math.nan
    return corrected


def _p_value(value: Interval) -> float | None:
    """Two-sided p of a paired t test, of a sign test where all runs differ alike; None where there is nothing to test."""
    from scipy.special import stdtr

    if value.n < 2 or not math.isfinite(value.mean) or (value.sd == 0 and value.mean == 0):
        return None
    if value.n < FEWEST_RUNS:
        return 1.0
    if value.sd == 0:
        return 2.0 * 0.5**value.n
    t = abs(value.mean) / (value.sd / math.sqrt(value.n))
    return float(2.0 * stdtr(value.n - 1, -t))


def _direction(value: Interval, better: str) -> str:
    if better == "neither":
        return "differs"
    return "better" if (value.mean > 0) == (better == "higher") else "worse"


def _needed(value: Interval, tests: int) -> int | None:
    """Runs at which a difference of this size would be told."""
    from scipy.special import ndtri

    if value.mean == 0 or not value.sd > 0:
        return None
    z = float(ndtri(1.0 - WRONG_AT_MOST / tests / 2.0) + ndtri(POWER))
    return max(value.n + 1, math.ceil((z * value.sd / value.mean) ** 2))
