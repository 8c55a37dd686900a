"""The picture of orders: when activities begin, and what that brings."""

from collections.abc import Mapping
from pathlib import Path

from matplotlib.ticker import MaxNLocator

from sxsim.results.commitment_figures import BAR, activity_bars
from sxsim.results.figures import GRID, INK, MUTED, canvas, months_ticks, quiet_axes, saved
from sxsim.results.intervals import Interval
from sxsim.results.result import unit_of
from sxsim.scenario.plan import Plan
from sxsim.scenario.scenario import Scenario
from sxsim.studies.figures import GAIN, LOSS, lying, short_numbers


def orders(plans: Mapping[str, Plan], ahead: Mapping[str, Interval], goal: str, scenario: Scenario, path: Path) -> Path:
    """Draw the activities of some orders as bars, side by side, and how far orders are ahead of the plan as it is."""
    bars = max(len(plan.activities) for plan in plans.values())
    height = 2.0 + BAR * bars + 0.4 * len(ahead) + 1.1
    width = 3.9 + 4.2 * len(plans)
    figure = canvas(
        width,
        height,
        "The order of the activities",
        f"{scenario.name} · the same work and the same money, begun at another time",
    )
    top = 1.45 / height
    for place, (name, plan) in enumerate(plans.items()):
        axes = figure.add_axes(
            ((2.9 + 4.2 * place) / width, 1 - top - BAR * bars / height, 3.4 / width, BAR * bars / height)
        )
        activity_bars(axes, plan, scenario.horizon.months, named=place == 0, phased=place == len(plans) - 1)
        axes.set_xlim(0, scenario.horizon.months)
        axes.set_title(name, fontsize=10.5, fontweight="bold", color=INK, loc="left", pad=8)
        axes.axis("on")
        quiet_axes(axes)
        axes.grid(axis="y", visible=False)
        axes.grid(axis="x", color=GRID, linewidth=0.8)
        axes.set_yticks([])
        axes.xaxis.set_major_locator(months_ticks())
        axes.set_xlabel("month", fontsize=8.5, color=MUTED)
    lead = figure.add_axes((2.9 / width, 0.6 / height, (4.2 * len(plans) - 0.8) / width, (0.4 * len(ahead)) / height))
    for row, interval in enumerate(ahead.values()):
        colour = GAIN if interval.low > 0 else LOSS if interval.high < 0 else "#9aa5b1"
        lead.plot([interval.low, interval.high], [row, row], color=colour, linewidth=2.4, solid_capstyle="round")
        lead.plot(interval.mean, row, "o", color=colour, markersize=6)
    lead.axvline(0.0, color=INK, linewidth=0.9)
    lead.set_yticks(range(len(ahead)), list(ahead))
    lead.set_ylim(len(ahead) - 0.4, -0.6)
    lying(lead)
    lead.xaxis.set_major_locator(MaxNLocator(6))
    short_numbers(lead, unit_of(goal, scenario))
    lead.set_title(
        f"ahead of the plan as it is, {goal} (95 % interval, fresh runs)", fontsize=9, color=MUTED, loc="left"
    )
    return saved(figure, path)
