"""Reading scenario files, and what of a scenario decides a run: each field of the schema, one by one."""

import json
import re
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Any, get_args

import numpy as np
import pytest
from pydantic import BaseModel
from ruamel.yaml import YAML

from sxsim.engines.start import start
from sxsim.engines.world import ARRAYS
from sxsim.explain import explain
from sxsim.results.provenance import digest
from sxsim.scenario.fields import Decides
from sxsim.scenario.loading import decides, deciding, json_schema, load, plain, resolved
from sxsim.scenario.parameters import read_parameters
from sxsim.scenario.problems import InvalidInput
from sxsim.scenario.reading import line_of, read_yaml
from sxsim.scenario.scenario import Scenario

from .cafe import CAFE, SCENARIOS, TEXT, cafe, changed, line_with, only
from .conftest import Check


def wrong_file(folder: Path, content: str | bytes, name: str = "bad.yaml") -> str:
    """The message about a file that cannot be used."""
    path = folder / name
    path.write_bytes(content.encode() if isinstance(content, str) else content)
    with pytest.raises(InvalidInput) as caught:
        load(path)
    return str(caught.value)


# Files


def test_broken_yaml_is_shown_with_its_line(tmp_path: Path) -> None:
    message = wrong_file(tmp_path, "question: why?\ntouchpoints: [a\njourneys: b\n")
    assert message.startswith("the file is no valid YAML: ")
    assert f"in {tmp_path / 'bad.yaml'}, line 3" in message
    assert "check indentation, colons and quotes near this line" in message


def test_a_key_that_stands_twice_is_shown_with_its_line(tmp_path: Path) -> None:
    message = wrong_file(tmp_path, changed(("currency: EUR", "question: again?")))
    assert "duplicate key" in message
    assert "line 2" in message


@pytest.mark.parametrize(
    "content",
    [
        "question: a\x07b\n",
        "question: why?\nhorizon: {start: 2026-02-30}\n",
        "question: &a why?\ncurrency: *b\n",
        "\tquestion: a\n",
        "%YAML 9.9\n---\na: 1\n",
        "a: 1\n---\na: 2\n",
    ],
    ids=["control character", "date that does not exist", "unknown alias", "tab", "version", "two documents"],
)
def test_whatever_yaml_cannot_read_is_a_problem_of_the_file(tmp_path: Path, content: str) -> None:
    assert str(tmp_path / "bad.yaml") in wrong_file(tmp_path, content)


def test_a_file_that_is_no_text_is_refused(tmp_path: Path) -> None:
    said = wrong_file(tmp_path, b"question: x\n\xff\xfe\x00question")
    assert "bad.yaml cannot be read: it is no UTF-8 text" in said and "bad.yaml, line 2" in said


@pytest.mark.parametrize("content", ["", "just words\n", "- a\n- b\n", "3\n"])
def test_a_file_without_keys_is_refused(tmp_path: Path, content: str) -> None:
    assert wrong_file(tmp_path, content).startswith("the file must hold keys and values, beginning with question:")


def test_a_missing_file_is_answered_with_the_nearest_name(tmp_path: Path) -> None:
    (tmp_path / "seaside-hotel.yaml").write_text(TEXT, encoding="utf-8")
    with pytest.raises(InvalidInput) as caught:
        read_yaml(tmp_path / "seaside-hotl.yaml")
    assert "seaside-hotl.yaml does not exist" in str(caught.value)
    assert "did you mean seaside-hotel.yaml?" in str(caught.value)


def test_a_missing_file_in_an_empty_or_missing_folder_is_answered_with_how_to_make_one(tmp_path: Path) -> None:
    for path in (tmp_path / "a.yaml", tmp_path / "nowhere" / "a.yaml"):
        with pytest.raises(InvalidInput, match="sxsim new NAME makes one to start from"):
            read_yaml(path)


def test_a_folder_is_no_scenario(tmp_path: Path) -> None:
    with pytest.raises(InvalidInput, match="cannot be read: Is a directory"):
        read_yaml(tmp_path)


def test_a_scenario_is_named_after_its_file_unless_it_has_a_name(tmp_path: Path) -> None:
    assert cafe().name == "cafe"
    path = tmp_path / "b.yaml"
    path.write_text(f"name: my place\n{TEXT}", encoding="utf-8")
    assert load(path).name == "my place"


def test_plain_data_holds_nothing_of_the_parser() -> None:
    data = plain(YAML(typ="rt").load("a: [1, 2.5, true, 'x', {b: 0x10}]\nc: 2026-01-01\n"))
    assert data["a"] == [1, 2.5, True, "x", {"b": 16}]
    assert [type(value) for value in data["a"][:4]] == [int, float, bool, str]


def test_the_line_of_what_is_not_there_is_its_parents() -> None:
    data = read_yaml(CAFE)
    assert line_of(data, ("touchpoints", 1, "staff")) == line_with(TEXT, "- name: tables")
    assert line_of(data, ("touchpoints", 0, "staff")) == line_with(TEXT, "staff: 1")
    assert line_of(data, ("nothing",)) == 1
    assert line_of(data, ("touchpoints", 9, "staff")) == line_with(TEXT, "touchpoints:")


# Problems of the schema


def test_negative_staff_is_shown_as_the_design_says(check: Check, tmp_path: Path) -> None:
    problem = only(check(("staff: 1\n", "staff: -3\n")))
    assert problem == (
        "touchpoints[0].staff(=-3) must be ≥ 0\n"
        f"  in {tmp_path / 'cafe.yaml'}, line {line_with(TEXT, 'staff: 1')}\n"
        "  did you mean 3? · sxsim explain touchpoints.staff"
    )


@pytest.mark.parametrize(
    ("old", "new", "first", "hint"),
    [
        ("    staff: 1", "    staf: 1", "touchpoints[0].staf is not known here", "did you mean staff?"),
        ("currency: EUR", "curency: EUR", "curency is not known here", "did you mean currency?"),
        ("warm_up: 1", "warmup: 1", "horizon.warmup is not known here", "did you mean warm_up?"),
        ("shape: 1.5", "shap: 1.5", "touchpoints[1].patience.shap is not known here", "did you mean shape?"),
        ("price: 1.1", "pricee: 1.1", "plans.dearer.changes[0].pricee is not known here", "did you mean price?"),
        ("  wage: 2000", "  wages: 2000", "economics.wages is not known here", "did you mean wage?"),
        ("hold: seats", "hold_: seats", "journeys[1].steps[0].hold_ is not known here", "did you mean hold?"),
    ],
)
def test_an_unknown_key_is_answered_with_the_nearest(check: Check, old: str, new: str, first: str, hint: str) -> None:
    problem = next(text for text in map(str, check((old, new))) if text.startswith(first))
    assert hint in problem
    assert f"line {line_with(changed((old, new)), new.strip())}" in problem


@pytest.mark.parametrize(
    ("piece", "first"),
    [
        ("question: Is a warmer welcome worth it?\n", "question is missing"),
        ("  people: 80\n", "market.people is missing"),
        ("    visits_per_month: 6\n", "segments[0].visits_per_month is missing"),
        ("    service_time: {mean: 6}\n", "touchpoints[1].service_time is missing"),
        ("    serves: [tables]\n", "teams[0].serves is missing"),
    ],
)
def test_what_must_be_given_is_missed(check: Check, piece: str, first: str) -> None:
    assert str(check((piece, ""))[0]).startswith(first)


def test_several_problems_are_found_at_once_each_with_its_line(check: Check) -> None:
    changes = [
        ("failure_rate: 0.1\n    query", "failure_rate: 2\n    query"),
        ("units: 1", "units: none"),
        ("share: 0.6", "shares: 0.6"),
        ("wage: 2000", "wage: -1"),
        ("customers: 50", "customers: 500"),
        ("price: 1.1", "touchpoint: kisok\n        promised_wait: 5"),
    ]
    text = changed(*changes)
    found = {str(p).splitlines()[0]: p.line for p in check(*changes)}
    expected = {
        "touchpoints[0].failure_rate(=2) must be ≤ 1": "failure_rate: 2",
        "segments[0].shares is not known here": "shares: 0.6",
        "economics.wage(=-1) must be ≥ 0": "wage: -1",
        "market.customers(=500) must be ≤ market.people (=80)": "customers: 500",
        "plans.dearer.changes[0].touchpoint(='kisok') is no touchpoint of this scenario": "touchpoint: kisok",
    }
    for first, piece in expected.items():
        assert found.get(first) == line_with(text, piece), first
    assert found[next(first for first in found if first.startswith("touchpoints[2].units(='none')"))] == line_with(
        text, "units: none"
    )


def test_a_wrong_value_that_must_be_given_hides_no_other_problem(check: Check) -> None:
    problems = [str(problem) for problem in check(("units: 6", "units: 0"), ("customers: 50", "customers: 500"))]
    assert [problem.partition("(")[0] for problem in problems] == ["capacities[0].units", "market.customers"]


def test_one_mistake_is_one_problem(check: Check) -> None:
    changes = ("staff: 1\n", "staff: -3\n"), ("price: 1.1", "touchpoint: counter\n        staff: 2")
    assert only(check(*changes)).startswith("touchpoints[0].staff(=-3) must be ≥ 0")


def test_every_field_that_a_problem_says_to_explain_can_be_explained(check: Check) -> None:
    changes = [
        ("staff: 1\n", "staff: -3\n"),
        ("shape: 1.5", "shape: -1"),
        ("customers: 50", "customers: 500"),
        ("price: 1.1", "price: 0"),
        ("culture: 3.5", "culture: 9"),
        ("engagement: 150", "engagement: {per_month: 1, start: 99}"),
        ("journeys: {coffee: 1}", "journeys: {coffee: 2}"),
    ]
    problems = check(*changes)
    assert len(problems) >= 5
    for problem in problems:
        word = re.search(r"sxsim explain (\S+)", str(problem))
        assert word, str(problem)
        assert explain(word[1]), word[0]


@pytest.mark.parametrize("part", ["market", "touchpoints", "plans", "parameters", "economics", "organisation"])
def test_a_part_left_empty_is_default_or_a_plain_problem(check: Check, tmp_path: Path, part: str) -> None:
    lines = [line for line in TEXT.splitlines() if not line.startswith(f"{part}:")]
    body = re.sub(rf"(?ms)^{part}:.*?(?=^\w)|^{part}:.*\Z", "", TEXT) + f"{part}:\n"
    assert lines
    path = tmp_path / "empty.yaml"
    path.write_text(body, encoding="utf-8")
    try:
        load(path)
    except InvalidInput as error:
        assert f"{part}" in str(error)
        assert "instance of" not in str(error) and "valid dictionary" not in str(error)


def test_a_parameter_can_be_set_where_the_files_parameters_are_left_empty(tmp_path: Path) -> None:
    path = tmp_path / "a.yaml"
    path.write_text(f"{TEXT}parameters:\n", encoding="utf-8")
    assert load(path, sets=["bond_gain=0.2"]).parameters == {"bond_gain": 0.2}


# Files of parameters


def parameters_file(folder: Path, text: str, name: str = "p.csv") -> Path:
    path = folder / name
    path.write_text(text, encoding="utf-8")
    return path


def test_parameters_come_from_a_table_or_from_yaml(tmp_path: Path) -> None:
    table = parameters_file(tmp_path, "name,value,why\nbond_gain,0.2,guess\nweight.7.1.1a.alignment,1,\n")
    yaml = parameters_file(tmp_path, "bond_gain: 0.2\nweight.7.1.1a.alignment: 1\n", "p.yaml")
    assert read_parameters(table) == read_parameters(yaml) == {"bond_gain": 0.2, "weight.7.1.1a.alignment": 1.0}
    assert load(CAFE, parameters=table).parameters == read_parameters(table)


def test_parameters_of_a_file_override_the_scenario_and_overrides_override_both(tmp_path: Path) -> None:
    path = parameters_file(tmp_path, f"{TEXT}parameters: {{bond_gain: 0.1, bond_fading: 0.1}}\n", "a.yaml")
    table = parameters_file(tmp_path, "name,value\nbond_gain,0.2\n")
    both = {"bond_gain": 0.2, "bond_fading": 0.1}
    assert load(path, parameters=table).parameters == both
    assert load(path, parameters=table, sets=["bond_gain=0.3"]).parameters == both | {"bond_gain": 0.3}


def test_a_table_saved_by_a_spreadsheet_is_read(tmp_path: Path) -> None:
    assert read_parameters(parameters_file(tmp_path, "\ufeffname,value\r\nbond_gain,0.2\r\n")) == {"bond_gain": 0.2}


@pytest.mark.parametrize(
    ("name", "text", "expected", "line"),
    [
        ("p.csv", "name,value\nbond_gain,0.2\nbond_gian,0.2\n", "bond_gian is no parameter", 3),
        ("p.csv", "name,value\n\nbond_gian,0.2\n", "bond_gian is no parameter", 3),
        ("p.csv", "name,value\nbond_gain,much\n", "bond_gain(='much') must be a number", 2),
        ("p.csv", "name,value\nbond_gain\n", "bond_gain: the row has 1 cells, and the first row 2", 2),
        ("p.csv", "name,value\nbond_gain,0,2\n", "bond_gain: the row has 3 cells, and the first row 2", 2),
        ("p.csv", 'name,value\nbond_gain,"1,007"\n', "bond_gain(='1,007') must be a number", 2),
        ("p.csv", "name,value\nbond_gain,.2\nbond_gain,.2\n", "bond_gain(=0.2) stands twice: here and in line 2", 3),
        ("p.csv", "parameter,value\nbond_gain,2\n", "the file must have the columns name and value", 1),
        ("p.csv", "parameter,value\n", "the file must have the columns name and value", 1),
        ("p.yaml", "bond_gain: 0.2\nbond_gian: 0.2\n", "bond_gian is no parameter", 2),
        ("p.yaml", "bond_gain: much\n", "bond_gain(='much') must be a number", 1),
        ("p.yaml", "bond_gain: [1\n", "the file is no valid YAML", None),
        ("p.yaml", "- bond_gain\n- 3\n", "the file must", None),
    ],
)
def test_a_wrong_file_of_parameters_is_refused_with_its_line(
    tmp_path: Path, name: str, text: str, expected: str, line: int | None
) -> None:
    path = parameters_file(tmp_path, text, name)
    with pytest.raises(InvalidInput) as caught:
        read_parameters(path)
    assert str(caught.value).startswith(expected)
    assert f"in {path}" in str(caught.value)
    assert line is None or f"line {line}" in str(caught.value)


def test_all_wrong_parameters_are_named_at_once_with_what_else_is_wrong(tmp_path: Path) -> None:
    path = parameters_file(tmp_path, "name,value\nbond_gian,0.2\nbond_gain,much\n")
    with pytest.raises(InvalidInput) as caught:
        load(CAFE, parameters=path, sets=["market.customers=500"])
    assert len(caught.value.problems) == 3


@pytest.mark.parametrize("name", ["none.csv", "none.yaml"])
def test_a_missing_file_of_parameters_is_said_in_plain_words(tmp_path: Path, name: str) -> None:
    with pytest.raises(InvalidInput) as caught:
        read_parameters(tmp_path / name)
    assert f"{name} does not exist" in str(caught.value)
    assert "Errno" not in str(caught.value)
    assert "sxsim new" not in str(caught.value)


# What a run is made of


def test_the_resolved_scenario_has_every_default() -> None:
    data = resolved(cafe(), "today")
    assert set(data) == set(Scenario.model_fields)
    assert data["horizon"] == {"start": "2026-01-01", "months": 2, "warm_up": 1, "declared_drift": 0.02}
    assert data["economics"]["discount_rate"] == 0.08
    assert data["touchpoints"][0]["room"] == 1.0
    assert data["sites"] == [{"name": "site", "share": 1.0, "staff_factor": 1.0}]
    assert data["plans"]["today"] == {
        "description": "nothing new",
        "money": {},
        "money_unit": "currency",
        "activities": {},
        "changes": [],
        "funded_by_result": 0.0,
    }
    json.dumps(data, allow_nan=False)


def test_the_resolved_scenario_holds_one_plan_and_the_base() -> None:
    assert list(resolved(cafe(), "today")["plans"]) == ["today"]
    assert set(resolved(cafe(), "welcome")["plans"]) == {"welcome", "today"}


def test_a_resolved_scenario_resolves_to_itself() -> None:
    data = resolved(cafe("bond_gain=1e-7"), "welcome")
    assert resolved(Scenario.model_validate(data), "welcome") == data


# The JSON Schema


def accepts(schema: dict[str, Any], value: Any, root: dict[str, Any]) -> bool:
    """Whether a JSON Schema (the keywords that ours uses) accepts a value."""
    if "$ref" in schema:
        return accepts(root["$defs"][schema["$ref"].rpartition("/")[2]], value, root)
    if "anyOf" in schema and not any(accepts(s, value, root) for s in schema["anyOf"]):
        return False
    kinds = {
        "object": dict,
        "array": list,
        "string": str,
        "integer": int,
        "number": (int, float),
        "boolean": bool,
        "null": type(None),
    }
    if "type" in schema and not isinstance(value, kinds[schema["type"]]):
        return False
    if ("enum" in schema and value not in schema["enum"]) or ("const" in schema and value != schema["const"]):
        return False
    if isinstance(value, int | float) and not isinstance(value, bool):
        low, high = schema.get("minimum", value), schema.get("maximum", value)
        return low <= value <= high and value > schema.get("exclusiveMinimum", value - 1)
    if isinstance(value, str):
        return re.search(schema.get("pattern", ""), value) is not None
    if isinstance(value, list):
        return all(accepts(schema.get("items", {}), item, root) for item in value)
    if isinstance(value, dict):
        known = schema.get("properties", {})
        if not set(schema.get("required", [])) <= set(value):
            return False
        if not all(accepts(schema.get("propertyNames", {}), key, root) for key in value):
            return False
        patterns = schema.get("patternProperties", {})
        for key, item in value.items():
            inner = known.get(key) or next((s for p, s in patterns.items() if re.search(p, key)), None)
            inner = schema.get("additionalProperties", {}) if inner is None else inner
            if inner is False or (isinstance(inner, dict) and not accepts(inner, item, root)):
                return False
    return True


def as_json(data: Any) -> Any:
    return json.loads(json.dumps(plain(data), default=str))


@pytest.mark.parametrize("path", [*SCENARIOS, CAFE], ids=lambda path: path.stem)
def test_the_schema_accepts_a_valid_scenario_part_by_part(path: Path) -> None:
    schema, data = json_schema(), as_json(read_yaml(path))
    refused = [key for key, value in data.items() if not accepts(schema["properties"][key], value, schema)]
    assert refused == []
    assert accepts(schema, data, schema)


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("staff: 1", "staf: 1"),
        ("share: 0.6", "share: 2"),
        ("people: 80", "people: many"),
        ("kind: self", "kind: shelf"),
    ],
)
def test_the_schema_refuses_a_wrong_scenario(old: str, new: str) -> None:
    schema = json_schema()
    assert not accepts(schema, as_json(YAML(typ="safe").load(changed((old, new)))), schema)


def test_the_schema_describes_every_field() -> None:
    for name, part in {"Scenario": json_schema(), **json_schema()["$defs"]}.items():
        for field, described in part.get("properties", {}).items():
            assert "description" in described, f"{name}.{field}"


#: A café in which every part of the schema stands once.
RICH = (
    "touchpoints.counter.try_again={chance: 0.5, after: 5}",
    "touchpoints.counter.switch={to: kiosk, chance: 0.1}",
    "teams.waiters.breaks={every: 240, length: 15}",
    "journeys.coffee.steps.1.after={nights: 2, at: '10:00'}",
    "segments.regulars.contract={fee: 10}",
    "plans.welcome.activities.create_urgency={start: 0, months: 1, again: [{start: 1}]}",
    "plans.welcome.changes=[{month: 1, price: 1.1}]",
)
#: Put in other words: tested by tests of their own.
APART = {("Scenario", "plans"), ("Scenario", "plug_ins")}


def parts_of(annotation: Any) -> set[type[BaseModel]]:
    """All parts of the schema below an annotation."""
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        inner = [info.annotation for info in annotation.model_fields.values()]
        return {annotation}.union(*(parts_of(each) for each in inner))
    return set().union(*(parts_of(each) for each in get_args(annotation)))


def all_fields() -> set[tuple[str, str]]:
    """Every field of the schema, with its part."""
    return {(part.__name__, name) for part in parts_of(Scenario) for name in part.model_fields}


def parts_in(value: Any) -> Iterator[BaseModel]:
    """The parts of a scenario, itself among them, in a fixed order."""
    if isinstance(value, BaseModel):
        yield value
        value = [getattr(value, name) for name in type(value).model_fields]
    if isinstance(value, list | dict):
        for inner in value.values() if isinstance(value, dict) else value:
            yield from parts_in(inner)


def another(value: Any) -> Any:
    """A value that is not the same."""
    if isinstance(value, bool) or value is None:
        return not value
    if isinstance(value, int | float):
        return value + 1
    if isinstance(value, date):
        return value.replace(year=value.year + 1)
    if isinstance(value, BaseModel):
        return None
    return f"{value}x" if isinstance(value, str) else [*value, 1] if isinstance(value, list) else value | {"x": 1}


def rich() -> Scenario:
    """The rich café with one plan."""
    scenario = cafe(*RICH)
    return scenario.model_copy(update={"plans": {"welcome": scenario.plans["welcome"]}})


def changes(scenario: Scenario) -> Iterator[tuple[tuple[str, str], Scenario]]:
    """A scenario with each of its fields other, one after the other."""
    for place, part in enumerate(parts_in(scenario)):
        for name in type(part).model_fields:
            other = scenario.model_copy(deep=True)
            touched = list(parts_in(other))[place]
            touched.__dict__[name] = another(getattr(touched, name))
            yield (type(part).__name__, name), other


def key(scenario: Scenario, plan: str = "welcome", *also: Decides) -> str:
    return digest(deciding(scenario, plan, also))


MARKED = {
    Decides.NOTHING: {
        ("Scenario", "question"), ("Scenario", "name"), ("Scenario", "currency"), ("Organisation", "industry"),
        ("Horizon", "declared_drift"), ("Plan", "description"),
    },
    Decides.KPIS: {("Economics", "discount_rate")},
    Decides.UNCERTAIN: {("Organisation", "maturity_spread")},
    Decides.BY_ORDER: {("Demand", "profiles")},
}  # fmt: skip


def test_the_marks_are_where_somebody_thought_about_them() -> None:
    marked: dict[Decides, set[tuple[str, str]]] = {}
    for part in parts_of(Scenario):
        for name in part.model_fields:
            marked.setdefault(decides(part, name), set()).add((part.__name__, name))
    marked.pop(Decides.RECORDS)
    assert marked == MARKED


def test_each_field_moves_the_key_unless_it_is_marked() -> None:
    scenario, met = rich(), set()
    before = {marks: key(scenario, "welcome", *marks) for marks in ((), (Decides.KPIS,), (Decides.UNCERTAIN,))}
    for field, other in changes(scenario):
        met.add(field)
        if field not in APART:
            moving = {marks for marks, first in before.items() if key(other, "welcome", *marks) != first}
            mark = next((mark for mark, fields in MARKED.items() if field in fields), Decides.RECORDS)
            everywhere = set(before) if mark in (Decides.RECORDS, Decides.BY_ORDER) else set()
            assert moving == everywhere | ({(mark,)} & set(before)), field
    assert met == all_fields(), "every field of the schema stands in the rich café"


def test_a_plan_counts_by_what_it_says_and_not_by_its_name() -> None:
    scenario = cafe()
    assert key(scenario, "same-again") == key(scenario, "today")
    assert len({key(scenario, plan) for plan in ("today", "welcome", "dearer")}) == 3
    assert key(cafe("plans.today.money.culture=5"), "welcome") == key(scenario, "welcome")
    turned = scenario.model_copy(update={"plans": dict(reversed(scenario.plans.items()))})
    assert key(turned, "welcome") == key(scenario, "welcome")


def test_neither_the_name_of_a_plan_nor_other_plans_reach_the_start() -> None:
    """What the key leaves out leaves the world as it is."""
    worlds = [
        start(cafe(), "today"),
        start(cafe(), "same-again"),
        start(cafe("plans.today.money.culture=5", "plans.today.changes=[{month: 0, price: 2}]"), "same-again"),
        start(
            cafe("question=Why?", "currency=USD", "economics.discount_rate=0.5", "horizon.declared_drift=1"), "today"
        ),
        start(cafe("organisation.industry=hotels", "organisation.maturity_spread={culture: 1}"), "today"),
    ]
    for world in worlds[1:]:
        for name in ARRAYS:
            assert np.array_equal(getattr(world, name), getattr(worlds[0], name), equal_nan=False), name


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("demand.profiles={a: 1, b: {mon: 1}}", "demand.profiles={b: {mon: 1}, a: 1}"),
        ("teams.waiters.staff={mon-fri: 2, mon: 1}", "teams.waiters.staff={mon: 1, mon-fri: 2}"),
    ],
)
def test_the_order_of_what_goes_by_order_counts(one: str, other: str) -> None:
    assert key(cafe(one)) != key(cafe(other))
    assert any(
        not np.array_equal(getattr(start(cafe(one)), name), getattr(start(cafe(other)), name))
        for name in ("profiles", "staffing")
    )


def test_the_order_of_what_goes_by_name_does_not_count() -> None:
    one = key(cafe("plans.welcome.money={engagement: 150, culture: 50}"))
    assert key(cafe("plans.welcome.money={culture: 50, engagement: 150}")) == one


def test_the_kinds_of_plug_ins_count_and_not_the_place_of_their_files() -> None:
    plain, here, there = (
        cafe().model_copy(update={"plug_ins": plug_ins})
        for plug_ins in ({}, {"customer": "here/a.py:A"}, {"customer": "there/a.py:A"})
    )
    assert key(here) == key(there) != key(plain)
