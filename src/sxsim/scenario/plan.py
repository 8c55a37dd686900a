"""Plans: what is done differently from today."""

from typing import Annotated, Literal

from pydantic import BeforeValidator, Field, field_validator, model_validator

from sxsim.scenario.fields import Decides, Name, Opening, Part, Share, Short, Staffing, quantity
from sxsim.scenario.limits import PARTS
from sxsim.scenario.organisation import Aspect
from sxsim.standard.catalogue import ACTIVITIES, ACTIVITY_CLAUSES


class Money(Part):
    """Money for an element or sub-element."""

    per_month: float = quantity(..., "money a month", "money a month", ge=0)
    start: int = quantity(0, "month", "first month", ge=0)
    months: int | None = quantity(None, "months", "for how many months; default: to the end", ge=1)


class Effort(Part):
    """A stretch of work on an implementation activity."""

    start: int = quantity(0, "month", "first month", ge=0)
    months: int | None = quantity(None, "months", "for how many months; default: to the end", ge=1)
    end: int | None = quantity(None, "month", "month after the last, in place of months", ge=0)
    effort: float = quantity(1.0, "share", "effort, 1 is as much as makes sense", ge=0, le=1)

    @model_validator(mode="after")
    def _length(self) -> "Effort":
        """An end stands for a length, which is what is kept."""
        if self.end is not None:
            if self.months is not None:
                raise ValueError("give either months or end")
            if self.end <= self.start:
                when = "when" if self.end == self.start else "before"
                raise ValueError(f"it ends (month {self.end}) {when} it starts (month {self.start})")
            self.months, self.end = self.end - self.start, None
        return self


class Activity(Effort):
    """An implementation activity: a stretch of work, and perhaps more of it later."""

    again: list[Effort] = Field(
        default_factory=list, max_length=PARTS, description="later stretches of work on the same activity"
    )

    @model_validator(mode="after")
    def _one_after_the_other(self) -> "Activity":
        end = _end(self)
        for later in self.again:
            if end is None or later.start < end:
                until = "the end" if end is None else f"month {end}"
                raise ValueError(f"again: work from month {later.start} on overlaps with work that goes on to {until}")
            end = _end(later)
        return self

    def stretches(self) -> list[Effort]:
        """All stretches of work, in their order."""
        return [self, *self.again]


def _end(stretch: Effort) -> int | None:
    """The month after a stretch; None where it goes on to the end."""
    return None if stretch.months is None else stretch.start + stretch.months


def _activity(key: object) -> str:
    name = ACTIVITY_CLAUSES.get(str(key), str(key))
    if name not in ACTIVITIES:
        raise ValueError(
            f"{key!r} is no activity; use {', '.join(ACTIVITIES)} or a clause: {', '.join(ACTIVITY_CLAUSES)}"
        )
    return name


#: The name of an activity (create_urgency …) or its clause (19390:5.4 …).
ActivityName = Annotated[str, BeforeValidator(_activity)]
Amount = Annotated[Money, Short(lambda amount: {"per_month": amount})]


class Change(Part):
    """A direct change of how things are run, from a month on."""

    month: int = quantity(0, "month", "month from which it holds", ge=0)
    touchpoint: Name | None = Field(None, description="touchpoint to change (staff, opening, promised_wait)")
    team: Name | None = Field(None, description="team to change (staff)")
    staff: Staffing | None = Field(None, description="employees on duty from then on")
    extra_staff: Staffing | None = Field(None, description="employees on duty added to those there are, from then on")
    opening: Opening | None = Field(None, description="opening hours from then on")
    promised_wait: float | None = quantity(None, "minutes", "longest wait that is promised from then on", ge=0)
    price: float | None = quantity(None, "ratio", "price, relative to the start", ge=1e-6, usual=(0.1, 10.0))
    promise: float | None = quantity(None, "share", "boldness of the promise, −1…1; 0 as today", ge=-1, le=1)

    @model_validator(mode="after")
    def _targets(self) -> "Change":
        staff = self.staff is not None or self.extra_staff is not None
        if staff and (self.touchpoint is None) == (self.team is None):
            raise ValueError("a change of `staff` needs either `touchpoint` or `team`")
        if (self.opening is not None or self.promised_wait is not None) and self.touchpoint is None:
            raise ValueError("a change of `opening` or `promised_wait` needs `touchpoint`")
        values = (self.staff, self.extra_staff, self.opening, self.promised_wait, self.price, self.promise)
        if all(value is None for value in values):
            raise ValueError(
                "a change must change something: staff, extra_staff, opening, promised_wait, price or promise"
            )
        return self


class Plan(Part):
    """One way to go on: only what differs from today."""

    description: Annotated[str, Decides.NOTHING] = Field("", description="the plan in a sentence")
    money: dict[Aspect, Amount] = Field(
        default_factory=dict,
        description="money by element (strategy …) or sub-element (7.3.2d …): an amount a month, or {per_month, start, months}",
    )
    money_unit: Literal["currency", "share_of_wages"] = Field(
        "currency",
        description="what amounts are in: money a month (currency), or shares of the month's wage bill (share_of_wages)",
    )
    activities: dict[ActivityName, Annotated[Activity, Short(lambda effort: {"effort": effort})]] = Field(
        default_factory=dict,
        description="implementation activities (ISO/TS 19390) by name (create_urgency …) or clause (19390:5.4 …): an effort "
        "0–1 from month 0 to the end, or {start, months, effort, again}",
    )
    changes: list[Change] = Field(
        default_factory=list, max_length=PARTS, description="direct changes: staff, hours, price, promise"
    )
    funded_by_result: Share = Field(0.0, description="share of last month's result that is added to the plan's money")

    @model_validator(mode="after")
    def _shares(self) -> "Plan":
        """A share of the wage bill cannot be more than all of it."""
        for name, amount in self.money.items():
            if self.money_unit == "share_of_wages" and amount.per_month > 1:
                raise ValueError(
                    f"money.{name}(={amount.per_month:g}) must be ≤ 1, the whole wage bill, where money_unit is share_of_wages"
                )
        return self

    @field_validator("activities", mode="before")
    @classmethod
    def _each_once(cls, value: object) -> object:
        """An activity may go by its name or its clause, but not by both."""
        if isinstance(value, dict):
            names = [ACTIVITY_CLAUSES.get(str(key), str(key)) for key in value]
            twice = [name for name in dict.fromkeys(names) if names.count(name) > 1]
            if twice:
                raise ValueError(
                    f"{', '.join(twice)} stands twice, by name and by clause; use `again` for a later stretch"
                )
        return value
