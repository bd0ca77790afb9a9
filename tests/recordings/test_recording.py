"""Packets in, files out: decoded again and compared with what was sent."""

import random
from pathlib import Path

import pytest

from recordings import journal
from recordings import recorder as recorder_module
from recordings.events import Closed, Failed, KeyframeWanted, Paused, Started
from recordings.model import Codec, GapCause, TrackKind
from recordings.recorder import Recorder
from recordings.records import CloseMark, PauseMark, ResumeMark, Segment, StartMark
from recordings.verify import verify
from tests.recordings import media
from tests.recordings.desk import SESSION, START, TRANSIT, Desk, desk
from tests.recordings.media import Packet, Picture

CAMERA, MICROPHONE = TrackKind.CAMERA, TrackKind.MICROPHONE
VIDEO = pytest.mark.parametrize("codec", [Codec.VP8, Codec.H264])


def pictures(it: Desk, kind: TrackKind = CAMERA) -> list[Picture]:
    """Every recorded picture, at its unix time."""
    return [
        Picture(segment.start + picture.at, picture.number)
        for segment in it.segments(kind)
        for picture in media.decode_pictures(it.folder / segment.file)
    ]


def troubled(sent: list[Packet], chance: random.Random, lost: float) -> list[Packet]:
    """A line that delays, repeats and drops; most of what it drops is repaired late."""
    arrived = []
    for packet in sent:
        at = packet.at + chance.expovariate(200)
        fate = chance.random()
        if fate < lost:
            continue
        if fate < 0.04:
            at += 0.15
        arrived += [Packet(at, packet.data)] * (2 if fate > 0.98 else 1)
    return sorted(arrived, key=lambda packet: packet.at)


@VIDEO
def test_every_frame_is_there_where_it_belongs(tmp_path: Path, codec: Codec) -> None:
    with desk(tmp_path) as it:
        camera, microphone = it.camera(codec), it.microphone()
        it.feed(
            (camera, media.packets(codec, media.video(codec, 70, 7))),
            (microphone, media.packets(Codec.OPUS, media.tone(70))),
        )
        it.close()
        it.assert_healthy()
        seen = pictures(it)
        assert [picture.number for picture in seen] == list(range(70 * media.FPS))
        for picture in seen:
            sent = START + TRANSIT + picture.number / media.FPS
            assert picture.at == pytest.approx(sent, abs=0.1)
        # Cut at the first key frame after 30 s; sound each 30 s, its segments touching.
        assert [round(row.duration) for row in it.segments()] == [35, 35]
        sounds = it.segments(MICROPHONE)
        assert [row.frames for row in sounds] == [1500, 1500, 500]
        assert [row.start for row in sounds[1:]] == pytest.approx([row.end for row in sounds[:-1]])
        for row in sounds:
            seconds, purity = media.decode_sound(it.folder / row.file)
            assert seconds == pytest.approx(row.duration, abs=0.05)
            assert purity > 0.9


@VIDEO
def test_a_bad_line_costs_little_more_than_it_lost(tmp_path: Path, codec: Codec) -> None:
    chance = random.Random(7)
    frames = media.video(codec, 40, 0.4)
    sent = media.packets(codec, frames, mtu=300)
    sound = media.packets(Codec.OPUS, media.tone(40))
    with desk(tmp_path) as it:
        it.feed(
            (it.camera(codec), troubled(sent, chance, 0.003)),
            (it.microphone(), troubled(sound, chance, 0.03)),
        )
        it.close()
        it.assert_healthy()
        assert sum(row.frames for row in it.segments()) >= 0.95 * len(frames)
        assert sum(row.frames for row in it.segments(MICROPHONE)) >= 0.95 * 2000
        assert 0 < sum(row.lost_packets for row in it.segments()) < 0.006 * len(sent)
        assert len(it.of(KeyframeWanted)) > 0
        shown = pictures(it)
        assert len(shown) == sum(row.frames for row in it.segments())
        assert [p.number for p in shown] == sorted({p.number for p in shown})
        for picture in shown:
            due = START + TRANSIT + picture.number / media.FPS
            assert picture.at == pytest.approx(due, abs=0.1)


def test_nothing_is_written_off_record(tmp_path: Path) -> None:
    sent = media.packets(Codec.OPUS, media.tone(9))
    other = media.packets(Codec.OPUS, media.tone(9, 523))
    before, during, after = sent[:150], other[150:300], sent[300:]
    with desk(tmp_path) as it:
        microphone = it.microphone()
        it.feed((microphone, before))
        it.session.pause("caucus")
        it.wait(Paused)
        held = {path: path.stat().st_size for path in it.folder.rglob("*") if path.is_file()}
        it.feed((microphone, during))
        it.now = START + 6 + TRANSIT - 0.01
        it.session.resume()
        # Repairs of what was said off record, arriving after it.
        it.feed((microphone, [Packet(6.01, packet.data) for packet in during[-40:]]))
        it.feed((microphone, after))
        it.close()
        it.assert_healthy()
        for path, size in held.items():
            if path.suffix == ".webm":
                assert path.stat().st_size == size
        assert [row.frames for row in it.segments(MICROPHONE)] == [150, 150]
        stored = b"".join(path.read_bytes() for path in it.folder.rglob("*.webm"))
        assert all(packet.data[12:] in stored for packet in [*before, *after])
        assert not any(packet.data[12:] in stored for packet in during)
        (gap,) = it.gaps(MICROPHONE)
        assert gap.cause is GapCause.PAUSED
        assert (gap.start, gap.end) == pytest.approx((START + 3.05, START + 6.05), abs=0.1)
        assert [row.reason for row in it.records(PauseMark)] == ["caucus"]
        assert len(it.records(ResumeMark)) == 1


def test_a_stopped_recording_takes_nothing_more(tmp_path: Path) -> None:
    sent = media.packets(Codec.OPUS, media.tone(4))
    with desk(tmp_path) as it:
        microphone = it.microphone()
        it.feed((microphone, sent[:100]))
        it.session.close("refused")
        it.wait(Closed)
        it.feed((microphone, sent[100:]))
        microphone.gap("muted")
        it.session.resume()
        it.microphone().rtp(sent[100].data, it.now)
        it.recorder.close()
        assert [row.frames for row in it.segments(MICROPHONE)] == [100]
        assert it.records(CloseMark)[0].reason == "refused"


@pytest.mark.parametrize("cause", [GapCause.MUTED, None])
def test_silence_is_a_gap_with_its_cause(tmp_path: Path, cause: GapCause | None) -> None:
    sent = media.packets(Codec.OPUS, media.tone(12))
    with desk(tmp_path) as it:
        microphone = it.microphone()
        it.feed((microphone, sent[:200]))
        if cause:
            microphone.gap(cause)
        it.feed((microphone, sent[200:205]))  # what was still under way
        it.now += 3.5
        it.sealed(1)
        it.feed((microphone, sent[400:]))
        it.close()
        (gap,) = it.gaps(MICROPHONE)
        assert gap.cause is (cause or GapCause.PACKET_LOSS)
        assert (gap.start, gap.end) == pytest.approx((START + 4.15, START + 8.05), abs=0.1)


def test_a_short_hole_is_a_gap_inside_one_segment(tmp_path: Path) -> None:
    sent = media.packets(Codec.OPUS, media.tone(4))
    with desk(tmp_path) as it:
        it.feed((it.microphone(), sent[:100] + sent[140:]))
        it.close()
        (gap,) = it.gaps(MICROPHONE)
        assert gap.cause is GapCause.PACKET_LOSS
        assert (gap.start, gap.end) == pytest.approx((START + 2.05, START + 2.85), abs=0.02)
        (segment,) = it.segments(MICROPHONE)
        assert (segment.frames, segment.lost_packets) == (160, 40)
        assert segment.duration == pytest.approx(4, abs=0.05)


def test_who_comes_back_continues_with_the_next_number(tmp_path: Path) -> None:
    frames = media.video(Codec.VP8, 12, 1)
    first = media.packets(Codec.VP8, frames[:100])
    second = media.packets(Codec.VP8, frames[200:], ssrc=0x77, first=3, timestamp=99)
    with desk(tmp_path) as it:
        old = it.camera()
        it.feed((old, first))
        it.now = START + 7
        new = it.camera()
        it.feed((old, first[:3]), (new, second))
        it.close()
        it.assert_healthy()
        assert [row.index for row in it.segments()] == [0, 1]
        assert [row.frames for row in it.segments()] == [100, 100]
        (gap,) = it.gaps(CAMERA)
        assert gap.cause is GapCause.RECONNECT
        assert (gap.start, gap.end) == pytest.approx((START + 4.05, START + 8.05), abs=0.1)


def test_a_camera_that_is_off_stays_off_through_a_reconnect(tmp_path: Path) -> None:
    sent = media.packets(Codec.VP8, media.video(Codec.VP8, 12, 1))
    with desk(tmp_path) as it:
        camera = it.camera()
        it.feed((camera, sent[:30]))
        camera.gap("camera_off")
        it.now += 5
        it.sealed(1)
        it.camera()
        it.now += 5
        it.close()
        (gap,) = it.gaps(CAMERA)
        assert gap.cause is GapCause.CAMERA_OFF
        assert gap.end - gap.start == pytest.approx(10, abs=0.1)


def test_who_leaves_for_good_leaves_no_gap_and_who_is_lost_does(tmp_path: Path) -> None:
    sent = media.packets(Codec.OPUS, media.tone(2))
    with desk(tmp_path) as it:
        left = it.track(MICROPHONE, Codec.OPUS, "left")
        lost = it.track(MICROPHONE, Codec.OPUS, "lost")
        it.feed((left, sent), (lost, sent))
        left.end(None)
        lost.end("reconnect")
        it.now = START + 10
        it.close()
        (gap,) = it.gaps(MICROPHONE)
        assert (gap.participant, gap.cause) == ("lost", GapCause.RECONNECT)
        assert gap.end == START + 10


def test_a_camera_that_was_never_on_is_a_gap_and_a_screen_that_was_never_shown_is_none(
    tmp_path: Path,
) -> None:
    with desk(tmp_path) as it:
        camera = it.camera()
        camera.gap("camera_off")
        it.track(TrackKind.SCREEN, Codec.VP8).gap("reconnect")
        it.feed((it.microphone(), media.packets(Codec.OPUS, media.tone(2))))
        it.session.pause("caucus")
        it.session.resume()
        it.now = START + 5
        it.close()
        (gap,) = it.gaps(CAMERA)
        assert (gap.cause, gap.start, gap.end) == (GapCause.CAMERA_OFF, START, START + 5)
        assert not it.gaps(TrackKind.SCREEN)


def test_a_restart_continues_numbers_and_chain_and_admits_the_gap(tmp_path: Path) -> None:
    sent = media.packets(Codec.OPUS, media.tone(8))
    with desk(tmp_path) as it:
        it.feed((it.microphone(), sent[:100]))
    with desk(tmp_path, START + 5) as it:
        it.feed((it.microphone(), sent[300:]))
        it.close()
        assert [row.index for row in it.segments(MICROPHONE)] == [0, 1]
        assert [row.reason for row in it.records(StartMark)] == ["first", "restart"]
        (gap,) = it.gaps(MICROPHONE)
        assert gap.cause is GapCause.RELAY_RESTART
        assert (gap.start, gap.end) == pytest.approx((START + 2.05, START + 6.05), abs=0.1)


def test_a_session_opened_anew_continues_its_journal(tmp_path: Path) -> None:
    sent = media.packets(Codec.OPUS, media.tone(4))
    with desk(tmp_path) as it:
        it.feed((it.microphone(), sent[:100]))
        it.session = it.recorder.open_session(SESSION)
        it.feed((it.microphone(), sent[100:]))
        it.close()
        it.assert_healthy()
        assert [row.frames for row in it.segments(MICROPHONE)] == [100, 100]
        assert verify(it.folder) == []


def test_a_receiver_that_raises_stops_nothing(tmp_path: Path) -> None:
    def refuse(event: object) -> None:
        raise RuntimeError("the loop is closed")

    recorder = Recorder(tmp_path, refuse)
    track = recorder.open_session(SESSION).track("p1", MICROPHONE, Codec.OPUS, 48000)
    for packet in media.packets(Codec.OPUS, media.tone(1)):
        track.rtp(packet.data, START + packet.at)
    recorder.close()
    assert verify(tmp_path / SESSION, is_open=True) == []
    assert sum(isinstance(row, Segment) for row in journal.read(tmp_path / SESSION)) == 1


def test_a_stream_that_changes_its_source_is_followed(tmp_path: Path) -> None:
    frames = media.tone(6)
    first = media.packets(Codec.OPUS, frames[:100])
    second = media.packets(Codec.OPUS, frames[100:], ssrc=9, first=40000, timestamp=5)
    with desk(tmp_path) as it:
        it.feed((it.microphone(), first + second))
        it.close()
        assert [row.frames for row in it.segments(MICROPHONE)] == [100, 200]
        assert it.segments(MICROPHONE)[1].start == pytest.approx(START + 2.05, abs=0.02)


def test_the_first_frame_is_safe_at_once_and_told(tmp_path: Path) -> None:
    with desk(tmp_path) as it:
        it.feed((it.microphone(), media.packets(Codec.OPUS, media.tone(1))[:1]))
        it.wait(Started)
        (part,) = it.folder.rglob("*.part")
        assert media.tone(1)[0].data in part.read_bytes()
        assert len(it.records(StartMark)) == 1


def test_pictures_without_a_key_frame_ask_for_one(tmp_path: Path) -> None:
    sent = media.packets(Codec.VP8, media.video(Codec.VP8, 4, 2))
    begun = next(at for at, packet in enumerate(sent) if packet.at > 0)
    with desk(tmp_path) as it:
        it.feed((it.camera(), sent[begun:]))
        it.close()
        wanted = [row for row in it.of(KeyframeWanted) if not row.is_spare]
        assert [(row.participant, row.track) for row in wanted] == [("p1", CAMERA)] * 2
        assert [row.frames for row in it.segments()] == [50]


def test_a_minute_without_a_key_frame_asks_for_one_and_loses_nothing(tmp_path: Path) -> None:
    sent = media.packets(Codec.VP8, media.video(Codec.VP8, 70, 100))
    with desk(tmp_path) as it:
        it.feed((it.camera(), sent))
        it.close()
        needed = [row for row in it.of(KeyframeWanted) if not row.is_spare]
        assert len(needed) == 2  # at 60 s and again 5 s later
        assert [row.frames for row in it.segments()] == [70 * media.FPS]


def test_a_camera_without_key_frames_would_like_one_as_soon_as_there_is_room(
    tmp_path: Path,
) -> None:
    camera = media.packets(Codec.VP8, media.video(Codec.VP8, 9, 100))
    with desk(tmp_path) as it:
        it.feed((it.camera(), camera), (it.microphone(), media.packets(Codec.OPUS, media.tone(9))))
        it.close()
        spare = [row for row in it.of(KeyframeWanted) if row.is_spare]
        assert [(row.participant, row.track) for row in spare] == [("p1", CAMERA)] * 6
        assert [row.after for row in spare] == [3.0, 4.0, 5.0, 6.0, 7.0, 8.0]


def test_key_frames_that_come_are_not_asked_for(tmp_path: Path) -> None:
    with desk(tmp_path) as it:
        it.feed((it.camera(), media.packets(Codec.VP8, media.video(Codec.VP8, 25, 2))))
        it.close()
        assert it.of(KeyframeWanted) == []


@VIDEO
def test_another_size_is_recorded_too(tmp_path: Path, codec: Codec) -> None:
    small = media.packets(codec, media.video(codec, 2, 10))
    big = media.packets(
        codec,
        media.video(codec, 2, 10, 320),
        first=65000 + len(small),
        timestamp=0xFFFF_0000 + 2 * 90000,
    )
    with desk(tmp_path) as it:
        it.feed((it.camera(codec), small + media.later(big, 2.0)))
        it.close()
        it.assert_healthy()
        assert [picture.number for picture in pictures(it)] == [*range(50), *range(50)]
        # One H.264 file has one decoder configuration.
        assert len(it.segments()) == (2 if codec is Codec.H264 else 1)


def test_more_than_the_writer_can_take_is_told_and_passes(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(recorder_module, "_QUEUE_LIMIT", 40)
    sent = media.packets(Codec.OPUS, media.tone(20))
    with desk(tmp_path) as it:
        microphone = it.microphone()
        it.feed((microphone, sent[:500]))
        (failed,) = it.wait(Failed)
        assert failed.code == "overflow"
        for at in range(500, 1000):
            it.feed((microphone, sent[at : at + 1]))
            if it.of(Started)[1:]:
                break
            it.until(lambda: not it.recorder._queue)
        it.wait(Started, 2)


def test_hostile_packets_break_nothing(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    chance = random.Random(3)
    good = media.packets(Codec.VP8, media.video(Codec.VP8, 2))
    with desk(tmp_path) as it:
        tracks = [it.camera(codec) for codec in (Codec.VP8, Codec.H264)] + [it.microphone()]
        for _ in range(4000):
            data = bytearray(chance.choice(good).data[: chance.randrange(60)])
            for _ in range(chance.randrange(8)):
                at = chance.randrange(60)
                # A changed source means a new file: now and then is enough.
                if at < len(data) and (at not in range(8, 12) or chance.random() < 0.02):
                    data[at] = chance.randrange(256)
            it.now += 0.001
            chance.choice(tracks).rtp(bytes(data), it.now)
        tracks[1].sender_report(chance.getrandbits(64), chance.getrandbits(32), it.now)
        it.close()
        assert not [row for row in caplog.records if row.exc_info]
        it.assert_healthy()


@pytest.mark.parametrize("name", ["", "..", "a/b", "a\0", "x" * 65, "a.b"])
def test_ids_that_are_no_names_are_refused(tmp_path: Path, name: str) -> None:
    with desk(tmp_path) as it:
        with pytest.raises(ValueError, match="an id is"):
            it.recorder.open_session(name)
        with pytest.raises(ValueError, match="an id is"):
            it.session.track(name, CAMERA, Codec.VP8, 90000)
