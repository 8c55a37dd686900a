"""A contact: time, promise, problem, recovery, the individual and the surprising, quality."""

import math
from itertools import product

import numpy as np
import pytest
from hypothesis import given

from sxsim.model import contact

from .shapes import (
    FLAG,
    MINUTES,
    NOISE,
    SEVERITY,
    SHARE,
    SOME_MINUTES,
    UNIFORM,
    P,
    Shape,
    many_parameters,
    shape_tests,
    within,
)

NORMAL = {"skill": 0.6, "strain": 0.25, "effort": 0.45, "hurry": 0.0}
NO_FLAGS = {"major": 0, "individual": 0, "surprising": 0, "handled": 0, "put_right": 0, "query_well": 0}
SHAPES = [
    Shape(contact.logistic, {"x": within(-1000, 1000)}, rises="x", low=0, high=1),
    Shape(
        contact.service_minutes,
        {
            "drawn": MINUTES,
            "speed": within(0, 5),
            "skill": SHARE,
            "flow": SHARE,
            "time_factor": within(0, 2),
        },
        rises="drawn speed time_factor",
        falls="skill flow",
        low=0,
    ),
    Shape(
        contact.extra_minutes,
        {"mean": MINUTES, "individual": FLAG, "surprising": FLAG, "handled": FLAG},
        rises="mean individual surprising handled",
        low=0,
        typical=NO_FLAGS | {"handled": 1, "mean": 2.0},
    ),
    Shape(
        contact.failure_chance,
        {"usual": SHARE, "reliability": SHARE, "skill": SHARE, "strain": SHARE, "hurry": SHARE},
        rises="usual strain hurry",
        falls="reliability skill",
        low=0,
        high=1,
        typical=NORMAL | {"usual": 0.04},
    ),
    Shape(
        contact.voice_chance,
        {"voice": SHARE, "bond": SHARE, "major": FLAG},
        rises="voice bond major",
        low=0,
        high=1,
        typical=NO_FLAGS,
    ),
    Shape(
        contact.notice_chance,
        {"voice": SHARE, "insight": SHARE, "effort": SHARE},
        rises="voice insight effort",
        low=0,
        high=1,
    ),
    Shape(
        contact.recovery_chance,
        {"recovery": SHARE, "discretion": SHARE, "skill": SHARE, "effort": SHARE, "major": FLAG},
        rises="recovery discretion skill effort",
        falls="major",
        low=0,
        high=1,
        typical=NORMAL | NO_FLAGS,
    ),
    Shape(
        contact.query_chance,
        {"skill": SHARE, "insight": SHARE, "effort": SHARE},
        rises="skill insight effort",
        low=0,
        high=1,
        typical=NORMAL,
    ),
    Shape(
        contact.hand_over_chance,
        {"usual": SHARE, "flow": SHARE},
        rises="usual",
        falls="flow",
        low=0,
        high=1,
        typical={"usual": 0.3, "flow": 0.5},
    ),
    Shape(
        contact.put_right_now_chance,
        {"discretion": SHARE, "skill": SHARE, "major": FLAG},
        rises="discretion skill",
        falls="major",
        low=0,
        high=1,
        typical=NORMAL | NO_FLAGS,
    ),
    Shape(contact.case_days, {"recovery": SHARE, "u": UNIFORM}, falls="recovery u", low=0),
    Shape(
        contact.effort,
        {"commitment": SHARE, "engagement": SHARE, "strain": SHARE, "hurry": SHARE},
        rises="commitment engagement",
        falls="strain hurry",
        low=0,
        high=1,
        typical=NORMAL,
    ),
    Shape(
        contact.individual_chance,
        {"effort": SHARE, "insight": SHARE, "discretion": SHARE, "wish": SHARE, "room": SHARE},
        rises="effort insight discretion wish room",
        low=0,
        high=1,
    ),
    Shape(
        contact.surprise_chance,
        {"ideas": SHARE, "discretion": SHARE, "effort": SHARE, "memory": within(0, 20), "room": SHARE},
        rises="ideas discretion effort room",
        falls="memory",
        low=0,
        high=1,
    ),
    Shape(
        contact.contact_quality,
        {
            "kept": FLAG,
            "severity": SEVERITY,
            "put_right": FLAG,
            "query": FLAG,
            "query_well": FLAG,
            "individual": FLAG,
            "surprising": FLAG,
            "wait_ratio": SHARE,
            "skill": SHARE,
            "talent": NOISE,
            "engagement": SHARE,
            "hurry": SHARE,
            "z": NOISE,
        },
        rises="put_right query_well individual surprising skill talent engagement z",
        falls="wait_ratio hurry",
        either="kept severity query",
        low=0,
        high=1,
        typical=NORMAL | NO_FLAGS | {"kept": 0, "severity": 1, "query": 1, "wait_ratio": 0.0, "talent": 0.0, "z": 0.0},
    ),
    Shape(
        contact.wait_ratio,
        {"wait": MINUTES, "patience": SOME_MINUTES},
        rises="wait",
        falls="patience",
        low=0,
        high=1,
    ),
    Shape(
        contact.quality_not_served,
        {"turned_away": FLAG, "wait_ratio": SHARE},
        falls="turned_away wait_ratio",
        low=0,
        high=1,
        typical={"turned_away": 0},
        defaults_only="turned_away",
    ),
]
TestShapes = shape_tests(contact, SHAPES, tested_apart="promise_kept late_beyond_bearing gate_open reach_level")


def quality(
    kept=1, severity=0, put_right=0, query=0, query_well=0, individual=0, surprising=0, **others: float
) -> float:
    """Quality of an ordinary contact in every respect that is not named."""
    rest = {"wait_ratio": 0.0, "skill": 0.6, "talent": 0.0, "engagement": 0.5, "hurry": 0.0, "z": 0.0} | others
    return contact.contact_quality(
        kept, severity, put_right, query, query_well, individual, surprising, *rest.values(), P
    )


@pytest.mark.parametrize("p", many_parameters())
def test_a_broken_promise_costs_quality_and_a_major_problem_no_less(p) -> None:
    """Where it is not put right; put right at once it may even please (the recovery paradox)."""
    kept, minor, major = (
        contact.contact_quality(kept, severity, 0, 0, 0, 0, 0, 0.0, 0.6, 0.0, 0.5, 0.0, 0.0, p)
        for kept, severity in ((1, 0), (0, 1), (0, 2))
    )
    assert kept > minor
    assert minor >= major or p["quality_minor"] > p["quality_major"]


def test_the_gifted_please_more_and_no_training_makes_it_so() -> None:
    assert quality(talent=1.0) - quality() == pytest.approx(0.05)
    assert quality(skill=0.7) - quality() == pytest.approx(0.015)


def test_even_odds_are_a_half() -> None:
    assert contact.logistic(0.0) == 0.5
    assert contact.logistic(math.log(3.0)) == pytest.approx(0.75)


@given(within(-30, 30))
def test_the_odds_against_mirror_the_odds_for(x) -> None:
    assert contact.logistic(-x) == pytest.approx(1 - contact.logistic(x))


def test_given_service_times_hold_for_a_managed_organisation() -> None:
    assert contact.service_minutes(5.0, 1.0, 0.6, 0.5, 1.0, P) == 5.0
    assert contact.service_minutes(5.0, 2.0, 0.6, 0.5, 0.5, P) == 5.0
    assert contact.service_minutes(5.0, 1.0, 0.6, 1.0, 1.0, P) == pytest.approx(5.0 * math.exp(-0.2))
    assert contact.service_minutes(5.0, 1.0, 0.8, 0.5, 1.0, P) == pytest.approx(5.0 * math.exp(-0.06))


def test_one_gesture_costs_its_time_once_though_it_is_individual_and_surprising() -> None:
    assert contact.extra_minutes(4.0, 1, 1, 0, P) == contact.extra_minutes(4.0, 1, 0, 0, P) == pytest.approx(0.6)
    assert contact.extra_minutes(4.0, 0, 0, 1, P) == pytest.approx(1.2)
    assert contact.extra_minutes(4.0, 0, 0, 0, P) == 0.0


@given(within(0.001, 0.999))
def test_the_stated_failure_rate_holds_for_a_managed_organisation(usual) -> None:
    assert contact.failure_chance(usual, 0.5, 0.6, 0.25, 0.0, P) == pytest.approx(usual)


@given(SHARE, SHARE, SHARE, SHARE)
def test_what_never_fails_never_fails(reliability, skill, strain, hurry) -> None:
    assert contact.failure_chance(0.0, reliability, skill, strain, hurry, P) == 0.0
    assert contact.failure_chance(1.0, reliability, skill, strain, hurry, P) == 1.0


def test_reliability_from_managed_to_excellent_cuts_the_odds_of_failure_to_a_fifth() -> None:
    odds = contact.failure_chance(0.2, 1.0, 0.6, 0.25, 0.0, P)
    assert odds / (1 - odds) == pytest.approx(0.25 * math.exp(-1.5))
    assert contact.failure_chance(0.5, 0.5, 0.6, 0.25, 0.5, P) == pytest.approx(contact.logistic(1.0))
    assert contact.failure_chance(0.5, 0.5, 0.6, 0.75, 0.0, P) == pytest.approx(contact.logistic(0.5))
    assert contact.failure_chance(0.5, 0.5, 0.1, 0.25, 0.0, P) == pytest.approx(contact.logistic(1.0))


@pytest.mark.parametrize(
    ("failed", "wait", "promised", "kept"),
    [(0, 0.0, math.inf, 1), (0, 500.0, math.inf, 1), (0, 10.0, 10.0, 1), (0, 10.1, 10.0, 0), (1, 0.0, 10.0, 0)],
)
def test_a_failure_or_a_wait_longer_than_promised_breaks_the_promise(failed, wait, promised, kept) -> None:
    assert contact.promise_kept(failed, wait, promised) == kept


@pytest.mark.parametrize(
    ("wait", "promised", "late_major", "major"),
    [
        (10.0, 10.0, 5.0, 0),
        (15.0, 10.0, 5.0, 0),
        (15.1, 10.0, 5.0, 1),
        (900.0, 10.0, math.inf, 0),
        (9.0, math.inf, 0.0, 0),
    ],
)
def test_a_service_that_comes_much_too_late_is_a_major_problem(wait, promised, late_major, major) -> None:
    assert contact.late_beyond_bearing(wait, promised, late_major) == major


def test_most_customers_with_a_problem_stay_silent() -> None:
    assert (
        contact.voice_chance(0.5, 0.0, 0, P) == pytest.approx(contact.logistic(-0.7)) == pytest.approx(0.332, abs=1e-3)
    )
    assert contact.voice_chance(0.5, 0.0, 1, P) == pytest.approx(contact.logistic(0.1))
    assert contact.voice_chance(0.5, 0.5, 0, P) == pytest.approx(contact.logistic(-0.3))
    assert contact.voice_chance(1.0, 0.0, 0, P) == pytest.approx(contact.logistic(0.3))


def test_without_effort_nobody_notices_a_silent_problem() -> None:
    assert contact.notice_chance(1.0, 1.0, 0.0, P) == 0.0
    assert contact.notice_chance(0.5, 0.5, 0.4, P) == pytest.approx(0.1)


def test_recovery_has_its_stated_odds_at_a_managed_organisation() -> None:
    assert contact.recovery_chance(0.5, 0.5, 0.6, 0.45, 0, P) == pytest.approx(contact.logistic(0.4))
    assert contact.recovery_chance(0.5, 0.5, 0.6, 0.45, 1, P) == pytest.approx(contact.logistic(-0.2))
    assert contact.recovery_chance(1.0, 0.5, 0.6, 0.45, 0, P) == pytest.approx(contact.logistic(1.9))
    assert contact.recovery_chance(0.5, 1.0, 0.6, 0.45, 0, P) == pytest.approx(contact.logistic(1.15))
    assert contact.recovery_chance(0.5, 0.5, 0.8, 0.95, 0, P) == pytest.approx(contact.logistic(1.1))


def test_seven_of_ten_queries_are_dealt_with_well_at_once() -> None:
    assert contact.query_chance(0.6, 0.5, 0.45, P) == pytest.approx(0.70, abs=0.005)
    assert contact.query_chance(0.8, 0.5, 0.45, P) == pytest.approx(contact.logistic(1.25))
    assert contact.query_chance(0.6, 0.8, 0.85, P) == pytest.approx(contact.logistic(1.55))


def test_freedom_to_act_decides_whether_a_problem_is_taken_up_on_the_spot() -> None:
    assert contact.put_right_now_chance(0.5, 0.6, 0, P) == pytest.approx(contact.logistic(0.2))
    assert contact.put_right_now_chance(0.5, 0.6, 1, P) == pytest.approx(contact.logistic(-0.6))
    assert contact.put_right_now_chance(1.0, 0.6, 0, P) == pytest.approx(contact.logistic(1.7))
    assert contact.put_right_now_chance(0.5, 0.8, 0, P) == pytest.approx(contact.logistic(0.4))


def test_an_open_case_takes_a_week_on_average_and_less_with_good_recovery() -> None:
    grid = (np.arange(50_000) + 0.5) / 50_000
    assert np.mean([contact.case_days(0.5, u, P) for u in grid]) == pytest.approx(7.0, rel=1e-3)
    assert np.mean([contact.case_days(1.0, u, P) for u in grid]) == pytest.approx(7.0 * math.exp(-1.0), rel=1e-3)


def test_effort_is_more_from_those_who_practise_less_what_strain_and_hurry_take_away() -> None:
    assert contact.effort(0.0, 0.5, 0.0, 0.0, P) == pytest.approx(P.effort_base)
    assert contact.effort(1.0, 0.5, 0.0, 0.0, P) == pytest.approx(P.effort_base + P.effort_commitment)
    assert contact.effort(0.5, 0.5, 0.0, 0.0, P) == pytest.approx(0.5)
    assert contact.effort(0.5, 0.5, 0.25, 0.0, P) == pytest.approx(P.effort_normal)
    assert contact.effort(0.5, 0.75, 0.0, 0.0, P) == pytest.approx(0.6)
    assert contact.effort(0.5, 0.5, 0.0, 0.5, P) == pytest.approx(0.3)
    assert contact.effort(1.0, 1.0, 0.0, 0.0, P) == pytest.approx(0.98)


@pytest.mark.parametrize("missing", range(5))
def test_individual_service_needs_each_of_its_factors(missing: int) -> None:
    factors = [1.0] * 5
    factors[missing] = 0.0
    assert contact.individual_chance(*factors, P) == 0.0


def test_individual_service_is_the_product_of_its_factors() -> None:
    assert contact.individual_chance(0.5, 0.5, 0.5, 0.8, 1.0, P) == pytest.approx(0.15)
    assert contact.individual_chance(1.0, 1.0, 1.0, 1.0, 1.0, P) == 1.0


def test_surprising_service_is_the_product_of_its_factors_and_fades_with_repetition() -> None:
    assert contact.surprise_chance(0.5, 0.5, 0.5, 0.0, 0.8, P) == pytest.approx(0.05)
    assert contact.surprise_chance(0.5, 0.5, 0.5, 2.0, 0.8, P) == pytest.approx(0.05 * math.exp(-1.0))


@pytest.mark.parametrize("missing", [0, 1, 2, 4])
def test_surprising_service_needs_each_of_its_factors(missing: int) -> None:
    factors = [1.0, 1.0, 1.0, 0.0, 1.0]
    factors[missing] = 0.0
    assert contact.surprise_chance(*factors, P) == 0.0


def test_a_plain_contact_has_plain_quality() -> None:
    assert quality() == pytest.approx(P.quality_kept)


@pytest.mark.parametrize(
    ("what", "difference"),
    [
        ({"kept": 0, "severity": 1}, -0.22),
        ({"kept": 0, "severity": 2}, -0.5),
        ({"kept": 0, "severity": 2, "put_right": 1}, -0.05),
        ({"query": 1, "query_well": 1}, 0.03),
        ({"query": 1, "query_well": 0}, -0.12),
        ({"individual": 1}, 0.12),
        ({"surprising": 1}, 0.1),
        ({"individual": 1, "surprising": 1}, 0.22),
        ({"wait_ratio": 0.5}, -0.15),
        ({"hurry": 0.25}, -0.1),
        ({"skill": 0.8}, 0.03),
        ({"engagement": 0.7}, 0.03),
        ({"z": 1.0}, 0.1),
    ],
    ids=lambda value: str(value),
)
def test_each_thing_that_happens_counts_as_the_register_says(what, difference) -> None:
    assert quality(**what) - quality() == pytest.approx(difference)


def test_a_broken_promise_costs_more_than_a_gesture_wins() -> None:
    assert quality() - quality(kept=0, severity=1) > quality(individual=1) - quality()


def test_a_query_handled_well_pleases_and_handled_poorly_annoys() -> None:
    assert quality(query=1, query_well=0) < quality() < quality(query=1, query_well=1)


def test_no_wait_and_endless_patience_weigh_nothing() -> None:
    assert contact.wait_ratio(0.0, 10.0, P) == 0.0
    assert contact.wait_ratio(60.0, math.inf, P) == 0.0


def test_a_wait_feels_a_third_longer_than_it_is() -> None:
    assert contact.wait_ratio(10.0, 13.6, P) == pytest.approx(0.5)


def test_being_turned_away_is_worse_than_giving_up() -> None:
    assert contact.quality_not_served(1, 0.0, P) == P.quality_turned_away
    assert contact.quality_not_served(0, 0.0, P) == P.quality_abandoned
    assert contact.quality_not_served(0, 0.5, P) == pytest.approx(0.3 * 0.85)


FLAGS = [0, 1]
CONTACTS = list(product(FLAGS, repeat=7))
NAMES = ("served", "kept", "put_right", "arose", "dealt_well", "individual", "surprising")


def level(flags: tuple[int, ...]) -> int:
    return contact.reach_level(*flags, 4, 3)


@pytest.mark.parametrize(("kept", "put_right", "arose", "dealt_well"), list(product(FLAGS, repeat=4)))
def test_the_gate_needs_the_promise_and_whatever_arose_dealt_with(kept, put_right, arose, dealt_well) -> None:
    expected = (kept or put_right) and (dealt_well or not arose)
    assert contact.gate_open(kept, put_right, arose, dealt_well) == int(expected)


def test_every_level_from_0_to_4_is_reached() -> None:
    assert {level(met) for met in CONTACTS} == {0, 1, 2, 3, 4}


def test_levels_3_and_4_never_come_through_a_closed_gate() -> None:
    for met in CONTACTS:
        if level(met) >= 2:
            assert contact.gate_open(*met[1:5]) == 1


def test_level_4_is_individual_and_surprising() -> None:
    for met in CONTACTS:
        individual, surprising = met[5:]
        assert (level(met) == 4) == (level(met) >= 3 and bool(individual and surprising))
    assert level((1, 1, 0, 0, 0, 0, 1)) == 1
    assert level((1, 1, 0, 0, 0, 1, 1)) == 4


def test_level_0_is_exactly_not_served_or_broken_and_not_put_right() -> None:
    for met in CONTACTS:
        served, kept, put_right = met[:3]
        assert (level(met) == 0) == (not served or not (kept or put_right))


def test_level_2_is_exactly_something_dealt_with_well_and_no_more() -> None:
    for met in CONTACTS:
        served, kept, put_right, arose, dealt_well, individual, _ = met
        expected = served and (kept or put_right) and arose and dealt_well and not individual
        assert (level(met) == 2) == bool(expected)


@pytest.mark.parametrize("name", ["served", "kept", "put_right", "dealt_well", "individual", "surprising"])
def test_doing_better_never_lowers_the_level(name: str) -> None:
    place = NAMES.index(name)
    for met in CONTACTS:
        if met[place] == 0:
            assert level((*met[:place], 1, *met[place + 1 :])) >= level(met)


def test_the_upper_levels_have_the_numbers_they_are_given() -> None:
    assert contact.reach_level(1, 1, 0, 0, 0, 1, 0, 40, 30) == 30
    assert contact.reach_level(1, 1, 0, 0, 0, 1, 1, 40, 30) == 40
