"""A machine that computes otherwise is noticed before the first run."""

import pytest

from sxsim.engines.start import start
from sxsim.model import self_test
from sxsim.scenario.loading import load


@pytest.fixture(autouse=True)
def _each_looks_anew() -> None:
    self_test.check_arithmetic.cache_clear()


def test_this_machine_computes_as_others() -> None:
    assert len(self_test.results()) == 1000
    self_test.check_arithmetic()


@pytest.mark.parametrize("name", ["exp", "log", "normal_quantile"])
def test_a_last_bit_of_any_function_is_noticed_before_a_run(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    function = getattr(self_test, name)
    monkeypatch.setattr(self_test, name, lambda x: function(x) * (1.0 + 2.0**-52))
    with pytest.raises(self_test.ComputesOtherwise, match="please report it"):
        start(load("scenarios/corner-cafe.yaml"))
