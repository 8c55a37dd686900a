"""Fit the shared behaviour to the facts marked `fit`: how version 2 of the register came about.

`python calibration/behaviour/fit.py [rounds]` prints the values found beside the register's, and each fact before
and after. Nonlinear least squares (scipy) on the settings that are measured in seconds, facts that are declared missed left
out; the distance of a fact counts in quarters of what is tolerated, and leaving the starting values costs a little. Facts
across units take minutes an evaluation, so `quit_engagement`, `quality_engagement`, `engagement_delight` and `leave_loyalty`
were moved by hand (README.md).
"""

import sys

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import least_squares

from sxsim.evidence.facts import MEASURES, Fact, facts
from sxsim.model.parameters import register
from sxsim.scenario.parameters import parameter_sets

#: What is fitted, and where the last go began: what a first go from version 1 had found, moved by hand towards what it missed.
START = {
    "answer_base": 0.336,
    "answer_loyalty": 0.84,
    "answer_mood": 0.085,
    "answer_noise": 0.065,
    "answer_scale": 0.044,
    "quality_noise": 0.105,
    "quality_talent": 0.07,
    "quality_minor": 0.1,
    "quality_major": 0.38,
    "quality_recovered": 1.1,
    "grievance_minor": 0.469,
    "grievance_major": 0.761,
    "grievance_scar": 0.181,
    "grievance_relief": 0.477,
    "grievance_refused": -0.257,
    "loyalty_grievance": 0.559,
    "leave_loyalty": 3.642,
    "leave_grievance": 0.547,
    "assimilation": 0.299,
}
SETTINGS = ("airport", "problems", "orders", "contract", "course")
#: What leaving the start costs: a whole range as much as a fact missed by 40 % of a quarter of its tolerance.
PULL = 0.4
#: Luck that the figures shown at the end have, another than that of the fit.
SHOWN = 1


def used() -> list[Fact]:
    """Facts that are fitted to."""
    return [f for f in facts().values() if f.use == "fit" and f.setting in SETTINGS and not f.declared]


def figures(parameters: dict[str, float], replication: int) -> dict[str, float]:
    """What the model says to the facts of all settings of the fit."""
    return {name: value for each in SETTINGS for name, value in MEASURES[each](parameters, replication).items()}


def main() -> None:
    """Fit, and print what came out."""
    rounds = int(sys.argv[1]) if len(sys.argv) > 1 else 5
    before = parameter_sets()["version-1"]
    low, high = np.array([(register()[name].low, register()[name].high) for name in START]).T
    begin = np.clip((np.array(list(START.values())) - low) / (high - low), 0.02, 0.98)

    def values(places: NDArray[np.float64]) -> dict[str, float]:
        return dict(zip(START, (low + (high - low) * places).tolist(), strict=True))

    def misses(places: NDArray[np.float64]) -> NDArray[np.float64]:
        found = figures(before | values(places), 0)
        apart = [(found[fact.name] - fact.figure) / ((fact.high - fact.low) / 4) for fact in used()]
        return np.array([*apart, *(PULL * (places - begin))])

    solved = least_squares(misses, begin, bounds=(0, 1), diff_step=0.06, max_nfev=rounds)
    found = values(solved.x)
    lines = [
        f"{name:<20} {before[name]:8.3f} → {value:8.3f}   register {register()[name].value:8.3f}"
        for name, value in found.items()
    ]
    old, new, now = (figures(p, SHOWN) for p in (before, before | found, {}))
    lines += ["", f"{'fact':<26} {'known':>8} {'before':>8} {'fitted':>8} {'register':>9}"]
    lines += [
        f"{fact.name:<26} {fact.figure:8.3f} {old[fact.name]:8.3f} {new[fact.name]:8.3f} {now[fact.name]:9.3f}"
        for fact in used()
    ]
    sys.stdout.write("\n".join(lines) + "\n")


if __name__ == "__main__":
    main()
