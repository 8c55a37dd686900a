"""The patient rule induction method: small sets that a reader can peel by hand, and what must hold for all sets."""

import itertools
import math

import numpy as np
import pytest
from numpy.typing import NDArray
from scipy.stats import binomtest

from sxsim.studies.methods.prim import Limit, Peeled, _goes_with, boxes_of, find_box

NAMES = ["a", "b", "c", "d"]


def conditions(count: int, seed: int) -> NDArray[np.float64]:
    """Conditions over four factors, 0–1."""
    return np.random.default_rng(seed).random((count, 4))


INF = math.inf
#: Slices of a fifth, so that few conditions make whole slices.
FIFTH = 0.2


def one_factor(count: int, hits: set[int]) -> tuple[NDArray[np.float64], NDArray[np.bool_]]:
    """Conditions 1, 2, … of one factor, and where it happens."""
    values = np.arange(1.0, count + 1)
    return values[:, None], np.array([int(value) in hits for value in values])


def limits(boxes: list[Peeled]) -> list[tuple[float, float]]:
    """The limits of the first factor, box by box."""
    return [(float(box.low[0]), float(box.high[0])) for box in boxes]


def inside(box: Peeled, values: NDArray[np.float64]) -> NDArray[np.bool_]:
    """Which conditions lie in a box."""
    held: NDArray[np.bool_] = ((values >= box.low) & (values <= box.high)).all(axis=1)
    return held


def random_set(seed: int, decimals: int | None = None) -> tuple[NDArray[np.float64], NDArray[np.bool_]]:
    """Conditions over three factors; it happens more often where the first is high and the last is low."""
    random = np.random.default_rng(seed)
    values = random.random((300, 3))
    if decimals is not None:
        values = np.round(values, decimals)
    return values, random.random(300) < np.where((values[:, 0] > 0.5) & (values[:, 2] < 0.7), 0.6, 0.1)


def test_peeling_by_hand() -> None:
    """Ten conditions, it happens from 6 on. Two go at a time, always from below: 5 of 8, 5 of 6, 4 of 4."""
    boxes = boxes_of(*one_factor(10, {6, 7, 8, 9, 10}), smallest=0.1, share=FIFTH)
    assert limits(boxes) == [(-INF, INF), (2.5, INF), (4.5, INF), (6.5, INF)]


def test_the_chance_of_a_limit_by_hand() -> None:
    """Half of the ten conditions hit: 5 or more of 8, 5 or more of 6, 4 of 4 with chance ½ each."""
    boxes = boxes_of(*one_factor(10, {6, 7, 8, 9, 10}), smallest=0.1, share=FIFTH)
    assert [box.chance_low[0] for box in boxes[1:]] == pytest.approx([93 / 256, 7 / 64, 1 / 16])
    assert all(math.isnan(box.chance_high[0]) for box in boxes)
    assert math.isnan(boxes[0].chance_low[0])


def test_pasting_by_hand() -> None:
    """Nine conditions, 5 and 9 do not hit. The slice 8–9 goes (6 of 7 hit), then 8 comes back (7 of 8), 9 does not."""
    boxes = boxes_of(*one_factor(9, {1, 2, 3, 4, 6, 7, 8}), smallest=0.1, share=FIFTH)
    assert limits(boxes) == [(-INF, INF), (-INF, 7.5), (-INF, 8.5)]


def test_a_box_holds_no_less_than_it_must() -> None:
    boxes = boxes_of(*one_factor(10, {6, 7, 8, 9, 10}), smallest=0.6, share=FIFTH)
    assert limits(boxes) == [(-INF, INF), (2.5, INF), (4.5, INF)]


def test_equal_values_go_together() -> None:
    """Four conditions at each of 1, 2, 3; it happens at 3 only. A slice of a fifth takes a whole value."""
    values = np.repeat([1.0, 2.0, 3.0], 4)
    boxes = boxes_of(values[:, None], values == 3.0, smallest=0.1, share=FIFTH)
    assert limits(boxes) == [(-INF, INF), (1.5, INF), (2.5, INF)]


def test_a_limit_lies_halfway_between_neighbours() -> None:
    """Four conditions at 1, one at 2, four at 3, from either side: what is at 3 goes first."""
    values = np.repeat([1.0, 2.0, 3.0], [4, 1, 4])
    assert limits(boxes_of(values[:, None], values < 3.0, 0.1, FIFTH)) == [(-INF, INF), (-INF, 2.5)]
    assert limits(boxes_of(-values[:, None], values < 3.0, 0.1, FIFTH)) == [(-INF, INF), (-2.5, INF)]


def test_what_brings_most_for_each_condition_lost_is_peeled_first() -> None:
    """The low half of the first factor: from 7 of 10 to 4 of 5 for five conditions; the lowest of the second: to 7 of 9 for one."""
    first = np.repeat([0.0, 1.0], 5)
    second = np.array([1.0, 2, 3, 4, 5, 1.5, 2.5, 3.5, 4.5, 5.5])
    hits = np.array([False, True, False, True, True, True, True, True, False, True])
    boxes = boxes_of(np.stack([first, second], axis=1), hits, smallest=0.1, share=0.05)
    assert (boxes[1].low.tolist(), boxes[1].high.tolist()) == ([-INF, 1.25], [INF, INF])


def test_of_equal_slices_the_one_that_limits_no_further_factor_is_taken() -> None:
    """Only the second factor tells 1 to 3 from the rest; from then on both say the same, and the first stays free."""
    first = np.array([5.3, 5.6, 3, 4, 5, 6, 7, 8, 9, 10])
    second = np.array([1.0, 1, 1, 4, 5, 6, 7, 8, 9, 10])
    hits = np.isin(np.arange(1, 11), [3, 7, 8, 9, 10])
    boxes = boxes_of(np.stack([first, second], axis=1), hits, smallest=0.1, share=FIFTH)
    assert [box.low.tolist() for box in boxes] == [[-INF, -INF], [-INF, 2.5], [-INF, 5.5], [-INF, 6.5]]
    assert all(math.isinf(edge) for box in boxes for edge in box.high)


@pytest.mark.parametrize("hits", [set(), set(range(1, 11))])
def test_nothing_is_peeled_where_it_happens_never_or_always(hits: set[int]) -> None:
    assert limits(boxes_of(*one_factor(10, hits), smallest=0.1)) == [(-INF, INF)]


def test_a_factor_of_one_value_is_never_limited() -> None:
    values, hits = random_set(1)
    values[:, 1] = 7.0
    for box in boxes_of(values, hits, smallest=0.05):
        assert (box.low[1], box.high[1]) == (-INF, INF)


@pytest.mark.parametrize("decimals", [None, 1, 0])
def test_every_box_says_more_than_the_one_before(decimals: int | None) -> None:
    """While peeling the box shrinks, while pasting it grows; the share of hits rises always."""
    grown = 0
    for seed in range(12):
        values, hits = random_set(seed, decimals)
        boxes = boxes_of(values, hits, smallest=0.1)
        held = [inside(box, values) for box in boxes]
        shares = [hits[mask].mean() for mask in held]
        sizes = [int(mask.sum()) for mask in held]
        assert all(after > before for before, after in itertools.pairwise(shares))
        assert min(sizes) >= 30
        turns = np.sign(np.diff(sizes))
        assert (np.diff(turns) >= 0).all()
        assert (turns != 0).all()
        grown += int((turns > 0).sum())
    assert decimals is not None or grown > 0


def test_every_chance_is_the_binomial_test_against_the_box_without_the_limit() -> None:
    values, hits = random_set(3)
    checked = 0
    for box in boxes_of(values, hits, smallest=0.1)[::4]:
        held = hits[inside(box, values)]
        for factor in range(3):
            for edges, chances, free in ((box.low, box.chance_low, -INF), (box.high, box.chance_high, INF)):
                assert math.isnan(chances[factor]) == math.isinf(edges[factor])
                if math.isinf(edges[factor]):
                    continue
                before, edges[factor] = edges[factor], free
                chance = hits[inside(box, values)].mean()
                edges[factor] = before
                expected = binomtest(int(held.sum()), len(held), chance, alternative="greater").pvalue
                assert chances[factor] == pytest.approx(expected, rel=1e-9, abs=1e-12)
                checked += 1
    assert checked > 10


def test_neither_order_nor_scale_of_the_conditions_matters() -> None:
    values, hits = random_set(5)
    boxes = boxes_of(values, hits, smallest=0.05)
    order = np.random.default_rng(1).permutation(len(values))
    for again, held in (
        (boxes_of(values[order], hits[order], smallest=0.05), lambda box: inside(box, values)),
        (boxes_of(4.0 * values - 1.0, hits, smallest=0.05), lambda box: inside(box, 4.0 * values - 1.0)),
        (boxes_of(-values, hits, smallest=0.05), lambda box: inside(box, -values)),
    ):
        assert len(again) == len(boxes) > 5
        for box, other in zip(boxes, again, strict=True):
            assert (inside(box, values) == held(other)).all()


@pytest.mark.parametrize("share", [0.0, 0.5, -0.1, math.nan])
def test_a_slice_is_a_part_of_a_half(share: float) -> None:
    with pytest.raises(ValueError, match="must be above 0 and below ½"):
        boxes_of(*one_factor(10, {1}), smallest=0.1, share=share)


def test_a_box_that_is_there_is_found() -> None:
    values = conditions(600, 1)
    noise = np.random.default_rng(2).random(600) < 0.03
    box = find_box(NAMES, values, (values[:, 0] > 0.6) & (values[:, 2] < 0.5) | noise, 0.05)
    assert box is not None
    limits = {limit.factor: limit for limit in box.limits}
    assert limits["a"].low == pytest.approx(0.6, abs=0.06)
    assert limits["c"].high == pytest.approx(0.5, abs=0.06)
    assert (limits["a"].high, limits["c"].low) == (None, None)
    assert box.density[0] > 0.85
    assert box.coverage[0] > 0.7
    assert box.mass == pytest.approx(0.2, abs=0.05)


def test_a_box_is_found_where_failing_is_common_and_where_it_is_rare() -> None:
    values = conditions(900, 5)
    for inside, outside in ((0.92, 0.4), (0.35, 0.02)):
        chance = np.where(values[:, 3] < 0.5, inside, outside)
        box = find_box(NAMES, values, np.random.default_rng(6).random(900) < chance, 0.05)
        assert box is not None
        assert {limit.factor: limit for limit in box.limits}["d"].high == pytest.approx(0.5, abs=0.08)


def test_lying_in_a_box_goes_with_failing_as_a_correlation() -> None:
    random = np.random.default_rng(7)
    inside, fails = random.random(200) < 0.4, random.random(200) < 0.7
    assert _goes_with(inside, fails) == pytest.approx(np.corrcoef(inside, fails)[0, 1])
    assert _goes_with(np.ones(200, bool), fails) == 0.0


def test_a_box_is_judged_on_conditions_it_has_not_seen() -> None:
    """The stated density covers the true one in 95 % of cases; of at least 30 boxes 5 may miss (false alarm 1 in 300)."""
    covered = missed = 0
    for seed in range(40):
        values = conditions(400, seed)
        chance = np.where((values[:, 1] > 0.7), 0.8, 0.1)
        fails = np.random.default_rng(seed + 100).random(400) < chance
        box = find_box(NAMES, values, fails, 0.05)
        if box is None:
            continue
        many = conditions(20_000, seed + 1000)
        true = np.where(many[:, 1] > 0.7, 0.8, 0.1)[box.holds(NAMES, many)].mean()
        inside = box.density[1] <= true <= box.density[2]
        covered, missed = covered + inside, missed + (not inside)
    assert covered + missed >= 30
    assert missed <= 5


def test_scattered_failures_make_no_box() -> None:
    """By chance alone a box stands in at most one of ten sets of scattered failures."""
    found = [
        find_box(NAMES, conditions(300, seed), np.random.default_rng(seed + 500).random(300) < 0.25, 0.05)
        for seed in range(20)
    ]
    assert sum(box is not None for box in found) <= 4


def test_a_limit_that_chance_may_have_made_is_left_out() -> None:
    stated = 0
    for seed in range(12):
        values = conditions(120, seed)
        fails = np.random.default_rng(seed + 50).random(120) < np.where(values[:, 1] > 0.6, 0.7, 0.2)
        box = find_box(NAMES, values, fails, 0.05)
        for limit in box.limits if box else ():
            assert limit.chance < 0.05
            stated += 1
    assert stated > 3


def test_limits_in_words() -> None:
    assert str(Limit("wage", 2100.0, None, 0.0)) == "wage above 2 100"
    assert str(Limit("wage", None, 0.12345, 0.0)) == "wage below 0.1235"
    assert str(Limit("wage", 0.1, 0.2, 0.0)) == "wage between 0.1 and 0.2"
