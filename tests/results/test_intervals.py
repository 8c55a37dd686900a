import json
import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import stats

from sxsim.results.intervals import chance_of_none, few_valued, interval, share_interval

NUMBERS = st.lists(st.floats(-1e6, 1e6), min_size=2, max_size=30)


@settings(deadline=None, derandomize=True, max_examples=60)
@given(NUMBERS)
def test_the_interval_is_students(values: list[float]) -> None:
    found = interval(values, "minutes")
    sd = float(np.std(values, ddof=1))
    assert found.mean == pytest.approx(float(np.mean(values)))
    assert found.sd == pytest.approx(sd)
    if sd > 1e-6 and not few_valued(np.array(values)):
        low, high = stats.t.interval(0.95, len(values) - 1, loc=np.mean(values), scale=stats.sem(values))
        assert (found.low, found.high) == (pytest.approx(float(low)), pytest.approx(float(high)))
    assert (found.p10, found.p90) == tuple(pytest.approx(float(q)) for q in np.quantile(values, [0.1, 0.9]))
    assert (found.n, found.unit) == (len(values), "minutes")


def test_an_interval_worked_by_hand() -> None:
    found = interval([1, 2, 3])
    assert found.mean == 2
    assert found.sd == 1
    assert found.high - 2 == pytest.approx(4.302653 / math.sqrt(3), rel=1e-6)
    assert 2 - found.low == pytest.approx(4.302653 / math.sqrt(3), rel=1e-6)


def test_the_interval_covers_the_mean_in_nineteen_of_twenty_cases() -> None:
    numbers = np.random.default_rng(23592)
    covered = sum(found.low <= 0 <= found.high for found in (interval(numbers.normal(size=5)) for _ in range(2000)))
    assert abs(covered / 2000 - 0.95) < 0.02


def test_the_interval_ends_where_the_quantity_must_end() -> None:
    found = interval([0.0, 0.1], "share", (0.0, 1.0))
    assert found.low == 0.0
    assert found.high == pytest.approx(0.05 + 12.7062 * 0.05, rel=1e-5)
    assert interval([0.9, 1.0], "share", (0.0, 1.0)).high == 1.0


def test_undefined_values_are_left_out_and_counted_out() -> None:
    found = interval([1.0, math.nan, 3.0, math.inf])
    assert (found.mean, found.n) == (2.0, 2)


def test_one_value_has_no_interval() -> None:
    found = interval([4.0])
    assert (found.mean, found.n) == (4.0, 1)
    assert all(math.isnan(value) for value in (found.low, found.high, found.sd))


def test_no_value_has_no_mean() -> None:
    found = interval([math.nan])
    assert found.n == 0
    assert all(math.isnan(value) for value in (found.mean, found.low, found.high, found.p10, found.p90, found.sd))


def test_equal_values_have_an_interval_of_no_width() -> None:
    found = interval([3.0, 3.0, 3.0])
    assert (found.low, found.mean, found.high, found.sd) == (3.0, 3.0, 3.0, 0.0)


@pytest.mark.parametrize("values", [[], [1.0], [1.0, 2.0]])
def test_json_has_null_where_a_figure_is_not_defined(values: list[float]) -> None:
    data = interval(values, "EUR").as_json()
    assert list(data) == ["mean", "ci95", "p10", "p90", "sd", "n", "unit"]
    assert (data["n"], data["unit"]) == (len(values), "EUR")
    assert (data["mean"] is None) == (not values)
    assert (data["sd"] is None) == (len(values) < 2)
    assert isinstance(data["ci95"], list) and (data["ci95"][0] is None) == (len(values) < 2)
    json.dumps(data, allow_nan=False)


@pytest.mark.parametrize("hits", [0, 1, 4, 10])
def test_a_share_of_runs_has_the_exact_interval_of_clopper_and_pearson(hits: int) -> None:
    found = interval([1.0] * hits + [0.0] * (10 - hits), reach=(0.0, 1.0))
    exact = stats.binomtest(hits, 10).proportion_ci(0.95, "exact")
    assert found.few
    assert (found.low, found.high) == (pytest.approx(exact.low, abs=0.012), pytest.approx(exact.high, abs=0.012))
    assert (found.above, found.below) == (hits, 0)


@pytest.mark.parametrize("runs", [5, 10, 30])
@pytest.mark.parametrize("rate", [0.02, 0.3])
def test_few_values_are_covered_where_students_interval_misses(runs: int, rate: float) -> None:
    """Of 400 samples 380 are held when right; fewer than 362 with chance 0.1 %. Student's holds 30 to 360 of them."""
    rng = np.random.default_rng([23592, runs])
    held = students = 0
    for _ in range(400):
        values = rng.choice([0.0, 0.5, 1.0], runs, p=[1 - rate, 0.8 * rate, 0.2 * rate])
        found = interval(values, reach=(0.0, 1.0))
        held += found.low <= 0.6 * rate <= found.high
        half = stats.t.ppf(0.975, runs - 1) * values.std(ddof=1) / math.sqrt(runs)
        students += abs(values.mean() - 0.6 * rate) <= half
    assert held >= 362
    assert students < held


def test_the_same_runs_have_the_same_interval() -> None:
    assert interval([0, 0, 0, 1, 2]) == interval([0, 0, 0, 1, 2]) == interval([2, 0, 1, 0, 0])


@pytest.mark.parametrize("values", [[0.0] * 9 + [1.0], [1.0] * 9 + [0.0], [1.0] * 8, list(np.linspace(-0.3, 1, 9))])
@pytest.mark.parametrize("confidence", [0.9, 0.95, 0.9875])
def test_p_is_small_where_the_interval_leaves_0_out(values: list[float], confidence: float) -> None:
    found = interval(values, confidence=confidence, reach=(-1.0, 1.0))
    p = chance_of_none(np.array(values), (-1.0, 1.0))
    assert (p < 1 - confidence) == (found.low > 0 or found.high < 0)


def test_a_share_has_wilsons_interval() -> None:
    assert share_interval(15, 20)[1:] == pytest.approx((0.5313, 0.8881), abs=1e-4)
