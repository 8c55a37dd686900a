"""What a reader of figures should know before trusting them: a start that still settles, few contacts, one replication only."""

from collections.abc import Sequence
from typing import Any

import numpy as np

from sxsim.engines.records import Records
from sxsim.scenario.parameters import beyond_the_likely
from sxsim.scenario.scenario import Scenario

_DRIFT_MONTHS = 6
_CUSTOMER_DRIFT = 0.05
_MANY_TURNED_AWAY = 0.1
#: Share of the customers beyond which a loss is said to be the market's where the market moves, and months that it takes at least.
_MARKETS_LOSS, _MARKETS_MONTHS = 0.03, 12


def warnings_of(records: Sequence[Records], scenario: Scenario) -> list[str]:
    """What a reader should know: a trend left in the warm-up, parameters beyond their ranges, few contacts, an empty house, one replication only."""
    texts = []
    warm_up, drift = scenario.horizon.warm_up, scenario.horizon.declared_drift
    if warm_up >= _DRIFT_MONTHS:
        for name in ("satisfaction", "loyalty"):
            change = float(np.mean([_trend(r.sites[name].sum(axis=1) / _active(r), warm_up) for r in records]))
            if abs(change) > drift:
                texts.append(
                    f"{name} still moves by {100 * change:+.1f} points in the last six warm-up months (declared: "
                    f"{100 * drift:.1f}): set horizon.warm_up higher, or horizon.declared_drift if the trend is real"
                )
        change = float(np.mean([_trend(_active(r), warm_up) / _active(r)[warm_up - 1] for r in records]))
        if abs(change) > _CUSTOMER_DRIFT:
            texts.append(
                f"the number of customers still moves by {change:+.0%} in the last six warm-up months: today is not at rest; "
                "see whether leaving, joining and the customers at the start fit together"
            )
    elif warm_up == 0:
        texts.append("there is no warm-up (horizon.warm_up is 0): the first months show the start settling")
    if far := beyond_the_likely(scenario.parameters):
        texts.append(f"beyond what the register thinks likely, for you to justify: {', '.join(far)}")
    if len(records) == 1:
        texts.append("one replication shows no spread: intervals need at least two (-n 10)")
    for index, touchpoint in enumerate(scenario.touchpoints):
        ended = sum(_ended(record, index) for record in records)
        missed = sum(int(record.contacts["turned_away"][record.warm_up :, :, index].sum()) for record in records)
        if ended and missed / ended > _MANY_TURNED_AWAY:
            texts.append(
                f"{missed / ended:.0%} of the attempts at {touchpoint.name} were turned away because it was closed or full: "
                "compare its opening with demand.profiles, and the capacities with the stays"
            )
    contacts = np.mean([record.contacts["served"][record.warm_up :].sum() for record in records])
    if contacts < 100:
        texts.append(f"only {contacts:.0f} contacts took place: shares of contacts say little")
    texts += _of_the_market(records, scenario)
    for record in records:
        if record.sites["active"][-1].sum() == 0 and record.sites["active"][0].sum() > 0:
            texts.append("in at least one replication every customer had left at the end")
            break
    return texts


def _of_the_market(records: Sequence[Records], scenario: Scenario) -> list[str]:
    """Whose loss it is when customers fall while the market rises."""
    market = scenario.market
    moves = {"market.outside_drift": market.outside_drift, "market.expectation_drift": market.expectation_drift}
    moves = {name: value for name, value in moves.items() if value > 0.0}
    first, last = (float(np.mean([_active(record)[k] for record in records])) for k in (records[0].warm_up, -1))
    if (
        not moves
        or len(records[0].sites) - records[0].warm_up < _MARKETS_MONTHS
        or last > first * (1.0 - _MARKETS_LOSS)
    ):
        return []
    said = " and ".join(f"{name} {value:g} a month" for name, value in moves.items())
    return [
        f"customers fall by {1.0 - last / first:.0%} while the market rises ({said}): of a house that begins at rest this is the market's "
        "doing; with 0 in place of it a run shows what the house does by itself"
    ]


def _active(record: Records) -> Any:
    return np.maximum(record.sites["active"].sum(axis=1), 1).astype(float)


def _trend(values: Any, warm_up: int) -> float:
    """Change over the last six warm-up months."""
    return float(values[warm_up - 1] - values[warm_up - _DRIFT_MONTHS])


def _ended(record: Records, touchpoint: int) -> int:
    """Attempts at a touchpoint that have ended since month 0."""
    part = record.contacts[record.warm_up :, :, touchpoint]
    return sum(int(part[name].sum()) for name in ("served", "abandoned", "balked", "turned_away"))
