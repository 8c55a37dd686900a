"""The market: the outside offer, value for money, joining, coming back."""

import math

from sxsim.model.arithmetic import exp, log
from sxsim.model.rule import rule


@rule
def value_for_money(quality, price, outside_price, sensitivity, p):
    """Perceived value: quality against price.

    quality: 0–1; price, outside_price: relative prices > 0; sensitivity: of the segment, ≥ 0 (1 = usual).
    Returns about −1…2 (quality when prices are equal). Source: E300 (value → satisfaction), E241; form: assumption.
    """
    return quality - p.price_value * sensitivity * log(price / outside_price)


@rule
def drift_offer(level, drift, spread, z):
    """A month's change of the outside offer's quality.

    level: 0–1; drift: a month; spread: standard deviation a month; z: standard normal. Returns 0–1.
    Source: E213 (the market's level drifts up); assumption.
    """
    return min(max(level + drift + spread * z, 0.0), 1.0)


@rule
def drift_price(price, drift, spread, z):
    """A month's change of the outside price. price > 0; drift, spread: relative. Returns > 0. Source: assumption."""
    return price * exp(drift + spread * z)


@rule
def join_pace(usual, reputation, gap, p):
    """How fast people outside join in a month, before what each of them expects: a hazard.

    usual: chance to join in a month where reputation and value are as usual, 0–1; reputation: 0–1; gap: what an offer of no
    quality at this price would be worth, minus the outside offer's quality. Returns ≥ 0, a month.
    Source: E064, clause 4 (preference, reputation); a hazard, so that who hears nothing waits for a sum common to
    all; sizes by assumption.
    """
    if usual <= 0.0:
        return 0.0
    steady = -log(1.0 - min(usual, p.join_surest))
    return steady * exp(p.join_reputation * (reputation - 0.5) + p.join_advantage * gap)


@rule
def eagerness(expected, p):
    """How readily a person joins who expects a quality here.

    expected: 0–1. Returns > 0, a factor on `join_pace`. Source: E244; form: assumption.
    """
    return exp(p.join_advantage * expected)


@rule
def return_eagerness(eagerness, satisfaction, p):
    """How readily a former customer comes back.

    eagerness: > 0; satisfaction: how it was left, 0–1. Returns ≥ 0, a factor on `join_pace`. Source: assumption.
    """
    return eagerness * p.return_factor * satisfaction


@rule
def after_hearing(eagerness, heard):
    """How readily a person joins in a month in which others have told something.

    eagerness: ≥ 0; heard: from `network.heard`. Returns ≥ 0.
    Source: E249 (word of mouth elasticity .53); form: assumption.
    """
    return eagerness * exp(heard) if eagerness > 0.0 else 0.0


@rule
def joins_when(passed, threshold, eagerness):
    """The pace that must have passed in all before somebody joins.

    passed: sum of `join_pace` up to now; threshold: a unit exponential; eagerness: ≥ 0 (0: never). Returns > 0, may be infinite.
    Source: time change of a Poisson process (textbook).
    """
    return passed + threshold / eagerness if eagerness > 0.0 else math.inf
