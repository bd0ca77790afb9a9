"""The words every module here shares: tracks, codecs and the causes of gaps."""

import re
from enum import StrEnum

_NAME = re.compile(r"[A-Za-z0-9_-]{1,64}")


class TrackKind(StrEnum):
    """What a track of a participant shows or carries."""

    MICROPHONE = "microphone"
    CAMERA = "camera"
    SCREEN = "screen"


class Codec(StrEnum):
    """How the frames of a track are coded; nothing is ever transcoded."""

    OPUS = "opus"
    VP8 = "vp8"
    H264 = "h264"

    @property
    def is_video(self) -> bool:
        return self is not Codec.OPUS

    @property
    def suffix(self) -> str:
        """File name suffix of a sealed segment: WebM knows no H.264, Matroska does."""
        return ".mkv" if self is Codec.H264 else ".webm"


class GapCause(StrEnum):
    """Why a stretch of a track is not in the recording."""

    MUTED = "muted"
    CAMERA_OFF = "camera_off"
    RECONNECT = "reconnect"
    RELAY_RESTART = "relay_restart"
    PAUSED = "paused"
    DISK = "disk"
    PACKET_LOSS = "packet_loss"
    UNSTEADY = "unsteady"  # it began anew more often than any device does: see lane.py


def checked_name(name: str) -> str:
    """Return ``name`` if it may stand as one path part (``[A-Za-z0-9_-]{1,64}``).

    Raises ValueError otherwise: ids come from outside and become folders.
    """
    if not _NAME.fullmatch(name):
        raise ValueError("an id is 1 to 64 of A-Z a-z 0-9 _ -")
    return name
