"""Small experiments for tests: a café that is over in a moment."""

import csv
from pathlib import Path
from typing import Any

from ruamel.yaml import YAML

CAFE = Path(__file__).parents[2] / "scenarios" / "corner-cafe.yaml"
SMALL = {"market.people": 60, "market.customers": 40, "horizon.months": 1, "horizon.warm_up": 0}


def experiment_file(folder: Path, **fields: Any) -> Path:
    """An experiment on the small café, with fields of its own; None takes a field out."""
    data = {
        "question": "What matters?",
        "study": "sensitivity",
        "scenarios": [str(CAFE)],
        "set": SMALL,
        "kpis": ["satisfaction", "result"],
        "samples": 8,
        "factors": [
            {"path": "organisation.maturity.design", "low": 2, "high": 4},
            {"parameters": "bond_gain"},
        ],
    }
    data |= fields
    data = {name: value for name, value in data.items() if value is not None}
    path = folder / "what-matters.yaml"
    with path.open("w", encoding="utf-8") as file:
        YAML(typ="safe").dump(data, file)
    return path


def rows(found: Any, name: str) -> list[dict[str, str]]:
    """A table of a study's folder."""
    assert found.folder is not None
    with (found.folder / name).open(encoding="utf-8") as file:
        return list(csv.DictReader(file))
