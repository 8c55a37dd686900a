from typing import Any

import pytest

from sxsim.scenario.organisation import Organisation
from sxsim.standard.catalogue import ELEMENTS, OBSTACLES, SUB_ELEMENTS

from .cafe import TEXT, cafe, line_with, only, problems_with
from .conftest import Check


def maturity(value: Any) -> Organisation:
    return Organisation.model_validate({"maturity": value})


def test_one_level_holds_for_every_sub_element() -> None:
    assert {maturity(2.5).maturity_of(sub) for sub in SUB_ELEMENTS} == {2.5}


def test_a_sub_element_overrides_its_element_and_what_is_not_named_is_managed() -> None:
    organisation = maturity({"culture": 4, "7.2.1b": 2})
    levels = {sub: organisation.maturity_of(sub) for sub in SUB_ELEMENTS}
    assert levels["7.2.1b"] == 2
    assert levels["7.2.1a"] == levels["7.2.1c"] == 4
    assert all(level == 3 for sub, level in levels.items() if not sub.startswith("7.2.1"))


@pytest.mark.parametrize("level", [1, 5, 3.5])
def test_the_ends_of_the_scale_are_levels(level: float) -> None:
    assert maturity(level).maturity_of("7.1.1a") == level


@pytest.mark.parametrize("level", ["7", "0", "0.99", "5.01", "true", "high", ".nan"])
def test_a_level_beside_the_scale_is_refused(check: Check, level: str) -> None:
    problem = only(check(("maturity: {culture: 3.5, 7.3.2d: 2.5}", f"maturity: {level}")))
    assert problem.startswith("organisation.maturity(=")
    assert "from 1 to 5" in problem
    assert f"line {line_with(TEXT, 'maturity:')}" in problem


def test_a_maturity_of_seven_for_one_element_is_refused(check: Check) -> None:
    problem = only(check(("culture: 3.5", "culture: 7")))
    assert "culture(=7) must be a maturity from 1 to 5" in problem
    assert f"line {line_with(TEXT, 'maturity:')}" in problem


def test_a_maturity_of_no_element_is_refused_and_the_elements_are_named(check: Check) -> None:
    problem = only(check(("culture: 3.5", "cultures: 3.5")))
    assert "'cultures' is no element or sub-element" in problem
    assert all(slug in problem for slug in ELEMENTS)


def test_an_unknown_brand_position_is_refused_and_the_known_ones_are_named(check: Check) -> None:
    problem = only(check(("organisation:", "organisation:\n  brand_position: cheap")))
    assert "organisation.brand_position(='cheap') must be" in problem
    assert "low_budget" in problem and "luxury" in problem


def test_one_severity_holds_for_all_obstacles_and_each_may_have_its_own() -> None:
    assert set(cafe("organisation.obstacles=0.6").organisation.obstacles.model_dump().values()) == {0.6}
    own = cafe("organisation.obstacles={silos: 0.9}").organisation.obstacles
    assert (own.silos, own.mindset) == (0.9, 0.2)
    assert list(own.model_dump()) == list(OBSTACLES)


@pytest.mark.parametrize(
    ("written", "message"),
    [
        ("{silos: 1.5}", "organisation.obstacles.silos(=1.5) must be ≤ 1"),
        ("{silo: 0.5}", "organisation.obstacles.silo is not known here"),
        ("-0.1", "must be ≥ 0"),
    ],
)
def test_an_obstacle_that_cannot_be_is_refused(written: str, message: str) -> None:
    assert message in only(problems_with(f"organisation.obstacles={written}"))
