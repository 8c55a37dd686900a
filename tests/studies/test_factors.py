"""Factors: the distributions they are drawn from."""

import math
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError
from scipy import stats

from sxsim.running.plans import load
from sxsim.running.task import Point
from sxsim.scenario.problems import InvalidInput
from sxsim.standard.catalogue import ELEMENTS, OBSTACLES
from sxsim.studies.factors import Factor, Varied, check_ends, factors_of
from sxsim.studies.study import load_experiment
from tests.studies.experiments import CAFE, experiment_file

PLACES = np.linspace(0.001, 0.999, 500)


def drawn(factor: Factor) -> list[float]:
    """Values at even places."""
    return [factor.at(float(place)) for place in PLACES]


def test_distributions_are_those_of_the_textbook() -> None:
    even = Factor("x", (), 2.0, 10.0)
    log = Factor("x", (), 2.0, 10.0, distribution="log_uniform")
    peaked = Factor("x", (), 2.0, 10.0, distribution="triangular", most_likely=4.0)
    assert drawn(even) == pytest.approx(list(stats.uniform(2, 8).ppf(PLACES)))
    assert drawn(log) == pytest.approx(list(stats.loguniform(2, 10).ppf(PLACES)))
    assert drawn(peaked) == pytest.approx(list(stats.triang(0.25, 2, 8).ppf(PLACES)))


@pytest.mark.parametrize("peak", [2.0, 10.0])
def test_a_peak_at_an_end(peak: float) -> None:
    factor = Factor("x", (), 2.0, 10.0, distribution="triangular", most_likely=peak)
    assert drawn(factor) == pytest.approx(list(stats.triang((peak - 2) / 8, 2, 8).ppf(PLACES)))


@given(st.floats(0, 1, exclude_max=True), st.sampled_from(["uniform", "log_uniform", "triangular"]))
def test_every_value_lies_in_the_range(place: float, kind: str) -> None:
    factor = Factor("x", (), 0.5, 7.5, distribution=kind, most_likely=3.0)
    assert 0.5 <= factor.at(place) <= 7.5 + 1e-12


def test_whole_numbers_stay_whole_whatever_they_are_drawn_from() -> None:
    factor = Factor("x", (), 10.0, 1000.0, whole=True, distribution="log_uniform")
    assert all(value == math.floor(value) for value in drawn(factor))


@pytest.mark.parametrize(
    ("fields", "words"),
    [
        ({"distribution": "log_uniform", "low": 0, "high": 2}, "must be > 0 for a log_uniform distribution"),
        ({"distribution": "triangular", "low": 1, "high": 2}, "most_likely goes with distribution: triangular"),
        ({"most_likely": 1.5, "low": 1, "high": 2}, "most_likely goes with distribution: triangular"),
        (
            {"distribution": "triangular", "most_likely": 3, "low": 1, "high": 2},
            r"must lie between low\(=1\) and high\(=2\)",
        ),
    ],
)
def test_a_wrong_distribution_is_refused(fields: dict[str, object], words: str) -> None:
    with pytest.raises(ValidationError, match=words):
        Varied.model_validate({"path": "market.customers"} | fields)


def test_a_factor_may_scale_several_fields_and_whole_numbers_stay_whole() -> None:
    varied = Varied.model_validate(
        {
            "name": "size",
            "low": 0.5,
            "high": 2,
            "scales": {"sites.site.staff_factor": 1, "market.people": 301, "market.customers": 100},
        }
    )
    scenario = load(CAFE)
    (factor,) = factors_of(varied, scenario, "today")
    check_ends([factor], scenario)
    assert dict(Point.of([factor], [1.5], 0).settings) == {
        "market.customers": 150, "market.people": 452, "sites.site.staff_factor": 1.5,
    }  # fmt: skip


def test_a_star_stands_for_everything_at_its_place() -> None:
    spread = dict.fromkeys(ELEMENTS[:3], 1.0)
    scenario = load(CAFE, sets=[f"plans.one.money={spread}", "plans.two.money={culture: 5}"])
    varied = Varied.model_validate({"name": "budget", "low": 1, "high": 2, "scales": {"plans.*.money.*.per_month": 10}})
    (factor,) = factors_of(varied, scenario, "today")
    named = {f"plans.one.money.{name}.per_month" for name in ELEMENTS[:3]} | {"plans.two.money.culture.per_month"}
    assert named <= set(factor.paths)
    assert dict(Point.of([factor], [1.5], 0).settings)["plans.two.money.culture.per_month"] == 15


def test_a_star_that_stands_for_nothing_is_refused() -> None:
    varied = Varied.model_validate({"name": "x", "low": 1, "high": 2, "scales": {"plans.today.money.*": 1}})
    with pytest.raises(InvalidInput, match="fits no field"):
        factors_of(varied, load(CAFE), "today")


def test_the_nine_obstacles_vary_together_as_factors() -> None:
    found = factors_of(Varied.model_validate({"obstacles": "severity", "low": 0, "high": 0.8}), load(CAFE), "today")
    assert [factor.name for factor in found] == list(OBSTACLES)
    assert found[2].paths == ("organisation.obstacles.silos",)


def test_scales_needs_a_name() -> None:
    with pytest.raises(ValidationError, match="needs a name for what it stands for"):
        Varied.model_validate({"scales": {"market.people": 1}, "low": 1, "high": 2})


@pytest.mark.parametrize(
    ("other", "shared"),
    [
        (
            {"path": "organisation.maturity.design", "low": 2, "high": 4, "name": "again"},
            "organisation.maturity.design",
        ),
        (
            {"scales": {"organisation.maturity.design": 1}, "low": 2, "high": 4, "name": "scaled"},
            "organisation.maturity.design",
        ),
    ],
)
def test_two_factors_on_one_field_are_refused(tmp_path: Path, other: dict[str, object], shared: str) -> None:
    """Only the last would count, and the other would rank as one without effect."""
    first = {"path": "organisation.maturity.design", "low": 2, "high": 4}
    with pytest.raises(InvalidInput, match=f"both set {shared}"):
        load_experiment(experiment_file(tmp_path, factors=[first, other]))
