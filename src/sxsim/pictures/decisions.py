"""Pictures for decisions: why plans differ, how to spread the money and in which order, what would flip the advice, programmes."""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, NamedTuple

from matplotlib.axes import Axes
from matplotlib.ticker import MaxNLocator

from sxsim.pictures.canvas import (
    COLOURS,
    GAIN,
    INK,
    LIGHT,
    LINE,
    LOSS,
    MUTED,
    UNCLEAR,
    Between,
    Kind,
    Kpi,
    Spread,
    beside,
    canvas,
    grid_of,
    heading,
    kind_of,
    legend,
    months,
    panels,
    points_or,
    quiet,
    rows_named,
    saved,
    short,
    spoken,
    thousands,
    written,
)
from sxsim.pictures.organisation import BAR, activity_bars
from sxsim.scenario.plan import Plan

_MOST_SHOWN, _MOST_CAUSES = 15, 12
_WHOLE = "#627d98"
_ROW, _HEAD = 0.3, 0.85


class Row(NamedTuple):
    """A row of a panel of intervals: what it is called, the interval, and its colour."""

    name: str
    value: Spread
    colour: str = LINE


class Flipping(NamedTuple):
    """What an assumption does to the lead of the advised candidate over a rival; flips: the value at which the rival
    overtakes, None when it does not; usual: the value taken.
    """

    assumption: str
    rival: str
    lead_low: Spread
    lead_high: Spread
    flips: float | None
    usual: float


class Effect(NamedTuple):
    """What a factor does to the share of organisations that reach an aim with a plan. clear: told from chance."""

    plan: str
    factor: str
    change: Between
    clear: bool


def amount(value: float, unit: str) -> str:
    """A difference in words: shares in points."""
    sign = "+" if value > 0 else ""
    return f"{100 * value:+.1f} points" if unit.startswith("share") else f"{sign}{thousands(value)} {short(unit, 12)}"


def intervals(axes: Axes, rows: Sequence[Row], *, kind: Kind = "", fewest: int = 1) -> None:
    """Means with their intervals, a row each, against 0."""
    for place, row in enumerate(rows):
        axes.plot([row.value.low, row.value.high], [place] * 2, color=row.colour, linewidth=2.2, solid_capstyle="round")
        axes.plot(row.value.mean, place, "o", color=row.colour, markersize=6)
    axes.axvline(0.0, color=INK, linewidth=0.9)
    rows_named(axes, [row.name for row in rows], fewest=fewest)
    quiet(axes, "x")
    axes.tick_params(axis="y", labelcolor=INK)
    axes.xaxis.set_major_locator(MaxNLocator(4))
    written(axes.xaxis, kind)


def judged(value: Spread) -> str:
    """The colour of an interval: above 0, below 0, or neither."""
    return GAIN if value.low > 0 else LOSS if value.high < 0 else UNCLEAR


def waterfalls(
    found: Sequence[tuple[Kpi, Sequence[tuple[str, Spread]], Spread]],
    plans: tuple[str, str],
    split: str,
    basis: str,
    path: Path,
) -> Path:
    """Draw, KPI by KPI, how the difference between two plans adds up over its causes, each with its 95 % interval.

    found: KPI, causes with their parts (the largest first), whole difference; plans: base and plan.
    """
    base, plan = short(plans[0]), short(plans[1])
    across, down = grid_of(len(found))
    shown = [_few(rows) for _, rows, _ in found]
    rows = max(len(each) for each in shown) + 1
    kpi, causes, whole = found[0]
    unsure = "" if judged(whole) != UNCLEAR else ", not told from chance"
    most = f"; the largest part is {short(causes[0][0])} ({amount(causes[0][1].mean, kpi.unit)})" if causes else ""
    figure = canvas(
        max(4.8 * across, 7.0), down * (_ROW * rows + _HEAD),
        f"{kpi.name}: {plan} differs from {base} by {amount(whole.mean, kpi.unit)}{unsure}{most}",
        f"Why {plan} differs from {base} · {basis} · split over {split}, money and direct changes · green helps, red hurts · "
        "line: 95 % interval of each part",
    )  # fmt: skip
    for axes, (kpi, _, whole), own in zip(panels(figure, len(found), across), found, shown, strict=True):
        _waterfall_of(axes, own, whole, plan, kpi)
        heading(axes, kpi.name, f"{points_or(kpi.unit)} · {kpi.meaning}", letters=42)
    return saved(figure, path)


def _few(rows: Sequence[tuple[str, Spread]]) -> list[tuple[str, Spread | None, float]]:
    """The largest parts, the others as one without an interval: name, interval, mean."""
    first: list[tuple[str, Spread | None, float]] = [(name, part, part.mean) for name, part in rows[:_MOST_CAUSES]]
    rest = [part.mean for _, part in rows[_MOST_CAUSES:]]
    return [*first, (f"{len(rest)} others", None, sum(rest))] if rest else first


def _waterfall_of(
    axes: Axes, causes: Sequence[tuple[str, Spread | None, float]], whole: Spread, plan: str, kpi: Kpi
) -> None:
    reached = 0.0
    for row, (_, part, mean) in enumerate(causes):
        good = (mean > 0) != kpi.falling
        axes.barh(row, mean, left=reached, color=GAIN if good else LOSS, height=0.66, alpha=0.85)
        if part is not None:
            axes.plot([reached + part.low, reached + part.high], [row, row], color=INK, linewidth=1.2)
        axes.plot([reached + mean] * 2, [row, row + 1], color=MUTED, linewidth=0.7)
        reached += mean
    last = len(causes)
    axes.barh(last, whole.mean, color=_WHOLE, height=0.66)
    axes.plot([whole.low, whole.high], [last, last], color=INK, linewidth=1.2)
    axes.axvline(0.0, color=INK, linewidth=0.9)
    rows_named(axes, [*(name for name, *_ in causes), plan])
    quiet(axes, "x")
    axes.tick_params(axis="y", labelcolor=INK)
    axes.margins(x=0.06)
    axes.xaxis.set_major_locator(MaxNLocator(4))
    written(axes.xaxis, kind_of(kpi.unit))


def allocation(
    splits: Mapping[str, Mapping[str, float]],
    against_nothing: Mapping[str, Spread],
    advised: str,
    goal: Kpi,
    currency: str,
    basis: str,
    path: Path,
) -> Path:
    """Draw how candidates spread the money, and what each does to the goal against doing nothing, on fresh draws.

    splits: money by candidate and what it goes into; against_nothing: by candidate, the advised one first.
    """
    drawn = {name: split for name, split in splits.items() if sum(split.values()) > 0}
    into = [place for place in next(iter(splits.values()), {}) if any(split[place] > 0 for split in drawn.values())]
    order = sorted(into, key=lambda place: -next(iter(drawn.values()))[place]) if drawn else []
    brings = against_nothing.get(advised)
    figure = canvas(
        11.5, 1.2 + max(0.3 + 0.09 * len(drawn), _ROW) * max(len(order), 3),
        f"Advised: {short(advised)}" + (f", {amount(brings.mean, goal.unit)} in {goal.name} against doing nothing" if brings else ""),
        f"How to spread the money · {basis} · left: money a month · right: {goal.name} against doing nothing on fresh draws, "
        "line: 95 % interval",
    )  # fmt: skip
    left, right = panels(figure, 2, 2)
    width = 0.8 / max(len(drawn), 1)
    colours = _candidate_colours(list(drawn), advised)
    for number, (name, split) in enumerate(drawn.items()):
        places = [row - 0.4 + width * (number + 0.5) for row in range(len(order))]
        left.barh(places, [split[place] for place in order], height=width * 0.92, color=colours[name])
    rows_named(left, order)
    quiet(left, "x")
    left.tick_params(axis="y", labelcolor=INK)
    left.xaxis.set_major_locator(MaxNLocator(4))
    written(left.xaxis, "number")
    heading(left, f"{short(currency, 12)} a month")
    rows = [Row(name, value, colours.get(name, UNCLEAR)) for name, value in against_nothing.items()]
    intervals(right, rows, kind=kind_of(goal.unit))
    heading(right, goal.name, points_or(goal.unit))
    legend(figure, {name: {"color": colour, "linewidth": 6.0} for name, colour in colours.items()})
    return saved(figure, path)


def _candidate_colours(names: Sequence[str], advised: str) -> dict[str, str]:
    """A colour a candidate, the advised one's always the same."""
    others = iter(colour for colour in COLOURS[1:] * len(names))
    return {name: LINE if name == advised else next(others) for name in names}


def next_euro(rows: Mapping[str, Mapping[str, Spread]], currency: str, basis: str, path: Path) -> Path:
    """Draw what one more unit of money brings in net present value, element by element, from each starting point."""
    first, ahead = next(iter(rows.items()))
    best = max(ahead, key=lambda name: ahead[name].mean)
    pays = ahead[best].low > 0
    money = short(currency, 12)
    figure = canvas(
        max(4.4 * len(rows), 7.0), _HEAD + _ROW * max(len(own) for own in rows.values()),
        f"From {short(first)}, {'the next ' + money + ' brings most in ' + short(best) + f' ({ahead[best].mean:+.2g})' if pays else 'no element clearly pays its next ' + money}",
        f"Where the next money goes · {basis} · change of NPV for each {money} more; its own cost is counted: above 0 it pays · "
        "line: 95 % interval · grey: neither is clear",
    )  # fmt: skip
    for axes, (base, own) in zip(panels(figure, len(rows), len(rows)), rows.items(), strict=True):
        order = sorted(own, key=lambda name: -own[name].mean)
        intervals(axes, [Row(name, own[name], judged(own[name])) for name in order])
        heading(axes, f"from {base}")
    return saved(figure, path)


def flips(shown: Sequence[Flipping], advised: str, goal: Kpi, basis: str, path: Path) -> Path:
    """Draw the assumptions nearest to flipping the advice: the lead over the rival at both ends of their ranges."""
    rows = shown[:_MOST_SHOWN]
    count = sum(row.flips is not None for row in shown)
    figure = canvas(
        11.5, 0.8 + _ROW * max(len(rows), 3),
        f"{count} of {len(shown)} assumptions looked at would flip the advice within their range"
        if count else "No assumption flips the advice within its range",
        f"What would flip the advice · {basis} · lead of {short(advised)} over the rival named, {goal.name} "
        f"({points_or(goal.unit)}), at the low (○) and the high (●) end of each assumption · red: the rival overtakes; some do so by "
        "chance alone",
    )  # fmt: skip
    axes = panels(figure, 1, 1)[0]
    for place, row in enumerate(rows):
        colour = LOSS if row.flips is not None else UNCLEAR
        axes.plot([row.lead_low.mean, row.lead_high.mean], [place] * 2, color=colour, linewidth=2.0)
        axes.plot(row.lead_low.mean, place, "o", markerfacecolor="white", markeredgecolor=colour, markersize=6)
        axes.plot(row.lead_high.mean, place, "o", color=colour, markersize=6)
        if row.flips is not None:
            beside(axes, place, f"flips at {row.flips:.3g} ({row.usual:g} taken)", colour)
    axes.axvline(0.0, color=INK, linewidth=0.9)
    rows_named(axes, [f"{short(row.assumption)} · {short(row.rival, 22)}" for row in rows], longest=58)
    quiet(axes, "x")
    axes.tick_params(axis="y", labelcolor=INK)
    axes.xaxis.set_major_locator(MaxNLocator(5))
    written(axes.xaxis, kind_of(goal.unit))
    return saved(figure, path)


def orders(
    plans: Mapping[str, Plan], ahead: Mapping[str, Spread], horizon: int, goal: Kpi, basis: str, path: Path
) -> Path:
    """Draw the activities of some orders as bars, side by side, and how far orders are ahead of the plan as it is."""
    bars = BAR * max(max(len(plan.activities) for plan in plans.values()), 1)
    tall = 0.35 * max(len(ahead), 2)
    best = max(ahead, key=lambda name: ahead[name].mean) if ahead else ""
    clear = bool(ahead) and ahead[best].low > 0
    figure = canvas(
        3.6 + 4.0 * len(plans), bars + tall + 1.9,
        f"{short(best)} is ahead of the plan as it is by {amount(ahead[best].mean, goal.unit)} in {goal.name}" if clear
        else "No order is clearly ahead of the plan as it is",
        f"The order of the activities · {basis} · the same work and the same money, begun at another time",
    )  # fmt: skip
    above, below = list(figure.subfigures(2, 1, squeeze=False, height_ratios=(bars + 0.9, tall + 0.9)).flat)
    for place, (axes, (name, plan)) in enumerate(
        zip(above.subplots(1, len(plans), squeeze=False)[0], plans.items(), strict=True)
    ):
        activity_bars(axes, plan, horizon, named=place == 0, phased=place == len(plans) - 1)
        axes.axis("on")
        quiet(axes, "x")
        axes.set_yticks([])
        months(axes)
        axes.set_xlim(0, horizon)
        heading(axes, name)
    lead = below.subplots()
    intervals(lead, [Row(name, value, judged(value)) for name, value in ahead.items()], kind=kind_of(goal.unit))
    heading(
        lead,
        f"ahead of the plan as it is, {goal.name}",
        f"{points_or(goal.unit)} · 95 % interval, fresh runs",
        letters=60,
    )
    return saved(figure, path)


def programmes(
    shares: Mapping[str, Mapping[str, Between]], effects: Sequence[Effect], aim: str, basis: str, path: Path
) -> Path:
    """Draw how many organisations reach and hold an aim with each programme, and what each factor does to that.

    shares: by plan and what is asked; effects: by plan and factor.
    """
    plans = list(shares)
    largest: dict[str, float] = {}
    for each in effects:
        largest[each.factor] = max(largest.get(each.factor, 0.0), abs(each.change.mean))
    factors = sorted(largest, key=lambda factor: -largest[factor])[:_MOST_SHOWN]
    what = next(iter(shares[plans[0]]))
    best = max(plans, key=lambda plan: shares[plan][what].mean)
    figure = canvas(
        5.2 + 2.5 * len(plans), 1.3 + max(0.6 * len(plans), _ROW * len(factors), 1.2),
        f"With {short(best)} the aim is {what} by {shares[best][what].mean:.0%} of the organisations",
        f"Programmes across organisations · {basis} · aim: {aim} · line: 95 % interval · right: points more that reach it, highest "
        "third of each factor against lowest; grey: not told from chance",
    )  # fmt: skip
    first, *others = panels(figure, 1 + len(plans), 1 + len(plans), width_ratios=(1.4, *[1.0] * len(plans)))
    colours = (LINE, LIGHT)
    for row, plan in enumerate(plans):
        for offset, colour, share in zip((-0.2, 0.2), colours, shares[plan].values(), strict=False):
            first.barh(row + offset, share.mean, height=0.36, color=colour)
            first.plot([share.low, share.high], [row + offset] * 2, color=INK, linewidth=1.2)
    rows_named(first, plans, fewest=3)
    quiet(first, "x")
    first.tick_params(axis="y", labelcolor=INK)
    first.set_xlim(0.0, 1.0)
    written(first.xaxis, "share")
    heading(first, "organisations")
    _effects(others, plans, factors, effects)
    legend(
        figure,
        {name: {"color": colour, "linewidth": 6.0} for name, colour in zip(shares[plans[0]], colours, strict=False)},
    )
    return saved(figure, path)


def _effects(drawn: Sequence[Axes], plans: Sequence[str], factors: Sequence[str], effects: Sequence[Effect]) -> None:
    """What factors do, a panel a plan, on one scale."""
    reach = max((abs(end) for each in effects for end in each.change), default=1.0)
    for place, (axes, plan) in enumerate(zip(drawn, plans, strict=True)):
        found = {each.factor: each for each in effects if each.plan == plan}
        nothing = Effect(plan, "", Between(float("nan"), float("nan"), float("nan")), False)
        rows = [(factor, found.get(factor, nothing)) for factor in factors]
        colour: Any = [UNCLEAR if not each.clear else GAIN if each.change.mean > 0 else LOSS for _, each in rows]
        intervals(
            axes,
            [Row(spoken(name), each.change, c) for (name, each), c in zip(rows, colour, strict=True)],
            kind="points",
        )
        axes.set_xlim(-1.05 * reach, 1.05 * reach)
        if place:
            axes.set_yticklabels([])
        heading(axes, plan, letters=26)


def contributions(rows: Mapping[str, Spread], plan: str, aim: str, basis: str, path: Path) -> Path:
    """Draw what each activity of a programme adds to the share of organisations that reach the aim, the largest first."""
    order = sorted(rows, key=lambda name: -rows[name].mean)
    clear = sum(rows[name].low > 0 for name in order)
    figure = canvas(
        10.5, 0.7 + _ROW * max(len(order), 3),
        f"{clear} of {len(order)} activities of {short(plan)} clearly help to reach the aim",
        f"What each activity of {short(plan)} contributes · {basis} · aim: {aim} · points more that reach it than without, 95 % interval",
    )  # fmt: skip
    intervals(
        panels(figure, 1, 1)[0], [Row(spoken(name), rows[name], judged(rows[name])) for name in order], kind="points"
    )
    return saved(figure, path)
