"""Parameters that a scenario states in place of the register's: what each can be at all, and what is thought likely."""

import math
from collections.abc import Mapping

from sxsim.model.parameters import Parameter, register


def limits_of(parameter: Parameter) -> tuple[float, float]:
    """What a parameter can be at all, by its unit: a share lies in 0–1, amounts and ratios are not negative.

    Wider than the range of the register, which says what is thought likely.
    """
    if parameter.unit.startswith("log") or parameter.low < 0.0:
        return -math.inf, math.inf
    return 0.0, max(1.0, parameter.high) if parameter.unit.startswith("share") else math.inf


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
