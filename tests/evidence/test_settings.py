"""Settings: run once with other behaviour or other fields, contacts in the order of arrival.

Surveys: what respondents say is what they feel, their use of the scale, their mood, and noise, and nothing else.
"""

import numpy as np
import pytest

from sxsim.evidence.settings import Survey, run_setting, setting, stars
from sxsim.model import customer
from sxsim.model.parameters import register
from sxsim.scenario.problems import InvalidInput


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
    people, site = run.world.persons, run.world.sites[0]
    found = Survey(run, np.arange(5)).loyalty(np.full(5, 0.7))
    expected = [customer.loyalty(0.7, row["bond"], site["reputation"], row["grievance"], run.p) for row in people[:5]]
    assert found.tolist() == expected


def test_stars_have_the_shares_they_are_given_and_keep_the_order() -> None:
    felt = np.random.default_rng(1).random(10_000)
    rated = stars(felt, (0.1, 0.2, 0.3, 0.4))
    assert np.bincount(rated, minlength=5)[1:] / 10_000 == pytest.approx([0.1, 0.2, 0.3, 0.4], abs=0.001)
    assert np.all(np.diff(rated[np.argsort(felt)]) >= 0)
