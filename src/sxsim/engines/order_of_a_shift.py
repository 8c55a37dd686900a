"""The order of a shift, exactly as both engines run it: who is on duty, who is free, how much pressure there is.

Every half hour `change_shift` (at midnight with `close_day`); a customer is served by the `longest_idle`; a contact's
end is `begin_after_contact` → `post_done` → a break → `end_break`. Times are minutes from the first day of the warm-up.
"""

import math
from typing import Any

from sxsim.engines.world import (
    AFTER_CONTACT,
    ALIGNMENT,
    AVAILABLE,
    DAYS_A_WEEK,
    HALF_HOUR,
    HALF_HOURS_A_DAY,
    HALF_HOURS_A_WEEK,
    IDLE,
    NO,
    OFF_DUTY,
    ON_BREAK,
    World,
)
from sxsim.model import Minutes, Number, Real, draws, employee, queue
from sxsim.model.draws import uniform
from sxsim.model.rule import step


@step
def half_hour_of_week(world: World, time: Minutes) -> Any:
    """The half hour of the week, 0 … 335 from Monday, of a time."""
    return (int(math.floor(time / HALF_HOUR)) + world.settings[0].first_weekday * HALF_HOURS_A_DAY) % HALF_HOURS_A_WEEK


@step
def change_shift(world: World, site: Number, now: Minutes) -> Any:
    """Every half hour: doors open and close, staff comes and goes by the list, and once a day pressure is taken.

    A team is looked through only when it is to change: other staff wanted, another shift, a break due, or the month's first
    minute, since posts are filled and left at the month's end; `team.changed` says so.
    Returns 1 when idle employees went on a break that begins now, else 0.
    """
    setting = world.settings[0]
    half_hour = int(math.floor(now / HALF_HOUR + 0.5))
    of_week = half_hour_of_week(world, now)
    first_floor = site * setting.touchpoints
    if half_hour % HALF_HOURS_A_DAY == 0:
        close_day(world, site)
    first_of_month = now == setting.month_start
    doors = world.opening_in_force[setting.month]
    for touchpoint in range(setting.touchpoints):
        floor = world.floors[first_floor + touchpoint]
        floor.open, floor.on_duty, floor.other_work = int(world.opening[doors, touchpoint, of_week]), 0, 0.0
    block = employee.shift_number(now, world.parameters[0])
    breaks = 0
    for index in range(setting.teams):
        team = site * setting.teams + index
        group = world.teams[team]
        version = world.staffing_in_force[setting.month]
        listed = world.staffing[version, index, of_week]
        exact = employee.staff_wanted(listed, world.sites[site].staff_factor, group.availability)
        wanted = int(math.floor(exact))
        if exact > wanted:
            u = uniform(group.luck, setting.replication, NO, draws.STAFF_ROUNDING, half_hour)
            wanted += 1 if u < exact - wanted else 0
        of_shift = 2 * block + (1 if first_of_month else 0)
        if wanted == group.wanted and of_shift == group.of_shift and now < group.break_due:
            group.changed = 0
            add_staff(world, team, group.present)
            continue
        group.changed, group.wanted, group.of_shift = 1, wanted, of_shift
        breaks |= staff_team(world, team, wanted, world.posts_needed[version, team], block, now)
        add_staff(world, team, group.present)
    for touchpoint in range(setting.touchpoints):
        floor = world.floors[first_floor + touchpoint]
        floor.available_today += floor.on_duty * HALF_HOUR
        floor.other_today += floor.other_work * HALF_HOUR
    return breaks


@step
def add_staff(world: World, team: Number, present: Number) -> None:
    """Those of a team who are on duty are there at all touchpoints that the team serves."""
    setting, serves = world.settings[0], world.teams[team].serves
    first_floor = team // setting.teams * setting.touchpoints
    for touchpoint in range(setting.touchpoints):
        if (serves >> touchpoint) & 1 == 1:
            floor = world.floors[first_floor + touchpoint]
            floor.on_duty += present
            floor.other_work += present * (world.teams[team].other_work + setting.programme_work)


@step
def staff_team(world: World, team: Number, wanted: Real, posts: Number, block: Number, now: Minutes) -> Any:
    """So many of a team's posts are on duty from now on, in the order of the shift; the others go home when they can.

    posts: how many exist; block: number of the shift. Returns 1 when idle employees went on a break that begins now, else 0.
    """
    group = world.teams[team]
    breaks, due = 0, math.inf
    group.present = 0
    for rank in range(group.posts):
        turn = (block * group.posts_a_shift + rank) % posts if rank < posts else rank
        post = group.first + turn
        e = world.posts[post]
        if e.filled == 1 and wanted > 0:
            wanted -= 1
            group.present += 1
            if e.on_duty == 0:
                e.on_duty, e.busy, e.idle_since, e.duty_from, e.break_from = 1, IDLE, now, now, now
            e.going = 0
            if e.busy == IDLE and now - e.break_from >= group.break_every:
                e.busy, e.break_end, breaks = ON_BREAK, now + group.break_length, 1
            due = min(due, (e.break_end if e.busy == ON_BREAK else e.break_from) + group.break_every)
        elif e.on_duty == 1 and e.going == 0:
            if e.busy == IDLE or e.busy == ON_BREAK:
                go_off_duty(world, post, now)
            else:
                e.going, e.going_since = 1, now
    group.break_due = due
    return breaks


@step
def close_day(world: World, site: Number) -> None:
    """At midnight: the last seven days' work in hand and staff time make the pressure of the new day.

    Work in hand is the expected service and after-contact work of all who came to a touchpoint, and to those that the same
    employees serve, and the other work of who is on duty. The standard of time erodes and recovers day by day.
    """
    setting, p = world.settings[0], world.parameters[0]
    first = site * setting.touchpoints
    day = world.sites[site].days
    world.sites[site].days += 1
    if day == 0:
        return
    slot = (day - 1) % DAYS_A_WEEK
    for touchpoint in range(setting.touchpoints):
        floor = world.floors[first + touchpoint]
        world.last_demand[first + touchpoint, slot] = floor.demanded_today
        world.last_staff[first + touchpoint, slot] = floor.available_today
        world.last_other[first + touchpoint, slot] = floor.other_today
        floor.demanded_today, floor.available_today, floor.other_today = 0.0, 0.0, 0.0
    for touchpoint in range(setting.touchpoints):
        pool, floor = world.touchpoints[touchpoint].pool, world.floors[first + touchpoint]
        work, available = 0.0, 0.0
        for before in range(DAYS_A_WEEK):
            work += world.last_other[first + touchpoint, before]
            available += world.last_staff[first + touchpoint, before]
        for other in range(setting.touchpoints):
            if (pool >> other) & 1 == 1:
                for before in range(DAYS_A_WEEK):
                    work += world.last_demand[first + other, before]
        if pool != 0:
            floor.pressure = queue.pressure(work, available, p)
        time_factor = queue.pressure_time_factor(floor.pressure, p)
        floor.standard = queue.move_standard(floor.standard, time_factor, world.levers[site, ALIGNMENT], p)


@step
def longest_idle(world: World, site: Number, touchpoint: Number) -> Any:
    """The post that serves an arriving customer: idle the longest, then the lowest number; −1 when nobody is free."""
    setting = world.settings[0]
    best, since = -1, math.inf
    for team in range(site * setting.teams, (site + 1) * setting.teams):
        group = world.teams[team]
        if (group.serves >> touchpoint) & 1 == 0:
            continue
        for post in range(group.first, group.first + group.posts):
            e = world.posts[post]
            free = e.on_duty == 1 and e.busy == IDLE
            if free and (e.idle_since < since or (e.idle_since == since and post < best)):
                best, since = post, e.idle_since
    return best


@step
def begin_after_contact(world: World, post: Number) -> None:
    """An employee does the work after a contact."""
    world.posts[post].busy = AFTER_CONTACT


@step
def post_done(world: World, post: Number, now: Minutes) -> Any:
    """An employee has finished a contact and the work after it: goes home when the shift is over, or on a break.

    Returns OFF_DUTY, AVAILABLE, or the time when the break ends.
    """
    e = world.posts[post]
    e.busy_minutes += now - e.busy_from
    if e.going == 1:
        e.overtime_minutes += now - e.going_since
        go_off_duty(world, post, now)
        return OFF_DUTY
    e.busy, e.idle_since = IDLE, now
    team = world.teams[e.team]
    if now - e.break_from >= team.break_every:
        e.busy, e.break_end = ON_BREAK, now + team.break_length
        return e.break_end
    return AVAILABLE


@step
def end_break(world: World, post: Number, now: Minutes) -> Any:
    """A break ends, unless the employee has gone home meanwhile. Returns AVAILABLE or OFF_DUTY."""
    e = world.posts[post]
    if e.on_duty == 0 or e.busy != ON_BREAK or e.break_end != now:
        return OFF_DUTY
    e.busy, e.idle_since, e.break_from = IDLE, now, now
    return AVAILABLE


@step
def go_off_duty(world: World, post: Number, now: Minutes) -> None:
    """An employee goes home."""
    e = world.posts[post]
    e.duty_minutes += now - e.duty_from
    e.on_duty, e.going, e.busy = 0, 0, IDLE
