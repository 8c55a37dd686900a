"""Options of the commands, made from their one declaration (`running/asked.py`), what goes to stderr, and the one screen of `run` and `compare`."""

import inspect
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, TypeVar

import typer

from sxsim.results.intervals import Interval
from sxsim.results.maturity import commitment_sentence, maturity_sentence
from sxsim.results.result import Comparison, Result
from sxsim.results.summary import (
    YEAR,
    compared_lines,
    comparison_sentences,
    held,
    number,
    pyramid_shares,
    sentences,
    too_wide,
    verdicts_sentence,
)
from sxsim.running.asked import Option, declared
from sxsim.scenario.problems import visible
from sxsim.standard.catalogue import PYRAMID

if TYPE_CHECKING:
    from sxsim.results.intervals import Until
    from sxsim.scenario.ensemble import Ensemble


_A_MINUTE = 60.0
_ENGINES = ("compiled", "reference")
_Command = TypeVar("_Command", bound=Callable[..., None])
SCENARIO = Annotated[Path, typer.Argument(metavar="SCENARIO", help="Scenario file (YAML).", show_default=False)]
#: The order in which the help lists what is shared.
_ORDER = (
    "samples", "replications", "until", "primary", "uncertain", "seed", "sets", "parameters", "assessment", "engine", "jobs", "cluster",
    "out", "contacts", "fresh", "unusual", "trust", "dry_run", "json", "quiet",
)  # fmt: skip


def written(option: Option) -> Any:
    """How an option is written, for Typer: its type and what its help says."""
    typed = option.typed if option.default is not None and option.default != () else option.typed | None
    said = typer.Option(*option.flags, metavar=option.shown, min=option.low, max=option.high, help=option.help)
    return Annotated[typed, said]


def asks(*kinds: type, only: tuple[str, ...] = _ORDER) -> Callable[[_Command], _Command]:
    """A command that takes the options of some declarations beside its own; `only`: those of these names."""
    shared = {name: option for name, option in declared(*kinds).items() if option.flags and name in only}

    def mark(command: _Command) -> _Command:
        own = [p for p in inspect.signature(command).parameters.values() if p.kind is not inspect.Parameter.VAR_KEYWORD]
        named = [
            inspect.Parameter(
                name,
                inspect.Parameter.POSITIONAL_OR_KEYWORD,
                default=None if shared[name].default == () else shared[name].default,
                annotation=written(shared[name]),
            )
            for name in sorted(shared, key=_ORDER.index)
        ]
        command.__signature__ = inspect.Signature([*own, *named])  # type: ignore[attr-defined]
        command.__annotations__ = {p.name: p.annotation for p in (*own, *named)} | {"return": None}
        return command

    return mark


def picked(asked: dict[str, Any], kind: type) -> dict[str, Any]:
    """Of what was asked, the options of one declaration."""
    return {name: asked[name] for name in declared(kind) if name in asked}


def hint(text: str, quiet: bool) -> None:
    """Say something beside the data, on stderr."""
    if not quiet:
        typer.echo(text, err=True)


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
    from sxsim.results.intervals import Until

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
    if engine not in (None, *_ENGINES):
        raise typer.BadParameter(f"{engine!r} must be {' or '.join(_ENGINES)}", param_hint="--engine")


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

    columns = (TextColumn("{task.description}", markup=False), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn())
    with Progress(*columns, console=Console(stderr=True), transient=True) as bar:
        task = bar.add_task(visible(what), total=None)

        def report(done: int, total: int, text: str = what) -> None:
            bar.update(task, completed=done, total=total, description=visible(text))

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
        typer.echo(f"{visible(text)}: {done} of {total}, about {max(minutes, 1):.0f} min left", err=True)

    return report


WIDTH = 100
_BAR = 40
_FEW_RUNS = 10
_CHAIN = (
    ("capability", ("maturity.strategy", "maturity.culture", "maturity.design", "maturity.operations")),
    ("people", ("engagement", "commitment", "turnover_12m")),
    ("provision", ("wait_mean", "abandon_rate", "turned_away_rate", "recovery_rate")),
    ("delight", ("delight_rate", "satisfaction", "nps")),
    ("loyalty", ("loyalty", "churn_rate", "active_customers")),
    ("business", ("revenue", "cost", "investment", "result", "npv", "customer_equity")),
)
_COMPARED = (
    "level_0", "wait_mean", "abandon_rate", "turned_away_rate", "delight_rate", "satisfaction_of_month_0",
    "satisfaction", "loyalty", "nps", "churn_rate", "active_customers", "utilisation", "engagement", "commitment", "revenue", "cost", "investment", "result",
    "npv", "customer_equity",
)  # fmt: skip
_LEVELS = tuple(name.lower() for name in PYRAMID[1:])


def _value(interval: Interval) -> str:
    text = number(interval.mean, interval.unit)
    if interval.n < 2:
        return text
    return f"{text}  ({number(interval.low, interval.unit)} … {number(interval.high, interval.unit)})"


def wrapped(text: str) -> list[str]:
    """A text in lines that fit the screen."""
    import textwrap

    return textwrap.wrap(text, WIDTH, subsequent_indent="  ", break_long_words=False)


def run_screen(result: Result, folder: Path) -> str:
    """Pyramid, chain, result with intervals, three sentences, where the files lie."""
    months = result.scenario.horizon.months
    lines = [result.scenario.question.strip(), ""]
    runs = "run" if result.replications == 1 else "runs"
    reused = f", {result.reused} of them from before" if result.reused else ""
    lines.append(
        f"{result.scenario.name} · plan {result.plan} · {months} months · {result.replications} {runs}{reused}"
    )
    lines += ["", "Pyramid: share of contacts reaching at least each level, last twelve months"]
    shares = pyramid_shares(result, slice(max(0, months - YEAR), months))
    for level in (3, 2, 1, 0):
        share = shares[level].mean
        bar = "█" * round(_BAR * share) if share == share else ""
        lines.append(f"  {level + 1} {_LEVELS[level]:<30} {bar:<{_BAR}} {number(share, 'share'):>7}")
    lines += ["", f"Effect chain: mean of the runs (95 % interval of the mean, {held(result)})"]
    for link, names in _CHAIN:
        for place, name in enumerate(names):
            unit = result.intervals[name].unit
            apart = f"  by chance alone {_value(result.chance_only.intervals[name])}" if result.chance_only else ""
            lines.append(
                f"  {link if place == 0 else '':<11}{name:<20} {_value(result.intervals[name]):<42} {unit}{apart}"
            )
    lines.append("")
    for sentence in (*sentences(result), commitment_sentence(result.commitment), maturity_sentence(result.maturity)):
        lines += wrapped(sentence)
    if result.until:
        lines += wrapped(f"{result.until}.")
    for text in (*result.warnings, *filter(None, [too_wide(result)])):
        lines += wrapped(f"note: {text}")
    lines.append(f"files: {folder}  (pictures in {folder / 'figures'})")
    return "\n".join(lines)


def run_hint(result: Result, scenario: str) -> str:
    """The command that one may want next."""
    if len(result.scenario.plans) > 1:
        return f"next: sxsim compare {scenario}"
    return f"next: sxsim explain plans, then add a plan to {scenario}"


def comparison_hint(comparison: Comparison, scenario: str) -> str:
    """The commands that one may want next."""
    more = f"sxsim compare {scenario} -n {4 * comparison.base.replications}"
    return f"next: sxsim run {scenario} --plan {comparison.others[0].plan}   or more runs: {more}"


def comparison_screen(comparison: Comparison, folder: Path) -> str:
    """Paired differences of each plan, in figures and in a sentence."""
    base = comparison.base
    lines = [base.scenario.question.strip(), ""]
    lines.append(
        f"{base.scenario.name} · {base.scenario.horizon.months} months · {base.replications} paired runs, seed {base.seed}"
    )
    lines.append(f"Differences to {base.plan} on the same draws: mean (interval of the mean, {held(base)})")
    for plan in comparison.differences:
        description = base.scenario.plans[plan].description
        lines += ["", f"{plan}{': ' + description if description else ''}"]
        lines += compared_lines(comparison, plan, _COMPARED)
    lines.append("")
    for sentence in comparison_sentences(comparison):
        lines += wrapped(sentence)
    lines.append("")
    for other in comparison.others:
        lines += wrapped(f"{other.plan}: {commitment_sentence(other.commitment)} {maturity_sentence(other.maturity)}")
    warnings = dict.fromkeys(text for result in (base, *comparison.others) for text in result.warnings)
    few = "; so few runs tell little: -n 20 or more" if base.replications < _FEW_RUNS else ""
    warnings[verdicts_sentence(comparison) + few] = None
    lines += [""]
    if comparison.until:
        lines += wrapped(f"{comparison.until}.")
    for text in warnings:
        lines += wrapped(f"note: {text}")
    lines += ["", f"files: {folder}  (pictures in {folder / 'figures'})"]
    return "\n".join(lines)
