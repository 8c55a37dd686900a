"""A machine that computes otherwise is noticed before the first run."""

import pytest

from sxsim.engines.start import start
from sxsim.model import arithmetic
from sxsim.scenario.loading import load


@pytest.fixture(autouse=True)
def _each_looks_anew() -> None:
    arithmetic.check_arithmetic.cache_clear()


def test_this_machine_computes_as_others() -> None:
    assert len(arithmetic.results()) == 1000
    arithmetic.check_arithmetic()


@pytest.mark.parametrize("name", ["exp", "log", "normal_quantile"])
def test_a_last_bit_of_any_function_is_noticed_before_a_run(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    function = getattr(arithmetic, name)
    monkeypatch.setattr(arithmetic, name, lambda x: function(x) * (1.0 + 2.0**-52))
    with pytest.raises(arithmetic.ComputesOtherwise, match="please report it"):
        start(load("scenarios/corner-cafe.yaml"))
