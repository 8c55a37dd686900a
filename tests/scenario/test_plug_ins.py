import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from sxsim.scenario import plug_ins
from sxsim.scenario.loading import load
from sxsim.scenario.plug_ins import load_plug_ins, plug_in_copies
from sxsim.scenario.problems import InvalidInput
from sxsim.scenario.scenario import Scenario

from .cafe import TEXT

FLOORED = "from house_rules import FLOOR\n\n\nclass Calm:\n    floor = FLOOR\n"


@pytest.fixture(autouse=True)
def modules_as_before() -> Iterator[None]:
    """What plug-ins bring in goes away."""
    before = dict(sys.modules)
    yield
    plug_ins._finder.take({})
    for name in set(sys.modules) - set(before):
        if name.startswith("sxsim_plug_in_"):
            del sys.modules[name]


def with_plug_in(folder: Path, source: str | None, name: str = "Calm", **beside: str) -> Scenario:
    folder.mkdir(exist_ok=True)
    for module, text in beside.items():
        (folder / f"{module}.py").write_text(text, encoding="utf-8")
    if source is not None:
        (folder / "calm.py").write_text(source, encoding="utf-8")
    path = folder / "cafe.yaml"
    path.write_text(f"{TEXT}plug_ins: {{customer: 'calm.py:{name}'}}\n", encoding="utf-8")
    return load(path)


def floor_of(scenario: Scenario) -> object:
    return load_plug_ins(scenario)["customer"].floor  # type: ignore[attr-defined]


def test_a_plug_in_is_found_beside_the_scenario(tmp_path: Path) -> None:
    scenario = with_plug_in(tmp_path, "class Calm:\n    pass\n")
    assert load_plug_ins(scenario)["customer"].__name__ == "Calm"
    assert load_plug_ins(scenario.model_copy(update={"plug_ins": {}})) == {}


def test_a_helper_beside_the_plug_in_is_found_wherever_one_is(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    before = list(sys.path)
    assert floor_of(with_plug_in(tmp_path / "case", FLOORED, house_rules="FLOOR = 0.5\n")) == 0.5
    assert sys.path == before
    assert sorted(path.name for path in (tmp_path / "case").iterdir()) == ["cafe.yaml", "calm.py", "house_rules.py"]


def test_an_edit_counts_at_once_within_a_second_and_of_equal_length(tmp_path: Path) -> None:
    """Python's own cache would not see it."""
    scenario = with_plug_in(tmp_path, FLOORED, house_rules="FLOOR = 0.0\n")
    found = [floor_of(scenario)]
    for text in ("FLOOR = 0.9\n", "FLOOR = 0.1\n"):
        (tmp_path / "house_rules.py").write_text(text, encoding="utf-8")
        os.utime(tmp_path / "house_rules.py", (1, 1))
        found.append(floor_of(scenario))
    (tmp_path / "calm.py").write_text(FLOORED.replace("= FLOOR", "= 0.25 "), encoding="utf-8")
    assert [*found, floor_of(scenario)] == [0.0, 0.9, 0.1, 0.25]


def test_a_helper_imported_late_is_found_and_is_the_one_that_was_read(tmp_path: Path) -> None:
    late = "class Calm:\n    def floor(self):\n        from house_rules import FLOOR\n        return FLOOR\n"
    kind = load_plug_ins(with_plug_in(tmp_path, late, house_rules="FLOOR = 0.5\n"))["customer"]
    (tmp_path / "house_rules.py").write_text("FLOOR = 0.7\n", encoding="utf-8")
    assert kind().floor() == 0.5


def test_packages_relative_imports_and_open_folders_can_be_imported(tmp_path: Path) -> None:
    source = (
        "from house.rules import FLOOR\nfrom open_folder import leaf\n\n\nclass Calm:\n    floor = FLOOR + leaf.MORE\n"
    )
    scenario = with_plug_in(tmp_path, source)
    for name, text in (
        ("house/__init__.py", ""),
        ("house/rules.py", "from .base import FLOOR\n"),
        ("house/base.py", "FLOOR = 0.5\n"),
        ("open_folder/leaf.py", "MORE = 0.25\n"),
    ):
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_text(text, encoding="utf-8")
    assert floor_of(scenario) == 0.75


def test_two_kinds_in_one_file_share_its_module(tmp_path: Path) -> None:
    scenario = with_plug_in(tmp_path, "class Calm:\n    pass\n\n\nclass Brisk:\n    calm = Calm\n")
    scenario.plug_ins["employee"] = scenario.plug_ins["customer"].replace("Calm", "Brisk")
    found = load_plug_ins(scenario)
    assert found["employee"].calm is found["customer"]  # type: ignore[attr-defined]


@pytest.mark.parametrize(
    ("source", "name", "message", "hint"),
    [
        ("class Calm:\n    pass\n", "Clam", "calm.py has no class 'Clam'", ""),
        ("Calm = 3\n", "Calm", "calm.py has no class 'Calm'", ""),
        ("1 / 0\n", "Calm", "fails when it is loaded: ZeroDivisionError", "calm.py, line 1"),
        ("class Calm(\n", "Calm", "fails when it is loaded: SyntaxError", "calm.py, line 1"),
        ("\nraise SystemExit(3)\n", "Calm", "fails when it is loaded: SystemExit: 3", "calm.py, line 2"),
        ("raise GeneratorExit\n", "Calm", "fails when it is loaded: GeneratorExit", "calm.py, line 1"),
        ("\nimport hause.rules\n", "Calm", "imports 'hause', which is not there", "put hause.py beside calm.py"),
        ("from . import rules\n", "Calm", "attempted relative import", "write import NAME in "),
        ("\nfrom broken import FLOOR\n", "Calm", "cannot import name 'FLOOR' from 'broken'", "calm.py, line 2"),
        ("import failing\n", "Calm", "fails when it is loaded: ZeroDivisionError", "failing.py, line 3"),
        ("import wrong\n", "Calm", "fails when it is loaded: SyntaxError", "wrong.py, line 2"),
        ("import needy\n", "Calm", "imports 'nowhere_to_be_found', which is not there", "put nowhere_to_be_found.py"),
    ],
)
def test_a_plug_in_that_cannot_be_loaded_is_a_problem_of_the_scenario(
    tmp_path: Path, source: str, name: str, message: str, hint: str
) -> None:
    beside = {
        "broken": "",
        "failing": "\n\n1 / 0\n",
        "wrong": "x = 1\ny = (\n",
        "needy": "import nowhere_to_be_found\n",
    }
    with pytest.raises(InvalidInput) as caught:
        load_plug_ins(with_plug_in(tmp_path, source, name, **beside))
    assert str(caught.value).startswith("plug_ins.customer(=")
    assert message in str(caught.value)
    assert hint in str(caught.value)


def test_copies_can_be_imported_where_they_lie(tmp_path: Path) -> None:
    scenario = with_plug_in(tmp_path / "here", FLOORED, house_rules="from house.base import FLOOR\n")
    (tmp_path / "here" / "house").mkdir()
    (tmp_path / "here" / "house" / "base.py").write_text("FLOOR = 0.5\n", encoding="utf-8")
    scenario.plug_ins["employee"] = scenario.plug_ins["customer"]
    said, files = plug_in_copies(scenario, "copies")
    assert said == dict.fromkeys(("customer", "employee"), "copies/plug_in_customer.py:Calm")
    assert set(files) == {f"copies/{name}.py" for name in ("plug_in_customer", "house_rules", "house/base")}
    for name, content in files.items():
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_bytes(content)
    (tmp_path / "cafe.yaml").write_text(f"{TEXT}plug_ins: {said}\n", encoding="utf-8")
    assert floor_of(load(tmp_path / "cafe.yaml")) == 0.5


def test_a_module_imported_by_the_user_before_gives_way(tmp_path: Path) -> None:
    """As in a notebook that has imported an older text of the helper itself."""
    with_plug_in(tmp_path, FLOORED, house_rules="FLOOR = 0.9\n")
    done = subprocess.run(
        [
            sys.executable, "-c",
            "import sys, types\nold = sys.modules['house_rules'] = types.ModuleType('house_rules')\nold.FLOOR = 0.0\n"
            "from sxsim.scenario.loading import load\nfrom sxsim.scenario.plug_ins import load_plug_ins\n"
            "print(load_plug_ins(load('cafe.yaml'))['customer'].floor)",
        ],
        cwd=tmp_path, capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert done.stdout.strip() == "0.9", done.stderr
