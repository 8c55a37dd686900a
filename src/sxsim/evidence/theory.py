"""The floor against theory: with everything that adapts switched off, a touchpoint must queue as textbooks say."""

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from importlib.resources import as_file, files
from typing import Any

import numpy as np
from numpy.typing import NDArray

from sxsim.engines.records import Records
from sxsim.engines.world import ABANDONED, TURNED_AWAY
from sxsim.evidence.checks import Check, check_of_mean
from sxsim.evidence.queueing_theory import cobham, erlang_a, erlang_b, erlang_c, pollaczek_khinchine, waiting_longer
from sxsim.running.plans import load
from sxsim.scenario.scenario import Scenario

SEED = 23592
DAY = 1440.0
WARM_UP = 2 * DAY
MONTH = 30.4375 * DAY
_LONG_WAITS = (2, 5, 10)


@dataclass
class RunOfQueue:
    """A queue of this package, run with its contact log."""

    scenario: Scenario
    records: Records
    log: NDArray[np.void]  # contacts by arrival, from the end of the warm-up to one day before the end
    end: float

    def arrivals(self, segment: int = 0) -> float:
        """Arrivals a minute of a segment, as the scenario states them."""
        part = self.scenario.segments[segment]
        return self.scenario.market.customers * part.share * part.visits_per_month / MONTH

    def came_to(self, outcome: int) -> NDArray[np.bool_]:
        """Which contacts ended so."""
        found: NDArray[np.bool_] = self.log["outcome"] == outcome
        return found


@cache
def run(name: str, engine: str = "compiled") -> RunOfQueue:
    """Run a queue once. name: a file of `evidence/queues`."""
    from sxsim.engines import compiled, reference
    from sxsim.engines.start import start

    with as_file(files("sxsim.evidence") / "queues") as folder:
        scenario = load(folder / f"{name}.yaml", parameters=folder / "neutral.yaml")
    world = start(scenario, seed=SEED, log_contacts=True)
    simulate: Any = compiled.simulate if engine == "compiled" else reference.simulate
    records = simulate(world)
    end = float(world.month_starts[-1]) - DAY
    log = records.log[np.argsort(records.log["arrival"], kind="stable")]
    return RunOfQueue(scenario, records, log[(log["arrival"] >= WARM_UP) & (log["arrival"] < end)], end)


def checks(engine: str = "compiled") -> Iterator[Check]:
    """All checks against theory, each with one false alarm in a million."""
    many = run("many_servers", engine)
    rate = many.arrivals()
    waited = many.log["wait"]
    yield check_of_mean(
        "time between arrivals, minutes", np.diff(many.log["arrival"]), 1 / rate, "Poisson", most_error=0.01
    )
    yield check_of_mean("share that waits, M/M/3", waited > 0, erlang_c(3, rate * 3), "Erlang C")
    yield check_of_mean("mean wait, M/M/3, minutes", waited, erlang_c(3, rate * 3) / (3 / 3 - rate), "Erlang C")
    for minutes in _LONG_WAITS:
        theory = waiting_longer(3, rate, 3, minutes)
        yield check_of_mean(
            f"share that waits over {minutes} minutes, M/M/3", waited > minutes, theory, "Erlang C", most_error=0.08
        )
    impatient = run("impatient", engine)
    waits, wait, abandon = erlang_a(5, impatient.arrivals(), 5, 4)
    yield check_of_mean("share that waits, M/M/5 with patience", impatient.log["wait"] > 0, waits, "Erlang A")
    yield check_of_mean("mean wait, M/M/5 with patience, minutes", impatient.log["wait"], wait, "Erlang A")
    yield check_of_mean("share that abandons, M/M/5 with patience", impatient.came_to(ABANDONED), abandon, "Erlang A")
    general = run("general_service", engine)
    theory = pollaczek_khinchine(general.arrivals(), 1, 0.8)
    yield check_of_mean("share that waits, M/G/1", general.log["wait"] > 0, general.arrivals() * 1, "utilisation")
    yield check_of_mean("mean wait, M/G/1 (lognormal), minutes", general.log["wait"], theory, "Pollaczek and Khinchine")
    priority = run("priority", engine)
    expected = cobham([priority.arrivals(0), priority.arrivals(1)], [1.2, 0.8])
    for segment, who in enumerate(("first", "second")):
        own = priority.log["wait"][priority.log["segment"] == segment]
        yield check_of_mean(
            f"mean wait of the {who} class, priority, minutes", own, expected[segment], "Cobham", most_error=0.05
        )
    loss = run("loss", engine)
    lost = erlang_b(10, loss.arrivals() * 20)
    yield check_of_mean("share turned away from a full house, M/G/10/10", loss.came_to(TURNED_AWAY), lost, "Erlang B")
