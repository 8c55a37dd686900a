"""Reading scenario files: YAML with line numbers, overrides, and all problems at once."""

import copy
import csv
import re
from collections.abc import Mapping, Sequence
from functools import cache
from pathlib import Path as FilePath
from typing import Any, TypeVar, get_args

from pydantic import BaseModel, ValidationError
from ruamel.yaml import YAML
from ruamel.yaml.error import MarkedYAMLError

from sxsim.model.parameters import register
from sxsim.scenario.problems import InvalidInput, Path, Problem, did_you_mean, from_error
from sxsim.scenario.scenario import BASE_PLAN, Scenario, cross_check

Model = TypeVar("Model", bound=Scenario)


def read_yaml(path: FilePath) -> Any:
    """Parse a YAML file, keeping line numbers. Raises InvalidInput when it cannot be read or parsed."""
    try:
        text = path.read_text(encoding="utf-8")
    except FileNotFoundError:
        near = did_you_mean(path.name, [p.name for p in path.parent.glob("*.y*ml")] if path.parent.is_dir() else [])
        raise InvalidInput(
            [Problem((), f" {path} does not exist", near or "sxsim new NAME makes one to start from")]
        ) from None
    except (OSError, UnicodeDecodeError) as error:
        reason = error.strerror if isinstance(error, OSError) else "it is no UTF-8 text"
        raise InvalidInput([Problem((), f" {path} cannot be read: {reason}")]) from None
    try:
        return YAML(typ="rt").load(text)
    except MarkedYAMLError as error:
        line = error.problem_mark.line + 1 if error.problem_mark else None
        message = f"the file is no valid YAML: {error.problem or error.context or 'it cannot be parsed'}"
        hint = "check indentation, colons and quotes near this line"
        raise InvalidInput([Problem((), message, hint, str(path), line)]) from None


def line_of(data: Any, path: Path) -> int | None:
    """Line of a path in parsed YAML, counted from 1; of its nearest parent where the path itself is not there."""
    line = None
    for part in path:
        try:
            if isinstance(data, dict) and part in data:
                line = data.lc.key(part)[0] + 1  # type: ignore[attr-defined]
                data = data[part]
            elif isinstance(data, list) and isinstance(part, int):
                line = data.lc.item(part)[0] + 1  # type: ignore[attr-defined]
                data = data[part]
            else:
                break
        except (KeyError, AttributeError, IndexError, TypeError):
            break
    return line


def plain(data: Any) -> Any:
    """Parsed YAML as plain dicts, lists and scalars."""
    if isinstance(data, Mapping):
        return {key: plain(value) for key, value in data.items()}
    if isinstance(data, list | tuple):
        return [plain(value) for value in data]
    for base in (bool, int, float, str):
        if isinstance(data, base) and type(data) is not base and type(data).__name__ != "bool":
            return base(data)
    return data


def load(
    path: str | FilePath,
    *,
    sets: Sequence[str] = (),
    parameters: str | FilePath | None = None,
    model: type[Model] = Scenario,  # type: ignore[assignment]
) -> Model:
    """Read, override and check a scenario.

    `sets` are `path=value` overrides of fields (`touchpoints.reception.staff=3`) or parameters (`bond_gain=0.2`);
    `parameters` is a CSV (name,value) or YAML file of parameters. Raises InvalidInput with all problems found.
    """
    path = FilePath(path)
    data = read_yaml(path)
    if not isinstance(data, dict):
        raise InvalidInput([Problem((), "the file must hold keys and values, beginning with question:", "", str(path))])
    raw = plain(data)
    problems = []
    if parameters is not None:
        try:
            raw.setdefault("parameters", {}).update(read_parameters(FilePath(parameters)))
        except InvalidInput as error:
            problems += error.problems
    for text in sets:
        problems += _apply(raw, text)
    if not raw.get("name"):
        raw["name"] = path.stem
    plug_ins = raw.get("plug_ins")
    if isinstance(plug_ins, dict):
        raw["plug_ins"] = {kind: str(path.resolve().parent / str(text)) for kind, text in plug_ins.items()}
    scenario, found = validate(raw, model)
    for problem in found:
        problems.append(Problem(problem.path, problem.message, problem.hint, str(path), line_of(data, problem.path)))
    if problems or scenario is None:
        raise InvalidInput(problems)
    return scenario


def validate(raw: dict[str, Any], model: type[Model]) -> tuple[Model | None, list[Problem]]:
    """Check plain data against the schema and across its parts. Returns the scenario, if any, and all problems."""
    try:
        scenario = model.model_validate(raw)
    except ValidationError as error:
        problems = _unique_problems(
            from_error(dict(item), raw, _keys_at(model, item["loc"])) for item in error.errors()
        )
        return None, problems + _problems_beyond(raw, problems, model)
    return scenario, list(cross_check(scenario))


def _unique_problems(problems: Any) -> list[Problem]:
    """Without the echoes that the branches of a union give of one and the same mistake."""
    kept: dict[Path, Problem] = {}
    for problem in problems:
        known = kept.get(problem.path)
        if known is None or (" is missing" in known.message and " is missing" not in problem.message):
            kept[problem.path] = problem
    return list(kept.values())


def _problems_beyond(raw: dict[str, Any], problems: list[Problem], model: type[Model]) -> list[Problem]:
    """Problems across parts that show when the fields already reported are left out."""
    trimmed = copy.deepcopy(raw)
    for problem in sorted(problems, key=lambda p: -len(p.path)):
        parent: Any = trimmed
        try:
            for part in problem.path[:-1]:
                parent = parent[part]
            if isinstance(parent, dict):
                parent.pop(problem.path[-1], None)
        except (KeyError, IndexError, TypeError):
            return []
    try:
        scenario = model.model_validate(trimmed)
    except ValidationError:
        return []
    reported = [problem.path for problem in problems]
    return [p for p in cross_check(scenario) if not any(p.path[: len(r)] == r for r in reported)]


def _keys_at(model: type[BaseModel], location: Sequence[str | int]) -> list[str]:
    """Keys known where an error lies."""
    current: Any = model
    for part in location[:-1]:
        if isinstance(part, int) or not (isinstance(current, type) and issubclass(current, BaseModel)):
            continue
        field = current.model_fields.get(str(part))
        if field is not None:
            models = part_models(field.annotation)
            current = models[0] if models else current
    return list(current.model_fields) if isinstance(current, type) and issubclass(current, BaseModel) else []


def part_models(annotation: Any) -> list[type[BaseModel]]:
    """The models inside an annotation like `list[Touchpoint]` or `Nights | Duration`."""
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        return [annotation]
    return [model for inner in get_args(annotation) for model in part_models(inner)]


def read_parameters(path: FilePath) -> dict[str, float]:
    """Parameters by name from a CSV with columns name and value, or from a YAML mapping. Raises InvalidInput."""
    problems: list[Problem] = []
    if path.suffix.lower() in (".yaml", ".yml"):
        data = read_yaml(path)
        pairs = [((str(k),), k, v, line_of(data, (k,))) for k, v in data.items()] if isinstance(data, dict) else []
    else:
        try:
            rows = list(csv.DictReader(path.read_text(encoding="utf-8").splitlines()))
        except (OSError, UnicodeDecodeError) as error:
            raise InvalidInput([Problem((), f" {path} cannot be read: {error}")]) from None
        if rows and not {"name", "value"} <= set(rows[0]):
            raise InvalidInput([Problem((), "the file must have the columns name and value", "", str(path), 1)])
        pairs = [((row["name"],), row["name"], row["value"], number) for number, row in enumerate(rows, 2)]
    found: dict[str, float] = {}
    for where, name, value, line in pairs:
        if name not in register():
            problems.append(Problem(where, " is no parameter", did_you_mean(str(name), register()), str(path), line))
            continue
        try:
            found[str(name)] = float(value)
        except (TypeError, ValueError):
            problems.append(Problem(where, f"(={value!r}) must be a number", "", str(path), line))
    if problems:
        raise InvalidInput(problems)
    return found


def _apply(raw: dict[str, Any], text: str) -> list[Problem]:
    """Apply one `path=value` override to plain data; returns what is wrong with it."""
    path, equals, value_text = text.partition("=")
    if not equals or not path.strip():
        return [Problem((), f" --set {text!r} must have the form path=value", "for example --set market.customers=500")]
    path = path.strip()
    try:
        value = plain(YAML(typ="safe").load(value_text))
    except MarkedYAMLError:
        return [Problem((path,), f"(={value_text!r}) is no value")]
    if path in register():
        raw.setdefault("parameters", {})[path] = value
        return []
    parts = _parts(path)
    if parts[0] not in Scenario.model_fields:
        return [
            Problem(
                (path,),
                " is neither a field nor a parameter",
                did_you_mean(path, [*Scenario.model_fields, *register()]),
            )
        ]
    current: Any = raw
    for position, part in enumerate(parts[:-1]):
        step = _step_into(current, part, make=True)
        if step is None:
            names = [str(item.get("name")) for item in current] if isinstance(current, list) else []
            return [
                Problem((path,), f": there is no {part!r} in {'.'.join(parts[:position])}", did_you_mean(part, names))
            ]
        current = step
    last = parts[-1]
    if isinstance(current, list):
        index = _index(current, last)
        if index is None:
            return [Problem((path,), f": there is no {last!r} in {'.'.join(parts[:-1])}")]
        current[index] = value
    elif isinstance(current, dict):
        key: Any = next((k for k in current if str(k) == last), last)
        current[key] = value
    else:
        return [Problem((path,), f": {'.'.join(parts[:-1])} holds a single value, no parts")]
    return []


def _parts(path: str) -> list[str]:
    """`plans.today.money.7.3.2d` and `touchpoints[2].staff` cut into parts; clause numbers stay whole."""
    return re.findall(r"7\.\d\.\d[a-z]|[^.\[\]]+", path)


def _index(items: list[Any], part: str) -> int | None:
    if part.isdigit() and int(part) < len(items):
        return int(part)
    return next((i for i, item in enumerate(items) if isinstance(item, dict) and item.get("name") == part), None)


def _step_into(current: Any, part: str, *, make: bool) -> Any:
    if isinstance(current, list):
        index = _index(current, part)
        return None if index is None else current[index]
    if isinstance(current, dict):
        for key in current:
            if str(key) == part:
                if not isinstance(current[key], dict | list):
                    current[key] = {"per_month": current[key]} if isinstance(current[key], int | float) else {}
                return current[key]
        if make:
            current[part] = {}
            return current[part]
    return None


def resolved(scenario: Scenario, plan: str) -> dict[str, Any]:
    """The scenario with every default written out and with one plan only: what a run's hash is made of."""
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
