"""A picture of the facts: for each what is tolerated, what is known, and what the model says."""

from collections.abc import Sequence
from pathlib import Path

from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.ticker import MaxNLocator

from sxsim.evidence.checks import Check
from sxsim.evidence.facts import Fact
from sxsim.results.figures import GRID, INK, LINE, MUTED, canvas, quiet_axes, saved

#: What a panel is called, by setting.
TITLES = {
    "airport": "Travellers of an airport", "problems": "Customers after a problem", "orders": "Orders that come late",
    "shop": "A shop's cohort", "contract": "Contract customers", "course": "Variance of ratings",
    "workforce": "Employees", "units": "Across units of a chain", "subscription": "Value of customers",
    "lounge": "Delight over time", "lending": "Standards under pressure",
}  # fmt: skip
_COLUMNS = (("airport", "contract", "lounge"), ("problems", "orders", "lending", "course"), ("shop", "units", "workforce", "subscription"))  # fmt: skip
_MISS = "#b5485d"
_MARKS = {"direction": " (d)", "input check": " (i)"}
_ROW, _HEAD, _TOP, _BOTTOM = 0.235, 0.72, 0.75, 0.4
_LEFT, _WIDTH, _LABELS = 0.02, 0.325, 0.16


def panels(found: Sequence[tuple[Fact, Check]], path: Path) -> Path:
    """Draw all facts, a panel a setting. Returns the path of the PNG file."""
    rows = {name: [pair for pair in found if pair[0].setting == name] for name in TITLES}
    columns = [[name for name in column if rows[name]] for column in _COLUMNS]
    tallest = max(sum(_HEAD + _ROW * len(rows[name]) for name in column) for column in columns)
    height = _TOP + tallest + _BOTTOM
    passed = sum(check.passed for fact, check in found if fact.use == "test")
    tests = sum(fact.use == "test" for fact, _ in found)
    figure = canvas(
        14, height, "What is known of customers, employees and organisations, and what the model says",
        "grey bar: tolerated · black line: figure of the source · point: the model with its 99 % interval (blue: agrees, red: "
        f"misses)\nbold: kept for testing, {passed} of {tests} pass · (d): only the direction is known, figure and tolerance are ours · "
        "(i): an input found again · on the right: what the model says",
    )  # fmt: skip
    for place, column in enumerate(columns):
        below = _TOP
        for name in column:
            below += _HEAD
            _panel(figure, name, rows[name], _LEFT + _WIDTH * place, below, height)
            below += _ROW * len(rows[name])
    return saved(figure, path)


def _panel(
    figure: Figure, name: str, rows: Sequence[tuple[Fact, Check]], left: float, above: float, height: float
) -> None:
    """One setting; above: inches from the top of the picture."""
    tall = _ROW * len(rows)
    axes: Axes = figure.add_axes((left + _LABELS, 1 - (above + tall) / height, _WIDTH - _LABELS - 0.035, tall / height))
    for place, (fact, check) in enumerate(rows):
        colour = LINE if check.passed else _MISS
        axes.plot([fact.low, fact.high], [place, place], color=GRID, linewidth=9, solid_capstyle="butt", zorder=1)
        axes.plot([fact.figure] * 2, [place - 0.32, place + 0.32], color=INK, linewidth=2, zorder=2)
        axes.plot([check.low, check.high], [place, place], color=colour, linewidth=1.4, zorder=3)
        axes.plot([check.model], [place], "o", color=colour, markersize=5, zorder=4)
        label = fact.label + _MARKS.get(fact.use, "")
        axes.text(
            -0.03, place, label, transform=axes.get_yaxis_transform(), ha="right", va="center", fontsize=8.2,
            color=MUTED if fact.use == "input check" else INK, fontweight="bold" if fact.use == "test" else "normal",
        )  # fmt: skip
        axes.text(
            1.02, place, f"{check.model:.2f}", transform=axes.get_yaxis_transform(), va="center", fontsize=7.5, color=colour
        )  # fmt: skip
    quiet_axes(axes)
    axes.grid(axis="y", visible=False)
    axes.set_yticks([])
    axes.set_ylim(len(rows) - 0.5, -0.5)
    axes.xaxis.set_major_locator(MaxNLocator(5))
    axes.text(
        -_LABELS / (_WIDTH - _LABELS - 0.035), -0.85, TITLES[name], transform=axes.get_yaxis_transform(), fontsize=10.5,
        fontweight="bold", color=INK,
    )  # fmt: skip
