"""A lane: one kind of track of one participant through the whole session, over all reconnects."""

from dataclasses import dataclass, field
from pathlib import Path

from recordings.allowance import Allowance
from recordings.model import Codec, GapCause, TrackKind
from recordings.records import Gap, Record, Segment
from recordings.sink import PART

LaneKey = tuple[str, TrackKind]

# Frames that go on for so long after somebody said why they would stop: they did not stop.
_CAUSE_HOLDS_S = 2.0
# A screen whose last frame is older than this was no longer shared when the relay went down.
_STILL_SHOWN_S = 5.0
# All rooms share the thread on which a file costs three fsyncs and a hole in a file one. Honest
# streams stay below: a file lasts half a minute, or ends in 3 s of silence; a hole lasts half a
# second. What a sender does beyond that is dropped.
_FILES_AT_ONCE, _FILE_EVERY_S = 5, 2.0
_HOLES_AT_ONCE, _HOLE_EVERY_S = 10, 0.5
# So long after the last frame that was dropped for it a stream is steady again.
_STEADY_S = 5.0


@dataclass(slots=True)
class Lane:
    """Where the next segment goes, and what is known of the time since the last frame."""

    participant: str
    track: TrackKind
    next_index: int = 0
    edge: float | None = None  # unix time up to which the lane is accounted for
    cause: GapCause | None = None  # why nothing comes after ``edge``
    told_at: float = 0.0
    _files: Allowance = field(default_factory=lambda: Allowance(_FILES_AT_ONCE, _FILE_EVERY_S))
    _holes: Allowance = field(default_factory=lambda: Allowance(_HOLES_AT_ONCE, _HOLE_EVERY_S))

    def takes_file(self, now: float) -> bool:
        """Whether another file may begin; if not, the frame that would begin it is dropped."""
        return self._takes(self._files, now)

    def takes_hole(self, now: float) -> bool:
        """Whether a file may have another hole; if not, the frame behind it is dropped."""
        return self._takes(self._holes, now)

    def _takes(self, allowance: Allowance, now: float) -> bool:
        taken = allowance.take(now)
        if not taken:
            self.explain(GapCause.UNSTEADY, now)
        return taken

    def is_unsteady(self, now: float) -> bool:
        """Whether frames are, or were a moment ago, dropped because they began anew too often."""
        return any(one.was_short(now, _STEADY_S) for one in (self._files, self._holes))

    def explain(self, cause: GapCause, at: float) -> None:
        """Frames stop, or will at once, because of ``cause``."""
        self.cause, self.told_at = cause, at

    def went_on(self, now: float) -> None:
        """A frame came without a gap."""
        if self.cause is not None and now - self.told_at > _CAUSE_HOLDS_S:
            self.cause = None

    def next_file(self, codec: Codec) -> str:
        """The next segment's file, relative to the session's folder; each call gives another."""
        index, self.next_index = self.next_index, self.next_index + 1
        return f"{self.participant}/{self.track}-{index:06d}{codec.suffix}"

    def gap(self, start: float, end: float, otherwise: GapCause | None) -> Gap | None:
        """The gap between two moments, by the cause that was told or else ``otherwise``.

        The cause is used up. None when there is no cause or no time between.
        """
        cause, self.cause = self.cause or otherwise, None
        if cause is None or end <= start:
            return None
        return Gap(
            participant=self.participant, track=self.track, start=start, end=end, cause=cause
        )

    def gap_until(self, end: float, otherwise: GapCause | None = None) -> Gap | None:
        """The gap from the edge to ``end``; the edge moves there."""
        start, self.edge = self.edge, end
        return None if start is None else self.gap(start, end, otherwise)


def file_parts(file: str) -> tuple[str, TrackKind, int] | None:
    """Participant, track and index of a segment's relative file name; None if it is not one."""
    participant, _, name = file.removesuffix(PART).partition("/")
    kind, _, number = name.partition(".")[0].rpartition("-")
    if kind not in TrackKind.__members__.values() or not number.isdecimal():
        return None
    return participant, TrackKind(kind), int(number)


def restore(folder: Path, records: list[Record]) -> dict[LaneKey, Lane]:
    """The lanes of a session that was recorded before: the relay has restarted since."""
    lanes: dict[LaneKey, Lane] = {}
    for record in records:
        if isinstance(record, Segment | Gap):
            lane = _lane(lanes, record.participant, record.track)
            lane.edge = max(lane.edge or 0.0, record.end)
    for path in folder.glob("*/*"):
        if parts := file_parts(path.relative_to(folder).as_posix()):
            lane = _lane(lanes, parts[0], parts[1])
            lane.next_index = max(lane.next_index, parts[2] + 1)
    last = max((lane.edge or 0.0 for lane in lanes.values()), default=0.0)
    for lane in lanes.values():
        if lane.track is not TrackKind.SCREEN or (lane.edge or 0.0) > last - _STILL_SHOWN_S:
            lane.cause = GapCause.RELAY_RESTART
    return lanes


def _lane(lanes: dict[LaneKey, Lane], participant: str, track: TrackKind) -> Lane:
    return lanes.setdefault((participant, track), Lane(participant, track))
