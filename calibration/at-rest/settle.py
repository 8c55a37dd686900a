"""Starting levels with which a scenario's `today` stays where it is: see README.md."""

import argparse
import math
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import numpy as np

import sxsim
from sxsim.engines import compiled
from sxsim.engines.start import start
from sxsim.engines.world import CUSTOMER, FORMER
from sxsim.model import customer, market

MONTHS, LOOKED_AT = 72, 24
AT_REST = {"outside_drift": 0.0, "expectation_drift": 0.0}


def ended(scenario: sxsim.Scenario, replication: int) -> dict[str, Any]:
    """Where customers and reputation are at the end of a run, by segment.

    leave: mean chance to leave, a month or at renewal; join: mean chance to join of those outside who hear nothing; heard: what
    others tell multiplies it by.
    """
    world = start(scenario, replication=replication)
    records = compiled.simulate(world)
    p, people, last = world.parameters.view(np.recarray)[0], world.persons, records.sites[-LOOKED_AT:]
    found: dict[str, Any] = {"segments": []}
    expected = 0.0
    for number, segment in enumerate(scenario.segments):
        mine = people[people["segment"] == number]
        inside, outside = mine[mine["status"] == CUSTOMER], mine[mine["status"] != CUSTOMER]
        leave = [
            customer.leave_chance(segment.leaving, i["loyalty"], i["grievance"], i["advantage"], p) for i in inside
        ]
        eager = [market.eagerness(i["usual_expectation"], p) for i in outside]
        eager = [
            market.return_eagerness(mine, i["satisfaction"], p) if i["status"] == FORMER else mine
            for mine, i in zip(eager, outside, strict=True)
        ]
        join = world.joining["pace"][outside["site"], number] * np.array(eager)
        expected += float(join.sum())
        levels = {name: float(inside[name].mean()) for name in ("satisfaction", "bond")}
        rates = {"leave": float(np.mean(leave)), "join": float(join.mean()), "inside": len(inside) / len(mine)}
        found["segments"].append(levels | rates | {"joining": float(world.segments["joining"][number])})
    active = last["active"].astype(float)
    found["reputation"] = float((last["reputation"] * active).sum() / active.sum())
    found["heard"] = float((last["joiners"] + last["returners"]).sum()) / LOOKED_AT / expected
    return found


def settled(scenario: sxsim.Scenario, runs: int) -> dict[str, Any]:
    """Reputation, and by segment satisfaction, bond and the chance to join, with which the scenario starts where it stays."""
    with ThreadPoolExecutor() as pool:
        found = list(pool.map(lambda replication: ended(scenario, replication), range(runs)))
    heard = float(np.mean([run["heard"] for run in found]))
    levels = []
    for number, segment in enumerate(scenario.segments):
        names = found[0]["segments"][number]
        mean = {name: float(np.mean([run["segments"][number][name] for run in found])) for name in names}
        share = segment.customers
        share = scenario.market.customers / scenario.market.people if share is None else share
        term = segment.contract.months if segment.contract else 1
        wanted = mean["leave"] / term * share / (1.0 - share) * share / mean["inside"]
        joining = 1.0 - math.exp(math.log(1.0 - mean["joining"]) * wanted / (mean["join"] * heard))
        levels.append(
            {
                "satisfaction": round(mean["satisfaction"], 2),
                "bond": round(mean["bond"], 2),
                "joining": float(f"{joining:.3g}"),
            }
        )
    return {"reputation": round(float(np.mean([run["reputation"] for run in found])), 2), "segments": levels}


def main(arguments: Sequence[str] | None = None) -> None:
    """Print the levels of a scenario, round by round."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("scenario")
    parser.add_argument("-n", "--runs", type=int, default=8)
    parser.add_argument("-r", "--rounds", type=int, default=3)
    given = parser.parse_args(arguments)
    scenario = sxsim.load(given.scenario)
    values = scenario.model_dump(exclude_unset=True)
    values["horizon"] |= {"months": MONTHS}
    values["market"] |= AT_REST
    values["plans"] = {"today": {}}
    for number in range(given.rounds):
        found = settled(sxsim.Scenario.model_validate(values), given.runs)
        print(f"round {number + 1}: reputation {found['reputation']}")
        values["organisation"]["reputation"] = found["reputation"]
        for segment, levels in zip(values["segments"], found["segments"], strict=True):
            print(f"  {segment['name']}: {levels}")
            segment |= levels


if __name__ == "__main__":
    main()
