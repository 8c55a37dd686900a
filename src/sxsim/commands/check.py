"""`sxsim check`: validate scenario files, all problems at once."""

import json
from pathlib import Path
from typing import Annotated

import typer

from sxsim.commands.options import ASSESSMENT, PARAMETERS, SETS, UNUSUAL
from sxsim.scenario.problems import InvalidInput

NAME = "check"


def command(
    files: Annotated[list[Path] | None, typer.Argument(help="Scenario files (YAML).", show_default=False)] = None,
    sets: SETS = None,
    parameters: PARAMETERS = None,
    assessment: ASSESSMENT = None,
    schema: Annotated[
        bool, typer.Option("--schema", help="Print the JSON Schema of scenario files for editors.")
    ] = False,
    unusual: UNUSUAL = False,
) -> None:
    """Validate scenario files; nothing is run."""
    from sxsim.scenario.assessment import read_assessment
    from sxsim.scenario.loading import json_schema, load
    from sxsim.scenario.scenario import Scenario

    if schema:
        typer.echo(json.dumps(json_schema(), indent=2, ensure_ascii=False))
        return
    if not files:
        raise typer.BadParameter("name at least one scenario file, like scenarios/corner-cafe.yaml", param_hint="FILES")
    problems = []
    for path in files:
        try:
            scenario: Scenario = load(
                path,
                sets=sets or (),
                parameters=parameters,
                assessment=assessment,
                unusual=unusual,
                trust=True,  # nothing is run
            )
        except InvalidInput as error:
            problems += error.problems
            continue
        if assessment is not None:
            levels = len(read_assessment(assessment)[0])
        parts = [
            f"{len(scenario.touchpoints)} touchpoints",
            f"{len(scenario.segments)} segments",
            f"{scenario.market.customers} customers of {scenario.market.people} people",
            f"{scenario.horizon.months} months",
            f"plans {', '.join(scenario.plans)}",
            *([f"{levels} levels of maturity from {assessment}"] if assessment else []),
        ]
        typer.echo(f"{path}: valid · {' · '.join(parts)}")
    if problems:
        raise InvalidInput(problems)
