"""A publisher's stream: what comes up from one browser, measured and handed on.

``take`` is the packet path; everything that is not in order goes through the small methods.
"""

from typing import Protocol

from recordings.model import TrackKind
from recordings.recorder import TrackRecorder
from server.relay import rtcp
from server.relay.clock import Clock, unix_time
from server.relay.layout import Layout
from server.relay.repairs import Repairs
from server.relay.rtp import HEADER, Arrived, Located
from server.relay.sdp import Codec

HISTORY = 256  # packets kept to repair receivers: 1.7 s of video; more would fall out of caches
_RESTART = 3000  # a jump of so many sequence numbers is a new stream, not a loss
_PLI_INTERVAL = 0.4  # seconds; a thin line pays dearly for key frames

CLOCK_RATES = {"opus": 48000, "vp8": 90000, "h264": 90000}


class Target(Protocol):
    """Takes the packets of a source: a slot at some receiver."""

    def forward(self, run: list[Located]) -> None: ...

    def report(self, unix: float, stamp: int) -> None: ...


class Publisher(Protocol):
    """The peer that a source belongs to."""

    def feedback(self, packet: bytes) -> None:
        """Send RTCP to the browser."""

    def source_started(self, source: "Source") -> None:
        """A stream begins: the first packet, or the first one after its numbers jumped."""

    def ours(self, unix: float) -> float:
        """Turn the browser's wall clock into ours; all its streams by the same difference."""


class TimeBase:
    """One publisher's wall clock against ours: its streams keep step with one another."""

    __slots__ = ("_offset",)

    def __init__(self) -> None:
        self._offset: float | None = None

    def ours(self, theirs: float, now: float) -> float:
        """Turn the publisher's unix time into ours; the first report fixes the difference."""
        if self._offset is None:
            self._offset = now - theirs
        return theirs + self._offset


class Source:
    """One incoming track. ``targets`` is the precomputed route, empty while the gate is shut."""

    __slots__ = (
        "_base",
        "_before",
        "_clock",
        "_cycles",
        "_history",
        "_jitter",
        "_last_expected",
        "_last_packets",
        "_last_sr",
        "_last_sr_at",
        "_nacks",
        "_payload_type",
        "_pli_at",
        "_publisher",
        "_received",
        "_transit",
        "clock_rate",
        "codec",
        "frames",
        "heard",
        "highest",
        "is_video",
        "kind",
        "layout",
        "octets",
        "packets",
        "recorder",
        "repairs",
        "ssrc",
        "stamp",
        "targets",
        "wants_keyframe",
    )

    def __init__(
        self, kind: TrackKind, codec: Codec, layout: Layout, clock: Clock, publisher: Publisher
    ) -> None:
        self.kind = kind
        self.codec = codec
        self.is_video = kind is not TrackKind.MICROPHONE
        self.clock_rate = CLOCK_RATES[codec.name]
        self.layout = layout
        self.recorder: TrackRecorder | None = None
        self.targets: tuple[Target, ...] = ()
        self.ssrc = 0
        self.packets = self.octets = self.frames = 0
        self.heard = 0.0
        self.repairs = Repairs()
        self._clock = clock
        self._publisher = publisher
        self._payload_type = codec.payload_type
        self._nacks = "nack" in codec.feedback
        self._pli_at = 0.0
        self.wants_keyframe = False
        self.highest = -1
        self._before: bytes | None = None  # the last packet of the stream before
        self._history: list[bytes | None] = [None] * HISTORY
        self.begin(0)

    def begin(self, ssrc: int) -> None:
        """Forget the numbers of the stream before: the next packet is the first of a new one."""
        self.ssrc = ssrc
        self._before = self.newest
        self.highest = self._base = -1
        self.stamp = -1
        self._cycles = self._received = 0
        self._last_expected = self._last_packets = 0
        self._jitter = self._transit = 0.0
        self._last_sr = 0
        self._last_sr_at = 0.0
        self._history = [None] * HISTORY
        self.repairs = Repairs()

    def retire(self) -> None:
        """Nothing comes or goes any more: let go of the packets now, not when Python finds time."""
        self.targets = ()
        self.recorder = None
        self.begin(self.ssrc)
        self._before = None

    # The packet path.

    def take(self, run: list[Arrived]) -> None:
        """Take decrypted packets that came in a row, of whatever quality."""
        located: list[Located] = []
        locate, octets = self.layout.locate, 0
        for packet, arrival, head in run:
            _, second, seq, stamp, _ = head
            offset = locate(packet, arrival)
            if second & 127 != self._payload_type or offset > len(packet):
                continue
            if (seq - self.highest) & 0xFFFF == 1 and self.highest >= 0:
                self.highest = seq
                if not seq:
                    self._cycles += 1
            elif not self._disorder(seq, located):
                continue
            if stamp != self.stamp:
                self._next_frame(stamp)
            self._history[seq % HISTORY] = packet
            octets += len(packet)
            located.append((packet, head, offset))
        if located:
            self._pass_on(located, octets)

    def _pass_on(self, run: list[Located], octets: int) -> None:
        clock, count = self._clock, len(run)
        self.packets += count
        self._received += count
        self.octets += octets
        self.heard = clock.now
        if self.recorder is not None:
            self.recorder.rtp_run([packet for packet, _, _ in run], clock.wall)
        for target in self.targets:
            target.forward(run)

    def receive(self, packet: bytes) -> None:
        """Take one packet that came just now."""
        self.take([(packet, self._clock.wall, HEADER.unpack_from(packet))])

    def resent(self, seq: int, packet: bytes) -> None:
        """Take a packet from the repair stream, unless it is here or nobody waits for it."""
        behind = (self.highest - seq) & 0xFFFF
        if self.highest >= 0 and 0 < behind < HISTORY and self.packet(seq) is None:
            self.receive(packet)
            self._received -= 1  # on its own stream it never came

    def _disorder(self, seq: int, run: list[Located]) -> bool:
        """Take note of a packet out of order; False if it is here already, as a repair.

        ``run`` came just before it: a stream that begins anew begins without the one before.
        """
        step = (seq - self.highest) & 0xFFFF
        if self.highest < 0 or _RESTART < step < 0x10000 - _RESTART:
            self.begin(self.ssrc)
            self.highest = self._base = seq
            run.clear()
            self._publisher.source_started(self)
        elif step < 0x8000:
            self._cycles += seq < self.highest
            if not self.repairs.miss(self.highest + 1, step - 1, self._clock.now):
                self.request_keyframe()
            self.highest = seq
        else:
            self.repairs.came(seq)
            return self.packet(seq) is None
        return True

    def _next_frame(self, stamp: int) -> None:
        # Interarrival jitter as RFC 3550 has it, once a frame.
        transit = self._clock.now * self.clock_rate - stamp
        if self.stamp >= 0 and abs(transit - self._transit) < self.clock_rate:
            self._jitter += (abs(transit - self._transit) - self._jitter) / 16
        self._transit = transit
        self.stamp = stamp
        self.frames += 1

    # Seldom.

    def packet(self, seq: int) -> bytes | None:
        """A recent packet, for a receiver that missed it."""
        packet = self._history[seq % HISTORY]
        if packet is not None and int.from_bytes(packet[2:4]) == seq:
            return packet
        return None

    @property
    def newest(self) -> bytes | None:
        """The latest packet; while none of this stream has come, of the stream before."""
        return self.packet(self.highest) or self._before

    def request_keyframe(self) -> None:
        """Ask for a key frame soon: many requests become one."""
        if self.is_video and self.highest >= 0:
            self.wants_keyframe = True
            self._ask_keyframe()

    def _ask_keyframe(self) -> None:
        if self._clock.now - self._pli_at >= _PLI_INTERVAL:
            self.wants_keyframe = False
            self._pli_at = self._clock.now
            self._publisher.feedback(rtcp.picture_loss(1, self.ssrc))

    def repair(self) -> None:
        """Ask for what is missing; called often."""
        if self.wants_keyframe:
            self._ask_keyframe()
        if self.repairs.missing:
            lost = self.repairs.due(self._clock.now)
            if lost and self._nacks:
                self._publisher.feedback(rtcp.nack(1, self.ssrc, lost))

    def on_sender_report(self, ntp: int, stamp: int) -> None:
        """Take the publisher's clock, record it, and pass it on in our own time."""
        self._last_sr = ntp >> 16 & 0xFFFFFFFF
        self._last_sr_at = self._clock.now
        if self.recorder is not None:
            self.recorder.sender_report(ntp, stamp, self._clock.wall)
        unix = self._publisher.ours(unix_time(ntp))
        for target in self.targets:
            target.report(unix, stamp)

    @property
    def expected(self) -> int:
        """Packets of this stream that were sent so far, as its numbers say."""
        return self._cycles * 65536 + self.highest - self._base + 1 if self.highest >= 0 else 0

    def reception(self) -> rtcp.Reception:
        """What to tell the publisher of its stream, since the last time."""
        expected, received = self.expected, self._received
        since = expected - self._last_expected
        lost = since - (received - self._last_packets)
        self._last_expected, self._last_packets = expected, received
        delay = int((self._clock.now - self._last_sr_at) * 65536) if self._last_sr else 0
        return rtcp.Reception(
            ssrc=self.ssrc,
            lost=min(255, max(0, lost * 256 // since)) if since > 0 else 0,
            total_lost=expected - received,
            highest=self._cycles << 16 | self.highest,
            jitter=int(self._jitter),
            last_sr=self._last_sr,
            delay=delay,
        )
