"""Sweeps: every combination of settings, settings side by side, or samples of a Latin hypercube."""

import itertools
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from sxsim.studies.experiment import Experiment, Factor


def settings_of(experiment: Experiment, factors: Sequence[Factor]) -> NDArray[np.float64]:
    """The settings of a sweep, shape (settings, factors)."""
    if experiment.design == "latin_hypercube":
        from scipy.stats import qmc

        places = qmc.LatinHypercube(len(factors), rng=np.random.default_rng(experiment.seed)).random(experiment.samples)
        return np.array([[f.at(float(place)) for f, place in zip(factors, row, strict=True)] for row in places])
    if experiment.design == "list":
        return np.array([factor.values for factor in factors], float).T
    axes = [_axis(factor) for factor in factors]
    return np.array(list(itertools.product(*axes)), float)


def _axis(factor: Factor) -> Sequence[float]:
    if factor.values is not None:
        return factor.values
    values = np.linspace(factor.low, factor.high, factor.steps)
    return list(dict.fromkeys(np.round(values))) if factor.whole else list(values)
