"""Tidy tables of runs, one row a replication, month or touchpoint, and their files.

Parquet where pyarrow is installed (the extra `tables`), otherwise CSV with the same columns and rows.

Both are the same bytes for the same figures and package versions, and no figure loses a digit: numbers in CSV are
written so that reading them gives the very same number.
"""

import csv
import importlib.util
import itertools
from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from sxsim.engines.records import Records
from sxsim.engines.world import OUTCOMES
from sxsim.results.kpis import month_kpis, run_kpis
from sxsim.scenario.problems import csv_text
from sxsim.scenario.scenario import Scenario
from sxsim.standard.catalogue import LEVERS, OBSTACLES, SUB_ELEMENTS

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
            writer.writerow(["" if cell != cell else csv_text(cell) for cell in made])  # NaN alone differs from itself


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


def kpis_frame(records: Sequence[Records], scenario: Scenario) -> "pd.DataFrame":
    """One row a replication, one column a KPI."""
    import pandas as pd

    rate = scenario.economics.discount_rate
    rows = [{"replication": r, **run_kpis(record, rate)} for r, record in enumerate(records)]
    return pd.DataFrame(rows)


def monthly_frame(records: Sequence[Records], scenario: Scenario) -> "pd.DataFrame":
    """One row a replication, month and site: all KPIs of the month, counts and means, levers, sub-elements' maturity.

    Months count from 0 at the start of the horizon; the warm-up has negative numbers.
    """
    import pandas as pd

    names = [site.name for site in scenario.sites]
    frames = []
    for replication, record in enumerate(records):
        months, sites = record.sites.shape
        frame: dict[str, Any] = {
            "replication": np.full(months * sites, replication),
            "month": np.repeat(np.arange(months) - record.warm_up, sites),
            "site": names * months,
        }
        for name, values in month_kpis(record, scenario.economics.discount_rate).items():
            frame[name] = values.ravel()
        for name in record.sites.dtype.names or ():
            frame.setdefault(f"sum.{name}", record.sites[name].ravel())
        for lever, name in enumerate(LEVERS):
            frame[f"lever.{name}"] = record.levers[:, :, lever].ravel()
        for row, name in enumerate(OBSTACLES):
            frame[f"obstacle.{name}"] = np.repeat(record.obstacles[:, row], sites)
        for row, name in enumerate(SUB_ELEMENTS):
            frame[f"maturity.{name}"] = np.repeat(record.sub_elements[:, row], sites)
            frame[f"seen.{name}"] = np.repeat(record.seen[:, row], sites)
        frames.append(pd.DataFrame(frame))
    return pd.concat(frames, ignore_index=True)


def touchpoints_frame(records: Sequence[Records], scenario: Scenario) -> "pd.DataFrame":
    """One row a replication, month, site, touchpoint and segment: counts, levels, waits, expectation, perception, gap."""
    import pandas as pd

    sites = [site.name for site in scenario.sites]
    touchpoints = [touchpoint.name for touchpoint in scenario.touchpoints]
    segments = [segment.name for segment in scenario.segments]
    frames = []
    for replication, record in enumerate(records):
        months = len(record.contacts)
        index = pd.MultiIndex.from_product(
            [[replication], np.arange(months) - record.warm_up, sites, touchpoints, segments],
            names=["replication", "month", "site", "touchpoint", "segment"],
        )
        frame = index.to_frame(index=False)
        for name in record.contacts.dtype.names or ():
            frame[name] = record.contacts[name].ravel()
        frames.append(frame)
    frame = pd.concat(frames, ignore_index=True)
    served = frame["served"].where(frame["served"] > 0)
    attempts = frame[["served", "abandoned", "balked", "turned_away"]].sum(axis=1)
    frame["wait_mean"] = frame["wait"] / attempts.where(attempts > 0)
    for name in ("quality", "perceived", "expectation", "service"):
        frame[f"{name}_mean"] = frame[name] / served
    frame["gap"] = frame["perceived_mean"] - frame["expectation_mean"]
    return frame.drop(columns=["quality", "perceived", "expectation", "service", "wait"])


def contacts_frame(records: Sequence[Records], scenario: Scenario) -> "pd.DataFrame":
    """The contact log: one row an attempt, in order of completion within a site."""
    import pandas as pd

    frames = []
    for replication, record in enumerate(records):
        frame = pd.DataFrame({name: record.log[name] for name in record.log.dtype.names or ()})
        frame.insert(0, "replication", replication)
        frames.append(frame)
    frame = pd.concat(frames, ignore_index=True)
    for column, parts in (
        ("site", scenario.sites),
        ("touchpoint", scenario.touchpoints),
        ("segment", scenario.segments),
    ):
        names = np.array([part.name for part in parts])  # type: ignore[attr-defined]
        frame[column] = names[frame[column].to_numpy()]
    frame["outcome"] = np.array(OUTCOMES)[frame["outcome"].to_numpy()]
    kinds = [name for t in scenario.touchpoints for name in (t.name, *(kind.name for kind in t.contact_types))]
    frame["contact_type"] = np.array(kinds)[frame["contact_type"].to_numpy()]
    return frame
