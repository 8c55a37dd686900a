"""The example of `docs/extending.md` runs, changes what it should and nothing else, and counts as part of a run."""

import shutil
from pathlib import Path
from typing import Any

import pytest

from sxsim.engines.reference import Customer, ServiceModel
from sxsim.engines.start import start
from sxsim.engines.world import CUSTOMER
from sxsim.running.plans import Scenario, load
from sxsim.running.task import replication_key
from sxsim.scenario.plug_ins import load_plug_ins

EXAMPLES = Path(__file__).resolve().parents[2] / "docs" / "examples"
SMALL = ["horizon.months=2", "horizon.warm_up=1", "market.people=60", "market.customers=30"]


@pytest.fixture(name="scenario")
def _scenario() -> Scenario:
    """The example on a tiny population."""
    return load(EXAMPLES / "loyal-regulars.yaml", sets=SMALL)


def without(scenario: Scenario) -> Scenario:
    """The same scenario without its plug-in."""
    return scenario.model_copy(update={"plug_ins": {}})


def test_the_example_is_valid_and_names_its_class(scenario: Scenario) -> None:
    assert load(EXAMPLES / "loyal-regulars.yaml").plans.keys() == {"today"}
    kinds = load_plug_ins(scenario)
    assert kinds.keys() == {"customer"}
    assert kinds["customer"].__name__ == "LoyalRegular"
    assert issubclass(kinds["customer"], Customer)


def test_the_plug_in_changes_the_run_and_only_what_it_may(scenario: Scenario, tmp_path: Path) -> None:
    with_it = scenario.run(replications=2, jobs=1, out=tmp_path).monthly
    usual = without(scenario).run(replications=2, jobs=1, out=tmp_path).monthly
    assert with_it.shape == usual.shape
    assert with_it["loyalty"].mean() > usual["loyalty"].mean()
    same = ["replication", "month", "site", "investment", "maturity.culture"]
    assert with_it[same].equals(usual[same])


def people(scenario: Scenario, plug_ins: dict[str, type]) -> tuple[ServiceModel, Any]:
    """The model and its persons after all months."""
    world = start(scenario, seed=1, replication=0)
    model = ServiceModel(world, plug_ins)
    for _ in range(int(world.settings[0]["months"])):
        model.step()
    return model, world.persons


def test_no_regular_falls_below_the_floor(scenario: Scenario) -> None:
    model, persons = people(scenario, load_plug_ins(scenario))
    regulars = [customer.number for customer in model.customers if customer.regular]  # type: ignore[attr-defined]
    _, usual = people(scenario, {})
    assert len(regulars) > 5
    assert (persons["bond"][regulars] >= 0.3).all()
    assert (usual["bond"][regulars] < 0.3).any()
    others = [customer.number for customer in model.customers if not customer.regular]  # type: ignore[attr-defined]
    assert (persons["bond"][others] < 0.3).all()
    assert (persons["status"] == CUSTOMER).any()


def test_the_plug_in_s_source_is_part_of_what_identifies_a_run(tmp_path: Path) -> None:
    for name in ("loyal-regulars.yaml", "loyal_regulars.py"):
        shutil.copy(EXAMPLES / name, tmp_path / name)
    scenario = load(tmp_path / "loyal-regulars.yaml")
    source = tmp_path / "loyal_regulars.py"

    def key(of: Scenario) -> str:
        return replication_key(of, "today", 1, 0, contacts=False)

    before = key(scenario)
    assert key(load(tmp_path / "loyal-regulars.yaml")) == before
    assert key(without(scenario)) != before
    source.write_text(source.read_text(encoding="utf-8").replace("0.3", "0.4"), encoding="utf-8")
    assert key(scenario) != before
