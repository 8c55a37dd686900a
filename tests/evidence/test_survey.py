"""Surveys: what respondents say is what they feel, their use of the scale, their mood, and noise, and nothing else."""

import numpy as np
import pytest

from sxsim.evidence.settings import run_setting
from sxsim.evidence.survey import Survey, stars
from sxsim.model import customer

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
