"""A contact at a touchpoint: service time, promise, problem or query, recovery, the individual and the surprising.

In the end stands the level of the service excellence pyramid that it provided, through the gate.
"""

import math
from typing import Any

from sxsim.model import Chance, Flag, Minutes, Noise, Number, Parameters, Real, Share
from sxsim.model.arithmetic import exp, log
from sxsim.model.rule import rule


@rule
def logistic(x: Any) -> Real:
    """Chance from log odds. Source: textbook."""
    return 1.0 / (1.0 + exp(-x))


@rule
def service_minutes(
    drawn: Minutes, speed: Real, skill: Share, flow: Share, time_factor: Real, p: Parameters
) -> Minutes:
    """Minutes of service: the drawn time, shorter with skill and flow, and under pressure.

    drawn: minutes at pressure 1; speed: the employee's own factor, mean 1; skill, flow: 0–1; time_factor: standard ×
    pressure factor. Returns minutes ≥ 0.
    Source: E056; differences between employees: anonymous bank 1999 (sd of log time .19); gains by assumption.
    """
    gain = p.time_skill * (skill - p.skill_normal) + p.time_flow * (flow - p.lever_normal)
    return drawn * speed * time_factor * exp(-gain)


@rule
def extra_minutes(mean: Minutes, individual: Flag, surprising: Flag, handled: Flag, p: Parameters) -> Minutes:
    """Minutes that a gesture and the handling of a problem or query add.

    mean: the contact type's mean service time; flags 0 or 1. Returns minutes ≥ 0. Source: assumption.
    """
    return mean * (p.gesture_time * max(individual, surprising) + p.handling_time * handled)


@rule
def failure_chance(
    usual: Share, reliability: Share, skill: Share, strain: Share, hurry: Share, p: Parameters
) -> Chance:
    """Chance that the core promise fails in a contact.

    usual: the touchpoint's failure rate at a managed organisation (maturity 3), 0–1; reliability, skill, strain,
    hurry: 0–1. Returns 0–1: the usual odds, with what shifts their logarithm.
    Source: clauses 7.3.2b, 7.4.1a; E041, E021 (direction); sizes by assumption.
    """
    if usual <= 0.0:
        return 0.0
    if usual >= 1.0:
        return 1.0
    shift = (
        -p.failure_reliability * (reliability - p.lever_normal)
        - p.failure_skill * (skill - p.skill_normal)
        + p.failure_strain * (strain - p.strain_normal)
        + p.failure_hurry * hurry
    )
    return usual / (usual + (1.0 - usual) * exp(-shift))


@rule
def promise_kept(failed: Flag, wait: Minutes, promised_wait: Minutes) -> Flag:
    """Was the promise kept? A failure breaks it, and so does waiting longer than promised.

    failed: 0 or 1; wait, promised_wait: minutes (infinite: nothing promised). Returns 0 or 1.
    Source: clause 7.3.2b (promise).
    """
    return 1 if failed == 0 and wait <= promised_wait else 0


@rule
def late_beyond_bearing(wait: Minutes, promised_wait: Minutes, late_major: Minutes) -> Flag:
    """Whether a service came so late that the delay is a major problem.

    wait, promised_wait, late_major: minutes; late_major: how far beyond the promise (infinite: never). Returns 0 or 1.
    Source: Olist (low ratings jump where deliveries come three to seven days late); the limit is the scenario's.
    """
    return 1 if wait > promised_wait + late_major else 0


@rule
def voice_chance(voice: Share, bond: Share, major: Flag, p: Parameters) -> Chance:
    """Chance that a customer with a problem speaks up.

    voice: lever 0–1; bond: 0–1; major: 0 or 1. Returns 0–1.
    Source: TARP (E047: most stay silent), clauses 7.2.2c, 7.3.1a; sizes by assumption.
    """
    return logistic(
        p.voice_base + p.voice_lever * (voice - p.lever_normal) + p.voice_bond * bond + p.voice_major * major
    )


@rule
def notice_chance(voice: Share, insight: Share, effort: Share, p: Parameters) -> Chance:
    """Chance that an employee notices a problem nobody voiced.

    voice, insight: levers 0–1; effort: 0–1. Returns 0–1.
    Source: clause 7.3.2d (reaching out before it is felt); form: assumption.
    """
    return p.notice_gain * effort * (voice + insight) / 2.0


@rule
def recovery_chance(
    recovery: Share, discretion: Share, skill: Share, effort: Share, major: Flag, p: Parameters
) -> Chance:
    """Chance that a voiced or noticed problem is put right.

    recovery, discretion: levers 0–1; skill, effort: 0–1; major: 0 or 1. Returns 0–1.
    Source: clauses 7.3.2d, 7.1.2c; E048, E115 (direction); sizes by assumption.
    """
    return logistic(
        p.recovery_base
        + p.recovery_lever * (recovery - p.lever_normal)
        + p.recovery_discretion * (discretion - p.lever_normal)
        + p.recovery_skill * (skill - p.skill_normal)
        + p.recovery_effort * (effort - p.effort_normal)
        - p.recovery_major * major
    )


@rule
def query_chance(skill: Share, insight: Share, effort: Share, p: Parameters) -> Chance:
    """Chance that a query is dealt with well at once.

    skill, effort: 0–1; insight: lever 0–1. Returns 0–1. Source: E209 (first-contact resolution about 70 %).
    """
    return logistic(
        p.query_base
        + p.query_skill * (skill - p.skill_normal)
        + p.query_insight * (insight - p.lever_normal)
        + p.query_effort * (effort - p.effort_normal)
    )


@rule
def hand_over_chance(usual: Share, flow: Share, p: Parameters) -> Chance:
    """Chance that a matter has to be passed on to another unit: less where flow is good.

    usual: at a managed organisation (maturity 3), 0–1; flow: lever 0–1. Returns 0–1: the usual odds, with what shifts
    their logarithm.
    Source: clauses 7.4.1a, 7.4.1c (no silos); size by assumption.
    """
    if usual <= 0.0:
        return 0.0
    if usual >= 1.0:
        return 1.0
    return usual / (usual + (1.0 - usual) * exp(p.hand_over_flow * (flow - p.lever_normal)))


@rule
def put_right_now_chance(discretion: Share, skill: Share, major: Flag, p: Parameters) -> Chance:
    """Chance that a problem is taken up on the spot; otherwise a case stays open.

    discretion: lever 0–1; skill: 0–1; major: 0 or 1. Returns 0–1.
    Source: clause 7.1.2c (authority to act and compensate); sizes by assumption.
    """
    return logistic(
        p.now_base
        + p.now_discretion * (discretion - p.lever_normal)
        + p.now_skill * (skill - p.skill_normal)
        - p.now_major * major
    )


@rule
def case_days(recovery: Share, u: Chance, p: Parameters) -> Real:
    """Days until an open case is closed.

    recovery: lever 0–1; u: uniform in (0, 1). Returns > 0, days, exponential.
    Source: E050 (weeks are common); speed with 7.3.2d by assumption.
    """
    mean = p.case_days * exp(-p.case_speed * (recovery - p.lever_normal))
    return -mean * log(u)


@rule
def effort(commitment: Share, engagement: Share, strain: Share, hurry: Share, p: Parameters) -> Share:
    """What an employee puts into a contact: decent service in any case, more from one who practises service excellence.

    All 0–1; commitment: 1 for an employee who practises, 0 for another, or the share of the staff. Returns 0–1. Source: E227 (engagement and performance .43), E261 (exhaustion −.22); sizes by assumption.
    """
    value = (
        (p.effort_base + p.effort_commitment * commitment)
        * (1.0 + p.effort_engagement * (engagement - p.engagement_normal))
        * (1.0 - p.effort_strain * strain)
        * (1.0 - p.effort_hurry * hurry)
    )
    return min(max(value, 0.0), 1.0)


@rule
def individual_chance(
    effort: Share, insight: Share, discretion: Share, wish: Share, room: Share, p: Parameters
) -> Chance:
    """Chance that the contact is made individual: effort × insight × discretion, as far as this customer wants it.

    effort, wish: 0–1; insight, discretion: levers 0–1; room: how much the touchpoint allows, 0–1. Returns 0–1.
    Source: clause 4, level 3; clauses 7.1.2c, 7.3.1b; product form by assumption.
    """
    return min(p.individual_gain * effort * insight * discretion * wish * room, 1.0)


@rule
def surprise_chance(ideas: Share, discretion: Share, effort: Share, memory: Real, room: Share, p: Parameters) -> Chance:
    """Chance of something surprising: fresh ideas × discretion × effort, fading with repetition for this customer.

    ideas, discretion: levers 0–1; effort: 0–1; memory: surprises remembered, ≥ 0; room: 0–1. Returns 0–1.
    Source: clause 4, level 4; clause 7.3.3 (what delights today is expected tomorrow); form: assumption.
    """
    return min(p.surprise_gain * ideas * discretion * effort * room, 1.0) * exp(-p.surprise_fading * memory)


@rule
def contact_quality(
    kept: Flag, severity: Number, put_right: Flag, query: Flag, query_well: Flag, individual: Flag, surprising: Flag,
    wait_ratio: Share, skill: Share, talent: Noise, engagement: Share, hurry: Share, z: Noise, p: Parameters,
) -> Share:  # fmt: skip
    """How good the contact was, before this customer's expectation colours it.

    kept, put_right, query, query_well, individual, surprising: 0 or 1; severity: 0 none, 1 minor, 2 major; wait_ratio:
    wait over (wait + patience), 0–1; skill, engagement, hurry: 0–1; talent: the employee's gift for people, standard
    normal, which no training gives; z: standard normal, what nobody explains. Returns 0–1.
    Source: SFO survey 2017 (penalties and rewards, E203), InstEval (76 % of variance is the encounter, 18 % the employee),
    E228 (engaged people work better directly); sizes by assumption.
    """
    quality = p.quality_kept
    if kept == 0:
        loss = p.quality_major if severity == 2 else p.quality_minor
        quality -= loss * (1.0 - p.quality_recovered * put_right)
    if query == 1:
        quality += p.quality_query_well if query_well == 1 else -p.quality_query_poor
    quality += p.quality_individual * individual + p.quality_surprise * surprising
    quality += p.quality_skill * (skill - p.skill_normal) + p.quality_talent * talent
    quality += p.quality_engagement * (engagement - p.engagement_normal)
    quality -= p.quality_wait * wait_ratio + p.quality_hurry * hurry
    quality += p.quality_noise * z
    return min(max(quality, 0.0), 1.0)


@rule
def wait_ratio(wait: Minutes, patience: Minutes, p: Parameters) -> Share:
    """How heavily a wait weighs: felt longer than it is, against this customer's patience.

    wait: minutes ≥ 0; patience: mean minutes ≥ 0, may be infinite. Returns 0–1.
    Source: E247 (waits are overestimated by 36 %); form: assumption.
    """
    felt = p.felt_wait * wait
    if felt <= 0.0 or patience == math.inf:
        return 0.0
    return felt / (felt + patience)


@rule
def quality_not_served(turned_away: Flag, wait_ratio: Share, p: Parameters) -> Share:
    """How good a contact is that never took place: abandoned or balked, or turned away.

    turned_away: 0 or 1; wait_ratio: 0–1. Returns 0–1. Source: E242 (inconvenience makes customers switch); assumption.
    """
    base = p.quality_turned_away if turned_away == 1 else p.quality_abandoned
    return base * (1.0 - p.quality_wait * wait_ratio)


@rule
def gate_open(kept: Flag, put_right: Flag, arose: Flag, dealt_well: Flag) -> Flag:
    """The gate to levels 3 and 4: the promise was kept or put right, and whatever arose was dealt with well.

    All flags 0 or 1. Nothing having arisen also opens it. Returns 0 or 1.
    Source: clause 4 (levels build on each other), design of the gate: our reading.
    """
    promise = kept == 1 or put_right == 1
    handled = arose == 0 or dealt_well == 1
    return 1 if promise and handled else 0


@rule
def reach_level(
    served: Flag, kept: Flag, put_right: Flag, arose: Flag, dealt_well: Flag, individual: Flag, surprising: Flag,
    top_level: Number, individual_level: Number,
) -> Real:  # fmt: skip
    """The level of the pyramid that a contact provided, 0–4.

    0 broken and not put right, or never served; 1 promise kept, and nothing arose or a query was handled poorly;
    2 something arose and was dealt with well; through an open gate 3 individual, and 4 individual and surprising.
    Flags 0 or 1; top_level and individual_level are the numbers of the pyramid's upper levels (4 and 3).
    Source: clause 4, figure of the pyramid; introduction (level 4: tailor-made, surprise and joy).
    """
    if served == 0 or (kept == 0 and put_right == 0):
        return 0
    if gate_open(kept, put_right, arose, dealt_well) == 1:
        if individual == 1:
            return top_level if surprising == 1 else individual_level
        if arose == 1:
            return 2
    return 1
