"""Running a study: its points, finished ones taken from the store, then what they say."""

import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from sxsim.results.intervals import Interval, interval
from sxsim.results.kpis import KPIS, range_of
from sxsim.results.result import DEFAULT_OUT, unit_of
from sxsim.runs import Scenario, engine_of
from sxsim.studies import sensitivity, sweep
from sxsim.studies.experiment import LUCK, MANY_FACTORS, Experiment, Factor, Setup, load_experiment
from sxsim.studies.points import Failure, Point, PointStore, Task, missing
from sxsim.studies.work import run_here

if TYPE_CHECKING:
    import pandas as pd

#: Called with points done, points in all, and the running result in a few words.
Progress = Callable[[int, int, str], None]
#: Factors that a screening by Morris leaves for Sobol.
MOST_LEFT = 10
_TRIAL = 2
_BYTES_A_POINT = 1_100


@dataclass
class Part:
    """A study of one scenario. settings and replications: of all points in order; design: of a sensitivity study."""

    scenario: Scenario
    task: Task
    factors: tuple[Factor, ...]
    store: PointStore
    design: sensitivity.Sample | None = None
    settings: NDArray[np.float64] | None = None
    replications: int = 1
    screening: "Part | None" = None
    failures: list[Failure] = field(default_factory=list)

    @property
    def size(self) -> int:
        """How many points there are, equal ones counted apart."""
        if self.design is not None:
            return len(self.design.places)
        return 0 if self.settings is None else len(self.settings) * self.replications

    def point(self, number: int) -> Point:
        """A point by its number."""
        if self.design is not None:
            return self.design.point(number)
        assert self.settings is not None
        setting, replication = divmod(number, self.replications)
        return Point.of(self.factors, list(self.settings[setting]), replication)

    def points(self) -> Iterator[Point]:
        """All points in order, the dummy's equal ones included."""
        return (self.point(number) for number in range(self.size))

    def values(self, kpis: Sequence[str]) -> NDArray[np.float64]:
        """KPIs at all points, shape (points, KPIs); NaN where a point failed."""
        columns = [list(KPIS).index(kpi) for kpi in kpis]
        found = np.full((self.size, len(columns)), np.nan)
        for number, point in enumerate(self.points()):
            kept = self.store.get(point)
            if kept is not None:
                found[number] = [kept[column] for column in columns]
        return found

    def indices(self, kpis: Sequence[str]) -> list[sensitivity.Indices]:
        """The indices of a sensitivity study, KPI by KPI."""
        assert self.design is not None
        values = self.values(kpis)
        return [sensitivity.analyse(self.design, kpi, values[:, k]) for k, kpi in enumerate(kpis)]


@dataclass
class Study:
    """A finished study."""

    setup: Setup
    parts: list[Part]
    seconds: float
    run: int
    folder: Path | None = None

    @property
    def experiment(self) -> Experiment:
        """What was asked."""
        return self.setup.experiment

    @property
    def failures(self) -> list[Failure]:
        """Points that could not be finished."""
        return [failure for part in self.parts for failure in part.failures]

    @cached_property
    def indices(self) -> dict[str, list[sensitivity.Indices]]:
        """By scenario, the indices of each KPI."""
        return {part.scenario.name: part.indices(self.experiment.kpis) for part in self.parts}

    @cached_property
    def screenings(self) -> dict[str, list[sensitivity.Indices]]:
        """By scenario, what the screening by Morris said, where there was one."""
        return {
            part.scenario.name: part.screening.indices(self.experiment.kpis)
            for part in self.parts
            if part.screening is not None
        }

    @cached_property
    def levels(self) -> "dict[str, pd.DataFrame]":
        """By scenario, the KPIs of a sweep: one row a setting and KPI, with the interval over replications."""
        import pandas as pd

        tables = {}
        for part in self.parts:
            values = part.values(self.experiment.kpis)
            assert part.settings is not None
            rows = []
            for number, setting in enumerate(part.settings):
                runs = values[number * part.replications : (number + 1) * part.replications]
                for k, kpi in enumerate(self.experiment.kpis):
                    found = self.interval_of(part, kpi, runs[:, k])
                    names = [factor.name for factor in part.factors]
                    rows.append(
                        dict(zip(names, setting, strict=True))
                        | {"kpi": kpi, "unit": found.unit, "mean": found.mean, "low": found.low, "high": found.high}
                        | {"p10": found.p10, "p90": found.p90, "sd": found.sd, "n": found.n}
                    )
            tables[part.scenario.name] = pd.DataFrame(rows)
        return tables

    @staticmethod
    def interval_of(part: Part, kpi: str, values: Iterable[float]) -> Interval:
        """A KPI's interval over runs of a scenario."""
        return interval(values, unit_of(kpi, part.scenario), range_of(kpi))


def study(
    experiment: str | Path,
    *,
    sets: Sequence[str] = (),
    samples: int | None = None,
    out: str | Path = DEFAULT_OUT,
    jobs: int | None = None,
    fresh: bool = False,
    engine: str | None = None,
    progress: Progress | None = None,
) -> Study:
    """Run a study from its file and write its folder; finished points are not run again.

    A point that fails is kept with its traceback while the rest goes on (`Study.failures`). Raises InvalidInput for a
    file that cannot be used, OSError where results cannot be written.
    """
    from sxsim.studies.folder import write_study

    setup = load_experiment(experiment, sets=sets, samples=samples)
    began = time.perf_counter()
    count = 0
    parts = []
    for part in parts_of(setup, Path(out), engine):
        screening = part.screening
        if screening is not None:
            count += _finish(screening, setup, jobs, fresh, progress)
            part = _after_screening(setup, part, screening)
            part.failures += screening.failures
        count += _finish(part, setup, jobs, fresh, progress)
        parts.append(part)
    found = Study(setup, parts, time.perf_counter() - began, count)
    write_study(found, Path(out))
    return found


def parts_of(setup: Setup, out: Path, engine: str | None = None) -> list[Part]:
    """A study's parts, one a scenario, nothing run yet."""
    experiment = setup.experiment
    parts = []
    for scenario, factors in zip(setup.scenarios, setup.factors, strict=True):
        task = Task(scenario, experiment.plan, experiment.seed, engine_of(scenario, engine), experiment.uncertain)
        part = Part(scenario, task, factors, PointStore(out, task))
        if experiment.study == "sweep":
            part.settings, part.replications = sweep.settings_of(experiment, factors), experiment.replications
        elif experiment.method is None and len(factors) > MANY_FACTORS:
            design = sensitivity.sample(factors, "morris", experiment.trajectories, False, experiment.seed)
            part.screening = replace(part, design=design, failures=[])
        else:
            part.design = _design(experiment, factors)
        parts.append(part)
    return parts


def _design(experiment: Experiment, factors: Sequence[Factor]) -> sensitivity.Sample:
    method = experiment.method or "sobol"
    count = experiment.trajectories if method == "morris" else experiment.samples
    return sensitivity.sample(factors, method, count, experiment.second_order, experiment.seed)


def _after_screening(setup: Setup, part: Part, screening: Part) -> Part:
    """The part with the factors that matter for some KPI: those whose effect may exceed luck's, the largest first."""
    importance: dict[str, float] = {}
    for found in screening.indices(setup.experiment.kpis):
        luck = found.mean_effect[found.names.index(LUCK)]
        scale = found.sd or 1.0
        for name, effect in zip(found.names[:-2], found.mean_effect, strict=False):
            if effect.high >= luck.low:
                importance[name] = max(importance.get(name, 0.0), effect.value / scale)
    best = sorted(importance, key=lambda name: -importance[name])[:MOST_LEFT]
    factors = tuple(factor for factor in part.factors if factor.name in best) or part.factors[:1]
    return replace(part, factors=factors, design=_design(setup.experiment, factors), failures=[])


def _finish(part: Part, setup: Setup, jobs: int | None, fresh: bool, progress: Progress | None) -> int:
    """Run what is missing of a part. Returns how many points were run."""
    if fresh:
        part.store.forget(part.points())
    total = len({point.key for point in part.points()})
    left = sum(1 for _ in missing(part.points(), part.store))
    done = total - left
    report = progress or (lambda _done, _total, _text: None)
    report(done, total, part.scenario.name)
    kpi = setup.experiment.kpis[0]
    column, seen, count = list(KPIS).index(kpi), 0.0, 0
    for point, result in run_here(part.task, missing(part.points(), part.store), jobs):
        if isinstance(result, Failure):
            part.failures.append(result)
        else:
            part.store.put(point, result)
            seen, count = seen + result[column], count + 1
        done += 1
        report(done, total, f"{part.scenario.name}: {kpi} {seen / max(count, 1):.4g} on average")
    return left


def planned(setup: Setup, out: str | Path, jobs: int | None = None) -> dict[str, Any]:
    """What a study would run: points, finished ones, seconds (from a short trial, whose points count) and disk."""
    import os

    points = finished = after = 0
    seconds = 0.0
    for part in parts_of(setup, Path(out)):
        first = part.screening or part
        keys = {point.key for point in first.points()}
        left = list(dict.fromkeys(missing(first.points(), part.store)))
        for trial in left[: _TRIAL + 1]:
            began = time.perf_counter()
            result = next(iter(run_here(part.task, [trial], 1)))[1]
            took = time.perf_counter() - began
            if not isinstance(result, Failure):
                part.store.put(trial, result)
        left = left[_TRIAL + 1 :]
        if part.screening is not None:
            after += setup.experiment.samples * (
                2 * (MOST_LEFT + 1) + 2 if setup.experiment.second_order else MOST_LEFT + 3
            )
        points += len(keys)
        finished += len(keys) - len(left)
        seconds += took * len(left) / (jobs or os.cpu_count() or 1) if left else 0.0
    return {
        "points": points,
        "finished": finished,
        "to_run": points - finished,
        "after_screening": after,
        "seconds": round(seconds, 1),
        "disk_mib": round(points * _BYTES_A_POINT / 2**20, 1),
    }
