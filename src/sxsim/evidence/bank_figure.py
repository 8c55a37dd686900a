"""A picture of the queue against a real bank: the model, what was measured and Erlang-A, hour by hour."""

from collections.abc import Sequence
from pathlib import Path

import numpy as np
from matplotlib.axes import Axes
from matplotlib.ticker import PercentFormatter

from sxsim.evidence.bank import AVAILABILITY, Held
from sxsim.evidence.bank_data import HOURS, JANUARY
from sxsim.results.figures import INK, LINE, MUTED, canvas, quiet_axes, saved

_TEN, _NINETY = 0.1, 0.9
_RIVAL = "#e08e2b"
_PARTS = ("callers who give up", "callers who wait")


def by_hour(held: Sequence[Held], path: Path) -> Path:
    """Draw the shares that abandon and that wait by hour of the day, a column a month. Returns the path of the PNG file."""
    runs = len(held[0].runs)
    figure = canvas(
        11, 7.2, "The floor against a real bank's call centre, 1999",
        "Sunday to Thursday, by hour of the day · points: measured · blue: the model, mean of "
        f"{runs} months of luck, with the band of eight in ten · dashed: Erlang-A ·\n"
        f"measured inputs; {AVAILABILITY:.0%} of the agents on duty are available in both, fitted on January's abandonment alone",
    )  # fmt: skip
    for column, month in enumerate(held):
        title = "January" if month.of.name == JANUARY else "February, nothing fitted"
        for row, name in enumerate(_PARTS):
            axes = figure.add_axes((0.07 + column * 0.48, 0.47 - row * 0.40, 0.43, 0.33))
            _panel(axes, month, row)
            top = max(0.3, 1.1 * float(month.reality.by_hour[:, row].max())) if row == 0 else 1.0
            axes.set_ylim(0, top)
            fitted = ", their total fitted" if month.of.name == JANUARY and row == 0 else ""
            axes.set_title(f"{title} · {name}{fitted}", fontsize=10.5, fontweight="bold", color=INK, loc="left", pad=8)
            if row == len(_PARTS) - 1:
                axes.set_xlabel("hour of the day", fontsize=8.5, color=MUTED)
    return saved(figure, path)


def _panel(axes: Axes, month: Held, number: int) -> None:
    """One share of one month."""
    hours = list(HOURS)
    table = np.array([run.by_hour[:, number] for run in month.runs])
    low, high = np.quantile(table, [_TEN, _NINETY], axis=0)
    axes.fill_between(hours, low, high, color=LINE, alpha=0.18, linewidth=0)
    axes.plot(hours, table.mean(axis=0), color=LINE, linewidth=2, label="model")
    axes.plot(hours, month.erlang.by_hour[:, number], color=_RIVAL, linewidth=1.6, linestyle="--", label="Erlang-A")
    axes.plot(hours, month.reality.by_hour[:, number], "o", color=INK, markersize=5, label="measured")
    quiet_axes(axes)
    axes.set_xticks(hours)
    axes.yaxis.set_major_formatter(PercentFormatter(1.0, decimals=0))
    if number == 0:
        axes.legend(frameon=False, fontsize=8.5, labelcolor=INK, loc="upper right")
