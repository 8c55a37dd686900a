"""What every rule promises: a range, and a direction for each argument.

A `Shape` states both for one rule. `ShapeTests` checks them, within the ranges of the parameters as well as at their
defaults, and refuses a rule of its module without a shape, or an argument of a shape without a direction.
"""

import ast
import csv
import inspect
import math
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import cache
from itertools import product
from pathlib import Path
from types import ModuleType
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from sxsim.model.parameters import record, register, rule_parameters

ROUNDING = 1e-12
MOST_CORNERS = 64


def worked_examples() -> dict[str, float]:
    """Parameters with which the worked examples of these tests were computed; the register may move on."""
    with (Path(__file__).parent / "worked_examples.csv").open(encoding="utf-8") as file:
        return {row["name"]: float(row["value"]) for row in csv.DictReader(file)}


P = record(worked_examples()).view(np.recarray)[0]


@cache
def many_parameters() -> list[Any]:
    """Parameter records: the defaults, all lowest, all highest, and twenty drawn within the ranges of the register."""
    names = rule_parameters()
    ranges = [(register()[name].low, register()[name].high) for name in names]
    rng = np.random.default_rng(23592)
    places = [np.zeros(len(names)), np.ones(len(names)), *rng.random((20, len(names)))]
    values = [[low + (high - low) * u for (low, high), u in zip(ranges, place, strict=True)] for place in places]
    return [record()[0], *(record(dict(zip(names, row, strict=True)))[0] for row in values)]


#: The ends of each domain, for the sweep over corners.
_ENDS: dict[st.SearchStrategy[Any], tuple[Any, Any]] = {}


def within(low: float, high: float) -> st.SearchStrategy[float]:
    """Numbers from low to high."""
    numbers = st.floats(low, high, allow_nan=False)
    _ENDS[numbers] = (float(low), float(high))
    return numbers


def whole(low: int, high: int) -> st.SearchStrategy[int]:
    """Whole numbers from low to high."""
    numbers = st.integers(low, high)
    _ENDS[numbers] = (low, high)
    return numbers


SHARE = within(0.0, 1.0)
FLAG = whole(0, 1)
SEVERITY = whole(0, 2)
LEVEL = within(1.0, 5.0)
NOISE = within(-6.0, 6.0)
DIFFERENCE = within(-1.0, 1.0)
MINUTES = within(0.0, 1000.0)
SOME_MINUTES = within(0.01, 1000.0)
MONEY = within(0.0, 1e6)
UNIFORM = within(1e-15, 1.0 - 1e-15)


#: A place in `many_parameters`.
PLACE = st.integers(0, 22)


@dataclass(frozen=True, repr=False)
class Shape:
    """A rule's range and directions. Words are argument names, separated by spaces.

    rises, falls: the result never moves the other way, and does move from `typical` on at the defaults. either:
    it may move both ways (tested by itself). defaults_only: directions that hold at the defaults of the parameters.
    """

    rule: Callable[..., Any]
    arguments: Mapping[str, st.SearchStrategy[Any]]
    rises: str = ""
    falls: str = ""
    either: str = ""
    low: float = -math.inf
    high: float = math.inf
    typical: Mapping[str, float] = field(default_factory=dict)
    defaults_only: str = ""

    @property
    def name(self) -> str:
        """The rule's name."""
        return self.rule.__name__

    @property
    def takes_p(self) -> bool:
        """Whether the rule uses parameters."""
        return "p" in inspect.signature(self.rule.py_func).parameters

    def __repr__(self) -> str:
        return self.name

    def __call__(self, values: Mapping[str, Any], p: Any = P) -> float:
        return float(self.rule(*(values[name] for name in self.arguments), *([p] if self.takes_p else [])))

    def blame(self, values: Mapping[str, Any], p: Any) -> str:
        """What was called, with the parameters that the rule uses."""
        used = re.findall(r"\bp\.(\w+)", inspect.getsource(self.rule.py_func))
        return f"{self.name}({dict(values)}) with { ({name: float(p[name]) for name in used}) }"

    def moved(self) -> list[tuple[str, int]]:
        """Arguments with a direction: +1 or −1."""
        return [(name, 1) for name in self.rises.split()] + [(name, -1) for name in self.falls.split()]


def rules_of(module: ModuleType) -> set[str]:
    """Names of all rules in a module's source."""
    tree = ast.parse(inspect.getsource(module))
    return {
        node.name
        for node in tree.body
        if isinstance(node, ast.FunctionDef)
        and any(isinstance(d, ast.Name) and d.id == "rule" for d in node.decorator_list)
    }


def shape_tests(module: ModuleType, shapes: list[Shape], *, tested_apart: str = "") -> type:
    """A class of tests for the shapes of a module's rules."""
    moves = [(shape, name, sign) for shape in shapes for name, sign in shape.moved()]
    labels = [f"{shape.name}-{name}" for shape, name, _ in moves]

    class TestShapes:
        def test_every_rule_has_a_shape_and_every_argument_a_direction(self) -> None:
            assert {shape.name for shape in shapes} | set(tested_apart.split()) == rules_of(module)
            for shape in shapes:
                signature = [name for name in inspect.signature(shape.rule.py_func).parameters if name != "p"]
                assert list(shape.arguments) == signature
                said = shape.rises.split() + shape.falls.split() + shape.either.split()
                assert sorted(said) == sorted(signature), shape.name

        @pytest.mark.parametrize("shape", shapes, ids=lambda shape: shape.name)
        def test_it_stays_within_its_range_at_all_corners(self, shape: Shape) -> None:
            ends = [_ENDS[domain] for domain in shape.arguments.values()]
            corners = list(product(*ends))
            if len(corners) > MOST_CORNERS:
                corners = [corners[k] for k in np.random.default_rng(1).permutation(len(corners))[:MOST_CORNERS]]
            for p in many_parameters() if shape.takes_p else [P]:
                for corner in corners:
                    values = dict(zip(shape.arguments, corner, strict=True))
                    assert shape.low - ROUNDING <= shape(values, p) <= shape.high + ROUNDING, shape.blame(values, p)

        @pytest.mark.parametrize("shape", shapes, ids=lambda shape: shape.name)
        @given(data=st.data())
        def test_it_stays_within_its_range(self, shape: Shape, data: st.DataObject) -> None:
            values = data.draw(st.fixed_dictionaries(dict(shape.arguments)))
            p = many_parameters()[data.draw(PLACE)] if shape.takes_p else P
            assert shape.low - ROUNDING <= shape(values, p) <= shape.high + ROUNDING, shape.blame(values, p)

        @pytest.mark.parametrize(("shape", "name", "sign"), moves, ids=labels)
        @given(data=st.data())
        def test_it_never_moves_the_other_way(self, shape: Shape, name: str, sign: int, data: st.DataObject) -> None:
            values = data.draw(st.fixed_dictionaries(dict(shape.arguments)))
            other = values | {name: data.draw(shape.arguments[name])}
            low, high = sorted([values, other], key=lambda v: v[name])
            usual = not shape.takes_p or name in shape.defaults_only.split()
            p = record()[0] if usual else many_parameters()[data.draw(PLACE)]
            first, last = shape(low, p), shape(high, p)
            slack = ROUNDING * max(1.0, abs(first)) if math.isfinite(first) else 0.0
            assert sign * last >= sign * first - slack, shape.blame(low, p)

        @pytest.mark.parametrize(("shape", "name", "sign"), moves, ids=labels)
        def test_it_does_move(self, shape: Shape, name: str, sign: int) -> None:
            typical = {key: shape.typical.get(key, 0.5) for key in shape.arguments}
            step = 1 if isinstance(typical[name], int) else 0.1 * max(abs(typical[name]), 0.5)
            low, high = shape(typical), shape(typical | {name: typical[name] + step})
            assert sign * (high - low) > 1e-6 * abs(low)

    return TestShapes
