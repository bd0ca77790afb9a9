"""Who begins anew over and over costs the thread that all rooms share no more than anybody else."""

from collections.abc import Callable, Iterator
from dataclasses import replace
from itertools import pairwise
from pathlib import Path

import pytest

from recordings.events import Failed, FailureCode, Started
from recordings.model import Codec, GapCause, TrackKind
from recordings.records import Gap, Segment
from recordings.verify import verify
from tests.recordings import media
from tests.recordings.desk import Desk, desk
from tests.recordings.media import Packet

EVERY = 0.02
SECONDS = 20
MOST = 5 + SECONDS // 2 + 1  # files
HOLES = 10 + SECONDS * 2 + 1
SOUND = b"\x78sound"


def packet(at: float, number: int, stamp: int, ssrc: int = 1) -> Packet:
    head = bytes([0x80, 111]) + (number & 0xFFFF).to_bytes(2, "big")
    return Packet(
        at, head + (stamp & 0xFFFF_FFFF).to_bytes(4, "big") + ssrc.to_bytes(4, "big") + SOUND
    )


def sound(step: float = EVERY, ssrcs: int = 1, first: int = 0) -> Iterator[Packet]:
    """A packet every 20 ms whose time goes on by ``step`` seconds, from so many senders in turn."""
    for number in range(round(SECONDS / EVERY)):
        stamp = round(first + number * step * 48000)
        yield packet(number * EVERY, number, stamp, number % ssrcs)


def jumps(it: Desk) -> None:
    """Each packet's time is eleven seconds after the one before."""
    it.feed((it.microphone(), sound(11.0)))


def races(it: Desk) -> None:
    """Each packet's time is nine seconds later, which no clock calls a jump: files end early."""
    it.feed((it.microphone(), sound(9.0)))


def switches(it: Desk) -> None:
    """Two senders take turns."""
    it.feed((it.microphone(), sound(ssrcs=2)))


def restarts(it: Desk) -> None:
    """The numbers begin anew: the relay makes a new track of it each time."""
    for one in sound():
        it.feed((it.microphone(), [one]))


def skips(it: Desk) -> None:
    """Each packet leaves out a little more than may be left out without a word."""
    it.feed((it.microphone(), sound(0.6)))


@pytest.mark.parametrize("begins_anew", [jumps, races, switches, restarts])
def test_files_are_few_and_what_is_not_in_them_is_explained(
    tmp_path: Path, begins_anew: Callable[[Desk], None]
) -> None:
    with desk(tmp_path) as it:
        begins_anew(it)
        it.close()
        assert 5 <= len(it.segments(TrackKind.MICROPHONE)) <= MOST
        assert len(it.gaps(TrackKind.MICROPHONE)) <= MOST + HOLES
        assert verify(it.folder) == []


@pytest.mark.parametrize("begins_anew", [jumps, switches, restarts])
def test_nothing_is_left_without_a_cause(
    tmp_path: Path, begins_anew: Callable[[Desk], None]
) -> None:
    with desk(tmp_path) as it:
        begins_anew(it)
        it.close()
        gaps = it.gaps(TrackKind.MICROPHONE)
        rows: list[Segment | Gap] = [*it.segments(TrackKind.MICROPHONE), *gaps]
        rows.sort(key=lambda row: row.start)
        assert rows[-1].end - rows[0].start == pytest.approx(SECONDS, abs=2 * EVERY)
        for one, after in pairwise(rows):
            assert after.start == pytest.approx(one.end, abs=2 * EVERY)
        unsteady = [gap for gap in gaps if gap.cause is GapCause.UNSTEADY]
        assert sum(gap.end - gap.start for gap in unsteady) > SECONDS - 4


def test_holes_in_a_file_are_few(tmp_path: Path) -> None:
    with desk(tmp_path) as it:
        skips(it)
        it.close()
        assert 10 <= len(it.gaps(TrackKind.MICROPHONE)) <= MOST + HOLES


def test_the_others_of_the_room_are_recorded_as_ever(tmp_path: Path) -> None:
    with desk(tmp_path) as it:
        other = it.track(TrackKind.MICROPHONE, Codec.OPUS, "p2")
        voice = media.packets(Codec.OPUS, media.tone(SECONDS))
        it.feed((it.microphone(), sound(11.0)), (other, voice))
        it.close()
        (file,) = [row for row in it.records(Segment) if row.participant == "p2"]
        assert file.frames == len(voice)
        assert file.duration == pytest.approx(SECONDS, abs=0.1)
        assert [row for row in it.records(Gap) if row.participant == "p2"] == []


def test_it_is_an_alarm_as_long_as_it_lasts_and_then_all_is_well(tmp_path: Path) -> None:
    with desk(tmp_path) as it:
        track = it.microphone()

        def told() -> list[object]:
            it.until(lambda: it.recorder._backlog.given == it.recorder._backlog.taken)
            return [type(one) for one in it.events if isinstance(one, Failed | Started)]

        for one in sound(11.0):
            it.feed((track, [one]))
            if one.at % 1.0 < EVERY:
                told()
        assert told()[:2] == [Started, Failed]
        alarms = it.of(Failed)
        assert {one.code for one in alarms} == {FailureCode.TRACK_STALLED}
        assert (alarms[0].participant, alarms[0].track) == ("p1", TrackKind.MICROPHONE)
        after = [replace(one, at=one.at + SECONDS) for one in sound(first=7)]
        for one in after:
            it.feed((track, [one]))
            if one.at % 1.0 < EVERY:
                told()
        it.wait(Started, 2)
        assert len(it.of(Failed)) == 1
        it.close()
        assert it.segments(TrackKind.MICROPHONE)[-1].duration > SECONDS - 3
