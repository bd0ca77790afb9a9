"""A talk apart (背对背): asked, accepted, divided by the relay, ended."""

from collections.abc import Sequence

from server.sessions import repository
from server.sessions.room.present import reconsider
from server.sessions.service import Answer, Call
from server.sessions.turn import Turn
from server.storage.schema import Caucus, Session, new_id
from signaling.caucus import CAUCUS, CaucusEvent, CaucusState
from signaling.commands import AnswerAside, InviteAside
from signaling.errors import Conflict, NotFound
from signaling.events import EventType
from signaling.guest import GuestState
from signaling.machine import IllegalTransition
from signaling.participant import ParticipantState
from signaling.rights import Role


def _step(turn: Turn, caucus: Caucus, event: CaucusEvent) -> None:
    try:
        caucus.state = CAUCUS.step(caucus.state, event)
    except IllegalTransition as illegal:
        raise Conflict from illegal
    if caucus.state in CAUCUS.final():
        caucus.ended_at = turn.now


async def invite(call: Call) -> Answer:
    """Ask a party; who sits beside the terminal is asked in person, and it begins at once."""
    body: InviteAside = call.body
    turn, session = call.turn, call.about
    person = await repository.person_of(turn.db, session.id, body.person)
    guest = await repository.guest_of_person(turn.db, body.person)
    inside = guest is not None and guest.state is GuestState.INSIDE
    if person is None or not (person.here or inside):
        raise NotFound("not_inside", "这位当事人现在不在房间里。")
    if await repository.open_caucus(turn.db, session.id) is not None:
        raise Conflict("aside_already", "已经有一场单独谈话，请先结束它。")
    caucus = Caucus(
        id=new_id(),
        session_id=session.id,
        person_id=person.id,
        lawyers=await _lawyers(turn, session, body.lawyers),
        state=CAUCUS.initial,
        asked_at=turn.now,
    )
    turn.db.add(caucus)
    turn.log(session, EventType.ASIDE_INVITED, {"caucus": caucus.id})
    if person.here:
        _begin(turn, session, caucus)
    return {"caucus": caucus.id}


async def _lawyers(turn: Turn, session: Session, wanted: Sequence[str]) -> list[str]:
    """Return the lawyers who take part; raise NotFound unless each is in the room."""
    seated = await repository.participants_of(turn.db, session.id)
    inside = {
        one.id
        for one in seated
        if one.role is Role.LAWYER and one.state is not ParticipantState.LEFT
    }
    if not inside.issuperset(wanted):
        raise NotFound("not_inside", "这位律师现在不在房间里。")
    return sorted(set(wanted))


async def answer(call: Call) -> Answer:
    """The party's yes or no."""
    body: AnswerAside = call.body
    turn, session = call.turn, call.about
    caucus = await repository.open_caucus(turn.db, session.id)
    guest = await repository.guest_of_account(turn.db, call.principal.account_id)
    if caucus is None or guest is None or caucus.person_id != guest.person_id:
        raise Conflict
    if body.accept:
        _begin(turn, session, caucus)
    else:
        _step(turn, caucus, CaucusEvent.DECLINE)
        turn.log(session, EventType.ASIDE_DECLINED, {"caucus": caucus.id})
    return {}


def _begin(turn: Turn, session: Session, caucus: Caucus) -> None:
    _step(turn, caucus, CaucusEvent.ACCEPT)
    turn.log(session, EventType.ASIDE_BEGUN, {"caucus": caucus.id})
    caucus.divided_seq = session.seq


async def end_aside(call: Call) -> Answer:
    """Everybody back together, or the question taken back."""
    if not await end_any(call.turn, call.about):
        raise Conflict
    return {}


async def end_any(turn: Turn, session: Session) -> bool:
    """End the talk apart, whatever its state; tell whether there was one."""
    caucus = await repository.open_caucus(turn.db, session.id)
    if caucus is None:
        return False
    asked = caucus.state is CaucusState.INVITED
    _step(turn, caucus, CaucusEvent.WITHDRAW if asked else CaucusEvent.RETURN)
    turn.log(session, EventType.ASIDE_ENDED, {"caucus": caucus.id})
    for one in await repository.participants_of(turn.db, session.id):
        one.called_at = None
    await reconsider(turn, session)
    return True


async def end_with(turn: Turn, session: Session, person_id: str) -> None:
    """End the talk apart if it is with this person."""
    caucus = await repository.open_caucus(turn.db, session.id)
    if caucus is not None and caucus.person_id == person_id:
        await end_any(turn, session)
