"""A journal grows while people talk: what was read is not read again, and what is new is stored."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from sqlalchemy import select

from recordings import journal
from recordings.journal import Journal
from recordings.model import Codec, TrackKind
from recordings.records import Segment, StartMark, from_json
from server.media.journals import Journals
from server.storage.engine import Database
from server.storage.schema import Segment as Row
from tests.server.sessions.desk import Desk, open_desk, participants


class Talk:
    """A session, and its journal as the recorder writes it."""

    def __init__(self, desk: Desk, session: str, participant: str, root: Path) -> None:
        self.desk = desk
        self.session = session
        self.root = root
        self.folder = root / session
        self.folder.mkdir()
        self._participant = participant
        self._index = 0
        self._journal = Journal(self.folder)
        self._journal.append(StartMark(at=0.0, reason="first"))
        self._journal.flush()

    def grows(self, segments: int = 1) -> None:
        for _ in range(segments):
            self._journal.append(self._segment())
        self._journal.flush()

    def _segment(self) -> Segment:
        self._index += 1
        return Segment(
            participant=self._participant,
            track=TrackKind.MICROPHONE,
            index=self._index,
            file=f"{self._participant}/microphone-{self._index:06d}.webm",
            codec=Codec.OPUS,
            start=30.0 * self._index,
            duration=30.0,
            frames=1500,
            lost_packets=0,
            bytes=100_000,
            sha256="ab" * 32,
            recovered=False,
        )

    def process(self) -> Journals:
        """What a process knows that has just been started."""
        return Journals(self.desk.db, self.root)

    async def rows(self) -> list[int]:
        query = select(Row.index).where(Row.session_id == self.session).order_by(Row.index)
        async with self.desk.db.read() as db:
            return list((await db.scalars(query)).all())

    def end(self) -> None:
        self._journal.close()


@pytest.fixture
async def talk(small: Database, tmp_path: Path) -> AsyncIterator[Talk]:
    desk = await open_desk(small)
    session = await desk.accepted()
    participant = (await participants(desk, session))[0].id
    made = Talk(desk, session, participant, tmp_path)
    yield made
    made.end()


@pytest.fixture
def parsed(monkeypatch: pytest.MonkeyPatch) -> list[object]:
    """Every line that was parsed."""
    found: list[object] = []

    def counted(value: object) -> object:
        found.append(value)
        return from_json(value)

    monkeypatch.setattr(journal, "from_json", counted)
    return found


async def test_a_word_of_a_sealed_file_reads_what_was_appended(
    talk: Talk, parsed: list[object]
) -> None:
    journals = talk.process()
    talk.grows(239)
    assert await journals.read(talk.session) == 239
    parsed.clear()
    talk.grows()
    assert await journals.read(talk.session) == 1
    assert len(parsed) == 1
    for _ in range(10):  # the same words told again after a reconnection
        assert await journals.read(talk.session) == 0
    assert len(parsed) == 1
    talk.grows(3)
    assert await journals.read(talk.session) == 3
    assert await talk.rows() == list(range(1, 244))


async def test_a_process_that_begins_stores_nothing_twice(talk: Talk, parsed: list[object]) -> None:
    talk.grows(5)
    assert await talk.process().read(talk.session) == 5
    talk.grows(2)
    again = talk.process()
    parsed.clear()
    assert await again.read(talk.session) == 2
    assert len(parsed) == 8
    assert await talk.rows() == list(range(1, 8))


async def test_processes_that_read_in_turn_miss_nothing(talk: Talk) -> None:
    one, other = talk.process(), talk.process()
    for _ in range(3):
        talk.grows(2)
        assert await one.read(talk.session) == 2
        assert await other.read(talk.session) == 0
        talk.grows()
        assert await other.read(talk.session) == 1
    assert await talk.rows() == list(range(1, 10))


async def test_half_a_line_is_read_when_it_is_whole(talk: Talk) -> None:
    journals = talk.process()
    talk.grows(2)
    path = talk.folder / journal.NAME
    whole = path.read_bytes()
    path.write_bytes(whole[:-40])
    assert await journals.read(talk.session) == 1
    path.write_bytes(whole)
    assert await journals.read(talk.session) == 1
    assert await talk.rows() == [1, 2]


async def test_a_broken_journal_keeps_nobody_else_waiting(
    talk: Talk, caplog: pytest.LogCaptureFixture
) -> None:
    talk.grows()
    path = talk.folder / journal.NAME
    path.write_bytes(path.read_bytes().replace(b'"segment"', b'"pigment"'))
    assert await talk.process().read(talk.session) == 0
    assert [(one.message, one.__dict__["session"]) for one in caplog.records] == [
        ("journal.unreadable", talk.session)
    ]
