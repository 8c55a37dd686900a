"""Facts: the register is sound, a model that shows them passes, and one whose behaviour is turned round does not.

A fact passes when its whole 99 % interval is tolerated: a fact whose truth lies at the very edge passes once in two hundred.
"""

import csv
from importlib.resources import files
from pathlib import Path

import numpy as np
import pytest

from sxsim.evidence import customers, facts
from sxsim.evidence.bank import Held, Queue, erlang, reality
from sxsim.evidence.bank_data import MONTHS, month
from sxsim.evidence.checks import Check, setting
from sxsim.evidence.facts import FALSE_ALARM, MEASURES, QUICK, Fact, check_of_fact
from sxsim.model.parameters import register

from ..pictures.looks import words_and_cuts

SOURCED = ("E", "data set ", "clause ")


@pytest.fixture(scope="module")
def quick_look():
    """The model as it is, held against the facts of a quick look."""
    return facts.checks(quick=True)


def test_every_fact_has_a_measure_a_source_and_a_figure_within_what_is_tolerated() -> None:
    for fact in facts.facts().values():
        assert fact.setting in MEASURES, fact.name
        assert fact.low <= fact.figure <= fact.high, fact.name
        assert fact.use in ("fit", "test", "direction", "input check"), fact.name
        assert fact.source.startswith(SOURCED), fact.name
        assert len(fact.words) > 15, fact.name


def test_every_setting_says_what_it_is_and_states_no_behaviour() -> None:
    for name in MEASURES:
        scenario = setting("unit" if name == "units" else name)
        assert scenario.question.endswith("?")
        assert scenario.parameters == {}, "behaviour is shared by all settings"


def test_measures_give_every_fact_of_their_setting_and_nothing_else() -> None:
    for name in QUICK:
        found = set(MEASURES[name]({}, 0))
        assert {fact.name for fact in facts.facts().values() if fact.setting == name} == found


def test_a_fact_can_be_asked_for_alone() -> None:
    found = facts.measure(["again_after_1", "variance_employee"], {}, 0)
    assert list(found) == ["again_after_1", "variance_employee"]
    assert facts.measure(["again_after_1"], {}, 1) != {"again_after_1": found["again_after_1"]}


def test_the_quick_look_passes_but_for_declared_misses(quick_look) -> None:
    assert [str(check) for _, check in quick_look if not check.accepted] == []
    assert any(check.passed for fact, check in quick_look if fact.use == "test")


def test_misses_that_are_declared_are_misses_and_no_more_than_a_few() -> None:
    declared = [fact for fact in facts.facts().values() if fact.declared]
    assert all(len(fact.declared) > 40 for fact in declared), "a reason, not a word"
    assert len(declared) < len(facts.facts()) / 4


def test_a_declared_miss_of_the_quick_look_is_still_a_miss(quick_look) -> None:
    assert [fact.name for fact, check in quick_look if fact.declared and check.passed] == []


@pytest.mark.parametrize(
    ("parameters", "broken"),
    [
        ({"quality_talent": 0.02}, "variance_employee"),
        ({"answer_scale": 0.12}, "variance_customer"),
        ({"quality_minor": 0.3}, "low_late_0_3_days"),
        ({"grievance_scar": 0.4, "loyalty_grievance": 0.8}, "loyal_quickly_major"),
        ({"grievance_refused": 0.4}, "loyal_unsatisfied_minor"),
        ({"loyalty_grievance": 0.2}, "loyal_silent_major"),
        ({"quality_recovered": 0.0, "quality_minor": 0.3}, "paradox_satisfaction"),
        ({"answer_base": 0.2}, "promoters_untroubled"),
        ({"answer_mood": 0.16}, "ratings_together"),
        ({"surprise_fading": 0.0}, "surprise_worn_off"),
        ({"standard_erosion_days": 100_000.0}, "standard_after_a_surge"),
        ({"standard_protection": 0.0}, "standard_when_protected"),
        ({"visit_loyalty": 20.0}, "again_after_1"),
    ],
)
def test_other_behaviour_breaks_the_fact_that_guards_it(parameters, broken) -> None:
    fact = facts.facts()[broken]
    values = [facts.measure([broken], parameters, replication)[broken] for replication in range(4)]
    assert not check_of_fact(fact, np.array(values)).passed


def made_up(unit: str = "score", low: float = 0.4, high: float = 0.6, figure: float = 0.5) -> Fact:
    """A fact of nothing."""
    return Fact("x", "shop", "made up", "a made-up fact", unit, figure, low, high, "test", "judgement", "")


def test_a_fact_passes_only_when_its_whole_interval_is_tolerated() -> None:
    fact = made_up()
    assert check_of_fact(fact, np.array([0.49, 0.5, 0.51, 0.5])).passed
    assert not check_of_fact(fact, np.array([0.79, 0.8, 0.81, 0.8])).passed
    assert not check_of_fact(fact, np.array([0.79, 0.8, 0.81, 0.8])).unresolved, "a plain miss"
    across = check_of_fact(fact, np.array([0.55, 0.59, 0.57, 0.57]))
    assert across.model < 0.6 < across.high
    assert (across.passed, across.unresolved, across.accepted) == (False, True, False)
    assert str(across).startswith("cannot tell")
    assert "lies across an end of what is tolerated" in str(across)
    assert across.as_json()["unresolved"] is True
    wide = check_of_fact(fact, np.array([0.0, 1.0, 0.2, 0.8]))
    assert (wide.passed, wide.unresolved, wide.known) == (False, True, False)


def test_where_a_figure_must_end_the_interval_need_not_stay_away() -> None:
    few = np.array([0.0, 0.01, 0.0, 0.02, 0.0])
    assert check_of_fact(made_up("share", 0.0, 0.05, 0.02), few).passed
    assert not check_of_fact(made_up("score", 0.0, 0.05, 0.02), few).passed
    assert not check_of_fact(made_up("share", 0.0, 0.01, 0.01), few).passed, "the other end counts"
    assert check_of_fact(made_up("ratio", -0.6, -0.15, -0.36), few - 0.4).passed, "a change may be below 0"


def test_an_exact_fact_passes_only_by_equality() -> None:
    assert check_of_fact(made_up("share", 0.0, 0.0, 0.0), np.zeros(5)).passed
    assert not check_of_fact(made_up("share", 0.0, 0.0, 0.0), np.array([0.0, 1e-9, 0.0])).passed
    assert facts.facts()["past_a_closed_gate"].low == facts.facts()["past_a_closed_gate"].high


def test_a_setting_runs_until_its_facts_are_known_well_enough(monkeypatch: pytest.MonkeyPatch) -> None:
    def measure(spread: float):  # type: ignore[no-untyped-def]
        return lambda _parameters, r: {"x": 0.5 + spread * (-1) ** r}

    monkeypatch.setattr(facts, "facts", lambda: {"x": made_up()})
    for spread, expected in ((0.001, 10), (0.04, 32), (0.5, 200)):
        monkeypatch.setattr(facts, "MEASURES", {"shop": measure(spread)})
        told: list[tuple[int, int]] = []
        ((_, found),) = facts.checks(done=lambda *each, told=told: told.append(each))
        half = found.high - found.model
        assert abs(len(told) - expected) <= 5, spread
        assert told[-1][0] == len(told) <= 200
        assert (half <= 0.25 * 0.1) == found.known == (spread < 0.5)
    assert len(facts.checks(replications=4)) == 1


def test_facts_come_from_far_fewer_sources() -> None:
    assert facts.independent() == 13
    assert facts.independent(["test"]) == 5
    assert facts.origins()["loyal_silent_major"] == facts.origins()["loyal_quickly_minor"]


def test_buying_again_is_compared_within_the_same_month() -> None:
    """In a bad month more orders are late and fewer come back, whatever they were rated: pooled .6, within months 1."""
    low = np.repeat([True, False, True, False], [800, 200, 200, 800])
    back = np.concatenate([np.arange(n) < n * rate for n, rate in ((800, 0.1), (200, 0.1), (200, 0.4), (800, 0.4))])
    month = np.repeat([1, 2], [1000, 1000])
    pooled = np.log(1 - back[low].mean()) / np.log(1 - back[~low].mean())
    assert pooled < 0.5
    assert customers._hazard_ratio(back, low, month) == pytest.approx(1.0)


def test_what_a_survey_would_show_stands_beside_true_scores() -> None:
    fact = facts.facts()["engagement_turnover"]
    assert check_of_fact(fact, np.array([-0.3, -0.31]), surveyed=[-0.2, -0.3]).name.endswith(", r; as surveyed -0.25")


def test_a_fact_whose_truth_is_not_tolerated_passes_as_seldom_as_stated() -> None:
    """2,000 facts whose truth is the edge itself; passes are binomial, one in 200: more than 26 once in 10,000."""
    chance = np.random.default_rng(1)
    passes = sum(check_of_fact(made_up(), 0.6 + 0.01 * chance.standard_normal(10)).passed for _ in range(2000))
    assert 1 <= passes <= 2000 * FALSE_ALARM * 2.6


def test_counts_by_use(quick_look) -> None:
    counts = facts.counted(quick_look)
    assert sum(total for _, total in counts.values()) == len(quick_look)
    assert all(passed <= total for passed, total in counts.values())


def test_what_the_facts_guard_is_in_the_register() -> None:
    assert {"grievance_scar", "answer_mood", "skill_spread", "quality_skill"} <= set(register())


def test_every_source_is_shipped_with_its_citation() -> None:
    folder = files("sxsim.evidence")
    evidence = {row["id"] for row in csv.DictReader((folder / "evidence.csv").read_text("utf-8").splitlines())}
    data_sets = {row["name"] for row in csv.DictReader((folder / "data_sets.csv").read_text("utf-8").splitlines())}
    for fact in facts.facts().values():
        for source in fact.source.split(" and "):
            known = source.removeprefix("data set ") in data_sets or source in evidence or source.startswith("clause ")
            assert known, f"{fact.name}: {source}"


def _held(shift: float) -> list[tuple[Fact, Check]]:
    return [
        (fact, facts.check_of_fact(fact, fact.figure + (fact.high - fact.low) * (shift + np.array([0.0, 1e-3, -1e-3]))))
        for fact in facts.facts().values()
    ]


def test_every_setting_has_a_panel_in_a_column() -> None:
    assert set(facts.TITLES) == set(facts.MEASURES)
    assert sorted(name for column in facts._COLUMNS for name in column) == sorted(facts.TITLES)


@pytest.mark.parametrize("shift", [0.0, 3.0])
def test_the_picture_counts_the_facts_kept_for_testing(
    shift: float, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    words, cuts = words_and_cuts(monkeypatch)
    facts.draw_facts(_held(shift), tmp_path / "facts.png")
    tests = sum(fact.use == "test" for fact in facts.facts().values())
    assert f"The model agrees with {0 if shift else tests} of {tests} facts that were kept for testing" in words
    assert {fact.label for fact in facts.facts().values() if fact.use == "test"} <= set(words)
    assert cuts == []


def test_the_queue_is_drawn_by_hour(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    words, cuts = words_and_cuts(monkeypatch)
    runs = [Queue(0.1, 40.0, 110.0, 0.5, np.full((14, 2), level)) for level in (0.1, 0.2)]
    held = [Held(month(n), runs, reality(month(n)), erlang(month(n)), erlang(month(n))) for n in MONTHS]
    path = facts.draw_queue(held, tmp_path / "queue.png")
    assert any("the model says 15%" in word for word in words)
    assert [p.name for p in path.parent.iterdir()] == ["queue.png"]
    assert cuts == []
