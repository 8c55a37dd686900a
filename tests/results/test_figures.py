import warnings
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from sxsim.results import figures
from sxsim.results.result import Comparison, Result

from .hand_made import empty, lively, result_of

PICTURES = [figures.pyramid, figures.effect_chain, figures.journey]
RUNS: dict[str, Callable[[], Result]] = {
    "three years": lambda: result_of([lively(0, months=36), lively(1, months=36)]),
    "one month, one run": lambda: result_of([lively(months=1)]),
    "a year without warm-up": lambda: result_of([lively(warm_up=0, months=12), lively(1, warm_up=0, months=12)]),
    "nobody": lambda: result_of([empty(), empty()]),
}


def picture(path: Path) -> np.ndarray[Any, Any]:
    """The pixels of a picture, which must be a PNG."""
    from matplotlib.image import imread

    assert path.read_bytes()[:8] == b"\x89PNG\r\n\x1a\n"
    return np.asarray(imread(path))


@pytest.mark.parametrize("draw", PICTURES, ids=lambda draw: draw.__name__)
@pytest.mark.parametrize("name", RUNS)
def test_a_picture_is_drawn_of_any_run_without_a_warning(
    draw: Callable[[Result, Path], Path], name: str, tmp_path: Path
) -> None:
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        path = draw(RUNS[name](), tmp_path / "figures" / "a.png")
    pixels = picture(path)
    height, width = pixels.shape[:2]
    assert 1400 <= width <= 2000
    assert 500 <= height <= 3000
    assert pixels[..., :3].std() > 0.02
    assert [p.name for p in path.parent.iterdir()] == ["a.png"]


def test_the_same_run_gives_the_same_picture(tmp_path: Path) -> None:
    one, two = (figures.pyramid(RUNS["three years"](), tmp_path / name) for name in ("a.png", "b.png"))
    assert one.read_bytes() == two.read_bytes()


@pytest.mark.parametrize("runs", [1, 2])
def test_the_differences_of_plans_are_drawn(runs: int, tmp_path: Path) -> None:
    base = result_of([lively(r, months=3) for r in range(runs)])
    others = [result_of([lively(9 + r, months=3) for r in range(runs)], plan) for plan in ("welcome", "dearer")]
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        path = figures.differences(Comparison(base, others), tmp_path / "d.png")
    assert picture(path).shape[1] == 1800


def test_the_differences_drawn_are_those_of_the_organisation(tmp_path: Path) -> None:
    base, other = (result_of([lively(r, months=3), lively(r + 1, months=3)]) for r in (0, 5))
    values = figures._difference_values(base, other)
    result = (other.records[1].sites["result"] - base.records[1].sites["result"])[1:, 0]
    found = values["cumulative_result"].xs(1, level="replication")
    assert found.tolist() == pytest.approx(np.cumsum(result).tolist())
    assert list(found.index) == [0, 1, 2]


def test_the_gap_of_the_chain_weighs_contacts() -> None:
    record = empty(months=1)
    for touchpoint, (served, perceived) in enumerate([(30, 0.8), (10, 0.6)]):
        cell = record.contacts[1, 0, touchpoint, 0]
        cell["served"], cell["perceived"], cell["expectation"] = served, served * perceived, served * 0.7
    values = figures._chain_values(result_of([record]))
    assert values.loc[values["month"] == 0, "gap"].tolist() == [pytest.approx(100 * (0.75 - 0.7))]


@pytest.mark.parametrize(
    ("value", "text"), [(800, "800"), (35_000, "35 k"), (1_234_000, "1.23 M"), (-2e9, "-2 bn"), (0, "0"), (0.5, "0.5")]
)
def test_a_large_figure_on_an_axis_is_short(value: float, text: str) -> None:
    assert figures.thousands(value) == text


def test_the_names_of_the_levels_stand_in_two_lines_each() -> None:
    assert figures.LEVEL_NAMES == (
        "core service\nproposition",
        "customer feedback\nmanagement",
        "individual\nexcellent service",
        "surprisingly\nexcellent service",
    )
