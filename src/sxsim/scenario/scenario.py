"""The whole scenario: one organisation and its plans, and what its parts demand of each other."""

from collections.abc import Iterable, Iterator
from itertools import chain
from typing import Annotated, Literal

from pydantic import Field, field_validator

from sxsim.model.luck import key_of, name_of_place, with_equal_luck
from sxsim.scenario.fields import Decides, Name, Number, Part, week_open, week_values
from sxsim.scenario.forms.weights import settable
from sxsim.scenario.limits import PARTS
from sxsim.scenario.organisation import Economics, Horizon, Market, Organisation, Site
from sxsim.scenario.parameters import broken_limit
from sxsim.scenario.plan import Plan
from sxsim.scenario.problems import Path, Problem, did_you_mean, explained, shown
from sxsim.scenario.service import Capacity, Demand, Journey, Segment, Team, Touchpoint

BASE_PLAN = "today"
MOST_TOUCHPOINTS = 62


@explained
class Scenario(Part):
    """One organisation, its customers, market and money, and its named plans."""

    question: Annotated[str, Decides.NOTHING] = Field(
        ..., description="the question this scenario answers", min_length=1
    )
    name: Annotated[str, Decides.NOTHING] = Field("", description="name of the scenario; default: the file's name")
    currency: Annotated[str, Decides.NOTHING] = Field("EUR", description="currency of all money")
    organisation: Organisation = Field(
        default_factory=lambda: Organisation.model_validate({}), description="who serves"
    )
    sites: list[Site] = Field(
        default_factory=lambda: [Site.model_validate({"name": "site"})],
        description="floors; default: one",
        min_length=1,
        max_length=PARTS,
    )
    touchpoints: list[Touchpoint] = Field(..., description="places and channels of contact", min_length=1)
    teams: list[Team] = Field(default_factory=list, max_length=PARTS, description="staff shared by several touchpoints")
    capacities: list[Capacity] = Field(
        default_factory=list, description="what journeys hold: rooms, tables", max_length=60
    )
    journeys: list[Journey] = Field(..., description="the contacts of a visit in order", min_length=1, max_length=PARTS)
    segments: list[Segment] = Field(..., description="kinds of customers", min_length=1, max_length=PARTS)
    demand: Demand = Field(default_factory=lambda: Demand.model_validate({}), description="when customers come")
    market: Market = Field(..., description="who is out there")
    economics: Economics = Field(
        default_factory=lambda: Economics.model_validate({}), description="what comes in and goes out"
    )
    horizon: Horizon = Field(default_factory=lambda: Horizon.model_validate({}), description="when and how long")
    parameters: dict[str, Number] = Field(
        default_factory=dict,
        description="parameters of the register with another value than the default (sxsim explain NAME)",
    )
    plug_ins: dict[Literal["customer", "employee", "touchpoint"], str] = Field(
        default_factory=dict,
        description="a kind of customer, employee or touchpoint of your own, FILE.py:ClassName beside this file; such a "
        "scenario runs on the reference engine",
    )
    plans: dict[Name, Plan] = Field(
        default_factory=dict, max_length=PARTS, description="named plans; `today` (nothing new) is always there"
    )

    @field_validator("plans")
    @classmethod
    def _with_today(cls, value: dict[str, Plan]) -> dict[str, Plan]:
        today = value.get(BASE_PLAN, Plan.model_validate({"description": "nothing new"}))
        return {BASE_PLAN: today} | {name: plan for name, plan in value.items() if name != BASE_PLAN}

    def model_post_init(self, _context: object) -> None:
        """Make sure that the base plan is there."""
        if BASE_PLAN not in self.plans:
            self.plans[BASE_PLAN] = Plan.model_validate({"description": "nothing new"})

    def all_teams(self) -> list[Team]:
        """The teams named, and one for each touchpoint with staff of its own, limited to its opening hours."""
        own = []
        for touchpoint in self.touchpoints:
            if touchpoint.kind == "staffed" and has_own_staff(touchpoint):
                own.append(
                    Team.model_validate(
                        {
                            "name": touchpoint.name,
                            "serves": [touchpoint.name],
                            "staff": own_staff(touchpoint.staff, touchpoint.opening),
                            "other_work": touchpoint.other_work,
                            "partner": touchpoint.partner,
                        }
                    )
                )
        return self.teams + own


def own_staff(staff: object, opening: object) -> list[float]:
    """A touchpoint's own staff by half hour: nobody while it is closed."""
    return [s * o for s, o in zip(week_values(staff, "staff"), week_open(opening), strict=True)]


def has_own_staff(touchpoint: Touchpoint) -> bool:
    """Whether anybody of a touchpoint's own staff is there at some time."""
    return max(own_staff(touchpoint.staff, touchpoint.opening)) > 0


def cross_check(scenario: Scenario) -> Iterator[Problem]:
    """What the parts of a scenario demand of each other. Yields every problem."""
    yield from _unique(scenario)
    yield from _shares(scenario)
    yield from _names(scenario)
    yield from _without_effect(scenario)
    yield from _market(scenario)
    yield from _plans(scenario)
    for name, value in scenario.parameters.items():
        if name not in settable():
            yield Problem(("parameters", name), " is no parameter", did_you_mean(name, settable()))
        elif said := broken_limit(settable()[name], value):
            yield Problem(("parameters", name), said)


def _unique(scenario: Scenario) -> Iterator[Problem]:
    for field in ("sites", "touchpoints", "teams", "capacities", "journeys", "segments"):
        seen: set[str] = set()
        for index, part in enumerate(getattr(scenario, field)):
            if part.name in seen:
                yield Problem((field, index, "name"), f"(={part.name!r}) stands twice", "give each a name of its own")
            seen.add(part.name)
    yield from _luck(scenario)
    if len(scenario.touchpoints) > MOST_TOUCHPOINTS:
        yield Problem(("touchpoints",), f" are {len(scenario.touchpoints)}, must be ≤ {MOST_TOUCHPOINTS}")


def _luck(scenario: Scenario) -> Iterator[Problem]:
    """Luck goes by names, so two names must not come to the same number."""
    of = [("team", team.name) for team in scenario.all_teams()] + [("people", s.name) for s in scenario.segments]
    groups: list[tuple[str, ...]] = [(kind, site.name, name) for site in scenario.sites for kind, name in of]
    groups += [("site", site.name) for site in scenario.sites]
    keys = ((group, key_of(0, *group)) for group in groups)
    places = ((t.name, name_of_place(t.name)) for t in scenario.touchpoints)
    for one, other in chain(with_equal_luck(keys), with_equal_luck(places)):
        yield Problem((), f" {one!r} and {other!r} would have the same luck by chance", "change a letter of one name")


def _shares(scenario: Scenario) -> Iterator[Problem]:
    def wrong(path: Path, shares: Iterable[float], what: str) -> Iterator[Problem]:
        total = sum(shares)
        if abs(total - 1.0) > 1e-6:
            yield Problem(path, f": the {what} add up to {total:g}, must be 1", "change one of them")

    yield from wrong(("sites",), (site.share for site in scenario.sites), "shares of the sites")
    yield from wrong(("segments",), (segment.share for segment in scenario.segments), "shares of the segments")
    for index, segment in enumerate(scenario.segments):
        yield from wrong(("segments", index, "journeys"), segment.journeys.values(), "shares of the journeys")


def _known(path: Path, name: str | None, names: Iterable[str], what: str) -> Iterator[Problem]:
    names = list(names)
    if name is not None and name not in names:
        yield Problem(path, f"(={name!r}) is no {what} of this scenario", did_you_mean(name, names))


def _names(scenario: Scenario) -> Iterator[Problem]:
    touchpoints = {touchpoint.name: touchpoint for touchpoint in scenario.touchpoints}
    capacities = [capacity.name for capacity in scenario.capacities]
    served = {name for team in scenario.all_teams() for name in team.serves}
    for index, touchpoint in enumerate(scenario.touchpoints):
        here: Path = ("touchpoints", index)
        if touchpoint.switch:
            yield from _known((*here, "switch", "to"), touchpoint.switch.to, touchpoints, "touchpoint")
        if touchpoint.hands_over_to:
            yield from _known((*here, "hands_over_to"), touchpoint.hands_over_to, touchpoints, "touchpoint")
            target = touchpoints.get(touchpoint.hands_over_to)
            if target is not None and target.kind != "staffed":
                yield Problem((*here, "hands_over_to"), f"(={target.name!r}) must be a staffed touchpoint")
            elif touchpoint.hands_over_to == touchpoint.name:
                yield Problem((*here, "hands_over_to"), f"(={touchpoint.name!r}) must be another touchpoint")
            elif touchpoint.kind == "staffed" and touchpoint.hand_over_rate == 0:
                hint = "set hand_over_rate above 0, or leave it out"
                yield Problem(
                    (*here, "hands_over_to"),
                    f"(={touchpoint.hands_over_to!r}) has no effect without hand_over_rate",
                    hint,
                )
        if touchpoint.hand_over_rate > 0 and (touchpoint.kind != "staffed" or not touchpoint.hands_over_to):
            hint = "name the touchpoint that takes over"
            yield Problem((*here, "hand_over_rate"), " goes with a staffed touchpoint that has hands_over_to", hint)
        if touchpoint.kind == "staffed" and touchpoint.name not in served:
            yield _unserved(here, touchpoint)
        if touchpoint.kind == "self_service" and touchpoint.name in served:
            yield Problem((*here, "staff"), " goes with kind: staffed only", "set units for self-service places")
    for index, team in enumerate(scenario.teams):
        for position, name in enumerate(team.serves):
            yield from _known(("teams", index, "serves", position), name, touchpoints, "touchpoint")
        if team.name in touchpoints and has_own_staff(touchpoints[team.name]):
            yield Problem(("teams", index, "name"), f"(={team.name!r}) is a touchpoint with staff of its own")
    for index, journey in enumerate(scenario.journeys):
        held: set[str] = set()
        for position, step in enumerate(journey.steps):
            at: Path = ("journeys", index, "steps", position)
            yield from _known((*at, "touchpoint"), step.touchpoint, touchpoints, "touchpoint")
            if step.contact_type is not None and step.touchpoint in touchpoints:
                kinds = [kind.name for kind in touchpoints[step.touchpoint].contact_types]
                yield from _known((*at, "contact_type"), step.contact_type, kinds, f"contact type of {step.touchpoint}")
            yield from _known((*at, "hold"), step.hold, capacities, "capacity")
            yield from _known((*at, "release"), step.release, capacities, "capacity")
            held |= {step.hold} if step.hold else set()
            if step.release and step.release not in held:
                yield Problem(
                    (*at, "release"), f"(={step.release!r}) is released before it is held", "hold it at an earlier step"
                )
    for index, segment in enumerate(scenario.segments):
        for name in segment.journeys:
            yield from _known(
                ("segments", index, "journeys", name), name, [j.name for j in scenario.journeys], "journey"
            )
        yield from _known(("segments", index, "profile"), segment.profile, scenario.demand.profiles, "demand profile")


def _unserved(here: Path, touchpoint: Touchpoint) -> Problem:
    """Nobody serves at a staffed touchpoint: because it never opens, or because nobody is there while it is open."""
    if not any(week_open(touchpoint.opening)) and max(week_values(touchpoint.staff, "staff")) > 0:
        hint = "give it opening hours, or name it in a team's serves and leave its staff out"
        return Problem((*here, "opening"), " leaves it closed all week, so its own staff serve nobody", hint)
    message = f"{shown(touchpoint.staff)} leaves this touchpoint without anybody to serve while it is open"
    return Problem((*here, "staff"), message, "set its staff, or name it in a team's serves")


def _without_effect(scenario: Scenario) -> Iterator[Problem]:
    """What is said of a touchpoint and could do nothing there."""
    for index, touchpoint in enumerate(scenario.touchpoints):
        here: Path = ("touchpoints", index)
        staffed = touchpoint.kind == "staffed"
        if touchpoint.units is not None and staffed:
            yield Problem((*here, "units"), f"(={touchpoint.units}) goes with kind: self_service only", "set its staff")
        if touchpoint.after_contact is not None and not staffed:
            yield Problem((*here, "after_contact"), " goes with kind: staffed only", "leave it out")
        if not staffed and has_own_staff(touchpoint):
            hint = "set units for self-service places"
            yield Problem((*here, "staff"), f"{shown(touchpoint.staff)} goes with kind: staffed only", hint)
        for name in ("partner", "other_work"):
            if getattr(touchpoint, name) and not (staffed and has_own_staff(touchpoint)):
                hint = "set it on the team that serves this touchpoint" if staffed else "leave it out"
                message = f"{shown(getattr(touchpoint, name))} has no effect without staff of its own"
                yield Problem((*here, name), message, hint)


def _market(scenario: Scenario) -> Iterator[Problem]:
    market = scenario.market
    if market.customers > market.people:
        message = f"(={market.customers}) must be ≤ market.people (={market.people})"
        yield Problem(("market", "customers"), message, "people counts everyone, customers included")


def _plans(scenario: Scenario) -> Iterator[Problem]:
    touchpoints = {touchpoint.name: touchpoint for touchpoint in scenario.touchpoints}
    teams = [team.name for team in scenario.all_teams()]
    months = scenario.horizon.months
    for name, plan in scenario.plans.items():
        for key, money in plan.money.items():
            if money.start >= months:
                message = f"(={money.start}) must be before the horizon ends (month {months})"
                yield Problem(("plans", name, "money", key, "start"), message)
        starts = {key: activity.start for key, activity in plan.activities.items()}
        if starts and min(starts.values()) >= months:  # part of a programme may lie beyond a horizon cut short
            key = min(starts, key=lambda key: starts[key])
            message = f"(={starts[key]}) must be before the horizon ends (month {months})"
            yield Problem(("plans", name, "activities", key, "start"), message)
        for index, change in enumerate(plan.changes):
            at: Path = ("plans", name, "changes", index)
            yield from _known((*at, "touchpoint"), change.touchpoint, touchpoints, "touchpoint")
            yield from _known((*at, "team"), change.team, teams, "team")
            staff = change.staff is not None or change.extra_staff is not None
            if staff and change.touchpoint in touchpoints and change.touchpoint not in teams:
                hint = "change the staff of the team that serves it"
                yield Problem((*at, "touchpoint"), f"(={change.touchpoint!r}) has no staff of its own", hint)
            if change.month >= months:
                yield Problem((*at, "month"), f"(={change.month}) must be before the horizon ends (month {months})")
