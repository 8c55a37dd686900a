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

    model with low and high: what the model says, with an interval that misses the truth once in a million; reality: what it
    is held against; known: whether the interval is narrow enough to notice an error; source: of the reality.
    """

    group: str
    name: str
    model: float
    low: float
    high: float
    reality: float
    known: bool
    source: str

    @property
    def passed(self) -> bool:
        """Whether the interval holds the reality, and is narrow enough to tell."""
        return self.known and self.low <= self.reality <= self.high

    def as_json(self) -> dict[str, Any]:
        """The figures by name."""
        return {
            "group": self.group, "name": self.name, "passed": self.passed, "model": self.model,
            "interval": [self.low, self.high], "reality": self.reality, "known_well_enough": self.known,
            "source": self.source,
        }  # fmt: skip

    def __str__(self) -> str:
        word = "pass" if self.passed else "miss"
        unsure = "" if self.known else "  too few contacts to tell"
        return (
            f"{word}  {self.group:<8}{self.name:<58} model {self.model:<9.4g} ({self.low:.4g} … {self.high:.4g})   "
            f"{self.source} {self.reality:.4g}{unsure}"
        )


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
    """Whether no check is missed."""
    return all(check.passed for check in checks)
