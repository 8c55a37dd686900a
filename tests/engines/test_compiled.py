"""The two engines give the same contact log, the same records and the same final state, to the bit."""

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings

from sxsim.engines import compiled
from sxsim.engines.reference import Agreement, compare_engines
from sxsim.engines.start import start
from sxsim.scenario.loading import load
from sxsim.scenario.scenario import Scenario
from tests.engines.random_scenarios import scenarios


@pytest.mark.parametrize("name", ["corner-cafe", "seaside-hotel", "bank-call-centre"])
def test_the_engines_agree_on_every_plan_of_the_scenarios(name: str) -> None:
    scenario = load(f"scenarios/{name}.yaml", sets=["horizon.months=2", "horizon.warm_up=1"])
    for plan in scenario.plans:
        found = compare_engines(scenario, plan)
        assert found == Agreement(found.contacts), plan
        assert found.contacts > 100


@settings(max_examples=200, deadline=None, suppress_health_check=list(HealthCheck), derandomize=True)
@given(scenarios())
def test_the_engines_agree_on_random_scenarios(scenario: Scenario) -> None:
    found = compare_engines(scenario, "act", seed=3, replication=5)
    assert found == Agreement(found.contacts)


def test_threads_for_the_sites_change_no_byte() -> None:
    scenario = load("scenarios/bank-call-centre.yaml", sets=["horizon.months=2", "horizon.warm_up=1"])
    data = scenario.model_dump(exclude_unset=True)
    data["sites"] = [{"name": name, "share": share} for name, share in (("north", 0.5), ("south", 0.3), ("east", 0.2))]
    scenario = Scenario.model_validate(data)
    found = []
    for jobs in (1, 2, 5):
        world = start(scenario, log_contacts=True)
        records = compiled.simulate(world, jobs=jobs)
        parts = (
            records.sites,
            records.contacts,
            records.waits,
            records.levers,
            records.log,
            world.persons,
            world.posts,
        )
        found.append([part.tobytes() for part in parts])
        assert np.unique(records.log["site"]).tolist() == [0, 1, 2]
        assert len(records.log) > 1000
    assert found[0] == found[1] == found[2]
