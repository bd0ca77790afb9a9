"""In a talk: hand it over to a colleague, call one in, give it back to the desk, leave it.

A colleague is rung beside the talk, which goes on; only their answer changes it.
"""

from datetime import timedelta

from server.sessions import repository, ring, seeking, station_ring
from server.sessions.minding import mind
from server.sessions.repository import appointments, asked
from server.sessions.room import aside
from server.sessions.room.present import reconsider
from server.sessions.seats import Sitter, free_places, move_up, take_seat
from server.sessions.service import Answer, Call
from server.sessions.turn import Turn, step_participant
from server.storage.schema import Consent, DispatchStep, Duty, Session
from signaling.commands import AcceptCall, GiveBack, HandOver, HandOverKind
from signaling.dispatch import Stage
from signaling.errors import Conflict, NotFound
from signaling.events import EventType
from signaling.participant import ParticipantEvent, ParticipantState
from signaling.rights import Role
from signaling.session import SessionEvent

RING_FOR = timedelta(seconds=25)
_STAGES = {HandOverKind.TRANSFER: Stage.TRANSFER, HandOverKind.CALL_IN: Stage.CALL_IN}


class ColleagueBusy(Conflict):
    """They cannot be rung; for what reason is theirs to know."""

    code = "colleague_busy"
    message = "这位律师现在不能接听，请换一位。"


async def hand_over(call: Call) -> Answer:
    """Ring one colleague, or have one found; the talk goes on meanwhile."""
    body: HandOver = call.body
    session, turn = call.about, call.turn
    if seeking.looking(session) or await repository.open_offers(turn.db, session.id):
        raise Conflict("handing_over", "正在呼叫另一位律师，请先取消那一次。")
    if body.kind is HandOverKind.CALL_IN:
        free_places(await repository.participants_of(turn.db, session.id))
    if body.lawyer is None:
        _seek(turn, session, body)
    else:
        await _ring(turn, session, body, body.lawyer)
    await turn.db.flush()
    await mind(turn, session)
    return {}


def _seek(turn: Turn, session: Session, body: HandOver) -> None:
    """Whoever is free: whom, is the dispatcher's to say, by its policy."""
    seeking.begin(turn, session, _STAGES[body.kind], None, body.reason)
    turn.log(session, EventType.CALL_SOUGHT, {"kind": body.kind.value, "reason": body.reason})


async def _ring(turn: Turn, session: Session, body: HandOver, lawyer_id: str) -> None:
    """Ring the one who was named, now; the step tells who named them."""
    duty = await repository.duty_of(turn.db, lawyer_id)
    if lawyer_id == session.lawyer_id:
        raise NotFound
    if duty is None or not await _can_be_rung(turn, session, duty):
        raise ColleagueBusy
    stage = _STAGES[body.kind]
    seeking.begin(turn, session, stage, lawyer_id, body.reason)
    ring.start(turn, session, lawyer_id, stage, turn.now + RING_FOR, attempt_at=turn.now)
    turn.db.add(
        DispatchStep(
            session_id=session.id,
            n=await repository.steps_so_far(turn.db, session.id) + 1,
            at=turn.now,
            step=stage.value,
            until=turn.now + RING_FOR,
            considered=[{"lawyer": lawyer_id, "verdict": "rung", "notes": ["named"]}],
            asked_by=session.lawyer_id,
            reason=body.reason,
        )
    )
    told = {"lawyer": lawyer_id, "kind": body.kind.value}
    turn.log(session, EventType.CALL_HANDED, told)


async def _can_be_rung(turn: Turn, session: Session, duty: Duty) -> bool:
    if duty.lease_until <= turn.now or duty.session_id or duty.helping_id:
        return False
    if await repository.open_offer_of(turn.db, duty.lawyer_id) is not None:
        return False
    if await appointments.calling_by(turn.db, duty.lawyer_id) is not None:
        return False
    return not await asked.declared_conflict(turn.db, duty.lawyer_id, session.id)


async def stop_hand_over(call: Call) -> Answer:
    """Stop ringing the colleague, or looking for one; or: it was read that nobody came."""
    seeking.end(call.about)
    for offer in await repository.open_offers(call.turn.db, call.about.id):
        ring.end(offer, "withdrawn", call.turn.now)
        told = {"lawyer": offer.lawyer_id}
        call.turn.log(call.about, EventType.CALL_HAND_STOPPED, told)
    await call.turn.db.flush()
    await mind(call.turn, call.about)
    return {}


async def take_over(call: Call) -> Answer:
    """The colleague's yes: the talk is theirs now, or they sit in it as a second."""
    session, turn, me = call.about, call.turn, call.principal.account_id
    offer = await repository.open_offer_of(turn.db, me)
    if offer is None or offer.session_id != session.id:
        raise Conflict
    if await asked.declared_conflict(turn.db, me, session.id):
        raise ring.OwnConflict
    await station_ring.hang_up(turn, me)
    ring.end(offer, "accepted", turn.now)
    seeking.end(session)
    await turn.db.flush()
    if offer.stage is Stage.TRANSFER:
        await _transfer(turn, session, me)
    elif not await repository.claim_helper(turn.db, me, session.id):
        raise ring.LawyerBusy
    else:
        turn.log(session, EventType.CALL_JOINED, {"lawyer": me})
    await _seat(turn, session, call)
    await _rearrange(turn, session)
    return {}


async def _transfer(turn: Turn, session: Session, me: str) -> None:
    before = session.lawyer_id
    await repository.release_lawyer(turn.db, session.id, turn.now)
    if not await repository.claim_lawyer(turn.db, me, session.id, turn.now):
        raise ring.LawyerBusy
    await _leave(turn, session, {before or ""})
    session.lawyer_id, session.lawyer_lost_at = me, None
    turn.log(session, EventType.CALL_TAKEN_OVER, {"from": before, "lawyer": me})


async def _seat(turn: Turn, session: Session, call: Call) -> None:
    """Give them a place, and note their own consent; who refuses pauses the recording."""
    body: AcceptCall = call.body
    me, name = call.principal.account_id, call.principal.name
    consents = await repository.consents_of(turn.db, session.id)
    turn.db.add(
        Consent(
            session_id=session.id,
            account_id=me,
            subject="recording",
            given=body.recording,
            notice_version=consents[0].notice_version,
            at=turn.now,
        )
    )
    event = EventType.CONSENT_GIVEN if body.recording else EventType.CONSENT_REFUSED
    turn.log(session, event, {"subject": "recording", "account": me})
    await take_seat(turn, session, Sitter(me, Role.LAWYER, name))


async def give_back(call: Call) -> Answer:
    """Leave it to a second lawyer who is in it; else back into the queue, at its old place.

    Whoever gave it back is not rung for it.
    """
    body: GiveBack = call.body
    session, turn, me = call.about, call.turn, call.principal.account_id
    own = ring.start(turn, session, me, Stage.TRANSFER, turn.now, attempt_at=session.attempt_at)
    ring.end(own, "handed_back", turn.now)
    turn.log(session, EventType.CALL_GIVEN_BACK, {"lawyer": me, "reason": body.reason})
    if not await succeed(turn, session, "given_back"):
        await requeue(turn, session, "given_back")
    return {}


async def succeed(turn: Turn, session: Session, cause: str) -> bool:
    """Make a second lawyer who is in the talk the one who has it; tell whether there was one."""
    before = session.lawyer_id
    here = {
        one.account_id
        for one in await repository.participants_of(turn.db, session.id)
        if one.state is ParticipantState.CONNECTED
    }
    for second in await repository.helpers_of(turn.db, session.id):
        if second not in here:
            continue
        await repository.release_lawyer(turn.db, session.id, turn.now)
        await repository.promote_helper(turn.db, second, session.id, turn.now)
        # Whom the one before asked for was to come to them, or to have it instead of them.
        await ring.withdraw(turn, session)
        seeking.end(session)
        await _leave(turn, session, {before or ""})
        session.lawyer_id = second
        told = {"from": before, "lawyer": second, "cause": cause}
        turn.log(session, EventType.CALL_TAKEN_OVER, told)
        await _rearrange(turn, session)
        return True
    return False


async def requeue(turn: Turn, session: Session, cause: str, prefers: str | None = None) -> None:
    """Back to the desk from the middle of a talk: the people wait where they are.

    Together: a talk apart holds back the recording, and the next lawyer would sit alone in it.
    """
    await aside.end_any(turn, session)
    await ring.withdraw(turn, session)
    seeking.end(session)
    seated = await repository.participants_of(turn.db, session.id)
    await _leave(turn, session, {one.account_id for one in seated if one.role is Role.LAWYER})
    await repository.release_lawyer(turn.db, session.id, turn.now)
    await repository.release_helpers(turn.db, session.id, turn.now)
    turn.step(session, SessionEvent.REQUEUE)
    session.lawyer_id, session.prefers_id = None, prefers
    session.alone_at = session.lawyer_lost_at = None
    session.attempt_at = session.due_at = turn.now
    turn.log(session, EventType.SESSION_REQUEUED, {"cause": cause})


async def leave_talk(call: Call) -> Answer:
    """A second lawyer goes; the others talk on."""
    session, turn, me = call.about, call.turn, call.principal.account_id
    if session.lawyer_id == me:
        raise Conflict("not_a_second", "这是您的会话，请转接、交回或者结束。")
    await repository.release_helpers(turn.db, session.id, turn.now, me)
    await _leave(turn, session, {me})
    await _rearrange(turn, session)
    return {}


async def _rearrange(turn: Turn, session: Session) -> None:
    """Lawyers came or went: who gets a picture, who is missing, whether it may be recorded now."""
    await move_up(turn, session)
    await turn.db.flush()
    await mind(turn, session)
    await reconsider(turn, session)


async def _leave(turn: Turn, session: Session, accounts: set[str]) -> None:
    for one in await repository.participants_of(turn.db, session.id):
        if one.account_id in accounts and step_participant(one, ParticipantEvent.LEAVE):
            turn.log(session, EventType.PARTICIPANT_LEFT, participant=one)
