"""What a page shows, computed from the database: the whole of it, for one principal."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

from server.sessions import repository
from server.sessions.ice import IceServers
from server.sessions.session_view import View, card, millis, session_view
from server.storage.engine import Transaction
from server.storage.schema import Session
from server.web.principal import Principal
from signaling.rights import Role
from signaling.session import IN_ROOM, SessionState

TODAY = timedelta(hours=12)


async def view_of(db: Transaction, principal: Principal, now: datetime, ice: IceServers) -> View:
    """Return the page's whole state; roles without a live page get only their role."""
    build = {Role.MEDIATOR: _mediator, Role.LAWYER: _lawyer}.get(principal.role)
    head: View = {"role": principal.role.value, "now": millis(now)}
    return head if build is None else head | await build(db, principal, now, ice)


async def _mediator(db: Transaction, principal: Principal, now: datetime, ice: IceServers) -> View:
    station = (await repository.stations_by_id(db)).get(principal.station_id or "")
    session = await repository.mediators_session(db, principal.account_id)
    return {
        "station": {"name": station.name, "phone": station.phone} if station else None,
        "duty": await _names_on_duty(db, now),
        "session": await _own(db, session, principal, now, ice),
    }


async def _lawyer(db: Transaction, principal: Principal, now: datetime, ice: IceServers) -> View:
    me = principal.account_id
    duty = await repository.duty_of(db, me)
    mine = await repository.lawyers_sessions(db, me)
    talking = [s for s in mine if s.state in IN_ROOM]
    wrapping = [s for s in mine if s.state is SessionState.WRAPPING]
    shown = next(iter(talking or wrapping[-1:]), None)
    colleagues = [who for who in await _names_on_duty(db, now) if who["id"] != me]
    return {
        "duty": {
            "on": duty is not None,
            "standby": duty is not None and duty.standby,
            "since": millis(duty.since) if duty else None,
            "colleagues": [who["name"] for who in colleagues],
        },
        "waiting": await _cards(db, await repository.waiting_sessions(db)),
        "ringing": await _ringing(db, me),
        "session": await _own(db, shown, principal, now, ice),
        "callbacks": await _callbacks(db),
        "wrapping": await _cards(db, wrapping),
        "today": await _cards(db, await repository.lawyers_finished(db, me, now - TODAY)),
    }


async def _own(
    db: Transaction, session: Session | None, principal: Principal, now: datetime, ice: IceServers
) -> View | None:
    if session is None:
        return None
    return await session_view(db, session, principal.account_id, ice.for_participant(now))


async def _names_on_duty(db: Transaction, now: datetime) -> list[dict[str, str]]:
    duties = await repository.everybody_on_duty(db, now)
    accounts = await repository.accounts_by_id(db, {duty.lawyer_id for duty in duties})
    return [{"id": duty.lawyer_id, "name": accounts[duty.lawyer_id].name} for duty in duties]


async def _cards(db: Transaction, sessions: Sequence[Session]) -> list[View]:
    if not sessions:
        return []
    names = await repository.card_names(db, sessions)
    return [card(session, names) for session in sessions]


async def _callbacks(db: Transaction) -> list[View]:
    """People who asked to be called back, with the number and the names they gave."""
    found = await repository.open_callbacks(db)
    cards = await _cards(db, [session for _, session in found])
    return [
        one
        | {
            "phone": callback.phone,
            "persons": [p.name for p in await repository.persons_of(db, session.id)],
            "asked_at": millis(callback.requested_at),
        }
        for one, (callback, session) in zip(cards, found, strict=True)
    ]


async def _ringing(db: Transaction, lawyer_id: str) -> dict[str, Any] | None:
    offer = await repository.open_offer_of(db, lawyer_id)
    if offer is None:
        return None
    session = await repository.session_by_id(db, offer.session_id)
    if session is None:
        return None
    names = await repository.card_names(db, [session])
    persons = await repository.persons_of(db, session.id)
    return card(session, names) | {
        "until": millis(offer.until),
        "everyone": offer.everyone,
        "notes": offer.notes,
        "persons": [person.name for person in persons],
        "facts": session.facts,
    }
