"""Problems of an input file: each says what is wrong, where, and what to do next; and names as texts.

Names are data: what a user calls a thing, as a file, a sheet, a column, a cell, on the screen, in a picture, in a page.
"""

import difflib
import hashlib
import html
import re
import unicodedata
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from functools import reduce
from typing import Any, TypeVar

from pydantic import BaseModel
from pydantic_core import ErrorDetails

from sxsim.model.parameters import register
from sxsim.scenario.fields import Short, below, fields_of, forms_of
from sxsim.scenario.limits import PROBLEMS_SAID

Path = tuple[str | int, ...]
Model = TypeVar("Model", bound=BaseModel)
#: The model whose fields `sxsim explain` knows; set where it is declared, which is after this file.
_explained: list[type[BaseModel]] = []

#: Kinds of Pydantic's errors in words a user knows; the others speak for themselves.
_SAID = {
    "bool_parsing": "must be true or false",
    "bool_type": "must be true or false",
    "date_from_datetime_parsing": "must be a day of the calendar, like 2026-01-01",
    "date_type": "must be a day of the calendar, like 2026-01-01",
    "dict_type": "must hold keys and values",
    "finite_number": "must be a finite number",
    "float_parsing": "must be a number",
    "float_type": "must be a number",
    "int_from_float": "must be a whole number",
    "int_parsing": "must be a whole number",
    "int_type": "must be a whole number",
    "list_type": "must be a list",
    "string_pattern_mismatch": "must begin with a letter from a to z, then letters, digits, spaces, - and _",
    "string_too_short": "must not be empty",
    "int_parsing_size": "must be a whole number that is not so large",
    "string_type": "must be text",
}


def dotted(path: Path) -> str:
    """`('touchpoints', 2, 'staff')` as `touchpoints[2].staff`."""
    text = ""
    for part in path:
        text += f"[{part}]" if isinstance(part, int) else f".{part}" if text else str(part)
    return text


@dataclass(frozen=True)
class Problem:
    """One thing that is wrong in an input file."""

    path: Path
    message: str
    hint: str = ""
    file: str = ""
    line: int | None = None

    def __str__(self) -> str:
        first = f"{dotted(self.path)}{self.message}".strip()
        where = f"  in {self.file}" + (f", line {self.line}" if self.line else "") if self.file else ""
        hints = [self.hint] if self.hint else []
        if self.word:
            hints.append(f"sxsim explain {self.word}")
        return visible("\n".join(part for part in (first, where, "  " + " · ".join(hints) if hints else "") if part))

    @property
    def word(self) -> str:
        """What to look up: a parameter, or the field without the keys that users choose; else nothing."""
        if self.path and self.path[-1] in register():
            return str(self.path[-1])
        names: list[str] = []
        place: Any = _explained[0] if _explained else None
        for part in self.path:
            names += [str(part)] if part in fields_of(place) else []
            place = below(place, part)
        return ".".join(names)


class InvalidInput(Exception):  # noqa: N818
    """A file a user gave cannot be used. `problems` holds all that is wrong with it. Exit code 3."""

    def __init__(self, problems: Sequence[Problem]) -> None:
        self.problems = list(problems)
        said = [str(problem) for problem in self.problems[:PROBLEMS_SAID]]
        more = len(self.problems) - len(said)
        super().__init__("\n\n".join([*said, f"and {more} more problems"] if more > 0 else said))


def explained(model: type[Model]) -> type[Model]:
    """Let `sxsim explain` be named for the fields of a model."""
    _explained.append(model)
    return model


def shown(value: Any) -> str:
    """A value as it stands in an error: short, on one line."""
    if isinstance(value, dict | list):
        return ""
    text = repr(value) if isinstance(value, str) else str(value)
    return f"(={text if len(text) <= 60 else text[:57] + '…'})"


def did_you_mean(word: str, known: Iterable[str]) -> str:
    """`did you mean …?` with the nearest known word, or what is known when there are few."""
    names = [str(name) for name in known]
    near = difflib.get_close_matches(str(word), names, n=1, cutoff=0.6)
    if near:
        return f"did you mean {near[0]}?"
    return f"known: {', '.join(names)}" if 0 < len(names) <= 12 else ""


def from_error(error: ErrorDetails, data: Any, model: type[BaseModel]) -> Problem:
    """The problem that one of Pydantic's errors about data for a model stands for."""
    path, value = locate(error, data)
    kind, context = error["type"], error.get("ctx", {})
    rules = {
        "greater_than_equal": ("≥", "ge"),
        "greater_than": (">", "gt"),
        "less_than_equal": ("≤", "le"),
        "less_than": ("<", "lt"),
    }
    if kind in rules:
        sign, key = rules[kind]
        return Problem(
            path, f"{shown(value)} must be {sign} {context[key]:g}", _nearest_number(value, sign, context[key])
        )
    if kind == "extra_forbidden":
        return Problem(
            path, " is not known here", did_you_mean(str(path[-1]), fields_of(reduce(below, path[:-1], model)))
        )
    if kind == "model_type":
        place: Any = reduce(below, path, model)
        number = "be a number, or " if any(isinstance(form, Short) for form in forms_of(place)) else ""
        return Problem(path, f"{shown(value)} must {number}hold keys and values", did_you_mean("", fields_of(place)))
    if kind == "other_kind":
        hint = "take off the quotation marks" if isinstance(value, str) else "true and false are no numbers"
        return Problem(path, f"{shown(value)} must be a number", hint)
    if kind == "missing":
        return Problem(path, " is missing", "it has no default")
    if kind == "literal_error":
        return Problem(path, f"{shown(value)} must be {context['expected']}")
    if kind == "value_error":
        message = str(context["error"])
        own = f"{path[-1]}(=" if path else ""
        if own and message.startswith(own):
            return Problem(path, message[len(own) - 2 :], _nearest_number(value, "≥", 0.0))
        return Problem(path, f": {message}" if path else message)
    if kind == "too_long":
        return Problem(path, f" must hold at most {context['max_length']}, and holds more", "take some out")
    if kind == "too_short":
        return Problem(path, f" must hold at least {context['min_length']}, and holds {context['actual_length']}")
    text = _SAID.get(kind) or error["msg"].replace("Input should be", "must be")
    return Problem(path, f"{shown(value)} {text[0].lower()}{text[1:]}")


def _nearest_number(value: Any, sign: str, bound: float) -> str:
    if isinstance(value, int | float) and value < 0 and sign in ("≥", ">") and -value > bound:
        return f"did you mean {-value:g}?"
    if isinstance(value, int | float) and sign == "≤" and bound == 1 and 1 < value <= 100:
        return f"did you mean {value / 100:g} ({value:g} %)?"
    return ""


def locate(error: ErrorDetails, data: Any) -> tuple[Path, Any]:
    """Path in the file, and value, of one of Pydantic's errors; names of a union's branches stand in no file.

    A wrong key is a mistake of the mapping that holds it, and the value is the key.
    """
    location = error["loc"]
    if location[-1:] == ("[key]",):
        return locate({**error, "loc": location[:-2]}, data)[0], location[-2]
    if error["type"] == "missing":
        return (*locate({**error, "type": "", "loc": location[:-1]}, data)[0], location[-1]), None
    path: list[str | int] = []
    for part in location:
        inside = part in data if isinstance(data, dict) else isinstance(data, list) and part in range(len(data))
        if inside:
            data = data[part]
            path.append(part)
    return tuple(path), data


#: Characters of a name in a path, of a sheet's title, of a text in a cell of a workbook.
_IN_PATH, _IN_SHEET, _IN_CELL = 80, 31, 32_767
#: What makes a spreadsheet take a text for a formula. Source: OWASP, CSV injection.
_BEGINS_A_FORMULA = ("=", "+", "-", "@", "\t", "\r")
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


def csv_text(value: Any) -> Any:
    """A value as a cell of a CSV file: a text that a spreadsheet would take for a formula gets an apostrophe before it."""
    return f"'{value}" if isinstance(value, str) and value.startswith(_BEGINS_A_FORMULA) else value


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
