"""Facts about employees: what they add to ratings, how engaged they are, when they quit, how standards erode under pressure; and
about units of a chain: how engagement, satisfaction, turnover and profit of many of them go together in a year.

Correlations across units are shown twice: as surveys and books of one year give them, and between true scores, where every unit is run
twice, each time with luck of its own, and the correlation of a unit with itself is taken as the reliability (Spearman 1904).
"""

from collections.abc import Mapping
from typing import Any

import numpy as np
from numpy.typing import NDArray

from sxsim.engines.records import Observer
from sxsim.engines.world import CUSTOMER, World
from sxsim.evidence.checks import SEED, RunOfSetting, Survey, rated_at_once, run_setting, stars
from sxsim.model.parameters import register
from sxsim.standard.catalogue import ELEMENTS

Found = dict[str, float]
Parameters = Mapping[str, float]

#: Shares of the ratings 1 … 5 (InstEval).
LECTURE_SHARES = (0.139, 0.176, 0.24, 0.23, 0.215)
#: From which engagement on somebody counts as engaged, and below which as actively disengaged (cut to Gallup's shares).
ENGAGED, DISENGAGED = 0.61, 0.37
#: Months of tenure between which hazards of quitting are compared.
TENURE = (0, 3, 6, 12, 24, 36)


def course(parameters: Parameters, replication: int) -> Found:
    """How much of the variance of ratings lies in the customer, the employee and the encounter."""
    run = run_setting("course", parameters, replication)
    log = run.contacts()
    rated = stars(rated_at_once(run, log), LECTURE_SHARES).astype(float)
    whole = float(rated.var(ddof=1))
    customer = 1.0 - _within(rated, log["person"]) / whole
    employee = 1.0 - _within(rated, log["post"]) / whole
    return {
        "variance_customer": customer, "variance_employee": employee, "variance_encounter": 1.0 - customer - employee,
    }  # fmt: skip


def _within(values: NDArray[np.float64], groups: NDArray[np.integer]) -> float:
    """Variance within groups, pooled."""
    _, group, size = np.unique(groups, return_inverse=True, return_counts=True)
    means = np.bincount(group, values) / size
    return float(((values - means[group]) ** 2).sum() / (len(values) - len(size)))


class _Tenures(Observer):
    """Writes down who holds each post, and for how long, month by month."""

    def __init__(self) -> None:
        self.months: list[tuple[NDArray[np.float64], NDArray[np.bool_], NDArray[np.int64]]] = []

    def organisation_done(self, world: World, month: int) -> None:
        """A month is over."""
        posts = world.posts
        self.months.append((posts["tenure"].copy(), posts["filled"] == 1, posts["holder"].copy()))


def workforce(parameters: Parameters, replication: int) -> Found:
    """How many are engaged and actively disengaged, and the hazard of quitting by tenure against that of the second year."""
    seen = _Tenures()
    run = run_setting("workforce", parameters, replication, contacts=False, observer=seen)
    engagement = run.world.posts["engagement"][run.world.posts["filled"] == 1]
    here, gone = np.zeros(len(TENURE) - 1), np.zeros(len(TENURE) - 1)
    for (tenure, filled, holder), (_, filled_then, holder_then) in zip(seen.months[:-1], seen.months[1:], strict=True):
        span = np.searchsorted(TENURE, tenure, side="right") - 1
        left = filled & (~filled_then | (holder_then != holder))
        for place in range(len(here)):
            here[place] += (filled & (span == place)).sum()
            gone[place] += (left & (span == place)).sum()
    hazard = gone / here
    second_year = hazard[TENURE.index(12)]
    found = {
        "engaged": float((engagement >= ENGAGED).mean()),
        "actively_disengaged": float((engagement < DISENGAGED).mean()),
    }
    for place in (0, 1, 2, 4):
        found[f"quitting_{TENURE[place]}_{TENURE[place + 1]}_months"] = float(hazard[place] / second_year)
    return found


class _Standards(Observer):
    """Writes down the internal time standard and the pressure, month by month."""

    def __init__(self) -> None:
        self.months: list[tuple[float, float]] = []

    def organisation_done(self, world: World, month: int) -> None:
        """A month is over."""
        self.months.append((float(world.floors["standard"][0]), float(world.floors["pressure"][0])))


#: Elements that protect standards (alignment), at their best.
PROTECTED = {"organisation.maturity": 4.8}


def lending(parameters: Parameters, replication: int) -> Found:
    """What remains of the time per customer half a year after a surge of demand, with usual and with protected standards."""
    usual, protected = _Standards(), _Standards()
    run_setting("lending", parameters, replication, contacts=False, observer=usual)
    run_setting("lending", parameters, replication, values=PROTECTED, contacts=False, observer=protected)
    return {
        "standard_after_a_surge": usual.months[-1][0],
        "standard_when_protected": protected.months[-1][0],
    }


# Units of a chain.

#: Units of one replication; every replication has units of its own.
UNITS = 60
#: What units of a chain differ in: standard deviations. They give spreads of satisfaction and margin like those that follow
#: from published contrasts (E012, E013: 2–5 and 2–9 points).
SPREADS = {
    "maturity": 0.3,  # levels, each element by itself; organisations differ by about 1.07 (E105–E108), units of one company by judgement a third
    "premises": 0.055,  # quality of a plain contact: place, product, neighbourhood; judgement
    "expectation": 0.04,  # what customers of the place expect; judgement
    "failure": 0.3,  # log of the failure rate: half of the units within ± 20 %; judgement
    "demand": 0.1,  # log of visits; daily demand of one place varies as much (bank calls: .09–.20)
    "price": 0.05,  # log; judgement
    "labour_market": 0.4,  # log of usual turnover: by sector and year 19 to 63 % quit (E133–E138)
    "fixed_cost": 0.25,  # log: rents; judgement
}
#: Customers asked in a unit.
RESPONDENTS = 100
#: Figures of a unit in a year.
FIGURES = ("engagement", "satisfaction", "turnover", "margin")
PAIRS = (
    ("engagement", "satisfaction"), ("engagement", "margin"), ("satisfaction", "margin"), ("engagement", "turnover"),
)  # fmt: skip


def unit_values(unit: int) -> tuple[dict[str, float], dict[str, float]]:
    """What is special about a unit: fields of its scenario, and parameters."""
    chance = np.random.default_rng([SEED, unit])
    drawn = {name: spread * chance.standard_normal(9) for name, spread in SPREADS.items()}
    fields = {
        f"organisation.maturity.{element}": float(np.clip(3.0 + shift, 1.0, 5.0))
        for element, shift in zip(ELEMENTS, drawn["maturity"], strict=True)
    }
    usual = register()["expectation_standard"].value
    fields["segments.customers.expectation"] = float(np.clip(usual + drawn["expectation"][0], 0.0, 1.0))
    for path, at, name in (
        ("touchpoints.counter.failure_rate", 0.05, "failure"),
        ("segments.customers.visits_per_month", 1.0, "demand"),
        ("segments.customers.revenue_per_visit", 80.0, "price"),
        ("economics.fixed_cost", 18_000.0, "fixed_cost"),
        ("economics.turnover", 0.3, "labour_market"),
    ):
        fields[path] = at * float(np.exp(drawn[name][0]))
    return fields, {"quality_kept": float(drawn["premises"][0])}


def _figures(run: RunOfSetting) -> tuple[list[float], list[float]]:
    """True figures of a unit's year, and the same as a survey of staff and customers gives them."""
    year, people, posts = run.records.sites[run.records.warm_up :, 0], run.world.persons, run.world.posts
    headcount = year["headcount"].sum()
    turnover = float(year["quits"].sum() / (headcount / 12.0))
    margin = float(year["result"].sum() / year["revenue"].sum())
    came = np.flatnonzero((people["status"] == CUSTOMER) & (people["last_visit"] > len(run.records.sites) - 6))
    true = [float(year["engagement"].sum() / headcount), float(people["satisfaction"][came].mean()), turnover, margin]
    sample = run.chance.choice(came, min(RESPONDENTS, len(came)), replace=False)
    says = Survey(run, sample).felt(people["satisfaction"][sample])
    staff = posts["engagement"][posts["filled"] == 1]
    p = run.p
    noise = np.sqrt(p["answer_scale"] ** 2 + p["answer_mood"] ** 2 + p["answer_noise"] ** 2)
    answers = staff + noise * run.chance.standard_normal(len(staff))
    return true, [float(answers.mean()), float(says.mean()), turnover, margin]


def _unit(unit: int, parameters: Parameters, replication: int) -> tuple[list[float], list[float]]:
    fields, own = unit_values(unit)
    kept = parameters.get("quality_kept", register()["quality_kept"].value)
    behaviour = {**parameters, "quality_kept": kept + own["quality_kept"]}
    return _figures(run_setting("unit", behaviour, replication, values=fields, contacts=False))


def units(parameters: Parameters, replication: int, number: int = UNITS) -> Found:
    """Correlations across units, between true scores and as surveyed, and what the best quarter has over the worst."""
    lots, whose = (0, 1), range(replication * number, (replication + 1) * number)
    done = [_unit(unit, parameters, len(lots) * unit + lot) for lot in lots for unit in whose]
    true = np.array([row[0] for row in done]).reshape(len(lots), number, len(FIGURES))
    surveyed = np.array([row[1] for row in done]).reshape(true.shape)
    found: Found = {}
    for first, second in PAIRS:
        a, b = FIGURES.index(first), FIGURES.index(second)
        found[f"{first}_{second}"] = true_correlation(true[:, :, a], true[:, :, b])
        each = [np.corrcoef(lot[:, a], lot[:, b])[0, 1] for lot in surveyed]
        found[f"{first}_{second}_surveyed"] = float(np.mean(each))
    engaged, pleased, leaving, earning = true.mean(axis=0).T
    low, high = np.quantile(engaged, [0.25, 0.75])
    best, worst = engaged >= high, engaged <= low
    found["best_quarter_satisfaction"] = float(pleased[best].mean() - pleased[worst].mean())
    found["best_quarter_margin"] = float(earning[best].mean() - earning[worst].mean())
    found["best_quarter_turnover"] = float(leaving[best].mean() / leaving[worst].mean() - 1.0)
    return found


def true_correlation(first: NDArray[Any], second: NDArray[Any]) -> float:
    """Correlation of two figures of units, each measured twice with other luck, shape (2, units), freed from luck."""
    across = np.mean([np.corrcoef(first[i], second[1 - i])[0, 1] for i in (0, 1)])
    alike = [np.corrcoef(figure[0], figure[1])[0, 1] for figure in (first, second)]
    return float(across / np.sqrt(max(alike[0], 1e-9) * max(alike[1], 1e-9)))


MEASURES = {"course": course, "workforce": workforce, "lending": lending, "units": units}
