"""A session recorded by the real recorder: two people, known pictures and tones, one gap.

The lawyer sends VP8, the mediator H.264. Both are there for 36 s (the recorder cuts a new segment
at 30 s), away for 4 s, and back for 8 s.
"""

import asyncio
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from fractions import Fraction
from pathlib import Path

import av
from sqlalchemy import delete, select

from recordings import journal
from recordings.events import Closed, RecorderEvent
from recordings.model import Codec, GapCause, TrackKind
from recordings.recorder import Recorder, SessionRecorder
from recordings.records import Gap, Segment
from server.storage.schema import Gap as GapRow
from server.storage.schema import Segment as SegmentRow
from server.storage.schema import new_id
from signaling.events import EventType
from signaling.recording import RecordingState
from signaling.rights import Role
from tests.recordings.desk import vault_in
from tests.recordings.media import Coded, Packet, packets, tone
from tests.server.review.archive import NOON, Archive
from tests.support.media import (
    FRAMES,
    FRAMES_PER_SECOND,
    HEIGHT,
    LAWYER,
    MEDIATOR,
    WIDTH,
    Persona,
    picture,
)

START = NOON + timedelta(minutes=3)
CUT_S, GAP, END_S = 30.0, (36.0, 40.0), 48.0
# Advice of the archive is marked 30 s and 46 s into the recording: here that is 5 s and 21 s.
ORIGIN = START - timedelta(seconds=25)
ADVICE_S = (5.0, 21.0)
ROUND_S = FRAMES / FRAMES_PER_SECOND  # the pictures' numbers begin anew, with a key frame
_ENCODERS = {Codec.VP8: "libvpx", Codec.H264: "libx264"}
_OPTIONS = {
    Codec.VP8: {"deadline": "realtime", "cpu-used": "8", "lag-in-frames": "0"},
    Codec.H264: {"preset": "ultrafast", "tune": "zerolatency", "profile": "baseline"},
}


@dataclass(frozen=True)
class Sender:
    """One person's packets for a round of pictures and a second of tone."""

    role: Role
    codec: Codec
    camera: list[Packet]
    microphone: list[Packet]


def senders() -> tuple[Sender, ...]:
    """Code everybody's pictures and tones, once for all tests."""
    people = ((Role.LAWYER, LAWYER, Codec.VP8), (Role.MEDIATOR, MEDIATOR, Codec.H264))
    return tuple(
        Sender(
            role,
            codec,
            _stream(codec, _pictures(persona, codec), ROUND_S),
            _stream(Codec.OPUS, tone(1.0, persona.tone_hz)[:50], 1.0),
        )
        for role, persona, codec in people
    )


async def record(archive: Archive, root: Path, people: tuple[Sender, ...]) -> str:
    """Add a closed session with recordings below ``root``; returns its id."""
    session = await archive.session(
        facts="两家因宅基地边界发生争执，三年未解。",
        advice=("先到镇里申请宅基地确权。", "确权前双方不要动工，保持现状。"),
        recording=RecordingState.CLOSED,
        requested_at=NOON,
        recording_at=ORIGIN,
        live_at=ORIGIN,
        ended_at=_at(END_S),
    )
    accounts = {Role.LAWYER: archive.lawyers[0], Role.MEDIATOR: archive.mediator}
    ids = [
        await archive.participant(session, accounts[sender.role], sender.role, place)
        for place, sender in enumerate(people)
    ]
    await asyncio.to_thread(_write, root, session, list(zip(ids, people, strict=True)))
    await _note(archive, root, session)
    for participant in ids:
        await archive.event(session, 1, EventType.PARTICIPANT_JOINED, START, participant)
        await archive.event(session, 9, EventType.PARTICIPANT_LEFT, _at(END_S), participant)
    await archive.event(session, 2, EventType.CONSENT_GIVEN, NOON, body={"subject": "recording"})
    await archive.event(session, 3, EventType.SESSION_PAUSED, _at(GAP[0]))
    await archive.event(session, 4, EventType.SESSION_RESUMED, _at(GAP[1]))
    return session


async def repeat(archive: Archive, times: int) -> None:
    """Put the media of the one recorded session on its time line so many times, without gaps.

    A player cannot tell that the files are the same.
    """
    async with archive.db.write() as db:
        await db.execute(delete(GapRow))
        rows = list((await db.scalars(select(SegmentRow))).all())
        for again in range(1, times):
            db.add_all(_later(row, again) for row in rows)


def _later(row: SegmentRow, again: int) -> SegmentRow:
    names = [column.name for column in SegmentRow.__table__.columns]
    values = {name: getattr(row, name) for name in names}
    values["id"] = new_id()
    values["journal_seq"] += 1000 * again
    values["index"] += 1000 * again
    values["start_at"] += timedelta(seconds=again * END_S)
    return SegmentRow(**values)


def _write(root: Path, session: str, people: list[tuple[str, Sender]]) -> None:
    time = [START.timestamp()]
    events: list[RecorderEvent] = []
    vault = vault_in(root.parent / "keys")
    recorder = Recorder(root, events.append, lambda: time[0], vault=vault)
    recording = recorder.open_session(session)
    for begin, end in ((0.0, GAP[0]), (GAP[1], END_S)):
        _send(recording, people, (begin, end), lambda now: time.__setitem__(0, now))
    recording.close("done")
    recorder.close()
    assert any(isinstance(event, Closed) for event in events), events


def _send(
    recording: SessionRecorder,
    people: list[tuple[str, Sender]],
    span: tuple[float, float],
    tick: Callable[[float], None],
) -> None:
    tracks, rows = [], []
    for participant, sender in people:
        camera = recording.track(participant, TrackKind.CAMERA, sender.codec, 90_000)
        microphone = recording.track(participant, TrackKind.MICROPHONE, Codec.OPUS, 48_000)
        tracks += [camera, microphone]
        rows += [(one.at, camera, one.data) for one in sender.camera if _within(one, span)]
        rows += [(one.at, microphone, one.data) for one in sender.microphone if _within(one, span)]
    for at, track, data in sorted(rows, key=lambda row: row[0]):
        now = START.timestamp() + at
        tick(now)
        track.rtp(data, now)
    if span[1] < END_S:
        for track in tracks:
            track.end(GapCause.RECONNECT)


def _within(packet: Packet, span: tuple[float, float]) -> bool:
    return span[0] <= packet.at < span[1]


async def _note(archive: Archive, root: Path, session: str) -> None:
    """Write what the journal says into the database."""
    for record_ in journal.read(root / session):
        if isinstance(record_, Segment):
            await archive.segment(
                session,
                record_.participant,
                journal_seq=record_.seq,
                track=record_.track.value,
                index=record_.index,
                codec=record_.codec.value,
                file=record_.file,
                start_at=datetime.fromtimestamp(record_.start, UTC),
                seconds=record_.duration,
                bytes=record_.bytes,
                sha256=record_.sha256,
            )
        elif isinstance(record_, Gap):
            await archive.gap(
                session,
                record_.participant,
                journal_seq=record_.seq,
                track=record_.track.value,
                cause=record_.cause.value,
                start_at=datetime.fromtimestamp(record_.start, UTC),
                end_at=datetime.fromtimestamp(record_.end, UTC),
            )


def _at(seconds: float) -> datetime:
    return START + timedelta(seconds=seconds)


def _stream(codec: Codec, coded: tuple[Coded, ...], length: float) -> list[Packet]:
    """Repeat a round until the end: numbers and times go on."""
    rounds = [
        replace(frame, at=round(frame.at + begin * length, 6))
        for begin in range(int(END_S / length) + 1)
        for frame in coded
    ]
    return packets(codec, tuple(rounds))


def _pictures(persona: Persona, codec: Codec) -> tuple[Coded, ...]:
    encoder = av.CodecContext.create(_ENCODERS[codec], "w")
    assert isinstance(encoder, av.VideoCodecContext)
    encoder.width, encoder.height, encoder.pix_fmt = WIDTH, HEIGHT, "yuv420p"
    encoder.time_base = Fraction(1, FRAMES_PER_SECOND)
    encoder.framerate = Fraction(FRAMES_PER_SECOND)
    encoder.bit_rate, encoder.gop_size = 800_000, FRAMES
    encoder.options = _OPTIONS[codec]
    coded: list[Coded] = []
    for number in range(FRAMES):
        frame = _frame(persona, number)
        frame.pts = number
        data = [bytes(packet) for packet in encoder.encode(frame)]
        coded += [Coded(number / FRAMES_PER_SECOND, one) for one in data]
    return tuple(coded)


def _frame(persona: Persona, number: int) -> av.VideoFrame:
    frame = av.VideoFrame(WIDTH, HEIGHT, "yuv420p")
    planes, at = picture(persona, number), 0
    for plane in frame.planes:
        rows = (planes[at + row * plane.width :][: plane.width] for row in range(plane.height))
        plane.update(b"".join(row.ljust(plane.line_size, b"\0") for row in rows))
        at += plane.width * plane.height
    return frame
