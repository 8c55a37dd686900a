"""Facts and the real bank's queue, as they are drawn."""

from pathlib import Path

import numpy as np
import pytest

from sxsim.evidence import facts, pictured
from sxsim.evidence.bank import Held, Queue, erlang, reality
from sxsim.evidence.bank_data import MONTHS, month
from sxsim.evidence.checks import Check
from sxsim.evidence.facts import Fact

from ..pictures.looks import words_and_cuts


def _held(shift: float) -> list[tuple[Fact, Check]]:
    return [
        (fact, facts.check_of_fact(fact, fact.figure + (fact.high - fact.low) * (shift + np.array([0.0, 1e-3, -1e-3]))))
        for fact in facts.facts().values()
    ]


def test_every_setting_has_a_panel_in_a_column() -> None:
    assert set(pictured.TITLES) == set(facts.MEASURES)
    assert sorted(name for column in pictured._COLUMNS for name in column) == sorted(pictured.TITLES)


@pytest.mark.parametrize("shift", [0.0, 3.0])
def test_the_picture_counts_the_facts_kept_for_testing(
    shift: float, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    words, cuts = words_and_cuts(monkeypatch)
    pictured.draw_facts(_held(shift), tmp_path / "facts.png")
    tests = sum(fact.use == "test" for fact in facts.facts().values())
    assert f"The model agrees with {0 if shift else tests} of {tests} facts that were kept for testing" in words
    assert {fact.label for fact in facts.facts().values() if fact.use == "test"} <= set(words)
    assert cuts == []


def test_the_queue_is_drawn_by_hour(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    words, cuts = words_and_cuts(monkeypatch)
    runs = [Queue(0.1, 40.0, 110.0, 0.5, np.full((14, 2), level)) for level in (0.1, 0.2)]
    held = [Held(month(n), runs, reality(month(n)), erlang(month(n)), erlang(month(n))) for n in MONTHS]
    path = pictured.draw_queue(held, tmp_path / "queue.png")
    assert any("the model says 15%" in word for word in words)
    assert [p.name for p in path.parent.iterdir()] == ["queue.png"]
    assert cuts == []
