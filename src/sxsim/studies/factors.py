"""Factors: what varies in a study, the fields it sets, and its range."""

import fnmatch
import math
from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import reduce
from typing import Literal

import numpy as np
from numpy.typing import NDArray
from pydantic import Field, model_validator

from sxsim.model.arithmetic import exp, log
from sxsim.model.parameters import register
from sxsim.scenario import limits
from sxsim.scenario.fields import Number, Part, below, forms_of, quantity
from sxsim.scenario.loading import with_values
from sxsim.scenario.paths import paths_like, place_in, value_at
from sxsim.scenario.problems import InvalidInput, Path, Problem, column, did_you_mean
from sxsim.scenario.scenario import Scenario
from sxsim.standard.catalogue import ELEMENTS, OBSTACLES, SUB_ELEMENTS, element_of

_ASPECTS = {"elements": ELEMENTS, "sub_elements": SUB_ELEMENTS}


class Varied(Part):
    """What varies, and between which values: one of path, scales, parameters, elements, sub_elements or obstacles."""

    path: str | None = Field(None, description="a numeric field of the scenario, like touchpoints.reception.staff")
    scales: dict[str, Number] | None = Field(
        None,
        description="fields that the factor sets together, each with what it is multiplied by; * stands for everything at its "
        "place, like plans.*.money.*",
        min_length=1,
    )
    obstacles: Literal["severity"] | None = Field(None, description="the nine obstacles: their severity at the start")
    parameters: str | list[str] | None = Field(
        None, description="parameters of the register, by name or pattern (bond_*, weight.7.3.2d.*)"
    )
    elements: Literal["maturity", "money"] | None = Field(
        None, description="the nine elements: their maturity at the start, or the plan's money a month for each"
    )
    sub_elements: Literal["maturity", "money"] | None = Field(None, description="the 31 sub-elements, likewise")
    low: float | None = quantity(None, "as the field", "smallest value; of a parameter by default that of its register")
    high: float | None = quantity(None, "as the field", "largest value; likewise")
    values: list[Number] | None = Field(
        None, description="the values of a sweep, in place of low and high", min_length=1
    )
    steps: int = quantity(5, "values", "how many values from low to high a grid has", ge=2, le=limits.TABLE_COLUMNS)
    distribution: Literal["uniform", "log_uniform", "triangular"] = Field(
        "uniform", description="how values are drawn from low to high; triangular needs most_likely"
    )
    most_likely: float | None = quantity(None, "as the field", "the peak of a triangular distribution")
    name: str | None = Field(
        None, description="what the factor is called; default: its path", min_length=1, max_length=200
    )

    @model_validator(mode="after")
    def _one_of(self) -> "Varied":
        given = [self.path, self.scales, self.parameters, self.elements, self.sub_elements, self.obstacles]
        named = [value for value in given if value is not None]
        if len(named) != 1:
            found = f"there {'are' if named else 'is'} {' and '.join(map(str, named)) or 'none'}"
            raise ValueError(f"name one of path, scales, parameters, elements, sub_elements, obstacles: {found}")
        if self.scales is not None and self.name is None:
            raise ValueError(f"scales(={', '.join(self.scales)}) needs a name for what it stands for")
        if self.values is not None and (self.low is not None or self.high is not None):
            raise ValueError(f"give either values, or low and high: values {self.values}, {_ends(self.low, self.high)}")
        if self.parameters is None and self.values is None and (self.low is None or self.high is None):
            raise ValueError(f"give low and high: there is {_ends(self.low, self.high)}")
        if self.low is not None and self.high is not None and self.low >= self.high:
            raise ValueError(f"the range is upside down: low(={self.low:g}) must be below high(={self.high:g})")
        if self.distribution == "log_uniform" and self.low is not None and self.low <= 0:
            raise ValueError(f"low(={self.low:g}) must be > 0 for a log_uniform distribution")
        if (self.distribution == "triangular") != (self.most_likely is not None):
            said = "none" if self.most_likely is None else f"{self.most_likely:g}"
            raise ValueError(f"most_likely goes with distribution: triangular; it is {said}, with {self.distribution}")
        ends = (self.low, self.most_likely, self.high)
        if None not in ends and sorted(ends) != list(ends):  # type: ignore[type-var]
            raise ValueError(
                f"most_likely(={self.most_likely:g}) must lie between low(={self.low:g}) and high(={self.high:g})"
            )
        return self


def _ends(low: float | None, high: float | None) -> str:
    """The ends of a range as they are given."""
    return f"low {'missing' if low is None else f'{low:g}'}, high {'missing' if high is None else f'{high:g}'}"


@dataclass(frozen=True)
class Factor:
    """Something that varies: the fields it sets, its range, and whether it takes whole numbers only.

    Luck sets no field but the replication; the dummy sets nothing at all.
    """

    name: str
    paths: tuple[str, ...]
    low: float = 0.0
    high: float = 1.0
    whole: bool = False
    values: tuple[float, ...] | None = None
    steps: int = 5
    distribution: str = "uniform"
    most_likely: float | None = None
    multipliers: tuple[float, ...] = ()
    whole_fields: tuple[bool, ...] = ()

    def settings(self, value: float) -> dict[str, float | int]:
        """What the factor's fields are at a value of the factor."""
        if not self.multipliers:
            return dict.fromkeys(self.paths, int(value) if self.whole else float(value))
        scaled = [value * multiplier for multiplier in self.multipliers]
        return {
            path: round(each) if whole else each
            for path, each, whole in zip(self.paths, scaled, self.whole_fields, strict=True)
        }

    def at(self, place: float) -> float:
        """The value that a share of draws, place in [0, 1), does not exceed."""
        if self.distribution == "log_uniform":
            value = exp(log(self.low) + place * (log(self.high) - log(self.low)))
        elif self.distribution == "triangular":
            value = self._triangular(place)
        elif self.whole:
            return float(int(self.low + place * (self.high - self.low + 1.0)))
        else:
            value = self.low + place * (self.high - self.low)
        return float(round(value)) if self.whole else value

    def _triangular(self, place: float) -> float:
        peak = self.high if self.most_likely is None else self.most_likely
        span, rise, fall = self.high - self.low, peak - self.low, self.high - peak
        if place * span < rise:
            return self.low + math.sqrt(place * span * rise)
        return self.high - math.sqrt((1.0 - place) * span * fall)


def factors_of(varied: Varied, scenario: Scenario, plan: str) -> list[Factor]:
    """The factors that an entry of the file stands for. Raises InvalidInput."""
    values = tuple(varied.values) if varied.values is not None else None

    def factor(name: str, paths: tuple[str, ...], ends: tuple[float, float], whole: bool = False) -> Factor:
        low, high = ends
        return Factor(name, paths, low, high, whole, values, varied.steps, varied.distribution, varied.most_likely)

    if varied.scales is not None:
        places = {path: times for pattern, times in varied.scales.items() for path in paths_like(pattern, scenario)}
        ends = _range(varied, values)
        wholes = tuple(_is_whole(path, scenario) for path in places)
        found = factor(column(str(varied.name)), tuple(places), ends)
        return [replace(found, multipliers=tuple(places.values()), whole_fields=wholes)]
    if varied.obstacles is not None:
        ends = _range(varied, values)
        return [factor(name, (f"organisation.obstacles.{name}",), ends) for name in OBSTACLES]
    if varied.parameters is not None:
        patterns = [varied.parameters] if isinstance(varied.parameters, str) else varied.parameters
        known = [register()[name] for name in parameters_named(patterns)]
        return [factor(p.name, (p.name,), _range(varied, values, p.low, p.high)) for p in known]
    if varied.path is not None:
        ends = _range(varied, values)
        return [factor(column(varied.name or varied.path), (varied.path,), ends, _is_whole(varied.path, scenario))]
    kind, what = ("elements", varied.elements) if varied.elements else ("sub_elements", varied.sub_elements)
    ends = _range(varied, values)
    return [factor(name, _aspect_paths(name, str(what), scenario, plan), ends) for name in _ASPECTS[kind]]


def _is_whole(path: str, scenario: Scenario) -> bool:
    """Whether a field takes whole numbers only: it holds one, and is declared so."""
    current = value_at(scenario, path)
    if not isinstance(current, int) or isinstance(current, bool):
        return False
    forms = forms_of(reduce(below, place_in(path, ""), Scenario))
    return int in forms and float not in forms


def parameters_named(patterns: Sequence[str], place: Path = ()) -> list[str]:
    """Parameters of the register by name or pattern, each once. Raises InvalidInput for a pattern that fits none.

    place: where in the file the patterns stand.
    """
    found: list[str] = []
    for pattern in patterns:
        names = fnmatch.filter(register(), pattern)
        if not names:
            said = f"{pattern!r} is no parameter"
            raise InvalidInput([Problem(place, f": {said}" if place else said, did_you_mean(pattern, register()))])
        found += names
    return list(dict.fromkeys(found))


def _range(
    varied: Varied, values: tuple[float, ...] | None, low: float = 0.0, high: float = 1.0
) -> tuple[float, float]:
    if values is not None:
        return min(values), max(values)
    return (low if varied.low is None else varied.low), (high if varied.high is None else varied.high)


def _aspect_paths(name: str, what: str, scenario: Scenario, plan: str) -> tuple[str, ...]:
    """The fields that set the maturity or the money of an element with its sub-elements, or of a sub-element."""
    if what == "money":
        return (f"plans.{plan}.money.{name}",)
    stated = scenario.organisation.maturity
    own = [
        key
        for key in (stated if isinstance(stated, dict) else {})
        if key in SUB_ELEMENTS and element_of(key) == name and key != name
    ]
    return tuple(f"organisation.maturity.{key}" for key in (name, *own))


def check_ends(factors: Sequence[Factor], scenario: Scenario) -> None:
    """Refuse a factor whose field does not exist or whose range leaves what the field may be. Raises InvalidInput."""
    for factor in factors:
        for value in factor.values or (factor.low, factor.high):
            if factor.whole and value != int(value):
                raise InvalidInput(
                    [Problem((factor.name,), f"(={value:g}) must be a whole number", f"did you mean {round(value)}?")]
                )
            with_values(scenario, factor.settings(value))


def latin_hypercube(factors: Sequence[Factor], samples: int, seed: int) -> NDArray[np.float64]:
    """Values of some factors spread evenly over their ranges, shape (samples, factors)."""
    from scipy.stats import qmc

    places = qmc.LatinHypercube(len(factors), rng=np.random.default_rng(seed)).random(samples)
    return np.array([[f.at(float(place)) for f, place in zip(factors, row, strict=True)] for row in places])
