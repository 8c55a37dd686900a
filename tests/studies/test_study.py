"""Studies from a file to a folder: the same bytes on any number of cores, after a kill, and the second time."""

import csv
import json
import os
import random
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import pandas as pd
import pytest
from openpyxl import load_workbook

import sxsim
from sxsim.reruns import rerun
from sxsim.results.kpis import KPIS
from sxsim.running import sharing as module
from sxsim.running.one_run import Stopped
from sxsim.running.plans import load
from sxsim.running.task import Failure, Point, Task
from sxsim.scenario.problems import InvalidInput
from sxsim.studies.kinds import KINDS, PARTS
from sxsim.studies.kinds.sensitivity import SensitivityPart
from sxsim.studies.study import load_experiment, planned, study
from tests.studies.experiments import CAFE, SMALL, experiment_file
from tests.without_pyarrow import hide_pyarrow


def bytes_in(folder: Path | None) -> dict[str, bytes]:
    """The tables of a study's folder."""
    assert folder is not None
    return {path.name: path.read_bytes() for path in folder.iterdir() if path.suffix in (".csv", ".parquet")}


def rows(folder: Path | None, name: str) -> list[dict[str, str]]:
    """A table of a study's folder."""
    assert folder is not None
    with (folder / name).open(encoding="utf-8") as file:
        return list(csv.DictReader(file))


def test_a_study_leaves_a_folder_with_everything(tmp_path: Path) -> None:
    found = study(experiment_file(tmp_path, second_order=True), out=tmp_path / "runs")
    assert found.folder is not None
    names = {str(path.relative_to(found.folder)) for path in found.folder.rglob("*") if path.is_file()}
    assert names == {
        "experiment.yaml", "scenario-corner-cafe.yaml", "points.parquet", "indices.csv", "ranks.csv", "second_order.csv",
        "study.xlsx", "run.json", "summary.md", "figures/tornado.png", "figures/ranks.png",
    }  # fmt: skip
    points = pd.read_parquet(found.folder / "points.parquet")
    assert list(points.columns) == ["organisation.maturity.design", "bond_gain", "replication", *KPIS]
    assert len(points) == 8 * (2 * 4 + 2)
    assert points["organisation.maturity.design"].between(2, 4).all()
    described = json.loads((found.folder / "run.json").read_text())
    assert described["points_run"] == found.run == 8 * (2 * 3 + 2)
    dummy = [row for row in rows(found.folder, "indices.csv") if row["factor"] == "dummy"]
    assert {row["value"] for row in dummy} == {"0.0"}


def test_without_pyarrow_all_points_are_csv_and_come_out_the_same_again(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    experiment = experiment_file(tmp_path)
    kept = study(experiment, out=tmp_path / "runs").folder
    assert kept is not None
    points = pd.read_parquet(kept / "points.parquet")
    hide_pyarrow(monkeypatch)
    with pytest.raises(InvalidInput, match="pyarrow, which writes them, is not installed"):
        rerun(kept, jobs=1)
    folder = study(experiment, out=tmp_path / "runs").folder
    assert folder == kept
    assert {"points.csv", "indices.csv"} <= bytes_in(folder).keys()
    assert "points.parquet" not in bytes_in(folder)
    pd.testing.assert_frame_equal(pd.read_csv(folder / "points.csv"), points)
    assert "points.csv" in json.loads((folder / "run.json").read_text())["sha256"]["outputs"]
    monkeypatch.undo()
    lines, same = rerun(folder, jobs=1)
    assert same, lines
    assert "points.csv: the same, bit for bit" in lines


def test_a_point_of_the_table_is_a_run_with_these_values(tmp_path: Path) -> None:
    found = study(experiment_file(tmp_path), out=tmp_path / "runs")
    assert found.folder is not None
    row = pd.read_parquet(found.folder / "points.parquet").iloc[5]
    values = {"organisation.maturity.design": row["organisation.maturity.design"], "bond_gain": row["bond_gain"]}
    sets = [f"{name}={value!r}" for name, value in (SMALL | {k: float(v) for k, v in values.items()}).items()]
    task = Task(load(CAFE, sets=sets), "today", 1, "compiled")
    again = module.run_here(task, [Point((), int(row["replication"]))], 1)
    assert next(iter(again))[1][list(KPIS).index("satisfaction")] == row["satisfaction"]


def test_the_same_bytes_on_any_number_of_cores_and_with_either_engine(tmp_path: Path) -> None:
    path = experiment_file(tmp_path, samples=4)
    first = study(path, out=tmp_path / "1", jobs=1)
    assert bytes_in(study(path, out=tmp_path / "2", jobs=3).folder) == bytes_in(first.folder)
    assert bytes_in(study(path, out=tmp_path / "3", engine="reference", jobs=1).folder) == bytes_in(first.folder)


def test_finished_points_are_never_run_again(tmp_path: Path) -> None:
    path = experiment_file(tmp_path)
    first = study(path, out=tmp_path)
    second = study(path, out=tmp_path)
    assert (first.run, second.run) == (8 * 5, 0)
    assert bytes_in(first.folder) == bytes_in(second.folder)
    assert study(experiment_file(tmp_path, samples=16), out=tmp_path).run == 8 * 5
    assert study(path, out=tmp_path, fresh=True).run == 16 * 5


#: A small study of each kind.
EACH: dict[str, dict[str, Any]] = {
    "sensitivity": {"samples": 4},
    "sweep": {"replications": 2, "factors": [{"parameters": "bond_gain", "steps": 3}], "samples": None},
    "why": {"plan": "warm-welcome", "replications": 2, "orders": 2, "factors": None, "samples": None},
    "advise": {
        "budget": 500, "goal": "satisfaction", "trials": 24, "search_replications": 2, "replications": 4,
        "flip_points": ["bond_gain"], "flip_replications": 2, "factors": None, "samples": None,
    },
    "order": {
        "plan": "warm-welcome", "goal": "npv", "trials": 12, "search_replications": 2, "replications": 4,
        "set": SMALL | {
            "horizon.months": 4, "plans.warm-welcome.activities": {"create_urgency": {"months": 1}, "change_team": {"start": 1, "months": 2}},
        },
        "factors": None, "samples": None,
    },
    "organisations": {"plans": ["today", "warm-welcome"], "samples": 12},
    "discover": {"plan": "higher-price", "fails": {"kpi": "satisfaction", "below": 0}, "samples": 24},
    "calibrate": {
        "targets": [{"kpi": "satisfaction", "observed": 68, "error": 3}], "simulations": 100, "ensemble": 10, "replications": 5,
        "samples": None,
    },
}  # fmt: skip


def test_there_is_a_small_study_of_each_kind() -> None:
    assert set(EACH) == set(KINDS) == set(PARTS)


@pytest.mark.parametrize("kind", EACH)
def test_each_kind_is_the_same_again_from_its_folder(tmp_path: Path, kind: str) -> None:
    found = study(experiment_file(tmp_path, study=kind, **EACH[kind]), out=tmp_path)
    assert found.folder is not None
    lines, same = rerun(found.folder)
    assert same, lines


@pytest.mark.parametrize("kind", EACH)
def test_each_kind_goes_on_when_points_fail(tmp_path: Path, kind: str, monkeypatch: pytest.MonkeyPatch) -> None:
    real = module.run_here

    def failing(task: Task, points: Any, jobs: int | None = None) -> Any:
        for number, (point, result) in enumerate(real(task, points, jobs)):
            yield point, Failure(point, "the roof fell in") if number % 5 == 1 else result

    monkeypatch.setattr(module, "run_here", failing)
    found = study(experiment_file(tmp_path, study=kind, **EACH[kind]), out=tmp_path)
    assert found.folder is not None
    assert len(list((found.folder / "failures").iterdir())) == len(found.failures) > 0
    assert (found.folder / "summary.md").read_text().count("failed") >= 1
    monkeypatch.undo()
    mended = study(experiment_file(tmp_path, study=kind, **EACH[kind]), out=tmp_path)
    assert mended.failures == []
    assert bytes_in(mended.folder) == bytes_in(
        study(experiment_file(tmp_path, study=kind, **EACH[kind]), out=tmp_path / "calm").folder
    )


@pytest.mark.parametrize("kind", EACH)
def test_each_kind_leaves_tables_pictures_and_words(tmp_path: Path, kind: str) -> None:
    found = study(experiment_file(tmp_path, study=kind, **EACH[kind]), out=tmp_path)
    assert found.folder is not None
    assert list((found.folder / "figures").glob("*.png"))
    assert pd.read_parquet(found.folder / "points.parquet").columns.is_unique
    book = load_workbook(found.folder / "study.xlsx", read_only=True)
    assert {path.stem for path in found.folder.glob("*.csv")} <= set(book.sheetnames)
    assert len((found.folder / "summary.md").read_text()) > 150


def test_results_of_another_version_of_the_model_are_named_and_kept(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = experiment_file(tmp_path, samples=2)
    first = study(path, out=tmp_path)
    monkeypatch.setattr(
        "sxsim.results.provenance.software", lambda: {"name": "sxsim", "version": "9", "model": "other"}
    )
    second = study(path, out=tmp_path)
    assert (first.notes, second.run) == ([], first.run)
    (note,) = second.notes
    assert "another version of the model" in note
    assert "this version is other" in note
    assert first.folder is not None
    assert first.folder.exists()
    monkeypatch.undo()
    assert study(path, out=tmp_path).run == 0


def test_fresh_points_replace_the_old_ones_only_when_they_are_finished(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = experiment_file(tmp_path)
    study(path, out=tmp_path)
    real = module.run_here

    def interrupted(task: Task, points: Any, jobs: int | None = None) -> Any:
        for number, done in enumerate(real(task, points, jobs)):
            if number == 3:
                raise KeyboardInterrupt
            yield done

    monkeypatch.setattr(module, "run_here", interrupted)
    with pytest.raises(KeyboardInterrupt):
        study(path, out=tmp_path, fresh=True)
    monkeypatch.undo()
    assert study(path, out=tmp_path).run == 0


@pytest.mark.parametrize(
    "fields",
    [{"samples": 64}, {"study": "why", **EACH["why"], "replications": 10, "orders": 4}],
    ids=["sensitivity", "why"],
)
def test_a_study_that_is_killed_again_and_again_ends_as_if_undisturbed(tmp_path: Path, fields: dict[str, Any]) -> None:
    path = experiment_file(
        tmp_path, **fields, set=SMALL | {"horizon.months": 6, "market.people": 400, "market.customers": 300}
    )
    expected = bytes_in(study(path, out=tmp_path / "calm").folder)
    command = [sys.executable, "-m", "sxsim", "study", str(path), "-o", str(tmp_path / "rough"), "-q"]
    chance, kills = random.Random(23592), 0
    for _ in range(12):
        process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        try:
            process.wait(timeout=chance.uniform(0.8, 3.5))
            break
        except subprocess.TimeoutExpired:
            os.kill(process.pid, signal.SIGKILL if kills % 2 else signal.SIGINT)
            process.wait()
            kills += 1
    assert kills >= 2, "the study was over before it could be killed"
    subprocess.run(command, check=True, stdout=subprocess.DEVNULL)
    folder = next(p for p in (tmp_path / "rough").iterdir() if p.name.startswith("what-matters"))
    assert bytes_in(folder) == expected


def test_a_failed_point_is_kept_with_its_traceback_while_the_rest_goes_on(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    real, bad = module.run_here, 3

    def failing(task: Task, points: Any, jobs: int | None = None) -> Any:
        for number, (point, result) in enumerate(real(task, points, jobs)):
            yield point, Failure(point, "Traceback: the roof fell in") if number == bad else result

    monkeypatch.setattr(module, "run_here", failing)
    found = study(experiment_file(tmp_path), out=tmp_path / "runs", jobs=1)
    assert found.folder is not None
    assert len(found.failures) == 1
    (kept,) = (found.folder / "failures").iterdir()
    text = kept.read_text(encoding="utf-8")
    assert "the roof fell in" in text
    assert "organisation.maturity.design" in text
    (part,) = found.parts
    assert isinstance(part, SensitivityPart)
    assert part.indices[0].left_out == 1
    monkeypatch.undo()
    again = study(experiment_file(tmp_path), out=tmp_path / "runs")
    assert (again.run, again.failures) == (1, [])


def test_the_same_again_from_the_folder(tmp_path: Path) -> None:
    found = study(experiment_file(tmp_path), out=tmp_path)
    assert found.folder is not None
    lines, same = rerun(found.folder)
    assert same, lines
    (found.folder / "indices.csv").write_text("changed")
    assert not rerun(found.folder)[1]


def test_a_dry_run_says_what_there_is_to_do_and_its_trial_counts(tmp_path: Path) -> None:
    setup = load_experiment(experiment_file(tmp_path))
    first = planned(setup, tmp_path)
    assert first["points"] == 8 * 5
    assert first["to_run"] < 8 * 5
    assert first["seconds"] > 0
    assert study(experiment_file(tmp_path), out=tmp_path).run == first["to_run"]


def test_the_public_name_runs_a_study(tmp_path: Path) -> None:
    assert sxsim.study(experiment_file(tmp_path, samples=2), out=tmp_path).folder is not None


def test_progress_says_how_far_it_is_and_what_came_out_so_far(tmp_path: Path) -> None:
    seen: list[tuple[int, int, str]] = []
    study(experiment_file(tmp_path), out=tmp_path, progress=lambda *report: seen.append(report))
    assert [(done, total) for done, total, _ in seen] == [(done, 40) for done in range(41)]
    assert "satisfaction" in seen[-1][2]


def test_time_is_taken(tmp_path: Path) -> None:
    began = time.perf_counter()
    found = study(experiment_file(tmp_path, samples=2), out=tmp_path)
    assert 0 < found.seconds <= time.perf_counter() - began


def test_a_study_that_is_told_to_stop_ends_and_goes_on_where_it_stopped(tmp_path: Path) -> None:
    path, months = experiment_file(tmp_path), iter(range(10_000))
    with pytest.raises(Stopped, match=r"stopped after \d+ of \d+ points, which are kept"):
        study(path, out=tmp_path / "runs", jobs=1, should_stop=lambda: next(months) >= 12)
    found = study(path, out=tmp_path / "runs", jobs=1)
    whole = study(path, out=tmp_path / "whole", jobs=1)
    assert 0 < found.run < whole.run
    assert bytes_in(found.folder) == bytes_in(whole.folder)
