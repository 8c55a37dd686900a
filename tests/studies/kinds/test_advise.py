"""Advice: a constructed case whose best split is known, one where nothing helps, targets, bounds, flips."""

import math
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray

from sxsim.model.parameters import register
from sxsim.results.intervals import Interval, interval
from sxsim.scenario.problems import InvalidInput
from sxsim.studies.kinds.advise import AdvisePart
from sxsim.studies.looks import Euro
from sxsim.studies.methods.candidates import EQUAL, FOUND, NOTHING, TODAY, Candidate, Flip
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
    assert split["understanding"] >= 0.7 * 3000
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
    assert set(table) == {FOUND, EQUAL, NOTHING, "all into understanding"}
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
    found = study(advise_file(tmp_path, goal="level_0", budget=600, set=sets), out=tmp_path)
    part = part_of(found)
    assert part.judgement.advised == FOUND
    split = dict(zip(part.names, part.judgement.candidates[FOUND].split or (), strict=True))
    assert split["operations"] == max(split.values()) > 200
    first = part.judgement.rows[0]
    assert first.against_nothing.high < 0
    assert first.ahead.mean == 0
    assert part.first == "operations"
    assert part.level_more["operations"].goal.mean < 0
    others = [row for row in part.judgement.rows[1:] if row.candidate.name != "all into operations"]
    assert all(row.ahead.mean > 0 for row in others)
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
    said = any(text.startswith("The bound of understanding binds (high: ") for text in part.sentences())
    assert said or part.judgement.advised != FOUND


def test_todays_split_and_plans_are_judged_beside(tmp_path: Path) -> None:
    sets = SIZE | {"plans.today.money.culture": 100}
    found = study(advise_file(tmp_path, set=sets, rivals=None, trials=15, replications=4), out=tmp_path)
    assert set(part_of(found).judgement.candidates) == {
        NOTHING, EQUAL, TODAY, FOUND, f"all into {part_of(found).first}", "second-barista-in-the-rush", "warm-welcome", "higher-price",
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
    goal = {name: looked_at(mean + 0.001 * noise.standard_normal(20)) for name, mean in means.items()}
    assert part.judgement_of(candidates, goal).advised == advised


def test_flips_are_looked_for_among_the_nearest_rivals(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sxsim.studies.looks.NEAREST_RIVALS", 1)
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


def looked_at(goal: NDArray[np.float64], investment: float = 0.0, cost: float = 0.0) -> NDArray[np.float64]:
    """What is looked at of some runs: the goal, no NPV, the same investment and cost in each."""
    nothing = np.zeros(len(goal))
    return np.stack([goal, nothing, nothing + investment, nothing + cost], axis=1)


def judged(
    folder: Path,
    means: dict[str, float],
    flips: Sequence[Flip] = (),
    luck: float = 0.001,
    spend: float = 500.0,
    **fields: Any,
) -> AdvisePart:
    """A part whose candidates' goals are known, with a little luck; the found split spends on design alone."""
    (part,) = parts_of(load_experiment(advise_file(folder, **({"rivals": ["higher-price", "warm-welcome"]} | fields))))
    assert isinstance(part, AdvisePart)
    splits = {FOUND: (0.0,) * 5 + (spend,) + (0.0,) * 3, EQUAL: part.limits.equal(), NOTHING: (0.0,) * 9}
    candidates = [Candidate(name, splits.get(name), None if name in splits else name) for name in means]
    noise = np.random.default_rng(1)
    goal = {name: mean + luck * noise.standard_normal(20) for name, mean in means.items()}
    part.judgement = part.judgement_of(candidates, {name: looked_at(own) for name, own in goal.items()})
    part.trials = 33
    money = {name: Euro(interval([place] * 8), interval([place] * 8)) for place, name in enumerate(part.names)}
    part.next_money = {FOUND: money}
    part.flips = list(flips)
    return part


def around(mean: float) -> Interval:
    """A lead with a little luck."""
    return interval([mean - 0.1, mean, mean + 0.1])


def test_the_advice_in_words(tmp_path: Path) -> None:
    gain, praise = register()["bond_gain"], register()["heard_praise"]
    flips = [
        Flip(gain, "higher-price", around(-1), around(2), gain.value, gain.low, True),
        Flip(praise, "higher-price", around(1), around(-0.05), praise.value, praise.high, False),
    ]
    goal = {NOTHING: 0.2, EQUAL: 0.25, FOUND: 0.3, "higher-price": 0.1, "warm-welcome": 0.3}
    said = judged(tmp_path, goal, flips).sentences()
    assert said[0] == "Advice: design 500 EUR a month; 2 500 of the budget not spent."
    assert said[1].startswith("Against doing nothing delight_rate changes by +9.98  (+9.94 … +10.03) points")
    assert said[1].endswith("it is better in 100% of the runs, and the worst tenth average +9.84 points.")
    assert said[2] == (
        "It is ahead of equal split, which costs 2 500 EUR a month more, by +4.99  (+4.92 … +5.06) points; higher-price, which "
        "costs 500 EUR a month less, by +20.00  (+19.94 … +20.05) points."
    )
    assert said[3] == (
        "It cannot be told from warm-welcome, which costs 500 EUR a month less, (-0.01  (-0.05 … +0.03) points); corrected for the number of candidates."
    )
    assert said[5:] == [
        "2 assumptions were moved to the ends of their ranges, one at a time.",
        "The advice flips at: bond_gain below 0.06 (usually 0.12; higher-price overtakes).",
        "Not looked at, because these runs do not tell them from the advice: warm-welcome.",
        "1 more leads to a tie that so few runs do not settle: of 4 looks fewer than one would look like a clear flip by chance "
        "alone, and that is corrected for.",
    ]


def test_the_next_euro_names_the_best_three_and_the_last(tmp_path: Path) -> None:
    part = judged(tmp_path, {NOTHING: 0.2, EQUAL: 0.2, FOUND: 0.3}, rivals=[])
    back = {row["element"]: f"{row['npv per unit of money']:+.2f}" for row in part.next_euro}
    best = "; ".join(f"{name} {back[name]} ({back[name]} … {back[name]})" for name in part.names[:-4:-1])
    assert len(set(back.values())) == 9
    (said,) = (text for text in part.sentences() if text.startswith("The next EUR"))
    first = part.names[0]
    assert said == (
        f"The next EUR beyond found split changes the NPV, its own cost counted, by: {best}; last {first} {back[first]}."
    )


def test_a_plan_that_is_better_than_any_split_is_advised_and_the_narrowest_lead_is_told(tmp_path: Path) -> None:
    gain = register()["bond_gain"]
    goal = {NOTHING: 0.2, EQUAL: 0.25, FOUND: 0.3, "higher-price": 0.5, "warm-welcome": 0.2}
    for ends, value in (((1, 2), gain.low), ((2, 1), gain.high)):
        flip = Flip(gain, "higher-price", around(ends[0]), around(ends[1]))
        said = judged(tmp_path, goal, [flip], flip_points=["bond_gain"]).sentences()
        assert said[0] == "Advice: the plan higher-price is better than any split that was found."
        assert not [text for text in said if "binds" in text or "corrected" in text or "Not looked at" in text]
        assert said[-1] == (
            f"None flips the advice clearly; the lead is narrowest over higher-price, with bond_gain at {value:g} (usually 0.12): "
            "+1.00  (+0.75 … +1.25)."
        )


def test_where_nothing_is_clearly_better_nothing_is_advised_nor_flipped(tmp_path: Path) -> None:
    said = judged(tmp_path, {NOTHING: 0.2, EQUAL: 0.2, FOUND: 0.2}, rivals=[]).sentences()
    assert said[0] == "Nothing was found that is clearly better than nothing: 33 splits were tried."
    assert said[1].startswith("It cannot be told from equal split, which costs 3 000 EUR a month more, (+0.01")
    assert said[-1] == (
        "Nothing can be told from the advice on these runs, so there is nothing to flip: more replications would help."
    )
    assert not [text for text in said if "Against doing nothing" in text or "binds" in text]


def test_a_target_in_words(tmp_path: Path) -> None:
    goal = {NOTHING: 0.2, EQUAL: 0.2, FOUND: 0.25}
    met = judged(tmp_path, goal, rivals=[], target=0.24, spend=3000.0)
    assert met.sentences()[:2] == [
        "The cheapest way to delight_rate 24.0 % that was found costs 3 000 EUR a month: design 3 000 EUR a month. It reaches "
        "25.0 % (25.0 % … 25.0 %, on 8 fresh runs, chance only).",
        "The whole budget is spent: it binds.",
    ]
    assert met.unmet() == []
    missed = judged(tmp_path, goal, rivals=[], target=0.3)
    assert (
        missed.unmet()
        == [missed.sentences()[0]]
        == [
            "The target cannot be met: the best split found within 3 000 EUR a month brings delight_rate to 25.0 % (25.0 % … 25.0 %, "
            "on 8 fresh runs, chance only), not to 30.0 %. Raise the budget, widen the bounds, or lower the target."
        ]
    )
    free = judged(tmp_path, {NOTHING: 0.26, EQUAL: 0.26, FOUND: 0.27}, rivals=[], target=0.25, luck=0.1)
    assert free.sentences()[0] == (
        "No money is needed: delight_rate stands at 26.4 % (23.6 % … 29.1 %, on 8 fresh runs, chance only) as it is. The interval "
        "reaches beyond the target, so it may be missed: more replications would tell."
    )


def test_the_table_of_candidates_has_a_line_for_each(tmp_path: Path) -> None:
    lines = judged(
        tmp_path, {NOTHING: 0.2, EQUAL: 0.25, FOUND: 0.3, "higher-price": 0.1, "warm-welcome": 0.3}
    ).remarks()
    assert (
        lines[4] == "| found split | 500 | 30.0 % (30.0 % … 30.0 %) | +9.98  (+9.94 … +10.03) points | +9.84 points |"
    )
    assert [line.split(" | ")[0] for line in lines[4:]] == [
        "| found split", "| warm-welcome", "| equal split", "| nothing", "| higher-price",
    ]  # fmt: skip
    assert lines[-1].endswith("| -10.02  (-10.06 … -9.98) points | -10.17 points |")


def test_only_the_found_split_is_said_to_be_at_a_bound(tmp_path: Path) -> None:
    goal = {NOTHING: 0.2, EQUAL: 0.25, FOUND: 0.3}
    part = judged(tmp_path, goal, rivals=[], bounds={"design": {"high": 500}, "culture": {"low": 0, "high": 100}})
    allocation = dict(part.tables())["allocation"]
    assert {(row["candidate"], row["element"]): row["bound"] for row in allocation if row["bound"]} == {
        (FOUND, "design"): "high"
    }
    assert len(allocation) == 27


def test_the_picture_holds_every_candidate_against_nothing_but_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from sxsim.pictures import decisions

    shown: list[Any] = []
    monkeypatch.setattr(decisions, "allocation", lambda splits, ahead, *rest: shown.extend((splits, ahead)))
    monkeypatch.setattr(decisions, "next_euro", lambda *arguments: None)
    judged(tmp_path, {NOTHING: 0.2, EQUAL: 0.25, FOUND: 0.3, "higher-price": 0.1, "warm-welcome": 0.3}).draw(
        tmp_path, ""
    )
    splits, ahead = shown
    assert list(splits) == [FOUND, EQUAL, NOTHING]
    assert list(ahead) == [FOUND, "warm-welcome", EQUAL, "higher-price"]


def test_what_may_follow_is_counted(tmp_path: Path) -> None:
    """Search and choice, five candidates, twice nine elements and the split itself, three times the last money of nine elements
    with two new judgements, one assumption at two ends for four candidates.
    """
    asked = {"rivals": ["higher-price"], "flip_points": ["bond_gain"], "flip_replications": 3}
    (part,) = parts_of(load_experiment(advise_file(tmp_path, **asked)))
    assert part.planned()[1] == (40 + 8 * 3) * 2 + (6 + 3 * 10 + 3 * 9 + 2) * 8 + 2 * 4 * 3 - 2


@pytest.mark.parametrize(("goal", "target", "worse"), [("delight_rate", 0.5, 0.4), ("turnover_12m", 0.3, 0.4)])
def test_missing_a_target_is_worse_than_any_spending(tmp_path: Path, goal: str, target: float, worse: float) -> None:
    part = judged(tmp_path, {NOTHING: 0.2, EQUAL: 0.2, FOUND: 0.2}, rivals=[], goal=goal, target=target)
    part.spread = 0.2
    reached = {0.0: worse, 3000.0: target, 1500.0: math.nan}
    monthly = [(0.0,) * 9, (3000.0, *(0.0,) * 8), (1500.0, *(0.0,) * 8)]
    part.finish = lambda what, cases, replications: np.array(  # type: ignore[method-assign]
        [[[reached[sum(case.split or ())], 0.0, 0.0, 0.0]] for case, _ in cases]
    )
    assert part.losses("search", monthly, [0]) == pytest.approx([10.0 * 0.1 / 0.2, 1.0, math.inf])


def test_a_plan_costs_what_it_cost_in_the_runs(tmp_path: Path) -> None:
    """Activities count, and where staff or prices are changed all cost does; what is spent anyway does not."""
    part = judged(tmp_path, {NOTHING: 0.2, EQUAL: 0.25, FOUND: 0.3, "higher-price": 0.1, "warm-welcome": 0.3})
    runs = np.full(20, 0.2)
    values = {
        NOTHING: looked_at(runs, 100.0, 5000.0),
        "warm-welcome": looked_at(runs, 450.0, 5600.0),
        "higher-price": looked_at(runs, 100.0, 4800.0),
    }
    candidates = [Candidate(NOTHING, (0.0,) * 9), *(Candidate(n, None, n) for n in ("warm-welcome", "higher-price"))]
    spend = part.judgement_of(candidates, values).spend
    assert spend[NOTHING] == 0.0
    assert spend["warm-welcome"] == pytest.approx(350.0)
    assert spend["higher-price"] == pytest.approx(-200.0)


def test_no_advice_keeps_money_whose_last_step_is_clearly_lost(tmp_path: Path) -> None:
    """Found: all on design. The goal falls with money on design: it is taken back step by step, and said."""
    part = judged(tmp_path, {NOTHING: 0.2, EQUAL: 0.25, FOUND: 0.3}, rivals=[], spend=900.0)
    noise = np.random.default_rng(2)

    def finish(what: str, cases: Any, replications: Any) -> NDArray[np.float64]:
        splits = np.array([candidate.split for candidate, _ in cases])
        alone = (splits.sum(axis=1) == splits[:, 5]) & (splits[:, 5] > 0)
        means = np.where(alone, 0.5 - splits[:, 5] / 10_000, 0.2)
        return np.stack([looked_at(mean + 0.001 * noise.standard_normal(8)) for mean in means])

    part.finish = finish  # type: ignore[method-assign]
    part.judgement = part._judge(part.judgement.candidates[FOUND].split or (), None)
    part._take_back(None)
    assert part.judgement.candidates[FOUND].split == pytest.approx((*(0.0,) * 5, 300.0, *(0.0,) * 3))
    part.look_at_next_euro([part.judgement.candidates[NOTHING], part.judgement.candidates[FOUND]])
    assert "Money was taken back from design: its last step was clearly lost." in part.sentences()
    last = [row for row in part.next_euro if row["money"] == "last"]
    assert [row["element"] for row in last] == ["design"]
