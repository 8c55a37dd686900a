"""The money side of a plan against the base: when it pays back, how likely it pays, how bad it may go.

Whether a plan pays back is only said where its net present value is told from the base's: otherwise the month is luck's.
"""

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from sxsim.results.intervals import CONFIDENCE, Interval, interval, share_interval

_WORST = 0.1


@dataclass(frozen=True)
class Cash:
    """A plan's money against the base, run by run.

    cumulative: (runs, months) difference of the result, undiscounted, summed from month 0; clear: whether the net present
    value differs from the base's by more than luck; payback_month: months until the mean stays at or above 0 (0: always),
    None when it does not within the horizon or nothing is clear; payback: its 95 % interval, None at an end that lies beyond
    the horizon; paid_back: share of runs that have paid back at the end; chance_better: share of runs with a better net
    present value, with its 95 % interval; worst_tenth: mean net present value of the worst tenth of runs; largest_gap: the
    deepest point of the cumulative difference, over runs.
    """

    cumulative: NDArray[np.float64]
    clear: bool
    payback_month: int | None
    payback: tuple[int | None, int | None]
    paid_back: float
    chance_better: tuple[float, float, float]
    worst_tenth: float
    largest_gap: Interval

    @property
    def said(self) -> str:
        """Whether and when it pays back, in plain words."""
        months = self.cumulative.shape[1]
        if not self.clear:
            return f"whether it pays back within {months} months cannot be told"
        if self.payback_month is None:
            return f"it does not pay back within the {months} months"
        early, late = self.payback
        if (self.payback_month, late) == (0, 0):
            return "it needs no money in advance"
        first = "the start" if early == 0 else "beyond the horizon" if early is None else f"month {early}"
        last = f"month {late}" if late is not None else "beyond the horizon"
        by = f"by month {self.payback_month}" if self.payback_month else "from the start"
        return f"it has paid back {by} (95 % interval: {first} to {last})"

    @property
    def brief(self) -> str:
        """The same in a few words, for a picture."""
        if not self.clear:
            return "payback: cannot tell"
        if self.payback_month is None:
            return "not paid back within the horizon"
        early, late = self.payback
        span = f"{early or 0}–{'…' if late is None else late}"
        return f"paid back by month {self.payback_month} ({span})" if self.payback_month else "no money in advance"

    def as_json(self) -> dict[str, object]:
        """The figures by name."""
        share, low, high = self.chance_better
        return {
            "clear": self.clear,
            "payback_month": self.payback_month,
            "payback_interval": list(self.payback),
            "paid_back": self.paid_back,
            "chance_of_better_npv": {"mean": share, "ci95": [low, high]},
            "worst_tenth_npv": self.worst_tenth,
            "largest_cash_gap": self.largest_gap.as_json(),
        }


def cash(earned: NDArray[np.float64], npv: NDArray[np.float64], currency: str, *, clear: bool) -> Cash:
    """The money side of a plan against the base, paired run by run.

    earned: (runs, months) differences of the result; npv: (runs,) differences of the net present value, both in the
    currency; clear: whether the net present values are told apart.
    """
    cumulative = np.cumsum(earned, axis=1)
    worst = np.sort(npv)[: max(1, math.ceil(_WORST * len(npv)))]
    gap = interval(np.minimum(cumulative.min(axis=1), 0.0), currency, (-math.inf, 0.0))
    better = share_interval(int((npv > 0).sum()), len(npv))
    month = _stays_above(cumulative.mean(axis=0)) if clear else None
    span = payback_interval(cumulative) if clear else (None, None)
    return Cash(
        cumulative, clear, month, span, float((cumulative[:, -1] >= 0).mean()), better, float(worst.mean()), gap
    )


def _stays_above(curve: NDArray[np.float64]) -> int | None:
    """The month from which a curve stays at or above 0: 0 where it never falls below; None where it ends below."""
    below = np.flatnonzero(curve < 0)
    if not len(below):
        return 0
    return None if below[-1] == len(curve) - 1 else int(below[-1]) + 2


def payback_interval(cumulative: NDArray[np.float64]) -> tuple[int | None, int | None]:
    """The 95 % interval of the month of payback; None at an end that lies beyond the horizon.

    It holds the months that no month's own interval speaks against: payback is not before the last month in which the
    difference is clearly below 0, nor after the month from which it is clearly above (Student's t, one-sided 2.5 %).
    """
    from scipy.special import stdtrit

    runs = len(cumulative)
    if runs < 2:
        return None, None
    mean = cumulative.mean(axis=0)
    half = stdtrit(runs - 1, (1 + CONFIDENCE) / 2) * cumulative.std(axis=0, ddof=1) / math.sqrt(runs)
    return _stays_above(mean + half), _stays_above(mean - half)
