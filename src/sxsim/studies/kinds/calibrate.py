"""Calibration: sets of parameters that are consistent with what an organisation has observed, as an ensemble.

The search is that of `posterior`; here its sets become points, so that finished ones are never run again, and its answer
becomes tables, a picture and sentences. Every set that is tried has luck of its own.
"""

import itertools
import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import fields
from functools import cached_property
from pathlib import Path
from typing import Any, Literal

import numpy as np
from pydantic import Field, model_validator

from sxsim.model.parameters import register
from sxsim.pictures import agreement
from sxsim.results.kpis import KPIS
from sxsim.results.result import unit_of
from sxsim.results.summary import number
from sxsim.running.sharing import Work
from sxsim.running.task import Point, Points, Task
from sxsim.scenario import limits
from sxsim.scenario.fields import quantity
from sxsim.scenario.paths import value_at
from sxsim.scenario.problems import InvalidInput, Problem
from sxsim.scenario.problems import Path as Place
from sxsim.studies.experiment import KIND, Experiment, problems_in_names
from sxsim.studies.factors import Factor, Varied
from sxsim.studies.methods.coverage import Coverage, coverage
from sxsim.studies.methods.observations import Observed, Stated, Target, figures_of
from sxsim.studies.methods.posterior import RULED_OUT, Posterior, first_wave, fit
from sxsim.studies.methods.statistics import Array, TooFewRuns, typical_spread, weighted_quantile
from sxsim.studies.part import Part, Row
from sxsim.studies.tasks import FactsTask, Source, facts_named, points_at, simulator, statistics_at, target_of

#: Ends of the intervals of an ensemble.
LOW_SHARE, HIGH_SHARE = 0.05, 0.95
#: The data say something of a factor when they leave less than this of its range, or move its middle by more than that.
_LEFT, _MOVED = 0.8, 0.2
#: Correlation beyond which two factors are known together rather than each for itself.
_TOGETHER = 0.6
#: Digits of figures that come out of a fit, whose last bits belong to the library.
_DIGITS = 6
_AS_IT_IS, _ENSEMBLE = "as it is", "ensemble"


class Calibrate(Experiment):
    """Which sets of parameters are consistent with what was observed?"""

    study: Literal["calibrate"] = KIND
    factors: list[Varied] = Field(..., description="what is fitted, and the range in which it may lie", min_length=1)
    data: list[Observed] = Field(
        default_factory=list, description="tables of one's own organisation: survey answers, churn, waits, engagement"
    )
    targets: list[Stated] = Field(default_factory=list, description="figures of one's own organisation")
    facts: list[str] = Field(
        default_factory=list,
        description="published facts that the shared behaviour is fitted to, by name or pattern, each measured on a setting of its "
        "own (sxsim verify facts); then only parameters can be fitted",
    )
    simulations: int = quantity(2000, "runs", "runs in which sets are tried", ge=100, le=limits.SAMPLES)
    ensemble: int = quantity(100, "sets", "sets of parameters that the answer holds", ge=10, le=limits.SETS)
    replications: int = quantity(
        20, "runs", "runs with the values as they are, for comparison", ge=5, le=limits.REPLICATIONS
    )

    @model_validator(mode="after")
    def _something_observed(self) -> "Calibrate":
        if not self.data and not self.targets and not self.facts:
            given = f"data {self.data}, targets {self.targets}, facts {self.facts}"
            raise ValueError(f"give data, targets or facts: there is nothing to fit to ({given})")
        return self

    def own_problems(self) -> Iterator[Problem]:
        """One organisation, factors with a range, and of facts only parameters."""
        if len(self.scenarios) > 1:
            said = f": one organisation is fitted at a time, not {len(self.scenarios)}"
            yield Problem(("scenarios",), said, "write one file for each scenario")
        for place, factor in enumerate(self.factors):
            if factor.values is not None:
                said = ": what is fitted has a range"
                yield Problem(("factors", place), said, "give low and high in place of values")
            if self.facts and factor.parameters is None:
                said = ": facts are measured on settings of their own, which do not have this field"
                yield Problem(("factors", place), said, "fit parameters, or leave facts out")
        yield from problems_in_names(facts_named, self.facts, ("facts",))

    def named_kpis(self) -> list[tuple[Place, str]]:
        """The targets' KPIs, too."""
        return [*super().named_kpis(), *((("targets", n, "kpi"), target.kpi) for n, target in enumerate(self.targets))]

    def read_files(self, folder: Path) -> list[Problem]:
        """The tables of data: what is left of them are their figures, among the targets."""
        problems: list[Problem] = []
        for observed in self.data:
            try:
                self.targets += figures_of(observed, folder)
            except InvalidInput as error:
                problems += error.problems
        self.data = []
        return problems


class CalibratePart(Part):
    """Which sets of parameters of one scenario are consistent with what was observed."""

    asks = Calibrate
    experiment: Calibrate

    def __init__(self, *arguments: Any) -> None:
        super().__init__(*arguments)
        self.sources = self._sources()
        self.task = self.sources[0].task
        self.posterior: Posterior | None = None
        self.too_few = ""
        self.before = np.zeros((0, 0))
        self.after = np.zeros((0, 0))
        self._asked: list[tuple[str, tuple[float, ...], Point]] = []

    def _sources(self) -> list[Source]:
        """Where statistics come from; the points of the first are kept in the study's folder."""
        found, stated = [], tuple(each.target for each in self.experiment.targets)
        if stated:
            found.append(Source(self.task, stated))
        names = tuple(facts_named(self.experiment.facts))
        if names:
            same = {each.name: getattr(self.task, each.name) for each in fields(self.task)}
            found.append(Source(FactsTask(**same, facts=names), tuple(map(target_of, names))))
        return found

    @property
    def targets(self) -> list[Target]:
        """What was observed."""
        return [target for source in self.sources for target in source.targets]

    @property
    def names(self) -> list[str]:
        """The factors by name."""
        return [factor.name for factor in self.factors]

    def _as_it_is(self) -> Points:
        """Runs with the values as they are."""
        return Points(self.experiment.replications, lambda replication: Point((), replication))

    def planned(self) -> tuple[list[tuple[Task, Sequence[Point]]], int]:
        """Runs with the values as they are and the first wave; the other waves and the ensemble follow."""
        asked = self.experiment
        places = first_wave(asked.simulations, len(self.factors), asked.seed)
        known = [*self._as_it_is(), *points_at(self.factors, places, range(len(places)))]
        after = asked.simulations - len(places) + asked.ensemble
        return [(source.task, known) for source in self.sources], after * len(self.sources)

    def run(self, work: Work) -> None:
        """Run with the values as they are, search, and run every set of the ensemble once on fresh luck."""
        self.work = work
        asked, name = self.experiment, self.scenario.name
        unknown = tuple(map(self._now, self.factors))
        self._asked = [(_AS_IT_IS, unknown, point) for point in self._as_it_is()]
        self.before = statistics_at(work, self.sources, self._as_it_is(), f"{name}, {_AS_IT_IS}")
        waves = itertools.count(1)

        def simulate(places: Array, replications: Sequence[int]) -> Array:
            wave = f"wave {next(waves)}"
            return self._finish(work, wave, places, replications)

        try:
            self.posterior = fit(
                simulate, self.targets, len(self.factors), simulations=asked.simulations, ensemble=asked.ensemble, seed=asked.seed
            )  # fmt: skip
        except TooFewRuns as error:
            self.too_few = str(error)
            return
        fresh = range(asked.simulations, asked.simulations + asked.ensemble)
        self.after = self._finish(work, _ENSEMBLE, self.posterior.ensemble, fresh)

    def _finish(self, work: Work, wave: str, places: Array, replications: Sequence[int]) -> Array:
        points = points_at(self.factors, places, replications)
        self._asked += [(wave, self._values(row), point) for row, point in zip(places, points, strict=True)]
        return statistics_at(work, self.sources, points, f"{self.scenario.name}, {wave}")

    def _values(self, places: Array) -> tuple[float, ...]:
        return tuple(float(factor.at(float(place))) for factor, place in zip(self.factors, places, strict=True))

    def points(self) -> Iterator[tuple[Task, Mapping[str, float | str], Point]]:
        """All points of the first source with their wave and the values of the factors (none as it is)."""
        for wave, values, point in self._asked:
            yield self.task, {"wave": wave} | dict(zip(self.names, values, strict=True)), point

    @cached_property
    def met(self) -> list[Row]:
        """What was observed, and what the model says as it is and with the ensemble: one row a target."""
        rows = []
        for place, target in enumerate(self.targets):
            before, after = self._said(self.before, place), self._said(self.after, place)
            lucks = [said["spread"] for said in (before, after) if np.isfinite(said["spread"])]
            luck = max(lucks, default=0.0)  # luck grows where a set makes more of a figure: what leaves by chance, say
            spread = float(np.hypot(target.noise, luck))
            row: Row = {
                "target": target.said, "kpi": target.name, "unit": self._unit(target.name), "source": target.source,
                "observed": target.observed, "error": target.error, "tolerance": target.tolerance, "luck": luck,
            }  # fmt: skip
            for name, said in (("as it is", before), ("ensemble", after)):
                row |= {name: said["middle"], f"{name} low": said["low"], f"{name} high": said["high"]}
                away = abs(said["middle"] - target.observed)
                row[f"{name} implausibility"] = away / spread if spread > 0.0 else np.inf if away > 0.0 else 0.0
            joint = np.nan if self.posterior is None else round(float(self.posterior.implausibility[place]), _DIGITS)
            rows.append(row | {"at the best set": joint, "met": bool(row["ensemble implausibility"] <= RULED_OUT)})
        return rows

    @property
    def _called(self) -> str:
        return "the ensemble" if self.consistent else "the sets that come nearest"

    def _unit(self, name: str) -> str:
        return unit_of(name, self.scenario) if name in KPIS else ""

    @staticmethod
    def _said(runs: Array, place: int) -> dict[str, float]:
        """What runs say of a target: the middle run, 5–95 % range, typical spread."""
        column = runs[:, place] if len(runs) else np.zeros(0)
        found = column[np.isfinite(column)]
        if len(found) < 2:
            return dict.fromkeys(("middle", "low", "high", "spread"), np.nan)
        low, high = np.quantile(found, [LOW_SHARE, HIGH_SHARE])
        spread = float(typical_spread(found[:, None])[0])
        return {"middle": float(np.median(found)), "low": float(low), "high": float(high), "spread": spread}

    @property
    def consistent(self) -> bool:
        """Whether there are sets that are consistent with all targets: by the fit of all runs, and on fresh ones."""
        return self.posterior is not None and self.posterior.consistent and all(row["met"] for row in self.met)

    @cached_property
    def learnt(self) -> list[Row]:
        """What is known of each factor before and after: one row a factor."""
        if self.posterior is None:
            return []
        found = self.posterior
        rows = []
        for place, factor in enumerate(self.factors):
            column = found.places[:, place]
            low, middle, high = (weighted_quantile(column, found.weights, s) for s in (LOW_SHARE, 0.5, HIGH_SHARE))
            left = (high - low) / (HIGH_SHARE - LOW_SHARE)
            values = np.array([factor.at(float(each)) for each in column])
            rows.append(
                {
                    "factor": factor.name,
                    "range low": factor.low,
                    "range high": factor.high,
                    "as it is": self._now(factor),
                    "mean": math.fsum(values * found.weights),
                    "low": factor.at(low),
                    "median": factor.at(middle),
                    "high": factor.at(high),
                    "range left": left,
                    "data say something": bool(left <= _LEFT or abs(middle - 0.5) > _MOVED),
                }
            )
        return rows

    def _now(self, factor: Factor) -> float:
        """The value that a factor has without the study; NaN where it sets several fields or stands nowhere."""
        path = factor.paths[0]
        if path in register():
            return float(self.scenario.parameters.get(path, register()[path].value))
        value = value_at(self.scenario, path)
        plain = isinstance(value, int | float) and not isinstance(value, bool) and len(factor.paths) == 1
        return float(value) if plain and not factor.multipliers else float("nan")

    @cached_property
    def together(self) -> list[tuple[str, str, float]]:
        """Pairs of factors that the data know together rather than each for itself, with their correlation."""
        if self.posterior is None or len(self.factors) < 2:
            return []
        places, weights = self.posterior.places, self.posterior.weights
        off = places - (weights[:, None] * places).sum(axis=0)
        spread = np.sqrt((weights[:, None] * off**2).sum(axis=0))
        pairs = [
            (self.names[a], self.names[b], float((weights * off[:, a] * off[:, b]).sum() / (spread[a] * spread[b])))
            for a, b in itertools.combinations(range(len(self.factors)), 2)
            if spread[a] > 0.0 and spread[b] > 0.0
        ]
        return sorted((pair for pair in pairs if abs(pair[2]) > _TOGETHER), key=lambda pair: -abs(pair[2]))

    def tables(self) -> Iterator[tuple[str, list[Row]]]:
        """Targets, what was learnt, the sets; the ensemble as `--parameters` takes it, and fields that are no parameters."""
        yield "targets", self.met
        if self.posterior is None:
            return
        yield "posterior", self.learnt
        places = self.posterior.ensemble
        said = [target.said for target in self.targets]
        weight = 1.0 / len(places)
        yield (
            "sets",
            [
                dict(zip(self.names, self._values(row), strict=True))
                | {"weight": weight}
                | dict(zip(said, map(float, figures), strict=True))
                for row, figures in zip(places, self.after, strict=True)
            ],
        )
        if not self.consistent:
            return
        settings = [dict(point.settings) for point in points_at(self.factors, places, range(len(places)))]
        for name, parameters in (("ensemble", True), ("fields", False)):
            paths = [path for factor in self.factors for path in factor.paths if (path in register()) is parameters]
            if paths:
                yield name, [{path: each[path] for path in paths} for each in settings]

    def draw(self, folder: Path, suffix: str) -> None:
        """Draw what was learnt of the factors, and how the targets are met."""
        agreement.calibration(
            self.learnt, None if self.posterior is None else self.posterior.ensemble,
            [row | {"said": number(row["observed"], row["unit"])} for row in self.met],
            self._called, self.scenario.name,
            folder / f"calibration{suffix}.png",
        )  # fmt: skip

    def sentences(self) -> list[str]:
        """What was learnt, what the data do not tell, and what no set meets."""
        if self.posterior is None:
            return [f"Nothing can be said: {self.too_few}."]
        asked = self.experiment
        targets = f"{len(self.targets)} target{'s' if len(self.targets) > 1 else ''}"
        texts = []
        if self.consistent:
            texts.append(
                f"{asked.ensemble} sets of {len(self.factors)} factors that are consistent with {targets}, found with "
                f"{asked.simulations} runs; each stands for as much as the others."
            )
        else:
            texts.append(f"No set is consistent with {targets} in these ranges; {asked.simulations} sets were tried.")
        texts += self._of_factors() if self.consistent else self._unmet()
        for row in self.met:
            unit = row["unit"]
            observed = f"observed {number(row['observed'], unit)}"
            before, after = (
                f"{number(row[name], unit)} ({number(row[f'{name} low'], unit)} to {number(row[f'{name} high'], unit)})"
                for name in ("as it is", "ensemble")
            )
            texts.append(f"{row['target']}: {observed}; the model says {before} as it is, {after} with {self._called}.")
        return texts

    def _of_factors(self) -> list[str]:
        texts = []
        told = sorted((row for row in self.learnt if row["data say something"]), key=lambda row: row["range left"])
        if told:
            words = [
                f"{row['factor']} {row['low']:.3g} to {row['high']:.3g} (may have been {row['range low']:g} to {row['range high']:g})"
                for row in told
            ]
            texts.append(f"Learnt, with nine chances in ten: {'; '.join(words)}.")
        silent = [row["factor"] for row in self.learnt if not row["data say something"]]
        if silent:
            texts.append(f"The data say next to nothing of {', '.join(silent)}: what was assumed before still stands.")
        if self.together:
            words = [f"{a} and {b} ({r:+.2f})" for a, b, r in self.together[:3]]
            texts.append(f"Known together rather than each for itself (correlation): {', '.join(words)}.")
        return texts

    def _unmet(self) -> list[str]:
        """Which targets no set meets, one sentence each; which stand against each other, where each could be met."""
        assert self.posterior is not None
        alone = [row for row in self.met if not row["met"]]
        texts = [
            f"{row['target']} cannot be met: observed {number(row['observed'], row['unit'])}, the nearest sets give "
            f"{number(row['ensemble'], row['unit'])}, {row['ensemble implausibility']:.1f} standard deviations away."
            for row in alone
        ]
        against = [row["target"] for row in self.met if row["met"] and row["at the best set"] > RULED_OUT]
        if against:
            texts.append(f"Not to be met together with the others: {', '.join(against)}.")
        texts.append(
            "Look at the data, widen a range, fit another parameter, try more simulations, or state a tolerance and why."
        )
        return texts

    def remarks(self) -> list[str]:
        """How to read the tables, and what to do next."""
        lines = [
            "What was observed is taken as one run of the right set, plus the standard error of the observation and the "
            "tolerance. Implausibility is the distance of the model's middle run from the observed value in standard deviations of "
            "error, tolerance and luck; beyond 3 a target counts as not met. The model's ranges hold nine of ten runs, each of "
            "the ensemble's with a set of its own and fresh luck. A range that is left at 80 % or more, its middle where it was, "
            "is a range of which the data say next to nothing. Fresh runs have fresh luck: where an unlucky year was observed, "
            "the ensemble expects better of the next.",
        ]
        if self.consistent and any(path in register() for factor in self.factors for path in factor.paths):
            lines += ["", "Use it: `sxsim compare SCENARIO --parameters ensemble.csv`, likewise with run and study."]
        if self.consistent and any(path not in register() for factor in self.factors for path in factor.paths):
            lines += ["", "`fields.csv` holds the fields of the scenario that go with each set of the ensemble, row by row; "
                      "`--parameters` takes parameters only, so put the fields you settle on into the scenario file."]  # fmt: skip
        return lines

    def unmet(self) -> list[str]:
        """What stands against a set that is consistent."""
        if self.posterior is None:
            return [f"nothing can be said: {self.too_few}"]
        if self.consistent:
            return []
        return [f"no set is consistent with what was observed. {self._unmet()[0]}"]


def coverage_of(part: CalibratePart, work: Work, *, data_sets: int, simulations: int, share: float = 0.9) -> Coverage:
    """Whether a calibration, asked for sets that are known, covers them: its own factors, targets and errors, data made.

    Points are kept in the work's store, so that it goes on where it was interrupted.
    """
    return coverage(
        simulator(work, part.sources, part.factors, f"{part.scenario.name}, coverage"),
        [target.noise for target in part.targets],
        len(part.factors),
        data_sets=data_sets,
        simulations=simulations,
        seed=part.experiment.seed,
        share=share,
    )
