"""Pictures of one plan: the pyramid, the effect chain over the months, the journey with its gaps, KPIs along settings."""

import math
from collections.abc import Mapping, Sequence
from pathlib import Path
from textwrap import fill
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
    Kind,
    Kpi,
    Spread,
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
    runs_said,
    saved,
    short,
    style_of,
    thousands,
    written,
)
from sxsim.standard.catalogue import PYRAMID

LEVEL_COLOURS = ("#9fb3c8", "#627d98", "#2a7f9e", "#e08e2b")
#: Names of the levels from 1 on, in two lines each.
LEVEL_NAMES = tuple(fill(name.lower(), 18) for name in PYRAMID[1:])
_EXCELLENT = 2
_NAMES_LEFT = -1.75
#: Share of attempts that did not take place above which the journey says so.
_WORTH_SAYING = 0.05
#: The journey shows the whole scale where quality spreads over more than this (points of 100).
_WIDE = 60.0
_STEP = 5.0
#: An axis that reaches this is written in thousands.
_LARGE = 10_000
#: Letters of a touchpoint's or segment's name.
_LONGEST = 26


class Link(NamedTuple):
    """A link of the effect chain, by month: mean of the runs, and the ends of the band."""

    title: str
    label: str
    kind: Kind
    months: Sequence[int]
    mean: NDArray[np.float64]
    low: NDArray[np.float64]
    high: NDArray[np.float64]


class Stop(NamedTuple):
    """A touchpoint of the journey as a segment sees it: expected and perceived quality, 0–100, and the share not served."""

    touchpoint: str
    segment: str
    expected: float
    perceived: float
    missed: float

    @property
    def gap(self) -> float:
        """Perception less expectation, points."""
        return self.perceived - self.expected


def share_said(value: float) -> str:
    """A share in words; one decimal where it is small."""
    return "–" if not math.isfinite(value) else f"{value:.1%}" if value < 0.1 else f"{value:.0%}"


def pyramid(spans: Sequence[tuple[str, Sequence[Spread]]], basis: str, path: Path) -> Path:
    """Draw the share of contacts that reach at least each level. spans: what a pyramid is of, and levels 1 to 4."""
    said = [
        f"{share_said(shares[_EXCELLENT].mean)} in the {name.partition(' (')[0]}" for name, shares in reversed(spans)
    ]
    figure = canvas(
        10, 4.4, f"Contacts that meet excellent service (level 3, 4): {', '.join(said)}",
        f"The service excellence pyramid · {basis} · share of contacts reaching at least each level",
    )  # fmt: skip
    for axes, (name, shares) in zip(panels(figure, len(spans), max(len(spans), 1)), spans, strict=True):
        _pyramid_of(axes, shares, name)
    return saved(figure, path)


def _pyramid_of(axes: Axes, shares: Sequence[Spread], name: str) -> None:
    axes.set_xlim(_NAMES_LEFT, 1.3)
    axes.set_ylim(0, len(shares) + 0.05)
    axes.axis("off")
    axes.set_title(plain(name), fontsize=11, color=INK, pad=8)
    gap = 0.02
    for level, share in enumerate(shares):
        low, high = 1 - level / len(shares), 1 - (level + 1) / len(shares)
        outline = [(-low, level + gap), (low, level + gap), (high, level + 1 - gap), (-high, level + 1 - gap)]
        colour, value = LEVEL_COLOURS[level], float(np.nan_to_num(share.mean))
        axes.fill(*zip(*outline, strict=True), color=colour, alpha=0.22, linewidth=0)
        axes.fill(*zip(*((x * value, y) for x, y in outline), strict=True), color=colour, linewidth=0)
        middle = level + 0.5
        place = ((low + high) / 2 + 0.05, middle)
        axes.annotate(share_said(share.mean), place, fontsize=13, fontweight="bold", color=INK, va="center")
        axes.annotate(
            f"{level + 1}  {LEVEL_NAMES[level]}", (_NAMES_LEFT, middle), fontsize=8.5, color=MUTED, va="center"
        )


def effect_chain(links: Sequence[Link], warm_up: int, basis: str, path: Path) -> Path:
    """Draw the effect chain over the months, one panel a link, with the band of ten to ninety of a hundred runs."""
    shaded = " · shaded: warm-up under plan today" if warm_up else ""
    figure = canvas(
        12, 5.7, _chain_message(links, warm_up),
        f"The effect chain · {basis} · line: mean of the runs · band: 10–90 % of the runs{shaded}",
    )  # fmt: skip
    for place, (axes, link) in enumerate(zip(panels(figure, len(links), 4), links, strict=True)):
        axes.fill_between(link.months, link.low, link.high, color=LINE, alpha=0.2, linewidth=0)
        axes.plot(link.months, link.mean, color=LINE, linewidth=1.8)
        if warm_up:
            axes.axvspan(-warm_up - 0.5, -0.5, color=GRID, alpha=0.6, linewidth=0, zorder=0)
        quiet(axes)
        heading(axes, link.title + (" ›" if place + 1 < len(links) else ""), link.label, letters=34)
        months(axes, named=place >= 4)
        axes.yaxis.set_major_locator(MaxNLocator(5))
        written(axes.yaxis, link.kind)
    return saved(figure, path)


def _chain_message(links: Sequence[Link], warm_up: int) -> str:
    """What happens to three of the links, in numbers."""
    said = []
    for link in links:
        if link.title in ("customer delight", "customer loyalty", "customers") and len(link.mean):
            first = float(link.mean[min(warm_up, len(link.mean) - 1)])
            form = share_said if link.kind == "share" else thousands
            said.append(f"{link.label.partition(',')[0]} {form(first)} → {form(float(link.mean[-1]))}")
    return f"From first to last month: {'; '.join(said)}"


def journey(stops: Sequence[Stop], basis: str, path: Path) -> Path:
    """Draw the journey: expectation against perception by touchpoint and segment, in the last twelve months."""
    places, place, before = [], 0.0, ""
    for number, stop in enumerate(stops):
        place += 1.6 if number and stop.touchpoint != before else 1.0
        before = stop.touchpoint
        places.append(place)
    figure = canvas(
        10, max(1.8, 0.9 + 0.27 * place), _journey_message(stops),
        f"The journey and its gaps · {basis} · last twelve months · circle: expectation, dot: perception",
    )  # fmt: skip
    axes = panels(figure, 1, 1)[0]
    before = ""
    for place, stop in zip(places, stops, strict=True):
        _stop(axes, place, stop)
        if stop.touchpoint != before:
            axes.annotate(plain(short(stop.touchpoint, _LONGEST)), (0, place), xycoords=("axes fraction", "data"),
                          xytext=(-_room(stops), 0), textcoords="offset points", fontsize=10, fontweight="bold", color=INK,
                          va="center", annotation_clip=False)  # fmt: skip
        before = stop.touchpoint
    quiet(axes, "x")
    axes.set_yticks([])
    axes.set_ylim((places[-1] if places else 1.0) + 0.8, 0.2)
    low, high = _zoom(stops)
    axes.set_xlim(low, high)
    zoomed = (low, high) != (0.0, 100.0)
    axis_name(axes, "quality, 0–100" + (f" (the axis shows {low:.0f} to {high:.0f} only)" if zoomed else ""))
    beside(axes, 0.2, "gap", va="bottom")
    return saved(figure, path)


def _room(stops: Sequence[Stop]) -> float:
    """Points that the names of touchpoints and segments need beside the journey."""
    longest = (max(min(len(name), _LONGEST) for name in names) for names in zip(*(s[:2] for s in stops), strict=True))
    touchpoint, segment = longest
    return 7.2 * touchpoint + 5.4 * segment + 18


def _stop(axes: Axes, place: float, stop: Stop) -> None:
    colour = LINE if stop.gap >= 0 else LOSS
    ends = [stop.expected, stop.perceived]
    axes.plot(ends, [place] * 2, color=colour, linewidth=2.4, alpha=0.55, solid_capstyle="round")
    axes.plot(
        stop.expected, place, "o", markersize=7, markerfacecolor="white", markeredgecolor=INK, markeredgewidth=1.2
    )
    axes.plot(stop.perceived, place, "o", markersize=7, color=colour)
    missed = f"   {stop.missed:.0%} not served" if stop.missed > _WORTH_SAYING else ""
    beside(axes, place, f"{stop.gap:+.1f}{missed}", colour, fontsize=9)
    beside(axes, place, short(stop.segment, _LONGEST), left=True)


def _zoom(stops: Sequence[Stop]) -> tuple[float, float]:
    """What the axis of quality shows: all of it, or a stretch that is said."""
    values = [value for stop in stops for value in (stop.expected, stop.perceived)]
    if not values or max(values) - min(values) > _WIDE:
        return 0.0, 100.0
    low, high = math.floor(min(values) / _STEP - 0.5) * _STEP, math.ceil(max(values) / _STEP + 0.5) * _STEP
    return max(low, 0.0), min(high, 100.0)


def _journey_message(stops: Sequence[Stop]) -> str:
    """The widest gap, and how many there are."""
    if not stops:
        return "Nobody was served in the last twelve months"
    worst, below = min(stops, key=lambda stop: stop.gap), sum(stop.gap < 0 for stop in stops)
    where = f"{short(worst.touchpoint)} for {short(worst.segment)}"
    if worst.gap >= 0:
        return f"Perception meets expectation everywhere; nearest is {where} ({worst.gap:+.1f} points)"
    return f"The widest gap is at {where} ({worst.gap:+.1f} points); {below} of {len(stops)} fall short of what is expected"


def sweep(
    levels: Sequence[Mapping[str, Any]],
    names: Sequence[str],
    kpis: Sequence[Kpi],
    runs: int,
    basis: str,
    path: Path,
    *,
    scattered: bool = False,
) -> Path:
    """Draw each KPI over the settings: lines for one or two factors, points for more or for scattered settings.

    levels: one row a setting and KPI with the factors by name, mean, low and high; runs: at every setting.
    """
    many = len(names) > 2 or (scattered and len(names) > 1)
    drawn = [(kpi, name) for kpi in kpis for name in (names if many else names[:1])]
    across, down = (len(names), len(kpis)) if many else grid_of(len(kpis))
    figure = canvas(
        max(4.0 * across, 7.0), 2.8 * down, _sweep_message(levels, names, kpis),
        f"What changes along the settings · {basis} · {runs_said(runs)} at every setting · band: 95 % interval of the mean",
    )  # fmt: skip
    styles: dict[str, dict[str, Any]] = {}
    for axes, (kpi, name) in zip(panels(figure, len(drawn), across), drawn, strict=True):
        rows = [row for row in levels if row["kpi"] == kpi.name]
        if many:
            axes.plot(
                [row[name] for row in rows], [row["mean"] for row in rows], "o", color=LINE, markersize=3, alpha=0.6
            )
        else:
            styles |= _swept(axes, rows, names)
        quiet(axes)
        heading(axes, kpi.name, kpi.unit, letters=36)
        axis_name(axes, name)
        axes.xaxis.set_major_locator(MaxNLocator(5))
        large = max(abs(limit) for limit in axes.get_ylim()) >= _LARGE
        written(axes.yaxis, "share" if kpi.unit.startswith("share") else "number" if large else "")
    legend(figure, styles)
    return saved(figure, path)


def _swept(axes: Axes, rows: Sequence[Mapping[str, Any]], names: Sequence[str]) -> dict[str, dict[str, Any]]:
    """A KPI over one factor, a line for each value of the second; how the lines are called and drawn."""
    values: list[Any] = sorted({row[names[1]] for row in rows}, key=float) if len(names) > 1 else [None]
    styles = {}
    for number, value in enumerate(values):
        own = sorted((row for row in rows if value is None or row[names[1]] == value), key=lambda row: row[names[0]])
        at, mean, low, high = (np.array([row[key] for row in own], float) for key in (names[0], "mean", "low", "high"))
        axes.plot(at, mean, marker="o", markersize=3.5, linewidth=1.6, **style_of(number))
        axes.fill_between(at, low, high, color=style_of(number)["color"], alpha=0.16, linewidth=0)
        if value is not None:
            styles[f"{short(names[1], 20)} {float(value):g}"] = style_of(number)
    return styles


def _sweep_message(levels: Sequence[Mapping[str, Any]], names: Sequence[str], kpis: Sequence[Kpi]) -> str:
    """Where the first KPI is highest and lowest."""
    rows = [row for row in levels if row["kpi"] == kpis[0].name and row["mean"] == row["mean"]]
    if not rows:
        return f"{kpis[0].name} is not defined at any setting"

    def at(row: Mapping[str, Any]) -> str:
        share = kpis[0].unit.startswith("share")
        where = ", ".join(f"{short(name, 20)} {row[name]:g}" for name in names[:2])
        return f"{100 * row['mean']:.1f} %" * share + thousands(row["mean"]) * (not share) + f" at {where}"

    ends = [min(rows, key=lambda row: row["mean"]), max(rows, key=lambda row: row["mean"])]
    return f"{kpis[0].name} goes from {at(ends[0])} to {at(ends[1])}"
