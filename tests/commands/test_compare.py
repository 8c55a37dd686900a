import json
from pathlib import Path

import pytest

from .cli import CAFE_FILE, TINY, call, tables


@pytest.fixture(scope="module")
def out(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("runs")


def test_all_plans_are_compared_with_today(out: Path) -> None:
    said = call("compare", *TINY, "-o", out)
    assert said.code == 0
    assert "cafe · 2 months · 2 paired runs, seed 1" in said.out
    for plan in ("same-again: equal to the base", "welcome: time for guests", "\ndearer\n"):
        assert plan in said.out
    assert "same-again: is the same as today in every figure." in said.out
    folders = [path.name for path in out.iterdir()]
    assert len(folders) == 6
    (folder,) = [out / name for name in folders if "-compare-" in name]
    assert str(folder) in said.out + said.err
    assert list(tables(folder)) == ["differences.parquet", "differences_monthly.parquet"]


def test_hints_go_to_stderr_and_not_when_quiet(out: Path) -> None:
    said = call("compare", *TINY, "-o", out)
    assert "next: sxsim" not in said.out
    assert "sxsim compare" in said.err
    assert call("compare", *TINY, "-o", out, "-q").err == ""


def test_json_adds_the_base_and_the_differences(out: Path) -> None:
    said = call("compare", *TINY, "-o", out, "--json", "--plans", "welcome, dearer")
    assert (said.code, said.err) == (0, "")
    data = json.loads(said.out)
    assert (data["base"], data["ok"], list(data["plans"])) == ("today", True, ["today", "welcome", "dearer"])
    assert data["plans"]["welcome"]["difference"]["investment"]["mean"] == 200
    assert "difference" not in data["plans"]["today"]


def test_another_plan_can_be_the_base(out: Path) -> None:
    data = json.loads(call("compare", *TINY, "-o", out, "--json", "--base", "welcome", "--plans", "today").out)
    assert data["base"] == "welcome"
    assert data["plans"]["today"]["difference"]["investment"]["mean"] == -200


@pytest.mark.parametrize("words", [["--plans", "welcom"], ["--base", "welcom"], ["--plans", "welcome,,tody"]])
def test_an_unknown_plan_ends_with_three(tmp_path: Path, words: list[str]) -> None:
    for more in ([], ["--dry-run"]):
        said = call("compare", *TINY, "-o", tmp_path, *words, *more)
        assert (said.code, said.out) == (3, "")
        assert "did you mean" in said.err
    assert list(tmp_path.iterdir()) == []


def test_a_dry_run_counts_all_plans(tmp_path: Path) -> None:
    said = call("compare", CAFE_FILE, "-n", "5", "-o", tmp_path, "--dry-run")
    assert said.out == "20 replications (5 of each plan: today, same-again, welcome, dearer), 0 finished, 15 to run\n"
    assert list(tmp_path.iterdir()) == []


def test_a_list_of_no_plan_is_a_mistake_and_not_all_plans(tmp_path: Path) -> None:
    assert call("compare", *TINY, "-o", tmp_path, "--dry-run", "--plans", " ,").code in (2, 3)


def test_one_run_is_told_without_nan(out: Path) -> None:
    said = call("compare", CAFE_FILE, "-n", "1", "-j", "1", "-o", out)
    assert said.code == 0
    assert "nan" not in said.out
