"""The glossary and the options of runs and studies, as tables."""

from markdown_table import table

from sxsim.explain import glossary, methods
from sxsim.running.asked import (
    CompareOptions,
    DryRun,
    Option,
    ReadingAScenario,
    RunOptions,
    Screen,
    StudyOptions,
    Trial,
    declared,
)

#: Which options the commands take, and what the functions of Python take.
COMMANDS = {
    "run": (RunOptions, ReadingAScenario, Screen, DryRun),
    "compare": (CompareOptions, ReadingAScenario, Screen, DryRun),
    "study": (StudyOptions, Screen, Trial),
}
ONLY_TYPED = (Screen, DryRun, Trial)


def words() -> str:
    """One word for one thing, and the words that are not used for it."""
    return table(
        ("word", "it is", "not"),
        [(f'<a id="{name.lower()}"></a>**{name}**', word.meaning, ", ".join(word.never)) for name, word in sorted(glossary().items(), key=lambda item: item[0].lower())],
    )  # fmt: skip


def methods_of_studies() -> str:
    """The methods that studies use."""
    return table(("method", "it is", "source"), [(f"**{m.name}**", m.meaning, m.source) for m in methods().values()])


def options() -> str:
    """Every option of run, compare and study: at the command line, in Python, default, meaning, where it goes."""
    typed = declared(*ONLY_TYPED)
    homes: dict[tuple[str, Option], list[str]] = {}
    for command, kinds in COMMANDS.items():
        for name, option in declared(*kinds).items():
            homes.setdefault((name, option), []).append(command)
    rows = [
        (_written(option), "" if name in typed else f"`{name}`", _default(option), option.help, ", ".join(commands))
        for (name, option), commands in sorted(homes.items(), key=lambda item: item[0][0])
    ]
    return table(("command line", "Python", "default", "meaning", "goes with"), rows)


def _written(option: Option) -> str:
    word = f" {option.shown}" if option.shown else ""
    return ", ".join(f"`{flag}{word}`" for flag in option.flags)


def _default(option: Option) -> str:
    return "" if option.default in (None, False, ()) else str(option.default)
