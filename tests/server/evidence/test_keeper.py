"""Rows bound to the recording soon after they happen; ends signed; changes to either found."""

import asyncio
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select, update

from recordings import bundle, journal, manifest
from recordings.facts import NAME as FACTS
from recordings.journal import NAME as JOURNAL
from recordings.keys import SigningKey, signing_key
from recordings.manifest import NAME as MANIFEST
from recordings.model import Codec, TrackKind
from recordings.names import signed_at
from recordings.records import CloseMark, Fact
from recordings.verify import Witness, verify
from server.evidence.command import parts_of, write_bundle
from server.evidence.given import values_in
from server.evidence.keeper import Keeper
from server.evidence.statements import statements_of
from server.media.journals import Journals
from server.settings import Settings, load
from server.storage.schema import Advice, Consent, Event, Segment, Session
from signaling.events import EventType
from signaling.recording import RecordingState
from signaling.rights import Role
from signaling.session import SessionState
from tests.recordings import media
from tests.recordings.desk import Desk, desk
from tests.server.review.archive import NOON, Archive


@dataclass
class Kept:
    """One session with a consent, an entry of advice and a log; recorded below ``root``."""

    archive: Archive
    session: str
    root: Path
    key: SigningKey
    now: datetime

    @property
    def folder(self) -> Path:
        return self.root / self.session

    def keeper(self) -> Keeper:
        journals = Journals(self.archive.db, self.root)
        now, second = lambda: self.now, self.root.with_name("second")
        return Keeper(self.archive.db, self.root, self.key, now, journals.read, second)

    async def problems(self) -> set[str]:
        async with self.archive.db.read() as db:
            witness = Witness(self.key.public, await statements_of(db, self.session))
        return {problem.where for problem in verify(self.folder, witness=witness)}

    def facts(self) -> list[tuple[str, str]]:
        rows = journal.read(self.folder / FACTS)
        return [(row.kind, row.id) for row in rows if isinstance(row, Fact)]


@pytest.fixture
async def kept(archive: Archive, tmp_path: Path) -> Kept:
    session = await archive.session(
        facts="宅基地边界", advice=("先申请确权。",), recording=RecordingState.CLOSED
    )
    await archive.event(session, 1, EventType.SESSION_LIVE, NOON)
    async with archive.db.write() as db:
        row = Consent(
            id="c" * 32,
            session_id=session,
            account_id=archive.mediator,
            subject="recording",
            given=True,
            notice_version="v1",
            at=NOON,
        )
        db.add(row)
    key = signing_key(tmp_path / "keys")
    return Kept(archive, session, tmp_path / "recordings", key, NOON + timedelta(hours=3))


def record(kept: Kept, close: bool = True) -> None:
    with desk(kept.root / "desk") as it:
        it.feed((it.microphone(), media.packets(Codec.OPUS, media.tone(3))))
        if close:
            it.close()
        else:
            it.recorder.close()
        it.folder.rename(kept.folder)


async def change(kept: Kept, **values: object) -> None:
    async with kept.archive.db.write() as db:
        await db.execute(update(Session).values(**values, seq=Session.seq + 1))


async def test_a_closed_session_is_chained_and_signed(kept: Kept) -> None:
    record(kept)
    await kept.keeper().keep_all()
    kinds = [kind for kind, _ in kept.facts()]
    assert kinds == ["consent", "advice", "event"]
    assert len(list(manifest.read(kept.folder))) == 1
    assert await kept.problems() == set()


async def test_while_the_talk_goes_on_facts_are_chained_and_nothing_is_signed(kept: Kept) -> None:
    await change(kept, state=SessionState.LIVE)
    keeper = kept.keeper()
    await keeper.keep_all()  # nothing is recorded yet: no folder is made
    assert not kept.folder.exists()
    record(kept)
    await keeper.keep_all()
    assert len(kept.facts()) == 3
    assert not (kept.folder / MANIFEST).exists()
    await change(kept, state=SessionState.WRAPPING)
    await keeper.keep_all()
    assert await kept.problems() == set()


async def test_a_later_correction_is_signed_again(kept: Kept) -> None:
    record(kept)
    keeper = kept.keeper()
    await keeper.keep_all()
    await kept.archive.event(kept.session, 9, EventType.ADVICE_CORRECTED, NOON)
    assert await kept.problems() != set()
    await keeper.keep_all()  # its log has not moved on for the keeper: nothing is read again
    assert len(kept.facts()) == 3
    await change(kept)
    await keeper.keep_all()
    assert len(list(manifest.read(kept.folder))) == 2
    assert await kept.problems() == set()


async def test_what_a_crash_left_is_closed_a_minute_after_the_talk(kept: Kept) -> None:
    record(kept, close=False)
    await change(kept, ended_at=kept.now - timedelta(seconds=50))
    keeper = kept.keeper()
    await keeper.keep_all()
    assert JOURNAL in await kept.problems()
    kept.now += timedelta(seconds=20)
    await keeper.keep_all()
    assert await kept.problems() == set()
    last = journal.read(kept.folder)[-1]
    assert (type(last), isinstance(last, CloseMark) and last.reason) == (CloseMark, "crash")


async def test_what_lies_on_the_second_volume_comes_home_and_has_rows(kept: Kept) -> None:
    mediator = kept.archive.mediator
    participant = await kept.archive.participant(kept.session, mediator, Role.MEDIATOR, 0)
    with desk(kept.root / "desk") as it:
        track = it.track(TrackKind.MICROPHONE, Codec.OPUS, participant)
        it.feed((track, media.packets(Codec.OPUS, media.tone(3))))
        it.close()
        second = kept.root.with_name("second")
        second.mkdir()
        it.folder.rename(second / kept.session)
    await kept.keeper().keep_all()
    assert not list(second.iterdir())
    assert await kept.problems() == set()
    async with kept.archive.db.read() as db:
        rows = (await db.scalars(select(Segment).where(Segment.session_id == kept.session))).all()
    assert [row.participant_id for row in rows] == [participant]


def flip_journal(folder: Path) -> None:
    path = folder / JOURNAL
    data = bytearray(path.read_bytes())
    data[5] ^= 1
    path.write_bytes(data)


def flip_facts(folder: Path) -> None:
    (folder / FACTS).write_bytes(b"\xff\n")


def block_seal(folder: Path) -> None:
    (folder / MANIFEST).mkdir()


@pytest.mark.parametrize("spoil", [flip_journal, flip_facts, block_seal])
@pytest.mark.parametrize("which", [0, 1])
async def test_a_session_that_cannot_be_kept_keeps_no_other_from_it(
    kept: Kept, which: int, spoil: Callable[[Path], None], caplog: pytest.LogCaptureFixture
) -> None:
    other = replace(kept, session=await kept.archive.session(recording=RecordingState.CLOSED))
    pair = (kept, other)
    for one in pair:
        record(one)
    spoil(pair[which].folder)
    await kept.keeper().keep_all()
    for one in pair:
        is_spoilt = one is pair[which]
        values = await asyncio.to_thread(values_in, one.folder)
        assert bool(values) is not is_spoilt
        told = [row for row in caplog.records if getattr(row, "session", "") == one.session]
        assert bool(told) is is_spoilt


async def test_what_is_being_recorded_is_left_alone(kept: Kept) -> None:
    with Open(kept) as it:
        await kept.keeper().keep_all()
        assert not list(it.records(CloseMark))
        assert not (kept.folder / MANIFEST).exists()


class Open:
    """A recorder that still holds the session's journal."""

    def __init__(self, kept: Kept) -> None:
        self._desk = Desk(kept.root)
        self._desk.session = self._desk.recorder.open_session(kept.session)
        self._desk.folder = kept.folder

    def __enter__(self) -> Desk:
        it = self._desk
        it.feed((it.microphone(), media.packets(Codec.OPUS, media.tone(3))))
        it.until(lambda: (it.folder / JOURNAL).exists() and journal.read(it.folder))
        return it

    def __exit__(self, *_: object) -> None:
        self._desk.recorder.close()


@pytest.mark.parametrize("table", [Advice, Consent, Event])
async def test_a_row_changed_in_the_database_is_found(
    kept: Kept, table: type[Advice | Consent | Event], caplog: pytest.LogCaptureFixture
) -> None:
    record(kept)
    await kept.keeper().keep_all()
    values: dict[object, dict[str, Any]] = {
        Advice: {"advice": "不必确权。"},
        Consent: {"given": False},
        Event: {"body": {"code": "other"}},
    }
    async with kept.archive.db.write() as db:
        await db.execute(update(table).values(values[table]))
    (place,) = await kept.problems()
    assert place.split()[0] == table.__tablename__
    await kept.keeper().keep_all()
    assert "evidence.changed" in caplog.text


@pytest.mark.parametrize("table", [Advice, Consent, Event])
async def test_a_row_removed_from_the_database_or_put_into_it_is_found(
    kept: Kept, table: type[Advice | Consent | Event]
) -> None:
    record(kept)
    await kept.keeper().keep_all()
    async with kept.archive.db.write() as db:
        row = (await db.scalars(select(table).limit(1))).one()
        columns = {column.name for column in table.__table__.columns} - {"id"}
        values = {name: getattr(row, name) for name in columns}
        await db.delete(row)
    (gone,) = await kept.problems()
    assert gone.split()[0] == table.__tablename__
    if isinstance(row, Event):
        values["seq"] += 50
    async with kept.archive.db.write() as db:
        db.add(table(**values))
    (new,) = set(await kept.problems()) - {gone}
    assert new.split()[0] == table.__tablename__


async def test_the_command_makes_a_bundle_that_verifies(
    kept: Kept, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    record(kept)
    settings = settings_of(kept, tmp_path)
    assert await write_bundle(settings, kept.session, tmp_path / "out") == 0
    folder = bundle.session_in(tmp_path / "out")
    assert folder is not None
    witness = Witness(kept.key.public, bundle.statements_in(tmp_path / "out"))
    assert verify(folder, witness=witness) == []
    names = (tmp_path / "out/names.json").read_text("utf-8")
    assert "陈律师" in names
    assert "王调解员" in names
    assert signed_at(tmp_path / "out", kept.session, kept.key.public) is not None
    assert await write_bundle(settings, "nothing", tmp_path / "none") == 1
    assert await write_bundle(settings, kept.session, tmp_path / "out") == 1
    assert "nothing" in capsys.readouterr().err


async def test_a_session_without_a_recording_has_no_bundle(kept: Kept, tmp_path: Path) -> None:
    settings = settings_of(kept, tmp_path)
    assert await write_bundle(settings, kept.session, tmp_path / "out") == 1
    assert await parts_of(kept.archive.db, settings, "nothing") is None


def settings_of(kept: Kept, tmp_path: Path) -> Settings:
    return load(
        {
            "YUNTIAO_DATA": str(tmp_path),
            "YUNTIAO_DATABASE_URL": kept.archive.db.engine.url.render_as_string(False),
        }
    )
