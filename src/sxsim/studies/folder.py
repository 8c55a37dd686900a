"""The folder of a study: its files resolved, tables as Parquet, CSV and XLSX, figures, provenance, a summary."""

import csv
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np

from sxsim.results.folder import RUN_FILE, name_in_path, write_yaml
from sxsim.results.kpis import KPIS
from sxsim.results.provenance import SCHEMA_VERSION, environment, software
from sxsim.results.result import unit_of
from sxsim.results.store import digest, file_digest, whole_folder
from sxsim.studies.sensitivity import Estimate, Indices
from sxsim.studies.study import Part, Study

EXPERIMENT_FILE = "experiment.yaml"
_ROWS_AT_ONCE = 4_096
_MOST_ROWS_IN_A_SHEET = 100_000


def write_study(study: Study, out: Path) -> Path:
    """Write the study's folder below `out` and return it; it is either whole or not there."""
    from sxsim.studies import figures, summary

    experiment = study.experiment
    decides = [
        experiment.model_dump(mode="json", exclude={"scenarios", "set"}),
        [part.store.key for part in study.parts],
    ]
    folder = out / f"{name_in_path(experiment.name)}-{digest(decides)[:10]}"
    with whole_folder(folder) as temporary:
        files = []
        for part in study.parts:
            files.append(f"scenario-{name_in_path(part.scenario.name)}.yaml")
            write_yaml(part.scenario.model_dump(mode="json"), temporary / files[-1])
        described = experiment.model_dump(mode="json", exclude_none=True) | {"scenarios": files, "set": {}}
        write_yaml(described, temporary / EXPERIMENT_FILE)
        for part in study.parts:
            _write_points(study, part, temporary)
        tables = list(_tables(study))
        for name, rows in tables:
            _write_csv(rows, temporary / f"{name}.csv")
        _write_workbook(study, tables, temporary / "study.xlsx")
        (temporary / "figures").mkdir()
        figures.draw(study, temporary / "figures")
        if study.failures:
            (temporary / "failures").mkdir()
            for number, failure in enumerate(study.failures, 1):
                text = (
                    f"{json.dumps(dict(failure.point.settings), indent=1)}\nreplication {failure.point.replication}\n\n"
                )
                (temporary / "failures" / f"{number:05}.txt").write_text(text + failure.text, encoding="utf-8")
        (temporary / "summary.md").write_text(summary.markdown(study), encoding="utf-8")
        _write_provenance(study, temporary)
    study.folder = folder
    return folder


def point_columns(part: Part) -> list[str]:
    """Columns of the table of points: the factors, the replication, all KPIs."""
    names = [factor.name for factor in part.factors]
    return [*names, "replication", *KPIS]


def _point_rows(part: Part) -> Iterator[list[float]]:
    for number in range(part.size):
        point = part.point(number)
        settings = dict(point.settings)
        kpis = part.store.get(point) or (np.nan,) * len(KPIS)
        yield [*(float(settings[factor.paths[0]]) for factor in part.factors), point.replication, *kpis]


def _write_points(study: Study, part: Part, folder: Path) -> None:
    """All points in order, streamed; memory does not grow with their number."""
    import pyarrow as pa
    import pyarrow.parquet as pq

    suffix = f"-{name_in_path(part.scenario.name)}" if len(study.parts) > 1 else ""
    names = point_columns(part)
    schema = pa.schema([(name, pa.int64() if name == "replication" else pa.float64()) for name in names])
    with pq.ParquetWriter(folder / f"points{suffix}.parquet", schema, compression="zstd") as writer:
        rows: list[list[float]] = []
        for row in _point_rows(part):
            rows.append(row)
            if len(rows) == _ROWS_AT_ONCE:
                _write_rows(writer, schema, rows)
                rows = []
        if rows:
            _write_rows(writer, schema, rows)


def _write_rows(writer: Any, schema: Any, rows: list[list[float]]) -> None:
    import pyarrow as pa

    columns = [pa.array(column, field.type) for column, field in zip(zip(*rows, strict=True), schema, strict=True)]
    writer.write_table(pa.Table.from_arrays(columns, schema=schema))


def _tables(study: Study) -> Iterator[tuple[str, list[dict[str, Any]]]]:
    """The tables of results, tidy: one row an estimate."""
    if study.experiment.study == "sweep":
        rows = []
        for name, table in study.levels.items():
            rows += [{"scenario": name} | {str(k): v for k, v in row.items()} for row in table.to_dict("records")]
        yield "levels", rows
        return
    for label, found in (("screening", study.screenings), ("indices", study.indices)):
        if found:
            yield label, [row for name, each in found.items() for one in each for row in _index_rows(name, one)]
    ranks = []
    for name, each in study.indices.items():
        for one in each:
            for rank in one.ranks:
                chances = {f"chance of rank {k}": chance for k, chance in enumerate(rank.chances, 1)}
                row = {"scenario": name, "kpi": one.kpi, "factor": rank.name, "best rank": rank.best}
                ranks.append(row | {"worst rank": rank.worst} | chances)
    yield "ranks", ranks
    second = [
        {"scenario": name, "kpi": one.kpi, "factor": a, "with": b} | _figures(estimate)
        for name, each in study.indices.items()
        for one in each
        for a, b, estimate in one.second
    ]
    if second:
        yield "second_order", second


def tables_of(study: Study) -> dict[str, list[dict[str, Any]]]:
    """The tables of results by name, `None` where a figure is not defined."""
    return {name: [{k: _cell(v) for k, v in row.items()} for row in rows] for name, rows in _tables(study)}


def _figures(estimate: Estimate) -> dict[str, float]:
    return {"value": estimate.value, "low": estimate.low, "high": estimate.high}


def _index_rows(scenario: str, found: Indices) -> Iterator[dict[str, Any]]:
    kinds = (("first order", found.first), ("total", found.total), ("mean effect", found.mean_effect))
    for kind, estimates in kinds:
        for name, estimate in zip(found.names, estimates, strict=False):
            yield {"scenario": scenario, "kpi": found.kpi, "index": kind, "factor": name} | _figures(estimate)


def _write_csv(rows: list[dict[str, Any]], path: Path) -> None:
    columns = list(dict.fromkeys(name for row in rows for name in row))
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, columns, lineterminator="\n")
        writer.writeheader()
        writer.writerows(rows)


def _write_workbook(study: Study, tables: list[tuple[str, list[dict[str, Any]]]], path: Path) -> None:
    """A workbook for people with spreadsheets: a sheet a table, units in the headers."""
    from openpyxl import Workbook
    from openpyxl.styles import Font

    from sxsim.studies.summary import sentences

    book = Workbook(write_only=True)
    sheet = book.create_sheet("summary")
    sheet.column_dimensions["A"].width = 120
    for text in sentences(study):
        sheet.append([text])

    def bold(text: str) -> Any:
        from openpyxl.cell import WriteOnlyCell

        cell = WriteOnlyCell(sheet, text)
        cell.font = Font(bold=True)
        return cell

    for name, rows in tables:
        sheet = book.create_sheet(name)
        columns = list(dict.fromkeys(column for row in rows for column in row))
        sheet.append([bold(_with_unit(column, name)) for column in columns])
        for row in rows:
            sheet.append([_cell(row.get(column)) for column in columns])
    for part in study.parts:
        if part.size <= _MOST_ROWS_IN_A_SHEET:
            sheet = book.create_sheet(f"points {part.scenario.name}"[:31])
            units = {kpi: unit_of(kpi, part.scenario) for kpi in KPIS}
            sheet.append(
                [bold(f"{column} ({units[column]})" if column in units else column) for column in point_columns(part)]
            )
            for values in _point_rows(part):
                sheet.append([_cell(value) for value in values])
    book.save(path)


def _with_unit(column: str, table: str) -> str:
    if column in ("value", "low", "high") and table in ("indices", "second_order"):
        return f"{column} (share of the spread)"
    return f"{column} (in the KPI's unit)" if column in ("value", "mean", "low", "high", "p10", "p90", "sd") else column


def _cell(value: Any) -> Any:
    return None if isinstance(value, float) and not np.isfinite(value) else value


def _write_provenance(study: Study, folder: Path) -> None:
    outputs = {path.name: file_digest(path) for path in sorted(folder.iterdir()) if path.suffix in (".parquet", ".csv")}
    inputs = {path.name: file_digest(path) for path in sorted(folder.glob("*.yaml"))}
    data = {
        "schema_version": SCHEMA_VERSION,
        "kind": "study",
        "study": study.experiment.study,
        "name": study.experiment.name,
        "scenario": ", ".join(part.scenario.name for part in study.parts),
        "plan": study.experiment.plan,
        "seed": study.experiment.seed,
        "points": sum(part.size for part in study.parts),
        "points_run": study.run,
        "failures": len(study.failures),
        "seconds": round(study.seconds, 3),
        "software": software(),
        "parameters": {part.scenario.name: part.scenario.parameters for part in study.parts},
        "environment": environment(),
        "sha256": {"inputs": inputs, "outputs": outputs},
    }
    (folder / RUN_FILE).write_text(json.dumps(data, indent=2, ensure_ascii=False) + "\n", encoding="utf-8")
