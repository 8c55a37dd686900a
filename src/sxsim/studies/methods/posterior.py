"""Which sets of parameters are consistent with what was observed: history matching, then population Monte Carlo.

The sets are places in the unit cube, one coordinate a factor, so that all are equally likely beforehand. A simulator gives a
set's statistics in one run with luck of its own. What was observed is taken as one run of the right set, plus an error
of observation and whatever the model cannot be expected to match.

1. Wave 1 spreads sets evenly (Latin hypercube). Each statistic's mean is fitted as a polynomial of the factors.
2. Wave 2 draws sets that the fit does not rule out: implausibility |mean − observed| ÷ √(error² + tolerance² + luck²)
   at most 3 for every target (history matching).
3. Further waves draw around the sets nearest to what was observed (population Monte Carlo).
4. All runs count, by the density with which they were proposed (deterministic mixture); the nearest are kept, weighted by
   distance, and moved by how the factors depend on the statistics (regression adjustment).

Sources: Vernon, Goldstein and Bower (2010), doi:10.1214/10-BA524; Beaumont, Cornuet, Marin and Robert (2009),
doi:10.1093/biomet/asp052; Cornuet, Marin, Mira and Robert (2012), doi:10.1111/j.1467-9469.2011.00756.x; Beaumont, Zhang and
Balding (2002), doi:10.1093/genetics/162.4.2025; Wilkinson (2013), doi:10.1515/sagmb-2013-0010 (the error of observation is
drawn for every run). Own code on NumPy: pyabc and sbi keep their own workers and databases, so that neither the store of
finished points nor the same bytes on any number of cores would hold, and bring PyTorch or SQLAlchemy with them.
"""

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np

from sxsim.studies.methods.observations import Target
from sxsim.studies.methods.statistics import (
    Array,
    Surface,
    TooFewRuns,
    hypercube,
    implausibility,
    rounded,
    spread_of,
    surface_of,
    to_normal,
    to_places,
    weighted_quantile,
)

#: Statistics of some sets (their places, shape (n, factors)) in one run each, with the luck of the replications named:
#: shape (n, targets), NaN where a run failed.
Simulator = Callable[[Array, Sequence[int]], Array]

#: Implausibility beyond which a set is ruled out. Source: Pukelsheim (1994), doi:10.1080/00031305.1994.10476030.
RULED_OUT = 3.0
#: Share of the simulations that each wave takes.
_WAVES = (0.35, 0.2, 0.15, 0.15, 0.15)
#: Sets looked at for each that wave 2 draws.
_LOOKED_AT = 60
#: Weights are rounded, so that the last bits of a library do not decide which sets are run.
_DIGITS_OF_WEIGHTS = 10
#: How much wider proposals are than the sets they come from. Source: Beaumont and others (2009): twice the variance.
_WIDER = 2.0
#: Share of all runs that is kept at least and at most.
_KEPT_LEAST, _KEPT_MOST = 0.08, 0.3
#: Runs kept for each coefficient of the adjustment, and in all, counted by their weights.
_RUNS_FOR_EACH, _FEWEST_KEPT = 25, 100
#: How much a run may count for its own fitted value.
_MOST_OWN = 0.9


@dataclass(frozen=True)
class Wave:
    """Sets that were run: their places (n, factors), replications, statistics (n, targets)."""

    name: str
    places: Array
    replications: tuple[int, ...]
    statistics: Array


@dataclass(frozen=True)
class Posterior:
    """Sets consistent with what was observed.

    places, weights: the sets that were kept, adjusted, and what each counts (sum 1); ensemble: places of equally likely sets;
    implausibility: that of each target at the set at which the fewest are implausible, and those the least; luck: of each
    statistic between runs of a set.
    """

    waves: tuple[Wave, ...]
    places: Array
    weights: Array
    ensemble: Array
    implausibility: Array
    luck: Array

    @property
    def consistent(self) -> bool:
        """Whether a set was found at which no target is implausible."""
        return bool((self.implausibility <= RULED_OUT).all())

    def quantile(self, share: float) -> Array:
        """The value of each factor's place that a share of the weight does not exceed."""
        return np.array([weighted_quantile(column, self.weights, share) for column in self.places.T])


def sizes_of_waves(simulations: int) -> list[int]:
    """How many runs each wave takes."""
    sizes = [round(share * simulations) for share in _WAVES]
    return [*sizes[:-1], simulations - sum(sizes[:-1])]


def first_wave(simulations: int, factors: int, seed: int) -> Array:
    """The places of wave 1, which no result decides."""
    return hypercube(sizes_of_waves(simulations)[0], factors, np.random.default_rng([seed, 0]))


def fit(
    simulate: Simulator, targets: Sequence[Target], factors: int, *, simulations: int, ensemble: int, seed: int
) -> Posterior:
    """Find sets that are consistent with the targets; deterministic in the seed.

    factors: how many; simulations: runs in all; ensemble: how many equally likely sets are drawn at the end. Raises
    TooFewRuns when too many runs failed to say anything.
    """
    observed = np.array([target.observed for target in targets])
    noise = np.array([target.noise for target in targets])
    sizes = sizes_of_waves(simulations)
    proposals = _Proposals(factors)
    waves: list[Wave] = []
    surface: Surface | None = None
    for number, size in enumerate(sizes):
        chance = np.random.default_rng([seed, number])
        if number == 0:
            places = first_wave(simulations, factors, seed)
            proposals.everywhere(size)
        elif number == 1:
            assert surface is not None
            places = proposals.not_ruled_out(surface, observed, noise, size, chance)
        else:
            kept = _kept(waves, proposals, observed, noise, seed)
            places = proposals.around(kept, size, chance)
        first = len(waves) and waves[-1].replications[-1] + 1
        replications = tuple(range(first, first + size))
        waves.append(Wave(f"{number + 1}", places, replications, simulate(places, replications)))
        surface = surface_of(*_finished(waves))
    assert surface is not None
    kept = _kept(waves, proposals, observed, noise, seed)
    chance = np.random.default_rng([seed, len(sizes)])
    drawn = _resampled(kept, ensemble, chance)
    everything = np.concatenate([wave.places for wave in waves])
    looked_at = np.concatenate([everything, kept.places, hypercube(_LOOKED_AT * sizes[1], factors, chance)])
    implausible = implausibility(surface, looked_at, observed, noise)
    best = implausible[np.lexsort((implausible.max(axis=1), (implausible > RULED_OUT).sum(axis=1)))[0]]
    return Posterior(tuple(waves), kept.places, kept.weights, drawn, best, surface.luck)


def _finished(waves: Sequence[Wave]) -> tuple[Array, Array]:
    places = np.concatenate([wave.places for wave in waves])
    statistics = np.concatenate([wave.statistics for wave in waves])
    whole = np.isfinite(statistics).all(axis=1)
    if whole.sum() < 10:
        raise TooFewRuns(f"only {int(whole.sum())} of {len(whole)} runs were finished with figures for every target")
    return places[whole], statistics[whole]


@dataclass(frozen=True)
class _Kept:
    """Sets near what was observed: places after adjustment, weights (sum 1)."""

    places: Array
    weights: Array


class _Proposals:
    """How sets were proposed, wave by wave, so that every run can be given its weight.

    Densities are over normal numbers, relative to what is likely beforehand (so everywhere is 1).
    """

    def __init__(self, factors: int) -> None:
        self.factors = factors
        self._sizes: list[int] = []
        self._densities: list[Callable[[Array], Array]] = []

    def _add(self, size: int, density: Callable[[Array], Array]) -> None:
        self._sizes.append(size)
        self._densities.append(density)

    def everywhere(self, size: int) -> None:
        """All sets alike."""
        self._add(size, lambda places: np.ones(len(places)))

    def not_ruled_out(
        self, surface: Surface, observed: Array, noise: Array, size: int, chance: np.random.Generator
    ) -> Array:
        """Sets of which the fit rules out no target; where there are too few, the least implausible."""
        many = rounded(chance.random((_LOOKED_AT * size, self.factors)))
        worst = implausibility(surface, many, observed, noise).max(axis=1)
        limit = max(RULED_OUT, float(np.sort(worst)[size - 1]))
        inside = worst <= limit
        share = float(inside.mean())

        def density(places: Array) -> Array:
            return np.asarray((implausibility(surface, places, observed, noise).max(axis=1) <= limit) / share, float)

        self._add(size, density)
        return np.asarray(many[inside][:size], float)

    def around(self, kept: _Kept, size: int, chance: np.random.Generator) -> Array:
        """Sets scattered around those that were kept, by twice their variance."""
        centres = to_normal(kept.places)
        mean = np.einsum("n,nf->f", kept.weights, centres)
        off = centres - mean
        covariance = _WIDER * np.einsum("n,na,nb->ab", kept.weights, off, off) + 1e-4 * np.eye(self.factors)
        root = np.linalg.cholesky(covariance)
        inverse = np.linalg.inv(root)
        log_scale = -float(np.log(np.diag(root)).sum())
        chosen = chance.choice(len(centres), size, p=kept.weights)
        drawn = centres[chosen] + np.einsum("ab,nb->na", root, chance.standard_normal((size, self.factors)))

        def density(places: Array) -> Array:
            normal = to_normal(places)
            white = np.einsum("ab,nb->na", inverse, normal)
            white_centres = np.einsum("ab,nb->na", inverse, centres)
            square = np.zeros((len(normal), len(centres)))
            for a in range(self.factors):
                square += (white[:, a, None] - white_centres[None, :, a]) ** 2
            mixed = np.einsum("nc,c->n", np.exp(-0.5 * square), kept.weights)
            return np.asarray(mixed * np.exp(log_scale + 0.5 * (normal**2).sum(axis=1)), float)

        self._add(size, density)
        return to_places(drawn)

    def weights(self, places: Array) -> Array:
        """What each run counts, whichever wave proposed it: likely beforehand ÷ likely to be proposed."""
        total = sum(self._sizes)
        mixed = np.zeros(len(places))
        for size, density in zip(self._sizes, self._densities, strict=True):
            mixed += size / total * density(places)
        return 1.0 / mixed


def _kept(waves: Sequence[Wave], proposals: _Proposals, observed: Array, noise: Array, seed: int) -> _Kept:
    """The runs nearest to what was observed, weighted and adjusted."""
    places, statistics = _finished(waves)
    seen = statistics + noise * _errors(waves, len(observed), seed)
    weights = proposals.weights(places)
    scale = spread_of(seen, weights)
    away = (seen - observed) / scale
    distance = np.sqrt((away**2).sum(axis=1))
    terms = len(observed) + 1
    order = np.argsort(distance, kind="stable")
    counted = np.cumsum(weights[order]) ** 2 / np.cumsum(weights[order] ** 2)
    wanted = max(_RUNS_FOR_EACH * terms, _KEPT_LEAST * len(places), _FEWEST_KEPT)
    count = int(np.searchsorted(np.maximum.accumulate(counted), wanted)) + 1
    count = min(count, max(round(_KEPT_MOST * len(places)), 2 * terms), len(places))
    reach = float(distance[order[count - 1]])
    near = distance <= reach
    closeness = 1.0 - (distance[near] / reach) ** 2 if reach > 0.0 else np.ones(int(near.sum()))
    weight = weights[near] * np.maximum(closeness, 1e-9)
    weight = np.round(weight / weight.sum(), _DIGITS_OF_WEIGHTS)
    weight /= weight.sum()
    normal, off = to_normal(places[near]), away[near]
    design = np.concatenate([np.ones((len(off), 1)), off], axis=1)
    worth = 1.0 / float((weight**2).sum())
    if worth > 2 * terms:
        normal = _adjusted(normal, design, weight, worth)
    return _Kept(to_places(normal), weight)


def _adjusted(normal: Array, design: Array, weight: Array, worth: float) -> Array:
    """Sets moved to where they would be, had their statistics been those observed.

    What is left over is taken as a fit without the run itself would leave it, and the fit's own error at the observed
    figures is added: else intervals are too narrow, the more the more targets there are.
    """
    root = np.sqrt(weight)[:, None]
    fitted = np.linalg.lstsq(design * root, normal * root, rcond=1e-8)[0]
    inverse = np.linalg.pinv(np.einsum("nt,n,nu->tu", design, weight, design))
    own = np.einsum("nt,tu,nu,n->n", design, inverse, design, weight)
    left = (normal - np.einsum("nt,tf->nf", design, fitted)) / (1.0 - np.minimum(own, _MOST_OWN))[:, None]
    return np.asarray(fitted[0] + left * math.sqrt(1.0 + float(inverse[0, 0]) / worth), float)


def _errors(waves: Sequence[Wave], targets: int, seed: int) -> Array:
    """Standard normal errors of observation for every finished run; they go by the replication."""
    rows = [
        np.random.default_rng([seed, 7, wave.replications[0]]).standard_normal((len(wave.places), targets))
        for wave in waves
    ]
    whole = np.concatenate([np.isfinite(wave.statistics).all(axis=1) for wave in waves])
    return np.asarray(np.concatenate(rows)[whole], float)


def _resampled(kept: _Kept, size: int, chance: np.random.Generator) -> Array:
    """Equally likely sets, by systematic resampling, in random order so that the first few stand for all."""
    places = (np.arange(size) + chance.random()) / size
    chosen = np.minimum(np.searchsorted(np.cumsum(kept.weights), places), len(kept.weights) - 1)
    return np.asarray(kept.places[chance.permutation(chosen)], float)
