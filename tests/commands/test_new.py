from pathlib import Path

import pytest

from sxsim.scenario.loading import templates

from .cli import call


@pytest.fixture(autouse=True)
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    return tmp_path


def test_a_new_scenario_is_commented_and_valid(here: Path) -> None:
    said = call("new", "mine")
    assert said.code == 0
    assert said.out == "mine.yaml written, from corner-cafe\n"
    assert "sxsim check mine.yaml" in said.err
    assert [path.name for path in here.iterdir()] == ["mine.yaml"]
    text = (here / "mine.yaml").read_text(encoding="utf-8")
    assert text == templates()["corner-cafe"].read_text(encoding="utf-8")
    assert call("check", "mine.yaml").code == 0


@pytest.mark.parametrize("name", sorted(templates()))
def test_any_template_can_be_the_start(here: Path, name: str) -> None:
    assert call("new", "deep/mine.yml", "--template", name).code == 0
    assert call("check", "deep/mine.yml").code == 0


def test_a_file_that_is_there_is_not_overwritten(here: Path) -> None:
    (here / "mine.yaml").write_text("precious", encoding="utf-8")
    said = call("new", "mine")
    assert (said.code, said.out) == (3, "")
    assert said.err.startswith("mine.yaml exists already\n  choose another name, or remove it first")
    assert (here / "mine.yaml").read_text(encoding="utf-8") == "precious"


def test_an_unknown_template_is_answered_with_the_nearest(here: Path) -> None:
    said = call("new", "mine", "--template", "seaside-hotl")
    assert (said.code, said.out) == (3, "")
    assert "--template 'seaside-hotl' is unknown" in said.err
    assert "did you mean seaside-hotel?" in said.err
    assert list(here.iterdir()) == []


@pytest.mark.parametrize("words", [["new", "mine", "--templates"], ["new", "--templates"]])
def test_the_templates_are_listed_and_nothing_is_written(here: Path, words: list[str]) -> None:
    said = call(*words)
    assert (said.code, said.out.split()) == (0, list(templates()))
    assert list(here.iterdir()) == []


def test_a_name_is_needed() -> None:
    assert call("new").code == 2


def test_a_place_that_cannot_be_written_is_said_without_a_traceback(here: Path) -> None:
    (here / "file").touch()
    said = call("new", "file/mine")
    assert said.code == 4
    assert said.err.startswith("file")
    assert "--out" not in said.err, "new has no such option"
    assert "Traceback" not in said.err


@pytest.mark.parametrize("name", ["form.csv", "form.xlsx"])
def test_a_form_for_a_self_assessment(here: Path, name: str) -> None:
    said = call("new", "--assessment", name)
    assert said.code == 0
    assert said.out.startswith(f"{name} written")
    assert f"--assessment {name}" in said.err
    assert [path.name for path in here.iterdir()] == [name]
    again = call("new", "--assessment", name)
    assert again.code == 3
    assert "exists already" in again.err


def test_a_form_of_another_kind_is_refused(here: Path) -> None:
    said = call("new", "--assessment", "form.docx")
    assert said.code == 3
    assert "must end in .csv or .xlsx" in said.err
    assert list(here.iterdir()) == []


def test_a_scenario_and_a_form_are_not_made_at_once(here: Path) -> None:
    said = call("new", "mine", "--assessment", "form.csv")
    assert said.code == 2
    assert "give either NAME or --assessment" in " ".join(said.err.replace("│", " ").split())
    assert list(here.iterdir()) == []
