"""Steps of customers that no comparison of engines can see, because both engines share them."""

from typing import Any

import numpy as np
import pytest

from sxsim.engines.start import start
from sxsim.engines.steps_of_customers import account_leaves, begin_people, person_month, spread_word, take_word
from sxsim.engines.world import CUSTOMER, World
from sxsim.scenario.scenario import Scenario


def people(**changes: Any) -> World:
    """The people of a small market, half of them customers, before the first minute."""
    raw: dict[str, Any] = {
        "question": "What do people think?",
        "touchpoints": [{"name": "counter", "service_time": 4, "staff": 2}],
        "journeys": [{"name": "visit", "steps": [{"touchpoint": "counter"}]}],
        "segments": [{"name": "guests", "visits_per_month": 1, "journeys": {"visit": 1}} | changes],
        "market": {"people": 400, "customers": 200},
    }
    world = start(Scenario.model_validate(raw))
    begin_people(world)
    return world


def of_status(world: World, customer: bool) -> Any:
    """The numbers of those who are customers, or who are not."""
    return np.flatnonzero((world.persons["status"] == CUSTOMER) == customer)


def test_two_customers_of_a_site_who_heard_different_things_differ_in_image_and_loyalty() -> None:
    world = people()
    one, other = of_status(world, True)[:2]
    for field in ("satisfaction", "bond", "image"):
        world.persons[field][[one, other]] = 0.6
    world.persons["heard_praise"][one] = world.persons["heard_complaint"][other] = 3
    for person in (one, other):
        person_month(world, np.int64(person))
    praised, warned = world.persons[[one, other]]
    assert praised["image"] > 0.6 > warned["image"]
    assert praised["loyalty"] > warned["loyalty"]
    assert praised["heard_praise"] == warned["heard_complaint"] == 0, "what was heard has moved the image once"


def test_who_had_contacts_thinks_as_was_lived_and_who_had_none_as_before() -> None:
    world = people()
    one, other = of_status(world, True)[:2]
    world.persons["image"], world.persons["satisfaction"] = 0.6, 0.9
    world.persons["contacts"][one] = 1
    for person in (one, other):
        person_month(world, np.int64(person))
    assert world.persons["image"][one] > 0.6
    assert world.persons["image"][other] == 0.6


@pytest.mark.parametrize(("told", "field"), [(1, "heard_praise"), (-1, "heard_complaint")])
def test_word_reaches_customers_and_those_outside_and_only_these_think_of_joining(told: int, field: str) -> None:
    world = people()
    teller = of_status(world, True)[0]
    world.persons["told"][teller] = told
    spread_word(world, np.int64(teller))
    heard = np.flatnonzero(world.persons[field])
    assert set(heard) == set(world.neighbours[teller])
    accounts = world.persons["account"][heard]
    outside = world.persons["status"][heard] != CUSTOMER
    assert (world.accounts["heard"][accounts] == outside).all()


def test_what_those_outside_heard_is_their_image_when_they_join() -> None:
    world = people()
    person = of_status(world, False)[0]
    world.persons["image"][person] = 0.6
    world.persons["heard_praise"][person] = 2
    take_word(world, np.int64(world.persons["account"][person]))
    assert world.persons["image"][person] > 0.6
    assert world.persons["heard_praise"][person] == 0


def test_who_leaves_takes_along_what_was_heard() -> None:
    world = people(leaving=1.0)
    person = of_status(world, True)[0]
    world.persons["image"][person], world.persons["loyalty"][person] = 0.6, 0.0
    world.persons["heard_complaint"][person] = 2
    account_leaves(world, np.int64(world.persons["account"][person]))
    assert world.persons["status"][person] != CUSTOMER
    assert world.persons["image"][person] < 0.6
    assert world.persons["heard_complaint"][person] == 0


def test_newcomers_are_as_satisfied_as_customers_of_their_segment_and_not_as_they_expect() -> None:
    """They counted as more satisfied the more they expected, until their first contact."""
    low, high = (people(expectation=level, satisfaction=0.6) for level in (0.65, 0.85))
    outside = of_status(low, False)
    assert (low.persons["satisfaction"][outside] == high.persons["satisfaction"][outside]).all()
    assert low.persons["satisfaction"][outside].mean() == pytest.approx(0.6, abs=0.03)
    assert (low.persons["bond"][outside] == 0.0).all()


def test_images_differ_between_persons_around_the_reputation() -> None:
    image = people().persons["image"]
    assert image.mean() == pytest.approx(0.6, abs=0.04)
    assert 0.08 < image.std() < 0.3
