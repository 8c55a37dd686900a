"""Flip points: enclosed where they lie, and none where there is none."""

from collections.abc import Sequence

import numpy as np
import pytest

from sxsim.model.parameters import Parameter
from sxsim.results.intervals import Interval, interval
from sxsim.studies.methods.candidates import (
    EQUAL,
    FOUND,
    NOTHING,
    Candidate,
    Flip,
    Judgement,
    corrected,
    enclosed,
    flips_of,
)
from sxsim.studies.methods.statistics import Array

ASSUMPTION = Parameter("speed", 5.0, 1.0, 10.0, "km/h", "D", "judgement", "how fast")


def leads(value: float) -> dict[str, Interval]:
    """Leads over a rival that overtakes above 8, one that overtakes below 2, one that never does, one only just."""
    means = {"above": 8.0 - value, "below": value - 2.0, "never": 1.0 + value, "hardly": 9.99 - value}
    return {name: interval([mean - 0.1, mean, mean + 0.1]) for name, mean in means.items()}


def lead(_parameter: Parameter, value: float, names: Sequence[str]) -> dict[str, Interval]:
    """Leads over some rivals."""
    return {name: leads(value)[name] for name in names}


def test_the_value_at_which_a_rival_overtakes_is_enclosed() -> None:
    found = {flip.rival: flip for flip in flips_of(ASSUMPTION, 5.0, (leads(1.0), leads(10.0)), lead)}
    above, below, never, hardly = (found[name] for name in ("above", "below", "never", "hardly"))
    assert above.ahead is not None
    assert above.behind is not None
    assert above.ahead <= 8.0 <= above.behind
    assert above.behind - above.ahead == pytest.approx(5.0 / 32)
    assert below.ahead is not None
    assert below.behind is not None
    assert below.behind <= 2.0 <= below.ahead
    assert never.value is None
    assert (above.clear, below.clear, hardly.clear) == (True, True, False)
    assert hardly.value is not None
    assert never.narrowest == 2.0


def test_only_the_rivals_that_overtake_are_looked_at_again() -> None:
    asked: list[tuple[str, ...]] = []

    def counted(parameter: Parameter, value: float, names: Sequence[str]) -> dict[str, Interval]:
        asked.append(tuple(names))
        return lead(parameter, value, names)

    flips_of(ASSUMPTION, 5.0, (leads(1.0), leads(10.0)), counted)
    assert asked == [("above",)] * 5 + [("below",)] * 5 + [("hardly",)] * 5


def test_a_usual_value_at_an_end_is_no_flip_there() -> None:
    assert all(
        flip.value is None
        for flip in flips_of(ASSUMPTION, 10.0, ({"r": leads(5.0)["above"]}, {"r": leads(9.0)["above"]}), lead)
    )


def test_halving_goes_from_the_usual_value_to_the_end() -> None:
    ahead, behind = enclosed(lambda value: 3.0 - value, 0.0, 32.0)
    assert (ahead, behind) == (3.0, 4.0)


def test_flips_are_clear_when_all_looks_are_counted() -> None:
    def flip(mean: float) -> Flip:
        ahead, behind = (
            interval([side * mean + shift for shift in (-0.2, -0.1, 0.0, 0.1, 0.2)]) for side in (1.0, -1.0)
        )
        return Flip(ASSUMPTION, "rival", ahead, behind, 5.0, 6.0, clear=True)

    just, clear = flip(0.25), flip(3.0)  # t = 3.5 with 4 degrees: p = .012; and far beyond
    assert [each.clear for each in corrected([just])] == [True]
    assert [each.clear for each in corrected([just, clear])] == [False, True]
    nothing = Flip(ASSUMPTION, "rival", interval([0.1, 0.2]), interval([0.1, 0.2]))
    assert [each.clear for each in corrected([just, clear, *[nothing] * 40])] == [False, True, *[False] * 40]


def test_equals_seldom_flip_anywhere_among_many_looks() -> None:
    """40 assumptions that change nothing, 100 studies: 2.5 are wrong; more than 9 with chance 0.03 %. Look by look: 87."""
    chance, wrong, each = np.random.default_rng(23592), 0, 0
    for _ in range(100):
        ends = [[interval(chance.normal(size=10)) for _ in range(2)] for _ in range(40)]
        flips = [
            Flip(ASSUMPTION, "rival", low, high, 1.0, 2.0, clear=low.high < 0 or high.high < 0) for low, high in ends
        ]
        wrong += any(flip.clear for flip in corrected(flips))
        each += any(flip.clear for flip in flips)
    assert wrong <= 9
    assert each > 60


def test_a_split_that_is_ahead_of_nothing_alone_is_not_advised_like_a_plan() -> None:
    """The found split is clearly ahead of nothing, but not of an equal split, which luck hides; a plan need not be."""
    noise = np.random.default_rng(1)
    goal = {
        NOTHING: np.zeros(20),
        EQUAL: 0.9 + 5.0 * noise.standard_normal(20),
        FOUND: 1.0 + 0.01 * noise.standard_normal(20),
    }
    candidates = {name: Candidate(name, (0.0,)) for name in goal}

    def judgement(candidates: dict[str, Candidate], goal: dict[str, Array]) -> Judgement:
        return Judgement(candidates, goal, dict.fromkeys(goal, 0.0), list(goal), 1.0, None, interval, interval)

    assert judgement(candidates, goal).advised == NOTHING
    more = candidates | {"welcome": Candidate("welcome", None, "welcome")}
    assert judgement(more, goal | {"welcome": goal[FOUND]}).advised == "welcome"
