"""Levers: capability times how far it is lived."""

import pytest
from hypothesis import given

from sxsim.model import levers

from .shapes import SHARE, P, Shape, shape_tests

SHAPES = [
    Shape(
        levers.practised_lever,
        {"capability": SHARE, "commitment": SHARE},
        rises="capability commitment",
        low=0,
        high=1,
    ),
    Shape(
        levers.own_lever,
        {"lever": SHARE, "own": SHARE, "mean": SHARE},
        rises="lever own",
        falls="mean",
        low=0,
        high=1,
    ),
    Shape(
        levers.self_service_reliability,
        {"reliability": SHARE, "technology": SHARE},
        rises="reliability technology",
        low=0,
        high=1,
    ),
]
TestShapes = shape_tests(levers, SHAPES)


@given(SHARE)
def test_at_normal_commitment_the_lever_equals_the_capability(capability) -> None:
    assert levers.practised_lever(capability, P.commitment_normal, P) == pytest.approx(capability)


def test_half_of_a_capability_reaches_the_front_line_though_nobody_lives_it() -> None:
    assert levers.practised_lever(0.6, 0.0, P) == pytest.approx(0.3)
    assert levers.practised_lever(0.6, 1.0, P) == pytest.approx(0.9)
    assert levers.practised_lever(0.9, 1.0, P) == 1.0


def test_nothing_comes_of_nothing() -> None:
    assert levers.practised_lever(0.0, 1.0, P) == 0.0


def test_technology_is_half_of_self_service() -> None:
    assert levers.self_service_reliability(0.4, 0.8, P) == pytest.approx(0.6)
    assert levers.self_service_reliability(0.4, 0.6, P) == pytest.approx(0.5)
