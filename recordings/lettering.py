"""Letters on pictures: a few signs, drawn beforehand as 24 rows of grey, and the cards they make.

PyAV's builds have no text filter. ``glyphs.txt`` has a line for each sign: its code point, and a
hexadecimal digit of brightness for each dot. Signs that are not there are left out.
"""

from functools import lru_cache
from pathlib import Path

import av

HEIGHT = 24
_BLACK, _WHITE, _NEUTRAL = 16, 235, 128
_LEFT = 8

Rows = tuple[bytes, ...]


@lru_cache(maxsize=1)
def _glyphs() -> dict[str, Rows]:
    lines = Path(__file__).with_name("glyphs.txt").read_text("ascii").splitlines()
    return {chr(int(code, 16)): _rows(dots) for code, dots in map(str.split, lines)}


def _rows(dots: str) -> Rows:
    width = len(dots) // HEIGHT
    lit = [round(int(dot, 16) / 15 * 255) for dot in dots]
    return tuple(bytes(lit[at : at + width]) for at in range(0, len(lit), width))


def lettered(text: str) -> Rows:
    """``HEIGHT`` rows of coverage, 0 to 255, as wide as the text."""
    signs = [_glyphs()[sign] for sign in text if sign in _glyphs()]
    return tuple(b"".join(sign[row] for sign in signs) for row in range(HEIGHT))


def card(width: int, height: int, grey: int, words: str) -> av.VideoFrame:
    """A grey picture (luma ``grey``) with words in its middle. Sizes are even."""
    rows = lettered(words)
    at = max(width - len(rows[0]), 0) // 2
    return _picture(width, height, grey, [(at, (height - HEIGHT) // 2, rows)])


def strip(width: int, height: int, left: str, right: str) -> av.VideoFrame:
    """A dark strip with words at both ends."""
    above = (height - HEIGHT) // 2
    ends = lettered(left), lettered(right)
    places = (_LEFT, max(width - len(ends[1][0]) - _LEFT, 0))
    texts = [(at, above, rows) for at, rows in zip(places, ends, strict=True)]
    return _picture(width, height, _BLACK, texts)


def _picture(
    width: int, height: int, grey: int, texts: list[tuple[int, int, Rows]]
) -> av.VideoFrame:
    frame = av.VideoFrame(width, height, "yuv420p")
    luma = frame.planes[0]
    stride = luma.line_size
    dots = bytearray([grey]) * (stride * height)
    shades = bytes(grey + (_WHITE - grey) * lit // 255 for lit in range(256))
    for left, above, rows in texts:
        for number, row in enumerate(rows):
            at = (above + number) * stride + left
            shown = row[: width - left].translate(shades)
            dots[at : at + len(shown)] = shown
    luma.update(bytes(dots))
    for plane in frame.planes[1:]:
        plane.update(bytes([_NEUTRAL]) * plane.buffer_size)
    return frame
