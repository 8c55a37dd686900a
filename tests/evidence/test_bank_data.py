"""What was measured at the bank: the package's statistics hang together, and what is derived from them is derived right."""

import math

import pytest

from sxsim.evidence.bank_data import (
    DAYS,
    FEBRUARY,
    JANUARY,
    MONTHS,
    first_attempts,
    month,
    observed_wait_90,
    patience_factors,
    service_by_cell,
    service_time,
    shares,
)


@pytest.mark.parametrize("name", MONTHS)
def test_the_profile_gives_the_observed_figures_of_the_window(name: str) -> None:
    of = month(name)
    calls = math.fsum(c.calls * c.days for c in of.window)
    assert len(of.window) == 140
    assert math.fsum(c.abandoned * c.days for c in of.window) / calls == pytest.approx(
        of.observed["abandoned"], abs=0.0015
    )
    assert math.fsum(c.queued * c.days for c in of.window) / calls == pytest.approx(of.observed["waits"], abs=0.001)


@pytest.mark.parametrize("name", MONTHS)
def test_types_and_classes_add_up_to_the_month(name: str) -> None:
    of = month(name)
    assert sum(kind.served for kind in of.types.values()) == of.long_calls
    assert (
        sum(kind.abandoned for kind in of.types.values())
        == of.abandoned
        == pytest.approx(of.classes["vip"]["abandoned"] + of.classes["others"]["abandoned"])
    )
    mean = math.fsum(k.served * k.mean for k in of.types.values()) / of.long_calls
    assert mean == pytest.approx(of.service_mean_long, rel=0.001)
    waited = math.fsum(k.abandoned * k.patience for k in of.types.values())
    assert waited / of.abandoned == pytest.approx(of.patience, rel=0.002)


def test_first_attempts_are_calls_less_redials() -> None:
    for name in MONTHS:
        of = month(name)
        attempts = math.fsum(x for row in first_attempts(of).values() for x in row)
        day = [c for c in of.cells if c.half_hour >= 14]
        calls, again = math.fsum(c.calls for c in day), of.redial * math.fsum(c.abandoned for c in day)
        assert calls - again <= attempts < calls - 0.97 * again  # a few redials come after closing


def test_shares_and_patience_follow_from_counts() -> None:
    of = month(JANUARY)
    first, kinds = shares(of)
    assert math.fsum(first.values()) == pytest.approx(1)
    assert math.fsum(kinds.values()) == pytest.approx(1)
    assert first == pytest.approx({"vip": 0.565, "regular": 0.273, "prospects": 0.162}, abs=0.005)
    vip, regular = patience_factors(of)
    assert (vip, regular) == pytest.approx((1.28, 0.73), abs=0.01)
    minutes, variation = service_time(of, of.types["PS"])
    assert minutes == pytest.approx(198.9 / 60 * 185.35 / 194.07)
    assert math.log(1 + variation**2) == pytest.approx(0.864**2 - 0.193**2)


def test_service_by_half_hour_has_the_mean_of_the_month() -> None:
    of = month(JANUARY)
    service = service_by_cell(of)
    served = math.fsum(c.served * c.days for c in of.window)
    mean = 60 * math.fsum(service[c.day, c.half_hour] * c.served * c.days for c in of.window) / served
    assert mean == pytest.approx(of.service_mean, rel=0.01)
    assert {day for day, _ in service} == set(DAYS)


def test_the_ninety_percent_wait_lies_on_an_exponential_between_measured_quantiles() -> None:
    of = month(JANUARY)
    wait = observed_wait_90(of)
    longer = 0.1 / 0.594  # of those who wait
    assert 91 < wait < 153
    assert math.log(longer) == pytest.approx(
        math.log(0.25) + (wait - 91) / (153 - 91) * (math.log(0.1) - math.log(0.25)), abs=1e-9
    )
    assert wait == pytest.approx(117.7, abs=0.1)
    assert observed_wait_90(month(FEBRUARY)) == pytest.approx(138.3, abs=0.1)


def test_february_differs_as_measured() -> None:
    january, february = month(JANUARY), month(FEBRUARY)
    assert shares(february)[0]["prospects"] > 1.2 * shares(january)[0]["prospects"]
    assert february.patience < january.patience
    assert february.observed["abandoned"] > january.observed["abandoned"]
    agents = [math.fsum(c.agents * c.days for c in of.window) for of in (january, february)]
    assert agents[1] / 560 < agents[0] / 529
