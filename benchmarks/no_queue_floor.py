"""A floor without queues: the same draws and rules for every contact, but no event list, no waiting, no order of events.

Each person's visits run one after another; everybody is served at once. What the compiled engine takes longer than this is
what its event list and queues cost.
"""

import math

from sxsim.engines import order_of_a_contact as order
from sxsim.engines import order_of_a_shift as shift
from sxsim.engines import order_of_a_visit as visits
from sxsim.engines.order_of_a_month import walk_month
from sxsim.engines.records import Observer, Records
from sxsim.engines.world import (
    CUSTOMER,
    GO_ON,
    HALF_HOUR,
    NO,
    VISIT_OVER,
    WAITING,
    YES,
    World,
)
from sxsim.model.rule import step

NOBODY = -1


@step
def any_post(world, site, touchpoint, number):
    """Some post that serves a touchpoint, or −1 for self-service."""
    setting = world.settings[0]
    for team in range(site * setting.teams, (site + 1) * setting.teams):
        group = world.teams[team]
        if (group.serves >> touchpoint) & 1 == 1:
            return group.first + number % group.posts
    return NOBODY


@step
def visit(world, site, person, start):
    """One visit from beginning to end; returns its last minute."""
    visits.begin_visit(world, person)
    v = world.visits[world.persons[person].visit]
    now = start
    time = visits.next_step(world, person, now)
    while time != VISIT_OVER:
        if time == GO_ON:
            visits.give_back(world, person, NO)
            time = visits.next_step(world, person, now)
            continue
        now = time
        outcome = order.arrive(world, person, now, 0, 1)
        if outcome != WAITING:
            time = order.not_served(world, person, now, outcome, NOBODY)
            continue
        post = any_post(world, site, v.touchpoint, person)
        now += order.begin_service(world, person, post, now)
        order.end_contact(world, person, now)
        if post >= 0:
            shift.post_done(world, post, now)
        time = order.after_contact(world, person, now)
    visits.give_back(world, person, YES)
    visits.end_visit(world, person)
    return now


@step
def floor_month(world, site):
    """A site's month: staff comes and goes as ever, then each person's visits one after another."""
    setting = world.settings[0]
    for half_hour in range(int(setting.month_start / HALF_HOUR), int(setting.month_end / HALF_HOUR)):
        shift.change_shift(world, site, half_hour * HALF_HOUR)
    for touchpoint in range(setting.touchpoints):
        world.floors[site * setting.touchpoints + touchpoint].open = 1
    for person in range(setting.people):
        i = world.persons[person]
        if i.site != site or i.status != CUSTOMER:
            continue
        now = setting.month_start
        time = visits.next_visit(world, person, now)
        while time < math.inf:
            now = min(max(visit(world, site, person, time), time), setting.month_end)
            time = visits.next_visit(world, person, now)


def simulate(world: World) -> Records:
    """Run a world without queues."""
    records = Records.empty(world)
    for number in range(int(world.settings[0]["months"])):

        def floors_month() -> None:
            for site in range(int(world.settings[0]["sites"])):
                floor_month(world, site)

        walk_month(world, number, {"floor_month": floors_month}, Observer())
        records.take(world, number)
    return records
