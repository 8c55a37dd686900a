"""The employee: engagement, strain, skill, quitting, hiring."""

import math

import pytest
from hypothesis import given

from sxsim.model import employee

from .shapes import NOISE, SHARE, UNIFORM, P, Shape, shape_tests, within

TENURE = within(0, 600)
PAY = within(-1, 1)
SHAPES = [
    Shape(
        employee.pay_lead,
        {"wage": within(1000, 5000), "market_wage": within(1000, 5000)},
        rises="wage",
        falls="market_wage",
        low=-2,
        high=2,
    ),
    Shape(
        employee.engagement_target,
        {"energy": SHARE, "discretion": SHARE, "strain": SHARE, "delight": SHARE, "pay": PAY, "trait": NOISE},
        rises="energy discretion delight pay trait",
        falls="strain",
        low=0,
        high=1,
        typical={"trait": 0.0, "delight": 0.05, "pay": 0.0},
    ),
    Shape(
        employee.update_engagement,
        {"engagement": SHARE, "target": SHARE},
        rises="engagement target",
        low=0,
        high=1,
    ),
    Shape(
        employee.workload,
        {"utilisation": SHARE, "other_work": SHARE},
        rises="utilisation other_work",
        low=0,
        high=1,
        typical={"utilisation": 0.4, "other_work": 0.4},
    ),
    Shape(
        employee.update_strain,
        {"strain": SHARE, "utilisation": within(0, 3)},
        rises="strain utilisation",
        low=0,
        high=1,
        typical={"utilisation": 0.8},
    ),
    Shape(
        employee.skill_ceiling,
        {"craft": SHARE, "talent": NOISE},
        rises="craft talent",
        low=0,
        high=1,
        typical={"craft": 0.5, "talent": 0.0},
    ),
    Shape(employee.update_skill, {"skill": SHARE, "ceiling": SHARE}, rises="skill ceiling", low=0, high=1),
    Shape(
        employee.quit_chance,
        {"usual": SHARE, "engagement": SHARE, "strain": SHARE, "pay": PAY, "tenure": TENURE},
        rises="usual strain",
        falls="engagement pay",
        either="tenure",
        low=0,
        high=1,
        typical={"usual": 0.02, "tenure": 12.0, "pay": 0.0},
    ),
    Shape(
        employee.applicants,
        {"engagement": SHARE, "reputation": SHARE, "pay": PAY},
        rises="engagement reputation pay",
        low=0.01,
        typical={"pay": 0.0},
    ),
    Shape(
        employee.hire_chance,
        {"applicants": within(0.001, 500)},
        rises="applicants",
        low=0,
        high=1,
        typical={"applicants": 5.0},
    ),
    Shape(
        employee.newcomer_skill,
        {"craft": SHARE, "applicants": within(0.001, 500), "talent": NOISE},
        rises="craft applicants talent",
        low=0,
        high=1,
        typical={"craft": 0.5, "applicants": 5.0, "talent": 0.0},
    ),
    Shape(employee.newcomer_commitment, {"craft": SHARE}, rises="craft", low=0, high=1),
    Shape(
        employee.own_engagement,
        {"usual": SHARE, "trait": NOISE},
        rises="usual trait",
        low=0,
        high=1,
        typical={"trait": 0.0},
    ),
    Shape(employee.starting_tenure, {"u": UNIFORM}, falls="u", low=0),
    Shape(
        employee.staff_wanted,
        {"listed": within(0, 50), "site_factor": within(0, 5), "availability": SHARE},
        rises="listed site_factor availability",
        low=0,
    ),
]
TestShapes = shape_tests(employee, SHAPES, tested_apart="shift_number")


def test_where_everything_is_normal_engagement_is_at_its_base() -> None:
    assert employee.engagement_target(0.5, 0.5, 0.25, 0.05, 0.0, 0.0, P) == pytest.approx(0.5)


@pytest.mark.parametrize(
    ("energy", "discretion", "strain", "delight", "trait", "expected"),
    [
        (0.7, 0.5, 0.25, 0.05, 0.0, 0.62),
        (0.5, 0.9, 0.25, 0.05, 0.0, 0.6),
        (0.5, 0.5, 0.75, 0.05, 0.0, 0.3),
        (0.5, 0.5, 0.25, 0.25, 0.0, 0.6),
        (0.5, 0.5, 0.25, 0.05, 1.0, 0.64),
        (1.0, 1.0, 0.0, 1.0, 3.0, 1.0),
    ],
)
def test_each_support_of_engagement_counts_as_the_register_says(
    energy, discretion, strain, delight, trait, expected
) -> None:
    assert employee.engagement_target(energy, discretion, strain, delight, 0.0, trait, P) == pytest.approx(expected)


@given(SHARE, SHARE)
def test_engagement_drifts_to_its_target_and_never_past_it(engagement, target) -> None:
    low, high = sorted([engagement, target])
    assert low - 1e-12 <= employee.update_engagement(engagement, target, P) <= high + 1e-12


def test_a_seventh_of_the_gap_in_engagement_closes_each_month() -> None:
    assert employee.update_engagement(0.4, 0.6, P) == pytest.approx(0.43)


@given(within(0, 0.6))
def test_nobody_is_strained_by_bearable_work(utilisation) -> None:
    assert employee.update_strain(0.5, utilisation, P) == pytest.approx(0.35)


def test_strain_follows_work_beyond_what_one_can_bear() -> None:
    assert employee.update_strain(0.0, 0.8, P) == pytest.approx(0.15)
    assert employee.update_strain(0.0, 1.0, P) == employee.update_strain(0.0, 1.5, P) == pytest.approx(0.3)
    assert employee.update_strain(0.5, 0.8, P) == pytest.approx(0.5)


def test_the_working_time_is_filled_by_customers_and_other_work() -> None:
    assert employee.workload(0.5, 0.2) == pytest.approx(0.7)
    assert employee.workload(0.9, 0.2) == 1.0


def test_craft_leads_from_what_experience_alone_gives_to_full_skill() -> None:
    assert employee.skill_ceiling(0.0, 0.0, P) == pytest.approx(0.2)
    assert employee.skill_ceiling(0.5, 0.0, P) == pytest.approx(P.skill_normal)
    assert employee.skill_ceiling(1.0, 0.0, P) == pytest.approx(1.0)


def test_the_gifted_get_further() -> None:
    assert employee.skill_ceiling(0.5, 1.0, P) == pytest.approx(P.skill_normal + 0.12)
    assert employee.newcomer_skill(0.5, 5.0, -1.0, P) == pytest.approx(0.28)


def test_a_tenth_of_the_missing_skill_is_learnt_in_a_month() -> None:
    assert employee.update_skill(0.6, 0.6, P) == 0.6
    assert employee.update_skill(0.6, 1.0, P) == pytest.approx(0.64)
    assert employee.update_skill(0.6, 0.2, P) == pytest.approx(0.56)


@given(SHARE, SHARE, within(0.1, 14), within(0.1, 14))
def test_quitting_rises_up_to_its_peak_and_falls_beyond(engagement, strain, one, other) -> None:
    early, late = sorted([one, other])
    before = [employee.quit_chance(0.01, engagement, strain, 0.0, tenure, P) for tenure in (early, late, 15.0)]
    assert before == sorted(before)
    after = [employee.quit_chance(0.01, engagement, strain, 0.0, 15.0 + tenure * 10, P) for tenure in (early, late)]
    assert before[2] >= after[0] >= after[1]


def test_the_peak_of_quitting_lies_at_fifteen_months() -> None:
    assert employee.quit_chance(0.01, 0.5, 0.25, 0.0, 0.0, P) == pytest.approx(0.004)
    assert employee.quit_chance(0.01, 0.5, 0.25, 0.0, 15.0, P) == pytest.approx(0.014)
    assert employee.quit_chance(0.01, 0.5, 0.25, 0.0, 600.0, P) == pytest.approx(0.004, rel=1e-3)


def test_low_engagement_and_strain_make_people_quit() -> None:
    assert employee.quit_chance(0.01, 0.2, 0.25, 0.0, 15.0, P) == pytest.approx(0.014 * math.exp(0.6))
    assert employee.quit_chance(0.01, 0.5, 0.65, 0.0, 15.0, P) == pytest.approx(0.014 * math.exp(0.4))


@given(SHARE, SHARE, TENURE)
def test_nobody_quits_where_quitting_is_switched_off(engagement, strain, tenure) -> None:
    assert employee.quit_chance(0.0, engagement, strain, 0.0, tenure, P) == 0.0


def test_an_attractive_employer_has_more_applicants() -> None:
    assert employee.applicants(0.5, 0.5, 0.0, P) == pytest.approx(5.0)
    assert employee.applicants(0.9, 0.5, 0.0, P) == pytest.approx(5.0 * math.exp(0.6))
    assert employee.applicants(0.5, 0.9, 0.0, P) == pytest.approx(5.0 * math.exp(0.4))


def test_who_pays_more_than_others_keeps_and_finds_people_and_engages_them_a_little() -> None:
    pay = employee.pay_lead(2400.0, 2000.0)
    assert pay == pytest.approx(math.log(1.2))
    assert employee.pay_lead(2000.0, 2000.0) == 0.0
    assert employee.pay_lead(0.0, 2000.0) == employee.pay_lead(2000.0, 0.0) == 0.0
    assert employee.quit_chance(0.01, 0.5, 0.25, pay, 15.0, P) == pytest.approx(0.014 * 1.2**-1.2)
    assert employee.applicants(0.5, 0.5, pay, P) == pytest.approx(5.0 * 1.2**0.8)
    assert employee.engagement_target(0.5, 0.5, 0.25, 0.05, pay, 0.0, P) == pytest.approx(0.5 + 0.12 * pay)


def test_a_vacancy_takes_about_two_months_to_fill() -> None:
    chance = employee.hire_chance(5.0, P)
    assert chance == pytest.approx(1 - math.exp(-0.6))
    assert 1.5 < 1 / chance < 2.5


def test_a_newcomer_starts_below_and_is_better_where_chosen_with_care() -> None:
    usual = employee.newcomer_skill(0.5, 5.0, 0.0, P)
    assert usual == pytest.approx(0.4)
    assert usual < P.skill_normal
    assert employee.newcomer_skill(0.8, 5.0, 0.0, P) == pytest.approx(0.52)
    assert employee.newcomer_skill(0.5, 15.0, 0.0, P) == pytest.approx(0.45)


def test_induction_instils_the_idea() -> None:
    assert employee.newcomer_commitment(0.5, P) == pytest.approx(0.3)
    assert employee.newcomer_commitment(1.0, P) == pytest.approx(0.6)
    assert employee.newcomer_commitment(0.0, P) == 0.0


def test_shifts_change_at_6_14_and_22() -> None:
    numbers = [employee.shift_number(hour * 60.0, P) for hour in range(31)]
    assert [hour for hour in range(1, 31) if numbers[hour] != numbers[hour - 1]] == [6, 14, 22, 30]
    assert numbers[0] == 0 and numbers[6] == 1
