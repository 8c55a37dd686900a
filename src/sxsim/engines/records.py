"""What is written down while a world runs: monthly figures, and what the organisation went through; and what is put back.

A replay cuts the feedback from the front line to the organisation: levers, or maturity and commitment, follow paths that
were recorded before, whatever happens on the floor. A run that replays its own paths is the run itself, to the bit.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import NDArray

from sxsim.engines.steps_of_the_organisation import element_maturities
from sxsim.engines.world import (
    ALIGNMENT,
    CONTACT_LOG,
    CONTACT_TALLY,
    ENERGY,
    RELIABILITY,
    SITE_TALLY,
    WAIT_BINS,
    World,
)


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


#: What a site practises beside its levers, with the lever it rides with: technology feeds reliability at self-service, a
#: partner's people get their energy apart, and local teams that own the standards are part of pulling the same way.
RIDES_WITH = {"technology": RELIABILITY, "partner_energy": ENERGY, "deployment": ALIGNMENT}


class Observer:
    """Somebody who is there when the organisation's month ends. This one does nothing."""

    def organisation_done(self, world: World, month: int) -> None:
        """Maturity and commitment of the month stand; figures and levers have not been taken yet."""

    def levers_set(self, world: World, month: int) -> None:
        """The levers of the next month stand."""


@dataclass
class Paths:
    """What an organisation went through: M months with the warm-up, S sites, P posts.

    levers: (M, S, 10) in force in the month after; beside: (M, S) by name; maturity: (M, 31); commitment: (M, P) stages with the
    posts' identities; last_result: (M,) money.
    """

    identities: NDArray[np.int64]
    levers: NDArray[np.float64]
    maturity: NDArray[np.float64]
    commitment: NDArray[np.int64]
    last_result: NDArray[np.float64]
    beside: dict[str, NDArray[np.float64]] = field(default_factory=dict)

    @classmethod
    def empty(cls, world: World) -> "Paths":
        """Paths of a world, still empty."""
        months = int(world.settings[0]["months"])
        return cls(
            identities=world.posts["identity"].copy(),
            levers=np.zeros((months, *world.levers.shape)),
            maturity=np.zeros((months, len(world.sub_elements))),
            commitment=np.zeros((months, len(world.posts)), np.int64),
            last_result=np.zeros(months),
            beside={name: np.zeros((months, len(world.sites))) for name in RIDES_WITH},
        )


class Recorder(Observer):
    """Writes down what an organisation goes through."""

    def __init__(self) -> None:
        self.paths: Paths | None = None

    def organisation_done(self, world: World, month: int) -> None:
        """Write down maturity, commitment and the result."""
        if self.paths is None:
            self.paths = Paths.empty(world)
        self.paths.maturity[month] = world.sub_elements["maturity"]
        self.paths.commitment[month] = world.posts["stage"]
        self.paths.last_result[month] = world.settings[0]["last_result"]

    def levers_set(self, world: World, month: int) -> None:
        """Write down the levers and what rides with them."""
        assert self.paths is not None
        self.paths.levers[month] = world.levers
        for name, path in self.paths.beside.items():
            path[month] = world.sites[name]


class Replay(Observer):
    """Puts recorded paths back, each from the run it is given with.

    levers: by number of the lever; maturity: by number of the sub-element; commitment: of all posts that the recorded run
    had; last_result: what the plan may be funded by.
    """

    def __init__(
        self,
        *,
        levers: Mapping[int, Paths] | None = None,
        maturity: Mapping[int, Paths] | None = None,
        commitment: Paths | None = None,
        last_result: Paths,
    ) -> None:
        self.levers = dict(levers or {})
        self.maturity = dict(maturity or {})
        self.commitment = commitment
        self.last_result = last_result

    def organisation_done(self, world: World, month: int) -> None:
        """Put back maturity, commitment and the result."""
        world.settings[0]["last_result"] = self.last_result.last_result[month]
        if self.maturity:
            for row, paths in self.maturity.items():
                world.sub_elements[row]["maturity"] = paths.maturity[month, row]
            element_maturities(world)
        if self.commitment is not None and len(self.commitment.identities):
            known = self.commitment.identities
            place = np.minimum(np.searchsorted(known, world.posts["identity"]), len(known) - 1)
            there = known[place] == world.posts["identity"]
            world.posts["stage"][there] = self.commitment.commitment[month, place[there]]

    def levers_set(self, world: World, month: int) -> None:
        """Put back the levers and what rides with them."""
        for lever, paths in self.levers.items():
            world.levers[:, lever] = paths.levers[month, :, lever]
        for name, lever in RIDES_WITH.items():
            if lever in self.levers:
                world.sites[name] = self.levers[lever].beside[name][month]
