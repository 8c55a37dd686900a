"""Rows and columns that steps know by name are those of the standard's lists."""

import pytest

from sxsim.engines import world
from sxsim.engines.start import _BRANDS
from sxsim.model import customer
from sxsim.scenario.organisation import Organisation
from sxsim.standard.catalogue import ACTIVITIES, LEVERS, OBSTACLES, PYRAMID, activities, catalogue


@pytest.mark.parametrize("names", [LEVERS, OBSTACLES], ids=["levers", "obstacles"])
def test_every_lever_and_obstacle_has_its_row(names: tuple[str, ...]) -> None:
    assert {name: getattr(world, name.upper()) for name in names} == {name: row for row, name in enumerate(names)}


def test_activities_that_steps_name_have_their_rows() -> None:
    named = {name: getattr(world, name.upper()) for name in ACTIVITIES if hasattr(world, name.upper())}
    assert named == {name: ACTIVITIES.index(name) for name in named}
    assert len(named) == 10


def test_the_anchoring_activities_are_those_that_anchor_something() -> None:
    assert [ACTIVITIES[row] for row in world.ANCHORING] == [each.slug for each in activities() if each.anchors]


def test_the_upper_levels_are_those_behind_the_gate() -> None:
    assert [level.number for level in catalogue().pyramid if level.gate] == [world.INDIVIDUAL_LEVEL, world.TOP_LEVEL]
    assert {f"level_{number}" for number in range(len(PYRAMID))} < set(world.CONTACT_TALLY.names or ())


def test_every_position_of_a_brand_is_that_of_the_model() -> None:
    from typing import get_args

    assert tuple(_BRANDS) == get_args(Organisation.model_fields["brand_position"].annotation)
    assert {name: getattr(customer, name.upper()) for name in _BRANDS} == _BRANDS
