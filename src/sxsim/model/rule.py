"""One decorator for every rule, so that both engines run the very same machine code.

A *rule* says what happens in the world: a scalar function of numbers, compiled once, without side effects. A *step*
applies rules to the rows of one customer, employee or site. Both are compiled by Numba and kept on disk by a hash of the
sources they are compiled from, so an edited rule never runs stale.
"""

from collections.abc import Callable
from typing import Any, TypeVar

import numba

from sxsim.model.kept_code import cache_folder, compiled_before, keep
from sxsim.model.sources import sources_hash

__all__ = ["cache_folder", "compiled_before", "draw", "exact", "part_of_step", "rule", "sources_hash", "step"]

Function = TypeVar("Function", bound=Callable[..., Any])

_OPTIONS = {"nogil": True, "error_model": "numpy", "no_cfunc_wrapper": True}
_compile = numba.njit(**_OPTIONS)
_compile_into_callers = numba.njit(inline="always", **_OPTIONS)


def rule(function: Function) -> Function:
    """Compile a rule of the model.

    A rule is a pure function of scalars and, last, the parameter record ``p``. Its docstring says what happens in the
    world, the units and ranges, and its source. Most rules have one caller, so they are compiled into their callers: that
    takes a third less time than compiling them apart.
    """
    return keep(_compile_into_callers(function))  # type: ignore[no-any-return]


def exact(function: Function) -> Function:
    """Compile a function of the model's own arithmetic, whose bits do not depend on the processor."""
    return keep(_compile(function))  # type: ignore[no-any-return]


def draw(function: Function) -> Function:
    """Compile a part of a draw, once, because draws have many callers."""
    return keep(_compile(function))  # type: ignore[no-any-return]


def step(function: Function) -> Function:
    """Compile a step: rules applied to rows of the world, in the order both engines run."""
    return keep(_compile(function))  # type: ignore[no-any-return]


def part_of_step(function: Function) -> Function:
    """Compile a part of a step into its only caller."""
    return keep(_compile_into_callers(function))  # type: ignore[no-any-return]
