"""The world as arrays: one row per person, post, touchpoint and site; both engines work on these rows.

The fields a contact touches lie side by side. A person is on at most one visit, and in at most one contact, at a time; most
are on none, so the rows of visits are handed out and given back.
"""

from typing import Any

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
# Shifts change at 6, 14 and 22 h (assumption); who is on duty rotates with them.
SHIFT, FIRST_SHIFT = 480.0, 360.0
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

_I, _F = np.int64, np.float64
# Rows of persons and visits are many, so their whole numbers are short: flags and numbers up to 60, kinds and attempts, counts.
_SMALL, _KIND, _COUNT = np.int8, np.int16, np.int32


def _record(**fields: Any) -> np.dtype[Any]:
    return np.dtype(list(fields.items()), align=True)


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


SETTINGS = _record(
    seed=_I, replication=_I, month=_I, warm_up=_I, months=_I, people=_I, sites=_I, touchpoints=_I, segments=_I,
    teams=_I, capacities=_I, profiles=_I, posts=_I, accounts=_I, month_start=_F, month_end=_F,
    first_weekday=_I, expectation_drift=_F, price=_F, last_result=_F,
    daily_variation=_F, season=_F, hiring_cost=_F, acquisition_cost=_F, failure_minor=_F, failure_major=_F,
    compensation=_F, gesture=_F, fixed_cost=_F, budget=_F, overtime=_F, log_contacts=_I, programme_work=_F, money_of_wages=_I,
)  # fmt: skip
PERSON = _whole_lines(_record(
    luck=_I, ordinal=_COUNT, site=_COUNT, segment=_KIND, account=_COUNT, status=_SMALL, since=_COUNT, faded=_COUNT, visit=_COUNT, visits=_COUNT, remaining=_F, personal_rate=_F,
    patience=_F, wish=_F, usual_expectation=_F, scale=_F, expectation=_F, satisfaction=_F, bond=_F, memory=_F,
    grievance=_F, loyalty=_F, advantage=_F, case_due=_F, case_place=_I, case_touchpoint=_SMALL, case_problems=_COUNT, case_major=_SMALL, delighted=_COUNT,
    heard_praise=_COUNT, heard_complaint=_COUNT, told=_COUNT, last_visit=_COUNT, contacts=_COUNT,
))  # fmt: skip
VISIT = _whole_lines(_record(
    where=_I, number=_COUNT, journey=_KIND, step=_SMALL, attempt=_KIND, touchpoint=_SMALL, contact_type=_KIND, served_steps=_SMALL,
    held=_I, handed_over=_SMALL, taken_over=_SMALL, outcome=_SMALL, logged_attempt=_KIND, logged_touchpoint=_SMALL,
    logged_contact_type=_KIND, post=_COUNT, arrival=_F, patience=_F, wait=_F, start=_F, end=_F,
    after_contact=_F, kept=_SMALL, severity=_SMALL, query=_SMALL, query_well=_SMALL, voiced=_SMALL, noticed=_SMALL, put_right=_SMALL,
    case=_SMALL, individual=_SMALL, surprising=_SMALL, gate=_SMALL, level=_SMALL, quality=_F, perceived=_F, expectation=_F, delighted=_SMALL,
))  # fmt: skip
ACCOUNT = _record(
    joins_at=_F, ordinal=_COUNT, first=_COUNT, persons=_COUNT, site=_COUNT, segment=_KIND, renewal=_KIND, spells=_KIND, heard=_SMALL,
)  # fmt: skip
POST = _whole_lines(_record(
    identity=_I, site=_I, team=_I, number=_I, filled=_I, holder=_I, tenure=_F, talent=_F, skill=_F, engagement=_F, strain=_F,
    stage=_I, fatigue=_F, trait=_F, speed=_F, on_duty=_I, busy=_I, going=_I, going_since=_F, idle_since=_F,
    duty_from=_F, break_from=_F, break_end=_F, busy_from=_F, busy_minutes=_F, duty_minutes=_F,
    overtime_minutes=_F, contacts=_I, delighted=_I,
))  # fmt: skip
TEAM = _record(
    luck=_I, serves=_I, partner=_I, first=_I, posts=_I, posts_a_shift=_I, wanted=_I, present=_I, of_shift=_I, break_due=_F, changed=_I, availability=_F, break_every=_F,
    break_length=_F, wage=_F, quitting=_F, other_work=_F, speed_variation=_F, staff=_I, practising=_I,
)  # fmt: skip
SEGMENT = _record(
    rate=_F, rate_variation=_F, profile=_I, head_start=_F, patience_factor=_F, patience_variation=_F,
    expectation=_F, wish=_F, price_sensitivity=_F, leaving=_F, joining=_F, satisfaction=_F, bond=_F, revenue=_F,
    fee=_F, term=_I,
)  # fmt: skip
JOURNEY = _record(first=_I, steps=_I)
STEP = _record(
    touchpoint=_I, occurrence=_I, contact_type=_I, delay_kind=_I, delay_first=_F, delay_second=_F, nights=_I, night_time=_F,
    night_within=_F, chance=_F, essential=_I, hold=_I, release=_I,
)  # fmt: skip
CONTACT_TYPE = _record(
    service_kind=_I, service_first=_F, service_second=_F, service_mean=_F, patience_kind=_I, patience_first=_F,
    patience_second=_F, patience_mean=_F, failure=_F, query=_F,
)  # fmt: skip
TOUCHPOINT = _record(
    name=_I, staffed=_I, units=_I, contact_type=_I, after_kind=_I, after_first=_F, after_second=_F, after_mean=_F, queue_visible=_I,
    major=_F, room=_F, importance=_F, again=_F, again_kind=_I, again_first=_F, again_second=_F, switch_to=_I,
    switch=_F, hands_over_to=_I, hand_over=_F, cost=_F, revenue=_F, pool=_I, late_major=_F,
)  # fmt: skip
FLOOR = _record(
    open=_I, pressure=_F, standard=_F, demanded_today=_F, available_today=_F, other_today=_F, on_duty=_I, other_work=_F,
)  # fmt: skip
SITE = _record(
    luck=_I, first_person=_I, people=_I, first_account=_I, accounts=_I, first_post=_I, posts=_I, customers=_I, visits_used=_I, visits_free=_I, share=_F, staff_factor=_F, technology=_F, partner_energy=_F, deployment=_F, commitment=_F, engagement=_F,
    reputation=_F, bond=_F, fresh_ideas=_F, days=_I, staff=_I, trying=_I, practising=_I, momentum=_F,
)  # fmt: skip
JOINING = _record(pace=_F, passed=_F)
SUB_ELEMENT = _record(element=_I, maturity=_F, established=_F, seen=_F, practice=_F, anchored_by=_I)
ACTIVITY = _record(done=_F)
OBSTACLE = _record(severity=_F, start=_F)
MARKET = _record(
    outside_quality=_F, outside_price=_F, outside_drift=_F, outside_price_drift=_F, outside_spread=_F,
)  # fmt: skip
CAPACITY = _record(units=_I, another=_F, another_kind=_I, another_first=_F, another_second=_F)

#: What is counted in a month by site, touchpoint and segment. Integers count; sums run in order of completion.
CONTACT_TALLY = _record(
    attempts=_I, served=_I, abandoned=_I, balked=_I, turned_away=_I, level_0=_I, level_1=_I, level_2=_I,
    level_3=_I, level_4=_I, passed_2=_I, delighted=_I, failures=_I, problems=_I, voiced=_I, noticed=_I,
    put_right=_I, cases=_I, cases_closed=_I, cases_put_right=_I, queries=_I, queries_well=_I, individual=_I, surprising=_I,
    wasted=_I, handed_over=_I, wait=_F, service=_F, quality=_F, perceived=_F, expectation=_F,
)  # fmt: skip
#: What is counted or measured in a month by site.
SITE_TALLY = _record(
    visits=_I, active_start=_I, active=_I, people=_I, outside_start=_I, joiners=_I, returners=_I, leavers=_I,
    stayed_12=_I, repurchased=_I, recommended=_I, praise=_I, complaints=_I, asked=_I, answers=_I, promoters=_I,
    detractors=_I, headcount=_I, posts=_I, quits=_I, hires=_I, vacancies=_I, satisfaction=_F, loyalty=_F,
    bond=_F, expectation=_F, engagement=_F, skill=_F, strain=_F, reputation=_F, resigned=_I,
    unaware=_I, aware=_I, trying=_I, practising=_I, momentum=_F, applicants=_F,
    busy_minutes=_F, duty_minutes=_F, overtime_minutes=_F, pressure=_F, revenue=_F, contact_cost=_F,
    failure_cost=_F, wages=_F, hiring_cost=_F, acquisition_cost=_F, fixed_cost=_F, cost=_F, investment=_F,
    result=_F,
)  # fmt: skip
#: One row of the contact log.
CONTACT_LOG = _record(
    site=_I, person=_I, visit=_I, step=_I, attempt=_I, touchpoint=_I, contact_type=_I, segment=_I, post=_I,
    holder=_I, arrival=_F, wait=_F, start=_F, end=_F, outcome=_I, level=_I, kept=_I, severity=_I, query=_I,
    query_well=_I, voiced=_I, noticed=_I, put_right=_I, case=_I, individual=_I, surprising=_I, delighted=_I,
    quality=_F, expectation=_F, perceived=_F, satisfaction=_F,
)  # fmt: skip

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
