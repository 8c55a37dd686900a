"""A house at rest stays where it is. Slower houses and more years: slow_at_rest.py."""

import numpy as np

from tests.face.at_rest import Course, course


def test_the_company_stands_still() -> None:
    """Mean of eight runs over three years; the mean's error is about 1.5 % and .6 points: false alarm below 1 in 1,000."""
    found = course("company", 3, 8)
    assert found.drift < 0.06
    assert found.moved("loyalty") < 3.0
    assert found.moved("engagement") < 3.0


def test_what_moves_is_told_from_what_stands() -> None:
    steady, rising = np.full(4, 50.0), np.array([100.0, 104.0, 98.0, 90.0])
    found = Course(rising, steady, steady + np.arange(4), steady)
    assert round(found.drift, 6) == 0.1
    assert round(found.drift_in_a_year, 3) == 0.082
    assert (found.moved("loyalty"), found.moved("engagement")) == (0.0, 3.0)
