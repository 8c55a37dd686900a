"""Sensitivity: which factor moves a KPI most, after a screening by Morris where there are many."""

import math
from collections.abc import Iterator, Mapping, Sequence
from functools import cached_property, partial
from pathlib import Path
from typing import Any, Literal

import numpy as np
from pydantic import Field

from sxsim.pictures import factors
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
from sxsim.studies.factors import Factor, Varied
from sxsim.studies.methods.drawn_weights import is_aspect, weights_of
from sxsim.studies.methods.indices import (
    DUMMY,
    LUCK,
    Indices,
    Sample,
    analyse,
    figures_of_index,
    index_rows,
    left_out_said,
    sample,
)
from sxsim.studies.methods.ranks_over_weights import (
    OverWeights,
    effects_of,
    in_words,
    over_weights,
    rank_rows,
    worth_rows,
)
from sxsim.studies.part import Part, Row

#: Factors beyond which a study screens them by Morris first, and factors that the screening leaves for Sobol.
MANY_FACTORS, MOST_LEFT = 15, 10
_NAMED = 3
_PERCENT = 100.0
_OF_INDICES = (
    "The total index (the bars) is the share of a KPI's spread that would stay if all other factors were known: what the "
    "factor does alone and together with others, so the shares overlap. The first-order index (dark) is the share that would "
    "go away if this factor alone were known. With few samples indices may leave 0–100 %."
)
_MATURITY, _WEIGHT = "organisation.maturity", "weight."
_TWO_QUESTIONS = (
    "What comes first says what a level more would move, however it is had. Where the next money goes is another question, because "
    "levels cost differently where an organisation stands: a study of kind advise answers both beside each other."
)
_OF_EFFECTS = (
    "The mean effect (the bars) is by how much a KPI moves, up or down, while one factor goes through its range and all "
    "others stand somewhere in theirs (Morris)."
)


class Sensitivity(Experiment):
    """Which factor moves a KPI most?"""

    study: Literal["sensitivity"] = KIND
    factors: list[Varied] = FACTORS
    samples: int = quantity(256, "samples", "base samples N of Sobol (a power of 2)", ge=2, le=limits.SAMPLES)
    method: Literal["sobol", "morris"] | None = Field(
        None, description="default: sobol, after a screening by morris beyond 15 factors"
    )
    second_order: bool = Field(False, description="whether pairs of factors are looked at, too (sobol)")
    trajectories: int = quantity(20, "trajectories", "trajectories of morris", ge=2, le=limits.SAMPLES)

    def own_problems(self) -> Iterator[Problem]:
        """The sequences of Sobol go by powers of 2."""
        if self.method != "morris" and self.samples & (self.samples - 1):
            near = 2 ** self.samples.bit_length()
            yield Problem(("samples",), f"(={self.samples}) must be a power of 2 for sobol, like {near}")


class SensitivityPart(Part):
    """A sensitivity study of one scenario."""

    asks = Sensitivity
    experiment: Sensitivity

    def __init__(self, *arguments: Any) -> None:
        super().__init__(*arguments)
        many = self.experiment.method is None and len(self.factors) > MANY_FACTORS
        self.screening = self._sample("morris", self.factors) if many else None
        self.design = self._sample(self.experiment.method or "sobol", self.factors) if not many else None

    def _sample(self, method: str, factors: Sequence[Factor]) -> Sample:
        asked = self.experiment
        count = asked.trajectories if method == "morris" else asked.samples
        return sample(factors, method, count, asked.second_order and method == "sobol", asked.seed)

    def planned(self) -> tuple[list[tuple[Task, Sequence[Point]]], int]:
        """All points, or those of the screening."""
        if self.screening is not None:
            left = MOST_LEFT + 2
            after = self.experiment.samples * (2 * left + 2 if self.experiment.second_order else left + 2)
            return [(self.task, _points(self.screening))], after
        assert self.design is not None
        return [(self.task, _points(self.design))], 0

    def run(self, work: Work) -> None:
        """Run the screening, when there are many factors, then the design of those that matter."""
        self.work = work
        kpi = self.experiment.kpis[0]
        if self.screening is not None:
            work.finish(self.task, _points(self.screening), f"{self.scenario.name}, screening", kpi)
            self.factors = self._that_matter(self.screened)
            self.design = self._sample("sobol", self.factors)
        assert self.design is not None
        work.finish(self.task, _points(self.design), self.scenario.name, kpi)

    def _that_matter(self, screened: Sequence[Indices]) -> tuple[Factor, ...]:
        """The factors that matter for some KPI: those whose effect may exceed luck's, the largest first."""
        importance: dict[str, float] = {}
        for found in screened:
            luck = found.mean_effect[found.names.index(LUCK)]
            scale = found.sd or 1.0
            for name, effect in zip(found.names[:-2], found.mean_effect, strict=False):
                if effect.high >= luck.low:
                    importance[name] = max(importance.get(name, 0.0), effect.value / scale)
        best = sorted(importance, key=lambda name: -importance[name])[:MOST_LEFT]
        return tuple(factor for factor in self.factors if factor.name in best) or self.factors[:1]

    def _indices(self, design: Sample) -> list[Indices]:
        values = self.values(self.task, _points(design), self.experiment.kpis)
        return [analyse(design, kpi, values[:, k]) for k, kpi in enumerate(self.experiment.kpis)]

    @cached_property
    def screened(self) -> list[Indices]:
        """What the screening says, KPI by KPI; empty without one."""
        return [] if self.screening is None else self._indices(self.screening)

    @cached_property
    def indices(self) -> list[Indices]:
        """The indices, KPI by KPI."""
        assert self.design is not None
        return self._indices(self.design)

    @cached_property
    def over_weights(self) -> list[OverWeights]:
        """How the ranks of elements hold over the uncertainty of the levers' weights, KPI by KPI; empty where no elements vary.

        Nor where the weights differ from run to run: then the ranks are over them already.
        """
        design, settings = self.design, [factor.name for factor in self.factors]
        assert design is not None
        names = [f.name for f in self.factors if is_aspect(f.name) and f.paths[0].startswith(_MATURITY)]
        drawn = [*settings, *(self.ensemble.names if self.ensemble is not None else ())]
        if len(names) < 2 or self.experiment.uncertain or any(name.startswith(_WEIGHT) for name in drawn):
            return []
        weights = weights_of(self.scenario.parameters, self.judgements, self.experiment.seed)
        columns = [settings.index(name) for name in names]
        values = self.values(self.task, _points(design), self.experiment.kpis)
        at = np.array([[f.at(float(x)) for f, x in zip(self.factors, row, strict=False)] for row in design.places])
        found = []
        for kpi, own, each in zip(self.experiment.kpis, values.T, self.indices, strict=True):
            if each.samples:
                effects = effects_of(at, own, design.block).only(columns)
                found.append(over_weights(kpi, names, effects, weights, self.experiment.seed))
        return found

    def points(self) -> Iterator[tuple[Task, Mapping[str, float | str], Point]]:
        """All points of the design, those of luck and dummy included."""
        assert self.design is not None
        for place, point in zip(self.design.places, _points(self.design), strict=True):
            values = (factor.at(float(x)) for factor, x in zip(self.factors, place, strict=False))
            yield self.task, dict(zip((factor.name for factor in self.factors), values, strict=True)), point

    def tables(self) -> Iterator[tuple[str, list[Row]]]:
        """Indices, ranks with their chances, and pairs."""
        if self.screened:
            yield "screening", [row for found in self.screened for row in index_rows(found)]
        yield "indices", [row for found in self.indices for row in index_rows(found)]
        ranks = []
        for found in self.indices:
            for rank in found.ranks:
                known = bool(found.samples)  # a KPI that is not defined, or never moves, ranks nobody
                chances = {f"chance of rank {k}": c if known else math.nan for k, c in enumerate(rank.chances, 1)}
                best, worst = (float(x) if known else math.nan for x in (rank.best, rank.worst))
                row = {"kpi": found.kpi, "factor": rank.name, "best rank": best, "worst rank": worst}
                ranks.append(row | chances)
        yield "ranks", ranks
        if self.over_weights:
            yield "ranks_over_weights", [row for found in self.over_weights for row in rank_rows(found)]
            yield "worth_learning", [row for found in self.over_weights for row in worth_rows(found)]
        if self.experiment.second_order:
            yield (
                "second_order",
                [
                    {"kpi": found.kpi, "factor": a, "with": b} | figures_of_index(estimate)
                    for found in self.indices
                    for a, b, estimate in found.second
                ],
            )

    def draw(self, folder: Path, suffix: str) -> None:
        """Draw tornado, rank probabilities, and who comes first under which weights."""
        hinges = [self._hinge(each) for each in self.indices]
        factors.tornado(hinges, self.scenario.name, folder / f"tornado{suffix}.png")
        factors.ranks(hinges, self.scenario.name, folder / f"ranks{suffix}.png")
        if self.over_weights:
            firsts = [
                factors.First(
                    kpi_of(found.kpi, self.scenario),
                    {case.name: dict(zip(found.names, map(float, case.first), strict=True)) for case in found.cases},
                )
                for found in self.over_weights
            ]
            factors.first_over_weights(firsts, self.scenario.name, folder / f"ranks_over_weights{suffix}.png")

    def _hinge(self, found: Indices) -> factors.Hinge:
        """What a KPI hinges on, as it is drawn; the dummy is left out, because it is 0."""
        main, first = (
            {name: each for name, each in zip(found.names, values, strict=False) if name != DUMMY}
            for values in (found.main, found.first)
        )
        chances = {rank.name: rank.chances for rank in found.ranks}
        return factors.Hinge(kpi_of(found.kpi, self.scenario), main, first, chances, LUCK)

    def sentences(self) -> list[str]:
        """What each KPI hinges on."""
        texts = []
        if self.screening is not None:
            kept = ", ".join(factor.name for factor in self.factors)
            texts.append(f"{len(self.screening.factors)} factors were screened by Morris first; these go on: {kept}.")
        texts += [ranking(found) + left_out_said(found) for found in self.indices]
        texts += [in_words(found, partial(self._said, found.kpi)) for found in self.over_weights]
        return [*texts, _TWO_QUESTIONS] if self.over_weights else texts

    def _said(self, kpi: str, difference: float) -> str:
        """A difference of a KPI with its unit, where it is no scale."""
        unit = unit_of(kpi, self.scenario)
        if unit.startswith("share"):
            return f"{_PERCENT * difference:.2g} points"
        return f"{difference:.2g} points" if "–" in unit or "…" in unit else f"{number(difference)} {unit}"

    def remarks(self) -> list[str]:
        """What indices mean, and a table of ranks."""
        found = self.indices[0]
        shown = [k for k in range(len(found.names) - 2) if any(each.main[k].value for each in self.indices)]
        idle = [name for k, name in enumerate(found.names[:-2]) if k not in shown]
        lines = [
            "Intervals hold chance and the sampling of the factors; the ranges of the factors are the study's assumptions. "
            + (_OF_INDICES if found.total else _OF_EFFECTS),
            "",
            f"## Ranks: {self.scenario.name}",
            "",
            "| factor | " + " | ".join(each.kpi for each in self.indices) + " |",
            "|---" * (len(self.indices) + 1) + "|",
        ]
        for k in shown:
            lines.append(
                f"| {found.names[k]} | "
                + " | ".join(each.ranks[k].words if each.samples else "" for each in self.indices)
                + " |"
            )
        return [*lines, "", f"Without any effect on these KPIs: {', '.join(idle)}."] if idle else lines


def _points(design: Sample) -> Points:
    return Points(design.size, design.point)


def ranking(found: Indices) -> str:
    """What a KPI hinges on, with the noise floor and what the study settles."""
    if not found.samples:
        return f"{found.kpi}: {found.verdict}."
    unit = KPIS[found.kpi].unit
    order = sorted(found.ranks, key=lambda rank: -found.main[found.names.index(rank.name)].value)
    luck = found.main[found.names.index(LUCK)]
    above = [rank for rank in order if found.main[found.names.index(rank.name)].low > luck.high]
    said = []
    for rank in order[:_NAMED]:
        estimate = found.main[found.names.index(rank.name)]
        figure = estimate.as_share if found.total else estimate.as_effect(unit)
        said.append(f"{rank.name} {figure}, rank {rank.words}")
    what = "share of the spread that each has a hand in" if found.total else "mean effect across its range"
    noise = f"Luck alone has a hand in {luck.as_share}" if found.total else f"Luck's effect is {luck.as_effect(unit)}"
    if not above:
        told = "no factor stands clearly above it"
        main = [found.main[found.names.index(rank.name)] for rank in order]
        if max(estimate.low for estimate in main) > min(estimate.high for estimate in main):
            told += f": what a single run shows is luck as much as any of them. {found.verdict}"
        else:
            more = "samples" if found.total else "trajectories"
            told += f", nor above another, so these ranks are not to be relied on: take more {more} or wider ranges"
        return f"{found.kpi} ({what}, 95 % interval): {'; '.join(said)}. {noise}; {told}."
    clear = f"{len(above)} of {len(order)} factors stand clearly above it"
    return f"{found.kpi} ({what}, 95 % interval): {'; '.join(said)}. {noise}; {clear}. {found.verdict}."
