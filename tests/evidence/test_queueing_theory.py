"""Formulas against a second computation."""

import math

import numpy as np
import pytest
from scipy.integrate import quad
from scipy.linalg import expm

from sxsim.evidence.queueing_theory import erlang_a, waiting_longer, waiting_longer_with_patience


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
