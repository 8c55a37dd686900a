"""Verdicts on paired differences: primary KPIs hold together, others are exploratory, and intervals agree with them."""

import math
from collections.abc import Mapping

import numpy as np
import pytest

from sxsim.results.intervals import interval
from sxsim.results.kpis import KPIS
from sxsim.results.verdicts import FEWEST_RUNS, PRIMARY, Paired, Verdict, holm, primary_kpis, verdicts

LOWER, HIGHER, NEITHER = "churn_rate", "loyalty", "investment"


def judged(values: Mapping[str, list[float]], primary: tuple[str, ...] = PRIMARY) -> dict[str, Verdict]:
    """Verdicts on differences, run by run."""
    return verdicts({name: Paired(np.array(each)) for name, each in values.items()}, primary)


def alone(kpi: str, values: list[float]) -> Verdict:
    """The verdict when this is the only KPI, and primary."""
    return judged({kpi: values}, (kpi,))[kpi]


@pytest.mark.parametrize(
    ("kpi", "values", "word"),
    [
        (HIGHER, [1.0, 1.1, 0.9, 1.2, 0.8], "better"),
        (LOWER, [1.0, 1.1, 0.9, 1.2, 0.8], "worse"),
        (HIGHER, [-1.0, -1.1, -0.9, -1.2, -0.8], "worse"),
        (LOWER, [-1.0, -1.1, -0.9, -1.2, -0.8], "better"),
        (NEITHER, [1.0, 1.1, 0.9, 1.2, 0.8], "differs"),
        (HIGHER, [1.0, -1.1, 0.9, -0.8, 0.1], "cannot tell"),
        (HIGHER, [0.0] * 5, "no difference"),
        (HIGHER, [0.0], "no difference"),
        (HIGHER, [1.0], "too few runs"),
        (HIGHER, [1.0, 1.1, 0.9, 1.2], "too few runs"),
        (HIGHER, [2.0, 2.0], "too few runs"),
        (HIGHER, [2.0] * 5, "cannot tell"),
        (HIGHER, [2.0] * 10, "better"),
        (HIGHER, [math.nan, math.nan], "cannot tell"),
    ],
)
def test_a_difference_is_judged_by_its_runs(kpi: str, values: list[float], word: str) -> None:
    assert alone(kpi, values).word == word


def test_below_five_runs_nothing_is_said_however_clear_it_looks() -> None:
    assert FEWEST_RUNS == 5
    assert str(alone(HIGHER, [1e9, 1e9 + 1])) == "too few runs for a verdict: 5 at least"


def test_p_is_that_of_a_paired_t_test() -> None:
    assert alone(HIGHER, [0.4, 1.2, -0.3, 0.9, 0.7]).p == pytest.approx(0.0859, abs=2e-4)  # table of t, 4 degrees


def test_runs_that_all_differ_alike_are_told_by_their_signs() -> None:
    found = alone(HIGHER, [2.0] * 10)
    assert found.p == pytest.approx(2 / 2**10, abs=1e-3)
    assert found.interval is not None and 0 < found.interval.low < found.interval.high == 2.0
    assert str(found) == "better; more in 10 of 10 runs, less in 0"


@pytest.mark.parametrize("seed", range(40))
def test_the_verdict_and_its_interval_agree(seed: int) -> None:
    rng = np.random.default_rng([23592, seed])
    shift = rng.normal(0, 1)
    found = judged(
        {
            "npv": list(rng.normal(shift, 1, 8)),
            "loyalty": list(rng.normal(shift, 1, 8)),
            "turnover_12m": [float(x) for x in rng.integers(-1, 3, 8)],
            "visits": list(rng.normal(shift, 1, 8)),
        }
    )
    for verdict in found.values():
        assert verdict.interval is not None
        assert verdict.clear == (verdict.interval.low > 0 or verdict.interval.high < 0)
        assert verdict.clear == (verdict.p < 0.05), verdict


def test_primary_intervals_are_wider_so_that_they_hold_together() -> None:
    values = [1.0, -0.8, 0.9, -0.7, 0.6, -0.5, 0.8, -0.4, 0.7, -0.6]
    found = judged(dict.fromkeys((*PRIMARY, "visits"), values))
    for name in PRIMARY:
        expected = interval(values, confidence=1 - 0.05 / 4)
        assert found[name].primary and found[name].interval == expected
    assert not found["visits"].primary and found["visits"].interval == interval(values)
    assert found["npv"].p == pytest.approx(min(1.0, 4 * found["visits"].p))


def test_what_is_exploratory_only_looks_so() -> None:
    values = [1.0, 1.1, 0.9, 1.2, 0.8]
    found = judged({"loyalty": values, "visits": values, "churn_rate": values, "investment": values})
    assert str(found["loyalty"]) == "better"
    assert str(found["visits"]) == "looks better"
    assert str(found["churn_rate"]) == "looks worse"
    assert str(found["investment"]) == "differs"


def test_the_user_may_name_the_primary_kpis() -> None:
    assert primary_kpis(None) == PRIMARY
    assert primary_kpis(["nps", "npv", "nps"]) == ("nps", "npv")
    with pytest.raises(ValueError, match=r"primary\(='loyality'\) is no KPI; did you mean loyalty\?"):
        primary_kpis(["loyality"])


def test_what_cannot_be_told_says_how_many_runs_it_needs() -> None:
    values = [1.0, -0.8, 0.9, -0.7, 0.6, -0.5, 0.8, -0.4, 0.7, -0.6]
    verdict = alone(HIGHER, values)
    assert verdict.word == "cannot tell"
    expected = math.ceil(((1.95996 + 0.84162) * np.std(values, ddof=1) / np.mean(values)) ** 2)
    assert verdict.needed == pytest.approx(expected, abs=1)
    assert str(verdict) == f"cannot tell at 10 runs; needs about {verdict.needed}"
    assert str(Verdict("cannot tell", 0.5, 10, 123_456)) == "cannot tell at 10 runs; needs more than 10 000"
    assert str(Verdict("cannot tell", math.nan, 1)) == "cannot tell at one run"


def test_few_values_say_in_how_many_runs() -> None:
    verdict = alone("turnover_12m", [0, 0, 0, 1, 0, 0, 0, 0, 0, -1.0])
    assert str(verdict).endswith("; more in 1 of 10 runs, less in 1")
    assert str(alone("turnover_12m", [0.0] * 10)) == "the same in each of 10 runs; it differs in at most 26% of all"


def test_a_plan_without_any_effect_gets_a_wrong_primary_verdict_in_at_most_one_of_twenty() -> None:
    """Of 400 plans that change nothing, 4.9 % get one; 8 to 34 with chance 99.9 %."""
    rng = np.random.default_rng(23592)
    wrong = 0
    for _ in range(400):
        found = judged({name: list(rng.normal(0, 1, 12)) for name in list(KPIS)[:20] + list(PRIMARY)})
        wrong += any(found[name].clear for name in PRIMARY)
    assert 8 <= wrong <= 34


@pytest.mark.parametrize("runs", [5, 10, 20])
def test_rare_events_get_no_wrong_verdict(runs: int) -> None:
    """A difference of 1 up or down, in one of twenty runs each: of 300 plans 15 may be told; 30 with chance 0.02 %."""
    rng = np.random.default_rng([23592, runs])
    wrong = 0
    for _ in range(300):
        values = rng.choice([-1.0, 0.0, 1.0], runs, p=[0.05, 0.9, 0.05])
        wrong += verdicts({"turnover_12m": Paired(values, "", (-1.0, 1.0))})["turnover_12m"].clear
    assert wrong <= 30


def test_many_candidates_are_corrected_step_by_step() -> None:
    names = list(KPIS)[:4]
    spread = np.array([-1.0, -0.5, 0.0, 0.5, 1.0])
    found = {name: interval(spread + shift) for name, shift in zip(names, (3.0, 1.5, 1.1, 0.1), strict=True)}
    raw = [holm({name: value})[name] for name, value in found.items()]
    assert list(holm(found).values()) == pytest.approx(
        [4 * raw[0], 3 * raw[1], max(3 * raw[1], 2 * raw[2]), max(2 * raw[2], raw[3])]
    )
    with_none = found | {"npv": interval([0.0] * 5), "nps": interval([math.nan]), "cost": interval([2.0, 2.0])}
    assert holm({**found, "npv": interval([0.0] * 5)})[names[0]] == holm(found)[names[0]]
    assert holm(with_none)["npv"] == 1.0 and math.isnan(holm(with_none)["nps"]) and holm(with_none)["cost"] == 1.0
    assert holm({"cost": interval([2.0] * 6)})["cost"] == pytest.approx(2 / 2**6)
