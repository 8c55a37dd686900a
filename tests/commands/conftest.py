"""Pictures take long and are tested elsewhere; commands called in this process leave them out."""

import pytest

from sxsim.results import figures


@pytest.fixture(autouse=True)
def no_pictures(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("pyramid", "effect_chain", "journey", "differences"):
        monkeypatch.setattr(figures, name, lambda _result, path: path)
