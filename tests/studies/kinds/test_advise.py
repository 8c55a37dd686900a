"""Advice: a constructed case whose best split is known, one where nothing helps, targets, bounds, flips."""

from pathlib import Path
from typing import Any

import numpy as np
import pytest

from sxsim.model.parameters import register
from sxsim.scenario.problems import InvalidInput
from sxsim.studies.kinds.advise import AdvisePart
from sxsim.studies.methods.candidates import EQUAL, FOUND, NOTHING, TODAY, Candidate
from sxsim.studies.study import Study, load_experiment, parts_of, planned, study
from tests.studies.experiments import experiment_file, rows

WEIGHTS = [name for name in register() if name.startswith("weight.")]
#: Everybody practises, whatever happens, so that money acts through what it buys alone.
STEADY = {"quality_talent": 0.0,
    "organisation.commitment": 1, "relapse_speed": 0.0, "economics.turnover": 0, "support_deployment": 0.0,
    "bond_ideas": 0.0,
}  # fmt: skip
#: A café in which only insight counts, and only the sub-elements of one element carry it.
ONE_ELEMENT = (
    dict.fromkeys(WEIGHTS, 0.0)
    | STEADY
    | {
        "weight.7.3.1a.insight": 1.0,
        "weight.7.3.1b.insight": 1.0,
        "weight.7.3.1c.insight": 1.0,
    }
)
NO_ELEMENT = dict.fromkeys(WEIGHTS, 0.0) | STEADY | {
    "idea_delay_slow": 1.0, "idea_delay_fast": 1.0,
}  # fmt: skip
SIZE = {
    "market.people": 400, "market.customers": 250, "horizon.months": 8, "horizon.warm_up": 0, "organisation.maturity": 1.5,
    "maturity_gain": 0.25,
}  # fmt: skip


def advise_file(folder: Path, **fields: Any) -> Path:
    """An experiment that asks how to spread money in the café."""
    data = {
        "study": "advise", "budget": 3000, "goal": "delight_rate", "set": SIZE, "trials": 40, "search_replications": 2,
        "replications": 8, "flip_points": "none", "rivals": [], "factors": None, "samples": None,
    }  # fmt: skip
    return experiment_file(folder, **(data | fields))


def part_of(found: Study) -> AdvisePart:
    """The only part of a study."""
    (part,) = found.parts
    assert isinstance(part, AdvisePart)
    return part


@pytest.fixture(scope="module")
def one_element(tmp_path_factory: pytest.TempPathFactory) -> Study:
    """Advice where only one element helps delight."""
    folder = tmp_path_factory.mktemp("one")
    return study(advise_file(folder, set=SIZE | ONE_ELEMENT, search_replications=8, trials=60), out=folder)


def test_the_only_element_that_helps_gets_the_money(one_element: Study) -> None:
    part = part_of(one_element)
    assert part.judgement.advised == FOUND
    split = dict(zip(part.names, part.judgement.candidates[FOUND].split or (), strict=True))
    assert split["understanding"] >= 0.8 * 3000
    assert part.sentences()[0].startswith("Advice: understanding ")


def test_the_judgement_is_on_draws_that_the_search_has_not_seen(one_element: Study) -> None:
    import pandas as pd

    assert one_element.folder is not None
    points = pd.read_parquet(one_element.folder / "points.parquet")
    seen = {what: set(group["replication"]) for what, group in points.groupby("for")}
    assert not seen["judgement"] & (seen["search"] | seen["choice"])
    assert not seen["choice"] & seen["search"]
    assert len(seen["judgement"]) == 8


def test_every_candidate_is_judged_against_nothing(one_element: Study) -> None:
    table = {row["candidate"]: row for row in rows(one_element, "judgement.csv")}
    assert next(iter(table)) == FOUND
    assert set(table) == {FOUND, EQUAL, NOTHING}
    assert float(table[NOTHING]["against nothing"]) == 0.0
    assert float(table[FOUND]["against nothing low"]) > 0.0
    assert float(table[EQUAL]["advice ahead by"]) > 0.0
    assert float(table[FOUND]["worst tenth"]) <= float(table[FOUND]["against nothing"])


def test_the_next_money_pays_most_where_it_helps(one_element: Study) -> None:
    table = [row for row in rows(one_element, "next_euro.csv") if row["from"] == NOTHING]
    best = max(table, key=lambda row: float(row["goal change"]))
    assert best["element"] == "understanding"
    others = [float(row["goal change"]) for row in table if row["element"] != "understanding"]
    assert others == [0.0] * 8


def test_money_that_changes_nothing_is_lost_to_the_last_cent(tmp_path: Path) -> None:
    found = study(advise_file(tmp_path, goal="npv", trials=20, set=SIZE | NO_ELEMENT), out=tmp_path)
    for row in rows(found, "next_euro.csv"):
        assert float(row["npv per unit of money"]) == pytest.approx(-1.0, abs=1e-9)


def test_nothing_found_that_is_better_is_an_answer(tmp_path: Path) -> None:
    found = study(advise_file(tmp_path, set=SIZE | NO_ELEMENT), out=tmp_path)
    part = part_of(found)
    assert part.judgement.advised == NOTHING
    assert part.sentences()[0].startswith("Nothing was found that is clearly better than nothing")


def test_a_goal_that_is_better_low_is_made_low(tmp_path: Path) -> None:
    sets = (
        SIZE
        | NO_ELEMENT
        | dict.fromkeys((n for n in WEIGHTS if n.startswith("weight.7.4.1") and n.endswith("reliability")), 1.0)
    )
    found = study(advise_file(tmp_path, goal="level_0", budget=60, set=sets), out=tmp_path)
    part = part_of(found)
    assert part.judgement.advised == FOUND
    split = dict(zip(part.names, part.judgement.candidates[FOUND].split or (), strict=True))
    assert split["operations"] == max(split.values()) > 20
    first = part.judgement.rows[0]
    assert first.against_nothing.high < 0
    assert first.ahead.mean == 0
    assert all(row.ahead.mean > 0 for row in part.judgement.rows[1:])
    assert first.worst_tenth >= first.against_nothing.mean


def test_a_target_is_reached_at_least_cost(tmp_path: Path, one_element: Study) -> None:
    judged = {row["candidate"]: float(row["mean"]) for row in rows(one_element, "judgement.csv")}
    halfway = (judged[FOUND] + judged[NOTHING]) / 2
    found = study(
        advise_file(tmp_path, target=halfway, trials=60, search_replications=8, set=SIZE | ONE_ELEMENT), out=tmp_path
    )
    part = part_of(found)
    assert part.judgement.target_met
    assert part.judgement.rows[0].spend < 0.8 * 3000
    assert part.judgement.rows[0].value.mean >= halfway
    assert "The cheapest way to delight_rate" in part.sentences()[0]


def test_a_target_that_cannot_be_met_says_so(tmp_path: Path) -> None:
    found = study(advise_file(tmp_path, target=0.99, trials=15), out=tmp_path)
    part = part_of(found)
    assert not part.judgement.target_met
    assert "The target cannot be met" in part.sentences()[0]
    assert "Raise the budget" in part.sentences()[0]


def test_bounds_hold_and_are_named_where_they_bind(tmp_path: Path) -> None:
    bounds = {"understanding": {"high": 500}, "monitoring": {"low": 300}}
    found = study(
        advise_file(tmp_path, bounds=bounds, set=SIZE | ONE_ELEMENT, search_replications=8, trials=60), out=tmp_path
    )
    part = part_of(found)
    split = dict(zip(part.names, part.judgement.candidates[FOUND].split or (), strict=True))
    assert split["understanding"] <= 500
    assert split["monitoring"] >= 300
    bound = {row["element"]: row["bound"] for row in rows(found, "allocation.csv") if row["candidate"] == FOUND}
    assert bound["understanding"] == "high"
    assert "The bound of understanding binds (high: 500)." in part.sentences() or part.judgement.advised != FOUND


def test_todays_split_and_plans_are_judged_beside(tmp_path: Path) -> None:
    sets = SIZE | {"plans.today.money.culture": 100}
    found = study(advise_file(tmp_path, set=sets, rivals=None, trials=15, replications=4), out=tmp_path)
    assert set(part_of(found).candidates) == {
        NOTHING, EQUAL, TODAY, FOUND, "second-barista-in-the-rush", "warm-welcome", "higher-price",
    }  # fmt: skip


@pytest.mark.parametrize(
    ("means", "advised"),
    [
        ({NOTHING: 0.3, EQUAL: 0.4, FOUND: 0.5, "higher-price": 0.2}, FOUND),
        ({NOTHING: 0.3, EQUAL: 0.5, FOUND: 0.5, "higher-price": 0.2}, EQUAL),
        ({NOTHING: 0.3, EQUAL: 0.3, FOUND: 0.3, "higher-price": 0.2}, NOTHING),
        ({NOTHING: 0.5, EQUAL: 0.4, FOUND: 0.3, "higher-price": 0.2}, NOTHING),
        ({NOTHING: 0.3, EQUAL: 0.5, FOUND: 0.4, "higher-price": 0.2}, EQUAL),
        ({NOTHING: 0.3, EQUAL: 0.4, FOUND: 0.5, "higher-price": 0.6}, "higher-price"),
        ({NOTHING: 0.3, EQUAL: 0.3, FOUND: 0.3, "higher-price": 0.4}, "higher-price"),
    ],
)
def test_what_is_advised_is_clearly_better_than_what_is_simpler(
    tmp_path: Path, means: dict[str, float], advised: str
) -> None:
    """Differences stand out of the noise a hundredfold; equal means have different noise."""
    setup = load_experiment(advise_file(tmp_path, rivals=["higher-price"]))
    (part,) = parts_of(setup)
    assert isinstance(part, AdvisePart)
    zero = (0.0,) * 9
    candidates = [
        Candidate(name, None if name in part.plans else zero, name if name in part.plans else None) for name in means
    ]
    noise = np.random.default_rng(1)
    goal = {name: mean + 0.001 * noise.standard_normal(20) for name, mean in means.items()}
    assert part.judgement_of(candidates, goal).advised == advised


def test_flips_are_looked_for_among_the_nearest_rivals(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sxsim.studies.advise._NEAREST_RIVALS", 1)
    fields: dict[str, Any] = {
        "rivals": None,
        "flip_points": ["technology_weight", "money_half"],
        "flip_replications": 4,
    }
    part = part_of(study(advise_file(tmp_path, set=SIZE | ONE_ELEMENT, **fields), out=tmp_path))
    assert part.judgement.advised == FOUND
    behind = {
        row.candidate.name: row.ahead.mean
        for row in part.judgement.rows[1:]
        if row.candidate.name not in part.judgement.tied
    }
    flips = {flip.parameter.name: flip for flip in part.flips}
    assert {flip.rival for flip in part.flips} == {min(behind, key=lambda name: behind[name])}
    assert flips["money_half"].lead_low.mean < flips["money_half"].lead_high.mean
    assert flips["technology_weight"].lead_low == flips["technology_weight"].lead_high
    assert flips["technology_weight"].value is None


def test_thirty_one_sub_elements_when_asked(tmp_path: Path) -> None:
    found = study(advise_file(tmp_path, spread_over="sub_elements", trials=40, replications=4), out=tmp_path)
    part = part_of(found)
    assert len(part.names) == 31
    assert len({row["element"] for row in rows(found, "next_euro.csv")}) == 31


def test_the_same_bytes_on_any_number_of_cores_and_the_second_time(tmp_path: Path) -> None:
    path = advise_file(tmp_path, trials=15, replications=4, flip_points=["bond_gain"], flip_replications=2)
    one, two = (study(path, out=tmp_path / str(jobs), jobs=jobs) for jobs in (1, 3))
    assert one.folder is not None
    assert two.folder is not None
    tables = [
        {p.name: p.read_bytes() for p in folder.iterdir() if p.suffix in (".csv", ".parquet")}
        for folder in (one.folder, two.folder)
    ]
    assert tables[0] == tables[1]
    again = study(path, out=tmp_path / "1")
    assert again.run == 0


def test_a_dry_run_says_how_many_may_follow(tmp_path: Path) -> None:
    told = planned(load_experiment(advise_file(tmp_path, trials=15)), tmp_path)
    assert told["points"] == 2
    assert told["after"] > 15 * 2


@pytest.mark.parametrize(
    ("fields", "words"),
    [
        ({"budget": 0}, "must be > 0"),
        ({"bounds": {"design": {"low": 20, "high": 10}}}, "the range is upside down"),
        ({"bounds": {"design": {"low": 4000}}}, "must be ≤ budget(=3000)"),
        ({"bounds": {"7.3.2b": {"low": 10}}}, "set spread_over: sub_elements"),
        ({"bounds": {"desing": {"low": 10}}}, "is no element or sub-element"),
        ({"goal": "happiness"}, "is no KPI"),
        ({"goal": "utilisation"}, "neither better high nor better low"),
        ({"rivals": ["warm"]}, "has no plan 'warm'"),
        ({"flip_points": ["bond_gian"]}, "did you mean bond_gain?"),
    ],
)
def test_a_wrong_file_says_what_is_wrong(tmp_path: Path, fields: dict[str, Any], words: str) -> None:
    with pytest.raises(InvalidInput) as error:
        load_experiment(advise_file(tmp_path, **fields))
    assert words in str(error.value)
