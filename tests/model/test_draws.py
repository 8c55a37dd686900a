"""Chance: published known answers, ranges, places, and statistical tests with 1 false alarm in a million each."""

import ast
import inspect
import itertools
import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats

from sxsim.model import draws

FALSE_ALARM = 1e-6
ONES = 0xFFFFFFFF
WORD = st.integers(0, ONES)
PURPOSE, NTH = st.integers(0, 2**8 - 1), st.integers(0, 2**56 - 1)
PLACES = ("replication", "who", "what", "nth")
#: The largest number at each place.
LARGEST = (ONES, ONES, 2**8 - 1, 2**56 - 1)

#: Philox 4×32-10 in the known answers published with the generator: counter, key, result.
KNOWN_ANSWERS = [
    ((0, 0, 0, 0), (0, 0), (0x6627E8D5, 0xE169C58D, 0xBC57AC4C, 0x9B00DBD8)),
    ((ONES,) * 4, (ONES,) * 2, (0x408F276D, 0x41C83B0E, 0xA20BC7C6, 0x6D5451FD)),
    (
        (0x243F6A88, 0x85A308D3, 0x13198A2E, 0x03707344),
        (0xA4093822, 0x299F31D0),
        (0xD16CFE09, 0x94FDCCEB, 0x5001E420, 0x24126EA1),
    ),
]


def philox(counter: tuple[int, ...], key: tuple[int, ...]) -> tuple[int, ...]:
    return tuple(int(word) for word in draws.philox(*(np.uint64(word) for word in (*counter, *key))))


def plain_philox(counter: tuple[int, ...], key: tuple[int, ...]) -> tuple[int, ...]:
    """The generator in plain integers, from the paper."""
    c, k = list(counter), list(key)
    for _ in range(10):
        p0, p1 = 0xD2511F53 * c[0], 0xCD9E8D57 * c[2]
        c = [(p1 >> 32) ^ c[1] ^ k[0], p1 & ONES, (p0 >> 32) ^ c[3] ^ k[1], p0 & ONES]
        k = [(k[0] + 0x9E3779B9) & ONES, (k[1] + 0xBB67AE85) & ONES]
    return tuple(c)


@pytest.mark.parametrize(("counter", "key", "answer"), KNOWN_ANSWERS)
def test_philox_gives_its_published_answers(counter, key, answer) -> None:
    assert philox(counter, key) == answer


@given(st.tuples(WORD, WORD, WORD, WORD), st.tuples(WORD, WORD))
def test_philox_equals_the_generator_in_plain_integers(counter, key) -> None:
    assert philox(counter, key) == plain_philox(counter, key)


@given(st.integers(0, 2**63 - 1), WORD, WORD, PURPOSE, NTH)
def test_a_draw_is_the_generator_at_its_place(seed, replication, who, what, nth) -> None:
    words = plain_philox((replication, who, nth >> 32 << 8 | what, nth & ONES), (seed & ONES, seed >> 32))
    first, second = (words[0] << 32 | words[1]) >> 12, (words[2] << 32 | words[3]) >> 12
    expected = ((first + 0.5) * 2.0**-52, (second + 0.5) * 2.0**-52)
    assert draws.pair(seed, replication, who, what, nth) == expected
    assert draws.uniform(seed, replication, who, what, nth) == expected[0]


def pair_from_words(words: tuple[int, int, int, int]) -> tuple[float, float]:
    """What `pair` makes of four given words: its own source, with a generator that answers these words."""
    body = ast.parse(inspect.getsource(draws.pair.py_func)).body[0]
    body.decorator_list = []
    answer = tuple(np.uint64(word) for word in words)
    names = dict(vars(draws)) | {"philox": lambda *_: answer}
    exec(compile(ast.Module([body], []), "pair", "exec"), names)
    return names["pair"](0, 0, 0, 0, 0)


def test_extreme_words_stay_strictly_inside_0_and_1() -> None:
    lowest, highest = pair_from_words((0, 0, 0, 0)), pair_from_words((ONES,) * 4)
    assert lowest == (2.0**-53, 2.0**-53)
    assert highest == (1.0 - 2.0**-53, 1.0 - 2.0**-53)
    assert 0.0 < lowest[0] < highest[0] < 1.0


@given(st.integers(0, 2**63 - 1), WORD, WORD, PURPOSE, NTH)
def test_uniforms_lie_strictly_inside_0_and_1_and_normals_are_finite(seed, replication, who, what, nth) -> None:
    assert all(0.0 < u < 1.0 for u in draws.pair(seed, replication, who, what, nth))
    assert math.isfinite(draws.normal(seed, replication, who, what, nth))


@given(st.integers(0, 2**63 - 1), WORD)
def test_a_normal_is_the_quantile_of_its_uniform(seed, who) -> None:
    u = draws.uniform(seed, 0, who, 1, 2)
    assert draws.normal(seed, 0, who, 1, 2) == pytest.approx(float(stats.norm.ppf(u)), rel=1e-12)


@pytest.mark.parametrize("position", range(4), ids=PLACES)
@pytest.mark.parametrize("beyond", [None, 1, 2**4])
@pytest.mark.parametrize("draw", [draws.pair, draws.uniform, draws.normal], ids=["pair", "uniform", "normal"])
def test_a_place_that_does_not_fit_is_an_error(draw, beyond, position) -> None:
    place = [0, 0, 0, 0]
    place[position] = -1 if beyond is None else LARGEST[position] + beyond
    with pytest.raises(OverflowError):
        draw(1, *place)


@pytest.mark.parametrize("position", range(4), ids=PLACES)
def test_the_largest_place_fits_and_has_luck_of_its_own(position) -> None:
    place = [0, 0, 0, 0]
    place[position] = LARGEST[position]
    assert draws.uniform(1, *place) != draws.uniform(1, 0, 0, 0, 0)


@given(PURPOSE, NTH, PURPOSE, NTH)
def test_purpose_and_place_do_not_run_into_each_other(what, nth, other_what, other_nth) -> None:
    same = draws.uniform(1, 0, 0, what, nth) == draws.uniform(1, 0, 0, other_what, other_nth)
    assert same == ((what, nth) == (other_what, other_nth))


def test_seeds_that_differ_only_in_high_bits_differ() -> None:
    assert draws.uniform(1, 0, 0, 0, 0) != draws.uniform(1 + 2**32, 0, 0, 0, 0)


@pytest.mark.parametrize(
    ("visit", "step", "attempt"),
    [(2**16, 0, 0), (0, 2**8, 0), (0, 0, 2**8), (-1, 0, 0), (0, -1, 0), (0, 0, -1)],
)
def test_a_contact_beyond_its_bits_is_an_error(visit, step, attempt) -> None:
    with pytest.raises(OverflowError):
        draws.place(0, visit, step, attempt)


@given(st.integers(0, 2**24 - 1), st.integers(0, 2**16 - 1), st.integers(0, 255), st.integers(0, 255))
def test_a_place_can_be_read_back(name, visit, step, attempt) -> None:
    packed = draws.place(name, visit, step, attempt)
    assert 0 <= packed < 2**56
    assert (packed >> 32, packed >> 16 & 0xFFFF, packed >> 8 & 255, packed & 255) == (name, visit, step, attempt)


def test_no_two_purposes_share_a_number() -> None:
    (names,) = (
        [target.id for target in node.targets[0].elts]
        for node in ast.parse(inspect.getsource(draws)).body
        if isinstance(node, ast.Assign)
        and isinstance(node.targets[0], ast.Tuple)
        and any(getattr(target, "id", "") == "VISIT_THRESHOLD" for target in node.targets[0].elts)
    )
    numbers = [getattr(draws, name) for name in names]
    assert len(names) == len(set(names)) > 50
    assert sorted(numbers) == list(range(len(names)))


@pytest.fixture(scope="module")
def pairs() -> np.ndarray:
    """40,000 pairs at neighbouring places: persons 0 … 199, visits 0 … 199."""
    return np.array([draws.pair(7, 3, who, 5, nth) for who in range(200) for nth in range(200)])


def test_uniforms_are_uniform(pairs) -> None:
    for column in pairs.T:
        assert stats.kstest(column, "uniform").pvalue > FALSE_ALARM
        counts = np.histogram(column, 256, (0, 1))[0]
        assert stats.chisquare(counts).pvalue > FALSE_ALARM


def test_the_two_of_a_pair_are_independent(pairs) -> None:
    counts = np.histogram2d(*pairs.T, bins=16, range=[[0, 1], [0, 1]])[0]
    assert stats.chisquare(counts.ravel()).pvalue > FALSE_ALARM
    assert stats.pearsonr(*pairs.T).pvalue > FALSE_ALARM


@pytest.mark.parametrize("axis", [0, 1], ids=["who", "nth"])
def test_neighbouring_places_are_independent(pairs, axis) -> None:
    grid = np.moveaxis(pairs[:, 0].reshape(200, 200), axis, 0)
    one, next_one = grid[:-1].ravel(), grid[1:].ravel()
    assert stats.pearsonr(one, next_one).pvalue > FALSE_ALARM
    counts = np.histogram2d(one, next_one, bins=16, range=[[0, 1], [0, 1]])[0]
    assert stats.chisquare(counts.ravel()).pvalue > FALSE_ALARM


@pytest.mark.parametrize("position", range(5), ids=["seed", *PLACES])
def test_draws_that_differ_in_one_place_only_are_independent(position) -> None:
    base = [11, 0, 0, 0, 0]
    series = []
    for value in (0, 1, 2, 3):
        columns = []
        for k in range(4000):
            place = base.copy()
            place[4 if position != 4 else 2] = k
            place[position] += value
            columns.append(draws.uniform(*place))
        series.append(columns)
    for one, other in itertools.combinations(series, 2):
        assert stats.pearsonr(one, other).pvalue > FALSE_ALARM


def test_normals_are_standard_normal() -> None:
    z = np.array([draws.normal(7, 0, who, 9, nth) for who in range(200) for nth in range(200)])
    assert stats.kstest(z, "norm").pvalue > FALSE_ALARM
    limit = stats.norm.ppf(1 - FALSE_ALARM / 2)
    assert abs(z.mean()) < limit / math.sqrt(len(z))
    assert abs(z.var() - 1) < limit * math.sqrt(2 / len(z))
    assert stats.skewtest(z).pvalue > FALSE_ALARM
    assert stats.kurtosistest(z).pvalue > FALSE_ALARM


def test_the_same_place_always_gives_the_same_number() -> None:
    # Written down once: a change here means that every seed tells another story.
    assert draws.uniform(23592, 4, 100, 14, 459008) == 0.0922604331424105
