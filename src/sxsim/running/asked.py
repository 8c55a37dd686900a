"""What can be asked of runs and studies: every option once, for Python, for the command line and for the documentation.

A field of the declarations below says its name and type in Python; its `Option` says default, meaning, and how it is
written at the command line. Nothing heavy is imported here: the command line shows its help at once.
"""

import inspect
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, TypedDict, TypeVar, get_args

from sxsim.scenario import limits

if TYPE_CHECKING:
    from sxsim.results.intervals import Until
    from sxsim.scenario.ensemble import Ensemble

#: The largest seed, which is one of 64 bits.
LARGEST_SEED = 2**63 - 1
_F = TypeVar("_F", bound=Callable[..., Any])


@dataclass(frozen=True)
class Option:
    """How an option is asked for.

    help: what it does; flags: how it is written at the command line, empty where only Python has it; typed: what is typed
    there (a type, or a list of one where it may be repeated); shown: the word for the value in the help; low, high: range of a number.
    """

    help: str
    default: Any = None
    flags: tuple[str, ...] = ()
    typed: Any = None
    shown: str | None = None
    low: int | None = None
    high: int | None = None


_UNUSUAL = Option("Take values that are legal but unusual.", False, ("--unusual",), bool)
_TRUST_SAID = "Let plug-ins run that did not come with a scenario you named (docs/trust.md)."


class Reading(TypedDict, total=False):
    """What changes a scenario or an experiment while its file is read."""

    sets: Annotated[
        Sequence[str],
        Option(
            "Override a field (touchpoints.NAME.staff=3) or a parameter. Repeatable.",
            (), ("--set",), list[str], "PATH=VALUE",
        ),
    ]  # fmt: skip
    parameters: Annotated[
        str | Path | None,
        Option(
            "Parameters: a CSV (name,value) or YAML file, a version of the register (version-1), a sheet of weights, or a calibration's "
            "ensemble (CSV).",
            None, ("--parameters",), Path, "FILE",
        ),
    ]  # fmt: skip


class ReadingAScenario(Reading, total=False):
    """What changes a scenario while its file is read."""

    unusual: Annotated[bool, _UNUSUAL]
    trust: Annotated[bool | None, Option(_TRUST_SAID, None, ("--trust",), bool)]

    assessment: Annotated[
        str | Path | None,
        Option(
            "Self-assessment (CSV or XLSX): its levels replace those of the scenario.",
            None, ("--assessment",), Path, "FILE",
        ),
    ]  # fmt: skip


class SharedOptions(TypedDict, total=False):
    """What can be asked of runs and of studies alike."""

    jobs: Annotated[
        int | None, Option("How many threads or processes work at once. Default: one a core.", None, ("-j", "--jobs"), int, "N", low=1)
    ]  # fmt: skip
    out: Annotated[str | Path, Option("Folder for results.", Path("runs"), ("-o", "--out"), Path, "FOLDER")]
    fresh: Annotated[bool, Option("Compute again what is finished.", False, ("--fresh",), bool)]
    engine: Annotated[
        str | None,
        Option("Engine; figures are the same. Default: compiled.", None, ("--engine",), str, "compiled|reference"),
    ]
    uncertain: Annotated[
        bool,
        Option(
            "Draw parameters from their ranges: intervals hold chance and assumptions.", False, ("--uncertain",), bool
        ),
    ]
    progress: Annotated[
        Callable[..., None] | None, Option("Called with what is done and what there is to do in all.")
    ]  # fmt: skip
    should_stop: Annotated[
        "Callable[[], bool] | None", Option("Asked at the end of every simulated month; the work ends when it says so.")
    ]


class RunOptions(SharedOptions, total=False):
    """What can be asked of `sx.run` and `sx.compare`."""

    replications: Annotated[
        int, Option("Runs of each plan.", 10, ("-n", "--replications"), int, "N", low=1, high=limits.REPLICATIONS)
    ]  # fmt: skip
    seed: Annotated[int, Option("Seed of all random numbers.", 1, ("--seed",), int, "N", low=0, high=LARGEST_SEED)]
    until: Annotated[
        "Until | None",
        Option("Run on until the NPV's interval is that narrow (or: loyalty=±0.5).", None, ("--until",), str, "±X"),
    ]
    contacts: Annotated[bool, Option("Keep the contact log (the table contacts).", False, ("--contacts",), bool)]
    ensemble: Annotated[
        "Ensemble | str | Path | None",
        Option("A calibration's ensemble, or its file; at the command line it goes into --parameters."),
    ]


class CompareOptions(RunOptions, total=False):
    """What can be asked of `sx.compare`."""

    primary: Annotated[
        Sequence[str] | None,
        Option(
            "KPIs whose verdicts in a comparison hold together. Default: npv,satisfaction_of_month_0,loyalty,engagement.",
            None, ("--primary",), str, "A,B",
        ),
    ]  # fmt: skip


class StudyOptions(Reading, SharedOptions, total=False):
    """What can be asked of `sx.study`."""

    unusual: Annotated[bool, _UNUSUAL]
    trust: Annotated[bool, Option(_TRUST_SAID, False, ("--trust",), bool)]

    samples: Annotated[
        int | None,
        Option(
            "Another number of samples than the file says.", None, ("--samples",), int, "N", low=2, high=limits.SAMPLES
        ),
    ]
    cluster: Annotated[
        str | None,
        Option("Dask cluster to work on. Default: this machine.", None, ("--cluster",), str, "tcp://HOST:PORT|local"),
    ]
    tables: Annotated[str | None, Option("Kind of the table of points: .parquet or .csv.")]


class Screen(TypedDict, total=False):
    """How a command answers; the command line's alone."""

    json: Annotated[bool, Option("Print JSON on stdout.", False, ("--json",), bool)]
    quiet: Annotated[bool, Option("No progress and no hints.", False, ("-q", "--quiet"), bool)]


class DryRun(TypedDict, total=False):
    """Looking before running; the command line's alone."""

    dry_run: Annotated[bool, Option("Say what would be run, and stop.", False, ("--dry-run",), bool)]


class Trial(TypedDict, total=False):
    """Trying before a study; the command line's alone."""

    dry_run: Annotated[
        bool,
        Option(
            "Run a few points to take the time, say what the whole would cost, and stop.", False, ("--dry-run",), bool
        ),
    ]


def declared(*kinds: type) -> dict[str, Option]:
    """The options of some declarations by the name they have in Python."""
    found = {}
    for kind in kinds:
        for name, hint in kind.__annotations__.items():
            found[name] = next(part for part in get_args(hint) if isinstance(part, Option))
    return found


def shown_with(kind: type) -> Callable[[_F], _F]:
    """Show the options of a declaration, with defaults, to whoever asks for a function's signature: `help`, notebooks."""

    def mark(function: _F) -> _F:
        signature = inspect.signature(function)
        own = [p for p in signature.parameters.values() if p.kind is not inspect.Parameter.VAR_KEYWORD]
        named = [
            inspect.Parameter(
                name, inspect.Parameter.KEYWORD_ONLY, default=option.default, annotation=_type(kind, name)
            )
            for name, option in declared(kind).items()
        ]
        function.__signature__ = signature.replace(parameters=[*own, *named])  # type: ignore[attr-defined]
        return function

    return mark


def _type(kind: type, name: str) -> Any:
    """The type of an option, as it stands in the declaration."""
    first = get_args(kind.__annotations__[name])[0]
    return getattr(first, "__forward_arg__", first)
