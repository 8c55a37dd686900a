"""Programmes across organisations: how many reach their aim, how many hold it, and what tells them from the others.

Organisations are drawn from stated distributions, each with luck of its own; every programme runs in every organisation, so
that programmes are compared pair by pair.
"""

import itertools
import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from sxsim.results.folder import name_in_path
from sxsim.results.intervals import Interval, interval, share_interval
from sxsim.standard.catalogue import OBSTACLES
from sxsim.studies import figures
from sxsim.studies.experiment import Organisations
from sxsim.studies.part import Part, Row
from sxsim.studies.points import Point, Points, Task
from sxsim.studies.sweep import latin_hypercube
from sxsim.studies.work import Work

REACHED, HELD = "reached", "held"
_KPIS = {REACHED: ("maturity_mean_best", "maturity_level_best"), HELD: ("maturity_mean_12m", "maturity_level_12m")}
#: How the aim is moved to see what the answer hinges on: levels added to both thresholds.
_MOVES = (-0.5, -0.25, 0.0, 0.25, 0.5)
_THIRD = 1.0 / 3.0
_NAMED = 3
_WRONG_AT_MOST = 0.05


@dataclass(frozen=True)
class Difference:
    """What a factor does to a share: in the third of organisations in which it is lowest, and in which it is highest."""

    plan: str
    factor: str
    lowest: tuple[float, float, float]
    highest: tuple[float, float, float]

    @property
    def change(self) -> tuple[float, float, float]:
        """From the lowest to the highest third, with its 95 % interval. Source: Newcombe (1998), method 10."""
        (one, one_low, one_high), (other, other_low, other_high) = self.lowest, self.highest
        change = other - one
        return (
            change,
            change - math.hypot(other - other_low, one_high - one),
            change + math.hypot(one - one_low, other_high - other),
        )


def more_of_pairs(one: NDArray[np.float64], other: NDArray[np.float64]) -> Interval:
    """How much larger a share is than another over the same organisations, with a 95 % interval that is never empty.

    one, other: 1 or 0 by organisation, NaN where a run failed.
    Source: Agresti and Min (2005), doi:10.1002/sim.1781 (half a pair added to each of the four kinds of pairs).
    """
    from scipy.special import ndtri

    both: NDArray[np.bool_] = np.isfinite(one) & np.isfinite(other)
    first, second = one[both], other[both]
    count = len(first)
    if count == 0:
        return interval([], "share", (-1.0, 1.0))
    gained, lost = float(((first == 1) & (second == 0)).sum()), float(((first == 0) & (second == 1)).sum())
    pairs, change = count + 2.0, gained - lost
    spread = math.sqrt(max(gained + lost + 1.0 - change**2 / pairs, 0.0)) / pairs
    half = float(ndtri(1.0 - _WRONG_AT_MOST / 2.0)) * spread
    plain = interval(first - second, "share", (-1.0, 1.0))
    low, high = max(change / pairs - half, -1.0), min(change / pairs + half, 1.0)
    return replace(plain, low=min(low, plain.mean), high=max(high, plain.mean))


def clear(each: Difference, among: int) -> bool:
    """Whether a difference is one even when it is the largest of several: its interval is widened for their number.

    Source: Bonferroni.
    """
    from scipy.special import ndtri

    change, low, high = each.change
    wider = float(ndtri(1.0 - _WRONG_AT_MOST / 2.0 / among) / ndtri(1.0 - _WRONG_AT_MOST / 2.0))
    return change - wider * (change - low) > 0.0 or change + wider * (high - change) < 0.0


class OrganisationsPart(Part):
    """Programmes across organisations that are like one scenario but for what is drawn."""

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
                found.append(
                    (plan, name, kpi, self.interval_of(kpi, whole[:, column] - less[:, column], difference=True))
                )
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
        found = self.successes(plan, what, move)
        run = found[np.isfinite(found)]
        return share_interval(int(run.sum()), len(run)) if len(run) else (math.nan, math.nan, math.nan)

    def ahead(self, plan: str, other: str, what: str) -> Interval:
        """How many organisations more succeed with one plan than with another, as a share; paired."""
        return more_of_pairs(self.successes(plan, what), self.successes(other, what))

    @cached_property
    def differences(self) -> list[Difference]:
        """What each factor does to the share that reaches the aim, programme by programme, the largest first."""
        found = []
        for plan, (place, name) in itertools.product(self.tasks, enumerate(self.names)):
            order = np.argsort(self.drawn[:, place], kind="stable")
            third = max(int(len(order) * _THIRD), 1)
            done = self.successes(plan, REACHED)
            ends = []
            for chosen in (order[:third], order[-third:]):
                run = done[chosen][np.isfinite(done[chosen])]
                ends.append(share_interval(int(run.sum()), len(run)) if len(run) else (math.nan,) * 3)
            found.append(Difference(plan, name, ends[0], ends[1]))
        return sorted(found, key=lambda each: (list(self.tasks).index(each.plan), -abs(each.change[0])))

    def tables(self) -> Iterator[tuple[str, list[Row]]]:
        """Shares, programmes against each other, what matters, and how the answer moves with the definition."""
        yield (
            "shares",
            [_row({"plan": plan, "what": what}, self.share(plan, what)) for plan in self.tasks for what in _KPIS],
        )
        yield (
            "against_each_other",
            [
                {"plan": one, "against": other, "what": what, "mean": found.mean, "low": found.low, "high": found.high}
                for what in _KPIS
                for one, other in itertools.combinations(self.tasks, 2)
                for found in [self.ahead(one, other, what)]
            ],
        )
        yield (
            "what_matters",
            [
                {
                    "plan": each.plan,
                    "factor": each.factor,
                    "lowest third": each.lowest[0],
                    "highest third": each.highest[0],
                }
                | dict(zip(("change", "low", "high"), each.change, strict=True))
                for each in self.differences
            ],
        )
        if self.without:
            yield (
                "contributions",
                [
                    {
                        "plan": plan,
                        "left out": name,
                        "what": what,
                        "mean": found.mean,
                        "low": found.low,
                        "high": found.high,
                    }
                    for plan, name, what, found in self.contributions
                ],
            )
        aim = self.experiment.reached
        yield (
            "definition",
            [
                _row({"plan": plan, "what": what, "mean at least": aim.mean + m, "weakest at least": aim.weakest + m},
                     self.share(plan, what, m))
                for plan in self.tasks for what in _KPIS for m in _MOVES if max(aim.mean, aim.weakest) + m <= 5.0
            ],
        )  # fmt: skip

    def draw(self, folder: Path, suffix: str) -> None:
        """Draw the shares, and what matters."""
        shares = {plan: {what: self.share(plan, what) for what in _KPIS} for plan in self.tasks}
        figures.programmes(
            shares, self.differences, clear, self._aim(), self.scenario, folder / f"programmes{suffix}.png"
        )
        for plan in self.experiment.left_out:
            rows = [(name, found) for own, name, what, found in self.contributions if (own, what) == (plan, REACHED)]
            path = folder / f"contributions-{name_in_path(plan)}{suffix}.png"
            figures.contributions(rows, plan, self._aim(), self.scenario, path)

    def _aim(self) -> str:
        aim = self.experiment.reached
        return f"mean maturity ≥ {aim.mean:g} with no element below {aim.weakest:g}"

    def sentences(self) -> list[str]:
        """How many reach and hold the aim, programme by programme, and what matters most."""
        months = self.scenario.horizon.months
        texts = [
            f"{len(self.drawn)} organisations; reached means {self._aim()} at some time within {months} months, held means so in each "
            "of the last twelve."
        ]
        for plan in self.tasks:
            reached, held = self.share(plan, REACHED), self.share(plan, HELD)
            texts.append(f"{plan}: {_percent(reached)} reach it, {_percent(held)} hold it.")
            own = [each for each in self.differences if each.plan == plan]
            said = [_ends(each) for each in own if clear(each, len(own))][:_NAMED]
            texts.append(
                f"What matters most: {'; '.join(said)}." if said else "Nothing that was drawn matters clearly."
            )
            obstacles = [each for each in own if each.factor in OBSTACLES]
            if obstacles:
                worst = min(obstacles, key=lambda each: each.change[0])
                if clear(worst, len(obstacles)) and worst.change[0] < 0:
                    texts.append(f"Of the obstacles {_ends(worst)} matters most.")
                else:
                    texts.append("None of the nine obstacles stands out clearly by itself.")
        for one, other in itertools.pairwise(self.tasks):
            for what in _KPIS:
                found = self.ahead(other, one, what)
                more = f"{100 * found.mean:+.0f} points ({100 * found.low:+.0f} to {100 * found.high:+.0f})"
                texts.append(f"{other} against {one}, in the same organisations: {more} that have {what} it.")
        for plan in self.experiment.left_out:
            by_share = [
                (name, found) for own, name, what, found in self.contributions if (own, what) == (plan, REACHED)
            ]
            by_share.sort(key=lambda each: -each[1].mean)
            said = [
                f"{name} {100 * found.mean:+.0f} points ({100 * found.low:+.0f} to {100 * found.high:+.0f})"
                for name, found in by_share
            ]
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


def _percent(share: tuple[float, float, float]) -> str:
    return f"{share[0]:.0%} ({share[1]:.0%} to {share[2]:.0%})"


def _row(labels: Row, share: tuple[float, float, float]) -> Row:
    return labels | {"share": share[0], "low": share[1], "high": share[2]}
