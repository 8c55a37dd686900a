"""Tables as Parquet and as CSV: the same columns, the same rows, every figure to the last bit."""

import math
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from sxsim.results import tables
from sxsim.results.result import Result
from sxsim.results.tables import CSV, PARQUET, batched, suffix_here, write_rows, write_table

from ..without_pyarrow import hide_pyarrow

AWKWARD = [0.1 + 0.2, 1 / 3, -0.0, 5e-324, 1.7976931348623157e308, 123456789.12345679, 1e22, 2.0, math.nan, math.inf]
KINDS: dict[str, type] = {"plan": str, "wage (setting)": float, "replication": int, "nps": float}
ROWS = [
    ["today", 2100, 0, 0.1 + 0.2],
    ['a, "b"\nKäfig', 1 / 3, 1, math.nan],
    ["", np.float64(1 / 7), 2**53 + 1, -1e-300],
]


def read(path: Path) -> pd.DataFrame:
    """A table as it was written."""
    if path.suffix == PARQUET:
        return pd.read_parquet(path)
    return pd.read_csv(path, keep_default_na=False, na_values={"nps": "", "figure": ""})


def test_parquet_is_written_where_pyarrow_is_installed(monkeypatch: pytest.MonkeyPatch) -> None:
    assert suffix_here() == PARQUET == ".parquet"
    hide_pyarrow(monkeypatch)
    assert suffix_here() == CSV == ".csv"


@pytest.mark.parametrize("suffix", [PARQUET, CSV])
def test_no_figure_loses_a_digit(tmp_path: Path, suffix: str) -> None:
    frame = pd.DataFrame({"figure": AWKWARD, "count": range(len(AWKWARD)), "name": ["Käfig", *"abcdefghi"]})
    write_table(frame, tmp_path / f"table{suffix}")
    again = read(tmp_path / f"table{suffix}")
    assert list(again.columns) == list(frame.columns)
    assert again["figure"].to_numpy().tobytes() == frame["figure"].to_numpy().tobytes()
    assert again["count"].tolist() == frame["count"].tolist()
    assert again["name"].tolist() == frame["name"].tolist()


@pytest.mark.parametrize("suffix", [PARQUET, CSV])
def test_rows_come_back_as_they_were(tmp_path: Path, suffix: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tables, "_ROWS_AT_ONCE", 2)
    write_rows(KINDS, iter(ROWS), tmp_path / f"points{suffix}")
    again = read(tmp_path / f"points{suffix}")
    assert list(again.columns) == list(KINDS)
    assert [kind.kind for kind in again.dtypes.iloc[1:]] == ["f", "i", "f"]
    assert again["plan"].tolist() == [row[0] for row in ROWS]
    assert again["wage (setting)"].tolist() == [row[1] for row in ROWS]
    assert again["replication"].tolist() == [row[2] for row in ROWS]
    assert again["nps"].to_numpy().tobytes() == np.array([row[3] for row in ROWS]).tobytes()


def test_csv_is_utf_8_with_unix_line_ends_and_nothing_where_there_is_no_figure(tmp_path: Path) -> None:
    write_rows(KINDS, ROWS[:2], tmp_path / "points.csv")
    write_table(pd.DataFrame({"name": ["Käfig"], "nps": [math.nan]}), tmp_path / "table.csv")
    assert (tmp_path / "points.csv").read_bytes().decode("utf-8") == (
        "plan,wage (setting),replication,nps\n"
        "today,2100.0,0,0.30000000000000004\n"
        '"a, ""b""\nKäfig",0.3333333333333333,1,\n'
    )
    assert (tmp_path / "table.csv").read_bytes().decode("utf-8") == "name,nps\nKäfig,\n"


def test_csv_holds_the_same_tables_as_parquet(tiny: Result, tmp_path: Path) -> None:
    for name in ("kpis", "monthly", "touchpoints", "contacts"):
        frame = getattr(tiny, name)
        for suffix in (PARQUET, CSV):
            write_table(frame, tmp_path / f"{name}{suffix}")
        again = pd.read_csv(tmp_path / f"{name}.csv")
        pd.testing.assert_frame_equal(again, pd.read_parquet(tmp_path / f"{name}.parquet"), check_dtype=False)


def test_rows_in_lists_of_a_size() -> None:
    assert list(batched(range(5), 2)) == [[0, 1], [2, 3], [4]]
    assert list(batched([], 2)) == []
