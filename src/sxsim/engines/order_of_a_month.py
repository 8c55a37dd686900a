"""The order of a month, exactly as both engines run it. The rules are in `model`; here is only their sequence.

`open_month` before the first minute; then the floor; then, at the month's end:

1. each employee: `employee_month` (strain, engagement, commitment, skill, quitting or hiring);
2. each person: `person_month` (fading, expectation, loyalty, survey, telling);
3. each person: `spread_word`; then each site: `site_reputation`;
4. each account: `account_month` (leaving, joining, coming back);
5. each site: `site_business`; then once: `organisation_month` (money → maturity), `market_month`;
6. each site: `site_record` (the month's figures), `site_levers` for the next month.

Steps of one kind touch only their own rows or add integers, so their order among themselves does not matter; sums of
money and means run in the order of numbers.
"""

import math

import numpy as np

from sxsim.engines.world import (
    ALIGNMENT,
    BEFORE_THE_RUN,
    CRAFT,
    CUSTOMER,
    DAY,
    DAYS_A_MONTH,
    DISCRETION,
    ENERGY,
    FORMER,
    HALF_HOUR,
    HALF_HOURS_A_DAY,
    IDLE,
    NO,
    ON_BREAK,
    PROSPECT,
    SURPRISE,
    VOICE,
    YES,
    World,
)
from sxsim.model import business, commitment, customer, demand, draws, employee, levers, market, network, organisation
from sxsim.model.draws import normal, place, uniform
from sxsim.model.rule import step

# Rows of the sub-elements that act by themselves.
CULTURE_DEFINED, DEPLOYMENT, INNOVATION_PROCESS = 6, 17, 20
TECHNOLOGY, STRUCTURE, INDICATORS, TOOLS = 24, 25, 27, 28
#: Months of membership that `retention_12m` looks back, and months within which a visit counts as coming back.
RETENTION_MONTHS, REPURCHASE_MONTHS = 12, 6
#: Months after which the staff of an organisation left as it is has settled.
SETTLING_MONTHS = 120


@step
def bounded(value):
    """A share kept within 0–1."""
    return min(max(value, 0.0), 1.0)


@step
def begin_people(world):
    """Before the first minute: what distinguishes persons, who knows whom, when accounts renew."""
    setting, p = world.settings[0], world.parameters[0]
    seed, replication = setting.seed, setting.replication
    for person in range(setting.people):
        i = world.persons[person]
        segment = world.segments[i.segment]
        z = normal(seed, replication, person, draws.PERSONAL_RATE, NO)
        i.personal_rate = demand.spread_factor(segment.rate_variation, z, p)
        z = normal(seed, replication, person, draws.PERSONAL_PATIENCE, NO)
        i.patience = demand.spread_factor(segment.patience_variation, z, p)
        z = normal(seed, replication, person, draws.PERSONAL_WISH, NO)
        i.wish = bounded(segment.wish + p.wish_spread * z)
        z = normal(seed, replication, person, draws.PERSONAL_EXPECTATION, NO)
        i.usual_expectation = bounded(segment.expectation + p.expectation_spread * z)
        i.expectation = i.usual_expectation
        i.scale = normal(seed, replication, person, draws.PERSONAL_SCALE, NO)
        z = normal(seed, replication, person, draws.STARTING_SATISFACTION, NO)
        i.satisfaction = bounded(segment.satisfaction + p.satisfaction_spread * z)
        i.bond = bounded(2.0 * segment.bond * uniform(seed, replication, person, draws.STARTING_BOND, NO))
        if i.status != CUSTOMER:
            i.bond, i.satisfaction = 0.0, i.usual_expectation
        i.since = BEFORE_THE_RUN
        i.case_due, i.last_visit = math.inf, BEFORE_THE_RUN
        i.loyalty = customer.loyalty(i.satisfaction, i.bond, world.sites[i.site].reputation, 0.0, p)
        i.remaining = demand.threshold(uniform(seed, replication, person, draws.VISIT_THRESHOLD, place(NO, NO, NO)))
        ties = world.neighbours.shape[1]
        for tie in range(ties):
            offset = tie // 2 + 1 if tie % 2 == 0 else -(tie // 2 + 1)
            rewired = 1 if uniform(seed, replication, person, draws.REWIRE, tie) < p.rewiring else 0
            anywhere = uniform(seed, replication, person, draws.REWIRE_TO, tie)
            world.neighbours[person, tie] = network.neighbour(person, offset, setting.people, rewired, anywhere)
    for account in range(setting.accounts):
        a = world.accounts[account]
        term = world.segments[a.segment].term
        if term > 0:
            a.renewal = int(math.floor(uniform(seed, replication, account, draws.RENEWAL_MONTH, NO) * term))


@step
def is_needed(world, post, month):
    """Whether a post exists in a month: 1 or 0. A plan may open and close posts."""
    e = world.posts[post]
    return 1 if e.number < world.posts_needed[world.staffing_in_force[month], e.team] else 0


@step
def begin_posts(world):
    """Before the first minute: who holds each post."""
    setting, p = world.settings[0], world.parameters[0]
    seed, replication = setting.seed, setting.replication
    for post in range(setting.posts):
        e = world.posts[post]
        e.filled = is_needed(world, post, NO)
        e.trait = normal(seed, replication, e.identity, draws.TRAIT, NO)
        z = normal(seed, replication, e.identity, draws.SPEED, NO)
        e.speed = demand.spread_factor(world.teams[e.team].speed_variation, z, p)
        u = uniform(seed, replication, e.identity, draws.STARTING_TENURE, NO)
        e.tenure = p.starting_tenure * demand.threshold(u)
        e.strain = p.strain_normal
        e.engagement, e.commitment = p.engagement_base, p.commitment_normal


@step
def begin_sites(world):
    """Before the first minute: elements and what is practised, doors and standards."""
    element_maturities(world)
    for floor in range(len(world.floors)):
        world.floors[floor].pressure = 1.0
        world.floors[floor].standard = 1.0
    for site in range(world.settings[0].sites):
        site_levers(world, site, YES)


@step
def staff_month(world, post, delighted):
    """Engagement and commitment of a post's holder follow their surroundings for a month."""
    p, e = world.parameters[0], world.posts[post]
    lever, site, team = world.levers[e.site], world.sites[e.site], world.teams[e.team]
    energy = site.partner_energy if team.partner == 1 else lever[ENERGY]
    target = employee.engagement_target(energy, lever[DISCRETION], e.strain, delighted, e.trait, p)
    e.engagement = employee.update_engagement(e.engagement, target, p)
    target = commitment.commitment_target(energy, lever[ALIGNMENT], e.engagement, e.strain, site.deployment, p)
    e.commitment = commitment.update_commitment(e.commitment, target, p)


@step
def settle_staff(world):
    """Before the first minute: engagement and commitment settle where the organisation as it is supports them."""
    for _ in range(SETTLING_MONTHS):
        for post in range(world.settings[0].posts):
            staff_month(world, post, world.parameters[0].delight_normal)
        for site in range(world.settings[0].sites):
            site_levers(world, site, YES)


@step
def start_staff(world, engagement, committed):
    """Before the first minute: the engagement and commitment that the scenario gives (−1: as settled), and skill."""
    setting, p = world.settings[0], world.parameters[0]
    for post in range(setting.posts):
        e = world.posts[post]
        if engagement >= 0.0:
            e.engagement = bounded(engagement + p.engagement_trait * e.trait)
        if committed >= 0.0:
            e.commitment = committed
    for site in range(setting.sites):
        site_levers(world, site, YES)
    for post in range(setting.posts):
        e = world.posts[post]
        z = normal(setting.seed, setting.replication, e.identity, draws.STARTING_SKILL, NO)
        e.skill = bounded(employee.skill_ceiling(world.levers[e.site, CRAFT], p) + p.skill_spread * z)


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
            lived += e.commitment
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
        world.levers[site, lever] = value
    place_.technology = world.sub_elements[TECHNOLOGY].practice
    place_.deployment = world.sub_elements[DEPLOYMENT].practice
    place_.partner_energy = (
        world.sub_elements[CULTURE_DEFINED].practice + world.sub_elements[STRUCTURE].practice
    ) / 2.0


@step
def opened_or_closed(world, post, month):
    """A plan opens a post, which a newcomer takes at once, or closes one, whose holder goes."""
    site, before, now = (
        world.sites[world.posts[post].site],
        is_needed(world, post, month - 1),
        is_needed(world, post, month),
    )
    if now > before:
        fill_post(world, post, employee.applicants(site.engagement, site.reputation, world.parameters[0]))
    elif now < before and world.posts[post].filled == 1:
        leave_post(world, post, world.settings[0].month_start)


def open_month(world: World, month: int) -> None:
    """A month begins: the counts start at zero, and what holds in this month comes into force."""
    for counts in (world.contact_tally, world.site_tally, world.waits):
        counts.view(np.int64)[...] = 0
    begin_month(world, month)


@step
def begin_month(world, month):
    """A month begins: prices, promises, the season, the demand of each half hour; posts open and close."""
    setting = world.settings[0]
    setting.month = month
    setting.month_start, setting.month_end = world.month_starts[month], world.month_starts[month + 1]
    setting.price, setting.promise, setting.season = world.prices[month], world.promises[month], world.seasons[month]
    half_hours = int((setting.month_end - setting.month_start) / HALF_HOUR)
    first = int(setting.month_start / HALF_HOUR)
    share = HALF_HOUR / (DAYS_A_MONTH * DAY)
    for site in range(setting.sites):
        for half_hour in range(half_hours):
            day = (first + half_hour) // HALF_HOURS_A_DAY
            if half_hour % HALF_HOURS_A_DAY == 0:
                z = normal(setting.seed, setting.replication, site, draws.DAILY_FACTOR, day)
                busy = demand.daily_factor(setting.daily_variation, z) * setting.season
            of_week = (first + half_hour + setting.first_weekday * HALF_HOURS_A_DAY) % world.profiles.shape[1]
            for profile in range(setting.profiles):
                table = world.intensity[site, profile]
                if half_hour == 0:
                    table[0] = 0.0
                table[half_hour + 1] = table[half_hour] + world.profiles[profile, of_week] * busy * share
    for person in range(setting.people):
        i = world.persons[person]
        i.contacts, i.delighted, i.heard_praise, i.heard_complaint, i.told = 0, 0, 0, 0, 0
        tally = world.site_tally[i.site]
        tally.people += 1
        if i.status == CUSTOMER:
            tally.active_start += 1
        else:
            tally.outside_start += 1
    for post in range(setting.posts):
        e = world.posts[post]
        e.busy_minutes, e.duty_minutes, e.overtime_minutes, e.contacts, e.delighted = 0.0, 0.0, 0.0, 0, 0
        if month > 0:
            opened_or_closed(world, post, month)
        world.site_tally[e.site].posts += is_needed(world, post, month)


@step
def employee_month(world, post):
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
            load = employee.workload(e.busy_minutes / e.duty_minutes, team.other_work)
            e.strain = employee.update_strain(e.strain, load, p)
        staff_month(world, post, e.delighted / e.contacts if e.contacts > 0 else p.delight_normal)
        e.skill = employee.update_skill(e.skill, employee.skill_ceiling(lever[CRAFT], p), p)
        e.tenure += 1.0
        chance = employee.quit_chance(team.quitting, e.engagement, e.strain, e.tenure, p)
        if uniform(setting.seed, setting.replication, e.identity, draws.QUIT, setting.month) < chance:
            tally.quits += 1
            leave_post(world, post, setting.month_end)
    elif is_needed(world, post, setting.month) == 1:
        tally.vacancies += 1
        crowd = employee.applicants(site.engagement, site.reputation, p)
        tally.applicants += crowd
        u = uniform(setting.seed, setting.replication, e.identity, draws.HIRE, setting.month)
        if u < employee.hire_chance(crowd, p):
            fill_post(world, post, crowd)


@step
def leave_post(world, post, now):
    """The holder of a post goes: at once, or when the contact under way is over."""
    e = world.posts[post]
    e.filled, e.holder = 0, e.holder + 1
    if e.on_duty == 1 and (e.busy == IDLE or e.busy == ON_BREAK):
        e.on_duty, e.busy = 0, IDLE
    elif e.on_duty == 1:
        e.going, e.going_since = 1, now


@step
def fill_post(world, post, crowd):
    """A newcomer takes a post, chosen from a number of applicants."""
    setting, p, e = world.settings[0], world.parameters[0], world.posts[post]
    craft = world.levers[e.site, CRAFT]
    e.filled = 1
    e.trait = normal(setting.seed, setting.replication, e.identity, draws.TRAIT, e.holder)
    z = normal(setting.seed, setting.replication, e.identity, draws.SPEED, e.holder)
    e.speed = demand.spread_factor(world.teams[e.team].speed_variation, z, p)
    z = normal(setting.seed, setting.replication, e.identity, draws.NEWCOMER, e.holder)
    e.skill = bounded(employee.newcomer_skill(craft, crowd, p) + p.skill_spread * z)
    e.engagement = bounded(p.newcomer_engagement + p.engagement_trait * e.trait)
    e.commitment = employee.newcomer_commitment(craft, p)
    e.strain, e.tenure = p.strain_normal, 0.0
    world.site_tally[e.site].hires += 1


@step
def person_month(world, person):
    """A person's month ends: what fades, what is expected; a customer's loyalty, survey answer, and telling others."""
    setting, p = world.settings[0], world.parameters[0]
    seed, replication, month = setting.seed, setting.replication, setting.month
    i = world.persons[person]
    segment, site, tally = world.segments[i.segment], world.sites[i.site], world.site_tally[i.site]
    i.bond = customer.fade_bond(i.bond, p)
    i.memory = customer.forget_surprise(i.memory, p)
    i.grievance = customer.fade_grievance(i.grievance, p)
    i.expectation = customer.drift_expectation(
        i.expectation, i.usual_expectation, setting.expectation_rise, setting.promise, p
    )
    i.loyalty = customer.loyalty(i.satisfaction, i.bond, site.reputation, i.grievance, p)
    believed = i.satisfaction if i.status == CUSTOMER else i.usual_expectation
    value = market.value_for_money(believed, setting.price, world.market[0].outside_price, segment.price_sensitivity, p)
    i.advantage = value - world.market[0].outside_quality
    if i.status != CUSTOMER:
        return
    if i.contacts > 0:
        tally.asked += 1
        chance = customer.feedback_chance(i.bond, world.levers[i.site, VOICE], p)
        if uniform(seed, replication, person, draws.FEEDBACK, month) < chance:
            noise = normal(seed, replication, person, draws.SURVEY_NOISE, month)
            answer = customer.survey_answer(i.loyalty, i.scale, noise, p)
            tally.answers += 1
            tally.promoters += 1 if answer >= p.answer_promoter else 0
            tally.detractors += 1 if answer <= p.answer_detractor else 0
    u = uniform(seed, replication, person, draws.TELL, month)
    delighted = 1 if i.delighted > 0 else 0
    if u < customer.tell_chance(i.satisfaction, delighted, i.grievance, 1, p):
        i.told = 1
        tally.recommended += 1
        tally.praise += 1
    elif 1.0 - u < customer.tell_chance(i.satisfaction, delighted, i.grievance, 0, p):
        i.told = -1
        tally.complaints += 1


@step
def spread_word(world, person):
    """Whoever tells, tells all acquaintances."""
    i = world.persons[person]
    if i.told == 0:
        return
    for tie in range(world.neighbours.shape[1]):
        other = world.persons[world.neighbours[person, tie]]
        if i.told > 0:
            other.heard_praise += 1
        else:
            other.heard_complaint += 1


@step
def site_reputation(world, site):
    """Reputation follows what was told about the site."""
    tally, place_ = world.site_tally[site], world.sites[site]
    place_.reputation = network.reputation_update(
        place_.reputation, float(tally.praise), float(tally.complaints), world.parameters[0]
    )


@step
def account_month(world, account):
    """An account's month ends: its persons leave together, join together, come back together."""
    setting, p = world.settings[0], world.parameters[0]
    seed, replication, month = setting.seed, setting.replication, setting.month
    a = world.accounts[account]
    segment, site, tally = world.segments[a.segment], world.sites[a.site], world.site_tally[a.site]
    status, chance = world.persons[a.first].status, 0.0
    for person in range(a.first, a.first + a.persons):
        i = world.persons[person]
        if status == CUSTOMER:
            chance += customer.leave_chance(segment.leaving, i.loyalty, i.grievance, i.advantage, p) / a.persons
        else:
            heard = network.heard(float(i.heard_praise), float(i.heard_complaint), p)
            joining = market.join_chance(segment.joining, site.reputation, heard, i.advantage, p)
            if status == FORMER:
                joining = market.return_chance(joining, i.satisfaction, p)
            chance += joining / a.persons
    purpose = draws.LEAVE if status == CUSTOMER else draws.JOIN if status == PROSPECT else draws.RETURN
    due = status != CUSTOMER or segment.term == 0 or (month + a.renewal) % segment.term == 0
    if not due or uniform(seed, replication, account, purpose, month) >= chance:
        return
    for person in range(a.first, a.first + a.persons):
        i = world.persons[person]
        if status == CUSTOMER:
            i.status = FORMER
            tally.leavers += 1
        else:
            i.status, i.since = CUSTOMER, month + 1
            tally.joiners += 1 if status == PROSPECT else 0
            tally.returners += 1 if status == FORMER else 0
    if status != CUSTOMER and segment.term > 0:
        a.renewal = (segment.term - month % segment.term) % segment.term


@step
def site_business(world, site):
    """The month's money of a site: revenue, cost, investment, result."""
    setting, tally = world.settings[0], world.site_tally[site]
    paying = 0.0
    for account in range(setting.accounts):
        a = world.accounts[account]
        if a.site == site and world.persons[a.first].status == CUSTOMER:
            paying += world.segments[a.segment].fee
    share = world.sites[site].share
    tally.revenue += paying * setting.price + setting.budget * share
    for post in range(setting.posts):
        e = world.posts[post]
        if e.site == site and e.filled == 1:
            tally.wages += world.teams[e.team].wage
    tally.wages += business.overtime_cost(tally.overtime_minutes, setting.overtime)
    tally.hiring_cost = tally.hires * setting.hiring_cost
    tally.acquisition_cost = business.acquisition_cost(float(tally.joiners + tally.returners), setting.acquisition_cost)
    tally.fixed_cost = setting.fixed_cost * share
    tally.cost = tally.contact_cost + tally.failure_cost + tally.wages + tally.hiring_cost
    tally.cost += tally.acquisition_cost + tally.fixed_cost


@step
def organisation_month(world):
    """The organisation's month ends: the plan's money becomes maturity, what is not kept up decays.

    The month's investment and result are entered at the sites in proportion to their share of the market.
    """
    setting, p = world.settings[0], world.parameters[0]
    month = setting.month
    planned = 0.0
    for element in range(len(world.elements)):
        planned += world.element_money[month, element]
    for row in range(len(world.sub_elements)):
        planned += world.sub_element_money[month, row]
    money = planned
    if world.funded[month] > 0.0:
        money = business.programme_money(planned, setting.last_result, world.funded[month])
    lived, wages = 0.0, 0.0
    for site in range(setting.sites):
        lived += world.sites[site].commitment * world.sites[site].share
        wages += world.site_tally[site].wages
    alignment = 0.0
    for site in range(setting.sites):
        alignment += world.levers[site, ALIGNMENT] * world.sites[site].share
    absorption = organisation.absorb_money(alignment, lived, p)
    indicators, tools = world.sub_elements[INDICATORS].practice, world.sub_elements[TOOLS].practice
    for row in range(len(world.sub_elements)):
        s = world.sub_elements[row]
        weights = 0.0
        for other in range(len(world.sub_elements)):
            if world.sub_elements[other].element == s.element:
                weights += organisation.money_weight(world.sub_elements[other].seen, p)
        mine = world.element_money[month, s.element] * organisation.money_weight(s.seen, p) / weights
        mine += world.sub_element_money[month, row]
        if planned > 0.0:
            mine = mine * money / planned
        elif money > 0.0:
            mine = money / len(world.elements) * organisation.money_weight(s.seen, p) / weights
        intensity = organisation.programme_intensity(mine / wages, absorption, p) if mine > 0.0 and wages > 0.0 else 0.0
        won = organisation.raise_maturity(s.maturity, intensity, p)
        lost = organisation.decay_maturity(s.maturity, s.established, intensity, p)
        s.established = organisation.anchor_practice(s.established, s.maturity, alignment, p)
        s.maturity = min(max(s.maturity + won - lost, 1.0), p.maturity_top)
    for row in range(len(world.sub_elements)):
        s = world.sub_elements[row]
        z = normal(setting.seed, setting.replication, row, draws.SEEN_MATURITY, month)
        s.seen = organisation.see_maturity(s.seen, s.maturity, indicators, tools, z, p)
    element_maturities(world)
    setting.last_result = 0.0
    for site in range(setting.sites):
        tally = world.site_tally[site]
        tally.investment = money * world.sites[site].share
        tally.result = business.result(tally.revenue, tally.cost, tally.investment)
        setting.last_result += tally.result


@step
def market_month(world):
    """The outside offer drifts, and with it what the market expects."""
    setting, m = world.settings[0], world.market[0]
    z = normal(setting.seed, setting.replication, NO, draws.OFFER_QUALITY, setting.month)
    m.outside_quality = market.drift_offer(m.outside_quality, m.outside_drift, m.outside_spread, z)
    z = normal(setting.seed, setting.replication, NO, draws.OFFER_PRICE, setting.month)
    m.outside_price = market.drift_price(m.outside_price, m.outside_price_drift, m.outside_spread, z)
    setting.expectation_rise += setting.expectation_drift


@step
def site_record(world, site):
    """The month's figures of a site: means over active customers and over the staff, in the order of numbers."""
    setting, tally, place_ = world.settings[0], world.site_tally[site], world.sites[site]
    for person in range(setting.people):
        i = world.persons[person]
        if i.site == site and i.status == CUSTOMER:
            tally.active += 1
            tally.satisfaction += i.satisfaction
            tally.loyalty += i.loyalty
            tally.bond += i.bond
            tally.expectation += i.expectation
            tally.stayed_12 += 1 if i.since <= setting.month + 1 - RETENTION_MONTHS else 0
            tally.repurchased += 1 if i.last_visit > setting.month - REPURCHASE_MONTHS else 0
    staff = 0
    for post in range(setting.posts):
        e = world.posts[post]
        if e.site == site and e.filled == 1:
            staff += 1
            tally.engagement += e.engagement
            tally.commitment += e.commitment
            tally.skill += e.skill
            tally.strain += e.strain
    tally.headcount = staff
    place_.bond = tally.bond / tally.active if tally.active > 0 else 0.0
    tally.reputation = place_.reputation
    for touchpoint in range(setting.touchpoints):
        tally.pressure += world.floors[site * setting.touchpoints + touchpoint].pressure
