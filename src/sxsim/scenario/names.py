"""Names are data: what a user calls a thing, as a file, a sheet, a column, a cell, on the screen, in a picture, in a page.

Users may call a scenario `Hotel: east [2]`, a factor `kpi`, a currency `$^$`. Here, and nowhere else, such a name becomes what
the place needs that it goes to, so that no name can lose a finished result.
"""

import hashlib
import html
import re
import unicodedata
from collections.abc import Callable, Iterable

#: Characters of a name in a path, of a sheet's title, of a text in a cell of a workbook.
_IN_PATH, _IN_SHEET, _IN_CELL = 80, 31, 32_767
_HASH = 8
_NOT_IN_SHEETS = re.compile(r"[\[\]:*?/\\]")
#: Columns that tables of results have of their own, so that a factor of this name needs another one.
OWN_COLUMNS = frozenset(
    ["scenario", "plan", "replication", "kpi", "unit", "mean", "low", "high", "sd", "n", "value", "for", "parameter", "at",
     "left out", "weight"]
)  # fmt: skip
#: What a computer may do to the screen when it meets them: turn it around, or hide text.
_TURNING = frozenset("\u061c\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069\u2028\u2029")


def in_path(name: str) -> str:
    """A name as a part of a file's or folder's name: letters, digits, - and _; a long one is cut and told apart by a hash."""
    text = re.sub(r"[^\w-]+", "-", name).strip("-") or "scenario"
    if len(text.encode()) <= _IN_PATH:
        return text
    short = text.encode()[:_IN_PATH].decode(errors="ignore").rstrip("-")
    return f"{short}-{hashlib.sha256(name.encode()).hexdigest()[:_HASH]}"


def in_paths(names: Iterable[str]) -> list[str]:
    """Several names as parts of files' names, each another one, also where a system does not tell `A` from `a`."""
    return _distinct([in_path(name) for name in names], lambda text, mark: f"{text}-{mark}")


def distinct_names(names: Iterable[str], marks: Iterable[str]) -> list[str]:
    """Names of things that go in one table: those that stand twice get a mark, like the name of their file."""
    given, seen = list(names), list(marks)
    marked = [f"{name} ({mark})" if given.count(name) > 1 else name for name, mark in zip(given, seen, strict=True)]
    return _distinct(marked, lambda text, mark: f"{text} ({mark})")


def _distinct(texts: list[str], numbered: Callable[[str, int], str]) -> list[str]:
    taken: set[str] = set()
    found = []
    for text in texts:
        each, mark = text, 2
        while each.casefold() in taken or (each != text and each in texts):
            each, mark = numbered(text, mark), mark + 1
        taken.add(each.casefold())
        found.append(each)
    return found


def sheet_title(name: str, taken: Iterable[str] = ()) -> str:
    """A name as the title of a sheet: at most 31 characters, none that spreadsheets refuse, and none that is taken."""
    text = _NOT_IN_SHEETS.sub("-", visible(name)).strip("'") or "sheet"
    used = {title.casefold() for title in taken}
    found, mark = text[:_IN_SHEET], 2
    while found.casefold() in used:
        end = f" {mark}"
        found, mark = text[: _IN_SHEET - len(end)] + end, mark + 1
    return found


def column(name: str) -> str:
    """The name of a factor as a column beside those that tables have of their own."""
    return f"{name} (setting)" if name in OWN_COLUMNS else name


def cell_text(text: str) -> str:
    """A text as a cell of a workbook can hold it; the cell must be told that it is text, or `=1+1` becomes a formula."""
    return visible(text)[:_IN_CELL]


def visible(text: str) -> str:
    """A text for a screen: what would steer the terminal is written out, like \\x1b; line ends and tabs stay."""
    if text.isprintable():
        return text
    return "".join(c if _harmless(c) else c.encode("unicode_escape").decode() for c in text)


def _harmless(character: str) -> bool:
    return character in "\n\t" or (unicodedata.category(character) not in ("Cc", "Cs") and character not in _TURNING)


def steering(text: str) -> str | None:
    """The first character of a text that no file should hold: it steers a terminal or is half of one; None without any."""
    if text.isprintable():
        return None
    return next((c for c in text if c not in "\n\t\r\v\f" and unicodedata.category(c) in ("Cc", "Cs")), None)


def markup(text: str) -> str:
    """A text for the library that draws progress: its square brackets are no commands."""
    return visible(text).replace("[", r"\[")


def in_picture(text: str) -> str:
    """A text for a picture: its dollars begin no formula."""
    return visible(text).replace("$", r"\$")


def in_page(text: str) -> str:
    """A text for HTML."""
    return html.escape(visible(text), quote=True)
