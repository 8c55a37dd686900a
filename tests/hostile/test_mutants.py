"""Whatever a broken file holds, it is read, or refused with its place; the large numbers are in slow_hostile.py."""

from pathlib import Path

import pytest

from .mutators import attack

SECONDS = 10.0


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_broken_files_are_read_or_refused_with_their_line(tmp_path: Path, seed: int) -> None:
    found = attack(tmp_path, 40, seed)
    assert found.crashed == []
    assert found.placeless == []
    assert found.slowest < SECONDS, found.slowest_is
    assert found.written == []
    assert found.refused > found.files / 2
