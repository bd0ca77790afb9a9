"""The route table: no route without the right it needs.

A ``Route`` says who may come: anybody, anybody signed in, or whoever the rights table gives an
action. A route of the router that is not in the table is refused to everybody.
"""

from collections.abc import Awaitable, Callable, Iterable
from dataclasses import dataclass
from enum import Enum

from aiohttp import web

from server.web.principal import Principal
from signaling.rights import Action, right

Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]
SAFE_METHODS = frozenset({"GET", "HEAD"})


class Open(Enum):
    """Routes that need no action of the rights table."""

    PUBLIC = "public"
    SIGNED_IN = "signed_in"


PUBLIC, SIGNED_IN = Open.PUBLIC, Open.SIGNED_IN
Access = Action | Open


@dataclass(frozen=True, slots=True)
class Route:
    """One method and path.

    ``any_host``: for probes that know the service by no public name. ``settling``: open also to
    somebody who still owes a change of their account.
    """

    method: str
    path: str
    handler: Handler
    access: Access
    any_host: bool = False
    settling: bool = False


def route(
    method: str, path: str, handler: Handler, access: Access, *, settling: bool = False
) -> Route:
    """Declare a route; ``path`` may hold aiohttp's ``{name}`` parts."""
    return Route(method, path, handler, access, settling=settling)


@dataclass(frozen=True, slots=True)
class Declared:
    """What the table says of a route."""

    access: Access
    any_host: bool = False
    settling: bool = False


class RouteTable:
    """Declared routes by method and path; HEAD is a GET."""

    def __init__(self) -> None:
        self._declared: dict[tuple[str, str], Declared] = {}

    def add(self, router: web.UrlDispatcher, routes: Iterable[Route]) -> None:
        """Declare the routes and put them into the router; twice the same raises ValueError."""
        for one in routes:
            resource = router.add_route(one.method, one.path, one.handler).resource
            # The router's own spelling, in which a part's pattern is left out.
            path = resource.canonical if resource else one.path
            self._put(one.method, path, Declared(one.access, one.any_host, one.settling))

    def declare(self, method: str, path: str, access: Access) -> None:
        """Declare a route that something else puts into the router (Socket.IO)."""
        self._put(method, path, Declared(access))

    def _put(self, method: str, path: str, declared: Declared) -> None:
        if (method, path) in self._declared:
            raise ValueError(f"{method} {path} is declared twice")
        self._declared[method, path] = declared

    def find(self, found: web.AbstractRoute) -> Declared | None:
        """Return what the table says of a route of the router; None: unlisted."""
        if found.resource is None:
            return None
        method = "GET" if found.method == "HEAD" else found.method
        return self._declared.get((method, found.resource.canonical))


ROUTES = web.AppKey("ROUTES", RouteTable)


def admits(access: Access, somebody: Principal | None) -> bool:
    """Tell whether this principal may come in; scope and state are the feature's to check."""
    if access is PUBLIC:
        return True
    if somebody is None:
        return False
    return isinstance(access, Open) or right(somebody.role, access) is not None
