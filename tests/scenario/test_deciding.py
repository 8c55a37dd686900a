"""What of a scenario decides a run: each field of the schema, one by one."""

from collections.abc import Iterator
from datetime import date
from typing import Any, get_args

import numpy as np
import pytest
from pydantic import BaseModel

from sxsim.engines.start import start
from sxsim.engines.world import ARRAYS
from sxsim.results.provenance import digest
from sxsim.scenario.deciding import decides, deciding
from sxsim.scenario.fields import Decides
from sxsim.scenario.scenario import Scenario

from .cafe import cafe

#: A café in which every part of the schema stands once.
RICH = (
    "touchpoints.counter.try_again={chance: 0.5, after: 5}",
    "touchpoints.counter.switch={to: kiosk, chance: 0.1}",
    "teams.waiters.breaks={every: 240, length: 15}",
    "journeys.coffee.steps.1.after={nights: 2, at: '10:00'}",
    "segments.regulars.contract={fee: 10}",
    "plans.welcome.activities.create_urgency={start: 0, months: 1, again: [{start: 1}]}",
    "plans.welcome.changes=[{month: 1, price: 1.1}]",
)
#: Put in other words: tested by tests of their own.
APART = {("Scenario", "plans"), ("Scenario", "plug_ins")}


def parts_of(annotation: Any) -> set[type[BaseModel]]:
    """All parts of the schema below an annotation."""
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        inner = [info.annotation for info in annotation.model_fields.values()]
        return {annotation}.union(*(parts_of(each) for each in inner))
    return set().union(*(parts_of(each) for each in get_args(annotation)))


def all_fields() -> set[tuple[str, str]]:
    """Every field of the schema, with its part."""
    return {(part.__name__, name) for part in parts_of(Scenario) for name in part.model_fields}


def parts_in(value: Any) -> Iterator[BaseModel]:
    """The parts of a scenario, itself among them, in a fixed order."""
    if isinstance(value, BaseModel):
        yield value
        value = [getattr(value, name) for name in type(value).model_fields]
    if isinstance(value, list | dict):
        for inner in value.values() if isinstance(value, dict) else value:
            yield from parts_in(inner)


def another(value: Any) -> Any:
    """A value that is not the same."""
    if isinstance(value, bool) or value is None:
        return not value
    if isinstance(value, int | float):
        return value + 1
    if isinstance(value, date):
        return value.replace(year=value.year + 1)
    if isinstance(value, BaseModel):
        return None
    return f"{value}x" if isinstance(value, str) else [*value, 1] if isinstance(value, list) else value | {"x": 1}


def rich() -> Scenario:
    """The rich café with one plan."""
    scenario = cafe(*RICH)
    return scenario.model_copy(update={"plans": {"welcome": scenario.plans["welcome"]}})


def changes(scenario: Scenario) -> Iterator[tuple[tuple[str, str], Scenario]]:
    """A scenario with each of its fields changed, one after the other."""
    for place, part in enumerate(parts_in(scenario)):
        for name in type(part).model_fields:
            changed = scenario.model_copy(deep=True)
            touched = list(parts_in(changed))[place]
            touched.__dict__[name] = another(getattr(touched, name))
            yield (type(part).__name__, name), changed


def key(scenario: Scenario, plan: str = "welcome", *also: Decides) -> str:
    return digest(deciding(scenario, plan, also))


MARKED = {
    Decides.NOTHING: {
        ("Scenario", "question"), ("Scenario", "name"), ("Scenario", "currency"), ("Organisation", "industry"),
        ("Horizon", "declared_drift"), ("Plan", "description"),
    },
    Decides.KPIS: {("Economics", "discount_rate")},
    Decides.UNCERTAIN: {("Organisation", "maturity_spread")},
    Decides.BY_ORDER: {("Demand", "profiles")},
}  # fmt: skip


def test_the_marks_are_where_somebody_thought_about_them() -> None:
    marked: dict[Decides, set[tuple[str, str]]] = {}
    for part in parts_of(Scenario):
        for name in part.model_fields:
            marked.setdefault(decides(part, name), set()).add((part.__name__, name))
    marked.pop(Decides.RECORDS)
    assert marked == MARKED


def test_each_field_moves_the_key_unless_it_is_marked() -> None:
    scenario, met = rich(), set()
    before = {marks: key(scenario, "welcome", *marks) for marks in ((), (Decides.KPIS,), (Decides.UNCERTAIN,))}
    for field, changed in changes(scenario):
        met.add(field)
        if field not in APART:
            moving = {marks for marks, first in before.items() if key(changed, "welcome", *marks) != first}
            mark = next((mark for mark, fields in MARKED.items() if field in fields), Decides.RECORDS)
            everywhere = set(before) if mark in (Decides.RECORDS, Decides.BY_ORDER) else set()
            assert moving == everywhere | ({(mark,)} & set(before)), field
    assert met == all_fields(), "every field of the schema stands in the rich café"


def test_a_plan_counts_by_what_it_says_and_not_by_its_name() -> None:
    scenario = cafe()
    assert key(scenario, "same-again") == key(scenario, "today")
    assert len({key(scenario, plan) for plan in ("today", "welcome", "dearer")}) == 3
    assert key(cafe("plans.today.money.culture=5"), "welcome") == key(scenario, "welcome")
    turned = scenario.model_copy(update={"plans": dict(reversed(scenario.plans.items()))})
    assert key(turned, "welcome") == key(scenario, "welcome")


def test_neither_the_name_of_a_plan_nor_other_plans_reach_the_start() -> None:
    """What the key leaves out leaves the world as it is."""
    worlds = [
        start(cafe(), "today"),
        start(cafe(), "same-again"),
        start(cafe("plans.today.money.culture=5", "plans.today.changes=[{month: 0, price: 2}]"), "same-again"),
        start(
            cafe("question=Why?", "currency=USD", "economics.discount_rate=0.5", "horizon.declared_drift=1"), "today"
        ),
        start(cafe("organisation.industry=hotels", "organisation.maturity_spread={culture: 1}"), "today"),
    ]
    for world in worlds[1:]:
        for name in ARRAYS:
            assert np.array_equal(getattr(world, name), getattr(worlds[0], name), equal_nan=False), name


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("demand.profiles={a: 1, b: {mon: 1}}", "demand.profiles={b: {mon: 1}, a: 1}"),
        ("teams.waiters.staff={mon-fri: 2, mon: 1}", "teams.waiters.staff={mon: 1, mon-fri: 2}"),
    ],
)
def test_the_order_of_what_goes_by_order_counts(one: str, other: str) -> None:
    assert key(cafe(one)) != key(cafe(other))
    assert any(
        not np.array_equal(getattr(start(cafe(one)), name), getattr(start(cafe(other)), name))
        for name in ("profiles", "staffing")
    )


def test_the_order_of_what_goes_by_name_does_not_count() -> None:
    one = key(cafe("plans.welcome.money={engagement: 150, culture: 50}"))
    assert key(cafe("plans.welcome.money={culture: 50, engagement: 150}")) == one


def test_the_kinds_of_plug_ins_count_and_not_the_place_of_their_files() -> None:
    plain, here, there = (
        cafe().model_copy(update={"plug_ins": plug_ins})
        for plug_ins in ({}, {"customer": "here/a.py:A"}, {"customer": "there/a.py:A"})
    )
    assert key(here) == key(there) != key(plain)
