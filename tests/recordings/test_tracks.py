"""Each track is watched: fed and not written is an alarm; quiet, muted or broken awhile is none.

The session's writer is driven without its thread: a look is a call of ``tick``.
"""

from collections import deque
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from pathlib import Path

import pytest

from recordings.events import Failed, FailureCode, KeyframeWanted, RecorderEvent, Started
from recordings.intake import Backlog, Run
from recordings.model import Codec, TrackKind
from recordings.session import SessionWriter
from recordings.stream import StreamWriter
from recordings.verify import verify
from tests.recordings import media
from tests.recordings.desk import RATES, START
from tests.recordings.media import Packet

SECOND = 50  # packets of a voice
LOOK_S = 0.25


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
        self.kind = TrackKind.CAMERA if self.codec.is_video else TrackKind.MICROPHONE
        self.stream = StreamWriter(("p1", self.kind), self.codec, RATES[self.codec])
        self.writer.open(None, self.now)
        self.writer.begin(self.stream, self.now)

    def second(self, packets: list[Packet], length: float = 1.0) -> None:
        """A second passes, in which these come, evenly; looked at as the writer does."""
        begin, each = self.now, length / max(len(packets), 1)
        left = deque((one.data, begin + each * n) for n, one in enumerate(packets))
        while self.now < begin + length:
            self.now += LOOK_S
            run = Run(Backlog())
            while left and left[0][1] < self.now:
                run.append(left.popleft())
            self.stream.take(run, self.now)
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


def delayed(packets: list[Packet], seconds: float, codec: Codec) -> list[Packet]:
    """The same packets with an RTP time that is so much later."""
    by = round(seconds * RATES[codec])

    def moved(data: bytes) -> bytes:
        time = (int.from_bytes(data[4:8], "big") + by) & 0xFFFF_FFFF
        return data[:4] + time.to_bytes(4, "big") + data[8:]

    return [replace(one, data=moved(one.data)) for one in packets]


@pytest.mark.parametrize("codec", list(Codec))
def test_what_is_fed_and_not_written_is_alarmed_in_time_and_named(
    tmp_path: Path, codec: Codec
) -> None:
    room = Room(tmp_path / "5e55", codec)
    sent = list(seconds_of(codec, 6))
    room.second(sent[0])
    assert room.told() == [Started]
    half = len(sent[1]) // 2
    room.second([*sent[1][:half], *emptied(sent[1][half:])])
    assert room.told() == [Started]  # half a second is waited for what is missing
    room.second(emptied(sent[2][:half]), 0.5)
    assert room.told() == [Started, FailureCode.TRACK_STALLED]
    (alarm,) = [one for one in room.events if isinstance(one, Failed)]
    assert (alarm.participant, alarm.track) == ("p1", room.kind)
    room.second(emptied(sent[2][half:]), 0.5)
    assert len(room.told()) == 2  # said once
    room.second(sent[4])
    room.second(sent[5])
    assert room.told() == [Started, FailureCode.TRACK_STALLED, Started]
    room.writer.close("done", room.now)
    assert verify(room.folder) == []


def test_a_picture_that_takes_seconds_on_a_thin_line_is_no_alarm(tmp_path: Path) -> None:
    room = Room(tmp_path / "5e55", Codec.VP8)
    frames = media.video(Codec.VP8, 3, 1)
    rows = media.packets(Codec.VP8, frames, mtu=4)
    second = [one for one in rows if one.at < 1]
    room.second(second)
    key = [one for one in rows if one.at == 1.0]
    assert len(key) > 20
    room.second(key, 3.0)
    assert room.told() == [Started]


@pytest.mark.parametrize("packets", [0, 1, SECOND // 4])
def test_a_quiet_line_is_no_alarm(tmp_path: Path, packets: int) -> None:
    room = Room(tmp_path / "5e55", Codec.OPUS)
    sound = list(seconds_of(Codec.OPUS, 8))
    room.second(sound[0])
    for second in sound[1:]:
        room.second(emptied(second[:packets]), 0.25)
        room.second([], 0.75)
    assert room.told() == [Started]


def test_somebody_muted_sends_silence_and_is_no_alarm(tmp_path: Path) -> None:
    room = Room(tmp_path / "5e55", Codec.OPUS)
    for second in seconds_of(Codec.OPUS, 5):
        silent = [replace(one, data=one.data[:12] + b"\xf8\xff\xfe") for one in second]
        room.second(silent)
    assert room.told() == [Started]


def test_a_picture_may_wait_for_a_key_frame_but_not_for_ever(tmp_path: Path) -> None:
    room = Room(tmp_path / "5e55", Codec.VP8)
    frames = media.video(Codec.VP8, 16, 20)
    sent = media.packets(Codec.VP8, frames)
    lost = next(n for n, one in enumerate(sent) if one.at >= 1.5)
    del sent[lost]
    for second in range(15):
        room.second([one for one in sent if second <= one.at < second + 1])
        assert (FailureCode.TRACK_STALLED in room.told()) is (second >= 11), second
    assert any(isinstance(one, KeyframeWanted) for one in room.events)


@pytest.mark.parametrize("codec", list(Codec))
def test_who_comes_back_after_a_while_is_no_alarm(tmp_path: Path, codec: Codec) -> None:
    """A camera that was off, a line that was cut: the pause is not counted."""
    room = Room(tmp_path / "5e55", codec)
    sent = list(seconds_of(codec, 6))
    room.second(sent[0])
    for _ in range(20):
        room.second([])
    back = delayed([*sent[1], *sent[2]], 20.0, codec)
    room.second(emptied(back[: len(back) // 4]), 0.5)
    room.second(delayed(sent[2], 20.0, codec))
    assert room.told() == [Started]


def test_what_the_disk_refuses_is_told_as_that(tmp_path: Path) -> None:
    room = Room(tmp_path / "5e55", Codec.OPUS)
    sound = list(seconds_of(Codec.OPUS, 4))
    folder = tmp_path / "5e55" / "p1"
    folder.write_bytes(b"")  # no segment can be opened
    for second in sound:
        room.second(second)
    assert room.told() == [FailureCode.DISK_ERROR]
