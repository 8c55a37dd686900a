import contextlib
import os
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sxsim.engines.records import Records
from sxsim.engines.world import CONTACT_LOG
from sxsim.results.store import Store, canonical, digest, file_digest, whole_file, whole_folder

from .hand_made import empty, lively

KEY = "ab" * 32
VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=4), inner, max_size=3),
    max_leaves=8,
)


def same(one: Records, other: Records) -> bool:
    """Whether two records hold the same bytes."""
    return all(
        np.asarray(getattr(one, name)).tobytes() == np.asarray(getattr(other, name)).tobytes() for name in vars(one)
    )


@settings(deadline=None, derandomize=True, max_examples=60)
@given(st.dictionaries(st.text(max_size=5), VALUES, max_size=6))
def test_the_hash_does_not_depend_on_the_order_of_keys(data: dict[str, object]) -> None:
    backwards = dict(reversed(list(data.items())))
    assert digest(data) == digest(backwards)
    assert len(digest(data)) == 64


@settings(deadline=None, derandomize=True, max_examples=60)
@given(VALUES, VALUES)
def test_different_data_have_different_hashes(one: object, other: object) -> None:
    assert (digest(one) == digest(other)) == (canonical(one) == canonical(other))


def test_the_hash_tells_what_looks_alike_apart() -> None:
    alike = [{"a": 1}, {"a": "1"}, {"a": [1]}, {"a": None}, {"b": 1}, {"a": {"b": 1}}, {"a": 1.5}]
    assert len({digest(data) for data in alike}) == len(alike)


def test_a_file_has_the_hash_that_others_compute(tmp_path: Path) -> None:
    (tmp_path / "a").write_bytes(b"abc")
    assert file_digest(tmp_path / "a") == "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"


def test_a_replication_comes_back_as_it_was_kept(tmp_path: Path) -> None:
    store, records = Store(tmp_path / "kept"), lively(sites=2)
    records.log = np.ones(3, CONTACT_LOG)
    assert not store.has(KEY) and store.get(KEY) is None
    store.put(KEY, records)
    found = store.get(KEY)
    assert store.has(KEY) and found is not None
    assert same(found, records)
    assert found.warm_up == 1 and found.log.dtype == CONTACT_LOG
    assert [path.name for path in (tmp_path / "kept" / "ab").iterdir()] == [f"{KEY}.npz"]


@pytest.mark.parametrize("content", [b"", b"nonsense", b"PK\x03\x04", b"\x93NUMPY\x01\x00"])
def test_a_damaged_replication_counts_as_none(tmp_path: Path, content: bytes) -> None:
    store = Store(tmp_path)
    store.put(KEY, empty())
    store.path(KEY).write_bytes(content)
    assert store.get(KEY) is None


def test_an_array_in_place_of_a_replication_counts_as_none(tmp_path: Path) -> None:
    store = Store(tmp_path)
    store.path(KEY).parent.mkdir()
    with store.path(KEY).open("wb") as file:
        np.save(file, np.zeros(3))
    assert store.get(KEY) is None


@pytest.mark.parametrize("share", [0.1, 0.5, 0.9, 0.999])
def test_a_replication_cut_short_counts_as_none(tmp_path: Path, share: float) -> None:
    store = Store(tmp_path)
    store.put(KEY, lively())
    whole = store.path(KEY).read_bytes()
    store.path(KEY).write_bytes(whole[: int(len(whole) * share)])
    assert store.get(KEY) is None


@settings(deadline=None, derandomize=True, max_examples=150)
@given(where=st.floats(0, 1, exclude_max=True), bit=st.integers(0, 7))
def test_a_replication_with_a_flipped_bit_is_none_or_the_same(
    tmp_path_factory: pytest.TempPathFactory, where: float, bit: int
) -> None:
    store, records = Store(tmp_path_factory.getbasetemp() / "flipped"), empty()
    store.put(KEY, records)
    content = bytearray(store.path(KEY).read_bytes())
    content[int(where * len(content))] ^= 1 << bit
    store.path(KEY).write_bytes(bytes(content))
    found = store.get(KEY)
    assert found is None or same(found, records)


@pytest.mark.parametrize("method", [0, 1, 12, 99])
def test_a_replication_whose_packing_is_unknown_counts_as_none(tmp_path: Path, method: int) -> None:
    store = Store(tmp_path)
    store.put(KEY, empty())
    content = store.path(KEY).read_bytes()
    at = content.index(b"PK\x01\x02")
    damaged = content[: at + 10] + bytes([method, 0]) + content[at + 12 :]
    store.path(KEY).write_bytes(damaged)
    assert store.get(KEY) is None


class Stop(BaseException):
    """Something that ends a program in the middle, like Ctrl-C."""


def test_a_file_is_written_whole_and_readable_by_others(tmp_path: Path) -> None:
    path = tmp_path / "deep" / "a.txt"
    with whole_file(path) as temporary:
        temporary.write_text("new", encoding="utf-8")
        assert not path.exists()
        assert temporary.parent == path.parent
    assert path.read_text(encoding="utf-8") == "new"
    assert list(path.parent.iterdir()) == [path]


@pytest.fixture
def umask(request: pytest.FixtureRequest) -> Iterator[int]:
    """What the process takes off the modes of new files."""
    before = os.umask(request.param)
    yield request.param
    assert os.umask(before) == request.param, "the umask belongs to the whole process: nobody may touch it"


def write_once(place: Path) -> tuple[int, int]:
    """The modes of a file and a folder."""
    with whole_file(place / "a.txt") as temporary:
        temporary.write_text("new", encoding="utf-8")
    with whole_folder(place / "run") as temporary:
        (temporary / "table.csv").touch()
    return (place / "a.txt").stat().st_mode & 0o777, (place / "run").stat().st_mode & 0o777


@pytest.mark.parametrize("umask", [0o022, 0o027, 0o077, 0o002], indirect=True, ids=oct)
def test_the_modes_of_files_and_folders_follow_the_umask(tmp_path: Path, umask: int) -> None:
    assert write_once(tmp_path) == (0o666 & ~umask, 0o777 & ~umask)


@pytest.mark.parametrize("umask", [0o027], indirect=True, ids=oct)
def test_the_umask_stays_while_many_threads_write(tmp_path: Path, umask: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(os, "umask", lambda _mask: pytest.fail("the umask was touched"))
    with ThreadPoolExecutor(8) as pool:
        modes = set(pool.map(lambda number: write_once(tmp_path / str(number)), range(100)))
    monkeypatch.undo()
    assert modes == {(0o666 & ~umask, 0o777 & ~umask)}
    assert {path.name for path in tmp_path.rglob("*")} == {*map(str, range(100)), "a.txt", "run", "table.csv"}


@pytest.mark.parametrize("error", [Stop, KeyboardInterrupt, OSError, ValueError])
@pytest.mark.parametrize("before", [True, False])
def test_a_file_that_cannot_be_finished_leaves_nothing_behind(
    tmp_path: Path, error: type[BaseException], before: bool
) -> None:
    path = tmp_path / "a.txt"
    if before:
        path.write_text("old", encoding="utf-8")
    with pytest.raises(error), whole_file(path) as temporary:
        temporary.write_text("half", encoding="utf-8")
        raise error
    assert [p.read_text(encoding="utf-8") for p in tmp_path.iterdir()] == (["old"] if before else [])


@pytest.mark.parametrize("error", [Stop, KeyboardInterrupt, OSError])
@pytest.mark.parametrize("before", [True, False])
def test_a_folder_that_cannot_be_finished_leaves_nothing_behind(
    tmp_path: Path, error: type[BaseException], before: bool
) -> None:
    path = tmp_path / "run"
    if before:
        path.mkdir()
        (path / "old.txt").write_text("old", encoding="utf-8")
    with pytest.raises(error), whole_folder(path) as temporary:
        (temporary / "half.txt").write_text("half", encoding="utf-8")
        raise error
    assert [p.name for p in tmp_path.iterdir()] == (["run"] if before else [])
    assert not before or [p.name for p in path.iterdir()] == ["old.txt"]


def test_a_folder_replaces_the_one_before(tmp_path: Path) -> None:
    for name in ("one", "two"):
        with whole_folder(tmp_path / "out" / "run") as temporary:
            (temporary / name).touch()
    assert [p.name for p in (tmp_path / "out").iterdir()] == ["run"]
    assert [p.name for p in (tmp_path / "out" / "run").iterdir()] == ["two"]


def test_the_folder_before_comes_back_when_the_new_one_cannot_take_its_place(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "run"
    path.mkdir()
    (path / "old.txt").touch()
    replace = os.replace

    def refuse(source: Path, target: Path) -> None:
        if Path(target) == path and (Path(source) / "new.txt").exists():
            raise OSError("no")
        replace(source, target)

    monkeypatch.setattr(os, "replace", refuse)
    with contextlib.suppress(OSError), whole_folder(path) as temporary:
        (temporary / "new.txt").touch()
    assert [p.name for p in tmp_path.iterdir()] == ["run"]
    assert [p.name for p in path.iterdir()] == ["old.txt"]


def test_what_a_killed_process_left_is_cleared_away(tmp_path: Path) -> None:
    old, young = tmp_path / ".hotel.abc", tmp_path / ".hotel.def"
    for folder in (old, young):
        folder.mkdir()
    os.utime(old, (0, 0))
    with whole_folder(tmp_path / "hotel") as temporary:
        (temporary / "table.csv").write_text("1")
    assert not old.exists()
    assert young.exists(), "another process may be writing it"
