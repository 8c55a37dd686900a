"""Demand: when customers come. Rates per month, times in minutes."""

import math

from sxsim.model import Chance, Minutes, Noise, Number, Parameters, Real, Share
from sxsim.model.arithmetic import exp, log
from sxsim.model.rule import rule

#: Families of durations.
CONSTANT, EXPONENTIAL, LOGNORMAL, WEIBULL, NEVER = range(5)


@rule
def daily_factor(variation: Real, z: Noise) -> Real:
    """How busy a day is as a whole: a busy morning predicts a busy afternoon.

    variation: coefficient of variation, ≥ 0 (measured .09–.20); z: standard normal. Returns > 0, mean 1.
    Source: report on bank call centres (daily rates vary by 9–20 %), lognormal by assumption.
    """
    variance = log(1.0 + variation * variation)
    return exp(math.sqrt(variance) * z - variance / 2.0)


@rule
def spread_factor(variation: Real, z: Noise, p: Parameters) -> Real:
    """How one person or employee differs from the average: lognormal with mean 1, but nobody is beyond all measure.

    variation: coefficient of variation, ≥ 0; z: standard normal, taken within ± spread_limit. Returns > 0.
    Source: E200-series, heterogeneity of rates and of agents (ICC 5 % of log service time); form and limit: assumption.
    """
    return daily_factor(variation, min(max(z, -p.spread_limit), p.spread_limit))


@rule
def visit_rate(usual: Real, personal: Real, loyalty: Share, p: Parameters) -> Real:
    """Visits a month of one customer: loyal customers come more often.

    usual: visits a month of the segment; personal: factor with mean 1; loyalty: 0–1. Returns ≥ 0, visits a month.
    Source: E032, E102 (direction); size by assumption.
    """
    return usual * personal * exp(p.visit_loyalty * (loyalty - p.loyalty_normal))


@rule
def threshold(u: Chance) -> Real:
    """How much intensity passes before the next visit: a unit exponential.

    u: uniform in (0, 1). Returns > 0. Source: time change of a Poisson process (textbook).
    """
    return -log(u)


@rule
def duration(kind: Number, first: Real, second: Real, u: Chance, z: Noise) -> Minutes:
    """A length of time in minutes from one of the families of service and patience times.

    kind: CONSTANT (first = minutes), EXPONENTIAL (first = mean), LOGNORMAL (exp(first + second·z)), WEIBULL (first =
    scale, second = 1 / shape), NEVER (infinite). u: uniform, z: standard normal. Returns ≥ 0.
    Source: Brown et al. (2005), doi:10.1198/016214504000001808 (service lognormal, patience near exponential).
    """
    if kind == EXPONENTIAL:
        return -first * log(u)
    if kind == LOGNORMAL:
        return exp(first + second * z)
    if kind == WEIBULL:
        return first * exp(second * log(-log(u)))
    if kind == NEVER:
        return math.inf
    return first


@rule
def half_hour_intensity(profile: Real, busy: Real, usual: Real) -> Real:
    """The part of a usual month's visits that a half hour brings.

    profile: of the half hour of the week, mean 1; busy: the day's factor times the season's; usual: the part of a half hour
    in a month of 30.4375 days. Returns ≥ 0. Source: definition (a month of 31 days brings more than one of 28).
    """
    return profile * busy * usual


@rule
def time_of_day(earliest: Minutes, within: Minutes, u: Chance) -> Minutes:
    """When a guest who stays over night comes back to the counter: any time alike.

    earliest: minutes after midnight; within: minutes ≥ 0; u: uniform in (0, 1). Returns minutes after midnight. Source: assumption.
    """
    return earliest + within * u
