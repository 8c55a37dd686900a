"""A check: what the model says, what theory or reality says, and whether both agree; and settings on which it is measured.

A setting is a small scenario, and surveys among its customers; what it is like comes from `settings/`.
"""

import zlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from importlib.resources import as_file, files
from typing import Any

import numpy as np
from numpy.typing import NDArray

from sxsim.engines.records import Observer, Records
from sxsim.engines.world import SERVED, World
from sxsim.model import customer
from sxsim.model.rule import step
from sxsim.running.one_run import run_world
from sxsim.running.plans import Scenario, load
from sxsim.scenario.loading import with_values

#: How often a check of a model that is right fails, two-sided: one in a million.
FALSE_ALARM = 1e-6
BATCHES = 30


@dataclass(frozen=True)
class Check:
    """One line of the table of `sxsim verify`.

    model with low and high: what the model says, with an interval (against theory one that misses the truth once in a
    million); reality: what it is held against; known: whether the interval is narrow enough to notice an error; source:
    of the reality. declared: why a miss is known and stays, empty where a miss is a fault. rival with rival_source: what
    another model says, to which the model must be nearer than to be a pass; then the interval need not hold the reality.
    tolerated: how far from the reality the model may be; then its whole interval must lie within that. spread: what 95 %
    of single runs show, said beside the interval of the mean, which alone is compared. note: what the reality was
    used for, like fit or test.
    """

    group: str
    name: str
    model: float
    low: float
    high: float
    reality: float
    known: bool
    source: str
    declared: str = ""
    rival: float | None = None
    rival_source: str = ""
    tolerated: tuple[float, float] | None = None
    note: str = ""
    spread: tuple[float, float] | None = None

    @property
    def unresolved(self) -> bool:
        """Whether the interval lies across an end of what is tolerated, so that nothing can be said yet: no pass."""
        if self.tolerated is None:
            return not self.known
        low, high = self.tolerated
        return not self.passed and self.low <= high and low <= self.high

    @property
    def passed(self) -> bool:
        """Whether the interval holds the reality (or the model is nearer to it than the rival), and is narrow enough."""
        if self.rival is not None:
            return self.known and abs(self.model - self.reality) < abs(self.rival - self.reality)
        if self.tolerated is not None:
            return self.tolerated[0] <= self.low and self.high <= self.tolerated[1]
        return self.known and self.low <= self.reality <= self.high

    @property
    def accepted(self) -> bool:
        """Whether it is no reason to fail: passed, or a miss that is declared."""
        return self.passed or bool(self.declared)

    def as_json(self) -> dict[str, Any]:
        """The figures by name."""
        said = {
            "group": self.group, "name": self.name, "passed": self.passed, "model": self.model,
            "interval": [self.low, self.high], "reality": self.reality, "known_well_enough": self.known,
            "source": self.source, "declared": self.declared,
        }  # fmt: skip
        if self.rival is not None:
            said |= {"rival": self.rival, "rival_source": self.rival_source}
        if self.tolerated is not None:
            said |= {"tolerated": list(self.tolerated), "use": self.note, "unresolved": self.unresolved}
        if self.spread is not None:
            said |= {"single_runs": list(self.spread), "compared": "the mean"}
        return said

    def __str__(self) -> str:
        word = "pass" if self.passed else "declared miss" if self.declared else "miss"
        if word == "miss" and self.unresolved:
            word = "cannot tell"
        line = (
            f"{word}  {self.group:<8}{self.name:<{58 if self.tolerated is None else 96}} "
            f"model {self.model:<9.4g} ({self.low:.4g} … {self.high:.4g})   {self.source} {self.reality:.4g}"
        )
        if self.tolerated is not None:
            line += f" ({self.tolerated[0]:g} … {self.tolerated[1]:g}), {self.note}"
        if self.rival is not None:
            line += f"   {self.rival_source} {self.rival:.4g}"
        if self.spread is not None:
            inside = "hold" if self.spread[0] <= self.reality <= self.spread[1] else "do not hold"
            line += f"   95 % of single runs {self.spread[0]:.4g} … {self.spread[1]:.4g}, which {inside} it; compared is the mean"
        if self.tolerated is not None and self.unresolved:
            line += "  the interval lies across an end of what is tolerated: no pass"
        elif not self.known and self.tolerated is None:
            line += (
                "  too few runs to tell"
                if self.rival is None
                else "  too near to the rival to tell; more runs (-n) may"
            )
        return line if self.passed or not self.declared else f"{line}\n      {self.declared}"


def check_of_mean(
    name: str, values: NDArray[Any], theory: float, source: str, *, group: str = "theory", most_error: float = 0.04
) -> Check:
    """Hold the mean of a long series against theory: a t interval over the means of batches.

    most_error: the largest standard error, as a share of the theoretical value, with which the series may tell.
    """
    from scipy.special import stdtrit

    batches = [batch.mean() for batch in np.array_split(np.asarray(values, float), BATCHES)]
    mean, error = float(np.mean(batches)), float(np.std(batches, ddof=1) / np.sqrt(BATCHES))
    half = float(stdtrit(BATCHES - 1, 1 - FALSE_ALARM / 2)) * error
    return Check(group, name, mean, mean - half, mean + half, theory, error < most_error * theory, source)


def all_passed(checks: Sequence[Check]) -> bool:
    """Whether no check is missed, but for declared misses."""
    return all(check.accepted for check in checks)


SEED = 23592
DAY = 1440.0


@cache
def setting(name: str) -> Scenario:
    """The scenario of a setting: a file of `evidence/settings`."""
    with as_file(files("sxsim.evidence") / "settings" / f"{name}.yaml") as path:
        return load(path, unusual=True)


@dataclass
class RunOfSetting:
    """A setting, run once: the world as it is at the end, the records, and a survey's own chance."""

    world: World
    records: Records
    chance: np.random.Generator

    @property
    def p(self) -> Any:
        """The parameters in force."""
        return self.world.parameters[0]

    @property
    def people(self) -> int:
        """How many people are in the market."""
        return len(self.world.persons)

    def contacts(self, since: int = 0) -> NDArray[Any]:
        """Served contacts that began in or after a month (0 = the first after the warm-up), by arrival."""
        log = self.records.log
        begin = self.world.month_starts[self.records.warm_up + since]
        served = log[(log["outcome"] == SERVED) & (log["arrival"] >= begin)]
        in_order: NDArray[Any] = served[np.argsort(served["arrival"], kind="stable")]
        return in_order


def run_setting(
    name: str,
    parameters: Mapping[str, float],
    replication: int,
    *,
    values: Mapping[str, Any] | None = None,
    contacts: bool = True,
    observer: Observer | None = None,
) -> RunOfSetting:
    """Run a setting once.

    parameters: behaviour, by name, in place of the register's; values: fields of the setting that are different this
    time; contacts: whether the contact log is kept.
    """
    scenario = setting(name) if values is None else with_values(setting(name), values)
    scenario = scenario.model_copy(update={"parameters": {**scenario.parameters, **parameters}})
    world, records = run_world(scenario, seed=SEED, replication=replication, contacts=contacts, observer=observer)
    return RunOfSetting(world, records, np.random.default_rng([SEED, replication, zlib.crc32(name.encode())]))


# Surveys.

Numbers = NDArray[np.float64]
Persons = NDArray[np.int64]


@step
def give_away(
    world: World, feelings: Numbers, persons: Persons, moods: Numbers, noises: Numbers, answers: Numbers
) -> None:
    """Answer sheets: what each person gives away of a feeling."""
    for sheet in range(len(persons)):
        scale = world.persons[persons[sheet]].scale
        answers[sheet] = customer.asked(feelings[sheet], scale, moods[sheet], noises[sheet], world.parameters[0])


@step
def recommend(
    world: World, loyalties: Numbers, persons: Persons, moods: Numbers, noises: Numbers, answers: Numbers
) -> None:
    """Answer sheets: whether each person would recommend, 0–10."""
    for sheet in range(len(persons)):
        scale = world.persons[persons[sheet]].scale
        answers[sheet] = customer.survey_answer(
            loyalties[sheet], scale, moods[sheet], noises[sheet], world.parameters[0]
        )


@step
def feel_loyal(world: World, satisfactions: Numbers, persons: Persons, loyalties: Numbers) -> None:
    """Loyalty of persons at some satisfaction, with bond, image and grievance as they are."""
    for sheet in range(len(persons)):
        i = world.persons[persons[sheet]]
        loyalties[sheet] = customer.loyalty(satisfactions[sheet], i.bond, i.image, i.grievance, world.parameters[0])


class Survey:
    """One survey: every person answers in one mood, and uses the scale in an own way.

    run: whose customers are asked; persons: their numbers, one answer sheet each.
    """

    def __init__(self, run: RunOfSetting, persons: NDArray[np.integer]) -> None:
        self._world, self._chance, self._persons = run.world, run.chance, np.ascontiguousarray(persons, np.int64)
        self._moods = run.chance.standard_normal(len(persons))

    def felt(self, feeling: Numbers, questions: int = 1) -> Numbers:
        """What is given away of a feeling (0–1), one a sheet; the mean of some questions about the same."""
        noises = self._chance.standard_normal((questions, len(feeling))).mean(axis=0)
        answers = np.empty(len(feeling))
        give_away(self._world, np.ascontiguousarray(feeling), self._persons, self._moods, noises, answers)
        return answers

    def loyalty(self, satisfaction: Numbers) -> Numbers:
        """How loyal each is at some satisfaction (0–1), with bond, image and grievance as they are now."""
        loyalties = np.empty(len(satisfaction))
        feel_loyal(self._world, np.ascontiguousarray(satisfaction), self._persons, loyalties)
        return loyalties

    def recommends(self, loyalty: Numbers) -> Numbers:
        """Answers to "would you recommend us?", 0–10."""
        noises = self._chance.standard_normal(len(loyalty))
        answers = np.empty(len(loyalty))
        recommend(self._world, np.ascontiguousarray(loyalty), self._persons, self._moods, noises, answers)
        return answers


def rated_at_once(run: RunOfSetting, contacts: NDArray[Any]) -> Numbers:
    """What customers give away of each contact, asked after it on a sheet of its own."""
    felt = np.empty(len(contacts))
    for visit in np.unique(contacts["visit"]):  # of one person at most one at a time
        these = contacts["visit"] == visit
        felt[these] = Survey(run, contacts["person"][these]).felt(contacts["perceived"][these])
    return felt


def stars(felt: Numbers, shares: Sequence[float]) -> NDArray[np.int64]:
    """Ratings from 1 on, cut so that each has its share: how often a source's respondents gave it is an input."""
    cuts = np.quantile(felt, np.cumsum(shares)[:-1])
    return 1 + np.searchsorted(cuts, felt.ravel(), side="right").reshape(felt.shape)
