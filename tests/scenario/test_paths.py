"""Paths that override fields of a scenario, and those that lead nowhere."""

from pathlib import Path
from typing import Any

import pytest

from sxsim.scenario.loading import load

from .cafe import CAFE, TEXT, cafe, changed, only, problems_with


@pytest.mark.parametrize(
    ("override", "path", "value"),
    [
        ("touchpoints.counter.staff=3", ("touchpoints", 0, "staff"), 3),
        ("touchpoints[0].staff=3", ("touchpoints", 0, "staff"), 3),
        ("touchpoints.1.failure_rate=0.2", ("touchpoints", 1, "failure_rate"), 0.2),
        (
            "touchpoints.counter.contact_types.order.query_rate=.5",
            ("touchpoints", 0, "contact_types", 0, "query_rate"),
            0.5,
        ),
        ("journeys.lunch.steps[1].chance=0.5", ("journeys", 1, "steps", 1, "chance"), 0.5),
        ("segments.passers-by.visits_per_month=9", ("segments", 1, "visits_per_month"), 9),
        ("segments[0].journeys={coffee: 1}", ("segments", 0, "journeys"), {"coffee": 1.0}),
        ("plans.welcome.money.7.3.2d=70", ("plans", "welcome", "money", "7.3.2d", "per_month"), 70),
        ("plans.welcome.money.7.3.2d.start=1", ("plans", "welcome", "money", "7.3.2d", "start"), 1),
        ("plans.new.money.culture=10", ("plans", "new", "money", "culture", "per_month"), 10),
        ("organisation.maturity.7.3.2d=4", ("organisation", "maturity", "7.3.2d"), 4),
        ("organisation.maturity=4", ("organisation", "maturity"), 4),
        ("demand.profiles.evening={fri: 1}", ("demand", "profiles", "evening"), {"fri": 1}),
        ("horizon.months = 3", ("horizon", "months"), 3),
        ("bond_gain=0.2", ("parameters", "bond_gain"), 0.2),
        ("bond_gain=1e-3", ("parameters", "bond_gain"), 0.001),
        ("weight.7.1.1a.alignment=0.5", ("parameters", "weight.7.1.1a.alignment"), 0.5),
        ("question=Does 1 = 1?", ("question",), "Does 1 = 1?"),
    ],
)
def test_an_override_reaches_its_field(override: str, path: tuple[str | int, ...], value: Any) -> None:
    data: Any = cafe(override).model_dump()
    for part in path:
        data = data[part]
    assert data == value


def test_an_override_of_a_part_keeps_the_rest() -> None:
    money = cafe("plans.welcome.money.7.3.2d.start=1").plans["welcome"].money
    assert (money["7.3.2d"].per_month, money["engagement"].per_month) == (50, 150)


def test_the_last_override_wins_and_the_file_stays_as_it_is() -> None:
    assert cafe("touchpoints.counter.staff=3", "touchpoints.counter.staff=4").touchpoints[0].staff == 4
    assert CAFE.read_text(encoding="utf-8") == TEXT


def test_one_maturity_can_be_overridden_where_the_file_gives_one_level_for_all(tmp_path: Path) -> None:
    path = tmp_path / "level.yaml"
    path.write_text(changed(("{culture: 3.5, 7.3.2d: 2.5}", "2")), encoding="utf-8")
    organisation = load(path, sets=["organisation.maturity.culture=4"]).organisation
    assert (organisation.maturity_of("7.2.1a"), organisation.maturity_of("7.1.1a")) == (4, 2)


def test_the_mean_of_a_plain_duration_can_be_overridden() -> None:
    assert cafe("touchpoints.kiosk.service_time.mean=4").touchpoints[2].service_time.mean == 4


@pytest.mark.parametrize(
    ("override", "first", "hint"),
    [
        (
            "touchpoints.conter.staff=3",
            "touchpoints.conter.staff: there is no 'conter' in touchpoints",
            "did you mean counter?",
        ),
        ("touchpoints[7].staff=3", "touchpoints[7].staff: there is no '7' in touchpoints", ""),
        ("touchpoints.conter=3", "touchpoints.conter: there is no 'conter' in touchpoints", ""),
        ("tochpoints.counter.staff=3", "tochpoints.counter.staff is neither a field nor a parameter", ""),
        ("bond_gian=3", "bond_gian is neither a field nor a parameter", "did you mean bond_gain?"),
        ("horizon.month=3", "horizon.month is not known here", "did you mean months?"),
        ("staff", "--set 'staff' must have the form path=value", "for example --set market.customers=500"),
        ("=3", "--set '=3' must have the form path=value", ""),
        (".=3", "", ""),
        ("[]=3", "", ""),
        ("market.people=[1", "market.people(='[1') is no value", ""),
        ("market.people=a\x07b", "market.people", ""),
        ("horizon.start=2026-02-30", "horizon.start", ""),
        ("market.people.more=3", "market.people", ""),
    ],
)
def test_an_override_that_leads_nowhere_is_refused(override: str, first: str, hint: str) -> None:
    problem = only(problems_with(override))
    assert problem.startswith(first)
    assert hint in problem


@pytest.mark.parametrize("override", ["touchpoints.counter.staff=-3", "market.customers=500"])
def test_a_wrong_override_is_not_blamed_on_a_line_of_the_file(override: str) -> None:
    assert "line" not in only(problems_with(override))


def test_an_override_and_the_file_are_checked_together() -> None:
    problems = problems_with("bond_gian=3", "market.customers=500")
    assert {dotted.path[0] for dotted in problems} == {"bond_gian", "market"}
