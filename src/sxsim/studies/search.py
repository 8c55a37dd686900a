"""A search for the best of many choices when every look at one is noisy.

The search is an evolution strategy with covariance adaptation in its separable form (CMA-ES, by the library cma), started
from the best of some simple choices. It sees the mean over some replications, the same for every choice.
Source: Hansen (2016), doi:10.48550/arXiv.1604.00772; Ros and Hansen (2008), doi:10.1007/978-3-540-87700-4_30.
"""

from collections.abc import Callable, Sequence
from typing import Protocol

import numpy as np

#: One number for each thing that is chosen.
Choice = tuple[float, ...]
#: How bad some choices are: smaller is better, infinity where a choice could not be looked at.
Loss = Callable[[Sequence[Choice]], Sequence[float]]
_FIRST_STEP = 0.2


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
