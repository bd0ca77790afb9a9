"""Known pictures and tones for Chromium's fake devices, and their readers.

A picture carries its frame number as black and white blocks, is filled with the colour of one
person, and has a bar that moves, so that a frame that comes out anywhere (a receiver's canvas, a
recording) tells who it shows and which frame it is, at any size and through any codec. The tone is
pulsed: browsers' noise suppression takes steady ones away.
"""

import math
import random
import wave
from array import array
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

WIDTH, HEIGHT = 640, 360
FRAMES_PER_SECOND = 25
FRAMES = 50
COUNTER_BITS = 6
BLOCKS = COUNTER_BITS + 2  # a white and a black one first, which calibrate the reader
SAMPLE_RATE = 48_000
PULSE_S, PAUSE_S = 0.3, 0.1
BLACK, GREY, WHITE = 32, 110, 220


@dataclass(frozen=True)
class Persona:
    """How one fake person looks and sounds. `u` and `v` are the colour of the picture."""

    name: str
    u: int
    v: int
    tone_hz: int


LAWYER = Persona("lawyer", 190, 90, 440)
MEDIATOR = Persona("mediator", 90, 90, 660)
PARTY = Persona("party", 90, 190, 990)
BUSY = Persona("busy", 120, 135, 880)
PERSONAS = (LAWYER, MEDIATOR, PARTY)


@dataclass(frozen=True)
class FakeMedia:
    """Files for `--use-file-for-fake-{video,audio}-capture`; Chromium plays them in a loop."""

    persona: Persona
    video: Path
    audio: Path


def write_fake_media(persona: Persona, folder: Path) -> FakeMedia:
    """Two seconds of picture (about 17 MB, uncompressed as Chromium wants it) and of tone."""
    media = FakeMedia(persona, folder / f"{persona.name}.y4m", folder / f"{persona.name}.wav")
    with media.video.open("wb") as video:
        video.write(
            b"YUV4MPEG2 W%d H%d F%d:1 Ip A1:1 C420jpeg\n" % (WIDTH, HEIGHT, FRAMES_PER_SECOND)
        )
        for number in range(FRAMES):
            video.write(b"FRAME\n" + picture(persona, number))
    _write_tone(media.audio, persona.tone_hz)
    return media


def _widened(dots: bytes) -> bytes:
    return b"".join(bytes([dot]) * 4 for dot in dots)


def _write_tone(path: Path, hertz: int) -> None:
    with wave.open(str(path), "wb") as audio:
        audio.setnchannels(1)
        audio.setsampwidth(2)
        audio.setframerate(SAMPLE_RATE)
        audio.writeframes(array("h", _tone(hertz, seconds=2)).tobytes())


def write_busy_media(folder: Path) -> FakeMedia:
    """One second of 1280x720 that no encoder can make small, and a tone.

    A quarter of it is grain of four by four dots, anew in each frame: what moves in a room costs
    bits in every frame, and a key frame not much more than the others.
    """
    width, height, frames = 1280, 720, FRAMES_PER_SECOND
    media = FakeMedia(BUSY, folder / "busy.y4m", folder / "busy.wav")
    dice = random.Random(1)
    grain = bytes(GREY - 24 + value * 48 // 255 for value in range(256))
    rest = bytes([GREY]) * (width * height * 3 // 4)
    chroma = bytes([BUSY.u]) * (width * height // 4) + bytes([BUSY.v]) * (width * height // 4)
    with media.video.open("wb") as video:
        video.write(b"YUV4MPEG2 W%d H%d F%d:1 Ip A1:1 C420jpeg\n" % (width, height, frames))
        for _ in range(frames):
            rows = [
                _widened(dice.randbytes(width // 4).translate(grain)) for _ in range(height // 16)
            ]
            video.write(b"FRAME\n" + b"".join(row * 4 for row in rows) + rest + chroma)
    _write_tone(media.audio, BUSY.tone_hz)
    return media


def picture(persona: Persona, number: int) -> bytes:
    """Frame `number` as planar YUV 4:2:0: blocks above, the moving bar below."""
    blocks = [WHITE, BLACK]
    blocks += [WHITE if number >> bit & 1 else BLACK for bit in range(COUNTER_BITS)]
    top = b"".join(bytes([luma]) * (WIDTH // BLOCKS) for luma in blocks)
    plain = bytes([GREY]) * WIDTH
    bar_at = (WIDTH - WIDTH // 10) * number // FRAMES
    bar = plain[:bar_at] + bytes([WHITE]) * (WIDTH // 10) + plain[bar_at + WIDTH // 10 :]
    luma = top * (HEIGHT // 4) + plain * (HEIGHT // 2) + bar * (HEIGHT // 4)
    chroma = (WIDTH // 2) * (HEIGHT // 2)
    return luma + bytes([persona.u]) * chroma + bytes([persona.v]) * chroma


@dataclass(frozen=True)
class Plane:
    """One plane of a decoded picture: rows of `width` bytes, `stride` apart."""

    data: bytes
    width: int
    height: int
    stride: int

    def mean(self, across: float, down: float, reach: int = 2) -> float:
        """Mean value around a place given as fractions of width and height."""
        x, y = int(self.width * across), int(self.height * down)
        rows = range(max(y - reach, 0), min(y + reach + 1, self.height))
        left, right = max(x - reach, 0), min(x + reach + 1, self.width)
        values = [
            self.data[row * self.stride + column] for row in rows for column in range(left, right)
        ]
        return sum(values) / len(values)


def read_number(luma: Plane) -> int | None:
    """The frame number (0..FRAMES-1) a picture carries; None where it carries none."""
    levels = [luma.mean((block + 0.5) / BLOCKS, 1 / 8) for block in range(BLOCKS)]
    white, black, *bits = levels
    if white - black < (WHITE - BLACK) / 2:
        return None
    middle = (white + black) / 2
    number = sum(1 << bit for bit, level in enumerate(bits) if level > middle)
    return number if number < FRAMES else None


def read_persona(u: Plane, v: Plane, personas: Sequence[Persona] = PERSONAS) -> Persona | None:
    """Whose colour a picture has; None when it is nobody's."""
    seen = (u.mean(0.5, 0.5), v.mean(0.5, 0.5))
    nearest = min(personas, key=lambda persona: math.dist(seen, (persona.u, persona.v)))
    return nearest if math.dist(seen, (nearest.u, nearest.v)) < 35 else None


def tone_share(samples: Sequence[float], sample_rate: int, hertz: float) -> float:
    """The part (0..1) of the energy of `samples` that lies at `hertz` (Goertzel's filter)."""
    turn = 2 * math.cos(2 * math.pi * hertz / sample_rate)
    before, last, energy = 0.0, 0.0, 0.0
    for sample in samples:
        before, last = last, sample + turn * last - before
        energy += sample * sample
    if energy == 0:
        return 0.0
    power = before * before + last * last - turn * before * last
    return min(power * 2 / (len(samples) * energy), 1.0)


def _tone(hertz: int, seconds: int) -> Iterator[int]:
    period = PULSE_S + PAUSE_S
    for index in range(seconds * SAMPLE_RATE):
        at = index / SAMPLE_RATE
        loud = 12_000 if at % period < PULSE_S else 0
        yield int(loud * math.sin(2 * math.pi * hertz * at))
