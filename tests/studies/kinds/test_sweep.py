"""Sweeps: grids, lists and Latin hypercubes."""

import math
from pathlib import Path

import pytest

from sxsim.running.plans import load
from sxsim.studies.kinds.sweep import SweepPart
from sxsim.studies.study import load_experiment, parts_of, study
from tests.studies.experiments import CAFE, SMALL, experiment_file, rows


def test_a_grid_runs_every_combination_on_the_same_draws(tmp_path: Path) -> None:
    factors = [
        {"path": "organisation.maturity.design", "values": [2, 3]},
        {"path": "market.customers", "low": 20, "high": 40, "steps": 3},
    ]
    found = study(experiment_file(tmp_path, study="sweep", factors=factors, replications=2), out=tmp_path)
    assert found.run == 2 * 3 * 2
    table = rows(found, "levels.csv")
    assert [(row["organisation.maturity.design"], row["market.customers"]) for row in table[::2]] == [
        (a, b) for a in ("2.0", "3.0") for b in ("20.0", "30.0", "40.0")
    ]
    scenario = load(
        CAFE,
        sets=[f"{k}={v}" for k, v in (SMALL | {"market.customers": 30, "organisation.maturity.design": 2}).items()],
    )
    expected = scenario.run(replications=2, out=tmp_path / "direct").intervals["satisfaction"].mean
    (row,) = [
        r for r in table
        if (r["organisation.maturity.design"], r["market.customers"], r["kpi"]) == ("2.0", "30.0", "satisfaction")
    ]  # fmt: skip
    assert float(row["mean"]) == expected


@pytest.mark.parametrize(("design", "count"), [("list", 2), ("latin_hypercube", 8)])
def test_other_designs_of_a_sweep(tmp_path: Path, design: str, count: int) -> None:
    factors = [
        {"path": "organisation.maturity.design", "low": 2, "high": 3},
        {"parameters": "bond_gain"},
    ]
    if design == "list":
        factors = [
            {"path": "organisation.maturity.design", "values": [2, 3]},
            {"parameters": "bond_gain", "values": [0.1, 0.2]},
        ]
    found = study(
        experiment_file(tmp_path, study="sweep", design=design, factors=factors, replications=1), out=tmp_path
    )
    assert found.run == count


def test_how_far_kpis_go_in_words(tmp_path: Path) -> None:
    staff = "touchpoints.counter.staff"
    asked = {"study": "sweep", "samples": None, "kpis": ["satisfaction", "wait_mean", "nps"]}
    (part,) = parts_of(
        load_experiment(experiment_file(tmp_path, factors=[{"path": staff, "values": [1, 2, 3]}], **asked))
    )
    assert isinstance(part, SweepPart)
    known = {"satisfaction": (5, (60.0, 70.0, 65.0)), "wait_mean": (1, (9.0, 3.0, 4.0)), "nps": (5, (math.nan,) * 3)}
    part.levels = [
        {staff: float(setting), "kpi": kpi, "mean": mean, "low": mean - 1, "high": mean + 1, "n": n}
        for kpi, (n, means) in known.items()
        for setting, mean in enumerate(means, 1)
    ]
    assert part.sentences() == [
        "satisfaction goes from 60.0 to 70.0 (0–100); highest at touchpoints.counter.staff 2: 70.0 (69.0 … 71.0).",
        "wait_mean goes from 3.00 to 9.00 (minutes); lowest at touchpoints.counter.staff 2: 3.00.",
        "nps: not defined at any setting.",
    ]
