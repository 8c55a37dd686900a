"""How narrow an interval must be: `--until ±5000` (of the NPV) or `--until loyalty=±0.5`.

Who looks again and again stops when the interval happens to be narrow, and then it misses too often. So nobody looks before
there are 20 runs, and an interval counts as a little wider than it is. Source: Chow and Robbins (1965),
doi:10.1214/aoms/1177700156; least runs and width by simulation (benchmarks/coverage.py).
"""

import math
import re
from dataclasses import dataclass

from sxsim.results.intervals import Interval
from sxsim.results.kpis import KPIS
from sxsim.scenario.problems import did_you_mean

#: Runs beyond which nobody waits for an interval to get narrower.
MOST_RUNS = 1_000
#: Runs before which nobody looks, and by how many runs' worth an interval counts as wider.
LEAST_RUNS = 20
_LOOKING = 2.0
_ROOM = 1.1


@dataclass(frozen=True)
class Until:
    """A KPI's 95 % interval must reach no farther than `half` to either side of the mean."""

    kpi: str
    half: float

    @classmethod
    def parse(cls, text: str) -> "Until":
        """Read `±5000`, `5000` or `loyalty=0.5`. Raises ValueError that says what is wrong."""
        name, equals, number = text.rpartition("=")
        kpi = name.strip() if equals else "npv"
        if kpi not in KPIS:
            raise ValueError(f"{kpi!r} is no KPI; {did_you_mean(kpi, KPIS) or 'sxsim explain kpis lists them'}")
        match = re.fullmatch(r"\s*(?:±|\+/?-)?\s*(\d+(?:\.\d+)?(?:e\d+)?)\s*", number)
        if match is None or float(match[1]) <= 0:
            raise ValueError(f"{text!r} must be a width like ±5000 (of the NPV) or loyalty=±0.5")
        return cls(kpi, float(match[1]))

    def widest(self, intervals: list[Interval]) -> float:
        """Half the width of the widest of some intervals, wider for looking; infinite where there are too few runs."""
        halves = [_as_looked_at(value) for value in intervals]
        return max((half if math.isfinite(half) else math.inf for half in halves), default=0.0)

    def runs_needed(self, half: float, runs: int) -> int:
        """Runs that should make an interval narrow enough, given its half width at some runs."""
        if not math.isfinite(half):
            return max(2 * runs, LEAST_RUNS)
        return max(runs + 1, math.ceil(_ROOM * runs * (half / self.half) ** 2))

    def next_runs(self, half: float, runs: int) -> int:
        """With how many runs to look again: at most twice as many, because the width itself is a guess."""
        return min(max(min(self.runs_needed(half, runs), 2 * runs), LEAST_RUNS), MOST_RUNS)

    def said(self, half: float, runs: int, unit: str) -> str:
        """What came of it."""
        if half <= self.half:
            return f"{self.kpi} is known to ±{half:.3g} {unit} after {runs} runs"
        needed = self.runs_needed(half, runs)
        return (
            f"{self.kpi} is known only to ±{half:.3g} {unit} after {runs} runs, the most that are tried; ±{self.half:g} would "
            f"need about {needed}: ask for -n {needed}, or for less"
        )


def _as_looked_at(value: Interval) -> float:
    """Half the width of an interval that was looked at before: wider than if it had been asked for once."""
    if value.n < LEAST_RUNS:
        return math.inf
    return (value.high - value.low) / 2.0 * math.sqrt(1.0 + _LOOKING / value.n)
