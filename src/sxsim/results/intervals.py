"""Means with honest intervals, and how narrow `--until` wants them: Student's t over runs, or, where runs show few values, counting them.

Few values: a third of the runs or more show the same, like quits in a team of two. Then Student's t is wrong, often
by far: in most samples nothing happens at all, its spread is 0 and so is the interval. There the runs are weighted at
random with one more run that came out at the end of its reach, the low end for the lower limit, the high end for the upper.
For a share of runs this is the exact interval of Clopper and Pearson; in general it is not proven, but never known to fail.
Source: Gaffke (2005), doi:10.1080/02331880500178562; Learned-Miller and Thomas (2020), arXiv:1905.06208.
"""

import math
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from sxsim.results.kpis import KPIS
from sxsim.scenario.problems import did_you_mean

CONFIDENCE = 0.95
LOW_SHARE, HIGH_SHARE = 0.1, 0.9
EVERYWHERE = (-math.inf, math.inf)
#: How often runs are weighted anew, and by which luck: always the same, so the same runs give the same interval.
WEIGHTINGS, SEED = 5_000, 23592
_MOST_KEPT = 256
#: Runs show few values when a third of them show the same.
_OFTEN = 1.0 / 3.0
Numbers = NDArray[np.float64]
Span = tuple[float, float]


@dataclass(frozen=True)
class Interval:
    """A KPI over replications: mean, 95 % interval of the mean, spread. NaN where it is not defined.

    few: whether the runs show few values, so that they were counted; above, below: runs with a value above and below 0.
    """

    mean: float
    low: float
    high: float
    p10: float
    p90: float
    sd: float
    n: int
    unit: str = ""
    few: bool = False
    above: int = 0
    below: int = 0

    def as_json(self) -> dict[str, object]:
        """The form of the JSON contract; `null` where a figure is not defined."""

        def figure(value: float) -> float | None:
            return value if math.isfinite(value) else None

        return {
            "mean": figure(self.mean),
            "ci95": [figure(self.low), figure(self.high)],
            "p10": figure(self.p10),
            "p90": figure(self.p90),
            "sd": figure(self.sd),
            "n": self.n,
            "unit": self.unit,
        }


def interval(
    values: Iterable[float],
    unit: str = "",
    bounds: Span = EVERYWHERE,
    *,
    confidence: float = CONFIDENCE,
    reach: Span | None = None,
) -> Interval:
    """Mean and interval of values; undefined (NaN) values are left out and `n` says how many counted.

    The interval ends where the quantity itself must end (`bounds`). confidence: 0–1; reach: the smallest and largest value
    that one more run might show, by default what the runs show and as much again to either side; it counts only where
    they show few values.
    """
    numbers = np.array([value for value in values if math.isfinite(value)], dtype=float)
    n = len(numbers)
    if n == 0:
        nan = math.nan
        return Interval(nan, nan, nan, nan, nan, nan, 0, unit)
    mean = float(numbers.mean())
    low10, high90 = (float(q) for q in np.quantile(numbers, [LOW_SHARE, HIGH_SHARE]))
    above, below = int((numbers > 0).sum()), int((numbers < 0).sum())
    if n == 1:
        return Interval(mean, math.nan, math.nan, low10, high90, math.nan, 1, unit, False, above, below)
    few = few_valued(numbers)
    if few:
        low, high = _counted(numbers, reach or _reach(numbers), confidence)
    else:
        low, high = _students(numbers, confidence)
    low, high = min(max(low, bounds[0]), mean), max(min(high, bounds[1]), mean)
    return Interval(mean, low, high, low10, high90, float(numbers.std(ddof=1)), n, unit, few, above, below)


def few_valued(numbers: Numbers) -> bool:
    """Whether at least a third of the runs show the same value."""
    commonest = int(np.unique(numbers, return_counts=True)[1].max())
    return commonest > 1 and commonest >= _OFTEN * len(numbers)


def chance_of_none(numbers: Numbers, reach: Span | None = None) -> float:
    """Two-sided p of a mean of 0, by the method of the interval: below 1 − confidence where that interval leaves 0 out.

    NaN where there are fewer than two runs.
    """
    from scipy.special import stdtr

    if len(numbers) < 2:
        return math.nan
    if not few_valued(numbers):
        t = abs(float(numbers.mean())) / (float(numbers.std(ddof=1)) / math.sqrt(len(numbers)))
        return float(2.0 * stdtr(len(numbers) - 1, -t))
    low, high = _weighted(numbers, reach or _reach(numbers))
    least = 0.5 ** len(numbers)  # what weighting at random cannot resolve: nor can so many runs
    return min(1.0, 2.0 * max(min(float((low <= 0).mean()), float((high >= 0).mean())), least))


def _students(numbers: Numbers, confidence: float) -> Span:
    from scipy.special import stdtrit

    mean, n = float(numbers.mean()), len(numbers)
    half = float(stdtrit(n - 1, (1 + confidence) / 2)) * float(numbers.std(ddof=1)) / math.sqrt(n)
    return mean - half, mean + half


def _reach(numbers: Numbers) -> Span:
    low, high = float(numbers.min()), float(numbers.max())
    return 2.0 * low - high, 2.0 * high - low


def _counted(numbers: Numbers, reach: Span, confidence: float) -> Span:
    low, high = _weighted(numbers, reach)
    tail = (1.0 - confidence) / 2.0
    return float(np.quantile(low, tail, method="lower")), float(np.quantile(high, 1.0 - tail, method="higher"))


def _weighted(numbers: Numbers, reach: Span) -> tuple[Numbers, Numbers]:
    """Means of the runs weighted at random with one more run at the low, and at the high end of its reach."""
    values, counts = np.unique(numbers, return_counts=True)
    weights = _weights(tuple(int(count) for count in counts))
    low, high = min(reach[0], float(values[0])), max(reach[1], float(values[-1]))
    shared = weights[:, :-1] @ values
    lower: Numbers = np.maximum(shared + weights[:, -1] * low, low)  # beyond by rounding alone
    upper: Numbers = np.minimum(shared + weights[:, -1] * high, high)
    return lower, upper


@lru_cache(_MOST_KEPT)
def _weights(counts: Sequence[int]) -> Numbers:
    """Weights of values seen so often, and of one more run: uniform over all ways to share 1 out among the runs."""
    drawn = np.random.default_rng([SEED, *counts]).gamma((*counts, 1), size=(WEIGHTINGS, len(counts) + 1))
    shares: Numbers = drawn / drawn.sum(axis=1, keepdims=True)
    return shares


def share_interval(count: int, whole: int) -> tuple[float, float, float]:
    """A share with its 95 % interval. Source: Wilson (1927), doi:10.1080/01621459.1927.10502953."""
    z = 1.959963984540054
    share = count / whole
    middle = (share + z * z / (2 * whole)) / (1 + z * z / whole)
    half = z / (1 + z * z / whole) * math.sqrt(share * (1 - share) / whole + z * z / (4 * whole * whole))
    return share, max(0.0, middle - half), min(1.0, middle + half)


#: Runs beyond which nobody waits for an interval to get narrower.
MOST_RUNS = 1_000
#: Runs before which nobody looks, and by how many runs' worth an interval counts as wider.
LEAST_RUNS = 20
_LOOKING = 2.0
_ROOM = 1.1


@dataclass(frozen=True)
class Until:
    """A KPI's 95 % interval must reach no farther than `half` to either side of the mean."""

    kpi: str
    half: float

    @classmethod
    def parse(cls, text: str) -> "Until":
        """Read `±5000`, `5000` or `loyalty=0.5`. Raises ValueError that says what is wrong."""
        name, equals, number = text.rpartition("=")
        kpi = name.strip() if equals else "npv"
        if kpi not in KPIS:
            raise ValueError(f"{kpi!r} is no KPI; {did_you_mean(kpi, KPIS) or 'sxsim explain kpis lists them'}")
        match = re.fullmatch(r"\s*(?:±|\+/?-)?\s*(\d+(?:\.\d+)?(?:e\d+)?)\s*", number)
        if match is None or float(match[1]) <= 0:
            raise ValueError(f"{text!r} must be a width like ±5000 (of the NPV) or loyalty=±0.5")
        return cls(kpi, float(match[1]))

    def widest(self, intervals: list[Interval]) -> float:
        """Half the width of the widest of some intervals, wider for looking; infinite where there are too few runs."""
        halves = [_as_looked_at(value) for value in intervals]
        return max((half if math.isfinite(half) else math.inf for half in halves), default=0.0)

    def runs_needed(self, half: float, runs: int) -> int:
        """Runs that should make an interval narrow enough, given its half width at some runs."""
        if not math.isfinite(half):
            return max(2 * runs, LEAST_RUNS)
        return max(runs + 1, math.ceil(_ROOM * runs * (half / self.half) ** 2))

    def next_runs(self, half: float, runs: int) -> int:
        """With how many runs to look again: at most twice as many, because the width itself is a guess."""
        return min(max(min(self.runs_needed(half, runs), 2 * runs), LEAST_RUNS), MOST_RUNS)

    def said(self, half: float, runs: int, unit: str) -> str:
        """What came of it."""
        if half <= self.half:
            return f"{self.kpi} is known to ±{half:.3g} {unit} after {runs} runs"
        needed = self.runs_needed(half, runs)
        return (
            f"{self.kpi} is known only to ±{half:.3g} {unit} after {runs} runs, the most that are tried; ±{self.half:g} would "
            f"need about {needed}: ask for -n {needed}, or for less"
        )


def _as_looked_at(value: Interval) -> float:
    """Half the width of an interval that was looked at before: wider than if it had been asked for once."""
    if value.n < LEAST_RUNS:
        return math.inf
    return (value.high - value.low) / 2.0 * math.sqrt(1.0 + _LOOKING / value.n)


#: The range of a KPI by its unit.
_RANGES = {
    "share": (0.0, 1.0),
    "share a month": (0.0, 1.0),
    "0–100": (0.0, 100.0),
    "0–1": (0.0, 1.0),
    "1–5": (1.0, 5.0),
}
_RANGES |= dict.fromkeys(("share a year", "minutes", "persons", "visits a month"), (0.0, np.inf))
_RANGES["−100 … 100"] = (-100.0, 100.0)


#: What one more run may show of KPIs that count the few people of a small team: at the worst all of them, once a year.
_REACHES = {"commitment": (0.0, 1.0), "turnover_12m": (0.0, 1.0)}


def reach_of(kpi: str) -> tuple[float, float] | None:
    """The smallest and largest value that one more run may show, for KPIs that often show few values; None for others."""
    return _REACHES.get(kpi)


def range_of(kpi: str) -> tuple[float, float]:
    """The smallest and the largest value that a KPI can take."""
    return _RANGES.get(KPIS[kpi].unit, (-np.inf, np.inf))
