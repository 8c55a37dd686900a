"""Points: what decides one, how it is kept, what becomes of one that fails."""

import errno
import math
import tracemalloc
from pathlib import Path

import pytest

from sxsim.results.kpis import KPIS
from sxsim.runs import RunFailed, load
from sxsim.scenario.loading import with_values
from sxsim.studies.points import Failure, Point, Points, PointStore, Task, run_point
from tests.studies.experiments import CAFE, SMALL

SETS = [f"{name}={value}" for name, value in SMALL.items()]


@pytest.fixture(scope="module")
def task() -> Task:
    """The small café as it is today."""
    return Task(load(CAFE, sets=SETS), "today", 1, "compiled")


POINT = Point((("bond_gain", 0.3), ("organisation.maturity.design", 2.5)), 7)


def test_a_point_is_a_run_of_the_scenario_with_its_settings(task: Task, tmp_path: Path) -> None:
    scenario = with_values(task.scenario, dict(POINT.settings))
    result = scenario.run(replications=8, out=tmp_path).kpis.iloc[7]
    found = run_point(task, POINT)
    assert not isinstance(found, Failure)
    for (name, value), expected in zip(zip(KPIS, found, strict=True), [result[kpi] for kpi in KPIS], strict=True):
        assert value == expected or (math.isnan(value) and math.isnan(expected)), name


def test_both_engines_give_the_same_point(task: Task) -> None:
    other = Task(task.scenario, task.plan, task.seed, "reference")
    assert str(run_point(task, POINT)) == str(run_point(other, POINT))


def test_whatever_decides_a_point_is_in_its_key() -> None:
    others = [Point(POINT.settings, 8), Point((*POINT.settings[:1], ("organisation.maturity.design", 2.6)), 7)]
    assert len({point.key("today") for point in (POINT, *others, Point(POINT.settings, 7))}) == 3


def test_a_finished_point_is_kept(task: Task, tmp_path: Path) -> None:
    store = PointStore(tmp_path, task)
    assert store.get(POINT) is None
    kpis = tuple(math.nan if k == 3 else k / 7 for k in range(len(KPIS)))
    store.put(POINT, kpis)
    assert str(PointStore(tmp_path, task).get(POINT)) == str(kpis)


def test_another_scenario_plan_seed_or_model_has_a_store_of_its_own(
    task: Task, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    stores = [PointStore(tmp_path, task), PointStore(tmp_path, Task(task.scenario, task.plan, 2, task.engine))]
    changed = with_values(task.scenario, {"market.customers": 41})
    stores.append(PointStore(tmp_path, Task(changed, task.plan, 1, task.engine)))
    stores.append(PointStore(tmp_path, Task(task.scenario, task.plan, 1, "reference")))
    monkeypatch.setattr("sxsim.model.rule.sources_hash", lambda *_: "another")
    stores.append(PointStore(tmp_path, task))
    paths = [store.path for store in stores]
    assert paths[3] == paths[0], "both engines give the same figures, so they share"
    assert len(set(paths)) == 4


def test_a_corrected_word_and_another_name_throw_no_points_away(task: Task, tmp_path: Path) -> None:
    path = PointStore(tmp_path, task).path
    for values in ({"question": "Why?"}, {"currency": "CHF"}, {"plans.today.description": "as ever"}):
        changed = Task(with_values(task.scenario, values), "today", 1, "compiled")
        assert PointStore(tmp_path, changed).path == path, values
    for values in ({"economics.discount_rate": 0.2}, {"plans.today.money.culture": 5}):
        changed = Task(with_values(task.scenario, values), "today", 1, "compiled")
        assert PointStore(tmp_path, changed).path != path, "points hold KPIs"
    spread = with_values(task.scenario, {"organisation.maturity_spread.culture": 1.0})
    assert PointStore(tmp_path, Task(spread, "today", 1, "compiled")).path == path
    assert (
        PointStore(tmp_path, Task(spread, "today", 1, "compiled", uncertain=True)).path
        != PointStore(tmp_path, Task(task.scenario, "today", 1, "compiled", uncertain=True)).path
    )


def test_equal_plans_share_their_points_and_what_is_said_of_one_is_not_taken_for_the_other(task: Task) -> None:
    plan = task.scenario.plans["today"]
    scenario = task.scenario.model_copy(update={"plans": {"today": plan, "same": plan}})
    today, same = (Task(scenario, name, 1, "compiled") for name in ("today", "same"))
    assert today.decides() == same.decides()

    def point(path: str) -> Point:
        return Point(((path, 5.0),), 0)

    assert today.key(point("plans.today.money.culture")) == same.key(point("plans.same.money.culture"))
    spelt = {today.key(point(path)) for path in ("plans.today.money.culture", "plans[today].money.culture")}
    assert len(spelt) == 1
    assert same.key(point("plans.today.money.culture")) not in spelt
    assert same.key(point("plans[today].money.culture")) not in spelt


def test_equal_points_are_run_once(task: Task, tmp_path: Path) -> None:
    store = PointStore(tmp_path, task)
    other = Point((), 1)
    store.put(other, (0.0,) * len(KPIS))
    assert list(store.distinct([POINT, other, POINT])) == [POINT]
    assert store.count([POINT, other, POINT, other]) == (2, 1)
    assert list(store.distinct([POINT, other, POINT], fresh=True)) == [POINT], "put by this store: not again"
    store.close()
    assert list(PointStore(tmp_path, task).distinct([other, POINT, other], fresh=True)) == [other, POINT]


def test_memory_does_not_grow_with_the_points(task: Task, tmp_path: Path) -> None:
    store = PointStore(tmp_path, task)

    def peak(points: int) -> int:
        tracemalloc.start()
        assert store.count(Points(points, lambda number: Point((), number))) == (points, 0)
        most = tracemalloc.get_traced_memory()[1]
        tracemalloc.stop()
        return most

    peak(100)
    assert peak(4_000) < peak(400) + 4_096, "nothing is held a point"


def test_a_point_that_fails_says_why(task: Task) -> None:
    found = run_point(task, Point((("organisation.maturity.design", 9.0),), 1))
    assert isinstance(found, Failure)
    assert "Traceback" in found.text
    assert "from 1 to 5" in found.text


def test_a_place_that_cannot_be_written_is_a_system_error(task: Task, tmp_path: Path) -> None:
    blocked = tmp_path / "blocked"
    blocked.write_text("a file, no folder")
    with pytest.raises(OSError):
        PointStore(blocked, task)


def test_a_full_disk_is_a_system_error(task: Task, tmp_path: Path) -> None:
    store = PointStore(tmp_path, task)
    store._base.execute("PRAGMA max_page_count = 4")
    with pytest.raises(OSError) as error:
        for replication in range(2000):
            store.put(Point((), replication), (0.0,) * len(KPIS))
    assert error.value.errno == errno.ENOSPC


def test_points_are_made_when_they_are_asked_for() -> None:
    made: list[int] = []

    def at(number: int) -> Point:
        made.append(number)
        return Point((), number)

    points = Points(1_000_000, at)
    assert (len(points), made) == (1_000_000, [])
    assert points[7] == Point((), 7)
    assert [point.replication for point in points[2:5]] == [2, 3, 4]
    assert next(iter(points)).replication == 0
    assert made == [7, 2, 3, 4, 0]
    with pytest.raises(IndexError):
        points[1_000_000]


def test_what_was_found_out_about_points_is_noted(task: Task, tmp_path: Path) -> None:
    store = PointStore(tmp_path, task)
    assert store.noted("causes") is None
    store.note("causes", "craft")
    store.note("causes", "flow")
    assert PointStore(tmp_path, task).noted("causes") == "flow"


def test_a_damaged_file_is_said_and_not_overwritten(task: Task, tmp_path: Path) -> None:
    store = PointStore(tmp_path, task)
    store.close()
    path = store.path
    path.write_bytes(b"no database at all" * 100)
    with pytest.raises(RunFailed, match=r"is damaged .* move it away"):
        PointStore(tmp_path, task)
    assert path.read_bytes().startswith(b"no database")
