"""RTCP: what browsers tell us, as typed reports; and what we tell them, as bytes.

``parse`` never raises: hostile or broken parts end the packet, what came before them counts.
"""

import struct
from dataclasses import dataclass

_COMMON = struct.Struct("!BBH")
_SENDER = struct.Struct("!IQIII")
_BLOCK = struct.Struct("!IIIIII")
_PAIR = struct.Struct("!II")
_NACK = struct.Struct("!HH")

_SR, _RR, _BYE, _RTPFB, _PSFB = 200, 201, 203, 205, 206
_FMT_NACK = 1
_FMT_PLI, _FMT_FIR, _FMT_APP = 1, 4, 15
_REMB = b"REMB"
_MOST_LOST = 512  # sequence numbers taken from one NACK


@dataclass(frozen=True, slots=True)
class Block:
    """How well one of our streams arrives: how many are ``missing`` of those up to ``highest``.

    The fraction that browsers add is left out: they report with every repair that they ask for, and
    of three packets a third is quickly lost.
    ``last_sr`` and ``delay`` are in 1/65536 s; 0 when the browser had no report of ours yet.
    """

    ssrc: int
    missing: int
    highest: int
    last_sr: int
    delay: int


@dataclass(frozen=True, slots=True)
class SenderReport:
    """A publisher's clock: the 64-bit NTP time at which its RTP clock showed ``rtp``."""

    ssrc: int
    ntp: int
    rtp: int


@dataclass(frozen=True, slots=True)
class Nack:
    """Packets that a receiver misses."""

    ssrc: int
    lost: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class KeyframeRequest:
    """A receiver cannot decode (PLI or FIR)."""

    ssrc: int


@dataclass(frozen=True, slots=True)
class Estimate:
    """What a receiver's line carries, in bits per second (REMB)."""

    bitrate: int


Report = Block | SenderReport | Nack | KeyframeRequest | Estimate


def parse(packet: bytes) -> list[Report]:
    """Read a compound packet."""
    reports: list[Report] = []
    at = 0
    while at + 8 <= len(packet):
        flags, kind, words = _COMMON.unpack_from(packet, at)
        end = at + 4 + 4 * words
        if flags >> 6 != 2 or end > len(packet):
            break
        reports.extend(_part(kind, flags & 31, packet[at:end]))
        at = end
    return reports


def _part(kind: int, count: int, part: bytes) -> list[Report]:
    if kind == _SR and len(part) >= 28:
        ssrc, ntp, rtp, _, _ = _SENDER.unpack_from(part, 4)
        return [SenderReport(ssrc, ntp, rtp), *_blocks(part, 28, count)]
    if kind == _RR:
        return [*_blocks(part, 8, count)]
    if kind == _RTPFB and count == _FMT_NACK and len(part) >= 12:
        return [Nack(_PAIR.unpack_from(part, 4)[1], _lost(part))]
    if kind == _PSFB and len(part) >= 12:
        return _payload_feedback(count, part)
    return []


def _blocks(part: bytes, at: int, count: int) -> list[Block]:
    blocks = []
    for _ in range(count):
        if at + 24 > len(part):
            break
        ssrc, lost, highest, _, last_sr, delay = _BLOCK.unpack_from(part, at)
        missing = (lost & 0xFFFFFF ^ 0x800000) - 0x800000  # signed: what came twice counts too
        blocks.append(Block(ssrc, missing, highest, last_sr, delay))
        at += 24
    return blocks


def _lost(part: bytes) -> tuple[int, ...]:
    lost: list[int] = []
    for at in range(12, len(part) - 3, 4):
        first, mask = _NACK.unpack_from(part, at)
        lost.append(first)
        lost.extend((first + 1 + bit) & 0xFFFF for bit in range(16) if mask >> bit & 1)
        if len(lost) >= _MOST_LOST:
            break
    return tuple(lost[:_MOST_LOST])


def _payload_feedback(fmt: int, part: bytes) -> list[Report]:
    if fmt == _FMT_PLI:
        return [KeyframeRequest(_PAIR.unpack_from(part, 4)[1])]
    if fmt == _FMT_FIR:
        return [
            KeyframeRequest(int.from_bytes(part[at : at + 4])) for at in range(12, len(part) - 7, 8)
        ]
    if fmt == _FMT_APP and part[12:16] == _REMB and len(part) >= 20:
        exponent, mantissa = part[17] >> 2, int.from_bytes(part[17:20]) & 0x3FFFF
        return [Estimate(min(mantissa << exponent, 10**12))]
    return []


@dataclass(frozen=True, slots=True)
class Reception:
    """What a receiver report says of a stream; ``lost`` 0..255 of 256, ``jitter`` in RTP units."""

    ssrc: int
    lost: int
    total_lost: int
    highest: int
    jitter: int
    last_sr: int
    delay: int


def receiver_report(sender: int, receptions: list[Reception]) -> bytes:
    """Build a receiver report of at most 31 streams."""
    body = b"".join(
        _BLOCK.pack(
            r.ssrc,
            r.lost << 24 | min(max(r.total_lost, 0), 0x7FFFFF),
            r.highest & 0xFFFFFFFF,
            r.jitter & 0xFFFFFFFF,
            r.last_sr,
            r.delay & 0xFFFFFFFF,
        )
        for r in receptions[:31]
    )
    return _packet(len(receptions[:31]), _RR, sender.to_bytes(4) + body)


def sender_report(ssrc: int, ntp: int, rtp: int, packets: int, octets: int) -> bytes:
    """Build a sender report; counters wrap at 32 bits."""
    body = _SENDER.pack(ssrc, ntp, rtp & 0xFFFFFFFF, packets & 0xFFFFFFFF, octets & 0xFFFFFFFF)
    return _packet(0, _SR, body)


def picture_loss(sender: int, ssrc: int) -> bytes:
    """Build a PLI: send a key frame."""
    return _packet(_FMT_PLI, _PSFB, _PAIR.pack(sender, ssrc))


def nack(sender: int, ssrc: int, lost: list[int]) -> bytes:
    """Build a NACK for sequence numbers in rising order."""
    body = _PAIR.pack(sender, ssrc)
    at = 0
    while at < len(lost):
        first, mask = lost[at], 0
        at += 1
        while at < len(lost) and 0 < (distance := (lost[at] - first) & 0xFFFF) <= 16:
            mask |= 1 << (distance - 1)
            at += 1
        body += _NACK.pack(first, mask)
    return _packet(_FMT_NACK, _RTPFB, body)


def estimate(sender: int, bitrate: int, ssrcs: list[int]) -> bytes:
    """Build a REMB: send at most ``bitrate`` bit/s."""
    exponent = max(0, bitrate.bit_length() - 18)
    value = (len(ssrcs) << 24 | exponent << 18 | bitrate >> exponent).to_bytes(4)
    streams = b"".join(ssrc.to_bytes(4) for ssrc in ssrcs)
    return _packet(_FMT_APP, _PSFB, _PAIR.pack(sender, 0) + _REMB + value + streams)


def transport_feedback(body: bytes) -> bytes:
    """Wrap the body of a transport-cc feedback, padding it to whole words."""
    return _packet(15, _RTPFB, body + bytes(-len(body) % 4))


def _packet(count: int, kind: int, body: bytes) -> bytes:
    return _COMMON.pack(0x80 | count, kind, len(body) // 4) + body
