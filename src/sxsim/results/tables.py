"""Tables as files: Parquet where pyarrow is installed (the extra `tables`), otherwise CSV with the same columns and rows.

Both are the same bytes for the same figures and package versions, and no figure loses a digit: numbers in CSV are
written so that reading them gives the very same number.
"""

import csv
import importlib.util
import itertools
from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import pandas as pd

PARQUET, CSV = ".parquet", ".csv"
HINT = "tables are CSV: pip install 'sxsim[tables]' for Parquet"
_ROWS_AT_ONCE = 4_096


def parquet_is_here() -> bool:
    """Whether Parquet can be written: whether pyarrow is installed."""
    return importlib.util.find_spec("pyarrow") is not None


def suffix_here() -> str:
    """How files of tables end on this installation: `.parquet` or `.csv`."""
    return PARQUET if parquet_is_here() else CSV


def write_table(frame: "pd.DataFrame", path: Path) -> None:
    """Write a table in the form that the file's name asks for."""
    if path.suffix == PARQUET:
        frame.to_parquet(path, engine="pyarrow", compression="zstd", index=False)
    else:
        frame.to_csv(path, index=False, encoding="utf-8", lineterminator="\n")


def read_table(path: Path) -> "pd.DataFrame":
    """A table as it was written."""
    import pandas as pd

    return pd.read_parquet(path) if path.suffix == PARQUET else pd.read_csv(path, float_precision="round_trip")


def write_rows(kinds: Mapping[str, type], rows: Iterable[Sequence[Any]], path: Path) -> None:
    """Write a table row by row, so that memory does not grow with their number. kinds: column → str, int or float."""
    if path.suffix == PARQUET:
        _write_rows_as_parquet(kinds, rows, path)
        return
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(kinds)
        makers = list(kinds.values())
        for row in rows:
            made = [make(cell) for make, cell in zip(makers, row, strict=True)]
            writer.writerow(["" if cell != cell else cell for cell in made])  # NaN alone differs from itself


def _write_rows_as_parquet(kinds: Mapping[str, type], rows: Iterable[Sequence[Any]], path: Path) -> None:
    import pyarrow as pa
    import pyarrow.parquet as pq

    types = {str: pa.string(), int: pa.int64(), float: pa.float64()}
    schema = pa.schema([(name, types[kind]) for name, kind in kinds.items()])
    with pq.ParquetWriter(path, schema, compression="zstd") as writer:
        for some in batched(rows, _ROWS_AT_ONCE):
            columns = [pa.array(cells, kind.type) for cells, kind in zip(zip(*some, strict=True), schema, strict=True)]
            writer.write_table(pa.Table.from_arrays(columns, schema=schema))


def batched(rows: Iterable[Any], size: int) -> Iterator[list[Any]]:
    """Rows in lists of a size, the last one shorter."""
    iterator = iter(rows)
    while batch := list(itertools.islice(iterator, size)):
        yield batch
