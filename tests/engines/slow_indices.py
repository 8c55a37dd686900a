"""Every index of every row and array is looked at, in an organisation in which everything acts.

Rows of a world know no −1, and compiled code looks at no index: a wrong one reads memory that belongs to something else, and
every figure still looks right. With NUMBA_BOUNDSCHECK=1 such an index raises IndexError. Everything is compiled anew for it, which
takes longer than all else here, so this runs before a release (`.ci/slow`).
"""

import os
import subprocess
import sys
from pathlib import Path

RUN = """
import sys
import sxsim
from sxsim.engines import compiled
from sxsim.engines.start import start
scenario = sxsim.load("tests/cases/fields_base.yaml")
for plan in scenario.plans:
    records = compiled.simulate(start(scenario, plan, log_contacts=True))
    assert len(records.log) > 100
    print(plan, len(records.log))
"""
WRONG = """
import numpy as np
from sxsim.engines.bare import Bare
from sxsim.model.rule import step

class Few(Bare):
    pass

@step
def last(few):
    return few.rows[-1]

last(Few(rows=np.arange(3.0)))
"""


def ran(code: str, folder: Path) -> subprocess.CompletedProcess[str]:
    """A program in which every index is looked at, with a cache of its own."""
    environment = {**os.environ, "NUMBA_BOUNDSCHECK": "1", "SXSIM_CACHE_DIR": str(folder)}
    return subprocess.run([sys.executable, "-c", code], env=environment, capture_output=True, text=True, check=False)


def test_no_step_reads_beyond_its_rows(tmp_path: Path) -> None:
    done = ran(RUN, tmp_path)
    assert done.returncode == 0, done.stderr
    assert len(done.stdout.splitlines()) > 1


def test_an_index_beyond_the_rows_is_noticed(tmp_path: Path) -> None:
    assert "IndexError" in ran(WRONG, tmp_path).stderr
