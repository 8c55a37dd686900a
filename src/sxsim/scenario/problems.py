"""Problems of an input file: each says what is wrong, where, and what to do next."""

import difflib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

Path = tuple[str | int, ...]


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
        word = ".".join(str(part) for part in self.path if isinstance(part, str))
        if word:
            hints.append(f"sxsim explain {word}")
        return "\n".join(part for part in (first, where, "  " + " · ".join(hints) if hints else "") if part)


class InvalidInput(Exception):  # noqa: N818
    """A file a user gave cannot be used. `problems` holds all that is wrong with it. Exit code 3."""

    def __init__(self, problems: Sequence[Problem]) -> None:
        self.problems = list(problems)
        super().__init__("\n\n".join(str(problem) for problem in problems))


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


def from_error(error: dict[str, Any], data: Any, known_keys: Sequence[str] = ()) -> Problem:
    """The problem that one of pydantic's errors stands for."""
    path, value = _locate(error["loc"], data)
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
        return Problem(path, " is not known here", did_you_mean(str(path[-1]), known_keys))
    if kind == "missing":
        return Problem(path, " is missing", "it has no default")
    if kind == "literal_error":
        return Problem(path, f"{shown(value)} must be {context['expected']}", "")
    if kind == "value_error":
        message = str(context["error"])
        own = f"{path[-1]}(=" if path else ""
        if own and message.startswith(own):
            return Problem(path, message[len(own) - 2 :], _nearest_number(value, "≥", 0.0))
        return Problem(path, f": {message}")
    text = str(error["msg"]).replace("Input should be", "must be")
    return Problem(path, f"{shown(value)} {text[0].lower()}{text[1:]}")


def _nearest_number(value: Any, sign: str, bound: float) -> str:
    if isinstance(value, int | float) and value < 0 and sign in ("≥", ">") and -value > bound:
        return f"did you mean {-value:g}?"
    if isinstance(value, int | float) and sign == "≤" and bound == 1 and 1 < value <= 100:
        return f"did you mean {value / 100:g} ({value:g} %)?"
    return ""


def _locate(location: Sequence[str | int], data: Any) -> tuple[Path, Any]:
    """Path in the file of an error's location: names of union branches, which stand in no file, are left out."""
    path: list[str | int] = []
    for position, part in enumerate(location):
        last = position == len(location) - 1
        if isinstance(data, dict):
            if part in data:
                data = data[part]
                path.append(part)
            elif last and not _is_branch(part):
                path.append(part)
                data = None
        elif isinstance(data, list) and isinstance(part, int) and part < len(data):
            data = data[part]
            path.append(part)
    return tuple(path), data


def _is_branch(part: str | int) -> bool:
    text = str(part)
    return text[:1].isupper() or "[" in text or text in ("float", "int", "str")
