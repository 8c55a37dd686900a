"""`sxsim verify`: pass or miss, with figures."""

from collections.abc import Iterable
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from sxsim.commands.options import JSON, PARAMETERS, QUIET, SETS, hint, hint_at_compiling, progress

if TYPE_CHECKING:
    from sxsim.evidence.checks import Check

NAME = "verify"
GROUPS = ("theory", "engines", "facts", "queue")
SHOWN_BY_DEFAULT = "corner-cafe"


def command(
    what: Annotated[
        str | None, typer.Argument(help="theory, engines, facts or queue; default: all.", show_default=False)
    ] = None,
    scenario: Annotated[
        Path | None,
        typer.Argument(help="Scenario file for engines; default: the corner café.", show_default=False),
    ] = None,
    replications: Annotated[
        int | None,
        typer.Option(
            "-n",
            "--replications",
            min=1,
            help="How many runs; default: 1 for engines, for facts as many as it takes, at most 200 of each setting (40 with --quick), 200 a month for queue.",
            show_default=False,
        ),
    ] = None,
    seed: Annotated[
        int | None,
        typer.Option("--seed", min=0, max=2**63 - 1, help="Seed of engines (default 1) and queue.", show_default=False),
    ] = None,
    sets: SETS = None,
    parameters: PARAMETERS = None,
    out: Annotated[
        Path | None,
        typer.Option(
            "-o",
            "--out",
            help="Folder for pictures of the facts (facts.png) and of the queue by hour (queue.png).",
            show_default=False,
        ),
    ] = None,
    quick: Annotated[
        bool, typer.Option("--quick", help="Only the facts that are measured in seconds, on fewer runs.")
    ] = False,
    json: JSON = False,
    quiet: QUIET = False,
) -> None:
    """Verify that queues behave as theory says, that both engines give the same figures, byte for byte, that what is known
    of customers, employees and organisations comes out, and that the floor is nearer to a real bank's queue than Erlang-A.
    """
    from sxsim.results.provenance import SCHEMA_VERSION
    from sxsim.results.result import to_json

    if what is not None and what not in GROUPS:
        raise typer.BadParameter(
            f"{what!r} cannot be verified; write {', '.join(GROUPS[:-1])} or {GROUPS[-1]}", param_hint="WHAT"
        )
    if scenario is not None and what != "engines":
        raise typer.BadParameter("a scenario goes with engines: sxsim verify engines FILE", param_hint="SCENARIO")
    if out is not None and what not in (None, "facts", "queue"):
        raise typer.BadParameter("pictures go with facts and queue: sxsim verify facts -o FOLDER", param_hint="--out")
    if sets and what not in (None, "engines"):
        raise typer.BadParameter("goes with engines: sxsim verify engines --set …", param_hint="--set")
    if parameters is not None and what not in ("engines", "facts"):
        raise typer.BadParameter(
            "goes with engines and facts: sxsim verify facts --parameters …", param_hint="--parameters"
        )
    if seed is not None and what not in (None, "engines", "queue"):
        raise typer.BadParameter("goes with engines and queue", param_hint="--seed")
    if quick and what not in (None, "facts"):
        raise typer.BadParameter("goes with facts: sxsim verify facts --quick", param_hint="--quick")
    if out is not None:
        out.mkdir(parents=True, exist_ok=True)  # before minutes of work, not after
    hint_at_compiling(quiet)
    found: dict[str, Any] = {}
    if what in (None, "theory"):
        found["theory"] = _theory(json)
    if what in (None, "engines"):
        found |= _engines(scenario, replications or 1, 1 if seed is None else seed, sets or [], parameters, json)
    if what in (None, "facts"):
        found |= _facts(replications, parameters, out, quick, json, quiet)
    if what in (None, "queue"):
        found |= _queue(replications, seed, out, json, quiet)
    ok = all(
        row.get("same", row.get("passed")) or row.get("declared") for group in GROUPS for row in found.get(group, [])
    )
    if json:
        typer.echo(to_json({"schema_version": SCHEMA_VERSION, "ok": ok, **found}))
    if not ok:
        raise typer.Exit(1)


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


def _engines(
    path: Path | None, replications: int, seed: int, sets: list[str], parameters: Path | None, json: bool
) -> dict[str, Any]:
    """Both engines on every plan of a scenario."""
    from importlib.resources import as_file

    from sxsim.engines.agreement import compare_engines
    from sxsim.runs import engine_of, load
    from sxsim.scenario.templates import templates

    if path is None:
        with as_file(templates()[SHOWN_BY_DEFAULT]) as shipped:
            loaded = load(shipped, sets=sets, parameters=parameters)
    else:
        loaded = load(path, sets=sets, parameters=parameters)
    engine_of(loaded, "compiled")
    found = []
    for plan in loaded.plans:
        for replication in range(replications):
            agreement = compare_engines(loaded, plan, seed=seed, replication=replication)
            found.append({"plan": plan, "replication": replication, "same": agreement.same, **vars(agreement)})
            if json:
                continue
            where = f"plan {plan}, replication {replication}: {agreement.contacts} contacts"
            if agreement.same:
                typer.echo(f"pass  engines {where}, the same to the bit in both engines")
                continue
            typer.echo(f"miss  engines {where}, {agreement.part} differs")
            if agreement.compiled is not None and agreement.reference is not None:
                typer.echo(f"  first at contact {agreement.contact}:")
                for name, value in agreement.compiled.items():
                    other = agreement.reference[name]
                    typer.echo(
                        f"  {name:<14} compiled {value!r:<24} reference {other!r}" + ("  <" if value != other else "")
                    )
    return {"scenario": loaded.name, "engines": found}


def _facts(
    replications: int | None, parameters: Path | None, out: Path | None, quick: bool, json: bool, quiet: bool
) -> dict[str, Any]:
    """What is known of reality."""
    from sxsim.evidence import facts
    from sxsim.scenario.ensemble import parameters_or_ensemble
    from sxsim.scenario.loading import read_parameters

    stated, ensemble = parameters_or_ensemble(parameters)
    fixed = read_parameters(stated) if stated else {}
    with progress("runs of settings", quiet) as report:
        runs = None if replications is None else max(replications, 2)  # one alone tells nothing of its spread
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
        from sxsim.evidence.facts_figure import panels

        hint(f"picture: {panels(held, out / 'facts.png')}", quiet)
    return {
        "facts": found,
        "facts_sources": {"fit and test": facts.independent(), "test": facts.independent(["test"])},
        "facts_by_use": {use: {"passed": passed, "of": total} for use, (passed, total) in counts.items()},
    }


def _queue(replications: int | None, seed: int | None, out: Path | None, json: bool, quiet: bool) -> dict[str, Any]:
    """The floor against a real bank, and against Erlang-A."""
    from sxsim.evidence import bank

    with progress("months of the bank", quiet) as report:
        runs = max(replications or bank.REPLICATIONS, 2)  # one alone tells nothing of its spread
        held = bank.hold(replications=runs, seed=bank.SEED if seed is None else seed, done=report)
    found = _said(bank.checks(held), json)
    if out is not None:
        from sxsim.evidence.bank_figure import by_hour

        hint(f"picture: {by_hour(held, out / 'queue.png')}", quiet)
    return {
        "queue": found,
        "queue_availability": bank.AVAILABILITY,
        "queue_stronger_rival": [month.stronger_rival() for month in held],
        "queue_by_hour": [row for month in held for row in month.by_hour()],
    }
