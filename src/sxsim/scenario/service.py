"""The service: touchpoints, teams, capacities, journeys and the segments of customers who travel them."""

from typing import Annotated, Any, Literal

from pydantic import Discriminator, Field, Tag, field_validator

from sxsim.scenario.fields import (
    Decides,
    Duration,
    Name,
    Number,
    Opening,
    Part,
    Profile,
    Share,
    Staffing,
    Time,
    half_hour,
    quantity,
)
from sxsim.scenario.limits import PARTS


class Again(Part):
    """What a customer does after not being served: try again later."""

    chance: Share = Field(..., description="chance to try again")
    after: Time = Field(..., description="time until the next attempt")


class Switch(Part):
    """What a customer does after not being served: go to another channel."""

    to: Name = Field(..., description="name of the touchpoint")
    chance: Share = Field(..., description="chance to switch, of those who do not try again")


class ContactType(Part):
    """A kind of contact at a touchpoint; what is not said is taken from the touchpoint."""

    name: Name = Field(..., description="name of the contact type")
    service_time: Time | None = Field(None, description="service time at a managed organisation")
    patience: Time | None = Field(None, description="time a customer waits before giving up")
    failure_rate: float | None = quantity(None, "share", "how often the core promise fails", ge=0, le=1)
    query_rate: float | None = quantity(
        None, "share", "how often a query arises though the promise is kept", ge=0, le=1
    )


class Touchpoint(Part):
    """A place or channel where customers and the organisation meet."""

    name: Name = Field(..., description="name of the touchpoint")
    kind: Literal["staffed", "self_service"] = Field(
        "staffed", description="served by employees, or by customers themselves"
    )
    opening: Opening = Field("always", description='opening hours: always, or {mon-fri: "07:00-19:00"} on half hours')
    staff: Staffing = Field(
        0,
        description="employees on duty for this touchpoint alone while it is open, ≥ 0: a number, or by weekday and half "
        'hour {mon-fri: {"07:00": 2, "12:00": 4}}; fractions are rounded at random. Use teams for shared staff',
    )
    units: int | None = quantity(None, "places", "self-service places; without it there is always one free", ge=1)
    service_time: Time = Field(
        ...,
        description="service time of a plain contact at a managed organisation (maturity 3) and pressure 1; handling a query "
        "or problem and gestures add to it",
    )
    after_contact: Time | None = Field(None, description="work after the contact before the employee is free again")
    patience: Time | None = Field(
        None, description="time a customer waits before giving up; without it nobody gives up"
    )
    queue_visible: bool = Field(False, description="whether arriving customers see the queue and may turn away")
    promised_wait: float | None = quantity(None, "minutes", "longest wait that is promised", ge=0)
    late_major: float | None = quantity(
        None, "minutes", "how far beyond the promised wait a delay is a major problem; without it never", ge=0
    )
    failure_rate: float = quantity(
        0.04, "share", "how often the core promise fails, at a managed organisation (maturity 3)", ge=0, le=1
    )
    major_share: float = quantity(0.25, "share", "share of failures that are major problems", ge=0, le=1)
    query_rate: float = quantity(0.15, "share", "how often a query arises though the promise is kept", ge=0, le=1)
    room: float = quantity(
        1.0, "share", "room that the touchpoint gives for individual and surprising service", ge=0, le=1
    )
    importance: float = quantity(1.0, "ratio", "weight of a contact here in overall satisfaction", ge=0, le=3)
    try_again: Again | None = Field(None, description="trying again after abandoning or being turned away")
    switch: Switch | None = Field(None, description="another channel after not being served")
    hands_over_to: Name | None = Field(
        None,
        description="staffed touchpoint that takes over: when self-service fails, or when staff passes a matter on",
    )
    hand_over_rate: float = quantity(
        0.0, "share", "how often staff must pass a matter on to hands_over_to, at a managed organisation", ge=0, le=1
    )
    contact_types: list[ContactType] = Field(
        default_factory=list, max_length=PARTS, description="kinds of contact; journeys name them"
    )
    cost: float = quantity(0.0, "money", "cost of a contact beside wages", ge=0)
    revenue: float = quantity(0.0, "money", "revenue of a served contact at price 1", ge=0)
    other_work: float = quantity(
        0.0, "share", "share of duty of its own staff filled by other work; it gives way to customers", ge=0, le=1
    )
    partner: bool = Field(False, description="run by a partner's people (clause 7.4.1c)")


class Breaks(Part):
    """Breaks on duty."""

    every: float = quantity(..., "minutes", "duty after which a break is due", gt=0)
    length: float = quantity(..., "minutes", "length of a break", gt=0)


class Team(Part):
    """Employees who share the work of several touchpoints; a touchpoint's own `staff` makes a team of its own."""

    name: Name = Field(..., description="name of the team")
    serves: list[Name] = Field(..., description="touchpoints that each member can serve", min_length=1)
    staff: Staffing = Field(..., description="employees on duty, a number or by weekday and half hour")
    posts: int | None = quantity(
        None, "persons", "posts per site, times its staff_factor; default: enough for the hours and the peak", ge=1
    )
    availability: float = quantity(1.0, "share", "share of the staff on the list that is truly available", gt=0, le=1)
    breaks: Breaks | None = Field(None, description="breaks on duty; without it none")
    wage: float | None = quantity(None, "money a month", "wage cost of a post; default: economics.wage", ge=0)
    market_wage: float | None = quantity(
        None,
        "money a month",
        "wage cost of such a post elsewhere; default: economics.market_wage for a team without a wage of its own, else its wage",
        gt=0,
    )
    turnover: float | None = quantity(
        None, "share a year", "usual quits a year; default: economics.turnover", ge=0, le=3
    )
    other_work: float = quantity(
        0.0, "share", "share of duty filled by other work, which gives way to customers but adds to strain", ge=0, le=1
    )
    speed_variation: float = quantity(
        0.0, "ratio", "differences between employees in service time (variation)", ge=0, le=2
    )
    partner: bool = Field(False, description="a partner's people (clause 7.4.1c)")


class Capacity(Part):
    """Something journeys hold over a time: rooms, tables, vehicles."""

    name: Name = Field(..., description="name of the capacity")
    units: int = quantity(..., "units per site", "how many there are", ge=1)
    another_date: Share = Field(0.0, description="chance that a customer who finds it full comes at another date")
    another_date_after: Time = Field(
        default_factory=lambda: Duration(distribution="exponential", mean=14, unit="days", variation=None, shape=None),
        description="time until that date",
    )


class Nights(Part):
    """A delay over nights, ending at a time of the day."""

    nights: Time = Field(
        ..., description="how many nights: a number, or a distribution whose mean counts nights, without unit"
    )
    at: str = Field("10:00", description="time of the day, on the full or half hour")
    within: float = quantity(
        60.0, "minutes", "arrival spreads evenly over so many minutes after that time", ge=0, le=1440
    )

    @field_validator("nights")
    @classmethod
    def _counted(cls, value: Duration) -> Duration:
        if value.unit != "minutes":  # what a duration says where no unit is written
            raise ValueError(f"unit(={value.unit!r}) does not go with nights: the mean counts nights; leave unit out")
        return value

    @field_validator("at")
    @classmethod
    def _time(cls, value: str) -> str:
        half_hour(value)
        return value


def _delay(value: Any) -> str:
    nights = isinstance(value, Nights) or (isinstance(value, dict) and "nights" in value)
    return "Nights" if nights else "Duration"


#: Over nights when it says how many, else any length of time.
Delay = Annotated[Annotated[Nights, Tag("Nights")] | Annotated[Time, Tag("Duration")], Discriminator(_delay)]


class Step(Part):
    """One contact of a journey."""

    touchpoint: Name = Field(..., description="name of the touchpoint")
    contact_type: Name | None = Field(None, description="kind of contact; default: the touchpoint's own figures")
    after: Delay | None = Field(None, description="delay since the contact before; default: none")
    chance: Share = Field(1.0, description="chance that this step takes place")
    essential: bool | None = Field(
        None,
        description="whether the visit ends when this contact does not take place; default: only for the first step",
    )
    hold: Name | None = Field(None, description="capacity taken at this step")
    release: Name | None = Field(
        None, description="capacity given back after this step; at the latest at the visit's end"
    )


class Journey(Part):
    """The contacts of one visit, in order."""

    name: Name = Field(..., description="name of the journey")
    steps: list[Step] = Field(..., description="contacts in order", min_length=1, max_length=60)


class Contract(Part):
    """Customers pay a fee by month and may leave at renewal only."""

    fee: float = quantity(..., "money a month", "fee per account and month at price 1", ge=0)
    months: int = quantity(12, "months", "length of a term", ge=1, le=120)


class Segment(Part):
    """A kind of customer: how often they come, what they want, what they pay."""

    name: Name = Field(..., description="name of the segment")
    share: Share = Field(1.0, description="share of the people in the market; the shares add up to 1")
    customers: float | None = quantity(
        None, "share", "share of these people who are customers at the start; default: as in the market", ge=0, le=1
    )
    visits_per_month: float = quantity(..., "visits a month", "usual visits a month of a customer", ge=0)
    visit_variation: float = quantity(0.5, "ratio", "differences between customers in how often they come", ge=0, le=3)
    journeys: dict[Name, Share] = Field(..., description="journeys and their shares, which add up to 1", min_length=1)
    profile: Name | None = Field(None, description="demand profile; default: the first")
    head_start: float = quantity(0.0, "minutes", "head start in every queue (priority)", ge=0)
    patience_factor: float = quantity(
        1.0, "ratio", "patience as a multiple of the contact's", ge=1e-6, usual=(0.01, 100.0)
    )
    patience_variation: float = quantity(0.0, "ratio", "differences between customers in patience", ge=0, le=3)
    expectation: float | None = quantity(None, "share", "usual expectation; default: by brand position", ge=0, le=1)
    wish: float = quantity(0.5, "share", "how much these customers want individual service", ge=0, le=1)
    price_sensitivity: float = quantity(1.0, "ratio", "sensitivity to price, 1 = usual", ge=0, le=5)
    leaving: float = quantity(
        0.02, "share a month", "chance to leave in a month (by contract: at renewal), usual", ge=0, le=1
    )
    joining: float | None = quantity(
        None, "share a month", "chance that a prospect joins in a month; default: balances leaving", ge=0, le=1
    )
    satisfaction: float | None = quantity(None, "share", "satisfaction at the start; default: as expected", ge=0, le=1)
    bond: float = quantity(0.1, "share", "emotional tie at the start", ge=0, le=1)
    revenue_per_visit: float = quantity(0.0, "money", "revenue of a visit at price 1", ge=0)
    contract: Contract | None = Field(None, description="contract instead of coming and going freely")
    persons_per_account: int = quantity(
        1, "persons", "contact persons per account (BtoB); they leave together", ge=1, le=50
    )


class Demand(Part):
    """When customers come."""

    profiles: Annotated[dict[Name, Profile], Decides.BY_ORDER] = Field(
        default_factory=dict,
        description="weights by weekday and half hour; only their shape counts: a number, {mon-fri: {...}} or 48 numbers a "
        "day; default: evenly over the hours in which journeys can begin",
    )
    daily_variation: float = quantity(0.12, "ratio", "random variation of whole days (measured .09–.20)", ge=0, le=1)
    season: list[Number] = Field(
        default_factory=lambda: [1.0] * 12,
        description="factor for each month January … December",
        min_length=12,
        max_length=12,
    )

    @field_validator("season")
    @classmethod
    def _season(cls, value: list[float]) -> list[float]:
        if any(factor < 0 for factor in value):
            raise ValueError("season factors must be ≥ 0")
        return value
