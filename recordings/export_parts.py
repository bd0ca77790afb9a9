"""Composing a stretch of an export, and joining the stretches.

A part is a MOV file with H.264 pictures and uncompressed sound: pictures of parts can stand one
after the other as they are, sound is coded once over the whole, without seams.
"""

from collections.abc import Callable, Iterator, Sequence
from fractions import Fraction
from pathlib import Path

import av
from av.filter import Graph
from av.filter.context import FilterContext

from recordings.export_sources import RATE, Voice

FPS = 25
_TICK = Fraction(1, FPS)
_BLOCK = RATE // FPS * 5
CODING = {"preset": "veryfast", "crf": "23"}
"""libx264's options: small enough to hand on, fast enough to wait for."""

Step = Callable[[float], None]
"""Told after each second of output how far it is, 0 to 1; may raise to stop."""


class Wall:
    """Puts pictures of the same size, each with a strip below it, side by side in a grid."""

    def __init__(
        self, tile: tuple[int, int], strip: tuple[int, int], places: Sequence[tuple[int, int]]
    ) -> None:
        """``places`` are left and top of each tile."""
        self._graph = Graph()
        self._sources: list[FilterContext] = []
        below = [(left, top + tile[1]) for left, top in places]
        spots = [spot for pair in zip(places, below, strict=True) for spot in pair]
        layout = "|".join(f"{left}_{top}" for left, top in spots)
        stack = self._graph.add("xstack", f"inputs={len(spots)}:layout={layout}:fill=black")
        for pad in range(len(spots)):
            width, height = strip if pad % 2 else tile
            source = self._graph.add_buffer(
                width=width, height=height, format=av.VideoFormat("yuv420p"), time_base=_TICK
            )
            source.link_to(stack, 0, pad)
            self._sources.append(source)
        self._sink = self._graph.add("buffersink")
        stack.link_to(self._sink)
        self._graph.configure()

    def put(self, number: int, pictures: Sequence[av.VideoFrame]) -> Iterator[av.VideoFrame]:
        """Give tile, strip, tile, strip… of frame ``number``; whole frames come out, in order."""
        for source, picture in zip(self._sources, pictures, strict=True):
            picture.pts, picture.time_base = number, _TICK
            source.push(picture)
        yield from self._ready()

    def end(self) -> Iterator[av.VideoFrame]:
        """No more comes: give what is still inside."""
        for source in self._sources:
            source.push(None)
        yield from self._ready()

    def _ready(self) -> Iterator[av.VideoFrame]:
        while True:
            try:
                frame = self._sink.pull()
            except (av.BlockingIOError, av.EOFError):
                return
            assert isinstance(frame, av.VideoFrame)
            yield frame


def mixed(voices: Sequence[Voice], first: int, end: int) -> Iterator[av.AudioFrame]:
    """The voices together, samples ``first`` to ``end``, numbered from 0."""
    tracks = [voice.samples(first, end) for voice in voices] or [bytes((end - first) * 2)]
    graph, sources = _mixer(len(tracks))
    for at in range(0, end - first, _BLOCK):
        for source, track in zip(sources, tracks, strict=True):
            source.push(_block(track[at * 2 : (at + _BLOCK) * 2], at))
        yield from _heard(graph)
    for source in sources:
        source.push(None)
    yield from _heard(graph)


def _mixer(voices: int) -> tuple[Graph, list[FilterContext]]:
    graph = Graph()
    mix = graph.add("amix", f"inputs={voices}:normalize=0:dropout_transition=0")
    sources = []
    for pad in range(voices):
        source = graph.add_abuffer(
            sample_rate=RATE, format="s16", layout="mono", time_base=Fraction(1, RATE)
        )
        source.link_to(mix, 0, pad)
        sources.append(source)
    last = graph.add("aformat", "sample_fmts=s16:channel_layouts=mono")
    mix.link_to(last)
    last.link_to(graph.add("abuffersink"))
    graph.configure()
    return graph, sources


def _block(data: bytes, at: int) -> av.AudioFrame:
    frame = av.AudioFrame("s16", "mono", len(data) // 2)
    frame.sample_rate, frame.pts, frame.time_base = RATE, at, Fraction(1, RATE)
    frame.planes[0].update(data)
    return frame


def _heard(graph: Graph) -> Iterator[av.AudioFrame]:
    while True:
        try:
            frame = graph.pull()
        except (av.BlockingIOError, av.EOFError):
            return
        assert isinstance(frame, av.AudioFrame)
        yield frame


def write_part(
    path: Path,
    pictures: Iterator[av.VideoFrame],
    sound: Iterator[av.AudioFrame],
    size: tuple[int, int],
) -> None:
    """Encode one part; it appears under its name when it is whole."""
    unfinished = path.with_suffix(".tmp")
    with av.open(unfinished, "w", format="mov") as part:
        video = part.add_stream("libx264", rate=FPS, options=CODING)
        video.width, video.height = size
        video.pix_fmt, video.time_base = "yuv420p", _TICK
        video.codec_context.gop_size = 4 * FPS
        # Several pictures at a time: by itself PyAV has each cut into slices, a quarter slower.
        video.codec_context.thread_type = "FRAME"
        audio = part.add_stream("pcm_s16le", rate=RATE, layout="mono")
        for picture in pictures:
            part.mux(video.encode(picture))
        part.mux(video.encode(None))
        for block in sound:
            part.mux(audio.encode(block))
    unfinished.rename(path)


def join(parts: Sequence[Path], seconds: float, target: Path, comment: str, step: Step) -> None:
    """Make one MP4 of parts that are ``seconds`` long each (the last may be shorter)."""
    with av.open(target, "w", format="mp4", options={"movflags": "faststart"}) as whole:
        whole.metadata["comment"] = comment
        with av.open(parts[0]) as first:
            video = whole.add_stream_from_template(first.streams.video[0])
        audio = whole.add_stream("aac", rate=RATE, layout="mono")
        audio.bit_rate = 96_000
        for number, path in enumerate(parts):
            _append(whole, video, audio, path, number * seconds)
            step((number + 1) / len(parts))
        whole.mux(audio.encode(None))


def _append(
    whole: av.container.OutputContainer,
    video: av.VideoStream,
    audio: av.AudioStream,
    path: Path,
    begin: float,
) -> None:
    with av.open(path) as part:
        for packet in part.demux(part.streams.video[0], part.streams.audio[0]):
            if packet.stream.type == "audio":
                for block in packet.decode():
                    assert isinstance(block, av.AudioFrame)
                    block.pts = (block.pts or 0) + round(begin * RATE)
                    whole.mux(audio.encode(block))
            elif packet.dts is not None and packet.pts is not None:
                later = round(begin / packet.time_base)
                packet.pts, packet.dts, packet.stream = (
                    packet.pts + later,
                    packet.dts + later,
                    video,
                )
                whole.mux(packet)
