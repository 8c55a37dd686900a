"""Whether a calibration tells the truth: data made with known sets must be covered at the stated rate.

Sets are drawn from the factors' ranges, data are made with each, and each set is looked for in the answer of the search: its
central interval of a stated share must hold the set in that share of cases, and the set's rank in the answer must be
evenly spread. Source: Talts, Betancourt, Simpson, Vehtari and Gelman (2018), arXiv:1804.06788.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from sxsim.evidence.checks import Check
from sxsim.studies.methods.observations import Target
from sxsim.studies.methods.posterior import Simulator, fit
from sxsim.studies.methods.statistics import Array, rounded

#: Replications of the data begin here, far from those of the search.
_REPLICATIONS_OF_DATA = 1_000_000
#: The case that `sxsim verify calibration` looks at: factors and targets, data sets, runs of each search.
_SIZE, _DATA_SETS, _SIMULATIONS = 8, 100, 1000
#: How often a search that is right fails there.
_FALSE_ALARM = 1e-3


@dataclass(frozen=True)
class Coverage:
    """How often the truth was covered. ranks: share of the answer's weight below the truth, shape (data sets, factors)."""

    share: float
    ranks: Array

    @property
    def covered(self) -> tuple[int, ...]:
        """In how many data sets each factor's interval held the truth."""
        tail = (1.0 - self.share) / 2.0
        inside = (self.ranks >= tail) & (self.ranks <= 1.0 - tail)
        return tuple(int(count) for count in inside.sum(axis=0))

    @property
    def rate(self) -> float:
        """Share of all intervals, over data sets and factors, that held the truth."""
        return sum(self.covered) / self.ranks.size

    def passed(self, false_alarm: float) -> bool:
        """Whether every factor was covered as often as stated; a search that is right fails with the probability given."""
        from scipy.stats import binom

        each = false_alarm / self.ranks.shape[1] / 2.0
        fewest, most = (float(binom.ppf(q, len(self.ranks), self.share)) for q in (each, 1.0 - each))
        return all(fewest <= count <= most for count in self.covered)

    def chance(self) -> tuple[float, ...]:
        """For each factor how probable ranks as uneven as these are when the search is right (Kolmogorov and Smirnov)."""
        from scipy.stats import kstest

        return tuple(float(kstest(column, "uniform").pvalue) for column in self.ranks.T)


def coverage(
    simulate: Simulator,
    noise: Sequence[float],
    factors: int,
    *,
    data_sets: int,
    simulations: int,
    seed: int,
    share: float = 0.9,
) -> Coverage:
    """Make data with known sets and see whether the search covers them.

    simulate: statistics of sets in one run; noise: standard error of the observation of each statistic; share: that of the
    central intervals. All data sets share the first wave of the search, which no data decide.
    """
    chance = np.random.default_rng([seed, 11])
    ranks = []
    for number in range(data_sets):
        truth = rounded(chance.random((1, factors)))
        run = simulate(truth, [_REPLICATIONS_OF_DATA + number])[0]
        seen = run + np.asarray(noise, float) * chance.standard_normal(len(run))
        targets = [Target(f"{k}", f"{k}", float(value), float(noise[k])) for k, value in enumerate(seen)]
        found = fit(simulate, targets, factors, simulations=simulations, ensemble=10, seed=seed)
        below = (found.places < truth[0]) + 0.5 * (found.places == truth[0])
        ranks.append((found.weights[:, None] * below).sum(axis=0))
    return Coverage(share, np.array(ranks))


def _known_case(places: Array, replications: Sequence[int]) -> Array:
    """A made-up model of eight factors and eight figures, curved, each with luck that grows with the figure."""
    mix = np.random.default_rng([_SIZE, 1]).normal(size=(_SIZE, _SIZE)) / np.sqrt(_SIZE)
    off = np.asarray(places) - 0.5
    figures = 3.0 * np.einsum("nf,ft->nt", off, mix)
    figures = figures + 0.6 * np.tanh(2.0 * figures) + 1.2 * np.einsum("nf,ft->nt", off**2, np.abs(mix))
    luck = np.stack([np.random.default_rng([_SIZE, 2, number]).standard_normal(_SIZE) for number in replications])
    return np.asarray(figures + 0.3 * luck * (1.0 + 0.3 * np.tanh(figures)), float)


def checks(seed: int = 1, data_sets: int = _DATA_SETS) -> list[Check]:
    """Whether calibration covers eight known factors as often as it says, in a made-up case that runs no scenario."""
    from scipy.special import stdtrit

    found = coverage(_known_case, [0.1] * _SIZE, _SIZE, data_sets=data_sets, simulations=_SIMULATIONS, seed=seed)
    tail = (1.0 - found.share) / 2.0
    rates = ((found.ranks >= tail) & (found.ranks <= 1.0 - tail)).mean(axis=1)
    error = float(rates.std(ddof=1)) / np.sqrt(len(rates))
    half = float(stdtrit(len(rates) - 1, 1.0 - _FALSE_ALARM / 2.0)) * error
    name = f"known factors covered, {_SIZE} factors, {data_sets} data sets"
    return [
        Check(
            "cover", name, found.rate, found.rate - half, found.rate + half, found.share, bool(half <= 0.05), "stated"
        )
    ]
