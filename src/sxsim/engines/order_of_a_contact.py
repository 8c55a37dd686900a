"""The order of a contact, exactly as both engines run it. The rules are in `model`; here is only their sequence.

A visit: `next_visit` → `begin_visit` → `next_step` → `arrive` → waiting → `begin_service` → `end_contact` →
`after_contact` → … → `end_visit`; or `not_served` when a customer balks, abandons or is turned away. What happens on
the other side of the counter is in `order_of_a_shift`. Times are minutes from the first day of the warm-up.
"""

import math

import numpy as np

from sxsim.engines.order_of_a_shift import half_hour_of_week
from sxsim.engines.steps_of_customers import fade
from sxsim.engines.world import (
    ABANDONED,
    AT_HOME,
    BALKED,
    CUSTOMER,
    DAY,
    DISCRETION,
    FLOW,
    GO_ON,
    HALF_HOUR,
    HALF_HOURS_A_WEEK,
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
)
from sxsim.model import business, contact, customer, demand, draws, levers, market, pyramid, queue
from sxsim.model.arithmetic import log
from sxsim.model.commitment import PRACTISING
from sxsim.model.draws import normal, place, uniform
from sxsim.model.rule import part_of_step, step


@part_of_step
def here(v):
    """The place of a draw in a person's journey: touchpoint and step as planned, visit, attempt."""
    return v.where + v.attempt


@step
def drawn_minutes(world, person, purpose, where, kind, first, second):
    """A length of time drawn by a person at a place of the journey, in minutes."""
    i, replication = world.persons[person], world.settings[0].replication
    if kind == demand.CONSTANT or kind == demand.NEVER:
        return demand.duration(kind, first, second, 1.0, 0.0)
    if kind == demand.LOGNORMAL:
        z = normal(i.luck, replication, np.int64(i.ordinal), purpose, where)
        return demand.duration(kind, first, second, 1.0, z)
    u = uniform(i.luck, replication, np.int64(i.ordinal), purpose, where)
    return demand.duration(kind, first, second, u, 0.0)


@step
def happens(world, person, purpose, where, chance):
    """Whether something happens to a person at a place of the journey: 1 or 0."""
    i = world.persons[person]
    return 1 if uniform(i.luck, world.settings[0].replication, np.int64(i.ordinal), purpose, where) < chance else 0


@step
def usual_visit_rate(world, person):
    """Visits a month of a person, as loyalty stands."""
    i = world.persons[person]
    return demand.visit_rate(world.segments[i.segment].rate, i.personal_rate, i.loyalty, world.parameters[0])


@step
def intensity_at(table, elapsed):
    """Cumulative intensity of a month at some minutes after its start."""
    position = elapsed / HALF_HOUR
    below = int(math.floor(position))
    if below >= len(table) - 1:
        return table[len(table) - 1]
    return table[below] + (table[below + 1] - table[below]) * (position - below)


@step
def half_hour_of(table, half_hour_at, half_hours, target):
    """The half hour of a month in which the cumulative intensity reaches a target: the first, when at its end it does."""
    low = half_hour_at[min(max(int(target / table[half_hours] * half_hours), 0), half_hours)]
    while low > 0 and table[low] >= target:
        low -= 1
    while low < half_hours - 1 and table[low + 1] < target:
        low += 1
    return low


@step
def next_visit(world, person, now):
    """When the next visit starts: minutes, or infinity when not within this month (the rest waits for the next)."""
    i = world.persons[person]
    if i.status != CUSTOMER:
        return math.inf
    rate = usual_visit_rate(world, person)
    setting = world.settings[0]
    half_hours = int((setting.month_end - setting.month_start) / HALF_HOUR)
    table = world.intensity[i.site, world.segments[i.segment].profile, : half_hours + 1]
    passed = intensity_at(table, now - setting.month_start)
    left = table[half_hours] - passed
    if rate * left <= i.remaining:
        i.remaining -= rate * left
        return math.inf
    target = passed + i.remaining / rate
    low = half_hour_of(table, world.half_hour_at[i.site, world.segments[i.segment].profile], half_hours, target)
    high = low + 1
    span = table[high] - table[low]
    share = min(max((target - table[low]) / span, 0.0), 1.0) if span > 0.0 else 0.0
    return max(setting.month_start + HALF_HOUR * (low + share), now)


@part_of_step
def take_visit(world, site):
    """A free row of visits at a site: the one given back last, or the next that was never used."""
    place_ = world.sites[site]
    if place_.visits_free > 0:
        place_.visits_free -= 1
        return np.int64(world.free_visits[place_.first_person + place_.visits_free])
    place_.visits_used += 1
    return place_.first_person + place_.visits_used - 1


@part_of_step
def give_back_visit(world, site, row):
    """A row of visits is free again."""
    place_ = world.sites[site]
    world.free_visits[place_.first_person + place_.visits_free] = row
    place_.visits_free += 1


@step
def begin_visit(world, person):
    """A visit begins: the person chooses a journey."""
    i, setting = world.persons[person], world.settings[0]
    i.visit = take_visit(world, np.int64(i.site))
    v = world.visits[i.visit]
    u = uniform(i.luck, setting.replication, np.int64(i.ordinal), draws.JOURNEY, place(NO, np.int64(i.visits), NO, NO))
    shares = world.journey_shares[i.segment]
    journey = 0
    while journey < len(shares) - 1 and u >= shares[journey]:
        journey += 1
    v.number, v.journey, v.step, v.attempt = i.visits, journey, -1, 0
    v.served_steps, v.held, v.handed_over, v.post = 0, 0, 0, -1


@step
def next_opening(world, touchpoint, time):
    """The time itself when the touchpoint is open then or the run is over, else the next opening within a week."""
    if time >= world.month_starts[world.settings[0].months]:
        return time
    hours = world.opening[world.opening_in_force[world.settings[0].month], touchpoint]
    first = half_hour_of_week(world, time)
    if hours[first] > 0.0:
        return time
    for ahead in range(1, HALF_HOURS_A_WEEK):
        if hours[(first + ahead) % HALF_HOURS_A_WEEK] > 0.0:
            return (math.floor(time / HALF_HOUR) + ahead) * HALF_HOUR
    return time


@step
def next_step(world, person, now):
    """When the person arrives at the next contact of the journey; VISIT_OVER when there is none."""
    v, setting = world.visits[world.persons[person].visit], world.settings[0]
    journey = world.journeys[v.journey]
    v.step += 1
    while v.step < journey.steps:
        s = world.steps[journey.first + v.step]
        where = place(world.touchpoints[s.touchpoint].name, np.int64(v.number), s.occurrence, NO)
        taken = s.chance >= 1.0 or happens(world, person, draws.STEP_TAKEN, where, s.chance) == 1
        if taken:
            delay = drawn_minutes(world, person, draws.STEP_DELAY, where, s.delay_kind, s.delay_first, s.delay_second)
            time = now + delay
            if s.nights == 1:
                i = world.persons[person]
                u = uniform(i.luck, setting.replication, np.int64(i.ordinal), draws.TIME_OF_DAY, where)
                time_of_day = s.night_time + s.night_within * u
                nights = math.floor(min(delay, world.month_starts[world.settings[0].months]) + 0.5)
                time = max(now, (math.floor(now / DAY) + nights) * DAY + time_of_day)
            if v.step > 0:
                time = next_opening(world, s.touchpoint, time)
            v.where, v.touchpoint, v.contact_type = where, s.touchpoint, s.contact_type
            v.attempt, v.handed_over = 0, 0
            return time
        v.step += 1
    return VISIT_OVER


@step
def wants_capacity(world, person):
    """The capacity this step must hold before the contact, or −1."""
    v = world.visits[world.persons[person].visit]
    hold = world.steps[world.journeys[v.journey].first + v.step].hold
    if hold < 0 or (v.held >> hold) & 1 == 1:
        return -1
    return hold


@step
def arrive(world, person, now, waiting, free):
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
def mean_patience(world, person):
    """A person's mean patience for the contact at hand, in minutes; infinite where nobody's runs out."""
    i = world.persons[person]
    v = world.visits[i.visit]
    return world.contact_types[v.contact_type].patience_mean * (world.segments[i.segment].patience_factor * i.patience)


@step
def begin_service(world, person, post, now):
    """Service begins: what the contact provides is settled under the levers of this moment. Returns its minutes.

    post: the serving post, −1 for self-service. Order: promise → problem or query → put right → individual → surprising
    → level → quality → service time, which holds the time for handling and gestures.
    """
    i, setting, p = world.persons[person], world.settings[0], world.parameters[0]
    v = world.visits[i.visit]
    site, lever = world.sites[i.site], world.levers[i.site]
    floor = world.floors[i.site * setting.touchpoints + v.touchpoint]
    t, kind = world.touchpoints[v.touchpoint], world.contact_types[v.contact_type]
    where = here(v)
    v.start, v.wait, v.post, v.outcome, v.taken_over = now, now - v.arrival, post, SERVED, v.handed_over

    # Who serves.
    skill, talent, engagement, strain = p.skill_normal, 0.0, p.engagement_base, p.strain_normal
    commitment, speed, time_factor = site.commitment, 1.0, 1.0
    reliability, insight, discretion = lever[RELIABILITY], lever[INSIGHT], lever[DISCRETION]
    if post >= 0:
        e = world.posts[post]
        skill, talent, engagement, strain, speed = e.skill, e.talent, e.engagement, e.strain, e.speed
        commitment = 1.0 if e.stage == PRACTISING else 0.0
        time_factor = floor.standard * queue.pressure_time_factor(floor.pressure, p)
        insight = levers.own_lever(insight, commitment, site.commitment, p)
        discretion = levers.own_lever(discretion, commitment, site.commitment, p)
        e.busy, e.busy_from = SERVING, now
    else:
        reliability = levers.self_service_reliability(reliability, site.technology, p)
    hurry = queue.hurry(time_factor)
    effort = contact.effort(commitment, engagement, strain, hurry, p)

    # Promise kept?
    chance = contact.failure_chance(kind.failure, reliability, skill, strain, hurry, p)
    failed = happens(world, person, draws.PROMISE, where, chance)
    promised = world.promised_wait[setting.month, v.touchpoint]
    v.kept = contact.promise_kept(failed, v.wait, promised)
    v.severity, v.query, v.query_well = NO_PROBLEM, 0, 0
    v.voiced, v.noticed, v.put_right, v.case, handed_over = 0, 0, 0, 0, 0
    if v.kept == 0:
        major = failed == 1 and happens(world, person, draws.SEVERITY, where, t.major) == 1
        too_late = contact.late_beyond_bearing(v.wait, promised, t.late_major) == 1
        v.severity = MAJOR if major or too_late else MINOR
        if post < 0 and failed == 1 and t.hands_over_to >= 0:
            handed_over = 1
    elif v.taken_over == 1 or happens(world, person, draws.QUERY, where, kind.query) == 1:
        v.query = 1

    # Problem or query: voiced, noticed or silent; put right now or by an open case.
    if v.severity > NO_PROBLEM and handed_over == 0:
        is_major = 1 if v.severity == MAJOR else 0
        chance = contact.voice_chance(lever[VOICE], i.bond, is_major, p)
        v.voiced = happens(world, person, draws.VOICE, where, chance)
        if v.voiced == 0 and post >= 0:
            chance = contact.notice_chance(lever[VOICE], insight, effort, p)
            v.noticed = happens(world, person, draws.NOTICE, where, chance)
        if v.voiced == 1 or v.noticed == 1:
            chance = contact.put_right_now_chance(discretion, skill, is_major, p)
            if post >= 0 and happens(world, person, draws.PUT_RIGHT_NOW, where, chance) == 1:
                chance = contact.recovery_chance(lever[RECOVERY], discretion, skill, effort, is_major, p)
                v.put_right = happens(world, person, draws.RECOVERY, where, chance)
            else:
                v.case = 1
    if v.query == 1:
        chance = contact.query_chance(skill, insight, effort, p)
        v.query_well = happens(world, person, draws.RECOVERY, where, chance)

    if v.kept == 1 and post >= 0 and t.hands_over_to >= 0:
        chance = contact.hand_over_chance(t.hand_over, lever[FLOW], p)
        handed_over = happens(world, person, draws.HAND_OVER, where, chance)

    # Individual? Surprising?
    chance = contact.individual_chance(effort, insight, discretion, i.wish, t.room, p)
    v.individual = happens(world, person, draws.INDIVIDUAL, where, chance)
    chance = contact.surprise_chance(lever[SURPRISE], discretion, effort, i.memory, t.room, p)
    v.surprising = happens(world, person, draws.SURPRISE, where, chance)

    arose = 1 if v.severity > NO_PROBLEM or v.query == 1 else 0
    dealt_well = 1 if v.put_right == 1 or v.query_well == 1 else 0
    v.gate = pyramid.gate_open(v.kept, v.put_right, arose, dealt_well)
    v.level = pyramid.reach_level(
        1, v.kept, v.put_right, arose, dealt_well, v.individual, v.surprising, TOP_LEVEL, INDIVIDUAL_LEVEL
    )
    ratio = contact.wait_ratio(v.wait, mean_patience(world, person), p)
    z = normal(i.luck, setting.replication, np.int64(i.ordinal), draws.ENCOUNTER, where)
    v.quality = contact.contact_quality(
        v.kept, v.severity, v.put_right, v.query, v.query_well, v.individual, v.surprising, ratio, skill, talent, engagement,
        hurry, z, p,
    )  # fmt: skip
    v.handed_over = handed_over

    # How long it takes, with the work after it.
    drawn = drawn_minutes(
        world, person, draws.SERVICE_TIME, where, kind.service_kind, kind.service_first, kind.service_second
    )
    handled = 1 if post >= 0 and (v.query == 1 or v.voiced == 1 or v.noticed == 1) else 0
    extra = contact.extra_minutes(kind.service_mean, v.individual, v.surprising, handled, p)
    minutes = contact.service_minutes(drawn, speed, skill, lever[FLOW], time_factor, p) + extra
    v.after_contact = 0.0
    if post >= 0:
        v.after_contact = drawn_minutes(
            world, person, draws.AFTER_CONTACT_TIME, where, t.after_kind, t.after_first, t.after_second
        )
    v.end = now + minutes
    return minutes


@step
def count_wait(world, site, wait):
    """Count a wait in the site's histogram: bin 0 for none, logarithmic bins beyond."""
    place_of_wait = 0
    if wait > 0.0:
        place_of_wait = min(max(int(math.floor(log(wait / WAIT_LOW) / WAIT_WIDTH)) + 1, 1), WAIT_BINS - 1)
    world.waits[site, place_of_wait] += 1


@step
def feel(world, person, quality, delighted_possible):
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
    target = customer.satisfaction_target(v.perceived, i.expectation, value - v.perceived, p)
    i.satisfaction = customer.update_satisfaction(i.satisfaction, target, t.importance, p)
    v.delighted = 0
    if delighted_possible == 1:
        chance = customer.delight_chance(
            v.gate, v.individual, i.wish, v.surprising, v.perceived, i.expectation, p
        )
        where = here(v)
        if happens(world, person, draws.DELIGHT, where, chance) == 1:
            v.delighted = 1
    i.bond = customer.update_bond(i.bond, v.delighted, v.surprising, v.severity, v.put_right, p)
    i.expectation = customer.update_expectation(i.expectation, quality, v.delighted, p)
    i.memory = customer.remember_surprise(i.memory, v.surprising * v.gate)
    i.grievance = customer.grievance_after_contact(i.grievance, v.severity, v.put_right, t.importance, p)
    i.contacts += 1
    i.delighted += v.delighted


@step
def end_contact(world, person, now):
    """The contact ends: the customer takes it in, a case may open, and it is counted.

    A person has one open case at a time; another problem is added to it. `visit.case` is 2 afterwards when a case was opened whose end is `person.case_due`.
    """
    i, setting, p = world.persons[person], world.settings[0], world.parameters[0]
    v = world.visits[i.visit]
    t = world.touchpoints[v.touchpoint]
    where = here(v)
    feel(world, person, v.quality, YES)
    if v.severity == NO_PROBLEM and (v.query == 0 or v.query_well == 1):
        i.grievance = customer.heal_grievance(i.grievance, p)
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
    money.revenue += t.revenue * setting.price


@step
def not_served(world, person, now, outcome, full):
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
        if again and happens(world, person, draws.ANOTHER_DATE, where, c.another) == 1:
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
def after_contact(world, person, now):
    """What follows a contact: hand-over to staff at once, or GO_ON with the journey."""
    v = world.visits[world.persons[person].visit]
    if v.handed_over == 1 and v.attempt < MOST_ATTEMPTS:
        v.touchpoint = world.touchpoints[v.touchpoint].hands_over_to
        v.contact_type = world.touchpoints[v.touchpoint].contact_type
        v.attempt += 1
        return next_opening(world, np.int64(v.touchpoint), now)
    return GO_ON


@step
def give_back(world, person, over):
    """Capacities to give back after this step (a set of bits), or all that are held when the visit is over."""
    v = world.visits[world.persons[person].visit]
    given = v.held
    if over == 0:
        release = world.steps[world.journeys[v.journey].first + v.step].release
        given = v.held & (1 << release) if release >= 0 else 0
    v.held &= ~given
    return given


@step
def end_visit(world, person):
    """The visit is over: it is counted and paid, and the clock of the next one starts."""
    i, setting = world.persons[person], world.settings[0]
    v = world.visits[i.visit]
    money = world.site_tally[i.site]
    if v.served_steps > 0:
        money.visits += 1
        money.revenue += world.segments[i.segment].revenue * setting.price
        i.last_visit = setting.month
    give_back_visit(world, np.int64(i.site), i.visit)
    i.visit = AT_HOME
    i.visits += 1
    u = uniform(
        i.luck, setting.replication, np.int64(i.ordinal), draws.VISIT_THRESHOLD, place(NO, np.int64(i.visits), NO, NO)
    )
    i.remaining = demand.threshold(u)


@step
def close_case(world, person):
    """An open case is closed: put right, or not."""
    i, setting, p = world.persons[person], world.settings[0], world.parameters[0]
    lever = world.levers[i.site]
    site = world.sites[i.site]
    if i.status != CUSTOMER:
        fade(world, person, setting.month - 1)
    effort = contact.effort(site.commitment, site.engagement, p.strain_normal, 0.0, p)
    chance = contact.recovery_chance(lever[RECOVERY], lever[DISCRETION], p.skill_normal, effort, i.case_major, p)
    put_right = happens(world, person, draws.CASE_RECOVERY, i.case_place, chance)
    i.grievance = customer.grievance_after_case(i.grievance, put_right, p)
    i.satisfaction = customer.satisfaction_after_case(i.satisfaction, put_right, p)
    tally = world.contact_tally[i.site, i.case_touchpoint, i.segment]
    tally.cases_closed += i.case_problems
    tally.cases_put_right += put_right * i.case_problems
    i.case_problems, i.case_major = 0, 0
    world.site_tally[i.site].contact_cost += put_right * setting.compensation
    i.case_due = math.inf


@step
def queue_place(world, person):
    """The order in a queue: arrival minus head start; the smallest is served first, then the lowest number."""
    i = world.persons[person]
    return world.visits[i.visit].arrival - world.segments[i.segment].head_start


@step
def write_contact(world, person, log, row):
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
