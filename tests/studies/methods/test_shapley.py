"""Shapley values against games with known answers."""

import itertools
import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray

from sxsim.studies.methods import shapley
from sxsim.studies.methods.shapley import Coalition


def gloves(coalition: Coalition) -> NDArray[np.float64]:
    """One left glove, two right ones: a pair is worth 1. Known values 2/3, 1/6, 1/6."""
    return np.array([float(coalition[0] and (coalition[1] or coalition[2]))])


def test_the_glove_game() -> None:
    assert shapley.exact(3, gloves)[:, 0] == pytest.approx([2 / 3, 1 / 6, 1 / 6])


def test_all_orders_give_the_exact_values() -> None:
    orders = [o for order in itertools.permutations(range(3)) for o in (order, order[::-1])]
    assert shapley.sampled(3, orders, gloves)[0][:, 0] == pytest.approx([2 / 3, 1 / 6, 1 / 6])


def test_an_airport_runway_is_paid_by_those_who_need_its_length() -> None:
    needs = np.array([1.0, 3.0, 4.0])  # each pays its share of the stretches it needs: 1/3, 1/3 + 1, 1/3 + 1 + 1
    found = shapley.exact(
        3, lambda c: np.array([max((n for n, there in zip(needs, c, strict=True) if there), default=0.0)])
    )
    assert found[:, 0] == pytest.approx([1 / 3, 4 / 3, 7 / 3])


@settings(max_examples=60, deadline=None)
@given(
    st.integers(1, 5),
    st.lists(st.floats(-1e7, 1e7), min_size=64, max_size=64),
    st.integers(0, 1000),
)
def test_parts_add_up_to_the_whole_exactly_or_sampled(count: int, worth: list[float], seed: int) -> None:
    def outcome(coalition: Coalition) -> NDArray[np.float64]:
        place = int("".join(map(str, coalition)), 2)
        return np.array([worth[place], worth[place + 32] / 1e7])

    whole = outcome((1,) * count) - outcome((0,) * count)
    orders = shapley.orders_of(count, 4, (seed,))
    for parts in (shapley.exact(count, outcome), shapley.sampled(count, orders, outcome)[0]):
        for kpi in range(2):
            assert abs(math.fsum(parts[:, kpi]) - whole[kpi]) <= 1e-9


def test_the_error_of_sampling_is_what_it_is() -> None:
    """The stated variance is that of many repetitions, within a fifth (400 repetitions, about ± 7 % each)."""
    worth = np.random.default_rng(4).normal(size=2**6)

    def outcome(coalition: Coalition) -> NDArray[np.float64]:
        return np.array([worth[int("".join(map(str, coalition)), 2)]])

    found = [shapley.sampled(6, shapley.orders_of(6, 16, (seed,)), outcome) for seed in range(400)]
    parts = np.array([parts[:, 0] for parts, _ in found])
    stated = np.array([variance[:, 0] for _, variance in found]).mean(axis=0)
    assert parts.var(axis=0, ddof=1).mean() == pytest.approx(stated.mean(), rel=0.2)
    assert parts.mean(axis=0) == pytest.approx(shapley.exact(6, outcome)[:, 0], abs=0.06)


def test_every_order_goes_with_its_reverse_and_replications_differ() -> None:
    orders = shapley.orders_of(7, 6, (1, 2))
    assert [order[::-1] for order in orders[::2]] == orders[1::2]
    assert all(sorted(order) == list(range(7)) for order in orders)
    assert orders != shapley.orders_of(7, 6, (1, 3))
    assert orders == shapley.orders_of(7, 6, (1, 2))


def test_coalitions_that_are_needed_come_once() -> None:
    assert len(shapley.coalitions_of(3, None)) == 8
    some = shapley.coalitions_of(3, [(0, 1, 2), (2, 1, 0)])
    assert sorted(some) == [(0, 0, 0), (0, 0, 1), (0, 1, 1), (1, 0, 0), (1, 1, 0), (1, 1, 1)]


def test_a_failed_run_leaves_its_figures_undefined() -> None:
    def outcome(coalition: Coalition) -> NDArray[np.float64]:
        return np.array([math.nan if coalition == (1, 0) else float(sum(coalition))])

    assert np.isnan(shapley.exact(2, outcome)[:, 0]).all()
