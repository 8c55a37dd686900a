"""One touchpoint, team, segment or site inserted into a scenario moves nobody else's luck."""

from typing import Any

import numpy as np
import pytest

from sxsim.engines import compiled
from sxsim.engines.start import start
from sxsim.engines.world import World
from sxsim.scenario.loading import validate
from sxsim.scenario.scenario import Scenario

WEB = {"name": "web", "kind": "self_service", "service_time": 2, "failure_rate": 0.1}
DESK = {"name": "desk", "service_time": {"distribution": "exponential", "mean": 4}, "staff": 2, "failure_rate": 0.2}
SHOP = {"name": "shop", "service_time": {"distribution": "exponential", "mean": 3}, "staff": 2, "query_rate": 0.4}
REGULARS = {"name": "regulars", "share": 0.6, "visits_per_month": 4, "journeys": {"errand": 1}}
PASSERS_BY = {"name": "passers-by", "share": 0.4, "visits_per_month": 1, "journeys": {"errand": 1}}


def scenario(**changed: Any) -> Scenario:
    """Two touchpoints with staff of their own, two segments, one site."""
    raw: dict[str, Any] = {
        "question": "Whose luck is it?",
        "touchpoints": [DESK, SHOP],
        "journeys": [{"name": "errand", "steps": [{"touchpoint": "desk"}, {"touchpoint": "shop"}]}],
        "segments": [REGULARS, PASSERS_BY],
        "market": {"people": 200, "customers": 120},
        "horizon": {"months": 3, "warm_up": 1},
    }
    found, problems = validate(raw | changed, Scenario)
    assert found is not None and not problems, problems
    return found


def ran(of: Scenario, replication: int = 0) -> tuple[World, Any]:
    """A world after its run, and its contact log."""
    world = start(of, replication=replication, log_contacts=True)
    return world, compiled.simulate(world).log


@pytest.mark.parametrize("place", [0, 1, 2])
def test_a_touchpoint_that_nobody_uses_changes_nothing_wherever_it_stands(place: int) -> None:
    touchpoints = [DESK, SHOP]
    touchpoints.insert(place, WEB)
    (world, log), (other, other_log) = ran(scenario()), ran(scenario(touchpoints=touchpoints))
    assert len(log) > 300
    for name in log.dtype.names:
        if name not in ("touchpoint", "contact_type"):
            assert (log[name] == other_log[name]).all(), name
    for name in ("satisfaction", "loyalty", "bond", "expectation"):
        assert (world.persons[name] == other.persons[name]).all()


def talents(world: World) -> dict[tuple[int, int], tuple[float, ...]]:
    """What distinguishes the holders of posts at the start, by the key of their team and their number in it."""
    return {
        (int(world.teams[post["team"]]["luck"]), int(post["number"])): (post["talent"], post["trait"], post["speed"])
        for post in world.posts
    }


@pytest.mark.parametrize("place", [0, 1, 2])
def test_a_staffed_touchpoint_inserted_moves_nobody_elses_luck(place: int) -> None:
    touchpoints = [DESK, SHOP]
    touchpoints.insert(place, {"name": "kiosk", "service_time": 1, "staff": 1})
    plain, more = scenario(), scenario(touchpoints=touchpoints)
    assert talents(start(plain)).items() < talents(start(more)).items()
    satisfaction = [
        [ran(of, replication)[0].persons["satisfaction"].mean() for replication in range(12)] for of in (plain, more)
    ]
    assert (
        np.corrcoef(satisfaction)[0, 1] > 0.7
    )  # the new one's staff is part of the house, but nobody's luck has moved


def test_a_step_inserted_before_others_leaves_them_their_luck() -> None:
    journey = {
        "name": "errand",
        "steps": [{"touchpoint": "web", "chance": 0.0}, {"touchpoint": "desk"}, {"touchpoint": "shop"}],
    }
    (_, log), (_, other) = ran(scenario()), ran(scenario(touchpoints=[WEB, DESK, SHOP], journeys=[journey]))
    for name in ("person", "arrival", "start", "end", "kept", "query", "quality", "satisfaction"):
        assert (log[name] == other[name]).all(), name


def test_two_steps_at_one_touchpoint_have_luck_of_their_own() -> None:
    journey = {"name": "errand", "steps": [{"touchpoint": "desk"}, {"touchpoint": "desk"}]}
    _, log = ran(scenario(journeys=[journey]))
    first, second = (log[log["step"] == step] for step in (0, 1))
    both = np.intersect1d(first["person"] * 1000 + first["visit"], second["person"] * 1000 + second["visit"])
    minutes = [
        dict(zip((rows["person"] * 1000 + rows["visit"]).tolist(), rows["end"] - rows["start"], strict=True))
        for rows in (first, second)
    ]
    assert len(both) > 100
    assert sum(abs(minutes[0][visit] - minutes[1][visit]) < 1e-9 for visit in both.tolist()) == 0


def kept(world: World, names: tuple[str, ...]) -> dict[tuple[int, int], tuple[float, ...]]:
    """What distinguishes people, by the key of their group and their ordinal in it."""
    people = world.persons
    return {
        (int(person["luck"]), int(person["ordinal"])): tuple(float(person[name]) for name in names) for person in people
    }


@pytest.mark.parametrize("place", [0, 1, 2])
def test_a_segment_inserted_leaves_the_others_as_they_are(place: int) -> None:
    segments = [REGULARS | {"share": 0.3}, PASSERS_BY | {"share": 0.2}]
    segments.insert(place, {"name": "guests", "share": 0.5, "visits_per_month": 2, "journeys": {"errand": 1}})
    names = ("personal_rate", "patience", "wish", "usual_expectation", "scale", "remaining")
    before = kept(start(scenario()), names)
    after = kept(start(scenario(segments=segments, market={"people": 400, "customers": 240})), names)
    assert len(before) == 200 and before.items() <= after.items()


def test_a_site_inserted_leaves_people_posts_and_days_of_the_others_as_they_are() -> None:
    one, two = ({"name": name, "share": share} for name, share in (("north", 0.5), ("south", 0.5)))
    before = start(scenario(sites=[one, two]))
    new = {"name": "east", "share": 0.5}
    after = start(
        scenario(sites=[new, one | {"share": 0.25}, two | {"share": 0.25}], market={"people": 400, "customers": 240})
    )
    names = ("personal_rate", "patience", "wish", "usual_expectation")
    assert kept(before, names).items() <= kept(after, names).items()
    assert before.sites["luck"].tolist() == after.sites["luck"][1:].tolist()
    assert before.teams["luck"].tolist() == after.teams["luck"][2:].tolist()
    assert talents(before).items() < talents(after).items()
