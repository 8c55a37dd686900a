"""What is kept, damaged: figures stay those of a fresh run, or damage is said; 500 stores are in slow_hostile.py."""

import random
from pathlib import Path

import pytest

from sxsim.results import pictured
from sxsim.results.folder import RUN_FILE

from .damage import Folder, Store, damaged


def test_damage_always_changes_something() -> None:
    chance = random.Random(1)
    content = bytes(range(256)) * 40
    assert all(damaged(content, chance) != content for _ in range(300))
    assert len({len(damaged(content, chance)) for _ in range(50)}) > 5


def test_no_damaged_store_gives_another_figure(tmp_path: Path) -> None:
    store, chance = Store(tmp_path), random.Random(4)
    assert [sorted(name.rpartition("-")[2] for name in files) for files in store.files] == [
        ["1.sqlite", "wal"],
        ["1.sqlite"],
    ]
    found = [store.wrong(tmp_path / str(number), chance) for number in range(10)]
    assert [text for text in found if text] == []


def test_no_damaged_folder_is_said_to_be_the_same(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pictured, "draw_run", lambda _result, _folder: None)
    folder, chance = Folder(tmp_path / "whole"), random.Random(5)
    names = (RUN_FILE, RUN_FILE, "kpis.csv", "monthly.csv", "scenario.yaml")
    found = [folder.wrong(tmp_path / str(number), name, chance) for number, name in enumerate(names)]
    assert [text for text in found if text] == []
