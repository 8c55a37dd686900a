"""`sxsim run`: replications of one plan."""

from typing import Annotated

import typer

from sxsim.commands.options import (
    ASSESSMENT,
    CONTACTS,
    DRY_RUN,
    ENGINE,
    FRESH,
    JOBS,
    JSON,
    OUT,
    PARAMETERS,
    QUIET,
    REPLICATIONS,
    SCENARIO,
    SEED,
    SETS,
    TRUST,
    UNCERTAIN,
    UNTIL,
    UNUSUAL,
    check_engine,
    hint,
    hint_at_compiling,
    hint_at_tables,
    parameters_given,
    parsed_until,
    progress,
    show_plan,
)

NAME = "run"
DEFAULT_OUT = "runs"


def command(
    scenario: SCENARIO,
    plan: Annotated[str, typer.Option("--plan", help="Plan to run.")] = "today",
    replications: REPLICATIONS = 10,
    until: UNTIL = None,
    uncertain: UNCERTAIN = False,
    seed: SEED = 1,
    sets: SETS = None,
    parameters: PARAMETERS = None,
    assessment: ASSESSMENT = None,
    jobs: JOBS = None,
    out: OUT = DEFAULT_OUT,  # type: ignore[assignment]
    contacts: CONTACTS = False,
    json: JSON = False,
    quiet: QUIET = False,
    dry_run: DRY_RUN = False,
    fresh: FRESH = False,
    engine: ENGINE = None,
    unusual: UNUSUAL = False,
    trust: TRUST = False,
) -> None:
    """Run replications of one plan and show what came out."""
    from sxsim.results.result import to_json
    from sxsim.runs import Options, load, planned, run

    check_engine(engine)
    narrow = parsed_until(until)
    stated, ensemble = parameters_given(parameters, sets)
    loaded = load(
        scenario,
        sets=sets or (),
        parameters=stated,
        assessment=assessment,
        unusual=unusual,
        trust=trust or None,
    )
    if dry_run:
        options = Options(replications, seed, jobs, out, contacts, fresh, uncertain=uncertain, ensemble=ensemble)
        show_plan(planned(loaded, [plan], options), json)
        return
    if loaded.plug_ins:
        hint(f"plug-in {', '.join(loaded.plug_ins)}: this scenario runs on the reference engine", quiet)
    hint_at_compiling(quiet)
    with progress(f"{loaded.name}, plan {plan}", quiet) as report:
        result = run(
            loaded,
            plan,
            replications=replications,
            seed=seed,
            jobs=jobs,
            out=out,
            contacts=contacts,
            fresh=fresh,
            engine=engine,
            progress=report,
            until=narrow,
            uncertain=uncertain,
            ensemble=ensemble,
        )
        folder = result.save(out)
    hint_at_tables(quiet)
    if json:
        typer.echo(to_json(result.as_json()))
        return
    from sxsim.commands.screen import run_hint, run_screen

    typer.echo(run_screen(result, folder))
    hint(run_hint(result, str(scenario)), quiet)
