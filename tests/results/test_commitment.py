"""The staff by stage: shares by hand, what is said, the picture."""

from pathlib import Path

import numpy as np
import pytest

from sxsim.engines.records import Records
from sxsim.pictures.organisation import commitment
from sxsim.results.commitment import STAGES, commitment_of, sentence
from sxsim.results.pictured import committing
from sxsim.scenario.plan import Plan

from .hand_made import empty


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


def test_in_words() -> None:
    records = staffed(practising=2, trying=3, resigned=1)
    assert sentence(commitment_of([records])) == (
        "Of the staff 25% practise service excellence at the start and 50% at the end; 12% have resigned."
    )
    records.sites["resigned"], records.sites["unaware"][1:, 0] = 0, 1
    assert sentence(commitment_of([records])) == (
        "Of the staff 25% practise service excellence at the start and 50% at the end."
    )


def test_where_nobody_works_nothing_is_claimed() -> None:
    assert "Nobody works here" in sentence(commitment_of([empty()]))


def test_as_json() -> None:
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
