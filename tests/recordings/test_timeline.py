"""The time line a player draws, from records alone."""

from recordings.model import Codec, GapCause, TrackKind
from recordings.records import CloseMark, Gap, PauseMark, Record, ResumeMark, Segment, StartMark
from recordings.timeline import Pause, timeline


def segment(
    start: float,
    duration: float,
    participant: str = "p1",
    frames: int = 10,
    track: TrackKind = TrackKind.CAMERA,
) -> Segment:
    return Segment(
        participant=participant,
        track=track,
        index=0,
        file="",
        codec=Codec.VP8,
        start=start,
        duration=duration,
        frames=frames,
        lost_packets=0,
        bytes=1,
        sha256="",
        recovered=False,
    )


def gap(start: float, end: float) -> Gap:
    return Gap(
        participant="p1",
        track=TrackKind.CAMERA,
        start=start,
        end=end,
        cause=GapCause.CAMERA_OFF,
    )


def test_tracks_stand_side_by_side_in_order() -> None:
    records: list[Record] = [
        StartMark(at=100.2, reason="first"),
        segment(130, 30),
        segment(100, 30),
        segment(105, 20, "p2"),
        segment(125, 0, "p2", frames=0),
        gap(160, 170),
        CloseMark(at=170.5, reason="done"),
    ]
    line = timeline(records)
    assert (line.start, line.end, line.is_closed) == (100, 170, True)
    assert [(track.participant, len(track.segments)) for track in line.tracks] == [
        ("p1", 2),
        ("p2", 1),
    ]
    assert [row.start for row in line.tracks[0].segments] == [100, 130]
    assert line.tracks[0].gaps == (gap(160, 170),)


def test_a_moment_finds_its_segments() -> None:
    line = timeline([segment(100, 30), segment(130, 30), segment(110, 5, "p2")])
    assert [row.start for row in line.segments_at(112)] == [100, 110]
    assert [row.start for row in line.segments_at(130)] == [130]
    assert line.segments_at(99) == []


def test_pauses_end_with_a_resume_a_close_or_what_is_known() -> None:
    records: list[Record] = [
        segment(100, 10),
        PauseMark(at=110, reason="caucus"),
        ResumeMark(at=120, reason=""),
        segment(120, 10),
        PauseMark(at=130, reason="break"),
    ]
    assert timeline(records).pauses == (Pause(110, 120, "caucus"), Pause(130, 130, "break"))
    closed = timeline([*records, CloseMark(at=150, reason="done")])
    assert closed.pauses[1] == Pause(130, 150, "break")


def test_an_empty_session_has_a_time_line_too() -> None:
    assert timeline([]).tracks == ()
    assert timeline([CloseMark(at=5, reason="refused")]).start == 5
