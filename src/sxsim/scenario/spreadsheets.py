"""Tables that people hand in: CSV and workbooks, read within limits."""

import csv
import io
import zipfile
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path as FilePath

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
