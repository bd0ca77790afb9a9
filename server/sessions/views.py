"""What a page shows, computed from the database: the whole of it, for one principal."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from server.roster import plan
from server.sessions import repository
from server.sessions.booked_view import (
    lawyers_appointments,
    station_call_view,
    stations_appointments,
)
from server.sessions.continuing_view import adjourned_view
from server.sessions.ice import IceServers
from server.sessions.repository import appointments as rows
from server.sessions.repository import asked, beside, seen
from server.sessions.repository.asked import OnDuty
from server.sessions.repository.beside import AtDesk
from server.sessions.repository.seen import Shown
from server.sessions.room.party_view import party_view
from server.sessions.session_view import View, card, session_view
from server.storage.engine import Transaction
from server.web.principal import Principal
from signaling.moments import maybe_milliseconds
from signaling.rights import Role
from signaling.session import IN_ROOM, SessionState

TODAY = timedelta(hours=12)
MOST_WAITING = 50
"""So many cards of the queue go to a desk; the wall shows them all."""
MOST_NAMES = 12
"""So many names of lawyers on duty go to a page."""


@dataclass(frozen=True, slots=True)
class CallBack:
    """Who asked to be called back; ``hidden_from``: lawyers with an interest in a party."""

    view: View
    hidden_from: frozenset[str]


@dataclass(frozen=True, slots=True)
class Common:
    """What many pages show alike: computed once for all of them.

    ``order``: each waiting session's place in the queue; ``on_duty``: everybody on duty, present or
    not; ``names``: those who are present; ``first_names``: as many of them as a terminal shows.
    """

    waiting: list[View]
    callbacks: list[CallBack]
    order: dict[str, int]
    names: list[dict[str, str]]
    first_names: list[dict[str, str]]
    on_duty: dict[str, View]
    free: list[View]
    rota: View


async def rota_view(db: Transaction, now: datetime) -> View:
    """Return who is on by the roster now, and who comes next."""
    found = await plan.rota(db, now)
    names = await repository.account_names(db, [one.lawyer for one in (*found.now, *found.next)])
    then = [names[one.lawyer] for one in found.next if not one.standby][:MOST_NAMES]
    return {
        "now": [names[one.lawyer] for one in found.now if not one.standby][:MOST_NAMES],
        "next": {"at": maybe_milliseconds(found.next[0].begins(plan.ZONE)), "names": then}
        if then
        else None,
    }


async def common_of(db: Transaction, now: datetime, rota: View | None = None) -> Common:
    """Compute the common part of all views; ``rota`` changes rarely and may be given."""
    waiting = await seen.waiting_sessions(db)
    duties = await asked.all_duties(db)
    present = [duty for duty in duties if duty.lease_until > now]
    names = [{"id": one.lawyer_id, "name": one.name} for one in present[: MOST_NAMES + 1]]
    return Common(
        waiting=[card(one) for one in waiting[:MOST_WAITING]],
        callbacks=await _callbacks(db),
        order={one.session.id: place for place, one in enumerate(waiting)},
        names=names,
        first_names=names[:MOST_NAMES],
        on_duty={one.lawyer_id: _duty(one) for one in duties},
        free=[
            {"id": one.id, "name": one.name, "firm": one.firm}
            for one in await asked.free_lawyers(db, now)
        ],
        rota=rota or await rota_view(db, now),
    )


async def view_of(
    db: Transaction,
    principal: Principal,
    now: datetime,
    ice: IceServers,
    common: Common | None = None,
) -> View:
    """Return the page's whole state; roles without a live page get only their role."""
    head: View = {"role": principal.role.value, "now": maybe_milliseconds(now)}
    if principal.role is Role.PARTY:
        return head | await party_view(db, principal, ice.for_person(principal.account_id, now))
    build = {Role.MEDIATOR: _mediator, Role.LAWYER: _lawyer}.get(principal.role)
    if build is None:
        return head
    return head | await build(db, principal, now, ice, common or await common_of(db, now))


def _duty(duty: AtDesk | OnDuty | None) -> View:
    if duty is None:
        return {"on": False, "standby": False, "since": None}
    return {"on": True, "standby": duty.standby, "since": maybe_milliseconds(duty.since)}


def renewed(
    view: Mapping[str, Any], principal: Principal, common: Common, now: datetime
) -> View | None:
    """Return a view with the common part as it is now; None when it says the same already."""
    part = {Role.MEDIATOR: _mediators_part, Role.LAWYER: _lawyers_part}.get(principal.role)
    if part is None:
        return None
    fresh = part(view, principal.account_id, common)
    if all(view.get(name) == value for name, value in fresh.items()):
        return None
    return {**view, **fresh, "now": maybe_milliseconds(now)}


def _mediators_part(view: Mapping[str, Any], _me: str, common: Common) -> View:
    part: View = {"duty": common.first_names, "rota": common.rota}
    session = view["session"]
    if session and session["queue"] and session["id"] in common.order:
        queue = {**session["queue"], "ahead": common.order[session["id"]]}
        part["session"] = {**session, "queue": queue}
    return part


def _lawyers_part(view: Mapping[str, Any], me: str, common: Common) -> View:
    return _desks_part(view["session"], me, common, common.on_duty.get(me, _duty(None)))


def _desks_part(session: View | None, me: str, common: Common, duty: View) -> View:
    """``duty``: the lawyer's own; names and numbers of who waits for a call go to those on duty."""
    talks = session is not None and session["state"] in IN_ROOM
    others = [who["name"] for who in common.names if who["id"] != me]
    return {
        "duty": {**duty, "colleagues": others[:MOST_NAMES]},
        "rota": common.rota,
        # Who could be asked to take the talk over, or to join it.
        "colleagues": [one for one in common.free if one["id"] != me] if talks else [],
        "waiting": common.waiting,
        "callbacks": [
            one.view for one in common.callbacks if duty["on"] and me not in one.hidden_from
        ],
    }


async def _mediator(
    db: Transaction, principal: Principal, now: datetime, ice: IceServers, common: Common
) -> View:
    me, station_id = principal.account_id, principal.station_id or ""
    here = await beside.at_terminal(db, station_id, me, now)
    session = await seen.mediators_session(db, me)
    booked = here is not None and here.is_booked
    called = here is not None and here.is_called
    return {
        "station": {"name": here.name, "phone": here.phone} if here else None,
        "duty": common.first_names,
        "rota": common.rota,
        "session": await _own(db, session, principal, now, ice),
        "appointments": await stations_appointments(
            db, await rows.appointments_of_station(db, station_id, now) if booked else []
        ),
        "called": await station_call_view(db, await rows.ringing_at(db, me) if called else None),
        # On the home screen alone: in a talk nobody needs the names of other people.
        "adjourned": (
            await adjourned_view(db, station_id, me) if station_id and session is None else []
        ),
    }


async def _lawyer(
    db: Transaction, principal: Principal, now: datetime, ice: IceServers, common: Common
) -> View:
    me = principal.account_id
    mine = await seen.lawyers_sessions(db, me)
    talking = [one for one in mine if one.session.state in IN_ROOM]
    wrapping = [one for one in mine if one.session.state is SessionState.WRAPPING]
    here = await beside.at_desk(db, me, now)
    helping = here.helping_id if here else None
    if not talking and helping is not None:
        talking = [one for one in [await seen.session_by_id(db, helping)] if one]
    shown = next(iter(talking or wrapping[-1:]), None)
    session = await _own(db, shown, principal, now, ice)
    # The common part may be a moment older than what this person has just done.
    duty = _duty(here if here and here.lawyer_id else None)
    booked = here is not None and here.is_booked
    calling = here is not None and here.is_calling
    return _desks_part(session, me, common, duty) | {
        "ringing": await _ringing(db, me) if here and here.is_rung else None,
        "session": session,
        "wrapping": [card(one) for one in wrapping],
        "appointments": await lawyers_appointments(
            db, await rows.appointments_of_lawyer(db, me, now) if booked else []
        ),
        "calling": await station_call_view(db, await rows.calling_by(db, me) if calling else None),
        "today": [card(one) for one in await seen.lawyers_finished(db, me, now - TODAY)],
    }


async def _own(
    db: Transaction, shown: Shown | None, principal: Principal, now: datetime, ice: IceServers
) -> View | None:
    if shown is None:
        return None
    return await session_view(db, shown, principal, ice.for_person(principal.account_id, now))


async def _callbacks(db: Transaction) -> list[CallBack]:
    """People who asked to be called back, with the number and the names they gave."""
    found = await seen.open_callbacks(db)
    interested = await seen.interested_in_callbacks(db) if found else set()
    return [
        CallBack(
            card(shown)
            | {
                "phone": phone,
                "persons": [p.name for p in await seen.persons_of(db, shown.session.id)],
                "asked_at": maybe_milliseconds(asked_at),
            },
            frozenset(who for session, who in interested if session == shown.session.id),
        )
        for shown, phone, asked_at in found
    ]


async def _ringing(db: Transaction, lawyer_id: str) -> dict[str, Any] | None:
    offer = await seen.open_offer_of(db, lawyer_id)
    if offer is None:
        return None
    shown = await seen.session_by_id(db, offer.session_id)
    if shown is None:
        return None
    persons = await seen.persons_of(db, shown.session.id)
    return card(shown) | {
        "until": maybe_milliseconds(offer.until),
        "everyone": offer.everyone,
        "notes": offer.notes,
        "stage": offer.stage.value,
        "by": shown.names.lawyer_name,
        "reason": shown.session.seeks_reason,
        "persons": [person.name for person in persons],
        "facts": shown.session.facts,
    }
