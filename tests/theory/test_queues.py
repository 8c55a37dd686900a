"""The floor against theory: with everything that adapts switched off, a touchpoint must queue as textbooks say.

Every comparison is a two-sided t-test on batch means with a stated rate of false alarms (1 in a million), a fixed seed
and a cap on the standard error, so that a test which could not notice an error fails as well.
"""

from dataclasses import dataclass
from functools import cache
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray
from scipy import stats

from sxsim.engines.records import Records
from sxsim.engines.reference import simulate
from sxsim.engines.start import start
from sxsim.engines.world import ABANDONED, SERVED, TURNED_AWAY
from sxsim.scenario.loading import load
from sxsim.scenario.scenario import Scenario

from .formulas import cobham, erlang_a, erlang_b, erlang_c, pollaczek_khinchine, waiting_longer

HERE = Path(__file__).parent
SEED = 23592
FALSE_ALARM = 1e-6
BATCHES = 30
WARM_UP = 2 * 1440.0
MONTH = 30.4375 * 1440.0


@dataclass
class Run:
    """A scenario of this folder, run on the reference engine."""

    scenario: Scenario
    records: Records
    log: NDArray[np.void]  # contacts by arrival, from the end of the warm-up to one day before the end
    end: float

    def arrivals(self, segment: int = 0) -> float:
        """Arrivals a minute of a segment, as the scenario states them."""
        part = self.scenario.segments[segment]
        return self.scenario.market.customers * part.share * part.visits_per_month / MONTH


@cache
def run(name: str) -> Run:
    """Run a scenario of this folder once."""
    scenario = load(HERE / f"{name}.yaml", parameters=HERE / "neutral.yaml")
    world = start(scenario, seed=SEED, log_contacts=True)
    records = simulate(world)
    end = float(world.month_starts[-1]) - 1440.0
    log = records.log[np.argsort(records.log["arrival"], kind="stable")]
    return Run(scenario, records, log[(log["arrival"] >= WARM_UP) & (log["arrival"] < end)], end)


def agrees(values: NDArray[np.float64], theory: float, most_error: float = 0.04) -> None:
    """The mean of a long series agrees with theory, and is known well enough to tell.

    most_error: the largest standard error allowed, as a share of the theoretical value.
    """
    batches = [batch.mean() for batch in np.array_split(values, BATCHES)]
    mean, error = np.mean(batches), np.std(batches, ddof=1) / np.sqrt(BATCHES)
    limit = stats.t.ppf(1 - FALSE_ALARM / 2, BATCHES - 1)
    assert error < most_error * theory, f"too few contacts: {mean:.5g} ± {error:.2g}"
    assert abs(mean - theory) <= limit * error, f"simulated {mean:.5g} ± {error:.2g}, theory {theory:.5g}"


def test_arrivals_are_a_poisson_process_of_the_stated_rate() -> None:
    result = run("many_servers")
    gaps = np.diff(result.log["arrival"])
    agrees(gaps, 1 / result.arrivals(), 0.01)
    assert stats.kstest(gaps, "expon", args=(0, gaps.mean())).pvalue > FALSE_ALARM
    counts = np.histogram(result.log["arrival"], np.arange(WARM_UP, result.end, 30.0))[0]
    dispersion = (len(counts) - 1) * counts.var(ddof=1) / counts.mean()
    tail = stats.chi2.cdf(dispersion, len(counts) - 1)
    assert FALSE_ALARM / 2 < tail < 1 - FALSE_ALARM / 2


def test_many_servers_make_as_many_people_wait_as_erlang_c_says() -> None:
    result = run("many_servers")
    agrees(result.log["wait"] > 0, erlang_c(3, result.arrivals() * 3))


def test_many_servers_make_people_wait_as_long_as_erlang_c_says() -> None:
    result = run("many_servers")
    rate = result.arrivals()
    agrees(result.log["wait"], erlang_c(3, rate * 3) / (3 / 3 - rate))


@pytest.mark.parametrize("minutes", [2, 5, 10])
def test_long_waits_at_many_servers_are_as_rare_as_theory_says(minutes: int) -> None:
    result = run("many_servers")
    agrees(result.log["wait"] > minutes, waiting_longer(3, result.arrivals(), 3, minutes), 0.08)


def test_the_first_to_come_is_the_first_to_be_served() -> None:
    log = run("many_servers").log
    assert np.all(np.diff(log["start"]) >= 0)


def test_impatient_customers_wait_and_abandon_as_erlang_a_says() -> None:
    result = run("impatient")
    waits, wait, abandon = erlang_a(5, result.arrivals(), 5, 4)
    agrees(result.log["wait"] > 0, waits)
    agrees(result.log["wait"], wait)
    agrees(result.log["outcome"] == ABANDONED, abandon)


def test_one_server_makes_people_wait_as_pollaczek_and_khinchine_say() -> None:
    result = run("general_service")
    agrees(result.log["wait"] > 0, result.arrivals() * 1)
    agrees(result.log["wait"], pollaczek_khinchine(result.arrivals(), 1, 0.8))


def test_lognormal_service_has_the_stated_mean_and_variation() -> None:
    log = run("general_service").log
    service = log["end"] - log["start"]
    agrees(service, 1.0, 0.01)
    agrees((service - 1.0) ** 2, 0.8**2, 0.04)


def test_a_large_head_start_is_priority_as_cobham_says() -> None:
    result = run("priority")
    theory = cobham([result.arrivals(0), result.arrivals(1)], [1.2, 0.8])
    for segment in (0, 1):
        agrees(result.log["wait"][result.log["segment"] == segment], theory[segment], 0.05)


def test_a_full_house_turns_away_as_many_as_erlang_b_says_whatever_the_shape_of_the_stay() -> None:
    result = run("loss")
    agrees(result.log["outcome"] == TURNED_AWAY, erlang_b(10, result.arrivals() * 20))
    assert set(np.unique(result.log["outcome"])) == {SERVED, TURNED_AWAY}


@pytest.mark.parametrize("name", ["many_servers", "impatient", "general_service"])
def test_the_number_present_is_the_rate_times_the_mean_stay(name: str) -> None:
    """Little's law: people counted at fixed times against the stated rate times the mean stay."""
    result = run(name)
    times = np.arange(WARM_UP + 1440.0, result.end, 1.7)
    came = np.searchsorted(result.log["arrival"], times, side="right")
    gone = np.searchsorted(np.sort(result.log["end"]), times, side="right")
    stay = result.log["end"] - result.log["arrival"]
    present = came - gone
    # In full: the area under the number present is the sum of the stays, but for those there at the edges.
    inside = (result.log["arrival"] >= times[0]) & (result.log["arrival"] < times[-1])
    edge = stay.max() * max(present[0], present[-1]) / (times[-1] - times[0])
    sampling = 0.002 * present.mean()
    assert abs(present.mean() - stay[inside].sum() / (times[-1] - times[0])) < edge + sampling
    agrees(present, result.arrivals() * stay.mean())


@pytest.mark.parametrize(("name", "staff"), [("many_servers", 3), ("impatient", 5), ("general_service", 1)])
def test_the_monthly_books_say_the_same_as_the_contact_log(name: str, staff: int) -> None:
    """Busy and duty time, contacts and waits are counted by the engine in the month and logged contact by contact."""
    records = run(name).records
    busy, duty = records.sites["busy_minutes"].sum(), records.sites["duty_minutes"].sum()
    last = float(records.log["end"].max())
    served = records.log["outcome"] == SERVED
    assert duty == pytest.approx(staff * (run(name).end + 1440.0), rel=1e-9)
    assert busy == pytest.approx((records.log["end"] - records.log["start"])[served].sum(), rel=2e-4)
    assert records.contacts["served"].sum() == served.sum()
    assert records.contacts["wait"].sum() == pytest.approx(records.log["wait"].sum())
    assert records.waits.sum() == len(records.log)
    assert records.waits[..., 0].sum() == (records.log["wait"] == 0).sum()
    assert last <= run(name).end + 1440.0
