import errno
import os
import subprocess
import sys
from importlib.metadata import version
from pathlib import Path

import pytest

from sxsim.commands import program

from ..studies.experiments import experiment_file
from .cli import TINY, call, process

COMMANDS = ("new", "check", "run", "compare", "explain", "rerun")


def test_help_names_every_command_without_colour() -> None:
    said = process("--help", env=None)
    assert (said.code, said.err) == (0, "")
    assert "\x1b" not in said.out
    for name in COMMANDS:
        assert f"\n  {name} " in said.out


@pytest.mark.parametrize("name", COMMANDS)
def test_every_command_explains_itself(name: str) -> None:
    for word in ("-h", "--help"):
        said = call(name, word)
        assert said.code == 0
        assert said.out.startswith("Usage: ")
        assert f"sxsim {name} " in said.out.splitlines()[0]


def test_the_version_is_told() -> None:
    assert call("--version").out == f"sxsim {version('sxsim')}\n"


def test_no_command_and_an_unknown_one_are_usage_errors() -> None:
    assert call().code == 2
    said = call("rnu")
    assert (said.code, said.out) == (2, "")
    assert "rnu" in said.err
    assert "Traceback" not in said.err


@pytest.mark.parametrize(
    ("number", "piece"),
    [
        (errno.ENOSPC, "the disk is full"),
        (errno.EACCES, "no permission; choose another folder with --out"),
        (errno.EROFS, "the folder is read-only"),
        (errno.ENOTDIR, "a part of this path is a file"),
        (errno.EIO, "see whether the path exists and may be written to"),
    ],
)
def test_a_problem_of_the_system_is_said_with_what_to_do(
    number: int, piece: str, capsys: pytest.CaptureFixture[str]
) -> None:
    def fail(*, out: str = "") -> None:
        raise OSError(number, "reason", "some/file")

    with pytest.raises(SystemExit) as stopped:
        program._guarded(fail)()
    said = capsys.readouterr()
    assert (stopped.value.code, said.out) == (4, "")
    assert said.err.startswith("some/file: reason\n")
    assert piece in said.err


def test_a_mistake_of_the_program_itself_is_not_hidden(monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(**_options: object) -> None:
        raise ZeroDivisionError("a bug")

    monkeypatch.setattr(program, "app", fail)
    with pytest.raises(ZeroDivisionError):
        call("run")


#: What a notebook leaves to the programs it starts; Matplotlib refuses it where the package of that name is not installed.
OF_A_NOTEBOOK = {"MPLBACKEND": "module://matplotlib_inline.backend_inline"}


@pytest.mark.parametrize("more", [[], ["--json"]])
def test_the_screen_of_a_notebook_does_not_disturb_a_run(tmp_path: Path, more: list[str]) -> None:
    said = process("run", *TINY, "-o", tmp_path, *more, env=os.environ | OF_A_NOTEBOOK)
    assert said.code == 0, said.err
    assert "Traceback" not in said.err
    assert list(tmp_path.glob("*/figures/pyramid.png"))


def test_the_screen_of_a_notebook_does_not_disturb_a_study(tmp_path: Path) -> None:
    said = process("study", experiment_file(tmp_path), "--dry-run", "-o", tmp_path, env=os.environ | OF_A_NOTEBOOK)
    assert said.code == 0, said.err
    assert "Traceback" not in said.err


def test_in_a_notebook_the_screen_for_pictures_stays_as_it_is(tmp_path: Path) -> None:
    lines = (
        "import os, sys, matplotlib, sxsim",
        "before = matplotlib.get_backend()",
        "pictures = sxsim.load(sys.argv[1]).run(replications=1, out=sys.argv[2]).plot(sys.argv[2])",
        "assert pictures and matplotlib.get_backend() == before == 'svg', matplotlib.get_backend()",
        "assert os.environ['MPLBACKEND'] == 'svg'",
    )
    words = [sys.executable, "-c", "\n".join(lines), TINY[0], str(tmp_path)]
    subprocess.run(words, check=True, timeout=120, env=os.environ | {"MPLBACKEND": "svg"})


def test_the_compiled_engine_loads_nothing_that_only_the_other_needs(tmp_path: Path) -> None:
    """Mesa, SimPy and what they bring take three quarters of a second to import."""
    lines = (
        "import sys",
        "from sxsim.commands import main",
        "try:",
        "    main()",
        "finally:",
        "    assert not {'mesa', 'simpy', 'networkx', 'scipy.stats', 'SALib'} & set(sys.modules)",
    )
    factors = [{"path": "organisation.maturity.design", "values": [2, 3]}]
    sweep = experiment_file(tmp_path, study="sweep", design="grid", replications=1, samples=None, factors=factors)
    for command in (["run", *TINY], ["study", str(sweep)]):
        words = [sys.executable, "-c", "\n".join(lines), *command, "-q", "-o", str(tmp_path / "runs")]
        done = subprocess.run(words, check=False, capture_output=True, text=True, timeout=120)
        assert done.returncode == 0, done.stderr


@pytest.mark.skipif(sys.platform == "win32", reason="pipes of POSIX")
@pytest.mark.parametrize("words", [("--help",), ("run", "--help")])
def test_a_reader_of_the_help_who_leaves_early_is_no_error(words: tuple[str, ...]) -> None:
    reads, writes = os.pipe()
    os.close(reads)
    try:
        done = subprocess.run(
            [sys.executable, "-m", "sxsim", *words], stdout=writes, stderr=subprocess.PIPE, timeout=120
        )
    finally:
        os.close(writes)
    assert (done.returncode, done.stderr) == (0, b"")


@pytest.mark.skipif(sys.platform == "win32", reason="streams of POSIX")
@pytest.mark.parametrize("closed", [(2,), (0, 1, 2)], ids=["standard error", "all"])
@pytest.mark.parametrize(("words", "code"), [(("run", *TINY), 0), (("nonsense",), 2)], ids=["run", "usage"])
def test_closed_streams_change_neither_the_end_nor_the_files(
    closed: tuple[int, ...], words: tuple[str, ...], code: int, tmp_path: Path
) -> None:
    close = "; ".join(f"os.close({number})" for number in closed)
    command = f"import os, sys; {close}; os.execv(sys.executable, [sys.executable, '-m', 'sxsim', *sys.argv[1:]])"
    done = subprocess.run(
        [sys.executable, "-c", command, *words, *(["-o", str(tmp_path)] if code == 0 else [])], timeout=120, check=False
    )
    assert done.returncode == code
    assert bool(list(tmp_path.glob("cafe-today-*/kpis.*"))) == (code == 0)


@pytest.mark.skipif(sys.platform == "win32", reason="pipes of POSIX")
def test_a_refusal_that_nobody_reads_is_one_all_the_same(tmp_path: Path) -> None:
    reads, writes = os.pipe()
    os.close(reads)
    for words, code in ((("check", str(tmp_path / "none.yaml")), 3), (("run", *TINY, "-o", str(tmp_path)), 0)):
        done = subprocess.run(
            [sys.executable, "-m", "sxsim", *words], stdout=subprocess.PIPE, stderr=writes, timeout=120
        )
        assert done.returncode == code
    os.close(writes)


@pytest.mark.skipif(sys.platform == "win32", reason="signals of POSIX")
def test_an_interruption_while_the_program_is_loaded_ends_it_without_a_word() -> None:
    lines = (
        "import os, signal, sys",
        "class Finder:",
        "    def find_spec(self, name, *_):",
        "        if name == 'sxsim.commands.program': os.kill(os.getpid(), signal.SIGINT)",
        "sys.meta_path.insert(0, Finder())",
        "from sxsim.commands import main",
        "main()",
    )
    done = subprocess.run([sys.executable, "-c", "\n".join(lines), "--version"], capture_output=True, timeout=120)
    assert (done.returncode, done.stdout, done.stderr) == (130, b"", b"")
