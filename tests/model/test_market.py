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
        market.join_pace,
        {"usual": SHARE, "reputation": SHARE, "gap": DIFFERENCE},
        rises="usual reputation gap",
        low=0,
        typical={"usual": 0.02, "gap": -0.7},
    ),
    Shape(market.eagerness, {"expected": SHARE}, rises="expected", low=0),
    Shape(
        market.return_eagerness,
        {"eagerness": within(0, 10), "satisfaction": SHARE},
        rises="eagerness satisfaction",
        low=0,
    ),
    Shape(
        market.after_hearing,
        {"eagerness": within(0, 10), "heard": within(-10, 10)},
        rises="eagerness heard",
        low=0,
        typical={"heard": 0.0},
    ),
    Shape(
        market.joins_when,
        {"passed": within(0, 100), "threshold": within(0.001, 40), "eagerness": within(0.001, 10)},
        rises="passed threshold",
        falls="eagerness",
        low=0,
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


def chance(pace: float) -> float:
    """Chance to join in a month of somebody who is there all month."""
    return 1.0 - math.exp(-pace)


def test_where_nothing_speaks_for_or_against_prospects_join_at_the_stated_chance() -> None:
    for usual in (0.001, 0.02, 0.4):
        pace = market.join_pace(usual, 0.5, -0.7, P) * market.eagerness(0.7, P)
        assert chance(pace) == pytest.approx(usual)


def test_reputation_value_and_what_is_heard_make_joining_faster() -> None:
    pace = market.join_pace(0.02, 0.5, 0.0, P)
    assert market.join_pace(0.02, 0.6, 0.0, P) == pytest.approx(pace * math.exp(0.2))
    assert market.join_pace(0.02, 0.5, 0.1, P) == pytest.approx(pace * math.exp(0.2))
    assert market.eagerness(0.1, P) == pytest.approx(math.exp(0.2))
    assert market.after_hearing(3.0, 0.5) == pytest.approx(3.0 * math.exp(0.5))
    assert market.after_hearing(3.0, 0.0) == 3.0


@given(SHARE, DIFFERENCE)
def test_nobody_joins_where_joining_is_switched_off(reputation, gap) -> None:
    assert market.join_pace(0.0, reputation, gap, P) == 0.0


@given(SHARE, DIFFERENCE)
def test_who_joins_for_certain_joins_at_a_finite_pace(reputation, gap) -> None:
    assert math.isfinite(market.join_pace(1.0, reputation, gap, P))
    assert chance(market.join_pace(1.0, 0.5, 0.0, P)) == pytest.approx(P.join_surest)


def test_those_who_left_unhappy_do_not_come_back() -> None:
    assert market.return_eagerness(2.0, 0.0, P) == 0.0
    assert market.return_eagerness(2.0, 0.5, P) == pytest.approx(1.0)
    assert market.joins_when(3.0, 0.5, 0.0) == math.inf


def test_the_eager_wait_for_less() -> None:
    assert market.joins_when(3.0, 0.5, 2.0) == pytest.approx(3.25)
