"""The relay's word into the session's log: who is connected, what is recorded.

An event is identified by the relay's boot and number, and carried out once, whichever web process
hears it and however often.
"""

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from hashlib import sha256
from types import MappingProxyType
from typing import Any

from server.sessions import repository
from server.sessions.minding import mind
from server.sessions.repository import kept
from server.sessions.room.kept import move_kept
from server.sessions.service import Answer
from server.sessions.turn import Turn, step_participant, step_recording
from server.storage.schema import DoneCommand, Participant, Session
from server.tasks.kinds import TaskKind
from server.tasks.repository import open_task
from signaling.events import EventType
from signaling.participant import ParticipantEvent, ParticipantState
from signaling.recording import RecordingEvent, RecordingState
from signaling.rights import Role
from signaling.session import IN_ROOM, SessionEvent, SessionState

_UNDECIDED = frozenset({RecordingState.OFF, RecordingState.ARMED, RecordingState.INTERRUPTED})


@dataclass(frozen=True, slots=True)
class Heard:
    """One event, as a relay of this boot told it."""

    boot: str
    body: Mapping[str, Any]

    @property
    def at(self) -> datetime:
        """When it happened, by the relay's clock."""
        return datetime.fromtimestamp(float(self.body["at"]), UTC)

    def command_id(self) -> str:
        """Return the id under which it is carried out once."""
        return sha256(f"{self.boot}:{self.body['n']}".encode()).hexdigest()[:32]


Apply = Callable[[Turn, Session, Heard], Awaitable[None]]


def carry_out(heard: Heard) -> Callable[[Turn], Awaitable[Answer]] | None:
    """Return the work of an event, or None for one that changes nothing stored."""
    apply = APPLY.get(str(heard.body.get("type")))
    if apply is None:
        return None

    async def work(turn: Turn) -> Answer:
        command_id = heard.command_id()
        if await repository.done_command(turn.db, command_id) is not None:
            return {}
        session = await repository.lock_session(turn.db, str(heard.body["room"]))
        if session is not None:
            await apply(turn, session, heard)
        turn.db.add(
            DoneCommand(
                id=command_id, actor_id=None, type=heard.body["type"], answer={}, at=turn.now
            )
        )
        return {}

    return work


async def _connected(turn: Turn, session: Session, heard: Heard) -> None:
    participant = await repository.participant_by_id(turn.db, heard.body["peer"])
    if participant is not None and session.state in IN_ROOM:
        await connect(turn, session, participant, heard.at)


async def connect(
    turn: Turn, session: Session, participant: Participant, at: datetime | None = None
) -> None:
    """Note that a participant's media arrives, and what follows of it. The session is in a room."""
    before = participant.state
    if not step_participant(participant, ParticipantEvent.CONNECT):
        return
    if before is not ParticipantState.CONNECTED:
        first = before is ParticipantState.CONNECTING
        event = EventType.PARTICIPANT_JOINED if first else EventType.PARTICIPANT_RETURNED
        turn.log(session, event, participant=participant, at=at)
    await mind(turn, session)
    await go_live_if_ready(turn, session)


async def _lost(turn: Turn, session: Session, heard: Heard) -> None:
    participant = await repository.participant_by_id(turn.db, heard.body["peer"])
    if participant is not None and heard.body.get("reason") != "deleted":
        await lose(turn, session, participant)


async def lose(turn: Turn, session: Session, participant: Participant) -> None:
    """Note that a participant's media has stopped; a room of nobody has three minutes."""
    was_connected = participant.state is ParticipantState.CONNECTED
    if not step_participant(participant, ParticipantEvent.LOSE) or not was_connected:
        return
    turn.log(session, EventType.PARTICIPANT_LOST, participant=participant)
    await turn.db.flush()
    await mind(turn, session)


async def _quality(turn: Turn, session: Session, heard: Heard) -> None:
    """Somebody's line has become better or worse; the relay says it once in ten seconds at most."""
    participant = await repository.participant_by_id(turn.db, heard.body["peer"])
    if participant is not None and session.state in IN_ROOM:
        told = {key: heard.body[key] for key in ("level", "rtt_ms")}
        event = EventType.PARTICIPANT_QUALITY
        turn.log(session, event, told, participant=participant, at=heard.at)


async def _recording_started(turn: Turn, session: Session, heard: Heard) -> None:
    if not step_recording(session, RecordingEvent.START):
        return
    session.recording_at = session.recording_at or heard.at
    turn.log(session, EventType.RECORDING_STARTED, at=heard.at)
    await go_live_if_ready(turn, session)


async def _recording_closed(turn: Turn, session: Session, heard: Heard) -> None:
    """The files are sealed: for good when the talk is over, else until the relay is back.

    A relay that is stopped politely closes its files in the middle of a talk.
    """
    over = session.state not in IN_ROOM or session.recording is RecordingState.FAILED
    step = RecordingEvent.CLOSE if over else RecordingEvent.INTERRUPT
    event = EventType.RECORDING_CLOSED if over else EventType.RECORDING_INTERRUPTED
    before = session.recording
    if step_recording(session, step) and session.recording is not before:
        turn.log(session, event, at=heard.at)
    await go_live_if_ready(turn, session)


def _kept(step: RecordingEvent) -> Apply:
    """The relay's word about the recording of a talk apart: no line of it in the session's log."""

    async def apply(turn: Turn, session: Session, heard: Heard) -> None:
        recording = await kept.recording_by_id(turn.db, str(heard.body.get("session", "")))
        if recording is None or recording.session_id != session.id:
            return
        if step is RecordingEvent.START:
            recording.started_at = recording.started_at or heard.at
        if step is RecordingEvent.FAIL:
            about = {"text": _KEPT_ALARM, "code": str(heard.body.get("code", ""))}
            await open_task(turn.db, TaskKind.RECORDING_ALARM, session.id, heard.at, about)
        move_kept(turn, session, recording, step)

    return apply


async def _kept_closed(turn: Turn, session: Session, heard: Heard) -> None:
    """Sealed for good when the talk apart is over, else until all in it agree again."""
    caucus = await repository.open_caucus(turn.db, session.id)
    lasts = caucus is not None and caucus.id == heard.body.get("session")
    goes_on = lasts and session.state in IN_ROOM
    step = RecordingEvent.INTERRUPT if goes_on else RecordingEvent.CLOSE
    await _kept(step)(turn, session, heard)


def _recording(step: RecordingEvent, event: EventType) -> Apply:
    async def apply(turn: Turn, session: Session, heard: Heard) -> None:
        if step_recording(session, step):
            told = {key: heard.body[key] for key in ("reason", "code") if key in heard.body}
            turn.log(session, event, told, at=heard.at)
            await go_live_if_ready(turn, session)

    return apply


async def _recording_failed(turn: Turn, session: Session, heard: Heard) -> None:
    """The people in the room see it in their views; the admins get a task, healed or not.

    Another failure while one lasts is told as well: another track, another cause.
    """
    code, track = str(heard.body.get("code", "")), str(heard.body.get("track", ""))
    participant = await repository.participant_by_id(turn.db, str(heard.body.get("peer", "")))
    text = _ALARMS.get(code, _ALARM)
    if participant is not None and code == _STALLED:
        text = f"{_ROLES[participant.role]}的{_TRACKS.get(track, '声音或画面')}传来了却没有写下。"
    about = {"text": text, "code": code} | ({"track": track} if track else {})
    await open_task(turn.db, TaskKind.RECORDING_ALARM, session.id, heard.at, about)
    lasts = session.recording is RecordingState.FAILED
    if step_recording(session, RecordingEvent.FAIL) or lasts:
        told = {"code": code} | ({"track": track} if track else {})
        failed = EventType.RECORDING_FAILED
        turn.log(session, failed, told, participant=participant, at=heard.at)
        await go_live_if_ready(turn, session)


async def go_live_if_ready(turn: Turn, session: Session) -> None:
    """Face to face: mediator and lawyer connected, and what must be recorded is on disk."""
    if session.state is not SessionState.ACCEPTED or session.recording in _UNDECIDED:
        return
    connected = {
        one.account_id
        for one in await repository.participants_of(turn.db, session.id)
        if one.state is ParticipantState.CONNECTED
    }
    if not {session.mediator_id, session.lawyer_id} <= connected:
        return
    turn.step(session, SessionEvent.CONNECT)
    session.live_at = session.live_at or turn.now
    session.due_at = None
    turn.log(session, EventType.SESSION_LIVE)


_STALLED = "track_stalled"
_ROLES: Mapping[Role, str] = MappingProxyType(
    {Role.LAWYER: "律师", Role.MEDIATOR: "调解员", Role.PARTY: "当事人"}
)
_TRACKS: Mapping[str, str] = MappingProxyType(
    {"microphone": "声音", "camera": "画面", "screen": "共享的屏幕"}
)
_ALARM = "录音录像曾经中断，原因见日志。"
_KEPT_ALARM = "背对背谈话的录音录像曾经中断或没有开始。"
_ALARMS: Mapping[str, str] = MappingProxyType(
    {
        "disk_full": "存储空间不足，录音录像曾经中断或没有开始。",
        "disk_error": "存储读写出错，录音录像曾经中断。",
        "disk_stalled": "存储没有响应，录音录像曾经停顿。",
        "no_key": "加密主密钥不可用，没有录音录像。",
        "overflow": "写入太慢，录音录像曾经丢失数据。",
        _STALLED: "有人的声音或画面传来了却没有写下。",
    }
)

APPLY: Mapping[str, Apply] = {
    "peer.connected": _connected,
    "peer.back": _connected,
    "peer.silent": _lost,
    "peer.gone": _lost,
    "peer.quality": _quality,
    "recording.started": _recording_started,
    "recording.paused": _recording(RecordingEvent.PAUSE, EventType.RECORDING_PAUSED),
    "recording.resumed": _recording(RecordingEvent.RESUME, EventType.RECORDING_RESUMED),
    "recording.failed": _recording_failed,
    "recording.closed": _recording_closed,
    "aside.recording.started": _kept(RecordingEvent.START),
    "aside.recording.failed": _kept(RecordingEvent.FAIL),
    "aside.recording.closed": _kept_closed,
}
