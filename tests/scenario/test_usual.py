"""What no run can hold is refused: posts without number, months that lie in no calendar; posts for hours and peak."""

import numpy as np
import pytest

from sxsim.scenario import usual
from sxsim.scenario.fields import WEEK
from sxsim.scenario.limits import POSTS_OF_A_TEAM
from sxsim.scenario.problems import InvalidInput
from sxsim.scenario.usual import posts_at, posts_of, staffing_of, too_large

from .cafe import cafe, only, problems_with


def test_posts_are_enough_for_the_peak_for_the_hours_and_for_what_is_stated() -> None:
    always, one_shift = np.ones(WEEK), np.zeros(WEEK)
    one_shift[:16] = 2.0
    assert posts_of(always, None, 40.0) == 5  # 168 hours
    assert posts_of(one_shift, None, 40.0) == 2
    assert posts_of(one_shift, 1, 40.0) == 2
    assert posts_of(one_shift, 7, 40.0) == 7
    assert posts_of(np.zeros(WEEK), None, 40.0) == 1
    assert posts_of(always * 1e12, None, 1e-300) > POSTS_OF_A_TEAM, "no overflow"


def test_a_site_takes_its_share_of_posts() -> None:
    scenario = cafe("sites=[{name: here, staff_factor: 3}]", "teams.waiters.posts=4")
    assert posts_at(scenario.sites[0], scenario.teams[0], np.ones(WEEK), 38.0) == 12


@pytest.mark.parametrize(
    ("sets", "said"),
    [
        (["touchpoints.counter.staff=100000"], "touchpoints[0].staff makes 126,316 posts of a team at the site site, must be ≤ 16,384"),
        (["teams.waiters.staff=1e12"], "teams[0].staff makes 1,000,000,000,000 posts"),
        (["teams.waiters.posts=16385"], "teams[0].posts makes 16,385 posts"),
        (["touchpoints.counter.staff=1000", "economics.hours_per_week=1"], "touchpoints[0].staff makes 48,000 posts"),
        (["plans.dearer.changes.0.team=waiters", "plans.dearer.changes.0.extra_staff=1e6"], "plans.dearer.changes: makes"),
    ],
)  # fmt: skip
def test_posts_without_number_are_refused(sets: list[str], said: str) -> None:
    assert said in only(problems_with(*sets))


def test_posts_of_many_teams_are_counted_together(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(usual, "POSTS", 20_000)
    assert not problems_with("teams.waiters.posts=16384")
    said = only(problems_with("teams.waiters.posts=16384", "touchpoints.counter.staff=4000"))
    assert said.startswith("sites have 21,437 posts in all, must be ≤ 20,000")


@pytest.mark.parametrize(
    ("start", "years"),
    [("0001-01-01", "0 to 1"), ("9999-01-01", "9998 to 9999"), ("9998-12-01", "9998 to 9999")],
)
def test_a_run_beyond_the_calendar_is_refused(start: str, years: str) -> None:
    said = only(problems_with(f"horizon.start={start}"))
    assert f"lets the run go from the year {years}, must be within 1 to 9998" in said


def test_a_run_at_the_ends_of_the_calendar_is_not() -> None:
    for start in ("0001-02-01", "9998-11-01"):
        with pytest.raises(InvalidInput, match="unusual"):
            cafe(f"horizon.start={start}")


def test_versions_of_the_staffing_follow_the_changes_of_a_plan() -> None:
    scenario = cafe("plans.dearer.changes.0.touchpoint=counter", "plans.dearer.changes.0.extra_staff=2")
    teams = scenario.all_teams()
    assert [team.name for team in teams] == ["waiters", "counter"]
    versions, months = staffing_of(scenario, scenario.plans["dearer"], teams)
    assert months == [0, 1]
    assert [max(version[1]) for version in versions] == [1.0, 3.0]
    assert versions[0][0] == versions[1][0]
    assert versions[1][1][:16] == [0.0] * 16, "nobody while it is closed"
    assert list(too_large(scenario)) == []


def test_more_visits_than_a_customer_can_make_are_refused() -> None:
    said = only(problems_with("segments.regulars.visits_per_month=21846"))
    assert said.startswith(
        "segments[0].visits_per_month(=21846) makes more than 65,535 visits of a customer in 3 months"
    )
    assert "is legal but unusual" in only(problems_with("segments.regulars.visits_per_month=21845"))
