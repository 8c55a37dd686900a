"""Reading scenario files: overrides, all problems at once, what is unusual asked back, whose plug-ins may run."""

import copy
import re
from collections.abc import Mapping, Sequence
from dataclasses import replace
from functools import cache
from importlib.resources import files
from importlib.resources.abc import Traversable
from pathlib import Path as FilePath
from typing import Any, TypeVar

from pydantic import ValidationError
from ruamel.yaml.error import YAMLError

from sxsim.model.parameters import register
from sxsim.scenario.assessment import applied, read_assessment
from sxsim.scenario.fields import Short, below, forms_of
from sxsim.scenario.parameters import read_parameters
from sxsim.scenario.plug_ins import untrusted
from sxsim.scenario.problems import InvalidInput, Path, Problem, did_you_mean, from_error, locate
from sxsim.scenario.reading import line_of, parsed, plain, read_text, read_yaml
from sxsim.scenario.scenario import BASE_PLAN, Scenario, cross_check
from sxsim.scenario.usual import unusual as what_is_unusual
from sxsim.standard.catalogue import ACTIVITY_CLAUSES

__all__ = [
    "json_schema", "line_of", "load", "paths_like", "place_in", "plain", "read_parameters", "read_text", "read_yaml", "resolved",
    "validate", "value_at", "with_values",
]  # fmt: skip

Model = TypeVar("Model", bound=Scenario)

DEFAULT_TEMPLATE = "corner-cafe"

#: What stands in for wrong values while the parts are checked against each other: few, many, the other kind.
STAND_INS = (1, 1_000_000, "self_service")


def load(
    path: str | FilePath,
    *,
    sets: Sequence[str] = (),
    parameters: str | FilePath | None = None,
    assessment: str | FilePath | None = None,
    unusual: bool = False,
    trust: bool | None = None,
    model: type[Model] = Scenario,  # type: ignore[assignment]
) -> Model:
    """Read, override and check a scenario.

    `sets` are `path=value` overrides of fields (`touchpoints.reception.staff=3`) or parameters (`bond_gain=0.2`);
    `parameters` is a CSV (name,value) or YAML file of parameters; `assessment` a CSV or XLSX file with levels of maturity,
    which replace those of the scenario. `unusual` takes values that are legal but unusual; `trust` says whose plug-ins may run
    later: by default those that lie beside the file, all or none. Raises InvalidInput with all problems found.
    """
    path = FilePath(path)
    data = read_yaml(path)
    if not isinstance(data, dict):
        raise InvalidInput(
            [Problem((), "the file must hold keys and values, beginning with question:", "", str(path), 1)]
        )
    raw = plain(data)
    if "study" in raw and "touchpoints" not in raw:
        raise InvalidInput([Problem((), "this is an experiment, no scenario", f"sxsim study {path}", str(path), 1)])
    problems: list[Problem] = []
    if parameters is not None:
        try:
            for name, value in read_parameters(FilePath(parameters)).items():
                problems += put(raw, ["parameters", name], value)
        except InvalidInput as error:
            problems += error.problems
    if assessment is not None:
        problems += _assessed(raw, FilePath(assessment))
    for text in sets:
        problems += override(raw, text)
    if not raw.get("name"):
        raw["name"] = path.stem
    plug_ins = raw.get("plug_ins")
    if isinstance(plug_ins, dict):
        raw["plug_ins"] = {kind: str(path.resolve().parent / str(text)) for kind, text in plug_ins.items()}
    scenario, found = validate(raw, model)
    of_file = validate(plain(data), model)[1] if found and (sets or assessment) else found
    for problem in found:
        place: dict[str, Any] = {"file": str(path), "line": line_of(data, problem.path)}
        problems.append(replace(problem, **(place if problem in of_file else {"file": "--set"})))
    if problems or scenario is None:
        raise InvalidInput(problems)
    if not unusual:
        problems += [_placed(problem, path, data, sets) for problem in what_is_unusual(scenario, data)]
    problems += [_placed(problem, path, data, sets) for problem in untrusted(scenario.plug_ins, path, trust)]
    if problems:
        raise InvalidInput(problems)
    return scenario


def _placed(problem: Problem, path: FilePath, data: Any, sets: Sequence[str]) -> Problem:
    """A problem with its file and line, or with --set where that brought it."""
    stated = [parts_of(text.partition("=")[0].strip()) for text in sets]
    of_sets = any([str(part) for part in problem.path[: len(parts)]] == parts for parts in stated)
    if of_sets or (problem.path[:1] == ("parameters",) and [str(problem.path[-1])] in stated):
        return replace(problem, file="--set")
    return replace(problem, file=str(path), line=line_of(data, problem.path))


def _assessed(raw: dict[str, Any], path: FilePath) -> list[Problem]:
    """Put the levels of an assessment in plain data; returns what is wrong with it."""
    try:
        levels, spreads = read_assessment(path)
    except InvalidInput as error:
        return error.problems
    organisation = raw.get("organisation") if isinstance(raw.get("organisation"), dict) else {}
    assert isinstance(organisation, dict)
    maturity = applied(organisation.get("maturity"), levels)
    kept = {k: v for k, v in (organisation.get("maturity_spread") or {}).items() if k in maturity and k not in levels}
    raw["organisation"] = organisation | {"maturity": maturity, "maturity_spread": kept | spreads}
    return []


def validate(raw: dict[str, Any], model: type[Model]) -> tuple[Model | None, list[Problem]]:
    """Check plain data against the schema and across its parts. Returns the scenario, if any, and all problems."""
    try:
        scenario = model.model_validate(raw)
    except ValidationError as error:
        found = [from_error(item, raw, model) for item in error.errors()]
        # A short form is wrong in all its parts at once.
        problems = list({str(problem): problem for problem in found}.values())
        return None, problems + _problems_beyond(raw, [problem.path for problem in problems], model)
    return scenario, list(cross_check(scenario))


def _problems_beyond(raw: dict[str, Any], wrong: list[Path], model: type[Model]) -> list[Problem]:
    """Problems across parts that are there whatever stands in for the wrong values; none while a name is wrong."""
    if any(not path or path[-1] == "name" for path in wrong):
        return []
    checked = [_with_stand_in(raw, wrong, stand_in, model) for stand_in in STAND_INS]
    first, *others = [list(cross_check(scenario)) for scenario in checked if scenario is not None] or [[]]
    return [
        problem
        for problem in first
        if all(problem in other for other in others)
        and not any(all(a == b for a, b in zip(problem.path, path, strict=False)) for path in wrong)
    ]


def _with_stand_in(raw: dict[str, Any], wrong: list[Path], stand_in: Any, model: type[Model]) -> Model | None:
    """The scenario with something else for its wrong values, or without them where that is wrong too."""
    data = copy.deepcopy(raw)
    for path in wrong:
        _holder(data, path)[path[-1]] = stand_in
    try:
        return model.model_validate(data)
    except ValidationError as error:
        for path in {path for path, _ in [locate(item, data) for item in error.errors()] if path}:
            _holder(data, path).pop(path[-1], None)
    try:
        return model.model_validate(data)
    except ValidationError:
        return None


def _holder(data: Any, path: Path) -> dict[str | int, Any]:
    """The mapping that holds the end of a path; an empty one of its own where no mapping does."""
    try:
        for part in path[:-1]:
            data = data[part]
    except (KeyError, IndexError, TypeError):
        return {}
    return data if isinstance(data, dict) else {}


def with_values(scenario: Model, values: Mapping[str, Any]) -> Model:
    """The scenario with other values for fields (by path) or parameters (by name). Raises InvalidInput."""
    raw = scenario.model_dump(mode="python")
    problems: list[Problem] = []
    for path, value in values.items():
        parts = ["parameters", path] if path in register() else parts_of(path)
        if not parts or parts[0] not in Scenario.model_fields:
            hint = did_you_mean(path, [*Scenario.model_fields, *register()])
            problems.append(Problem((path,), " is neither a field nor a parameter", hint))
        else:
            problems += put(raw, parts, value)
    if not problems:
        changed, problems = validate(raw, type(scenario))
        if changed is not None and not problems:
            return changed
    raise InvalidInput(problems)


def resolved(scenario: Scenario, plan: str) -> dict[str, Any]:
    """The scenario with every default written out and with one plan and the base only, as a run's folder keeps it."""
    data = scenario.model_dump(mode="json")
    data["plans"] = {plan: data["plans"][plan], **({BASE_PLAN: data["plans"][BASE_PLAN]} if plan != BASE_PLAN else {})}
    return data


@cache
def json_schema() -> dict[str, Any]:
    """The JSON Schema of scenario files, for editors."""
    schema = Scenario.model_json_schema()
    schema["$schema"] = "https://json-schema.org/draft/2020-12/schema"
    schema["title"] = "sxsim scenario"
    return schema


def templates() -> dict[str, Traversable]:
    """The scenario files one can start from, by name: those in `scenarios/`, from the installed package, or from the source tree."""
    packaged = files("sxsim.scenario") / "templates"
    folder: Traversable = packaged if packaged.is_dir() else FilePath(__file__).parents[3] / "scenarios"
    if not folder.is_dir():
        return {}
    return {
        f.name.removesuffix(".yaml"): f
        for f in sorted(folder.iterdir(), key=lambda f: f.name)
        if f.name.endswith(".yaml")
    }


# Paths: `touchpoints.reception.staff` names a field of a scenario, `bond_gain` a parameter, `plans.*.money.*` several fields.


def override(raw: dict[str, Any], text: str) -> list[Problem]:
    """Apply one `path=value` override to plain data; returns what is wrong with it."""
    path, equals, value_text = (piece.strip() for piece in text.partition("="))
    parts = ["parameters", path] if path in register() else parts_of(path)
    if not equals or not parts:
        return [Problem((), f" --set {text!r} must have the form path=value", "for example --set market.customers=500")]
    if parts[0] not in Scenario.model_fields:
        hint = did_you_mean(path, [*Scenario.model_fields, *register()])
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
    parts = ["parameters", path] if path in register() else parts_of(path)
    return ["plan", *parts[2:]] if parts[:2] == ["plans", plan] else parts


def _same_key(known: str, part: str) -> bool:
    """Whether two keys mean the same: an activity goes by its name or its clause."""
    return ACTIVITY_CLAUSES.get(known, known) == ACTIVITY_CLAUSES.get(part, part)


def value_at(scenario: Scenario, path: str) -> Any:
    """What stands at a path of a scenario; None where nothing does."""
    data: Any = scenario.model_dump(mode="python")
    for part in ["parameters", path] if path in register() else parts_of(path):
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
