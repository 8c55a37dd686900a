"""What the pictures of a run and a comparison show: results as plain data, handed to the room that draws."""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from sxsim.pictures import organisation, plans, run
from sxsim.pictures.canvas import Between, Kind, Kpi
from sxsim.results.intervals import Interval, interval
from sxsim.results.kpis import KPIS, PERCENT
from sxsim.results.maturity import NEAR, STAGES, Commitment, Maturity
from sxsim.results.result import Comparison, Result, unit_of
from sxsim.results.summary import YEAR, pyramid_shares
from sxsim.scenario.scenario import Scenario
from sxsim.standard.catalogue import ELEMENTS

if TYPE_CHECKING:
    import pandas as pd

_LOW, _HIGH = 0.1, 0.9
#: KPIs of the forest by group; a group has an axis of its own, in % of the base's value or in money.
_RELATIVE = {
    "contacts": ("level_0", "level_3", "level_4", "wait_mean", "abandon_rate", "turned_away_rate", "recovery_rate"),
    "customers": (
        "delight_rate", "satisfaction", "loyalty", "nps", "churn_rate", "retention_12m", "active_customers",
    ),
    "people and maturity": ("engagement", "commitment", "turnover_12m", "maturity_level", "maturity_mean"),
}  # fmt: skip
_MONEY = {"money a month": ("revenue", "cost", "result"), "money over the horizon": ("npv", "customer_equity")}


def kpi_of(name: str, scenario: Scenario) -> Kpi:
    """A KPI as pictures name it."""
    return Kpi(name, KPIS[name].meaning, unit_of(name, scenario), KPIS[name].better == "lower")


def basis(result: Result) -> str:
    """What a picture rests on: scenario, plan, runs and seed."""
    runs = "run" if result.replications == 1 else "runs"
    return f"{result.scenario.name} · plan {result.plan} · {result.replications} {runs}, seed {result.seed}"


def draw_run(result: Result, folder: Path) -> None:
    """Draw the pictures of a run into a folder."""
    said, horizon = basis(result), result.scenario.horizon
    run.pyramid(pyramid_spans(result), said, folder / "pyramid.png")
    run.effect_chain(chain(result), horizon.warm_up, said, folder / "effect_chain.png")
    run.journey(stops(result), said, folder / "journey.png")
    organisation.maturity(maturing(result.maturity), said, folder / "maturity.png")
    plan = result.scenario.plans[result.plan]
    organisation.commitment(committing(result.commitment), plan, horizon.months, said, folder / "commitment.png")


def draw_comparison(comparison: Comparison, folder: Path) -> None:
    """Draw the pictures of a comparison into a folder."""
    base = comparison.base
    runs = f"{base.scenario.name} · {base.replications} paired run{'' if base.replications == 1 else 's'}, seed {base.seed}"
    plans.differences(panels(comparison), base.plan, runs, folder / "differences.png")
    plans.forest(changes(comparison), base.plan, runs, folder / "forest.png")
    money = {
        plan: plans.Money(c.cumulative, c.payback_month, c.brief, c.chance_better[0])
        for plan, c in comparison.cash.items()
    }
    plans.money(money, base.plan, base.scenario.currency, runs, folder / "cash.png")
    everything = (base, *comparison.others)
    organisation.commitment_by_plan(
        {each.plan: committing(each.commitment) for each in everything}, runs, folder / "commitment.png"
    )
    organisation.maturity_by_plan(
        {each.plan: maturing(each.maturity) for each in everything}, runs, folder / "maturity.png"
    )


def pyramid_spans(result: Result) -> list[tuple[str, list[Interval]]]:
    """The pyramid of the first and of the last year; of one year or less only once."""
    months = result.scenario.horizon.months
    spans = [("first year", slice(0, min(YEAR, months))), ("last year", slice(max(0, months - YEAR), months))]
    return [
        (f"{name} (months {span.start}–{span.stop - 1})", pyramid_shares(result, span))
        for name, span in (spans if months > YEAR else spans[:1])
    ]


def chain(result: Result) -> list[run.Link]:
    """The effect chain, link by link."""
    monthly, currency = chain_values(result), result.scenario.currency
    links: Sequence[tuple[str, str, str, Kind]] = [
        ("service excellence", "mean maturity of the nine elements", "capability", ""),
        ("people", "commitment of employees, 0–1", "commitment", ""),
        ("excellent provision", "contacts at level 3 or 4", "provision", "share"),
        ("outstanding experience", "perceived less expected, points", "gap", ""),
        ("customer delight", "delighted contacts", "delight_rate", "share"),
        ("customer loyalty", "loyalty of active customers, 0–100", "loyalty", ""),
        ("customers", "active customers", "active_customers", "number"),
        ("business success", f"result, {currency} a month", "result", "number"),
    ]
    found = []
    for title, label, value, kind in links:
        by_run = monthly.groupby(["month", "replication"])[value].mean().unstack()
        low, high = (by_run.quantile(q, axis=1).to_numpy() for q in (_LOW, _HIGH))
        found.append(run.Link(title, label, kind, list(by_run.index), by_run.mean(axis=1).to_numpy(), low, high))
    return found


def chain_values(result: Result) -> "pd.DataFrame":
    """The links of the effect chain by replication and month."""
    monthly = result.monthly.copy()
    monthly["capability"] = monthly[[f"maturity.{slug}" for slug in ELEMENTS]].mean(axis=1)
    monthly["provision"] = monthly["level_3"] + monthly["level_4"]
    keys = ["replication", "month"]
    values = {"active_customers": "sum", "result": "sum"}
    means = ("capability", "commitment", "provision", "delight_rate", "loyalty")
    frame = monthly.groupby(keys).agg(values | dict.fromkeys(means, "mean")).reset_index()
    touchpoints = result.touchpoints.dropna(subset=["gap"])
    weighted = (
        touchpoints.assign(weight=touchpoints["gap"] * touchpoints["served"]).groupby(keys)[["weight", "served"]].sum()
    )
    gap = (100 * weighted["weight"] / weighted["served"]).rename("gap")
    return frame.merge(gap, on=keys, how="left")


def stops(result: Result) -> list[run.Stop]:
    """The journey in the last twelve months, touchpoint by touchpoint and segment."""
    scenario = result.scenario
    last = result.touchpoints[result.touchpoints["month"] >= max(0, scenario.horizon.months - YEAR)]
    weighted = last.assign(
        expected=(last["expectation_mean"] * last["served"]).fillna(0.0),
        perceived=(last["perceived_mean"] * last["served"]).fillna(0.0),
        attempts=last[["served", "abandoned", "balked", "turned_away"]].sum(axis=1),
    )
    sums = weighted.groupby(["touchpoint", "segment"])[["expected", "perceived", "served", "attempts"]].sum()
    sums = sums[sums["served"] > 0]
    found = []
    for touchpoint in (each.name for each in scenario.touchpoints):
        for segment in (each.name for each in scenario.segments):
            if (touchpoint, segment) in sums.index:
                row: Any = sums.loc[(touchpoint, segment)]
                served = float(row["served"])
                expected, perceived = (100 * float(row[k]) / served for k in ("expected", "perceived"))
                found.append(run.Stop(touchpoint, segment, expected, perceived, 1 - served / float(row["attempts"])))
    return found


def maturing(found: Maturity) -> organisation.Maturing:
    """Maturity, mean of the runs."""
    reached = {
        (step.level, step.name): np.maximum.accumulate(found.level >= step.level - NEAR, axis=1).mean(axis=0)
        for step in found.steps
    }
    level, true, seen = (each.mean(axis=0) for each in (found.level, found.true, found.seen))
    return organisation.Maturing(found.elements.mean(axis=0), level, true, seen, found.weakest, reached)


def committing(found: Commitment) -> organisation.Committing:
    """Commitment, mean of the runs."""
    stages = found.stages
    mean = np.nanmean(stages, axis=0) if np.isfinite(stages).any(axis=0).all() else np.full(stages.shape[1:], np.nan)
    start, end = (found.obstacles[:, month].mean(axis=0) for month in (0, -1))
    return organisation.Committing({stage: mean[:, k] for k, stage in enumerate(STAGES)}, start, end)


def panels(comparison: Comparison) -> list[plans.Panel]:
    """Paired differences over the months, measure by measure."""
    currency = comparison.base.scenario.currency
    shown: Sequence[tuple[str, str, str, Kind]] = [
        ("excellent provision", "contacts at level 3 or 4, points", "provision", ""),
        ("customer delight", "delighted contacts, points", "delight_rate", ""),
        ("satisfaction", "0–100", "satisfaction", ""),
        ("customer loyalty", "0–100", "loyalty", ""),
        ("customers", "active customers", "active_customers", "number"),
        ("cumulative result", f"undiscounted, {currency}", "cumulative_result", "number"),
    ]
    values = {other.plan: difference_values(comparison.base, other) for other in comparison.others}
    return [
        plans.Panel(title, label, kind, {plan: _course(frame[value]) for plan, frame in values.items()})
        for title, label, value, kind in shown
    ]


def _course(values: "pd.Series[float]") -> plans.Course:
    """Mean and interval by month."""
    by_run = values.unstack("replication")
    found = [interval(row) for row in by_run.to_numpy()]
    mean, low, high = (np.array([getattr(each, name) for each in found]) for name in ("mean", "low", "high"))
    return plans.Course(list(by_run.index), mean, low, high)


def difference_values(base: Result, other: Result) -> "pd.DataFrame":
    """Paired differences of the organisation by month and replication, from month 0."""
    frames = []
    for result in (other, base):
        monthly = result.monthly[result.monthly["month"] >= 0].copy()
        monthly["provision"] = 100 * (monthly["level_3"] + monthly["level_4"])
        monthly["delight_rate"] *= 100
        means = dict.fromkeys(("provision", "delight_rate", "satisfaction", "loyalty"), "mean")
        frame = monthly.groupby(["month", "replication"]).agg(means | {"active_customers": "sum", "result": "sum"})
        frame["cumulative_result"] = frame.groupby("replication")["result"].cumsum()
        frames.append(frame)
    return frames[0] - frames[1]


def changes(comparison: Comparison) -> dict[str, plans.Group]:
    """What plans do to each KPI of the forest, as a share of the base's value, or in money."""
    currency, base = comparison.base.scenario.currency, comparison.base.intervals
    found: dict[str, plans.Group] = {}
    for group, names in _RELATIVE.items():
        scales = {name: PERCENT if name == "nps" else abs(base[name].mean) for name in names}
        found[f"{group}, in % of {comparison.base.plan}'s value"] = plans.Group(
            _changes(comparison, scales), relative=True
        )
    for group, names in _MONEY.items():
        found[f"{group}, {currency}"] = plans.Group(_changes(comparison, dict.fromkeys(names, 1.0)), relative=False)
    return found


def _changes(comparison: Comparison, scales: Mapping[str, float]) -> list[plans.Change]:
    """What plans do to some KPIs, each by its scale; those without one are left out."""
    found = []
    for name, scale in scales.items():
        if scale > 0 and np.isfinite(comparison.base.intervals[name].mean):
            parts = {
                plan: _part(comparison.verdicts[plan][name].interval or each[name], scale)
                for plan, each in comparison.differences.items()
            }
            words = {plan: each[name].word for plan, each in comparison.verdicts.items()}
            found.append(plans.Change(name, KPIS[name].better == "lower", parts, words))
    return found


def _part(value: Interval, scale: float) -> Between:
    """An interval in parts of a scale."""
    return Between(value.mean / scale, value.low / scale, value.high / scale)
