"""What happens to the organisation at a month's end: activities, wins, obstacles, money, maturity, levers."""

import numpy as np

from sxsim.engines.world import (
    ALIGNMENT,
    ANALYSE_SITUATION,
    ANCHOR_CULTURE,
    EXPAND_MOMENTUM,
    MINIMUM_VIABLE_CHANGES,
    SURPRISE,
    VISION_INITIATIVES,
    VOICE,
)
from sxsim.model import business, commitment, draws, implementation, levers, organisation
from sxsim.model.commitment import PRACTISING
from sxsim.model.draws import normal
from sxsim.model.rule import step
from sxsim.standard.catalogue import SUB_ELEMENTS

# Rows of the sub-elements that act by themselves, looked up by name.
CULTURE_DEFINED = SUB_ELEMENTS.index("7.2.1a")
DEPLOYMENT = SUB_ELEMENTS.index("7.3.2c")
INNOVATION_PROCESS = SUB_ELEMENTS.index("7.3.3b")
TECHNOLOGY = SUB_ELEMENTS.index("7.4.1b")
STRUCTURE = SUB_ELEMENTS.index("7.4.1c")
INDICATORS = SUB_ELEMENTS.index("7.4.2b")
TOOLS = SUB_ELEMENTS.index("7.4.2c")


@step
def bounded(value):
    """A share kept within 0–1."""
    return min(max(value, 0.0), 1.0)


@step
def share_of(part, whole):
    """A share, 0 of nothing."""
    return part / whole if whole > 0 else 0.0


@step
def element_maturities(world):
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
def site_levers(world, site, at_start):
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
        capability = carried / weights if weights > 0.0 else p.lever_normal
        value = levers.practised_lever(capability, place_.commitment, p)
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
    place_.partner_energy = (
        world.sub_elements[CULTURE_DEFINED].practice + world.sub_elements[STRUCTURE].practice
    ) / 2.0


@step
def see_wins(world, site, changes, delight):
    """The staff of a site sees the month's wins. changes: effort for 19390:6.4; delight: share of contacts."""
    place_, p = world.sites[site], world.parameters[0]
    involved = share_of(place_.trying + place_.practising, place_.staff)
    place_.momentum = commitment.momentum(place_.momentum, commitment.wins(changes, involved, delight, p), p)


@step
def implementation_month(world):
    """The month's work of the activities is done: what they build up, the obstacles they lower, the wins they bring.

    Returns the sum of their efforts.
    """
    setting, p = world.settings[0], world.parameters[0]
    efforts = world.efforts[setting.month]
    practising = 0.0
    for site in range(setting.sites):
        place_, served, delighted = world.sites[site], 0, 0
        for touchpoint in range(setting.touchpoints):
            for segment in range(setting.segments):
                served += world.contact_tally[site, touchpoint, segment].served
                delighted += world.contact_tally[site, touchpoint, segment].delighted
        practising += share_of(place_.practising, place_.staff) * place_.share
        delight = delighted / served if served > 0 else p.delight_normal
        see_wins(world, site, efforts[MINIMUM_VIABLE_CHANGES], delight)
    for obstacle in range(len(world.obstacles)):
        effort = 0.0
        for activity in range(len(world.activities)):
            effort = implementation.together(effort, world.lowers[activity, obstacle] * efforts[activity])
        o = world.obstacles[obstacle]
        o.severity = implementation.lower_obstacle(o.severity, o.start, effort, p)
    total = 0.0
    for activity in range(len(world.activities)):
        a = world.activities[activity]
        effort = efforts[activity]
        if activity >= ANCHOR_CULTURE:
            effort = implementation.worth_anchoring(effort, practising)
        a.done = implementation.build_up(a.done, effort, p)
        total += efforts[activity]
    return total


@step
def organisation_month(world):
    """The organisation's month ends: the plan's money becomes maturity, what is not kept up decays.

    The month's investment and result are entered at the sites in proportion to their share of the market.
    """
    setting, p = world.settings[0], world.parameters[0]
    month = setting.month
    effort = implementation_month(world)
    lived, wages, momentum = 0.0, 0.0, 0.0
    for site in range(setting.sites):
        lived += world.sites[site].commitment * world.sites[site].share
        momentum += world.sites[site].momentum * world.sites[site].share
        wages += world.site_tally[site].wages
    unit = wages if setting.money_of_wages == 1 else 1.0
    planned = 0.0
    for element in range(len(world.elements)):
        planned += world.element_money[month, element] * unit
    for row in range(len(world.sub_elements)):
        planned += world.sub_element_money[month, row] * unit
    money = planned
    if world.funded[month] > 0.0:
        money = business.programme_money(planned, setting.last_result, world.funded[month])
    alignment = 0.0
    for site in range(setting.sites):
        alignment += world.levers[site, ALIGNMENT] * world.sites[site].share
    absorption = organisation.absorb_money(alignment, lived, p)
    analysed = world.activities[ANALYSE_SITUATION].done
    indicators = implementation.know_better(world.sub_elements[INDICATORS].practice, analysed, p)
    tools = implementation.know_better(world.sub_elements[TOOLS].practice, analysed, p)
    intensities = np.zeros(len(world.sub_elements))
    most = 0.0
    for row in range(len(world.sub_elements)):
        s = world.sub_elements[row]
        weights = 0.0
        for other in range(len(world.sub_elements)):
            if world.sub_elements[other].element == s.element:
                weights += organisation.money_weight(world.sub_elements[other].seen, p)
        mine = world.element_money[month, s.element] * organisation.money_weight(s.seen, p) / weights
        mine = (mine + world.sub_element_money[month, row]) * unit
        if planned > 0.0:
            mine = mine * money / planned
        elif money > 0.0:
            mine = money / len(world.elements) * organisation.money_weight(s.seen, p) / weights
        if mine > 0.0 and wages > 0.0:
            intensities[row] = organisation.programme_intensity(mine / wages, absorption, p)
            most = max(most, intensities[row])
    for row in range(len(world.sub_elements)):
        s = world.sub_elements[row]
        intensity = implementation.expand(intensities[row], most, world.efforts[month, EXPAND_MOMENTUM], momentum, p)
        won = organisation.raise_maturity(s.maturity, intensity, p)
        lost = organisation.decay_maturity(s.maturity, s.established, intensity, p)
        anchored = world.activities[s.anchored_by].done
        s.established = organisation.anchor_practice(s.established, s.maturity, alignment, anchored, p)
        s.maturity = min(max(s.maturity + won - lost, 1.0), p.maturity_top)
    for row in range(len(world.sub_elements)):
        s = world.sub_elements[row]
        z = normal(setting.seed, setting.replication, row, draws.SEEN_MATURITY, month)
        s.seen = organisation.see_maturity(s.seen, s.maturity, indicators, tools, z, p)
    element_maturities(world)
    setting.last_result = 0.0
    for site in range(setting.sites):
        tally = world.site_tally[site]
        tally.investment = (money + implementation.activity_cost(effort, wages, p)) * world.sites[site].share
        tally.result = business.result(tally.revenue, tally.cost, tally.investment)
        setting.last_result += tally.result
