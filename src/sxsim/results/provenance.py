"""Where a result comes from: everything one needs to make it again; whole files, and hashes of them."""

import glob
import hashlib
import json
import os
import platform
import re
import secrets
import shutil
import time
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Any

SCHEMA_VERSION = 1
_LIBRARIES = (
    "mesa",
    "simpy",
    "numpy",
    "scipy",
    "numba",
    "llvmlite",
    "pandas",
    "pyarrow",
    "pydantic",
    "matplotlib",
    "SALib",
)


def software() -> dict[str, str]:
    """Name, version and model version (hash of all rules and steps) of this program."""
    from sxsim.model.rule import sources_hash

    return {"name": "sxsim", "version": package_version("sxsim"), "model": sources_hash()}


def package_version(name: str, otherwise: str = "unknown") -> str:
    """Version of an installed package, or what else to say."""
    try:
        return version(name)
    except PackageNotFoundError:
        return otherwise


def environment() -> dict[str, Any]:
    """Python and libraries, and how many cores there were. Neither system nor processor changes a figure."""
    return {
        "python": platform.python_version(),
        "cores": os.cpu_count(),
        "libraries": {name: package_version(name, "not installed") for name in _LIBRARIES},
    }


#: Seconds after which something half-written belongs to no living process.
_SURELY_OVER = 3600.0
#: Random bytes in a temporary name, so that no two writers meet.
_UNIQUE = 8
#: Hexadecimal digits that tell machines apart.
_MACHINE = 8


def canonical(data: Any) -> bytes:
    """Data as bytes that do not depend on the order of keys."""
    return json.dumps(data, sort_keys=True, separators=(",", ":"), ensure_ascii=False).encode()


def digest(data: Any) -> str:
    """Hash of data, 64 hexadecimal digits."""
    return hashlib.sha256(canonical(data)).hexdigest()


def file_digest(path: Path) -> str:
    """SHA-256 of a file."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _machine() -> str:
    return hashlib.sha256(platform.node().encode()).hexdigest()[:_MACHINE]


def _mark() -> str:
    """Part of a temporary name: whose it is, and something that no two writers share."""
    return f"{_machine()}-{os.getpid()}-{secrets.token_hex(_UNIQUE)}"


def _clear_away(left: Iterable[Path]) -> None:
    """Remove what half-written files and folders belong to no living process: of this machine at once, of others in time."""
    for path in left:
        whose = re.search(rf"\.{_machine()}-(\d+)-[0-9a-f]+(\.|$)", path.name)
        try:
            over = time.time() - path.stat().st_mtime > _SURELY_OVER
        except OSError:
            continue
        if over or (whose is not None and not _lives(int(whose[1]))):
            if path.is_dir() and not path.is_symlink():
                shutil.rmtree(path, ignore_errors=True)
            else:
                path.unlink(missing_ok=True)


def _lives(process: int) -> bool:
    if os.name != "posix":
        return True
    try:
        os.kill(process, 0)
    except ProcessLookupError:
        return False
    except OSError:
        return True
    return True


@contextmanager
def whole_file(path: Path) -> Iterator[Path]:
    """A temporary name beside `path`, renamed to it only when everything went well; otherwise removed."""
    path.parent.mkdir(parents=True, exist_ok=True)
    _clear_away(path.parent.glob(".*.tmp*"))
    temporary = path.with_name(f".{_mark()}.tmp{path.suffix}")
    os.close(os.open(temporary, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o666))  # the system takes the umask off
    try:
        yield temporary
        os.replace(temporary, path)
    finally:
        temporary.unlink(missing_ok=True)


@contextmanager
def whole_folder(path: Path) -> Iterator[Path]:
    """A temporary folder beside `path` that replaces it only when everything went well; otherwise removed."""
    path.parent.mkdir(parents=True, exist_ok=True)
    _clear_away(path.parent.glob(f".{glob.escape(path.name)}.*"))
    temporary = path.with_name(f".{path.name}.{_mark()}")
    temporary.mkdir(0o777)  # the system takes the umask off
    try:
        yield temporary
        old = temporary.with_name(f"{temporary.name}.old")
        if path.exists():
            os.replace(path, old)
        try:
            os.replace(temporary, path)
        except OSError:
            if old.exists():
                os.replace(old, path)
            raise
        shutil.rmtree(old, ignore_errors=True)
    finally:
        shutil.rmtree(temporary, ignore_errors=True)
