"""Parameters that a scenario states: impossible ones are refused, unlikely ones said."""

from pathlib import Path

import pytest

from sxsim.model.parameters import register
from sxsim.running.plans import load
from sxsim.scenario.parameters import beyond_the_likely, broken_limit, limits_of
from sxsim.scenario.problems import InvalidInput

CAFE = Path(__file__).parents[2] / "scenarios" / "corner-cafe.yaml"


def test_limits_are_wider_than_what_is_thought_likely() -> None:
    for parameter in register().values():
        low, high = limits_of(parameter)
        assert low <= parameter.low
        assert parameter.high <= high


@pytest.mark.parametrize(
    ("name", "value", "said"),
    [
        ("bond_gain", -0.1, "(=-0.1) must be from 0 to 1 (share"),
        ("unlived_share", 1.5, "(=1.5) must be from 0 to 1 (share"),
        ("unlived_share", 0.99, ""),
        ("failure_reliability", -9.0, ""),
        ("commitment_normal", 0.0, "(=0) must be from 1e-06 to 1 (share"),
        ("utilisation_free", 1.0, "(=1) must be from 0 to 0.999999 (share"),
        ("maturity_top", 1.0, "(=1) must be from 2 to "),
        ("delight_base", 201.0, "(=201) must be from -200 to 200 (log odds"),
    ],
)
def test_what_a_parameter_cannot_be_is_refused(name: str, value: float, said: str) -> None:
    found = broken_limit(register()[name], value)
    assert found.startswith(said)
    assert bool(found) == bool(said)
    if said:
        with pytest.raises(InvalidInput, match=name):
            load(CAFE, sets=[f"{name}={value}"])


def test_what_is_possible_but_not_likely_is_named_with_its_range() -> None:
    parameter = register()["quality_kept"]
    assert beyond_the_likely({"quality_kept": parameter.high, "bond_gain": register()["bond_gain"].low}) == []
    assert beyond_the_likely({"quality_kept": 99.0}) == [f"quality_kept 99 ({parameter.low:g} to {parameter.high:g})"]


def test_a_run_says_what_is_not_likely(tmp_path: Path) -> None:
    small = ["market.people=60", "market.customers=40", "horizon.months=1", "horizon.warm_up=0"]
    said = load(CAFE, sets=[*small, "quality_kept=1.5"]).run(replications=1, out=tmp_path).warnings
    assert any(
        text.startswith("beyond what the register thinks likely") and "quality_kept 1.5" in text for text in said
    )
    assert not any("register" in text for text in load(CAFE, sets=small).run(replications=1, out=tmp_path).warnings)
