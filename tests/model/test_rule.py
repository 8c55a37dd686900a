"""How rules are compiled."""

import math
from pathlib import Path

import numba

from sxsim.model.contact import logistic
from sxsim.model.market import value_for_money
from sxsim.model.rule import rule, step


def test_rules_and_steps_are_compiled() -> None:
    for decorate in (rule, step):
        compiled = decorate(lambda x: x + 1)
        assert isinstance(compiled, numba.core.dispatcher.Dispatcher)
        assert compiled.targetoptions["nogil"]
        assert compiled.targetoptions["error_model"] == "numpy"
        assert not compiled.targetoptions.get("fastmath", False)


def test_rules_of_this_program_are_kept() -> None:
    logistic(0.0)
    assert Path(logistic.stats.cache_path).name.startswith("model.contact-")
    assert list(Path(logistic.stats.cache_path).glob("logistic-*.nbi"))


def test_a_division_by_zero_is_infinite_and_no_error() -> None:
    assert logistic(-1e4) == 0.0
    assert value_for_money.targetoptions["error_model"] == "numpy"
    assert rule(lambda x: 1.0 / x)(0.0) == math.inf
