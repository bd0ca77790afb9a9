"""``python -m server.photos.decoding``: bytes from anybody become a picture, in a process apart.

Standard input: one byte, ``1`` to keep the place and ``0`` not to, then the photo. Standard output:
a line of JSON, ``{"error": CODE}`` or ``{"width", "height", "place", "sizes": [n, m]}``, then the
photo (n bytes) and its small picture (m bytes), both JPEG. What is written is made of pixels alone:
no field of what arrived (place, time, device, the author's words, a picture within the picture)
goes with it, except the place where that was asked for.

It bounds itself in memory and time before it looks at the first byte. What a decoder's fault, or a
picture that unfolds to gigabytes, ends, is this process.
"""

import io
import json
import resource
import sys
from collections.abc import Mapping
from types import MappingProxyType
from typing import Any

from PIL import ExifTags, Image

from server.photos.rule import LONGEST, MOST_BYTES, MOST_PIXELS, SMALL
from signaling.errors import ProtocolError

MEMORY = 1024 * 1024 * 1024
SECONDS = 20
_FORMATS = ("JPEG", "PNG", "WEBP")
_QUALITY = 90
_HEIF = frozenset({b"heic", b"heix", b"hevc", b"heim", b"heis", b"mif1", b"msf1", b"avif"})
_TURN = Image.Transpose
_TURNS: Mapping[object, Image.Transpose] = MappingProxyType(
    {
        2: _TURN.FLIP_LEFT_RIGHT,
        3: _TURN.ROTATE_180,
        4: _TURN.FLIP_TOP_BOTTOM,
        5: _TURN.TRANSPOSE,
        6: _TURN.ROTATE_270,
        7: _TURN.TRANSVERSE,
        8: _TURN.ROTATE_90,
    }
)
"""What puts a picture upright, by the orientation its EXIF names (tag 0x0112)."""


class Refused(ProtocolError):
    """It is no picture that can be kept; the code is one of ``rule.WORDS``."""


def main() -> None:
    """Decode what comes in; never raises, whatever it is."""
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
    resource.setrlimit(resource.RLIMIT_CPU, (SECONDS, SECONDS))
    Image.MAX_IMAGE_PIXELS = None  # the bound here is lower, and has a sentence of its own
    data = sys.stdin.buffer.read(MOST_BYTES + 1)
    try:
        said, pictures = decode(data[1:], keep_place=data[:1] == b"1")
    except Refused as refused:
        said, pictures = {"error": refused.code}, []
    out = sys.stdout.buffer
    out.write(json.dumps(said).encode() + b"\n")
    for picture in pictures:
        out.write(picture)


def decode(data: bytes, *, keep_place: bool) -> tuple[dict[str, Any], list[bytes]]:
    """Return what is told of the photo, the photo and its small picture. Raises Refused."""
    if data[4:8] == b"ftyp" and data[8:12] in _HEIF:
        raise Refused("photo_heic")
    opened = _opened(data)
    if opened.width * opened.height > MOST_PIXELS:
        raise Refused("photo_too_many_pixels")
    place = _place(opened) if keep_place else None
    photo = _decoded(opened)
    small = photo.copy()
    small.thumbnail((SMALL, SMALL))
    pictures = [_jpeg(photo, place), _jpeg(small, None)]
    told = {"width": photo.width, "height": photo.height, "place": place is not None}
    return told | {"sizes": [len(one) for one in pictures]}, pictures


def _opened(data: bytes) -> Image.Image:
    # A decoder may raise anything at what is not a picture: all of it means the same.
    try:
        return Image.open(io.BytesIO(data), formats=_FORMATS)
    except Exception:
        raise Refused("photo_kind") from None


def _decoded(opened: Image.Image) -> Image.Image:
    try:
        return _upright(opened)
    except Exception:
        raise Refused("photo_unreadable") from None


def _upright(opened: Image.Image) -> Image.Image:
    """Decode the whole of it, not larger than is kept, as it is to be held, nothing transparent."""
    turn = _TURNS.get(_orientation(opened))
    # Made small first; of a JPEG no more is decoded than that needs.
    opened.thumbnail((LONGEST, LONGEST))
    held = opened if turn is None else opened.transpose(turn)
    if "A" not in held.getbands() and "transparency" not in opened.info:
        return held.convert("RGB")
    full = held.convert("RGBA")
    white = Image.new("RGB", full.size, "white")
    white.paste(full, mask=full.getchannel("A"))
    return white


def _orientation(opened: Image.Image) -> object:
    """What the photo says of how it was held; where that is no sense, nothing."""
    try:
        return opened.getexif().get(ExifTags.Base.Orientation)
    except Exception:
        return None


def _place(opened: Image.Image) -> dict[int, Any] | None:
    """Return the four fields that say where, made anew; None where there is no sense in them."""
    try:
        given = opened.getexif().get_ifd(ExifTags.IFD.GPSInfo)
        latitude, longitude = ([float(part) for part in given[tag]][:3] for tag in (2, 4))
    except Exception:
        return None
    if given.get(1) not in ("N", "S") or given.get(3) not in ("E", "W"):
        return None
    return {1: given[1], 2: tuple(latitude), 3: given[3], 4: tuple(longitude)}


def _jpeg(picture: Image.Image, place: dict[int, Any] | None) -> bytes:
    """Code it; of the place there are the four first fields of the GPS directory of EXIF."""
    out = io.BytesIO()
    exif = Image.Exif()
    if place is not None:
        exif[ExifTags.IFD.GPSInfo] = place
    # `info` may hold an ICC profile, comments and more of what arrived.
    picture.info.clear()
    picture.save(
        out, "JPEG", quality=_QUALITY, optimize=True, exif=exif.tobytes() if place else b""
    )
    return out.getvalue()


if __name__ == "__main__":
    main()
