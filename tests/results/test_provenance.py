"""Files and folders that are whole or not there, hashes, and what makes a result again."""

import contextlib
import os
import platform
import subprocess
import sys
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from importlib.metadata import version
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sxsim.model.rule import sources_hash
from sxsim.results import provenance
from sxsim.results.provenance import (
    canonical,
    digest,
    environment,
    file_digest,
    package_version,
    software,
    whole_file,
    whole_folder,
)


def test_the_software_is_named_with_the_version_of_its_model() -> None:
    assert software() == {"name": "sxsim", "version": version("sxsim"), "model": sources_hash()}


def test_the_environment_names_what_decides_the_bytes() -> None:
    found = environment()
    assert found["python"] == platform.python_version()
    assert not {"system", "machine"} & set(found)  # they decide no byte
    for name in ("mesa", "simpy", "numpy", "scipy", "numba", "pandas", "pyarrow", "pydantic"):
        assert found["libraries"][name] == version(name)


def test_a_library_that_is_not_there_is_said_to_be_not_installed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(provenance, "_LIBRARIES", ("numpy", "no-such-package-at-all"))
    found = environment()["libraries"]
    assert found == {"numpy": version("numpy"), "no-such-package-at-all": "not installed"}


def test_a_package_that_is_not_there_has_an_unknown_version() -> None:
    assert package_version("no-such-package-at-all") == "unknown"


VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=4), inner, max_size=3),
    max_leaves=8,
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


def dead_process() -> int:
    """The number of a process that has just ended."""
    process = subprocess.Popen([sys.executable, "-c", ""])
    process.wait()
    return process.pid


def test_what_a_process_of_this_machine_left_is_cleared_away_as_soon_as_it_is_dead(tmp_path: Path) -> None:
    here = provenance._machine()
    dead, alive, elsewhere = f"{here}-{dead_process()}-ab", f"{here}-{os.getpid()}-ab", f"{'0' * 8}-{dead_process()}-ab"
    for mark in (dead, alive, elsewhere):
        (tmp_path / f".{mark}.tmp.csv").touch()
        (tmp_path / f".hotel.{mark}").mkdir()
    with whole_folder(tmp_path / "hotel") as temporary:
        (temporary / "table.csv").touch()
    with whole_file(tmp_path / "table.csv") as temporary:
        temporary.touch()
    left = {path.name for path in tmp_path.iterdir()} - {"hotel", "table.csv"}
    assert left == {f".{mark}.tmp.csv" for mark in (alive, elsewhere)} | {
        f".hotel.{mark}" for mark in (alive, elsewhere)
    }
