"""A segment's media as it was recorded, whether it lies encrypted or not.

Nothing but this module opens a segment to read what is in it.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from recordings.sealed_file import Damaged, EncryptedFile, key_of
from recordings.vault import KeyGone, Vault

_CHUNK = 256 * 1024


class Unreadable(Exception):
    """It is encrypted, and its key is gone or not at hand, or it was changed."""


class Media(Protocol):
    """Bytes to read from anywhere; ``read`` raises Unreadable, OSError."""

    @property
    def size(self) -> int: ...

    def read(self, first: int = 0, end: int | None = None) -> Iterator[bytes]:
        """The bytes from ``first`` to before ``end``, in pieces."""
        ...


def open_media(path: Path, vault: Vault | None) -> Media:
    """Open a sealed segment ``<session>/<participant>/<file>``. Raises Unreadable, OSError."""
    ident = key_of(path)
    if ident is None:
        return _Plain(path, path.stat().st_size)
    if vault is None:
        raise Unreadable(path.name)
    try:
        return _Decrypted(EncryptedFile(path, vault.find(path.parent.parent.name, ident)))
    except (Damaged, KeyGone):
        raise Unreadable(path.name) from None


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
class _Decrypted:
    file: EncryptedFile

    @property
    def size(self) -> int:
        return self.file.size

    def read(self, first: int = 0, end: int | None = None) -> Iterator[bytes]:
        try:
            yield from self.file.read(first, end)
        except Damaged as error:
            raise Unreadable(str(error)) from None
