"""A check: what is a pass, what is a miss, and when too little is known to tell."""

import json

import numpy as np

from sxsim.evidence.checks import FALSE_ALARM, Check, all_passed, check_of_mean

NOISE = np.random.default_rng(7)


def check(model: float, low: float, high: float, reality: float, known: bool = True) -> Check:
    return Check("theory", "mean wait", model, low, high, reality, known, "Erlang C")


def test_a_reality_inside_the_interval_passes_and_outside_it_misses() -> None:
    assert check(2.0, 1.9, 2.1, 2.05).passed
    assert check(2.0, 1.9, 2.1, 2.1).passed
    assert not check(2.0, 1.9, 2.1, 2.11).passed
    assert not check(2.0, 1.9, 2.1, 1.89).passed


def test_what_is_known_too_badly_to_notice_an_error_is_a_miss() -> None:
    assert not check(2.0, 0.5, 3.5, 2.0, known=False).passed
    values = NOISE.exponential(1.0, 300)
    assert not check_of_mean("", values, 1.0, "", most_error=0.001).known


def test_false_alarms_are_as_rare_as_stated() -> None:
    """At a rate of one in twenty instead of one in a million; 400 trials, bounds with one false alarm in ten thousand."""
    values = NOISE.exponential(1.0, (400, 600))
    scale = 2.045230 / 6.170056  # t quantiles with 29 degrees of freedom: 1 in 20 and 1 in a million
    found = [check_of_mean("", row, 1.0, "") for row in values]
    missed = sum(abs(each.reality - each.model) > scale * (each.high - each.model) for each in found)
    assert 6 <= missed <= 38
    assert FALSE_ALARM == 1e-6


def test_an_error_of_a_tenth_is_noticed() -> None:
    assert not check_of_mean("", NOISE.exponential(1.1, 40_000), 1.0, "").passed


def test_a_line_and_json_say_the_same() -> None:
    missed = check(2.0, 1.9, 2.1, 2.5)
    assert str(missed).startswith("miss  theory  mean wait")
    assert "Erlang C 2.5" in str(missed)
    assert json.loads(json.dumps(missed.as_json()))["interval"] == [1.9, 2.1]
    unsure = str(check(2.0, 1.0, 3.0, 2.0, known=False))
    assert unsure.startswith("cannot tell  theory")
    assert "too few runs to tell" in unsure


def test_with_a_rival_the_nearer_one_wins() -> None:
    def against(rival: float, **more: object) -> Check:
        return Check(
            "queue", "mean wait", 42.0, 41.0, 43.0, 40.0, source="measured", rival=rival, **{"known": True} | more
        )

    assert against(44.0).passed
    assert not against(41.0).passed
    assert not against(44.0, known=False).passed
    assert "Erlang-A 41" in str(against(41.0, rival_source="Erlang-A"))
    assert against(41.0).as_json()["rival"] == 41.0


def test_a_declared_miss_is_shown_as_one_with_its_reason_and_is_accepted() -> None:
    missed = Check("theory", "mean wait", 2.0, 1.9, 2.1, 2.5, True, "Erlang C", declared="known: one pool only")
    assert not missed.passed
    assert all_passed([missed, check(2.0, 1.9, 2.1, 2.05)])
    assert not all_passed([missed, check(2.0, 1.9, 2.1, 2.5)])
    assert str(missed).startswith("declared miss  theory")
    assert "known: one pool only" in str(missed)
    assert missed.as_json()["declared"] == "known: one pool only"
    won = Check("theory", "mean wait", 2.0, 1.9, 2.1, 2.0, True, "Erlang C", declared="known: one pool only")
    assert str(won).startswith("pass")
