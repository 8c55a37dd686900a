"""Measures of facts about employees: components of variance, hazards by tenure, standards under pressure.

Facts across units: differences are as stated, and correlations of true scores are freed from luck.
"""

import numpy as np
import pytest

from sxsim.evidence import employees
from sxsim.evidence.employees import SPREADS, _within, true_correlation, unit_values


def test_variance_within_groups_by_hand() -> None:
    values, groups = np.array([1.0, 3.0, 10.0, 14.0, 12.0]), np.array([0, 0, 5, 5, 5])
    assert _within(values, groups) == pytest.approx((2 + 8) / (5 - 2))


def test_components_of_variance_are_found_again() -> None:
    """500 customers × 60 employees with known components; four standard errors are about .04."""
    chance = np.random.default_rng(1)
    customer, employee = np.repeat(np.arange(500), 60), np.tile(np.arange(60), 500)
    values = (
        0.3 * chance.standard_normal(500)[customer] + 0.5 * chance.standard_normal(60)[employee]
        + chance.standard_normal(30_000)
    )  # fmt: skip
    whole = values.var(ddof=1)
    assert 1 - _within(values, customer) / whole == pytest.approx(0.09 / 1.34, abs=0.04)
    assert 1 - _within(values, employee) / whole == pytest.approx(0.25 / 1.34, abs=0.06)


def test_without_talent_and_engagement_no_employee_differs() -> None:
    alike = {"quality_talent": 0.0, "quality_skill": 0.1, "quality_engagement": 0.05}
    assert employees.course(alike, 0)["variance_employee"] < 0.03


def test_quitting_follows_the_hump_of_the_rule() -> None:
    alike = {"quit_engagement": 0.0, "quit_strain": 0.0}
    flat = employees.workforce(alike | {"quit_tenure_early": 2.0, "quit_tenure_rise": 0.0}, 0)
    humped = employees.workforce(alike | {"quit_tenure_early": 0.1, "quit_tenure_rise": 3.0}, 0)
    assert humped["quitting_24_36_months"] < 0.8 < flat["quitting_24_36_months"] < 1.25
    assert humped["quitting_3_6_months"] < 0.8


def test_standards_hold_where_nothing_erodes() -> None:
    found = employees.lending({"standard_erosion_days": 1e9}, 0)
    assert found == pytest.approx({"standard_after_a_surge": 1.0, "standard_when_protected": 1.0})


def test_units_differ_as_stated() -> None:
    drawn = [unit_values(unit) for unit in range(400)]
    levels = np.array([fields["organisation.maturity.culture"] for fields, _ in drawn])
    failures = np.log([fields["touchpoints.counter.failure_rate"] for fields, _ in drawn])
    premises = np.array([own["quality_kept"] for _, own in drawn])
    for found, name in ((levels, "maturity"), (failures, "failure"), (premises, "premises")):
        assert found.std() == pytest.approx(SPREADS[name], rel=0.15), name
    assert unit_values(7) == drawn[7]


def test_true_correlations_are_freed_from_luck() -> None:
    """Known r of .4 under noise as strong as the signal, 20,000 units: four standard errors are .04."""
    chance = np.random.default_rng(1)
    first = chance.standard_normal(20_000)
    second = 0.4 * first + np.sqrt(1 - 0.16) * chance.standard_normal(20_000)
    noisy = [figure + chance.standard_normal((2, 20_000)) for figure in (first, second)]
    assert np.corrcoef(noisy[0][0], noisy[1][0])[0, 1] == pytest.approx(0.2, abs=0.03)
    assert true_correlation(*noisy) == pytest.approx(0.4, abs=0.04)


def test_engaged_units_please_their_customers_and_keep_their_people() -> None:
    found = employees.units({}, 0, 16)
    assert found["engagement_turnover"] < 0.3
    assert set(found) >= {"engagement_satisfaction_surveyed", "best_quarter_turnover"}
