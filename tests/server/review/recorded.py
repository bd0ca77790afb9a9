"""A recorded session on disk and in the database: two people, known pictures and tones, one gap."""

import math
import shutil
from array import array
from datetime import datetime, timedelta
from fractions import Fraction
from pathlib import Path

import av

from signaling.events import EventType
from signaling.recording import RecordingState
from signaling.rights import Role
from tests.server.review.archive import NOON, Archive
from tests.support.media import (
    FRAMES,
    FRAMES_PER_SECOND,
    HEIGHT,
    LAWYER,
    MEDIATOR,
    SAMPLE_RATE,
    WIDTH,
    Persona,
    picture,
)

LENGTH_S = 8.0
STARTS = (0.0, 8.0, 20.0)  # three segments; nothing between 16 s and 20 s
START = NOON + timedelta(minutes=3)
# Advice of the archive is marked 30 s and 46 s into the recording: here that is 5 s and 21 s.
ORIGIN = START - timedelta(seconds=25)
ADVICE_S = (5.0, 21.0)


def write_media(folder: Path) -> None:
    """Write each person's segment of picture and of tone; every segment of theirs is a copy."""
    for persona in (LAWYER, MEDIATOR):
        write_video(folder / f"{persona.name}-camera.webm", persona)
        write_audio(folder / f"{persona.name}-microphone.webm", persona)


async def record(archive: Archive, root: Path, media: Path) -> str:
    """Add a closed session with recordings below ``root``; returns its id."""
    session = await archive.session(
        facts="两家因宅基地边界发生争执，三年未解。",
        advice=("先到镇里申请宅基地确权。", "确权前双方不要动工，保持现状。"),
        recording=RecordingState.CLOSED,
        requested_at=NOON,
        recording_at=ORIGIN,
        live_at=ORIGIN,
        ended_at=START + timedelta(seconds=28),
    )
    people = (
        (archive.lawyers[0], Role.LAWYER, LAWYER),
        (archive.mediator, Role.MEDIATOR, MEDIATOR),
    )
    for place, (account, role, persona) in enumerate(people):
        participant = await archive.participant(session, account, role, place)
        for index, start in enumerate(STARTS, 1):
            await _segments(archive, (root, media), (session, participant), (index, start, persona))
        await archive.event(session, 1, EventType.PARTICIPANT_JOINED, START, participant, account)
        end = _at(STARTS[-1] + LENGTH_S)
        await archive.event(session, 9, EventType.PARTICIPANT_LEFT, end, participant, account)
    await archive.event(session, 2, EventType.CONSENT_GIVEN, NOON, body={"subject": "recording"})
    await archive.event(session, 3, EventType.SESSION_PAUSED, _at(16))
    await archive.event(session, 4, EventType.SESSION_RESUMED, _at(20))
    return session


async def _segments(
    archive: Archive,
    folders: tuple[Path, Path],
    owner: tuple[str, str],
    what: tuple[int, float, Persona],
) -> None:
    root, media = folders
    session, participant = owner
    index, start, persona = what
    for track, codec in (("camera", "vp8"), ("microphone", "opus")):
        path = root / session / participant / f"{track}-{index:06d}.webm"
        path.parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(media / f"{persona.name}-{track}.webm", path)
        await archive.segment(
            session,
            participant,
            track=track,
            index=index,
            codec=codec,
            file=f"{participant}/{path.name}",
            start_at=START + timedelta(seconds=start),
            seconds=LENGTH_S,
            bytes=path.stat().st_size,
        )
        if start == STARTS[-1]:
            await archive.gap(
                session,
                participant,
                track=track,
                start_at=_at(STARTS[1] + LENGTH_S),
                end_at=_at(start),
            )


def _at(seconds: float) -> datetime:
    return START + timedelta(seconds=seconds)


def write_video(path: Path, persona: Persona) -> None:
    """Eight seconds of the persona's numbered picture: whole rounds, so that numbers go on."""
    assert all(start * FRAMES_PER_SECOND % FRAMES == 0 for start in STARTS)
    frames = [_frame(persona, number) for number in range(FRAMES)]
    with av.open(
        path, "w", format="webm", options={"live": "1", "cluster_time_limit": "1000"}
    ) as out:
        stream = out.add_stream("libvpx", rate=FRAMES_PER_SECOND)
        stream.width, stream.height, stream.pix_fmt = WIDTH, HEIGHT, "yuv420p"
        stream.bit_rate = 400_000
        stream.options = {"deadline": "realtime", "cpu-used": "8", "lag-in-frames": "0"}
        for number in range(int(LENGTH_S * FRAMES_PER_SECOND)):
            frame = frames[number % FRAMES]
            frame.pts, frame.time_base = number, Fraction(1, FRAMES_PER_SECOND)
            out.mux(stream.encode(frame))
        out.mux(stream.encode(None))


def write_audio(path: Path, persona: Persona) -> None:
    """Eight seconds of the persona's tone."""
    with av.open(
        path, "w", format="webm", options={"live": "1", "cluster_time_limit": "1000"}
    ) as out:
        stream = out.add_stream("libopus", rate=SAMPLE_RATE, layout="mono")
        size = SAMPLE_RATE // 50
        for number in range(int(LENGTH_S * 50)):
            frame = av.AudioFrame("s16", "mono", size)
            first = number * size
            wave = (
                int(8000 * math.sin(2 * math.pi * persona.tone_hz * at / SAMPLE_RATE))
                for at in range(first, first + size)
            )
            frame.planes[0].update(array("h", wave).tobytes())
            frame.sample_rate, frame.pts = SAMPLE_RATE, first
            frame.time_base = Fraction(1, SAMPLE_RATE)
            out.mux(stream.encode(frame))
        out.mux(stream.encode(None))


def _frame(persona: Persona, number: int) -> av.VideoFrame:
    frame = av.VideoFrame(WIDTH, HEIGHT, "yuv420p")
    planes, at = picture(persona, number), 0
    for plane in frame.planes:
        rows = (planes[at + row * plane.width :][: plane.width] for row in range(plane.height))
        plane.update(b"".join(row.ljust(plane.line_size, b"\0") for row in rows))
        at += plane.width * plane.height
    return frame
