"""Looking at a picture in a test: its pixels and its words."""

from pathlib import Path
from typing import Any

import numpy as np
import pytest
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
        box = figure.bbox
        for text in figure.findobj(Text):
            if text.get_text().strip() and text.get_visible():
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
