"""Parameters that a scenario states in place of the register's: what each can be at all, and what is thought likely."""

import math
from collections.abc import Mapping

from sxsim.model.parameters import Parameter, register

#: Parameters that rules divide by, or take the logarithm of: 0 has no meaning.
NEVER_ZERO = frozenset(
    [
        "applicants_normal",
        "commitment_normal",
        "idea_delay_fast",
        "idea_delay_slow",
        "lever_normal",
        "money_half",
        "load_borne",
        "quit_tenure_peak",
        "standard_erosion_days",
        "standard_recovery_days",
        "wins_delight_half",
    ]
)
_SMALLEST = 1e-6
#: No parameter is farther from 0 than this, or this many times what is thought likely: within it no rule overflows.
_FARTHEST, _TIMES_LIKELY = 200.0, 10.0


def limits_of(parameter: Parameter) -> tuple[float, float]:
    """What a parameter can be at all, by its unit: a share lies in 0–1, amounts and ratios are not negative.

    Wider than the range of the register, which says what is thought likely.
    """
    farthest = max(_FARTHEST, _TIMES_LIKELY * max(abs(parameter.low), abs(parameter.high)))
    if parameter.unit.startswith("log") or parameter.low < 0.0:
        return -farthest, farthest
    low = _SMALLEST if parameter.name in NEVER_ZERO else 0.0
    high = max(1.0, parameter.high) if parameter.unit.startswith("share") else farthest
    if parameter.name == "utilisation_free":
        high = 1.0 - _SMALLEST  # strain begins between this and a full day
    if parameter.name == "maturity_top":
        low = 2.0  # of levels that begin at 1
    return low, high


def broken_limit(parameter: Parameter, value: float) -> str:
    """What to say of a value that the parameter cannot have, beginning with the value; empty where it can."""
    low, high = limits_of(parameter)
    if low <= value <= high:
        return ""
    rule = f"from {low:g} to {high:g}" if math.isfinite(high) else f"≥ {low:g}"
    return f"(={value:g}) must be {rule} ({parameter.unit})"


def beyond_the_likely(parameters: Mapping[str, float]) -> list[str]:
    """Parameters by name that lie outside the range of the register, each with value and range, in words."""
    known = register()
    return [
        f"{name} {value:g} ({known[name].low:g} to {known[name].high:g})"
        for name, value in parameters.items()
        if not known[name].low <= value <= known[name].high
    ]
