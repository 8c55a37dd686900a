"""A check: what the model says, what theory or reality says, and whether both agree."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

#: How often a check of a model that is right fails, two-sided: one in a million.
FALSE_ALARM = 1e-6
BATCHES = 30


@dataclass(frozen=True)
class Check:
    """One line of the table of `sxsim verify`.

    model with low and high: what the model says, with an interval (against theory one that misses the truth once in a
    million); reality: what it is held against; known: whether the interval is narrow enough to notice an error; source:
    of the reality. declared: why a miss is known and stays, empty where a miss is a fault. rival with rival_source: what
    another model says, to which the model must be nearer than to be a pass; then the interval need not hold the reality.
    tolerated: how far from the reality the model may be; then its interval must reach into that. note: what the reality was
    used for, like fit or test.
    """

    group: str
    name: str
    model: float
    low: float
    high: float
    reality: float
    known: bool
    source: str
    declared: str = ""
    rival: float | None = None
    rival_source: str = ""
    tolerated: tuple[float, float] | None = None
    note: str = ""

    @property
    def passed(self) -> bool:
        """Whether the interval holds the reality (or the model is nearer to it than the rival), and is narrow enough."""
        if self.rival is not None:
            return self.known and abs(self.model - self.reality) < abs(self.rival - self.reality)
        if self.tolerated is not None:
            return self.known and self.low <= self.tolerated[1] and self.tolerated[0] <= self.high
        return self.known and self.low <= self.reality <= self.high

    @property
    def accepted(self) -> bool:
        """Whether it is no reason to fail: passed, or a miss that is declared."""
        return self.passed or bool(self.declared)

    def as_json(self) -> dict[str, Any]:
        """The figures by name."""
        said = {
            "group": self.group, "name": self.name, "passed": self.passed, "model": self.model,
            "interval": [self.low, self.high], "reality": self.reality, "known_well_enough": self.known,
            "source": self.source, "declared": self.declared,
        }  # fmt: skip
        if self.rival is not None:
            said |= {"rival": self.rival, "rival_source": self.rival_source}
        if self.tolerated is not None:
            said |= {"tolerated": list(self.tolerated), "use": self.note}
        return said

    def __str__(self) -> str:
        word = "pass" if self.passed else "declared miss" if self.declared else "miss" if self.known else "cannot tell"
        line = (
            f"{word}  {self.group:<8}{self.name:<{58 if self.tolerated is None else 96}} "
            f"model {self.model:<9.4g} ({self.low:.4g} … {self.high:.4g})   {self.source} {self.reality:.4g}"
        )
        if self.tolerated is not None:
            line += f" ({self.tolerated[0]:g} … {self.tolerated[1]:g}), {self.note}"
        if self.rival is not None:
            line += f"   {self.rival_source} {self.rival:.4g}"
        if not self.known:
            line += (
                "  too few runs to tell"
                if self.rival is None
                else "  too near to the rival to tell; more runs (-n) may"
            )
        return line if self.passed or not self.declared else f"{line}\n      {self.declared}"


def check_of_mean(
    name: str, values: NDArray[Any], theory: float, source: str, *, group: str = "theory", most_error: float = 0.04
) -> Check:
    """Hold the mean of a long series against theory: a t interval over the means of batches.

    most_error: the largest standard error, as a share of the theoretical value, with which the series may tell.
    """
    from scipy.special import stdtrit

    batches = [batch.mean() for batch in np.array_split(np.asarray(values, float), BATCHES)]
    mean, error = float(np.mean(batches)), float(np.std(batches, ddof=1) / np.sqrt(BATCHES))
    half = float(stdtrit(BATCHES - 1, 1 - FALSE_ALARM / 2)) * error
    return Check(group, name, mean, mean - half, mean + half, theory, error < most_error * theory, source)


def all_passed(checks: Sequence[Check]) -> bool:
    """Whether no check is missed, but for declared misses."""
    return all(check.accepted for check in checks)
