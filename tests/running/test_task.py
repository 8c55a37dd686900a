"""Points: what decides one, how it is kept, what becomes of one that fails."""

import math
from pathlib import Path

import pytest

from sxsim.results.kpis import KPIS
from sxsim.running.plans import load
from sxsim.running.task import Failure, Point, Points, Task, run_point
from sxsim.scenario.loading import with_values
from tests.studies.experiments import CAFE, SMALL

SETS = [f"{name}={value}" for name, value in SMALL.items()]


@pytest.fixture(scope="module")
def task() -> Task:
    """The small café as it is today."""
    return Task(load(CAFE, sets=SETS), "today", 1, "compiled")


POINT = Point((("bond_gain", 0.3), ("organisation.maturity.design", 2.5)), 7)


def test_a_point_is_a_run_of_the_scenario_with_its_settings(task: Task, tmp_path: Path) -> None:
    scenario = with_values(task.scenario, dict(POINT.settings))
    result = scenario.run(replications=8, out=tmp_path).kpis.iloc[7]
    found = run_point(task, POINT)
    assert not isinstance(found, Failure)
    for (name, value), expected in zip(zip(KPIS, found, strict=True), [result[kpi] for kpi in KPIS], strict=True):
        assert value == expected or (math.isnan(value) and math.isnan(expected)), name


def test_both_engines_give_the_same_point(task: Task) -> None:
    other = Task(task.scenario, task.plan, task.seed, "reference")
    assert str(run_point(task, POINT)) == str(run_point(other, POINT))


def test_whatever_decides_a_point_is_in_its_key() -> None:
    others = [Point(POINT.settings, 8), Point((*POINT.settings[:1], ("organisation.maturity.design", 2.6)), 7)]
    assert len({point.key("today") for point in (POINT, *others, Point(POINT.settings, 7))}) == 3


def test_equal_plans_share_their_points_and_what_is_said_of_one_is_not_taken_for_the_other(task: Task) -> None:
    plan = task.scenario.plans["today"]
    scenario = task.scenario.model_copy(update={"plans": {"today": plan, "same": plan}})
    today, same = (Task(scenario, name, 1, "compiled") for name in ("today", "same"))
    assert today.decides() == same.decides()

    def point(path: str) -> Point:
        return Point(((path, 5.0),), 0)

    assert today.key(point("plans.today.money.culture")) == same.key(point("plans.same.money.culture"))
    spelt = {today.key(point(path)) for path in ("plans.today.money.culture", "plans[today].money.culture")}
    assert len(spelt) == 1
    assert same.key(point("plans.today.money.culture")) not in spelt
    assert same.key(point("plans[today].money.culture")) not in spelt


def test_a_point_that_fails_says_why(task: Task) -> None:
    found = run_point(task, Point((("organisation.maturity.design", 9.0),), 1))
    assert isinstance(found, Failure)
    assert "Traceback" in found.text
    assert "from 1 to 5" in found.text


def test_points_are_made_when_they_are_asked_for() -> None:
    made: list[int] = []

    def at(number: int) -> Point:
        made.append(number)
        return Point((), number)

    points = Points(1_000_000, at)
    assert (len(points), made) == (1_000_000, [])
    assert points[7] == Point((), 7)
    assert [point.replication for point in points[2:5]] == [2, 3, 4]
    assert next(iter(points)).replication == 0
    assert made == [7, 2, 3, 4, 0]
    with pytest.raises(IndexError):
        points[1_000_000]
