"""The KPIs, declared once: formula, window, unit, who looks at them. Benefits and risks name the KPIs that show them.

A formula works on sums (or single values) of the monthly figures, elementwise on arrays of any shape, so one declaration
serves a month, a site, a window and a whole run. Where a denominator is 0 the KPI is not defined (NaN, `null` in JSON).
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

from sxsim.engines.records import Records
from sxsim.engines.world import WAIT_LOW, WAIT_WIDTH
from sxsim.model import business
from sxsim.model.arithmetic import exp
from sxsim.standard.catalogue import ELEMENTS

Values = Mapping[str, Any]
Window = Literal["last 12 months", "horizon", "end"]
MONTHS_A_YEAR = 12
_each_exp = np.vectorize(exp, otypes=[float])
PERCENT = 100.0


def ratio(part: Any, whole: Any) -> Any:
    """Part over whole, NaN where the whole is 0."""
    part, whole = np.asarray(part, float), np.asarray(whole, float)
    return np.divide(part, whole, out=np.full(np.broadcast(part, whole).shape, np.nan), where=whole != 0)


def wait_quantile(waits: NDArray[np.int64], share: float) -> Any:
    """The wait in minutes that a share of attempts does not exceed, from the histogram (last axis); NaN without any."""
    counts = np.cumsum(waits, axis=-1, dtype=float)
    total = counts[..., -1:]
    position = np.argmax(counts >= share * total, axis=-1)
    before = np.take_along_axis(counts, np.maximum(position - 1, 0)[..., None], axis=-1)[..., 0]
    inside = np.take_along_axis(waits, position[..., None], axis=-1)[..., 0]
    part = ratio(share * total[..., 0] - before, inside)
    value = WAIT_LOW * _each_exp(WAIT_WIDTH * (position - 1 + np.clip(part, 0, 1)))
    value = np.where(position == 0, 0.0, value)
    return np.where(total[..., 0] > 0, value, np.nan)


@dataclass(frozen=True)
class Kpi:
    """One key performance indicator. `formula` says in words what `compute` does with the figures."""

    name: str
    meaning: str
    formula: str
    unit: str
    window: Window
    compute: Callable[[Values], Any]
    scope: Literal["internal", "external"]
    level: Literal["operational", "tactical", "strategic"]
    better: Literal["higher", "lower", "neither"] = "higher"


def _attempts(v: Values) -> Any:
    return v["served"] + v["abandoned"] + v["balked"] + v["turned_away"]


def _share(part: str, whole: str) -> Callable[[Values], Any]:
    return lambda v: ratio(v[part], v[whole])


def _of_attempts(part: str) -> Callable[[Values], Any]:
    return lambda v: ratio(v[part], _attempts(v))


def _mean(part: str, whole: str, scale: float = 1.0) -> Callable[[Values], Any]:
    return lambda v: scale * ratio(v[part], v[whole])


def _per_month(name: str) -> Callable[[Values], Any]:
    return lambda v: np.asarray(v[name], float) / v["months"]


def _at_end(name: str) -> Callable[[Values], Any]:
    return lambda v: np.asarray(v[name], float)


def _net_promoters(v: Values) -> Any:
    return PERCENT * ratio(v["promoters"] - v["detractors"], v["answers"])


def _equity(v: Values) -> Any:
    """Customer equity from the window's margin and retention. Winning new customers is no cost of those who are here."""
    margin = ratio(v["revenue"] - (v["cost"] - v["acquisition_cost"]), v["active"])
    stay = 1.0 - ratio(v["leavers"], v["active_start"])
    shape = np.broadcast(margin, stay).shape
    customers = np.broadcast_to(np.asarray(v["active_end"], float), shape)
    rate = np.broadcast_to(np.asarray(v["discount_rate"], float), shape)
    result = np.full(shape, np.nan)
    for index in np.ndindex(shape):
        m, s = np.broadcast_to(margin, shape)[index], np.broadcast_to(stay, shape)[index]
        if np.isfinite(m) and np.isfinite(s):
            result[index] = business.customer_equity(float(customers[index]), float(m), float(s), float(rate[index]))
    return result


_LEVELS = {
    0: "contact attempts where the promise was broken and not put right, or that did not take place",
    1: "contact attempts where the promise was kept, and nothing arose or a query was handled poorly",
    2: "contact attempts where something arose and was dealt with well",
    3: "contact attempts with individual service through an open gate",
    4: "contact attempts with surprising service through an open gate",
}

_DECLARED: list[Kpi] = [
    Kpi("satisfaction", "how satisfied active customers are", "100 × mean satisfaction of active customers", "0–100",
        "last 12 months", _mean("satisfaction", "active", PERCENT), "external", "tactical"),
    Kpi("satisfaction_served", "how satisfied customers are who were served lately",
        "100 × mean satisfaction of active customers with a served contact in the last twelve months", "0–100",
        "last 12 months", _mean("satisfaction_served", "served_12", PERCENT), "external", "tactical"),
    Kpi("satisfaction_of_month_0", "how satisfied those are who were customers at the start",
        "100 × mean satisfaction of the customers of month 0, of lost ones the last", "0–100",
        "last 12 months", _mean("satisfaction_of_month_0", "month_0", PERCENT), "external", "tactical"),
    Kpi("expectation", "what customers expect", "100 × mean expectation of active customers", "0–100",
        "last 12 months", _mean("expectation_of_customers", "active", PERCENT), "external", "tactical", "neither"),
    Kpi("loyalty", "how loyal active customers feel", "100 × mean loyalty of active customers", "0–100",
        "last 12 months", _mean("loyalty", "active", PERCENT), "external", "strategic"),
    Kpi("nps", "net promoter score", "% answers 9–10 minus % answers 0–6", "−100 … 100", "last 12 months",
        _net_promoters, "external", "strategic"),
    Kpi("delight_rate", "how often customers are delighted", "delighted ÷ completed contacts", "share",
        "last 12 months", _share("delighted", "served"), "external", "tactical"),
    Kpi("delight_of_month_0", "how often those are delighted who were customers at the start",
        "mean over the customers of month 0 of the share of own contacts that delighted, in the last month with one", "share",
        "last 12 months", _share("delight_of_month_0", "month_0"), "external", "tactical"),
    Kpi("wasted_gestures", "gestures behind a closed gate",
        "contacts individual or surprising though a promise was broken and not put right ÷ completed contacts", "share",
        "last 12 months", _share("wasted", "served"), "external", "operational", "lower"),
    *[Kpi(f"level_{k}", f"share of {text}", f"attempts recorded at level {k} ÷ all attempts", "share",
          "last 12 months", _of_attempts(f"level_{k}"), "external", "operational",
          "lower" if k == 0 else "higher" if k > 1 else "neither") for k, text in _LEVELS.items()],
    Kpi("wait_mean", "how long customers wait on average, zeros included", "minutes waited ÷ all attempts", "minutes",
        "last 12 months", _of_attempts("wait"), "external", "operational", "lower"),
    Kpi("wait_p90", "the wait that nine of ten attempts do not exceed", "90 % quantile of waits over all attempts",
        "minutes", "last 12 months", lambda v: wait_quantile(v["waits"], 0.9), "external", "operational", "lower"),
    Kpi("abandon_rate", "how many give up waiting", "abandoned ÷ all attempts", "share", "last 12 months",
        _of_attempts("abandoned"), "external", "operational", "lower"),
    Kpi("turned_away_rate", "how many find it closed, full, or the queue too long",
        "turned away or balked ÷ all attempts", "share", "last 12 months",
        lambda v: ratio(v["turned_away"] + v["balked"], _attempts(v)), "external", "operational", "lower"),
    Kpi("complaint_rate", "how many customers with a problem speak up", "problems voiced ÷ problems", "share",
        "last 12 months", _share("voiced", "problems"), "external", "operational"),
    Kpi("recovery_rate", "how many known problems are put right",
        "put right, now or by a case ÷ problems voiced or noticed and settled", "share", "last 12 months",
        lambda v: ratio(v["put_right"] + v["cases_put_right"], v["voiced"] + v["noticed"] - v["cases"] + v["cases_closed"]), "external", "operational"),
    Kpi("churn_rate", "how many customers leave in a month", "leavers in the month ÷ active at its start",
        "share a month", "last 12 months", _share("leavers", "active_start"), "external", "strategic", "lower"),
    Kpi("retention_12m", "how many customers of a year ago are still there",
        "active 12 months ago and ever since ÷ active 12 months ago", "share", "end", _share("stayed_12", "active_12_ago"),
        "external", "strategic"),
    Kpi("active_customers", "customers at the end", "count of active customers", "persons", "end",
        _at_end("active_end"), "external", "strategic"),
    Kpi("visits", "visits in a month", "visits served ÷ months", "visits a month", "last 12 months", _per_month("visits"),
        "external", "operational"),
    Kpi("repurchase_rate", "how many customers came lately", "active customers with a visit in the last six months ÷ active",
        "share", "last 12 months", _share("repurchased", "active"), "external", "tactical"),
    Kpi("recommendation_rate", "how many customers recommend in a month", "customers who praise to others ÷ active at start",
        "share a month", "last 12 months", _share("recommended", "active_start"), "external", "tactical"),
    Kpi("joiners_share", "how many of those outside join in a month", "joiners and returners ÷ people outside at start",
        "share a month", "last 12 months", lambda v: ratio(v["joiners"] + v["returners"], v["outside_start"]), "external",
        "strategic"),
    Kpi("feedback_rate", "how many customers answer when asked", "answers ÷ customers asked", "share", "last 12 months",
        _share("answers", "asked"), "external", "operational"),
    Kpi("time_standard", "how much of the proper time staff take for a customer", "mean over touchpoints and months", "ratio",
        "last 12 months", _share("time_standard", "floors"), "internal", "operational", "neither"),
    Kpi("utilisation", "how busy employees are on duty", "busy ÷ duty minutes, overtime included", "share",
        "last 12 months", _share("busy_minutes", "duty_minutes"), "internal", "operational", "neither"),
    Kpi("engagement", "how engaged employees are", "100 × mean engagement of employees", "0–100", "last 12 months",
        _mean("engagement", "headcount", PERCENT), "internal", "tactical"),
    Kpi("commitment", "share of employees who practise service excellence", "employees who practise ÷ employees", "0–1",
        "last 12 months", _share("practising", "headcount"), "internal", "tactical"),
    Kpi("turnover_12m", "how many employees quit in a year", "quits ÷ mean headcount, a year", "share a year",
        "last 12 months", lambda v: MONTHS_A_YEAR * ratio(v["quits"], v["headcount"]), "internal", "tactical", "lower"),
    Kpi("applicants_per_vacancy", "how many apply for a vacancy in a month", "applicants ÷ vacancies", "persons",
        "last 12 months", _share("applicants", "vacancies"), "internal", "tactical"),
    *[Kpi(f"maturity.{slug}", f"maturity of the element {slug}", "mean and weakest of its sub-elements", "1–5", "end",
          _at_end(f"maturity.{slug}"), "internal", "strategic") for slug in ELEMENTS],
    Kpi("maturity_level", "maturity of the organisation", "that of its weakest element", "1–5", "end",
        _at_end("maturity_level"), "internal", "strategic"),
    Kpi("maturity_mean", "mean maturity of the nine elements", "sum ÷ 9", "1–5", "end", _at_end("maturity_mean"),
        "internal", "strategic"),
    Kpi("maturity_level_best", "maturity of the organisation at its best", "highest maturity_level of any month", "1–5",
        "horizon", _at_end("maturity_level_best"), "internal", "strategic"),
    Kpi("maturity_mean_best", "mean maturity at its best", "highest maturity_mean of any month", "1–5", "horizon",
        _at_end("maturity_mean_best"), "internal", "strategic"),
    Kpi("maturity_level_12m", "maturity of the organisation that was held",
        "lowest maturity_level of the last twelve months", "1–5", "last 12 months", _at_end("maturity_level_12m"), "internal",
        "strategic"),
    Kpi("maturity_mean_12m", "mean maturity that was held", "lowest maturity_mean of the last twelve months", "1–5",
        "last 12 months", _at_end("maturity_mean_12m"), "internal", "strategic"),
    Kpi("revenue", "revenue in a month", "sum ÷ months", "money a month", "horizon", _per_month("revenue"), "internal",
        "strategic"),
    Kpi("cost", "cost in a month, the programme's money not included", "sum ÷ months", "money a month", "horizon",
        _per_month("cost"), "internal", "strategic", "lower"),
    Kpi("failure_cost", "cost of failures in a month", "sum ÷ months", "money a month", "horizon",
        _per_month("failure_cost"), "internal", "tactical", "lower"),
    Kpi("acquisition_cost", "cost of winning customers in a month", "sum ÷ months", "money a month", "horizon",
        _per_month("acquisition_cost"), "internal", "tactical", "lower"),
    Kpi("cost_per_contact", "cost of a completed contact", "cost ÷ completed contacts", "money", "horizon",
        _share("cost", "served"), "internal", "operational", "lower"),
    Kpi("investment", "money spent on the plan in a month", "sum ÷ months", "money a month", "horizon",
        _per_month("investment"), "internal", "strategic", "neither"),
    Kpi("result", "result in a month", "(revenue − cost − investment) ÷ months", "money a month", "horizon",
        _per_month("result"), "internal", "strategic"),
    Kpi("npv", "net present value of the result over the horizon", "discounted result from month 0, no terminal value",
        "money", "horizon", lambda v: np.asarray(v["discounted_result"], float), "internal", "strategic"),
    Kpi("customer_equity", "remaining value of the customer base at the end",
        "active customers × margin × r ÷ (1 + i − r), from the last 12 months; margin: revenue less all cost (contacts, "
        "failures, wages, hiring, rent) but that of winning customers and of the plan, per active customer and month; r: "
        "share staying a month; i: discount a month", "money", "last 12 months", _equity,
        "internal", "strategic"),
]  # fmt: skip

#: All KPIs by name, in the order in which they are shown.
KPIS: dict[str, Kpi] = {kpi.name: kpi for kpi in _DECLARED}

_OF_ORGANISATION = (*(f"maturity.{slug}" for slug in ELEMENTS), "maturity_level", "maturity_mean")
_AT_THE_END = ("stayed_12", "active_12_ago", "active_end", *_OF_ORGANISATION)
_LOWEST = ("maturity_level_12m", "maturity_mean_12m")
_HIGHEST = ("maturity_level_best", "maturity_mean_best")


def monthly_values(records: Records, discount_rate: float) -> dict[str, Any]:
    """All figures by month and site, shape (M, S), warm-up included: what the formulas work on."""
    sites = records.sites
    values: dict[str, Any] = {name: sites[name] for name in sites.dtype.names or ()}
    values["expectation_of_customers"] = sites["expectation"]
    for name in records.contacts.dtype.names or ():
        values[name] = records.contacts[name].sum(axis=(2, 3))
    active = sites["active"].astype(float)
    ago = np.full(active.shape, np.nan)
    first = records.warm_up + MONTHS_A_YEAR
    if first < len(active):
        ago[first:] = active[records.warm_up : len(active) - MONTHS_A_YEAR]
    values["active_12_ago"], values["active_end"] = ago, active
    for element, slug in enumerate(ELEMENTS):
        values[f"maturity.{slug}"] = np.repeat(records.maturity[:, [element]], active.shape[1], axis=1)
    for name, found in (("level", records.maturity.min(axis=1)), ("mean", records.maturity.mean(axis=1))):
        by_site = np.repeat(found[:, None], active.shape[1], axis=1)
        values |= dict.fromkeys((f"maturity_{name}", f"maturity_{name}_12m", f"maturity_{name}_best"), by_site)
    values["waits"] = records.waits
    months = np.arange(len(active)) - records.warm_up
    factors = np.array([business.discount_factor(discount_rate, float(m)) if m >= 0 else 0.0 for m in months])
    values["discounted_result"] = sites["result"] * factors[:, None]
    return values | {"months": 1.0, "discount_rate": discount_rate}


def window_months(window: Window, warm_up: int, months: int) -> slice:
    """The months (indices, warm-up included) of a window."""
    if window == "end":
        return slice(months - 1, months)
    first = warm_up if window == "horizon" else max(warm_up, months - MONTHS_A_YEAR)
    return slice(first, months)


def in_window(values: Values, window: slice) -> dict[str, Any]:
    """Sums over the months of a window and over all sites."""
    summed: dict[str, Any] = {}
    for name, value in values.items():
        if name in ("months", "discount_rate"):
            continue
        part = value[window]
        if name in _AT_THE_END:
            last = part[-1]
            summed[name] = last.mean(axis=0) if name in _OF_ORGANISATION else last.sum(axis=0)
        elif name in _LOWEST:
            summed[name] = part.min()
        elif name in _HIGHEST:
            summed[name] = part.max()
        else:
            summed[name] = part.sum(axis=(0, 1))
    summed["months"] = float(window.stop - window.start)
    summed["discount_rate"] = values["discount_rate"]
    return summed


def run_kpis(records: Records, discount_rate: float) -> dict[str, float]:
    """All KPIs of a replication by name, each over its window."""
    values = monthly_values(records, discount_rate)
    months = len(records.sites)
    windows = {
        w: in_window(values, window_months(w, records.warm_up, months)) for w in ("last 12 months", "horizon", "end")
    }
    return {name: float(kpi.compute(windows[kpi.window])) for name, kpi in KPIS.items()}


def month_kpis(records: Records, discount_rate: float) -> dict[str, NDArray[np.float64]]:
    """All KPIs by month and site, shape (M, S), each for its month alone (`npv` is the month's discounted result)."""
    values = monthly_values(records, discount_rate)
    shape = records.sites.shape
    return {name: np.broadcast_to(np.asarray(kpi.compute(values), float), shape) for name, kpi in KPIS.items()}
