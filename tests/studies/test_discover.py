"""Discovery: a box that is there is found and judged honestly; where there is none, none is claimed."""

import csv
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray

from sxsim.scenario.problems import InvalidInput
from sxsim.studies.discover import DiscoverPart, Limit, _goes_with, find_box
from sxsim.studies.experiment import load_experiment
from sxsim.studies.study import Study, planned, study
from tests.studies.experiments import SMALL, experiment_file

NAMES = ["a", "b", "c", "d"]


def conditions(count: int, seed: int) -> NDArray[np.float64]:
    """Conditions over four factors, 0–1."""
    return np.random.default_rng(seed).random((count, 4))


def test_a_box_that_is_there_is_found() -> None:
    values = conditions(600, 1)
    noise = np.random.default_rng(2).random(600) < 0.03
    box = find_box(NAMES, values, (values[:, 0] > 0.6) & (values[:, 2] < 0.5) | noise, 0.05)
    assert box is not None
    limits = {limit.factor: limit for limit in box.limits}
    assert limits["a"].low == pytest.approx(0.6, abs=0.06)
    assert limits["c"].high == pytest.approx(0.5, abs=0.06)
    assert (limits["a"].high, limits["c"].low) == (None, None)
    assert box.density[0] > 0.85
    assert box.coverage[0] > 0.7
    assert box.mass == pytest.approx(0.2, abs=0.05)


def test_a_box_is_found_where_failing_is_common_and_where_it_is_rare() -> None:
    values = conditions(900, 5)
    for inside, outside in ((0.92, 0.4), (0.35, 0.02)):
        chance = np.where(values[:, 3] < 0.5, inside, outside)
        box = find_box(NAMES, values, np.random.default_rng(6).random(900) < chance, 0.05)
        assert box is not None
        assert {limit.factor: limit for limit in box.limits}["d"].high == pytest.approx(0.5, abs=0.08)


def test_lying_in_a_box_goes_with_failing_as_a_correlation() -> None:
    random = np.random.default_rng(7)
    inside, fails = random.random(200) < 0.4, random.random(200) < 0.7
    assert _goes_with(inside, fails) == pytest.approx(np.corrcoef(inside, fails)[0, 1])
    assert _goes_with(np.ones(200, bool), fails) == 0.0


def test_a_box_is_judged_on_conditions_it_has_not_seen() -> None:
    """The stated density covers the true one in 95 % of cases; of at least 30 boxes 5 may miss (false alarm 1 in 300)."""
    covered = missed = 0
    for seed in range(40):
        values = conditions(400, seed)
        chance = np.where((values[:, 1] > 0.7), 0.8, 0.1)
        fails = np.random.default_rng(seed + 100).random(400) < chance
        box = find_box(NAMES, values, fails, 0.05)
        if box is None:
            continue
        many = conditions(20_000, seed + 1000)
        true = np.where(many[:, 1] > 0.7, 0.8, 0.1)[box.holds(NAMES, many)].mean()
        inside = box.density[1] <= true <= box.density[2]
        covered, missed = covered + inside, missed + (not inside)
    assert covered + missed >= 30
    assert missed <= 5


def test_scattered_failures_make_no_box() -> None:
    """By chance alone a box stands in at most one of ten sets of scattered failures."""
    found = [
        find_box(NAMES, conditions(300, seed), np.random.default_rng(seed + 500).random(300) < 0.25, 0.05)
        for seed in range(20)
    ]
    assert sum(box is not None for box in found) <= 4


def test_a_limit_that_chance_may_have_made_is_left_out() -> None:
    stated = 0
    for seed in range(12):
        values = conditions(120, seed)
        fails = np.random.default_rng(seed + 50).random(120) < np.where(values[:, 1] > 0.6, 0.7, 0.2)
        box = find_box(NAMES, values, fails, 0.05)
        for limit in box.limits if box else ():
            assert limit.chance < 0.05
            stated += 1
    assert stated > 3


def test_limits_in_words() -> None:
    assert str(Limit("wage", 2100.0, None, 0.0)) == "wage above 2 100"
    assert str(Limit("wage", None, 0.12345, 0.0)) == "wage below 0.1235"
    assert str(Limit("wage", 0.1, 0.2, 0.0)) == "wage between 0.1 and 0.2"


def discover_file(folder: Path, **fields: Any) -> Path:
    """An experiment that asks when a higher price brings less revenue."""
    data = {
        "study": "discover", "plan": "higher-price", "fails": {"kpi": "revenue", "below": 0}, "samples": 60, "replications": 1,
        "set": SMALL | {"horizon.months": 2}, "factors": [{"path": "plans.higher-price.changes.0.price", "low": 0.5, "high": 1.5},
                                                           {"parameters": "bond_gain"}],
    }  # fmt: skip
    return experiment_file(folder, **(data | fields))


@pytest.fixture(scope="module")
def found(tmp_path_factory: pytest.TempPathFactory) -> Study:
    """When a plan's price brings less revenue: below 1."""
    folder = tmp_path_factory.mktemp("discover")
    return study(discover_file(folder), out=folder)


def test_a_price_below_todays_brings_less(found: Study) -> None:
    (part,) = found.parts
    assert isinstance(part, DiscoverPart)
    assert part.box is not None
    (limit,) = part.box.limits
    assert (limit.factor, limit.low) == ("plans.higher-price.changes.0.price", None)
    assert limit.high == pytest.approx(1.0, abs=0.05)
    assert "fails mostly where plans.higher-price.changes.0.price below" in part.sentences()[1]
    assert found.folder is not None
    with (found.folder / "conditions.csv").open() as file:
        table = list(csv.DictReader(file))
    assert len(table) == 60
    assert {row["fails"] for row in table if float(row["plans.higher-price.changes.0.price"]) > 1.02} == {"False"}


def test_every_condition_has_luck_of_its_own_and_both_plans_share_it(found: Study) -> None:
    import pandas as pd

    assert found.folder is not None
    points = pd.read_parquet(found.folder / "points.parquet")
    by_plan = {plan: list(group["replication"]) for plan, group in points.groupby("plan")}
    assert by_plan["today"] == by_plan["higher-price"] == list(range(60))


@pytest.mark.parametrize(
    ("fails", "words"),
    [
        ({"kpi": "revenue", "below": -1e9}, "It fails nowhere"),
        ({"kpi": "revenue", "above": -1e9}, "It fails everywhere"),
        ({"kpi": "satisfaction", "below": 0, "against_base": False}, "It fails nowhere"),
    ],
)
def test_failing_nowhere_or_everywhere_is_said(tmp_path: Path, fails: dict[str, Any], words: str) -> None:
    got = study(discover_file(tmp_path, fails=fails, samples=20), out=tmp_path)
    assert words in got.parts[0].sentences()[1]
    assert got.folder is not None
    assert (got.folder / "figures" / "failure_box.png").exists()


def test_a_dry_run_counts_both_plans(tmp_path: Path) -> None:
    assert planned(load_experiment(discover_file(tmp_path, samples=20)), tmp_path)["points"] == 40


@pytest.mark.parametrize(
    ("fields", "words"),
    [
        ({"fails": {"below": 1, "above": 2}}, "give either below or above"),
        ({"fails": {"kpi": "nvp", "below": 1}}, "did you mean npv?"),
        ({"plan": "higer-price"}, "did you mean higher-price?"),
        ({"smallest": 0}, "must be > 0"),
    ],
)
def test_a_wrong_file_says_what_is_wrong(tmp_path: Path, fields: dict[str, Any], words: str) -> None:
    with pytest.raises(InvalidInput) as error:
        load_experiment(discover_file(tmp_path, **fields))
    assert words in str(error.value)
