"""The program `sxsim`: its commands, and how errors leave it."""

import errno
import sys

import typer

from sxsim.commands import check, compare, explain, new, rerun, run

EXIT_DONE, EXIT_CHECK_FAILED, EXIT_USAGE, EXIT_INVALID, EXIT_RUN_FAILED, EXIT_INTERRUPTED = 0, 1, 2, 3, 4, 130

app = typer.Typer(
    name="sxsim",
    help="Simulates service excellence (ISO 23592): what an investment does to delight, loyalty and result, and how sure "
    "that is.",
    no_args_is_help=True,
    add_completion=False,
    rich_markup_mode=None,
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"]},
)
for module in (new, check, run, compare, explain, rerun):
    app.command(module.NAME)(module.command)


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


def main() -> None:
    """Run the command line; every mistake of a user ends in a message and an exit code, never in a traceback."""
    from sxsim.scenario.problems import InvalidInput

    for stream in (sys.stdout, sys.stderr):
        if hasattr(stream, "reconfigure"):
            stream.reconfigure(errors="replace")
    try:
        app(standalone_mode=True)
    except InvalidInput as error:
        _stop(str(error), EXIT_INVALID)
    except KeyboardInterrupt:
        _stop("interrupted; what is finished is kept, the same command goes on from there", EXIT_INTERRUPTED)
    except BrokenPipeError:
        sys.stderr.close()
        sys.exit(EXIT_DONE)
    except OSError as error:
        _stop(_system_problem(error), EXIT_RUN_FAILED)
    except Exception as error:
        if type(error).__name__ not in ("RunFailed", "BrokenProcessPool"):
            raise
        _stop(f"the run failed: {error}\n  finished replications are kept; the same command tries the rest again", 4)


def _system_problem(error: OSError) -> str:
    where = f"{error.filename}: " if error.filename else ""
    hints = {
        errno.ENOSPC: "the disk is full; free some space or choose another folder with --out, then repeat the command",
        errno.EACCES: "no permission; choose a folder you may write to with --out",
        errno.EPERM: "no permission; choose a folder you may write to with --out",
        errno.EROFS: "the folder is read-only; choose another one with --out",
        errno.ENOTDIR: "a part of this path is a file, not a folder; choose another one with --out",
        errno.EEXIST: "a file of that name is in the way; choose another folder with --out",
    }
    hint = hints.get(error.errno or 0, "see whether the path exists and may be written to")
    return f"{where}{error.strerror or error}\n  {hint}\n  what is finished is kept, and no half-written file is left"


def _stop(message: str, code: int) -> None:
    typer.echo(message, err=True)
    sys.exit(code)
