"""Pictures of plans against the base: every KPI in one forest, and the money over time."""

from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
from matplotlib.axes import Axes
from matplotlib.ticker import FuncFormatter, MaxNLocator

from sxsim.results.figures import GRID, INK, MUTED, PLAN_COLOURS, canvas, months_ticks, quiet_axes, saved, thousands
from sxsim.results.kpis import KPIS, PERCENT
from sxsim.results.summary import number

if TYPE_CHECKING:
    from sxsim.results.result import Comparison

_WORDS = {"better": "#2f855a", "worse": "#b5485d", "differs": INK}
_SHOWN = (
    "level_0", "level_3", "level_4", "wait_mean", "abandon_rate", "turned_away_rate", "recovery_rate", "delight_rate",
    "satisfaction", "loyalty", "nps", "churn_rate", "retention_12m", "active_customers", "engagement", "commitment",
    "turnover_12m", "revenue", "cost", "result", "npv", "customer_equity",
)  # fmt: skip
#: A change beyond this many times the base's value is drawn at the edge.
_FAR = 1.0
_ROW = 0.245


def forest(comparison: "Comparison", path: Path) -> Path:
    """Draw the paired difference of each KPI, as a share of the base's value, with its 95 % interval, plan by plan."""
    base, count = comparison.base, len(comparison.others)
    names = [name for name in _SHOWN if _scale(comparison, name) > 0]
    height = 1.35 + _ROW * len(names)
    figure = canvas(
        1.9 + 3.4 * count, height + 0.45, f"What each plan changes against {base.plan}",
        f"{base.scenario.name} · {base.replications} paired runs · difference in % of {base.plan}'s value, line: the interval that decides · "
        "green better, red worse, grey: cannot tell",
    )  # fmt: skip
    for place, other in enumerate(comparison.others):
        width = 3.4 / (1.9 + 3.4 * count)
        left = 1.75 / (1.9 + 3.4 * count) + place * width
        axes = figure.add_axes((left, 0.55 / (height + 0.45), width * 0.86, _ROW * len(names) / (height + 0.45)))
        _forest_of(axes, comparison, other.plan, names)
        if place:
            axes.set_yticklabels([])
    return saved(figure, path)


def _scale(comparison: "Comparison", name: str) -> float:
    """What a difference is a share of: the base's value; 100 for the net promoter score, which may be near 0."""
    mean = comparison.base.intervals[name].mean
    return PERCENT if name == "nps" else abs(mean) if np.isfinite(mean) else 0.0


def _forest_of(axes: Axes, comparison: "Comparison", plan: str, names: list[str]) -> None:
    axes.axvline(0, color=INK, linewidth=0.9)
    for row, name in enumerate(names):
        verdict = comparison.verdicts[plan][name]
        value = verdict.interval or comparison.differences[plan][name]
        colour = _WORDS.get(verdict.word, "#9aa5b1")
        scale = _scale(comparison, name)
        low, mean, high = (np.clip(x / scale, -_FAR, _FAR) for x in (value.low, value.mean, value.high))
        axes.plot([low, high], [row, row], color=colour, linewidth=2.2, solid_capstyle="round")
        marker = "o" if abs(value.mean) < _FAR * scale else ">" if value.mean > 0 else "<"
        axes.plot(mean, row, marker, color=colour, markersize=5)
        share = value.unit.startswith("share")
        text = f"{100 * value.mean:+.1f} points" if share else f"{'+' if value.mean > 0 else ''}{number(value.mean)}"
        if np.isfinite(value.mean):
            axes.annotate(text, (1.0, row), xycoords=("axes fraction", "data"), xytext=(-2, 3), textcoords="offset points",
                          ha="right", va="center", fontsize=7, color=MUTED)  # fmt: skip
    axes.set_yticks(
        range(len(names)), [f"{name} {'↓' if KPIS[name].better == 'lower' else ''}".strip() for name in names]
    )
    axes.set_ylim(len(names) - 0.4, -0.6)
    quiet_axes(axes)
    axes.grid(axis="y", visible=False)
    axes.grid(axis="x", color=GRID, linewidth=0.8)
    widest = max(abs(limit) for limit in axes.get_xlim())
    axes.set_xlim(-widest, widest * 1.35)
    axes.xaxis.set_major_locator(MaxNLocator(5))
    axes.xaxis.set_major_formatter(FuncFormatter(lambda x, _: f"{100 * x:+.0f} %" if x else "0"))
    axes.set_title(plan, fontsize=10.5, fontweight="bold", color=INK, loc="left")


def money(comparison: "Comparison", path: Path) -> Path:
    """Draw the cumulative cash of each plan against the base: mean, the middle 80 % of runs, payback and largest gap."""
    base, count = comparison.base, len(comparison.others)
    across = min(count, 3)
    down = -(-count // across)
    currency = base.scenario.currency
    figure = canvas(
        4.1 * across + 0.6, 1.0 + 3.3 * down, f"Cumulative cash against {base.plan}",
        f"{base.scenario.name} · {base.replications} paired runs · {currency}, undiscounted · line: mean · band: the middle "
        "80 % of the runs",
    )  # fmt: skip
    height = 1.0 + 3.3 * down
    for place, other in enumerate(comparison.others):
        row, column = divmod(place, across)
        bottom = 1.0 - (0.85 + (row + 1) * 3.3 - 0.75) / height
        axes = figure.add_axes((0.085 / across + column / across * 0.985 + 0.02, bottom, 0.8 / across, 2.05 / height))
        found, colour = comparison.cash[other.plan], PLAN_COLOURS[place % len(PLAN_COLOURS)]
        months = np.arange(1, found.cumulative.shape[1] + 1)
        mean = found.cumulative.mean(axis=0)
        low, high = np.quantile(found.cumulative, [0.1, 0.9], axis=0)
        axes.axhline(0, color=INK, linewidth=0.9)
        axes.fill_between(months, low, high, color=colour, alpha=0.18, linewidth=0)
        axes.plot(months, mean, color=colour, linewidth=1.9)
        if found.payback_month:
            axes.axvline(found.payback_month, color=MUTED, linewidth=0.9, linestyle=(0, (4, 3)))
        share, _, _ = found.chance_better
        axes.text(
            0,
            1.04,
            f"{found.brief} · NPV better in {share:.0%} of runs",
            transform=axes.transAxes,
            fontsize=8,
            color=MUTED,
        )
        quiet_axes(axes)
        axes.margins(x=0.01)
        axes.xaxis.set_major_locator(months_ticks())
        axes.yaxis.set_major_locator(MaxNLocator(5))
        axes.yaxis.set_major_formatter(FuncFormatter(thousands))
        axes.set_xlabel("months", fontsize=8.5, color=MUTED)
        axes.set_title(other.plan, fontsize=10.5, fontweight="bold", color=INK, loc="left", pad=18)
    return saved(figure, path)
