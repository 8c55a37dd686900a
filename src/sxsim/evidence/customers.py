"""Facts about customers: how they rate, recommend, forgive and come back."""

import math
from collections.abc import Mapping
from itertools import pairwise
from typing import Any

import numpy as np
from numpy.typing import NDArray

from sxsim.engines.world import CUSTOMER, INDIVIDUAL_LEVEL, MAJOR, MINOR
from sxsim.evidence.checks import DAY, RunOfSetting, Survey, rated_at_once, run_setting, stars

Found = dict[str, float]
Parameters = Mapping[str, float]


def share(flags: NDArray[Any]) -> float:
    """Share of those who answer yes; not a number where nobody is asked."""
    return float(flags.mean()) if len(flags) else math.nan


# ---- airport: shares of the ratings 1 … 5 among travellers, overall and over eleven touchpoints (SFO survey 2017) -----------
OVERALL_SHARES = (0.002, 0.012, 0.165, 0.561, 0.26)
TOUCHPOINT_SHARES = (0.01, 0.035, 0.21, 0.38, 0.365)
PROMOTER, DETRACTOR, TOUCHPOINTS = 9, 6, 11
#: Groups of travellers by how many of the eleven touchpoints they gave five stars.
TOPS = {
    "no_top": (0, 0),
    "1_2_tops": (1, 2),
    "3_4_tops": (3, 4),
    "5_6_tops": (5, 6),
    "7_8_tops": (7, 8),
    "9_tops": (9, 11),
}


def airport(parameters: Parameters, replication: int) -> Found:
    """Travellers rate eleven touchpoints and the whole, and say whether they would recommend it."""
    run = run_setting("airport", parameters, replication)
    log = run.contacts()
    log = log[np.lexsort((log["step"], log["visit"], log["person"]))]
    _, first, steps = np.unique(np.stack([log["person"], log["visit"]]), axis=1, return_index=True, return_counts=True)
    first = first[steps == TOUCHPOINTS]
    persons = log["person"][first]
    first = first[np.append(persons[1:] != persons[:-1], True)]  # each traveller's last visit
    visits = log[first[:, None] + np.arange(TOUCHPOINTS)]
    persons = log["person"][first]
    survey = Survey(run, persons)
    rated = np.stack([survey.felt(perceived) for perceived in visits["perceived"].T], axis=1)
    overall = stars(survey.felt(visits["satisfaction"][:, -1]), OVERALL_SHARES)
    each = stars(rated, TOUCHPOINT_SHARES)
    answers = survey.recommends(survey.loyalty(visits["satisfaction"][:, -1]))
    promoters, tops = answers >= PROMOTER, (each == 5).sum(axis=1)
    troubled = (visits["severity"] > 0).any(axis=1)
    items: NDArray[np.float64] = np.asarray(np.corrcoef(each.T))
    return {
        **{f"promoters_rating_{star}": share(promoters[overall == star]) for star in (3, 4, 5)},
        **{f"detractors_rating_{star}": share(answers[overall == star] <= DETRACTOR) for star in (3, 4, 5)},
        **{
            f"promoters_{group}": share(promoters[(tops >= least) & (tops <= most)])
            for group, (least, most) in TOPS.items()
        },
        "rating_recommendation": float(np.corrcoef(overall, answers)[0, 1]),
        "overall_by_mean": float(np.corrcoef(overall, each.mean(axis=1))[0, 1] ** 2),
        "overall_by_minimum": float(np.corrcoef(overall, each.min(axis=1))[0, 1] ** 2),
        "ratings_together": float((items.sum() - TOUCHPOINTS) / (items.size - TOUCHPOINTS)),
        "promoters_untroubled": share(promoters[~troubled]),
        "promoters_troubled": share(promoters[troubled]),
        "rating_lost_by_problem": float(overall[~troubled].mean() - overall[troubled].mean()),
    }


# ---- problems: what a problem leads to is settled by these (log odds of ±40: never and always) ------------------------------
NEVER, ALWAYS = -40.0, 40.0
FATES: dict[str, dict[str, float]] = {
    "silent": {"voice_base": NEVER, "notice_gain": 0.0},
    "unsatisfied": {"voice_base": ALWAYS, "now_base": NEVER, "recovery_base": NEVER},
    "satisfied": {"voice_base": ALWAYS, "now_base": NEVER, "recovery_base": ALWAYS},
    "quickly": {"voice_base": ALWAYS, "now_base": ALWAYS, "recovery_base": ALWAYS},
}
#: Share of the customers without a problem who mean to buy again (E235).
MEAN_TO_STAY = 0.94
NO_FAILURES = {"touchpoints.purchase.failure_rate": 0}


def problems(parameters: Parameters, replication: int) -> Found:
    """Who means to buy again after one problem within the last months, by its severity and what became of it."""
    found: Found = {}
    for fate, settled in FATES.items():
        run = run_setting("problems", {**parameters, **settled}, replication)
        months, people = run.world.month_starts, run.world.persons
        log, everybody = run.contacts(-run.records.warm_up), run.people
        had = np.bincount(log["person"][log["severity"] > 0], minlength=everybody)
        recent = log[(log["severity"] > 0) & (log["arrival"] >= months[-4]) & (log["arrival"] < months[-2])]
        severity = np.zeros(everybody, np.int64)
        severity[recent["person"]] = recent["severity"]
        severity[had != 1] = 0
        visited = np.bincount(log["person"][log["arrival"] >= months[-4]], minlength=everybody) > 0
        untroubled = (had == 0) & visited
        survey = Survey(run, np.arange(everybody))
        means = survey.felt(people["loyalty"])
        stays = means >= np.quantile(means[untroubled], 1 - MEAN_TO_STAY)
        for name, degree in (("major", MAJOR), ("minor", MINOR)):
            found[f"loyal_{fate}_{name}"] = share(stays[severity == degree])
        if fate == "quickly":
            without = run_setting(
                "problems", {**parameters, **settled}, replication, values=NO_FAILURES, contacts=False
            )
            same, met = without.world.persons, severity == MINOR
            for name in ("satisfaction", "loyalty"):
                found[f"paradox_{name}"] = float((people[name] - same[name])[met].mean())
    return found


# ---- orders -------------------------------------------------------------------------------------------------------------
LOW_IN_TIME = 0.092
LATENESS = (0.0, 3.0, 7.0, 14.0, np.inf)
PROMISED_DAYS, WITHIN_DAYS = 24.0, 180.0


def orders(parameters: Parameters, replication: int) -> Found:
    """How buyers rate late orders, and whether who rated low buys again."""
    run = run_setting("orders", parameters, replication)
    log = run.contacts()
    late = log["wait"] / DAY - PROMISED_DAYS
    felt = rated_at_once(run, log)
    low = felt <= np.quantile(felt[late <= 0], LOW_IN_TIME)
    found = {"low_in_time": share(low[late <= 0])}
    for begin, end in pairwise(LATENESS):
        span = f"{begin:g}_{end:g}" if end < np.inf else f"{begin:g}"
        found[f"low_late_{span}_days"] = share(low[(late > begin) & (late <= end)])
    order = np.lexsort((log["arrival"], log["person"]))
    log, low = log[order], low[order]
    again = np.append((log["person"][1:] == log["person"][:-1]), False)
    gap = np.append(log["arrival"][1:] - log["end"][:-1], 0.0)
    seen = log["end"] < run.world.month_starts[-1] - WITHIN_DAYS * DAY
    back = again & (gap < WITHIN_DAYS * DAY)
    month = np.searchsorted(run.world.month_starts, log["arrival"], side="right")
    found["repurchase_after_low"] = _hazard_ratio(back[seen], low[seen], month[seen])
    return found


def _hazard_ratio(back: NDArray[np.bool_], low: NDArray[np.bool_], strata: NDArray[np.integer]) -> float:
    """Hazard of coming back after a low rating against other ratings, within strata: the same month, the same season.

    Orders of busy months are late more often and are followed by fewer: across months the two would be mixed up. Rates are
    weighted as Mantel and Haenszel (1959), doi:10.1093/jnci/22.4.719.
    """
    part = {}
    for rated_low in (True, False):
        these = low == rated_low
        size = np.bincount(strata, these)
        part[rated_low] = size, np.bincount(strata, these & back) / np.maximum(size, 1)
    (first, after_low), (second, after_others) = part[True], part[False]
    weight = first * second / np.maximum(first + second, 1)
    hazard = [-np.log(1.0 - (weight * rate).sum() / weight.sum()) for rate in (after_low, after_others)]
    return float(hazard[0] / hazard[1])


# ---- shop: spread of spending between customers (gamma-gamma of CDNOW: coefficient of variation .76) ------------------------
SPENDING_LOG_SD = 0.67


def shop(parameters: Parameters, replication: int) -> Found:
    """Who of a cohort that has just bought for the first time buys again within 180 days, and who brings the revenue."""
    run = run_setting("shop", parameters, replication)
    log = run.contacts()
    log = log[np.lexsort((log["arrival"], log["person"]))]
    persons, day = log["person"], log["arrival"] / DAY
    first = np.append(True, persons[1:] != persons[:-1])
    begins = np.flatnonzero(first)
    number = 2 + np.arange(len(log)) - np.repeat(begins, np.diff(np.append(begins, len(log))))
    following = np.append(np.where(first[1:], np.inf, day[1:]), np.inf)
    bought_first = np.full(run.people, np.inf)
    bought_first[persons[first]] = day[first]
    found = {"again_after_1": float((bought_first <= WITHIN_DAYS).mean())}
    last = (run.world.month_starts[-1] - run.world.month_starts[0]) / DAY - WITHIN_DAYS
    for k in range(2, 8):
        these = (number == k) & (day <= last)
        found[f"again_after_{k}"] = share(following[these] - day[these] <= WITHIN_DAYS)
    found["bought_once"] = float(np.isinf(bought_first).mean())
    spending = np.exp(SPENDING_LOG_SD * run.chance.standard_normal(run.people))
    revenue = np.sort((1.0 + np.bincount(persons, minlength=run.people)) * spending)
    found["top_fifth_revenue"] = float(revenue[-(run.people // 5) :].sum() / revenue.sum())
    return found


# ---- contract -------------------------------------------------------------------------------------------------------------
QUESTIONS = 3
BEST_SHARE, POOREST_SHARE = 0.4, 0.04


def contract(parameters: Parameters, replication: int) -> Found:
    """How expectation, perceived quality, satisfaction and loyalty go together, and who is still there a year later."""
    run = run_setting("contract", parameters, replication)
    people, log, p = run.world.persons, run.contacts(-run.records.warm_up), run.p
    perceived = np.full(run.people, np.nan)
    for visit in np.unique(log["visit"]):  # as recent contacts weigh in satisfaction
        these = log[log["visit"] == visit]
        person, now, before = these["person"], these["perceived"], perceived[these["person"]]
        weight = np.where(now >= before, p["satisfaction_weight"], p["satisfaction_weight_loss"])
        perceived[person] = np.where(np.isnan(before), now, before + weight * (now - before))
    asked = np.flatnonzero((people["status"] == CUSTOMER) & ~np.isnan(perceived))
    survey = Survey(run, asked)
    expects, quality, satisfied, loyal = (
        survey.felt(feeling[asked], QUESTIONS)
        for feeling in (people["expectation"], perceived, people["satisfaction"], people["loyalty"])
    )
    standard = [(felt - felt.mean()) / felt.std() for felt in (expects, quality, satisfied)]
    direct = np.linalg.lstsq(np.stack(standard[:2], axis=1), standard[2], rcond=None)[0]
    return {
        "satisfaction_loyalty": float(np.corrcoef(satisfied, loyal)[0, 1]),
        "expectation_quality": float(np.corrcoef(expects, quality)[0, 1]),
        "expectation_satisfaction": float(direct[0]),
        "praise_to_complaints": float(run.records.sites["praise"].sum() / run.records.sites["complaints"].sum()),
        **_a_year_later(run),
    }


def _a_year_later(run: RunOfSetting) -> Found:
    """Leaving in the year after a survey, of the poorest experience against the best; and how often both come."""
    begin = run.world.month_starts[run.records.warm_up]
    log = run.contacts(-run.records.warm_up)
    before, after = log[log["arrival"] < begin], log[log["arrival"] >= begin]
    satisfaction = np.full(run.people, np.nan)
    satisfaction[before["person"]] = before["satisfaction"]
    rated = np.flatnonzero(~np.isnan(satisfaction))
    felt = Survey(run, rated).felt(satisfaction[rated])
    best = rated[felt >= np.quantile(felt, 1 - BEST_SHARE)]
    poorest = rated[felt <= np.quantile(felt, POOREST_SHARE)]
    people = run.world.persons
    left = [-np.log(np.mean(people["status"][group] == CUSTOMER)) for group in (poorest, best)]
    stayed = people["status"] == CUSTOMER
    visits = np.bincount(after["person"], minlength=run.people)
    often = [visits[group][stayed[group]].mean() for group in (best, poorest)]
    return {"leaving_poorest_to_best": float(left[0] / left[1]), "visits_best_to_poorest": float(often[0] / often[1])}


# ---- subscription ---------------------------------------------------------------------------------------------------------
MONTHS_A_YEAR = 12


def subscription(parameters: Parameters, replication: int) -> Found:
    """What one per cent more retention, more margin or cheaper acquisition adds to the value of the customers."""
    retention, value = _value_of_customers(parameters, replication, {})
    yearly = retention**MONTHS_A_YEAR
    leaving = 1.0 - (yearly * 1.01) ** (1.0 / MONTHS_A_YEAR)
    usual = 0.0135
    kept, worth = _value_of_customers(
        parameters, replication, {"segments.customers.leaving": usual * leaving / (1.0 - retention)}
    )
    _, dearer = _value_of_customers(parameters, replication, {"segments.customers.contract.fee": 20.08})
    _, cheaper = _value_of_customers(parameters, replication, {"economics.acquisition_cost": 39.6})
    return {
        "value_by_retention": float(np.log(worth / value) / (MONTHS_A_YEAR * np.log(kept / retention))),
        "value_by_margin": float(np.log(dearer / value) / np.log(1.01)),
        "value_by_acquisition_cost": float(-np.log(cheaper / value) / np.log(0.99)),
    }


def _value_of_customers(parameters: Parameters, replication: int, values: Mapping[str, float]) -> tuple[float, float]:
    """Monthly retention, and the present value of what customers of today and tomorrow bring less what winning them costs."""
    run = run_setting("subscription", parameters, replication, values=values, contacts=False)
    months = run.records.sites[run.records.warm_up :, 0]
    paid = months["revenue"] - months["contact_cost"] - months["acquisition_cost"]
    worth = np.exp(-np.log(1.12) * (np.arange(len(months)) + 1.0) / MONTHS_A_YEAR)
    return 1.0 - months["leavers"].sum() / months["active_start"].sum(), float((paid * worth).sum())


# ---- lounge ---------------------------------------------------------------------------------------------------------------
FIRST_MONTH, BAR, LATER = slice(0, 1), slice(2, 6), slice(6, 18)
LITTLE_TO_SURPRISE = {"organisation.maturity.design": 3, "organisation.maturity.innovation": 1.2}


def lounge(parameters: Parameters, replication: int) -> Found:
    """Whether surprises wear off, whether delight raises the bar, and whether anybody gets past a closed gate."""
    run = run_setting("lounge", parameters, replication)
    plain = run_setting("lounge", parameters, replication, values=LITTLE_TO_SURPRISE)
    counts = run.records.contacts[:, 0, 0, 0]
    surprised, delighted = (counts[name] / counts["served"] for name in ("surprising", "delighted"))
    log = run.contacts()
    unsolved = (log["severity"] > 0) & (log["put_right"] == 0)
    expects = [
        each.records.contacts["expectation"][BAR].sum() / each.records.contacts["served"][BAR].sum()
        for each in (run, plain)
    ]
    return {
        "surprise_worn_off": float(surprised[LATER].mean() / surprised[FIRST_MONTH].mean()),
        "delight_worn_off": float(delighted[LATER].mean() / delighted[FIRST_MONTH].mean()),
        "bar_raised": float(expects[0] - expects[1]),
        "past_a_closed_gate": float(((log["level"] >= INDIVIDUAL_LEVEL) & unsolved).sum() / unsolved.sum()),
    }


MEASURES = {
    "airport": airport, "problems": problems, "orders": orders, "shop": shop, "contract": contract,
    "subscription": subscription, "lounge": lounge,
}  # fmt: skip
