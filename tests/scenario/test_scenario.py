import pytest

from sxsim.scenario.scenario import own_staff

from .cafe import SCENARIOS, TEXT, cafe, line_with, only, problems_with
from .conftest import Check


def test_the_plan_today_is_always_there_and_comes_first(check: Check) -> None:
    assert list(cafe().plans) == ["today", "same-again", "welcome", "dearer"]
    assert check(("  today: {description: nothing new}\n", "")) == []


def test_a_touchpoints_own_staff_is_a_team_that_is_there_while_it_is_open() -> None:
    scenario = cafe("touchpoints.counter.other_work=0.2", "touchpoints.counter.partner=true")
    assert [team.name for team in scenario.all_teams()] == ["waiters", "counter"]
    own = scenario.all_teams()[1]
    assert (own.serves, own.other_work, own.partner) == (["counter"], 0.2, True)
    assert sum(own.staff) == 6 * 16
    assert own_staff({"mon": 2}, {"mon": "08:00-09:00", "tue": "08:00-09:00"})[16:18] == [2.0, 2.0]
    assert sum(own_staff({"mon": 2}, {"mon": "08:00-09:00", "tue": "08:00-09:00"})) == 4


@pytest.mark.parametrize("field", ["touchpoints", "teams", "capacities", "journeys", "segments"])
def test_a_name_that_stands_twice_is_refused(check: Check, field: str) -> None:
    first = {"touchpoints": "counter", "teams": "waiters", "capacities": "seats", "journeys": "coffee",
             "segments": "regulars"}[field]  # fmt: skip
    scenario = cafe()
    parts = getattr(scenario, field)
    copy = parts[0].model_copy(update={"share": 0.0} if field == "segments" else {})
    parts.append(copy)
    from sxsim.scenario.scenario import cross_check

    problems = [p for p in cross_check(scenario) if "stands twice" in p.message]
    assert [str(p).splitlines()[0] for p in problems] == [f"{field}[{len(parts) - 1}].name(='{first}') stands twice"]


def test_a_name_that_stands_twice_is_shown_at_its_second_line(check: Check) -> None:
    problem = str(check(("- name: lunch", "- name: coffee"))[0])
    assert problem.startswith("journeys[1].name(='coffee') stands twice")
    assert f"line {line_with(TEXT, '- name: lunch')}" in problem


def test_shares_of_segments_that_do_not_add_up_are_refused(check: Check) -> None:
    problem = only(check(("share: 0.6", "share: 0.5")))
    assert problem.startswith("segments: the shares of the segments add up to 0.9, must be 1")
    assert f"line {line_with(TEXT, 'segments:')}" in problem


def test_shares_of_journeys_that_do_not_add_up_are_refused(check: Check) -> None:
    problem = only(check(("lunch: 0.3", "lunch: 0.2")))
    assert problem.startswith("segments[0].journeys: the shares of the journeys add up to 0.9, must be 1")
    assert f"line {line_with(TEXT, 'lunch: 0.3')}" in problem


def test_shares_of_sites_that_do_not_add_up_are_refused() -> None:
    sites = "sites=[{name: a, share: 0.5}, {name: b, share: 0.6}]"
    assert only(problems_with(sites)).startswith("sites: the shares of the sites add up to 1.1, must be 1")
    assert problems_with("sites=[{name: a, share: 0.5}, {name: b, share: 0.5}]") == []


def test_shares_may_miss_one_by_rounding() -> None:
    third = "{name: a, share: 0.3333333333}, {name: b, share: 0.3333333333}, {name: c, share: 0.3333333334}"
    assert problems_with(f"sites=[{third}]") == []


@pytest.mark.parametrize(
    ("old", "new", "first", "hint"),
    [
        (
            "- touchpoint: kiosk",
            "- touchpoint: kisok",
            "journeys[0].steps[0].touchpoint(='kisok') is no touchpoint of this scenario",
            "did you mean kiosk?",
        ),
        (
            "contact_type: order",
            "contact_type: ordr",
            "journeys[0].steps[1].contact_type(='ordr') is no contact type of counter",
            "did you mean order?",
        ),
        (
            "hands_over_to: counter",
            "hands_over_to: cunter",
            "touchpoints[2].hands_over_to(='cunter') is no touchpoint",
            "did you mean counter?",
        ),
        (
            "hands_over_to: counter",
            "hands_over_to: kiosk",
            "touchpoints[2].hands_over_to(='kiosk') must be a staffed touchpoint",
            "",
        ),
        (
            "hands_over_to: counter",
            "switch: {to: conter, chance: 1}",
            "touchpoints[2].switch.to(='conter') is no touchpoint",
            "did you mean counter?",
        ),
        (
            "journeys: {coffee: 1}",
            "journeys: {cofee: 1}",
            "segments[1].journeys.cofee(='cofee') is no journey",
            "did you mean coffee?",
        ),
        (
            "share: 0.4",
            "share: 0.4\n    profile: dya",
            "segments[1].profile(='dya') is no demand profile",
            "did you mean day?",
        ),
        ("name: waiters", "name: counter", "teams[0].name(='counter') is a touchpoint with staff of its own", ""),
        (
            "    cost: 1",
            "    cost: 1\n    hands_over_to: tables",
            "touchpoints[0].hands_over_to(='tables') has no effect without hand_over_rate",
            "set hand_over_rate above 0, or leave it out",
        ),
        (
            "serves: [tables]",
            "serves: [tables, kiosk]",
            "touchpoints[2].staff goes with kind: staffed only",
            "set units for self-service places",
        ),
        (
            "serves: [tables]",
            "serves: [tables, tabels]",
            "teams[0].serves[1](='tabels') is no touchpoint",
            "did you mean tables?",
        ),
    ],
)
def test_a_name_of_nothing_is_refused_with_the_nearest(check: Check, old: str, new: str, first: str, hint: str) -> None:
    problem = only(check((old, new)))
    assert problem.startswith(first)
    assert hint in problem
    added = new.count("\n")
    assert f"line {line_with(TEXT, old.strip()) + added}" in problem or "kiosk]" in new


def test_a_capacity_released_before_it_is_held_is_refused(check: Check) -> None:
    problem = only(check(("hold: seats", "chance: 1")))
    assert problem.startswith("journeys[1].steps[1].release(='seats') is released before it is held")
    assert f"line {line_with(TEXT, 'release: seats')}" in problem
    assert "hold it at an earlier step" in problem


def test_a_capacity_may_be_released_by_the_step_that_holds_it(check: Check) -> None:
    assert (
        check(("hold: seats", "hold: seats\n        release: seats"), ("\n        release: seats\nseg", "\nseg")) == []
    )


def test_an_unknown_capacity_is_refused(check: Check) -> None:
    problems = [str(problem) for problem in check(("hold: seats", "hold: chairs"))]
    assert problems[0].startswith("journeys[1].steps[0].hold(='chairs') is no capacity of this scenario")
    assert "known: seats" in problems[0]


def test_a_touchpoint_nobody_serves_is_refused(check: Check) -> None:
    problem = only(check(("    staff: 1\n", "")))
    assert problem.startswith("touchpoints[0].staff(=0) leaves this touchpoint without anybody to serve")
    assert f"line {line_with(TEXT, 'name: counter')}" in problem
    assert "set its staff, or name it in a team's serves" in problem


def test_a_touchpoint_with_staff_only_while_it_is_closed_is_refused(check: Check) -> None:
    assert "without anybody" in only(check(("    staff: 1\n", "    staff: {sun: 2}\n")))


def test_too_many_touchpoints_are_refused() -> None:
    scenario = cafe()
    more = [scenario.touchpoints[2].model_copy(update={"name": f"kiosk{k}"}) for k in range(60)]
    scenario.touchpoints = [*scenario.touchpoints, *more]
    from sxsim.scenario.scenario import cross_check

    assert [str(p).splitlines()[0] for p in cross_check(scenario)] == ["touchpoints are 63, must be ≤ 62"]


def test_an_unknown_parameter_in_the_scenario_is_refused(check: Check) -> None:
    problem = only(check(("market:", "parameters: {bond_gian: 0.1}\nmarket:")))
    assert problem.startswith("parameters.bond_gian is no parameter")
    assert "did you mean bond_gain?" in problem


@pytest.mark.parametrize("value", [".inf", "-.inf", ".nan"])
def test_a_parameter_must_be_a_finite_number(check: Check, value: str) -> None:
    problem = only(check(("market:", f"parameters: {{bond_gain: {value}}}\nmarket:")))
    assert problem.startswith("parameters.bond_gain(=")
    assert "finite number" in problem


@pytest.mark.parametrize("path", SCENARIOS, ids=lambda path: path.stem)
def test_the_scenarios_that_come_with_the_program_are_valid(path: object) -> None:
    from sxsim.scenario.loading import load

    assert load(str(path)).question


@pytest.mark.parametrize(
    ("override", "problem"),
    [
        ("touchpoints.counter.units=2", "touchpoints[0].units(=2) goes with kind: self_service only"),
        ("touchpoints.kiosk.after_contact=2", "touchpoints[2].after_contact goes with kind: staffed only"),
        ("touchpoints.kiosk.staff=2", "touchpoints[2].staff(=2) goes with kind: staffed only"),
        ("touchpoints.tables.partner=true", "touchpoints[1].partner(=True) has no effect without staff of its own"),
        ("touchpoints.tables.other_work=0.2", "touchpoints[1].other_work(=0.2) has no effect without staff of its own"),
        ("touchpoints.kiosk.other_work=0.2", "touchpoints[2].other_work(=0.2) has no effect without staff of its own"),
    ],
)
def test_what_could_do_nothing_at_a_touchpoint_is_refused(override: str, problem: str) -> None:
    assert only(problems_with(override)).splitlines()[0] == problem
