"""Whose luck a draw is: luck goes by the names of groups, never by where they stand in a file.

A group is the people of a segment at a site, a team at a site, or a site; within it people and posts have an ordinal. What
happens to somebody at a step of a journey goes by the touchpoint's name. So whatever is inserted into a scenario, or put
in another order, has luck of its own and moves nobody else's.
"""

import hashlib
from collections.abc import Hashable, Iterable, Iterator

#: Bits of a group's key, and of the part of a draw's place that stands for a touchpoint's name.
KEY_BITS, NAME_BITS = 63, 24
_WORD_BITS = 64


def _hash(names: tuple[str, ...], bits: int) -> int:
    """A number of some bits for names in their order; names do not run into one another."""
    text = b"".join(len(name.encode()).to_bytes(4, "big") + name.encode() for name in names)
    return int.from_bytes(hashlib.blake2b(text, digest_size=_WORD_BITS // 8).digest(), "big") >> (_WORD_BITS - bits)


def key_of(seed: int, *names: str) -> int:
    """The key of a group's luck: the seed mixed with its names, 0 … 2^63 − 1.

    seed: 0 … 2^63 − 1; names: what kind of group, then what it is called.
    """
    return seed ^ _hash(names, KEY_BITS)


def name_of_place(name: str) -> int:
    """The part of a draw's place that stands for a touchpoint's name, 0 … 2^24 − 1."""
    return _hash((name,), NAME_BITS)


def with_equal_luck(named: Iterable[tuple[Hashable, int]]) -> Iterator[tuple[Hashable, Hashable]]:
    """Pairs of different things whose numbers are equal, so that they would have the same luck; hardly ever any.

    named: things with their numbers from `key_of` or `name_of_place`.
    """
    found: dict[int, Hashable] = {}
    for thing, number in named:
        other = found.setdefault(number, thing)
        if other != thing:
            yield other, thing
