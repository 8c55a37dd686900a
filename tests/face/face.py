"""Face tests: single changes, and what someone who knows services expects of them. What is expected stands in `experiments.yaml`.

Base and changed run on the same draws. The paired difference (or the ratio of the means) with its 99.9 % interval is judged:
`with` when the whole interval is as expected, `against` when none of it is, `cannot tell` otherwise.

    python -m tests.face.face [WORD …]     a line for each expectation; only experiments with one of the words in their name
"""

import json
import math
import os
import re
import sys
from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, fields, replace
from functools import cache
from pathlib import Path
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray
from ruamel.yaml import YAML
from scipy.special import stdtrit

import sxsim
from sxsim.engines.records import Records
from sxsim.results.kpis import KPIS, run_kpis

ROOT = Path(__file__).resolve().parent.parent.parent
FILE = Path(__file__).with_name("experiments.yaml")
SEED = 1
CONFIDENCE = 0.999
DIRECTIONS = ("up", "down", "not up", "not down", "no effect")
SOURCE = re.compile(r"\bE\d{3}\b|\b10\.\d{4,9}/\S+|practitioner judgement: \S")
Verdict = Literal["with", "against", "cannot tell"]

#: Figures that are no KPIs, over the last twelve months: sums of these monthly figures, part over whole (None: months).
FIGURES = {
    "strain": ("strain", "headcount"),
    "skill": ("skill", "headcount"),
    "joiners": ("joiners", None),
    "leavers": ("leavers", None),
    "praise": ("praise", None),
    "wages": ("wages", None),
    "hiring_cost": ("hiring_cost", None),
    "service_time": ("service", "served"),
    "served": ("served", None),
}
MAY_BE_NEGATIVE = {"nps", "result", "npv", "customer_equity"}
#: What can be told of one touchpoint or one segment.
OF_CONTACTS = {
    "delight_rate", "level_0", "level_1", "level_2", "level_3", "level_4", "wait_mean", "abandon_rate", "turned_away_rate",
    "complaint_rate", "recovery_rate", "service_time", "served",
}  # fmt: skip


@dataclass(frozen=True)
class Expectation:
    """What is expected of one figure. Sizes are those of the difference, smallest and largest that can be believed."""

    kpi: str
    direction: str
    source: str
    band: tuple[float, float] | None = None  # sizes of the difference, in the KPI's unit
    ratio: tuple[float, float] | None = None  # changed over base
    bound: float | None = None  # of no effect; slack on the wrong side of `not up` and `not down`
    site: str | None = None
    touchpoint: str | None = None
    segment: str | None = None
    declared: str | None = None  # why it is a known miss

    def __post_init__(self) -> None:
        if self.kpi not in KPIS and self.kpi not in FIGURES:
            raise ValueError(f"kpi(={self.kpi!r}) is neither a KPI nor a figure of tests/face")
        if self.direction not in DIRECTIONS:
            raise ValueError(f"direction(={self.direction!r}) must be one of {', '.join(DIRECTIONS)}")
        if not SOURCE.search(self.source):
            raise ValueError(f"source(={self.source!r}) must hold an id E…, a DOI or 'practitioner judgement: why'")
        if self.declared is not None and not self.declared.strip():
            raise ValueError(f"declared(={self.declared!r}) must give a reason")
        if (self.touchpoint or self.segment) and self.kpi not in OF_CONTACTS:
            raise ValueError(f"kpi(={self.kpi!r}) is not known of a single touchpoint or segment")
        self._check_sizes()

    def _check_sizes(self) -> None:
        for name in ("band", "ratio"):
            size = getattr(self, name)
            if size is not None and not (len(size) == 2 and 0 <= size[0] < size[1]):
                raise ValueError(f"{name}(={size!r}) must be two numbers, the smaller first, none negative")
        if self.bound is not None and not 0 <= self.bound < math.inf:
            raise ValueError(f"bound(={self.bound!r}) must be a number, not negative")
        if self.direction in ("up", "down") and self.bound is not None:
            raise ValueError(f"bound(={self.bound!r}) goes with no effect, not up and not down")
        if self.direction == "no effect" and (self.bound is None) == (self.ratio is None):
            raise ValueError("no effect needs either a bound or a ratio")
        if self.band is not None and (self.ratio is not None or self.direction == "no effect"):
            raise ValueError(f"band(={self.band!r}) goes with a direction and without ratio")
        if self.ratio is None:
            return
        low, high = self.ratio
        if self.kpi in MAY_BE_NEGATIVE:
            raise ValueError(f"ratio(={self.ratio!r}): {self.kpi} may be negative, so it has no ratio")
        fits = {"up": low >= 1, "not down": high > 1, "down": high <= 1, "not up": low < 1, "no effect": low < 1 < high}
        if not fits[self.direction]:
            raise ValueError(f"ratio(={self.ratio!r}) does not go with {self.direction}")

    @property
    def allowed(self) -> tuple[float, float]:
        """Smallest and largest difference, or ratio, that is as expected."""
        if self.ratio is not None:
            return self.ratio
        low, high = self.band or (0.0, math.inf)
        slack = self.bound or 0.0
        return {
            "up": (low, high),
            "down": (-high, -low),
            "not down": (-slack, high),
            "not up": (-high, slack),
            "no effect": (-slack, slack),
        }[self.direction]

    def verdict(self, base: NDArray[np.float64], changed: NDArray[np.float64]) -> Verdict:
        """Judge replications of the base and of the changed organisation, pair by pair."""
        if not (np.isfinite(base).all() and np.isfinite(changed).all()):
            raise ValueError(f"{self.kpi} is not defined in some replication: base {base}, changed {changed}")
        if self.direction == "no effect" and self.bound == 0:
            return "with" if (base == changed).all() else "against"
        (low, high), (least, most) = interval(base, changed, self.ratio is not None), self.allowed
        none = 1.0 if self.ratio is not None else 0.0
        if self.direction in ("up", "down") and low == high == none:
            return "against"
        if low > most or high < least:
            return "against"
        return "with" if least <= low and high <= most else "cannot tell"

    def __str__(self) -> str:
        where = "".join(f" at {part}" for part in (self.site, self.touchpoint, self.segment) if part)
        low, high = self.allowed
        what = "ratio" if self.ratio is not None else "difference"
        return f"{self.kpi}{where} {self.direction} ({what} {low:g} … {high:g})"


@dataclass(frozen=True)
class Experiment:
    """One change of one organisation, or of one of its plans."""

    name: str
    scenario: str
    expect: tuple[Expectation, ...]
    base: Mapping[str, Any]  # set in both
    set: Mapping[str, Any]  # set in the changed one only
    base_plan: str | Mapping[str, Any] = "today"
    plan: str | Mapping[str, Any] | None = None  # default: that of the base
    replications: int = 12
    slow: bool = False

    def sets(self, changed: bool) -> tuple[str, ...]:
        """All settings as `--set` takes them."""
        found = [*DEFAULTS[self.scenario].items(), *self.base.items(), *(self.set.items() if changed else ())]
        plan = self._plan(changed)
        if not isinstance(plan, str):
            found.append((f"plans.{self.plan_name(changed)}", plan))
        last = dict(found)  # what is said last counts, and comes last
        return tuple(f"{path}={json.dumps(value, ensure_ascii=False)}" for path, value in last.items())

    def plan_name(self, changed: bool) -> str:
        """The plan that runs."""
        plan = self._plan(changed)
        return plan if isinstance(plan, str) else "face"

    def _plan(self, changed: bool) -> str | Mapping[str, Any]:
        return self.plan if changed and self.plan is not None else self.base_plan

    def loaded(self, changed: bool) -> sxsim.Scenario:
        """The scenario, read and checked."""
        return load(FILES[self.scenario], self.sets(changed))

    def run(self, changed: bool) -> list[Records]:
        """Run all replications."""
        return runs(FILES[self.scenario], self.sets(changed), self.plan_name(changed), self.replications)

    def figures(self, changed: bool, expectation: Expectation) -> NDArray[np.float64]:
        """What an expectation looks at, by replication."""
        scenario = self.loaded(changed)
        return np.array([figure(records, scenario, expectation) for records in self.run(changed)])

    def judged(self) -> Iterator[tuple[Expectation, Verdict, NDArray[np.float64], NDArray[np.float64]]]:
        """Each expectation with its verdict, and what was found without and with the change."""
        for expectation in self.expect:
            base, changed = self.figures(False, expectation), self.figures(True, expectation)
            yield expectation, expectation.verdict(base, changed), base, changed


def simulate(scenario: sxsim.Scenario, plan: str, replication: int) -> Records:
    """Run one replication in memory: the only place here that knows how."""
    from sxsim.running.task import simulate as in_memory

    return in_memory(scenario, plan, SEED, replication, "compiled")


@cache
def load(file: str, sets: tuple[str, ...]) -> sxsim.Scenario:
    """A scenario with settings, loaded once."""
    return sxsim.load(ROOT / file, sets=sets)


@cache
def runs(file: str, sets: tuple[str, ...], plan: str, replications: int) -> list[Records]:
    """Replications of a plan; experiments that share a base share its runs."""
    scenario = load(file, sets)
    with ThreadPoolExecutor(os.cpu_count()) as pool:
        return list(pool.map(lambda replication: simulate(scenario, plan, replication), range(replications)))


def part_of(records: Records, scenario: sxsim.Scenario, expectation: Expectation) -> Records:
    """The records of one site, touchpoint or segment."""
    if expectation.site is not None:
        site = [_number(scenario.sites, expectation.site)]
        records = replace(
            records, sites=records.sites[:, site], contacts=records.contacts[:, site], waits=records.waits[:, site]
        )
    if expectation.touchpoint is not None:
        touchpoint = [_number(scenario.touchpoints, expectation.touchpoint)]
        records = replace(records, contacts=records.contacts[:, :, touchpoint])
    if expectation.segment is not None:
        segment = [_number(scenario.segments, expectation.segment)]
        records = replace(records, contacts=records.contacts[:, :, :, segment])
    return records


def _number(parts: Sequence[Any], name: str) -> int:
    names = [part.name for part in parts]
    if name not in names:
        raise ValueError(f"{name!r} is not one of {', '.join(names)}")
    return names.index(name)


def figure(records: Records, scenario: sxsim.Scenario, expectation: Expectation) -> float:
    """A KPI, or one of `FIGURES`, of one replication."""
    records = part_of(records, scenario, expectation)
    name = expectation.kpi
    if name in KPIS:
        return run_kpis(records, scenario.economics.discount_rate)[name]
    part, whole = FIGURES[name]
    window = slice(max(records.warm_up, len(records.sites) - 12), len(records.sites))
    total = _sum(records, part, window)
    return total / (_sum(records, whole, window) if whole else window.stop - window.start)


def _sum(records: Records, name: str, window: slice) -> float:
    table = records.sites if name in (records.sites.dtype.names or ()) else records.contacts
    return float(table[name][window].sum())


def interval(base: NDArray[np.float64], changed: NDArray[np.float64], as_ratio: bool) -> tuple[float, float]:
    """The interval of the mean difference of pairs, or of the ratio of the means (by linearisation)."""
    size = len(base)
    if as_ratio:
        middle = changed.mean() / base.mean()
        spread = (changed - middle * base) / base.mean()
    else:
        middle, spread = (changed - base).mean(), changed - base
    half = stdtrit(size - 1, (1 + CONFIDENCE) / 2) * spread.std(ddof=1) / math.sqrt(size)
    return float(middle - half), float(middle + half)


def expectation_of(entry: Mapping[str, Any]) -> Expectation:
    """An expectation as the file says it. Raises ValueError, TypeError."""
    sizes = {name: tuple(map(float, entry[name])) for name in ("band", "ratio") if name in entry}
    return Expectation(**(dict(entry) | sizes))


def experiment_of(entry: Mapping[str, Any], scenarios: Mapping[str, Any]) -> Experiment:
    """An experiment as the file says it. Raises ValueError, which names the experiment."""
    name = str(entry.get("name", ""))
    try:
        unknown = set(entry) - {field.name for field in fields(Experiment)}
        if unknown or not name or not entry.get("expect"):
            raise ValueError(f"unknown keys {sorted(unknown)}, or no name, or nothing expected")
        if entry["scenario"] not in scenarios:
            raise ValueError(f"scenario(={entry['scenario']!r}) must be one of {', '.join(scenarios)}")
        if not entry.get("set") and not entry.get("plan"):
            raise ValueError("an experiment must change something")
        given = {key: value for key, value in entry.items() if key not in ("expect", "base", "set")}
        given.setdefault("replications", scenarios[entry["scenario"]].get("replications", 12))
        if not isinstance(given["replications"], int) or given["replications"] < 3:
            raise ValueError(f"replications(={given['replications']!r}) must be a whole number, 3 or more")
        expect = tuple(expectation_of(part) for part in entry["expect"])
        return Experiment(**given, base=entry.get("base") or {}, set=entry.get("set") or {}, expect=expect)
    except (ValueError, TypeError, KeyError) as error:
        raise ValueError(f"experiment {name!r}: {error}") from error


def read(path: Path = FILE) -> dict[str, Any]:
    """The file, parsed; a key that stands twice is an error."""
    return YAML(typ="safe", pure=True).load(path.read_text(encoding="utf-8"))


DATA = read()
FILES: dict[str, str] = {name: entry["file"] for name, entry in DATA["scenarios"].items()}
DEFAULTS: dict[str, dict[str, Any]] = {name: entry["set"] for name, entry in DATA["scenarios"].items()}
EXPERIMENTS = [experiment_of(entry, DATA["scenarios"]) for entry in DATA["experiments"]]


def misses(experiment: Experiment) -> list[str]:
    """What goes against what is expected without being declared, and what is declared and is no miss any more."""
    found = []
    for expectation, verdict, base, changed in experiment.judged():
        text = f"{expectation}: found {base.mean():.6g} → {changed.mean():.6g}"
        if verdict == "against" and expectation.declared is None:
            found.append(text)
        if verdict == "with" and expectation.declared is not None:
            found.append(f"{text}: as expected, so take `declared` out")
    return found


def main(words: Sequence[str]) -> None:
    """Write a line for each expectation, and count the verdicts."""
    count: dict[str, int] = {}
    for experiment in EXPERIMENTS:
        if words and not any(word in experiment.name for word in words):
            continue
        sys.stdout.write(f"{experiment.scenario}: {experiment.name}\n")
        for expectation, verdict, base, changed in experiment.judged():
            low, high = interval(base, changed, expectation.ratio is not None)
            text = f"{base.mean():.5g} → {changed.mean():.5g}, {low:.4g} … {high:.4g}"
            known = " (declared)" if expectation.declared else ""
            sys.stdout.write(f"  {verdict:<11}  {expectation}: {text}{known}\n")
            count[verdict + known] = count.get(verdict + known, 0) + 1
        sys.stdout.flush()
    sys.stdout.write(", ".join(f"{number} {name}" for name, number in count.items()) + "\n")


if __name__ == "__main__":
    main(sys.argv[1:])
