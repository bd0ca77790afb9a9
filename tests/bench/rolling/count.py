"""What the database says at the end about what people were told."""

from collections import Counter
from dataclasses import dataclass

from sqlalchemy import select

from server.storage.engine import Database
from server.storage.schema import Advice, DoneCommand, Event, RingOffer, Session
from signaling.events import EventType
from signaling.recording import RecordingState
from tests.bench.rolling.calls import Diary
from tests.bench.rolling.people import Front

ONCE = (EventType.CALL_ACCEPTED, EventType.SESSION_LIVE, EventType.SESSION_HUNG_UP)
NEVER = (
    EventType.PARTICIPANT_LOST,
    EventType.MEDIA_RESTARTED,
    EventType.RECORDING_INTERRUPTED,
    EventType.RECORDING_FAILED,
)


@dataclass
class Count:
    """Calls and commands; everything that is ``lost``, ``twice`` or ``dropped`` should be 0."""

    calls: int
    calls_lost: int  # asked for, and never rung, taken or ended
    calls_dropped: int  # whose media was lost, or made anew, in between
    commands: int
    commands_lost: int
    commands_twice: int
    waited_s: float  # the longest wait for a lawyer


_ENDED = (
    RecordingState.OFF,
    RecordingState.DECLINED,
    RecordingState.FAILED,
    RecordingState.CLOSED,
)


async def all_written(url: str) -> bool:
    """Tell whether no recording is left of which the relays will have more to say."""
    db = Database(url)
    try:
        async with db.read() as read:
            going = select(Session.id).where(Session.recording.not_in(_ENDED))
            return (await read.scalars(going)).first() is None
    finally:
        await db.close()


async def count(url: str, front: Front, diary: Diary) -> Count:
    """Compare."""
    db = Database(url)
    try:
        return await _count(db, front, diary)
    finally:
        await db.close()


async def _count(db: Database, front: Front, diary: Diary) -> Count:
    async with db.read() as read:
        done: set[str] = set((await read.scalars(select(DoneCommand.id))).all())
        sessions = {one.id: one for one in (await read.scalars(select(Session))).all()}
        advice = list((await read.scalars(select(Advice.id))).all())
        rung = set((await read.scalars(select(RingOffer.session_id))).all())
        events = list((await read.scalars(select(Event))).all())
    happened = Counter((one.session_id, one.type) for one in events)
    acknowledged = [one for ids in front.acknowledged.values() for one in ids]
    ended = set(diary.ended)
    unheard = sum(one not in sessions or one not in rung or one not in ended for one in diary.asked)
    wrong = {
        ident
        for (ident, kind), times in happened.items()
        if (kind in ONCE and times != 1) or kind in NEVER
    } | {ident for ident, one in sessions.items() if one.media_epoch != 1}
    waits = [
        (one.at - sessions[one.session_id].requested_at).total_seconds()
        for one in events
        if one.type == EventType.CALL_ACCEPTED
    ]
    return Count(
        calls=len(diary.asked),
        calls_lost=unheard,
        calls_dropped=len(wrong),
        commands=len(acknowledged),
        commands_lost=len(set(acknowledged) - done) + len(set(diary.advised) - set(advice)),
        commands_twice=len(advice) - len(diary.advised) + len(sessions) - len(diary.asked),
        waited_s=max(waits, default=0.0),
    )
