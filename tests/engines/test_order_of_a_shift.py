"""What makes pressure: all work in hand, against all staff on duty, and nothing below what can be borne."""

import pytest

from sxsim.engines.compiled import simulate
from sxsim.engines.order_of_a_shift import close_day
from sxsim.engines.start import start
from sxsim.engines.world import World
from sxsim.running.plans import load

BORNE = 0.8
TOUCHPOINT = "counter"


def day(demanded: float, other: float, available: float) -> World:
    """A café after a day of so many minutes at its first touchpoint that employees serve, with nothing elsewhere."""
    world = start(load("scenarios/corner-cafe.yaml"))
    for floor in world.floors:
        floor["standard"], floor["pressure"] = 0.9, 1.0
    served = next(t for t in range(len(world.touchpoints)) if world.touchpoints["pool"][t] != 0)
    floor = world.floors[served : served + 1]
    floor["demanded_today"], floor["other_today"], floor["available_today"] = demanded, other, available
    world.sites["days"] = 1
    close_day(world, 0)
    return world


def pressure(demanded: float, other: float, available: float) -> float:
    """The highest pressure of that day."""
    return float(day(demanded, other, available).floors["pressure"].max())


def test_service_and_other_work_press_alike() -> None:
    assert pressure(96.0, 0.0, 100.0) == pytest.approx(0.96 / BORNE)
    assert pressure(0.0, 96.0, 100.0) == pytest.approx(0.96 / BORNE)
    assert pressure(48.0, 48.0, 100.0) == pytest.approx(0.96 / BORNE)


def test_staff_relieves_and_idle_staff_never_hurries() -> None:
    assert pressure(96.0, 0.0, 110.0) < pressure(96.0, 0.0, 100.0)
    assert pressure(9.0, 0.0, 100.0) == 1.0


def test_the_standard_of_time_falls_under_pressure_and_comes_back_without() -> None:
    assert day(160.0, 0.0, 100.0).floors["standard"].min() < 0.9
    assert day(9.0, 0.0, 100.0).floors["standard"].min() > 0.9


def week(**fields: str) -> World:
    """The café at the end of a month; its last week stands in the world."""
    sets = ["horizon.months=1", "horizon.warm_up=0", *(f"touchpoints.{TOUCHPOINT}.{k}={v}" for k, v in fields.items())]
    world = start(load("scenarios/corner-cafe.yaml", sets=sets), log_contacts=True)
    simulate(world)
    return world


def test_work_after_a_contact_and_other_work_count_as_work_in_hand() -> None:
    assert week(after_contact="5").last_demand.sum() > week(after_contact="0.1").last_demand.sum() > 0.0
    busy = week(other_work="0.3")
    assert busy.last_other.sum() == pytest.approx(0.3 * busy.last_staff.sum())
    assert week(other_work="0").last_other.sum() == 0.0


def test_gestures_through_a_closed_gate_are_counted_as_wasted() -> None:
    world = start(load("scenarios/corner-cafe.yaml", sets=["horizon.months=2", "horizon.warm_up=0"]), log_contacts=True)
    records = simulate(world)
    log = records.log
    poorly = (log["query"] == 1) & (log["query_well"] == 0) | (log["severity"] > 0) & (log["put_right"] == 0)
    gesture = (log["individual"] == 1) | (log["surprising"] == 1)
    wasted = gesture & (poorly | (log["kept"] == 0) & (log["put_right"] == 0))
    assert records.contacts["wasted"].sum() == wasted.sum() > 0
