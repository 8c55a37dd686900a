"""The floor of a site on SimPy: touchpoints, queues, staff coming and going, held capacity.

At the same minute events happen in this order: service end, shift change, abandonment, arrival; then by number. SimPy's
priorities carry that order, so nothing depends on its internal sequence.
"""

import heapq
import math
from collections.abc import Callable, Generator
from typing import Any, Protocol

import numpy as np
import simpy

from sxsim.engines import order_of_a_contact as order
from sxsim.engines import order_of_a_shift as shift
from sxsim.engines import order_of_a_visit as visits
from sxsim.engines import steps_of_customers
from sxsim.engines.world import ABANDONED, CONTACT_LOG, HALF_HOUR, SERVING, TURNED_AWAY, World

_SERVICE_END, _SHIFT_CHANGE, _ABANDONMENT, _ARRIVAL, _CASE_END = range(2, 7)
_NUMBERS = 1 << 40


class Leaving:
    """The reason why somebody left a queue unserved."""

    def __init__(self, outcome: int) -> None:
        self.outcome = outcome


ABANDONS, IS_TURNED_AWAY = Leaving(ABANDONED), Leaving(TURNED_AWAY)


class Visitor(Protocol):
    """What the floor knows of a customer."""

    number: int
    row: Any
    turn: simpy.Event | None
    place: Any

    @property
    def visit(self) -> Any:
        """The row of the visit under way."""


class Worker(Protocol):
    """What the floor knows of an employee."""

    number: int

    @property
    def free(self) -> bool:
        """On duty and idle."""

    def finishes(self) -> None:
        """A contact and the work after it are done."""

    def begins_break(self) -> None:
        """A break that was due when the shift changed begins."""

    def ends_break(self) -> None:
        """Back from a break."""

    def serves_next(self) -> None:
        """Takes the first in the queues."""


class Clock(simpy.Environment):
    """SimPy's environment, with events at a minute and rank instead of after a delay.

    A delay would be added to the present minute, and rounding would move the event by the last bit.
    """

    def schedule_at(self, time: float, rank: int, event: simpy.Event) -> None:
        """Let an event happen at a minute; at the same minute the lower rank comes first."""
        heapq.heappush(self._queue, (time, rank, next(self._eid), event))  # type: ignore[arg-type,misc]


class Touchpoint:
    """A touchpoint of a site: its queue, and who is called next.

    To plug in another kind, subclass and override `wait_for_service`, `queue_place` or `contact_ended`.
    """

    def __init__(self, floor: "Floor", number: int) -> None:
        self.floor = floor
        self.number = number
        self.world = floor.world
        row = floor.world.touchpoints[number]
        self.staffed = bool(row["staffed"])
        units = int(row["units"])
        self.places = simpy.PriorityResource(floor.clock, capacity=units) if not self.staffed and units > 0 else None
        self._queue: list[tuple[float, int, simpy.Event]] = []
        #: People in the queue.
        self.waiting = 0

    def queue_place(self, customer: Visitor) -> float:
        """The order in the queue: arrival minus head start."""
        return float(visits.queue_place(self.world, customer.number))

    def wait_for_service(self, customer: Visitor) -> Generator[simpy.Event, Any, Any]:
        """Wait until called. Returns the serving post, −1 for self-service, or why the customer left."""
        if not self.staffed:
            return (yield from self._wait_for_place(customer))
        post = int(shift.longest_idle(self.world, self.floor.site, self.number))
        if post >= 0:
            return post
        turn = customer.turn = self.floor.clock.event()
        heapq.heappush(self._queue, (self.queue_place(customer), customer.number, turn))
        self.waiting += 1
        self._watch_patience(customer, turn)
        return (yield turn)

    def _watch_patience(self, customer: Visitor, turn: simpy.Event) -> None:
        patience = float(customer.visit["patience"])
        if patience == math.inf:
            return

        def give_up(_event: simpy.Event) -> None:
            if not turn.triggered:
                self.waiting -= 1
                turn.succeed(ABANDONS)

        self.floor.abandonment(self.floor.now + patience, customer.number, give_up)

    def _wait_for_place(self, customer: Visitor) -> Generator[simpy.Event, Any, Any]:
        """Wait for a self-service place: a SimPy resource that keeps the same order."""
        if self.places is None:
            return -1
        request = customer.place = self.places.request(
            priority=(self.queue_place(customer), customer.number)  # type: ignore[arg-type]
        )
        if request.triggered:
            return -1
        turn = customer.turn = self.floor.clock.event()
        self.waiting += 1
        request.callbacks.append(lambda _event: self._place_is_free(turn))  # type: ignore[union-attr]
        self._watch_patience(customer, turn)
        reason = yield turn
        if reason != -1:
            request.cancel()
        return reason

    def _place_is_free(self, turn: simpy.Event) -> None:
        if not turn.triggered:
            self.waiting -= 1
            turn.succeed(-1)

    def first_in_queue(self) -> tuple[float, int, simpy.Event] | None:
        """Who is next: place in the queue, number, and the event to trigger; None when nobody waits."""
        while self._queue and self._queue[0][2].triggered:
            heapq.heappop(self._queue)
        return self._queue[0] if self._queue else None

    def call(self, post: int) -> None:
        """The first in the queue is served by this post."""
        _place, _number, turn = heapq.heappop(self._queue)
        self.waiting -= 1
        self.world.posts[post]["busy"] = SERVING
        turn.succeed(post)

    def close(self) -> None:
        """At closing those waiting are turned away; service under way is finished."""
        while (first := self.first_in_queue()) is not None:
            heapq.heappop(self._queue)
            self.waiting -= 1
            first[2].succeed(IS_TURNED_AWAY)
        if self.places is not None:
            for request in sorted(self.places.queue, key=lambda r: r.key):
                turn = self.floor.customers[request.priority[1]].turn  # type: ignore[index]
                if turn is not None and not turn.triggered:
                    self.waiting -= 1
                    turn.succeed(IS_TURNED_AWAY)

    def contact_ended(self, customer: Visitor, post: int) -> None:
        """Free the place, or the employee after the work that follows the contact."""
        if post < 0:
            if self.places is not None:
                self.places.release(customer.place)
            return
        employee = self.floor.employees[post]
        work = float(customer.visit["after_contact"])
        if work > 0.0:
            shift.begin_after_contact(self.world, post)
            self.floor.after_work(self.floor.now + work, employee)
        else:
            employee.finishes()


class Floor:
    """One site in continuous time: a SimPy environment with its touchpoints, staff and held capacities."""

    def __init__(self, world: World, site: int, touchpoint_class: type[Touchpoint]) -> None:
        self.site = site
        self.world = world
        self.clock = Clock()
        self.posts = int(self.world.settings[0]["posts"])
        self.touchpoints = [touchpoint_class(self, t) for t in range(len(self.world.touchpoints))]
        self.capacities = [
            simpy.Container(self.clock, capacity=int(row["units"]), init=int(row["units"]))
            for row in self.world.capacities
        ]
        self.employees: dict[int, Worker] = {}
        self.customers: dict[int, Visitor] = {}
        self.new_month = self.clock.event()
        self.contacts = np.zeros(1024, CONTACT_LOG)
        self.logged = 0
        self._log = bool(self.world.settings[0]["log_contacts"])

    @property
    def now(self) -> float:
        """Minutes from the first day of the warm-up."""
        return float(self.clock.now)

    def _at(self, time: float, kind: int, number: int, then: Callable[[simpy.Event], Any] | None = None) -> simpy.Event:
        event = self.clock.event()
        event._ok, event._value = True, None
        if then is not None:
            event.callbacks.append(then)  # type: ignore[union-attr]
        self.clock.schedule_at(time, kind * _NUMBERS + number, event)
        return event

    def arrival(self, time: float, number: int) -> simpy.Event:
        """The event of a person's arrival."""
        return self._at(time, _ARRIVAL, number)

    def service_end(self, time: float, number: int) -> simpy.Event:
        """The event of a service's end; the number is the post's, or the posts' count plus the person's."""
        return self._at(time, _SERVICE_END, number)

    def abandonment(self, time: float, number: int, then: Callable[[simpy.Event], Any]) -> None:
        """Patience that runs out."""
        self._at(time, _ABANDONMENT, number, then)

    def after_work(self, time: float, employee: Worker) -> None:
        """The end of the work after a contact."""
        self._at(time, _SERVICE_END, employee.number, lambda _event: employee.finishes())

    def at_break_end(self, time: float, employee: Worker) -> None:
        """The end of a break."""
        self._at(time, _SERVICE_END, employee.number, lambda _event: employee.ends_break())

    def open_case(self, customer: Visitor) -> None:
        """Schedule the end of the case that this contact has opened."""
        number = customer.number
        due = float(customer.row["case_due"])
        self._at(due, _CASE_END, number, lambda _event: steps_of_customers.close_case(self.world, number))

    def free_units(self, capacity: int) -> int:
        """Units free of a capacity; 1 where none is asked for."""
        return 1 if capacity < 0 else int(self.capacities[capacity].level)

    def take(self, capacity: int) -> None:
        """Take a unit of a capacity."""
        self.capacities[capacity].get(1)

    def give_back(self, given: int) -> None:
        """Give back one unit of each capacity in a set of bits."""
        for number, capacity in enumerate(self.capacities):
            if int(given) >> number & 1:
                capacity.put(1)

    def shifts(self) -> Generator[simpy.Event, Any, None]:
        """Every half hour: doors, staff, those waiting. A SimPy process that never ends."""
        first = self.site * len(self.touchpoints)
        half_hour = 0
        while True:
            yield self._at(half_hour * HALF_HOUR, _SHIFT_CHANGE, self.site)
            if shift.change_shift(self.world, self.site, self.now):
                for employee in self.employees.values():
                    employee.begins_break()
            if any(touchpoint.waiting for touchpoint in self.touchpoints):
                for touchpoint in self.touchpoints:
                    if self.world.floors[first + touchpoint.number]["open"] == 0:
                        touchpoint.close()
                for employee in self.employees.values():
                    if employee.free:
                        employee.serves_next()
            half_hour += 1

    def log_contact(self, number: int) -> None:
        """Append a contact to the log, when one is kept."""
        if not self._log:
            return
        if self.logged == len(self.contacts):
            self.contacts = np.concatenate([self.contacts, np.zeros_like(self.contacts)])
        order.write_contact(self.world, number, self.contacts, self.logged)
        self.logged += 1

    def run_month(self, end: float) -> None:
        """Run the floor up to the month's end."""
        started, self.new_month = self.new_month, self.clock.event()
        started.succeed()
        self.clock.run(until=end)
