"""Typed access to the standard's data files: look a word up, list a kind, tell which element a sub-element belongs to.

The constants are plain tuples, so importing this module reads no file. The files are read once, at the first call
of `catalogue`, `entries`, `find` or `nearest`.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass, fields
from functools import lru_cache
from typing import Any, TypeVar

ELEMENTS: tuple[str, ...] = (
    "strategy",
    "leadership",
    "culture",
    "engagement",
    "understanding",
    "design",
    "innovation",
    "operations",
    "monitoring",
)
"""Slugs of the nine elements, in clause order."""

SUB_ELEMENTS: tuple[str, ...] = (
    *("7.1.1a", "7.1.1b", "7.1.1c"),
    *("7.1.2a", "7.1.2b", "7.1.2c"),
    *("7.2.1a", "7.2.1b", "7.2.1c"),
    *("7.2.2a", "7.2.2b", "7.2.2c", "7.2.2d", "7.2.2e", "7.2.2f"),
    *("7.3.1a", "7.3.1b", "7.3.1c"),
    *("7.3.2a", "7.3.2b", "7.3.2c", "7.3.2d"),
    *("7.3.3a", "7.3.3b"),
    *("7.4.1a", "7.4.1b", "7.4.1c"),
    *("7.4.2a", "7.4.2b", "7.4.2c", "7.4.2d"),
)
"""Ids of the 31 sub-elements, in clause order."""

LEVERS: tuple[str, ...] = (
    "reliability",
    "flow",
    "voice",
    "recovery",
    "insight",
    "discretion",
    "craft",
    "energy",
    "surprise",
    "alignment",
)
"""Slugs of the ten levers, in the order used by every array of levers."""

OBSTACLES: tuple[str, ...] = (
    "understanding",
    "mindset",
    "silos",
    "leadership",
    "resources",
    "business_link",
    "product_view",
    "cross_industry",
    "transformation_culture",
)
"""Slugs of the nine obstacles, in the order used by every array of obstacles."""

ACTIVITIES: tuple[str, ...] = (
    "analyse_situation",
    "deepen_mindset",
    "create_urgency",
    "change_team",
    "vision_initiatives",
    "manage_activities",
    "supporter_network",
    "minimum_viable_changes",
    "expand_momentum",
    "anchor_culture",
    "anchor_innovation",
    "anchor_standards",
)
"""Slugs of the twelve implementation activities, in clause order."""

PYRAMID: tuple[str, ...] = (
    "Not delivered",
    "Core service proposition",
    "Customer feedback management",
    "Individual excellent service",
    "Surprisingly excellent service",
)
"""Names of the levels of the pyramid; the place of a name is the number of its level."""

MATURITY_LEVELS: dict[int, str] = {1: "Maturity 1", 2: "Maturity 2", 3: "Managed", 4: "Good", 5: "Excellent"}
"""Names of the levels of maturity by their number."""

LINKS: tuple[str, ...] = (
    "implementation_approach",
    "service_excellence_capability",
    "excellent_service_provision",
    "outstanding_customer_experience",
    "customer_delight",
    "customer_loyalty",
    "business_success",
)
"""Slugs of the links of the effect chain, from the first to the last."""

_ACTIVITY_CLAUSES = ("5.2", "5.3", "5.4", "5.5", "5.6", "6.2", "6.3", "6.4", "6.5", "7.2.2", "7.2.3", "7.2.4")
ACTIVITY_CLAUSES: dict[str, str] = {
    f"19390:{clause}": slug for clause, slug in zip(_ACTIVITY_CLAUSES, ACTIVITIES, strict=True)
}
"""Clauses of ISO/TS 19390 with the slugs of their activities."""

_ELEMENT_CLAUSES = ("7.1.1", "7.1.2", "7.2.1", "7.2.2", "7.3.1", "7.3.2", "7.3.3", "7.4.1", "7.4.2")
_ELEMENT_OF = {i: ELEMENTS[_ELEMENT_CLAUSES.index(i[:-1])] for i in SUB_ELEMENTS}

_DOCUMENTS = {
    "7179": "ISO/TR 7179:2023",
    "19387": "ISO/TS 19387:2025",
    "19390": "ISO/TS 19390:2025",
}
_CLAUSE = re.compile(r"(\d{4,5}:)?\d+(\.\d+)*[a-z]?")


@dataclass(frozen=True, kw_only=True)
class Entry:
    """One thing the standard or the model has a word for.

    Attributes
    ----------
    kind : str
        What it is, for instance ``"element"`` or ``"term"``.
    slug : str
        Short name used in files and on the command line; unique within its kind.
    name : str
        Name for readers.
    clause : str
        Clause of ISO 23592:2021; other documents carry a prefix (``19390:5.2``); ``model`` marks a word of the model.
    meaning : str
        One to three plain sentences.
    synonyms : tuple of str
        Other words for the same thing.
    rules : tuple of str
        Model rules that embody it, as ``module.rule``.
    kpis : tuple of str
        KPIs in which it shows.
    """

    kind: str
    slug: str
    name: str
    clause: str
    meaning: str
    synonyms: tuple[str, ...] = ()
    rules: tuple[str, ...] = ()
    kpis: tuple[str, ...] = ()

    @property
    def id(self) -> str:
        """The name by which other files refer to this entry: its slug, or the clause for a sub-element."""
        return self.slug

    @property
    def citation(self) -> str:
        """Document and clause in full, for instance ``ISO 23592:2021, 7.1.1``."""
        if self.clause == "model":
            return "word of the model"
        prefix, _, clause = self.clause.rpartition(":")
        if self.clause in _DOCUMENTS:
            return _DOCUMENTS[self.clause]
        return f"{_DOCUMENTS[prefix] if prefix else 'ISO 23592:2021'}, {clause}"

    @property
    def words(self) -> tuple[str, ...]:
        """Every word under which `find` knows this entry, the most handy first."""
        words = (self.id, self.slug, self.name, *self.synonyms)
        return words if self.clause == "model" else (*words, self.clause)


@dataclass(frozen=True, kw_only=True)
class Dimension(Entry):
    """One of the four dimensions; `elements` are the slugs of its elements."""

    elements: tuple[str, ...]


@dataclass(frozen=True, kw_only=True)
class SubElement(Entry):
    """One of the 31 sub-elements.

    Attributes
    ----------
    element : str
        Slug of the element it belongs to.
    practices : tuple of str
        Typical practices.
    levers : tuple of str
        Levers it mainly moves.
    also : str
        What it moves besides, in words; often empty.
    """

    element: str
    practices: tuple[str, ...]
    levers: tuple[str, ...]
    also: str = ""

    @property
    def id(self) -> str:
        """The clause with its letter, for instance ``7.3.2d``."""
        return self.clause


@dataclass(frozen=True, kw_only=True)
class Element(Entry):
    """One of the nine elements, with the slug of its dimension and its sub-elements in order."""

    dimension: str
    sub_elements: tuple[SubElement, ...]


@dataclass(frozen=True, kw_only=True)
class Risk(Entry):
    """A risk of not moving; `mirrors` is the slug of the benefit that is lost."""

    mirrors: str


@dataclass(frozen=True, kw_only=True)
class PyramidLevel(Entry):
    """A level recorded for a contact, 0 to 4; `gate` says whether it needs the open gate."""

    number: int
    gate: bool


@dataclass(frozen=True, kw_only=True)
class MaturityLevel(Entry):
    """A level of maturity, 1 to 5."""

    number: int


@dataclass(frozen=True, kw_only=True)
class Lever(Entry):
    """One of the ten levers; `front_line` says what it changes in a contact."""

    front_line: str


@dataclass(frozen=True, kw_only=True)
class Activity(Entry):
    """An implementation activity.

    Attributes
    ----------
    phase : str
        ``pre-implementation``, ``implementation`` or ``post-implementation``.
    in_model : str
        What the activity does in the model; a reading, not a statement of the standard.
    lowers : tuple of str
        Slugs of the obstacles it makes smaller.
    anchors : tuple of str
        Slugs of the elements whose practice it anchors.
    """

    phase: str
    in_model: str
    lowers: tuple[str, ...]
    anchors: tuple[str, ...]


@dataclass(frozen=True, kw_only=True)
class Organisation(Entry):
    """An organisation described in ISO/TR 7179.

    Attributes
    ----------
    country : tuple of str
        Country or countries it works in.
    kind_of_business : tuple of str
        ``BtoB``, ``BtoC`` or both.
    facts : str
        Facts the report gives.
    practices : tuple of (str, tuple of str)
        Code of each practice with the ids of the sub-elements it belongs to.
    """

    country: tuple[str, ...]
    kind_of_business: tuple[str, ...]
    facts: str
    practices: tuple[tuple[str, tuple[str, ...]], ...]


@dataclass(frozen=True, kw_only=True)
class Catalogue:
    """Everything in the data files, one tuple a kind, each in the order of its file."""

    dimensions: tuple[Dimension, ...]
    elements: tuple[Element, ...]
    levers: tuple[Lever, ...]
    pyramid: tuple[PyramidLevel, ...]
    effect_chain: tuple[Entry, ...]
    maturity: tuple[MaturityLevel, ...]
    principles: tuple[Entry, ...]
    benefits: tuple[Entry, ...]
    risks: tuple[Risk, ...]
    activities: tuple[Activity, ...]
    obstacles: tuple[Entry, ...]
    organisations: tuple[Organisation, ...]
    terms: tuple[Entry, ...]

    @property
    def sub_elements(self) -> tuple[SubElement, ...]:
        """The 31 sub-elements in clause order."""
        return tuple(sub for element in self.elements for sub in element.sub_elements)

    def __iter__(self) -> Iterator[Entry]:
        """Yield every entry, sub-elements right after their element."""
        for field in fields(self):
            for entry in getattr(self, field.name):
                yield entry
                yield from getattr(entry, "sub_elements", ())


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


def element_of(sub_element_id: str) -> str:
    """Tell which element a sub-element belongs to; reads no file.

    Parameters
    ----------
    sub_element_id : str
        For instance ``"7.3.2d"``.

    Returns
    -------
    str
        Slug of the element, for instance ``"design"``.

    Raises
    ------
    ValueError
        If there is no such sub-element.
    """
    try:
        return _ELEMENT_OF[sub_element_id]
    except KeyError:
        raise ValueError(f"{sub_element_id!r} is not a sub-element; ids run from 7.1.1a to 7.4.2d") from None
