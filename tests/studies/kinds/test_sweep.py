"""Sweeps: grids, lists and Latin hypercubes."""

from pathlib import Path

import pytest

from sxsim.runs import load
from sxsim.studies.study import study
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
