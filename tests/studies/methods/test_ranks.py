"""Ranks and looks: equals are rarely told apart, those far apart are, and nothing is certain."""

import itertools
import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray

from sxsim.studies.methods import ranks
from sxsim.studies.methods.ranks import Coalition

BLOCKS, RESAMPLES = 16, 400


def bootstrap(chance: np.random.Generator, means: np.ndarray, blocks: int = BLOCKS) -> np.ndarray:
    """Bootstrap samples of the means of some blocks, with a spread of 1 a block."""
    values = means + chance.normal(size=(blocks, len(means)))
    return values[chance.integers(blocks, size=(RESAMPLES, blocks))].mean(axis=1)


@pytest.mark.parametrize("items", [2, 4, 8])
def test_equals_are_told_apart_in_at_most_one_of_twenty_studies(items: int) -> None:
    """Of 200 studies 10 may; more than 21 with chance 0.04 %. Pair by pair it would be 20 to 100."""
    chance = np.random.default_rng([23592, items])
    told = pairwise = 0
    for _ in range(200):
        samples = bootstrap(chance, np.zeros(items))
        told += ranks.ahead_of(samples, BLOCKS).any()
        wins = (samples[:, :, None] > samples[:, None, :]).mean(axis=0)
        pairwise += (wins >= 0.95).any()
    assert told <= 21
    assert pairwise > 21


def test_those_far_apart_are_told_apart_in_their_order() -> None:
    samples = bootstrap(np.random.default_rng(1), np.array([9.0, 0.0, 4.0]))
    assert ranks.ahead_of(samples, BLOCKS).tolist() == [
        [False, True, True],
        [False, False, False],
        [False, True, False],
    ]


def test_what_has_no_error_is_told_exactly() -> None:
    samples = np.tile([3.0, 3.0, 1.0], (50, 1))
    assert ranks.ahead_of(samples, BLOCKS).tolist() == [[False, False, True], [False, False, True], [False] * 3]


def test_few_blocks_widen_and_one_says_nothing() -> None:
    assert ranks.few_blocks(2) > ranks.few_blocks(5) > ranks.few_blocks(16) > 1
    assert ranks.few_blocks(10_000) == pytest.approx(1.0, abs=1e-3)
    assert not ranks.ahead_of(np.array([[1.0, 0.0], [1.1, 0.0]]), 1).any()


def test_chances_of_ranks_add_up_and_none_is_certain() -> None:
    found = ranks.chances_of_ranks(bootstrap(np.random.default_rng(2), np.array([9.0, 0.0, 0.0])), BLOCKS)
    assert found.sum(axis=0) == pytest.approx(np.ones(3))
    assert found.sum(axis=1) == pytest.approx(np.ones(3))
    assert 0.99 < found[0, 0] < 1.0
    assert found[1, 1] == pytest.approx(0.5, abs=0.45)


def test_equals_share_their_ranks() -> None:
    found = ranks.chances_of_ranks(np.tile([1.0, 1.0, 0.0], (99, 1)), BLOCKS)
    assert found[0, :2] == pytest.approx([0.498, 0.498], abs=2e-3)
    assert found[2, 2] == pytest.approx(0.993, abs=2e-3)


@pytest.mark.parametrize(
    ("figures", "text"),
    [
        ((0.23, 0.2, 0.26), "23 % (20–26)"),
        ((0.9, 0.7, 1.2), "90 % (70–100)"),
        ((-0.02, -0.1, 0.05), "0 % (0–5)"),
        ((1.15, 0.72, 1.57), "at least 72 %"),
        ((1.4, 1.1, 1.7), "all of it"),
    ],
)
def test_no_share_is_above_a_hundred_per_cent(figures: tuple[float, float, float], text: str) -> None:
    assert ranks.share_said(*figures) == text


def test_looks_are_corrected_by_holm() -> None:
    assert ranks.holm([0.01, 0.04, 0.03]) == pytest.approx([0.03, 0.06, 0.06])
    assert ranks.holm([]) == []
    assert ranks.holm([0.9, 0.8]) == [1.0, 1.0]


def test_a_lead_below_nothing_has_a_p() -> None:
    assert ranks.behind_by_luck(-2.131847, 1.0, 5) == pytest.approx(0.05, abs=1e-5)  # table of t, 4 degrees
    assert ranks.behind_by_luck(0.0, 1.0, 5) == pytest.approx(0.5)
    assert ranks.behind_by_luck(-1.0, 0.0, 5) == 0.5**5
    assert ranks.behind_by_luck(1.0, 0.0, 5) == 1.0


def test_many_looks_say_what_chance_alone_gives() -> None:
    assert ranks.by_chance(1500, 0.025) == "about 38"
    assert ranks.by_chance(30, 0.025) == "fewer than one"


def test_twice_the_samples_settle_what_is_nearly_settled() -> None:
    """Three factors; the second and third differ by 1.5 standard errors, and by 2.1 with twice the samples."""
    rng = np.random.default_rng(3)
    nearly = rng.normal(0, 1, 4000)
    resamples = np.column_stack([nearly + 20.0, np.full(4000, 1.5), nearly])
    assert ranks.settled(resamples, 1_000) == [1]
    assert ranks.settled(resamples, 1_000, math.sqrt(2.0)) == [1, 2, 3]
    said = ranks.verdict(64, resamples, 1_000, trajectories=False)
    assert said == "N = 64 settles rank 1; doubling would settle 2 and 3"


def test_ranks_in_words() -> None:
    assert ranks._rank_words([1]) == "rank 1"
    assert ranks._rank_words([1, 2, 3, 6]) == "ranks 1–3 and 6"
    assert ranks._rank_words([4, 5], short=True) == "4 and 5"


def test_tied_ranks_are_a_range() -> None:
    assert ranks.Ranked("a", 3, 3, ()).words == "3"
    assert ranks.Ranked("a", 4, 6, ()).words == "4–6"


def gloves(coalition: Coalition) -> NDArray[np.float64]:
    """One left glove, two right ones: a pair is worth 1. Known values 2/3, 1/6, 1/6."""
    return np.array([float(coalition[0] and (coalition[1] or coalition[2]))])


def test_the_glove_game() -> None:
    assert ranks.exact(3, gloves)[:, 0] == pytest.approx([2 / 3, 1 / 6, 1 / 6])


def test_all_orders_give_the_exact_values() -> None:
    orders = [o for order in itertools.permutations(range(3)) for o in (order, order[::-1])]
    assert ranks.sampled(3, orders, gloves)[0][:, 0] == pytest.approx([2 / 3, 1 / 6, 1 / 6])


def test_an_airport_runway_is_paid_by_those_who_need_its_length() -> None:
    needs = np.array([1.0, 3.0, 4.0])  # each pays its share of the stretches it needs: 1/3, 1/3 + 1, 1/3 + 1 + 1
    found = ranks.exact(
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
    orders = ranks.orders_of(count, 4, (seed,))
    for parts in (ranks.exact(count, outcome), ranks.sampled(count, orders, outcome)[0]):
        for kpi in range(2):
            assert abs(math.fsum(parts[:, kpi]) - whole[kpi]) <= 1e-9


def test_the_error_of_sampling_is_what_it_is() -> None:
    """The stated variance is that of many repetitions, within a fifth (400 repetitions, about ± 7 % each)."""
    worth = np.random.default_rng(4).normal(size=2**6)

    def outcome(coalition: Coalition) -> NDArray[np.float64]:
        return np.array([worth[int("".join(map(str, coalition)), 2)]])

    found = [ranks.sampled(6, ranks.orders_of(6, 16, (seed,)), outcome) for seed in range(400)]
    parts = np.array([parts[:, 0] for parts, _ in found])
    stated = np.array([variance[:, 0] for _, variance in found]).mean(axis=0)
    assert parts.var(axis=0, ddof=1).mean() == pytest.approx(stated.mean(), rel=0.2)
    assert parts.mean(axis=0) == pytest.approx(ranks.exact(6, outcome)[:, 0], abs=0.06)


def test_every_order_goes_with_its_reverse_and_replications_differ() -> None:
    orders = ranks.orders_of(7, 6, (1, 2))
    assert [order[::-1] for order in orders[::2]] == orders[1::2]
    assert all(sorted(order) == list(range(7)) for order in orders)
    assert orders != ranks.orders_of(7, 6, (1, 3))
    assert orders == ranks.orders_of(7, 6, (1, 2))


def test_coalitions_that_are_needed_come_once() -> None:
    assert len(ranks.coalitions_of(3, None)) == 8
    some = ranks.coalitions_of(3, [(0, 1, 2), (2, 1, 0)])
    assert sorted(some) == [(0, 0, 0), (0, 0, 1), (0, 1, 1), (1, 0, 0), (1, 1, 0), (1, 1, 1)]


def test_a_failed_run_leaves_its_figures_undefined() -> None:
    def outcome(coalition: Coalition) -> NDArray[np.float64]:
        return np.array([math.nan if coalition == (1, 0) else float(sum(coalition))])

    assert np.isnan(ranks.exact(2, outcome)[:, 0]).all()
