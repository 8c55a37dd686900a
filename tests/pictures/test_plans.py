"""Pictures of plans against the base."""

import warnings
from pathlib import Path

import numpy as np
import pytest

from sxsim.pictures import plans
from sxsim.pictures.canvas import Between

from .looks import HOSTILE, pixels, words_and_cuts

MANY = [f"plan {number}" for number in range(14)]


def course(last: float, half: float = 0.1) -> plans.Course:
    mean = np.linspace(0.0, last, 12)
    return plans.Course(range(12), mean, mean - half, mean + half)


def change(name: str, words: dict[str, str]) -> plans.Change:
    return plans.Change(name, name == "cost", {plan: Between(3.0, 0.5, 5.0) for plan in words}, words)


@pytest.mark.parametrize("names", [["a"], ["a", HOSTILE], MANY], ids=len)
def test_differences_are_drawn_for_any_number_of_plans(
    names: list[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    words, cuts = words_and_cuts(monkeypatch)
    panels = [
        plans.Panel(title, "0–100", "", {name: course(1.0) for name in names}) for title in ("x", "customer loyalty")
    ]
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        path = plans.differences(panels, HOSTILE, HOSTILE, tmp_path / "d.png")
    assert pixels(path).shape[1] == 1800
    assert cuts == []
    if names is MANY:
        assert {f" {name}" for name in MANY} <= set(words)


def test_differences_say_who_is_clearly_ahead() -> None:
    loyalty = plans.Panel("customer loyalty", "0–100", "", {"a": course(3.0), "b": course(5.0, 9.0)})
    money = plans.Panel(
        "cumulative result", "undiscounted, EUR", "number", {"a": course(-3000.0), "b": course(5.0, 9.0)}
    )
    assert plans._differences_message([loyalty, money], "today") == (
        "Furthest ahead of today at the end: a in customer loyalty (+3 points); no plan clearly in cumulative result"
    )


def test_the_forest_counts_what_is_told() -> None:
    changes = [change("npv", {"a": "better", "b": "worse"}), change("cost", {"a": "better", "b": "cannot tell"})]
    assert (
        plans._forest_message(changes, ["a", "b"])
        == "Told from chance, of 2 KPIs: a 2 better, 0 worse; b 0 better, 1 worse"
    )
    nothing = [change("npv", {"a": "differs"})]
    assert plans._forest_message(nothing, ["a"]).startswith("No plan makes any of 1 KPIs")


@pytest.mark.parametrize("names", [["a"], ["a", HOSTILE], MANY], ids=len)
def test_the_forest_has_an_axis_a_group_and_no_repeated_look(
    names: list[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    words, cuts = words_and_cuts(monkeypatch)
    one = [change(kpi, dict.fromkeys(names, "better")) for kpi in ("npv", "cost")]
    groups = {"contacts": plans.Group(one, True), "$": plans.Group(one[:1], False), "none": plans.Group([], True)}
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        plans.forest(groups, "today", "here", tmp_path / "f.png")
    assert cuts == []
    assert {"npv", "cost ↓", "contacts", r"\$", "+100 %", "5"} <= set(words)
    assert "none" not in words


def test_nothing_to_compare_is_drawn(tmp_path: Path) -> None:
    assert plans.forest({"contacts": plans.Group([], True)}, "today", "here", tmp_path / "f.png").is_file()


def test_money_says_how_many_plans_are_surely_ahead(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    words, cuts = words_and_cuts(monkeypatch)
    ahead, even = np.full((10, 6), 100.0), np.linspace(-50.0, 60.0, 10)[:, None] * np.ones(6)
    found = {
        "a": plans.Money(ahead, 0, "no money in advance", 1.0),
        "b": plans.Money(even, 3, "paid back by month 3", 0.5),
        HOSTILE: plans.Money(even, None, "not paid back within the horizon", 0.5),
    }
    plans.money(found, "today", "$^$", "here", tmp_path / "m.png")
    assert "1 of 3 plans is ahead at the end in nine of ten runs: a" in words
    assert {"no money in advance · NPV better in 100% of runs", "paid back by month 3 · NPV better in 50% of runs",
            "not paid back within the horizon · NPV better in 50% of runs"} <= set(words)  # fmt: skip
    assert cuts == []
