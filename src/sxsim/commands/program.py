"""The program `sxsim`: its commands, and how errors leave it."""

import contextlib
import errno
import functools
import gc
import inspect
import io
import os
import signal
import sys
from collections.abc import Callable
from typing import Any, NoReturn

import typer
from typer.core import TyperGroup

from sxsim.commands import a_run, before_a_run, verify
from sxsim.scenario.problems import InvalidInput, visible

EXIT_DONE, EXIT_CHECK_FAILED, EXIT_USAGE, EXIT_INVALID, EXIT_RUN_FAILED, EXIT_INTERRUPTED = 0, 1, 2, 3, 4, 130
EXIT_TERMINATED = 128 + signal.SIGTERM


class _Terminated(KeyboardInterrupt):
    """Somebody asked the process to end (SIGTERM): everything is tidied up as after Ctrl-C."""


class _Unheard(io.TextIOWrapper):
    """Standard error that may have no reader, or no room: what is said there changes neither the work nor its exit code."""

    def write(self, text: str) -> int:
        """Write what can be written."""
        with contextlib.suppress(OSError):
            super().write(text)
        return len(text)

    def flush(self) -> None:
        """Pass on what can be passed on."""
        with contextlib.suppress(OSError):
            super().flush()


class _AsUsed(TyperGroup):
    """The commands in the order in which somebody comes to use them."""

    def list_commands(self, ctx: Any) -> list[str]:
        """Names of the commands, in order."""
        return list(_COMMANDS)

    def make_context(self, *args: Any, **options: Any) -> Any:
        """The context; a reader of the help who leaves early is no error."""
        try:
            return super().make_context(*args, **options)
        except BrokenPipeError:
            _nobody_reads()
        except OSError as error:
            _stop(_system_problem(error, False), EXIT_RUN_FAILED)

    def invoke(self, ctx: Any) -> Any:
        """Run the command; a reader of its help who leaves early is no error."""
        try:
            return super().invoke(ctx)
        except BrokenPipeError:
            _nobody_reads()
        except OSError as error:
            _stop(_system_problem(error, False), EXIT_RUN_FAILED)


app = typer.Typer(
    name="sxsim",
    cls=_AsUsed,
    help="Simulates service excellence (ISO 23592): what an investment does to delight, loyalty and result, and how sure that is.",
    no_args_is_help=True,
    add_completion=False,
    rich_markup_mode=None,
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"]},
)


def _nobody_reads() -> NoReturn:
    """End well where the reader of a pipe has left."""
    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
    sys.exit(EXIT_DONE)


def _guarded(command: Callable[..., None]) -> Callable[..., None]:
    """The command, with every mistake of a user ending in a message and an exit code, never in a traceback."""
    has_out = "out" in inspect.signature(command).parameters

    @functools.wraps(command)
    def guarded(*args: Any, **options: Any) -> None:
        try:
            command(*args, **options)
        except InvalidInput as error:
            _stop(str(error), EXIT_INVALID)
        except KeyboardInterrupt as error:
            ended = isinstance(error, _Terminated)
            said = f"{'ended from outside' if ended else 'interrupted'}; what is finished is kept, the same command goes on from there"
            _stop(said, EXIT_TERMINATED if ended else EXIT_INTERRUPTED)
        except BrokenPipeError:
            _nobody_reads()
        except OSError as error:
            _stop(_system_problem(error, has_out), EXIT_RUN_FAILED)
        except Exception as error:
            if type(error).__name__ not in ("RunFailed", "BrokenProcessPool"):
                raise
            hint = "finished replications are kept; the same command tries the rest again"
            _stop(f"the run failed: {error}\n  {hint}", EXIT_RUN_FAILED)

    return guarded


_COMMANDS = {
    "new": before_a_run.new,
    "check": before_a_run.check,
    "run": a_run.run,
    "compare": a_run.compare,
    "study": a_run.study,
    "verify": None,  # a group of commands
    "explain": before_a_run.explain,
    "rerun": a_run.rerun,
    "warmup": before_a_run.warmup,
}
for _name, _command in _COMMANDS.items():
    if _command is not None:
        app.command(_name)(_guarded(_command))
_verify = typer.Typer(rich_markup_mode=None, subcommand_metavar="[COMMAND] [ARGS]...")
_verify.callback(invoke_without_command=True)(_guarded(verify.verify))
for _name, _command in verify.COMMANDS.items():
    _verify.command(_name)(_guarded(_command))
app.add_typer(_verify, name="verify")


def _version(value: bool) -> None:
    if value:
        from importlib.metadata import version

        typer.echo(f"sxsim {version('sxsim')}")
        raise typer.Exit


@app.callback()
def _options(
    version: bool = typer.Option(
        False, "--version", callback=_version, is_eager=True, help="Show the version and exit."
    ),
) -> None:
    pass


#: Objects made between two looks for garbage: compiling makes millions that stay, and looking through them costs a tenth of it.
_BETWEEN_COLLECTIONS = 100_000


def main() -> None:
    """Run the command line. Its pictures are files, so the screen a notebook had in mind for its own does not matter."""
    os.environ["MPLBACKEND"] = "Agg"
    signal.signal(signal.SIGTERM, _end)
    gc.set_threshold(_BETWEEN_COLLECTIONS, 20, 20)
    _open_what_is_closed()
    if isinstance(sys.stderr, io.TextIOWrapper) and sys.stderr is sys.__stderr__:
        sys.stderr = _Unheard(sys.stderr.buffer, sys.stderr.encoding, line_buffering=True)
    for stream in (sys.stdout, sys.stderr):
        if hasattr(stream, "reconfigure"):
            stream.reconfigure(errors="replace")
    app()


def _open_what_is_closed() -> None:
    """Where a standard stream is closed, let what goes there go nowhere: no file of results may take its number."""
    for number in range(3):
        try:
            os.fstat(number)
        except OSError:
            os.open(os.devnull, os.O_RDWR)  # takes the lowest free number, which is this one
    for name in ("stdout", "stderr"):
        if getattr(sys, name) is None:
            setattr(sys, name, open(os.devnull, "w", encoding="utf-8"))  # noqa: SIM115  it stays open to the end


def _end(*_: Any) -> NoReturn:
    raise _Terminated


def _system_problem(error: OSError, has_out: bool) -> str:
    where = f"{error.filename}: " if error.filename else ""
    another = "choose another folder with --out" if has_out else "choose another place"
    hints = {
        errno.ENOSPC: f"the disk is full; free some space or {another}, then repeat the command",
        errno.EACCES: f"no permission; {another}",
        errno.EPERM: f"no permission; {another}",
        errno.EROFS: f"the folder is read-only; {another}",
        errno.ENOTDIR: f"a part of this path is a file, not a folder; {another}",
        errno.EEXIST: f"a file of that name is in the way; {another}",
    }
    hint = hints.get(error.errno or 0, "see whether the path exists and may be written to")
    return f"{where}{error.strerror or error}\n  {hint}\n  what is finished is kept, and no half-written file is left"


def _stop(message: str, code: int) -> None:
    typer.echo(visible(message), err=True)
    sys.exit(code)
