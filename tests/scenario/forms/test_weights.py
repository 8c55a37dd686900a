"""Weights that can be set, and sheets in which assessors share out points: read, pooled, in place of the register's."""

import math
from pathlib import Path

import pytest
from openpyxl import load_workbook

import sxsim
from sxsim.engines.start import start
from sxsim.model.parameters import register
from sxsim.scenario.ensemble import is_ensemble, judgements_in, parameters_or_ensemble
from sxsim.scenario.forms.weights import assumed, is_sheet, read_judgements, settable, weight_name, write_sheet
from sxsim.scenario.parameters import read_parameters
from sxsim.scenario.problems import InvalidInput
from sxsim.standard.catalogue import LEVERS, SUB_ELEMENTS
from tests.scenario.cafe import CAFE

HEAD = "assessor,sub_element,name,craft,flow"


def sheet(folder: Path, *rows: str, head: str = HEAD, name: str = "weights.csv") -> Path:
    """A CSV file."""
    path = folder / name
    path.write_text("\n".join([head, *rows]) + "\n", encoding="utf-8")
    return path


def said(path: Path) -> str:
    """What is said of a wrong file."""
    with pytest.raises(InvalidInput) as error:
        read_judgements(path)
    return str(error.value)


def test_any_weight_can_be_set_and_reaches_the_world() -> None:
    assert len(settable()) == len(register()) + len(SUB_ELEMENTS) * len(LEVERS) - 45
    name = "weight.7.3.3a.craft"
    assert name not in register()
    assert settable()[name].value == 0.0
    scenario = sxsim.load(CAFE, sets=[f"{name}=0.7"])
    world = start(scenario)
    assert world.weights[SUB_ELEMENTS.index("7.3.3a"), LEVERS.index("craft")] == 0.7
    assert start(sxsim.load(CAFE)).weights[SUB_ELEMENTS.index("7.3.3a"), LEVERS.index("craft")] == 0.0


def test_points_become_weights_as_large_together_as_the_registers(tmp_path: Path) -> None:
    path = sheet(tmp_path, "Ann,7.2.2a,,75,", "Ann,7.3.3a,,25,")
    whole = math.fsum(assumed("craft").values())
    pooled = read_judgements(path).pooled()
    assert pooled["weight.7.2.2a.craft"] == pytest.approx(0.75 * whole)
    assert pooled["weight.7.3.3a.craft"] == pytest.approx(0.25 * whole)
    assert pooled["weight.7.2.2b.craft"] == 0.0, (
        "what an assessor left empty carries nothing, whatever the register says"
    )
    assert not any(name.endswith(".flow") for name in pooled), (
        "of a lever that nobody spoke of the register's weights stay"
    )


def test_assessors_count_the_same_and_who_left_a_lever_out_does_not_count_there(tmp_path: Path) -> None:
    path = sheet(
        tmp_path, "Ann,7.2.2a,,100,", "Ben,7.2.2b,,100,", "Ben,7.4.1c,,,100", "Cem,7.2.2a,,0,", "Cem,7.3.2a,,,100"
    )
    judgements = read_judgements(path)
    pooled = judgements.pooled()
    assert judgements.levers == tuple(lever for lever in LEVERS if lever in ("craft", "flow"))
    assert pooled["weight.7.2.2a.craft"] == pooled["weight.7.2.2b.craft"] > 0
    assert pooled["weight.7.4.1c.flow"] == pooled["weight.7.3.2a.flow"] > 0
    assert len(judgements.of_lever("craft")) == 2


def test_what_assessors_say_replaces_the_registers_weights_in_a_run(tmp_path: Path) -> None:
    path = sheet(tmp_path, "Ann,7.2.2a,,75,", "Ann,7.3.3a,,25,")
    assert is_sheet(path)
    assert not is_ensemble(path)
    assert parameters_or_ensemble(path) == (path, None)
    assert judgements_in(path) is not None
    scenario = sxsim.load(CAFE, parameters=path)
    assert scenario.parameters == read_parameters(path)
    column = start(scenario).weights[:, LEVERS.index("craft")]
    assert column[SUB_ELEMENTS.index("7.2.2a")] == pytest.approx(3 * column[SUB_ELEMENTS.index("7.3.3a")])
    assert column.sum() == pytest.approx(math.fsum(assumed("craft").values()))


@pytest.mark.parametrize("name", ["sheet.csv", "sheet.xlsx"])
def test_the_sheet_has_every_sub_element_and_lever_and_can_be_filled_in(tmp_path: Path, name: str) -> None:
    path = tmp_path / name
    write_sheet(path)
    assert "nobody has said anything" in said(path)
    if name.endswith("csv"):
        lines = path.read_text(encoding="utf-8").splitlines()
        assert len(lines) == 1 + 3 * len(SUB_ELEMENTS)
        assert lines[0].split(",")[3:] == list(LEVERS)
        empty = "," * (len(LEVERS) - 1)
        lines[1] = lines[1].removesuffix("," + empty) + ",100" + empty
        path.write_text("\n".join(lines), encoding="utf-8")
    else:
        book = load_workbook(path)
        book.active.cell(2, 4).value = 100
        book.save(path)
    pooled = read_judgements(path).pooled()
    assert pooled[weight_name(SUB_ELEMENTS[0], LEVERS[0])] == pytest.approx(math.fsum(assumed(LEVERS[0]).values()))


@pytest.mark.parametrize(
    ("rows", "words"),
    [
        (["Ann,7.2.2a,,60,"], "craft of Ann has 60 points, must be 100"),
        (["Ann,7.9.9z,,100,"], "7.9.9z is no sub-element"),
        (["Ann,7.2.2a,,-5,"], "must be points from 0 to 100"),
        (["Ann,7.2.2a,,many,"], "(='many') must be points"),
        (["Ann,7.2.2a,,50,", "Ann,7.2.2a,,50,"], "stands twice: here and in line 2"),
        ([",7.2.2a,,100,"], "assessor is missing"),
    ],
)
def test_mistakes_are_said_with_their_line(tmp_path: Path, rows: list[str], words: str) -> None:
    text = said(sheet(tmp_path, *rows))
    assert words in text
    assert f"weights.csv, line {1 + len(rows)}" in text


@pytest.mark.parametrize(
    ("head", "words"),
    [
        ("assessor,name,craft", "must name the columns sub_element"),
        ("assessor,sub_element,name", "must name the columns of levers"),
        ("assessor,sub_element,craft,krafts", "did you mean craft"),
        ("assessor,sub_element,craft,craft", "craft stands twice in the first row"),
    ],
)
def test_wrong_heads_are_said(tmp_path: Path, head: str, words: str) -> None:
    assert words in said(sheet(tmp_path, "Ann,7.2.2a,100,0", head=head))
