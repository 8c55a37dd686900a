"""`sxsim verify`: pass or miss, with figures."""

from pathlib import Path
from typing import Annotated

import typer

from sxsim.commands.options import JSON, PARAMETERS, QUIET, REPLICATIONS, SEED, SETS, hint_at_compiling

NAME = "verify"


def command(
    what: Annotated[str, typer.Argument(help="What to verify: engines.", show_default=False)],
    scenario: Annotated[Path, typer.Argument(help="Scenario file (YAML).", show_default=False)],
    replications: REPLICATIONS = 1,
    seed: SEED = 1,
    sets: SETS = None,
    parameters: PARAMETERS = None,
    json: JSON = False,
    quiet: QUIET = False,
) -> None:
    """Verify that both engines give the same contacts, figures and final state, byte for byte, for every plan."""
    from sxsim.engines.agreement import compare_engines
    from sxsim.results.provenance import SCHEMA_VERSION
    from sxsim.results.result import to_json
    from sxsim.runs import engine_of, load

    if what != "engines":
        raise typer.BadParameter(f"{what!r} cannot be verified; write engines", param_hint="WHAT")
    loaded = load(scenario, sets=sets or (), parameters=parameters)
    engine_of(loaded, "compiled")
    hint_at_compiling(quiet)
    found = []
    for plan in loaded.plans:
        for replication in range(replications):
            agreement = compare_engines(loaded, plan, seed=seed, replication=replication)
            found.append({"plan": plan, "replication": replication, "same": agreement.same, **vars(agreement)})
            if json:
                continue
            where = f"plan {plan}, replication {replication}: {agreement.contacts} contacts"
            if agreement.same:
                typer.echo(f"pass  {where}, the same to the bit in both engines")
                continue
            typer.echo(f"miss  {where}, {agreement.part} differs")
            if agreement.compiled is not None and agreement.reference is not None:
                typer.echo(f"  first at contact {agreement.contact}:")
                for name, value in agreement.compiled.items():
                    other = agreement.reference[name]
                    typer.echo(
                        f"  {name:<14} compiled {value!r:<24} reference {other!r}" + ("  <" if value != other else "")
                    )
    ok = all(row["same"] for row in found)
    if json:
        typer.echo(to_json({"schema_version": SCHEMA_VERSION, "ok": ok, "scenario": loaded.name, "engines": found}))
    if not ok:
        raise typer.Exit(1)
