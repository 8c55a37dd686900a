"""The picture of the queue by hour."""

from pathlib import Path

import numpy as np

from sxsim.evidence.bank import Held, Queue, erlang, reality
from sxsim.evidence.bank_data import MONTHS, month
from sxsim.pictures.agreement import by_hour


def test_the_picture_is_written_whole(tmp_path: Path) -> None:
    runs = [Queue(0.1, 40.0, 110.0, 0.5, np.full((14, 2), level)) for level in (0.1, 0.2)]
    held = [Held(month(n), runs, reality(month(n)), erlang(month(n)), erlang(month(n))) for n in MONTHS]
    path = by_hour(held, tmp_path / "queue.png")
    assert path.read_bytes().startswith(b"\x89PNG")
    assert [p.name for p in tmp_path.iterdir()] == ["queue.png"]
