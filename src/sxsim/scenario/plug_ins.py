"""Plug-ins: a user's own kind of customer, employee or touchpoint, named in the scenario file."""

import importlib.util
import inspect
import sys
from pathlib import Path

from sxsim.scenario.problems import InvalidInput, Problem
from sxsim.scenario.scenario import Scenario


def _split(text: str) -> tuple[Path, str]:
    file, _, name = text.rpartition(":")
    return Path(file), name


def plug_in_sources(scenario: Scenario) -> dict[str, str]:
    """The source of each plug-in, part of what decides a run."""
    sources: dict[str, str] = {}
    for kind, text in scenario.plug_ins.items():
        file, name = _split(text)
        try:
            sources[kind] = f"{name}\n{file.read_text(encoding='utf-8')}"
        except OSError as error:
            message = f"(={text!r}) cannot be read: {error.strerror}"
            raise InvalidInput([Problem(("plug_ins", kind), message, "write FILE.py:ClassName")]) from None
    return sources


def load_plug_ins(scenario: Scenario) -> dict[str, type]:
    """The classes that the scenario plugs in, by kind. Raises InvalidInput when one cannot be loaded."""
    found: dict[str, type] = {}
    for kind, text in scenario.plug_ins.items():
        file, name = _split(text)
        module_name = f"sxsim_plug_in_{file.stem}"
        spec = importlib.util.spec_from_file_location(module_name, file)
        if spec is None or spec.loader is None:
            raise InvalidInput(
                [Problem(("plug_ins", kind), f"(={text!r}) is no Python file", "write FILE.py:ClassName")]
            )
        module = importlib.util.module_from_spec(spec)
        sys.modules[module_name] = module
        try:
            spec.loader.exec_module(module)
        except Exception as error:
            message = f"(={text!r}) fails when it is loaded: {type(error).__name__}: {error}"
            raise InvalidInput([Problem(("plug_ins", kind), message, f"try python {file}")]) from error
        loaded = getattr(module, name, None)
        if not inspect.isclass(loaded):
            raise InvalidInput([Problem(("plug_ins", kind), f"(={text!r}): {file.name} has no class {name!r}")])
        found[kind] = loaded
    return found
