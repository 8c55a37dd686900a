"""The register, and the record made of it."""

import csv

import numpy as np
import pytest

from sxsim.model import parameters
from sxsim.model.parameters import DRAWN_TOGETHER, drawn, register
from sxsim.standard.catalogue import LEVERS, SUB_ELEMENTS


def test_parameters_are_found_by_name_with_all_that_is_known_about_them() -> None:
    found = parameters.register()["pressure_elasticity"]
    assert (found.name, found.source, found.confidence) == ("pressure_elasticity", "E056", "B")
    assert found.low <= found.value <= found.high
    assert found.unit
    assert found.meaning


def test_lever_weights_are_parameters_with_their_clause_as_source() -> None:
    found = parameters.register()["weight.7.1.1a.alignment"]
    assert found.source == "clause 7.1.1a"
    assert "7.1.1a" in found.meaning
    assert found.unit == "weight"


def test_no_name_stands_twice() -> None:
    for file in ("parameters.csv", "lever_weights.csv"):
        rows = parameters._rows(file)
        keys = [row["name"] if "name" in row else (row["sub_element"], row["lever"]) for row in rows]
        assert len(keys) == len(set(keys)), file


def test_every_line_of_the_register_has_all_its_columns() -> None:
    for file in ("parameters.csv", "lever_weights.csv"):
        with (parameters.files("sxsim.model") / file).open(encoding="utf-8") as lines:
            lengths = {len(row) for row in csv.reader(lines)}
        assert len(lengths) == 1, file


def test_the_record_holds_the_register_in_its_order() -> None:
    row = parameters.record()
    assert row.shape == (1,)
    assert row.dtype.names == parameters.rule_parameters()
    assert not any(name.startswith("weight.") for name in parameters.rule_parameters())
    assert {name: row[0][name] for name in row.dtype.names} == {
        name: parameters.register()[name].value for name in row.dtype.names
    }


def test_values_override_the_register() -> None:
    row = parameters.record({"bond_gain": 0.2, "weight.7.1.1a.alignment": 2.0})
    assert row[0]["bond_gain"] == 0.2
    assert row[0]["bond_fading"] == parameters.register()["bond_fading"].value
    assert parameters.record()[0]["bond_gain"] == parameters.register()["bond_gain"].value


def test_an_unknown_name_is_an_error() -> None:
    with pytest.raises(KeyError, match="bond_gian"):
        parameters.record({"bond_gian": 0.2})


def test_weights_form_a_table_of_sub_elements_and_levers() -> None:
    table = parameters.lever_weights(SUB_ELEMENTS, LEVERS, {"weight.7.1.1a.alignment": 2.0})
    assert table.shape == (31, 10)
    assert table[SUB_ELEMENTS.index("7.1.1a"), LEVERS.index("alignment")] == 2.0
    assert table[SUB_ELEMENTS.index("7.1.1a"), LEVERS.index("voice")] == 0.0
    plain = parameters.lever_weights(SUB_ELEMENTS, LEVERS)
    assert np.count_nonzero(plain) == sum(name.startswith("weight.") for name in parameters.register())


def test_every_sub_element_carries_a_lever_and_every_lever_is_carried() -> None:
    table = parameters.lever_weights(SUB_ELEMENTS, LEVERS)
    assert (table >= 0).all()
    assert (table.sum(axis=0) > 0).all()
    assert (table.sum(axis=1) > 0).all()


def test_weights_name_sub_elements_and_levers_of_the_standard() -> None:
    for row in parameters._rows("lever_weights.csv"):
        assert row["sub_element"] in SUB_ELEMENTS
        assert row["lever"] in LEVERS
        assert row["clause"] == row["sub_element"]


def test_drawn_parameters_lie_in_their_ranges_and_fill_them() -> None:
    sets = [drawn(7, replication) for replication in range(60)]
    for name, parameter in register().items():
        values = [values[name] for values in sets]
        assert parameter.low <= min(values) <= max(values) <= parameter.high, name
        if parameter.low < parameter.high:
            middle = (min(values) + max(values)) / 2
            assert max(values) - min(values) > 0.8 * (parameter.high - parameter.low), name
            assert parameter.low < middle < parameter.high
    assert drawn(7, 3) == sets[3]
    assert drawn(8, 3) != sets[3]


def test_what_is_worse_for_certain_stays_worse_when_drawn() -> None:
    for replication in range(100):
        values = drawn(1, replication)
        for group in DRAWN_TOGETHER:
            assert [values[name] for name in group] == sorted(values[name] for name in group), group


def test_parameters_are_drawn_independently() -> None:
    sets = [drawn(1, replication) for replication in range(400)]
    names = ["bond_gain", "time_skill", "quality_major", "grievance_major"]
    table = np.corrcoef([[values[name] for values in sets] for name in names])
    assert np.abs(table - np.eye(4)).max() < 0.2  # 0.2 is four standard errors
