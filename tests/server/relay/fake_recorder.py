"""A recorder that keeps what it is given, with the real one's shape."""

from collections.abc import Callable
from pathlib import Path

from recordings.events import Closed, Paused, RecorderEvent, Resumed, Started
from recordings.model import Codec, GapCause, TrackKind
from recordings.recorder import Recorder, SessionRecorder, TrackRecorder
from recordings.records import Segment


class FakeTrack(TrackRecorder):
    def __init__(self, session: "FakeSession", participant: str, kind: TrackKind) -> None:
        self.session = session
        self.participant = participant
        self.kind = kind
        self.packets: list[bytes] = []
        self.reports: list[tuple[int, int]] = []
        self.ended: list[GapCause | str | None] = []
        self.gaps: list[GapCause | str] = []

    def rtp_run(self, packets: list[bytes], arrival: float) -> None:
        self.packets += packets
        self.session.first_packet()

    def sender_report(self, ntp: int, rtp_timestamp: int, arrival: float) -> None:
        self.reports.append((ntp, rtp_timestamp))

    def gap(self, cause: GapCause | str) -> None:
        self.gaps.append(cause)

    def end(self, cause: GapCause | str | None) -> None:
        self.ended.append(cause)


class FakeSession(SessionRecorder):
    """Says Started at the first packet, unless told to be slow."""

    def __init__(self, session: str, on_event: Callable[[RecorderEvent], None]) -> None:
        self.session = session
        self.tell = on_event
        self.tracks: list[FakeTrack] = []
        self.closed: str | None = None
        self.slow = False
        self.started = False

    def first_packet(self) -> None:
        if not self.started and not self.slow:
            self.started = True
            self.tell(Started(self.session))

    def track(
        self, participant: str, kind: TrackKind | str, codec: Codec | str, clock_rate: int
    ) -> TrackRecorder:
        self.tracks.append(FakeTrack(self, participant, TrackKind(kind)))
        return self.tracks[-1]

    def pause(self, reason: str) -> None:
        self.tell(Paused(self.session, reason))

    def resume(self) -> None:
        self.tell(Resumed(self.session))

    def close(self, reason: str) -> None:
        self.closed = reason
        self.tell(Closed(self.session))


class FakeRecorder(Recorder):
    def __init__(self, root: Path, on_event: Callable[[RecorderEvent], None]) -> None:
        self.sessions: dict[str, FakeSession] = {}
        self._on_event = on_event
        self.closed = False

    def recover(self) -> list[Segment]:
        return []

    def open_session(self, session: str, continues: str | None = None) -> SessionRecorder:
        self.sessions[session] = FakeSession(session, self._on_event)
        return self.sessions[session]

    def close(self) -> None:
        self.closed = True
