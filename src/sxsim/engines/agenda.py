"""The agenda of a site in the compiled engine: what is to come, who stands in which queue, who has been called.

Every half hour the staff list changes, so events wait in a list for each half hour, and only those of the current half hour
lie in a heap. An entity (a person, a person's open case, a post) has at most one event at a time; what
was called off stays in its list or heap and counts no more. A list is a chain of blocks of entities, so that putting an
event into it touches no other entity's row. What SimPy does without delay (a customer called to a counter, people
turned away at closing) goes through a first-in-first-out list of calls.
"""

import math
from typing import Any

import numpy as np
from numpy.typing import NDArray

from sxsim.engines.bare import Bare, ask_for
from sxsim.engines.world import CONTACT_LOG, HALF_HOUR, IDLE, World, rows_in_lines
from sxsim.model import Minutes, Number
from sxsim.model.rule import part_of_step, step

#: Order of events at the same minute, as in the reference engine; then the number counts.
#: int64, not Python numbers: those would compile a step anew for each value.
SERVICE_END, SHIFT_CHANGE, ABANDONMENT, ARRIVAL, CASE_END = np.arange(2, 7)
_KIND_BITS = 28
# Where an entity's event is.
NOWHERE, IN_HEAP = -1, -2
NOBODY = np.int64(-1)

#: An entity's event. where: half hour of the list that holds it, or nowhere, or in the heap.
EVENT = np.dtype([("time", np.float64), ("rank", np.int32), ("where", np.int32)])
#: Entities in a block of a list; with the next block and the number of entities a block fills a cache line.
BLOCK = 14
#: An entry of the heap; its event may have been called off meanwhile.
ENTRY = np.dtype([("time", np.float64), ("rank", np.int32), ("entity", np.int32)])
#: A place in a queue.
PLACE = np.dtype([("key", np.float64), ("behind", np.int32), ("ahead", np.int32)])
#: A queue. free: places of self-service that are free; −1 where there is always one.
QUEUE = np.dtype([("first", np.int64), ("last", np.int64), ("waiting", np.int64), ("free", np.int64)])


class Agenda(Bare):
    """What is to come at a site. Sites share what has a row an entity; the rest is the site's own.

    Shared: `events` (entities,) EVENT, `meaning` (persons,) what a person's event means, `served` (posts,) the person
    whom a post serves, `places` (persons,) PLACE, `queues` (floors,) QUEUE, `idle_places` (posts,) PLACE, `idle` (teams,)
    QUEUE of the idle, `stands` (posts,) 1 in that queue, `free_units` (sites, capacities).
    Own: `lists` (half hours,) first block of each list, `blocks` (blocks, 16) next block, how many, entities, `free` (1,)
    first free block, `spare` (14,) room for a block's entities, `heap` ENTRY, `heap_size` (1,), `called` and `called_by` calls,
    first in first out, `calls` (2,) next to take and next to put, `log` CONTACT_LOG, `no_log` an empty one, `logged` (1,)
    rows in it, `half_hour` (1,) whose events are in the heap.
    """

    WHOLE = frozenset({"log", "no_log"})


def agendas_of(world: World) -> list[Agenda]:
    """An empty agenda for each site of a world."""
    setting = world.settings[0]
    people, posts, sites = int(setting["people"]), int(setting["posts"]), int(setting["sites"])
    events = np.zeros(2 * people + posts, EVENT)
    events["where"] = NOWHERE
    queues, idle = np.zeros(len(world.floors), QUEUE), np.zeros(len(world.teams), QUEUE)
    for queue in (queues, idle):
        queue["first"] = queue["last"] = NOBODY
    queues["free"] = np.tile(np.where(world.touchpoints["staffed"] == 1, -1, world.touchpoints["units"]), sites)
    shared: dict[str, Any] = {
        "events": events,
        "meaning": np.zeros(people, np.int8),
        "served": np.full(posts, NOBODY),
        "places": np.zeros(people, PLACE),
        "queues": queues,
        "idle_places": np.zeros(posts, PLACE),
        "idle": idle,
        "stands": np.zeros(posts, np.int64),
        "free_units": np.tile(world.capacities["units"], (sites, 1)).astype(np.int64),
    }
    people_of = np.bincount(world.persons["site"], minlength=sites)
    posts_of = np.bincount(world.posts["site"], minlength=sites)
    agendas = []
    half_hours = int(world.month_starts[-1] / HALF_HOUR) + 2
    for site in range(sites):
        entities = int(2 * people_of[site] + posts_of[site])
        own: dict[str, Any] = {
            "lists": np.full(half_hours, NOBODY),
            "blocks": chained_blocks(min(half_hours, entities) + 2 * entities // BLOCK + 64),
            "free": np.zeros(1, np.int64),
            "spare": np.zeros(BLOCK, np.int64),
            "heap": np.empty(2 * entities + 64, ENTRY),
            "heap_size": np.zeros(1, np.int64),
            "called": np.zeros(people_of[site] + 1, np.int32),
            "called_by": np.zeros(people_of[site] + 1, np.int32),
            "calls": np.zeros(2, np.int64),
            "log": np.zeros(1024 if setting["log_contacts"] else 1, CONTACT_LOG),
            "no_log": np.zeros(0, CONTACT_LOG),
            "logged": np.zeros(1, np.int64),
            "half_hour": np.full(1, -1, np.int64),
        }
        agendas.append(Agenda(**shared, **own))
    return agendas


def chained_blocks(count: int) -> NDArray[np.int32]:
    """Free blocks, each chained to the next; the last to none."""
    blocks = rows_in_lines((2 + BLOCK) * count, np.dtype(np.int32)).reshape(count, 2 + BLOCK)
    blocks[:, 0] = np.arange(1, count + 1)
    blocks[-1, 0] = NOBODY
    return blocks


# Events.


@step
def rank_of(kind: Number, number: Number) -> Any:
    """The order of an event among those at the same minute."""
    return (kind << _KIND_BITS) | number


@part_of_step
def comes_before(key: Any, number: Number, other_key: Any, other_number: Number) -> Any:
    """Whether one comes before another: by time or place in a queue, and among equals by number."""
    return (key < other_key) | ((key == other_key) & (number < other_number))


@step
def put_into_heap(agenda: Any, entity: Number, place: Any) -> None:
    """An entity's event enters the heap behind `place` entries and rises to where it belongs."""
    heap, e = agenda.heap, agenda.events[entity]
    time, rank = e.time, e.rank
    while place > 0:
        parent = (place - 1) // 4
        if not comes_before(time, rank, heap[parent].time, heap[parent].rank):
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
def clear_heap(agenda: Any) -> None:
    """Throw out of the heap what was called off."""
    heap, size = agenda.heap, agenda.heap_size[0]
    kept = 0
    for place in range(size):
        entity = np.int64(heap[place].entity)
        e = agenda.events[entity]
        if e.where == IN_HEAP and e.time == heap[place].time and e.rank == heap[place].rank:
            e.where = NOWHERE
            heap[kept].entity = entity
            kept += 1
    for place in range(kept):
        put_into_heap(agenda, np.int64(heap[place].entity), place)
    agenda.heap_size[0] = kept


@step
def push(agenda: Any, entity: Number) -> None:
    """Put an entity's event into the heap of the current half hour."""
    if agenda.heap_size[0] == len(agenda.heap):
        clear_heap(agenda)
    put_into_heap(agenda, entity, agenda.heap_size[0])
    agenda.heap_size[0] += 1


@part_of_step
def pop(agenda: Any) -> Any:
    """Take the first entry from the heap; its entity, or −1 when its event was called off meanwhile."""
    heap = agenda.heap
    entity, time, rank = np.int64(heap[0].entity), heap[0].time, heap[0].rank
    size = agenda.heap_size[0] - 1
    agenda.heap_size[0] = size
    last = heap[size]
    place = 0
    while True:
        child = 4 * place + 1
        if child >= size:
            break
        for other in range(child + 1, min(child + 4, size)):
            if comes_before(heap[other].time, heap[other].rank, heap[child].time, heap[child].rank):
                child = other
        if comes_before(last.time, last.rank, heap[child].time, heap[child].rank):
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
def call_off(agenda: Any, entity: Number) -> None:
    """An entity's event will not happen."""
    agenda.events[entity].where = NOWHERE


@step
def enlist(agenda: Any, entity: Number, half_hour: Number) -> Any:
    """Put an entity into the list of a half hour; False when there is no free block."""
    block = agenda.lists[half_hour]
    if block < 0 or agenda.blocks[block, 1] == BLOCK:
        free = agenda.free[0]
        if free < 0:
            return False
        agenda.free[0] = agenda.blocks[free, 0]
        agenda.blocks[free, 0], agenda.blocks[free, 1] = block, 0
        agenda.lists[half_hour] = block = free
    agenda.blocks[block, 2 + agenda.blocks[block, 1]] = entity
    agenda.blocks[block, 1] += 1
    return True


@step
def free_block(agenda: Any, block: Number) -> Any:
    """A block of a list is free again. Returns the block that followed it in the list."""
    following = np.int64(agenda.blocks[block, 0])
    agenda.blocks[block, 0] = agenda.free[0]
    agenda.free[0] = block
    return following


@step
def clear_lists(agenda: Any) -> None:
    """Throw out of all lists what was called off."""
    kept = -3
    for half_hour in range(agenda.half_hour[0] + 1, len(agenda.lists)):
        block = agenda.lists[half_hour]
        agenda.lists[half_hour] = NOBODY
        while block >= 0:
            count = agenda.blocks[block, 1]
            for place in range(count):
                agenda.spare[place] = agenda.blocks[block, 2 + place]
            block = free_block(agenda, block)
            for place in range(count):
                entity = np.int64(agenda.spare[place])
                if agenda.events[entity].where == half_hour:
                    enlist(agenda, entity, half_hour)
                    agenda.events[entity].where = kept
        block = agenda.lists[half_hour]
        while block >= 0:
            for place in range(agenda.blocks[block, 1]):
                agenda.events[agenda.blocks[block, 2 + place]].where = half_hour
            block = np.int64(agenda.blocks[block, 0])


@step
def plan(agenda: Any, entity: Number, time: Minutes, kind: Number, number: Number) -> None:
    """An entity's event will happen at a time; an earlier plan is called off. Events beyond the run are forgotten."""
    e = agenda.events[entity]
    e.time, e.rank, e.where = time, rank_of(kind, number), NOWHERE
    if time >= (len(agenda.lists) - 1) * HALF_HOUR:
        return
    half_hour = int(math.floor(time / HALF_HOUR))
    if half_hour <= agenda.half_hour[0]:
        push(agenda, entity)
        return
    if not enlist(agenda, entity, half_hour):
        clear_lists(agenda)
        enlist(agenda, entity, half_hour)
    e.where = half_hour


@part_of_step
def load(agenda: Any, half_hour: Number) -> None:
    """The events of a half hour go from their list into the heap."""
    agenda.half_hour[0] = half_hour
    block = agenda.lists[half_hour]
    agenda.lists[half_hour] = NOBODY
    while block >= 0:
        for place in range(agenda.blocks[block, 1]):
            entity = np.int64(agenda.blocks[block, 2 + place])
            if agenda.events[entity].where == half_hour:
                push(agenda, entity)
        block = free_block(agenda, block)


# Queues and calls.


@step
def stand(queue: Any, places: Any, number: Number, key: Any) -> None:
    """Stand in a queue: behind those with a smaller key, and among equals behind the lower number."""
    mine = places[number]
    ahead = queue.last
    while ahead >= 0 and comes_before(key, number, places[ahead].key, ahead):
        ahead = np.int64(places[ahead].ahead)
    behind = np.int64(places[ahead].behind) if ahead >= 0 else queue.first
    mine.key, mine.ahead, mine.behind = key, ahead, behind
    if ahead >= 0:
        places[ahead].behind = number
    else:
        queue.first = number
    if behind >= 0:
        places[behind].ahead = number
    else:
        queue.last = number
    queue.waiting += 1


@step
def leave(queue: Any, places: Any, number: Number) -> None:
    """Leave a queue, from anywhere in it."""
    mine = places[number]
    if mine.ahead >= 0:
        places[mine.ahead].behind = mine.behind
    else:
        queue.first = mine.behind
    if mine.behind >= 0:
        places[mine.behind].ahead = mine.ahead
    else:
        queue.last = mine.ahead
    queue.waiting -= 1


@part_of_step
def push_call(agenda: Any, person: Number, by: Number) -> None:
    """Somebody has been called: to a post, to a place of self-service, or away."""
    put = agenda.calls[1]
    agenda.called[put], agenda.called_by[put] = person, by
    agenda.calls[1] = (put + 1) % len(agenda.called)


@step
def call(agenda: Any, floor: Number, person: Number, by: Number) -> None:
    """Call the person out of the queue: to a post, to a place of self-service, or away."""
    leave(agenda.queues[floor], agenda.places, person)
    call_off(agenda, person)
    push_call(agenda, person, by)


@step
def stands_by(agenda: Any, team: Number, post: Number, since: Minutes) -> None:
    """An employee is idle from a minute on, and stands in the team's queue of the idle, the longest idle first."""
    if agenda.stands[post] == 1:
        if agenda.idle_places[post].key == since:
            return
        leave(agenda.idle[team], agenda.idle_places, post)
    agenda.stands[post] = 1
    stand(agenda.idle[team], agenda.idle_places, post, since)


@step
def longest_idle(world: World, agenda: Any, site: Number, touchpoint: Number) -> Any:
    """As `order_of_a_shift.longest_idle`, without looking at everybody: −1 when nobody is free.

    Who went on a break, home or to work since standing by is found in the queue of the idle, and leaves it, only here.
    """
    setting = world.settings[0]
    best, team_of_best = NOBODY, NOBODY
    for team in range(site * setting.teams, (site + 1) * setting.teams):
        if (world.teams[team].serves >> touchpoint) & 1 == 0:
            continue
        queue = agenda.idle[team]
        while queue.first >= 0:
            e = world.posts[queue.first]
            if e.on_duty == 1 and e.busy == IDLE:
                break
            agenda.stands[queue.first] = 0
            leave(queue, agenda.idle_places, queue.first)
        first = queue.first
        if first >= 0:
            key = agenda.idle_places[first].key
            if best < 0 or comes_before(key, first, agenda.idle_places[best].key, best):
                best, team_of_best = first, team
    if best >= 0:
        agenda.stands[best] = 0
        queue = agenda.idle[team_of_best]
        leave(queue, agenda.idle_places, best)
        if queue.first >= 0:
            ask_for(world.posts, queue.first)
    return best
