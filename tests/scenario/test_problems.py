import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sxsim.scenario.problems import InvalidInput, Problem, did_you_mean, dotted, shown


def test_a_path_is_written_with_dots_and_brackets() -> None:
    assert dotted(("touchpoints", 2, "staff")) == "touchpoints[2].staff"
    assert dotted(("plans", "today", "money", "7.3.2d")) == "plans.today.money.7.3.2d"
    assert dotted(()) == ""


def test_a_problem_says_what_is_wrong_where_and_what_to_do_next() -> None:
    problem = Problem(("touchpoints", 2, "staff"), "(=-3) must be ≥ 0", "did you mean 3?", "scenarios/bank.yaml", 41)
    assert str(problem) == (
        "touchpoints[2].staff(=-3) must be ≥ 0\n"
        "  in scenarios/bank.yaml, line 41\n"
        "  did you mean 3? · sxsim explain touchpoints.staff"
    )


def test_a_problem_without_place_or_hint_is_one_line() -> None:
    assert str(Problem((), " the file is empty")) == "the file is empty"
    assert str(Problem((), "no", "", "a.yaml")) == "no\n  in a.yaml"


def test_all_problems_stand_in_blocks_of_their_own() -> None:
    error = InvalidInput([Problem((), "one"), Problem((), "two")])
    assert str(error) == "one\n\ntwo"
    assert [problem.message for problem in error.problems] == ["one", "two"]


@pytest.mark.parametrize(
    ("value", "text"), [(3, "(=3)"), ("a", "(='a')"), (None, "(=None)"), ({"a": 1}, ""), ([1], "")]
)
def test_a_value_is_shown_as_it_stands(value: object, text: str) -> None:
    assert shown(value) == text


@settings(deadline=None, derandomize=True, max_examples=50)
@given(st.one_of(st.text(max_size=300), st.integers(), st.floats()))
def test_a_value_is_shown_short_and_on_one_line(value: object) -> None:
    assert len(shown(value)) <= 65
    assert "\n" not in shown(value)


def test_the_nearest_word_is_meant() -> None:
    assert did_you_mean("taff", ["name", "staff"]) == "did you mean staff?"
    assert did_you_mean("xyz", ["name", "staff"]) == "known: name, staff"
    assert did_you_mean("xyz", [f"word{k}" for k in range(13)]) == ""
    assert did_you_mean("xyz", []) == ""
