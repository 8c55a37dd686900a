"""A tiny café to test with, and the problems that changes to its file bring."""

from pathlib import Path

from sxsim.scenario.loading import load
from sxsim.scenario.problems import InvalidInput, Problem
from sxsim.scenario.scenario import Scenario

CAFE = Path(__file__).with_name("cafe.yaml")
TEXT = CAFE.read_text(encoding="utf-8")
SCENARIOS = sorted((Path(__file__).parents[2] / "scenarios").glob("*.yaml"))


def changed(*changes: tuple[str, str], text: str = TEXT) -> str:
    """The café's file with pieces of text replaced; each must be there."""
    for old, new in changes:
        assert old in text, old
        text = text.replace(old, new, 1)
    return text


def line_with(text: str, piece: str) -> int:
    """Line, counted from 1, of the first line that holds a piece of text."""
    return next(number for number, line in enumerate(text.splitlines(), 1) if piece in line)


def cafe(*sets: str) -> Scenario:
    """The café, with overrides."""
    return load(CAFE, sets=sets)


def problems_with(*sets: str) -> list[Problem]:
    """What is wrong with the café after overrides."""
    try:
        cafe(*sets)
    except InvalidInput as error:
        return error.problems
    return []


def only(problems: list[Problem]) -> str:
    """The text of the only problem."""
    assert len(problems) == 1, "\n".join(map(str, problems)) or "no problem found"
    return str(problems[0])
