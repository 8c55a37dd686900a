"""The picture of a calibration: what is left of each factor's range, and how far the model is from what was observed."""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np
from matplotlib.axes import Axes
from numpy.typing import NDArray

from sxsim.results.figures import GRID, INK, LINE, MUTED, canvas, quiet_axes, saved
from sxsim.results.summary import number
from sxsim.studies.figures import lying

_ROW = 0.36
_FARTHEST = 8.0
_MOST_SHOWN = 24
_BEFORE, _AFTER = "#b9c2cc", LINE


def calibration(
    learnt: Sequence[Mapping[str, Any]],
    ensemble: NDArray[np.float64] | None,
    met: Sequence[Mapping[str, Any]],
    sets: str,
    scenario: str,
    path: Path,
) -> Path:
    """Draw the factors (range beforehand, sets, 5–95 %) and the targets (observed, as it is, with the sets).

    learnt: one row a factor; ensemble: places of the sets in the factors' ranges, shape (sets, factors); met: one row a
    target; sets: what the sets are called, the ensemble, or only the sets that come nearest.
    """
    rows = max(min(len(learnt), _MOST_SHOWN), len(met), 3)
    height = 2.0 + _ROW * rows
    figure = canvas(
        12.5, height, "What the data say",
        f"{scenario} · dots: {sets} · thick: nine of ten · right: model against what was observed, in standard "
        "deviations of error, tolerance and luck",
    )  # fmt: skip
    bottom = 0.75 / height
    left = figure.add_axes((0.19, bottom + _ROW * (rows - max(len(learnt[:_MOST_SHOWN]), 1)) / height, 0.24,
                            _ROW * max(len(learnt[:_MOST_SHOWN]), 1) / height))  # fmt: skip
    _factors(left, learnt[:_MOST_SHOWN], ensemble)
    right = figure.add_axes((0.66, bottom + _ROW * (rows - len(met)) / height, 0.24, _ROW * len(met) / height))
    _targets(right, met)
    return saved(figure, path)


def _factors(axes: Axes, learnt: Sequence[Mapping[str, Any]], ensemble: NDArray[np.float64] | None) -> None:
    for row, each in enumerate(learnt):
        span = each["range high"] - each["range low"]

        def share(value: float, each: Mapping[str, Any] = each, span: float = span) -> float:
            return float((value - each["range low"]) / span)

        colour = _AFTER if each["data say something"] else MUTED
        axes.plot([0, 1], [row, row], color=GRID, linewidth=9, solid_capstyle="butt", zorder=1)
        axes.plot([share(each["low"]), share(each["high"])], [row, row], color=colour, linewidth=3.2, zorder=2)
        if ensemble is not None:
            places = ensemble[:, row]
            axes.plot(places, np.full(len(places), row - 0.2), ".", color=colour, markersize=2.5, alpha=0.5, zorder=3)
        if np.isfinite(each["as it is"]):
            axes.plot(share(each["as it is"]), row, "|", color=INK, markersize=9, markeredgewidth=1.4, zorder=4)
        axes.text(1.04, row, f"{each['low']:.3g} … {each['high']:.3g}", fontsize=8, color=INK, va="center")
    axes.set_yticks(range(len(learnt)), [each["factor"] for each in learnt])
    axes.set_ylim(max(len(learnt), 1) - 0.4, -0.7)
    axes.set_xlim(0, 1)
    lying(axes)
    quiet_axes(axes)
    axes.grid(visible=False)
    axes.set_xticks([0, 1], ["range from", "to"])
    axes.set_title("factors · upright: as it is", fontsize=9, color=MUTED, loc="left")


def _targets(axes: Axes, met: Sequence[Mapping[str, Any]]) -> None:
    axes.axvspan(-3, 3, color="#f1f4f6", zorder=0)
    axes.axvline(0.0, color=INK, linewidth=0.9)
    for row, each in enumerate(met):
        spread = float(np.hypot(np.hypot(each["error"], each["tolerance"]), each["luck"])) or 1.0
        for name, colour, move in (("as it is", _BEFORE, -0.16), ("ensemble", _AFTER, 0.16)):
            away = [(each[key] - each["observed"]) / spread for key in (name, f"{name} low", f"{name} high")]
            mean, low, high = np.clip(away, -_FARTHEST, _FARTHEST)
            beyond = "<" if away[0] < -_FARTHEST else ">" if away[0] > _FARTHEST else "o"
            axes.plot([low, high], [row + move, row + move], color=colour, linewidth=2.4, solid_capstyle="round")
            axes.plot(mean, row + move, beyond, color=colour, markersize=5 if beyond == "o" else 7, clip_on=False)
        axes.text(_FARTHEST * 1.05, row, number(each["observed"], each["unit"]), fontsize=8, color=INK, va="center")
    axes.set_yticks(range(len(met)), [each["target"] for each in met])
    axes.set_ylim(len(met) - 0.4, -0.7)
    axes.set_xlim(-_FARTHEST, _FARTHEST)
    lying(axes)
    quiet_axes(axes)
    axes.grid(visible=False)
    axes.set_xticks([-6, -3, 0, 3, 6])
    axes.set_title("targets · grey: as it is, blue: these sets · arrow: farther", fontsize=9, color=MUTED, loc="left")
