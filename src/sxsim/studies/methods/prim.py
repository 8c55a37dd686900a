"""The patient rule induction method (PRIM): a box of conditions in which something happens often, in few plain limits.

Peeling takes a thin slice off one side of the box, again and again, always the one that brings most for each condition
lost; pasting then gives slices back that were taken too many. Every box on the way is kept, and for every side of it
how probable such a side is by chance alone.

A box that is worth telling is found on three quarters of the conditions and judged on the rest, so that what it promises is
not what it was fitted to.

Sources: Friedman and Fisher (1999), doi:10.1023/A:1008894516817; gain for each condition lost: Kwakkel and Jaxa-Rozen
(2016), doi:10.1016/j.envsoft.2015.11.020; quasi-p-values: Bryant and Lempert (2010), doi:10.1016/j.techfore.2009.08.002.
"""

import math
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from sxsim.results.intervals import share_interval
from sxsim.results.summary import number

#: Share of the conditions in the box that a slice holds.
SLICE = 0.05
#: Every so many conditions is kept for judging the box.
_KEPT_BACK = 4
#: How probable a limit may be by chance alone and still stand.
_BY_CHANCE = 0.05

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


@dataclass(frozen=True)
class Limit:
    """One side of a box: a factor is at least or at most some value. chance: how probable such a limit is by chance."""

    factor: str
    low: float | None
    high: float | None
    chance: float

    def __str__(self) -> str:
        if self.low is not None and self.high is not None:
            return f"{self.factor} between {number_of(self.low)} and {number_of(self.high)}"
        return (
            f"{self.factor} above {number_of(self.low)}"
            if self.low is not None
            else f"{self.factor} below {number_of(self.high)}"
        )


def number_of(value: float | None) -> str:
    """A limit in four digits at most."""
    return "–" if value is None else f"{value:,.4g}".replace(",", " ") if abs(value) < 10_000 else number(value)


@dataclass(frozen=True)
class Box:
    """Conditions under which a plan fails often. density: share that fails inside; coverage: share of failures inside.

    Both on the conditions that were kept back, with 95 % intervals; mass: share of conditions inside.
    """

    limits: tuple[Limit, ...]
    density: tuple[float, float, float]
    coverage: tuple[float, float, float]
    mass: float

    def holds(self, names: Sequence[str], values: Floats) -> Bools:
        """Which conditions lie inside; values: (conditions, factors)."""
        return inside_of(self.limits, names, values)


def inside_of(limits: Sequence[Limit], names: Sequence[str], values: Floats) -> Bools:
    """Which conditions lie within some limits; values: (conditions, factors)."""
    inside = np.ones(len(values), bool)
    for limit in limits:
        column = values[:, names.index(limit.factor)]
        inside &= (column >= (-math.inf if limit.low is None else limit.low)) & (
            column <= (math.inf if limit.high is None else limit.high)
        )
    return inside


def find_box(names: Sequence[str], values: Floats, fails: Bools, smallest: float) -> Box | None:
    """The box that goes best with failing; None when no box says more than the whole.

    values: (conditions, factors); smallest: share of conditions a box holds at least.
    """
    kept_back = np.arange(len(values)) % _KEPT_BACK == _KEPT_BACK - 1
    found = _limits(names, values[~kept_back], fails[~kept_back], smallest)
    if not found:
        return None
    box = Box(found, (0, 0, 0), (0, 0, 0), 0.0)
    inside, failed = box.holds(names, values[kept_back]), fails[kept_back]
    if not inside.any() or not failed.any():
        return None
    density = share_interval(int((inside & failed).sum()), int(inside.sum()))
    coverage = share_interval(int((inside & failed).sum()), int(failed.sum()))
    if density[1] <= failed.mean():
        return None
    return Box(found, density, coverage, float(box.holds(names, values).mean()))


def _limits(names: Sequence[str], values: Floats, fails: Bools, smallest: float) -> tuple[Limit, ...]:
    """Of the boxes that PRIM peels off, less the limits that chance may have made, the one that goes best with failing."""
    if not len(values) or fails.all() or not fails.any():
        return ()
    best: tuple[Limit, ...] = ()
    farthest = 0.0
    for box in boxes_of(values, fails, smallest):
        found = []
        for name, low, high, below, above in zip(
            names, box.low, box.high, box.chance_low, box.chance_high, strict=True
        ):
            at_least = float(low) if below < _BY_CHANCE else None
            at_most = float(high) if above < _BY_CHANCE else None
            if at_least is not None or at_most is not None:
                chance = max(chance for chance in (below, above) if chance < _BY_CHANCE)
                found.append(Limit(name, at_least, at_most, float(chance)))
        goes_with = _goes_with(inside_of(found, names, values), fails)
        if goes_with > farthest:
            best, farthest = tuple(sorted(found, key=lambda limit: limit.chance)), goes_with
    return best


def _goes_with(inside: Bools, fails: Bools) -> float:
    """How far lying in a box goes with failing: their correlation, −1…1, for rare and common failures alike; 0 for the whole.

    Source: Matthews (1975), doi:10.1016/0005-2795(75)90109-9.
    """
    mass, share = float(inside.mean()), float(fails.mean())
    spread = math.sqrt(mass * (1.0 - mass) * share * (1.0 - share))
    return (float((inside & fails).mean()) - mass * share) / spread if spread > 0.0 else 0.0
