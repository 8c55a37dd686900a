"""The picture of maturity."""

import itertools
from pathlib import Path

import pytest
from sxsim.results.maturity_figures import _apart

from sxsim.pictures.organisation import maturity
from sxsim.results.result import Result


def test_the_picture_is_drawn(tiny: Result, tmp_path: Path) -> None:
    assert maturity(tiny.maturity, "the café", tmp_path / "maturity.png").stat().st_size > 10_000


def test_labels_stand_apart_and_near_their_lines() -> None:
    places = _apart([2.0, 3.0, 3.01, 3.02, 4.5])
    assert all(b - a >= 0.129 for a, b in itertools.pairwise(places))
    assert places[0] == 2.0
    assert places[2] == pytest.approx(3.01, abs=0.01)
    assert places[4] == 4.5
