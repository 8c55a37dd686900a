"""What can be said of paired differences: better, worse, or not to be told apart, over many KPIs at once.

Every KPI looked at is one more chance to be wrong, so the tests of a plan are corrected together by Holm's method: the chance
that any of a plan's verdicts is wrong stays below 5 %. Source: Holm (1979), jstor:4615733.
"""

import math
from collections.abc import Mapping
from dataclasses import dataclass

from sxsim.results.intervals import Interval
from sxsim.results.kpis import KPIS

WRONG_AT_MOST = 0.05
#: How likely a repetition with the runs named as needed tells the difference.
POWER = 0.8
_MANY = 10_000


@dataclass(frozen=True)
class Verdict:
    """What a paired difference of a KPI says. p: corrected for all KPIs of the plan; needed: runs that would tell."""

    word: str
    p: float
    runs: int
    needed: int | None = None

    def __str__(self) -> str:
        if self.word != "cannot tell":
            return self.word
        runs = "one run" if self.runs == 1 else f"{self.runs} runs"
        if self.needed is None:
            return f"cannot tell at {runs}"
        about = f"about {self.needed:,}".replace(",", " ") if self.needed <= _MANY else "more than 10 000"
        return f"cannot tell at {runs}; needs {about}"


def verdicts(differences: Mapping[str, Interval]) -> dict[str, Verdict]:
    """A verdict for the paired difference of each KPI of one plan."""
    corrected = holm(differences)
    tests = sum(_p_value(value) is not None for value in differences.values())
    said = {}
    for name, value in differences.items():
        p = corrected[name]
        if _p_value(value) is None:
            said[name] = Verdict("no difference" if p == 1.0 else "cannot tell", p, value.n)
        elif p < WRONG_AT_MOST:
            said[name] = Verdict(_direction(value, KPIS[name].better), p, value.n)
        else:
            said[name] = Verdict("cannot tell", p, value.n, _needed(value, tests))
    return said


def holm(differences: Mapping[str, Interval]) -> dict[str, float]:
    """The p of each paired difference, corrected for all of them by Holm's method.

    1 where both are equal in every run, NaN where there is nothing to test.
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
    """Two-sided p of a paired t test; None where there is nothing to test."""
    from scipy.special import stdtr

    if value.n < 2 or not math.isfinite(value.mean) or (value.sd == 0 and value.mean == 0):
        return None
    if value.sd == 0:
        return 0.0
    t = abs(value.mean) / (value.sd / math.sqrt(value.n))
    return float(2.0 * stdtr(value.n - 1, -t))


def _direction(value: Interval, better: str) -> str:
    if better == "neither":
        return "differs"
    return "better" if (value.mean > 0) == (better == "higher") else "worse"


def _needed(value: Interval, tests: int) -> int | None:
    """Runs at which a difference of this size would be told, were it the hardest of all tests."""
    from scipy.special import ndtri

    if value.mean == 0:
        return None
    z = float(ndtri(1.0 - WRONG_AT_MOST / tests / 2.0) + ndtri(POWER))
    return max(value.n + 1, math.ceil((z * value.sd / value.mean) ** 2))
