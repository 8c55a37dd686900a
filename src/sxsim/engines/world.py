"""The world as arrays: one row per person, post, touchpoint and site; both engines work on these rows.

The fields a contact touches lie side by side. A person is on at most one visit, and in at most one contact, at a time; most
are on none, so the rows of visits are handed out and given back.
"""

import csv
from collections.abc import Iterator
from datetime import date
from itertools import groupby
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from sxsim.engines.bare import CACHE_LINE, Bare
from sxsim.standard.catalogue import ACTIVITIES, LEVERS, OBSTACLES, PYRAMID

# Flags handed to a step: int64, because a Python number would compile the step anew for each value.
NO, YES = np.int64(0), np.int64(1)
# Status of a person.
PROSPECT, CUSTOMER, FORMER = range(3)
# Outcome of a contact attempt.
WAITING, SERVED, ABANDONED, BALKED, TURNED_AWAY = range(5)
OUTCOMES = ("waiting", "served", "abandoned", "balked", "turned away")
# What an employee does.
IDLE, SERVING, AFTER_CONTACT, ON_BREAK = range(4)
# Columns of the levers.
RELIABILITY = LEVERS.index("reliability")
FLOW = LEVERS.index("flow")
VOICE = LEVERS.index("voice")
RECOVERY = LEVERS.index("recovery")
INSIGHT = LEVERS.index("insight")
DISCRETION = LEVERS.index("discretion")
CRAFT = LEVERS.index("craft")
ENERGY = LEVERS.index("energy")
SURPRISE = LEVERS.index("surprise")
ALIGNMENT = LEVERS.index("alignment")
# Rows of the activities that do something of their own; all of them lower obstacles.
ANALYSE_SITUATION = ACTIVITIES.index("analyse_situation")
CREATE_URGENCY = ACTIVITIES.index("create_urgency")
VISION_INITIATIVES = ACTIVITIES.index("vision_initiatives")
MANAGE_ACTIVITIES = ACTIVITIES.index("manage_activities")
SUPPORTER_NETWORK = ACTIVITIES.index("supporter_network")
MINIMUM_VIABLE_CHANGES = ACTIVITIES.index("minimum_viable_changes")
EXPAND_MOMENTUM = ACTIVITIES.index("expand_momentum")
ANCHOR_CULTURE = ACTIVITIES.index("anchor_culture")
ANCHOR_INNOVATION = ACTIVITIES.index("anchor_innovation")
ANCHOR_STANDARDS = ACTIVITIES.index("anchor_standards")
ANCHORING = (ANCHOR_CULTURE, ANCHOR_INNOVATION, ANCHOR_STANDARDS)
# Rows of the obstacles.
UNDERSTANDING = OBSTACLES.index("understanding")
MINDSET = OBSTACLES.index("mindset")
SILOS = OBSTACLES.index("silos")
LEADERSHIP = OBSTACLES.index("leadership")
RESOURCES = OBSTACLES.index("resources")
BUSINESS_LINK = OBSTACLES.index("business_link")
PRODUCT_VIEW = OBSTACLES.index("product_view")
CROSS_INDUSTRY = OBSTACLES.index("cross_industry")
TRANSFORMATION_CULTURE = OBSTACLES.index("transformation_culture")
# Levels of the pyramid.
INDIVIDUAL_LEVEL = PYRAMID.index("Individual excellent service")
TOP_LEVEL = PYRAMID.index("Surprisingly excellent service")
# Severity of a problem.
NO_PROBLEM, MINOR, MAJOR = range(3)
# Time in minutes.
HALF_HOUR, DAY = 30.0, 1440.0
HALF_HOURS_A_DAY, HALF_HOURS_A_WEEK, DAYS_A_WEEK = 48, 336, 7
DAYS_A_MONTH = 30.4375
MOST_HALF_HOURS = 31 * HALF_HOURS_A_DAY
# What a step answers instead of a time.
GO_ON, VISIT_OVER, OFF_DUTY, AVAILABLE = -1.0, -2.0, -1.0, 0.0
MOST_ATTEMPTS = 250
BEFORE_THE_RUN = -(10**6)
# `visit` of a person who is on none.
AT_HOME = -1
# `joins_at` of an account that is a customer.
IS_CUSTOMER = -1.0
# Histogram of waits: bin 0 holds no wait, the others are logarithmic.
WAIT_BINS, WAIT_LOW, WAIT_WIDTH = 256, 0.01, 0.06

#: Kinds of numbers in records. Rows of persons and visits are many, so their whole numbers are short: flags and numbers up to
#: 60 are small, then come kinds and attempts, then counts.
_KINDS = {"whole": np.int64, "real": np.float64, "small": np.int8, "kind": np.int16, "count": np.int32}


def _records() -> Iterator[tuple[str, "Record"]]:
    """The records that `rows.csv` declares, in its order."""
    text = Path(__file__).with_name("rows.csv").read_text(encoding="utf-8")
    for name, rows in groupby(csv.DictReader(text.splitlines()), lambda row: row["record"]):
        about, *fields = rows
        yield (
            name,
            Record(
                about["meaning"],
                {row["field"]: row["meaning"] for row in fields},
                np.dtype([(row["field"], _KINDS[row["kind"]]) for row in fields], align=True),
            ),
        )


class Record(NamedTuple):
    """A kind of rows: what a row stands for, the meaning (with unit) of each of its fields, and how it lies in memory."""

    about: str
    meanings: dict[str, str]
    layout: np.dtype[Any]


def _whole_lines(record: np.dtype[Any]) -> np.dtype[Any]:
    """A record that fills whole cache lines, its wider fields first."""
    fields: Any = record.fields or {}
    names = sorted(record.names or (), key=lambda name: -fields[name][0].itemsize)
    sizes = [fields[name][0].itemsize for name in names]
    described = {
        "names": names,
        "formats": [fields[name][0] for name in names],
        "offsets": (np.cumsum(sizes) - sizes).tolist(),
        "itemsize": -(-sum(sizes) // CACHE_LINE) * CACHE_LINE,
        "aligned": True,
    }
    return np.dtype(described)  # type: ignore[call-overload,no-any-return]


def rows_in_lines(count: int, record: np.dtype[Any]) -> NDArray[Any]:
    """Rows of zeros that begin at the beginning of a cache line."""
    block = np.zeros(count * record.itemsize + CACHE_LINE, np.uint8)
    first = -block.ctypes.data % CACHE_LINE
    return block[first : first + count * record.itemsize].view(record)


#: All records, as `rows.csv` declares them: a field is one line there, with its kind and its meaning.
RECORDS = dict(_records())
SETTINGS = RECORDS["SETTINGS"].layout
PERSON = _whole_lines(RECORDS["PERSON"].layout)
VISIT = _whole_lines(RECORDS["VISIT"].layout)
ACCOUNT = RECORDS["ACCOUNT"].layout
POST = _whole_lines(RECORDS["POST"].layout)
TEAM = RECORDS["TEAM"].layout
SEGMENT = RECORDS["SEGMENT"].layout
JOURNEY = RECORDS["JOURNEY"].layout
STEP = RECORDS["STEP"].layout
CONTACT_TYPE = RECORDS["CONTACT_TYPE"].layout
TOUCHPOINT = RECORDS["TOUCHPOINT"].layout
FLOOR = RECORDS["FLOOR"].layout
SITE = RECORDS["SITE"].layout
JOINING = RECORDS["JOINING"].layout
SUB_ELEMENT = RECORDS["SUB_ELEMENT"].layout
ACTIVITY = RECORDS["ACTIVITY"].layout
OBSTACLE = RECORDS["OBSTACLE"].layout
MARKET = RECORDS["MARKET"].layout
CAPACITY = RECORDS["CAPACITY"].layout
CONTACT_TALLY = RECORDS["CONTACT_TALLY"].layout
SITE_TALLY = RECORDS["SITE_TALLY"].layout
CONTACT_LOG = RECORDS["CONTACT_LOG"].layout

Rows = NDArray[Any]


#: The arrays of a world. Shapes: S sites, T touchpoints, G segments, N persons, P posts, M months with the warm-up.
ARRAYS = {
    "settings": "(1,) SETTINGS",
    "parameters": "(1,) the parameter record",
    "persons": "(N,) PERSON",
    "visits": "(N,) VISIT of those on a visit; at each site the rows given back last are taken first",
    "free_visits": "(N,) rows of visits given back, a stack for each site",
    "accounts": "(accounts,) ACCOUNT",
    "neighbours": "(N, acquaintances) numbers of persons",
    "posts": "(P,) POST",
    "teams": "(S × teams,) TEAM",
    "segments": "(G,) SEGMENT",
    "joining": "(S, G) JOINING",
    "journeys": "(journeys,) JOURNEY",
    "journey_shares": "(G, journeys) cumulative shares",
    "steps": "(steps,) STEP",
    "contact_types": "(contact types,) CONTACT_TYPE",
    "touchpoints": "(T,) TOUCHPOINT",
    "floors": "(S × T,) FLOOR",
    "last_demand": "(S × T, 7) demanded minutes of the last days",
    "last_staff": "(S × T, 7) available minutes of the last days",
    "last_other": "(S × T, 7) minutes of other work of the last days",
    "capacities": "(capacities,) CAPACITY",
    "sites": "(S,) SITE",
    "levers": "(S, 10) in force",
    "weights": "(31, 10) of sub-elements on levers",
    "sub_elements": "(31,) SUB_ELEMENT",
    "elements": "(9,) maturity",
    "activities": "(12,) ACTIVITY of the implementation",
    "efforts": "(M, 12) of the activities, 0–1",
    "obstacles": "(9,) OBSTACLE",
    "lowers": "(12, 9) 1 where an activity is meant for an obstacle",
    "market": "(1,) MARKET",
    "profiles": "(profiles, 336) mean 1",
    "intensity": "(S, profiles, half hours + 1) cumulative, in usual months",
    "half_hour_at": "(S, profiles, half hours + 1) the half hour at each of as many equal steps of intensity",
    "staffing": "(versions, teams of a site, 336)",
    "staffing_in_force": "(M,) version",
    "posts_needed": "(versions, S × teams) posts, by version of staffing",
    "opening": "(versions, T, 336)",
    "opening_in_force": "(M,) version",
    "promised_wait": "(M, T) minutes",
    "element_money": "(M, 9)",
    "sub_element_money": "(M, 31)",
    "funded": "(M,) share of the last result",
    "prices": "(M,)",
    "promises": "(M,)",
    "rises": "(M + 1,) how far the market's expectation has risen since the start",
    "seasons": "(M,)",
    "month_starts": "(M + 1,) minutes",
    "contact_tally": "(S, T, G) CONTACT_TALLY",
    "site_tally": "(S,) SITE_TALLY",
    "waits": "(S, WAIT_BINS)",
}


class World(Bare):
    """All arrays of one replication, named and shaped as in `ARRAYS`; steps and agents share them."""

    settings: Rows
    parameters: Rows

    def __init__(self, **arrays: Rows) -> None:
        super().__init__(**{name: arrays[name] for name in ARRAYS})


def add_months(day: date, months: int) -> date:
    """The first of the month that many months later (or earlier)."""
    number = day.year * 12 + day.month - 1 + months
    return date(number // 12, number % 12 + 1, 1)


def month_dates(start: date, warm_up: int, months: int) -> list[date]:
    """First days of all months, warm-up included, and of the month after the last."""
    return [add_months(start, month) for month in range(-warm_up, months + 1)]


def month_starts(dates: list[date]) -> NDArray[np.float64]:
    """Minutes from the first date to each date, shape (months + 1,)."""
    return np.array([(day - dates[0]).days * DAY for day in dates], dtype=np.float64)
