"""What is kept: whole, checked, and computed again when it is damaged."""

import errno
import itertools
import math
import random
import tracemalloc
from pathlib import Path

import numpy as np
import pytest

from sxsim.engines.records import Records
from sxsim.engines.world import CONTACT_LOG
from sxsim.results.kpis import KPIS
from sxsim.running import kept as module
from sxsim.running.kept import Kept, KeptPoints, pack, seal, unpack, unseal
from sxsim.running.plans import load
from sxsim.running.task import Point, Points, Task
from sxsim.scenario.loading import with_values
from tests.results.hand_made import empty, lively
from tests.studies.experiments import CAFE, SMALL

KEY = "ab" * 32
POINT = Point((("bond_gain", 0.3), ("organisation.maturity.design", 2.5)), 7)


@pytest.fixture(scope="module")
def task() -> Task:
    """The small café as it is today."""
    return Task(load(CAFE, sets=[f"{name}={value}" for name, value in SMALL.items()]), "today", 1, "compiled")


def points_in(out: Path, task: Task) -> KeptPoints:
    """The points of a task in a folder, opened anew."""
    return KeptPoints(Kept(out), task)


def same(one: Records, other: Records) -> bool:
    """Whether two records hold the same bytes."""
    return all(
        np.asarray(getattr(one, name)).tobytes() == np.asarray(getattr(other, name)).tobytes() for name in vars(one)
    )


# Records.


def test_records_come_back_as_they_were_kept(tmp_path: Path) -> None:
    kept, records = Kept(tmp_path), lively(sites=2)
    records.log = np.ones(3, CONTACT_LOG)
    assert kept.records(KEY) is None
    kept.put_records(KEY, pack(records))
    kept.close()
    found = Kept(tmp_path).records(KEY)
    assert found is not None
    assert same(found, records)
    assert (found.warm_up, found.log.dtype) == (1, CONTACT_LOG)
    found.sites["revenue"] += 1.0
    assert {name: array.dtype for name, array in vars(found).items() if name != "warm_up"} == {
        name: array.dtype for name, array in vars(records).items() if name != "warm_up"
    }


def test_large_records_lie_in_parts_of_which_none_may_be_missing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "_PART", 1_000)
    kept, records = Kept(tmp_path), lively()
    packed = pack(records)
    kept.put_records(KEY, packed)
    parts = kept._base.execute("SELECT COUNT(*) FROM records").fetchone()[0]
    assert parts == math.ceil(len(packed) / 1_000) > 2
    assert kept.packed_records(KEY) == packed
    kept._base.execute("DELETE FROM records WHERE part = ?", (parts - 1,))
    assert kept.records(KEY) is None
    kept.put_records(KEY, pack(empty()))
    found = kept.records(KEY)
    assert found is not None and same(found, empty())


def test_what_is_sealed_under_one_key_is_nothing_under_another() -> None:
    sealed = seal(b"key", b"content")
    assert unseal(b"key", sealed) == b"content"
    assert unseal(b"kez", sealed) is None
    for damaged in (sealed[:-1], sealed + b"x", b"", sealed[:10], None, 3, "text"):
        assert unseal(b"key", damaged) is None
    for byte, bit in itertools.product(range(len(sealed)), range(8)):
        damaged = bytearray(sealed)
        damaged[byte] ^= 1 << bit
        assert unseal(b"key", bytes(damaged)) is None


def test_packing_keeps_shapes_without_anything_in_them() -> None:
    records = empty()
    assert len(records.log) == 0
    assert same(unpack(pack(records)), records)


# Damage.


def test_a_flipped_bit_in_a_result_is_said_and_counts_as_not_finished(
    task: Task, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    store = points_in(tmp_path, task)
    other = Point((), 1)
    for point in (POINT, other):
        store.put(point, tuple(map(float, range(len(KPIS)))))
    (sealed,) = store._kept._base.execute("SELECT sealed FROM points WHERE key = ?", (store._key(POINT),)).fetchone()
    damaged = bytearray(sealed)
    damaged[-3] ^= 16
    store._kept._base.execute("UPDATE points SET sealed = ? WHERE key = ?", (bytes(damaged), store._key(POINT)))
    assert store.get(POINT) is None
    assert list(store.distinct([POINT, other])) == [POINT]
    assert store.count([POINT, other]) == (2, 1)
    assert [record.message for record in caplog.records] == [
        f"a finished result in {store._kept.path} is damaged; it, and any other like it, is computed again"
    ]
    assert list(store.distinct([POINT, other], fresh=True)) == [POINT], "put by this store, but damaged since"
    store.put(POINT, (1.0,) * len(KPIS))
    assert store.get(POINT) == (1.0,) * len(KPIS)


def test_a_file_that_cannot_be_read_is_left_and_a_new_one_begun(
    task: Task, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    store = points_in(tmp_path, task)
    store.close()
    path = store._kept.path
    path.write_bytes(b"no database at all" * 100)
    again = points_in(tmp_path, task)
    assert again.get(POINT) is None
    again.put(POINT, (1.0,) * len(KPIS))
    assert path.read_bytes().startswith(b"no database")
    assert again._kept.path != path
    assert points_in(tmp_path, task).get(POINT) == (1.0,) * len(KPIS), "the newest file is the one in use"
    assert len([record for record in caplog.records if "is damaged" in record.message]) == 1


def content_of(out: Path, task: Task, points: int) -> dict[int, tuple[float, ...] | None]:
    """What is kept of points with these replications."""
    store = points_in(out, task)
    found = {number: store.get(Point((), number)) for number in range(points)}
    store.close()
    return found


def test_no_damage_of_a_file_changes_a_figure_or_ends_in_an_error(task: Task, tmp_path: Path) -> None:
    """Bits flipped, pieces overwritten, ends cut off: what is read is right, or not there, and work goes on."""
    points, chance = 60, random.Random(23592)
    store = points_in(tmp_path / "whole", task)
    for number in range(points):
        store.put(Point((), number), tuple(number + k / 7 for k in range(len(KPIS))))
    store._kept.put_records(KEY, pack(lively()))
    expected = content_of(tmp_path / "whole", task, points)
    store.close()
    whole = store._kept.path.read_bytes()
    assert not list(store._kept.path.parent.glob("*-wal")), "all is in the file"
    left = 0
    for number in range(150):
        damaged, at = bytearray(whole), chance.randrange(len(whole) if number % 3 else 200)
        if number % 10 == 7:
            damaged[at : at + 600] = chance.randbytes(600)[: len(damaged) - at]
        elif number % 10 == 8:
            del damaged[at:]
        else:
            damaged[at] ^= 1 << chance.randrange(8)
        out = tmp_path / str(number)
        path = out / module.FOLDER / store._kept.path.name
        path.parent.mkdir(parents=True)
        path.write_bytes(bytes(damaged))
        found = content_of(out, task, points)
        assert {n: kpis for n, kpis in found.items() if kpis is not None}.items() <= expected.items(), number
        left += sum(kpis is not None for kpis in found.values())
        kept = Kept(out)
        records = kept.records(KEY)
        assert records is None or same(records, lively())
        kept.put_records(KEY, pack(empty()))
        again = kept.records(KEY)
        assert again is not None and same(again, empty())
        kept.close()
    assert left > 150 * points * 0.7, "what is sound in a damaged file is not lost"


# Points.


def test_results_of_an_older_version_are_named_once(
    task: Task, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    (tmp_path / ".replications").mkdir()
    for _ in range(2):
        points_in(tmp_path, task).close()
    assert [record.message for record in caplog.records] == [
        f"finished results of an older sxsim lie in {tmp_path / '.replications'} and are not used"
    ]


def test_a_finished_point_is_kept(task: Task, tmp_path: Path) -> None:
    store = points_in(tmp_path, task)
    assert store.get(POINT) is None
    kpis = tuple(math.nan if k == 3 else k / 7 for k in range(len(KPIS)))
    store.put(POINT, kpis)
    assert str(points_in(tmp_path, task).get(POINT)) == str(kpis)


def test_another_scenario_plan_seed_or_model_has_a_store_of_its_own(
    task: Task, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    stores = [points_in(tmp_path, task), points_in(tmp_path, Task(task.scenario, task.plan, 2, task.engine))]
    changed = with_values(task.scenario, {"market.customers": 41})
    stores.append(points_in(tmp_path, Task(changed, task.plan, 1, task.engine)))
    stores.append(points_in(tmp_path, Task(task.scenario, task.plan, 1, "reference")))
    monkeypatch.setattr("sxsim.model.rule.sources_hash", lambda *_: "another")
    stores.append(points_in(tmp_path, task))
    paths = [store.key for store in stores]
    assert paths[3] == paths[0], "both engines give the same figures, so they share"
    assert len(set(paths)) == 4


def test_a_corrected_word_and_another_name_throw_no_points_away(task: Task, tmp_path: Path) -> None:
    path = points_in(tmp_path, task).key
    for values in ({"question": "Why?"}, {"currency": "CHF"}, {"plans.today.description": "as ever"}):
        changed = Task(with_values(task.scenario, values), "today", 1, "compiled")
        assert points_in(tmp_path, changed).key == path, values
    for values in ({"economics.discount_rate": 0.2}, {"plans.today.money.culture": 5}):
        changed = Task(with_values(task.scenario, values), "today", 1, "compiled")
        assert points_in(tmp_path, changed).key != path, "points hold KPIs"
    spread = with_values(task.scenario, {"organisation.maturity_spread.culture": 1.0})
    assert points_in(tmp_path, Task(spread, "today", 1, "compiled")).key == path
    assert (
        points_in(tmp_path, Task(spread, "today", 1, "compiled", uncertain=True)).key
        != points_in(tmp_path, Task(task.scenario, "today", 1, "compiled", uncertain=True)).key
    )


def test_equal_points_are_run_once(task: Task, tmp_path: Path) -> None:
    store = points_in(tmp_path, task)
    other = Point((), 1)
    store.put(other, (0.0,) * len(KPIS))
    assert list(store.distinct([POINT, other, POINT])) == [POINT]
    assert store.count([POINT, other, POINT, other]) == (2, 1)
    assert list(store.distinct([POINT, other, POINT], fresh=True)) == [POINT], "put by this store: not again"
    store.close()
    assert list(points_in(tmp_path, task).distinct([other, POINT, other], fresh=True)) == [other, POINT]


def test_memory_does_not_grow_with_the_points(task: Task, tmp_path: Path) -> None:
    store = points_in(tmp_path, task)

    def peak(points: int) -> int:
        tracemalloc.start()
        assert store.count(Points(points, lambda number: Point((), number))) == (points, 0)
        most = tracemalloc.get_traced_memory()[1]
        tracemalloc.stop()
        return most

    peak(100)
    assert peak(4_000) < peak(400) + 4_096, "nothing is held a point"


def test_a_place_that_cannot_be_written_is_a_system_error(task: Task, tmp_path: Path) -> None:
    blocked = tmp_path / "blocked"
    blocked.write_text("a file, no folder")
    with pytest.raises(OSError):
        points_in(blocked, task)


def test_a_full_disk_is_a_system_error(task: Task, tmp_path: Path) -> None:
    store = points_in(tmp_path, task)
    store._kept._base.execute("PRAGMA max_page_count = 4")
    with pytest.raises(OSError) as error:
        for replication in range(2000):
            store.put(Point((), replication), (0.0,) * len(KPIS))
    assert error.value.errno == errno.ENOSPC


def test_what_was_found_out_about_points_is_noted(task: Task, tmp_path: Path) -> None:
    store = points_in(tmp_path, task)
    assert store.noted("causes") is None
    store.note("causes", "craft")
    store.note("causes", "flow")
    assert points_in(tmp_path, task).noted("causes") == "flow"
