"""Extreme scenarios: figures that are figures, or a clear word before the work."""

import json
import math
from pathlib import Path

import pytest

from sxsim.results.kpis import KPIS, range_of
from sxsim.running.plans import load
from sxsim.scenario.limits import POSTS_OF_A_TEAM
from sxsim.scenario.problems import InvalidInput

from ..scenario.cafe import TEXT
from .extremes import AS_A_WHOLE, Extreme, chosen, of_fields, of_parameters

#: KPIs that are defined in every world.
ALWAYS = ("npv", "result", "active_customers")


def outcome(extreme: Extreme, folder: Path) -> str:
    """What becomes of an extreme scenario: refused, finished, or what is wrong with its figures."""
    path = folder / "cafe.yaml"
    path.write_text(TEXT, encoding="utf-8")
    try:
        scenario = load(
            path, sets=[f"{name}={json.dumps(value)}" for name, value in extreme.sets.items()], unusual=True
        )
    except InvalidInput as error:
        return "refused" if str(error).strip() else "refused without a word"
    row = scenario.run(replications=1, jobs=1, out=folder).kpis.iloc[0]
    wrong = {name: row[name] for name in ALWAYS if not math.isfinite(row[name])}
    for name in KPIS:
        low, high = range_of(name) or (-math.inf, math.inf)
        if math.isinf(row[name]) or row[name] < low - 1e-9 or row[name] > high + 1e-9:
            wrong[name] = row[name]
    return f"{extreme.name}: {wrong}" if wrong else "finished"


def test_what_is_extreme_as_a_whole_gives_figures_or_a_word(tmp_path: Path) -> None:
    found = {each.name: outcome(each, tmp_path) for each in AS_A_WHOLE if not each.long}
    refused = {"everything is shut", "nobody serves", "a city serves"}
    assert found == {name: "refused" if name in refused else "finished" for name in found}


def test_numbers_at_their_ends_give_figures_or_a_word(tmp_path: Path) -> None:
    path = tmp_path / "cafe.yaml"
    path.write_text(TEXT, encoding="utf-8")
    scenario = load(path)
    few = chosen(scenario, len(AS_A_WHOLE) + 24, 17)[len(AS_A_WHOLE) :]
    assert len(few) == 24
    found = {each.name: outcome(each, tmp_path) for each in few}
    assert set(found.values()) <= {"finished", "refused"}, found
    assert list(found.values()).count("finished") > 12


def test_the_ends_of_what_numbers_may_be_are_known() -> None:
    scenario = load(Path(__file__).parents[1] / "scenario" / "cafe.yaml")
    fields = {each.name for each in of_fields(scenario)}
    assert "touchpoints.counter.failure_rate largest: 1" in fields
    assert "economics.hours_per_week smallest: 1" in fields
    assert len(fields) > 150
    assert "weight.7.3.3a.craft smallest: 0" in {each.name for each in of_parameters()}


@pytest.mark.parametrize(
    ("sets", "words"),
    [
        ("touchpoints.counter.staff=20000", f"must be ≤ {POSTS_OF_A_TEAM:,}"),
        ("teams.waiters.posts=20000", "waiters would have 20,000 posts at site"),
        (
            "plans.dearer.changes=[{month: 1, team: waiters, staff: 20000}]",
            f"must be ≤ {POSTS_OF_A_TEAM:,} persons on duty",
        ),
        ("economics.hours_per_week=0.5", "must be ≥ 1"),
        ("touchpoints.counter.opening={mon: closed}", "leaves this touchpoint closed all week"),
    ],
)
def test_what_is_too_large_is_said_before_any_work(sets: str, words: str, tmp_path: Path) -> None:
    path = tmp_path / "cafe.yaml"
    path.write_text(TEXT, encoding="utf-8")
    with pytest.raises(InvalidInput, match=words.replace("(", r"\(")):
        load(path, sets=[sets], unusual=True)
