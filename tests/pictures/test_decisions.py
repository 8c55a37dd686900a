"""Pictures for decisions."""

from pathlib import Path

import pytest

from sxsim.pictures import decisions
from sxsim.pictures.canvas import Between, Kpi
from sxsim.scenario.plan import Plan

from .looks import HOSTILE, words_and_cuts

NPV = Kpi("npv", "net present value", "$^$")
CLEAR, UNSURE, BAD = Between(2000.0, 1000.0, 3000.0), Between(1.0, -1.0, 3.0), Between(-2.0, -3.0, -1.0)
PLAN = Plan.model_validate({"activities": {"deepen_mindset": 0.5, "change_team": 1.0}})


@pytest.mark.parametrize(("whole", "unsure"), [(CLEAR, False), (UNSURE, True)])
def test_a_waterfall_says_whether_the_difference_is_told(
    whole: Between, unsure: bool, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    words, cuts = words_and_cuts(monkeypatch)
    causes = [(HOSTILE, CLEAR), *((f"cause {k}", UNSURE) for k in range(14))]
    share = Kpi("churn_rate", "leave", "share a month", True)
    decisions.waterfalls(
        [(NPV, causes, whole), (share, [], UNSURE)], ("today", "b"), "levers", "here", tmp_path / "w.png"
    )
    assert any("not told from chance" in word for word in words) == unsure
    assert "3 others" in words
    assert cuts == []


def test_the_advice_is_drawn(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    words, cuts = words_and_cuts(monkeypatch)
    splits = {f"plan {k}": {"culture": float(k), HOSTILE: 1.0} for k in range(14)} | {
        "nothing": {"culture": 0.0, HOSTILE: 0.0}
    }
    judged = dict.fromkeys(splits, UNSURE) | {"plan 3": CLEAR}
    decisions.allocation(splits, judged, "plan 3", NPV, "$^$", "here", tmp_path / "a.png")
    assert r"Advised: plan 3, +2 k \$^\$ in npv against doing nothing" in words
    decisions.allocation({}, {}, "nothing", NPV, "$", "here", tmp_path / "b.png")
    assert cuts == []


def test_no_two_candidates_have_a_colour() -> None:
    colours = decisions._candidate_colours([f"plan {k}" for k in range(12)], "plan 3")
    assert len(set(colours.values())) == 12


@pytest.mark.parametrize(("value", "said"), [(CLEAR, "brings most in culture"), (UNSURE, "no element clearly pays")])
def test_the_next_euro_says_whether_it_pays(
    value: Between, said: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    words, cuts = words_and_cuts(monkeypatch)
    rows = {"nothing": {"culture": value, HOSTILE: BAD}, HOSTILE: {"culture": value}}
    decisions.next_euro(rows, "EUR", "here", tmp_path / "n.png")
    assert any(said in word for word in words)
    assert cuts == []


def test_flips_are_counted(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    words, cuts = words_and_cuts(monkeypatch)
    rows = [
        decisions.Flipping(HOSTILE, HOSTILE, BAD, CLEAR, 0.25, 0.5),
        decisions.Flipping("b", "c", CLEAR, CLEAR, None, 1.0),
    ]
    decisions.flips(rows, "a", NPV, "here", tmp_path / "f.png")
    decisions.flips(rows[1:], "a", NPV, "here", tmp_path / "g.png")
    assert "1 of 2 assumptions looked at would flip the advice within their range" in words
    assert "flips at 0.25 (0.5 taken)" in words
    assert "No assumption flips the advice within its range" in words
    assert cuts == []


@pytest.mark.parametrize(
    ("lead", "said"), [(CLEAR, "found is ahead of the plan as it is by +2 k"), (UNSURE, "No order is clearly ahead")]
)
def test_orders_are_drawn(lead: Between, said: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    words, cuts = words_and_cuts(monkeypatch)
    decisions.orders(
        {"as planned": PLAN, HOSTILE: PLAN}, {"found": lead, HOSTILE: BAD}, 36, NPV, "here", tmp_path / "o.png"
    )
    assert any(word.startswith(said) for word in words)
    assert cuts == []


def test_programmes_are_drawn(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    words, cuts = words_and_cuts(monkeypatch)
    shares = {
        plan: {"reached": Between(0.5 + k / 10, 0.4, 0.9), "held": Between(0.2, 0.1, 0.4)}
        for k, plan in enumerate(("small", HOSTILE))
    }
    effects = [decisions.Effect("small", "maturity_gain", Between(0.3, 0.1, 0.5), True)]
    decisions.programmes(shares, effects, "mean ≥ 4", "here", tmp_path / "p.png")
    decisions.programmes({"small": shares["small"]}, [], "mean ≥ 4", "here", tmp_path / "q.png")
    assert "With small the aim is reached by 50% of the organisations" in words
    assert "maturity gain" in words
    assert cuts == []


def test_contributions_count_what_helps(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    words, cuts = words_and_cuts(monkeypatch)
    rows = {"deepen_mindset": Between(0.2, 0.1, 0.3), "b": Between(0.1, -0.1, 0.3), "c": BAD}
    decisions.contributions(rows, HOSTILE, "mean ≥ 4", "here", tmp_path / "c.png")
    assert any(word.startswith("1 of 3 activities of ") for word in words)
    assert cuts == []
