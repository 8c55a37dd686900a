"""Make the example data of `calibration/corner-cafe.yaml`: made up, by running the café once with known parameters.

Run it from anywhere: `python calibration/corner-cafe/make_data.py`. The tables are what a café could gather in a year:
answers to whether guests would recommend it, how satisfied some guests are, who stayed away, and waits taken by stopwatch.
"""

import csv
import tempfile
from collections.abc import Iterable, Sequence
from pathlib import Path

import numpy as np

import sxsim as sx

HERE = Path(__file__).resolve().parent
SCENARIO = HERE.parents[1] / "scenarios" / "corner-cafe.yaml"
#: What a calibration should find again. Register: 0.7, 0.31, 3.5 and 0.4.
TRUTH = {"quality_kept": 0.74, "answer_base": 0.32, "leave_loyalty": 4.5, "time_flow": 0.65}
SEED = 2031
MINUTES_A_DAY = 1440
GUESTS_ASKED = 60
LATELY = 30  # days: guests who have been there lately are asked
EVERY = 24  # days on which waits are taken


def write(name: str, heads: Sequence[str], rows: Iterable[Sequence[object]]) -> None:
    """Write a table."""
    with (HERE / name).open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(heads)
        writer.writerows(rows)


def main() -> None:
    """Run the café once and write what it could have gathered."""
    chance = np.random.default_rng(SEED)
    scenario = sx.load(SCENARIO, sets=[f"{name}={value}" for name, value in TRUTH.items()])
    with tempfile.TemporaryDirectory() as folder:
        result = sx.run(scenario, replications=1, seed=SEED, contacts=True, out=folder)
    months = result.monthly[result.monthly["month"] >= 0]

    answers = []
    for _, row in months.iterrows():
        promoters, detractors = int(row["sum.promoters"]), int(row["sum.detractors"])
        passive = int(row["sum.answers"]) - promoters - detractors
        given = [
            *chance.integers(9, 11, promoters),
            *chance.integers(7, 9, passive),
            *chance.integers(0, 7, detractors),
        ]
        answers += [(int(row["month"]) + 1, int(answer)) for answer in given]
    write("recommendation.csv", ("month", "answer"), answers)

    write(
        "guests.csv",
        ("month", "guests", "stayed_away"),
        [(int(r["month"]) + 1, int(r["sum.active_start"]), int(r["sum.leavers"])) for _, r in months.iterrows()],
    )

    contacts = result.contacts.sort_values("arrival", kind="stable")
    lately = contacts["arrival"] > contacts["arrival"].max() - LATELY * MINUTES_A_DAY
    last = contacts[lately].drop_duplicates("person", keep="last")["satisfaction"].to_numpy()
    asked = chance.choice(last[np.isfinite(last)], GUESTS_ASKED, replace=False)
    write("satisfaction.csv", ("guest", "satisfied"), [(n + 1, round(100 * float(s))) for n, s in enumerate(asked)])

    day = (contacts["arrival"] // MINUTES_A_DAY).astype(int)
    taken = contacts[(day >= 0) & (day % EVERY == 1)]
    waits = [(int(a // MINUTES_A_DAY), f"{w:.2f}") for a, w in zip(taken["arrival"], taken["wait"], strict=True)]
    write("waits.csv", ("day", "minutes"), waits)


if __name__ == "__main__":
    main()
