"""What pictures of runs and comparisons show."""

import warnings
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from sxsim.results import pictured
from sxsim.results.result import Comparison, Result

from ..pictures.looks import HOSTILE, words_and_cuts
from .hand_made import empty, lively, result_of

RUNS: dict[str, Callable[[], Result]] = {
    "three years": lambda: result_of([lively(0, months=36), lively(1, months=36)]),
    "one month, one run": lambda: result_of([lively(months=1)]),
    "a year without warm-up": lambda: result_of([lively(warm_up=0, months=12), lively(1, warm_up=0, months=12)]),
    "nobody": lambda: result_of([empty(), empty()]),
}


@pytest.mark.parametrize("name", RUNS)
def test_any_run_is_drawn_without_a_warning_or_a_cut(
    name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    _, cuts = words_and_cuts(monkeypatch)
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        pictured.draw_run(RUNS[name](), tmp_path)
    assert {p.name for p in tmp_path.iterdir()} == {
        "pyramid.png", "effect_chain.png", "journey.png", "maturity.png", "commitment.png",
    }  # fmt: skip
    assert cuts == []


@pytest.mark.parametrize("runs", [1, 2])
@pytest.mark.parametrize("make", [lively, lambda seed, **shape: empty(**shape)], ids=["lively", "nobody"])
def test_a_comparison_is_drawn_without_a_warning_or_a_cut(
    runs: int, make: Callable[..., object], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    _, cuts = words_and_cuts(monkeypatch)
    base = result_of([make(r, months=3) for r in range(runs)])  # type: ignore[misc]
    others = [result_of([make(9 + r, months=3) for r in range(runs)], plan) for plan in ("welcome", "dearer")]  # type: ignore[misc]
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        pictured.draw_comparison(Comparison(base, others), tmp_path)
    assert {p.name for p in tmp_path.iterdir()} == {
        "differences.png", "forest.png", "cash.png", "commitment.png", "maturity.png",
    }  # fmt: skip
    assert cuts == []


def test_names_and_currency_are_data(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    _, cuts = words_and_cuts(monkeypatch)
    base, other = (
        result_of([lively(r, months=3), lively(r + 1, months=3)], plan) for r, plan in ((0, "today"), (5, "dearer"))
    )
    for result in (base, other):
        result.scenario = result.scenario.model_copy(update={"name": HOSTILE, "currency": "$^$"})
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        pictured.draw_run(base, tmp_path / "run")
        pictured.draw_comparison(Comparison(base, [other]), tmp_path / "compare")
    assert cuts == []


def test_the_differences_drawn_are_those_of_the_organisation() -> None:
    base, other = (result_of([lively(r, months=3), lively(r + 1, months=3)]) for r in (0, 5))
    values = pictured.difference_values(base, other)
    result = (other.records[1].sites["result"] - base.records[1].sites["result"])[1:, 0]
    found = values["cumulative_result"].xs(1, level="replication")
    assert found.tolist() == pytest.approx(np.cumsum(result).tolist())
    assert list(found.index) == [0, 1, 2]


def test_the_gap_of_the_chain_weighs_contacts() -> None:
    record = empty(months=1)
    for touchpoint, (served, perceived) in enumerate([(30, 0.8), (10, 0.6)]):
        cell = record.contacts[1, 0, touchpoint, 0]
        cell["served"], cell["perceived"], cell["expectation"] = served, served * perceived, served * 0.7
    values = pictured.chain_values(result_of([record]))
    assert values.loc[values["month"] == 0, "gap"].tolist() == [pytest.approx(100 * (0.75 - 0.7))]


def test_the_forest_gives_shares_of_the_base_and_money_as_it_is() -> None:
    base, other = (
        result_of([lively(r, months=3), lively(r + 1, months=3)], plan) for r, plan in ((0, "today"), (5, "dearer"))
    )
    comparison = Comparison(base, [other])
    groups = pictured.changes(comparison)
    shares = {change.name: change.plans["dearer"].mean for change in groups["customers, in % of today's value"].changes}
    difference = comparison.differences["dearer"]
    assert shares["loyalty"] == pytest.approx(difference["loyalty"].mean / base.intervals["loyalty"].mean)
    assert shares["nps"] == pytest.approx(difference["nps"].mean / 100)
    money = groups[f"money over the horizon, {base.scenario.currency}"]
    assert money.changes[0].plans["dearer"].mean == pytest.approx(difference["npv"].mean)
    assert not money.relative
