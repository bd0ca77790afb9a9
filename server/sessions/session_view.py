"""One session as its own people see it (SessionView and Card of PROTOCOL.md)."""

from collections.abc import Sequence
from datetime import timedelta
from typing import Any

from server.sessions import repository
from server.sessions.dividing import Allowed
from server.sessions.moments import millis
from server.sessions.repository import Names
from server.sessions.room.people_view import (
    caucus_view,
    circles,
    lobby_view,
    messages_view,
    participant_view,
    visible,
)
from server.storage.engine import Transaction
from server.storage.schema import Account, Advice, Consent, Participant, Person, Session
from server.web.principal import Principal
from signaling.dispatch import Stage
from signaling.events import EventType
from signaling.recording import RecordingState
from signaling.rights import Role
from signaling.session import IN_ROOM, WAITING, SessionState

View = dict[str, Any]

LATELY = timedelta(hours=2)
ENOUGH = 5
"""So many calls must have been answered lately before anything is said about waiting."""


def card(session: Session, names: Names) -> View:
    """Return the short form for lists."""
    return {
        "id": session.id,
        "number": session.number,
        "kind": session.kind.value,
        "matter": {"code": session.matter_code, "name": names.matters.get(session.matter_code, "")},
        "station": names.stations.get(session.station_id, ""),
        "requested_at": millis(session.requested_at),
        "needs": session.needs,
        "language": session.language,
        "state": session.state.value,
        "lawyer": names.accounts.get(session.lawyer_id) if session.lawyer_id else None,
        "live_at": millis(session.live_at),
        "ended_at": millis(session.ended_at),
    }


async def session_view(
    db: Transaction, session: Session, principal: Principal, ice_servers: list[dict[str, object]]
) -> View:
    """Return everything that somebody in the session may see of it."""
    account_id = principal.account_id
    names = await repository.card_names(db, [session])
    participants = await repository.participants_of(db, session.id)
    persons = await repository.persons_of(db, session.id)
    consents = await repository.consents_of(db, session.id)
    advice = await repository.advice_of(db, session.id)
    # The authors too: a talk may have passed through several hands.
    people = {session.mediator_id, session.lawyer_id, *(entry.author_id for entry in advice)}
    accounts = await repository.accounts_by_id(db, {who for who in people if who})
    around = await _people(db, session, principal, participants, persons, consents)
    return card(session, names) | {
        "seq": session.seq,
        "facts": session.facts,
        "persons": [_person(person, consents) for person in persons],
        "mediator": {"name": accounts[session.mediator_id].name},
        "lawyer": _lawyer(accounts.get(session.lawyer_id)) if session.lawyer_id else None,
        "queue": await _queue(db, session),
        "recording": {
            "state": session.recording.value,
            "since": millis(session.recording_at),
            "stalled": await _stalled(db, session, around),
        },
        "lead": account_id == session.lawyer_id,
        "handing": await _handing(db, session),
        "hold": await _hold(db, session),
        "media": _media(session, participants, account_id, ice_servers),
        "advice": _advice(advice, names, accounts),
        "receipt_at": millis(session.receipt_at),
        "closed_at": millis(session.closed_at),
        "reason": session.reason,
        **around,
    }


async def _people(
    db: Transaction,
    session: Session,
    principal: Principal,
    participants: Sequence[Participant],
    persons: Sequence[Person],
    consents: Sequence[Consent],
) -> View:
    """Return what depends on who looks: each sees the circle they are in."""
    me, role = principal.account_id, principal.role
    caucus = await repository.open_caucus(db, session.id)
    allowed, circle = await circles(db, session, caucus)
    mine = _own(allowed, me)
    own = mine.participant if mine else None
    seen = visible(participants, circle, role, own)
    of_mine = circle.get(own.id) if own else None
    mediates = role is Role.MEDIATOR
    return {
        "participants": [participant_view(one, me, circle, of_mine) for one in seen],
        "lobby": await lobby_view(db, session, persons, consents) if mediates else [],
        "aside": caucus_view(caucus, mine, session, me),
        "messages": messages_view(await repository.messages_of(db, session.id), participants, own),
    }


async def _stalled(db: Transaction, session: Session, around: View) -> View | None:
    """Whose track it is that cannot be written, where it is one track, of somebody on this page."""
    if session.recording is not RecordingState.FAILED:
        return None
    event = await repository.newest_event(db, session.id, EventType.RECORDING_FAILED)
    known = {one["id"] for one in around["participants"]}
    if event is None or event.participant_id not in known:
        return None
    return {"participant": event.participant_id, "track": event.body.get("track", "")}


def _own(allowed: Sequence[Allowed], account_id: str) -> Allowed | None:
    return next((one for one in allowed if one.participant.account_id == account_id), None)


def _person(person: Person, consents: Sequence[Consent]) -> View:
    own = [c for c in consents if c.person_id == person.id and c.subject == "recording"]
    return {
        "id": person.id,
        "name": person.name,
        "recording": bool(own and own[-1].given),
        "here": person.here,
        "minor": person.minor,
        "guardian": person.guardian,
    }


def _lawyer(account: Account | None) -> View | None:
    if account is None:
        return None
    return {"name": account.name, "firm": account.firm, "licence_no": account.licence_no}


async def _queue(db: Transaction, session: Session) -> View | None:
    if session.state not in WAITING:
        return None
    offers = await repository.open_offers(db, session.id)
    rung = await repository.accounts_by_id(db, {offer.lawyer_id for offer in offers})
    return {
        "ahead": await repository.ahead_in_queue(db, session),
        "ringing": [rung[offer.lawyer_id].name for offer in offers],
        "until": millis(max((offer.until for offer in offers), default=None)),
        "everyone": any(offer.everyone for offer in offers),
        "again": session.live_at is not None,
        "backup": any(offer.stage is Stage.BACKUP for offer in offers),
        "typical": await _typical(db, session),
    }


async def _handing(db: Transaction, session: Session) -> View | None:
    """The colleague who is being rung beside the talk."""
    if session.state not in IN_ROOM:
        return None
    for offer in await repository.open_offers(db, session.id):
        names = await repository.account_names(db, [offer.lawyer_id])
        name, until = names.get(offer.lawyer_id, ""), millis(offer.until)
        return {"kind": offer.stage.value, "name": name, "until": until}
    return None


async def _hold(db: Transaction, session: Session) -> View | None:
    """Who asked for the break, why and since when."""
    if session.state is not SessionState.PAUSED:
        return None
    event = await repository.newest_event(db, session.id, EventType.SESSION_PAUSED)
    if event is None:
        return None
    names = await repository.account_names(db, [event.actor_id or ""])
    by, reason = names.get(event.actor_id or "", ""), str(event.body.get("reason", ""))
    return {"by": by, "reason": reason, "since": millis(event.at)}


async def _typical(db: Transaction, session: Session) -> View | None:
    """Return what the last calls waited: half of them no longer. None: too few to say anything."""
    waits = sorted(await repository.recent_waits(db, session.requested_at - LATELY))
    if len(waits) < ENOUGH:
        return None
    return {"seconds": round(waits[(len(waits) - 1) // 2]), "of": len(waits)}


def _media(
    session: Session,
    participants: Sequence[Participant],
    account_id: str,
    ice_servers: list[dict[str, object]],
) -> View | None:
    mine = [one for one in participants if one.account_id == account_id]
    if session.state not in IN_ROOM or not mine:
        return None
    return {"epoch": session.media_epoch, "place": mine[0].place, "ice_servers": ice_servers}


def _advice(entries: Sequence[Advice], names: Names, accounts: dict[str, Account]) -> list[View]:
    corrected_by = {entry.corrects_id: entry.id for entry in entries if entry.corrects_id}
    return [
        {
            "id": entry.id,
            "author": accounts[entry.author_id].name if entry.author_id in accounts else "",
            "at": millis(entry.at),
            "media_seconds": entry.media_seconds,
            "matter": {
                "code": entry.matter_code,
                "name": names.matters.get(entry.matter_code, ""),
            },
            "advice": entry.advice,
            "legal_basis": entry.legal_basis,
            "bring": entry.bring,
            "next_step": entry.next_step,
            "corrects": entry.corrects_id,
            "corrected_by": corrected_by.get(entry.id),
        }
        for entry in entries
    ]
