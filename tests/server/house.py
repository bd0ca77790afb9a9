"""The web process without its live parts: doors, stations, audit, on a migrated database."""

from collections.abc import AsyncIterator, Iterable, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

from aiohttp import ClientResponse, CookieJar
from aiohttp.test_utils import TestClient, TestServer
from argon2 import PasswordHasher
from prometheus_client import CollectorRegistry

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
from server.audit.routes import routes as audit_routes
from server.dispatch.routes import routes as dispatch_routes
from server.district.apps import Apps
from server.district.apps import routes as app_routes
from server.district.import_routes import ImportPage
from server.district.import_routes import routes as import_routes
from server.district.people import People
from server.district.people_routes import PeoplePage
from server.district.people_routes import routes as people_routes
from server.district.texts import Texts
from server.roster.routes import routes as roster_routes
from server.stations.routes import routes as station_routes
from server.storage.engine import Database
from server.storage.schema import Account, NoticeText, Station
from server.tasks.figures import open_tasks
from server.tasks.routes import routes as task_routes
from server.tasks.service import Tasks
from server.web.addresses import client_address
from server.web.health import health_routes
from server.web.routes import Route
from server.web.site import Site, application
from signaling.rights import Role

ORIGIN = "http://yuntiao.test"
HOST = {"Host": "yuntiao.test"}
FROM_US = {**HOST, "Origin": ORIGIN}
PASSWORD = "correct horse battery"
START = datetime(2026, 11, 23, 1, 0, tzinfo=UTC)  # nine in the morning in China
CHEAP = PasswordHasher(time_cost=1, memory_cost=8, parallelism=1)


class ManualClock:
    """Time that moves when a test says so."""

    def __init__(self) -> None:
        self.now = START

    def __call__(self) -> datetime:
        return self.now

    def forward(self, **parts: float) -> None:
        self.now += timedelta(**parts)


def account(username: str, role: Role, station: Station | None = None) -> Account:
    return Account(
        username=username,
        name=f"某{username}",
        role=role,
        password_hash=CHEAP.hash(PASSWORD),
        station_id=station.id if station else None,
        created_at=START,
    )


@dataclass
class House:
    """Services and the people in them: ``people`` by user name, ``stations`` by code."""

    db: Database
    clock: ManualClock
    passwords: Passwords
    policy: Policy
    accounts: Accounts
    terminals: Terminals
    safe: Safe | None = None
    people: dict[str, Account] = field(default_factory=dict)
    stations: dict[str, Station] = field(default_factory=dict)

    @property
    def own(self) -> OwnAccount:
        return OwnAccount(self.db, self.passwords, self.clock)

    @property
    def factors(self) -> SecondFactors:
        return SecondFactors(self.db, self.clock, self.policy, self.safe)

    @property
    def upkeep(self) -> Upkeep:
        return Upkeep(self.db, self.passwords, self.clock)

    @property
    def people_of_the_district(self) -> People:
        return People(self.db, self.passwords, self.clock)

    def routes(self) -> list[Route]:
        address = client_address(())
        apps = Apps(Texts(self.db, self.clock, "12348"))
        doors = Doors(self.accounts, self.terminals, apps.terminal, address)
        return [
            *account_routes(doors),
            *own_routes(OwnPage(self.own, self.factors, self.policy, address)),
            *people_routes(PeoplePage(self.db, self.people_of_the_district, self.upkeep)),
            *import_routes(ImportPage(self.db, self.passwords, self.clock)),
            *app_routes(apps),
            *dispatch_routes(self.db, self.clock),
            *roster_routes(self.db, self.clock),
            *station_routes(self.db, self.clock, self.terminals),
            *audit_routes(self.db, self.clock),
            *task_routes(Tasks(self.db, self.clock)),
            *health_routes({"database": self.db.ready}, CollectorRegistry(), [open_tasks(self.db)]),
        ]

    @asynccontextmanager
    async def browser(self, routes: Iterable[Route] | None = None) -> AsyncIterator["Browser"]:
        """A browser of its own, with its own cookies."""
        site = Site((ORIGIN,), self.accounts.principal_of, {"demo": False, "hotline": "12348"})
        app = application(site, self.routes() if routes is None else routes)
        async with TestClient(TestServer(app), cookie_jar=CookieJar(unsafe=True)) as client:
            yield Browser(client)

    async def fill(self) -> None:
        """Two stations, one person of every role, one mediator of the other station."""
        self.stations = {
            code: Station(code=code, name=f"{code}工作站", town="某镇", phone="") for code in "AB"
        }
        async with self.db.write() as write:
            write.add_all(self.stations.values())
            await write.flush()
            everybody = [
                account("admin", Role.ADMIN),
                account("supervisor", Role.SUPERVISOR),
                account("lawyer", Role.LAWYER),
                account("mediator", Role.MEDIATOR, self.stations["A"]),
                account("elsewhere", Role.MEDIATOR, self.stations["B"]),
            ]
            write.add_all(everybody)
            write.add(NoticeText(version="1", title="告知书", body="…", in_force_from=START.date()))
        self.people = {one.username: one for one in everybody}


@dataclass
class Browser:
    """What a page of ours does."""

    client: TestClient[Any, Any]
    csrf: str = ""

    async def get(self, path: str, headers: Mapping[str, str] = HOST) -> ClientResponse:
        return await self.client.get(path, headers=headers, allow_redirects=False)

    async def post(
        self, path: str, body: object = None, headers: Mapping[str, str] | None = None
    ) -> ClientResponse:
        given = {**FROM_US, "X-CSRF-Token": self.csrf} if headers is None else headers
        return await self.client.post(path, json=body, headers=given, allow_redirects=False)

    async def delete(self, path: str) -> ClientResponse:
        return await self.client.delete(path, headers={**FROM_US, "X-CSRF-Token": self.csrf})

    async def sign_in(self, house: House, username: str, password: str = PASSWORD) -> None:
        answer = await self.post("/api/sign-in", {"username": username, "password": password})
        assert answer.status == 200, await answer.text()
        await self.learn_csrf(house)

    async def enrol(self, house: House, station: str = "A") -> None:
        code = await house.terminals.make_code_for(station)
        answer = await self.post("/api/terminal/enrol", {"code": code.text})
        assert answer.status == 200, await answer.text()

    async def sign_in_at_terminal(self, house: House, username: str) -> ClientResponse:
        body = {"account": house.people[username].id, "password": PASSWORD}
        answer = await self.post("/api/terminal/sign-in", body)
        if answer.status == 200:
            await self.learn_csrf(house)
        return answer

    async def learn_csrf(self, house: House) -> None:
        principal = await house.accounts.principal_of(self.cookies())
        assert principal is not None
        self.csrf = principal.csrf

    def cookies(self) -> dict[str, str]:
        return {cookie.key: cookie.value for cookie in self.client.session.cookie_jar}


def new_house(db: Database, policy: Policy | None = None, safe: Safe | None = None) -> House:
    clock, cookies, passwords = ManualClock(), Cookies(secure=False), Passwords(CHEAP)
    rules = policy or Policy()
    return House(
        db=db,
        clock=clock,
        passwords=passwords,
        policy=rules,
        accounts=Accounts(db, passwords, clock, cookies, rules, safe),
        terminals=Terminals(db, clock, cookies),
        safe=safe,
    )
