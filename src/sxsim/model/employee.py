"""The employee: engagement, strain, skill, quitting, hiring, shifts."""

import math

from sxsim.model import Chance, Minutes, Money, Noise, Number, Parameters, Real, Share
from sxsim.model.arithmetic import exp, log
from sxsim.model.rule import rule


@rule
def pay_lead(wage: Money, market_wage: Money) -> Real:
    """How far pay is above what such a post pays elsewhere: the log of the ratio, 0 where either is nothing.

    wage, market_wage: money a month, ≥ 0. Returns any sign. Source: definition.
    """
    return log(wage / market_wage) if wage > 0.0 and market_wage > 0.0 else 0.0


@rule
def engagement_target(
    energy: Share, discretion: Share, strain: Share, delight: Share, pay: Real, trait: Noise, p: Parameters
) -> Share:
    """The engagement that energy, freedom, strain, delighted customers and, a little, pay support.

    energy, discretion: levers 0–1; strain: 0–1; delight: share of own contacts delighted, 0–1; pay: from `pay_lead`; trait: the
    person's own standard normal disposition. Returns 0–1.
    Source: clauses 7.1.2, 7.2.1, 7.2.2; E267 (empowerment), E001 (direction); E093–E095 for the spread; pay and job satisfaction
    r .15: doi:10.1016/j.jvb.2010.04.002; assumption.
    """
    target = (
        p.engagement_base
        + p.engagement_energy * (energy - p.lever_normal)
        + p.engagement_discretion * (discretion - p.lever_normal)
        - p.engagement_strain * (strain - p.strain_normal)
        + p.engagement_delight * (delight - p.delight_normal)
        + p.engagement_pay * pay
        + p.engagement_trait * trait
    )
    return min(max(target, 0.0), 1.0)


@rule
def update_engagement(engagement: Share, target: Share, p: Parameters) -> Share:
    """Engagement drifts to its target. engagement, target: 0–1. Returns 0–1. Source: NHS panel (persistence .85 a year)."""
    return engagement + p.engagement_speed * (target - engagement)


@rule
def workload(utilisation: Share, other_work: Share) -> Share:
    """How full the working time is: customers first, other work in what is left of the day.

    utilisation: busy over duty time, 0–1; other_work: share of duty, 0–1. Returns 0–1. Source: arithmetic.
    """
    return min(utilisation + other_work, 1.0)


@rule
def update_strain(strain: Share, utilisation: Share, p: Parameters) -> Share:
    """Strain follows a workload beyond what one can bear.

    strain: 0–1; utilisation: workload over duty time, 0–1. Returns 0–1.
    Source: E261–E266 (exhaustion), Oliva and Sterman (2001); sizes by assumption.
    """
    target = min(max((utilisation - p.utilisation_free) / (1.0 - p.utilisation_free), 0.0), 1.0)
    return strain + p.strain_speed * (target - strain)


@rule
def skill_ceiling(craft: Share, talent: Noise, p: Parameters) -> Share:
    """The skill that experience, selection and learning lead to in the end, for one with this talent.

    craft: lever 0–1; talent: the person's own standard normal gift. Returns 0–1.
    Source: clauses 7.2.2a, b, d; E122–E125 (training d .6); InstEval (18 % of the variance of ratings is the employee);
    size by assumption.
    """
    ceiling = p.skill_ceiling_floor + (1.0 - p.skill_ceiling_floor) * craft + p.skill_spread * talent
    return min(max(ceiling, 0.0), 1.0)


@rule
def update_skill(skill: Share, ceiling: Share, p: Parameters) -> Share:
    """Skill grows (or is lost) with time on the job towards its ceiling.

    skill, ceiling: 0–1. Returns 0–1. Source: E092, E122; speed by assumption.
    """
    return skill + p.learning_speed * (ceiling - skill)


@rule
def quit_chance(usual: Share, engagement: Share, strain: Share, pay: Real, tenure: Real, p: Parameters) -> Chance:
    """Chance that an employee quits in a month: rises as engagement falls, falls with pay, peaks in the first two years.

    usual: a month, at normal engagement and pay, 0–1; engagement, strain: 0–1; pay: from `pay_lead`; tenure: months ≥ 0.
    Returns 0–1.
    Source: E002 (−.30), E265, turnover hazard by tenure (.007 → .018 → .012 a month); elasticity of quits to pay −.5 to −2:
    doi:10.1177/0019793920965562, and r −.11: doi:10.1177/014920630002600305; sizes by assumption.
    """
    hump = (
        p.quit_tenure_early + p.quit_tenure_rise * tenure * exp(1.0 - tenure / p.quit_tenure_peak) / p.quit_tenure_peak
    )
    pull = -p.quit_engagement * (engagement - p.engagement_normal) + p.quit_strain * (strain - p.strain_normal)
    pull -= p.quit_pay * pay
    return min(usual * hump * exp(pull), 1.0)


@rule
def applicants(engagement: Share, reputation: Share, pay: Real, p: Parameters) -> Real:
    """Applicants for a vacancy in a month: the employer's brand, and pay.

    engagement: mean of the staff, 0–1; reputation: 0–1; pay: from `pay_lead`. Returns > 0.
    Source: clause 4 (employer brand); elasticity of applications to pay: doi:10.1086/704404; sizes by assumption.
    """
    return p.applicants_normal * exp(
        p.applicants_engagement * (engagement - p.engagement_normal)
        + p.applicants_reputation * (reputation - p.reputation_normal)
        + p.applicants_pay * pay
    )


@rule
def hire_chance(applicants: Real, p: Parameters) -> Chance:
    """Chance that a vacancy is filled in a month.

    applicants: > 0. Returns 0–1. Source: assumption (about two months to fill at the normal number of applicants).
    """
    return 1.0 - exp(-p.hiring_speed * applicants / p.applicants_normal)


@rule
def newcomer_skill(craft: Share, applicants: Real, talent: Noise, p: Parameters) -> Share:
    """The skill a newcomer brings: better chosen from more applicants.

    craft: lever 0–1; applicants: > 0; talent: the newcomer's own standard normal gift. Returns 0–1.
    Source: clause 7.2.2a; sizes by assumption.
    """
    choice = applicants / (applicants + p.applicants_normal)
    chosen = p.newcomer_craft * (craft - p.lever_normal) + p.newcomer_choice * (choice - p.choice_normal)
    return min(max(p.newcomer_skill + chosen + p.skill_spread * talent, 0.0), 1.0)


@rule
def newcomer_commitment(craft: Share, p: Parameters) -> Share:
    """Chance that a newcomer begins by trying: induction is where the idea is instilled.

    craft: lever 0–1. Returns 0–1. Source: clause 7.2.2a; sizes by assumption.
    """
    return min(p.newcomer_commitment * craft / p.lever_normal, 1.0)


@rule
def own_engagement(usual: Share, trait: Noise, p: Parameters) -> Share:
    """Engagement of one employee where the staff's is known: by disposition some are above and some below it.

    usual: 0–1; trait: the person's own standard normal disposition. Returns 0–1. Source: E093–E095 (spread); form: assumption.
    """
    return min(max(usual + p.engagement_trait * trait, 0.0), 1.0)


@rule
def starting_tenure(u: Chance, p: Parameters) -> Real:
    """Months that somebody has held a post at the start: as long as when people quit at any time alike.

    u: uniform in (0, 1). Returns > 0, months, exponential. Source: assumption.
    """
    return p.starting_tenure * -log(u)


@rule
def shift_number(now: Minutes, p: Parameters) -> Number:
    """The number of the shift at a time; who is on duty rotates with it.

    now: minutes from the first day of the warm-up. Returns a whole number, 0 before the first shift. Source: assumption.
    """
    return int(math.floor((now - p.first_shift) / p.shift_length)) + 1


@rule
def staff_wanted(listed: Real, site_factor: Real, availability: Share) -> Real:
    """How many of a team should be on duty, in parts of people: the list, at this site, less those who are ill or away.

    listed: of the staff list, ≥ 0; site_factor: ≥ 0; availability: share, 0–1. Returns ≥ 0. Source: definition.
    """
    return listed * site_factor * availability
