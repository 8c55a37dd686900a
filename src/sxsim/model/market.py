"""The market: the outside offer, value for money, joining, coming back."""

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
def join_chance(usual, reputation, heard, advantage, p):
    """Chance that a prospect joins in a month.

    usual: of the segment, 0–1; reputation: 0–1; heard: from `network.heard`; advantage: expected value here minus the
    outside offer's. Returns 0–1.
    Source: E249 (word of mouth elasticity .53), E064, clause 4 (preference, reputation); sizes by assumption.
    """
    if usual <= 0.0:
        return 0.0
    pull = p.join_reputation * (reputation - 0.5) + heard + p.join_advantage * advantage
    return min(usual * exp(pull), 1.0)


@rule
def return_chance(join, satisfaction, p):
    """Chance that a former customer comes back in a month, given the chance of joining.

    join: 0–1; satisfaction: how it was left, 0–1. Returns 0–1. Source: assumption.
    """
    return min(join * p.return_factor * satisfaction, 1.0)
