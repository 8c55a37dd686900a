"""The organisation: what it is, how mature it is, where its sites are."""

from typing import Annotated, Any, Literal

from pydantic import BeforeValidator, Field

from sxsim.model.parameters import drawn_between
from sxsim.scenario.fields import Decides, Name, Part, Share, Short, quantity
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
    maturity_spread: Annotated[dict[Aspect, Annotated[float, Field(ge=0, le=4)]], Decides.UNCERTAIN] = Field(
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
