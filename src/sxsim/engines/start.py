"""One starting state for both engines: a scenario, a plan, parameters and a seed become a world of arrays.

Here are people, posts, sites, organisation and market; what a scenario says of its service and a plan of each month is in `tables`.
"""

import math
from collections.abc import Mapping
from typing import Any

import numpy as np
from numpy.typing import NDArray

from sxsim.engines.order_of_a_month import begin_sites
from sxsim.engines.steps_of_customers import begin_people
from sxsim.engines.steps_of_employees import begin_posts, settle_staff, start_staff
from sxsim.engines.tables import PlanTables, ServiceTables, take
from sxsim.engines.world import (
    ACCOUNT,
    ACTIVITY,
    CONTACT_TALLY,
    CUSTOMER,
    DAYS_A_WEEK,
    FLOOR,
    IS_CUSTOMER,
    JOINING,
    MARKET,
    MOST_HALF_HOURS,
    OBSTACLE,
    PERSON,
    POST,
    PROSPECT,
    SEGMENT,
    SETTINGS,
    SITE,
    SITE_TALLY,
    SUB_ELEMENT,
    TEAM,
    VISIT,
    WAIT_BINS,
    World,
    month_dates,
    month_starts,
    rows_in_lines,
)
from sxsim.model import customer, employee, market
from sxsim.model.arithmetic import check_arithmetic
from sxsim.model.luck import key_of
from sxsim.model.parameters import lever_weights, record
from sxsim.scenario.fields import week_open, week_values
from sxsim.scenario.limits import POSTS_OF_A_TEAM
from sxsim.scenario.plan import Plan
from sxsim.scenario.scenario import BASE_PLAN, Scenario
from sxsim.scenario.service import Segment, Team
from sxsim.scenario.usual import posts_at
from sxsim.standard.catalogue import ACTIVITIES, ELEMENTS, LEVERS, OBSTACLES, SUB_ELEMENTS, activities, element_of

_BRANDS = {
    "low_budget": customer.LOW_BUDGET,
    "standard": customer.STANDARD,
    "premium": customer.PREMIUM,
    "luxury": customer.LUXURY,
}
_FULL_YEAR = 12.0


def plain(rule: Any) -> Any:
    """A rule as plain Python: compiling it would cost more than one call."""
    return getattr(rule, "py_func", rule)


def _given(value: float | None) -> float:
    """A value that the scenario gives, or −1 where it leaves it to the model."""
    return -1.0 if value is None else value


def interleaved(counts: list[int]) -> NDArray[np.int64]:
    """Numbers 0, 1, … each as often as its count says, spread evenly: shape (sum of counts,)."""
    places = np.concatenate([(np.arange(n) + 0.5) / n if n else np.empty(0) for n in counts])
    kinds = np.repeat(np.arange(len(counts)), counts)
    return kinds[np.argsort(places, kind="stable")]


def apportion(total: int, shares: list[float]) -> list[int]:
    """Whole numbers that add up to `total`, in proportion to `shares` (largest remainders; ties to the first)."""
    scale = math.fsum(shares) or 1.0
    exact = [total * share / scale for share in shares]
    counts = [math.floor(number + 1e-9) for number in exact]
    rest = sorted(range(len(shares)), key=lambda k: (counts[k] - exact[k], k))
    for k in rest[: total - sum(counts)]:
        counts[k] += 1
    return counts


def place_in_group(groups: NDArray[np.int64]) -> NDArray[np.int64]:
    """How many of the same group stand before each row: shape as `groups`."""
    order = np.argsort(groups, kind="stable")
    sizes = np.bincount(groups)
    places = np.empty(len(groups), np.int64)
    places[order] = np.arange(len(groups)) - np.repeat(np.cumsum(sizes) - sizes, sizes)
    return places


class Start:
    """Builds the world of one replication, table by table."""

    def __init__(self, scenario: Scenario, plan: str, values: Mapping[str, float], seed: int) -> None:
        self.scenario = scenario
        self.seed = seed
        self.plan: Plan = scenario.plans[plan]
        self.values = dict(values)
        self.parameters = record(self.values)
        horizon = scenario.horizon
        self.dates = month_dates(horizon.start, horizon.warm_up, horizon.months)
        self.months = horizon.warm_up + horizon.months
        self.teams = scenario.all_teams()
        self.touchpoints = {t.name: k for k, t in enumerate(scenario.touchpoints)}

    def world(self, replication: int, *, log_contacts: bool = False) -> World:
        """The world before the first minute of the first month."""
        tables = ServiceTables(self.scenario, self.teams).tables()
        tables |= PlanTables(self.scenario, self.plan, self.teams).tables()
        tables["posts_needed"] = self._posts_needed(tables["staffing"])
        tables |= self._everybody(tables) | self._organisation()
        tables["settings"] = self._settings(
            replication, len(tables["persons"]), len(tables["accounts"]), len(tables["posts"]), log_contacts
        )
        world = World(**tables, **self._months(), **self._still_empty(tables))
        begin_people(world)
        begin_sites(world)
        begin_posts(world)
        settle_staff(world)
        given = self.scenario.organisation
        start_staff(world, _given(given.engagement), _given(given.commitment))
        return world

    def _everybody(self, tables: Mapping[str, NDArray[Any]]) -> dict[str, NDArray[Any]]:
        """Customers, employees and where they are."""
        persons, accounts = self._people()
        teams, posts = self._posts(tables["staffing"], tables["posts_needed"])
        return {
            "persons": persons,
            "accounts": accounts,
            "segments": self._segments(),
            "teams": teams,
            "posts": posts,
            "sites": self._sites(persons, accounts, posts),
        }

    def _organisation(self) -> dict[str, NDArray[Any]]:
        """The organisation, and the market outside."""
        return {
            "parameters": self.parameters,
            "weights": lever_weights(SUB_ELEMENTS, LEVERS, self.values),
            "sub_elements": self._sub_elements(),
            "elements": np.zeros(len(ELEMENTS)),
            "activities": np.zeros(len(ACTIVITIES), ACTIVITY),
            "obstacles": self._obstacles(),
            "lowers": np.array([[float(name in each.lowers) for name in OBSTACLES] for each in activities()]),
            "market": self._market(),
        }

    def _months(self) -> dict[str, NDArray[Any]]:
        """The calendar, and what goes by it."""
        return {
            "profiles": self._profiles(),
            "rises": np.zeros(self.months + 1),
            "seasons": np.array([self.scenario.demand.season[day.month - 1] for day in self.dates[:-1]]),
            "month_starts": month_starts(self.dates),
        }

    def _still_empty(self, tables: Mapping[str, NDArray[Any]]) -> dict[str, NDArray[Any]]:
        """What fills while the world runs."""
        sites, touchpoints = len(self.scenario.sites), len(self.scenario.touchpoints)
        segments, people = len(self.scenario.segments), len(tables["persons"])
        half_hours = (sites, max(len(self.scenario.demand.profiles), 1), MOST_HALF_HOURS + 1)
        return {
            "visits": rows_in_lines(people, VISIT),
            "free_visits": np.zeros(people, np.int32),
            "neighbours": np.zeros((people, int(self.parameters[0]["acquaintances"])), np.int32),
            "joining": np.zeros((sites, segments), JOINING),
            "floors": np.zeros(sites * touchpoints, FLOOR),
            "last_demand": np.zeros((sites * touchpoints, DAYS_A_WEEK)),
            "last_staff": np.zeros((sites * touchpoints, DAYS_A_WEEK)),
            "last_other": np.zeros((sites * touchpoints, DAYS_A_WEEK)),
            "levers": np.zeros((sites, len(LEVERS))),
            "intensity": np.zeros(half_hours),
            "half_hour_at": np.zeros(half_hours, np.int32),
            "contact_tally": np.zeros((sites, touchpoints, segments), CONTACT_TALLY),
            "site_tally": np.zeros(sites, SITE_TALLY),
            "waits": np.zeros((sites, WAIT_BINS), np.int64),
        }

    def _settings(self, replication: int, people: int, accounts: int, posts: int, log_contacts: bool) -> NDArray[Any]:
        scenario, row = self.scenario, np.zeros(1, SETTINGS)
        for part in (scenario.horizon, scenario.market, scenario.demand, scenario.economics):
            take(row[0], part)
        values = {
            "seed": self.seed,
            "replication": replication,
            "months": self.months,
            "people": people,
            "accounts": accounts,
            "posts": posts,
            "sites": len(scenario.sites),
            "touchpoints": len(scenario.touchpoints),
            "segments": len(scenario.segments),
            "teams": len(self.teams),
            "capacities": len(scenario.capacities),
            "profiles": max(len(scenario.demand.profiles), 1),
            "first_weekday": self.dates[0].weekday(),
            "price": 1.0,
            "log_contacts": int(log_contacts),
            "money_of_wages": int(self.plan.money_unit == "share_of_wages"),
        }
        for name, value in values.items():
            row[0][name] = value
        return row

    def _people(self) -> tuple[NDArray[Any], NDArray[Any]]:
        scenario, market = self.scenario, self.scenario.market
        by_site = apportion(market.people, [site.share for site in scenario.sites])
        sizes = [segment.persons_per_account for segment in scenario.segments]
        sites, kinds = [], []
        for site, people in enumerate(by_site):
            counts = apportion(people, [segment.share for segment in scenario.segments])
            kinds.append(interleaved([round(count / size) for count, size in zip(counts, sizes, strict=True)]))
            sites.append(np.full(len(kinds[-1]), site))
        rows = np.zeros(sum(len(part) for part in kinds), ACCOUNT)
        rows["site"], rows["segment"] = np.concatenate(sites), np.concatenate(kinds)
        rows["persons"] = np.array(sizes)[rows["segment"]]
        rows["first"] = np.cumsum(rows["persons"]) - rows["persons"]
        keys = np.array(
            [[key_of(self.seed, "people", site.name, s.name) for s in scenario.segments] for site in scenario.sites]
        )
        group = rows["site"] * len(sizes) + rows["segment"]
        rows["ordinal"] = place_in_group(group)
        persons = rows_in_lines(int(rows["persons"].sum()), PERSON)
        owner = np.repeat(np.arange(len(rows)), rows["persons"])
        persons["account"], persons["site"], persons["segment"] = owner, rows["site"][owner], rows["segment"][owner]
        persons["luck"], persons["ordinal"] = keys[persons["site"], persons["segment"]], place_in_group(group[owner])
        status = self._starting_status(rows)
        persons["status"] = status[owner]
        rows["joins_at"][status == CUSTOMER] = IS_CUSTOMER
        return persons, rows

    def _starting_status(self, accounts: NDArray[Any]) -> NDArray[np.int64]:
        """Who is a customer at the start: the stated number, spread evenly over sites and numbers."""
        status = np.full(len(accounts), PROSPECT, np.int64)
        market = self.scenario.market
        given = [segment.customers for segment in self.scenario.segments]
        usual = market.customers / market.people if market.people else 0.0
        for segment, share in enumerate(given):
            mine = np.flatnonzero(accounts["segment"] == segment)
            number = round(len(mine) * (usual if share is None else share))
            place = np.arange(len(mine))
            chosen = ((place + 1) * number) // max(len(mine), 1) > (place * number) // max(len(mine), 1)
            status[mine[chosen]] = CUSTOMER
        return status

    def _posts_needed(self, staffing: NDArray[np.float64]) -> NDArray[np.int64]:
        """Posts by version of the staffing and team of each site: a plan that needs more people has more posts."""
        hours = self.scenario.economics.hours_per_week
        needed = np.zeros((len(staffing), len(self.scenario.sites) * len(self.teams)), np.int64)
        for version, table in enumerate(staffing):
            for site, place in enumerate(self.scenario.sites):
                for index, team in enumerate(self.teams):
                    needed[version, site * len(self.teams) + index] = posts_at(place, team, table[index], hours)
        return needed

    def _posts(self, staffing: NDArray[np.float64], needed: NDArray[np.int64]) -> tuple[NDArray[Any], NDArray[Any]]:
        economics = self.scenario.economics
        teams = np.zeros(len(self.scenario.sites) * len(self.teams), TEAM)
        posts: list[tuple[int, int, int, int]] = []
        for site, place in enumerate(self.scenario.sites):
            for index, team in enumerate(self.teams):
                number_of_team = site * len(self.teams) + index
                row = teams[number_of_team]
                take(row, team)
                row["luck"] = key_of(self.seed, "team", place.name, team.name)
                row["serves"] = sum(1 << self.touchpoints[name] for name in team.serves)
                row["partner"] = int(team.partner)
                row["first"] = len(posts)
                row["posts"] = needed[:, number_of_team].max()
                row["posts_a_shift"] = math.ceil(staffing[0, index].max() * place.staff_factor - 1e-9)
                row["break_every"] = team.breaks.every if team.breaks else math.inf
                row["break_length"] = team.breaks.length if team.breaks else 0.0
                row["wage"] = economics.wage if team.wage is None else team.wage
                row["pay"] = self._pay(team)
                row["quitting"] = (economics.turnover if team.turnover is None else team.turnover) / _FULL_YEAR
                posts += [
                    (number_of_team * POSTS_OF_A_TEAM + number, site, number_of_team, number)
                    for number in range(row["posts"])
                ]
        rows = rows_in_lines(len(posts), POST)
        if posts:
            columns = zip(*posts, strict=True)
            rows["identity"], rows["site"], rows["team"], rows["number"] = (np.array(column) for column in columns)
        return teams, rows

    def _pay(self, team: Team) -> float:
        """How far a team's pay is above what such posts pay elsewhere; as elsewhere unless the scenario says so."""
        economics = self.scenario.economics
        wage = economics.wage if team.wage is None else team.wage
        elsewhere = team.market_wage
        if elsewhere is None and team.wage is None:
            elsewhere = economics.market_wage
        return float(plain(employee.pay_lead)(wage, wage if elsewhere is None else elsewhere))

    def _segments(self) -> NDArray[Any]:
        scenario = self.scenario
        rows = np.zeros(len(scenario.segments), SEGMENT)
        profiles = list(scenario.demand.profiles)
        usual = self._usual_expectation()
        for row, segment in zip(rows, scenario.segments, strict=True):
            expectation = usual if segment.expectation is None else segment.expectation
            take(row, segment)
            row["profile"] = profiles.index(segment.profile) if segment.profile else 0
            row["expectation"] = expectation
            row["joining"] = self._joining(segment)
            row["satisfaction"] = expectation if segment.satisfaction is None else segment.satisfaction
            row["fee"] = segment.contract.fee if segment.contract else 0.0
            row["term"] = segment.contract.months if segment.contract else 0
        return rows

    def _usual_expectation(self) -> float:
        """What customers of this brand position usually expect, 0–1."""
        brand = self.scenario.organisation.brand_position
        return float(plain(customer.usual_expectation)(_BRANDS[brand], self.parameters.view(np.recarray)[0]))

    def _joining(self, segment: Segment) -> float:
        """Chance to join that balances leaving at the start, unless the scenario states one."""
        if segment.joining is not None:
            return segment.joining
        people = self.scenario.market
        share = segment.customers
        if share is None:
            share = people.customers / people.people if people.people else 0.0
        term = segment.contract.months if segment.contract else 1
        return float(plain(market.balanced_joining)(segment.leaving, term, share))

    def _sites(self, persons: NDArray[Any], accounts: NDArray[Any], posts: NDArray[Any]) -> NDArray[Any]:
        rows = np.zeros(len(self.scenario.sites), SITE)
        for first, number, of in (
            ("first_person", "people", persons), ("first_account", "accounts", accounts), ("first_post", "posts", posts),
        ):  # fmt: skip
            rows[number] = np.bincount(of["site"], minlength=len(rows))
            rows[first] = np.cumsum(rows[number]) - rows[number]
        rows["customers"] = np.bincount(persons["site"][persons["status"] == CUSTOMER], minlength=len(rows))
        rows["luck"] = [key_of(self.seed, "site", site.name) for site in self.scenario.sites]
        for row, site in zip(rows, self.scenario.sites, strict=True):
            take(row, site)
        rows["reputation"] = self.scenario.organisation.reputation
        return rows

    def _sub_elements(self) -> NDArray[Any]:
        anchored_by = {element: k for k, each in enumerate(activities()) for element in each.anchors}
        rows = np.zeros(len(SUB_ELEMENTS), SUB_ELEMENT)
        for row, name in zip(rows, SUB_ELEMENTS, strict=True):
            row["element"] = ELEMENTS.index(element_of(name))
            row["anchored_by"] = anchored_by[element_of(name)]
            row["maturity"] = row["established"] = row["seen"] = self.scenario.organisation.maturity_of(name)
        return rows

    def _obstacles(self) -> NDArray[Any]:
        rows = np.zeros(len(OBSTACLES), OBSTACLE)
        given = self.scenario.organisation.obstacles
        rows["severity"] = rows["start"] = [getattr(given, name) for name in OBSTACLES]
        return rows

    def _market(self) -> NDArray[Any]:
        row = np.zeros(1, MARKET)
        take(row[0], self.scenario.market)
        quality = self.scenario.market.outside_quality
        row[0]["outside_quality"] = self._usual_expectation() if quality is None else quality
        return row

    def _profiles(self) -> NDArray[np.float64]:
        rows = np.array([week_values(profile, "profile") for profile in self.scenario.demand.profiles.values()])
        if not len(rows):
            firsts = {journey.steps[0].touchpoint for journey in self.scenario.journeys}
            openings = [week_open(t.opening) for t in self.scenario.touchpoints if t.name in firsts]
            rows = np.max(np.array(openings), axis=0, keepdims=True)
            rows = rows if rows.any() else np.ones_like(rows)
        shaped: NDArray[np.float64] = rows / rows.mean(axis=1, keepdims=True)
        return shaped


def start(
    scenario: Scenario, plan: str = BASE_PLAN, *, seed: int = 1, replication: int = 0, log_contacts: bool = False
) -> World:
    """The world of one replication of a plan, before its first minute.

    Parameters of the scenario override the register. seed ≥ 0, replication ≥ 0. Raises ComputesOtherwise where this machine's
    arithmetic differs from that of others.
    """
    check_arithmetic()
    return Start(scenario, plan, scenario.parameters, seed).world(replication, log_contacts=log_contacts)
