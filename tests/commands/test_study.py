"""`sxsim study` as a user meets it."""

import json
from pathlib import Path

import pytest

from sxsim.commands.a_run import planned_words
from tests.studies.experiments import CAFE, experiment_file

from .cli import call


@pytest.fixture(scope="module")
def out(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("runs")


def test_a_study_says_what_matters_and_where_the_files_lie(tmp_path: Path, out: Path) -> None:
    said = call("study", experiment_file(tmp_path), "-o", out)
    assert said.code == 0
    assert said.out.startswith("What matters?")
    assert "corner-cafe:" in said.out
    assert "share of the spread that each has a hand in" in said.out.replace("\n  ", " ")
    assert "these ranks are not to be relied on" in said.out.replace("\n  ", " ")
    assert f"files: {out}/what-matters-" in said.out.replace("\n", "")
    assert "next: sxsim rerun" in said.err


def test_json_holds_the_tables(tmp_path: Path, out: Path) -> None:
    said = call("study", experiment_file(tmp_path), "-o", out, "--json", "-q")
    data = json.loads(said.out)
    assert (said.err, data["ok"], data["study"], data["failures"]) == ("", True, "sensitivity", 0)
    assert set(data["tables"]) == {"indices", "ranks"}
    assert {row["kpi"] for row in data["tables"]["ranks"]} == {"satisfaction", "result"}


def test_a_dry_run_runs_next_to_nothing(tmp_path: Path) -> None:
    said = call("study", experiment_file(tmp_path), "-o", tmp_path / "runs", "--dry-run")
    assert said.code == 0
    assert said.out.startswith("40 points, 3 finished (3 of them now, to take the time), 37 to run: about ")
    assert "MiB of disk" in said.out
    assert [path.name for path in (tmp_path / "runs").iterdir()] == [".finished"]


def test_another_number_of_samples(tmp_path: Path) -> None:
    said = call("study", experiment_file(tmp_path), "-o", tmp_path, "--samples", "2", "--dry-run", "--json")
    assert json.loads(said.out)["points"] == 10


def test_uncertain_draws_parameters_and_is_another_study(tmp_path: Path) -> None:
    path = experiment_file(tmp_path, samples=2)
    certain, drawn = (
        json.loads(call("study", path, "-o", tmp_path, "-q", "--json", *more).out) for more in ((), ("--uncertain",))
    )
    assert certain["folder"] != drawn["folder"]
    assert certain["tables"] != drawn["tables"]
    assert "uncertain: true" in (Path(drawn["folder"]) / "experiment.yaml").read_text()


def test_samples_of_a_study_that_has_none_are_refused(tmp_path: Path) -> None:
    path = experiment_file(tmp_path, study="why", plan="warm-welcome", factors=None, samples=None)
    said = call("study", path, "-o", tmp_path / "runs", "--samples", "4")
    assert said.code == 3
    assert "a study of kind why has no samples" in said.err


def test_a_target_that_is_not_met_ends_with_code_one(tmp_path: Path) -> None:
    fields = {"study": "advise", "budget": 100, "goal": "loyalty", "target": 100, "trials": 12, "replications": 4}
    path = experiment_file(tmp_path, **fields, flip_points="none", search_replications=2, factors=None, samples=None)
    said = call("study", path, "-o", tmp_path)
    assert said.code == 1
    assert "The target cannot be met" in said.err
    assert "files:" in said.out


def test_a_file_of_the_other_kind_is_told(tmp_path: Path) -> None:
    experiment = experiment_file(tmp_path)
    said = call("run", experiment)
    assert said.code == 3
    assert f"this is an experiment, no scenario\n  in {experiment}" in said.err
    assert f"sxsim study {experiment}" in said.err
    said = call("study", CAFE)
    assert said.code == 3
    assert "this is a scenario, no experiment" in said.err


def test_samples_of_a_grid_are_refused(tmp_path: Path) -> None:
    said = call("study", experiment_file(tmp_path, study="sweep", samples=None), "--samples", "9")
    assert said.code == 3
    assert "a sweep by grid has no samples" in said.err


def test_a_sweep_says_how_far_each_kpi_goes(tmp_path: Path, out: Path) -> None:
    factors = [{"path": "organisation.maturity.design", "values": [2, 4]}]
    said = call("study", experiment_file(tmp_path, study="sweep", factors=factors, replications=2), "-o", out)
    assert said.code == 0
    assert "satisfaction goes from" in said.out
    assert "highest at organisation.maturity.design" in said.out.replace("\n  ", " ")


def test_a_wrong_file_is_said_with_its_line_and_nothing_is_written(tmp_path: Path) -> None:
    path = experiment_file(tmp_path, kpis=["satisfction"])
    said = call("study", path, "-o", tmp_path / "runs")
    assert said.code == 3
    assert "satisfction" in said.err
    assert "did you mean satisfaction?" in said.err
    assert "Traceback" not in said.err
    assert not (tmp_path / "runs").exists()


def test_a_missing_file_names_itself(tmp_path: Path) -> None:
    said = call("study", tmp_path / "nothing.yaml")
    assert said.code == 3
    assert "nothing.yaml does not exist" in said.err


def test_failed_points_end_with_code_four(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from sxsim.running import sharing as module
    from sxsim.running.task import Failure

    real = module.run_here
    monkeypatch.setattr(
        module, "run_here", lambda *a: ((p, Failure(p, "no") if k == 1 else r) for k, (p, r) in enumerate(real(*a)))
    )
    said = call("study", experiment_file(tmp_path), "-o", tmp_path / "runs")
    assert said.code == 4
    assert "1 points failed; see" in said.err
    assert "the same command tries them again" in said.err
    assert "1 base samples" in said.out or "1 points failed" in said.out.replace("\n  ", " ")


def test_a_calibration_that_nothing_fits_ends_with_one_and_an_ensemble_goes_into_a_study(tmp_path: Path) -> None:
    targets = [{"kpi": "satisfaction", "observed": 99, "error": 0.5}]
    asked = {
        "study": "calibrate",
        "kpis": None,
        "samples": None,
        "simulations": 100,
        "ensemble": 10,
        "targets": targets,
    }
    said = call(
        "study", experiment_file(tmp_path, factors=[{"parameters": "bond_gain"}], **asked), "-o", tmp_path, "-q"
    )
    assert said.code == 1
    assert "no set is consistent with what was observed. satisfaction cannot be met" in said.err
    (tmp_path / "sets.csv").write_text("leave_loyalty\n4\n8\n")
    sweep = experiment_file(tmp_path, study="sweep", samples=None, factors=[{"parameters": "bond_gain", "steps": 2}])
    said = call("study", sweep, "-o", tmp_path, "-q", "--parameters", tmp_path / "sets.csv")
    assert said.code == 0
    said = call("study", sweep, "-o", tmp_path, "-q", "--parameters", tmp_path / "sets.csv", "--dry-run")
    assert "10 points, 10 finished" in said.out


@pytest.mark.parametrize(
    ("more", "text"),
    [
        ({}, "10 points, 4 finished, 6 to run: about 9 s and 0.5 MiB of disk"),
        ({"seconds": 119.4}, "10 points, 4 finished, 6 to run: about 119 s and 0.5 MiB of disk"),
        ({"seconds": 120}, "10 points, 4 finished, 6 to run: about 2 min and 0.5 MiB of disk"),
        ({"tried": 3}, "10 points, 4 finished (3 of them now, to take the time), 6 to run: about 9 s and 0.5 MiB of disk"),
        ({"after": 7}, "10 points, 4 finished, 6 to run: about 9 s and 0.5 MiB of disk; then, as what comes out demands, at most 7 more"),
    ],
)  # fmt: skip
def test_what_a_study_would_cost_is_said_in_a_line(more: dict[str, float], text: str) -> None:
    found = {"points": 10, "finished": 4, "to_run": 6, "seconds": 9, "disk_mib": 0.5, "tried": 0, "after": 0}
    assert planned_words(found | more) == text
