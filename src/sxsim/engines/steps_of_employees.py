"""What happens to employees: who holds a post, engagement, the stage of commitment, skill, quitting and hiring."""

from typing import Any

from sxsim.engines.steps_of_the_organisation import see_wins, site_levers
from sxsim.engines.world import (
    ALIGNMENT,
    ANCHOR_CULTURE,
    ANCHOR_INNOVATION,
    ANCHOR_STANDARDS,
    BUSINESS_LINK,
    CRAFT,
    CREATE_URGENCY,
    CROSS_INDUSTRY,
    DISCRETION,
    ENERGY,
    IDLE,
    LEADERSHIP,
    MINDSET,
    NO,
    ON_BREAK,
    PRODUCT_VIEW,
    RESOURCES,
    SILOS,
    SUPPORTER_NETWORK,
    TRANSFORMATION_CULTURE,
    UNDERSTANDING,
    YES,
    World,
)
from sxsim.model import Chance, Minutes, Number, Real, Share, draws, employee, implementation, market
from sxsim.model.draws import normal, uniform
from sxsim.model.implementation import AWARE, PRACTISING, RESIGNED, TRYING, UNAWARE, share_of
from sxsim.model.rule import step

#: Months after which the staff of an organisation left as it is has settled.
SETTLING_MONTHS = 300


@step
def is_needed(world: World, post: Number, month: Number) -> Any:
    """Whether a post exists in a month: 1 or 0. A plan may open and close posts."""
    e = world.posts[post]
    return 1 if e.number < world.posts_needed[world.staffing_in_force[month], e.team] else 0


@step
def begin_posts(world: World) -> None:
    """Before the first minute: who holds each post."""
    setting, p = world.settings[0], world.parameters[0]
    replication = setting.replication
    for post in range(setting.posts):
        e = world.posts[post]
        luck = world.teams[e.team].luck
        e.filled = is_needed(world, post, NO)
        e.trait = normal(luck, replication, e.number, draws.TRAIT, NO)
        z = normal(luck, replication, e.number, draws.SPEED, NO)
        e.speed = market.spread_factor(world.teams[e.team].speed_variation, z, p)
        u = uniform(luck, replication, e.number, draws.STARTING_TENURE, NO)
        e.tenure = employee.starting_tenure(u, p)
        e.strain = p.strain_normal
        e.engagement, e.stage = p.engagement_base, UNAWARE


@step
def count_stages(world: World) -> None:
    """How many of each team and site there are, and how many of them try and practise: what colleagues see."""
    for team in range(len(world.teams)):
        world.teams[team].staff, world.teams[team].practising = 0, 0
    for site in range(world.settings[0].sites):
        place_ = world.sites[site]
        place_.staff, place_.trying, place_.practising = 0, 0, 0
    for post in range(world.settings[0].posts):
        e = world.posts[post]
        if e.filled == 1:
            team, place_, practises = world.teams[e.team], world.sites[e.site], 1 if e.stage == PRACTISING else 0
            team.staff += 1
            team.practising += practises
            place_.staff += 1
            place_.practising += practises
            place_.trying += 1 if e.stage == TRYING else 0


@step
def staff_month(world: World, post: Number, delighted: Share, campaign: Share, u: Chance) -> None:
    """Engagement of a post's holder follows the surroundings for a month, and the stage of commitment may change.

    delighted: share of own contacts; campaign: effort for 19390:5.4; u: the draw of the stage. Colleagues are those of `count_stages`.
    """
    p, e = world.parameters[0], world.posts[post]
    lever, site, team = world.levers[e.site], world.sites[e.site], world.teams[e.team]
    obstacles, activities = world.obstacles, world.activities
    energy = site.partner_energy if team.partner == 1 else lever[ENERGY]
    target = employee.engagement_target(energy, lever[DISCRETION], e.strain, delighted, team.pay, e.trait, p)
    e.engagement = employee.update_engagement(e.engagement, target, p)
    supported = implementation.support(energy, lever[ALIGNMENT], e.engagement, e.strain, site.deployment, p)
    met = implementation.contact(
        share_of(team.practising - (1 if e.stage == PRACTISING else 0), team.staff - 1),
        share_of(site.practising - team.practising, site.staff - team.staff),
        activities[SUPPORTER_NETWORK].done,
        obstacles[SILOS].severity,
        energy,
        obstacles[LEADERSHIP].severity,
        campaign,
        p,
    )
    up, down, out = 0.0, 0.0, 0.0
    if e.stage == RESIGNED:
        up = implementation.hope_again(met, supported, p)
    elif e.stage == UNAWARE:
        up = implementation.become_aware(met, obstacles[UNDERSTANDING].severity, obstacles[BUSINESS_LINK].severity, p)
    elif e.stage == AWARE:
        mindset, product_view = obstacles[MINDSET].severity, obstacles[PRODUCT_VIEW].severity
        cross_industry = obstacles[CROSS_INDUSTRY].severity
        up = implementation.begin_trying(met, e.fatigue, mindset, product_view, cross_industry, p)
        down = implementation.lose_sight(met, p)
    elif e.stage == TRYING:
        up = implementation.begin_practising(
            supported, site.momentum, obstacles[RESOURCES].severity, obstacles[SILOS].severity, p
        )
        down = implementation.give_up(supported, site.momentum, p)
    else:
        culture, innovation = activities[ANCHOR_CULTURE].done, activities[ANCHOR_INNOVATION].done
        anchored = implementation.anchored(culture, innovation, activities[ANCHOR_STANDARDS].done)
        down = implementation.relapse(supported, anchored, obstacles[TRANSFORMATION_CULTURE].severity, p)
    if e.stage == AWARE or e.stage == TRYING:
        out = implementation.resign(e.strain, e.fatigue, p)
    before = e.stage
    e.stage = implementation.next_stage(before, up, down, out, u)
    e.fatigue = implementation.fatigue(e.fatigue, 1.0 if e.stage < before and before >= TRYING else 0.0, p)


@step
def induct(world: World, post: Number, u: Chance) -> None:
    """A newcomer's induction: whether the newcomer begins by trying, or knows nothing of it. u: the draw."""
    e, p = world.posts[post], world.parameters[0]
    e.fatigue = 0.0
    e.stage = TRYING if u < employee.newcomer_commitment(world.levers[e.site, CRAFT], p) else UNAWARE


@step
def settle_staff(world: World) -> None:
    """Before the first minute: engagement and commitment settle where the organisation as it is supports them.

    Everybody begins unaware; what is practised in the end came through those who carry it. People quit meanwhile, and
    newcomers take their places at once.
    """
    setting, p = world.settings[0], world.parameters[0]
    for month in range(SETTLING_MONTHS):
        count_stages(world)
        for site in range(setting.sites):
            see_wins(world, site, 0.0, p.delight_normal)
        for post in range(setting.posts):
            e = world.posts[post]
            u = uniform(world.teams[e.team].luck, setting.replication, e.number, draws.SETTLING_STAGE, month)
            staff_month(world, post, p.delight_normal, 0.0, u)
            team = world.teams[e.team]
            chance = employee.quit_chance(team.quitting, e.engagement, e.strain, team.pay, e.tenure, p)
            e.tenure += 1.0
            if uniform(world.teams[e.team].luck, setting.replication, e.number, draws.SETTLING_QUIT, month) < chance:
                e.tenure = 0.0
                u = uniform(world.teams[e.team].luck, setting.replication, e.number, draws.SETTLING_NEWCOMER, month)
                induct(world, post, u)
        for site in range(setting.sites):
            site_levers(world, site, YES)


@step
def start_staff(world: World, engagement: Share, committed: Share) -> None:
    """Before the first minute: the engagement and commitment that the scenario gives (−1: as settled), and skill.

    Those who are not committed then are unaware.
    """
    setting, p = world.settings[0], world.parameters[0]
    for post in range(setting.posts):
        e = world.posts[post]
        if engagement >= 0.0:
            e.engagement = employee.own_engagement(engagement, e.trait, p)
        if committed >= 0.0:
            u = uniform(world.teams[e.team].luck, setting.replication, e.number, draws.STARTING_STAGE, NO)
            e.stage, e.fatigue = PRACTISING if u < committed else UNAWARE, 0.0
    for site in range(setting.sites):
        site_levers(world, site, YES)
    for post in range(setting.posts):
        e = world.posts[post]
        e.talent = normal(world.teams[e.team].luck, setting.replication, e.number, draws.TALENT, NO)
        e.skill = employee.skill_ceiling(world.levers[e.site, CRAFT], e.talent, p)


@step
def opened_or_closed(world: World, post: Number, month: Number) -> None:
    """A plan opens a post, which a newcomer takes at once, or closes one, whose holder goes."""
    site, before, now = (
        world.sites[world.posts[post].site],
        is_needed(world, post, month - 1),
        is_needed(world, post, month),
    )
    if now > before:
        pay = world.teams[world.posts[post].team].pay
        fill_post(world, post, employee.applicants(site.engagement, site.reputation, pay, world.parameters[0]))
    elif now < before and world.posts[post].filled == 1:
        leave_post(world, post, world.settings[0].month_start)


@step
def employee_month(world: World, post: Number) -> None:
    """An employee's month ends: strain, engagement, commitment, skill, and perhaps quitting; a vacancy may be filled.

    Duty and busy time up to now are counted first.
    """
    setting, p = world.settings[0], world.parameters[0]
    e = world.posts[post]
    tally, lever, site = world.site_tally[e.site], world.levers[e.site], world.sites[e.site]
    team = world.teams[e.team]
    if e.on_duty == 1:
        e.duty_minutes += setting.month_end - max(e.duty_from, setting.month_start)
        e.duty_from = setting.month_end
        if e.busy != IDLE and e.busy != ON_BREAK:
            e.busy_minutes += setting.month_end - e.busy_from
            e.busy_from = setting.month_end
    tally.busy_minutes += e.busy_minutes
    tally.duty_minutes += e.duty_minutes
    tally.overtime_minutes += e.overtime_minutes
    if e.filled == 1:
        if e.duty_minutes > 0.0:
            load = employee.workload(e.busy_minutes / e.duty_minutes, team.other_work + setting.programme_work)
            e.strain = employee.update_strain(e.strain, load, p)
        u = uniform(world.teams[e.team].luck, setting.replication, e.number, draws.STAGE, setting.month)
        delighted = e.delighted / e.contacts if e.contacts > 0 else p.delight_normal
        staff_month(world, post, delighted, world.efforts[setting.month, CREATE_URGENCY], u)
        e.skill = employee.update_skill(e.skill, employee.skill_ceiling(lever[CRAFT], e.talent, p), p)
        e.tenure += 1.0
        chance = employee.quit_chance(team.quitting, e.engagement, e.strain, team.pay, e.tenure, p)
        if uniform(world.teams[e.team].luck, setting.replication, e.number, draws.QUIT, setting.month) < chance:
            tally.quits += 1
            leave_post(world, post, setting.month_end)
    elif is_needed(world, post, setting.month) == 1:
        tally.vacancies += 1
        crowd = employee.applicants(site.engagement, site.reputation, team.pay, p)
        tally.applicants += crowd
        u = uniform(world.teams[e.team].luck, setting.replication, e.number, draws.HIRE, setting.month)
        if u < employee.hire_chance(crowd, p):
            fill_post(world, post, crowd)


@step
def leave_post(world: World, post: Number, now: Minutes) -> None:
    """The holder of a post goes: at once, or when the contact under way is over."""
    e = world.posts[post]
    e.filled, e.holder = 0, e.holder + 1
    if e.on_duty == 1 and (e.busy == IDLE or e.busy == ON_BREAK):
        e.on_duty, e.busy = 0, IDLE
    elif e.on_duty == 1:
        e.going, e.going_since = 1, now


@step
def fill_post(world: World, post: Number, crowd: Real) -> None:
    """A newcomer takes a post, chosen from a number of applicants."""
    setting, p, e = world.settings[0], world.parameters[0], world.posts[post]
    craft = world.levers[e.site, CRAFT]
    e.filled = 1
    e.trait = normal(world.teams[e.team].luck, setting.replication, e.number, draws.TRAIT, e.holder)
    z = normal(world.teams[e.team].luck, setting.replication, e.number, draws.SPEED, e.holder)
    e.speed = market.spread_factor(world.teams[e.team].speed_variation, z, p)
    e.talent = normal(world.teams[e.team].luck, setting.replication, e.number, draws.TALENT, e.holder)
    e.skill = employee.newcomer_skill(craft, crowd, e.talent, p)
    e.engagement = employee.own_engagement(p.newcomer_engagement, e.trait, p)
    induct(
        world, post, uniform(world.teams[e.team].luck, setting.replication, e.number, draws.NEWCOMER_STAGE, e.holder)
    )
    e.strain, e.tenure = p.strain_normal, 0.0
    world.site_tally[e.site].hires += 1
