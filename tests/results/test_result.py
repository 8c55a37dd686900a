import json
from pathlib import Path

import pytest

from sxsim.results.kpis import KPIS
from sxsim.results.result import Comparison, to_json, unit_of

from ..scenario.cafe import cafe
from .hand_made import empty, lively, result_of


def test_a_result_as_json_follows_the_contract(comparison: Comparison) -> None:
    data = json.loads(to_json(comparison.base.as_json()))
    assert list(data) == [
        "schema_version", "ok", "scenario", "plan", "seed", "replications", "interval", "kpis", "maturity", "commitment", "warnings",
    ]  # fmt: skip
    assert (data["schema_version"], data["ok"], data["interval"]) == (1, True, "chance")
    assert (data["scenario"], data["plan"], data["seed"], data["replications"]) == ("cafe", "today", 1, 2)
    assert list(data["kpis"]) == list(KPIS)
    for value in data["kpis"].values():
        assert list(value) == ["mean", "ci95", "p10", "p90", "sd", "n", "unit"]
    assert data["kpis"]["retention_12m"]["mean"] is None
    assert data["kpis"]["revenue"]["unit"] == "EUR a month"
    assert data["kpis"]["revenue"]["mean"] == pytest.approx(comparison.base.kpis["revenue"].mean())


def test_a_comparison_as_json_adds_the_base_and_differences(comparison: Comparison) -> None:
    data = json.loads(to_json(comparison.as_json()))
    assert data["base"] == "today"
    assert list(data["plans"]) == ["today", "dearer"]
    assert "difference" not in data["plans"]["today"]
    difference = data["plans"]["dearer"]["difference"]
    assert list(difference) == list(KPIS)
    assert list(difference["revenue"]) == ["mean", "ci95", "p10", "p90", "sd", "n", "unit"]
    assert difference["investment"]["mean"] == 0
    assert data["plans"]["dearer"]["verdict"]["investment"].startswith("the same in each of 2 runs")
    assert data["plans"]["dearer"]["verdict"]["npv"] == "too few runs for a verdict: 5 at least"
    assert data["plans"]["dearer"]["cash"]["payback_month"] is None
    assert data["primary"] == ["npv", "satisfaction_of_month_0", "loyalty", "engagement"]
    details = data["plans"]["dearer"]["verdict_details"]
    assert list(details["npv"]) == ["said", "word", "primary", "p", "interval", "confidence"]
    assert (details["npv"]["confidence"], details["visits"]["confidence"]) == (0.9875, 0.95)


def test_an_interval_of_a_share_stays_a_share(comparison: Comparison) -> None:
    for name, value in comparison.base.intervals.items():
        if value.unit.startswith("share") and value.n > 1:
            assert 0 <= value.low <= value.mean <= value.high, name
    assert comparison.base.intervals["turnover_12m"].unit == "share a year"


def test_a_result_of_one_run_and_of_nobody_is_json_without_nan() -> None:
    for records in ([lively()], [empty(), empty()]):
        data = json.loads(to_json(result_of(records).as_json()))
        assert data["replications"] == len(records)
        assert data["warnings"]


def test_a_comparison_tells_a_warning_once() -> None:
    records = [lively(), lively(1)]
    for record in records:
        record.contacts["turned_away"] = 0
    found = Comparison(result_of(records[:1]), [result_of(records[1:], "welcome")])
    assert found.as_json()["warnings"] == ["one replication shows no spread: intervals need at least two (-n 10)"]


def test_money_is_in_the_currency_of_the_scenario() -> None:
    scenario = cafe("currency=BBD")
    assert unit_of("npv", scenario) == "BBD"
    assert unit_of("revenue", scenario) == "BBD a month"
    assert unit_of("delight_rate", scenario) == "share"


def test_pictures_are_drawn_into_the_folder_of_the_run_or_comparison(comparison: Comparison, tmp_path: Path) -> None:
    pictures = comparison.plot(tmp_path)
    assert [path.name for path in pictures] == [
        "cash.png",
        "commitment.png",
        "differences.png",
        "forest.png",
        "maturity.png",
    ]
    assert pictures[0].parents[1] == comparison.folder
    assert [path.name for path in comparison.base.plot(tmp_path)] == [
        "commitment.png",
        "effect_chain.png",
        "journey.png",
        "maturity.png",
        "pyramid.png",
    ]
