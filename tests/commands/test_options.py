"""The options of the commands and the one screen that run and compare print."""

import re
from pathlib import Path

import pytest

from sxsim.commands import options
from sxsim.commands.options import (
    _lines,
    comparison_hint,
    comparison_screen,
    hint,
    hint_at_tables,
    progress,
    run_hint,
    run_screen,
)
from sxsim.results.result import Comparison
from sxsim.standard.catalogue import LINKS

from ..results.hand_made import empty, lively, result_of
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


PATH = "scenarios/cafe.yaml"


def test_a_run_fits_on_a_screen_and_says_what_came_out(tmp_path) -> None:  # type: ignore[no-untyped-def]
    result = result_of([lively(0), lively(1)])
    text = run_screen(result, tmp_path)
    lines = text.splitlines()
    assert lines[0] == "Is a warmer welcome worth it?"
    assert "cafe · plan today · 2 months · 2 runs" in lines
    assert len(lines) <= 54
    assert max(map(len, lines[:-2])) <= 110
    for word in ("satisfaction", "nps", "loyalty", "npv", "core service proposition"):
        assert word in text
    assert f"files: {tmp_path}" in text
    assert f"sxsim compare {PATH}" in run_hint(result, PATH)


def test_replications_from_before_are_told(tmp_path) -> None:  # type: ignore[no-untyped-def]
    result = result_of([lively(0), lively(1)])
    result.reused = 1
    assert "2 runs, 1 of them from before" in run_screen(result, tmp_path)


@pytest.mark.parametrize("records", [[lively()], [empty(), empty()], [empty()]], ids=["one run", "nobody", "neither"])
def test_a_screen_holds_no_nan(records, tmp_path) -> None:  # type: ignore[no-untyped-def]
    assert not re.search(r"\bnan\b|\binf\b", run_screen(result_of(records), tmp_path))


def test_a_comparison_tells_each_plan_in_figures_and_in_a_sentence(tmp_path) -> None:  # type: ignore[no-untyped-def]
    base, same, dearer = (result_of([lively(k) for k in range(5)], plan) for plan in ("today", "same-again", "dearer"))
    for number, record in enumerate(dearer.records):
        record.sites["revenue"] += 1000 + number
        record.sites["cost"] += 100
        record.sites["active"][-1] += 2 + number
    text = comparison_screen(Comparison(base, [same, dearer]), tmp_path)
    blocks = text.split("\n\n")
    assert "cafe · 2 months · 5 paired runs, seed 1" in text
    first = next(block for block in blocks if block.startswith("same-again: equal to the base"))
    assert first.count("0 (exactly)") == len(first.splitlines()) - 1 == len(options._COMPARED)
    second = next(block for block in blocks if block.startswith("dearer\n"))
    assert re.search(r"^  revenue +\+1 002  \(\+1 000 … \+1 004\) +EUR a month +looks better$", second, re.M), second
    assert re.search(
        r"^  cost +\+100  \(in each run\) +EUR a month +cannot tell at 5 runs; more in 5 of 5 runs, less in 0$",
        second,
        re.M,
    )
    assert "same-again: is the same as today in every figure." in text
    hint = comparison_hint(Comparison(base, [same, dearer]), PATH)
    assert f"sxsim run {PATH} --plan same-again" in hint
    assert f"sxsim compare {PATH} -n 20" in hint


@pytest.mark.parametrize("records", [[lively()], [empty(), empty()]], ids=["one run", "nobody"])
def test_a_comparison_holds_no_nan(records, tmp_path) -> None:  # type: ignore[no-untyped-def]
    other = result_of([lively(3)] if len(records) == 1 else records, "welcome")
    text = comparison_screen(Comparison(result_of(records), [other]), tmp_path)
    assert not re.search(r"\+?\bnan\b|\binf\b", text)


def test_the_chain_on_the_screen_goes_from_link_to_link() -> None:
    """People stand between; the implementation approach is what the plan holds."""
    shown = [name for name, _ in options._CHAIN if name != "people"]
    assert [next(link for link in LINKS if name in link) for name in shown] == [
        link for link in LINKS[1:] if link != "outstanding_customer_experience"
    ]


def test_the_levels_on_the_screen_are_those_of_the_pyramid() -> None:
    assert options._LEVELS == (
        "core service proposition", "customer feedback management", "individual excellent service",
        "surprisingly excellent service",
    )  # fmt: skip


def test_what_comes_next_depends_on_whether_there_are_plans_to_compare() -> None:
    result = result_of([lively(0), lively(1)])
    assert run_hint(result, PATH) == f"next: sxsim compare {PATH}"
    result.scenario = result.scenario.model_copy(update={"plans": {"today": result.scenario.plans["today"]}})
    assert run_hint(result, PATH) == f"next: sxsim explain plans, then add a plan to {PATH}"


@pytest.mark.parametrize(("runs", "few"), [(9, True), (10, False), (11, False)])
def test_few_runs_are_said_to_tell_little(runs: int, few: bool, tmp_path) -> None:  # type: ignore[no-untyped-def]
    records = [lively(number) for number in range(runs)]
    text = comparison_screen(Comparison(result_of(records), [result_of(records, "welcome")]), tmp_path)
    words = " ".join(text.split())
    assert "all other KPIs are exploratory" in words
    assert ("so few runs tell little" in words) == few


def test_one_run_is_a_run_and_two_are_runs(tmp_path) -> None:  # type: ignore[no-untyped-def]
    assert "2 months · 1 run\n" in run_screen(result_of([lively()]), tmp_path)
    assert "2 months · 2 runs\n" in run_screen(result_of([lively(), lively(1)]), tmp_path)
