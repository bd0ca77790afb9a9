"""A session of three hours in the player: how soon it shows, here and from the archive, and seeks.

Two people, 720p at 1.3 Mbit/s each, encrypted; in a real Chromium. The media of 48 s stands on the
time line again and again: a player cannot tell. Where nothing is said of the archive the files lie
here; the archive is an S3 server on loopback, so of a real one the way to it comes on top.
BENCH_HOURS (3) and BENCH_KEYS_S (5), the seconds between key frames, say what there is to see.
"""

import asyncio
import os
import random
import tempfile
from pathlib import Path

from playwright.async_api import Page, async_playwright

from server.archive import Library
from server.archive.store import Store
from server.storage.engine import Database
from signaling.rights import Role
from tests.bench.playback.session import archived, long_session
from tests.server.review.archive import NOON, Archive, create_tables
from tests.server.review.site import ReviewSite, principal, review_site
from tests.support.browser import chromium
from tests.support.object_store import object_store

HOURS = float(os.environ.get("BENCH_HOURS", "3"))
KEYS_S = float(os.environ.get("BENCH_KEYS_S", "5"))
_OPENINGS, _SEEKS = 5, 30
_GIVEN_UP_S = 120.0

# Clicks a button, then milliseconds until every track shows the moment, asked in each frame.
_OPEN = """() => new Promise((done) => {
  const began = performance.now();
  document.querySelector("[data-testid=purpose-submit]").click();
  const look = () => {
    const tracks = window.yuntiaoPlayer?.tracks() ?? [];
    const videos = [...document.querySelectorAll(".tile-screen video")];
    const shown = videos.length === 2 && videos.every((one) => one.readyState >= 2);
    if (shown && tracks.length === 4 && tracks.every((one) => one.presence === "here")) {
      done(performance.now() - began);
    } else requestAnimationFrame(look);
  };
  look();
})"""
# From the pointer's press on the time line until every track that has something there shows it.
_AWAIT_PRESS = """() => {
  window.pressed = 0;
  const press = () => { window.pressed = performance.now(); };
  addEventListener("pointerdown", press, { capture: true, once: true });
}"""
_SOUGHT = """(at) => new Promise((done) => {
  const look = () => {
    const player = window.yuntiaoPlayer;
    const here = player.tracks().filter((one) => one.presence !== "absent");
    const videos = [...document.querySelectorAll("[data-presence=here] .tile-screen video")];
    const there = Math.abs(player.time() - at) < 30
      && here.every((one) => one.presence === "here" && Math.abs(one.drift) < 0.1)
      && videos.every((one) => !one.seeking && one.readyState >= 2);
    if (there) done(performance.now() - window.pressed);
    else requestAnimationFrame(look);
  };
  look();
})"""


async def run() -> list[tuple[str, float, str]]:
    """Seconds: medians of openings, and of 30 seeks the one that 95 % are not slower than."""
    with tempfile.TemporaryDirectory(prefix="yuntiao-bench-") as folder:
        root = Path(folder)
        db = Database(f"sqlite+aiosqlite:///{root / 'bench.db'}")
        try:
            await create_tables(db)
            archive = Archive(db)
            await archive.fill()
            session = await long_session(archive, root / "recordings", HOURS, KEYS_S)
            return await _measure(archive, session, root)
        finally:
            await db.close()


async def _measure(archive: Archive, session: str, root: Path) -> list[tuple[str, float, str]]:
    admins = {"admin": principal(archive.admin, Role.ADMIN)}
    async with (
        async_playwright() as playwright,
        chromium(playwright) as browser,
        review_site(archive.db, root / "recordings", admins) as site,
    ):
        context = await browser.new_context(viewport={"width": 1366, "height": 768})
        await context.add_cookies([{"name": "who", "value": "admin", "url": site.base}])
        page = await context.new_page()
        page.set_default_timeout(_GIVEN_UP_S * 1000)
        here = [await _open(page, site, session) for _ in range(_OPENINGS)]
        seeks = [await _seek(page, share) for share in _places()]
        (root / "store").mkdir()
        with object_store(root / "store") as running:
            settings = running.bucket("bench")
            library = Library(archive.db, root / "recordings", Store(settings), lambda: NOON)
            await archived(library, session)
            site.elsewhere = library.source
            there = [await _open(page, site, session) for _ in range(_OPENINGS)]
            far_seeks = [await _seek(page, share) for share in _places()]
    return [
        ("playback.start_s", _part(here, 0.5), "s"),
        ("playback.seek_p95_s", _part(seeks, 0.95), "s"),
        ("playback.archived_start_s", _part(there, 0.5), "s"),
        ("playback.archived_seek_p95_s", _part(far_seeks, 0.95), "s"),
    ]


def _places() -> list[float]:
    chance = random.Random(3)
    return [chance.uniform(0.02, 0.98) for _ in range(_SEEKS)]


async def _open(page: Page, site: ReviewSite, session: str) -> float:
    await page.goto(f"{site.base}/admin/sessions/{session}")
    await page.get_by_test_id("purpose-input").fill("投诉核查")
    return await _asked(page, _OPEN)


async def _seek(page: Page, share: float) -> float:
    box = await page.locator(".lane-reach").bounding_box()
    assert box is not None
    seconds = float(
        await page.get_by_role("slider", name="播放位置").get_attribute("aria-valuemax") or 0
    )
    await page.evaluate(_AWAIT_PRESS)
    await page.mouse.click(box["x"] + box["width"] * share, box["y"] + 8)
    return await _asked(page, _SOUGHT, seconds * share)


async def _asked(page: Page, script: str, argument: float = 0.0) -> float:
    return float(await asyncio.wait_for(page.evaluate(script, argument), _GIVEN_UP_S))


def _part(times: list[float], share: float) -> float:
    return sorted(times)[min(int(len(times) * share), len(times) - 1)] / 1000
