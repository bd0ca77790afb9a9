"""The shells of the app pages: an empty frame, a script, and the data to start with."""

from aiohttp import web

from server.district.texts import Texts
from server.web.principal import Principal, principal
from server.web.rendering import RENDERER
from server.web.routes import Route, route
from signaling.rights import Action


class Apps:
    """Renders app pages for the person who is signed in."""

    def __init__(self, texts: Texts) -> None:
        self._texts = texts

    async def page(self, request: web.Request, template: str) -> web.StreamResponse:
        """Render a shell; the template finds ``me`` and ``boot``."""
        return await self._page(request, template, principal(request))

    async def terminal(self, request: web.Request, somebody: Principal) -> web.StreamResponse:
        """Show the terminal's app."""
        return await self._page(request, "terminal.html", somebody)

    async def desk(self, request: web.Request) -> web.StreamResponse:
        """Show the lawyer's app."""
        return await self.page(request, "desk.html")

    async def _page(
        self, request: web.Request, template: str, somebody: Principal
    ) -> web.StreamResponse:
        boot = await self._texts.boot(somebody)
        return request.app[RENDERER].page(template, me=somebody, boot=boot)


def routes(apps: Apps) -> list[Route]:
    """Return the routes of the app pages that no other feature has."""
    return [route("GET", "/desk", apps.desk, Action.USE_DESK)]
