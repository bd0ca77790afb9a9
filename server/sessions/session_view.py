"""One session as its own people see it (SessionView and Card of PROTOCOL.md)."""

from collections.abc import Sequence
from datetime import timedelta
from typing import Any

from server.sessions import repository
from server.sessions.continuing_view import chain_view
from server.sessions.dividing import Allowed
from server.sessions.repository import appointments as rows
from server.sessions.repository import asked, seen
from server.sessions.repository.seen import File, Shown, Written
from server.sessions.room.earlier_photos import earlier_photos
from server.sessions.room.kept import kept_view
from server.sessions.room.people_view import (
    caucus_view,
    circles,
    lobby_view,
    messages_view,
    participant_view,
    visible,
)
from server.sessions.room.photos import photos_view
from server.storage.engine import Transaction
from server.storage.schema import Consent, Participant, Person, Session
from server.web.principal import Principal
from signaling.dispatch import Stage
from signaling.events import EventType
from signaling.moments import maybe_milliseconds
from signaling.recording import RecordingState
from signaling.rights import Action, Role, Scope, may
from signaling.session import IN_ROOM, WAITING, SessionState

View = dict[str, Any]

LATELY = timedelta(hours=2)
ENOUGH = 5
"""So many calls must have been answered lately before anything is said about waiting."""


def card(shown: Shown) -> View:
    """Return the short form for lists."""
    session, names = shown.session, shown.names
    return {
        "id": session.id,
        "number": session.number,
        "kind": session.kind.value,
        "matter": {"code": session.matter_code, "name": names.matter_name},
        "station": names.station_name,
        "requested_at": maybe_milliseconds(session.requested_at),
        "needs": session.needs,
        "language": session.language,
        "state": session.state.value,
        "lawyer": names.lawyer_name,
        "live_at": maybe_milliseconds(session.live_at),
        "ended_at": maybe_milliseconds(session.ended_at),
    }


async def session_view(
    db: Transaction, shown: Shown, principal: Principal, ice_servers: list[dict[str, object]]
) -> View:
    """Return everything that somebody in the session may see of it."""
    account_id, session = principal.account_id, shown.session
    file = await seen.file_of(db, shown)
    around = await _people(db, file, principal)
    return card(shown) | {
        "seq": session.seq,
        "facts": session.facts,
        "persons": [_person(person, file.consents) for person in file.persons],
        "mediator": {"name": shown.names.mediator_name},
        "lawyer": _lawyer(shown),
        "queue": await _queue(db, file),
        "recording": {
            "state": session.recording.value,
            "since": maybe_milliseconds(session.recording_at),
            "stalled": await _stalled(db, session, around),
        },
        "lead": account_id == session.lawyer_id,
        "conflict": await _conflict(db, shown, principal),
        "handing": _handing(file),
        "hold": await _hold(db, session),
        "called": await _called(db, file),
        "media": _media(session, file.participants, account_id, ice_servers),
        "advice": _advice(file.advice),
        "receipt_at": maybe_milliseconds(session.receipt_at),
        "closed_at": maybe_milliseconds(session.closed_at),
        "reason": session.reason,
        **around,
        **await chain_view(db, shown),
    }


async def _people(db: Transaction, file: File, principal: Principal) -> View:
    """Return what depends on who looks: each sees the circle they are in."""
    me, role = principal.account_id, principal.role
    allowed, circle = circles(file)
    mine = _own(allowed, me)
    own = mine.participant if mine else None
    seen_by_me = visible(file.participants, circle, role, own)
    of_mine = circle.get(own.id) if own else None
    mediates = role is Role.MEDIATOR
    aside = caucus_view(file.caucus, mine, file.session, me)
    if aside is not None and aside["mine"]:
        aside["kept"] = await kept_view(db, file, allowed, me)
    return {
        "participants": [participant_view(one, me, circle, of_mine) for one in seen_by_me],
        "lobby": await lobby_view(db, file) if mediates else [],
        "aside": aside,
        "messages": messages_view(file.messages, file.participants, own),
        "photos": await _photos(db, file, principal, seen_by_me),
    }


async def _photos(
    db: Transaction, file: File, principal: Principal, known: Sequence[Participant]
) -> list[View]:
    """Return the photos that one may look at now, in the talk and, as its lawyer, after it."""
    scopes = frozenset({Scope.OWN, Scope.INSIDE})
    if not may(principal.role, Action.SEE_PHOTOS, scopes, file.session.state):
        return []
    everybody = file.participants
    mine = next((one for one in everybody if one.account_id == principal.account_id), None)
    # A party learns nobody's name who is not in the same circle, from a photo neither.
    continues = file.names.continues is not None
    earlier = await earlier_photos(db, file.session.id, principal.account_id) if continues else []
    return photos_view(
        file.photos, earlier, mine, known if principal.role is Role.PARTY else everybody
    )


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


def _lawyer(shown: Shown) -> View | None:
    names = shown.names
    if shown.session.lawyer_id is None:
        return None
    return {
        "name": names.lawyer_name,
        "firm": names.lawyer_firm,
        "licence_no": names.lawyer_licence_no,
    }


async def _queue(db: Transaction, file: File) -> View | None:
    if file.session.state not in WAITING:
        return None
    return {
        "ahead": await asked.ahead_in_queue(db, file.session),
        "ringing": [offer.lawyer_name for offer in file.offers],
        "until": maybe_milliseconds(max((offer.until for offer in file.offers), default=None)),
        "everyone": any(offer.everyone for offer in file.offers),
        "again": file.session.live_at is not None,
        "backup": any(offer.stage is Stage.BACKUP for offer in file.offers),
        "typical": await _typical(db, file.session),
    }


async def _conflict(db: Transaction, shown: Shown, who: Principal) -> bool:
    """Tell a lawyer in the talk of their own declared interest, the mediator that there is one.

    A party may be named, or found to be somebody else, when the lawyer is there already.
    """
    in_room = shown.session.state in IN_ROOM
    if not in_room or not shown.names.has_conflict or who.role is Role.PARTY:
        return False
    found = await asked.interested(db, shown.session.id)
    return who.account_id in found or (who.role is Role.MEDIATOR and bool(found))


def _handing(file: File) -> View | None:
    """The colleague who is being rung beside the talk, or looked for, or did not come."""
    if file.session.state not in IN_ROOM:
        return None
    session = file.session
    for offer in file.offers:
        name, until = offer.lawyer_name, maybe_milliseconds(offer.until)
        return {"kind": offer.stage.value, "name": name, "until": until, "unmet": False}
    if session.seeks is None:
        return None
    kind = session.seeks.value
    return {"kind": kind, "name": "", "until": None, "unmet": session.seeks_unmet}


async def _hold(db: Transaction, session: Session) -> View | None:
    """Who asked for the break, why and since when."""
    if session.state is not SessionState.PAUSED:
        return None
    event = await repository.newest_event(db, session.id, EventType.SESSION_PAUSED)
    if event is None:
        return None
    names = await repository.account_names(db, [event.actor_id or ""])
    by, reason = names.get(event.actor_id or "", ""), str(event.body.get("reason", ""))
    return {"by": by, "reason": reason, "since": maybe_milliseconds(event.at)}


async def _called(db: Transaction, file: File) -> View | None:
    """Whether the terminal answered by itself, where the centre called; else None."""
    if any(one.here for one in file.persons):
        return None  # people who ask for a lawyer give a name: the centre has not called
    call = await rows.station_call_of(db, file.session.id)
    return {"by_itself": call.answered_by_itself} if call else None


async def _typical(db: Transaction, session: Session) -> View | None:
    """Return what the last calls waited: half of them no longer. None: too few to say anything."""
    waits = sorted(await asked.recent_waits(db, session.requested_at - LATELY))
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


def _advice(entries: Sequence[Written]) -> list[View]:
    corrected_by = {entry.corrects_id: entry.id for entry in entries if entry.corrects_id}
    return [
        {
            "id": entry.id,
            "author": entry.author_name,
            "at": maybe_milliseconds(entry.at),
            "media_seconds": entry.media_seconds,
            "matter": {"code": entry.matter_code, "name": entry.matter_name},
            "advice": entry.advice,
            "legal_basis": entry.legal_basis,
            "bring": entry.bring,
            "next_step": entry.next_step,
            "corrects": entry.corrects_id,
            "corrected_by": corrected_by.get(entry.id),
        }
        for entry in entries
    ]
