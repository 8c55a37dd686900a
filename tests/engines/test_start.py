"""Changes of a plan reach the staff they name, whoever bears a touchpoint's name. All fields: tests/cases/test_fields.py."""

from typing import Any

import numpy as np
import pytest

from sxsim.engines.start import start
from sxsim.scenario.scenario import Scenario, cross_check

HOURS = {"mon-fri": "08:00-18:00"}
CHANGE: dict[str, Any] = {"month": 1, "touchpoint": "counter", "opening": {"mon-fri": "08:00-20:00"}}


def world(changes: list[dict[str, Any]], *, team: str) -> Any:
    """A world with one touchpoint; staff 2 of its own, or in a team of that name."""
    counter: dict[str, Any] = {"name": "counter", "opening": HOURS, "service_time": 5}
    raw: dict[str, Any] = {
        "question": "Who is there?",
        "touchpoints": [counter if team else counter | {"staff": 2}],
        "teams": [{"name": team, "serves": ["counter"], "staff": 2}] if team else [],
        "journeys": [{"name": "visit", "steps": [{"touchpoint": "counter"}]}],
        "segments": [{"name": "guests", "visits_per_month": 1, "journeys": {"visit": 1}}],
        "market": {"people": 20, "customers": 10},
        "horizon": {"months": 4, "warm_up": 0},
        "plans": {"change": {"changes": changes}},
    }
    scenario = Scenario.model_validate(raw)
    assert list(cross_check(scenario)) == []
    return start(scenario, "change")


def hours(world: Any, month: int) -> float:
    """Hours a week on the list in a month."""
    return float(world.staffing[world.staffing_in_force[month], 0].sum() / 2)


def test_other_hours_leave_a_team_as_it_is_even_one_of_the_same_name() -> None:
    for team in ("counter", "crew"):
        assert [hours(world([CHANGE], team=team), month) for month in (0, 1, 3)] == [336, 336, 336]


def test_staff_of_its_own_follows_the_hours() -> None:
    assert [hours(world([CHANGE], team=""), month) for month in (0, 1)] == [100, 120]


@pytest.mark.parametrize("target", ["team", "touchpoint"])
def test_staff_of_its_own_is_the_same_by_touchpoint_and_by_team(target: str) -> None:
    changed = world(
        [{"month": 0, target: "counter", "staff": 3}, CHANGE, {"month": 2, target: "counter", "extra_staff": 1}],
        team="",
    )
    assert [hours(changed, month) for month in (0, 1, 2)] == [150, 180, 240]
    assert np.array_equal(changed.staffing_in_force, [1, 2, 3, 3])


def test_a_change_of_a_touchpoint_changes_a_team_of_the_same_name() -> None:
    changed = world([{"month": 1, "touchpoint": "counter", "staff": 3}], team="counter")
    assert [hours(changed, month) for month in (0, 1)] == [336, 504]
