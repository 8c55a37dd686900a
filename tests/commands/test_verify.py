import functools
import json
from pathlib import Path

import numpy as np
import pytest

from sxsim.engines import reference
from sxsim.engines.reference import Agreement
from sxsim.evidence import bank, facts
from sxsim.evidence.bank import Held, Queue
from sxsim.evidence.bank_data import MONTHS, month
from sxsim.evidence.checks import Check
from sxsim.studies.methods import coverage

from .cli import call

CAFE = "scenarios/corner-cafe.yaml"
SHORT = ("--set", "market.people=80", "--set", "market.customers=60", "--set", "horizon.months=1")


@pytest.fixture(autouse=True)
def few_runs_of_facts(monkeypatch: pytest.MonkeyPatch) -> None:
    """What the commands print is looked at here; whether facts pass is not, so two runs of a setting do."""
    monkeypatch.setattr(facts, "MOST", 2)
    monkeypatch.setattr(facts, "QUICK_MOST", 2)


def test_both_engines_agree_on_every_plan() -> None:
    said = call("verify", "engines", CAFE, *SHORT, "-q")
    assert (said.code, said.err) == (0, "")
    assert [line[:19] for line in said.out.splitlines()] == ["pass  engines plan "] * 4


def test_a_difference_is_a_miss_with_the_contact_in_both_and_exit_one(monkeypatch: pytest.MonkeyPatch) -> None:
    miss = Agreement(9, "log", 2, {"end": 1.5, "level": 1}, {"end": 1.25, "level": 1})
    monkeypatch.setattr(reference, "compare_engines", lambda *_args, **_options: miss)
    said = call("verify", "engines", CAFE, "-q")
    assert said.code == 1
    assert "miss  engines plan today, replication 0: 9 contacts, log differs" in said.out
    assert "first at contact 2" in said.out
    assert "1.25  <" in said.out


def test_a_difference_that_is_of_no_contact_is_a_miss_that_names_the_part(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(reference, "compare_engines", lambda *_args, **_options: Agreement(9, "final state"))
    said = call("verify", "engines", CAFE, "-q")
    assert said.code == 1
    assert said.out.splitlines()[0] == "miss  engines plan today, replication 0: 9 contacts, final state differs"
    assert "first at contact" not in said.out


def test_json_tells_the_same() -> None:
    said = call("verify", "engines", CAFE, *SHORT, "--json", "-n", "2")
    data = json.loads(said.out)
    assert (data["ok"], len(data["engines"])) == (True, 8)


def test_what_cannot_be_verified_is_a_usage_mistake(tmp_path: Path) -> None:
    assert call("verify", "world", CAFE).code == 2
    assert call("verify", "engines", tmp_path / "none.yaml").code == 3


def test_theory_is_a_table_of_what_the_model_says_and_what_theory_says() -> None:
    said = call("verify", "theory", "-q")
    assert said.code == 0
    lines = said.out.splitlines()
    assert len(lines) == 14
    assert all(line.startswith("pass  theory") for line in lines)
    assert any("mean wait, M/M/3, minutes" in line and "Erlang C" in line for line in lines)


def test_a_miss_is_said_and_ends_with_one(monkeypatch: pytest.MonkeyPatch) -> None:
    missed = Check("theory", "mean wait", 2.0, 1.9, 2.1, 2.5, True, "Erlang C")
    unknown = Check("theory", "mean wait", 2.0, 1.0, 3.0, 2.5, False, "Erlang C")
    monkeypatch.setattr("sxsim.evidence.theory.checks", lambda: iter([missed, unknown]))
    said = call("verify", "theory", "-q")
    assert said.code == 1
    assert [line.split("  ")[0] for line in said.out.splitlines()] == ["miss", "cannot tell"]
    assert "too few runs to tell" in said.out.splitlines()[1]
    assert json.loads(call("verify", "theory", "--json").out)["ok"] is False


def test_without_a_word_everything_is_verified_from_any_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(bank, "hold", lambda **_options: made_up([0.11, 0.12, 0.13, 0.12]))
    monkeypatch.setattr(coverage, "checks", functools.partial(coverage.checks, data_sets=3))
    data = json.loads(call("verify", "--json", *SHORT).out)
    assert [row["name"] for row in data["calibration"]] == ["known factors covered, 8 factors, 3 data sets"]
    assert (len(data["theory"]), len(data["engines"]), data["scenario"]) == (14, 4, "corner-cafe")
    assert (len(data["queue"]), len(data["queue_by_hour"])) == (12, 28)
    assert [row["wait"] for row in data["queue_stronger_rival"]] == [0.2, 0.2]


def test_a_scenario_goes_with_engines() -> None:
    assert call("verify", "theory", CAFE).code == 2


def made_up(model: list[float]) -> list[Held]:
    """Two months whose figures are .12 in reality, .2 by Erlang-A, and as given in the model's replications."""

    def flat(value: float) -> Queue:
        return Queue(value, value, value, value, np.full((14, 2), value))

    return [Held(month(name), [flat(value) for value in model], flat(0.12), flat(0.2), flat(0.2)) for name in MONTHS]


def test_the_queue_is_a_table_of_the_model_the_bank_and_erlang(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(bank, "hold", lambda **_options: made_up([0.11, 0.12, 0.13, 0.12]))
    said = call("verify", "queue", "-q", "-o", tmp_path / "new" / "folder")
    assert said.code == 0
    lines = said.out.splitlines()
    assert len(lines) == 12
    assert all(line.startswith("pass  queue") and "measured 0" in line and "   Erlang-A 0." in line for line in lines)
    assert (tmp_path / "new" / "folder" / "queue.png").read_bytes().startswith(b"\x89PNG")


def test_a_declared_miss_of_the_queue_is_shown_with_its_reason_and_does_not_fail(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(bank, "hold", lambda **_options: made_up([0.31, 0.32, 0.33, 0.32]))
    figures = (*bank.FIGURES, "abandoned by hour", "waits by hour")
    everything = {(name, figure): "known: a reason" for name in MONTHS for figure in figures}
    monkeypatch.setattr(bank, "DECLARED", everything)
    said = call("verify", "queue", "-q")
    assert said.code == 0
    assert said.out.count("declared miss  queue") == said.out.count("known: a reason") == 12
    monkeypatch.setattr(bank, "DECLARED", dict(list(everything.items())[1:]))
    assert call("verify", "queue", "-q").code == 1
    assert json.loads(call("verify", "queue", "-q", "--json").out)["ok"] is False


def test_the_queue_is_run_as_often_as_asked_and_the_picture_belongs_to_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[tuple[int, int]] = []

    def hold(*, replications: int, seed: int, done: object) -> list[Held]:
        asked.append((replications, seed))
        return made_up([0.11, 0.13])

    monkeypatch.setattr(bank, "hold", hold)
    call("verify", "queue", "-q", "-n", "7", "--seed", "5")
    call("verify", "queue", "-q")
    assert asked == [(7, 5), (bank.REPLICATIONS, bank.SEED)]
    assert call("verify", "theory", "-o", tmp_path).code == 2


HOMES = {"--set": "engines", "--parameters": "engines and facts", "--seed": "engines and queue", "--quick": "facts",
         "-o": "facts and queue"}  # fmt: skip


@pytest.mark.parametrize("options", [
    ("facts", "--set", "answer_base=0.2"), ("theory", "--set", "foo=1"), ("queue", "--parameters", "version-1"),
    ("facts", "--seed", "3"), ("theory", "--quick"), ("theory", "-o", "out"), ("engines", "-o", "out"), ("queue", "--quick"),
])  # fmt: skip
def test_an_option_that_would_do_nothing_is_refused_and_named(options: tuple[str, ...]) -> None:
    for words in (options, (*options[1:], options[0])):
        said = call("verify", *words)
        assert said.code == 2
        assert options[1] in said.err or "--out" in said.err
    assert f" goes with {HOMES[options[1]]}, not with {options[0]}" in said.err


def test_parameters_go_with_engines_and_facts_only() -> None:
    said = call("verify", "--parameters", "version-1")
    assert said.code == 2
    assert "version-1 goes with engines and facts" in said.err


def test_options_may_stand_before_the_command(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[tuple[int, int]] = []
    monkeypatch.setattr(
        bank, "hold", lambda **o: asked.append((o["replications"], o["seed"])) or made_up([0.11, 0.12, 0.13, 0.12])
    )
    before = call("verify", "-q", "-n", "7", "--seed", "5", "-o", tmp_path, "queue", "--json")
    assert json.loads(before.out)["ok"] is True
    call("verify", "-n", "7", "queue", "-n", "3", "-q", "--seed", "0")
    assert asked == [(7, 5), (3, 0)]
    assert (tmp_path / "queue.png").exists()
    said = call("verify", *SHORT, "-n", "2", "engines", CAFE, "-q", "--set", "market.people=70")
    assert (said.code, len(said.out.splitlines())) == (0, 8)


@pytest.mark.parametrize("name", ["theory", "engines", "facts", "queue"])
def test_every_part_explains_itself_and_knows_its_own_options(name: str) -> None:
    said = call("verify", name, "--help")
    assert said.code == 0
    assert f"sxsim verify {name} " in said.out.splitlines()[0]
    known = {"engines": ("--set", "--seed", "--parameters"), "facts": ("--quick", "--out", "--parameters"),
             "queue": ("--seed", "--out"), "theory": ()}[name]  # fmt: skip
    for option in ("--set", "--seed", "--parameters", "--quick", "--out"):
        assert (option in said.out) == (option in known), option
    assert f"\n  {name} " in call("verify", "--help").out


def test_an_unknown_version_of_the_register_is_named_with_the_known_ones() -> None:
    said = call("verify", "facts", "--quick", "--parameters", "version-0", "-q")
    assert said.code == 3
    assert "version-1, version-2" in said.err


def test_a_folder_that_cannot_be_is_said_before_the_work(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(bank, "hold", lambda **_options: pytest.fail("work was begun"))
    (tmp_path / "file").write_text("")
    said = call("verify", "queue", "-o", tmp_path / "file")
    assert said.code == 4
    assert "choose another folder" in said.err
