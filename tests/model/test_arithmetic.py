"""The model's own arithmetic: known values, and the same bits compiled or not, whatever the processor."""

import csv
import hashlib
import math
import os
import re
import subprocess
import sys
from collections.abc import Iterator
from functools import cache
from itertools import pairwise
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from sxsim.model import arithmetic
from sxsim.model.arithmetic import exp, gamma, log, normal_quantile

ROOT = Path(__file__).resolve().parents[2]
ANY = st.floats(allow_nan=False, allow_infinity=False)
#: Every number that a draw can be.
CHANCE = st.integers(0, 2**52 - 1).map(lambda k: (k + 0.5) * 2.0**-52)
#: What all functions give for all known arguments, to the bit.
DIGEST = "765c913bb3df5c39b6c54c666ba97e3fe4590b9f374d00dc628d9a6a7d7ee2c3"
#: Prints the digest of all answers; with `code`, also the machine code of a compiled function.
PROGRAM = """
import sys
from tests.model import test_arithmetic as t
print(t.digest())
for name in sys.argv[1:]:
    getattr(t.arithmetic, name)(0.3)
    print(*getattr(t.arithmetic, name).inspect_asm().values())
"""
FUSED = re.compile(r"\bv?fn?m(?:add|sub|la|ls)")


@cache
def known() -> list[tuple[str, float, float]]:
    """Function, argument, and the result rounded once."""
    with (Path(__file__).parent / "arithmetic_values.csv").open(encoding="utf-8") as file:
        rows = list(csv.DictReader(file))
    return [(row["function"], float.fromhex(row["argument"]), float.fromhex(row["result"])) for row in rows]


def of(name: str) -> Iterator[tuple[float, float]]:
    return ((x, result) for function, x, result in known() if function == name)


def digest() -> str:
    """A hash of the bits of all answers."""
    found = np.array([getattr(arithmetic, name)(x) for name, x, _ in known()])
    return hashlib.sha256(found.astype("<f8").tobytes()).hexdigest()


def answer(*names: str, **environment: str) -> str:
    """What the program says in an environment of its own."""
    done = subprocess.run(
        [sys.executable, "-c", PROGRAM, *names], capture_output=True, text=True, cwd=ROOT, env=os.environ | environment
    )
    assert done.returncode == 0, done.stderr
    return done.stdout


def test_there_are_a_few_thousand_known_values() -> None:
    assert len(known()) > 3000
    assert {name for name, _, _ in known()} == {"exp", "log", "normal_quantile", "gamma"}


@pytest.mark.parametrize(("name", "function"), [("exp", exp), ("log", log)])
def test_a_result_is_the_nearest_double_or_its_neighbour(name, function) -> None:
    exact = 0
    for x, result in of(name):
        found = function(x)
        assert result == found or abs(found - result) <= math.ulp(result), x
        exact += found == result
    assert exact > 0.9 * len(list(of(name)))


@pytest.mark.parametrize(
    ("name", "function", "limit"), [("normal_quantile", normal_quantile, 1e-15), ("gamma", gamma, 1e-14)]
)
def test_a_result_is_as_near_as_promised(name, function, limit) -> None:
    for x, result in of(name):
        found = function(x)
        assert found == result or abs(found - result) <= (limit + 2.0**-53) * abs(result), x


@pytest.mark.parametrize(
    ("function", "x", "result"),
    [
        (exp, 0.0, 1.0), (exp, -0.0, 1.0), (exp, math.inf, math.inf), (exp, -math.inf, 0.0), (exp, 710.0, math.inf),
        (exp, -746.0, 0.0), (exp, math.nan, math.inf), (log, 1.0, 0.0), (log, 0.0, -math.inf), (log, -0.0, -math.inf),
        (log, -1.0, -math.inf), (log, -math.inf, -math.inf), (log, math.inf, math.inf), (log, math.nan, -math.inf),
        (normal_quantile, 0.5, 0.0), (gamma, 1.0, 1.0), (gamma, 2.0, 1.0), (gamma, 0.0, math.inf), (gamma, -1.5, math.inf),
        (gamma, math.nan, math.inf), (gamma, 200.0, math.inf), (gamma, math.inf, math.inf),
    ],
)  # fmt: skip
def test_what_is_exact_or_beyond_is_one_constant(function, x, result) -> None:
    assert function(x) == result


@pytest.mark.parametrize("u", [0.0, 1e-300, -1.0, -math.inf])
def test_a_chance_below_all_draws_counts_as_the_smallest(u) -> None:
    assert normal_quantile(u) == normal_quantile(2.0**-53) == pytest.approx(-8.2095, abs=1e-4)


@pytest.mark.parametrize("u", [1.0, 2.0, math.inf])
def test_a_chance_above_all_draws_counts_as_the_largest(u) -> None:
    assert normal_quantile(u) == normal_quantile(1.0 - 2.0**-53)


@given(ANY)
def test_exp_is_near_that_of_the_library(x) -> None:
    try:
        expected = math.exp(x)
    except OverflowError:
        expected = math.inf
    assert exp(x) == expected or abs(exp(x) - expected) <= 2 * math.ulp(expected)


@given(ANY.filter(lambda x: x > 0.0))
def test_log_is_near_that_of_the_library(x) -> None:
    assert abs(log(x) - math.log(x)) <= 2 * math.ulp(math.log(x))


@given(CHANCE)
def test_a_quantile_and_its_opposite_have_the_same_size(u) -> None:
    assert normal_quantile(1.0 - u) == -normal_quantile(u)


@given(CHANCE, CHANCE)
def test_a_larger_share_has_no_smaller_quantile(one, other) -> None:
    low, high = sorted((one, other))
    assert normal_quantile(low) <= normal_quantile(high)


def test_pieces_of_the_quantile_meet() -> None:
    spacing = 2.0**-52
    joints = [m * 2.0**e for e in range(-6, -1) for m in np.arange(8, 16) / 8]
    joints += [math.exp(-((2.884 + k / 2.8126) ** 2) / 2) // spacing * spacing for k in range(1, 16)]
    for joint in joints:
        around = [normal_quantile(joint + (k + 0.5) * spacing) for k in range(-8, 8)]
        slack = 4 * math.ulp(around[0])
        assert all(after >= before - slack for before, after in pairwise(around)), joint


def test_gamma_goes_on_as_the_factorial_does() -> None:
    for n in range(1, 24):
        assert gamma(float(n)) == pytest.approx(math.factorial(n - 1), rel=1e-15)
    assert gamma(0.5) == pytest.approx(math.sqrt(math.pi), rel=1e-15)


def test_the_bits_are_those_written_down() -> None:
    assert digest() == DIGEST


def test_plain_python_gives_the_same_bits() -> None:
    assert answer(NUMBA_DISABLE_JIT="1").strip() == DIGEST


@pytest.mark.parametrize(
    "environment",
    [{"NUMBA_CPU_NAME": "generic", "NUMBA_CPU_FEATURES": ""}, {"GLIBC_TUNABLES": "glibc.cpu.hwcaps=-FMA,-AVX2"}],
    ids=["a plain processor", "a plain library"],
)
def test_another_processor_gives_the_same_bits(environment, tmp_path) -> None:
    assert answer(**environment, SXSIM_CACHE_DIR=str(tmp_path)).strip() == DIGEST


def test_no_machine_code_multiplies_and_adds_in_one(tmp_path) -> None:
    assert FUSED.search("\tvfmadd213sd\t%xmm2, %xmm1, %xmm0")
    assert FUSED.search("\tfmadd\td0, d0, d1, d2")
    said = answer("exp", "log", "normal_quantile", "gamma", SXSIM_CACHE_DIR=str(tmp_path))
    assert len(said.splitlines()) > 300
    assert not FUSED.search(said)


def values(**environment: str) -> list[str]:
    """What all rules answer, in an environment of its own."""
    done = subprocess.run(
        [sys.executable, "-m", "tests.model.values_of_rules"],
        capture_output=True, text=True, cwd=ROOT, env=os.environ | environment,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    return done.stdout.splitlines()


def test_every_rule_gives_the_same_bits_in_plain_python_and_is_never_not_a_number() -> None:
    compiled, plain = values(), values(NUMBA_DISABLE_JIT="1")
    assert len(compiled) > 6000
    assert [pair for pair in zip(compiled, plain, strict=True) if pair[0] != pair[1]] == []
    assert [line for line in compiled if line.endswith(("not a number", "Error"))] == []
