"""Who is asking: the principal of a request."""

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from enum import StrEnum

from aiohttp import web

from signaling.rights import Role


class Owed(StrEnum):
    """What somebody must settle on their account's page before anything else opens."""

    PASSWORD = "password"  # noqa: S105 -- a word for a duty, not a secret
    SECOND_FACTOR = "second_factor"


@dataclass(frozen=True, slots=True)
class Principal:
    """A signed-in person. ``device_id`` is set when they sit at an enrolled terminal."""

    account_id: str
    role: Role
    name: str
    station_id: str | None
    device_id: str | None
    login_hash: str
    csrf: str
    owes: Owed | None = None


FindPrincipal = Callable[[Mapping[str, str]], Awaitable[Principal | None]]
"""From a request's cookies to its principal."""

PRINCIPAL = web.RequestKey("PRINCIPAL", Principal)
REQUEST_ID = web.RequestKey("REQUEST_ID", str)


def principal(request: web.Request) -> Principal:
    """Return the principal of a request whose route asks for one."""
    return request[PRINCIPAL]


def principal_or_none(request: web.Request) -> Principal | None:
    """Return the principal, or None where nobody is signed in."""
    return request.get(PRINCIPAL)
