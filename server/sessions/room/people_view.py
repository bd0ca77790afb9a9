"""The people of a room as its pages show them: lobby, talk apart, messages, participants."""

from collections.abc import Sequence
from typing import Any

from server.sessions import repository
from server.sessions.dividing import Allowed, allowed_among, circle_of, takes_part
from server.sessions.repository.seen import File
from server.storage.engine import Transaction
from server.storage.schema import (
    Caucus,
    Consent,
    Guest,
    IdentityCheck,
    Message,
    Participant,
    Person,
    Session,
)
from signaling.moments import maybe_milliseconds
from signaling.rights import Role

View = dict[str, Any]


async def lobby_view(db: Transaction, file: File) -> list[View]:
    """Return everybody who was invited, for the mediator alone."""
    if not file.guests:
        return []
    guests = {guest.person_id: guest for guest in file.guests}
    identities = await repository.identities_of(db, file.session.id)
    pairs = await repository.kept_apart(db, file.session.id)
    return [
        _visitor(person, guests[person.id], file.consents, identities, pairs)
        for person in file.persons
        if person.id in guests
    ]


def _visitor(
    person: Person,
    guest: Guest,
    consents: Sequence[Consent],
    identities: dict[str, IdentityCheck],
    pairs: Sequence[tuple[str, str]],
) -> View:
    check = identities.get(person.id)
    return {
        "person": person.id,
        "name": person.name,
        "state": guest.state.value,
        "since": maybe_milliseconds(guest.since),
        "been_inside": guest.admitted_at is not None,
        "identity": check.way.value if check else None,
        "consents": answers_of(consents, person.id),
        "minor": person.minor,
        "guardian": person.guardian,
        "apart": sorted({one for pair in pairs if person.id in pair for one in pair} - {person.id}),
    }


def answers_of(consents: Sequence[Consent], person_id: str) -> dict[str, bool]:
    """Return a person's newest answer on each subject they were asked about."""
    return {one.subject: one.given for one in consents if one.person_id == person_id}


def caucus_view(
    caucus: Caucus | None, mine: Allowed | None, session: Session, me: str
) -> View | None:
    """Return the talk apart: whom it is with is told only to those who take part."""
    if caucus is None:
        return None
    inside = mine is not None and takes_part(mine, session, caucus)
    told = inside or me == session.mediator_id
    if not told and caucus.locked_at is None and caucus.divided_seq is None:
        return None  # a question to one party is nobody else's business
    return {
        "id": caucus.id,
        "state": caucus.state.value,
        "mine": inside,
        "person": caucus.person_id if told else None,
        "lawyers": caucus.lawyers if told else None,
        "kept": None,
    }


def circles(file: File) -> tuple[list[Allowed], dict[str, str]]:
    """Return who may be inside, and the circle of each participant."""
    allowed = allowed_among(file.participants, file.guests)
    return allowed, {one.id: circle_of(one, file.session, file.caucus) for one in allowed}


def participant_view(
    participant: Participant, account_id: str, circle_by_id: dict[str, str], mine: str | None
) -> View:
    """Return a participant; of who is in another circle nothing is told but the name."""
    me = participant.account_id == account_id
    beside = me or (mine is not None and circle_by_id.get(participant.id) == mine)
    return {
        "id": participant.id,
        "role": participant.role.value,
        "name": participant.name,
        "place": participant.place,
        "state": participant.state.value,
        "microphone": beside and participant.microphone and not participant.hushed,
        "camera": beside and participant.camera,
        "screen": beside and participant.screen,
        "hushed": beside and participant.hushed,
        "hand": maybe_milliseconds(participant.hand_at) if beside else None,
        "calling": maybe_milliseconds(participant.called_at),
        "beside": beside,
        "me": me,
    }


def visible(
    participants: Sequence[Participant],
    circle_by_id: dict[str, str],
    role: Role,
    mine: Participant | None,
) -> list[Participant]:
    """Return whom a page may know of: a party only those who are in the same circle."""
    if role is not Role.PARTY:
        return [one for one in participants if one.role is not Role.PARTY or one.id in circle_by_id]
    own = circle_by_id.get(mine.id) if mine else None
    if own is None:
        return []
    return [one for one in participants if circle_by_id.get(one.id) == own]


def messages_view(
    messages: Sequence[Message], participants: Sequence[Participant], mine: Participant | None
) -> list[View]:
    """Return what was written while one was in the same room."""
    if mine is None:
        return []
    authors = {one.id: one for one in participants}
    return [
        _message(message, authors[message.author_id], mine)
        for message in messages
        if mine.id in message.audience
    ]


def _message(message: Message, author: Participant, mine: Participant) -> View:
    return {
        "id": message.id,
        "at": maybe_milliseconds(message.at),
        "name": author.name,
        "role": author.role.value,
        "me": author is mine,
        "aside": message.caucus_id is not None,
        "text": message.text,
    }
