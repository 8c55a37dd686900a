"""What no machine holds is refused. What is legal but unusual is asked back, because another unit or a slip of the finger is likelier than that it is meant.

Usual ranges stand where fields are declared (`quantity`) and, of parameters, follow from the register's. Here is what needs more
than one field to judge. Source of all: assumption.
"""

import math
from collections.abc import Iterator
from typing import Any

from pydantic import BaseModel

from sxsim.scenario.fields import Duration, week_values
from sxsim.scenario.forms.weights import settable
from sxsim.scenario.limits import POSTS, POSTS_OF_A_TEAM, TALLIES
from sxsim.scenario.parameters import usual_of
from sxsim.scenario.plan import Plan
from sxsim.scenario.problems import Path, Problem
from sxsim.scenario.reading import like_thousands
from sxsim.scenario.scenario import Scenario
from sxsim.scenario.service import posts_of

HINT = "if you mean it, say --unusual"
#: Persons on duty at a time; minutes of a time, a year; years in which a run may start; times as much in a month's season.
_STAFF, _MINUTES, _YEARS, _SEASON = 10_000.0, 525_600.0, (1950, 2100), 10.0
#: Money of a plan in a month, as a multiple of a month's revenue: more than a year brings.
_MONEY = 12.0


def unusual(scenario: Scenario, data: Any = None) -> Iterator[Problem]:
    """All that is unusual in a scenario. data: the parsed file, for how its numbers are written."""
    for path, value, unit, low, high in _quantities(scenario, ()):
        if not low <= value <= high:
            yield _asked(path, value, f"{low:g} to {high:g}", unit)
        elif unit.startswith("money") and (text := like_thousands(_written(data, path))):
            yield _thousands(path, text)
    yield from _of_times(scenario, ())
    yield from _of_staff(scenario)
    year = scenario.horizon.start.year
    if not _YEARS[0] <= year <= _YEARS[1]:
        yield _asked(("horizon", "start"), scenario.horizon.start, f"{_YEARS[0]} to {_YEARS[1]}", "year")
    for month, factor in enumerate(scenario.demand.season):
        if factor > _SEASON:
            yield _asked(("demand", "season", month), factor, f"0 to {_SEASON:g}", "ratio")
    for name, value in scenario.parameters.items():
        low, high = usual_of(settable()[name])
        if not low <= value <= high:
            yield _asked(("parameters", name), value, f"{low:g} to {high:g}", settable()[name].unit)
    yield from _of_money(scenario)


def _asked(path: Path, value: Any, usual: str, unit: str) -> Problem:
    said = f"{value:g}" if isinstance(value, int | float) else str(value)
    return Problem(path, f"(={said}) is legal but unusual: usual is {usual} ({unit})", HINT)


def _thousands(path: Path, text: str) -> Problem:
    whole, _, decimals = text.partition(".")
    said = f"(={text}) is read as {float(text):g}, which is unusual as it is written: a point sets decimals apart, not thousands"
    return Problem(path, said, f"write {whole}{decimals} or {float(text):g}; {HINT}")


def _written(data: Any, path: Path) -> Any:
    """What stands at a path in the parsed file; None where nothing does."""
    for part in path:
        try:
            data = data[part]
        except (KeyError, IndexError, TypeError):
            return data if part in ("per_month", "mean") else None  # written in short
    return data


def _parts_of(part: BaseModel, path: Path) -> Iterator[tuple[Path, Any]]:
    """All parts within a part, itself first."""
    yield path, part
    for name in type(part).model_fields:
        value = getattr(part, name)
        within: list[tuple[str | int, Any]] = []
        if isinstance(value, BaseModel):
            yield from _parts_of(value, (*path, name))
        elif isinstance(value, list):
            within = list(enumerate(value))
        elif isinstance(value, dict):
            within = list(value.items())
        for key, inner in within:
            if isinstance(inner, BaseModel):
                yield from _parts_of(inner, (*path, name, key))


def _quantities(scenario: BaseModel, path: Path) -> Iterator[tuple[Path, float, str, float, float]]:
    """Every stated quantity with a usual range: path, value, unit, range."""
    for at, part in _parts_of(scenario, path):
        for name in part.model_fields_set:
            extra, value = type(part).model_fields[name].json_schema_extra, getattr(part, name)
            if isinstance(extra, dict) and isinstance(value, int | float) and "unit" in extra:
                low, high = extra.get("usual", (float("-inf"), float("inf")))  # type: ignore[misc]
                yield (*at, name), value, str(extra["unit"]), float(low), float(high)


def _of_times(scenario: Scenario, path: Path) -> Iterator[Problem]:
    for at, part in _parts_of(scenario, path):
        if isinstance(part, Duration) and part.minutes > _MINUTES:
            yield _asked((*at, "mean"), part.mean, "up to a year", part.unit)


def _of_staff(scenario: Scenario) -> Iterator[Problem]:
    for at, part in _parts_of(scenario, ()):
        for name in ("staff", "extra_staff"):
            value = getattr(part, name, None)
            if value is not None and max(week_values(value, name)) > _STAFF:
                yield _asked((*at, name), max(week_values(value, name)), f"0 to {_STAFF:g}", "persons on duty")


def revenue_of(scenario: Scenario) -> float:
    """About what a month brings at the start, in money: visits, contacts, fees and the budget. An upper bound."""
    touchpoints = {touchpoint.name: touchpoint.revenue for touchpoint in scenario.touchpoints}
    journeys = {
        journey.name: sum(step.chance * touchpoints.get(step.touchpoint, 0.0) for step in journey.steps)
        for journey in scenario.journeys
    }
    whole = scenario.economics.budget
    for segment in scenario.segments:
        share = segment.share * scenario.market.people
        customers = (
            share * segment.customers if segment.customers is not None else segment.share * scenario.market.customers
        )
        visit = segment.revenue_per_visit + sum(
            journeys.get(name, 0.0) * part for name, part in segment.journeys.items()
        )
        fee = segment.contract.fee if segment.contract else 0.0
        whole += customers * (segment.visits_per_month * visit + fee)
    return whole


def _of_money(scenario: Scenario) -> Iterator[Problem]:
    """Plans that spend more in a month than comes in in a year."""
    revenue = revenue_of(scenario)
    for name, plan in scenario.plans.items():
        spent = _spent(plan)
        if plan.money_unit == "currency" and revenue > 0 and spent > _MONEY * revenue:
            said = f": {spent:g} {scenario.currency} a month is legal but unusual: a month's revenue is about {revenue:.0f}"
            yield Problem(("plans", name, "money"), said, HINT)


def _spent(plan: Plan) -> float:
    return sum(money.per_month for money in plan.money.values())


def too_large(scenario: Scenario) -> Iterator[Problem]:
    """What would take more memory than a machine has, or more posts than a team's luck has places for."""
    hours, places = scenario.economics.hours_per_week, {t.name: k for k, t in enumerate(scenario.touchpoints)}
    named = {team.name: k for k, team in enumerate(scenario.teams)}
    total = 0
    for team in scenario.all_teams():
        at: Path = ("teams", named[team.name]) if team.name in named else ("touchpoints", places[team.name])
        week = week_values(team.staff, "staff")
        for site in scenario.sites:
            stated = None if team.posts is None else math.ceil(team.posts * site.staff_factor - 1e-9)
            posts = posts_of([number * site.staff_factor for number in week], stated, hours)
            total += posts
            if posts > POSTS_OF_A_TEAM:
                said = f": {team.name} would have {posts:,} posts at {site.name}, must be ≤ {POSTS_OF_A_TEAM:,}"
                yield Problem((*at, "staff"), said, "cut it into several teams or sites, or take fewer")
                return
    if total > POSTS:
        yield Problem(
            ("sites",), f" have {total:,} posts in all, must be ≤ {POSTS:,}", "take fewer sites or less staff"
        )
    for name, plan in scenario.plans.items():
        for index, change in enumerate(plan.changes):
            for field in ("staff", "extra_staff"):
                value = getattr(change, field)
                most = max(week_values(value, field)) if value is not None else 0.0
                if most > POSTS_OF_A_TEAM:
                    said = f"(={most:g}) must be ≤ {POSTS_OF_A_TEAM:,} persons on duty"
                    yield Problem(("plans", name, "changes", index, field), said)
    rows = scenario.horizon.months * len(scenario.sites) * len(scenario.touchpoints)
    if rows > TALLIES:
        said = f"(={scenario.horizon.months}) × {len(scenario.sites)} sites × {len(scenario.touchpoints)} touchpoints are {rows:,}"
        yield Problem(("horizon", "months"), f"{said}, must be ≤ {TALLIES:,}", "take fewer of them")
