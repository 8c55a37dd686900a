"""Maturity and commitment over time. Maturity (SEMM): an organisation's level, how it sees itself, and when it takes the steps to 3, 4 and 5.

An organisation's level is that of its weakest element, the mean of the nine stands beside it (assumption). Its own picture
comes late and with error, as good as its measurement (clause 7.4.2) makes it. Commitment: how many employees stand at each stage, and what stands in the way of
the others.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

import numpy as np
from numpy.typing import NDArray

from sxsim.engines.records import Records
from sxsim.engines.world import add_months
from sxsim.results.intervals import Interval, interval, share_interval
from sxsim.scenario.scenario import Scenario
from sxsim.standard.catalogue import ELEMENTS, MATURITY_LEVELS, OBSTACLES

#: Managed, good, excellent.
STEPS = (3, 4, 5)
#: How near to a level counts as there: levels are told apart in tenths.
NEAR = 0.05


@dataclass(frozen=True)
class Step:
    """A step to a level. chance: share of runs that take it within the horizon, with its 95 % interval; stands: share that
    stand there at the end.

    month: the median month (1 is the first) among the runs that take it, 0 for those that stand there from the start, None when none does.
    """

    level: int
    chance: tuple[float, float, float]
    month: int | None
    date: date | None
    stands: float = 0.0

    @property
    def name(self) -> str:
        """Managed, good or excellent."""
        return MATURITY_LEVELS[self.level].lower()

    def as_json(self) -> dict[str, object]:
        """The figures by name."""
        share, low, high = self.chance
        chance = {"mean": share, "ci95": [low, high]}
        return {"level": self.level, "chance": chance, "month": self.month, "date": self.date and self.date.isoformat(),
                "stands_at_end": self.stands}  # fmt: skip


@dataclass(frozen=True)
class Maturity:
    """Maturity over the runs of a plan. M months from the last of the warm-up on.

    elements: (runs, M, 9); seen: (runs, M) mean of the sub-elements as the organisation sees them; true: the same as it is.
    """

    elements: NDArray[np.float64]
    seen: NDArray[np.float64]
    true: NDArray[np.float64]
    steps: tuple[Step, ...]

    @property
    def level(self) -> NDArray[np.float64]:
        """The organisation's level, shape (runs, M): that of its weakest element."""
        weakest: NDArray[np.float64] = self.elements.min(axis=2)
        return weakest

    @property
    def start(self) -> Interval:
        """The level at the start."""
        return interval(self.level[:, 0], "1–5", (1.0, 5.0))

    @property
    def end(self) -> Interval:
        """The level at the end."""
        return interval(self.level[:, -1], "1–5", (1.0, 5.0))

    @property
    def mean(self) -> Interval:
        """The mean of the elements at the end."""
        return interval(self.elements[:, -1].mean(axis=1), "1–5", (1.0, 5.0))

    @property
    def weakest(self) -> str:
        """The element that is weakest at the end in most runs."""
        return ELEMENTS[int(np.bincount(self.elements[:, -1].argmin(axis=1), minlength=len(ELEMENTS)).argmax())]

    def as_json(self) -> dict[str, object]:
        """The figures by name."""
        return {
            "level_at_start": self.start.as_json(),
            "level_at_end": self.end.as_json(),
            "mean_at_end": self.mean.as_json(),
            "weakest_at_end": self.weakest,
            "seen_at_end": interval(self.seen[:, -1], "1–5").as_json(),
            "steps": [step.as_json() for step in self.steps],
        }


def maturity_of(records: Sequence[Records], scenario: Scenario) -> Maturity:
    """Maturity over the runs of a plan."""
    first = max(scenario.horizon.warm_up - 1, 0)
    elements = np.array([record.maturity[first:] for record in records])
    seen, true = (
        np.array([getattr(record, name)[first:].mean(axis=1) for record in records])
        for name in ("seen", "sub_elements")
    )
    from_start = 0 if scenario.horizon.warm_up else 1
    steps = tuple(_step(level, elements.min(axis=2), scenario.horizon.start, from_start) for level in STEPS)
    return Maturity(elements, seen, true, steps)


def _step(level: int, levels: NDArray[np.float64], start: date, from_start: int) -> Step:
    """When the runs take a step. from_start: number of the month in the first column."""
    there: NDArray[np.bool_] = np.asarray(levels >= level - NEAR)
    taken: NDArray[np.bool_] = np.asarray(there.any(axis=1))
    chance = share_interval(int(taken.sum()), len(taken))
    if not taken.any():
        return Step(level, chance, None, None)
    months = there[taken].argmax(axis=1) + from_start
    month = int(np.quantile(months, 0.5, method="lower"))
    return Step(level, chance, month, add_months(start, max(month - 1, 0)), float(there[:, -1].mean()))


def maturity_sentence(maturity: Maturity) -> str:
    """The level at start and end, and the steps, in plain words."""
    begins, ends = maturity.start.mean, maturity.end.mean
    texts = [
        f"Maturity goes from {begins:.1f} to {ends:.1f}, by the weakest element ({maturity.weakest}); the mean of the nine is "
        f"{maturity.mean.mean:.1f} at the end."
    ]
    for step in maturity.steps:
        share = step.chance[0]
        if step.month == 0 and share == 1.0:
            continue
        if share == 0.0:
            texts.append(f"Level {step.level} ({step.name}) is not reached.")
            break
        when = f"in month {step.month}" if step.month else "at the start"
        if step.date is not None and step.month:
            when += f" ({step.date:%B %Y})"
        runs = (
            "in every run"
            if share == 1.0
            else f"in {share:.0%} of the runs ({step.chance[1]:.0%} to {step.chance[2]:.0%})"
        )
        lost = "" if step.stands >= share else f"; at the end {step.stands:.0%} of the runs stand there"
        texts.append(f"Level {step.level} ({step.name}) is reached {when}, {runs}{lost}.")
    return " ".join(texts)


#: Stages from the most to the least committed, as columns of the records.
STAGES = ("practising", "trying", "aware", "unaware", "resigned")


@dataclass(frozen=True)
class Commitment:
    """Commitment over the runs of a plan. M months from the last of the warm-up on.

    stages: (runs, M, 5) shares of the staff; obstacles: (runs, M, 9) severities; NaN where nobody works.
    """

    stages: NDArray[np.float64]
    obstacles: NDArray[np.float64]

    def share(self, month: int, stage: str = "practising") -> Interval:
        """The share of the staff at a stage in a month, counted from the last of the warm-up."""
        return interval(self.stages[:, month, STAGES.index(stage)], "0–1", (0.0, 1.0))

    def as_json(self) -> dict[str, object]:
        """The figures by name."""
        last = self.stages.shape[1] - 1
        return {
            "practising_at_start": self.share(0).as_json(),
            "at_end": {stage: self.share(last, stage).as_json() for stage in STAGES},
            "obstacles_at_end": {name: float(self.obstacles[:, -1, row].mean()) for row, name in enumerate(OBSTACLES)},
        }


def commitment_of(records: Sequence[Records]) -> Commitment:
    """Commitment over the runs of a plan."""
    first = max(records[0].warm_up - 1, 0)
    staff = np.array([record.sites["headcount"][first:].sum(axis=1) for record in records]).astype(float)
    counts = np.stack(
        [np.array([record.sites[stage][first:].sum(axis=1) for record in records]) for stage in STAGES], axis=2
    )
    shares = counts / np.where(staff > 0, staff, np.nan)[:, :, None]
    return Commitment(shares, np.array([record.obstacles[first:] for record in records]))


def commitment_sentence(found: Commitment) -> str:
    """How many practise at start and end, in plain words."""
    start, end = found.share(0).mean, found.share(found.stages.shape[1] - 1).mean
    if not (np.isfinite(start) and np.isfinite(end)):
        return "Nobody works here, so nobody practises service excellence."
    resigned = found.share(found.stages.shape[1] - 1, "resigned").mean
    text = f"Of the staff {start:.0%} practise service excellence at the start and {end:.0%} at the end"
    return text + (f"; {resigned:.0%} have resigned." if resigned >= 0.005 else ".")
