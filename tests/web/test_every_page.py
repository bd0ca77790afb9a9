"""Every page of the service, on three kinds of screen: readable for everybody, nothing cut."""

from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import dataclass
from pathlib import Path

import pytest
from playwright.async_api import Browser, Page

from server import settings
from server.app import build
from tests.support.browser import Complaints
from tests.web.looks import LARGE, SIZES, cut_or_covered, objections
from tests.web.whole_site import WholeSite, whole_site

pytestmark = pytest.mark.e2e


@dataclass(frozen=True)
class Look:
    """A page as ``who`` (a user name; None: a stranger) sees it once ``ready`` is there."""

    who: str | None
    path: str
    ready: str


# By the route's path; a page that is not here fails the first test.
PAGES: dict[str, tuple[Look, ...]] = {
    "/": (Look(None, "/", "form"),),
    "/login": (Look(None, "/login", "form"),),
    "/account": (Look("admin", "/account", "h1"),),
    "/terminal": (
        Look(None, "/terminal", "form"),
        Look("terminal", "/terminal", ".person"),
        Look("mediator01", "/terminal", "[data-testid=start-mediation]"),
    ),
    "/desk": (Look("lawyer1", "/desk", "main h1"),),
    "/desk/conflicts": (Look("lawyer1", "/desk/conflicts", "form"),),
    "/admin": (Look("admin", "/admin", "h1"), Look("supervisor", "/admin", "h1")),
    "/admin/sessions/{session}": (Look("admin", "/admin/sessions/{session}", "h1"),),
    "/admin/stations": (Look("admin", "/admin/stations", ".station"),),
    "/admin/people": (Look("admin", "/admin/people", "tbody tr"),),
    "/admin/import": (Look("admin", "/admin/import", "h1"),),
    "/admin/wall": (Look("supervisor", "/admin/wall", "[data-testid=wall-waiting]"),),
    "/admin/tasks": (Look("admin", "/admin/tasks", "h1"),),
    "/admin/audit": (Look("admin", "/admin/audit", "tbody tr"),),
}
NO_PAGES = ("/api/", "/static/", "/vendor/", "/socket.io", "/healthz", "/readyz", "/metrics")


def test_every_page_is_looked_at(tmp_path: Path) -> None:
    app = build(settings.load({"YUNTIAO_DATA": str(tmp_path)}))
    paths = {one.resource.canonical for one in app.router.routes() if one.resource is not None}
    pages = {one for one in paths if not one.startswith((*NO_PAGES, "/favicon"))}
    assert pages == set(PAGES)


@pytest.fixture
async def site(tmp_path: Path) -> AsyncIterator[WholeSite]:
    async with whole_site(tmp_path) as served:
        yield served


@pytest.fixture
async def browser(open_browser: Callable[[], Awaitable[Browser]]) -> Browser:
    return await open_browser()


async def test_every_page_can_be_read_by_everybody_on_every_screen(
    site: WholeSite, browser: Browser
) -> None:
    found: dict[str, list[str]] = {}
    for look in (one for looks in PAGES.values() for one in looks):
        context = await site.visitor(browser, look.who)
        page = await context.new_page()
        complaints = Complaints(page)
        await page.goto(look.path.format(session=site.session))
        await page.locator(look.ready).first.wait_for()
        for size in SIZES:
            found |= {f"{look.path} as {look.who} {size}": await _faults(page, size)}
        found[f"{look.path}: console"] = complaints.seen
        await context.close()
    assert {name: faults for name, faults in found.items() if faults} == {}


async def _faults(page: Page, size: tuple[int, int]) -> list[str]:
    await page.set_viewport_size({"width": size[0], "height": size[1]})
    return [*await cut_or_covered(page), *(await objections(page) if size != LARGE else [])]
