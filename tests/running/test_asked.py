"""Python, the command line and the documentation ask for the same, by the same names, with the same defaults."""

import inspect
from collections.abc import Callable
from dataclasses import fields
from pathlib import Path
from typing import Any

import pytest
import typer

import sxsim
from sxsim.commands.program import app
from sxsim.results.result import DEFAULT_OUT
from sxsim.running.asked import (
    CompareOptions,
    DryRun,
    ReadingAScenario,
    RunOptions,
    Screen,
    StudyOptions,
    Trial,
    declared,
)
from sxsim.running.plans import DEFAULT_REPLICATIONS, Options

from ..scenario.cafe import CAFE

PAGE = Path(__file__).resolve().parents[2] / "docs" / "options.md"
COMMANDS = {
    "run": (RunOptions, ReadingAScenario, Screen, DryRun),
    "compare": (CompareOptions, ReadingAScenario, Screen, DryRun),
    "study": (StudyOptions, Screen, Trial),
}
#: What a command or function asks for beside what is shared.
OWN = {"run": {"scenario", "plan"}, "compare": {"scenario", "plans", "base"}, "study": {"experiment"}}


def named(function: Callable[..., Any]) -> dict[str, Any]:
    """Keyword arguments of a function with their defaults."""
    signature = inspect.signature(function)
    assert not [p for p in signature.parameters.values() if p.kind is p.VAR_KEYWORD], "an editor would show nothing"
    return {p.name: p.default for p in signature.parameters.values() if p.kind is p.KEYWORD_ONLY}


@pytest.mark.parametrize(
    ("function", "kind", "own"),
    [
        (sxsim.run, RunOptions, set()),
        (sxsim.compare, CompareOptions, {"base"}),
        (sxsim.Scenario.run, RunOptions, set()),
        (sxsim.Scenario.compare, CompareOptions, {"base"}),
        (sxsim.study, StudyOptions, set()),
        (sxsim.load, ReadingAScenario, set()),
    ],
    ids=["run", "compare", "Scenario.run", "Scenario.compare", "study", "load"],
)
def test_python_shows_the_declared_options_and_defaults(
    function: Callable[..., Any], kind: type, own: set[str]
) -> None:
    shown = {name: default for name, default in named(function).items() if name not in own}
    assert shown == {name: option.default for name, option in declared(kind).items()}


def test_options_of_a_run_are_those_declared() -> None:
    options = declared(CompareOptions)
    assert {field.name: field.default for field in fields(Options)} == {n: o.default for n, o in options.items()}
    assert (options["out"].default, options["replications"].default) == (DEFAULT_OUT, DEFAULT_REPLICATIONS)


@pytest.mark.parametrize("name", COMMANDS)
def test_the_command_line_asks_for_the_declared_options_and_defaults(name: str) -> None:
    command = typer.main.get_command(app).commands[name]  # type: ignore[attr-defined]
    expected = {n: option for n, option in declared(*COMMANDS[name]).items() if option.flags}
    found = {parameter.name: parameter for parameter in command.params if parameter.name not in OWN[name]}
    assert set(found) == set(expected)
    for option_name, parameter in found.items():
        option = expected[option_name]
        assert (tuple(parameter.opts), parameter.help) == (option.flags, option.help)
        assert parameter.default == (None if option.default == () else option.default), option_name
        assert (getattr(parameter, "min", None), getattr(parameter, "max", None)) == (option.low, option.high)


def test_what_is_only_typed_is_unknown_in_python_and_the_other_way_round() -> None:
    for kind in (Screen, DryRun, Trial):
        assert all(option.flags for option in declared(kind).values())
        assert not set(declared(kind)) & set(declared(RunOptions, StudyOptions, ReadingAScenario))
    only_python = {name for name, option in declared(RunOptions, StudyOptions).items() if not option.flags}
    assert only_python == {"progress", "ensemble", "should_stop", "tables"}


def test_the_page_holds_every_option() -> None:
    rows = [line for line in PAGE.read_text(encoding="utf-8").splitlines() if line.startswith("| ")]
    for kinds in COMMANDS.values():
        for name, option in declared(*kinds).items():
            word = f"`{option.flags[-1]}" if option.flags else f"`{name}`"
            assert [row for row in rows if word in row and option.help.replace("|", "\\|") in row], name


def test_an_unknown_option_is_named() -> None:
    with pytest.raises(TypeError, match="replicatons"):
        sxsim.load(CAFE).run(replicatons=3)  # type: ignore[call-arg]
