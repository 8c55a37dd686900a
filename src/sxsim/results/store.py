"""The store of finished replications, and files that are either whole or not there.

A replication is kept by the hash of everything that decides it: resolved scenario with one plan, seed, replication,
model version and plug-ins. The same command again resumes, more replications extend.
"""

import hashlib
import json
import os
import secrets
import shutil
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import fields
from pathlib import Path
from typing import Any

import numpy as np

from sxsim.engines.records import Records

#: Seconds after which a half-written folder belongs to no living process.
_SURELY_OVER = 3600.0
#: Random bytes in a temporary name, so that no two writers meet.
_UNIQUE = 8
_ARRAYS = tuple(field.name for field in fields(Records) if field.name != "warm_up")


def canonical(data: Any) -> bytes:
    """Data as bytes that do not depend on the order of keys."""
    return json.dumps(data, sort_keys=True, separators=(",", ":"), ensure_ascii=False).encode()


def digest(data: Any) -> str:
    """Hash of data, 64 hexadecimal digits."""
    return hashlib.sha256(canonical(data)).hexdigest()


def file_digest(path: Path) -> str:
    """SHA-256 of a file."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


@contextmanager
def whole_file(path: Path) -> Iterator[Path]:
    """A temporary name beside `path`, renamed to it only when everything went well; otherwise removed."""
    path.parent.mkdir(parents=True, exist_ok=True)
    temporary = path.with_name(f".{secrets.token_hex(_UNIQUE)}.tmp{path.suffix}")
    os.close(os.open(temporary, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o666))  # the system takes the umask off
    try:
        yield temporary
        os.replace(temporary, path)
    finally:
        temporary.unlink(missing_ok=True)


@contextmanager
def whole_folder(path: Path) -> Iterator[Path]:
    """A temporary folder beside `path` that replaces it only when everything went well; otherwise removed."""
    path.parent.mkdir(parents=True, exist_ok=True)
    for left in path.parent.glob(f".{path.name}.*"):  # by a process that was killed
        if time.time() - left.stat().st_mtime > _SURELY_OVER:
            shutil.rmtree(left, ignore_errors=True)
    temporary = path.with_name(f".{path.name}.{secrets.token_hex(_UNIQUE)}")
    temporary.mkdir(0o777)  # the system takes the umask off
    try:
        yield temporary
        old = temporary.with_name(f"{temporary.name}.old")
        if path.exists():
            os.replace(path, old)
        try:
            os.replace(temporary, path)
        except OSError:
            if old.exists():
                os.replace(old, path)
            raise
        shutil.rmtree(old, ignore_errors=True)
    finally:
        shutil.rmtree(temporary, ignore_errors=True)


class Store:
    """Finished replications in a folder, one file each."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def prepare(self) -> None:
        """Make the folder, so that an unusable place is noticed before any work. Raises OSError."""
        self.folder.mkdir(parents=True, exist_ok=True)

    def path(self, key: str) -> Path:
        """Where the replication of a key is kept."""
        return self.folder / key[:2] / f"{key}.npz"

    def has(self, key: str) -> bool:
        """Whether the replication is finished."""
        return self.path(key).is_file()

    def put(self, key: str, records: Records) -> None:
        """Keep a finished replication."""
        with whole_file(self.path(key)) as temporary, temporary.open("wb") as file:
            np.savez_compressed(
                file, warm_up=np.array(records.warm_up), **{name: getattr(records, name) for name in _ARRAYS}
            )

    def get(self, key: str) -> Records | None:
        """A finished replication, or None when there is none or its file is damaged."""
        try:
            with np.load(self.path(key), allow_pickle=False) as file:
                return Records(warm_up=int(file["warm_up"]), **{name: file[name] for name in _ARRAYS})
        except Exception:  # whatever a missing or damaged file makes its readers raise
            return None
