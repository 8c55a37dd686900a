"""Statistics that several methods share: spreads, means as polynomials, shares held against each other, ranks that may be tied."""

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from sxsim.results.cash import share_interval
from sxsim.results.intervals import Interval, interval

Array = NDArray[np.float64]

#: The share of a normal distribution below one standard deviation under its mean.
LOW_SIGMA = 0.1587
#: How probable it may be that a difference is wrongly said to be one.
WRONG_AT_MOST = 0.05
#: Share of the bootstrap samples in which a factor must be ahead of another to beat it.
BEATS = 0.95
#: Places lie at least this far inside the unit cube, and are rounded, so that the last bits of a library decide nothing.
EDGE, _DIGITS = 1e-4, 6
_RUNS_PER_TERM = 5
_THIRD = 1.0 / 3.0
#: Spreads from the middle beyond which a run counts as this far away in the fit of means: a café that everybody leaves.
_OUTLYING = 4.0


class TooFewRuns(ArithmeticError):  # noqa: N818
    """Too few runs were finished to fit anything."""


def hypercube(size: int, factors: int, chance: np.random.Generator) -> Array:
    """Places spread evenly over the unit cube (Latin hypercube), shape (size, factors)."""
    from scipy.stats import qmc

    return rounded(np.asarray(qmc.LatinHypercube(factors, rng=chance).random(size), float))


def rounded(places: Array) -> Array:
    """Places a little inside the unit cube, to a millionth."""
    return np.asarray(np.round(np.clip(places, EDGE, 1.0 - EDGE), _DIGITS), np.float64)


def weighted_quantile(values: Array, weights: Array, share: float) -> float:
    """The value that a share of the weight does not exceed, interpolated."""
    order = np.argsort(values, kind="stable")
    sums = np.cumsum(weights[order])
    reached = (sums - weights[order] / 2.0) / sums[-1]
    return float(np.interp(share, reached, values[order]))


def typical_spread(figures: Array) -> Array:
    """The spread of each column as a standard deviation, but for a few runs far off: half the range of the middle 68 %.

    The plain standard deviation where more than that is all the same.
    """
    low, high = np.quantile(figures, [LOW_SIGMA, 1.0 - LOW_SIGMA], axis=0)
    return np.asarray(np.where(high > low, (high - low) / 2.0, figures.std(axis=0)), float)


@dataclass(frozen=True)
class Surface:
    """The mean of each statistic as a polynomial of the factors; luck: its spread between runs, lack of fit included."""

    pairs: bool
    squares: bool
    coefficients: Array
    luck: Array
    middle: Array
    scale: Array

    def means(self, places: Array) -> Array:
        """The means at some places, shape (places, statistics)."""
        found = np.einsum("nf,ft->nt", _terms(places, squares=self.squares, pairs=self.pairs), self.coefficients)
        return np.asarray(found * self.scale + self.middle, float)


def _terms(places: Array, *, squares: bool, pairs: bool) -> Array:
    x = 2.0 * places - 1.0
    columns = [np.ones(len(x)), *x.T]
    if squares:
        columns += list((x**2).T)
    if pairs:
        columns += [x[:, a] * x[:, b] for a in range(x.shape[1]) for b in range(a)]
    return np.stack(columns, axis=1)


def surface_of(places: Array, statistics: Array) -> Surface:
    """Fit every statistic's mean on the runs at some places; terms are left out where there are too few runs for them.

    places: (runs, factors), in the unit cube; statistics: (runs, statistics), finite. Raises TooFewRuns.
    """
    n, factors = places.shape
    counts = {(True, True): 1 + 2 * factors + factors * (factors - 1) // 2, (True, False): 1 + 2 * factors}
    squares, pairs = next((kind for kind, terms in counts.items() if n >= _RUNS_PER_TERM * terms), (False, False))
    terms = _terms(places, squares=squares, pairs=pairs)
    if n <= terms.shape[1] + 1:
        raise TooFewRuns(f"{n} runs were finished, and {factors} factors need more than {terms.shape[1] + 1}")
    middle, scale = np.asarray(np.median(statistics, axis=0), float), typical_spread(statistics)
    scale = np.where(scale > 0.0, scale, 1.0)
    usual = np.clip((statistics - middle) / scale, -_OUTLYING, _OUTLYING)
    coefficients = np.linalg.lstsq(terms, usual, rcond=1e-10)[0]
    left = usual - np.einsum("nf,ft->nt", terms, coefficients)
    luck = typical_spread(left) * scale * math.sqrt(n / (n - terms.shape[1]))
    return Surface(pairs, squares, coefficients, luck, middle, scale)


def implausibility(surface: Surface, places: Array, observed: Array, noise: Array) -> Array:
    """Implausibility of every target at some places, shape (n, targets): |mean − observed| ÷ √(noise² + luck²)."""
    spread = np.sqrt(noise**2 + surface.luck**2)
    away = np.abs(surface.means(places) - observed)
    nothing = np.where(away > 0.0, np.inf, 0.0)
    return np.asarray(np.divide(away, spread, out=nothing, where=spread > 0.0), float)


@dataclass(frozen=True)
class Difference:
    """What a factor does to a share: in the third of organisations in which it is lowest, and in which it is highest."""

    plan: str
    factor: str
    lowest: tuple[float, float, float]
    highest: tuple[float, float, float]

    @classmethod
    def of_thirds(cls, plan: str, factor: str, values: Array, done: Array) -> "Difference":
        """The difference between the thirds. values: of the factor; done: 1 or 0, NaN where a run failed."""
        order = np.argsort(values, kind="stable")
        third = max(int(len(order) * _THIRD), 1)
        return cls(plan, factor, share_of(done[order[:third]]), share_of(done[order[-third:]]))

    @property
    def figures(self) -> dict[str, str | float]:
        """The difference, by the names of a table's columns."""
        ends = {"lowest third": self.lowest[0], "highest third": self.highest[0]}
        named = {"plan": self.plan, "factor": self.factor}
        return {**named, **ends, **dict(zip(("change", "low", "high"), self.change, strict=True))}

    @property
    def change(self) -> tuple[float, float, float]:
        """From the lowest to the highest third, with its 95 % interval. Source: Newcombe (1998), method 10."""
        (one, one_low, one_high), (other, other_low, other_high) = self.lowest, self.highest
        change = other - one
        return (
            change,
            change - math.hypot(other - other_low, one_high - one),
            change + math.hypot(one - one_low, other_high - other),
        )


def share_of(done: Array) -> tuple[float, float, float]:
    """The share of 1 among 1 and 0, with its 95 % interval; NaN is left out."""
    run = done[np.isfinite(done)]
    return share_interval(int(run.sum()), len(run)) if len(run) else (math.nan, math.nan, math.nan)


def more_of_pairs(one: Array, other: Array) -> Interval:
    """How much larger a share is than another over the same organisations, with a 95 % interval that is never empty.

    one, other: 1 or 0 by organisation, NaN where a run failed.
    Source: Agresti and Min (2005), doi:10.1002/sim.1781 (half a pair added to each of the four kinds of pairs).
    """
    from scipy.special import ndtri

    both: NDArray[np.bool_] = np.isfinite(one) & np.isfinite(other)
    first, second = one[both], other[both]
    count = len(first)
    if count == 0:
        return interval([], "share", (-1.0, 1.0))
    gained, lost = float(((first == 1) & (second == 0)).sum()), float(((first == 0) & (second == 1)).sum())
    pairs, change = count + 2.0, gained - lost
    spread = math.sqrt(max(gained + lost + 1.0 - change**2 / pairs, 0.0)) / pairs
    half = float(ndtri(1.0 - WRONG_AT_MOST / 2.0)) * spread
    plain = interval(first - second, "share", (-1.0, 1.0))
    low, high = max(change / pairs - half, -1.0), min(change / pairs + half, 1.0)
    return replace(plain, low=min(low, plain.mean), high=max(high, plain.mean))


def clear(each: Difference, among: int) -> bool:
    """Whether a difference is one even when it is the largest of several: its interval is widened for their number.

    Source: Bonferroni.
    """
    from scipy.special import ndtri

    change, low, high = each.change
    wider = float(ndtri(1.0 - WRONG_AT_MOST / 2.0 / among) / ndtri(1.0 - WRONG_AT_MOST / 2.0))
    return change - wider * (change - low) > 0.0 or change + wider * (high - change) < 0.0


@dataclass(frozen=True)
class Ranked:
    """A factor's place: the best and the worst it may have, and the probability of each rank."""

    name: str
    best: int
    worst: int
    chances: tuple[float, ...]

    @property
    def words(self) -> str:
        """`3`, or `4–6` for factors that are tied."""
        return str(self.best) if self.best == self.worst else f"{self.best}–{self.worst}"


def ahead_of(resamples: Array) -> Array:
    """Share of bootstrap samples in which one factor (row) is ahead of another (column); half where they are equal."""
    one, other = resamples[:, :, None], resamples[:, None, :]
    ahead: Array = ((one > other) + 0.5 * (one == other)).mean(axis=0)
    return ahead


def ranks_of(names: Sequence[str], resamples: Array) -> tuple[Ranked, ...]:
    """The place of each factor. resamples: importance, shape (bootstrap samples, factors)."""
    beats = ahead_of(resamples) >= BEATS
    np.fill_diagonal(beats, False)
    places = (-resamples).argsort(axis=1, kind="stable").argsort(axis=1, kind="stable")
    found = []
    for k, name in enumerate(names):
        chances = tuple(float((places[:, k] == rank).mean()) for rank in range(len(names)))
        found.append(Ranked(name, 1 + int(beats[:, k].sum()), len(names) - int(beats[k].sum()), chances))
    return tuple(found)


def settled(resamples: Array, sharper: float = 1.0) -> list[int]:
    """Ranks (from 1) whose factor beats all behind it and is beaten by all before it.

    sharper: how many times smaller the errors would be.
    """
    middle = resamples.mean(axis=0)
    ahead = ahead_of(middle + (resamples - middle) / sharper)
    order = (-middle).argsort(kind="stable")
    return [
        place + 1
        for place, k in enumerate(order)
        if all(ahead[k, other] >= BEATS for other in order[place + 1 :])
        and all(ahead[other, k] >= BEATS for other in order[:place])
    ]


def verdict(count: int, resamples: Array, *, trajectories: bool) -> str:
    """Which ranks a study settles, and which twice the samples would. count: base samples, or trajectories of Morris."""
    now, then = settled(resamples), settled(resamples, math.sqrt(2.0))
    more = [rank for rank in then if rank not in now]
    size = f"{count} trajectories" if trajectories else f"N = {count}"
    verb = "settle" if trajectories else "settles"
    if len(now) == resamples.shape[1]:
        return f"{size} {verb} all ranks"
    first = f"{size} {verb} {_rank_words(now)}" if now else f"{size} {verb} no rank"
    second = f"doubling would settle {_rank_words(more, short=True)}" if more else "doubling would settle no other"
    return f"{first}; {second}"


def _rank_words(ranks: Sequence[int], *, short: bool = False) -> str:
    """`rank 1`, `ranks 1–3 and 6`."""
    runs: list[list[int]] = []
    for rank in ranks:
        if runs and rank == runs[-1][-1] + 1:
            runs[-1].append(rank)
        else:
            runs.append([rank])
    texts = []
    for run in runs:
        texts += [f"{run[0]}–{run[-1]}"] if len(run) > 2 else [str(rank) for rank in run]
    said = texts[0] if len(texts) == 1 else f"{', '.join(texts[:-1])} and {texts[-1]}"
    return said if short else f"rank{'s' if len(ranks) > 1 else ''} {said}"
