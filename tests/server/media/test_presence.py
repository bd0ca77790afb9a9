"""Who is connected is known again after a while in which nobody heard who came and went."""

from collections import Counter
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from server.media.presence import agreed
from server.media.relay_client import RelayClient
from server.sessions import repository
from server.sessions.turn import Turn, step_participant
from server.storage.engine import Database
from server.storage.schema import Session
from signaling.participant import ParticipantEvent, ParticipantState
from tests.server.media.studio import Studio, open_studio
from tests.server.media.test_media import LIVE
from tests.server.sessions.desk import Desk, open_desk, participants
from tests.support.waiting import eventually


class Forgetful(RelayClient):
    """Hears nothing of what was: so it is when the relay's history no longer reaches back."""

    def _url(self, path: str) -> str:
        return super()._url(path.removesuffix("?after=0"))


@pytest.fixture
async def studio(migrated: Database, tmp_path: Path) -> AsyncIterator[Studio]:
    async with open_studio(migrated, tmp_path) as opened:
        yield opened


def forgetful(studio: Studio) -> Forgetful:
    return Forgetful(studio.relay.client.address, "")


async def states(desk: Desk, session: str) -> list[str]:
    return sorted(one.state.value for one in await participants(desk, session))


async def test_a_lawyer_who_went_unheard_is_missed_by_all_who_come_back(studio: Studio) -> None:
    await studio.listen()
    session, (_, lawyer) = await studio.call()
    await studio.becomes(session, **LIVE)
    await studio.deafen()
    await lawyer.close()

    async def one_left() -> bool:
        return len((await studio.relay.client.present())[session]) == 1

    await eventually(one_left, 20)
    assert await states(studio.desk, session) == ["connected", "connected"]
    for _ in range(2):
        await studio.listen(forgetful(studio))

    async def missed() -> bool:
        return (await studio.desk.row(session)).lawyer_lost_at is not None

    await eventually(missed, 20)
    assert await states(studio.desk, session) == ["connected", "reconnecting"]
    await studio.listen(forgetful(studio))
    types = Counter(await studio.desk.log_types(session))
    assert types["participant.lost"] == 1
    assert types["participant.joined"] == 2


async def test_who_came_unheard_is_there(studio: Studio) -> None:
    session, _ = await studio.call()

    async def both_there() -> bool:
        return len((await studio.relay.client.present()).get(session, ())) == 2

    await eventually(both_there, 20)
    assert await states(studio.desk, session) == ["connecting", "connecting"]
    await studio.listen(forgetful(studio))

    async def known() -> bool:
        return await states(studio.desk, session) == ["connected", "connected"]

    await eventually(known, 20)
    assert Counter(await studio.desk.log_types(session))["participant.joined"] == 2


async def test_an_answer_older_than_what_is_written_changes_nothing(migrated: Database) -> None:
    desk = await open_desk(migrated)
    session = await desk.live()
    seen = await desk.row(session)
    await desk.advise(session)  # somebody else's word came while the relay answered
    nobody: frozenset[str] = frozenset()
    assert await desk.sessions.transact(agreed(seen, nobody)) == {"agreed": False}
    assert await states(desk, session) == ["connected", "connected"]
    assert await desk.sessions.transact(agreed(await desk.row(session), nobody)) == {"agreed": True}
    assert await states(desk, session) == ["reconnecting", "reconnecting"]


async def test_who_is_on_the_way_is_not_lost_and_who_is_there_is_not_told_again(
    migrated: Database,
) -> None:
    desk = await open_desk(migrated)
    session = await desk.accepted()
    one, other = [row.id for row in await participants(desk, session)]

    async def offer(turn: Turn, row: Session) -> None:
        for participant in await repository.participants_of(turn.db, row.id):
            step_participant(participant, ParticipantEvent.OFFER)
        row.seq += 1

    await desk.change(session, offer)
    for _ in range(2):
        seen = await desk.row(session)
        await desk.sessions.transact(agreed(seen, frozenset({one})))
    found = {row.id: row.state for row in await participants(desk, session)}
    assert found == {one: ParticipantState.CONNECTED, other: ParticipantState.CONNECTING}
    assert Counter(await desk.log_types(session))["participant.joined"] == 1
