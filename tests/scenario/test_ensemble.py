"""Ensembles: which replication runs with which set, and what a wrong file is told."""

from collections import Counter
from pathlib import Path

import pytest

from sxsim.scenario.ensemble import Ensemble, is_ensemble, parameters_or_ensemble, read_ensemble, stated_twice
from sxsim.scenario.problems import InvalidInput

TWO = Ensemble(("bond_gain", "leave_loyalty"), ((0.1, 4.0), (0.2, 5.0)))


def written(folder: Path, text: str) -> Path:
    """A file with some text."""
    path = folder / "ensemble.csv"
    path.write_text(text, encoding="utf-8")
    return path


def test_sets_of_equal_weight_follow_one_another() -> None:
    assert [TWO.of(r)["bond_gain"] for r in range(5)] == [0.1, 0.2, 0.1, 0.2, 0.1]


def test_sets_are_met_as_often_as_they_count() -> None:
    ensemble = Ensemble(("bond_gain",), ((0.1,), (0.2,), (0.3,)), (1.0, 0.0, 3.0))
    for runs in (40, 400):
        met = Counter(ensemble.of(r)["bond_gain"] for r in range(runs))
        assert met[0.2] == 0
        assert met[0.1] == pytest.approx(runs / 4, abs=2)


def test_what_is_written_is_read_again_to_the_bit(tmp_path: Path) -> None:
    for ensemble in (TWO, Ensemble(("bond_gain",), ((1 / 3,), (0.1 + 0.2,)), (0.1, 0.7))):
        assert read_ensemble(written(tmp_path, ensemble.written())) == ensemble


def test_the_column_scenario_of_a_study_is_passed_over(tmp_path: Path) -> None:
    path = written(tmp_path, "scenario,bond_gain,leave_loyalty\ncafe,0.1,4\n\ncafe,0.2,5\n")
    assert read_ensemble(path) == TWO
    assert parameters_or_ensemble(path) == (None, TWO)
    assert is_ensemble(path)


def test_a_file_of_names_and_values_is_no_ensemble(tmp_path: Path) -> None:
    path = written(tmp_path, "name,value\nbond_gain,0.1\n")
    assert parameters_or_ensemble(path) == (path, None)
    assert parameters_or_ensemble(None) == (None, None)


def test_the_central_set_is_the_one_nearest_to_the_middle() -> None:
    ensemble = Ensemble(("bond_gain", "leave_loyalty"), ((0.1, 9.0), (0.2, 5.1), (0.3, 1.0)))
    assert ensemble.central().sets == ((0.2, 5.1),)
    heavy = Ensemble(("bond_gain",), ((0.1,), (0.2,), (0.3,)), (10.0, 0.0, 1.0))
    assert heavy.central().sets == ((0.1,),)


@pytest.mark.parametrize(
    ("text", "said", "line"),
    [
        ("", "the file is empty", 1),
        ("bond_gain\n", "holds no set", 1),
        ("bond_gian\n0.1\n", "did you mean bond_gain", 1),
        ("organisation.maturity\n3\n", "is a field of the scenario", 1),
        ("bond_gain,bond_gain\n0.1,0.1\n", "stands twice", 1),
        ("weight\n1\n", "names no parameter", 1),
        ("bond_gain\n0.1\nlots\n", "bond_gain(='lots') must be a number", 3),
        ("bond_gain\n0.1\n1.5\n", "bond_gain(=1.5) must be from 0 to 1", 3),
        ("leave_loyalty,bond_gain\n3\n", "the row has 1 cells", 2),
        ("bond_gain,weight\n0.1,-1\n", "weight(='-1') must be a number ≥ 0", 2),
        ("bond_gain,weight\n0.1,0\n", "is 0 in every row", 1),
        ("assimilation\nnan\n", "must be a number", 2),
        ("scenario,bond_gain\nhotel,0.1\ncafe,0.1\n", "scenario names 2 scenarios (cafe, hotel)", 1),
    ],
)
def test_a_wrong_file_says_what_is_wrong_and_where(tmp_path: Path, text: str, said: str, line: int | None) -> None:
    path = written(tmp_path, text)
    with pytest.raises(InvalidInput) as error:
        read_ensemble(path)
    assert said in str(error.value)
    assert str(path) in str(error.value)
    assert error.value.problems[0].line == line


def test_all_problems_are_said_at_once(tmp_path: Path) -> None:
    with pytest.raises(InvalidInput) as error:
        read_ensemble(written(tmp_path, "bond_gain\n7\n0.1\nx\n"))
    assert [problem.line for problem in error.value.problems] == [2, 4]


def test_what_is_set_by_hand_may_not_stand_in_the_ensemble() -> None:
    assert [problem.path for problem in stated_twice(TWO, ["bond_gain = 0.3", "market.people=80"])] == [("bond_gain",)]
    assert stated_twice(TWO, {"market.people": 80}) == []
    assert stated_twice(None, ["bond_gain=0.3"]) == []
