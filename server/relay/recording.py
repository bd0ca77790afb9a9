"""The recording of a room: the relay's side of the recorder."""

from enum import StrEnum

from recordings.model import Codec, TrackKind
from recordings.recorder import SessionRecorder, TrackRecorder
from server.relay.source import Source


class State(StrEnum):
    """What a room's REC lamp may say."""

    OFF = "off"
    ARMED = "armed"  # nothing is on disk yet
    RECORDING = "recording"
    PAUSED = "paused"
    FAILED = "failed"


class RoomRecording:
    """One recording of one room, from arming to its end."""

    def __init__(self, session: str, required: bool, recorder: SessionRecorder) -> None:
        self.session = session
        self.required = required
        self.state = State.ARMED
        self._recorder = recorder
        self._started = False
        self._tracks: dict[tuple[str, TrackKind], TrackRecorder] = {}

    @property
    def holds_back(self) -> bool:
        """Whether the room must wait: what has to be recorded is not on disk yet.

        A pause from the start is no reason to wait: what is said in it is not to be recorded.
        """
        return self.required and not self._started and self.state in (State.ARMED, State.FAILED)

    @property
    def runs(self) -> bool:
        """Whether it has not ended."""
        return self.state is not State.OFF

    @property
    def takes(self) -> bool:
        """Whether packets are to be handed over."""
        return self.state in (State.ARMED, State.RECORDING, State.FAILED)

    def track(self, peer: str, source: Source) -> TrackRecorder | None:
        """The track for a source: the one it had before a pause, or else a new one."""
        key = peer, source.kind
        if not self.takes:
            return None
        if key not in self._tracks:
            codec = Codec(source.codec.name)
            self._tracks[key] = self._recorder.track(peer, source.kind, codec, source.clock_rate)
        return self._tracks[key]

    def forget(self, peer: str, kind: TrackKind) -> None:
        """The source's numbers begin anew: what comes next is a new track, of the same kind."""
        self._tracks.pop((peer, kind), None)

    def silent(self, peer: str) -> None:
        """The peer's packets have stopped coming, nobody knows why."""
        for (owner, _), track in self._tracks.items():
            if owner == peer:
                track.gap("reconnect")

    def leave(self, peer: str) -> None:
        """The peer is gone for good."""
        for key in [key for key in self._tracks if key[0] == peer]:
            self._tracks.pop(key).end(None)

    def pause(self, reason: str) -> None:
        if self.takes:
            self.state = State.PAUSED
            self._recorder.pause(reason)

    def resume(self) -> None:
        if self.state is State.PAUSED:
            self.state = State.RECORDING if self._started else State.ARMED
            self._recorder.resume()

    def stop(self, reason: str) -> None:
        if self.state is not State.OFF:
            self.state = State.OFF
            self._tracks.clear()
            self._recorder.close(reason)

    def on_started(self) -> None:
        self._started = True
        if self.state in (State.ARMED, State.FAILED):
            self.state = State.RECORDING

    def on_failed(self) -> None:
        if self.takes:
            self.state = State.FAILED
