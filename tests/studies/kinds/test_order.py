"""The order of a programme: a search that finds the known best, judged on fresh draws; nothing found is an answer."""

from pathlib import Path
from typing import Any

import numpy as np
import pytest

from sxsim.scenario.problems import InvalidInput
from sxsim.studies.kinds.order import AS_PLANNED, AT_ONCE, FOUND, OrderPart
from sxsim.studies.methods.search import Choice, Starts, search
from sxsim.studies.study import Study, load_experiment, parts_of, planned, study
from tests.studies.experiments import SMALL, experiment_file, rows

WORK = {
    "create_urgency": {"start": 8, "months": 4},
    "change_team": {"start": 8, "months": 4},
    "anchor_culture": {"start": 2, "months": 4},
}
SETS = SMALL | {
    "horizon.months": 16, "organisation.commitment": 0, "organisation.obstacles": 0.3, "economics.turnover": 0,
    "touchpoints.counter.staff": 8, "plans.warm-welcome.activities": WORK,
}  # fmt: skip


def order_file(folder: Path, **fields: Any) -> Path:
    """An experiment that asks when the café had better begin its activities."""
    data = {
        "study": "order", "plan": "warm-welcome", "goal": "commitment", "set": SETS, "trials": 30, "search_replications": 4,
        "replications": 30, "kpis": ["commitment"], "factors": None, "samples": None,
    }  # fmt: skip
    return experiment_file(folder, **(data | fields))


def part_of(found: Study) -> OrderPart:
    """The only part of a study."""
    (part,) = found.parts
    assert isinstance(part, OrderPart)
    return part


@pytest.fixture(scope="module")
def found(tmp_path_factory: pytest.TempPathFactory) -> Study:
    """The café's order: nobody is committed at first, so what wins people over had better come early."""
    folder = tmp_path_factory.mktemp("order")
    return study(order_file(folder), out=folder)


def test_what_wins_people_over_had_better_begin_early(found: Study) -> None:
    part = part_of(found)
    assert part.advised in (FOUND, AT_ONCE)
    starts = part.starts_of(part.orders[FOUND])
    assert starts["create_urgency"] <= 4
    assert part.leads[AS_PLANNED].low > 0
    assert part.sentences()[0].startswith("Advice for warm-welcome: ")


def test_only_the_first_months_differ(found: Study) -> None:
    table = rows(found, "orders.csv")
    assert {row["order"] for row in table} == {AS_PLANNED, AT_ONCE, FOUND}
    assert {row["months"] for row in table} == {"4"}
    planned_ = {row["activity"]: int(row["first month"]) for row in table if row["order"] == AS_PLANNED}
    assert planned_ == {name: each["start"] for name, each in WORK.items()}
    assert {row["first month"] for row in table if row["order"] == AT_ONCE} == {"0"}


def test_all_the_work_fits_into_the_horizon(found: Study) -> None:
    part = part_of(found)
    assert part.starts.latest == (12, 12, 12)
    assert all(start <= 12 for order in part.orders.values() for start in part.starts_of(order).values())


def test_the_judgement_is_on_draws_that_the_search_has_not_seen(found: Study) -> None:
    import pandas as pd

    assert found.folder is not None
    points = pd.read_parquet(found.folder / "points.parquet")
    seen = {what: set(group["replication"]) for what, group in points.groupby("for")}
    assert not seen["judgement"] & (seen["search"] | seen["choice"])
    assert not seen["choice"] & seen["search"]
    assert len(seen["judgement"]) == 30


def test_the_same_bytes_on_any_number_of_cores_and_the_second_time(found: Study, tmp_path: Path) -> None:
    other = study(order_file(tmp_path), out=tmp_path, jobs=1)
    tables = [
        {p.name: p.read_bytes() for p in folder.iterdir() if p.suffix in (".csv", ".parquet")}
        for folder in (found.folder, other.folder)
        if folder is not None
    ]
    assert tables[0] == tables[1]
    assert study(order_file(tmp_path), out=tmp_path).run == 0


def test_where_the_order_does_not_matter_the_plan_stays_as_it_is(tmp_path: Path) -> None:
    sets = SETS | {
        "activity_work": 0,
        "activity_cost": 0,
        "contact_campaign": 0,
        "obstacle_relief": 0,
        "activity_speed": 0,
    }
    part = part_of(study(order_file(tmp_path, set=sets, trials=12), out=tmp_path))
    assert part.advised == AS_PLANNED
    assert "No order was found that is clearly better" in part.sentences()[0]
    assert all(lead.mean == 0 for lead in part.leads.values())
    assert not [text for text in part.sentences() if " behind " in text or " ahead of " in text]


def test_phases_move_as_wholes(tmp_path: Path) -> None:
    (part,) = parts_of(load_experiment(order_file(tmp_path, move="phases")))
    assert isinstance(part, OrderPart)
    assert list(part.groups) == ["pre-implementation", "post-implementation"]
    assert part.starts.planned == (8.0, 2.0)
    assert part.starts_of((1.0, 5.0)) == {"create_urgency": 1, "change_team": 1, "anchor_culture": 5}


def test_the_search_finds_first_months_that_are_known() -> None:
    starts = Starts((24,) * 4, (0.0, 0.0, 12.0, 12.0), (0, 0, 1, 2), 2)
    best = np.array([3.0, 0.0, 20.0, 11.0])
    noise = np.random.default_rng(4)

    def loss(orders: Any) -> list[float]:
        return [float(np.abs(np.array(order) - best).sum() + 0.3 * noise.standard_normal()) for order in orders]

    (_, found), *_ = search(starts, loss, 200, 1)
    assert np.abs(np.array(found) - best).max() <= 2
    assert all(month == int(month) and 0 <= month <= 24 for month in found)


def test_a_search_begins_with_the_plan_everything_at_once_and_phases_either_way_round() -> None:
    starts = Starts((12,) * 3, (1.0, 2.0, 3.0), (0, 1, 2), 2)
    assert starts.simple() == [
        (1.0, 2.0, 3.0), (0.0, 0.0, 0.0), (0.0, 3.0, 6.0), (6.0, 3.0, 0.0), (0.0, 6.0, 12.0), (12.0, 6.0, 0.0),
    ]  # fmt: skip


def test_a_dry_run_says_how_many_may_follow(tmp_path: Path) -> None:
    told = planned(load_experiment(order_file(tmp_path)), tmp_path)
    assert told["points"] == 4
    assert told["after"] > 30 * 4


@pytest.mark.parametrize(
    ("fields", "words"),
    [
        ({"plan": "today"}, "has fewer than two activities"),
        ({"plan": "warm-welcme"}, "did you mean warm-welcome?"),
        ({"rivals": ["tody"]}, "did you mean today?"),
        ({"goal": "utilisation"}, "neither better high nor better low"),
        ({"goal": "npw"}, "did you mean npv?"),
        ({"latest": -1}, "must be ≥ 0"),
        ({"latest": 99}, "must be from 8 (the plan's own last beginning) to 15"),
        ({"latest": 7}, "must be from 8"),
        ({"set": SETS | {"horizon.months": 10}}, "create_urgency ends in month 12, after the horizon (month 10)"),
        ({"set": SETS | {"plans.warm-welcome.activities": {"change_team": 0.5, "create_urgency": {"months": 2}}}}, "goes on to the end"),
        ({"move": "weeks"}, "must be 'activities' or 'phases'"),
        ({"set": SETS | {"plans.warm-welcome.activities": {"change_team": {"months": 1, "again": [{"start": 5}]}, "create_urgency": {"months": 1}}}},
         "worked on more than once"),
    ],
)  # fmt: skip
def test_a_wrong_file_says_what_is_wrong(tmp_path: Path, fields: dict[str, Any], words: str) -> None:
    with pytest.raises(InvalidInput) as error:
        load_experiment(order_file(tmp_path, **fields))
    assert words in str(error.value)


ELSEWHEN = (1.0, 2.0, 3.0)
IN_WORDS = "month 1: create_urgency; month 2: change_team; month 3: anchor_culture"
RESTS_ON = (
    "17 orders were looked at, with 4 runs each; the judgement rests on 30 fresh runs. Whether an order is ahead is corrected "
    "for the number of orders that are compared; the intervals are not."
)


def judged(folder: Path, means: dict[str, float], found: Choice = ELSEWHEN, goal: str = "commitment") -> list[str]:
    """What is said where the goals of orders are known, with a little luck; orders that are the same share it."""
    (part,) = parts_of(load_experiment(order_file(folder, rivals=["today"], goal=goal)))
    assert isinstance(part, OrderPart)
    noise = np.random.default_rng(1)
    part.orders = {AS_PLANNED: part.starts.planned, AT_ONCE: (0.0,) * 3, FOUND: found}
    part.trials = 17
    part.goal = {name: mean + 0.01 * noise.standard_normal(30) for name, mean in means.items()}
    for name in (AS_PLANNED, AT_ONCE):
        if part.orders[name] == found:
            part.goal[FOUND] = part.goal[name]
    return part.sentences()


def test_a_found_order_that_is_better_is_advised_and_held_against_every_other(tmp_path: Path) -> None:
    assert judged(tmp_path, {AS_PLANNED: 0.3, AT_ONCE: 0.4, FOUND: 0.5, "today": 0.6}) == [
        f"Advice for warm-welcome: {IN_WORDS}. commitment 0.50 (0.50 to 0.50) over 16 months.",
        "It is ahead of as planned: +0.20  (+0.19 … +0.20).",
        "It is behind today: -0.10  (-0.10 … -0.10).",
        "It is ahead of everything at once: +0.10  (+0.09 … +0.10).",
        RESTS_ON,
    ]


def test_a_found_order_that_cannot_be_told_from_the_advice_is_said_and_told(tmp_path: Path) -> None:
    assert judged(tmp_path, {AS_PLANNED: 0.3, AT_ONCE: 0.5, FOUND: 0.5, "today": 0.1}) == [
        "Advice for warm-welcome: begin everything in month 0. commitment 0.50 (0.50 to 0.50) over 16 months.",
        "It is ahead of today: +0.40  (+0.40 … +0.40).",
        "It is ahead of as planned: +0.20  (+0.20 … +0.21).",
        "It is not to be told from found order: +0.00  (-0.00 … +0.01).",
        f"The best that was found: {IN_WORDS}.",
        RESTS_ON,
    ]


def test_a_found_order_that_is_the_advice_is_not_held_against_itself(tmp_path: Path) -> None:
    assert judged(tmp_path, {AS_PLANNED: 0.3, AT_ONCE: 0.5, FOUND: 0.5, "today": 0.1}, (0.0, 0.0, 0.0)) == [
        "Advice for warm-welcome: begin everything in month 0. commitment 0.50 (0.50 to 0.50) over 16 months.",
        "It is ahead of today: +0.40  (+0.40 … +0.40).",
        "It is ahead of as planned: +0.20  (+0.20 … +0.21).",
        "The search found nothing else.",
        RESTS_ON,
    ]


def test_where_nothing_is_clearly_better_the_plan_stays_and_the_found_order_is_still_told(tmp_path: Path) -> None:
    assert judged(tmp_path, {AS_PLANNED: 0.4, AT_ONCE: 0.3, FOUND: 0.4, "today": 0.4}) == [
        "No order was found that is clearly better than warm-welcome as it is planned. commitment 0.40 (0.40 to 0.40).",
        "It is ahead of everything at once: +0.10  (+0.09 … +0.10).",
        "It is not to be told from today: -0.00  (-0.01 … +0.00).",
        "It is not to be told from found order: +0.00  (-0.00 … +0.01).",
        f"The best that was found: {IN_WORDS}.",
        RESTS_ON,
    ]


def test_where_low_is_better_less_is_ahead(tmp_path: Path) -> None:
    said = judged(tmp_path, {AS_PLANNED: 0.4, AT_ONCE: 0.3, FOUND: 0.2, "today": 0.5}, goal="turnover_12m")
    assert said[0].startswith(f"Advice for warm-welcome: {IN_WORDS}.")
    assert [text.partition(":")[0] for text in said[1:4]] == [
        "It is ahead of today", "It is ahead of as planned", "It is ahead of everything at once",
    ]  # fmt: skip
