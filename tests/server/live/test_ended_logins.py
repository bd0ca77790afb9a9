"""Who is shut out is out: sockets end with the login behind them, within five seconds."""

import asyncio
from collections.abc import AsyncIterator, Collection, Mapping
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from typing import Any

import pytest
import socketio
from aiohttp import ClientResponse, ClientSession
from aiohttp.test_utils import TestServer

from server.accounts.policy import Policy
from server.live.adapter import LiveWire
from server.live.hub import Views
from server.storage.engine import Database
from server.storage.schema import Account
from server.web.principal import Principal
from server.web.routes import PUBLIC, ROUTES
from server.web.site import Site, application
from signaling.commands import Command
from tests.conftest import StartService
from tests.e2e.actors import demo_accounts
from tests.server.house import House, new_house
from tests.support.ports import free_port
from tests.support.service import Service
from tests.support.waiting import SLOWNESS

CUT_S = 5.0


class Page:
    """A page's socket: what it was told, and whether it is still there."""

    def __init__(self) -> None:
        self.client = socketio.AsyncClient(reconnection=False)
        self.told: list[Any] = []
        self.gone = asyncio.Event()
        self.client.on("bye", self.told.append)
        self.client.on("disconnect", lambda *_: self.gone.set())

    async def connect(self, url: str, cookies: Mapping[str, str], csrf: str) -> None:
        header = "; ".join(f"{name}={value}" for name, value in cookies.items())
        headers = {"Cookie": header, "Origin": url}
        await self.client.connect(
            url, headers=headers, auth={"csrf": csrf}, transports=["websocket"]
        )

    async def cut(self) -> None:
        """Until it was told and closed."""
        await asyncio.wait_for(self.gone.wait(), CUT_S * SLOWNESS)
        assert self.told == [{"code": "sign_in_needed"}]


@asynccontextmanager
async def pages(count: int) -> AsyncIterator[list[Page]]:
    opened = [Page() for _ in range(count)]
    yield opened
    for page in opened:
        await page.client.disconnect()


class NoViews:
    """Pages that show nothing."""

    async def whole(self, _somebody: Principal) -> Mapping[str, Any]:
        return {}

    async def about(self, _sessions: Collection[str]) -> Collection[str]:
        return ()

    async def common(self) -> object:
        return None

    def renewed(self, _view: Mapping[str, Any], _who: Principal, _common: object) -> None:
        return None


@asynccontextmanager
async def wire_of(house: House, views: Views | None = None) -> AsyncIterator[tuple[LiveWire, str]]:
    """The live wire at a house, at an address of its own."""

    async def perform(_somebody: Principal, _command: Command) -> Mapping[str, Any]:
        return {}

    port = free_port()
    url = f"http://localhost:{port}"
    wire = LiveWire((url,), house.accounts.principal_of, perform, views or NoViews())
    site = Site((url,), house.accounts.principal_of, {"demo": True, "hotline": "12348"})
    app = application(site, house.routes())
    wire.attach(app)
    app[ROUTES].declare("GET", "/socket.io/", PUBLIC)
    async with TestServer(app, host="localhost", port=port):
        yield wire, url
        await wire.close()


async def connected(house: House, url: str, page: Page, username: str) -> dict[str, str]:
    """Sign in as somebody and connect; the cookies."""
    async with house.browser() as browser:
        if house.people[username].station_id:
            await browser.enrol(house)
            await browser.sign_in_at_terminal(house, username)
        else:
            await browser.sign_in(house, username)
        await page.connect(url, browser.cookies(), browser.csrf)
        return browser.cookies()


async def test_disabled_account_is_cut_and_others_stay(house: House) -> None:
    async with wire_of(house) as (wire, url), pages(2) as (shut, other):
        await connected(house, url, shut, "lawyer")
        await connected(house, url, other, "admin")
        await wire.cut_ended(house.accounts.still_open)
        assert len(wire.hub.connections()) == 2
        async with house.db.write() as write:
            (await write.get_one(Account, house.people["lawyer"].id)).active = False
        await wire.cut_ended(house.accounts.still_open)
        await shut.cut()
        assert [one.principal.name for one in wire.hub.connections()] == ["某admin"]
        assert not other.gone.is_set()


async def test_revoked_terminal_is_cut(small_house: House) -> None:
    async with wire_of(small_house) as (wire, url), pages(1) as (page,):
        cookies = await connected(small_house, url, page, "mediator")
        terminal = await small_house.terminals.terminal_of(cookies)
        assert terminal is not None
        await small_house.terminals.revoke(terminal.device_id, None)
        await wire.cut_ended(small_house.accounts.still_open)
        await page.cut()


async def test_expired_login_is_cut(small_house: House) -> None:
    async with wire_of(small_house) as (wire, url), pages(1) as (page,):
        await connected(small_house, url, page, "lawyer")
        small_house.clock.forward(hours=13)
        await wire.cut_ended(small_house.accounts.still_open)
        await page.cut()


async def test_who_owes_something_is_not_let_in(small: Database) -> None:
    house = new_house(small, Policy(own_password=True))
    await house.fill()
    async with house.db.write() as write:
        (await write.get_one(Account, house.people["lawyer"].id)).first_password = True
    async with wire_of(house) as (wire, url), pages(1) as (page,):
        with pytest.raises(socketio.exceptions.ConnectionError):
            await connected(house, url, page, "lawyer")
        assert wire.hub.connections() == []


@dataclass
class Visitor:
    """A browser without pages: signed in at the whole service."""

    http: ClientSession
    service: Service
    csrf: str = ""

    async def sign_in(self, account: str) -> None:
        known = demo_accounts(self.service.data)[account]
        answer = await self.post(
            "/api/sign-in", {"username": known.username, "password": known.password}
        )
        assert answer.status == 200
        page = await (await self.http.get(f"{self.service.url}/account")).text()
        self.csrf = page.split('"csrf":"')[1].split('"')[0]

    async def post(self, path: str, body: object = None) -> ClientResponse:
        headers = {"Origin": self.service.url, "X-CSRF-Token": self.csrf}
        return await self.http.post(f"{self.service.url}{path}", json=body, headers=headers)

    async def connect(self, page: Page) -> None:
        cookies = {one.key: one.value for one in self.http.cookie_jar}
        await page.connect(self.service.url, cookies, self.csrf)


@pytest.mark.e2e
async def test_the_service_itself_cuts_who_is_shut_out(start_service: StartService) -> None:
    """Nobody but its own clock starts the check: signed out from elsewhere, shut by an admin."""
    service = await start_service()
    async with AsyncExitStack() as stack:
        lawyer, elsewhere, shut, admin = [
            Visitor(await stack.enter_async_context(ClientSession()), service) for _ in range(4)
        ]
        first, second = await stack.enter_async_context(pages(2))
        await lawyer.sign_in("lawyer1")
        await elsewhere.sign_in("lawyer1")
        await shut.sign_in("lawyer2")
        await admin.sign_in("admin")
        await lawyer.connect(first)
        await shut.connect(second)
        ended = await elsewhere.post("/api/account/logins/end-others")
        assert await ended.json() == {"ended": 1}
        await first.cut()
        assert not second.gone.is_set()
        people = await (await admin.http.get(f"{service.url}/api/people")).json()
        (person,) = [one["id"] for one in people["items"] if one["username"] == "lawyer2"]
        assert (await admin.post(f"/api/people/{person}/disable")).status == 204
        await second.cut()
