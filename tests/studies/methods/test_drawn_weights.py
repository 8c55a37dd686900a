"""Weights that may be: within their ranges, as stated, as assessors say, with some zeros freed."""

import numpy as np
import pytest

from sxsim.standard.catalogue import LEVERS, SUB_ELEMENTS
from sxsim.studies.methods.drawn_weights import FREED, drawn_weights, is_aspect, rows_of, weights_of


def test_factors_are_elements_or_sub_elements() -> None:
    assert [SUB_ELEMENTS[row] for row in rows_of("innovation")] == ["7.3.3a", "7.3.3b"]
    assert rows_of("7.3.3b") == [SUB_ELEMENTS.index("7.3.3b")]
    assert is_aspect("innovation") and is_aspect("7.3.3b") and not is_aspect("market.people")


def test_weights_are_drawn_within_their_ranges_and_zeros_only_where_they_are_freed() -> None:
    low, high = np.array([[0.3, 0.0]]), np.array([[2.0, 0.0]])
    chance = np.random.default_rng(3)
    kept = drawn_weights(low, high, 2_000, chance)
    assert kept[:, 0, 0].min() >= 0.3
    assert kept[:, 0, 0].max() <= 2.0
    assert (kept[:, 0, 1] == 0.0).all()
    freed = drawn_weights(low, high, 20_000, chance, high == 0.0)[:, 0, 1]
    assert (freed > 0).mean() == pytest.approx(FREED, abs=0.01)


def test_stated_weights_stay_as_stated() -> None:
    weights = weights_of({"weight.7.2.2a.craft": 0.5}, None, 1)
    row, lever = SUB_ELEMENTS.index("7.2.2a"), LEVERS.index("craft")
    for drawn in weights.drawn.values():
        assert (drawn[:, row, lever] == 0.5).all()
    assert "weight.7.2.2a.craft" not in weights.of_weights


def test_a_weight_that_is_stated_to_be_0_is_not_freed() -> None:
    weights = weights_of({"weight.7.3.3a.craft": 0.0}, None, 1)
    (freed,) = (drawn for name, drawn in weights.drawn.items() if "freed" in name)
    craft = LEVERS.index("craft")
    assert (freed[:, SUB_ELEMENTS.index("7.3.3a"), craft] == 0.0).all()
    assert (freed[:, SUB_ELEMENTS.index("7.3.3b"), craft] > 0.0).any()
