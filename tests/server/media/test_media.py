"""Rooms, restarts and recordings against a real relay process."""

import asyncio
from collections import Counter
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from sqlalchemy import select

from recordings import journal
from recordings.records import CloseMark
from server.media.journals import Journals
from server.media.relay_client import OfferRefused, RelayUnavailable
from server.storage.engine import Database
from server.storage.schema import Segment
from signaling.commands import OfferMedia
from signaling.errors import Conflict, NotFound
from signaling.participant import ParticipantState
from signaling.recording import RecordingState
from signaling.session import SessionState
from tests.server.media.studio import Studio, open_studio
from tests.server.relay.offers import make_offer
from tests.server.sessions.desk import participants
from tests.support.waiting import eventually


@pytest.fixture
async def studio(small: Database, tmp_path: Path) -> AsyncIterator[Studio]:
    async with open_studio(small, tmp_path) as opened:
        yield opened


LIVE = {"state": SessionState.LIVE, "recording": RecordingState.RECORDING}


async def segments(studio: Studio, session: str) -> list[Segment]:
    query = select(Segment).where(Segment.session_id == session)
    async with studio.desk.db.read() as read:
        return list((await read.scalars(query)).all())


async def test_a_call_heard_by_two_listeners_is_written_down_once(
    migrated: Database, tmp_path: Path
) -> None:
    async with open_studio(migrated, tmp_path) as studio:
        await studio.listen()
        await studio.listen()
        session, _ = await studio.call()
        await studio.becomes(session, **LIVE)
        await studio.desk.send("mediator", "session.hang_up", {"session": session})
        await studio.becomes(session, recording=RecordingState.CLOSED)
        types = Counter(await studio.desk.log_types(session))
        for once in ("recording.started", "session.live", "recording.closed", "session.hung_up"):
            assert types[once] == 1, once
        assert types["participant.joined"] == types["participant.left"] == 2
        rows = await segments(studio, session)
        people = {one.id for one in await participants(studio.desk, session)}
        assert {one.participant_id for one in rows} == people
        assert len({one.journal_seq for one in rows}) == len(rows)
        again = await Journals(migrated, studio.relay.recordings).read(session)
        assert again == 0
        assert await studio.relay.client.rooms() == {}
        assert {one for one, _ in studio.quality} <= {session}


async def test_a_journal_is_read_once_by_readers_at_the_same_time(
    migrated: Database, tmp_path: Path
) -> None:
    async with open_studio(migrated, tmp_path) as studio:
        session, _ = await studio.call()

        def both_on_disk() -> bool:
            return len(list(studio.relay.recordings.rglob("*.webm.part"))) == 2

        await eventually(both_on_disk)
        await studio.relay.client.delete_room(session)
        journals = Journals(migrated, studio.relay.recordings)

        def closed() -> bool:
            written = journal.read(studio.relay.recordings / session)
            return any(isinstance(record, CloseMark) for record in written)

        await eventually(closed)
        read = await asyncio.gather(*(journals.read(session) for _ in range(4)))
        assert sorted(read)[:3] == [0, 0, 0]
        assert sorted(read)[3] >= len(await segments(studio, session)) == 2
        assert await journals.read("f" * 32) == 0, "a session without a journal"


@pytest.mark.parametrize("politely", [True, False])
async def test_a_restart_is_noticed_and_the_call_comes_back(studio: Studio, politely: bool) -> None:
    await studio.listen()
    session, before = await studio.call()
    await studio.becomes(session, **LIVE)
    boot = (await studio.desk.row(session)).relay_boot
    if politely:
        studio.relay.stop()
    else:
        studio.relay.kill()
    await studio.relay.start()
    interrupted = RecordingState.INTERRUPTED
    await studio.becomes(session, state=SessionState.LIVE, recording=interrupted, media_epoch=2)
    states = {one.state for one in await participants(studio.desk, session)}
    assert states == {ParticipantState.RECONNECTING}
    row = await studio.desk.row(session)
    assert row.relay_boot != boot
    assert row.due_at is not None, "if nobody comes back, it is hung up"
    for caller in before:
        await caller.close()
    after = [await studio.join(name, session) for name in ("mediator", "lawyer")]
    assert [caller.epoch for caller in after] == [2, 2]
    await studio.becomes(session, due_at=None, **LIVE)

    async def both_back() -> bool:
        types = await studio.desk.log_types(session)
        return types.count("participant.returned") == 2

    await eventually(both_back)
    types = Counter(await studio.desk.log_types(session))
    assert types["recording.interrupted"] == 1
    assert types["recording.started"] == 2
    assert types["participant.lost"] == 2
    await eventually(
        lambda: segments(studio, session), 10, "what was recorded before can be played"
    )


async def test_a_restart_after_the_talk_closes_its_recording(studio: Studio) -> None:
    session, _ = await studio.call()
    await studio.listen()
    await studio.becomes(session, **LIVE)
    studio.relay.kill()
    await studio.desk.send("mediator", "session.hang_up", {"session": session})
    assert (await studio.desk.row(session)).recording is RecordingState.RECORDING
    await studio.relay.start()
    await studio.becomes(session, recording=RecordingState.CLOSED, media_epoch=1)
    await eventually(lambda: segments(studio, session), 10, "what the relay saved is known")


async def test_a_room_whose_session_ended_meanwhile_is_tidied_away(studio: Studio) -> None:
    session, _ = await studio.call()
    assert session in await studio.relay.client.rooms()
    studio.desk.sessions._changed = _nobody  # the web process was away when it ended
    await studio.desk.send("mediator", "session.hang_up", {"session": session})
    assert session in await studio.relay.client.rooms()
    await studio.listen()

    async def gone() -> bool:
        return session not in await studio.relay.client.rooms()

    await eventually(gone)
    await studio.becomes(session, recording=RecordingState.CLOSED)


async def _nobody(_changed: frozenset[str]) -> None:
    return


async def test_a_break_reaches_the_relay_and_comes_back_as_its_word(studio: Studio) -> None:
    await studio.listen()
    session, _ = await studio.call()
    await studio.becomes(session, **LIVE)
    await studio.desk.send("lawyer", "session.pause", {"session": session})
    await studio.becomes(session, recording=RecordingState.PAUSED)
    assert (await studio.relay.client.rooms())[session] == "paused"
    await studio.desk.send("lawyer", "session.resume", {"session": session})
    await studio.becomes(session, recording=RecordingState.RECORDING)
    assert (await studio.relay.client.rooms())[session] == "recording"
    types = await studio.desk.log_types(session)
    assert types[-4:] == [
        "session.paused",
        "recording.paused",
        "session.resumed",
        "recording.resumed",
    ]


async def test_without_consent_the_relay_writes_nothing(studio: Studio) -> None:
    await studio.listen()
    session = await studio.desk.accepted(mediator_recording=False)
    for name in ("mediator", "lawyer"):
        await studio.join(name, session)
    await studio.becomes(session, state=SessionState.LIVE, recording=RecordingState.DECLINED)
    assert (await studio.relay.client.rooms())[session] == "off"
    await studio.desk.send("mediator", "session.hang_up", {"session": session})
    assert list(studio.relay.recordings.rglob("*.webm*")) == []


async def test_one_alone_is_not_live(studio: Studio) -> None:
    await studio.listen()
    session, _ = await studio.call("mediator")
    await studio.becomes(session, recording=RecordingState.RECORDING)
    assert (await studio.desk.row(session)).state is SessionState.ACCEPTED
    await studio.join("lawyer", session)
    await studio.becomes(session, **LIVE)


async def test_a_relay_that_is_away_is_a_clear_error_and_loses_nothing(studio: Studio) -> None:
    session = await studio.desk.accepted()
    studio.relay.kill()
    before = await studio.desk.everything()
    with pytest.raises(RelayUnavailable) as refused:
        await offer(studio, session, make_offer())
    assert refused.value.code == "relay_unavailable"
    assert "会自动重连" in refused.value.message
    assert await studio.desk.everything() == before
    await studio.desk.send("mediator", "session.hang_up", {"session": session})  # settles later
    with pytest.raises(RelayUnavailable):
        await studio.relay.client.hello()


async def offer(studio: Studio, session: str, sdp: str, name: str = "lawyer") -> str:
    principal = studio.desk.people[name]
    answer = await studio.rooms.offer(principal, OfferMedia(session, sdp))
    return str(answer["sdp"])


@pytest.mark.parametrize(
    ("sdp", "code"),
    [
        ("hello", "bad_sdp"),
        ("v=0\r\n", "bad_sdp"),
        ("\u4e00" * 65536, "sdp_too_large"),
        (make_offer().replace("opus", "none"), "bad_sdp"),
    ],
)
async def test_an_offer_that_cannot_be_answered_is_refused(
    studio: Studio, sdp: str, code: str
) -> None:
    session = await studio.desk.accepted()
    with pytest.raises(OfferRefused) as refused:
        await offer(studio, session, sdp)
    assert refused.value.code == code
    assert "a=setup" in await offer(studio, session, make_offer()), "and the next one is taken"


async def test_only_who_is_in_the_room_may_enter_it(studio: Studio) -> None:
    session = await studio.desk.accepted()
    await studio.desk.on_duty("second")
    for name in ("second", "elsewhere", "neighbour"):
        with pytest.raises(NotFound):
            await offer(studio, session, make_offer(), name)
    with pytest.raises(NotFound):
        await offer(studio, "f" * 32, make_offer())
    await studio.desk.send("mediator", "session.hang_up", {"session": session})
    with pytest.raises(Conflict):
        await offer(studio, session, make_offer())
    assert session not in await studio.relay.client.rooms()
