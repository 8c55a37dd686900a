import json
from pathlib import Path

from ..scenario.cafe import SCENARIOS, changed
from .cli import CAFE_FILE, call, process


def test_valid_scenarios_are_told_in_a_line_each() -> None:
    said = call("check", *SCENARIOS)
    assert (said.code, said.err) == (0, "")
    assert len(said.out.splitlines()) == len(SCENARIOS)
    assert all(": valid · " in line for line in said.out.splitlines())


def test_a_valid_scenario_is_told_with_its_size() -> None:
    assert call("check", CAFE_FILE).out == (
        f"{CAFE_FILE}: valid · 3 touchpoints · 2 segments · 50 customers of 80 people · 2 months · "
        "plans today, same-again, welcome, dearer\n"
    )


def test_problems_go_to_stderr_and_end_with_three(tmp_path: Path) -> None:
    path = tmp_path / "bad.yaml"
    path.write_text(changed(("staff: 1\n", "staff: -3\n"), ("wage: 2000", "wages: 2000")), encoding="utf-8")
    said = process("check", path)
    assert (said.code, said.out) == (3, "")
    assert "touchpoints[0].staff(=-3) must be ≥ 0\n" in said.err
    assert "economics.wages is not known here\n" in said.err
    assert said.err.count(f"  in {path}, line ") == 2
    assert "Traceback" not in said.err


def test_of_several_files_the_good_are_told_and_the_bad_explained(tmp_path: Path) -> None:
    path = tmp_path / "bad.yaml"
    path.write_text("question: [", encoding="utf-8")
    said = call("check", path, CAFE_FILE, tmp_path / "none.yaml")
    assert said.code == 3
    assert said.out.startswith(f"{CAFE_FILE}: valid")
    assert "no valid YAML" in said.err
    assert "none.yaml does not exist" in said.err


def test_overrides_are_checked_too() -> None:
    assert call("check", CAFE_FILE, "--set", "market.customers=60").code == 0
    said = call("check", CAFE_FILE, "--set", "market.customers=600", "--set", "bond_gian=1")
    assert said.code == 3
    assert "market.customers(=600)" in said.err
    assert "did you mean bond_gain?" in said.err


def test_the_schema_is_json_on_stdout() -> None:
    said = call("check", "--schema")
    assert (said.code, said.err) == (0, "")
    assert json.loads(said.out)["title"] == "sxsim scenario"


def test_no_file_is_a_usage_error() -> None:
    said = call("check")
    assert said.code == 2
    assert "name at least one scenario file" in said.err


def test_nothing_is_run_or_written(tmp_path: Path, monkeypatch) -> None:  # type: ignore[no-untyped-def]
    monkeypatch.chdir(tmp_path)
    assert call("check", CAFE_FILE).code == 0
    assert list(tmp_path.iterdir()) == []


def test_a_self_assessment_is_checked_with_the_scenario(tmp_path: Path) -> None:
    path = tmp_path / "own.csv"
    path.write_text("element,level\ndesign,2.5\n", encoding="utf-8")
    assert call("check", CAFE_FILE, "--assessment", path).code == 0
    path.write_text("element,level\ndesign,2.5\nculture,7\ndesign,3\n", encoding="utf-8")
    said = call("check", CAFE_FILE, "--assessment", path)
    assert said.code == 3
    assert f"culture(=7) must be a level from 1 to 5\n  in {path}, line 3" in said.err
    assert f"design stands twice: here and in line 2\n  in {path}, line 4" in said.err
