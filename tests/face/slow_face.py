"""Single changes against what was expected of them before they were run; too long for every change, so before a release."""

import pytest

from tests.face.face import EXPERIMENTS, Experiment, misses


@pytest.mark.parametrize("experiment", EXPERIMENTS, ids=lambda experiment: experiment.name)
def test_an_experiment_can_be_read_and_changes_something(experiment: Experiment) -> None:
    base, changed = experiment.loaded(False), experiment.loaded(True)
    plans = [scenario.plans[experiment.plan_name(which)] for which, scenario in ((False, base), (True, changed))]
    same = base.model_dump(exclude={"plans"}) == changed.model_dump(exclude={"plans"})
    assert not same or plans[0].model_dump(exclude={"description"}) != plans[1].model_dump(exclude={"description"})
    for expectation in experiment.expect:
        for part, known in (("site", base.sites), ("touchpoint", base.touchpoints), ("segment", base.segments)):
            name = getattr(expectation, part)
            assert name is None or name in [item.name for item in known], f"{part}(={name!r})"


@pytest.mark.parametrize("experiment", EXPERIMENTS, ids=lambda experiment: experiment.name)
def test_nothing_goes_against_what_is_expected(experiment: Experiment) -> None:
    assert misses(experiment) == []
