"""The register, and the record made of it."""

import csv
import dataclasses
import fnmatch
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from ruamel.yaml import YAML

from sxsim.evidence.facts import facts
from sxsim.explain import data_sets, evidence
from sxsim.model import parameters
from sxsim.model.parameters import DRAWN_TOGETHER, Parameter, drawn, register
from sxsim.standard.catalogue import LEVERS, SUB_ELEMENTS, entries

ASSUMPTIONS = Path(__file__).resolve().parents[2] / "docs" / "assumptions.yaml"
#: Patterns of what the documentation must own up to not knowing.
SURELY_UNKNOWN = (
    "expectation_adaptation", "expectation_market", "surprise_fading", "surprise_forgetting", "bond_fading",
    "weight.7.3.2*", "weight.7.3.3*", "aware_speed", "trying_speed", "practising_speed", "giving_up_speed", "relapse_speed",
    "hoping_speed", "anchoring_speed", "anchoring_gain", "loss_weight",
)  # fmt: skip
#: Where published figures bound what is unknown, the range is theirs: no asymmetry at all to that of returns.
BOUNDED = {"loss_weight": (1.0, 2.2)}


def test_parameters_are_found_by_name_with_all_that_is_known_about_them() -> None:
    found = parameters.register()["pressure_elasticity"]
    assert (found.name, found.source, found.confidence) == ("pressure_elasticity", "E056 and E060", "B")
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


# What the register rests on.


def fault_of_source(parameter: Parameter) -> str | None:
    """What is wrong with a source: each part is evidence, data set, DOI or clause that exists, or the whole a judgement."""
    if parameter.source == "judgement":
        return None if parameter.confidence == "D" else "a judgement is D"
    for part in parameter.source.split(" and "):
        if re.fullmatch(r"E\d{3}", part):
            if part not in evidence():
                return f"{part} is not in the evidence"
            if evidence()[part]["status"] != "seen" and parameter.confidence in "AB":
                return f"{part} is {evidence()[part]['status']}"
        elif part.startswith("data set "):
            if part.removeprefix("data set ") not in data_sets():
                return f"{part} is unknown"
        elif part.startswith(("clause ", "19390:", "19387")):
            if not any(fits(part, entry.citation) for entry in entries()):
                return f"{part} is no clause"
            if parameter.confidence in "BC":
                return "a clause gives no size: definition (A) or judgement (D)"
        elif not re.fullmatch(r"doi:10\.\d{4,9}/\S+", part):
            return f"{part} is no source"
    return None


def fits(clause: str, citation: str) -> bool:
    """Whether a clause of the register is that of a citation of the catalogue, or one above it."""
    standard, _, number = re.sub("^clause ", "23592:", clause).partition(":")
    cited, _, place = citation.partition(", ")
    return standard in cited and any(part.startswith(number) for part in place.split(", "))


def fault_of_unknown(parameter: Parameter) -> str | None:
    """What is wrong with a number on which nothing is known: it is D, and high is three times low at least."""
    if parameter.confidence != "D":
        return f"confidence {parameter.confidence}"
    if parameter.name in BOUNDED:
        return None if (parameter.low, parameter.high) == BOUNDED[parameter.name] else "not the published bounds"
    wide = parameter.low >= 0 and parameter.high >= 3 * parameter.low * (1 - 1e-9) and parameter.high > 0
    return None if wide else f"{parameter.low:g} to {parameter.high:g} is narrow"


def unknown() -> set[str]:
    """Names of the parameters that the documentation lists as unknown."""
    listed = YAML(typ="safe").load(ASSUMPTIONS)["nothing_known"]
    return {n for part in listed for pattern in part["parameters"] for n in fnmatch.filter(register(), pattern)}


def test_every_source_is_evidence_a_data_set_a_doi_a_clause_or_a_judgement() -> None:
    faults = {name: fault_of_source(parameter) for name, parameter in register().items()}
    assert {name: fault for name, fault in faults.items() if fault} == {}


def test_where_nothing_is_known_ranges_are_wide_and_confidence_is_low() -> None:
    missing = [pattern for pattern in SURELY_UNKNOWN if not fnmatch.filter(unknown(), pattern)]
    assert missing == []
    faults = {name: fault_of_unknown(register()[name]) for name in unknown()}
    assert {name: fault for name, fault in faults.items() if fault} == {}


@pytest.mark.parametrize(
    ("fault_of", "name", "changes"),
    [
        (fault_of_source, "bond_gain", {"source": "assumption"}),
        (fault_of_source, "bond_gain", {"source": ""}),
        (fault_of_source, "bond_gain", {"source": "E998"}),
        (fault_of_source, "bond_gain", {"source": "E118 and E998"}),
        (fault_of_source, "bond_gain", {"source": "data set telco_ibm"}),
        (fault_of_source, "bond_gain", {"source": "clause 7.9.9x"}),
        (fault_of_source, "bond_gain", {"source": "19390:9"}),
        (fault_of_source, "bond_gain", {"source": "doi:none"}),
        (fault_of_source, "bond_gain", {"source": "judgement", "confidence": "C"}),
        (fault_of_source, "bond_gain", {"source": "clause 4", "confidence": "B"}),
        (fault_of_source, "felt_wait", {"confidence": "B"}),
        (fault_of_source, "support_energy", {"confidence": "A"}),
        (fault_of_unknown, "bond_fading", {"confidence": "C"}),
        (fault_of_unknown, "bond_fading", {"low": 0.014, "high": 0.016}),
        (fault_of_unknown, "loss_weight", {"low": 1.4}),
    ],
)
def test_a_fault_in_the_register_is_noticed(
    fault_of: Callable[[Parameter], str | None], name: str, changes: dict[str, Any]
) -> None:
    assert fault_of(register()[name]) is None
    assert fault_of(dataclasses.replace(register()[name], **changes)) is not None


def test_only_definitions_limits_and_reference_points_are_fixed() -> None:
    fixed = {name: p.confidence for name, p in register().items() if p.low == p.high}
    judged = {name for name, grade in fixed.items() if grade != "A"}
    assert judged == {name for name in fixed if name.endswith("_normal")} | {
        "pressure_high", "first_shift", "shift_length",
    }  # fmt: skip
    assert set(fixed.values()) == {"A", "D"}


def test_a_data_set_is_there_because_a_number_or_a_fact_rests_on_it() -> None:
    cited = {name for p in register().values() for name in re.findall(r"data set (\w+)", p.source)}
    cited |= {fact.source.removeprefix("data set ") for fact in facts().values() if fact.source.startswith("data set ")}
    assert cited == set(data_sets())
    assert all(row["citation"] and row["limits"] for row in data_sets().values())
