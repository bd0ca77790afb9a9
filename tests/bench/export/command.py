"""The same composition as one ffmpeg command."""

import subprocess
from collections.abc import Callable
from pathlib import Path

from recordings import journal
from recordings.export import grid_for
from recordings.export_parts import CODING, FPS
from recordings.model import TrackKind
from recordings.records import Segment
from tests.bench.export.recording import LABELS


def ffmpeg_command(session: Path, folder: Path) -> Callable[[], object]:
    """Return what runs the command once, over the session's segments."""
    tracks = [(who, kind) for kind in (TrackKind.CAMERA, TrackKind.MICROPHONE) for who in LABELS]
    inputs = [
        part
        for track in tracks
        for part in ("-f", "concat", "-safe", "0", "-i", str(_list(session, folder, *track)))
    ]
    coding = [part for name, value in CODING.items() for part in (f"-{name}", value)]
    command = [
        *("ffmpeg", "-y", "-loglevel", "error", *inputs, "-filter_complex", _graph()),
        *("-map", "[v]", "-map", "[a]", "-c:v", "libx264", *coding, "-g", str(4 * FPS)),
        *("-c:a", "aac", "-b:a", "96k", "-ac", "1", "-movflags", "faststart"),
        str(folder / "ffmpeg.mp4"),
    ]
    return lambda: subprocess.run(command, check=True)


def _list(session: Path, folder: Path, participant: str, kind: TrackKind) -> Path:
    rows = [
        record
        for record in journal.read(session)
        if isinstance(record, Segment) and (record.participant, record.track) == (participant, kind)
    ]
    rows.sort(key=lambda row: row.start)
    path = folder / f"{participant}-{kind}.txt"
    path.write_text("".join(f"file '{session / row.file}'\n" for row in rows))
    return path


def _graph() -> str:
    width, height = grid_for(2).tile
    text = "drawtext=text='%{pts\\:localtime\\:1700000000}':x=w-tw-8:y=h-28:fontsize=20"
    tile = (
        f"fps={FPS},scale={width}:{height}:force_original_aspect_ratio=decrease:flags=bilinear,"
        f"pad={width}:{height + 32}:(ow-iw)/2:0,format=yuv420p,{text}:fontcolor=white"
    )
    pictures = f"[0:v]{tile}[left];[1:v]{tile}[right];[left][right]hstack[v]"
    return f"{pictures};[2:a][3:a]amix=inputs=2:normalize=0[a]"
