"""What of the sources decides a run, and what decides compiled code."""

import ast
import importlib
from pathlib import Path
from types import CodeType, FunctionType, ModuleType
from typing import Any

import pytest
from numba.core.dispatcher import Dispatcher

from sxsim.model.sources import SOURCES, Sources, essence, sources_hash

BEFORE = '''"""What it is."""

from sxsim.model.rule import rule  # the decorator

LIMIT = 1.0


@rule
def more(x):
    """One more.

    Source: assumption.
    """
    # a comment
    return f"{x:.2f}" + max(x + 1.0, LIMIT)


class Place:
    """A place."""

    size = 1
'''
#: A package in small: file by file.
FILES = {
    "model/rule.py": "from sxsim.model.kept import keep\n\n\ndef rule(function):\n    return keep(function)\n",
    "model/kept.py": "def keep(function):\n    return function\n",
    "model/parameters.csv": "name,value\na,1\n",
    "model/contact.py": BEFORE,
    "model/unused.py": "a = 1\n",
    "engines/world.py": "NO = 0\n",
    "engines/bare.py": "from numba.extending import unbox\n",
    "engines/records.py": "class Records:\n    pass\n",
    "engines/order.py": (
        "from sxsim.engines.records import Records\nfrom sxsim.engines.world import NO\nfrom sxsim.model import contact\n"
        "from sxsim.model.rule import rule\n\n\ndef limit():\n    from sxsim.engines import deep\n    return deep.DEEP\n\n\n"
        "LIMIT = limit()\n\n\n@rule\ndef step(x):\n    return contact.more(x) + NO + LIMIT\n\n\n"
        "def simulate(x) -> Records:\n    return Records()\n"
    ),
    "engines/deep.py": "DEEP = 1\n",
    "engines/start.py": "from sxsim.engines.order import step\nfrom sxsim.scenario.plan import Plan\n",
    "scenario/plan.py": "from ..standard import catalogue\n\n\nclass Plan:\n    share = 0.5\n",
    "scenario/loading.py": "b = 1\n",
    "standard/__init__.py": "",
    "standard/catalogue.py": "c = 1\n",
    "standard/elements.yaml": "- design\n",
    "results/kpis.py": "d = 1\n",
}


def write(folder: Path, **changes: str) -> Sources:
    """The small package, with other contents for some files."""
    for name, text in (FILES | changes).items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text(text, encoding="utf-8")
    return Sources(folder)


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ('"""What it is."""', '"""What it was."""'),
        ('"""What it is."""\n', ""),
        ("One more.", "One more, and no less."),
        ("    # a comment\n", ""),
        ("  # the decorator", ""),
        ("\n\n\n@rule", "\n@rule"),
        ("max(x + 1.0, LIMIT)", "max(\n        x + 1.0,\n        LIMIT,\n    )"),
        ('    """A place."""\n\n', ""),
        ("\n", "\r\n"),
    ],
)
def test_what_only_people_read_does_not_count(old: str, new: str) -> None:
    assert old in BEFORE
    assert essence(ast.parse(BEFORE.replace(old, new))) == essence(ast.parse(BEFORE))


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("LIMIT = 1.0", "LIMIT = 1"),
        ("LIMIT = 1.0", "LIMIT = -1.0"),
        ("x + 1.0", "1.0 + x"),
        ("x + 1.0", "x - 1.0"),
        ("@rule\n", ""),
        ("def more(x)", "def more(x, y=1)"),
        (":.2f", ":.3f"),
        ("size = 1", "size: int = 1"),
        ("size = 1", "pass"),
        ('return f"', 'return "'),
    ],
)
def test_what_the_machine_does_counts(old: str, new: str) -> None:
    assert old in BEFORE
    assert essence(ast.parse(BEFORE.replace(old, new))) != essence(ast.parse(BEFORE))


def test_a_function_left_with_its_docstring_is_one_that_passes() -> None:
    assert essence(ast.parse('def f():\n    """Nothing."""\n')) == essence(ast.parse("def f():\n    pass\n"))


def test_the_essence_is_the_same_on_every_python() -> None:
    """A fixed text has a fixed essence; the other Python's tests say the same."""
    text = 'def f(x: int = 1, *, y=2.5) -> str:\n    return f"{x!r:>{y}}" + (lambda z: z)("a") if x else b"b"\n'
    assert essence(ast.parse(text)).replace("\0", " ") == (
        "Module body [ FunctionDef name 'f' args arguments args [ arg arg 'x' annotation Name id 'int' . . ] kwonlyargs [ arg "
        "arg 'y' . ] kw_defaults [ Constant value 2.5 . ] defaults [ Constant value 1 . ] . body [ Return value IfExp test "
        "Name id 'x' . body BinOp left JoinedStr values [ FormattedValue value Name id 'x' . conversion 114 format_spec "
        "JoinedStr values [ Constant value '>' . FormattedValue value Name id 'y' . conversion -1 . ] . . ] . op Add . right "
        "Call func Lambda args arguments args [ arg arg 'z' . ] . body Name id 'z' . . args [ Constant value 'a' . ] . . "
        "orelse Constant value b'b' . . . ] returns Name id 'str' . . ] ."
    )


# The version of the model


@pytest.mark.parametrize(
    "file",
    [
        "model/contact.py",
        "model/unused.py",
        "model/parameters.csv",
        "engines/start.py",
        "engines/records.py",
        "scenario/plan.py",
        "standard/catalogue.py",
        "standard/elements.yaml",
    ],
)
def test_whatever_decides_a_run_is_in_the_version(tmp_path: Path, file: str) -> None:
    before = write(tmp_path).version()
    assert write(tmp_path, **{file: FILES[file] + "z = 3\n"}).version() != before


@pytest.mark.parametrize("file", ["scenario/loading.py", "results/kpis.py"])
def test_what_decides_no_run_is_not_in_the_version(tmp_path: Path, file: str) -> None:
    before = write(tmp_path).version()
    assert write(tmp_path, **{file: FILES[file] + "z = 3\n"}).version() == before


def test_a_comment_is_not_in_the_version_and_a_renamed_file_is(tmp_path: Path) -> None:
    before = write(tmp_path).version()
    assert write(tmp_path, **{"engines/start.py": "# why\n" + FILES["engines/start.py"]}).version() == before
    (tmp_path / "model" / "unused.py").rename(tmp_path / "model" / "useless.py")
    assert Sources(tmp_path).version() != before


def test_lines_may_end_as_on_windows(tmp_path: Path) -> None:
    before = write(tmp_path).version()
    (tmp_path / "model" / "parameters.csv").write_bytes(b"name,value\r\na,1\r\n")
    assert Sources(tmp_path).version() == before


def test_an_edit_while_the_program_runs_does_not_count(tmp_path: Path) -> None:
    sources = write(tmp_path)
    write(tmp_path, **{"model/contact.py": "z = 3\n"})
    assert sources.version() == write(tmp_path / "another").version()


def test_the_version_of_this_program_has_sixteen_digits() -> None:
    assert len(sources_hash()) == 16
    assert int(sources_hash(), 16) >= 0
    assert sources_hash() == SOURCES.version()
    decides = SOURCES._imported(file for file in SOURCES.code if file.startswith(("model/", "engines/")))
    assert {"engines/start.py", "scenario/plan.py", "standard/catalogue.py", "model/contact.py"} <= decides
    assert {"model/parameters.csv", "model/lever_weights.csv", "standard/activities.yaml"} <= set(SOURCES.data)


# What is compiled


def test_a_step_is_compiled_from_what_it_uses_and_no_more(tmp_path: Path) -> None:
    sources = write(tmp_path)
    own = {"model/contact.py", "model/rule.py", "engines/bare.py"}
    assert sources.compiled_from("model/contact.py") == own
    assert sources.compiled_from("engines/order.py") == own | {
        "engines/order.py",
        "engines/world.py",
        "engines/deep.py",
    }


@pytest.mark.parametrize(
    "file", ["model/contact.py", "engines/world.py", "engines/bare.py", "engines/deep.py", "model/rule.py"]
)
def test_an_edited_rule_never_runs_stale(tmp_path: Path, file: str) -> None:
    before = write(tmp_path).compiled_version("engines/order.py")
    assert write(tmp_path, **{file: FILES[file] + "z = 3\n"}).compiled_version("engines/order.py") != before


@pytest.mark.parametrize("file", ["engines/start.py", "engines/records.py", "model/kept.py", "model/unused.py"])
def test_what_compiles_nothing_makes_nobody_compile_again(tmp_path: Path, file: str) -> None:
    before = write(tmp_path).compiled_version("engines/order.py")
    assert write(tmp_path, **{file: FILES[file] + "z = 3\n"}).compiled_version("engines/order.py") == before


def test_no_step_is_compiled_from_start_or_records() -> None:
    steps = SOURCES.compiled_from("engines/compiled.py")
    for name in ("start", "records", "reference/__init__", "reference/agents", "reference/floor"):
        assert f"engines/{name}.py" in SOURCES.code
        assert f"engines/{name}.py" not in steps


def names_in(code: CodeType) -> set[str]:
    """Names of globals and attributes that a function's bytecode mentions."""
    inner = [names_in(const) for const in code.co_consts if isinstance(const, CodeType)]
    return set(code.co_names).union(*inner)


def used_by(function: FunctionType) -> list[Any]:
    """What a function's names stand for, in its module and in modules that it names."""
    names, space = names_in(function.__code__), function.__globals__
    direct = [space[name] for name in names if name in space]
    modules = [vars(found) for found in direct if isinstance(found, ModuleType) and found.__name__.startswith("sxsim.")]
    return direct + [module[name] for module in modules for name in names if name in module]


def compiled_functions() -> list[Any]:
    """Every compiled function of the package."""
    found = {}
    for file in SOURCES.code:
        if b"sxsim.model.rule import" in SOURCES.code[file]:
            module = importlib.import_module(f"sxsim.{file.removesuffix('.py').replace('/', '.')}")
            found |= {id(value): value for value in vars(module).values() if isinstance(value, Dispatcher)}
    return list(found.values())


def is_ours(called: Any) -> bool:
    """Whether something is a function of this program, the decorators aside."""
    module = getattr(called, "__module__", None) or ""
    return (
        isinstance(called, Dispatcher | FunctionType) and module.startswith("sxsim.") and module != "sxsim.model.rule"
    )


def test_every_rule_that_a_step_calls_is_among_what_it_is_compiled_from() -> None:
    """The bytecode is the witness: what a compiled function names at run time lies in the files found in the sources."""
    functions = compiled_functions()
    assert len(functions) > 200
    for function in functions:
        file = SOURCES.file_of(function.py_func.__module__)
        assert file is not None
        files = SOURCES.compiled_from(file)
        met: set[int] = set()
        left = [function]
        while left:
            callee = left.pop()
            if id(callee) not in met:
                met.add(id(callee))
                plain = getattr(callee, "py_func", callee)
                assert SOURCES.file_of(plain.__module__) in files, f"{function} → {plain.__module__}.{plain.__name__}"
                left += [one for one in used_by(plain) if is_ours(one)]
