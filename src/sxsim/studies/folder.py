"""The folder of a study: its files resolved, tables as CSV and XLSX, all points as Parquet or CSV, figures, provenance, a summary."""

import csv
import itertools
import json
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import numpy as np

from sxsim.results.folder import (
    ENSEMBLE_FILE,
    RUN_FILE,
    digests,
    write_ensemble,
    write_scenario,
    write_yaml,
)
from sxsim.results.kpis import KPIS
from sxsim.results.provenance import SCHEMA_VERSION, digest, environment, file_digest, software, whole_folder
from sxsim.results.result import unit_of
from sxsim.results.tables import suffix_here, write_rows
from sxsim.scenario.plug_ins import COPIES
from sxsim.scenario.problems import cell_text, csv_text, in_path, in_paths, sheet_title
from sxsim.studies.part import Part, Study, sentences, summary

EXPERIMENT_FILE = "experiment.yaml"
_MOST_ROWS_IN_A_SHEET = 100_000
#: Widths of columns in a workbook, in characters.
_NARROWEST, _WIDEST = 12, 40


def write_study(study: Study, out: Path, suffix: str | None = None) -> Path:
    """Write the study's folder below `out` and return it; it is either whole or not there.

    suffix: `.parquet` or `.csv` for the table of all points; by default what is possible here.
    """
    suffix = suffix or suffix_here()
    experiment = study.experiment
    decides = [
        experiment.model_dump(mode="json", exclude={"scenarios", "set", "parameters"}),
        [(digest(part.task.decides()), software()["model"]) for part in study.parts],
        *([study.setup.ensemble.written()] if study.setup.ensemble else []),
    ]
    folder = out / f"{in_path(experiment.name)}-{digest(decides)[:10]}"
    with whole_folder(folder) as temporary:
        files = []
        names = in_paths(part.scenario.name for part in study.parts)
        endings = [f"-{name}" if len(study.parts) > 1 else "" for name in names]
        for part, name in zip(study.parts, names, strict=True):
            files.append(f"scenario-{name}.yaml")
            copies = f"{COPIES}-{name}"
            write_scenario(part.scenario, part.scenario.model_dump(mode="json"), temporary / files[-1], copies)
        described = experiment.model_dump(mode="json", exclude_none=True) | {"scenarios": files, "set": {}}
        described.pop("parameters", None)  # those of a file stand in the scenarios now
        if study.setup.ensemble is not None:
            write_ensemble(study.setup.ensemble, temporary)
            described["parameters"] = ENSEMBLE_FILE
        write_yaml(described, temporary / EXPERIMENT_FILE)
        for part, ending in zip(study.parts, endings, strict=True):
            _write_points(part, temporary / f"points{ending}{suffix}")
        tables = _tables(study)
        for name, rows in tables.items():
            _write_csv(rows, temporary / f"{name}.csv")
        _write_workbook(study, tables, temporary / "study.xlsx")
        (temporary / "figures").mkdir()
        for part, ending in zip(study.parts, endings, strict=True):
            part.draw(temporary / "figures", ending)
        if study.failures:
            (temporary / "failures").mkdir()
            for number, failure in enumerate(study.failures, 1):
                text = (
                    f"{json.dumps(dict(failure.point.settings), indent=1)}\nreplication {failure.point.replication}\n\n"
                )
                (temporary / "failures" / f"{number:05}.txt").write_text(text + failure.text, encoding="utf-8")
        (temporary / "summary.md").write_text(summary(study), encoding="utf-8")
        _write_provenance(study, temporary)
    study.folder = folder
    return folder


def _point_rows(part: Part) -> Iterator[tuple[Mapping[str, float | str], list[float]]]:
    """What each point stands for, its replication and its KPIs. A setting that is called like a KPI says that it is none."""
    for task, labels, point in part.points():
        own = {f"{name} (setting)" if name in task.statistics else name: value for name, value in labels.items()}
        yield own, [point.replication, *(part.kept(task, point) or (np.nan,) * len(task.statistics))]


def _write_points(part: Part, path: Path) -> None:
    """All points in order, streamed; memory does not grow with their number."""
    first = next(_point_rows(part))[0]
    kinds: dict[str, type] = {name: str if isinstance(value, str) else float for name, value in first.items()}
    kinds |= {"replication": int} | dict.fromkeys(part.task.statistics, float)
    rows = ([*labels.values(), *figures] for labels, figures in _point_rows(part))
    write_rows(kinds, rows, path)


def _tables(study: Study) -> dict[str, list[dict[str, Any]]]:
    """The tables of results by name, tidy: one row an estimate, the scenario first."""
    found: dict[str, list[dict[str, Any]]] = {}
    for part in study.parts:
        for name, rows in part.tables():
            found.setdefault(name, []).extend({"scenario": part.scenario.name} | row for row in rows)
    return found


def tables_of(study: Study) -> dict[str, list[dict[str, Any]]]:
    """The tables of results by name, `None` where a figure is not defined."""
    return {name: [{k: _cell(v) for k, v in row.items()} for row in rows] for name, rows in _tables(study).items()}


def _write_csv(rows: list[dict[str, Any]], path: Path) -> None:
    columns = list(dict.fromkeys(name for row in rows for name in row))
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, columns, lineterminator="\n")
        writer.writeheader()
        writer.writerows({name: csv_text(cell) for name, cell in row.items()} for row in rows)


def _write_workbook(study: Study, tables: Mapping[str, list[dict[str, Any]]], path: Path) -> None:
    """A workbook for people with spreadsheets: a sheet a table, units in the headers."""
    from openpyxl import Workbook
    from openpyxl.styles import Font
    from openpyxl.utils import get_column_letter

    book = Workbook(write_only=True)
    sheet = book.create_sheet("summary")
    sheet.column_dimensions["A"].width = 120
    for text in sentences(study):
        sheet.append([_cell_in(sheet, text)])

    def bold(text: str) -> Any:
        cell = _cell_in(sheet, text)
        cell.font = Font(bold=True)
        return cell

    for name, rows in tables.items():
        sheet = book.create_sheet(sheet_title(name, book.sheetnames))
        sheet.freeze_panes = "A2"
        columns = list(dict.fromkeys(column for row in rows for column in row))
        for place, column in enumerate(columns, 1):
            sheet.column_dimensions[get_column_letter(place)].width = min(
                max(len(_with_unit(column, name)), _NARROWEST), _WIDEST
            )
        sheet.append([bold(_with_unit(column, name)) for column in columns])
        for row in rows:
            sheet.append([_cell_in(sheet, row.get(column)) for column in columns])
    for part in study.parts:
        points = list(itertools.islice(_point_rows(part), _MOST_ROWS_IN_A_SHEET + 1))
        if len(points) <= _MOST_ROWS_IN_A_SHEET:
            sheet = book.create_sheet(sheet_title(f"points {part.scenario.name}", book.sheetnames))
            sheet.freeze_panes = "A2"
            kpis = [
                f"{name} ({unit_of(name, part.scenario)})" if name in KPIS else name for name in part.task.statistics
            ]
            sheet.append([bold(column) for column in (*points[0][0], "replication", *kpis)])
            for labels, figures in points:
                sheet.append([_cell_in(sheet, value) for value in (*labels.values(), *figures)])
    book.save(path)


#: Columns of tables whose unit is not that of the KPI in the same row.
_SHARES, _FIGURES = (
    ("indices", "second_order"),
    ("value", "mean", "low", "high", "p10", "p90", "sd", "part", "error of orders"),
)


def _with_unit(column: str, table: str) -> str:
    """The head of a column with its unit, where the name of the column does not say it."""
    if table == "next_euro":
        return f"{column} (money for each unit of money)" if column in ("low", "high") else column
    if column in _FIGURES or (
        table == "judgement" and column.startswith(("against", "advice ahead", "ahead", "worst"))
    ):
        return f"{column} ({'share of the spread' if table in _SHARES else 'in the unit of the KPI'})"
    return column


def _cell_in(sheet: Any, value: Any) -> Any:
    """A figure, or a text that stays one whatever it begins with, as a cell of a sheet."""
    from openpyxl.cell import WriteOnlyCell

    if not isinstance(value, str):
        return _cell(value)
    cell = WriteOnlyCell(sheet, cell_text(value))
    cell.data_type = "s"
    return cell


def _cell(value: Any) -> Any:
    return None if isinstance(value, float) and not np.isfinite(value) else value


def _write_provenance(study: Study, folder: Path) -> None:
    sizes = [len({(task.plan, task.key(point)) for task, _, point in part.points()}) for part in study.parts]
    outputs = {
        path.name: file_digest(path)
        for path in sorted(folder.iterdir())
        if path.suffix in (".parquet", ".csv") and path.name != ENSEMBLE_FILE
    }
    stated = [path for path in folder.iterdir() if path.suffix == ".yaml" or path.name == ENSEMBLE_FILE]
    inputs = digests(folder, [*stated, *folder.glob(f"{COPIES}-*/**/*.py")])
    data = {
        "schema_version": SCHEMA_VERSION,
        "kind": "study",
        "study": study.experiment.study,
        "name": study.experiment.name,
        "scenario": ", ".join(part.scenario.name for part in study.parts),
        "plan": study.experiment.plan,
        "ensemble": len(study.setup.ensemble or ()),
        "seed": study.experiment.seed,
        "points": sum(sizes),
        "points_run": study.run,
        "failures": len(study.failures),
        "seconds": round(study.seconds, 3),
        "software": software(),
        "parameters": {part.scenario.name: part.scenario.parameters for part in study.parts},
        "environment": environment(),
        "sha256": {"inputs": inputs, "outputs": outputs},
    }
    (folder / RUN_FILE).write_text(json.dumps(data, indent=2, ensure_ascii=False) + "\n", encoding="utf-8")
