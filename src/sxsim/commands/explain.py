"""`sxsim explain`: meaning, clause, unit, range, source, where used."""

from typing import Annotated

import typer

NAME = "explain"


def command(
    words: Annotated[
        list[str],
        typer.Argument(help="A word: delight, 7.3.2d, recovery, touchpoints.staff, nps …", show_default=False),
    ],
) -> None:
    """Explain a word of the standard, a KPI, a parameter, a field of the scenario or a rule."""
    from sxsim.explain import explain, nearest
    from sxsim.scenario.problems import InvalidInput, Problem

    word = " ".join(words)
    found = explain(word)
    if not found:
        near = nearest(word)
        hint = f"did you mean {', '.join(near)}?" if near else "sxsim explain delight shows how it works"
        raise InvalidInput([Problem((), f" {word!r} is unknown", hint)])
    typer.echo("\n\n".join(str(explanation) for explanation in found))
