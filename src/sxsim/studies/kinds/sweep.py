"""Sweeps: every combination of settings, settings side by side, or samples of a Latin hypercube."""

import itertools
from collections.abc import Iterator, Mapping, Sequence
from functools import cached_property
from math import prod
from pathlib import Path
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray
from pydantic import Field

from sxsim.pictures import run
from sxsim.results.kpis import KPIS
from sxsim.results.pictured import kpi_of
from sxsim.results.result import unit_of
from sxsim.results.summary import number
from sxsim.running.sharing import Work
from sxsim.running.task import Point, Points, Task
from sxsim.scenario import limits
from sxsim.scenario.fields import quantity
from sxsim.scenario.problems import Problem
from sxsim.studies.experiment import FACTORS, KIND, Experiment
from sxsim.studies.factors import Factor, Varied, latin_hypercube
from sxsim.studies.part import Part, Row


class Sweep(Experiment):
    """What happens along some settings?"""

    study: Literal["sweep"] = KIND
    factors: list[Varied] = FACTORS
    design: Literal["grid", "list", "latin_hypercube"] = Field(
        "grid", description="every combination, the values side by side, or samples of a Latin hypercube"
    )
    samples: int = quantity(256, "samples", "samples of a Latin hypercube", ge=2, le=limits.SAMPLES)
    replications: int = quantity(5, "runs", "runs at every setting", ge=1, le=limits.REPLICATIONS)

    @classmethod
    def without_samples(cls, raw: Mapping[str, Any]) -> str:
        """Only a Latin hypercube has samples."""
        design = raw.get("design", "grid")
        return "" if design == "latin_hypercube" else f"a sweep by {design}"

    def own_problems(self) -> Iterator[Problem]:
        """A Latin hypercube draws from ranges; a list goes through values side by side."""
        if self.design == "latin_hypercube":
            for number, factor in enumerate(self.factors):
                if factor.values is not None:
                    said = f": a Latin hypercube draws from a range, not from {len(factor.values)} values"
                    yield Problem(("factors", number), said, "give low and high in place of values")
        if self.design == "grid":
            settings = prod(len(factor.values or ()) or factor.steps for factor in self.factors)
            if settings > limits.SETTINGS:
                said = f": a grid of {settings:,} settings, must be ≤ {limits.SETTINGS:,}"
                yield Problem(("factors",), said, "set fewer steps, or design: latin_hypercube")
        if self.design == "list":
            lengths = {len(factor.values or ()) for factor in self.factors}
            if len(lengths) != 1 or 0 in lengths:
                yield Problem(("design",), "(='list'): a sweep by list needs values, equally many for every factor")


def settings_of(experiment: Sweep, factors: Sequence[Factor]) -> NDArray[np.float64]:
    """The settings of a sweep, shape (settings, factors)."""
    if experiment.design == "latin_hypercube":
        return latin_hypercube(factors, experiment.samples, experiment.seed)
    if experiment.design == "list":
        return np.array([factor.values for factor in factors], float).T
    axes = [_axis(factor) for factor in factors]
    return np.array(list(itertools.product(*axes)), float)


def _axis(factor: Factor) -> Sequence[float]:
    if factor.values is not None:
        return factor.values
    values = np.linspace(factor.low, factor.high, factor.steps)
    return list(dict.fromkeys(np.round(values))) if factor.whole else list(values)


class SweepPart(Part):
    """A sweep of one scenario: every setting meets the same replications."""

    asks = Sweep
    experiment: Sweep

    def __init__(self, *arguments: Any) -> None:
        super().__init__(*arguments)
        self.settings = settings_of(self.experiment, self.factors)

    def _points(self) -> Points:
        return Points(len(self.settings) * self.experiment.replications, self._point)

    def _point(self, number: int) -> Point:
        setting, replication = divmod(number, self.experiment.replications)
        return Point.of(self.factors, list(self.settings[setting]), replication)

    def planned(self) -> tuple[list[tuple[Task, Sequence[Point]]], int]:
        """All points."""
        return [(self.task, self._points())], 0

    def run(self, work: Work) -> None:
        """Run all points."""
        self.work = work
        work.finish(self.task, self._points(), self.scenario.name, self.experiment.kpis[0])

    def points(self) -> Iterator[tuple[Task, Mapping[str, float | str], Point]]:
        """All points with the values of the factors."""
        names = [factor.name for factor in self.factors]
        for place, point in enumerate(self._points()):
            setting = self.settings[place // self.experiment.replications]
            yield self.task, dict(zip(names, map(float, setting), strict=True)), point

    @cached_property
    def levels(self) -> list[Row]:
        """The KPIs: one row a setting and KPI, with the interval over replications."""
        values = self.values(self.task, self._points(), self.experiment.kpis)
        names, runs = [factor.name for factor in self.factors], self.experiment.replications
        rows = []
        for place, setting in enumerate(self.settings):
            for k, kpi in enumerate(self.experiment.kpis):
                found = self.interval_of(kpi, values[place * runs : (place + 1) * runs, k])
                rows.append(
                    dict(zip(names, map(float, setting), strict=True))
                    | {"kpi": kpi, "unit": found.unit, "mean": found.mean, "low": found.low, "high": found.high}
                    | {"p10": found.p10, "p90": found.p90, "sd": found.sd, "n": found.n}
                )
        return rows

    def tables(self) -> Iterator[tuple[str, list[Row]]]:
        """The levels."""
        yield "levels", self.levels

    def draw(self, folder: Path, suffix: str) -> None:
        """Draw each KPI along the settings."""
        run.sweep(
            self.levels, [factor.name for factor in self.factors],
            [kpi_of(kpi, self.scenario) for kpi in self.experiment.kpis],
            self.experiment.replications, self.scenario.name, folder / f"sweep{suffix}.png",
            scattered=self.experiment.design == "latin_hypercube",
        )  # fmt: skip

    def sentences(self) -> list[str]:
        """How far each KPI goes, and where it is best."""
        names = [factor.name for factor in self.factors]
        texts = []
        for kpi in self.experiment.kpis:
            rows = [row for row in self.levels if row["kpi"] == kpi and row["mean"] == row["mean"]]
            if not rows:
                texts.append(f"{kpi}: not defined at any setting.")
                continue
            unit, higher = unit_of(kpi, self.scenario), KPIS[kpi].better != "lower"
            best = (max if higher else min)(rows, key=lambda row: row["mean"])
            where = ", ".join(f"{name} {best[name]:g}" for name in names)
            spread = f" ({number(best['low'], unit)} … {number(best['high'], unit)})" if best["n"] > 1 else ""
            means = [row["mean"] for row in rows]
            span = f"from {number(min(means), unit)} to {number(max(means), unit)}"
            word = "highest" if higher else "lowest"
            texts.append(f"{kpi} goes {span} ({unit}); {word} at {where}: {number(best['mean'], unit)}{spread}.")
        return texts
