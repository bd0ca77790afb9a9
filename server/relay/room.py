"""A room: who is shown to whom, whether anything may flow, and what is recorded.

Routes are computed when something changes, never on the packet path.
"""

from collections.abc import Callable

from recordings.model import TrackKind
from server.relay.circles import Circles
from server.relay.clock import Clock
from server.relay.errors import NotLetIn, PlaceTaken
from server.relay.events import EventHub
from server.relay.peer import Peer
from server.relay.pointing import Pointing
from server.relay.recording import RoomRecording, State
from server.relay.routes import Routes
from server.relay.screens import Screens
from server.relay.source import Source

_SILENT = 4.0  # seconds without a packet; looked at every half second, known within 5
_GONE = 120.0  # a cut of half a minute is no farewell


class Room:
    """One session's media. Peers come with ``join`` and go with ``remove``."""

    def __init__(
        self, ident: str, clock: Clock, events: EventHub, retire: Callable[[Peer], None]
    ) -> None:
        """``retire`` is given each peer that has been removed, to close it."""
        self.ident = ident
        self.peers: dict[str, Peer] = {}
        self.recording: RoomRecording | None = None
        self._kept: RoomRecording | None = None  # of a talk apart
        self.circles = Circles()
        self._clock = clock
        self._events = events
        self._retire = retire
        self._screens = Screens()
        self._pointing = Pointing()

    @property
    def recording_state(self) -> State:
        return self.recording.state if self.recording else State.OFF

    # Coming and going.

    def check_entry(self, ident: str, place: int) -> None:
        """Raise NotLetIn for who may not be here, PlaceTaken if somebody else sits there."""
        if not self.circles.admits(ident):
            raise NotLetIn("this peer may not be in the room")
        if any(p.place == place and p.ident != ident for p in self.peers.values()):
            raise PlaceTaken(f"place {place} is another peer's")

    def join(self, peer: Peer) -> None:
        """Take a peer in; an older connection of the same peer ends without a word."""
        before = self.peers.get(peer.ident)
        self.peers[peer.ident] = peer
        if before is not None:
            peer.downlink.insist(before.downlink.insists)
        self._reroute_without(before)

    def remove(self, ident: str, reason: str) -> None:
        """End a peer, if it is here."""
        peer = self.peers.pop(ident, None)
        if peer is None:
            return
        self._pointing.forget(ident)
        self._reroute_without(peer)
        for recording in self._recordings:
            recording.leave(ident)
        self._emit("peer.gone", peer=ident, reason=reason)

    def _reroute_without(self, peer: Peer | None) -> None:
        """Close a peer that is here no more, once no slot shows it: the slots that did look at its
        last pictures, so that their numbers go on.
        """
        self.reroute()
        if peer is not None:
            self._retire(peer)

    def close(self, reason: str) -> None:
        """End every peer and the recording."""
        for ident in list(self.peers):
            self.remove(ident, reason)
        for recording in self._recordings:
            recording.stop(reason)

    def divide(self, circles: Circles) -> None:
        """Let only these peers be here, in these circles; a word older than the present is void.

        When this returns, not one packet more crosses from one circle to another.
        """
        if circles.version <= self.circles.version:
            return
        before, self.circles = self.circles, circles
        if before.same_as(circles):
            return
        for ident in [ident for ident in self.peers if not circles.admits(ident)]:
            self.remove(ident, "deleted")
        if self._kept is not None and self._kept.session != circles.kept:
            self._kept.stop("not kept any more")
        self._record_all()

    # Routes.

    def reroute(self) -> None:
        """Compute who gets what."""
        self._screens.keep({peer.screen for peer in self.peers.values()})
        shut = self.recording is not None and self.recording.holds_back
        Routes(self.peers.values(), self.circles, self._screens).lay(shut)
        if shut:
            self._hold_slots()

    def _hold_slots(self) -> None:
        for peer in self.peers.values():
            for slot in peer.slots:
                slot.hold()

    # What peers say (peer.Owner).

    def peer_ready(self, peer: Peer) -> None:
        if self._current(peer):
            self.reroute()

    def peer_connected(self, peer: Peer) -> None:
        if self._current(peer):
            self._emit("peer.connected", peer=peer.ident)

    def peer_left(self, peer: Peer, reason: str) -> None:
        """A page that closes may be a page that reloads: the peer is silent, not yet gone."""
        if self._current(peer) and not peer.silent:
            self._hush(peer)

    def source_started(self, peer: Peer, source: Source) -> None:
        if not self._current(peer):
            return
        for other in self.peers.values():
            for slot in other.slots:
                if slot.source is source:
                    slot.restart()
        if source.kind is TrackKind.CAMERA and source is not peer.recorded.source:
            return
        for recording in self._recordings:
            recording.forget(peer.ident, source.kind)
        self._record(peer, source)
        if source is peer.screen and self._screens.present(source):
            self.reroute()

    def _current(self, peer: Peer) -> bool:
        return self.peers.get(peer.ident) is peer

    # Recording.

    @property
    def _recordings(self) -> list[RoomRecording]:
        return [one for one in (self.recording, self._kept) if one is not None]

    def recording_of(self, session: str) -> RoomRecording | None:
        """The recording of this name, of the room or of a talk apart in it."""
        return next((one for one in self._recordings if one.session == session), None)

    def keeps(self, kept: str) -> bool:
        """Whether the talk apart of this name is being recorded."""
        return self._kept is not None and self._kept.session == kept and self._kept.runs

    def keep(self, recording: RoomRecording) -> None:
        """Record the talk apart that the circles name, from now on, for itself."""
        self._kept = recording
        self._record_all()

    def arm(self, recording: RoomRecording) -> None:
        """Record from now on."""
        self.recording = recording
        self._record_all()

    def pause(self, reason: str) -> None:
        if self.recording is not None:
            self.recording.pause(reason)
            self._record_all()

    def resume(self) -> None:
        if self.recording is not None:
            self.recording.resume()
            self._record_all()

    def stop_recording(self, reason: str) -> None:
        if self.recording is not None:
            self.recording.stop(reason)
            self._record_all()

    def _record_all(self) -> None:
        for peer in self.peers.values():
            for source in peer.every_source:
                self._record(peer, source)
        self.reroute()

    def _record(self, peer: Peer, source: Source) -> None:
        apart = self.circles.kept_apart(peer.ident)
        recording = self._kept if apart else self.recording
        started = source.highest >= 0 and self._may_record(peer, source)
        source.recorder = recording.track(peer.ident, source) if recording and started else None
        if source.recorder is not None:
            source.request_keyframe()

    def _may_record(self, peer: Peer, source: Source) -> bool:
        """Nothing of a talk apart that is not kept, nothing of a shut microphone, one picture."""
        shut = source is peer.microphone and peer.ident in self.circles.muted
        other = source.kind is TrackKind.CAMERA and source is not peer.recorded.source
        circles = self.circles
        told = circles.recorded(peer.ident) or circles.kept_apart(peer.ident)
        return told and not shut and not other

    # The clock's.

    def check_peers(self) -> None:
        """Notice who has fallen silent, come back, or gone; every half second."""
        now = self._clock.now
        for peer in list(self.peers.values()):
            quiet = now - peer.seen
            if quiet > _GONE:
                self.remove(peer.ident, "silent" if peer.connected else "never_connected")
            elif quiet > _SILENT and not peer.silent:
                self._hush(peer)
            elif quiet <= _SILENT and peer.silent and not peer.connection.is_over:
                peer.silent = False
                self._emit("peer.back", peer=peer.ident)
            self._check_layers(peer)
        self._check_screens(now)

    def _check_layers(self, peer: Peer) -> None:
        """Record another size of the picture when the one that was recorded does not come."""
        before = peer.recorded.source
        if peer.recorded.look(peer.layers, self._clock.now):
            before.recorder = None
            for recording in self._recordings:
                recording.forget(peer.ident, TrackKind.CAMERA)
            self._record(peer, peer.recorded.source)

    def _hush(self, peer: Peer) -> None:
        peer.silent = True
        for recording in self._recordings:
            recording.silent(peer.ident)
        self._emit("peer.silent", peer=peer.ident)

    def _check_screens(self, now: float) -> None:
        for peer in self.peers.values():
            if self._screens.look(self._screens_around(peer), now):
                self.reroute()

    def _screens_around(self, peer: Peer) -> set[Source]:
        """The screens of a peer and of those in one circle with it."""
        return {one.screen for one in (peer, *self._seen_by(peer))}

    def wake_slots(self) -> None:
        """Ask again for the key frames that slots still wait for; every second."""
        for peer in self.peers.values():
            for slot in peer.slots:
                slot.wake()

    def adapt(self) -> None:
        """Fit what is sent to what the receivers' lines carry; every fifth of a second."""
        peers = [peer for peer in self.peers.values() if peer.connection.ready]
        changed = [peer for peer in peers if peer.adapt() | peer.choose_layers(self._seen_by(peer))]
        if changed:
            self.reroute()
        for peer in peers:
            others = [other for other in peers if other is not peer and not other.silent]
            # Where one alone looks on, the camera itself is told; one of several spoils nobody's.
            peer.limit(others[0].downlink.cap if len(others) == 1 else None)

    def _seen_by(self, peer: Peer) -> list[Peer]:
        """Those in one circle with the peer."""
        return [
            other
            for other in self.peers.values()
            if other is not peer and self.circles.together(peer.ident, other.ident)
        ]

    def point(self, peer: Peer, x: float, y: float) -> bool:
        """Tell those in one circle with a peer where it points at the page that is shared there.

        Kept nowhere. False: nothing is shared in this circle, or the peer points too fast.
        """
        shared = self._screens.shown(self._screens_around(peer)) is not None
        if not shared or not self._pointing.take(peer.ident, self._clock.now):
            return False
        to = [one.ident for one in self._seen_by(peer)]
        self._events.pass_on("pointed", self.ident, peer=peer.ident, to=to, x=x, y=y)
        return True

    def measure(self) -> None:
        """Tell how well everybody is connected; every two seconds."""
        measured = {}
        for ident, peer in self.peers.items():
            quality = peer.meter.measure(
                self._clock.now, peer.every_source, peer.slots, peer.round_trip
            )
            measured[ident] = {**quality.as_json(), "video": peer.downlink.pictures}
            if peer.meter.tells(self._clock.now):
                level = quality.level.value
                self._emit("peer.quality", peer=ident, level=level, rtt_ms=quality.rtt_ms)
        if measured:
            self._events.pass_on("quality", self.ident, peers=measured)

    def _emit(self, kind: str, **fields: object) -> None:
        self._events.emit(kind, self.ident, **fields)

    def describe(self) -> dict[str, object]:
        """The room's state for the control API."""
        return {
            "room": self.ident,
            "recording": self.recording_state.value,
            "session": self.recording.session if self.recording else None,
            "peers": [
                {
                    "peer": peer.ident,
                    "place": peer.place,
                    "role": peer.role,
                    "connected": peer.connected,
                    "silent": peer.silent,
                    "quality": peer.meter.last.as_json(),
                    "line_kbps": int(peer.downlink.estimate) // 1000,
                    "video": peer.downlink.pictures,
                }
                for peer in self.peers.values()
            ],
        }
