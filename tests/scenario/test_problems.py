"""Problems are told with place and next step; names become files, sheets, columns and texts without losing anything."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sxsim.scenario import problems
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


def test_a_name_in_a_path_is_short_and_told_apart() -> None:
    assert problems.in_path("Seaside hotel") == "Seaside-hotel"
    assert problems.in_path("../../etc/passwd") == "etc-passwd"
    assert problems.in_path("::") == problems.in_path("") == "scenario"
    one, other = problems.in_path("x" * 300), problems.in_path("x" * 299)
    assert one != other and len(one) < 100


def test_names_that_fall_together_in_paths_do_not() -> None:
    assert problems.in_paths(["a b", "a-b", "A-B", "c"]) == ["a-b", "a-b-2", "A-B-3", "c"]
    assert problems.in_paths(["a b", "a-b", "a-b-2"]) == ["a-b", "a-b-3", "a-b-2"]


def test_things_of_one_name_are_told_apart_by_their_mark() -> None:
    assert problems.distinct_names(["s", "s", "t"], ["a", "b", "c"]) == ["s (a)", "s (b)", "t"]
    assert problems.distinct_names(["s", "s"], ["a", "a"]) == ["s (a)", "s (a) (2)"]


@pytest.mark.parametrize("name", ["Hotel: east", "a/b\\c", "[x]*?", "'quoted'", "", "y" * 300, "History\x1b"])
def test_a_sheet_title_is_one_that_spreadsheets_take(name: str) -> None:
    taken = [problems.sheet_title(name)]
    for _ in range(12):
        taken.append(problems.sheet_title(name, taken))
    assert len({title.casefold() for title in taken}) == 13
    assert all(0 < len(title) <= 31 and not set(title) & set("[]:*?/\\\x1b") for title in taken)


def test_what_steers_a_screen_is_written_out() -> None:
    assert problems.visible("a\x1b[2Jb\x07\u202ec\nd") == "a\\x1b[2Jb\\x07\\u202ec\nd"
    assert problems.visible("schön 5 € −1") == "schön 5 € −1"
    assert problems.steering("a\nb\tc") is None
    assert problems.steering("a\x1bb") == "\x1b"
    assert problems.steering("\ud800") == "\ud800"


def test_a_name_is_no_command_of_what_it_is_written_in() -> None:
    assert problems.markup("[/docs]") == "\\[/docs]"
    assert problems.in_picture("$^$") == "\\$^\\$"
    assert problems.in_page("<b>&'") == "&lt;b&gt;&amp;&#x27;"
    assert problems.column("kpi") == "kpi (setting)" and problems.column("staff") == "staff"
    assert len(problems.cell_text("x" * 40_000)) == 32_767


@pytest.mark.parametrize("text", ["=1+1", "+49 30", "-2", "@SUM(A1)", "\t=1", "\r=1"])
def test_a_text_that_a_spreadsheet_would_compute_is_marked_as_text_in_csv(text: str) -> None:
    assert problems.csv_text(text) == f"'{text}"


@pytest.mark.parametrize("value", ["front desk", "a=b", "", 3, -2.5, None])
def test_other_cells_stay_as_they_are_in_csv(value: object) -> None:
    assert problems.csv_text(value) is value
