"""What the sources promise as a whole: rooms, words, numbers, sources of knowledge."""

import ast
import csv
import graphlib
import importlib.util
import re
import sys
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any

import pytest
from ruamel.yaml import YAML

from sxsim.model.parameters import CONFIDENCES, Parameter, register, rule_parameters

ROOT = Path(__file__).resolve().parent.parent
PACKAGE = ROOT / "src" / "sxsim"
SOURCES = sorted(PACKAGE.rglob("*.py"))
#: Imports go one way: a room may use itself and the rooms before it.
ROOMS = (
    "standard", "model", "scenario", "engines", "pictures", "results", "running", "evidence", "studies", "reruns", "explain", "commands",
)  # fmt: skip
MODEL_MAY_IMPORT = {"numpy", "numba", *sys.stdlib_module_names}
FREE_NUMBERS = {0, 1, 2, 0.5}
#: Written apart, so that this file does not hold them.
FORBIDDEN = ["/" + "work", "index" + "-url", "pypi" + ".org", "python" + "hosted", "/" + "tmp/", "/" + "root/"]
TEXT = {".py", ".yaml", ".yml", ".csv", ".toml", ".md", ".txt", ".json", ".cfg", ".ini", ".template", ".ipynb", ""}


def short(path: Path) -> str:
    """A path as it is named in messages."""
    return path.relative_to(ROOT).as_posix()


@cache
def tree(path: Path) -> ast.Module:
    """A source file, parsed."""
    return ast.parse(path.read_text(encoding="utf-8"), str(path))


def room_of(path: Path) -> str:
    """The room of a file: its folder in the package, or its own name."""
    return path.relative_to(PACKAGE).parts[0].removesuffix(".py")


def decorated(path: Path, *names: str) -> Iterator[ast.FunctionDef]:
    """Functions of a file with one of these decorators."""
    for node in ast.walk(tree(path)):
        if isinstance(node, ast.FunctionDef):
            found = {d.id if isinstance(d, ast.Name) else getattr(d, "attr", "") for d in node.decorator_list}
            if found & set(names):
                yield node


RULES = {
    f"{path.stem}.{node.name}": node
    for path in sorted((PACKAGE / "model").glob("*.py"))
    for node in decorated(path, "rule", "draw")
}


def test_there_are_rules_to_test() -> None:
    assert len(RULES) > 80


@pytest.mark.parametrize("name", sorted(name for name in RULES if not name.startswith("draws.")))
def test_a_rule_holds_no_number_of_its_own(name: str) -> None:
    numbers = {
        node.value: node.lineno
        for node in ast.walk(RULES[name])
        if isinstance(node, ast.Constant) and isinstance(node.value, int | float) and not isinstance(node.value, bool)
    }
    assert set(numbers) <= FREE_NUMBERS


@pytest.mark.parametrize("name", sorted(RULES))
def test_a_rule_names_its_source(name: str) -> None:
    assert re.search(r"Source: *\S", ast.get_docstring(RULES[name]) or "")


def imports(path: Path) -> Iterator[tuple[str, int]]:
    """Modules that a file imports anywhere, in full, with their line."""
    for node in ast.walk(tree(path)):
        if isinstance(node, ast.Import):
            yield from ((alias.name, node.lineno) for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            package = path.relative_to(PACKAGE.parent).with_suffix("").parts
            base = ".".join(package[: len(package) - node.level]) if node.level else ""
            module = ".".join(part for part in (base, node.module) if part)
            yield from ((f"{module}.{alias.name}", node.lineno) for alias in node.names)


@pytest.mark.parametrize("path", SOURCES, ids=short)
def test_imports_go_one_way(path: Path) -> None:
    here = room_of(path)
    if here in ("__init__", "__main__"):
        return
    assert here in ROOMS, f"say in ROOMS where {here} belongs"
    allowed = ROOMS[: ROOMS.index(here) + 1]
    for name, line in imports(path):
        if name.split(".")[0] == "sxsim":
            room = [*name.split("."), ""][1]
            assert room in allowed, f"{short(path)}:{line} imports {name}"


@pytest.mark.parametrize("path", [p for p in SOURCES if room_of(p) == "model"], ids=short)
def test_the_model_uses_only_numpy_and_numba(path: Path) -> None:
    for name, line in imports(path):
        top, _, rest = name.partition(".")
        assert top in MODEL_MAY_IMPORT or (top == "sxsim" and rest.startswith("model")), f"{short(path)}:{line} {name}"


@pytest.mark.parametrize("path", [p for p in SOURCES if room_of(p) == "scenario"], ids=short)
def test_scenarios_know_of_the_model_only_its_parameters_and_whose_luck_it_is(path: Path) -> None:
    for name, line in imports(path):
        if name.startswith("sxsim.model"):
            assert name.startswith(("sxsim.model.parameters", "sxsim.model.luck")), f"{short(path)}:{line} {name}"


COMPILED = ("step", "part_of_step", "rule", "draw", "exact")


def counts_from_the_end(index: ast.expr) -> bool:
    """Whether an index may be below 0: a negative number, or a difference that is not the length of something less 1."""
    for part in ast.walk(index):
        if isinstance(part, ast.UnaryOp) and isinstance(part.op, ast.USub):
            return True
        if isinstance(part, ast.BinOp) and isinstance(part.op, ast.Sub):
            whole = isinstance(part.left, ast.Call) and ast.unparse(part.left.func) == "len"
            if not (whole and ast.unparse(part.right) == "1"):
                return True
    return False


def indices(function: ast.FunctionDef) -> Iterator[ast.expr]:
    """The indices of all subscripts of a function."""
    for node in ast.walk(function):
        if isinstance(node, ast.Subscript):
            yield from node.slice.elts if isinstance(node.slice, ast.Tuple) else [node.slice]


@pytest.mark.parametrize("path", [p for p in SOURCES if room_of(p) in ("model", "engines")], ids=short)
def test_no_compiled_function_counts_rows_from_the_end(path: Path) -> None:
    """Rows of a world know no -1: in compiled code it is memory that belongs to something else."""
    found = {
        f"{node.name}, line {index.lineno}: [{ast.unparse(index)}]"
        for node in decorated(path, *COMPILED)
        for index in indices(node)
        if counts_from_the_end(index)
    }
    assert found == set()


@pytest.mark.parametrize(
    ("index", "expected"),
    [
        ("-1", True),
        ("month - 1", True),
        ("len(x) - 2", True),
        ("NO - 1", True),
        ("len(x) - 1", False),
        ("low + 1", False),
    ],
)
def test_an_index_that_counts_from_the_end_is_seen(index: str, expected: bool) -> None:
    assert counts_from_the_end(ast.parse(index, mode="eval").body) == expected


@pytest.mark.parametrize("name", sorted(name for name in RULES if not name.startswith("draws.")))
def test_a_half_in_a_rule_only_rounds(name: str) -> None:
    """A reference point is a number of the register, so that it can be named and found; ½ stands only in rounding."""
    for node in ast.walk(RULES[name]):
        if isinstance(node, ast.BinOp) and any(
            isinstance(x, ast.Constant) and x.value == 0.5 for x in (node.left, node.right)
        ):
            assert isinstance(node.op, ast.Add), ast.unparse(node)


def test_no_file_or_room_has_a_name_that_says_nothing() -> None:
    empty = {"utils", "util", "common", "helpers", "helper", "types", "misc"}
    for path in ROOT.glob("[!.]*/**/*.py"):
        assert not empty & {part.removesuffix(".py") for part in path.relative_to(ROOT).parts}, short(path)


def public(body: list[ast.stmt], before: str = "") -> Iterator[tuple[str, Any]]:
    """Public functions and classes, and the public methods of public classes."""
    for node in body:
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef) and not node.name.startswith("_"):
            yield before + node.name, node
            if isinstance(node, ast.ClassDef):
                yield from public(node.body, f"{node.name}.")


@pytest.mark.parametrize("path", SOURCES, ids=short)
def test_everything_public_says_what_it_is(path: Path) -> None:
    assert ast.get_docstring(tree(path)), "the module"
    assert [name for name, node in public(tree(path).body) if not ast.get_docstring(node)] == []


def used_parameters() -> dict[str, str]:
    """Fields of the parameter record that rules, steps and engines read, with a place where each is read."""
    used: dict[str, str] = {}
    for path in (p for p in SOURCES if room_of(p) in ("model", "engines")):
        for node in ast.walk(tree(path)):
            if isinstance(node, ast.Attribute) and re.search(r"^p$|\bparameters\[0\]$", ast.unparse(node.value)):
                used[node.attr] = f"{short(path)}:{node.lineno}"
            elif isinstance(node, ast.Subscript) and isinstance(node.slice, ast.Constant):
                whole = re.search(r"(record\(.*\)|parameters)\[0\]$", ast.unparse(node.value))
                if whole and isinstance(node.slice.value, str):
                    used[node.slice.value] = f"{short(path)}:{node.lineno}"
    return used


def test_every_parameter_is_used() -> None:
    assert sorted(set(rule_parameters()) - set(used_parameters())) == []


def test_every_parameter_used_is_in_the_register() -> None:
    used = used_parameters()
    assert {name: used[name] for name in set(used) - set(rule_parameters())} == {}


@pytest.mark.parametrize("parameter", register().values(), ids=lambda parameter: parameter.name)
def test_a_parameter_says_what_it_is_and_where_it_comes_from(parameter: Parameter) -> None:
    assert parameter.low <= parameter.value <= parameter.high
    assert parameter.confidence in CONFIDENCES
    assert parameter.unit.strip()
    assert parameter.meaning.strip()
    assert parameter.source.strip()


@cache
def evidence() -> set[str]:
    """Numbers of the facts in the evidence file."""
    with (PACKAGE / "evidence" / "evidence.csv").open(encoding="utf-8") as file:
        return {row["id"] for row in csv.DictReader(file)}


def facts_named(text: str) -> set[str]:
    """Evidence ids in a text; of a range like E126–E128 both ends."""
    return set(re.findall(r"\bE\d{3}\b", text))


def test_the_facts_that_parameters_name_exist() -> None:
    named = {name: facts_named(parameter.source) - evidence() for name, parameter in register().items()}
    assert {name: sorted(missing) for name, missing in named.items() if missing} == {}


def test_the_facts_that_rules_name_exist() -> None:
    named = {name: facts_named(ast.get_docstring(node) or "") - evidence() for name, node in RULES.items()}
    assert {name: sorted(missing) for name, missing in named.items() if missing} == {}


def test_the_evidence_has_no_fact_twice() -> None:
    with (PACKAGE / "evidence" / "evidence.csv").open(encoding="utf-8") as file:
        ids = [row["id"] for row in csv.DictReader(file)]
    assert len(ids) == len(set(ids))
    assert ids == sorted(ids)
    assert all(re.fullmatch(r"E\d{3}", name) for name in ids)


def written() -> Iterator[Path]:
    """All text files of the project that somebody wrote."""
    for path in sorted(ROOT.rglob("*")):
        parts = path.relative_to(ROOT).parts
        made = any(part.startswith(".") or part in ("__pycache__", "runs", "build", "dist") for part in parts[:-1])
        if not made and path.is_file() and path.suffix in TEXT and not parts[-1].startswith(".git"):
            yield path


@pytest.mark.parametrize("word", FORBIDDEN)
def test_nothing_names_a_place_that_others_do_not_have(word: str) -> None:
    pattern = re.compile(rf"(?<![\w.]){re.escape(word)}" if word.startswith("/") else re.escape(word))
    found = []
    for path in written():
        for number, line in enumerate(path.read_text(encoding="utf-8", errors="replace").splitlines(), 1):
            if pattern.search(line):
                found.append(f"{short(path)}:{number}")
    assert found == []


def rule_lists(data: Any) -> Iterator[str]:
    """Names under all keys `rules` of parsed YAML."""
    if isinstance(data, dict):
        for key, value in data.items():
            if key == "rules":
                yield from value
            else:
                yield from rule_lists(value)
    elif isinstance(data, list):
        for value in data:
            yield from rule_lists(value)


@pytest.mark.parametrize("path", sorted((PACKAGE / "standard").glob("*.yaml")), ids=short)
def test_the_rules_that_the_standard_names_exist(path: Path) -> None:
    assert sorted(set(rule_lists(YAML(typ="safe").load(path))) - set(RULES)) == []


def test_the_standard_names_rules_at_all() -> None:
    files = (PACKAGE / "standard").glob("*.yaml")
    assert sum(len(list(rule_lists(YAML(typ="safe").load(path)))) for path in files) > 50


def borrowed() -> Iterator[Any]:
    """What scripts outside the package import from it."""
    for folder in ("benchmarks", "calibration", "docs"):
        for path in sorted((ROOT / folder).rglob("*.py")):
            for node in ast.walk(tree(path)):
                if isinstance(node, ast.ImportFrom) and (node.module or "").partition(".")[0] in ("sxsim", "tests"):
                    for alias in node.names:
                        yield pytest.param(node.module, alias.name, id=f"{short(path)}: {node.module}.{alias.name}")


@pytest.mark.parametrize(("module", "name"), list(borrowed()))
def test_what_scripts_import_from_the_package_is_there(module: str, name: str) -> None:
    found = importlib.import_module(module)
    assert hasattr(found, name) or importlib.util.find_spec(f"{module}.{name}") is not None


# The whole tree: limits of files, functions, mistakes and imports.

MOST_FILES, MOST_IN_A_FOLDER = 134, 16
#: Lines of a file and of a function: nine of ten at most, and any.
FILE_LINES, FUNCTION_LINES = (300, 450), (25, 60)
RAISES_WITH_A_VALUE = 0.9


def nine_of_ten(lengths: list[int]) -> int:
    """The length that nine of ten do not exceed."""
    return sorted(lengths)[min(len(lengths) - 1, len(lengths) * 9 // 10)]


def every_function() -> Iterator[tuple[str, ast.FunctionDef | ast.AsyncFunctionDef]]:
    """All functions and methods, inner ones too, with the place of each."""
    for path in SOURCES:
        for node in ast.walk(tree(path)):
            if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
                yield f"{short(path)}:{node.lineno} {node.name}", node


def lines_of(node: ast.FunctionDef | ast.AsyncFunctionDef) -> int:
    """Lines of a function, its decorators aside."""
    return (node.end_lineno or node.lineno) - node.lineno + 1


def test_there_are_no_more_files_than_somebody_can_keep_in_mind() -> None:
    assert len(SOURCES) <= MOST_FILES


def test_no_folder_is_too_full() -> None:
    full = {folder: len(list(folder.glob("*.py"))) for folder in {path.parent for path in SOURCES}}
    assert {short(folder): count for folder, count in full.items() if count > MOST_IN_A_FOLDER} == {}


def test_files_are_short() -> None:
    lengths = {short(path): len(path.read_text(encoding="utf-8").splitlines()) for path in SOURCES}
    assert {path: length for path, length in lengths.items() if length > FILE_LINES[1]} == {}
    assert nine_of_ten(list(lengths.values())) <= FILE_LINES[0]


def test_functions_are_short() -> None:
    lengths = {place: lines_of(node) for place, node in every_function()}
    assert {place: length for place, length in lengths.items() if length > FUNCTION_LINES[1]} == {}
    assert nine_of_ten(list(lengths.values())) <= FUNCTION_LINES[0]


def test_everything_says_what_it_takes_and_returns() -> None:
    """Annotated outside what Numba compiles, too: rules and steps say units by types of their own."""
    bare = []
    for place, node in every_function():
        arguments = [*node.args.posonlyargs, *node.args.args, *node.args.kwonlyargs, node.args.vararg, node.args.kwarg]
        named = [a for a in arguments if a is not None and a.arg not in ("self", "cls")]
        if node.returns is None or any(a.annotation is None for a in named):
            bare.append(place)
    assert bare == []


def shows_a_value(exception: ast.expr) -> bool:
    """Whether an exception holds something that was computed: a value in a text, or a variable."""
    if not isinstance(exception, ast.Call):
        return True  # raised again, or a signal without words
    arguments = [*exception.args, *(keyword.value for keyword in exception.keywords if keyword.arg != "param_hint")]
    parts = [part for argument in arguments for part in ast.walk(argument)]
    called = {id(part.func) for part in parts if isinstance(part, ast.Call)}
    return any(isinstance(part, ast.Name | ast.Attribute) and id(part) not in called for part in parts)


def raised() -> dict[str, bool]:
    """Whether each `raise` of the tree shows a value, by its place."""
    return {
        f"{short(path)}:{node.lineno}": shows_a_value(node.exc)
        for path in SOURCES
        for node in ast.walk(tree(path))
        if isinstance(node, ast.Raise) and node.exc is not None
    }


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("ValueError(f'seed(={seed}) must be ≥ 0')", True),
        ("InvalidInput(problems)", True),
        ("InvalidInput([Problem(('a', 1), message, 'hint')])", True),
        ("error", True),
        ("ValueError('the seed is wrong')", False),
        ("InvalidInput([Problem((), ' there is no plan', 'add one')])", False),
        ("typer.BadParameter('is wrong', param_hint=NAME)", False),
    ],
)
def test_a_raise_that_shows_a_value_is_told_from_one_that_does_not(text: str, shown: bool) -> None:
    assert shows_a_value(ast.parse(text, mode="eval").body) is shown


def test_mistakes_are_told_with_the_value_that_was_wrong() -> None:
    found = raised()
    bare = [place for place, shown in found.items() if not shown]
    assert len(bare) <= (1 - RAISES_WITH_A_VALUE) * len(found), bare


def module_of(path: Path) -> str:
    """The name by which a file is imported."""
    return ".".join(path.relative_to(PACKAGE.parent).with_suffix("").parts).removesuffix(".__init__")


def test_the_imports_are_seen_wherever_they_stand() -> None:
    seen = {name for path in SOURCES for name, _ in imports(path) if module_of(path) == "sxsim.commands.a_run"}
    assert "sxsim.running.asked.RunOptions" in seen
    assert "sxsim.results.result.to_json" in seen, "inside a function"
    assert "sxsim.results.result.Result" in seen, "for types only"


def test_no_file_imports_itself_by_a_detour() -> None:
    """Imports for types only and those inside functions count, too."""
    modules = {module_of(path): path for path in SOURCES}
    graph = {
        module: {
            next((known for known in (name, name.rpartition(".")[0]) if known in modules), module)
            for name, _ in imports(path)
            if name.partition(".")[0] == "sxsim"
        }
        - {module}
        for module, path in modules.items()
    }
    graphlib.TopologicalSorter(graph).prepare()  # CycleError names the files of a cycle
