"""The journal of a session: JSON lines, each bound to the one before by its hash.

Appended to by the recorder alone; read by everybody. A crash can tear the last line; that is
repaired when the journal is opened again, and tolerated by readers.
"""

import fcntl
import hashlib
import json
import os
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TypeVar

from recordings.durable import sync_folder
from recordings.records import NO_HASH, Record, RecordError, from_json

NAME = "journal.jsonl"
R = TypeVar("R", bound=Record)


@dataclass(frozen=True, slots=True)
class Line:
    """One whole line: its number from 1, its hash, and the record or what is wrong with it."""

    number: int
    sha256: str
    record: Record | None
    problem: str = ""


@dataclass(frozen=True, slots=True)
class Place:
    """How far somebody has read in a journal, to which lines are only ever added."""

    lines: int = 0
    bytes: int = 0


BEGIN = Place()


def read(path: Path) -> list[Record]:
    """The records of a journal, a file or the folder it is in; a torn last line is left out.

    Raises RecordError naming the line that is no record; OSError.
    """
    return read_on(path, BEGIN)[0]


def read_on(path: Path, place: Place) -> tuple[list[Record], Place]:
    """The records that came after ``place``, and where they end; raises what ``read`` raises."""
    texts = _texts(path, place)
    records = []
    for number, text in enumerate(texts, place.lines + 1):
        try:
            records.append(_parse(text))
        except RecordError as error:
            raise RecordError(f"line {number}: {error}") from None
    length = sum(len(text) + 1 for text in texts)
    return records, Place(place.lines + len(texts), place.bytes + length)


def lines(path: Path) -> Iterator[Line]:
    """Every line that ends with a line feed, wrong ones with their problem. Raises OSError."""
    for number, text in enumerate(_texts(path, BEGIN), 1):
        sha256 = hashlib.sha256(text).hexdigest()
        try:
            yield Line(number, sha256, _parse(text))
        except RecordError as error:
            yield Line(number, sha256, None, str(error))


def _texts(path: Path, place: Place) -> list[bytes]:
    path = path / NAME if path.is_dir() else path
    with path.open("rb") as file:
        file.seek(place.bytes)
        return file.read().split(b"\n")[:-1]


def chain_problems(rows: list[Line]) -> Iterator[tuple[int, str]]:
    """What breaks the chain: (line number, sentence). Nothing when it holds."""
    previous = NO_HASH
    for line in rows:
        if line.record is None:
            yield line.number, line.problem
        else:
            if line.record.prev != previous:
                yield line.number, "the line before is not the one this line was chained to"
            if line.record.seq != line.number:
                yield line.number, f"numbered {line.record.seq}: lines are missing or moved"
        previous = line.sha256


def _parse(text: bytes) -> Record:
    try:
        value = json.loads(text)
    except ValueError:
        raise RecordError("is not JSON") from None
    return from_json(value)


class Journal:
    """The writing end. Records whose line the disk refused are kept and written later, in order."""

    def __init__(self, folder: Path, name: str = NAME) -> None:
        """Opens or creates the journal and repairs a torn end.

        Raises OSError; BlockingIOError when another writer, maybe of another process, has it open.
        """
        path = folder / name
        self._fd = os.open(path, os.O_RDWR | os.O_CREAT | os.O_APPEND, 0o600)
        try:
            fcntl.flock(self._fd, fcntl.LOCK_EX | fcntl.LOCK_NB)
            _repair(self._fd)
            rows = list(lines(path))
            if not rows:
                sync_folder(folder)
        except OSError:
            os.close(self._fd)
            raise
        self.records = [row.record for row in rows if row.record is not None]
        self._seq = len(rows)
        self._prev = rows[-1].sha256 if rows else NO_HASH
        self._waiting = bytearray()

    def append(self, record: R) -> R:
        """Chain a record and keep it for ``flush``; gives it with its place in the chain."""
        chained = replace(record, seq=self._seq + 1, prev=self._prev)
        text = json.dumps(chained.as_json(), ensure_ascii=False, separators=(",", ":")).encode()
        self._seq += 1
        self._prev = hashlib.sha256(text).hexdigest()
        self._waiting += text + b"\n"
        return chained

    def flush(self) -> None:
        """Make every appended record durable. Raises OSError; nothing is lost then."""
        if not self._waiting:
            return
        try:
            while self._waiting:
                written = os.write(self._fd, self._waiting)
                del self._waiting[:written]
        finally:
            os.fsync(self._fd)

    def close(self) -> None:
        os.close(self._fd)


def _repair(fd: int) -> None:
    """Cut off a torn last line, or finish one that lacks only its line feed."""
    size = os.fstat(fd).st_size
    content = os.pread(fd, size, 0)
    whole = content.rfind(b"\n") + 1
    if whole == size:
        return
    try:
        _parse(content[whole:])
    except RecordError:
        os.ftruncate(fd, whole)
    else:
        os.write(fd, b"\n")
