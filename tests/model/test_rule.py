"""How rules are compiled, and where the result is kept."""

import math
from pathlib import Path

import numba
import pytest

from sxsim.model import rule as module
from sxsim.model.contact import logistic
from sxsim.model.market import value_for_money
from sxsim.model.rule import cache_folder, rule, sources_hash, step

#: Files whose functions are compiled, in a room and in a room within a room.
COMPILED = ("model/contact.py", "engines/order.py", "engines/kernel/events.py", "standard/catalogue.py")
#: Other files that decide a run.
DECIDING = ("model/parameters.csv", "standard/activities.yaml", "scenario/service.py")


@pytest.fixture
def sources(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A package of a few rules and steps in place of the real one."""
    for folder in ("model", "engines/kernel", "standard", "scenario"):
        (tmp_path / folder).mkdir(parents=True)
    (tmp_path / "model" / "contact.py").write_text("a = 1\n")
    (tmp_path / "model" / "parameters.csv").write_text("a,1\n")
    (tmp_path / "engines" / "order.py").write_text("b = 1\n")
    (tmp_path / "engines" / "kernel" / "events.py").write_text("c = 1\n")
    for name in ("standard/catalogue.py", "standard/activities.yaml", "standard/terms.yaml", "scenario/service.py"):
        (tmp_path / name).write_text("d: 1\n")
    monkeypatch.setattr(module, "_PACKAGE", tmp_path)
    return tmp_path


def test_the_hash_has_sixteen_digits_and_does_not_change_by_itself(sources: Path) -> None:
    assert len(sources_hash()) == 16
    assert int(sources_hash(), 16) >= 0
    assert sources_hash() == sources_hash()


@pytest.mark.parametrize("file", [*COMPILED, *DECIDING])
def test_whatever_decides_a_run_is_in_the_hash(sources: Path, file: str) -> None:
    before = sources_hash()
    (sources / file).write_text("a = 2\n")
    assert sources_hash() != before


def test_words_do_not_decide_a_run(sources: Path) -> None:
    before = sources_hash()
    (sources / "standard" / "terms.yaml").write_text("d: 2\n")
    assert sources_hash() == before


def test_a_renamed_or_added_file_gets_another_hash(sources: Path) -> None:
    before = sources_hash()
    (sources / "model" / "contact.py").rename(sources / "model" / "meeting.py")
    renamed = sources_hash()
    (sources / "model" / "more.py").write_text("")
    assert len({before, renamed, sources_hash()}) == 3


def test_the_cache_lies_where_the_variable_says(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SXSIM_CACHE_DIR", str(tmp_path / "chosen"))
    folder = cache_folder()
    assert folder.parent == tmp_path / "chosen"
    assert folder.is_dir()
    assert numba.__version__ in folder.name


def test_the_cache_lies_in_the_users_cache_else(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("SXSIM_CACHE_DIR", raising=False)
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    assert cache_folder().parent == tmp_path / "sxsim"


def test_the_cache_goes_elsewhere_where_it_cannot_be_written(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    blocked, temporary = tmp_path / "blocked", tmp_path / "temporary"
    blocked.write_text("a file, no folder")
    temporary.mkdir()
    monkeypatch.setenv("SXSIM_CACHE_DIR", str(blocked))
    monkeypatch.setenv("XDG_CACHE_HOME", str(blocked))
    monkeypatch.setattr(module.tempfile, "gettempdir", lambda: str(temporary))
    assert cache_folder().parent.parent == temporary
    monkeypatch.setattr(module.tempfile, "gettempdir", lambda: str(blocked))
    monkeypatch.setattr(module.tempfile, "mkdtemp", lambda prefix: str(temporary / prefix))
    assert cache_folder() == temporary / "sxsim-cache-"


@pytest.mark.parametrize("file", COMPILED)
def test_an_edited_rule_or_step_never_runs_stale(
    sources: Path, file: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SXSIM_CACHE_DIR", str(tmp_path / "chosen"))
    before = cache_folder()
    assert cache_folder() == before
    (sources / file).write_text("a = 2\n")
    assert cache_folder() != before


def test_it_is_known_whether_rules_were_compiled_before(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module.config, "CACHE_DIR", str(tmp_path))
    assert not module.compiled_before()
    (tmp_path / "contact").mkdir()
    (tmp_path / "contact" / "contact.logistic.nbi").write_text("")
    assert module.compiled_before()


def test_rules_and_steps_are_compiled_and_kept() -> None:
    for decorate in (rule, step):
        compiled = decorate(lambda x: x + 1)
        assert isinstance(compiled, numba.core.dispatcher.Dispatcher)
        assert compiled.targetoptions["nogil"]
        assert compiled.targetoptions["error_model"] == "numpy"
        assert not compiled.targetoptions.get("fastmath", False)


def test_a_division_by_zero_is_infinite_and_no_error() -> None:
    assert logistic(-1e4) == 0.0
    assert value_for_money.targetoptions["error_model"] == "numpy"
    assert rule(lambda x: 1.0 / x)(0.0) == math.inf
