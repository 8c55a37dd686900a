"""Plug-ins: a user's own kind of customer, employee or touchpoint, named in the scenario file.

A plug-in is its file, and every module of one's own that it imports, directly or not. Modules are found where Python would find
them, and read without being run. Of one's own is what is neither part of Python nor installed nor sxsim itself. What is
imported by a name put together at run time, and files read as data, cannot be seen.

A plug-in is loaded anew for each run, from the very text that was read: so an edit counts at once, also in a notebook, and
nothing is written beside the user's files.
"""

import ast
import hashlib
import importlib
import importlib.util
import inspect
import site
import sys
import sysconfig
import threading
import traceback
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import cache
from importlib.machinery import ModuleSpec, PathFinder, SourceFileLoader
from pathlib import Path
from types import CodeType, ModuleType
from typing import Any

from sxsim.scenario import limits
from sxsim.scenario.problems import InvalidInput, Problem
from sxsim.scenario.reading import read_bytes
from sxsim.scenario.scenario import Scenario

_HINT = "write FILE.py:ClassName"
#: Functions that import the module they are told as text.
_IMPORTERS = ("import_module", "__import__")


@dataclass(frozen=True)
class Module:
    """A module of one's own. content: None for a folder without `__init__.py`; folders: where its parts lie."""

    name: str
    file: Path | None
    content: bytes | None
    folders: tuple[str, ...] | None

    @property
    def place(self) -> str:
        """Where its file lies below a folder from which it can be imported."""
        path = self.name.replace(".", "/")
        return f"{path}.py" if self.folders is None else f"{path}/__init__.py"


@dataclass(frozen=True)
class PlugIn:
    """A plug-in as it was read. modules: those of one's own that it imports, by name."""

    kind: str
    text: str
    file: Path
    class_name: str
    content: bytes
    modules: dict[str, Module] = field(default_factory=dict)


def read_plug_ins(scenario: Scenario) -> list[PlugIn]:
    """The plug-ins of a scenario with all they import. Raises InvalidInput when one cannot be read."""
    found = []
    for kind, text in scenario.plug_ins.items():
        name, _, class_name = text.rpartition(":")
        file = Path(name)
        try:
            content = read_bytes(file, limits.YAML_BYTES)
        except InvalidInput as error:
            said = error.problems[0].message.removeprefix(f" {file}")
            raise InvalidInput([Problem(("plug_ins", kind), f"(={text!r}){said}", _HINT)]) from None
        try:
            modules = _Search(file.resolve().parent).modules_of(content)
        except InvalidInput as error:
            message = f"(={text!r}){error.problems[0].message}"
            raise InvalidInput([Problem(("plug_ins", kind), message, error.problems[0].hint)]) from None
        found.append(PlugIn(kind, text, file, class_name, content, modules))
    _check_names(found)
    return found


def untrusted(plug_ins: Mapping[Any, str], scenario_file: Path, trust: bool | None) -> Iterator[Problem]:
    """Plug-ins that nobody said may run, each with its file and hash.

    trust: None where the user named the scenario, whose plug-ins may run if they lie beside it; True for all; False for none,
    because the scenario came with a folder or an experiment.
    """
    folder = scenario_file.resolve().parent
    for kind, text in {} if trust else plug_ins.items():
        file = Path(text.rpartition(":")[0]).resolve()
        if trust is None and file.is_relative_to(folder):
            continue
        try:
            found = f"SHA-256 {hashlib.sha256(read_bytes(file, limits.YAML_BYTES)).hexdigest()}"
        except InvalidInput as error:
            found = f"which{error.problems[0].message.removeprefix(f' {file}')}"
        why = (
            "does not lie beside the scenario" if trust is None else "came with the file, and was not asked for by you"
        )
        said = f"(={text!r}) would run the code of {file}, {found}: it {why}"
        yield Problem(
            ("plug_ins", kind), said, "read it; if you trust it, and what it imports, say --trust (docs/trust.md)"
        )


def _check_names(plug_ins: list[PlugIn]) -> None:
    """Raise InvalidInput when two plug-ins mean different files by one name."""
    files: dict[str, Path | None] = {}
    for plug_in in plug_ins:
        for name, module in plug_in.modules.items():
            if files.setdefault(name, module.file) != module.file:
                message = f"(={plug_in.text!r}) imports {name} from {module.file}, another plug-in from {files[name]}"
                raise InvalidInput([Problem(("plug_ins", plug_in.kind), message, "rename one of the two files")])


def plug_in_sources(scenario: Scenario) -> dict[str, str]:
    """What decides a run of a scenario's plug-ins: class and hash of each file, and the hash of each module imported."""
    decides: dict[str, str] = {}
    for plug_in in read_plug_ins(scenario):
        decides[plug_in.kind] = f"{plug_in.class_name} {_hash(plug_in.content)}"
        for name, module in plug_in.modules.items():
            if module.content is not None:
                decides[f"import {name}"] = _hash(module.content)
    return decides


def _hash(content: bytes) -> str:
    return hashlib.sha256(content.replace(b"\r\n", b"\n")).hexdigest()


class _Search:
    """Finds what is imported from a folder: beside the plug-in first, then wherever Python looks."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.found: dict[str, Module] = {}
        self._met: set[str] = set()
        importlib.invalidate_caches()

    def modules_of(self, content: bytes) -> dict[str, Module]:
        """The modules of one's own behind a source, by name."""
        left = list(_imports_of(content, ""))
        while left:
            name = left.pop()
            if name not in self._met:
                self._met.add(name)
                parent = name.rpartition(".")[0]
                if not parent or (parent in self.found and self.found[parent].folders is not None):
                    module = self._module(name, parent)
                    if module is not None:
                        self.found[name] = module
                        package = parent if module.folders is None else name
                        left += _imports_of(module.content or b"", package)
        return self.found

    def _module(self, name: str, parent: str) -> Module | None:
        """A module of one's own; None where there is none of this name, or it is not one's own."""
        if not parent and (name in sys.stdlib_module_names or name in sys.builtin_module_names or name == "sxsim"):
            return None
        spec = self._spec(name, parent)
        if spec is None:
            return None
        folders = None if spec.submodule_search_locations is None else tuple(spec.submodule_search_locations)
        if spec.origin is None or not spec.has_location:
            own = folders is not None and not any(_installed(folder) for folder in folders)
            return Module(name, None, None, folders) if own else None
        if _installed(spec.origin) or not spec.origin.endswith(".py"):
            return None
        if not parent and Path(spec.origin).is_relative_to(self.folder):
            other = PathFinder.find_spec(name, sys.path)
            if other is not None and other.origin is not None and _installed(other.origin):
                problem = f": it imports {name}, which is an installed package and a file beside it, too"
                raise InvalidInput([Problem((), problem, f"rename {spec.origin}")])
        try:
            return Module(name, Path(spec.origin), Path(spec.origin).read_bytes(), folders)
        except OSError:
            return None

    def _spec(self, name: str, parent: str) -> ModuleSpec | None:
        if parent:
            return PathFinder.find_spec(name, self.found[parent].folders)
        spec = PathFinder.find_spec(name, [str(self.folder), *sys.path])
        if spec is not None:
            return spec
        others = (finder for finder in sys.meta_path if not getattr(finder, "of_plug_ins", False))
        specs = (finder.find_spec(name, None) for finder in others if hasattr(finder, "find_spec"))
        return next((found for found in specs if found is not None), None)


def _imports_of(content: bytes, package: str) -> Iterator[str]:
    """The full names of modules that a source may import, parents first to last in no order, wherever it does so."""
    try:
        tree = ast.parse(content)
    except (SyntaxError, ValueError):  # said when it is loaded
        return
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            names = [alias.name for alias in node.names]
        elif isinstance(node, ast.ImportFrom):
            above = package.split(".")[: len(package.split(".")) - node.level + 1] if node.level else []
            base = ".".join([*above, *([node.module] if node.module else [])])
            names = [base, *(f"{base}.{alias.name}" for alias in node.names)]
        elif isinstance(node, ast.Call) and node.args and isinstance(node.args[0], ast.Constant):
            called = getattr(node.func, "attr", getattr(node.func, "id", ""))
            names = [str(node.args[0].value)] if called in _IMPORTERS else []
        else:
            continue
        for name in names:
            parts = name.split(".")
            yield from (".".join(parts[:count]) for count in range(len(parts), 0, -1) if all(parts))


@cache
def _installed_folders() -> tuple[Path, ...]:
    paths = sysconfig.get_paths()
    named = [paths[key] for key in ("stdlib", "platstdlib", "purelib", "platlib") if key in paths]
    folders = [*named, *site.getsitepackages(), site.getusersitepackages()]
    return tuple(Path(folder).resolve() for folder in folders)


def _installed(place: str) -> bool:
    """Whether a file is part of Python or of an installed package."""
    path = Path(place).resolve()
    return any(path.is_relative_to(folder) for folder in _installed_folders()) or not {
        "site-packages",
        "dist-packages",
    }.isdisjoint(path.parts)


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
    except BaseException as error:
        if isinstance(error, KeyboardInterrupt):
            raise
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
