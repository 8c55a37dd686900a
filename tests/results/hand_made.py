"""Records made by hand, and results around them, so that every figure can be checked by hand."""

from typing import Any

import numpy as np

from sxsim.engines.records import Records
from sxsim.engines.world import CONTACT_TALLY, SITE_TALLY, WAIT_BINS
from sxsim.results.result import Result
from sxsim.standard.catalogue import ELEMENTS, LEVERS, OBSTACLES, SUB_ELEMENTS

from ..scenario.cafe import cafe


def empty(warm_up: int = 1, months: int = 2, sites: int = 1, touchpoints: int = 3, segments: int = 2) -> Records:
    """Records of a horizon in which nothing happened."""
    total = warm_up + months
    return Records(
        warm_up=warm_up,
        sites=np.zeros((total, sites), SITE_TALLY),
        contacts=np.zeros((total, sites, touchpoints, segments), CONTACT_TALLY),
        waits=np.zeros((total, sites, WAIT_BINS), np.int64),
        maturity=np.full((total, len(ELEMENTS)), 3.0),
        sub_elements=np.full((total, len(SUB_ELEMENTS)), 3.0),
        seen=np.full((total, len(SUB_ELEMENTS)), 3.0),
        levers=np.full((total, sites, len(LEVERS)), 0.5),
        obstacles=np.full((total, len(OBSTACLES)), 0.2),
    )


def lively(seed: int = 0, **shape: int) -> Records:
    """Records in which every figure is some number."""
    numbers = np.random.default_rng(seed)
    records = empty(**shape)
    for table in (records.sites, records.contacts):
        for name in table.dtype.names or ():
            table[name] = numbers.integers(20, 60, table.shape)
    for name in ("quality", "perceived", "expectation"):
        records.contacts[name] = records.contacts["served"] * numbers.uniform(0.5, 0.8, records.contacts.shape)
    records.waits[:] = numbers.integers(0, 9, records.waits.shape)
    return records


def result_of(records: list[Records], plan: str = "today", **overrides: Any) -> Result:
    """A result of the café whose records were made by hand."""
    months = len(records[0].sites) - records[0].warm_up
    sets = [f"{path}={value}" for path, value in overrides.items()]
    scenario = cafe(
        f"horizon.months={months}",
        f"horizon.warm_up={records[0].warm_up}",
        "plans.dearer.changes=[{price: 1.1}]",
        *sets,
    )
    return Result(scenario, plan, 1, records, [f"key{r}" for r in range(len(records))])
