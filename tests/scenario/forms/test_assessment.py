"""Self-assessments: read from CSV and XLSX, put in place of what the scenario says, problems by line."""

from pathlib import Path

import pytest
from openpyxl import load_workbook

import sxsim
from sxsim.running.task import assuming
from sxsim.scenario.forms.assessment import SPREADS, applied, read_assessment, write_form
from sxsim.scenario.problems import InvalidInput
from sxsim.standard.catalogue import ELEMENTS, SUB_ELEMENTS
from tests.scenario.cafe import CAFE


def table(folder: Path, *rows: str, head: str = "element,level,confidence", name: str = "own.csv") -> Path:
    """A CSV file."""
    path = folder / name
    path.write_text("\n".join([head, *rows]) + "\n", encoding="utf-8")
    return path


def said(path: Path) -> str:
    """What is said of a wrong file."""
    with pytest.raises(InvalidInput) as error:
        read_assessment(path)
    return str(error.value)


def test_levels_and_spreads_are_read(tmp_path: Path) -> None:
    path = table(tmp_path, "design,2.5,low", "7.3.2b,2,", "culture,4,High", "strategy,,", "")
    assert read_assessment(path) == ({"design": 2.5, "7.3.2b": 2.0, "culture": 4.0}, {"design": 1.0, "culture": 0.25})


def test_as_a_spreadsheet_writes_it(tmp_path: Path) -> None:
    path = table(tmp_path, "Gestaltung;design;2,5;medium", head="Name;Element;Level;Confidence")
    assert read_assessment(path) == ({"design": 2.5}, {"design": 0.5})


@pytest.mark.parametrize("name", ["form.csv", "form.xlsx"])
def test_the_form_lists_everything_and_can_be_filled_in(tmp_path: Path, name: str) -> None:
    path = tmp_path / name
    write_form(path)
    assert "no row has a level" in said(path)
    if name.endswith("csv"):
        text = path.read_text()
        assert [line.split(",")[0] for line in text.splitlines()[1:]] == _order()
        path.write_text(
            text.replace("\n7.3.2b,", "\n7.3.2b,").replace("operations,Excellence,,", "operations,Excellence,,")
        )
        lines = [
            line.rstrip(",") + ",2.5,low" if line.startswith("operations,") else line for line in text.splitlines()
        ]
        path.write_text("\n".join(lines))
    else:
        book = load_workbook(path)
        sheet = book.active
        assert [sheet.cell(line, 1).value for line in range(2, 42)] == _order()
        line = 2 + _order().index("operations")
        sheet.cell(line, 3).value, sheet.cell(line, 4).value = 2.5, "low"
        book.save(path)
    assert read_assessment(path) == ({"operations": 2.5}, {"operations": 1.0})


def _order() -> list[str]:
    return sorted((*ELEMENTS, *SUB_ELEMENTS), key=lambda name: (_place(name), name in SUB_ELEMENTS, name))


def _place(name: str) -> int:
    from sxsim.standard.catalogue import element_of

    return ELEMENTS.index(name if name in ELEMENTS else element_of(name))


@pytest.mark.parametrize(
    ("rows", "words"),
    [
        (["design,7,"], "design(=7) must be a level from 1 to 5\n  in {path}, line 2"),
        (["design,two,"], "must be a level from 1 to 5"),
        (["design,2,", "culture,3,", "design,3,"], "design stands twice: here and in line 2\n  in {path}, line 4"),
        (["desing,2,"], "did you mean design?"),
        (["7.9.9z,2,"], "is no element or sub-element"),
        (["design,,low", "culture,3,"], "design has a confidence and no level"),
        (["design,2,lo"], "must be high, medium, low, or empty"),
        ([], "no row has a level"),
    ],
)
def test_a_wrong_row_is_said_with_its_line(tmp_path: Path, rows: list[str], words: str) -> None:
    path = table(tmp_path, *rows)
    assert words.format(path=path) in said(path)


def test_a_formula_that_was_never_computed_is_said(tmp_path: Path) -> None:
    path = tmp_path / "form.xlsx"
    write_form(path)
    book = load_workbook(path)
    book.active["C2"] = "=1+3"
    book.save(path)
    assert "strategy(==1+3) must be a level from 1 to 5" in said(path)


def test_the_forms_rules_are_enforced_by_spreadsheets(tmp_path: Path) -> None:
    write_form(tmp_path / "form.xlsx")
    rules = load_workbook(tmp_path / "form.xlsx").active.data_validations.dataValidation
    assert [(rule.type, rule.showErrorMessage) for rule in rules] == [("decimal", True), ("list", True)]


def test_all_problems_are_said_at_once(tmp_path: Path) -> None:
    text = said(table(tmp_path, "design,7,", "culture,0,", "x,3,"))
    assert (text.count("line 2"), text.count("line 3"), text.count("line 4")) == (1, 1, 1)


def test_a_missing_column_or_file_and_a_file_that_is_no_table(tmp_path: Path) -> None:
    assert "must name the columns element" in said(table(tmp_path, "2", head="level"))
    assert "does not exist" in said(tmp_path / "nothing.csv")
    (tmp_path / "bad.xlsx").write_text("no workbook")
    assert "cannot be read" in said(tmp_path / "bad.xlsx")
    assert "must name the columns" in said(table(tmp_path, head=""))


def test_an_assessed_element_replaces_what_the_file_says_of_its_parts() -> None:
    levels = {"design": 2.5, "7.4.1b": 4.0}
    assert applied({"design": 3.0, "7.3.2b": 2.0, "7.2.1a": 3.5}, levels) == {"7.2.1a": 3.5} | levels
    assert applied(3.5, {"design": 2.0}) == dict.fromkeys(ELEMENTS, 3.5) | {"design": 2.0}
    assert applied(None, levels) == levels


def test_a_scenario_takes_an_assessment(tmp_path: Path) -> None:
    path = table(tmp_path, "design,1.5,low", "7.4.1b,4.5,")
    organisation = sxsim.load(CAFE, assessment=path).organisation
    assert organisation.maturity_of("7.3.2a") == 1.5
    assert organisation.maturity_of("7.4.1b") == 4.5
    assert organisation.maturity_spread == {"design": SPREADS["low"]}
    assert (
        sxsim.load(CAFE, assessment=path, sets=["organisation.maturity.design=5"]).organisation.maturity_of("7.3.2a")
        == 5.0
    )


def test_a_wrong_assessment_and_a_wrong_scenario_are_said_together(tmp_path: Path) -> None:
    with pytest.raises(InvalidInput) as error:
        sxsim.load(CAFE, assessment=table(tmp_path, "design,9,"), sets=["market.people=-3"])
    assert "design(=9)" in str(error.value)
    assert "market.people" in str(error.value)


def test_an_uncertain_level_is_drawn_for_each_replication_and_kept_within_the_scale(tmp_path: Path) -> None:
    """500 draws: the mean within 4 standard errors of the level (false alarm 1 in 16 000)."""
    path = table(tmp_path, "design,3,low", "culture,1.2,low", "7.4.1b,4,medium")
    scenario = sxsim.load(CAFE, assessment=path)
    drawn = [assuming(scenario, 1, replication, uncertain=True).organisation for replication in range(500)]
    design = [each.maturity_of("7.3.2a") for each in drawn]
    assert all(2.0 <= level <= 4.0 for level in design)
    assert abs(sum(design) / 500 - 3.0) < 4 * (2 / 12**0.5) / 500**0.5
    assert len(set(design)) == 500
    assert min(each.maturity_of("7.2.1a") for each in drawn) == 1.0
    assert {each.maturity_of("7.4.1a") for each in drawn} == {scenario.organisation.maturity_of("7.4.1a")}
    assert all(3.5 <= each.maturity_of("7.4.1b") <= 4.5 for each in drawn)
    assert assuming(scenario, 1, 7, uncertain=True).organisation == drawn[7]
