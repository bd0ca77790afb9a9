"""Real coded media for the tests: PyAV encodes, these helpers packetise and later decode."""

import math
from array import array
from collections.abc import Iterator
from dataclasses import dataclass, replace
from fractions import Fraction
from functools import cache
from pathlib import Path

import av

from recordings.model import Codec

WIDTH, HEIGHT, FPS = 160, 96, 25
TONE_HZ = 440
_CELLS = 16  # a row of black and white cells spells the frame's number
_VIDEO = {Codec.VP8: "libvpx", Codec.H264: "libx264"}


@dataclass(frozen=True)
class Coded:
    """One coded frame and when it was captured, in seconds from the start."""

    at: float
    data: bytes


@dataclass(frozen=True)
class Packet:
    """One RTP packet on its way, and when it was sent."""

    at: float
    data: bytes

    @property
    def number(self) -> int:
        return int.from_bytes(self.data[2:4], "big")


def picture(number: int, width: int = WIDTH, height: int = HEIGHT) -> av.VideoFrame:
    """A picture that spells ``number`` in cells across its upper half, over a moving grey."""
    frame = av.VideoFrame(width, height, "yuv420p")
    cell = width // _CELLS
    row = b"".join(bytes([235 if number >> bit & 1 else 16]) * cell for bit in range(_CELLS))
    grey = bytes([60 + number % 100]) * width
    luma = frame.planes[0]
    pad = bytes(luma.line_size - width)
    luma.update((row + pad) * (height // 2) + (grey + pad) * (height - height // 2))
    for plane in frame.planes[1:]:
        plane.update(bytes([128]) * plane.buffer_size)
    return frame


def number_in(frame: av.VideoFrame) -> int:
    """The number a decoded picture spells."""
    luma = frame.planes[0]
    row = bytes(luma)[luma.line_size * (frame.height // 4) :]
    cell = frame.width // _CELLS
    return sum(1 << bit for bit in range(_CELLS) if row[bit * cell + cell // 2] > 125)


@cache
def video(
    codec: Codec, seconds: float, key_every: float = 10.0, width: int = WIDTH
) -> tuple[Coded, ...]:
    """A coded video whose frames are numbered from 0, with key frames at regular times."""
    context = av.CodecContext.create(_VIDEO[codec], "w")
    assert isinstance(context, av.VideoCodecContext)
    context.width, context.height, context.pix_fmt = width, HEIGHT, "yuv420p"
    context.time_base, context.framerate = Fraction(1, FPS), Fraction(FPS)
    context.bit_rate, context.gop_size = 1_000_000, round(key_every * FPS)
    context.options = (
        {"deadline": "realtime", "cpu-used": "8", "lag-in-frames": "0"}
        if codec is Codec.VP8
        else {"preset": "ultrafast", "tune": "zerolatency", "profile": "baseline"}
    )
    coded = []
    for number in range(round(seconds * FPS)):
        frame = picture(number, width)
        frame.pts = number
        coded += [Coded(number / FPS, bytes(packet)) for packet in context.encode(frame)]
    return tuple(coded)


@cache
def tone(seconds: float, hertz: int = TONE_HZ) -> tuple[Coded, ...]:
    """A sine tone of whole hertz as Opus frames of 20 ms."""
    context = av.CodecContext.create("libopus", "w")
    assert isinstance(context, av.AudioCodecContext)
    context.sample_rate, context.layout, context.format = 48000, "mono", "s16"
    context.bit_rate = 32000
    context.open()
    coded: list[Coded] = []
    second = [round(12000 * math.sin(math.tau * hertz * i / 48000)) for i in range(48000)]
    for number in range(round(seconds * 50)):
        at = number % 50 * 960
        frame = av.AudioFrame("s16", "mono", 960)
        frame.sample_rate, frame.pts = 48000, number * 960
        frame.planes[0].update(array("h", second[at : at + 960]).tobytes())
        coded += [Coded(len(coded) * 0.02, bytes(packet)) for packet in context.encode(frame)]
    return tuple(coded)


def packets(
    codec: Codec,
    frames: tuple[Coded, ...],
    ssrc: int = 0x1234,
    first: int = 65000,
    timestamp: int = 0xFFFF_0000,
    mtu: int = 1100,
) -> list[Packet]:
    """RTP packets of coded frames. Sequence numbers and timestamps wrap early on purpose."""
    rate = 48000 if codec is Codec.OPUS else 90000
    sent, number = [], first
    for frame in frames:
        payloads = list(_PAYLOADS[codec](frame.data, mtu))
        stamp = (timestamp + round(frame.at * rate)) & 0xFFFF_FFFF
        for at, payload in enumerate(payloads):
            marker = 0x80 if at == len(payloads) - 1 and codec is not Codec.OPUS else 0
            head = bytes([0x80, marker | 96]) + (number & 0xFFFF).to_bytes(2, "big")
            head += stamp.to_bytes(4, "big") + ssrc.to_bytes(4, "big")
            sent.append(Packet(frame.at, head + payload))
            number += 1
    return sent


def later(sent: list[Packet], seconds: float) -> list[Packet]:
    """The same packets, sent later."""
    return [replace(packet, at=packet.at + seconds) for packet in sent]


def _opus(data: bytes, mtu: int) -> Iterator[bytes]:
    yield data


def _vp8(data: bytes, mtu: int) -> Iterator[bytes]:
    for at in range(0, len(data), mtu):
        # X and I set, a 15-bit picture id: what browsers send.
        yield bytes([0x90 if at == 0 else 0x80, 0x80, 0x80, 0x01]) + data[at : at + mtu]


def _h264(data: bytes, mtu: int) -> Iterator[bytes]:
    units = [unit for unit in split(data) if unit[0] & 0x1F in (1, 5, 7, 8)]
    sets = [unit for unit in units if unit[0] & 0x1F in (7, 8)]
    if sets:
        yield b"\x78" + b"".join(len(unit).to_bytes(2, "big") + unit for unit in sets)
    for unit in units:
        if unit not in sets:
            yield from _fragments(unit, mtu)


def _fragments(unit: bytes, mtu: int) -> Iterator[bytes]:
    if len(unit) <= mtu:
        yield unit
        return
    for at in range(1, len(unit), mtu):
        flags = (0x80 if at == 1 else 0) | (0x40 if at + mtu >= len(unit) else 0)
        yield bytes([unit[0] & 0xE0 | 28, flags | unit[0] & 0x1F]) + unit[at : at + mtu]


def split(data: bytes) -> list[bytes]:
    """The NAL units of an Annex B byte stream."""
    parts = data.replace(b"\0\0\0\1", b"\0\0\1").split(b"\0\0\1")
    return [part for part in parts if part]


_PAYLOADS = {Codec.OPUS: _opus, Codec.VP8: _vp8, Codec.H264: _h264}


@dataclass(frozen=True)
class Picture:
    """A decoded picture: seconds from the file's start, and the number it spells."""

    at: float
    number: int


def decode_pictures(path: Path) -> list[Picture]:
    with av.open(path) as container:
        return [Picture(frame.time or 0.0, number_in(frame)) for frame in container.decode(video=0)]


def decode_sound(path: Path) -> tuple[float, float]:
    """Seconds of sound in a file, and the share of its energy that is the tone."""
    samples = array("h")
    with av.open(path) as container:
        resampler = av.AudioResampler("s16", "mono", 48000)
        for frame in container.decode(audio=0):
            for part in resampler.resample(frame):
                samples.frombytes(bytes(part.planes[0])[: part.samples * 2])
    return len(samples) / 48000, _tone_share(samples[4800:52800])


def _tone_share(samples: "array[int]") -> float:
    energy = sum(value * value for value in samples) or 1
    step = math.tau * TONE_HZ / 48000
    real = sum(value * math.cos(step * i) for i, value in enumerate(samples))
    imaginary = sum(value * math.sin(step * i) for i, value in enumerate(samples))
    return 2 * (real**2 + imaginary**2) / (len(samples) * energy)
