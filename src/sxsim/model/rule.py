"""One decorator for every rule, so that both engines run the very same machine code.

A *rule* says what happens in the world: a scalar function of numbers, compiled once, without side effects. A *step*
applies rules to the rows of one customer, employee or site. Both are compiled by Numba and kept on disk in a folder
whose name holds a hash of all rule and step sources, so an edited rule never runs stale.
"""

import hashlib
import os
import platform
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import Any, TypeVar

import numba
from numba.core import config

Function = TypeVar("Function", bound=Callable[..., Any])

_PACKAGE = Path(__file__).resolve().parent.parent
#: Sources that decide what compiled code does: rules and steps, and the lists of names that give rows their numbers.
COMPILED_SOURCES = ("model/**/*.py", "engines/**/*.py", "standard/catalogue.py")
#: Sources that decide a run: the register, what activities lower and anchor, and how a scenario is read, too.
SOURCES = (*COMPILED_SOURCES, "model/**/*.csv", "standard/activities.yaml", "scenario/**/*.py")


def sources_hash(patterns: tuple[str, ...] = SOURCES) -> str:
    """Hash of sources, 16 hexadecimal digits: of those that decide a run, the version of the model."""
    digest = hashlib.sha256()
    for path in sorted({path for pattern in patterns for path in _PACKAGE.glob(pattern)}):
        digest.update(path.relative_to(_PACKAGE).as_posix().encode())
        digest.update(path.read_bytes())
    return digest.hexdigest()[:16]


def _writable(folder: Path) -> bool:
    try:
        folder.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryFile(dir=folder):
            return True
    except OSError:
        return False


def cache_folder() -> Path:
    """Where compiled rules are kept: the user's cache, or a temporary folder where that cannot be written.

    ``SXSIM_CACHE_DIR`` overrides the place.
    """
    name = f"{sources_hash(COMPILED_SOURCES)}-py{platform.python_version()}-numba{numba.__version__}"
    chosen = os.environ.get("SXSIM_CACHE_DIR")
    roots = [Path(chosen)] if chosen else []
    roots.append(Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "sxsim")
    roots.append(Path(tempfile.gettempdir()) / f"sxsim-cache-{os.getuid() if hasattr(os, 'getuid') else 0}")
    for root in roots:
        if _writable(root / name):
            return root / name
    return Path(tempfile.mkdtemp(prefix="sxsim-cache-"))


config.CACHE_DIR = str(cache_folder())


def compiled_before() -> bool:
    """Whether compiled rules of this version are kept already; if not, the first run compiles them."""
    return any(Path(config.CACHE_DIR).rglob("*.nbi"))


_OPTIONS = {"cache": True, "nogil": True, "error_model": "numpy", "no_cfunc_wrapper": True}
_compile = numba.njit(**_OPTIONS)
_compile_into_callers = numba.njit(inline="always", **_OPTIONS)


def rule(function: Function) -> Function:
    """Compile a rule of the model.

    A rule is a pure function of scalars and, last, the parameter record ``p``. Its docstring says what happens in the
    world, the units and ranges, and its source. Most rules have one caller, so they are compiled into their callers: that
    takes a third less time than compiling them apart.
    """
    return _compile_into_callers(function)  # type: ignore[no-any-return]


def exact(function: Function) -> Function:
    """Compile a function of the model's own arithmetic, whose bits do not depend on the processor."""
    return _compile(function)  # type: ignore[no-any-return]


def draw(function: Function) -> Function:
    """Compile a part of a draw, once, because draws have many callers."""
    return _compile(function)  # type: ignore[no-any-return]


def step(function: Function) -> Function:
    """Compile a step: rules applied to rows of the world, in the order both engines run."""
    return _compile(function)  # type: ignore[no-any-return]


def part_of_step(function: Function) -> Function:
    """Compile a part of a step into its only caller."""
    return _compile_into_callers(function)  # type: ignore[no-any-return]
