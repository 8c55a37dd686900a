"""Discovery: a box that is there is found and judged honestly; where there is none, none is claimed."""

import csv
from pathlib import Path
from typing import Any

import pytest

from sxsim.scenario.problems import InvalidInput
from sxsim.studies.kinds.discover import DiscoverPart
from sxsim.studies.study import Study, load_experiment, planned, study
from tests.studies.experiments import SMALL, experiment_file


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
