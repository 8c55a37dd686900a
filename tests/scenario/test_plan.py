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
        ("price: 0", "must be ≥ 1e-06"),
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


WORK = "plans.welcome.activities"


def test_an_activity_goes_by_name_or_clause_and_an_effort_lasts_to_the_end() -> None:
    plan = cafe(f"{WORK}={{create_urgency: 0.5, '19390:6.4': {{start: 1, months: 1}}}}").plans["welcome"]
    assert set(plan.activities) == {"create_urgency", "minimum_viable_changes"}
    urgency, changes = plan.activities.values()
    assert (urgency.effort, urgency.start, urgency.months) == (0.5, 0, None)
    assert (changes.effort, changes.start, changes.months) == (1.0, 1, 1)


def test_an_end_stands_for_a_length() -> None:
    activity = cafe(f"{WORK}.change_team={{start: 0, end: 2}}").plans["welcome"].activities["change_team"]
    assert (activity.months, activity.end) == (2, None)


def test_an_activity_may_be_worked_on_again() -> None:
    sets = ("horizon.months=20", f"{WORK}.change_team={{months: 3, again: [{{start: 10, months: 2, effort: 0.5}}]}}")
    stretches = cafe(*sets).plans["welcome"].activities["change_team"].stretches()
    assert [(each.start, each.months, each.effort) for each in stretches] == [(0, 3, 1.0), (10, 2, 0.5)]


@pytest.mark.parametrize(
    ("written", "message"),
    [
        ("{create_urgency: {start: 6, end: 3}}", "it ends (month 3) before it starts (month 6)"),
        ("{create_urgency: {start: 1, end: 1}}", "it ends (month 1) when it starts (month 1)"),
        ("{create_urgency: {start: 1, end: 2, months: 1}}", "give either months or end"),
        ("{create_urgency: {start: 0, months: 0}}", "must be ≥ 1"),
        ("{create_urgency: {start: 2}}", "must be before the horizon ends (month 2)"),
        ("{create_urgency: 1.5}", "must be ≤ 1"),
        ("{create_urgency: -0.5}", "must be ≥ 0"),
        ("{create_urgnecy: 1}", "is no activity; use analyse_situation"),
        ("{create_urgency: 1, '19390:5.4': 0.5}", "create_urgency stands twice, by name and by clause"),
        ("{create_urgency: {again: [{start: 1}]}}", "overlaps with work that goes on to the end"),
        ("{create_urgency: {months: 2, again: [{start: 1}]}}", "overlaps with work that goes on to month 2"),
    ],
)
def test_an_activity_that_cannot_be_is_refused(written: str, message: str) -> None:
    problem = only(problems_with(f"{WORK}={written}"))
    assert message in problem
    assert problem.startswith("plans.welcome.activities")


def test_where_an_activity_is_wrong_the_line_is_named(check: Check) -> None:
    problem = only(check(("    money:", "    activities: {change_team: {start: 6, end: 3}}\n    money:")))
    assert "it ends (month 3) before it starts (month 6)" in problem
    assert "line" in problem


def test_more_than_the_whole_wage_bill_is_refused() -> None:
    problem = only(problems_with("plans.welcome.money_unit=share_of_wages"))
    assert "money.engagement(=150) must be ≤ 1, the whole wage bill" in problem
    assert (
        cafe("plans.welcome.money={culture: 0.02}", "plans.welcome.money_unit=share_of_wages")
        .plans["welcome"]
        .money_unit
    )


def test_an_activity_may_be_set_by_its_clause() -> None:
    by_name = f"{WORK}={{create_urgency: {{months: 1}}}}"
    plan = cafe(by_name, f"{WORK}.19390:5.4.effort=0.4", f"{WORK}.19390:7.2.2=0.2").plans["welcome"]
    assert (plan.activities["create_urgency"].effort, plan.activities["create_urgency"].months) == (0.4, 1)
    assert plan.activities["anchor_culture"].effort == 0.2
