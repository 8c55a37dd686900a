"""Discovery: a box that is there is found and judged honestly; where there is none, none is claimed."""

import csv
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray

from sxsim.scenario.problems import InvalidInput
from sxsim.studies.kinds.discover import DiscoverPart
from sxsim.studies.study import Study, load_experiment, parts_of, planned, study
from tests.studies.experiments import SMALL, experiment_file


def discover_file(folder: Path, **fields: Any) -> Path:
    """An experiment that asks when a higher price brings less revenue."""
    data = {
        "study": "discover", "plan": "higher-price", "fails": {"kpi": "revenue", "below": 0}, "samples": 60, "replications": 1,
        "set": SMALL | {"horizon.months": 2, "visit_price": 0}, "factors": [{"path": "plans.higher-price.changes.0.price", "low": 0.5, "high": 1.5},
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


def told(folder: Path, outcome: Callable[[DiscoverPart], NDArray[np.float64]], **fails: Any) -> list[str]:
    """What is said where the outcome under each condition is known."""
    (part,) = parts_of(load_experiment(discover_file(folder, fails={"kpi": "revenue"} | fails)))
    assert isinstance(part, DiscoverPart)
    part.outcome = outcome(part)
    return part.sentences()


def cheap(part: DiscoverPart) -> NDArray[np.float64]:
    """A plan that loses wherever its price is below today's."""
    return np.where(part.conditions[:, 0] < 1.0, -1.0, 6.0)


@pytest.mark.parametrize(
    ("fails", "words"),
    [
        ({"below": 0}, "higher-price fails when its revenue is below that of today: so in 50% (38% to 62%)"),
        ({"above": 0}, "higher-price fails when its revenue is above that of today: so in 50% (38% to 62%)"),
        (
            {"above": 5},
            "higher-price fails when its difference in revenue to today is above 5.00 (EUR a month): so in 50%",
        ),
        (
            {"below": 0, "against_base": False},
            "higher-price fails when its revenue is below 0.00 (EUR a month): so in 50%",
        ),
    ],
)
def test_when_a_plan_fails_in_words(tmp_path: Path, fails: dict[str, Any], words: str) -> None:
    assert told(tmp_path, cheap, **fails)[0].startswith(words)


def test_a_box_in_words(tmp_path: Path) -> None:
    assert told(tmp_path, cheap, below=0)[1] == (
        "It fails mostly where plans.higher-price.changes.0.price below 0.9937: there, in 50% of all conditions, it fails in 100% "
        "(70% to 100%), and 100% (70% to 100%) of all failures lie there, judged on conditions that were kept back."
    )


@pytest.mark.parametrize(
    ("failing", "words"),
    [
        (lambda place: place % 7 == 0, "No box of conditions says clearly more than that"),
        (lambda place: place < 0, "It fails nowhere in these ranges."),
        (lambda place: place >= 0, "It fails everywhere in these ranges."),
    ],
)
def test_where_there_is_no_box_it_is_said_why(tmp_path: Path, failing: Callable[[Any], Any], words: str) -> None:
    said = told(tmp_path, lambda part: np.where(failing(np.arange(60)), -1.0, 6.0), below=0)
    assert len(said) == 2
    assert said[1].startswith(words)
