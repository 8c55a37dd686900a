"""Why a plan differs: parts that add up, causes that are none, a check that bites."""

import csv
import json
import math
from pathlib import Path
from typing import Any

import pytest

from sxsim.engines.records import Replay
from sxsim.results.kpis import KPIS
from sxsim.running.plans import load
from sxsim.running.task import Failure, Point, run_point
from sxsim.scenario.problems import InvalidInput
from sxsim.scenario.scenario import Scenario
from sxsim.studies import tasks
from sxsim.studies.kinds.why import WhyPart
from sxsim.studies.study import load_experiment, planned, study
from sxsim.studies.tasks import ACTIVITIES, COMMITMENT, MONEY, ReplayTask, causes_of, switched_plan
from tests.studies.experiments import CAFE, SMALL, experiment_file

SETS = SMALL | {"horizon.months": 3}
MORE = {
    "market.people": 300, "market.customers": 200, "horizon.months": 6, "horizon.warm_up": 0,
    "plans.warm-welcome.money.engagement": 3000, "plans.warm-welcome.money.understanding": 3000,
}  # fmt: skip
AND_MORE = {
    "horizon.months": 12, "market.people": 900, "market.customers": 600, "plans.warm-welcome.money.leadership": 3000,
    "plans.warm-welcome.money.operations": 3000,
}  # fmt: skip
OWN = {"factors": None, "samples": None}


def why_file(folder: Path, **fields: Any) -> Path:
    """An experiment that asks why the café's warm welcome differs from today."""
    data = {"study": "why", "plan": "warm-welcome", "set": SETS, "replications": 3, "orders": 2} | fields
    return experiment_file(folder, **(OWN | data))


def rows(folder: Path | None, name: str) -> list[dict[str, str]]:
    """A table of a study's folder."""
    assert folder is not None
    with (folder / name).open(encoding="utf-8") as file:
        return list(csv.DictReader(file))


@pytest.fixture(scope="module")
def found(tmp_path_factory: pytest.TempPathFactory) -> Any:
    """A study of the café."""
    folder = tmp_path_factory.mktemp("why")
    return study(why_file(folder, kpis=["npv", "satisfaction", "delight_rate"]), out=folder)


def test_the_parts_of_each_replication_add_up_to_its_difference(found: Any) -> None:
    table = rows(found.folder, "parts_by_replication.csv")
    for split in ("levers", "elements"):
        for replication in range(3):
            for kpi in ("npv", "satisfaction", "delight_rate"):
                chosen = [
                    r for r in table if (r["split"], r["replication"], r["kpi"]) == (split, str(replication), kpi)
                ]
                parts = [float(r["part"]) for r in chosen if r["cause"] != "whole difference"]
                (whole,) = (float(r["part"]) for r in chosen if r["cause"] == "whole difference")
                assert abs(math.fsum(parts) - whole) <= 1e-9


def test_the_whole_is_the_difference_that_compare_finds(found: Any, tmp_path: Path) -> None:
    scenario = load(CAFE, sets=[f"{name}={value}" for name, value in SETS.items()])
    differences = scenario.compare(["warm-welcome"], replications=3, out=tmp_path).differences["warm-welcome"]
    for row in rows(found.folder, "parts.csv"):
        if row["cause"] == "whole difference":
            assert float(row["mean"]) == pytest.approx(differences[row["kpi"]].mean, rel=1e-12, abs=1e-15)


def test_money_costs_what_was_spent_and_nothing_else(found: Any) -> None:
    scenario = load(CAFE)
    spent = sum(300 * math.exp(-math.log(1 + scenario.economics.discount_rate) * m / 12) for m in (1, 2, 3))
    for row in rows(found.folder, "parts.csv"):
        if row["cause"] == MONEY:
            expected = -spent if row["kpi"] == "npv" else 0.0
            assert float(row["mean"]) == pytest.approx(expected, abs=1e-6)


def test_elements_without_money_and_kept_practice_explain_nothing(found: Any) -> None:
    causes = {row["cause"] for row in rows(found.folder, "parts.csv") if row["split"] == "elements"}
    assert causes - {COMMITMENT} == {"engagement", "understanding", MONEY, "whole difference"}


def test_activities_are_a_cause_and_the_people_they_win_over_another(tmp_path: Path) -> None:
    sets = {name: value for name, value in MORE.items() if not name.startswith("plans")} | {
        "organisation.commitment": 0,
        "plans.warm-welcome.money": {},
        "plans.warm-welcome.activities": {"create_urgency": 1, "minimum_viable_changes": 1},
    }
    found = study(why_file(tmp_path, set=sets, kpis=["result", "commitment"]), out=tmp_path)
    assert not found.failures, "all as in the plan is the plan's run, to the bit"
    causes = {
        split: {row["cause"] for row in rows(found.folder, "parts.csv") if row["split"] == split}
        for split in ("levers", "elements")
    }
    assert {ACTIVITIES, COMMITMENT} <= causes["elements"]
    assert ACTIVITIES in causes["levers"]
    assert MONEY not in causes["levers"] | causes["elements"]


def test_a_direct_change_is_a_cause_of_its_own(tmp_path: Path) -> None:
    study_ = study(
        why_file(tmp_path, plan="higher-price", split=["levers"], kpis=["revenue"], replications=2), out=tmp_path
    )
    by_cause = {row["cause"]: float(row["mean"]) for row in rows(study_.folder, "parts.csv")}
    assert by_cause["price, month 0"] > 0.8 * by_cause["whole difference"] > 0


def test_more_causes_than_ten_are_sampled_and_their_error_is_shown(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    fields: dict[str, Any] = {
        "split": ["elements"],
        "kpis": ["npv"],
        "orders": 4,
        "set": MORE | AND_MORE,
    }
    exact = study(why_file(tmp_path, **fields), out=tmp_path / "1")
    monkeypatch.setattr("sxsim.studies.methods.ranks.MOST_EXACT", 2)
    sampled = study(why_file(tmp_path, **fields), out=tmp_path / "2")
    errors = {row["cause"]: float(row["error of orders"]) for row in rows(sampled.folder, "parts.csv")}
    assert {float(row["error of orders"]) for row in rows(exact.folder, "parts.csv")} == {0.0}
    assert errors[MONEY] == pytest.approx(0.0, abs=1e-9)
    assert errors["leadership"] > 1e-6, "elements work together: their order matters"
    one, two = ({r["cause"]: float(r["mean"]) for r in rows(s.folder, "parts.csv")} for s in (exact, sampled))
    assert one["whole difference"] == two["whole difference"]


def test_a_replay_that_is_not_the_run_itself_is_a_failure(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Replay, "levers_set", lambda self, world, month: world.levers.fill(0.5))
    found = study(why_file(tmp_path, split=["levers"], kpis=["npv"], replications=2), out=tmp_path)
    assert found.failures
    assert "differs from itself" in found.failures[0].text


def test_the_same_bytes_on_any_number_of_cores_and_with_either_engine(tmp_path: Path) -> None:
    path = why_file(tmp_path, kpis=["npv"], replications=2, set=SMALL)
    first, second, third = (
        study(path, out=tmp_path / name, jobs=jobs, engine=engine)
        for name, jobs, engine in (("1", 1, None), ("2", 3, None), ("3", 1, "reference"))
    )
    tables = [{p.name: p.read_bytes() for p in s.folder.iterdir() if p.suffix in (".csv", ".parquet")}
              for s in (first, second, third) if s.folder]  # fmt: skip
    assert tables[0] == tables[1] == tables[2]
    assert study(path, out=tmp_path / "1").run == 0


def test_a_finished_study_runs_nothing_the_second_time(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = why_file(tmp_path, kpis=["npv"], replications=2, set=SMALL)
    first = study(path, out=tmp_path)
    monkeypatch.setattr(tasks, "_recordings", type(tasks._recordings)())
    monkeypatch.setattr(tasks, "simulate", None)
    second = study(path, out=tmp_path)
    assert (second.run, second.failures) == (0, [])
    assert rows(first.folder, "parts.csv") == rows(second.folder, "parts.csv")


def test_uncertain_parameters_are_drawn_for_both_ends(tmp_path: Path) -> None:
    fields: dict[str, Any] = {"split": ["elements"], "kpis": ["satisfaction"], "replications": 2, "set": MORE}
    found = study(why_file(tmp_path, uncertain=True, **fields), out=tmp_path)
    assert not found.failures
    certain = study(why_file(tmp_path, **fields), out=tmp_path)
    assert rows(found.folder, "parts.csv") != rows(certain.folder, "parts.csv")


def test_a_part_of_the_causes_lies_between(tmp_path: Path) -> None:
    scenario = load(CAFE, sets=[f"{name}={value}" for name, value in SETS.items()])
    task = ReplayTask(scenario, "warm-welcome", 1, "compiled", base="today")
    point = Point((("as in the plan", json.dumps([MONEY])), ("split", "elements")), 0)
    result = run_point(task, point)
    assert not isinstance(result, Failure)
    paid = dict(zip(KPIS, result, strict=True))["investment"]
    assert paid == 300


def test_changes_are_switched_one_by_one(tmp_path: Path) -> None:
    raw = load(CAFE).model_dump()
    raw["plans"]["one"] = {"changes": [{"price": 1.1}, {"price": 1.2, "month": 2}], "money": {"design": 5}}
    raw["plans"]["two"] = {"changes": [{"price": 1.1}, {"promise": 0.2, "month": 1}, {"promise": 0.2, "month": 1}]}
    scenario = Scenario.model_validate(raw)
    one, two = scenario.plans["one"], scenario.plans["two"]
    causes = causes_of("elements", scenario, "one", "two")
    assert causes[-5:] == [MONEY, ACTIVITIES, "promise, month 1", "promise, month 1 (2)", "without price, month 2"]
    assert switched_plan(one, two, set()) == one.model_copy(update={"description": ""})
    assert switched_plan(one, two, set(causes)) == two.model_copy(update={"description": ""})
    only = switched_plan(one, two, {"promise, month 1"})
    assert [(c.month, c.price, c.promise) for c in only.changes] == [(0, 1.1, None), (2, 1.2, None), (1, None, 0.2)]
    assert only.money == one.money


def test_a_dry_run_counts_the_ends_and_says_how_many_may_follow(tmp_path: Path) -> None:
    told = planned(load_experiment(why_file(tmp_path, replications=2, set=SMALL)), tmp_path)
    assert told["points"] == 4
    assert told["after"] > 0


@pytest.mark.parametrize(
    ("fields", "words"),
    [
        ({"plan": "today"}, "must be another plan than base"),
        ({"plan": "warm-welcme"}, "did you mean warm-welcome?"),
        ({"base": "tody"}, "did you mean today?"),
        ({"split": ["lever"]}, "split[0](='lever') must be 'levers' or 'elements'"),
        ({"orders": 3}, "must be even"),
        ({"samples": 3}, "samples is not known here"),
    ],
)
def test_a_wrong_file_says_what_is_wrong(tmp_path: Path, fields: dict[str, Any], words: str) -> None:
    with pytest.raises(InvalidInput) as error:
        load_experiment(why_file(tmp_path, **fields))
    assert words in str(error.value)


def test_sentences_name_the_largest_causes_first(found: Any) -> None:
    (part,) = found.parts
    assert isinstance(part, WhyPart)
    sizes = [abs(row[1].mean) for row in part.waterfall("levers", "npv")]
    assert sizes == sorted(sizes, reverse=True)
    assert part.sentences()[0].startswith("npv: warm-welcome differs from today by ")
    assert "Over levers: money spent" in part.sentences()[1]
