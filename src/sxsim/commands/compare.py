"""`sxsim compare`: plans against the base, paired."""

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
    PRIMARY,
    QUIET,
    REPLICATIONS,
    SCENARIO,
    SEED,
    SETS,
    UNCERTAIN,
    UNTIL,
    check_engine,
    hint,
    hint_at_compiling,
    hint_at_tables,
    parameters_given,
    parsed_primary,
    parsed_until,
    progress,
    show_plan,
)

NAME = "compare"


def command(
    scenario: SCENARIO,
    plans: Annotated[str | None, typer.Option("--plans", metavar="A,B", help="Plans to compare. Default: all.")] = None,
    base: Annotated[str, typer.Option("--base", help="Plan to compare against.")] = "today",
    replications: REPLICATIONS = 10,
    until: UNTIL = None,
    primary: PRIMARY = None,
    uncertain: UNCERTAIN = False,
    seed: SEED = 1,
    sets: SETS = None,
    parameters: PARAMETERS = None,
    assessment: ASSESSMENT = None,
    jobs: JOBS = None,
    out: OUT = "runs",  # type: ignore[assignment]
    contacts: CONTACTS = False,
    json: JSON = False,
    quiet: QUIET = False,
    dry_run: DRY_RUN = False,
    fresh: FRESH = False,
    engine: ENGINE = None,
) -> None:
    """Run plans against the base on the same draws and show the paired differences."""
    from sxsim.results.result import to_json
    from sxsim.runs import Options, compare, load, planned

    check_engine(engine)
    narrow, named = parsed_until(until), parsed_primary(primary)
    stated, ensemble = parameters_given(parameters, sets)
    loaded = load(scenario, sets=sets or (), parameters=stated, assessment=assessment)
    chosen = None if plans is None else [name.strip() for name in plans.split(",") if name.strip()]
    if chosen == []:
        raise typer.BadParameter("name at least one plan, like --plans a,b", param_hint="--plans")
    if dry_run:
        everything = [base, *(chosen if chosen is not None else [name for name in loaded.plans if name != base])]
        options = Options(replications, seed, jobs, out, contacts, fresh, uncertain=uncertain, ensemble=ensemble)
        show_plan(planned(loaded, everything, options), json)
        return
    if loaded.plug_ins:
        hint(f"plug-in {', '.join(loaded.plug_ins)}: this scenario runs on the reference engine", quiet)
    hint_at_compiling(quiet)
    with progress(f"{loaded.name}, all plans", quiet) as report:
        comparison = compare(
            loaded, chosen, base=base, replications=replications, seed=seed, jobs=jobs, out=out, contacts=contacts,
            fresh=fresh, engine=engine, progress=report, until=narrow, uncertain=uncertain, ensemble=ensemble,
            primary=named,
        )  # fmt: skip
        folder = comparison.save(out)
    hint_at_tables(quiet)
    if json:
        typer.echo(to_json(comparison.as_json()))
        return
    from sxsim.commands.screen import comparison_hint, comparison_screen

    typer.echo(comparison_screen(comparison, folder))
    hint(comparison_hint(comparison, str(scenario)), quiet)
