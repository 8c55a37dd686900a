"""Plug-ins: a user's own kind of customer, employee or touchpoint, named in the scenario file.

A plug-in is loaded anew for each run, with every module of one's own that it imports, from the very text that was read: so
an edit counts at once, also in a notebook, and nothing is written beside the user's files.
"""

import importlib.util
import inspect
import sys
import threading
import traceback
from collections.abc import Iterable
from importlib.machinery import ModuleSpec, SourceFileLoader
from pathlib import Path
from types import CodeType, ModuleType

from sxsim.scenario.plug_in_sources import Module, PlugIn, plug_in_sources, read_plug_ins
from sxsim.scenario.problems import InvalidInput, Problem
from sxsim.scenario.scenario import Scenario

__all__ = ["load_plug_ins", "plug_in_copies", "plug_in_sources"]

#: Where copies of plug-ins lie in a run's folder.
COPIES = "plug_ins"
_loading = threading.Lock()


class _Loader(SourceFileLoader):
    """Runs the text that was read, whatever stands in the file or in Python's own cache by now."""

    def __init__(self, name: str, file: Path, content: bytes) -> None:
        super().__init__(name, str(file))
        self._content = content

    def get_code(self, fullname: str) -> CodeType:
        code: CodeType = compile(self._content, self.path, "exec", dont_inherit=True)
        return code


class _Finder:
    """Finds the modules of the plug-ins loaded last, before anybody else does, also when they are imported late."""

    of_plug_ins = True

    def __init__(self) -> None:
        self.modules: dict[str, Module] = {}

    def find_spec(self, name: str, _path: object = None, _target: object = None) -> ModuleSpec | None:
        """How Python is told of a module."""
        module = self.modules.get(name)
        if module is None:
            return None
        folders = None if module.folders is None else list(module.folders)
        if module.file is None or module.content is None:
            spec = ModuleSpec(name, None, is_package=True)
            spec.submodule_search_locations = folders
            return spec
        loader = _Loader(name, module.file, module.content)
        return importlib.util.spec_from_file_location(
            name, module.file, loader=loader, submodule_search_locations=folders
        )

    def take(self, modules: dict[str, Module]) -> None:
        """Know these modules from now on, and forget what was loaded of those before."""
        for name in {*self.modules, *modules}:
            sys.modules.pop(name, None)
        self.modules = modules
        if self not in sys.meta_path:
            sys.meta_path.insert(0, self)


_finder = _Finder()


def load_plug_ins(scenario: Scenario) -> dict[str, type]:
    """The classes that the scenario plugs in, by kind. Raises InvalidInput when one cannot be loaded."""
    if not scenario.plug_ins:
        return {}
    plug_ins = read_plug_ins(scenario)
    with _loading:
        _finder.take({name: module for plug_in in plug_ins for name, module in plug_in.modules.items()})
        loaded: dict[Path, ModuleType] = {}
        found: dict[str, type] = {}
        for plug_in in plug_ins:
            if plug_in.file not in loaded:
                loaded[plug_in.file] = _load(plug_in)
            kind = getattr(loaded[plug_in.file], plug_in.class_name, None)
            if not inspect.isclass(kind):
                message = f"(={plug_in.text!r}): {plug_in.file.name} has no class {plug_in.class_name!r}"
                raise InvalidInput([Problem(("plug_ins", plug_in.kind), message)])
            found[plug_in.kind] = kind
    return found


def _load(plug_in: PlugIn) -> ModuleType:
    """Run the file of a plug-in. Raises InvalidInput."""
    name = f"sxsim_plug_in_{plug_in.file.stem}"
    loader = _Loader(name, plug_in.file, plug_in.content)
    spec = importlib.util.spec_from_file_location(name, plug_in.file, loader=loader)
    assert spec is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules[name] = module
    try:
        loader.exec_module(module)
    except (Exception, SystemExit) as error:
        said, hint = _what_is_wrong(error, plug_in)
        raise InvalidInput([Problem(("plug_ins", plug_in.kind), f"(={plug_in.text!r}) {said}", hint)]) from error
    return module


def _what_is_wrong(error: BaseException, plug_in: PlugIn) -> tuple[str, str]:
    """Why a plug-in cannot be loaded, and what to do."""
    file, line = _place_of(error, plug_in)
    here = f"{file}, line {line}"
    if isinstance(error, ModuleNotFoundError) and error.name:
        hint = f"put {error.name.partition('.')[0]}.py beside {plug_in.file.name}, or its folder on PYTHONPATH, or install it"
        return f"imports {error.name!r}, which is not there ({here})", hint
    said = f"fails when it is loaded: {type(error).__name__}: {error}"
    if isinstance(error, ImportError) and "relative import" in str(error):
        return said, f"write import NAME in {here}: what lies beside a plug-in is imported by its name"
    return said, f"look at {here}"


def _place_of(error: BaseException, plug_in: PlugIn) -> tuple[str, int]:
    """File and line of a user's own that an error comes from."""
    if isinstance(error, SyntaxError) and error.filename:
        return error.filename, error.lineno or 1
    own = {str(plug_in.file), *(str(module.file) for module in plug_in.modules.values())}
    frames = [frame for frame in traceback.extract_tb(error.__traceback__) if frame.filename in own]
    return (frames[-1].filename, frames[-1].lineno or 1) if frames else (str(plug_in.file), 1)


def plug_in_copies(scenario: Scenario, folder: str = COPIES) -> tuple[dict[str, str], dict[str, bytes]]:
    """Copies of a scenario's plug-ins with all they import: what the scenario then says of them, and files by place.

    folder: where they are to lie, seen from the scenario's file. Raises InvalidInput.
    """
    said: dict[str, str] = {}
    files: dict[str, bytes] = {}
    copied: dict[Path, str] = {}
    for plug_in in read_plug_ins(scenario):
        place = copied.setdefault(plug_in.file, f"{folder}/plug_in_{plug_in.kind}.py")
        said[plug_in.kind] = f"{place}:{plug_in.class_name}"
        files[place] = plug_in.content
        files |= _copies(plug_in.modules.values(), folder)
    return said, files


def _copies(modules: Iterable[Module], folder: str) -> dict[str, bytes]:
    return {f"{folder}/{module.place}": module.content for module in modules if module.content is not None}
