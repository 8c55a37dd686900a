"""One run: the one place where a world is started and run to its end; it stops where its thread is told to (`working`)."""

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

from sxsim.results.kpis import run_kpis
from sxsim.scenario.plug_ins import load_plug_ins
from sxsim.scenario.problems import InvalidInput, Problem
from sxsim.scenario.scenario import BASE_PLAN, Scenario

if TYPE_CHECKING:
    from sxsim.engines.records import Observer, Records
    from sxsim.engines.world import World

ENGINES = ("compiled", "reference")
EachMonth = Callable[[int], None]


class RunFailed(Exception):  # noqa: N818
    """A run could not be finished. Exit code 4. What is finished is kept."""


class Stopped(Exception):  # noqa: N818
    """Somebody said stop (`should_stop`, or an interruption in another thread). What is finished is kept."""


def engine_of(scenario: Scenario, engine: str | None = None) -> str:
    """The engine that runs a scenario: compiled by default, reference for a scenario with plug-ins.

    Raises InvalidInput when the compiled engine is asked for a scenario with plug-ins.
    """
    if not engine:
        return "reference" if scenario.plug_ins else "compiled"
    if engine not in ENGINES:
        raise ValueError(f"engine(={engine!r}) must be one of {', '.join(ENGINES)}")
    if engine == "compiled" and scenario.plug_ins:
        message = f": {', '.join(scenario.plug_ins)} is plugged in, which the compiled engine cannot run"
        raise InvalidInput([Problem(("plug_ins",), message, "leave --engine out, or take plug_ins out of the file")])
    return engine


class _Here(threading.local):
    """What holds in a thread while it works: when it must stop, and how many threads the floors of several sites may take."""

    should_stop: Callable[[], bool] | None = None
    floors = 1


_here = _Here()


@contextmanager
def working(should_stop: Callable[[], bool] | None = None, floors: int = 1) -> Iterator[None]:
    """Runs of this thread meanwhile raise `Stopped` at the end of a month in which `should_stop` says so.

    floors: threads for the floors of several sites (compiled engine).
    """
    before = _here.should_stop, _here.floors
    _here.should_stop, _here.floors = should_stop, floors
    try:
        yield
    finally:
        _here.should_stop, _here.floors = before


def _watched(each_month: EachMonth | None) -> EachMonth | None:
    should_stop = _here.should_stop
    if should_stop is None:
        return each_month

    def watch(month: int) -> None:
        if should_stop():
            raise Stopped(f"stopped after month {month}")
        if each_month is not None:
            each_month(month)

    return watch


def run_world(
    scenario: Scenario,
    plan: str = BASE_PLAN,
    seed: int = 1,
    replication: int = 0,
    engine: str = "compiled",
    *,
    contacts: bool = False,
    each_month: EachMonth | None = None,
    observer: "Observer | None" = None,
) -> "tuple[World, Records]":
    """Start a world and run it to the end of its horizon: the world as it is then, and the records.

    contacts: keep the contact log; each_month: called with months done; observer: is there when the organisation's month ends.
    Raises RunFailed for a plug-in that ends the program, Stopped.
    """
    from sxsim.engines.start import start

    world = start(scenario, plan, seed=seed, replication=replication, log_contacts=contacts)
    watch = _watched(each_month)
    if engine == "compiled":
        from sxsim.engines import compiled

        return world, compiled.simulate(world, jobs=_here.floors, each_month=watch, observer=observer)
    from sxsim.engines import reference  # with Mesa and SimPy, which take their time to import

    try:
        plugged = load_plug_ins(scenario)
        return world, reference.simulate(world, plug_ins=plugged, each_month=watch, observer=observer)
    except BaseException as error:
        if isinstance(error, Exception | KeyboardInterrupt):
            raise
        named = ", ".join(scenario.plug_ins.values()) or "the reference engine"
        how = f"sys.exit({error.code!r})" if isinstance(error, SystemExit) else f"raise {type(error).__name__}"
        raise RunFailed(f"{named} ended the program: {how}; take that out") from error


def simulate(
    scenario: Scenario,
    plan: str,
    seed: int,
    replication: int,
    engine: str,
    *,
    each_month: EachMonth | None = None,
    observer: "Observer | None" = None,
) -> "Records":
    """Run one replication of a plan in memory. observer: is there when the organisation's month ends."""
    return run_world(scenario, plan, seed, replication, engine, each_month=each_month, observer=observer)[1]


def kpis_of(records: "Records", scenario: Scenario) -> tuple[float, ...]:
    """The KPIs of a replication, in the order of `KPIS`."""
    return tuple(run_kpis(records, scenario.economics.discount_rate).values())
