"""The weights of sub-elements on levers: those that the register has, those that can be set, and sheets in which assessors say theirs.

A sheet asks several people who know the organisation, each alone, to share out 100 points a lever among the 31 sub-elements:
which of them carry it, and how much. What they say replaces the register's weights; the mean of all counts, each the same
(linear opinion pool; Stone 1961, doi:10.1214/aoms/1177704873; O'Hagan and others 2006, Uncertain Judgements, chapter 9).
"""

import csv
import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from sxsim.model.parameters import Parameter, register
from sxsim.scenario.forms.spreadsheets import read_form, read_rows
from sxsim.scenario.problems import InvalidInput, Problem, did_you_mean
from sxsim.standard.catalogue import LEVERS, SUB_ELEMENTS, find

ASSESSOR, SUB_ELEMENT, NAME, SUM = "assessor", "sub_element", "name", "sum"
POINTS = 100.0
#: Points by which a lever's sum may miss 100: people round.
_ROUNDING = 2.0
#: Forms for so many assessors are in an empty sheet.
_FORMS = 3
_WIDTHS = (14, 14, 64)
ADVICE = "sxsim new --weights FILE makes a sheet"


def weight_name(sub_element: str, lever: str) -> str:
    """The parameter that says how much a sub-element carries a lever."""
    return f"weight.{sub_element}.{lever}"


@cache
def settable() -> dict[str, Parameter]:
    """All parameters that can be given a value: those of the register, and the weight of any sub-element on any lever.

    Weights that the register does not have are 0, and stay so unless somebody says otherwise.
    """
    known = register()
    unassumed = {
        weight_name(
            sub, lever
        ): f"how much sub-element {sub} carries the lever {lever}: not at all, as far as is assumed"
        for sub in SUB_ELEMENTS
        for lever in LEVERS
        if weight_name(sub, lever) not in known
    }
    likely = max(parameter.high for name, parameter in known.items() if name.startswith("weight."))
    return known | {
        name: Parameter(name, 0.0, 0.0, likely, "weight", "D", "judgement", meaning)
        for name, meaning in unassumed.items()
    }


def assumed(lever: str) -> dict[str, float]:
    """The register's weights of a lever by sub-element, those that it has."""
    known = register()
    names = {sub: weight_name(sub, lever) for sub in SUB_ELEMENTS}
    return {sub: known[name].value for sub, name in names.items() if name in known}


@dataclass(frozen=True)
class Judgements:
    """What assessors say: points by assessor, lever and sub-element; a lever that an assessor left out is missing there."""

    points: Mapping[str, Mapping[str, Mapping[str, float]]]

    @property
    def levers(self) -> tuple[str, ...]:
        """The levers of which somebody said something."""
        return tuple(lever for lever in LEVERS if any(lever in said for said in self.points.values()))

    def of_lever(self, lever: str) -> list[dict[str, float]]:
        """The weights of a lever as each assessor says who said something, all sub-elements: together as large as the register's.

        Only the weights' proportions count, so any sum would do; with this one they can be held against the register's.
        """
        whole = math.fsum(assumed(lever).values())
        found = []
        for said in self.points.values():
            points = said.get(lever)
            if points:
                total = math.fsum(points.values())
                found.append({sub: points.get(sub, 0.0) / total * whole for sub in SUB_ELEMENTS})
        return found

    def pooled(self) -> dict[str, float]:
        """The weights by parameter: the mean of the assessors; those of levers of which nobody said anything are not there."""
        found = {}
        for lever in self.levers:
            each = self.of_lever(lever)
            for sub in SUB_ELEMENTS:
                value = math.fsum(said[sub] for said in each) / len(each)
                name = weight_name(sub, lever)
                if value > 0.0 or name in register():
                    found[name] = value
        return found


def is_sheet(path: Path) -> bool:
    """Whether a file is a sheet of weights: a workbook, or a table whose first row names assessors."""
    suffix = path.suffix.lower()
    if suffix in (".yaml", ".yml") or not path.is_file():
        return False
    return suffix == ".xlsx" or ASSESSOR in [
        cell.lower() for cell in next((r.cells for r in read_rows(path, ADVICE)), [])
    ]


def read_judgements(path: Path) -> Judgements:
    """Read a sheet of weights. Raises InvalidInput with all problems found, by line."""
    table = read_form(path, ADVICE)
    heads = [_text(cell).lower() for cell in table[0][1]] if table else []
    missing = [name for name in (ASSESSOR, SUB_ELEMENT) if name not in heads]
    levers = [head for head in heads if head in LEVERS]
    if missing or not levers:
        said = f"the first row must name the columns {', '.join(missing) or f'of levers, like {LEVERS[0]}'}"
        raise InvalidInput([Problem((), said, ADVICE, str(path), 1)])
    problems = [
        Problem((head,), " is no lever", did_you_mean(head, LEVERS), str(path), 1)
        for head in heads
        if head and head not in (ASSESSOR, SUB_ELEMENT, NAME, *LEVERS)
    ]
    problems += [
        Problem((lever,), " stands twice in the first row", "keep one of the two columns", str(path), 1)
        for lever in dict.fromkeys(levers)
        if levers.count(lever) > 1
    ]
    found: dict[str, dict[str, dict[str, float]]] = {}
    lines: dict[tuple[str, str], int] = {}
    for line, row in ((line, dict(zip(heads, cells, strict=False))) for line, cells in table[1:]):
        if any(_text(row.get(lever)) for lever in levers) and _text(row.get(SUB_ELEMENT)).lower() != SUM:
            problems += _of_row(row, levers, found, lines, str(path), line)
    problems += [] if problems else _sums(found, lines, str(path))
    if not problems and not found:
        said = " nobody has said anything: no cell holds points"
        problems = [Problem((), said, f"share out {POINTS:g} points a lever", str(path), 1)]
    if problems:
        raise InvalidInput(problems)
    return Judgements(found)


def _text(cell: Any) -> str:
    return "" if cell is None else str(cell).strip()


def _of_row(
    row: Mapping[str, Any],
    levers: Sequence[str],
    found: dict[str, dict[str, dict[str, float]]],
    lines: dict[tuple[str, str], int],
    file: str,
    line: int,
) -> Iterator[Problem]:
    """Take in what an assessor says of a sub-element. Yields what is wrong with it."""
    assessor, sub = _text(row.get(ASSESSOR)), _text(row.get(SUB_ELEMENT))
    if not assessor:
        yield Problem((ASSESSOR,), " is missing", "say who has shared out these points", file, line)
    if sub not in SUB_ELEMENTS:
        yield Problem((sub or SUB_ELEMENT,), " is no sub-element", did_you_mean(sub, SUB_ELEMENTS), file, line)
        return
    if (assessor, sub) in lines:
        said = f" of {assessor} stands twice: here and in line {lines[assessor, sub]}"
        yield Problem((sub,), said, "keep one of the two rows", file, line)
        return
    lines[assessor, sub] = line
    for lever in levers:
        text = _text(row.get(lever)).replace(",", ".")
        if not text:
            continue
        try:
            points = float(text)
        except ValueError:
            points = math.nan
        if not 0.0 <= points <= POINTS:
            said = f"(={row.get(lever)!r}) must be points from 0 to {POINTS:g}"
            yield Problem((sub, lever), said, "leave it empty where a sub-element carries nothing", file, line)
        else:
            found.setdefault(assessor, {}).setdefault(lever, {})[sub] = points


def _sums(
    found: dict[str, dict[str, dict[str, float]]], lines: Mapping[tuple[str, str], int], file: str
) -> Iterator[Problem]:
    """Levers of which an assessor has shared out more or less than all points; those left at 0 were left out."""
    for assessor, said in found.items():
        last = max(line for (who, _), line in lines.items() if who == assessor)
        for lever, points in list(said.items()):
            total = math.fsum(points.values())
            if total == 0.0:
                del said[lever]
            elif abs(total - POINTS) > _ROUNDING:
                words = f" of {assessor} has {total:g} points, must be {POINTS:g}"
                yield Problem((lever,), words, "share out all points of a lever, or leave it empty", file, last)


def write_sheet(path: Path) -> None:
    """Write an empty sheet, a form for each of a few assessors, as CSV or XLSX."""
    heads = (ASSESSOR, SUB_ELEMENT, NAME, *LEVERS)
    forms = [f"assessor {number}" for number in range(1, _FORMS + 1)]
    rows = [(who, sub, find(sub)[0].name) for who in forms for sub in SUB_ELEMENTS]
    if path.suffix.lower() == ".xlsx":
        _write_workbook(heads, rows, path)
        return
    with path.open("w", encoding="utf-8", newline="") as file:
        csv.writer(file, lineterminator="\n").writerows([heads, *((*row, *[""] * len(LEVERS)) for row in rows)])


def _write_workbook(heads: Sequence[str], rows: Sequence[tuple[str, str, str]], path: Path) -> None:
    """A workbook with a sum under each assessor's form."""
    from openpyxl import Workbook
    from openpyxl.styles import Font
    from openpyxl.utils import get_column_letter
    from openpyxl.worksheet.datavalidation import DataValidation

    book = Workbook()
    sheet = book.active
    sheet.title = "weights"
    sheet.append(list(heads))
    rule = DataValidation("decimal", operator="between", formula1="0", formula2=f"{POINTS:g}", allow_blank=True)
    rule.error, rule.showErrorMessage = f"points from 0 to {POINTS:g}, or empty", True
    sheet.add_data_validation(rule)
    first, letters = len(heads) - len(LEVERS) + 1, [get_column_letter(k + 1) for k in range(len(heads))]
    for row in rows:
        sheet.append(list(row))
        line = sheet.max_row
        if row[1] == SUB_ELEMENTS[-1]:
            top = line - len(SUB_ELEMENTS) + 1
            rule.add(f"{letters[first - 1]}{top}:{letters[-1]}{line}")
            sheet.append(
                [row[0], SUM, f"must be {POINTS:g}", *(f"=SUM({c}{top}:{c}{line})" for c in letters[first - 1 :])]
            )
            for cell in sheet[line + 1]:
                cell.font = Font(bold=True)
    for cell in sheet[1]:
        cell.font = Font(bold=True)
    for letter, width in zip(letters, _WIDTHS, strict=False):
        sheet.column_dimensions[letter].width = width
    sheet.freeze_panes = "D2"
    book.save(path)
