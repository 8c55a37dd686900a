"""The search: it finds the posterior that is known, forgets nothing, says when nothing fits, and is decided by its seed."""

from collections.abc import Sequence

import numpy as np
import pytest
from scipy.special import ndtr, ndtri

from sxsim.studies.methods.observations import Target
from sxsim.studies.methods.posterior import (
    RULED_OUT,
    Posterior,
    Simulator,
    Wave,
    _Kept,
    _kept,
    _Proposals,
    first_wave,
    fit,
    sizes_of_waves,
)
from sxsim.studies.methods.statistics import Array, TooFewRuns, rounded, surface_of, typical_spread, weighted_quantile

LUCK, NOISE = 0.3, 0.4


def normal_model(loadings: Array, luck: float = LUCK) -> Simulator:
    """Statistics that are linear in the factors' normal scores, plus luck: with a normal posterior."""

    def simulate(places: Array, replications: Sequence[int]) -> Array:
        chance = [np.random.default_rng([3, r]).standard_normal(loadings.shape[1]) for r in replications]
        return np.asarray(ndtri(places) @ loadings + luck * np.array(chance), float)

    return simulate


def targets(observed: Sequence[float], noise: float = NOISE) -> list[Target]:
    """Figures that were observed."""
    return [Target(f"t{k}", f"t{k}", value, noise) for k, value in enumerate(observed)]


@pytest.mark.parametrize("seed", [1, 2])
def test_a_posterior_that_is_known_is_found(seed: int) -> None:
    """Prior N(0, I), two statistics: mean and spread of the posterior by the textbook."""
    loadings = np.array([[1.0, 0.2], [0.0, 1.0], [0.3, 0.0]])
    observed = np.array([0.8, -0.5])
    found = fit(normal_model(loadings), targets(observed), 3, simulations=3000, ensemble=100, seed=seed)
    precision = loadings @ loadings.T / (LUCK**2 + NOISE**2) + np.eye(3)
    covariance = np.linalg.inv(precision)
    mean = covariance @ loadings @ observed / (LUCK**2 + NOISE**2)
    normal = ndtri(found.places)
    got = (found.weights[:, None] * normal).sum(axis=0)
    spread = np.sqrt((found.weights[:, None] * (normal - got) ** 2).sum(axis=0))
    assert got == pytest.approx(mean, abs=0.2)
    assert spread == pytest.approx(np.sqrt(np.diag(covariance)), rel=0.2)
    assert found.consistent
    assert found.luck == pytest.approx([LUCK, LUCK], rel=0.35)
    ensemble = ndtri(found.ensemble)
    assert ensemble.mean(axis=0) == pytest.approx(mean, abs=0.3)


def test_few_runs_do_not_blur_the_answer() -> None:
    """The adjustment takes out what the distance that was let pass adds to the spread."""
    loadings, observed = np.array([[1.0, 0.0], [0.0, 1.0]]), [0.6, -0.6]
    spreads = []
    for seed in range(8):
        found = fit(normal_model(loadings, 0.1), targets(observed, 0.1), 2, simulations=300, ensemble=10, seed=seed)
        normal = ndtri(found.places)
        off = normal - (found.weights[:, None] * normal).sum(axis=0)
        spreads.append((found.weights[:, None] * off**2).sum(axis=0).mean())
    assert np.sqrt(np.mean(spreads)) == pytest.approx(np.sqrt(0.02 / 1.02), rel=0.15)


def test_every_wave_is_counted_by_how_likely_it_was_to_propose_a_set() -> None:
    """Whatever the waves, weighted runs stand for what is likely beforehand: places even in 0–1, mean weight 1."""
    chance = np.random.default_rng(5)
    waves = [Wave("1", first_wave(3000, 2, 1), tuple(range(1050)), chance.standard_normal((1050, 1)))]
    waves[0].statistics[:, 0] = ndtri(waves[0].places[:, 0])
    surface = surface_of(waves[0].places, waves[0].statistics)
    proposals = _Proposals(2)
    proposals.everywhere(len(waves[0].places))
    inside = proposals.not_ruled_out(surface, np.array([1.5]), np.array([0.1]), 1500, chance)
    assert inside[:, 0].min() > 0.6
    kept = _Kept(rounded(chance.beta(8, 4, (60, 2))), chance.dirichlet(np.ones(60)))
    around = proposals.around(kept, 1500, chance)
    everything = np.concatenate([waves[0].places, inside, around])
    weights = proposals.weights(everything)
    assert weights.mean() == pytest.approx(1.0, abs=0.03)
    share = weights / weights.sum()
    assert share @ everything == pytest.approx([0.5, 0.5], abs=0.02)
    assert share @ everything**2 == pytest.approx([1 / 3, 1 / 3], abs=0.02)
    assert weights.max() <= len(everything) / len(waves[0].places)


def test_what_the_data_do_not_touch_stays_as_likely_as_before() -> None:
    found = fit(normal_model(np.array([[1.0], [0.0]])), targets([0.5]), 2, simulations=1500, ensemble=50, seed=4)
    low, high = found.quantile(0.05), found.quantile(0.95)
    assert high[0] - low[0] < 0.75
    assert high[1] - low[1] > 0.8


def test_a_target_out_of_reach_is_said_to_be_so() -> None:
    found = fit(
        normal_model(np.array([[1.0, 0.0], [0.0, 0.0]])), targets([0.0, 9.0]), 2, simulations=600, ensemble=20, seed=1
    )
    assert not found.consistent
    assert found.implausibility[0] < RULED_OUT < found.implausibility[1]


def test_targets_that_stand_against_each_other_are_noticed() -> None:
    """Both statistics follow the one factor: each can be met, not both."""
    model = normal_model(np.array([[1.0, 1.0]]), luck=0.05)
    for observed, possible in (([1.0, 1.0], True), ([1.0, -1.0], False)):
        found = fit(model, targets(observed, 0.1), 1, simulations=500, ensemble=20, seed=1)
        assert found.consistent == possible


def test_the_seed_decides_and_nothing_else() -> None:
    model = normal_model(np.array([[1.0], [0.5]]))

    def answer(seed: int) -> Posterior:
        return fit(model, targets([0.3]), 2, simulations=300, ensemble=20, seed=seed)

    first, again, other = answer(1), answer(1), answer(2)
    assert first.ensemble.tobytes() == again.ensemble.tobytes()
    assert first.ensemble.tobytes() != other.ensemble.tobytes()
    assert first.waves[0].places.tobytes() == first_wave(300, 2, 1).tobytes()


def test_every_set_has_luck_of_its_own_and_all_are_run() -> None:
    found = fit(normal_model(np.array([[1.0]])), targets([0.3]), 1, simulations=333, ensemble=20, seed=1)
    met = [replication for wave in found.waves for replication in wave.replications]
    assert met == list(range(333))
    assert [len(wave.places) for wave in found.waves] == sizes_of_waves(333)


def test_runs_that_failed_are_left_out() -> None:
    whole = normal_model(np.array([[1.0], [0.5]]))

    def failing(places: Array, replications: Sequence[int]) -> Array:
        found = whole(places, replications)
        found[::3] = np.nan
        return found

    found = fit(failing, targets([0.3]), 2, simulations=600, ensemble=20, seed=1)
    assert np.isfinite(found.ensemble).all()
    assert found.weights.sum() == pytest.approx(1.0)
    with pytest.raises(TooFewRuns, match="only 0 of 35"):
        fit(
            lambda places, _: np.full((len(places), 1), np.nan), targets([0.3]), 2, simulations=100, ensemble=20, seed=1
        )


def test_a_few_runs_far_off_do_not_hide_what_is_implausible() -> None:
    """One run in thirty is a catastrophe: a plain standard deviation would let everything pass."""
    whole = normal_model(np.array([[1.0]]), luck=0.1)

    def rough(places: Array, replications: Sequence[int]) -> Array:
        found = whole(places, replications)
        found[np.array(replications) % 30 == 7] += 1000.0
        return found

    assert not fit(rough, targets([9.0], 0.1), 1, simulations=400, ensemble=20, seed=1).consistent
    found = fit(rough, targets([0.6], 0.1), 1, simulations=900, ensemble=20, seed=1)
    assert found.consistent
    assert found.quantile(0.5)[0] == pytest.approx(ndtr(0.6), abs=0.06)


def test_spreads_and_quantiles() -> None:
    normal = np.random.default_rng(1).standard_normal((20_000, 1))
    assert typical_spread(normal)[0] == pytest.approx(1.0, abs=0.03)
    assert typical_spread(np.array([[0.0]] * 9 + [[5.0]]))[0] == pytest.approx(1.5)
    values, weights = np.array([3.0, 1.0, 2.0]), np.array([1.0, 1.0, 2.0])
    assert weighted_quantile(values, weights, 0.5) == 2.0
    assert weighted_quantile(values, weights, 0.0) == 1.0


def test_the_nearer_a_run_the_more_it_counts() -> None:
    places = first_wave(1200, 1, 1)
    away = np.abs(places[:, 0] - 0.5)
    proposals = _Proposals(1)
    proposals.everywhere(len(places))
    waves = [Wave("1", places, tuple(range(len(places))), places)]
    kept = _kept(waves, proposals, np.array([0.5]), np.zeros(1), 1)
    near = np.sort(np.argsort(away, kind="stable")[: len(kept.weights)])
    assert len(kept.weights) < len(places)
    assert np.corrcoef(kept.weights, away[near])[0, 1] < -0.9
