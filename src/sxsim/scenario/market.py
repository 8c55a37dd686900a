"""Market, money and time: who is out there, what things cost, how long the run is."""

from datetime import date
from typing import Annotated

from pydantic import Field, field_validator

from sxsim.scenario.fields import Decides, Part, quantity


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
    hours_per_week: float = quantity(38.0, "hours", "contract hours of a post", gt=0, le=80)
    overtime: float = quantity(25.0, "money an hour", "cost of an hour of overtime", ge=0)
    turnover: float = quantity(0.25, "share a year", "usual quits a year, of the headcount", ge=0, le=3)
    hiring_cost: float = quantity(4000.0, "money", "cost of filling a vacancy", ge=0)
    acquisition_cost: float = quantity(0.0, "money", "selling and advertising for each joiner", ge=0)
    failure_minor: float = quantity(0.0, "money", "cost of a minor failure", ge=0)
    failure_major: float = quantity(0.0, "money", "cost of a major failure", ge=0)
    compensation: float = quantity(0.0, "money", "cost of putting a problem right", ge=0)
    gesture: float = quantity(0.0, "money", "cost of an individual or surprising gesture", ge=0)
    fixed_cost: float = quantity(0.0, "money a month", "all other cost", ge=0)
    budget: float = quantity(0.0, "money a month", "revenue that does not depend on visits (public services)", ge=0)
    discount_rate: Annotated[float, Decides.KPIS] = quantity(0.08, "share a year", "discount rate", ge=1e-6, le=1)


class Horizon(Part):
    """When the run starts and how long it is."""

    start: date = Field(date(2026, 1, 1), description="first day of month 0; the first of a month")
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
