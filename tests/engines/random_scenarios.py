"""Random scenarios that use every feature of the floor, for properties that must hold in any world."""

from typing import Any

from hypothesis import strategies as st

from sxsim.scenario.loading import validate
from sxsim.scenario.scenario import Scenario
from sxsim.standard.catalogue import ACTIVITIES

_share = st.floats(0, 1, allow_nan=False).map(lambda x: round(x, 3))


@st.composite
def durations(draw: Any, low: float = 0.5, high: float = 30.0) -> dict[str, Any]:
    """A duration of any family."""
    mean = round(draw(st.floats(low, high)), 2)
    kind = draw(st.sampled_from(["constant", "exponential", "lognormal", "weibull"]))
    extra = {"lognormal": {"variation": 0.7}, "weibull": {"shape": 1.4}}.get(kind, {})
    return {"distribution": kind, "mean": mean, **extra}


@st.composite
def touchpoint(draw: Any, name: str, staffed: bool) -> dict[str, Any]:
    """A touchpoint, staffed or self-service."""
    part: dict[str, Any] = {
        "name": name,
        "kind": "staffed" if staffed else "self_service",
        "opening": draw(
            st.sampled_from(["always", {"daily": "08:00-20:00"}, {"mon-fri": ["07:30-12:00", "13:00-18:30"]}])
        ),
        "service_time": draw(durations()),
        "queue_visible": draw(st.booleans()),
        "failure_rate": draw(_share),
        "query_rate": draw(_share),
        "major_share": draw(_share),
        "room": draw(_share),
        "cost": 2.0,
        "revenue": 3.0,
    }
    if draw(st.booleans()):
        part["patience"] = draw(durations(2.0, 40.0))
    if draw(st.booleans()):
        part["promised_wait"] = 5
    if draw(st.booleans()):
        part["try_again"] = {"chance": 0.5, "after": draw(durations(5.0, 200.0))}
    if staffed:
        part["staff"] = draw(st.sampled_from([1, 1.5, 2, {"daily": {"08:00": 2, "14:00": 1, "20:00": 0}}]))
        if draw(st.booleans()):
            part["after_contact"] = draw(durations(0.5, 5.0))
        part["contact_types"] = [{"name": "special", "service_time": draw(durations())}]
    else:
        part["units"] = draw(st.sampled_from([None, 1, 2]))
        part["hands_over_to"] = draw(st.sampled_from([None, "desk"]))
    return {key: value for key, value in part.items() if value is not None}


@st.composite
def scenarios(draw: Any) -> Scenario:
    """A small organisation with sites, teams, capacities, journeys, accounts and two plans."""
    desk, shop, web = draw(touchpoint("desk", True)), draw(touchpoint("shop", True)), draw(touchpoint("web", False))
    if draw(st.booleans()):
        shop |= {"hands_over_to": "desk", "hand_over_rate": 0.4}
    if draw(st.booleans()):
        desk["switch"] = {"to": "web", "chance": 0.5}
    teams = []
    if draw(st.booleans()):
        shop.pop("staff")
        breaks = draw(st.sampled_from([None, {"every": 90, "length": 15}]))
        team = {"name": "floor", "serves": ["desk", "shop"], "staff": 2, "availability": 0.9, "speed_variation": 0.2}
        teams.append(team | {"partner": draw(st.booleans())} | ({"breaks": breaks} if breaks else {}))
    stay: list[dict[str, Any]] = [
        {"touchpoint": "web"},
        {
            "touchpoint": "desk",
            "contact_type": "special",
            "hold": "rooms",
            "essential": True,
            "after": draw(durations(10, 3000)),
        },
        {"touchpoint": "shop", "after": {"nights": 1, "at": "10:00"}, "chance": 0.7},
        {"touchpoint": "desk", "after": {"nights": {"mean": 2}, "at": "09:30"}, "release": "rooms"},
    ]
    contract = draw(st.sampled_from([None, {"fee": 20, "months": 3}]))
    regular: dict[str, Any] = {
        "name": "regulars", "share": 0.6, "visits_per_month": draw(st.floats(0.5, 12)), "journeys": {"errand": 0.7, "stay": 0.3},
        "leaving": 0.1, "joining": 0.05, "head_start": draw(st.sampled_from([0, 3])), "patience_variation": 0.3,
        "revenue_per_visit": 10,
    }  # fmt: skip
    business: dict[str, Any] = {
        "name": "business", "share": 0.4, "visits_per_month": 2, "journeys": {"stay": 1}, "leaving": 0.3,
        "persons_per_account": draw(st.sampled_from([1, 3])), "revenue_per_visit": 30,
    }  # fmt: skip
    if contract:
        business["contract"] = contract
    sites = draw(
        st.sampled_from(
            [[{"name": "one"}], [{"name": "north", "share": 0.7}, {"name": "south", "share": 0.3, "staff_factor": 0.6}]]
        )
    )
    raw: dict[str, Any] = {
        "question": "Does anything get lost?",
        "sites": sites,
        "organisation": {"maturity": round(draw(st.floats(1, 5)), 2), "obstacles": round(draw(st.floats(0, 1)), 2), "brand_position": draw(st.sampled_from(["low_budget", "luxury"]))},
        "touchpoints": [desk, shop, web],
        "teams": teams,
        "capacities": [{"name": "rooms", "units": draw(st.integers(1, 6)), "another_date": 0.5}],
        "journeys": [{"name": "errand", "steps": [{"touchpoint": "shop"}]}, {"name": "stay", "steps": stay}],
        "segments": [regular, business],
        "demand": {"daily_variation": draw(st.sampled_from([0, 0.2]))},
        "market": {"people": draw(st.sampled_from([0, 30, 120])), "customers": 0},
        "economics": {"failure_minor": 4, "failure_major": 20, "compensation": 5, "gesture": 1, "fixed_cost": 100, "budget": 50, "turnover": 1.0,
                      "acquisition_cost": 7},
        "horizon": {"months": 3, "warm_up": draw(st.sampled_from([0, 1]))},
        "plans": {
            "act": {
                "money": {"operations": 900, "7.3.2d": 300},
                "activities": {
                    draw(st.sampled_from(ACTIVITIES)): {"start": draw(st.integers(0, 1)), "months": 1, "effort": 0.8}
                    for _ in range(draw(st.integers(0, 3)))
                },
                "funded_by_result": draw(st.sampled_from([0, 0.2])),
                "changes": [{"month": 1, "price": 1.1}, {"month": 1, "promise": 0.5}, {"touchpoint": "desk", "promised_wait": 3},
                            {"touchpoint": "web", "opening": "always"}],
            }
        },
    }  # fmt: skip
    raw["market"]["customers"] = raw["market"]["people"] * 2 // 3
    scenario, problems = validate(raw, Scenario)
    assert scenario is not None and not problems, problems
    return scenario
