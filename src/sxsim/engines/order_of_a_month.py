"""The order of a month, exactly as both engines run it. The rules are in `model`; here is only their sequence.

`open_month` before the first minute; then the floor; then, at the month's end:

1. each employee: `employee_month` (strain, engagement, stage of commitment, skill, quitting or hiring);
2. each customer: `person_month` (fading, expectation, loyalty, survey, telling);
3. each customer: `spread_word`; then each site: `site_reputation`;
4. `joining_month`, then each account: `account_month` (leaving, joining, coming back);
5. each site: `site_business`; then once: `organisation_month` (activities, wins, money → maturity), `market_month`;
6. each site: `site_record` (the month's figures), `site_levers` for the next month.

Steps of one kind touch only their own rows or add integers, so their order among themselves does not matter; sums of
money and means run in the order of numbers.
"""

import numpy as np

from sxsim.engines.steps_of_employees import count_stages, is_needed, opened_or_closed
from sxsim.engines.steps_of_the_organisation import element_maturities, site_levers
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
from sxsim.model import business, demand, draws, implementation, market, network
from sxsim.model.commitment import AWARE, PRACTISING, RESIGNED, TRYING, UNAWARE
from sxsim.model.draws import normal
from sxsim.model.rule import step

#: Months of membership that `retention_12m` looks back, and months within which a visit counts as coming back.
RETENTION_MONTHS, REPURCHASE_MONTHS = 12, 6


@step
def begin_sites(world):
    """Before the first minute: elements and what is practised, doors and standards."""
    element_maturities(world)
    for floor in range(len(world.floors)):
        world.floors[floor].pressure = 1.0
        world.floors[floor].standard = 1.0
    for site in range(world.settings[0].sites):
        site_levers(world, site, YES)


def open_month(world: World, month: int) -> None:
    """A month begins: the counts start at zero, and what holds in this month comes into force."""
    for counts in (world.contact_tally, world.site_tally, world.waits):
        counts.view(np.int64)[...] = 0
    begin_month(world, month)


@step
def begin_month(world, month):
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
                busy = demand.daily_factor(setting.daily_variation, z) * setting.season
            of_week = (first + half_hour + setting.first_weekday * HALF_HOURS_A_DAY) % world.profiles.shape[1]
            for profile in range(setting.profiles):
                table = world.intensity[site, profile]
                if half_hour == 0:
                    table[0] = 0.0
                table[half_hour + 1] = table[half_hour] + world.profiles[profile, of_week] * busy * share
        for profile in range(setting.profiles):
            table, at, low = world.intensity[site, profile], world.half_hour_at[site, profile], 0
            for place_ in range(half_hours + 1):
                while low < half_hours - 1 and table[low + 1] * half_hours < table[half_hours] * place_:
                    low += 1
                at[place_] = low
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
def site_reputation(world, site):
    """Reputation follows what was told about the site."""
    tally, place_ = world.site_tally[site], world.sites[site]
    place_.reputation = network.reputation_update(
        place_.reputation, float(tally.praise), float(tally.complaints), world.parameters[0]
    )


@step
def site_business(world, site):
    """The month's money of a site: revenue, cost, investment, result."""
    setting, tally = world.settings[0], world.site_tally[site]
    paying, place_ = 0.0, world.sites[site]
    for account in range(place_.first_account, place_.first_account + place_.accounts):
        a = world.accounts[account]
        if a.joins_at == IS_CUSTOMER:
            paying += world.segments[a.segment].fee
    share = place_.share
    tally.revenue += paying * setting.price + setting.budget * share
    for post in range(place_.first_post, place_.first_post + place_.posts):
        e = world.posts[post]
        if e.filled == 1:
            tally.wages += world.teams[e.team].wage
    tally.wages += business.overtime_cost(tally.overtime_minutes, setting.overtime)
    tally.hiring_cost = tally.hires * setting.hiring_cost
    tally.acquisition_cost = business.acquisition_cost(float(tally.joiners + tally.returners), setting.acquisition_cost)
    tally.fixed_cost = setting.fixed_cost * share
    tally.cost = tally.contact_cost + tally.failure_cost + tally.wages + tally.hiring_cost
    tally.cost += tally.acquisition_cost + tally.fixed_cost


@step
def market_month(world):
    """The outside offer drifts, and with it what the market expects."""
    setting, m = world.settings[0], world.market[0]
    z = normal(setting.seed, setting.replication, NO, draws.OFFER_QUALITY, setting.month)
    m.outside_quality = market.drift_offer(m.outside_quality, m.outside_drift, m.outside_spread, z)
    z = normal(setting.seed, setting.replication, NO, draws.OFFER_PRICE, setting.month)
    m.outside_price = market.drift_price(m.outside_price, m.outside_price_drift, m.outside_spread, z)
    world.rises[setting.month + 1] = world.rises[setting.month] + setting.expectation_drift


@step
def site_record(world, site):
    """The month's figures of a site: means over active customers and over the staff, in the order of numbers."""
    setting, tally, place_ = world.settings[0], world.site_tally[site], world.sites[site]
    for account in range(place_.first_account, place_.first_account + place_.accounts):
        a = world.accounts[account]
        if a.joins_at != IS_CUSTOMER:
            continue
        for person in range(np.int64(a.first), np.int64(a.first) + a.persons):
            i = world.persons[person]
            tally.active += 1
            tally.satisfaction += i.satisfaction
            tally.loyalty += i.loyalty
            tally.bond += i.bond
            tally.expectation += i.expectation
            tally.stayed_12 += 1 if i.since <= setting.month + 1 - RETENTION_MONTHS else 0
            tally.repurchased += 1 if i.last_visit > setting.month - REPURCHASE_MONTHS else 0
    staff = 0
    for post in range(place_.first_post, place_.first_post + place_.posts):
        e = world.posts[post]
        if e.filled == 1:
            staff += 1
            tally.engagement += e.engagement
            tally.resigned += 1 if e.stage == RESIGNED else 0
            tally.unaware += 1 if e.stage == UNAWARE else 0
            tally.aware += 1 if e.stage == AWARE else 0
            tally.trying += 1 if e.stage == TRYING else 0
            tally.practising += 1 if e.stage == PRACTISING else 0
            tally.skill += e.skill
            tally.strain += e.strain
    tally.headcount = staff
    place_.bond = tally.bond / tally.active if tally.active > 0 else 0.0
    tally.reputation, tally.momentum = place_.reputation, place_.momentum
    for touchpoint in range(setting.touchpoints):
        tally.pressure += world.floors[site * setting.touchpoints + touchpoint].pressure
