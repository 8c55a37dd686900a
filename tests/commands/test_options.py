from pathlib import Path

import pytest

from sxsim.commands.options import _lines, hint, hint_at_tables, progress

from ..studies.experiments import experiment_file
from ..without_pyarrow import hide_pyarrow
from .cli import TINY, call

CSV_TABLES = "tables are CSV: pip install 'sxsim[tables]' for Parquet\n"


def test_a_hint_goes_to_stderr_unless_quiet(capsys: pytest.CaptureFixture[str]) -> None:
    hint("once", quiet=False)
    hint("twice", quiet=True)
    said = capsys.readouterr()
    assert (said.out, said.err) == ("", "once\n")


def test_where_there_is_no_terminal_a_line_a_minute_says_how_long_it_takes(capsys: pytest.CaptureFixture[str]) -> None:
    with progress("work", quiet=False) as report:
        assert report is not None
        report(1, 10)
        report(2, 10)
    assert capsys.readouterr() == ("", ""), "nothing within the first minute"
    seconds = iter([0.0, 0.0, 30.0, 61.0, 90.0, 122.0, 123.0, 190.0, 200.0])
    report = _lines("work", lambda: next(seconds))
    for done, total in ((100, 1000), (120, 1000), (140, 1000), (160, 1000), (181, 1000), (0, 50), (10, 50), (50, 50)):
        report(done, total)
    assert capsys.readouterr().err.splitlines() == [
        "work: 140 of 1000, about 22 min left",
        "work: 181 of 1000, about 21 min left",
        "work: 10 of 50, about 4 min left",
    ]


def test_there_is_no_bar_when_quiet(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sys.stderr.isatty", lambda: True, raising=False)
    with progress("work", True) as report:
        assert report is None


def test_nothing_is_said_of_tables_where_parquet_is_written(capsys: pytest.CaptureFixture[str]) -> None:
    hint_at_tables(quiet=False)
    assert capsys.readouterr() == ("", "")


@pytest.mark.parametrize("command", ["run", "compare", "study"])
def test_without_pyarrow_every_command_that_writes_tables_says_that_they_are_csv(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, command: str
) -> None:
    hide_pyarrow(monkeypatch)
    words = [experiment_file(tmp_path)] if command == "study" else TINY
    said = call(command, *words, "-o", tmp_path / "runs")
    assert said.code == 0
    assert said.err.count(CSV_TABLES) == 1
    assert list((tmp_path / "runs").glob("*/*.csv"))
    assert not list((tmp_path / "runs").glob("*/*.parquet"))
    said = call(command, *words, "-o", tmp_path / "runs", "--json", "-q")
    assert (said.code, said.err) == (0, "")
