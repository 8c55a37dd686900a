"""A difference between the engines is found and shown in both."""

from dataclasses import fields
from typing import Any

import pytest

from sxsim.engines import reference
from sxsim.engines.records import Records
from sxsim.engines.reference import compare_engines
from sxsim.scenario.loading import load

SHORT = ["market.people=80", "market.customers=60", "horizon.months=1", "horizon.warm_up=0"]


def changed(monkeypatch: pytest.MonkeyPatch, change: Any) -> None:
    """Let the compiled engine hand over something else."""
    simulate = reference.compiled.simulate

    def simulated(world: Any) -> Any:
        records = simulate(world)
        change(world, records)
        return records

    monkeypatch.setattr(reference.compiled, "simulate", simulated)


def test_the_first_contact_that_differs_is_shown_in_both(monkeypatch: pytest.MonkeyPatch) -> None:
    def later(_world: Any, records: Any) -> None:
        records.log["end"][3:] += 1e-9

    changed(monkeypatch, later)
    found = compare_engines(load("scenarios/corner-cafe.yaml", sets=SHORT))
    assert (found.same, found.part, found.contact) == (False, "log", 3)
    assert found.compiled is not None and found.reference is not None
    assert {name for name in found.compiled if found.compiled[name] != found.reference[name]} == {"end"}


@pytest.mark.parametrize("name", [field.name for field in fields(Records) if field.name not in ("warm_up", "log")])
def test_every_record_counts(monkeypatch: pytest.MonkeyPatch, name: str) -> None:
    changed(monkeypatch, lambda _world, records: getattr(records, name).view("u1").__setitem__(..., 1))
    assert compare_engines(load("scenarios/corner-cafe.yaml", sets=SHORT)).part == f"records.{name}"


def test_the_warm_up_counts(monkeypatch: pytest.MonkeyPatch) -> None:
    changed(monkeypatch, lambda _world, records: setattr(records, "warm_up", 1))
    assert compare_engines(load("scenarios/corner-cafe.yaml", sets=SHORT)).part == "records.warm_up"


def test_a_log_that_is_shorter_is_found(monkeypatch: pytest.MonkeyPatch) -> None:
    changed(monkeypatch, lambda _world, records: setattr(records, "log", records.log[:-1]))
    assert compare_engines(load("scenarios/corner-cafe.yaml", sets=SHORT)).part == "records.log"


def test_the_final_state_counts_too(monkeypatch: pytest.MonkeyPatch) -> None:
    changed(monkeypatch, lambda world, _records: world.persons["bond"].__setitem__(0, 0.123))
    assert compare_engines(load("scenarios/corner-cafe.yaml", sets=SHORT)).part == "world.persons"
