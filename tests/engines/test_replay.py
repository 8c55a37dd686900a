"""Replays: a run that follows its own paths is itself to the bit; one that follows another's is moved by it."""

import numpy as np
import pytest

from sxsim.engines import compiled, reference
from sxsim.engines.records import Observer, Paths, Recorder, Records, Replay
from sxsim.engines.start import start
from sxsim.engines.world import RELIABILITY
from sxsim.running.plans import load
from sxsim.scenario.scenario import Scenario
from sxsim.standard.catalogue import LEVERS, SUB_ELEMENTS
from tests.studies.experiments import CAFE

SETS = ["market.people=150", "market.customers=80", "horizon.months=4", "horizon.warm_up=2"]
PLAN = {
    "money": {"operations": 400, "engagement": 200},
    "activities": {"create_urgency": 1.0, "minimum_viable_changes": {"start": 1, "effort": 0.5}},
    "changes": [{"touchpoint": "counter", "extra_staff": 1, "month": 1}],
}
ENGINES = {"compiled": compiled.simulate, "reference": reference.simulate}
LEVER, ALL_LEVERS = {RELIABILITY}, set(range(len(LEVERS)))


@pytest.fixture(scope="module")
def scenario() -> Scenario:
    """The café with a plan that pays and staffs."""
    cafe = load(CAFE, sets=SETS)
    raw = cafe.model_dump()
    raw["plans"]["more"] = PLAN
    raw["plans"]["money-only"] = {"money": PLAN["money"]}
    return Scenario.model_validate(raw)


def run(scenario: Scenario, plan: str, observer: Observer | None = None, engine: str = "compiled") -> Records:
    """One replication."""
    return ENGINES[engine](start(scenario, plan, seed=3, replication=1), observer=observer)


def recorded(scenario: Scenario, plan: str) -> tuple[Records, Paths]:
    """One replication and what the organisation went through."""
    recorder = Recorder()
    records = run(scenario, plan, recorder)
    assert recorder.paths is not None
    return records, recorder.paths


def replay(split: str, paths: Paths) -> Replay:
    """Everything of a split follows the same run."""
    if split == "levers":
        return Replay(levers=dict.fromkeys(ALL_LEVERS, paths), last_result=paths)
    return Replay(maturity=dict.fromkeys(range(len(SUB_ELEMENTS)), paths), commitment=paths, last_result=paths)


def same(one: Records, other: Records) -> bool:
    """Whether all records are equal to the bit."""
    names = ("sites", "contacts", "waits", "maturity", "sub_elements", "levers")
    return all(getattr(one, name).tobytes() == getattr(other, name).tobytes() for name in names)


@pytest.mark.parametrize("engine", ENGINES)
@pytest.mark.parametrize("split", ["levers", "elements"])
@pytest.mark.parametrize("plan", ["today", "more"])
def test_a_run_that_follows_its_own_paths_is_itself(scenario: Scenario, plan: str, split: str, engine: str) -> None:
    records, paths = recorded(scenario, plan)
    assert same(run(scenario, plan, replay(split, paths), engine), records)


def test_watching_changes_nothing(scenario: Scenario) -> None:
    assert same(recorded(scenario, "more")[0], run(scenario, "more"))


@pytest.mark.parametrize("split", ["levers", "elements"])
def test_paths_of_another_run_carry_all_that_money_did_but_its_cost(scenario: Scenario, split: str) -> None:
    (today, _), (plan, paths) = recorded(scenario, "today"), recorded(scenario, "money-only")
    found = run(scenario, "today", replay(split, paths))
    assert not same(found, today)
    assert found.contacts.tobytes() == plan.contacts.tobytes()
    assert found.levers.tobytes() == plan.levers.tobytes()
    assert (found.sites["cost"] == plan.sites["cost"]).all()
    assert found.sites["investment"].sum() == 0
    assert plan.sites["investment"].sum() == 4 * 600


def test_one_lever_follows_and_the_others_stay(scenario: Scenario) -> None:
    (_, today), (_, plan) = recorded(scenario, "today"), recorded(scenario, "money-only")
    levers = {number: plan if number == RELIABILITY else today for number in ALL_LEVERS}
    found = run(scenario, "today", Replay(levers=levers, last_result=today))
    assert (found.levers[:, :, RELIABILITY] == plan.levers[:, :, RELIABILITY]).all()
    others = [number for number in ALL_LEVERS if number != RELIABILITY]
    assert (found.levers[:, :, others] == today.levers[:, :, others]).all()


def test_money_from_the_result_is_the_money_of_the_recorded_run(scenario: Scenario) -> None:
    raw = scenario.model_dump()
    raw["plans"]["funded"] = {"money": {"design": 100}, "funded_by_result": 0.3}
    raw["economics"]["fixed_cost"] = 0
    raw["segments"][0]["revenue_per_visit"] = 60
    rich = Scenario.model_validate(raw)
    (funded, own), (_, today) = recorded(rich, "funded"), recorded(rich, "today")
    found = run(rich, "funded", Replay(levers=dict.fromkeys(ALL_LEVERS, today), last_result=own))
    assert (found.sites["investment"] == funded.sites["investment"]).all()
    assert funded.sites["investment"][2:].max() > 100
    assert not (found.sites["result"] == funded.sites["result"]).all()


def test_technology_rides_with_reliability(scenario: Scenario) -> None:
    (_, today), (_, plan) = recorded(scenario, "today"), recorded(scenario, "money-only")
    world = start(scenario, "today", seed=3, replication=1)
    compiled.simulate(world, observer=Replay(levers={RELIABILITY: plan}, last_result=today))
    assert world.sites[0]["technology"] == plan.beside["technology"][-1, 0]
    assert plan.beside["technology"][-1, 0] > today.beside["technology"][-1, 0]
    assert world.sites[0]["deployment"] == today.beside["deployment"][-1, 0]


def test_commitment_goes_by_post_whoever_else_is_there(scenario: Scenario) -> None:
    (_, today), (_, plan) = (
        recorded(scenario, "today"),
        recorded(load(CAFE, sets=[*SETS, "organisation.commitment=0"]), "today"),
    )
    world = start(scenario, "more", seed=3, replication=1)
    compiled.simulate(world, observer=Replay(commitment=plan, last_result=today))
    known = dict(zip(plan.identities.tolist(), plan.commitment[-1].tolist(), strict=True))
    posts = {int(row["identity"]): int(row["stage"]) for row in world.posts}
    assert len(posts) > len(known)
    assert {identity: posts[identity] for identity in known} == known
    assert not np.array_equal(plan.commitment, today.commitment)
