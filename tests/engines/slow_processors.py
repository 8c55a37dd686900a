"""The same run on another processor, to the bit. Compiles everything afresh three times, so not among the quick tests.

`pytest tests/engines/slow_processors.py`, or `.ci/slow`.
"""

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
FUSED = re.compile(r"\bv?fn?m(?:add|sub|la|ls)")
#: Prints a hash of a few months of the café; then, in a fresh cache, how many fused operations the steps hold.
PROGRAM = """
import hashlib, importlib, numba, sys, warnings
import sxsim
from sxsim.engines import compiled
from sxsim.engines.start import start
from tests.engines.slow_processors import FUSED
scenario = sxsim.load("scenarios/corner-cafe.yaml", sets=["horizon.months=3", "horizon.warm_up=1"])
records = compiled.simulate(start(scenario, list(scenario.plans)[-1], log_contacts=True))
digest = hashlib.sha256()
for part in ("sites", "contacts", "waits", "levers", "log"):
    digest.update(getattr(records, part).tobytes())
print(len(records.log), digest.hexdigest())
if sys.argv[1:] == ["fused"]:
    names = ("compiled", "order_of_a_visit", "order_of_a_contact", "order_of_a_month", "order_of_a_shift", "steps_of_employees")
    names += ("steps_of_the_organisation",)
    codes = {}
    for name in names:
        module = importlib.import_module(f"sxsim.engines.{name}")
        for step in vars(module).values():
            if isinstance(step, numba.core.dispatcher.Dispatcher) and step.signatures:
                codes[step.py_func.__name__] = "".join(step.inspect_asm().values())
    assert "begin_service" in codes and len(codes["begin_service"]) > 10_000, sorted(codes)
    print(len(codes), [name for name, code in codes.items() if FUSED.search(code)])
"""


def answer(*words: str, **environment: str) -> list[str]:
    """What the program says in an environment of its own, line by line."""
    done = subprocess.run(
        [sys.executable, "-c", PROGRAM, *words], capture_output=True, text=True, cwd=ROOT, env=os.environ | environment
    )
    assert done.returncode == 0, done.stderr
    return done.stdout.splitlines()


@pytest.fixture(scope="module")
def here() -> str:
    """What this processor gives."""
    (line,) = answer()
    assert int(line.split()[0]) > 1000
    return line


@pytest.mark.parametrize(
    "environment",
    [{"GLIBC_TUNABLES": "glibc.cpu.hwcaps=-FMA,-AVX2"}, {"NUMBA_CPU_NAME": "generic", "NUMBA_CPU_FEATURES": ""}],
    ids=["a plain library", "a plain processor"],
)
def test_another_processor_gives_the_same_run(here, environment, tmp_path) -> None:
    assert answer(**environment, SXSIM_CACHE_DIR=str(tmp_path)) == [here]


def test_no_step_multiplies_and_adds_in_one(here, tmp_path) -> None:
    same, fused = answer("fused", SXSIM_CACHE_DIR=str(tmp_path))
    assert same == here
    count, _, names = fused.partition(" ")
    assert int(count) > 30
    assert names == "[]"
