"""Tables that people hand in: CSV and workbooks, read within limits."""

import csv
import io
import warnings
import zipfile
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path as FilePath
from typing import Any

from sxsim.scenario import limits
from sxsim.scenario.reading import read_bytes, read_text, refused


@dataclass(frozen=True)
class Row:
    """A row of a table, and where it ends in the file."""

    line: int
    cells: list[str]


def read_rows(path: FilePath, advice: str) -> Iterator[Row]:
    """Rows of a CSV file, blanks around cells taken off; cut by commas, or by semicolons as spreadsheets write it.

    Raises InvalidInput with the line of what cannot be read.
    """
    text = read_text(path, advice)
    first = text.partition("\n")[0]
    before = csv.field_size_limit(limits.CELL_CHARACTERS)
    try:
        reader = csv.reader(
            io.StringIO(text, newline=""), delimiter=";" if first.count(";") > first.count(",") else ","
        )
        rows = []
        for cells in reader:
            if reader.line_num > limits.TABLE_ROWS:
                said = f"the table has more than {limits.TABLE_ROWS:,} rows"
                raise refused(path, said, "take in fewer", reader.line_num)
            if len(cells) > limits.TABLE_COLUMNS:
                said = f"the row has {len(cells):,} cells, must be ≤ {limits.TABLE_COLUMNS:,}"
                raise refused(path, said, "take in fewer columns", reader.line_num)
            rows.append(Row(reader.line_num, [cell.strip() for cell in cells]))
    except csv.Error as error:
        said = f"the line cannot be read: {error}"
        raise refused(path, said, "look for a quotation mark that does not end", max(reader.line_num, 1)) from None
    finally:
        csv.field_size_limit(before)
    yield from rows


def check_workbook(path: FilePath, advice: str) -> None:
    """Refuse a workbook that is too large unpacked, or that holds what no spreadsheet writes. Raises InvalidInput."""
    content = read_bytes(path, limits.WORKBOOK_BYTES, advice)
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            parts = archive.infolist()
            size = sum(part.file_size for part in parts)
            if len(parts) > limits.WORKBOOK_PARTS or size > limits.UNPACKED_BYTES:
                said = (
                    f" {path} holds {len(parts):,} files of {size:,} bytes unpacked, must be ≤ {limits.WORKBOOK_PARTS:,} and "
                    f"≤ {limits.UNPACKED_BYTES:,}"
                )
                raise refused(path, said, "save the first sheet alone, or as CSV", 1)
            for part in parts:
                if part.filename.endswith((".xml", ".rels")) and b"<!" in archive.read(part)[:1000]:
                    said = f" {path} holds {part.filename!r} with a document type, which no spreadsheet writes"
                    raise refused(path, said, "save the sheet as CSV", 1)
    except (
        zipfile.BadZipFile,
        NotImplementedError,
        RuntimeError,
        OSError,
        EOFError,
        ValueError,
        zlib.error,
    ) as error:
        said = f" {path} cannot be read: it is no table in CSV or XLSX ({error})"
        raise refused(path, said, advice, 1) from None


def read_form(path: FilePath, advice: str) -> list[tuple[int, list[Any]]]:
    """Rows of a form that people filled in, each with its line: a CSV file, or the first sheet of a workbook.

    Raises InvalidInput for what is no table, or is too long.
    """
    if path.suffix.lower() != ".xlsx":
        table = [(row.line, list[Any](row.cells)) for row in read_rows(path, advice)]
    else:
        check_workbook(path, advice)
        try:
            with warnings.catch_warnings():
                warnings.simplefilter("ignore")
                table = list(_of_workbook(path))
        except Exception as error:  # whatever a damaged workbook makes its reader raise
            said = f" {path} cannot be read: it is no table in CSV or XLSX ({error})"
            raise refused(path, said, advice, 1) from None
    if len(table) > limits.FORM_ROWS:
        said = f"the table has {len(table):,} rows, must be ≤ {limits.FORM_ROWS:,}"
        raise refused(path, said, advice, limits.FORM_ROWS)
    return table


def _of_workbook(path: FilePath) -> Iterator[tuple[int, list[Any]]]:
    """Rows of the first sheet of a workbook."""
    from openpyxl import load_workbook

    books = [load_workbook(path, read_only=True, data_only=only) for only in (True, False)]
    try:
        sheets = [
            book.worksheets[0].iter_rows(max_row=limits.FORM_ROWS, max_col=limits.FORM_COLUMNS, values_only=True)
            for book in books
        ]
        for line, (cells, formulas) in enumerate(zip(*sheets, strict=True), 1):
            # A formula that no spreadsheet has computed yet has no value: it stands there as it was written.
            yield line, [f if value is None else value for value, f in zip(cells, formulas, strict=False)]
    finally:
        for book in books:
            book.close()
