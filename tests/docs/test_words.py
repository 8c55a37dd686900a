"""One word for one thing: messages, help, pages and example files hold no word that the glossary replaces."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import typer

from sxsim.commands.program import app
from sxsim.explain import explain, glossary
from sxsim.scenario.loading import json_schema

ROOT = Path(__file__).resolve().parents[2]
PACKAGE = ROOT / "src" / "sxsim"
#: Rooms whose texts quote others: the standard in its own words, findings and data sets in theirs.
QUOTING = ("standard", "evidence")
#: Rows of tables that quote others: citations by their id, and the sub-elements of the standard by theirs.
QUOTED = re.compile(r'\| (?:<a id="e\d+">|7\.\d)')
LOOKED_FOR = [(word.name, pattern) for word in glossary().values() for pattern in word.looked_for]
CODE = re.compile(r"```.*?```|`[^`\n]*`|\]\([^)]*\)|<!--.*?-->", re.DOTALL)
#: Where a word means something else: a client of Dask, or the words of this list themselves.
ELSEWHERE = ("src/sxsim/studies/cluster.py", "src/sxsim/running/cluster.py", "docs/glossary.md")


def messages() -> Iterator[tuple[str, str]]:
    """Texts of the sources that somebody may read: every string of several words, but the docstrings."""
    for path in sorted(PACKAGE.rglob("*.py")):
        if path.relative_to(PACKAGE).parts[0] in QUOTING:
            continue
        tree = ast.parse(path.read_text(encoding="utf-8"))
        bodies = [node.body for node in ast.walk(tree) if hasattr(node, "body") and isinstance(node.body, list)]
        said = {id(body[0].value) for body in bodies if body and isinstance(body[0], ast.Expr)}
        for node in ast.walk(tree):
            text = isinstance(node, ast.Constant) and isinstance(node.value, str) and " " in node.value.strip()
            if text and id(node) not in said:
                yield f"{path.relative_to(ROOT).as_posix()}:{node.lineno}", node.value


def pages() -> Iterator[tuple[str, str]]:
    """The pages, without code."""
    for path in (ROOT / "README.md", *sorted((ROOT / "docs").rglob("*.md"))):
        for number, line in enumerate(_lines_without_code(path), 1):
            if not QUOTED.match(line):
                yield f"{path.relative_to(ROOT).as_posix()}:{number}", line


def _lines_without_code(path: Path) -> list[str]:
    text = path.read_text(encoding="utf-8")
    return CODE.sub(lambda match: "\n" * match[0].count("\n"), text).split("\n")


def example_files() -> Iterator[tuple[str, str]]:
    """Scenarios and experiments, comments and all."""
    for folder in ("scenarios", "experiments", "docs/examples"):
        for path in sorted((ROOT / folder).glob("*.yaml")):
            for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), 1):
                yield f"{path.relative_to(ROOT).as_posix()}:{number}", line


def helps() -> Iterator[tuple[str, str]]:
    """The help of every command, and what the schema says of every field."""

    def walk(command: Any, name: str) -> Iterator[tuple[str, str]]:
        yield name, command.help or ""
        yield from ((name, getattr(parameter, "help", "") or "") for parameter in command.params)
        for inner, each in getattr(command, "commands", {}).items():
            yield from walk(each, f"{name} {inner}")

    yield from walk(typer.main.get_command(app), "sxsim")

    def described(part: Any, place: str) -> Iterator[tuple[str, str]]:
        if isinstance(part, dict):
            if isinstance(part.get("description"), str):
                yield place, part["description"]
            for key, value in part.items():
                yield from described(value, f"{place}.{key}")

    yield from described(json_schema(), "schema")


def test_there_are_texts_to_look_through() -> None:
    for texts, least in ((messages(), 500), (pages(), 1000), (helps(), 200), (example_files(), 300)):
        assert len(list(texts)) > least


@pytest.mark.parametrize("texts", [messages, pages, helps, example_files])
def test_no_text_holds_a_word_that_the_glossary_replaces(texts: Any) -> None:
    looked_for = [(name, re.compile(rf"\b(?:{pattern})\b", re.IGNORECASE)) for name, pattern in LOOKED_FOR]
    found = [
        f"{place}: {match[0]!r}, which is {name}"
        for place, text in texts()
        if not place.startswith(ELSEWHERE)
        for name, pattern in looked_for
        if (match := pattern.search(text))
    ]
    assert found == []


def test_the_words_looked_for_are_words() -> None:
    assert len(LOOKED_FOR) > 40
    assert all(re.search(r"\w\w\w", pattern) for _, pattern in LOOKED_FOR)


#: Words with a meaning of their own that people also use, wrongly, for another thing.
OTHER_THINGS = {"setting", "experiment", "practice", "step", "change"}


def test_no_word_is_replaced_by_two_or_used_itself() -> None:
    used = {name.lower() for name in glossary()}
    for word in glossary().values():
        for never in word.never:
            assert never.lower() not in used - OTHER_THINGS, (word.name, never)


@pytest.mark.parametrize("name", glossary())
def test_every_word_of_the_glossary_is_explained_and_so_is_what_it_replaces(name: str) -> None:
    word = glossary()[name]
    assert f"{name} (word)" in [explanation.title for explanation in explain(name)]
    for never in word.never:
        assert explain(never), never
    assert word.meaning in "\n".join(map(str, explain("glossary")))
