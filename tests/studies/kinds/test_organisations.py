"""Programmes across organisations: shares, pairs, what matters, how the answer moves with the definition."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from sxsim.scenario.problems import InvalidInput
from sxsim.studies.kinds.organisations import HELD, REACHED, OrganisationsPart
from sxsim.studies.study import Study, load_experiment, parts_of, planned, study
from tests.studies.experiments import SMALL, experiment_file, rows

MATURITY = {"path": "organisation.maturity", "low": 2, "high": 5, "name": "maturity"}
REPUTATION = {"path": "organisation.reputation", "low": 0.4, "high": 0.8, "name": "reputation"}


def organisations_file(folder: Path, **fields: Any) -> Path:
    """An experiment on organisations like the café that differ in maturity and reputation."""
    data = {
        "study": "organisations", "plans": ["today", "warm-welcome"], "samples": 30, "kpis": None, "factors": [MATURITY, REPUTATION],
        "reached": {"mean": 4, "weakest": 3.5},
    }  # fmt: skip
    return experiment_file(folder, **(data | fields))


@pytest.fixture(scope="module")
def found(tmp_path_factory: pytest.TempPathFactory) -> Study:
    """Organisations as they are, and with a warm welcome."""
    folder = tmp_path_factory.mktemp("organisations")
    return study(organisations_file(folder), out=folder)


def test_who_starts_good_and_does_nothing_stays_good(found: Study) -> None:
    """Maturity is even over 2–5 and does not move: a third of the organisations stand at 4 or more."""
    shares = {(row["plan"], row["what"]): float(row["share"]) for row in rows(found, "shares.csv")}
    assert shares["today", REACHED] == pytest.approx(1 / 3, abs=0.04)
    assert shares["today", HELD] == shares["today", REACHED]


def test_what_decides_is_found(found: Study) -> None:
    table = [row for row in rows(found, "what_matters.csv") if row["plan"] == "today"]
    assert [row["factor"] for row in table] == ["maturity", "reputation"]
    assert (float(table[0]["lowest third"]), float(table[0]["highest third"])) == (0.0, 1.0)
    assert float(table[0]["low"]) > 0
    assert float(table[1]["low"]) < 0 < float(table[1]["high"])
    sentences = found.parts[0].sentences()
    assert "maturity (0% where it is low, 100% where it is high)" in sentences[2]
    assert "reputation" not in sentences[2]


def test_the_answer_moves_with_the_definition(found: Study) -> None:
    table = [row for row in rows(found, "definition.csv") if (row["plan"], row["what"]) == ("today", REACHED)]
    assert [float(row["mean at least"]) for row in table] == [3.5, 3.75, 4.0, 4.25, 4.5]
    shares = [float(row["share"]) for row in table]
    assert shares == sorted(shares, reverse=True)
    assert shares[0] == pytest.approx(0.5, abs=0.04)
    assert shares[-1] == pytest.approx(1 / 6, abs=0.04)


def test_both_programmes_meet_the_same_organisations_and_luck(found: Study) -> None:
    import pandas as pd

    assert found.folder is not None
    points = pd.read_parquet(found.folder / "points.parquet")
    by_plan = [
        group.drop(columns=["plan", "left out"]).iloc[:, :3].reset_index(drop=True)
        for _, group in points.groupby("plan")
    ]
    pd.testing.assert_frame_equal(*by_plan)
    assert list(by_plan[0]["replication"]) == list(range(30))


def part_by_hand(folder: Path, **fields: Any) -> OrganisationsPart:
    """A part whose maturities are made by hand."""
    (part,) = parts_of(load_experiment(organisations_file(folder, **fields)))
    assert isinstance(part, OrganisationsPart)
    return part


def test_shares_and_pairs_by_hand(tmp_path: Path) -> None:
    part = part_by_hand(tmp_path)
    nan = np.nan
    one = np.array([[4.2, 3.6], [4.0, 3.5], [4.5, 3.4], [3.9, 3.9], [nan, nan]])
    held = np.array([[4.2, 3.6], [3.9, 3.5], [4.5, 3.4], [3.9, 3.9], [nan, nan]])
    other = np.array([[4.2, 3.6], [3.0, 3.0], [3.0, 3.0], [3.0, 3.0], [4.0, 4.0]])
    part.maturity = {"today": {REACHED: one, HELD: held}, "warm-welcome": {REACHED: other, HELD: other}}
    assert part.successes("today", REACHED).tolist()[:4] == [1, 1, 0, 0]
    assert part.share("today", REACHED)[0] == 0.5
    assert part.share("today", HELD)[0] == 0.25
    assert part.share("today", REACHED, -0.25)[0] == 1.0
    ahead = part.ahead("today", "warm-welcome", REACHED)
    assert (ahead.mean, ahead.n) == (0.25, 4)


def test_a_dry_run_counts_every_programme(tmp_path: Path) -> None:
    assert planned(load_experiment(organisations_file(tmp_path, samples=10, set=SMALL)), tmp_path)["points"] == 20


@pytest.mark.parametrize(
    ("fields", "words"),
    [
        ({"plans": ["warm-welcme"]}, "did you mean warm-welcome?"),
        ({"plans": []}, "plans"),
        ({"reached": {"mean": 7}}, "must be ≤ 5"),
        ({"left_out": ["higher-price"]}, "must be one of plans"),
        ({"samples": 3}, "must be ≥ 10"),
    ],
)
def test_a_wrong_file_says_what_is_wrong(tmp_path: Path, fields: dict[str, Any], words: str) -> None:
    with pytest.raises(InvalidInput) as error:
        load_experiment(organisations_file(tmp_path, **fields))
    assert words in str(error.value)


def test_the_obstacle_that_matters_most_is_named(tmp_path: Path) -> None:
    part = parts_of(
        load_experiment(
            organisations_file(tmp_path, factors=[MATURITY, {"obstacles": "severity", "low": 0, "high": 1}])
        )
    )[0]
    assert isinstance(part, OrganisationsPart)
    numbers = part.drawn[:, part.names.index("silos")]
    reached = np.column_stack([np.where(numbers < 0.5, 4.5, 3.0), np.full(len(numbers), 4.0)])
    part.maturity = {plan: {REACHED: reached, HELD: reached} for plan in ("today", "warm-welcome")}
    assert (
        "If their ranges hold, of the obstacles silos (100% where it is low, 0% where it is high) matters most."
        in part.sentences()
    )


def test_what_an_activity_contributes_is_what_is_missing_without_it(tmp_path: Path) -> None:
    sets = SMALL | {
        "horizon.months": 24, "touchpoints.counter.staff": 6, "organisation.commitment": 0,
        "plans.warm-welcome.activities": {"create_urgency": 1, "change_team": 1, "manage_activities": {"months": 1, "again": [{"start": 5}]}},
    }  # fmt: skip
    path = organisations_file(
        tmp_path, plans=["warm-welcome"], left_out=["warm-welcome"], set=sets, kpis=["commitment", "npv"], samples=12
    )
    found = study(path, out=tmp_path)
    (part,) = found.parts
    assert isinstance(part, OrganisationsPart)
    table = {(row["left out"], row["what"]): float(row["mean"]) for row in rows(found, "contributions.csv")}
    assert {name for name, _ in table} == {"create_urgency", "change_team", "manage_activities"}
    assert table["create_urgency", "commitment"] > 0.03
    assert table["manage_activities", "npv"] < 0, "it costs money"
    assert any("What each activity of warm-welcome adds" in text for text in part.sentences())
    assert found.run == 4 * 12


def told(folder: Path, succeeds: Callable[[OrganisationsPart, str], Any], **fields: Any) -> list[str]:
    """What is said where it is known which organisations succeed, by programme."""
    asked = {"kpis": ["npv"], "samples": 120, "factors": [{"obstacles": "severity", "low": 0, "high": 1}]} | fields
    (part,) = parts_of(load_experiment(organisations_file(folder, **asked)))
    assert isinstance(part, OrganisationsPart)
    part.maturity = {
        plan: {
            what: np.column_stack([np.where(succeeds(part, plan), 4.5, 3.0), np.full(120, 4.0)])
            for what in (REACHED, HELD)
        }
        for plan in part.tasks
    }
    return part.sentences()


def test_shares_what_matters_and_programmes_in_words(tmp_path: Path) -> None:
    easier = {"today": 0.0, "warm-welcome": -0.2}
    said = told(tmp_path, lambda part, plan: part.drawn[:, part.names.index("silos")] + easier[plan] < 0.5)
    assert said == [
        "120 organisations; reached means mean maturity ≥ 4 with no element below 3.5 at some time within 1 months, held means so "
        "in each of the last twelve.",
        "today: 50% (41% to 59%) reach it, 50% (41% to 59%) hold it.",
        "If these ranges hold, what matters most: silos (100% where it is low, 0% where it is high).",
        "If their ranges hold, of the obstacles silos (100% where it is low, 0% where it is high) matters most.",
        "warm-welcome: 70% (61% to 77%) reach it, 70% (61% to 77%) hold it.",
        "If these ranges hold, what matters most: silos (100% where it is low, 10% where it is high).",
        "If their ranges hold, of the obstacles silos (100% where it is low, 10% where it is high) matters most.",
        "warm-welcome against today, in the same organisations: +20 points (+12 to +27) that have reached it.",
        "warm-welcome against today, in the same organisations: +20 points (+12 to +27) that have held it.",
        "With an aim a quarter of a level lower or higher the shares that reach it lie between 50% and 70% over the programmes: see "
        "definition.csv. What matters is corrected for the number of factors.",
    ]


def test_an_obstacle_that_does_not_stand_in_the_way_is_none(tmp_path: Path) -> None:
    helps = told(tmp_path, lambda part, plan: part.drawn[:, part.names.index("silos")] > 0.5, plans=["today"])
    assert helps[2:4] == [
        "If these ranges hold, what matters most: silos (0% where it is low, 100% where it is high).",
        "None of the nine obstacles stands out clearly by itself.",
    ]
    luck = told(tmp_path, lambda part, plan: np.arange(120) % 2 < 1, plans=["today"])
    assert luck[2:4] == [
        "Nothing that was drawn matters clearly.",
        "None of the nine obstacles stands out clearly by itself.",
    ]
