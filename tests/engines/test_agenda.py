"""The agenda of the compiled engine against plain Python: events in order, queues in order, calls in order."""

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from sxsim.engines import agenda as a
from sxsim.engines.agenda import Agenda
from sxsim.engines.world import HALF_HOUR
from sxsim.model.rule import step

PERSONS = 7
HALF_HOURS = 6


@step
def take(agenda):
    """Take the first entry from the heap."""
    return a.pop(agenda)


@step
def begin(agenda, half_hour):
    """Begin a half hour."""
    a.load(agenda, half_hour)


@step
def join(agenda, floor, person, key):
    """Stand in a queue."""
    a.stand(agenda.queues[floor], agenda.places, person, key)


@step
def go(agenda, floor, person):
    """Leave a queue."""
    a.leave(agenda.queues[floor], agenda.places, person)


def empty_agenda(entities: int = 3 * PERSONS, room: int = 2 * 3 * PERSONS + 64, blocks: int = 9) -> Agenda:
    """An agenda of one site with one queue."""
    events, queues = np.zeros(entities, a.EVENT), np.zeros(1, a.QUEUE)
    events["where"], queues["first"], queues["last"] = a.NOWHERE, a.NOBODY, a.NOBODY
    return Agenda(
        events=events,
        places=np.zeros(PERSONS, a.PLACE),
        queues=queues,
        lists=np.full(HALF_HOURS + 1, a.NOBODY),
        blocks=a.chained_blocks(blocks),
        free=np.zeros(1, np.int64),
        spare=np.zeros(a.BLOCK, np.int64),
        heap=np.empty(room, a.ENTRY),
        heap_size=np.zeros(1, np.int64),
        called=np.zeros(PERSONS + 1, np.int64),
        called_by=np.zeros(PERSONS + 1, np.int64),
        calls=np.zeros(2, np.int64),
        half_hour=np.full(1, -1, np.int64),
    )


ENTITY = st.integers(0, 3 * PERSONS - 1)
DEEDS = st.lists(st.tuples(ENTITY, st.one_of(st.none(), st.integers(0, HALF_HOURS * 30 - 1))), max_size=120)


@settings(deadline=None)
@given(DEEDS, DEEDS)
def test_events_happen_in_the_order_of_time_and_rank_and_never_when_called_off(
    before: list[tuple[int, int | None]], meanwhile: list[tuple[int, int | None]]
) -> None:
    agenda, expected = empty_agenda(blocks=HALF_HOURS + 2), {}  # little room: lists are cleared now and then

    def do(entity: int, minute: int | None) -> None:
        if minute is None:
            a.call_off(agenda, entity)
            expected.pop(entity, None)
        else:
            a.plan(agenda, entity, float(minute), a.ARRIVAL if entity % 2 else a.SERVICE_END, np.int64(entity))
            expected[entity] = (float(minute), a.ARRIVAL if entity % 2 else a.SERVICE_END, entity)

    for deed in before:
        do(*deed)
    happened, more = [], list(meanwhile)
    for half_hour in range(HALF_HOURS):
        begin(agenda, half_hour)
        for entity, minute in more[:20]:
            do(entity, None if minute is None else max(minute, int(half_hour * HALF_HOUR)))
        more = more[20:]
        due = sorted(e for e in expected.values() if e[0] < (half_hour + 1) * HALF_HOUR)
        for event in due:
            del expected[event[2]]
        while agenda.heap_size[0]:
            entity = take(agenda)
            if entity >= 0:
                e = agenda.events[entity]
                happened.append((float(e["time"]), int(e["rank"]) >> a._KIND_BITS, int(entity)))
        assert happened == due
        happened = []


def test_a_full_heap_throws_out_what_was_called_off() -> None:
    agenda = empty_agenda(room=2 * 3 * PERSONS)
    agenda.half_hour[0] = 0
    for turn in range(50):
        for entity in range(3 * PERSONS):
            a.plan(agenda, entity, float((entity * 7 + turn) % 30), a.ARRIVAL, np.int64(entity))
    times = []
    while agenda.heap_size[0]:
        entity = take(agenda)
        if entity >= 0:
            times.append((float(agenda.events[entity]["time"]), int(entity)))
    assert times == sorted(times)
    assert sorted(entity for _, entity in times) == list(range(3 * PERSONS))
    assert [time for time, _ in times] == sorted(float((entity * 7 + 49) % 30) for entity in range(3 * PERSONS))


def test_full_lists_throw_out_what_was_called_off_and_keep_the_rest_once() -> None:
    agenda = empty_agenda(blocks=HALF_HOURS + 2)
    last: dict[int, float] = {}
    for turn in range(400):
        entity = turn % (3 * PERSONS)
        last[entity] = float((turn * 37) % (HALF_HOURS * 30))
        a.plan(agenda, entity, last[entity], a.ARRIVAL, np.int64(entity))
    a.call_off(agenda, 0)
    del last[0]
    happened = []
    for half_hour in range(HALF_HOURS):
        begin(agenda, half_hour)
        while agenda.heap_size[0]:
            entity = take(agenda)
            if entity >= 0:
                happened.append((float(agenda.events[entity]["time"]), int(entity)))
    assert happened == sorted((time, entity) for entity, time in last.items())


def test_events_beyond_the_run_are_forgotten() -> None:
    agenda = empty_agenda()
    a.plan(agenda, 0, HALF_HOURS * HALF_HOUR, a.ARRIVAL, np.int64(0))
    assert agenda.events[0]["where"] == a.NOWHERE


@settings(deadline=None)
@given(st.permutations(range(PERSONS)), st.lists(st.integers(0, 3), min_size=PERSONS, max_size=PERSONS), st.data())
def test_a_queue_goes_by_key_then_number_and_anybody_may_leave(
    order: list[int], keys: list[int], data: st.DataObject
) -> None:
    agenda = empty_agenda()
    for person in order:
        join(agenda, 0, person, float(keys[person]))
    leavers = data.draw(st.sets(st.integers(0, PERSONS - 1)))
    for person in leavers:
        go(agenda, 0, person)
    rest = [p for p in sorted(range(PERSONS), key=lambda p: (keys[p], p)) if p not in leavers]
    assert agenda.queues[0]["waiting"] == len(rest)
    for person in rest:
        assert agenda.queues[0]["first"] == person
        a.call(agenda, 0, person, np.int64(-1))
    assert agenda.queues[0]["first"] == agenda.queues[0]["last"] == a.NOBODY
    assert agenda.called[: len(rest)].tolist() == rest
    assert agenda.calls.tolist() == [0, len(rest)]


def test_who_waits_is_no_longer_impatient_when_called() -> None:
    agenda = empty_agenda()
    agenda.half_hour[0] = 0
    join(agenda, 0, 3, 0.0)
    a.plan(agenda, 3, 12.0, a.ABANDONMENT, np.int64(3))
    a.call(agenda, 0, 3, np.int64(0))
    assert take(agenda) == a.NOBODY
