"""What a study says as a whole: the question, a heading a scenario, what was asked, what failed."""

from pathlib import Path
from typing import Any

import pytest

from sxsim.running.task import Failure, Point
from sxsim.studies.part import Study, Text, sentences, summary
from sxsim.studies.study import load_experiment, parts_of
from tests.studies.experiments import experiment_file


def told(folder: Path, monkeypatch: pytest.MonkeyPatch, **fields: Any) -> Study:
    """A sweep that says one sentence, nothing run."""
    setup = load_experiment(
        experiment_file(folder, **({"study": "sweep", "samples": None, "replications": 4} | fields))
    )
    parts = parts_of(setup)
    for part in parts:
        monkeypatch.setattr(part, "sentences", lambda: ["It goes up:"])
        monkeypatch.setattr(part, "remarks", lambda: ["| a |"])
    return Study(setup, parts, 0.0, 0)


def test_a_heading_is_a_heading_whatever_its_words(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    study = told(tmp_path, monkeypatch)
    study.parts[0].scenario.name = "my café"
    assert sentences(study) == ["What matters?", "my café:", "It goes up:"]
    lines = summary(study).split("\n")
    assert lines[0] == "# What matters?"
    assert lines[4:] == ["## my café", "", "It goes up:", "", "| a |", ""]
    assert str(Text("two words", heading=True)) == "two words:"


def test_what_was_asked_stands_in_a_line(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    factors = [
        {"path": "organisation.maturity.design", "low": 2, "high": 4},
        {"parameters": "bond_gain", "distribution": "triangular", "most_likely": 0.1},
    ]
    line = summary(told(tmp_path, monkeypatch, factors=factors)).split("\n")[2]
    assert line == (
        "what-matters: a study of kind sweep; plan today, seed 1, design grid, samples 256, replications 4. Set: horizon.months 1, "
        "horizon.warm_up 0, market.customers 40, market.people 60. Drawn or varied: organisation.maturity.design 2–4, "
        "bond_gain 0–0.3 (triangular, peak 0.1)."
    )


def test_beyond_sixteen_factors_the_rest_is_counted(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    factors = [{"sub_elements": "maturity", "values": [2]}]
    line = summary(told(tmp_path, monkeypatch, factors=factors)).split("\n")[2]
    assert line.endswith(" and 15 more.")


def test_points_that_failed_are_counted_in_the_end(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    study = told(tmp_path, monkeypatch)
    study.failures = [Failure(Point((), 0), "why")] * 2
    assert sentences(study)[-1] == "2 points failed and are left out; see failures/."
