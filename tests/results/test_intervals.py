import json
import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import stats

from sxsim.results.intervals import interval

NUMBERS = st.lists(st.floats(-1e6, 1e6), min_size=2, max_size=30)


@settings(deadline=None, derandomize=True, max_examples=60)
@given(NUMBERS)
def test_the_interval_is_students(values: list[float]) -> None:
    found = interval(values, "minutes")
    sd = float(np.std(values, ddof=1))
    assert found.mean == pytest.approx(float(np.mean(values)))
    assert found.sd == pytest.approx(sd)
    if sd > 1e-6:
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
