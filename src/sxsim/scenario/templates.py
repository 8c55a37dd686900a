"""Scenarios to start from: those in `scenarios/`, shipped with the package."""

from importlib.resources import files
from importlib.resources.abc import Traversable
from pathlib import Path

DEFAULT_TEMPLATE = "corner-cafe"


def templates() -> dict[str, Traversable]:
    """The scenario files one can start from, by name: from the installed package, or from the source tree."""
    packaged = files("sxsim.scenario") / "templates"
    folder: Traversable = packaged if packaged.is_dir() else Path(__file__).parents[3] / "scenarios"
    if not folder.is_dir():
        return {}
    return {
        f.name.removesuffix(".yaml"): f
        for f in sorted(folder.iterdir(), key=lambda f: f.name)
        if f.name.endswith(".yaml")
    }
