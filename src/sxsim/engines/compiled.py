"""The compiled engine: the same steps in the same order as the reference engine, driven by an event list in Numba.

Every half hour the staff list changes, so events wait in a list for each half hour, linked through the entities they
belong to, and only those of the current half hour lie in a heap. An entity (a person, a person's patience, a person's
open case, a post) has at most one event at a time. At the same minute events happen in the order of the reference
engine: service end, shift change, abandonment, arrival, end of a case; then by number. What SimPy does without delay
(a customer called to a counter, people turned away at closing) goes through a first-in-first-out list of calls.
"""

import hashlib
import math
from collections.abc import Callable
from typing import Any

import numba
import numpy as np
from numba import types
from numba.experimental import structref

from sxsim.engines import order_of_a_contact as order
from sxsim.engines import order_of_a_month as month
from sxsim.engines.bare import bare, borrowed
from sxsim.engines.records import Records
from sxsim.engines.world import (
    ABANDONED,
    AFTER_CONTACT,
    AVAILABLE,
    CONTACT_LOG,
    CUSTOMER,
    GO_ON,
    HALF_HOUR,
    IDLE,
    NO,
    ON_BREAK,
    SERVING,
    TURNED_AWAY,
    VISIT_OVER,
    WAITING,
    YES,
    World,
)
from sxsim.model.rule import step

# Order of events at the same minute, as in the reference engine.
# Numbers below are int64, not Python numbers: those would compile a step anew for each value.
_SERVICE_END, _SHIFT_CHANGE, _ABANDONMENT, _ARRIVAL, _CASE_END = np.arange(2, 7)
_KIND_BITS = 40
# Where an entity's event is.
_NOWHERE, _IN_HEAP = -1, -2
# What a person's event means.
_BEGINS_VISIT, _ARRIVES, _ENDS_SELF_SERVICE = range(3)
# What a call says beside the number of a post: served at a place of self-service, or turned away.
_SELF_SERVICE, _TURNED_AWAY = np.int64(-1), np.int64(-2)
# What `meet` answers when the person waits or is served.
_STAYS = -3.0
_NOBODY = np.int64(-1)

_FIELDS = {
    "time": "(entities,) minutes of each entity's event",
    "rank": "(entities,) kind and number, the order at the same minute",
    "where": "(entities,) half hour of the list that holds the event, or nowhere, or in the heap",
    "after": "(entities,) next entity in that list",
    "before": "(entities,) entity before",
    "heads": "(sites, half hours) first entity of each list",
    "meaning": "(persons,) what a person's event means",
    "served": "(posts,) person whom a post serves",
    "queue_key": "(persons,) place in a queue",
    "queue_after": "(persons,) who stands behind",
    "queue_before": "(persons,) who stands before",
    "first": "(floors,) first in each queue",
    "last": "(floors,) last in each queue",
    "waiting": "(floors,) people in each queue",
    "free_places": "(floors,) places of self-service that are free; −1 where there is always one",
    "free_units": "(sites, capacities) units of capacity that are free",
    "heap_time": "heap of the current half hour",
    "heap_rank": "heap",
    "heap_entity": "heap",
    "heap_size": "(1,)",
    "call_person": "calls, first in first out",
    "call_post": "calls",
    "calls": "(2,) next to take, next to put",
    "log": "contact log",
    "logged": "(1,) rows in it",
    "half_hour": "(1,) half hour whose events are in the heap",
}


@structref.register
class _AgendaType(types.StructRef):
    """The compiled type of an agenda, under a short name."""

    def __init__(self, fields: Any) -> None:
        super().__init__(fields)
        self.name = f"Agenda<{hashlib.sha256(str(self._fields).encode()).hexdigest()[:16]}>"

    def preprocess_fields(self, fields: Any) -> Any:
        return tuple((name, types.unliteral(kind)) for name, kind in fields)


class Agenda(structref.StructRefProxy):
    """What is to come at the sites: events, queues, calls. Arrays as in `_FIELDS`; Python keeps them in `arrays`."""

    arrays: dict[str, Any]


structref.define_boxing(_AgendaType, Agenda)
structref.define_constructor(Agenda, _AgendaType, list(_FIELDS))


@numba.njit(cache=True)  # type: ignore[untyped-decorator]
def _bind(  # type: ignore[no-untyped-def]
    time, rank, where, after, before, heads, meaning, served, queue_key, queue_after, queue_before, first, last,
    waiting, free_places, free_units, heap_time, heap_rank, heap_entity, heap_size, call_person, call_post, calls, log,
    logged, half_hour,
):  # fmt: skip
    return Agenda(
        borrowed(time), borrowed(rank), borrowed(where), borrowed(after), borrowed(before), borrowed(heads),
        borrowed(meaning), borrowed(served), borrowed(queue_key), borrowed(queue_after), borrowed(queue_before),
        borrowed(first), borrowed(last), borrowed(waiting), borrowed(free_places), borrowed(free_units),
        borrowed(heap_time), borrowed(heap_rank), borrowed(heap_entity), borrowed(heap_size),
        borrowed(call_person), borrowed(call_post), borrowed(calls), borrowed(log), borrowed(logged),
        borrowed(half_hour),
    )  # fmt: skip


def agenda_of(world: World) -> Agenda:
    """An empty agenda for a world."""
    setting = world.settings[0]
    people, posts, sites = int(setting["people"]), int(setting["posts"]), int(setting["sites"])
    entities, floors = 3 * people + posts, len(world.floors)
    half_hours = int(world.month_starts[-1] / HALF_HOUR) + 2
    units = world.capacities["units"]
    places = np.tile(np.where(world.touchpoints["staffed"] == 1, -1, world.touchpoints["units"]), sites)
    arrays = {
        "time": np.zeros(entities),
        "rank": np.zeros(entities, np.int64),
        "where": np.full(entities, _NOWHERE, np.int32),
        "after": np.full(entities, _NOBODY, np.int32),
        "before": np.full(entities, _NOBODY, np.int32),
        "heads": np.full((sites, half_hours), _NOBODY, np.int32),
        "meaning": np.zeros(people, np.int8),
        "served": np.full(posts, _NOBODY, np.int32),
        "queue_key": np.zeros(people),
        "queue_after": np.full(people, _NOBODY, np.int32),
        "queue_before": np.full(people, _NOBODY, np.int32),
        "first": np.full(floors, _NOBODY, np.int32),
        "last": np.full(floors, _NOBODY, np.int32),
        "waiting": np.zeros(floors, np.int64),
        "free_places": places.astype(np.int64),
        "free_units": np.tile(units, (sites, 1)).astype(np.int64),
        "heap_time": np.zeros(1024),
        "heap_rank": np.zeros(1024, np.int64),
        "heap_entity": np.zeros(1024, np.int64),
        "heap_size": np.zeros(1, np.int64),
        "call_person": np.zeros(people + 1, np.int32),
        "call_post": np.zeros(people + 1, np.int32),
        "calls": np.zeros(2, np.int64),
        "log": np.zeros(1024 if setting["log_contacts"] else 1, CONTACT_LOG),
        "logged": np.zeros(1, np.int64),
        "half_hour": np.full(1, -1, np.int64),
    }
    agenda: Agenda = _bind(*(arrays[name] for name in _FIELDS))
    agenda.arrays = arrays
    return agenda


# Events.


@step
def _rise(times, ranks, entities, place):
    """The entry at a place of the heap rises to where it belongs."""
    time, rank, entity = times[place], ranks[place], entities[place]
    while place > 0:
        parent = (place - 1) // 2
        if times[parent] < time or (times[parent] == time and ranks[parent] < rank):
            break
        times[place], ranks[place], entities[place] = times[parent], ranks[parent], entities[parent]
        place = parent
    times[place], ranks[place], entities[place] = time, rank, entity


@step
def _sink(times, ranks, entities, size):
    """The entry behind the last one of the heap takes the first place and sinks to where it belongs."""
    time, rank, entity = times[size], ranks[size], entities[size]
    place = 0
    while True:
        child = 2 * place + 1
        if child >= size:
            break
        other = child + 1
        if other < size and (
            times[other] < times[child] or (times[other] == times[child] and ranks[other] < ranks[child])
        ):
            child = other
        if time < times[child] or (time == times[child] and rank < ranks[child]):
            break
        times[place], ranks[place], entities[place] = times[child], ranks[child], entities[child]
        place = child
    times[place], ranks[place], entities[place] = time, rank, entity


@step
def _push(agenda, entity):
    """Put an entity's event into the heap of the current half hour."""
    place = agenda.heap_size[0]
    if place == len(agenda.heap_time):
        agenda.heap_time = np.concatenate((agenda.heap_time, np.zeros(place)))
        agenda.heap_rank = np.concatenate((agenda.heap_rank, np.zeros(place, np.int64)))
        agenda.heap_entity = np.concatenate((agenda.heap_entity, np.zeros(place, np.int64)))
    times, ranks, entities = agenda.heap_time, agenda.heap_rank, agenda.heap_entity
    times[place], ranks[place], entities[place] = agenda.time[entity], agenda.rank[entity], entity
    agenda.heap_size[0] = place + 1
    agenda.where[entity] = _IN_HEAP
    _rise(times, ranks, entities, place)


@step
def _pop(agenda):
    """Take the first entry from the heap; its entity, or −1 when its event was called off meanwhile."""
    times, ranks, entities = agenda.heap_time, agenda.heap_rank, agenda.heap_entity
    entity, time, rank = entities[0], times[0], ranks[0]
    size = agenda.heap_size[0] - 1
    agenda.heap_size[0] = size
    if size > 0:
        _sink(times, ranks, entities, size)
    if agenda.where[entity] != _IN_HEAP or agenda.time[entity] != time or agenda.rank[entity] != rank:
        return _NOBODY
    agenda.where[entity] = _NOWHERE
    return entity


@step
def _call_off(agenda, site, entity):
    """An entity's event will not happen."""
    where = agenda.where[entity]
    if where >= 0:
        after, before = agenda.after[entity], agenda.before[entity]
        if before >= 0:
            agenda.after[before] = after
        else:
            agenda.heads[site, where] = after
        if after >= 0:
            agenda.before[after] = before
    agenda.where[entity] = _NOWHERE


@step
def _plan(agenda, site, entity, time, kind, number):
    """An entity's event will happen at a time; an earlier plan is called off. Events beyond the run are forgotten."""
    _call_off(agenda, site, entity)
    agenda.time[entity] = time
    agenda.rank[entity] = (kind << _KIND_BITS) | number
    last = agenda.heads.shape[1] - 1
    if time >= last * HALF_HOUR:
        return
    half_hour = int(math.floor(time / HALF_HOUR))
    if half_hour <= agenda.half_hour[0]:
        _push(agenda, entity)
        return
    head = agenda.heads[site, half_hour]
    agenda.after[entity], agenda.before[entity] = head, _NOBODY
    if head >= 0:
        agenda.before[head] = entity
    agenda.heads[site, half_hour] = entity
    agenda.where[entity] = half_hour


@step
def _load(agenda, site, half_hour):
    """The events of a half hour go from their list into the heap."""
    agenda.half_hour[0] = half_hour
    entity = np.int64(agenda.heads[site, half_hour])
    agenda.heads[site, half_hour] = _NOBODY
    while entity >= 0:
        following = np.int64(agenda.after[entity])
        _push(agenda, entity)
        entity = following


# Queues and calls.


@step
def _join_queue(agenda, floor, person, key):
    """Stand in a queue: behind those with a smaller key, and among equals behind the lower number."""
    agenda.queue_key[person] = key
    ahead = agenda.last[floor]
    while ahead >= 0 and (agenda.queue_key[ahead] > key or (agenda.queue_key[ahead] == key and ahead > person)):
        ahead = agenda.queue_before[ahead]
    behind = agenda.queue_after[ahead] if ahead >= 0 else agenda.first[floor]
    agenda.queue_before[person], agenda.queue_after[person] = ahead, behind
    if ahead >= 0:
        agenda.queue_after[ahead] = person
    else:
        agenda.first[floor] = person
    if behind >= 0:
        agenda.queue_before[behind] = person
    else:
        agenda.last[floor] = person
    agenda.waiting[floor] += 1


@step
def _leave_queue(agenda, floor, person):
    """Leave a queue, from anywhere in it."""
    ahead, behind = agenda.queue_before[person], agenda.queue_after[person]
    if ahead >= 0:
        agenda.queue_after[ahead] = behind
    else:
        agenda.first[floor] = behind
    if behind >= 0:
        agenda.queue_before[behind] = ahead
    else:
        agenda.last[floor] = ahead
    agenda.waiting[floor] -= 1


@step
def _call(agenda, people, floor, site, person, post):
    """Call the person out of the queue: to a post, to a place of self-service, or away."""
    _leave_queue(agenda, floor, person)
    _call_off(agenda, site, people + person)
    put = agenda.calls[1]
    agenda.call_person[put], agenda.call_post[put] = person, post
    agenda.calls[1] = (put + 1) % len(agenda.call_person)


# What happens.


@step
def _log(world, agenda, person):
    """Append a contact to the log, when one is kept."""
    if world.settings[0].log_contacts == 0:
        return
    place = agenda.logged[0]
    if place == len(agenda.log):
        longer = np.empty(2 * place, agenda.log.dtype)
        longer[:place] = agenda.log
        agenda.log = longer
    order.write_contact(world, person, agenda.log, place)
    agenda.logged[0] = place + 1


@step
def _serves_next(world, agenda, site, post):
    """A free employee takes the first in the queues of all touchpoints of the team."""
    setting = world.settings[0]
    serves = world.teams[world.posts[post].team].serves
    best, floor_of_best = _NOBODY, NO
    for touchpoint in range(setting.touchpoints):
        floor = site * setting.touchpoints + touchpoint
        first = np.int64(agenda.first[floor])
        if first < 0 or (serves >> touchpoint) & 1 == 0:
            continue
        key = agenda.queue_key[first]
        if best < 0 or key < agenda.queue_key[best] or (key == agenda.queue_key[best] and first < best):
            best, floor_of_best = first, floor
    if best >= 0:
        world.posts[post].busy = SERVING
        _call(agenda, setting.people, floor_of_best, site, best, post)


@step
def _finishes(world, agenda, site, post, now):
    """An employee is done with a contact and the work after it."""
    end = order.post_done(world, post, now)
    if end > AVAILABLE:
        _plan(agenda, site, 3 * world.settings[0].people + post, end, _SERVICE_END, post)
    elif end == AVAILABLE:
        _serves_next(world, agenda, site, post)


@step
def _is_served(world, agenda, site, person, post, now):
    """Service begins, by a post or at a place of self-service."""
    setting = world.settings[0]
    end = now + order.begin_service(world, person, post, now)
    if post >= 0:
        agenda.served[post] = person
        _plan(agenda, site, 3 * setting.people + post, end, _SERVICE_END, post)
    else:
        agenda.meaning[person] = _ENDS_SELF_SERVICE
        _plan(agenda, site, person, end, _SERVICE_END, setting.posts + person)


@step
def _not_served(world, agenda, person, now, outcome, full):
    """The contact did not take place. Returns the time of another attempt, GO_ON or VISIT_OVER."""
    time = order.not_served(world, person, now, outcome, full)
    _log(world, agenda, person)
    return time


@step
def _meets(world, agenda, site, person, now):
    """One attempt at a contact. Returns the time of the next attempt, GO_ON, VISIT_OVER, or _STAYS."""
    setting, v = world.settings[0], world.visits[person]
    touchpoint = v.touchpoint
    floor = site * setting.touchpoints + touchpoint
    hold = order.wants_capacity(world, person)
    free = agenda.free_units[site, hold] if hold >= 0 else 1
    outcome = order.arrive(world, person, now, agenda.waiting[floor], free)
    if outcome != WAITING:
        return _not_served(world, agenda, person, now, outcome, hold if free < 1 else _NOBODY)
    if hold >= 0:
        agenda.free_units[site, hold] -= 1
        v.held |= 1 << hold
    if world.touchpoints[touchpoint].staffed == 1:
        post = order.longest_idle(world, site, touchpoint)
        if post >= 0:
            _is_served(world, agenda, site, person, post, now)
            return _STAYS
    elif agenda.free_places[floor] != 0:
        if agenda.free_places[floor] > 0:
            agenda.free_places[floor] -= 1
        _is_served(world, agenda, site, person, _SELF_SERVICE, now)
        return _STAYS
    _join_queue(agenda, floor, person, order.queue_place(world, person))
    if v.patience < math.inf:
        _plan(agenda, site, setting.people + person, now + v.patience, _ABANDONMENT, person)
    return _STAYS


@step
def _gives_back(world, agenda, site, person, over):
    """Give back held capacities."""
    given = order.give_back(world, person, over)
    for capacity in range(world.settings[0].capacities):
        if (given >> capacity) & 1 == 1:
            agenda.free_units[site, capacity] += 1


@step
def _plans_visit(world, agenda, site, person, now):
    """The next visit, when it falls into this month."""
    time = order.next_visit(world, person, now)
    if time < math.inf:
        agenda.meaning[person] = _BEGINS_VISIT
        _plan(agenda, site, person, time, _ARRIVAL, person)


@step
def _travels(world, agenda, site, person, time, now):
    """Go on with a visit until the person waits, is served, travels to a later contact, or the visit is over."""
    v = world.visits[person]
    while time != _STAYS:
        if time == VISIT_OVER:
            if v.held != 0:
                _gives_back(world, agenda, site, person, YES)
            order.end_visit(world, person)
            _plans_visit(world, agenda, site, person, now)
            return
        if time == GO_ON:
            if v.held != 0:
                _gives_back(world, agenda, site, person, NO)
            time = order.next_step(world, person, now)
        elif time > now:
            agenda.meaning[person] = _ARRIVES
            _plan(agenda, site, person, time, _ARRIVAL, person)
            return
        else:
            time = _meets(world, agenda, site, person, now)


@step
def _contact_ends(world, agenda, site, person, post, now):
    """A contact ends: the customer takes it in and goes on; the place or the employee is free."""
    setting, v = world.settings[0], world.visits[person]
    order.end_contact(world, person, now)
    _log(world, agenda, person)
    if v.case == 2:
        _plan(agenda, site, 2 * setting.people + person, world.persons[person].case_due, _CASE_END, person)
    if post >= 0:
        if v.after_contact > 0.0:
            order.begin_after_contact(world, post)
            _plan(agenda, site, 3 * setting.people + post, now + v.after_contact, _SERVICE_END, post)
        else:
            _finishes(world, agenda, site, post, now)
    else:
        floor = site * setting.touchpoints + v.touchpoint
        if agenda.free_places[floor] >= 0:
            if agenda.first[floor] >= 0:
                _call(agenda, setting.people, floor, site, np.int64(agenda.first[floor]), _SELF_SERVICE)
            else:
                agenda.free_places[floor] += 1
    _travels(world, agenda, site, person, order.after_contact(world, person, now), now)


@step
def _answers_calls(world, agenda, site, now):
    """Those who were called are served or go away, in the order of the calls."""
    while agenda.calls[0] != agenda.calls[1]:
        take = agenda.calls[0]
        agenda.calls[0] = (take + 1) % len(agenda.call_person)
        person, post = np.int64(agenda.call_person[take]), np.int64(agenda.call_post[take])
        if post == _TURNED_AWAY:
            time = _not_served(world, agenda, person, now, np.int64(TURNED_AWAY), _NOBODY)
            _travels(world, agenda, site, person, time, now)
        else:
            _is_served(world, agenda, site, person, post, now)


@step
def _shift_changes(world, agenda, site, now):
    """Doors, staff, those waiting; as every half hour."""
    setting = world.settings[0]
    first_floor = site * setting.touchpoints
    if order.change_shift(world, site, now) == 1:
        for post in range(setting.posts):
            e = world.posts[post]
            entity = 3 * setting.people + post
            planned = agenda.where[entity] != _NOWHERE and agenda.time[entity] == e.break_end
            if e.site == site and e.on_duty == 1 and e.busy == ON_BREAK and not planned:
                _plan(agenda, site, entity, e.break_end, _SERVICE_END, post)
    waiting = 0
    for touchpoint in range(setting.touchpoints):
        waiting += agenda.waiting[first_floor + touchpoint]
    if waiting == 0:
        return
    for touchpoint in range(setting.touchpoints):
        floor = first_floor + touchpoint
        if world.floors[floor].open == 0:
            while agenda.first[floor] >= 0:
                _call(agenda, setting.people, floor, site, np.int64(agenda.first[floor]), _TURNED_AWAY)
    for post in range(setting.posts):
        e = world.posts[post]
        if e.site == site and e.on_duty == 1 and e.busy == IDLE:
            _serves_next(world, agenda, site, post)


@step
def _happens(world, agenda, site, entity, now):
    """An entity's event happens."""
    setting = world.settings[0]
    people = setting.people
    if entity < people:
        if agenda.meaning[entity] == _BEGINS_VISIT:
            order.begin_visit(world, entity)
            _travels(world, agenda, site, entity, order.next_step(world, entity, now), now)
        elif agenda.meaning[entity] == _ARRIVES:
            _travels(world, agenda, site, entity, _meets(world, agenda, site, entity, now), now)
        else:
            _contact_ends(world, agenda, site, entity, _SELF_SERVICE, now)
    elif entity < 2 * people:
        person = entity - people
        _leave_queue(agenda, site * setting.touchpoints + world.visits[person].touchpoint, person)
        time = _not_served(world, agenda, person, now, np.int64(ABANDONED), _NOBODY)
        _travels(world, agenda, site, person, time, now)
    elif entity < 3 * people:
        order.close_case(world, entity - 2 * people)
    else:
        post = entity - 3 * people
        busy = world.posts[post].busy
        if busy == SERVING:
            _contact_ends(world, agenda, site, np.int64(agenda.served[post]), post, now)
        elif busy == AFTER_CONTACT:
            _finishes(world, agenda, site, post, now)
        elif order.end_break(world, post, now) == AVAILABLE:
            _serves_next(world, agenda, site, post)


@step
def _until(world, agenda, site, time, rank):
    """Everything in the heap before a minute and rank happens."""
    while agenda.heap_size[0] > 0:
        now = agenda.heap_time[0]
        if now > time or (now == time and agenda.heap_rank[0] >= rank):
            return
        entity = _pop(agenda)
        if entity >= 0:
            _happens(world, agenda, site, entity, now)
            _answers_calls(world, agenda, site, now)


@step
def _floor_month(world, agenda, site):
    """A site's month in continuous time."""
    setting = world.settings[0]
    for person in range(setting.people):
        i = world.persons[person]
        at_home = world.visits[person].active == 0 and agenda.where[person] == _NOWHERE
        if i.site == site and i.status == CUSTOMER and at_home:
            _plans_visit(world, agenda, site, person, setting.month_start)
    first = int(setting.month_start / HALF_HOUR)
    last = int(setting.month_end / HALF_HOUR)
    shift_rank = (_SHIFT_CHANGE << _KIND_BITS) | site
    for half_hour in range(first, last):
        now = half_hour * HALF_HOUR
        _load(agenda, site, half_hour)
        _until(world, agenda, site, now, shift_rank)
        _shift_changes(world, agenda, site, now)
        _answers_calls(world, agenda, site, now)
        _until(world, agenda, site, now + HALF_HOUR, NO)


@step
def _run_month(world, agenda):
    """One month: the floors, then the month's end in the order of `order_of_a_month`."""
    setting = world.settings[0]
    for site in range(setting.sites):
        agenda.half_hour[0] = int(setting.month_start / HALF_HOUR) - 1
        _floor_month(world, agenda, site)
    for post in range(setting.posts):
        month.employee_month(world, post)
    for person in range(setting.people):
        month.person_month(world, person)
    for person in range(setting.people):
        month.spread_word(world, person)
    for site in range(setting.sites):
        month.site_reputation(world, site)
    for account in range(setting.accounts):
        month.account_month(world, account)
    for site in range(setting.sites):
        month.site_business(world, site)
    month.organisation_month(world)
    month.market_month(world)
    for site in range(setting.sites):
        month.site_record(world, site)
        month.site_levers(world, site, NO)


@step
def _run_bare_month(world, agenda):
    """One month, without counting references."""
    _run_month(bare(world), bare(agenda))


def simulate(world: World, *, each_month: Callable[[int], None] | None = None) -> Records:
    """Run a world to the end of its horizon on the compiled engine.

    `each_month` is called with the number of months done. Other threads run meanwhile.
    """
    agenda = agenda_of(world)
    records = Records.empty(world)
    for number in range(int(world.settings[0]["months"])):
        month.open_month(world, number)
        _run_bare_month(world, agenda)
        records.take(world, number)
        if each_month is not None:
            each_month(number + 1)
    records.log = _sorted_log(agenda, world)
    return records


def _sorted_log(agenda: Agenda, world: World) -> Any:
    """The contact log in the order of sites and, within, of completion."""
    log = _log_of(agenda)
    return np.concatenate([log[log["site"] == site] for site in range(int(world.settings[0]["sites"]))])


@numba.njit(cache=True)  # type: ignore[untyped-decorator]
def _log_of(agenda):  # type: ignore[no-untyped-def]
    return agenda.log[: agenda.logged[0]].copy()
