"""The picture of maturity: nine elements over time, the organisation's level, how it sees itself, and the steps."""

from pathlib import Path

import numpy as np
from matplotlib.axes import Axes
from matplotlib.ticker import PercentFormatter

from sxsim.results.figures import INK, MUTED, canvas, months_ticks, quiet_axes, saved
from sxsim.results.maturity import NEAR, STEPS, Maturity
from sxsim.standard.catalogue import ELEMENTS

#: One colour an element, those of a dimension alike.
_ELEMENT_COLOURS = (
    "#7b4f9d", "#b08bc9", "#b5485d", "#dd8a99", "#2a7f9e", "#5fb0cc", "#8fcfe3", "#4f9d69", "#8cc49f",
)  # fmt: skip
_STEP_COLOURS = dict(zip(STEPS, ("#9fb3c8", "#2a7f9e", "#e08e2b"), strict=True))
#: Labels nearer than this (levels) are moved apart.
_APART = 0.13


def maturity(found: Maturity, basis: str, path: Path) -> Path:
    """Draw the elements over the months, and the share of runs that have reached each level."""
    figure = canvas(
        11.5, 5.4, "Maturity", f"{basis} · mean of the runs · level of the organisation: that of its weakest element"
    )
    axes = figure.add_axes((0.06, 0.12, 0.44, 0.66))
    _elements(axes, found)
    steps = figure.add_axes((0.69, 0.12, 0.28, 0.66))
    _steps(steps, found)
    return saved(figure, path)


def _elements(axes: Axes, found: Maturity) -> None:
    months = np.arange(found.elements.shape[1])
    means = found.elements.mean(axis=0)
    for level in STEPS:
        axes.axhline(level, color=_STEP_COLOURS[level], linewidth=0.9, linestyle=(0, (4, 3)))
    for place, name in enumerate(ELEMENTS):
        axes.plot(months, means[:, place], color=_ELEMENT_COLOURS[place], linewidth=1.3, label=name)
    axes.plot(months, found.level.mean(axis=0), color=INK, linewidth=2.6)
    axes.plot(months, found.true.mean(axis=0), color=MUTED, linewidth=1.6)
    axes.plot(months, found.seen.mean(axis=0), color=MUTED, linewidth=1.6, linestyle=(0, (1, 1.5)))
    ends = [(float(means[-1, place]), name, _ELEMENT_COLOURS[place], "normal") for place, name in enumerate(ELEMENTS)]
    ends.append((float(found.level[:, -1].mean()), "the organisation", INK, "bold"))
    ends.append((float(found.seen[:, -1].mean()), "mean, as it is seen (dotted)", MUTED, "normal"))
    ends.sort()
    for height, (_, name, colour, weight) in zip(_apart([end[0] for end in ends]), ends, strict=True):
        axes.annotate(name, (1.015, height), xycoords=("axes fraction", "data"), fontsize=8, color=colour, va="center",
                      fontweight=weight, annotation_clip=False)  # fmt: skip
    quiet_axes(axes)
    low = min(float(means.min()), float(found.level.mean(axis=0).min()))
    axes.set_ylim(max(0.9, np.floor(2 * low) / 2), 5.05)
    axes.set_xlim(0, max(len(months) - 1, 1))
    axes.xaxis.set_major_locator(months_ticks())
    axes.set_xlabel("month", fontsize=8.5, color=MUTED)
    axes.set_title("level, 1–5", fontsize=9.5, color=MUTED, loc="left")


def _apart(values: list[float]) -> list[float]:
    """Places for labels of sorted values: near the values, but far enough from each other."""
    up, down = list(values), list(values)
    for place in range(1, len(values)):
        up[place] = max(values[place], up[place - 1] + _APART)
        down[-1 - place] = min(values[-1 - place], down[-place] - _APART)
    return [(one + other) / 2 for one, other in zip(up, down, strict=True)]


def _steps(axes: Axes, found: Maturity) -> None:
    reached = found.level
    months = np.arange(reached.shape[1])
    for step in found.steps:
        there = np.maximum.accumulate(reached >= step.level - NEAR, axis=1).mean(axis=0)
        axes.step(
            months,
            there,
            where="post",
            color=_STEP_COLOURS[step.level],
            linewidth=2.0,
            label=f"level {step.level}, {step.name}",
        )
    quiet_axes(axes)
    axes.set_ylim(-0.02, 1.04)
    axes.set_xlim(0, max(len(months) - 1, 1))
    axes.yaxis.set_major_formatter(PercentFormatter(1.0, decimals=0))
    axes.xaxis.set_major_locator(months_ticks())
    axes.set_xlabel("month", fontsize=8.5, color=MUTED)
    axes.set_title("runs that have reached a level", fontsize=9.5, color=MUTED, loc="left")
    axes.legend(
        frameon=False,
        fontsize=8,
        loc="lower center",
        bbox_to_anchor=(0.5, 1.06),
        ncols=3,
        handlelength=1.2,
        columnspacing=1.0,
    )
