"""A case that a teacher can check: how commitment passes from one to another in a team of five."""

from pathlib import Path
from typing import Any

import numpy as np
import pytest
from ruamel.yaml import YAML

from sxsim.engines.start import start
from sxsim.engines.steps_of_employees import count_stages, staff_month
from sxsim.engines.world import ALIGNMENT, CREATE_URGENCY, ENERGY, World
from sxsim.model.implementation import AWARE, PRACTISING, RESIGNED, TRYING, UNAWARE
from sxsim.standard.catalogue import OBSTACLES

from ..scenario.cafe import cafe

CASE: dict[str, Any] = YAML(typ="safe").load(Path(__file__).with_name("commitment.yaml"))
STAGES = {"resigned": RESIGNED, "unaware": UNAWARE, "aware": AWARE, "trying": TRYING, "practising": PRACTISING}
NAMES = list(CASE["start"])


def team() -> tuple[World, dict[str, int]]:
    """The team of the case before its first month, nobody else being there, and the posts by name."""
    sets = [f"{name}={value}" for name, value in CASE["parameters"].items()]
    severities = dict.fromkeys(OBSTACLES, 0) | CASE["obstacles"]
    sets += [f"organisation.obstacles.{name}={severity}" for name, severity in severities.items()]
    world = start(cafe(*sets, f"touchpoints.counter.staff={len(NAMES)}"))
    counter = world.teams[-1]
    posts = {name: int(counter["first"]) + number for number, name in enumerate(NAMES)}
    assert counter["posts"] >= len(NAMES)
    world.levers[0, ENERGY], world.levers[0, ALIGNMENT] = CASE["house"]["energy"], CASE["house"]["alignment"]
    world.sites[0]["momentum"] = CASE["house"]["momentum"]
    world.posts["filled"], world.posts["fatigue"] = 0, 0.0
    for name, post in posts.items():
        world.posts[post]["filled"], world.posts[post]["stage"] = 1, STAGES[CASE["start"][name]]
    return world, posts


def test_every_month_goes_as_the_case_says() -> None:
    world, posts = team()
    for number, month in enumerate(CASE["months"], 1):
        efforts = np.zeros(len(world.activities))
        efforts[CREATE_URGENCY] = month["campaign"]
        count_stages(world)
        for name, post in posts.items():
            staff_month(world, post, 0.05, efforts[CREATE_URGENCY], month[name]["draw"])
        for name, post in posts.items():
            said = month[name]
            where = f"{name} in month {number}: {said['because']}"
            assert world.posts[post]["stage"] == STAGES[said["becomes"]], where
            if "fatigue" in said:
                assert world.posts[post]["fatigue"] == pytest.approx(said["fatigue"]), where


def test_the_case_shows_every_stage_and_every_move() -> None:
    moves = set()
    now = dict(CASE["start"])
    for month in CASE["months"]:
        for name in NAMES:
            moves.add((now[name], month[name]["becomes"]))
            now[name] = month[name]["becomes"]
    changes = {move for move in moves if move[0] != move[1]}
    assert changes == {
        ("unaware", "aware"), ("aware", "trying"), ("trying", "practising"), ("practising", "trying"), ("trying", "aware"),
        ("aware", "unaware"), ("trying", "resigned"), ("resigned", "aware"),
    }  # fmt: skip
