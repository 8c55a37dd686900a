"""The register: every number a rule uses stands here once, and reaches the rules at run time in one record.

The register itself is data, `parameters.csv`: one row a parameter with value, range (low, high), unit, confidence
A–D, source and meaning. The 31 × 10 lever weights are `lever_weights.csv`, in the same spirit, and are parameters too:
`weight.<sub-element>.<lever>`.

Confidence: A definition or well measured · B measured in at least one good study · C direction known, size indirect ·
D judgement.
"""

import csv
import zlib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Any

import numpy as np
from numpy.typing import NDArray

CONFIDENCES = ("A", "B", "C", "D")


@dataclass(frozen=True)
class Parameter:
    """One number of the register: what it means, how sure it is, and where it comes from."""

    name: str
    value: float
    low: float
    high: float
    unit: str
    confidence: str
    source: str
    meaning: str


def _rows(name: str) -> list[dict[str, str]]:
    text = (files("sxsim.model") / name).read_text(encoding="utf-8")
    return list(csv.DictReader(text.splitlines()))


@cache
def register() -> dict[str, Parameter]:
    """All parameters by name: those of the rules first, then the lever weights."""
    found: dict[str, Parameter] = {}
    for row in _rows("parameters.csv"):
        found[row["name"]] = _parameter(row["name"], row)
    for row in _rows("lever_weights.csv"):
        name = f"weight.{row['sub_element']}.{row['lever']}"
        row |= {"unit": "weight", "source": f"clause {row['clause']}"}
        row["meaning"] = f"how much sub-element {row['sub_element']} carries the lever {row['lever']}"
        found[name] = _parameter(name, row)
    return found


def _parameter(name: str, row: Mapping[str, str]) -> Parameter:
    return Parameter(
        name,
        float(row["value"]),
        float(row["low"]),
        float(row["high"]),
        row["unit"],
        row["confidence"],
        row["source"],
        row["meaning"],
    )


@cache
def rule_parameters() -> tuple[str, ...]:
    """Names of the parameters that are fields of the record ``p`` of the rules."""
    return tuple(name for name in register() if not name.startswith("weight."))


@cache
def record_type() -> np.dtype[Any]:
    """The record ``p``: one float64 field for each parameter, in the register's order."""
    return np.dtype([(name, np.float64) for name in rule_parameters()])


def defaults() -> dict[str, float]:
    """The register's values by name."""
    return {name: parameter.value for name, parameter in register().items()}


#: Parameters whose ranges overlap but whose order is certain: they are drawn at the same place of their ranges.
DRAWN_TOGETHER = (
    ("quality_minor", "quality_major"),
    ("grievance_minor", "grievance_major"),
    ("satisfaction_minor", "satisfaction_major"),
    ("quality_turned_away", "quality_abandoned"),
    ("expectation_low_budget", "expectation_standard", "expectation_premium", "expectation_luxury"),
)


def drawn(seed: int, replication: int) -> dict[str, float]:
    """All parameters, each drawn evenly from its range in the register: one set for each replication.

    The draw of a parameter goes by its name, so a new parameter shifts no other. Source: assumption (even within the
    range, independent but for `DRAWN_TOGETHER`).
    """
    together = {name: group[0] for group in DRAWN_TOGETHER for name in group}
    return {
        name: drawn_between(seed, replication, together.get(name, name), parameter.low, parameter.high)
        for name, parameter in register().items()
    }


def drawn_between(seed: int, replication: int, name: str, low: float, high: float) -> float:
    """An uncertain value for a replication, drawn evenly between low and high. The draw goes by the name."""
    from sxsim.model.draws import PARAMETER_VALUE, uniform

    place = uniform(seed, replication, zlib.crc32(name.encode()), PARAMETER_VALUE, 0) if low < high else 0.0
    return low + (high - low) * float(place)


def record(values: Mapping[str, float] | None = None) -> NDArray[Any]:
    """The parameter record as an array of shape (1,), register values overridden by `values`.

    Weights are no part of it: see `lever_weights`. Raises KeyError for another name that is not in the register.
    """
    merged = defaults()
    for name, value in (values or {}).items():
        if name not in merged and not name.startswith("weight."):
            raise KeyError(name)
        merged[name] = float(value)
    filled = np.zeros(1, record_type())
    for name in rule_parameters():
        filled[0][name] = merged[name]
    return filled


def lever_weights(
    sub_elements: tuple[str, ...], levers: tuple[str, ...], values: Mapping[str, float] | None = None
) -> NDArray[np.float64]:
    """The weights of sub-elements on levers, shape (sub-element, lever), 0 where the register has none."""
    merged = defaults() | dict(values or {})
    names = [[f"weight.{sub}.{lever}" for lever in levers] for sub in sub_elements]
    return np.array([[merged.get(name, 0.0) for name in row] for row in names], dtype=np.float64)
