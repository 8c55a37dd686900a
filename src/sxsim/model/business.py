"""Business success: revenue, cost, accounts and their contracts, result, present value, customer equity. Money in the scenario's currency."""

import math

from sxsim.model import Chance, Flag, Minutes, Money, Number, Parameters, Real, Share
from sxsim.model.arithmetic import exp, log
from sxsim.model.rule import rule

#: Months in a year.
MONTHS = 12.0
#: Minutes in an hour.
MINUTES_AN_HOUR = 60.0


@rule
def contact_cost(usual: Money, put_right: Flag, compensation: Money, gesture: Flag, gesture_cost: Money) -> Money:
    """What one contact costs beside wages: material, compensation, gesture.

    usual, compensation, gesture_cost: money ≥ 0; put_right, gesture: 0 or 1. Returns money ≥ 0. Source: arithmetic.
    """
    return usual + compensation * put_right + gesture_cost * gesture


@rule
def failure_cost(severity: Number, minor: Money, major: Money) -> Money:
    """What a failure costs the organisation.

    severity: 0 none, 1 minor, 2 major; minor, major: money ≥ 0. Returns money ≥ 0.
    Source: clause 4 (lower cost in the long run); arithmetic.
    """
    if severity == 2:
        return major
    if severity == 1:
        return minor
    return 0.0


@rule
def acquisition_cost(joiners: Real, cost_per_joiner: Money) -> Money:
    """Money spent on winning customers in a month. joiners ≥ 0, cost ≥ 0. Source: E068; arithmetic."""
    return joiners * cost_per_joiner


@rule
def overtime_cost(minutes: Minutes, cost_per_hour: Money) -> Money:
    """Cost of overtime in a month. minutes ≥ 0; cost_per_hour: money. Returns money ≥ 0. Source: arithmetic."""
    return minutes * cost_per_hour / MINUTES_AN_HOUR


@rule
def result(revenue: Money, cost: Money, investment: Money) -> Money:
    """Result = revenue − cost − investment, money a month. Source: definition."""
    return revenue - cost - investment


@rule
def discount_factor(annual_rate: Real, month: Real) -> Share:
    """Present value of one unit of money paid at the end of a month.

    annual_rate: ≥ 0; month: 0 for the first. Returns 0–1. Source: textbook.
    """
    return exp(-log(1.0 + annual_rate) * (month + 1.0) / MONTHS)


@rule
def customer_equity(customers: Real, margin: Money, retention: Share, annual_rate: Real) -> Money:
    """Remaining value of the customer base, each customer worth margin × r / (1 + i − r).

    customers: active ≥ 0; margin: money a month per customer; retention: share staying a month, 0–1 (below 1);
    annual_rate: ≥ 0. Returns money. Source: Gupta, Lehmann and Stuart (2004), doi:10.1509/jmkr.41.1.7.25084 (E066).
    """
    monthly = exp(log(1.0 + annual_rate) / MONTHS) - 1.0
    return customers * margin * retention / max(1.0 + monthly - retention, monthly)


@rule
def programme_money(planned: Money, last_result: Money, share: Share) -> Money:
    """Money for a month's plan: what was planned, plus a share of last month's result where there is one.

    planned: ≥ 0; last_result: any sign; share: 0–1. Returns ≥ 0. Source: clause 4 (success funds the next step); arithmetic.
    """
    return planned + share * max(last_result, 0.0)


@rule
def sale(amount: Money, price: Real) -> Money:
    """Revenue of something sold at this month's price.

    amount: at the price of the start, money ≥ 0; price: relative to the start, > 0. Returns money ≥ 0. Source: arithmetic.
    """
    return amount * price


@rule
def standing_revenue(fees: Money, price: Real, budget: Money, share: Share) -> Money:
    """Revenue of a site's month that does not depend on visits: fees of contracts, and its part of a budget.

    fees: of all contracts at the price of the start, money ≥ 0; price: relative, > 0; budget: money ≥ 0; share: of the site,
    0–1. Returns money ≥ 0. Source: arithmetic; the budget goes by the site's share of the market: assumption.
    """
    return fees * price + budget * share


@rule
def part_of_site(amount: Money, share: Share) -> Money:
    """A site's part of what the organisation pays or earns as a whole.

    amount: money; share: of the market, 0–1. Returns money. Source: assumption (by the site's share of the market).
    """
    return amount * share


@rule
def hiring_cost(hires: Real, cost_per_hire: Money) -> Money:
    """Money spent on filling vacancies in a month. hires ≥ 0, cost ≥ 0. Returns money ≥ 0. Source: arithmetic."""
    return hires * cost_per_hire


@rule
def total_cost(
    contacts: Money, failures: Money, wages: Money, hiring: Money, acquisition: Money, fixed: Money
) -> Money:
    """All cost of a site's month but its part of the programme.

    contacts, failures, wages, hiring, acquisition, fixed: money ≥ 0. Returns money ≥ 0. Source: arithmetic.
    """
    return contacts + failures + wages + hiring + (acquisition + fixed)


@rule
def in_account(value: Real, persons: Number) -> Real:
    """What one person adds to what an account as a whole does: all its persons count alike, none decides alone.

    value: of the person, any; persons: of the account, ≥ 1. Returns a part of the mean over them.
    Source: assumption (a buying centre agrees on the mean).
    """
    return value / persons


@rule
def first_renewal(u: Chance, term: Number) -> Number:
    """How many months an account's contract has run at the start: any alike.

    u: uniform in (0, 1); term: months ≥ 1. Returns 0 … term − 1. Source: assumption (contracts began at any time).
    """
    return int(math.floor(u * term))


@rule
def renewal_from(month: Number, term: Number) -> Number:
    """What makes a contract that begins in a month renew a whole number of terms later.

    month: from the start of the warm-up; term: months ≥ 1. Returns 0 … term − 1. Source: arithmetic of contracts.
    """
    return (term - month % term) % term


@rule
def activity_cost(effort: Real, wages: Money, p: Parameters) -> Money:
    """Money that activities cost in a month.

    effort: sum over the activities, ≥ 0; wages: the monthly wage bill, ≥ 0. Returns money ≥ 0. Source: assumption.
    """
    return p.activity_cost * effort * wages
