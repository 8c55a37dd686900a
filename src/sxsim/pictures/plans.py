"""Pictures of plans against the base: month by month, every KPI in one forest, and the money."""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import NamedTuple

import numpy as np
from matplotlib.axes import Axes
from matplotlib.ticker import FuncFormatter, MaxNLocator
from numpy.typing import NDArray

from sxsim.pictures.canvas import (
    GRID,
    INK,
    LINE,
    MUTED,
    Kind,
    Spread,
    canvas,
    grid_of,
    heading,
    legend,
    marker_of,
    months,
    panels,
    quiet,
    rows_named,
    runs_said,
    saved,
    short,
    style_of,
    thousands,
    written,
)

Array = NDArray[np.float64]
#: With more plans than this, bands would hide the lines and are left out.
_MOST_BANDS = 4
#: Inches of a KPI's name in the forest, of each plan in it, and between groups.
_ROW, _PLAN, _GROUP = 0.16, 0.085, 0.75
_DASHES = (0, (4, 3))
#: A change beyond this many times the base's value is drawn at the edge.
_FAR = 1.0
#: Inches of a panel of money.
_WIDE, _TALL = 4.1, 2.7
_LOW, _HIGH = 0.1, 0.9
#: Verdicts that are told from chance, the first two with a direction.
_TOLD = ("better", "worse", "differs")


class Course(NamedTuple):
    """Differences of a plan to the base by month: mean and the ends of its 95 % interval."""

    months: Sequence[int]
    mean: Array
    low: Array
    high: Array


class Panel(NamedTuple):
    """A measure over the months: how it is called, what it is, how its axis is written, and the course of each plan."""

    title: str
    label: str
    kind: Kind
    courses: Mapping[str, Course]


class Change(NamedTuple):
    """What plans do to a KPI. verdict: better, worse, or another word where the change is not told from chance or neither."""

    name: str
    falling: bool
    plans: Mapping[str, Spread]
    verdict: Mapping[str, str]


class Group(NamedTuple):
    """KPIs that share an axis. relative: changes are in parts of the base's value (1: as much again)."""

    changes: Sequence[Change]
    relative: bool


class Money(NamedTuple):
    """A plan's cumulative money against the base, (runs, months); payback: months until the mean stays above 0, None if
    it does not or is not told from chance; brief: payback in few words; better: share of runs with a better net present value.
    """

    cumulative: Array
    payback: int | None
    brief: str
    better: float


def differences(found: Sequence[Panel], base: str, basis: str, path: Path) -> Path:
    """Draw plans against the base over the months: paired differences with 95 % intervals."""
    plans = list(found[0].courses)
    bands = len(plans) <= _MOST_BANDS
    about = "band: 95 % interval of the mean" if bands else "more than four plans, so intervals are left to the forest"
    figure = canvas(
        12, 5.5, _differences_message(found, base),
        f"Plans against {short(base)}, month by month · {basis} · line: mean of the paired differences · {about}",
    )  # fmt: skip
    styles = {plan: style_of(number) for number, plan in enumerate(plans)}
    for place, (axes, panel) in enumerate(zip(panels(figure, len(found), 3), found, strict=True)):
        axes.axhline(0, color=INK, linewidth=0.9)
        for plan, course in panel.courses.items():
            if bands:
                colour = styles[plan]["color"]
                axes.fill_between(course.months, course.low, course.high, color=colour, alpha=0.18, linewidth=0)
            axes.plot(course.months, course.mean, linewidth=1.8, **styles[plan])
        quiet(axes)
        heading(axes, panel.title, panel.label)
        months(axes, named=place >= 3)
        axes.yaxis.set_major_locator(MaxNLocator(5))
        written(axes.yaxis, panel.kind)
    legend(figure, styles)
    return saved(figure, path)


def _differences_message(found: Sequence[Panel], base: str) -> str:
    """Which plan is furthest ahead at the end, for loyalty and money, where its interval is clear of 0."""
    said = []
    for panel in found:
        if panel.title not in ("customer loyalty", "cumulative result"):
            continue
        ends = {plan: course for plan, course in panel.courses.items() if len(course.mean) and course.low[-1] > 0}
        if ends:
            best = max(ends, key=lambda plan: float(ends[plan].mean[-1]))
            unit = "points" if panel.kind == "" else short(panel.label.rpartition(" ")[2], 12)
            said.append(f"{short(best, 24)} in {panel.title} (+{thousands(float(ends[best].mean[-1]))} {unit})")
        else:
            said.append(f"no plan clearly in {panel.title}")
    return f"Furthest ahead of {short(base, 20)} at the end: {'; '.join(said)}"


def forest(groups: Mapping[str, Group], base: str, basis: str, path: Path) -> Path:
    """Draw what plans do to each KPI, with 95 % intervals: a panel a group of KPIs with an axis of its own, a colour a plan."""
    shown = {name: group for name, group in groups.items() if group.changes}
    plans = list(next(iter(shown.values())).changes[0].plans) if shown else []
    rows = [len(group.changes) for group in shown.values()]
    tall = _ROW + _PLAN * len(plans)
    columns = _two_columns(rows)
    height = max((sum(rows[k] * tall + _GROUP for k in column) for column in columns), default=1.0)
    figure = canvas(
        12, height + 0.3, _forest_message([change for group in shown.values() for change in group.changes], plans),
        f"What each plan changes against {short(base)} · {basis} · line: the interval that decides · filled: told from "
        "chance, hollow: not · arrow: beyond ±100 % · ↓: lower is better",
    )  # fmt: skip
    whole = figure.add_gridspec(1, max(len(columns), 1))
    for place, column in enumerate(columns):
        inside = whole[place].subgridspec(len(column), 1, height_ratios=[rows[k] for k in column])
        for line, k in enumerate(column):
            name, group = list(shown.items())[k]
            _group(figure.add_subplot(inside[line]), name, group, plans)
    legend(figure, {plan: {**style_of(k), "linestyle": "-", "marker": marker_of(k)} for k, plan in enumerate(plans)})
    return saved(figure, path)


def _two_columns(rows: Sequence[int]) -> list[list[int]]:
    """Groups in two columns of about the same height, in their order."""
    for cut in range(1, len(rows)):
        if 2 * sum(rows[:cut]) >= sum(rows):
            return [list(range(cut)), list(range(cut, len(rows)))]
    return [list(range(len(rows)))] if rows else []


def _group(axes: Axes, name: str, group: Group, plans: Sequence[str]) -> None:
    step = 0.8 / max(len(plans), 1)
    for row, change in enumerate(group.changes):
        if row:
            axes.axhline(row - 0.5, color=GRID, linewidth=0.8)
        for number, plan in enumerate(plans):
            clear = change.verdict[plan] in _TOLD
            farthest = _FAR if group.relative else np.inf
            _change(axes, row - 0.4 + step * (number + 0.5), number, change.plans[plan], clear, farthest)
    axes.axvline(0, color=INK, linewidth=0.9)
    rows_named(axes, [f"{change.name}{' ↓' if change.falling else ''}" for change in group.changes])
    axes.set_ylim(len(group.changes) - 0.5, -0.5)
    quiet(axes, "x")
    axes.tick_params(axis="y", labelcolor=INK)
    widest = max(abs(limit) for limit in axes.get_xlim())
    axes.set_xlim(-widest, widest)
    axes.xaxis.set_major_locator(MaxNLocator(5))
    written(axes.xaxis, "number")
    if group.relative:
        axes.xaxis.set_major_formatter(FuncFormatter(lambda x, _: f"{100 * x:+.3g} %" if x else "0"))
    heading(axes, name)


def _change(axes: Axes, place: float, number: int, value: Spread, clear: bool, far: float) -> None:
    colour = style_of(number)["color"]
    low, mean, high = (float(np.clip(x, -far, far)) for x in (value.low, value.mean, value.high))
    alpha = 1.0 if clear else 0.55
    axes.plot([low, high], [place] * 2, color=colour, linewidth=1.6, alpha=alpha, solid_capstyle="round")
    beyond = ">" if value.mean > far else "<" if value.mean < -far else marker_of(number)
    axes.plot(mean, place, beyond, markersize=4.5, color=colour, markerfacecolor=colour if clear else "white")


def _forest_message(changes: Sequence[Change], plans: Sequence[str]) -> str:
    """How many KPIs a plan clearly makes better and worse; of many plans the two that do most, and the one that does least."""
    told = {plan: [sum(each.verdict[plan] == word for each in changes) for word in _TOLD[:2]] for plan in plans}
    if not any(map(any, told.values())):
        return f"No plan makes any of {len(changes)} KPIs better or worse by more than chance may"
    order = sorted(told, key=lambda plan: told[plan][1] - told[plan][0])
    named = order if len(order) <= 3 else [order[0], order[1], order[-1]]
    said = [f"{short(plan, 24)} {told[plan][0]} better, {told[plan][1]} worse" for plan in named]
    last = " … " if len(order) > 3 else "; "
    return (
        f"Told from chance, of {len(changes)} KPIs: {last.join(['; '.join(said[:-1]), said[-1]] if said[1:] else said)}"
    )


def money(found: Mapping[str, Money], base: str, currency: str, basis: str, path: Path) -> Path:
    """Draw the cumulative cash of each plan against the base: mean, the middle 80 % of runs, payback."""
    across, down = grid_of(len(found))
    ahead = [plan for plan, each in found.items() if np.quantile(each.cumulative[:, -1], _LOW) > 0]
    few = f": {', '.join(short(plan, 20) for plan in ahead)}" if 0 < len(ahead) <= 3 else ""
    figure = canvas(
        max(_WIDE * across, 6.5), _TALL * down,
        f"{len(ahead) or 'None'} of {runs_said(len(found), 'plan')} {'is' if len(ahead) < 2 else 'are'} ahead at the end in nine of ten "
        f"runs{few}",
        f"Cumulative cash against {short(base)} · {basis} · {short(currency)}, undiscounted · line: mean · band: the middle 80 % of "
        "the runs · dashed: paid back on average",
    )  # fmt: skip
    drawn = panels(figure, len(found), across)
    for axes, (plan, each) in zip(drawn, found.items(), strict=True):
        _cash(axes, each)
        heading(axes, plan, f"{each.brief} · NPV better in {each.better:.0%} of runs", letters=48)
    return saved(figure, path)


def _cash(axes: Axes, found: Money) -> None:
    steps = np.arange(1, found.cumulative.shape[1] + 1)
    low, high = np.quantile(found.cumulative, [_LOW, _HIGH], axis=0)
    axes.axhline(0, color=INK, linewidth=0.9)
    axes.fill_between(steps, low, high, color=LINE, alpha=0.18, linewidth=0)
    axes.plot(steps, found.cumulative.mean(axis=0), color=LINE, linewidth=1.9)
    if found.payback:
        axes.axvline(found.payback, color=MUTED, linewidth=0.9, linestyle=_DASHES)
    quiet(axes)
    months(axes)
    axes.yaxis.set_major_locator(MaxNLocator(5))
    written(axes.yaxis, "number")
