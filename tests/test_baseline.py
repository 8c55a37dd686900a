"""Figures of short runs are frozen: whoever changes a rule sees what it changes, and says so by updating them."""

import math
from pathlib import Path

import pytest
from ruamel.yaml import YAML

from sxsim.engines.reference import simulate
from sxsim.engines.start import start
from sxsim.results.kpis import run_kpis
from sxsim.scenario.loading import load

BASELINE = Path(__file__).parent / "baseline.yaml"
SCENARIOS = Path(__file__).parents[1] / "scenarios"
CASES = {
    "corner-cafe": ("warm-welcome", ["horizon.months=3", "horizon.warm_up=1"]),
    "seaside-hotel": ("train-and-empower", ["horizon.months=3", "horizon.warm_up=1"]),
    "bank-call-centre": ("today", ["horizon.months=1", "horizon.warm_up=0"]),
}


def figures() -> dict[str, dict[str, float | None]]:
    """All KPIs of each case, to nine significant digits; None where one is not defined."""
    found = {}
    for name, (plan, sets) in CASES.items():
        records = simulate(start(load(SCENARIOS / f"{name}.yaml", sets=sets), plan))
        values = run_kpis(records, 0.08)
        found[name] = {kpi: float(f"{value:.9g}") if math.isfinite(value) else None for kpi, value in values.items()}
    return found


def test_short_runs_give_the_frozen_figures() -> None:
    frozen = YAML(typ="safe").load(BASELINE.read_text(encoding="utf-8"))
    now = figures()
    assert now.keys() == frozen.keys()
    for name, kpis in now.items():
        assert kpis.keys() == frozen[name].keys()
        for kpi, value in kpis.items():
            expected = frozen[name][kpi]
            assert value == (expected if expected is None else pytest.approx(expected, rel=1e-6, abs=1e-9)), (name, kpi)
