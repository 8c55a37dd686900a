"""The market: value for money, the outside offer, joining and coming back."""

import math

import pytest
from hypothesis import given

from sxsim.model import market

from .shapes import DIFFERENCE, NOISE, SHARE, P, Shape, shape_tests, within

PRICE = within(0.5, 2)
DRIFT = within(-0.02, 0.02)
SPREAD = within(0, 0.1)
SHAPES = [
    Shape(
        market.value_for_money,
        {"quality": SHARE, "price": PRICE, "outside_price": PRICE, "sensitivity": within(0, 5)},
        rises="quality outside_price",
        falls="price",
        either="sensitivity",
        low=-7,
        high=8,
        typical={"sensitivity": 1.0},
    ),
    Shape(
        market.drift_offer,
        {"level": SHARE, "drift": DRIFT, "spread": SPREAD, "z": NOISE},
        rises="level drift z",
        either="spread",
        low=0,
        high=1,
        typical={"drift": 0.0, "spread": 0.1, "z": 0.0},
    ),
    Shape(
        market.drift_price,
        {"price": PRICE, "drift": DRIFT, "spread": SPREAD, "z": NOISE},
        rises="price drift z",
        either="spread",
        low=0.01,
        typical={"drift": 0.0, "spread": 0.1, "z": 0.0},
    ),
    Shape(
        market.join_chance,
        {"usual": SHARE, "reputation": SHARE, "heard": within(-10, 10), "advantage": DIFFERENCE},
        rises="usual reputation heard advantage",
        low=0,
        high=1,
        typical={"usual": 0.02, "heard": 0.0, "advantage": 0.0},
    ),
    Shape(
        market.return_chance,
        {"join": SHARE, "satisfaction": SHARE},
        rises="join satisfaction",
        low=0,
        high=1,
    ),
]
TestShapes = shape_tests(market, SHAPES)


@given(SHARE, PRICE, within(0, 5))
def test_at_equal_prices_value_is_quality(quality, price, sensitivity) -> None:
    assert market.value_for_money(quality, price, price, sensitivity, P) == pytest.approx(quality)


def test_a_tenth_more_in_price_costs_a_twentieth_in_value() -> None:
    assert market.value_for_money(0.7, 1.1, 1.0, 1.0, P) == pytest.approx(0.7 - 0.5 * math.log(1.1))
    assert market.value_for_money(0.7, 1.0, 1.1, 2.0, P) == pytest.approx(0.7 + math.log(1.1))
    assert market.value_for_money(0.7, 2.0, 1.0, 0.0, P) == 0.7


def test_the_outside_offer_drifts_as_stated() -> None:
    assert market.drift_offer(0.7, 0.001, 0.0, 2.0) == pytest.approx(0.701)
    assert market.drift_offer(0.7, 0.0, 0.01, 2.0) == pytest.approx(0.72)
    assert market.drift_price(1.0, 0.01, 0.0, 2.0) == pytest.approx(math.exp(0.01))
    assert market.drift_price(2.0, 0.0, 0.01, -1.0) == pytest.approx(2 * math.exp(-0.01))


def test_where_nothing_speaks_for_or_against_prospects_join_at_the_stated_rate() -> None:
    assert market.join_chance(0.02, 0.5, 0.0, 0.0, P) == pytest.approx(0.02)
    assert market.join_chance(0.02, 0.6, 0.0, 0.0, P) == pytest.approx(0.02 * math.exp(0.2))
    assert market.join_chance(0.02, 0.5, 0.5, 0.0, P) == pytest.approx(0.02 * math.exp(0.5))
    assert market.join_chance(0.02, 0.5, 0.0, 0.1, P) == pytest.approx(0.02 * math.exp(0.2))


@given(SHARE, within(-10, 10), DIFFERENCE)
def test_nobody_joins_where_joining_is_switched_off(reputation, heard, advantage) -> None:
    assert market.join_chance(0.0, reputation, heard, advantage, P) == 0.0


def test_those_who_left_unhappy_do_not_come_back() -> None:
    assert market.return_chance(0.04, 0.0, P) == 0.0
    assert market.return_chance(0.04, 0.5, P) == pytest.approx(0.02)
