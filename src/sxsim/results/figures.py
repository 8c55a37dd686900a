"""Pictures one could show a board: the pyramid, the effect chain, the journey with its gaps, plans against the base."""

from collections.abc import Callable, Sequence
from pathlib import Path
from textwrap import fill
from typing import TYPE_CHECKING, Any

import numpy as np
from matplotlib import rc_context
from matplotlib.axes import Axes
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure
from matplotlib.text import Text
from matplotlib.ticker import FuncFormatter, MaxNLocator, PercentFormatter

from sxsim.results.store import whole_file
from sxsim.results.summary import YEAR, pyramid_shares
from sxsim.scenario.names import visible
from sxsim.standard.catalogue import ELEMENTS, PYRAMID

if TYPE_CHECKING:
    import pandas as pd

    from sxsim.results.result import Comparison, Result

INK, MUTED, GRID = "#1f2933", "#6b7785", "#e4e8ec"
LEVEL_COLOURS = ("#9fb3c8", "#627d98", "#2a7f9e", "#e08e2b")
LINE = "#2a7f9e"
PLAN_COLOURS = ("#2a7f9e", "#e08e2b", "#7b4f9d", "#4f9d69", "#b5485d", "#627d98")
#: Names of the levels from 1 on, in two lines each.
LEVEL_NAMES = tuple(fill(name.lower(), 18) for name in PYRAMID[1:])
_LOW, _HIGH = 0.1, 0.9
#: Share of attempts that did not take place above which the journey says so.
_WORTH_SAYING = 0.05
_DPI = 150


def canvas(width: float, height: float, title: str, subtitle: str) -> Figure:
    """An empty picture, width × height inches, with title and subtitle."""
    figure = Figure(figsize=(width, height), facecolor="white")
    FigureCanvasAgg(figure)
    figure.text(0.04, 0.97, title, fontsize=15, fontweight="bold", color=INK, va="top")
    figure.text(0.04, 0.97 - 0.32 / height, subtitle, fontsize=9.5, color=MUTED, va="top")
    return figure


def months_ticks() -> MaxNLocator:
    """Ticks of an axis of months: quarters, half years or years."""
    return MaxNLocator(6, integer=True, steps=[1, 1.2, 2.4, 3, 3.6, 6, 10])


def quiet_axes(axes: Axes) -> None:
    """Axes that leave the eye to the data."""
    axes.spines[["top", "right"]].set_visible(False)
    axes.spines[["left", "bottom"]].set_color(GRID)
    axes.tick_params(colors=MUTED, labelsize=8.5, length=0)
    axes.grid(axis="y", color=GRID, linewidth=0.8)
    axes.set_axisbelow(True)


def saved(figure: Figure, path: Path) -> Path:
    """Write a picture whole, or not at all. Names stand in it as they are: a dollar begins no formula."""
    with whole_file(path) as temporary, rc_context({"text.parse_math": False}):
        for text in figure.findobj(Text):
            text.set_parse_math(False)
            text.set_text(visible(text.get_text()))
        figure.savefig(temporary, format="png", dpi=_DPI, metadata={"Software": "sxsim"})
    return path


def basis(result: "Result") -> str:
    """What a picture rests on: scenario, plan, runs and seed."""
    runs = "run" if result.replications == 1 else "runs"
    return f"{result.scenario.name} · plan {result.plan} · {result.replications} {runs}, seed {result.seed}"


def pyramid(result: "Result", path: Path) -> Path:
    """Draw the pyramid: the share of contacts reaching at least each level, first year against last."""
    figure = canvas(
        10, 5.6, "The service excellence pyramid", f"{basis(result)} · share of contacts reaching at least each level"
    )
    months = result.scenario.horizon.months
    spans = [("first year", slice(0, min(YEAR, months))), ("last year", slice(max(0, months - YEAR), months))]
    if months <= YEAR:
        spans = spans[:1]
    for place, (name, span) in enumerate(spans):
        left = 0.04 + place * 0.49 + (0.22 if len(spans) == 1 else 0.0)
        axes = figure.add_axes((left, 0.06, 0.45, 0.72))
        _pyramid_of(axes, pyramid_shares(result, span), name, span)
    return saved(figure, path)


def _pyramid_of(axes: Axes, shares: Sequence[Any], name: str, span: slice) -> None:
    axes.set_xlim(-1.75, 1.3)
    axes.set_ylim(0, 4.05)
    axes.axis("off")
    axes.set_title(f"{name} (months {span.start}–{span.stop - 1})", fontsize=11, color=INK, pad=8)
    top = 4.0
    for level, share in enumerate(shares):
        low, high = 1 - level / top, 1 - (level + 1) / top
        gap = 0.02
        outline = [(-low, level + gap), (low, level + gap), (high, level + 1 - gap), (-high, level + 1 - gap)]
        axes.fill(*zip(*outline, strict=True), color=LEVEL_COLOURS[level], alpha=0.22, linewidth=0)
        value = 0.0 if not np.isfinite(share.mean) else share.mean
        filled = [(x * value, y) for x, y in outline]
        axes.fill(*zip(*filled, strict=True), color=LEVEL_COLOURS[level], linewidth=0)
        text = "–" if not np.isfinite(share.mean) else f"{share.mean:.1%}" if share.mean < 0.1 else f"{share.mean:.0%}"
        axes.annotate(
            text,
            ((low + high) / 2 + 0.05, level + 0.5),
            fontsize=13,
            fontweight="bold",
            color=INK,
            va="center",
        )
        axes.annotate(
            f"{level + 1}  {LEVEL_NAMES[level]}",
            (-1.75, level + 0.5),
            fontsize=8.5,
            color=MUTED,
            va="center",
            ha="left",
        )


def _band(frame: "pd.DataFrame", value: str) -> "pd.DataFrame":
    """Mean, low and high by month over replications."""
    by_run = frame.groupby(["month", "replication"])[value].mean().unstack()
    return by_run.quantile([_LOW, _HIGH], axis=1).T.assign(mean=by_run.mean(axis=1))


def effect_chain(result: "Result", path: Path) -> Path:
    """Draw the effect chain over the months, one panel a link, with the band of ten to ninety of a hundred runs."""
    monthly = _chain_values(result)
    figure = canvas(
        12, 6.8, "The effect chain over the months",
        f"{basis(result)} · line: mean of the runs · band: 10–90 % of the runs · shaded months: warm-up under plan today",
    )  # fmt: skip
    currency = result.scenario.currency
    panels = [
        ("service excellence", "mean maturity of the nine elements", "capability", None),
        ("people", "commitment of employees, 0–1", "commitment", None),
        ("excellent provision", "contacts at level 3 or 4", "provision", PercentFormatter(1.0)),
        ("outstanding experience", "perceived quality less expectation, points", "gap", None),
        ("customer delight", "delighted contacts", "delight_rate", PercentFormatter(1.0)),
        ("customer loyalty", "loyalty of active customers, 0–100", "loyalty", None),
        ("customers", "active customers", "active_customers", FuncFormatter(thousands)),
        ("business success", f"result, {currency} a month", "result", FuncFormatter(thousands)),
    ]
    for place, (title, label, value, ticks) in enumerate(panels):
        row, column = divmod(place, 4)
        axes = figure.add_axes((0.05 + column * 0.238, 0.52 - row * 0.435, 0.195, 0.285))
        band = _band(monthly, value)
        axes.fill_between(band.index, band[_LOW], band[_HIGH], color=LINE, alpha=0.2, linewidth=0)
        axes.plot(band.index, band["mean"], color=LINE, linewidth=1.8)
        warm_up = result.scenario.horizon.warm_up
        if warm_up:
            axes.axvspan(-warm_up - 0.5, -0.5, color=GRID, alpha=0.6, linewidth=0, zorder=0)
        quiet_axes(axes)
        axes.set_title(f"{title}", fontsize=10.5, fontweight="bold", color=INK, loc="left", pad=18)
        axes.text(0, 1.035, label, transform=axes.transAxes, fontsize=8, color=MUTED)
        axes.xaxis.set_major_locator(months_ticks())
        axes.yaxis.set_major_locator(MaxNLocator(5))
        axes.margins(x=0.01)
        if ticks is not None:
            axes.yaxis.set_major_formatter(ticks)
        if row == 1:
            axes.set_xlabel("month", fontsize=8.5, color=MUTED)
        if column < 3:
            figure.text(0.05 + column * 0.238 + 0.212, 0.842 - row * 0.435, "›", fontsize=18, color=MUTED, va="center")
    return saved(figure, path)


def _chain_values(result: "Result") -> "pd.DataFrame":
    monthly = result.monthly.copy()
    monthly["capability"] = monthly[[f"maturity.{slug}" for slug in ELEMENTS]].mean(axis=1)
    monthly["provision"] = monthly["level_3"] + monthly["level_4"]
    keys = ["replication", "month"]
    values = {"active_customers": "sum", "result": "sum"}
    means = ("capability", "commitment", "provision", "delight_rate", "loyalty")
    frame = monthly.groupby(keys).agg(values | dict.fromkeys(means, "mean")).reset_index()
    touchpoints = result.touchpoints.dropna(subset=["gap"])
    weighted = (
        touchpoints.assign(weight=touchpoints["gap"] * touchpoints["served"]).groupby(keys)[["weight", "served"]].sum()
    )
    gap = (100 * weighted["weight"] / weighted["served"]).rename("gap")
    return frame.merge(gap, on=keys, how="left")


def thousands(value: float, _position: int = 0) -> str:
    """1.2 M, 35 k, 800."""
    for size, letter in ((1e9, " bn"), (1e6, " M"), (1e3, " k")):
        if abs(value) >= size:
            return f"{value / size:.3g}{letter}"
    return f"{value:.3g}"


def journey(result: "Result", path: Path) -> Path:
    """Draw the journey: expectation against perception by touchpoint and segment, in the last twelve months."""
    scenario = result.scenario
    last = result.touchpoints[result.touchpoints["month"] >= max(0, scenario.horizon.months - YEAR)]
    ended = last[["served", "abandoned", "balked", "turned_away"]].sum(axis=1)
    weighted = last.assign(
        expected=(last["expectation_mean"] * last["served"]).fillna(0.0),
        perceived=(last["perceived_mean"] * last["served"]).fillna(0.0),
        attempts=ended,
    )
    sums = weighted.groupby(["touchpoint", "segment"])[["expected", "perceived", "served", "attempts"]].sum()
    names = [t.name for t in scenario.touchpoints if t.name in sums.index.get_level_values(0)]
    segments = [s.name for s in scenario.segments]
    sums = sums[sums["served"] > 0]
    rows = [(t, s) for t in names for s in segments if (t, s) in sums.index]
    height = max(3.4, 1.7 + 0.27 * len(rows) + 0.18 * len(names))
    figure = canvas(
        10, height, "The journey and its gaps",
        f"{basis(result)} · last twelve months · circle: expectation, dot: perception, 0–100",
    )  # fmt: skip
    bottom = 0.62 / height
    axes = figure.add_axes((0.26, bottom, 0.57, 1 - bottom - 0.95 / height))
    place, labels, previous = 0.0, [], None
    for touchpoint, segment in rows:
        place += 1.6 if previous not in (None, touchpoint) else 1.0
        values: Any = sums.loc[(touchpoint, segment)]
        expected, perceived = (100 * float(values[k]) / float(values["served"]) for k in ("expected", "perceived"))
        colour = LINE if perceived >= expected else "#b5485d"
        axes.plot(
            [expected, perceived], [place, place], color=colour, linewidth=2.4, alpha=0.55, solid_capstyle="round"
        )
        axes.plot(expected, place, "o", markersize=7, markerfacecolor="white", markeredgecolor=INK, markeredgewidth=1.2)
        axes.plot(perceived, place, "o", markersize=7, color=colour)
        axes.annotate(f"{perceived - expected:+.1f}", (1.02, place), xycoords=("axes fraction", "data"), fontsize=9,
                      color=colour, va="center")  # fmt: skip
        name = touchpoint if touchpoint != previous else ""
        missed = 1 - float(values["served"]) / float(values["attempts"])
        labels.append((place, segment))
        if missed > _WORTH_SAYING:
            axes.annotate(f"{missed:.0%} not served", (1.11, place), xycoords=("axes fraction", "data"), fontsize=8,
                          color=MUTED, va="center")  # fmt: skip
        if name:
            axes.annotate(name, (-0.4, place), xycoords=("axes fraction", "data"), fontsize=10, fontweight="bold",
                          color=INK, va="center", annotation_clip=False)  # fmt: skip
        previous = touchpoint
    axes.set_yticks([y for y, _ in labels], [text for _, text in labels])
    axes.set_ylim(place + 0.8, 0.2)
    quiet_axes(axes)
    axes.grid(axis="x", color=GRID, linewidth=0.8)
    axes.grid(axis="y", visible=False)
    axes.annotate("gap", (1.02, 1.0), xycoords="axes fraction", xytext=(0, 4), textcoords="offset points", fontsize=9,
                  color=MUTED)  # fmt: skip
    axes.set_xlabel("quality, 0–100", fontsize=9, color=MUTED)
    return saved(figure, path)


def differences(comparison: "Comparison", path: Path) -> Path:
    """Draw plans against the base over the months: paired differences with 95 % intervals."""
    base = comparison.base
    runs = base.replications
    figure = canvas(
        12, 6.9, f"Plans against {base.plan}, month by month",
        f"{base.scenario.name} · {runs} paired runs, seed {base.seed} · line: mean difference · band: 95 % interval of the mean",
    )  # fmt: skip
    currency = base.scenario.currency
    panels: list[tuple[str, str, str, Callable[..., str] | None]] = [
        ("excellent provision", "individual or surprising contacts (level 3, 4), points", "provision", None),
        ("customer delight", "delighted contacts, points", "delight_rate", None),
        ("satisfaction", "0–100", "satisfaction", None),
        ("customer loyalty", "0–100", "loyalty", None),
        ("customers", "active customers", "active_customers", thousands),
        ("cumulative result", f"undiscounted, {currency}", "cumulative_result", thousands),
    ]
    values = [_difference_values(base, other) for other in comparison.others]
    for place, (title, label, value, ticks) in enumerate(panels):
        row, column = divmod(place, 3)
        axes = figure.add_axes((0.06 + column * 0.32, 0.535 - row * 0.41, 0.265, 0.255))
        axes.axhline(0, color=INK, linewidth=0.9)
        for number, (other, frame) in enumerate(zip(comparison.others, values, strict=True)):
            colour = PLAN_COLOURS[number % len(PLAN_COLOURS)]
            by_run = frame[value].unstack("replication")
            mean, half = by_run.mean(axis=1), _half_width(by_run)
            axes.fill_between(by_run.index, mean - half, mean + half, color=colour, alpha=0.18, linewidth=0)
            axes.plot(by_run.index, mean, color=colour, linewidth=1.8, label=other.plan)
        quiet_axes(axes)
        axes.set_title(title, fontsize=10.5, fontweight="bold", color=INK, loc="left", pad=18)
        axes.text(0, 1.035, label, transform=axes.transAxes, fontsize=8, color=MUTED)
        axes.xaxis.set_major_locator(months_ticks())
        axes.yaxis.set_major_locator(MaxNLocator(5))
        axes.margins(x=0.01)
        if ticks is not None:
            axes.yaxis.set_major_formatter(FuncFormatter(ticks))
        if row == 1:
            axes.set_xlabel("month", fontsize=8.5, color=MUTED)
        handles = axes.get_legend_handles_labels()
    figure.legend(*handles, loc="lower left", bbox_to_anchor=(0.05, 0.0), ncols=6, frameon=False, fontsize=9.5)
    return saved(figure, path)


def _half_width(by_run: "pd.DataFrame") -> Any:
    from scipy.special import stdtrit

    n = by_run.shape[1]
    if n < 2:
        return 0.0
    return float(stdtrit(n - 1, 0.975)) * by_run.std(axis=1) / np.sqrt(n)


def _difference_values(base: "Result", other: "Result") -> "pd.DataFrame":
    """Paired differences of the organisation by month and replication, from month 0."""
    frames = []
    for result in (other, base):
        monthly = result.monthly[result.monthly["month"] >= 0].copy()
        monthly["provision"] = 100 * (monthly["level_3"] + monthly["level_4"])
        monthly["delight_rate"] *= 100
        means = dict.fromkeys(("provision", "delight_rate", "satisfaction", "loyalty"), "mean")
        frame = monthly.groupby(["month", "replication"]).agg(means | {"active_customers": "sum", "result": "sum"})
        frame["cumulative_result"] = frame.groupby("replication")["result"].cumsum()
        frames.append(frame)
    return frames[0] - frames[1]
