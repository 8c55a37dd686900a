"""How commitment spreads among the people of an organisation, customers aside: what more work does, what obstacles do."""

from typing import Any

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from sxsim.engines import compiled, reference
from sxsim.engines.records import Paths, Recorder
from sxsim.engines.start import start
from sxsim.engines.steps_of_employees import count_stages, staff_month
from sxsim.engines.world import SUPPORTER_NETWORK
from sxsim.model.implementation import AWARE, PRACTISING, RESIGNED, TRYING, UNAWARE
from sxsim.model.parameters import register
from sxsim.standard.catalogue import ACTIVITIES, OBSTACLES

from ..scenario.cafe import cafe

#: Nobody gets tired of the work or of trying in vain, and nobody leaves.
RESTED = {
    "support_strain": 0, "resigning_strain": 0, "engagement_strain": 0, "fatigue_gain": 0, "economics.turnover": 0,
}  # fmt: skip
SHARE = st.floats(0, 1).map(lambda x: round(x, 3))
SLOW = settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.too_slow])


def stages(activities: dict[str, Any], months: int = 18, replication: int = 0, staff: int = 12, **sets: Any) -> Paths:
    """What the people of a café without guests go through; sets: fields and parameters, `.` written as `__`."""
    given_ = {"market.people": 0, "market.customers": 0, "horizon.months": months, "horizon.warm_up": 0,
              "touchpoints.counter.staff": staff, "plans.act.activities": activities}  # fmt: skip
    given_ |= {name.replace("__", "."): value for name, value in sets.items()}
    scenario = cafe(*(f"{name}={_written(value)}" for name, value in given_.items()))
    recorder = Recorder()
    compiled.simulate(start(scenario, "act", seed=5, replication=replication), observer=recorder)
    assert recorder.paths is not None
    return recorder.paths


def _written(value: Any) -> str:
    if isinstance(value, dict):
        return "{" + ", ".join(f"{name}: {_written(part)}" for name, part in value.items()) + "}"
    return str(value)


def practising(paths: Paths, month: int = -1) -> float:
    """Share of the staff who practise."""
    return float((paths.commitment[month] == PRACTISING).mean())


def over_runs(activities: dict[str, Any], months: int, runs: int = 12, **sets: Any) -> np.ndarray[Any, Any]:
    """Share who practise by run and month, shape (runs, months)."""
    found = [stages(activities, months, replication, **sets).commitment for replication in range(runs)]
    return (np.array(found) == PRACTISING).mean(axis=2)


@SLOW
@given(
    st.dictionaries(st.sampled_from(ACTIVITIES), SHARE, max_size=8),
    st.dictionaries(st.sampled_from(ACTIVITIES), SHARE, min_size=1, max_size=3),
    st.floats(1, 5), SHARE, st.integers(0, 9),
)  # fmt: skip
def test_more_work_never_lowers_anybody_while_nobody_gets_tired(less, added, maturity, obstacles, replication) -> None:
    """Paired, person by person and month by month; strain and fatigue are off, customers and money for maturity aside."""
    more = {name: max(less.get(name, 0.0), added.get(name, 0.0)) for name in {*less, *added}}
    common = {"organisation__maturity": round(maturity, 2), "organisation__obstacles": obstacles} | {
        name.replace(".", "__"): value for name, value in RESTED.items()
    }
    one = stages(less, replication=replication, **common)
    other = stages(more, replication=replication, **common)
    assert (other.commitment >= one.commitment).all()


@SLOW
@given(st.dictionaries(st.sampled_from(ACTIVITIES), SHARE), SHARE, st.integers(0, 9))
def test_nobody_becomes_committed_without_contact(activities, obstacles, replication) -> None:
    """Nobody practises, leaders carry nothing, and there is no campaign."""
    activities.pop("create_urgency", None)
    found = stages(
        activities, replication=replication, organisation__maturity=1, organisation__obstacles=obstacles,
        organisation__commitment=0, newcomer_commitment=0, contact_leaders=0,
    )  # fmt: skip
    assert (found.commitment == UNAWARE).all()


def test_a_campaign_makes_people_aware_where_nobody_carries_it() -> None:
    found = stages({"create_urgency": 1}, organisation__maturity=1, organisation__commitment=0, newcomer_commitment=0)
    assert (found.commitment[-1] > UNAWARE).mean() > 0.5


def test_without_obstacles_and_with_full_support_nearly_everyone_practises_and_with_all_hardly_anyone() -> None:
    everything = dict.fromkeys(ACTIVITIES, 1.0)
    free = over_runs(everything, 60, organisation__maturity=5, organisation__obstacles=0, organisation__commitment=0)
    assert free[:, -12:].mean() > 0.85
    held = over_runs({}, 60, organisation__maturity=3, organisation__obstacles=1, organisation__commitment=0)
    assert held[:, -12:].mean() < 0.1


@pytest.mark.parametrize("obstacle", OBSTACLES)
def test_every_obstacle_holds_commitment_up(obstacle: str) -> None:
    """Paired over 24 runs of 14 people; a single obstacle of full severity lowers the share who practise, by 2 points or more."""
    usual = over_runs({}, 36, 24, organisation__obstacles=0.1, organisation__commitment=0)[:, -12:].mean(axis=1)
    sets = {"organisation__obstacles": _written(dict.fromkeys(OBSTACLES, 0.1) | {obstacle: 1.0})}
    held = over_runs({}, 36, 24, organisation__commitment=0, **sets)[:, -12:].mean(axis=1)
    assert (usual - held).mean() > 0.02, obstacle


@pytest.mark.parametrize(
    "activity", [name for name in ACTIVITIES if name not in ("manage_activities", "expand_momentum")]
)
def test_every_activity_that_is_for_people_wins_some(activity: str) -> None:
    """Paired over 12 runs while nobody gets tired: 6.2 is for the time that activities take, 6.5 for maturity."""
    begins = 0.0 if activity == "analyse_situation" else 0.5  # it is for those who are unaware
    common: dict[str, Any] = {"organisation__obstacles": 0.5, "organisation__commitment": begins} | {
        name.replace(".", "__"): v for name, v in RESTED.items()
    }
    without = over_runs({}, 48, **common).mean()
    assert over_runs({activity: 1.0}, 48, **common).mean() > without + 0.002


def test_practice_is_held_by_anchoring() -> None:
    work = {"create_urgency": {"months": 12}, "minimum_viable_changes": {"months": 12}, "change_team": {"months": 12}}
    anchors = {name: {"start": 12, "months": 12} for name in ACTIVITIES[-3:]}
    common = {"organisation__maturity": 3, "organisation__obstacles": 0.4}
    left = over_runs(work, 60, **common)[:, -12:].mean()
    held = over_runs(work | anchors, 60, **common)[:, -12:].mean()
    assert held > left + 0.03


def test_a_second_programme_after_a_failed_one_starts_lower() -> None:
    """Trying is given up where nothing supports it; the fatigue it leaves costs the second programme more than the first."""
    common = {"organisation__maturity": 2, "organisation__obstacles": 0.4, "organisation__commitment": 0} | {
        "economics__turnover": 0, "fatigue_forgetting": 0.01,
    }  # fmt: skip
    twice = {"create_urgency": {"months": 8, "again": "[{start: 24, months: 8}]"}}
    lively, tired = (
        np.array([stages(twice, 34, run, fatigue_gain=gain, **common).commitment for run in range(16)]) >= TRYING
        for gain in (0.0, 0.3)
    )
    lost = (lively.astype(float) - tired).mean(axis=(0, 2))
    assert lost[24:34].mean() > lost[:8].mean() + 0.02
    assert lost[24:34].mean() > 0.02


def test_strain_and_fatigue_make_people_resign() -> None:
    tired = stages(
        {}, 36, resigning_fatigue=register()["resigning_fatigue"].high, fatigue_gain=0.4, fatigue_forgetting=0.01
    )
    assert (tired.commitment == RESIGNED).any()
    assert not (
        stages({}, 36, **{name.replace(".", "__"): v for name, v in RESTED.items()}).commitment == RESIGNED
    ).any()


@pytest.mark.parametrize("network", [0.0, 1.0])
def test_what_is_carried_across_comes_from_other_teams_only(network: float) -> None:
    """Two waiters practise. Someone at the counter meets the idea through them; the third waiter sees no other team practise.

    A network of supporters carries on when nobody works on it any more.
    """
    sets = [
        "organisation.obstacles=0", "contact_team=0", "contact_leaders=0", "contact_across=0.5", "contact_network=0.3",
        "aware_speed=1", "teams.waiters.posts=3", "touchpoints.counter.staff=3",
    ]  # fmt: skip
    world = start(cafe(*sets))
    world.activities[SUPPORTER_NETWORK]["done"] = network
    waiters, counter = world.teams[0], world.teams[-1]
    world.posts["filled"], world.posts["stage"] = 0, UNAWARE
    for team in (waiters, counter):
        world.posts["filled"][team["first"] : team["first"] + 3] = 1
    world.posts["stage"][waiters["first"] : waiters["first"] + 2] = PRACTISING
    count_stages(world)
    across = 0.5 + 0.3 * network
    chances = {"at the counter": (counter["first"], across * 2 / 3), "the third waiter": (waiters["first"] + 2, 0.0)}
    for who, (post, chance) in chances.items():
        for u, becomes in ((chance - 0.01, AWARE), (chance + 0.01, UNAWARE)):
            world.posts[int(post)]["stage"] = UNAWARE
            if u > 0:
                staff_month(world, int(post), 0.05, 0.0, u)
                assert world.posts[int(post)]["stage"] == becomes, (who, u)


@pytest.mark.parametrize(("stage", "becomes"), [(AWARE, RESIGNED), (TRYING, RESIGNED), (PRACTISING, PRACTISING)])
def test_who_is_aware_or_tries_may_resign_and_who_practises_falls_back_first(stage: int, becomes: int) -> None:
    world = start(cafe("resigning_fatigue=0.3", "relapse_speed=0", "giving_up_speed=0", "losing_sight_speed=0"))
    world.posts["stage"], world.posts["fatigue"] = stage, 1.0
    count_stages(world)
    staff_month(world, 0, 0.05, 0.0, 0.9)
    assert world.posts[0]["stage"] == becomes


@pytest.mark.parametrize("engine", [compiled.simulate, reference.simulate])
def test_an_employee_who_practises_serves_more_customers_individually(engine: Any) -> None:
    """The levers of the site are the same; only the person at the counter differs. Nobody moves from stage to stage."""
    still = ["unlived_share=1", "contact_team=0", "contact_across=0", "contact_leaders=0", "relapse_speed=0",
             "newcomer_commitment=0", "organisation.maturity=4", "horizon.months=2"]  # fmt: skip
    individual = [
        engine(start(cafe(*still, f"organisation.commitment={share}"), seed=4)).contacts["individual"].sum()
        for share in (0, 1)
    ]
    assert individual[1] > 1.5 * individual[0] > 10
