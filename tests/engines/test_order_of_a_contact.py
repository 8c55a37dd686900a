"""Steps of a contact that no comparison of engines can see, because both engines share them."""

from typing import Any

import numpy as np
import pytest

from sxsim.engines.order_of_a_contact import arrive
from sxsim.engines.order_of_a_visit import begin_visit, next_step
from sxsim.engines.start import start
from sxsim.engines.world import BALKED
from sxsim.scenario.scenario import Scenario


def balking(waiting: int, **kiosk: Any) -> list[int]:
    """What each of 300 people does who sees so many waiting."""
    touchpoint = {"name": "kiosk", "service_time": 4, "patience": {"mean": 10}, "queue_visible": True} | kiosk
    raw: dict[str, Any] = {
        "question": "Who turns away?",
        "touchpoints": [touchpoint],
        "journeys": [{"name": "visit", "steps": [{"touchpoint": "kiosk"}]}],
        "segments": [{"name": "guests", "visits_per_month": 1, "journeys": {"visit": 1}}],
        "market": {"people": 300, "customers": 300},
    }
    world = start(Scenario.model_validate(raw))
    world.floors["open"], world.floors["on_duty"] = 1, 2 if "staff" in kiosk else 0
    found = []
    for person in range(300):
        begin_visit(world, np.int64(person))
        next_step(world, np.int64(person), 0.0)
        found.append(int(arrive(world, np.int64(person), 0.0, np.int64(waiting), np.int64(1))))
    return found


@pytest.mark.parametrize("several", [{"kind": "self_service", "units": 2}, {"staff": 2}], ids=["places", "employees"])
def test_a_queue_before_several_looks_as_long_as_half_of_it_before_one(several: dict[str, Any]) -> None:
    one = balking(1, kind="self_service", units=1)
    assert 0 < one.count(BALKED) < 300
    assert balking(2, **several) == one
    assert balking(2, kind="self_service", units=1).count(BALKED) > one.count(BALKED)
