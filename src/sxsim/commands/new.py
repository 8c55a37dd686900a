"""`sxsim new`: a commented scenario, or a form for a self-assessment, to start from."""

from pathlib import Path
from typing import Annotated

import typer

NAME = "new"


def command(
    name: Annotated[
        str | None, typer.Argument(help="Name of the new scenario; NAME.yaml is written.", show_default=False)
    ] = None,
    assessment: Annotated[
        Path | None,
        typer.Option("--assessment", help="Write an empty form for a self-assessment (.csv or .xlsx) and stop."),
    ] = None,
    template: Annotated[str | None, typer.Option("--template", help="Scenario to start from.")] = None,
    show: Annotated[bool, typer.Option("--templates", help="List the templates and stop.", is_eager=True)] = False,
) -> None:
    """Write a commented scenario, or a form for a self-assessment, to start from."""
    from sxsim.results.store import whole_file
    from sxsim.scenario.loading import DEFAULT_TEMPLATE, templates
    from sxsim.scenario.problems import InvalidInput, Problem, did_you_mean

    if assessment is not None and name is not None:
        raise typer.BadParameter(
            "makes a form and no scenario: give either NAME or --assessment", param_hint="--assessment"
        )
    if assessment is not None:
        _form(assessment)
        return
    known = templates()
    if show:
        typer.echo("\n".join(known))
        return
    if name is None:
        raise typer.BadParameter("give the new scenario a name, like my-organisation", param_hint="NAME")
    chosen = template or DEFAULT_TEMPLATE
    if chosen not in known:
        raise InvalidInput([Problem((), f" --template {chosen!r} is unknown", did_you_mean(chosen, known))])
    path = Path(name if name.endswith((".yaml", ".yml")) else f"{name}.yaml")
    if path.exists():
        raise InvalidInput([Problem((), f" {path} exists already", "choose another name, or remove it first")])
    text = known[chosen].read_text(encoding="utf-8")
    with whole_file(path) as temporary:
        temporary.write_text(text, encoding="utf-8")
    typer.echo(f"{path} written, from {chosen}")
    typer.echo(f"next: change it in an editor, then sxsim check {path} and sxsim run {path}", err=True)


def _form(path: Path) -> None:
    """Write an empty form for a self-assessment."""
    from sxsim.results.store import whole_file
    from sxsim.scenario.assessment import write_form
    from sxsim.scenario.problems import InvalidInput, Problem

    if path.suffix.lower() not in (".csv", ".xlsx"):
        raise InvalidInput(
            [Problem((), f" --assessment {path} must end in .csv or .xlsx", f"for example {path.stem}.xlsx")]
        )
    if path.exists():
        raise InvalidInput([Problem((), f" {path} exists already", "choose another name, or remove it first")])
    with whole_file(path) as temporary:
        write_form(temporary)
    typer.echo(f"{path} written: fill in levels from 1 to 5, and leave empty what nobody knows")
    typer.echo(f"next: sxsim run SCENARIO --assessment {path}", err=True)
