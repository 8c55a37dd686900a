"""`sxsim study`: a question asked of many runs."""

import sys
from pathlib import Path
from typing import Annotated, Any

import typer

from sxsim.commands.options import (
    ENGINE,
    FRESH,
    JOBS,
    JSON,
    OUT,
    PARAMETERS,
    QUIET,
    SETS,
    TRIAL,
    TRUST,
    UNCERTAIN,
    UNUSUAL,
    check_engine,
    hint,
    hint_at_compiling,
    hint_at_tables,
    progress,
)
from sxsim.scenario import limits

NAME = "study"
SAMPLES = Annotated[
    int | None,
    typer.Option("--samples", min=2, max=limits.SAMPLES, help="Another number of samples than the file says."),
]
CLUSTER = Annotated[
    str | None,
    typer.Option(
        "--cluster", metavar="tcp://HOST:PORT|local", help="Dask cluster to run on. Default: this machine's cores."
    ),
]
EXPERIMENT = Annotated[Path, typer.Argument(help="Experiment file (YAML).", show_default=False)]


def command(
    experiment: EXPERIMENT,
    samples: SAMPLES = None,
    uncertain: UNCERTAIN = False,
    parameters: PARAMETERS = None,
    sets: SETS = None,
    jobs: JOBS = None,
    cluster: CLUSTER = None,
    out: OUT = "runs",  # type: ignore[assignment]
    json: JSON = False,
    quiet: QUIET = False,
    dry_run: TRIAL = False,
    fresh: FRESH = False,
    engine: ENGINE = None,
    unusual: UNUSUAL = False,
    trust: TRUST = False,
) -> None:
    """Run a study: the experiment file says which. Finished points are kept; the same command goes on from there."""
    from sxsim.results.provenance import SCHEMA_VERSION
    from sxsim.results.result import to_json
    from sxsim.studies.experiment import load_experiment
    from sxsim.studies.study import planned, study
    from sxsim.studies.summary import sentences

    check_engine(engine)
    hint_at_compiling(quiet)
    if dry_run:
        setup = load_experiment(
            experiment,
            sets=sets or (),
            samples=samples,
            uncertain=uncertain,
            parameters=parameters,
            unusual=unusual,
            trust=trust,
        )
        found = planned(setup, out, jobs)
        if json:
            typer.echo(to_json({"schema_version": SCHEMA_VERSION, "ok": True, **found}))
            return
        typer.echo(planned_words(found))
        return
    with progress(experiment.stem, quiet) as report:
        finished = study(
            experiment,
            sets=sets or (),
            samples=samples,
            uncertain=uncertain,
            parameters=parameters,
            out=out,
            jobs=jobs,
            cluster=cluster,
            fresh=fresh,
            engine=engine,
            progress=report,
            unusual=unusual,
            trust=trust,
        )
    for note in finished.notes:
        hint(f"note: {note}", quiet)
    hint_at_tables(quiet)
    if json:
        typer.echo(to_json(_as_json(finished)))
    else:
        from sxsim.commands.screen import wrapped

        for text in sentences(finished):
            typer.echo("\n".join(wrapped(text)) + "\n")
        typer.echo(f"files: {finished.folder}  (pictures in {finished.folder}/figures)")
        hint(f"next: sxsim rerun {finished.folder}", quiet)
    if finished.failures:
        typer.echo(
            f"{len(finished.failures)} points failed; see {finished.folder}/failures; the same command tries them again",
            err=True,
        )
        sys.exit(4)
    if finished.unmet:
        for text in finished.unmet:
            typer.echo(text, err=True)
        sys.exit(1)


def planned_words(found: dict[str, Any]) -> str:
    """What would be run, in a line."""
    minutes = found["seconds"] / 60
    takes = f"{found['seconds']:.0f} s" if minutes < 2 else f"{minutes:.0f} min"
    return (
        f"{found['points']} points, {found['finished']} finished{_tried(found)}, {found['to_run']} to run: about {takes} and "
        f"{found['disk_mib']:g} MiB of disk"
        + (f"; then, as what comes out demands, at most {found['after']} more" if found["after"] else "")
    )


def _tried(found: dict[str, Any]) -> str:
    return f" ({found['tried']} of them now, to take the time)" if found["tried"] else ""


def _as_json(finished: Any) -> dict[str, Any]:
    from sxsim.results.provenance import SCHEMA_VERSION
    from sxsim.studies.folder import tables_of

    experiment = finished.experiment
    return {
        "schema_version": SCHEMA_VERSION,
        "ok": not finished.failures and not finished.unmet,
        "study": experiment.study,
        "name": experiment.name,
        "seed": experiment.seed,
        "points_run": finished.run,
        "failures": len(finished.failures),
        "unmet": finished.unmet,
        "notes": finished.notes,
        "folder": str(finished.folder),
        "tables": tables_of(finished),
    }
