"""Calibration from a file to an ensemble: known parameters are found again, and what cannot be met is said."""

import csv
import math
import os
import re
import signal
import subprocess
import sys
import time
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest

from sxsim.model.parameters import register
from sxsim.reruns import rerun
from sxsim.running.plans import load, run
from sxsim.running.task import Point, Task
from sxsim.scenario.ensemble import read_ensemble
from sxsim.scenario.loading import with_values
from sxsim.scenario.problems import InvalidInput
from sxsim.studies.kinds.calibrate import Calibrate, CalibratePart
from sxsim.studies.methods.observations import Target
from sxsim.studies.methods.posterior import Posterior
from sxsim.studies.methods.statistics import Array
from sxsim.studies.study import Study, load_experiment, parts_of, planned, study
from sxsim.studies.tasks import Source
from tests.studies.experiments import CAFE, SMALL, experiment_file, rows

SETS = [f"{name}={value}" for name, value in SMALL.items()]
TRUTH = {"quality_kept": 0.77, "answer_base": 0.28}


def calibration_file(folder: Path, **fields: Any) -> Path:
    """A calibration of the small café."""
    data = {
        "study": "calibrate", "kpis": None, "samples": None,
        "factors": [{"parameters": ["quality_kept", "answer_base"]}, {"parameters": "heard_praise"}],
        "simulations": 600, "ensemble": 30, "replications": 5, "seed": 3,
    }  # fmt: skip
    return experiment_file(folder, **(data | fields))


def figures_of_known_parameters() -> list[dict[str, Any]]:
    """What a survey would say were the parameters as in `TRUTH`: the mean of twelve runs."""
    task = Task(with_values(load(CAFE, sets=SETS), TRUTH), "today", 1, "compiled")
    runs = [dict(zip(task.statistics, task.kpis(Point((), 5000 + r)), strict=True)) for r in range(12)]
    return [
        {"kpi": kpi, "observed": sum(each[kpi] for each in runs) / len(runs), "error": error}
        for kpi, error in (("satisfaction", 0.5), ("nps", 4.0))
    ]


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("calibrate")


@pytest.fixture(scope="module")
def found(folder: Path) -> Study:
    """A calibration to figures of a café with known parameters."""
    return study(calibration_file(folder, targets=figures_of_known_parameters()), out=folder)


def test_known_parameters_are_found_again_and_what_the_data_do_not_touch_is_said(found: Study) -> None:
    """Each interval holds nine of ten; both missing has one chance in a hundred, and the seed is fixed."""
    assert found.unmet == []
    learnt = {row["factor"]: row for row in rows(found, "posterior.csv")}
    for name, value in TRUTH.items():
        assert float(learnt[name]["low"]) < value < float(learnt[name]["high"])
        assert float(learnt[name]["range left"]) < float(learnt["heard_praise"]["range left"])
    assert learnt["answer_base"]["data say something"] == "True"
    assert float(learnt["answer_base"]["range left"]) < 0.8
    assert learnt["heard_praise"]["data say something"] == "False"
    (part,) = found.parts
    text = " ".join(part.sentences())
    assert "30 sets of 3 factors that are consistent with 2 targets" in text
    assert "Learnt, with nine chances in ten: " in text
    assert re.search(r"The data say next to nothing of .*heard_praise", text)


def test_the_ensemble_meets_what_was_observed_and_the_defaults_need_not(found: Study) -> None:
    for row in rows(found, "targets.csv"):
        assert row["met"] == "True"
        assert float(row["ensemble low"]) < float(row["observed"]) < float(row["ensemble high"])
    nps = next(row for row in rows(found, "targets.csv") if row["kpi"] == "nps")
    assert abs(float(nps["ensemble"]) - float(nps["observed"])) < abs(float(nps["as it is"]) - float(nps["observed"]))


def test_a_set_of_the_table_is_a_run_with_these_values(found: Study) -> None:
    third = rows(found, "sets.csv")[2]
    values = {name: float(third[name]) for name in ("quality_kept", "answer_base", "heard_praise")}
    task = Task(with_values(load(CAFE, sets=SETS), values), "today", 3, "compiled")
    again = dict(zip(task.statistics, task.kpis(Point((), 600 + 2)), strict=True))
    assert repr(again["nps"]) == third["nps"]
    assert found.folder is not None
    points = pd.read_parquet(found.folder / "points.parquet")
    assert list(points["wave"].unique()) == ["as it is", "wave 1", "wave 2", "wave 3", "wave 4", "wave 5", "ensemble"]
    assert len(points) == 5 + 600 + 30 == found.run


def test_the_ensemble_goes_into_a_run(found: Study, tmp_path: Path) -> None:
    assert found.folder is not None
    ensemble = read_ensemble(found.folder / "ensemble.csv")
    assert ensemble.names == ("quality_kept", "answer_base", "heard_praise")
    assert (len(ensemble), ensemble.weights) == (30, ())
    result = run(load(CAFE, sets=SETS), replications=3, out=tmp_path, ensemble=ensemble)
    assert result.holds == "chance and assumptions"
    direct = run(with_values(load(CAFE, sets=SETS), ensemble.of(1)), replications=2, out=tmp_path)
    assert direct.keys[1] == result.keys[1]


def test_a_study_runs_with_an_ensemble_and_only_the_set_decides_a_point(found: Study, tmp_path: Path) -> None:
    assert found.folder is not None
    whole = found.folder / "ensemble.csv"
    lines = whole.read_text().splitlines()
    (tmp_path / "half.csv").write_text("\n".join(lines[:16]) + "\n")
    asked = {"study": "sweep", "samples": None, "factors": [{"parameters": "bond_gain", "steps": 2}], "replications": 4}
    plain = experiment_file(tmp_path, **asked)
    with_it = study(plain, out=tmp_path, parameters=whole)
    assert with_it.run == 8
    assert study(plain, out=tmp_path, parameters=tmp_path / "half.csv").run == 0
    assert study(plain, out=tmp_path).run == 8
    assert "every replication with one of the 30 sets" in (with_it.folder / "summary.md").read_text().lower()  # type: ignore[operator]
    sets = read_ensemble(whole)
    point = pd.read_parquet(with_it.folder / "points.parquet").iloc[1]  # type: ignore[operator]
    scenario = with_values(load(CAFE, sets=SETS), sets.of(1) | {"bond_gain": float(point["bond_gain"])})
    task = Task(scenario, "today", 1, "compiled")
    assert task.kpis(Point((), 1))[task.statistics.index("satisfaction")] == point["satisfaction"]
    again, same = rerun(with_it.folder)  # type: ignore[arg-type]
    assert same, again


def test_an_experiment_may_name_its_ensemble(tmp_path: Path) -> None:
    (tmp_path / "sets.csv").write_text("bond_gain\n0.1\n0.2\n")
    asked = {"study": "why", "plan": "warm-welcome", "replications": 2, "orders": 2, "factors": None, "samples": None}
    named = study(experiment_file(tmp_path, parameters="sets.csv", **asked), out=tmp_path)
    assert "Intervals hold chance and assumptions" in (named.folder / "summary.md").read_text()  # type: ignore[operator]
    with pytest.raises(InvalidInput, match="there is no such file"):
        load_experiment(experiment_file(tmp_path, parameters="nowhere.csv", **asked))
    with pytest.raises(InvalidInput, match="bond_gain is set, and stands in the ensemble"):
        load_experiment(experiment_file(tmp_path, parameters="sets.csv", set=SMALL | {"bond_gain": 0.3}, **asked))


def test_the_same_bytes_on_any_number_of_cores_and_the_second_time(found: Study, folder: Path, tmp_path: Path) -> None:
    def tables(each: Study) -> dict[str, bytes]:
        assert each.folder is not None
        return {path.name: path.read_bytes() for path in each.folder.iterdir() if path.suffix in (".csv", ".parquet")}

    path = calibration_file(tmp_path, targets=figures_of_known_parameters())
    assert tables(study(path, out=tmp_path, jobs=1)) == tables(found)
    second = study(folder / "what-matters.yaml", out=folder, jobs=2)
    assert second.run == 0
    assert tables(second) == tables(found)


def test_a_killed_calibration_goes_on_from_there(found: Study, folder: Path, tmp_path: Path) -> None:
    """Killed by force in the midst of a wave that earlier results decide."""
    path = calibration_file(tmp_path, targets=figures_of_known_parameters())
    program = [sys.executable, "-c", "from sxsim.commands import main; main()"]
    running = subprocess.Popen([*program, "study", str(path), "-o", str(tmp_path), "-q", "-j", "1"])

    def finished() -> int:
        import sqlite3

        (store,) = list((tmp_path / ".finished").glob("*.sqlite")) or [None]
        if store is None:
            return 0
        with sqlite3.connect(store) as base:
            try:
                return int(base.execute("SELECT COUNT(*) FROM points").fetchone()[0])
            except sqlite3.OperationalError:
                return 0

    end = time.monotonic() + 60
    while finished() < 130 and running.poll() is None and time.monotonic() < end:
        time.sleep(0.01)
    os.kill(running.pid, signal.SIGKILL)
    running.wait()
    before = finished()
    assert 130 <= before < 635
    again = study(path, out=tmp_path)
    assert again.run == 635 - before
    for name in ("ensemble.csv", "targets.csv", "posterior.csv", "sets.csv"):
        assert (again.folder / name).read_bytes() == (found.folder / name).read_bytes()  # type: ignore[operator]


def test_a_target_that_no_set_meets_is_said_and_no_ensemble_is_written(tmp_path: Path) -> None:
    targets = [
        {"kpi": "active_customers", "observed": 500, "error": 0.5},
        {"kpi": "wait_mean", "observed": 0.6, "error": 0.5},
    ]
    got = study(calibration_file(tmp_path, targets=targets, simulations=100, ensemble=10), out=tmp_path)
    (text,) = got.unmet
    assert text.startswith("no set is consistent with what was observed. active_customers cannot be met: observed 500")
    assert got.folder is not None
    assert not (got.folder / "ensemble.csv").exists()
    summary = (got.folder / "summary.md").read_text()
    assert "No set is consistent with 2 targets in these ranges; 100 sets were tried." in summary
    assert "with the sets that come nearest." in summary
    assert "with the ensemble" not in summary
    assert "state a tolerance and why" in summary
    assert [row["met"] for row in rows(got, "targets.csv")] == ["False", "True"]


def test_a_tolerance_lets_the_model_miss(tmp_path: Path) -> None:
    targets = [{"kpi": "satisfaction", "observed": 99, "error": 0.5, "tolerance": 40}]
    assert study(calibration_file(tmp_path, targets=targets, simulations=100, ensemble=10), out=tmp_path).unmet == []


def test_fields_of_the_scenario_stand_apart(tmp_path: Path) -> None:
    factors = [{"path": "organisation.maturity.design", "low": 1, "high": 5}, {"parameters": "quality_kept"}]
    targets = [{"kpi": "satisfaction", "observed": 70, "error": 3}]
    got = study(
        calibration_file(tmp_path, targets=targets, factors=factors, simulations=100, ensemble=10), out=tmp_path
    )
    assert list(rows(got, "ensemble.csv")[0]) == ["scenario", "quality_kept"]
    assert list(rows(got, "fields.csv")[0]) == ["scenario", "organisation.maturity.design"]
    assert len(rows(got, "fields.csv")) == 10
    assert "`fields.csv` holds the fields" in (got.folder / "summary.md").read_text()  # type: ignore[operator]
    with pytest.raises(InvalidInput, match="is a field of the scenario"):
        read_ensemble(got.folder / "fields.csv")  # type: ignore[operator]


def test_tables_of_an_organisation_become_targets_and_the_folder_needs_them_no_more(tmp_path: Path) -> None:
    with (tmp_path / "survey.csv").open("w", newline="") as file:
        csv.writer(file).writerows(
            [["answer"], *([9] for _ in range(40)), *([7] for _ in range(20)), *([3] for _ in range(20))]
        )
    data = [{"file": "survey.csv", "column": "answer", "holds": "recommendation"}]
    path = calibration_file(tmp_path, data=data, simulations=100, ensemble=10)
    experiment = load_experiment(path).experiment
    assert isinstance(experiment, Calibrate)
    (target,) = experiment.targets
    assert (target.kpi, target.observed, target.source) == ("nps", 25.0, "survey.csv: 80 answers")
    got = study(path, out=tmp_path)
    (tmp_path / "survey.csv").unlink()
    lines, same = rerun(got.folder)  # type: ignore[arg-type]
    assert same, lines
    assert rows(got, "targets.csv")[0]["target"] == "nps (survey.csv)"


@dataclass(frozen=True)
class OtherTask(Task):
    """Statistics that are no KPIs: of a parameter and luck, by hand."""

    @property
    def statistics(self) -> tuple[str, ...]:
        """One that follows the parameter, one that does not."""
        return ("follows", "stays")

    def kpis(self, point: Point, each_month: Any = None) -> tuple[float, ...]:
        """What a point gives."""
        luck = math.sin(point.replication) / 10
        return 100 * float(dict(point.settings).get("bond_gain", 0.12)) + luck, 5.0 + luck


def test_statistics_may_come_from_elsewhere(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """As facts do, which are measured on scenarios of their own."""

    def sources(part: CalibratePart) -> list[Source]:
        task = OtherTask(part.scenario, "today", part.experiment.seed, "compiled")
        return [
            Source(task, (Target("follows", "a fact", 20.0, 0.2),)),
            Source(part.task, (Target("nps", "nps", 20, 40),)),
        ]

    monkeypatch.setattr(CalibratePart, "_sources", sources)
    targets, factors = [{"kpi": "nps", "observed": 20, "error": 40}], [{"parameters": "bond_gain"}]
    path = calibration_file(tmp_path, targets=targets, factors=factors, simulations=100, ensemble=10)
    got = study(path, out=tmp_path)
    (learnt,) = rows(got, "posterior.csv")
    assert float(learnt["median"]) == pytest.approx(0.2, abs=0.0045)  # two standard deviations
    assert float(learnt["range left"]) < 0.05
    assert [row["target"] for row in rows(got, "targets.csv")] == ["a fact", "nps"]
    points = pd.read_parquet(got.folder / "points.parquet")  # type: ignore[operator]
    assert list(points.columns) == ["wave", "bond_gain", "replication", "follows", "stays"]


def test_a_dry_run_counts_what_is_known_and_what_may_follow(tmp_path: Path) -> None:
    targets = [{"kpi": "nps", "observed": 25, "error": 5}]
    said = planned(load_experiment(calibration_file(tmp_path, targets=targets, simulations=200)), tmp_path)
    assert (said["points"], said["after"]) == (5 + 70, 130 + 30)


def test_too_few_finished_runs_are_said(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from sxsim.running import sharing as module
    from sxsim.running.task import Failure

    def failing(task: Any, points: Any, jobs: int | None = None) -> Any:
        yield from ((point, Failure(point, "the roof fell in")) for point in points)

    monkeypatch.setattr(module, "run_here", failing)
    targets = [{"kpi": "nps", "observed": 25, "error": 5}]
    got = study(calibration_file(tmp_path, targets=targets, simulations=100), out=tmp_path)
    assert got.unmet == ["nothing can be said: only 0 of 35 runs were finished with figures for every target"]
    assert got.folder is not None


@pytest.mark.parametrize(
    ("fields", "words"),
    [
        ({}, "give data, targets or facts"),
        ({"targets": [{"kpi": "npss", "observed": 5, "error": 1}]}, "did you mean nps?"),
        ({"targets": [{"kpi": "nps", "observed": 5}]}, "give error or tolerance"),
        ({"data": [{"file": "nowhere.csv", "column": "x", "holds": "waits"}]}, "nowhere.csv does not exist"),
        ({"data": [{"file": "a.csv", "column": "x", "holds": "wait"}]}, "data[0].holds"),
        (
            {
                "targets": [{"kpi": "nps", "observed": 5, "error": 1}],
                "factors": [{"parameters": "bond_gain", "values": [0.1, 0.2]}],
            },
            "what is fitted has a range",
        ),
        (
            {"targets": [{"kpi": "nps", "observed": 5, "error": 1}], "scenarios": [str(CAFE), str(CAFE)]},
            "one organisation",
        ),
    ],
)
def test_a_wrong_file_says_what_is_wrong(tmp_path: Path, fields: dict[str, Any], words: str) -> None:
    with pytest.raises(InvalidInput) as error:
        load_experiment(calibration_file(tmp_path, **fields))
    assert words in str(error.value)


def test_the_example_is_ready_to_run() -> None:
    setup = load_experiment(Path(__file__).parents[3] / "calibration" / "corner-cafe.yaml")
    assert isinstance(setup.experiment, Calibrate)
    assert [target.kpi for target in setup.experiment.targets] == ["nps", "satisfaction", "churn_rate", "wait_mean"]
    assert [factor.name for factor in setup.factors[0]] == ["quality_kept", "answer_base", "leave_loyalty", "time_flow"]
    part = CalibratePart(setup.experiment, setup.scenarios[0], setup.factors[0])
    assert len(part.targets) == 4


def test_behaviour_is_fitted_to_published_facts(tmp_path) -> None:
    """What minor and major problems cost, from how late orders are rated: the register's values lie in what is found."""
    file = tmp_path / "lateness.yaml"
    file.write_text(
        "question: What do problems cost?\nstudy: calibrate\n"
        f"scenarios: [{CAFE}]\n"
        "factors: [{parameters: [quality_minor, quality_major]}]\n"
        "facts: [low_late_0_3_days, low_late_3_7_days, low_late_7_14_days]\nsimulations: 100\nensemble: 20\n"
    )
    (part,) = study(file, out=tmp_path / "runs", jobs=2).parts
    assert isinstance(part, CalibratePart)
    known = {row["factor"]: row for row in part.learnt}
    for name in ("quality_minor", "quality_major"):
        assert 0.95 * known[name]["low"] <= register()[name].value <= 1.05 * known[name]["high"]
        assert known[name]["range left"] < 0.9
    assert [row["kpi"] for row in part.met] == ["low_late_0_3_days", "low_late_3_7_days", "low_late_7_14_days"]


@pytest.mark.parametrize(("change", "said"), [
    (("parameters: [quality_minor]", "path: market.customers, low: 100, high: 300"), "do not have this field"),
    (("low_late_0_3_days", "low_lat_0_3"), "is no fact"),
])  # fmt: skip
def test_facts_that_cannot_be_used_are_refused(tmp_path, change, said) -> None:
    file = tmp_path / "lateness.yaml"
    text = (
        "question: What do problems cost?\nstudy: calibrate\n"
        f"scenarios: [{CAFE}]\n"
        "factors: [{parameters: [quality_minor]}]\nfacts: [low_late_0_3_days]\n"
    )
    file.write_text(text.replace(*change))
    with pytest.raises(InvalidInput, match=said):
        load_experiment(file)


def calibrated(folder: Path, observed: float, before: float, after: float, places: Array) -> CalibratePart:
    """A calibration whose runs all say the same, of a figure that has neither error nor tolerance.

    places: the sets that were found, all equally likely, shape (sets, 3 factors).
    """
    (part,) = parts_of(load_experiment(calibration_file(folder, targets=[{"kpi": "nps", "observed": 5, "error": 1}])))
    assert isinstance(part, CalibratePart)
    part.sources = [Source(part.task, (Target("nps", "nps", observed, 0.0),))]
    part.before, part.after = np.full((5, 1), before), np.full((30, 1), after)
    weights = np.full(len(places), 1.0 / len(places))
    part.posterior = Posterior((), places, weights, places, np.array([abs(after - observed)]), np.zeros(1))
    return part


def spread_out(*columns: Sequence[float]) -> Array:
    """Places by factor, as sets."""
    return np.array(columns, float).T


EVEN = list(np.linspace(0.005, 0.995, 100))


def test_where_nothing_varies_a_figure_is_met_exactly_or_not_at_all(tmp_path: Path) -> None:
    met = calibrated(tmp_path, 40.0, 30.0, 40.0, spread_out(EVEN, EVEN, EVEN)).met
    assert [(row["luck"], row["as it is implausibility"], row["ensemble implausibility"]) for row in met] == [
        (0.0, math.inf, 0.0)
    ]
    assert [row["met"] for row in met] == [True]


def test_a_factor_that_is_the_same_in_every_set_goes_with_no_other(tmp_path: Path) -> None:
    part = calibrated(tmp_path, 40.0, 30.0, 40.0, spread_out(EVEN, EVEN, [0.0] * 100))
    with np.errstate(all="raise"):
        together = part.together
    assert [(a, b, round(r, 6)) for a, b, r in together] == [("quality_kept", "answer_base", 1.0)]


def test_pairs_are_known_together_the_closest_first_whichever_way_they_go(tmp_path: Path) -> None:
    turned = EVEN[::-1]
    shaken = [x + (0.3 if k % 2 else -0.3) for k, x in enumerate(EVEN)]
    part = calibrated(tmp_path, 40.0, 30.0, 40.0, spread_out(EVEN, turned, shaken))
    assert {(a, b): r < 0 for a, b, r in part.together} == {
        ("quality_kept", "answer_base"): True, ("quality_kept", "heard_praise"): False, ("answer_base", "heard_praise"): True,
    }  # fmt: skip
    assert part.together[0][:2] == ("quality_kept", "answer_base")


def test_what_was_learnt_is_said_factor_by_factor(tmp_path: Path) -> None:
    """The first is known to a twentieth of its range, the second is moved only, of the third nothing is known."""
    narrow, moved = [0.5 + 0.05 * (x - 0.5) for x in EVEN], [x**2 for x in EVEN]
    part = calibrated(tmp_path, 40.0, 30.0, 40.0, spread_out(narrow, moved, EVEN[50:] + EVEN[:50]))
    assert [row["data say something"] for row in part.learnt] == [True, True, False]
    ends = {row["factor"]: f"{row['low']:.3g} to {row['high']:.3g} (may have been {row['range low']:g} to {row['range high']:g})"
            for row in part.learnt}  # fmt: skip
    said = part.sentences()
    assert said[0] == (
        "30 sets of 3 factors that are consistent with 1 target, found with 600 runs; each stands for as much as the others."
    )
    assert said[1] == (
        f"Learnt, with nine chances in ten: quality_kept {ends['quality_kept']}; answer_base {ends['answer_base']}."
    )
    assert said[2] == "The data say next to nothing of heard_praise: what was assumed before still stands."
    assert said[3].startswith(
        "Known together rather than each for itself (correlation): quality_kept and answer_base (+0.97)"
    )
    assert said[-1] == (
        "nps: observed 40.0; the model says 30.0 (30.0 to 30.0) as it is, 40.0 (40.0 to 40.0) with the ensemble."
    )
    assert part.unmet() == []


def test_a_range_that_is_left_whole_but_for_its_middle_says_something_from_a_fifth_on(tmp_path: Path) -> None:
    """A middle that moves by less than a fifth of the range, at a range that is left whole, is nothing."""
    for power, told in ((1.0, False), (1.5, False), (1.9, True)):
        part = calibrated(tmp_path, 40.0, 30.0, 40.0, spread_out([x**power for x in EVEN], EVEN, EVEN))
        assert part.learnt[0]["range left"] > 0.8
        assert part.learnt[0]["data say something"] is told


def test_what_no_set_meets_is_said_with_how_far_it_is_away(tmp_path: Path) -> None:
    part = calibrated(tmp_path, 40.0, 30.0, 34.0, spread_out(EVEN, EVEN, EVEN))
    part.sources = [Source(part.task, (Target("nps", "nps", 40.0, 1.0), Target("loyalty", "loyalty", 0.5, 0.1)))]
    part.before = np.column_stack([part.before, np.full(5, 0.5)])
    part.after = np.column_stack([part.after, np.full(30, 0.5)])
    assert part.posterior is not None
    part.posterior = replace(part.posterior, implausibility=np.array([6.0, 3.5]))
    assert part.sentences()[:4] == [
        "No set is consistent with 2 targets in these ranges; 600 sets were tried.",
        "nps cannot be met: observed 40.0, the nearest sets give 34.0, 6.0 standard deviations away.",
        "Not to be met together with the others: loyalty.",
        "Look at the data, widen a range, fit another parameter, try more simulations, or state a tolerance and why.",
    ]
    assert part.sentences()[4].endswith("34.0 (34.0 to 34.0) with the sets that come nearest.")
    assert part.unmet()[0].startswith("no set is consistent with what was observed. nps cannot be met")
