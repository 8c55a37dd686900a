"""Means with honest intervals: Student's t over replications."""

import math
from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np

CONFIDENCE = 0.95
LOW_SHARE, HIGH_SHARE = 0.1, 0.9


@dataclass(frozen=True)
class Interval:
    """A KPI over replications: mean, 95 % interval of the mean, spread. NaN where it is not defined."""

    mean: float
    low: float
    high: float
    p10: float
    p90: float
    sd: float
    n: int
    unit: str = ""

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


def interval(values: Iterable[float], unit: str = "", bounds: tuple[float, float] = (-math.inf, math.inf)) -> Interval:
    """Mean and interval of values; undefined (NaN) values are left out and `n` says how many counted.

    The interval ends where the quantity itself must end (`bounds`).
    """
    from scipy.special import stdtrit

    numbers = np.array([value for value in values if math.isfinite(value)], dtype=float)
    n = len(numbers)
    if n == 0:
        nan = math.nan
        return Interval(nan, nan, nan, nan, nan, nan, 0, unit)
    mean = float(numbers.mean())
    low10, high90 = (float(q) for q in np.quantile(numbers, [LOW_SHARE, HIGH_SHARE]))
    if n == 1:
        return Interval(mean, math.nan, math.nan, low10, high90, math.nan, 1, unit)
    sd = float(numbers.std(ddof=1))
    half = float(stdtrit(n - 1, (1 + CONFIDENCE) / 2)) * sd / math.sqrt(n)
    return Interval(mean, max(mean - half, bounds[0]), min(mean + half, bounds[1]), low10, high90, sd, n, unit)
