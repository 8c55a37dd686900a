"""Pictures of what factors do."""

from pathlib import Path
from typing import NamedTuple

import numpy as np
import pytest

from sxsim.pictures import factors
from sxsim.pictures.canvas import Kpi

from .looks import HOSTILE, words_and_cuts


class Estimate(NamedTuple):
    value: float
    low: float
    high: float


def hinge(unit: str = "money", luck: float = 0.23, first: bool = True, wage: float = 0.5) -> factors.Hinge:
    main = {"wage": Estimate(wage, 0.3, 1.4), HOSTILE: Estimate(0.1, -0.1, 0.2), "luck": Estimate(luck, 0.2, 0.3)}
    chances = {"wage": (1.0, 0.0), HOSTILE: (0.0, 1.0)}
    return factors.Hinge(Kpi("npv", HOSTILE, unit), main, main if first else {}, chances, "luck")


def test_ranks_show_luck_beside_and_never_a_hundred_per_cent(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    words, cuts = words_and_cuts(monkeypatch)
    factors.ranks([hinge(), hinge(first=False)], "here", tmp_path / "r.png")
    assert {"luck has a hand in 23% of the spread", "luck: 0.23 money", ">99"} <= set(words)
    assert "100" not in words
    assert cuts == []


@pytest.mark.parametrize(
    ("found", "text"),
    [
        (hinge(), "npv: wage makes 50% of the spread, luck 23% of the spread"),
        (hinge(luck=0.6), "npv: no factor does more than luck (60% of the spread)"),
        (hinge(luck=1.2), "npv: no factor does more than luck (all of the spread, as far as so few samples tell)"),
        (hinge("share", first=False), "npv: wage makes 50 points, luck 23 points"),
        (hinge("0–100", first=False), "npv: wage makes 0.5 on 0–100, luck 0.23 on 0–100"),
    ],
)
def test_the_tornado_says_what_luck_does(found: factors.Hinge, text: str) -> None:
    assert factors._hinges_message([found]) == text


@pytest.mark.parametrize("first", [True, False])
def test_a_share_is_never_more_than_all(first: bool, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    words, _ = words_and_cuts(monkeypatch)
    factors.tornado([hinge(first=first, wage=1.15)] * 2, "here", tmp_path / "t.png")
    assert not [word for word in words if word.endswith("%") and word[:-1].isdigit() and int(word[:-1]) > 100]


@pytest.mark.parametrize("boxed", [True, False])
@pytest.mark.parametrize("count", [1, 3])
def test_where_a_plan_fails(boxed: bool, count: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    words, cuts = words_and_cuts(monkeypatch)
    sides = [factors.Side(f"{k} {HOSTILE}", 0.0, 2.0, 1.0 if boxed else None) for k in range(count)]
    conditions = np.random.default_rng(1).uniform(0, 2, (40, count))
    factors.failure_box(sides, conditions, conditions[:, 0] > 1, "here", tmp_path / "f.png")
    assert any(word.startswith("The plan fails in ") for word in words)
    assert ("no box stands out" in words) == (not boxed)
    assert ("above 1" in words) == boxed
    assert cuts == []
