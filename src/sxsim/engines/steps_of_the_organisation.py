"""What a month's end does to organisation and sites: activities, wins, obstacles, money, maturity, levers; reputation, revenue, cost."""

from typing import Any

import numpy as np

from sxsim.engines.world import (
    ALIGNMENT,
    ANALYSE_SITUATION,
    ANCHORING,
    EXPAND_MOMENTUM,
    IS_CUSTOMER,
    MINIMUM_VIABLE_CHANGES,
    SURPRISE,
    VISION_INITIATIVES,
    VOICE,
    World,
)
from sxsim.model import Flag, Money, Number, Share, business, draws, implementation, market, organisation
from sxsim.model.draws import normal
from sxsim.model.implementation import AWARE, PRACTISING, RESIGNED, TRYING, UNAWARE
from sxsim.model.rule import part_of_step, step
from sxsim.standard.catalogue import SUB_ELEMENTS

# Rows of the sub-elements that act by themselves, beside the levers.
CULTURE_DEFINED = SUB_ELEMENTS.index("7.2.1a")
DEPLOYMENT = SUB_ELEMENTS.index("7.3.2c")
INNOVATION_PROCESS = SUB_ELEMENTS.index("7.3.3b")
TECHNOLOGY = SUB_ELEMENTS.index("7.4.1b")
STRUCTURE = SUB_ELEMENTS.index("7.4.1c")
INDICATORS = SUB_ELEMENTS.index("7.4.2b")
TOOLS = SUB_ELEMENTS.index("7.4.2c")
#: Months of membership that `retention_12m` looks back, and months within which a visit counts as coming back.
RETENTION_MONTHS, REPURCHASE_MONTHS = 12, 6


@step
def element_maturities(world: World) -> None:
    """The nine elements from their sub-elements, and what is practised of each: the weakest drags the others down."""
    p = world.parameters[0]
    for element in range(len(world.elements)):
        total, count, weakest = 0.0, 0, p.maturity_top
        for row in range(len(world.sub_elements)):
            s = world.sub_elements[row]
            if s.element == element:
                total += s.maturity
                count += 1
                weakest = min(weakest, s.maturity)
        world.elements[element] = organisation.element_maturity(total / count, weakest, p)
        for row in range(len(world.sub_elements)):
            s = world.sub_elements[row]
            if s.element == element:
                s.practice = organisation.practice(organisation.element_maturity(s.maturity, weakest, p), p)


@step
def site_levers(world: World, site: Number, at_start: Flag) -> None:
    """The ten levers of a site from the organisation's practice and the commitment lived there."""
    p, setting, place_ = world.parameters[0], world.settings[0], world.sites[site]
    lived, engaged, staff = 0.0, 0.0, 0
    for post in range(setting.posts):
        e = world.posts[post]
        if e.site == site and e.filled == 1:
            lived += 1.0 if e.stage == PRACTISING else 0.0
            engaged += e.engagement
            staff += 1
    place_.commitment = lived / staff if staff > 0 else p.commitment_normal
    place_.engagement = engaged / staff if staff > 0 else p.engagement_base
    for lever in range(world.levers.shape[1]):
        carried, weights = 0.0, 0.0
        for row in range(len(world.sub_elements)):
            carried += world.weights[row, lever] * world.sub_elements[row].practice
            weights += world.weights[row, lever]
        capability = organisation.capability(carried, weights, p)
        value = organisation.practised_lever(capability, place_.commitment, p)
        if lever == SURPRISE:
            process = world.sub_elements[INNOVATION_PROCESS].practice
            value = organisation.idea_supply(value, place_.bond, world.levers[site, VOICE], p)
            before = value if at_start == 1 else place_.fresh_ideas
            place_.fresh_ideas = organisation.launch_ideas(before, value, process, p)
            value = place_.fresh_ideas
        elif lever == ALIGNMENT:
            value = implementation.align(value, world.activities[VISION_INITIATIVES].done, p)
        world.levers[site, lever] = value
    place_.technology = world.sub_elements[TECHNOLOGY].practice
    place_.deployment = world.sub_elements[DEPLOYMENT].practice
    place_.partner_energy = organisation.partner_energy(
        world.sub_elements[CULTURE_DEFINED].practice, world.sub_elements[STRUCTURE].practice
    )


@step
def see_wins(world: World, site: Number, changes: Share, delight: Share) -> None:
    """The staff of a site sees the month's wins. changes: effort for 19390:6.4; delight: share of contacts."""
    place_, p = world.sites[site], world.parameters[0]
    involved = implementation.share_of(place_.trying + place_.practising, place_.staff)
    place_.momentum = implementation.momentum(place_.momentum, implementation.wins(changes, involved, delight, p), p)


@step
def implementation_month(world: World) -> Any:
    """The month's work of the activities is done: what they build up, the obstacles they lower, the wins they bring.

    Returns the sum of their efforts.
    """
    setting, p = world.settings[0], world.parameters[0]
    month, practising = setting.month, 0.0
    for site in range(setting.sites):
        place_, served, delighted = world.sites[site], 0, 0
        for touchpoint in range(setting.touchpoints):
            for segment in range(setting.segments):
                served += world.contact_tally[site, touchpoint, segment].served
                delighted += world.contact_tally[site, touchpoint, segment].delighted
        practising += implementation.share_of(place_.practising, place_.staff) * place_.share
        delight = delighted / served if served > 0 else p.delight_normal
        see_wins(world, site, world.efforts[month, MINIMUM_VIABLE_CHANGES], delight)
    for obstacle in range(len(world.obstacles)):
        effort = 0.0
        for activity in range(len(world.activities)):
            effort = implementation.together(effort, world.lowers[activity, obstacle] * world.efforts[month, activity])
        o = world.obstacles[obstacle]
        o.severity = implementation.lower_obstacle(o.severity, o.start, effort, p)
    total = 0.0
    for activity in range(len(world.activities)):
        a = world.activities[activity]
        effort = world.efforts[month, activity]
        if activity in ANCHORING:
            effort = implementation.worth_anchoring(effort, practising)
        a.done = implementation.build_up(a.done, effort, p)
        total += world.efforts[month, activity]
    return total


@part_of_step
def planned_money(world: World, unit: Money) -> Any:
    """The money that the plan asks for this month. unit: money that an amount of the plan stands for."""
    month, planned = world.settings[0].month, 0.0
    for element in range(len(world.elements)):
        planned += world.element_money[month, element] * unit
    for row in range(len(world.sub_elements)):
        planned += world.sub_element_money[month, row] * unit
    return planned


@part_of_step
def spend_money(world: World, planned: Money, money: Money, unit: Money, wages: Money, absorption: Share) -> Any:
    """The month's money goes to the sub-elements, which are worked on as intensely as it allows. Returns the most intense."""
    month, p, most = world.settings[0].month, world.parameters[0], 0.0
    for row in range(len(world.sub_elements)):
        s = world.sub_elements[row]
        weights = 0.0
        for other in range(len(world.sub_elements)):
            if world.sub_elements[other].element == s.element:
                weights += organisation.money_weight(world.sub_elements[other].seen, p)
        mine = organisation.money_for(
            world.element_money[month, s.element], world.sub_element_money[month, row],
            organisation.money_weight(s.seen, p), weights, unit, planned, money, len(world.elements),
        )  # fmt: skip
        s.intensity = 0.0
        if mine > 0.0 and wages > 0.0:
            s.intensity = organisation.programme_intensity(mine / wages, absorption, p)
            most = max(most, s.intensity)
    return most


@part_of_step
def mature(world: World, most: Share, momentum: Share, alignment: Share) -> None:
    """What was worked on matures, what is not kept up decays, what is practised is anchored, and all of it is seen late."""
    setting, p = world.settings[0], world.parameters[0]
    month = setting.month
    for row in range(len(world.sub_elements)):
        s = world.sub_elements[row]
        intensity = implementation.expand(s.intensity, most, world.efforts[month, EXPAND_MOMENTUM], momentum, p)
        won = organisation.raise_maturity(s.maturity, intensity, p)
        lost = organisation.decay_maturity(s.maturity, s.established, intensity, p)
        anchored = world.activities[s.anchored_by].done
        s.established = organisation.anchor_practice(s.established, s.maturity, alignment, anchored, p)
        s.maturity = organisation.new_maturity(s.maturity, won, lost, p)
    analysed = world.activities[ANALYSE_SITUATION].done
    indicators = implementation.know_better(world.sub_elements[INDICATORS].practice, analysed, p)
    tools = implementation.know_better(world.sub_elements[TOOLS].practice, analysed, p)
    for row in range(len(world.sub_elements)):
        s = world.sub_elements[row]
        z = normal(setting.seed, setting.replication, row, draws.SEEN_MATURITY, month)
        s.seen = organisation.see_maturity(s.seen, s.maturity, indicators, tools, z, p)


@step
def organisation_month(world: World) -> None:
    """The organisation's month ends: the plan's money becomes maturity, what is not kept up decays.

    The month's investment and result are entered at the sites in proportion to their share of the market.
    """
    setting, p = world.settings[0], world.parameters[0]
    effort = implementation_month(world)
    lived, wages, momentum, alignment = 0.0, 0.0, 0.0, 0.0
    for site in range(setting.sites):
        lived += world.sites[site].commitment * world.sites[site].share
        momentum += world.sites[site].momentum * world.sites[site].share
        alignment += world.levers[site, ALIGNMENT] * world.sites[site].share
        wages += world.site_tally[site].wages
    unit = wages if setting.money_of_wages == 1 else 1.0
    planned = planned_money(world, unit)
    money = planned
    if world.funded[setting.month] > 0.0:
        money = business.programme_money(planned, setting.last_result, world.funded[setting.month])
    absorption = organisation.absorb_money(alignment, lived, p)
    most = spend_money(world, planned, money, unit, wages, absorption)
    mature(world, most, momentum, alignment)
    element_maturities(world)
    setting.last_result = 0.0
    for site in range(setting.sites):
        tally = world.site_tally[site]
        invested = money + business.activity_cost(effort, wages, p)
        tally.investment = business.part_of_site(invested, world.sites[site].share)
        tally.result = business.result(tally.revenue, tally.cost, tally.investment)
        setting.last_result += tally.result


@step
def site_reputation(world: World, site: Number) -> None:
    """Reputation follows what was told about the site."""
    tally, place_ = world.site_tally[site], world.sites[site]
    place_.reputation = market.reputation_update(
        place_.reputation, float(tally.praise), float(tally.complaints), world.parameters[0]
    )


@step
def site_business(world: World, site: Number) -> None:
    """The month's money of a site: revenue, cost, investment, result."""
    setting, tally = world.settings[0], world.site_tally[site]
    paying, place_ = 0.0, world.sites[site]
    for account in range(place_.first_account, place_.first_account + place_.accounts):
        a = world.accounts[account]
        if a.joins_at == IS_CUSTOMER:
            paying += world.segments[a.segment].fee
    share = place_.share
    tally.revenue += business.standing_revenue(paying, setting.price, setting.budget, share)
    for post in range(place_.first_post, place_.first_post + place_.posts):
        e = world.posts[post]
        if e.filled == 1:
            tally.wages += world.teams[e.team].wage
    tally.wages += business.overtime_cost(tally.overtime_minutes, setting.overtime)
    tally.hiring_cost = business.hiring_cost(tally.hires, setting.hiring_cost)
    tally.acquisition_cost = business.acquisition_cost(float(tally.joiners + tally.returners), setting.acquisition_cost)
    tally.fixed_cost = business.part_of_site(setting.fixed_cost, share)
    tally.cost = business.total_cost(
        tally.contact_cost, tally.failure_cost, tally.wages, tally.hiring_cost, tally.acquisition_cost, tally.fixed_cost
    )


@step
def site_record(world: World, site: Number) -> None:
    """The month's figures of a site: means over active customers and over the staff, in the order of numbers."""
    setting, tally, place_ = world.settings[0], world.site_tally[site], world.sites[site]
    for account in range(place_.first_account, place_.first_account + place_.accounts):
        a = world.accounts[account]
        if a.joins_at != IS_CUSTOMER and a.of_month_0 == 0:
            continue
        for person in range(np.int64(a.first), np.int64(a.first) + a.persons):
            i = world.persons[person]
            if a.of_month_0 == 1:
                tally.month_0 += 1
                tally.satisfaction_of_month_0 += i.satisfaction
                tally.delight_of_month_0 += i.delight
            if a.joins_at != IS_CUSTOMER:
                continue
            tally.active += 1
            if i.last_visit > setting.month - RETENTION_MONTHS:
                tally.served_12 += 1
                tally.satisfaction_served += i.satisfaction
            tally.satisfaction += i.satisfaction
            tally.loyalty += i.loyalty
            tally.bond += i.bond
            tally.expectation += i.expectation
            tally.stayed_12 += 1 if i.since <= setting.month + 1 - RETENTION_MONTHS else 0
            tally.repurchased += 1 if i.last_visit > setting.month - REPURCHASE_MONTHS else 0
    staff = 0
    for post in range(place_.first_post, place_.first_post + place_.posts):
        e = world.posts[post]
        if e.filled == 1:
            staff += 1
            tally.engagement += e.engagement
            tally.resigned += 1 if e.stage == RESIGNED else 0
            tally.unaware += 1 if e.stage == UNAWARE else 0
            tally.aware += 1 if e.stage == AWARE else 0
            tally.trying += 1 if e.stage == TRYING else 0
            tally.practising += 1 if e.stage == PRACTISING else 0
            tally.skill += e.skill
            tally.strain += e.strain
    tally.headcount = staff
    place_.bond = tally.bond / tally.active if tally.active > 0 else 0.0
    tally.reputation, tally.momentum = place_.reputation, place_.momentum
    for touchpoint in range(setting.touchpoints):
        floor = world.floors[site * setting.touchpoints + touchpoint]
        tally.pressure += floor.pressure
        tally.time_standard += floor.standard
        tally.floors += 1
