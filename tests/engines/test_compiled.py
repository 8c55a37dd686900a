"""The two engines give the same contact log, the same records and the same final state, to the bit."""

from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings

from sxsim.engines import compiled, reference
from sxsim.engines.start import start
from sxsim.engines.world import ARRAYS
from sxsim.scenario.loading import load
from sxsim.scenario.scenario import Scenario
from tests.engines.random_scenarios import scenarios

RECORDS = ("log", "sites", "contacts", "waits", "maturity", "sub_elements", "seen", "levers")


def first_difference(scenario: Scenario, plan: str, **options: Any) -> str:
    """The first part in which the engines differ, or nothing."""
    worlds = [start(scenario, plan, log_contacts=True, **options) for _ in range(2)]
    one, other = compiled.simulate(worlds[0]), reference.simulate(worlds[1])
    for name in RECORDS:
        if getattr(one, name).tobytes() != getattr(other, name).tobytes():
            return f"records.{name}"
    for name in ARRAYS:
        if getattr(worlds[0], name).tobytes() != getattr(worlds[1], name).tobytes():
            return f"world.{name}"
    return ""


@pytest.mark.parametrize("name", ["corner-cafe", "seaside-hotel", "bank-call-centre"])
def test_the_engines_agree_on_every_plan_of_the_scenarios(name: str) -> None:
    scenario = load(f"scenarios/{name}.yaml", sets=["horizon.months=2", "horizon.warm_up=1"])
    for plan in scenario.plans:
        assert first_difference(scenario, plan) == "", plan


@settings(max_examples=200, deadline=None, suppress_health_check=list(HealthCheck), derandomize=True)
@given(scenarios())
def test_the_engines_agree_on_random_scenarios(scenario: Scenario) -> None:
    assert first_difference(scenario, "act", seed=3, replication=5) == ""
