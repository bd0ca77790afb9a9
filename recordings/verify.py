"""Is a recorded session whole, and if not, what is wrong and where?

Needs nothing but the session's folder and the public key: the chains of the journal and the facts,
the hash of every file, that there is neither a file without a record nor a record without its file,
the signatures, and, where the rows are at hand, that they are what the chain of facts says. No key
of encryption: a file must be what the journal says of the file on disk, or, as in a bundle, of the
media itself.
"""

import hashlib
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from cryptography.x509 import Certificate

from recordings import checkpoint as checkpoints
from recordings import facts, manifest, timestamp
from recordings.facts import Statement
from recordings.journal import NAME, Line, chain_problems, lines
from recordings.keys import PublicKey
from recordings.records import CloseMark, ContinueMark, Fact, Kept, Segment


@dataclass(frozen=True, slots=True)
class Problem:
    """Something wrong: ``where`` is a file, ``journal.jsonl:LINE``, or a row like ``advice ID``."""

    where: str
    what: str

    def __str__(self) -> str:
        return f"{self.where}: {self.what}"


@dataclass(frozen=True, slots=True)
class Witness:
    """What does not lie in the session's folder, and makes it show more.

    ``key`` signed it; ``statements`` are the rows the chain of facts is about; ``integrity`` is a
    value somebody was given when the session was sealed; ``authorities`` are the certificates that
    time stamps must lead to, and then there must be one; ``checkpoint`` is what somebody has kept.
    """

    key: PublicKey | None = None
    statements: Iterable[Statement] | None = None
    integrity: str | None = None
    authorities: Iterable[Certificate] | None = None
    checkpoint: checkpoints.Checkpoint | None = None


def verify(folder: Path, is_open: bool = False, witness: Witness | None = None) -> list[Problem]:
    """All that is wrong with the session in ``folder``; an empty list when it is whole.

    A session that goes on (``is_open``) may end without a close and have ``.part`` files; of one
    that was erased, which its manifest says, the media may be gone.
    """
    try:
        rows = list(lines(folder))
    except OSError:
        return [Problem(NAME, "cannot be read")]
    problems = [Problem(f"{NAME}:{number}", what) for number, what in chain_problems(rows)]
    problems += _end_problems(folder, rows, is_open)
    segments = [(row.number, row.record) for row in rows if isinstance(row.record, Segment)]
    problems += _order_problems(segments)
    kept = [file for fact in _facts(folder) for file in fact.files or ()]
    gone = facts.destroyed(_facts(folder))
    is_erased = erased_in(folder) is not None
    files: list[Segment | Kept] = [*(segment for _, segment in segments), *kept]
    for file in files:
        problems += _file_problems(folder, file, is_erased or file.file in gone)
    problems += _link_problems(folder, rows)
    problems += _stray_files(folder, {file.file for file in files}, is_open)
    problems += _fact_problems(folder, witness or Witness())
    problems += _manifest_problems(folder, witness or Witness(), is_open)
    problems += _stamp_problems(folder, witness or Witness())
    if witness is not None and witness.checkpoint is not None:
        found = checkpoints.problems(witness.checkpoint, folder)
        problems += [Problem(where, what) for where, what in found]
    return problems


def erased_in(folder: Path) -> Mapping[str, Any] | None:
    """The signed certificate that says the media was destroyed; None when it was not."""
    try:
        return manifest.erased(list(manifest.read(folder)))
    except (OSError, ValueError):
        return None


def earlier_sessions(folder: Path) -> list[str]:
    """The sessions whose recordings this one says it goes on with. Raises OSError."""
    return [row.record.session for row in lines(folder) if isinstance(row.record, ContinueMark)]


def _link_problems(folder: Path, rows: list[Line]) -> Iterator[Problem]:
    """An earlier session that lies beside this one must have the line that is named here."""
    for row in rows:
        mark = row.record
        if not isinstance(mark, ContinueMark) or not (folder.parent / mark.session).is_dir():
            continue
        try:
            hashes = [line.sha256 for line in lines(folder.parent / mark.session)]
        except OSError:
            hashes = []
        if not 0 < mark.lines <= len(hashes) or hashes[mark.lines - 1] != mark.sha256:
            what = f"continues {mark.session}, whose journal is not the one that was continued"
            yield Problem(f"{NAME}:{row.number}", what)


def _facts(folder: Path) -> list[Fact]:
    path = folder / facts.NAME
    rows = list(lines(path)) if path.exists() else []
    return [row.record for row in rows if isinstance(row.record, Fact)]


def _fact_problems(folder: Path, witness: Witness) -> Iterator[Problem]:
    path = folder / facts.NAME
    rows = list(lines(path)) if path.exists() else []
    for number, what in chain_problems(rows):
        yield Problem(f"{facts.NAME}:{number}", what)
    for row in rows:
        if row.record is not None and not isinstance(row.record, Fact):
            yield Problem(f"{facts.NAME}:{row.number}", "is no fact")
    if rows and not path.read_bytes().endswith(b"\n"):
        yield Problem(f"{facts.NAME}:{len(rows) + 1}", "the last line is torn")
    if witness.statements is not None:
        for where, what in facts.differences(_facts(folder), witness.statements):
            yield Problem(where, what)


def _manifest_problems(folder: Path, witness: Witness, is_open: bool) -> Iterator[Problem]:
    if not (folder / manifest.NAME).exists():
        if witness.integrity or (witness.key is not None and not is_open):
            yield Problem(manifest.NAME, "is missing: nothing is signed")
        return
    for where, what in manifest.problems(folder, witness.key, is_open):
        yield Problem(where, what)
    if witness.integrity is not None and witness.integrity not in _integrity_values(folder):
        what = "has no line with the integrity value: it was rolled back or made anew"
        yield Problem(manifest.NAME, what)


def stamps(
    folder: Path, authorities: Iterable[Certificate] | None = None
) -> Iterator[tuple[str, timestamp.Stamp | timestamp.BadStamp]]:
    """Each time stamp of the session's seals, or what is wrong with it, by its file's name."""
    trusted = None if authorities is None else list(authorities)
    try:
        sealed = {number: one.sha256 for number, one in enumerate(manifest.read(folder), 1)}
    except (OSError, ValueError):
        return  # which is told where the manifest is looked at
    for path in sorted(folder.iterdir()):
        if (number := timestamp.stamped_line(path.name)) is None:
            continue
        try:
            yield path.name, timestamp.check(path.read_bytes(), sealed.get(number, ""), trusted)
        except OSError:
            yield path.name, timestamp.BadStamp("cannot be read")
        except timestamp.BadStamp as wrong:
            yield path.name, wrong


def _stamp_problems(folder: Path, witness: Witness) -> Iterator[Problem]:
    found = list(stamps(folder, witness.authorities))
    for name, stamp in found:
        if isinstance(stamp, timestamp.BadStamp):
            yield Problem(name, str(stamp))
    if witness.authorities is not None and not found:
        yield Problem(manifest.NAME, "has no time stamp")


def _integrity_values(folder: Path) -> set[str]:
    try:
        return {one.sha256 for one in manifest.read(folder)}
    except ValueError:
        return set()


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


def _file_problems(folder: Path, segment: Segment | Kept, is_erased: bool) -> Iterator[Problem]:
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
        if not is_erased:
            yield Problem(segment.file, "is missing")
    except OSError:
        yield Problem(segment.file, "cannot be read")
    else:
        media, stored = segment.bytes, segment.stored_bytes or segment.bytes
        if size not in (media, stored):
            yield Problem(segment.file, f"has {size} bytes, was sealed with {stored}")
        elif sha256 not in (segment.sha256, segment.stored_sha256):
            yield Problem(segment.file, "was changed after it was sealed")


def _stray_files(folder: Path, known: set[str], is_open: bool) -> Iterator[Problem]:
    for path in sorted(folder.rglob("*")):
        file = path.relative_to(folder).as_posix()
        if path.is_dir() or file in _OWN or file in known or timestamp.stamped_line(file):
            continue
        # What goes on has files that are not written down yet: a track's, a photo's.
        if not (is_open and (path.suffix == ".part" or path.parent.name == facts.PHOTOS)):
            yield Problem(file, "is in no journal record")


_OWN = frozenset({NAME, facts.NAME, manifest.NAME})
