"""Statistics that methods share: shares held against each other."""

import math

import numpy as np
import pytest

from sxsim.studies.methods.statistics import Difference, TooFewRuns, clear, hypercube, share_of, surface_of


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


@pytest.mark.parametrize(
    ("runs", "squares", "pairs"), [(30, True, True), (29, True, False), (25, True, False), (24, False, False)]
)
def test_terms_are_fitted_where_five_runs_stand_for_each(runs: int, squares: bool, pairs: bool) -> None:
    """Two factors: one, two straight, two square and one mixed term."""
    places = hypercube(runs, 2, np.random.default_rng(1))
    found = surface_of(places, places[:, :1] * places[:, 1:])
    assert (found.squares, found.pairs) == (squares, pairs)
    with pytest.raises(TooFewRuns, match="4 runs were finished, and 2 factors need more than 4"):
        surface_of(places[:4], places[:4])


def test_a_share_leaves_out_what_failed() -> None:
    assert share_of(np.array([1.0, 0.0, math.nan, 1.0, 1.0]))[0] == 0.75
    assert all(map(math.isnan, share_of(np.array([math.nan]))))


def test_a_difference_is_between_the_third_that_is_lowest_and_the_one_that_is_highest() -> None:
    values = np.array([5.0, 1.0, 3.0, 6.0, 2.0, 4.0])
    found = Difference.of_thirds("p", "f", values, (values >= 5.0).astype(float))
    assert (found.lowest[0], found.highest[0]) == (0.0, 1.0)
    assert found.figures["change"] == 1.0
    assert list(found.figures) == ["plan", "factor", "lowest third", "highest third", "change", "low", "high"]
