"""Demand: rates, thresholds and the families of durations."""

import math

import numpy as np
import pytest
from hypothesis import given
from scipy import stats

from sxsim.model import demand
from sxsim.model.demand import CONSTANT, EXPONENTIAL, LOGNORMAL, NEVER, WEIBULL

from .shapes import NOISE, SHARE, UNIFORM, P, Shape, shape_tests, within

SHAPES = [
    Shape(
        demand.daily_factor,
        {"variation": SHARE, "z": NOISE},
        rises="z",
        either="variation",
        low=1e-6,
    ),
    Shape(
        demand.spread_factor,
        {"variation": within(0, 3), "z": NOISE},
        rises="z",
        either="variation",
        low=1e-6,
    ),
    Shape(
        demand.visit_rate,
        {"usual": within(0, 100), "personal": within(0, 10), "loyalty": SHARE},
        rises="usual personal loyalty",
        low=0,
    ),
    Shape(demand.threshold, {"u": UNIFORM}, falls="u", low=0, high=50),
    Shape(
        demand.half_hour_intensity,
        {"profile": within(0, 20), "busy": within(0, 5), "usual": within(0, 0.001)},
        rises="profile busy usual",
        low=0,
    ),
    Shape(
        demand.time_of_day,
        {"earliest": within(0, 1440), "within": within(0, 600), "u": UNIFORM},
        rises="earliest within u",
        low=0,
        high=2040,
    ),
]
TestShapes = shape_tests(demand, SHAPES, tested_apart="duration")

#: Places of a fine grid of quantiles; their mean of a function is its expected value.
GRID = (np.arange(200_000) + 0.5) / 200_000
NORMAL = stats.norm.ppf(GRID)


def mean_duration(kind: int, first: float, second: float) -> float:
    pairs = zip(GRID, NORMAL, strict=True)
    return float(np.mean([demand.duration(kind, first, second, u, z) for u, z in pairs]))


@pytest.mark.parametrize("variation", [0.0, 0.09, 0.2, 1.0])
def test_a_daily_factor_is_1_on_average(variation: float) -> None:
    factors = np.array([demand.daily_factor(variation, z) for z in NORMAL])
    assert factors.mean() == pytest.approx(1.0, abs=1e-4)
    assert factors.std() == pytest.approx(variation, rel=5e-3)


def test_without_variation_every_day_is_alike() -> None:
    assert demand.daily_factor(0.0, 3.0) == 1.0


@pytest.mark.parametrize("variation", [0.0, 0.5, 1.5])
def test_persons_are_average_on_average(variation: float) -> None:
    factors = np.array([demand.spread_factor(variation, z, P) for z in NORMAL])
    assert factors.mean() == pytest.approx(1.0, abs=1e-3)
    assert factors.std() == pytest.approx(variation, rel=2e-2)


def test_nobody_is_beyond_all_measure() -> None:
    assert demand.spread_factor(2.0, 9.0, P) == demand.spread_factor(2.0, 4.5, P) > demand.spread_factor(2.0, 4.4, P)
    assert demand.spread_factor(2.0, -9.0, P) == demand.spread_factor(2.0, -4.5, P)
    assert demand.spread_factor(0.5, 1.0, P) == demand.daily_factor(0.5, 1.0)


def test_at_normal_loyalty_customers_come_as_often_as_stated() -> None:
    assert demand.visit_rate(6.0, 1.0, P.loyalty_normal, P) == 6.0
    assert demand.visit_rate(6.0, 0.5, P.loyalty_normal, P) == 3.0
    assert demand.visit_rate(6.0, 1.0, 0.8, P) == pytest.approx(6.0 * math.exp(0.16))
    assert demand.visit_rate(0.0, 1.0, 1.0, P) == 0.0


def test_thresholds_are_exponential_with_mean_1() -> None:
    assert demand.threshold(math.exp(-1.0)) == pytest.approx(1.0)
    assert np.mean([demand.threshold(u) for u in GRID]) == pytest.approx(1.0, abs=1e-4)


def test_an_exponential_duration_has_its_mean_and_its_quantiles() -> None:
    assert mean_duration(EXPONENTIAL, 7.0, 0.0) == pytest.approx(7.0, rel=1e-4)
    assert demand.duration(EXPONENTIAL, 7.0, 0.0, 0.5, 0.0) == pytest.approx(7.0 * math.log(2))


def test_a_lognormal_duration_has_its_mean_and_its_median() -> None:
    spread = math.sqrt(math.log(1 + 0.8**2))
    first = math.log(5.0) - spread**2 / 2
    assert mean_duration(LOGNORMAL, first, spread) == pytest.approx(5.0, rel=1e-3)
    assert demand.duration(LOGNORMAL, first, spread, 0.1, 0.0) == pytest.approx(5.0 / math.sqrt(1.64))


@pytest.mark.parametrize("shape", [0.7, 1.0, 2.5])
def test_a_weibull_duration_has_its_mean_and_its_quantiles(shape: float) -> None:
    assert mean_duration(WEIBULL, 3.0, 1 / shape) == pytest.approx(3.0 * math.gamma(1 + 1 / shape), rel=1e-3)
    assert demand.duration(WEIBULL, 3.0, 1 / shape, math.exp(-1.0), 0.0) == pytest.approx(3.0)


@given(within(0, 1e5), UNIFORM, NOISE)
def test_a_constant_duration_is_what_it_says(minutes, u, z) -> None:
    assert demand.duration(CONSTANT, minutes, 0.0, u, z) == minutes


@given(UNIFORM, NOISE)
def test_never_does_not_end(u, z) -> None:
    assert demand.duration(NEVER, 0.0, 0.0, u, z) == math.inf


@given(within(0, 1e3), within(0.1, 3.0), UNIFORM, NOISE)
def test_no_duration_is_negative(first, second, u, z) -> None:
    assert demand.duration(EXPONENTIAL, first, second, u, z) >= 0
    assert demand.duration(LOGNORMAL, min(first, 10.0), second, u, z) >= 0
    assert demand.duration(WEIBULL, first, second, u, z) >= 0


@given(UNIFORM, UNIFORM)
def test_a_smaller_draw_never_makes_a_time_shorter(u, v) -> None:
    low, high = sorted([u, v])
    for kind, second in ((EXPONENTIAL, 0.0), (WEIBULL, 0.5)):
        assert demand.duration(kind, 2.0, second, low, 0.0) >= demand.duration(kind, 2.0, second, high, 0.0)
