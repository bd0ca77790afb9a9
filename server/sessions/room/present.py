"""Who is in the room now, and whether they may be recorded."""

from collections.abc import Sequence
from dataclasses import dataclass

from server.sessions import repository
from server.sessions.repository import seen
from server.sessions.turn import Turn, step_recording
from server.storage.engine import Transaction
from server.storage.schema import ApartConsent, Consent, Guest, Participant, Person, Session
from signaling.caucus import APART
from signaling.consent import Answer, Subject, agreed
from signaling.participant import ParticipantState
from signaling.recording import RecordingEvent, RecordingState
from signaling.rights import Role
from signaling.session import SessionState


@dataclass(frozen=True, slots=True)
class Present:
    """Accounts and persons in the room, by id; consents name either."""

    accounts: frozenset[str]
    persons: frozenset[str]

    @property
    def everybody(self) -> frozenset[str]:
        """The ids under which their answers are kept."""
        return self.accounts | self.persons


@dataclass(frozen=True, slots=True)
class People:
    """What is stored of a session's people and of what they said to a recording."""

    persons: Sequence[Person]
    inside: Sequence[Guest]
    participants: Sequence[Participant]
    consents: Sequence[Consent]


async def people_of(db: Transaction, session: Session) -> People:
    """Read a session's people."""
    return People(
        persons=await seen.persons_of(db, session.id),
        inside=await seen.guests_inside(db, session.id),
        participants=await seen.participants_of(db, session.id),
        consents=await seen.consents_of(db, session.id),
    )


def present(session: Session, people: People) -> Present:
    """Return who is in the room: those at the terminal, the lawyers, the guests let in."""
    inside = {guest.person_id for guest in people.inside}
    seated = [one for one in people.participants if _sits(one)]
    accounts = {one.account_id for one in seated if one.role is not Role.PARTY}
    accounts |= {who for who in (session.mediator_id, session.lawyer_id) if who}
    return Present(
        frozenset(accounts),
        frozenset(one.id for one in people.persons if one.here or one.id in inside),
    )


def _sits(participant: Participant) -> bool:
    return participant.state not in (ParticipantState.EXPECTED, ParticipantState.LEFT)


def answers(consents: Sequence[Consent | ApartConsent], persons: Sequence[Person]) -> list[Answer]:
    """Return the answers about a recording; a minor's count only with a guardian's name."""
    unattended = {one.id for one in persons if one.minor and not one.guardian}
    return [
        Answer(
            consent.id,
            consent.person_id or consent.account_id or "",
            consent.given and consent.person_id not in unattended,
            consent.at.timestamp(),
        )
        for consent in consents
        if isinstance(consent, ApartConsent) or consent.subject == Subject.RECORDING
    ]


def agree(session: Session, people: People) -> bool:
    """Tell whether each of those in the room has agreed to be recorded."""
    who = present(session, people).everybody
    return agreed(who, answers(people.consents, people.persons))


async def everybody_agrees(db: Transaction, session: Session) -> bool:
    """Tell the same of what is stored now."""
    return agree(session, await people_of(db, session))


async def hold_reason(db: Transaction, session: Session) -> str:
    """Return why nothing may be recorded just now; empty: it may."""
    if session.state is SessionState.PAUSED:
        return "session paused"
    caucus = await repository.open_caucus(db, session.id)
    if caucus is not None and caucus.state in APART:
        return "caucus"
    if not await everybody_agrees(db, session):
        return "no consent of everybody present"
    return ""


async def reconsider(turn: Turn, session: Session) -> None:
    """Somebody came, went or changed their mind: what was declined may begin, what waits may not.

    What runs already is paused and resumed by the relay, at ``hold_reason``'s word.
    """
    if session.recording not in (RecordingState.DECLINED, RecordingState.ARMED):
        return
    await turn.db.flush()
    all_agree = await everybody_agrees(turn.db, session)
    step_recording(session, RecordingEvent.ARM if all_agree else RecordingEvent.DECLINE)
