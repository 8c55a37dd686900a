"""What the pictures of the evidence show: facts by setting, and the queue of a real bank hour by hour."""

from collections.abc import Sequence
from pathlib import Path

import numpy as np

from sxsim.evidence.bank import AVAILABILITY, Held
from sxsim.evidence.bank_data import HOURS, JANUARY
from sxsim.evidence.checks import Check
from sxsim.evidence.facts import Fact
from sxsim.pictures import agreement
from sxsim.pictures.canvas import Between

#: What a panel is called, by setting.
TITLES = {
    "airport": "Travellers of an airport", "problems": "Customers after a problem", "orders": "Orders that come late",
    "shop": "A shop's cohort", "contract": "Contract customers", "course": "Variance of ratings",
    "workforce": "Employees", "units": "Across units of a chain", "subscription": "Value of customers",
    "lounge": "Delight over time", "lending": "Standards under pressure",
}  # fmt: skip
_COLUMNS = (("airport", "contract", "lounge"), ("problems", "orders", "lending", "course"), ("shop", "units", "workforce", "subscription"))  # fmt: skip
_MARKS = {"direction": " (d)", "input check": " (i)"}
_PARTS = ("callers who give up", "callers who wait")


def draw_facts(found: Sequence[tuple[Fact, Check]], path: Path) -> Path:
    """Draw all facts, a panel a setting. Returns the path of the PNG file."""
    rows = {name: [_known(*pair) for pair in found if pair[0].setting == name] for name in TITLES}
    columns = [{TITLES[name]: rows[name] for name in column if rows[name]} for column in _COLUMNS]
    passed = sum(check.passed for fact, check in found if fact.use == "test")
    tests = sum(fact.use == "test" for fact, _ in found)
    message = f"The model agrees with {passed} of {tests} facts that were kept for testing"
    return agreement.facts([column for column in columns if column], message, path)


def _known(fact: Fact, check: Check) -> agreement.Known:
    model = Between(check.model, check.low, check.high)
    label = fact.label + _MARKS.get(fact.use, "")
    bold, pale = fact.use == "test", fact.use == "input check"
    return agreement.Known(label, fact.low, fact.high, fact.figure, model, check.passed, bold, pale)


def draw_queue(held: Sequence[Held], path: Path) -> Path:
    """Draw the shares that abandon and that wait by hour of the day, a column a month. Returns the path of the PNG file."""
    shares = [[_hours(month, row) for month in held] for row in range(len(_PARTS))]
    model, rival, real = [float(np.mean(each)) for each in zip(*(_means(m) for m in held), strict=True)]
    message = f"Mean over the hours: {real:.0%} of callers wait; the model says {model:.0%}, Erlang-A {rival:.0%}"
    about = (
        "The floor against a real bank's call centre, 1999 · Sunday to Thursday · model: mean of "
        f"{len(held[0].runs)} months of luck, with the band of eight in ten · measured inputs; {AVAILABILITY:.0%} of the agents on "
        "duty are available in model and Erlang-A, fitted on January's abandonment alone"
    )
    return agreement.by_hour(shares, list(HOURS), message, about, path)


def _means(month: Held) -> tuple[float, float, float]:
    """Callers who wait, mean of the hours: model, rival, reality."""
    model = np.mean([run.by_hour[:, 1] for run in month.runs])
    return float(model), float(month.erlang.by_hour[:, 1].mean()), float(month.reality.by_hour[:, 1].mean())


def _hours(month: Held, number: int) -> agreement.Hours:
    fitted = month.of.name == JANUARY
    title = f"{'January' if fitted else 'February, nothing fitted'} · {_PARTS[number]}"
    title += ", their total fitted" if fitted and number == 0 else ""
    model = np.array([run.by_hour[:, number] for run in month.runs])
    return agreement.Hours(title, month.reality.by_hour[:, number], model, month.erlang.by_hour[:, number])
