import errno
import hashlib
import json
from pathlib import Path
from typing import Any

import pandas as pd
import pytest

from sxsim.results import folder as module
from sxsim.results.folder import SavedResult, run_folder_name
from sxsim.results.provenance import SCHEMA_VERSION
from sxsim.results.result import Comparison, Result
from sxsim.scenario.ensemble import Ensemble
from sxsim.scenario.loading import load, resolved

from ..without_pyarrow import hide_pyarrow

TABLES = ["contacts.parquet", "kpis.parquet", "monthly.parquet", "touchpoints.parquet"]


@pytest.fixture(scope="module")
def folder(tiny: Result, tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tiny.save(tmp_path_factory.mktemp("out"))


@pytest.fixture(scope="module")
def described(folder: Path) -> dict[str, Any]:
    found: dict[str, Any] = json.loads((folder / "run.json").read_text(encoding="utf-8"))
    return found


def files_below(path: Path) -> list[str]:
    return sorted(p.relative_to(path).as_posix() for p in path.rglob("*") if p.is_file())


def test_a_run_leaves_its_scenario_tables_provenance_and_pictures(folder: Path) -> None:
    pictures = [f"figures/{name}.png" for name in ("commitment", "effect_chain", "journey", "maturity", "pyramid")]
    assert files_below(folder) == sorted(["run.json", "scenario.yaml", *TABLES, *pictures])
    assert [p.name for p in folder.parent.iterdir()] == [folder.name]


def test_a_run_folder_is_named_after_scenario_plan_and_hash(folder: Path, tiny: Result) -> None:
    assert folder.name == run_folder_name(tiny)
    assert folder.name.startswith("cafe-today-")
    assert len(folder.name) == len("cafe-today-") + 10
    other = Result(tiny.scenario, "today", 1, tiny.records, list(reversed(tiny.keys)))
    assert run_folder_name(other) != folder.name


@pytest.mark.parametrize("name", ["a/b", "../up", "with blank", "Käfig", ".hidden"])
def test_a_run_folder_lies_directly_below_the_folder_for_results(tiny: Result, tmp_path: Path, name: str) -> None:
    scenario = tiny.scenario.model_copy(update={"name": name})
    path = tmp_path / run_folder_name(Result(scenario, "today", 1, tiny.records, tiny.keys))
    assert path.resolve().parent == tmp_path.resolve()


def test_the_resolved_scenario_is_the_one_that_was_run(folder: Path, tiny: Result) -> None:
    again = load(folder / "scenario.yaml")
    assert resolved(again, "today") == resolved(tiny.scenario, "today")


def test_provenance_says_what_one_needs_to_make_it_again(described: dict[str, Any], tiny: Result) -> None:
    assert described["schema_version"] == SCHEMA_VERSION == 1
    assert (described["kind"], described["scenario"], described["plan"]) == ("run", "cafe", "today")
    assert (described["seed"], described["replications"], described["contacts"]) == (1, 2, True)
    assert described["software"]["name"] == "sxsim"
    assert described["parameters"] == tiny.scenario.parameters
    assert described["environment"]["libraries"]["numpy"][0].isdigit()
    assert described["seconds"] >= 0
    assert described["warnings"] == tiny.warnings


def test_provenance_holds_the_hash_of_every_input_and_table(described: dict[str, Any], folder: Path) -> None:
    assert sorted(described["sha256"]["outputs"]) == TABLES
    assert sorted(described["sha256"]["inputs"]) == ["scenario.yaml"]
    for name, recorded in (described["sha256"]["outputs"] | described["sha256"]["inputs"]).items():
        assert hashlib.sha256((folder / name).read_bytes()).hexdigest() == recorded


def test_tables_are_the_same_bytes_when_written_twice(folder: Path, tiny: Result, tmp_path: Path) -> None:
    fresh = SavedResult(tiny.scenario, "today", 1, tiny.records, tiny.keys, seconds=9.0, reused=1)
    again = fresh.save(tmp_path)
    for name in (*TABLES, "scenario.yaml"):
        assert (again / name).read_bytes() == (folder / name).read_bytes(), name


def test_tables_come_back_as_they_were(folder: Path, tiny: Result) -> None:
    for name, frame in (("kpis", tiny.kpis), ("monthly", tiny.monthly), ("touchpoints", tiny.touchpoints)):
        pd.testing.assert_frame_equal(pd.read_parquet(folder / f"{name}.parquet"), frame)


def test_without_pyarrow_tables_are_csv_and_count_as_tables(
    folder: Path, tiny: Result, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    hide_pyarrow(monkeypatch)
    fresh = SavedResult(tiny.scenario, "today", 1, tiny.records, tiny.keys)
    fresh.ensemble = Ensemble(("bond_gain",), ((1e-5,), (2e-5,)))
    path = fresh.save(tmp_path)
    names = [name.replace(".parquet", ".csv") for name in TABLES]
    assert path.name == folder.name
    assert [name for name in files_below(path) if name.endswith((".csv", ".parquet"))] == sorted(
        [*names, "parameters.csv"]
    )
    described = json.loads((path / "run.json").read_text(encoding="utf-8"))
    assert sorted(described["sha256"]["outputs"]) == names
    assert sorted(described["sha256"]["inputs"]) == ["parameters.csv", "scenario.yaml"]
    assert described["contacts"] is True
    monkeypatch.undo()
    for name in names:
        kept = pd.read_parquet(folder / name.replace(".csv", ".parquet"))
        pd.testing.assert_frame_equal(pd.read_csv(path / name), kept, check_dtype=False)


def test_a_run_without_a_contact_log_writes_none(tiny: Result, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    no_pictures(monkeypatch)
    for record in tiny.records:
        monkeypatch.setattr(record, "log", record.log[:0])
    path = tiny.save(tmp_path)
    assert "contacts.parquet" not in files_below(path)
    assert json.loads((path / "run.json").read_text(encoding="utf-8"))["contacts"] is False


def no_pictures(monkeypatch: pytest.MonkeyPatch) -> None:
    from sxsim.results import pictured

    for name in ("draw_run", "draw_comparison"):
        monkeypatch.setattr(pictured, name, lambda _result, _folder: None)


@pytest.mark.parametrize("table", ["kpis.parquet", "touchpoints.parquet"])
def test_a_full_disk_leaves_no_half_folder(
    tiny: Result, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, table: str
) -> None:
    write = module.write_table

    def full(frame: pd.DataFrame, path: Path) -> None:
        write(frame, path)
        if path.name == table:
            raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(module, "write_table", full)
    with pytest.raises(OSError, match="No space left"):
        tiny.save(tmp_path)
    assert list(tmp_path.iterdir()) == []


def test_a_comparison_leaves_differences_provenance_and_a_picture(comparison: Comparison, tmp_path: Path) -> None:
    path = comparison.save(tmp_path)
    assert path.name.startswith("cafe-compare-")
    assert len(list(tmp_path.iterdir())) == 3
    assert files_below(path) == [
        "differences.parquet",
        "differences_monthly.parquet",
        "figures/cash.png",
        "figures/commitment.png",
        "figures/differences.png",
        "figures/forest.png",
        "figures/maturity.png",
        "run.json",
        "scenario.yaml",
    ]
    frame = pd.read_parquet(path / "differences.parquet")
    assert list(frame.columns[:2]) == ["plan", "replication"]
    assert frame["plan"].tolist() == ["dearer"] * 2
    assert frame["replication"].tolist() == [0, 1]
    expected = comparison.others[0].kpis["revenue"] - comparison.base.kpis["revenue"]
    assert frame["revenue"].tolist() == expected.tolist()
    described = json.loads((path / "run.json").read_text(encoding="utf-8"))
    assert (described["kind"], described["base"], described["plans"]) == ("comparison", "today", ["dearer"])
    assert {p.name for p in tmp_path.iterdir()} == {path.name, *described["runs"]}
    for name, recorded in described["sha256"]["outputs"].items():
        assert hashlib.sha256((path / name).read_bytes()).hexdigest() == recorded
    assert set(described) >= {"schema_version", "software", "parameters", "environment", "seed", "seconds"}
