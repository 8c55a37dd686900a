"""A check: what is a pass, what is a miss, and when too little is known to tell."""

import json

import numpy as np
import pytest

from sxsim.evidence.checks import FALSE_ALARM, Check, Survey, all_passed, check_of_mean, run_setting, setting, stars
from sxsim.model import customer
from sxsim.model.parameters import register
from sxsim.scenario.problems import InvalidInput

NOISE = np.random.default_rng(7)


def check(model: float, low: float, high: float, reality: float, known: bool = True) -> Check:
    return Check("theory", "mean wait", model, low, high, reality, known, "Erlang C")


def test_a_reality_inside_the_interval_passes_and_outside_it_misses() -> None:
    assert check(2.0, 1.9, 2.1, 2.05).passed
    assert check(2.0, 1.9, 2.1, 2.1).passed
    assert not check(2.0, 1.9, 2.1, 2.11).passed
    assert not check(2.0, 1.9, 2.1, 1.89).passed


def test_what_is_known_too_badly_to_notice_an_error_is_a_miss() -> None:
    assert not check(2.0, 0.5, 3.5, 2.0, known=False).passed
    values = NOISE.exponential(1.0, 300)
    assert not check_of_mean("", values, 1.0, "", most_error=0.001).known


def test_false_alarms_are_as_rare_as_stated() -> None:
    """At a rate of one in twenty instead of one in a million; 400 trials, bounds with one false alarm in ten thousand."""
    values = NOISE.exponential(1.0, (400, 600))
    scale = 2.045230 / 6.170056  # t quantiles with 29 degrees of freedom: 1 in 20 and 1 in a million
    found = [check_of_mean("", row, 1.0, "") for row in values]
    missed = sum(abs(each.reality - each.model) > scale * (each.high - each.model) for each in found)
    assert 6 <= missed <= 38
    assert FALSE_ALARM == 1e-6


def test_an_error_of_a_tenth_is_noticed() -> None:
    assert not check_of_mean("", NOISE.exponential(1.1, 40_000), 1.0, "").passed


def test_a_line_and_json_say_the_same() -> None:
    missed = check(2.0, 1.9, 2.1, 2.5)
    assert str(missed).startswith("miss  theory  mean wait")
    assert "Erlang C 2.5" in str(missed)
    assert json.loads(json.dumps(missed.as_json()))["interval"] == [1.9, 2.1]
    unsure = str(check(2.0, 1.0, 3.0, 2.0, known=False))
    assert unsure.startswith("cannot tell  theory")
    assert "too few runs to tell" in unsure


def test_with_a_rival_the_nearer_one_wins() -> None:
    def against(rival: float, **more: object) -> Check:
        return Check(
            "queue", "mean wait", 42.0, 41.0, 43.0, 40.0, source="measured", rival=rival, **{"known": True} | more
        )

    assert against(44.0).passed
    assert not against(41.0).passed
    assert not against(44.0, known=False).passed
    assert "Erlang-A 41" in str(against(41.0, rival_source="Erlang-A"))
    assert against(41.0).as_json()["rival"] == 41.0


def test_a_declared_miss_is_shown_as_one_with_its_reason_and_is_accepted() -> None:
    missed = Check("theory", "mean wait", 2.0, 1.9, 2.1, 2.5, True, "Erlang C", declared="known: one pool only")
    assert not missed.passed
    assert all_passed([missed, check(2.0, 1.9, 2.1, 2.05)])
    assert not all_passed([missed, check(2.0, 1.9, 2.1, 2.5)])
    assert str(missed).startswith("declared miss  theory")
    assert "known: one pool only" in str(missed)
    assert missed.as_json()["declared"] == "known: one pool only"
    won = Check("theory", "mean wait", 2.0, 1.9, 2.1, 2.0, True, "Erlang C", declared="known: one pool only")
    assert str(won).startswith("pass")


def test_behaviour_and_fields_are_replaced_for_one_run_only() -> None:
    run = run_setting("lending", {"bond_gain": 0.2}, 0, values={"organisation.maturity": 4})
    assert run.p["bond_gain"] == 0.2
    assert run.world.elements == pytest.approx(4.0, abs=0.6)
    again = run_setting("lending", {}, 0)
    assert again.p["bond_gain"] == register()["bond_gain"].value
    assert setting("lending").organisation.maturity == 3


def test_contacts_are_served_ones_in_order_from_a_month_on() -> None:
    run = run_setting("lending", {}, 0)
    later, everything = run.contacts(6), run.contacts(-run.records.warm_up)
    assert np.all(np.diff(everything["arrival"]) >= 0)
    assert 0 < len(later) < len(run.contacts()) < len(everything)
    assert later["arrival"][0] >= run.world.month_starts[run.records.warm_up + 6]


def test_replications_have_other_luck_and_the_same_one_is_repeated() -> None:
    first, second, again = (run_setting("lending", {}, luck).contacts() for luck in (0, 1, 0))
    assert first.tobytes() == again.tobytes()
    assert len(first) != len(second)


def test_an_unknown_field_is_refused() -> None:
    with pytest.raises(InvalidInput):
        run_setting("lending", {}, 0, values={"organisation.maturitee": 3})


QUIET = {"answer_scale": 0.0, "answer_mood": 0.0, "answer_noise": 0.0}


@pytest.fixture(scope="module")
def run():
    return run_setting("shop", {}, 0)


def test_without_mood_scale_and_noise_people_say_what_they_feel() -> None:
    silent = run_setting("shop", QUIET, 0)
    feelings = np.linspace(0, 1, 50)
    assert Survey(silent, np.arange(50)).felt(feelings) == pytest.approx(feelings)


def test_answers_of_one_survey_share_a_mood_and_those_of_one_person_a_scale(run) -> None:
    """Covariances over 8,000 people; tolerances are four standard errors."""
    p, persons = run.p, np.arange(run.people)
    level = np.full(run.people, 0.5)
    survey, other = Survey(run, persons), Survey(run, persons)
    first, second, later = survey.felt(level), survey.felt(level), other.felt(level)
    share = lambda a, b: float(np.mean((a - 0.5) * (b - 0.5)))  # noqa: E731
    assert share(first, second) == pytest.approx(p["answer_scale"] ** 2 + p["answer_mood"] ** 2, abs=0.0006)
    assert share(first, later) == pytest.approx(p["answer_scale"] ** 2, abs=0.0006)
    assert first.var() == pytest.approx(share(first, second) + p["answer_noise"] ** 2, abs=0.0008)


def test_several_questions_have_less_noise(run) -> None:
    persons, level = np.arange(run.people), np.full(run.people, 0.5)
    survey = Survey(run, persons)
    one, many = survey.felt(level), survey.felt(level, 25)
    assert (one - many).var() == pytest.approx(run.p["answer_noise"] ** 2 * 1.04, rel=0.1)


def test_recommendations_are_those_of_the_rule(run) -> None:
    answers = Survey(run, np.arange(200)).recommends(np.full(200, 0.6))
    assert set(answers) <= set(range(11))
    assert len(set(answers)) > 3


def test_loyalty_is_that_of_the_rule(run) -> None:
    people = run.world.persons
    found = Survey(run, np.arange(5)).loyalty(np.full(5, 0.7))
    expected = [customer.loyalty(0.7, row["bond"], row["image"], row["grievance"], run.p) for row in people[:5]]
    assert found.tolist() == expected


def test_stars_have_the_shares_they_are_given_and_keep_the_order() -> None:
    felt = np.random.default_rng(1).random(10_000)
    rated = stars(felt, (0.1, 0.2, 0.3, 0.4))
    assert np.bincount(rated, minlength=5)[1:] / 10_000 == pytest.approx([0.1, 0.2, 0.3, 0.4], abs=0.001)
    assert np.all(np.diff(rated[np.argsort(felt)]) >= 0)


def test_single_runs_stand_beside_the_mean_and_it_is_said_which_is_compared() -> None:
    def found(spread: tuple[float, float] | None) -> Check:
        return Check("queue", "mean wait", 42.0, 41.0, 43.0, 40.0, True, "measured", rival=46.0, spread=spread)

    assert "95 % of single runs 38 … 47, which hold it; compared is the mean" in str(found((38.0, 47.0)))
    assert "95 % of single runs 41 … 47, which do not hold it" in str(found((41.0, 47.0)))
    assert found((38.0, 47.0)).as_json()["single_runs"] == [38.0, 47.0]
    assert "single runs" not in str(found(None))
    assert found((41.0, 47.0)).passed, "nearer than the rival, whatever single runs show"
