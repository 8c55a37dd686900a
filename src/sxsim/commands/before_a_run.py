"""`sxsim new`, `check`, `explain` and `warmup`: what is done before anything is run."""

import json
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Annotated, Any

import typer

from sxsim.commands.options import asks
from sxsim.running.asked import ReadingAScenario
from sxsim.scenario.problems import InvalidInput, Problem, did_you_mean

_FORMS = (".csv", ".xlsx")
_EXIST = "choose another name, or remove it first"


def new(
    name: Annotated[
        str | None,
        typer.Argument(metavar="NAME", help="Name of the new scenario; NAME.yaml is written.", show_default=False),
    ] = None,
    assessment: Annotated[
        Path | None,
        typer.Option(
            "--assessment", metavar="FILE", help="Write an empty form for a self-assessment (.csv or .xlsx) and stop."
        ),
    ] = None,
    weights: Annotated[
        Path | None,
        typer.Option(
            "--weights",
            metavar="FILE",
            help="Write an empty sheet for assessors of the levers' weights (.csv or .xlsx) and stop.",
        ),
    ] = None,
    template: Annotated[
        str | None,
        typer.Option("--template", metavar="NAME", help="Scenario to start from; --templates lists what there is."),
    ] = None,
    show: Annotated[bool, typer.Option("--templates", help="List the templates and stop.", is_eager=True)] = False,
) -> None:
    """Write a commented scenario file to start from.

    Or, with --assessment, an empty form for a self-assessment; with --weights, an empty sheet in which people who know the
    organisation say which sub-elements carry its levers.
    """
    from sxsim.results.provenance import whole_file
    from sxsim.scenario.loading import DEFAULT_TEMPLATE, templates

    for option, form in (("--assessment", assessment), ("--weights", weights)):
        if form is not None and name is not None:
            message = f"{form} is a form and {name} a scenario: give either NAME or {option}"
            raise typer.BadParameter(message, param_hint=option)
    if assessment is not None or weights is not None:
        if assessment is not None:
            _form_of_assessment(assessment)
        if weights is not None:
            _sheet_of_weights(weights)
        return
    known = templates()
    if show:
        typer.echo("\n".join(known))
        return
    if name is None:
        raise typer.BadParameter("give the new scenario a name, like my-organisation", param_hint="NAME")
    chosen = template or DEFAULT_TEMPLATE
    if chosen not in known:
        raise InvalidInput([Problem((), f"--template {chosen!r} is unknown", did_you_mean(chosen, known))])
    path = Path(name if name.endswith((".yaml", ".yml")) else f"{name}.yaml")
    if path.exists():
        raise InvalidInput([Problem((), f"{path} exists already", _EXIST)])
    text = known[chosen].read_text(encoding="utf-8")
    with whole_file(path) as temporary:
        temporary.write_text(text, encoding="utf-8")
    typer.echo(f"{path} written, from {chosen}")
    typer.echo(f"next: change it in an editor, then sxsim check {path} and sxsim run {path}", err=True)


def _written(path: Path, option: str, write: Callable[[Path], None]) -> None:
    """Write an empty form. Raises InvalidInput where it cannot be one, or is there already."""
    from sxsim.results.provenance import whole_file

    if path.suffix.lower() not in _FORMS:
        message = f"{option} {path} must end in {' or '.join(_FORMS)}"
        raise InvalidInput([Problem((), message, f"for example {path.stem}.xlsx")])
    if path.exists():
        raise InvalidInput([Problem((), f"{path} exists already", _EXIST)])
    with whole_file(path) as temporary:
        write(temporary)


def _sheet_of_weights(path: Path) -> None:
    """Write an empty sheet in which assessors share out points."""
    from sxsim.scenario.forms.weights import POINTS, write_sheet

    _written(path, "--weights", write_sheet)
    typer.echo(
        f"{path} written: each assessor, alone, shares out {POINTS:g} points a lever among the sub-elements that carry it; copy the "
        "rows for more assessors, and leave a lever empty of which somebody knows nothing"
    )
    typer.echo("next: sxsim explain levers says what a lever is", err=True)
    typer.echo(f"then: sxsim run SCENARIO --parameters {path}, or sxsim study FILE --parameters {path}", err=True)


def _form_of_assessment(path: Path) -> None:
    """Write an empty form for a self-assessment."""
    from sxsim.scenario.forms.assessment import write_form

    _written(path, "--assessment", write_form)
    typer.echo(f"{path} written: fill in levels from 1 to 5, and leave empty what nobody knows")
    typer.echo(f"next: sxsim run SCENARIO --assessment {path}", err=True)


@asks(ReadingAScenario, only=("sets", "parameters", "assessment", "unusual"))
def check(
    files: Annotated[
        list[Path] | None, typer.Argument(metavar="SCENARIO", help="Scenario files (YAML).", show_default=False)
    ] = None,
    schema: Annotated[
        bool, typer.Option("--schema", help="Print the JSON Schema of scenario files for editors, and stop.")
    ] = False,
    **asked: Any,
) -> None:
    """Look for mistakes in scenario files; nothing is run."""
    from sxsim.scenario.loading import json_schema

    if schema:
        typer.echo(json.dumps(json_schema(), indent=2, ensure_ascii=False))
        return
    if not files:
        raise typer.BadParameter(
            "name at least one scenario file, like scenarios/corner-cafe.yaml", param_hint="SCENARIO"
        )
    problems: list[Problem] = []
    for path in files:
        try:
            typer.echo(_valid(path, asked["sets"] or (), asked["parameters"], asked["assessment"], asked["unusual"]))
        except InvalidInput as error:
            problems += error.problems
    if problems:
        raise InvalidInput(problems)


def _valid(path: Path, sets: Sequence[str], parameters: Path | None, assessment: Path | None, unusual: bool) -> str:
    """What a valid scenario holds, in a line. Raises InvalidInput for one that is not."""
    from sxsim.scenario.forms.assessment import read_assessment
    from sxsim.scenario.loading import load
    from sxsim.scenario.scenario import Scenario

    scenario: Scenario = load(
        path, sets=sets, parameters=parameters, assessment=assessment, unusual=unusual, trust=True
    )  # nothing is run
    parts = [
        f"{len(scenario.touchpoints)} touchpoints",
        f"{len(scenario.segments)} segments",
        f"{scenario.market.customers} customers of {scenario.market.people} people",
        f"{scenario.horizon.months} months",
        f"plans {', '.join(scenario.plans)}",
    ]
    if assessment is not None:
        parts.append(f"{len(read_assessment(assessment)[0])} levels of maturity from {assessment}")
    return f"{path}: valid · {' · '.join(parts)}"


def explain(
    words: Annotated[
        list[str],
        typer.Argument(
            metavar="WORD",
            help="What to explain: delight, 7.3.2d, recovery, touchpoints.staff, nps, run …; glossary: which word is used for what.",
            show_default=False,
        ),
    ],
) -> None:
    """Say what a word means, in the standard and in sxsim.

    A word of the standard, of sxsim (run, plan, site), a KPI, a parameter, a field of a file, a rule, an id of evidence.
    """
    from sxsim.explain import explain, nearest

    word = " ".join(words)
    found = explain(word)
    if not found:
        near = nearest(word)
        hint = f"did you mean {', '.join(near)}?" if near else "sxsim explain delight shows how it works"
        raise InvalidInput([Problem((), f"{word!r} is unknown", hint)])
    typer.echo("\n\n".join(str(explanation) for explanation in found))


#: The smallest world that has everything to compile.
_SMALL = {"market": {"people": 60, "customers": 40}, "horizon": {"months": 1, "warm_up": 0}}


def warmup() -> None:
    """Compile now, so that the first run starts at once.

    The rules and both engines are compiled once for a version of sxsim, and kept.
    """
    import time

    from ruamel.yaml import YAML

    from sxsim.engines.reference import compare_engines
    from sxsim.model.rule import cache_folder
    from sxsim.scenario.loading import DEFAULT_TEMPLATE, templates
    from sxsim.scenario.scenario import Scenario

    text = templates().get(DEFAULT_TEMPLATE)
    if text is None:
        message = f"the installed package holds no scenario {DEFAULT_TEMPLATE} to warm up with"
        raise InvalidInput([Problem((), message, "install sxsim again")])
    raw = YAML(typ="safe", pure=True).load(text.read_text(encoding="utf-8"))
    for part, fields in _SMALL.items():
        raw[part] |= fields
    began = time.perf_counter()
    compare_engines(Scenario.model_validate(raw))
    typer.echo(f"compiled in {time.perf_counter() - began:.0f} s, kept in {cache_folder()}")
