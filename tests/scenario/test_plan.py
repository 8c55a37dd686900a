import pytest

from .cafe import TEXT, cafe, line_with, only, problems_with
from .conftest import Check

CHANGE = "price: 1.1"


def test_an_amount_is_money_a_month_from_the_start_to_the_end() -> None:
    money = cafe().plans["welcome"].money
    assert set(money) == {"engagement", "7.3.2d"}
    assert (money["engagement"].per_month, money["engagement"].start, money["engagement"].months) == (150, 0, None)


def test_money_for_no_element_is_refused(check: Check) -> None:
    problem = only(check(("engagement: 150", "engagment: 150")))
    assert problem.startswith("plans.welcome.money: 'engagment' is no element or sub-element")
    assert f"line {line_with(TEXT, 'money:')}" in problem


def test_negative_money_is_refused(check: Check) -> None:
    problem = only(check(("engagement: 150", "engagement: -150")))
    assert "plans.welcome.money.engagement" in problem
    assert "must be ≥ 0" in problem


def test_money_that_starts_after_the_end_is_refused(check: Check) -> None:
    problem = only(check(("engagement: 150", "engagement: {per_month: 150, start: 2}")))
    assert problem.startswith("plans.welcome.money.engagement.start(=2) must be before the horizon ends (month 2)")


def test_a_change_after_the_end_is_refused(check: Check) -> None:
    problem = only(check(("month: 1\n", "month: 2\n")))
    assert problem.startswith("plans.dearer.changes[0].month(=2) must be before the horizon ends (month 2)")
    assert f"line {line_with(TEXT, 'month: 1')}" in problem


@pytest.mark.parametrize(
    ("new", "message"),
    [
        ("touchpoint: counter", "a change must change something"),
        ("staff: 2", "needs either `touchpoint` or `team`"),
        ("{touchpoint: counter, team: waiters, staff: 2}", "needs either `touchpoint` or `team`"),
        ("promised_wait: 5", "needs `touchpoint`"),
        ('opening: {mon: "08:00-12:00"}', "needs `touchpoint`"),
        ("price: 0", "must be > 0"),
        ("promise: 2", "must be ≤ 1"),
    ],
)
def test_a_change_that_cannot_be_made_is_refused(check: Check, new: str, message: str) -> None:
    old = f"- month: 1\n        {CHANGE}" if new.startswith("{") else CHANGE
    problem = only(check((old, f"- {new}" if new.startswith("{") else new)))
    assert problem.startswith("plans.dearer.changes[0]")
    assert message in problem


def test_a_change_of_staff_that_a_touchpoint_does_not_have_is_refused(check: Check) -> None:
    problem = only(check((CHANGE, "touchpoint: tables\n        staff: 2")))
    assert problem.startswith("plans.dearer.changes[0].touchpoint(='tables') has no staff of its own")
    assert "change the staff of the team that serves it" in problem


@pytest.mark.parametrize("what", ["touchpoint", "team"])
def test_a_change_at_an_unknown_place_is_refused(check: Check, what: str) -> None:
    problem = only(check((CHANGE, f"{what}: waitres\n        staff: 2")))
    assert problem.startswith(f"plans.dearer.changes[0].{what}(='waitres') is no {what} of this scenario")


def test_more_than_the_whole_result_cannot_fund_a_plan() -> None:
    assert "must be ≤ 1" in only(problems_with("plans.welcome.funded_by_result=1.5"))


def test_an_empty_plan_is_a_plan(check: Check) -> None:
    assert check(("same-again: {description: equal to the base}", "same-again: {}")) == []


def test_a_plan_left_empty_is_refused_in_words_a_user_knows(check: Check) -> None:
    problems = check(("same-again: {description: equal to the base}", "same-again:"))
    assert all("instance of" not in str(problem) and "dictionary" not in str(problem) for problem in problems)
