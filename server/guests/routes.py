"""Pages and API of people who join from elsewhere."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Annotated

import segno
from aiohttp import web

from server.accounts.agents import agent_words
from server.accounts.service import Cookies, Visitor
from server.guests.invitations import Invitations, Wish
from server.web.asked import id_in_path
from server.web.bodies import read_message
from server.web.principal import Principal, principal, principal_or_none
from server.web.rendering import RENDERER
from server.web.routes import PUBLIC, Route, route
from signaling.codec import Text
from signaling.errors import Conflict
from signaling.moments import milliseconds
from signaling.rights import Action, Role

Show = Callable[[web.Request, str], Awaitable[web.StreamResponse]]
"""Renders an app page for the person who is signed in."""


@dataclass(frozen=True, slots=True)
class InviteBody:
    """Whom to invite: a person of the session, or a new one by name."""

    person: Annotated[str, Text(32, 32)] | None = None
    name: Annotated[str, Text(40)] = ""
    phone: Annotated[str, Text(20)] = ""
    minor: bool = False
    guardian: Annotated[str, Text(40)] = ""


@dataclass(frozen=True, slots=True)
class JoinBody:
    """What a link carries behind its ``#``, or the short code."""

    secret: Annotated[str, Text(64, 8)]


@dataclass(frozen=True, slots=True)
class GuestDoors:
    """What the handlers need. ``address``: the client's, as the throttle should count it."""

    invitations: Invitations
    cookies: Cookies
    show: Show
    address: Callable[[web.Request], str]

    async def join_page(self, request: web.Request) -> web.StreamResponse:
        """Show what is about to happen; the secret stays in the browser until it is used."""
        return request.app[RENDERER].page("join.html")

    async def guest_page(self, request: web.Request) -> web.StreamResponse:
        """Show the guest's own page; everybody else is led to the front door."""
        somebody = principal_or_none(request)
        if somebody is None or somebody.role is not Role.PARTY:
            return web.Response(status=303, headers={"Location": "/join"})
        return await self.show(request, "guest.html")

    async def look(self, request: web.Request) -> web.StreamResponse:
        """Answer whom an invitation is for; it is not used by that."""
        body = await read_message(request, JoinBody)
        seen = await self.invitations.look(body.secret, self.address(request))
        return web.json_response(
            {
                "name": seen.name,
                "guardian": seen.guardian,
                "mediator": seen.mediator,
                "station": seen.station,
                "phone": seen.station_phone,
            }
        )

    async def join(self, request: web.Request) -> web.StreamResponse:
        """Use an invitation; the login's cookie is bound to its session and person."""
        body = await read_message(request, JoinBody)
        _no_member_of_the_service(principal_or_none(request))
        agent = agent_words(request.headers.get("User-Agent", ""))
        token = await self.invitations.use(body.secret, Visitor(self.address(request), agent))
        response = web.json_response({"next": "/guest"})
        response.set_cookie(
            self.cookies.login,
            token,
            path="/",
            httponly=True,
            secure=self.cookies.secure,
            samesite="Lax",
        )
        return response

    async def invite(self, request: web.Request) -> web.StreamResponse:
        """Make an invitation; the answer is the only place where its secrets are."""
        session = id_in_path(request, "session")
        body = await read_message(request, InviteBody)
        wish = Wish(body.person, body.name, body.phone, body.minor, body.guardian)
        made = await self.invitations.invite(principal(request), session, wish)
        # The guard has compared it with the addresses of this service.
        link = f"{request.headers['Origin']}/join#{made.token}"
        return web.json_response(
            {
                "person": made.person,
                "name": made.name,
                "link": link,
                "code": made.code,
                "qr": segno.make(link, error="m").svg_data_uri(scale=5, border=2),
                "expires_at": milliseconds(made.expires_at),
            }
        )


def _no_member_of_the_service(somebody: Principal | None) -> None:
    if somebody is not None and somebody.role is not Role.PARTY:
        raise Conflict(
            "signed_in_already", "这台设备已登录工作账号，请用当事人自己的手机打开邀请。"
        )


def routes(doors: GuestDoors) -> list[Route]:
    """Return the routes of invitations and of the guests' page."""
    return [
        route("GET", "/join", doors.join_page, PUBLIC),
        route("GET", "/guest", doors.guest_page, PUBLIC),
        route("POST", "/api/join/look", doors.look, PUBLIC),
        route("POST", "/api/join", doors.join, PUBLIC),
        route("POST", "/api/sessions/{session}/guests", doors.invite, Action.INVITE_GUEST),
    ]
