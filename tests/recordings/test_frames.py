"""RTP payloads to frames, checked against what an encoder made."""

from fractions import Fraction

import av
import pytest
from hypothesis import given
from hypothesis import strategies as st

from recordings.frames import Frame, depacketizer, opus_duration
from recordings.h264 import sps_size
from recordings.model import Codec
from recordings.rtp import payload_of
from tests.recordings import media

CODECS = pytest.mark.parametrize("codec", list(Codec))
VIDEO = pytest.mark.parametrize("codec", [Codec.VP8, Codec.H264])


def coded(codec: Codec) -> tuple[media.Coded, ...]:
    return media.tone(1) if codec is Codec.OPUS else media.video(codec, 2, 1)


def stored(codec: Codec, data: bytes) -> bytes:
    """How a file holds what the encoder gave."""
    if codec is not Codec.H264:
        return data
    units = [unit for unit in media.split(data) if unit[0] & 0x1F in (1, 5, 7, 8)]
    return b"".join(len(unit).to_bytes(4, "big") + unit for unit in units)


def unpack(codec: Codec, sent: list[media.Packet], lost: int | None = None) -> list[Frame]:
    builder, frames = depacketizer(codec), []
    for number, packet in enumerate(sent):
        if number == lost:
            builder.lose()
            continue
        data = packet.data
        stamp = int.from_bytes(data[4:8], "big")
        frame = builder.push(payload_of(data), data[1] >= 0x80, stamp)
        frames += [frame] if frame else []
    return frames


@CODECS
def test_frames_come_out_as_the_encoder_made_them(codec: Codec) -> None:
    frames = unpack(codec, media.packets(codec, coded(codec), mtu=40))
    assert [frame.data for frame in frames] == [stored(codec, it.data) for it in coded(codec)]


@VIDEO
def test_key_frames_are_known_with_their_size(codec: Codec) -> None:
    frames = unpack(codec, media.packets(codec, coded(codec)))
    assert [number for number, frame in enumerate(frames) if frame.keyframe] == [0, 25]
    assert all((f.width, f.height) == (media.WIDTH, media.HEIGHT) for f in frames if f.keyframe)


@VIDEO
def test_a_lost_packet_costs_the_frames_it_touches_and_no_other(codec: Codec) -> None:
    sent = media.packets(codec, coded(codec), mtu=40)
    whole = [frame.data for frame in unpack(codec, sent)]
    for lost in range(0, len(sent), 3):
        frames = unpack(codec, sent, lost)
        assert len(frames) >= len(coded(codec)) - 1
        # Parameter sets that were lost are known from before: without them it is whole too.
        assert all(any(it.endswith(frame.data) for it in whole) for frame in frames), "damaged"


def test_a_picture_whose_first_slice_is_lost_is_not_whole() -> None:
    first, second = b"\x41\x9a\x01", b"\x41\x4d\x02"  # the second begins at a later macroblock
    builder = depacketizer(Codec.H264)
    assert builder.push(first, False, 1) is None
    assert builder.push(second, True, 1) is not None
    builder.lose()
    assert builder.push(second, True, 2) is None
    assert builder.incomplete == 1


def test_opus_tells_its_length() -> None:
    assert {opus_duration(frame.data) for frame in media.tone(1)} == {0.02}
    assert opus_duration(b"") == 0
    assert opus_duration(b"\xff") == 0  # says that it holds many frames and not how many
    assert opus_duration(b"\x0b\x06") == pytest.approx(0.12)
    assert opus_duration(b"\x0b\x07") == 0  # longer than Opus allows


@pytest.mark.parametrize(
    ("width", "height", "profile"),
    [(160, 96, "baseline"), (1280, 720, "main"), (1920, 1080, "high"), (322, 182, "high")],
)
def test_the_size_in_parameter_sets_is_the_cropped_one(
    width: int, height: int, profile: str
) -> None:
    context = av.CodecContext.create("libx264", "w")
    assert isinstance(context, av.VideoCodecContext)
    context.width, context.height, context.pix_fmt = width, height, "yuv420p"
    context.framerate = Fraction(25)
    context.time_base = Fraction(1, 25)
    context.options = {"preset": "ultrafast", "profile": profile}
    coded = context.encode(av.VideoFrame(width, height, "yuv420p")) + context.encode(None)
    sets = [unit for unit in media.split(bytes(coded[0])) if unit[0] & 0x1F == 7]
    assert sps_size(sets[0]) == (width, height)


@given(
    codec=st.sampled_from(list(Codec)),
    rows=st.lists(
        st.tuples(st.binary(max_size=40), st.booleans(), st.integers(0, 3), st.booleans())
    ),
)
def test_hostile_payloads_raise_nothing(
    codec: Codec, rows: list[tuple[bytes, bool, int, bool]]
) -> None:
    builder = depacketizer(codec)
    for payload, marker, timestamp, is_lost in rows:
        if is_lost:
            builder.lose()
        frame = builder.push(payload, marker, timestamp)
        assert frame is None or frame.data


@given(st.sampled_from([b"\x67", b"\x78\x00\x10\x67"]), st.binary(max_size=80))
def test_hostile_parameter_sets_raise_nothing(head: bytes, rest: bytes) -> None:
    depacketizer(Codec.H264).push(head + rest, True, 1)
    sps_size(head + rest)


@VIDEO
def test_a_frame_without_end_is_given_up(codec: Codec) -> None:
    builder = depacketizer(codec)
    first = {Codec.VP8: b"\x10", Codec.H264: b"\x7c\x85"}[codec]
    further = {Codec.VP8: b"\x00", Codec.H264: b"\x7c\x05"}[codec]
    builder.push(first + bytes(60_000), False, 1)
    for _ in range(200):
        builder.push(further + bytes(60_000), False, 1)
    assert builder.push(further + bytes(10), True, 1) is None
    assert builder.incomplete == 1
