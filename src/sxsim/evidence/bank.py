"""The queue against a real bank: the package's floor with a bank's measured inputs, and Erlang-A with the same.

January and February 1999, Sunday to Thursday, 8 to 22 h, hang-ups before the queue taken out, waits of all other calls
with zeros. Inputs are measured: first attempts and agents on duty by weekday and half hour, service by type of call and by
weekday and half hour, patience by type and class, redials, the head start of VIPs, how agents and days differ. One factor
is fitted, on January's abandonment alone: the share of the agents on duty who are truly available.
"""

import itertools
import math
from collections.abc import Callable, Iterator, Sequence
from contextlib import closing
from dataclasses import dataclass
from datetime import date, timedelta
from importlib.resources import as_file, files
from typing import Any

import numpy as np
from numpy.typing import NDArray

from sxsim.engines.world import ABANDONED, SERVED
from sxsim.evidence import bank_data
from sxsim.evidence.bank_data import DAYS, FEBRUARY, HOURS, JANUARY, MONTHS, PROSPECTS, Month
from sxsim.evidence.checks import Check
from sxsim.evidence.theory import erlang_a, waiting_longer_with_patience
from sxsim.running import sharing
from sxsim.running.one_run import run_world
from sxsim.scenario.loading import validate
from sxsim.scenario.parameters import read_parameters
from sxsim.scenario.problems import InvalidInput
from sxsim.scenario.scenario import Scenario

GROUP = "queue"
SEED = 23592
REPLICATIONS = 200
#: Share of the agents on duty who are truly available: `fitted_availability(400)`, on January's abandonment alone.
AVAILABILITY = 0.889
#: Seed of the fit: other luck than that of the checks.
SEED_OF_FIT = SEED + 1
SOURCE, RIVAL = "measured", "Erlang-A"
HEAD_START = 1.5  # minutes; measured: VIPs are treated as if they had called 90 seconds earlier
FIGURES = ("abandoned", "wait", "wait_90", "waits")
MEANING = {
    "abandoned": "share that abandons",
    "wait": "mean wait, s",
    "wait_90": "90 % wait at most, s",
    "waits": "share that waits",
}
_PEOPLE = 20_000  # who call; as many as make the calls of one person meet seldom
_BAND = 0.05  # half hours whose mean service differs by less are taken together
_MONTH_DAYS = 30.4375
_DAY, _HALF_HOUR = 1440.0, 30.0
_NINETY = 0.9
_MOST_MINUTES = 120.0
_NAMES = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
_TITLES = {JANUARY: "January", FEBRUARY: "February"}

_MORE_WAIT = (
    "known: in reality more callers wait, and for a shorter time, than in any one pool of so many agents, the model's or "
    "Erlang-A's. Skills, late answers and agents who come back when a queue forms are not in the data."
)
_LONG_WAITS = (
    "known: a fifth too long in the model and by Erlang-A alike, because too few wait, for too long (see the share that "
    "waits). A lower factor would put Erlang-A farther off here and nearer in February, a higher one the reverse."
)
#: What is known to miss, by month and figure: why. Everything else that misses is a fault.
DECLARED: dict[tuple[str, str], str] = {
    (JANUARY, "waits"): _MORE_WAIT,
    (FEBRUARY, "waits"): _MORE_WAIT,
    (JANUARY, "wait_90"): _LONG_WAITS,
}


@dataclass(frozen=True)
class Queue:
    """The figures of a month in the window: shares, seconds, and by hour (8 … 21) the shares that abandon and that wait."""

    abandoned: float
    wait: float
    wait_90: float
    waits: float
    by_hour: NDArray[np.float64]  # (14, 2)
    service: float = math.nan  # mean seconds, of the served


def _start(of: Month) -> date:
    year, number = (int(part) for part in of.name.split("-"))
    return date(year, number, 1)


def _bands(of: Month) -> list[tuple[float, bank_data.Week]]:
    """First attempts in parts, each of half hours with about the same mean service, with its factor on the month's mean."""
    calls, service = bank_data.first_attempts(of), bank_data.service_by_cell(of)
    parts: dict[int, bank_data.Week] = {}
    weighted: dict[int, list[float]] = {}
    for (day, half_hour), minutes in service.items():
        factor = minutes * 60 / of.service_mean
        band = round(math.log(factor) / _BAND)
        part = parts.setdefault(band, {name: [0.0] * bank_data.HALF_HOURS for name in DAYS})
        part[day][half_hour] = calls[day][half_hour]
        weighted.setdefault(band, []).append(factor * calls[day][half_hour])
    return [(math.fsum(weighted[band]) / _sum(parts[band]), parts[band]) for band in sorted(parts) if _sum(parts[band])]


def _sum(week: bank_data.Week) -> float:
    return math.fsum(number for row in week.values() for number in row)


def _types_and_callers(
    of: Month, bands: Sequence[tuple[float, bank_data.Week]]
) -> tuple[list[dict[str, Any]], list[dict[str, Any]]]:
    """Each band's types of call, and its segments of callers with their share as a number of people."""
    first, kinds = bank_data.shares(of)
    vip, regular = bank_data.patience_factors(of)
    patience = {"vip": vip, "regular": regular, "prospects": 1.0}
    total = math.fsum(_sum(week) for _, week in bands)
    # Of their duty agents are busy for this share, in which slow ones take fewer calls: so much the mean over agents is
    # above the measured mean over calls.
    busy = math.fsum(c.busy * c.days for c in of.window) / math.fsum(c.agents * c.days for c in of.window)
    over_agents = 1 + busy * of.agent_spread**2
    types: list[dict[str, Any]] = []
    segments: list[dict[str, Any]] = []
    for number, (factor, week) in enumerate(bands):
        mark = f"-{number}"
        for name, kind in of.types.items():
            minutes, variation = bank_data.service_time(of, kind)
            service = {"distribution": "lognormal", "mean": minutes * factor * over_agents, "variation": variation}
            waits = {"distribution": "exponential", "mean": kind.patience / 60}
            types.append({"name": name + mark, "service_time": service, "patience": waits})
        for name, share in first.items():
            calls = share * _sum(week)
            people = max(1, round(_PEOPLE * calls / total))
            of_type = {PROSPECTS: 1.0} if name == "prospects" else kinds
            segments.append(
                {
                    "name": name + mark, "share": people, "visits_per_month": calls * _MONTH_DAYS / 7 / people,
                    "visit_variation": 0, "leaving": 0, "joining": 0, "profile": f"calls{mark}",
                    "journeys": {kind + mark: part for kind, part in of_type.items()},
                    "head_start": HEAD_START if name == "vip" else 0, "patience_factor": patience[name],
                }
            )  # fmt: skip
    return types, segments


def scenario(of: Month, availability: float = AVAILABILITY) -> Scenario:
    """The bank's month as a scenario of this package, with everything that adapts switched off.

    availability: share of the agents on duty who are available, 0–1. Service lengthens and shortens through the day as
    measured: half hours with about the same mean service make a band, and each band has its own callers and types of call.
    """
    bands = _bands(of)
    types, segments = _types_and_callers(of, bands)
    people = sum(segment["share"] for segment in segments)
    for segment in segments:
        segment["share"] /= people
    with as_file(files("sxsim.evidence") / "queues") as folder:
        neutral = read_parameters(folder / "neutral.yaml")
    call = {
        "name": "call", "opening": {"sun-thu": "07:00-24:00"}, "service_time": 3, "contact_types": types,
        "try_again": {"chance": of.redial, "after": {"mean": bank_data.REDIAL_AFTER}}, "failure_rate": 0, "query_rate": 0,
    }  # fmt: skip
    agents = {
        "name": "agents", "serves": ["call"], "staff": bank_data.agents_on_duty(of), "posts": of.agents,
        "availability": availability, "speed_variation": of.agent_spread,
    }  # fmt: skip
    raw = {
        "question": "Does the floor queue as a real bank's call centre did?",
        "name": f"bank-{of.name}",
        "touchpoints": [call],
        "teams": [agents],
        "journeys": [
            {"name": kind["name"], "steps": [{"touchpoint": "call", "contact_type": kind["name"]}]} for kind in types
        ],
        "segments": segments,
        "demand": {
            "daily_variation": bank_data.DAILY_VARIATION,
            "profiles": {f"calls-{number}": week for number, (_, week) in enumerate(bands)},
        },
        "market": {"people": people, "customers": people},
        "economics": {"turnover": 0},
        "horizon": {"start": f"{_start(of)}", "months": 1, "warm_up": 0},  # at night nobody waits: no warm-up
        "parameters": neutral,
    }
    found, problems = validate(raw, Scenario)
    if found is None or problems:
        raise InvalidInput(problems)
    return found


def measured_as_the_bank(log: NDArray[np.void], of: Month) -> Queue:
    """The figures of a contact log, taken as the bank's were: same window, each cell with as many days as measured."""
    start = _start(of)
    weekday = (np.floor(log["arrival"] / _DAY).astype(np.int64) + start.weekday()) % 7
    half_hour = (log["arrival"] % _DAY / _HALF_HOUR).astype(np.int64)
    following = (start + timedelta(days=31)).replace(day=1)
    days = [(start + timedelta(days=n)).weekday() for n in range((following - start).days)]
    weights = np.zeros((7, bank_data.HALF_HOURS))
    for cell in of.window:
        number = _NAMES.index(cell.day)
        weights[number, cell.half_hour] = cell.days / days.count(number)
    weight = weights[weekday, half_hour]
    weight[~np.isin(log["outcome"], (SERVED, ABANDONED))] = 0.0
    inside = weight > 0
    log, weight, half_hour = log[inside], weight[inside], half_hour[inside]
    gone, queued = (log["outcome"] == ABANDONED) * weight, (log["wait"] > 0) * weight
    seconds = 60 * log["wait"]
    order = np.argsort(seconds, kind="stable")
    up_to = np.cumsum(weight[order])
    served = log[log["outcome"] == SERVED]
    by_hour = [
        [float(part[half_hour // 2 == hour].sum() / weight[half_hour // 2 == hour].sum()) for part in (gone, queued)]
        for hour in HOURS
    ]
    return Queue(
        float(gone.sum() / weight.sum()),
        float((seconds * weight).sum() / weight.sum()),
        float(seconds[order][np.searchsorted(up_to, _NINETY * up_to[-1])]),
        float(queued.sum() / weight.sum()),
        np.array(by_hour),
        float(60 * np.mean(served["end"] - served["start"])),
    )


def simulated(
    of: Month,
    availability: float = AVAILABILITY,
    replications: int = REPLICATIONS,
    *,
    seed: int = SEED,
    jobs: int | None = None,
    done: Callable[[], None] | None = None,
) -> list[Queue]:
    """The month on the compiled engine, replication by replication. jobs: threads; they do not change the figures."""
    played = scenario(of, availability)

    def one(replication: int) -> Queue:
        _, records = run_world(played, seed=seed, replication=replication, contacts=True)
        return measured_as_the_bank(records.log, of)

    found: dict[int, Queue] = {}
    with closing(sharing.share(one, range(replications), jobs=jobs)) as finished:
        for replication, queue in finished:
            found[replication] = queue
            if done is not None:
                done()
    return [found[replication] for replication in range(replications)]


def fitted_availability(replications: int, *, low: float = 0.8, high: float = 1.0, steps: int = 12) -> float:
    """The availability with which January's abandonment is as measured, by halving; the same luck at every step."""
    of = bank_data.month(JANUARY)
    for _ in range(steps):
        middle = (low + high) / 2
        runs = simulated(of, middle, replications, seed=SEED_OF_FIT)
        if math.fsum(run.abandoned for run in runs) / replications > of.observed["abandoned"]:
            low = middle
        else:
            high = middle
    return (low + high) / 2


def erlang(of: Month, availability: float = AVAILABILITY, *, service_by_cell: bool = False) -> Queue:
    """A pooled Erlang-A queue in every weekday and half hour of the window, with the same arrivals, agents and factor.

    Arrivals as measured (redials are in them), exponential service with the month's mean, exponential patience with the
    month's mean. Between whole numbers of agents it is the one or the other, in proportion, as the model's roster. All
    figures are means over calls. service_by_cell: the mean service of each weekday and half hour instead, as the model.
    """
    minutes = bank_data.service_by_cell(of)
    patience = of.patience / 60
    parts: list[tuple[float, int, int, float, float]] = []
    for cell in of.window:
        mean = minutes[cell.day, cell.half_hour] if service_by_cell else of.service_mean / 60
        whole = math.floor(cell.agents * availability)
        share = cell.agents * availability - whole
        for agents, part in ((whole, 1 - share), (whole + 1, share)):
            if part > 0:
                parts.append((cell.calls * cell.days * part, cell.half_hour // 2, agents, cell.calls / 30, mean))
    calls = math.fsum(part[0] for part in parts)
    found = [erlang_a(agents, rate, mean, patience) for _, _, agents, rate, mean in parts]

    def mean_of(number: int, hour: int | None = None) -> float:
        chosen = [(part[0], f[number]) for part, f in zip(parts, found, strict=True) if hour in (None, part[1])]
        return math.fsum(weight * value for weight, value in chosen) / math.fsum(weight for weight, _ in chosen)

    def longer(wait: float) -> float:
        tails = (w * waiting_longer_with_patience(n, rate, mean, patience, wait) for w, _, n, rate, mean in parts)
        return math.fsum(tails) / calls

    return Queue(
        mean_of(2),
        60 * mean_of(1),
        60 * _where(longer, 1 - _NINETY),
        mean_of(0),
        np.array([[mean_of(2, hour), mean_of(0, hour)] for hour in HOURS]),
    )


def _where(falling: Callable[[float], float], level: float) -> float:
    """Minutes at which a falling chance reaches a level; 0 where it is below from the start."""
    from scipy.optimize import brentq

    return 0.0 if falling(0.0) <= level else float(brentq(lambda t: falling(t) - level, 0.0, _MOST_MINUTES, xtol=1e-9))


def reality(of: Month) -> Queue:
    """What the bank measured; the 90 % wait as `observed_wait_90` says."""
    cells = of.window

    def share(part: Callable[[bank_data.Cell], float], hour: int) -> float:
        chosen = [cell for cell in cells if cell.half_hour // 2 == hour]
        return math.fsum(part(c) * c.days for c in chosen) / math.fsum(c.calls * c.days for c in chosen)

    by_hour = [[share(lambda c: c.abandoned, hour), share(lambda c: c.queued, hour)] for hour in HOURS]
    seen = of.observed
    return Queue(
        seen["abandoned"], seen["wait"], bank_data.observed_wait_90(of), seen["waits"], np.array(by_hour),
        of.service_mean,
    )  # fmt: skip


@dataclass(frozen=True)
class Held:
    """A month held against reality: the model's replications, what was measured, Erlang-A with the same factor."""

    of: Month
    runs: Sequence[Queue]
    reality: Queue
    erlang: Queue
    erlang_by_cell: Queue

    def stronger_rival(self) -> dict[str, Any]:
        """What Erlang-A says when it, too, knows the mean service of each weekday and half hour. Shown, not a check."""
        figures = {figure: getattr(self.erlang_by_cell, figure) for figure in FIGURES}
        return {"month": self.of.name, "what": "Erlang-A with the mean service of each weekday and half hour"} | figures

    def by_hour(self) -> list[dict[str, Any]]:
        """One row an hour: the shares that abandon and that wait, in the model, in reality and by Erlang-A."""
        model = np.mean([run.by_hour for run in self.runs], axis=0)
        rows = []
        for place, hour in enumerate(HOURS):
            row: dict[str, Any] = {"month": self.of.name, "hour": hour}
            for number, name in enumerate(("abandoned", "waits")):
                row[name] = {
                    "model": float(model[place, number]),
                    "reality": float(self.reality.by_hour[place, number]),
                    "erlang_a": float(self.erlang.by_hour[place, number]),
                }
            rows.append(row)
        return rows


def hold(
    availability: float = AVAILABILITY,
    replications: int = REPLICATIONS,
    *,
    seed: int = SEED,
    jobs: int | None = None,
    done: Callable[[int, int], None] | None = None,
) -> list[Held]:
    """Run both months and set them beside reality and Erlang-A. done: is told how many of how many runs are finished."""
    finished = itertools.count(1)  # safe from several threads

    def one_done() -> None:
        number = next(finished)
        if done is not None:
            done(number, replications * len(MONTHS))

    found = []
    for name in MONTHS:
        of = bank_data.month(name)
        runs = simulated(of, availability, replications, seed=seed, jobs=jobs, done=one_done)
        by_cell = erlang(of, availability, service_by_cell=True)
        found.append(Held(of, runs, reality(of), erlang(of, availability), by_cell))
    return found


def checks(held: Sequence[Held]) -> Iterator[Check]:
    """Month by month and figure by figure: nearer to reality than Erlang-A with the same callers, agents and factor, or not."""
    for month in held:
        title = _TITLES[month.of.name]
        for figure in FIGURES:
            fitted = " (fitted)" if (month.of.name, figure) == (JANUARY, "abandoned") else ""
            values = np.array([getattr(run, figure) for run in month.runs])
            low, high = _interval(float(values.mean()), float(values.std(ddof=1)) / math.sqrt(len(values)), len(values))
            yield _nearer(
                f"{MEANING[figure]}, {title}{fitted}", float(values.mean()), low, high,
                getattr(month.reality, figure), getattr(month.erlang, figure), DECLARED.get((month.of.name, figure), ""),
                _single_months(values),
            )  # fmt: skip
        for number, (figure, name) in enumerate((("abandoned", "abandons"), ("waits", "waits"))):
            table = np.array([run.by_hour[:, number] for run in month.runs])
            real = month.reality.by_hour[:, number]
            distance, error = _distance(table, real)
            rival = float(np.sqrt(np.mean((month.erlang.by_hour[:, number] - real) ** 2)))
            low, high = _interval(distance, error, len(table))
            yield _nearer(
                f"distance by hour of the share that {name}, {title}", distance, max(low, 0.0), high, 0.0, rival,
                DECLARED.get((month.of.name, f"{figure} by hour"), ""),
            )  # fmt: skip


def _interval(mean: float, error: float, count: int) -> tuple[float, float]:
    """A 95 % interval by Student's t."""
    from scipy.special import stdtrit

    half = float(stdtrit(count - 1, 0.975)) * error
    return mean - half, mean + half


def _distance(table: NDArray[np.float64], real: NDArray[np.float64]) -> tuple[float, float]:
    """Root mean square over the hours of mean less reality, and its standard error (jackknife over replications)."""
    count = len(table)
    mean = table.mean(axis=0)
    without = (mean * count - table) / (count - 1)
    left_out = np.sqrt(np.mean((without - real) ** 2, axis=1))
    error = math.sqrt((count - 1) / count * float(((left_out - left_out.mean()) ** 2).sum()))
    return float(np.sqrt(np.mean((mean - real) ** 2))), error


def _single_months(values: NDArray[np.float64]) -> tuple[float, float]:
    """What 95 % of single months show: reality is one month, so it may lie anywhere there, not only near the mean."""
    low, high = (float(end) for end in np.quantile(values, [0.025, 0.975]))
    return low, high


def _nearer(
    name: str, model: float, low: float, high: float, real: float, rival: float, declared: str,
    spread: tuple[float, float] | None = None,
) -> Check:  # fmt: skip
    """A check against a rival; known when the whole interval of the model is nearer to reality than it, or none of it."""
    far = max(abs(low - real), abs(high - real))
    near = 0.0 if low <= real <= high else min(abs(low - real), abs(high - real))
    known = not near <= abs(rival - real) <= far
    return Check(GROUP, name, model, low, high, real, known, SOURCE, declared, rival, RIVAL, spread=spread)
