"""RTCP, ours and theirs."""

import struct

import pytest
from aiortc import rtp as aiortc_rtp
from hypothesis import given
from hypothesis import strategies as st

from server.relay import rtcp


def test_a_receiver_report_is_read_back() -> None:
    one = rtcp.Reception(7, 64, 12, 99, 5, 0x1234, 65536)
    packet = rtcp.receiver_report(1, [one])
    assert rtcp.parse(packet) == [rtcp.Block(7, 12, 99, 0x1234, 65536)]
    (theirs,) = aiortc_rtp.RtcpPacket.parse(packet)
    assert isinstance(theirs, aiortc_rtp.RtcpRrPacket)
    assert (theirs.reports[0].packets_lost, theirs.reports[0].highest_sequence) == (12, 99)


def test_a_sender_report_is_read_back() -> None:
    packet = rtcp.sender_report(7, 1 << 63, 2**32 + 5, 10, 2000)
    assert rtcp.parse(packet) == [rtcp.SenderReport(7, 1 << 63, 5)]


def test_a_picture_loss_is_read_back() -> None:
    assert rtcp.parse(rtcp.picture_loss(1, 9)) == [rtcp.KeyframeRequest(9)]


def test_a_full_intra_request_names_its_streams() -> None:
    fir = aiortc_rtp.RtcpPsfbPacket(fmt=4, ssrc=1, media_ssrc=0, fci=struct.pack("!II", 9, 1 << 24))
    assert rtcp.parse(bytes(fir)) == [rtcp.KeyframeRequest(9)]


@given(st.sets(st.integers(0, 0xFFFF), min_size=1, max_size=100))
def test_a_nack_is_read_back(lost: set[int]) -> None:
    (report,) = rtcp.parse(rtcp.nack(1, 9, sorted(lost)))
    assert isinstance(report, rtcp.Nack)
    assert set(report.lost) == lost


def test_a_nack_over_the_end_of_the_numbers() -> None:
    packet = rtcp.nack(1, 9, [0xFFFE, 0xFFFF, 0, 3])
    (report,) = rtcp.parse(packet)
    assert report == rtcp.Nack(9, (0xFFFE, 0xFFFF, 0, 3))
    assert len(packet) == 16


def test_a_nack_of_everything_is_cut() -> None:
    packet = rtcp.nack(1, 9, list(range(0x10000)))
    (report,) = rtcp.parse(packet)
    assert isinstance(report, rtcp.Nack)
    assert len(report.lost) == 512


def test_an_estimate() -> None:
    fci = aiortc_rtp.pack_remb_fci(1_500_000, [9])
    packet = bytes(aiortc_rtp.RtcpPsfbPacket(fmt=15, ssrc=1, media_ssrc=0, fci=fci))
    (report,) = rtcp.parse(packet)
    assert isinstance(report, rtcp.Estimate)
    assert report.bitrate == pytest.approx(1_500_000, rel=0.01)


def test_reports_before_a_broken_part_count() -> None:
    packet = rtcp.picture_loss(1, 9) + b"\x81\xc9\xff\xff\0\0\0\0"
    assert rtcp.parse(packet) == [rtcp.KeyframeRequest(9)]


@pytest.mark.parametrize(
    "packet",
    [
        b"",
        b"\x8f\xce\x00\x03" + bytes(8) + b"REMB",  # an estimate that ends after its name
        b"\x8f\xce\x00\x01" + bytes(4),
        b"\x9f\xc9\x00\x01" + bytes(4),  # a report that claims 31 blocks
        b"\x80\xc8\x00\x01" + bytes(4),
    ],
)
def test_short_parts_say_nothing(packet: bytes) -> None:
    assert rtcp.parse(packet) == []


@given(st.binary(max_size=120))
def test_any_bytes(packet: bytes) -> None:
    rtcp.parse(packet)
    rtcp.parse(b"\x8f\xce\x00\x04" + packet)
    rtcp.parse(b"\x81\xcd\x00\x05" + packet)


def test_an_estimate_is_read_back() -> None:
    for bitrate in (0, 140_000, 50_000_000):
        (read,) = rtcp.parse(rtcp.estimate(1, bitrate, [2]))
        assert isinstance(read, rtcp.Estimate)
        assert abs(read.bitrate - bitrate) <= bitrate / 1000
