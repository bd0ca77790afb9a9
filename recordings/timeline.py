"""What a player draws: when which track was there, and why not when it was not. Pure."""

from collections.abc import Iterable
from dataclasses import dataclass

from recordings.model import TrackKind
from recordings.records import CloseMark, Gap, PauseMark, Record, ResumeMark, Segment, StartMark


@dataclass(frozen=True, slots=True)
class Track:
    """One kind of track of one participant; both rows are in order of time."""

    participant: str
    kind: TrackKind
    segments: tuple[Segment, ...]
    gaps: tuple[Gap, ...]


@dataclass(frozen=True, slots=True)
class Pause:
    """The whole session was off record. Unix seconds."""

    start: float
    end: float
    reason: str


@dataclass(frozen=True, slots=True)
class Timeline:
    """A session's recording; ``start`` and ``end`` are unix seconds, equal when it is empty."""

    start: float
    end: float
    tracks: tuple[Track, ...]
    pauses: tuple[Pause, ...]
    is_closed: bool

    def segments_at(self, moment: float) -> list[Segment]:
        """The segments that hold the unix time ``moment``: at most one of each track."""
        found = (
            next((s for s in reversed(track.segments) if s.start <= moment < s.end), None)
            for track in self.tracks
        )
        return [segment for segment in found if segment is not None]


def timeline(records: Iterable[Record]) -> Timeline:
    """Build the time line of one session from the records of its journal."""
    rows = list(records)
    segments = [row for row in rows if isinstance(row, Segment) and row.frames]
    gaps = [row for row in rows if isinstance(row, Gap)]
    marks = [row.at for row in rows if isinstance(row, StartMark | CloseMark)]
    start = min([s.start for s in segments] or marks or [0.0])
    end = max([s.end for s in segments] + [gap.end for gap in gaps] or marks or [start])
    return Timeline(
        start=start,
        end=end,
        tracks=tuple(_tracks(segments, gaps)),
        pauses=tuple(_pauses(rows, end)),
        is_closed=bool(rows) and isinstance(rows[-1], CloseMark),
    )


def _tracks(segments: list[Segment], gaps: list[Gap]) -> Iterable[Track]:
    keys = [(row.participant, row.track) for row in segments]
    keys += [(row.participant, row.track) for row in gaps]
    for key in dict.fromkeys(keys):
        mine = [row for row in segments if (row.participant, row.track) == key]
        missing = [row for row in gaps if (row.participant, row.track) == key]
        mine.sort(key=lambda row: row.start)
        missing.sort(key=lambda row: row.start)
        yield Track(key[0], key[1], tuple(mine), tuple(missing))


def _pauses(rows: list[Record], end: float) -> Iterable[Pause]:
    begun: PauseMark | None = None
    for row in rows:
        if isinstance(row, PauseMark) and begun is None:
            begun = row
        elif isinstance(row, ResumeMark | CloseMark) and begun is not None:
            yield Pause(begun.at, row.at, begun.reason)
            begun = None
    if begun is not None:
        yield Pause(begun.at, max(begun.at, end), begun.reason)
