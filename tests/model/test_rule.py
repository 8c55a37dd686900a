"""How rules are compiled, where compiled code is kept, and when it is compiled again."""

import importlib.util
import math
import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import numba
import pytest

from sxsim.model import rule as rule_file
from sxsim.model.contact import logistic
from sxsim.model.market import value_for_money
from sxsim.model.rule import cache_folder, compiled_before, keep, rule, step
from sxsim.model.sources import Sources

TEXT = '''"""What it is."""


def more(x):
    """One more."""
    return x + 1
'''


@pytest.fixture(autouse=True)
def folder_found_anew() -> Iterator[None]:
    """The folder is looked for once a process; here once a test."""
    cache_folder.cache_clear()
    yield
    cache_folder.cache_clear()


@pytest.fixture
def kept(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[[str], Any]:
    """A function of a package of one file, compiled anew and kept as ours are."""
    package = tmp_path / "package"
    (package / "model").mkdir(parents=True)
    monkeypatch.setenv("SXSIM_CACHE_DIR", str(tmp_path / "kept"))

    def compiled(text: str) -> Any:
        file = package / "model" / "pretend.py"
        file.write_text(text, encoding="utf-8")
        os.utime(file, ns=(1, len(list(tmp_path.rglob("*")))))
        monkeypatch.setattr(rule_file, "SOURCES", Sources(package))
        spec = importlib.util.spec_from_loader("sxsim.model.pretend", None)
        assert spec is not None
        module = importlib.util.module_from_spec(spec)
        monkeypatch.setitem(sys.modules, spec.name, module)
        exec(compile(text, str(file), "exec"), vars(module))
        return keep(numba.njit(module.more))

    return compiled


def calls(compiled: Any, argument: int = 1) -> tuple[Any, bool]:
    """What a function says, and whether it came from disk."""
    return compiled(argument), bool(compiled.stats.cache_hits)


def test_a_function_is_compiled_once(kept: Callable[[str], Any], tmp_path: Path) -> None:
    assert calls(kept(TEXT)) == (2, False)
    assert calls(kept(TEXT)) == (2, True)
    files = sorted(path for path in (tmp_path / "kept").rglob("*") if path.is_file())
    assert [path.suffix for path in files] == [".nbc", ".nbi"]
    assert files[0].parent.name.startswith("model.pretend-")
    assert files[0].parent.parent == cache_folder()


def test_a_docstring_makes_nobody_compile_again(kept: Callable[[str], Any]) -> None:
    calls(kept(TEXT))
    assert calls(kept(TEXT.replace("One more.", "One more.\n\n    Source: assumption.\n    "))) == (2, True)
    assert calls(kept("# why\n\n\n" + TEXT)) == (2, True)


def test_an_edited_function_is_compiled_again_and_the_one_before_stays(kept: Callable[[str], Any]) -> None:
    calls(kept(TEXT))
    assert calls(kept(TEXT.replace("+ 1", "+ 2"))) == (3, False)
    assert calls(kept(TEXT)) == (2, True)


def test_nothing_is_looked_for_on_disk_before_a_function_is_called(
    kept: Callable[[str], Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(rule_file, "cache_folder", lambda: pytest.fail("looked for"))
    kept(TEXT)


def test_functions_of_others_are_not_kept(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SXSIM_CACHE_DIR", str(tmp_path))
    assert keep(numba.njit(lambda x: x + 1))(1) == 2
    assert list(tmp_path.rglob("*.nb?")) == []


def test_numba_s_own_setting_stays_and_a_user_s_function_is_kept_where_numba_keeps_it(tmp_path: Path) -> None:
    (tmp_path / "mine.py").write_text(
        "import numba\n\nbefore = numba.config.CACHE_DIR\nimport sxsim.model.contact\nimport sxsim.engines.compiled\n\n\n"
        "@numba.njit(cache=True)\ndef mine(x):\n    return x + 1\n\n\nassert mine(1) == 2\n"
        "assert numba.config.CACHE_DIR == before, numba.config.CACHE_DIR\n"
        "assert sxsim.model.contact.logistic(0.0) == 0.5\n",
        encoding="utf-8",
    )
    environment = dict(os.environ, SXSIM_CACHE_DIR=str(tmp_path / "ours"))
    environment.pop("NUMBA_CACHE_DIR", None)
    done = subprocess.run(
        [sys.executable, "mine.py"], cwd=tmp_path, env=environment, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
    assert [path.suffix for path in sorted((tmp_path / "__pycache__").glob("mine.mine-*"))] == [".nbc", ".nbi"]
    ours = {path.name.partition("-")[0] for path in (tmp_path / "ours").rglob("*.nbi")}
    assert "logistic" in ours and "mine" not in ours


# The folder


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
    monkeypatch.setattr(rule_file.tempfile, "gettempdir", lambda: str(temporary))
    assert cache_folder().parent.parent == temporary
    cache_folder.cache_clear()
    monkeypatch.setattr(rule_file.tempfile, "gettempdir", lambda: str(blocked))
    made: list[str] = []
    monkeypatch.setattr(rule_file.tempfile, "mkdtemp", lambda prefix: made.append(prefix) or str(temporary / prefix))
    assert cache_folder() == cache_folder() == temporary / "sxsim-cache-"
    assert made == ["sxsim-cache-"], "one folder for the whole process"


def test_it_is_known_whether_rules_were_compiled_before(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SXSIM_CACHE_DIR", str(tmp_path))
    assert not compiled_before()
    folder = rule_file._folder_of("sxsim.engines.compiled")
    folder.with_name("engines.compiled-0123456789abcdef").mkdir()
    (folder.with_name("engines.compiled-0123456789abcdef") / "floor_month-kept.py311.nbi").touch()
    assert not compiled_before(), "those of other sources"
    folder.mkdir()
    (folder / "floor_month-kept.py311.nbi").touch()
    assert compiled_before()


def test_rules_and_steps_are_compiled() -> None:
    for decorate in (rule, step):
        compiled = decorate(lambda x: x + 1)
        assert isinstance(compiled, numba.core.dispatcher.Dispatcher)
        assert compiled.targetoptions["nogil"]
        assert compiled.targetoptions["error_model"] == "numpy"
        assert not compiled.targetoptions.get("fastmath", False)


def test_rules_of_this_program_are_kept() -> None:
    logistic(0.0)
    assert Path(logistic.stats.cache_path).name.startswith("model.contact-")
    assert list(Path(logistic.stats.cache_path).glob("logistic-*.nbi"))


def test_a_division_by_zero_is_infinite_and_no_error() -> None:
    assert logistic(-1e4) == 0.0
    assert value_for_money.targetoptions["error_model"] == "numpy"
    assert rule(lambda x: 1.0 / x)(0.0) == math.inf


@pytest.mark.parametrize("suffix", [".nbi", ".nbc"])
@pytest.mark.parametrize("damage", [b"", b"x", None])
def test_damaged_code_is_named_and_made_again(
    kept: Callable[[str], Any], tmp_path: Path, suffix: str, damage: bytes | None, capsys: pytest.CaptureFixture[str]
) -> None:
    kept(TEXT)(1)
    file = next((tmp_path / "kept").rglob(f"*{suffix}"))
    content = bytearray(file.read_bytes())
    content[len(content) // 2] ^= 1
    file.write_bytes(bytes(content) if damage is None else damage)
    value, from_disk = calls(kept(TEXT))
    assert value == 2
    if suffix == ".nbc" or damage is not None:  # a bit of the index may say nothing that counts
        assert not from_disk
        assert str(file) in capsys.readouterr().err
        assert calls(kept(TEXT)) == (2, True)


def test_a_folder_that_everybody_may_write_to_is_not_used(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for name, used in (("open", False), ("own", True)):
        (tmp_path / name).mkdir(mode=0o700)
        if not used:
            (tmp_path / name).chmod(0o777)
        monkeypatch.setenv("SXSIM_CACHE_DIR", str(tmp_path / name))
        cache_folder.cache_clear()
        assert cache_folder().is_relative_to(tmp_path / name) is used
