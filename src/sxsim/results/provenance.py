"""Where a result comes from: everything one needs to make it again."""

import os
import platform
from importlib.metadata import PackageNotFoundError, version
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
