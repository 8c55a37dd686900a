"""Cases that a teacher can check: what happened in a contact, and the level of the pyramid that it provided."""

from pathlib import Path
from typing import Any

import pytest
from ruamel.yaml import YAML

from sxsim.engines.world import INDIVIDUAL_LEVEL, TOP_LEVEL
from sxsim.model.contact import gate_open, reach_level

CASES: list[dict[str, Any]] = YAML(typ="safe").load(Path(__file__).with_name("pyramid.yaml"))
YES = {"yes": 1, True: 1, "no": 0, False: 0}
WORDS = {
    "promise": {"kept", "broken"},
    "problem": {"put right", "not put right", "silent"},
    "query": {"dealt with well", "handled poorly"},
    "gate": {"open", "closed"},
    "individual": set(YES),
    "surprising": set(YES),
    "served": set(YES),
    "level": {0, 1, 2, 3, 4},
    "contact": None,
}


def flags(case: dict[str, Any]) -> dict[str, int]:
    """The words of a case as the rules take them."""
    problem, query = case.get("problem"), case.get("query")
    put_right = int(problem == "put right")
    return {
        "served": YES[case.get("served", "yes")],
        "kept": int(case.get("promise", "kept") == "kept"),
        "put_right": put_right,
        "arose": int(problem is not None or query is not None),
        "dealt_well": int(put_right == 1 or query == "dealt with well"),
        "individual": YES[case.get("individual", "no")],
        "surprising": YES[case.get("surprising", "no")],
    }


@pytest.mark.parametrize("case", CASES, ids=lambda case: str(case["contact"]).split()[0])
def test_a_case_is_written_in_known_words(case: dict[str, Any]) -> None:
    assert set(case) <= set(WORDS)
    assert all(WORDS[key] is None or value in WORDS[key] for key, value in case.items())
    assert ("problem" in case) == (case.get("promise") == "broken")


@pytest.mark.parametrize("case", CASES, ids=lambda case: str(case["contact"]).split()[0])
def test_a_contact_reaches_the_level_that_the_case_says(case: dict[str, Any]) -> None:
    assert reach_level(*flags(case).values(), TOP_LEVEL, INDIVIDUAL_LEVEL) == case["level"], case["contact"]


@pytest.mark.parametrize("case", [c for c in CASES if "gate" in c], ids=lambda case: str(case["contact"]).split()[0])
def test_the_gate_is_as_the_case_says(case: dict[str, Any]) -> None:
    said = flags(case)
    opened = gate_open(said["kept"], said["put_right"], said["arose"], said["dealt_well"])
    assert opened == (case["gate"] == "open"), case["contact"]


def test_the_cases_cover_every_level_through_an_open_and_a_closed_gate() -> None:
    seen = {(case["level"], case.get("gate", "not served")) for case in CASES}
    levels = {(1, "open"), (1, "closed"), (2, "open"), (3, "open"), (4, "open"), (0, "closed"), (0, "not served")}
    assert seen == levels
