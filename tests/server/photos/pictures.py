"""Photos as phones make them, and what is only called one."""

import io
import struct
import zlib
from typing import Any

from PIL import ExifTags, Image

MAKER = "SecretPhone 9"
PLACE = {1: "N", 2: (30.0, 15.0, 1.5), 3: "E", 4: (120.0, 1.0, 2.0)}


def picture(size: tuple[int, int] = (600, 400)) -> Image.Image:
    """Red at the left, blue at the right."""
    made = Image.new("RGB", size, "red")
    made.paste("blue", (size[0] // 2, 0, *size))
    return made


def photo(kind: str = "JPEG", size: tuple[int, int] = (600, 400), **how: Any) -> bytes:
    """A photo that says where, when and with what it was taken."""
    exif = Image.Exif()
    exif[ExifTags.Base.Make] = MAKER
    exif[ExifTags.IFD.GPSInfo] = PLACE
    if (turn := how.pop("orientation", None)) is not None:
        exif[ExifTags.Base.Orientation] = turn
    out = io.BytesIO()
    picture(size).save(out, kind, exif=exif, **how)
    return out.getvalue()


def opened(data: bytes) -> Image.Image:
    return Image.open(io.BytesIO(data))


def bomb(width: int, height: int) -> bytes:
    """A PNG whose head promises so many pixels, all of them the same: a few kilobytes."""

    def chunk(kind: bytes, body: bytes) -> bytes:
        word = struct.pack(">I", zlib.crc32(kind + body))
        return struct.pack(">I", len(body)) + kind + body + word

    head = struct.pack(">IIBBBBB", width, height, 8, 0, 0, 0, 0)
    rows = zlib.compress(b"\0" * min(width * height, 3_000_000))
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + chunk(b"IDAT", rows) + chunk(b"IEND", b"")


HEIC = b"\0\0\0\x18ftypheic\0\0\0\0mif1heic" + b"\0" * 64
SVG = b'<svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script></svg>'
HTML = b"<!doctype html><script>alert(1)</script>"


def gif() -> bytes:
    out = io.BytesIO()
    picture((20, 20)).save(out, "GIF")
    return out.getvalue()
