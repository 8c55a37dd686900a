"""Single changes do what someone who knows services expects of them; the slow ones stand in `slow_face.py`."""

import csv
import re
from collections import Counter
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from sxsim.results.kpis import KPIS
from tests.face.face import (
    DATA,
    EXPERIMENTS,
    FIGURES,
    FILE,
    ROOT,
    Expectation,
    Experiment,
    expectation_of,
    experiment_of,
    interval,
    misses,
    part_of,
    read,
    simulate,
)

LEAST = 60
JUDGEMENT = "practitioner judgement: for this test"


def test_there_are_enough_experiments_and_each_has_a_name_of_its_own() -> None:
    assert len(EXPERIMENTS) >= LEAST
    assert [name for name, count in Counter(experiment.name for experiment in EXPERIMENTS).items() if count > 1] == []
    assert {experiment.scenario for experiment in EXPERIMENTS} == set(DATA["scenarios"])


def test_what_must_not_move_is_said_often_enough() -> None:
    still = [e for e in EXPERIMENTS if any(expectation.direction == "no effect" for expectation in e.expect)]
    elsewhere = [
        e for e in still if any(x.site or x.touchpoint or x.segment for x in e.expect if x.direction == "no effect")
    ]
    assert len(still) >= 10
    assert len(elsewhere) >= 10


def test_ids_of_evidence_are_in_the_table_or_among_the_sources() -> None:
    with (ROOT / "src" / "sxsim" / "evidence" / "evidence.csv").open(encoding="utf-8", newline="") as file:
        known = {row["id"] for row in csv.DictReader(file)}
    named = {name for e in EXPERIMENTS for x in e.expect for name in re.findall(r"\bE\d{3}\b", x.source)}
    assert len(named) > 20
    assert named - known == set(DATA["sources"])


def test_each_expectation_stands_once() -> None:
    for experiment in EXPERIMENTS:
        places = [(x.kpi, x.site, x.touchpoint, x.segment) for x in experiment.expect]
        assert len(places) == len(set(places)), experiment.name


def test_figures_are_no_kpis_by_another_meaning() -> None:
    assert not set(FIGURES) & set(KPIS)


GOOD: dict[str, Any] = {"kpi": "satisfaction", "direction": "up", "source": JUDGEMENT}


@pytest.mark.parametrize(
    "wrong",
    [
        {"kpi": "satisfacton"},
        {"kpi": "satisfaction", "touchpoint": "counter"},
        {"direction": "upwards"},
        {"direction": "no effect"},
        {"direction": "no effect", "bound": 1, "ratio": [0.9, 1.1]},
        {"direction": "no effect", "bound": -1},
        {"direction": "no effect", "bound": 1, "band": [0, 1]},
        {"bound": 1},
        {"band": [2, 1]},
        {"band": [-2, 1]},
        {"band": [1, 2, 3]},
        {"band": [1]},
        {"band": ["a", 2]},
        {"ratio": [0.9, 1.2]},
        {"direction": "down", "ratio": [0.9, 1.2]},
        {"direction": "no effect", "ratio": [1.1, 1.2]},
        {"band": [1, 2], "ratio": [1.1, 1.2]},
        {"kpi": "nps", "ratio": [1.1, 1.2]},
        {"source": ""},
        {"source": "everybody knows"},
        {"source": "practitioner judgement: "},
        {"source": "E12"},
        {"declared": " "},
        {"reason": "a key that nobody knows"},
    ],
    ids=str,
)
def test_a_wrong_expectation_is_refused(wrong: dict[str, Any]) -> None:
    assert expectation_of(GOOD).direction == "up"
    with pytest.raises((ValueError, TypeError)):
        expectation_of(GOOD | wrong)


@pytest.mark.parametrize(
    "wrong",
    [
        {"name": ""},
        {"scenario": "cafe"},
        {"set": {}},
        {"expect": []},
        {"expect": [GOOD | {"kpi": "nobody"}]},
        {"replications": 2},
        {"replications": "12"},
        {"sets": {"a": 1}},
    ],
    ids=str,
)
def test_a_wrong_experiment_is_refused(wrong: dict[str, Any]) -> None:
    good = {"name": "one", "scenario": "café", "set": {"horizon.months": 3}, "expect": [GOOD]}
    assert experiment_of(good, DATA["scenarios"]).name == "one"
    with pytest.raises(ValueError, match="experiment"):
        experiment_of(good | wrong, DATA["scenarios"])


def test_a_key_that_stands_twice_is_refused(tmp_path: Path) -> None:
    twice = tmp_path / "twice.yaml"
    twice.write_text("experiments:\n  - {name: one, name: two}\n", encoding="utf-8")
    with pytest.raises(Exception, match="duplicate key"):
        read(twice)
    assert read(FILE) == DATA


# -------------------------------------------------------------------------------------------- how it is judged

NONE = np.zeros(12) + 10.0
CHANCE = np.linspace(-0.1, 0.1, 12)


def expected(direction: str, **sizes: Any) -> Expectation:
    return expectation_of(GOOD | {"direction": direction} | sizes)


@pytest.mark.parametrize(
    ("expectation", "difference", "verdict"),
    [
        (expected("up"), CHANCE + 1, "with"),
        (expected("up"), CHANCE - 1, "against"),
        (expected("up"), CHANCE, "cannot tell"),
        (expected("up"), 0 * CHANCE, "against"),
        (expected("up", band=[0.5, 2]), CHANCE + 1, "with"),
        (expected("up", band=[2, 3]), CHANCE + 1, "against"),
        (expected("up", band=[0.2, 0.5]), CHANCE + 1, "against"),
        (expected("up", band=[1, 2]), CHANCE + 1, "cannot tell"),
        (expected("down", band=[0.5, 2]), CHANCE - 1, "with"),
        (expected("down", band=[0.5, 2]), CHANCE + 1, "against"),
        (expected("down", band=[2, 3]), CHANCE - 1, "against"),
        (expected("down"), 0 * CHANCE, "against"),
        (expected("not up"), 0 * CHANCE, "with"),
        (expected("not up"), CHANCE - 1, "with"),
        (expected("not up"), CHANCE + 1, "against"),
        (expected("not up", bound=2), CHANCE + 1, "with"),
        (expected("not up", band=[0, 0.5]), CHANCE - 1, "against"),
        (expected("not down"), CHANCE + 1, "with"),
        (expected("not down"), CHANCE - 1, "against"),
        (expected("not down", bound=0.5), CHANCE - 1, "against"),
        (expected("no effect", bound=0.5), CHANCE, "with"),
        (expected("no effect", bound=0.5), CHANCE + 1, "against"),
        (expected("no effect", bound=0.5), CHANCE - 1, "against"),
        (expected("no effect", bound=0), 0 * CHANCE, "with"),
        (expected("no effect", bound=0), np.eye(12)[0] * 1e-9, "against"),
        (expected("up", ratio=[1.05, 1.2]), CHANCE + 1, "with"),
        (expected("up", ratio=[1.2, 1.5]), CHANCE + 1, "against"),
        (expected("up", ratio=[1, 1.5]), 0 * CHANCE, "against"),
        (expected("down", ratio=[0.8, 0.95]), CHANCE - 1, "with"),
        (expected("down", ratio=[0.8, 0.95]), CHANCE + 1, "against"),
        (expected("no effect", ratio=[0.95, 1.05]), CHANCE, "with"),
        (expected("no effect", ratio=[0.95, 1.05]), CHANCE + 1, "against"),
    ],
)
def test_the_whole_interval_decides(expectation: Expectation, difference: np.ndarray, verdict: str) -> None:
    assert expectation.verdict(NONE, NONE + difference) == verdict


def test_the_interval_is_that_of_student() -> None:
    low, high = interval(np.zeros(4), np.array([1.0, 2.0, 3.0, 4.0]), as_ratio=False)
    assert (low + high) / 2 == pytest.approx(2.5)
    assert (high - low) / 2 == pytest.approx(
        12.923978 * np.sqrt(5 / 3) / 2, rel=1e-6
    )  # t of 3 degrees of freedom, .9995


def test_the_ratio_is_that_of_the_means() -> None:
    base = np.array([1.0, 2.0, 3.0, 6.0])
    low, high = interval(base, 1.5 * base, as_ratio=True)
    assert low == pytest.approx(1.5)
    assert high == pytest.approx(1.5)
    low, high = interval(base, base + np.array([1.0, -1.0, 1.0, -1.0]), as_ratio=True)
    assert low < 1 < high


def test_what_is_not_defined_is_no_verdict() -> None:
    with pytest.raises(ValueError, match="not defined"):
        expected("up").verdict(NONE, NONE * np.nan)


def known_experiment(**said: Any) -> Experiment:
    entry = {
        "name": "rent", "scenario": "café", "base": {"horizon.months": 1, "horizon.warm_up": 0}, "replications": 3,
        "set": {"economics.fixed_cost": 2500}, "expect": [{"kpi": "result", "source": JUDGEMENT} | said],
    }  # fmt: skip
    return experiment_of(entry, DATA["scenarios"])


def test_a_miss_is_found_and_a_declared_one_must_be_one() -> None:
    assert misses(known_experiment(direction="down", band=[999, 1001])) == []
    assert len(misses(known_experiment(direction="up"))) == 1
    assert misses(known_experiment(direction="up", declared="the rent is wrong")) == []
    assert "take `declared` out" in misses(known_experiment(direction="down", declared="the rent is wrong"))[0]


def test_parts_of_the_records_add_up_to_the_whole() -> None:
    """All sites, all touchpoints and all segments together have all contacts, each part its own."""
    entry = {
        "name": "parts",
        "scenario": "dental",
        "base": {"horizon.months": 1, "horizon.warm_up": 0},
        "set": {"bond_gain": 0},
    }
    scenario = experiment_of(entry | {"expect": [GOOD]}, DATA["scenarios"]).loaded(False)
    records = simulate(scenario, "today", 0)
    for part, items in (("site", scenario.sites), ("touchpoint", scenario.touchpoints), ("segment", scenario.segments)):
        found = []
        for item in items:
            looked_at = expectation_of({"kpi": "level_0", "direction": "up", "source": JUDGEMENT, part: item.name})
            found.append(int(part_of(records, scenario, looked_at).contacts["attempts"].sum()))
        assert sum(found) == records.contacts["attempts"].sum()
        assert len(set(found)) == len(found)
