"""Pictures of one plan."""

import warnings
from pathlib import Path

import numpy as np
import pytest

from sxsim.pictures import run
from sxsim.pictures.canvas import Between, Kpi

from .looks import HOSTILE, pixels, words_and_cuts

SHARES = [Between(mean, mean, mean) for mean in (0.9, 0.8, 0.137, 0.04)]
STOPS = [run.Stop("desk", "regulars", 72.0, 68.0, 0.1), run.Stop("desk", "others", 70.0, 71.0, 0.0)]


def link(title: str, label: str, kind: str = "") -> run.Link:
    values = np.linspace(0.2, 0.5, 18)
    return run.Link(title, label, kind, list(range(-6, 12)), values, values - 0.1, values + 0.1)  # type: ignore[arg-type]


def test_the_pyramid_says_how_much_is_excellent(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    words, cuts = words_and_cuts(monkeypatch)
    run.pyramid(
        [("first year (months 0–11)", SHARES), ("last year (months 24–35)", SHARES)], "here", tmp_path / "p.png"
    )
    assert "Contacts that meet excellent service (level 3, 4): 14% in the last year, 14% in the first year" in " ".join(
        words
    ).replace("\n", " ")
    assert {"90%", "80%", "14%", "4.0%"} <= set(words)
    assert cuts == []


def test_the_pyramid_of_nobody_is_drawn(tmp_path: Path) -> None:
    nothing = Between(*[float("nan")] * 3)
    assert pixels(run.pyramid([("first year", [nothing] * 4)], "here", tmp_path / "p.png")).std() > 0.02


def test_the_chain_says_where_it_goes_from_the_end_of_the_warm_up(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    words, cuts = words_and_cuts(monkeypatch)
    links = [
        link("customer delight", "delighted contacts", "share"),
        link("other", "x"),
        link("customers", "active customers, n"),
    ]
    run.effect_chain(links, 6, "here", tmp_path / "c.png")
    assert words.count("From first to last month: delighted contacts 31% → 50%; active customers 0.306 → 0.5") == 1
    assert cuts == []


@pytest.mark.parametrize(
    ("values", "limits"),
    [((72.0, 68.0), (65.0, 75.0)), ((99.0, 98.0), (95.0, 100.0)), ((5.0, 95.0), (0.0, 100.0)), ((), (0.0, 100.0))],
)
def test_the_axis_of_the_journey_shows_all_or_says_what(values: tuple[float, ...], limits: tuple[float, float]) -> None:
    stops = [run.Stop("a", "b", values[0], values[1], 0.0)] if values else []
    assert run._zoom(stops) == limits


def test_the_journey_names_the_widest_gap_and_its_zoom(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    words, cuts = words_and_cuts(monkeypatch)
    run.journey(STOPS, "here", tmp_path / "j.png")
    assert any(word.startswith("The widest gap is at desk for regulars (-4.0 points); 1 of 2") for word in words)
    assert any(word == "quality, 0–100 (the axis shows 65 to 75 only)" for word in words)
    assert "-4.0   10% not served" in words
    assert cuts == []


def test_a_journey_without_gaps_says_so() -> None:
    assert "everywhere" in run._journey_message(STOPS[1:])
    assert "Nobody" in run._journey_message([])


def test_names_in_a_journey_are_data(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    _, cuts = words_and_cuts(monkeypatch)
    stops = [run.Stop(HOSTILE, f"{number} {HOSTILE}", 50.0, 60.0, 0.5) for number in range(4)]
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        for drawn in (stops, []):
            run.journey(drawn, HOSTILE, tmp_path / "j.png")
    assert cuts == []


def test_the_names_of_the_levels_stand_in_two_lines_each() -> None:
    assert [name.count("\n") for name in run.LEVEL_NAMES] == [1, 1, 1, 1]
    assert run.LEVEL_NAMES[0] == "core service\nproposition"


@pytest.mark.parametrize("names", [["a"], ["a", "b"], ["a", "b", "c"], [HOSTILE, "_b"]], ids=len)
def test_a_sweep_is_drawn_and_says_where_a_kpi_is_best(
    names: list[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    words, cuts = words_and_cuts(monkeypatch)
    levels = [
        {"kpi": "npv", "mean": 1000.0 * x + y, "low": x * 900.0, "high": x * 1100.0}
        | dict(zip(names, (x, y, x), strict=False))
        for x in range(3)
        for y in range(2 if len(names) > 1 else 1)
    ]
    run.sweep(levels, names, [Kpi("npv", "money", "$")], 3, "here", tmp_path / "s.png")
    assert any(word.replace("\n", " ").startswith("npv goes from 0 at") for word in words)
    assert cuts == []
