"""Reading scenario files: all problems at once, what is unusual asked back, whose plug-ins may run, what decides a run.

Everything of a scenario decides a run, but for the fields that say otherwise where they are declared. So a new field decides
unless somebody thought about it, and a corrected word in a question throws no finished run away.
"""

import copy
from collections.abc import Collection, Mapping, Sequence
from dataclasses import replace
from functools import cache
from importlib.resources import files
from importlib.resources.abc import Traversable
from pathlib import Path as FilePath
from typing import Any, TypeVar

from pydantic import BaseModel, ValidationError

from sxsim.model.parameters import register
from sxsim.scenario.assessment import applied, read_assessment
from sxsim.scenario.fields import Decides
from sxsim.scenario.parameters import read_parameters
from sxsim.scenario.paths import override, parts_of, put
from sxsim.scenario.plug_ins import untrusted
from sxsim.scenario.problems import InvalidInput, Path, Problem, did_you_mean, from_error, locate
from sxsim.scenario.reading import line_of, plain, read_text, read_yaml
from sxsim.scenario.scenario import BASE_PLAN, Scenario, cross_check
from sxsim.scenario.usual import too_large
from sxsim.scenario.usual import unusual as what_is_unusual

__all__ = [
    "json_schema", "line_of", "load", "plain", "read_parameters", "read_text", "read_yaml", "resolved", "validate", "with_values",
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
    return scenario, [*cross_check(scenario), *too_large(scenario)]


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


#: Fields of the scenario that `deciding` puts in other words.
_SAID_OTHERWISE = ("plans", "plug_ins")


def deciding(scenario: Scenario, plan: str, also: Collection[Decides] = ()) -> dict[str, Any]:
    """What can change the records of a run of one plan, every default written out.

    The plan's content stands for the plan, whatever it is called; other plans, `today` among them, play no part. Of plug-ins
    only the kinds are here, because their sources decide, not the place of their files.

    Parameters
    ----------
    scenario
        The scenario, with what is assumed in a replication.
    plan
        Name of the plan.
    also
        Fields to take in beside: those that decide KPIs, or what is drawn where it is uncertain.
    """
    return _of_part(scenario, also) | {
        "plan": _of_part(scenario.plans[plan], also),
        "plug_ins": sorted(scenario.plug_ins),
    }


def decides(part: type[BaseModel], field: str) -> Decides:
    """What a field of a part of the scenario decides."""
    marks = [mark for mark in part.model_fields[field].metadata if isinstance(mark, Decides)]
    return marks[0] if marks else Decides.RECORDS


@cache
def _fields(part: type[BaseModel]) -> dict[str, tuple[Decides, bool]]:
    """Fields of a part: what they decide, and whether the order of their entries counts."""
    found = {}
    for name, info in part.model_fields.items():
        if name not in _SAID_OTHERWISE:
            mark = decides(part, name)
            found[name] = (mark, mark is Decides.BY_ORDER or info.annotation is Any)
    return found


def _of_part(part: BaseModel, also: Collection[Decides]) -> dict[str, Any]:
    return {
        name: _of_value(getattr(part, name), also, ordered)
        for name, (mark, ordered) in _fields(type(part)).items()
        if mark in (Decides.RECORDS, Decides.BY_ORDER) or mark in also
    }


def _of_value(value: Any, also: Collection[Decides], ordered: bool) -> Any:
    if isinstance(value, BaseModel):
        return _of_part(value, also)
    if isinstance(value, list | tuple):
        return [_of_value(item, also, ordered) for item in value]
    if isinstance(value, dict):
        entries = [[str(key), _of_value(inner, also, ordered)] for key, inner in value.items()]
        return entries if ordered else dict(entries)
    return value if isinstance(value, bool | int | float | str | None) else str(value)
