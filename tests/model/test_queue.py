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
        {"work": MINUTES, "available": MINUTES},
        rises="work",
        falls="available",
        low=1,
        high=2,
        typical={"work": 96.0, "available": 100.0},
    ),
    Shape(
        queue.pressure_time_factor,
        {"pressure": within(1, 2)},
        falls="pressure",
        low=0.5,
        high=1,
        typical={"pressure": 1.0},
    ),
    Shape(
        queue.move_standard,
        {"standard": SHARE, "time_factor": within(0.5, 2), "alignment": SHARE},
        rises="standard time_factor",
        either="alignment",
        low=0,
        high=1,
        typical={"time_factor": 0.8},
    ),
    Shape(queue.hurry, {"time_factor": within(0, 3)}, falls="time_factor", low=0, high=1),
    Shape(
        queue.given_time,
        {"standard": SHARE, "pressure_factor": within(0.5, 2)},
        rises="standard pressure_factor",
        low=0,
    ),
]
TestShapes = shape_tests(queue, SHAPES)


def test_nobody_balks_without_a_queue_or_with_endless_patience() -> None:
    assert queue.balk_chance(0.0, 10.0, P) == 0.0
    assert queue.balk_chance(500.0, math.inf, P) == 0.0


def test_a_wait_as_long_as_the_patience_turns_two_in_five_away() -> None:
    assert queue.balk_chance(10.0, 10.0, P) == pytest.approx(1 - math.exp(-0.5))


def test_six_people_before_at_two_counters_of_three_minutes_mean_nine_minutes() -> None:
    assert queue.expected_wait(6, 3.0, 2.0) == 9.0
    assert queue.expected_wait(6, 3.0, 0.0) == queue.expected_wait(6, 3.0, 1.0) == 18.0


def test_nobody_hurries_below_what_can_be_borne() -> None:
    assert queue.pressure(9.0, 100.0, P) == queue.pressure(79.0, 100.0, P) == 1.0
    assert queue.pressure(96.0, 100.0, P) == pytest.approx(1.2)


@given(within(0, 1000), within(0, 1000), within(0, 1000))
def test_more_staff_never_raises_pressure(work, available, more) -> None:
    assert queue.pressure(work, available + more, P) <= queue.pressure(work, available, P)


def test_pressure_is_highest_where_nobody_is_there_to_serve() -> None:
    assert queue.pressure(1.0, 0.0, P) == P.pressure_high
    assert queue.pressure(0.0, 0.0, P) == queue.pressure(0.0, 100.0, P) == 1.0


def test_given_times_hold_at_pressure_1() -> None:
    assert queue.pressure_time_factor(1.0, P) == 1.0


def test_double_pressure_takes_a_third_off_the_time() -> None:
    assert queue.pressure_time_factor(2.0, P) == pytest.approx(2**-0.64)
    assert queue.pressure_time_factor(1.5, P) == pytest.approx(1.5**-0.64)


@given(SHARE, within(1, 2), SHARE)
def test_the_standard_of_time_comes_back_slowly_where_nobody_hurries(standard, time_factor, alignment) -> None:
    moved = queue.move_standard(standard, time_factor, alignment, P)
    assert standard <= moved <= 1.0
    assert moved - standard == pytest.approx((1.0 - standard) / 730)


@given(SHARE, within(0.1, 0.999), SHARE)
def test_the_standard_of_time_never_rises_under_hurry(standard, time_factor, alignment) -> None:
    assert queue.move_standard(standard, time_factor, alignment, P) <= standard


def test_full_alignment_protects_the_standard_of_time() -> None:
    assert queue.move_standard(0.9, 0.6, 1.0, P) == 0.9
    assert queue.move_standard(1.0, 0.8, 0.5, P) == pytest.approx(1 - 0.2 / 132)
    assert queue.move_standard(1.0, 0.8, 0.0, P) == pytest.approx(1 - 0.4 / 132)


def test_under_lasting_short_times_the_standard_follows_in_nineteen_weeks() -> None:
    """At a constant gap its time constant is 132 days, 19 weeks: after that e⁻ᵍᵃᵖ of it is left."""
    standard = 1.0
    for _ in range(132):
        standard = queue.move_standard(standard, 0.7, 0.5, P)
    assert standard == pytest.approx(math.exp(-0.3), abs=1e-3)


def test_hurry_is_the_share_of_the_time_that_is_missing() -> None:
    assert queue.hurry(0.8) == pytest.approx(0.2)
    assert queue.hurry(1.3) == 0.0
