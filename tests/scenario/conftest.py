"""Files of changed cafés."""

from collections.abc import Callable
from pathlib import Path

import pytest

from sxsim.scenario.loading import load
from sxsim.scenario.problems import InvalidInput, Problem

from .cafe import changed

Check = Callable[..., list[Problem]]


@pytest.fixture
def check(tmp_path: Path) -> Check:
    """Problems of the café's file with pieces of text replaced."""

    def problems(*changes: tuple[str, str]) -> list[Problem]:
        path = tmp_path / "cafe.yaml"
        path.write_text(changed(*changes), encoding="utf-8")
        try:
            load(path)
        except InvalidInput as error:
            return error.problems
        return []

    return problems
