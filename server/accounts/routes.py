"""Sign-in pages and their API; a terminal's enrolment."""

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Annotated

from aiohttp import web

from server.accounts.agents import agent_words
from server.accounts.service import Accounts, Terminal, Visitor
from server.accounts.terminals import Terminals
from server.web.bodies import read_message
from server.web.guard import ACCOUNT_PAGE
from server.web.principal import Principal, principal, principal_or_none
from server.web.rendering import RENDERER
from server.web.routes import PUBLIC, SIGNED_IN, Route, route
from signaling.codec import Text
from signaling.errors import NotAllowed
from signaling.rights import Role

YEAR_S = 365 * 24 * 3600

HOME: Mapping[Role, str] = MappingProxyType(
    {
        Role.MEDIATOR: "/terminal",
        Role.LAWYER: "/desk",
        Role.PARTY: "/guest",
        Role.ADMIN: "/admin",
        Role.SUPERVISOR: "/admin",
    }
)

TerminalApp = Callable[[web.Request, Principal], Awaitable[web.StreamResponse]]
"""Shows the terminal's own page to a mediator who is signed in at it."""


@dataclass(frozen=True, slots=True)
class SignIn:
    """Body of the desk's sign-in; ``code``: of the app, or one on paper."""

    username: Annotated[str, Text(40, 1)]
    password: Annotated[str, Text(200, 1)]
    code: Annotated[str, Text(20)] = ""


@dataclass(frozen=True, slots=True)
class SignInAtTerminal:
    """Body of a mediator's sign-in: a card's account id and the password."""

    account: Annotated[str, Text(32, 32)]
    password: Annotated[str, Text(200, 1)]


@dataclass(frozen=True, slots=True)
class Enrol:
    """Body of a terminal's enrolment."""

    code: Annotated[str, Text(20, 1)]


@dataclass(frozen=True, slots=True)
class Doors:
    """What the handlers need. ``address``: the client's, as the throttle should count it."""

    accounts: Accounts
    terminals: Terminals
    terminal_app: TerminalApp
    address: Callable[[web.Request], str]

    async def root(self, request: web.Request) -> web.StreamResponse:
        """Lead everybody to their own page."""
        somebody = principal_or_none(request)
        if somebody is not None:
            return _see(HOME[somebody.role])
        terminal = await self.terminals.terminal_of(request.cookies)
        return _see("/terminal" if terminal else "/login")

    async def login_page(self, request: web.Request) -> web.StreamResponse:
        """Show the desk's sign-in, or lead on who is signed in already."""
        somebody = principal_or_none(request)
        if somebody is not None:
            return _see(HOME[somebody.role])
        return request.app[RENDERER].page("login.html")

    async def sign_in(self, request: web.Request) -> web.StreamResponse:
        """Answer with the way home and the login's cookie."""
        body = await read_message(request, SignIn)
        login = await self.accounts.sign_in(
            body.username, body.password, self._visitor(request), body.code
        )
        return self._signed_in(login.token, login.role)

    async def sign_out(self, request: web.Request) -> web.StreamResponse:
        """End the login."""
        await self.accounts.sign_out(principal(request))
        response = web.json_response({"next": "/"})
        _forget(response, self.accounts.cookies.login, secure=self.accounts.cookies.secure)
        return response

    async def terminal_page(self, request: web.Request) -> web.StreamResponse:
        """Show the code entry, the names of the station's mediators, or the terminal's own page."""
        terminal = await self.terminals.terminal_of(request.cookies)
        if terminal is None:
            return request.app[RENDERER].page("terminal_enrol.html")
        somebody = principal_or_none(request)
        if somebody is not None and somebody.device_id == terminal.device_id:
            if somebody.owes:
                return _see(ACCOUNT_PAGE)
            return await self.terminal_app(request, somebody)
        people = await self.terminals.mediators(terminal)
        return request.app[RENDERER].page(
            "terminal_signin.html", terminal=terminal, mediators=people
        )

    async def enrol(self, request: web.Request) -> web.StreamResponse:
        """Make this browser a terminal."""
        body = await read_message(request, Enrol)
        key = await self.terminals.enrol(body.code, self.address(request), request.cookies)
        response = web.json_response({"next": "/terminal"})
        self._set(response, self.accounts.cookies.device, key, max_age=YEAR_S)
        return response

    async def terminal_sign_in(self, request: web.Request) -> web.StreamResponse:
        """Sign a mediator in at this terminal."""
        body = await read_message(request, SignInAtTerminal)
        terminal = await self._terminal(request)
        login = await self.accounts.sign_in_at(
            terminal, body.account, body.password, self._visitor(request)
        )
        return self._signed_in(login.token, login.role)

    def _visitor(self, request: web.Request) -> Visitor:
        agent = agent_words(request.headers.get("User-Agent", ""))
        return Visitor(self.address(request), agent)

    async def _terminal(self, request: web.Request) -> Terminal:
        terminal = await self.terminals.terminal_of(request.cookies)
        if terminal is None:
            raise NotAllowed("no_terminal", "这台设备还没有登记，或登记已被注销。")
        return terminal

    def _signed_in(self, token: str, role: Role) -> web.Response:
        response = web.json_response({"next": HOME[role]})
        self._set(response, self.accounts.cookies.login, token)
        return response

    def _set(
        self, response: web.Response, name: str, value: str, max_age: int | None = None
    ) -> None:
        response.set_cookie(
            name,
            value,
            max_age=max_age,
            path="/",
            httponly=True,
            secure=self.accounts.cookies.secure,
            samesite="Lax",
        )


def routes(doors: Doors) -> list[Route]:
    """Return the routes of sign-in, sign-out and terminals."""
    return [
        route("GET", "/", doors.root, PUBLIC),
        route("GET", "/login", doors.login_page, PUBLIC),
        route("POST", "/api/sign-in", doors.sign_in, PUBLIC),
        route("POST", "/api/sign-out", doors.sign_out, SIGNED_IN, settling=True),
        route("GET", "/terminal", doors.terminal_page, PUBLIC),
        route("POST", "/api/terminal/enrol", doors.enrol, PUBLIC),
        route("POST", "/api/terminal/sign-in", doors.terminal_sign_in, PUBLIC),
    ]


def _see(path: str) -> web.Response:
    return web.Response(status=303, headers={"Location": path})


def _forget(response: web.Response, name: str, *, secure: bool) -> None:
    response.del_cookie(name, path="/", secure=secure, httponly=True, samesite="Lax")
