import math
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pydantic import TypeAdapter, ValidationError

from sxsim.scenario.fields import DAYS, Duration, Time, days_of, half_hour, week_open, week_values

DAY = 48


@pytest.mark.parametrize(
    ("text", "expected"), [("00:00", 0), ("07:00", 14), ("7:30", 15), (" 23:30 ", 47), ("24:00", 48)]
)
def test_a_time_is_a_half_hour_of_the_day(text: str, expected: int) -> None:
    assert half_hour(text) == expected


@pytest.mark.parametrize("text", ["07:15", "24:30", "25:00", "7", "", "noon", "-1:00", "07:00x", "007:00"])
def test_a_time_off_the_half_hours_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match="is no time on the full or half hour, like 07:30"):
        half_hour(text)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("mon", [0]),
        ("mon-fri", [0, 1, 2, 3, 4]),
        ("sat,sun", [5, 6]),
        ("mon-wed, sat", [0, 1, 2, 5]),
        ("fri-mon", [4, 5, 6, 0]),
        ("Daily", [0, 1, 2, 3, 4, 5, 6]),
    ],
)
def test_weekdays_can_be_named_alone_in_spans_and_in_lists(text: str, expected: list[int]) -> None:
    assert days_of(text) == expected


@pytest.mark.parametrize("text", ["monday", "mon-fry", "", "mon,,tue", "mon-", "-mon", "weekend"])
def test_what_is_no_weekday_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match="is no weekday; use mon"):
        days_of(text)


def test_a_number_holds_all_week() -> None:
    assert week_values(3, "staff") == [3.0] * 336


def test_a_value_holds_from_its_time_to_the_next() -> None:
    week = week_values({"tue": {"15:00": 3, "07:00": 2, "23:00": 0}}, "staff")
    tuesday = week[DAY : 2 * DAY]
    assert tuesday == [0.0] * 14 + [2.0] * 16 + [3.0] * 16 + [0.0] * 2
    assert sum(week) == sum(tuesday)


def test_days_not_named_are_zero_and_a_number_holds_the_whole_day() -> None:
    week = week_values({"mon-tue": 1, "sun": 4}, "staff")
    assert [sum(week[d * DAY : (d + 1) * DAY]) / DAY for d in range(7)] == [1, 1, 0, 0, 0, 0, 4]


def test_a_day_can_be_given_as_48_numbers_and_a_week_as_336() -> None:
    day = [float(k) for k in range(DAY)]
    assert week_values({"wed": day}, "staff")[2 * DAY : 3 * DAY] == day
    week = [float(k) for k in range(336)]
    assert week_values(week, "staff") == week
    assert week_values({"values": {"mon": 2}}, "staff")[:DAY] == [2.0] * DAY


@pytest.mark.parametrize(
    ("value", "message"),
    [
        ({"mon": [1, 2, 3]}, "has 3 values, must have 48"),
        (-3, r"staff\(=-3\) must be ≥ 0"),
        ({"mon": {"07:00": -1}}, r"staff\(=-1\) must be ≥ 0"),
        (True, r"staff\(=True\) must be a number"),
        ("two", r"staff\(='two'\) must be a number"),
        (math.nan, "must be a number"),
        (math.inf, "must be a number"),
        (None, "must be a number"),
        ({"mon": {"07:10": 1}}, "is no time"),
        ({"someday": 1}, "is no weekday"),
    ],
)
def test_a_wrong_timetable_is_refused(value: Any, message: str) -> None:
    with pytest.raises(ValueError, match=message):
        week_values(value, "staff")


@settings(deadline=None, derandomize=True, max_examples=60)
@given(
    st.dictionaries(
        st.sampled_from(DAYS),
        st.dictionaries(st.integers(0, 47), st.integers(0, 9), min_size=1, max_size=6),
        max_size=7,
    )
)
def test_every_half_hour_holds_the_last_value_named_before_it(days: dict[str, dict[int, int]]) -> None:
    def clock(k: int) -> str:
        return f"{k // 2:02d}:{30 * (k % 2):02d}"

    week = week_values({day: {clock(k): n for k, n in row.items()} for day, row in days.items()}, "staff")
    for number, day in enumerate(DAYS):
        row = days.get(day, {})
        for k in range(DAY):
            before = [at for at in row if at <= k]
            assert week[number * DAY + k] == (row[max(before)] if before else 0)


def test_opening_hours_end_before_the_half_hour_that_closes_them() -> None:
    week = week_open({"mon": "07:00-19:00", "sat": ["09:00-12:00", "13:30-17:00"], "sun": "closed"})
    assert week[:DAY] == [0.0] * 14 + [1.0] * 24 + [0.0] * 10
    assert sum(week[5 * DAY : 6 * DAY]) == 6 + 7
    assert week[5 * DAY + 24 : 5 * DAY + 27] == [0.0] * 3
    assert sum(week) == 24 + 13


def test_a_day_can_be_open_until_midnight() -> None:
    assert week_open({"sun": "20:00-24:00"})[-8:] == [1.0] * 8
    assert sum(week_open({"daily": "00:00-24:00"})) == 336
    assert week_open("always") == [1.0] * 336


@pytest.mark.parametrize(
    ("value", "message"),
    [
        ("never", "must be always or weekdays with hours"),
        ({"mon": "07:00"}, "must be a span like 07:00-19:00, or closed"),
        ({"mon": "19:00-07:00"}, "must end after it starts"),
        ({"mon": "07:00-07:00"}, "must end after it starts"),
        ({"mon": "07:00-24:30"}, "is no time"),
        ({"mon": "07:00-19:10"}, "is no time"),
        ({"holiday": "07:00-19:00"}, "is no weekday"),
        (3, "must be always or weekdays with hours"),
    ],
)
def test_wrong_opening_hours_are_refused(value: Any, message: str) -> None:
    with pytest.raises(ValueError, match=message):
        week_open(value)


@pytest.mark.parametrize(("unit", "minutes"), [("minutes", 3.0), ("hours", 180.0), ("days", 4320.0)])
def test_a_duration_knows_its_mean_in_minutes(unit: str, minutes: float) -> None:
    assert Duration.model_validate({"mean": 3, "unit": unit}).minutes == minutes


def test_a_plain_number_is_exactly_so_many_minutes() -> None:
    time = TypeAdapter(Time).validate_python(7)
    assert (time.distribution, time.minutes) == ("constant", 7.0)


@pytest.mark.parametrize(
    ("value", "message"),
    [
        ({"distribution": "lognormal", "mean": 3}, "lognormal duration needs `variation`"),
        ({"distribution": "weibull", "mean": 3}, "weibull duration needs `shape`"),
        ({"mean": 3, "variation": 0.5}, "`variation` goes with lognormal, not with exponential"),
        ({"distribution": "constant", "mean": 3, "shape": 2}, "`shape` goes with weibull, not with constant"),
        ({"distribution": "lognormal", "mean": 3, "variation": 0}, "greater than 0"),
        ({"mean": -1}, "greater than or equal to 0"),
        ({"distribution": "normal", "mean": 3}, "constant"),
        ({"mean": 3, "unit": "weeks"}, "minutes"),
        ({"mean": math.nan}, "finite|NaN|nan|greater"),
        ({"mean": math.inf}, "finite"),
        (True, "."),
        ({}, "required"),
    ],
)
def test_a_duration_that_says_too_little_or_too_much_is_refused(value: Any, message: str) -> None:
    with pytest.raises(ValidationError, match=message):
        TypeAdapter(Time).validate_python(value)
