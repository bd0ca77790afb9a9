"""What each word of a relay does to a session, whatever the order and however often it is heard."""

from collections.abc import Mapping
from typing import Any

import pytest

from server.dispatch.repository_wall import open_alarms
from server.media.relay_events import APPLY, Heard, carry_out
from server.sessions import repository
from server.sessions.turn import Turn, step_participant
from server.storage.engine import Database
from server.storage.schema import Session
from server.tasks.kinds import TaskKind
from server.tasks.repository import tasks
from signaling.participant import ParticipantEvent, ParticipantState
from signaling.recording import RecordingState
from signaling.rights import Role
from signaling.session import SessionState
from tests.server.sessions.desk import Desk, open_desk, participants

BOOT = "b" * 32


class Relay:
    """Says what a relay says, numbered."""

    def __init__(self, desk: Desk) -> None:
        self.desk = desk
        self.number = 0

    async def says(self, kind: str, room: str, **body: Any) -> Mapping[str, Any]:
        self.number += 1
        at = self.desk.clock().timestamp()
        event = {"n": self.number, "type": kind, "room": room, "at": at, **body}
        await self.repeats(event)
        return event

    async def repeats(self, event: Mapping[str, Any], boot: str = BOOT) -> None:
        work = carry_out(Heard(boot, event))
        assert work is not None
        await self.desk.sessions.transact(work)

    async def peers(self, session: str) -> list[str]:
        return [one.id for one in await participants(self.desk, session)]


@pytest.fixture
async def relay(migrated: Database) -> Relay:
    return Relay(await open_desk(migrated))


async def entered(relay: Relay, **parts: Any) -> str:
    """An accepted session whose people have sent their offers."""
    session = await relay.desk.accepted(**parts)

    async def offer(turn: Turn, row: Session) -> None:
        for one in await repository.participants_of(turn.db, row.id):
            step_participant(one, ParticipantEvent.OFFER)
        row.seq += 1

    await relay.desk.change(session, offer)
    return session


async def state(relay: Relay, session: str) -> tuple[str, str]:
    row = await relay.desk.row(session)
    return row.state.value, row.recording.value


def test_what_changes_nothing_has_no_work() -> None:
    for kind in ("quality", "recording.segment", "hello", "no.such"):
        assert carry_out(Heard(BOOT, {"n": 1, "type": kind})) is None


async def test_live_means_both_there_and_on_disk_in_any_order(relay: Relay) -> None:
    session = await entered(relay)
    one, two = await relay.peers(session)
    await relay.says("peer.connected", session, peer=two)
    await relay.says("peer.connected", session, peer=one)
    assert await state(relay, session) == ("accepted", "armed")
    await relay.says("recording.started", session, session=session)
    assert await state(relay, session) == ("live", "recording")
    row = await relay.desk.row(session)
    assert (row.live_at, row.due_at) == (relay.desk.clock(), None)


async def test_live_without_a_disk_where_nothing_is_to_be_recorded(relay: Relay) -> None:
    session = await entered(relay, mediator_recording=False)
    for peer in await relay.peers(session):
        await relay.says("peer.connected", session, peer=peer)
    assert await state(relay, session) == ("live", "declined")


async def test_a_recording_that_cannot_begin_does_not_keep_people_apart(relay: Relay) -> None:
    session = await entered(relay)
    for peer in await relay.peers(session):
        await relay.says("peer.connected", session, peer=peer)
    await relay.says("recording.failed", session, code="disk_full")
    assert await state(relay, session) == ("live", "failed")
    log = await relay.desk.log(session)
    assert [one.body for one in log if one.type == "recording.failed"] == [{"code": "disk_full"}]
    async with relay.desk.db.read() as db:
        total, (alarm,) = await tasks(db, done=False, kind=TaskKind.RECORDING_ALARM, number=1)
    assert (total, alarm.task.subject, alarm.task.detail["code"]) == (1, session, "disk_full")


async def test_a_track_that_is_not_written_is_named_to_everybody(relay: Relay) -> None:
    session = await entered(relay)
    first, second = await relay.peers(session)
    for peer in (first, second):
        await relay.says("peer.connected", session, peer=peer)
    await relay.says("recording.started", session)
    for peer, track in ((first, "camera"), (second, "microphone")):
        await relay.says("recording.failed", session, code="track_stalled", peer=peer, track=track)
        for name in ("mediator", "lawyer"):
            told = (await relay.desk.view(name))["session"]["recording"]
            stalled = {"participant": peer, "track": track}
            assert (told["state"], told["stalled"]) == ("failed", stalled)
    log = [one for one in await relay.desk.log(session) if one.type == "recording.failed"]
    assert [one.participant_id for one in log] == [first, second]
    async with relay.desk.db.read() as db:
        (alarm,) = await open_alarms(db)
    roles = {one.id: one.role for one in await participants(relay.desk, session)}
    who = "律师" if roles[second] is Role.LAWYER else "调解员"
    assert (alarm[0].subject, alarm[0].detail["text"]) == (
        session,
        f"{who}的声音传来了却没有写下。",
    )
    await relay.says("recording.started", session)
    assert (await relay.desk.view("lawyer"))["session"]["recording"]["stalled"] is None


@pytest.mark.parametrize("kind", sorted(APPLY))
async def test_every_word_heard_again_changes_nothing(relay: Relay, kind: str) -> None:
    session = await entered(relay)
    (peer, _) = await relay.peers(session)
    told = {"peer": peer, "reason": "left", "code": "x", "session": session, "level": "bad"}
    event = await relay.says(kind, session, rtt_ms=40, **told)
    before = await relay.desk.everything()
    for _ in range(2):
        await relay.repeats(event)
    assert await relay.desk.everything() == before


async def test_another_boot_counts_anew(relay: Relay) -> None:
    session = await entered(relay)
    (peer, _) = await relay.peers(session)
    event = await relay.says("peer.connected", session, peer=peer)
    await relay.says("peer.silent", session, peer=peer)
    await relay.repeats(event, "c" * 32)
    assert (await relay.desk.log_types(session))[-1] == "participant.returned"


@pytest.mark.parametrize(
    ("stage", "recording", "after", "logged"),
    [
        ("live", "recording", "interrupted", "recording.interrupted"),
        ("live", "paused", "paused", None),
        ("live", "failed", "closed", "recording.closed"),
        ("live", "declined", "declined", None),
        ("accepted", "armed", "armed", None),
        ("wrapping", "recording", "closed", "recording.closed"),
        ("wrapping", "interrupted", "closed", "recording.closed"),
        ("wrapping", "declined", "declined", None),
        ("wrapping", "closed", "closed", None),
    ],
)
async def test_sealed_files_end_a_recording_only_when_the_talk_is_over(
    relay: Relay, stage: str, recording: str, after: str, logged: str | None
) -> None:
    """A relay that is stopped politely closes its files in the middle of a talk."""
    make = {"live": relay.desk.live, "accepted": relay.desk.accepted, "wrapping": relay.desk.over}
    session: str = await make[stage]()

    async def put(turn: Turn, row: Session) -> None:
        row.recording = RecordingState(recording)
        row.seq += 1

    await relay.desk.change(session, put)
    before = await relay.desk.log_types(session)
    await relay.says("recording.closed", session, session=session)
    assert await state(relay, session) == (stage, after)
    added = (await relay.desk.log_types(session))[len(before) :]
    assert added == ([logged] if logged else [])


@pytest.mark.parametrize(("kind", "reason"), [("peer.silent", None), ("peer.gone", "silent")])
async def test_a_room_that_everybody_has_lost_has_three_minutes(
    relay: Relay, kind: str, reason: str | None
) -> None:
    session = await relay.desk.live()
    mediator, lawyer = await relay.peers(session)

    async def looked_at_in() -> float | None:
        due = (await relay.desk.row(session)).due_at
        return None if due is None else (due - relay.desk.clock()).total_seconds()

    await relay.says(kind, session, peer=mediator, reason=reason)
    assert await looked_at_in() is None
    await relay.says(kind, session, peer=lawyer, reason=reason)
    assert await looked_at_in() == 180
    await relay.says("peer.back", session, peer=lawyer)
    assert await looked_at_in() is None


@pytest.mark.parametrize(("kind", "reason"), [("peer.silent", None), ("peer.gone", "silent")])
async def test_a_lost_lawyer_has_half_a_minute(relay: Relay, kind: str, reason: str | None) -> None:
    session = await relay.desk.live()
    _, lawyer = await relay.peers(session)
    await relay.says(kind, session, peer=lawyer, reason=reason)
    row = await relay.desk.row(session)
    assert row.due_at is not None
    assert (row.due_at - relay.desk.clock()).total_seconds() == 30
    await relay.says("peer.back", session, peer=lawyer)
    assert (await relay.desk.row(session)).due_at is None
    types = await relay.desk.log_types(session)
    assert types[-2:] == ["participant.lost", "participant.returned"]


async def test_a_peer_that_we_took_out_was_not_lost(relay: Relay) -> None:
    session = await relay.desk.live()
    (peer, _) = await relay.peers(session)
    before = await relay.desk.log_types(session)
    await relay.says("peer.gone", session, peer=peer, reason="deleted")
    assert await relay.desk.log_types(session) == before


async def test_words_about_what_is_not_there_are_passed_over(relay: Relay) -> None:
    session = await relay.desk.over()
    before = await relay.desk.log_types(session)
    (peer, _) = await relay.peers(session)
    for kind in sorted(APPLY):
        await relay.says(kind, "f" * 32, peer=peer, session="f" * 32)
        if kind.startswith("peer."):
            await relay.says(kind, session, peer="f" * 32)
            await relay.says(kind, session, peer=peer)
    assert await relay.desk.log_types(session) == before
    assert {one.state for one in await participants(relay.desk, session)} == {ParticipantState.LEFT}
    assert (await relay.desk.row(session)).state is SessionState.WRAPPING


async def test_a_line_that_becomes_bad_is_in_the_log(relay: Relay) -> None:
    session = await entered(relay)
    (peer, _) = await relay.peers(session)
    await relay.says("peer.quality", session, peer=peer, level="bad", rtt_ms=120)
    await relay.says("peer.quality", session, peer="f" * 32, level="bad", rtt_ms=None)  # a stranger
    log = await relay.desk.log(session)
    assert [one.type for one in log].count("participant.quality") == 1
    assert (log[-1].participant_id, log[-1].body) == (peer, {"level": "bad", "rtt_ms": 120})
