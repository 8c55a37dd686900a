"""Spreading a budget: what splits are allowed, and where a search for the best one begins."""

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from sxsim.studies.search import Choice

#: Money for each element or sub-element, in the order of their names.
Split = Choice
#: Splits are multiples of this share of the budget, so that they can be read.
GRAIN = 0.005
_HALVINGS = 60


@dataclass(frozen=True)
class Limits:
    """What splits are allowed: money for each within its bounds, all together within the budget."""

    low: Split
    high: Split
    budget: float

    def nearest(self, money: Sequence[float]) -> Split:
        """The allowed split that lies nearest, in multiples of the grain."""
        wanted, low, high = (np.array(values, float) for values in (money, self.low, self.high))
        found = np.clip(wanted, low, high)
        if found.sum() > self.budget:
            less, more = 0.0, float(max((wanted - low).max(), 0.0))
            for _ in range(_HALVINGS):
                middle = (less + more) / 2.0
                if np.clip(wanted - middle, low, high).sum() > self.budget:
                    less = middle
                else:
                    more = middle
            found = np.clip(wanted - more, low, high)
        return self._readable(found)

    def _readable(self, money: NDArray[np.float64]) -> Split:
        """Rounded to the grain, the largest remainders up as far as the budget goes; never out of bounds."""
        grain, low, high = self.budget * GRAIN, np.array(self.low), np.array(self.high)
        down = np.maximum(np.floor(money / grain + 1e-9) * grain, low)
        left = min(float(money.sum()), self.budget) - down.sum()
        for place in np.argsort(down - money, kind="stable"):
            if (
                left >= grain / 2.0
                and down.sum() + grain <= self.budget * (1 + 1e-12)
                and down[place] + grain <= high[place]
            ):
                down[place] += grain
                left -= grain
        return tuple(float(round(value, 9)) for value in down)

    def least(self) -> Split:
        """Only what the lower bounds demand."""
        return self.low

    def equal(self) -> Split:
        """The whole budget, as equal as the bounds allow."""
        less, more = 0.0, self.budget
        # Python's own sum of floats gives other bits from 3.12 on.
        for _ in range(_HALVINGS):
            each = (less + more) / 2.0
            less, more = (each, more) if math.fsum(self._within(each)) <= self.budget else (less, each)
        return self._within(less)

    def _within(self, each: float) -> Split:
        """The same for each, as far as the bounds allow."""
        return tuple(min(max(each, low), high) for low, high in zip(self.low, self.high, strict=True))

    def binding(self, split: Split) -> dict[int, str]:
        """Places at a bound: `low` (above 0) or `high` (below the budget)."""
        near = self.budget * GRAIN
        found = {}
        for place, money in enumerate(split):
            if self.low[place] > 0 and money - self.low[place] < near:
                found[place] = "low"
            elif self.high[place] < self.budget and self.high[place] - money < near:
                found[place] = "high"
        return found

    def spent(self, split: Split) -> bool:
        """Whether the whole budget is spent, but for rounding."""
        return self.budget - sum(split) < len(split) * self.budget * GRAIN / 2.0

    @property
    def count(self) -> int:
        """How many numbers a split has."""
        return len(self.low)

    @property
    def scale(self) -> float:
        """The largest that a number may be."""
        return self.budget

    def simple(self) -> list[Split]:
        """Where a search begins: nothing, an equal split, half of it, and everything or half on one place each."""
        half = self.nearest([money / 2.0 for money in self.equal()])
        corners = [
            self.nearest([share * self.budget if place == k else 0.0 for place in range(self.count)])
            for share in (1.0, 0.5)
            for k in range(self.count)
        ]
        return list(dict.fromkeys([self.least(), self.equal(), half, *corners]))
