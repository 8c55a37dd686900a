"""`sxsim run`, `compare`, `study` and `rerun`: asking runs, and printing what came out."""

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from sxsim.commands.options import (
    SCENARIO,
    asks,
    check_engine,
    hint,
    hint_at_compiling,
    hint_at_tables,
    parameters_given,
    parsed_primary,
    parsed_until,
    picked,
    progress,
)
from sxsim.running.asked import CompareOptions, DryRun, ReadingAScenario, RunOptions, Screen, StudyOptions, Trial
from sxsim.scenario.problems import visible

if TYPE_CHECKING:
    from sxsim.results.result import Comparison, Result
    from sxsim.running.plans import Scenario
    from sxsim.studies.study import Study

_EXIT_DIFFERENT = _EXIT_UNMET = 1
_EXIT_POINTS_FAILED = 4
_SECONDS = 60
EXPERIMENT = Annotated[Path, typer.Argument(metavar="EXPERIMENT", help="Experiment file (YAML).", show_default=False)]


@asks(RunOptions, ReadingAScenario, Screen, DryRun)
def run(
    scenario: SCENARIO,
    plan: Annotated[str, typer.Option("--plan", metavar="NAME", help="Plan to run.")] = "today",
    **asked: Any,
) -> None:
    """Run one plan and show what came out.

    The pyramid of service levels, the effect chain with intervals, and the result in plain sentences; tables and pictures are
    written to a folder below --out. Runs that are finished are kept and not run again.
    """
    from sxsim.running.plans import run

    loaded, options = _loaded(scenario, asked)
    if asked["dry_run"]:
        _show_planned(loaded, [plan], options, asked["json"])
        return
    with _under_way(loaded, f"plan {plan}", asked["quiet"]) as report:
        result = run(loaded, plan, **options, progress=report)
        folder = result.save(asked["out"])
    hint_at_tables(asked["quiet"])
    if asked["json"]:
        _print_json(result)
        return
    from sxsim.commands.options import run_hint, run_screen

    typer.echo(run_screen(result, folder))
    hint(run_hint(result, str(scenario)), asked["quiet"])


@asks(CompareOptions, ReadingAScenario, Screen, DryRun)
def compare(
    scenario: SCENARIO,
    plans: Annotated[str | None, typer.Option("--plans", metavar="A,B", help="Plans to compare. Default: all.")] = None,
    base: Annotated[str, typer.Option("--base", metavar="NAME", help="Plan to compare against.")] = "today",
    **asked: Any,
) -> None:
    """Run plans against a base and show what differs.

    Every plan meets the same luck as the base, so that a difference is a difference of the plans.
    """
    from sxsim.running.plans import compare

    loaded, options = _loaded(scenario, asked)
    chosen = None if plans is None else [name.strip() for name in plans.split(",") if name.strip()]
    if chosen == []:
        raise typer.BadParameter(f"{plans!r} names no plan; write --plans a,b", param_hint="--plans")
    if asked["dry_run"]:
        everything = [base, *(chosen if chosen is not None else [name for name in loaded.plans if name != base])]
        _show_planned(loaded, everything, options, asked["json"])
        return
    with _under_way(loaded, "all plans", asked["quiet"]) as report:
        comparison = compare(loaded, chosen, base=base, **options, progress=report)
        folder = comparison.save(asked["out"])
    hint_at_tables(asked["quiet"])
    if asked["json"]:
        _print_json(comparison)
        return
    from sxsim.commands.options import comparison_hint, comparison_screen

    typer.echo(comparison_screen(comparison, folder))
    hint(comparison_hint(comparison, str(scenario)), asked["quiet"])


def _loaded(path: Path, asked: dict[str, Any]) -> "tuple[Scenario, dict[str, Any]]":
    """The scenario with what was set, and the options of its runs."""
    from sxsim.running.plans import load

    check_engine(asked["engine"])
    until = parsed_until(asked["until"])
    primary = {"primary": parsed_primary(asked["primary"])} if "primary" in asked else {}
    parameters, ensemble = parameters_given(asked["parameters"], asked["sets"])
    loaded = load(
        path,
        sets=asked["sets"] or (),
        parameters=parameters,
        assessment=asked["assessment"],
        unusual=asked["unusual"],
        trust=asked["trust"] or None,
    )
    return loaded, picked(asked, RunOptions) | {"until": until, "ensemble": ensemble, **primary}


@contextmanager
def _under_way(scenario: "Scenario", what: str, quiet: bool) -> "Iterator[Callable[..., None] | None]":
    """Progress of runs, after what is worth knowing beforehand."""
    if scenario.plug_ins:
        hint(f"plug-in {', '.join(scenario.plug_ins)}: this scenario runs on the reference engine", quiet)
    hint_at_compiling(quiet)
    with progress(f"{scenario.name}, {what}", quiet) as report:
        yield report


def _show_planned(scenario: "Scenario", plans: list[str], options: dict[str, Any], json: bool) -> None:
    """Say what would be run."""
    from sxsim.running.plans import Options, planned

    found = planned(scenario, plans, Options(**options))
    if json:
        _print_dry_run(found)
        return
    of_each = f"{found['of_each_plan']} of each plan: {', '.join(found['plans'])}"
    counted = f"{found['replications']} replications ({of_each})"
    typer.echo(f"{counted}, {found['finished']} finished, {found['to_run']} to run")


def _print_dry_run(found: dict[str, Any]) -> None:
    from sxsim.results.provenance import SCHEMA_VERSION
    from sxsim.results.result import to_json

    typer.echo(to_json({"schema_version": SCHEMA_VERSION, "ok": True, **found}))


def _print_json(found: "Result | Comparison") -> None:
    from sxsim.results.result import to_json

    typer.echo(to_json(found.as_json()))


@asks(StudyOptions, Screen, Trial)
def study(experiment: EXPERIMENT, **asked: Any) -> None:
    """Answer a question of many runs: the experiment file asks it.

    Finished points are kept; the same command goes on from there.
    """
    from sxsim.studies.study import study

    check_engine(asked["engine"])
    hint_at_compiling(asked["quiet"])
    options = picked(asked, StudyOptions) | {"sets": asked["sets"] or ()}
    if asked["dry_run"]:
        _try_study(experiment, options, asked["json"])
        return
    with progress(experiment.stem, asked["quiet"]) as report:
        finished = study(experiment, **options, progress=report)
    for note in finished.notes:
        hint(f"note: {note}", asked["quiet"])
    hint_at_tables(asked["quiet"])
    if asked["json"]:
        _print_study_as_json(finished)
    else:
        _print_study(finished)
        hint(f"next: sxsim rerun {finished.folder}", asked["quiet"])
    if finished.failures:
        again = f"see {finished.folder}/failures; the same command tries them again"
        typer.echo(f"{len(finished.failures)} points failed; {again}", err=True)
        sys.exit(_EXIT_POINTS_FAILED)
    if finished.unmet:
        typer.echo("\n".join(finished.unmet), err=True)
        sys.exit(_EXIT_UNMET)


def _try_study(experiment: Path, options: dict[str, Any], json: bool) -> None:
    """Run a few points and say what the whole would cost."""
    from sxsim.studies.study import load_experiment, planned

    reading = {name: options[name] for name in ("sets", "samples", "uncertain", "parameters", "unusual", "trust")}
    found = planned(load_experiment(experiment, **reading), options["out"], options["jobs"])
    if json:
        _print_dry_run(found)
    else:
        typer.echo(planned_words(found))


def planned_words(found: dict[str, Any]) -> str:
    """What a study would run, in a line."""
    seconds = found["seconds"]
    takes = f"{seconds:.0f} s" if seconds < 2 * _SECONDS else f"{seconds / _SECONDS:.0f} min"
    tried = f" ({found['tried']} of them now, to take the time)" if found["tried"] else ""
    after = f"; then, as what comes out demands, at most {found['after']} more" if found["after"] else ""
    counted = f"{found['points']} points, {found['finished']} finished{tried}, {found['to_run']} to run"
    return f"{counted}: about {takes} and {found['disk_mib']:g} MiB of disk{after}"


def _print_study(finished: "Study") -> None:
    from sxsim.commands.options import wrapped
    from sxsim.studies.part import sentences

    for text in sentences(finished):
        typer.echo("\n".join(wrapped(text)) + "\n")
    typer.echo(f"files: {finished.folder}  (pictures in {finished.folder}/figures)")


def _print_study_as_json(finished: "Study") -> None:
    from sxsim.results.provenance import SCHEMA_VERSION
    from sxsim.results.result import to_json
    from sxsim.studies.folder import tables_of

    experiment = finished.experiment
    found = {
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
    typer.echo(to_json(found))


@asks(StudyOptions, Screen, only=("jobs", "trust", "quiet"))
def rerun(
    folder: Annotated[
        Path, typer.Argument(metavar="FOLDER", help="Folder of a run, comparison or study.", show_default=False)
    ],
    **asked: Any,
) -> None:
    """Run again from a folder, and say whether all is the same.

    Takes the folder of a run, comparison or study; every table is compared byte for byte.
    """
    from sxsim.reruns import code_in, rerun

    for line in code_in(folder) if asked["trust"] else ():
        hint(f"runs the code of {line}", False)

    with progress(f"again {folder.name}", asked["quiet"]) as report:
        lines, same = rerun(folder, jobs=asked["jobs"], progress=report, trust=asked["trust"] or False)
    typer.echo(visible("\n".join(lines)))
    if not same:
        raise typer.Exit(_EXIT_DIFFERENT)
