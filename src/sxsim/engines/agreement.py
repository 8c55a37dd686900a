"""Whether the two engines give the same world: contact log, records and final state, byte for byte."""

from dataclasses import dataclass, fields
from typing import Any

import numpy as np

from sxsim.engines import compiled, reference
from sxsim.engines.records import Records
from sxsim.engines.start import start
from sxsim.engines.world import ARRAYS
from sxsim.scenario.scenario import BASE_PLAN, Scenario

#: All that an engine hands over.
RECORDS = tuple(field.name for field in fields(Records))


@dataclass(frozen=True)
class Agreement:
    """What a comparison of the engines found: the first part that differs, and the first contact, in both."""

    contacts: int
    part: str = ""
    contact: int | None = None
    compiled: dict[str, Any] | None = None
    reference: dict[str, Any] | None = None

    @property
    def same(self) -> bool:
        """Whether everything is equal byte for byte."""
        return not self.part


def compare_engines(scenario: Scenario, plan: str = BASE_PLAN, *, seed: int = 1, replication: int = 0) -> Agreement:
    """Run one replication on both engines and compare everything they hand over."""
    worlds = [start(scenario, plan, seed=seed, replication=replication, log_contacts=True) for _ in range(2)]
    fast, readable = compiled.simulate(worlds[0]), reference.simulate(worlds[1])
    contacts = len(readable.log)
    for number, (one, other) in enumerate(zip(fast.log, readable.log, strict=False)):
        if one.tobytes() != other.tobytes():
            return Agreement(contacts, "log", number, _named(one), _named(other))
    for name in RECORDS:
        if _bytes(getattr(fast, name)) != _bytes(getattr(readable, name)):
            return Agreement(contacts, f"records.{name}")
    for name in ARRAYS:
        if getattr(worlds[0], name).tobytes() != getattr(worlds[1], name).tobytes():
            return Agreement(contacts, f"world.{name}")
    return Agreement(contacts)


def _bytes(value: Any) -> bytes:
    return np.asarray(value).tobytes()


def _named(row: Any) -> dict[str, Any]:
    return {name: row[name].item() for name in row.dtype.names}
