"""Looking at a picture in a test: its pixels and its words."""

from pathlib import Path
from typing import Any

import numpy as np
import pytest
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.image import imread
from matplotlib.text import Text

from sxsim.pictures import canvas

#: A name that somebody may give.
HOSTILE = r"Hotel $$ \frac{ $x_ {y} %s & <b> _" + 300 * "é"


def pixels(path: Path) -> np.ndarray[Any, Any]:
    """The pixels of a picture, which must be a PNG."""
    assert path.read_bytes()[:8] == b"\x89PNG\r\n\x1a\n"
    return np.asarray(imread(path))[..., :3]


def words_and_cuts(monkeypatch: pytest.MonkeyPatch) -> tuple[list[str], list[str]]:
    """Words of the pictures drawn from now on, and those of them that stand partly outside."""
    words: list[str] = []
    cuts: list[str] = []
    save = Figure.savefig

    def saved(figure: Figure, *given: Any, **named: Any) -> None:
        save(figure, *given, **named)
        figure.draw_without_rendering()
        box, unseen = figure.bbox, _out_of_sight(figure)
        for text in figure.findobj(Text):
            if not text.get_text().strip() or not text.get_visible() or id(text) in unseen:
                continue
            words.append(" ".join(text.get_text().split("\n")))
            place = text.get_window_extent()
            if place.x0 < box.x0 - 1 or place.x1 > box.x1 + 1 or place.y0 < box.y0 - 1 or place.y1 > box.y1 + 1:
                cuts.append(text.get_text())

    monkeypatch.setattr(canvas.Figure, "savefig", saved)
    return words, cuts


def _out_of_sight(figure: Figure) -> set[int]:
    """Labels of ticks that are not drawn, because they are beyond the ends of their axis."""
    found = set()
    for axes in figure.findobj(Axes):
        for axis in (axes.xaxis, axes.yaxis):
            low, high = sorted(axis.get_view_interval())
            slack = 1e-6 * (high - low)
            shown = {
                id(tick.label1) for tick in axis.get_major_ticks() if low - slack <= tick.get_loc() <= high + slack
            }
            shown = shown if axes.axison else set()
            found |= {id(text) for text in axis.findobj(Text)} - shown - {id(axis.label)}
    return found
