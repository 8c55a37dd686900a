"""Settings: run once with other behaviour or other fields, contacts in the order of arrival."""

import numpy as np
import pytest

from sxsim.evidence.settings import run_setting, setting
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
