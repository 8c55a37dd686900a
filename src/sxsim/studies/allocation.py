"""Spreading a budget: splits within bounds, and a search for the best one when every look at a split is noisy.

The search is an evolution strategy with covariance adaptation in its separable form (CMA-ES, by the library cma), started
from the best of the simple splits. It sees the mean over some replications, the same for every split.
Source: Hansen (2016), doi:10.48550/arXiv.1604.00772; Ros and Hansen (2008), doi:10.1007/978-3-540-87700-4_30.
"""

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

#: Money for each element or sub-element, in the order of their names.
Split = tuple[float, ...]
#: How bad some splits are: smaller is better, infinity where a split could not be looked at.
Loss = Callable[[Sequence[Split]], Sequence[float]]
#: Splits are multiples of this share of the budget, so that they can be read.
GRAIN = 0.005
_FIRST_STEP = 0.2
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


def simple_splits(limits: Limits) -> list[Split]:
    """Where a search begins: nothing, an equal split, half of it, and everything or half on one place each."""
    count, budget = len(limits.low), limits.budget
    half = limits.nearest([money / 2.0 for money in limits.equal()])
    corners = [
        limits.nearest([share * budget if place == k else 0.0 for place in range(count)])
        for share in (1.0, 0.5)
        for k in range(count)
    ]
    return list(dict.fromkeys([limits.least(), limits.equal(), half, *corners]))


def search(limits: Limits, loss: Loss, trials: int, seed: int, also: Sequence[Split] = ()) -> list[tuple[float, Split]]:
    """Look at up to about `trials` splits, in batches. Returns all that were looked at, the best first."""
    import cma

    seen: dict[Split, float] = {}

    def look(splits: Sequence[Split]) -> list[float]:
        new = [split for split in dict.fromkeys(splits) if split not in seen]
        if new:
            seen.update(zip(new, map(float, loss(new)), strict=True))
        return [seen[split] for split in splits]

    look([*simple_splits(limits), *also])
    best = min(seen, key=lambda split: seen[split])
    generator = np.random.default_rng([seed, len(limits.low)])
    options = {
        "randn": lambda *shape: generator.standard_normal(shape), "seed": np.nan, "CMA_diagonal": True, "verbose": -9,
        "verb_log": 0, "tolflatfitness": 10, "signals_filename": "",
    }  # fmt: skip
    if len(limits.low) == 1:
        for _ in range(max(trials - len(seen), 0)):
            look([limits.nearest([float(generator.uniform(limits.low[0], limits.high[0]))])])
        return sorted((value, split) for split, value in seen.items())
    strategy = cma.CMAEvolutionStrategy([money / limits.budget for money in best], _FIRST_STEP, options)
    asked = 0
    while len(seen) < trials and asked < 3 * trials and not strategy.stop():
        places = strategy.ask()
        splits = [limits.nearest([float(x) * limits.budget for x in place]) for place in places]
        values = look(splits)
        known = [value for value in seen.values() if np.isfinite(value)] or [0.0]
        spread = (max(known) - min(known)) or 1.0
        away = [
            float(np.linalg.norm(np.array(place) - np.array(split) / limits.budget))
            for place, split in zip(places, splits, strict=True)
        ]
        strategy.tell(places, [min(v, max(known)) + spread * far for v, far in zip(values, away, strict=True)])
        asked += len(splits)
    return sorted((value, split) for split, value in seen.items())
