"""Maturity: money in, practice out, what is not kept decays."""

import pytest
from hypothesis import given

from sxsim.model import organisation
from sxsim.model.parameters import record

from .shapes import LEVEL, NOISE, SHARE, P, Shape, shape_tests, whole, within, worked_examples

SHAPES = [
    Shape(organisation.practice, {"maturity": LEVEL}, rises="maturity", low=0, high=1, typical={"maturity": 3.0}),
    Shape(
        organisation.absorb_money,
        {"alignment": SHARE, "commitment": SHARE},
        rises="alignment commitment",
        low=0,
        high=1,
    ),
    Shape(
        organisation.programme_intensity,
        {"money_share": within(0, 10), "absorption": SHARE},
        rises="money_share absorption",
        low=0,
        high=1,
        typical={"money_share": 0.01},
    ),
    Shape(
        organisation.raise_maturity,
        {"maturity": LEVEL, "intensity": SHARE},
        rises="intensity",
        falls="maturity",
        low=0,
        high=1,
        typical={"maturity": 3.0},
    ),
    Shape(
        organisation.decay_maturity,
        {"maturity": LEVEL, "established": LEVEL, "intensity": SHARE},
        rises="maturity",
        falls="established intensity",
        low=0,
        high=4,
        typical={"maturity": 4.0, "established": 3.0},
    ),
    Shape(
        organisation.anchor_practice,
        {"established": LEVEL, "maturity": LEVEL, "alignment": SHARE, "anchored": SHARE},
        rises="established maturity",
        either="alignment anchored",
        low=1,
        high=5,
        typical={"maturity": 4.0, "established": 3.0},
    ),
    Shape(
        organisation.idea_supply,
        {"surprise": SHARE, "bond": SHARE, "voice": SHARE},
        rises="surprise bond voice",
        low=0,
        high=1,
    ),
    Shape(
        organisation.element_maturity,
        {"mean": LEVEL, "weakest": LEVEL},
        rises="mean weakest",
        low=1,
        high=5,
        typical={"mean": 3.0, "weakest": 2.0},
    ),
    Shape(
        organisation.see_maturity,
        {"seen": LEVEL, "maturity": LEVEL, "indicators": SHARE, "tools": SHARE, "noise": NOISE},
        rises="seen maturity noise",
        either="indicators tools",
        low=1,
        high=5,
        typical={"seen": 3.0, "maturity": 3.0},
    ),
    Shape(
        organisation.money_weight,
        {"seen": LEVEL},
        falls="seen",
        low=0.01,
        high=5,
        typical={"seen": 3.0},
    ),
    Shape(
        organisation.launch_ideas,
        {"fresh": SHARE, "supply": SHARE, "innovation_process": SHARE},
        rises="fresh supply",
        either="innovation_process",
        low=0,
        high=1,
        typical={"fresh": 0.3},
    ),
    Shape(
        organisation.practised_lever,
        {"capability": SHARE, "commitment": SHARE},
        rises="capability commitment",
        low=0,
        high=1,
    ),
    Shape(
        organisation.own_lever,
        {"lever": SHARE, "own": SHARE, "mean": SHARE},
        rises="lever own",
        falls="mean",
        low=0,
        high=1,
    ),
    Shape(
        organisation.self_service_reliability,
        {"reliability": SHARE, "technology": SHARE},
        rises="reliability technology",
        low=0,
        high=1,
    ),
    Shape(
        organisation.capability,
        {"carried": SHARE, "weights": within(1, 31)},
        rises="carried",
        falls="weights",
        low=0,
        high=1,
        typical={"weights": 2.0},
    ),
    Shape(
        organisation.partner_energy, {"culture": SHARE, "structure": SHARE}, rises="culture structure", low=0, high=1
    ),
    Shape(
        organisation.money_for,
        {
            "element_money": within(0, 1e4),
            "sub_element_money": within(0, 1e4),
            "weight": within(0.5, 5),
            "weights": within(5, 30),
            "unit": within(1, 1e5),
            "planned": within(1, 1e5),
            "money": within(0, 1e5),
            "elements": whole(9, 9),
        },
        rises="element_money sub_element_money weight unit money",
        falls="weights planned",
        either="elements",
        low=0,
        typical={"weights": 6.0, "elements": 9, "weight": 2.0},
    ),
    Shape(
        organisation.new_maturity,
        {"maturity": LEVEL, "won": SHARE, "lost": SHARE},
        rises="maturity won",
        falls="lost",
        low=1,
        high=5,
        typical={"maturity": 3.0},
    ),
]
TestShapes = shape_tests(organisation, SHAPES)


def test_managed_is_half_way_to_the_top() -> None:
    assert [organisation.practice(float(level), P) for level in (1, 3, 5)] == [0.0, 0.5, 1.0]


def test_all_of_each_euro_becomes_practice_where_everybody_pulls_the_same_way() -> None:
    assert organisation.absorb_money(1.0, 1.0, P) == pytest.approx(1.0)
    assert organisation.absorb_money(0.0, 0.0, P) == P.absorption_floor
    assert organisation.absorb_money(0.5, 0.5, P) == pytest.approx(0.5)


def test_money_that_nobody_takes_up_is_lost_but_for_a_floor() -> None:
    assert organisation.absorb_money(1.0, 0.0, P) == P.absorption_floor
    assert organisation.absorb_money(0.0, 1.0, P) == pytest.approx(0.6)


def test_the_second_euro_does_less_than_the_first() -> None:
    first, second = (organisation.programme_intensity(money, 1.0, P) for money in (0.004, 0.008))
    assert first == pytest.approx(0.5)
    assert second - first < first
    assert organisation.programme_intensity(0.0, 0.5, P) == 0.0


def test_a_little_money_moves_nothing() -> None:
    assert organisation.programme_intensity(0.004 / 3, 1.0, P) == pytest.approx(0.1)
    assert 3 * organisation.programme_intensity(0.001, 1.0, P) < organisation.programme_intensity(0.003, 1.0, P)


def test_the_top_level_cannot_be_passed() -> None:
    assert organisation.raise_maturity(5.0, 1.0, P) == 0.0
    assert organisation.raise_maturity(1.0, 1.0, P) == pytest.approx(0.12)


def test_practice_that_is_kept_up_does_not_fade() -> None:
    assert organisation.decay_maturity(5.0, 1.0, 1.0, P) == 0.0
    assert organisation.decay_maturity(3.0, 3.0, 0.0, P) == 0.0
    assert organisation.decay_maturity(2.0, 3.0, 0.0, P) == 0.0
    assert organisation.decay_maturity(4.0, 3.0, 0.0, P) == pytest.approx(0.06)


@given(LEVEL, LEVEL, SHARE, SHARE)
def test_anchoring_goes_towards_what_is_practised_and_never_past_it(established, maturity, alignment, anchored) -> None:
    low, high = sorted([established, maturity])
    assert low - 1e-12 <= organisation.anchor_practice(established, maturity, alignment, anchored, P) <= high + 1e-12


def test_anchoring_is_faster_with_alignment_and_where_it_is_worked_on() -> None:
    assert organisation.anchor_practice(3.0, 4.0, 0.0, 0.0, P) == 3.0
    assert organisation.anchor_practice(3.0, 4.0, 1.0, 0.0, P) == pytest.approx(3.04)
    assert organisation.anchor_practice(3.0, 2.0, 1.0, 0.0, P) == pytest.approx(2.96)
    assert organisation.anchor_practice(3.0, 4.0, 0.0, 1.0, P) == pytest.approx(3.0 + 0.04 * P.anchoring_gain)


def test_the_weakest_sub_element_weighs_more_than_its_share() -> None:
    assert organisation.element_maturity(3.0, 3.0, P) == pytest.approx(3.0)
    assert organisation.element_maturity(3.0, 1.0, P) == pytest.approx(2.4)


def test_indicators_make_the_organisation_see_sooner() -> None:
    assert organisation.see_maturity(2.0, 4.0, 1.0, 1.0, 0.0, P) == pytest.approx(4.0)
    assert organisation.see_maturity(2.0, 4.0, 0.0, 1.0, 0.0, P) == pytest.approx(2.2)


def test_measuring_tools_take_the_error_away() -> None:
    assert organisation.see_maturity(3.0, 3.0, 1.0, 1.0, 2.0, P) == pytest.approx(3.0)
    assert organisation.see_maturity(3.0, 3.0, 1.0, 0.0, 2.0, P) == pytest.approx(4.2)


def test_money_goes_to_the_weak_spots() -> None:
    assert organisation.money_weight(5.0, P) == P.money_weight_floor
    assert organisation.money_weight(2.0, P) == pytest.approx(3.25)


@given(SHARE, SHARE, SHARE)
def test_ideas_go_towards_their_supply_and_never_past_it(fresh, supply, process) -> None:
    low, high = sorted([fresh, supply])
    assert low - 1e-12 <= organisation.launch_ideas(fresh, supply, process, P) <= high + 1e-12


def test_an_innovation_process_brings_ideas_to_the_front_line_sooner() -> None:
    assert organisation.launch_ideas(0.0, 0.6, 0.0, P) == pytest.approx(0.05)
    assert organisation.launch_ideas(0.0, 0.6, 1.0, P) == pytest.approx(0.2)


@given(SHARE)
def test_at_normal_commitment_the_lever_equals_the_capability(capability) -> None:
    assert organisation.practised_lever(capability, P.commitment_normal, P) == pytest.approx(capability)


def test_half_of_a_capability_reaches_the_front_line_though_nobody_lives_it() -> None:
    assert organisation.practised_lever(0.6, 0.0, P) == pytest.approx(0.3)
    assert organisation.practised_lever(0.6, 1.0, P) == pytest.approx(0.9)
    assert organisation.practised_lever(0.9, 1.0, P) == 1.0


def test_nothing_comes_of_nothing() -> None:
    assert organisation.practised_lever(0.0, 1.0, P) == 0.0


def test_each_further_step_from_a_managed_house_shows_less() -> None:
    p = record(worked_examples() | {"lever_curb": 2.0})[0]
    shown = [organisation.practised_lever(capability, 0.5, p) for capability in (0.0, 0.25, 0.5, 0.75, 1.0)]
    assert shown == pytest.approx([0.25, 0.5 - 0.25 / 1.5, 0.5, 0.5 + 0.25 / 1.5, 0.75])


def test_technology_is_half_of_self_service() -> None:
    assert organisation.self_service_reliability(0.4, 0.8, P) == pytest.approx(0.6)
    assert organisation.self_service_reliability(0.4, 0.6, P) == pytest.approx(0.5)


def test_a_lever_that_nothing_carries_is_as_of_a_managed_organisation() -> None:
    assert organisation.capability(0.0, 0.0, P) == P.lever_normal


def test_money_that_was_not_planned_goes_to_all_elements_alike() -> None:
    shares = [organisation.money_for(0.0, 0.0, w, 6.0, 1.0, 0.0, 900.0, 9) for w in (1.0, 2.0, 3.0)]
    assert sum(shares) == pytest.approx(100.0)


def test_the_plan_s_money_is_scaled_to_what_there_is() -> None:
    assert organisation.money_for(90.0, 10.0, 2.0, 6.0, 1.0, 100.0, 50.0, 9) == pytest.approx(20.0)
    assert organisation.money_for(0.0, 0.0, 2.0, 6.0, 1.0, 0.0, 0.0, 9) == 0.0
