"""An installation without pyarrow, as tests see it."""

import sys

import pytest


def hide_pyarrow(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let pyarrow be not installed, until the test is over."""
    for name in [name for name in sys.modules if name.partition(".")[0] == "pyarrow"]:
        monkeypatch.delitem(sys.modules, name)
    monkeypatch.setitem(sys.modules, "pyarrow", None)
