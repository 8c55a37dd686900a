"""What could be advised: splits of the money and plans of the scenario, and how each was judged."""

from dataclasses import dataclass

from sxsim.results.intervals import Interval
from sxsim.studies.allocation import Split

NOTHING, EQUAL, TODAY, FOUND, TARGET = "nothing", "equal split", "today's split", "found split", "the target"
#: How probable it may be that one candidate is wrongly said to be ahead of another.
WRONG_AT_MOST = 0.05


@dataclass(frozen=True)
class Candidate:
    """Something that could be advised: a split of the money, or a plan of the scenario."""

    name: str
    split: Split | None = None
    plan: str | None = None


@dataclass(frozen=True)
class Judged:
    """A candidate on fresh draws. value, against_nothing: of the goal; ahead: of the advised candidate over this one."""

    candidate: Candidate
    spend: float
    value: Interval
    against_nothing: Interval
    ahead: Interval
    p: float
    chance_better: float
    worst_tenth: float
