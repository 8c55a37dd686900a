"""Extreme scenarios give finite figures, or a clear word before any work; all 121 of them are in slow_hostile.py."""

from pathlib import Path

import pytest

from .extremes import Extreme, extremes, tried, undefined

ALL = {extreme.name: extreme for extreme in extremes(121, 17)}


@pytest.mark.parametrize(
    "name",
    ["nobody", "one person", "one prospect", "every promise fails", "no patience", "a season of nothing", "mixture 2", "mixture 6"],
)  # fmt: skip
def test_an_extreme_scenario_gives_figures_or_undefined_ones_with_both_engines(tmp_path: Path, name: str) -> None:
    assert tried(ALL[name], tmp_path, unusual=True, save=False) == "done"
    (tmp_path / "reference").mkdir()
    if name in ("one person", "mixture 2"):
        assert tried(ALL[name], tmp_path / "reference", unusual=True, save=False, engine="reference") == "done"


@pytest.mark.parametrize(
    ("name", "said"),
    [
        ("everything closed", "touchpoints[0].opening leaves it closed all week"),
        ("no staff", "touchpoints[0].staff(=0) leaves this touchpoint without anybody to serve"),
        ("a trillion on duty", "makes 1,000,000,000,000 posts of a team"),
        ("no months", "horizon.months(=0) must be ≥ 1"),
        ("year 9999", "lets the run go from the year 9999 to 10000"),
    ],
)
def test_what_cannot_be_run_is_said_before_any_work(tmp_path: Path, name: str, said: str) -> None:
    assert said in tried(ALL[name], tmp_path, unusual=True)
    assert sorted(path.name for path in tmp_path.iterdir()) == ["extreme.yaml"]


def test_the_scenarios_are_the_same_for_the_same_seed_and_there_are_as_many_as_asked_for() -> None:
    again = extremes(121, 17)
    assert [extreme.name for extreme in again] == list(ALL)
    assert again == list(ALL.values())
    assert extremes(121, 18) != again
    assert len(ALL) == 121


def test_a_figure_that_is_not_finite_would_be_noticed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def wrong(sums: dict[str, object], kpi: str) -> bool:
        return kpi == "loyalty" or undefined(sums, kpi)

    monkeypatch.setattr("tests.hostile.extremes.undefined", wrong)
    assert tried(Extreme("usual"), tmp_path, unusual=False, save=False).startswith("WRONG: loyalty(=")
