"""Customers and employees as Mesa agents. Each looks after one row of the world."""

import math
from collections.abc import Generator
from typing import Any, Protocol

import mesa
import simpy

from sxsim.engines import order_of_a_contact as order
from sxsim.engines import order_of_a_shift as shift
from sxsim.engines import order_of_a_visit as visits
from sxsim.engines import steps_of_customers, steps_of_employees
from sxsim.engines.reference.floor import Floor, Leaving, Touchpoint
from sxsim.engines.world import (
    AVAILABLE,
    CUSTOMER,
    GO_ON,
    IDLE,
    ON_BREAK,
    VISIT_OVER,
    WAITING,
    World,
)


class Organisation(Protocol):
    """What agents know of the model they live in: the world's arrays, and a floor for each site."""

    world: World
    floors: list[Floor]


class Person(mesa.Agent):
    """An agent with a row of its own in one of the world's arrays.

    `row` reads and writes the fields of that row, for subclasses: `self.row["satisfaction"]`.
    """

    def __init__(self, model: Any, number: int, rows: Any) -> None:
        super().__init__(model)
        self.number = number
        self.world: World = model.world
        self.row = rows[number]


class Customer(Person):
    """Somebody in the market: prospect, customer or former customer.

    To plug in another kind of customer, subclass and override `arrives`, `takes_in`, `is_not_served` or `ends_month`;
    call `super()` for what the rules say and change `self.row` or the answer.
    """

    def __init__(self, model: Organisation, number: int) -> None:
        super().__init__(model, number, model.world.persons)
        self.floor: Floor = model.floors[int(self.row["site"])]
        self.turn: simpy.Event | None = None
        self.joins: simpy.Event | None = None
        self.place: Any = None

    @property
    def visit(self) -> Any:
        """The row of the visit under way."""
        return self.world.visits[self.row["visit"]]

    def life(self) -> Generator[simpy.Event, Any, None]:
        """Visits, one after the other, as the customer's own clock says; a SimPy process that never ends."""
        floor, number = self.floor, self.number
        while True:
            if self.row["status"] != CUSTOMER:
                self.joins = floor.clock.event()
                yield self.joins
            time = visits.next_visit(self.world, number, floor.now)
            if time == math.inf:
                yield floor.new_month
                continue
            yield floor.arrival(time, number)
            yield from self.travel()

    def travel(self) -> Generator[simpy.Event, Any, None]:
        """One visit: the steps of a journey, each with one contact or several attempts at it."""
        world, number, floor = self.world, self.number, self.floor
        visits.begin_visit(world, number)
        now = floor.now
        time = visits.next_step(world, number, now)
        while time != VISIT_OVER:
            if time > now:
                yield floor.arrival(time, number)
            time = yield from self.meet(floor.touchpoints[int(self.visit["touchpoint"])])
            now = floor.now
            if time == GO_ON:
                if self.visit["held"]:
                    floor.give_back(visits.give_back(world, number, 0))
                time = visits.next_step(world, number, now)
        if self.visit["held"]:
            floor.give_back(visits.give_back(world, number, 1))
        visits.end_visit(world, number)

    def meet(self, touchpoint: Touchpoint) -> Generator[simpy.Event, Any, float]:
        """One attempt at a contact. Returns the time of the next attempt, GO_ON, or VISIT_OVER."""
        floor, number, free, hold = self.floor, self.number, 1, -1
        if floor.capacities:
            hold = int(visits.wants_capacity(self.world, number))
            free = floor.free_units(hold)
        outcome = self.arrives(touchpoint, free)
        if outcome != WAITING:
            return self.is_not_served(outcome, hold if free < 1 else -1)
        if hold >= 0:
            floor.take(hold)
            self.visit["held"] |= 1 << hold
        post = yield from touchpoint.wait_for_service(self)
        if isinstance(post, Leaving):
            return self.is_not_served(post.outcome, -1)
        now = floor.now
        minutes = order.begin_service(self.world, number, post, now)
        yield floor.service_end(now + minutes, post if post >= 0 else floor.posts + number)
        self.takes_in()
        floor.log_contact(number)
        if self.visit["case"] == 2:
            floor.open_case(self)
        touchpoint.contact_ended(self, post)
        time: float = order.after_contact(self.world, number, floor.now)
        return time

    def arrives(self, touchpoint: Touchpoint, free: int) -> int:
        """The customer comes to a touchpoint. Returns WAITING, BALKED or TURNED_AWAY."""
        return int(order.arrive(self.world, self.number, self.floor.now, touchpoint.waiting, free))

    def takes_in(self) -> None:
        """The contact is over: what the customer makes of it."""
        order.end_contact(self.world, self.number, self.floor.now)

    def is_not_served(self, outcome: int, full: int) -> float:
        """The contact did not take place. Returns the time of another attempt, GO_ON or VISIT_OVER."""
        time: float = order.not_served(self.world, self.number, self.floor.now, outcome, full)
        self.floor.log_contact(self.number)
        return time

    def ends_month(self) -> None:
        """Fading, expectation, loyalty, survey, telling others."""
        steps_of_customers.person_month(self.world, self.number)

    def spreads_word(self) -> None:
        """Tells all acquaintances, when there is something to tell."""
        steps_of_customers.spread_word(self.world, self.number)


class Employee(Person):
    """The holder of a post. To plug in another kind, subclass and override `finishes` or `ends_month`."""

    def __init__(self, model: Organisation, number: int) -> None:
        super().__init__(model, number, model.world.posts)
        self.floor: Floor = model.floors[int(self.row["site"])]
        self.break_planned = -math.inf
        serves = int(model.world.teams[int(self.row["team"])]["serves"])
        self.touchpoints = [t for t in self.floor.touchpoints if serves >> t.number & 1]

    def finishes(self) -> None:
        """A contact and the work after it are done: home, on a break, or to whoever waits."""
        end = shift.post_done(self.world, self.number, self.floor.now)
        if end > AVAILABLE:
            self.begins_break()
        elif end == AVAILABLE:
            self.serves_next()

    def begins_break(self) -> None:
        """A break that was due when the shift changed begins, unless it has begun already."""
        end = float(self.row["break_end"])
        if self.row["busy"] == ON_BREAK and self.row["on_duty"] == 1 and end != self.break_planned:
            self.break_planned = end
            self.floor.at_break_end(end, self)

    def ends_break(self) -> None:
        """Back from a break."""
        if shift.end_break(self.world, self.number, self.floor.now) == AVAILABLE:
            self.serves_next()

    def serves_next(self) -> None:
        """Takes the first in the queues of all touchpoints this employee can serve."""
        best = None
        for touchpoint in self.touchpoints:
            first = touchpoint.first_in_queue()
            if first is not None and (best is None or first[:2] < best[0][:2]):
                best = first, touchpoint
        if best is not None:
            best[1].call(self.number)

    @property
    def free(self) -> bool:
        """On duty and idle."""
        return bool(self.row["on_duty"] == 1 and self.row["busy"] == IDLE)

    def ends_month(self) -> None:
        """Strain, engagement, commitment, skill; perhaps quitting, or a vacancy that is filled."""
        steps_of_employees.employee_month(self.world, self.number)
