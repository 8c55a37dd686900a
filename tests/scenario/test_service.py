import pytest

from sxsim.scenario.service import Nights

from .cafe import TEXT, line_with, only, problems_with
from .conftest import Check


@pytest.mark.parametrize(
    ("override", "message"),
    [
        ("touchpoints.counter.failure_rate=-0.1", "touchpoints[0].failure_rate(=-0.1) must be ≥ 0"),
        ("touchpoints.counter.failure_rate=1.1", "touchpoints[0].failure_rate(=1.1) must be ≤ 1"),
        ("touchpoints.kiosk.units=0", "touchpoints[2].units(=0) must be ≥ 1"),
        ("touchpoints.counter.importance=4", "touchpoints[0].importance(=4) must be ≤ 3"),
        ("touchpoints.counter.promised_wait=-1", "touchpoints[0].promised_wait(=-1) must be ≥ 0"),
        ("teams.waiters.availability=0", "teams[0].availability(=0) must be > 0"),
        ("capacities.seats.units=0", "capacities[0].units(=0) must be ≥ 1"),
        ("segments.regulars.patience_factor=0", "segments[0].patience_factor(=0) must be ≥ 1e-06"),
        ("segments.regulars.visits_per_month=-1", "segments[0].visits_per_month(=-1) must be ≥ 0"),
        ("segments.regulars.persons_per_account=0", "segments[0].persons_per_account(=0) must be ≥ 1"),
        ("demand.daily_variation=2", "demand.daily_variation(=2) must be ≤ 1"),
    ],
)
def test_a_figure_out_of_range_is_refused(override: str, message: str) -> None:
    assert message in [str(problem).splitlines()[0] for problem in problems_with(override)]


def test_a_season_has_twelve_factors_of_zero_or_more(check: Check) -> None:
    assert "demand.season" in only(check(("demand:", "demand:\n  season: [1, 2, 3]")))
    wrong = f"demand:\n  season: [{', '.join(['1'] * 11)}, -1]"
    assert "season factors must be ≥ 0" in only(check(("demand:", wrong)))


def test_a_profile_without_any_weight_is_refused(check: Check) -> None:
    problem = only(check(('mon-sat: {"08:00": 3, "12:00": 5, "14:00": 1, "16:00": 0}', "mon: 0")))
    assert problem.startswith("demand.profiles.day: a demand profile must be above 0")
    assert f"line {line_with(TEXT, 'day:')}" in problem


def test_nights_end_on_the_half_hour() -> None:
    assert Nights.model_validate({"nights": 2, "at": "11:30"}).at == "11:30"
    with pytest.raises(ValueError, match="is no time"):
        Nights.model_validate({"nights": 2, "at": "11:20"})


@pytest.mark.parametrize("unit", ["hours", "days"])
def test_nights_are_counted_without_a_unit(unit: str) -> None:
    assert Nights.model_validate({"nights": {"mean": 2}}).nights.mean == 2
    with pytest.raises(ValueError, match="the mean counts nights"):
        Nights.model_validate({"nights": {"mean": 2, "unit": unit}})


@pytest.mark.parametrize(
    ("after", "message"),
    [
        ("{nights: -1}", "must be ≥ 0"),
        ('{nights: 2, at: "11:20"}', "is no time"),
        ("{mean: -5}", "must be ≥ 0"),
        ("{distribution: lognormal, mean: 5}", "needs `variation`"),
        ("-5", "must be ≥ 0"),
        ("soon", "after"),
    ],
)
def test_a_wrong_delay_is_one_problem_on_its_own_line(check: Check, after: str, message: str) -> None:
    problem = only(check(("contact_type: order", f"contact_type: order\n        after: {after}")))
    assert problem.startswith("journeys[0].steps[1].after")
    assert message in problem
    assert f"line {line_with(TEXT, 'contact_type: order') + 1}" in problem
    assert "instance of" not in problem and "dictionary" not in problem


@pytest.mark.parametrize("name", ["2nd counter", "Empfänge", "a/b", "", "a.b"])
def test_a_name_that_cannot_be_is_refused_without_a_regular_expression(check: Check, name: str) -> None:
    problem = only(
        check(("- name: seats", f'- name: "{name}"'), ("hold: seats", "chance: 1"), ("release: seats", "chance: 1"))
    )
    assert problem.startswith("capacities[0].name(=")
    assert "[A-Za-z]" not in problem
