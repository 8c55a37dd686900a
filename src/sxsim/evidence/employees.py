"""Facts about employees: what they add to ratings, how engaged they are, when they quit, how standards erode under pressure."""

from collections.abc import Mapping

import numpy as np
from numpy.typing import NDArray

from sxsim.engines.records import Observer
from sxsim.engines.world import World
from sxsim.evidence.settings import run_setting
from sxsim.evidence.survey import rated_at_once, stars

Found = dict[str, float]
Parameters = Mapping[str, float]

#: Shares of the ratings 1 … 5 (InstEval).
LECTURE_SHARES = (0.139, 0.176, 0.24, 0.23, 0.215)
#: From which engagement on somebody counts as engaged, and below which as actively disengaged (cut to Gallup's shares).
ENGAGED, DISENGAGED = 0.61, 0.37
#: Months of tenure between which hazards of quitting are compared.
TENURE = (0, 3, 6, 12, 24, 36)


def course(parameters: Parameters, replication: int) -> Found:
    """How much of the variance of ratings lies in the customer, the employee and the encounter."""
    run = run_setting("course", parameters, replication)
    log = run.contacts()
    rated = stars(rated_at_once(run, log), LECTURE_SHARES).astype(float)
    whole = float(rated.var(ddof=1))
    customer = 1.0 - _within(rated, log["person"]) / whole
    employee = 1.0 - _within(rated, log["post"]) / whole
    return {
        "variance_customer": customer, "variance_employee": employee, "variance_encounter": 1.0 - customer - employee,
    }  # fmt: skip


def _within(values: NDArray[np.float64], groups: NDArray[np.integer]) -> float:
    """Variance within groups, pooled."""
    _, group, size = np.unique(groups, return_inverse=True, return_counts=True)
    means = np.bincount(group, values) / size
    return float(((values - means[group]) ** 2).sum() / (len(values) - len(size)))


class _Tenures(Observer):
    """Writes down who holds each post, and for how long, month by month."""

    def __init__(self) -> None:
        self.months: list[tuple[NDArray[np.float64], NDArray[np.bool_], NDArray[np.int64]]] = []

    def organisation_done(self, world: World, month: int) -> None:
        """A month is over."""
        posts = world.posts
        self.months.append((posts["tenure"].copy(), posts["filled"] == 1, posts["holder"].copy()))


def workforce(parameters: Parameters, replication: int) -> Found:
    """How many are engaged and actively disengaged, and the hazard of quitting by tenure against that of the second year."""
    seen = _Tenures()
    run = run_setting("workforce", parameters, replication, contacts=False, observer=seen)
    engagement = run.world.posts["engagement"][run.world.posts["filled"] == 1]
    here, gone = np.zeros(len(TENURE) - 1), np.zeros(len(TENURE) - 1)
    for (tenure, filled, holder), (_, filled_then, holder_then) in zip(seen.months[:-1], seen.months[1:], strict=True):
        span = np.searchsorted(TENURE, tenure, side="right") - 1
        left = filled & (~filled_then | (holder_then != holder))
        for place in range(len(here)):
            here[place] += (filled & (span == place)).sum()
            gone[place] += (left & (span == place)).sum()
    hazard = gone / here
    second_year = hazard[TENURE.index(12)]
    found = {
        "engaged": float((engagement >= ENGAGED).mean()),
        "actively_disengaged": float((engagement < DISENGAGED).mean()),
    }
    for place in (0, 1, 2, 4):
        found[f"quitting_{TENURE[place]}_{TENURE[place + 1]}_months"] = float(hazard[place] / second_year)
    return found


class _Standards(Observer):
    """Writes down the internal time standard and the pressure, month by month."""

    def __init__(self) -> None:
        self.months: list[tuple[float, float]] = []

    def organisation_done(self, world: World, month: int) -> None:
        """A month is over."""
        self.months.append((float(world.floors["standard"][0]), float(world.floors["pressure"][0])))


#: Elements that protect standards (alignment), at their best.
PROTECTED = {"organisation.maturity": 4.8}


def lending(parameters: Parameters, replication: int) -> Found:
    """What remains of the time per customer half a year after a surge of demand, with usual and with protected standards."""
    usual, protected = _Standards(), _Standards()
    run_setting("lending", parameters, replication, contacts=False, observer=usual)
    run_setting("lending", parameters, replication, values=PROTECTED, contacts=False, observer=protected)
    return {
        "standard_after_a_surge": usual.months[-1][0],
        "standard_when_protected": protected.months[-1][0],
    }


MEASURES = {"course": course, "workforce": workforce, "lending": lending}
