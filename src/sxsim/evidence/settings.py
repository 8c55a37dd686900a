"""Settings: small scenarios on which facts are measured, and surveys among their customers. What a setting is like comes from
the fact's source; what customers say about what they feel, as sources asked their respondents.

Behaviour comes from the shared parameters; a setting may state only what its source says of the place, never how people are.
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
from sxsim.running.plans import Scenario, load
from sxsim.running.task import run_world
from sxsim.scenario.loading import with_values

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


@step
def give_away(world, feelings, persons, moods, noises, answers):
    """Answer sheets: what each person gives away of a feeling."""
    for sheet in range(len(persons)):
        scale = world.persons[persons[sheet]].scale
        answers[sheet] = customer.asked(feelings[sheet], scale, moods[sheet], noises[sheet], world.parameters[0])


@step
def recommend(world, loyalties, persons, moods, noises, answers):
    """Answer sheets: whether each person would recommend, 0–10."""
    for sheet in range(len(persons)):
        scale = world.persons[persons[sheet]].scale
        answers[sheet] = customer.survey_answer(
            loyalties[sheet], scale, moods[sheet], noises[sheet], world.parameters[0]
        )


@step
def feel_loyal(world, satisfactions, persons, loyalties):
    """Loyalty of persons at some satisfaction, with bond and grievance as they are."""
    for sheet in range(len(persons)):
        i = world.persons[persons[sheet]]
        reputation = world.sites[i.site].reputation
        loyalties[sheet] = customer.loyalty(satisfactions[sheet], i.bond, reputation, i.grievance, world.parameters[0])


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
        """How loyal each is at some satisfaction (0–1), with bond and grievance as they are now."""
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
