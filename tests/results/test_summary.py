import math
import re
from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from sxsim.results.intervals import Interval, interval
from sxsim.results.result import Comparison
from sxsim.results.summary import (
    cash_sentence,
    compared_lines,
    comparison_sentences,
    number,
    pyramid_shares,
    sentences,
    signed,
    too_wide,
    verdicts_sentence,
)

from .hand_made import empty, lively, result_of


@pytest.mark.parametrize(
    ("value", "unit", "text"),
    [
        (0.1234, "share", "12.3 %"),
        (0.1234, "share a month", "12.3 %"),
        (0.1234, "0–1", "0.12"),
        (9.994, "", "9.99"),
        (12.34, "", "12.3"),
        (123.4, "", "123"),
        (-12345.6, "EUR", "-12 346"),
        (1234567, "EUR", "1 234 567"),
        (math.nan, "share", "–"),
        (math.inf, "", "–"),
        (0.0, "", "0.00"),
    ],
)
def test_a_figure_is_written_for_people(value: float, unit: str, text: str) -> None:
    assert number(value, unit) == text


def made(values: list[float]) -> Interval:
    return interval(values, "EUR")


def test_the_pyramid_counts_all_that_reach_at_least_a_level() -> None:
    record = empty(warm_up=1, months=3)
    counts = {"level_0": 10, "level_1": 40, "level_2": 30, "level_3": 15, "level_4": 5, "passed_2": 80}
    for name, count in counts.items():
        record.contacts[name][2, 0, 0, 0] = count
        record.contacts[name][0, 0, 0, 0] = 1000
    shares = pyramid_shares(result_of([record, record]), slice(0, 3))
    assert [share.mean for share in shares] == [0.9, 0.8, 0.2, 0.05]
    assert [share.mean for share in pyramid_shares(result_of([record]), slice(1, 2))] == [0.9, 0.8, 0.2, 0.05]


def test_the_pyramid_of_no_contacts_is_not_defined() -> None:
    assert all(math.isnan(share.mean) for share in pyramid_shares(result_of([empty()]), slice(0, 2)))


def test_the_pyramid_of_a_run_is_narrower_at_every_level(tiny: Any) -> None:
    shares = [share.mean for share in pyramid_shares(tiny, slice(0, 2))]
    assert 1 > shares[0] >= shares[1] >= shares[2] >= shares[3] > 0


# Warnings


# Sentences


def test_a_run_is_told_in_three_sentences(tiny: Any) -> None:
    texts = sentences(tiny)
    assert len(texts) == 3
    k = tiny.intervals
    assert f"{number(k['level_0'].mean, 'share')} of contacts ended at level 0" in texts[0]
    assert f"{number(k['level_3'].mean + k['level_4'].mean, 'share')} were individual or surprising" in texts[0]
    assert f"satisfaction {number(k['satisfaction'].mean)} and loyalty {number(k['loyalty'].mean)} of 100" in texts[1]
    assert f"{number(k['result'].mean)} EUR a month" in texts[2]
    assert f"(95 % interval of the mean {number(k['npv'].low)} to {number(k['npv'].high)}, chance only)" in texts[2]
    assert not re.search(r"\bnan\b|\binf\b", " ".join(texts))


@pytest.mark.parametrize(
    ("start", "end", "word"),
    [(50, 60, "more"), (50, 40, "fewer"), (50, 50, "about as many"), (0, 0, "about as many"), (0, 5, "more")],
)
def test_customers_at_the_end_are_compared_with_those_at_the_start(start: int, end: int, word: str) -> None:
    record = lively()
    record.sites["active_start"][0] = 999
    record.sites["active_start"][1] = start
    record.sites["active"][-1] = end
    text = sentences(result_of([record, record]))[1]
    assert f"there are {word} customers" in text
    assert f"at the start {number(start)}" in text


def test_the_sentences_of_a_run_without_customers_hold_no_nan() -> None:
    text = " ".join(sentences(result_of([empty(), empty()])))
    assert "nan" not in text


def test_a_short_horizon_is_not_called_a_year() -> None:
    assert "In the last year" not in sentences(result_of([lively(months=2)]))[0]


def compared(**changes: Any) -> Comparison:
    """A plan whose monthly figures differ from those of the base."""
    base = [lively(seed) for seed in range(5)]
    other = [lively(seed) for seed in range(5)]
    for record, sign in zip(other, (1.0, 1.1, 0.9, 1.05, 0.95), strict=True):
        for name, value in changes.items():
            record.sites[name] += value * sign
    return Comparison(result_of(base), [result_of(other, "welcome")])


def test_a_plan_equal_to_the_base_is_the_same_in_every_figure() -> None:
    assert comparison_sentences(compared()) == ["welcome: is the same as today in every figure."]


@pytest.mark.parametrize(
    ("gain", "text"), [(5000.0, "it earns more than today"), (-5000.0, "it earns less than today within the horizon")]
)
def test_a_plan_is_told_by_its_net_present_value(gain: float, text: str) -> None:
    sentence = comparison_sentences(compared(result=gain))[0]
    assert sentence.startswith("welcome: loyalty +0.0 points, delighted contacts +0.0 points; ")
    assert text in sentence
    assert re.search(r"\([+-][\d ]+ EUR, 98.75 % interval [+-][\d ]+ to [+-][\d ]+, chance only\)\. ", sentence), (
        sentence
    )


def test_a_plan_that_changes_customers_but_no_money_is_not_called_the_same() -> None:
    sentence = comparison_sentences(compared(loyalty=5.0))[0]
    assert "the same as today in every figure" not in sentence


def test_a_plan_that_cannot_be_told_says_so_and_does_not_pay_back() -> None:
    base, other = [lively(seed) for seed in range(5)], [lively(seed) for seed in range(5)]
    for record, gain in zip(other, (9.0, -8.0, 7.0, -9.0, 2.0), strict=True):
        record.sites["result"] += gain
    sentence = comparison_sentences(Comparison(result_of(base), [result_of(other, "welcome")]))[0]
    assert "cannot be told from today by its net present value at 5 runs" in sentence
    assert "Whether it pays back within" in sentence
    assert "has paid back" not in sentence


def test_primary_kpis_come_first_and_say_that_they_hold_together() -> None:
    found = compared(result=5000.0)
    lines = compared_lines(found, "welcome", ("visits", "npv", "result"))
    assert lines[0] == "  primary (intervals of 98.75 % each, so that all hold together with 95 %)"
    assert [line.split()[0] for line in lines[1:5]] == ["npv", "satisfaction_of_month_0", "loyalty", "engagement"]
    assert lines[1].endswith("better") and "looks" not in lines[1]
    assert lines[5].startswith("  exploratory (a 95 % interval each: of ")
    assert [line.split()[0] for line in lines[6:]] == ["visits", "result"]
    assert lines[7].endswith("looks better")
    assert "the same in each of 5 runs" in lines[6]
    assert "npv, satisfaction_of_month_0, loyalty and engagement (primary" in verdicts_sentence(found)
    found.primary = ("result",)
    del found.verdicts
    assert compared_lines(found, "welcome", ("npv",))[0] == "  primary (95 % interval)"
    assert "verdicts on result (primary" in verdicts_sentence(found)


def test_a_run_says_when_its_net_present_value_is_hardly_known() -> None:
    def run(*gains: float) -> str:
        records = [empty() for _ in gains]
        for record, gain in zip(records, gains, strict=True):
            record.sites["result"][-1] = gain
        return too_wide(result_of(records))

    assert run(100.0, 101.0, 99.0) == ""
    assert run(100.0) == ""
    assert "more than 10 000 would" in run(100.0, -100.0, 50.0, -50.0, 0.001)
    text = run(100.0, 300.0, 30.0, 250.0, 60.0, 20.0)
    half = 2.5706 * np.std([100, 300, 30, 250, 60, 20], ddof=1) / 6**0.5
    assert 0.5 * 126.7 < half < 126.7
    assert text.startswith("6 runs know the net present value to ±124 EUR only; to half of its own size about 24 would")


def test_a_comparison_of_one_run_holds_no_nan() -> None:
    base, other = lively(0), lively(0)
    other.sites["result"] += 5
    texts = comparison_sentences(Comparison(result_of([base]), [result_of([other], "welcome")]))
    assert "nan" not in texts[0]
    assert "1 runs" not in texts[0]


@pytest.mark.parametrize(
    ("values", "unit", "text"),
    [
        ([0.0, 0.0], "EUR", "0 (exactly)"),
        ([0.0], "EUR", "0 (exactly)"),
        ([5.0], "EUR", "+5.00"),
        ([-1.0, 1.0], "EUR", "+0.00  (-12.7 … +12.7)"),
        ([0.02], "share a month", "+2.00 points"),
        ([-1500.0, -1400.0], "EUR", "-1 450  (-2 085 … -815)"),
    ],
)
def test_a_difference_has_its_sign_and_its_interval(values: list[float], unit: str, text: str) -> None:
    assert signed(interval(values, unit)) == text


@pytest.mark.parametrize(
    ("clear", "month", "text"),
    [
        (True, None, "It does not pay back within the 2 months"),
        (True, 0, "It needs no money in advance"),
        (True, 1, "It has paid back by month 1"),
        (False, 1, "Whether it pays back within 2 months cannot be told"),
    ],
)
def test_when_a_plan_pays_back_is_said(clear: bool, month: int | None, text: str) -> None:
    comparison = compared(result=50.0)
    comparison.cash["welcome"] = replace(comparison.cash["welcome"], clear=clear, payback_month=month)
    assert cash_sentence(comparison, "welcome").startswith(text)


@pytest.mark.parametrize(
    ("runs", "said"), [(1, "one run, no interval"), (2, "cannot be told from today"), (5, "98.75 % interval")]
)
def test_one_run_has_no_interval_and_two_have(runs: int, said: str) -> None:
    base, other = [lively(seed) for seed in range(runs)], [lively(seed) for seed in range(runs)]
    for number_, record in enumerate(other):
        record.sites["result"] += 5 + number_
    (text,) = comparison_sentences(Comparison(result_of(base), [result_of(other, "welcome")]))
    assert said in text
    assert ("net present value is better in" in text) == (runs > 1)
    own = sentences(result_of(base))[2]
    assert ("95 % interval of the mean" in own) == (runs > 1)


@pytest.mark.parametrize(("end", "word"), [(102, "about as many"), (98, "about as many"), (103, "more"), (97, "fewer")])
def test_two_in_a_hundred_are_about_as_many(end: int, word: str) -> None:
    record = lively()
    record.sites["active_start"][1] = 100
    record.sites["active"][-1] = end
    assert f"there are {word} customers" in sentences(result_of([record, record]))[1]
