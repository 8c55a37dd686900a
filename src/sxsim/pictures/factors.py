"""Pictures of what factors do: how much each KPI hinges on them, how sure the ranks are, where a plan fails."""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import NamedTuple, Protocol

import numpy as np
from matplotlib.axes import Axes
from matplotlib.patches import Rectangle
from matplotlib.ticker import MaxNLocator
from numpy.typing import NDArray

from sxsim.pictures.canvas import (
    GRID,
    INK,
    LIGHT,
    LINE,
    LOSS,
    MUTED,
    Kpi,
    axis_name,
    beside,
    canvas,
    grid_of,
    heading,
    legend,
    panels,
    quiet,
    rows_named,
    runs_said,
    saved,
    short,
    thousands,
    written,
)

_MOST_SHOWN = 15
_ROW, _HEAD = 0.27, 0.85
_ROW_OF_CASES = 0.36
_WIDE = 4.6
#: Weights as in the runs, drawn, drawn with some zeros freed.
_OF_CASES = (LINE, LIGHT, LOSS)
#: A chance that is drawn as a number; above the last it is called more than that, because a bootstrap cannot tell.
_LEAST_SAID, _SURE = 0.05, 0.99
#: Ranks that leave a chance enough room.
_FEW = 10
_DASHES = (0, (4, 3))


class Estimated(Protocol):
    """A number with its 95 % interval."""

    @property
    def value(self) -> float:
        """The number."""

    @property
    def low(self) -> float:
        """The lower end."""

    @property
    def high(self) -> float:
        """The upper end."""


class Hinge(NamedTuple):
    """What a KPI hinges on. main: by factor, luck included, the total index or the mean effect; first: the index on its
    own, empty where there is none; chances: by factor, luck not included, the probability of each rank; luck: its name.
    """

    kpi: Kpi
    main: Mapping[str, Estimated]
    first: Mapping[str, Estimated]
    chances: Mapping[str, Sequence[float]]
    luck: str

    @property
    def order(self) -> list[str]:
        """Factors and luck, the largest first."""
        return sorted(self.main, key=lambda name: -self.main[name].value)[:_MOST_SHOWN]

    def said(self, name: str) -> str:
        """What a factor comes to."""
        value = self.main[name].value
        if self.first:
            return f"{value:.0%} of the spread" if value <= 1.0 else "all of the spread (too few samples)"
        if self.kpi.unit.startswith("share"):
            return f"{100 * value:.2g} points"
        scale = "–" in self.kpi.unit or "…" in self.kpi.unit
        return f"{thousands(value)} {'on ' if scale else ''}{short(self.kpi.unit, 24)}"


class First(NamedTuple):
    """Who comes first under which weights, for one KPI. chances: by kind of weights, the first as in the runs, then by factor."""

    kpi: Kpi
    chances: Mapping[str, Mapping[str, float]]


class Side(NamedTuple):
    """A factor where a plan fails: its range, and the limits of the box, None where there is none."""

    name: str
    low: float
    high: float
    box_low: float | None = None
    box_high: float | None = None


def tornado(found: Sequence[Hinge], basis: str, path: Path) -> Path:
    """Draw, KPI by KPI, the factors' indices with 95 % intervals, the largest on top, and the noise floor."""
    across, down = grid_of(len(found))
    rows = max(len(each.order) for each in found)
    what = (
        "bar: total index, the share of the spread a factor has a hand in · dark: on its own"
        if found[0].first
        else "bar: mean effect of a factor across its range, in the KPI's unit, shares in points"
    )
    figure = canvas(
        max(_WIDE * across, 7.0), down * (_ROW * rows + _HEAD), _hinges_message(found),
        f"What each KPI hinges on, within the ranges given · {basis} · {what} · line: 95 % interval · dashed: luck, the noise floor",
    )  # fmt: skip
    for axes, each in zip(panels(figure, len(found), across), found, strict=True):
        _tornado_of(axes, each)
    return saved(figure, path)


def _hinges_message(found: Sequence[Hinge]) -> str:
    """The largest factor of the first KPIs, beside luck."""
    said = []
    for each in found[:2]:
        named = [name for name in each.order if name != each.luck]
        if named and each.main[each.luck].value < each.main[named[0]].value:
            said.append(
                f"{each.kpi.name}: {short(named[0], 24)} makes {each.said(named[0])}, luck {each.said(each.luck)}"
            )
        else:
            said.append(f"{each.kpi.name}: no factor does more than luck ({each.said(each.luck)})")
    return "; ".join(said)


def _tornado_of(axes: Axes, found: Hinge) -> None:
    for row, name in enumerate(found.order):
        estimate, is_luck = found.main[name], name == found.luck
        axes.barh(row, max(estimate.value, 0.0), color="#c9d3dc" if is_luck else LIGHT, height=0.68)
        if found.first:
            own = min(max(found.first[name].value, 0.0), max(estimate.value, 0.0))
            axes.barh(row, own, color=MUTED if is_luck else LINE, height=0.68)
        axes.plot([max(estimate.low, 0.0), max(estimate.high, 0.0)], [row, row], color=INK, linewidth=1.2)
    axes.axvline(found.main[found.luck].value, color=LOSS, linewidth=1.1, linestyle=_DASHES)
    rows_named(axes, found.order)
    axes.set_xlim(0.0, min(axes.get_xlim()[1], 1.0) if found.first else None)  # a share is never more than all
    quiet(axes, "x")
    axes.tick_params(axis="y", labelcolor=INK)
    axes.xaxis.set_major_locator(MaxNLocator(4))
    written(axes.xaxis, "share" if found.first else "effect" if found.kpi.unit.startswith("share") else "number")
    heading(axes, found.kpi.name, found.kpi.meaning, letters=40)


def ranks(found: Sequence[Hinge], basis: str, path: Path) -> Path:
    """Draw, KPI by KPI, how probable each rank is for each factor, and beside it how large luck is."""
    across, down = grid_of(len(found))
    count = min(len(found[0].chances), _MOST_SHOWN)
    sure = [
        each for each in found if any(chances and chances[0] >= 1 - _LEAST_SAID for chances in each.chances.values())
    ]
    figure = canvas(
        max(_WIDE * across, 7.0), down * (_ROW * count + _HEAD + 0.25),
        f"The first rank is settled for {len(sure) or 'none'} of {runs_said(len(found), 'KPI')}, within the ranges and samples of this study",
        f"How sure the ranks are · {basis} · probability of each rank, %, by the study's bootstrap: it tells how well the study "
        "ranks averages, not how much a single run shows; that is luck's part, over each panel",
    )  # fmt: skip
    for axes, each in zip(panels(figure, len(found), across), found, strict=True):
        _ranks_of(axes, each, count)
    return saved(figure, path)


def _ranks_of(axes: Axes, found: Hinge, count: int) -> None:
    order = sorted(found.chances, key=lambda name: -found.main[name].value)[:count]
    chances = np.array([found.chances[name][:count] for name in order])
    axes.imshow(chances, cmap="Blues", vmin=0.0, vmax=1.0, aspect="auto")
    for row, column in zip(*np.nonzero(chances >= _LEAST_SAID), strict=True):
        value = chances[row, column]
        axes.text(column, row, ">99" if value > _SURE else f"{100 * value:.0f}", ha="center", va="center", fontsize=7 if count <= _FEW else 5.5,
                  color="white" if value > 0.6 else INK)  # fmt: skip
    rows_named(axes, order)
    axes.set_ylim(count - 0.5, -0.5)
    axes.set_xticks(range(count), [str(rank + 1) for rank in range(count)])
    quiet(axes, "")
    axes.tick_params(axis="y", labelcolor=INK)
    axes.spines[["left", "bottom"]].set_visible(False)
    axis_name(axes, "rank")
    whole = " has a hand in" if found.first else ":"
    heading(axes, found.kpi.name, f"luck{whole} {found.said(found.luck)}", letters=40)


def first_over_weights(found: Sequence[First], basis: str, path: Path) -> Path:
    """Draw, KPI by KPI, how probable it is that a factor comes first: under the weights of the runs, and under other ones."""
    across, down = grid_of(len(found))
    cases = list(found[0].chances)
    rows = min(max(len(each.chances[cases[0]]) for each in found), _MOST_SHOWN)
    figure = canvas(
        max(_WIDE * across, 7.0), down * (_ROW_OF_CASES * rows + _HEAD), _firsts_message(found, cases),
        f"Who comes first, if the levers' weights are other than assumed · {basis} · probability of rank 1 of what a level more brings",
    )  # fmt: skip
    colours = _OF_CASES[: len(cases)]
    height = 0.8 / len(cases)
    for axes, each in zip(panels(figure, len(found), across), found, strict=True):
        order = sorted(each.chances[cases[0]], key=lambda name: -max(each.chances[case][name] for case in cases))[:rows]
        for k, case in enumerate(cases):
            places = [row + (k - (len(cases) - 1) / 2) * height for row in range(len(order))]
            axes.barh(places, [each.chances[case][name] for name in order], color=colours[k], height=height)
        rows_named(axes, order)
        axes.set_xlim(0.0, 1.0)
        quiet(axes, "x")
        axes.tick_params(axis="y", labelcolor=INK)
        axes.xaxis.set_major_locator(MaxNLocator(4))
        written(axes.xaxis, "share")
        heading(axes, each.kpi.name, each.kpi.meaning, letters=40)
    bar = {"marker": "s", "linestyle": ""}
    legend(figure, {case: {"color": c} | bar for case, c in zip(cases, colours, strict=True)})
    return saved(figure, path)


def _firsts_message(found: Sequence[First], cases: Sequence[str]) -> str:
    """Who comes first for the first KPIs under the weights of the runs, and how often under the last kind of weights."""
    said = []
    for each in found[:2]:
        chances = each.chances[cases[0]]
        name = max(chances, key=lambda one: chances[one])
        said.append(f"{each.kpi.name}: {short(name, 24)} comes first in {each.chances[cases[-1]][name]:.0%}")
    return f"With weights {cases[-1]}, {'; '.join(said)}"


def failure_box(
    sides: Sequence[Side],
    conditions: NDArray[np.float64],
    fails: NDArray[np.bool_],
    about: str,
    path: Path,
) -> Path:
    """Draw where a plan fails: conditions over the two factors that matter most, and the limits of the box.

    sides: factors, those of the box first; conditions: (conditions, factors) in their order.
    """
    shown = sides[:_MOST_SHOWN]
    boxed = [side for side in shown if (side.box_low, side.box_high) != (None, None)]
    said = " and ".join(_limit_said(side) for side in boxed[:2])
    figure = canvas(
        11.5, max(3.4, 0.9 + 0.3 * len(shown)),
        f"The plan fails in {fails.mean():.0%} of the conditions" + (f", most of all where {said}" if boxed else "; no box stands out"),
        f"Where the plan fails · {about}",
    )  # fmt: skip
    left, right = panels(figure, 2, 2, width_ratios=(1.3, 1))
    pair = (0, min(1, len(sides) - 1))
    x, y = (conditions[:, k] for k in pair)
    left.plot(x[~fails], y[~fails], "o", color=LIGHT, markersize=3.5)
    left.plot(x[fails], y[fails], "o", color=LOSS, markersize=4)
    if boxed and pair[0] != pair[1]:
        (a, b), (c, d) = (_box(sides[k]) for k in pair)
        left.add_patch(Rectangle((a, c), b - a, d - c, fill=False, edgecolor=INK, linewidth=1.6))
    quiet(left)
    axis_name(left, sides[pair[0]].name, sides[pair[1]].name)
    _limits(right, shown, bool(boxed))
    marker = {"marker": "o", "linestyle": ""}
    legend(figure, {"the plan holds": {"color": LIGHT} | marker, "the plan fails": {"color": LOSS} | marker})
    return saved(figure, path)


def _box(side: Side) -> tuple[float, float]:
    return (side.low if side.box_low is None else side.box_low), (side.high if side.box_high is None else side.box_high)


def _limit_said(side: Side) -> str:
    low, high = side.box_low, side.box_high
    name = short(side.name, 24)
    if low is None:
        return f"{name} is below {high:.3g}"
    return f"{name} is above {low:.3g}" if high is None else f"{name} is {low:.3g} to {high:.3g}"


def _limits(axes: Axes, sides: Sequence[Side], boxed: bool) -> None:
    for row, side in enumerate(sides):
        span = (side.high - side.low) or 1.0
        axes.barh(row, 1.0, color=GRID, height=0.5)
        if (side.box_low, side.box_high) == (None, None):
            continue
        low, high = ((end - side.low) / span for end in _box(side))
        axes.barh(row, high - low, left=low, color=LOSS, height=0.5)
        beside(axes, row, _limit_said(side).removeprefix(f"{short(side.name, 24)} is "), INK)
    rows_named(axes, [side.name for side in sides], fewest=6)
    quiet(axes, "")
    axes.tick_params(axis="y", labelcolor=INK)
    axes.set_xlim(0, 1)
    axes.set_xticks([0, 1], ["low end", "high end"])
    heading(axes, "red: limits of the box" if boxed else "no box stands out")
