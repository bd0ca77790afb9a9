"""The recording of a talk apart (背对背谈话录音录像): asked for, and agreed to by all in it.

Nothing of this goes into the session's log, its consents or the views of those outside; what was
agreed is chained to the talk's own recording.
"""

from typing import Any

from server.sessions import repository
from server.sessions.dividing import Allowed, allowed_inside, members
from server.sessions.repository import kept
from server.sessions.repository.seen import File
from server.sessions.room.consents import TheirOwnAnswer, speaks_for
from server.sessions.room.present import answers
from server.sessions.service import Answer, Call
from server.sessions.turn import Turn
from server.storage.engine import Transaction
from server.storage.schema import (
    ApartConsent,
    ApartPolicy,
    ApartRecording,
    Caucus,
    Person,
    Session,
)
from signaling.caucus import APART
from signaling.commands import AgreeAside, RecordAside
from signaling.consent import How, latest
from signaling.errors import Conflict, UserError
from signaling.recording import RECORDING, RecordingEvent, RecordingState
from signaling.rights import Role

View = dict[str, Any]


class NotKept(Conflict):
    """The policy does not allow it, or the session itself is not recorded."""

    code = "aside_not_kept"
    message = "现在不能为单独谈话录音录像。"


async def ask(call: Call) -> Answer:
    """Ask all in the talk apart whether it may be recorded; who asks has agreed.

    Raises Conflict: nobody is apart. NotKept.
    """
    body: RecordAside = call.body
    turn, session = call.turn, call.about
    caucus = await _apart(turn, session)
    policy = await kept.policy_now(turn.db)
    # Its term, hold and erasure are the session's: without a recording there, none here.
    if policy is None or not policy.allowed or session.recording_at is None:
        raise NotKept
    if policy.version != body.notice:
        raise UserError("unknown_notice", "告知书已更新，请重新阅读后再确认。")
    recording = await kept.recording_by_id(turn.db, caucus.id)
    if recording is None:
        recording = ApartRecording(
            id=caucus.id,
            session_id=session.id,
            version=policy.version,
            state=RecordingState.ARMED,
            asked_at=turn.now,
        )
        turn.db.add(recording)
        await turn.db.flush()
    _say(call, recording, None, given=True, how=How.TAP)
    return {}


async def answer(call: Call) -> Answer:
    """Somebody in the talk apart says yes or no, or takes a yes back.

    Raises Conflict: nobody is apart, or nothing was asked of this person.
    """
    body: AgreeAside = call.body
    turn, session = call.turn, call.about
    caucus = await _apart(turn, session)
    recording = await kept.recording_by_id(turn.db, caucus.id)
    if recording is None:
        raise Conflict
    if recording.version != body.notice:
        raise UserError("unknown_notice", "告知书已更新，请重新阅读后再确认。")
    person = await _whose(call, caucus)
    _say(call, recording, person, given=body.given, how=body.how)
    return {}


async def _apart(turn: Turn, session: Session) -> Caucus:
    caucus = await repository.open_caucus(turn.db, session.id)
    if caucus is None or caucus.state not in APART:
        raise Conflict
    return caucus


async def _whose(call: Call, caucus: Caucus) -> Person | None:
    """Return the party it is the word of; None: the account's own. Raises Conflict, TheirOwnAnswer.

    A guest answers for themselves, the mediator also for the party beside the terminal, and for no
    other: else they could turn a refusal into a yes.
    """
    person = await speaks_for(call)
    if person is None:
        allowed = await allowed_inside(call.turn.db, call.about)
        if call.principal.account_id not in members(call.about, caucus, allowed):
            raise Conflict
    elif person.id != caucus.person_id:
        raise Conflict
    elif call.principal.role is Role.MEDIATOR and not person.here:
        raise TheirOwnAnswer
    return person


def _say(
    call: Call, recording: ApartRecording, person: Person | None, *, given: bool, how: How
) -> None:
    turn, session = call.turn, call.about
    turn.db.add(
        ApartConsent(
            recording_id=recording.id,
            person_id=person.id if person else None,
            account_id=None if person else call.principal.account_id,
            given=given,
            version=recording.version,
            at=turn.now,
            how=how,
            guardian=person.guardian if person and person.minor else "",
        )
    )
    _changed(turn, session)


def _changed(turn: Turn, session: Session) -> None:
    """No line in the log, which others read; but relay and pages must hear of it."""
    session.seq += 1
    turn.touched.add(session.id)


def move_kept(
    turn: Turn, session: Session, recording: ApartRecording, event: RecordingEvent
) -> None:
    """Move the recording on if its table allows: the relay's word may come late or twice."""
    if RECORDING.allows(recording.state, event):
        recording.state = RECORDING.step(recording.state, event)
        _changed(turn, session)


async def kept_view(db: Transaction, file: File, allowed: list[Allowed], me: str) -> View | None:
    """Return the recording of the talk apart, for those who take part; None: nothing of it.

    Nobody but a mediator whom the policy allows it sees anything before it was asked.
    """
    caucus, session = file.caucus, file.session
    if caucus is None or caucus.state not in APART:
        return None
    recording = await kept.recording_by_id(db, caucus.id)
    if recording is None:
        may_ask = me == session.mediator_id and session.recording_at is not None
        policy = await kept.policy_now(db) if may_ask else None
        return _offered(policy) if policy is not None and policy.allowed else None
    policy = await kept.policy_by_version(db, recording.version)
    given = latest(answers(await kept.consents_of(db, recording.id), file.persons))
    asked = [_asked(file, one, given.get(one), me) for one in members(session, caucus, allowed)]
    agree = all(one["given"] for one in asked)
    return {
        "state": _STATES.get(recording.state, "starting") if agree else "asked",
        "notice": {"version": recording.version, "body": policy.body if policy else ""},
        "answers": asked,
    }


_STATES = {RecordingState.RECORDING: "recording", RecordingState.FAILED: "failed"}


def _offered(policy: ApartPolicy) -> View:
    notice = {"version": policy.version, "body": policy.body}
    return {"state": "offered", "notice": notice, "answers": []}


def _asked(file: File, who: str, given: bool | None, me: str) -> View:
    person = next((one for one in file.persons if one.id == who), None)
    place = next((one for one in file.participants if one.account_id == who), None)
    guest = next((one for one in file.guests if one.person_id == who), None)
    return {
        "person": person.id if person else None,
        "name": person.name if person else place.name if place else "",
        "given": given,
        "me": me == (guest.account_id if guest else who),
        "here": person is not None and person.here,
    }
