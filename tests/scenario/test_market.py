import pytest

from .cafe import TEXT, cafe, line_with, only, problems_with
from .conftest import Check


def test_a_run_starts_on_the_first_of_a_month(check: Check) -> None:
    problem = only(check(("2026-01-01", "2026-01-15")))
    assert problem.startswith("horizon.start(=2026-01-15) must be the first day of a month")
    assert f"line {line_with(TEXT, 'horizon:')}" in problem


def test_more_customers_than_people_are_refused(check: Check) -> None:
    problem = only(check(("customers: 50", "customers: 81")))
    assert problem.startswith("market.customers(=81) must be ≤ market.people (=80)")
    assert f"line {line_with(TEXT, 'customers: 50')}" in problem
    assert cafe("market.customers=80").market.customers == 80


@pytest.mark.parametrize(
    ("override", "message"),
    [
        ("market.people=-1", "market.people(=-1) must be ≥ 0"),
        ("market.customers=2.5", "market.customers(=2.5)"),
        ("market.outside_quality=1.1", "market.outside_quality(=1.1) must be ≤ 1"),
        ("market.outside_price=0", "market.outside_price(=0) must be ≥ 1e-06"),
        ("economics.discount_rate=0", "economics.discount_rate(=0) must be ≥ 1e-06"),
        ("economics.wage=-1", "economics.wage(=-1) must be ≥ 0"),
        ("economics.hours_per_week=81", "economics.hours_per_week(=81) must be ≤ 80"),
        ("horizon.months=0", "horizon.months(=0) must be ≥ 1"),
        ("horizon.months=601", "horizon.months(=601) must be ≤ 600"),
        ("horizon.warm_up=-1", "horizon.warm_up(=-1) must be ≥ 0"),
    ],
)
def test_a_figure_out_of_range_is_refused(override: str, message: str) -> None:
    assert any(str(problem).startswith(message) for problem in problems_with(override))


def test_an_empty_market_is_a_market() -> None:
    assert cafe("market.people=0", "market.customers=0").market.people == 0


def test_percent_written_as_a_number_is_understood_as_a_hint(check: Check) -> None:
    assert "did you mean 0.1 (10 %)?" in only(check(("failure_rate: 0.1\n    query", "failure_rate: 10\n    query")))
