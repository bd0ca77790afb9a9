"""One segment being written: frames in, a sealed file and its facts out."""

from dataclasses import dataclass

from recordings.frames import Frame
from recordings.matroska import ClusterBuilder, header
from recordings.model import Codec
from recordings.sink import Sealed, Sink

# Nobody knows how long the last picture stays: as long as the one before it, but not longer than
# this, which would be invention.
_MAX_LAST_S = 0.2


@dataclass(frozen=True, slots=True)
class Contents:
    """What is in a segment: frames that reached the sink, and seconds from first start to end."""

    frames: int
    duration: float


class SegmentWriter:
    """Writes the frames of one track into one sink.

    Methods raise OSError when the sink does. From then on nothing can be added, but ``seal`` seals
    what was written before and may be called until it succeeds.
    """

    def __init__(
        self, sink: Sink, codec: Codec, rate: int, first: Frame, ticks: int, started: float
    ) -> None:
        """Begin with the frame ``first`` of unwrapped RTP time ``ticks``, unix time ``started``."""
        self.codec = codec
        self.config = first.config
        self.first_ticks = self.last_ticks = ticks
        self.lost = 0
        self._sink = sink
        self._rate = rate
        self._head = header(codec, first, started)
        self._cluster = ClusterBuilder()
        self._frames = 0
        self._flushed_ms = 0
        self._most_last = round(_MAX_LAST_S * rate)
        self.end_ticks = ticks  # where the last frame ends, as far as is known
        self._dirty = False
        self._failed = False
        self.add(first, ticks)

    def add(self, frame: Frame, ticks: int) -> None:
        """Add a frame, not earlier than the last one."""
        at_ms = (ticks - self.first_ticks) * 1000 // self._rate
        if at_ms >= self._cluster.full_at:
            self.flush()
        if frame.duration:
            self.end_ticks = ticks + round(frame.duration * self._rate)
        else:
            self.end_ticks = ticks + min(ticks - self.last_ticks, self._most_last)
        self.last_ticks = ticks
        self._cluster.add(frame, at_ms)

    def ends_at(self, ticks: int) -> None:
        """The next frame followed at ``ticks``: now it is known how long the last one lasted."""
        self.end_ticks = ticks

    def flush(self) -> None:
        """Give what was added to the sink."""
        if self._failed or not (chunk := self._cluster.take()):
            return
        try:
            # The header goes with the first cluster: a file has whole frames or nothing.
            self._sink.append(self._head + chunk.data if self._head else chunk.data)
        except OSError:
            self._failed = True
            raise
        self._head = b""
        self._frames += chunk.frames
        self._flushed_ms = chunk.last_ms
        self._dirty = True

    def sync(self) -> None:
        """Flush, and make it durable."""
        self.flush()
        if self._dirty:
            self._sink.sync()
            self._dirty = False

    @property
    def contents(self) -> Contents:
        """What is in the sink; once ``seal`` returned, what is in the segment."""
        seconds = self._flushed_ms / 1000 + (self.end_ticks - self.last_ticks) / self._rate
        return Contents(self._frames, seconds if self._frames else 0.0)

    def seal(self) -> Sealed | None:
        """Write the rest and seal; None when no frame could be written: then there is no file."""
        self.flush()
        if self._frames:
            return self._sink.seal()
        self._sink.discard()
        return None
