"""Every KPI against a figure worked out by hand."""

import math
import re

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sxsim.engines.records import Records
from sxsim.engines.world import WAIT_BINS, WAIT_LOW, WAIT_WIDTH
from sxsim.results.intervals import range_of
from sxsim.results.kpis import KPIS, month_kpis, run_kpis, wait_quantile, window_months
from sxsim.standard.catalogue import ELEMENTS

from .hand_made import empty

RATE = 0.08
#: Two sites in each of the last twelve months.
SITES = {
    "visits": (30, 10), "active_start": (50, 30), "active": (40, 20), "outside_start": (100, 60), "joiners": (6, 2),
    "returners": (1, 1), "leavers": (5, 3), "stayed_12": (25, 11), "repurchased": (30, 15), "recommended": (8, 4),
    "asked": (20, 10), "answers": (12, 6), "promoters": (6, 3), "detractors": (2, 1), "headcount": (4, 2),
    "quits": (2, 1), "vacancies": (2, 0), "applicants": (5, 1), "satisfaction": (28, 12), "loyalty": (30, 12),
    "engagement": (2.4, 1.2), "practising": (2, 1), "busy_minutes": (600, 200), "duty_minutes": (1000, 600),
    "revenue": (900, 300), "contact_cost": (100, 50), "failure_cost": (40, 20), "acquisition_cost": (10, 0),
    "cost": (500, 200), "investment": (60, 40), "result": (340, 60), "expectation": (22, 8), "served_12": (16, 9),
    "satisfaction_served": (12, 8), "month_0": (35, 15), "satisfaction_of_month_0": (21, 9), "delight_of_month_0": (7, 3),
    "time_standard": (1.8, 1.0), "floors": (2, 2),
}  # fmt: skip
#: Contacts of the first site's first touchpoint and segment, and of the second site's last.
CONTACTS = {
    "served": (60, 20), "abandoned": (8, 2), "balked": (4, 2), "turned_away": (3, 1), "level_0": (18, 7),
    "level_1": (30, 10), "level_2": (12, 3), "level_3": (10, 4), "level_4": (5, 1), "delighted": (12, 4),
    "problems": (10, 5), "voiced": (4, 2), "noticed": (3, 1), "put_right": (3, 1), "cases_put_right": (1, 2),
    "cases": (3, 1), "cases_closed": (1, 1), "wait": (120.0, 60.0), "wasted": (5, 3), "expectation": (50.0, 10.0),
}  # fmt: skip
#: 100 attempts a month: by hand, and the wait of the worst ten is in a bin of its own.
EXPECTED = {
    "satisfaction": 100 * 40 / 60,
    "loyalty": 100 * 42 / 60,
    "satisfaction_served": 80,
    "satisfaction_of_month_0": 60,
    "delight_of_month_0": 0.2,
    "expectation": 50,
    "wasted_gestures": 8 / 80,
    "time_standard": 0.7,
    "nps": 100 * (9 - 3) / 18,
    "delight_rate": 16 / 80,
    "level_0": 0.25,
    "level_1": 0.40,
    "level_2": 0.15,
    "level_3": 0.14,
    "level_4": 0.06,
    "wait_mean": 1.8,
    "abandon_rate": 0.10,
    "turned_away_rate": 0.10,
    "complaint_rate": 6 / 15,
    "recovery_rate": 7 / 8,
    "churn_rate": 8 / 80,
    "retention_12m": 36 / 600,
    "active_customers": 60,
    "visits": 40,
    "repurchase_rate": 45 / 60,
    "recommendation_rate": 12 / 80,
    "joiners_share": 10 / 160,
    "feedback_rate": 18 / 30,
    "utilisation": 800 / 1600,
    "engagement": 60,
    "commitment": 0.5,
    "turnover_12m": 12 * 3 / 6,
    "applicants_per_vacancy": 3,
    # two months at ten times the twelve others
    "revenue": 1200 * 32 / 14,
    "cost": 700 * 32 / 14,
    "failure_cost": 60 * 32 / 14,
    "acquisition_cost": 10 * 32 / 14,
    "cost_per_contact": 700 / 80,
    "investment": 100 * 32 / 14,
    "result": 400 * 32 / 14,
    "npv": sum(400 * (10 if m < 2 else 1) * 1.08 ** (-(m + 1) / 12) for m in range(14)),
    "customer_equity": 60 * (1200 - (700 - 10)) / 60 * 0.9 / (1.08 ** (1 / 12) - 0.9),
}
EXPECTED |= {"maturity_level": 1.0, "maturity_mean": 2.0, "maturity_level_12m": 1.0, "maturity_mean_12m": 2.0}
EXPECTED |= {"maturity_level_best": 5.0, "maturity_mean_best": 5.0}
EXPECTED |= {f"maturity.{slug}": 1 + number / 4 for number, slug in enumerate(ELEMENTS)}


@pytest.fixture
def records() -> Records:
    """A month of warm-up (a thousand times the figures), two months (ten times), then twelve usual months."""
    made = empty(warm_up=1, months=14, sites=2, touchpoints=2, segments=2)
    factor = np.array([1000, 10, 10, *[1] * 12])
    for name, values in SITES.items():
        made.sites[name] = factor[:, None] * np.array(values)
    for name, (first, last) in CONTACTS.items():
        made.contacts[name][:, 0, 0, 0] = factor * first
        made.contacts[name][:, 1, 1, 1] = factor * last
    made.waits[:, 0, 0], made.waits[:, 1, 0] = 5 * factor, 3 * factor
    made.waits[:, 1, 100] = 2 * factor
    made.maturity[:] = 5.0
    made.maturity[-1] = [1 + number / 4 for number in range(9)]
    return made


def test_what_was_held_is_the_lowest_of_the_last_twelve_months() -> None:
    made = empty(warm_up=1, months=20)
    made.maturity[:] = 4.5
    made.maturity[8] = 2.0  # the 8th month, 13 months before the end
    assert run_kpis(made, RATE)["maturity_mean_12m"] == 4.5
    made.maturity[15, 3] = 3.0
    found = run_kpis(made, RATE)
    assert (found["maturity_level_12m"], found["maturity_mean_12m"]) == (3.0, pytest.approx((8 * 4.5 + 3) / 9))
    assert (found["maturity_level"], found["maturity_mean"]) == (4.5, 4.5)


def test_the_best_is_the_highest_since_month_0() -> None:
    made = empty(warm_up=1, months=20)
    made.maturity[:] = 3.0
    made.maturity[0] = 5.0  # before the run
    made.maturity[4] = [4.5] * 8 + [3.6]
    found = run_kpis(made, RATE)
    assert (found["maturity_level_best"], found["maturity_mean_best"]) == (3.6, pytest.approx(39.6 / 9))


def test_every_kpi_is_worked_out_by_hand() -> None:
    assert set(EXPECTED) | {"wait_p90"} == set(KPIS)


@pytest.mark.parametrize("name", sorted(EXPECTED))
def test_a_kpi_is_what_its_formula_says(records: Records, name: str) -> None:
    assert run_kpis(records, RATE)[name] == pytest.approx(EXPECTED[name], rel=1e-9)


def test_the_ninth_of_ten_waits_lies_in_its_bin(records: Records) -> None:
    # 80 % of the attempts did not wait, 20 % are in bin 100: half way through it
    assert run_kpis(records, RATE)["wait_p90"] == pytest.approx(WAIT_LOW * math.exp(WAIT_WIDTH * 99.5))


@pytest.mark.parametrize("name", sorted(set(KPIS) - {"retention_12m", "npv", "customer_equity"}))
def test_a_kpi_of_a_month_and_site_takes_this_month_and_site_alone(records: Records, name: str) -> None:
    first = records.sites[[5]][:, [0]]
    alone = empty(warm_up=0, months=1, sites=1, touchpoints=2, segments=2)
    alone.sites[:] = first
    alone.contacts[:] = records.contacts[[5]][:, [0]]
    alone.waits[:], alone.maturity[:] = records.waits[[5]][:, [0]], records.maturity[[5]]
    assert month_kpis(records, RATE)[name][5, 0] == pytest.approx(run_kpis(alone, RATE)[name], nan_ok=True)


def test_the_months_discounted_results_add_up_to_the_net_present_value(records: Records) -> None:
    npv = month_kpis(records, RATE)["npv"]
    assert npv.shape == (15, 2)
    assert npv[0].sum() == 0
    assert npv.sum() == pytest.approx(EXPECTED["npv"])


def test_retention_looks_back_twelve_months_and_is_not_defined_before(records: Records) -> None:
    retention = month_kpis(records, RATE)["retention_12m"]
    assert np.isnan(retention[:13]).all()
    assert retention[13, 0] == pytest.approx(25 / 400)
    short = empty(warm_up=6, months=12)
    short.sites["active"] = 5
    assert math.isnan(run_kpis(short, RATE)["retention_12m"])
    assert math.isnan(run_kpis(empty(warm_up=3, months=6), RATE)["retention_12m"])


COUNTS = {
    "active_customers",
    "visits",
    "revenue",
    "cost",
    "failure_cost",
    "acquisition_cost",
    "investment",
    "result",
    "npv",
}


def test_a_kpi_without_a_denominator_is_not_defined() -> None:
    found = run_kpis(empty(warm_up=0, months=14), RATE)
    for name, value in found.items():
        if name.startswith("maturity"):
            assert value == 3
        elif name in COUNTS:
            assert value == 0, name
        else:
            assert math.isnan(value), name


@pytest.mark.parametrize("missing", ["active", "active_start"])
def test_customer_equity_without_customers_is_not_defined(records: Records, missing: str) -> None:
    records.sites[missing] = 0
    assert math.isnan(run_kpis(records, RATE)["customer_equity"])


@pytest.mark.parametrize(
    ("window", "warm_up", "months", "expected"),
    [
        ("end", 2, 20, (19, 20)),
        ("horizon", 2, 20, (2, 20)),
        ("last 12 months", 2, 20, (8, 20)),
        ("last 12 months", 2, 14, (2, 14)),
        ("last 12 months", 2, 5, (2, 5)),
        ("last 12 months", 0, 1, (0, 1)),
    ],
)
def test_a_window_leaves_out_the_warm_up(window: str, warm_up: int, months: int, expected: tuple[int, int]) -> None:
    found = window_months(window, warm_up, months)  # type: ignore[arg-type]
    assert (found.start, found.stop) == expected


def bin_of(wait: float) -> int:
    return 0 if wait <= 0 else min(max(int(math.log(wait / WAIT_LOW) / WAIT_WIDTH) + 1, 1), WAIT_BINS - 1)


@settings(deadline=None, derandomize=True, max_examples=80)
@given(
    st.lists(st.one_of(st.just(0.0), st.floats(0.011, 10_000.0)), min_size=1, max_size=200),
    st.sampled_from([0.1, 0.5, 0.9, 0.99]),
)
def test_a_quantile_of_waits_is_right_within_a_bin(waits: list[float], share: float) -> None:
    counts = np.zeros(WAIT_BINS, np.int64)
    for wait in waits:
        counts[bin_of(wait)] += 1
    exact = float(np.quantile(waits, share, method="inverted_cdf"))
    found = float(wait_quantile(counts, share))
    if exact == 0:
        assert found == 0
    else:
        assert abs(math.log(found / exact)) <= WAIT_WIDTH * 1.000001


def test_quantiles_of_many_histograms_are_those_of_each() -> None:
    counts = np.random.default_rng(1).integers(0, 5, (3, 4, WAIT_BINS))
    counts[0, 0] = 0
    found = wait_quantile(counts, 0.9)
    assert found.shape == (3, 4)
    assert math.isnan(found[0, 0])
    assert found[2, 3] == wait_quantile(counts[2, 3], 0.9)


def test_every_kpi_says_what_it_is() -> None:
    for name, kpi in KPIS.items():
        assert kpi.name == name
        assert re.fullmatch(r"[a-z0-9_.]+", name)
        assert kpi.meaning and kpi.formula and kpi.unit, name


def test_the_range_of_a_kpi_follows_its_unit() -> None:
    assert range_of("delight_rate") == range_of("churn_rate") == (0, 1)
    assert range_of("satisfaction") == (0, 100)
    assert range_of("nps") == (-100, 100)
    assert range_of("maturity.culture") == (1, 5)
    assert range_of("commitment") == (0, 1)
    assert range_of("wait_p90") == range_of("turnover_12m") == range_of("active_customers") == (0, math.inf)
    assert range_of("result") == (-math.inf, math.inf)


LOWER = {
    "level_0", "wait_mean", "wait_p90", "abandon_rate", "turned_away_rate", "churn_rate", "turnover_12m", "cost", "failure_cost",
    "acquisition_cost", "cost_per_contact", "wasted_gestures",
}  # fmt: skip


def test_less_is_better_of_waits_losses_and_cost_alone() -> None:
    assert {name for name, kpi in KPIS.items() if kpi.better == "lower"} == LOWER
