"""The documentation says what the program is: generated parts are fresh, examples run, commands and links exist."""

import importlib.util
import re
import shlex
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest
import typer

from sxsim.commands.program import app
from sxsim.explain import explain

ROOT = Path(__file__).resolve().parents[2]
DOCS = ROOT / "docs"
PAGES = sorted(DOCS.rglob("*.md"))
FENCE = re.compile(r"^```(?P<words>[^\n]*)\n(?P<text>.*?)^```$", re.DOTALL | re.MULTILINE)


def blocks(language: str) -> Iterator[Any]:
    """Fenced blocks of a language: page, words after the language, text, and a name for the test."""
    for page in PAGES:
        for number, match in enumerate(FENCE.finditer(page.read_text(encoding="utf-8"))):
            first, *words = match["words"].split() or [""]
            if first == language:
                yield pytest.param(page, words, match["text"], id=f"{page.stem}-{number}")


def commands() -> Iterator[Any]:
    """The `sxsim …` commands of all console blocks."""
    for block in blocks("console"):
        page, _, text = block.values
        for line in text.splitlines():
            if line.startswith("$ sxsim"):
                yield pytest.param(shlex.split(line)[2:], id=f"{page.stem}: {line[2:]}")


@pytest.fixture
def generator(monkeypatch: pytest.MonkeyPatch) -> ModuleType:
    """The generator as a module."""
    monkeypatch.syspath_prepend(str(DOCS))
    spec = importlib.util.spec_from_file_location("generate", DOCS / "generate.py")
    assert spec is not None and spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def test_the_generated_parts_are_up_to_date() -> None:
    done = subprocess.run(
        [sys.executable, DOCS / "generate.py", "--check"], capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr


def test_the_generator_notices_and_mends_what_is_out_of_date(
    generator: ModuleType, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    page = tmp_path / "docs" / "page.md"
    page.parent.mkdir()
    page.write_text("before\n<!-- generated: greeting -->\nold\n<!-- end -->\nafter\n", encoding="utf-8")
    monkeypatch.setattr(generator, "DOCS", page.parent)
    monkeypatch.setattr(generator, "BLOCKS", {"greeting": lambda: "new"})
    assert generator.main(["--check"]) == 1
    assert "docs/page.md is out of date" in capsys.readouterr().err
    assert "old" in page.read_text(encoding="utf-8")
    assert generator.main([]) == 0
    assert page.read_text(encoding="utf-8") == "before\n<!-- generated: greeting -->\n\nnew\n\n<!-- end -->\nafter\n"
    assert generator.main(["--check"]) == 0


def test_every_rule_and_parameter_has_its_place(generator: ModuleType) -> None:
    model = (DOCS / "model.md").read_text(encoding="utf-8")
    assert [name for name in generator.rules() if f'<a id="{generator.anchor(name)}"></a>' not in model] == []
    register = (DOCS / "assumptions.md").read_text(encoding="utf-8")
    rules = [name for name in generator.register() if not name.startswith("weight.")]
    assert [name for name in rules if f'<a id="{name}"></a>' not in register] == []


def test_every_number_that_can_vary_stands_once_with_what_would_settle_it(generator: ModuleType) -> None:
    settled = generator.what_would_settle()
    varied = {name for name, p in generator.register().items() if p.low < p.high}
    assert sorted(set(settled) - varied) == []
    assert sorted(varied - set(settled)) == ["money_weight_floor", "spread_limit"]


@pytest.mark.parametrize(
    ("names", "message"),
    [
        (["bond_gian"], "bond_gian is not in the register"),
        (["bond_gain", "bond_*"], "stands under 'bond_gain' and 'bond"),
    ],
)
def test_a_slip_in_the_remarks_on_assumptions_is_named(
    names: list[str], message: str, generator: ModuleType, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    remark = f"nothing_known:\n- {{what: '', decides: '', measure: '', parameters: [{', '.join(map(repr, names))}]}}\n"
    (tmp_path / "assumptions.yaml").write_text(remark, encoding="utf-8")
    monkeypatch.setattr(generator, "DOCS", tmp_path)
    with pytest.raises(SystemExit, match=re.escape(message)):
        generator.remarks()


def test_the_order_of_a_contact_is_that_of_the_source(generator: ModuleType) -> None:
    text = generator.each_step("engines/order_of_a_contact.py", ["begin_service"])
    rules = re.findall(r"\[`([\w.]+)`\]", text)
    inner = ["contact.voice_chance", "contact.notice_chance", "contact.put_right_now_chance", "contact.recovery_chance"]
    order = [
        "contact.promise_kept",
        *inner,
        "contact.individual_chance",
        "contact.surprise_chance",
        "contact.reach_level",
    ]
    assert [rule for rule in rules if rule in order] == order


@pytest.mark.parametrize(("page", "words", "text"), list(blocks("python")))
def test_a_python_block_runs_or_says_that_it_is_not_run(
    page: Path, words: list[str], text: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    if "no-run" in words:
        return
    monkeypatch.chdir(tmp_path)
    exec(compile(text, str(page), "exec"), {"__name__": "example"})


@pytest.mark.parametrize("words", list(commands()))
def test_a_command_of_the_documentation_exists(words: list[str]) -> None:
    command: Any = typer.main.get_command(app)
    assert words[0] in command.commands
    known: set[str] = set()
    for word in words:
        command = getattr(command, "commands", {}).get(word, command)
        known |= {option for parameter in command.params for option in parameter.opts}
    assert [word for word in words[1:] if re.match(r"--?[a-z]", word) and word not in known] == []
    assert [word for word in words if word.endswith(".yaml") and not (ROOT / word).exists()] == []
    if words[0] == "explain":
        assert explain(" ".join(words[1:]))


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.stem)
def test_links_lead_somewhere(page: Path) -> None:
    """Files exist, and so do the places in them."""
    broken = []
    for target in set(re.findall(r"\]\(([^)\s]+)\)", FENCE.sub("", page.read_text(encoding="utf-8")))):
        if target.startswith("https://"):
            continue
        file, _, place = target.partition("#")
        path = (page.parent / file).resolve() if file else page
        if not path.exists() or (place and place not in places(path)):
            broken.append(target)
    assert sorted(broken) == []


def places(path: Path) -> set[str]:
    """The places of a Markdown file that a link may name: anchors, and headings as GitHub names them."""
    text = FENCE.sub("", path.read_text(encoding="utf-8"))
    headings = re.findall(r"^#+ (.*)$", text, re.MULTILINE)
    named = {re.sub(r"[^\w\- ]", "", heading.lower()).strip().replace(" ", "-") for heading in headings}
    return named | set(re.findall(r'<a id="([^"]+)"', text))
