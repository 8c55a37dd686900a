"""The order of a contact, exactly as both engines run it. The rules are in `model`; here is only their sequence.

`arrive` → waiting → `begin_service` → `end_contact` → `after_contact`; or `not_served` when a customer balks, abandons or is
turned away; a problem may be left open as a case (`close_case`). Visits are in `order_of_a_visit`, the other side of the counter in
`order_of_a_shift`. Times are minutes from the first day of the warm-up.
"""

import math
from typing import Any

import numpy as np

from sxsim.engines.order_of_a_visit import drawn_minutes, happens, here, next_opening
from sxsim.engines.steps_of_customers import fade
from sxsim.engines.world import (
    ABANDONED,
    BALKED,
    CUSTOMER,
    DAY,
    DISCRETION,
    FLOW,
    GO_ON,
    INDIVIDUAL_LEVEL,
    INSIGHT,
    MAJOR,
    MINOR,
    MOST_ATTEMPTS,
    NO,
    NO_PROBLEM,
    RECOVERY,
    RELIABILITY,
    SERVED,
    SERVING,
    SURPRISE,
    TOP_LEVEL,
    TURNED_AWAY,
    VISIT_OVER,
    VOICE,
    WAIT_BINS,
    WAIT_LOW,
    WAIT_WIDTH,
    WAITING,
    YES,
    World,
)
from sxsim.model import (
    Chance,
    Flag,
    Minutes,
    Number,
    Real,
    Share,
    business,
    contact,
    customer,
    draws,
    market,
    organisation,
    queue,
)
from sxsim.model.arithmetic import log
from sxsim.model.draws import normal, uniform
from sxsim.model.implementation import PRACTISING
from sxsim.model.rule import part_of_step, step


@step
def arrive(world: World, person: Number, now: Minutes, waiting: Number, free: Number) -> Any:
    """A person arrives: held capacity, opening hours, the sight of the queue, patience.

    waiting: people in the queue; free: units left of the capacity wanted (at least 1 where none is wanted). Returns
    WAITING, BALKED or TURNED_AWAY; the capacity is taken by the engine when the answer is WAITING.
    """
    i, setting, p = world.persons[person], world.settings[0], world.parameters[0]
    v = world.visits[i.visit]
    floor = world.floors[i.site * setting.touchpoints + v.touchpoint]
    t, kind, segment = world.touchpoints[v.touchpoint], world.contact_types[v.contact_type], world.segments[i.segment]
    v.arrival, v.wait, v.outcome, v.post = now, 0.0, WAITING, -1
    v.logged_attempt, v.logged_touchpoint, v.logged_contact_type = v.attempt, v.touchpoint, v.contact_type
    tally = world.contact_tally[i.site, v.touchpoint, i.segment]
    tally.attempts += 1
    where = here(v)
    factor = segment.patience_factor * i.patience
    v.patience = (
        drawn_minutes(
            world, person, draws.PATIENCE, where, kind.patience_kind, kind.patience_first, kind.patience_second
        )
        * factor
    )
    if free < 1 or floor.open == 0:
        return TURNED_AWAY
    floor.demanded_today += kind.service_mean + t.after_mean
    if t.queue_visible == 1 and waiting > 0:
        places = floor.on_duty if t.staffed == 1 else t.units
        guess = queue.expected_wait(waiting, kind.service_mean, float(places))
        if happens(world, person, draws.BALK, where, queue.balk_chance(guess, kind.patience_mean * factor, p)) == 1:
            return BALKED
    return WAITING


@step
def mean_patience(world: World, person: Number) -> Any:
    """A person's mean patience for the contact at hand, in minutes; infinite where nobody's runs out."""
    i = world.persons[person]
    v = world.visits[i.visit]
    return world.contact_types[v.contact_type].patience_mean * (world.segments[i.segment].patience_factor * i.patience)


@part_of_step
def who_serves(world: World, site: Number, touchpoint: Number, post: Number, now: Minutes) -> Any:
    """Who or what serves: an employee as it is now, or self-service as an organisation in its normal state.

    Returns skill, talent, engagement, strain, speed, commitment, the part of the usual time that is given, and the levers
    reliability, insight and discretion in these hands.
    """
    p, place_ = world.parameters[0], world.sites[site]
    floor = world.floors[site * world.settings[0].touchpoints + touchpoint]
    reliability, insight = world.levers[site, RELIABILITY], world.levers[site, INSIGHT]
    discretion = world.levers[site, DISCRETION]
    skill, talent, engagement, strain = p.skill_normal, 0.0, p.engagement_base, p.strain_normal
    commitment, speed, time_factor = place_.commitment, 1.0, 1.0
    if post >= 0:
        e = world.posts[post]
        skill, talent, engagement, strain, speed = e.skill, e.talent, e.engagement, e.strain, e.speed
        commitment = 1.0 if e.stage == PRACTISING else 0.0
        time_factor = queue.given_time(floor.standard, queue.pressure_time_factor(floor.pressure, p))
        insight = organisation.own_lever(insight, commitment, place_.commitment, p)
        discretion = organisation.own_lever(discretion, commitment, place_.commitment, p)
        e.busy, e.busy_from = SERVING, now
    else:
        reliability = organisation.self_service_reliability(reliability, place_.technology, p)
    return skill, talent, engagement, strain, speed, commitment, time_factor, reliability, insight, discretion


@part_of_step
def settle_promise(world: World, person: Number, post: Number, chance: Chance) -> Any:
    """Whether the promise is kept, how bad it is if not, and whether a query arises. Returns 1 when staff must take over.

    chance: that the core promise fails.
    """
    v = world.visits[world.persons[person].visit]
    t, where, handed_over = world.touchpoints[v.touchpoint], here(v), 0
    failed = happens(world, person, draws.PROMISE, where, chance)
    promised = world.promised_wait[world.settings[0].month, v.touchpoint]
    v.kept = contact.promise_kept(failed, v.wait, promised)
    v.severity, v.query, v.query_well = NO_PROBLEM, 0, 0
    v.voiced, v.noticed, v.put_right, v.case = 0, 0, 0, 0
    if v.kept == 0:
        major = failed == 1 and happens(world, person, draws.SEVERITY, where, t.major_share) == 1
        too_late = contact.late_beyond_bearing(v.wait, promised, t.late_major) == 1
        v.severity = MAJOR if major or too_late else MINOR
        if post < 0 and failed == 1 and t.hands_over_to >= 0:
            handed_over = 1
    elif (
        v.taken_over == 1
        or happens(world, person, draws.QUERY, where, world.contact_types[v.contact_type].query_rate) == 1
    ):
        v.query = 1
    return handed_over


@part_of_step
def settle_problem(
    world: World,
    person: Number,
    post: Number,
    handed_over: Number,
    skill: Share,
    insight: Share,
    discretion: Share,
    effort: Share,
) -> None:
    """A problem is voiced, noticed or silent, and put right now or by an open case; a query is dealt with well or poorly."""
    i, v, p = world.persons[person], world.visits[world.persons[person].visit], world.parameters[0]
    where, voice = here(v), world.levers[i.site, VOICE]
    if v.severity > NO_PROBLEM and handed_over == 0:
        is_major = 1 if v.severity == MAJOR else 0
        chance = contact.voice_chance(voice, i.bond, is_major, p)
        v.voiced = happens(world, person, draws.VOICE, where, chance)
        if v.voiced == 0 and post >= 0:
            chance = contact.notice_chance(voice, insight, effort, p)
            v.noticed = happens(world, person, draws.NOTICE, where, chance)
        if v.voiced == 1 or v.noticed == 1:
            chance = contact.put_right_now_chance(discretion, skill, is_major, p)
            if post >= 0 and happens(world, person, draws.PUT_RIGHT_NOW, where, chance) == 1:
                recovery = world.levers[i.site, RECOVERY]
                chance = contact.recovery_chance(recovery, discretion, skill, effort, is_major, p)
                v.put_right = happens(world, person, draws.RECOVERY, where, chance)
            else:
                v.case = 1
    if v.query == 1:
        chance = contact.query_chance(skill, insight, effort, p)
        v.query_well = happens(world, person, draws.RECOVERY, where, chance)


@part_of_step
def settle_level(world: World, person: Number, insight: Share, discretion: Share, effort: Share) -> None:
    """Whether the contact is individual, whether it surprises, and the level of the pyramid that it provides."""
    i, v, p = world.persons[person], world.visits[world.persons[person].visit], world.parameters[0]
    t, where = world.touchpoints[v.touchpoint], here(v)
    chance = contact.individual_chance(effort, insight, discretion, i.wish, t.room, p)
    v.individual = happens(world, person, draws.INDIVIDUAL, where, chance)
    chance = contact.surprise_chance(world.levers[i.site, SURPRISE], discretion, effort, i.memory, t.room, p)
    v.surprising = happens(world, person, draws.SURPRISE, where, chance)
    arose = 1 if v.severity > NO_PROBLEM or v.query == 1 else 0
    dealt_well = 1 if v.put_right == 1 or v.query_well == 1 else 0
    v.gate = contact.gate_open(v.kept, v.put_right, arose, dealt_well)
    v.level = contact.reach_level(
        1, v.kept, v.put_right, arose, dealt_well, v.individual, v.surprising, TOP_LEVEL, INDIVIDUAL_LEVEL
    )


@part_of_step
def service_length(world: World, person: Number, post: Number, speed: Real, skill: Share, time_factor: Real) -> Any:
    """How long the contact takes, in minutes; the length of the work after it stands in the visit."""
    i, v, p = world.persons[person], world.visits[world.persons[person].visit], world.parameters[0]
    t, kind, where = world.touchpoints[v.touchpoint], world.contact_types[v.contact_type], here(v)
    drawn = drawn_minutes(
        world, person, draws.SERVICE_TIME, where, kind.service_kind, kind.service_first, kind.service_second
    )
    handled = 1 if post >= 0 and (v.query == 1 or v.voiced == 1 or v.noticed == 1) else 0
    extra = contact.extra_minutes(kind.service_mean, v.individual, v.surprising, handled, p)
    minutes = contact.service_minutes(drawn, speed, skill, world.levers[i.site, FLOW], time_factor, p) + extra
    v.after_contact = 0.0
    if post >= 0:
        v.after_contact = drawn_minutes(
            world, person, draws.AFTER_CONTACT_TIME, where, t.after_kind, t.after_first, t.after_second
        )
    return minutes


@step
def begin_service(world: World, person: Number, post: Number, now: Minutes) -> Any:
    """Service begins: what the contact provides is settled under the levers of this moment. Returns its minutes.

    post: the serving post, −1 for self-service. Order: promise → problem or query → put right → individual → surprising
    → level → quality → service time, which holds the time for handling and gestures.
    """
    i, setting, p = world.persons[person], world.settings[0], world.parameters[0]
    v = world.visits[i.visit]
    t, where = world.touchpoints[v.touchpoint], here(v)
    v.start, v.wait, v.post, v.outcome, v.taken_over = now, now - v.arrival, post, SERVED, v.handed_over
    skill, talent, engagement, strain, speed, commitment, time_factor, reliability, insight, discretion = who_serves(
        world, i.site, v.touchpoint, post, now
    )
    hurry = queue.hurry(time_factor)
    effort = contact.effort(commitment, engagement, strain, hurry, p)
    usual = market.promised_failure(world.contact_types[v.contact_type].failure_rate, world.promises[setting.month], p)
    handed_over = settle_promise(
        world, person, post, contact.failure_chance(usual, reliability, skill, strain, hurry, p)
    )
    settle_problem(world, person, post, handed_over, skill, insight, discretion, effort)
    if v.kept == 1 and post >= 0 and t.hands_over_to >= 0:
        chance = contact.hand_over_chance(t.hand_over_rate, world.levers[i.site, FLOW], p)
        handed_over = happens(world, person, draws.HAND_OVER, where, chance)
    settle_level(world, person, insight, discretion, effort)
    ratio = contact.wait_ratio(v.wait, mean_patience(world, person), p)
    z = normal(i.luck, setting.replication, np.int64(i.ordinal), draws.ENCOUNTER, where)
    v.quality = contact.contact_quality(
        v.kept, v.severity, v.put_right, v.query, v.query_well, v.individual, v.surprising, ratio, skill, talent, engagement,
        hurry, z, p,
    )  # fmt: skip
    v.handed_over = handed_over
    minutes = service_length(world, person, post, speed, skill, time_factor)
    v.end = now + minutes
    return minutes


@step
def count_wait(world: World, site: Number, wait: Minutes) -> None:
    """Count a wait in the site's histogram: bin 0 for none, logarithmic bins beyond."""
    place_of_wait = 0
    if wait > 0.0:
        place_of_wait = min(max(int(math.floor(log(wait / WAIT_LOW) / WAIT_WIDTH)) + 1, 1), WAIT_BINS - 1)
    world.waits[site, place_of_wait] += 1


@step
def feel(world: World, person: Number, quality: Share, delighted_possible: Flag) -> None:
    """What the customer makes of a contact: perception, satisfaction, delight, bond, expectation, memory, grievance."""
    i, setting, p = world.persons[person], world.settings[0], world.parameters[0]
    v = world.visits[i.visit]
    t = world.touchpoints[v.touchpoint]
    if i.status != CUSTOMER:
        fade(world, person, setting.month - 1)
    v.expectation = i.expectation
    v.perceived = customer.perceived_quality(quality, i.expectation, p)
    value = market.value_for_money(
        v.perceived, setting.price, world.market[0].outside_price, world.segments[i.segment].price_sensitivity, p
    )
    target = customer.satisfaction_target(v.perceived, i.expectation, value - v.perceived, i.grievance, p)
    loss = customer.problem_loss(v.severity, v.put_right, i.trouble, p)
    i.satisfaction = customer.update_satisfaction(i.satisfaction, target, t.importance, loss, p)
    i.lost = customer.loss_to_repair(i.lost, t.importance, loss, p)
    i.trouble = customer.trouble_after_contact(i.trouble, v.severity)
    v.delighted = 0
    if delighted_possible == 1:
        chance = customer.delight_chance(v.gate, v.individual, i.wish, v.surprising, v.perceived, i.expectation, p)
        v.delighted = happens(world, person, draws.DELIGHT, here(v), chance)
    i.bond = customer.update_bond(i.bond, v.delighted, v.surprising, v.severity, v.put_right, i.wish, p)
    i.expectation = customer.update_expectation(i.expectation, quality, v.delighted, p)
    i.memory = customer.remember_surprise(i.memory, v.surprising * v.gate)
    i.grievance = customer.grievance_after_contact(i.grievance, v.severity, v.put_right, t.importance, p)
    i.contacts, i.delighted = i.contacts + 1, i.delighted + v.delighted


@part_of_step
def count_contact(world: World, person: Number) -> None:
    """A contact that took place is counted and paid."""
    i, setting = world.persons[person], world.settings[0]
    v = world.visits[i.visit]
    t = world.touchpoints[v.touchpoint]
    tally, money = world.contact_tally[i.site, v.touchpoint, i.segment], world.site_tally[i.site]
    count_wait(world, i.site, v.wait)
    tally.served += 1
    tally.level_0 += 1 if v.level == 0 else 0
    tally.level_1 += 1 if v.level == 1 else 0
    tally.level_2 += 1 if v.level == 2 else 0
    tally.level_3 += 1 if v.level == INDIVIDUAL_LEVEL else 0
    tally.level_4 += 1 if v.level == TOP_LEVEL else 0
    tally.passed_2 += v.gate
    tally.wasted += 1 if v.gate == 0 and (v.individual == 1 or v.surprising == 1) else 0
    tally.delighted += v.delighted
    tally.failures += 1 - v.kept
    tally.problems += 1 if v.severity > NO_PROBLEM else 0
    tally.voiced += v.voiced
    tally.noticed += v.noticed
    tally.put_right += v.put_right
    tally.cases += 1 if v.case > 0 else 0
    tally.queries += v.query
    tally.queries_well += v.query_well
    tally.individual += v.individual
    tally.surprising += v.surprising
    tally.handed_over += v.handed_over
    tally.wait += v.wait
    tally.service += v.end - v.start
    tally.quality += v.quality
    tally.perceived += v.perceived
    tally.expectation += v.expectation
    gesture = 1 if v.individual == 1 or v.surprising == 1 else 0
    money.contact_cost += business.contact_cost(t.cost, v.put_right, setting.compensation, gesture, setting.gesture)
    money.failure_cost += business.failure_cost(v.severity, setting.failure_minor, setting.failure_major)
    money.revenue += business.sale(t.revenue, setting.price)


@step
def end_contact(world: World, person: Number, now: Minutes) -> None:
    """The contact ends: the customer takes it in, a case may open, and it is counted.

    A person has one open case at a time; another problem is added to it. `visit.case` is 2 afterwards when a case was opened whose end is `person.case_due`.
    """
    i, setting, p = world.persons[person], world.settings[0], world.parameters[0]
    v = world.visits[i.visit]
    where = here(v)
    feel(world, person, v.quality, YES)
    if v.severity == NO_PROBLEM and (v.query == 0 or v.query_well == 1):
        i.grievance = customer.heal_grievance(i.grievance, world.touchpoints[v.touchpoint].importance, p)
        i.trouble = customer.forget_trouble(i.trouble, p)
    if v.taken_over == 1 and v.query_well == 1:
        i.grievance = customer.grievance_after_case(i.grievance, 1, p)
    if v.case == 1:
        i.case_problems += 1
        i.case_major = 1 if v.severity == MAJOR else i.case_major
    if v.case == 1 and i.case_due == math.inf:
        u = uniform(i.luck, setting.replication, np.int64(i.ordinal), draws.CASE_DELAY, where)
        i.case_due = now + contact.case_days(world.levers[i.site, RECOVERY], u, p) * DAY
        i.case_place, i.case_touchpoint, v.case = where, v.touchpoint, 2
    v.served_steps += 1
    if v.post >= 0:
        e = world.posts[v.post]
        e.contacts += 1
        e.delighted += v.delighted
    count_contact(world, person)


@step
def not_served(world: World, person: Number, now: Minutes, outcome: Number, full: Number) -> Any:
    """A contact that did not take place: what the customer makes of it and does next.

    outcome: ABANDONED, BALKED or TURNED_AWAY; full: the capacity that was full, or −1. Returns the time of the next
    attempt, GO_ON for the next step of the journey, or VISIT_OVER.
    """
    i, p = world.persons[person], world.parameters[0]
    v = world.visits[i.visit]
    t, where = world.touchpoints[v.touchpoint], here(v)
    if i.status != CUSTOMER:
        fade(world, person, world.settings[0].month - 1)
    v.outcome, v.wait, v.level, v.gate, v.start, v.end, v.kept = outcome, now - v.arrival, 0, 0, now, now, 0
    v.severity, v.query, v.query_well, v.voiced, v.noticed, v.put_right, v.case = NO_PROBLEM, 0, 0, 0, 0, 0, 0
    v.individual, v.surprising, v.delighted, v.quality, v.after_contact = 0, 0, 0, 0.0, 0.0
    v.expectation, v.perceived = i.expectation, 0.0
    tally = world.contact_tally[i.site, v.touchpoint, i.segment]
    count_wait(world, i.site, v.wait)
    tally.abandoned += 1 if outcome == ABANDONED else 0
    tally.balked += 1 if outcome == BALKED else 0
    tally.turned_away += 1 if outcome == TURNED_AWAY else 0
    tally.level_0 += 1
    tally.wait += v.wait
    again = v.attempt < MOST_ATTEMPTS
    if full >= 0:
        c = world.capacities[full]
        if again and happens(world, person, draws.ANOTHER_DATE, where, c.another_date) == 1:
            v.attempt += 1
            delay = drawn_minutes(
                world, person, draws.ANOTHER_DATE_DELAY, where, c.another_kind, c.another_first, c.another_second
            )
            return next_opening(world, np.int64(v.touchpoint), now + delay)
    ratio = contact.wait_ratio(v.wait, mean_patience(world, person), p)
    v.quality = contact.quality_not_served(1 if outcome == TURNED_AWAY else 0, ratio, p)
    feel(world, person, v.quality, NO)
    if again and happens(world, person, draws.TRY_AGAIN, where, t.again) == 1:
        v.attempt += 1
        return now + drawn_minutes(
            world, person, draws.TRY_AGAIN_DELAY, where, t.again_kind, t.again_first, t.again_second
        )
    if again and t.switch_to >= 0 and happens(world, person, draws.SWITCH_CHANNEL, where, t.switch) == 1:
        v.attempt += 1
        v.touchpoint = t.switch_to
        v.contact_type = world.touchpoints[t.switch_to].contact_type
        return next_opening(world, np.int64(v.touchpoint), now)
    if world.steps[world.journeys[v.journey].first + v.step].essential == 1:
        return VISIT_OVER
    return GO_ON


@step
def after_contact(world: World, person: Number, now: Minutes) -> Any:
    """What follows a contact: hand-over to staff at once, or GO_ON with the journey."""
    v = world.visits[world.persons[person].visit]
    if v.handed_over == 1 and v.attempt < MOST_ATTEMPTS:
        v.touchpoint = world.touchpoints[v.touchpoint].hands_over_to
        v.contact_type = world.touchpoints[v.touchpoint].contact_type
        v.attempt += 1
        return next_opening(world, np.int64(v.touchpoint), now)
    return GO_ON


@step
def write_contact(world: World, person: Number, log: Any, row: Number) -> None:
    """Write a contact attempt into a row of the contact log."""
    i, c = world.persons[person], log[row]
    v = world.visits[i.visit]
    c.site, c.person, c.visit, c.step, c.segment = i.site, person, v.number, v.step, i.segment
    c.attempt, c.touchpoint, c.contact_type = v.logged_attempt, v.logged_touchpoint, v.logged_contact_type
    c.post, c.holder = v.post, world.posts[v.post].holder if v.post >= 0 else -1
    c.arrival, c.wait, c.start, c.end, c.outcome, c.level = v.arrival, v.wait, v.start, v.end, v.outcome, v.level
    c.kept, c.severity, c.query, c.query_well, c.voiced = v.kept, v.severity, v.query, v.query_well, v.voiced
    c.noticed, c.put_right, c.case, c.individual = v.noticed, v.put_right, v.case, v.individual
    c.surprising, c.delighted, c.quality = v.surprising, v.delighted, v.quality
    c.expectation, c.perceived, c.satisfaction = v.expectation, v.perceived, i.satisfaction
