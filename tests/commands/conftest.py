"""Pictures take long and are tested elsewhere; commands called in this process leave them out."""

import pytest

from sxsim.results import pictured


@pytest.fixture(autouse=True)
def no_pictures(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("draw_run", "draw_comparison"):
        monkeypatch.setattr(pictured, name, lambda _result, _folder: None)
