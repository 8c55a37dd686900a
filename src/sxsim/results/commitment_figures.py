"""Pictures of commitment: employees by stage over time, under the bars of the activities, and plan by plan."""

from collections.abc import Mapping
from pathlib import Path

import numpy as np
from matplotlib.axes import Axes
from matplotlib.ticker import PercentFormatter

from sxsim.results.commitment import STAGES, Commitment
from sxsim.results.figures import GRID, INK, MUTED, canvas, months_ticks, quiet_axes, saved
from sxsim.scenario.plan import Plan
from sxsim.standard.catalogue import ACTIVITIES, OBSTACLES, activities

_STAGE_COLOURS = dict(zip(STAGES, ("#e08e2b", "#2a7f9e", "#8fb8cc", "#d5dde5", "#b5485d"), strict=True))
_PHASE_COLOURS = {"pre-implementation": "#7b4f9d", "implementation": "#2a7f9e", "post-implementation": "#4f9d69"}
#: Height of a bar, inches.
BAR = 0.26
_LEAST_SAID = 0.05
#: Panels side by side in the picture of several plans.
_ACROSS = 3


def commitment(found: Commitment, plan: Plan, months: int, basis: str, path: Path) -> Path:
    """Draw the activities of a plan as bars, the staff by stage below them, and the obstacles at start and end."""
    bars = len(plan.activities)
    height = 4.9 + BAR * max(bars, 1)
    figure = canvas(
        11.5, height, "How commitment spreads", f"{basis} · mean of the runs · share of the staff at each stage"
    )
    left, width = 0.24, 0.4
    bottom, middle = 0.62 / height, 2.9 / height
    gantt = figure.add_axes((left, bottom + middle + 0.16 / height, width, max(bars, 1) * BAR / height))
    activity_bars(gantt, plan, months)
    stages = figure.add_axes((left, bottom, width, middle))
    _stages(stages, found)
    for axes in (gantt, stages):
        axes.set_xlim(0, max(found.stages.shape[1] - 1, 1))
    obstacles = figure.add_axes((0.86, bottom, 0.12, middle))
    _obstacles(obstacles, found)
    return saved(figure, path)


def commitment_by_plan(found: Mapping[str, Commitment], basis: str, path: Path) -> Path:
    """Draw the staff by stage over time, a panel a plan."""
    across = min(len(found), _ACROSS)
    down = -(-len(found) // across)
    wide, tall = 5.4, 3.1
    height = 0.95 + tall * down
    figure = canvas(
        wide * across + 0.4, height, "How commitment spreads, plan by plan",
        f"{basis} · mean of the runs · share of the staff at each stage",
    )  # fmt: skip
    for place, (plan, each) in enumerate(found.items()):
        row, column = divmod(place, across)
        axes = figure.add_axes(
            (
                (0.25 + column) / across * 0.98,
                1.0 - (0.85 + (row + 1) * tall - 0.6) / height,
                0.5 / across,
                2.0 / height,
            )
        )
        _stages(axes, each)
        axes.set_xlim(0, max(each.stages.shape[1] - 1, 1))
        axes.set_title(plan, fontsize=10.5, fontweight="bold", color=INK, loc="left")
    return saved(figure, path)


def activity_bars(axes: Axes, plan: Plan, months: int, *, named: bool = True, phased: bool = True) -> None:
    """Draw the activities of a plan as bars over the months. named, phased: whether names and phases are written beside."""
    axes.axis("off")
    axes.set_ylim(max(len(plan.activities), 1) - 0.5, -0.5)
    if not plan.activities:
        axes.text(
            0.0, 0.5, "no activities in this plan", transform=axes.transAxes, fontsize=9, color=MUTED, va="center"
        )
        return
    phases: list[str] = []
    for place, name in enumerate(sorted(plan.activities, key=ACTIVITIES.index)):
        entry = activities()[ACTIVITIES.index(name)]
        axes.axhline(place, color=GRID, linewidth=0.8, zorder=0)
        for stretch in plan.activities[name].stretches():
            end = months if stretch.months is None else min(stretch.start + stretch.months, months)
            axes.barh(
                place, max(end - stretch.start, 0), left=stretch.start, height=0.62, color=_PHASE_COLOURS[entry.phase],
                alpha=0.25 + 0.75 * stretch.effort, linewidth=0,
            )  # fmt: skip
        if named:
            axes.annotate(entry.name, (-0.02, place), xycoords=("axes fraction", "data"), fontsize=8, color=INK,
                          va="center", ha="right", annotation_clip=False)  # fmt: skip
        if phased and entry.phase not in phases:
            phases.append(entry.phase)
            axes.annotate(entry.phase, (1.015, place), xycoords=("axes fraction", "data"), fontsize=8.5, va="center",
                          color=_PHASE_COLOURS[entry.phase], annotation_clip=False)  # fmt: skip


def _stages(axes: Axes, found: Commitment) -> None:
    shares = np.nanmean(found.stages, axis=0) if np.isfinite(found.stages).any() else np.zeros(found.stages.shape[1:])
    shares = np.nan_to_num(shares)
    months = np.arange(len(shares))
    axes.stackplot(months, shares.T, colors=[_STAGE_COLOURS[stage] for stage in STAGES], linewidth=0)
    edges = np.concatenate([[0.0], np.cumsum(shares[0])])
    for place, stage in enumerate(STAGES):
        low, high = edges[place], edges[place + 1]
        if high - low >= _LEAST_SAID:
            axes.annotate(f"{stage} {high - low:.0%}", (-0.02, (low + high) / 2), xycoords=("axes fraction", "data"),
                          fontsize=8.5, color=INK, ha="right", va="center", annotation_clip=False)  # fmt: skip
    edges = np.concatenate([[0.0], np.cumsum(shares[-1])])
    for place in range(len(STAGES)):
        low, high = edges[place], edges[place + 1]
        if high - low >= _LEAST_SAID:
            axes.annotate(f"{high - low:.0%} {STAGES[place]}", (1.015, (low + high) / 2),
                          xycoords=("axes fraction", "data"), fontsize=8.5, color=INK, va="center",
                          annotation_clip=False)  # fmt: skip
    quiet_axes(axes)
    axes.grid(visible=False)
    axes.set_ylim(0, 1)
    axes.yaxis.set_major_formatter(PercentFormatter(1.0, decimals=0))
    axes.set_yticks([])
    axes.xaxis.set_major_locator(months_ticks())
    axes.set_xlabel("month", fontsize=8.5, color=MUTED)


def _obstacles(axes: Axes, found: Commitment) -> None:
    start, end = found.obstacles[:, 0].mean(axis=0), found.obstacles[:, -1].mean(axis=0)
    places = np.arange(len(OBSTACLES))
    axes.hlines(places, end, start, color=GRID, linewidth=2.2)
    axes.plot(start, places, "o", markersize=5.5, markerfacecolor="white", markeredgecolor=MUTED)
    axes.plot(end, places, "o", markersize=5.5, color="#7b4f9d")
    quiet_axes(axes)
    axes.grid(axis="x", color=GRID, linewidth=0.8)
    axes.grid(axis="y", visible=False)
    axes.set_xlim(-0.04, 1.04)
    axes.set_ylim(len(OBSTACLES) - 0.5, -0.5)
    axes.set_yticks(places, [name.replace("_", " ") for name in OBSTACLES])
    axes.tick_params(axis="y", labelcolor=INK)
    axes.set_title("obstacles, 0–1\ncircle: start, dot: end", fontsize=8.5, color=MUTED, loc="left")
