"""What a scenario says of its service and a plan of each month, as rows and tables of a world."""

import math
from collections.abc import Sequence
from functools import cache
from typing import Any

import numpy as np
from numpy.typing import NDArray
from pydantic import BaseModel

from sxsim.engines.world import (
    CAPACITY,
    CONTACT_TYPE,
    HALF_HOUR,
    HALF_HOURS_A_WEEK,
    JOURNEY,
    STEP,
    TOUCHPOINT,
)
from sxsim.model.arithmetic import gamma, log
from sxsim.model.luck import name_of_place
from sxsim.model.market import CONSTANT, EXPONENTIAL, LOGNORMAL, NEVER, WEIBULL
from sxsim.scenario.fields import Duration, half_hour, week_open
from sxsim.scenario.plan import Effort, Money, Plan
from sxsim.scenario.scenario import Scenario
from sxsim.scenario.service import Nights, Team, Touchpoint
from sxsim.scenario.usual import staffing_of
from sxsim.standard.catalogue import ACTIVITIES, ELEMENTS, SUB_ELEMENTS

_FAMILIES = {"constant": CONSTANT, "exponential": EXPONENTIAL, "lognormal": LOGNORMAL, "weibull": WEIBULL}


@cache
def _shared(names: tuple[str, ...], part: type[BaseModel]) -> tuple[str, ...]:
    """Fields that a row and a scenario's part have under the same name."""
    return tuple(name for name in names if name in part.model_fields)


def take(row: Any, part: BaseModel) -> None:
    """Fill the fields of a row from the fields of a scenario's part that have the same name and hold a number."""
    for name in _shared(row.dtype.names, type(part)):
        value = getattr(part, name)
        if isinstance(value, int | float):
            row[name] = value


def duration_code(duration: Duration | None) -> tuple[int, float, float, float]:
    """Family, two numbers and mean in minutes of a duration, as `market.duration` takes them. None: never ends."""
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


class ServiceTables:
    """What a scenario says of its service, as rows: touchpoints, contact types, journeys, capacities."""

    def __init__(self, scenario: Scenario, teams: Sequence[Team]) -> None:
        self.scenario = scenario
        self.teams = teams
        self.touchpoints = {t.name: k for k, t in enumerate(scenario.touchpoints)}
        self.capacities = {c.name: k for k, c in enumerate(scenario.capacities)}

    def tables(self) -> dict[str, NDArray[Any]]:
        """The arrays by the names they have in a world."""
        return {
            "journeys": self._journeys(),
            "journey_shares": self._journey_shares(),
            "steps": self._steps(),
            "contact_types": self._contact_types(),
            "touchpoints": self._touchpoints(),
            "capacities": self._capacities(),
        }

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
                take(row, step)
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
                take(row, touchpoint)
                if kind is not None:
                    take(row, kind)
                number += 1
        return rows

    def _touchpoints(self) -> NDArray[Any]:
        rows = np.zeros(len(self.scenario.touchpoints), TOUCHPOINT)
        for index, (row, touchpoint) in enumerate(zip(rows, self.scenario.touchpoints, strict=True)):
            self._touchpoint(row, index, touchpoint)
        return rows

    def _touchpoint(self, row: Any, index: int, touchpoint: Touchpoint) -> None:
        take(row, touchpoint)
        row["name"] = name_of_place(touchpoint.name)
        row["staffed"] = int(touchpoint.kind == "staffed")
        row["units"] = -1 if touchpoint.units is None else touchpoint.units
        row["contact_type"] = self._contact_type_number(index, None)
        after = touchpoint.after_contact
        code = duration_code(after) if after is not None else (CONSTANT, 0.0, 0.0, 0.0)
        row["after_kind"], row["after_first"], row["after_second"], row["after_mean"] = code
        row["late_major"] = math.inf if touchpoint.late_major is None else touchpoint.late_major
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
            take(row, capacity)
            code = duration_code(capacity.another_date_after)
            row["another_kind"], row["another_first"], row["another_second"] = code[:3]
        return rows


class PlanTables:
    """What a scenario and one of its plans say of each month: staff, opening hours, promises, prices, money, effort."""

    def __init__(self, scenario: Scenario, plan: Plan, teams: Sequence[Team]) -> None:
        self.scenario = scenario
        self.plan = plan
        self.teams = teams
        self.touchpoints = {t.name: k for k, t in enumerate(scenario.touchpoints)}
        self.months = scenario.horizon.warm_up + scenario.horizon.months

    def tables(self) -> dict[str, NDArray[Any]]:
        """The arrays by the names they have in a world."""
        staffing, staffing_in_force = self._staffing()
        opening, opening_in_force = self._opening()
        return {
            "staffing": staffing,
            "staffing_in_force": staffing_in_force,
            "opening": opening,
            "opening_in_force": opening_in_force,
            "promised_wait": self._promised_wait(),
            "element_money": self._money(ELEMENTS),
            "sub_element_money": self._money(SUB_ELEMENTS),
            "efforts": self._efforts(),
            "funded": self._by_month(0.0, [(0, self.plan.funded_by_result)]),
            "prices": self._by_month(1.0, [(c.month, c.price) for c in self.plan.changes]),
            "promises": self._by_month(0.0, [(c.month, c.promise) for c in self.plan.changes]),
        }

    def _staffing(self) -> tuple[NDArray[np.float64], NDArray[np.int64]]:
        """Staff on duty by version, team and half hour of the week, and the version in force by month."""
        versions, months = staffing_of(self.scenario, self.plan, self.teams)
        shape = len(versions), len(self.teams), HALF_HOURS_A_WEEK
        starts = [0, *(month + self.scenario.horizon.warm_up for month in months[1:])]
        return np.array(versions).reshape(shape), self._in_force(starts)

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
