"""The relay: its rooms, its sockets, its clock; everything that the control API can ask for."""

import asyncio
import errno
import logging
import secrets
import time
from collections.abc import Callable
from pathlib import Path as FilePath

from recordings import events as recorder_events
from recordings.model import TrackKind
from recordings.recorder import Recorder
from server.relay import stun
from server.relay.admission import Admission
from server.relay.batch import Outbox
from server.relay.circles import Circles
from server.relay.clock import Clock
from server.relay.config import ConfigError, RelayConfig
from server.relay.dtls import Certificate
from server.relay.errors import Draining, NoRoom, Overloaded, SessionTaken
from server.relay.events import EventHub
from server.relay.memory import give_back
from server.relay.peer import Peer
from server.relay.recording import RoomRecording, State
from server.relay.room import Room
from server.relay.sdp import parse_offer
from server.relay.udp import Path, UdpPort, binds

log = logging.getLogger(__name__)

VERSION = 1  # of the control API

MakeRecorder = Callable[[FilePath, Callable[[recorder_events.RecorderEvent], None]], Recorder]


class Relay:
    """One relay process. Made on a running event loop; ``close`` when done."""

    def __init__(self, config: RelayConfig, make_recorder: MakeRecorder = Recorder) -> None:
        self.boot = secrets.token_hex(16)
        self.events = EventHub(self.boot)
        self.clock = Clock()
        self.rooms: dict[str, Room] = {}
        self.draining = False
        self.admission = Admission(time.process_time(), self.clock.now)
        self._config = config
        self._certificate = Certificate()
        self._peers: dict[str, Peer] = {}  # by ICE user name
        self._closing: set[asyncio.Task[None]] = set()
        self._sessions: dict[str, str] = {}  # recorded session, or talk apart: room
        self._kept: set[str] = set()  # which of them are talks apart
        self._loop = asyncio.get_running_loop()
        self.recorder = make_recorder(config.recordings, self._hear_recorder)
        self.ports = self._open_ports(config)
        self.udp_port = self.ports[0].number

    def _open_ports(self, config: RelayConfig) -> list[UdpPort]:
        for number in config.udp_ports:
            ports = self._open_port(number, binds(config.announce))
            if ports:
                return ports
        first, last = config.udp_ports[0], config.udp_ports[-1]
        raise ConfigError(f"no UDP port from {first} to {last} is free")

    def _open_port(self, number: int, addresses: list[str]) -> list[UdpPort]:
        """Open one number on every address; nothing if somebody else has it on one of them."""
        ports: list[UdpPort] = []
        outboxes: list[Outbox] = []
        try:
            for bind in addresses:
                ports.append(UdpPort(bind, number, self.clock, self, outboxes))
                number = ports[0].number
        except OSError as error:
            for port in ports:
                port.close()
            if error.errno != errno.EADDRINUSE:
                raise
            return []
        for port in ports:
            port.listen(self._loop)
        return ports

    async def close(self) -> None:
        """Leave every room, seal what is recorded so far, close the sockets.

        The sessions are not over: another relay, or this one after its restart, goes on with them.
        """
        for peer in list(self._peers.values()):
            self._retire(peer)
        while self._closing:
            await asyncio.wait(self._closing)
        await asyncio.to_thread(self.recorder.close)
        for port in self.ports:
            port.close()
        self.events.close()

    @property
    def is_sealing(self) -> bool:
        """Whether recordings are open, of rooms or on their way to the disk."""
        return bool(self._sessions)

    # Rooms and peers, as the control API commands.

    def room(self, ident: str) -> Room:
        """Find a room; raises NoRoom."""
        try:
            return self.rooms[ident]
        except KeyError:
            raise NoRoom("no such room here") from None

    def put_room(
        self, ident: str, session: str | None, required: bool, continues: str | None = None
    ) -> Room:
        """Make a room unless it is there, and arm its recording if a session is given."""
        room = self.rooms.get(ident)
        if room is None and self.draining:
            raise Draining("this relay takes no new rooms")
        if session is not None and self._sessions.get(session, ident) != ident:
            raise SessionTaken("this session is recorded in another room")
        if room is None:
            self._admit(ident)
            room = self.rooms[ident] = Room(ident, self.clock, self.events, self._retire)
        if session is not None:
            self._arm(room, session, required, continues)
        return room

    def _admit(self, room: str) -> None:
        self.clock.update()
        if not self.admission.admits(len(self.rooms), self.clock.now):
            raise Overloaded("this relay carries all that it can; place the room on another one")
        self.admission.opened(room, self.clock.now)

    def _arm(self, room: Room, session: str, required: bool, continues: str | None) -> None:
        if room.recording is not None and room.recording.state is not State.OFF:
            if room.recording.session != session:
                raise SessionTaken("this room records another session")
            return
        self._sessions[session] = room.ident
        recorder = self.recorder.open_session(session, continues)
        room.arm(RoomRecording(session, required, recorder))

    def divide(self, ident: str, circles: Circles) -> Room:
        """Divide a room; a circle apart that is to be kept is recorded from now on, for itself.

        Raises NoRoom, SessionTaken.
        """
        room = self.room(ident)
        if circles.kept is not None and self._sessions.get(circles.kept, ident) != ident:
            raise SessionTaken("this talk apart is recorded in another room")
        room.divide(circles)
        kept = room.circles.kept
        if kept is not None and not room.keeps(kept):
            self._sessions[kept] = ident
            self._kept.add(kept)
            room.keep(RoomRecording(kept, False, self.recorder.open_session(kept)))
        return room

    def delete_room(self, ident: str) -> None:
        """End a room, if it is there."""
        room = self.rooms.pop(ident, None)
        if room is not None:
            self.admission.closed(ident)
            room.close("deleted")

    def post_peer(self, room_id: str, ident: str, place: int, role: str, sdp: str) -> str:
        """Connect a peer, or connect it anew; return the answer to its offer.

        Raises NoRoom, NotLetIn, PlaceTaken, BadSdp, TooLarge.
        """
        room = self.room(room_id)
        offer = parse_offer(sdp)
        room.check_entry(ident, place)
        self.clock.update()
        peer = Peer(ident, place, role, offer, self.clock, room)
        self._peers[peer.connection.credentials.ufrag] = peer
        answer = peer.start(self._certificate, self._config.announce, self.udp_port)
        room.join(peer)
        return answer

    def _retire(self, peer: Peer) -> None:
        self._peers.pop(peer.connection.credentials.ufrag, None)
        for source in peer.every_source:
            source.retire()
        task = self._loop.create_task(peer.connection.close())
        self._closing.add(task)
        task.add_done_callback(self._closing.discard)

    # Datagrams that carry no media (udp.Stranger).

    def on_stun(self, path: Path, datagram: bytes) -> None:
        ufrag = stun.local_ufrag(datagram)
        peer = self._peers.get(ufrag) if ufrag else None
        if peer is not None:
            peer.on_stun(path, datagram)

    # The recorder.

    def _hear_recorder(self, event: recorder_events.RecorderEvent) -> None:
        """Called on the writer's thread."""
        self._loop.call_soon_threadsafe(self._on_recorder, event)

    def _on_recorder(self, event: recorder_events.RecorderEvent) -> None:
        ident = self._sessions.get(event.session)
        if ident is None:
            return
        room = self.rooms.get(ident)
        recording = room.recording_of(event.session) if room else None
        if room is not None and recording is not None:
            _apply(event, room, recording)
        self._tell(event, ident)
        if isinstance(event, recorder_events.Closed) and (
            recording is None or recording.state is State.OFF
        ):
            del self._sessions[event.session]
            self._kept.discard(event.session)

    def _tell(self, event: recorder_events.RecorderEvent, room: str) -> None:
        name = _EVENTS.get(type(event))
        if name is None:
            return
        if event.session in self._kept:
            name = f"aside.{name}"
        fields: dict[str, object] = {"session": event.session}
        if isinstance(event, recorder_events.SegmentClosed):
            fields["record"] = event.record.as_json()
        elif isinstance(event, recorder_events.Paused):
            fields["reason"] = event.reason
        elif isinstance(event, recorder_events.Failed):
            fields["code"] = event.code.value
            if event.track is not None:
                fields |= {"peer": event.participant, "track": event.track.value}
        self.events.emit(name, room, **fields)

    # The clock's.

    async def tick(self, interval: float = 0.02) -> None:
        """Do what is due, for ever: one task for all peers, their work spread over the ticks."""
        number = 0
        while True:
            await asyncio.sleep(interval)
            self.clock.update()
            number += 1
            try:
                self._tick(number)
            except Exception:  # a bug in one room must not stop the clock of the others
                log.exception("relay.tick_failed")

    def _tick(self, number: int) -> None:
        for order, peer in enumerate(list(self._peers.values())):
            peer.repair()
            if (number + order) % 5 == 0:
                peer.report_arrivals()
            if (number + order) % 50 == 0:
                peer.report_reception()
        for order, room in enumerate(list(self.rooms.values())):
            if (number + order) % 10 == 0:
                room.adapt()
            if (number + order) % 25 == 0:
                room.check_peers()
            if (number + order) % 50 == 0:
                room.wake_slots()
            if (number + order) % 100 == 0:
                room.measure()
        if number % 50 == 0:
            self.admission.measure(time.process_time(), self.clock.now)
        if number % 3000 == 0:  # a minute
            give_back()


_EVENTS: dict[type[recorder_events.RecorderEvent], str] = {
    recorder_events.Started: "recording.started",
    recorder_events.SegmentClosed: "recording.segment",
    recorder_events.Paused: "recording.paused",
    recorder_events.Resumed: "recording.resumed",
    recorder_events.Failed: "recording.failed",
    recorder_events.Closed: "recording.closed",
}


def _apply(event: recorder_events.RecorderEvent, room: Room, recording: RoomRecording) -> None:
    if isinstance(event, recorder_events.Started):
        recording.on_started()
        room.reroute()
    elif isinstance(event, recorder_events.Failed):
        recording.on_failed()
    elif isinstance(event, recorder_events.KeyframeWanted):
        peer = room.peers.get(event.participant)
        if peer is not None and _has_room(peer, event):
            screen = event.track is TrackKind.SCREEN
            (peer.screen if screen else peer.recorded.source).request_keyframe()


def _has_room(peer: Peer, event: recorder_events.KeyframeWanted) -> bool:
    return event.after is None or peer.meter.last.spares_keyframe(event.after)
