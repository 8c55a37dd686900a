"""Prints what every rule answers to drawn arguments, to the bit: once compiled, and once with Numba switched off.

`python -m tests.model.values_of_rules`; with NUMBA_DISABLE_JIT=1 everything runs as plain Python.
"""

import importlib
import inspect
import math
import sys
from collections.abc import Callable, Iterator
from typing import Any

import numpy as np

from sxsim.model import arithmetic, contact, customer, draws, implementation, market, organisation
from tests.model import shapes

DRAWS = 60
MODULES = ("business", "contact", "customer", "employee", "implementation", "market", "organisation", "queue")
SHARE, FLAG = (0.0, 1.0), (0, 1)
CHANCE = (2.0**-53, 1.0 - 2.0**-53)
PLACE, PURPOSE = (0, 2**32 - 1), (0, 255)
#: Rules without a shape, and the functions they stand on: the ends of their arguments.
OTHERS: list[tuple[Callable[..., Any], list[tuple[Any, Any]]]] = [
    (contact.promise_kept, [FLAG, (0.0, 100.0), (0.0, 100.0)]),
    (contact.late_beyond_bearing, [(0.0, 100.0), (0.0, 100.0), (0.0, 100.0)]),
    *((market.duration, [(kind, kind), (-3.0, 9.0), (0.0, 3.0), CHANCE, (-8.3, 8.3)]) for kind in range(5)),
    (implementation.next_stage, [(0, 4), SHARE, SHARE, SHARE, CHANCE]),
    (market.neighbour, [(0, 99), (-3, 3), (100, 100), FLAG, CHANCE]),
    (contact.gate_open, [FLAG] * 4),
    (contact.reach_level, [*[FLAG] * 7, (4, 4), (3, 3)]),
    (customer.usual_expectation, [(0, 3)]),
    (organisation.practice, [(1.0, 5.0)]),
    (arithmetic.exp, [(-746.0, 710.0)]),
    (arithmetic.exp, [(-3.0, 3.0)]),
    (arithmetic.log, [(0.0, 2.0)]),
    (arithmetic.log, [(-1.0, 1e300)]),
    (arithmetic.normal_quantile, [CHANCE]),
    (arithmetic.normal_quantile, [(0.0, 2.0**-6)]),
    (arithmetic.gamma, [(0.0, 172.0)]),
    (draws.pair, [(0, 2**62), PLACE, PLACE, PURPOSE, (0, 2**56 - 1)]),
    (draws.normal, [(0, 2**62), PLACE, PLACE, PURPOSE, (0, 2**56 - 1)]),
    (draws.place, [(0, 2**24 - 1), (0, 2**16 - 1), (0, 255), (0, 255)]),
]  # fmt: skip


def drawn(rng: np.random.Generator, low: Any, high: Any) -> Any:
    """A number between the ends, often one of them."""
    if rng.random() < 0.2:
        return low if rng.random() < 0.5 else high
    if isinstance(low, int) and isinstance(high, int):
        return int(rng.integers(low, high, endpoint=True))
    return float(low + (high - low) * rng.random())


def told(value: Any) -> str:
    """A value to the last bit."""
    if isinstance(value, tuple):
        return " ".join(map(told, value))
    return float(value).hex()


def answers() -> Iterator[str]:
    """One line a call: rule, arguments, answer."""
    rng = np.random.default_rng(23592)
    sets = [np.array([p], p.dtype).view(np.recarray)[0] for p in [*shapes.many_parameters(), shapes.P]]
    shaped = [shape for name in MODULES for shape in importlib.import_module(f"tests.model.test_{name}").SHAPES]
    cases = [(shape.rule, [shapes._ENDS[d] for d in shape.arguments.values()]) for shape in shaped] + OTHERS
    for rule, ends in cases:
        takes_p = "p" in inspect.signature(getattr(rule, "py_func", rule)).parameters
        for _ in range(DRAWS):
            values = [drawn(rng, *end) for end in ends]
            p = [sets[int(rng.integers(len(sets)))]] if takes_p else []
            try:
                answer = told(rule(*values, *p))
            except ArithmeticError as error:
                answer = type(error).__name__
            if answer == "nan" or math.isnan(float.fromhex(answer.split()[0]) if answer[0] in "-0i" else 0.0):
                answer = "not a number"
            yield f"{rule.__module__}.{rule.__name__}{tuple(values)} = {answer}"


if __name__ == "__main__":
    with np.errstate(all="ignore"):
        sys.stdout.write("\n".join(answers()) + "\n")
