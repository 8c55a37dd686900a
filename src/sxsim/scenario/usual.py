"""What no run can hold, and what is legal but unusual: numbers that are too large for a computer, or likelier a slip than meant.

Posts without number and months that lie in no calendar are refused before any work. What is unusual is asked back, because
another unit or a slip of the finger is likelier than that it is meant.

Usual ranges stand where fields are declared (`quantity`) and, of parameters, follow from the register's. Here is what needs more
than one field to judge. Source of all: assumption.
"""

import math
from collections.abc import Iterator, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray
from pydantic import BaseModel

from sxsim.scenario.fields import MOST, Duration, week_values
from sxsim.scenario.forms.weights import settable
from sxsim.scenario.limits import FIRST_YEAR, LAST_YEAR, POSTS, POSTS_OF_A_TEAM, TALLIES, VISITS
from sxsim.scenario.organisation import Site
from sxsim.scenario.parameters import usual_of
from sxsim.scenario.plan import Plan
from sxsim.scenario.problems import Path, Problem
from sxsim.scenario.reading import like_thousands
from sxsim.scenario.scenario import Scenario, own_staff
from sxsim.scenario.service import Team

HINT = "if you mean it, say --unusual"
#: Persons on duty at a time; minutes of a time, a year; years in which a run may start; times as much in a month's season.
_STAFF, _MINUTES, _YEARS, _SEASON = 10_000.0, 525_600.0, (1950, 2100), 10.0
#: Money of a plan in a month, as a multiple of a month's revenue: more than a year brings.
_MONEY = 12.0
_MONTHS_A_YEAR = 12
#: What is smaller than this, of a post, is rounding.
_ROUNDING = 1e-9
_HALF_HOURS_AN_HOUR = 2.0
_FEWER = "say fewer on duty, or more hours_per_week"
_OF_A_TEAM = f"{_FEWER}, or share them among several teams"


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


def posts_of(week: NDArray[np.float64], stated: int | None, hours_per_week: float) -> int:
    """Posts that a week's staffing at a site needs: for its peak and for its hours, and at least those stated.

    week: employees on duty by half hour; stated: posts that the scenario states, at this site; hours_per_week: of a post.
    """

    def whole(number: float) -> int:
        return math.ceil(min(number, MOST) - _ROUNDING)

    by_hours = whole(float(week.sum()) / _HALF_HOURS_AN_HOUR / hours_per_week) if stated is None else stated
    return max(1, whole(float(week.max())), by_hours)


def posts_at(site: Site, team: Team, week: NDArray[np.float64], hours_per_week: float) -> int:
    """Posts of a team at a site.

    week: employees on duty by half hour, as the touchpoints say; hours_per_week: of a post.
    """
    stated = None if team.posts is None else math.ceil(team.posts * site.staff_factor - _ROUNDING)
    return posts_of(week * site.staff_factor, stated, hours_per_week)


def _more(staff: list[float], extra: object) -> list[float]:
    """Staff by half hour with extra staff on top."""
    added = week_values(extra, "extra_staff") if extra is not None else [0.0] * len(staff)
    return [a + b for a, b in zip(staff, added, strict=True)]


def staffing_of(scenario: Scenario, plan: Plan, teams: Sequence[Team]) -> tuple[list[list[list[float]]], list[int]]:
    """Employees on duty by version, team and half hour of the week, and the month from which each version holds.

    The first version is there from the beginning, warm-up included, which its month 0 stands for.
    """
    current = [week_values(team.staff, "staff") for team in teams]
    opening = {t.name: t.opening for t in scenario.touchpoints}
    own = {t.name: t.staff for t in scenario.touchpoints}
    names = [team.name for team in teams]
    versions, months = [list(current)], [0]
    for change in sorted(plan.changes, key=lambda c: c.month):
        name = change.team or change.touchpoint
        if name is None or name not in names:
            continue
        place = names.index(name)
        changes_staff = change.staff is not None or change.extra_staff is not None
        if place >= len(scenario.teams):  # a touchpoint's own staff, there while it is open
            if not (changes_staff or change.opening is not None):
                continue
            opening[name] = change.opening if change.opening is not None else opening[name]
            own[name] = change.staff if change.staff is not None else own[name]
            own[name] = _more(week_values(own[name], "staff"), change.extra_staff)
            current[place] = own_staff(own[name], opening[name])
        elif changes_staff:
            staff = current[place] if change.staff is None else week_values(change.staff, "staff")
            current[place] = _more(staff, change.extra_staff)
        else:
            continue
        versions.append(list(current))
        months.append(change.month)
    return versions, months


def too_large(scenario: Scenario) -> Iterator[Problem]:
    """What no run can hold: posts without number, months that lie in no calendar. Yields every problem."""
    yield from _beyond_the_calendar(scenario)
    rows = scenario.horizon.months * len(scenario.sites) * len(scenario.touchpoints)
    if rows > TALLIES:
        said = f"(={scenario.horizon.months}) × {len(scenario.sites)} sites × {len(scenario.touchpoints)} touchpoints are {rows:,}"
        yield Problem(("horizon", "months"), f"{said}, must be ≤ {TALLIES:,}", "take fewer of them")
    yield from _too_many_visits(scenario)
    teams = scenario.all_teams()
    own = {team.name: index for index, team in enumerate(scenario.teams)}
    places: list[Path] = [
        ("teams", own[team.name]) if team.name in own else _place_of(scenario, team) for team in teams
    ]
    weeks = np.array([week_values(team.staff, "staff") for team in teams])
    found = _posts(scenario, teams, weeks)
    for team, place, posts in zip(teams, places, found, strict=True):
        if max(posts) > POSTS_OF_A_TEAM:
            yield Problem((*place, "staff" if team.posts is None else "posts"), _said(posts, scenario), _OF_A_TEAM)
    if any(max(posts) > POSTS_OF_A_TEAM for posts in found):
        return
    most = sum(map(sum, found))
    if most > POSTS:
        yield Problem(("sites",), f" have {most:,} posts in all, must be ≤ {POSTS:,}", _FEWER)
    else:
        yield from _of_plans(scenario, teams)


def _of_plans(scenario: Scenario, teams: list[Team]) -> Iterator[Problem]:
    """The same of what plans change."""
    for name, plan in scenario.plans.items():
        if not any(c.staff is not None or c.extra_staff is not None or c.opening is not None for c in plan.changes):
            continue
        for version in staffing_of(scenario, plan, teams)[0][1:]:
            found = _posts(scenario, teams, np.array(version))
            worst = max(found, key=max)
            if max(worst) > POSTS_OF_A_TEAM or sum(map(sum, found)) > POSTS:
                yield Problem(("plans", name, "changes"), f": {_said(worst, scenario).strip()}", _OF_A_TEAM)
                break


def _posts(scenario: Scenario, teams: list[Team], weeks: NDArray[np.float64]) -> list[list[int]]:
    """Posts by team and site."""
    hours = scenario.economics.hours_per_week
    pairs = zip(teams, weeks, strict=True)
    return [[posts_at(site, team, week, hours) for site in scenario.sites] for team, week in pairs]


def _said(posts: list[int], scenario: Scenario) -> str:
    site = scenario.sites[posts.index(max(posts))].name
    return f" makes {max(posts):,} posts of a team at the site {site}, must be ≤ {POSTS_OF_A_TEAM:,}"


def _place_of(scenario: Scenario, team: Team) -> Path:
    names = [touchpoint.name for touchpoint in scenario.touchpoints]
    return ("touchpoints", names.index(team.name))


def _beyond_the_calendar(scenario: Scenario) -> Iterator[Problem]:
    horizon = scenario.horizon
    begin = horizon.start.year * _MONTHS_A_YEAR + horizon.start.month - 1
    first, last = (begin - horizon.warm_up) // _MONTHS_A_YEAR, (begin + horizon.months - 1) // _MONTHS_A_YEAR
    if not FIRST_YEAR <= first <= last <= LAST_YEAR:
        said = f"(={horizon.start}) lets the run go from the year {first} to {last}, must be within {FIRST_YEAR} to {LAST_YEAR}"
        yield Problem(("horizon", "start"), said, "choose another start, or fewer months")


def _too_many_visits(scenario: Scenario) -> Iterator[Problem]:
    months = scenario.horizon.warm_up + scenario.horizon.months
    for index, segment in enumerate(scenario.segments):
        if segment.visits_per_month * months > VISITS:
            said = f"(={segment.visits_per_month:g}) makes more than {VISITS:,} visits of a customer in {months} months"
            yield Problem(("segments", index, "visits_per_month"), said, "say fewer visits, or fewer months")
