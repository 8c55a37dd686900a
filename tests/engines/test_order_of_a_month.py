"""Both engines walk the one list of a month's steps: its order is theirs, and nothing happens that is not in it."""

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest

from sxsim.engines import compiled, order_of_a_month, reference
from sxsim.engines.order_of_a_month import MONTH, walk_month
from sxsim.engines.records import Observer
from sxsim.engines.start import start
from sxsim.engines.world import CUSTOMER, World
from sxsim.scenario.loading import load

SHORT = ["market.people=80", "market.customers=60", "horizon.months=2", "horizon.warm_up=0"]
ENGINES: list[Any] = [compiled.simulate, reference.simulate]
#: Steps that the engines run in their own way: the floor both, the rest the reference engine's agents.
OF_AGENTS = {"floor_month", "employee_month", "person_month", "spread_word"}


def world() -> World:
    return start(load("scenarios/corner-cafe.yaml", sets=SHORT))


@pytest.mark.parametrize("simulate", ENGINES, ids=["compiled", "reference"])
def test_an_engine_runs_the_steps_of_the_list_in_its_order(
    simulate: Callable[..., Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    walked: list[str] = []

    def noted(name: str, run: Callable[[World], None]) -> Callable[[World], None]:
        def noting(world: World) -> None:
            walked.append(name)
            run(world)

        return noting

    steps = tuple(each if each.run is None else replace(each, run=noted(each.name, each.run)) for each in MONTH)
    monkeypatch.setattr(order_of_a_month, "MONTH", steps)
    simulate(world())
    shared = [each.name for each in MONTH if each.run is not None and each.name not in OF_AGENTS]
    assert [name for name in walked if name not in OF_AGENTS] == 2 * shared


@pytest.mark.parametrize("name", [each.name for each in MONTH if each.name != "begin_month"])
def test_a_step_left_out_of_the_list_is_left_out_of_both_engines(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """Both engines give the same world without the step, so neither runs it of its own accord."""
    monkeypatch.setattr(order_of_a_month, "MONTH", tuple(each for each in MONTH if each.name != name))
    worlds = [world(), world()]
    for simulate, each in zip(ENGINES, worlds, strict=True):
        simulate(each)
    for array in (
        "persons",
        "accounts",
        "posts",
        "sites",
        "levers",
        "sub_elements",
        "market",
        "site_tally",
        "contact_tally",
    ):
        assert getattr(worlds[0], array).tobytes() == getattr(worlds[1], array).tobytes(), array


def test_observers_are_called_where_the_list_says() -> None:
    seen: list[str] = []

    class Seeing(Observer):
        def organisation_done(self, world: World, month: int) -> None:
            seen.append(f"organisation {month}")

        def levers_set(self, world: World, month: int) -> None:
            seen.append(f"levers {month}")

    compiled.simulate(world(), observer=Seeing())
    assert seen == ["organisation 0", "levers 0", "organisation 1", "levers 1"]
    assert {each.then for each in MONTH if each.then} == {"organisation_done", "levers_set"}


def test_a_step_that_nobody_can_run_is_no_silent_gap() -> None:
    with pytest.raises(KeyError, match="floor_month"):
        walk_month(world(), 0, {}, Observer())


def test_every_step_has_a_name_a_sentence_and_something_to_work_on() -> None:
    assert len({each.name for each in MONTH}) == len(MONTH)
    for each in MONTH:
        assert each.does.endswith(".") and each.does[0].isupper() and each.works_on


def test_customers_of_month_0_are_followed_wherever_they_go() -> None:
    """They are those who were customers when month 0 began; lost ones count with their last figures, newcomers never."""
    world = start(load("scenarios/corner-cafe.yaml", sets=["horizon.months=9", "horizon.warm_up=3"]))
    records = compiled.simulate(world)
    sites, last = records.sites[:, 0], records.sites[-1, 0]
    assert not sites["month_0"][:3].any()
    assert (sites["month_0"][3:] == sites["active_start"][3]).all()
    assert sites["leavers"][3:].sum() > 0 < sites["joiners"][3:].sum()
    flagged = world.accounts["of_month_0"][world.persons["account"]] == 1
    assert flagged.sum() == last["month_0"]
    assert (world.persons["status"][flagged] != CUSTOMER).any(), "some are lost, and are followed"
    assert last["satisfaction_of_month_0"] == pytest.approx(world.persons["satisfaction"][flagged].sum())
    assert last["delight_of_month_0"] == pytest.approx(world.persons["delight"][flagged].sum())
    assert 0 < last["delight_of_month_0"] < last["month_0"]


def test_those_served_lately_are_customers_with_a_visit_in_the_last_twelve_months() -> None:
    world = start(load("scenarios/corner-cafe.yaml", sets=["horizon.months=18", "horizon.warm_up=0"]))
    last = compiled.simulate(world).sites[-1, 0]
    persons = world.persons
    served = (persons["status"] == CUSTOMER) & (persons["last_visit"] > 17 - 12)
    assert last["served_12"] == served.sum()
    assert last["satisfaction_served"] == pytest.approx(persons["satisfaction"][served].sum())
    assert 0 < last["served_12"] <= last["active"]
    assert last["floors"] == len(world.floors)
    assert last["time_standard"] == pytest.approx(world.floors["standard"].sum())
