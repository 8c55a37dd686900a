import errno
import json
import os
import pty
import re
import signal
import subprocess
from pathlib import Path

import pytest

import sxsim
from sxsim.results import folder as folder_module
from sxsim.results.kpis import KPIS
from sxsim.running import kept as kept_module
from sxsim.running.one_run import RunFailed
from sxsim.running.task import Task

from ..scenario.cafe import CAFE
from .cli import CAFE_FILE, PROGRAM, TINY, begin, call, finished, process, tables, wait_for

#: About half a second a replication, eight of them.
LONGER = [CAFE_FILE, "-n", "8", "--set", "market.people=600", "--set", "market.customers=400", "--seed", "3"]


def run_folder(out: Path) -> Path:
    """The only run folder below a folder for results; nothing half-written beside it."""
    (folder,) = [path for path in out.iterdir() if path.name != ".finished"]
    assert not folder.name.startswith(".")
    return folder


def test_a_run_tells_what_came_out_and_where(tmp_path: Path) -> None:
    said = call("run", *TINY, "-o", tmp_path)
    assert said.code == 0
    assert said.out.startswith("Is a warmer welcome worth it?\n")
    assert "cafe · plan today · 2 months · 2 runs\n" in said.out
    assert str(run_folder(tmp_path)) in said.out + said.err
    assert "\x1b" not in said.out + said.err


def test_hints_go_to_stderr(tmp_path: Path) -> None:
    said = call("run", *TINY, "-o", tmp_path)
    assert "next: sxsim" not in said.out
    assert f"sxsim compare {CAFE_FILE}" in said.err


def test_quiet_leaves_the_hints_out(tmp_path: Path) -> None:
    said = call("run", *TINY, "-o", tmp_path, "--quiet")
    assert said.err == ""
    assert "next: sxsim" not in said.out
    assert "satisfaction" in said.out


def test_json_is_the_contract_and_nothing_else(tmp_path: Path) -> None:
    said = process("run", *TINY, "-o", tmp_path, "--json", "--plan", "welcome", "--seed", "5")
    assert said.code == 0
    data = json.loads(said.out)
    assert list(data)[:7] == ["schema_version", "ok", "scenario", "plan", "seed", "replications", "interval"]
    assert (data["scenario"], data["plan"], data["seed"], data["replications"]) == ("cafe", "welcome", 5, 2)
    assert list(data["kpis"]) == list(KPIS)
    assert data["kpis"]["investment"]["mean"] == 200
    assert "NaN" not in said.out
    assert not said.err or said.err.startswith("compiling the rules")


def test_json_of_a_dry_run_is_json(tmp_path: Path) -> None:
    assert json.loads(call("run", *TINY, "-o", tmp_path, "--json", "--dry-run").out)


def test_a_dry_run_runs_nothing(tmp_path: Path) -> None:
    out = tmp_path / "out"
    said = call("run", *TINY, "-o", out, "--dry-run")
    assert (said.code, said.err) == (0, "")
    assert said.out == "2 replications (2 of each plan: today), 0 finished, 2 to run\n"
    assert not out.exists()


def test_a_dry_run_still_finds_mistakes(tmp_path: Path) -> None:
    assert call("run", *TINY, "-o", tmp_path, "--dry-run", "--plan", "welcom").code == 3


def test_overrides_parameters_and_contacts_reach_the_run(tmp_path: Path) -> None:
    table = tmp_path / "p.csv"
    table.write_text("name,value\nbond_gain,0.3\n", encoding="utf-8")
    out = tmp_path / "out"
    said = call("run", *TINY, "-o", out, "--set", "market.customers=33", "--parameters", table, "--contacts")
    assert said.code == 0
    described = json.loads((run_folder(out) / "run.json").read_text(encoding="utf-8"))
    assert described["parameters"] == {"bond_gain": 0.3}
    assert "customers: 33" in (run_folder(out) / "scenario.yaml").read_text(encoding="utf-8")
    assert (run_folder(out) / "contacts.parquet").exists()


def test_the_same_command_again_says_what_it_took_from_before(tmp_path: Path) -> None:
    call("run", *TINY, "-o", tmp_path)
    before = tables(run_folder(tmp_path))
    assert "2 runs, 2 of them from before" in call("run", *TINY, "-o", tmp_path).out
    assert "from before" not in call("run", *TINY, "-o", tmp_path, "--fresh").out
    assert tables(run_folder(tmp_path)) == before


@pytest.mark.parametrize(
    ("words", "piece"),
    [
        (["--plan", "welcom"], "did you mean welcome?"),
        (["--set", "touchpoints.counter.staff=-3"], "touchpoints[0].staff(=-3) must be ≥ 0"),
        (["--parameters", "none.csv"], "none.csv"),
    ],
)
def test_a_wrong_scenario_ends_with_three_and_writes_nothing(tmp_path: Path, words: list[str], piece: str) -> None:
    out = tmp_path / "out"
    said = call("run", *TINY, "-o", out, *words)
    assert (said.code, said.out) == (3, "")
    assert piece in said.err
    assert not out.exists()


@pytest.mark.parametrize(
    "words",
    [["-n", "0"], ["-n", "two"], ["--seed", "-1"], ["-j", "0"], ["--nonsense"], ["--seed", str(2**63)]],
)
def test_a_wrong_option_is_a_usage_error(tmp_path: Path, words: list[str]) -> None:
    said = call("run", CAFE_FILE, "-o", tmp_path, *words)
    assert (said.code, said.out) == (2, "")
    assert "Usage:" in said.err


def test_a_scenario_is_needed() -> None:
    assert call("run").code == 2


def test_the_largest_seed_can_be_run(tmp_path: Path) -> None:
    assert call("run", CAFE_FILE, "-n", "1", "-j", "1", "-o", tmp_path, "--seed", 2**63 - 1).code == 0


# Edges


def test_nobody_at_all_is_a_run_without_a_warning_of_the_machinery(tmp_path: Path) -> None:
    said = process("run", *TINY, "-o", tmp_path, "--set", "market.people=0", "--set", "market.customers=0")
    assert said.code == 0
    assert "Warning" not in said.err and "Traceback" not in said.err
    assert "nan" not in said.out
    assert (run_folder(tmp_path) / "figures" / "journey.png").stat().st_size > 5000


@pytest.mark.parametrize(
    "sets",
    [
        ["market.customers=0"],
        ["horizon.months=1", "plans.dearer.changes=[{price: 1.1}]"],
        ["horizon.warm_up=0"],
        ["market.people=1", "market.customers=1"],
        ["touchpoints.counter.opening={mon: closed}"],
    ],
    ids=lambda sets: sets[0],
)
def test_a_run_at_the_edge_ends_well(tmp_path: Path, sets: list[str]) -> None:
    said = call("run", *TINY, "-o", tmp_path, *(word for text in sets for word in ("--set", text)))
    assert said.code in (0, 3), said.err
    if said.code == 0:
        assert "nan" not in said.out
        assert len(tables(run_folder(tmp_path))) == 3


# What goes wrong outside


@pytest.mark.parametrize("out", ["file", "file/out", "file/deep/out"])
def test_a_folder_that_cannot_be_made_is_said_clearly(tmp_path: Path, out: str) -> None:
    (tmp_path / "file").write_text("mine", encoding="utf-8")
    said = call("run", *TINY, "-o", tmp_path / out)
    assert (said.code, said.out) == (4, "")
    assert "file" in said.err and "--out" in said.err
    assert "Traceback" not in said.err
    assert [path.name for path in tmp_path.iterdir()] == ["file"]
    assert (tmp_path / "file").read_text(encoding="utf-8") == "mine"


def test_a_folder_that_cannot_be_made_is_said_before_the_work(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "file").touch()
    monkeypatch.setattr(Task, "records", lambda *_: pytest.fail("the work was begun"))
    assert call("run", *TINY, "-o", tmp_path / "file").code == 4


def test_a_disk_that_is_full_while_replications_are_kept_leaves_nothing_half(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(_key: bytes, _content: bytes) -> bytes:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    monkeypatch.setattr(kept_module, "seal", full)
    said = call("run", *TINY, "-o", tmp_path)
    assert (said.code, said.out) == (4, "")
    assert "the disk is full; free some space or choose another folder with --out" in said.err
    assert "Traceback" not in said.err
    assert finished(tmp_path) == []
    assert [path.name for path in tmp_path.rglob("*") if path.is_file()] == ["finished-1.sqlite"]


def test_a_disk_that_is_full_while_the_folder_is_written_keeps_the_replications(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    write = folder_module.write_table

    def full(frame: object, path: Path) -> None:
        path.write_bytes(b"half")
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    monkeypatch.setattr(folder_module, "write_table", full)
    said = call("run", *TINY, "-o", tmp_path)
    assert said.code == 4
    assert "the disk is full" in said.err
    assert [path.name for path in tmp_path.iterdir()] == [".finished"]
    monkeypatch.setattr(folder_module, "write_table", write)
    assert "2 of them from before" in call("run", *TINY, "-o", tmp_path).out


def test_a_failed_run_ends_with_four(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(*_: object) -> str:
        raise RunFailed("replication 0 is stuck")

    monkeypatch.setattr(Task, "records", fail)
    said = call("run", *TINY, "-o", tmp_path)
    assert (said.code, said.out) == (4, "")
    assert said.err.startswith("the run failed: replication 0 is stuck\n  finished replications are kept")


def test_a_plug_in_that_fails_ends_with_four_and_names_the_error(tmp_path: Path) -> None:
    (tmp_path / "calm.py").write_text(
        "from sxsim.engines.reference.agents import Customer\n\n\nclass Calm(Customer):\n"
        "    def ends_month(self):\n        raise ValueError('no month')\n",
        encoding="utf-8",
    )
    path = tmp_path / "cafe.yaml"
    path.write_text(f"{CAFE.read_text(encoding='utf-8')}plug_ins: {{customer: 'calm.py:Calm'}}\n", encoding="utf-8")
    said = process("run", path, "-n", "1", "-o", tmp_path / "out")
    assert said.code == 4
    assert "no month" in said.err
    assert "reference engine" in said.err


def test_a_reader_that_goes_away_is_no_failure(tmp_path: Path) -> None:
    call("run", *TINY, "-o", tmp_path)
    started = begin("run", *TINY, "-o", tmp_path)
    assert started.stdout is not None and started.stderr is not None
    started.stdout.close()
    errors = started.stderr.read()
    assert started.wait(60) == 0
    assert "Traceback" not in errors and "BrokenPipe" not in errors


# Interruptions


@pytest.fixture(scope="module")
def undisturbed(tmp_path_factory: pytest.TempPathFactory) -> dict[str, bytes]:
    """The tables of the longer run when nothing disturbs it."""
    out = tmp_path_factory.mktemp("undisturbed")
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("sxsim.results.pictured.draw_run", lambda _result, _folder: None)
        scenario = sxsim.load(CAFE, sets=["market.people=600", "market.customers=400"])
        return tables(scenario.run(replications=8, seed=3, jobs=1, out=out).save(out))


@pytest.mark.parametrize("ending", [signal.SIGINT, signal.SIGKILL], ids=["Ctrl-C", "kill -9"])
def test_an_interrupted_run_goes_on_where_it_was(
    tmp_path: Path, undisturbed: dict[str, bytes], ending: signal.Signals
) -> None:
    started = begin("run", *LONGER, "-j", "1", "-o", tmp_path)
    wait_for(tmp_path, 2)
    started.send_signal(ending)
    out, err = started.communicate(timeout=60)
    kept = finished(tmp_path)
    assert 2 <= len(kept) < 8, "the run ended before it was disturbed"
    assert out == ""
    assert "Traceback" not in err
    assert [path.name for path in tmp_path.iterdir()] == [".finished"]
    if ending == signal.SIGINT:
        assert started.returncode == 130
        assert "interrupted; what is finished is kept, the same command goes on from there" in err
        assert [path.name for path in tmp_path.rglob("*") if path.is_file()] == ["finished-1.sqlite"]
    said = call("run", *LONGER, "-j", "1", "-o", tmp_path)
    assert f"8 runs, {len(kept)} of them from before" in said.out
    assert finished(tmp_path)[: len(kept)] == kept
    assert tables(run_folder(tmp_path)) == undisturbed


def test_ctrl_c_at_a_terminal_stops_all_processes_without_a_traceback(tmp_path: Path) -> None:
    started = begin("run", *LONGER, "-n", "60", "-j", "2", "-o", tmp_path)
    wait_for(tmp_path, 3)
    os.killpg(started.pid, signal.SIGINT)
    _, err = started.communicate(timeout=60)
    assert started.returncode == 130
    assert "Traceback" not in err, err[-1500:]
    assert "interrupted; what is finished is kept" in err


# Terminals


def at_a_terminal(words: list[str], **environment: str) -> str:
    """What a command writes to a terminal on stderr."""
    ours, theirs = pty.openpty()
    env = {k: v for k, v in os.environ.items() if k != "NO_COLOR"} | {"TERM": "xterm-256color"} | environment
    done = subprocess.Popen([*PROGRAM, *words], stdout=subprocess.DEVNULL, stderr=theirs, env=env)
    os.close(theirs)
    text = b""
    while True:
        try:
            piece = os.read(ours, 65536)
        except OSError:
            break
        if not piece:
            break
        text += piece
    os.close(ours)
    assert done.wait(60) == 0
    return text.decode(errors="replace")


COLOUR = re.compile(r"\x1b\[[0-9;]*[1-9][0-9;]*m")


def test_a_terminal_shows_progress_in_colour_unless_no_color_is_set(tmp_path: Path) -> None:
    words = ["run", *TINY, "-o", str(tmp_path), "--fresh"]
    plain = at_a_terminal(words, NO_COLOR="1")
    assert "plan today" in plain
    assert not COLOUR.search(plain)
    assert COLOUR.search(at_a_terminal(words))
    assert "plan today" not in at_a_terminal([*words, "--quiet"])


def test_a_self_assessment_takes_the_place_of_the_files_maturity(tmp_path: Path) -> None:
    path = tmp_path / "own.csv"
    path.write_text("element,level\ndesign,1.5\nculture,4\n", encoding="utf-8")
    said = call("run", CAFE_FILE, "-n", "1", "-o", tmp_path / "runs", "--assessment", path, "--json", "-q")
    data = json.loads(said.out)
    assert data["kpis"]["maturity.design"]["mean"] == 1.5
    assert data["kpis"]["maturity.culture"]["mean"] == 4.0
    assert data["maturity"]["weakest_at_end"] == "design"
    assert data["maturity"]["level_at_start"]["mean"] == 1.5


def ensemble_file(folder: Path, text: str = "bond_gain,leave_loyalty\n0.05,4\n0.25,8\n0.1,6\n") -> Path:
    """An ensemble of three sets."""
    path = folder / "ensemble.csv"
    path.write_text(text)
    return path


def test_an_ensemble_makes_intervals_hold_assumptions(tmp_path: Path) -> None:
    plain, with_it = (
        json.loads(call("run", *TINY, "-o", tmp_path, "--json", "-q", *more).out)
        for more in ((), ("--parameters", ensemble_file(tmp_path)))
    )
    assert (plain["interval"], with_it["interval"]) == ("chance", "chance and assumptions")
    assert plain["kpis"]["loyalty"] != with_it["kpis"]["loyalty"]
    assert set(with_it["chance_only"]) == set(plain["kpis"])
    dry = call("run", *TINY, "-o", tmp_path, "--parameters", ensemble_file(tmp_path), "--dry-run")
    assert "2 replications (2 of each plan: today), 2 finished, 0 to run" in dry.out


@pytest.mark.parametrize("command", ["run", "compare"])
def test_a_wrong_ensemble_is_told_what_is_wrong(tmp_path: Path, command: str) -> None:
    said = call(command, *TINY, "-o", tmp_path, "--parameters", ensemble_file(tmp_path, "bond_gain\n1.5\n"))
    assert said.code == 3
    assert "bond_gain(=1.5) must be from 0 to 1" in said.err
    assert "ensemble.csv, line 2" in said.err
    said = call(command, *TINY, "-o", tmp_path, "--parameters", ensemble_file(tmp_path), "--set", "bond_gain=0.2")
    assert said.code == 3
    assert "bond_gain is set, and stands in the ensemble, too" in said.err


def test_a_scenario_is_not_loaded_with_an_ensemble(tmp_path: Path) -> None:
    said = call("verify", "engines", CAFE_FILE, "--parameters", ensemble_file(tmp_path))
    assert said.code == 3
    assert "an ensemble goes with run, compare and study" in said.err
