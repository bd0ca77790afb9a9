"""The aiohttp application around the features' routes."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path

from aiohttp import web

from server.settings import Settings
from server.web.access_log import access_middleware
from server.web.assets import Assets, asset_routes
from server.web.errors import error_middleware
from server.web.guard import Guard
from server.web.headers import header_signal
from server.web.principal import FindPrincipal
from server.web.rendering import RENDERER, Renderer
from server.web.routes import ROUTES, Route, RouteTable

WEB = Path(__file__).resolve().parents[2] / "web"
BODY_LIMIT = 128 * 1024


@dataclass(frozen=True, slots=True)
class Site:
    """What all pages share. ``common``: values that every template may use."""

    origins: tuple[str, ...]
    find_principal: FindPrincipal
    common: Mapping[str, object]
    web: Path = WEB

    @classmethod
    def of(cls, settings: Settings, find_principal: FindPrincipal) -> "Site":
        """Return the site that the settings describe."""
        common = {"demo": not settings.production, "hotline": settings.hotline}
        return cls(settings.origins, find_principal, common)


def application(site: Site, routes: Iterable[Route]) -> web.Application:
    """Build the application: middlewares, headers, files, and these routes.

    Raises MissingAssets when the browser's packages are not installed.
    """
    assets = Assets(site.web / "static", site.web / "node_modules")
    guard = Guard(site.origins, site.find_principal)
    app = web.Application(
        client_max_size=BODY_LIMIT,
        middlewares=[access_middleware, error_middleware, guard.middleware()],
    )
    app[RENDERER] = Renderer(site.web / "templates", assets, site.common)
    app[ROUTES] = RouteTable()
    app[ROUTES].add(app.router, [*asset_routes(assets), *routes])
    app.on_response_prepare.append(header_signal(site.origins))
    return app
