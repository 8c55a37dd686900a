"""Which element comes first if the levers' weights are not as assumed, and which weight to learn first; no run is needed for it.

An element acts through the levers that its sub-elements carry, so its rank is partly an echo of their weights, which nobody has
measured. The runs of a study say what a level of each element brings under the weights as they stand. From that follows what
each lever brings, as far as it follows: with fewer elements than levers some of it stays open, and is drawn. Other weights hand
the levers to other elements: what an element brings changes by its change of share in each lever, times what the lever brings.

Sources: Strong, Oakley and Brennan (2014), doi:10.1177/0272989X13505910 (value of learning one assumption, by regression);
Howard (1966), doi:10.1109/TSSC.1966.300074 (value of information); the rest by assumption, checked against runs with other weights.
"""

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from sxsim.results.kpis import KPIS
from sxsim.standard.catalogue import LEVERS
from sxsim.studies.methods.drawn_weights import DRAWS, Numbers, Weights, rows_of
from sxsim.studies.methods.ranks import chances_of_ranks

#: Direct effects of elements, beside those by their levers, as a share of the spread of the levers' effects. Source: assumption.
_BESIDE_LEVERS = 0.2
#: Weights that tell nothing, looked at beside the others: what they seem to be worth is chance.
_IDLE = 20
#: Powers of a weight in the regression of what elements bring on it.
_POWERS = 3
_BOUNDS = (-12.0, 12.0)
#: Worth that is not spoken of, as a share of what a level of the best factor brings.
_NEGLIGIBLE = 0.005
_PERCENT = 100.0


@dataclass(frozen=True)
class Effects:
    """What a level more of each factor brings. covariance: of the estimates; explained: share of the spread that these effects make."""

    mean: Numbers
    covariance: Numbers
    explained: float

    def only(self, columns: Sequence[int]) -> "Effects":
        """The effects of some of the factors."""
        chosen = list(columns)
        return Effects(self.mean[chosen], self.covariance[np.ix_(chosen, chosen)], self.explained)


def effects_of(settings: Numbers, values: Numbers, block: int) -> Effects:
    """The effects of some factors on a KPI, all others at their middle: a regression over the points of a design.

    settings: (points, factors), a row for each value; block: points that belong together, whose luck is shared; NaN marks a
    point that failed or where the KPI is not defined: its block is left out.
    """
    whole = np.repeat(np.isfinite(values.reshape(-1, block)).all(axis=1), block)
    x, y = settings[whole] - settings[whole].mean(axis=0), values[whole] - values[whole].mean()
    inverse: Numbers = np.linalg.pinv(x.T @ x)
    mean = inverse @ (x.T @ y)
    left = y - x @ mean
    scores = (x * left[:, None]).reshape(-1, block, x.shape[1]).sum(axis=1)
    covariance = np.asarray(inverse @ (scores.T @ scores) @ inverse * len(scores) / max(len(scores) - 1, 1))
    spread = float((y**2).sum())
    return Effects(mean, covariance, 1.0 - float((left**2).sum()) / spread if spread > 0 else 0.0)


def shares_of_levers(weights: Numbers, rows: Sequence[Sequence[int]]) -> Numbers:
    """Each factor's share of each lever: shape (…, factors, levers). weights: (…, sub-elements, levers); rows: of each factor."""
    own = np.stack([weights[..., list(mine), :].sum(axis=-2) for mine in rows], axis=-2)
    whole = weights.sum(axis=-2)[..., None, :]
    shares: Numbers = np.divide(own, whole, out=np.zeros_like(own), where=whole > 0)
    return shares


def lever_effects(found: Effects, shares: Numbers, draws: Numbers, chance: np.random.Generator) -> Numbers:
    """What each lever brings, for each draw of what the factors bring: shape (draws, levers).

    Levers are taken to differ around a common mean; how much they do is what makes the found effects likeliest. What the
    effects leave open is drawn. shares: (factors, levers), as in the runs; draws: (draws, factors).
    """
    from scipy.optimize import minimize_scalar

    factors, levers = shares.shape
    unit = shares @ shares.T + _BESIDE_LEVERS**2 * np.eye(factors)
    together = shares.sum(axis=1)
    scale = max(float(np.abs(found.mean).max()), 1e-300)

    def fitted(size: float) -> tuple[float, float]:
        """How unlikely the effects are with levers that differ so much, and the levers' mean."""
        cover = (size * scale) ** 2 * unit + found.covariance
        solved = np.linalg.solve(cover, np.column_stack([together, found.mean]))
        mean = float(together @ solved[:, 1] / max(together @ solved[:, 0], 1e-300))
        left = found.mean - mean * together
        return float(np.linalg.slogdet(cover)[1] + left @ np.linalg.solve(cover, left)), mean

    size = math.exp(float(minimize_scalar(lambda x: fitted(math.exp(x))[0], bounds=_BOUNDS, method="bounded").x))
    mean, spread = fitted(size)[1], size * scale
    gain = np.linalg.solve(unit, shares).T  # (levers, factors)
    open_ = np.eye(levers) - gain @ shares
    values, vectors = np.linalg.eigh((open_ + open_.T) / 2.0)
    noise = chance.standard_normal((len(draws), levers)) * np.sqrt(np.maximum(values, 0.0)) @ vectors.T
    effects: Numbers = mean + (draws - mean * together) @ gain.T + spread * noise
    return effects


@dataclass(frozen=True)
class Case:
    """What factors bring under some weights. effects: (draws, factors), the better the larger."""

    name: str
    effects: Numbers

    @property
    def chances(self) -> Numbers:
        """The probability of each rank (column) for each factor (row)."""
        return chances_of_ranks(self.effects, len(self.effects))

    @property
    def first(self) -> Numbers:
        """The probability that a factor comes first."""
        chances: Numbers = self.chances[:, 0]
        return chances

    def interval(self, factor: int) -> tuple[float, float, float]:
        """What a level of a factor brings: mean and the middle 95 % of the draws."""
        mine = self.effects[:, factor]
        return float(mine.mean()), float(np.quantile(mine, 0.025)), float(np.quantile(mine, 0.975))


@dataclass(frozen=True)
class Worth:
    """What it is worth to learn something before a factor is chosen: a unit of the KPI a level, on average over what may be true."""

    name: str
    value: float


@dataclass(frozen=True)
class OverWeights:
    """How ranks hold over the uncertainty of the weights, for one KPI.

    cases: first the weights as they stand in the runs; weights, levers: what each weight, and each lever's weights together, are
    worth to learn, the largest first; all_of_it: of all weights together; idle: what a weight seems to be worth that tells nothing;
    explained: share of the KPI's spread that the effects make, luck, bends and interactions being the rest.
    """

    kpi: str
    names: tuple[str, ...]
    cases: tuple[Case, ...]
    weights: tuple[Worth, ...]
    levers: tuple[Worth, ...]
    all_of_it: float
    idle: float
    explained: float

    def first_of(self, case: Case) -> tuple[str, float]:
        """Who most probably comes first, and how probable that is."""
        best = int(case.first.argmax())
        return self.names[best], float(case.first[best])


def over_weights(kpi: str, names: Sequence[str], found: Effects, weights: Weights, seed: int) -> OverWeights:
    """Ranks of some elements or sub-elements under the weights of the runs and under drawn ones, and what learning weights is worth.

    found: what a level of each brings.
    """
    chance = np.random.default_rng([seed, DRAWS])
    base = chance.multivariate_normal(found.mean, found.covariance, DRAWS, method="eigh")
    rows = [rows_of(name) for name in names]
    shares = shares_of_levers(weights.in_runs, rows)
    levers = lever_effects(found, shares, base, chance)

    def valued(effects: Numbers) -> Numbers:
        """The better the larger; by size where nothing is better."""
        better = KPIS[kpi].better
        return np.abs(effects) if better == "neither" else -effects if better == "lower" else effects

    cases = [Case("as in the runs", valued(base))]
    for name, drawn in weights.drawn.items():
        moved = np.einsum("kfl,kl->kf", shares_of_levers(drawn, rows) - shares, levers)
        cases.append(Case(name, valued(base + moved)))
    first, effects = next(iter(weights.drawn.values())), cases[1].effects
    single = {name: first[:, *place][:, None] for name, place in weights.of_weights.items()}
    by_lever = {
        lever: np.hstack([single[name] for name in weights.of_lever(k)])
        for k, lever in enumerate(LEVERS)
        if weights.of_lever(k)
    }
    return OverWeights(
        kpi,
        tuple(names),
        tuple(cases),
        _ordered(effects, single),
        _ordered(effects, by_lever),
        _best_given(valued(found.mean + (shares_of_levers(first, rows) - shares) @ levers.mean(axis=0))),
        max(_worth(effects, chance.random((DRAWS, 1))) for _ in range(_IDLE)),
        found.explained,
    )


def _ordered(effects: Numbers, what: Mapping[str, Numbers]) -> tuple[Worth, ...]:
    return tuple(sorted((Worth(n, _worth(effects, v)) for n, v in what.items()), key=lambda each: -each.value))


def _worth(effects: Numbers, known: Numbers) -> float:
    """What it is worth to know something before choosing: the best choice given it, less the best choice without."""
    scaled = (known - known.mean(axis=0)) / np.maximum(known.std(axis=0), 1e-300)
    columns = [np.ones((len(known), 1)), *(scaled**power for power in range(1, _POWERS + 1))]
    basis = np.hstack(columns)
    expected = basis @ np.linalg.lstsq(basis, effects, rcond=None)[0]
    return _best_given(expected)


def _best_given(expected: Numbers) -> float:
    """The best choice in each draw, less the choice that is best over all draws. expected: (draws, factors)."""
    return max(float(expected.max(axis=1).mean() - expected.mean(axis=0).max()), 0.0)


def rank_rows(found: OverWeights) -> list[dict[str, Any]]:
    """What each factor brings under each kind of weights, and the probability of each of its ranks, as rows of a table."""
    rows: list[dict[str, Any]] = []
    for case in found.cases:
        for k, name in enumerate(found.names):
            mean, low, high = case.interval(k)
            row = {
                "kpi": found.kpi,
                "weights": case.name,
                "factor": name,
                "a level brings": mean,
                "low": low,
                "high": high,
                "explained": found.explained,
            }
            rows.append(row | {f"chance of rank {r}": float(c) for r, c in enumerate(case.chances[k], 1)})
    return rows


def worth_rows(found: OverWeights) -> list[dict[str, Any]]:
    """What it is worth to learn each weight, and all of a lever together, as rows of a table."""
    both = [("lever", each) for each in found.levers] + [("weight", each) for each in found.weights]
    return [
        {"kpi": found.kpi, "learn": what, "name": each.name, "worth": each.value, "all weights together": found.all_of_it,
         "above chance": each.value > found.idle}
        for what, each in both
    ]  # fmt: skip


def in_words(found: OverWeights, said: Callable[[float], str]) -> str:
    """Who comes first under which weights, and which weight to learn first. said: a difference of the KPI in words."""
    name, chance = found.first_of(found.cases[0])
    texts = [f"{found.kpi}, if the levers' weights are as in the runs: {name} comes first ({_percent(chance)})."]
    place = found.names.index(name)
    for case in found.cases[1:]:
        own = float(case.first[place])
        best, most = found.first_of(case)
        other = "" if best == name else f", {best} in {_percent(most)}"
        texts.append(f"With weights {case.name}: {name} in {_percent(own)}{other}.")
    least = max(found.idle, _NEGLIGIBLE * float(np.abs(found.cases[1].effects.mean(axis=0)).max()))
    levers = [each for each in found.levers if each.value > least]
    if not levers:
        return " ".join(
            [
                *texts,
                "No lever's weights are worth learning first: whatever they are, the same choice is about as good.",
            ]
        )
    of_lever = [each for each in found.weights if each.name.endswith(f".{levers[0].name}") and each.value > least]
    learn = " above all ".join(
        [f"the weights of {levers[0].name},", of_lever[0].name] if of_lever else [f"the weights of {levers[0].name}"]
    )
    return " ".join(
        [*texts, f"To learn first: {learn}; to know a lever's weights before choosing would be worth {said(levers[0].value)} a level, "
         f"all weights together {said(found.all_of_it)}."]
    )  # fmt: skip


def _percent(chance: float) -> str:
    """A probability in percent, never said to be sure."""
    return "> 99 %" if chance > 1 - 1 / _PERCENT else "< 1 %" if chance < 1 / _PERCENT else f"{_PERCENT * chance:.0f} %"
