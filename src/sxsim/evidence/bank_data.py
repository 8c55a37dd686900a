"""What was measured at a bank's call centre in January and February 1999, and what follows from it for a scenario.

Source: "Anonymous Bank" call-by-call data, I. Guedj and A. Mandelbaum, Technion; L. Brown et al. (2005), JASA 100(469),
36–50, doi:10.1198/016214504000001808. `bank_call_centre/` holds statistics of these data, no calls.
"""

import csv
import math
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from itertools import pairwise
from typing import Any

from ruamel.yaml import YAML

JANUARY, FEBRUARY = "1999-01", "1999-02"
MONTHS = (JANUARY, FEBRUARY)
DAYS = ("sun", "mon", "tue", "wed", "thu")  # the profile has no Friday and no Saturday
HALF_HOURS = 48
OPEN, CLOSE = 14, 48  # half hours: 7 h to 24 h
WINDOW = range(16, 44)  # half hours: 8 h to 22 h
HOURS = range(8, 22)
#: Mean time until a redial, minutes; exponential: half of the redials within 10 minutes, as measured (24 of 46 %).
REDIAL_AFTER = 15.0
#: Random variation of whole days in first attempts. Calls of a day vary by 13 % in February (January 20 %, with holidays
#: and outages); without the differences between weekdays (4 %) and without what 13 h and 21 h add, when single days had
#: outbursts (variance 67 and 36 times the mean, other hours 1 to 15 times), by 10 %; redials make 10 % of 8 %.
DAILY_VARIATION = 0.08
PROSPECTS = "NW"

Week = dict[str, list[float]]


@dataclass(frozen=True)
class Cell:
    """Means of a weekday and half hour over some days: calls; agents inferred on duty, and busy (the source's columns)."""

    day: str
    half_hour: int
    days: int
    arrivals: float
    hung_up: float
    queued: float
    abandons: float
    agents: float
    busy: float

    @property
    def served(self) -> float:
        """Calls that an agent takes."""
        return self.arrivals - self.abandons

    @property
    def calls(self) -> float:
        """Calls that stay until they queue or are answered."""
        return self.arrivals - self.hung_up

    @property
    def abandoned(self) -> float:
        """Calls that give up in the queue."""
        return self.abandons - self.hung_up


@dataclass(frozen=True)
class CallType:
    """A type of call: served calls of 10 s and more, their mean seconds and sd of log seconds; who gave up, after how long."""

    served: int
    mean: float
    spread: float
    abandoned: int
    patience: float


@dataclass(frozen=True)
class Month:
    """A month as measured; the fields are those of `measured.yaml`, which explains them."""

    name: str
    calls: int
    hung_up: int
    abandoned: int
    service_mean: float
    service_mean_long: float
    long_calls: int
    patience: float
    agents: int
    agent_spread: float
    redial: float
    types: Mapping[str, CallType]
    classes: Mapping[str, Mapping[str, float]]
    waits_of_queued: Mapping[float, float]
    observed: Mapping[str, float]
    cells: tuple[Cell, ...]

    @property
    def served(self) -> int:
        """Calls that an agent took."""
        return self.calls - self.hung_up - self.abandoned

    @property
    def window(self) -> tuple[Cell, ...]:
        """The cells from 8 to 22 h with agents on duty, where the observed figures were taken."""
        return tuple(cell for cell in self.cells if cell.half_hour in WINDOW and cell.agents > 1)


@cache
def month(name: str) -> Month:
    """A month as measured. name: of MONTHS."""
    folder = files("sxsim.evidence") / "bank_call_centre"
    stated: dict[str, Any] = YAML(typ="safe").load((folder / "measured.yaml").read_text(encoding="utf-8"))[name]
    types = {kind: CallType(**figures) for kind, figures in stated.pop("types").items()}
    lines = (folder / "profile.csv").read_text(encoding="utf-8").splitlines()
    cells = tuple(
        Cell(
            row["weekday"].lower(), int(row["half_hour"]), int(row["days"]), float(row["arrivals"]),
            float(row["hang_before_queue"]), float(row["queued"]), float(row["abandons"]), float(row["agents_on"]),
            float(row["agents_busy"]),
        )
        for row in csv.DictReader(lines)
        if row["month"] == name
    )  # fmt: skip
    return Month(name=name, types=types, cells=cells, **stated)


def first_attempts(of: Month) -> Week:
    """First attempts by weekday and half hour: the calls without hang-ups, less the redials of those who gave up.

    Redials come after REDIAL_AFTER on average: in the half hour of giving up or in the next.
    """
    calls = {day: [0.0] * HALF_HOURS for day in DAYS}
    stay = REDIAL_AFTER / 30 * (1 - math.exp(-30 / REDIAL_AFTER))  # share of redials after the half hour they begin in
    for cell in of.cells:
        if cell.half_hour < OPEN:
            continue
        again = of.redial * cell.abandoned
        calls[cell.day][cell.half_hour] += cell.calls
        calls[cell.day][cell.half_hour] -= again * (1 - stay)
        if cell.half_hour + 1 < CLOSE:
            calls[cell.day][cell.half_hour + 1] -= again * stay
    return calls


def agents_on_duty(of: Month) -> Week:
    """Agents inferred on duty by weekday and half hour while the centre is open."""
    agents = {day: [0.0] * HALF_HOURS for day in DAYS}
    for cell in of.cells:
        if cell.half_hour >= OPEN:
            agents[cell.day][cell.half_hour] = cell.agents
    return agents


def shares(of: Month) -> tuple[dict[str, float], dict[str, float]]:
    """Shares of VIPs, regular customers and prospects in first attempts; shares of the call types in customers' calls.

    Prospects are all callers of type NW; types are the same for VIPs and others (assumption).
    """
    calls = {name: kind.served * of.served / of.long_calls + kind.abandoned for name, kind in of.types.items()}
    customers = math.fsum(calls.values()) - calls[PROSPECTS]
    classes, prospects = of.classes, of.types[PROSPECTS].abandoned
    vip = classes["vip"]["queued"] / (classes["vip"]["queued"] + classes["regular"]["queued"])
    first = {
        "vip": customers * vip - of.redial * classes["vip"]["abandoned"],
        "regular": customers * (1 - vip) - of.redial * (classes["others"]["abandoned"] - prospects),
        "prospects": calls[PROSPECTS] - of.redial * prospects,
    }
    usual = next(name for name in of.types if name != PROSPECTS)
    kinds = {name: round(calls[name] / customers, 4) for name in of.types if name not in (usual, PROSPECTS)}
    kinds = {usual: round(1 - math.fsum(kinds.values()), 4)} | kinds
    return {name: number / math.fsum(first.values()) for name, number in first.items()}, kinds


def patience_factors(of: Month) -> tuple[float, float]:
    """Patience of VIPs and of regular customers as a multiple of all customers' (abandonments per minute in the queue)."""
    waited_by = {
        name: figures["abandoned"] * figures["patience"]
        for name, figures in of.classes.items()
        if "patience" in figures
    }
    prospects = of.types[PROSPECTS]
    vip, others = waited_by["vip"], waited_by["others"] - prospects.abandoned * prospects.patience
    left = of.classes["others"]["abandoned"] - prospects.abandoned
    usual = (vip + others) / (of.classes["vip"]["abandoned"] + left)
    return of.classes["vip"]["patience"] / usual, others / left / usual


def service_time(of: Month, kind: CallType) -> tuple[float, float]:
    """Mean minutes over all agents, and coefficient of variation with one agent, of a type's service.

    Calls under 10 s stay in: they shorten every type's mean alike. The spread between agents is taken out.
    """
    minutes = kind.mean / 60 * of.service_mean / of.service_mean_long
    return minutes, math.sqrt(math.exp(kind.spread**2 - of.agent_spread**2) - 1)


def service_by_cell(of: Month) -> dict[tuple[str, int], float]:
    """Mean minutes of service by weekday and half hour: the agents' busy time over the calls they took."""
    return {
        (cell.day, cell.half_hour): cell.busy * 30 / cell.served
        for cell in of.cells
        if cell.half_hour >= OPEN and cell.served > 0
    }


def observed_wait_90(of: Month) -> float:
    """Seconds that 90 % of the calls wait at most, those that do not wait included, in the window of the observed figures.

    Approximate: not measured in the window. The share that waits is the window's; of those who wait, the quantile is taken
    from all queued calls of the month (their mean, 68 and 76 s, is the window's within 1 s), between two stated quantiles
    by an exponential tail (linear in the logarithm of the share that waits longer).
    """
    longer = 0.1 / of.observed["waits"]
    stated = sorted(of.waits_of_queued.items())
    (low, before), (high, after) = next(pair for pair in pairwise(stated) if 1 - pair[1][0] <= longer <= 1 - pair[0][0])
    part = math.log((1 - low) / longer) / math.log((1 - low) / (1 - high))
    return before + part * (after - before)
