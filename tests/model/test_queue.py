"""Waiting, pressure, and the standard of time that erodes."""

import math

import pytest
from hypothesis import given

from sxsim.model import queue

from .shapes import MINUTES, SHARE, SOME_MINUTES, P, Shape, shape_tests, whole, within

SHAPES = [
    Shape(
        queue.balk_chance,
        {"expected_wait": MINUTES, "patience": SOME_MINUTES},
        rises="expected_wait",
        falls="patience",
        low=0,
        high=1,
        typical={"expected_wait": 5.0, "patience": 10.0},
    ),
    Shape(
        queue.expected_wait,
        {"waiting": whole(0, 500), "minutes_per_contact": MINUTES, "staff": within(0, 100)},
        rises="waiting minutes_per_contact",
        falls="staff",
        low=0,
        typical={"waiting": 3, "minutes_per_contact": 4.0, "staff": 2.0},
    ),
    Shape(
        queue.pressure,
        {"demanded": MINUTES, "available": MINUTES, "normal": within(0.01, 2)},
        rises="demanded",
        falls="available normal",
        low=0.5,
        high=2,
        typical={"demanded": 80.0, "available": 100.0, "normal": 0.8},
    ),
    Shape(
        queue.pressure_time_factor,
        {"pressure": within(0.5, 2)},
        falls="pressure",
        low=0.5,
        high=2,
        typical={"pressure": 1.0},
    ),
    Shape(
        queue.erode_standard,
        {"standard": SHARE, "time_factor": within(0.5, 2), "alignment": SHARE},
        rises="standard time_factor alignment",
        low=0,
        high=1,
        typical={"time_factor": 0.8},
    ),
    Shape(queue.hurry, {"time_factor": within(0, 3)}, falls="time_factor", low=0, high=1),
    Shape(
        queue.usual_load,
        {"demanded": within(0, 1e5), "available": within(1, 1e5)},
        rises="demanded",
        falls="available",
        low=0,
        typical={"available": 10.0},
    ),
    Shape(
        queue.given_time,
        {"standard": SHARE, "pressure_factor": within(0.5, 2)},
        rises="standard pressure_factor",
        low=0,
    ),
]
TestShapes = shape_tests(queue, SHAPES, tested_apart="first_month_of_learning")


def test_nobody_balks_without_a_queue_or_with_endless_patience() -> None:
    assert queue.balk_chance(0.0, 10.0, P) == 0.0
    assert queue.balk_chance(500.0, math.inf, P) == 0.0


def test_a_wait_as_long_as_the_patience_turns_two_in_five_away() -> None:
    assert queue.balk_chance(10.0, 10.0, P) == pytest.approx(1 - math.exp(-0.5))


def test_six_people_before_at_two_counters_of_three_minutes_mean_nine_minutes() -> None:
    assert queue.expected_wait(6, 3.0, 2.0) == 9.0
    assert queue.expected_wait(6, 3.0, 0.0) == queue.expected_wait(6, 3.0, 1.0) == 18.0


def test_usual_demand_is_pressure_1() -> None:
    assert queue.pressure(80.0, 100.0, 0.8, P) == pytest.approx(1.0)
    assert queue.pressure(96.0, 100.0, 0.8, P) == pytest.approx(1.2)


def test_pressure_is_1_where_nothing_is_known_yet() -> None:
    assert queue.pressure(80.0, 100.0, 0.0, P) == 1.0
    assert queue.pressure(0.0, 0.0, 0.8, P) == 1.0


def test_pressure_is_highest_where_nobody_is_there_to_serve() -> None:
    assert queue.pressure(1.0, 0.0, 0.8, P) == P.pressure_high
    assert queue.pressure(0.0, 100.0, 0.8, P) == P.pressure_low


def test_given_times_hold_at_pressure_1() -> None:
    assert queue.pressure_time_factor(1.0, P) == 1.0


def test_double_pressure_takes_a_third_off_the_time() -> None:
    assert queue.pressure_time_factor(2.0, P) == pytest.approx(2**-0.64)
    assert queue.pressure_time_factor(0.5, P) == pytest.approx(2**0.64)


@given(SHARE, within(1, 2), SHARE)
def test_the_standard_of_time_does_not_come_back_by_itself(standard, time_factor, alignment) -> None:
    assert queue.erode_standard(standard, time_factor, alignment, P) == standard


@given(SHARE, within(0.1, 1), SHARE)
def test_the_standard_of_time_never_rises(standard, time_factor, alignment) -> None:
    assert queue.erode_standard(standard, time_factor, alignment, P) <= standard


def test_full_alignment_protects_the_standard_of_time() -> None:
    assert queue.erode_standard(0.9, 0.6, 1.0, P) == 0.9
    assert queue.erode_standard(1.0, 0.8, 0.5, P) == pytest.approx(1 - 0.2 / 132)
    assert queue.erode_standard(1.0, 0.8, 0.0, P) == pytest.approx(1 - 0.4 / 132)


def test_under_lasting_short_times_the_standard_follows_in_nineteen_weeks() -> None:
    """At a constant gap its time constant is 132 days, 19 weeks: after that e⁻ᵍᵃᵖ of it is left."""
    standard = 1.0
    for _ in range(132):
        standard = queue.erode_standard(standard, 0.7, 0.5, P)
    assert standard == pytest.approx(math.exp(-0.3), abs=1e-3)


def test_hurry_is_the_share_of_the_time_that_is_missing() -> None:
    assert queue.hurry(0.8) == pytest.approx(0.2)
    assert queue.hurry(1.3) == 0.0


def test_the_usual_load_is_learnt_after_a_quarter_of_the_warm_up() -> None:
    assert [queue.first_month_of_learning(months) for months in (0, 3, 4, 12)] == [0, 0, 1, 3]


def test_nobody_there_is_no_usual_load() -> None:
    assert queue.usual_load(100.0, 0.0) == 0.0
