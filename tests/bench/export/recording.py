"""A synthetic recording, made by the recorder itself: two cameras at 720p, two tones."""

from dataclasses import replace
from fractions import Fraction
from pathlib import Path

import av

from recordings.model import Codec, TrackKind
from tests.recordings import media
from tests.recordings.desk import desk
from tests.recordings.media import Coded

SECONDS = 52
FPS, ROUND_S = 25, 4
WIDTH, HEIGHT = 1280, 720
LABELS = {"p1": "律师", "p2": "调解员"}


def record(root: Path) -> Path:
    """Record below ``root``; returns the session's folder."""
    camera = _repeated(_moving(), ROUND_S)
    sound = _repeated(media.tone(1.0)[:50], 1)
    with desk(root / "recordings") as it:
        streams = []
        for participant in LABELS:
            video = it.track(TrackKind.CAMERA, Codec.VP8, participant)
            voice = it.track(TrackKind.MICROPHONE, Codec.OPUS, participant)
            streams += [
                (video, media.packets(Codec.VP8, camera)),
                (voice, media.packets(Codec.OPUS, sound)),
            ]
        it.feed(*streams)
        it.close()
        it.assert_healthy()
    return it.folder


def _repeated(coded: tuple[Coded, ...], length: int) -> tuple[Coded, ...]:
    rounds = range(SECONDS // length)
    return tuple(replace(one, at=one.at + begin * length) for begin in rounds for one in coded)


def _moving() -> tuple[Coded, ...]:
    """Four seconds of a test picture with motion everywhere, at a call's bit rate."""
    source = av.filter.Graph()
    size = f"size={WIDTH}x{HEIGHT}:rate={FPS}"
    nodes = [
        source.add("testsrc2", f"{size}:duration={ROUND_S}"),
        source.add("format", "yuv420p"),
        source.add("buffersink"),
    ]
    source.link_nodes(*nodes).configure()
    encoder = av.CodecContext.create("libvpx", "w")
    assert isinstance(encoder, av.VideoCodecContext)
    encoder.width, encoder.height, encoder.pix_fmt = WIDTH, HEIGHT, "yuv420p"
    encoder.time_base, encoder.framerate = Fraction(1, FPS), Fraction(FPS)
    encoder.bit_rate, encoder.gop_size = 1_300_000, ROUND_S * FPS
    encoder.options = {"deadline": "realtime", "cpu-used": "8", "lag-in-frames": "0"}
    coded = []
    for number in range(ROUND_S * FPS):
        frame = source.pull()
        assert isinstance(frame, av.VideoFrame)
        frame.pts, frame.time_base = number, Fraction(1, FPS)
        coded += [Coded(number / FPS, bytes(packet)) for packet in encoder.encode(frame)]
    return tuple(coded)
