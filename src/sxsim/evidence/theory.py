"""The floor against theory: with everything that adapts switched off, a touchpoint must queue as textbooks say.

Textbook results for queues are in minutes and per minute; each formula names its source.
"""

import math
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from importlib.resources import as_file, files

import numpy as np
from numpy.typing import NDArray

from sxsim.engines.records import Records
from sxsim.engines.world import ABANDONED, TURNED_AWAY
from sxsim.evidence.checks import Check, check_of_mean
from sxsim.running.one_run import run_world
from sxsim.running.plans import load
from sxsim.scenario.scenario import Scenario

SEED = 23592
DAY = 1440.0
WARM_UP = 2 * DAY
MONTH = 30.4375 * DAY
_LONG_WAITS = (2, 5, 10)


# What textbooks say.


def erlang_b(servers: int, load: float) -> float:
    """Share turned away when nobody can wait. load = arrival rate × mean service time. Source: Erlang (1917)."""
    lost = 1.0
    for n in range(1, servers + 1):
        lost = load * lost / (n + load * lost)
    return lost


def erlang_c(servers: int, load: float) -> float:
    """Chance to wait in M/M/c, load < servers. Source: Erlang (1917)."""
    lost = erlang_b(servers, load)
    return servers * lost / (servers - load * (1 - lost))


@cache
def erlang_a(servers: int, arrivals: float, service: float, patience: float) -> tuple[float, float, float]:
    """M/M/c+M: chance to wait, mean wait of all, share that abandons. Source: Palm (1957), birth and death chain.

    arrivals: per minute; service, patience: means in minutes.
    """
    weights = [1.0]
    for n in range(1, 500):
        weights.append(weights[-1] * arrivals / (min(n, servers) / service + max(n - servers, 0) / patience))
    total = math.fsum(weights)
    queue = math.fsum(max(n - servers, 0) * weight for n, weight in enumerate(weights)) / total
    return math.fsum(weights[servers:]) / total, queue / arrivals, queue / patience / arrivals


def pollaczek_khinchine(arrivals: float, service: float, variation: float) -> float:
    """Mean wait in M/G/1; variation: coefficient of variation of service. Pollaczek (1930), Khinchine (1932)."""
    busy = arrivals * service
    return busy * service * (1 + variation**2) / 2 / (1 - busy)


def cobham(arrivals: list[float], service: list[float]) -> list[float]:
    """Mean waits by class, first class first, exponential service, no interruption. Source: Cobham (1954)."""
    residual = math.fsum(rate * mean**2 for rate, mean in zip(arrivals, service, strict=True))
    waits, busy = [], 0.0
    for rate, mean in zip(arrivals, service, strict=True):
        before, busy = busy, busy + rate * mean
        waits.append(residual / (1 - before) / (1 - busy))
    return waits


def waiting_longer(servers: int, arrivals: float, service: float, minutes: float) -> float:
    """Chance to wait longer than some minutes in M/M/c, first come first served. Source: Erlang (1917)."""
    chance = erlang_c(servers, arrivals * service)
    return chance * math.exp(-(servers / service - arrivals) * minutes)


def waiting_longer_with_patience(
    servers: int, arrivals: float, service: float, patience: float, minutes: float
) -> float:
    """Chance to wait longer than some minutes in M/M/c+M, served or not: the offered wait and one's own patience exceed it.

    The offered wait x of those who wait has density in proportion to exp(λ/θ·(1 − exp(−θx)) − cμx), whose tail is an
    incomplete gamma function. Source: Zeltyn and Mandelbaum (2005), doi:10.1007/s11134-005-3699-8 (M/M/n+G).
    """
    from scipy.special import gammainc

    waits, _, _ = erlang_a(servers, arrivals, service, patience)
    shape, load = servers * patience / service, arrivals * patience
    left = math.exp(-minutes / patience)
    return waits * left * float(gammainc(shape, load * left) / gammainc(shape, load))


# What the floor does.


@dataclass
class RunOfQueue:
    """A queue of this package, run with its contact log."""

    scenario: Scenario
    records: Records
    log: NDArray[np.void]  # contacts by arrival, from the end of the warm-up to one day before the end
    end: float

    def arrivals(self, segment: int = 0) -> float:
        """Arrivals a minute of a segment, as the scenario states them."""
        part = self.scenario.segments[segment]
        return self.scenario.market.customers * part.share * part.visits_per_month / MONTH

    def came_to(self, outcome: int) -> NDArray[np.bool_]:
        """Which contacts ended so."""
        found: NDArray[np.bool_] = self.log["outcome"] == outcome
        return found


@cache
def run(name: str, engine: str = "compiled") -> RunOfQueue:
    """Run a queue once. name: a file of `evidence/queues`."""
    with as_file(files("sxsim.evidence") / "queues") as folder:
        scenario = load(folder / f"{name}.yaml", parameters=folder / "neutral.yaml", unusual=True)
    world, records = run_world(scenario, seed=SEED, engine=engine, contacts=True)
    end = float(world.month_starts[-1]) - DAY
    log = records.log[np.argsort(records.log["arrival"], kind="stable")]
    return RunOfQueue(scenario, records, log[(log["arrival"] >= WARM_UP) & (log["arrival"] < end)], end)


def checks(engine: str = "compiled") -> Iterator[Check]:
    """All checks against theory, each with one false alarm in a million."""
    many = run("many_servers", engine)
    rate = many.arrivals()
    waited = many.log["wait"]
    yield check_of_mean(
        "time between arrivals, minutes", np.diff(many.log["arrival"]), 1 / rate, "Poisson", most_error=0.01
    )
    yield check_of_mean("share that waits, M/M/3", waited > 0, erlang_c(3, rate * 3), "Erlang C")
    yield check_of_mean("mean wait, M/M/3, minutes", waited, erlang_c(3, rate * 3) / (3 / 3 - rate), "Erlang C")
    for minutes in _LONG_WAITS:
        theory = waiting_longer(3, rate, 3, minutes)
        yield check_of_mean(
            f"share that waits over {minutes} minutes, M/M/3", waited > minutes, theory, "Erlang C", most_error=0.08
        )
    impatient = run("impatient", engine)
    waits, wait, abandon = erlang_a(5, impatient.arrivals(), 5, 4)
    yield check_of_mean("share that waits, M/M/5 with patience", impatient.log["wait"] > 0, waits, "Erlang A")
    yield check_of_mean("mean wait, M/M/5 with patience, minutes", impatient.log["wait"], wait, "Erlang A")
    yield check_of_mean("share that abandons, M/M/5 with patience", impatient.came_to(ABANDONED), abandon, "Erlang A")
    general = run("general_service", engine)
    theory = pollaczek_khinchine(general.arrivals(), 1, 0.8)
    yield check_of_mean("share that waits, M/G/1", general.log["wait"] > 0, general.arrivals() * 1, "utilisation")
    yield check_of_mean("mean wait, M/G/1 (lognormal), minutes", general.log["wait"], theory, "Pollaczek and Khinchine")
    priority = run("priority", engine)
    expected = cobham([priority.arrivals(0), priority.arrivals(1)], [1.2, 0.8])
    for segment, who in enumerate(("first", "second")):
        own = priority.log["wait"][priority.log["segment"] == segment]
        yield check_of_mean(
            f"mean wait of the {who} class, priority, minutes", own, expected[segment], "Cobham", most_error=0.05
        )
    loss = run("loss", engine)
    lost = erlang_b(10, loss.arrivals() * 20)
    yield check_of_mean("share turned away from a full house, M/G/10/10", loss.came_to(TURNED_AWAY), lost, "Erlang B")
