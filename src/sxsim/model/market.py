"""The market: what competes, who joins and comes back, what people tell each other; and demand: when customers come."""

import math

from sxsim.model import Chance, Flag, Minutes, Noise, Number, Parameters, Real, Share
from sxsim.model.arithmetic import exp, log
from sxsim.model.rule import rule


@rule
def price_gap(price: Real, outside_price: Real, sensitivity: Real, p: Parameters) -> Real:
    """How much dearer than elsewhere a price feels: its part above the outside price, and more than that where it is far above.

    price, outside_price: relative prices > 0; sensitivity: of the segment, ≥ 0 (1 = usual). Returns any sign, 0 when prices are
    equal. Source: E241; linear in the price as in models of choice; what is far above is out of the question: assumption.
    """
    more = price / outside_price - 1.0
    return sensitivity * more * (1.0 + p.price_convexity * max(more, 0.0))


@rule
def value_for_money(quality: Share, price: Real, outside_price: Real, sensitivity: Real, p: Parameters) -> Real:
    """Perceived value: quality against price.

    quality: 0–1; price, outside_price: relative prices > 0; sensitivity: of the segment, ≥ 0 (1 = usual).
    Returns quality when prices are equal, less where it is dearer. Source: E300 (value → satisfaction), E241; form: assumption.
    """
    return quality - p.price_value * price_gap(price, outside_price, sensitivity, p)


@rule
def advantage(
    quality: Share, price: Real, outside_price: Real, sensitivity: Real, outside_quality: Share, p: Parameters
) -> Real:
    """What speaks for this house when somebody chooses: better quality than outside, and a lower price.

    quality, outside_quality: 0–1; price, outside_price: relative prices > 0; sensitivity: ≥ 0. Returns any sign, 0 for the same
    quality at the same price. Source: E241, E244; price elasticities of −.5 to −2: doi:10.1509/jmkr.42.2.141.62296,
    doi:10.1177/0047287514528283; form: assumption.
    """
    return quality - outside_quality - p.price_choice * price_gap(price, outside_price, sensitivity, p)


@rule
def answer_price(answered: Real, price: Real, p: Parameters) -> Real:
    """How far rivals have answered our price: they follow a part of the way, and take their time.

    answered: log of their price over what it would be without us; price: ours, relative to the start, > 0. Returns the new
    `answered`. Source: judgement (prices of rivals go together, most changes of one house are not followed).
    """
    return answered + p.rival_speed * (p.rival_answer * log(price) - answered)


@rule
def promised_failure(usual: Share, promise: Share, p: Parameters) -> Share:
    """How often a promise is broken that is bolder than today's, all else as it is.

    usual: failure rate of today's promise, 0–1; promise: boldness, −1…1, 0 as today. Returns 0–1: the usual odds, shifted.
    Source: clause 7.3.2b (promise); size by assumption.
    """
    if usual <= 0.0:
        return 0.0
    if usual >= 1.0:
        return 1.0
    return usual / (usual + (1.0 - usual) * exp(-p.failure_promise * promise))


@rule
def drift_offer(level: Share, drift: Real, spread: Real, z: Noise) -> Share:
    """A month's change of the outside offer's quality.

    level: 0–1; drift: a month; spread: standard deviation a month; z: standard normal. Returns 0–1.
    Source: E213 (the market's level drifts up); assumption.
    """
    return min(max(level + drift + spread * z, 0.0), 1.0)


@rule
def drift_price(price: Real, drift: Real, spread: Real, z: Noise) -> Real:
    """A month's change of the outside price. price > 0; drift, spread: relative. Returns > 0. Source: assumption."""
    return price * exp(drift + spread * z)


@rule
def join_pace(usual: Share, reputation: Share, gap: Real, promise: Share, p: Parameters) -> Real:
    """How fast people outside join in a month, before what each of them expects: a hazard.

    usual: chance to join in a month where reputation and value are as usual, 0–1; reputation: 0–1; gap: `advantage` of an
    offer of no quality at this price; promise: boldness, −1…1, 0 as today. Returns ≥ 0, a month.
    Source: E064, clauses 4 (preference, reputation) and 7.3.2b (a promise attracts); a hazard, so that who hears nothing waits
    for a sum common to all; sizes by assumption.
    """
    if usual <= 0.0:
        return 0.0
    steady = -log(1.0 - min(usual, p.join_surest))
    pull = p.join_reputation * (reputation - p.reputation_normal) + p.join_advantage * gap + p.join_promise * promise
    return steady * exp(pull)


@rule
def eagerness(expected: Share, p: Parameters) -> Real:
    """How readily a person joins who expects a quality here.

    expected: 0–1. Returns > 0, a factor on `join_pace`. Source: E244; form: assumption.
    """
    return exp(p.join_advantage * expected)


@rule
def return_eagerness(eagerness: Real, satisfaction: Share, p: Parameters) -> Real:
    """How readily a former customer comes back.

    eagerness: > 0; satisfaction: how it was left, 0–1. Returns ≥ 0, a factor on `join_pace`. Source: assumption.
    """
    return eagerness * p.return_factor * satisfaction


@rule
def after_hearing(eagerness: Real, heard: Real) -> Real:
    """How readily a person joins in a month in which others have told something.

    eagerness: ≥ 0; heard: from `market.heard`. Returns ≥ 0.
    Source: E249 (word of mouth elasticity .53); form: assumption.
    """
    return eagerness * exp(heard) if eagerness > 0.0 else 0.0


@rule
def joins_when(passed: Real, threshold: Real, eagerness: Real) -> Real:
    """The pace that must have passed in all before somebody joins.

    passed: sum of `join_pace` up to now; threshold: a unit exponential; eagerness: ≥ 0 (0: never). Returns > 0, may be infinite.
    Source: time change of a Poisson process (textbook).
    """
    return passed + threshold / eagerness if eagerness > 0.0 else math.inf


@rule
def neighbour(person: Number, offset: Number, people: Number, rewired: Flag, anywhere: Chance) -> Number:
    """The person at a place of the ring of acquaintances, or somebody anywhere when the tie is rewired.

    person: number 0 … people − 1; offset: ± 1 …; rewired: 0 or 1; anywhere: uniform in (0, 1). Returns a number.
    Source: Watts and Strogatz (1998), doi:10.1038/30918.
    """
    if rewired == 1:
        return min(int(anywhere * people), people - 1)
    return (person + offset) % people


@rule
def reputation_update(reputation: Share, praise: Real, complaints: Real, p: Parameters) -> Share:
    """Reputation moves towards the share of praise among what is told, complaints weighing more.

    reputation: 0–1; praise, complaints: tellings in the month, ≥ 0. Returns 0–1.
    Source: E062, E063; speed and weight by assumption.
    """
    told = praise + p.complaint_weight * complaints
    if told <= 0.0:
        return reputation
    return reputation + p.reputation_speed * (praise / told - reputation)


@rule
def heard(praise: Real, complaints: Real, p: Parameters) -> Real:
    """What a person has heard in a month, as one number.

    praise, complaints: counts ≥ 0. Returns any sign. Source: E063 (praise works at least as strongly); assumption.
    """
    return p.heard_praise * praise - p.heard_complaint * complaints


@rule
def place_on_ring(tie: Number) -> Number:
    """How far along the ring of acquaintances a tie leads: next one up, next one down, two up, two down, and so on.

    tie: number 0, 1, …. Returns ± 1 …. Source: Watts and Strogatz (1998), doi:10.1038/30918.
    """
    return tie // 2 + 1 if tie % 2 == 0 else -(tie // 2 + 1)


@rule
def joins_sooner(joins_at: Real, more: Real, eager: Real, pace: Real) -> Real:
    """When an account joins that has heard something: praise brings it nearer by a part of the month's pace, complaint puts it off.

    joins_at: pace that must have passed in all; more: what hearing added to the eagerness, any sign; eager: the account's
    eagerness, ≥ 0; pace: of the month, ≥ 0. Returns the new `joins_at`, unchanged where nobody joins anyway.
    Source: E249 (word of mouth); form: assumption (what was heard counts for the month in which it was heard).
    """
    if eager > 0.0 and pace > 0.0:
        return joins_at - more / eager * pace
    return joins_at


@rule
def raise_expectation(rise: Real, drift: Real) -> Real:
    """How far the market's expectation has risen since the start, a month later.

    rise: so far; drift: a month, any sign. Returns the new rise. Source: E213 (the market's level drifts up); linear by assumption.
    """
    return rise + drift


@rule
def balanced_joining(leaving: Share, term: Real, share: Share) -> Share:
    """The chance to join in a month that makes up for those who leave, so that a market left alone stays as it is.

    leaving: chance at a renewal, 0–1; term: months between renewals, ≥ 1; share: of people who are customers, 0–1. Returns 0–1.
    Source: balance of flows; that the market is in balance at the start: assumption.
    """
    left = leaving / term
    return min(left * share / (1.0 - share), 1.0) if share < 1.0 else 0.0


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
def visit_rate(usual: Real, personal: Real, loyalty: Share, gap: Real, p: Parameters) -> Real:
    """Visits a month of one customer: loyal customers come more often, and everybody less often where it has become dear.

    usual: visits a month of the segment; personal: factor with mean 1; loyalty: 0–1; gap: `price_gap`, 0 for those who pay by
    contract. Returns ≥ 0, visits a month. Source: E032, E102 (direction), doi:10.1177/0047287514528283; sizes by assumption.
    """
    return usual * personal * exp(p.visit_loyalty * (loyalty - p.loyalty_normal) - p.visit_price * gap)


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
