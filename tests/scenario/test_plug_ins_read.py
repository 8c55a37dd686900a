"""What a plug-in is made of, found without running it."""

import sys
from pathlib import Path

import pytest

from sxsim.scenario.loading import load
from sxsim.scenario.plug_ins import plug_in_sources, read_plug_ins
from sxsim.scenario.problems import InvalidInput
from sxsim.scenario.scenario import Scenario

from .cafe import TEXT

#: Files beside a plug-in, and whether the plug-in below imports them.
FILES = {
    "plain.py": True,
    "late.py": True,
    "deep.py": True,
    "dynamic.py": True,
    "starred.py": True,
    "house/__init__.py": True,
    "house/rules.py": True,
    "house/beside.py": True,
    "house/above.py": True,
    "house/inner/__init__.py": True,
    "house/inner/part.py": True,
    "house/idle.py": False,
    "open_folder/leaf.py": True,
    "open_folder/other.py": False,
    "idle.py": False,
    "queue.py": False,
}
CONTENTS = {
    "plain.py": "import deep\n",
    "house/rules.py": "from . import beside\n",
    "house/inner/part.py": "from ..above import LIMIT\n",
}
PLUG_IN = """
import math, queue
import numpy as np
import plain
import no_such_module_anywhere
from importlib import import_module
from starred import *
from house import rules
from house.inner.part import LIMIT
from open_folder.leaf import LEAF
from sxsim.engines.reference import Customer

import_module("dynamic")


class Calm(Customer):
    def ends_month(self) -> None:
        if self.row["bond"] > 0:
            from late import FLOOR
"""


def with_plug_in(folder: Path, source: str = PLUG_IN) -> Scenario:
    """The café with a plug-in, and files beside it."""
    for name in FILES:
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text(CONTENTS.get(name, "X = 1\n"), encoding="utf-8")
    (folder / "calm.py").write_text(source, encoding="utf-8")
    (folder / "cafe.yaml").write_text(f"{TEXT}plug_ins: {{customer: 'calm.py:Calm'}}\n", encoding="utf-8")
    return load(folder / "cafe.yaml")


def test_all_that_is_imported_is_found_wherever_it_is_imported(tmp_path: Path) -> None:
    (plug_in,) = read_plug_ins(with_plug_in(tmp_path))
    found = {module.place for module in plug_in.modules.values() if module.content is not None}
    assert found == {name for name, used in FILES.items() if used}
    assert not {name for name in plug_in.modules if name.startswith(("numpy", "sxsim", "math"))}


@pytest.mark.parametrize("name", FILES)
def test_what_is_imported_decides_and_nothing_else(tmp_path: Path, name: str) -> None:
    scenario = with_plug_in(tmp_path)
    before = plug_in_sources(scenario)
    assert plug_in_sources(scenario) == before
    (tmp_path / name).write_text("X = 2\n", encoding="utf-8")
    assert (plug_in_sources(scenario) != before) == FILES[name]


def test_the_class_and_the_file_itself_decide(tmp_path: Path) -> None:
    scenario = with_plug_in(tmp_path)
    before = plug_in_sources(scenario)
    assert before["customer"].startswith("Calm ")
    scenario.plug_ins["customer"] += "er"
    assert plug_in_sources(scenario) != before
    (tmp_path / "calm.py").write_text(PLUG_IN + "\nX = 1\n", encoding="utf-8")
    scenario.plug_ins["customer"] = scenario.plug_ins["customer"].removesuffix("er")
    assert plug_in_sources(scenario) != before


def test_the_place_of_the_files_does_not_decide(tmp_path: Path) -> None:
    assert plug_in_sources(with_plug_in(tmp_path / "here")) == plug_in_sources(with_plug_in(tmp_path / "there"))


def test_what_lies_on_the_path_is_found_and_what_lies_beside_comes_first(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "on_path").mkdir()
    for name in ("far_away", "plain"):
        (tmp_path / "on_path" / f"{name}.py").write_text("Y = 1\n", encoding="utf-8")
    monkeypatch.setattr(sys, "path", [str(tmp_path / "on_path"), *sys.path])
    (plug_in,) = read_plug_ins(with_plug_in(tmp_path / "case", PLUG_IN + "\nimport far_away\n"))
    assert plug_in.modules["far_away"].file == tmp_path / "on_path" / "far_away.py"
    assert plug_in.modules["plain"].file == tmp_path / "case" / "plain.py"


def test_an_installed_package_is_no_module_of_one_s_own(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    installed = tmp_path / "lib" / "site-packages"
    installed.mkdir(parents=True)
    (installed / "bought.py").write_text("Y = 1\n", encoding="utf-8")
    monkeypatch.setattr(sys, "path", [*sys.path, str(installed)])
    scenario = with_plug_in(tmp_path / "case", "import bought\n\n\nclass Calm:\n    pass\n")
    assert list(plug_in_sources(scenario)) == ["customer"]
    (tmp_path / "case" / "bought.py").write_text("Y = 2\n", encoding="utf-8")
    with pytest.raises(
        InvalidInput, match=r"imports bought, which is an installed package and a file beside it"
    ) as error:
        plug_in_sources(scenario)
    assert "rename" in str(error.value)


@pytest.mark.parametrize("content", [b"class Calm(\n", b"\xff\xfe\x00", b"x = 1\x00"])
def test_a_file_that_is_no_python_is_said_when_it_is_loaded(tmp_path: Path, content: bytes) -> None:
    scenario = with_plug_in(tmp_path)
    (tmp_path / "plain.py").write_bytes(content)
    assert "import plain" in plug_in_sources(scenario)


def test_two_files_of_one_name_are_refused(tmp_path: Path) -> None:
    scenario = with_plug_in(tmp_path / "one")
    with_plug_in(tmp_path / "two")
    scenario.plug_ins["employee"] = f"{tmp_path / 'two' / 'calm.py'}:Calm"
    with pytest.raises(InvalidInput, match=r"plug_ins\.employee.* imports .* another plug-in from .*\n.*rename"):
        read_plug_ins(scenario)


def test_a_plug_in_that_is_not_there_is_a_problem_of_the_scenario(tmp_path: Path) -> None:
    scenario = with_plug_in(tmp_path)
    (tmp_path / "calm.py").unlink()
    with pytest.raises(InvalidInput, match="does not exist") as caught:
        plug_in_sources(scenario)
    assert "write FILE.py:ClassName" in str(caught.value)
