"""The page of one's own account, open also to somebody who must settle something there first."""

import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import Annotated, Any

from aiohttp import web

from server.accounts.factors import SecondFactors
from server.accounts.own import OwnAccount, OwnLogin
from server.accounts.policy import SHORTEST_PASSWORD, Policy, SecondFactorRule
from server.web.bodies import read_message
from server.web.principal import principal
from server.web.rendering import RENDERER
from server.web.routes import SIGNED_IN, Handler, Route, route
from signaling.codec import Text
from signaling.errors import NotFound
from signaling.moments import maybe_milliseconds, milliseconds

_ID = re.compile(r"[0-9a-f]{32}")


@dataclass(frozen=True, slots=True)
class ChangePassword:
    """Body of a change of password."""

    old: Annotated[str, Text(200, 1)]
    new: Annotated[str, Text(200, 1)]


@dataclass(frozen=True, slots=True)
class Proof:
    """Body of what needs one's password again; a first setting-up does not."""

    password: Annotated[str, Text(200)]


@dataclass(frozen=True, slots=True)
class Confirm:
    """Body that ends the setting-up of one-time codes."""

    code: Annotated[str, Text(20, 1)]


@dataclass(frozen=True, slots=True)
class OwnPage:
    """What the handlers need. ``address``: the client's, as the throttle should count it."""

    own: OwnAccount
    factors: SecondFactors
    policy: Policy
    address: Callable[[web.Request], str]

    async def page(self, request: web.Request) -> web.StreamResponse:
        """Show the page."""
        somebody = principal(request)
        me = {"name": somebody.name, "role": somebody.role, "terminal": bool(somebody.device_id)}
        return request.app[RENDERER].page(
            "account.html", me=somebody, boot={"csrf": somebody.csrf, "me": me}
        )

    async def state(self, request: web.Request) -> web.StreamResponse:
        """Answer with everything the page shows."""
        somebody = principal(request)
        account, codes = await self.own.account(somebody), await self.own.codes(somebody)
        return web.json_response(
            {
                "username": account.username,
                "owes": somebody.owes,
                "first_password": account.first_password,
                "shortest_password": SHORTEST_PASSWORD,
                "codes": {
                    "offered": self.policy.offers_codes(somebody.role),
                    "required": self.policy.second_factor is SecondFactorRule.REQUIRED,
                    "since": maybe_milliseconds(codes.since),
                    "on_paper": codes.on_paper,
                },
                "logins": [_login(one) for one in await self.own.logins(somebody)],
            }
        )

    async def change_password(self, request: web.Request) -> web.StreamResponse:
        """Set a password of one's own."""
        body = await read_message(request, ChangePassword)
        await self.own.change_password(
            principal(request), body.old, body.new, self.address(request)
        )
        return web.Response(status=204)

    async def begin_codes(self, request: web.Request) -> web.StreamResponse:
        """Answer with the secret for the app; replacing an older one needs the password."""
        somebody, body = principal(request), await read_message(request, Proof)
        if (await self.own.codes(somebody)).since is not None:
            await self.own.prove(somebody, body.password, self.address(request))
        account = await self.own.account(somebody)
        made = await self.factors.begin(account.id, account.role, account.username)
        return web.json_response({"secret": made.secret, "picture": made.picture}, status=201)

    async def confirm_codes(self, request: web.Request) -> web.StreamResponse:
        """Answer with the codes for paper, which can be read this once."""
        body = await read_message(request, Confirm)
        account_id = principal(request).account_id
        codes = await self.factors.confirm(account_id, body.code, self.address(request))
        return web.json_response({"codes": list(codes)})

    async def remove_codes(self, request: web.Request) -> web.StreamResponse:
        """Sign in without codes from now on."""
        somebody, body = principal(request), await read_message(request, Proof)
        await self.own.prove(somebody, body.password, self.address(request))
        await self.factors.remove(somebody.account_id)
        return web.Response(status=204)

    async def end_login(self, request: web.Request) -> web.StreamResponse:
        """Sign out somewhere else."""
        login_id = request.match_info["id"]
        if not _ID.fullmatch(login_id):
            raise NotFound
        await self.own.end_login(principal(request), login_id)
        return web.Response(status=204)

    async def end_others(self, request: web.Request) -> web.StreamResponse:
        """Sign out everywhere else."""
        ended = await self.own.end_other_logins(principal(request))
        return web.json_response({"ended": ended})


def routes(page: OwnPage) -> list[Route]:
    """/account and /api/account/…"""

    def own(method: str, path: str, handler: Handler) -> Route:
        return route(method, path, handler, SIGNED_IN, settling=True)

    return [
        own("GET", "/account", page.page),
        own("GET", "/api/account", page.state),
        own("POST", "/api/account/password", page.change_password),
        own("POST", "/api/account/codes", page.begin_codes),
        own("POST", "/api/account/codes/confirm", page.confirm_codes),
        own("POST", "/api/account/codes/remove", page.remove_codes),
        own("DELETE", "/api/account/logins/{id}", page.end_login),
        own("POST", "/api/account/logins/end-others", page.end_others),
    ]


def _login(one: OwnLogin) -> dict[str, Any]:
    return {
        "id": one.id,
        "agent": one.agent,
        "address": one.address,
        "station": one.station,
        "since": milliseconds(one.since),
        "used": milliseconds(one.used),
        "here": one.here,
    }
