"""Activities and obstacles: what builds up, what is worked off, what it costs."""

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sxsim.model import implementation
from sxsim.model.implementation import AWARE, PRACTISING, RESIGNED, TRYING, UNAWARE

from .shapes import SHARE, P, Shape, many_parameters, shape_tests, within

MONEY = within(0, 1e6)
ACTIVITIES = [
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


def test_a_vision_and_an_analysis_bring_part_of_what_is_missing() -> None:
    assert implementation.align(0.5, 1.0, P) == pytest.approx(0.5 + P.vision_alignment / 2)
    assert implementation.know_better(0.5, 1.0, P) == pytest.approx(0.5 + P.analysis_sight / 2)


def test_momentum_carries_the_drive_over_to_the_rest_only_with_the_activity() -> None:
    assert implementation.expand(0.2, 0.6, 1.0, 1.0, P) == pytest.approx(0.2 + P.expansion * 0.4)
    assert implementation.expand(0.2, 0.6, 0.0, 1.0, P) == 0.2
    assert implementation.expand(0.2, 0.6, 1.0, 0.0, P) == 0.2
    assert implementation.expand(0.6, 0.6, 1.0, 1.0, P) == 0.6


COMMITMENT = [
    Shape(
        implementation.support,
        {"energy": SHARE, "alignment": SHARE, "engagement": SHARE, "strain": SHARE, "deployment": SHARE},
        rises="energy alignment engagement deployment",
        falls="strain",
        low=0,
        high=1,
    ),
    Shape(implementation.way_open, {"in_the_way": SHARE}, falls="in_the_way", low=0, high=1),
    Shape(
        implementation.contact,
        dict.fromkeys(["team", "across", "network", "silos", "energy", "leadership", "campaign"], SHARE),
        rises="team across network energy campaign",
        falls="silos leadership",
        low=0,
        high=1,
    ),
    Shape(
        implementation.become_aware,
        dict.fromkeys(["contact", "understanding", "business_link"], SHARE),
        rises="contact",
        falls="understanding business_link",
        low=0,
        high=1,
    ),
    Shape(
        implementation.begin_trying,
        dict.fromkeys(["contact", "fatigue", "mindset", "product_view", "cross_industry"], SHARE),
        rises="contact",
        falls="fatigue mindset product_view cross_industry",
        low=0,
        high=1,
    ),
    Shape(
        implementation.begin_practising,
        dict.fromkeys(["support", "momentum", "resources", "silos"], SHARE),
        rises="support momentum",
        falls="resources silos",
        low=0,
        high=1,
    ),
    Shape(implementation.lose_sight, {"contact": SHARE}, falls="contact", low=0, high=1),
    Shape(implementation.give_up, {"support": SHARE, "momentum": SHARE}, falls="support momentum", low=0, high=1),
    Shape(
        implementation.relapse,
        dict.fromkeys(["support", "anchored", "transformation_culture"], SHARE),
        rises="transformation_culture",
        falls="support anchored",
        low=0,
        high=1,
    ),
    Shape(
        implementation.resign,
        {"strain": SHARE, "fatigue": SHARE},
        rises="strain fatigue",
        low=0,
        high=1,
    ),
    Shape(implementation.hope_again, {"contact": SHARE, "support": SHARE}, rises="contact support", low=0, high=1),
    Shape(
        implementation.fatigue,
        {"before": SHARE, "fell_back": SHARE},
        rises="before fell_back",
        low=0,
        high=1,
    ),
    Shape(
        implementation.wins,
        {"changes": SHARE, "involved": SHARE, "delight": SHARE},
        rises="changes involved delight",
        low=0,
        high=1,
    ),
    Shape(implementation.momentum, {"before": SHARE, "wins": SHARE}, rises="before wins", low=0, high=1),
    Shape(
        implementation.anchored,
        dict.fromkeys(["culture", "innovation", "standards"], SHARE),
        rises="culture innovation standards",
        low=0,
        high=1,
    ),
]
SHAPES = [*ACTIVITIES, *COMMITMENT]
TestShapes = shape_tests(implementation, SHAPES, tested_apart="next_stage share_of")


def test_a_managed_organisation_supports_half_commitment() -> None:
    assert implementation.support(0.5, 0.5, 0.5, 0.25, 0.5, P) == pytest.approx(0.5)


def test_each_support_counts_as_the_register_says() -> None:
    usual = implementation.support(0.5, 0.5, 0.5, 0.25, 0.5, P)
    assert implementation.support(0.6, 0.5, 0.5, 0.25, 0.5, P) - usual == pytest.approx(0.05)
    assert implementation.support(0.5, 0.6, 0.5, 0.25, 0.5, P) - usual == pytest.approx(0.04)
    assert implementation.support(0.5, 0.5, 0.6, 0.25, 0.5, P) - usual == pytest.approx(0.03)
    assert implementation.support(0.5, 0.5, 0.5, 0.35, 0.5, P) - usual == pytest.approx(-0.02)
    assert implementation.support(0.5, 0.5, 0.5, 0.25, 0.6, P) - usual == pytest.approx(0.02)


@given(SHARE, SHARE, SHARE, SHARE, st.integers(0, 22))
def test_without_contact_nobody_becomes_aware_or_tries_or_hopes(network, silos, leadership, support, place) -> None:
    p = many_parameters()[place]
    assert implementation.contact(0.0, 0.0, network, silos, 0.0, leadership, 0.0, p) == 0.0
    assert implementation.become_aware(0.0, 0.0, 0.0, p) == 0.0
    assert implementation.begin_trying(0.0, 0.0, 0.0, 0.0, 0.0, p) == 0.0
    assert implementation.hope_again(0.0, support, p) == 0.0


def test_contacts_are_independent_chances() -> None:
    assert implementation.contact(1, 0, 0, 0, 0, 0, 0, P) == pytest.approx(P.contact_team)
    assert implementation.contact(0, 1, 0, 0, 0, 0, 0, P) == pytest.approx(P.contact_across)
    assert implementation.contact(0, 1, 1, 0, 0, 0, 0, P) == pytest.approx(P.contact_across + P.contact_network)
    assert implementation.contact(0, 0, 0, 0, 1, 0, 0, P) == pytest.approx(P.contact_leaders)
    assert implementation.contact(0, 0, 0, 0, 0, 0, 1, P) == pytest.approx(P.contact_campaign)
    both = 1 - (1 - P.contact_team) * (1 - P.contact_campaign)
    assert implementation.contact(1, 0, 0, 0, 0, 0, 1, P) == pytest.approx(both)


def test_a_network_of_supporters_needs_supporters() -> None:
    assert implementation.contact(0, 0, 1, 0, 0, 0, 0, P) == 0.0


def test_an_obstacle_of_full_severity_holds_up_what_the_register_says() -> None:
    left = 1 - P.obstacle_weight
    assert implementation.contact(0, 0, 0, 0, 1, 1, 0, P) == pytest.approx(left * P.contact_leaders)
    assert implementation.contact(0, 1, 0, 1, 0, 0, 0, P) == pytest.approx(left * P.contact_across)
    assert implementation.become_aware(1, 1, 1, P) == pytest.approx(left * P.aware_speed)
    assert implementation.begin_trying(1, 0, 1, 1, 1, P) == pytest.approx(left * P.trying_speed)
    assert implementation.begin_practising(1, 1, 1, 1, P) == pytest.approx(left * P.practising_speed)


def test_of_several_obstacles_to_a_step_each_takes_off_its_part() -> None:
    one, all_of_them = P.obstacle_weight / 3, P.obstacle_weight
    tried = [implementation.begin_trying(1, 0, *obstacles, P) for obstacles in ((0, 0, 0), (1, 0, 0), (1, 1, 1))]
    assert tried == pytest.approx([P.trying_speed * (1 - lost) for lost in (0, one, all_of_them)])
    half = 1 - P.obstacle_weight / 2
    assert implementation.become_aware(1, 1, 0, P) == pytest.approx(half * P.aware_speed)
    assert implementation.begin_practising(1, 1, 0, 1, P) == pytest.approx(half * P.practising_speed)


def test_without_wins_trying_becomes_practice_more_seldom_and_is_given_up_more_often() -> None:
    assert implementation.begin_practising(1, 0, 0, 0, P) == pytest.approx(P.momentum_floor * P.practising_speed)
    assert implementation.give_up(1, 1, P) == 0.0
    assert implementation.give_up(1, 0, P) == pytest.approx((1 - P.momentum_floor) * P.giving_up_speed)
    assert implementation.give_up(0, 1, P) == pytest.approx(P.giving_up_speed)


def test_without_anchoring_practice_falls_back_and_old_ways_return_in_spite_of_support() -> None:
    assert implementation.relapse(0, 0, 0, P) == pytest.approx(P.relapse_speed)
    assert implementation.relapse(0, 1, 0, P) == pytest.approx((1 - P.anchoring_hold) * P.relapse_speed)
    assert implementation.relapse(1, 0, 0, P) == 0.0
    assert implementation.relapse(1, 0, 1, P) == pytest.approx(P.obstacle_weight * P.relapse_speed)


def test_strain_beyond_normal_and_fatigue_make_people_resign() -> None:
    assert implementation.resign(P.strain_normal, 0.0, P) == 0.0
    assert implementation.resign(P.strain_normal + 0.4, 0.0, P) == pytest.approx(0.4 * P.resigning_strain)
    assert implementation.resign(0.0, 0.5, P) == pytest.approx(0.5 * P.resigning_fatigue)


def test_fatigue_grows_with_every_fall_and_is_slept_off() -> None:
    once = implementation.fatigue(0.0, 1.0, P)
    assert once == pytest.approx(P.fatigue_gain)
    assert implementation.fatigue(once, 0.0, P) == pytest.approx(once * (1 - P.fatigue_forgetting))
    assert implementation.fatigue(once, 1.0, P) > once


def test_celebrated_changes_need_somebody_who_makes_them() -> None:
    assert implementation.wins(1.0, 0.0, 0.0, P) == 0.0
    assert implementation.wins(0.5, 0.5, 0.0, P) == pytest.approx(0.25 * P.wins_changes)
    assert implementation.wins(0.0, 1.0, P.wins_delight_half, P) == pytest.approx(P.wins_delight / 2)


def test_momentum_follows_wins_and_fades_without_them() -> None:
    assert implementation.momentum(0.0, 1.0, P) == pytest.approx(P.momentum_speed)
    assert implementation.momentum(0.5, 0.0, P) == pytest.approx(0.5 * (1 - P.momentum_speed))


def test_one_draw_decides_the_next_stage() -> None:
    chances = {"up": 0.3, "down": 0.2, "out": 0.1}

    def after(stage: int, u: float, **other: float) -> int:
        return int(implementation.next_stage(stage, *(chances | other).values(), u))

    assert after(UNAWARE, 0.29) == AWARE
    assert after(AWARE, 0.29) == TRYING
    assert after(TRYING, 0.29) == PRACTISING
    assert after(RESIGNED, 0.29, down=0.0, out=0.0) == AWARE
    assert after(TRYING, 0.31) == after(TRYING, 0.69) == TRYING
    assert after(TRYING, 0.71) == after(TRYING, 0.89) == AWARE
    assert after(TRYING, 0.91) == after(AWARE, 0.91) == RESIGNED
    assert after(PRACTISING, 0.99, up=0.0, out=0.0) == TRYING
    assert after(AWARE, 0.99, out=0.0) == UNAWARE


_LADDER = (UNAWARE, AWARE, TRYING, PRACTISING)


@given(
    st.tuples(SHARE, SHARE, SHARE, SHARE),
    st.tuples(SHARE, SHARE, SHARE, SHARE),
    st.integers(0, 22),
    st.floats(0, 1, exclude_min=True, exclude_max=True),
)
def test_with_the_same_draw_better_surroundings_and_a_higher_stage_never_end_lower(one, other, place, u) -> None:
    """Strain and fatigue aside; what keeps more effort from ever lowering anybody's commitment."""
    p = many_parameters()[place]

    def after(stage: int, contact: float, support: float, momentum: float, anchored: float) -> int:
        up = {
            UNAWARE: implementation.become_aware(contact, 0.0, 0.0, p),
            AWARE: implementation.begin_trying(contact, 0.0, 0.0, 0.0, 0.0, p),
            TRYING: implementation.begin_practising(support, momentum, 0.0, 0.0, p),
        }.get(stage, 0.0)
        down = {
            AWARE: implementation.lose_sight(contact, p),
            TRYING: implementation.give_up(support, momentum, p),
            PRACTISING: implementation.relapse(support, anchored, 0.0, p),
        }.get(stage, 0.0)
        return int(implementation.next_stage(stage, up, down, 0.0, u))

    worse = tuple(map(min, zip(one, other, strict=True)))
    better = tuple(map(max, zip(one, other, strict=True)))
    for stage in _LADDER:
        assert after(stage, *worse) <= after(stage, *better)
    for lower, higher in pairwise(_LADDER):
        assert after(lower, *worse) <= after(higher, *better)


def test_a_share_of_nobody_is_none() -> None:
    assert implementation.share_of(3, 4) == 0.75
    assert implementation.share_of(0, 0) == 0.0
