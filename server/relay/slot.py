"""A slot: one of the fixed streams that a receiver gets. Its source changes as people come and go;
the receiver sees one unbroken stream, because sequence numbers and timestamps are rewritten.
"""

import random
import struct
from array import array
from collections.abc import Callable
from typing import Any

from server.relay import rtcp
from server.relay.batch import STRIDE
from server.relay.clock import Clock, ntp_time
from server.relay.dtls import SRTP_GROWTH, SrtpKeys, srtp_protect
from server.relay.pictures import Pictures
from server.relay.reports import Reports
from server.relay.rtp import (
    ABS_SEND_TIME,
    AUDIO_LEVEL,
    HEADER,
    Head,
    Located,
    begins,
    payload_offset,
)
from server.relay.sdp import Section
from server.relay.source import HISTORY, Source
from server.relay.udp import Path
from server.relay.wishes import Wishes

# A new header: the fixed part, one-byte extensions of one or two words. An id of 0 is padding.
_HEAD = struct.Struct("!BBHIIIII")
_HEAD_SIZE = 24
_EXTENSIONS = 0xBEDE0002
_FLAGS = 0x90  # version 2, extensions
_PADDING = 0x20

_Words = tuple[int, int]  # a header's extensions: when it was sent, how loud it is

_BEFORE, _CHECKED, _PLAIN = 0, 1, 2  # waits for a beginning; drops what is older than it; flows
_CHECKS = 1000  # packets after a beginning among which stragglers from before it may still come


class Slot:
    """One outgoing stream of one peer connection, at first without a source."""

    __slots__ = (
        "_absolute_mask",
        "_absolute_tag",
        "_base",
        "_checks",
        "_clock",
        "_length",
        "_level_mask",
        "_level_tag",
        "_name",
        "_outbox",
        "_payload_type",
        "_payload_types",
        "_phase",
        "_pictures",
        "_repair_seq",
        "_repair_type",
        "_repair_types",
        "_send",
        "_sent_at",
        "_sent_seq",
        "_sent_stamp",
        "_seq_shift",
        "_srtp",
        "_stamp_shift",
        "_times",
        "_wishes",
        "is_video",
        "next",
        "octets",
        "packets",
        "repair_ssrc",
        "repaired_octets",
        "reports",
        "source",
        "ssrc",
    )

    def __init__(
        self,
        section: Section,
        ssrc: int,
        repair_ssrc: int,
        clock: Clock,
        send: Callable[[bytes], None],
    ) -> None:
        """``repair_ssrc`` is of the stream beside, for what is sent again; ``send`` takes RTCP."""
        self.ssrc = ssrc
        self.repair_ssrc = repair_ssrc
        self.is_video = section.kind == "video"
        self._send = send
        self.source: Source | None = None
        self.next: Source | None = None  # another layer, whose beginning is waited for
        self.packets = self.octets = self.repaired_octets = 0
        self.reports = Reports(clock)
        self._clock = clock
        self._payload_types = {codec.name: codec.payload_type for codec in section.codecs}
        self._repair_types = {codec.name: codec.rtx for codec in section.codecs}
        self._payload_type = self._repair_type = 0
        self._times: array[int] | None = None  # see _rewrite
        self._repair_seq = random.getrandbits(15)
        absolute = section.extensions.get(ABS_SEND_TIME, 0)
        self._absolute_tag = absolute << 28 | 2 << 24 if absolute else 0
        self._absolute_mask = 0xFFFFFF if absolute else 0
        level = section.extensions.get(AUDIO_LEVEL, 0) if section.kind == "audio" else 0
        self._level_tag = level << 28
        self._level_mask = 0xFF if level else 0
        self._phase = _BEFORE
        self._base = self._checks = 0
        self._seq_shift = self._stamp_shift = 0
        self._pictures = Pictures()
        self._wishes = Wishes()
        # Numbers begin at random places: a stream should not betray how long it has run.
        self._sent_seq = random.getrandbits(15)
        self._sent_stamp = random.getrandbits(31)
        self._sent_at = clock.now
        self._srtp: Any = None
        self._outbox: Any = None
        self._name = 0
        self._length: Any = None

    def connect(self, keys: SrtpKeys, path: Path) -> None:
        """Say how and where to send; again when the browser moves to another address."""
        self._srtp = keys.send
        self._outbox = path.outbox
        self._name = path.name.pointer
        self._length = keys.length

    def attach(self, source: Source | None) -> bool:
        """Take packets of ``source`` from its next beginning on. False if it cannot be shown."""
        self.next = None
        if source is not self.source:
            if self.source is not None:
                self._pictures.leave(self.source)
            self.source = source
            self._phase = _BEFORE
            if source is not None:
                self._payload_type = self._payload_types.get(source.codec.name, 0)
                self._repair_type = self._repair_types.get(source.codec.name, 0)
                within = self.is_video and not self._repair_type
                self._times = array("I", [0] * HISTORY) if within else None
        if source is None or not self._payload_type:
            return False
        if self._phase == _BEFORE:
            source.request_keyframe()
        return True

    def wait_for(self, source: Source) -> None:
        """Say that another layer of what is shown is wanted: see ``cross``."""
        self.next = source
        source.request_keyframe()

    def cross(self, source: Source) -> None:
        """The key frame is there: from this packet on, ``source`` it is."""
        before = self.source
        if before is not None:
            self._pictures.leave(before)
        self.source, self.next = source, None
        self._phase = _BEFORE
        if before is not None:
            before.targets = tuple(one for one in before.targets if one is not self)

    def restart(self) -> None:
        """The source has begun a new stream of numbers: go on from its next beginning."""
        if self.source is not None:
            self._pictures.leave(self.source)
        self.hold()

    def hold(self) -> None:
        """Nothing may flow for now: go on from the source's next beginning once it may."""
        self._phase = _BEFORE

    @property
    def waiting(self) -> bool:
        return self._phase == _BEFORE

    def wish(self) -> None:
        """The receiver cannot decode and would like a key frame. Who looks on alone pays alone."""
        source = self.source
        if source is None:
            return
        if len(source.targets) == 1 or self._wishes.grants(self._clock.now):
            source.request_keyframe()

    def wake(self) -> None:
        """Ask again for the key frame that is still waited for; every second."""
        waits = self._phase == _BEFORE or self._wishes.due(self._clock.now)
        wanted = self.next or (self.source if waits else None)
        if wanted is not None and wanted.targets:
            wanted.request_keyframe()

    # The packet path.

    def forward(self, run: list[Located]) -> None:
        """Send packets of the source under our own headers."""
        if self._phase != _PLAIN:
            run = [one for one in run if self._admit(*one)]
        if run:
            words = self._extension_words()
            if (times := self._times) is not None:
                for _, head, _ in run:
                    times[head[2] % HISTORY] = words[0]
            self._send_run(run, words)

    def _send_run(self, run: list[Located], words: _Words) -> None:
        outbox, length, srtp, name = self._outbox, self._length, self._srtp, self._name
        views, pointers, pictures, ssrc = outbox.views, outbox.pointers, self._pictures, self.ssrc
        seq_shift, stamp_shift = self._seq_shift, self._stamp_shift
        payload_type = self._payload_type
        newest, latest = self._sent_seq, self._sent_stamp
        sent = octets = 0
        for packet, (first, second, seq, stamp, _), offset in run:
            payload = pictures.payload(packet, offset) if pictures.shifted else packet[offset:]
            size = _HEAD_SIZE + len(payload)
            if size + SRTP_GROWTH > STRIDE:
                continue
            index = outbox.count
            view = views[index]
            number, moment = (seq + seq_shift) & 0xFFFF, (stamp + stamp_shift) & 0xFFFFFFFF
            _HEAD.pack_into(
                view,
                0,
                _FLAGS | first & _PADDING,
                second & 0x80 | payload_type,
                number,
                moment,
                ssrc,
                _EXTENSIONS,
                *words,
            )
            view[_HEAD_SIZE:size] = payload
            length[0] = size
            if not srtp_protect(srtp, pointers[index], length):
                outbox.commit(length[0], name)
                sent += 1
                octets += size
                if (number - newest) & 0x8000 == 0:
                    newest, latest = number, moment
        self.packets += sent
        self.octets += octets - sent * _HEAD_SIZE
        if newest != self._sent_seq:  # not always that of the run's last packet
            self._sent_seq, self._sent_stamp, self._sent_at = newest, latest, self._clock.now

    def _extension_words(self) -> _Words:
        """What the packets of a moment have in common: when they are sent, how loud they are."""
        absolute = self._absolute_tag | self._clock.absolute & self._absolute_mask
        if not self._level_mask:
            return absolute, 0
        assert self.source is not None
        return absolute, self._level_tag | self.source.layout.level << 16

    def _admit(self, packet: bytes, head: Head, offset: int) -> bool:
        _, _, seq, stamp, _ = head
        if self._phase == _BEFORE:
            return self._begin(packet, seq, stamp, offset)
        self._checks -= 1
        if self._checks <= 0:
            self._phase = _PLAIN
        return (seq - self._base) & 0x8000 == 0

    def _begin(self, packet: bytes, seq: int, stamp: int, offset: int) -> bool:
        source = self.source
        assert source is not None
        if not begins(source.codec.name, packet, offset):
            return False
        passed = max(1, int((self._clock.now - self._sent_at) * source.clock_rate))
        self._seq_shift = self._sent_seq + 1 - seq
        self._stamp_shift = self._sent_stamp + passed - stamp
        self._pictures.begin(source, packet, offset)
        self._base = seq
        self._checks = _CHECKS
        self._phase = _CHECKED
        return True

    # Seldom.

    def repair(self, lost: tuple[int, ...]) -> int:
        """Send again what the receiver missed, as far as it is still here; return how many."""
        source = self.source
        if source is None or self._phase == _BEFORE:
            return 0
        found = 0
        for number in lost:
            seq = (number - self._seq_shift) & 0xFFFF
            packet = source.packet(seq)
            if packet is None or (self._phase == _CHECKED and (seq - self._base) & 0x8000):
                continue
            if self._repair_type:
                self._resend(packet, number)
            elif not self._rewrite(packet, seq):
                continue
            found += 1
        return found

    def _rewrite(self, packet: bytes, seq: int) -> bool:
        """Send a picture's packet again on its own stream, the same to the bit: a cipher must not
        see two contents under one number. So what its header said of the time is kept.
        """
        if self._times is None:
            return False
        words = self._times[seq % HISTORY], 0
        self._send_run([(packet, HEADER.unpack_from(packet), payload_offset(packet))], words)
        return True

    def _resend(self, packet: bytes, number: int) -> None:
        """Send a packet again on the stream beside, which the receiver counts apart (RFC 4588)."""
        first, second, _, stamp, _ = HEADER.unpack_from(packet)
        payload = number.to_bytes(2) + self._pictures.payload(packet, payload_offset(packet))
        size = _HEAD_SIZE + len(payload)
        if size + SRTP_GROWTH > STRIDE:
            return
        outbox, length = self._outbox, self._length
        index = outbox.count
        view = outbox.views[index]
        self._repair_seq = (self._repair_seq + 1) & 0xFFFF
        _HEAD.pack_into(
            view,
            0,
            _FLAGS | first & _PADDING,
            second & 0x80 | self._repair_type,
            self._repair_seq,
            (stamp + self._stamp_shift) & 0xFFFFFFFF,
            self.repair_ssrc,
            _EXTENSIONS,
            self._absolute_tag | self._clock.absolute & self._absolute_mask,
            0,
        )
        view[_HEAD_SIZE:size] = payload
        length[0] = size
        if not srtp_protect(self._srtp, outbox.pointers[index], length):
            outbox.commit(length[0], self._name)
            self.repaired_octets += len(payload)

    def report(self, unix: float, stamp: int) -> None:
        """Tell the receiver the publisher's clock: lip sync rests on it."""
        if self._phase == _BEFORE:
            return
        ntp = ntp_time(unix)
        self.reports.sent(ntp)
        stamp = (stamp + self._stamp_shift) & 0xFFFFFFFF
        self._send(rtcp.sender_report(self.ssrc, ntp, stamp, self.packets, self.octets))
