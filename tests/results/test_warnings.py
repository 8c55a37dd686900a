"""What a reader should know is said, and only then."""

from typing import Any

import numpy as np
import pytest

from sxsim.results.warnings import warnings_of

from ..scenario.cafe import cafe
from .hand_made import empty, lively


def settled(satisfaction: list[float], months: int = 2) -> Any:
    record = lively(warm_up=len(satisfaction), months=months)
    record.sites["active"] = 10
    record.sites["loyalty"] = 6
    record.contacts["turned_away"] = 0
    record.sites["satisfaction"] = np.array([*satisfaction, *[satisfaction[-1]] * months])[:, None] * 10
    return record


@pytest.mark.parametrize(
    ("first", "last", "warned"), [(0.60, 0.63, True), (0.63, 0.60, True), (0.60, 0.615, False), (0.60, 0.60, False)]
)
def test_a_trend_left_in_the_last_six_months_of_the_warm_up_is_a_warning(
    first: float, last: float, warned: bool
) -> None:
    record = settled([0.1, 0.9, first, 0.5, 0.5, 0.5, 0.5, last])
    texts = warnings_of([record, record], cafe("horizon.warm_up=8"))
    assert any("satisfaction still moves" in text for text in texts) == warned
    if warned:
        assert f"{100 * (last - first):+.1f} points in the last six warm-up months (declared: 2.0)" in texts[0]


def test_a_declared_trend_is_no_warning() -> None:
    record = settled([0.6, 0.6, 0.6, 0.6, 0.6, 0.63])
    assert warnings_of([record] * 2, cafe("horizon.warm_up=6", "horizon.declared_drift=0.05")) == []
    assert len(warnings_of([record] * 2, cafe("horizon.warm_up=6", "horizon.declared_drift=0"))) == 1


def test_no_warm_up_one_replication_few_contacts_and_an_empty_house_are_warnings() -> None:
    record = empty(warm_up=0, months=3)
    record.sites["active"][:2] = 5
    record.contacts["served"][2] = 1
    texts = warnings_of([record], cafe("horizon.warm_up=0"))
    for piece in (
        "there is no warm-up",
        "one replication shows no spread",
        "only 6 contacts",
        "every customer had left",
    ):
        assert sum(piece in text for text in texts) == 1
    assert len(texts) == 4


def test_a_usual_run_has_no_warning() -> None:
    records = [lively(0), lively(1)]
    for record in records:
        record.contacts["turned_away"] = 0
    assert warnings_of(records, cafe()) == []


def test_many_turned_away_and_customers_that_come_or_go_in_the_warm_up_are_warnings() -> None:
    record = settled([0.6] * 6)
    record.contacts["turned_away"][6:] = record.contacts["served"][6:]
    record.sites["active"][:6] = np.array([10, 10, 10, 10, 10, 12])[:, None]
    record.sites["satisfaction"][:6] = record.sites["active"][:6] * 0.6
    record.sites["loyalty"][:6] = record.sites["active"][:6] * 0.6
    texts = warnings_of([record] * 2, cafe("horizon.warm_up=6"))
    assert any("were turned away because it was closed or full" in text for text in texts)
    assert any("the number of customers still moves by +17%" in text for text in texts)


@pytest.mark.parametrize(("missed", "warned"), [(9, False), (10, False), (11, True)])
def test_more_than_a_tenth_turned_away_is_a_warning(missed: int, warned: bool) -> None:
    record = lively(0)
    for name in ("abandoned", "balked", "turned_away"):
        record.contacts[name] = 0
    record.contacts["served"] = 100 - missed
    record.contacts["turned_away"] = missed
    texts = warnings_of([record] * 2, cafe())
    assert any("were turned away" in text for text in texts) == warned


def test_a_short_warm_up_is_not_called_none() -> None:
    assert not any("there is no warm-up" in text for text in warnings_of([lively()] * 2, cafe("horizon.warm_up=1")))


@pytest.mark.parametrize(
    ("left", "drift", "said"), [(8, 0.0005, True), (8, 0.0, False), (10, 0.0005, False), (12, 0.0005, False)]
)
def test_customers_lost_while_the_market_rises_are_said_to_be_the_markets(left: int, drift: float, said: bool) -> None:
    record = settled([0.6] * 6, months=12)
    record.sites["active"][-1] = left
    texts = warnings_of(
        [record] * 2, cafe("horizon.warm_up=6", f"market.outside_drift={drift}", "market.expectation_drift=0")
    )
    found = [text for text in texts if "this is the market's doing" in text]
    assert bool(found) == said
    if said:
        assert "customers fall by 20% while the market rises (market.outside_drift 0.0005 a month)" in found[0]
