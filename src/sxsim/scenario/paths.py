"""Paths: `touchpoints.reception.staff` names a field of a scenario, `bond_gain` a parameter, `plans.*.money.*` several fields."""

import re
from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from ruamel.yaml.error import YAMLError

from sxsim.scenario.fields import Short, below, forms_of
from sxsim.scenario.forms.weights import settable
from sxsim.scenario.problems import InvalidInput, Problem, did_you_mean
from sxsim.scenario.reading import parsed, plain
from sxsim.scenario.scenario import Scenario
from sxsim.standard.names import ACTIVITY_CLAUSES


def override(raw: dict[str, Any], text: str) -> list[Problem]:
    """Apply one `path=value` override to plain data; returns what is wrong with it."""
    path, equals, value_text = (piece.strip() for piece in text.partition("="))
    parts = ["parameters", path] if path in settable() else parts_of(path)
    if not equals or not parts:
        return [Problem((), f" --set {text!r} must have the form path=value", "for example --set market.customers=500")]
    if parts[0] not in Scenario.model_fields:
        hint = did_you_mean(path, [*Scenario.model_fields, *settable()])
        return [Problem((path,), " is neither a field nor a parameter", hint)]
    try:
        value = plain(parsed(value_text))
    except (YAMLError, ValueError):
        return [Problem((path,), f"(={value_text!r}) is no value")]
    return [replace(problem, path=(path,)) for problem in put(raw, parts, value)]


def parts_of(path: str) -> list[str]:
    """`plans.today.money.7.3.2d` and `touchpoints[2].staff` cut into parts; clause numbers stay whole."""
    return re.findall(r"7\.\d\.\d[a-z]|19390:\d(?:\.\d)+|[^.\[\]]+", path)


def put(data: Any, parts: Sequence[str], value: Any) -> list[Problem]:
    """Put a value in plain data; a mapping left empty or written in short is written out on the way."""
    place: Any = Scenario
    for position, part in enumerate(parts):
        above = ".".join(parts[:position])
        if isinstance(data, list):
            names = [str(item.get("name")) if isinstance(item, dict) else "" for item in data]
            keys = [*map(str, range(len(data))), *names]
            if part not in keys:
                return [Problem(tuple(parts), f": there is no {part!r} in {above}", did_you_mean(part, names))]
            key: Any = keys.index(part) % len(data)
        elif isinstance(data, dict):
            key = next((known for known in data if _same_key(str(known), part)), part)
        else:
            return [Problem(tuple(parts), f": {above} holds a single value, no parts")]
        place = below(place, key)
        if position == len(parts) - 1:
            data[key] = value
        elif isinstance(data, list) or data.get(key) is not None:
            for short in (form for form in forms_of(place) if isinstance(form, Short)):
                data[key] = short.written_out(data[key])
        else:
            data[key] = {}
        data = data[key]
    return []


def place_in(path: str, plan: str) -> list[str]:
    """A path of a scenario cut into parts, as seen from one plan: what is said of that plan bears no name."""
    parts = ["parameters", path] if path in settable() else parts_of(path)
    return ["plan", *parts[2:]] if parts[:2] == ["plans", plan] else parts


def _same_key(known: str, part: str) -> bool:
    """Whether two keys mean the same: an activity goes by its name or its clause."""
    return ACTIVITY_CLAUSES.get(known, known) == ACTIVITY_CLAUSES.get(part, part)


def value_at(scenario: Scenario, path: str) -> Any:
    """What stands at a path of a scenario; None where nothing does."""
    data: Any = scenario.model_dump(mode="python")
    for part in ["parameters", path] if path in settable() else parts_of(path):
        data = _part_of(data, part)
    return data


def paths_like(pattern: str, scenario: Scenario) -> list[str]:
    """The paths of a scenario that a pattern stands for: `*` is everything written at its place. Raises InvalidInput for none."""
    found: list[tuple[str, Any]] = [("", scenario.model_dump(mode="python"))]
    for part in parts_of(pattern):
        after: list[tuple[str, Any]] = []
        for above, data in found:
            here = f"{above}." if above else ""
            if part != "*":
                after.append((f"{here}{part}", _part_of(data, part)))
            elif isinstance(data, dict):
                after += [(f"{here}{key}", below_it) for key, below_it in data.items()]
            elif isinstance(data, list):
                after += [(f"{here}{item.get('name', k)}", item) for k, item in enumerate(data)]
        found = after
    if not found:
        raise InvalidInput(
            [Problem((pattern,), " fits no field of the scenario", "* stands for what is written there")]
        )
    return [path for path, _ in found]


def _part_of(data: Any, part: str) -> Any:
    """What stands under a key of a mapping, or a name or number of a list; None where nothing does."""
    if isinstance(data, list):
        return next((item for k, item in enumerate(data) if part in (str(k), item.get("name"))), None)
    return data.get(part) if isinstance(data, dict) else None
