"""The reference of scenario and experiment files: every field with unit, range, default and meaning, from their declarations."""

from typing import Any, Literal, get_args, get_origin

from markdown_table import table
from pydantic import BaseModel
from pydantic.fields import FieldInfo

from sxsim.studies.experiment import Experiment
from sxsim.studies.kinds import KINDS


def parts_within(annotation: Any) -> list[type[BaseModel]]:
    """All parts of a scenario file that an annotation names."""
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        return [annotation]
    return [part for inner in get_args(annotation) for part in parts_within(inner)]


def places(file: type[BaseModel]) -> dict[type[BaseModel], list[str]]:
    """The parts of a file and the paths at which each may stand."""
    found: dict[type[BaseModel], list[str]] = {file: [""]}

    def walk(part: type[BaseModel], prefix: str) -> None:
        for name, info in part.model_fields.items():
            for inner in parts_within(info.annotation):
                many = {list: "[]", dict: ".NAME"}.get(get_origin(info.annotation) or object, "")
                found.setdefault(inner, []).append(f"{prefix}{name}{many}")
                walk(inner, f"{prefix}{name}{many}.")

    walk(file, "")
    return found


def fields_of_experiments() -> str:
    """Every field of an experiment file: those of every study, then those of each kind, then their parts."""
    names = ["question", "study", *(name for name in Experiment.model_fields if name not in ("question", "study"))]
    kind = next(iter(KINDS.values()))
    fields = {name: kind.model_fields[name] for name in names}
    words = ", ".join(f"`{name}`" for name in KINDS)
    rows = [
        (
            f"`{name}`",
            unit(info),
            words if name == "study" else allowed(info),
            default(Experiment.model_fields[name]),
            info.description or "",
        )
        for name, info in fields.items()
    ]
    sections = ["### Every study\n\n" + table(("path", "unit", "range", "default", "meaning"), rows)]
    parts: dict[type[BaseModel], list[str]] = {}
    for name, kind in KINDS.items():
        own = {n: i for n, i in kind.model_fields.items() if n not in names or (n == "plan" and i.is_required())}
        rows = [(f"`{n}`", unit(i), allowed(i), default(i), i.description or "") for n, i in own.items()]
        sections.append(
            f"### study: {name}\n\n{kind.__doc__}\n\n" + table(("path", "unit", "range", "default", "meaning"), rows)
        )
        for part, paths in places(kind).items():
            if part is not kind:
                parts.setdefault(part, []).extend(paths)
    return "\n\n".join(
        [*sections, *(fields_of_part(part, list(dict.fromkeys(paths))) for part, paths in parts.items())]
    )


def fields_of_file(file: type[BaseModel]) -> str:
    """Every field of a scenario file, part by part."""
    return "\n\n".join(fields_of_part(part, paths, file) for part, paths in places(file).items())


def fields_of_part(part: type[BaseModel], paths: list[str], file: type[BaseModel] | None = None) -> str:
    """Every field of a part of a file that stands at some paths."""
    title = "The file" if part is file else part.__name__
    where = "" if part is file else "At: " + ", ".join(f"`{path}`" for path in dict.fromkeys(paths)) + ".\n\n"
    prefix = f"{paths[0]}." if len(paths) == 1 and paths[0] else "" if part is file else "… ."
    rows = [
        (f"`{prefix}{name}`".replace("… .", "…."), unit(info), allowed(info), default(info), info.description or "")
        for name, info in part.model_fields.items()
    ]
    text = " ".join((part.__doc__ or "").split())
    return f"### {title}\n\n{text}\n\n{where}" + table(("path", "unit", "range", "default", "meaning"), rows)


BOUNDS = (("≥", "ge"), (">", "gt"), ("≤", "le"), ("<", "lt"))


def unit(info: FieldInfo) -> str:
    """The unit of a field."""
    extra = info.json_schema_extra if isinstance(info.json_schema_extra, dict) else {}
    between = {s for s, k in BOUNDS for m in info.metadata if getattr(m, k, None) is not None}
    return str(extra.get("unit", "share" if between == {"≥", "≤"} else ""))


def allowed(info: FieldInfo) -> str:
    """The range of a field, or the words it takes."""
    words = [f"`{word}`" for inner in (info.annotation, *get_args(info.annotation)) for word in literal(inner)]
    bounds = [f"{s} {getattr(m, k):g}" for m in info.metadata for s, k in BOUNDS if getattr(m, k, None) is not None]
    inner = [f"see [{part.__name__}](#{part.__name__.lower()})" for part in parts_within(info.annotation)]
    return ", ".join(words or bounds or inner)


def literal(annotation: Any) -> tuple[Any, ...]:
    """The words of a literal."""
    return get_args(annotation) if get_origin(annotation) is Literal else ()


def default(info: FieldInfo) -> str:
    """The default of a field."""
    if info.is_required():
        return "**must be given**"
    value = info.get_default(call_default_factory=True)
    if isinstance(value, BaseModel) or (isinstance(value, list) and value and isinstance(value[0], BaseModel)):
        return "see there"
    if value is None or value in ({}, [], ""):
        return "none"
    return (
        "yes" if value is True else "no" if value is False else f"{value:g}" if isinstance(value, float) else str(value)
    )
