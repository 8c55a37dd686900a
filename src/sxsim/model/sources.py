"""The sources of this program as they were when it started, and what of them can change a run or compiled code.

What only people read counts nowhere: comments, docstrings, blank lines, line breaks. The hashes are the same on every
supported Python.
"""

import ast
import hashlib
import re
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any

PACKAGE = "sxsim"
#: Rooms all of whose code decides a run; what they import from other rooms decides it too.
_DECIDING = ("model/", "engines/")
#: Data that decides a run: the register, the weights, the fields of the rows and the catalogue of the standard.
_DATA = (("model", "*.csv"), ("engines", "*.csv"), ("standard", "*.yaml"))
#: The file whose decorators compile. What it imports compiles nothing else.
_DECORATORS = "model/rule.py"
#: What a file imports that teaches Numba how to compile something.
_TEACHING = re.compile(rb"^(?:from|import) (?:numba\.extending|llvmlite)\b", re.MULTILINE)
_DIGITS = 16
#: Fields of syntax trees that say nothing, or not the same on every Python.
_SAYS_NOTHING = ("ctx", "type_comment", "kind")
Definition = ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef
#: A name of a file; None stands for what runs when the file is imported.
_Place = tuple[str, str | None]


def essence(tree: ast.Module) -> str:
    """What a Python source says to the machine, as one text."""
    words: list[str] = []
    _describe(tree, words)
    return "\0".join(words)


def _describe(value: Any, words: list[str]) -> None:
    if isinstance(value, list):
        words.append("[")
        for item in value:
            _describe(item, words)
        words.append("]")
    elif isinstance(value, ast.AST):
        words.append(type(value).__name__)
        for field in value._fields:
            inner = getattr(value, field, None)
            if field == "body" and isinstance(inner, list) and inner and _is_text(inner[0]):
                inner = inner[1:] or [ast.Pass()]
            if inner is not None and inner != [] and field not in _SAYS_NOTHING:
                words.append(field)
                _describe(inner, words)
        words.append(".")
    else:
        words.append(repr(value))


def _is_text(statement: ast.stmt) -> bool:
    """Whether a statement is a docstring."""
    said = statement.value if isinstance(statement, ast.Expr) else None
    return isinstance(said, ast.Constant) and isinstance(said.value, str)


class Sources:
    """The sources of a package, read once: an edit while the program runs is no part of what runs.

    Parameters
    ----------
    folder
        The folder of the package.
    """

    def __init__(self, folder: Path) -> None:
        self.code = {path.relative_to(folder).as_posix(): path.read_bytes() for path in sorted(folder.rglob("*.py"))}
        self.data = {
            path.relative_to(folder).as_posix(): path.read_bytes()
            for room, pattern in _DATA
            for path in sorted((folder / room).glob(pattern))
        }
        self._parsed: dict[str, _Parsed] = {}

    def version(self) -> str:
        """Hash of all that decides a run, 16 hexadecimal digits: the version of the model."""
        files = self._imported(file for file in self.code if file.startswith(_DECIDING))
        data = {name: content.replace(b"\r\n", b"\n") for name, content in self.data.items()}
        return _digest([*self._said(files), *(part for name in sorted(data) for part in (name.encode(), data[name]))])

    def compiled_version(self, file: str) -> str:
        """Hash of all that decides the machine code of a file's rules and steps, 16 hexadecimal digits."""
        return _digest(self._said(self.compiled_from(file)))

    def compiled_from(self, file: str) -> set[str]:
        """The files whose code is compiled into a file's rules and steps, that file among them.

        Followed are the names that decorated functions and the file's own statements use; what only other functions
        import is left out. Where in doubt, a file counts.
        """
        met: set[_Place] = set()
        left: list[_Place] = [(name, None) for name in (file, *self._teaching_the_compiler())]
        while left:
            place = left.pop()
            if place not in met:
                met.add(place)
                left += self._parse(place[0]).used_by(place[1]) if place[0] != _DECORATORS else ()
        return {name for name, _ in met}

    def file_of(self, module: str) -> str | None:
        """The file of a module of the package, by the module's full name; None where there is none."""
        package, _, rest = module.partition(".")
        place = rest.replace(".", "/")
        found = (name for name in (f"{place}.py", f"{place}/__init__.py".lstrip("/")) if name in self.code)
        return next(found, None) if package == PACKAGE else None

    def _teaching_the_compiler(self) -> list[str]:
        """Files that teach Numba types of their own: they decide code that does not name them."""
        return [name for name, content in self.code.items() if _TEACHING.search(content)]

    def _imported(self, files: Iterator[str]) -> set[str]:
        """Files with all they import, directly or not."""
        met: set[str] = set()
        left = list(files)
        while left:
            file = left.pop()
            if file not in met:
                met.add(file)
                left += [name for places in self._parse(file).imports.values() for name, _ in places]
        return met

    def _said(self, files: set[str]) -> list[bytes]:
        return [part.encode() for file in sorted(files) for part in (file, self._parse(file).essence)]

    def _parse(self, file: str) -> "_Parsed":
        if file not in self._parsed:
            self._parsed[file] = _Parsed(file, self)
        return self._parsed[file]


def _digest(parts: list[bytes]) -> str:
    digest = hashlib.sha256()
    for part in parts:
        digest.update(len(part).to_bytes(8))
        digest.update(part)
    return digest.hexdigest()[:_DIGITS]


class _Parsed:
    """A file taken apart: what it imports from the package, what it defines, what runs when it is imported."""

    def __init__(self, file: str, sources: Sources) -> None:
        self.file = file
        tree = ast.parse(sources.code[file])
        self.essence = essence(tree)
        self.imports: dict[str, list[_Place]] = {}
        self._modules: set[str] = set()
        for node in ast.walk(tree):
            if isinstance(node, ast.Import | ast.ImportFrom):
                for name, module, attribute in _bindings(node, file):
                    whole = sources.file_of(f"{module}.{attribute}" if attribute else module)
                    found = whole or sources.file_of(module)
                    if found is not None:
                        self.imports.setdefault(name, []).append((found, None if whole else attribute))
                        self._modules |= {name} if whole else set()
        kept = (ast.Import, ast.ImportFrom)
        self._defined = {node.name: node for node in tree.body if isinstance(node, Definition)}
        self._at_import = [
            node
            for node in tree.body
            if not isinstance(node, kept) and (not isinstance(node, Definition) or node.decorator_list)
        ]

    def used_by(self, name: str | None) -> Iterator[_Place]:
        """Where the names come from that a definition uses; None: the names used when the file is imported."""
        if name is None:
            nodes: list[ast.AST] = list(self._at_import)
        else:
            yield self.file, None
            yield from self.imports.get(name, ())
            nodes = [self._defined[name]] if name in self._defined else []
        for node in (inner for outer in nodes for inner in ast.walk(outer)):
            if isinstance(node, ast.Name):
                yield from self.imports.get(node.id, ())
                if node.id in self._defined:
                    yield self.file, node.id
            elif (
                isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name) and node.value.id in self._modules
            ):
                yield from ((file, node.attr) for file, _ in self.imports[node.value.id])


def _bindings(node: ast.Import | ast.ImportFrom, file: str) -> Iterator[tuple[str, str, str]]:
    """The names that an import binds: each with the module, and with what is taken from it, if anything."""
    if isinstance(node, ast.Import):
        for alias in node.names:
            yield alias.asname or alias.name.partition(".")[0], alias.name, ""
        return
    module = node.module or ""
    if node.level:
        above = [PACKAGE, *file.split("/")[: -node.level]]
        module = ".".join([*above, module] if module else above)
    for alias in node.names:
        yield alias.asname or alias.name, module, alias.name


#: The sources of this program.
SOURCES = Sources(Path(__file__).resolve().parent.parent)


@cache
def sources_hash() -> str:
    """Hash of the sources that decide a run, 16 hexadecimal digits: the version of the model.

    Code of model and engines, what it imports, register and catalogue count; comments and docstrings do not.
    """
    return SOURCES.version()
