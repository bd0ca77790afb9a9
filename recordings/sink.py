"""Where a segment's bytes go: the one layer that knows files.

A sink only appends, hashes what it appended, and is sealed at the end. Another kind of sink is
another class with these four methods.
"""

import hashlib
import os
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from recordings.durable import append_whole, make_folder, sync_folder
from recordings.sealed_file import DataKey, Encryptor

PART = ".part"
_datasync = getattr(os, "fdatasync", os.fsync)


@dataclass(frozen=True, slots=True)
class Sealed:
    """What a sink says of itself once nothing can be added.

    ``bytes`` and ``sha256`` are the media's, as they were recorded; the other two are those of the
    file on disk when it is another one, because it is encrypted.
    """

    bytes: int
    sha256: str
    stored_bytes: int | None = None
    stored_sha256: str | None = None


class Sink(Protocol):
    """Appends, syncs, seals. Each raises OSError; what was appended before stays whole."""

    def append(self, data: bytes) -> None: ...

    def sync(self) -> None: ...

    def seal(self) -> Sealed:
        """Make everything durable under its final name; may be called again after an OSError."""
        ...

    def discard(self) -> None:
        """Remove a sink nothing was ever appended to."""
        ...


class FileSink:
    """A file named ``<path>.part`` until it is sealed."""

    def __init__(self, path: Path) -> None:
        """Creates the file, which must not exist, and its folder. Raises OSError."""
        self._path = path
        self._part = path.with_name(path.name + PART)
        make_folder(path.parent)
        flags = os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_APPEND
        self._fd: int | None = os.open(self._part, flags, 0o600)
        self._size = 0
        self._hash = hashlib.sha256()

    def append(self, data: bytes) -> None:
        assert self._fd is not None
        append_whole(self._fd, data)  # half a cluster is no cluster
        self._hash.update(data)
        self._size += len(data)

    def sync(self) -> None:
        assert self._fd is not None
        _datasync(self._fd)

    def seal(self) -> Sealed:
        if self._fd is not None:
            os.fsync(self._fd)
            os.close(self._fd)
            self._fd = None
        if not self._path.exists():
            self._part.rename(self._path)
        sync_folder(self._path.parent)
        return Sealed(self._size, self._hash.hexdigest())

    def discard(self) -> None:
        assert self._size == 0
        if self._fd is not None:
            os.close(self._fd)
            self._fd = None
        self._part.unlink(missing_ok=True)


class EncryptingSink:
    """A file as ``FileSink`` makes it, encrypted as ``sealed_file`` says."""

    def __init__(self, path: Path, key: DataKey) -> None:
        """Creates the file, which must not exist, and its folder. Raises OSError."""
        self._file = FileSink(path)
        self._encryptor = Encryptor(key)
        # The header goes with the first records: a file has something to read, or nothing.
        self._head = self._encryptor.header
        self._size = 0
        self._hash = hashlib.sha256()
        self._end: bytes | None = None

    def append(self, data: bytes) -> None:
        records = self._encryptor.records(data)
        try:
            self._file.append(self._head + records)
        except OSError:
            self._encryptor.take_back(data)
            raise
        self._head = b""
        self._hash.update(data)
        self._size += len(data)

    def sync(self) -> None:
        self._file.sync()

    def seal(self) -> Sealed:
        if self._end is None:
            self._end = self._encryptor.last()
        if self._end:
            self._file.append(self._head + self._end)
            self._head = self._end = b""
        stored = self._file.seal()
        return Sealed(self._size, self._hash.hexdigest(), stored.bytes, stored.sha256)

    def discard(self) -> None:
        self._file.discard()


def seal_file(part: Path) -> Sealed:
    """Seal a ``.part`` left by a crash: hash it as it is, sync, give it its final name."""
    with part.open("rb") as file:
        digest = hashlib.file_digest(file, "sha256").hexdigest()
        os.fsync(file.fileno())
        size = os.fstat(file.fileno()).st_size
    if part.suffix == PART:
        part.rename(part.with_suffix(""))
    sync_folder(part.parent)
    return Sealed(size, digest)
