"""Pictures of how near the model is to what is known."""

from pathlib import Path

import numpy as np
import pytest

from sxsim.pictures import agreement
from sxsim.pictures.canvas import Between

from .looks import HOSTILE, pixels, words_and_cuts


@pytest.mark.parametrize("passed", [True, False])
def test_misses_are_red(passed: bool, tmp_path: Path) -> None:
    facts = [agreement.Known(f"fact {k}", 0.4, 0.6, 0.5, Between(0.5, 0.4, 0.6), passed) for k in range(9)]
    seen = pixels(agreement.facts([{"shop": facts}, {"course": facts[:2]}], "said", tmp_path / "f.png"))
    red = int((np.abs(seen - np.array([0xB5, 0x48, 0x5D]) / 255).max(axis=-1) < 0.02).sum())
    assert red == 0 if passed else red > 1000


def test_a_calibration_says_what_was_learnt(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    words, cuts = words_and_cuts(monkeypatch)
    learnt = [
        {
            "factor": name,
            "range low": 0.0,
            "range high": 2.0,
            "low": 0.5,
            "high": 1.0,
            "as it is": 1.0,
            "data say something": told,
        }
        for name, told in ((HOSTILE, True), ("b", False))
    ]
    target = {"target": HOSTILE, "observed": 1.0, "error": 0.1, "tolerance": 0.0, "luck": 0.1, "said": "1.0"}
    met = [
        target | {f"{name}{end}": mean for name in ("as it is", "ensemble") for end in ("", " low", " high")}
        for mean in (1.1, 9.0)
    ]
    agreement.calibration(learnt, np.full((5, 2), 0.4), met, "the ensemble", "here", tmp_path / "c.png")
    assert "The data say something about 1 of 2 factors; the model is near 1 of 2 targets" in words
    assert cuts == []


def test_shares_by_hour_are_drawn(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    words, cuts = words_and_cuts(monkeypatch)
    hours = np.full(14, 0.2)
    share = agreement.Hours("January", hours, np.array([hours, hours + 0.1]), hours)
    agreement.by_hour([[share, share], [share, share]], range(8, 22), "said", "about", tmp_path / "h.png")
    assert {" measured", " Erlang-A", "hour of the day"} <= set(words)
    assert cuts == []
