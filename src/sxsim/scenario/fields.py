"""Building blocks of scenario files: quantities with unit and range, durations, weekly timetables."""

import math
import re
from collections.abc import Callable
from dataclasses import dataclass
from enum import Enum
from types import UnionType
from typing import Annotated, Any, Literal, Union, get_args, get_origin

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, GetCoreSchemaHandler, model_validator
from pydantic.fields import FieldInfo
from pydantic_core import CoreSchema, PydanticCustomError, core_schema

DAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
HALF_HOURS = 48
WEEK = len(DAYS) * HALF_HOURS
#: The largest number that a field takes when nothing else is said: far within what can be multiplied without overflowing.
MOST = 1e12
_TIME = re.compile(r"(?!24:30)([01]?\d|2[0-4]):(00|30)")


class Decides(Enum):
    """Marks, in a field's annotation, what the field decides; a field without a mark decides the records of a run."""

    RECORDS = "what happens, and so what is recorded"
    BY_ORDER = "the same, by the order of its entries too"
    KPIS = "how KPIs are computed from the records"
    UNCERTAIN = "what is drawn where the run is uncertain"
    NOTHING = "what people read, and nothing else"


def no_other_kind(value: Any) -> Any:
    """A number as it is. Raises where text or true and false stand for one: what was meant cannot be told."""
    if isinstance(value, bool | str):
        raise PydanticCustomError("other_kind", "must be a number")
    return value


#: What is usual of a quantity with this unit, from 0 on, where its field says nothing else: far above what is met, and below what
#: a slip of the finger or another unit gives. Source: assumption.
USUAL = {
    "money": 1e7,
    "money a month": 1e9,
    "money an hour": 1e5,
    "minutes": 10_080.0,
    "ratio": 20.0,
    "month": 600.0,
    "months": 600.0,
    "persons": 1e7,
    "places": 10_000.0,
    "units per site": 100_000.0,
    "visits a month": 1_000.0,
}


class Part(BaseModel):
    """A part of a scenario file: unknown keys are refused, every field is described."""

    model_config = ConfigDict(extra="forbid", validate_default=False, allow_inf_nan=False)

    @model_validator(mode="before")
    @classmethod
    def _left_empty(cls, value: Any) -> Any:
        """What is left empty counts as not written: it has its default, or is missing."""
        if value is None:
            return {}
        if isinstance(value, dict):
            return {key: inner for key, inner in value.items() if inner is not None or key not in cls.model_fields}
        return value


@dataclass(frozen=True)
class Short:
    """Marks a field where a number may stand for a mapping.

    Parameters
    ----------
    long
        The mapping that a number stands for.
    kept
        Whether the field keeps the number as it is written.
    """

    long: Callable[[float], dict[str, Any]]
    kept: bool = False

    def written_out(self, value: Any) -> Any:
        """The mapping that a number stands for; anything else as it is."""
        is_number = isinstance(value, int | float) and not isinstance(value, bool)
        return self.long(value) if is_number else value

    def __get_pydantic_core_schema__(self, source: Any, handler: GetCoreSchemaHandler) -> CoreSchema:
        """Let Pydantic, and the JSON Schema, take the number for the mapping."""
        schema = handler(source)
        if self.kept:
            return schema
        forms = core_schema.union_schema([core_schema.float_schema(ge=0), schema])
        return core_schema.no_info_before_validator_function(self.written_out, schema, json_schema_input_schema=forms)


def forms_of(annotation: Any) -> list[Any]:
    """All that may stand where a field is declared, and what marks it: unions and `Annotated` taken apart."""
    if get_origin(annotation) in (Annotated, Union, UnionType):
        return [form for inner in get_args(annotation) for form in forms_of(inner)]
    return [annotation]


def fields_of(annotation: Any) -> dict[str, FieldInfo]:
    """The fields, by name, of the parts that may stand where a field is declared."""
    parts = [form for form in forms_of(annotation) if isinstance(form, type) and issubclass(form, BaseModel)]
    return {name: info for part in parts for name, info in part.model_fields.items()}


def part_models(annotation: Any) -> list[type[BaseModel]]:
    """The models inside an annotation like `list[Touchpoint]` or `Nights | Duration`."""
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        return [annotation]
    return [model for inner in get_args(annotation) for model in part_models(inner)]


def below(annotation: Any, key: str | int) -> Any:
    """What may stand under a key of a part, a list or a mapping; None where nothing is known of it."""
    fields = fields_of(annotation)
    if key in fields:
        return fields[str(key)].rebuild_annotation()
    inner = [get_args(form)[-1] for form in forms_of(annotation) if get_origin(form) in (list, dict)]
    return inner[0] if inner else None


def quantity(
    default: Any,
    unit: str,
    description: str,
    *,
    ge: float | None = None,
    gt: float | None = None,
    le: float = MOST,
    usual: tuple[float, float] | None = None,
) -> Any:
    """Declare a numeric field with its unit, range and meaning; `...` as default makes it required.

    usual: what is met in practice; beyond it a value is asked back. Default: by the unit.
    """
    extra: dict[str, Any] = {"unit": unit}
    if usual is None and unit in USUAL and USUAL[unit] < le:
        usual = (0.0 if ge is None or ge >= 0 else ge, USUAL[unit])
    if usual is not None:
        extra["usual"] = list(usual)
    field = Field(default, description=description, ge=ge, gt=gt, le=le, json_schema_extra=extra)
    field.metadata.append(BeforeValidator(no_other_kind))
    return field


Number = Annotated[float, BeforeValidator(no_other_kind)]
Share = Annotated[float, Field(ge=0, le=1), BeforeValidator(no_other_kind)]
Name = Annotated[str, Field(pattern=r"^[A-Za-z][A-Za-z0-9 _-]*$", min_length=1, max_length=60)]


class Duration(Part):
    """A random length of time. A plain number means exactly that many minutes."""

    distribution: Literal["constant", "exponential", "lognormal", "weibull"] = Field(
        "exponential", description="family of the distribution"
    )
    mean: float = quantity(..., "see unit", "mean", ge=0)
    variation: float | None = quantity(
        None, "ratio", "coefficient of variation (lognormal only)", gt=0, usual=(0.01, 5.0)
    )
    shape: float | None = quantity(None, "ratio", "shape (Weibull only)", ge=0.05, usual=(0.3, 20.0))
    unit: Literal["minutes", "hours", "days"] = Field("minutes", description="unit of the mean")

    @model_validator(mode="after")
    def _complete(self) -> "Duration":
        for field, family in (("variation", "lognormal"), ("shape", "weibull")):
            if self.distribution == family and getattr(self, field) is None:
                raise ValueError(f"a {family} duration needs `{field}` ({type(self).model_fields[field].description})")
            if self.distribution != family and getattr(self, field) is not None:
                raise ValueError(f"`{field}` goes with {family}, not with {self.distribution}")
        return self

    @property
    def minutes(self) -> float:
        """The mean in minutes."""
        return self.mean * {"minutes": 1.0, "hours": 60.0, "days": 1440.0}[self.unit]


Time = Annotated[Duration, Short(lambda minutes: {"distribution": "constant", "mean": minutes})]


def half_hour(text: str) -> int:
    """The half hour of the day (0 … 48) of a time like `07:30`. Raises ValueError otherwise."""
    match = _TIME.fullmatch(str(text).strip())
    if not match:
        raise ValueError(f"{text!r} is no time on the full or half hour, like 07:30")
    return int(match[1]) * 2 + (match[2] == "30")


def days_of(text: str) -> list[int]:
    """The weekdays (0 = Monday) of `mon`, `mon-fri`, `sat,sun` or `daily`. Raises ValueError otherwise."""
    text = str(text).strip().lower()
    if text == "daily":
        return list(range(len(DAYS)))
    days: list[int] = []
    for part in text.split(","):
        first, dash, last = part.strip().partition("-")
        last = last if dash else first
        if first not in DAYS or last not in DAYS:
            raise ValueError(f"{part.strip()!r} is no weekday; use mon … sun, mon-fri, sat,sun or daily")
        start, end = DAYS.index(first), DAYS.index(last)
        days += [(start + k) % 7 for k in range((end - start) % 7 + 1)]
    return days


def _number(value: Any, what: str) -> float:
    if isinstance(value, bool) or not isinstance(value, int | float) or not math.isfinite(value):
        raise ValueError(f"{what}(={value!r}) must be a number")
    if value < 0:
        raise ValueError(f"{what}(={value!r}) must be ≥ 0")
    if value > MOST:
        raise ValueError(f"{what}(={value!r}) must be ≤ {MOST:g}")
    return float(value)


def _day_values(value: Any, what: str) -> list[float]:
    if isinstance(value, list | tuple):
        if len(value) != HALF_HOURS:
            raise ValueError(f"{what} has {len(value)} values, must have 48 (one each half hour)")
        return [_number(v, what) for v in value]
    if isinstance(value, dict):
        row = [0.0] * HALF_HOURS
        starts = sorted((half_hour(str(k)), _number(v, what)) for k, v in value.items())
        for position, (start, number) in enumerate(starts):
            end = starts[position + 1][0] if position + 1 < len(starts) else HALF_HOURS
            row[start:end] = [number] * (end - start)
        return row
    return [_number(value, what)] * HALF_HOURS


def week_values(value: Any, what: str) -> list[float]:
    """336 numbers, one each half hour of a week from Monday, from a number or weekdays with times.

    `3` · `{mon-fri: {"07:00": 2, "15:00": 3, "23:00": 0}}` (each holds until the next) · `{sun: [48 numbers]}`; days that
    are not named are 0. Raises ValueError.
    """
    if isinstance(value, dict) and "values" in value:
        value = value["values"]
    if isinstance(value, list) and len(value) == WEEK:
        return [_number(v, what) for v in value]
    if not isinstance(value, dict):
        return [_number(value, what)] * WEEK
    week = [0.0] * WEEK
    for key, day in value.items():
        row = _day_values(day, what)
        for number in days_of(key):
            week[number * HALF_HOURS : (number + 1) * HALF_HOURS] = row
    return week


def week_open(value: Any) -> list[float]:
    """336 flags (1 open, 0 closed) from `always` or `{mon-fri: "07:00-19:00", sat: ["09:00-12:00", "13:00-17:00"]}`.

    Raises ValueError.
    """
    if isinstance(value, list) and len(value) == WEEK:
        return [_number(v, "opening") for v in value]
    if value == "always":
        return [1.0] * WEEK
    if not isinstance(value, dict):
        raise ValueError(f'opening(={value!r}) must be always or weekdays with hours, like {{mon-fri: "07:00-19:00"}}')
    week = [0.0] * WEEK
    for key, spans in value.items():
        for span in [] if spans == "closed" else spans if isinstance(spans, list) else [spans]:
            start_text, dash, end_text = str(span).partition("-")
            if not dash:
                raise ValueError(f"opening(={span!r}) must be a span like 07:00-19:00, or closed")
            start, end = half_hour(start_text), half_hour(end_text)
            if end <= start:
                raise ValueError(f"opening(={span!r}) must end after it starts; a night goes to the next day's hours")
            for number in days_of(key):
                week[number * HALF_HOURS + start : number * HALF_HOURS + end] = [1.0] * (end - start)
    return week


def _when(check: Callable[[Any], Any]) -> BeforeValidator:
    """Keeps a value as it is written when a check raises nothing."""
    return BeforeValidator(lambda value: (check(value), value)[1])


def _profile(value: Any) -> Any:
    if sum(week_values(value, "profile")) < 1 / MOST:
        raise ValueError("a demand profile must be above 0 at some time of the week")
    return value


Staffing = Annotated[Any, _when(lambda value: week_values(value, "staff"))]
Opening = Annotated[Any, _when(week_open)]
Profile = Annotated[Any, BeforeValidator(_profile)]
