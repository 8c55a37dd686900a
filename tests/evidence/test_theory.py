"""The floor against theory: with everything that adapts switched off, a touchpoint must queue as textbooks say.

Every comparison is a two-sided t-test on batch means with a stated rate of false alarms (1 in a million), a fixed seed
and a cap on the standard error, so that a test which could not notice an error fails as well. The reference engine is
held against theory here; `sxsim verify theory` does it with the compiled one.

Formulas against a second computation.
"""

import math

import numpy as np
import pytest
from numpy.typing import NDArray
from scipy import stats
from scipy.integrate import quad
from scipy.linalg import expm

from sxsim.engines.world import SERVED, TURNED_AWAY
from sxsim.evidence import theory
from sxsim.evidence.checks import FALSE_ALARM, check_of_mean
from sxsim.evidence.theory import WARM_UP, RunOfQueue, erlang_a, waiting_longer, waiting_longer_with_patience


def run(name: str) -> RunOfQueue:
    """A queue, run on the reference engine."""
    return theory.run(name, "reference")


def test_the_floor_queues_as_theory_says() -> None:
    found = list(theory.checks("reference"))
    assert [str(check) for check in found if not check.passed] == []
    assert list(theory.checks()) == found, "both engines say the same"


def agrees(values: NDArray[np.float64], expected: float, most_error: float = 0.04) -> None:
    """The mean of a long series agrees with theory, and is known well enough to tell."""
    check = check_of_mean("", values, expected, "theory", most_error=most_error)
    assert check.passed, str(check)


def test_arrivals_are_a_poisson_process_of_the_stated_rate() -> None:
    result = run("many_servers")
    gaps = np.diff(result.log["arrival"])
    agrees(gaps, 1 / result.arrivals(), 0.01)
    assert stats.kstest(gaps, "expon", args=(0, gaps.mean())).pvalue > FALSE_ALARM
    counts = np.histogram(result.log["arrival"], np.arange(WARM_UP, result.end, 30.0))[0]
    dispersion = (len(counts) - 1) * counts.var(ddof=1) / counts.mean()
    tail = stats.chi2.cdf(dispersion, len(counts) - 1)
    assert FALSE_ALARM / 2 < tail < 1 - FALSE_ALARM / 2


def test_the_first_to_come_is_the_first_to_be_served() -> None:
    log = run("many_servers").log
    assert np.all(np.diff(log["start"]) >= 0)


def test_lognormal_service_has_the_stated_mean_and_variation() -> None:
    log = run("general_service").log
    service = log["end"] - log["start"]
    agrees(service, 1.0, 0.01)
    agrees((service - 1.0) ** 2, 0.8**2, 0.04)


def test_a_full_house_serves_or_turns_away() -> None:
    assert set(np.unique(run("loss").log["outcome"])) == {SERVED, TURNED_AWAY}


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


@pytest.mark.parametrize(
    ("servers", "arrivals", "service", "patience"), [(1, 0.5, 3, 4), (6, 2.2, 3, 6), (8, 1.9, 3.1, 6.1)]
)
def test_the_tail_of_the_wait_has_the_mean_wait(servers: int, arrivals: float, service: float, patience: float) -> None:
    _, mean, _ = erlang_a(servers, arrivals, service, patience)
    area = quad(lambda t: waiting_longer_with_patience(servers, arrivals, service, patience, t), 0, 200)[0]
    assert area == pytest.approx(mean, rel=1e-6)


@pytest.mark.parametrize("minutes", [0.0, 0.3, 1.0, 4.0])
def test_the_tail_is_that_of_the_birth_and_death_chain(minutes: float) -> None:
    """A second way: who finds k waiting is served after k + 1 steps at rates cμ + jθ, unless own patience ends before."""
    servers, arrivals, service, patience, most = 5, 1.9, 3.0, 5.0, 60
    weights = [1.0]
    for n in range(1, servers + most):
        rate = min(n, servers) / service + max(n - servers, 0) / patience
        weights.append(weights[-1] * arrivals / rate)
    found = np.array(weights[servers:]) / math.fsum(weights)
    # State j: j people ahead; the last step is into service. Transitions j → j − 1 at rate cμ + jθ.
    steps = np.diag([-(servers / service + j / patience) for j in range(most)])
    for j in range(1, most):
        steps[j, j - 1] = servers / service + j / patience
    still = (found @ expm(steps * minutes)).sum() * math.exp(-minutes / patience)
    assert waiting_longer_with_patience(servers, arrivals, service, patience, minutes) == pytest.approx(still, rel=1e-7)


def test_without_impatience_it_is_erlang_c() -> None:
    patient = waiting_longer_with_patience(3, 0.8, 3, 3000, 2)
    assert patient == pytest.approx(waiting_longer(3, 0.8, 3, 2), rel=0.01)
