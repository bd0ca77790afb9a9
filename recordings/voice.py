"""Who spoke when, from a microphone's segment without decoding it.

Opus as browsers send it has a bit rate that varies with what there is to code: a frame of silence
takes a few bytes, a room's noise some more, a voice around eighty. So the bytes of each second
say whether somebody spoke in it, for the price of walking through the file. They do not say what
was said, nor how loud it was.
"""

from recordings.ebml import blocks

LEVELS = 9
_QUIET, _FULL = 900.0, 3600.0
"""Bytes a second of a silent line, and of somebody speaking, at the rates browsers choose."""


def voice(data: bytes) -> list[int]:
    """Return for each second of a segment how much was said in it: 0, nothing, to 9."""
    seconds: list[int] = []
    for at_ms, size in blocks(data):
        second = at_ms // 1000
        seconds += [0] * (second + 1 - len(seconds))
        seconds[second] += size
    return [_level(size) for size in seconds]


def _level(size: int) -> int:
    share = (size - _QUIET) / (_FULL - _QUIET)
    return round(LEVELS * min(max(share, 0.0), 1.0))
