"""Names become files, sheets, columns and texts without losing anything."""

import pytest

from sxsim.scenario import names


def test_a_name_in_a_path_is_short_and_told_apart() -> None:
    assert names.in_path("Seaside hotel") == "Seaside-hotel"
    assert names.in_path("../../etc/passwd") == "etc-passwd"
    assert names.in_path("::") == names.in_path("") == "scenario"
    one, other = names.in_path("x" * 300), names.in_path("x" * 299)
    assert one != other and len(one) < 100


def test_names_that_fall_together_in_paths_do_not() -> None:
    assert names.in_paths(["a b", "a-b", "A-B", "c"]) == ["a-b", "a-b-2", "A-B-3", "c"]
    assert names.in_paths(["a b", "a-b", "a-b-2"]) == ["a-b", "a-b-3", "a-b-2"]


def test_things_of_one_name_are_told_apart_by_their_mark() -> None:
    assert names.distinct_names(["s", "s", "t"], ["a", "b", "c"]) == ["s (a)", "s (b)", "t"]
    assert names.distinct_names(["s", "s"], ["a", "a"]) == ["s (a)", "s (a) (2)"]


@pytest.mark.parametrize("name", ["Hotel: east", "a/b\\c", "[x]*?", "'quoted'", "", "y" * 300, "History\x1b"])
def test_a_sheet_title_is_one_that_spreadsheets_take(name: str) -> None:
    taken = [names.sheet_title(name)]
    for _ in range(12):
        taken.append(names.sheet_title(name, taken))
    assert len({title.casefold() for title in taken}) == 13
    assert all(0 < len(title) <= 31 and not set(title) & set("[]:*?/\\\x1b") for title in taken)


def test_what_steers_a_screen_is_written_out() -> None:
    assert names.visible("a\x1b[2Jb\x07\u202ec\nd") == "a\\x1b[2Jb\\x07\\u202ec\nd"
    assert names.visible("schön 5 € −1") == "schön 5 € −1"
    assert names.steering("a\nb\tc") is None
    assert names.steering("a\x1bb") == "\x1b"
    assert names.steering("\ud800") == "\ud800"


def test_a_name_is_no_command_of_what_it_is_written_in() -> None:
    assert names.markup("[/docs]") == "\\[/docs]"
    assert names.in_picture("$^$") == "\\$^\\$"
    assert names.in_page("<b>&'") == "&lt;b&gt;&amp;&#x27;"
    assert names.column("kpi") == "kpi (setting)" and names.column("staff") == "staff"
    assert len(names.cell_text("x" * 40_000)) == 32_767
