"""A recorder under test: real threads and files, a clock the test moves, events it waits for."""

import time
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TypeVar

from recordings import journal
from recordings.events import Failed, RecorderEvent, SegmentClosed
from recordings.keys import SigningKey
from recordings.master import MasterFile
from recordings.media_file import open_media, read_all
from recordings.model import Codec, TrackKind
from recordings.recorder import Recorder, SessionRecorder, TrackRecorder
from recordings.records import Gap, Record, Segment
from recordings.vault import Vault
from tests.recordings.media import Packet

START = 1_700_000_000.0
TRANSIT = 0.05  # every packet is this long on its way
SESSION = "5e55"
RATES = {Codec.OPUS: 48000, Codec.VP8: 90000, Codec.H264: 90000}
E = TypeVar("E", bound=RecorderEvent)
R = TypeVar("R", bound=Record)


class Desk:
    """One recorder with one session."""

    def __init__(
        self,
        root: Path,
        now: float = START,
        key: SigningKey | None = None,
        reserve: int = 0,
        second: Path | None = None,
        vault: Vault | None = None,
    ) -> None:
        self.now = now
        self.vault = vault
        self.root = root
        self.folder = root / SESSION
        self.events: list[RecorderEvent] = []
        self.recorder = Recorder(
            root, self.events.append, lambda: self.now, key, reserve, second, vault
        )
        self.session: SessionRecorder = self.recorder.open_session(SESSION)

    def track(self, kind: TrackKind, codec: Codec, participant: str = "p1") -> TrackRecorder:
        return self.session.track(participant, kind, codec, RATES[codec])

    def camera(self, codec: Codec = Codec.VP8) -> TrackRecorder:
        return self.track(TrackKind.CAMERA, codec)

    def microphone(self) -> TrackRecorder:
        return self.track(TrackKind.MICROPHONE, Codec.OPUS)

    def feed(self, *streams: tuple[TrackRecorder, Iterable[Packet]]) -> None:
        """Send packets in the order of their times, as fast as the machine can."""
        rows = [(packet.at, track, packet.data) for track, sent in streams for packet in sent]
        for at, track, data in sorted(rows, key=lambda row: row[0]):
            self.now = max(self.now, START + at + TRANSIT)
            track.rtp(data, START + at + TRANSIT)

    def wait(self, kind: type[E], count: int = 1) -> list[E]:
        """Wait until ``count`` events of this kind were told."""
        self.until(lambda: len(self.of(kind)) >= count)
        return self.of(kind)

    def until(self, condition: Callable[[], object]) -> None:
        end = time.monotonic() + 30
        while not condition():
            assert time.monotonic() < end, f"did not come about; events: {self.events}"
            time.sleep(0.005)

    def of(self, kind: type[E]) -> list[E]:
        return [event for event in self.events if isinstance(event, kind)]

    def close(self, reason: str = "done") -> None:
        self.session.close(reason)
        self.recorder.close()

    def records(self, kind: type[R]) -> list[R]:
        return [row for row in journal.read(self.folder) if isinstance(row, kind)]

    def segments(self, kind: TrackKind = TrackKind.CAMERA) -> list[Segment]:
        return [row for row in self.records(Segment) if row.track is kind]

    def gaps(self, kind: TrackKind) -> list[Gap]:
        return [row for row in self.records(Gap) if row.track is kind]

    def sealed(self, count: int) -> None:
        """Wait until so many segments are sealed."""
        self.wait(SegmentClosed, count)

    def plain(self, row: Segment) -> Path:
        """A file with the segment's media, whether it lies encrypted or not."""
        path = self.root.with_name(f"{self.root.name}-plain") / row.file
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(read_all(open_media(self.folder / row.file, self.vault)))
        return path

    def assert_healthy(self) -> None:
        assert not self.of(Failed)


def vault_in(folder: Path) -> Vault:
    """A vault below ``folder``, ready to use; the same one each time."""
    vault = Vault(folder / "sessions", MasterFile(folder / "master.key"))
    vault.prepare()
    return vault


@contextmanager
def desk(
    root: Path,
    now: float = START,
    key: SigningKey | None = None,
    reserve: int = 0,
    second: Path | None = None,
    vault: Vault | None = None,
) -> Iterator[Desk]:
    """A desk whose recorder is closed at the end, whatever the test did."""
    it = Desk(root, now, key, reserve, second, vault)
    try:
        yield it
    finally:
        it.recorder.close()
