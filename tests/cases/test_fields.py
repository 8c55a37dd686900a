"""Each field of a scenario, set alone, reaches its place in the world in its unit, and nothing else moves."""

import json
import math
import re
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray
from ruamel.yaml import YAML

from sxsim.engines.start import start
from sxsim.engines.world import ARRAYS, World
from sxsim.model import market
from sxsim.model.parameters import register, rule_parameters
from sxsim.scenario.fields import below, fields_of, forms_of
from sxsim.scenario.loading import load
from sxsim.scenario.scenario import Scenario
from sxsim.standard.catalogue import ACTIVITIES, ACTIVITY_CLAUSES, ELEMENTS, LEVERS, OBSTACLES, SUB_ELEMENTS

HERE = Path(__file__).parent
TABLE = YAML(typ="safe", pure=True).load((HERE / "fields.yaml").read_text(encoding="utf-8"))
BASE, PLAN, SEED = HERE / "fields_base.yaml", "change", 3
DAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
#: What the first steps work out from the inputs, array by array; None: all of it. Everything else is an input.
WORKED_OUT: dict[str, tuple[str, ...] | None] = {
    "visits": None,
    "neighbours": None,
    "floors": None,
    "last_demand": None,
    "last_staff": None,
    "levers": None,
    "elements": None,
    "intensity": None,
    "contact_tally": None,
    "site_tally": None,
    "waits": None,
    "free_visits": None,
    "half_hour_at": None,
    "teams": ("staff", "practising", "wanted", "present", "of_shift", "break_due", "changed"),
    "sub_elements": ("practice",),
    "joining": None,
    "rises": None,
    "accounts": ("joins_at", "renewal", "spells", "heard"),
    "sites": (
        "first_person", "people", "first_account", "accounts", "first_post", "posts", "customers", "visits_used", "visits_free", "technology", "partner_energy", "deployment", "commitment", "engagement", "bond", "fresh_ideas", "days", "staff", "trying",
        "practising", "momentum",
    ),
    "persons": (
        "since", "faded", "visit", "visits", "remaining", "personal_rate", "patience", "wish", "usual_expectation", "scale", "expectation",
        "satisfaction", "bond", "memory", "grievance", "loyalty", "advantage", "case_due", "case_place", "case_touchpoint",
        "case_problems", "case_major", "delighted", "heard_praise", "heard_complaint", "told", "last_visit", "contacts",
    ),
    "posts": (
        "filled", "holder", "tenure", "talent", "skill", "engagement", "strain", "stage", "fatigue", "trait", "speed", "on_duty",
        "busy", "going", "going_since", "idle_since", "duty_from", "break_from", "break_end", "busy_from", "busy_minutes",
        "duty_minutes", "overtime_minutes", "contacts", "delighted",
    ),
}  # fmt: skip

Column = NDArray[Any]


@cache
def base() -> World:
    """The world of the base."""
    return start(load(BASE), PLAN, seed=SEED)


def world_with(sets: dict[str, Any]) -> World:
    """The world of the base with some fields set, as on the command line."""
    scenario = load(BASE, sets=[f"{path}={json.dumps(value)}" for path, value in sets.items()])
    return start(scenario, PLAN, seed=SEED)


def column(world: World, name: str) -> Column:
    """An array of a world, or one field of its records: `segments.visits_per_month`, `prices`."""
    array, _, field = name.partition(".")
    found: Column = getattr(world, array)
    return found[field] if field else found


def row_of(token: str) -> Any:
    """Rows along one axis: `3` · `1:4` · `0 2` · `mon-fri/16:36` (half hours of these days of a week)."""
    if "/" in token:
        days, _, hours = token.partition("/")
        first, _, last = days.partition("-")
        low, high = hours.split(":")
        chosen = DAYS[DAYS.index(first) : DAYS.index(last or first) + 1]
        return [DAYS.index(day) * 48 + half_hour for day in chosen for half_hour in range(int(low), int(high))]
    if ":" in token:
        return slice(*(int(end) if end else None for end in token.split(":")))
    return [int(number) for number in token.split()]


def place(world: World, key: str) -> tuple[str, NDArray[np.bool_]]:
    """The column that a key of the table names, and which of its cells: `steps[1].night_time`, `prices[8:]`, `wage`."""
    array, index, field = re.fullmatch(r"(\w+)(?:\[(.*)\])?(\.\w+)?", key).groups()  # type: ignore[union-attr]
    name = f"{array}{field or ''}"
    cells = np.zeros(column(world, name).shape, bool)
    chosen = cells
    tokens = index.split(",") if index else []
    grid = np.ix_(*(np.arange(size)[row_of(token)] for size, token in zip(cells.shape, tokens, strict=False)))
    chosen[grid if tokens else ...] = True
    return name, cells


def columns(world: World) -> Iterator[str]:
    """The columns of the world that a scenario fills."""
    for name in ARRAYS:
        worked_out = WORKED_OUT.get(name, ())
        array = getattr(world, name)
        if array.dtype.names:
            yield from (
                f"{name}.{field}" for field in array.dtype.names if worked_out is not None and field not in worked_out
            )
        elif worked_out is not None:
            yield name


def different(one: Column, other: Column) -> NDArray[np.bool_]:
    """Where two columns of one shape differ in any bit."""
    size = one.dtype.itemsize
    pairs = [np.ascontiguousarray(each).view(np.uint8).reshape(*each.shape, size) for each in (one, other)]
    return (pairs[0] != pairs[1]).any(axis=-1)


def number_of(world: World, key: str) -> int | None:
    """What `number of persons with segment 0, status 1` counts; None for another kind of key."""
    said = re.fullmatch(r"number of (\w+)(?: with (.+))?", key)
    if said is None:
        return None
    rows = getattr(world, said[1])
    chosen = np.ones(len(rows), bool)
    for condition in (said[2] or "").split(", ") if said[2] else []:
        field, value = condition.split()
        chosen &= rows[field] == int(value)
    return int(chosen.sum())


def check(case: dict[str, Any]) -> None:
    """Set the fields of a case; what it names has the numbers stated, and nothing that it does not name differs."""
    before, after = base(), world_with(case["set"])
    allowed: dict[str, NDArray[np.bool_]] = {}
    whole = set()
    for key, expected in case["reaches"].items():
        counted = number_of(after, key)
        if counted is not None:
            assert counted == expected, key
            assert counted != number_of(before, key), f"{key} is the same in the base"
            continue
        name, cells = place(after, key)
        found = column(after, name)[cells]
        wanted = np.broadcast_to(np.array(expected, float), found.shape)
        assert np.allclose(found.astype(float), wanted, rtol=1e-12, atol=1e-12), f"{key} is {found}, not {expected}"
        usual = column(before, name)
        if usual.shape == cells.shape:
            assert different(column(after, name), usual)[cells].any(), f"{key} is the same in the base"
        allowed[name] = allowed.get(name, False) | cells
    for key in case.get("moves", []):
        name, cells = place(after, key)
        assert different(column(after, name), column(before, name))[cells].any(), f"{key} is the same in the base"
        allowed[name] = allowed.get(name, False) | cells
    for key, reason in case.get("also", {}).items():
        assert reason
        if re.fullmatch(r"\w+", key):
            whole |= {name for name in columns(after) if name.split(".")[0] == key}
        else:
            name, cells = place(after, key)
            allowed[name] = allowed.get(name, False) | cells
    for name in columns(after):
        one, other = column(after, name), column(before, name)
        if name in whole:
            continue
        named = allowed.get(name, np.zeros(one.shape, bool))
        assert one.shape == other.shape or named.all(), f"{name} has other rows"
        beyond = different(one, other) & ~named if one.shape == other.shape else ~named
        assert not beyond.any(), f"{name} differs, too, at {np.argwhere(beyond)[:5].tolist()}: {one[beyond][:5]}"


def cases() -> list[Any]:
    """The cases of the table, each with its field."""
    found = []
    for field, listed in TABLE["fields"].items():
        for case in listed:
            sets = ", ".join(f"{path}={value}" for path, value in case["set"].items())
            found.append(pytest.param(case, id=f"{field}: {sets[:60]}"))
    return found


@pytest.mark.parametrize("case", cases())
def test_a_field_reaches_its_place_and_no_other(case: dict[str, Any]) -> None:
    check(case)


def test_a_site_knows_its_people_accounts_and_posts() -> None:
    """12 accounts of firms at north, 8 at south; half of them, and 84 of 140 guests, are customers."""
    sites = base().sites
    assert sites["people"].tolist() == [120, 80] and sites["first_person"].tolist() == [0, 120]
    assert sites["accounts"].tolist() == [96, 64] and sites["first_account"].tolist() == [0, 96]
    assert sites["posts"].tolist() == [19, 28] and sites["first_post"].tolist() == [0, 19]
    assert sites["customers"].sum() == 84 + 30


def durations() -> list[Any]:
    """Every place of a duration with every way to write one."""
    found = []
    for where in TABLE["durations"]["places"]:
        for form in TABLE["durations"]["forms"]:
            written = form["written"]
            if where.get("counts_nights") and isinstance(written, dict) and "unit" in written:
                continue
            kind, *numbers = form["reaches"]
            code = [getattr(market, kind), *numbers]
            reaches = {}
            for prefix in where["reaches"]:
                array, _, field = prefix.partition(".")
                ends = ("kind", "first", "second", "mean")[: 4 if where.get("mean") else 3]
                reaches |= {f"{array}.{field}_{end}": value for end, value in zip(ends, code, strict=False)}
            case = {"set": {where["set"]: written}, "reaches": reaches}
            found.append(pytest.param(case, id=f"{where['set']}={json.dumps(written)}"))
    return found


@pytest.mark.parametrize("case", durations())
def test_a_duration_reaches_its_place_in_minutes(case: dict[str, Any]) -> None:
    """A number may be the same as in the base (the second of most families is 0), so the code is compared as a whole."""
    before, after = base(), world_with(case["set"])
    named = {}
    for key, expected in case["reaches"].items():
        name, cells = place(after, key)
        named[name] = cells
        assert np.allclose(column(after, name)[cells].astype(float), expected, rtol=1e-12), key
    assert any(different(column(after, name), column(before, name))[cells].all() for name, cells in named.items())
    for name in columns(after):
        beyond = different(column(after, name), column(before, name))
        assert not (beyond & ~named.get(name, np.zeros(beyond.shape, bool))).any(), name


@pytest.mark.parametrize("form", TABLE["durations"]["forms"], ids=lambda form: json.dumps(form["written"]))
def test_the_code_of_a_duration_has_the_mean_and_the_variation_that_are_written(form: dict[str, Any]) -> None:
    written = (
        form["written"] if isinstance(form["written"], dict) else {"distribution": "constant", "mean": form["written"]}
    )
    kind, first, second = getattr(market, form["reaches"][0]), *form["reaches"][1:3]
    u = (np.arange(40_000) + 0.5) / 40_000
    normal = _normal_quantiles(u)
    drawn = np.array([market.duration(kind, first, second, *pair) for pair in zip(u, normal, strict=True)])
    mean = written["mean"] * {"minutes": 1, "hours": 60, "days": 1440}[written.get("unit", "minutes")]
    assert drawn.mean() == pytest.approx(mean, rel=0.002)
    if "variation" in written:
        assert drawn.std() / drawn.mean() == pytest.approx(written["variation"], rel=0.01)
    if "shape" in written:
        scale = drawn[np.searchsorted(u, math.exp(-1.0))]  # of u = 1/e, whatever the shape
        assert scale == pytest.approx(mean / math.gamma(1 + 1 / written["shape"]), rel=0.001)
        tail = drawn[np.searchsorted(u, math.exp(-9.0))]
        assert tail / scale == pytest.approx(9 ** (1 / written["shape"]), rel=0.05)


def _normal_quantiles(u: NDArray[np.float64]) -> NDArray[np.float64]:
    from scipy.special import ndtri

    return np.asarray(ndtri(u))


@pytest.mark.parametrize("name", list(TABLE["sub_elements"]))
def test_a_sub_element_reaches_its_row(name: str) -> None:
    row = TABLE["sub_elements"][name]
    fields = ("maturity", "established", "seen")
    check(
        {
            "set": {"organisation.maturity": {name: 4.25}},
            "reaches": {f"sub_elements[{row}].{field}": 4.25 for field in fields},
        }
    )
    amount = {"per_month": 70, "start": 2, "months": 4}
    path = "plans.change.money"
    old = {"strategy": {"per_month": 100, "start": 1, "months": 3}, "7.3.2d": 50}
    column_of = f"sub_element_money[4:8,{row}]"
    if name == "7.3.2d":
        check(
            {
                "set": {path: old | {name: amount}},
                "reaches": {column_of: 70},
                "also": {f"sub_element_money[:,{row}]": "50 to the end before"},
            }
        )
    else:
        check({"set": {path: old | {name: amount}}, "reaches": {column_of: 70}})


@pytest.mark.parametrize("name", list(TABLE["elements"]))
def test_an_element_reaches_the_rows_of_its_sub_elements(name: str) -> None:
    place_, rows = TABLE["elements"][name]["column"], TABLE["elements"][name]["rows"]
    fields = ("maturity", "established", "seen")
    check(
        {
            "set": {"organisation.maturity": {name: 1.5}},
            "reaches": {f"sub_elements[{rows}].{field}": 1.5 for field in fields},
        }
    )
    money = {"strategy": {"per_month": 100, "start": 1, "months": 3}, "7.3.2d": 50}
    money[name] = {"per_month": 30, "start": 5, "months": 2}
    case: dict[str, Any] = {"set": {"plans.change.money": money}, "reaches": {f"element_money[7:9,{place_}]": 30}}
    if name == "strategy":
        case["also"] = {"element_money[3:6,0]": "100 in months 1 to 3 before"}
    check(case)
    subs = base().sub_elements["element"]
    assert sorted(np.flatnonzero(subs == place_)) == np.arange(len(subs))[row_of(rows)].tolist()


@pytest.mark.parametrize("name", list(TABLE["obstacles"]))
def test_an_obstacle_reaches_its_row(name: str) -> None:
    row = TABLE["obstacles"][name]
    reaches = {f"obstacles[{row}].severity": 0.65, f"obstacles[{row}].start": 0.65}
    check({"set": {f"organisation.obstacles.{name}": 0.65}, "reaches": reaches})


@pytest.mark.parametrize("clause", list(TABLE["activities"]))
def test_an_activity_reaches_its_column_by_its_name_and_by_its_clause(clause: str) -> None:
    name, place_ = TABLE["activities"][clause]["name"], TABLE["activities"][clause]["column"]
    for key in (name, clause):
        case: dict[str, Any] = {
            "set": {"plans.change.activities": {key: {"start": 3, "months": 2, "effort": 0.75}}},
            "reaches": {f"efforts[5:7,{place_}]": 0.75},
            "also": {"efforts[:,2]": "the base's create_urgency is left out"},
        }
        check(case)


def test_the_lists_of_names_are_whole() -> None:
    assert tuple(TABLE["sub_elements"]) == SUB_ELEMENTS
    assert tuple(TABLE["elements"]) == ELEMENTS
    assert tuple(TABLE["obstacles"]) == OBSTACLES
    assert {clause: each["name"] for clause, each in TABLE["activities"].items()} == ACTIVITY_CLAUSES
    assert len(TABLE["activities"]) == len(ACTIVITIES)


def test_every_parameter_reaches_its_field() -> None:
    """All at once, each with another number: a parameter that took another's place would show."""
    from sxsim.model.parameters import lever_weights, record

    names = list(register())
    values = {name: 1.0 + number / len(names) for number, name in enumerate(names)}
    rules, weights = record(values)[0], lever_weights(SUB_ELEMENTS, LEVERS, values)
    assert {name: rules[name] for name in rule_parameters()} == {name: values[name] for name in rule_parameters()}
    for name in set(names) - set(rule_parameters()):
        _, sub_element, lever = re.split(r"\.(?=7)|\.(?=[a-z]+$)", name)
        assert weights[TABLE["sub_elements"][sub_element], LEVERS.index(lever)] == values[name]


def leaves(annotation: Any, path: str) -> Iterator[str]:
    """The fields of a schema that hold a value of their own, by path."""
    fields = fields_of(annotation)
    if not fields:
        yield path
    for name, info in fields.items():
        here = f"{path}.{name}" if path else name
        inner = info.rebuild_annotation()
        held = [form for form in forms_of(inner) if getattr(form, "__origin__", None) in (list, dict)]
        for form in held:
            item = form.__args__[-1]
            if fields_of(item):
                yield from leaves(item, f"{here}{'[]' if form.__origin__ is list else '.NAME'}")
                break
        else:
            yield from leaves(inner, here)


def test_every_field_of_the_schema_is_in_the_table() -> None:
    listed = {*TABLE["fields"], *TABLE["not_in_world"]}
    for where in TABLE["durations"]["places"]:
        ends = ("distribution", "mean", "variation", "shape", *(() if where.get("counts_nights") else ("unit",)))
        listed |= {f"{where['field']}.{end}" for end in ends}
    listed |= {f"organisation.obstacles.{name}" for name in TABLE["obstacles"]}
    schema = set(leaves(Scenario, ""))
    assert sorted(schema - listed) == [], "not in the table"
    assert sorted(listed - schema) == [], "in the table, not in the schema"


@pytest.mark.parametrize("path", list(TABLE["not_in_world"]))
def test_a_field_that_is_not_in_the_world_changes_nothing_in_it(path: str) -> None:
    case = TABLE["not_in_world"][path]
    assert case["reason"]
    if "set" in case:
        check({"set": case["set"], "reaches": {}})


def schema_path(path: str) -> str:
    """The field of the schema at a path of the scenario: `touchpoints.desk.staff` is `touchpoints[].staff`."""
    annotation: Any = Scenario
    found = ""
    for part in re.findall(r"7\.\d\.\d[a-z]|[^.]+", path):
        kinds = {getattr(form, "__origin__", None) for form in forms_of(annotation)}
        if list in kinds:
            found += "[]"
        else:
            found += "." + ("NAME" if dict in kinds and part not in fields_of(annotation) else part)
        annotation = below(annotation, part)
    return found.removeprefix(".")


def test_each_case_sets_the_field_that_it_stands_under() -> None:
    for field, listed in TABLE["fields"].items():
        for case in listed:
            paths = [schema_path(path) for path in case["set"]]
            assert any(field.startswith(path) or path.startswith(field) for path in paths), (field, paths)
    for where in TABLE["durations"]["places"]:
        assert schema_path(where["set"]) == where["field"]
