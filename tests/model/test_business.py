"""Business success: cost, result, present value, customer equity."""

import pytest
from hypothesis import given

from sxsim.model import business

from .shapes import DIFFERENCE, FLAG, MONEY, SEVERITY, SHARE, P, Shape, shape_tests, whole, within

RATE = within(0.001, 1)
SHAPES = [
    Shape(
        business.in_account,
        {"value": DIFFERENCE, "persons": within(1, 20)},
        rises="value",
        either="persons",
        low=-1,
        high=1,
    ),
    Shape(
        business.activity_cost,
        {"effort": within(0, 12), "wages": MONEY},
        rises="effort wages",
        low=0,
        high=1e9,
        typical={"wages": 1000.0},
    ),
    Shape(
        business.contact_cost,
        {"usual": MONEY, "put_right": FLAG, "compensation": MONEY, "gesture": FLAG, "gesture_cost": MONEY},
        rises="usual put_right compensation gesture gesture_cost",
        low=0,
        typical={"put_right": 1, "gesture": 1},
    ),
    Shape(
        business.failure_cost,
        {"severity": SEVERITY, "minor": MONEY, "major": MONEY},
        either="severity minor major",
        low=0,
    ),
    Shape(
        business.acquisition_cost,
        {"joiners": within(0, 1e4), "cost_per_joiner": MONEY},
        rises="joiners cost_per_joiner",
        low=0,
    ),
    Shape(
        business.overtime_cost,
        {"minutes": within(0, 1e5), "cost_per_hour": MONEY},
        rises="minutes cost_per_hour",
        low=0,
    ),
    Shape(
        business.result,
        {"revenue": MONEY, "cost": MONEY, "investment": MONEY},
        rises="revenue",
        falls="cost investment",
    ),
    Shape(
        business.discount_factor,
        {"annual_rate": within(0, 1), "month": whole(0, 600)},
        falls="annual_rate month",
        low=0,
        high=1,
        typical={"month": 3},
    ),
    Shape(
        business.customer_equity,
        {"customers": within(0, 1e6), "margin": MONEY, "retention": within(0, 0.999), "annual_rate": RATE},
        rises="customers margin retention",
        falls="annual_rate",
        low=0,
    ),
    Shape(
        business.programme_money,
        {"planned": MONEY, "last_result": within(-1e6, 1e6), "share": SHARE},
        rises="planned last_result share",
        low=0,
    ),
    Shape(business.sale, {"amount": MONEY, "price": within(0.5, 2)}, rises="amount price", low=0),
    Shape(
        business.standing_revenue,
        {"fees": MONEY, "price": within(0.5, 2), "budget": MONEY, "share": SHARE},
        rises="fees price budget share",
        low=0,
    ),
    Shape(business.part_of_site, {"amount": MONEY, "share": SHARE}, rises="amount share", low=0),
    Shape(business.hiring_cost, {"hires": within(0, 100), "cost_per_hire": MONEY}, rises="hires cost_per_hire", low=0),
    Shape(
        business.total_cost,
        dict.fromkeys(["contacts", "failures", "wages", "hiring", "acquisition", "fixed"], MONEY),
        rises="contacts failures wages hiring acquisition fixed",
        low=0,
    ),
]
TestShapes = shape_tests(business, SHAPES, tested_apart="first_renewal renewal_from")


def test_a_contact_costs_material_compensation_and_gesture() -> None:
    assert business.contact_cost(2.0, 0, 10.0, 0, 5.0) == 2.0
    assert business.contact_cost(2.0, 1, 10.0, 0, 5.0) == 12.0
    assert business.contact_cost(2.0, 1, 10.0, 1, 5.0) == 17.0


def test_a_failure_costs_by_its_severity() -> None:
    assert [business.failure_cost(severity, 20.0, 300.0) for severity in (0, 1, 2)] == [0.0, 20.0, 300.0]


def test_ninety_minutes_of_overtime_at_30_an_hour_cost_45() -> None:
    assert business.overtime_cost(90.0, 30.0) == 45.0


def test_winning_customers_costs_so_much_each() -> None:
    assert business.acquisition_cost(3.0, 40.0) == 120.0


@given(MONEY, MONEY, MONEY)
def test_the_result_is_revenue_less_cost_less_investment(revenue, cost, investment) -> None:
    assert business.result(revenue, cost, investment) == revenue - cost - investment


def test_money_a_year_away_is_discounted_by_the_annual_rate() -> None:
    assert business.discount_factor(0.08, 11) == pytest.approx(1 / 1.08)
    assert business.discount_factor(0.08, 23) == pytest.approx(1 / 1.08**2)
    assert business.discount_factor(0.0, 100) == 1.0


def test_customer_equity_is_the_sum_of_discounted_margins() -> None:
    monthly = 1.08 ** (1 / 12)
    by_hand = sum(100 * 5.0 * (0.97 / monthly) ** month for month in range(1, 3000))
    assert business.customer_equity(100.0, 5.0, 0.97, 0.08) == pytest.approx(by_hand)


def test_customers_who_all_leave_at_once_are_worth_nothing() -> None:
    assert business.customer_equity(100.0, 5.0, 0.0, 0.08) == 0.0


def test_a_loss_does_not_shrink_the_programme() -> None:
    assert business.programme_money(1000.0, -500.0, 0.2) == 1000.0
    assert business.programme_money(1000.0, 500.0, 0.2) == 1100.0


def test_contracts_began_at_any_time_and_renew_whole_terms_later() -> None:
    assert sorted({business.first_renewal((k + 0.5) / 120, 12) for k in range(120)}) == list(range(12))
    for month in range(30):
        renewal = business.renewal_from(month, 12)
        assert [m for m in range(month + 1, month + 25) if (m + renewal) % 12 == 0] == [month + 12, month + 24]


def test_an_activity_costs_a_share_of_the_wage_bill() -> None:
    assert business.activity_cost(2.0, 50_000.0, P) == pytest.approx(2 * P.activity_cost * 50_000)
