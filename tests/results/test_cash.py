"""The money side of a plan, on figures one can check by hand."""

import math
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
import pytest

from sxsim.results.cash import Cash, cash


@dataclass
class _Record:
    warm_up: int
    sites: Any


class _Scenario:
    currency = "EUR"


@dataclass
class _Result:
    records: list[_Record]
    kpis: pd.DataFrame
    scenario: Any = _Scenario


def result(months: list[list[float]], npv: list[float]) -> Any:
    """A result of some runs: the result of each month (two months of warm-up before), and the net present value."""
    records = []
    for run in months:
        sites = np.zeros((2 + len(run), 1), [("result", float)])
        sites["result"][:2] = 999.0
        sites["result"][2:, 0] = run
        records.append(_Record(2, sites))
    return _Result(records, pd.DataFrame({"npv": npv}))


def plan(*months: list[float], npv: list[float]) -> Cash:
    """A plan against a base that earns nothing."""
    return cash(result([[0.0] * len(run) for run in months], [0.0] * len(npv)), result(list(months), npv))


def test_the_difference_is_summed_month_by_month_without_the_warm_up() -> None:
    assert plan([-5, 2, 4], npv=[1.0]).cumulative.tolist() == [[-5, -3, 1]]


@pytest.mark.parametrize(
    ("months", "payback"),
    [([-5, 2, 4], 3), ([1, 2, 3], 0), ([-5, 2, 2], None), ([3, -4, 1], 3), ([0, 0, 0], 0), ([2, -1, -5], None)],
)
def test_it_has_paid_back_when_the_sum_stays_above_nothing(months: list[float], payback: int | None) -> None:
    assert plan(months, npv=[1.0]).payback_month == payback


def test_chances_and_the_worst_tenth_go_run_by_run() -> None:
    found = plan(*[[-4.0, 5.0]] * 15, *[[-4.0, 1.0]] * 5, npv=[2.0] * 15 + [-1.0, -2.0, -3.0, -8.0, -10.0])
    assert found.paid_back == 0.75
    assert found.chance_better[0] == 0.75
    assert found.chance_better[1:] == pytest.approx((0.5313, 0.8881), abs=1e-4)  # Wilson
    assert found.worst_tenth == -9.0
    assert found.largest_gap.mean == -4.0


def test_a_plan_equal_to_the_base_is_exactly_nothing() -> None:
    found = plan([0.0, 0.0], [0.0, 0.0], npv=[0.0, 0.0])
    assert (found.payback_month, found.worst_tenth, found.largest_gap.mean) == (0, 0.0, 0.0)
    assert found.chance_better[0] == 0.0
    assert not math.isnan(found.chance_better[2])
