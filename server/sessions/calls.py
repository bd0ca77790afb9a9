"""From the desk: on and off duty, take or decline a call."""

from dataclasses import replace
from datetime import timedelta

from server.sessions import repository, ring, station_ring
from server.sessions.duty import close_duty, open_duty
from server.sessions.handover import take_over
from server.sessions.room.present import People, agree, people_of
from server.sessions.seats import Sitter, move_up, sit_down
from server.sessions.service import Answer, Call
from server.sessions.turn import Turn, step_recording
from server.storage.schema import Consent, Session, new_id
from signaling.commands import AcceptCall, DeclineCall
from signaling.errors import Conflict
from signaling.events import EventType
from signaling.recording import RecordingEvent
from signaling.rights import Role
from signaling.session import WAITING

CONNECT_WITHIN = timedelta(seconds=60)
"""How long an accepted call may take until both are in the room."""


async def go_on_duty(call: Call) -> Answer:
    """Let the lawyer be rung."""
    await open_duty(
        call.turn, call.principal.account_id, standby=call.body.standby, reason=call.body.reason
    )
    return {}


async def go_off_duty(call: Call) -> Answer:
    """Stop ringing the lawyer; a call that rings now goes to the next, their own ends."""
    offer = await repository.open_offer_of(call.turn.db, call.principal.account_id)
    if offer is not None:
        await ring.stop_ringing(call.turn, offer, "withdrawn")
    await station_ring.hang_up(call.turn, call.principal.account_id)
    await close_duty(call.turn, call.principal.account_id, call.body.reason)
    return {}


async def accept_call(call: Call) -> Answer:
    """Take the call: the participants get their places, the recording is armed or declined."""
    body: AcceptCall = call.body
    session, turn = call.about, call.turn
    if session.state not in WAITING:
        return await take_over(call)
    people = await people_of(turn.db, session)
    await ring.take(turn, session, call.principal.account_id)
    session.due_at = turn.now + CONNECT_WITHIN
    session.media_epoch += 1
    session.prefers_id = None
    turn.log(session, EventType.CALL_ACCEPTED, {"lawyer": call.principal.account_id})
    consent = _lawyers_consent(call, session, people, body.recording)
    _decide_recording(session, replace(people, consents=[*people.consents, consent]))
    await seat(turn, session, call.principal.account_id)
    return {}


async def decline_call(call: Call) -> Answer:
    """Let the next be rung."""
    body: DeclineCall = call.body
    await ring.decline(call.turn, call.about, call.principal.account_id, body.reason)
    return {}


def _lawyers_consent(call: Call, session: Session, people: People, given: bool) -> Consent:
    if not people.consents:
        raise Conflict
    consent = Consent(
        id=new_id(),
        session_id=session.id,
        account_id=call.principal.account_id,
        subject="recording",
        given=given,
        notice_version=people.consents[0].notice_version,
        at=call.turn.now,
    )
    call.turn.db.add(consent)
    event = EventType.CONSENT_GIVEN if given else EventType.CONSENT_REFUSED
    body = {"subject": "recording", "account": call.principal.account_id}
    call.turn.log(session, event, body)
    return consent


def _decide_recording(session: Session, people: People) -> None:
    """Record only if everybody in the room agreed: the parties, the mediator, this lawyer."""
    everybody = agree(session, people)
    # What was recorded in an earlier attempt is over.
    step_recording(session, RecordingEvent.CLOSE)
    step_recording(session, RecordingEvent.ARM if everybody else RecordingEvent.DECLINE)


async def seat(turn: Turn, session: Session, lawyer_id: str) -> None:
    """Give the mediator's terminal and the lawyer their places."""
    with turn.db.no_autoflush:  # nothing of what is asked here has been changed
        names = await repository.account_names(turn.db, {session.mediator_id, lawyer_id})
        everybody = list(await repository.participants_of(turn.db, session.id))
    for account_id, role in (
        (session.mediator_id, Role.MEDIATOR),
        (lawyer_id, Role.LAWYER),
    ):
        sit_down(turn, session, everybody, Sitter(account_id, role, names[account_id]))
    await move_up(turn, session, everybody)
