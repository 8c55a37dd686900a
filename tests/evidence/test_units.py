"""Facts across units: differences are as stated, and correlations of true scores are freed from luck."""

import numpy as np
import pytest

from sxsim.evidence import units
from sxsim.evidence.units import SPREADS, true_correlation, unit_values


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
    found = units.units({}, 0, 16)
    assert found["engagement_turnover"] < 0.3
    assert set(found) >= {"engagement_satisfaction_surveyed", "best_quarter_turnover"}
