"""The order of a month: one list of named steps that both engines walk, docs print and `sxsim explain month` shows.

Steps of one kind touch only their own rows or add integers, so their order among themselves does not matter; sums of
money and means run in the order of numbers. To add a step, write it in one of the files `steps_of_…` and put it into `MONTH`.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

import numpy as np

from sxsim.engines.records import Observer
from sxsim.engines.steps_of_customers import account_month, joining_month, person_month, spread_word
from sxsim.engines.steps_of_employees import count_stages, employee_month, is_needed, opened_or_closed
from sxsim.engines.steps_of_the_organisation import (
    element_maturities,
    organisation_month,
    site_business,
    site_levers,
    site_record,
    site_reputation,
)
from sxsim.engines.world import (
    DAY,
    DAYS_A_MONTH,
    HALF_HOUR,
    HALF_HOURS_A_DAY,
    IS_CUSTOMER,
    MANAGE_ACTIVITIES,
    NO,
    RESOURCES,
    YES,
    World,
)
from sxsim.model import Number, draws, implementation, market
from sxsim.model.draws import normal
from sxsim.model.rule import step


@step
def market_month(world: World) -> None:
    """The outside offer drifts and answers our price; with it drifts what the market expects."""
    setting, m = world.settings[0], world.market[0]
    z = normal(setting.seed, setting.replication, NO, draws.OFFER_QUALITY, setting.month)
    m.outside_quality = market.drift_offer(m.outside_quality, m.outside_drift, m.outside_spread, z)
    z = normal(setting.seed, setting.replication, NO, draws.OFFER_PRICE, setting.month)
    answered = market.answer_price(m.answered, setting.price, world.parameters[0])
    drift = m.outside_price_drift + (answered - m.answered)
    m.outside_price, m.answered = market.drift_price(m.outside_price, drift, m.outside_spread, z), answered
    world.rises[setting.month + 1] = market.raise_expectation(world.rises[setting.month], setting.expectation_drift)


@step
def begin_sites(world: World) -> None:
    """Before the first minute: elements and what is practised, doors and standards."""
    element_maturities(world)
    for floor in range(len(world.floors)):
        world.floors[floor].pressure = 1.0
        world.floors[floor].standard = 1.0
    for site in range(world.settings[0].sites):
        site_levers(world, site, YES)


@step
def begin_month(world: World, month: Number) -> None:
    """A month begins: prices, the season, the demand of each half hour; posts open and close."""
    setting = world.settings[0]
    setting.month = month
    setting.month_start, setting.month_end = world.month_starts[month], world.month_starts[month + 1]
    setting.price, setting.season = world.prices[month], world.seasons[month]
    half_hours = int((setting.month_end - setting.month_start) / HALF_HOUR)
    first = int(setting.month_start / HALF_HOUR)
    share = HALF_HOUR / (DAYS_A_MONTH * DAY)
    for site in range(setting.sites):
        for half_hour in range(half_hours):
            day = (first + half_hour) // HALF_HOURS_A_DAY
            if half_hour % HALF_HOURS_A_DAY == 0:
                z = normal(world.sites[site].luck, setting.replication, NO, draws.DAILY_FACTOR, day)
                busy = market.daily_factor(setting.daily_variation, z) * setting.season
            of_week = (first + half_hour + setting.first_weekday * HALF_HOURS_A_DAY) % world.profiles.shape[1]
            for profile in range(setting.profiles):
                table = world.intensity[site, profile]
                if half_hour == 0:
                    table[0] = 0.0
                more = market.half_hour_intensity(world.profiles[profile, of_week], busy, share)
                table[half_hour + 1] = table[half_hour] + more
        for profile in range(setting.profiles):
            table, at, low = world.intensity[site, profile], world.half_hour_at[site, profile], 0
            for place_ in range(half_hours + 1):
                while low < half_hours - 1 and table[low + 1] * half_hours < table[half_hours] * place_:
                    low += 1
                at[place_] = low
    if month == setting.warm_up:
        for account in range(setting.accounts):
            world.accounts[account].of_month_0 = 1 if world.accounts[account].joins_at == IS_CUSTOMER else 0
    for site in range(setting.sites):
        place_, tally = world.sites[site], world.site_tally[site]
        tally.people, tally.active_start = place_.people, place_.customers
        tally.outside_start = place_.people - place_.customers
    for post in range(setting.posts):
        e = world.posts[post]
        e.busy_minutes, e.duty_minutes, e.overtime_minutes, e.contacts, e.delighted = 0.0, 0.0, 0.0, 0, 0
        if month > 0:
            opened_or_closed(world, post, month)
        world.site_tally[e.site].posts += is_needed(world, post, month)
    count_stages(world)
    effort = 0.0
    for activity in range(len(world.activities)):
        effort += world.efforts[month, activity]
    setting.programme_work = implementation.programme_work(
        effort, world.efforts[month, MANAGE_ACTIVITIES], world.obstacles[RESOURCES].severity, world.parameters[0]
    )


@step
def each_post(world: World) -> None:
    """`employee_month` of every post, in the order of numbers."""
    for post in range(world.settings[0].posts):
        employee_month(world, post)


@step
def each_customer(world: World) -> None:
    """`person_month` of every customer, in the order of numbers."""
    for account in range(world.settings[0].accounts):
        a = world.accounts[account]
        if a.joins_at == IS_CUSTOMER:
            for person in range(np.int64(a.first), np.int64(a.first) + a.persons):
                person_month(world, person)


@step
def each_teller(world: World) -> None:
    """`spread_word` of every customer, in the order of numbers."""
    for account in range(world.settings[0].accounts):
        a = world.accounts[account]
        if a.joins_at == IS_CUSTOMER:
            for person in range(np.int64(a.first), np.int64(a.first) + a.persons):
                spread_word(world, person)


@step
def each_reputation(world: World) -> None:
    """`site_reputation` of every site."""
    for site in range(world.settings[0].sites):
        site_reputation(world, site)


@step
def each_account(world: World) -> None:
    """`account_month` of every account, in the order of numbers."""
    for account in range(world.settings[0].accounts):
        account_month(world, account)


@step
def each_business(world: World) -> None:
    """`site_business` of every site."""
    for site in range(world.settings[0].sites):
        site_business(world, site)


@step
def each_record(world: World) -> None:
    """`site_record` of every site."""
    for site in range(world.settings[0].sites):
        site_record(world, site)


@step
def each_levers(world: World) -> None:
    """`site_levers` of every site."""
    for site in range(world.settings[0].sites):
        site_levers(world, site, NO)


def open_month(world: World, month: int) -> None:
    """A month begins: the counts start at zero, and what holds in this month comes into force."""
    for counts in (world.contact_tally, world.site_tally, world.waits):
        counts.view(np.int64)[...] = 0
    begin_month(world, month)


@dataclass(frozen=True)
class MonthStep:
    """A step of a month.

    Attributes
    ----------
    name : str
        Name of the step function that is called for each of what it works on.
    works_on : str
        What it works on: one row after the other, or the whole world.
    does : str
        What happens, in one sentence.
    run : callable or None
        Runs the step for the whole world; None: each engine has a way of its own.
    then : str
        The method of an `Observer` that is called afterwards, if any.
    """

    name: str
    works_on: str
    does: str
    run: Callable[[World], None] | None
    then: str = ""


#: The order of a month.
MONTH: tuple[MonthStep, ...] = (
    MonthStep(
        "begin_month", "the world",
        "Counts start at zero; prices, season, plan and the demand of each half hour come into force; posts open and close.",
        None,
    ),
    MonthStep(
        "floor_month", "each site",
        "The floor in continuous time: visits, queues, patience, service, recovery, shifts and breaks, up to the month's end.",
        None,
    ),
    MonthStep(
        "employee_month", "each post",
        "Strain, engagement, stage of commitment and skill move; employees quit, and vacancies are filled.",
        each_post,
    ),
    MonthStep(
        "person_month", "each customer",
        "What is not renewed fades; expectation, loyalty, an answer to the survey, and the wish to tell others.",
        each_customer,
    ),
    MonthStep("spread_word", "each customer", "Who tells, tells all acquaintances.", each_teller),
    MonthStep("site_reputation", "each site", "Reputation follows what was told.", each_reputation),
    MonthStep("joining_month", "the market", "How fast people outside join, by site and segment.", joining_month),
    MonthStep("account_month", "each account", "Accounts leave, join and come back.", each_account),
    MonthStep("site_business", "each site", "Revenue and cost of the month.", each_business),
    MonthStep(
        "organisation_month", "the organisation",
        "Activities bring wins and lower obstacles; money becomes maturity, and what is not kept up decays.",
        organisation_month,
    ),
    MonthStep(
        "market_month", "the market", "The outside offer drifts, and with it what the market expects.", market_month,
        then="organisation_done",
    ),
    MonthStep("site_record", "each site", "The month's figures are taken.", each_record),
    MonthStep(
        "site_levers", "each site", "The ten levers of the next month stand.", each_levers, then="levers_set",
    ),
)  # fmt: skip


def walk_month(world: World, month: int, ways: Mapping[str, Callable[[], None]], observer: Observer) -> None:
    """Run a month, step by step in the order of `MONTH`.

    month: counted from the start of the warm-up; ways: an engine's own way of a step, by the step's name. Raises KeyError for
    a step that neither the list nor the engine can run.
    """
    own = {"begin_month": lambda: open_month(world, month)} | dict(ways)
    for each in MONTH:
        if each.name in own or each.run is None:
            own[each.name]()
        else:
            each.run(world)
        if each.then:
            getattr(observer, each.then)(world, month)
