"""Pictures of studies: tornado with intervals and noise floor, rank probabilities, sweeps."""

from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from textwrap import shorten
from typing import Any

import numpy as np
from matplotlib.axes import Axes
from matplotlib.patches import Rectangle
from matplotlib.ticker import FuncFormatter, MaxNLocator, PercentFormatter
from numpy.typing import NDArray

from sxsim.results.figures import GRID, INK, LINE, MUTED, PLAN_COLOURS, canvas, quiet_axes, saved, thousands
from sxsim.results.intervals import Interval
from sxsim.results.kpis import KPIS
from sxsim.results.result import unit_of
from sxsim.scenario.scenario import Scenario
from sxsim.studies.factors import Factor
from sxsim.studies.methods.candidates import Flip
from sxsim.studies.methods.indices import DUMMY, LUCK, Indices
from sxsim.studies.methods.prim import Box
from sxsim.studies.methods.statistics import Difference

_ACROSS = 3
#: Letters of a KPI's meaning that fit over a panel.
_LONGEST_MEANING = 52
_MOST_SHOWN = 15
_FLOOR = "#b5485d"


def _order(found: Indices) -> list[int]:
    """Factors and luck, the largest first; the dummy is left out, because it is 0."""
    numbers = [k for k, name in enumerate(found.names) if name != DUMMY]
    return sorted(numbers, key=lambda k: -found.main[k].value)[:_MOST_SHOWN]


def _grid(count: int) -> tuple[int, int]:
    across = 2 if count == 4 else min(count, _ACROSS)
    return across, -(-count // across)


def tornado(found: Sequence[Indices], scenario: str, path: Path) -> Path:
    """Draw, KPI by KPI, the factors' indices with 95 % intervals, the largest on top, and the noise floor."""
    across, down = _grid(len(found))
    rows = max(len(_order(each)) for each in found)
    height = 1.15 + down * (0.27 * rows + 1.1)
    sobol = bool(found[0].total)
    what = (
        "bar: total index, the share of the spread a factor has a hand in · dark: on its own · line: 95 % interval"
        if sobol
        else "bar: mean effect of a factor across its range, in the KPI's unit, shares in points · line: 95 % interval"
    )
    figure = canvas(4.1 * across + 0.6, height, "What each KPI hinges on", f"{scenario} · {what}")
    for place, each in enumerate(found):
        line, column = divmod(place, across)
        box_height = 0.27 * rows / height
        bottom = 1.0 - (0.95 + (line + 1) * (0.27 * rows + 1.1) - 0.55) / height
        axes = figure.add_axes((0.02 + (column + 0.34) / across * 0.97, bottom, 0.61 / across, box_height))
        _tornado_of(axes, each)
    return saved(figure, path)


def _tornado_of(axes: Axes, found: Indices) -> None:
    order = _order(found)
    for row, k in enumerate(order):
        estimate, is_luck = found.main[k], found.names[k] == LUCK
        axes.barh(row, max(estimate.value, 0.0), color="#c9d3dc" if is_luck else "#9cc7d8", height=0.68)
        if found.first:
            axes.barh(
                row,
                min(max(found.first[k].value, 0.0), max(estimate.value, 0.0)),
                color=MUTED if is_luck else LINE,
                height=0.68,
            )
        axes.plot([max(estimate.low, 0.0), max(estimate.high, 0.0)], [row, row], color=INK, linewidth=1.2)
    axes.axvline(found.floor, color=_FLOOR, linewidth=1.1, linestyle=(0, (4, 3)))
    axes.annotate("noise floor", (found.floor, -0.75), fontsize=7, color=_FLOOR, va="bottom", ha="left",
                  xytext=(2, 0), textcoords="offset points", annotation_clip=False)  # fmt: skip
    axes.set_yticks(range(len(order)), [found.names[k] for k in order])
    axes.set_ylim(len(order) - 0.4, -0.75)
    axes.set_xlim(left=0.0)
    lying(axes)
    axes.xaxis.set_major_locator(MaxNLocator(4))
    if found.total:
        axes.xaxis.set_major_formatter(PercentFormatter(1.0, decimals=0))
    else:
        short_numbers(axes, KPIS[found.kpi].unit, sign="")
    _headed(axes, found.kpi, above=12)


def _headed(axes: Axes, kpi: str, unit: str = "", *, above: float = 0.0) -> None:
    """Write a KPI's name over a panel, and below it what it means, with its unit. above: points that are left free."""
    said = shorten(KPIS[kpi].meaning, _LONGEST_MEANING, placeholder=" …") + (f", {unit}" if unit else "")
    axes.set_title(kpi, fontsize=10.5, fontweight="bold", color=INK, loc="left", pad=17 + above)
    axes.annotate(said, (0, 1), xycoords="axes fraction", xytext=(0, 5 + above), textcoords="offset points",
                  fontsize=7.5, color=MUTED, annotation_clip=False)  # fmt: skip


def rank_chances(found: Sequence[Indices], scenario: str, path: Path) -> Path:
    """Draw, KPI by KPI, how probable each rank is for each factor."""
    across, down = _grid(len(found))
    count = min(len(found[0].ranks), _MOST_SHOWN)
    height = 1.15 + down * (0.27 * count + 1.25)
    figure = canvas(
        4.1 * across + 0.6, height, "How sure the ranks are",
        f"{scenario} · probability of each rank, % · the darker, the surer · from the study's bootstrap",
    )  # fmt: skip
    for place, each in enumerate(found):
        line, column = divmod(place, across)
        bottom = 1.0 - (1.0 + (line + 1) * (0.27 * count + 1.25) - 0.7) / height
        axes = figure.add_axes((0.02 + (column + 0.34) / across * 0.97, bottom, 0.61 / across, 0.27 * count / height))
        order = sorted(range(len(each.ranks)), key=lambda k: -each.main[k].value)[:count]
        chances = np.array([each.ranks[k].chances[:count] for k in order])
        axes.imshow(chances, cmap="Blues", vmin=0.0, vmax=1.0, aspect="auto")
        for row, column_ in zip(*np.nonzero(chances >= 0.05), strict=True):
            value = chances[row, column_]
            axes.text(column_, row, f"{100 * value:.0f}", ha="center", va="center", fontsize=7,
                      color="white" if value > 0.6 else INK)  # fmt: skip
        axes.set_yticks(range(count), [each.ranks[k].name for k in order])
        axes.set_xticks(range(count), [str(rank + 1) for rank in range(count)])
        quiet_axes(axes)
        axes.grid(visible=False)
        axes.spines[["left", "bottom"]].set_visible(False)
        axes.set_xlabel("rank", fontsize=8.5, color=MUTED)
        _headed(axes, each.kpi)
    return saved(figure, path)


def sweep(
    levels: Sequence[Mapping[str, Any]],
    names: Sequence[str],
    kpis: Sequence[str],
    scenario: Scenario,
    runs: int,
    path: Path,
    *,
    scattered: bool = False,
) -> Path:
    """Draw each KPI over the settings: lines for one or two factors, points for more or for scattered settings.

    levels: one row a setting and KPI with the factors by name, mean, low and high; runs: at every setting.
    """
    import pandas as pd

    table = pd.DataFrame(levels)
    many = len(names) > 2 or (scattered and len(names) > 1)
    columns = names if many else [names[0]]
    width, height = 4.0 * max(len(columns), min(len(kpis), _ACROSS)) + 0.8, 3.3
    across, down = (len(columns), len(kpis)) if many else _grid(len(kpis))
    figure = canvas(
        width, 1.2 + down * height, "What changes along the settings",
        f"{scenario.name} · {runs} run{'s' if runs > 1 else ''} at every setting · band: 95 % interval of the mean",
    )  # fmt: skip
    total = 1.2 + down * height
    for place in range(across * down):
        line, column = divmod(place, across)
        kpi = kpis[line] if many else (kpis[place] if place < len(kpis) else None)
        if kpi is None:
            continue
        box = (0.065 + column / across * 0.935, 1.0 - (1.0 + (line + 1) * height - 0.65) / total,
               0.78 / across, (height - 1.15) / total)  # fmt: skip
        axes = figure.add_axes(box)
        rows = table[table["kpi"] == kpi]
        name = columns[column] if many else names[0]
        if many:
            axes.plot(rows[name], rows["mean"], "o", color=LINE, markersize=3, alpha=0.6)
        else:
            groups = [("", rows)] if len(names) == 1 else list(rows.groupby(names[1]))
            for number, (value, group) in enumerate(groups):
                group = group.sort_values(name)
                colour = PLAN_COLOURS[number % len(PLAN_COLOURS)]
                label = f"{names[1]} {float(str(value)):g}" if len(names) == 2 else None
                axes.plot(group[name], group["mean"], "o-", color=colour, markersize=3.5, linewidth=1.6, label=label)
                axes.fill_between(
                    group[name], group["low"].astype(float), group["high"].astype(float), color=colour, alpha=0.16
                )
        quiet_axes(axes)
        axes.set_title(kpi, fontsize=10.5, fontweight="bold", color=INK, loc="left", pad=16)
        axes.text(0, 1.03, unit_of(kpi, scenario), transform=axes.transAxes, fontsize=8, color=MUTED)
        axes.set_xlabel(name, fontsize=8.5, color=MUTED)
        axes.xaxis.set_major_locator(MaxNLocator(5))
        if max(abs(limit) for limit in axes.get_ylim()) >= 10_000:
            axes.yaxis.set_major_formatter(FuncFormatter(thousands))
        if place == 0 and len(names) == 2:
            handles = axes.get_legend_handles_labels()
            figure.legend(*handles, loc="lower left", bbox_to_anchor=(0.05, 0.0), ncols=6, frameon=False, fontsize=9)
    return saved(figure, path)


_MOST_CAUSES = 12
GAIN, LOSS, _WHOLE = "#2f855a", "#b5485d", "#627d98"


def waterfalls(
    panels: Sequence[tuple[str, Sequence[tuple[str, Interval, float]], Interval]],
    scenario: Scenario,
    plans: tuple[str, str],
    split: str,
    path: Path,
) -> Path:
    """Draw, KPI by KPI, how the difference between two plans adds up over its causes, each with its 95 % interval.

    panels: KPI, causes with their parts (the largest first), whole difference; plans: base and plan.
    """
    base, plan = plans
    across, down = _grid(len(panels))
    shown = [_few(rows) for _, rows, _ in panels]
    rows = max(len(each) for each in shown) + 1
    box = 0.29 * rows
    height = 1.15 + down * (box + 1.1)
    figure = canvas(
        4.6 * across + 0.6, height, f"Why {plan} differs from {base}",
        f"{scenario.name} · difference split over {split}, money and direct changes · green helps, red hurts · line: 95 % interval of each part",
    )  # fmt: skip
    for place, ((kpi, _, whole), causes) in enumerate(zip(panels, shown, strict=True)):
        line, column = divmod(place, across)
        bottom = 1.0 - (0.95 + (line + 1) * (box + 1.1) - 0.55) / height
        axes = figure.add_axes((0.02 + (column + 0.36) / across * 0.97, bottom, 0.59 / across, box / height))
        _waterfall_of(axes, causes, whole, plan, KPIS[kpi].better == "lower")
        _headed(axes, kpi, _points_or(unit_of(kpi, scenario)))
    return saved(figure, path)


def _few(rows: Sequence[tuple[str, Interval, float]]) -> list[tuple[str, float, float, float]]:
    """The largest parts as (name, mean, low, high), the others as one without an interval."""
    first = [(name, part.mean, part.low, part.high) for name, part, _ in rows[:_MOST_CAUSES]]
    rest = [part.mean for _, part, _ in rows[_MOST_CAUSES:]]
    return [*first, (f"{len(rest)} others", sum(rest), np.nan, np.nan)] if rest else first


def _waterfall_of(
    axes: Axes, causes: Sequence[tuple[str, float, float, float]], whole: Interval, plan: str, lower_is_better: bool
) -> None:
    reached = 0.0
    for row, (_, mean, low, high) in enumerate(causes):
        good = (mean > 0) != lower_is_better
        axes.barh(row, mean, left=reached, color=GAIN if good else LOSS, height=0.66, alpha=0.85)
        axes.plot([reached + low, reached + high], [row, row], color=INK, linewidth=1.2)
        axes.plot([reached + mean] * 2, [row, row + 1], color=MUTED, linewidth=0.7)
        reached += mean
    last = len(causes)
    axes.barh(last, whole.mean, color=_WHOLE, height=0.66)
    axes.plot([whole.low, whole.high], [last, last], color=INK, linewidth=1.2)
    axes.axvline(0.0, color=INK, linewidth=0.9)
    axes.set_yticks(range(last + 1), [*(name for name, *_ in causes), plan])
    axes.set_ylim(last + 0.6, -0.6)
    lying(axes)
    axes.margins(x=0.06)
    axes.xaxis.set_major_locator(MaxNLocator(4))
    short_numbers(axes, whole.unit)


def allocation(
    splits: Mapping[str, Sequence[float]],
    judged: Sequence[tuple[str, Interval]],
    names: Sequence[str],
    advised: str,
    goal: str,
    scenario: Scenario,
    path: Path,
) -> Path:
    """Draw how candidates spread the money, and what each does to the goal against doing nothing, on fresh draws.

    splits: money by candidate in the order of names; judged: candidates with their difference, the advised one first.
    """
    shown = [place for place in range(len(names)) if any(split[place] > 0 for split in splits.values())]
    rows, bars = max(len(shown), 1), max(len(judged), 1)
    height = 1.75 + 0.3 * max(rows, bars + 1)
    figure = canvas(
        11.5, height, "How to spread the money",
        f"{scenario.name} · advised: {advised} · left: money a month · right: {goal} against doing nothing, line: 95 % interval",
    )  # fmt: skip
    axes = figure.add_axes((0.14, 0.6 / height, 0.33, (height - 1.75) / height))
    drawn = [(name, split) for name, split in splits.items() if sum(split) > 0]
    width = 0.8 / max(len(drawn), 1)
    order = sorted(shown, key=lambda place: -(drawn[0][1][place] if drawn else 0.0))
    for number, (name, split) in enumerate(drawn):
        colour = LINE if name == advised else PLAN_COLOURS[1 + number % (len(PLAN_COLOURS) - 1)] if number else MUTED
        places = [row - 0.4 + width * (number + 0.5) for row in range(len(order))]
        axes.barh(places, [split[place] for place in order], height=width * 0.92, color=colour, label=name)
    axes.set_yticks(range(len(order)), [names[place] for place in order])
    axes.set_ylim(max(len(order), 1) - 0.4, -0.6)
    axes.xaxis.set_major_formatter(FuncFormatter(thousands))
    if drawn:
        axes.legend(frameon=False, fontsize=8, loc="lower right", bbox_to_anchor=(1.0, 1.0), ncols=2)
    axes.set_title(f"{scenario.currency} a month", fontsize=9.5, color=MUTED, loc="left")
    right = figure.add_axes((0.68, 0.6 / height, 0.29, (height - 1.75) / height))
    for row, (name, found) in enumerate(judged):
        colour = LINE if name == advised else "#9aa5b1"
        right.plot([found.low, found.high], [row, row], color=colour, linewidth=2.2, solid_capstyle="round")
        right.plot(found.mean, row, "o", color=colour, markersize=6)
    right.axvline(0.0, color=INK, linewidth=0.9)
    right.set_yticks(range(len(judged)), [name for name, _ in judged])
    right.set_ylim(bars - 0.4, -0.6)
    right.set_title(f"{goal}, {_points_or(unit_of(goal, scenario))}", fontsize=9.5, color=MUTED, loc="left")
    for each in (axes, right):
        lying(each)
        each.xaxis.set_major_locator(MaxNLocator(4))
    short_numbers(right, unit_of(goal, scenario))
    return saved(figure, path)


def lying(axes: Axes) -> None:
    """Quiet axes for bars and intervals that lie: lines stand up from the values."""
    quiet_axes(axes)
    axes.grid(axis="y", visible=False)
    axes.grid(axis="x", color=GRID, linewidth=0.8)


def _points_or(unit: str) -> str:
    """A unit in which a difference is given: shares in percentage points."""
    return unit.replace("share", "percentage points", 1) if unit.startswith("share") else unit


def short_numbers(axes: Axes, unit: str, *, sign: str = "+") -> None:
    """Large numbers in thousands and millions, shares in points. sign: before shares; empty where none is below 0."""
    if max(abs(limit) for limit in axes.get_xlim()) >= 10_000:
        axes.xaxis.set_major_formatter(FuncFormatter(thousands))
    elif unit.startswith("share"):
        axes.xaxis.set_major_formatter(FuncFormatter(lambda x, _: f"{100 * x:{sign}.3g}" if x else "0"))


def next_euro(rows: Sequence[Mapping[str, Any]], names: Sequence[str], scenario: Scenario, path: Path) -> Path:
    """Draw what one more unit of money brings in net present value, element by element, from each starting point."""
    bases = list(dict.fromkeys(str(row["from"]) for row in rows))
    height = 1.7 + 0.3 * len(names)
    figure = canvas(
        1.6 + 4.6 * len(bases), height, "Where the next money goes",
        f"{scenario.name} · change of NPV for each {scenario.currency} more\nits own cost is counted: above 0 it pays · line: 95 % interval",
    )  # fmt: skip
    width = 1.6 + 4.6 * len(bases)
    for place, base in enumerate(bases):
        own = sorted((row for row in rows if row["from"] == base), key=lambda row: -row["npv per unit of money"])
        axes = figure.add_axes((1.5 / width + place * 4.6 / width, 0.55 / height, 3.3 / width, (height - 1.7) / height))
        for line, row in enumerate(own):
            pays = GAIN if row["low"] > 0 else LOSS if row["high"] < 0 else "#9aa5b1"
            axes.plot([row["low"], row["high"]], [line, line], color=pays, linewidth=2.2, solid_capstyle="round")
            axes.plot(row["npv per unit of money"], line, "o", color=pays, markersize=6)
        axes.axvline(0.0, color=INK, linewidth=0.9)
        axes.set_yticks(range(len(own)), [str(row["element"]) for row in own])
        axes.set_ylim(len(own) - 0.4, -0.6)
        lying(axes)
        axes.xaxis.set_major_locator(MaxNLocator(5))
        axes.set_title(f"from {base}", fontsize=10.5, fontweight="bold", color=INK, loc="left")
    return saved(figure, path)


def flips(shown: Sequence[Flip], advised: str, goal: str, scenario: Scenario, path: Path) -> Path:
    """Draw the assumptions nearest to flipping the advice: the lead over the rival at both ends of their ranges."""
    rows = shown[:_MOST_SHOWN]
    height = 1.8 + 0.3 * len(rows)
    figure = canvas(
        11.5, height, "What would flip the advice",
        f"{scenario.name} · lead of {advised} over the rival named, {goal}, at the low (○) and the high (●) end of each "
        "assumption · red: the rival overtakes",
    )  # fmt: skip
    axes = figure.add_axes((0.36, 0.55 / height, 0.46, (height - 1.8) / height))
    for row, flip in enumerate(rows):
        colour = LOSS if flip.value is not None else "#9aa5b1"
        axes.plot([flip.lead_low.mean, flip.lead_high.mean], [row, row], color=colour, linewidth=2.0)
        axes.plot(flip.lead_low.mean, row, "o", markerfacecolor="white", markeredgecolor=colour, markersize=6)
        axes.plot(flip.lead_high.mean, row, "o", color=colour, markersize=6)
        text = f"flips at {flip.value:.3g} ({flip.parameter.value:g})" if flip.value is not None else ""
        axes.annotate(text, (1.02, row), xycoords=("axes fraction", "data"), fontsize=8, color=colour, va="center")
    axes.axvline(0.0, color=INK, linewidth=0.9)
    axes.set_yticks(range(len(rows)), [f"{flip.parameter.name} · {flip.rival}" for flip in rows])
    axes.set_ylim(len(rows) - 0.4, -0.6)
    lying(axes)
    axes.xaxis.set_major_locator(MaxNLocator(5))
    short_numbers(axes, unit_of(goal, scenario))
    return saved(figure, path)


def failure_box(
    factors: Sequence[Factor],
    conditions: NDArray[np.float64],
    fails: NDArray[np.bool_],
    box: Box | None,
    subtitle: str,
    path: Path,
) -> Path:
    """Draw where a plan fails: conditions over the two factors that matter most, and the limits of the box.

    conditions: (conditions, factors).
    """
    names = [factor.name for factor in factors]
    first = [limit.factor for limit in box.limits] if box else []
    shown = [*first, *(name for name in names if name not in first)]
    pair = (shown * 2)[:2]
    limits = {limit.factor: limit for limit in box.limits} if box else {}
    rows = shown[:_MOST_SHOWN]
    height = max(4.6, 1.9 + 0.3 * len(rows))
    figure = canvas(11.5, height, "Where the plan fails", subtitle)
    axes = figure.add_axes((0.08, 0.6 / height, 0.38, (height - 1.75) / height))
    x, y = (conditions[:, names.index(name)] for name in pair)
    axes.plot(x[~fails], y[~fails], "o", color="#9cc7d8", markersize=3.5, label="holds")
    axes.plot(x[fails], y[fails], "o", color=_FLOOR, markersize=4, label="fails")
    sides = []
    for name in pair:
        factor, limit = factors[names.index(name)], limits.get(name)
        low = factor.low if limit is None or limit.low is None else limit.low
        high = factor.high if limit is None or limit.high is None else limit.high
        sides.append((low, high))
    if box and len(set(pair)) == 2:
        (left, right), (bottom, top) = sides
        axes.add_patch(Rectangle((left, bottom), right - left, top - bottom, fill=False, edgecolor=INK, linewidth=1.6))
    quiet_axes(axes)
    axes.set_xlabel(pair[0], fontsize=9, color=MUTED)
    axes.set_ylabel(pair[1], fontsize=9, color=MUTED)
    axes.legend(frameon=False, fontsize=8.5, loc="lower left", bbox_to_anchor=(0.0, 1.0), ncols=2)
    bars = figure.add_axes((0.71, 0.6 / height, 0.25, (height - 1.75) / height))
    for row, name in enumerate(rows):
        factor, limit = factors[names.index(name)], limits.get(name)
        span = factor.high - factor.low
        bars.barh(row, 1.0, color=GRID, height=0.5)
        if limit is None:
            continue
        low = 0.0 if limit.low is None else (limit.low - factor.low) / span
        high = 1.0 if limit.high is None else (limit.high - factor.low) / span
        bars.barh(row, high - low, left=low, color=_FLOOR, height=0.5)
        for place, value, side in ((low, limit.low, "right"), (high, limit.high, "left")):
            if value is not None:
                bars.annotate(f" {value:.4g} ", (place, row), fontsize=8, color=INK, va="center", ha=side)
    bars.set_yticks(range(len(rows)), rows)
    bars.set_ylim(max(len(rows), 8) - 0.4, -0.6)
    bars.set_xlim(-0.12, 1.12)
    quiet_axes(bars)
    bars.grid(visible=False)
    bars.set_xticks([0, 1], ["low end", "high end"])
    bars.set_title("red: limits of the box" if box else "no box stands out", fontsize=9.5, color=MUTED, loc="left")
    return saved(figure, path)


def programmes(
    shares: Mapping[str, Mapping[str, tuple[float, float, float]]],
    differences: "Sequence[Difference]",
    clear: "Callable[[Difference, int], bool]",
    aim: str,
    scenario: Scenario,
    path: Path,
) -> Path:
    """Draw how many organisations reach and hold an aim with each programme, and what each factor does to that.

    shares: by plan and what is asked, with 95 % intervals; differences: by plan and factor; clear: whether one stands
    out among several.
    """
    plans = list(shares)
    largest: dict[str, float] = {}
    for each in differences:
        largest[each.factor] = max(largest.get(each.factor, 0.0), abs(each.change[0]))
    factors = sorted(largest, key=lambda factor: -largest[factor])[:_MOST_SHOWN]
    height = 1.9 + max(0.75 * len(plans), 0.3 * len(factors)) + 0.4
    width = 6.9 + 2.6 * len(plans)
    figure = canvas(
        width, height, "Programmes across organisations", f"{scenario.name} · aim: {aim} · line: 95 % interval"
    )
    box = (height - 1.9) / height
    axes = figure.add_axes((1.9 / width, 0.55 / height, 3.0 / width, box))
    for row, plan in enumerate(plans):
        for offset, colour, (what, (share, low, high)) in zip(
            (-0.2, 0.2), (LINE, "#9cc7d8"), shares[plan].items(), strict=True
        ):
            axes.barh(row + offset, share, height=0.36, color=colour, label=what if row == 0 else None)
            axes.plot([low, high], [row + offset] * 2, color=INK, linewidth=1.2)
    axes.set_yticks(range(len(plans)), plans)
    axes.set_ylim(len(plans) - 0.4, -0.6)
    axes.set_xlim(0.0, 1.0)
    axes.xaxis.set_major_formatter(PercentFormatter(1.0, decimals=0))
    axes.legend(frameon=False, fontsize=8.5, loc="lower left", bbox_to_anchor=(0.0, 1.0), ncols=2)
    lying(axes)
    reach = max((abs(end) for each in differences for end in each.change), default=1.0)
    for place, plan in enumerate(plans):
        own = figure.add_axes(((6.75 + 2.6 * place) / width, 0.55 / height, 2.3 / width, box))
        found = {each.factor: each for each in differences if each.plan == plan and each.factor in factors}
        for row, factor in enumerate(factors):
            if factor not in found:
                continue
            change, low, high = found[factor].change
            colour = "#9aa5b1" if not clear(found[factor], len(found)) else GAIN if change > 0 else LOSS
            own.plot([low, high], [row, row], color=colour, linewidth=2.2, solid_capstyle="round")
            own.plot(change, row, "o", color=colour, markersize=5.5)
        own.axvline(0.0, color=INK, linewidth=0.9)
        own.set_xlim(-1.05 * reach, 1.05 * reach)
        names = [] if place else [factor.replace("_", " ") for factor in factors]
        own.set_yticks(range(len(factors)), names or [""] * len(factors))
        own.set_ylim(max(len(factors), 1) - 0.4, -0.6)
        lying(own)
        own.xaxis.set_major_locator(MaxNLocator(4))
        own.xaxis.set_major_formatter(FuncFormatter(lambda x, _: f"{100 * x:+.0f}" if x else "0"))
        own.set_title(plan, fontsize=10, fontweight="bold", color=INK, loc="left", pad=16)
        if place == 0:
            own.text(0, 1.0 + 0.05 / (height - 1.9), "points more that reach it, highest third of each against lowest",
                     transform=own.transAxes, fontsize=7.5, color=MUTED)  # fmt: skip
    return saved(figure, path)


def contributions(rows: Sequence[tuple[str, Interval]], plan: str, aim: str, scenario: Scenario, path: Path) -> Path:
    """Draw what each activity of a programme adds to the share of organisations that reach the aim, the largest first."""
    order = sorted(rows, key=lambda row: -row[1].mean)
    height = 1.9 + 0.32 * len(order)
    figure = canvas(
        10.5, height, f"What each activity of {plan} contributes",
        f"{scenario.name} · aim: {aim} · points more that reach it than without, 95 % interval",
    )  # fmt: skip
    axes = figure.add_axes((0.27, 0.5 / height, 0.66, (height - 1.5) / height))
    for row, (_, found) in enumerate(order):
        colour = GAIN if found.low > 0 else LOSS if found.high < 0 else "#9aa5b1"
        axes.plot([found.low, found.high], [row, row], color=colour, linewidth=2.2, solid_capstyle="round")
        axes.plot(found.mean, row, "o", color=colour, markersize=6)
    axes.axvline(0.0, color=INK, linewidth=0.9)
    axes.set_yticks(range(len(order)), [name.replace("_", " ") for name, _ in order])
    axes.set_ylim(len(order) - 0.4, -0.6)
    lying(axes)
    axes.xaxis.set_major_formatter(FuncFormatter(lambda x, _: f"{100 * x:+.0f}" if x else "0"))
    return saved(figure, path)
