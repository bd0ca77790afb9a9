"""RTP packets as bytes: the few fields that a relay needs, found without making objects."""

import struct

# flags, marker and payload type, sequence number, timestamp, SSRC
HEADER = struct.Struct("!BBHII")
Head = tuple[int, int, int, int, int]
Arrived = tuple[bytes, float, Head]
"""A decrypted packet, the unix time at which it came, and its header."""
Located = tuple[bytes, Head, int]
"""A packet, its header, and where its payload begins."""
_EXTENSION = struct.Struct("!HH")
_ONE_BYTE = 0xBEDE
_ONE_BYTE_PADDING = 0
_ONE_BYTE_STOP = 15

# Extensions that the relay accepts; ids are the browser's choice.
AUDIO_LEVEL = "urn:ietf:params:rtp-hdrext:ssrc-audio-level"
ABS_SEND_TIME = "http://www.webrtc.org/experiments/rtp-hdrext/abs-send-time"
TRANSPORT_CC = "http://www.ietf.org/id/draft-holmer-rmcat-transport-wide-cc-extensions-01"
MID = "urn:ietf:params:rtp-hdrext:sdes:mid"
RID = "urn:ietf:params:rtp-hdrext:sdes:rtp-stream-id"
REPAIRED_RID = "urn:ietf:params:rtp-hdrext:sdes:repaired-rtp-stream-id"


def payload_offset(packet: bytes) -> int:
    """Where the payload begins; past the end if the packet is malformed."""
    offset = 12 + (packet[0] & 15) * 4
    if packet[0] & 16:
        if offset + 4 > len(packet):
            return len(packet) + 1
        offset += 4 + 4 * int.from_bytes(packet[offset + 2 : offset + 4])
    return offset


def extensions(packet: bytes) -> dict[int, tuple[int, int]]:
    """One-byte header extensions: id to where the value begins and its length."""
    found: dict[int, tuple[int, int]] = {}
    at = 12 + (packet[0] & 15) * 4
    if not packet[0] & 16 or at + 4 > len(packet):
        return found
    profile, words = _EXTENSION.unpack_from(packet, at)
    at += 4
    end = at + 4 * words
    if profile != _ONE_BYTE or end > len(packet):
        return found
    while at < end:
        ident, size = packet[at] >> 4, (packet[at] & 15) + 1
        if ident == _ONE_BYTE_STOP:
            break
        if packet[at] == _ONE_BYTE_PADDING:
            at += 1
            continue
        if at + 1 + size <= end:
            found[ident] = (at + 1, size)
        at += 1 + size
    return found


def vp8_numbers(packet: bytes, offset: int) -> tuple[int, int] | None:
    """Where a VP8 payload keeps its picture's number of 15 bits, and that of its base layer's.

    None without the first; 0 for the second where that is missing.
    """
    if len(packet) < offset + 5 or not packet[offset] & 0x80 or not packet[offset + 1] & 0x80:
        return None
    if not packet[offset + 2] & 0x80:
        return None
    return offset + 2, offset + 4 if packet[offset + 1] & 0x40 else 0


def vp8_keyframe(packet: bytes, offset: int) -> bool:
    """Whether this packet begins a VP8 key frame."""
    try:
        first = packet[offset]
        at = offset + 1
        if first & 0x80:
            more = packet[at]
            at += 1
            if more & 0x80:  # picture id, one or two bytes
                at += 2 if packet[at] & 0x80 else 1
            if more & 0x40:
                at += 1
            if more & 0x30:
                at += 1
        begins_frame = first & 0x17 == 0x10
        return begins_frame and packet[at] & 1 == 0
    except IndexError:
        return False


def h264_keyframe(packet: bytes, offset: int) -> bool:
    """Whether this packet begins an H.264 key frame (parameter sets or an IDR slice)."""
    try:
        kind = packet[offset] & 31
        if kind == 24:  # several units in one packet: look at the first
            kind = packet[offset + 3] & 31
        elif kind == 28:  # one unit in several packets: look at its first
            kind = packet[offset + 1] & 31 if packet[offset + 1] & 0x80 else 0
        return kind in (5, 7)
    except IndexError:
        return False


def begins(codec: str, packet: bytes, offset: int) -> bool:
    """Whether a receiver can begin with this packet."""
    if codec == "vp8":
        return vp8_keyframe(packet, offset)
    return codec != "h264" or h264_keyframe(packet, offset)
