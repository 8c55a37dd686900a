"""The order of a visit, exactly as both engines run it: when it begins, its journey, capacity held on the way, its end.

`next_visit` → `begin_visit` → `next_step` → a contact (see `order_of_a_contact`) → `give_back` → … → `end_visit`. The rules are in
`model`; here is only their sequence. Times are minutes from the first day of the warm-up.
"""

import math
from typing import Any

import numpy as np

from sxsim.engines.order_of_a_shift import half_hour_of_week
from sxsim.engines.world import (
    AT_HOME,
    CUSTOMER,
    DAY,
    HALF_HOUR,
    HALF_HOURS_A_WEEK,
    NO,
    VISIT_OVER,
    World,
)
from sxsim.model import Chance, Flag, Minutes, Number, Real, business, draws, market
from sxsim.model.draws import normal, place, uniform
from sxsim.model.rule import part_of_step, step


@part_of_step
def here(v: Any) -> Any:
    """The place of a draw in a person's journey: touchpoint and step as planned, visit, attempt."""
    return v.where + v.attempt


@step
def drawn_minutes(
    world: World, person: Number, purpose: Number, where: Number, kind: Number, first: Real, second: Real
) -> Any:
    """A length of time drawn by a person at a place of the journey, in minutes."""
    i, replication = world.persons[person], world.settings[0].replication
    if kind == market.CONSTANT or kind == market.NEVER:
        return market.duration(kind, first, second, 1.0, 0.0)
    if kind == market.LOGNORMAL:
        z = normal(i.luck, replication, np.int64(i.ordinal), purpose, where)
        return market.duration(kind, first, second, 1.0, z)
    u = uniform(i.luck, replication, np.int64(i.ordinal), purpose, where)
    return market.duration(kind, first, second, u, 0.0)


@step
def happens(world: World, person: Number, purpose: Number, where: Number, chance: Chance) -> Any:
    """Whether something happens to a person at a place of the journey: 1 or 0."""
    i = world.persons[person]
    return 1 if uniform(i.luck, world.settings[0].replication, np.int64(i.ordinal), purpose, where) < chance else 0


@step
def usual_visit_rate(world: World, person: Number) -> Any:
    """Visits a month of a person, as loyalty and price stand; who pays by contract comes at any price."""
    i, p = world.persons[person], world.parameters[0]
    kind, gap = world.segments[i.segment], 0.0
    if kind.fee == 0.0:
        gap = market.price_gap(world.settings[0].price, world.market[0].outside_price, kind.price_sensitivity, p)
    return market.visit_rate(kind.visits_per_month, i.personal_rate, i.loyalty, gap, p)


@step
def intensity_at(table: Any, elapsed: Minutes) -> Any:
    """Cumulative intensity of a month at some minutes after its start."""
    position = elapsed / HALF_HOUR
    below = int(math.floor(position))
    if below >= len(table) - 1:
        return table[len(table) - 1]
    return table[below] + (table[below + 1] - table[below]) * (position - below)


@step
def half_hour_of(table: Any, half_hour_at: Any, half_hours: Number, target: Real) -> Any:
    """The half hour of a month in which the cumulative intensity reaches a target: the first, when at its end it does."""
    low = half_hour_at[min(max(int(target / table[half_hours] * half_hours), 0), half_hours)]
    while low > 0 and table[low] >= target:
        low -= 1
    while low < half_hours - 1 and table[low + 1] < target:
        low += 1
    return low


@step
def next_visit(world: World, person: Number, now: Minutes) -> Any:
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
def take_visit(world: World, site: Number) -> Any:
    """A free row of visits at a site: the one given back last, or the next that was never used."""
    place_ = world.sites[site]
    if place_.visits_free > 0:
        place_.visits_free -= 1
        return np.int64(world.free_visits[place_.first_person + place_.visits_free])
    place_.visits_used += 1
    return place_.first_person + place_.visits_used - 1


@part_of_step
def give_back_visit(world: World, site: Number, row: Number) -> None:
    """A row of visits is free again."""
    place_ = world.sites[site]
    world.free_visits[place_.first_person + place_.visits_free] = row
    place_.visits_free += 1


@step
def begin_visit(world: World, person: Number) -> None:
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
def next_opening(world: World, touchpoint: Number, time: Minutes) -> Any:
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
def next_step(world: World, person: Number, now: Minutes) -> Any:
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
                time_of_day = market.time_of_day(s.night_time, s.night_within, u)
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
def wants_capacity(world: World, person: Number) -> Any:
    """The capacity this step must hold before the contact, or −1."""
    v = world.visits[world.persons[person].visit]
    hold = world.steps[world.journeys[v.journey].first + v.step].hold
    if hold < 0 or (v.held >> hold) & 1 == 1:
        return -1
    return hold


@step
def give_back(world: World, person: Number, over: Flag) -> Any:
    """Capacities to give back after this step (a set of bits), or all that are held when the visit is over."""
    v = world.visits[world.persons[person].visit]
    given = v.held
    if over == 0:
        release = world.steps[world.journeys[v.journey].first + v.step].release
        given = v.held & (1 << release) if release >= 0 else 0
    v.held &= ~given
    return given


@step
def end_visit(world: World, person: Number) -> None:
    """The visit is over: it is counted and paid, and the clock of the next one starts."""
    i, setting = world.persons[person], world.settings[0]
    v = world.visits[i.visit]
    money = world.site_tally[i.site]
    if v.served_steps > 0:
        money.visits += 1
        money.revenue += business.sale(world.segments[i.segment].revenue_per_visit, setting.price)
        i.last_visit = setting.month
    give_back_visit(world, np.int64(i.site), i.visit)
    i.visit = AT_HOME
    i.visits += 1
    u = uniform(
        i.luck, setting.replication, np.int64(i.ordinal), draws.VISIT_THRESHOLD, place(NO, np.int64(i.visits), NO, NO)
    )
    i.remaining = market.threshold(u)


@step
def queue_place(world: World, person: Number) -> Any:
    """The order in a queue: arrival minus head start; the smallest is served first, then the lowest number."""
    i = world.persons[person]
    return world.visits[i.visit].arrival - world.segments[i.segment].head_start
