"""The organisation and its surroundings: what it is, how mature, where its sites are; market, money and time of the run."""

from datetime import date
from typing import Annotated, Any, Literal

from pydantic import BeforeValidator, Field, field_validator
from pydantic_core import PydanticCustomError

from sxsim.model.parameters import drawn_between
from sxsim.scenario.fields import Decides, Name, Number, Part, Share, Short, quantity
from sxsim.standard.catalogue import ELEMENTS, OBSTACLES, SUB_ELEMENTS, element_of


def _aspect(key: object) -> str:
    if str(key) not in (*ELEMENTS, *SUB_ELEMENTS):
        raise ValueError(f"{key!r} is no element or sub-element; use {', '.join(ELEMENTS)} or an id like 7.3.2d")
    return str(key)


#: The name of an element (strategy …) or the id of a sub-element (7.3.2d …).
Aspect = Annotated[str, BeforeValidator(_aspect)]


def _levels(value: object) -> object:
    if isinstance(value, dict):
        for key, level in value.items():
            _aspect(key)
            if isinstance(level, bool) or not isinstance(level, int | float) or not 1 <= level <= 5:
                raise ValueError(f"{key}(={level!r}) must be a maturity from 1 to 5")
        return {str(key): float(level) for key, level in value.items()}
    if isinstance(value, bool) or not isinstance(value, int | float) or not 1 <= value <= 5:
        raise ValueError(f"maturity(={value!r}) must be a level from 1 to 5, or levels by element or sub-element")
    return value


Maturity = Annotated[
    float | dict[str, float],
    BeforeValidator(_levels),
    Short(lambda level: dict.fromkeys(ELEMENTS, level), kept=True),
]


def _severity(meaning: str) -> Any:
    return quantity(0.2, "severity", meaning, ge=0, le=1)


class Obstacles(Part):
    """What stands in the way of a change (ISO/TS 19390, introduction): severities 0–1. The default is an assumption."""

    understanding: float = _severity("too little understanding: people do not become aware")
    mindset: float = _severity("fixed mindset: aware people do not try")
    silos: float = _severity("silos: nothing is carried from team to team, and trying does not become practice")
    leadership: float = _severity("leaders who do not support it: nothing is carried by them")
    resources: float = _severity("scarce resources: trying does not become practice, and activities take more time")
    business_link: float = _severity("no link to business impact: people do not become aware")
    product_view: float = _severity("the product comes first: aware people do not try")
    cross_industry: float = _severity("no look at other industries: aware people do not try")
    transformation_culture: float = _severity("no culture of transformation: practice falls back in spite of support")


class Organisation(Part):
    """Who serves: industry, position of the brand, maturity at the start."""

    industry: Annotated[str, Decides.NOTHING] = Field("services", description="what kind of business this is")
    brand_position: Literal["low_budget", "standard", "premium", "luxury"] = Field(
        "standard", description="position of the brand: how high customers aim (clause 7.1.1)"
    )
    maturity: Maturity = Field(
        3.0,
        description="maturity at the start, 1–5: one level, or levels by element (strategy …) or sub-element (7.3.2d …); "
        "what is not named is 3",
    )
    maturity_spread: Annotated[dict[Aspect, Annotated[Number, Field(ge=0, le=4)]], Decides.UNCERTAIN] = Field(
        default_factory=dict,
        description="how far the true maturity may lie from the stated, by element or sub-element: half width in levels; drawn "
        "with --uncertain",
    )
    obstacles: Annotated[Obstacles, Short(lambda severity: dict.fromkeys(OBSTACLES, severity))] = Field(
        default_factory=Obstacles,
        description="obstacles to a change, 0–1: one severity for all nine, or severities by obstacle; what is not named is 0.2",
    )
    commitment: float | None = quantity(
        None,
        "share",
        "share of the staff who practise service excellence at the start, the others are unaware of it; default: what its "
        "surroundings lead to",
        ge=0,
        le=1,
    )
    engagement: float | None = quantity(
        None, "share", "mean engagement of the staff at the start; default: what its surroundings support", ge=0, le=1
    )
    reputation: float = quantity(0.6, "share", "reputation at the start (share of praise in what is told)", ge=0, le=1)

    def maturity_of(self, sub_element: str) -> float:
        """Maturity of a sub-element at the start, 1–5."""
        if not isinstance(self.maturity, dict):
            return float(self.maturity)
        element = self.maturity.get(element_of(sub_element), 3.0)
        return float(self.maturity.get(sub_element, element))

    def with_maturity_drawn(self, seed: int, replication: int) -> "Organisation":
        """The organisation with each maturity that has a spread drawn for a replication: evenly, kept within 1–5.

        Source: assumption (even, independent).
        """
        if not self.maturity_spread:
            return self
        levels = (
            dict(self.maturity) if isinstance(self.maturity, dict) else dict.fromkeys(ELEMENTS, float(self.maturity))
        )
        for name, spread in self.maturity_spread.items():
            stated = levels.get(name, 3.0) if name in ELEMENTS else self.maturity_of(name)
            level = drawn_between(seed, replication, f"maturity.{name}", stated - spread, stated + spread)
            levels[name] = min(max(level, 1.0), 5.0)
        return self.model_copy(update={"maturity": levels})


class Site(Part):
    """One floor with its own staff and customers. Sites meet only at month ends."""

    name: Name = Field(..., description="name of the site")
    share: Share = Field(1.0, description="share of the market that lives around this site; the shares add up to 1")
    staff_factor: float = quantity(1.0, "ratio", "staff on duty here, as a multiple of what the touchpoints say", gt=0)


class Market(Part):
    """Everyone who is or may become a customer, and what else they could choose."""

    people: int = quantity(..., "persons", "people in the market, customers included", ge=0, le=10_000_000)
    customers: int = quantity(..., "persons", "active customers at the start", ge=0)
    outside_quality: float | None = quantity(
        None, "share", "quality of the outside offer; default: what customers of this brand position expect", ge=0, le=1
    )
    outside_price: float = quantity(1.0, "ratio", "price of the outside offer, relative to ours at the start", ge=1e-6)
    outside_drift: float = quantity(0.0005, "share a month", "how the outside quality rises", ge=-0.02, le=0.02)
    outside_price_drift: float = quantity(0.0, "share a month", "how the outside price changes", ge=-0.02, le=0.02)
    outside_spread: float = quantity(0.003, "share a month", "random changes of the outside quality", ge=0, le=0.1)
    expectation_drift: float = quantity(
        0.0003, "share a month", "how the expectation of the market rises", ge=0, le=0.02
    )


class Economics(Part):
    """What comes in and what goes out. Money in the scenario's currency."""

    wage: float = quantity(2500.0, "money a month", "wage cost of a post", ge=0)
    market_wage: float | None = quantity(
        None,
        "money a month",
        "wage cost of such a post elsewhere: who pays more keeps and finds people more easily; default: the same as wage",
        gt=0,
    )
    hours_per_week: float = quantity(38.0, "hours", "contract hours of a post", ge=1, le=80)
    overtime: float = quantity(25.0, "money an hour", "cost of an hour of overtime", ge=0)
    turnover: float = quantity(
        0.25, "share a year", "usual quits a year, of the headcount, at the pay that is usual elsewhere", ge=0, le=3
    )
    hiring_cost: float = quantity(4000.0, "money", "cost of filling a vacancy", ge=0)
    acquisition_cost: float = quantity(0.0, "money", "selling and advertising for each joiner", ge=0)
    failure_minor: float = quantity(0.0, "money", "cost of a minor failure", ge=0)
    failure_major: float = quantity(0.0, "money", "cost of a major failure", ge=0)
    compensation: float = quantity(0.0, "money", "cost of putting a problem right", ge=0)
    gesture: float = quantity(0.0, "money", "cost of an individual or surprising gesture", ge=0)
    fixed_cost: float = quantity(0.0, "money a month", "all other cost", ge=0)
    budget: float = quantity(0.0, "money a month", "revenue that does not depend on visits (public services)", ge=0)
    discount_rate: Annotated[float, Decides.KPIS] = quantity(0.08, "share a year", "discount rate", ge=1e-6, le=1)


def _a_day(value: object) -> object:
    """Refuse a number for a day: nobody means seconds since 1970."""
    if isinstance(value, int | float):
        raise PydanticCustomError("no_day", "must be a day of the calendar, like 2026-01-01")
    return value


class Horizon(Part):
    """When the run starts and how long it is."""

    start: Annotated[date, BeforeValidator(_a_day)] = Field(
        date(2026, 1, 1), description="first day of month 0; the first of a month"
    )
    months: int = quantity(24, "months", "months from month 0", ge=1, le=600)
    warm_up: int = quantity(6, "months", "months before month 0 under plan today, shared by all plans", ge=0, le=120)
    declared_drift: Annotated[float, Decides.NOTHING] = quantity(
        0.02, "share", "change of satisfaction over the last six warm-up months that raises no warning", ge=0, le=1
    )

    @field_validator("start")
    @classmethod
    def _first(cls, value: date) -> date:
        if value.day != 1:
            raise ValueError(f"start(={value}) must be the first day of a month")
        return value
