"""The patient rule induction method (PRIM): a box of conditions in which something happens often, arrays in, arrays out.

Peeling takes a thin slice off one side of the box, again and again, always the one that brings most for each condition
lost; pasting then gives slices back that were taken too many. Every box on the way is kept, and for every side of it
how probable such a side is by chance alone.
Sources: Friedman and Fisher (1999), doi:10.1023/A:1008894516817; gain for each condition lost: Kwakkel and Jaxa-Rozen
(2016), doi:10.1016/j.envsoft.2015.11.020; quasi-p-values: Bryant and Lempert (2010), doi:10.1016/j.techfore.2009.08.002.
"""

import math
from collections.abc import Callable, Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

#: Share of the conditions in the box that a slice holds.
SLICE = 0.05

Floats = NDArray[np.float64]
Bools = NDArray[np.bool_]
#: A box as limits (2, factors), its lower sides first.
_LOW, _HIGH = 0, 1
_Trials = Callable[[Floats, Bools, Floats, Floats, float], Iterator[tuple[Floats, Bools]]]


@dataclass(frozen=True)
class Peeled:
    """One box on the way: each factor is at least `low` and at most `high` (±infinity: no limit on that side).

    chance_low, chance_high: quasi-p-value of each limit, 0–1; NaN where there is none.
    """

    low: Floats
    high: Floats
    chance_low: Floats
    chance_high: Floats


def boxes_of(values: Floats, hits: Bools, smallest: float, share: float = SLICE) -> list[Peeled]:
    """Peel and paste; all boxes in the order in which they came up, the first of them without any limit.

    Parameters
    ----------
    values
        Conditions, (conditions, factors), finite.
    hits
        Whether what is looked for happens under each condition.
    smallest
        Share of all conditions that a box holds at least, 0–1.
    share
        Share of the conditions in a box that a slice holds, above 0 and below ½.
    """
    if not 0.0 < share < 1 / 2:
        raise ValueError(f"share(={share!r}) must be above 0 and below ½")
    ends = np.stack([values.min(axis=0), values.max(axis=0)])
    limits, inside = ends, np.ones(len(values), bool)
    found = [limits]
    for trials in (_peels, _pastes):
        while (better := _best(trials, values, hits, inside, limits, ends, share, smallest)) is not None:
            limits, inside = better
            found.append(limits)
    return [_with_chances(values, hits, limits, ends) for limits in found]


def _best(
    trials: _Trials, values: Floats, hits: Bools, inside: Bools, limits: Floats, ends: Floats, share: float, smallest: float
) -> tuple[Floats, Bools] | None:  # fmt: skip
    """The trial that brings most; of equals the one with fewest limited factors, then the first. None when none may be taken."""
    best, farthest = None, (0.0, 0)
    for tried, within in trials(values, inside, limits, ends, share):
        reached = (_gain(hits, inside, within), int((tried == ends).all(axis=0).sum()))
        if best is None or reached > farthest:
            best, farthest = (tried, within), reached
    if best is None or farthest[0] <= 0.0:
        return None
    return best if int(best[1].sum()) / len(values) >= smallest else None


def _gain(hits: Bools, before: Bools, after: Bools) -> float:
    """How much the share of hits rises for each condition that the box loses or wins."""
    old, new = int(before.sum()), int(after.sum())
    if new == old:
        return 0.0
    return (int((hits & after).sum()) / new - int((hits & before).sum()) / old) / abs(new - old)


def _peels(values: Floats, inside: Bools, limits: Floats, ends: Floats, share: float) -> Iterator[tuple[Floats, Bools]]:
    """The box less one slice: each factor's upper side, then its lower one."""
    for factor in range(values.shape[1]):
        column = values[:, factor]
        there = np.sort(column[inside])
        limit = _limit_above(there, 1.0 - share)
        yield _moved(limits, _HIGH, factor, limit), inside & (column <= limit)
        limit = _limit_below(there, share)
        yield _moved(limits, _LOW, factor, limit), inside & (column >= limit)


def _pastes(
    values: Floats, inside: Bools, limits: Floats, ends: Floats, share: float
) -> Iterator[tuple[Floats, Bools]]:
    """The box and one slice more: each limited factor's lower side, then its upper one."""
    for factor in np.flatnonzero((limits != ends).any(axis=0)):
        for side in (_LOW, _HIGH):
            beyond = limits.copy()
            beyond[1 - side, factor], beyond[side, factor] = limits[side, factor], ends[side, factor]
            there = np.sort(values[_within(values, beyond), factor])
            limit = ends[side, factor]
            if len(there):
                limit = _limit_above(there, 1.0 - share) if side == _LOW else _limit_below(there, share)
            tried = _moved(limits, side, int(factor), limit)
            yield tried, _within(values, tried)


def _limit_above(ordered: Floats, share: float) -> float:
    """Halfway between the value at a share of ordered values and the next different one below."""
    place = (len(ordered) - 1) * share
    above, below = math.ceil(place), math.floor(place)
    if ordered[below] == ordered[above]:
        below = max(int(np.searchsorted(ordered, ordered[above], "left")) - 1, 0)
    return float(ordered[below] + ordered[above]) / 2


def _limit_below(ordered: Floats, share: float) -> float:
    """Halfway between the value at a share of ordered values and the next different one above."""
    place = (len(ordered) - 1) * share
    above, below = math.ceil(place), math.floor(place)
    if ordered[below] == ordered[above]:
        above = min(int(np.searchsorted(ordered, ordered[below], "right")), len(ordered) - 1)
    return float(ordered[below] + ordered[above]) / 2


def _moved(limits: Floats, side: int, factor: int, limit: float) -> Floats:
    moved = limits.copy()
    moved[side, factor] = limit
    return moved


def _within(values: Floats, limits: Floats) -> Bools:
    inside: Bools = ((values >= limits[_LOW]) & (values <= limits[_HIGH])).all(axis=1)
    return inside


def _with_chances(values: Floats, hits: Bools, limits: Floats, ends: Floats) -> Peeled:
    """A box with the chance of each limit: as many hits or more, had the conditions in the box been drawn from those
    that lie in it when this one limit is taken away (binomial).
    """  # fmt: skip
    from scipy.special import bdtrc

    inside = _within(values, limits)
    chances = np.full(limits.shape, math.nan)
    for side, factor in zip(*np.nonzero(limits != ends), strict=True):
        wider = _within(values, _moved(limits, int(side), int(factor), ends[side, factor]))
        chances[side, factor] = bdtrc(int(hits[inside].sum()) - 1, int(inside.sum()), hits[wider].mean())
    free = limits == ends
    low, high = np.where(free[_LOW], -math.inf, limits[_LOW]), np.where(free[_HIGH], math.inf, limits[_HIGH])
    return Peeled(low, high, chances[_LOW], chances[_HIGH])
