"""The compiled engine: the same steps in the same order as the reference engine, driven by an event list in Numba.

At the same minute events happen in the order of the reference engine: service end, shift change, abandonment, arrival,
end of a case; then by number.
"""

import math
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import numpy as np

from sxsim.engines import order_of_a_contact as order
from sxsim.engines import order_of_a_shift as shift
from sxsim.engines import order_of_a_visit as visit
from sxsim.engines import steps_of_customers
from sxsim.engines.agenda import (
    ABANDONMENT,
    ARRIVAL,
    CASE_END,
    NOBODY,
    NOWHERE,
    SERVICE_END,
    SHIFT_CHANGE,
    agendas_of,
    call,
    comes_before,
    leave,
    load,
    longest_idle,
    plan,
    pop,
    push_call,
    rank_of,
    stand,
    stands_by,
)
from sxsim.engines.bare import ask_for
from sxsim.engines.order_of_a_month import walk_month
from sxsim.engines.records import Observer, Records
from sxsim.engines.world import (
    ABANDONED,
    AFTER_CONTACT,
    AT_HOME,
    AVAILABLE,
    GO_ON,
    HALF_HOUR,
    IDLE,
    IS_CUSTOMER,
    NO,
    ON_BREAK,
    SERVING,
    TURNED_AWAY,
    VISIT_OVER,
    WAITING,
    YES,
    World,
)
from sxsim.model import Flag, Minutes, Number
from sxsim.model.rule import part_of_step, step

# What a person's event means.
_BEGINS_VISIT, _ARRIVES, _ENDS_SELF_SERVICE, _GIVES_UP = range(4)
# Who calls a person, beside the number of a post: a place of self-service, or the closing doors.
_SELF_SERVICE, _DOORS = np.int64(-1), np.int64(-2)
# What `_meets` answers when the person waits or has been called.
_STAYS = -3.0


@step
def _log(world: World, agenda: Any, person: Number) -> None:
    """Append a contact to the log, when one is kept."""
    if world.settings[0].log_contacts == 0:
        return
    place = agenda.logged[0]
    if place == len(agenda.log):
        longer = np.empty(2 * place, agenda.log.dtype)
        for row in range(place):
            longer[row] = agenda.log[row]
        agenda.log = longer
    order.write_contact(world, person, agenda.log, place)
    agenda.logged[0] = place + 1


@step
def _serves_next(world: World, agenda: Any, site: Number, post: Number) -> None:
    """A free employee takes the first in the queues of all touchpoints of the team, or stands by."""
    setting, e = world.settings[0], world.posts[post]
    serves = world.teams[e.team].serves
    best, floor_of_best = NOBODY, NO
    for touchpoint in range(setting.touchpoints):
        floor = site * setting.touchpoints + touchpoint
        first = agenda.queues[floor].first
        if first < 0 or (serves >> touchpoint) & 1 == 0:
            continue
        key = agenda.places[first].key
        if best < 0 or comes_before(key, first, agenda.places[best].key, best):
            best, floor_of_best = first, floor
    if best >= 0:
        e.busy = SERVING
        call(agenda, floor_of_best, best, post)
    else:
        stands_by(agenda, e.team, post, e.idle_since)


@step
def _finishes(world: World, agenda: Any, site: Number, post: Number, now: Minutes) -> None:
    """An employee is done with a contact and the work after it."""
    end = shift.post_done(world, post, now)
    if end > AVAILABLE:
        plan(agenda, 2 * world.settings[0].people + post, end, SERVICE_END, post)
    elif end == AVAILABLE:
        _serves_next(world, agenda, site, post)


@part_of_step
def _is_served(world: World, agenda: Any, site: Number, person: Number, post: Number, now: Minutes) -> None:
    """Service begins, by a post or at a place of self-service."""
    setting = world.settings[0]
    end = now + order.begin_service(world, person, post, now)
    if post >= 0:
        agenda.served[post] = person
        plan(agenda, 2 * setting.people + post, end, SERVICE_END, post)
    else:
        agenda.meaning[person] = _ENDS_SELF_SERVICE
        plan(agenda, person, end, SERVICE_END, setting.posts + person)


@step
def _not_served(world: World, agenda: Any, person: Number, now: Minutes, outcome: Number, full: Number) -> Any:
    """The contact did not take place. Returns the time of another attempt, GO_ON or VISIT_OVER."""
    time = order.not_served(world, person, now, outcome, full)
    _log(world, agenda, person)
    return time


@part_of_step
def _meets(world: World, agenda: Any, site: Number, person: Number, now: Minutes) -> Any:
    """One attempt at a contact. Returns the time of the next attempt, GO_ON, VISIT_OVER, or _STAYS."""
    setting, v = world.settings[0], world.visits[world.persons[person].visit]
    touchpoint = v.touchpoint
    floor = site * setting.touchpoints + touchpoint
    hold = visit.wants_capacity(world, person)
    free = agenda.free_units[site, hold] if hold >= 0 else 1
    outcome = order.arrive(world, person, now, agenda.queues[floor].waiting, free)
    if outcome != WAITING:
        return _not_served(world, agenda, person, now, outcome, hold if free < 1 else NOBODY)
    if hold >= 0:
        agenda.free_units[site, hold] -= 1
        v.held |= 1 << hold
    if world.touchpoints[touchpoint].staffed == 1:
        post = longest_idle(world, agenda, site, touchpoint)
        if post >= 0:
            world.posts[post].busy = SERVING
            push_call(agenda, person, post)
            return _STAYS
    elif agenda.queues[floor].free != 0:
        if agenda.queues[floor].free > 0:
            agenda.queues[floor].free -= 1
        push_call(agenda, person, _SELF_SERVICE)
        return _STAYS
    stand(agenda.queues[floor], agenda.places, person, visit.queue_place(world, person))
    if v.patience < math.inf:
        agenda.meaning[person] = _GIVES_UP
        plan(agenda, person, now + v.patience, ABANDONMENT, person)
    return _STAYS


@part_of_step
def _gives_back(world: World, agenda: Any, site: Number, person: Number, over: Flag) -> None:
    """Give back held capacities."""
    given = visit.give_back(world, person, over)
    for capacity in range(world.settings[0].capacities):
        if (given >> capacity) & 1 == 1:
            agenda.free_units[site, capacity] += 1


@part_of_step
def _plans_visit(world: World, agenda: Any, site: Number, person: Number, now: Minutes) -> None:
    """The next visit, when it falls into this month."""
    time = visit.next_visit(world, person, now)
    if time < math.inf:
        agenda.meaning[person] = _BEGINS_VISIT
        plan(agenda, person, time, ARRIVAL, person)


@part_of_step
def _travels(world: World, agenda: Any, site: Number, person: Number, time: Minutes, now: Minutes) -> None:
    """Go on with a visit until the person waits, is served, travels to a later contact, or the visit is over."""
    v = world.visits[world.persons[person].visit]
    while time != _STAYS:
        if time == VISIT_OVER:
            if v.held != 0:
                _gives_back(world, agenda, site, person, YES)
            visit.end_visit(world, person)
            _plans_visit(world, agenda, site, person, now)
            return
        if time == GO_ON:
            if v.held != 0:
                _gives_back(world, agenda, site, person, NO)
            time = visit.next_step(world, person, now)
        elif time > now:
            agenda.meaning[person] = _ARRIVES
            plan(agenda, person, time, ARRIVAL, person)
            return
        else:
            time = _meets(world, agenda, site, person, now)


@part_of_step
def _contact_ends(world: World, agenda: Any, site: Number, person: Number, post: Number, now: Minutes) -> Any:
    """A contact ends: the customer takes it in; the place or the employee is free. Returns when the customer goes on."""
    setting, v = world.settings[0], world.visits[world.persons[person].visit]
    order.end_contact(world, person, now)
    _log(world, agenda, person)
    if v.case == 2:
        plan(agenda, setting.people + person, world.persons[person].case_due, CASE_END, person)
    if post >= 0:
        if v.after_contact > 0.0:
            shift.begin_after_contact(world, post)
            plan(agenda, 2 * setting.people + post, now + v.after_contact, SERVICE_END, post)
        else:
            _finishes(world, agenda, site, post, now)
    else:
        floor = site * setting.touchpoints + v.touchpoint
        if agenda.queues[floor].free >= 0:
            if agenda.queues[floor].first >= 0:
                call(agenda, floor, agenda.queues[floor].first, _SELF_SERVICE)
            else:
                agenda.queues[floor].free += 1
    return order.after_contact(world, person, now)


@part_of_step
def _answers_call(world: World, agenda: Any, site: Number, now: Minutes) -> Any:
    """The one called first is served, or goes away. Returns who, and when this person goes on."""
    take = agenda.calls[0]
    agenda.calls[0] = (take + 1) % len(agenda.called)
    person, post = np.int64(agenda.called[take]), np.int64(agenda.called_by[take])
    if post == _DOORS:
        return person, _not_served(world, agenda, person, now, np.int64(TURNED_AWAY), NOBODY)
    _is_served(world, agenda, site, person, post, now)
    return person, _STAYS


@part_of_step
def _shift_changes(world: World, agenda: Any, site: Number, now: Minutes) -> None:
    """Doors, staff, those waiting; as every half hour."""
    setting = world.settings[0]
    first_floor = site * setting.touchpoints
    breaks = shift.change_shift(world, site, now)
    waiting = 0
    for touchpoint in range(setting.touchpoints):
        waiting += agenda.queues[first_floor + touchpoint].waiting
    if waiting > 0:
        for touchpoint in range(setting.touchpoints):
            floor = first_floor + touchpoint
            if world.floors[floor].open == 0:
                while agenda.queues[floor].first >= 0:
                    call(agenda, floor, agenda.queues[floor].first, _DOORS)
    for team in range(site * setting.teams, (site + 1) * setting.teams):
        group = world.teams[team]
        if group.changed == 0:
            continue
        for post in range(group.first, group.first + group.posts):
            e = world.posts[post]
            if e.on_duty == 0:
                continue
            if e.busy == IDLE:
                if waiting > 0:
                    _serves_next(world, agenda, site, post)
                else:
                    stands_by(agenda, team, post, e.idle_since)
            elif breaks == 1 and e.busy == ON_BREAK:
                entity = 2 * setting.people + post
                if agenda.events[entity].where == NOWHERE or agenda.events[entity].time != e.break_end:
                    plan(agenda, entity, e.break_end, SERVICE_END, post)


@part_of_step
def _happens(world: World, agenda: Any, site: Number, entity: Number, now: Minutes) -> Any:
    """An entity's event happens. Returns whom it sets going, and when; _STAYS for nobody."""
    setting = world.settings[0]
    people = setting.people
    person, post, time = entity, _SELF_SERVICE, _STAYS
    ends = False
    if entity < people:
        meaning = agenda.meaning[entity]
        if meaning == _BEGINS_VISIT:
            visit.begin_visit(world, entity)
            time = visit.next_step(world, entity, now)
        elif meaning == _ARRIVES:
            time = now
        elif meaning == _ENDS_SELF_SERVICE:
            ends = True
        else:
            v = world.visits[world.persons[entity].visit]
            leave(agenda.queues[site * setting.touchpoints + v.touchpoint], agenda.places, entity)
            time = _not_served(world, agenda, entity, now, np.int64(ABANDONED), NOBODY)
    elif entity < 2 * people:
        steps_of_customers.close_case(world, entity - people)
    else:
        post = entity - 2 * people
        busy = world.posts[post].busy
        if busy == SERVING:
            person, ends = agenda.served[post], True
        elif busy == AFTER_CONTACT:
            _finishes(world, agenda, site, post, now)
        elif shift.end_break(world, post, now) == AVAILABLE:
            _serves_next(world, agenda, site, post)
    if ends:
        time = _contact_ends(world, agenda, site, person, post, now)
    return person, time


@part_of_step
def _asks_for(world: World, agenda: Any, entity: Number) -> None:
    """Ask the processor for the rows that the next event will touch."""
    people = world.settings[0].people
    person = entity
    if entity >= 2 * people:
        post = entity - 2 * people
        ask_for(world.posts, post)
        person = agenda.served[post]
    elif entity >= people:
        person = entity - people
    if person >= 0:
        ask_for(world.persons, person)


@step
def floor_month(world: World, agenda: Any, site: Number) -> None:
    """A site's month in continuous time: in each half hour first who was called, then what is due, then the shift's change.

    Whoever is set going travels on before anything else happens.
    """
    setting = world.settings[0]
    agenda.half_hour[0] = int(setting.month_start / HALF_HOUR) - 1
    place_ = world.sites[site]
    for account in range(place_.first_account, place_.first_account + place_.accounts):
        a = world.accounts[account]
        if a.joins_at == IS_CUSTOMER:
            for person in range(np.int64(a.first), np.int64(a.first) + a.persons):
                if world.persons[person].visit == AT_HOME and agenda.events[person].where == NOWHERE:
                    _plans_visit(world, agenda, site, person, setting.month_start)
    first = int(setting.month_start / HALF_HOUR)
    last = int(setting.month_end / HALF_HOUR)
    shift_rank, now = rank_of(SHIFT_CHANGE, site), setting.month_start
    for half_hour in range(first, last):
        load(agenda, half_hour)
        until, rank, shifted = half_hour * HALF_HOUR, shift_rank, False
        while True:
            person, time = NOBODY, _STAYS
            if agenda.calls[0] != agenda.calls[1]:
                person, time = _answers_call(world, agenda, site, now)
            elif agenda.heap_size[0] > 0 and comes_before(agenda.heap[0].time, agenda.heap[0].rank, until, rank):
                now = agenda.heap[0].time
                entity = pop(agenda)
                if agenda.heap_size[0] > 0:
                    _asks_for(world, agenda, np.int64(agenda.heap[0].entity))
                if entity >= 0:
                    person, time = _happens(world, agenda, site, entity, now)
            elif shifted:
                break
            else:
                now = half_hour * HALF_HOUR
                _shift_changes(world, agenda, site, now)
                until, rank, shifted = now + HALF_HOUR, NO, True
            if time != _STAYS:
                _travels(world, agenda, site, person, time, now)


def simulate(
    world: World, *, jobs: int = 1, each_month: Callable[[int], None] | None = None, observer: Observer | None = None
) -> Records:
    """Run a world to the end of its horizon on the compiled engine.

    jobs: threads for the floors of several sites, which meet only at the month's end. `each_month` is called with the
    number of months done, observer is there when the organisation's month ends. Other threads run meanwhile.
    """
    observer = observer or Observer()
    agendas = agendas_of(world)
    records = Records.empty(world)
    sites = range(len(agendas))

    def floors_month() -> None:
        for _ in share(lambda site: floor_month(world, agendas[site], site), sites):
            pass

    with ThreadPoolExecutor(max(1, min(jobs, len(agendas)))) as pool:
        share = map if jobs == 1 or len(agendas) == 1 else pool.map
        for number in range(int(world.settings[0]["months"])):
            walk_month(world, number, {"floor_month": floors_month}, observer)
            records.take(world, number)
            if each_month is not None:
                each_month(number + 1)
    records.log = np.concatenate([_log_of(agenda) for agenda in agendas])
    return records


@step
def _log_of(agenda: Any) -> Any:
    """The contacts logged at a site, in the order of completion; the agenda forgets them."""
    log = agenda.log[: agenda.logged[0]].copy()
    agenda.log = agenda.no_log
    return log
