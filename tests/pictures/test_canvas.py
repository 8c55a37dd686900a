"""The canvas: names as data, colours, labels that stand apart."""

import itertools
import warnings
from pathlib import Path

import pytest

from sxsim.pictures import canvas

from .looks import HOSTILE, pixels, words_and_cuts


@pytest.mark.parametrize("name", [HOSTILE, "$^$", "a$", "_hidden", "\n\t", "漢字", ""])
def test_any_name_may_stand_anywhere(name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    _, cuts = words_and_cuts(monkeypatch)
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        figure = canvas.canvas(7, 2.5, f"{name} is ahead", f"{name} · {name}")
        axes = canvas.panels(figure, 1, 1)[0]
        canvas.heading(axes, name, name, letters=40)
        canvas.rows_named(axes, [name, "b"])
        canvas.axis_name(axes, name, name)
        canvas.beside(axes, 0.0, canvas.short(name))
        canvas.legend(figure, {name: canvas.style_of(0)})
        path = canvas.saved(figure, tmp_path / "deep" / "a.png")
    assert pixels(path).std() > 0.02
    assert cuts == []
    assert [p.name for p in path.parent.iterdir()] == ["a.png"]


def test_a_dollar_is_drawn_as_one() -> None:
    assert canvas.plain("$^$") == r"\$^\$"


@pytest.mark.parametrize(
    ("name", "text"), [("a  b\n c", "a b c"), ("x" * 40, "x" * 31 + "…"), ("x" * 32, "x" * 32), ("a\x00b", "a b")]
)
def test_a_name_is_one_line_and_not_too_long(name: str, text: str) -> None:
    assert canvas.short(name) == text


def test_no_two_of_many_look_alike() -> None:
    looks = [tuple(map(str, canvas.style_of(number).values())) for number in range(48)]
    assert len(set(looks)) == 48
    marks = [(canvas.style_of(number)["color"], canvas.marker_of(number)) for number in range(48)]
    assert len(set(marks)) == 48
    assert canvas.INK not in canvas.COLOURS


@pytest.mark.parametrize("values", [[2.0, 3.0, 3.01, 3.02, 4.5], [1.0] * 5, [5.0] * 5, [1.0, 1.05, 4.9, 5.0, 5.0]])
def test_labels_stand_apart_near_their_lines_and_within(values: list[float]) -> None:
    places = canvas.apart(values, 0.13, 1.0, 5.0)
    assert all(b - a >= 0.129 for a, b in itertools.pairwise(places))
    assert places[0] >= 1.0
    assert places[-1] <= 5.0 + 1e-9
    assert all(abs(place - value) <= 4 * 0.13 + 1e-9 for place, value in zip(places, values, strict=True))


def test_labels_that_are_apart_stay() -> None:
    assert canvas.apart([2.0, 3.0, 3.01, 3.02, 4.5], 0.13)[::4] == [2.0, 4.5]


@pytest.mark.parametrize(
    ("value", "text"), [(800, "800"), (35_000, "35 k"), (1_234_000, "1.23 M"), (-2e9, "-2 bn"), (0, "0"), (0.5, "0.5")]
)
def test_a_large_figure_on_an_axis_is_short(value: float, text: str) -> None:
    assert canvas.thousands(value) == text


@pytest.mark.parametrize(("last", "step"), [(1, 1), (6, 1), (12, 3), (36, 6), (60, 12), (120, 24), (700, 120)])
def test_months_are_counted_in_quarters_and_years(last: int, step: int) -> None:
    axes = canvas.panels(canvas.canvas(5, 2, "", ""), 1, 1)[0]
    axes.plot([0, last], [0, 1])
    canvas.months(axes)
    ticks = [tick for tick in axes.get_xticks() if 0 <= tick <= last]
    assert ticks[1] - ticks[0] == step
    assert len(ticks) <= 8


def test_a_picture_that_fails_leaves_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    figure = canvas.canvas(5, 2, "", "")
    monkeypatch.setattr(canvas.os, "replace", lambda *_: (_ for _ in ()).throw(OSError("full")))
    with pytest.raises(OSError, match="full"):
        canvas.saved(figure, tmp_path / "a.png")
    assert list(tmp_path.iterdir()) == []


def test_the_same_picture_has_the_same_bytes_whatever_the_last_bit_of_its_layout_is(tmp_path: Path) -> None:
    def drawn(number: int) -> bytes:
        figure = canvas.canvas(6, 3, "What is seen", "about what")
        for axes in canvas.panels(figure, 3, 3):
            axes.plot([1, 2, 4])
            canvas.heading(axes, "a line")
        path = canvas.saved(figure, tmp_path / f"{number}.png")
        edges = [edge for axes in figure.axes for edge in axes.get_position(original=True).bounds]
        assert edges == pytest.approx([round(edge, 7) for edge in edges], abs=1e-12)
        return path.read_bytes()

    assert len({drawn(number) for number in range(5)}) == 1
