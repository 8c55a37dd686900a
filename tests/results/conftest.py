"""One tiny run that the tests of this folder share."""

import pytest

import sxsim
from sxsim.results.result import Comparison, Result
from sxsim.running.plans import Scenario

from ..scenario.cafe import CAFE


@pytest.fixture(scope="session")
def scenario() -> Scenario:
    return sxsim.load(CAFE)


@pytest.fixture(scope="session")
def comparison(scenario: Scenario, tmp_path_factory: pytest.TempPathFactory) -> Comparison:
    return scenario.compare(["dearer"], replications=2, jobs=1, contacts=True, out=tmp_path_factory.mktemp("runs"))


@pytest.fixture(scope="session")
def tiny(comparison: Comparison) -> Result:
    return comparison.base
