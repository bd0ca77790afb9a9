"""Every command: carried out for whom it is, refused to everybody else and out of time."""

import pytest
from sqlalchemy import func, select

from server.sessions import repository
from server.sessions.turn import Turn
from server.storage.schema import Callback, Consent, Participant, Person, Session
from signaling.commands import COMMANDS
from signaling.participant import ParticipantState
from signaling.recording import RecordingState
from signaling.session import SessionEvent, SessionState
from tests.server.sessions.desk import PERSONS, Desk, advice_body, duty, participants, request_body

NOBODY = "f" * 32


def body_of(kind: str, session: str) -> dict[str, object]:
    """A correct body of a command that names a session."""
    extra: dict[str, dict[str, object]] = {
        "session.request_callback": {"phone": "13800000000"},
        "call.decline": {"reason": "busy"},
        "call.hand_over": {"lawyer": NOBODY, "kind": "transfer"},
        "media.offer": {"sdp": "v=0"},
        "media.pictures": {"always": True},
        "media.show": {"microphone": True, "camera": True},
        "advice.add": advice_body(session),
        "guest.know": {"person": NOBODY, "name": "王建国", "way": "known"},
        **{f"guest.{what}": {"person": NOBODY} for what in ("admit", "send_out", "refuse")},
        "session.book": {"lawyer": NOBODY, "starts_at": 0},
        "consent.answer": {"subject": "recording", "given": True, "notice": "1"},
        "persons.keep_apart": {"one": NOBODY, "other": NOBODY},
        "aside.invite": {"person": NOBODY, "lawyers": []},
        "aside.answer": {"accept": True},
        "aside.record": {"notice": "1"},
        "aside.agree": {"given": True, "notice": "1"},
        "call.accept": {"recording": True},
        "session.adjourn": {"day": "2026-12-01"},
        "room.hand": {"raised": True},
        "room.hush": {"participant": NOBODY, "muted": True},
        "room.call": {"calling": True},
        "room.say": {"text": "好的"},
        "photo.show": {"photo": NOBODY},
    }
    return {"session": session, **extra.get(kind, {})}


# Every command that names a session, and in which of these four it can be sent by whom.
OF_SESSION = {
    "session.cancel": {("mediator", "waiting")},
    "session.keep_waiting": set[tuple[str, str]](),
    "session.request_callback": {("mediator", "waiting")},
    # Nobody is on the roster here, so no time is free: see test_appointments.py.
    "session.book": set[tuple[str, str]](),
    "session.pause": {("mediator", "live"), ("lawyer", "live")},
    "session.resume": set[tuple[str, str]](),
    "session.hang_up": {("mediator", "live"), ("lawyer", "live")},
    "session.confirm_receipt": {("mediator", at) for at in ("live", "wrapping", "closed")},
    "session.finish": {("mediator", "wrapping"), ("mediator", "closed")},
    "session.adjourn": {("mediator", at) for at in ("live", "wrapping", "closed")},
    "session.drop_adjournment": set[tuple[str, str]](),
    "session.close": {("lawyer", "wrapping")},
    "call.accept": {("lawyer", "waiting"), ("second", "waiting")},
    "call.decline": set[tuple[str, str]](),
    "call.hand_over": {("lawyer", "live")},
    "call.stop_hand_over": {("lawyer", "live")},
    "call.give_back": {("lawyer", "live")},
    "call.leave": set[tuple[str, str]](),
    "callback.done": set[tuple[str, str]](),
    "media.show": {("mediator", "live"), ("lawyer", "live")},
    "advice.add": {("lawyer", "live"), ("lawyer", "wrapping")},
    # Those that need somebody from elsewhere are in room/; here nobody can do them.
    **{
        kind: set[tuple[str, str]]()
        for kind in (
            "guest.know",
            "guest.admit",
            "guest.send_out",
            "guest.refuse",
            "guest.knock",
            "guest.leave",
            "persons.keep_apart",
            "aside.invite",
            "aside.answer",
            "aside.return",
            "aside.record",
            "aside.agree",
            "room.hush",
            "photo.show",
        )
    },
    "consent.answer": {("mediator", "waiting"), ("mediator", "live"), ("lawyer", "live")},
    "room.hand": {("lawyer", "live")},
    "room.call": {("lawyer", "live")},
    "room.say": {("mediator", "live"), ("lawyer", "live")},
}
EVERYBODY = ("mediator", "neighbour", "elsewhere", "lawyer", "second", "admin")


def test_the_table_names_every_command_that_names_a_session() -> None:
    without = {"sync", "session.request", "duty.on", "duty.off", "media.offer", "media.pictures"}
    without |= {"media.point"}
    without |= {"appointment.book", "appointment.move", "appointment.cancel"}
    without |= {"station.call", "station.stop", "station.answer", "station.refuse"}
    assert set(OF_SESSION) | without == set(COMMANDS)


async def session_in(desk: Desk, stage: str) -> str:
    if stage == "waiting":
        await desk.on_duty("lawyer", "second")
        return await desk.request()
    session = await desk.live() if stage == "live" else await desk.over()
    await desk.on_duty("second")
    if stage == "closed":
        await desk.send("lawyer", "session.close", {"session": session, "reason": "测试"})
    return session


@pytest.mark.parametrize("stage", ["waiting", "live", "wrapping", "closed"])
async def test_everybody_else_is_refused_and_changes_nothing(desk: Desk, stage: str) -> None:
    session = await session_in(desk, stage)
    for kind, senders in OF_SESSION.items():
        for name in EVERYBODY:
            if (name, stage) in senders:
                continue
            code = await desk.refused(name, kind, body_of(kind, session))
            expected = {expected_refusal(name, kind, stage)}
            # Those that name a person or a microphone name nobody here.
            if NOBODY in body_of(kind, session).values():
                expected |= {"not_found", "not_inside", "slot_taken"}
            # Nothing was put off here.
            expected |= {"not_found"} if kind == "session.drop_adjournment" else set()
            # Who leads a talk hands it over before leaving it.
            expected |= {"not_a_second"} if kind == "call.leave" else set()
            assert code in expected, (name, kind)


def expected_refusal(name: str, kind: str, stage: str) -> str:
    """By whose session it is; `second` is on duty, and not in this one."""
    theirs = {"mediator"} if stage == "waiting" else {"mediator", "lawyer"}
    mediators = {
        "session.cancel",
        "session.keep_waiting",
        "session.request_callback",
        "session.confirm_receipt",
        "session.finish",
        "session.adjourn",
        "session.drop_adjournment",
        "guest.know",
        "guest.admit",
        "guest.send_out",
        "guest.refuse",
        "persons.keep_apart",
        "aside.invite",
        "aside.return",
        "aside.record",
        "room.hush",
        "photo.show",
    }
    guests = {"guest.knock", "guest.leave", "aside.answer"}
    lawyers = {
        "room.hand",
        "room.call",
        "session.close",
        "advice.add",
        "call.accept",
        "call.decline",
        "call.hand_over",
        "call.stop_hand_over",
        "call.give_back",
        "call.leave",
        "callback.done",
    }
    if name == "admin":
        return "not_allowed"
    if name in ("neighbour", "elsewhere"):
        return "not_found"
    if kind in guests:
        return "not_allowed"
    if name == "mediator":
        return "not_allowed" if kind in lawyers else "conflict"
    if kind in mediators:
        return "not_allowed"
    rung = kind in ("call.accept", "call.decline", "callback.done", "session.book")
    return "conflict" if name in theirs or rung else "not_found"


@pytest.mark.parametrize("kind", OF_SESSION)
async def test_a_session_that_is_not_there_is_not_found(desk: Desk, kind: str) -> None:
    await desk.on_duty("lawyer")
    for name in ("mediator", "lawyer", "admin"):
        assert await desk.refused(name, kind, body_of(kind, NOBODY)) == "not_found"


@pytest.mark.parametrize("kind", ["duty.on", "duty.off"])
async def test_only_lawyers_are_on_duty(desk: Desk, kind: str) -> None:
    for name in ("mediator", "admin"):
        assert await desk.refused(name, kind) == "not_allowed"


async def test_only_mediators_at_a_station_ask(desk: Desk) -> None:
    for name in ("lawyer", "admin"):
        assert await desk.refused(name, "session.request", request_body()) == "not_allowed"
    assert await desk.refused("nowhere", "session.request", request_body()) == "no_station"


# Asking.


async def test_a_request_joins_the_queue_with_its_people_and_consents(desk: Desk) -> None:
    persons = [
        {"name": "王建国", "recording": True, "lawyer_presence": True, "phone": "138"},
        {"name": "李秀英", "recording": False, "lawyer_presence": False},
    ]
    session = await desk.request(persons=persons, mediator_recording=False)
    row = await desk.row(session)
    assert (row.state, row.recording) == (SessionState.REQUESTED, RecordingState.OFF)
    assert row.number.startswith("20261123-")
    assert row.due_at == desk.clock()
    people = await desk.read(lambda db: repository.persons_of(db, session))
    assert [(one.name, one.phone) for one in people] == [("王建国", "138"), ("李秀英", "")]
    consents = await desk.read(lambda db: repository.consents_of(db, session))
    given = {(one.person_id or one.account_id, one.subject): one.given for one in consents}
    assert given == {
        (people[0].id, "recording"): True,
        (people[0].id, "lawyer_presence"): True,
        (people[1].id, "recording"): False,
        (people[1].id, "lawyer_presence"): False,
        (desk.id("mediator"), "recording"): False,
    }
    assert {one.notice_version for one in consents} == {"1"}
    types = await desk.log_types(session)
    assert types[0] == "session.requested"
    assert sorted(types[1:]) == ["consent.given"] * 2 + ["consent.refused"] * 3
    assert desk.told == [frozenset({session})]


@pytest.mark.parametrize(
    ("parts", "code"),
    [({"matter": "no-such"}, "unknown_matter"), ({"notice": "0"}, "unknown_notice")],
)
async def test_a_request_names_what_there_is(desk: Desk, parts: dict[str, str], code: str) -> None:
    assert await desk.refused("mediator", "session.request", request_body(**parts)) == code


async def test_one_mediator_has_one_session_until_the_screen_is_cleared(desk: Desk) -> None:
    session = await desk.request()
    assert await desk.refused("mediator", "session.request", request_body()) == "session_open"
    await desk.request("neighbour")  # of the same station
    await desk.on_duty("lawyer")
    await desk.send("lawyer", "call.accept", {"session": session, "recording": True})
    await desk.send("mediator", "session.hang_up", {"session": session})
    await desk.send("lawyer", "session.close", {"session": session, "reason": "测试"})
    assert await desk.refused("mediator", "session.request", request_body()) == "session_open"
    await desk.send("mediator", "session.finish", {"session": session})
    desk.clock.forward(seconds=1)
    assert await desk.request() != session


# Waiting.


async def test_cancel(desk: Desk) -> None:
    session = await desk.request()
    await desk.send("mediator", "session.cancel", {"session": session})
    row = await desk.row(session)
    assert (row.state, row.ended_at, row.due_at) == (SessionState.CANCELLED, desk.clock(), None)
    assert (await desk.log_types(session))[-1] == "session.cancelled"
    assert (await desk.view("mediator"))["session"] is None
    code = await desk.refused("mediator", "session.cancel", {"session": session})
    assert code == "conflict"


async def unanswered(desk: Desk) -> str:
    session = await desk.request()

    async def nobody(turn: Turn, row: Session) -> None:
        turn.step(row, SessionEvent.NO_ANSWER)
        row.seq += 1

    await desk.change(session, nobody)
    desk.clock.forward(minutes=1)
    return session


async def test_keep_waiting_begins_anew_at_the_old_place(desk: Desk) -> None:
    session = await unanswered(desk)
    asked = (await desk.row(session)).requested_at
    await desk.request("elsewhere")
    await desk.send("mediator", "session.keep_waiting", {"session": session})
    row = await desk.row(session)
    assert (row.state, row.requested_at) == (SessionState.REQUESTED, asked)
    assert row.attempt_at == row.due_at == desk.clock()
    assert (await desk.view("mediator"))["session"]["queue"]["ahead"] == 0
    assert (await desk.log_types(session))[-1] == "session.waiting_on"


async def test_a_call_back_ends_the_waiting_and_stands_on_the_desks(desk: Desk) -> None:
    session = await unanswered(desk)
    body = {"session": session, "phone": "13800000000"}
    await desk.send("mediator", "session.request_callback", body)
    row = await desk.row(session)
    assert (row.state, row.due_at) == (SessionState.DEFERRED, None)
    assert (await desk.view("mediator"))["session"] is None
    await desk.on_duty("second")
    (entry,) = (await desk.view("second"))["callbacks"]
    assert (entry["id"], entry["phone"]) == (session, "13800000000")
    assert await desk.refused("lawyer", "callback.done", {"session": session}) == "not_found"
    await desk.on_duty("lawyer")
    await desk.send("lawyer", "callback.done", {"session": session})
    await desk.send("lawyer", "callback.done", {"session": session})  # twice is fine
    found = await desk.read(lambda db: db.scalar(select(Callback)))
    assert found is not None
    assert (found.done_at, found.done_by) == (desk.clock(), desk.id("lawyer"))
    assert (await desk.view("second"))["callbacks"] == []
    assert (await desk.log_types(session)).count("session.called_back") == 1


# Duty and taking calls.


async def test_duty(desk: Desk) -> None:
    await desk.send("lawyer", "duty.on")
    first = await duty(desk, "lawyer")
    desk.clock.forward(seconds=5)
    await desk.send("lawyer", "duty.on")
    again = await duty(desk, "lawyer")
    assert first is not None
    assert again is not None
    assert (again.since, again.free_since) == (first.since, first.free_since)
    assert again.lease_until > first.lease_until
    await desk.send("lawyer", "duty.off")
    await desk.send("lawyer", "duty.off")  # already off is fine
    assert await duty(desk, "lawyer") is None
    assert desk.told == [frozenset()] * 4, "desks show who is on duty"


async def test_nobody_goes_off_duty_during_a_call(desk: Desk) -> None:
    session = await desk.live()
    assert await desk.refused("lawyer", "duty.off") == "in_call"
    await desk.send("lawyer", "session.hang_up", {"session": session})
    assert await desk.refused("lawyer", "duty.off") == "in_call"
    await desk.send("lawyer", "session.close", {"session": session, "reason": "测试"})
    await desk.send("lawyer", "duty.off")


async def test_accepting_seats_both_and_makes_the_lawyer_busy(desk: Desk) -> None:
    session = await desk.accepted()
    row = await desk.row(session)
    assert (row.state, row.lawyer_id) == (SessionState.ACCEPTED, desk.id("lawyer"))
    assert (row.accepted_at, row.media_epoch) == (desk.clock(), 1)
    assert row.due_at is not None
    assert (row.due_at - desk.clock()).total_seconds() == 60
    seats = [(one.role, one.place, one.state) for one in await participants(desk, session)]
    expected = ParticipantState.EXPECTED
    assert seats == [("mediator", 0, expected), ("lawyer", 1, expected)]
    claimed = await duty(desk, "lawyer")
    assert claimed is not None
    assert claimed.session_id == session


async def test_off_duty_or_in_a_call_nobody_accepts(desk: Desk) -> None:
    session = await desk.request()
    assert (
        await desk.refused("lawyer", "call.accept", {"session": session, "recording": True})
        == "not_found"
    )
    await desk.send("mediator", "session.cancel", {"session": session})
    desk.clock.forward(seconds=1)
    mine = await desk.accepted()
    other = await desk.request("elsewhere")
    assert (
        await desk.refused("lawyer", "call.accept", {"session": other, "recording": True})
        == "lawyer_busy"
    )
    assert (
        await desk.refused("lawyer", "call.accept", {"session": mine, "recording": True})
        == "conflict"
    )


async def test_the_second_lawyer_is_told_that_somebody_was_first(desk: Desk) -> None:
    session = await desk.request()
    await desk.on_duty("lawyer", "second")
    await desk.send("second", "call.accept", {"session": session, "recording": True})
    assert (
        await desk.refused("lawyer", "call.accept", {"session": session, "recording": True})
        == "conflict"
    )


@pytest.mark.parametrize(
    ("parties", "mediator", "lawyer", "state"),
    [
        ((True, True), True, True, RecordingState.ARMED),
        ((True, False), True, True, RecordingState.DECLINED),
        ((False, False), True, True, RecordingState.DECLINED),
        ((True, True), False, True, RecordingState.DECLINED),
        ((True, True), True, False, RecordingState.DECLINED),
    ],
)
async def test_one_refusal_and_nothing_is_recorded(
    desk: Desk,
    parties: tuple[bool, bool],
    mediator: bool,
    lawyer: bool,
    state: RecordingState,
) -> None:
    persons = [{**one, "recording": given} for one, given in zip(PERSONS, parties, strict=True)]
    session = await desk.request(persons=persons, mediator_recording=mediator)
    await desk.on_duty("lawyer")
    await desk.send("lawyer", "call.accept", {"session": session, "recording": lawyer})
    assert (await desk.row(session)).recording is state
    consents = await desk.read(
        lambda db: db.scalars(select(Consent).where(Consent.account_id == desk.id("lawyer")))
    )
    assert [one.given for one in consents.all()] == [lawyer]


async def test_the_lawyers_presence_is_another_question_than_the_recording(desk: Desk) -> None:
    persons = [{"name": "王建国", "recording": True, "lawyer_presence": False}]
    session = await desk.accepted(persons=persons)
    assert (await desk.row(session)).recording is RecordingState.ARMED


@pytest.mark.parametrize("refuses", [True, False])
async def test_only_the_lawyer_who_is_there_decides_about_the_recording(
    desk: Desk, refuses: bool
) -> None:
    """The first one accepts and never comes; what they said of the recording goes with them."""
    session = await desk.request()
    await desk.on_duty("lawyer", "second")
    first = {"session": session, "recording": refuses}
    await desk.send("lawyer", "call.accept", first)

    async def requeue(turn: Turn, row: Session) -> None:
        await repository.release_lawyer(turn.db, row.id, turn.now)
        turn.step(row, SessionEvent.REQUEUE)
        row.lawyer_id = None
        row.seq += 1

    await desk.change(session, requeue)
    desk.clock.forward(seconds=1)
    await desk.send("second", "call.accept", {"session": session, "recording": not refuses})
    wanted = RecordingState.DECLINED if refuses else RecordingState.ARMED
    assert (await desk.row(session)).recording is wanted
    places = [(one.role, one.place) for one in await participants(desk, session)]
    assert places == [("mediator", 0), ("lawyer", 1), ("lawyer", 2)]


# In the room.


async def test_showing(desk: Desk) -> None:
    session = await desk.live()
    body = {"session": session, "microphone": False, "camera": True, "screen": True}
    await desk.send("lawyer", "media.show", body)
    (mine,) = [one for one in await participants(desk, session) if one.role == "lawyer"]
    assert (mine.microphone, mine.camera, mine.screen) == (False, True, True)
    before = await desk.log_types(session)
    assert before[-1] == "participant.showed"
    await desk.send("lawyer", "media.show", body)
    assert await desk.log_types(session) == before, "what has not changed is not logged"


async def test_a_break(desk: Desk) -> None:
    session = await desk.live()
    await desk.send("mediator", "session.pause", {"session": session, "reason": "冷静一下"})
    assert (await desk.row(session)).state is SessionState.PAUSED
    assert await desk.refused("lawyer", "session.pause", {"session": session}) == "conflict"
    await desk.send("lawyer", "session.resume", {"session": session})
    assert (await desk.row(session)).state is SessionState.LIVE
    log = await desk.log(session)
    assert [one.type for one in log[-2:]] == ["session.paused", "session.resumed"]
    assert log[-2].body == {"reason": "冷静一下"}


@pytest.mark.parametrize("who", ["mediator", "lawyer"])
async def test_hanging_up(desk: Desk, who: str) -> None:
    session = await desk.live()
    await desk.send(who, "session.hang_up", {"session": session})
    row = await desk.row(session)
    assert (row.state, row.ended_at) == (SessionState.WRAPPING, desk.clock())
    assert row.due_at is not None
    assert (row.due_at - desk.clock()).total_seconds() == 120
    assert {one.state for one in await participants(desk, session)} == {ParticipantState.LEFT}
    log = await desk.log(session)
    assert [one.type for one in log[-3:]] == ["participant.left"] * 2 + ["session.hung_up"]
    assert log[-1].body == {"by": who}
    assert log[-1].actor_id == desk.id(who)


async def test_finish_clears_the_terminal_and_not_the_session(desk: Desk) -> None:
    session = await desk.over()
    await desk.send("mediator", "session.finish", {"session": session})
    assert (await desk.view("mediator"))["session"] is None
    assert (await desk.row(session)).state is SessionState.WRAPPING
    await desk.advise(session)
    await desk.send("lawyer", "session.close", {"session": session})
    assert (await desk.row(session)).state is SessionState.CLOSED


async def test_a_whole_session_leaves_a_log_without_holes(desk: Desk) -> None:
    session = await desk.over()
    await desk.advise(session)
    await desk.send("mediator", "session.confirm_receipt", {"session": session})
    await desk.send("lawyer", "session.close", {"session": session})
    seqs = [event.seq for event in await desk.log(session)]
    assert seqs == list(range(1, len(seqs) + 1))
    assert seqs[-1] == (await desk.row(session)).seq
    people = await desk.read(lambda db: db.scalar(select(func.count()).select_from(Person)))
    seats = await desk.read(lambda db: db.scalar(select(func.count()).select_from(Participant)))
    assert (people, seats) == (2, 2)
