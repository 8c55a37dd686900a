"""The implementation approach (ISO/TS 19390): activities, obstacles, and commitment that is contagious.

Employees become aware of service excellence, try it, practise it, and fall back.
"""

from sxsim.model import Chance, Flag, Number, Parameters, Real, Share
from sxsim.model.rule import rule


@rule
def build_up(done: Share, effort: Real, p: Parameters) -> Share:
    """What an activity has built up in the organisation: grows with effort, and fades slowly.

    done: 0–1; effort: of the month, 0–1 (1: as much as makes sense). Returns 0–1. Source: assumption.
    """
    kept = done * (1.0 - p.activity_fading)
    return kept + p.activity_speed * effort * (1.0 - kept)


@rule
def lower_obstacle(severity: Share, start: Share, effort: Real, p: Parameters) -> Share:
    """An obstacle after a month: worked off by the activities meant for it, it comes back slowly when they stop.

    severity, start: now and before any programme, 0–1; effort: of those activities together, 0–1. Returns 0–1.
    Source: 19390:5.2–6.4 (which activity is meant for which obstacle: our reading); speeds by assumption.
    """
    left = severity * (1.0 - p.obstacle_relief * effort)
    return left + p.obstacle_return * (start - left)


@rule
def together(one: Share, other: Share) -> Share:
    """The effort of two activities meant for the same thing: each works on what the other leaves.

    one, other: 0–1. Returns 0–1. Source: assumption.
    """
    return 1.0 - (1.0 - one) * (1.0 - other)


@rule
def programme_work(effort: Real, managed: Share, resources: Share, p: Parameters) -> Share:
    """Share of the staff's time that activities take: many at once collide, less so when they are managed as one.

    effort: sum over the activities, ≥ 0; managed: effort for 19390:6.2, 0–1; resources: obstacle, 0–1. Returns 0–1.
    Source: 19390:6.2 (activities that compete and collide); sizes by assumption.
    """
    collisions = p.activity_collision * (1.0 - p.managing_relief * managed) * max(effort - 1.0, 0.0)
    return min(p.activity_work * effort * (1.0 + resources) * (1.0 + collisions), 1.0)


@rule
def worth_anchoring(effort: Real, practising: Share) -> Share:
    """The effort for anchoring that counts: what nobody practises cannot be anchored.

    effort: for 19390:7.2.2, 7.2.3 or 7.2.4, 0–1; practising: share of the staff, 0–1. Returns 0–1. Source: assumption.
    """
    return effort * practising


@rule
def align(alignment: Share, vision: Share, p: Parameters) -> Share:
    """Alignment with a vision and strategic initiatives that people have agreed on.

    alignment: lever 0–1; vision: work done on 19390:5.6, 0–1. Returns 0–1. Source: 19390:5.6; size by assumption.
    """
    return alignment + p.vision_alignment * vision * (1.0 - alignment)


@rule
def know_better(practice: Share, analysed: Share, p: Parameters) -> Share:
    """How well the organisation measures itself when it has analysed its situation.

    practice: of indicators or tools (7.4.2b, c), 0–1; analysed: work done on 19390:5.2, 0–1. Returns 0–1.
    Source: 19390:5.2 (a truer picture of maturity); size by assumption.
    """
    return practice + p.analysis_sight * analysed * (1.0 - practice)


@rule
def expand(intensity: Share, most: Share, effort: Real, momentum: Share, p: Parameters) -> Share:
    """How intensely a sub-element is worked on when the drive of the most advanced is carried over to the rest.

    intensity, most: of this sub-element and of the one worked on hardest, 0–1; effort: for 19390:6.5, 0–1; momentum: 0–1.
    Returns 0–1. Source: 19390:6.5; size by assumption.
    """
    return intensity + p.expansion * effort * momentum * max(most - intensity, 0.0)


#: Stages of an employee: a step up or down is one number more or less, but resigned people go back to aware.
RESIGNED, UNAWARE, AWARE, TRYING, PRACTISING = range(5)
#: Activities that anchor what was reached: in culture, in innovation, in standards.
ANCHORING_ACTIVITIES = 3.0
#: Obstacles between knowing of it and trying it: mindset, product view, no look at other industries.
OBSTACLES_TO_TRYING = 3.0


@rule
def support(
    energy: Share, alignment: Share, engagement: Share, strain: Share, deployment: Share, p: Parameters
) -> Share:
    """How far this employee's surroundings support practising service excellence.

    energy, alignment: levers 0–1 (for a partner's people energy comes from 7.2.1a and 7.4.1c alone); engagement,
    strain: 0–1; deployment: practice of 7.3.2c (local teams own it), 0–1. Returns 0–1.
    Source: clauses 7.1.2, 7.2.1, 7.3.2c; sizes by assumption (E267–E274 for direction).
    """
    value = (
        p.support_floor
        + p.support_energy * energy
        + p.support_alignment * alignment
        + p.support_engagement * (engagement - p.engagement_normal)
        + p.support_deployment * (deployment - p.deployment_normal)
        - p.support_strain * strain
    )
    return min(max(value, 0.0), 1.0)


@rule
def way_open(in_the_way: Share, p: Parameters) -> Share:
    """What is left of a step when obstacles stand in its way: each takes off its part, none shuts the way alone.

    in_the_way: mean severity of the obstacles to this step, 0–1. Returns 1 − obstacle_weight … 1.
    Source: 19390:Introduction (obstacles); where change is managed poorly some of it succeeds all the same; form: assumption.
    """
    return 1.0 - p.obstacle_weight * in_the_way


@rule
def contact(
    team: Share,
    across: Share,
    network: Share,
    silos: Share,
    energy: Share,
    leadership: Share,
    campaign: Share,
    p: Parameters,
) -> Share:
    """Chance in a month of meeting someone or something that carries the idea.

    team: share of colleagues in the own team who practise, 0–1; across: the same in the other teams of the site; network:
    work done on 19390:6.3 (supporters), 0–1; silos, leadership: obstacles, 0–1; energy: lever 0–1; campaign: effort for
    19390:5.4 (immediacy and importance), 0–1. Returns 0–1; 0 where nobody and nothing carries it.
    Source: clause 7.1.2 (leaders), 19390:5.4, 5.5, 6.3; independent chances by assumption.
    """
    missed = 1.0 - p.contact_team * team
    missed *= 1.0 - (p.contact_across + p.contact_network * network) * way_open(silos, p) * across
    missed *= 1.0 - p.contact_leaders * energy * way_open(leadership, p)
    missed *= 1.0 - p.contact_campaign * campaign
    return 1.0 - missed


@rule
def become_aware(contact: Share, understanding: Share, business_link: Share, p: Parameters) -> Share:
    """Chance in a month that an unaware employee becomes aware.

    contact: 0–1; understanding, business_link: obstacles, 0–1. Returns 0–1, 0 without contact.
    Source: 19390:5.2, 5.4; sizes by assumption.
    """
    return p.aware_speed * contact * way_open((understanding + business_link) / 2.0, p)


@rule
def begin_trying(
    contact: Share, fatigue: Share, mindset: Share, product_view: Share, cross_industry: Share, p: Parameters
) -> Share:
    """Chance in a month that an aware employee begins to try: seldom for somebody who has tried in vain before.

    contact, fatigue: 0–1; mindset, product_view, cross_industry: obstacles, 0–1. Returns 0–1, 0 without contact.
    Source: 19390:5.3; sizes by assumption.
    """
    in_the_way = (mindset + product_view + cross_industry) / OBSTACLES_TO_TRYING
    return p.trying_speed * contact * (1.0 - fatigue) * way_open(in_the_way, p)


@rule
def begin_practising(support: Share, momentum: Share, resources: Share, silos: Share, p: Parameters) -> Share:
    """Chance in a month that an employee who tries makes it a practice: more often where wins are seen.

    support, momentum: 0–1; resources, silos: obstacles, 0–1. Returns 0–1.
    Source: 19390:6.2, 6.4; sizes by assumption.
    """
    able = way_open((resources + silos) / 2.0, p)
    return p.practising_speed * support * (p.momentum_floor + (1.0 - p.momentum_floor) * momentum) * able


@rule
def lose_sight(contact: Share, p: Parameters) -> Share:
    """Chance in a month that an aware employee whom nothing reminds loses sight of it.

    contact: 0–1. Returns 0–1. Source: assumption.
    """
    return p.losing_sight_speed * (1.0 - contact)


@rule
def give_up(support: Share, momentum: Share, p: Parameters) -> Share:
    """Chance in a month that an employee who tries gives up: less with support and with wins.

    support, momentum: 0–1. Returns 0–1. Source: 19390:6.4 (without wins momentum fades); sizes by assumption.
    """
    return p.giving_up_speed * (1.0 - support * (p.momentum_floor + (1.0 - p.momentum_floor) * momentum))


@rule
def relapse(support: Share, anchored: Share, transformation_culture: Share, p: Parameters) -> Share:
    """Chance in a month that an employee who practises falls back: less where practice is anchored.

    support, anchored: 0–1; transformation_culture: obstacle, 0–1, that lets old ways return in spite of support.
    Returns 0–1. Source: 19390:7.2 (anchoring); E127 (what is learnt is lost where it is not kept up); sizes by assumption.
    """
    held = support * way_open(transformation_culture, p)
    return p.relapse_speed * (1.0 - held) * (1.0 - p.anchoring_hold * anchored)


@rule
def resign(strain: Share, fatigue: Share, p: Parameters) -> Share:
    """Chance in a month that an employee who is aware of it or tries it turns away for good.

    strain, fatigue: 0–1. Returns 0–1. Source: E262 (exhaustion and withdrawal), change fatigue; sizes by assumption.
    """
    return min(p.resigning_strain * max(strain - p.strain_normal, 0.0) + p.resigning_fatigue * fatigue, 1.0)


@rule
def hope_again(contact: Share, support: Share, p: Parameters) -> Share:
    """Chance in a month that an employee who has resigned listens again.

    contact, support: 0–1. Returns 0–1, 0 without contact. Source: assumption.
    """
    return p.hoping_speed * contact * support


@rule
def next_stage(stage: Number, up: Chance, down: Chance, out: Chance, u: Chance) -> Number:
    """The stage after a month: one draw decides, low for a step up, high for a step down or for resigning.

    stage: one of the five; up, down, out: chances of a step up, a step down and resigning, 0–1; u: uniform in (0, 1).
    Returns a stage. With the same draw, better chances never lead to a lower stage. Source: the form is ours.
    """
    if u < up:
        return AWARE if stage == RESIGNED else stage + 1
    if u > 1.0 - out:
        return RESIGNED
    if u > 1.0 - out - down:
        return stage - 1
    return stage


@rule
def fatigue(before: Share, fell_back: Flag, p: Parameters) -> Share:
    """Change fatigue: grows with every trial given up and every relapse, and is slowly slept off.

    before: 0–1; fell_back: 1 in a month in which the employee fell back, otherwise 0. Returns 0–1.
    Source: change fatigue (a programme after a failed one starts lower); sizes by assumption.
    """
    rested = before * (1.0 - p.fatigue_forgetting)
    return rested + p.fatigue_gain * fell_back * (1.0 - rested)


@rule
def wins(changes: Share, involved: Share, delight: Share, p: Parameters) -> Share:
    """Wins that the staff of a site sees in a month.

    changes: effort for 19390:6.4 (minimum viable changes, celebrated), 0–1; involved: share of the staff who try or
    practise and so make them, 0–1; delight: share of the month's contacts that delighted, 0–1. Returns 0–1.
    Source: 19390:6.4; sizes by assumption.
    """
    celebrated = p.wins_changes * changes * involved
    thanked = p.wins_delight * delight / (delight + p.wins_delight_half)
    return 1.0 - (1.0 - celebrated) * (1.0 - thanked)


@rule
def momentum(before: Share, wins: Share, p: Parameters) -> Share:
    """Momentum: wins seen lately; it fades without them.

    before, wins: 0–1. Returns 0–1. Source: 19390:6.4, 6.5; speed by assumption.
    """
    return before + p.momentum_speed * (wins - before)


@rule
def share_of(part: Real, whole: Real) -> Share:
    """The share of a staff, or of contacts, that is so: 0 of nobody.

    part, whole: counts, 0 ≤ part ≤ whole. Returns 0–1. Source: definition.
    """
    return part / whole if whole > 0 else 0.0


@rule
def anchored(culture: Share, innovation: Share, standards: Share) -> Share:
    """How far practice is anchored in the organisation as a whole.

    culture, innovation, standards: work done on 19390:7.2.2, 7.2.3 and 7.2.4, 0–1. Returns 0–1.
    Source: 19390:7.2 (anchoring); equal parts by assumption.
    """
    return (culture + innovation + standards) / ANCHORING_ACTIVITIES
