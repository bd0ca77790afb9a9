"""The second chain of a session: what was said and agreed, bound by its hash when it was stored.

Advice, consents and the session's log are rows of a database that somebody with power over it can
change. ``facts.jsonl`` has a line for each, chained like the journal, written soon after the row.
The rows themselves stay where they are; what must be shown later is compared with its line here.
"""

import hashlib
import json
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from typing import Any

from recordings.journal import Journal, read
from recordings.records import Fact, Kept

NAME = "facts.jsonl"
PHOTOS = "photos"
"""The folder, beside the participants' ones, in which photos of evidence lie."""


class FactKind(StrEnum):
    """What a fact is about."""

    ADVICE = "advice"
    CONSENT = "consent"
    EVENT = "event"
    PHOTO = "photo"
    PHOTO_GONE = "photo_gone"


@dataclass(frozen=True, slots=True)
class Statement:
    """A row that never changes, as it is exported: ``content`` is JSON, its times are text.

    ``files``: what belongs to it and lies in the session's folder; the chain holds their hashes.
    """

    kind: FactKind
    id: str
    at: float  # unix seconds
    content: Mapping[str, Any]
    files: tuple[Kept, ...] = ()

    @property
    def key(self) -> tuple[str, str]:
        return self.kind.value, self.id

    @property
    def sha256(self) -> str:
        return hashlib.sha256(canonical(self.content)).hexdigest()


@dataclass(frozen=True, slots=True)
class Chained:
    """What ``chain`` did: how many lines it added, and which rows are not what they were."""

    added: int
    changed: tuple[Statement, ...]


def canonical(content: Mapping[str, Any]) -> bytes:
    """The one spelling of a JSON object: keys in order, no spaces, UTF-8."""
    return json.dumps(
        content, ensure_ascii=False, sort_keys=True, separators=(",", ":"), allow_nan=False
    ).encode()


def chain(folder: Path, statements: Iterable[Statement]) -> Chained:
    """Add the statements that are not in the session's chain yet; durable on return.

    Raises OSError; BlockingIOError when another process is writing there this moment.
    """
    facts = Journal(folder, NAME)
    try:
        known = {(it.kind, it.id): it.sha256 for it in facts.records if isinstance(it, Fact)}
        rows = list(statements)
        new = [row for row in rows if row.key not in known]
        for row in new:
            facts.append(_fact(row))
        facts.flush()
        changed = tuple(row for row in rows if known.get(row.key, row.sha256) != row.sha256)
        return Chained(len(new), changed)
    finally:
        facts.close()


def kept_in(folder: Path) -> list[Kept]:
    """The files that the session's chain of facts has hashes of, and that were not taken back.

    Raises RecordError, OSError.
    """
    if not (folder / NAME).exists():
        return []
    rows = [row for row in read(folder / NAME) if isinstance(row, Fact)]
    gone = destroyed(rows)
    return [one for row in rows for one in row.files or () if one.file not in gone]


def destroyed(rows: Iterable[Fact]) -> set[str]:
    """The files of photos that were taken back: the chain says so, under the photo's own id."""
    known = list(rows)
    gone = {row.id for row in known if row.kind == FactKind.PHOTO_GONE}
    return {
        file.file
        for row in known
        if row.kind == FactKind.PHOTO and row.id in gone
        for file in row.files or ()
    }


def _fact(row: Statement) -> Fact:
    return Fact(
        kind=row.kind.value, id=row.id, at=row.at, sha256=row.sha256, files=row.files or None
    )


def differences(
    facts: Iterable[Fact], statements: Iterable[Statement]
) -> Iterator[tuple[str, str]]:
    """What does not agree between the chain and the rows: (place, sentence)."""
    rows: dict[tuple[str, str], Statement] = {}
    for row in statements:
        if row.key in rows:
            yield f"{row.kind} {row.id}", "is there more than once"
        rows[row.key] = row
    known = set()
    for fact in facts:
        known.add((fact.kind, fact.id))
        if (what := _difference(fact, rows.get((fact.kind, fact.id)))) is not None:
            yield f"{fact.kind} {fact.id}", what
    for key, row in rows.items():
        if key not in known:
            yield f"{row.kind} {row.id}", f"is in no line of {NAME}"


def _difference(fact: Fact, row: Statement | None) -> str | None:
    if row is None:
        return f"is missing; line {fact.seq} of {NAME} has it"
    if row.sha256 != fact.sha256:
        return f"was changed; line {fact.seq} of {NAME} has another hash"
    if row.at != fact.at:
        return f"was changed; line {fact.seq} of {NAME} has another time"
    return None


def as_json(statements: Iterable[Statement]) -> bytes:
    """The statements as a file that ``from_json`` reads, for people to read as well.

    Raises ValueError for what has no one spelling in JSON.
    """
    rows = [
        {"kind": row.kind.value, "id": row.id, "at": row.at, "content": dict(row.content)}
        for row in statements
    ]
    return json.dumps(rows, ensure_ascii=False, indent=2, allow_nan=False).encode() + b"\n"


def from_json(text: bytes) -> list[Statement]:
    """Read what ``as_json`` wrote. Raises ValueError."""
    try:
        return [
            Statement(FactKind(row["kind"]), str(row["id"]), float(row["at"]), dict(row["content"]))
            for row in json.loads(text)
        ]
    except (KeyError, TypeError):
        raise ValueError("holds no statements") from None
