"""From the terminal: ask for a lawyer, wait on, give up, ask for a call-back."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from secrets import randbelow
from zoneinfo import ZoneInfo

from server.sessions import adjourning, booking, booking_commands, repository, ring
from server.sessions.repository import asked, seen
from server.sessions.room.lobby import dismiss
from server.sessions.service import Answer, Call
from server.sessions.station_ring import give_way
from server.storage.schema import Appointment, Callback, Consent, Person, Session, new_id
from signaling.commands import Person as NamedPerson
from signaling.commands import RequestSession
from signaling.dispatch import HEAD_START_S, head_start
from signaling.errors import Conflict, NotAllowed, NotFound, UserError
from signaling.events import EventType
from signaling.recording import RECORDING
from signaling.session import SESSION, SessionEvent

LOCAL = ZoneInfo("Asia/Shanghai")


async def request_session(call: Call) -> Answer:
    """Open a session with its parties and their consents; it joins the queue."""
    body: RequestSession = call.body
    turn, principal = call.turn, call.principal
    if principal.station_id is None:
        raise NotAllowed("no_station", "请在已登记的站点终端上发起。")
    if await seen.mediators_session(turn.db, principal.account_id) is not None:
        raise Conflict("session_open", "您还有一个会话没有结束，请先完成它。")
    if not await asked.is_matter(turn.db, body.matter):
        raise UserError("unknown_matter", "请选择纠纷类型。")
    if not await asked.is_notice(turn.db, body.notice):
        raise UserError("unknown_notice", "告知书已更新，请重新阅读后再确认。")
    made = await booking_commands.own(call, body.appointment) if body.appointment else None
    earlier = await _earlier(call, made)
    await give_way(turn, principal.account_id)
    session = _new_session(call, body)
    if earlier is not None:
        session.number = await adjourning.next_number(turn, earlier)
        session.prefers_id = earlier.lawyer_id
    turn.db.add(session)
    await turn.db.flush()
    persons = [_person(session, body, position) for position in range(len(body.persons))]
    turn.db.add_all(persons)
    await turn.db.flush()
    turn.log(session, EventType.SESSION_REQUESTED, {"kind": body.kind.value})
    if made is not None:
        await _come_for(call, session, made)
    _record_consents(call, session, persons)
    if earlier is not None:
        named = zip(persons, (one.was for one in body.persons), strict=True)
        await adjourning.carry_on(turn, earlier, session, list(named))
    return {"session": session.id}


async def _earlier(call: Call, made: Appointment | None) -> Session | None:
    """Return the session that is continued, if any: the one named, or what was put off to now.

    Who must not meet comes along even where the page has not named it.
    """
    continues: str | None = call.body.continues
    if continues is None and made is not None:
        continues = await repository.goes_on_at(call.turn.db, made)
    return await adjourning.earlier(call, continues) if continues else None


async def _come_for(call: Call, session: Session, made: Appointment) -> None:
    """Ring the booked lawyer first, and before others who wait: the time was promised."""
    await booking.enter(call.turn, made, session)
    session.prefers_id = made.lawyer_id
    promised = call.turn.now - timedelta(seconds=HEAD_START_S)
    session.queue_at = min(session.queue_at or promised, promised)


def _new_session(call: Call, body: RequestSession) -> Session:
    now = call.turn.now
    return Session(
        id=new_id(),
        number=new_number(now),
        kind=body.kind,
        matter_code=body.matter,
        facts=body.facts,
        station_id=call.principal.station_id or "",
        mediator_id=call.principal.account_id,
        state=SESSION.initial,
        recording=RECORDING.initial,
        seq=0,
        requested_at=now,
        needs=[need.value for need in dict.fromkeys(body.needs)],
        language=body.language,
        queue_at=now - timedelta(seconds=head_start(body.needs)),
        attempt_at=now,
        due_at=now,
    )


def new_number(now: datetime) -> str:
    """Return a number people can read out: the local date and six digits."""
    return f"{now.astimezone(LOCAL):%Y%m%d}-{randbelow(1_000_000):06d}"


def _person(session: Session, body: RequestSession, position: int) -> Person:
    named = body.persons[position]
    return Person(
        id=new_id(),
        session_id=session.id,
        position=position,
        name=named.name,
        phone=named.phone,
        minor=named.minor,
        guardian=named.guardian,
    )


def _record_consents(call: Call, session: Session, persons: Sequence[Person]) -> None:
    body: RequestSession = call.body
    for person, named in zip(persons, body.persons, strict=True):
        for subject, given in _answers(named):
            _consent(call, session, subject, given, person=person)
    _consent(call, session, "recording", body.mediator_recording)


def _answers(named: NamedPerson) -> tuple[tuple[str, bool], ...]:
    return (("recording", named.recording), ("lawyer_presence", named.lawyer_presence))


def _consent(
    call: Call,
    session: Session,
    subject: str,
    given: bool,
    person: Person | None = None,
) -> None:
    call.turn.db.add(
        Consent(
            session_id=session.id,
            person_id=person.id if person else None,
            account_id=None if person else call.principal.account_id,
            subject=subject,
            given=given,
            notice_version=call.body.notice,
            at=call.turn.now,
            guardian=person.guardian if person and person.minor else "",
        )
    )
    event = EventType.CONSENT_GIVEN if given else EventType.CONSENT_REFUSED
    who = {"person": person.id} if person else {"account": call.principal.account_id}
    call.turn.log(session, event, {"subject": subject, "notice": call.body.notice, **who})


async def cancel_session(call: Call) -> Answer:
    """Leave the queue."""
    await ring.withdraw(call.turn, call.about)
    call.turn.step(call.about, SessionEvent.CANCEL)
    await dismiss(call.turn, call.about)
    call.about.due_at = None
    call.about.ended_at = call.turn.now
    call.turn.log(call.about, EventType.SESSION_CANCELLED, {"by": "people"})
    await adjourning.reopen(call.turn, call.about)
    return {}


async def keep_waiting(call: Call) -> Answer:
    """Ring anew; the place in the queue is the old one."""
    call.turn.step(call.about, SessionEvent.KEEP_WAITING)
    call.about.attempt_at = call.about.due_at = call.turn.now
    call.turn.log(call.about, EventType.SESSION_WAITING_ON)
    return {}


async def callback_done(call: Call) -> Answer:
    """Take the call-back off everybody's desk; the log keeps who called."""
    callback = await repository.callback_of(call.turn.db, call.about.id)
    if callback is None:
        raise NotFound
    if callback.done_at is None:
        callback.done_at = call.turn.now
        callback.done_by = call.principal.account_id
        call.turn.log(call.about, EventType.SESSION_CALLED_BACK)
    return {}


async def request_callback(call: Call) -> Answer:
    """End the waiting with a call-back that stands on the desk until somebody has called."""
    await ring.withdraw(call.turn, call.about)
    call.turn.step(call.about, SessionEvent.DEFER)
    await dismiss(call.turn, call.about)
    call.about.due_at = None
    call.about.ended_at = call.turn.now
    call.turn.db.add(
        Callback(session_id=call.about.id, phone=call.body.phone, requested_at=call.turn.now)
    )
    call.turn.log(call.about, EventType.SESSION_DEFERRED)
    await adjourning.reopen(call.turn, call.about)
    return {}
