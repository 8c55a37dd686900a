"""Why a plan differs from the base: the difference split over levers or elements, commitment, money, activities and changes.

Activities stand for what they cost and the time they take, and in the split over levers for the people they win over.
Causes are switched one by one by replaying runs: see `tasks`.
"""

import itertools
import json
from collections.abc import Iterator, Mapping, Sequence
from contextlib import closing
from functools import cached_property
from pathlib import Path
from typing import Literal

import numpy as np
from numpy.typing import NDArray
from pydantic import Field, model_validator

from sxsim.pictures import decisions
from sxsim.results.intervals import Interval
from sxsim.results.kpis import KPIS
from sxsim.results.pictured import kpi_of
from sxsim.results.result import unit_of
from sxsim.results.summary import signed
from sxsim.running.one_run import Stopped
from sxsim.running.sharing import Work, share
from sxsim.running.task import Point, Task
from sxsim.scenario import limits
from sxsim.scenario.fields import Name, quantity
from sxsim.scenario.problems import Path as Place
from sxsim.scenario.problems import Problem
from sxsim.scenario.scenario import BASE_PLAN
from sxsim.studies.experiment import KIND, Experiment, compared_with_itself
from sxsim.studies.methods import ranks
from sxsim.studies.part import Part, Row
from sxsim.studies.tasks import ReplayTask, causes_of, differing_causes

_Z95 = 1.959963984540054
_NAMED = 4


class Why(Experiment):
    """Why does a plan differ from the base?"""

    study: Literal["why"] = KIND
    plan: Name = Field(..., description="plan whose difference to the base is explained")
    base: Name = Field(BASE_PLAN, description="plan it is compared with")
    split: list[Literal["levers", "elements"]] = Field(
        default_factory=lambda: ["levers", "elements"],  # type: ignore[arg-type]
        description="what the difference is split over: the ten levers, or the elements' maturity and commitment; both with money, activities and direct changes",
        min_length=1,
    )
    replications: int = quantity(10, "runs", "replications", ge=2, le=limits.REPLICATIONS)
    orders: int = quantity(
        8,
        "orders",
        "orders in which causes are switched, drawn anew in each replication beyond ten causes",
        ge=2,
        le=limits.SAMPLES,
    )

    @model_validator(mode="after")
    def _pairs(self) -> "Why":
        if self.orders % 2:
            raise ValueError(f"orders(={self.orders}) must be even: every order goes with its reverse")
        return self

    def own_problems(self) -> Iterator[Problem]:
        """What is compared must be two plans."""
        yield from compared_with_itself(self.plan, self.base)

    def named_plans(self) -> list[tuple[Place, str]]:
        """The base, too."""
        return [*super().named_plans(), (("base",), self.base)]


class WhyPart(Part):
    """Why a plan of one scenario differs from the base."""

    asks = Why
    experiment: Why
    task: ReplayTask

    def task_of(self, experiment: Experiment) -> Task:
        """Replays of the two plans."""
        assert isinstance(experiment, Why)
        return ReplayTask(
            self.scenario,
            experiment.plan,
            experiment.seed,
            self.engine,
            experiment.uncertain,
            self.ensemble,
            experiment.base,
        )

    def _causes(self, split: str) -> list[str]:
        return causes_of(split, self.scenario, self.experiment.base, self.experiment.plan)

    def _point(self, split: str, replication: int, causes: Sequence[str], coalition: ranks.Coalition) -> Point:
        chosen = [cause for cause, member in zip(causes, coalition, strict=True) if member]
        return Point((("as in the plan", json.dumps(chosen, ensure_ascii=False)), ("split", split)), replication)

    def _orders(self, split: str, replication: int, count: int) -> list[tuple[int, ...]] | None:
        """The orders of a replication, beyond as many causes as can be looked at in full."""
        if count <= ranks.MOST_EXACT:
            return None
        place = self.experiment.split.index(split)  # type: ignore[arg-type]
        return ranks.orders_of(count, self.experiment.orders, (self.experiment.seed, replication, place))

    def _points_of(self, split: str, replication: int, causes: Sequence[str]) -> list[Point]:
        orders = self._orders(split, replication, len(causes))
        needed = ranks.coalitions_of(len(causes), orders)
        return [self._point(split, replication, causes, coalition) for coalition in needed]

    def planned(self) -> tuple[list[tuple[Task, Sequence[Point]]], int]:
        """The two ends of each replication; as many more as causes differ."""
        asked = self.experiment
        ends = [self._point(s, r, [], ()) for s in asked.split for r in range(asked.replications)]
        counts = [len(self._causes(split)) for split in asked.split]
        most = sum(2**n if n <= ranks.MOST_EXACT else asked.orders * (n - 1) + 2 for n in counts)
        return [(self.task, ends)], asked.replications * most - len(ends)

    def run(self, work: Work) -> None:
        """Record both plans, see which causes differ, then run what the split needs."""
        self.work = work
        store, replications = work.store(self.task), range(self.experiment.replications)
        known = {} if work.fresh else {r: store.noted(self._about(r)) for r in replications}
        left = [r for r in replications if known.get(r) is None]
        jobs = work.jobs if self.engine == "compiled" else 1
        with closing(share(self._differing, left, jobs=jobs, left=len(left), should_stop=work.should_stop)) as finished:
            for replication, found in finished:
                known[replication] = json.dumps(found, ensure_ascii=False)
                store.note(self._about(replication), str(known[replication]))
        if any(known.get(r) is None for r in replications):
            raise Stopped(f"{self.scenario.name}: stopped while looking for causes that differ; what is found is kept")
        self.differing: dict[int, dict[str, list[str]]] = {r: json.loads(str(known[r])) for r in replications}
        for split in self.experiment.split:
            points = [p for r in replications for p in self._points_of(split, r, self.differing[r][split])]
            work.finish(self.task, points, f"{self.scenario.name}, over {split}", self.experiment.kpis[0])

    @staticmethod
    def _about(replication: int) -> str:
        return f"causes that differ in replication {replication}"

    def _differing(self, replication: int) -> dict[str, list[str]]:
        """By split, the causes that differ in a replication."""
        recorded = self.task.recording(replication)
        return {
            split: differing_causes(
                self._causes(split), self.scenario, self.experiment.base, self.experiment.plan, recorded
            )
            for split in ("levers", "elements")
        }

    def points(self) -> Iterator[tuple[Task, Mapping[str, float | str], Point]]:
        """All points with split and causes."""
        for split, replication in itertools.product(self.experiment.split, range(self.experiment.replications)):
            for point in self._points_of(split, replication, self.differing[replication][split]):
                yield self.task, {str(name): str(value) for name, value in point.settings}, point

    def _outcome(self, split: str, replication: int, causes: Sequence[str]) -> ranks.Outcome:
        columns = [list(KPIS).index(kpi) for kpi in self.experiment.kpis]

        def outcome(coalition: ranks.Coalition) -> NDArray[np.float64]:
            kept = self.kept(self.task, self._point(split, replication, causes, coalition))
            return np.full(len(columns), np.nan) if kept is None else np.array([kept[column] for column in columns])

        return outcome

    @cached_property
    def parts(self) -> dict[str, tuple[list[str], NDArray[np.float64], NDArray[np.float64]]]:
        """By split: causes that differ somewhere, their parts and the variance that the sampling of orders leaves.

        Parts and variance have the shape (replications, causes, KPIs).
        """
        found: dict[str, tuple[list[str], NDArray[np.float64], NDArray[np.float64]]] = {}
        for split in self.experiment.split:
            names = [c for c in self._causes(split) if any(c in d[split] for d in self.differing.values())]
            shape = (self.experiment.replications, len(names), len(self.experiment.kpis))
            parts, variance = np.zeros(shape), np.zeros(shape)
            for replication in range(self.experiment.replications):
                causes = self.differing[replication][split]
                if not causes:
                    continue
                rows = [names.index(cause) for cause in causes]
                outcome = self._outcome(split, replication, causes)
                orders = self._orders(split, replication, len(causes))
                if orders is None:
                    parts[replication, rows] = ranks.exact(len(causes), outcome)
                else:
                    parts[replication, rows], variance[replication, rows] = ranks.sampled(len(causes), orders, outcome)
            found[split] = names, parts, variance
        return found

    @cached_property
    def ends(self) -> NDArray[np.float64]:
        """The KPIs of base and plan, shape (2, replications, KPIs)."""
        split = self.experiment.split[0]
        rows = []
        for replication in range(self.experiment.replications):
            causes = self.differing[replication][split]
            outcome = self._outcome(split, replication, causes)
            rows.append([outcome((end,) * len(causes)) for end in (0, 1)])
        return np.array(rows).swapaxes(0, 1)

    def waterfall(self, split: str, kpi: str) -> list[tuple[str, Interval, float]]:
        """The causes with their parts and the half width that the sampling of orders alone makes, the largest first."""
        names, parts, variance = self.parts[split]
        k, runs = self.experiment.kpis.index(kpi), self.experiment.replications
        rows = [
            (
                name,
                self.interval_of(kpi, parts[:, place, k], difference=True),
                _Z95 * float(np.sqrt(variance[:, place, k].sum())) / runs,
            )
            for place, name in enumerate(names)
        ]
        return sorted(rows, key=lambda row: -abs(row[1].mean))

    def whole(self, kpi: str) -> Interval:
        """The whole difference."""
        k = self.experiment.kpis.index(kpi)
        return self.interval_of(kpi, self.ends[1, :, k] - self.ends[0, :, k], difference=True)

    def tables(self) -> Iterator[tuple[str, list[Row]]]:
        """The parts with intervals, and the parts of each replication, which add up to its difference."""
        parts, by_run = [], []
        for split in self.experiment.split:
            for kpi in self.experiment.kpis:
                for cause, found, error in self.waterfall(split, kpi):
                    figures_ = {"mean": found.mean, "low": found.low, "high": found.high, "unit": found.unit}
                    parts.append({"split": split, "kpi": kpi, "cause": cause, **figures_, "error of orders": error})
                found = self.whole(kpi)
                figures_ = {"mean": found.mean, "low": found.low, "high": found.high, "unit": found.unit}
                parts.append(
                    {"split": split, "kpi": kpi, "cause": "whole difference", **figures_, "error of orders": 0.0}
                )
            names, values, _ = self.parts[split]
            for replication, k in itertools.product(
                range(self.experiment.replications), range(len(self.experiment.kpis))
            ):
                cells = dict(zip(names, map(float, values[replication, :, k]), strict=True))
                whole = float(self.ends[1, replication, k] - self.ends[0, replication, k])
                by_run += [
                    {
                        "split": split,
                        "replication": replication,
                        "kpi": self.experiment.kpis[k],
                        "cause": name,
                        "part": part,
                    }
                    for name, part in (cells | {"whole difference": whole}).items()
                ]
        yield "parts", parts
        yield "parts_by_replication", by_run

    def draw(self, folder: Path, suffix: str) -> None:
        """Draw a waterfall for each split."""
        for split in self.experiment.split:
            panels = [
                (kpi_of(kpi, self.scenario), [row[:2] for row in self.waterfall(split, kpi)], self.whole(kpi))
                for kpi in self.experiment.kpis
            ]
            plans = (self.experiment.base, self.experiment.plan)
            decisions.waterfalls(panels, plans, split, self.scenario.name, folder / f"waterfall-{split}{suffix}.png")

    def sentences(self) -> list[str]:
        """What the difference is made of."""
        asked, texts = self.experiment, []
        for kpi in asked.kpis:
            whole, unit = self.whole(kpi), unit_of(kpi, self.scenario)
            scale = "" if unit.startswith("share") else f" ({unit})"
            texts.append(f"{kpi}: {asked.plan} differs from {asked.base} by {signed(whole)}{scale}.")
            for split in asked.split:
                rows = [row for row in self.waterfall(split, kpi) if row[1].mean]
                if not rows:
                    continue
                named = "; ".join(f"{cause} {signed(found)}" for cause, found, _ in rows[:_NAMED])
                rest = f"; {len(rows) - _NAMED} more below that" if len(rows) > _NAMED else ""
                texts.append(f"Over {split}: {named}{rest}.")
        return texts

    def remarks(self) -> list[str]:
        """What a part means."""
        return [
            "A part is what a cause changes on average when causes are switched from base to plan in every order (Shapley "
            "value), each following the path it took in its own run. The parts of a replication add up to its whole "
            "difference. Intervals hold chance"
            + (" and assumptions" if self.assumes else "")
            + "; beyond ten causes also the sampling of orders, whose share stands in the column `error of orders`. "
            "Technology rides with reliability, a partner's energy with energy, local teams with alignment.",
        ]
