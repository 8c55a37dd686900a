"""Facts: what is known of customers, employees and organisations in reality, and whether the model shows it.

Each is measured on a setting (`checks`) by the measure of that setting; `facts.csv` says what is known, how far the model
may be from it, from where, and whether it was used in fitting the parameters. Of some only the *direction* is known: figure
and tolerance are ours. A fact that only finds an input again is an *input check*: it guards the mechanism and says nothing of
how true the model is.
"""

import csv
import hashlib
import math
from collections.abc import Callable, Iterable, Mapping, Sequence
from contextlib import closing
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from pathlib import Path
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from sxsim.evidence import customers, employees
from sxsim.evidence.bank import AVAILABILITY, Held
from sxsim.evidence.bank_data import HOURS, JANUARY
from sxsim.evidence.checks import Check
from sxsim.pictures import agreement
from sxsim.pictures.canvas import Between
from sxsim.running.one_run import Stopped
from sxsim.running.sharing import ShouldStop, share

Measure = Callable[[Mapping[str, float], int], dict[str, float]]
#: How a setting's facts are measured: (parameters in place of the register's, replication) → figures by name.
MEASURES: dict[str, Measure] = {**customers.MEASURES, **employees.MEASURES}
#: Replications of a setting to begin with, and at most; the same for a quick look.
FIRST, MOST = 10, 200
QUICK_FIRST, QUICK_MOST = 6, 40
#: An interval is narrow enough when half of it is a quarter of what is tolerated to either side.
NARROW = 0.25
#: Where figures of a unit must end: an interval need not stay away from there.
NATURAL_ENDS = {"share": (0.0, 1.0), "r": (-1.0, 1.0), "ratio": (0.0, math.inf)}
#: Settings of a quick look: without those that take longer than a second a replication.
QUICK = ("airport", "problems", "orders", "shop", "course", "lounge", "lending")
#: How often a fact passes whose true mean lies at the edge of what is tolerated: one in two hundred, to either side.
FALSE_ALARM = 0.005


@dataclass(frozen=True)
class Fact:
    """Something known of reality: a figure, the span that is tolerated, and what it was used for.

    label: of few words, for the picture; words and unit: for the table. declared: why the model misses it and will go on
    missing it; empty where a miss is a fault.
    """

    name: str
    setting: str
    label: str
    words: str
    unit: str
    figure: float
    low: float
    high: float
    use: Literal["fit", "test", "direction", "input check"]
    source: str
    declared: str


@cache
def facts() -> dict[str, Fact]:
    """All facts by name, in the order of `facts.csv`."""
    text = (files("sxsim.evidence") / "facts.csv").read_text(encoding="utf-8")
    found = {}
    for row in csv.DictReader(text.splitlines()):
        numbers = {name: float(row.pop(name)) for name in ("figure", "low", "high")}
        found[row["name"]] = Fact(**row, **numbers)  # type: ignore[arg-type]
    return found


@cache
def version() -> str:
    """Hash of settings and measures, 16 hexadecimal digits: what a figure of a fact depends on beside the model."""
    digest = hashlib.sha256()
    folder = files("sxsim.evidence")
    measures = [folder / f"{name}.py" for name in ("customers", "employees", "checks")]
    settings = sorted((folder / "settings").iterdir(), key=lambda file: file.name)
    for file in [*measures, *settings]:
        digest.update(file.name.encode() + file.read_bytes())
    return digest.hexdigest()[:16]


def measure(names: Sequence[str], parameters: Mapping[str, float], replication: int) -> dict[str, float]:
    """What the model says to some facts, in one replication of their settings.

    parameters: behaviour in place of the register's. Raises KeyError for an unknown fact.
    """
    found: dict[str, float] = {}
    for setting in dict.fromkeys(facts()[name].setting for name in names):
        found |= MEASURES[setting](parameters, replication)
    return {name: found[name] for name in names}


def checks(
    behaviour: Callable[[int], Mapping[str, float]] = lambda _replication: {},
    *,
    quick: bool = False,
    replications: int | None = None,
    jobs: int | None = None,
    done: Callable[[int, int], None] | None = None,
    should_stop: ShouldStop | None = None,
) -> list[tuple[Fact, Check]]:
    """Hold the model against all facts, or those of a quick look, in the order of `facts.csv`.

    Each setting is run until all its facts are known well enough, but not beyond a limit. behaviour: parameters in place of
    the register's, by replication; replications ≥ 2: that many at most; jobs: threads, by default one a core; done: called
    with replications of settings done and in all, as far as known; should_stop: as for `share`, ends with Stopped.
    """
    most = replications or (QUICK_MOST if quick else MOST)
    first = min(most, QUICK_FIRST if quick else FIRST)
    settings = [name for name in MEASURES if not quick or name in QUICK]
    wanted, known = dict.fromkeys(settings, first), dict.fromkeys(settings, 0)
    figures: dict[str, list[float]] = {}
    finished = 0
    while asked := [(name, r) for name in settings for r in range(known[name], wanted[name])]:
        measured: dict[tuple[str, int], dict[str, float]] = {}
        shared = share(
            lambda each: MEASURES[each[0]](behaviour(each[1]), each[1]), asked, jobs=jobs, should_stop=should_stop
        )
        with closing(shared) as several:
            for each, found in several:
                measured[each], finished = found, finished + 1
                if done is not None:
                    done(finished, sum(wanted.values()))
        if len(measured) < len(asked):
            raise Stopped(f"stopped after {finished} runs of settings")
        for each in asked:
            for name, value in measured[each].items():
                figures.setdefault(name, []).append(value)
        known = dict(wanted)
        wanted = {
            name: max(known[name], min(most, max(_enough(fact, figures[fact.name]) for fact in facts_of(name))))
            for name in settings
        }
    return [
        (fact, check_of_fact(fact, np.array(figures[fact.name]), surveyed=figures.get(f"{fact.name}_surveyed")))
        for setting in settings
        for fact in facts_of(setting)
    ]


def facts_of(setting: str) -> list[Fact]:
    """The facts that are measured on a setting."""
    return [fact for fact in facts().values() if fact.setting == setting]


def _half(values: NDArray[np.float64]) -> float:
    """Half of the 99 % interval of the mean."""
    from scipy.special import stdtrit

    values = values[np.isfinite(values)]  # nobody to ask in some replications
    if len(values) < 2:
        return math.inf
    return float(stdtrit(len(values) - 1, 1 - FALSE_ALARM) * values.std(ddof=1) / np.sqrt(len(values)))


def _enough(fact: Fact, values: Sequence[float]) -> int:
    """How many replications should make the interval of a fact narrow enough: those there are, when it is."""
    half, wanted = _half(np.array(values)), NARROW * (fact.high - fact.low) / 2.0
    if fact.low == fact.high or half <= wanted:
        return len(values)
    if not math.isfinite(half):
        return MOST
    return math.ceil(len(values) * (half / wanted) ** 2) + 1


def check_of_fact(fact: Fact, values: NDArray[np.float64], *, surveyed: Sequence[float] | None = None) -> Check:
    """Hold the mean of some replications against a fact: it passes when its whole 99 % interval is tolerated.

    Where what is tolerated ends at the natural end of the figure (a share of 0), the interval is cut off there. A fact of one
    exact figure passes when every replication shows it. surveyed: the same as a survey of one year would show it, said
    beside the true scores.
    """
    values = values[np.isfinite(values)]
    mean, half = float(values.mean()) if len(values) else math.nan, _half(values)
    ends = NATURAL_ENDS.get(fact.unit, (-math.inf, math.inf))
    if not ends[0] <= fact.low <= fact.high <= ends[1]:  # a ratio that is a change may be below 0
        ends = (-math.inf, math.inf)
    low, high = (float(np.clip(end, *ends)) for end in (mean - half, mean + half))
    if fact.low == fact.high:
        low, high = (float(values.min()), float(values.max())) if len(values) else (math.nan, math.nan)
    known = fact.low == fact.high or half <= NARROW * (fact.high - fact.low) / 2.0
    words = f"{fact.words}, {fact.unit}" + ("" if surveyed is None else f"; as surveyed {float(np.mean(surveyed)):.2f}")
    return Check(
        "facts", words, mean, low, high, fact.figure, known, fact.source, fact.declared,
        tolerated=(fact.low, fact.high), note=fact.use,
    )  # fmt: skip


@cache
def origins() -> dict[str, str]:
    """Where each fact comes from, by name: the data set, the publication or the clause that is behind its source."""
    text = (files("sxsim.evidence") / "evidence.csv").read_text(encoding="utf-8")
    rows = list(csv.reader(text.splitlines()))
    cited = {row[0]: row[-3] for row in rows[1:]}
    return {fact.name: cited.get(fact.source.split(" and ")[0], fact.source) for fact in facts().values()}


def independent(uses: Iterable[str] = ("fit", "test")) -> int:
    """How many sources stand behind the facts of some uses: facts of one source share its people and their luck."""
    return len({origins()[fact.name] for fact in facts().values() if fact.use in uses})


def counted(found: Iterable[tuple[Fact, Check]]) -> dict[str, tuple[int, int]]:
    """How many facts of each use there are and how many of them passed, by use."""
    counts: dict[str, tuple[int, int]] = {}
    for fact, check in found:
        passed, total = counts.get(fact.use, (0, 0))
        counts[fact.use] = passed + check.passed, total + 1
    return counts


#: What a panel is called, by setting.
TITLES = {
    "airport": "Travellers of an airport", "problems": "Customers after a problem", "orders": "Orders that come late",
    "shop": "A shop's cohort", "contract": "Contract customers", "course": "Variance of ratings",
    "workforce": "Employees", "units": "Across units of a chain", "subscription": "Value of customers",
    "lounge": "Delight over time", "lending": "Standards under pressure",
}  # fmt: skip
_COLUMNS = (("airport", "contract", "lounge"), ("problems", "orders", "lending", "course"), ("shop", "units", "workforce", "subscription"))  # fmt: skip
_MARKS = {"direction": " (d)", "input check": " (i)"}
_PARTS = ("callers who give up", "callers who wait")


def draw_facts(found: Sequence[tuple[Fact, Check]], path: Path) -> Path:
    """Draw all facts, a panel a setting. Returns the path of the PNG file."""
    rows = {name: [_known(*pair) for pair in found if pair[0].setting == name] for name in TITLES}
    columns = [{TITLES[name]: rows[name] for name in column if rows[name]} for column in _COLUMNS]
    passed = sum(check.passed for fact, check in found if fact.use == "test")
    tests = sum(fact.use == "test" for fact, _ in found)
    message = f"The model agrees with {passed} of {tests} facts that were kept for testing"
    return agreement.facts([column for column in columns if column], message, path)


def _known(fact: Fact, check: Check) -> agreement.Known:
    model = Between(check.model, check.low, check.high)
    label = fact.label + _MARKS.get(fact.use, "")
    bold, pale = fact.use == "test", fact.use == "input check"
    return agreement.Known(label, fact.low, fact.high, fact.figure, model, check.passed, bold, pale)


def draw_queue(held: Sequence[Held], path: Path) -> Path:
    """Draw the shares that abandon and that wait by hour of the day, a column a month. Returns the path of the PNG file."""
    shares = [[_hours(month, row) for month in held] for row in range(len(_PARTS))]
    model, rival, real = [float(np.mean(each)) for each in zip(*(_means(m) for m in held), strict=True)]
    message = f"Mean over the hours: {real:.0%} of callers wait; the model says {model:.0%}, Erlang-A {rival:.0%}"
    about = (
        "The floor against a real bank's call centre, 1999 · Sunday to Thursday · model: mean of "
        f"{len(held[0].runs)} months of luck, with the band of eight in ten · measured inputs; {AVAILABILITY:.0%} of the agents on "
        "duty are available in model and Erlang-A, fitted on January's abandonment alone"
    )
    return agreement.by_hour(shares, list(HOURS), message, about, path)


def _means(month: Held) -> tuple[float, float, float]:
    """Callers who wait, mean of the hours: model, rival, reality."""
    model = np.mean([run.by_hour[:, 1] for run in month.runs])
    return float(model), float(month.erlang.by_hour[:, 1].mean()), float(month.reality.by_hour[:, 1].mean())


def _hours(month: Held, number: int) -> agreement.Hours:
    fitted = month.of.name == JANUARY
    title = f"{'January' if fitted else 'February, nothing fitted'} · {_PARTS[number]}"
    title += ", their total fitted" if fitted and number == 0 else ""
    model = np.array([run.by_hour[:, number] for run in month.runs])
    return agreement.Hours(title, month.reality.by_hour[:, number], model, month.erlang.by_hour[:, number])
