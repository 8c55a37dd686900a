"""One starting state for both engines: a scenario, a plan, parameters and a seed become a world of arrays."""

import math
from collections.abc import Mapping
from typing import Any

import numpy as np
from numpy.typing import NDArray

from sxsim.engines.calendar import month_dates, month_starts
from sxsim.engines.order_of_a_month import begin_sites
from sxsim.engines.steps_of_customers import begin_people
from sxsim.engines.steps_of_employees import begin_posts, settle_staff, start_staff
from sxsim.engines.world import (
    ACCOUNT,
    ACTIVITY,
    CAPACITY,
    CONTACT_TALLY,
    CONTACT_TYPE,
    CUSTOMER,
    DAYS_A_WEEK,
    FLOOR,
    HALF_HOUR,
    HALF_HOURS_A_WEEK,
    IS_CUSTOMER,
    JOINING,
    JOURNEY,
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
    STEP,
    SUB_ELEMENT,
    TEAM,
    TOUCHPOINT,
    VISIT,
    WAIT_BINS,
    World,
    rows_in_lines,
)
from sxsim.model import customer
from sxsim.model.arithmetic import gamma, log
from sxsim.model.demand import CONSTANT, EXPONENTIAL, LOGNORMAL, NEVER, WEIBULL
from sxsim.model.luck import key_of, name_of_place
from sxsim.model.parameters import lever_weights, record
from sxsim.model.self_test import check_arithmetic
from sxsim.scenario.fields import Duration, half_hour, week_open, week_values
from sxsim.scenario.plan import Effort, Money, Plan
from sxsim.scenario.scenario import BASE_PLAN, Scenario, own_staff
from sxsim.scenario.service import Nights, Segment, Touchpoint
from sxsim.standard.catalogue import ACTIVITIES, ELEMENTS, LEVERS, OBSTACLES, SUB_ELEMENTS, activities, element_of

_FAMILIES = {"constant": CONSTANT, "exponential": EXPONENTIAL, "lognormal": LOGNORMAL, "weibull": WEIBULL}
_BRANDS = {
    "low_budget": customer.LOW_BUDGET,
    "standard": customer.STANDARD,
    "premium": customer.PREMIUM,
    "luxury": customer.LUXURY,
}
_FULL_YEAR = 12.0
#: Posts that a team may have: a post keeps its luck whatever other teams are like.
MOST_POSTS = 1 << 14


def duration_code(duration: Duration | None) -> tuple[int, float, float, float]:
    """Family, two numbers and mean in minutes of a duration, as `demand.duration` takes them. None: never ends."""
    if duration is None:
        return NEVER, 0.0, 0.0, math.inf
    mean = duration.minutes
    if mean == 0.0:
        return CONSTANT, 0.0, 0.0, 0.0
    if duration.distribution == "lognormal":
        variation = duration.variation or 0.0
        variance = log(1.0 + variation * variation)
        return LOGNORMAL, log(mean) - variance / 2.0, math.sqrt(variance), mean
    if duration.distribution == "weibull":
        power = 1.0 / (duration.shape or 1.0)
        return WEIBULL, mean / gamma(1.0 + power), power, mean
    return _FAMILIES[duration.distribution], mean, 0.0, mean


def _given(value: float | None) -> float:
    """A value that the scenario gives, or −1 where it leaves it to the model."""
    return -1.0 if value is None else value


def _more(staff: list[float], extra: object) -> list[float]:
    """Staff by half hour with extra staff on top."""
    added = week_values(extra, "extra_staff") if extra is not None else [0.0] * len(staff)
    return [a + b for a, b in zip(staff, added, strict=True)]


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


def posts_of(week: NDArray[np.float64], stated: int | None, hours_per_week: float) -> int:
    """Posts that a week's staffing at a site needs: for its peak and for its hours, and at least those stated."""
    by_hours = math.ceil(float(week.sum()) / 2.0 / hours_per_week - 1e-9) if stated is None else stated
    return max(1, math.ceil(float(week.max()) - 1e-9), by_hours)


class Start:
    """Builds the world of one replication, table by table."""

    def __init__(self, scenario: Scenario, plan: str, values: Mapping[str, float], seed: int) -> None:
        self.scenario = scenario
        self.seed = seed
        self.plan: Plan = scenario.plans[plan]
        self.values = dict(values)
        horizon = scenario.horizon
        self.dates = month_dates(horizon.start, horizon.warm_up, horizon.months)
        self.months = horizon.warm_up + horizon.months
        self.teams = scenario.all_teams()
        self.touchpoints = {t.name: k for k, t in enumerate(scenario.touchpoints)}
        self.capacities = {c.name: k for k, c in enumerate(scenario.capacities)}

    def world(self, replication: int, *, log_contacts: bool = False) -> World:
        """The world before the first minute of the first month."""
        scenario, sites = self.scenario, len(self.scenario.sites)
        touchpoints, segments = len(scenario.touchpoints), len(scenario.segments)
        contact_types = self._contact_types()
        staffing, staffing_in_force = self._staffing()
        posts_needed = self._posts_needed(staffing)
        opening, opening_in_force = self._opening()
        persons, accounts = self._people()
        teams, posts = self._posts(staffing, posts_needed)
        profiles = self._profiles()
        world = World(
            settings=self._settings(replication, len(persons), len(accounts), len(posts), log_contacts),
            parameters=record(self.values),
            persons=persons,
            visits=rows_in_lines(len(persons), VISIT),
            free_visits=np.zeros(len(persons), np.int32),
            accounts=accounts,
            neighbours=np.zeros((len(persons), int(record(self.values)[0]["acquaintances"])), np.int32),
            posts=posts,
            teams=teams,
            segments=self._segments(),
            joining=np.zeros((sites, segments), JOINING),
            journeys=self._journeys(),
            journey_shares=self._journey_shares(),
            steps=self._steps(),
            contact_types=contact_types,
            touchpoints=self._touchpoints(),
            floors=np.zeros(sites * touchpoints, FLOOR),
            last_demand=np.zeros((sites * touchpoints, DAYS_A_WEEK)),
            last_staff=np.zeros((sites * touchpoints, DAYS_A_WEEK)),
            last_other=np.zeros((sites * touchpoints, DAYS_A_WEEK)),
            capacities=self._capacities(),
            sites=self._sites(persons, accounts, posts),
            levers=np.zeros((sites, len(LEVERS))),
            weights=lever_weights(SUB_ELEMENTS, LEVERS, self.values),
            sub_elements=self._sub_elements(),
            elements=np.zeros(len(ELEMENTS)),
            activities=np.zeros(len(ACTIVITIES), ACTIVITY),
            efforts=self._efforts(),
            obstacles=self._obstacles(),
            lowers=np.array([[float(name in each.lowers) for name in OBSTACLES] for each in activities()]),
            market=self._market(),
            profiles=profiles,
            intensity=np.zeros((sites, len(profiles), MOST_HALF_HOURS + 1)),
            half_hour_at=np.zeros((sites, len(profiles), MOST_HALF_HOURS + 1), np.int32),
            staffing=staffing,
            staffing_in_force=staffing_in_force,
            posts_needed=posts_needed,
            opening=opening,
            opening_in_force=opening_in_force,
            promised_wait=self._promised_wait(),
            element_money=self._money(ELEMENTS),
            sub_element_money=self._money(SUB_ELEMENTS),
            funded=self._by_month(0.0, [(0, self.plan.funded_by_result)]),
            prices=self._by_month(1.0, [(c.month, c.price) for c in self.plan.changes]),
            promises=self._by_month(0.0, [(c.month, c.promise) for c in self.plan.changes]),
            rises=np.zeros(self.months + 1),
            seasons=np.array([scenario.demand.season[day.month - 1] for day in self.dates[:-1]]),
            month_starts=month_starts(self.dates),
            contact_tally=np.zeros((sites, touchpoints, segments), CONTACT_TALLY),
            site_tally=np.zeros(sites, SITE_TALLY),
            waits=np.zeros((sites, WAIT_BINS), np.int64),
        )
        begin_people(world)
        begin_sites(world)
        begin_posts(world)
        settle_staff(world)
        given = scenario.organisation
        start_staff(world, _given(given.engagement), _given(given.commitment))
        return world

    def _settings(self, replication: int, people: int, accounts: int, posts: int, log_contacts: bool) -> NDArray[Any]:
        scenario, economics = self.scenario, self.scenario.economics
        row = np.zeros(1, SETTINGS)
        values = {
            "seed": self.seed,
            "replication": replication,
            "warm_up": scenario.horizon.warm_up,
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
            "expectation_drift": scenario.market.expectation_drift,
            "price": 1.0,
            "daily_variation": scenario.demand.daily_variation,
            "log_contacts": int(log_contacts),
            "money_of_wages": int(self.plan.money_unit == "share_of_wages"),
        }
        money: tuple[str, ...] = (
            "hiring_cost",
            "acquisition_cost",
            "failure_minor",
            "failure_major",
            "compensation",
            "gesture",
        )
        money += ("fixed_cost", "budget", "overtime")
        for name in money:
            values[name] = getattr(economics, name)
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
                    stated = None if team.posts is None else math.ceil(team.posts * place.staff_factor - 1e-9)
                    week = table[index] * place.staff_factor
                    needed[version, site * len(self.teams) + index] = posts_of(week, stated, hours)
        return needed

    def _posts(self, staffing: NDArray[np.float64], needed: NDArray[np.int64]) -> tuple[NDArray[Any], NDArray[Any]]:
        economics = self.scenario.economics
        teams = np.zeros(len(self.scenario.sites) * len(self.teams), TEAM)
        posts: list[tuple[int, int, int, int]] = []
        for site, place in enumerate(self.scenario.sites):
            for index, team in enumerate(self.teams):
                number_of_team = site * len(self.teams) + index
                row = teams[number_of_team]
                row["luck"] = key_of(self.seed, "team", place.name, team.name)
                row["serves"] = sum(1 << self.touchpoints[name] for name in team.serves)
                row["partner"] = int(team.partner)
                row["first"] = len(posts)
                row["posts"] = needed[:, number_of_team].max()
                row["posts_a_shift"] = math.ceil(staffing[0, index].max() * place.staff_factor - 1e-9)
                row["availability"] = team.availability
                row["break_every"] = team.breaks.every if team.breaks else math.inf
                row["break_length"] = team.breaks.length if team.breaks else 0.0
                row["wage"] = economics.wage if team.wage is None else team.wage
                row["quitting"] = (economics.turnover if team.turnover is None else team.turnover) / _FULL_YEAR
                row["speed_variation"] = team.speed_variation
                row["other_work"] = team.other_work
                posts += [
                    (number_of_team * MOST_POSTS + number, site, number_of_team, number)
                    for number in range(row["posts"])
                ]
        rows = rows_in_lines(len(posts), POST)
        if posts:
            columns = zip(*posts, strict=True)
            rows["identity"], rows["site"], rows["team"], rows["number"] = (np.array(column) for column in columns)
        return teams, rows

    def _segments(self) -> NDArray[Any]:
        scenario = self.scenario
        rows = np.zeros(len(scenario.segments), SEGMENT)
        profiles = list(scenario.demand.profiles)
        usual = self._usual_expectation()
        for row, segment in zip(rows, scenario.segments, strict=True):
            expectation = usual if segment.expectation is None else segment.expectation
            row["rate"] = segment.visits_per_month
            row["rate_variation"] = segment.visit_variation
            row["profile"] = profiles.index(segment.profile) if segment.profile else 0
            row["head_start"] = segment.head_start
            row["patience_factor"] = segment.patience_factor
            row["patience_variation"] = segment.patience_variation
            row["expectation"] = expectation
            row["wish"] = segment.wish
            row["price_sensitivity"] = segment.price_sensitivity
            row["leaving"] = segment.leaving
            row["joining"] = self._joining(segment)
            row["satisfaction"] = expectation if segment.satisfaction is None else segment.satisfaction
            row["bond"] = segment.bond
            row["revenue"] = segment.revenue_per_visit
            row["fee"] = segment.contract.fee if segment.contract else 0.0
            row["term"] = segment.contract.months if segment.contract else 0
        return rows

    def _usual_expectation(self) -> float:
        """What customers of this brand position usually expect, 0–1."""
        brand = self.scenario.organisation.brand_position
        return float(customer.usual_expectation(_BRANDS[brand], record(self.values)[0]))

    def _joining(self, segment: Segment) -> float:
        """Chance to join that balances leaving at the start, unless the scenario states one."""
        if segment.joining is not None:
            return segment.joining
        market = self.scenario.market
        share = segment.customers
        if share is None:
            share = market.customers / market.people if market.people else 0.0
        leaving = segment.leaving / (segment.contract.months if segment.contract else 1)
        return min(leaving * share / (1.0 - share), 1.0) if share < 1.0 else 0.0

    def _journeys(self) -> NDArray[Any]:
        rows = np.zeros(len(self.scenario.journeys), JOURNEY)
        rows["steps"] = [len(journey.steps) for journey in self.scenario.journeys]
        rows["first"] = np.cumsum(rows["steps"]) - rows["steps"]
        return rows

    def _journey_shares(self) -> NDArray[np.float64]:
        names = [journey.name for journey in self.scenario.journeys]
        shares = np.array([[segment.journeys.get(name, 0.0) for name in names] for segment in self.scenario.segments])
        return np.cumsum(shares, axis=1)

    def _steps(self) -> NDArray[Any]:
        rows = np.zeros(sum(len(journey.steps) for journey in self.scenario.journeys), STEP)
        number = 0
        for journey in self.scenario.journeys:
            for position, step in enumerate(journey.steps):
                row = rows[number]
                touchpoint = self.touchpoints[step.touchpoint]
                row["touchpoint"] = touchpoint
                row["occurrence"] = sum(other.touchpoint == step.touchpoint for other in journey.steps[:position])
                row["contact_type"] = self._contact_type_number(touchpoint, step.contact_type)
                delay = step.after
                if isinstance(delay, Nights):
                    code = duration_code(delay.nights)
                    row["nights"], row["night_time"] = 1, half_hour(delay.at) * HALF_HOUR
                    row["night_within"] = delay.within
                else:
                    code = duration_code(delay) if delay is not None else (CONSTANT, 0.0, 0.0, 0.0)
                row["delay_kind"], row["delay_first"], row["delay_second"] = code[:3]
                row["chance"] = step.chance
                row["essential"] = int(position == 0 if step.essential is None else step.essential)
                row["hold"] = self.capacities[step.hold] if step.hold else -1
                row["release"] = self.capacities[step.release] if step.release else -1
                number += 1
        return rows

    def _contact_type_number(self, touchpoint: int, name: str | None) -> int:
        before = sum(1 + len(t.contact_types) for t in self.scenario.touchpoints[:touchpoint])
        if name is None:
            return before
        return before + 1 + [kind.name for kind in self.scenario.touchpoints[touchpoint].contact_types].index(name)

    def _contact_types(self) -> NDArray[Any]:
        """The touchpoint's own figures first, then its contact types, touchpoint by touchpoint."""
        rows = np.zeros(sum(1 + len(t.contact_types) for t in self.scenario.touchpoints), CONTACT_TYPE)
        number = 0
        for touchpoint in self.scenario.touchpoints:
            for kind in (None, *touchpoint.contact_types):
                row = rows[number]
                service = touchpoint.service_time if kind is None else kind.service_time or touchpoint.service_time
                patience = touchpoint.patience if kind is None else kind.patience or touchpoint.patience
                code = duration_code(service)
                row["service_kind"], row["service_first"], row["service_second"], row["service_mean"] = code
                code = duration_code(patience)
                row["patience_kind"], row["patience_first"], row["patience_second"], row["patience_mean"] = code
                failure = touchpoint.failure_rate if kind is None else kind.failure_rate
                query = touchpoint.query_rate if kind is None else kind.query_rate
                row["failure"] = touchpoint.failure_rate if failure is None else failure
                row["query"] = touchpoint.query_rate if query is None else query
                number += 1
        return rows

    def _touchpoints(self) -> NDArray[Any]:
        rows = np.zeros(len(self.scenario.touchpoints), TOUCHPOINT)
        for index, (row, touchpoint) in enumerate(zip(rows, self.scenario.touchpoints, strict=True)):
            self._touchpoint(row, index, touchpoint)
        return rows

    def _touchpoint(self, row: Any, index: int, touchpoint: Touchpoint) -> None:
        row["name"] = name_of_place(touchpoint.name)
        row["staffed"] = int(touchpoint.kind == "staffed")
        row["units"] = -1 if touchpoint.units is None else touchpoint.units
        row["contact_type"] = self._contact_type_number(index, None)
        after = touchpoint.after_contact
        code = duration_code(after) if after is not None else (CONSTANT, 0.0, 0.0, 0.0)
        row["after_kind"], row["after_first"], row["after_second"], row["after_mean"] = code
        row["queue_visible"] = int(touchpoint.queue_visible)
        row["major"] = touchpoint.major_share
        row["late_major"] = math.inf if touchpoint.late_major is None else touchpoint.late_major
        row["hand_over"] = touchpoint.hand_over_rate
        for name in ("room", "importance", "cost", "revenue"):
            row[name] = getattr(touchpoint, name)
        again = touchpoint.try_again
        row["again"] = again.chance if again else 0.0
        code = duration_code(again.after) if again else (CONSTANT, 0.0, 0.0, 0.0)
        row["again_kind"], row["again_first"], row["again_second"] = code[:3]
        row["switch_to"] = self.touchpoints[touchpoint.switch.to] if touchpoint.switch else -1
        row["switch"] = touchpoint.switch.chance if touchpoint.switch else 0.0
        row["hands_over_to"] = self.touchpoints[touchpoint.hands_over_to] if touchpoint.hands_over_to else -1
        mine = [team for team in self.teams if touchpoint.name in team.serves]
        row["pool"] = sum(1 << t for t in {self.touchpoints[name] for team in mine for name in team.serves})

    def _capacities(self) -> NDArray[Any]:
        rows = np.zeros(len(self.scenario.capacities), CAPACITY)
        for row, capacity in zip(rows, self.scenario.capacities, strict=True):
            row["units"] = capacity.units
            row["another"] = capacity.another_date
            code = duration_code(capacity.another_date_after)
            row["another_kind"], row["another_first"], row["another_second"] = code[:3]
        return rows

    def _sites(self, persons: NDArray[Any], accounts: NDArray[Any], posts: NDArray[Any]) -> NDArray[Any]:
        rows = np.zeros(len(self.scenario.sites), SITE)
        for first, number, of in (
            ("first_person", "people", persons), ("first_account", "accounts", accounts), ("first_post", "posts", posts),
        ):  # fmt: skip
            rows[number] = np.bincount(of["site"], minlength=len(rows))
            rows[first] = np.cumsum(rows[number]) - rows[number]
        rows["customers"] = np.bincount(persons["site"][persons["status"] == CUSTOMER], minlength=len(rows))
        rows["luck"] = [key_of(self.seed, "site", site.name) for site in self.scenario.sites]
        rows["share"] = [site.share for site in self.scenario.sites]
        rows["staff_factor"] = [site.staff_factor for site in self.scenario.sites]
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
        for name in ("outside_price", "outside_drift", "outside_price_drift", "outside_spread"):
            row[0][name] = getattr(self.scenario.market, name)
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

    def _staffing(self) -> tuple[NDArray[np.float64], NDArray[np.int64]]:
        """Staff on duty by version, team and half hour of the week, and the version in force by month."""
        current = [week_values(team.staff, "staff") for team in self.teams]
        opening = {t.name: t.opening for t in self.scenario.touchpoints}
        own = {t.name: t.staff for t in self.scenario.touchpoints}
        names = [team.name for team in self.teams]
        versions, starts = [list(current)], [0]
        for change in sorted(self.plan.changes, key=lambda c: c.month):
            name = change.team or change.touchpoint
            if name is None or name not in names:
                continue
            place = names.index(name)
            changes_staff = change.staff is not None or change.extra_staff is not None
            if place >= len(self.scenario.teams):  # a touchpoint's own staff, there while it is open
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
            starts.append(change.month + self.scenario.horizon.warm_up)
        return np.array(versions).reshape(len(versions), len(names), HALF_HOURS_A_WEEK), self._in_force(starts)

    def _opening(self) -> tuple[NDArray[np.float64], NDArray[np.int64]]:
        current = [week_open(touchpoint.opening) for touchpoint in self.scenario.touchpoints]
        versions, starts = [list(current)], [0]
        for change in sorted(self.plan.changes, key=lambda c: c.month):
            if change.opening is not None and change.touchpoint is not None:
                current[self.touchpoints[change.touchpoint]] = week_open(change.opening)
                versions.append(list(current))
                starts.append(change.month + self.scenario.horizon.warm_up)
        return np.array(versions), self._in_force(starts)

    def _in_force(self, starts: list[int]) -> NDArray[np.int64]:
        return np.searchsorted(np.array(starts), np.arange(self.months), side="right") - 1

    def _promised_wait(self) -> NDArray[np.float64]:
        waits = [math.inf if t.promised_wait is None else t.promised_wait for t in self.scenario.touchpoints]
        columns = []
        for touchpoint, wait in zip(self.scenario.touchpoints, waits, strict=True):
            mine = [(c.month, c.promised_wait) for c in self.plan.changes if c.touchpoint == touchpoint.name]
            columns.append(self._by_month(wait, mine))
        return np.stack(columns, axis=1)

    def _by_month(self, usual: float, changes: list[tuple[int, float | None]]) -> NDArray[np.float64]:
        """A value by month, warm-up included: `usual` until a change holds."""
        values = np.full(self.months, usual)
        for month, value in sorted((m, v) for m, v in changes if v is not None):
            values[self.scenario.horizon.warm_up + month :] = value
        return values

    def _money(self, names: tuple[str, ...]) -> NDArray[np.float64]:
        table = np.zeros((self.months, len(names)))
        for name, money in self.plan.money.items():
            if name in names:
                table[self._span(money), names.index(name)] += money.per_month
        return table

    def _efforts(self) -> NDArray[np.float64]:
        table = np.zeros((self.months, len(ACTIVITIES)))
        for name, activity in self.plan.activities.items():
            for stretch in activity.stretches():
                table[self._span(stretch), ACTIVITIES.index(name)] += stretch.effort
        return table

    def _span(self, planned: Money | Effort) -> slice:
        """The months in which something planned goes on."""
        first = self.scenario.horizon.warm_up + planned.start
        return slice(first, self.months if planned.months is None else min(first + planned.months, self.months))


def start(
    scenario: Scenario, plan: str = BASE_PLAN, *, seed: int = 1, replication: int = 0, log_contacts: bool = False
) -> World:
    """The world of one replication of a plan, before its first minute.

    Parameters of the scenario override the register. seed ≥ 0, replication ≥ 0. Raises ComputesOtherwise where this machine's
    arithmetic differs from that of others.
    """
    check_arithmetic()
    return Start(scenario, plan, scenario.parameters, seed).world(replication, log_contacts=log_contacts)
