"""Every route of the web process: the one place that knows every feature."""

from collections.abc import Awaitable, Callable, Iterable, Mapping
from contextlib import suppress
from functools import partial

from prometheus_client import REGISTRY

from server.accounts.factors import SecondFactors
from server.accounts.own import OwnAccount
from server.accounts.own_routes import OwnPage
from server.accounts.own_routes import routes as own_routes
from server.accounts.policy import Policy
from server.accounts.routes import Doors
from server.accounts.routes import routes as account_routes
from server.accounts.safe import Safe
from server.accounts.upkeep import Upkeep
from server.appointments.answering import Answering
from server.appointments.routes import answering_routes
from server.appointments.routes import routes as appointment_routes
from server.appointments.service import Appointments
from server.archive import Library, library_of
from server.audit.routes import routes as audit_routes
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
from server.house import House, now
from server.jobs.tally import job_figures
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
from server.review.apart import Apart
from server.review.apart_policy import ApartRule
from server.review.apart_routes import apart_routes
from server.review.routes import routes as review_routes
from server.review.service import Review
from server.rights.routes import routes as rights_routes
from server.roster.routes import routes as roster_routes
from server.stations.routes import routes as station_routes
from server.storage.migrate import at_head
from server.tasks.figures import open_tasks
from server.tasks.routes import routes as task_routes
from server.tasks.service import Tasks
from server.vault import vault_of
from server.web.addresses import client_address
from server.web.health import health_routes
from server.web.routes import Route


def routes_of(house: House) -> Iterable[Route]:
    """Return all of them, with the pages and services that answer."""
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
