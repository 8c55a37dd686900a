"""What of a scenario decides a run: everything, but for the fields that say otherwise where they are declared.

So a new field decides unless somebody thought about it, and a corrected word in a question throws no finished run away.
"""

from collections.abc import Collection
from functools import cache
from typing import Any

from pydantic import BaseModel

from sxsim.scenario.fields import Decides
from sxsim.scenario.scenario import Scenario

#: Fields of the scenario that `deciding` puts in other words.
_SAID_OTHERWISE = ("plans", "plug_ins")


def deciding(scenario: Scenario, plan: str, also: Collection[Decides] = ()) -> dict[str, Any]:
    """What can change the records of a run of one plan, every default written out.

    The plan's content stands for the plan, whatever it is called; other plans, `today` among them, play no part. Of plug-ins
    only the kinds are here, because their sources decide, not the place of their files.

    Parameters
    ----------
    scenario
        The scenario, with what is assumed in a replication.
    plan
        Name of the plan.
    also
        Fields to take in beside: those that decide KPIs, or what is drawn where it is uncertain.
    """
    return _of_part(scenario, also) | {
        "plan": _of_part(scenario.plans[plan], also),
        "plug_ins": sorted(scenario.plug_ins),
    }


def decides(part: type[BaseModel], field: str) -> Decides:
    """What a field of a part of the scenario decides."""
    marks = [mark for mark in part.model_fields[field].metadata if isinstance(mark, Decides)]
    return marks[0] if marks else Decides.RECORDS


@cache
def _fields(part: type[BaseModel]) -> dict[str, tuple[Decides, bool]]:
    """Fields of a part: what they decide, and whether the order of their entries counts."""
    found = {}
    for name, info in part.model_fields.items():
        if name not in _SAID_OTHERWISE:
            mark = decides(part, name)
            found[name] = (mark, mark is Decides.BY_ORDER or info.annotation is Any)
    return found


def _of_part(part: BaseModel, also: Collection[Decides]) -> dict[str, Any]:
    return {
        name: _of_value(getattr(part, name), also, ordered)
        for name, (mark, ordered) in _fields(type(part)).items()
        if mark in (Decides.RECORDS, Decides.BY_ORDER) or mark in also
    }


def _of_value(value: Any, also: Collection[Decides], ordered: bool) -> Any:
    if isinstance(value, BaseModel):
        return _of_part(value, also)
    if isinstance(value, list | tuple):
        return [_of_value(item, also, ordered) for item in value]
    if isinstance(value, dict):
        entries = [[str(key), _of_value(inner, also, ordered)] for key, inner in value.items()]
        return entries if ordered else dict(entries)
    return value if isinstance(value, bool | int | float | str | None) else str(value)
