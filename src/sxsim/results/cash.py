"""The money side of a plan against the base: when it pays back, how likely it pays, how bad it may go."""

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from sxsim.results.intervals import Interval, interval

if TYPE_CHECKING:
    from sxsim.results.result import Result

_WORST = 0.1


@dataclass(frozen=True)
class Cash:
    """A plan's money against the base, run by run.

    cumulative: (runs, months) difference of the result, undiscounted, summed from month 0; payback_month: months
    until the mean stays at or above 0 (0: always), None when it does not within the horizon; paid_back: share of runs that have paid
    back at the end; chance_better: share of runs with a better net present value, with its 95 % interval; worst_tenth: mean
    net present value of the worst tenth of runs; largest_gap: the deepest point of the cumulative difference, over runs.
    """

    cumulative: NDArray[np.float64]
    payback_month: int | None
    paid_back: float
    chance_better: tuple[float, float, float]
    worst_tenth: float
    largest_gap: Interval

    def as_json(self) -> dict[str, object]:
        """The figures by name."""
        share, low, high = self.chance_better
        return {
            "payback_month": self.payback_month,
            "paid_back": self.paid_back,
            "chance_of_better_npv": {"mean": share, "ci95": [low, high]},
            "worst_tenth_npv": self.worst_tenth,
            "largest_cash_gap": self.largest_gap.as_json(),
        }


def cash(base: "Result", other: "Result") -> Cash:
    """The money side of a plan against the base, paired run by run."""
    sums = []
    for result in (other, base):
        sums.append(np.array([record.sites["result"][record.warm_up :].sum(axis=1) for record in result.records]))
    cumulative = np.cumsum(sums[0] - sums[1], axis=1)
    npv = (other.kpis["npv"] - base.kpis["npv"]).to_numpy(float)
    mean = cumulative.mean(axis=0)
    below = np.flatnonzero(mean < 0)
    first = int(below[-1]) + 1 if len(below) else 0
    payback = None if first == len(mean) else first + 1 if first else 0
    worst = np.sort(npv)[: max(1, math.ceil(_WORST * len(npv)))]
    gap = interval(np.minimum(cumulative.min(axis=1), 0.0), base.scenario.currency, (-math.inf, 0.0))
    better = share_interval(int((npv > 0).sum()), len(npv))
    return Cash(cumulative, payback, float((cumulative[:, -1] >= 0).mean()), better, float(worst.mean()), gap)


def share_interval(count: int, whole: int) -> tuple[float, float, float]:
    """A share with its 95 % interval. Source: Wilson (1927), doi:10.1080/01621459.1927.10502953."""
    z = 1.959963984540054
    share = count / whole
    middle = (share + z * z / (2 * whole)) / (1 + z * z / whole)
    half = z / (1 + z * z / whole) * math.sqrt(share * (1 - share) / whole + z * z / (4 * whole * whole))
    return share, max(0.0, middle - half), min(1.0, middle + half)
