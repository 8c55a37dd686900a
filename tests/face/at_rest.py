"""Houses at rest: the market does not drift, maturity is held; what `today` does by itself, year by year against month 0."""

from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from functools import partial
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

import sxsim
from sxsim.engines import compiled
from sxsim.engines.start import start

ROOT = Path(__file__).resolve().parent.parent.parent
HOUSES = {
    "hotel": ROOT / "scenarios" / "seaside-hotel.yaml",
    "café": ROOT / "scenarios" / "corner-cafe.yaml",
    "company": ROOT / "scenarios" / "service-company.yaml",
    "bank": ROOT / "scenarios" / "bank-call-centre.yaml",
    "dental": ROOT / "tests" / "face" / "dental.yaml",
}
_MONTHS = 12


@dataclass(frozen=True)
class Course:
    """What a house does: month 0 first, then the mean of each year. Customers in persons, the others in points of 100."""

    customers: NDArray[np.float64]
    loyalty: NDArray[np.float64]
    engagement: NDArray[np.float64]
    nps: NDArray[np.float64]

    @property
    def drift(self) -> float:
        """How far customers ever are from month 0, as a share."""
        return float(np.abs(self.customers / self.customers[0] - 1.0).max())

    @property
    def drift_in_a_year(self) -> float:
        """How far customers move from one year to the next at most, as a share."""
        return float(np.abs(self.customers[1:] / self.customers[:-1] - 1.0).max())

    def moved(self, figure: str) -> float:
        """How far a figure ever is from month 0, in points."""
        values = getattr(self, figure)
        return float(np.abs(values - values[0]).max())


def course(house: str, years: int, runs: int) -> Course:
    """The course of a house's `today`, mean of some runs."""
    sets = [
        f"horizon.months={_MONTHS * years}",
        "plans={today: {}}",
        "market.outside_drift=0",
        "market.expectation_drift=0",
    ]
    scenario = sxsim.load(HOUSES[house], sets=sets)
    with ThreadPoolExecutor() as pool:
        found = np.mean(list(pool.map(partial(_run, scenario), range(runs))), axis=0)
    means = np.hstack([found[:, :1], found.reshape(len(found), years, _MONTHS).mean(axis=2)])
    return Course(*means)


def _run(scenario: sxsim.Scenario, replication: int) -> NDArray[np.float64]:
    """Customers, loyalty, engagement and NPS month by month, shape (4, months)."""
    records = compiled.simulate(start(scenario, replication=replication))
    sites = records.sites[records.warm_up :]

    def total(name: str) -> NDArray[np.float64]:
        return np.asarray(sites[name].sum(axis=1), float)

    customers, staff, answers = (np.maximum(total(name), 1.0) for name in ("active", "headcount", "answers"))
    nps = (total("promoters") - total("detractors")) / answers
    return np.array([customers, 100 * total("loyalty") / customers, 100 * total("engagement") / staff, 100 * nps])
