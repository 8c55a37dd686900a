"""Versions of the register: the newest is the register, old ones can still be run."""

import pytest

from sxsim.model.parameters import register, rule_parameters
from sxsim.running.plans import load
from sxsim.scenario.loading import read_parameters
from sxsim.scenario.parameters import parameter_sets
from sxsim.scenario.problems import InvalidInput

from .cafe import changed


def test_the_newest_version_is_the_register() -> None:
    """Whoever changes a value adds a version: results say by number which behaviour they rest on."""
    newest = list(parameter_sets().values())[-1]
    assert newest == {name: register()[name].value for name in rule_parameters()}


def test_versions_are_numbered_from_one_and_complete() -> None:
    assert list(parameter_sets()) == [f"version-{number}" for number in range(1, len(parameter_sets()) + 1)]
    for values in parameter_sets().values():
        assert set(values) == set(rule_parameters())


def test_an_old_version_can_be_named_in_place_of_a_file(tmp_path, monkeypatch) -> None:
    monkeypatch.chdir(tmp_path)
    scenario_file = tmp_path / "cafe.yaml"
    scenario_file.write_text(changed(), encoding="utf-8")
    old = load(scenario_file, parameters="version-1", unusual=True)
    assert old.parameters["leave_loyalty"] == 6
    assert load(scenario_file).parameters == {}


def test_a_file_of_that_name_comes_first_and_an_unknown_version_is_refused(tmp_path, monkeypatch) -> None:
    monkeypatch.chdir(tmp_path)
    with pytest.raises(InvalidInput, match=r"version-1"):
        read_parameters(tmp_path / "version-0")
    (tmp_path / "version-1").write_text("name,value\nbond_gain,0.2\n")
    assert read_parameters(tmp_path / "version-1") == {"bond_gain": 0.2}
