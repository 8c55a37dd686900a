"""One decorator for every rule, so that both engines run the very same machine code, and where that code is kept on disk.

A *rule* says what happens in the world: a scalar function of numbers, compiled once, without side effects. A *step*
applies rules to the rows of one customer, employee or site. Both are compiled by Numba and kept on disk by a hash of the
sources they are compiled from, so an edited rule never runs stale and only the first run compiles. Other packages' compiled
functions stay where Numba keeps them.

Of Numba's inside this relies on: a dispatcher's `_cache`; `NullCache`, `FunctionCache`, `CompileResultCacheImpl` of
`numba.core.caching`, with `_impl_class`, `_lineno`, `_locator`, `_filename_base` and `get_filename_base`; the four methods of a
cache locator; and of `IndexDataCacheFile`, a cache's `_cache_file`, loading and saving of index and data. They are the same from Numba 0.61 to 0.68, to which `pyproject.toml` holds it.
"""

import hashlib
import inspect
import os
import pickle
import platform
import stat
import sys
import tempfile
from collections.abc import Callable
from functools import cache, cached_property
from pathlib import Path
from typing import Any, TypeVar

import numba
from numba.core.caching import CompileResultCacheImpl, FunctionCache, IndexDataCacheFile, NullCache

from sxsim.model.sources import SOURCES, sources_hash

__all__ = ["cache_folder", "compiled_before", "draw", "exact", "part_of_step", "rule", "sources_hash", "step"]

#: What the file of a function's compiled code begins with; its SHA-256 follows.
_MARK = b"sxsim1"
#: The module whose steps are compiled first when a run begins.
_FIRST = "sxsim.engines.compiled"


@cache
def cache_folder() -> Path:
    """Where compiled rules are kept: the user's cache, or a temporary folder where that cannot be written.

    ``SXSIM_CACHE_DIR`` overrides the place.
    """
    name = f"py{platform.python_version()}-numba{numba.__version__}"
    chosen = os.environ.get("SXSIM_CACHE_DIR")
    roots = [Path(chosen)] if chosen else []
    roots.append(Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "sxsim")
    roots.append(Path(tempfile.gettempdir()) / f"sxsim-cache-{os.getuid() if hasattr(os, 'getuid') else 0}")
    for root in roots:
        if _writable(root / name) and _ours(root) and _ours(root / name):
            return root / name
    return Path(tempfile.mkdtemp(prefix="sxsim-cache-"))


def _writable(folder: Path) -> bool:
    try:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        with tempfile.TemporaryFile(dir=folder):
            return True
    except OSError:
        return False


def _ours(folder: Path) -> bool:
    """Whether nobody else can put code there that we would run: the folder belongs to us, and not everybody may write to it."""
    if not hasattr(os, "getuid"):
        return True
    found = folder.stat()
    return folder.lstat().st_uid == found.st_uid == os.getuid() and not found.st_mode & stat.S_IWOTH


def _folder_of(module: str) -> Path:
    """Where the compiled functions of a module of this program are kept, as its sources are now."""
    file = SOURCES.file_of(module)
    assert file is not None
    return cache_folder() / f"{module.partition('.')[2]}-{SOURCES.compiled_version(file)}"


def compiled_before() -> bool:
    """Whether the steps of this version are kept already; if not, the first run compiles them."""
    return any(_folder_of(_FIRST).glob("*.nbi"))


class _Locator:
    """A cache locator, as Numba calls it: where a function's compiled code lies and what it was compiled from."""

    def __init__(self, function: Callable[..., Any]) -> None:
        self._py_file = inspect.getfile(function)  # named in Numba's warnings
        self._folder = _folder_of(function.__module__)

    def ensure_cache_path(self) -> None:
        self._folder.mkdir(parents=True, exist_ok=True)

    def get_cache_path(self) -> str:
        return str(self._folder)

    def get_source_stamp(self) -> str:
        return self._folder.name

    def get_disambiguator(self) -> str:
        return "kept"  # a module has no two functions of one name


class _Kept(CompileResultCacheImpl):
    def __init__(self, function: Callable[..., Any]) -> None:
        self._lineno = function.__code__.co_firstlineno
        self._locator = _Locator(function)
        self._filename_base = self.get_filename_base(function.__qualname__, getattr(sys, "abiflags", ""))


class _CheckedFile(IndexDataCacheFile):
    """Index and compiled code of a function on disk; what is damaged counts as not there, so it is made again."""

    def _load_index(self) -> Any:
        try:
            return super()._load_index()
        except Exception as error:  # whatever a damaged file makes its reader raise
            _say_damaged(self._index_path, error)
            return {}

    def _save_data(self, name: str, data: Any) -> None:
        content = self._dump(data)
        with self._open_for_write(self._data_path(name)) as file:
            file.write(_MARK + hashlib.sha256(content).digest() + content)

    def _load_data(self, name: str) -> Any:
        path = self._data_path(name)
        content = Path(path).read_bytes()
        try:
            if content.startswith(_MARK):
                size = len(_MARK) + hashlib.sha256().digest_size
                said, content = content[len(_MARK) : size], content[size:]
                if hashlib.sha256(content).digest() != said:
                    raise ValueError(f"{len(content)} bytes do not have the checksum they were kept with")
            return pickle.loads(content)
        except Exception as error:
            _say_damaged(path, error)
            raise OSError(f"{path} is damaged") from None  # which counts as not there


def _say_damaged(path: str, error: Exception) -> None:
    sys.stderr.write(f"compiled code is damaged and made again: {path} ({type(error).__name__}: {error})\n")


class _KeptCode(FunctionCache):
    _impl_class = _Kept

    def __init__(self, function: Callable[..., Any]) -> None:
        super().__init__(function)
        impl = self._impl
        self._cache_file = _CheckedFile(self._cache_path, impl.filename_base, impl.locator.get_source_stamp())


class _KeptWhenNeeded(NullCache):
    """A cache that looks at the disk only when a function is called, not when it is defined."""

    def __init__(self, function: Callable[..., Any]) -> None:
        self._function = function

    @cached_property
    def _inner(self) -> Any:
        return _KeptCode(self._function)

    @property
    def cache_path(self) -> str:
        return str(self._inner.cache_path)

    def load_overload(self, sig: Any, target_context: Any) -> Any:
        return self._inner.load_overload(sig, target_context)

    def save_overload(self, sig: Any, data: Any) -> None:
        self._inner.save_overload(sig, data)

    def enable(self) -> None:
        self._inner.enable()

    def disable(self) -> None:
        self._inner.disable()

    def flush(self) -> None:
        self._inner.flush()


def keep(compiled: Any) -> Any:
    """Keep what Numba compiles for a function of this program on disk; others are compiled by each process anew.

    compiled: what `numba.njit` returns. Functions within functions have no name of their own on disk.
    """
    function = getattr(compiled, "py_func", None)
    if function is None:  # Numba was told to compile nothing
        return compiled
    if "<" not in function.__qualname__ and SOURCES.file_of(function.__module__) is not None:
        compiled._cache = _KeptWhenNeeded(function)
    return compiled


Function = TypeVar("Function", bound=Callable[..., Any])

_OPTIONS = {"nogil": True, "error_model": "numpy", "no_cfunc_wrapper": True}
_compile = numba.njit(**_OPTIONS)
_compile_into_callers = numba.njit(inline="always", **_OPTIONS)


def rule(function: Function) -> Function:
    """Compile a rule of the model.

    A rule is a pure function of scalars and, last, the parameter record ``p``. Its docstring says what happens in the
    world, the units and ranges, and its source. Most rules have one caller, so they are compiled into their callers: that
    takes a third less time than compiling them apart.
    """
    return keep(_compile_into_callers(function))  # type: ignore[no-any-return]


def exact(function: Function) -> Function:
    """Compile a function of the model's own arithmetic, whose bits do not depend on the processor."""
    return keep(_compile(function))  # type: ignore[no-any-return]


def draw(function: Function) -> Function:
    """Compile a part of a draw, once, because draws have many callers."""
    return keep(_compile(function))  # type: ignore[no-any-return]


def step(function: Function) -> Function:
    """Compile a step: rules applied to rows of the world, in the order both engines run."""
    return keep(_compile(function))  # type: ignore[no-any-return]


def part_of_step(function: Function) -> Function:
    """Compile a part of a step into its only caller."""
    return keep(_compile_into_callers(function))  # type: ignore[no-any-return]
