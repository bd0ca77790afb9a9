"""What the relay must be told of a session: who may be in its room, in which circles, how loud."""

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass

from server.sessions import repository
from server.sessions.repository import kept, seen
from server.sessions.room.present import answers, hold_reason
from server.sessions.service import Answer
from server.sessions.turn import Turn
from server.storage.engine import Transaction
from server.storage.schema import Caucus, Guest, Participant, Session
from signaling.caucus import APART, CAUCUS, CaucusEvent, CaucusState
from signaling.consent import agreed
from signaling.events import EventType
from signaling.guest import GuestState
from signaling.participant import ParticipantState
from signaling.rights import Role
from signaling.session import SessionState

JOINT = "joint"


@dataclass(frozen=True, slots=True)
class Division:
    """``groups``: the circle of each participant who may be there. ``version`` only grows.

    ``hold``: why nothing may be recorded, or empty. ``locks``: the talk apart that is secret once
    the relay has carried this out. ``kept``: the talk apart that is recorded for itself.
    """

    version: int
    groups: dict[str, str]
    muted: list[str]
    hold: str
    locks: str | None
    kept: str | None


async def division(db: Transaction, session: Session) -> Division:
    """Return the division that the database asks for at this moment."""
    caucus = await repository.open_caucus(db, session.id)
    allowed = await allowed_inside(db, session)
    waits = caucus is not None and caucus.state is CaucusState.ACCEPTED
    return Division(
        version=session.seq,
        groups={one.id: circle_of(one, session, caucus) for one in allowed},
        muted=[one.id for one in allowed if one.hushed],
        hold=await hold_reason(db, session),
        locks=caucus.id if caucus is not None and waits else None,
        kept=await _kept(db, session, caucus, allowed),
    )


async def _kept(
    db: Transaction, session: Session, caucus: Caucus | None, allowed: "Sequence[Allowed]"
) -> str | None:
    """Return the talk apart if all in it have agreed to its recording; in a break nothing is."""
    if caucus is None or caucus.state not in APART or session.state is SessionState.PAUSED:
        return None
    if await kept.recording_by_id(db, caucus.id) is None:
        return None
    consents = await kept.consents_of(db, caucus.id)
    persons = await seen.persons_of(db, session.id)
    wanted = members(session, caucus, allowed)
    return caucus.id if agreed(wanted, answers(consents, persons)) else None


@dataclass(frozen=True, slots=True)
class Allowed:
    """A participant who may be in the room; ``person_id`` of a guest."""

    participant: Participant
    person_id: str | None

    @property
    def id(self) -> str:
        """The participant's id."""
        return self.participant.id

    @property
    def hushed(self) -> bool:
        """Whether the mediator has shut the microphone."""
        return self.participant.hushed


async def allowed_inside(db: Transaction, session: Session) -> list[Allowed]:
    """Return who may be in the room: everybody who has not left, guests only when let in."""
    participants = await repository.participants_of(db, session.id)
    return allowed_among(participants, await repository.guests_of(db, session.id))


def allowed_among(participants: Sequence[Participant], guests: Sequence[Guest]) -> list[Allowed]:
    """Return which of a session's participants may be in the room."""
    inside = [guest for guest in guests if guest.state is GuestState.INSIDE]
    return [
        Allowed(one, _person(one, inside))
        for one in participants
        if one.state is not ParticipantState.LEFT
        and (one.role is not Role.PARTY or _person(one, inside))
    ]


def _person(participant: Participant, inside: Sequence[Guest]) -> str | None:
    return next((g.person_id for g in inside if g.account_id == participant.account_id), None)


def circle_of(one: Allowed, session: Session, caucus: Caucus | None) -> str:
    """Return the circle: all joint, or the talk apart; who waits meanwhile is alone."""
    if caucus is None or caucus.state not in APART:
        return JOINT
    return caucus.id if takes_part(one, session, caucus) else one.id


def takes_part(one: Allowed, session: Session, caucus: Caucus) -> bool:
    """Tell whether somebody belongs to a talk apart."""
    if one.participant.account_id == session.mediator_id:
        return True
    if one.participant.role is Role.LAWYER:
        return one.id in caucus.lawyers
    return one.person_id is not None and one.person_id == caucus.person_id


def members(session: Session, caucus: Caucus, allowed: Sequence[Allowed]) -> list[str]:
    """Return the ids under which those in a talk apart answer: of accounts and of the party."""
    inside = [one for one in allowed if takes_part(one, session, caucus)]
    own = {one.participant.account_id for one in inside if one.person_id is None}
    return sorted(own | {session.mediator_id, caucus.person_id})


def locked(session_id: str, caucus_id: str) -> Callable[[Turn], Awaitable[Answer]]:
    """Return the work of noting that the relay has divided the room: now it is secret."""

    async def work(turn: Turn) -> Answer:
        session = await repository.lock_session(turn.db, session_id)
        caucus = await repository.open_caucus(turn.db, session_id)
        if session is None or caucus is None or caucus.id != caucus_id:
            return {}
        if CAUCUS.allows(caucus.state, CaucusEvent.LOCK):
            caucus.state = CAUCUS.step(caucus.state, CaucusEvent.LOCK)
            caucus.locked_at = turn.now
            turn.log(session, EventType.ASIDE_LOCKED, {"caucus": caucus.id})
        return {}

    return work
