"""Fields of RTP packets, and of what only looks like one."""

from hypothesis import given
from hypothesis import strategies as st

from server.relay.layout import Layout
from server.relay.rtp import (
    AUDIO_LEVEL,
    TRANSPORT_CC,
    extensions,
    h264_keyframe,
    payload_offset,
    vp8_keyframe,
)
from tests.server.relay.light_client import rtp_packet, vp8_payload

IDS = {AUDIO_LEVEL: 1, TRANSPORT_CC: 3}
LEVEL = bytes([0x10, 0x85])
COUNTER = bytes([0x31, 0x12, 0x34])


def test_payload_behind_extensions() -> None:
    packet = rtp_packet(96, 1, 2, 3, b"payload", extensions=COUNTER + LEVEL)
    assert packet[payload_offset(packet) :] == b"payload"
    assert extensions(packet) == {3: (17, 2), 1: (20, 1)}


def test_payload_without_extensions() -> None:
    packet = rtp_packet(96, 1, 2, 3, b"payload")
    assert packet[payload_offset(packet) :] == b"payload"
    assert extensions(packet) == {}


def test_extensions_stop_at_fifteen_and_skip_padding() -> None:
    packet = rtp_packet(96, 1, 2, 3, b"", extensions=b"\0\0" + LEVEL + b"\xf0" + COUNTER)
    assert extensions(packet) == {1: (19, 1)}


@given(st.binary(min_size=12, max_size=60))
def test_any_bytes_have_a_payload_offset(packet: bytes) -> None:
    payload_offset(packet)
    for at, size in extensions(packet).values():
        assert at + size <= len(packet)


@given(st.lists(st.binary(min_size=12, max_size=60)))
def test_a_layout_takes_any_packets(packets: list[bytes]) -> None:
    layout = Layout(IDS, lambda noted: None)
    for packet in packets:
        offset = layout.locate(packet, 0.0)
        assert offset == payload_offset(packet)


def test_a_layout_notes_the_same_the_fast_way_and_the_slow() -> None:
    noted: list[tuple[int, float]] = []
    layout = Layout(IDS, noted.append)
    for number in (1, 2, 0xFFFF):
        counter = b"\x31" + number.to_bytes(2)
        level = bytes([0x10, number & 0xFF])
        layout.locate(rtp_packet(111, 1, 2, 3, b"x", extensions=counter + level), float(number))
        assert layout.level == number & 0xFF
    assert noted == [(1, 1.0), (2, 2.0), (0xFFFF, 65535.0)]


def test_a_layout_notices_another_order() -> None:
    noted: list[tuple[int, float]] = []
    layout = Layout(IDS, noted.append)
    for block in (COUNTER + LEVEL, LEVEL + COUNTER, COUNTER + LEVEL):
        layout.locate(rtp_packet(111, 1, 2, 3, b"x", extensions=block), 0.0)
        assert layout.level == 0x85
    assert [number for number, _ in noted] == [0x1234] * 3


def test_vp8_key_frames() -> None:
    assert vp8_keyframe(vp8_payload(50, keyframe=True), 0)
    assert not vp8_keyframe(vp8_payload(50, keyframe=False), 0)
    assert not vp8_keyframe(vp8_payload(50, keyframe=True, first=False), 0)
    assert vp8_keyframe(b"\x10\x10\0\0", 0)  # the shortest descriptor
    assert vp8_keyframe(b"\x90\xf0\x81\x02\x03\x04\x10", 0)  # the longest
    assert not vp8_keyframe(b"\x90\x80", 0)


def test_h264_key_frames() -> None:
    assert h264_keyframe(b"\x67parameters", 0)
    assert h264_keyframe(b"\x65slice", 0)
    assert h264_keyframe(b"\x78\x00\x04\x67abc", 0)
    assert h264_keyframe(b"\x7c\x85first of a slice", 0)
    assert not h264_keyframe(b"\x7c\x05rest of a slice", 0)
    assert not h264_keyframe(b"\x41slice", 0)
    assert not h264_keyframe(b"\x78", 0)


@given(st.binary(max_size=30), st.integers(0, 40))
def test_any_payload_can_be_asked_for_key_frames(payload: bytes, offset: int) -> None:
    vp8_keyframe(payload, offset)
    h264_keyframe(payload, offset)
