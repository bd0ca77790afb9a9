"""Is a recorded session whole, and if not, what is wrong and where?

Needs nothing but the session's folder: the chain of the journal, the hash of every file, and that
there is neither a file without a record nor a record without its file.
"""

import hashlib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from recordings.journal import NAME, Line, chain_problems, lines
from recordings.records import CloseMark, Segment


@dataclass(frozen=True, slots=True)
class Problem:
    """Something wrong: ``where`` is a file, or ``journal.jsonl:LINE``."""

    where: str
    what: str

    def __str__(self) -> str:
        return f"{self.where}: {self.what}"


def verify(folder: Path, is_open: bool = False) -> list[Problem]:
    """All that is wrong with the session in ``folder``; an empty list when it is whole.

    A session that goes on (``is_open``) may end without a close and have ``.part`` files.
    """
    try:
        rows = list(lines(folder))
    except OSError:
        return [Problem(NAME, "cannot be read")]
    problems = [Problem(f"{NAME}:{number}", what) for number, what in chain_problems(rows)]
    problems += _end_problems(folder, rows, is_open)
    segments = [(row.number, row.record) for row in rows if isinstance(row.record, Segment)]
    problems += _order_problems(segments)
    for _, segment in segments:
        problems += _file_problems(folder, segment)
    problems += _stray_files(folder, {segment.file for _, segment in segments}, is_open)
    return problems


def _end_problems(folder: Path, rows: list[Line], is_open: bool) -> Iterator[Problem]:
    if not (folder / NAME).read_bytes().endswith(b"\n") and rows:
        yield Problem(f"{NAME}:{len(rows) + 1}", "the last line is torn")
    is_closed = bool(rows) and isinstance(rows[-1].record, CloseMark)
    if not is_open and not is_closed:
        yield Problem(NAME, "does not end with a close: lines are cut off, or the session goes on")


def _order_problems(segments: list[tuple[int, Segment]]) -> Iterator[Problem]:
    seen: set[str] = set()
    for number, segment in segments:
        if segment.file in seen:
            yield Problem(f"{NAME}:{number}", f"{segment.file} is recorded twice")
        seen.add(segment.file)


def _file_problems(folder: Path, segment: Segment) -> Iterator[Problem]:
    path = folder / segment.file
    if not path.resolve().is_relative_to(folder.resolve()):
        yield Problem(segment.file, "lies outside the session")
        return
    try:
        with path.open("rb") as file:
            size = file.seek(0, 2)
            file.seek(0)
            sha256 = hashlib.file_digest(file, "sha256").hexdigest()
    except FileNotFoundError:
        yield Problem(segment.file, "is missing")
    except OSError:
        yield Problem(segment.file, "cannot be read")
    else:
        if size != segment.bytes:
            yield Problem(segment.file, f"has {size} bytes, was sealed with {segment.bytes}")
        elif sha256 != segment.sha256:
            yield Problem(segment.file, "was changed after it was sealed")


def _stray_files(folder: Path, known: set[str], is_open: bool) -> Iterator[Problem]:
    for path in sorted(folder.rglob("*")):
        file = path.relative_to(folder).as_posix()
        if path.is_dir() or file == NAME or file in known:
            continue
        if not (is_open and path.suffix == ".part"):
            yield Problem(file, "is in no journal record")
