"""A small picture of a segment: its first key frame, as JPEG.

Nothing but the beginning of the segment is read, and nothing is stored: a copy beside the media
would have to be encrypted, destroyed and proven like the media.
"""

from fractions import Fraction

import av
from av.video.codeccontext import VideoCodecContext

from recordings.media_file import Media, Seekable, Unreadable
from recordings.playback import NotPlayable

WIDTH = 192
"""Pixels; the height follows."""
_PIECE = 16 * 1024
# One stream, whose kind its head tells: libav need not look through megabytes for others.
_LITTLE = {"probesize": str(_PIECE), "analyzeduration": "0"}


def thumbnail(media: Media, name: str) -> bytes:
    """Decode a segment's first picture and code it small. Raises NotPlayable."""
    try:
        with av.open(Seekable(media), "r", options=_LITTLE, buffer_size=_PIECE) as container:
            picture = next(container.decode(video=0), None)
            if picture is None:
                raise NotPlayable(name)
            return _jpeg(picture)
    except (OSError, Unreadable, av.FFmpegError, IndexError, ValueError) as error:
        raise NotPlayable(name) from error


def _jpeg(picture: av.VideoFrame) -> bytes:
    height = max(2, round(picture.height * WIDTH / picture.width / 2) * 2)
    small = picture.reformat(WIDTH, height, "yuvj420p")
    encoder = av.CodecContext.create("mjpeg", "w")
    assert isinstance(encoder, VideoCodecContext)
    encoder.width, encoder.height, encoder.pix_fmt = WIDTH, height, "yuvj420p"
    encoder.time_base = Fraction(1, 25)
    small.pts = 0
    return b"".join(bytes(packet) for packet in [*encoder.encode(small), *encoder.encode(None)])
