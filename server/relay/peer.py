"""A peer: one browser's connection, from the offer to the last packet.

It owns the connection, three sources (what the browser sends) and nineteen slots (what it gets).
Who is shown in which slot is the room's business.
"""

import secrets
from collections.abc import Iterable
from typing import Any, Protocol

from recordings.model import TrackKind
from server.relay import rtcp
from server.relay.answer import Local, write_answer
from server.relay.batch import Letter
from server.relay.clock import Clock
from server.relay.config import Address
from server.relay.connection import Connection
from server.relay.downlink import Bound, Downlink
from server.relay.dtls import Certificate, SrtpKeys, srtp_unprotect
from server.relay.layers import Layer, Recorded, View
from server.relay.layout import Layout
from server.relay.quality import Meter
from server.relay.rtp import AUDIO_LEVEL
from server.relay.sdp import PLACES, UPLINKS, Offer
from server.relay.slot import Slot
from server.relay.source import Source, TimeBase
from server.relay.streams import Streams
from server.relay.twcc import TransportFeedback
from server.relay.udp import Path

_LOSSY = 0.02  # of a stream's packets
_MOST_REPORTERS = 64  # SSRCs of RTCP: Firefox reports on each section under one of its own
_REPAIRS = 60  # packets sent again at most in one tick: a NACK must not multiply traffic
_KINDS = (TrackKind.MICROPHONE, TrackKind.CAMERA, TrackKind.SCREEN)


class Owner(Protocol):
    """The room that a peer is in."""

    def peer_ready(self, peer: "Peer") -> None:
        """Media can be sent to the peer."""

    def peer_connected(self, peer: "Peer") -> None:
        """The first encrypted packet has come, media or report."""

    def peer_left(self, peer: "Peer", reason: str) -> None:
        """The connection is over: ``dtls_failed`` or ``closed`` by the browser."""

    def source_started(self, peer: "Peer", source: Source) -> None:
        """A stream begins, or begins anew with other numbers."""


class Peer:
    """One connection. A browser that comes back gets a new Peer with the same ``ident``."""

    def __init__(
        self, ident: str, place: int, role: str, offer: Offer, clock: Clock, owner: Owner
    ) -> None:
        self.ident = ident
        self.place = place
        self.role = role
        self.connection = Connection(self, offer.fingerprints, self._on_path, self._on_end)
        self.connected = False
        self.silent = False
        self.seen = clock.now
        self.round_trip: float | None = None
        self.downlink = Downlink(clock.now)
        self._bound = Bound()
        self.meter = Meter(clock.now)
        self._offer = offer
        self._clock = clock
        self._owner = owner
        self._time_base = TimeBase()
        self._transport = TransportFeedback()
        self._keys: SrtpKeys | None = None
        self._reporters: set[int] = set()
        self._repairs = _REPAIRS
        self._ssrc = secrets.randbits(31) | 1  # who sends our feedback
        self.sources = tuple(self._source(number) for number in range(UPLINKS))
        smaller = [self._source(1) for _ in offer.sections[1].layers[:-1]]
        self.every_source = (*self.sources, *smaller)
        self.layers = tuple(Layer(source, clock.now) for source in (*smaller, self.camera))
        self.camera_layers = tuple(layer.source for layer in self.layers)
        self.recorded = Recorded(self.layers)
        self.view = View(clock.now)
        noted = self._transport.seen.append
        # Who has no place with a picture takes part by sound alone: nothing else is known of them.
        self._taken = UPLINKS if place < PLACES else 1
        taken = self.sources[: self._taken]
        self._streams = Streams(offer, taken, self.camera_layers, noted)
        self._by_ssrc = self._streams.by_ssrc
        self.slots = self._make_slots()
        self._slot_of = {slot.ssrc: slot for slot in self.slots}

    def _source(self, number: int) -> Source:
        section = self._offer.sections[number]
        identifiers = dict(section.extensions)
        if section.kind == "video":
            identifiers.pop(AUDIO_LEVEL, None)  # offered with everything, sent with sound
        layout = Layout(identifiers, self._transport.seen.append)
        return Source(_KINDS[number], section.codecs[0], layout, self._clock, self)

    def _make_slots(self) -> tuple[Slot, ...]:
        numbers: set[int] = set()
        sections = self._offer.sections[UPLINKS:]
        while len(numbers) < 2 * len(sections):
            numbers.add(secrets.randbits(32) or 1)
        drawn = iter(numbers)
        return tuple(
            Slot(section, next(drawn), next(drawn), self._clock, self.feedback)
            for section in sections
        )

    # Who it is and what it gets.

    @property
    def microphone(self) -> Source:
        return self.sources[0]

    @property
    def camera(self) -> Source:
        return self.sources[1]

    @property
    def screen(self) -> Source:
        return self.sources[2]

    def audio_slot(self, place: int) -> Slot:
        return self.slots[place if place < PLACES else place + PLACES + 1]

    def video_slot(self, place: int) -> Slot:
        return self.slots[PLACES + place]

    @property
    def hears(self) -> int:
        """From so many places, from 0 on, sound can come."""
        return PLACES + len(self.slots[2 * PLACES + 1 :])

    @property
    def screen_slot(self) -> Slot:
        return self.slots[2 * PLACES]

    # Connecting.

    def start(self, certificate: Certificate, announce: tuple[Address, ...], port: int) -> str:
        """Begin to wait for the browser; return the answer for it."""
        self.connection.start(certificate)
        ssrcs = tuple(slot.ssrc for slot in self.slots)
        repairs = tuple(slot.repair_ssrc for slot in self.slots)
        credentials = self.connection.credentials
        local = Local(
            credentials, certificate.fingerprint, announce, port, ssrcs, repairs, self._taken
        )
        return write_answer(self._offer, local)

    def _on_path(self) -> None:
        keys, path = self.connection.keys, self.connection.path
        assert keys is not None
        assert path is not None
        for slot in self.slots:
            slot.connect(keys, path)
        first, self._keys = self._keys is None, keys
        if first:
            self._owner.peer_ready(self)

    def _on_end(self, reason: str) -> None:
        self._owner.peer_left(self, reason)

    # Datagrams.

    def on_stun(self, path: Path, datagram: bytes) -> None:
        """Take a request that names this peer."""
        if self.connection.on_stun(path, datagram):
            self.seen = self._clock.now

    def on_dtls(self, datagram: bytes) -> None:
        self.connection.on_dtls(datagram)

    def on_rtp(self, run: list[Letter]) -> None:
        """Decrypt in place what came in a row of one stream, and hand it to the source."""
        keys = self._keys
        if keys is None:
            return
        ssrc = run[0][4][4]
        source = self._by_ssrc.get(ssrc)
        if source is None and not self._streams.admits(ssrc):
            return
        cell, session = keys.length, keys.receive
        packets = []
        for pointer, raw, length, arrival, head in run:
            cell[0] = length
            if not srtp_unprotect(session, pointer, cell):
                packets.append((raw[0 : cell[0]], arrival, head))
        if not packets:
            return
        self.seen = self._clock.now
        if not self.connected:
            self._greet()
        if source is None:
            source = self._streams.identify(ssrc, packets[0][0])
        if source is not None:
            source.take(packets)

    def _greet(self) -> None:
        self.connected = True
        self._owner.peer_connected(self)

    def on_rtcp(self, pointer: Any, raw: Any, length: int) -> None:
        """Decrypt in place and take the reports."""
        if self._keys is None:
            return
        sender = int.from_bytes(raw[4:8])
        if sender not in self._reporters and len(self._reporters) >= _MOST_REPORTERS:
            return
        packet = self._keys.unprotect_rtcp(pointer, raw, length)
        if packet is None:
            return
        self._reporters.add(sender)
        self.seen = self._clock.now
        if not self.connected:
            self._greet()
        for report in rtcp.parse(packet):
            self._take(report)

    def _take(self, report: rtcp.Report) -> None:
        if isinstance(report, rtcp.SenderReport):
            source = self._streams.source(report.ssrc)
            if source is not None:
                source.on_sender_report(report.ntp, report.rtp)
        elif isinstance(report, rtcp.Estimate):
            self.downlink.on_word(report.bitrate, self._clock.now)
        elif slot := self._slot_of.get(report.ssrc):
            self._take_for(slot, report)

    def _take_for(self, slot: Slot, report: rtcp.Block | rtcp.Nack | rtcp.KeyframeRequest) -> None:
        if isinstance(report, rtcp.Block):
            share, round_trip = slot.reports.share_lost(report), slot.reports.round_trip(report)
            if share is not None and slot.is_video:
                self.downlink.on_loss(share, self._clock.now)
            self.round_trip = self.round_trip if round_trip is None else round_trip
        elif isinstance(report, rtcp.Nack):
            # Where much is lost the repair would be too: it goes twice, the browser drops one.
            times = 2 if slot.reports.lost > _LOSSY else 1
            for turn in range(times):
                found = slot.repair(report.lost[: max(0, self._repairs)])
                self._repairs -= found
                if not turn:  # what never came to us was not lost on this line
                    self.downlink.on_missing(found)
        else:
            slot.wish()

    # What its sources ask of it.

    def feedback(self, packet: bytes) -> None:
        """Send RTCP to the browser."""
        self.connection.send_rtcp(packet)

    def source_started(self, source: Source) -> None:
        self._owner.source_started(self, source)

    def ours(self, unix: float) -> float:
        return self._time_base.ours(unix, self._clock.wall)

    # The clock's.

    def repair(self) -> None:
        """Ask for what is missing; every 20 ms."""
        self._repairs = min(_REPAIRS, self._repairs + _REPAIRS // 4)
        for source in self.every_source:
            if source.repairs.missing or source.wants_keyframe:
                source.repair()

    def report_arrivals(self) -> None:
        """Feed the browser's bandwidth estimator; every 100 ms."""
        about = self.camera.ssrc or next((s.ssrc for s in self.every_source if s.ssrc), 0)
        for packet in self._transport.reports(self._ssrc, about):
            self.feedback(packet)

    def adapt(self) -> bool:
        """Look at the line to the browser; True when pictures stop or come again."""
        octets = packets = 0
        for slot in self.slots:
            if slot.packets:
                octets += slot.octets + slot.repaired_octets
                packets += slot.packets
        return self.downlink.look(self._clock.now, octets, packets)

    def comes(self, source: Source) -> bool:
        """Whether this layer of the camera is being sent."""
        now = self._clock.now
        return any(layer.source is source and layer.is_live(now) for layer in self.layers)

    def choose_layers(self, others: Iterable["Peer"]) -> bool:
        """Fit the others' pictures to the line; True when another layer is to be shown."""
        now, before = self._clock.now, self.view.picks
        for layer in self.layers:
            layer.pace.look(layer.source.octets, now)
        layers = {other.place: other.layers for other in others}
        line, paper = self.downlink.estimate, self.screen_slot.octets
        self.downlink.wish = self.view.choose(line, layers, paper, now)
        return self.view.picks != before

    def limit(self, cap: int | None) -> None:
        """Have the browser send at most so many bit/s; at every fifth of a second."""
        wanted = self._bound.told(cap, self._clock.now)
        if wanted is not None:
            self.feedback(rtcp.estimate(self._ssrc, wanted, [self.camera.ssrc]))

    def report_reception(self) -> None:
        """Tell the browser what we got of it; every second."""
        receptions = [s.reception() for s in self.every_source if s.highest >= 0]
        if receptions:
            self.feedback(rtcp.receiver_report(self._ssrc, receptions))
