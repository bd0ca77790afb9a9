"""Frames of one stream cut into segments, with the gaps between them."""

from dataclasses import dataclass
from math import inf
from typing import Protocol

from recordings.clock import TrackClock
from recordings.frames import Frame
from recordings.lane import Lane, file_parts
from recordings.model import Codec, GapCause, TrackKind
from recordings.records import Gap, Segment
from recordings.segment import SegmentWriter
from recordings.sink import Sealed, Sink

_SEGMENT_S = 30.0
_KEYFRAME_OVERDUE_S = 60.0
_KEYFRAME_OVERDUE_AGAIN_S = 5.0
_KEYFRAME_AGAIN_S = 1.0
_RETRY_S = 2.0
# Who seeks waits until everything since the key frame before is fetched and decoded. Whether the
# line has room for one more is asked again and again: a fast line gives one every three seconds.
_KEYFRAME_SPARE_S, _KEYFRAME_SPARE_AGAIN_S = 3.0, 1.0
# Two segments of one stream touch when the clock would move them less than this apart.
_TOUCH_S = 0.02
# Between two frames: longer than Opus leaves out in silence, than a still screen waits.
_GAP_AUDIO_S, _GAP_VIDEO_S = 0.5, 1.5


@dataclass(frozen=True, slots=True, eq=False)
class Finished:
    """A segment that takes no more frames and waits to be sealed."""

    writer: SegmentWriter
    lane: Lane
    file: str
    start: float
    lost_packets: int

    def record(self, sealed: Sealed) -> Segment:
        """Its record, once its file is sealed."""
        parts = file_parts(self.file)
        assert parts is not None
        return Segment(
            participant=self.lane.participant,
            track=self.lane.track,
            index=parts[2],
            file=self.file,
            codec=self.writer.codec,
            start=self.start,
            duration=self.writer.contents.duration,
            frames=self.writer.contents.frames,
            lost_packets=self.lost_packets,
            bytes=sealed.bytes,
            sha256=sealed.sha256,
            recovered=False,
            stored_bytes=sealed.stored_bytes,
            stored_sha256=sealed.stored_sha256,
        )


class Owner(Protocol):
    """What a cutter needs of its session."""

    def open_sink(self, lane: Lane, codec: Codec) -> tuple[str, Sink]:
        """A new segment's relative file name and its sink. Raises OSError."""
        ...

    def seal(self, finished: Finished) -> None: ...

    def write_gap(self, gap: Gap | None) -> None: ...

    def want_keyframe(self, lane: Lane, after: float | None = None) -> None: ...

    def failed(self, source: object, error: OSError) -> None: ...

    is_recording: bool  # and everybody was told so

    def is_awaiting(self, source: object) -> bool:
        """Whether the session waits for the next frame of ``source`` to be safe on disk."""
        ...

    def is_safe(self, source: object, now: float) -> None:
        """What ``source`` has written is safe on disk."""
        ...

    def forgive(self, source: object) -> None:
        """``source`` writes nothing any more, so it cannot fail."""
        ...


class Cutter:
    """Writes the frames of one stream into the segments of its lane. Never raises OSError: what
    the disk refuses becomes a gap, and writing is tried again.
    """

    def __init__(self, owner: Owner, lane: Lane, codec: Codec, rate: int, clock: TrackClock):
        self.lane = lane
        self.has_run = False
        self.written = 0  # frames
        self._lost_packets = 0
        self._is_broken = False
        self._owner = owner
        self._codec = codec
        self._rate = rate
        self._clock = clock
        self._segment_ticks = int(_SEGMENT_S * rate)
        self._gap_ticks = int((_GAP_VIDEO_S if codec.is_video else _GAP_AUDIO_S) * rate)
        self._key_at = 0  # in ticks
        self._spare_at = inf  # in ticks; a camera's only: a screen's key frames are large
        self._segment: SegmentWriter | None = None
        self._file = ""
        self._touching: float | None = None  # where the segment before ended, if without a gap
        self._retry_at = 0.0
        self._asked_at = 0.0

    @property
    def is_open(self) -> bool:
        return self._segment is not None

    @property
    def awaits_key(self) -> bool:
        """Whether no picture can be written before the next key frame."""
        return self._codec.is_video and (self._is_broken or self._segment is None)

    def frame(self, frame: Frame, ticks: int, now: float) -> None:
        """Write a frame of unwrapped RTP time ``ticks`` that came at unix time ``now``."""
        segment = self._segment
        if frame.keyframe:
            self._is_broken = False
            self._key_at = ticks
            self._await_spare(ticks, _KEYFRAME_SPARE_S)
        if segment is None:
            self._begin(frame, ticks, now, None)
        elif self._is_broken:
            self._want_keyframe(now, _KEYFRAME_AGAIN_S)
        elif (frame.config or ticks - segment.first_ticks >= self._segment_ticks) and self._is_due(
            segment, frame, ticks, now
        ):
            self._follow(segment, frame, ticks, now)
        elif ticks >= segment.last_ticks:
            self._add(segment, frame, ticks, now)
            if ticks >= self._spare_at:
                self._await_spare(ticks, _KEYFRAME_SPARE_AGAIN_S)
                self._owner.want_keyframe(self.lane, (ticks - self._key_at) / self._rate)

    def lose(self, packets: int) -> None:
        """Packets are missing before the next frame.

        Pictures build on the ones before, so none is shown until the next key frame, here as in a
        browser: a decoder in a player takes such frames for a broken file.
        """
        self._lost_packets += packets
        self._is_broken = self._codec.is_video

    def flush(self, now: float) -> None:
        """Give the file what was collected."""
        if self._segment is not None:
            try:
                self._segment.flush()
            except OSError as error:
                self._fail(error, now)

    def sync(self, now: float) -> None:
        """Make everything written durable."""
        if self._segment is not None:
            try:
                self._segment.sync()
            except OSError as error:
                self._fail(error, now)
            else:
                self._owner.is_safe(self, now)

    def cut(self, now: float) -> None:
        """End the segment and have it sealed."""
        self.flush(now)
        self._close()

    def _close(self) -> None:
        segment, self._segment = self._segment, None
        if segment is None:
            return
        start = self._clock.wall(segment.first_ticks)
        if self._touching is not None and abs(start - self._touching) <= _TOUCH_S:
            start = self._touching
        self.lane.edge = start + segment.contents.duration
        finished = Finished(segment, self.lane, self._file, start, self._lost_packets)
        self._lost_packets = 0
        self._owner.seal(finished)

    def _is_due(self, segment: SegmentWriter, frame: Frame, ticks: int, now: float) -> bool:
        age = (ticks - segment.first_ticks) / self._rate
        if not self._codec.is_video:
            return age >= _SEGMENT_S
        if frame.keyframe:
            return age >= _SEGMENT_S or (age > 0 and frame.config != segment.config)
        if age >= _KEYFRAME_OVERDUE_S:
            self._want_keyframe(now, _KEYFRAME_OVERDUE_AGAIN_S)
        return False

    def _follow(self, segment: SegmentWriter, frame: Frame, ticks: int, now: float) -> None:
        touches = ticks - segment.end_ticks <= self._gap_ticks
        if touches:
            segment.ends_at(ticks)
        self.cut(now)
        self._begin(frame, ticks, now, self.lane.edge if touches else None)

    def _begin(self, frame: Frame, ticks: int, now: float, touching: float | None) -> None:
        if self._codec.is_video and not frame.keyframe:
            self._want_keyframe(now, _KEYFRAME_AGAIN_S)
            return
        if now < self._retry_at or not self.lane.takes_file(now):
            return
        wall = self._clock.wall(ticks)
        try:
            self._file, sink = self._owner.open_sink(self.lane, self._codec)
        except OSError as error:
            self._fail(error, now)
            return
        self._segment = SegmentWriter(sink, self._codec, self._rate, frame, ticks, wall)
        self._touching = touching
        if touching is None:
            self._account(wall)
        self.has_run = True
        self.written += 1
        self._sync_if_awaited(now)

    def _account(self, wall: float) -> None:
        """Write down the time between the last frame and the one that begins a segment."""
        edge = self.lane.edge
        is_long = edge is not None and wall - edge > self._gap_ticks / self._rate
        otherwise = GapCause.PACKET_LOSS if self.has_run and is_long else None
        self._owner.write_gap(self.lane.gap_until(wall, otherwise))

    def _add(self, segment: SegmentWriter, frame: Frame, ticks: int, now: float) -> None:
        end = segment.end_ticks
        if ticks - end > self._gap_ticks:
            if not self.lane.takes_hole(now):
                return
            start, until = self._clock.wall(end), self._clock.wall(ticks)
            self._owner.write_gap(self.lane.gap(start, until, GapCause.PACKET_LOSS))
        elif self.lane.cause is not None:
            self.lane.went_on(now)
        try:
            segment.add(frame, ticks)
        except OSError as error:
            self._fail(error, now)
        else:
            self.written += 1
            if not self._owner.is_recording:
                self._sync_if_awaited(now)

    def _sync_if_awaited(self, now: float) -> None:
        if self._owner.is_awaiting(self):
            self.sync(now)

    def _fail(self, error: OSError, now: float) -> None:
        self._retry_at = now + _RETRY_S
        self._owner.failed(self, error)
        self._close()
        self.lane.explain(GapCause.DISK, now)

    def _await_spare(self, ticks: int, seconds: float) -> None:
        if self.lane.track is TrackKind.CAMERA:
            self._spare_at = ticks + seconds * self._rate

    def _want_keyframe(self, now: float, again: float) -> None:
        if now - self._asked_at >= again:
            self._asked_at = now
            self._owner.want_keyframe(self.lane)
