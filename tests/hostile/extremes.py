"""Extreme scenarios: every number of a scenario at the smallest and largest value that it may have, and some that are extreme as a whole."""

import random
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

import annotated_types
from pydantic import BaseModel

from sxsim.running.plans import Scenario
from sxsim.scenario.fields import MOST
from sxsim.scenario.forms.weights import settable
from sxsim.scenario.parameters import limits_of

#: Fields whose largest value is a matter of size, not of sense: what they are at most is run once, in `AS_A_WHOLE`.
_SIZES = ("people", "customers", "months", "warm_up", "month", "start")
#: What makes a number smaller or larger than a bound that it may not reach.
_TINY = 1e-9


@dataclass(frozen=True)
class Extreme:
    """A scenario that is extreme: its name, what is set, and whether it takes long."""

    name: str
    sets: dict[str, Any] = field(default_factory=dict)
    long: bool = False


SHUT = {f"touchpoints.{name}.opening": {"mon": "closed"} for name in ("counter", "tables", "kiosk")}
AS_A_WHOLE = (
    Extreme("nobody is a customer", {"market.customers": 0}),
    Extreme("nobody is there", {"market.people": 1, "market.customers": 0}),
    Extreme("one customer", {"market.people": 1, "market.customers": 1}),
    Extreme("everybody is a customer", {"market.people": 80, "market.customers": 80}),
    Extreme("a million people", {"market.people": 1_000_000, "market.customers": 500_000}, long=True),
    Extreme("everything is shut", SHUT),
    Extreme("nobody serves", {"touchpoints.counter.staff": 0, "teams.waiters.staff": 0}),
    Extreme("a city serves", {"touchpoints.counter.staff": 1e6}),
    Extreme("a village serves", {"touchpoints.counter.staff": 2_000}),
    Extreme("everything fails", {f"touchpoints.{name}.failure_rate": 1.0 for name in ("counter", "tables", "kiosk")}),
    Extreme("nothing fails", {f"touchpoints.{name}.failure_rate": 0.0 for name in ("counter", "tables", "kiosk")}),
    Extreme("fifty years", {"horizon.months": 600, "market.people": 20, "market.customers": 10}),
    Extreme("one month", {"horizon.months": 1, "horizon.warm_up": 0, "plans.dearer.changes": []}),
    Extreme("everything at its worst", {"organisation.maturity": 1, "organisation.commitment": 0}),
    Extreme("everything at its best", {"organisation.maturity": 5, "organisation.commitment": 1}),
    Extreme("nobody waits", {"touchpoints.counter.patience": 0.001}),
    Extreme("everybody waits", {"touchpoints.counter.patience": 1e6}),
    Extreme("service takes no time", {"touchpoints.counter.service_time": 1e-6}),
    Extreme("service takes a month", {"touchpoints.counter.service_time": 43_200}),
    Extreme("everybody comes all day", {"segments.regulars.visits_per_month": 1_000}),
    Extreme("nobody comes", {"segments.regulars.visits_per_month": 0, "segments.passers-by.visits_per_month": 0}),
    Extreme("it is for nothing", {"segments.regulars.revenue_per_visit": 0, "segments.passers-by.revenue_per_visit": 0}),
    Extreme("nobody is paid", {"economics.wage": 0}),
)  # fmt: skip


def of_fields(scenario: Scenario) -> Iterator[Extreme]:
    """Every stated or assumed number of a scenario at both ends of what it may be."""
    for path, low, high in _numbers(scenario, ""):
        for what, value in (("smallest", low), ("largest", high)):
            yield Extreme(f"{path} {what}: {value:g}", {path: value})


def of_parameters() -> Iterator[Extreme]:
    """Every parameter at both ends of what it can be."""
    for name, parameter in settable().items():
        for what, value in zip(("smallest", "largest"), limits_of(parameter), strict=True):
            yield Extreme(f"{name} {what}: {value:g}", {name: value})


def _numbers(part: BaseModel, above: str) -> Iterator[tuple[str, float, float]]:
    """Paths of the numbers in a part, with the smallest and largest value of each."""
    for name, info in type(part).model_fields.items():
        value, path = getattr(part, name), f"{above}{name}"
        if isinstance(value, BaseModel):
            yield from _numbers(value, f"{path}.")
        elif isinstance(value, list):
            for number, inner in enumerate(value):
                if isinstance(inner, BaseModel):
                    yield from _numbers(inner, f"{path}.{getattr(inner, 'name', number)}.")
        elif isinstance(value, int | float) and not isinstance(value, bool) and name not in _SIZES:
            low, high = -MOST, MOST
            for bound in info.metadata:
                low = float(bound.ge) if isinstance(bound, annotated_types.Ge) else low  # type: ignore[arg-type]
                low = float(bound.gt) + _TINY if isinstance(bound, annotated_types.Gt) else low  # type: ignore[arg-type]
                high = float(bound.le) if isinstance(bound, annotated_types.Le) else high  # type: ignore[arg-type]
                high = float(bound.lt) - _TINY if isinstance(bound, annotated_types.Lt) else high  # type: ignore[arg-type]
            whole = isinstance(value, int) and info.annotation is int
            yield path, (int(low) if whole else low), (int(high) if whole else high)


def chosen(scenario: Scenario, count: int, seed: int) -> list[Extreme]:
    """Some extreme scenarios, the same for the same seed: those that are extreme as a whole, then fields and parameters."""
    chance = random.Random(seed)
    fields, parameters = list(of_fields(scenario)), list(of_parameters())
    rest = max(count - len(AS_A_WHOLE), 0)
    some = chance.sample(fields, min(len(fields), rest * 2 // 3))
    found = [*AS_A_WHOLE, *some, *chance.sample(parameters, rest - len(some))]
    return found if count >= len(AS_A_WHOLE) else chance.sample([each for each in found if not each.long], count)
