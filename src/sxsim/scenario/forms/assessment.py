"""Self-assessments: how mature an organisation thinks it is, as a table that people can fill in.

A table has a row for each element or sub-element: its `element` (a name like design, or an id like 7.3.2b), its `level` (1–5,
empty where nobody knows) and, if one likes, the `confidence` in it. Rows of sub-elements count before those of their
element. CSV and XLSX are read.
"""

import csv
import math
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

from sxsim.scenario.forms.spreadsheets import read_form
from sxsim.scenario.problems import InvalidInput, Problem, did_you_mean
from sxsim.standard.catalogue import ELEMENTS, SUB_ELEMENTS, element_of, find

COLUMNS = ("element", "name", "level", "confidence")
#: How far the true level may lie from the stated one, by confidence (half width in levels). Source: assumption.
SPREADS = {"high": 0.25, "medium": 0.5, "low": 1.0}
_LOWEST, _HIGHEST = 1.0, 5.0
_WIDTHS = (12, 78, 10, 14)

Rows = Iterator[tuple[int, dict[str, Any]]]


def read_assessment(path: Path) -> tuple[dict[str, float], dict[str, float]]:
    """The levels of an assessment, and the spread of those whose confidence is stated, by element or sub-element.

    Raises InvalidInput with all problems found, by line.
    """
    levels: dict[str, float] = {}
    spreads: dict[str, float] = {}
    problems: list[Problem] = []
    first_line: dict[str, int] = {}
    for line, row in _rows(path):
        name = str(row.get("element") or "").strip()
        stated = row.get("level")
        if not name and stated in (None, ""):
            continue
        place = replace(Problem((name or "element",), ""), file=str(path), line=line)
        if name not in (*ELEMENTS, *SUB_ELEMENTS):
            hint = (
                did_you_mean(name, (*ELEMENTS, *SUB_ELEMENTS))
                or "sxsim new --assessment FILE makes a form with all of them"
            )
            problems.append(replace(place, message=" is no element or sub-element", hint=hint))
            continue
        if name in first_line:
            message = f" stands twice: here and in line {first_line[name]}"
            problems.append(replace(place, message=message, hint="keep one of the two rows"))
            continue
        first_line[name] = line
        if stated in (None, ""):
            if row.get("confidence") not in (None, ""):
                problems.append(
                    replace(
                        place, message=" has a confidence and no level", hint="give the level, or empty the confidence"
                    )
                )
            continue
        level = _number(stated)
        if not _LOWEST <= level <= _HIGHEST:
            problems.append(
                replace(
                    place, message=f"(={stated}) must be a level from 1 to 5", hint="leave it empty where nobody knows"
                )
            )
            continue
        levels[name] = level
        confidence = row.get("confidence")
        if confidence in (None, ""):
            continue
        spread = SPREADS.get(str(confidence).strip().lower(), math.nan)
        if not math.isfinite(spread):
            message = f": confidence(={confidence!r}) must be {', '.join(SPREADS)}, or empty"
            problems.append(replace(place, message=message, hint=did_you_mean(str(confidence), SPREADS)))
        else:
            spreads[name] = spread
    if not problems and not levels:
        problems.append(Problem((), " no row has a level", "fill in the column level: 1 to 5", str(path), 1))
    if problems:
        raise InvalidInput(problems)
    return levels, spreads


def _number(stated: Any) -> float:
    """A level as a number; NaN where it is none. A comma may stand for the decimal point."""
    try:
        return float(str(stated).strip().replace(",", "."))
    except ValueError:
        return math.nan


def _rows(path: Path) -> Rows:
    """Rows of a CSV or XLSX file with their line, by the heads of the columns. Raises InvalidInput."""
    advice = "sxsim new --assessment FILE makes a form"
    table = read_form(path, advice)
    heads = [str(cell or "").strip().lower() for cell in table[0][1]] if table else []
    missing = [name for name in ("element", "level") if name not in heads]
    if missing:
        message = f"the first row must name the columns {', '.join(missing)}"
        raise InvalidInput([Problem((), message, advice, str(path), 1)])
    for line, cells in table[1:]:
        yield line, dict(zip(heads, cells, strict=False))


def applied(maturity: Any, levels: dict[str, float]) -> dict[str, float]:
    """What a scenario's file says of maturity, with an assessment in its place where that has a level.

    An assessed element replaces what the file says of its sub-elements; a level for all becomes levels by element.
    """
    if isinstance(maturity, dict):
        found = {str(key): value for key, value in maturity.items()}
    else:
        found = {} if maturity is None else dict.fromkeys(ELEMENTS, maturity)
    kept = {k: v for k, v in found.items() if k in ELEMENTS or element_of(k) not in levels}
    return kept | levels


def write_form(path: Path) -> None:
    """Write an empty form: a row for each element and sub-element, as CSV or XLSX."""
    rows = [(name, _title(name), "", "") for element in ELEMENTS for name in (element, *_parts(element))]
    if path.suffix.lower() == ".xlsx":
        _write_workbook(rows, path)
        return
    with path.open("w", encoding="utf-8", newline="") as file:
        csv.writer(file, lineterminator="\n").writerows([COLUMNS, *rows])


def _parts(element: str) -> list[str]:
    return [name for name in SUB_ELEMENTS if element_of(name) == element]


def _title(name: str) -> str:
    return find(name)[0].name


def _write_workbook(rows: list[tuple[str, str, str, str]], path: Path) -> None:
    from openpyxl import Workbook
    from openpyxl.styles import Font
    from openpyxl.worksheet.datavalidation import DataValidation

    book = Workbook()
    sheet = book.active
    sheet.title = "assessment"
    sheet.append(COLUMNS)
    for row in rows:
        sheet.append([cell or None for cell in row])
    for cell in sheet[1]:
        cell.font = Font(bold=True)
    for line, row in enumerate(rows, 2):
        if row[0] in ELEMENTS:
            sheet.cell(line, 1).font = sheet.cell(line, 2).font = Font(bold=True)
    for letter, width in zip("ABCD", _WIDTHS, strict=True):
        sheet.column_dimensions[letter].width = width
    sheet.freeze_panes = "A2"
    level = DataValidation("decimal", operator="between", formula1="1", formula2="5", allow_blank=True)
    level.error = "a level from 1 to 5, or empty where nobody knows"
    confidence = DataValidation("list", formula1=f'"{",".join(SPREADS)}"', allow_blank=True)
    for column, rule in (("C", level), ("D", confidence)):
        rule.showErrorMessage = True
        sheet.add_data_validation(rule)
        rule.add(f"{column}2:{column}{len(rows) + 1}")
    book.save(path)
