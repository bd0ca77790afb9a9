"""Each track is watched: fed and not written is an alarm; quiet, muted or broken awhile is none.

The session's writer is driven without its thread: a look is a call of ``sync``.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from pathlib import Path

import pytest

from recordings.events import Failed, FailureCode, RecorderEvent, Started
from recordings.intake import Backlog, Run
from recordings.model import Codec, TrackKind
from recordings.session import SessionWriter
from recordings.stream import StreamWriter
from recordings.verify import verify
from tests.recordings import media
from tests.recordings.desk import RATES, START
from tests.recordings.media import Packet

SECOND = 50  # packets of a voice


@dataclass
class Room:
    """One session with one track of a codec."""

    folder: Path
    codec: Codec
    now: float = START
    events: list[RecorderEvent] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.folder.mkdir()
        self.writer = SessionWriter(self.folder, self.folder.name, self.events.append)
        kind = TrackKind.CAMERA if self.codec.is_video else TrackKind.MICROPHONE
        self.stream = StreamWriter(("p1", kind), self.codec, RATES[self.codec])
        self.writer.open(None, self.now)
        self.writer.begin(self.stream, self.now)

    def second(self, packets: list[Packet]) -> None:
        """A second passes, in which these come."""
        run = Run(Backlog())
        run.extend((packet.data, self.now) for packet in packets)
        self.stream.take(run, self.now)
        self.now += 1
        self.writer.tick(self.now)
        self.writer.sync(self.now)

    def told(self) -> list[object]:
        return [
            one.code if isinstance(one, Failed) else type(one)
            for one in self.events
            if isinstance(one, Failed | Started)
        ]


def seconds_of(codec: Codec, length: int) -> Iterator[list[Packet]]:
    frames = media.tone(length) if codec is Codec.OPUS else media.video(codec, length)
    rows = media.packets(codec, frames)
    for second in range(length):
        yield [one for one in rows if second <= one.at < second + 1]


def emptied(packets: list[Packet]) -> list[Packet]:
    """The same packets with nothing in them: no frame comes of them."""
    return [replace(one, data=one.data[:12]) for one in packets]


def test_a_voice_that_is_fed_and_not_written_is_alarmed_within_two_seconds(tmp_path: Path) -> None:
    room = Room(tmp_path / "5e55", Codec.OPUS)
    sound = list(seconds_of(Codec.OPUS, 6))
    room.second(sound[0])
    assert room.told() == [Started]
    half = SECOND // 2
    room.second([*sound[1][:half], *emptied(sound[1][half:])])
    assert room.told() == [Started]  # something of this second is on disk
    room.second(emptied(sound[2]))
    assert room.told() == [Started, FailureCode.TRACK_STALLED]
    room.second(emptied(sound[3]))
    assert len(room.told()) == 2  # said once
    room.second(sound[4])
    room.second(sound[5])
    assert room.told() == [Started, FailureCode.TRACK_STALLED, Started]
    room.writer.close("done", room.now)
    assert verify(room.folder) == []


@pytest.mark.parametrize("packets", [0, 1, SECOND // 4])
def test_a_quiet_line_is_no_alarm(tmp_path: Path, packets: int) -> None:
    room = Room(tmp_path / "5e55", Codec.OPUS)
    sound = list(seconds_of(Codec.OPUS, 8))
    room.second(sound[0])
    for second in sound[1:]:
        room.second(emptied(second[:packets]))
    assert room.told() == [Started]


def test_somebody_muted_sends_silence_and_is_no_alarm(tmp_path: Path) -> None:
    room = Room(tmp_path / "5e55", Codec.OPUS)
    for second in seconds_of(Codec.OPUS, 5):
        silent = [replace(one, data=one.data[:12] + b"\xf8\xff\xfe") for one in second]
        room.second(silent)
    assert room.told() == [Started]


def test_a_picture_may_wait_for_a_key_frame_but_not_for_ever(tmp_path: Path) -> None:
    room = Room(tmp_path / "5e55", Codec.VP8)
    pictures = list(seconds_of(Codec.VP8, 20))
    room.second(pictures[0])
    busy = (pictures[1] * SECOND)[:SECOND]
    for looks in range(12):
        renumbered = [
            replace(
                one,
                data=one.data[:2] + (1000 + looks * SECOND + n).to_bytes(2, "big") + one.data[4:],
            )
            for n, one in enumerate(emptied(busy))
        ]
        room.second(renumbered)
        assert (FailureCode.TRACK_STALLED in room.told()) is (looks >= 9), looks


def test_what_the_disk_refuses_is_told_as_that(tmp_path: Path) -> None:
    room = Room(tmp_path / "5e55", Codec.OPUS)
    sound = list(seconds_of(Codec.OPUS, 4))
    folder = tmp_path / "5e55" / "p1"
    folder.write_bytes(b"")  # no segment can be opened
    for second in sound:
        room.second(second)
    assert room.told() == [FailureCode.DISK_ERROR]
