"""Commitment over time: how many employees stand at each stage, and what stands in the way of the others."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from sxsim.engines.records import Records
from sxsim.results.intervals import Interval, interval
from sxsim.standard.catalogue import OBSTACLES

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


def sentence(found: Commitment) -> str:
    """How many practise at start and end, in plain words."""
    start, end = found.share(0).mean, found.share(found.stages.shape[1] - 1).mean
    if not (np.isfinite(start) and np.isfinite(end)):
        return "Nobody works here, so nobody practises service excellence."
    resigned = found.share(found.stages.shape[1] - 1, "resigned").mean
    text = f"Of the staff {start:.0%} practise service excellence at the start and {end:.0%} at the end"
    return text + (f"; {resigned:.0%} have resigned." if resigned >= 0.005 else ".")
