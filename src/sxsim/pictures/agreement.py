"""Pictures of how near the model is to what is known: a calibration, facts, and a queue hour by hour."""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
from matplotlib.axes import Axes
from matplotlib.ticker import MaxNLocator
from numpy.typing import NDArray

from sxsim.pictures.canvas import (
    GRID,
    INK,
    LINE,
    LOSS,
    MUTED,
    Spread,
    axis_name,
    beside,
    canvas,
    heading,
    legend,
    panels,
    plain,
    quiet,
    rows_named,
    saved,
    short,
    written,
)

Array = NDArray[np.float64]

_ROW = 0.36
#: Standard deviations shown, and those within which model and observation agree.
_FARTHEST, _NEAR = 8.0, 3
_MOST_SHOWN = 24
_BEFORE = "#b9c2cc"
_RIVAL = "#e08e2b"
#: Inches of a fact, and of what stands over a setting.
_FACT, _OVER = 0.235, 0.5
_TEN, _NINETY = 0.1, 0.9


class Known(NamedTuple):
    """A fact and what the model says: what is tolerated, the figure of the source, the model with its 99 % interval."""

    label: str
    low: float
    high: float
    figure: float
    model: Spread
    passed: bool
    bold: bool = False
    pale: bool = False


class Hours(NamedTuple):
    """A share by hour: what was measured, the model's runs (runs, hours), and what a rival says."""

    title: str
    measured: Array
    model: Array
    rival: Array


def calibration(
    learnt: Sequence[Mapping[str, Any]],
    ensemble: Array | None,
    met: Sequence[Mapping[str, Any]],
    sets: str,
    basis: str,
    path: Path,
) -> Path:
    """Draw the factors (range beforehand, sets, 5–95 %) and the targets (observed, as it is, with the sets).

    learnt: one row a factor; ensemble: places of the sets in the factors' ranges, shape (sets, factors); met: one row a
    target, `said` being what was observed in words; sets: what the sets are called, the ensemble, or only those nearest.
    """
    rows = max(min(len(learnt), _MOST_SHOWN), len(met), 3)
    told = sum(bool(each["data say something"]) for each in learnt)
    near = sum(abs(_away(each, "ensemble")[0]) <= _NEAR for each in met)
    figure = canvas(
        12.5, 0.9 + _ROW * rows,
        f"The data say something about {told} of {len(learnt)} factors; the model is near {near} of {len(met)} targets",
        f"What the data say · {basis} · dots: {sets} · thick: nine of ten · right: model against what was observed, in standard "
        f"deviations of error, tolerance and luck; shaded: near (within {_NEAR})",
    )  # fmt: skip
    left, right = panels(figure, 2, 2)
    _learnt(left, learnt[:_MOST_SHOWN], ensemble, rows)
    _targets(right, met, rows)
    return saved(figure, path)


def _learnt(axes: Axes, learnt: Sequence[Mapping[str, Any]], ensemble: Array | None, rows: int) -> None:
    for row, each in enumerate(learnt):
        begin, span = each["range low"], (each["range high"] - each["range low"]) or 1.0
        low, high, usual = ((each[key] - begin) / span for key in ("low", "high", "as it is"))
        colour = LINE if each["data say something"] else MUTED
        axes.plot([0, 1], [row, row], color=GRID, linewidth=9, solid_capstyle="butt", zorder=1)
        axes.plot([low, high], [row, row], color=colour, linewidth=3.2, zorder=2)
        if ensemble is not None:
            places = ensemble[:, row]
            axes.plot(places, np.full(len(places), row - 0.2), ".", color=colour, markersize=2.5, alpha=0.5, zorder=3)
        if np.isfinite(usual):
            axes.plot(usual, row, "|", color=INK, markersize=9, markeredgewidth=1.4, zorder=4)
        beside(axes, row, f"{each['low']:.3g} … {each['high']:.3g}", INK, fontsize=8)
    rows_named(axes, [each["factor"] for each in learnt], fewest=rows)
    axes.set_xlim(0, 1)
    quiet(axes, "")
    axes.tick_params(axis="y", labelcolor=INK)
    axes.set_xticks([0, 1], ["range from", "to"])
    heading(axes, "factors", "upright: as it is")


def _away(target: Mapping[str, Any], name: str) -> list[float]:
    """How far the model is from a target: mean and ends."""
    spread = float(np.hypot(np.hypot(target["error"], target["tolerance"]), target["luck"])) or 1.0
    return [(target[key] - target["observed"]) / spread for key in (name, f"{name} low", f"{name} high")]


def _targets(axes: Axes, met: Sequence[Mapping[str, Any]], rows: int) -> None:
    axes.axvspan(-_NEAR, _NEAR, color="#f1f4f6", zorder=0)
    axes.axvline(0.0, color=INK, linewidth=0.9)
    for row, each in enumerate(met):
        for name, colour, move in (("as it is", _BEFORE, -0.16), ("ensemble", LINE, 0.16)):
            away = _away(each, name)
            mean, low, high = np.clip(away, -_FARTHEST, _FARTHEST)
            beyond = "<" if away[0] < -_FARTHEST else ">" if away[0] > _FARTHEST else "o"
            axes.plot([low, high], [row + move] * 2, color=colour, linewidth=2.4, solid_capstyle="round")
            axes.plot(mean, row + move, beyond, color=colour, markersize=5 if beyond == "o" else 7, clip_on=False)
        beside(axes, row, each["said"], INK, fontsize=8)
    rows_named(axes, [each["target"] for each in met], fewest=rows)
    axes.set_xlim(-_FARTHEST, _FARTHEST)
    quiet(axes, "")
    axes.tick_params(axis="y", labelcolor=INK)
    axes.set_xticks([-6, -3, 0, 3, 6])
    heading(axes, "targets", "grey: as it is · blue: these sets · arrow: farther", letters=60)


def facts(found: Sequence[Mapping[str, Sequence[Known]]], message: str, path: Path) -> Path:
    """Draw all facts: columns of panels, a panel a setting, its name and its facts."""
    tallest = max(sum(_OVER + _FACT * len(rows) for rows in column.values()) for column in found)
    figure = canvas(
        15, tallest + 0.4, message,
        "What is known of customers, employees and organisations, and what the model says · grey bar: tolerated · black line: figure "
        "of the source · point: the model with its 99 % interval (blue: agrees, red: misses) · bold: kept for testing · (d): only the "
        "direction is known, figure and tolerance are ours · (i): an input found again · on the right: what the model says",
    )  # fmt: skip
    columns = figure.add_gridspec(1, len(found))
    for place, column in enumerate(found):
        used = sum(_OVER + _FACT * len(rows) for rows in column.values())
        heights = [_OVER + _FACT * len(rows) for rows in column.values()] + [max(tallest - used, 0.01)]
        inside = columns[place].subgridspec(len(heights), 1, height_ratios=heights)
        for line, (name, rows) in enumerate(column.items()):
            _setting(figure.add_subplot(inside[line]), name, rows)
    return saved(figure, path)


def _setting(axes: Axes, name: str, rows: Sequence[Known]) -> None:
    for place, fact in enumerate(rows):
        colour = LINE if fact.passed else LOSS
        axes.plot([fact.low, fact.high], [place] * 2, color=GRID, linewidth=9, solid_capstyle="butt", zorder=1)
        axes.plot([fact.figure] * 2, [place - 0.32, place + 0.32], color=INK, linewidth=2, zorder=2)
        axes.plot([fact.model.low, fact.model.high], [place] * 2, color=colour, linewidth=1.4, zorder=3)
        axes.plot([fact.model.mean], [place], "o", color=colour, markersize=5, zorder=4)
        beside(axes, place, f"{fact.model.mean:.2f}", colour, fontsize=7.5)
    axes.set_yticks(range(len(rows)), [plain(short(fact.label, 36)) for fact in rows])
    quiet(axes, "x")
    for fact, label in zip(rows, axes.get_yticklabels(), strict=True):
        label.set(fontsize=8.2, color=MUTED if fact.pale else INK, fontweight="bold" if fact.bold else "normal")
    axes.set_ylim(len(rows) - 0.5, -0.5)
    axes.xaxis.set_major_locator(MaxNLocator(5))
    heading(axes, name)


def by_hour(found: Sequence[Sequence[Hours]], hours: Sequence[int], message: str, about: str, path: Path) -> Path:
    """Draw shares by hour of the day: rows of panels, a column a month. message: what is seen; about: how it was made."""
    figure = canvas(11, 5.4, message, about)
    drawn = panels(figure, len(found) * len(found[0]), len(found[0]))
    for place, (axes, share) in enumerate(zip(drawn, [each for row in found for each in row], strict=True)):
        low, high = np.quantile(share.model, [_TEN, _NINETY], axis=0)
        axes.fill_between(hours, low, high, color=LINE, alpha=0.18, linewidth=0)
        axes.plot(hours, share.model.mean(axis=0), color=LINE, linewidth=2)
        axes.plot(hours, share.rival, color=_RIVAL, linewidth=1.6, linestyle="--")
        axes.plot(hours, share.measured, "o", color=INK, markersize=5)
        top = 0.3 if place < len(found[0]) else 1.0
        axes.set_ylim(0, max(top, 1.1 * float(max(np.nanmax(share.measured), high.max()))) if top < 1 else 1.0)
        quiet(axes)
        axes.set_xticks(list(hours))
        written(axes.yaxis, "share")
        heading(axes, share.title, letters=60)
        if place >= len(found[0]):
            axis_name(axes, "hour of the day")
    legend(figure, {"measured": {"color": INK, "marker": "o", "linestyle": ""}, "model (band: 8 of 10 months)": {"color": LINE}, "Erlang-A": {"color": _RIVAL, "linestyle": "--"}})  # fmt: skip
    return saved(figure, path)
