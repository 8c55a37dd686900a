"""Commitment: contact carries it, surroundings support it, wins keep it going; a hand-checked month is in tests/cases."""

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sxsim.model import commitment
from sxsim.model.commitment import AWARE, PRACTISING, RESIGNED, TRYING, UNAWARE

from .shapes import SHARE, P, Shape, many_parameters, shape_tests

SHAPES = [
    Shape(
        commitment.support,
        {"energy": SHARE, "alignment": SHARE, "engagement": SHARE, "strain": SHARE, "deployment": SHARE},
        rises="energy alignment engagement deployment",
        falls="strain",
        low=0,
        high=1,
    ),
    Shape(
        commitment.contact,
        dict.fromkeys(["team", "across", "network", "silos", "energy", "leadership", "campaign"], SHARE),
        rises="team across network energy campaign",
        falls="silos leadership",
        low=0,
        high=1,
    ),
    Shape(
        commitment.become_aware,
        dict.fromkeys(["contact", "understanding", "business_link"], SHARE),
        rises="contact",
        falls="understanding business_link",
        low=0,
        high=1,
    ),
    Shape(
        commitment.begin_trying,
        dict.fromkeys(["contact", "fatigue", "mindset", "product_view", "cross_industry"], SHARE),
        rises="contact",
        falls="fatigue mindset product_view cross_industry",
        low=0,
        high=1,
    ),
    Shape(
        commitment.begin_practising,
        dict.fromkeys(["support", "momentum", "resources", "silos"], SHARE),
        rises="support momentum",
        falls="resources silos",
        low=0,
        high=1,
    ),
    Shape(commitment.lose_sight, {"contact": SHARE}, falls="contact", low=0, high=1),
    Shape(commitment.give_up, {"support": SHARE, "momentum": SHARE}, falls="support momentum", low=0, high=1),
    Shape(
        commitment.relapse,
        dict.fromkeys(["support", "anchored", "transformation_culture"], SHARE),
        rises="transformation_culture",
        falls="support anchored",
        low=0,
        high=1,
    ),
    Shape(
        commitment.resign,
        {"strain": SHARE, "fatigue": SHARE},
        rises="strain fatigue",
        low=0,
        high=1,
    ),
    Shape(commitment.hope_again, {"contact": SHARE, "support": SHARE}, rises="contact support", low=0, high=1),
    Shape(
        commitment.fatigue,
        {"before": SHARE, "fell_back": SHARE},
        rises="before fell_back",
        low=0,
        high=1,
    ),
    Shape(
        commitment.wins,
        {"changes": SHARE, "involved": SHARE, "delight": SHARE},
        rises="changes involved delight",
        low=0,
        high=1,
    ),
    Shape(commitment.momentum, {"before": SHARE, "wins": SHARE}, rises="before wins", low=0, high=1),
    Shape(
        commitment.anchored,
        dict.fromkeys(["culture", "innovation", "standards"], SHARE),
        rises="culture innovation standards",
        low=0,
        high=1,
    ),
]
TestShapes = shape_tests(commitment, SHAPES, tested_apart="next_stage share_of")


def test_a_managed_organisation_supports_half_commitment() -> None:
    assert commitment.support(0.5, 0.5, 0.5, 0.25, 0.5, P) == pytest.approx(0.5)


def test_each_support_counts_as_the_register_says() -> None:
    usual = commitment.support(0.5, 0.5, 0.5, 0.25, 0.5, P)
    assert commitment.support(0.6, 0.5, 0.5, 0.25, 0.5, P) - usual == pytest.approx(0.05)
    assert commitment.support(0.5, 0.6, 0.5, 0.25, 0.5, P) - usual == pytest.approx(0.04)
    assert commitment.support(0.5, 0.5, 0.6, 0.25, 0.5, P) - usual == pytest.approx(0.03)
    assert commitment.support(0.5, 0.5, 0.5, 0.35, 0.5, P) - usual == pytest.approx(-0.02)
    assert commitment.support(0.5, 0.5, 0.5, 0.25, 0.6, P) - usual == pytest.approx(0.02)


@given(SHARE, SHARE, SHARE, SHARE, st.integers(0, 22))
def test_without_contact_nobody_becomes_aware_or_tries_or_hopes(network, silos, leadership, support, place) -> None:
    p = many_parameters()[place]
    assert commitment.contact(0.0, 0.0, network, silos, 0.0, leadership, 0.0, p) == 0.0
    assert commitment.become_aware(0.0, 0.0, 0.0, p) == 0.0
    assert commitment.begin_trying(0.0, 0.0, 0.0, 0.0, 0.0, p) == 0.0
    assert commitment.hope_again(0.0, support, p) == 0.0


def test_contacts_are_independent_chances() -> None:
    assert commitment.contact(1, 0, 0, 0, 0, 0, 0, P) == pytest.approx(P.contact_team)
    assert commitment.contact(0, 1, 0, 0, 0, 0, 0, P) == pytest.approx(P.contact_across)
    assert commitment.contact(0, 1, 1, 0, 0, 0, 0, P) == pytest.approx(P.contact_across + P.contact_network)
    assert commitment.contact(0, 0, 0, 0, 1, 0, 0, P) == pytest.approx(P.contact_leaders)
    assert commitment.contact(0, 0, 0, 0, 0, 0, 1, P) == pytest.approx(P.contact_campaign)
    both = 1 - (1 - P.contact_team) * (1 - P.contact_campaign)
    assert commitment.contact(1, 0, 0, 0, 0, 0, 1, P) == pytest.approx(both)


def test_a_network_of_supporters_needs_supporters() -> None:
    assert commitment.contact(0, 0, 1, 0, 0, 0, 0, P) == 0.0


def test_an_obstacle_of_full_severity_holds_up_what_the_register_says() -> None:
    left = 1 - P.obstacle_weight
    assert commitment.contact(0, 0, 0, 0, 1, 1, 0, P) == pytest.approx(left * P.contact_leaders)
    assert commitment.contact(0, 1, 0, 1, 0, 0, 0, P) == pytest.approx(left * P.contact_across)
    assert commitment.become_aware(1, 1, 1, P) == pytest.approx(left**2 * P.aware_speed)
    assert commitment.begin_trying(1, 0, 1, 1, 1, P) == pytest.approx(left**3 * P.trying_speed)
    assert commitment.begin_practising(1, 1, 1, 1, P) == pytest.approx(left**2 * P.practising_speed)


def test_without_wins_trying_becomes_practice_more_seldom_and_is_given_up_more_often() -> None:
    assert commitment.begin_practising(1, 0, 0, 0, P) == pytest.approx(P.momentum_floor * P.practising_speed)
    assert commitment.give_up(1, 1, P) == 0.0
    assert commitment.give_up(1, 0, P) == pytest.approx((1 - P.momentum_floor) * P.giving_up_speed)
    assert commitment.give_up(0, 1, P) == pytest.approx(P.giving_up_speed)


def test_without_anchoring_practice_falls_back_and_old_ways_return_in_spite_of_support() -> None:
    assert commitment.relapse(0, 0, 0, P) == pytest.approx(P.relapse_speed)
    assert commitment.relapse(0, 1, 0, P) == pytest.approx((1 - P.anchoring_hold) * P.relapse_speed)
    assert commitment.relapse(1, 0, 0, P) == 0.0
    assert commitment.relapse(1, 0, 1, P) == pytest.approx(P.obstacle_weight * P.relapse_speed)


def test_strain_beyond_normal_and_fatigue_make_people_resign() -> None:
    assert commitment.resign(P.strain_normal, 0.0, P) == 0.0
    assert commitment.resign(P.strain_normal + 0.4, 0.0, P) == pytest.approx(0.4 * P.resigning_strain)
    assert commitment.resign(0.0, 0.5, P) == pytest.approx(0.5 * P.resigning_fatigue)


def test_fatigue_grows_with_every_fall_and_is_slept_off() -> None:
    once = commitment.fatigue(0.0, 1.0, P)
    assert once == pytest.approx(P.fatigue_gain)
    assert commitment.fatigue(once, 0.0, P) == pytest.approx(once * (1 - P.fatigue_forgetting))
    assert commitment.fatigue(once, 1.0, P) > once


def test_celebrated_changes_need_somebody_who_makes_them() -> None:
    assert commitment.wins(1.0, 0.0, 0.0, P) == 0.0
    assert commitment.wins(0.5, 0.5, 0.0, P) == pytest.approx(0.25 * P.wins_changes)
    assert commitment.wins(0.0, 1.0, P.wins_delight_half, P) == pytest.approx(P.wins_delight / 2)


def test_momentum_follows_wins_and_fades_without_them() -> None:
    assert commitment.momentum(0.0, 1.0, P) == pytest.approx(P.momentum_speed)
    assert commitment.momentum(0.5, 0.0, P) == pytest.approx(0.5 * (1 - P.momentum_speed))


def test_one_draw_decides_the_next_stage() -> None:
    chances = {"up": 0.3, "down": 0.2, "out": 0.1}

    def after(stage: int, u: float, **other: float) -> int:
        return int(commitment.next_stage(stage, *(chances | other).values(), u))

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
            UNAWARE: commitment.become_aware(contact, 0.0, 0.0, p),
            AWARE: commitment.begin_trying(contact, 0.0, 0.0, 0.0, 0.0, p),
            TRYING: commitment.begin_practising(support, momentum, 0.0, 0.0, p),
        }.get(stage, 0.0)
        down = {
            AWARE: commitment.lose_sight(contact, p),
            TRYING: commitment.give_up(support, momentum, p),
            PRACTISING: commitment.relapse(support, anchored, 0.0, p),
        }.get(stage, 0.0)
        return int(commitment.next_stage(stage, up, down, 0.0, u))

    worse = tuple(map(min, zip(one, other, strict=True)))
    better = tuple(map(max, zip(one, other, strict=True)))
    for stage in _LADDER:
        assert after(stage, *worse) <= after(stage, *better)
    for lower, higher in pairwise(_LADDER):
        assert after(lower, *worse) <= after(higher, *better)


def test_a_share_of_nobody_is_none() -> None:
    assert commitment.share_of(3, 4) == 0.75
    assert commitment.share_of(0, 0) == 0.0
