"""Textbook results for queues, in minutes and per minute. Each formula names its source."""

import math
from functools import cache


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
