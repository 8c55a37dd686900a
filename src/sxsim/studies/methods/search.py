"""A search for the best of many choices when every look at one is noisy, and what may be chosen: splits of money, first months.

The search is an evolution strategy with covariance adaptation in its separable form (CMA-ES, by the library cma), started
from the best of some simple choices. It sees the mean over some replications, the same for every choice.
Source: Hansen (2016), doi:10.48550/arXiv.1604.00772; Ros and Hansen (2008), doi:10.1007/978-3-540-87700-4_30.
"""

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

#: One number for each thing that is chosen.
Choice = tuple[float, ...]
#: How bad some choices are: smaller is better, infinity where a choice could not be looked at.
Loss = Callable[[Sequence[Choice]], Sequence[float]]
_FIRST_STEP = 0.2
#: Money for each element or sub-element, in the order of their names.
Split = Choice
#: Splits are multiples of this share of the budget, so that they can be read.
GRAIN = 0.005
_HALVINGS = 60


class Space(Protocol):
    """What may be chosen: `count` numbers between 0 and `scale`."""

    @property
    def count(self) -> int:
        """How many numbers a choice has."""

    @property
    def scale(self) -> float:
        """The largest that a number may be."""

    def nearest(self, wanted: Sequence[float]) -> Choice:
        """The allowed choice that lies nearest."""

    def simple(self) -> list[Choice]:
        """Where a search begins."""


def search(space: Space, loss: Loss, trials: int, seed: int, also: Sequence[Choice] = ()) -> list[tuple[float, Choice]]:
    """Look at up to about `trials` choices, in batches. Returns all that were looked at, the best first."""
    import cma

    seen: dict[Choice, float] = {}

    def look(choices: Sequence[Choice]) -> list[float]:
        new = [choice for choice in dict.fromkeys(choices) if choice not in seen]
        if new:
            seen.update(zip(new, map(float, loss(new)), strict=True))
        return [seen[choice] for choice in choices]

    look([*space.simple(), *also])
    best = min(seen, key=lambda choice: seen[choice])
    generator = np.random.default_rng([seed, space.count])
    options = {
        "randn": lambda *shape: generator.standard_normal(shape), "seed": np.nan, "CMA_diagonal": True, "verbose": -9,
        "verb_log": 0, "tolflatfitness": 10, "signals_filename": "",
    }  # fmt: skip
    if space.count == 1:
        for _ in range(max(trials - len(seen), 0)):
            look([space.nearest([float(generator.uniform(0.0, space.scale))])])
        return sorted((value, choice) for choice, value in seen.items())
    strategy = cma.CMAEvolutionStrategy([number / space.scale for number in best], _FIRST_STEP, options)
    asked = 0
    while len(seen) < trials and asked < 3 * trials and not strategy.stop():
        places = strategy.ask()
        choices = [space.nearest([float(x) * space.scale for x in place]) for place in places]
        values = look(choices)
        known = [value for value in seen.values() if np.isfinite(value)] or [0.0]
        spread = (max(known) - min(known)) or 1.0
        away = [
            float(np.linalg.norm(np.array(place) - np.array(choice) / space.scale))
            for place, choice in zip(places, choices, strict=True)
        ]
        strategy.tell(places, [min(v, max(known)) + spread * far for v, far in zip(values, away, strict=True)])
        asked += len(choices)
    return sorted((value, choice) for choice, value in seen.items())


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


@dataclass(frozen=True)
class Starts:
    """First months that are allowed: whole numbers from 0 to the latest, one for each thing that is moved.

    latest: so late that all the work still fits into the horizon; planned: as they stand in the plan; phases: the phase of
    each thing, from 0 to the last one.
    """

    latest: tuple[int, ...]
    planned: Choice
    phases: tuple[int, ...]
    last_phase: int

    @property
    def count(self) -> int:
        """How many things are moved."""
        return len(self.latest)

    @property
    def scale(self) -> float:
        """The largest that a first month may be; at least 1, because a search divides by it."""
        return float(max(*self.latest, 1))

    def nearest(self, wanted: Sequence[float]) -> Choice:
        """Rounded to whole months, within what is allowed."""
        return tuple(
            float(min(max(round(month), 0), latest)) for month, latest in zip(wanted, self.latest, strict=True)
        )

    def simple(self) -> list[Choice]:
        """As planned; everything at once; phase after phase, close together or far apart; the phases turned round."""
        last = self.last_phase
        spread = [
            tuple(phase / last * share * self.scale for phase in order)
            for share in (0.5, 1.0)
            for order in (self.phases, tuple(last - phase for phase in self.phases))
        ]
        begin = [self.planned, (0.0,) * self.count, *(self.nearest(each) for each in spread)]
        return list(dict.fromkeys(begin))
