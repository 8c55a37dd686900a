"""Ranks over the uncertainty of the levers' weights: made-up organisations in which who carries what is known."""

from pathlib import Path

import numpy as np
import pytest

from sxsim.model.parameters import lever_weights
from sxsim.scenario.forms.weights import read_judgements
from sxsim.standard.catalogue import ELEMENTS, LEVERS, SUB_ELEMENTS
from sxsim.studies.methods.drawn_weights import DRAWS, rows_of, weights_of
from sxsim.studies.methods.ranks_over_weights import (
    Effects,
    effects_of,
    in_words,
    lever_effects,
    over_weights,
    shares_of_levers,
    worth_rows,
)

ROWS = [rows_of(element) for element in ELEMENTS]
IN_RUNS = lever_weights(SUB_ELEMENTS, LEVERS)
SHARES = shares_of_levers(IN_RUNS, ROWS)


def known(levers: dict[str, float]) -> Effects:
    """What elements bring where levers bring what is said, nearly without error."""
    each = np.array([levers.get(lever, 0.0) for lever in LEVERS])
    return Effects(SHARES @ each, np.eye(len(ELEMENTS)) * 1e-8, 0.9)


def test_the_shares_of_a_lever_add_up_to_all_of_it() -> None:
    assert SHARES.shape == (len(ELEMENTS), len(LEVERS))
    assert SHARES.sum(axis=0) == pytest.approx(np.ones(len(LEVERS)))
    craft = SHARES[:, LEVERS.index("craft")]
    assert craft[ELEMENTS.index("engagement")] == 1.0, "it alone carries craft, by the register"


def test_effects_are_those_of_the_runs_with_an_honest_error() -> None:
    chance = np.random.default_rng(1)
    truth = np.array([2.0, 0.0, -1.0])
    inside = 0
    for _ in range(200):
        settings = chance.uniform(2.0, 4.5, (240, 3))
        shared = np.repeat(chance.normal(0, 1.0, 40), 6)  # points that belong together share their luck
        found = effects_of(settings, settings @ truth + shared + chance.normal(0, 1.0, 240), 6)
        error = np.sqrt(np.diag(found.covariance))
        inside += int((np.abs(found.mean - truth) < 1.96 * error).sum())
    assert 0.90 < inside / 600 < 0.98  # false alarm 1 in 10,000


def test_failed_points_take_their_block_with_them() -> None:
    settings = np.arange(12.0).reshape(12, 1)
    values = 3.0 * settings[:, 0]
    values[1] = np.nan
    assert effects_of(settings, values, 3).mean == pytest.approx([3.0])


def test_what_levers_bring_is_found_as_far_as_it_follows() -> None:
    truth = dict(zip(LEVERS, np.linspace(0.5, 2.0, len(LEVERS)), strict=True))
    found, chance = known(truth), np.random.default_rng(2)
    base = chance.multivariate_normal(found.mean, found.covariance, DRAWS)
    levers = lever_effects(found, SHARES, base, chance)
    error = np.abs(levers.mean(axis=0) - np.array(list(truth.values())))
    assert (error < 3.0 * levers.std(axis=0) + 0.05).all()
    implied = levers @ SHARES.T
    assert np.abs(implied.mean(axis=0) - found.mean).max() < 0.15, "what levers bring adds up to what elements bring"


def test_an_element_that_is_first_by_a_hair_is_not_first_under_other_weights() -> None:
    """Two elements carry a lever between them: with drawn weights either may carry more of it."""
    stated = dict.fromkeys([f"weight.{sub}.{lever}" for sub in SUB_ELEMENTS for lever in LEVERS], 0.0)
    del stated["weight.7.3.2d.recovery"], stated["weight.7.1.2c.recovery"]
    weights = weights_of(stated, None, 1)
    shares = shares_of_levers(weights.in_runs, ROWS)[:, LEVERS.index("recovery")]
    assert shares[ELEMENTS.index("design")] == pytest.approx(1.0 / 1.6)
    found = Effects(2.0 * shares, np.eye(len(ELEMENTS)) * 1e-8, 0.5)
    over = over_weights("loyalty", list(ELEMENTS), found, weights, 1)
    as_in_runs, drawn, freed = over.cases
    assert over.first_of(as_in_runs) == ("design", pytest.approx(1.0, abs=0.01))
    first = dict(zip(ELEMENTS, drawn.first, strict=True))
    assert first["design"] + first["leadership"] == pytest.approx(1.0, abs=0.01)
    assert 0.6 < first["design"] < 0.9  # of 0.3–2 against 0.1–1.2, even: .81
    assert freed.first.max() < first["design"] + 0.02
    assert {each.name for each in over.weights[:2]} == {"weight.7.3.2d.recovery", "weight.7.1.2c.recovery"}
    assert over.levers[0].name == "recovery"
    assert over.levers[0].value == pytest.approx(over.all_of_it, rel=0.25), "nothing else is uncertain"
    assert over.idle < 0.2 * over.weights[0].value
    said = in_words(over, lambda x: f"{x:.2f}")
    assert said.startswith("loyalty, if the levers' weights are as in the runs: design comes first (> 99 %).")
    assert "leadership" not in said.split("To learn first:")[0], "it is never the likeliest"
    assert "To learn first: the weights of recovery, above all weight.7." in said


def test_where_one_element_is_far_ahead_nothing_is_worth_learning() -> None:
    over = over_weights("loyalty", list(ELEMENTS), known({"craft": 9.0, "flow": 0.1}), weights_of({}, None, 1), 1)
    assert over.first_of(over.cases[1])[0] == "engagement"
    assert over.cases[1].first[ELEMENTS.index("engagement")] > 0.95
    assert over.all_of_it < 0.05
    assert "No lever's weights are worth learning first" in in_words(over, str)


def test_the_pattern_of_zeros_decides_who_is_first() -> None:
    """Engagement alone carries craft; freed zeros hand some of it to others."""
    over = over_weights(
        "loyalty", list(ELEMENTS), known({"craft": 2.0, "insight": 2.0, "flow": 2.0}), weights_of({}, None, 1), 1
    )
    engagement = ELEMENTS.index("engagement")
    kept, freed = over.cases[1].effects[:, engagement], over.cases[2].effects[:, engagement]
    assert freed.mean() < kept.mean() - 0.1


def test_better_low_turns_the_effects_round_and_size_counts_where_nothing_is_better() -> None:
    found, weights = known({"craft": -2.0, "flow": 1.0}), weights_of({}, None, 1)
    assert (
        over_weights("churn_rate", list(ELEMENTS), found, weights, 1).first_of(
            over_weights("churn_rate", list(ELEMENTS), found, weights, 1).cases[0]
        )[0]
        == "engagement"
    )
    loyalty = over_weights("loyalty", list(ELEMENTS), found, weights, 1)
    assert loyalty.first_of(loyalty.cases[0])[0] != "engagement"


def test_assessors_take_the_place_of_the_ranges(tmp_path: Path) -> None:
    path = tmp_path / "weights.csv"
    path.write_text("assessor,sub_element,craft\nAnn,7.2.2a,100\nBen,7.3.3a,100\n", encoding="utf-8")
    judgements = read_judgements(path)
    weights = weights_of(judgements.pooled(), judgements, 1)
    assert list(weights.drawn) == [
        "one assessor's, lever by lever",
        "one assessor's, one zero in 10 freed",
    ]
    craft = weights.drawn["one assessor's, lever by lever"][:, :, LEVERS.index("craft")]
    ann = craft[:, SUB_ELEMENTS.index("7.2.2a")] > 0
    assert ann.mean() == pytest.approx(0.5, abs=0.04)
    assert ((craft > 0).sum(axis=1) == 1).all(), "each draw follows one of them"
    over = over_weights("loyalty", list(ELEMENTS), known({"craft": 9.0}), weights, 1)
    assert worth_rows(over)[0]["name"] == "craft"
