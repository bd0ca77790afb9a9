"""What an export is made of: for each moment, one picture of a tile and the sound of a voice.

Readers are asked in order of time and decode each segment once; asked for a later moment first
(an export that is resumed), they begin with that moment's segment. A segment that is not as it
was sealed stops the export: a copy of something else would prove nothing.
"""

import hashlib
import io
from collections.abc import Callable, Iterator, Sequence
from fractions import Fraction
from pathlib import Path

import av
from av.filter import Graph

from recordings.lettering import card
from recordings.media_file import Unreadable, open_media, read_all
from recordings.model import GapCause
from recordings.playback import NotPlayable, segment_path
from recordings.records import Segment
from recordings.timeline import Pause, Track
from recordings.vault import Vault

RATE = 48_000
_SAMPLE = 2
_GREY = 72
# Matroska's times are whole milliseconds: closer than this, sound goes on without a seam.
_SEAM = RATE // 50
_WORDS = {
    GapCause.MUTED: "静音",
    GapCause.CAMERA_OFF: "摄像头关闭",
    GapCause.RECONNECT: "连接中断",
    GapCause.RELAY_RESTART: "服务重启",
    GapCause.PAUSED: "录制暂停",
    GapCause.DISK: "磁盘故障",
    GapCause.PACKET_LOSS: "网络丢包",
    GapCause.UNSTEADY: "连接故障",
}


class SourceChanged(Exception):
    """A segment is missing, unreadable or not as it was sealed; the message is its file."""


ReadSealed = Callable[[Segment], bytes]
"""Gives a segment's media, whose hash is the sealed one; raises SourceChanged."""


def sealed_bytes(folder: Path, vault: Vault | None, segment: Segment) -> bytes:
    """A segment's media, whose hash is the sealed one. Raises SourceChanged."""
    try:
        data = read_all(open_media(segment_path(folder, segment), vault))
    except (NotPlayable, Unreadable, OSError) as error:
        raise SourceChanged(segment.file) from error
    if hashlib.sha256(data).hexdigest() != segment.sha256:
        raise SourceChanged(segment.file)
    return data


class Tile:
    """One camera or screen, as pictures of one size."""

    def __init__(
        self, read: ReadSealed, track: Track, pauses: Sequence[Pause], size: tuple[int, int]
    ) -> None:
        self._read = read
        self._track = track
        self._pauses = pauses
        self._size = size
        self._cards: dict[str, av.VideoFrame] = {}
        self._segment: Segment | None = None
        self._frames: Iterator[tuple[float, av.VideoFrame]] = iter(())
        self._next: tuple[float, av.VideoFrame] | None = None
        self._shown: av.VideoFrame | None = None
        self._fitting: _Fitting | None = None

    def picture(self, at: float) -> av.VideoFrame:
        """What was to be seen at the unix time ``at``; where there is nothing, words say why."""
        segment = next((s for s in self._track.segments if s.start <= at < s.end), None)
        if segment is None:
            return self._card(self._why(at))
        if segment is not self._segment:
            self._open(segment)
        self._advance(at)
        return self._shown or self._card("无画面")

    def _open(self, segment: Segment) -> None:
        self._segment, self._shown = segment, None
        self._frames = _pictures(self._read(segment), segment.start)
        self._next = next(self._frames, None)

    def _advance(self, at: float) -> None:
        newest = None
        while self._next is not None and self._next[0] <= at:
            newest = self._next[1]
            self._next = next(self._frames, None)
        if newest is not None:
            self._shown = self._fitted(newest)

    def _fitted(self, frame: av.VideoFrame) -> av.VideoFrame:
        if self._fitting is None or not self._fitting.takes(frame):
            self._fitting = _Fitting(frame, self._size)
        return self._fitting.fit(frame)

    def _why(self, at: float) -> str:
        if any(pause.start <= at < pause.end for pause in self._pauses):
            return _WORDS[GapCause.PAUSED]
        cause = next((gap.cause for gap in self._track.gaps if gap.start <= at < gap.end), None)
        if cause is not None:
            return _WORDS[cause]
        first = self._track.segments[0].start if self._track.segments else at
        return "未加入" if at < first else "无画面"

    def _card(self, words: str) -> av.VideoFrame:
        if words not in self._cards:
            self._cards[words] = card(*self._size, _GREY, words)
        return self._cards[words]


class _Fitting:
    """Pictures of one size and form, made as large as a tile holds without bending them."""

    def __init__(self, frame: av.VideoFrame, size: tuple[int, int]) -> None:
        self._form = (frame.width, frame.height, frame.format.name)
        width, height = size
        self._graph = Graph()
        source = self._graph.add_buffer(
            width=frame.width,
            height=frame.height,
            format=frame.format,
            time_base=Fraction(1, 1000),
        )
        fit = f"{width}:{height}:force_original_aspect_ratio=decrease:force_divisible_by=2"
        nodes = [
            source,
            self._graph.add("scale", f"{fit}:flags=bilinear"),
            self._graph.add("pad", f"{width}:{height}:(ow-iw)/2:(oh-ih)/2:color=black"),
            self._graph.add("format", "yuv420p"),
            self._graph.add("buffersink"),
        ]
        self._graph.link_nodes(*nodes).configure()

    def takes(self, frame: av.VideoFrame) -> bool:
        return self._form == (frame.width, frame.height, frame.format.name)

    def fit(self, frame: av.VideoFrame) -> av.VideoFrame:
        self._graph.push(frame)
        fitted = self._graph.pull()
        assert isinstance(fitted, av.VideoFrame)
        return fitted


def _pictures(data: bytes, start: float) -> Iterator[tuple[float, av.VideoFrame]]:
    try:
        with av.open(io.BytesIO(data), "r") as file:
            file.streams.video[0].thread_type = "AUTO"
            for frame in file.decode(video=0):
                yield start + (frame.time or 0.0), frame
    except av.FFmpegError:
        return  # what a decoder refuses, a player would not have shown either


class Voice:
    """One microphone, as mono samples of 16 bits, ``RATE`` a second."""

    def __init__(self, read: ReadSealed, track: Track, origin: float) -> None:
        """``origin`` is the unix time of sample 0."""
        self._read = read
        self._track = track
        self._origin = origin
        self._decoded: tuple[Segment, bytes] | None = None

    def samples(self, first: int, end: int) -> bytes:
        """The samples ``first`` (included) to ``end``; silence where there is nothing."""
        heard = bytearray((end - first) * _SAMPLE)
        for segment in self._track.segments:
            begin = round((segment.start - self._origin) * RATE)
            if begin >= end or begin + round(segment.duration * RATE) + RATE <= first:
                continue
            sound = self._sound(segment)
            left, skip = max(begin - first, 0), max(first - begin, 0)
            piece = sound[skip * _SAMPLE : (skip + end - first - left) * _SAMPLE]
            heard[left * _SAMPLE : left * _SAMPLE + len(piece)] = piece
        return bytes(heard)

    def _sound(self, segment: Segment) -> bytes:
        if self._decoded is None or self._decoded[0] is not segment:
            self._decoded = (segment, _sound(self._read(segment)))
        return self._decoded[1]


def _sound(data: bytes) -> bytes:
    sound = bytearray()
    resampler = av.AudioResampler("s16", "mono", RATE)
    try:
        with av.open(io.BytesIO(data), "r") as file:
            for frame in file.decode(audio=0):
                at = round((frame.time or 0.0) * RATE)
                missing = at - len(sound) // _SAMPLE
                if missing > _SEAM:
                    sound += bytes(missing * _SAMPLE)
                for part in resampler.resample(frame):
                    sound += bytes(part.planes[0])[: part.samples * _SAMPLE]
    except av.FFmpegError:
        return bytes(sound)
    return bytes(sound)
