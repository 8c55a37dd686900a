"""Pictures of the organisation."""

import warnings
from pathlib import Path

import numpy as np
import pytest

from sxsim.pictures import organisation
from sxsim.scenario.plan import Plan
from sxsim.standard.catalogue import ELEMENTS, OBSTACLES

from .looks import HOSTILE, words_and_cuts

STAGES = ("practising", "trying", "aware", "unaware", "resigned")


def maturing(first: float, last: float, spread: float = 0.0) -> organisation.Maturing:
    level = np.linspace(first, last, 25)
    elements = level[:, None] + np.linspace(0.0, spread, len(ELEMENTS))
    reached = {(step, name): np.zeros(25) for step, name in ((3, "managed"), (4, "good"), (5, "excellent"))}
    return organisation.Maturing(elements, level, level, level, "strategy", reached)


def committing(last: float = 0.8) -> organisation.Committing:
    shares = {stage: np.full(25, 0.05) for stage in STAGES} | {"practising": np.linspace(0.2, last, 25)}
    return organisation.Committing(shares, np.full(len(OBSTACLES), 0.4), np.full(len(OBSTACLES), 0.1))


@pytest.mark.parametrize(("first", "last", "spread"), [(1.0, 1.0, 0.0), (2.0, 4.0, 1.0), (5.0, 5.0, 0.0)])
def test_no_label_of_maturity_is_cut_or_overprinted(
    first: float, last: float, spread: float, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    words, cuts = words_and_cuts(monkeypatch)
    organisation.maturity(maturing(first, last, spread), "here", tmp_path / "m.png")
    assert set(ELEMENTS) <= set(words)
    assert cuts == []


def test_maturity_says_where_it_goes() -> None:
    assert organisation._maturity_message(maturing(2.0, 3.0, 1.0)) == (
        "Maturity goes from 2.0 to 3.0; strategy is the weakest element at the end"
    )
    assert (
        organisation._maturity_message(maturing(2.0, 2.01))
        == "Maturity stays at 2.0; all elements stand alike at the end"
    )


@pytest.mark.parametrize("count", [1, 2, 14])
def test_plans_are_drawn_side_by_side(count: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    words, cuts = words_and_cuts(monkeypatch)
    names = ["today", HOSTILE, *(f"plan {number}" for number in range(12))][:count]
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        organisation.maturity_by_plan(
            {name: maturing(2.0, 2 + k / 10) for k, name in enumerate(names)}, "here", tmp_path / "m.png"
        )
        organisation.commitment_by_plan({name: committing() for name in names}, "here", tmp_path / "c.png")
    assert cuts == []
    assert any(word.startswith("No plan takes maturity further") for word in words) == (count == 1)
    assert {f" {stage}" for stage in STAGES} <= set(words)


@pytest.mark.parametrize("activities", [{}, {"deepen_mindset": 0.5, "change_team": 1.0}], ids=len)
def test_commitment_is_drawn_under_its_activities(
    activities: dict[str, float], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    words, cuts = words_and_cuts(monkeypatch)
    plan = Plan.model_validate({"activities": activities} if activities else {})
    organisation.commitment(committing(), plan, 24, "here", tmp_path / "c.png")
    assert "20% of the staff are practising at the start, 80% at the end" in words
    assert ("no activities in this plan" in words) == (not activities)
    assert cuts == []


def test_a_firm_without_staff_says_so(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    words, _ = words_and_cuts(monkeypatch)
    nobody = committing()._replace(stages={stage: np.full(25, np.nan) for stage in STAGES})
    organisation.commitment(nobody, Plan(), 24, "here", tmp_path / "c.png")
    assert "Nobody works here, so nobody practises service excellence" in words
