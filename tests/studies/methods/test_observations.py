"""An organisation's own tables: the right figure, an honest standard error, and what a wrong table is told."""

import csv
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from pydantic import ValidationError

from sxsim.scenario.problems import InvalidInput
from sxsim.studies.methods.observations import KINDS, Observed, Stated, figures_of


def table(folder: Path, heads: list[str], rows: Any) -> str:
    """A CSV file."""
    with (folder / "data.csv").open("w", newline="", encoding="utf-8") as file:
        writer = csv.writer(file)
        writer.writerow(heads)
        writer.writerows(rows)
    return "data.csv"


def figures(folder: Path, file: str, holds: str, column: str = "x", **fields: Any) -> list[Stated]:
    """What a table says."""
    return figures_of(Observed.model_validate({"file": file, "holds": holds, "column": column, **fields}), folder)


def test_a_net_promoter_score_by_the_textbook(tmp_path: Path) -> None:
    answers = [10] * 30 + [9] * 20 + [8] * 25 + [7] * 5 + [6] * 10 + [0] * 10
    (nps,) = figures(tmp_path, table(tmp_path, ["x"], ([a] for a in answers)), "recommendation")
    assert (nps.kpi, nps.observed) == ("nps", 30.0)
    assert nps.error == pytest.approx(100 * np.sqrt((0.5 + 0.2 - 0.3**2) / 100), rel=0.15)
    assert nps.source == "data.csv: 100 answers"


def test_a_mean_and_its_standard_error(tmp_path: Path) -> None:
    values = np.random.default_rng(1).normal(50, 15, 400).round(2).clip(0, 100)
    (found,) = figures(tmp_path, table(tmp_path, ["y", "x"], ([0, v] for v in values)), "satisfaction", tolerance=2)
    assert found.observed == pytest.approx(values.mean())
    assert found.error == pytest.approx(15 / 20, rel=0.15)
    assert found.tolerance == found.target.tolerance == 2
    assert found.target.noise == pytest.approx(np.hypot(found.error, 2))


def test_waits_have_a_mean_and_what_nine_of_ten_do_not_exceed(tmp_path: Path) -> None:
    values = np.random.default_rng(1).exponential(3, 2000)
    mean, nine = figures(tmp_path, table(tmp_path, ["x"], ([v] for v in values)), "waits")
    assert (mean.kpi, nine.kpi) == ("wait_mean", "wait_p90")
    assert nine.observed == pytest.approx(np.quantile(values, 0.9))
    assert nine.error == pytest.approx(3 * np.sqrt(0.9 / 0.1 / 2000), rel=0.25)
    assert [each.kpi for each in figures(tmp_path, "data.csv", "waits", kpis=["wait_p90"])] == ["wait_p90"]


def test_rows_of_a_group_are_not_independent(tmp_path: Path) -> None:
    """Thirty days whose means differ: the error is that of thirty figures, not of three thousand."""
    chance = np.random.default_rng(2)
    rows = [[day, 5 + mean + chance.random()] for day, mean in enumerate(chance.normal(0, 1, 30)) for _ in range(100)]
    file = table(tmp_path, ["day", "x"], rows)
    alone, grouped = (figures(tmp_path, file, "waits", **more)[0] for more in ({}, {"group": "day"}))
    assert alone.observed == grouped.observed
    assert grouped.error == pytest.approx(1 / np.sqrt(30), rel=0.35)
    assert alone.error < grouped.error / 5


def test_churn_is_all_who_left_of_all_who_were_there(tmp_path: Path) -> None:
    file = table(tmp_path, ["x", "there"], [[5, 100], [10, 300], [3, 50], [4, 150], [6, 200], [2, 100]])
    (found,) = figures(tmp_path, file, "churn", active="there")
    assert found.observed == pytest.approx(30 / 900)
    assert found.error >= np.sqrt(found.observed * (1 - found.observed) / 900)
    (alike,) = figures(tmp_path, table(tmp_path, ["x", "there"], [[5, 100]] * 12), "churn", active="there")
    assert alike.error == pytest.approx(np.sqrt(0.05 * 0.95 / 1200))
    (rate,) = figures(tmp_path, table(tmp_path, ["x"], [[0.02], [0.04], [0.03], [0.05], [0.01], [0.03]]), "churn")
    assert rate.observed == pytest.approx(0.03)


def test_few_rows_do_not_look_surer_than_they_are(tmp_path: Path) -> None:
    values = [40.0, 55.0, 48.0, 62.0, 51.0]
    (found,) = figures(tmp_path, table(tmp_path, ["x"], ([v] for v in values)), "engagement")
    assert found.error == pytest.approx(np.std(values, ddof=1) / np.sqrt(5), rel=0.06)


def test_semicolons_and_decimal_commas_are_read(tmp_path: Path) -> None:
    (tmp_path / "data.csv").write_text("x;y\n" + "33,5;1\n" * 30 + "34,5;1\n" * 30 + "\n", encoding="utf-8-sig")
    assert figures(tmp_path, "data.csv", "engagement")[0].observed == 34.0


@pytest.mark.parametrize(
    ("text", "fields", "said", "line"),
    [
        ("x\n" + "5\n" * 30, {"column": "xx", "holds": "satisfaction"}, "xx: the file has no such column", 1),
        ("x\n" + "5\n" * 30 + "lots\n", {"holds": "satisfaction"}, "x(='lots') must be a number", 32),
        ("x,y\n" + "5,1\n" * 30 + ",1\n", {"holds": "satisfaction"}, "take out rows without a figure", 32),
        ("x\n" + "5\n" * 30 + "11\n", {"holds": "recommendation"}, "x(=11) must be from 0 to 10", 32),
        ("x\n" + "5\n" * 30 + "-1\n", {"holds": "waits"}, "x(=-1) must be ≥ 0", 32),
        ("x\n5\n6\n", {"holds": "satisfaction"}, "2 answers are too few", 1),
        ("x,n\n" + "5,100\n" * 6 + "120,100\n", {"holds": "churn", "active": "n"}, "must be ≤ n (=100)", 8),
        ("x\n" + "0.1\n" * 6 + "3\n", {"holds": "churn"}, "x(=3) must be from 0 to 1", 8),
        ("x,d\n" + "5,1\n6,2\n" * 30, {"holds": "waits", "group": "d"}, "2 groups are too few", 1),
        ("x\n" + "50\n" * 30, {"holds": "satisfaction"}, "give a tolerance", 1),
        ("", {"holds": "satisfaction"}, "the file is empty", 1),
    ],
)
def test_a_wrong_table_says_what_is_wrong_and_where(
    tmp_path: Path, text: str, fields: dict[str, Any], said: str, line: int | None
) -> None:
    (tmp_path / "data.csv").write_text(text, encoding="utf-8")
    with pytest.raises(InvalidInput) as error:
        figures_of(Observed.model_validate({"file": "data.csv", "column": "x"} | fields), tmp_path)
    assert said in str(error.value)
    assert error.value.problems[0].line == line
    assert "data.csv" in str(error.value)


def test_many_mistakes_are_not_all_listed(tmp_path: Path) -> None:
    with pytest.raises(InvalidInput) as error:
        figures(tmp_path, table(tmp_path, ["x"], [["a"]] * 1000), "waits")
    assert len(error.value.problems) == 9
    assert "and 992 more" in str(error.value)


def test_a_table_that_is_not_there_is_said_to_be_missing(tmp_path: Path) -> None:
    with pytest.raises(InvalidInput, match=r"nowhere\.csv does not exist"):
        figures(tmp_path, "nowhere.csv", "waits")


@pytest.mark.parametrize(
    ("fields", "said"),
    [
        ({"holds": "waits", "active": "n"}, r"active.* goes with"),
        ({"holds": "waits", "kpis": ["nps"]}, "known: wait_mean"),
    ],
)
def test_fields_that_do_not_fit_are_refused(fields: dict[str, Any], said: str) -> None:
    with pytest.raises(ValidationError, match=said):
        Observed.model_validate({"file": "data.csv", "column": "x", **fields})
    with pytest.raises(ValidationError, match="give error or tolerance"):
        Stated.model_validate({"kpi": "nps", "observed": 30})


def test_every_kind_is_held_against_a_kpi_of_its_name() -> None:
    from sxsim.results.kpis import KPIS

    assert {kpi for kind in KINDS.values() for kpi in kind.statistics} <= set(KPIS)


def test_a_decimal_comma_in_a_table_cut_by_commas_is_refused(tmp_path: Path) -> None:
    (tmp_path / "data.csv").write_text("x\n" + "1,91\n" * 60)
    with pytest.raises(InvalidInput, match="2 cells in a table of 1 columns") as said:
        figures(tmp_path, "data.csv", "waits")
    assert "point" in said.value.problems[0].hint


@pytest.mark.parametrize(("holds", "highest"), [("engagement", 1.0), ("satisfaction", 5.0), ("satisfaction", 10.0)])
def test_figures_on_another_scale_are_refused(tmp_path: Path, holds: str, highest: float) -> None:
    scaled = [[highest * share] for share in np.linspace(0.2, 1, 30)]
    with pytest.raises(InvalidInput, match=r"(?s)is 0–100.*stretch the scale"):
        figures(tmp_path, table(tmp_path, ["x"], scaled), holds)
    assert figures(tmp_path, table(tmp_path, ["x"], [[10.5], *scaled]), holds)
