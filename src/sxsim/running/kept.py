"""What is kept of finished work: one SQLite file below the results' folder, with the KPIs of points and records of replications.

Every result lies under the hash of all that decides it, with its length and a checksum over hash and content. What is damaged
counts as not finished: it is said, and computed again. A file that can no longer be read is left as it is, what is sound in it is taken over into a
new one. A result is written as soon as it is there, so work that is killed at any moment goes on from there; several
programs may share a file. Results of an older sxsim, which lie in other folders, are left alone.
"""

import contextlib
import errno
import functools
import hashlib
import io
import itertools
import logging
import math
import os
import sqlite3
import struct
import zlib
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import fields
from pathlib import Path
from typing import Any, TypeVar

import numpy as np

from sxsim.engines.records import Records
from sxsim.results.provenance import digest
from sxsim.running.one_run import RunFailed
from sxsim.running.task import Point, Task
from sxsim.scenario.plug_ins import plug_in_sources

FOLDER = ".finished"
#: Folders of finished results of an older sxsim.
_OLDER = (".replications", ".points")
_WAIT_FOR_OTHERS = 60.0
_ARRAYS = tuple(each.name for each in fields(Records) if each.name != "warm_up")
#: Length of the content, and its checksum.
_SEAL = struct.Struct("<Q16s")
_WARM_UP = struct.Struct("<q")
#: Bytes of an array's head (NumPy's format, version 1) before its text: magic, version, length.
_BEFORE_HEAD = 10
#: Bytes of a replication's records in one row: a file may hold records of any size.
_PART = 1 << 24
_PIECE = 1 << 20
#: How hard records are packed: more takes longer than it saves.
_PACKED = 1
_TABLES = (
    "CREATE TABLE IF NOT EXISTS points (key BLOB PRIMARY KEY, sealed BLOB) WITHOUT ROWID",
    "CREATE TABLE IF NOT EXISTS notes (key BLOB PRIMARY KEY, sealed BLOB) WITHOUT ROWID",
    "CREATE TABLE IF NOT EXISTS records (key BLOB, part INTEGER, sealed BLOB, PRIMARY KEY (key, part))",
    "CREATE TABLE IF NOT EXISTS questions (question BLOB, model BLOB, PRIMARY KEY (question, model)) WITHOUT ROWID",
)
_COLUMNS = {"points": 2, "notes": 2, "records": 3, "questions": 2}
#: What SQLite says of the system rather than of its file, and the number of that error.
_OF_THE_SYSTEM = {
    "full": errno.ENOSPC, "readonly": errno.EACCES, "unable to open": errno.EACCES, "disk I/O": errno.EIO, "locked": errno.EAGAIN,
}  # fmt: skip
_log = logging.getLogger("sxsim")
Answer = TypeVar("Answer")


def seal(key: bytes, content: bytes) -> bytes:
    """Content with its length and a checksum over key and content before it."""
    return _SEAL.pack(len(content), hashlib.blake2b(content, key=key, digest_size=16).digest()) + content


def unseal(key: bytes, sealed: object) -> bytes | None:
    """The content, or None when it is not what was sealed under the key."""
    if not isinstance(sealed, bytes) or len(sealed) < _SEAL.size:
        return None
    length, checksum = _SEAL.unpack_from(sealed)
    content = sealed[_SEAL.size :]
    if length != len(content) or hashlib.blake2b(content, key=key, digest_size=16).digest() != checksum:
        return None
    return content


def pack(records: Records) -> bytes:
    """Records as compressed bytes."""
    packer, packed = zlib.compressobj(_PACKED), [_WARM_UP.pack(records.warm_up)]
    for name in _ARRAYS:
        array = np.ascontiguousarray(getattr(records, name))
        head = io.BytesIO()
        np.lib.format.write_array_header_1_0(head, np.lib.format.header_data_from_array_1_0(array))
        packed.append(packer.compress(head.getvalue()))
        content = array.reshape(-1).view(np.uint8).data
        packed += [packer.compress(content[begin : begin + _PIECE]) for begin in range(0, len(content), _PIECE)]
    return b"".join([*packed, packer.flush()])


@functools.lru_cache(maxsize=256)
def _head(head: bytes) -> tuple[tuple[int, ...], "np.dtype[Any]"]:
    """Shape and type that an array's head says."""
    file = io.BytesIO(head)
    np.lib.format.read_magic(file)
    shape, _, kind = np.lib.format.read_array_header_1_0(file)
    return shape, kind


def unpack(packed: bytes) -> Records:
    """Records as they were packed."""
    content, at = zlib.decompress(memoryview(packed)[_WARM_UP.size :]), 0
    arrays: dict[str, Any] = {}
    for name in _ARRAYS:
        begin = at + _BEFORE_HEAD + int.from_bytes(content[at + _BEFORE_HEAD - 2 : at + _BEFORE_HEAD], "little")
        shape, kind = _head(content[at:begin])
        arrays[name] = np.frombuffer(content, kind, math.prod(shape), begin).reshape(shape).copy()
        at = begin + arrays[name].nbytes
    return Records(warm_up=_WARM_UP.unpack_from(packed)[0], **arrays)


class Kept:
    """Finished work below a folder of results.

    path: the file in use. KPIs of points and notes lie under 16 bytes, records of replications under 64 hexadecimal digits.
    """

    def __init__(self, out: Path) -> None:
        self._folder = out / FOLDER
        self._said: set[str] = set()
        self._use(self._newest())
        new = not self.path.exists()
        self._base = self._opened()
        if new:
            self._say_what_is_older(out)

    @staticmethod
    def is_in(out: Path) -> bool:
        """Whether anything is kept below a folder of results."""
        return (out / FOLDER).is_dir()

    def _use(self, number: int) -> None:
        """Have the file of a number as the one in use."""
        self._number, self.path = number, self._folder / f"finished-{number}.sqlite"

    def _newest(self) -> int:
        numbers = (path.stem.rpartition("-")[2] for path in self._folder.glob("finished-*.sqlite"))
        return max((int(number) for number in numbers if number.isdecimal()), default=1)

    def _say_what_is_older(self, out: Path) -> None:
        older = [str(out / name) for name in _OLDER if (out / name).is_dir()]
        if older:
            self._say(f"finished results of an older sxsim lie in {' and '.join(older)} and are not used")

    def _say(self, text: str) -> None:
        """Say something once."""
        if text not in self._said:
            self._said.add(text)
            _log.warning(text)

    def _opened(self) -> sqlite3.Connection:
        """Open the newest file, or begin a new one where it cannot be used. Raises OSError."""
        while True:
            try:
                with _system_errors(self.path):
                    self._folder.mkdir(parents=True, exist_ok=True)
                    return _connected(self.path)
            except sqlite3.Error as error:
                self._take_over(error)

    def _take_over(self, error: sqlite3.Error) -> None:
        """Begin a new file with what is sound in the one that can no longer be read."""
        damaged = self.path
        self._use(max(self._number, self._newest()) + 1)
        with _system_errors(self.path), contextlib.closing(_connected(self.path)) as base:
            for table, columns in _COLUMNS.items():
                marks = ", ".join("?" * columns)
                for rows in _readable(damaged, table):
                    base.executemany(f"INSERT OR IGNORE INTO {table} VALUES ({marks})", rows)
        self._say(
            f"the file of finished results {damaged} is damaged ({error}); it is left as it is and no longer used, what is sound "
            f"in it is taken over into {self.path.name}, and the rest is computed again"
        )

    def _do(self, what: Callable[[sqlite3.Connection], Answer]) -> Answer:
        """Do something with the file; where it turns out to be damaged, with the new one. Raises OSError."""
        while True:
            try:
                with _system_errors(self.path):
                    return what(self._base)
            except sqlite3.Error as error:
                self._base.close()
                self._take_over(error)
                self._base = self._opened()

    def _rows(self, query: str, values: Sequence[Any]) -> list[tuple[Any, ...]]:
        return self._do(lambda base: base.execute(query, values).fetchall())

    def get(self, shelf: str, key: bytes) -> bytes | None:
        """What lies on a shelf (points or notes) under a key; None when nothing does, or when it is damaged."""
        rows = self._rows(f"SELECT sealed FROM {shelf} WHERE key = ?", (key,))
        return self._sound(key, rows[0][0]) if rows else None

    def put(self, shelf: str, key: bytes, content: bytes) -> None:
        """Put something on a shelf."""
        values = key, seal(key, content)
        self._do(lambda base: base.execute(f"INSERT OR REPLACE INTO {shelf} VALUES (?, ?)", values))

    def _sound(self, key: bytes, sealed: object) -> bytes | None:
        content = unseal(key, sealed)
        if content is None:
            self._say(f"a finished result in {self.path} is damaged; it, and any other like it, is computed again")
        return content

    def records(self, key: str) -> Records | None:
        """The records of a finished replication; None when it is not finished, or damaged."""
        packed = self.packed_records(key)
        return None if packed is None else unpack(packed)

    def packed_records(self, key: str) -> bytes | None:
        """The same, packed."""
        rows = self._rows("SELECT sealed FROM records WHERE key = ? ORDER BY part", (bytes.fromhex(key),))
        if not rows:
            return None
        parts = [self._sound(_key_of_part(key, number, len(rows)), sealed) for number, (sealed,) in enumerate(rows)]
        return None if None in parts else b"".join(part for part in parts if part is not None)

    def put_records(self, key: str, packed: bytes) -> None:
        """Keep the packed records of a replication."""
        whole, short = [packed[at : at + _PART] for at in range(0, len(packed), _PART)], bytes.fromhex(key)
        rows = [(short, n, seal(_key_of_part(key, n, len(whole)), part)) for n, part in enumerate(whole)]

        def write(base: sqlite3.Connection) -> None:
            with _transaction(base):
                base.execute("DELETE FROM records WHERE key = ?", (short,))
                base.executemany("INSERT INTO records VALUES (?, ?, ?)", rows)

        self._do(write)

    def asked(self, question: str, model: str) -> list[str]:
        """Remember that a question was asked of a version of the model. Returns the other versions it was asked of."""
        self._do(
            lambda base: base.execute(
                "INSERT OR IGNORE INTO questions VALUES (?, ?)", (question.encode(), model.encode())
            )
        )
        rows = self._rows("SELECT model FROM questions WHERE question = ?", (question.encode(),))
        return sorted({_text(row[0]) for row in rows} - {model})

    def close(self) -> None:
        """Let go of the file."""
        self._base.close()


def _key_of_part(key: str, number: int, parts: int) -> bytes:
    """Under what a part is sealed: a part too few or too many is noticed."""
    return hashlib.blake2b(f"{key} {number}/{parts}".encode(), digest_size=16).digest()


def _text(value: object) -> str:
    return value.decode(errors="replace") if isinstance(value, bytes) else str(value)


def _connected(path: Path) -> sqlite3.Connection:
    base = sqlite3.connect(path, timeout=_WAIT_FOR_OTHERS, isolation_level=None)
    try:
        base.text_factory = bytes
        base.execute("PRAGMA journal_mode = WAL")
        base.execute("PRAGMA synchronous = NORMAL")
        for table in _TABLES:
            base.execute(table)
    except BaseException:
        base.close()
        raise
    return base


@contextlib.contextmanager
def _transaction(base: sqlite3.Connection) -> Iterator[None]:
    base.execute("BEGIN IMMEDIATE")
    try:
        yield
    except BaseException:
        with contextlib.suppress(sqlite3.Error):
            base.execute("ROLLBACK")
        raise
    base.execute("COMMIT")


@contextlib.contextmanager
def _system_errors(path: Path) -> Iterator[None]:
    """What SQLite says of disk and permissions, in the words of the operating system. Raises OSError; damage stays as it is."""
    try:
        yield
    except sqlite3.OperationalError as error:
        text = str(error)
        number = next((number for words, number in _OF_THE_SYSTEM.items() if words in text), None)
        writable = os.access(path, os.W_OK) and os.access(path.parent, os.W_OK)
        if number is None or (number == errno.EACCES and path.exists() and writable):
            raise
        raise OSError(number, text, str(path)) from error


def _readable(path: Path, table: str) -> Iterator[list[tuple[Any, ...]]]:
    """The rows of a table of a damaged file that can be read, from either end, some at a time."""
    for order in ("ASC", "DESC"):
        with contextlib.suppress(sqlite3.Error), contextlib.closing(_connected_to_read(path)) as base:
            rows = base.execute(f"SELECT * FROM {table} ORDER BY 1 {order}")
            while some := _fetched(rows):
                yield some


def _connected_to_read(path: Path) -> sqlite3.Connection:
    base = sqlite3.connect(f"{path.resolve().as_uri()}?mode=ro", uri=True, timeout=_WAIT_FOR_OTHERS)
    base.text_factory = bytes
    return base


def _fetched(rows: sqlite3.Cursor, most: int = 16) -> list[tuple[Any, ...]]:
    """Some rows; those before the first that cannot be read."""
    some: list[tuple[Any, ...]] = []
    with contextlib.suppress(sqlite3.Error):
        for row in itertools.islice(rows, most):
            some.append(row)
    return some


class KeptPoints:
    """The finished points of a task, as they lie in a file of finished work."""

    def __init__(self, kept: Kept, task: Task) -> None:
        from sxsim.results.provenance import software

        self._kept, self._task, self._row = kept, task, struct.Struct(f"<{len(task.statistics)}d")
        self._sources = plug_in_sources(task.scenario)
        self.question, self.model = digest(task.decides())[:32], software()["model"]
        self._of_others = kept.asked(self.question, self.model)
        self._about = f"{self.question}-{self.model}".encode()
        self._met = sqlite3.connect("", isolation_level=None)  # a file of its own, gone with the connection
        for name in ("met", "again"):
            self._met.execute(f"CREATE TABLE {name} (key BLOB PRIMARY KEY) WITHOUT ROWID")

    @property
    def key(self) -> str:
        """What decides all points, the version of the model included."""
        return f"{self.question}-{self.model}"

    def of_other_models(self) -> list[str]:
        """Versions of the model whose finished points for the same question are there and are not used."""
        return self._of_others

    def _key(self, point: Point) -> bytes:
        return self._key_of(self._task.key(point))

    def _key_of(self, name: bytes) -> bytes:
        return hashlib.blake2b(name, key=self._about[:64], digest_size=16).digest()

    def put(self, point: Point, kpis: Sequence[float]) -> None:
        """Keep a finished point. Raises OSError, RunFailed when a plug-in was changed meanwhile."""
        check_unchanged(self._task, self._sources)
        key = self._key(point)
        self._kept.put("points", key, self._row.pack(*kpis))
        self._met.execute("INSERT OR IGNORE INTO again VALUES (?)", (key,))

    def get(self, point: Point) -> tuple[float, ...] | None:
        """The KPIs of a finished point, in the order of `KPIS`; None when it is not finished, or damaged."""
        return self._found(self._key(point))

    def _found(self, key: bytes) -> tuple[float, ...] | None:
        content = self._kept.get("points", key)
        return None if content is None else self._row.unpack(content)

    def distinct(self, points: Iterable[Point], *, fresh: bool = False) -> Iterator[Point]:
        """Each point once, and only those that are not finished; fresh: that were not finished since the file was opened.

        What was met lies in a temporary table on disk, so that memory does not grow with the number of points.
        """
        self._met.execute("DELETE FROM met")
        for point in points:
            key = self._key(point)
            if not self._met.execute("INSERT OR IGNORE INTO met VALUES (?)", (key,)).rowcount:
                continue
            again = not fresh or self._met.execute("SELECT 1 FROM again WHERE key = ?", (key,)).fetchone()
            if not again or self._found(key) is None:
                yield point

    def count(self, points: Iterable[Point]) -> tuple[int, int]:
        """How many distinct points there are, and how many of them are finished."""
        left = sum(1 for _ in self.distinct(points))
        total = int(self._met.execute("SELECT COUNT(*) FROM met").fetchone()[0])
        return total, total - left

    def note(self, about: str, said: str) -> None:
        """Keep something else that was found out about the points. Raises OSError."""
        self._kept.put("notes", self._key_of(about.encode()), said.encode())

    def noted(self, about: str) -> str | None:
        """What was noted; None when nothing was."""
        content = self._kept.get("notes", self._key_of(about.encode()))
        return None if content is None else content.decode()

    def close(self) -> None:
        """Let go of the file."""
        self._met.close()
        self._kept.close()


def check_unchanged(task: Task, sources: Any) -> None:
    """Raise RunFailed when a plug-in of the task is no longer what it was at the beginning."""
    if task.scenario.plug_ins and plug_in_sources(task.scenario) != sources:
        named = ", ".join(task.scenario.plug_ins)
        raise RunFailed(
            f"the plug-in for {named}, or a module it imports, was changed during the run, so its figures are not kept"
        )
