"""The records of a journal: one frozen type for each ``type`` a line can have.

A line is one JSON object. ``seq`` counts from 1; ``prev`` is the SHA-256 (hex) of the bytes of the
line before, without its line feed, and 64 zeros in the first. Times are unix seconds.
"""

import re
from collections.abc import Mapping
from dataclasses import asdict, dataclass, fields
from typing import Any, ClassVar, get_type_hints

from recordings.model import Codec, GapCause, TrackKind, checked_name

NO_HASH = "0" * 64


class RecordError(ValueError):
    """A line is no record: not JSON, of an unknown type, or with a field missing or wrong."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Record:
    """What every record carries; ``Journal.append`` fills both in."""

    type: ClassVar[str]
    seq: int = 0
    prev: str = NO_HASH

    def as_json(self) -> dict[str, Any]:
        """The record as the JSON object that its line holds."""
        values = {f.name: getattr(self, f.name) for f in fields(self)}
        return {"type": self.type, **{k: v for k, v in values.items() if v is not None}}


@dataclass(frozen=True, slots=True, kw_only=True)
class Segment(Record):
    """One sealed file of one track.

    ``bytes`` and ``sha256`` are the media's. When the file is encrypted, the ``stored`` two are
    the file's own: so it can be checked by who has no key, and the media by who was given it.
    """

    type: ClassVar[str] = "segment"
    participant: str
    track: TrackKind
    index: int
    file: str  # relative to the session's folder
    codec: Codec
    start: float  # wall clock of the first frame
    duration: float  # seconds, from the first frame's start to the last one's end
    frames: int
    lost_packets: int
    bytes: int
    sha256: str
    recovered: bool  # finished after a crash, by Recorder.recover
    stored_bytes: int | None = None
    stored_sha256: str | None = None

    @property
    def end(self) -> float:
        return self.start + self.duration


@dataclass(frozen=True, slots=True, kw_only=True)
class Gap(Record):
    """A stretch of a track that is not in the recording, and why."""

    type: ClassVar[str] = "gap"
    participant: str
    track: TrackKind
    start: float
    end: float
    cause: GapCause


@dataclass(frozen=True, slots=True, kw_only=True)
class Mark(Record):
    """A moment of the whole session."""

    at: float
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class StartMark(Mark):
    """The first frame is safe on disk; again after a restart of the relay or a failed disk."""

    type: ClassVar[str] = "started"


@dataclass(frozen=True, slots=True, kw_only=True)
class PauseMark(Mark):
    """From here nothing is written until the next ResumeMark."""

    type: ClassVar[str] = "paused"


@dataclass(frozen=True, slots=True, kw_only=True)
class ResumeMark(Mark):
    """The pause is over."""

    type: ClassVar[str] = "resumed"


@dataclass(frozen=True, slots=True, kw_only=True)
class CloseMark(Mark):
    """Every segment is sealed; nothing follows."""

    type: ClassVar[str] = "closed"


@dataclass(frozen=True, slots=True, kw_only=True)
class ContinueMark(Record):
    """The session goes on with an earlier one: the end of that one's journal as it stood then."""

    type: ClassVar[str] = "continues"
    at: float
    session: str
    lines: int
    sha256: str  # of the last of those lines


@dataclass(frozen=True, slots=True, kw_only=True)
class Kept:
    """A file that lies in the session's folder and is no segment: a photo that was given."""

    file: str  # relative to the session's folder, one folder down
    bytes: int
    sha256: str
    stored_bytes: int | None = None
    stored_sha256: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Fact(Record):
    """Something that was stored elsewhere at that moment, by its hash; in the chain of facts.

    ``files``: what belongs to it and lies in the session's folder; None where nothing does.
    """

    type: ClassVar[str] = "fact"
    kind: str
    id: str
    at: float
    sha256: str  # of its canonical JSON
    files: tuple[Kept, ...] | None = None

    def as_json(self) -> dict[str, Any]:
        values = Record.as_json(self)
        if self.files is not None:
            values["files"] = [
                {name: value for name, value in asdict(one).items() if value is not None}
                for one in self.files
            ]
        return values


_OPTIONAL = frozenset({"stored_bytes", "stored_sha256", "files"})
_KEPT = re.compile(r"[A-Za-z0-9_]{1,64}/[A-Za-z0-9_-]{1,64}(\.[A-Za-z0-9]{1,8}){1,2}")
_KINDS: dict[str, type[Record]] = {
    kind.type: kind
    for kind in (Segment, Gap, StartMark, PauseMark, ResumeMark, CloseMark, ContinueMark, Fact)
}


def _hints(kind: type[Any]) -> Mapping[str, Any]:
    hints = get_type_hints(kind)
    return {field.name: hints[field.name] for field in fields(kind)}


# Worked out once: a journal has thousands of lines.
_HINTS = {kind: _hints(kind) for kind in (*_KINDS.values(), Kept)}


def from_json(value: object) -> Record:
    """Build the record that ``as_json`` gave.

    Raises RecordError naming the field; an unknown ``type`` or field is refused.
    """
    if not isinstance(value, dict):
        raise RecordError("a line is not an object")
    kind = _KINDS.get(str(value.get("type")))
    if kind is None:
        raise RecordError("a line has an unknown type")
    hints = _HINTS[kind]
    given = value.keys() - {"type"}
    if not given <= hints.keys() or not hints.keys() - _OPTIONAL <= given:
        raise RecordError(f"a {kind.type} record has wrong fields")
    typed = {name: _typed(hints[name], value[name], name) for name in hints if name in given}
    return _named(kind(**typed))


def _kept(value: object) -> Kept:
    """Raises RecordError; the file's name leads nowhere else."""
    hints = _HINTS[Kept]
    if not isinstance(value, Mapping) or not value.keys() <= hints.keys():
        raise RecordError("the field files is wrong")
    if not hints.keys() - _OPTIONAL <= value.keys():
        raise RecordError("the field files is wrong")
    typed = {name: _typed(hints[name], value[name], name) for name in hints if name in value}
    if not _KEPT.fullmatch(typed["file"]):
        raise RecordError("the field file is wrong")
    return Kept(**typed)


def _named(record: Record) -> Record:
    """A name that leads to a folder is looked at before anybody follows it."""
    if isinstance(record, ContinueMark):
        try:
            checked_name(record.session)
        except ValueError:
            raise RecordError("the field session is wrong") from None
    return record


def _typed(hint: Any, value: object, name: str) -> Any:
    if hint is float and type(value) in (int, float):
        return float(value)  # type: ignore[arg-type]
    if hint in (int, bool, str) and type(value) is hint:
        return value
    if hint in (int | None, str | None):
        return _typed(int if hint == int | None else str, value, name)
    if hint == tuple[Kept, ...] | None and isinstance(value, list):
        return tuple(_kept(one) for one in value)
    if hint in (TrackKind, Codec, GapCause) and value in hint.__members__.values():
        return hint(value)
    raise RecordError(f"the field {name} is wrong")
