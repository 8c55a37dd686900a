import itertools
import math
import os
import signal
import sqlite3
from multiprocessing import active_children
from multiprocessing.process import BaseProcess
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest

import sxsim
from sxsim import running
from sxsim.reruns import rerun
from sxsim.results.kpis import KPIS
from sxsim.results.result import Comparison, Result
from sxsim.running import one_run, sharing
from sxsim.running import plans as runs
from sxsim.running.kept import Kept
from sxsim.running.one_run import RunFailed, Stopped
from sxsim.running.plans import planned
from sxsim.running.task import Point, Task, assuming, replication_key
from sxsim.scenario.ensemble import Ensemble
from sxsim.scenario.problems import InvalidInput
from tests.scenario.cafe import CAFE, TEXT

TABLES = ("kpis.parquet", "monthly.parquet", "touchpoints.parquet")


@pytest.fixture(scope="module")
def scenario() -> runs.Scenario:
    return sxsim.load(CAFE)


@pytest.fixture(scope="module")
def out(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("runs")


@pytest.fixture(scope="module")
def comparison(scenario: runs.Scenario, out: Path) -> Comparison:
    """Six paired runs of every plan."""
    return scenario.compare(replications=6, jobs=1, out=out)


@pytest.fixture
def count(monkeypatch: pytest.MonkeyPatch) -> list[tuple[str, int]]:
    """Plan and number of every replication that is really simulated."""
    done: list[tuple[str, int]] = []
    records = Task.records

    def counting(self: Task, point: Point) -> Any:
        done.append((self.plan, point.replication))
        return records(self, point)

    monkeypatch.setattr(Task, "records", counting)
    return done


def figures(result: Result) -> bytes:
    """The bytes of all tables of a result."""
    frames = (result.kpis, result.monthly, result.touchpoints, result.contacts)
    return b"".join(frame.to_csv().encode() for frame in frames)


# The same again


def test_the_number_of_processes_does_not_change_a_byte(
    scenario: runs.Scenario, comparison: Comparison, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    pools = []

    class Pool(sharing.ProcessPoolExecutor):
        def __init__(self, workers: int, **options: Any) -> None:
            pools.append(workers)
            super().__init__(workers, **options)

    monkeypatch.setattr(sharing, "ProcessPoolExecutor", Pool)
    monkeypatch.setattr(sharing, "_WORTH_SHARING", 0.0)
    one = scenario.run(replications=4, jobs=1, out=tmp_path / "one")
    two = scenario.run(replications=4, jobs=2, out=tmp_path / "two")
    assert pools == []
    three = scenario.run(replications=4, jobs=2, out=tmp_path / "three", engine="reference")
    assert pools == [2]
    folders = [r.save(tmp_path / name) for r, name in ((one, "one"), (two, "two"), (three, "three"))]
    for name in TABLES:
        assert len({(folder / name).read_bytes() for folder in folders}) == 1, name
    pd.testing.assert_frame_equal(one.kpis, comparison.base.kpis.iloc[:4])


def test_the_same_command_again_takes_what_is_finished(
    scenario: runs.Scenario, tmp_path: Path, count: list[tuple[str, int]]
) -> None:
    first = scenario.run(replications=2, jobs=1, out=tmp_path)
    assert (first.reused, count) == (0, [("today", 0), ("today", 1)])
    again = scenario.run(replications=2, jobs=1, out=tmp_path)
    assert (again.reused, len(count)) == (2, 2)
    assert figures(again) == figures(first)


def test_more_replications_extend_and_fewer_take_the_first(
    scenario: runs.Scenario, tmp_path: Path, count: list[tuple[str, int]]
) -> None:
    first = scenario.run(replications=1, jobs=1, out=tmp_path)
    more = scenario.run(replications=3, jobs=1, out=tmp_path)
    assert (more.reused, count) == (1, [("today", 0), ("today", 1), ("today", 2)])
    assert more.keys[0] == first.keys[0]
    pd.testing.assert_frame_equal(more.kpis.iloc[:1], first.kpis)
    fewer = scenario.run(replications=2, jobs=1, out=tmp_path)
    assert (fewer.reused, len(count)) == (2, 3)
    pd.testing.assert_frame_equal(fewer.kpis, more.kpis.iloc[:2])


def test_fresh_computes_again_and_finds_the_same(
    scenario: runs.Scenario, tmp_path: Path, count: list[tuple[str, int]]
) -> None:
    first = scenario.run(replications=2, jobs=1, out=tmp_path)
    again = scenario.run(replications=2, jobs=1, out=tmp_path, fresh=True)
    assert (again.reused, len(count)) == (0, 4)
    assert figures(again) == figures(first)


def test_a_damaged_replication_is_run_again_and_not_called_reused(
    scenario: runs.Scenario, tmp_path: Path, count: list[tuple[str, int]]
) -> None:
    first = scenario.run(replications=2, jobs=1, out=tmp_path)
    with sqlite3.connect(Kept(tmp_path).path) as base:
        base.execute("UPDATE records SET sealed = x'00' WHERE key = ?", (bytes.fromhex(first.keys[1]),))
    again = scenario.run(replications=2, jobs=1, out=tmp_path)
    assert count == [("today", 0), ("today", 1), ("today", 1)]
    assert figures(again) == figures(first)
    assert again.reused == 1


def test_a_run_that_fails_keeps_what_is_finished(
    scenario: runs.Scenario, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    records = Task.records

    def failing(self: Task, point: Point) -> Any:
        if point.replication == 1:
            raise MemoryError
        return records(self, point)

    monkeypatch.setattr(Task, "records", failing)
    with pytest.raises(MemoryError):
        scenario.run(replications=3, jobs=1, out=tmp_path)
    monkeypatch.undo()
    assert scenario.run(replications=3, jobs=1, out=tmp_path).reused == 1


def test_an_interruption_ends_the_other_processes_in_the_middle_of_their_work(
    scenario: runs.Scenario, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    children: list[BaseProcess] = []

    def interrupt(done: int, _total: int) -> None:
        if done == 2:
            children.extend(active_children())
            raise KeyboardInterrupt

    monkeypatch.setattr(sharing, "_WORTH_SHARING", 0.0)
    with pytest.raises(KeyboardInterrupt):
        scenario.run(replications=40, jobs=2, out=tmp_path, engine="reference", progress=interrupt)
    for child in children:
        child.join(30)
    assert children
    # A child that another thread has waited for tells no code; it is gone all the same.
    assert {child.exitcode for child in children} - {None} == {-signal.SIGTERM}
    for child in children:
        with pytest.raises(ProcessLookupError):
            os.kill(child.pid or 0, 0)


def test_progress_is_told_from_the_first_to_the_last(scenario: runs.Scenario, tmp_path: Path) -> None:
    told: list[tuple[int, int]] = []
    scenario.run(replications=1, jobs=1, out=tmp_path)
    scenario.run(replications=3, jobs=1, out=tmp_path, progress=lambda done, total: told.append((done, total)))
    assert told == [(1, 3), (2, 3), (3, 3)]


# What decides a replication


def test_everything_that_decides_a_replication_is_in_its_key(tmp_path: Path) -> None:
    def key(*sets: str, plan: str = "today", seed: int = 1, replication: int = 0, contacts: bool = False) -> str:
        return replication_key(sxsim.load(CAFE, sets=sets), plan, seed, replication, contacts=contacts)

    keys = [
        key(),
        key(seed=2),
        key(replication=1),
        key(contacts=True),
        key(plan="welcome"),
        key("touchpoints.counter.staff=2"),
        key("bond_gain=0.2"),
        key("horizon.months=3"),
        key("plans.today.money.culture=1"),
    ]
    assert len(set(keys)) == len(keys)
    assert key() == keys[0]
    assert key("plans.another.money.culture=5") == keys[0]
    assert key("plans.welcome.money.culture=5") == keys[0]
    assert key("plans.today.money.culture=1", plan="welcome") == key(plan="welcome")
    assert key(plan="same-again") == keys[0]


def test_a_corrected_word_throws_no_finished_run_away_and_stands_in_the_folder(tmp_path: Path) -> None:
    def run(text: str, name: str = "cafe", plan: str = "welcome") -> Result:
        (tmp_path / f"{name}.yaml").write_text(text, encoding="utf-8")
        return sxsim.load(tmp_path / f"{name}.yaml").run(plan, replications=2, jobs=1, out=tmp_path / "out")

    first = run(TEXT)
    assert first.reused == 0
    words = TEXT.replace("Is a warmer welcome", "Is a WARMER welcome").replace("EUR", "CHF")
    words = words.replace("time for guests", "more time for guests").replace(
        "maturity:", "industry: cafes\n  maturity:"
    )
    again = run(words.replace("horizon: {", "horizon: {declared_drift: 0.5, "))
    assert (again.keys, again.reused) == (first.keys, 2)
    assert run(TEXT, "another-name").keys == first.keys
    assert run(TEXT.replace("\n  welcome:", "\n  warmth:"), plan="warmth").keys == first.keys
    folder = first.save(tmp_path / "out")
    assert again.save(tmp_path / "out") == folder
    written = (folder / "scenario.yaml").read_text(encoding="utf-8")
    for word in ("WARMER", "CHF", "more time for guests", "cafes"):
        assert word in written


def test_kept_runs_are_discounted_at_the_present_rate(tmp_path: Path) -> None:
    def run(*sets: str, out: str = "out") -> Result:
        return sxsim.load(CAFE, sets=sets).run(replications=2, jobs=1, out=tmp_path / out)

    first, dear = run(), run("economics.discount_rate=0.5")
    assert (dear.keys, dear.reused) == (first.keys, 2)
    computed_anew = run("economics.discount_rate=0.5", out="another")
    pd.testing.assert_frame_equal(dear.kpis, computed_anew.kpis)
    assert (dear.kpis["npv"] != first.kpis["npv"]).all()
    assert dear.save(tmp_path) != first.save(tmp_path), "folders with other figures stand side by side"


def test_equal_plans_are_run_once(tmp_path: Path) -> None:
    scenario, told = sxsim.load(CAFE), []
    options = runs.Options(replications=2, out=tmp_path)
    counted = planned(scenario, ["today", "same-again"], options)
    assert (counted["replications"], counted["finished"], counted["to_run"]) == (4, 0, 2)
    found = scenario.compare(
        ["same-again"], replications=2, jobs=1, out=tmp_path, progress=lambda done, total: told.append((done, total))
    )
    assert told == [(0, 2), (1, 2), (2, 2)]
    assert [result.reused for result in (found.base, *found.others)] == [0, 0]
    counted = planned(scenario, ["today", "same-again"], options)
    assert (counted["finished"], counted["to_run"]) == (4, 0)


def test_the_source_of_a_plug_in_is_in_the_key(tmp_path: Path) -> None:
    keys = set()
    for text in ("class Calm:\n    pass\n", "class Calm:\n    wait = 1\n"):
        (tmp_path / "calm.py").write_text(text, encoding="utf-8")
        (tmp_path / "cafe.yaml").write_text(f"{TEXT}plug_ins: {{customer: 'calm.py:Calm'}}\n", encoding="utf-8")
        keys.add(replication_key(sxsim.load(tmp_path / "cafe.yaml"), "today", 1, 0, contacts=False))
    assert len(keys) == 2


def test_what_a_plug_in_imports_decides_its_runs(tmp_path: Path) -> None:
    (tmp_path / "calm.py").write_text(
        "from house_rules import FLOOR\n\nfrom sxsim.engines.reference import Customer\n\n\nclass Calm(Customer):\n"
        "    def ends_month(self) -> None:\n        super().ends_month()\n        self.row['bond'] = max(self.row['bond'], FLOOR)\n",
        encoding="utf-8",
    )
    helper = tmp_path / "house_rules.py"
    (tmp_path / "cafe.yaml").write_text(f"{TEXT}plug_ins: {{customer: 'calm.py:Calm'}}\n", encoding="utf-8")

    def run(floor: float, out: str = "out") -> Result:
        helper.write_text(f"FLOOR = {floor}\n", encoding="utf-8")
        return sxsim.load(tmp_path / "cafe.yaml").run(replications=1, jobs=1, out=tmp_path / out)

    low, high, again = run(0.0), run(0.9), run(0.0)
    assert (low.reused, high.reused, again.reused) == (0, 0, 1)
    assert (high.kpis["loyalty"] > low.kpis["loyalty"]).all()
    assert figures(again) == figures(low)


def test_a_plug_in_changed_during_its_run_leaves_no_figures(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    text = "from sxsim.engines.reference import Customer\n\n\nclass Calm(Customer):\n    pass\n"
    (tmp_path / "calm.py").write_text(text, encoding="utf-8")
    (tmp_path / "cafe.yaml").write_text(f"{TEXT}plug_ins: {{customer: 'calm.py:Calm'}}\n", encoding="utf-8")
    scenario, load_then = sxsim.load(tmp_path / "cafe.yaml"), one_run.load_plug_ins

    def edited_before(asked: Any) -> Any:
        (tmp_path / "calm.py").write_text(f"{text}\nX = 1\n", encoding="utf-8")
        return load_then(asked)

    monkeypatch.setattr(one_run, "load_plug_ins", edited_before)
    with pytest.raises(RunFailed, match="was changed during the run"):
        scenario.run(replications=1, jobs=1, out=tmp_path / "out")
    with sqlite3.connect(Kept(tmp_path / "out").path) as base:
        assert base.execute("SELECT COUNT(*) FROM records").fetchone() == (0,)


def test_the_model_is_in_the_key(scenario: runs.Scenario, monkeypatch: pytest.MonkeyPatch) -> None:
    before = replication_key(scenario, "today", 1, 0, contacts=False)
    monkeypatch.setattr("sxsim.model.rule.sources_hash", lambda *_: "another")
    assert replication_key(scenario, "today", 1, 0, contacts=False) != before


def test_another_seed_and_another_replication_bring_other_figures(
    scenario: runs.Scenario, comparison: Comparison, tmp_path: Path
) -> None:
    other = scenario.run(replications=2, seed=2, jobs=1, out=tmp_path)
    for name in ("wait_mean", "satisfaction", "engagement"):
        assert len({*other.kpis[name], *comparison.base.kpis[name]}) == 8, name


def test_the_contact_log_changes_no_figure(scenario: runs.Scenario, comparison: Comparison, tmp_path: Path) -> None:
    logged = scenario.run(replications=1, jobs=1, out=tmp_path, contacts=True)
    pd.testing.assert_frame_equal(logged.kpis, comparison.base.kpis.iloc[:1])
    assert len(comparison.base.contacts) == 0
    assert len(logged.contacts) == logged.touchpoints["attempts"].sum()


# Comparisons


def test_a_plan_equal_to_the_base_differs_by_exactly_nothing(comparison: Comparison) -> None:
    differences = comparison.differences["same-again"]
    assert set(differences) == set(KPIS)
    for name, difference in differences.items():
        undefined = comparison.base.kpis[name].isna()
        assert difference.n == (~undefined).sum(), name
        assert undefined.all() or (difference.mean, difference.low, difference.high, difference.sd) == (0, 0, 0, 0), (
            name
        )
    same = next(other for other in comparison.others if other.plan == "same-again")
    assert figures(same) == figures(comparison.base)


@pytest.mark.parametrize("plan", ["welcome", "dearer"])
def test_plans_share_the_warm_up(comparison: Comparison, plan: str) -> None:
    other = next(o for o in comparison.others if o.plan == plan)
    for one, two in ((comparison.base.monthly, other.monthly), (comparison.base.touchpoints, other.touchpoints)):
        pd.testing.assert_frame_equal(one[one["month"] < 0], two[two["month"] < 0])
    assert not other.monthly.equals(comparison.base.monthly)


@pytest.mark.parametrize("name", ["visits", "revenue", "cost", "wait_mean"])
def test_plans_share_their_luck(comparison: Comparison, name: str) -> None:
    base = comparison.base.kpis[name].to_numpy()
    other = next(o for o in comparison.others if o.plan == "welcome").kpis[name].to_numpy()
    paired = np.std(other - base, ddof=1)
    unpaired = math.sqrt(np.var(base, ddof=1) + np.var(other, ddof=1))
    assert unpaired > 0
    assert paired < 0.5 * unpaired


def test_differences_are_plan_less_base_replication_by_replication(comparison: Comparison) -> None:
    for other in comparison.others:
        expected = other.kpis["investment"] - comparison.base.kpis["investment"]
        assert comparison.differences[other.plan]["investment"].mean == pytest.approx(expected.mean())
    assert comparison.differences["welcome"]["investment"].mean == 200
    assert comparison.differences["welcome"]["investment"].unit == "EUR a month"


def test_monthly_differences_stand_by_plan(comparison: Comparison) -> None:
    frame = comparison.monthly
    assert list(frame.columns[:4]) == ["plan", "replication", "month", "site"]
    assert set(frame["plan"]) == {"same-again", "welcome", "dearer"}
    row = frame[(frame["plan"] == "welcome") & (frame["month"] == 1)]
    assert row["investment"].tolist() == [200.0] * 6
    assert (frame[frame["plan"] == "same-again"]["revenue"] == 0).all()


def test_plans_are_compared_in_the_order_asked_for_and_once(scenario: runs.Scenario, out: Path) -> None:
    found = scenario.compare(["dearer", "welcome", "dearer"], replications=2, jobs=1, out=out)
    assert [other.plan for other in found.others] == ["dearer", "welcome"]
    assert [result.replications for result in (found.base, *found.others)] == [2, 2, 2]


def test_any_plan_can_be_the_base(scenario: runs.Scenario, out: Path) -> None:
    found = scenario.compare(["today"], base="welcome", replications=2, jobs=1, out=out)
    assert found.base.plan == "welcome"
    assert found.differences["today"]["investment"].mean == -200


def test_the_base_named_among_the_plans_is_not_run_twice(scenario: runs.Scenario, out: Path) -> None:
    found = scenario.compare(["today", "welcome"], replications=2, jobs=1, out=out)
    assert {result.replications for result in (found.base, *found.others)} == {2}
    assert found.differences["welcome"]["investment"].n == 2


def test_a_scenario_with_one_plan_has_nothing_to_compare(tmp_path: Path) -> None:
    path = tmp_path / "a.yaml"
    path.write_text(TEXT.partition("plans:")[0], encoding="utf-8")
    with pytest.raises(InvalidInput, match="there is no plan but today to compare"):
        sxsim.load(path).compare(out=tmp_path)


# Answers


def test_three_lines_of_python_draw_five_pictures(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    import sxsim as sx

    pictures = sx.load(CAFE).run(replications=2).plot()
    assert [path.name for path in pictures] == [
        "commitment.png", "effect_chain.png", "journey.png", "maturity.png", "pyramid.png",
    ]  # fmt: skip
    assert all(path.is_file() and path.parts[0] == "runs" for path in pictures)


def test_an_unknown_plan_is_answered_with_the_nearest(scenario: runs.Scenario, tmp_path: Path) -> None:
    for ask in (lambda: scenario.run("welcom", out=tmp_path), lambda: scenario.compare(["welcom"], out=tmp_path)):
        with pytest.raises(InvalidInput) as caught:
            ask()
        assert "cafe has no plan 'welcom'" in str(caught.value)
        assert "did you mean welcome?" in str(caught.value)
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(
    ("options", "message"),
    [({"replications": 0}, r"replications\(=0\) must be ≥ 1"), ({"seed": -1}, r"seed\(=-1\) must be ≥ 0")],
)
def test_what_cannot_be_run_is_refused(scenario: runs.Scenario, options: Any, message: str, tmp_path: Path) -> None:
    with pytest.raises(ValueError, match=message):
        scenario.run(out=tmp_path, **options)


def test_what_would_be_run_is_counted(scenario: runs.Scenario, comparison: Comparison, out: Path) -> None:
    told = planned(scenario, ["today", "welcome"], runs.Options(replications=8, out=out))
    assert (told["replications"], told["finished"], told["to_run"]) == (16, 12, 4)
    fresh = planned(scenario, ["today"], runs.Options(replications=8, out=out, fresh=True))
    assert (fresh["replications"], fresh["finished"], fresh["to_run"]) == (8, 0, 8)
    with pytest.raises(InvalidInput):
        planned(scenario, ["welcom"], runs.Options(replications=8, out=out))


def test_a_market_without_anybody_can_be_run(tmp_path: Path) -> None:
    empty = sxsim.load(CAFE, sets=["market.people=0", "market.customers=0"])
    result = empty.run(replications=2, jobs=1, out=tmp_path)
    assert result.kpis["active_customers"].tolist() == [0, 0]
    assert result.kpis["satisfaction"].isna().all()
    assert len(result.contacts) == 0
    assert result.kpis["cost"].min() > 0
    assert len(result.plot(tmp_path)) == 5


def test_the_public_names_are_there() -> None:
    assert {name: hasattr(sxsim, name) for name in sxsim.__all__} == dict.fromkeys(sxsim.__all__, True)
    assert sxsim.compare is runs.compare
    with pytest.raises(AttributeError, match="no attribute 'nothing'"):
        _ = sxsim.nothing  # type: ignore[attr-defined]


def test_uncertain_runs_draw_their_parameters_and_plans_share_them(tmp_path: Path) -> None:
    scenario = runs.load(
        "scenarios/corner-cafe.yaml", sets=["horizon.months=1", "horizon.warm_up=0", "bond_gain=0.123"]
    )
    first, second = (assuming(scenario, 1, replication, uncertain=True) for replication in (0, 1))
    assert first.parameters["bond_gain"] == second.parameters["bond_gain"] == 0.123
    assert first.parameters["time_skill"] != second.parameters["time_skill"]
    assert first.parameters == assuming(scenario, 1, 0, uncertain=True).parameters
    comparison = runs.compare(scenario, ["higher-price"], replications=3, out=tmp_path, uncertain=True)
    direct = runs.run(first, "higher-price", replications=1, out=tmp_path / "direct")
    assert comparison.others[0].kpis["npv"][0] == direct.kpis["npv"][0]
    certain = runs.compare(scenario, ["higher-price"], replications=3, out=tmp_path)
    assert comparison.chance_only is not None
    assert comparison.chance_only.differences == certain.differences
    data = comparison.as_json()
    assert (data["interval"], certain.as_json()["interval"]) == ("chance and assumptions", "chance")
    assert set(data["chance_only"]) == {"today", "higher-price"}


def test_an_uncertain_run_can_be_made_again(tmp_path: Path) -> None:
    scenario = runs.load("scenarios/corner-cafe.yaml", sets=["horizon.months=1", "horizon.warm_up=0"])
    folder = runs.run(scenario, replications=2, out=tmp_path, uncertain=True).save(tmp_path)
    lines, same = rerun(folder)
    assert same, lines


SETS = Ensemble(("bond_gain", "price_value"), ((0.05, 0.3), (0.28, 0.9), (0.1, 0.5)))


def test_every_replication_runs_with_one_set_of_the_ensemble_and_plans_share_it(tmp_path: Path) -> None:
    scenario = runs.load(
        "scenarios/corner-cafe.yaml", sets=["horizon.months=1", "horizon.warm_up=0", "price_value=0.7"]
    )
    comparison = runs.compare(scenario, ["higher-price"], replications=4, out=tmp_path, ensemble=SETS)
    for place, replication in ((0, 0), (1, 1), (0, 3)):
        set_of_it = scenario.model_copy(update={"parameters": SETS.of(place)})
        for result in (comparison.base, comparison.others[0]):
            direct = runs.run(set_of_it, result.plan, replications=4, out=tmp_path)
            assert direct.kpis.iloc[replication].equals(result.kpis.iloc[replication])
            assert direct.keys[replication] == result.keys[replication]
    assert comparison.as_json()["interval"] == "chance and assumptions"
    middle = runs.compare(scenario, ["higher-price"], replications=4, out=tmp_path, ensemble=SETS.central())
    assert comparison.chance_only is not None
    assert comparison.chance_only.differences == middle.differences
    assert (middle.as_json()["interval"], middle.chance_only) == ("chance", None)


def test_an_ensemble_and_uncertain_draw_what_the_ensemble_does_not_hold() -> None:
    scenario = runs.load("scenarios/corner-cafe.yaml", sets=["time_skill=0.31"])
    found = assuming(scenario, 1, 1, uncertain=True, ensemble=SETS).parameters
    drawn = assuming(scenario, 1, 1, uncertain=True).parameters
    assert (found["bond_gain"], found["price_value"], found["time_skill"]) == (0.28, 0.9, 0.31)
    assert {n: v for n, v in found.items() if n not in SETS.names} == {
        n: v for n, v in drawn.items() if n not in SETS.names
    }


def test_a_run_with_an_ensemble_can_be_made_again(tmp_path: Path) -> None:
    scenario = runs.load("scenarios/corner-cafe.yaml", sets=["horizon.months=1", "horizon.warm_up=0"])
    (tmp_path / "sets.csv").write_text(SETS.written())
    folder = runs.run(scenario, replications=3, out=tmp_path, ensemble=tmp_path / "sets.csv").save(tmp_path)
    (tmp_path / "sets.csv").unlink()
    lines, same = rerun(folder)
    assert same, lines
    (folder / "parameters.csv").write_text(SETS.written().replace("0.28", "0.29"))
    lines, same = rerun(folder)
    assert not same
    assert "parameters.csv: was changed since the run" in lines


# As they come


@pytest.mark.parametrize("engine", ["compiled", "reference"])
def test_replications_come_as_they_are_finished_and_nothing_is_kept(
    engine: str, comparison: Comparison, scenario: runs.Scenario, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    asked = running.Task(scenario, "welcome", engine=engine)
    found = {done.number: done for done in running.replications(asked, [3, 1, 4], jobs=2)}
    assert set(found) == {1, 3, 4}
    expected = next(other for other in comparison.others if other.plan == "welcome")
    for number, done in found.items():
        assert pd.Series(done.kpis).equals(expected.kpis[list(KPIS)].iloc[number].rename(None))
        assert done.records.sites.tobytes() == expected.records[number].sites.tobytes()
    assert list(tmp_path.iterdir()) == []


def test_replications_may_be_endless_and_end_when_they_are_told_to(scenario: runs.Scenario) -> None:
    numbers: list[int] = []
    asked = running.replications(
        running.Task(scenario), itertools.count(), jobs=2, should_stop=lambda: len(numbers) >= 5
    )
    for done in asked:
        numbers.append(done.number)
    assert 5 <= len(numbers) < 20


def test_what_is_asked_of_uncertain_replications_is_what_a_run_gives(scenario: runs.Scenario, tmp_path: Path) -> None:
    expected = scenario.run(replications=2, jobs=1, out=tmp_path, uncertain=True).kpis
    for done in running.replications(running.Task(scenario, uncertain=True), range(2), jobs=1):
        assert pd.Series(done.kpis).equals(expected[list(KPIS)].iloc[done.number].rename(None))


def test_a_run_that_is_stopped_keeps_what_is_finished(
    scenario: runs.Scenario, tmp_path: Path, count: list[tuple[str, int]]
) -> None:
    with pytest.raises(Stopped, match="stopped after 1 of 4 replications, which are kept"):
        scenario.run(replications=4, jobs=1, out=tmp_path, should_stop=lambda: len(count) >= 2)
    assert scenario.run(replications=4, jobs=1, out=tmp_path).reused == 1
