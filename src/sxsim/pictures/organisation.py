"""Pictures of the organisation: its maturity, and how commitment spreads among the staff."""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import NamedTuple

import numpy as np
from matplotlib.axes import Axes
from numpy.typing import NDArray

from sxsim.pictures.canvas import (
    GRID,
    INK,
    LOSS,
    MUTED,
    apart,
    axis_name,
    beside,
    canvas,
    grid_of,
    heading,
    legend,
    months,
    panels,
    plain,
    quiet,
    rows_named,
    saved,
    short,
    spoken,
    style_of,
    written,
)
from sxsim.scenario.plan import Plan
from sxsim.standard.catalogue import ACTIVITIES, ELEMENTS, OBSTACLES, activities

Array = NDArray[np.float64]

#: One colour an element, those of a dimension alike.
_ELEMENT_COLOURS = (
    "#7b4f9d", "#b08bc9", "#b5485d", "#dd8a99", "#2a7f9e", "#5fb0cc", "#8fcfe3", "#4f9d69", "#8cc49f",
)  # fmt: skip
_STEP_COLOURS = ("#9fb3c8", "#2a7f9e", "#e08e2b")
_STAGE_COLOURS = ("#e08e2b", "#2a7f9e", "#8fb8cc", "#d5dde5", LOSS)
_PHASE_COLOURS = {"pre-implementation": "#7b4f9d", "implementation": "#2a7f9e", "post-implementation": "#4f9d69"}
#: Height of a bar, inches.
BAR = 0.26
_LEAST_SAID = 0.05
#: Inches of a panel of maturity, and a line of its labels.
_TALL, _LINE = 3.8, 0.17
_DASHES = (0, (4, 3))
#: Elements that are not told apart (levels).
_ALIKE = 0.05
#: How the base is drawn among plans.
_BASE_STYLE = {"color": INK, "linestyle": (0, (4, 2))}


class Maturing(NamedTuple):
    """Maturity of a plan by month, mean of the runs. elements: (months, 9); level: that of the weakest; reached: by step
    (its level and name) the share of runs that have reached it.
    """

    elements: Array
    level: Array
    true: Array
    seen: Array
    weakest: str
    reached: Mapping[tuple[int, str], Array]


class Committing(NamedTuple):
    """The staff of a plan by stage and month (the most committed first), and severities of the obstacles at start and end."""

    stages: Mapping[str, Array]
    at_start: Array
    at_end: Array


def maturity(found: Maturing, basis: str, path: Path) -> Path:
    """Draw the elements over the months, and the share of runs that have reached each level."""
    figure = canvas(
        11.5, _TALL + 0.4,
        _maturity_message(found),
        f"Maturity of the nine elements · {basis} · mean of the runs · thick: the organisation, that is its weakest element · "
        "grey: mean of the sub-elements, dotted as the organisation sees it",
    )  # fmt: skip
    left, right = panels(figure, 2, 2, width_ratios=(1.5, 1))
    _elements(left, found)
    for (level, _), share in found.reached.items():
        right.step(np.arange(len(share)), share, where="post", color=_step_colour(level), linewidth=2.0)
    ends = sorted((float(share[-1]), f"level {level}, {name}", _step_colour(level)) for (level, name), share in found.reached.items())  # fmt: skip
    for place, (_, name, colour) in zip(apart([end[0] for end in ends], 0.06, 0.02), ends, strict=True):
        beside(right, place, name, colour)
    quiet(right)
    right.set_ylim(-0.02, 1.04)
    written(right.yaxis, "share")
    heading(right, "runs that have reached a level")
    months(right)
    return saved(figure, path)


def _maturity_message(found: Maturing) -> str:
    """Where the level goes, and what holds it back."""
    start, end = f"{found.level[0]:.1f}", f"{found.level[-1]:.1f}"
    goes = f"Maturity stays at {end}" if start == end else f"Maturity goes from {start} to {end}"
    alike = float(np.ptp(found.elements[-1])) < _ALIKE
    return f"{goes}; {'all elements stand alike' if alike else f'{found.weakest} is the weakest element'} at the end"


def _step_colour(level: int) -> str:
    return _STEP_COLOURS[level % len(_STEP_COLOURS)]


def _elements(axes: Axes, found: Maturing) -> None:
    for level, _ in found.reached:
        axes.axhline(level, color=_step_colour(level), linewidth=0.9, linestyle=_DASHES)
    for place in range(len(ELEMENTS)):
        axes.plot(found.elements[:, place], color=_ELEMENT_COLOURS[place], linewidth=1.3)
    axes.plot(found.true, color=MUTED, linewidth=1.6)
    axes.plot(found.seen, color=MUTED, linewidth=1.6, linestyle=(0, (1, 1.5)))
    axes.plot(found.level, color=INK, linewidth=2.6)
    ends = [(float(found.elements[-1, k]), name, _ELEMENT_COLOURS[k], "normal") for k, name in enumerate(ELEMENTS)]
    ends += [
        (float(found.level[-1]), "the organisation", INK, "bold"),
        (float(found.true[-1]), "mean", MUTED, "normal"),
    ]
    ends = sorted([*ends, (float(found.seen[-1]), "mean, as it is seen", MUTED, "normal")])
    low = min(float(found.elements.min()), float(found.level.min()), float(found.seen.min()))
    bottom = max(0.9, np.floor(2 * low) / 2)
    axes.set_ylim(bottom, 5.05)
    least = (5.05 - bottom) * _LINE / (_TALL - 0.9)
    for height, (_, name, colour, weight) in zip(apart([end[0] for end in ends], least, bottom), ends, strict=True):
        beside(axes, height, name, colour, fontsize=8, fontweight=weight)
    quiet(axes)
    heading(axes, "level, 1–5")
    months(axes)


def maturity_by_plan(found: Mapping[str, Maturing], basis: str, path: Path) -> Path:
    """Draw the organisation's level and the mean of the elements over the months, a line a plan, and all elements at the end."""
    best = max(found, key=lambda plan: float(found[plan].level[-1]))
    lead = float(found[best].level[-1])
    base = next(iter(found))
    about = f"{short(best)} takes maturity furthest" if best != base else "No plan takes maturity further"
    figure = canvas(
        13, 3.4 + 0.14 * len(found), f"{about}: level {lead:.1f} at the end, {short(base)} {found[base].level[-1]:.1f}",
        f"Maturity, plan by plan · {basis} · mean of the runs, level 1–5 · table: each element at the end, the darker, the higher",
    )  # fmt: skip
    level, mean, table = panels(figure, 3, 3, width_ratios=(1, 1, 1 + 0.05 * len(found)))
    styles = {plan: style_of(number - 1) if number else _BASE_STYLE for number, plan in enumerate(found)}
    for plan, each in found.items():
        level.plot(each.level, linewidth=1.8, **styles[plan])
        mean.plot(each.elements.mean(axis=1), linewidth=1.8, **styles[plan])
    for axes, title in ((level, "the organisation (its weakest element)"), (mean, "mean of the nine elements")):
        quiet(axes)
        heading(axes, title)
        months(axes)
        axes.set_ylim(*_shared((level, mean)))
    _table(table, found)
    legend(figure, styles)
    return saved(figure, path)


def _shared(axes: Sequence[Axes]) -> tuple[float, float]:
    """One scale for several panels."""
    limits = [each.get_ylim() for each in axes]
    return min(low for low, _ in limits), max(high for _, high in limits)


def _table(axes: Axes, found: Mapping[str, Maturing]) -> None:
    values = np.array([each.elements[-1] for each in found.values()]).T
    axes.imshow(values, cmap="Blues", vmin=1.0, vmax=6.0, aspect="auto")
    for (row, column), value in np.ndenumerate(values):
        axes.text(
            column, row, f"{value:.1f}", ha="center", va="center", fontsize=8, color="white" if value > 4 else INK
        )
    rows_named(axes, ELEMENTS)
    axes.set_ylim(len(ELEMENTS) - 0.5, -0.5)
    quiet(axes, "")
    axes.tick_params(axis="both", labelcolor=INK)
    axes.spines[["left", "bottom"]].set_visible(False)
    axes.set_xticks(range(len(found)), [plain(short(plan, 24)) for plan in found], rotation=35, ha="right",
                    rotation_mode="anchor")  # fmt: skip
    heading(axes, "elements at the end")


def commitment(found: Committing, plan: Plan, horizon: int, basis: str, path: Path) -> Path:
    """Draw the activities of a plan as bars, the staff by stage below them, and the obstacles at start and end."""
    bars = BAR * max(len(plan.activities), 1)
    figure = canvas(
        11.5, 3.9 + bars, _commitment_message(found),
        f"How commitment spreads · {basis} · mean of the runs · share of the staff at each stage",
    )  # fmt: skip
    grid = figure.add_gridspec(2, 2, height_ratios=(bars + 0.1, 3.3), width_ratios=(2.6, 1))
    gantt, stages, obstacles = (figure.add_subplot(grid[place]) for place in ((0, 0), (1, 0), (slice(None), 1)))
    activity_bars(gantt, plan, horizon)
    _stages(stages, found, horizon)
    for axes in (gantt, stages):
        axes.set_xlim(0, max(horizon, 1))
    _obstacles(obstacles, found)
    legend(figure, _stages_named(found))
    return saved(figure, path)


def _commitment_message(found: Committing) -> str:
    """How many practise at start and end."""
    name, share = next(iter(found.stages.items()))
    if not np.isfinite(share).any():
        return "Nobody works here, so nobody practises service excellence"
    return (
        f"{np.nan_to_num(share[0]):.0%} of the staff are {name} at the start, {np.nan_to_num(share[-1]):.0%} at the end"
    )


def commitment_by_plan(found: Mapping[str, Committing], basis: str, path: Path) -> Path:
    """Draw the staff by stage over time, a panel a plan."""
    across, down = grid_of(len(found))
    ends = {plan: float(np.nan_to_num(next(iter(each.stages.values()))[-1])) for plan, each in found.items()}
    most = max(ends, key=lambda plan: ends[plan])
    figure = canvas(
        4.7 * across, 2.7 * down, f"{short(most)} has most of the staff practising at the end: {ends[most]:.0%}",
        f"How commitment spreads, plan by plan · {basis} · mean of the runs · share of the staff at each stage",
    )  # fmt: skip
    for axes, (plan, each) in zip(panels(figure, len(found), across), found.items(), strict=True):
        _stages(axes, each, len(next(iter(each.stages.values()))) - 1, start=False)
        heading(axes, plan, letters=36)
    legend(figure, _stages_named(next(iter(found.values()))))
    return saved(figure, path)


def activity_bars(axes: Axes, plan: Plan, horizon: int, *, named: bool = True, phased: bool = True) -> None:
    """Draw the activities of a plan as bars over the months. named, phased: whether names and phases are written beside."""
    axes.axis("off")
    axes.set_ylim(max(len(plan.activities), 1) - 0.5, -0.5)
    axes.set_xlim(0, max(horizon, 1))
    if not plan.activities:
        axes.text(
            0.0, 0.5, "no activities in this plan", transform=axes.transAxes, fontsize=9, color=MUTED, va="center"
        )
    phases: set[str] = set()
    for place, name in enumerate(sorted(plan.activities, key=ACTIVITIES.index)):
        entry = activities()[ACTIVITIES.index(name)]
        colour = _PHASE_COLOURS[entry.phase]
        axes.axhline(place, color=GRID, linewidth=0.8, zorder=0)
        for stretch in plan.activities[name].stretches():
            end = horizon if stretch.months is None else min(stretch.start + stretch.months, horizon)
            axes.barh(place, max(end - stretch.start, 0), left=stretch.start, height=0.62, color=colour,
                      alpha=0.25 + 0.75 * stretch.effort, linewidth=0)  # fmt: skip
        if named:
            beside(axes, place, short(entry.name, 48), INK, left=True, fontsize=8)
        if phased and entry.phase not in phases:
            phases.add(entry.phase)
            beside(axes, place, entry.phase, colour)


def _stages_named(found: Committing) -> dict[str, dict[str, object]]:
    """Stages and their colours; what is too small to be named beside a panel is named here."""
    return {
        stage: {"color": colour, "linewidth": 6.0} for stage, colour in zip(found.stages, _STAGE_COLOURS, strict=True)
    }


def _stages(axes: Axes, found: Committing, horizon: int, *, start: bool = True) -> None:
    shares = np.nan_to_num(np.array(list(found.stages.values())))
    axes.stackplot(np.arange(shares.shape[1]), shares, colors=_STAGE_COLOURS, linewidth=0)
    for month in (0, -1) if start else (-1,):
        edges = np.concatenate([[0.0], np.cumsum(shares[:, month])])
        for stage, low, high in zip(found.stages, edges, edges[1:], strict=False):
            if high - low >= _LEAST_SAID:
                text = f"{stage} {high - low:.0%}" if month == 0 else f"{high - low:.0%} {stage}"
                beside(axes, (low + high) / 2, text, INK, left=month == 0)
    quiet(axes, "")
    axes.set_ylim(0, 1)
    axes.set_yticks([])
    months(axes)
    axes.set_xlim(0, max(horizon, 1))


def _obstacles(axes: Axes, found: Committing) -> None:
    places = np.arange(len(OBSTACLES))
    axes.hlines(places, found.at_end, found.at_start, color=GRID, linewidth=2.2)
    axes.plot(found.at_start, places, "o", markersize=5.5, markerfacecolor="white", markeredgecolor=MUTED)
    axes.plot(found.at_end, places, "o", markersize=5.5, color="#7b4f9d")
    rows_named(axes, [spoken(name) for name in OBSTACLES])
    quiet(axes, "x")
    axes.tick_params(axis="y", labelcolor=INK)
    axes.set_xlim(-0.04, 1.04)
    heading(axes, "obstacles", "0–1 · circle: start, dot: end")
    axis_name(axes, "severity")
