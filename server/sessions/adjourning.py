"""Putting a session off to another day (休会), and going on with it then (改日继续)."""

from collections.abc import Sequence
from datetime import date, timedelta
from zoneinfo import ZoneInfo

from server.sessions import repository
from server.sessions.service import Answer, Call
from server.sessions.talk import end_talk
from server.sessions.turn import Turn
from server.storage.schema import Adjournment, KeptApart, Person, Session, new_id
from signaling.adjournment import ADJOURNMENT, AdjournmentEvent
from signaling.commands import AdjournSession
from signaling.errors import Conflict, NotFound, UserError
from signaling.events import EventType
from signaling.machine import IllegalTransition
from signaling.session import GIVEN_UP, SessionState

LOCAL = ZoneInfo("Asia/Shanghai")
LATEST = timedelta(days=180)
"""So far ahead a day can be agreed on."""


async def adjourn(call: Call) -> Answer:
    """Agree on a day; a talk that goes on ends for today."""
    body: AdjournSession = call.body
    turn, session = call.turn, call.about
    day = _day(body.day, turn)
    found = await repository.adjournment_of(turn.db, session.id)
    if found is None:
        if session.state in GIVEN_UP and session.live_at is None:
            raise Conflict
        found = Adjournment(session_id=session.id, state=ADJOURNMENT.initial)
        turn.db.add(found)
    else:
        _step(found, AdjournmentEvent.MOVE)
    _agree(turn, session, found, day, body.reason)
    if session.state in (SessionState.LIVE, SessionState.PAUSED):
        await end_talk(call)
    return {}


def _agree(turn: Turn, session: Session, found: Adjournment, day: date, reason: str) -> None:
    found.day, found.reason = day, reason
    found.by_id, found.at = session.mediator_id, turn.now
    about = {"day": day.isoformat(), "reason": reason}
    turn.log(session, EventType.SESSION_ADJOURNED, about)


async def drop(call: Call) -> Answer:
    """Take it off the list of what goes on; the log keeps that it was there."""
    found = await repository.adjournment_of(call.turn.db, call.about.id)
    if found is None:
        raise NotFound
    _step(found, AdjournmentEvent.DROP)
    call.turn.log(call.about, EventType.SESSION_DROPPED)
    return {}


async def earlier(call: Call, session_id: str) -> Session:
    """Return the session that is to be continued; raise where it is not this station's to do."""
    session = await repository.lock_session(call.turn.db, session_id)
    if session is None or session.station_id != call.principal.station_id:
        raise NotFound
    found = await repository.adjournment_of(call.turn.db, session_id)
    if found is None or not ADJOURNMENT.allows(found.state, AdjournmentEvent.CONTINUE):
        raise Conflict("not_adjourned", "这件事已经继续过，或不再继续了，请刷新后再看。")
    return session


async def next_number(turn: Turn, before: Session) -> str:
    """Return the number of the next session of a file: the first one's, and which it is."""
    first = before.number if before.number.count("-") == 1 else before.number.rsplit("-", 1)[0]
    return f"{first}-{await repository.count_numbered(turn.db, first) + 1}"


async def carry_on(
    turn: Turn, before: Session, session: Session, named: Sequence[tuple[Person, str | None]]
) -> None:
    """Link the two; take the people along, and who of them must never meet.

    Who is not at the terminal today is taken along as somebody from elsewhere, to be invited.
    """
    found = await repository.adjournment_of(turn.db, before.id)
    assert found is not None
    _step(found, AdjournmentEvent.CONTINUE)
    found.next_id = session.id
    turn.log(before, EventType.SESSION_CONTINUED, {"next": session.id})
    turn.log(session, EventType.SESSION_CONTINUES, {"previous": before.id})
    now_by_then = await _people(turn, before, session, named)
    for one, other in await repository.kept_apart(turn.db, before.id):
        await _keep_apart(turn, session, now_by_then[one], now_by_then[other])


async def _people(
    turn: Turn, before: Session, session: Session, named: Sequence[tuple[Person, str | None]]
) -> dict[str, Person]:
    """Return who everybody of the earlier session is now, by the id they had."""
    left = list(named)
    found: dict[str, Person] = {}
    for then in await repository.persons_of(turn.db, before.id):
        same = [one for one in left if one[1] == then.id or _is_named_like(one, then)][:1]
        left = [one for one in left if one not in same]
        found[then.id] = same[0][0] if same else _take_along(turn, session, then, len(named))
        # A name alone must not meet whom it must not, and opens nothing of the earlier day.
        if not same or same[0][1] == then.id:
            found[then.id].was_id = then.id
    await turn.db.flush()
    return found


def _is_named_like(one: tuple[Person, str | None], then: Person) -> bool:
    """A name typed anew is the same person: who must not meet is not got round by typing."""
    return one[1] is None and one[0].folded == then.folded


def _take_along(turn: Turn, session: Session, then: Person, after: int) -> Person:
    person = Person(
        id=new_id(),
        session_id=session.id,
        position=after + then.position,
        name=then.name,
        phone=then.phone,
        here=False,
        minor=then.minor,
        guardian=then.guardian,
    )
    turn.db.add(person)
    return person


async def _keep_apart(turn: Turn, session: Session, one: Person, other: Person) -> None:
    if one.here and other.here:
        raise Conflict("kept_apart", "其中有两位不得相见：请只登记在场的一位，另一位用手机参加。")
    first, second = sorted((one.id, other.id))
    turn.db.add(
        KeptApart(
            session_id=session.id,
            one_id=first,
            other_id=second,
            by_id=session.mediator_id,
            at=turn.now,
        )
    )
    turn.log(session, EventType.PERSONS_KEPT_APART, {"one": first, "other": second})


async def reopen(turn: Turn, session: Session) -> None:
    """A session was given up while people waited: what it continued can be continued again.

    Once they were face to face it is this session that goes on, with its advice and recording.
    """
    found = await repository.adjournment_with_next(turn.db, session.id)
    if found is None:
        return
    if session.live_at is not None:
        own = Adjournment(session_id=session.id, state=ADJOURNMENT.initial)
        turn.db.add(own)
        _agree(turn, session, own, found.day, found.reason)
        return
    _step(found, AdjournmentEvent.REOPEN)
    found.next_id = None
    before = await repository.session_by_id(turn.db, found.session_id)
    if before is not None:
        turn.log(before, EventType.SESSION_REOPENED, {"next": session.id})


def _step(found: Adjournment, event: AdjournmentEvent) -> None:
    try:
        found.state = ADJOURNMENT.step(found.state, event)
    except IllegalTransition as illegal:
        raise Conflict from illegal


def _day(text: str, turn: Turn) -> date:
    today = turn.now.astimezone(LOCAL).date()
    try:
        day = date.fromisoformat(text)
    except ValueError:
        day = date.min
    if not today <= day <= today + LATEST:
        raise UserError("bad_day", "请选择今天起半年之内的日期。")
    return day
