"""Tables as Parquet and as CSV: the same columns, the same rows, every figure to the last bit."""

import math
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from sxsim.results import tables
from sxsim.results.kpis import KPIS, month_kpis, run_kpis
from sxsim.results.result import Result
from sxsim.results.tables import (
    CSV,
    PARQUET,
    batched,
    contacts_frame,
    kpis_frame,
    monthly_frame,
    suffix_here,
    touchpoints_frame,
    write_rows,
    write_table,
)
from sxsim.standard.catalogue import LEVERS, SUB_ELEMENTS

from ..scenario.cafe import cafe
from ..without_pyarrow import hide_pyarrow
from .hand_made import empty, lively

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


SITES = "sites=[{name: east, share: 0.5}, {name: west, share: 0.5}]"


def test_the_kpis_stand_one_row_a_replication() -> None:
    records = [lively(0), lively(1)]
    frame = kpis_frame(records, cafe("economics.discount_rate=0.2"))
    assert list(frame.columns) == ["replication", *KPIS]
    assert list(frame["replication"]) == [0, 1]
    for r, record in enumerate(records):
        expected = run_kpis(record, 0.2)
        np.testing.assert_array_equal(frame.loc[r, list(KPIS)].to_numpy(float), [expected[name] for name in KPIS])


def test_the_months_count_from_the_horizon_and_stand_by_site() -> None:
    records = [lively(0, warm_up=2, months=3, sites=2), lively(1, warm_up=2, months=3, sites=2)]
    frame = monthly_frame(records, cafe(SITES))
    assert list(frame["month"][:10]) == [-2, -2, -1, -1, 0, 0, 1, 1, 2, 2]
    assert list(frame["site"][:4]) == ["east", "west", "east", "west"]
    assert list(frame["replication"]) == [0] * 10 + [1] * 10
    record = records[1]
    record.levers[:] = np.arange(record.levers.size).reshape(record.levers.shape)
    record.sub_elements[:] = np.arange(record.sub_elements.size).reshape(record.sub_elements.shape)
    record.seen[:] = -record.sub_elements
    frame = monthly_frame(records, cafe(SITES))
    row = frame[(frame["replication"] == 1) & (frame["month"] == 1) & (frame["site"] == "west")].iloc[0]
    for name in record.sites.dtype.names or ():
        column = f"sum.{name}" if name not in frame.columns or name in KPIS else name
        assert row[f"sum.{name}"] == record.sites[name][3, 1], column
    for name, values in month_kpis(record, 0.08).items():
        assert row[name] == pytest.approx(values[3, 1], nan_ok=True), name
    assert [row[f"lever.{name}"] for name in LEVERS] == list(record.levers[3, 1])
    assert [row[f"maturity.{name}"] for name in SUB_ELEMENTS] == list(record.sub_elements[3])
    assert [row[f"seen.{name}"] for name in SUB_ELEMENTS] == list(record.seen[3])


def test_touchpoints_stand_by_month_site_touchpoint_and_segment() -> None:
    record = lively(3, warm_up=1, months=2, sites=2)
    frame = touchpoints_frame([record], cafe(SITES))
    assert len(frame) == 3 * 2 * 3 * 2
    at = (frame["month"] == 1) & (frame["site"] == "west") & (frame["touchpoint"] == "tables")
    row = frame[at & (frame["segment"] == "passers-by")].iloc[0]
    cell = record.contacts[2, 1, 1, 1]
    attempts = sum(cell[name] for name in ("served", "abandoned", "balked", "turned_away"))
    assert [row[f"level_{k}"] for k in range(5)] == [cell[f"level_{k}"] for k in range(5)]
    assert row["wait_mean"] == cell["wait"] / attempts
    for name in ("quality", "perceived", "expectation", "service"):
        assert row[f"{name}_mean"] == pytest.approx(cell[name] / cell["served"])
        assert name not in frame.columns
    assert row["gap"] == pytest.approx((cell["perceived"] - cell["expectation"]) / cell["served"])


def test_where_nobody_was_served_means_are_not_defined() -> None:
    record = empty()
    record.contacts["abandoned"][1, 0, 0, 0], record.contacts["wait"][1, 0, 0, 0] = 4, 10.0
    frame = touchpoints_frame([record], cafe())
    assert frame[["quality_mean", "perceived_mean", "expectation_mean", "service_mean", "gap"]].isna().all(axis=None)
    assert frame["wait_mean"].dropna().tolist() == [2.5]


@pytest.fixture(scope="module")
def log(tiny: Result) -> pd.DataFrame:
    return contacts_frame(tiny.records, tiny.scenario)


def test_the_contact_log_says_names_instead_of_numbers(tiny: Result, log: pd.DataFrame) -> None:
    assert set(log["touchpoint"]) <= {"counter", "tables", "kiosk"}
    assert set(log["segment"]) <= {"regulars", "passers-by"}
    assert set(log["site"]) == {"site"}
    assert set(log["contact_type"]) <= {"counter", "order", "tables", "kiosk"}
    assert "served" in set(log["outcome"])
    assert (log.loc[log["contact_type"] == "order", "touchpoint"] == "counter").all()
    assert (log.loc[log["touchpoint"] == "tables", "contact_type"] == "tables").all()
    coffee = log[(log["segment"] == "passers-by") & (log["step"] == 1)]
    assert set(coffee["contact_type"]) == {"order"}
    lunch = log[(log["step"] == 1) & (log["segment"] == "regulars")]
    assert set(lunch["contact_type"]) == {"order", "counter"}


def test_the_contact_log_agrees_with_the_tables(tiny: Result, log: pd.DataFrame) -> None:
    keys = ["replication", "touchpoint", "segment"]
    table = tiny.touchpoints.groupby(keys)[["served", "level_3", "delighted", "put_right"]].sum()
    served = log[log["outcome"] == "served"]
    counted = served.groupby(keys).size().reindex(table.index, fill_value=0)
    assert (counted == table["served"]).all()
    assert (log.groupby(keys)["delighted"].sum().reindex(table.index, fill_value=0) == table["delighted"]).all()
    levels = log[log["level"] == 3].groupby(keys).size().reindex(table.index, fill_value=0)
    assert (levels == table["level_3"]).all()


def test_the_tables_of_a_run_agree_with_each_other(tiny: Result) -> None:
    keys = ["replication", "month"]
    by_touchpoint = tiny.touchpoints.groupby(keys)[["served", "delighted", "level_0"]].sum()
    assert by_touchpoint["served"].sum() > 50
    months = tiny.monthly.set_index(keys)
    assert (by_touchpoint["delighted"] / by_touchpoint["served"]).to_numpy() == pytest.approx(
        months["delight_rate"].to_numpy(), nan_ok=True
    )
    horizon = tiny.monthly[tiny.monthly["month"] >= 0].groupby("replication")
    assert tiny.kpis["revenue"].to_numpy() == pytest.approx(horizon["revenue"].mean().to_numpy())
    assert tiny.kpis["npv"].to_numpy() == pytest.approx(horizon["npv"].sum().to_numpy())
    money = months["revenue"] - months["cost"] - months["investment"]
    assert months["result"].to_numpy() == pytest.approx(money.to_numpy())


def test_the_shares_of_levels_and_the_waits_cover_all_attempts(tiny: Result) -> None:
    shares = tiny.kpis[[f"level_{k}" for k in range(5)]].sum(axis=1)
    assert shares.to_numpy() == pytest.approx(1.0)
    for record in tiny.records:
        attempts = sum(record.contacts[name].sum() for name in ("served", "abandoned", "balked", "turned_away"))
        assert record.waits.sum() == attempts
