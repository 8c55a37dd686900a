"""Options that several commands share, and progress on stderr."""

import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

if TYPE_CHECKING:
    from sxsim.results.until import Until
    from sxsim.scenario.ensemble import Ensemble

_A_MINUTE = 60.0
SCENARIO = Annotated[Path, typer.Argument(help="Scenario file (YAML).", show_default=False)]
REPLICATIONS = Annotated[int, typer.Option("-n", "--replications", min=1, help="How many runs.")]
SEED = Annotated[int, typer.Option("--seed", min=0, max=2**63 - 1, help="Seed of all random numbers.")]
SETS = Annotated[
    list[str] | None,
    typer.Option(
        "--set", metavar="PATH=VALUE", help="Override a field (touchpoints.NAME.staff=3) or a parameter. Repeatable."
    ),
]
PARAMETERS = Annotated[
    Path | None,
    typer.Option(
        "--parameters",
        help="CSV (name,value) or YAML file of parameters, a version of the register (version-1), or a calibration's ensemble (CSV).",
    ),
]
ASSESSMENT = Annotated[
    Path | None,
    typer.Option("--assessment", help="Self-assessment (CSV or XLSX): its levels replace those of the scenario."),
]
JOBS = Annotated[int | None, typer.Option("-j", "--jobs", min=1, help="Processes. Default: one a core.")]
OUT = Annotated[Path, typer.Option("-o", "--out", help="Folder for results.")]
JSON = Annotated[bool, typer.Option("--json", help="Print JSON on stdout.")]
QUIET = Annotated[bool, typer.Option("-q", "--quiet", help="No progress and no hints.")]
DRY_RUN = Annotated[bool, typer.Option("--dry-run", help="Say what would be run, and stop.")]
TRIAL = Annotated[
    bool, typer.Option("--dry-run", help="Run a few points to take the time, say what the whole would cost, and stop.")
]
FRESH = Annotated[bool, typer.Option("--fresh", help="Compute again what is finished.")]
UNTIL = Annotated[
    str | None,
    typer.Option("--until", metavar="±X", help="Run on until the NPV's interval is that narrow (or: loyalty=±0.5)."),
]
PRIMARY = Annotated[
    str | None,
    typer.Option(
        "--primary",
        metavar="A,B",
        help="KPIs whose verdicts hold together. Default: npv,satisfaction,loyalty,engagement.",
    ),
]
UNCERTAIN = Annotated[
    bool,
    typer.Option("--uncertain", help="Draw parameters from their ranges: intervals hold chance and assumptions."),
]
CONTACTS = Annotated[bool, typer.Option("--contacts", help="Keep the contact log (the table contacts).")]


ENGINE = Annotated[
    str | None, typer.Option("--engine", metavar="compiled|reference", help="Engine. Default: compiled.")
]


def hint(text: str, quiet: bool) -> None:
    """Say something beside the data, on stderr."""
    if not quiet:
        typer.echo(text, err=True)


def show_plan(planned: dict[str, Any], json: bool) -> None:
    """Say what would be run."""
    if json:
        from sxsim.results.provenance import SCHEMA_VERSION
        from sxsim.results.result import to_json

        typer.echo(to_json({"schema_version": SCHEMA_VERSION, "ok": True, **planned}))
        return
    plans = ", ".join(planned["plans"])
    finished, to_run = planned["finished"], planned["to_run"]
    all_of_them = f"{planned['replications']} replications ({planned['of_each_plan']} of each plan: {plans})"
    typer.echo(f"{all_of_them}, {finished} finished, {to_run} to run")


def parameters_given(path: Path | None, sets: list[str] | None) -> "tuple[Path | None, Ensemble | None]":
    """What `--parameters` names: a file with a value for each parameter, or an ensemble. Raises InvalidInput."""
    from sxsim.scenario.ensemble import parameters_or_ensemble, stated_twice
    from sxsim.scenario.problems import InvalidInput

    stated, ensemble = parameters_or_ensemble(path)
    problems = stated_twice(ensemble, sets or ())
    if problems:
        raise InvalidInput(problems)
    return stated, ensemble


def parsed_until(text: str | None) -> "Until | None":
    """How narrow an interval must be. Raises BadParameter, exit code 2."""
    from sxsim.results.until import Until

    try:
        return None if text is None else Until.parse(text)
    except ValueError as error:
        raise typer.BadParameter(str(error), param_hint="--until") from None


def parsed_primary(text: str | None) -> tuple[str, ...]:
    """The primary KPIs of a comparison. Raises BadParameter, exit code 2."""
    from sxsim.results.verdicts import primary_kpis

    try:
        return primary_kpis([name.strip() for name in (text or "").split(",") if name.strip()])
    except ValueError as error:
        raise typer.BadParameter(str(error), param_hint="--primary") from None


def check_engine(engine: str | None) -> None:
    """Refuse an engine there is not. Raises BadParameter, exit code 2."""
    if engine not in (None, "compiled", "reference"):
        raise typer.BadParameter(f"{engine!r} must be compiled or reference", param_hint="--engine")


def hint_at_compiling(quiet: bool) -> None:
    """Say why the first run takes longer."""
    if quiet:
        return
    from sxsim.model.rule import compiled_before

    if not compiled_before():
        typer.echo("compiling the rules, once for this version (about half a minute)", err=True)


def hint_at_tables(quiet: bool) -> None:
    """Say that tables are CSV, where Parquet cannot be written."""
    from sxsim.results.tables import HINT, parquet_is_here

    if not parquet_is_here():
        hint(HINT, quiet)


@contextmanager
def progress(what: str, quiet: bool) -> Iterator[Callable[..., None] | None]:
    """A bar on stderr when that is a terminal, otherwise a line a minute, for logs."""
    if quiet:
        yield None
        return
    if not sys.stderr.isatty():
        yield _lines(what, time.monotonic)
        return
    from rich.console import Console
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn())
    with Progress(*columns, console=Console(stderr=True), transient=True) as bar:
        task = bar.add_task(what, total=None)

        def report(done: int, total: int, text: str = what) -> None:
            bar.update(task, completed=done, total=total, description=text)

        yield report


def _lines(what: str, clock: Callable[[], float]) -> Callable[..., None]:
    """Progress as lines: at most one a minute, with the time left at the pace of the work under way. clock: seconds."""
    said = clock()
    began, first, last, whole = said, 0, 0, -1

    def report(done: int, total: int, text: str = what) -> None:
        nonlocal said, began, first, last, whole
        now = clock()
        if total != whole or done < last:  # other work begins
            began, first, whole = now, done, total
        last = done
        if now - said < _A_MINUTE or done >= total or done == first:
            return
        said = now
        minutes = (now - began) * (total - done) / (done - first) / _A_MINUTE
        typer.echo(f"{text}: {done} of {total}, about {max(minutes, 1):.0f} min left", err=True)

    return report
