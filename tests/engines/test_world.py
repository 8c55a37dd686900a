"""Rows and columns that steps know by name are those of the standard's lists; every field of a record is read somewhere."""

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

from sxsim.engines import world
from sxsim.engines.start import _BRANDS
from sxsim.model import customer
from sxsim.scenario.organisation import Organisation
from sxsim.standard.catalogue import ACTIVITIES, LEVERS, OBSTACLES, PYRAMID, activities, catalogue


@pytest.mark.parametrize("names", [LEVERS, OBSTACLES], ids=["levers", "obstacles"])
def test_every_lever_and_obstacle_has_its_row(names: tuple[str, ...]) -> None:
    assert {name: getattr(world, name.upper()) for name in names} == {name: row for row, name in enumerate(names)}


def test_activities_that_steps_name_have_their_rows() -> None:
    named = {name: getattr(world, name.upper()) for name in ACTIVITIES if hasattr(world, name.upper())}
    assert named == {name: ACTIVITIES.index(name) for name in named}
    assert len(named) == 10


def test_the_anchoring_activities_are_those_that_anchor_something() -> None:
    assert [ACTIVITIES[row] for row in world.ANCHORING] == [each.slug for each in activities() if each.anchors]


def test_the_upper_levels_are_those_behind_the_gate() -> None:
    assert [level.number for level in catalogue().pyramid if level.gate] == [world.INDIVIDUAL_LEVEL, world.TOP_LEVEL]
    assert {f"level_{number}" for number in range(len(PYRAMID))} < set(world.CONTACT_TALLY.names or ())


def test_every_position_of_a_brand_is_that_of_the_model() -> None:
    from typing import get_args

    assert tuple(_BRANDS) == get_args(Organisation.model_fields["brand_position"].annotation)
    assert {name: getattr(customer, name.upper()) for name in _BRANDS} == _BRANDS


#: Records whose fields results read.
FOR_RESULTS = ("CONTACT_TALLY", "SITE_TALLY", "CONTACT_LOG")


def rows_in(function: ast.FunctionDef) -> dict[str, str]:
    """Names in a function that stand for a row of an array of the world, each with the array."""
    found = {}
    for node in ast.walk(function):
        if isinstance(node, ast.Assign):
            target, value = node.targets[0], node.value
            both = isinstance(target, ast.Tuple) and isinstance(value, ast.Tuple)
            pairs = zip(target.elts, value.elts, strict=True) if both else [(target, value)]  # type: ignore[attr-defined]
            for name, row in pairs:
                if isinstance(name, ast.Name) and array_of(row):
                    found[name.id] = array_of(row)
    return found


def array_of(node: ast.expr) -> str:
    """The array of `world.persons[person]`; nothing for anything else."""
    inner = node.value if isinstance(node, ast.Subscript) else None
    return inner.attr if isinstance(inner, ast.Attribute) and inner.attr in world.ARRAYS else ""


def reads() -> Iterator[tuple[str, str]]:
    """The fields of rows that steps and engines read, each with its array."""
    for path in Path(world.__file__).parent.rglob("*.py"):
        if path.name in ("start.py", "world.py"):
            continue
        for function in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(function, ast.FunctionDef):
                rows = rows_in(function) | ({"v": "visits"} if function.name == "here" else {})
                for node in ast.walk(function):
                    if isinstance(node, ast.Attribute) and isinstance(node.ctx, ast.Load):
                        row = node.value
                        yield (rows.get(row.id, "") if isinstance(row, ast.Name) else array_of(row)), node.attr
                    elif isinstance(node, ast.Subscript) and isinstance(node.ctx, ast.Load):
                        whole = node.value.attr if isinstance(node.value, ast.Attribute) else array_of(node.value)
                        if isinstance(node.slice, ast.Constant) and isinstance(node.slice.value, str):
                            yield whole, node.slice.value


def test_every_field_of_a_record_is_read_by_a_step_or_an_engine() -> None:
    fields = {
        (array, field)
        for array, said in world.ARRAYS.items()
        for record in said.replace(",", " ").split()
        if record not in FOR_RESULTS and hasattr(getattr(world, record, None), "names")
        for field in getattr(world, record).names
    }
    assert len(fields) > 200
    assert fields - set(reads()) == set()
