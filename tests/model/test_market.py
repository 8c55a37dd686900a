"""The market: value for money, the outside offer, joining and coming back."""

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats

from sxsim.model import market
from sxsim.model.market import CONSTANT, EXPONENTIAL, LOGNORMAL, NEVER, WEIBULL

from .shapes import DIFFERENCE, NOISE, SHARE, UNIFORM, P, Shape, shape_tests, within

PRICE = within(0.5, 2)
DRIFT = within(-0.02, 0.02)
SPREAD = within(0, 0.1)
COUNT = within(0, 1000)
MARKET = [
    Shape(
        market.price_gap,
        {"price": PRICE, "outside_price": PRICE, "sensitivity": within(0, 5)},
        rises="price",
        falls="outside_price",
        either="sensitivity",
        low=-5,
        typical={"sensitivity": 1.0},
    ),
    Shape(
        market.value_for_money,
        {"quality": SHARE, "price": PRICE, "outside_price": PRICE, "sensitivity": within(0, 5)},
        rises="quality outside_price",
        falls="price",
        either="sensitivity",
        high=6,
        typical={"sensitivity": 1.0},
    ),
    Shape(
        market.advantage,
        {
            "quality": SHARE,
            "price": PRICE,
            "outside_price": PRICE,
            "sensitivity": within(0, 5),
            "outside_quality": SHARE,
        },
        rises="quality outside_price",
        falls="price outside_quality",
        either="sensitivity",
        high=7,
        typical={"sensitivity": 1.0},
    ),
    Shape(
        market.answer_price,
        {"answered": DIFFERENCE, "price": PRICE},
        rises="answered price",
        low=-1,
        high=1,
        typical={"answered": 0.0, "price": 1.0},
    ),
    Shape(
        market.promised_failure,
        {"usual": SHARE, "promise": DIFFERENCE},
        rises="usual promise",
        low=0,
        high=1,
        typical={"usual": 0.05, "promise": 0.0},
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
        {"usual": SHARE, "reputation": SHARE, "gap": DIFFERENCE, "promise": DIFFERENCE},
        rises="usual reputation gap promise",
        low=0,
        typical={"usual": 0.02, "gap": -0.7, "promise": 0.0},
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
    Shape(
        market.reputation_update,
        {"reputation": SHARE, "praise": COUNT, "complaints": COUNT},
        rises="reputation praise",
        falls="complaints",
        low=0,
        high=1,
        typical={"praise": 3.0, "complaints": 1.0},
    ),
    Shape(
        market.heard,
        {"praise": COUNT, "complaints": COUNT},
        rises="praise",
        falls="complaints",
    ),
    Shape(
        market.joins_sooner,
        {"joins_at": within(0, 10), "more": DIFFERENCE, "eager": within(0.01, 5), "pace": within(0, 1)},
        rises="joins_at",
        falls="more",
        either="eager pace",
    ),
    Shape(market.raise_expectation, {"rise": DIFFERENCE, "drift": DRIFT}, rises="rise drift", typical={"drift": 0.0}),
    Shape(
        market.balanced_joining,
        {"leaving": SHARE, "term": within(1, 60), "share": SHARE},
        rises="leaving",
        falls="term",
        either="share",
        low=0,
        high=1,
        typical={"term": 12.0},
    ),
]


@given(SHARE, PRICE, within(0, 5))
def test_at_equal_prices_value_is_quality(quality, price, sensitivity) -> None:
    assert market.value_for_money(quality, price, price, sensitivity, P) == pytest.approx(quality)


def test_a_price_is_felt_by_how_much_dearer_it_is_and_more_so_where_it_is_far_above() -> None:
    assert market.price_gap(1.0, 1.0, 1.0, P) == 0.0
    assert market.price_gap(1.1, 1.0, 1.0, P) == pytest.approx(0.11)
    assert market.price_gap(2.0, 1.0, 1.0, P) == pytest.approx(2.0)
    assert market.price_gap(0.9, 1.0, 1.0, P) == pytest.approx(-0.1)
    assert market.price_gap(2.2, 2.0, 2.0, P) == pytest.approx(2 * market.price_gap(1.1, 1.0, 1.0, P))


def test_a_higher_price_lowers_value_and_what_speaks_for_the_house() -> None:
    assert market.value_for_money(0.7, 1.1, 1.0, 1.0, P) == pytest.approx(0.7 - 0.4 * 0.11)
    assert market.value_for_money(0.7, 2.0, 1.0, 0.0, P) == 0.7
    assert market.advantage(0.7, 1.0, 1.0, 1.0, 0.7, P) == 0.0
    assert market.advantage(0.8, 1.0, 1.0, 1.0, 0.7, P) == pytest.approx(0.1)
    assert market.advantage(0.7, 1.1, 1.0, 1.0, 0.7, P) == pytest.approx(-0.7 * 0.11)


def test_rivals_follow_a_part_of_a_price_and_take_their_time() -> None:
    assert market.answer_price(0.0, 1.0, P) == 0.0
    answered = market.answer_price(0.0, 2.0, P)
    assert answered == pytest.approx(0.15 * 0.2 * math.log(2.0))
    for _ in range(200):
        answered = market.answer_price(answered, 2.0, P)
    assert answered == pytest.approx(0.2 * math.log(2.0))


def test_a_bolder_promise_attracts_and_is_broken_more_often() -> None:
    assert market.promised_failure(0.05, 0.0, P) == pytest.approx(0.05)
    assert market.promised_failure(0.5, 1.0, P) == pytest.approx(1 / (1 + math.exp(-0.5)))
    assert market.promised_failure(0.0, 1.0, P) == 0.0
    assert market.promised_failure(1.0, -1.0, P) == 1.0
    plain = market.join_pace(0.02, 0.5, 0.0, 0.0, P)
    assert market.join_pace(0.02, 0.5, 0.0, 0.5, P) == pytest.approx(plain * math.exp(0.2))


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
        pace = market.join_pace(usual, 0.5, -0.7, 0.0, P) * market.eagerness(0.7, P)
        assert chance(pace) == pytest.approx(usual)


def test_reputation_value_and_what_is_heard_make_joining_faster() -> None:
    pace = market.join_pace(0.02, 0.5, 0.0, 0.0, P)
    assert market.join_pace(0.02, 0.6, 0.0, 0.0, P) == pytest.approx(pace * math.exp(0.2))
    assert market.join_pace(0.02, 0.5, 0.1, 0.0, P) == pytest.approx(pace * math.exp(0.2))
    assert market.eagerness(0.1, P) == pytest.approx(math.exp(0.2))
    assert market.after_hearing(3.0, 0.5) == pytest.approx(3.0 * math.exp(0.5))
    assert market.after_hearing(3.0, 0.0) == 3.0


@given(SHARE, DIFFERENCE)
def test_nobody_joins_where_joining_is_switched_off(reputation, gap) -> None:
    assert market.join_pace(0.0, reputation, gap, 0.0, P) == 0.0


@given(SHARE, DIFFERENCE)
def test_who_joins_for_certain_joins_at_a_finite_pace(reputation, gap) -> None:
    assert math.isfinite(market.join_pace(1.0, reputation, gap, 0.0, P))
    assert chance(market.join_pace(1.0, 0.5, 0.0, 0.0, P)) == pytest.approx(P.join_surest)


def test_those_who_left_unhappy_do_not_come_back() -> None:
    assert market.return_eagerness(2.0, 0.0, P) == 0.0
    assert market.return_eagerness(2.0, 0.5, P) == pytest.approx(1.0)
    assert market.joins_when(3.0, 0.5, 0.0) == math.inf


def test_the_eager_wait_for_less() -> None:
    assert market.joins_when(3.0, 0.5, 2.0) == pytest.approx(3.25)


PEOPLE = st.integers(1, 100_000)


@given(PEOPLE, st.integers(-5, 5), st.sampled_from([0, 1]), UNIFORM, st.data())
def test_a_neighbour_is_somebody_of_the_market(people, offset, rewired, anywhere, data) -> None:
    person = data.draw(st.integers(0, people - 1))
    assert 0 <= market.neighbour(person, offset, people, rewired, anywhere) < people


def test_the_ring_closes() -> None:
    assert market.neighbour(0, -1, 10, 0, 0.5) == 9
    assert market.neighbour(9, 2, 10, 0, 0.5) == 1
    assert market.neighbour(4, 3, 10, 0, 0.5) == 7


def test_a_rewired_tie_leads_anywhere_alike() -> None:
    places = [market.neighbour(3, 1, 10, 1, (k + 0.5) / 1000) for k in range(1000)]
    assert [places.count(other) for other in range(10)] == [100] * 10
    assert market.neighbour(3, 1, 10, 1, 1.0 - 2**-53) == 9


@given(SHARE)
def test_reputation_stays_where_nobody_tells(reputation) -> None:
    assert market.reputation_update(reputation, 0.0, 0.0, P) == reputation


def test_reputation_goes_to_the_share_of_praise_with_complaints_weighing_more() -> None:
    assert market.reputation_update(0.5, 10.0, 0.0, P) == pytest.approx(0.56)
    assert market.reputation_update(0.5, 0.0, 10.0, P) == pytest.approx(0.44)
    assert market.reputation_update(0.5, 3.0, 2.0, P) == pytest.approx(0.5)
    assert market.reputation_update(0.5, 3.0, 3.0, P) < 0.5


def test_praise_works_at_least_as_strongly_as_complaint() -> None:
    assert market.heard(4.0, 0.0, P) == pytest.approx(1.0)
    assert market.heard(0.0, 4.0, P) == pytest.approx(-1.0)
    assert market.heard(2.0, 1.0, P) == pytest.approx(0.25)


def test_ties_lead_to_both_sides_of_the_ring_in_turn() -> None:
    assert [market.place_on_ring(tie) for tie in range(6)] == [1, -1, 2, -2, 3, -3]


def test_as_many_join_as_leave_where_the_market_is_in_balance() -> None:
    share, leaving, term = 0.3, 0.24, 12
    assert market.balanced_joining(leaving, term, share) * (1 - share) == pytest.approx(leaving / term * share)
    assert market.balanced_joining(leaving, term, 1.0) == 0.0
    assert market.balanced_joining(1.0, 1, 0.9) == 1.0


def test_an_account_that_nobody_would_join_stays_where_it_is_whatever_it_hears() -> None:
    assert market.joins_sooner(3.0, 0.5, 0.0, 0.1) == 3.0
    assert market.joins_sooner(3.0, 0.5, 1.0, 0.0) == 3.0
    assert market.joins_sooner(3.0, 0.5, 1.0, 0.1) == pytest.approx(2.95)


DEMAND = [
    Shape(
        market.daily_factor,
        {"variation": SHARE, "z": NOISE},
        rises="z",
        either="variation",
        low=1e-6,
    ),
    Shape(
        market.spread_factor,
        {"variation": within(0, 3), "z": NOISE},
        rises="z",
        either="variation",
        low=1e-6,
    ),
    Shape(
        market.visit_rate,
        {"usual": within(0, 100), "personal": within(0, 10), "loyalty": SHARE, "gap": within(-2, 10)},
        rises="usual personal loyalty",
        falls="gap",
        low=0,
        typical={"gap": 0.0},
    ),
    Shape(market.threshold, {"u": UNIFORM}, falls="u", low=0, high=50),
    Shape(
        market.half_hour_intensity,
        {"profile": within(0, 20), "busy": within(0, 5), "usual": within(0, 0.001)},
        rises="profile busy usual",
        low=0,
    ),
    Shape(
        market.time_of_day,
        {"earliest": within(0, 1440), "within": within(0, 600), "u": UNIFORM},
        rises="earliest within u",
        low=0,
        high=2040,
    ),
]
SHAPES = [*MARKET, *DEMAND]
TestShapes = shape_tests(market, SHAPES, tested_apart="neighbour place_on_ring duration")

#: Places of a fine grid of quantiles; their mean of a function is its expected value.
GRID = (np.arange(200_000) + 0.5) / 200_000
NORMAL = stats.norm.ppf(GRID)


def mean_duration(kind: int, first: float, second: float) -> float:
    pairs = zip(GRID, NORMAL, strict=True)
    return float(np.mean([market.duration(kind, first, second, u, z) for u, z in pairs]))


@pytest.mark.parametrize("variation", [0.0, 0.09, 0.2, 1.0])
def test_a_daily_factor_is_1_on_average(variation: float) -> None:
    factors = np.array([market.daily_factor(variation, z) for z in NORMAL])
    assert factors.mean() == pytest.approx(1.0, abs=1e-4)
    assert factors.std() == pytest.approx(variation, rel=5e-3)


def test_without_variation_every_day_is_alike() -> None:
    assert market.daily_factor(0.0, 3.0) == 1.0


@pytest.mark.parametrize("variation", [0.0, 0.5, 1.5])
def test_persons_are_average_on_average(variation: float) -> None:
    factors = np.array([market.spread_factor(variation, z, P) for z in NORMAL])
    assert factors.mean() == pytest.approx(1.0, abs=1e-3)
    assert factors.std() == pytest.approx(variation, rel=2e-2)


def test_nobody_is_beyond_all_measure() -> None:
    assert market.spread_factor(2.0, 9.0, P) == market.spread_factor(2.0, 4.5, P) > market.spread_factor(2.0, 4.4, P)
    assert market.spread_factor(2.0, -9.0, P) == market.spread_factor(2.0, -4.5, P)
    assert market.spread_factor(0.5, 1.0, P) == market.daily_factor(0.5, 1.0)


def test_at_normal_loyalty_customers_come_as_often_as_stated() -> None:
    assert market.visit_rate(6.0, 1.0, P.loyalty_normal, 0.0, P) == 6.0
    assert market.visit_rate(6.0, 0.5, P.loyalty_normal, 0.0, P) == 3.0
    assert market.visit_rate(6.0, 1.0, 0.8, 0.0, P) == pytest.approx(6.0 * math.exp(0.16))
    assert market.visit_rate(0.0, 1.0, 1.0, 0.0, P) == 0.0


def test_who_pays_by_visit_comes_less_often_where_it_is_dear() -> None:
    assert market.visit_rate(6.0, 1.0, P.loyalty_normal, 0.1, P) == pytest.approx(6.0 * math.exp(-0.05))


def test_thresholds_are_exponential_with_mean_1() -> None:
    assert market.threshold(math.exp(-1.0)) == pytest.approx(1.0)
    assert np.mean([market.threshold(u) for u in GRID]) == pytest.approx(1.0, abs=1e-4)


def test_an_exponential_duration_has_its_mean_and_its_quantiles() -> None:
    assert mean_duration(EXPONENTIAL, 7.0, 0.0) == pytest.approx(7.0, rel=1e-4)
    assert market.duration(EXPONENTIAL, 7.0, 0.0, 0.5, 0.0) == pytest.approx(7.0 * math.log(2))


def test_a_lognormal_duration_has_its_mean_and_its_median() -> None:
    spread = math.sqrt(math.log(1 + 0.8**2))
    first = math.log(5.0) - spread**2 / 2
    assert mean_duration(LOGNORMAL, first, spread) == pytest.approx(5.0, rel=1e-3)
    assert market.duration(LOGNORMAL, first, spread, 0.1, 0.0) == pytest.approx(5.0 / math.sqrt(1.64))


@pytest.mark.parametrize("shape", [0.7, 1.0, 2.5])
def test_a_weibull_duration_has_its_mean_and_its_quantiles(shape: float) -> None:
    assert mean_duration(WEIBULL, 3.0, 1 / shape) == pytest.approx(3.0 * math.gamma(1 + 1 / shape), rel=1e-3)
    assert market.duration(WEIBULL, 3.0, 1 / shape, math.exp(-1.0), 0.0) == pytest.approx(3.0)


@given(within(0, 1e5), UNIFORM, NOISE)
def test_a_constant_duration_is_what_it_says(minutes, u, z) -> None:
    assert market.duration(CONSTANT, minutes, 0.0, u, z) == minutes


@given(UNIFORM, NOISE)
def test_never_does_not_end(u, z) -> None:
    assert market.duration(NEVER, 0.0, 0.0, u, z) == math.inf


@given(within(0, 1e3), within(0.1, 3.0), UNIFORM, NOISE)
def test_no_duration_is_negative(first, second, u, z) -> None:
    assert market.duration(EXPONENTIAL, first, second, u, z) >= 0
    assert market.duration(LOGNORMAL, min(first, 10.0), second, u, z) >= 0
    assert market.duration(WEIBULL, first, second, u, z) >= 0


@given(UNIFORM, UNIFORM)
def test_a_smaller_draw_never_makes_a_time_shorter(u, v) -> None:
    low, high = sorted([u, v])
    for kind, second in ((EXPONENTIAL, 0.0), (WEIBULL, 0.5)):
        assert market.duration(kind, 2.0, second, low, 0.0) >= market.duration(kind, 2.0, second, high, 0.0)
