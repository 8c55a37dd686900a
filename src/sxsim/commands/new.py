"""`sxsim new`: a commented scenario to start from."""

from pathlib import Path
from typing import Annotated

import typer

NAME = "new"


def command(
    name: Annotated[
        str | None, typer.Argument(help="Name of the new scenario; NAME.yaml is written.", show_default=False)
    ] = None,
    template: Annotated[str | None, typer.Option("--template", help="Scenario to start from.")] = None,
    show: Annotated[bool, typer.Option("--templates", help="List the templates and stop.", is_eager=True)] = False,
) -> None:
    """Write a commented scenario to start from."""
    from sxsim.results.store import whole_file
    from sxsim.scenario.problems import InvalidInput, Problem, did_you_mean
    from sxsim.scenario.templates import DEFAULT_TEMPLATE, templates

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
