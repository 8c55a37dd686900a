"""Activities and obstacles: what builds up, what is worked off, what it costs."""

import pytest
from hypothesis import given

from sxsim.model import implementation

from .shapes import SHARE, P, Shape, shape_tests, within

MONEY = within(0, 1e6)
SHAPES = [
    Shape(implementation.build_up, {"done": SHARE, "effort": SHARE}, rises="done effort", low=0, high=1),
    Shape(
        implementation.lower_obstacle,
        {"severity": SHARE, "start": SHARE, "effort": SHARE},
        rises="severity start",
        falls="effort",
        low=0,
        high=1,
    ),
    Shape(implementation.together, {"one": SHARE, "other": SHARE}, rises="one other", low=0, high=1),
    Shape(
        implementation.programme_work,
        {"effort": within(0, 12), "managed": SHARE, "resources": SHARE},
        rises="effort resources",
        falls="managed",
        low=0,
        high=1,
        typical={"effort": 3.0},
    ),
    Shape(
        implementation.worth_anchoring, {"effort": SHARE, "practising": SHARE}, rises="effort practising", low=0, high=1
    ),
    Shape(
        implementation.activity_cost,
        {"effort": within(0, 12), "wages": MONEY},
        rises="effort wages",
        low=0,
        high=1e9,
        typical={"wages": 1000.0},
    ),
    Shape(implementation.align, {"alignment": SHARE, "vision": SHARE}, rises="alignment vision", low=0, high=1),
    Shape(implementation.know_better, {"practice": SHARE, "analysed": SHARE}, rises="practice analysed", low=0, high=1),
    Shape(
        implementation.expand,
        {"intensity": SHARE, "most": SHARE, "effort": SHARE, "momentum": SHARE},
        rises="intensity most effort momentum",
        low=0,
        high=1,
        typical={"intensity": 0.2, "most": 0.6},
    ),
]
TestShapes = shape_tests(implementation, SHAPES)


def test_work_builds_up_and_fades_slowly_afterwards() -> None:
    once = implementation.build_up(0.0, 1.0, P)
    assert once == pytest.approx(P.activity_speed)
    assert implementation.build_up(once, 1.0, P) > once
    assert implementation.build_up(once, 0.0, P) == pytest.approx(once * (1 - P.activity_fading))


def test_an_obstacle_is_worked_off_and_comes_back_when_nobody_works_on_it() -> None:
    less = implementation.lower_obstacle(0.6, 0.6, 1.0, P)
    left = 0.6 * (1 - P.obstacle_relief)
    assert less == pytest.approx(left + P.obstacle_return * (0.6 - left))
    assert less < implementation.lower_obstacle(less, 0.6, 0.0, P) < 0.6
    assert implementation.lower_obstacle(0.6, 0.6, 0.0, P) == pytest.approx(0.6)


@given(SHARE, SHARE)
def test_two_activities_for_the_same_thing_do_not_count_twice(one, other) -> None:
    assert max(one, other) - 1e-12 <= implementation.together(one, other) <= min(one + other, 1.0) + 1e-12


def test_activities_take_time_more_of_it_where_resources_are_scarce_and_where_they_collide() -> None:
    alone = implementation.programme_work(1.0, 0.0, 0.0, P)
    assert alone == pytest.approx(P.activity_work)
    assert implementation.programme_work(1.0, 0.0, 1.0, P) == pytest.approx(2 * alone)
    assert implementation.programme_work(0.5, 0.0, 0.0, P) == pytest.approx(0.5 * alone)
    three = 3 * alone * (1 + 2 * P.activity_collision)
    assert implementation.programme_work(3.0, 0.0, 0.0, P) == pytest.approx(three)
    managed = 3 * alone * (1 + 2 * P.activity_collision * (1 - P.managing_relief))
    assert implementation.programme_work(3.0, 1.0, 0.0, P) == pytest.approx(managed)
    assert implementation.programme_work(0.0, 0.0, 1.0, P) == 0.0


def test_what_nobody_practises_cannot_be_anchored() -> None:
    assert implementation.worth_anchoring(1.0, 0.0) == 0.0
    assert implementation.worth_anchoring(0.8, 0.5) == pytest.approx(0.4)


def test_an_activity_costs_a_share_of_the_wage_bill() -> None:
    assert implementation.activity_cost(2.0, 50_000.0, P) == pytest.approx(2 * P.activity_cost * 50_000)


def test_a_vision_and_an_analysis_bring_part_of_what_is_missing() -> None:
    assert implementation.align(0.5, 1.0, P) == pytest.approx(0.5 + P.vision_alignment / 2)
    assert implementation.know_better(0.5, 1.0, P) == pytest.approx(0.5 + P.analysis_sight / 2)


def test_momentum_carries_the_drive_over_to_the_rest_only_with_the_activity() -> None:
    assert implementation.expand(0.2, 0.6, 1.0, 1.0, P) == pytest.approx(0.2 + P.expansion * 0.4)
    assert implementation.expand(0.2, 0.6, 0.0, 1.0, P) == 0.2
    assert implementation.expand(0.2, 0.6, 1.0, 0.0, P) == 0.2
    assert implementation.expand(0.6, 0.6, 1.0, 1.0, P) == 0.6
