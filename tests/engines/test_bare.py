"""Arrays that compiled steps reach through one pointer: what Python sees and what steps see is the same, always."""

import copy
import os
import pickle
import subprocess
import sys
from typing import Any

import numpy as np
import pytest

from sxsim.engines import bare
from sxsim.engines.bare import Bare
from sxsim.model.rule import step

ROW = np.dtype([("a", np.float64), ("b", np.int32)], align=True)


class Pair(Bare):
    """Rows, numbers, and a table."""


class Longer(Bare):
    """An array that a step puts another in the place of."""

    WHOLE = frozenset({"log"})


def pair() -> Pair:
    return Pair(rows=np.zeros(3, ROW), numbers=np.arange(4, dtype=np.int32), table=np.ones((2, 2)))


@step
def work(world, row):
    """Read and write rows, numbers and a table. Returns how many rows and numbers there are."""
    world.rows[row].a += world.numbers[row] + world.table[1, 1]
    world.rows[row].b = row
    world.numbers[row] = 10 + row
    world.table[0, 1] = 7.0
    return 10 * len(world.rows) + len(world.numbers)


@step
def lengthen(world):
    """Put a longer array in the place of one, as a log does."""
    longer = np.empty(2 * len(world.log), world.log.dtype)
    longer[0] = world.log[0]
    world.log = longer


@step
def length(world):
    """How long it is now."""
    return len(world.log)


def test_a_step_reads_and_writes_what_python_sees() -> None:
    world = pair()
    assert work(world, 2) == 34
    assert world.rows[2].tolist() == (3.0, 2)
    assert world.numbers.tolist() == [0, 1, 12, 3]
    assert world.table.tolist() == [[1.0, 7.0], [1.0, 1.0]]


def test_no_array_can_take_the_place_of_another() -> None:
    world = pair()
    with pytest.raises(AttributeError, match=r"Pair\.rows cannot be put another array in its place"):
        world.rows = np.zeros(3, ROW)
    with pytest.raises(AttributeError):
        del world.rows
    with pytest.raises(AttributeError, match="Pair has no array colour"):
        _ = world.colour


@pytest.mark.parametrize("copied", [copy.copy, copy.deepcopy, lambda w: pickle.loads(pickle.dumps(w))])
def test_the_steps_of_a_copy_work_on_the_copy(copied: Any) -> None:
    world = pair()
    work(world, 1)
    other = copied(world)
    assert type(other) is Pair and other.rows.tobytes() == world.rows.tobytes()
    before = world.rows.copy(), world.numbers.copy(), world.table.copy()
    work(other, 0)
    assert other.rows[0].tolist() == (1.0, 0)
    assert all((now == then).all() for now, then in zip((world.rows, world.numbers, world.table), before, strict=True))


def test_a_step_may_put_a_longer_array_in_the_place_of_one_that_is_used_whole() -> None:
    world = Longer(log=np.ones(4, ROW))
    lengthen(world)
    assert length(world) == 8


def test_an_array_that_lies_scattered_is_refused() -> None:
    with pytest.raises(ValueError, match=r"rows\(strides="):
        Pair(rows=np.zeros(6, ROW)[::2])


def test_another_layout_of_arrays_is_noticed_at_import(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(bare, "_LAYOUT", ("data", "shape"))
    with pytest.raises(ImportError, match="install a tested version"):
        bare.check_layout()


@pytest.mark.parametrize("row", [3, -1])
def test_a_row_that_is_none_is_found_out_where_numba_is_asked_to_look(row: int) -> None:
    program = f"from tests.engines import test_bare as t\nw = t.pair()\nt.work(w, {row})\n"
    done = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, env=os.environ | {"NUMBA_BOUNDSCHECK": "1"}
    )
    assert done.returncode == 1
    assert "IndexError: index is out of bounds" in done.stderr
