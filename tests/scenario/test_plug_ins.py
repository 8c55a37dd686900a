from pathlib import Path

import pytest

from sxsim.scenario.loading import load
from sxsim.scenario.plug_ins import load_plug_ins, plug_in_sources
from sxsim.scenario.problems import InvalidInput
from sxsim.scenario.scenario import Scenario

from .cafe import TEXT

GOOD = "from sxsim.engines.reference.agents import Customer\n\n\nclass Calm(Customer):\n    pass\n"


def with_plug_in(folder: Path, source: str | None, name: str = "Calm") -> Scenario:
    if source is not None:
        (folder / "calm.py").write_text(source, encoding="utf-8")
    path = folder / "cafe.yaml"
    path.write_text(f"{TEXT}plug_ins: {{customer: 'calm.py:{name}'}}\n", encoding="utf-8")
    return load(path)


def test_a_plug_in_is_found_beside_the_scenario_and_its_source_is_part_of_the_run(tmp_path: Path) -> None:
    scenario = with_plug_in(tmp_path, "class Calm:\n    pass\n")
    assert plug_in_sources(scenario) == {"customer": "Calm\nclass Calm:\n    pass\n"}
    assert load_plug_ins(scenario)["customer"].__name__ == "Calm"


@pytest.mark.parametrize(
    ("source", "name", "message"),
    [
        ("class Calm:\n    pass\n", "Clam", "calm.py has no class 'Clam'"),
        ("Calm = 3\n", "Calm", "calm.py has no class 'Calm'"),
        ("1 / 0\n", "Calm", "fails when it is loaded: ZeroDivisionError"),
        ("class Calm(\n", "Calm", "fails when it is loaded: SyntaxError"),
    ],
)
def test_a_plug_in_that_cannot_be_loaded_is_a_problem_of_the_scenario(
    tmp_path: Path, source: str, name: str, message: str
) -> None:
    with pytest.raises(InvalidInput) as caught:
        load_plug_ins(with_plug_in(tmp_path, source, name))
    assert str(caught.value).startswith("plug_ins.customer(=")
    assert message in str(caught.value)


def test_a_plug_in_that_is_not_there_is_a_problem_of_the_scenario(tmp_path: Path) -> None:
    with pytest.raises(InvalidInput, match="cannot be read: No such file") as caught:
        plug_in_sources(with_plug_in(tmp_path, None))
    assert "write FILE.py:ClassName" in str(caught.value)
