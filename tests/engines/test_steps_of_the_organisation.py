"""What a programme does to the organisation, customers aside: obstacles, alignment, sight, anchoring, money, time."""

from typing import Any

import numpy as np
import pytest

from sxsim.engines import compiled
from sxsim.engines.start import start
from sxsim.engines.steps_of_the_organisation import implementation_month
from sxsim.engines.world import ALIGNMENT, ANCHOR_CULTURE, World
from sxsim.standard.catalogue import ACTIVITIES, ELEMENTS, OBSTACLES, SUB_ELEMENTS, activities, element_of

from ..scenario.cafe import cafe


def begun(plan: str, months: int = 6, replication: int = 0, **sets: Any) -> World:
    """The world of a café without guests under a plan, before its first month; sets: `.` written as `__`."""
    given = {"market__people": 0, "market__customers": 0, "horizon__months": months, "horizon__warm_up": 0,
             "organisation__commitment": 1, "economics__turnover": 0, "plans__act": plan} | sets  # fmt: skip
    scenario = cafe(*(f"{name.replace('__', '.')}={value}" for name, value in given.items()))
    return start(scenario, "act", seed=2, replication=replication)


def ended(plan: str, months: int = 6, replication: int = 0, **sets: Any) -> World:
    """The same world after its months."""
    world = begun(plan, months, replication, **sets)
    compiled.simulate(world)
    return world


def of_element(world: World, field: str) -> dict[str, float]:
    """Means of a field of the sub-elements by element."""
    values = world.sub_elements[field]
    return {
        element: float(np.mean([values[row] for row, name in enumerate(SUB_ELEMENTS) if element_of(name) == element]))
        for element in ELEMENTS
    }


@pytest.mark.parametrize("activity", activities(), ids=lambda each: each.slug)
def test_an_activity_lowers_the_obstacles_that_it_is_meant_for_and_no_others(activity: Any) -> None:
    world = ended(f"{{activities: {{{activity.slug}: 1}}}}", organisation__obstacles=0.6)
    lowered = {name for name, row in zip(OBSTACLES, world.obstacles, strict=True) if row["severity"] < 0.6 - 1e-9}
    assert lowered == set(activity.lowers)
    assert (world.obstacles["severity"] <= 0.6 + 1e-12).all()


def test_a_vision_aligns() -> None:
    without, with_vision = (
        ended(plan).levers[0, ALIGNMENT] for plan in ("{}", "{activities: {vision_initiatives: 1}}")
    )
    assert with_vision > without + 0.05


@pytest.mark.parametrize("name", ACTIVITIES[ANCHOR_CULTURE:])
def test_anchoring_makes_the_practice_of_its_elements_last(name: str) -> None:
    money = "money: {" + ", ".join(f"{element}: 300" for element in ELEMENTS) + "}"
    before = of_element(ended(f"{{{money}}}", 12), "established")
    after = of_element(ended(f"{{{money}, activities: {{{name}: 1}}}}", 12), "established")
    anchored = {element for element in ELEMENTS if after[element] > before[element] + 1e-6}
    assert anchored >= set(activities()[ACTIVITIES.index(name)].anchors)
    gains = {element: after[element] - before[element] for element in ELEMENTS}
    own = activities()[ACTIVITIES.index(name)].anchors
    assert min(gains[element] for element in own) > max(gains[e] for e in ELEMENTS if e not in own)


def test_what_nobody_practises_is_not_anchored() -> None:
    world = ended("{activities: {anchor_culture: 1, change_team: 1}}", organisation__commitment=0, organisation__maturity=1,
                  newcomer_commitment=0, contact_leaders=0)  # fmt: skip
    assert world.activities[ANCHOR_CULTURE]["done"] == 0
    assert world.activities[ACTIVITIES.index("change_team")]["done"] > 0.5


def test_an_analysis_makes_the_organisation_see_itself_more_truly() -> None:
    def error(plan: str) -> float:
        worlds = [ended(plan, 24, run, organisation__maturity=2) for run in range(4)]
        return float(np.mean([np.abs(w.sub_elements["seen"] - w.sub_elements["maturity"]).mean() for w in worlds]))

    assert error("{activities: {analyse_situation: 1}}") < 0.8 * error("{}")


def test_the_drive_of_one_element_is_carried_over_to_the_rest_where_there_is_momentum() -> None:
    money = "money: {operations: 3000}"
    common = {"months": 12, "wins_delight_half": 0.01}
    alone = of_element(ended(f"{{{money}}}", **common), "maturity")
    carried = of_element(ended(f"{{{money}, activities: {{expand_momentum: 1}}}}", **common), "maturity")
    assert all(carried[element] > alone[element] + 0.02 for element in ELEMENTS if element != "operations")
    assert carried["operations"] == pytest.approx(alone["operations"], abs=0.05)


def test_money_may_be_a_share_of_the_wage_bill() -> None:
    share = begun("{money: {culture: 0.05}, money_unit: share_of_wages}")
    found = compiled.simulate(share)
    wages = found.sites["wages"].sum(axis=1)
    assert found.sites["investment"].sum(axis=1) == pytest.approx(0.05 * wages)
    plain = ended(f"{{money: {{culture: {0.05 * wages[0]}}}}}")
    assert plain.sub_elements["maturity"] == pytest.approx(share.sub_elements["maturity"])


def test_activities_are_paid_for_and_take_time_less_of_it_when_managed_together() -> None:
    several = ", ".join(f"{name}: 0.5" for name in ACTIVITIES[:4])
    world = begun(f"{{activities: {{{several}}}}}")
    found = compiled.simulate(world)
    cost = world.parameters[0]["activity_cost"] * 2.0
    assert found.sites["investment"].sum(axis=1) == pytest.approx(cost * found.sites["wages"].sum(axis=1))
    managed = ended(f"{{activities: {{{several}, manage_activities: 0.5}}}}", obstacle_relief=0)
    unmanaged = ended(f"{{activities: {{{several}, expand_momentum: 0.5}}}}", obstacle_relief=0)
    assert managed.settings[0]["programme_work"] < unmanaged.settings[0]["programme_work"]
    assert ended("{}").settings[0]["programme_work"] == 0


def test_the_time_that_activities_take_strains() -> None:
    busy = ended("{activities: {" + ", ".join(f"{name}: 1" for name in ACTIVITIES) + "}}", 12, activity_work=0.03)
    assert busy.posts["strain"].mean() > ended("{}", 12).posts["strain"].mean() + 0.05


def test_work_that_goes_on_later_counts() -> None:
    once = ended("{activities: {deepen_mindset: {months: 1}}}")
    again = ended("{activities: {deepen_mindset: {months: 1, again: [{start: 3, months: 2}]}}}")
    assert again.efforts[:, ACTIVITIES.index("deepen_mindset")].tolist() == [1, 0, 0, 1, 1, 0]
    mindset = OBSTACLES.index("mindset")
    assert again.obstacles[mindset]["severity"] < once.obstacles[mindset]["severity"] - 0.02


def test_delighted_customers_are_wins() -> None:
    worlds = []
    for delighted in (0, 60):
        world = begun("{}")
        world.contact_tally[0, 0, 0]["served"], world.contact_tally[0, 0, 0]["delighted"] = 100, delighted
        before = float(world.sites[0]["momentum"])
        implementation_month(world)
        worlds.append(float(world.sites[0]["momentum"]) - before)
    assert worlds[0] < 0 < worlds[1]
