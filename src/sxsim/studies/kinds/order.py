"""The order of a programme: when each activity had better begin, the same work and the same money given.

An order is searched for on some replications, chosen among the best on others, and judged against the plan as it is and
against beginning everything at once on fresh ones, so that luck in the search does not count for it.
"""

import math
from collections.abc import Iterator, Mapping, Sequence
from functools import cached_property
from pathlib import Path
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray
from pydantic import Field

from sxsim.pictures import decisions
from sxsim.results.intervals import Interval
from sxsim.results.pictured import kpi_of
from sxsim.results.summary import number, signed
from sxsim.results.verdicts import holm
from sxsim.running.plans import Scenario
from sxsim.running.sharing import Work
from sxsim.running.task import Point, Task
from sxsim.scenario import limits
from sxsim.scenario.fields import Name, quantity
from sxsim.scenario.plan import Activity, Plan
from sxsim.scenario.problems import Path as Place
from sxsim.scenario.problems import Problem
from sxsim.standard.catalogue import ACTIVITIES, activities
from sxsim.studies.experiment import KIND, Experiment, goal_without_direction
from sxsim.studies.methods.search import Choice, Starts
from sxsim.studies.methods.statistics import WRONG_AT_MOST
from sxsim.studies.part import Row, SearchingPart

AS_PLANNED, AT_ONCE, FOUND = "as planned", "everything at once", "found order"
PHASES = tuple(dict.fromkeys(each.phase for each in activities()))


class Order(Experiment):
    """In which order had a programme's activities better begin?"""

    study: Literal["order"] = KIND
    plan: Name = Field(..., description="plan whose activities are moved; their lengths and efforts stay")
    goal: str = Field("npv", description="KPI to make as good as the order allows")
    move: Literal["activities", "phases"] = Field(
        "activities", description="what is moved: each activity by itself, or the three phases as wholes"
    )
    latest: int | None = quantity(
        None,
        "month",
        "last month in which an activity may begin; in any case all its work must fit into the horizon",
        ge=0,
    )
    rivals: list[Name] = Field(default_factory=list, description="plans of the scenario that are judged beside")
    trials: int = quantity(150, "orders", "orders tried in the search", ge=10, le=limits.SAMPLES)
    search_replications: int = quantity(8, "runs", "replications of each order tried", ge=2, le=limits.REPLICATIONS)
    replications: int = quantity(
        40, "runs", "fresh replications on which orders are judged", ge=4, le=limits.REPLICATIONS
    )

    def own_problems(self) -> Iterator[Problem]:
        """A goal has a direction."""
        yield from goal_without_direction(self.goal)

    def named_kpis(self) -> list[tuple[Place, str]]:
        """The goal, too."""
        return [*super().named_kpis(), (("goal",), self.goal)]

    def named_plans(self) -> list[tuple[Place, str]]:
        """The rivals, too."""
        return [*super().named_plans(), *((("rivals", number), plan) for number, plan in enumerate(self.rivals))]

    def problems_in(self, scenario: Scenario) -> Iterator[Problem]:
        """The plan's activities can be moved with all their work."""
        if self.plan in scenario.plans:
            yield from self._movable(scenario.plans[self.plan].activities, scenario.horizon.months)

    def _movable(self, activities: Mapping[str, Activity], months: int) -> Iterator[Problem]:
        """What keeps a plan's activities from being moved with all their work."""
        plan = self.plan
        if len(activities) < 2:
            yield Problem(
                ("plan",), f"(={plan!r}) has fewer than two activities: there is no order", "name a plan with more"
            )
        for name, activity in activities.items():
            if activity.again:
                said = f"(={plan!r}): {name} is worked on more than once (again), so it has no single first month"
                yield Problem(("plan",), said, "take again out of it")
            elif activity.months is None:
                said = f"(={plan!r}): {name} goes on to the end, so moving it would change the work"
                yield Problem(("plan",), said, f"give it months, like {max(months - activity.start, 1)}")
            elif activity.start + activity.months > months:
                end = activity.start + activity.months
                said = f"(={plan!r}): {name} ends in month {end}, after the horizon (month {months})"
                yield Problem(("plan",), said, f"set horizon.months to {end} or more")
        if self.latest is not None and activities:
            planned = max(activity.start for activity in activities.values())
            if not planned <= self.latest < months:
                said = f"(={self.latest}) must be from {planned} (the plan's own last beginning) to {months - 1}"
                yield Problem(("latest",), said)


class OrderPart(SearchingPart):
    """The order of one scenario's programme."""

    asks = Order
    experiment: Order

    def __init__(self, *arguments: Any) -> None:
        super().__init__(*arguments)
        asked = self.experiment
        self.plan: Plan = self.scenario.plans[asked.plan]
        names = sorted(self.plan.activities, key=ACTIVITIES.index)
        phase_of = {each.slug: each.phase for each in activities()}
        groups = {name: [name] for name in names}
        if asked.move == "phases":
            groups = {phase: [name for name in names if phase_of[name] == phase] for phase in PHASES}
            groups = {phase: members for phase, members in groups.items() if members}
        self.groups = groups
        planned = tuple(float(min(self.plan.activities[name].start for name in members)) for members in groups.values())
        phases = tuple(PHASES.index(phase_of[members[0]]) for members in groups.values())
        self.starts = Starts(tuple(map(self._latest, groups.values(), planned)), planned, phases, len(PHASES) - 1)
        self.plans = {name: self.task_under(name) for name in asked.rivals}

    def _latest(self, members: Sequence[str], planned: float) -> int:
        """The last month in which some activities may begin, so that all their work is done within the horizon."""
        months = self.scenario.horizon.months
        ends = [activity.start + (activity.months or 0) for activity in map(self.plan.activities.__getitem__, members)]
        latest = months - max(ends) + int(planned)
        return latest if self.experiment.latest is None else min(latest, self.experiment.latest)

    # Points.

    def starts_of(self, order: Choice) -> dict[str, int]:
        """The first month of each activity: a phase keeps the distances between its activities."""
        found = {}
        for members, begins, planned in zip(self.groups.values(), order, self.starts.planned, strict=True):
            for name in members:
                found[name] = int(begins + self.plan.activities[name].start - planned)
        return found

    def _of(self, order: Choice, replication: int) -> Point:
        path = f"plans.{self.experiment.plan}.activities"
        settings = {f"{path}.{name}.start": start for name, start in self.starts_of(order).items()}
        return Point(tuple(sorted(settings.items())), replication)

    def _finish(self, what: str, orders: Sequence[Choice], replications: Sequence[int]) -> NDArray[np.float64]:
        """Run orders. Returns the goal, shape (orders, replications)."""
        assert self.work is not None
        points = [self._of(order, r) for order in orders for r in replications]
        for order, point in zip([o for o in orders for _ in replications], points, strict=True):
            starts = {name: float(start) for name, start in self.starts_of(order).items()}
            self.ask(what, self.task, point, {"plan": "", **starts})
        self.work.finish(self.task, points, f"{self.scenario.name}, {what}", self.experiment.goal)
        return self.values(self.task, points, [self.experiment.goal]).reshape(len(orders), len(replications))

    def planned(self) -> tuple[list[tuple[Task, Sequence[Point]]], int]:
        """The first look at the plan as it is; the rest depends on what comes out."""
        asked = self.experiment
        first = [self._of(self.starts.planned, r) for r in self.early]
        more = self.most_looks + (3 + len(self.plans)) * asked.replications
        return [(self.task, first)], more - len(first)

    # The search and the judgement.

    def run(self, work: Work) -> None:
        """Search, choose, judge."""
        self.work = work
        asked = self.experiment
        found = self.best_of(self.starts)
        self.orders = {AS_PLANNED: self.starts.planned, AT_ONCE: (0.0,) * self.starts.count, FOUND: found}
        values = self._finish("judgement", list(self.orders.values()), self.fresh)
        self.goal = dict(zip(self.orders, values, strict=True))
        for name, task in self.plans.items():
            points = [Point((), r) for r in self.fresh]
            for point in points:
                nothing = dict.fromkeys(self.starts_of(found), math.nan)
                self.ask("judgement", task, point, {"plan": name, **nothing})
            work.finish(task, points, f"{self.scenario.name}, {name}", asked.goal)
            self.goal[name] = self.values(task, points, [asked.goal])[:, 0]

    def losses(self, what: str, choices: Sequence[Choice], replications: Sequence[int]) -> list[float]:
        """Run some orders: minus the goal where it is better high."""
        means = self._finish(what, choices, replications).mean(axis=1)
        return [-self.better * float(mean) if math.isfinite(mean) else math.inf for mean in means]

    def _lead(self, one: str, other: str) -> Interval:
        """How far one order is ahead of another, positive when the goal is better."""
        return self.interval_of(
            self.experiment.goal, self.better * (self.goal[one] - self.goal[other]), difference=True
        )

    @cached_property
    def leads(self) -> dict[str, Interval]:
        """How far the found order is ahead of the others."""
        return {name: self._lead(FOUND, name) for name in self.goal if name != FOUND}

    @cached_property
    def chances(self) -> dict[str, float]:
        """The p of each lead, corrected for all of them."""
        return holm(self.leads)

    @property
    def advised(self) -> str:
        """The found order when it is clearly better than the simple ones; else the better of these."""
        simple = (AS_PLANNED, AT_ONCE)
        if all(self.chances[name] < WRONG_AT_MOST and self.leads[name].mean > 0 for name in simple):
            return FOUND
        ahead = self._lead(AT_ONCE, AS_PLANNED)
        return AT_ONCE if ahead.low > 0 else AS_PLANNED

    # What it says.

    def tables(self) -> Iterator[tuple[str, list[Row]]]:
        """The orders, and the judgement on fresh draws."""
        yield (
            "orders",
            [
                {
                    "order": name,
                    "activity": activity,
                    "first month": start,
                    "months": self.plan.activities[activity].months,
                }
                for name, order in self.orders.items()
                for activity, start in self.starts_of(order).items()
            ],
        )
        rows: list[Row] = []
        for name, values in self.goal.items():
            value = self.interval_of(self.experiment.goal, values)
            lead = self.leads.get(name)
            rows.append(
                {"order": name, "advised": name == self.advised, "mean": value.mean, "low": value.low, "high": value.high}
                | {f"found order ahead by{part}": getattr(lead, kind) if lead else 0.0
                   for part, kind in (("", "mean"), (" low", "low"), (" high", "high"))}
            )  # fmt: skip
        yield "judgement", rows

    def draw(self, folder: Path, suffix: str) -> None:
        """Draw the advised order beside the plan as it is, and what they bring."""
        shown = list(dict.fromkeys([AS_PLANNED, self.advised, FOUND]))
        plans = {name: self._plan_of(self.orders[name]) for name in shown}
        ahead = {name: self._lead(name, AS_PLANNED) for name in self.goal if name != AS_PLANNED}
        goal, horizon = kpi_of(self.experiment.goal, self.scenario), self.scenario.horizon.months
        decisions.orders(plans, ahead, horizon, goal, self.scenario.name, folder / f"order{suffix}.png")

    def _plan_of(self, order: Choice) -> Plan:
        starts = self.starts_of(order)
        moved = {name: each.model_copy(update={"start": starts[name]}) for name, each in self.plan.activities.items()}
        return self.plan.model_copy(update={"activities": moved})

    def sentences(self) -> list[str]:
        """When to begin what, and how sure that is."""
        goal, months = self.experiment.goal, self.scenario.horizon.months
        value = self.interval_of(goal, self.goal[self.advised])
        said = f"{goal} {number(value.mean, value.unit)} ({number(value.low, value.unit)} to {number(value.high, value.unit)})"
        if self.advised == FOUND:
            first = f"Advice for {self.experiment.plan}: {self._in_words(FOUND)}. {said} over {months} months."
        elif self.advised == AT_ONCE:
            first = f"Advice for {self.experiment.plan}: begin everything in month 0. {said} over {months} months."
        else:
            first = f"No order was found that is clearly better than {self.experiment.plan} as it is planned. {said}."
        texts = [first]
        leads = {name: self._lead(self.advised, name) for name in self.goal if name != self.advised}
        for name, p in holm(leads).items():
            if name == FOUND and self.orders[FOUND] == self.orders[self.advised]:
                continue
            clear = "not to be told from" if not p < WRONG_AT_MOST else "ahead of" if leads[name].mean > 0 else "behind"
            texts.append(f"It is {clear} {name}: {signed(leads[name])}.")
        if self.advised != FOUND:
            same = self.orders[FOUND] == self.orders[self.advised]
            texts.append(
                "The search found nothing else." if same else f"The best that was found: {self._in_words(FOUND)}."
            )
        texts.append(
            f"{self.trials} orders were looked at, with {self.experiment.search_replications} runs each; the judgement rests on "
            f"{self.experiment.replications} fresh runs. Whether an order is ahead is corrected for the number of orders that are compared; the intervals are not."
        )
        return texts

    def _in_words(self, name: str) -> str:
        by_month: dict[int, list[str]] = {}
        for activity, start in self.starts_of(self.orders[name]).items():
            by_month.setdefault(start, []).append(activity)
        return "; ".join(f"month {month}: {', '.join(by_month[month])}" for month in sorted(by_month))
