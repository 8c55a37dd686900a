"""Typed access to the standard's data files: look a word up, list a kind, tell which element a sub-element belongs to.

The slugs (`names.py`) are plain tuples, so importing this module reads no file. The files are read once, at the first call
of `catalogue`, `entries`, `find` or `nearest`; what an entry holds stands in `entries.py`.
"""

import re
from functools import lru_cache
from typing import Any, TypeVar

from sxsim.standard.entries import (
    Activity,
    Catalogue,
    Dimension,
    Element,
    Entry,
    Lever,
    MaturityLevel,
    Organisation,
    PyramidLevel,
    Risk,
    SubElement,
)
from sxsim.standard.names import (
    ACTIVITIES,
    ACTIVITY_CLAUSES,
    ELEMENTS,
    LEVERS,
    LINKS,
    MATURITY_LEVELS,
    OBSTACLES,
    PYRAMID,
    SUB_ELEMENTS,
    element_of,
)

__all__ = [
    "ACTIVITIES",
    "ACTIVITY_CLAUSES",
    "ELEMENTS",
    "LEVERS",
    "LINKS",
    "MATURITY_LEVELS",
    "OBSTACLES",
    "PYRAMID",
    "SUB_ELEMENTS",
    "Activity",
    "Catalogue",
    "Dimension",
    "Element",
    "Entry",
    "Lever",
    "MaturityLevel",
    "Organisation",
    "PyramidLevel",
    "Risk",
    "SubElement",
    "activities",
    "catalogue",
    "element_of",
    "entries",
    "find",
    "nearest",
]

_CLAUSE = re.compile(r"(\d{4,5}:)?\d+(\.\d+)*[a-z]?")

EntryT = TypeVar("EntryT", bound=Entry)


def _tuples(value: Any) -> Any:
    """Turn lists and mappings of the data files into tuples, so that entries cannot be changed."""
    if isinstance(value, list):
        return tuple(_tuples(item) for item in value)
    if isinstance(value, dict):
        return tuple((key, _tuples(item)) for key, item in value.items())
    return value


def _entry(made: type[EntryT], kind: str, row: dict[str, Any]) -> EntryT:
    """Make one entry from a row of a data file; an unknown or missing key raises `TypeError`."""
    return made(kind=kind, **{key: _tuples(value) for key, value in row.items()})


def _element(row: dict[str, Any]) -> Element:
    """Make an element together with its sub-elements."""
    subs = tuple(
        SubElement(
            kind="sub-element",
            clause=sub["id"],
            element=row["slug"],
            **{key: _tuples(value) for key, value in sub.items() if key != "id"},
        )
        for sub in row["sub_elements"]
    )
    rest = {key: _tuples(value) for key, value in row.items() if key != "sub_elements"}
    return Element(kind="element", sub_elements=subs, **rest)


def _organisation(row: dict[str, Any]) -> Organisation:
    """Make an organisation; its file says `kind` for the kind of business."""
    rest = {key: value for key, value in row.items() if key != "kind"}
    return _entry(Organisation, "organisation", {**rest, "kind_of_business": row["kind"]})


def _rows(name: str) -> list[dict[str, Any]]:
    from importlib.resources import files

    from ruamel.yaml import YAML

    text = files(__package__ or "sxsim.standard").joinpath(f"{name}.yaml").read_text(encoding="utf-8")
    return list(YAML(typ="safe", pure=True).load(text))


@lru_cache(maxsize=1)
def activities() -> tuple[Activity, ...]:
    """Read the twelve implementation activities, in clause order."""
    return tuple(_entry(Activity, "activity", row) for row in _rows("activities"))


@lru_cache(maxsize=1)
def catalogue() -> Catalogue:
    """Read all data files once.

    Returns
    -------
    Catalogue
        The entries by kind; the same object at every call.
    """

    def plain(made: type[EntryT], kind: str, name: str) -> tuple[EntryT, ...]:
        return tuple(_entry(made, kind, row) for row in _rows(name))

    return Catalogue(
        dimensions=plain(Dimension, "dimension", "dimensions"),
        elements=tuple(_element(row) for row in _rows("elements")),
        levers=plain(Lever, "lever", "levers"),
        pyramid=plain(PyramidLevel, "pyramid level", "pyramid"),
        effect_chain=plain(Entry, "link", "effect_chain"),
        maturity=plain(MaturityLevel, "maturity level", "maturity"),
        principles=plain(Entry, "principle", "principles"),
        benefits=plain(Entry, "benefit", "benefits"),
        risks=plain(Risk, "risk", "risks"),
        activities=activities(),
        obstacles=plain(Entry, "obstacle", "obstacles"),
        organisations=tuple(_organisation(row) for row in _rows("organisations")),
        terms=plain(Entry, "term", "terms"),
    )


@lru_cache(maxsize=1)
def entries() -> tuple[Entry, ...]:
    """List every entry of every kind.

    Returns
    -------
    tuple of Entry
        In the order of `Catalogue`, sub-elements right after their element.
    """
    return tuple(catalogue())


def _normal(word: str) -> str:
    """Reduce a word to the form in which words are compared.

    Case, spaces, hyphens and underscores do not matter; in a clause, ``7.3.2 d)`` equals ``7.3.2d``.
    """
    spaced = re.sub(r"[\s_-]+", " ", word.casefold()).strip()
    tight = re.sub(r"[ ()]", "", spaced.removeprefix("clause "))
    return tight if _CLAUSE.fullmatch(tight) else spaced


@lru_cache(maxsize=1)
def _index() -> tuple[dict[str, tuple[Entry, ...]], dict[str, str]]:
    """Map each normal form to its entries, and to the spelling to show."""
    found: dict[str, list[Entry]] = {}
    spelling: dict[str, str] = {}
    for entry in entries():
        for word in entry.words:
            normal = _normal(word)
            spelling.setdefault(normal, word)
            known = found.setdefault(normal, [])
            if not any(entry is other for other in known):
                known.append(entry)
    return {word: tuple(known) for word, known in found.items()}, spelling


def find(word: str) -> tuple[Entry, ...]:
    """Look a word up by slug, name, id, clause or synonym.

    Parameters
    ----------
    word : str
        For instance ``"delight"``, ``"service recovery"``, ``"7.3.2d"`` or ``"19390:5.2"``. Case, spaces, hyphens and
        underscores do not matter. A plural is tried as its singular when it is not known itself.

    Returns
    -------
    tuple of Entry
        All entries known under this word, in the order of `entries`; empty when there is none.
    """
    index, _ = _index()
    normal = _normal(word)
    for form in (normal, normal.removesuffix("s"), re.sub("ies$", "y", normal)):
        if form in index:
            return index[form]
    return ()


def nearest(word: str, n: int = 3) -> tuple[str, ...]:
    """Suggest known words that look like a misspelt one.

    Parameters
    ----------
    word : str
        What somebody typed.
    n : int
        How many suggestions at most.

    Returns
    -------
    tuple of str
        Words that `find` knows, the closest first, each leading to an entry the ones before it do not lead to.
    """
    from difflib import get_close_matches

    index, spelling = _index()
    suggestions: list[str] = []
    covered: list[Entry] = []
    for form in get_close_matches(_normal(word), index, n=max(1, 5 * n), cutoff=0.6):
        fresh = [entry for entry in index[form] if not any(entry is other for other in covered)]
        if fresh and len(suggestions) < n:
            suggestions.append(spelling[form])
            covered.extend(fresh)
    return tuple(suggestions)
