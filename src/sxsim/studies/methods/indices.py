"""Sobol indices and Morris screening by SALib, with luck as a factor of its own, and ranks that leave ties tied.

Luck chooses the replication, so its total index is the share of the spread that the draws of one run alone make: the
noise floor. The dummy changes nothing, and its indices must be exactly 0. Ranks are by the total index; a factor beats
another when the difference is larger than equals would show anywhere, all pairs together; factors that do not beat each
other stay tied.

The base samples come in up to 16 independently scrambled Sobol sequences, so that intervals may be taken over sequences:
within one sequence the points are spread too evenly for a bootstrap of single points, which then claims too wide intervals.

Sources: doi:10.1016/S0010-4655(02)00280-1 and doi:10.1016/j.cpc.2009.09.018 (Sobol indices),
doi:10.1016/j.envsoft.2006.10.004 (Morris), doi:10.21105/joss.00097 (SALib).
"""

import math
import tempfile
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from sxsim.results.summary import number
from sxsim.running.task import Point
from sxsim.studies.factors import Factor
from sxsim.studies.methods.ranks import Ranked, ranks_of, share_said, verdict

#: Names of the two factors that every sensitivity study has.
LUCK, DUMMY = "luck", "dummy"
#: Replication numbers that luck chooses from.
REPLICATIONS_TO_CHOOSE = 2**31
RESAMPLES = 500
#: Independently scrambled sequences.
SEQUENCES = 16
_LEVELS = 4
_PERCENT = 100.0


@dataclass(frozen=True)
class Sample:
    """The design of a study. places: (points, factors) in [0, 1), luck and dummy last; the points are in this order."""

    method: str
    second_order: bool
    seed: int
    factors: tuple[Factor, ...]
    names: tuple[str, ...]
    places: NDArray[np.float64]

    @property
    def size(self) -> int:
        """How many points there are, equal ones counted apart."""
        return len(self.places)

    @property
    def block(self) -> int:
        """Points that belong together: a base sample of Sobol, a trajectory of Morris."""
        count = len(self.names)
        if self.method == "morris":
            return count + 1
        return 2 * count + 2 if self.second_order else count + 2

    def point(self, number: int) -> Point:
        """What is run at a point of the design."""
        row = self.places[number]
        values = [factor.at(float(place)) for factor, place in zip(self.factors, row, strict=False)]
        return Point.of(self.factors, values, int(float(row[-2]) * REPLICATIONS_TO_CHOOSE))


def _problem(names: Sequence[str]) -> dict[str, Any]:
    return {"num_vars": len(names), "names": list(names), "bounds": [[0.0, 1.0]] * len(names)}


def sample(factors: Sequence[Factor], method: str, count: int, second_order: bool, seed: int) -> Sample:
    """The design for some factors with luck and dummy: `count` base samples of Sobol or trajectories of Morris."""
    names = (*(factor.name for factor in factors), LUCK, DUMMY)
    if method == "morris":
        from SALib.sample import morris

        places = morris.sample(_problem(names), count, num_levels=_LEVELS, seed=seed)
        places = np.minimum(places, 1.0 - 2.0**-40)
    else:
        from SALib.sample import sobol

        sequences = min(SEQUENCES, count)
        with tempfile.TemporaryFile() as file:  # on disk, so that memory does not grow with the design
            for sequence in range(sequences):
                part = sobol.sample(
                    _problem(names), count // sequences, calc_second_order=second_order,
                    seed=np.random.default_rng([seed, sequence]),
                )  # fmt: skip
                file.write(np.asarray(part, np.float64).tobytes())
            file.flush()
            places = np.memmap(file, np.float64, "r").reshape(-1, len(names))
    return Sample(method, second_order, seed, tuple(factors), names, places)


@dataclass(frozen=True)
class Estimate:
    """An index with its 95 % interval."""

    value: float
    low: float
    high: float

    @property
    def as_share(self) -> str:
        """The index as a share of the spread, in words."""
        return share_said(self.value, self.low, self.high)

    def as_effect(self, unit: str) -> str:
        """The effect with its interval, in words; shares in points."""
        figures = (self.value, self.low, self.high)
        if unit.startswith("share"):
            value, low, high = (f"{_PERCENT * x:.1f}" for x in figures)
            return f"{value} points ({low} … {high})"
        value, low, high = map(number, figures)
        return f"{value} ({low} … {high})"


@dataclass(frozen=True)
class Indices:
    """What a study says of one KPI. Factors in the order of the file, then luck and dummy.

    first and total: Sobol indices (Morris: both empty); mean_effect: mean absolute elementary effect (Morris), in units of
    the KPI, spread: its standard deviation; second: pairs with their index; mean, sd: of the KPI over the design.
    """

    kpi: str
    names: tuple[str, ...]
    first: tuple[Estimate, ...]
    total: tuple[Estimate, ...]
    second: tuple[tuple[str, str, Estimate], ...]
    mean_effect: tuple[Estimate, ...]
    ranks: tuple[Ranked, ...]
    samples: int
    left_out: int
    mean: float
    sd: float
    verdict: str
    floor: float

    @property
    def main(self) -> tuple[Estimate, ...]:
        """What the factors are ranked by."""
        return self.total or self.mean_effect


def analyse(design: Sample, kpi: str, results: NDArray[np.float64]) -> Indices:
    """Indices of a KPI from its values at the points of a design; NaN marks a point that failed.

    Whole base samples (or trajectories) with a failed or undefined point are left out.
    """
    blocks = results.reshape(-1, design.block)
    whole: NDArray[np.bool_] = np.asarray(np.isfinite(blocks).all(axis=1))
    kept = blocks[whole]
    count, names = len(kept), design.names
    if count < 2:
        return _nothing(design, kpi, len(blocks), f"{kpi} is defined at too few points")
    values = kept.ravel()
    mean, sd = float(values.mean()), float(values.std())
    if sd <= 1e-12 * max(1.0, abs(mean)):
        return _nothing(design, kpi, int((~whole).sum()), f"{kpi} is the same at every point: nothing to rank", mean)
    first: tuple[Estimate, ...] = ()
    total: tuple[Estimate, ...] = ()
    estimates: tuple[Estimate, ...] = ()
    second: tuple[tuple[str, str, Estimate], ...] = ()
    if design.method == "morris":
        estimates, resamples = _morris(design, np.repeat(whole, design.block), values)
        main = estimates
    else:
        first, total, second, resamples = _sobol(design, whole, values)
        main = total
    independent = count if design.method == "morris" else len(_sequences(whole))
    ranks = ranks_of(names[:-2], resamples[:, :-2], independent)
    floor = main[names.index(LUCK)].value
    said = verdict(count, resamples[:, :-2], independent, trajectories=design.method == "morris")
    left_out = int((~whole).sum())
    return Indices(kpi, names, first, total, second, estimates, ranks, count, left_out, mean, sd, said, floor)


def _nothing(design: Sample, kpi: str, left_out: int, text: str, mean: float = math.nan) -> Indices:
    zero = Estimate(0.0, 0.0, 0.0)
    count = len(design.names) - 2
    ranks = tuple(Ranked(name, 1, count, (1.0 / count,) * count) for name in design.names[:-2])
    zeros = (zero,) * len(design.names)
    sobol = design.method == "sobol"
    return Indices(
        kpi, design.names, zeros if sobol else (), zeros if sobol else (), (), () if sobol else zeros, ranks, 0,
        left_out, mean, 0.0, text, 0.0,
    )  # fmt: skip


def _sobol(
    design: Sample, rows: NDArray[np.bool_], values: NDArray[np.float64]
) -> tuple[tuple[Estimate, ...], tuple[Estimate, ...], tuple[tuple[str, str, Estimate], ...], NDArray[np.float64]]:
    """First and total indices by SALib's estimators, second-order ones, and bootstrap samples of the total ones.

    The bootstrap draws whole sequences; rows says which base samples are there.
    """
    from SALib.analyze.sobol import first_order, separate_output_values, total_order
    from scipy.special import stdtrit

    count, factors = len(values) // design.block, len(design.names)
    a, b, ab, ba = separate_output_values((values - values.mean()) / values.std(), factors, count, design.second_order)
    members = _sequences(rows)
    drawn = np.random.default_rng(design.seed + 1).integers(len(members), size=(RESAMPLES, len(members)))
    # Bootstrap over so few sequences is a little too narrow: a t quantile, and n − 1 in the variance, mend that.
    widen = float(stdtrit(len(members) - 1, 0.975)) * math.sqrt(len(members) / (len(members) - 1))

    def estimated(estimator: Any, *columns: NDArray[np.float64]) -> tuple[Estimate, NDArray[np.float64]]:
        picks = (np.concatenate([members[k] for k in row]) for row in drawn)
        samples = np.array([estimator(*(column[pick] for column in columns)) for pick in picks])
        return _estimate(estimator(*columns), widen * samples.std(ddof=1)), samples

    first = [estimated(first_order, a, ab[:, k], b)[0] for k in range(factors)]
    total, resamples = zip(*(estimated(total_order, a, ab[:, k], b) for k in range(factors)), strict=True)
    second = []
    if design.second_order:
        for j, one in enumerate(design.names):
            for k in range(j + 1, factors):
                pair = estimated(_acting_together, a, b, ab[:, j], ab[:, k], ba[:, j], ba[:, k])[0]
                second.append((one, design.names[k], pair))
    return tuple(first), tuple(total), tuple(second), np.array(resamples).T


def _acting_together(
    a: NDArray[np.float64], b: NDArray[np.float64],
    ab_one: NDArray[np.float64], ab_other: NDArray[np.float64],
    ba_one: NDArray[np.float64], ba_other: NDArray[np.float64],
) -> float:  # fmt: skip
    """Second-order index of two factors: what Saltelli's (2002) design says, as a product of differences.

    On average as SALib's, of half the spread (Ishigami's function), and exactly 0 for a factor that changes nothing, which SALib's is not: it takes the first-order
    indices off by another estimator. Both ways round, so that the order of the factors does not count.
    """
    products = (ba_one - b) * (ab_other - a) + (ba_other - b) * (ab_one - a)
    return float(products.mean() / (2.0 * np.var(np.concatenate([a, b]))))


def _estimate(value: float, half: float) -> Estimate:
    return Estimate(float(value), float(value - half), float(value + half))


def _morris(
    design: Sample, rows: NDArray[np.bool_], values: NDArray[np.float64]
) -> tuple[tuple[Estimate, ...], NDArray[np.float64]]:
    """Mean absolute elementary effects with intervals, and bootstrap samples of them over trajectories."""
    from SALib.analyze import morris

    count = len(values) // design.block
    found = morris.analyze(
        _problem(design.names), design.places[rows], values, num_levels=_LEVELS, num_resamples=2, seed=design.seed + 1
    )
    effects = _effects(design.places[rows], values, design.block)
    chosen = np.random.default_rng(design.seed + 1).integers(count, size=(RESAMPLES, count))
    resamples = np.abs(effects)[chosen].mean(axis=1)
    low, high = np.quantile(resamples, [0.025, 0.975], axis=0)
    star = np.asarray(found["mu_star"], float)
    return tuple(Estimate(*map(float, row)) for row in zip(star, low, high, strict=True)), resamples


def _effects(places: NDArray[np.float64], values: NDArray[np.float64], block: int) -> NDArray[np.float64]:
    """Elementary effects, shape (trajectories, factors)."""
    steps = np.diff(places.reshape(-1, block, places.shape[1]), axis=1)
    changes = np.diff(values.reshape(-1, block), axis=1)
    moved = np.abs(steps).argmax(axis=2)
    effects = np.zeros((len(changes), places.shape[1]))
    size = np.take_along_axis(steps, moved[..., None], axis=2)[..., 0]
    np.put_along_axis(effects, moved, changes / size, axis=1)
    return effects


def _sequences(rows: NDArray[np.bool_]) -> list[NDArray[np.intp]]:
    """The base samples of each independent sequence, by their place among those that are there."""
    sequences = min(SEQUENCES, len(rows))
    sequence = (np.arange(len(rows)) * sequences // len(rows))[rows]
    return [np.flatnonzero(sequence == k) for k in np.unique(sequence)]


def figures_of_index(estimate: Estimate) -> dict[str, float]:
    """An index with its interval, by the names of a table's columns."""
    return {"value": estimate.value, "low": estimate.low, "high": estimate.high}


def index_rows(found: Indices) -> Iterator[dict[str, Any]]:
    """The indices of a KPI, as rows of a table."""
    kinds = (("first order", found.first), ("total", found.total), ("mean effect", found.mean_effect))
    for kind, estimates in kinds:
        for name, estimate in zip(found.names, estimates, strict=False):
            yield {"kpi": found.kpi, "index": kind, "factor": name} | figures_of_index(estimate)


def left_out_said(found: Indices) -> str:
    """How many samples could not be used, if any."""
    if not found.left_out:
        return ""
    whole = found.left_out + found.samples
    return f" {found.left_out} of {whole} base samples or trajectories are left out: {found.kpi} is not defined there."
