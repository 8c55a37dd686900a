"""What happens to customers and to those outside: who they are, what fades, what they tell, leaving, joining, coming back.

Most of a market is outside. Who hears nothing there needs no month of his own: all outside wait for the same sum of pace,
each for as much of it as a threshold says that was drawn when the waiting began, and what fades is made up for later.
"""

import math
from typing import Any

import numpy as np

from sxsim.engines.order_of_a_visit import happens
from sxsim.engines.world import (
    AT_HOME,
    BEFORE_THE_RUN,
    CUSTOMER,
    DISCRETION,
    FORMER,
    IS_CUSTOMER,
    NO,
    PROSPECT,
    RECOVERY,
    VOICE,
    YES,
    World,
)  # fmt: skip
from sxsim.model import Number, business, contact, customer, draws, market
from sxsim.model.draws import normal, place, uniform
from sxsim.model.rule import step


@step
def begin_people(world: World) -> None:
    """Before the first minute: what distinguishes persons, who knows whom, when accounts renew."""
    setting, p = world.settings[0], world.parameters[0]
    replication = setting.replication
    for person in range(setting.people):
        i = world.persons[person]
        luck, who = i.luck, np.int64(i.ordinal)
        segment = world.segments[i.segment]
        z = normal(luck, replication, who, draws.PERSONAL_RATE, NO)
        i.personal_rate = market.spread_factor(segment.visit_variation, z, p)
        z = normal(luck, replication, who, draws.PERSONAL_PATIENCE, NO)
        i.patience = market.spread_factor(segment.patience_variation, z, p)
        z = normal(luck, replication, who, draws.PERSONAL_WISH, NO)
        i.wish = customer.own_level(segment.wish, p.wish_spread, z)
        z = normal(luck, replication, who, draws.PERSONAL_EXPECTATION, NO)
        i.usual_expectation = customer.own_level(segment.expectation, p.expectation_spread, z)
        i.expectation = i.usual_expectation
        i.scale = normal(luck, replication, who, draws.PERSONAL_SCALE, NO)
        z = normal(luck, replication, who, draws.STARTING_SATISFACTION, NO)
        i.satisfaction = customer.own_level(segment.satisfaction, p.satisfaction_spread, z)
        i.bond = customer.starting_bond(segment.bond, uniform(luck, replication, who, draws.STARTING_BOND, NO))
        if i.status != CUSTOMER:
            i.bond = 0.0
        z = normal(luck, replication, who, draws.STARTING_IMAGE, NO)
        own = YES if i.status == CUSTOMER else NO
        usual = customer.starting_image(world.sites[i.site].reputation, i.satisfaction, own, p)
        i.image = customer.own_level(usual, p.image_spread, z)
        i.since = BEFORE_THE_RUN
        i.case_due, i.last_visit = math.inf, BEFORE_THE_RUN
        i.loyalty = customer.loyalty(i.satisfaction, i.bond, i.image, 0.0, p)
        i.visit = AT_HOME
        i.remaining = market.threshold(uniform(luck, replication, who, draws.VISIT_THRESHOLD, place(NO, NO, NO, NO)))
        ties = world.neighbours.shape[1]
        for tie in range(ties):
            rewired = 1 if uniform(luck, replication, who, draws.REWIRE, tie) < p.rewiring else 0
            anywhere = uniform(luck, replication, who, draws.REWIRE_TO, tie)
            world.neighbours[person, tie] = market.neighbour(
                person, market.place_on_ring(tie), setting.people, rewired, anywhere
            )
    for account in range(setting.accounts):
        a = world.accounts[account]
        if a.joins_at != IS_CUSTOMER:
            wait_to_join(world, account)
        term = world.segments[a.segment].term
        if term > 0:
            luck = world.persons[a.first].luck
            u = uniform(luck, replication, np.int64(a.ordinal), draws.RENEWAL_MONTH, NO)
            a.renewal = business.first_renewal(u, term)


@step
def fade(world: World, person: Number, month: Number) -> None:
    """What fades in a person, and what is expected, up to the end of a month, as far as that has not been done yet.

    Nobody outside needs a month of his own for it: it is made up for when the person joins, or is met on the way out.
    """
    i, p = world.persons[person], world.parameters[0]
    for ended in range(i.faded, month + 1):
        i.bond = customer.fade_bond(i.bond, p)
        i.memory = customer.forget_surprise(i.memory, p)
        i.grievance = customer.fade_grievance(i.grievance, p)
        i.expectation = customer.drift_expectation(
            i.expectation, i.usual_expectation, world.rises[ended], world.promises[ended], p
        )
    i.faded = max(i.faded, month + 1)


@step
def hear(world: World, person: Number) -> None:
    """What a person has heard moves the image that this person holds, and is done with."""
    i = world.persons[person]
    praise, complaints = float(i.heard_praise), float(i.heard_complaint)
    i.image = customer.image_after_hearing(i.image, praise, complaints, world.parameters[0])
    i.heard_praise, i.heard_complaint = 0, 0


@step
def close_case(world: World, person: Number) -> None:
    """An open case is closed: put right, or not."""
    i, setting, p = world.persons[person], world.settings[0], world.parameters[0]
    site = world.sites[i.site]
    if i.status != CUSTOMER:
        fade(world, person, setting.month - 1)
    effort = contact.effort(site.commitment, site.engagement, p.strain_normal, 0.0, p)
    chance = contact.recovery_chance(
        world.levers[i.site, RECOVERY], world.levers[i.site, DISCRETION], p.skill_normal, effort, i.case_major, p
    )
    put_right = happens(world, person, draws.CASE_RECOVERY, i.case_place, chance)
    i.grievance = customer.grievance_after_case(i.grievance, put_right, p)
    i.satisfaction = customer.satisfaction_after_case(i.satisfaction, put_right, i.lost, i.trouble, p)
    i.lost = 0.0
    tally = world.contact_tally[i.site, i.case_touchpoint, i.segment]
    tally.cases_closed += i.case_problems
    tally.cases_put_right += put_right * i.case_problems
    i.case_problems, i.case_major = 0, 0
    world.site_tally[i.site].contact_cost += put_right * setting.compensation
    i.case_due = math.inf


@step
def person_month(world: World, person: Number) -> None:
    """A customer's month ends: what fades, what is expected, loyalty, survey answer, and telling others."""
    setting, p = world.settings[0], world.parameters[0]
    replication, month = setting.replication, setting.month
    i = world.persons[person]
    if i.status != CUSTOMER:
        return
    segment, tally = world.segments[i.segment], world.site_tally[i.site]
    fade(world, person, month)
    hear(world, person)
    if i.contacts > 0:
        i.image = customer.image_after_living(i.image, i.satisfaction, p)
    i.loyalty = customer.loyalty(i.satisfaction, i.bond, i.image, i.grievance, p)
    offer = world.market[0]
    i.advantage = market.advantage(
        i.satisfaction, setting.price, offer.outside_price, segment.price_sensitivity, offer.outside_quality, p
    )
    if i.contacts > 0:
        tally.asked += 1
        chance = customer.feedback_chance(i.bond, world.levers[i.site, VOICE], p)
        if uniform(i.luck, replication, np.int64(i.ordinal), draws.FEEDBACK, month) < chance:
            mood = normal(i.luck, replication, np.int64(i.ordinal), draws.SURVEY_MOOD, month)
            noise = normal(i.luck, replication, np.int64(i.ordinal), draws.SURVEY_NOISE, month)
            answer = customer.survey_answer(i.loyalty, i.scale, mood, noise, p)
            tally.answers += 1
            tally.promoters += 1 if answer >= p.answer_promoter else 0
            tally.detractors += 1 if answer <= p.answer_detractor else 0
    u = uniform(i.luck, replication, np.int64(i.ordinal), draws.TELL, month)
    delighted = 1 if i.delighted > 0 else 0
    if u < customer.tell_chance(i.satisfaction, delighted, i.grievance, 1, p):
        i.told = 1
        tally.recommended += 1
        tally.praise += 1
    elif 1.0 - u < customer.tell_chance(i.satisfaction, delighted, i.grievance, 0, p):
        i.told = -1
        tally.complaints += 1
    if i.contacts > 0:
        i.delight = i.delighted / i.contacts
    i.contacts, i.delighted = 0, 0


@step
def spread_word(world: World, person: Number) -> None:
    """Whoever tells, tells all acquaintances: it moves their image, and whether those outside join."""
    i = world.persons[person]
    if i.told == 0:
        return
    for tie in range(world.neighbours.shape[1]):
        other = world.persons[world.neighbours[person, tie]]
        if other.status != CUSTOMER:
            world.accounts[other.account].heard = 1
        if i.told > 0:
            other.heard_praise += 1
        else:
            other.heard_complaint += 1
    i.told = 0


@step
def eagerness_of(world: World, person: Number) -> Any:
    """How readily a person outside joins, or comes back, who hears nothing."""
    i, p = world.persons[person], world.parameters[0]
    eager = market.eagerness(i.usual_expectation, p)
    return market.return_eagerness(eager, i.satisfaction, p) if i.status == FORMER else eager


@step
def eagerness_of_account(world: World, account: Number) -> Any:
    """How readily an account joins: as its persons in the mean."""
    a = world.accounts[account]
    eager = 0.0
    for person in range(np.int64(a.first), np.int64(a.first) + a.persons):
        eager += business.in_account(eagerness_of(world, person), a.persons)
    return eager


@step
def wait_to_join(world: World, account: Number) -> None:
    """An account outside begins to wait: how much pace must pass before it joins."""
    a, replication = world.accounts[account], world.settings[0].replication
    purpose = draws.JOIN if world.persons[a.first].status == PROSPECT else draws.RETURN
    u = uniform(world.persons[a.first].luck, replication, np.int64(a.ordinal), purpose, np.int64(a.spells))
    passed = world.joining[a.site, a.segment].passed
    a.joins_at = market.joins_when(passed, market.threshold(u), eagerness_of_account(world, account))


@step
def joining_month(world: World) -> None:
    """How fast people outside join this month, by site and segment."""
    setting, p, offer = world.settings[0], world.parameters[0], world.market[0]
    for site in range(setting.sites):
        for segment in range(setting.segments):
            kind, joining = world.segments[segment], world.joining[site, segment]
            gap = market.advantage(
                0.0, setting.price, offer.outside_price, kind.price_sensitivity, offer.outside_quality, p
            )
            reputation, promise = world.sites[site].reputation, world.promises[setting.month]
            joining.pace = market.join_pace(kind.joining, reputation, gap, promise, p)
            joining.passed += joining.pace


@step
def take_word(world: World, account: Number) -> None:
    """What the persons of an account outside have heard in the month brings its joining nearer, or puts it off."""
    a, p = world.accounts[account], world.parameters[0]
    pace = world.joining[a.site, a.segment].pace
    more, eager = 0.0, 0.0
    for person in range(np.int64(a.first), np.int64(a.first) + a.persons):
        i, mine = world.persons[person], eagerness_of(world, person)
        heard = market.heard(float(i.heard_praise), float(i.heard_complaint), p)
        more += business.in_account(market.after_hearing(mine, heard) - mine, a.persons)
        eager += business.in_account(mine, a.persons)
        hear(world, person)
    a.heard = 0
    a.joins_at = market.joins_sooner(a.joins_at, more, eager, pace)


@step
def account_month(world: World, account: Number) -> None:
    """An account's month ends: its persons leave together, join together, come back together."""
    setting = world.settings[0]
    a = world.accounts[account]
    if a.joins_at == IS_CUSTOMER:
        account_leaves(world, account)
        return
    if a.heard == 1:
        take_word(world, account)
    if world.joining[a.site, a.segment].passed < a.joins_at:
        return
    month, tally, term = setting.month, world.site_tally[a.site], world.segments[a.segment].term
    for person in range(np.int64(a.first), np.int64(a.first) + a.persons):
        i = world.persons[person]
        tally.joiners += 1 if i.status == PROSPECT else 0
        tally.returners += 1 if i.status == FORMER else 0
        fade(world, person, month)
        i.status, i.since, i.contacts, i.delighted = CUSTOMER, month + 1, 0, 0
        i.loyalty = customer.loyalty(i.satisfaction, i.bond, i.image, i.grievance, world.parameters[0])
    a.joins_at, a.spells = IS_CUSTOMER, a.spells + 1
    world.sites[a.site].customers += a.persons
    if term > 0:
        a.renewal = business.renewal_from(month, term)


@step
def account_leaves(world: World, account: Number) -> None:
    """A customer account's month ends: at its renewal, or at any month's end without a contract, it may leave."""
    setting, p = world.settings[0], world.parameters[0]
    a = world.accounts[account]
    segment, month = world.segments[a.segment], setting.month
    if segment.term > 0 and (month + a.renewal) % segment.term != 0:
        return
    chance = 0.0
    for person in range(np.int64(a.first), np.int64(a.first) + a.persons):
        i = world.persons[person]
        leaves = customer.leave_chance(segment.leaving, i.loyalty, i.grievance, i.advantage, p)
        chance += business.in_account(leaves, a.persons)
    luck = world.persons[a.first].luck
    if uniform(luck, setting.replication, np.int64(a.ordinal), draws.LEAVE, month) >= chance:
        return
    for person in range(np.int64(a.first), np.int64(a.first) + a.persons):
        hear(world, person)
        world.persons[person].status = FORMER
    world.site_tally[a.site].leavers += a.persons
    world.sites[a.site].customers -= a.persons
    wait_to_join(world, account)
