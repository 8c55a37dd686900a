"""Shares split fairly (Shapley), ranks and looks that keep their word: who is ahead of whom among many, and how much of it chance alone would show.

A study of ten factors compares 45 pairs; judged pair by pair, equal factors are told apart in every third study. So a
difference counts when it is larger than the largest difference that equal factors would show, in 19 of 20 studies: the
largest over all pairs, each measured by its own error. Source: Hsu (1996), Multiple comparisons, chapter 5; Westfall and Young
(1993), Resampling-based multiple testing, chapter 2.
"""

import itertools
import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Numbers = NDArray[np.float64]
WRONG_AT_MOST = 0.05
#: A share of the bootstrap samples is never shown as certain: the samples themselves are only so many.
_PERCENT = 100.0


def ahead_of(resamples: Numbers, blocks: int, wrong: float = WRONG_AT_MOST) -> NDArray[np.bool_]:
    """Which one (row) is clearly ahead of which other (column), all pairs together.

    resamples: bootstrap samples of what is ranked, shape (samples, items), the larger the better; blocks: how many
    independent blocks were drawn from; wrong: how often some pair of equals may be told apart.
    """
    items = resamples.shape[1]
    middle = resamples.mean(axis=0)
    moved = (resamples[:, :, None] - resamples[:, None, :]) - (middle[:, None] - middle[None, :])
    error = moved.std(axis=0, ddof=1)
    error[error <= 1e-12 * max(1.0, float(np.abs(middle).max(initial=0.0)))] = 0.0
    scale = np.where(error > 0, error, np.inf)
    largest = np.abs(moved / scale).reshape(len(resamples), items * items).max(axis=1, initial=0.0)
    limit = float(np.quantile(largest, 1.0 - wrong)) * few_blocks(blocks, wrong / max(1, items * (items - 1) // 2))
    gap = middle[:, None] - middle[None, :]
    ahead: NDArray[np.bool_] = np.asarray(gap > np.where(error > 0, limit * np.maximum(error, 1e-300), 0.0))
    return ahead


def few_blocks(blocks: int, wrong: float = WRONG_AT_MOST) -> float:
    """By how much a bootstrap over few blocks is too narrow: Student's t against the normal, and n − 1 for n."""
    from scipy.special import ndtri, stdtrit

    if blocks < 2:
        return math.inf
    tail = 1.0 - wrong / 2.0
    return float(stdtrit(blocks - 1, tail) / ndtri(tail)) * math.sqrt(blocks / (blocks - 1))


def chances_of_ranks(resamples: Numbers, blocks: int) -> Numbers:
    """How probable each rank (column) is for each item (row), the larger first; equals share their ranks.

    Bootstrap samples are spread out by what few blocks make too narrow, and none is certain: one more sample is counted that
    gives every rank alike.
    """
    middle = resamples.mean(axis=0)
    spread = middle + (resamples - middle) * few_blocks(blocks)
    count, items = spread.shape
    above = (spread[:, None, :] > spread[:, :, None]).sum(axis=2)
    equal = (spread[:, None, :] == spread[:, :, None]).sum(axis=2)
    ranks = np.arange(items)
    held = (ranks >= above[..., None]) & (ranks < (above + equal)[..., None])
    shares = (held / equal[..., None]).sum(axis=0)
    chances: Numbers = (shares + 1.0 / items) / (count + 1.0)
    return chances


@dataclass(frozen=True)
class Ranked:
    """A factor's place: the best and the worst it may have, and the probability of each rank."""

    name: str
    best: int
    worst: int
    chances: tuple[float, ...]

    @property
    def words(self) -> str:
        """`3`, or `4–6` for factors that are tied."""
        return str(self.best) if self.best == self.worst else f"{self.best}–{self.worst}"


def ranks_of(names: Sequence[str], resamples: Numbers, blocks: int) -> tuple[Ranked, ...]:
    """The place of each factor. resamples: importance, shape (bootstrap samples, factors); blocks: as for `ahead_of`."""
    beats, chances = ahead_of(resamples, blocks), chances_of_ranks(resamples, blocks)
    return tuple(
        Ranked(name, 1 + int(beats[:, k].sum()), len(names) - int(beats[k].sum()), tuple(map(float, chances[k])))
        for k, name in enumerate(names)
    )


def settled(resamples: Numbers, blocks: int, sharper: float = 1.0) -> list[int]:
    """Ranks (from 1) whose factor beats all behind it and is beaten by all before it.

    sharper: how many times smaller the errors would be.
    """
    middle = resamples.mean(axis=0)
    ahead = ahead_of(middle + (resamples - middle) / sharper, blocks)
    order = (-middle).argsort(kind="stable")
    return [
        place + 1
        for place, k in enumerate(order)
        if all(ahead[k, other] for other in order[place + 1 :]) and all(ahead[other, k] for other in order[:place])
    ]


def verdict(count: int, resamples: Numbers, blocks: int, *, trajectories: bool) -> str:
    """Which ranks a study settles, and which twice the samples would. count: base samples, or trajectories of Morris."""
    now, then = settled(resamples, blocks), settled(resamples, blocks, math.sqrt(2.0))
    more = [rank for rank in then if rank not in now]
    size = f"{count} trajectories" if trajectories else f"N = {count}"
    verb = "settle" if trajectories else "settles"
    if len(now) == resamples.shape[1]:
        return f"{size} {verb} all ranks"
    first = f"{size} {verb} {_rank_words(now)}" if now else f"{size} {verb} no rank"
    second = f"doubling would settle {_rank_words(more, short=True)}" if more else "doubling would settle no other"
    return f"{first}; {second}"


def _rank_words(ranks: Sequence[int], *, short: bool = False) -> str:
    """`rank 1`, `ranks 1–3 and 6`."""
    runs: list[list[int]] = []
    for rank in ranks:
        if runs and rank == runs[-1][-1] + 1:
            runs[-1].append(rank)
        else:
            runs.append([rank])
    texts = []
    for run in runs:
        texts += [f"{run[0]}–{run[-1]}"] if len(run) > 2 else [str(rank) for rank in run]
    said = texts[0] if len(texts) == 1 else f"{', '.join(texts[:-1])} and {texts[-1]}"
    return said if short else f"rank{'s' if len(ranks) > 1 else ''} {said}"


def share_said(value: float, low: float, high: float) -> str:
    """A share of a whole with its interval, in %; what cannot be a share is not said as one."""
    low, high = max(low, 0.0), min(high, 1.0)
    if value > 1.0:
        return f"at least {_PERCENT * low:.0f} %" if low < 1.0 else "all of it"
    return f"{_PERCENT * max(value, 0.0):.0f} % ({_PERCENT * low:.0f}–{_PERCENT * high:.0f})"


def holm(values: Sequence[float]) -> list[float]:
    """P of several looks, corrected for all of them by Holm's method. Source: Holm (1979), jstor:4615733."""
    order = sorted(range(len(values)), key=lambda k: values[k])
    corrected, worst = [0.0] * len(values), 0.0
    for place, k in enumerate(order):
        worst = max(worst, min(1.0, (len(values) - place) * values[k]))
        corrected[k] = worst
    return corrected


def behind_by_luck(mean: float, error: float, runs: int) -> float:
    """One-sided p of a mean lead below 0 (Student's t): how often equals would show such a lead, or a worse one."""
    from scipy.special import stdtr

    if runs < 2 or not error > 0:
        return 0.5**runs if mean < 0 else 1.0
    return float(stdtr(runs - 1, mean / error))


def by_chance(looks: int, level: float) -> str:
    """How many of so many looks chance alone gives at a level each, in words."""
    count = looks * level
    return "fewer than one" if count < 1 else f"about {count:.0f}"


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
