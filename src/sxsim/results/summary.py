"""What a run says in words: the shares of the pyramid, three plain sentences."""

import math
from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np

from sxsim.results.intervals import CONFIDENCE, Interval, interval
from sxsim.results.verdicts import primary_kpis

if TYPE_CHECKING:
    from sxsim.results.result import Comparison, Result

YEAR = 12
_ABOUT = 0.02
#: How well a figure must be known for a sentence about it: to half of itself.
_HALF_KNOWN = 0.5
_MOST_ASKED = 10_000


def pyramid_shares(result: "Result", span: slice) -> list[Interval]:
    """Share of attempts reaching at least level 1, 2, 3 and 4 in a span of months from month 0, over replications.

    Level 2 counts as passed where nothing needed handling.
    """
    rows = []
    for record in result.records:
        part = record.contacts[record.warm_up + span.start : record.warm_up + span.stop]
        sums = {name: int(part[name].sum()) for name in part.dtype.names or ()}
        attempts = sum(sums[f"level_{level}"] for level in range(5))
        upper = sums["level_3"] + sums["level_4"]
        reached = (attempts - sums["level_0"], sums["passed_2"], upper, sums["level_4"])
        rows.append([count / attempts if attempts else math.nan for count in reached])
    return [interval(column, "share") for column in np.array(rows).T]


def held(result: "Result") -> str:
    """What a run's intervals hold, in words."""
    return result.holds if result.assumes else "chance only"


def number(value: float, unit: str = "") -> str:
    """A figure for people: shares as %, others short."""
    if not math.isfinite(value):
        return "–"
    if unit.startswith("share"):
        return f"{100 * value:.1f} %"
    if abs(value) >= 1_000:
        return f"{value:,.0f}".replace(",", " ")
    if abs(value) >= 100:
        return f"{value:.0f}"
    return f"{value:.2f}" if abs(value) < 10 else f"{value:.1f}"


def signed(value: Interval) -> str:
    """A difference with its sign and interval, shares in points."""
    if value.mean == 0 and (value.sd == 0 or value.n < 2):
        return "0 (exactly)"

    def points(x: float) -> str:
        if x != x:
            return "–"
        share = value.unit.startswith("share")
        text = f"{100 * x:.2f}" if share else number(x)
        return text if text.startswith("-") else f"+{text}"

    unit = " points" if value.unit.startswith("share") else ""
    spread = f"  ({points(value.low)} … {points(value.high)})" if value.low == value.low else ""
    if value.few and value.sd == 0:
        spread = "  (in each run)"
    return f"{points(value.mean)}{spread}{unit}"


def sentences(result: "Result") -> list[str]:
    """Three plain sentences: what customers met, what it did to them, what it brought."""
    k, currency = result.intervals, result.scenario.currency
    broken, upper = k["level_0"].mean, k["level_3"].mean + k["level_4"].mean
    months = result.scenario.horizon.months
    span = "year" if months >= YEAR else f"{months} months" if months > 1 else "month"
    first = (
        f"In the last {span} {number(broken, 'share')} of contacts ended at level 0 (promise broken and not put right, or no "
        f"contact at all), and {number(upper, 'share')} were individual or surprising; {number(k['delight_rate'].mean, 'share')} "
        "of completed contacts delighted."
    )
    start = _first_customers(result)
    end = k["active_customers"].mean
    trend = "about as many" if abs(end - start) <= _ABOUT * start else "more" if end > start else "fewer"
    second = (
        f"Customers end at satisfaction {number(k['satisfaction'].mean)} and loyalty {number(k['loyalty'].mean)} of 100; "
        f"{number(k['churn_rate'].mean, 'share')} leave in a month, and after {months} months there are {trend} customers "
        f"({number(end)}, at the start {number(start)})."
    )
    npv = k["npv"]
    spread = (
        f" (95 % interval of the mean {number(npv.low)} to {number(npv.high)}, {held(result)})" if npv.n > 1 else ""
    )
    third = (
        f"The result is {number(k['result'].mean)} {currency} a month, of which {number(k['investment'].mean)} {currency} a month "
        f"went into the plan; its net present value over the horizon is {number(npv.mean)} {currency}{spread}."
    )
    return [first, second, third]


def _first_customers(result: "Result") -> float:
    return float(np.mean([record.sites["active_start"][record.warm_up].sum() for record in result.records]))


def _runs(count: int) -> str:
    return "one run" if count == 1 else f"{count} runs"


def _money(value: float) -> str:
    """A signed amount, thousands apart."""
    return f"{value:+,.0f}".replace(",", " ")


def compared_lines(comparison: "Comparison", plan: str, names: Sequence[str]) -> list[str]:
    """A line for each KPI of a plan, the primary ones first: the difference, the interval that decides, the verdict."""
    found = comparison.verdicts[plan]
    primary = primary_kpis(comparison.primary)
    others = [name for name in names if name not in primary]
    tested = sum(not verdict.primary and verdict.p < 1 for verdict in found.values())
    if all(verdict.same for verdict in found.values() if verdict.runs):
        return [_compared_line(comparison, plan, name) for name in (*primary, *others)]
    lines = [f"  primary ({_together(len(primary))})"]
    lines += [_compared_line(comparison, plan, name) for name in primary]
    lines.append(
        f"  exploratory (a 95 % interval each: of {tested} that differ in some run about {_by_chance(tested)} different by chance alone)"
    )
    return lines + [_compared_line(comparison, plan, name) for name in others]


def _together(count: int) -> str:
    """What the intervals of the primary KPIs hold."""
    each = 100 * (1 - (1 - CONFIDENCE) / count)
    return "95 % interval" if count == 1 else f"intervals of {each:.4g} % each, so that all hold together with 95 %"


def _by_chance(tested: int) -> str:
    """How many of so many intervals leave the truth out, about."""
    count = round((1 - CONFIDENCE) * tested)
    return "one looks" if count <= 1 else f"{count} look"


def _compared_line(comparison: "Comparison", plan: str, name: str) -> str:
    verdict = comparison.verdicts[plan][name]
    value = verdict.interval or comparison.differences[plan][name]
    apart = ""
    if comparison.chance_only:
        alone = comparison.chance_only
        apart = f"  by chance alone {signed(alone.verdicts[plan][name].interval or alone.differences[plan][name])}"
    figures = signed(value) if verdict.same or value.mean else "0"
    return f"  {name:<17} {figures:<40} {value.unit:<14} {verdict}{apart}".rstrip()


def comparison_sentences(comparison: "Comparison") -> list[str]:
    """One plain sentence for each plan: what it does to customers and to the net present value."""
    texts = []
    currency = comparison.base.scenario.currency
    for plan, found in comparison.differences.items():
        loyalty, delight = found["loyalty"], found["delight_rate"]
        judged = comparison.verdicts[plan]["npv"]
        npv = judged.interval or found["npv"]
        money = {
            "better": f"earns more than {comparison.base.plan}",
            "worse": f"earns less than {comparison.base.plan} within the horizon",
            "no difference": f"earns as much as {comparison.base.plan}",
        }.get(
            judged.word,
            f"cannot be told from {comparison.base.plan} by its net present value at {_runs(npv.n)}",
        )
        if all(value.mean == 0 and not value.sd > 0 for value in found.values() if value.n):
            texts.append(f"{plan}: is the same as {comparison.base.plan} in every figure.")
            continue
        if not math.isfinite(loyalty.mean) or not math.isfinite(delight.mean):
            texts.append(f"{plan}: nobody was there to be delighted; it {money} ({_money(npv.mean)} {currency}).")
            continue
        spread = (
            f"{100 * judged.confidence:.4g} % interval {_money(npv.low)} to {_money(npv.high)}, {held(comparison.base)}"
            if npv.n > 1
            else "one run, no interval"
        )
        texts.append(
            f"{plan}: loyalty {loyalty.mean:+.1f} points, delighted contacts {100 * delight.mean:+.1f} points; it {money} "
            f"({_money(npv.mean)} {currency}, {spread})."
        )
        if npv.n > 1:
            texts[-1] += f" {cash_sentence(comparison, plan)}"
    return texts


def cash_sentence(comparison: "Comparison", plan: str) -> str:
    """When a plan pays back, how likely it pays, how bad it may go."""
    found, currency = comparison.cash[plan], comparison.base.scenario.currency
    share, low, high = found.chance_better
    said = found.said[0].upper() + found.said[1:]
    return (
        f"{said}; its net present value is better in {share:.0%} of the runs (interval {low:.0%} to {high:.0%}), "
        f"the worst tenth of runs average {_money(found.worst_tenth)} {currency}, and the cash gap reaches "
        f"{_money(found.largest_gap.mean)} {currency}."
    )


def verdicts_sentence(comparison: "Comparison") -> str:
    """What verdicts hold, and what they are not to be read for."""
    primary = primary_kpis(comparison.primary)
    named = f"{', '.join(primary[:-1])} and {primary[-1]}" if len(primary) > 1 else primary[0]
    return (
        f"verdicts on {named} (primary; --primary names others) hold together: a plan has a wrong one in at most one of twenty "
        "cases; all other KPIs are exploratory, each by itself: what looks different there is a lead for the next study, no finding"
    )


def too_wide(result: "Result") -> str:
    """What a reader should know where the net present value is hardly known, with the runs that would do; empty where it is."""
    npv, runs = result.intervals["npv"], result.replications
    half = (npv.high - npv.low) / 2.0
    if runs < 2 or not half > _HALF_KNOWN * abs(npv.mean):
        return ""
    needed = math.inf if npv.mean == 0 else math.ceil(runs * (half / (_HALF_KNOWN * npv.mean)) ** 2)
    about = "more than 10 000" if needed > _MOST_ASKED else f"about {needed:,}".replace(",", " ")
    return (
        f"{_runs(runs)} know the net present value to ±{number(half)} {result.scenario.currency} only; to half of its own size "
        f"{about} would. What a plan changes takes far fewer: sxsim compare"
    )
