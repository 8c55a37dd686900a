"""Coverage: a search that is right covers the truth at the stated rate, and one that is wrong is found out."""

from pathlib import Path

import numpy as np

from sxsim.running.sharing import Work
from sxsim.studies.kinds.calibrate import CalibratePart, coverage_of
from sxsim.studies.methods.coverage import Coverage, checks, coverage
from sxsim.studies.methods.statistics import Array
from sxsim.studies.study import load_experiment, parts_of
from tests.studies.experiments import experiment_file
from tests.studies.methods.test_posterior import LUCK, normal_model

LOADINGS = np.array([[1.0, 0.3], [0.4, 1.0]])


def test_data_made_with_known_sets_cover_them_at_the_stated_rate() -> None:
    """120 intervals of 90 %: 94 to 118 hold the truth (false alarm 1 in 1000 and less, were the intervals exact)."""
    found = coverage(normal_model(LOADINGS), [0.3, 0.3], 2, data_sets=60, simulations=400, seed=1)
    assert 94 <= sum(found.covered) <= 118
    assert min(found.chance()) > 1e-5, "all data sets share the first wave, so their ranks are not quite independent"
    assert found.passed(0.001)


def test_an_error_that_is_understated_is_found_out() -> None:
    """The data are far noisier than the search is told."""

    def careless(places: Array, replications: list[int]) -> Array:
        found = normal_model(LOADINGS)(places, replications)
        if replications[0] >= 1_000_000:
            found = found + 6 * LUCK * np.random.default_rng(replications[0]).standard_normal(found.shape)
        return found

    found = coverage(careless, [0.05, 0.05], 2, data_sets=40, simulations=300, seed=1)  # type: ignore[arg-type]
    assert found.rate < 0.7
    assert min(found.chance()) < 0.001
    assert not found.passed(0.001)


def test_a_calibration_is_asked_for_sets_that_are_known(tmp_path: Path) -> None:
    """On the small café: six data sets, of which hardly any search misses four; what is finished is not run again."""
    asked = {
        "study": "calibrate", "kpis": None, "samples": None, "factors": [{"parameters": ["quality_kept", "answer_base"]}],
        "targets": [{"kpi": "satisfaction", "observed": 0, "error": 1}, {"kpi": "nps", "observed": 0, "error": 4}],
    }  # fmt: skip
    (part,) = parts_of(load_experiment(experiment_file(tmp_path, **asked)))
    assert isinstance(part, CalibratePart)
    first, second = Work(tmp_path, jobs=1), Work(tmp_path, jobs=1)
    found = coverage_of(part, first, data_sets=6, simulations=100)
    assert found.ranks.shape == (6, 2)
    assert found.passed(1e-4)
    assert 300 < first.count <= 6 + 35 + 6 * 65  # all begin with the same first wave
    assert coverage_of(part, second, data_sets=6, simulations=100).ranks.tobytes() == found.ranks.tobytes()
    assert second.count == 0


def test_ranks_are_counted() -> None:
    found = Coverage(0.9, np.array([[0.01, 0.5], [0.5, 0.94], [0.96, 0.06]]))
    assert found.covered == (1, 3)
    assert found.rate == 4 / 6


def test_verify_holds_what_calibration_covers_against_what_it_says() -> None:
    """Few data sets, so that it is quick: too few to tell, but the figures are there and are shares."""
    (check,) = checks(data_sets=4)
    assert (check.reality, check.known) == (0.9, False)
    assert 0.6 <= check.model <= 1.0
    assert check.low < check.model < check.high
