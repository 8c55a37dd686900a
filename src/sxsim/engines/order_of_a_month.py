"""The order of a month, exactly as both engines run it. The rules are in `model`; here is only their sequence.

`open_month` before the first minute; then the floor; then, at the month's end:

1. each employee: `employee_month` (strain, engagement, stage of commitment, skill, quitting or hiring);
2. each person: `person_month` (fading, expectation, loyalty, survey, telling);
3. each person: `spread_word`; then each site: `site_reputation`;
4. each account: `account_month` (leaving, joining, coming back);
5. each site: `site_business`; then once: `organisation_month` (activities, wins, money → maturity), `market_month`;
6. each site: `site_record` (the month's figures), `site_levers` for the next month.

Steps of one kind touch only their own rows or add integers, so their order among themselves does not matter; sums of
money and means run in the order of numbers.
"""

import math

import numpy as np

from sxsim.engines.steps_of_employees import count_stages, is_needed, opened_or_closed
from sxsim.engines.steps_of_the_organisation import bounded, element_maturities, site_levers
from sxsim.engines.world import (
    BEFORE_THE_RUN,
    CUSTOMER,
    DAY,
    DAYS_A_MONTH,
    FORMER,
    HALF_HOUR,
    HALF_HOURS_A_DAY,
    MANAGE_ACTIVITIES,
    NO,
    PROSPECT,
    RESOURCES,
    VOICE,
    YES,
    World,
)
from sxsim.model import business, customer, demand, draws, implementation, market, network
from sxsim.model.commitment import AWARE, PRACTISING, RESIGNED, TRYING, UNAWARE
from sxsim.model.draws import normal, place, uniform
from sxsim.model.rule import step

#: Months of membership that `retention_12m` looks back, and months within which a visit counts as coming back.
RETENTION_MONTHS, REPURCHASE_MONTHS = 12, 6


@step
def begin_people(world):
    """Before the first minute: what distinguishes persons, who knows whom, when accounts renew."""
    setting, p = world.settings[0], world.parameters[0]
    replication = setting.replication
    for person in range(setting.people):
        i = world.persons[person]
        luck, who = i.luck, i.ordinal
        segment = world.segments[i.segment]
        z = normal(luck, replication, who, draws.PERSONAL_RATE, NO)
        i.personal_rate = demand.spread_factor(segment.rate_variation, z, p)
        z = normal(luck, replication, who, draws.PERSONAL_PATIENCE, NO)
        i.patience = demand.spread_factor(segment.patience_variation, z, p)
        z = normal(luck, replication, who, draws.PERSONAL_WISH, NO)
        i.wish = bounded(segment.wish + p.wish_spread * z)
        z = normal(luck, replication, who, draws.PERSONAL_EXPECTATION, NO)
        i.usual_expectation = bounded(segment.expectation + p.expectation_spread * z)
        i.expectation = i.usual_expectation
        i.scale = normal(luck, replication, who, draws.PERSONAL_SCALE, NO)
        z = normal(luck, replication, who, draws.STARTING_SATISFACTION, NO)
        i.satisfaction = bounded(segment.satisfaction + p.satisfaction_spread * z)
        i.bond = bounded(2.0 * segment.bond * uniform(luck, replication, who, draws.STARTING_BOND, NO))
        if i.status != CUSTOMER:
            i.bond, i.satisfaction = 0.0, i.usual_expectation
        i.since = BEFORE_THE_RUN
        i.case_due, i.last_visit = math.inf, BEFORE_THE_RUN
        i.loyalty = customer.loyalty(i.satisfaction, i.bond, world.sites[i.site].reputation, 0.0, p)
        i.remaining = demand.threshold(uniform(luck, replication, who, draws.VISIT_THRESHOLD, place(NO, NO, NO, NO)))
        ties = world.neighbours.shape[1]
        for tie in range(ties):
            offset = tie // 2 + 1 if tie % 2 == 0 else -(tie // 2 + 1)
            rewired = 1 if uniform(luck, replication, who, draws.REWIRE, tie) < p.rewiring else 0
            anywhere = uniform(luck, replication, who, draws.REWIRE_TO, tie)
            world.neighbours[person, tie] = network.neighbour(person, offset, setting.people, rewired, anywhere)
    for account in range(setting.accounts):
        a = world.accounts[account]
        term = world.segments[a.segment].term
        if term > 0:
            a.renewal = int(math.floor(uniform(world.persons[a.first].luck, replication, a.ordinal, draws.RENEWAL_MONTH, NO) * term))


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
    """A month begins: prices, promises, the season, the demand of each half hour; posts open and close."""
    setting = world.settings[0]
    setting.month = month
    setting.month_start, setting.month_end = world.month_starts[month], world.month_starts[month + 1]
    setting.price, setting.promise, setting.season = world.prices[month], world.promises[month], world.seasons[month]
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
    for person in range(setting.people):
        i = world.persons[person]
        i.contacts, i.delighted, i.heard_praise, i.heard_complaint, i.told = 0, 0, 0, 0, 0
        tally = world.site_tally[i.site]
        tally.people += 1
        if i.status == CUSTOMER:
            tally.active_start += 1
        else:
            tally.outside_start += 1
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
def person_month(world, person):
    """A person's month ends: what fades, what is expected; a customer's loyalty, survey answer, and telling others."""
    setting, p = world.settings[0], world.parameters[0]
    replication, month = setting.replication, setting.month
    i = world.persons[person]
    segment, site, tally = world.segments[i.segment], world.sites[i.site], world.site_tally[i.site]
    i.bond = customer.fade_bond(i.bond, p)
    i.memory = customer.forget_surprise(i.memory, p)
    i.grievance = customer.fade_grievance(i.grievance, p)
    i.expectation = customer.drift_expectation(
        i.expectation, i.usual_expectation, setting.expectation_rise, setting.promise, p
    )
    i.loyalty = customer.loyalty(i.satisfaction, i.bond, site.reputation, i.grievance, p)
    believed = i.satisfaction if i.status == CUSTOMER else i.usual_expectation
    value = market.value_for_money(believed, setting.price, world.market[0].outside_price, segment.price_sensitivity, p)
    i.advantage = value - world.market[0].outside_quality
    if i.status != CUSTOMER:
        return
    if i.contacts > 0:
        tally.asked += 1
        chance = customer.feedback_chance(i.bond, world.levers[i.site, VOICE], p)
        if uniform(i.luck, replication, i.ordinal, draws.FEEDBACK, month) < chance:
            mood = normal(i.luck, replication, i.ordinal, draws.SURVEY_MOOD, month)
            noise = normal(i.luck, replication, i.ordinal, draws.SURVEY_NOISE, month)
            answer = customer.survey_answer(i.loyalty, i.scale, mood, noise, p)
            tally.answers += 1
            tally.promoters += 1 if answer >= p.answer_promoter else 0
            tally.detractors += 1 if answer <= p.answer_detractor else 0
    u = uniform(i.luck, replication, i.ordinal, draws.TELL, month)
    delighted = 1 if i.delighted > 0 else 0
    if u < customer.tell_chance(i.satisfaction, delighted, i.grievance, 1, p):
        i.told = 1
        tally.recommended += 1
        tally.praise += 1
    elif 1.0 - u < customer.tell_chance(i.satisfaction, delighted, i.grievance, 0, p):
        i.told = -1
        tally.complaints += 1


@step
def spread_word(world, person):
    """Whoever tells, tells all acquaintances."""
    i = world.persons[person]
    if i.told == 0:
        return
    for tie in range(world.neighbours.shape[1]):
        other = world.persons[world.neighbours[person, tie]]
        if i.told > 0:
            other.heard_praise += 1
        else:
            other.heard_complaint += 1


@step
def site_reputation(world, site):
    """Reputation follows what was told about the site."""
    tally, place_ = world.site_tally[site], world.sites[site]
    place_.reputation = network.reputation_update(
        place_.reputation, float(tally.praise), float(tally.complaints), world.parameters[0]
    )


@step
def account_month(world, account):
    """An account's month ends: its persons leave together, join together, come back together."""
    setting, p = world.settings[0], world.parameters[0]
    month = setting.month
    a = world.accounts[account]
    segment, site, tally = world.segments[a.segment], world.sites[a.site], world.site_tally[a.site]
    status, chance = world.persons[a.first].status, 0.0
    for person in range(a.first, a.first + a.persons):
        i = world.persons[person]
        if status == CUSTOMER:
            chance += customer.leave_chance(segment.leaving, i.loyalty, i.grievance, i.advantage, p) / a.persons
        else:
            heard = network.heard(float(i.heard_praise), float(i.heard_complaint), p)
            joining = market.join_chance(segment.joining, site.reputation, heard, i.advantage, p)
            if status == FORMER:
                joining = market.return_chance(joining, i.satisfaction, p)
            chance += joining / a.persons
    purpose = draws.LEAVE if status == CUSTOMER else draws.JOIN if status == PROSPECT else draws.RETURN
    due = status != CUSTOMER or segment.term == 0 or (month + a.renewal) % segment.term == 0
    if not due or uniform(world.persons[a.first].luck, setting.replication, a.ordinal, purpose, month) >= chance:
        return
    for person in range(a.first, a.first + a.persons):
        i = world.persons[person]
        if status == CUSTOMER:
            i.status = FORMER
            tally.leavers += 1
        else:
            i.status, i.since = CUSTOMER, month + 1
            tally.joiners += 1 if status == PROSPECT else 0
            tally.returners += 1 if status == FORMER else 0
    if status != CUSTOMER and segment.term > 0:
        a.renewal = (segment.term - month % segment.term) % segment.term


@step
def site_business(world, site):
    """The month's money of a site: revenue, cost, investment, result."""
    setting, tally = world.settings[0], world.site_tally[site]
    paying = 0.0
    for account in range(setting.accounts):
        a = world.accounts[account]
        if a.site == site and world.persons[a.first].status == CUSTOMER:
            paying += world.segments[a.segment].fee
    share = world.sites[site].share
    tally.revenue += paying * setting.price + setting.budget * share
    for post in range(setting.posts):
        e = world.posts[post]
        if e.site == site and e.filled == 1:
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
    setting.expectation_rise += setting.expectation_drift


@step
def site_record(world, site):
    """The month's figures of a site: means over active customers and over the staff, in the order of numbers."""
    setting, tally, place_ = world.settings[0], world.site_tally[site], world.sites[site]
    for person in range(setting.people):
        i = world.persons[person]
        if i.site == site and i.status == CUSTOMER:
            tally.active += 1
            tally.satisfaction += i.satisfaction
            tally.loyalty += i.loyalty
            tally.bond += i.bond
            tally.expectation += i.expectation
            tally.stayed_12 += 1 if i.since <= setting.month + 1 - RETENTION_MONTHS else 0
            tally.repurchased += 1 if i.last_visit > setting.month - REPURCHASE_MONTHS else 0
    staff = 0
    for post in range(setting.posts):
        e = world.posts[post]
        if e.site == site and e.filled == 1:
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
