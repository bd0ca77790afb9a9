"""The web process, put together: the one place that knows every feature."""

import asyncio
import logging
import signal
from collections.abc import AsyncIterator, Awaitable, Callable, Iterable, Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime
from functools import partial
from typing import Any

import uvloop
from aiohttp import web
from prometheus_client import REGISTRY

from server import garbage
from server.accounts.factors import SecondFactors
from server.accounts.own import OwnAccount
from server.accounts.own_routes import OwnPage
from server.accounts.own_routes import routes as own_routes
from server.accounts.passwords import Passwords
from server.accounts.policy import Policy
from server.accounts.routes import Doors
from server.accounts.routes import routes as account_routes
from server.accounts.safe import Safe
from server.accounts.service import Accounts, Cookies
from server.accounts.terminals import Terminals
from server.accounts.upkeep import Upkeep
from server.appointments.answering import Answering
from server.appointments.routes import answering_routes
from server.appointments.routes import routes as appointment_routes
from server.appointments.service import Appointments
from server.appointments.upkeep import LOOK_EVERY_S as UPKEEP_EVERY_S
from server.appointments.upkeep import Upkeep as AppointmentUpkeep
from server.archive import Library, library_of
from server.audit.routes import routes as audit_routes
from server.dispatch.alarms import LOOK_EVERY_S, Alarms
from server.dispatch.dispatcher import Dispatcher
from server.dispatch.figures import desk_figures
from server.dispatch.routes import routes as dispatch_routes
from server.district.apps import Apps
from server.district.apps import routes as app_routes
from server.district.import_routes import ImportPage
from server.district.import_routes import routes as import_routes
from server.district.people import People
from server.district.people_routes import PeoplePage
from server.district.people_routes import routes as people_routes
from server.district.tables import Tables
from server.district.tables_routes import TablesPages
from server.district.tables_routes import routes as table_routes
from server.district.texts import Texts
from server.evidence.given import Given
from server.evidence.given_routes import routes as given_routes
from server.evidence.panel import Panel
from server.evidence.routes import routes as evidence_routes
from server.exports.routes import routes as export_routes
from server.exports.service import Exports
from server.feedback.routes import RatingPages
from server.feedback.routes import routes as rating_routes
from server.feedback.service import Ratings
from server.guests import GuestDoors, Invitations
from server.guests import routes as guest_routes
from server.health.routes import Pages as HealthPages
from server.health.routes import routes as health_wall_routes
from server.health.service import Health
from server.jobs.tally import job_figures
from server.live.adapter import LiveWire, repeat_forever
from server.live.bus import Bus, make_bus
from server.media.journals import Journals
from server.media.listener import Listener
from server.media.probes import Probes
from server.media.relays import Relays, relays_of
from server.media.rooms import Rooms
from server.overview.routes import OverviewPage
from server.overview.routes import routes as overview_routes
from server.overview.service import Overview
from server.photos.routes import routes as photo_routes
from server.photos.service import Photos
from server.proof.figures import proofs
from server.proof.routes import routes as proof_routes
from server.proof.service import Proofs
from server.retention.routes import routes as retention_routes
from server.retention.service import Keeping
from server.review import index_session
from server.review.apart import Apart
from server.review.apart_policy import ApartRule
from server.review.apart_routes import apart_routes
from server.review.routes import routes as review_routes
from server.review.service import Review
from server.rights.routes import routes as rights_routes
from server.roster.routes import routes as roster_routes
from server.sessions import repository
from server.sessions.duty import LEASE
from server.sessions.handlers import HANDLERS
from server.sessions.ice import IceServers
from server.sessions.live_views import LiveViews
from server.sessions.service import Sessions
from server.settings import Settings
from server.stations.routes import routes as station_routes
from server.storage.engine import Database
from server.storage.migrate import at_head
from server.tasks.figures import open_tasks
from server.tasks.routes import routes as task_routes
from server.tasks.service import Tasks
from server.vault import vault_of
from server.web.addresses import client_address
from server.web.health import health_routes
from server.web.principal import Principal
from server.web.routes import PUBLIC, ROUTES, Route
from server.web.site import Site, application
from signaling.commands import Command, OfferMedia, PointAt, WantPictures
from signaling.dispatch import Rule

log = logging.getLogger(__name__)

CHECK_LOGINS_S = 3.0
"""How often the logins behind open sockets are looked at: who is shut out is out within 5 s."""

SEEN_EVERY_S = 30.0
"""How often the terminals whose pages are open are noted as being switched on."""

LET_GO_EVERY_S = 3.0
"""How often rooms are looked for whose relay nobody runs any more."""

SETTLE_AGAIN_S = 1.0
FINISH_WITHIN_S = 2.0
"""When the pages have gone, other requests have twice this long; a supervisor waits ten seconds."""
BACKLOG = 1024
"""So many lines may wait for their first answer: all pages of a process that has ended come."""

LEASE_RENEWALS = 3
"""How often a lease is renewed within its length: one lost renewal must not free a lawyer."""


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
    dispatcher: Dispatcher
    relays: Relays
    rooms: Rooms
    probes: Probes
    health: Health
    wire: LiveWire
    listener: Listener
    leaving: asyncio.Event = field(default_factory=asyncio.Event)


def build(settings: Settings) -> web.Application:
    """Build the application of the web process."""
    return _application(_house(settings))


def _application(house: House) -> web.Application:
    settings = house.settings
    site = Site.of(settings, house.accounts.principal_of)
    app = application(site, _routes(house))
    house.wire.attach(app)
    for method in ("GET", "POST", "OPTIONS"):
        app[ROUTES].declare(method, "/socket.io/", PUBLIC)
    app.on_shutdown.append(partial(_end, house))
    app.cleanup_ctx.append(partial(_living, house))
    return app


def run(settings: Settings) -> None:
    """Serve until SIGTERM or SIGINT."""
    with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
        runner.run(_serve(settings))


async def _serve(settings: Settings) -> None:
    house = _house(settings)
    runner = web.AppRunner(_application(house), access_log=None, shutdown_timeout=FINISH_WITHIN_S)
    await runner.setup()
    garbage.settle()
    try:
        site = web.TCPSite(runner, settings.host, settings.port, backlog=BACKLOG)
        await site.start()
        await _asked_to_stop()
        # Nobody comes in any more. Once aiohttp shuts down it is deaf to who is still here: their
        # commands would wait for nothing, and so would the end of their lines. They go before.
        await site.stop()
        await _goodbye(house)
    finally:
        await runner.cleanup()


async def _asked_to_stop() -> None:
    loop, asked = asyncio.get_running_loop(), asyncio.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, asked.set)
    await asked.wait()


def _house(settings: Settings) -> House:
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
    return House(
        settings=settings,
        db=db,
        bus=bus,
        accounts=people,
        passwords=passwords,
        terminals=Terminals(db, now, cookies),
        sessions=sessions,
        dispatcher=Dispatcher(db, sessions, _rule(settings), now),
        relays=relays,
        rooms=rooms,
        probes=probes,
        health=Health(db, now, ice.for_participant, probes.open),
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


def _routes(house: House) -> Iterable[Route]:
    settings, db = house.settings, house.db
    apps = Apps(Texts(db, now, settings.hotline))
    ratings = Ratings(db, now)
    doors = Doors(house.accounts, house.terminals, apps.terminal, client_address(settings.proxies))
    library = library_of(db, settings, now)
    checks = {"database": db.ready, "relay": _relay_ready(house)}
    return [
        *account_routes(doors),
        *own_routes(_own_page(house)),
        *people_routes(_people_page(house)),
        *import_routes(ImportPage(db, house.passwords, now)),
        *table_routes(TablesPages(Tables(db, now))),
        *rights_routes(),
        *app_routes(apps),
        *guest_routes(_guest_doors(house, apps)),
        *appointment_routes(Appointments(db, house.sessions, now), now),
        *answering_routes(Answering(db, now)),
        *station_routes(db, now, house.terminals),
        *health_wall_routes(HealthPages(house.health, house.terminals.terminal_of)),
        *rating_routes(RatingPages(ratings, settings.origins)),
        *overview_routes(OverviewPage(Overview(db, now, ratings.summary))),
        *audit_routes(db, now),
        *photo_routes(_photos(house, library)),
        *review_routes(_review(house, library)),
        *apart_routes(_apart(house, library), ApartRule(db, now)),
        *dispatch_routes(db, now),
        *roster_routes(db, now),
        *evidence_routes(_panel(house, library)),
        *given_routes(Given(db, settings.recordings, settings.origins[0], now)),
        *export_routes(Exports(db, settings.data / "exports", now, settings.export_approval)),
        *task_routes(Tasks(db, now)),
        *proof_routes(Proofs(db, now)),
        *retention_routes(Keeping(db, now)),
        *health_routes(
            checks,
            REGISTRY,
            [
                open_tasks(db),
                proofs(db),
                job_figures(db),
                desk_figures(db, now),
                house.wire.figures,
            ],
            _serves(house),
        ),
    ]


def _photos(house: House, library: Library | None) -> Photos:
    settings = house.settings
    elsewhere = library.source if library else None
    return Photos(house.db, house.sessions, settings.recordings, vault_of(settings), elsewhere)


def _review(house: House, library: Library | None) -> Review:
    settings = house.settings
    elsewhere = library.source if library else None
    return Review(house.db, settings.recordings, now, vault_of(settings), elsewhere)


def _apart(house: House, library: Library | None) -> Apart:
    review = _review(house, library)
    return Apart(review.db, review.recordings, now, review.vault, review.elsewhere)


def _panel(house: House, library: Library | None) -> Panel:
    settings = house.settings
    still_wrong = library.still_wrong if library else None
    return Panel(house.db, settings.recordings, settings.data / "keys", now, still_wrong)


def _guest_doors(house: House, apps: Apps) -> GuestDoors:
    return GuestDoors(
        Invitations(house.db, house.sessions, now),
        house.accounts.cookies,
        apps.page,
        client_address(house.settings.proxies),
    )


def _own_page(house: House) -> OwnPage:
    settings, db, policy = house.settings, house.db, Policy.of(house.settings)
    return OwnPage(
        OwnAccount(db, house.passwords, now),
        SecondFactors(db, now, policy, Safe(vault_of(settings))),
        policy,
        client_address(settings.proxies),
    )


def _people_page(house: House) -> PeoplePage:
    db, passwords = house.db, house.passwords
    return PeoplePage(db, People(db, passwords, now), Upkeep(db, passwords, now))


def _serves(house: House) -> Mapping[str, Callable[[], Awaitable[bool]]]:
    """What this process needs to serve, by the code that says it is missing."""

    async def not_leaving() -> bool:
        return not house.leaving.is_set()

    return {
        "database_down": house.db.ready,
        "schema_behind": partial(at_head, house.db),
        "redis_down": house.bus.ready,
        "draining": not_leaving,
    }


def _relay_ready(house: House) -> Callable[[], Awaitable[bool]]:
    async def ready() -> bool:
        for relay in list(house.relays.values()):
            with suppress(Exception):
                await relay.hello()
                return True
        return False

    return ready


async def _living(house: House, _app: web.Application) -> AsyncIterator[None]:
    """Start what runs beside the requests, and end it again in the opposite order."""
    house.bus.listen(house.wire.hub.changed)
    house.bus.listen(lambda _sessions: house.dispatcher.wake())
    settling = _Settling(house.rooms)
    house.bus.listen(settling.changed)
    tasks = [
        asyncio.create_task(house.bus.run()),
        asyncio.create_task(house.wire.hub.run()),
        asyncio.create_task(house.dispatcher.run()),
        asyncio.create_task(repeat_forever(Alarms(house.db, now).look, LOOK_EVERY_S)),
        asyncio.create_task(
            repeat_forever(AppointmentUpkeep(house.db, house.sessions, now).look, UPKEEP_EVERY_S)
        ),
        asyncio.create_task(settling.run()),
        asyncio.create_task(
            repeat_forever(_renewal(house), LEASE.total_seconds() / LEASE_RENEWALS)
        ),
        asyncio.create_task(repeat_forever(_cutting(house), CHECK_LOGINS_S)),
        asyncio.create_task(repeat_forever(_seeing(house), SEEN_EVERY_S)),
        asyncio.create_task(house.relays.keep(house.listener.follow)),
        asyncio.create_task(repeat_forever(_letting_go(house), LET_GO_EVERY_S)),
        asyncio.create_task(garbage.keep_collecting()),
    ]
    yield
    for task in tasks:
        task.cancel()
    await asyncio.gather(*tasks, return_exceptions=True)
    await house.probes.close()
    await house.relays.close()
    await house.db.close()


async def _goodbye(house: House) -> None:
    """Let the pages go before anything is waited for: another process takes them."""
    house.leaving.set()
    await house.wire.send_away()


async def _end(house: House, _app: web.Application) -> None:
    await _goodbye(house)
    await house.wire.close()


def _renewal(house: House) -> Callable[[], Awaitable[None]]:
    async def renew() -> None:
        lawyers = house.wire.hub.lawyers()
        if lawyers:
            async with house.db.write() as db:
                await repository.renew_leases(db, lawyers, now() + LEASE)

    return renew


def _cutting(house: House) -> Callable[[], Awaitable[None]]:
    async def cut() -> None:
        await house.wire.cut_ended(house.accounts.still_open)

    return cut


def _letting_go(house: House) -> Callable[[], Awaitable[None]]:
    async def let_go() -> None:
        await house.listener.let_go(house.relays)

    return let_go


def _seeing(house: House) -> Callable[[], Awaitable[None]]:
    async def see() -> None:
        found = {one.principal.device_id for one in house.wire.hub.connections()}
        await house.health.seen({device for device in found if device is not None})

    return see


class _Settling:
    """Brings the relays into agreement with sessions that changed, one after the other."""

    def __init__(self, rooms: Rooms) -> None:
        self._rooms = rooms
        self._changed: asyncio.Queue[str] = asyncio.Queue()

    def changed(self, sessions: frozenset[str] | None) -> None:
        for session in sessions or ():
            self._changed.put_nowait(session)

    async def run(self) -> None:
        while True:
            session = await self._changed.get()
            try:
                await self._rooms.settle(session)
            except Exception:
                # The database may be away: what was not settled is settled when it is back.
                log.exception("media.settle_failed")
                self._changed.put_nowait(session)
                await asyncio.sleep(SETTLE_AGAIN_S)
