"""Whether intervals, verdicts, payback, ranks and flips hold what they say: by simulation, with the simulation's own error.

`python benchmarks/coverage.py [--samples 1000] [--population FILE.npz]`. Samples are drawn from a population of many runs of the corner café (made and
kept in FILE when it is not there; about four minutes), whose mean over all runs is the truth, and from made-up data. The first
figure of each pair is Student's t (and Holm over all KPIs), as it was before; the second is the program as it is.
"""

import argparse
import math
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from scipy.special import stdtrit

from sxsim.results.cash import payback_interval
from sxsim.results.intervals import Until, few_valued, interval, range_of, reach_of
from sxsim.results.kpis import KPIS, run_kpis
from sxsim.results.verdicts import PRIMARY, Paired, holm, verdicts
from sxsim.studies.methods.ranks import ahead_of, behind_by_luck
from sxsim.studies.methods.ranks import holm as of_looks

Numbers = NDArray[np.float64]
SCENARIO = "scenarios/corner-cafe.yaml"
RUNS, SEED = 2_000, 77
SHOWN = (
    "npv", "satisfaction", "loyalty", "engagement", "commitment", "turnover_12m", "wait_mean", "level_4", "active_customers",
    "applicants_per_vacancy", "cost", "customer_equity",
)  # fmt: skip


def population(path: Path | None) -> tuple[Numbers, list[str]]:
    """KPIs of many runs of every plan, shape (runs, plans, KPIs), and the plans."""
    if path is not None and path.exists():
        kept = np.load(path)
        return kept["table"], [str(plan) for plan in kept["plans"]]
    from sxsim.engines import compiled
    from sxsim.engines.start import start
    from sxsim.running.plans import load

    scenario = load(SCENARIO)
    rate = scenario.economics.discount_rate

    def one(replication: int) -> list[list[float]]:
        worlds = (start(scenario, plan, seed=SEED, replication=replication) for plan in scenario.plans)
        return [list(run_kpis(compiled.simulate(world), rate).values()) for world in worlds]

    one(0)  # compiles, once
    with ThreadPoolExecutor() as pool:
        table = np.array(list(pool.map(one, range(RUNS))))
    if path is not None:
        np.savez(path, table=table, plans=list(scenario.plans))
    return table, list(scenario.plans)


def students(values: Numbers) -> tuple[float, float]:
    """Student's interval, as it was taken for every KPI."""
    half = float(stdtrit(len(values) - 1, 0.975)) * float(values.std(ddof=1)) / math.sqrt(len(values))
    return float(values.mean()) - half, float(values.mean()) + half


def share(hits: int, whole: int) -> str:
    """A share with the simulation's own error (95 %)."""
    rate = hits / whole
    return f"{rate:.3f} ±{1.96 * math.sqrt(max(rate * (1 - rate), 1 / whole) / whole):.3f}"


def of_intervals(table: Numbers, plans: list[str], samples: int) -> Iterator[str]:
    """Coverage of 95 % intervals of one plan's KPIs, and of paired differences, at several numbers of runs."""
    names, chance = list(KPIS), np.random.default_rng(5)
    for name in SHOWN:
        column = table[:, :, names.index(name)]
        for place, plan in enumerate(plans):
            values = column[:, place] - (column[:, 0] if place else 0.0)
            values = values[np.isfinite(values)]
            reach, truth = reach_of(name), values.mean()
            if values.std() == 0:
                continue
            if place:
                bounds, reach = (-math.inf, math.inf), reach and (reach[0] - reach[1], reach[1] - reach[0])
            else:
                bounds = range_of(name)
            said = []
            for runs in (5, 10, 20, 50):
                before = after = 0
                for _ in range(samples):
                    drawn = values[chance.integers(len(values), size=runs)]
                    low, high = students(drawn)
                    before += low <= truth <= high
                    found = interval(drawn, "", bounds, reach=reach)
                    after += found.low <= truth <= found.high
                said.append(f"{runs}: {share(before, samples)} → {share(after, samples)}")
            yield f"{name:<24}{plan if place else 'level':<28}" + "   ".join(said)


def of_verdicts(table: Numbers, plans: list[str], samples: int) -> Iterator[str]:
    """Wrong verdicts of a plan that changes nothing on average, how often four intervals hold together, and power."""
    names, chance = list(KPIS), np.random.default_rng(6)
    for place, plan in enumerate(plans[1:], 1):
        found = table[:, place] - table[:, 0]
        usable = [k for k in range(len(names)) if np.isfinite(found[:, k]).all() and not few_valued(found[:, k])]
        truth = found.mean(axis=0)
        for runs in (5, 10, 20):
            wrong_before = wrong = together = 0
            power = {name: [0, 0] for name in PRIMARY}
            for _ in range(samples):
                drawn = found[chance.integers(len(found), size=runs)]
                nothing = {names[k]: drawn[:, k] - truth[k] for k in usable}
                before = holm({name: interval(values) for name, values in nothing.items()})
                wrong_before += any(p < 0.05 for p in before.values())
                after = verdicts({name: Paired(nothing[name]) for name in PRIMARY if name in nothing})
                wrong += any(verdict.clear for verdict in after.values())
                real = {names[k]: drawn[:, k] for k in usable}
                judged = verdicts({name: Paired(real[name]) for name in PRIMARY if name in real})
                ps = holm({name: interval(values) for name, values in real.items()})
                for name, verdict in judged.items():
                    power[name][0] += ps[name] < 0.05
                    power[name][1] += verdict.clear
                together += all(
                    v.interval is not None and v.interval.low <= truth[names.index(name)] <= v.interval.high
                    for name, v in judged.items()
                )
            told = "  ".join(f"{name} {a / samples:.2f} → {b / samples:.2f}" for name, (a, b) in power.items())
            yield (
                f"{plan:<28}{runs:>3} runs: some wrong verdict, Holm {share(wrong_before, samples)} → primary "
                f"{share(wrong, samples)}; primary intervals hold together {share(together, samples)}; told: {told}"
            )


def of_rare_events(samples: int) -> Iterator[str]:
    """Wrong verdicts on a difference of one up or down in few runs, 0 on average."""
    chance = np.random.default_rng(7)
    for runs in (2, 5, 10, 20):
        before = after = 0
        for _ in range(samples):
            drawn = chance.choice([-1.0, 0.0, 1.0], runs, p=[0.2, 0.6, 0.2])
            sd = drawn.std(ddof=1)
            low, high = students(drawn)
            before += bool(drawn.any()) and (sd == 0 or low > 0 or high < 0)
            after += verdicts({"turnover_12m": Paired(drawn, "", (-1.0, 1.0))}, ("turnover_12m",))["turnover_12m"].clear
        yield f"one up or down, {runs:>2} runs: wrong verdicts {share(before, samples)} → {share(after, samples)}"


def of_until(table: Numbers, samples: int) -> Iterator[str]:
    """Coverage where runs go on until the interval is narrow."""
    chance, names = np.random.default_rng(8), list(KPIS)
    welcome = table[:, 2, names.index("npv")] - table[:, 0, names.index("npv")]
    loyalty = table[:, 0, names.index("loyalty")]
    draws: dict[str, tuple[Callable[[], Numbers], float, float]] = {
        "normal": (lambda: chance.normal(size=1_000), 0.0, 1.0),
        "npv, warm-welcome": (lambda: chance.choice(welcome, 1_000), float(welcome.mean()), float(welcome.std())),
        "loyalty": (lambda: chance.choice(loyalty, 1_000), float(loyalty.mean()), float(loyalty.std())),
    }
    for name, (draw, truth, sd) in draws.items():
        for wanted in (0.5, 0.3):
            until, said = Until("npv", wanted * sd), []
            for landed, first in ((True, 2), (True, 10), (False, 2), (False, 10)):
                held = most = 0
                for _ in range(samples):
                    values, runs = draw(), first
                    while True:
                        low, high = students(values[:runs])
                        half = (high - low) / 2 if landed else until.widest([interval(values[:runs])])
                        if half <= until.half or runs >= 1_000:
                            break
                        need = max(runs + 1, math.ceil(1.1 * runs * (half / until.half) ** 2)) if landed else 0
                        runs = min(need, 2 * runs, 1_000) if landed else until.next_runs(half, runs)
                    held += abs(values[:runs].mean() - truth) <= half
                    most += runs
                said.append(
                    f"{'before' if landed else 'after'} from {first}: {share(held, samples)} ({most / samples:.0f} runs)"
                )
            yield f"--until ±{wanted} sd, {name:<18}" + "   ".join(said)


def of_payback(samples: int) -> Iterator[str]:
    """Payback said of noise, and coverage of the month. The plan costs 100 once and brings 5 a month: month 20."""
    chance = np.random.default_rng(9)
    for runs in (5, 10, 20):
        said = told = held = 0
        for _ in range(samples):
            noise = np.cumsum(chance.normal(0, 2, (runs, 1)) + chance.normal(0, 5, (runs, 36)), axis=1)
            noise[:, 0] -= 1.0
            below = np.flatnonzero(noise.mean(axis=0) < 0)
            said += not len(below) or below[-1] < 35
            told += verdicts({"npv": Paired(noise[:, -1])}, ("npv", "satisfaction", "loyalty", "engagement"))[
                "npv"
            ].clear
            early, late = payback_interval(noise + 5.0 * np.arange(1, 37) - 100.0)
            held += (early or 0) <= 20 and (late is None or late >= 20)
        yield (
            f"payback, {runs:>2} runs: said of a plan of 1 EUR that does nothing {share(said, samples)} → {share(told, samples)}; "
            f"the month's interval holds {share(held, samples)}"
        )


def of_ranks(samples: int) -> Iterator[str]:
    """Studies that tell equal factors apart, by bootstrap over 16 sequences."""
    chance = np.random.default_rng(10)
    for factors in (2, 4, 8):
        before = after = 0
        for _ in range(samples):
            blocks = chance.normal(size=(16, factors))
            resamples = blocks[chance.integers(16, size=(500, 16))].mean(axis=1)
            before += bool(((resamples[:, :, None] > resamples[:, None, :]).mean(axis=0) >= 0.95).any())
            after += bool(ahead_of(resamples, 16).any())
        yield f"{factors} equal factors told apart: {share(before, samples)} → {share(after, samples)}"


def of_flips(samples: int) -> Iterator[str]:
    """Studies with a false clear flip among many looks at assumptions that change nothing."""
    chance = np.random.default_rng(11)
    for looks in (30, 1_500):
        before = after = each = 0
        for _ in range(samples):
            means, sds = chance.normal(size=(looks, 10)), None
            sds = means.std(axis=1, ddof=1) / math.sqrt(10)
            ps = [behind_by_luck(float(m), float(s), 10) for m, s in zip(means.mean(axis=1), sds, strict=True)]
            hits = sum(p < 0.025 for p in ps)
            each, before, after = each + hits, before + bool(hits), after + (min(of_looks(ps)) < 0.025)
        yield (
            f"{looks} looks: {each / samples:.1f} flips by chance; studies with one {share(before, samples)} → "
            f"{share(after, samples)}"
        )


def main() -> None:
    """Print all tables."""
    asked = argparse.ArgumentParser(description=__doc__)
    asked.add_argument("--samples", type=int, default=1_000)
    asked.add_argument("--population", type=Path)
    options = asked.parse_args()
    table, plans = population(options.population)
    parts: list[Iterator[str]] = [
        of_rare_events(options.samples), of_payback(options.samples), of_ranks(min(options.samples, 400)),
        of_flips(min(options.samples, 200)), of_until(table, options.samples), of_verdicts(table, plans, options.samples // 2),
        of_intervals(table, plans, options.samples),
    ]  # fmt: skip
    for part in parts:
        for line in part:
            print(line, flush=True)
        print()


if __name__ == "__main__":
    main()
