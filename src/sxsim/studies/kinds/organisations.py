"""Programmes across organisations: how many reach their aim, how many hold it, and what tells them from the others.

Organisations are drawn from stated distributions, each with luck of its own; every programme runs in every organisation, so
that programmes are compared pair by pair.
"""

import itertools
from collections.abc import Iterator, Mapping, Sequence
from functools import cached_property
from pathlib import Path
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray
from pydantic import Field

from sxsim.pictures import decisions
from sxsim.pictures.canvas import Between
from sxsim.results.folder import name_in_path
from sxsim.results.intervals import Interval
from sxsim.running.plans import Scenario
from sxsim.running.sharing import Work
from sxsim.running.task import Point, Points, Task
from sxsim.scenario import limits
from sxsim.scenario.fields import Name, quantity
from sxsim.scenario.fields import Part as Fields
from sxsim.scenario.problems import Path as Place
from sxsim.scenario.problems import Problem, did_you_mean
from sxsim.standard.catalogue import OBSTACLES
from sxsim.studies.experiment import KIND, Experiment
from sxsim.studies.factors import Varied, latin_hypercube
from sxsim.studies.methods.statistics import Difference, clear, in_percent, in_points, more_of_pairs, share_of
from sxsim.studies.part import Part, Row

REACHED, HELD = "reached", "held"
_KPIS = {REACHED: ("maturity_mean_best", "maturity_level_best"), HELD: ("maturity_mean_12m", "maturity_level_12m")}
#: How the aim is moved to see what the answer hinges on: levels added to both thresholds.
_MOVES = (-0.5, -0.25, 0.0, 0.25, 0.5)
_NAMED = 3


class Reached(Fields):
    """When a programme counts as having reached its aim, and as having held it."""

    mean: float = quantity(4.0, "level", "mean maturity of the nine elements at its best, at least", ge=1, le=5)
    weakest: float = quantity(3.5, "level", "maturity of the weakest element at its best, at least", ge=1, le=5)


class Organisations(Experiment):
    """How many of many organisations reach their aim with each programme, and what tells those that do from the others?"""

    study: Literal["organisations"] = KIND
    plans: list[Name] = Field(..., description="programmes, all run in every organisation", min_length=1)
    factors: list[Varied] = Field(..., description="what organisations differ in", min_length=1)
    left_out: list[Name] = Field(
        default_factory=list,
        description="programmes that also run with each of their activities left out, one at a time: what each contributes",
    )
    samples: int = quantity(500, "organisations", "organisations drawn (Latin hypercube)", ge=10, le=limits.SAMPLES)
    reached: Reached = Field(
        default_factory=lambda: Reached.model_validate({}),
        description="the aim; held means: at every month of the last twelve",
    )
    kpis: list[str] = Field(
        default_factory=lambda: ["maturity_mean", "maturity_level", "commitment", "npv"],
        description="KPIs to look at",
        min_length=1,
    )

    def own_problems(self) -> Iterator[Problem]:
        """Activities are left out of programmes that run."""
        for number, plan in enumerate(self.left_out):
            if plan not in self.plans:
                yield Problem(("left_out", number), f"(={plan!r}) must be one of plans", did_you_mean(plan, self.plans))

    def named_plans(self) -> list[tuple[Place, str]]:
        """The programmes, too."""
        programmes = [(("plans", number), plan) for number, plan in enumerate(self.plans)]
        left_out = [(("left_out", number), plan) for number, plan in enumerate(self.left_out)]
        return [*super().named_plans(), *programmes, *left_out]

    def problems_in(self, scenario: Scenario) -> Iterator[Problem]:
        """There must be activities to leave out."""
        for number, plan in enumerate(self.left_out):
            if plan in scenario.plans and not scenario.plans[plan].activities:
                said = f"(={plan!r}) has no activities to leave out"
                yield Problem(("left_out", number), said, "name a plan with some")


class OrganisationsPart(Part):
    """Programmes across organisations that are like one scenario but for what is drawn."""

    asks = Organisations
    experiment: Organisations

    def __init__(self, *arguments: Any) -> None:
        super().__init__(*arguments)
        asked = self.experiment
        self.tasks = {plan: self.task_under(plan) for plan in dict.fromkeys(asked.plans)}
        self.drawn = latin_hypercube(self.factors, asked.samples, asked.seed)

    @property
    def names(self) -> list[str]:
        """What organisations differ in."""
        return [factor.name for factor in self.factors]

    @property
    def without(self) -> list[tuple[str, str]]:
        """Programmes and activities that are left out of them, one at a time."""
        return [(plan, name) for plan in self.experiment.left_out for name in self.scenario.plans[plan].activities]

    def _points(self, plan: str = "", left_out: str = "") -> Points:
        """Every organisation, with an activity left out of a programme, or with none."""

        def at(number: int) -> Point:
            point = Point.of(self.factors, list(self.drawn[number]), number)
            if not left_out:
                return point
            activity = self.scenario.plans[plan].activities[left_out]
            place = f"plans.{plan}.activities.{left_out}"
            off = {f"{place}.effort": 0.0, f"{place}.again": []} if activity.again else {f"{place}.effort": 0.0}
            return Point(tuple(sorted({**dict(point.settings), **off}.items())), number)  # type: ignore[arg-type]

        return Points(len(self.drawn), at)

    def _cases(self) -> list[tuple[str, str, Task, Points]]:
        """Programmes, activities left out, tasks and points."""
        whole = [(plan, "", task, self._points()) for plan, task in self.tasks.items()]
        return whole + [(plan, name, self.tasks[plan], self._points(plan, name)) for plan, name in self.without]

    def planned(self) -> tuple[list[tuple[Task, Sequence[Point]]], int]:
        """Every organisation under every programme."""
        return [(task, points) for _, _, task, points in self._cases()], 0

    def run(self, work: Work) -> None:
        """Run every programme in every organisation."""
        self.work = work
        for plan, name, task, points in self._cases():
            what = f"{self.scenario.name}, {plan}" + (f" without {name}" if name else "")
            work.finish(task, points, what, self.experiment.kpis[0])

    def points(self) -> Iterator[tuple[Task, Mapping[str, float | str], Point]]:
        """All points with programme and organisation."""
        for plan, name, task, points in self._cases():
            for number, point in enumerate(points):
                labels: dict[str, float | str] = {"plan": plan, "left out": name}
                yield task, labels | dict(zip(self.names, map(float, self.drawn[number]), strict=True)), point

    @cached_property
    def maturity(self) -> dict[str, dict[str, NDArray[np.float64]]]:
        """By plan and by what is asked (reached, held): mean and weakest maturity, shape (organisations, 2)."""
        return {
            plan: {what: self.values(task, self._points(), kpis) for what, kpis in _KPIS.items()}
            for plan, task in self.tasks.items()
        }

    @cached_property
    def contributions(self) -> list[tuple[str, str, str, Interval]]:
        """What each activity contributes: how many organisations fewer succeed, or how much lower a KPI is, without it.

        Programme, activity, what (reached, held, or a KPI), and the difference with 95 % interval, organisation by organisation.
        """
        found = []
        for plan, name in self.without:
            task, points = self.tasks[plan], self._points(plan, name)
            for what, kpis in _KPIS.items():
                fewer = self._succeeds(self.values(task, points, kpis))
                found.append((plan, name, what, more_of_pairs(self.successes(plan, what), fewer)))
            whole, less = (self.values(task, chosen, self.experiment.kpis) for chosen in (self._points(), points))
            for column, kpi in enumerate(self.experiment.kpis):
                differences = self.interval_of(kpi, whole[:, column] - less[:, column], difference=True)
                found.append((plan, name, kpi, differences))
        return found

    def successes(self, plan: str, what: str, move: float = 0.0) -> NDArray[np.float64]:
        """Which organisations succeed (1, 0, or NaN where the run failed); move: levels added to both thresholds."""
        return self._succeeds(self.maturity[plan][what], move)

    def _succeeds(self, values: NDArray[np.float64], move: float = 0.0) -> NDArray[np.float64]:
        aim = self.experiment.reached
        done = (values[:, 0] >= min(aim.mean + move, 5.0)) & (values[:, 1] >= min(aim.weakest + move, 5.0))
        return np.where(np.isfinite(values).all(axis=1), done.astype(float), np.nan)

    def share(self, plan: str, what: str, move: float = 0.0) -> tuple[float, float, float]:
        """The share of organisations that succeed, with its 95 % interval."""
        return share_of(self.successes(plan, what, move))

    def ahead(self, plan: str, other: str, what: str) -> Interval:
        """How many organisations more succeed with one plan than with another, as a share; paired."""
        return more_of_pairs(self.successes(plan, what), self.successes(other, what))

    @cached_property
    def differences(self) -> list[Difference]:
        """What each factor does to the share that reaches the aim, programme by programme, the largest first."""
        pairs = itertools.product(self.tasks, zip(self.names, self.drawn.T, strict=True))
        found = [
            Difference.of_thirds(plan, name, drawn, self.successes(plan, REACHED)) for plan, (name, drawn) in pairs
        ]
        return sorted(found, key=lambda each: (list(self.tasks).index(each.plan), -abs(each.change[0])))

    def tables(self) -> Iterator[tuple[str, list[Row]]]:
        """Shares, programmes against each other, what matters, and how the answer moves with the definition."""
        cases = list(itertools.product(self.tasks, _KPIS))
        yield "shares", [_row({"plan": plan, "what": what}, self.share(plan, what)) for plan, what in cases]
        yield (
            "against_each_other",
            [
                {"plan": one, "against": other, "what": what, "mean": found.mean, "low": found.low, "high": found.high}
                for what in _KPIS
                for one, other in itertools.combinations(self.tasks, 2)
                for found in [self.ahead(one, other, what)]
            ],
        )
        yield "what_matters", [each.figures for each in self.differences]
        if self.without:
            yield (
                "contributions",
                [
                    {"plan": plan, "left out": name, "what": what, "mean": found.mean, "low": found.low, "high": found.high}
                    for plan, name, what, found in self.contributions
                ],
            )  # fmt: skip
        aim = self.experiment.reached
        yield (
            "definition",
            [
                _row({"plan": plan, "what": what, "mean at least": aim.mean + m, "weakest at least": aim.weakest + m},
                     self.share(plan, what, m))
                for plan, what in cases for m in _MOVES if max(aim.mean, aim.weakest) + m <= 5.0
            ],
        )  # fmt: skip

    def draw(self, folder: Path, suffix: str) -> None:
        """Draw the shares, and what matters."""
        shares = {plan: {what: Between(*self.share(plan, what)) for what in _KPIS} for plan in self.tasks}
        among = {plan: sum(each.plan == plan for each in self.differences) for plan in self.tasks}
        effects = [
            decisions.Effect(each.plan, each.factor, Between(*each.change), clear(each, among[each.plan]))
            for each in self.differences
        ]
        path, basis = folder / f"programmes{suffix}.png", self.scenario.name
        decisions.programmes(shares, effects, self._aim(), basis, path)
        for plan in self.experiment.left_out:
            path = folder / f"contributions-{name_in_path(plan)}{suffix}.png"
            decisions.contributions(dict(self._adds(plan)), plan, self._aim(), basis, path)

    def _adds(self, plan: str) -> list[tuple[str, Interval]]:
        """What each activity of a programme adds to the share that reaches the aim."""
        return [(name, found) for own, name, what, found in self.contributions if (own, what) == (plan, REACHED)]

    def _aim(self) -> str:
        aim = self.experiment.reached
        return f"mean maturity ≥ {aim.mean:g} with no element below {aim.weakest:g}"

    def sentences(self) -> list[str]:
        """How many reach and hold the aim, programme by programme, and what matters most."""
        months = self.scenario.horizon.months
        texts = [
            f"{len(self.drawn)} organisations; reached means {self._aim()} at some time within {months} months, held means so "
            "in each of the last twelve."
        ]
        for plan in self.tasks:
            reached, held = self.share(plan, REACHED), self.share(plan, HELD)
            texts.append(f"{plan}: {in_percent(reached)} reach it, {in_percent(held)} hold it.")
            own = [each for each in self.differences if each.plan == plan]
            said = [_ends(each) for each in own if clear(each, len(own))][:_NAMED]
            most = f"If these ranges hold, what matters most: {'; '.join(said)}."
            texts.append(most if said else "Nothing that was drawn matters clearly.")
            obstacles = [each for each in own if each.factor in OBSTACLES]
            if obstacles:
                worst = min(obstacles, key=lambda each: each.change[0])
                stands_out = clear(worst, len(obstacles)) and worst.change[0] < 0
                said_of = f"If their ranges hold, of the obstacles {_ends(worst)} matters most."
                texts.append(said_of if stands_out else "None of the nine obstacles stands out clearly by itself.")
        for one, other in itertools.pairwise(self.tasks):
            for what in _KPIS:
                more = in_points(self.ahead(other, one, what))
                texts.append(f"{other} against {one}, in the same organisations: {more} that have {what} it.")
        for plan in self.experiment.left_out:
            by_share = sorted(self._adds(plan), key=lambda each: -each[1].mean)
            said = [f"{name} {in_points(found)}" for name, found in by_share]
            texts.append(f"What each activity of {plan} adds to the share that reaches the aim: {'; '.join(said)}.")
        moved = [self.share(plan, REACHED, move)[0] for plan in self.tasks for move in (_MOVES[1], _MOVES[3])]
        texts.append(
            f"With an aim a quarter of a level lower or higher the shares that reach it lie between {min(moved):.0%} and "
            f"{max(moved):.0%} over the programmes: see definition.csv. What matters is corrected for the number of factors."
        )
        return texts


def _ends(each: Difference) -> str:
    """A factor with the shares at both ends of its range."""
    return f"{each.factor} ({each.lowest[0]:.0%} where it is low, {each.highest[0]:.0%} where it is high)"


def _row(labels: Row, share: tuple[float, float, float]) -> Row:
    return labels | {"share": share[0], "low": share[1], "high": share[2]}
