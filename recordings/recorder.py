"""The recorder as the relay sees it: cheap calls on the loop, all work on one writer thread.

    recorder = Recorder(root, on_event)         one a process
    session = recorder.open_session(session_id) one a recorded session
    track = session.track(participant, TrackKind.CAMERA, Codec.VP8, 90000)
    track.rtp(packet, arrival)                  for each decrypted packet, about 0.2 µs

No call here blocks or touches the disk.
"""

import time
from collections.abc import Callable
from pathlib import Path

from recordings.events import RecorderEvent
from recordings.model import Codec, GapCause, TrackKind
from recordings.records import Segment


class TrackRecorder:
    """One incoming RTP stream. After ``end`` it takes nothing more."""

    def rtp(self, packet: bytes, arrival: float) -> None:
        """Hand over one decrypted RTP packet (immutable bytes) that came at unix time ``arrival``."""
        raise NotImplementedError

    def sender_report(self, ntp: int, rtp_timestamp: int, arrival: float) -> None:
        """Hand over a sender report: 64-bit NTP time, its RTP timestamp, unix arrival time."""
        raise NotImplementedError

    def gap(self, cause: GapCause | str) -> None:
        """Say why packets stop from now on; the gap ends with the next frame."""
        raise NotImplementedError

    def end(self, cause: GapCause | str | None) -> None:
        """Seal this stream's segment. None: it left for good; else a gap opens until it is back."""
        raise NotImplementedError


class SessionRecorder:
    """The recording of one session."""

    def track(
        self, participant: str, kind: TrackKind, codec: Codec, clock_rate: int
    ) -> TrackRecorder:
        """Begin a stream. One of the same participant and kind that is still open is ended with
        cause ``reconnect``; segment numbers go on. Raises ValueError on a bad participant id.
        """
        raise NotImplementedError

    def pause(self, reason: str) -> None:
        """Take not one packet more, seal what was taken before. Idempotent."""
        raise NotImplementedError

    def resume(self) -> None:
        """Take packets again. Idempotent."""
        raise NotImplementedError

    def close(self, reason: str) -> None:
        """Seal everything; the Closed event follows. Idempotent."""
        raise NotImplementedError


class Recorder:
    """Owns the writer thread and the folder of recordings of one relay process."""

    def __init__(
        self,
        root: Path,
        on_event: Callable[[RecorderEvent], None],
        clock: Callable[[], float] = time.time,
    ) -> None:
        raise NotImplementedError

    def recover(self) -> list[Segment]:
        """Finish and seal every file a crash left open. Blocks: call it before the first session."""
        raise NotImplementedError

    def open_session(self, session: str) -> SessionRecorder:
        """Arm the recording; an earlier journal of this session is continued. ValueError: bad id."""
        raise NotImplementedError

    def close(self) -> None:
        """Seal every open session and stop the thread. Blocks until the disk has it all."""
        raise NotImplementedError
