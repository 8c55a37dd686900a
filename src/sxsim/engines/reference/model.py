"""The reference engine: a Mesa model whose step is a month, with a SimPy floor for each site."""

from collections.abc import Callable
from typing import Any

import mesa
import numpy as np

from sxsim.engines import order_of_a_month as month
from sxsim.engines import steps_of_customers, steps_of_the_organisation
from sxsim.engines.records import Records
from sxsim.engines.reference.agents import Customer, Employee
from sxsim.engines.reference.floor import Floor, Touchpoint
from sxsim.engines.replay import Observer
from sxsim.engines.world import CUSTOMER, World


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
        self.floors = [Floor(self, site, kind) for site in range(int(setting["sites"]))]
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
        """One month: the floors in continuous time, then the month's end in the order of `order_of_a_month`."""
        world = self.world
        if self.month == 0:
            month.open_month(world, 0)
        for person in np.flatnonzero(world.persons["status"] == CUSTOMER):
            joins = self.customers[person].joins
            if joins is not None and not joins.triggered:
                joins.succeed()
        for floor in self.floors:
            floor.run_month(float(world.settings[0]["month_end"]))
        for employee in self.employees:
            employee.ends_month()
        for customer in self.customers:
            customer.ends_month()
        for person in np.flatnonzero(world.persons["told"]):
            self.customers[person].spreads_word()
        for site in range(len(self.floors)):
            month.site_reputation(world, site)
        steps_of_customers.joining_month(world)
        for account in range(len(world.accounts)):
            steps_of_customers.account_month(world, account)
        for site in range(len(self.floors)):
            month.site_business(world, site)
        steps_of_the_organisation.organisation_month(world)
        month.market_month(world)
        self.observer.organisation_done(world, self.month)
        for site in range(len(self.floors)):
            month.site_record(world, site)
            steps_of_the_organisation.site_levers(world, site, 0)
        self.observer.levers_set(world, self.month)
        self.records.take(world, self.month)
        self.month += 1
        if self.month < int(world.settings[0]["months"]):
            month.open_month(world, self.month)

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
