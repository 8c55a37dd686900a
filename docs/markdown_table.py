"""Small pieces of Markdown: tables, and the first sentence of a text."""

import re
from typing import Any


def table(head: tuple[str, ...], rows: list[tuple[Any, ...]]) -> str:
    """Build a Markdown table."""
    lines = ["| " + " | ".join(head) + " |", "|" + " --- |" * len(head)]
    lines += ["| " + " | ".join(" ".join(str(cell).replace("|", "\\|").split()) for cell in row) + " |" for row in rows]
    return "\n".join(lines)


def first_sentence(docstring: str) -> str:
    """Return the first sentence of a docstring."""
    text = " ".join(docstring.split("\n\n")[0].split())
    return re.split(r"(?<=[.!?]) (?=[A-Za-z0-9_`])", text, maxsplit=1)[0]
