"""A segment's media as it was recorded, whether it lies encrypted or not.

Nothing but this module opens a segment to read what is in it.
"""

import io
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from recordings.sealed_file import (
    HEADER_SIZE,
    ArrivingFile,
    Damaged,
    EncryptedFile,
    Source,
    key_in,
    key_of,
)
from recordings.vault import KeyGone, Vault

_CHUNK = 256 * 1024


class Unreadable(Exception):
    """It is encrypted, and its key is gone or not at hand, or it was changed."""


class Changed(Unreadable):
    """It is not what was recorded."""


class Media(Protocol):
    """Bytes to read from anywhere; ``read`` raises Unreadable, OSError."""

    @property
    def size(self) -> int: ...

    def read(self, first: int = 0, end: int | None = None) -> Iterator[bytes]:
        """The bytes from ``first`` to before ``end``, in pieces."""
        ...


def open_media(path: Path, vault: Vault | None) -> Media:
    """Open a sealed segment ``<session>/<participant>/<file>``. Raises Unreadable, OSError.

    That it is the one that was recorded is ``checked``'s to say.
    """
    ident = key_of(path)
    if ident is None:
        return _Plain(path, path.stat().st_size)
    if vault is None:
        raise Unreadable(path.name)
    try:
        return _Decrypted(EncryptedFile(path, vault.find(path.parent.parent.name, ident)))
    except Damaged:
        raise Changed(path.name) from None
    except KeyGone:
        raise Unreadable(path.name) from None


def open_arriving(source: Source, session: str, vault: Vault | None, size: int) -> Media:
    """Open a segment of ``size`` bytes of media that lies elsewhere. Raises Unreadable, OSError.

    What of it can be wrong is found while it is read.
    """
    ident = key_in(source.pread(HEADER_SIZE, 0))
    if ident is None:
        if source.size != size:
            raise Unreadable(source.name)
        return _PlainArriving(source, size)
    if vault is None:
        raise Unreadable(source.name)
    try:
        return _Decrypted(ArrivingFile(source, vault.find(session, ident), size))
    except KeyGone:
        raise Unreadable(source.name) from None


class Seekable(io.RawIOBase):
    """Media as a file, for whoever reads only parts of it."""

    def __init__(self, media: Media) -> None:
        self._media = media
        self._at = 0

    def readable(self) -> bool:
        return True

    def seekable(self) -> bool:
        return True

    def seek(self, offset: int, whence: int = io.SEEK_SET) -> int:
        base = {io.SEEK_SET: 0, io.SEEK_CUR: self._at, io.SEEK_END: self._media.size}[whence]
        self._at = max(0, base + offset)
        return self._at

    def read(self, size: int = -1) -> bytes:
        end = self._media.size if size < 0 else self._at + size
        data = b"".join(self._media.read(self._at, end)) if end > self._at else b""
        self._at += len(data)
        return data


def read_all(media: Media) -> bytes:
    """The whole of it. Raises Unreadable, OSError."""
    return b"".join(media.read())


@dataclass(frozen=True, slots=True)
class _Plain:
    path: Path
    size: int

    def read(self, first: int = 0, end: int | None = None) -> Iterator[bytes]:
        end = self.size if end is None else min(end, self.size)
        with self.path.open("rb") as file:
            file.seek(first)
            while first < end and (chunk := file.read(min(_CHUNK, end - first))):
                first += len(chunk)
                yield chunk


@dataclass(frozen=True, slots=True)
class _PlainArriving:
    source: Source
    size: int

    def read(self, first: int = 0, end: int | None = None) -> Iterator[bytes]:
        end = self.size if end is None else min(end, self.size)
        for at in range(first, end, _CHUNK):
            yield self.source.pread(min(_CHUNK, end - at), at)


@dataclass(frozen=True, slots=True)
class _Decrypted:
    file: EncryptedFile | ArrivingFile

    @property
    def size(self) -> int:
        return self.file.size

    def read(self, first: int = 0, end: int | None = None) -> Iterator[bytes]:
        try:
            yield from self.file.read(first, end)
        except Damaged as error:
            raise Changed(str(error)) from None
