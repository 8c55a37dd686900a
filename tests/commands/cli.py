"""The program `sxsim`, called in this process or as a process of its own."""

import contextlib
import io
import os
import sqlite3
import subprocess
import sys
import time
from dataclasses import dataclass
from pathlib import Path
from unittest import mock

from sxsim.commands import main
from sxsim.running.kept import FOLDER

from ..scenario.cafe import CAFE

PROGRAM = [sys.executable, "-c", "from sxsim.commands import main; main()"]
CAFE_FILE = str(CAFE)
#: One process, two replications.
TINY = [CAFE_FILE, "-n", "2", "-j", "1"]


@dataclass
class Said:
    """What a command left: exit code, standard output, standard error."""

    code: int
    out: str
    err: str


def call(*words: object) -> Said:
    """Call the program in this process."""
    out, err, code = io.StringIO(), io.StringIO(), 0
    argv = ["sxsim", *map(str, words)]
    with mock.patch.object(sys, "argv", argv), contextlib.redirect_stdout(out), contextlib.redirect_stderr(err):
        try:
            main()
        except SystemExit as end:
            code = 0 if end.code is None else int(end.code)
    return Said(code, out.getvalue(), err.getvalue())


def process(*words: object, **options: object) -> Said:
    """Call the program as a process of its own."""
    done = subprocess.run(
        [*PROGRAM, *map(str, words)],
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
        **options,  # type: ignore[call-overload]
    )
    return Said(done.returncode, done.stdout, done.stderr)


def begin(*words: object) -> "subprocess.Popen[str]":
    """Begin the program as a process of its own, in a group of its own."""
    return subprocess.Popen(
        [*PROGRAM, *map(str, words)],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        start_new_session=True,
        env=os.environ,
    )


def finished(out: Path) -> list[bytes]:
    """The keys of the finished replications that are kept in a folder for results."""
    path = out / FOLDER / "finished-1.sqlite"
    if not path.exists():
        return []
    with contextlib.closing(sqlite3.connect(path)) as base, contextlib.suppress(sqlite3.OperationalError):
        return [key for (key,) in base.execute("SELECT key FROM records ORDER BY rowid")]
    return []


def wait_for(out: Path, replications: int, seconds: float = 90) -> None:
    """Wait until so many replications are finished."""
    until = time.monotonic() + seconds
    while len(finished(out)) < replications:
        assert time.monotonic() < until, "no replication was finished in time"
        time.sleep(0.02)


def tables(folder: Path) -> dict[str, bytes]:
    """The bytes of the tables of a run folder."""
    return {path.name: path.read_bytes() for path in sorted(folder.glob("*.parquet"))}
