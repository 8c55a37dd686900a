"""A study of one scenario: what is run for it, and what it says. Each kind of study has a part of its own."""

from abc import ABC, abstractmethod
from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from sxsim.results.intervals import Interval, interval
from sxsim.results.kpis import range_of
from sxsim.results.result import unit_of
from sxsim.runs import Scenario, engine_of
from sxsim.scenario.parameters import Ensemble
from sxsim.studies.experiment import Experiment
from sxsim.studies.factors import Factor
from sxsim.studies.points import Point, Task
from sxsim.studies.work import Work

Row = dict[str, Any]


class Part(ABC):
    """A study of one scenario.

    A part first says what it is going to run (`planned`), then runs it (`run`), and then has tables, sentences and
    pictures.
    """

    def __init__(
        self,
        experiment: Any,
        scenario: Scenario,
        factors: tuple[Factor, ...],
        engine: str | None = None,
        ensemble: Ensemble | None = None,
    ) -> None:
        self.experiment: Any = experiment
        self.scenario = scenario
        self.factors = factors
        self.engine = engine_of(scenario, engine)
        self.ensemble = ensemble
        self.task = self.task_of(experiment)
        self.work: Work | None = None

    def task_of(self, experiment: Experiment) -> Task:
        """The scenario under the experiment's plan."""
        return self.task_under(experiment.plan)

    def task_under(self, plan: str, scenario: Scenario | None = None) -> Task:
        """The scenario, or another one, under a plan, with what the study assumes."""
        asked = self.experiment
        return Task(scenario or self.scenario, plan, asked.seed, self.engine, asked.uncertain, self.ensemble)

    @property
    def assumes(self) -> bool:
        """Whether parameters differ between replications, so that intervals hold assumptions beside chance."""
        return self.experiment.uncertain or (self.ensemble is not None and len(self.ensemble) > 1)

    @abstractmethod
    def planned(self) -> tuple[list[tuple[Task, Sequence[Point]]], int]:
        """What is known to be run, by task, and how many points may follow, at most, depending on what comes out."""

    @abstractmethod
    def run(self, work: Work) -> None:
        """Run what is to be run."""

    @abstractmethod
    def tables(self) -> Iterator[tuple[str, list[Row]]]:
        """The tables of results, tidy: one row an estimate."""

    @abstractmethod
    def sentences(self) -> list[str]:
        """What came out, in plain words."""

    @abstractmethod
    def draw(self, folder: Path, suffix: str) -> None:
        """Draw the pictures into a folder."""

    @abstractmethod
    def points(self) -> Iterator[tuple[Task, Mapping[str, float | str], Point]]:
        """Every point, in order, with what it stands for; equal points stand there as often as they are used."""

    def remarks(self) -> list[str]:
        """What a reader of `summary.md` should know beside, in Markdown."""
        return []

    def unmet(self) -> list[str]:
        """What was demanded and is not met."""
        return []

    def kept(self, task: Task, point: Point) -> tuple[float, ...] | None:
        """The KPIs of a finished point."""
        assert self.work is not None
        return self.work.kpis(task, point)

    def values(self, task: Task, points: Iterable[Point], kpis: Sequence[str]) -> NDArray[np.float64]:
        """KPIs, or what else a task's points hold, at some points, shape (points, KPIs); NaN where a point failed."""
        columns = [task.statistics.index(kpi) for kpi in kpis]
        nothing = (np.nan,) * len(task.statistics)
        rows = (self.kept(task, point) or nothing for point in points)
        looked_at = np.fromiter((row[column] for row in rows for column in columns), np.float64)
        return looked_at.reshape(-1, len(columns))

    def interval_of(self, kpi: str, values: Iterable[float], *, difference: bool = False) -> Interval:
        """A KPI's interval over runs, or that of a difference of two."""
        if difference:
            return interval(values, unit_of(kpi, self.scenario))
        return interval(values, unit_of(kpi, self.scenario), range_of(kpi))
