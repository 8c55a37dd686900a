"""The levers' weights as in the runs of a study, and what they may be instead: drawn from ranges, from assessors, with zeros freed."""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from sxsim.model.parameters import lever_weights, register
from sxsim.scenario.forms.weights import Judgements, weight_name
from sxsim.standard.catalogue import ELEMENTS, LEVERS, SUB_ELEMENTS, element_of

Numbers = NDArray[np.float64]
DRAWS = 4_000
#: Part of the weights that are assumed to be 0 which is freed, and between what they then lie: like the register's smaller weights.
#: Source: assumption.
FREED, _FREED_LOW, _FREED_HIGH = 0.1, 0.1, 1.2


def drawn_weights(
    low: Numbers, high: Numbers, count: int, chance: np.random.Generator, zeros: NDArray[np.bool_] | None = None
) -> Numbers:
    """Weights drawn evenly from their ranges, shape (count, sub-elements, levers).

    zeros: which are assumed to be 0, shape (sub-elements, levers); a part of them is drawn, too, another part in each draw.
    """
    weights = low + (high - low) * chance.random((count, *low.shape))
    if zeros is not None:
        free = zeros & (chance.random(weights.shape) < FREED)
        weights = np.where(free, chance.uniform(_FREED_LOW, _FREED_HIGH, weights.shape), weights)
    return np.asarray(weights)


@dataclass(frozen=True)
class Weights:
    """The weights of the runs, and what they may be instead.

    in_runs: (sub-elements, levers); drawn: by what they are, (draws, sub-elements, levers), of which the first say what learning is
    worth; of_weights: the place of each weight that may be learned, by name.
    """

    in_runs: Numbers
    drawn: Mapping[str, Numbers]
    of_weights: Mapping[str, tuple[int, int]]

    def of_lever(self, lever: int) -> list[str]:
        """The weights of a lever that may be learned."""
        return [name for name, (_, place) in self.of_weights.items() if place == lever]


def weights_of(stated: Mapping[str, float], judgements: Judgements | None, seed: int) -> Weights:
    """The weights of runs with some parameters stated, and what they may be instead.

    What assessors judge is drawn from them, lever by lever one of them; what else is stated stays as stated; all others are drawn
    from their ranges, once without and once with a part of those freed that are assumed to be 0.
    """
    chance, known = np.random.default_rng([seed, DRAWS, 1]), register()
    in_runs = lever_weights(SUB_ELEMENTS, LEVERS, stated)
    judged = judgements.levers if judgements is not None else ()
    places = {
        weight_name(sub, lever): (row, column)
        for column, lever in enumerate(LEVERS)
        for row, sub in enumerate(SUB_ELEMENTS)
    }
    low, high, zeros = in_runs.copy(), in_runs.copy(), np.zeros(in_runs.shape, np.bool_)
    for name, place in places.items():
        if name in known and name not in stated:
            low[place], high[place] = known[name].low, known[name].high
        zeros[place] = name not in known and name not in stated

    def with_judgements(weights: Numbers) -> Numbers:
        for lever in judged:
            assert judgements is not None
            each = np.array([[said[sub] for sub in SUB_ELEMENTS] for said in judgements.of_lever(lever)])
            weights[:, :, LEVERS.index(lever)] = each[chance.integers(len(each), size=len(weights))]
        return weights

    name = "one assessor's, lever by lever" if judged else "drawn from their ranges"
    short = "one assessor's" if judged else "drawn"
    drawn = {name: with_judgements(drawn_weights(low, high, DRAWS, chance))}
    if len(judged) < len(LEVERS):
        freed = f"{short}, one zero in {1 / FREED:.0f} freed"
        drawn[freed] = with_judgements(drawn_weights(low, high, DRAWS, chance, zeros))
    first = drawn[name]
    learned = {each: place for each, place in places.items() if float(np.ptp(first[:, *place])) > 0.0}
    return Weights(in_runs, drawn, learned)


def rows_of(factor: str) -> list[int]:
    """The sub-elements of an element, or a sub-element, by number."""
    return [k for k, sub in enumerate(SUB_ELEMENTS) if factor in (sub, element_of(sub))]


def is_aspect(factor: str) -> bool:
    """Whether a factor is an element or a sub-element."""
    return factor in ELEMENTS or factor in SUB_ELEMENTS
