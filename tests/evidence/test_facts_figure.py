"""The picture of the facts: every fact a row, misses red."""

import numpy as np
from matplotlib.image import imread
from sxsim.evidence.facts_figure import panels

from sxsim.evidence import facts
from sxsim.evidence.pictured import TITLES


def _held(shift: float):
    return [
        (fact, facts.check_of_fact(fact, fact.figure + (fact.high - fact.low) * (shift + np.array([0.0, 1e-3, -1e-3]))))
        for fact in facts.facts().values()
    ]


def test_every_setting_has_a_panel() -> None:
    assert set(TITLES) == set(facts.MEASURES)


def test_misses_are_red(tmp_path) -> None:
    red = []
    for shift in (0.0, 3.0):
        picture = imread(panels(_held(shift), tmp_path / "facts.png"))[..., :3]
        red.append(int((np.abs(picture - np.array([0xB5, 0x48, 0x5D]) / 255).max(axis=-1) < 0.02).sum()))
        assert picture.shape[1] == 14 * 150
    assert red[0] == 0
    assert red[1] > 1000
