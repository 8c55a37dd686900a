"""Run the bank scenario and compare its January with the measured one, in the window Sunday to Thursday, 8 to 22 h.

`python calibration/bank-call-centre/compare.py [replications] [months]`. Standard library and numpy, beside sxsim.
"""

import sys
from datetime import date
from itertools import pairwise
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from sxsim.engines.reference import simulate
from sxsim.engines.start import start
from sxsim.engines.world import month_dates, month_starts
from sxsim.scenario.loading import load

SCENARIO = Path(__file__).resolve().parents[2] / "scenarios" / "bank-call-centre.yaml"
MEASURED = {"abandoned": 0.112, "wait_s": 40.8, "waits": 0.594, "service_s": 185.3, "calls_a_day": 1305.3}
SERVED, ABANDONED = 1, 2
FRIDAY, SATURDAY, DAY, WINDOW = 4, 5, 1440.0, (480.0, 1320.0)


def window(log: NDArray[Any], first_day: date, begin: float, end: float) -> NDArray[Any]:
    """Rows of the contact log that arrive from `begin` to `end` (minutes), Sunday to Thursday, 8 to 22 h, and queue."""
    weekday = (np.floor(log["arrival"] / DAY) + first_day.weekday()) % 7
    minute = log["arrival"] % DAY
    inside = (log["arrival"] >= begin) & (log["arrival"] < end) & (minute >= WINDOW[0]) & (minute < WINDOW[1])
    inside &= (weekday != FRIDAY) & (weekday != SATURDAY)
    return log[inside & np.isin(log["outcome"], (SERVED, ABANDONED))]


def figures(rows: NDArray[Any]) -> dict[str, float]:
    """Abandonment, mean wait of all, share that waits, mean service, calls a day, of rows of a window."""
    served = rows[rows["outcome"] == SERVED]
    return {
        "abandoned": float(np.mean(rows["outcome"] == ABANDONED)),
        "wait_s": float(60 * np.mean(rows["wait"])),
        "waits": float(np.mean(rows["wait"] > 0)),
        "service_s": float(60 * np.mean(served["end"] - served["start"])),
        "calls_a_day": len(rows) / len(np.unique(np.floor(rows["arrival"] / DAY))),
    }


def run(replications: int, months: int, sets: tuple[str, ...] = ()) -> NDArray[np.float64]:
    """Figures by replication, month and figure, from the first month of the warm-up on."""
    scenario = load(SCENARIO, sets=[f"horizon.months={months}", *sets])
    dates = month_dates(scenario.horizon.start, scenario.horizon.warm_up, months)
    edges = month_starts(dates)
    table = []
    for replication in range(replications):
        log = simulate(start(scenario, replication=replication, log_contacts=True)).log
        table.append([list(figures(window(log, dates[0], float(a), float(b))).values()) for a, b in pairwise(edges)])
    return np.array(table)


def main() -> None:
    """Print measured and modelled figures by month."""
    replications = int(sys.argv[1]) if len(sys.argv) > 1 else 4
    months = int(sys.argv[2]) if len(sys.argv) > 2 else 1
    table = run(replications, months, tuple(sys.argv[3:]))
    spread = table.std(axis=0, ddof=1) / np.sqrt(replications) if replications > 1 else 0 * table[0]
    lines = ["month        " + "".join(f"{name:>20}" for name in MEASURED)]
    lines.append("measured     " + "".join(f"{value:20.3f}" for value in MEASURED.values()))
    for month, row in enumerate(table.mean(axis=0)):
        cells = "".join(f"{value:12.3f} ±{error:6.3f}" for value, error in zip(row, spread[month], strict=True))
        lines.append(f"month {month - 1:3d}    " + cells)
    sys.stdout.write("\n".join(lines) + "\n")


if __name__ == "__main__":
    main()
