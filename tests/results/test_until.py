"""How narrow an interval must be."""

import math
from pathlib import Path

import pytest

from sxsim.results.intervals import interval
from sxsim.results.until import MOST_RUNS, Until
from sxsim.running.plans import load

CAFE = "scenarios/corner-cafe.yaml"


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("±5000", Until("npv", 5000)),
        ("5000", Until("npv", 5000)),
        ("+-250.5", Until("npv", 250.5)),
        ("loyalty=±0.5", Until("loyalty", 0.5)),
        ("maturity.design = 0.01", Until("maturity.design", 0.01)),
    ],
)
def test_a_width_is_read(text: str, expected: Until) -> None:
    assert Until.parse(text) == expected


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("loyality=1", "did you mean loyalty?"),
        ("±0", "must be a width"),
        ("narrow", "must be a width"),
        ("-3", "must be"),
    ],
)
def test_a_wrong_width_says_what_is_wrong(text: str, words: str) -> None:
    with pytest.raises(ValueError, match=words.replace("?", r"\?")):
        Until.parse(text)


def test_the_widest_interval_counts_and_one_run_has_none() -> None:
    until = Until("npv", 1.0)
    narrow, wide = interval([1.0, 1.1]), interval([1.0, 3.0])
    assert until.widest([narrow, wide]) == (wide.high - wide.low) / 2
    assert until.widest([narrow, interval([1.0])]) == math.inf


def test_runs_grow_with_the_square_but_at_most_double() -> None:
    until = Until("npv", 1.0)
    assert until.runs_needed(3.0, 10) == 99
    assert until.next_runs(3.0, 10) == 20
    assert until.next_runs(1.05, 10) == 13
    assert until.next_runs(9.0, 900) == MOST_RUNS
    assert until.next_runs(math.inf, 1) == 2


def test_runs_go_on_until_it_is_narrow_enough(tmp_path: Path) -> None:
    scenario = load(CAFE, sets=["horizon.months=1", "horizon.warm_up=0"])
    result = scenario.run(replications=2, out=tmp_path, until=Until("satisfaction", 1.0))
    value = result.intervals["satisfaction"]
    assert (value.high - value.low) / 2 <= 1.0
    assert 2 < result.replications < MOST_RUNS
    assert result.until == f"satisfaction is known to ±{(value.high - value.low) / 2:.3g} 0–100 after {value.n} runs"


def test_it_says_why_it_is_not_narrow_enough(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sxsim.running.plans.MOST_RUNS", 4)
    scenario = load(CAFE, sets=["horizon.months=1", "horizon.warm_up=0"])
    comparison = scenario.compare(["higher-price"], replications=2, out=tmp_path, until=Until("npv", 1e-6))
    assert "is known only to" in comparison.until
    assert "ask for -n" in comparison.until
