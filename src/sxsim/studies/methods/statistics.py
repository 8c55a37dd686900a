"""Statistics that several methods share: spreads, means as polynomials, shares held against each other."""

import math
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from sxsim.results.intervals import Interval, interval, share_interval

Array = NDArray[np.float64]

#: The share of a normal distribution below one standard deviation under its mean.
LOW_SIGMA = 0.1587
#: How probable it may be that a difference is wrongly said to be one.
WRONG_AT_MOST = 0.05
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


def to_normal(places: Array) -> Array:
    """Places as standard normal numbers: evenly likely beforehand becomes normal, and there are no ends."""
    from scipy.special import ndtri

    return np.asarray(ndtri(np.clip(places, EDGE, 1.0 - EDGE)), float)


def to_places(normal: Array) -> Array:
    """Standard normal numbers as places: the other way round."""
    from scipy.special import ndtr

    return rounded(np.asarray(ndtr(normal), float))


def spread_of(seen: Array, weights: Array) -> Array:
    """The spread of each statistic over all sets that are likely beforehand."""
    ends = [[weighted_quantile(column, weights, share) for column in seen.T] for share in (LOW_SIGMA, 1.0 - LOW_SIGMA)]
    spread = (np.array(ends[1]) - np.array(ends[0])) / 2.0
    return np.asarray(np.where(spread > 0.0, spread, 1.0), float)


def in_points(difference: Interval) -> str:
    """A difference of shares in points, with its interval."""
    return f"{100 * difference.mean:+.0f} points ({100 * difference.low:+.0f} to {100 * difference.high:+.0f})"


def in_percent(share: tuple[float, float, float]) -> str:
    """A share in percent, with its interval."""
    return f"{share[0]:.0%} ({share[1]:.0%} to {share[2]:.0%})"
