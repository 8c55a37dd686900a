"""Options of the commands, made from their one declaration (`running/asked.py`), and what goes to stderr beside the data."""

import inspect
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, TypeVar

import typer

from sxsim.running.asked import Option, declared
from sxsim.scenario.names import visible

if TYPE_CHECKING:
    from sxsim.results.until import Until
    from sxsim.scenario.parameters import Ensemble

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
    from sxsim.scenario.parameters import parameters_or_ensemble, stated_twice
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
