"""`sxsim rerun`: the same again, bit for bit, or what differs."""

from pathlib import Path
from typing import Annotated

import typer

from sxsim.commands.options import JOBS, QUIET, TRUST, hint, progress
from sxsim.scenario.names import visible

NAME = "rerun"


def command(
    folder: Annotated[Path, typer.Argument(help="Folder of a run, comparison or study.", show_default=False)],
    jobs: JOBS = None,
    quiet: QUIET = False,
    trust: TRUST = False,
) -> None:
    """Compute a run, comparison or study again from its folder and compare every table, byte for byte."""
    from sxsim.reruns import code_in, rerun

    for line in code_in(folder) if trust else ():
        hint(f"runs the code of {line}", quiet=False)
    with progress(f"again {folder.name}", quiet) as report:
        report_lines, same = rerun(folder, jobs=jobs, progress=report, trust=trust)
    typer.echo(visible("\n".join(report_lines)))
    if not same:
        raise typer.Exit(1)
