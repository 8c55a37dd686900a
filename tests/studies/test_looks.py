"""What is looked at around a split of the money: a level more beside the next money, and how they are told apart."""

import math
from pathlib import Path

import pytest

from sxsim.studies.looks import LookingPart
from sxsim.studies.methods.candidates import NOTHING
from sxsim.studies.study import Study, load_experiment, parts_of, study
from tests.studies.experiments import rows
from tests.studies.kinds.test_advise import ONE_ELEMENT, SIZE, advise_file, part_of

#: Only understanding helps delight, and it is at its top already: money finds nothing to raise there.
FULL = SIZE | ONE_ELEMENT | {"organisation.maturity": {"understanding": 5.0, "7.3.1a": 2.0, "strategy": 2.0}}


@pytest.fixture(scope="module")
def looked(tmp_path_factory: pytest.TempPathFactory) -> Study:
    """Advice where only one element helps delight."""
    folder = tmp_path_factory.mktemp("looked")
    return study(advise_file(folder, set=SIZE | ONE_ELEMENT, trials=10, replications=10), out=folder)


def test_a_level_more_of_the_only_element_that_helps_comes_first(looked: Study) -> None:
    part = part_of(looked)
    assert part.first == "understanding"
    first = part.level_more["understanding"]
    assert first.goal.low > 0
    assert first.rank.best == 1
    others = [more.goal.mean for name, more in part.level_more.items() if name != "understanding"]
    assert max(map(abs, others)) < first.goal.mean / 3


def test_all_of_the_budget_in_it_is_judged_beside(looked: Study) -> None:
    part = part_of(looked)
    candidate = part.judgement.candidates["all into understanding"]
    assert candidate.split == part.all_into("understanding")
    assert math.fsum(candidate.split or ()) == pytest.approx(part.experiment.budget)
    said = next(text for text in part.sentences() if text.startswith("Two questions"))
    assert "understanding would bring most" in said


def test_both_questions_stand_beside_each_other_in_a_table(looked: Study) -> None:
    table = rows(looked, "first_and_next.csv")
    assert [row["element"] for row in table] == list(part_of(looked).names)
    assert sorted(int(row["rank by next money"]) for row in table) == list(range(1, 10))
    euros = part_of(looked).next_money[NOTHING]
    for row in table:
        assert float(row["next money brings npv"]) == pytest.approx(euros[row["element"]].npv.mean, rel=1e-3, abs=1e-6)


def test_a_level_more_ends_at_the_highest(tmp_path: Path) -> None:
    (part,) = parts_of(load_experiment(advise_file(tmp_path, set=FULL)))
    assert isinstance(part, LookingPart)
    raised = part._raised("understanding")
    assert raised["organisation.maturity.7.3.1a"] == 3.0
    assert set(raised.values()) == {3.0, 5.0}
