"""What of the web process lives as long as it does, put together from its settings."""

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

from server.accounts.passwords import Passwords
from server.accounts.policy import Policy
from server.accounts.safe import Safe
from server.accounts.service import Accounts, Cookies
from server.accounts.terminals import Terminals
from server.dispatch.dispatcher import Dispatcher
from server.dispatch.leases import Leases
from server.health.service import Health
from server.live.adapter import LiveWire
from server.live.bus import Bus, make_bus
from server.media.journals import Journals
from server.media.listener import Listener
from server.media.probes import Probes
from server.media.relays import Relays, relays_of
from server.media.rooms import Rooms
from server.review import index_session
from server.sessions.handlers import HANDLERS
from server.sessions.ice import IceServers
from server.sessions.live_views import LiveViews
from server.sessions.service import Sessions
from server.settings import Settings
from server.storage.engine import Database
from server.vault import vault_of
from server.web.principal import Principal
from signaling.commands import Command, OfferMedia, PointAt, WantPictures
from signaling.dispatch import Rule


def now() -> datetime:
    """Return the present moment."""
    return datetime.now(UTC)


@dataclass(frozen=True, slots=True)
class House:
    """Everything of this process that lives as long as it does."""

    settings: Settings
    db: Database
    bus: Bus
    accounts: Accounts
    passwords: Passwords
    terminals: Terminals
    sessions: Sessions
    leases: Leases
    dispatcher: Dispatcher
    relays: Relays
    rooms: Rooms
    probes: Probes
    health: Health
    wire: LiveWire
    listener: Listener
    leaving: asyncio.Event = field(default_factory=asyncio.Event)


def make_house(settings: Settings) -> House:
    """Put it together; nothing is started yet."""
    db = Database(settings.database_url)
    bus = make_bus(settings.redis_url)
    cookies = Cookies.for_site(settings.origins)
    passwords = Passwords()
    people = Accounts(db, passwords, now, cookies, Policy.of(settings), Safe(vault_of(settings)))
    sessions = Sessions(db, now, HANDLERS, index_session, bus.publish)
    relays = relays_of(settings)
    rooms = Rooms(db, sessions, relays)
    ice = IceServers(settings.turn_urls, settings.turn_secret)
    wire = LiveWire(
        settings.origins, people.principal_of, _perform(sessions, rooms), LiveViews(db, now, ice)
    )
    journals = Journals(db, settings.recordings)
    probes = Probes(relays)
    leases = Leases(db, now, wire.hub.lawyers)
    return House(
        settings=settings,
        db=db,
        bus=bus,
        accounts=people,
        passwords=passwords,
        terminals=Terminals(db, now, cookies),
        sessions=sessions,
        leases=leases,
        dispatcher=Dispatcher(db, sessions, _rule(settings), now, leases),
        relays=relays,
        rooms=rooms,
        probes=probes,
        health=Health(db, now, ice.for_person, probes.open),
        wire=wire,
        listener=Listener(db, sessions, rooms, journals, wire.hub.quality, wire.hub.pointed),
    )


def _rule(settings: Settings) -> Rule:
    return Rule(
        each=settings.ring_seconds,
        together=settings.ring_all_seconds,
        patience=settings.patience_seconds,
    )


def _perform(
    sessions: Sessions, rooms: Rooms
) -> Callable[[Principal, Command], Awaitable[Mapping[str, Any]]]:
    """Commands go to the sessions; what stores nothing itself goes to the rooms."""

    async def perform(principal: Principal, command: Command) -> Mapping[str, Any]:
        if isinstance(command.body, OfferMedia):
            return await rooms.offer(principal, command.body)
        if isinstance(command.body, PointAt):
            return await rooms.point(principal, command.body)
        if isinstance(command.body, WantPictures):
            return await rooms.pictures(principal, command.body)
        return await sessions.execute(principal, command)

    return perform
