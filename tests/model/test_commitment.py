"""Commitment: what surroundings support, and how fast it moves."""

import pytest
from hypothesis import given

from sxsim.model import commitment

from .shapes import SHARE, P, Shape, shape_tests

SHAPES = [
    Shape(
        commitment.commitment_target,
        {"energy": SHARE, "alignment": SHARE, "engagement": SHARE, "strain": SHARE, "deployment": SHARE},
        rises="energy alignment engagement deployment",
        falls="strain",
        low=0,
        high=1,
    ),
    Shape(
        commitment.update_commitment,
        {"commitment": SHARE, "target": SHARE},
        rises="commitment target",
        low=0,
        high=1,
    ),
]
TestShapes = shape_tests(commitment, SHAPES)


def test_a_managed_organisation_supports_half_commitment() -> None:
    assert commitment.commitment_target(0.5, 0.5, 0.5, 0.25, 0.5, P) == pytest.approx(0.5)


def test_each_support_counts_as_the_register_says() -> None:
    usual = commitment.commitment_target(0.5, 0.5, 0.5, 0.25, 0.5, P)
    assert commitment.commitment_target(0.6, 0.5, 0.5, 0.25, 0.5, P) - usual == pytest.approx(0.05)
    assert commitment.commitment_target(0.5, 0.6, 0.5, 0.25, 0.5, P) - usual == pytest.approx(0.04)
    assert commitment.commitment_target(0.5, 0.5, 0.6, 0.25, 0.5, P) - usual == pytest.approx(0.03)
    assert commitment.commitment_target(0.5, 0.5, 0.5, 0.35, 0.5, P) - usual == pytest.approx(-0.02)
    assert commitment.commitment_target(0.5, 0.5, 0.5, 0.25, 0.6, P) - usual == pytest.approx(0.02)


@given(SHARE, SHARE)
def test_commitment_goes_towards_its_target_and_never_past_it(now, target) -> None:
    low, high = sorted([now, target])
    assert low - 1e-12 <= commitment.update_commitment(now, target, P) <= high + 1e-12


def test_commitment_is_lost_as_slowly_as_it_is_won() -> None:
    won = commitment.update_commitment(0.4, 0.6, P) - 0.4
    lost = 0.6 - commitment.update_commitment(0.6, 0.4, P)
    assert won == pytest.approx(lost) == pytest.approx(0.024)
