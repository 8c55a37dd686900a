"""The agenda of a site in the compiled engine: what is to come, who stands in which queue, who has been called.

Every half hour the staff list changes, so events wait in a list for each half hour, linked through the entities they
belong to, and only those of the current half hour lie in a heap. An entity (a person, a person's patience, a person's
open case, a post) has at most one event at a time. What SimPy does without delay (a customer called to a counter, people
turned away at closing) goes through a first-in-first-out list of calls.
"""

import math
from typing import Any

import numpy as np

from sxsim.engines.bare import Bare
from sxsim.engines.world import CONTACT_LOG, HALF_HOUR, World
from sxsim.model.rule import part_of_step, step

#: Order of events at the same minute, as in the reference engine; then the number counts.
#: int64, not Python numbers: those would compile a step anew for each value.
SERVICE_END, SHIFT_CHANGE, ABANDONMENT, ARRIVAL, CASE_END = np.arange(2, 7)
_KIND_BITS = 40
# Where an entity's event is.
NOWHERE, IN_HEAP = -1, -2
NOBODY = np.int64(-1)

#: An entity's event. where: half hour of the list that holds it, or nowhere, or in the heap.
EVENT = np.dtype(
    [("time", np.float64), ("rank", np.int64), ("where", np.int32), ("after", np.int32), ("before", np.int32)],
    align=True,
)
#: An entry of the heap; its event may have been called off meanwhile.
ENTRY = np.dtype([("time", np.float64), ("rank", np.int64), ("entity", np.int64)])
#: A person's place in a queue.
PLACE = np.dtype([("key", np.float64), ("behind", np.int32), ("ahead", np.int32)])
#: A queue. free: places of self-service that are free; −1 where there is always one.
QUEUE = np.dtype([("first", np.int64), ("last", np.int64), ("waiting", np.int64), ("free", np.int64)])


class Agenda(Bare):
    """What is to come at a site. Sites share what has a row an entity; the rest is the site's own.

    Shared: `events` (entities,) EVENT, `meaning` (persons,) what a person's event means, `served` (posts,) the person
    whom a post serves, `places` (persons,) PLACE, `queues` (floors,) QUEUE, `free_units` (sites, capacities).
    Own: `heads` (half hours,) first entity of each list, `heap` ENTRY, `heap_size` (1,), `called` and `called_by` calls,
    first in first out, `calls` (2,) next to take and next to put, `log` CONTACT_LOG, `no_log` an empty one, `logged` (1,)
    rows in it, `half_hour` (1,) whose events are in the heap.
    """


def agendas_of(world: World) -> list[Agenda]:
    """An empty agenda for each site of a world."""
    setting = world.settings[0]
    people, posts, sites = int(setting["people"]), int(setting["posts"]), int(setting["sites"])
    events = np.zeros(3 * people + posts, EVENT)
    events["where"] = NOWHERE
    queues = np.zeros(len(world.floors), QUEUE)
    queues["first"] = queues["last"] = NOBODY
    queues["free"] = np.tile(np.where(world.touchpoints["staffed"] == 1, -1, world.touchpoints["units"]), sites)
    shared: dict[str, Any] = {
        "events": events,
        "meaning": np.zeros(people, np.int64),
        "served": np.full(posts, NOBODY),
        "places": np.zeros(people, PLACE),
        "queues": queues,
        "free_units": np.tile(world.capacities["units"], (sites, 1)).astype(np.int64),
    }
    people_of = np.bincount(world.persons["site"], minlength=sites)
    posts_of = np.bincount(world.posts["site"], minlength=sites)
    agendas = []
    for site in range(sites):
        own: dict[str, Any] = {
            "heads": np.full(int(world.month_starts[-1] / HALF_HOUR) + 2, NOBODY),
            "heap": np.empty(2 * (3 * people_of[site] + posts_of[site]) + 64, ENTRY),
            "heap_size": np.zeros(1, np.int64),
            "called": np.zeros(people_of[site] + 1, np.int64),
            "called_by": np.zeros(people_of[site] + 1, np.int64),
            "calls": np.zeros(2, np.int64),
            "log": np.zeros(1024 if setting["log_contacts"] else 1, CONTACT_LOG),
            "no_log": np.zeros(0, CONTACT_LOG),
            "logged": np.zeros(1, np.int64),
            "half_hour": np.full(1, -1, np.int64),
        }
        agendas.append(Agenda(**shared, **own))
    return agendas


# Events.


@step
def rank_of(kind, number):
    """The order of an event among those at the same minute."""
    return (kind << _KIND_BITS) | number


@step
def comes_before(time, rank, other):
    """Whether an event comes before an entry of the heap."""
    return time < other.time or (time == other.time and rank < other.rank)


@step
def put_into_heap(agenda, entity, place):
    """An entity's event enters the heap behind `place` entries and rises to where it belongs."""
    heap, e = agenda.heap, agenda.events[entity]
    time, rank = e.time, e.rank
    while place > 0:
        parent = (place - 1) // 2
        if not comes_before(time, rank, heap[parent]):
            break
        heap[place].time, heap[place].rank, heap[place].entity = (
            heap[parent].time,
            heap[parent].rank,
            heap[parent].entity,
        )
        place = parent
    heap[place].time, heap[place].rank, heap[place].entity = time, rank, entity
    e.where = IN_HEAP


@step
def clear_heap(agenda):
    """Throw out of the heap what was called off."""
    heap, size = agenda.heap, agenda.heap_size[0]
    kept = 0
    for place in range(size):
        entity = heap[place].entity
        e = agenda.events[entity]
        if e.where == IN_HEAP and e.time == heap[place].time and e.rank == heap[place].rank:
            e.where = NOWHERE
            heap[kept].entity = entity
            kept += 1
    for place in range(kept):
        put_into_heap(agenda, heap[place].entity, place)
    agenda.heap_size[0] = kept


@step
def push(agenda, entity):
    """Put an entity's event into the heap of the current half hour."""
    if agenda.heap_size[0] == len(agenda.heap):
        clear_heap(agenda)
    put_into_heap(agenda, entity, agenda.heap_size[0])
    agenda.heap_size[0] += 1


@part_of_step
def pop(agenda):
    """Take the first entry from the heap; its entity, or −1 when its event was called off meanwhile."""
    heap = agenda.heap
    entity, time, rank = heap[0].entity, heap[0].time, heap[0].rank
    size = agenda.heap_size[0] - 1
    agenda.heap_size[0] = size
    last = heap[size]
    place = 0
    while True:
        child = 2 * place + 1
        if child >= size:
            break
        if child + 1 < size and comes_before(heap[child + 1].time, heap[child + 1].rank, heap[child]):
            child += 1
        if comes_before(last.time, last.rank, heap[child]):
            break
        heap[place].time, heap[place].rank, heap[place].entity = heap[child].time, heap[child].rank, heap[child].entity
        place = child
    heap[place].time, heap[place].rank, heap[place].entity = last.time, last.rank, last.entity
    e = agenda.events[entity]
    if e.where != IN_HEAP or e.time != time or e.rank != rank:
        return NOBODY
    e.where = NOWHERE
    return entity


@step
def call_off(agenda, entity):
    """An entity's event will not happen."""
    e = agenda.events[entity]
    if e.where >= 0:
        if e.before >= 0:
            agenda.events[e.before].after = e.after
        else:
            agenda.heads[e.where] = e.after
        if e.after >= 0:
            agenda.events[e.after].before = e.before
    e.where = NOWHERE


@step
def plan(agenda, entity, time, kind, number):
    """An entity's event will happen at a time; an earlier plan is called off. Events beyond the run are forgotten."""
    call_off(agenda, entity)
    e = agenda.events[entity]
    e.time, e.rank = time, rank_of(kind, number)
    if time >= (len(agenda.heads) - 1) * HALF_HOUR:
        return
    half_hour = int(math.floor(time / HALF_HOUR))
    if half_hour <= agenda.half_hour[0]:
        push(agenda, entity)
        return
    head = agenda.heads[half_hour]
    e.after, e.before, e.where = head, NOBODY, half_hour
    if head >= 0:
        agenda.events[head].before = entity
    agenda.heads[half_hour] = entity


@part_of_step
def load(agenda, half_hour):
    """The events of a half hour go from their list into the heap."""
    agenda.half_hour[0] = half_hour
    entity = agenda.heads[half_hour]
    agenda.heads[half_hour] = NOBODY
    while entity >= 0:
        following = np.int64(agenda.events[entity].after)
        push(agenda, entity)
        entity = following


# Queues and calls.


@part_of_step
def join_queue(agenda, floor, person, key):
    """Stand in a queue: behind those with a smaller key, and among equals behind the lower number."""
    queue, mine = agenda.queues[floor], agenda.places[person]
    ahead = queue.last
    while ahead >= 0 and (agenda.places[ahead].key > key or (agenda.places[ahead].key == key and ahead > person)):
        ahead = np.int64(agenda.places[ahead].ahead)
    behind = np.int64(agenda.places[ahead].behind) if ahead >= 0 else queue.first
    mine.key, mine.ahead, mine.behind = key, ahead, behind
    if ahead >= 0:
        agenda.places[ahead].behind = person
    else:
        queue.first = person
    if behind >= 0:
        agenda.places[behind].ahead = person
    else:
        queue.last = person
    queue.waiting += 1


@step
def leave_queue(agenda, floor, person):
    """Leave a queue, from anywhere in it."""
    queue, mine = agenda.queues[floor], agenda.places[person]
    if mine.ahead >= 0:
        agenda.places[mine.ahead].behind = mine.behind
    else:
        queue.first = mine.behind
    if mine.behind >= 0:
        agenda.places[mine.behind].ahead = mine.ahead
    else:
        queue.last = mine.ahead
    queue.waiting -= 1


@step
def call(agenda, people, floor, person, by):
    """Call the person out of the queue: to a post, to a place of self-service, or away."""
    leave_queue(agenda, floor, person)
    call_off(agenda, people + person)
    put = agenda.calls[1]
    agenda.called[put], agenda.called_by[put] = person, by
    agenda.calls[1] = (put + 1) % len(agenda.called)
