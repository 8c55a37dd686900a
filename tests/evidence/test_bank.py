"""The floor against a real bank: the builder, the fit, Erlang-A beside it, and what is a pass or a miss."""

import dataclasses
import math

import numpy as np
import pytest

from sxsim.engines.world import ABANDONED, CONTACT_LOG, SERVED
from sxsim.evidence import bank
from sxsim.evidence.bank import Held, Queue, checks, erlang, measured_as_the_bank, reality, scenario, simulated
from sxsim.evidence.bank_data import FEBRUARY, JANUARY, MONTHS, month
from sxsim.evidence.theory import erlang_a
from sxsim.scenario.fields import week_values

NAMES = bank.FIGURES


def share(runs: list[Queue]) -> float:
    """Mean abandonment of some runs."""
    return math.fsum(run.abandoned for run in runs) / len(runs)


def flat(value: float) -> Queue:
    """A queue whose every figure is one value."""
    return Queue(value, value, value, value, np.full((14, 2), value))


def held(model: list[float], real: float, rival: float, name: str = FEBRUARY) -> list[Held]:
    """A month whose figures are all made up."""
    return [Held(month(name), [flat(value) for value in model], flat(real), flat(rival), flat(rival))]


@pytest.mark.parametrize("name", MONTHS)
def test_the_scenario_has_the_measured_calls_and_agents(name: str) -> None:
    of = month(name)
    built = scenario(of, 0.9)
    (team,) = built.teams
    sunday = next(c for c in of.cells if c.day == "sun" and c.half_hour == 20)
    assert week_values(team.staff, "staff")[6 * 48 + 20] == sunday.agents
    assert (team.availability, team.posts, team.speed_variation) == (0.9, of.agents, of.agent_spread)
    calls = math.fsum(s.visits_per_month * s.share * built.market.customers for s in built.segments)
    attempts = math.fsum(x for row in bank.bank_data.first_attempts(of).values() for x in row)
    assert calls == pytest.approx(attempts * 30.4375 / 7)
    assert {s.head_start for s in built.segments} == {0.0, 1.5}
    assert built.economics.turnover == 0
    assert built.parameters["pressure_elasticity"] == 0


def test_february_differs_from_january_as_measured_and_in_nothing_fitted() -> None:
    january, february = scenario(month(JANUARY)), scenario(month(FEBRUARY))
    assert january.teams[0].availability == february.teams[0].availability == bank.AVAILABILITY
    assert january.demand.daily_variation == february.demand.daily_variation
    prospects = [
        math.fsum(
            s.visits_per_month * s.share * built.market.customers for s in built.segments if "prospects" in s.name
        )
        for built in (january, february)
    ]
    assert prospects[1] > 1.2 * prospects[0]


def test_the_model_has_the_measured_calls_and_service() -> None:
    of = month(JANUARY)
    runs = simulated(of, replications=8)
    assert math.fsum(run.service for run in runs) / 8 == pytest.approx(of.service_mean, rel=0.04)
    assert share(runs) == pytest.approx(of.observed["abandoned"], abs=0.02)


def test_more_agents_available_mean_fewer_who_give_up() -> None:
    """What the fit by halving needs; the same luck on both sides."""
    of = month(JANUARY)
    few, many = simulated(of, 0.82, 3), simulated(of, 0.98, 3)
    assert all(a.abandoned > b.abandoned + 0.02 for a, b in zip(few, many, strict=True))
    assert bank.fitted_availability(2, low=0.8, high=1.0, steps=3) == pytest.approx(bank.AVAILABILITY, abs=0.06)


def test_figures_do_not_depend_on_threads() -> None:
    of = month(FEBRUARY)
    one, two = simulated(of, replications=3, jobs=1), simulated(of, replications=3, jobs=3)
    assert [run.wait_90 for run in one] == [run.wait_90 for run in two]
    assert np.array_equal([run.by_hour for run in one], [run.by_hour for run in two])


def test_the_log_is_measured_in_the_window_and_with_zeros() -> None:
    """January 1999 began on a Friday: 3 January is the first Sunday; the profile has it on five Sundays, Mondays on three."""
    of = month(JANUARY)
    minute = 1440.0
    rows = [  # day from 0, minute of the day, wait, outcome
        (2, 600, 0.0, SERVED), (2, 605, 1.0, SERVED), (2, 606, 2.0, ABANDONED),
        (2, 470, 9.0, ABANDONED), (2, 1320, 9.0, ABANDONED),  # before 8 h, from 22 h
        (0, 600, 9.0, ABANDONED), (1, 600, 9.0, ABANDONED),  # Friday, Saturday
    ]  # fmt: skip
    rows += [(2, 480 + 60 * k, 0.0, SERVED) for k in range(14)]  # each hour has a call
    log = np.zeros(len(rows), CONTACT_LOG)
    for row, (day, at, wait, outcome) in zip(log, rows, strict=True):
        row["arrival"], row["wait"], row["outcome"] = day * minute + at, wait, outcome
        row["start"], row["end"] = day * minute + at + wait, day * minute + at + wait + 3.0
    found = measured_as_the_bank(log, of)
    assert found.abandoned == pytest.approx(1 / 17)
    assert found.wait == pytest.approx(180 / 17)
    assert found.waits == pytest.approx(2 / 17)
    assert found.wait_90 == 60.0
    assert found.service == pytest.approx(180)
    assert found.by_hour[2].tolist() == pytest.approx([1 / 4, 2 / 4])
    assert found.by_hour[3].tolist() == [0, 0]


def test_a_day_counts_as_often_as_it_was_measured() -> None:
    """Five Sundays of five, three Mondays of four: a Monday's call counts three quarters."""
    log = np.zeros(28, CONTACT_LOG)
    log["outcome"] = SERVED
    log["arrival"] = [day * 1440.0 + 480 + 60 * k for day in (2, 3) for k in range(14)]
    log["outcome"][14:] = ABANDONED
    assert measured_as_the_bank(log, month(JANUARY)).abandoned == pytest.approx(0.75 / 1.75)


def test_erlang_is_the_mean_over_calls_of_whole_numbers_of_agents() -> None:
    of = month(JANUARY)
    one = [c for c in of.window if c.day == "sun" and c.half_hour == 20]
    single = dataclasses.replace(of, cells=tuple(one))
    half = (math.floor(one[0].agents) - 0.5) / one[0].agents
    found = [erlang_a(n, one[0].calls / 30, of.service_mean / 60, of.patience / 60) for n in (7, 8)]
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(bank, "HOURS", range(10, 11))
        mixed = erlang(single, half)
    assert math.floor(one[0].agents) == 8
    assert mixed.abandoned == pytest.approx((found[0][2] + found[1][2]) / 2)
    assert mixed.wait == pytest.approx(30 * (found[0][1] + found[1][1]))
    assert mixed.waits == pytest.approx((found[0][0] + found[1][0]) / 2)


def test_erlang_with_all_agents_is_as_computed_before() -> None:
    """With every agent available: a computation of its own gave these figures; more agents, shorter waits."""
    january = erlang(month(JANUARY), 1.0)
    assert january.abandoned == pytest.approx(0.0811, abs=0.0001)
    assert january.wait == pytest.approx(29.93, abs=0.01)
    fewer = erlang(month(JANUARY), 0.9)
    assert all(getattr(fewer, name) > getattr(january, name) for name in NAMES)


def test_reality_is_as_stated() -> None:
    january = reality(month(JANUARY))
    assert (january.abandoned, january.wait, january.waits) == (0.1121, 40.8, 0.594)
    assert january.by_hour.shape == (14, 2)
    assert january.by_hour[8, 0] == pytest.approx(0.225, abs=0.001)  # 16 h, the worst


def test_nearer_than_erlang_is_a_pass_and_farther_a_miss(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(bank, "DECLARED", {})
    near = list(checks(held([0.11, 0.12, 0.13, 0.12], 0.12, 0.2)))
    assert len(near) == 6
    assert all(check.passed for check in near)
    far = list(checks(held([0.31, 0.32, 0.33, 0.32], 0.12, 0.2)))
    assert not any(check.passed or check.accepted for check in far)
    assert all(check.known for check in near + far)


def test_what_is_neither_nearer_nor_farther_is_unknown_and_no_pass(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(bank, "DECLARED", {})
    unsure = list(checks(held([0.10, 0.30, 0.12, 0.2], 0.12, 0.2)))
    assert not any(check.known or check.passed for check in unsure)
    assert "too near to the rival to tell" in str(unsure[0])


def test_declared_misses_have_reasons_and_name_figures_there_are() -> None:
    named = {(name, figure) for name in MONTHS for figure in (*NAMES, "abandoned by hour", "waits by hour")}
    assert set(bank.DECLARED) <= named
    assert all(len(reason) > 60 for reason in bank.DECLARED.values())
    must = {(name, figure) for name in MONTHS for figure in ("abandoned", "wait")}
    assert not must & set(bank.DECLARED)


def test_a_wrong_availability_misses() -> None:
    """With all agents available hardly anybody gives up: January's abandonment is no nearer than that of Erlang-A at .89."""
    of = month(JANUARY)
    wrong = Held(of, simulated(of, 1.0, 6), reality(of), erlang(of), erlang(of, service_by_cell=True))
    found = {check.name: check for check in checks([wrong])}
    assert not found["share that abandons, January (fitted)"].accepted
    assert not found["mean wait, s, January"].accepted


def test_hours_are_told_one_by_one() -> None:
    rows = held([0.1, 0.2], 0.3, 0.4)[0].by_hour()
    assert [row["hour"] for row in rows] == list(range(8, 22))
    assert rows[0]["abandoned"] == pytest.approx({"model": 0.15, "reality": 0.3, "erlang_a": 0.4})
