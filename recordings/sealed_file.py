"""The form of an encrypted segment on disk: AES-256-GCM in records, each readable by itself.

header   8 bytes ``YTMEDIA1`` · 16 the data key's name · 32 salt · 8 zeros
record   4 bytes: length of the plaintext, top bit set in the last one · ciphertext · 16 tag

A file has a key of its own, HKDF-SHA256 of the session's data key, the salt and the whole header:
a record of another file, or under another header, does not open. A record's nonce is its number and
whether it is the last, so records cannot be left out, moved or cut off at the end unseen, and no
nonce serves twice. A record is what the recorder flushes at once, at most 64 KiB: what is on disk
can be read after a crash, and a player that seeks decrypts nothing but what it asks for.
"""

import os
import struct
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Protocol

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

MAGIC = b"YTMEDIA1"
MOST = 65_536
"""Bytes of plaintext in a record."""
OVERHEAD = 20
_HEADER = struct.Struct(">8s16s32s8x")
HEADER_SIZE = _HEADER.size
_WORD = struct.Struct(">I")
_LAST = 1 << 31


Pread = Callable[[int, int], bytes]
"""Gives so many bytes from an offset, fewer at the end; raises OSError."""


class Source(Protocol):
    """Stored bytes that may lie elsewhere."""

    @property
    def name(self) -> str: ...

    @property
    def size(self) -> int: ...

    def pread(self, count: int, at: int) -> bytes: ...


class Damaged(Exception):
    """The file is cut off, was changed, or is under another key."""


@dataclass(frozen=True, slots=True)
class DataKey:
    """What a session's segments are encrypted with; ``ident``, 32 hex digits, names it."""

    ident: str
    secret: bytes

    @classmethod
    def make(cls) -> "DataKey":
        """A new one, at random."""
        return cls(os.urandom(16).hex(), os.urandom(32))


class Encryptor:
    """Turns plaintext into the bytes of one file, in order. Every file needs its own."""

    def __init__(self, key: DataKey, header: bytes = b"", number: int = 0) -> None:
        """A new file's; or to go on after ``number`` records of the one with this header."""
        self.header = header or _HEADER.pack(MAGIC, bytes.fromhex(key.ident), os.urandom(32))
        self._cipher = _cipher(key, self.header)
        self._number = number

    def records(self, data: bytes) -> bytes:
        """``data`` as records."""
        view = memoryview(data)
        return b"".join(self._record(view[at : at + MOST]) for at in range(0, len(data), MOST))

    def take_back(self, data: bytes) -> None:
        """``records(data)`` was not written; nothing may follow but the last record.

        A second record of the same number would be a nonce used twice; the last has its own.
        """
        self._number -= -(-len(data) // MOST)

    def last(self) -> bytes:
        """The empty record after which there is none."""
        return self._record(memoryview(b""), is_last=True)

    def _record(self, data: memoryview, is_last: bool = False) -> bytes:
        word = _WORD.pack(len(data) | (_LAST if is_last else 0))
        sealed = self._cipher.encrypt(_nonce(self._number, is_last), data, word)
        self._number += 1
        return word + sealed


@dataclass(frozen=True, slots=True)
class _Record:
    number: int
    start: int  # of the plaintext in the whole plaintext
    size: int
    at: int  # in the file, after the length
    is_last: bool


class EncryptedFile:
    """One file, read anywhere without the rest."""

    def __init__(self, path: Path, key: DataKey) -> None:
        """Look where the records lie, and that none is missing. Raises Damaged, OSError."""
        self._path = path
        with path.open("rb") as file:
            head = file.read(_HEADER.size)
            self._cipher = _cipher(key, head)
            pread = partial(os.pread, file.fileno())
            self._records = list(_walk(pread, os.fstat(file.fileno()).st_size))
            if not self._records or not self._records[-1].is_last:
                raise Damaged(path.name)
            # Its number is how many came before it.
            self._open(pread, self._records[-1])

    @property
    def size(self) -> int:
        """Bytes of plaintext."""
        return self._records[-1].start

    def read(self, first: int = 0, end: int | None = None) -> Iterator[bytes]:
        """The plaintext from ``first`` to before ``end``, in pieces. Raises Damaged, OSError."""
        end = self.size if end is None else min(end, self.size)
        with self._path.open("rb") as file:
            for record in self._records:
                if record.start < end and record.start + record.size > first:
                    data = self._open(partial(os.pread, file.fileno()), record)
                    yield data[max(first - record.start, 0) : end - record.start]

    def _open(self, pread: Pread, record: _Record) -> bytes:
        try:
            return _opened(self._cipher, pread, record)
        except InvalidTag:
            raise Damaged(self._path.name) from None


class ArrivingFile:
    """One file, read from its beginning while it arrives: each record is checked as it is read.

    That none is missing at the end is known only there.
    """

    def __init__(self, source: Source, key: DataKey, size: int) -> None:
        """``size`` is that of the plaintext. Raises what ``source`` raises."""
        self.size = size
        self._source = source
        self._cipher = _cipher(key, source.pread(_HEADER.size, 0))

    def read(self, first: int = 0, end: int | None = None) -> Iterator[bytes]:
        """The plaintext from ``first`` to before ``end``, in pieces. Raises Damaged, OSError."""
        end = self.size if end is None else min(end, self.size)
        for record in _walk(self._source.pread, self._source.size):
            if record.start >= end and (end < self.size or not record.is_last):
                break
            if record.is_last or record.start + record.size > first:
                data = self._open(record)
                yield data[max(first - record.start, 0) : end - record.start]
            if record.is_last:
                if record.start != self.size:
                    raise Damaged(self._source.name)
                return
        if end == self.size:
            raise Damaged(self._source.name)

    def _open(self, record: _Record) -> bytes:
        try:
            return _opened(self._cipher, self._source.pread, record)
        except InvalidTag:
            raise Damaged(self._source.name) from None


@dataclass(frozen=True, slots=True)
class Salvaged:
    """What a crash left in a file: the plaintext of its whole records, and what else there is."""

    data: bytes
    is_whole: bool  # it ends with its last record, as it was sealed
    records: int
    end: int  # of the last record that opens
    rest: int  # bytes after it


def salvage(path: Path, key: DataKey) -> Salvaged:
    """Read a file up to the first record that is torn or does not open. Raises OSError."""
    with path.open("rb") as file:
        head, fd = file.read(_HEADER.size), file.fileno()
        pread = partial(os.pread, fd)
        cipher, size = _cipher(key, head), os.fstat(fd).st_size
        data, good, is_last = bytearray(), 0, False
        end = _HEADER.size
        for record in _walk(pread, size):
            try:
                data += _opened(cipher, pread, record)
            except InvalidTag:
                break
            good, end, is_last = record.number + 1, record.at + record.size + 16, record.is_last
        return Salvaged(bytes(data), is_last and end == size, good, end, size - end)


def end_torn(path: Path, key: DataKey, found: Salvaged) -> None:
    """Give a file that a crash tore its last record, after the whole ones. Raises OSError."""
    with path.open("r+b") as file:
        encryptor = Encryptor(key, file.read(_HEADER.size), found.records)
        file.seek(found.end)
        file.truncate()
        file.write(encryptor.last())


def key_of(path: Path) -> str | None:
    """The name of the data key a file is encrypted with; None when it is not. Raises OSError."""
    with path.open("rb") as file:
        return key_in(file.read(HEADER_SIZE))


def key_in(head: bytes) -> str | None:
    """The name of the data key of the file that begins with these bytes; None: not encrypted."""
    return head[8:24].hex() if head[:8] == MAGIC and len(head) == HEADER_SIZE else None


def _cipher(key: DataKey, header: bytes) -> AESGCM:
    info = b"yuntiao media 1" + header
    return AESGCM(HKDF(SHA256(), 32, header[24:56], info).derive(key.secret))


def _nonce(number: int, is_last: bool) -> bytes:
    return number.to_bytes(11, "big") + (b"\1" if is_last else b"\0")


def _walk(pread: Pread, size: int) -> Iterator[_Record]:
    """Every record that is there as a whole, by its length; none after the last.

    ``size`` is that of the file.
    """
    at, start = _HEADER.size, 0
    for number in range(size // OVERHEAD):
        word = pread(4, at)
        if len(word) < 4:
            return
        (value,) = _WORD.unpack(word)
        is_last, length = bool(value & _LAST), value & ~_LAST
        if length > MOST or at + OVERHEAD + length > size or is_last == bool(length):
            return
        yield _Record(number, start, length, at + 4, is_last)
        at, start = at + OVERHEAD + length, start + length
        if is_last:
            return


def _opened(cipher: AESGCM, pread: Pread, record: _Record) -> bytes:
    sealed = pread(record.size + 16, record.at)
    word = _WORD.pack(record.size | (_LAST if record.is_last else 0))
    return cipher.decrypt(_nonce(record.number, record.is_last), sealed, word)
