"""Maturity and commitment over time, worked out by hand."""

from datetime import date
from pathlib import Path

import numpy as np
import pytest

from sxsim.engines.records import Records
from sxsim.pictures.organisation import commitment
from sxsim.results.maturity import STAGES, commitment_of, commitment_sentence, maturity_of, maturity_sentence
from sxsim.results.pictured import committing
from sxsim.scenario.plan import Plan
from tests.results.hand_made import empty, result_of


def rising(first: float, a_month: float, weakest: float = 9.0):  # type: ignore[no-untyped-def]
    """Records of 2 warm-up months and 12 more: all elements rise, one (operations) stands where it stands."""
    records = empty(warm_up=2, months=12)
    months = np.arange(14) - 1
    records.maturity[:] = np.clip(first + a_month * np.maximum(months, 0), 1, 5)[:, None]
    records.maturity[:, 7] = np.minimum(records.maturity[:, 7], weakest)
    records.sub_elements[:] = records.maturity[:, [0]]
    records.seen[:] = records.sub_elements - 0.2
    return records


def test_the_level_is_that_of_the_weakest_element_and_the_mean_stands_beside() -> None:
    result = result_of([rising(3.0, 0.1, weakest=2.5)])
    assert result.maturity.start.mean == 2.5
    assert result.maturity.end.mean == 2.5
    assert result.maturity.weakest == "operations"
    assert result.maturity.mean.mean == pytest.approx((8 * 4.2 + 2.5) / 9)


def test_steps_have_a_chance_a_month_and_a_date() -> None:
    runs = [rising(2.8, 0.1), rising(2.8, 0.2), rising(2.8, 0.0), rising(2.8, 0.05)]
    result = result_of(runs, **{"horizon.start": "2026-03-01"})
    managed, good, excellent = result.maturity.steps
    assert managed.chance[0] == 0.75  # in months 2, 1 and 4 (a twentieth short counts)
    assert managed.month == 2
    assert managed.date == date(2026, 4, 1)
    assert good.chance[0] == 0.5
    assert good.month == 6  # 4.0 in month 6 and, a twentieth short, 12
    assert (excellent.chance[0], excellent.month, excellent.date) == (0.25, 11, date(2027, 1, 1))


def test_a_step_that_is_never_taken_has_no_month() -> None:
    steps = result_of([rising(2.0, 0.0)]).maturity.steps
    assert [(step.chance[0], step.month) for step in steps] == [(0.0, None)] * 3


def test_who_stands_there_from_the_start_needs_no_month() -> None:
    steps = result_of([rising(4.1, 0.0)]).maturity.steps
    assert [step.month for step in steps] == [0, 0, None]
    assert maturity_sentence(result_of([rising(4.1, 0.0)]).maturity).endswith("Level 5 (excellent) is not reached.")


def test_the_organisations_own_picture_stands_beside_the_truth() -> None:
    found = result_of([rising(3.0, 0.1)]).maturity
    assert found.true[0] - found.seen[0] == pytest.approx(0.2)


def test_in_words() -> None:
    text = maturity_sentence(
        result_of([rising(2.8, 0.1), rising(2.8, 0.1)], **{"horizon.start": "2026-01-01"}).maturity
    )
    assert text.startswith(
        "Maturity goes from 2.8 to 4.0, by the weakest element (strategy); the mean of the nine is 4.0"
    )
    assert "Level 3 (managed) is reached in month 2 (February 2026), in every run." in text
    assert "Level 4 (good) is reached in month 12 (December 2026), in every run." in text


def test_without_a_warm_up_the_first_month_is_the_first() -> None:
    records = empty(warm_up=0, months=3)
    records.maturity[1:] = 4.0
    found = maturity_of([records], result_of([empty(warm_up=0, months=3)]).scenario)
    assert [step.month for step in found.steps] == [1, 2, None]


def test_as_json() -> None:
    data = result_of([rising(2.8, 0.1)]).as_json()["maturity"]
    assert set(data) == {"level_at_start", "level_at_end", "mean_at_end", "weakest_at_end", "seen_at_end", "steps"}
    assert data["steps"][0]["date"] == "2026-02-01"
    assert data["steps"][2] == {
        "level": 5,
        "chance": data["steps"][2]["chance"],
        "month": None,
        "date": None,
        "stands_at_end": 0.0,
    }


def test_a_level_that_was_lost_again_is_said_to_be_lost() -> None:
    made = rising(2.8, 0.1)
    made.maturity[-2:] = 2.5
    text = maturity_sentence(result_of([made, rising(2.8, 0.1)]).maturity)
    assert "Level 3 (managed) is reached" in text
    assert "; at the end 50% of the runs stand there." in text


def staffed(**counts: int) -> Records:
    """Records in which, from the second month on, so many stand at each stage, over two sites; at first one practises of four."""
    records = empty(warm_up=1, months=3, sites=2)
    records.sites["headcount"][0, 0], records.sites["practising"][0, 0], records.sites["unaware"][0, 0] = 4, 1, 3
    for stage, count in counts.items():
        records.sites[stage][1:, 0] = count
    records.sites["headcount"][1:, 0] = sum(counts.values())
    records.sites["practising"][1:, 1], records.sites["headcount"][1:, 1] = 2, 2
    return records


def test_shares_are_of_the_whole_staff() -> None:
    found = commitment_of([staffed(practising=2, trying=3, resigned=1)])
    assert found.stages.shape == (1, 4, len(STAGES))
    assert found.share(0).mean == 0.25
    assert found.share(3).mean == 4 / 8
    assert found.share(3, "trying").mean == 3 / 8
    assert found.share(3, "resigned").mean == 1 / 8
    np.testing.assert_allclose(found.stages.sum(axis=2), 1)


def test_commitment_in_words() -> None:
    records = staffed(practising=2, trying=3, resigned=1)
    assert commitment_sentence(commitment_of([records])) == (
        "Of the staff 25% practise service excellence at the start and 50% at the end; 12% have resigned."
    )
    records.sites["resigned"], records.sites["unaware"][1:, 0] = 0, 1
    assert commitment_sentence(commitment_of([records])) == (
        "Of the staff 25% practise service excellence at the start and 50% at the end."
    )


def test_where_nobody_works_nothing_is_claimed() -> None:
    assert "Nobody works here" in commitment_sentence(commitment_of([empty()]))


def test_commitment_as_json() -> None:
    data = commitment_of([staffed(practising=2, trying=3, resigned=1)]).as_json()
    assert data["at_end"]["trying"]["mean"] == 3 / 8
    assert data["obstacles_at_end"]["silos"] == pytest.approx(0.2)


@pytest.mark.parametrize(
    "activities",
    [{}, {"create_urgency": {"months": 2, "again": [{"start": 2}]}, "anchor_culture": {"start": 2, "effort": 0.5}}],
)
def test_the_picture_is_drawn(activities: dict[str, object], tmp_path: Path) -> None:
    plan = Plan.model_validate({"activities": activities})
    for records in (staffed(practising=2), empty()):
        path = commitment(committing(commitment_of([records])), plan, 3, "the café", tmp_path / "commitment.png")
        assert path.stat().st_size > 10_000
