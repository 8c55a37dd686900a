"""What an engine hands over: monthly figures, waits, maturities and, on request, the contact log."""

from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import NDArray

from sxsim.engines.world import CONTACT_LOG, CONTACT_TALLY, SITE_TALLY, WAIT_BINS, World


@dataclass
class Records:
    """The records of one replication. M months with the warm-up, S sites, T touchpoints, G segments."""

    warm_up: int
    sites: NDArray[Any]  # (M, S) SITE_TALLY
    contacts: NDArray[Any]  # (M, S, T, G) CONTACT_TALLY
    waits: NDArray[np.int64]  # (M, S, WAIT_BINS)
    maturity: NDArray[np.float64]  # (M, 9) elements
    sub_elements: NDArray[np.float64]  # (M, 31)
    seen: NDArray[np.float64]  # (M, 31)
    levers: NDArray[np.float64]  # (M, S, 10), in force in the month after
    obstacles: NDArray[np.float64]  # (M, 9)
    log: NDArray[Any] = field(default_factory=lambda: np.zeros(0, CONTACT_LOG))

    @classmethod
    def empty(cls, world: World) -> "Records":
        """Records for all months of a world, still empty."""
        months, sites = int(world.settings[0]["months"]), int(world.settings[0]["sites"])
        tallies = (months, *world.contact_tally.shape)
        return cls(
            warm_up=int(world.settings[0]["warm_up"]),
            sites=np.zeros((months, sites), SITE_TALLY),
            contacts=np.zeros(tallies, CONTACT_TALLY),
            waits=np.zeros((months, sites, WAIT_BINS), np.int64),
            maturity=np.zeros((months, len(world.elements))),
            sub_elements=np.zeros((months, len(world.sub_elements))),
            seen=np.zeros((months, len(world.sub_elements))),
            levers=np.zeros((months, *world.levers.shape)),
            obstacles=np.zeros((months, len(world.obstacles))),
        )

    def take(self, world: World, month: int) -> None:
        """Copy the figures of the month that has just ended."""
        self.sites[month] = world.site_tally
        self.contacts[month] = world.contact_tally
        self.waits[month] = world.waits
        self.maturity[month] = world.elements
        self.sub_elements[month] = world.sub_elements["maturity"]
        self.seen[month] = world.sub_elements["seen"]
        self.levers[month] = world.levers
        self.obstacles[month] = world.obstacles["severity"]
