"""Shapley values: a difference split fairly over the causes that make it together.

A cause's part is what it changes on average when causes are switched from base to plan one after the other, over all
orders. The parts add up to the whole difference, whether all orders count or a sample of them.
Source: Shapley (1953), doi:10.1515/9781400881970-018; sampling in pairs of an order and its reverse: doi:10.48550/arXiv.2104.12199.
"""

import itertools
import math
from collections.abc import Callable, Sequence

import numpy as np
from numpy.typing import NDArray

#: Causes up to which every subset is looked at.
MOST_EXACT = 10
#: A coalition: 1 where a cause is as in the plan, 0 where it is as in the base.
Coalition = tuple[int, ...]
#: What comes out when some causes are as in the plan: one figure a KPI.
Outcome = Callable[[Coalition], NDArray[np.float64]]


def orders_of(count: int, orders: int, seed: Sequence[int]) -> list[tuple[int, ...]]:
    """Orders in which causes are switched, each followed by its reverse; `orders` is even."""
    generator = np.random.default_rng(list(seed))
    found: list[tuple[int, ...]] = []
    for _ in range(orders // 2):
        order = tuple(int(k) for k in generator.permutation(count))
        found += [order, order[::-1]]
    return found


def steps_of(order: Sequence[int]) -> list[Coalition]:
    """The coalitions on the way from base to plan, both included."""
    now = [0] * len(order)
    found = [tuple(now)]
    for cause in order:
        now[cause] = 1
        found.append(tuple(now))
    return found


def coalitions_of(count: int, orders: Sequence[Sequence[int]] | None) -> list[Coalition]:
    """Every coalition that is needed, each once: all of them, or those on the way of some orders."""
    if orders is None:
        return list(itertools.product((0, 1), repeat=count))
    return list(dict.fromkeys(step for order in orders for step in steps_of(order)))


def exact(count: int, outcome: Outcome) -> NDArray[np.float64]:
    """The parts over all orders, shape (causes, KPIs)."""
    parts = []
    for cause in range(count):
        total: NDArray[np.float64] | None = None
        for coalition in itertools.product((0, 1), repeat=count):
            if coalition[cause]:
                continue
            size = sum(coalition)
            weight = math.factorial(size) * math.factorial(count - size - 1) / math.factorial(count)
            gain = outcome((*coalition[:cause], 1, *coalition[cause + 1 :])) - outcome(coalition)
            total = weight * gain if total is None else total + weight * gain
        parts.append(total)
    return _adding_up(np.array(parts), count, outcome)


def sampled(
    count: int, orders: Sequence[Sequence[int]], outcome: Outcome
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """The parts over a sample of orders, shape (causes, KPIs), and the variance of each that the sampling leaves.

    orders: each followed by its reverse; pairs are independent, so their spread is the error.
    """
    kpis = len(outcome((0,) * count))
    pairs = np.zeros((len(orders) // 2, count, kpis))
    for number, order in enumerate(orders):
        values = [outcome(step) for step in steps_of(order)]
        for place, cause in enumerate(order):
            pairs[number // 2, cause] += (values[place + 1] - values[place]) / 2.0
    variance = pairs.var(axis=0, ddof=1) / len(pairs) if len(pairs) > 1 else np.full((count, kpis), np.nan)
    return _adding_up(pairs.mean(axis=0), count, outcome), variance


def _adding_up(parts: NDArray[np.float64], count: int, outcome: Outcome) -> NDArray[np.float64]:
    """The parts, with what rounding left over given to the smallest that is not 0, which can hold it exactly."""
    whole = outcome((1,) * count) - outcome((0,) * count)
    for kpi in range(parts.shape[1]):
        if np.isfinite(parts[:, kpi]).all() and np.isfinite(whole[kpi]):
            sizes = np.where(parts[:, kpi] == 0.0, np.inf, np.abs(parts[:, kpi]))
            parts[int(sizes.argmin()), kpi] += math.fsum([float(whole[kpi]), *(-float(part) for part in parts[:, kpi])])
    return parts
