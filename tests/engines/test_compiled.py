"""The two engines give the same contact log, the same records and the same final state, to the bit."""

import pytest
from hypothesis import HealthCheck, given, settings

from sxsim.engines.agreement import Agreement, compare_engines
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
