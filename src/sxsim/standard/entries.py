"""What is known of each thing in the standard's data files, kind by kind."""

from collections.abc import Iterator
from dataclasses import dataclass, fields

_DOCUMENTS = {
    "7179": "ISO/TR 7179:2023",
    "19387": "ISO/TS 19387:2025",
    "19390": "ISO/TS 19390:2025",
}


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
