"""The reference engine: a Mesa model whose step is a month, with a SimPy floor for each site. For trust, teaching and extending.

Here is also what tells whether the two engines give the same world: `compare_engines`.
"""

from collections.abc import Callable
from dataclasses import dataclass, fields
from typing import Any

import mesa
import numpy as np

from sxsim.engines import compiled
from sxsim.engines.order_of_a_month import walk_month
from sxsim.engines.records import Observer, Records
from sxsim.engines.reference.agents import Customer, Employee
from sxsim.engines.reference.floor import Floor, Touchpoint
from sxsim.engines.start import start
from sxsim.engines.world import ARRAYS, CUSTOMER, World
from sxsim.scenario.scenario import BASE_PLAN, Scenario

__all__ = ["Agreement", "Customer", "Employee", "Floor", "ServiceModel", "Touchpoint", "compare_engines", "simulate"]


class ServiceModel(mesa.Model):
    """A service organisation with its customers: Mesa agents, a month as Mesa's unit of time.

    Within the month SimPy owns the minutes. `plug_ins` may name subclasses: `customer`, `employee`, `touchpoint`.
    """

    def __init__(self, world: World, plug_ins: dict[str, type] | None = None, observer: Observer | None = None) -> None:
        super().__init__(rng=0)
        plug_ins = plug_ins or {}
        self.world = world
        self.observer = observer or Observer()
        setting = world.settings[0]
        kind = plug_ins.get("touchpoint", Touchpoint)
        self.floors = [Floor(world, site, kind) for site in range(int(setting["sites"]))]
        employee, customer = plug_ins.get("employee", Employee), plug_ins.get("customer", Customer)
        self.employees: list[Employee] = [employee(self, post) for post in range(int(setting["posts"]))]
        self.customers: list[Customer] = [customer(self, person) for person in range(int(setting["people"]))]
        for worker in self.employees:
            worker.floor.employees[worker.number] = worker
        for floor in self.floors:
            floor.clock.process(floor.shifts())
        for person in self.customers:
            person.floor.customers[person.number] = person
            person.floor.clock.process(person.life())
        self.records = Records.empty(world)
        self.month = 0

    def step(self) -> None:
        """One month, in the order of `order_of_a_month`: agents and floors run their steps in their own way."""
        ways = {
            "floor_month": self.floors_month,
            "employee_month": self.employees_month,
            "person_month": self.customers_month,
            "spread_word": self.word_month,
        }
        walk_month(self.world, self.month, ways, self.observer)
        self.records.take(self.world, self.month)
        self.month += 1

    def floors_month(self) -> None:
        """Those who have just joined start their own clock; then every floor runs up to the month's end."""
        for person in np.flatnonzero(self.world.persons["status"] == CUSTOMER):
            joins = self.customers[person].joins
            if joins is not None and not joins.triggered:
                joins.succeed()
        for floor in self.floors:
            floor.run_month(float(self.world.settings[0]["month_end"]))

    def employees_month(self) -> None:
        """Every employee ends the month."""
        for employee in self.employees:
            employee.ends_month()

    def customers_month(self) -> None:
        """Every customer ends the month."""
        for customer in self.customers:
            customer.ends_month()

    def word_month(self) -> None:
        """Everybody who has something to tell tells it."""
        for person in np.flatnonzero(self.world.persons["told"]):
            self.customers[person].spreads_word()

    def log(self) -> Any:
        """The contact log, in the order of sites and, within, of completion."""
        return np.concatenate([floor.contacts[: floor.logged] for floor in self.floors])


def simulate(
    world: World,
    *,
    plug_ins: dict[str, type] | None = None,
    each_month: Callable[[int], None] | None = None,
    observer: Observer | None = None,
) -> Records:
    """Run a world to the end of its horizon on the reference engine.

    `each_month` is called with the number of months done, observer is there when the organisation's month ends.
    """
    model = ServiceModel(world, plug_ins, observer)
    for done in range(int(world.settings[0]["months"])):
        model.step()
        if each_month is not None:
            each_month(done + 1)
    model.records.log = model.log()
    return model.records


#: All that an engine hands over.
RECORDS = tuple(field.name for field in fields(Records))


@dataclass(frozen=True)
class Agreement:
    """What a comparison of the engines found: the first part that differs, and the first contact, in both."""

    contacts: int
    part: str = ""
    contact: int | None = None
    compiled: dict[str, Any] | None = None
    reference: dict[str, Any] | None = None

    @property
    def same(self) -> bool:
        """Whether everything is equal byte for byte."""
        return not self.part

    def lines(self, plan: str, replication: int) -> list[str]:
        """Whether both engines agree on a run, and where they begin to differ."""
        where = f"plan {plan}, replication {replication}: {self.contacts} contacts"
        if self.same:
            return [f"pass  engines {where}, the same to the bit in both engines"]
        lines = [f"miss  engines {where}, {self.part} differs"]
        if self.compiled is None or self.reference is None:
            return lines
        lines.append(f"  first at contact {self.contact}:")
        for name, value in self.compiled.items():
            other = self.reference[name]
            mark = "  <" if value != other else ""
            lines.append(f"  {name:<14} compiled {value!r:<24} reference {other!r}{mark}")
        return lines


def compare_engines(scenario: Scenario, plan: str = BASE_PLAN, *, seed: int = 1, replication: int = 0) -> Agreement:
    """Run one replication on both engines and compare everything they hand over."""
    worlds = [start(scenario, plan, seed=seed, replication=replication, log_contacts=True) for _ in range(2)]
    fast, readable = compiled.simulate(worlds[0]), simulate(worlds[1])
    contacts = len(readable.log)
    for number, (one, other) in enumerate(zip(fast.log, readable.log, strict=False)):
        if one.tobytes() != other.tobytes():
            return Agreement(contacts, "log", number, _named(one), _named(other))
    for name in RECORDS:
        if _bytes(getattr(fast, name)) != _bytes(getattr(readable, name)):
            return Agreement(contacts, f"records.{name}")
    for name in ARRAYS:
        if getattr(worlds[0], name).tobytes() != getattr(worlds[1], name).tobytes():
            return Agreement(contacts, f"world.{name}")
    return Agreement(contacts)


def _bytes(value: Any) -> bytes:
    return np.asarray(value).tobytes()


def _named(row: Any) -> dict[str, Any]:
    return {name: row[name].item() for name in row.dtype.names}
