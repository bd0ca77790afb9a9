"""Every route of the whole service × everybody: an unlisted route fails here."""

from pathlib import Path

import pytest
from aiohttp import web
from aiohttp.web_urldispatcher import AbstractRoute

from server import settings
from server.app import build
from server.web.principal import Principal
from server.web.routes import PUBLIC, ROUTES, SIGNED_IN, Access, Route, admits
from signaling.rights import Action, Role
from tests.server.house import House
from tests.web.pages import NO_PAGES, PAGES

ANYBODY = frozenset({None, *Role})
SIGNED = frozenset(Role)
REVIEW = frozenset({Role.ADMIN, Role.SUPERVISOR})
ADMIN = frozenset({Role.ADMIN})
TALKING = frozenset({Role.MEDIATOR, Role.LAWYER, Role.PARTY})

# Who gets past the guard. It is written out here, and not derived from the rights table, so that a
# change of either is noticed.
WHO: dict[str, frozenset[Role | None]] = {
    "GET /": ANYBODY,
    "GET /login": ANYBODY,
    "POST /api/sign-in": ANYBODY,
    "POST /api/sign-out": SIGNED,
    "GET /account": SIGNED,
    "GET /api/account": SIGNED,
    "POST /api/account/password": SIGNED,
    "POST /api/account/codes": SIGNED,
    "POST /api/account/codes/confirm": SIGNED,
    "POST /api/account/codes/remove": SIGNED,
    "DELETE /api/account/logins/{id}": SIGNED,
    "POST /api/account/logins/end-others": SIGNED,
    "GET /check": ANYBODY,
    "GET /api/terminal/sessions/{session}/integrity": frozenset({Role.MEDIATOR}),
    "GET /api/terminal/sessions/{session}/integrity.svg": frozenset({Role.MEDIATOR}),
    "GET /terminal": ANYBODY,
    "POST /api/terminal/enrol": ANYBODY,
    "POST /api/terminal/sign-in": ANYBODY,
    "POST /api/terminal/check-in": ANYBODY,
    "POST /api/terminal/line": ANYBODY,
    "POST /api/terminal/self-tests": ANYBODY,
    "GET /admin/health": REVIEW,
    "GET /admin/health/{id}": REVIEW,
    "GET /api/health": REVIEW,
    "GET /api/health/{id}": REVIEW,
    "GET /api/feedback-reasons": frozenset({Role.MEDIATOR}),
    "POST /api/sessions/{session}/feedback": frozenset({Role.MEDIATOR}),
    "POST /api/sessions/{session}/feedback-links": frozenset({Role.MEDIATOR}),
    "GET /rate/{token}": ANYBODY,
    "POST /api/rate/{token}": ANYBODY,
    "GET /admin/overview": REVIEW,
    "GET /api/overview": REVIEW,
    "GET /api/overview/now": REVIEW,
    "PUT /api/stations/{id}": ADMIN,
    "PUT /api/terminals/{id}": ADMIN,
    "GET /admin/villages": ADMIN,
    "GET /api/villages": ADMIN,
    "POST /api/villages": ADMIN,
    "PUT /api/villages/{id}": ADMIN,
    "GET /admin/texts": REVIEW,
    "GET /api/texts": REVIEW,
    "POST /api/texts": ADMIN,
    "GET /admin/rights": REVIEW,
    "GET /join": ANYBODY,
    "GET /guest": ANYBODY,
    "POST /api/join/look": ANYBODY,
    "POST /api/join": ANYBODY,
    "POST /api/sessions/{session}/guests": frozenset({Role.MEDIATOR}),
    "PUT /api/sessions/{session}/photos/{photo}": frozenset({Role.MEDIATOR, Role.PARTY}),
    "POST /api/sessions/{session}/photos/{photo}/taken-back": frozenset(
        {Role.MEDIATOR, Role.PARTY}
    ),
    "GET /api/sessions/{session}/photos/{photo}": TALKING,
    "GET /api/sessions/{session}/photos/{photo}/small": TALKING,
    "GET /desk": frozenset({Role.LAWYER}),
    "GET /desk/conflicts": frozenset({Role.LAWYER}),
    "GET /api/conflicts": frozenset({Role.LAWYER}),
    "POST /api/conflicts": frozenset({Role.LAWYER}),
    "DELETE /api/conflicts/{id}": frozenset({Role.LAWYER}),
    "GET /api/sessions/{session}/dispatch": REVIEW,
    "GET /admin/appointments": REVIEW,
    "GET /api/appointments": frozenset({Role.LAWYER, Role.ADMIN, Role.SUPERVISOR}),
    "GET /api/appointments/slots": frozenset({Role.MEDIATOR, Role.LAWYER, Role.ADMIN}),
    "GET /api/appointments/appointments.ics": frozenset({Role.LAWYER, Role.ADMIN, Role.SUPERVISOR}),
    "POST /api/appointments": ADMIN,
    "POST /api/appointments/{id}/move": ADMIN,
    "POST /api/appointments/{id}/cancel": ADMIN,
    "GET /api/stations/callable": frozenset({Role.LAWYER}),
    "GET /api/stations/answering": ADMIN,
    "PUT /api/stations/{id}/answering": ADMIN,
    "GET /admin/roster": ADMIN,
    "GET /desk/roster": frozenset({Role.LAWYER}),
    "GET /api/roster": frozenset({Role.LAWYER, Role.ADMIN}),
    "GET /api/roster/hours": ADMIN,
    "POST /api/roster/entries": ADMIN,
    "DELETE /api/roster/entries/{id}": ADMIN,
    "POST /api/roster/leave": frozenset({Role.LAWYER}),
    "POST /api/roster/swaps": frozenset({Role.LAWYER}),
    "POST /api/roster/swaps/{id}/answer": frozenset({Role.LAWYER}),
    "GET /api/roster/files/{file}": frozenset({Role.LAWYER, Role.ADMIN}),
    "POST /api/roster/files/{file}": ADMIN,
    "GET /admin/wall": REVIEW,
    "GET /api/wall": REVIEW,
    "GET /admin": REVIEW,
    "GET /admin/sessions/{session}": REVIEW,
    "GET /admin/stations": ADMIN,
    "GET /admin/audit": REVIEW,
    "GET /admin/tasks": REVIEW,
    "GET /api/tasks": REVIEW,
    "GET /admin/retention": REVIEW,
    "GET /api/retention": REVIEW,
    "PUT /api/retention/classes/{code}": ADMIN,
    "PUT /api/retention/kinds/{kind}": ADMIN,
    "GET /api/sessions/{session}/retention": REVIEW,
    "PUT /api/sessions/{session}/retention": ADMIN,
    "POST /api/sessions/{session}/hold": REVIEW,
    "POST /api/sessions/{session}/hold/release": REVIEW,
    "POST /api/sessions/{session}/deletion": ADMIN,
    "POST /api/sessions/{session}/deletion/confirm": REVIEW,
    "POST /api/sessions/{session}/deletion/withdraw": REVIEW,
    "GET /admin/proof": REVIEW,
    "GET /api/proof/runs": REVIEW,
    "GET /api/proof/runs/{run}": REVIEW,
    "POST /api/proof/runs": ADMIN,
    "GET /api/sessions/{session}/proof": REVIEW,
    "POST /api/tasks/{task}/take": REVIEW,
    "POST /api/tasks/{task}/done": REVIEW,
    "GET /admin/people": ADMIN,
    "GET /api/people": ADMIN,
    "POST /api/people": ADMIN,
    "PUT /api/people/{id}": ADMIN,
    "POST /api/people/{id}/disable": ADMIN,
    "POST /api/people/{id}/enable": ADMIN,
    "POST /api/people/{id}/password": ADMIN,
    "DELETE /api/people/{id}/codes": ADMIN,
    "GET /admin/import": ADMIN,
    "POST /api/import/{file}/preview": ADMIN,
    "POST /api/import/{file}": ADMIN,
    "GET /api/export/{file}": ADMIN,
    "GET /api/stations": ADMIN,
    "POST /api/stations/{id}/enrolments": ADMIN,
    "DELETE /api/terminals/{id}": ADMIN,
    "GET /api/audit": REVIEW,
    "GET /api/audit/export": REVIEW,
    "GET /api/sessions": REVIEW,
    "GET /api/sessions/{session}": REVIEW,
    "GET /api/sessions/{session}/apart": REVIEW,
    "POST /api/apart/{recording}/viewings": ADMIN,
    "POST /api/apart-viewings/{viewing}/decision": REVIEW,
    "POST /api/apart-viewings/{viewing}/openings": ADMIN,
    "GET /api/apart-viewings/{viewing}/segments/{segment}": ADMIN,
    "GET /api/apart-viewings/{viewing}/segments/{segment}/picture": ADMIN,
    "GET /api/apart-viewings/{viewing}/segments/{segment}/voice": ADMIN,
    "GET /api/apart-policy": REVIEW,
    "PUT /api/apart-policy": ADMIN,
    "POST /api/sessions/{session}/viewings": ADMIN,
    "GET /api/viewings/{viewing}/segments/{segment}": ADMIN,
    "GET /api/viewings/{viewing}/segments/{segment}/picture": ADMIN,
    "GET /api/viewings/{viewing}/segments/{segment}/voice": ADMIN,
    "GET /api/viewings/{viewing}/photos/{photo}": ADMIN,
    "GET /api/viewings/{viewing}/photos/{photo}/small": ADMIN,
    "GET /api/sessions/{session}/seal": REVIEW,
    "GET /api/sessions/{session}/integrity.svg": REVIEW,
    "POST /api/sessions/{session}/verifications": ADMIN,
    "GET /api/sessions/{session}/exports": REVIEW,
    "POST /api/sessions/{session}/exports": ADMIN,
    "GET /api/exports/{export}/file": ADMIN,
    "POST /api/exports/{export}/decision": REVIEW,
    "GET /static/{name}": ANYBODY,
    "GET /vendor/{name}": ANYBODY,
    "GET /favicon.ico": ANYBODY,
    "GET /healthz": ANYBODY,
    "GET /readyz": ANYBODY,
    "GET /metrics": ANYBODY,
    # Socket.IO asks for the principal itself when a page connects.
    "GET /socket.io/": ANYBODY,
    "HEAD /socket.io/": ANYBODY,
    "POST /socket.io/": ANYBODY,
    "OPTIONS /socket.io/": ANYBODY,
}


@pytest.fixture
def service(tmp_path: Path) -> web.Application:
    """The whole web process, built and not started."""
    return build(settings.load({"YUNTIAO_DATA": str(tmp_path)}))


def name(route: AbstractRoute) -> str:
    assert route.resource is not None
    return f"{route.method} {route.resource.canonical}"


def somebody(role: Role) -> Principal:
    return Principal("a" * 32, role, "某人", None, None, "b" * 64, "c" * 43)


def test_every_route_is_listed_and_declared(service: web.Application) -> None:
    routes = list(service.router.routes())
    assert {name(route) for route in routes} == set(WHO)
    assert all(service[ROUTES].find(route) for route in routes)


def test_every_page_is_looked_at(service: web.Application) -> None:
    """A page has its place in tests/web/pages.py, where it is seen on three kinds of screen."""
    paths = {one.resource.canonical for one in service.router.routes() if one.resource is not None}
    assert {one for one in paths if not one.startswith(NO_PAGES)} == set(PAGES)


@pytest.mark.parametrize("route_name", WHO)
def test_who_gets_in(service: web.Application, route_name: str) -> None:
    (route,) = [one for one in service.router.routes() if name(one) == route_name]
    declared = service[ROUTES].find(route)
    assert declared is not None
    let_in = {role for role in Role if admits(declared.access, somebody(role))}
    assert let_in | ({None} if admits(declared.access, None) else set()) == WHO[route_name]


@pytest.mark.parametrize("access", [PUBLIC, SIGNED_IN, *Action])
async def test_guard_does_what_the_table_says(small_house: House, access: Access) -> None:
    async def handler(_request: web.Request) -> web.StreamResponse:
        return web.json_response({})

    routes = [*small_house.routes(), Route("GET", "/api/thing", handler, access)]
    for username in (None, "lawyer", "admin", "supervisor"):
        async with small_house.browser(routes) as browser:
            if username:
                await browser.sign_in(small_house, username)
            person = small_house.people.get(username or "")
            expected = admits(access, somebody(person.role) if person else None)
            status = (await browser.get("/api/thing")).status
            assert status == (200 if expected else 403 if username else 401)
