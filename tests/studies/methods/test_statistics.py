"""Statistics that methods share: shares held against each other."""

import pytest

from sxsim.studies.methods.statistics import Difference, clear


def test_a_difference_of_shares_has_an_interval_that_knows_its_ends() -> None:
    none = Difference("p", "f", (0.0, 0.0, 0.1), (0.0, 0.0, 0.1)).change
    assert none == (0.0, pytest.approx(-0.1), pytest.approx(0.1))
    change, low, high = Difference("p", "f", (0.2, 0.1, 0.4), (0.7, 0.5, 0.85)).change
    assert (change, low, high) == (pytest.approx(0.5), pytest.approx(0.5 - 0.08**0.5), pytest.approx(0.5 + 0.0325**0.5))


def test_one_of_many_differences_must_stand_out_more() -> None:
    small = Difference("today", "silos", (0.20, 0.15, 0.26), (0.32, 0.26, 0.38))
    assert small.change[1] > 0
    assert clear(small, 1)
    assert not clear(small, 13)
    assert clear(Difference("today", "silos", (0.2, 0.15, 0.26), (0.6, 0.54, 0.66)), 13)
