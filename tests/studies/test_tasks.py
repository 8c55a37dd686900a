"""Facts as points: named or by pattern, measured at a point's parameters, kept apart by what they depend on."""

import pytest

from sxsim.evidence import facts as evidence
from sxsim.running.plans import load
from sxsim.running.task import Point
from sxsim.scenario.loading import templates
from sxsim.scenario.problems import InvalidInput
from sxsim.studies.tasks import FactsTask, facts_named, target_of

NAMES = ("low_late_0_3_days", "low_late_3_7_days")


@pytest.fixture
def task() -> FactsTask:
    return FactsTask(load(templates()["corner-cafe"]), "today", 1, "compiled", facts=NAMES)


def test_facts_are_named_one_by_one_or_by_pattern() -> None:
    assert facts_named(["low_late_0_3_days", "low_late_*"])[:3] == [*NAMES, "low_late_7_14_days"]
    with pytest.raises(InvalidInput, match="is no fact"):
        facts_named(["low_lat_0_3_days"])


def test_a_fact_is_met_within_what_is_tolerated() -> None:
    target, fact = target_of(NAMES[0]), evidence.facts()[NAMES[0]]
    assert target.observed == fact.figure
    assert 4 * target.noise == pytest.approx(fact.high - fact.low)


def test_a_point_holds_the_facts_in_their_order_at_its_parameters(task) -> None:
    usual, worse = (task.kpis(Point(tuple(settings), 0)) for settings in ([], [("quality_minor", 0.3)]))
    assert usual == tuple(evidence.measure(NAMES, {}, 0).values())
    assert worse[0] > usual[0] + 0.1, "minor lateness is rated lower where minor problems cost more"
    assert task.statistics == NAMES


def test_points_are_kept_by_facts_and_measures_not_by_the_scenario(task, monkeypatch) -> None:
    before = task.decides()
    assert "scenario" not in before
    monkeypatch.setattr(evidence, "version", lambda: "other measures")
    assert task.decides() != before
