"""What a plug-in is made of: its file, and every module of one's own that it imports, directly or not.

Modules are found where Python would find them, and read without being run. Of one's own is what is neither part of Python
nor installed nor sxsim itself. What is imported by a name put together at run time, and files read as data, cannot be seen.
"""

import ast
import hashlib
import importlib
import site
import sys
import sysconfig
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cache
from importlib.machinery import ModuleSpec, PathFinder
from pathlib import Path

from sxsim.scenario.problems import InvalidInput, Problem
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
            content = file.read_bytes()
        except OSError as error:
            raise InvalidInput(
                [Problem(("plug_ins", kind), f"(={text!r}) cannot be read: {error.strerror}", _HINT)]
            ) from None
        try:
            modules = _Search(file.resolve().parent).modules_of(content)
        except InvalidInput as error:
            message = f"(={text!r}){error.problems[0].message}"
            raise InvalidInput([Problem(("plug_ins", kind), message, error.problems[0].hint)]) from None
        found.append(PlugIn(kind, text, file, class_name, content, modules))
    _check_names(found)
    return found


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
