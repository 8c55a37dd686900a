"""Versions of the register: the values of the rules' parameters as they were, kept so that old results can be told apart.

`parameter_sets/version-N.csv` holds one version; the newest is the register itself.
"""

import csv
from functools import cache
from importlib.resources import files


@cache
def parameter_sets() -> dict[str, dict[str, float]]:
    """Values by name of the version, the newest last.

    An older version brings back values, not the rules of its time; parameters that came later have the value that leaves
    them without effect.
    """
    folder = files("sxsim.scenario") / "parameter_sets"
    kept = sorted(folder.iterdir(), key=lambda file: int(file.name.removesuffix(".csv").split("-")[1]))
    return {
        file.name.removesuffix(".csv"): {
            row["name"]: float(row["value"]) for row in csv.DictReader(file.read_text(encoding="utf-8").splitlines())
        }
        for file in kept
    }
