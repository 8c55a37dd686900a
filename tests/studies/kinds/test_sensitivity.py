from pathlib import Path

import pytest

from sxsim.studies.kinds.sensitivity import MOST_LEFT, SensitivityPart, ranking
from sxsim.studies.methods.indices import LUCK, Estimate, Indices
from sxsim.studies.methods.ranks import Ranked
from sxsim.studies.study import load_experiment, parts_of, study
from tests.studies.experiments import experiment_file, rows

MORRIS = {
    "method": "morris", "trajectories": 3, "kpis": ["churn_rate", "loyalty"],
    "factors": [{"path": "market.customers", "low": 20, "high": 40}, {"parameters": "anchoring_speed"}],
}  # fmt: skip


def made_up(kpi: str, *values: float) -> Indices:
    """Mean effects of factors a, b, …, then luck and the dummy, each known to a tenth."""
    names = (*"abcdef"[: len(values) - 2], LUCK, "dummy")
    effects = tuple(Estimate(x, 0.9 * x, 1.1 * x) for x in values)
    ranks = tuple(Ranked(name, k + 1, k + 1, (1.0,)) for k, name in enumerate(names[:-2]))
    return Indices(
        kpi, names, (), (), (), effects, ranks, 9, 0, 1.0, 1.0, "N = 9 settles ranks 1 and 2", max(values[-2:])
    )


@pytest.mark.parametrize(
    ("kpi", "said"),
    [
        ("churn_rate", "a 4.0 points (3.6 … 4.4), rank 1"),
        ("loyalty", "a 0.04 (0.04 … 0.04), rank 1"),
    ],
)
def test_effects_on_shares_are_said_in_points(kpi: str, said: str) -> None:
    assert said in ranking(made_up(kpi, 0.04, 0.02, 0.003, 0.0))


def test_the_largest_effect_is_named_first_and_counted_against_luck() -> None:
    said = ranking(made_up("loyalty", 2.0, 5.0, 1.0, 3.0, 0.0))
    assert said.index("b 5.00") < said.index("a 2.00") < said.index("c 1.00")
    assert "1 of 3 factors stand clearly above it" in said


def test_factors_that_nothing_tells_apart_are_not_to_be_relied_on() -> None:
    said = ranking(made_up("loyalty", 2.0, 1.9, 3.0, 0.0))
    assert "no factor stands clearly above it, nor above another, so these ranks are not to be relied on" in said
    assert "settles" not in said


def test_ranks_that_are_settled_are_said_where_luck_is_larger() -> None:
    said = ranking(made_up("loyalty", 2.0, 1.0, 3.0, 0.0))
    assert "what a single run shows is luck as much as any of them. N = 9 settles ranks 1 and 2." in said
    assert "relied on" not in said


def test_a_morris_study_speaks_of_effects_and_sets_idle_factors_apart(tmp_path: Path) -> None:
    done = study(experiment_file(tmp_path, **MORRIS), out=tmp_path)
    assert done.folder is not None
    text = (done.folder / "summary.md").read_text(encoding="utf-8")
    assert "total index" not in text
    assert "trajectories 3" in text
    assert "samples" not in text
    assert "| market.customers |" in text
    assert "Without any effect on these KPIs: anchoring_speed." in text
    assert "| anchoring_speed |" not in text


def test_many_factors_are_screened_first(tmp_path: Path) -> None:
    factors = [{"sub_elements": "maturity", "low": 2, "high": 4}]
    found = study(experiment_file(tmp_path, factors=factors, trajectories=2, samples=2), out=tmp_path)
    (part,) = found.parts
    assert isinstance(part, SensitivityPart)
    assert part.screening is not None
    assert len(part.screening.factors) == 31
    assert 1 <= len(part.factors) <= MOST_LEFT
    assert found.folder is not None
    assert {row["index"] for row in rows(found, "screening.csv")} == {"mean effect"}


def test_the_screening_keeps_what_matters_most_for_some_kpi(tmp_path: Path) -> None:
    """Of 31 factors twelve stand above luck; the ten with the largest effect, in spreads of the KPI, go on in their order."""
    factors = [{"sub_elements": "maturity", "low": 2, "high": 4}]
    (part,) = parts_of(load_experiment(experiment_file(tmp_path, factors=factors, trajectories=2, samples=2)))
    assert isinstance(part, SensitivityPart)
    names = [factor.name for factor in part.factors]
    effects = dict.fromkeys(names, 0.1) | {name: 5.0 + place for place, name in enumerate(names[:11])}

    def screened(more: dict[str, float], sd: float) -> Indices:
        found = (*(effects | more).values(), 1.0, 0.0)
        each = tuple(Estimate(x * sd, 0.9 * x * sd, 1.1 * x * sd) for x in found)
        return Indices("npv", (*names, LUCK, "dummy"), (), (), (), each, (), 9, 0, 1.0, sd, "", 0.0)

    kept = part._that_matter([screened({}, 1.0), screened({names[20]: 99.0}, 1e6)])
    assert [factor.name for factor in kept] == [*names[2:11], names[20]]
    assert [factor.name for factor in part._that_matter([screened(dict.fromkeys(names, 0.1), 1.0)])] == names[:1]
