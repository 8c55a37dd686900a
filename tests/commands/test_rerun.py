from pathlib import Path

import pytest

from ..without_pyarrow import hide_pyarrow
from .cli import TINY, call


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    assert call("run", *TINY, "-o", tmp_path).code == 0
    (found,) = [path for path in tmp_path.iterdir() if path.name != ".finished"]
    return found


def test_the_same_again_is_said_bit_for_bit(folder: Path) -> None:
    said = call("rerun", folder, "-j", "1")
    assert (said.code, said.err) == (0, "")
    names = ("kpis", "monthly", "touchpoints")
    assert said.out.splitlines() == [f"{name}.parquet: the same, bit for bit" for name in names]


def test_what_differs_is_said_and_ends_with_one(folder: Path) -> None:
    (folder / "kpis.parquet").write_bytes(b"changed")
    said = call("rerun", folder, "-j", "1")
    assert said.code == 1
    assert "kpis.parquet: the file in the folder is not the one that was written" in said.out


def test_parquet_tables_without_pyarrow_end_with_three_and_what_to_install(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    hide_pyarrow(monkeypatch)
    said = call("rerun", folder, "-j", "1")
    assert (said.code, said.out) == (3, "")
    assert "pyarrow, which writes them, is not installed" in said.err
    assert "pip install 'sxsim[tables]'" in said.err


@pytest.mark.parametrize("name", ["", "nothing"])
def test_a_folder_that_is_no_run_ends_with_three(tmp_path: Path, name: str) -> None:
    said = call("rerun", tmp_path / name)
    assert (said.code, said.out) == (3, "")
    assert "holds no run.json" in said.err
    assert "one that sxsim run, compare or study has written" in said.err


def test_a_file_in_place_of_a_folder_ends_with_three(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    said = call("rerun", tmp_path / "file")
    assert said.code == 3
    assert "Errno" not in said.err
