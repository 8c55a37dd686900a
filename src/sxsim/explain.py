"""What a word means: from the standard, the KPIs, the register, the fields of files, the rules, the evidence."""

import ast
import csv
import difflib
import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Any

from pydantic import BaseModel
from pydantic.fields import FieldInfo
from ruamel.yaml import YAML

from sxsim.model.parameters import Parameter, register
from sxsim.scenario.fields import MOST, part_models
from sxsim.scenario.scenario import Scenario
from sxsim.standard.catalogue import LEVERS, Activity, Element, Entry, Lever, SubElement, activities, entries, find

#: Words for the order of a month.
_WORDS_OF_THE_MONTH = ("month", "order of a month", "order_of_a_month")
#: What the grades of confidence mean.
CONFIDENCE = {
    "A": "definition, or well measured",
    "B": "measured in at least one good study",
    "C": "direction known, size indirect",
    "D": "judgement",
}


_LABEL = 12


@dataclass(frozen=True)
class Explanation:
    """One meaning of a word: a title, and lines of label and text."""

    title: str
    lines: tuple[tuple[str, str], ...]

    def __str__(self) -> str:
        width = max(_LABEL, *(len(label) for label, text in self.lines if text))
        return "\n".join([self.title, *(f"  {label:<{width}} {text}" for label, text in self.lines if text)])


@dataclass(frozen=True)
class Word:
    """A word of the glossary: the one word for a thing, and those that are not used for it.

    looked_for: of those, as regular expressions, what no message, help or page may hold.
    """

    name: str
    meaning: str
    never: tuple[str, ...]
    looked_for: tuple[str, ...]


@dataclass(frozen=True)
class Method:
    """A method that studies use."""

    name: str
    meaning: str
    source: str


@dataclass(frozen=True)
class Rule:
    """A rule of the model as its source says it: what happens, details, where it is known from, the formula."""

    name: str
    arguments: tuple[str, ...]
    says: str
    details: str
    source: str
    parameters: tuple[str, ...]
    formula: str


@cache
def rules() -> dict[str, Rule]:
    """All rules and parts of draws by `file.name`, read from their sources without compiling anything."""
    found = {}
    for path in sorted((files("sxsim") / "model").iterdir(), key=lambda p: p.name):
        if not path.name.endswith(".py"):
            continue
        text = path.read_text(encoding="utf-8")
        for node in ast.parse(text).body:
            if isinstance(node, ast.FunctionDef) and any(
                getattr(d, "id", "") in ("rule", "draw") for d in node.decorator_list
            ):
                used = {
                    n.attr
                    for n in ast.walk(node)
                    if isinstance(n, ast.Attribute) and isinstance(n.value, ast.Name) and n.value.id == "p"
                }
                body = [ast.get_source_segment(text, part) or "" for part in node.body[1:]]
                name = f"{path.name[:-3]}.{node.name}"
                arguments = tuple(a.arg for a in node.args.args)
                said = _parts(ast.get_docstring(node) or "")
                found[name] = Rule(name, arguments, *said, tuple(sorted(used)), "\n".join(body))
    return found


def _parts(docstring: str) -> tuple[str, str, str]:
    """What a rule's docstring says first, its details, and its source, each on one line."""
    said, _, source = docstring.partition("Source:")
    first, _, details = said.strip().partition("\n\n")
    return " ".join(first.split()), " ".join(details.split()), " ".join(source.split())


@cache
def fields() -> dict[str, FieldInfo]:
    """All fields of a scenario file by dotted path, like `touchpoints.staff`."""

    def walk(model: type[BaseModel], prefix: str, seen: tuple[type, ...]) -> Iterator[tuple[str, FieldInfo]]:
        for name, info in model.model_fields.items():
            yield prefix + name, info
            for inner in part_models(info.annotation):
                if inner not in seen:
                    yield from walk(inner, f"{prefix}{name}.", (*seen, inner))

    return dict(walk(Scenario, "", (Scenario,)))


@cache
def experiment_fields() -> dict[str, FieldInfo]:
    """All fields of experiment files by kind of study and name, like `advise.budget`; those of every study once."""
    from sxsim.studies.experiment import Experiment
    from sxsim.studies.kinds import KINDS

    found = {f"experiment.{name}": info for name, info in Experiment.model_fields.items() if name != "study"}
    for kind, model in KINDS.items():
        own = {
            name: info
            for name, info in model.model_fields.items()
            if name not in Experiment.model_fields or (name == "plan" and info.is_required())
        }
        for name, info in own.items():
            found[f"{kind}.{name}"] = info
            for part in part_models(info.annotation):
                found |= {f"{kind}.{name}.{inner}": i for inner, i in part.model_fields.items()}
    return found


@cache
def _glossary() -> Any:
    return YAML(typ="safe", pure=True).load((files("sxsim") / "glossary.yaml").read_text(encoding="utf-8"))


@cache
def glossary() -> dict[str, Word]:
    """The words of sxsim, by name: one word for one thing."""
    return {
        name: Word(name, said["meaning"], tuple(said["not"]), tuple(said.get("looked_for", ())))
        for name, said in _glossary()["words"].items()
    }


@cache
def methods() -> dict[str, Method]:
    """The methods that studies use, by name."""
    return {name: Method(name, said["meaning"], said["source"]) for name, said in _glossary()["methods"].items()}


@cache
def evidence() -> dict[str, dict[str, str]]:
    """The evidence the register cites, by id."""
    text = (files("sxsim") / "evidence" / "evidence.csv").read_text(encoding="utf-8")
    return {row["id"]: row for row in csv.DictReader(text.splitlines())}


@cache
def data_sets() -> dict[str, dict[str, str]]:
    """The data sets the register cites, by name."""
    text = (files("sxsim") / "evidence" / "data_sets.csv").read_text(encoding="utf-8")
    return {row["name"]: row for row in csv.DictReader(text.splitlines())}


def explain(word: str) -> list[Explanation]:
    """Everything the program knows under a word; an empty list when it knows nothing."""
    word = word.strip()
    found = _month(word) + [_entry(entry) for entry in find(word)] + _of_glossary(word.lower())
    kpi = _kpi_named(word)
    if kpi is not None:
        found.append(kpi)
    found += [_parameter(parameter) for name, parameter in register().items() if name.lower() == word.lower()]
    path = re.sub(r"\[[^\]]*\]", "", word)
    names = [name for name in fields() if name == path or (("." not in path) and name.rpartition(".")[2] == path)]
    names = names or [name for name in fields() if _same_path(name, path)]
    found += [_field(name, fields()[name]) for name in names[:6]]
    found += _of_studies(path) + _method(word)
    found += [_rule(rule) for name, rule in rules().items() if word in (name, name.partition(".")[2])]
    if word.upper() in evidence():
        found.append(_evidence(evidence()[word.upper()]))
    return found


def _of_studies(word: str) -> list[Explanation]:
    """A kind of study, or fields of experiment files."""
    from sxsim.studies.kinds import KINDS

    found = []
    if word == "study":
        found.append(
            Explanation("study (of an experiment file)", tuple((k, m.__doc__ or "") for k, m in KINDS.items()))
        )
    if word in KINDS:
        names = [name.partition(".")[2] for name in experiment_fields() if name.startswith(f"{word}.")]
        lines = [("question", KINDS[word].__doc__ or ""), ("fields", ", ".join(n for n in names if "." not in n))]
        lines.append(("use", "study: " + word + " in an experiment file; then sxsim study FILE"))
        found.append(Explanation(f"{word} (kind of study)", tuple(lines)))
    known = [name for name in experiment_fields() if word in (name, name.partition(".")[2], name.rpartition(".")[2])]
    return found + [_field(name, experiment_fields()[name], "experiment field") for name in known[:6]]


def _month(word: str) -> list[Explanation]:
    """The order of a month."""
    if word.lower() not in _WORDS_OF_THE_MONTH:
        return []
    from sxsim.engines.order_of_a_month import MONTH

    lines = [(f"{number} {step.name}", f"{step.works_on}: {step.does}") for number, step in enumerate(MONTH, 1)]
    return [Explanation("month (the order in which both engines run it)", tuple(lines))]


def _method(word: str) -> list[Explanation]:
    """A method, by its full name or its first word."""
    return [
        Explanation(f"{method.name} (method)", (("meaning", method.meaning), ("source", method.source)))
        for name, method in methods().items()
        if word.lower() in (name.lower(), name.split()[0].lower() if name[0].isupper() else name.lower())
    ]


def _of_glossary(word: str) -> list[Explanation]:
    """The glossary, a word of it, or the word that is used in place of another."""
    if word == "glossary":
        lines = tuple((each.name, f"{each.meaning} (not: {', '.join(each.never)})") for each in glossary().values())
        return [Explanation("glossary: one word for one thing", lines)]
    found = [
        Explanation(f"{each.name} (word)", (("meaning", each.meaning), ("not", ", ".join(each.never))))
        for name, each in glossary().items()
        if word in (name.lower(), f"{name.lower()}s")
    ]
    return found or [
        Explanation(f"{word}: sxsim says {each.name}", (("meaning", each.meaning),))
        for each in glossary().values()
        if word in (never.lower() for never in each.never)
    ]


def _same_path(name: str, path: str) -> bool:
    """Whether a path with names of parts in it (`touchpoints.reception.staff`) leads to a field."""
    asked, known = path.split("."), name.split(".")
    rest = iter(asked)
    return len(known) > 1 and known[0] == asked[0] and known[-1] == asked[-1] and all(part in rest for part in known)


def nearest(word: str, n: int = 3) -> list[str]:
    """The nearest words that can be explained."""
    from sxsim.results.kpis import KPIS

    known = {w.lower(): w for entry in entries() for w in entry.words}
    for name in (
        *KPIS, *register(), *fields(), *experiment_fields(), *methods(), *glossary(), *_WORDS_OF_THE_MONTH, *rules(), *evidence(),
    ):  # fmt: skip
        known.setdefault(name.lower(), name)
        known.setdefault(name.rpartition(".")[2].lower(), name.rpartition(".")[2])
    return [known[w] for w in difflib.get_close_matches(word.lower(), known, n=n, cutoff=0.5)]


def _entry(entry: Entry) -> Explanation:
    lines = [("meaning", entry.meaning), ("clause", entry.citation)]
    if isinstance(entry, SubElement):
        lines += [("element", entry.element), ("practices", "; ".join(entry.practices)), ("moves", _moves(entry.id))]
    if isinstance(entry, Element):
        subs = [find(str(sub))[0] if isinstance(sub, str) else sub for sub in entry.sub_elements]
        lines += [("asks for", "; ".join(f"{sub.id} {sub.name}" for sub in subs))]
        moved = {lever for sub in subs if isinstance(sub, SubElement) for lever in sub.levers}
        lines += [("moves", ", ".join(lever for lever in LEVERS if lever in moved))]
    if isinstance(entry, Lever):
        carried = [n.split(".")[1:] for n in register() if n.startswith("weight.") and n.endswith(f".{entry.slug}")]
        lines.append(("carried by", ", ".join(".".join(parts[:-1]) for parts in carried)))
    if isinstance(entry, Activity):
        lines += [("phase", entry.phase), ("in the model", entry.in_model), ("lowers", ", ".join(entry.lowers))]
        lines += [("anchors", ", ".join(entry.anchors))]
        lines += [("in a plan", f"activities: {{{entry.slug}: {{start: 0, months: 6, effort: 0.5}}}}")]
    if entry.kind == "obstacle":
        lines.append(("lowered by", ", ".join(each.slug for each in activities() if entry.slug in each.lowers)))
    lines += [("rules", ", ".join(entry.rules)), ("KPIs", ", ".join(entry.kpis))]
    return Explanation(f"{entry.name} ({entry.kind.replace('_', ' ')})", tuple(lines))


def _moves(sub_element: str) -> str:
    prefix = f"weight.{sub_element}."
    return ", ".join(f"{n[len(prefix) :]} (weight {p.value:g})" for n, p in register().items() if n.startswith(prefix))


def _kpi_named(word: str) -> Explanation | None:
    from sxsim.results.kpis import KPIS

    kpi = KPIS.get(word.lower())
    if kpi is None:
        return None
    shows = [entry.name for entry in entries() if kpi.name in entry.kpis]
    lines = [
        ("meaning", kpi.meaning),
        ("formula", kpi.formula),
        ("unit", kpi.unit),
        ("window", kpi.window),
        ("level", f"{kpi.scope}, {kpi.level}"),
        ("better", kpi.better),
        ("shows", ", ".join(shows)),
    ]
    return Explanation(f"{kpi.name} (KPI)", tuple(lines))


def _parameter(parameter: Parameter) -> Explanation:
    users = [name for name, rule in rules().items() if parameter.name in rule.parameters]
    lines = [
        ("meaning", parameter.meaning),
        ("value", f"{parameter.value:g} (range {parameter.low:g} to {parameter.high:g})"),
        ("unit", parameter.unit),
        ("source", _source(parameter.source)),
        ("confidence", f"{parameter.confidence}: {CONFIDENCE[parameter.confidence]}"),
        (
            "used by",
            ", ".join(users) or ("organisation.practised_lever" if parameter.name.startswith("weight.") else "steps"),
        ),
        ("change it", f"--set {parameter.name}=VALUE, or parameters: in the scenario"),
    ]
    return Explanation(f"{parameter.name} (parameter)", tuple(lines))


def _source(text: str) -> str:
    known = evidence() | {f"data set {name}": row for name, row in data_sets().items()}
    return "; ".join(f"{part}: {known[part]['citation']}" if part in known else part for part in text.split(" and "))


def _field(name: str, info: FieldInfo, kind: str = "scenario field") -> Explanation:
    extra: dict[str, Any] = info.json_schema_extra if isinstance(info.json_schema_extra, dict) else {}
    parts = part_models(info.annotation)
    said = [(s, getattr(m, k, None)) for m in info.metadata for s, k in _BOUNDS]
    bounds = [f"{s} {bound:g}" for s, bound in said if bound is not None and bound != MOST]
    default = "" if info.is_required() else _default(info)
    lines = [
        ("meaning", info.description or ""),
        ("unit", str(extra.get("unit", ""))),
        ("range", ", ".join(bounds)),
        ("default", "none, it must be given" if info.is_required() else default),
        ("holds", " or ".join(", ".join(part.model_fields) for part in parts)),
        (
            "change it",
            f"--set {name}=VALUE (a list's part by its name: touchpoints.NAME.staff)"
            if not parts and kind == "scenario field"
            else "",
        ),
    ]
    return Explanation(f"{name} ({kind})", tuple(lines))


_BOUNDS = (("≥", "ge"), (">", "gt"), ("≤", "le"), ("<", "lt"))


def _default(info: FieldInfo) -> str:
    value = info.get_default(call_default_factory=True)
    if isinstance(value, BaseModel):
        return "see its own fields"
    return "nothing" if value is None or value in ({}, []) else str(value)


def _rule(rule: Rule) -> Explanation:
    lines = [("rule", f"{rule.says} {rule.details}".strip()), ("source", rule.source)]
    lines += [("arguments", ", ".join(rule.arguments)), ("parameters", ", ".join(rule.parameters))]
    return Explanation(f"{rule.name} (rule)", tuple(lines))


def _evidence(row: dict[str, str]) -> Explanation:
    lines = [
        ("finding", f"{row['from_construct']} → {row['to_construct']}: {row['statistic']} {row['value']}"),
        ("context", row["context"]),
        ("source", f"{row['citation']} {('doi:' + row['doi']) if row['doi'] else ''}".strip()),
        ("known", row["status"]),
    ]
    users = [name for name, parameter in register().items() if row["id"] in parameter.source]
    return Explanation(f"{row['id']} (evidence)", (*lines, ("used by", ", ".join(users))))
