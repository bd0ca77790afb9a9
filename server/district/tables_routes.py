"""/admin/villages and /admin/texts, and the changing of a station's facts."""

from dataclasses import asdict, dataclass
from typing import Annotated

from aiohttp import web

from server.district.repository import stations_by_code
from server.district.tables import Tables
from server.web.asked import id_in_path
from server.web.bodies import read_message
from server.web.principal import principal
from server.web.rendering import RENDERER
from server.web.routes import Route, route
from signaling.codec import Text
from signaling.rights import Action, right


@dataclass(frozen=True, slots=True)
class StationFacts:
    """What may be changed of a station; the rules of ``stations.csv`` say what fits."""

    name: Annotated[str, Text(200)]
    town: Annotated[str, Text(200)]
    phone: Annotated[str, Text(200)]


@dataclass(frozen=True, slots=True)
class VillageFacts:
    """What may be changed of a village."""

    name: Annotated[str, Text(200)]
    station: Annotated[str, Text(200)]


@dataclass(frozen=True, slots=True)
class NewVillage:
    """A village that is not there yet."""

    code: Annotated[str, Text(200)]
    name: Annotated[str, Text(200)]
    station: Annotated[str, Text(200)]


@dataclass(frozen=True, slots=True)
class NewText:
    """A wording of the notice, and the day from which it holds."""

    version: Annotated[str, Text(200)]
    title: Annotated[str, Text(200)]
    body: Annotated[str, Text(20_000)]
    in_force_from: Annotated[str, Text(20)]


@dataclass(frozen=True, slots=True)
class TablesPages:
    """What the handlers need."""

    tables: Tables

    async def change_station(self, request: web.Request) -> web.StreamResponse:
        """Change a station."""
        body = await read_message(request, StationFacts)
        await self.tables.change_station(
            id_in_path(request, "id"), asdict(body), principal(request).account_id
        )
        return web.Response(status=204)

    async def villages_page(self, request: web.Request) -> web.StreamResponse:
        """Show the villages."""
        somebody = principal(request)
        async with self.tables.db.read() as read:
            stations = await stations_by_code(read)
        choices = [
            {"code": code, "name": stations[code].name}
            for code in sorted(stations)
            if not stations[code].centre
        ]
        boot = {"csrf": somebody.csrf, "stations": choices}
        return request.app[RENDERER].page("admin_villages.html", me=somebody, boot=boot)

    async def villages(self, _request: web.Request) -> web.StreamResponse:
        """Answer with every village."""
        rows = await self.tables.villages()
        items = [
            {
                "id": row.village.id,
                "code": row.village.code,
                "name": row.village.name,
                "station": {"code": row.station.code, "name": row.station.name},
            }
            for row in rows
        ]
        return web.json_response({"items": items})

    async def add_village(self, request: web.Request) -> web.StreamResponse:
        """Add a village."""
        body = await read_message(request, NewVillage)
        await self.tables.add_village(asdict(body), principal(request).account_id)
        return web.Response(status=204)

    async def change_village(self, request: web.Request) -> web.StreamResponse:
        """Change a village."""
        body = await read_message(request, VillageFacts)
        await self.tables.change_village(
            id_in_path(request, "id"), asdict(body), principal(request).account_id
        )
        return web.Response(status=204)

    async def texts_page(self, request: web.Request) -> web.StreamResponse:
        """Show the wordings of the notice."""
        somebody = principal(request)
        may_add = right(somebody.role, Action.MANAGE_TEXTS) is not None
        boot = {"csrf": somebody.csrf, "may_add": may_add}
        return request.app[RENDERER].page("admin_texts.html", me=somebody, boot=boot)

    async def texts(self, _request: web.Request) -> web.StreamResponse:
        """Answer with every wording."""
        return web.json_response({"items": await self.tables.texts()})

    async def add_text(self, request: web.Request) -> web.StreamResponse:
        """Add a wording."""
        body = await read_message(request, NewText)
        await self.tables.add_text(asdict(body), principal(request).account_id)
        return web.Response(status=204)


def routes(pages: TablesPages) -> list[Route]:
    """Return the routes of stations' facts, villages and texts."""
    # Whoever reads what people consented to may read the wording that they were given.
    stations, reading = Action.MANAGE_STATIONS, Action.READ_SESSION
    return [
        route("PUT", "/api/stations/{id}", pages.change_station, stations),
        route("GET", "/admin/villages", pages.villages_page, stations),
        route("GET", "/api/villages", pages.villages, stations),
        route("POST", "/api/villages", pages.add_village, stations),
        route("PUT", "/api/villages/{id}", pages.change_village, stations),
        route("GET", "/admin/texts", pages.texts_page, reading),
        route("GET", "/api/texts", pages.texts, reading),
        route("POST", "/api/texts", pages.add_text, Action.MANAGE_TEXTS),
    ]
