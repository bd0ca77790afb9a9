"""What the recorder tells the process that owns it.

Events are made on the writer thread; the receiver must be quick and hop to its own loop
(``loop.call_soon_threadsafe``).
"""

from dataclasses import dataclass
from enum import StrEnum

from recordings.model import TrackKind
from recordings.records import Segment


class FailureCode(StrEnum):
    """Why the recording is not being written."""

    DISK_FULL = "disk_full"
    DISK_ERROR = "disk_error"
    DISK_STALLED = "disk_stalled"  # it answers nothing; what comes meanwhile waits in memory
    NO_KEY = "no_key"  # the master key does not serve: nothing is written in the open instead
    OVERFLOW = "overflow"  # the writer is too slow; packets were dropped before it
    TRACK_STALLED = "track_stalled"  # packets of a track come, and nothing of them is written
    INTERNAL = "internal"  # a bug: logged with its traceback


@dataclass(frozen=True, slots=True)
class RecorderEvent:
    """Something the owner of the recorder should know about one session."""

    session: str


@dataclass(frozen=True, slots=True)
class Started(RecorderEvent):
    """The first frame is on disk; sent again when writing works again after Failed."""


@dataclass(frozen=True, slots=True)
class SegmentClosed(RecorderEvent):
    """A segment is sealed and in the journal; ``record.as_json()`` is the journal's object."""

    record: Segment


@dataclass(frozen=True, slots=True)
class Paused(RecorderEvent):
    """Everything from before the pause is sealed; nothing more is written."""

    reason: str


@dataclass(frozen=True, slots=True)
class Resumed(RecorderEvent):
    """Packets are taken again."""


@dataclass(frozen=True, slots=True)
class KeyframeWanted(RecorderEvent):
    """The track needs a key frame: to begin, to cut a segment, or to heal after loss.

    Where it ``is_spare`` it needs none: a player that seeks will be thankful for it, if the line
    has room to spare. The last one then came ``after`` so many seconds.
    """

    participant: str
    track: TrackKind
    after: float | None = None

    @property
    def is_spare(self) -> bool:
        return self.after is not None


@dataclass(frozen=True, slots=True)
class Failed(RecorderEvent):
    """The session is not being recorded at this moment; the recorder keeps trying.

    Where it is about one track, that is named.
    """

    code: FailureCode
    participant: str = ""
    track: TrackKind | None = None


@dataclass(frozen=True, slots=True)
class Closed(RecorderEvent):
    """Every segment is sealed and the journal ends with a CloseMark."""
