"""The door: known host, own pages for anything that changes, and the right a route needs."""

import hmac
from collections.abc import Mapping, Sequence
from types import MappingProxyType
from urllib.parse import quote, urlsplit

from aiohttp import web
from aiohttp.typedefs import Middleware

from server.web.errors import SignInNeeded
from server.web.principal import PRINCIPAL, FindPrincipal, Owed, Principal
from server.web.routes import PUBLIC, ROUTES, SAFE_METHODS, Declared, Handler, admits
from signaling.errors import NotAllowed, NotFound, ProtocolError

CSRF_HEADER = "X-CSRF-Token"
ACCOUNT_PAGE = "/account"

OWED_WORDS: Mapping[Owed, str] = MappingProxyType(
    {
        Owed.PASSWORD: "请先在“我的账号”里把初始密码换成自己的密码。",
        Owed.SECOND_FACTOR: "请先在“我的账号”里设置动态口令。",
    }
)


class Guard:
    """Middleware. ``origins`` are the addresses that people open, as browsers write them."""

    def __init__(self, origins: Sequence[str], find_principal: FindPrincipal) -> None:
        self._origins = frozenset(origins)
        self._hosts = frozenset(_host(origin) for origin in origins)
        self._find = find_principal

    def middleware(self) -> Middleware:
        """Return it in the form aiohttp wants."""

        @web.middleware
        async def guard(request: web.Request, handler: Handler) -> web.StreamResponse:
            return await self._admit(request, handler)

        return guard

    async def _admit(self, request: web.Request, handler: Handler) -> web.StreamResponse:
        if request.match_info.http_exception is not None:
            return await handler(request)
        declared = request.app[ROUTES].find(request.match_info.route)
        if declared is None:
            raise NotFound
        if not declared.any_host and request.host.lower() not in self._hosts:
            raise ProtocolError("bad_host", "这个地址不在 YUNTIAO_ORIGINS 里")
        somebody = await self._find(request.cookies)
        self._check_origin(request, declared, somebody)
        if not admits(declared.access, somebody):
            return _refuse(request, somebody)
        if somebody is not None:
            if somebody.owes and declared.access is not PUBLIC and not declared.settling:
                return _settle_first(request, somebody.owes)
            request[PRINCIPAL] = somebody
        return await handler(request)

    def _check_origin(
        self, request: web.Request, declared: Declared, somebody: Principal | None
    ) -> None:
        if request.method in SAFE_METHODS:
            return
        if request.headers.get("Origin") not in self._origins:
            raise NotAllowed("bad_origin", "请求不是从本系统的页面发出的。")
        if declared.access is PUBLIC or somebody is None:
            return
        sent = request.headers.get(CSRF_HEADER, "")
        # Bytes that are no UTF-8 arrive as lone surrogates.
        if not hmac.compare_digest(sent.encode(errors="surrogatepass"), somebody.csrf.encode()):
            raise NotAllowed("bad_csrf", "页面已过期，请刷新后再试。")


def _host(origin: str) -> str:
    return urlsplit(origin).netloc.lower()


def _refuse(request: web.Request, somebody: Principal | None) -> web.StreamResponse:
    if somebody is not None:
        raise NotAllowed
    if request.path.startswith("/api/") or request.method not in SAFE_METHODS:
        raise SignInNeeded
    return web.Response(status=303, headers={"Location": f"/login?next={quote(request.path)}"})


def _settle_first(request: web.Request, owes: Owed) -> web.StreamResponse:
    if request.path.startswith("/api/") or request.method not in SAFE_METHODS:
        raise NotAllowed("settle_account_first", OWED_WORDS[owes])
    return web.Response(status=303, headers={"Location": ACCOUNT_PAGE})
