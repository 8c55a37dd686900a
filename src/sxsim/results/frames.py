"""Tidy tables of a run: one row a replication, month or touchpoint."""

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

from sxsim.engines.records import Records
from sxsim.engines.world import OUTCOMES
from sxsim.results.kpis import month_kpis, run_kpis
from sxsim.scenario.scenario import Scenario
from sxsim.standard.catalogue import LEVERS, OBSTACLES, SUB_ELEMENTS

if TYPE_CHECKING:
    import pandas as pd


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
