"""/admin/people: who works here, and what the admin does with their accounts."""

from dataclasses import asdict, dataclass
from typing import Annotated, Any

from aiohttp import web

from server.accounts.upkeep import Upkeep
from server.district.people import People
from server.district.repository import PersonRow, matters_in_order, stations_by_code
from server.storage.engine import Database
from server.web.asked import id_in_path
from server.web.bodies import read_message
from server.web.principal import principal
from server.web.rendering import RENDERER
from server.web.routes import Handler, Route, route
from signaling.codec import Text
from signaling.moments import maybe_milliseconds
from signaling.rights import Action


@dataclass(frozen=True, slots=True)
class Person:
    """What may be changed of somebody; the rules of ``people.csv`` say what fits."""

    name: Annotated[str, Text(200)]
    station: Annotated[str, Text(200)]
    firm: Annotated[str, Text(200)]
    licence_no: Annotated[str, Text(200)]
    phone: Annotated[str, Text(200)]
    matters: Annotated[str, Text(300)] = ""
    languages: Annotated[str, Text(200)] = ""


@dataclass(frozen=True, slots=True)
class NewPerson:
    """Somebody new."""

    username: Annotated[str, Text(200)]
    name: Annotated[str, Text(200)]
    role: Annotated[str, Text(200)]
    station: Annotated[str, Text(200)]
    firm: Annotated[str, Text(200)]
    licence_no: Annotated[str, Text(200)]
    phone: Annotated[str, Text(200)]
    matters: Annotated[str, Text(300)] = ""
    languages: Annotated[str, Text(200)] = ""


@dataclass(frozen=True, slots=True)
class PeoplePage:
    """What the handlers need."""

    db: Database
    people: People
    upkeep: Upkeep

    async def page(self, request: web.Request) -> web.StreamResponse:
        """Show the page."""
        somebody = principal(request)
        async with self.db.read() as read:
            stations = await stations_by_code(read)
            matters = await matters_in_order(read)
        choices = [{"code": code, "name": stations[code].name} for code in sorted(stations)]
        kinds = [{"code": one.code, "name": one.name} for one in matters]
        boot = {
            "csrf": somebody.csrf,
            "me": somebody.account_id,
            "stations": choices,
            "matters": kinds,
        }
        return request.app[RENDERER].page("admin_people.html", me=somebody, boot=boot)

    async def listed(self, _request: web.Request) -> web.StreamResponse:
        """Answer with everybody."""
        rows = await self.people.everybody()
        return web.json_response({"items": [_item(row) for row in rows]})

    async def add(self, request: web.Request) -> web.StreamResponse:
        """Add somebody; the answer holds the first password, this once."""
        body = await read_message(request, NewPerson)
        made = await self.people.add(asdict(body), principal(request).account_id)
        return web.json_response({"password": made.password}, status=201)

    async def change(self, request: web.Request) -> web.StreamResponse:
        """Change somebody."""
        body = await read_message(request, Person)
        await self.people.change(
            id_in_path(request, "id"), asdict(body), principal(request).account_id
        )
        return web.Response(status=204)

    async def disable(self, request: web.Request) -> web.StreamResponse:
        """Shut an account."""
        await self.upkeep.disable(id_in_path(request, "id"), principal(request).account_id)
        return web.Response(status=204)

    async def enable(self, request: web.Request) -> web.StreamResponse:
        """Open an account again."""
        await self.upkeep.enable(id_in_path(request, "id"), principal(request).account_id)
        return web.Response(status=204)

    async def reset_password(self, request: web.Request) -> web.StreamResponse:
        """Make a new password; the answer holds it, this once."""
        password = await self.upkeep.reset_password(
            id_in_path(request, "id"), principal(request).account_id
        )
        return web.json_response({"password": password}, status=201)

    async def reset_codes(self, request: web.Request) -> web.StreamResponse:
        """Forget somebody's one-time codes."""
        await self.upkeep.reset_codes(id_in_path(request, "id"), principal(request).account_id)
        return web.Response(status=204)


def routes(page: PeoplePage) -> list[Route]:
    """/admin/people and /api/people…"""

    def managing(method: str, path: str, handler: Handler) -> Route:
        return route(method, path, handler, Action.MANAGE_PEOPLE)

    return [
        managing("GET", "/admin/people", page.page),
        managing("GET", "/api/people", page.listed),
        managing("POST", "/api/people", page.add),
        managing("PUT", "/api/people/{id}", page.change),
        managing("POST", "/api/people/{id}/disable", page.disable),
        managing("POST", "/api/people/{id}/enable", page.enable),
        managing("POST", "/api/people/{id}/password", page.reset_password),
        managing("DELETE", "/api/people/{id}/codes", page.reset_codes),
    ]


def _item(row: PersonRow) -> dict[str, Any]:
    person = row.account
    return {
        "id": person.id,
        "username": person.username,
        "name": person.name,
        "role": person.role,
        "station": {"code": row.station.code, "name": row.station.name} if row.station else None,
        "firm": person.firm,
        "licence_no": person.licence_no,
        "phone": person.phone,
        "matters": person.matters,
        "languages": person.languages,
        "active": person.active,
        "codes": row.codes,
        "first_password": person.first_password,
        "seen": maybe_milliseconds(row.seen),
    }
