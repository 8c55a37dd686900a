"""The pyramid, over all 256 combinations of what can happen in a contact; cases to read are in `tests/cases`."""

from itertools import product

import pytest

from sxsim.model import pyramid

FLAGS = [0, 1]
CONTACTS = list(product(FLAGS, repeat=7))
NAMES = ("served", "kept", "put_right", "arose", "dealt_well", "individual", "surprising")


def level(contact: tuple[int, ...]) -> int:
    return pyramid.reach_level(*contact, 4, 3)


@pytest.mark.parametrize(("kept", "put_right", "arose", "dealt_well"), list(product(FLAGS, repeat=4)))
def test_the_gate_needs_the_promise_and_whatever_arose_dealt_with(kept, put_right, arose, dealt_well) -> None:
    expected = (kept or put_right) and (dealt_well or not arose)
    assert pyramid.gate_open(kept, put_right, arose, dealt_well) == int(expected)


def test_every_level_from_0_to_4_is_reached() -> None:
    assert {level(contact) for contact in CONTACTS} == {0, 1, 2, 3, 4}


def test_levels_3_and_4_never_come_through_a_closed_gate() -> None:
    for contact in CONTACTS:
        if level(contact) >= 2:
            assert pyramid.gate_open(*contact[1:5]) == 1


def test_level_4_is_individual_and_surprising() -> None:
    for contact in CONTACTS:
        individual, surprising = contact[5:]
        assert (level(contact) == 4) == (level(contact) >= 3 and bool(individual and surprising))
    assert level((1, 1, 0, 0, 0, 0, 1)) == 1
    assert level((1, 1, 0, 0, 0, 1, 1)) == 4


def test_level_0_is_exactly_not_served_or_broken_and_not_put_right() -> None:
    for contact in CONTACTS:
        served, kept, put_right = contact[:3]
        assert (level(contact) == 0) == (not served or not (kept or put_right))


def test_level_2_is_exactly_something_dealt_with_well_and_no_more() -> None:
    for contact in CONTACTS:
        served, kept, put_right, arose, dealt_well, individual, surprising = contact
        expected = served and (kept or put_right) and arose and dealt_well and not individual
        assert (level(contact) == 2) == bool(expected)


@pytest.mark.parametrize("name", ["served", "kept", "put_right", "dealt_well", "individual", "surprising"])
def test_doing_better_never_lowers_the_level(name: str) -> None:
    place = NAMES.index(name)
    for contact in CONTACTS:
        if contact[place] == 0:
            assert level((*contact[:place], 1, *contact[place + 1 :])) >= level(contact)


def test_the_upper_levels_have_the_numbers_they_are_given() -> None:
    assert pyramid.reach_level(1, 1, 0, 0, 0, 1, 0, 40, 30) == 30
    assert pyramid.reach_level(1, 1, 0, 0, 0, 1, 1, 40, 30) == 40
