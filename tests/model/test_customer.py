"""The customer: perception, satisfaction, delight, bond, expectation, grievance, loyalty, telling, leaving."""

import math

import pytest
from hypothesis import given

from sxsim.model import customer
from sxsim.model.parameters import record

from .shapes import (
    DIFFERENCE,
    FLAG,
    NOISE,
    SEVERITY,
    SHARE,
    UNIFORM,
    P,
    Shape,
    shape_tests,
    whole,
    within,
    worked_examples,
)

SHAPES = [
    Shape(customer.usual_expectation, {"brand": whole(0, 3)}, either="brand", low=0, high=1),
    Shape(
        customer.perceived_quality,
        {"quality": SHARE, "expectation": SHARE},
        rises="quality expectation",
        low=0,
        high=1,
    ),
    Shape(
        customer.satisfaction_target,
        {"perceived": SHARE, "expectation": SHARE, "value_gap": DIFFERENCE, "grievance": SHARE},
        rises="perceived value_gap",
        falls="expectation grievance",
        low=0,
        high=1,
        typical={"value_gap": 0.0},
    ),
    Shape(
        customer.problem_loss,
        {"severity": SEVERITY, "put_right": FLAG, "trouble": SHARE},
        rises="severity trouble",
        falls="put_right",
        low=0,
        high=1,
        typical={"severity": 1, "put_right": 0},
        defaults_only="severity",
    ),
    Shape(
        customer.loss_to_repair,
        {"lost": SHARE, "importance": within(0, 3), "loss": SHARE},
        rises="lost loss",
        either="importance",
        low=0,
        high=1,
        typical={"importance": 1.0},
    ),
    Shape(
        customer.trouble_after_contact,
        {"trouble": SHARE, "severity": SEVERITY},
        rises="trouble severity",
        low=0,
        high=1,
        typical={"severity": 0},
    ),
    Shape(customer.forget_trouble, {"trouble": SHARE}, rises="trouble", low=0, high=1),
    Shape(
        customer.satisfaction_after_case,
        {"satisfaction": SHARE, "put_right": FLAG, "lost": SHARE, "trouble": SHARE},
        rises="satisfaction put_right",
        falls="trouble",
        either="lost",
        low=0,
        high=1,
        typical={"satisfaction": 0.6, "put_right": 0, "lost": 0.2, "trouble": 0.5},
    ),
    Shape(
        customer.update_satisfaction,
        {"satisfaction": SHARE, "target": SHARE, "importance": within(0, 3), "loss": SHARE},
        rises="satisfaction target",
        falls="loss",
        either="importance",
        low=0,
        high=1,
        typical={"importance": 1.0, "satisfaction": 0.6},
    ),
    Shape(
        customer.delight_chance,
        {
            "gate": FLAG,
            "individual": FLAG,
            "wish": SHARE,
            "surprising": FLAG,
            "perceived": SHARE,
            "expectation": SHARE,
        },
        rises="individual wish surprising perceived",
        falls="expectation",
        either="gate",
        low=0,
        high=1,
        typical={"gate": 1, "individual": 1, "surprising": 0, "perceived": 0.7},
    ),
    Shape(
        customer.update_bond,
        {"bond": SHARE, "delighted": FLAG, "surprising": FLAG, "severity": SEVERITY, "put_right": FLAG, "wish": SHARE},
        rises="bond delighted put_right",
        either="surprising wish",
        falls="severity",
        low=0,
        high=1,
        typical={"delighted": 0, "surprising": 0, "severity": 1, "put_right": 0},
    ),
    Shape(customer.fade_bond, {"bond": SHARE}, rises="bond", low=0, high=1),
    Shape(
        customer.update_expectation,
        {"expectation": SHARE, "quality": SHARE, "delighted": FLAG},
        rises="expectation quality delighted",
        low=0,
        high=1,
        typical={"delighted": 0},
    ),
    Shape(
        customer.drift_expectation,
        {"expectation": SHARE, "usual": SHARE, "market_rise": SHARE, "promise": DIFFERENCE},
        rises="expectation usual market_rise promise",
        low=0,
        high=1,
        typical={"market_rise": 0.0, "promise": 0.0},
    ),
    Shape(
        customer.remember_surprise,
        {"memory": within(0, 100), "surprising": FLAG},
        rises="memory surprising",
        low=0,
        typical={"surprising": 0},
    ),
    Shape(customer.forget_surprise, {"memory": within(0, 100)}, rises="memory", low=0, high=100),
    Shape(
        customer.grievance_after_contact,
        {"grievance": SHARE, "severity": SEVERITY, "put_right": FLAG, "importance": within(0, 3)},
        rises="grievance severity importance",
        falls="put_right",
        low=0,
        high=1,
        typical={"severity": 1, "put_right": 0, "importance": 1.0},
        defaults_only="severity",
    ),
    Shape(
        customer.grievance_after_case,
        {"grievance": SHARE, "put_right": FLAG},
        rises="grievance",
        falls="put_right",
        low=0,
        high=1,
        typical={"put_right": 0},
    ),
    Shape(
        customer.heal_grievance,
        {"grievance": SHARE, "importance": within(0, 3)},
        rises="grievance",
        falls="importance",
        low=0,
        high=1,
        typical={"importance": 1.0},
    ),
    Shape(
        customer.image_after_hearing,
        {"image": SHARE, "praise": within(0, 20), "complaints": within(0, 20)},
        rises="image praise",
        falls="complaints",
        low=0,
        high=1,
        typical={"praise": 1.0, "complaints": 1.0},
    ),
    Shape(
        customer.image_after_living,
        {"image": SHARE, "satisfaction": SHARE},
        rises="image satisfaction",
        low=0,
        high=1,
    ),
    Shape(customer.fade_grievance, {"grievance": SHARE}, rises="grievance", low=0, high=1),
    Shape(
        customer.loyalty,
        {"satisfaction": SHARE, "bond": SHARE, "image": SHARE, "grievance": SHARE},
        rises="satisfaction bond image",
        falls="grievance",
        low=0,
        high=1,
    ),
    Shape(
        customer.leave_chance,
        {"usual": SHARE, "loyalty": SHARE, "grievance": SHARE, "advantage": DIFFERENCE},
        rises="usual grievance",
        falls="loyalty advantage",
        low=0,
        high=1,
        typical={"usual": 0.02, "advantage": 0.0},
    ),
    Shape(
        customer.feedback_chance,
        {"bond": SHARE, "voice": SHARE},
        rises="bond voice",
        low=0,
        high=1,
    ),
    Shape(
        customer.asked,
        {"felt": SHARE, "scale": NOISE, "mood": NOISE, "noise": NOISE},
        rises="felt scale mood noise",
        typical={"felt": 0.6},
    ),
    Shape(
        customer.survey_answer,
        {"loyalty": SHARE, "scale": NOISE, "mood": NOISE, "noise": NOISE},
        rises="loyalty scale mood noise",
        low=0,
        high=10,
        typical={"loyalty": 0.6, "scale": 0.55, "mood": 0.2, "noise": 0.4},
    ),
    Shape(
        customer.tell_chance,
        {"satisfaction": SHARE, "delighted": FLAG, "grievance": SHARE, "positive": FLAG},
        either="satisfaction delighted grievance positive",
        low=0,
        high=1,
    ),
    Shape(
        customer.own_level,
        {"usual": SHARE, "spread": within(0, 0.3), "z": NOISE},
        rises="usual z",
        either="spread",
        low=0,
        high=1,
        typical={"spread": 0.1, "z": 0.0},
    ),
    Shape(
        customer.starting_image,
        {"reputation": SHARE, "satisfaction": SHARE, "is_customer": FLAG},
        rises="reputation satisfaction",
        either="is_customer",
        low=0,
        high=1,
        typical={"is_customer": 1},
    ),
    Shape(
        customer.starting_bond, {"usual": SHARE, "u": UNIFORM}, rises="usual u", low=0, high=1, typical={"usual": 0.3}
    ),
]
TestShapes = shape_tests(customer, SHAPES)


@given(SHARE, SHARE)
def test_perception_lies_between_quality_and_expectation(quality, expectation) -> None:
    low, high = sorted([quality, expectation])
    assert low - 1e-12 <= customer.perceived_quality(quality, expectation, P) <= high + 1e-12


def test_expectation_draws_perception_by_three_tenths_of_the_gap() -> None:
    assert customer.perceived_quality(0.6, 0.8, P) == pytest.approx(0.66)


def test_what_was_expected_leaves_what_was_perceived() -> None:
    assert customer.satisfaction_target(0.7, 0.7, 0.0, 0.0, P) == pytest.approx(0.7)
    assert customer.satisfaction_target(0.7, 0.7, 0.2, 0.0, P) == pytest.approx(0.8)


def test_losses_weigh_half_as_much_again_as_gains() -> None:
    gain = customer.satisfaction_target(0.6, 0.5, 0.0, 0.0, P) - 0.6
    loss = 0.6 - customer.satisfaction_target(0.6, 0.7, 0.0, 0.0, P)
    assert gain == pytest.approx(0.04)
    assert loss == pytest.approx(0.06)


@given(within(0.2, 0.6), within(0.001, 0.2))
def test_losses_weigh_more_than_gains(perceived, gap) -> None:
    gain = customer.satisfaction_target(perceived, perceived - gap, 0.0, 0.0, P) - perceived
    loss = perceived - customer.satisfaction_target(perceived, perceived + gap, 0.0, 0.0, P)
    assert loss > gain > 0


@given(SHARE, SHARE, within(0, 3))
def test_satisfaction_goes_towards_the_last_contact_and_never_past_it(satisfaction, target, importance) -> None:
    low, high = sorted([satisfaction, target])
    assert low - 1e-12 <= customer.update_satisfaction(satisfaction, target, importance, 0.0, P) <= high + 1e-12


@given(SHARE, SHARE, within(0, 3), within(0, 3))
def test_an_important_touchpoint_moves_satisfaction_further(satisfaction, target, one, other) -> None:
    less, more = sorted([one, other])
    small = abs(customer.update_satisfaction(satisfaction, target, less, 0.0, P) - satisfaction)
    assert abs(customer.update_satisfaction(satisfaction, target, more, 0.0, P) - satisfaction) >= small - 1e-12


def test_a_worse_contact_moves_satisfaction_further_than_a_better_one() -> None:
    assert customer.update_satisfaction(0.5, 0.7, 1.0, 0.0, P) == pytest.approx(0.55)
    assert customer.update_satisfaction(0.5, 0.3, 1.0, 0.0, P) == pytest.approx(0.43)
    assert customer.update_satisfaction(0.5, 0.7, 0.0, 0.0, P) == 0.5
    assert customer.update_satisfaction(0.5, 0.7, 2.0, 0.0, P) == pytest.approx(0.6)


@given(FLAG, SHARE, FLAG, SHARE, SHARE)
def test_a_closed_gate_lets_no_delight_through(individual, wish, surprising, perceived, expectation) -> None:
    assert customer.delight_chance(0, individual, wish, surprising, perceived, expectation, P) == 0.0


@pytest.mark.parametrize(
    ("individual", "wish", "surprising", "perceived", "odds"),
    [
        (0, 1.0, 0, 0.6, -4.5),
        (1, 1.0, 0, 0.6, 1.5),
        (1, 0.5, 0, 0.6, -1.5),
        (1, 0.0, 0, 0.6, -4.5),
        (0, 1.0, 1, 0.6, -3.0),
        (0, 1.0, 0, 0.7, -3.7),
        (0, 1.0, 0, 0.3, -4.5),
        (1, 1.0, 1, 0.7, 3.8),
    ],
)
def test_delight_is_being_valued_or_exceeding_expectations_and_surprise_adds(
    individual, wish, surprising, perceived, odds
) -> None:
    chance = customer.delight_chance(1, individual, wish, surprising, perceived, 0.6, P)
    assert chance == pytest.approx(1 / (1 + math.exp(-odds)))


@given(SHARE, FLAG)
def test_a_plain_contact_leaves_the_bond_alone(bond, put_right) -> None:
    assert customer.update_bond(bond, 0, 0, 0, put_right, 0.5, P) == bond


def test_delight_binds_and_surprise_binds_more() -> None:
    assert customer.update_bond(0.5, 1, 0, 0, 0, 0.5, P) == pytest.approx(0.56)
    assert customer.update_bond(0.5, 1, 1, 0, 0, 0.5, P) == pytest.approx(0.59)
    assert customer.update_bond(0.5, 0, 1, 0, 0, 0.5, P) == 0.5


def test_who_wants_the_use_only_is_bound_less_by_delight() -> None:
    gains = [customer.update_bond(0.2, 1, 0, 0, 0, wish, P) - 0.2 for wish in (0.0, 0.25, 0.5, 1.0)]
    assert gains[0] == 0.0
    assert gains[1:] == pytest.approx([0.048, 0.096, 0.192])


def test_an_image_follows_what_is_heard_and_lived() -> None:
    assert customer.image_after_hearing(0.6, 0.0, 0.0, P) == 0.6
    one, three = (customer.image_after_hearing(0.6, told, 0.0, P) for told in (1.0, 3.0))
    assert 0.6 < one < three < 1.0
    assert customer.image_after_hearing(0.6, 0.0, 1.0, P) < 0.6
    assert customer.image_after_hearing(0.5, 2.0, 2.0, P) == 0.5
    assert customer.image_after_living(0.6, 0.8, P) == pytest.approx(0.6 + 0.2 * P["image_lived"])


@given(within(0.3, 0.9), within(0.3, 0.9), within(0.001, 0.1))
def test_who_expects_more_is_never_more_satisfied_with_the_same(quality, expectation, more) -> None:
    """Expectation draws perception up, and disconfirmation takes at least as much. The register's own values."""
    p = record()[0]
    less_expected, more_expected = (
        customer.satisfaction_target(customer.perceived_quality(quality, level, p), level, 0.0, 0.0, p)
        for level in (expectation, expectation + more)
    )
    assert more_expected <= less_expected + 1e-12


@pytest.mark.parametrize("importance", [0.3, 1.0, 1.5])
def test_a_grievance_follows_the_share_of_contacts_with_a_problem_whatever_their_weight(importance) -> None:
    """One contact in ten fails, for long. What is unimportant hurts less and heals less, so it rankles as much."""
    grievance, seen = 0.0, []
    for contact in range(600):
        if contact % 10 == 0:
            grievance = customer.grievance_after_contact(grievance, 1, 0, importance, P)
        else:
            grievance = customer.heal_grievance(grievance, importance, P)
        seen.append(grievance)
    assert sum(seen[-100:]) / 100 == pytest.approx(0.28, abs=0.03)


def test_unsolved_failures_break_the_bond_and_solved_ones_do_not() -> None:
    assert customer.update_bond(0.5, 0, 0, 1, 0, 0.5, P) == pytest.approx(0.35)
    assert customer.update_bond(0.5, 0, 0, 2, 0, 0.5, P) == pytest.approx(0.2)
    assert customer.update_bond(0.5, 0, 0, 2, 1, 0.5, P) == 0.5


def test_a_bond_fades_by_one_and_a_half_per_cent_a_month() -> None:
    assert customer.fade_bond(0.6, P) == pytest.approx(0.591)


@given(SHARE, SHARE)
def test_without_delight_expectation_goes_towards_experience(expectation, quality) -> None:
    low, high = sorted([expectation, quality])
    assert low - 1e-12 <= customer.update_expectation(expectation, quality, 0, P) <= high + 1e-12


def test_delight_raises_the_bar() -> None:
    assert customer.update_expectation(0.6, 0.6, 1, P) == pytest.approx(0.606)
    assert customer.update_expectation(0.6, 0.7, 0, P) == pytest.approx(0.606)


def test_expectation_drifts_to_the_market_and_to_the_promise() -> None:
    assert customer.drift_expectation(0.6, 0.6, 0.0, 0.0, P) == pytest.approx(0.6)
    assert customer.drift_expectation(0.6, 0.6, 0.1, 0.0, P) == pytest.approx(0.603)
    assert customer.drift_expectation(0.6, 0.6, 0.0, 1.0, P) == pytest.approx(0.6036)
    assert customer.drift_expectation(0.6, 0.7, 0.0, 0.0, P) == pytest.approx(0.603)


def test_each_surprise_is_remembered_once_and_fades() -> None:
    assert customer.remember_surprise(2.0, 1) == 3.0
    assert customer.remember_surprise(2.0, 0) == 2.0
    assert customer.forget_surprise(2.0, P) == pytest.approx(1.84)


@given(SHARE)
def test_no_problem_leaves_no_grievance_and_one_put_right_at_once_a_scar(grievance) -> None:
    assert customer.grievance_after_contact(grievance, 0, 0, 1.0, P) == grievance
    scarred = grievance + 0.06 * (1 - grievance)
    assert customer.grievance_after_contact(grievance, 2, 1, 1.0, P) == pytest.approx(scarred)


def test_an_unsolved_problem_leaves_a_grievance_and_a_major_one_a_larger() -> None:
    assert customer.grievance_after_contact(0.0, 1, 0, 1.0, P) == pytest.approx(0.2)
    assert customer.grievance_after_contact(0.5, 1, 0, 1.0, P) == pytest.approx(0.6)
    assert customer.grievance_after_contact(0.5, 2, 0, 1.0, P) == pytest.approx(0.8)


def test_a_problem_where_little_matters_rankles_little() -> None:
    assert customer.grievance_after_contact(0.0, 1, 0, 0.3, P) == pytest.approx(0.06)
    assert customer.grievance_after_contact(0.0, 2, 0, 3.0, P) == 1.0


def test_a_case_put_right_relieves_and_one_refused_adds_or_comforts() -> None:
    assert customer.grievance_after_case(0.5, 1, P) == pytest.approx(0.1)
    assert customer.grievance_after_case(0.5, 0, P) == pytest.approx(0.6)
    heard = record(worked_examples() | {"grievance_refused": -0.2})[0]
    assert customer.grievance_after_case(0.5, 0, heard) == pytest.approx(0.4)
    assert customer.fade_grievance(0.5, P) == pytest.approx(0.45)
    assert customer.heal_grievance(0.5, 1.0, P) == pytest.approx(0.47)
    assert customer.heal_grievance(0.5, 0.5, P) == pytest.approx(0.485)


def test_a_case_put_right_gives_back_part_of_what_was_lost_and_never_more() -> None:
    assert customer.satisfaction_after_case(0.6, 1, 0.1, 1.0, P) == pytest.approx(0.66)
    assert customer.satisfaction_after_case(0.6, 1, 0.0, 1.0, P) == 0.6


def test_a_refusal_costs_satisfaction_and_more_while_the_problem_is_fresh() -> None:
    assert customer.satisfaction_after_case(0.6, 0, 0.1, 0.0, P) == pytest.approx(0.57)
    assert customer.satisfaction_after_case(0.6, 0, 0.1, 1.0, P) == pytest.approx(0.555)


def test_a_problem_costs_satisfaction_beyond_the_poor_contact() -> None:
    for severity, loss in ((0, 0.0), (1, 0.08), (2, 0.2)):
        assert customer.problem_loss(severity, 0, 0.0, P) == pytest.approx(loss)
    assert customer.update_satisfaction(0.7, 0.7, 1.0, 0.08, P) == pytest.approx(0.62)
    assert customer.update_satisfaction(0.7, 0.7, 0.5, 0.08, P) == pytest.approx(0.66)


def test_a_second_problem_in_a_row_costs_half_as_much_again_until_it_is_forgotten() -> None:
    fresh = customer.trouble_after_contact(0.0, 1)
    assert fresh == 1.0
    assert customer.problem_loss(1, 0, fresh, P) == pytest.approx(0.12)
    assert customer.problem_loss(1, 0, customer.forget_trouble(fresh, P), P) == pytest.approx(0.1)


def test_a_problem_put_right_at_once_costs_little_but_the_next_one_finds_it_fresh() -> None:
    assert customer.problem_loss(1, 1, 0.0, P) == pytest.approx(0.008)
    assert customer.trouble_after_contact(0.0, 1) == 1.0


def test_what_is_lost_is_brought_back_by_contacts_or_by_the_case() -> None:
    lost = customer.loss_to_repair(0.0, 1.0, 0.08, P)
    assert lost == pytest.approx(0.08)
    assert customer.loss_to_repair(lost, 1.0, 0.0, P) == pytest.approx(0.06)


def test_a_grievance_takes_from_what_later_contacts_leave() -> None:
    assert customer.satisfaction_target(0.7, 0.7, 0.0, 0.4, P) == pytest.approx(0.64)


def test_loyalty_adds_up_as_the_register_says() -> None:
    assert customer.loyalty(0.7, 0.1, 0.6, 0.0, P) == pytest.approx(0.15 + 0.42 + 0.03 + 0.025)
    assert customer.loyalty(0.7, 0.1, 0.6, 0.5, P) == pytest.approx(0.625 - 0.15)


@given(within(0.3, 0.8), within(0.01, 0.2))
def test_leaving_is_convex_in_loyalty(loyalty, step) -> None:
    worse, here, better = (customer.leave_chance(0.01, loyalty + k * step, 0.0, 0.0, P) for k in (-1, 0, 1))
    assert worse - here > here - better > 0


def test_at_normal_loyalty_customers_leave_at_the_stated_rate() -> None:
    assert customer.leave_chance(0.02, P.loyalty_normal, 0.0, 0.0, P) == pytest.approx(0.02)
    assert customer.leave_chance(0.02, 0.5, 0.0, 0.0, P) == pytest.approx(0.02 * math.exp(0.6))
    assert customer.leave_chance(0.02, 0.6, 0.4, 0.0, P) == pytest.approx(0.02 * math.exp(0.6))
    assert customer.leave_chance(0.02, 0.6, 0.0, 0.2, P) == pytest.approx(0.02 * math.exp(-0.3))


@given(SHARE, SHARE, DIFFERENCE)
def test_nobody_leaves_where_leaving_is_switched_off(loyalty, grievance, advantage) -> None:
    assert customer.leave_chance(0.0, loyalty, grievance, advantage, P) == 0.0


def test_a_third_answers_when_asked_and_bonded_customers_more() -> None:
    assert customer.feedback_chance(0.0, 0.5, P) == pytest.approx(0.310, abs=1e-3)
    assert customer.feedback_chance(1.0, 0.5, P) == pytest.approx(1 / (1 + math.exp(-0.7)))
    assert customer.feedback_chance(0.0, 0.9, P) == pytest.approx(0.5)


@given(SHARE, NOISE, NOISE, NOISE)
def test_answers_are_whole_numbers(loyalty, scale, mood, noise) -> None:
    assert customer.survey_answer(loyalty, scale, mood, noise, P) in range(11)


def test_an_answer_adds_scale_mood_and_noise_to_what_is_felt() -> None:
    assert customer.asked(0.6, 1.0, 0.0, 0.0, P) == pytest.approx(0.68)
    assert customer.asked(0.6, 0.0, 1.0, 0.0, P) == pytest.approx(0.66)
    assert customer.asked(0.6, 0.0, 0.0, -1.0, P) == pytest.approx(0.52)


def test_loyal_customers_answer_9_and_disloyal_ones_3() -> None:
    assert customer.survey_answer(0.75, 0.0, 0.0, 0.0, P) == 9
    assert customer.survey_answer(0.0, 0.0, 0.0, 0.0, P) == 3
    assert customer.survey_answer(0.6, 1.5, 0.0, 0.0, P) == customer.survey_answer(0.6, 0.0, 2.0, 0.0, P) == 9
    assert customer.survey_answer(0.6, 0.0, 0.0, 1.5, P) == 9
    assert customer.survey_answer(0.6, 0.0, 0.0, 0.0, P) == 8


@given(SHARE, SHARE, FLAG, SHARE)
def test_praise_rises_and_complaint_falls_with_satisfaction(one, other, delighted, grievance) -> None:
    worse, better = sorted([one, other])
    praise = [customer.tell_chance(s, delighted, grievance, 1, P) for s in (worse, better)]
    complaint = [customer.tell_chance(s, delighted, grievance, 0, P) for s in (worse, better)]
    assert praise[0] <= praise[1]
    assert complaint[0] >= complaint[1]


@given(SHARE)
def test_delight_makes_praise_and_grievance_makes_complaint(satisfaction) -> None:
    calm = [customer.tell_chance(satisfaction, 0, 0.0, kind, P) for kind in (0, 1)]
    assert customer.tell_chance(satisfaction, 1, 0.0, 1, P) > calm[1]
    assert customer.tell_chance(satisfaction, 1, 0.0, 0, P) == calm[0]
    assert customer.tell_chance(satisfaction, 0, 0.5, 0, P) > calm[0]
    assert customer.tell_chance(satisfaction, 0, 0.5, 1, P) == calm[1]


def test_people_tell_most_at_the_extremes() -> None:
    assert customer.tell_chance(0.5, 0, 0.0, 1, P) == customer.tell_chance(0.5, 0, 0.0, 0, P) == 0.0
    assert customer.tell_chance(0.9, 0, 0.0, 1, P) == pytest.approx(0.12)
    assert customer.tell_chance(0.9, 1, 0.0, 1, P) == pytest.approx(0.37)
    assert customer.tell_chance(0.1, 0, 0.0, 0, P) == pytest.approx(0.2)
    assert customer.tell_chance(0.1, 0, 0.5, 0, P) == pytest.approx(0.4)


def test_customers_hold_an_image_between_what_is_told_and_what_they_lived_and_others_what_is_told() -> None:
    assert customer.starting_image(0.3, 0.7, 0, P) == 0.3
    assert customer.starting_image(0.3, 0.7, 1, P) == pytest.approx(0.3 + P.image_own * 0.4)
