"""The centre calls a station (呼叫终端): people answer, or an unattended terminal by itself.

A session begins only when the call is answered. Nobody has been asked about a recording then, so
there is none until people at the terminal have said yes.
"""

from datetime import datetime, timedelta

from server.roster import plan
from server.sessions import booking, booking_commands, repository, ring
from server.sessions.calls import CONNECT_WITHIN, seat
from server.sessions.repository import appointments as rows
from server.sessions.repository import seen
from server.sessions.requests import new_number
from server.sessions.service import Answer, Call
from server.sessions.station_ring import MARK, end
from server.sessions.turn import Turn, step_recording
from server.storage.schema import Appointment, Consent, Session, StationCall, new_id
from signaling.commands import AnswerStationCall, CallStation
from signaling.errors import Conflict, NotAllowed, NotFound, UserError
from signaling.events import EventType
from signaling.moments import milliseconds
from signaling.recording import RECORDING, RecordingEvent
from signaling.session import SESSION, SessionState
from signaling.station_call import (
    AUTO_LATE,
    COUNTDOWN,
    NEVER,
    RING,
    STATION_CALL,
    Answering,
    StationCallEvent,
    answers_itself,
    may_answer,
)

_LATEST = COUNTDOWN + AUTO_LATE + timedelta(seconds=5)


class StationBusy(Conflict):
    """Somebody there waits or talks, or the centre is calling already."""

    code = "station_busy"
    message = "该工作站正在通话、等候或被呼叫，请稍后再试。"


class StationAway(Conflict):
    """No terminal of the station is switched on with somebody signed in."""

    code = "station_away"
    message = "该工作站的终端没有开机，或没有人登录，请打电话联系。"


class CallerGone(Conflict):
    """Whoever called has gone off duty or into another call."""

    code = "caller_gone"
    message = "对方已不能接通，请等候再次呼叫。"


async def call_station(call: Call) -> Answer:
    """Ring a station's terminal."""
    body: CallStation = call.body
    turn, me = call.turn, call.principal.account_id
    await _free(turn, me)
    station = await repository.station_by_id(turn.db, body.station)
    if station is None or station.centre:
        raise NotFound
    if body.matter not in await repository.matters_by_code(turn.db):
        raise UserError("unknown_matter", "请选择纠纷类型。")
    appointment = await _appointment(call, station.id)
    mediator = await rows.mediator_at(turn.db, station.id, turn.now)
    if mediator is None:
        raise StationAway
    if await rows.station_is_busy(turn.db, station.id) or await rows.station_is_rung(
        turn.db, station.id
    ):
        raise StationBusy
    allowed = may_answer(await answering(turn, station.id), turn.now, plan.ZONE)
    made = StationCall(
        id=new_id(),
        lawyer_id=me,
        station_id=station.id,
        mediator_id=mediator,
        kind=body.kind,
        matter_code=body.matter,
        appointment_id=appointment.id if appointment else None,
        state=STATION_CALL.initial,
        rang_at=turn.now,
        until=turn.now + (_LATEST if allowed else RING),
        auto_at=turn.now + COUNTDOWN if allowed else None,
    )
    turn.db.add(made)
    turn.touched.add(MARK + made.id)
    return {"call": made.id, "until": milliseconds(made.until)}


async def stop_calling(call: Call) -> Answer:
    """The centre hangs up before anybody answers."""
    row = await rows.lock_station_call(call.turn.db, call.body.call)
    if row is None or row.lawyer_id != call.principal.account_id:
        raise NotFound
    end(call.turn, row, StationCallEvent.WITHDRAW)
    return {}


async def refuse_call(call: Call) -> Answer:
    """Somebody at the terminal says no; it ends the countdown, too."""
    end(call.turn, await _at_my_terminal(call), StationCallEvent.REFUSE)
    return {}


async def answer_call(call: Call) -> Answer:
    """Begin a session with the lawyer who calls; unrecorded as long as nobody was asked.

    Raises CallerGone.
    """
    body: AnswerStationCall = call.body
    turn = call.turn
    row = await _at_my_terminal(call)
    if body.by_itself:
        await _check_allowed(turn, row)
    await _leave_last(turn, row.mediator_id)
    end(turn, row, StationCallEvent.ANSWER)
    row.answered_by_itself = body.by_itself
    session = _begun(row, turn.now)
    turn.db.add(session)
    await turn.db.flush()
    row.session_id = session.id
    _tell(turn, row, session)
    if row.appointment_id is not None:
        made = await rows.lock_appointment(turn.db, row.appointment_id)
        if made is None:
            raise NotFound
        await booking.enter(turn, made, session)
    try:
        await ring.take(turn, session, row.lawyer_id)
    except ring.LawyerBusy as busy:
        raise CallerGone from busy
    session.due_at = turn.now + CONNECT_WITHIN
    session.media_epoch += 1
    turn.log(session, EventType.CALL_ACCEPTED, {"lawyer": row.lawyer_id})
    await _callers_consent(turn, session, row.lawyer_id)
    step_recording(session, RecordingEvent.DECLINE)
    await seat(turn, session, row.lawyer_id)
    return {"session": session.id}


async def answering(turn: Turn, station_id: str) -> Answering:
    """Return what the station allows its terminals."""
    row = await rows.answering_of(turn.db, station_id)
    if row is None:
        return NEVER
    return Answering(row.allowed, row.start, row.end, frozenset(int(day) for day in row.days))


async def time_out(turn: Turn, call_id: str) -> None:
    """Nobody has answered."""
    row = await rows.lock_station_call(turn.db, call_id)
    if row is not None and row.until <= turn.now and row.ended_at is None:
        end(turn, row, StationCallEvent.MISS)


async def _free(turn: Turn, lawyer_id: str) -> None:
    duty = await repository.duty_of(turn.db, lawyer_id)
    busy = duty is None or duty.session_id is not None or duty.helping_id is not None
    rung = await repository.open_offer_of(turn.db, lawyer_id) is not None
    if busy or rung or await rows.calling_by(turn.db, lawyer_id) is not None:
        raise Conflict("lawyer_busy", "值班且没有其他来电或会话时，才能呼叫工作站。")


async def _appointment(call: Call, station_id: str) -> Appointment | None:
    if call.body.appointment is None:
        return None
    made = await booking_commands.own(call, call.body.appointment)
    if made.station_id != station_id:
        raise NotFound
    booking.check_doors(made, call.turn.now)
    return made


async def _at_my_terminal(call: Call) -> StationCall:
    row = await rows.lock_station_call(call.turn.db, call.body.call)
    if row is None or row.mediator_id != call.principal.account_id:
        raise NotFound
    return row


async def _check_allowed(turn: Turn, row: StationCall) -> None:
    """Ask the station's word again, at the moment of the answer: it may have been taken back."""
    allowed = may_answer(await answering(turn, row.station_id), turn.now, plan.ZONE)
    if row.auto_at is None or not allowed or not answers_itself(row.rang_at, turn.now):
        raise NotAllowed("not_by_itself", "本站没有允许终端在这个时间自动接听。")


async def _leave_last(turn: Turn, mediator_id: str) -> None:
    """What was over stood on the screen still; raises Conflict for what is not over."""
    shown = await seen.mediators_session(turn.db, mediator_id)
    last = await repository.lock_session(turn.db, shown.session.id) if shown else None
    if last is None:
        return
    if last.state not in (SessionState.WRAPPING, SessionState.CLOSED):
        raise Conflict("session_open", "您还有一个会话没有结束，请先完成它。")
    last.left_at = turn.now
    last.seq += 1
    turn.touched.add(last.id)


def _begun(row: StationCall, now: datetime) -> Session:
    return Session(
        id=new_id(),
        number=new_number(now),
        kind=row.kind,
        matter_code=row.matter_code,
        facts="",
        station_id=row.station_id,
        mediator_id=row.mediator_id,
        state=SESSION.initial,
        recording=RECORDING.initial,
        seq=0,
        requested_at=row.rang_at,
        queue_at=row.rang_at,
        attempt_at=now,
    )


def _tell(turn: Turn, row: StationCall, session: Session) -> None:
    asked = {"kind": row.kind.value, "by": "centre"}
    turn.log(session, EventType.SESSION_REQUESTED, asked, at=row.rang_at)
    turn.log(session, EventType.STATION_CALLED, {"lawyer": row.lawyer_id}, at=row.rang_at)
    turn.log(session, EventType.STATION_ANSWERED, {"by_itself": row.answered_by_itself})


async def _callers_consent(turn: Turn, session: Session, lawyer_id: str) -> None:
    """Who calls agrees by calling, as who accepts does; the people are asked in the room."""
    today = turn.now.astimezone(plan.ZONE).date()
    notice = await rows.notice_on(turn.db, today)
    if notice is None:
        return
    turn.db.add(
        Consent(
            session_id=session.id,
            account_id=lawyer_id,
            subject="recording",
            given=True,
            notice_version=notice.version,
            at=turn.now,
        )
    )
    body = {"subject": "recording", "account": lawyer_id, "notice": notice.version}
    turn.log(session, EventType.CONSENT_GIVEN, body)
