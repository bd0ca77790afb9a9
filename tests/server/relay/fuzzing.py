"""Fuzz targets: everything in the relay that reads bytes of strangers. Seeded, bounded in time.

``make fuzz`` (or ``python -m tests.server.relay.fuzzing --seconds 600 --seed 7 stun rtcp``) runs
them for long; the tests run each for a moment. A finding is printed with what is needed to see it
again: the target, the seed of the round, the bytes.
"""

import argparse
import contextlib
import random
import struct
import sys
import time
from collections.abc import Callable, Iterator
from typing import Any

from server.relay import rtcp, stun
from server.relay.batch import KEY, LENGTH_WORD, MESSAGE_WORDS, NAME, SHORTEST, STRIDE, Letter
from server.relay.clock import Clock
from server.relay.dtls import without_plain_alerts
from server.relay.errors import BadSdp, TooLarge
from server.relay.layout import Layout
from server.relay.rtp import (
    AUDIO_LEVEL,
    TRANSPORT_CC,
    extensions,
    h264_keyframe,
    payload_offset,
    vp8_keyframe,
)
from server.relay.sdp import parse_offer
from server.relay.twcc import TransportFeedback
from server.relay.udp import Path, UdpPort
from tests.server.relay.fuzz_streams import fuzz_streams
from tests.server.relay.light_client import rtp_packet, vp8_payload
from tests.server.relay.offers import make_offer

_EDGES = (0, 1, 0x7F, 0x80, 0xFF)
_CREDENTIALS = stun.Credentials("abcd", "0123456789012345678901")
_LONGEST = 4000  # bytes of a mutated datagram


class Finding(AssertionError):
    """Bytes that a parser cannot take; the message says how to see it again."""


def fuzz_stun(data: bytes) -> None:
    """Never raises; answers only what is signed."""
    stun.local_ufrag(data)
    stun.answer(data, _CREDENTIALS, ("192.0.2.1", 5000))


def fuzz_rtp(data: bytes) -> None:
    """Finds a payload, extensions and key frames within the packet, or none."""
    packet = data.ljust(12, b"\0")
    offset = payload_offset(packet)
    for at, size in extensions(packet).values():
        assert 12 < at <= at + size <= len(packet)
    vp8_keyframe(packet, offset)
    h264_keyframe(packet, offset)
    layout = Layout({TRANSPORT_CC: 3, AUDIO_LEVEL: 1}, lambda seen: None)
    for cut in (len(packet), 12, len(packet)):  # what was learnt from one may not fit the next
        layout.locate(packet[:cut], 1.0)
        assert 0 <= layout.level < 256


def fuzz_rtcp(data: bytes) -> None:
    """Never raises; the reports are bounded."""
    for report in rtcp.parse(data):
        assert not isinstance(report, rtcp.Nack) or len(report.lost) <= 512


def fuzz_twcc(data: bytes) -> None:
    """Any arrivals make reports that parse as RTCP and fit a datagram."""
    feedback = TransportFeedback()
    now = 1000.0
    for at in range(0, len(data) - 3, 4):
        number, wait = struct.unpack_from("!HH", data, at)
        now += wait / 10_000
        feedback.seen.append((number, now))
        if wait % 7 == 0:
            _check_feedback(feedback.reports(1, 2))
    _check_feedback(feedback.reports(1, 2))


def _check_feedback(packets: list[bytes]) -> None:
    for packet in packets:
        assert len(packet) % 4 == 0
        assert len(packet) < 1300
        assert int.from_bytes(packet[2:4]) * 4 + 4 == len(packet)


def fuzz_sdp(data: bytes) -> None:
    """An offer, or one clear error."""
    with contextlib.suppress(BadSdp, TooLarge):
        parse_offer(data.decode("utf8", "replace"))


class _Anybody:
    """Takes what a port hands on."""

    def on_rtp(self, run: list[Letter]) -> None:
        for pointer, raw, length, _, _ in run:
            self.on_rtcp(pointer, raw, length)

    def on_rtcp(self, pointer: Any, raw: Any, length: int) -> None:
        assert SHORTEST <= length <= STRIDE

    def on_dtls(self, datagram: bytes) -> None:
        assert len(without_plain_alerts(datagram)) <= len(datagram)

    def on_stun(self, path: Path, datagram: bytes) -> None:
        fuzz_stun(datagram)


class Demux:
    """A port whose inbox is filled by hand: the same datagram from a stranger and from a peer."""

    def __init__(self) -> None:
        anybody = _Anybody()
        self.port = UdpPort("127.0.0.1", 0, Clock(), anybody, [])
        key = bytes(KEY - 1) + b"p"
        path = Path(self.port, key)
        path.peer = anybody
        self.port.paths[key] = path
        self.port.inbox.names[NAME : NAME + KEY] = key

    def __call__(self, data: bytes) -> None:
        inbox = self.port.inbox
        datagram = data[:STRIDE]
        for i in range(2):
            inbox.raws[i][0 : len(datagram)] = datagram
            inbox.lengths[i * MESSAGE_WORDS + LENGTH_WORD] = len(datagram)
        for sender, run in inbox.runs(2):
            self.port._hand_on(sender, run)

    def close(self) -> None:
        self.port.close()


def seeds() -> dict[str, list[bytes]]:
    """Good input for each target, to be made bad."""
    request = _request()
    media = [
        rtp_packet(96, 1, 1, 7, vp8_payload(60, True), True, b"\x10\x21\x31\0\1"),
        rtp_packet(102, 1, 1, 7, b"\x67" + bytes(20), True, b"\x22\1\2\3\x31\0\1"),
        rtp_packet(102, 2, 1, 7, b"\x7c\x85" + bytes(40)),
        rtp_packet(96, 3, 1, 8, b"\x90\xe0\x81\x02\x03\x20\x10" + bytes(9), True, b"\x401\x50f"),
        rtp_packet(97, 4, 1, 9, b"\0\2\x90\x80\x01" + bytes(9), True, b"\x401\x60f"),
        rtp_packet(97, 4, 1, 6003, b"\0\2\x90\x80\x01" + bytes(9), True),
    ]
    reports = [
        rtcp.sender_report(1, 2, 3, 4, 5)
        + rtcp.receiver_report(1, [rtcp.Reception(7, 1, 2, 3, 4, 5, 6)] * 3),
        rtcp.picture_loss(1, 2) + rtcp.nack(1, 2, [1, 2, 9, 40]),
        b"\x8f\xce\x00\x05" + bytes(8) + b"REMB\x01\x0a\xff\xff" + bytes(4),
        b"\x84\xce\x00\x04" + bytes(16),
    ]
    hello = b"\x16\xfe\xff" + bytes(8) + b"\0\x20" + bytes(32)
    alert = b"\x15\xfe\xff" + bytes(8) + b"\0\2\2\x28"
    return {
        "stun": [request],
        "rtp": media,
        "streams": media,
        "rtcp": reports,
        "twcc": [struct.pack("!20H", *range(20)), b"\xff\xfe\0\7\0\1\0\7" * 20],
        "sdp": [
            make_offer().encode(),
            make_offer(video=("h264",)).encode(),
            make_offer(repairs=True, layers=("q", "h", "f")).encode(),
        ],
        "demux": [request, *media, *reports, hello, alert * 2 + hello, b""],
    }


def _request() -> bytes:
    from aioice import stun as messages

    request = messages.Message(messages.Method.BINDING, messages.Class.REQUEST)
    request.attributes = {"USERNAME": "abcd:efgh", "PRIORITY": 1, "ICE-CONTROLLING": 1}
    request.add_message_integrity(_CREDENTIALS.password.encode())
    return bytes(request)


def mutated(good: list[bytes], source: random.Random) -> bytes:
    """One of the good ones, changed in a few places."""
    data = bytearray(source.choice(good))
    for _ in range(source.randint(0, 6)):
        _change(data, good, source)
    return bytes(data[:_LONGEST]) if source.random() < 0.99 else bytes(data) * 40


def _change(data: bytearray, good: list[bytes], source: random.Random) -> None:
    at = source.randint(0, len(data))
    size = source.choice((1, 1, 2, 4, source.randint(0, 60)))
    kind = source.randrange(6)
    if kind == 0:
        data[at : at + size] = bytes([source.choice(_EDGES)]) * size
    elif kind == 1:
        data[at : at + size] = source.randbytes(size)
    elif kind == 2:
        del data[at : at + size]
    elif kind == 3:
        del data[at:]
    elif kind == 4:
        data[at:at] = data[:size]
    else:
        other = source.choice(good)
        start = source.randint(0, len(other))
        data[at:at] = other[start : start + size]


def run(name: str, seed: int, seconds: float, least: int = 200) -> int:
    """Run one target for so long, and for ``least`` inputs; return how many. Raises Finding."""
    good = seeds()[name]
    end = time.monotonic() + seconds
    count = 0
    for target in _open(name):
        while count < least or time.monotonic() < end:
            data = mutated(good, random.Random(f"{name} {seed} {count}"))
            try:
                target(data)
            except Exception as error:
                raise Finding(f"{name}, seed {seed}, input {count}: {data.hex()}") from error
            count += 1
    return count


def _open(name: str) -> Iterator[Callable[[bytes], None]]:
    if name != "demux":
        yield TARGETS[name]
        return
    demux = Demux()
    try:
        yield demux
    finally:
        demux.close()


TARGETS: dict[str, Callable[[bytes], None]] = {
    "stun": fuzz_stun,
    "rtp": fuzz_rtp,
    "streams": fuzz_streams,
    "rtcp": fuzz_rtcp,
    "twcc": fuzz_twcc,
    "sdp": fuzz_sdp,
}
NAMES = (*TARGETS, "demux")


def main() -> int:
    """Run the targets for long; 1 on the first finding."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("targets", nargs="*", help=f"of {', '.join(NAMES)}; else all")
    parser.add_argument("--seconds", type=float, default=60.0, help="for each target")
    parser.add_argument("--seed", type=int, default=random.SystemRandom().randrange(1 << 30))
    given = parser.parse_args()
    if strange := set(given.targets) - set(NAMES):
        parser.error(f"no such target: {', '.join(sorted(strange))}")
    for name in given.targets or NAMES:
        try:
            print(f"{name}: {run(name, given.seed, given.seconds)} inputs, seed {given.seed}")
        except Finding as finding:
            print(f"FOUND {finding} ({finding.__cause__!r})", file=sys.stderr)
            return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
