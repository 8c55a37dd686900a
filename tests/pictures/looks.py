"""Looking at a picture in a test: its pixels and its words."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from matplotlib.figure import Figure
from matplotlib.image import imread
from matplotlib.text import Text

from sxsim.pictures import canvas

#: A name that somebody may give.
HOSTILE = r"Hotel $$ \frac{ $x_ {y} %s & <b> _" + 100 * "éil"


def pixels(path: Path) -> np.ndarray[Any, Any]:
    """The pixels of a picture, which must be a PNG."""
    assert path.read_bytes()[:8] == b"\x89PNG\r\n\x1a\n"
    return np.asarray(imread(path))[..., :3]


def ticks_out_of_view(figure: Figure) -> Iterator[Text]:
    """Labels of ticks beyond the limits of their axis, which are not drawn."""
    for axes in figure.axes:
        for axis in (axes.xaxis, axes.yaxis):
            low, high = sorted(axis.get_view_interval())
            slack = 1e-9 * (high - low)
            for tick in (*axis.get_major_ticks(), *axis.get_minor_ticks()):
                if not (low - slack <= tick.get_loc() <= high + slack and axes.axison):
                    yield from (tick.label1, tick.label2)


def words_and_cuts(monkeypatch: pytest.MonkeyPatch) -> tuple[list[str], list[str]]:
    """Words of the pictures drawn from now on, and those of them that stand partly outside."""
    words: list[str] = []
    cuts: list[str] = []
    save = Figure.savefig

    def saved(figure: Figure, *given: Any, **named: Any) -> None:
        save(figure, *given, **named)
        figure.canvas.draw()  # places at the figure's own resolution
        box = figure.bbox
        unseen = {id(text) for text in ticks_out_of_view(figure)}
        for text in figure.findobj(Text):
            if text.get_text().strip() and text.get_visible() and id(text) not in unseen:
                words.append(text.get_text())
                place = text.get_window_extent()
                if place.width and not (
                    box.x0 - 2 <= place.x0
                    and place.x1 <= box.x1 + 2
                    and box.y0 - 2 <= place.y0
                    and place.y1 <= box.y1 + 2
                ):
                    cuts.append(text.get_text())

    monkeypatch.setattr(canvas.Figure, "savefig", saved)
    return words, cuts
