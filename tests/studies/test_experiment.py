"""Experiment files: what they stand for, and what is said of a wrong one."""

from pathlib import Path
from typing import Any

import pytest

from sxsim.model.parameters import register
from sxsim.scenario.problems import InvalidInput
from sxsim.standard.catalogue import ELEMENTS, SUB_ELEMENTS
from sxsim.studies.factors import Factor
from sxsim.studies.study import load_experiment
from tests.studies.experiments import experiment_file

ROOT = Path(__file__).parents[2]


def factors(tmp_path: Path, *entries: dict[str, Any], **fields: Any) -> tuple[Factor, ...]:
    """The factors that entries of a file stand for."""
    return load_experiment(experiment_file(tmp_path, factors=list(entries), **fields)).factors[0]


def said(tmp_path: Path, **fields: Any) -> str:
    """What is said of a wrong file."""
    with pytest.raises(InvalidInput) as error:
        load_experiment(experiment_file(tmp_path, **fields))
    return str(error.value)


@pytest.mark.parametrize("path", sorted((ROOT / "experiments").glob("*.yaml")), ids=lambda path: path.stem)
def test_the_experiments_we_ship_are_sound(path: Path) -> None:
    setup = load_experiment(path)
    assert setup.experiment.question.endswith("?")
    assert path.read_text(encoding="utf-8").startswith("#")


def test_elements_and_sub_elements_stand_for_nine_and_thirty_one_factors(tmp_path: Path) -> None:
    assert [f.name for f in factors(tmp_path, {"elements": "maturity", "low": 2, "high": 4})] == list(ELEMENTS)
    found = factors(tmp_path, {"sub_elements": "money", "low": 0, "high": 400})
    assert [f.name for f in found] == list(SUB_ELEMENTS)
    assert found[0].paths == (f"plans.today.money.{SUB_ELEMENTS[0]}",)


def test_the_maturity_of_an_element_covers_its_sub_elements(tmp_path: Path) -> None:
    entry = {"elements": "maturity", "low": 2, "high": 4}
    hotel = [str(ROOT / "scenarios" / "seaside-hotel.yaml")]
    by_name = {f.name: f for f in factors(tmp_path, entry, scenarios=hotel, set={})}
    assert by_name["design"].paths == ("organisation.maturity.design", "organisation.maturity.7.3.2b")
    assert by_name["operations"].paths == ("organisation.maturity.operations",)


def test_a_field_that_takes_fractions_keeps_them_whatever_the_file_holds(tmp_path: Path) -> None:
    (staff,) = factors(tmp_path, {"path": "touchpoints.counter.staff", "low": 1, "high": 3})
    assert not staff.whole
    assert staff.at(0.2) == pytest.approx(1.4)
    (people,) = factors(tmp_path, {"path": "market.people", "low": 60, "high": 61})
    assert people.whole


def test_parameters_have_the_range_of_the_register(tmp_path: Path) -> None:
    found = factors(tmp_path, {"parameters": "bond_*"})
    assert len(found) > 1
    for factor in found:
        assert (factor.low, factor.high) == (register()[factor.name].low, register()[factor.name].high)
    (own,) = factors(tmp_path, {"parameters": ["bond_gain"], "low": 0.1, "high": 0.2})
    assert (own.low, own.high) == (0.1, 0.2)


def test_a_whole_number_stays_one_and_every_value_is_as_likely(tmp_path: Path) -> None:
    (factor,) = factors(tmp_path, {"path": "market.customers", "low": 10, "high": 12})
    assert factor.whole
    assert [factor.at(place) for place in (0.0, 0.33, 0.34, 0.66, 0.67, 0.999)] == [10, 10, 11, 11, 12, 12]


@pytest.mark.parametrize(
    ("fields", "words"),
    [
        ({"factors": [{"path": "organisation.maturty.design", "low": 1, "high": 2}]}, "did you mean maturity?"),
        ({"factors": [{"path": "organisation.maturity.design", "low": 4, "high": 2}]}, "the range is upside down"),
        ({"factors": [{"path": "organisation.maturity.design", "low": 2, "high": 7}]}, "from 1 to 5"),
        (
            {"factors": [{"path": "market.custmers", "low": 2, "high": 7}]},
            "factors[0]: market.custmers is not known here",
        ),
        ({"factors": [{"path": "organisation.maturity.design"}]}, "give low and high"),
        ({"factors": [{"parameters": "bond_gian"}]}, "did you mean bond_gain?"),
        ({"factors": [{"elements": "maturity", "sub_elements": "money", "low": 1, "high": 2}]}, "name one of path"),
        ({"factors": [{"parameters": "bond_*"}, {"parameters": "bond_gain"}]}, "bond_gain stands twice"),
        ({"samples": 100}, "must be a power of 2 for sobol, like 128"),
        ({"kpis": ["satisfction"]}, "did you mean satisfaction?"),
        ({"plan": "tody"}, "did you mean today?"),
        ({"study": "sensitivty"}, "did you mean sensitivity?"),
        ({"scenarios": ["nowhere.yaml"]}, "does not exist"),
        ({"study": "sweep", "design": "list"}, "a sweep by list needs values"),
        ({"sampels": 8}, "did you mean samples?"),
        ({"factors": []}, "factors must hold at least 1, and holds 0"),
        ({"factors": [{"parameters": "bond_gian"}]}, "factors[0]: 'bond_gian' is no parameter"),
        (
            {"study": "sweep", "factors": [{"path": "market.customers", "values": [20, 30], "low": 2}]},
            "give either values, or low and high",
        ),
        (
            {"study": "sweep", "factors": [{"path": "market.customers", "values": [20, 30.5]}]},
            "market.customers(=30.5) must be a whole number",
        ),
        (
            {"study": "sweep", "design": "latin_hypercube", "factors": [{"parameters": "bond_gain", "values": [0.1]}]},
            "give low and high",
        ),
        ({"study": "discover", "plan": "today", "samples": 20}, "plan(='today') must be another plan than base"),
        ({"set": {"horizon.month": 6}}, "did you mean months?"),
        ({"factors": [{"elements": "maturity", "low": 2, "high": 3}] * 2}, "strategy, leadership, culture"),
    ],
)
def test_a_wrong_file_says_what_is_wrong_and_what_to_do(tmp_path: Path, fields: dict[str, Any], words: str) -> None:
    text = said(tmp_path, **fields)
    assert words in text
    if "does not exist" not in words:
        assert "what-matters.yaml, line" in text
