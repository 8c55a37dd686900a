"""Write the generated parts of the documentation, from the sources of the program.

`python docs/generate.py` rewrites every block between `<!-- generated: NAME -->` and `<!-- end -->` in the Markdown files
beside this one, and `scenario.schema.json`. `python docs/generate.py --check` writes nothing and exits with 1 when
something is out of date.
"""

import ast
import fnmatch
import json
import re
import sys
from collections import Counter
from collections.abc import Callable
from functools import cache
from pathlib import Path
from typing import Any

from file_reference import fields_of_experiments, fields_of_file
from markdown_table import first_sentence, table
from outline import (
    AGENTS,
    CONTACT,
    FLOOR,
    MONTHLY,
    PACKAGE,
    SHIFT,
    VISIT,
    anchor,
    bullets,
    engine_calls,
    functions,
    outline,
    rule_or_step,
    steps,
    with_parts,
)
from ruamel.yaml import YAML
from words_and_options import methods_of_studies, options, words

from sxsim.engines import world
from sxsim.engines.order_of_a_month import MONTH as STEPS_OF_A_MONTH
from sxsim.explain import CONFIDENCE, Rule, data_sets, evidence, rules
from sxsim.model import draws
from sxsim.model.parameters import Parameter, register
from sxsim.results.kpis import KPIS
from sxsim.scenario.loading import json_schema
from sxsim.scenario.scenario import Scenario
from sxsim.standard.catalogue import ELEMENTS, LEVERS, SUB_ELEMENTS, element_of, entries

DOCS = Path(__file__).resolve().parent
BLOCK = re.compile(r"(<!-- generated: (?P<name>[\w-]+) -->\n).*?(<!-- end -->)", re.DOTALL)
#: The files of the model in the order of the effect chain.
CHAIN = (
    "organisation", "implementation", "queue", "contact", "customer", "employee", "market",
    "business", "draws",
)  # fmt: skip


# Small pieces of Markdown.


def linked(text: str, file: str = "") -> str:
    """Link the evidence ids and data sets in a text to the lists of citations."""
    text = re.sub(r"\bE\d{3}\b", lambda m: f"[{m[0]}]({file}#{m[0].lower()})" if m[0] in evidence() else m[0], text)
    return re.sub(
        r"\bdata set (\w+)", lambda m: f"data set [{m[1]}]({file}#{m[1]})" if m[1] in data_sets() else m[0], text
    )


def value_of(parameter: Parameter) -> tuple[str, str]:
    """Value and range of a parameter as text."""
    return f"{parameter.value:g}", f"{parameter.low:g} to {parameter.high:g}"


# The blocks of model.md.


def state() -> str:
    """All records of the world with the meaning of each field."""
    parts = []
    for name, record in world.RECORDS.items():
        layout = getattr(world, name)
        rows = [(f"`{f}`", "whole" if layout[f].kind == "i" else "real", record.meanings[f]) for f in layout.names]
        parts.append(f"**`{name}`**: {record.about}.\n\n" + table(("field", "number", "meaning"), rows))
    return "\n\n".join(parts)


def arrays() -> str:
    """The arrays of the world and their shapes."""
    return table(("array", "shape and content"), [(f"`{name}`", text) for name, text in world.ARRAYS.items()])


def month() -> str:
    """The order of a month, from the list that both engines walk."""
    rows = [
        (number, f"`{step.name}`", step.works_on, step.does, f"`Observer.{step.then}`" if step.then else "")
        for number, step in enumerate(STEPS_OF_A_MONTH, 1)
    ]
    return table(("", "step", "for", "what happens", "then"), rows)


def each_step(file: str, names: list[str]) -> str:
    """Some steps of a file with the rules, steps and draws each uses, in the order in which they are used."""
    parts = []
    for name in names:
        node = steps(file)[name]
        lines = list(outline(with_parts(file, node), rule_or_step(file)))
        if lines:
            parts.append(f"**`{name}`**. {first_sentence(ast.get_docstring(node) or '')}\n\n{bullets(lines)}")
    return "\n\n".join(parts)


def starting() -> list[str]:
    """The steps before the first minute, in the order in which a world is made."""

    def named(node: ast.AST) -> str | None:
        name = ast.unparse(node.func) if isinstance(node, ast.Call) else ""
        return name if any(name in steps(file) for file in MONTHLY) else None

    return [name for _, name in outline(functions("engines/start.py")["Start.world"].body, named)]


def steps_of_a_month() -> str:
    """All steps of a month but those before the first minute."""
    parts = (each_step(file, [name for name in steps(file) if name not in starting()]) for file in MONTHLY)
    return "\n\n".join(parts)


def steps_of_the_start() -> str:
    """The steps before the first minute."""
    homes = {name: file for file in MONTHLY for name in steps(file)}
    return "\n\n".join(part for name in starting() if (part := each_step(homes[name], [name])))


def visit_as_run() -> str:
    """The life of a customer as the reference engine runs it: its methods and the steps they call."""
    methods = functions(AGENTS)
    parts = []
    for name in ("life", "travel", "meet", "arrives", "takes_in", "is_not_served"):
        node = methods[f"Customer.{name}"]
        lines = list(outline(node.body, engine_calls("Customer")))
        parts.append(f"**Customer.{name}**. {first_sentence(ast.get_docstring(node) or '')}\n\n{bullets(lines)}")
    return "\n\n".join(parts)


def counter_as_run() -> str:
    """The other side of the counter: touchpoints, employees, shifts."""
    parts = []
    for file, kinds in ((FLOOR, ("Touchpoint", "Floor")), (AGENTS, ("Employee",))):
        for name, node in functions(file).items():
            kind = name.partition(".")[0]
            lines = list(outline(node.body, engine_calls(kind)))
            if kind in kinds and lines and "._" not in name and not name.endswith("ends_month"):
                parts.append(f"**{name}**. {first_sentence(ast.get_docstring(node) or '')}\n\n{bullets(lines)}")
    return "\n\n".join(parts)


def users() -> dict[str, list[str]]:
    """The steps that use a name with a dot, like `draws.QUIT`, `contact.effort` or `p.wish_spread`."""
    found: dict[str, list[str]] = {}
    for file in (*MONTHLY, VISIT, CONTACT, SHIFT):
        for name, node in steps(file).items():
            for part in ast.walk(node):
                if isinstance(part, ast.Attribute):
                    used = ast.unparse(part).replace("world.parameters[0].", "p.")
                    found.setdefault(used, []).append(f"`{name}`")
    return {used: list(dict.fromkeys(names)) for used, names in found.items()}


def purposes() -> str:
    """The purposes of random numbers and the steps that draw for them."""
    names = sorted((v, n) for n, v in vars(draws).items() if n.isupper() and not n.startswith("_") and "_BITS" not in n)
    others = {"PARAMETER_VALUE": ["`parameters.drawn`, before a run with `--uncertain`"]}
    rows = [
        (n, f"`{name}`", ", ".join(users().get(f"draws.{name}") or others.get(name, ["reserved"]))) for n, name in names
    ]
    return table(("number", "purpose", "drawn in"), rows)


def submodels() -> str:
    """One section for each file of the model, with each of its rules."""
    parts = []
    known = list(dict.fromkeys(name.partition(".")[0] for name in rules()))
    called = users()
    for file in (*CHAIN, *(name for name in known if name not in CHAIN)):
        text = ast.get_docstring(ast.parse((PACKAGE / "model" / f"{file}.py").read_text(encoding="utf-8"))) or ""
        parts.append(f"### {file}\n\n{text}\n\nSource file: `src/sxsim/model/{file}.py`.")
        parts += [one_rule(name, rule, called) for name, rule in rules().items() if name.partition(".")[0] == file]
    return "\n\n".join(parts)


def one_rule(name: str, rule: Rule, called: dict[str, list[str]]) -> str:
    """A rule: what it says, its formula, its parameters, its source."""
    lines = [f'#### <a id="{anchor(name)}"></a>{name}', rule.says]
    if rule.details:
        lines.append(rule.details)
    lines.append(
        f"```python no-run\n{name.partition('.')[2]}({', '.join(rule.arguments)}) =\n{dedented(rule.formula)}\n```"
    )
    used = [register()[p] for p in rule.parameters]
    if used:
        head = ("parameter", "value", "range", "unit", "confidence", "source")
        lines.append(
            table(head, [(f"[`{p.name}`](assumptions.md#{p.name})", *value_of(p), p.unit, p.confidence,
                          linked(p.source, "assumptions.md")) for p in used])
        )  # fmt: skip
    lines.append(f"Source: {linked(rule.source, 'assumptions.md')}")
    if name in called:
        lines.append(f"Called in: {', '.join(called[name])}.")
    return "\n\n".join(lines)


def dedented(formula: str) -> str:
    """The body of a rule at one depth: `ast` cuts the indentation of first lines only."""
    lines = [line if line[:4].strip() else line[4:] for line in formula.split("\n")]
    return "\n".join("    " + line if line else line for line in lines)


def numbers_of_steps() -> str:
    """Parameters that steps use themselves, beside the rules."""
    used = users()
    rows = [
        (f"[`{p.name}`](assumptions.md#{p.name})", *value_of(p), p.meaning, ", ".join(used[f"p.{p.name}"]))
        for p in register().values()
        if f"p.{p.name}" in used
    ]
    return table(("parameter", "value", "range", "meaning", "used in"), rows)


# The other files.


#: What the parts of the chain are called on the page of assumptions.
CONCEPTS = {
    "organisation": "The organisation: maturity and money",
    "implementation": "Implementation: activities and obstacles",
    "queue": "Queue and pressure of work",
    "contact": "The contact",
    "customer": "The customer",
    "employee": "The employee",
    "market": "The market",
    "business": "The business",
    "draws": "Chance",
    "steps": "Used by steps and at the start",
}


@cache
def remarks() -> dict[str, list[dict[str, Any]]]:
    """What `assumptions.yaml` says of the register's numbers, patterns of names replaced by the names they stand for.

    Raises SystemExit for a name or pattern that fits no parameter, and for a number that stands in two places.
    """
    found: dict[str, list[dict[str, Any]]] = YAML(typ="safe").load(DOCS / "assumptions.yaml")
    places: dict[str, str] = {}
    for remark in (remark for part in found.values() for remark in part):
        names = {pattern: fnmatch.filter(register(), pattern) for pattern in remark["parameters"]}
        for pattern, fitting in names.items():
            if not fitting:
                raise SystemExit(f"docs/assumptions.yaml: {pattern} is not in the register")
            for name in fitting:
                if name in places:
                    raise SystemExit(f"docs/assumptions.yaml: {name} stands under {places[name]!r} and {pattern!r}")
                places[name] = pattern
        remark["parameters"] = [name for fitting in names.values() for name in fitting]
    return found


def what_would_settle() -> dict[str, str]:
    """What to measure for a parameter, by its name."""
    return {name: remark["measure"] for part in remarks().values() for remark in part for name in remark["parameters"]}


def nothing_known() -> str:
    """The assumptions on which nothing is known, what they decide, and what would settle them."""
    rows = []
    for remark in remarks()["nothing_known"]:
        numbers = [
            f"[`{n}`](#{'weights-of-the-sub-elements-on-the-levers' if n.startswith('weight.') else n}) "
            f"{register()[n].low:g}–{register()[n].high:g}"
            for n in remark["parameters"]
        ]
        rows.append((f"**{remark['what']}**", remark["decides"], remark["measure"], ", ".join(numbers)))
    return table(("nothing is known about", "it decides", "what would settle it", "numbers and their ranges"), rows)


def assumptions() -> str:
    """The register by concept: a parameter stands with the first file of the chain that uses it."""
    parts = []
    used_by = {p: [name for name, rule in rules().items() if p in rule.parameters] for p in register()}
    homes = {
        p: [file for file in CHAIN if any(n.startswith(f"{file}.") for n in names)] for p, names in used_by.items()
    }
    head = ("assumption", "value", "range", "unit", "confidence", "source", "what would settle it", "used by")
    for file in (*CHAIN, "steps"):
        rows = []
        for p in register().values():
            if not p.name.startswith("weight.") and (homes[p.name] or ["steps"])[0] == file:
                used = ", ".join(f"[{n}](model.md#{anchor(n)})" for n in used_by[p.name]) or "steps and start"
                value, span = value_of(p)
                rows.append(
                    (f'<a id="{p.name}"></a>`{p.name}`: {p.meaning}', value, "fixed" if p.low == p.high else span, p.unit,
                     p.confidence, linked(p.source), what_would_settle().get(p.name, ""), used)
                )  # fmt: skip
        if rows:
            counts = Counter(row[4] for row in rows)
            said = ", ".join(f"{counts[grade]} × {grade}" for grade in CONFIDENCE if counts[grade])
            parts.append(f"### {CONCEPTS[file]}\n\nConfidence: {said}.\n\n{table(head, rows)}")
    return "\n\n".join(parts)


def weights() -> str:
    """The weights of the sub-elements on the levers."""
    found = {n.removeprefix("weight."): p for n, p in register().items() if n.startswith("weight.")}
    rows = []
    for sub in SUB_ELEMENTS:
        name = next(entry.name for entry in entries() if getattr(entry, "id", "") == sub)
        cells = [found.get(f"{sub}.{lever}") for lever in LEVERS]
        rows.append(
            (
                sub,
                name,
                element_of(sub),
                *(f"{p.value:g} ({p.low:g}–{p.high:g}, {p.confidence})" if p else "" for p in cells),
            )
        )
    return table(("", "sub-element", "element", *LEVERS), rows)


def confidence() -> str:
    """How many parameters have which confidence."""
    rows = []
    for grade, meaning in CONFIDENCE.items():
        graded = [n for n, p in register().items() if p.confidence == grade]
        lever = sum(n.startswith("weight.") for n in graded)
        fixed = sum(register()[n].low == register()[n].high for n in graded)
        rows.append((grade, meaning, len(graded) - lever, lever, fixed))
    return table(("confidence", "meaning", "numbers in rules", "lever weights", "of these fixed"), rows)


def citations() -> str:
    """The evidence that register and rules cite."""
    texts = [p.source for p in register().values()] + [rule.source for rule in rules().values()]
    cited = {name for text in texts for name in re.findall(r"\bE\d{3}\b", text)}
    rows = []
    for name in sorted(cited & set(evidence())):
        row = evidence()[name]
        size = f"{row['statistic']} {row['value']}".strip()
        doi = f" [doi:{row['doi']}](https://doi.org/{row['doi']})" if row["doi"] else ""
        finding = f"{row['from_construct']} → {row['to_construct']}"
        rows.append(
            (f'<a id="{name.lower()}"></a>{name}', finding, size, row["context"], row["citation"] + doi, row["status"])
        )
    return table(("id", "finding", "size", "context", "citation", "known"), rows)


def cited_data_sets() -> str:
    """The data sets that the register cites."""
    rows = []
    for name, row in data_sets().items():
        doi = f" [doi:{row['doi']}](https://doi.org/{row['doi']})" if row["doi"] else ""
        rows.append((f'<a id="{name}"></a>{name}', row["what"], row["size"], row["citation"] + doi, row["limits"]))
    return table(("data set", "what", "size", "citation", "mind"), rows)


def kpis() -> str:
    """All KPIs."""
    head = ("KPI", "meaning", "formula", "unit", "window", "scope", "level", "better", "shows")
    rows = []
    for kpi in KPIS.values():
        shows = ", ".join(e.name for e in entries() if e.kind in ("benefit", "risk") and kpi.name in e.kpis)
        rows.append(
            (f"`{kpi.name}`", kpi.meaning, kpi.formula, kpi.unit, kpi.window, kpi.scope, kpi.level, kpi.better, shows)
        )
    return table(head, rows)


def file_block(path: str, language: str) -> Callable[[], str]:
    """A file of the documentation, shown in full."""
    return lambda: f"```{language}\n{(DOCS / path).read_text(encoding='utf-8').rstrip()}\n```"


BLOCKS: dict[str, Callable[[], str]] = {
    "state": state,
    "arrays": arrays,
    "month": month,
    "steps-of-a-month": steps_of_a_month,
    "visit-as-run": visit_as_run,
    "counter-as-run": counter_as_run,
    "steps-of-a-visit": lambda: each_step(VISIT, list(steps(VISIT))),
    "steps-of-a-contact": lambda: each_step(CONTACT, list(steps(CONTACT))),
    "steps-of-a-shift": lambda: each_step(SHIFT, list(steps(SHIFT))),
    "steps-of-the-start": steps_of_the_start,
    "purposes": purposes,
    "submodels": submodels,
    "numbers-of-steps": numbers_of_steps,
    "elements": lambda: ", ".join(ELEMENTS),
    "nothing-known": nothing_known,
    "assumptions": assumptions,
    "weights": weights,
    "confidence": confidence,
    "citations": citations,
    "data-sets": cited_data_sets,
    "kpis": kpis,
    "words": words,
    "methods": methods_of_studies,
    "options": options,
    "scenario": lambda: fields_of_file(Scenario),
    "experiment": fields_of_experiments,
    "example-python": file_block("examples/loyal_regulars.py", "python"),
    "example-yaml": file_block("examples/loyal-regulars.yaml", "yaml"),
}


def fresh() -> dict[Path, str]:
    """The generated files and what they should hold now."""
    texts = {DOCS / "scenario.schema.json": json.dumps(json_schema(), indent=2, ensure_ascii=False) + "\n"}
    for path in sorted(DOCS.rglob("*.md")):
        old = path.read_text(encoding="utf-8")
        texts[path] = BLOCK.sub(lambda m: f"{m[1]}\n{BLOCKS[m['name']]()}\n\n{m[3]}", old)
    return texts


def main(arguments: list[str]) -> int:
    """Write what is out of date, or with `--check` only say so."""
    stale = {p: text for p, text in fresh().items() if not p.exists() or p.read_text(encoding="utf-8") != text}
    for path, text in stale.items():
        name = path.relative_to(DOCS.parent).as_posix()
        if "--check" in arguments:
            sys.stderr.write(f"{name} is out of date: run python docs/generate.py\n")
        else:
            path.write_text(text, encoding="utf-8")
            sys.stdout.write(f"{name} written\n")
    return 1 if stale and "--check" in arguments else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
