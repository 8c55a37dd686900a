"""Settings: small scenarios on which facts are measured. What a setting is like comes from the fact's source.

Behaviour comes from the shared parameters; a setting may state only what its source says of the place, never how people are.
"""

import zlib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import as_file, files
from typing import Any

import numpy as np
from numpy.typing import NDArray

from sxsim.engines.records import Records
from sxsim.engines.replay import Observer
from sxsim.engines.world import SERVED, World
from sxsim.running.plans import Scenario, load
from sxsim.scenario.loading import with_values

SEED = 23592
DAY = 1440.0


@cache
def setting(name: str) -> Scenario:
    """The scenario of a setting: a file of `evidence/settings`."""
    with as_file(files("sxsim.evidence") / "settings" / f"{name}.yaml") as path:
        return load(path)


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
    from sxsim.engines import compiled
    from sxsim.engines.start import start

    scenario = setting(name) if values is None else with_values(setting(name), values)
    scenario = scenario.model_copy(update={"parameters": {**scenario.parameters, **parameters}})
    world = start(scenario, seed=SEED, replication=replication, log_contacts=contacts)
    records = compiled.simulate(world, observer=observer)
    return RunOfSetting(world, records, np.random.default_rng([SEED, replication, zlib.crc32(name.encode())]))
