"""`sxsim verify`: pass or miss, with figures."""

from collections.abc import Callable, Iterable
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from sxsim.commands.options import asks, hint, hint_at_compiling, progress
from sxsim.running.asked import LARGEST_SEED, Reading, Screen

if TYPE_CHECKING:
    from sxsim.evidence.checks import Check
    from sxsim.running.plans import Scenario

SHOWN_BY_DEFAULT = "corner-cafe"
_MISSED = 1
#: What one replication alone tells nothing of: its spread.
_FEWEST = 2
OUT = Annotated[
    Path | None, typer.Option("-o", "--out", metavar="FOLDER", help="Folder for pictures.", show_default=False)
]
QUICK = Annotated[bool, typer.Option("--quick", help="Only the facts that are measured in seconds, on fewer runs.")]


def _often(help: str) -> Any:
    return typer.Option("-n", "--replications", metavar="N", min=1, help=help, show_default=False)


def _seeded(help: str) -> Any:
    return typer.Option("--seed", metavar="N", min=0, max=LARGEST_SEED, help=help, show_default=False)


def _finish(found: dict[str, Any], json: bool) -> None:
    """Print what was found as JSON, where asked for. Raises Exit with 1 for a miss that is not declared."""
    from sxsim.results.provenance import SCHEMA_VERSION
    from sxsim.results.result import to_json

    rows = [row for group in COMMANDS for row in found.get(group, [])]
    ok = all(row.get("same", row.get("passed")) or row.get("declared") for row in rows)
    if json:
        typer.echo(to_json({"schema_version": SCHEMA_VERSION, "ok": ok, **found}))
    if not ok:
        raise typer.Exit(_MISSED)


@asks(Reading, Screen)
def verify(
    ctx: typer.Context,
    replications: Annotated[int | None, _often("How many runs of each; see the commands.")] = None,
    seed: Annotated[int | None, _seeded("Seed of engines and queue.")] = None,
    out: OUT = None,
    quick: QUICK = False,
    **asked: Any,
) -> None:
    """Hold the model against theory and reality.

    Without a command everything is verified, in about ten minutes; options may stand before the command, too. Each line says pass or miss, with the figures. Exit code 1 when anything is missed that is not declared.
    """
    if ctx.invoked_subcommand is not None:
        given = _passed_on(ctx, ctx.invoked_subcommand)
        ctx.obj = given.pop("sets", [])  # a list goes on after the command
        ctx.default_map = {ctx.invoked_subcommand: given}
        return
    if asked["parameters"] is not None:
        message = f"{asked['parameters']} goes with engines and facts: sxsim verify facts --parameters …"
        raise typer.BadParameter(message, param_hint="--parameters")
    _make(out)
    hint_at_compiling(asked["quiet"])
    json, quiet = asked["json"], asked["quiet"]
    found: dict[str, Any] = {"theory": _theory(json)}
    found |= _engines(None, replications, seed, asked["sets"], None, json)
    found |= _facts(replications, None, out, quick, json, quiet)
    found |= _queue(replications, seed, out, json, quiet)
    found["calibration"] = _calibration(json)
    _finish(found, json)


def _passed_on(ctx: typer.Context, command: str) -> dict[str, Any]:
    """What was written before a command, for it to take. Raises BadParameter for what it does not know."""
    known = {name: {p.name for p in each.params} for name, each in ctx.command.commands.items()}  # type: ignore[attr-defined]
    given = {}
    for parameter in ctx.command.params:
        name = parameter.name or ""
        source, value = ctx.get_parameter_source(name), ctx.params.get(name)
        if source is None or source.name != "COMMANDLINE":
            continue
        if name not in known[command]:
            homes = " and ".join(home for home, names in known.items() if name in names)
            message = f"{'' if value is True else f'{value} '}goes with {homes}, not with {command}"
            raise typer.BadParameter(message, param_hint=parameter.opts[-1])
        given[name] = value
    return given


@asks(Screen)
def theory(**asked: Any) -> None:
    """Queues of the model beside those of textbooks.

    Each check is wrong once in a million by chance.
    """
    hint_at_compiling(asked["quiet"])
    _finish({"theory": _theory(asked["json"])}, asked["json"])


@asks(Reading, Screen)
def engines(
    ctx: typer.Context,
    scenario: Annotated[
        Path | None,
        typer.Argument(metavar="SCENARIO", help="Scenario file (YAML). Default: the corner café.", show_default=False),
    ] = None,
    replications: Annotated[int | None, _often("Runs of each plan. Default: 1.")] = None,
    seed: Annotated[int | None, _seeded("Seed of all random numbers. Default: 1.")] = None,
    **asked: Any,
) -> None:
    """Whether both engines give the same figures, byte for byte.

    On every plan of a scenario: contacts, figures and final state.
    """
    hint_at_compiling(asked["quiet"])
    sets = [*ctx.obj, *(asked["sets"] or ())]
    found = _engines(scenario, replications, seed, sets, asked["parameters"], asked["json"])
    _finish(found, asked["json"])


@asks(Reading, Screen, only=("parameters", "json", "quiet"))
def facts(
    replications: Annotated[
        int | None, _often("Runs of each setting at most. Default: as many as it takes, at most 200, with --quick 40.")
    ] = None,
    out: OUT = None,
    quick: QUICK = False,
    **asked: Any,
) -> None:
    """What is known of reality, and what the model says.

    Facts on customers, employees and organisations; the picture is facts.png.
    """
    _make(out)
    hint_at_compiling(asked["quiet"])
    found = _facts(replications, asked["parameters"], out, quick, asked["json"], asked["quiet"])
    _finish(found, asked["json"])


@asks(Screen)
def queue(
    replications: Annotated[int | None, _often("Runs of each month. Default: 200. At least 2 are run.")] = None,
    seed: Annotated[int | None, _seeded("Seed of all random numbers.")] = None,
    out: OUT = None,
    **asked: Any,
) -> None:
    """A real bank's call centre beside the model.

    And beside Erlang-A, the usual formula for queues whose callers give up; the picture is queue.png.
    """
    _make(out)
    hint_at_compiling(asked["quiet"])
    _finish(_queue(replications, seed, out, asked["json"], asked["quiet"]), asked["json"])


@asks(Screen)
def calibration(**asked: Any) -> None:
    """Whether calibration's intervals hold known factors as often as they say.

    Eight factors, a hundred data sets, a made-up model; wrong once in a thousand by chance.
    """
    _finish({"calibration": _calibration(asked["json"])}, asked["json"])


COMMANDS: dict[str, Callable[..., None]] = {
    "theory": theory, "engines": engines, "facts": facts, "queue": queue, "calibration": calibration,
}  # fmt: skip


def _make(out: Path | None) -> None:
    """Make the folder for pictures: before minutes of work, not after."""
    if out is not None:
        out.mkdir(parents=True, exist_ok=True)


def _said(checks: Iterable["Check"], json: bool) -> list[dict[str, Any]]:
    """Print checks line by line as they come, unless JSON is asked for; returns their figures."""
    found = []
    for check in checks:
        found.append(check.as_json())
        if not json:
            typer.echo(str(check))
    return found


def _theory(json: bool) -> list[dict[str, Any]]:
    """Queues against textbooks."""
    from sxsim.evidence.theory import checks

    return _said(checks(), json)


def _calibration(json: bool) -> list[dict[str, Any]]:
    """Known factors against what calibration says of them."""
    from sxsim.studies.methods.coverage import checks

    return _said(checks(), json)


def _engines(
    path: Path | None,
    replications: int | None,
    seed: int | None,
    sets: list[str] | None,
    parameters: Path | None,
    json: bool,
) -> dict[str, Any]:
    """Both engines on every plan of a scenario."""
    from sxsim.engines.reference import compare_engines
    from sxsim.running.one_run import engine_of

    scenario = _scenario(path, sets or [], parameters)
    engine_of(scenario, "compiled")
    found = []
    for plan in scenario.plans:
        for replication in range(replications or 1):
            agreement = compare_engines(scenario, plan, seed=1 if seed is None else seed, replication=replication)
            found.append({"plan": plan, "replication": replication, "same": agreement.same, **vars(agreement)})
            if not json:
                typer.echo("\n".join(agreement.lines(plan, replication)))
    return {"scenario": scenario.name, "engines": found}


def _scenario(path: Path | None, sets: list[str], parameters: Path | None) -> "Scenario":
    from importlib.resources import as_file

    from sxsim.running.plans import load
    from sxsim.scenario.loading import templates

    if path is not None:
        return load(path, sets=sets, parameters=parameters)
    with as_file(templates()[SHOWN_BY_DEFAULT]) as shipped:
        return load(shipped, sets=sets, parameters=parameters)


def _facts(
    replications: int | None, parameters: Path | None, out: Path | None, quick: bool, json: bool, quiet: bool
) -> dict[str, Any]:
    """What is known of reality."""
    from sxsim.evidence import facts
    from sxsim.scenario.ensemble import parameters_or_ensemble
    from sxsim.scenario.parameters import read_parameters

    stated, ensemble = parameters_or_ensemble(parameters)
    fixed = read_parameters(stated) if stated else {}
    with progress("runs of settings", quiet) as report:
        runs = None if replications is None else max(replications, _FEWEST)
        held = facts.checks(ensemble.of if ensemble else lambda _: fixed, quick=quick, replications=runs, done=report)
    found = _said((check for _, check in held), json)
    counts = facts.counted(held)
    for use, (passed, total) in counts.items():
        hint(f"{use}: {passed} of {total} pass", quiet)
    hint(
        f"facts to fit and to test come from {facts.independent()} sources, those to test from {facts.independent(['test'])}: "
        "facts of one source share its people and their luck, and count as little more than one",
        quiet,
    )
    if out is not None:
        from sxsim.evidence.facts import draw_facts

        hint(f"picture: {draw_facts(held, out / 'facts.png')}", quiet)
    return {
        "facts": found,
        "facts_sources": {"fit and test": facts.independent(), "test": facts.independent(["test"])},
        "facts_by_use": {use: {"passed": passed, "of": total} for use, (passed, total) in counts.items()},
    }


def _queue(replications: int | None, seed: int | None, out: Path | None, json: bool, quiet: bool) -> dict[str, Any]:
    """The floor against a real bank, and against Erlang-A."""
    from sxsim.evidence import bank

    with progress("months of the bank", quiet) as report:
        runs = max(replications or bank.REPLICATIONS, _FEWEST)
        held = bank.hold(replications=runs, seed=bank.SEED if seed is None else seed, done=report)
    found = _said(bank.checks(held), json)
    if out is not None:
        from sxsim.evidence.facts import draw_queue

        hint(f"picture: {draw_queue(held, out / 'queue.png')}", quiet)
    return {
        "queue": found,
        "queue_availability": bank.AVAILABILITY,
        "queue_stronger_rival": [month.stronger_rival() for month in held],
        "queue_by_hour": [row for month in held for row in month.by_hour()],
    }
