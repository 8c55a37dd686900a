"""Verdicts on paired differences, corrected for many KPIs by Holm."""

import math

import numpy as np
import pytest

from sxsim.results.intervals import interval
from sxsim.results.kpis import KPIS
from sxsim.results.verdicts import Verdict, verdicts

LOWER, HIGHER, NEITHER = "churn_rate", "loyalty", "investment"


def alone(kpi: str, values: list[float]) -> Verdict:
    """The verdict when this is the only KPI."""
    return verdicts({kpi: interval(values)})[kpi]


@pytest.mark.parametrize(
    ("kpi", "values", "word"),
    [
        (HIGHER, [1.0, 1.1, 0.9], "better"),
        (LOWER, [1.0, 1.1, 0.9], "worse"),
        (HIGHER, [-1.0, -1.1, -0.9], "worse"),
        (LOWER, [-1.0, -1.1, -0.9], "better"),
        (NEITHER, [1.0, 1.1, 0.9], "differs"),
        (HIGHER, [1.0, -1.1, 0.9], "cannot tell"),
        (HIGHER, [0.0, 0.0], "no difference"),
        (HIGHER, [0.0], "no difference"),
        (HIGHER, [1.0], "cannot tell"),
        (HIGHER, [2.0, 2.0], "better"),
        (HIGHER, [math.nan, math.nan], "cannot tell"),
    ],
)
def test_a_difference_is_judged_by_its_runs(kpi: str, values: list[float], word: str) -> None:
    assert alone(kpi, values).word == word


def test_p_is_that_of_a_paired_t_test() -> None:
    values = [0.4, 1.2, -0.3, 0.9, 0.7]
    t = np.mean(values) / (np.std(values, ddof=1) / math.sqrt(5))
    assert t == pytest.approx(2.2680, abs=1e-4)
    assert alone(HIGHER, values).p == pytest.approx(0.0859, abs=2e-4)  # from a table of t with 4 degrees of freedom


def test_many_kpis_are_corrected_step_by_step() -> None:
    names = list(KPIS)[:4]
    spread = np.array([-1.0, -0.5, 0.0, 0.5, 1.0])
    found = {name: interval(spread + shift) for name, shift in zip(names, (3.0, 1.5, 1.1, 0.1), strict=True)}
    raw = [alone(name, list(spread + shift)).p for name, shift in zip(names, (3.0, 1.5, 1.1, 0.1), strict=True)]
    corrected = [verdict.p for verdict in verdicts(found).values()]
    assert corrected == pytest.approx([4 * raw[0], 3 * raw[1], max(3 * raw[1], 2 * raw[2]), max(2 * raw[2], raw[3])])


def test_kpis_that_are_equal_do_not_count_as_tests() -> None:
    found = {HIGHER: interval([1.0, 1.1, 0.9]), LOWER: interval([0.0, 0.0, 0.0]), "npv": interval([math.nan])}
    assert verdicts(found)[HIGHER].p == alone(HIGHER, [1.0, 1.1, 0.9]).p


def test_what_cannot_be_told_says_how_many_runs_it_needs() -> None:
    values = [1.0, -0.8, 0.9, -0.7, 0.6, -0.5, 0.8, -0.4, 0.7, -0.6]
    verdict = alone(HIGHER, values)
    assert verdict.word == "cannot tell"
    expected = math.ceil(((1.95996 + 0.84162) * np.std(values, ddof=1) / np.mean(values)) ** 2)
    assert verdict.needed == pytest.approx(expected, abs=1)
    assert str(verdict) == f"cannot tell at 10 runs; needs about {verdict.needed}"
    assert str(Verdict("cannot tell", 0.5, 10, 123_456)) == "cannot tell at 10 runs; needs more than 10 000"
    assert str(Verdict("cannot tell", math.nan, 1)) == "cannot tell at one run"


def test_a_plan_without_any_effect_is_rarely_called_better_or_worse() -> None:
    """Of 400 plans that change nothing in ten KPIs, 5 % may get a wrong verdict: at most 34 with chance 99.9 %."""
    rng = np.random.default_rng(23592)
    names = list(KPIS)[:10]
    wrong = 0
    for _ in range(400):
        found = {name: interval(rng.normal(0, 1, 12)) for name in names}
        wrong += any(verdict.word != "cannot tell" for verdict in verdicts(found).values())
    assert 6 <= wrong <= 34
