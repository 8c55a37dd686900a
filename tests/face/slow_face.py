"""Single changes whose effects take years: as `test_face.py`, before a release."""

import pytest

from tests.face.face import EXPERIMENTS, Experiment, misses

SLOW = [experiment for experiment in EXPERIMENTS if experiment.slow]


@pytest.mark.parametrize("experiment", SLOW, ids=lambda experiment: experiment.name)
def test_nothing_goes_against_what_is_expected_in_years(experiment: Experiment) -> None:
    assert misses(experiment) == []
