import pytest

from sxsim.commands.options import hint, progress


def test_a_hint_goes_to_stderr_unless_quiet(capsys: pytest.CaptureFixture[str]) -> None:
    hint("once", quiet=False)
    hint("twice", quiet=True)
    said = capsys.readouterr()
    assert (said.out, said.err) == ("", "once\n")


@pytest.mark.parametrize("quiet", [True, False])
def test_there_is_no_bar_where_there_is_no_terminal(capsys: pytest.CaptureFixture[str], quiet: bool) -> None:
    with progress("work", quiet) as report:
        assert report is None
    assert capsys.readouterr() == ("", "")


def test_there_is_no_bar_when_quiet(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sys.stderr.isatty", lambda: True, raising=False)
    with progress("work", True) as report:
        assert report is None
