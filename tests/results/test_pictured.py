"""What pictures of runs and comparisons show."""

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from sxsim.results import pictured
from sxsim.results.result import Comparison, Result

from .hand_made import empty, lively, result_of

RUNS: dict[str, Callable[[], Result]] = {
    "three years": lambda: result_of([lively(0, months=36), lively(1, months=36)]),
    "one month, one run": lambda: result_of([lively(months=1)]),
    "a year without warm-up": lambda: result_of([lively(warm_up=0, months=12), lively(1, warm_up=0, months=12)]),
    "nobody": lambda: result_of([empty(), empty()]),
}


def test_the_same_run_gives_the_same_pictures(tmp_path: Path) -> None:
    for folder in ("a", "b"):
        pictured.draw_run(RUNS["three years"](), tmp_path / folder)
    for path in (tmp_path / "a").iterdir():
        assert path.read_bytes() == (tmp_path / "b" / path.name).read_bytes()


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
