"""What all pictures share: the canvas with its message, colours, layout, names as data, axes, labels and legends.

Every text goes through here, because names, currencies and units are data: `$` starts no formula, and a long name is
shortened. Space for labels beside a panel is made by the layout, so that none is cut.
"""

import math
import os
import secrets
import warnings
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from pathlib import Path
from textwrap import wrap
from typing import Any, Literal, NamedTuple, Protocol

from matplotlib.axes import Axes
from matplotlib.axis import Axis
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure
from matplotlib.font_manager import FontProperties
from matplotlib.layout_engine import ConstrainedLayoutEngine
from matplotlib.lines import Line2D
from matplotlib.textpath import TextPath
from matplotlib.ticker import FuncFormatter, MultipleLocator

from sxsim.scenario.problems import visible

INK, MUTED, GRID = "#1f2933", "#6b7785", "#e4e8ec"
LINE, LIGHT = "#2a7f9e", "#9cc7d8"
GAIN, LOSS, UNCLEAR = "#2f855a", "#b5485d", "#9aa5b1"
#: What stands for a plan or another thing that is one of many; none is light, and neighbours differ.
COLOURS = (
    "#2a7f9e", "#e08e2b", "#7b4f9d", "#4f9d69", "#b5485d", "#c46bb0", "#1b5e20", "#8a6d3b", "#5b8def", "#a3a530", "#d9694f",
    "#00897b",
)  # fmt: skip
#: Told apart by these where there are more things than colours.
STROKES: tuple[Any, ...] = ("-", (0, (5, 2)), (0, (1, 1.4)), (0, (5, 1.5, 1, 1.5)))
MARKERS = ("o", "s", "^", "D")
#: How a quantity is written on an axis: a share in per cent, a difference of shares in points, an effect too but without a sign, large numbers short.
Kind = Literal["share", "points", "effect", "number", ""]
_DPI = 150
#: Decimals of a place in a picture, as shares of its width and height: far below a pixel.
_DECIMALS = 7
#: How often panels are laid out: words at a slant move once more when their panel does.
_LAYOUTS = 2
#: Sizes of title and text, points; letters of a line one inch long and one point high, more than there are; points an inch.
_TITLE_SIZE, _TEXT_SIZE = 14.0, 9.5
_LETTERS, _POINTS = 165.0, 72.0
#: Inches: a line of the title, a line of the text, the edge.
_TITLE_LINE, _TEXT_LINE, _EDGE = 0.27, 0.18, 0.16
_LONGEST_NAME, _MOST_LINES, _UNIQUE = 32, 4, 8
#: Months between ticks: quarters, half years, years; and how many ticks at most.
_STEPS_OF_MONTHS, _MOST_TICKS = (1, 3, 6, 12, 24, 60, 120), 6.5


class Spread(Protocol):
    """A mean with its 95 % interval."""

    @property
    def mean(self) -> float:
        """The mean."""

    @property
    def low(self) -> float:
        """The lower end."""

    @property
    def high(self) -> float:
        """The upper end."""


class Between(NamedTuple):
    """A mean between the ends of its 95 % interval."""

    mean: float
    low: float
    high: float


class Kpi(NamedTuple):
    """A KPI as pictures name it. falling: lower is better."""

    name: str
    meaning: str
    unit: str
    falling: bool = False


def short(name: str, most: int = _LONGEST_NAME) -> str:
    """A name that somebody gave, in one line and not too long."""
    text = " ".join("".join(c if c.isprintable() else " " for c in name).split())
    return text if len(text) <= most else text[: most - 1].rstrip() + "…"


def plain(text: str) -> str:
    """Text that is drawn as it stands: `$` starts no formula, and what cannot be seen is shown."""
    return visible(text).replace("$", r"\$")


def _lines(text: str, inches: float, size: float, weight: str) -> list[str]:
    """Text broken into lines that fit, as wide as they are drawn, at most so many."""
    font = FontProperties(size=size, weight=weight)
    letters = inches * _LETTERS / size
    while True:
        lines = wrap(text, max(int(letters), 1)) or [""]
        if len(lines) > _MOST_LINES:
            lines = [*lines[: _MOST_LINES - 1], short(" ".join(lines[_MOST_LINES - 1 :]), max(int(letters), 2))]
        widest = max(
            TextPath((0, 0), plain(line), prop=font).get_extents().width if line.strip() else 0 for line in lines
        )
        if widest <= inches * _POINTS or letters <= 1:
            return lines
        letters *= max(0.97 * inches * _POINTS / widest, 0.5)


def canvas(width: float, height: float, message: str, about: str) -> Figure:
    """An empty picture: what is seen in one sentence, what it is drawn of, and below them width × height inches."""
    room = width - 2 * _EDGE
    title, text = _lines(message, room, _TITLE_SIZE, "bold"), _lines(about, room, _TEXT_SIZE, "normal")
    head = _EDGE + _TITLE_LINE * len(title) + _TEXT_LINE * len(text) + 0.1
    whole = height + head + _EDGE
    figure = Figure(figsize=(width, whole), facecolor="white")
    FigureCanvasAgg(figure)
    figure.set_layout_engine(
        ConstrainedLayoutEngine(
            rect=(_EDGE / width, 0.08 / whole, 1 - 2 * _EDGE / width, 1 - (head + 0.08) / whole),
            w_pad=0.06,
            h_pad=0.06,
            wspace=0.03,
            hspace=0.03,
        )
    )
    shared: Any = {"va": "top", "linespacing": 1.25, "in_layout": False}
    x, y = _EDGE / width, 1 - _EDGE / whole
    figure.text(x, y, plain("\n".join(title)), fontsize=_TITLE_SIZE, fontweight="bold", color=INK, **shared)
    y -= (_TITLE_LINE * len(title) + 0.04) / whole
    figure.text(x, y, plain("\n".join(text)), fontsize=_TEXT_SIZE, color=MUTED, **shared)
    return figure


def _settle(figure: Figure) -> None:
    """Lay the panels out, and round where they are: the layout's last bit differs from time to time, and a pixel with it."""
    engine = figure.get_layout_engine()
    if engine is None or not figure.axes:
        return
    figure.set_dpi(_DPI)
    for _ in range(_LAYOUTS):
        engine.execute(figure)
    figure.set_layout_engine("none")
    for axes in figure.axes:
        left, bottom, width, height = (round(edge, _DECIMALS) for edge in axes.get_position(original=True).bounds)
        axes.set_position((left, bottom, width, height))


def saved(figure: Figure, path: Path) -> Path:
    """Write a picture whole, or not at all; the same bytes for the same picture."""
    path.parent.mkdir(parents=True, exist_ok=True)
    temporary = path.with_name(f".{secrets.token_hex(_UNIQUE)}.tmp.png")
    try:
        with warnings.catch_warnings():
            warnings.filterwarnings("ignore", message="Glyph")  # of a script that the font has not: drawn as a box
            _settle(figure)
            figure.savefig(temporary, format="png", dpi=_DPI, metadata={"Software": "sxsim"})
        os.replace(temporary, path)
    finally:
        with suppress(OSError):
            temporary.unlink(missing_ok=True)
    return path


def grid_of(count: int, most: int = 3) -> tuple[int, int]:
    """How many panels stand beside, and below each other."""
    across = 2 if count == 4 else max(min(count, most), 1)
    return across, -(-count // across)


def panels(figure: Figure, count: int, across: int, **shape: Any) -> list[Axes]:
    """Panels in rows, those that are not needed left out."""
    down = -(-count // across)
    axes = list(figure.subplots(down, across, squeeze=False, gridspec_kw=shape or None).flat)
    for each in axes[count:]:
        each.remove()
    return axes[:count]


def heading(axes: Axes, title: str, below: str = "", *, letters: int = 46, above: float = 0.0) -> None:
    """Write over a panel what it shows, and below that a line of explanation. above: points that are left free."""
    line = 12.0 if below else 0.0
    if below:
        axes.annotate(plain(short(below, int(1.35 * letters))), (0, 1), xycoords="axes fraction", xytext=(0, 5 + above),
                      textcoords="offset points", fontsize=8, color=MUTED, annotation_clip=False)  # fmt: skip
    axes.annotate(plain(short(title, letters)), (0, 1), xycoords="axes fraction", xytext=(0, 6 + above + line),
                  textcoords="offset points", fontsize=10.5, fontweight="bold", color=INK,
                  annotation_clip=False)  # fmt: skip


def quiet(axes: Axes, lines: Literal["x", "y", ""] = "y") -> None:
    """Axes that leave the eye to the data. lines: where thin lines stand on, the values that are read."""
    axes.spines[["top", "right"]].set_visible(False)
    axes.spines[["left", "bottom"]].set_color(GRID)
    axes.tick_params(colors=MUTED, labelsize=8.5, length=0)
    axes.grid(visible=False)
    if lines:
        axes.grid(axis=lines, color=GRID, linewidth=0.8)
    axes.set_axisbelow(True)


def axis_name(axes: Axes, x: str = "", y: str = "") -> None:
    """Say what the axes show."""
    if x:
        axes.set_xlabel(plain(short(x, 60)), fontsize=8.5, color=MUTED)
    if y:
        axes.set_ylabel(plain(short(y)), fontsize=8.5, color=MUTED)


def months(axes: Axes, *, named: bool = True) -> None:
    """An axis of months: quarters, half years or years."""
    axes.margins(x=0.01)
    first, last = axes.get_xlim()
    step = next((step for step in _STEPS_OF_MONTHS if (last - first) / step <= _MOST_TICKS), _STEPS_OF_MONTHS[-1])
    axes.xaxis.set_major_locator(MultipleLocator(step))
    if named:
        axis_name(axes, "month")


def beside(axes: Axes, place: float, text: str, colour: str = MUTED, *, left: bool = False, **how: Any) -> None:
    """Write beside a panel at the height of a value."""
    style: dict[str, Any] = {"fontsize": 8.5, "va": "center", "ha": "right" if left else "left"} | how
    axes.annotate(plain(text), (0, place) if left else (1, place), xycoords=("axes fraction", "data"), color=colour,
                  xytext=(-5 if left else 5, 0), textcoords="offset points", annotation_clip=False, **style)  # fmt: skip


def rows_named(axes: Axes, names: Sequence[str], *, fewest: int = 1, longest: int = _LONGEST_NAME) -> None:
    """Rows from the top down, with their names on the left."""
    axes.set_yticks(range(len(names)), [plain(short(name, longest)) for name in names])
    axes.tick_params(axis="y", labelcolor=INK)
    axes.set_ylim(max(len(names), fewest) - 0.4, -0.6)


def written(axis: Axis, kind: Kind) -> None:
    """How the numbers of an axis are written."""
    forms: dict[str, Callable[[float, int], str]] = {
        "points": lambda x, _: f"{100 * x:+.3g}" if x else "0",
        "share": lambda x, _: f"{100 * x:.3g}%",
        "effect": lambda x, _: f"{100 * x:.3g}",
        "number": thousands,
    }
    if kind in forms:
        axis.set_major_formatter(FuncFormatter(forms[kind]))


def spoken(name: str) -> str:
    """A name of the standard or of a factor in words."""
    return name.replace("_", " ")


def kind_of(unit: str) -> Kind:
    """How differences in a unit are written."""
    return "points" if unit.startswith("share") else "number"


def points_or(unit: str) -> str:
    """A unit in which a difference is given: shares in percentage points."""
    return unit.replace("share", "percentage points", 1) if unit.startswith("share") else unit


def thousands(value: float, _position: int = 0) -> str:
    """1.2 M, 35 k, 800."""
    for size, letter in ((1e9, " bn"), (1e6, " M"), (1e3, " k")):
        if abs(value) >= size:
            return f"{value / size:.3g}{letter}"
    return f"{value:.3g}"


def style_of(number: int) -> dict[str, Any]:
    """Colour and stroke of one of many lines; no two of the first 48 are alike."""
    return {"color": COLOURS[number % len(COLOURS)], "linestyle": STROKES[number // len(COLOURS) % len(STROKES)]}


def marker_of(number: int) -> str:
    """The marker of one of many."""
    return MARKERS[number // len(COLOURS) % len(MARKERS)]


def legend(figure: Figure, entries: Mapping[str, Mapping[str, Any]]) -> None:
    """What lines and markers stand for, below all panels and outside of them. entries: name and style."""
    named = list(entries)
    if not named:
        return
    letters = max(len(short(name)) for name in named) + 5
    columns = max(1, min(len(named), int(figure.get_figwidth() * 11 / letters)))
    handles = [Line2D([], [], linewidth=entries[name].get("linewidth", 2.0), **{k: v for k, v in entries[name].items() if k != "linewidth"}) for name in named]  # fmt: skip
    figure.legend(
        handles, [" " + plain(short(name)) for name in named], loc="outside lower left", ncols=columns, frameon=False,
        fontsize=9, labelcolor=INK, handlelength=1.6, columnspacing=1.6,
    )  # fmt: skip


def runs_said(count: int, what: str = "run") -> str:
    """1 run, 2 runs."""
    return f"{count} {what}{'' if count == 1 else 's'}"


def apart(values: Sequence[float], least: float, low: float = -math.inf, high: float = math.inf) -> list[float]:
    """Places for labels of sorted values: near the values, at least so far from each other, between low and high."""
    groups: list[tuple[float, int]] = []  # the middle of labels that touch, and how many they are
    for value in values:
        groups.append((value, 1))
        while True:
            middle, count = groups[-1]
            half = least * (count - 1) / 2
            middle = max(min(middle, high - half), low + half)
            groups[-1] = (middle, count)
            if len(groups) < 2 or groups[-2][0] + least * (groups[-2][1] - 1) / 2 <= middle - half - least:
                break
            before, many = groups[-2]
            groups[-2:] = [((before * many + middle * count) / (many + count), many + count)]
    return [middle + least * (place - (count - 1) / 2) for middle, count in groups for place in range(count)]
