"""The search page and the player in a real browser, on real recordings with known pictures."""

from collections.abc import AsyncIterator
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

import pytest
from playwright.async_api import Browser, Page
from sqlalchemy import select

from recordings.keys import signing_key
from recordings.manifest import seal
from server.storage.schema import Segment
from signaling.rights import Role
from tests.conftest import OpenBrowser
from tests.server.review.archive import NOON, Archive
from tests.server.review.recorded import (
    ADVICE_S,
    END_S,
    GAP,
    Sender,
    record,
    repeat,
    senders,
)
from tests.server.review.site import ReviewSite, principal, review_site
from tests.support.browser import Complaints
from tests.support.media import (
    FRAMES,
    FRAMES_PER_SECOND,
    LAWYER,
    MEDIATOR,
    Plane,
    read_number,
    read_persona,
)
from tests.support.waiting import SLOWNESS, eventually
from tests.web.looks import PHONE, SIZES, cut_or_covered, objections

pytestmark = pytest.mark.e2e

STEP_S = 0.1

# Each camera's picture, drawn small, as one row of RGBA bytes.
PICTURES = """() => [...document.querySelectorAll(".tile-screen video")].map((video) => {
  const canvas = document.createElement("canvas");
  canvas.width = 160;
  canvas.height = 90;
  const paint = canvas.getContext("2d");
  paint.drawImage(video, 0, 0, 160, 90);
  return [...paint.getImageData(0, 0, 160, 90).data];
})"""

# How many values of each small picture's pixels are not those that the server gave.
STAMPED = """(addresses) => Promise.all(addresses.map(async (address, n) => {
  const shown = document.querySelectorAll(".thumbnails canvas")[n];
  const paint = new OffscreenCanvas(shown.width, shown.height).getContext("2d");
  paint.drawImage(await createImageBitmap(await (await fetch(address)).blob()), 0, 0);
  const [bare, stamped] = [paint, shown.getContext("2d")].map(
    (one) => one.getImageData(0, 0, shown.width, shown.height).data);
  return stamped.filter((value, at) => value !== bare[at]).length;
}))"""


@dataclass
class Watching:
    """A page with the player open, and what its console complained of."""

    page: Page
    site: ReviewSite
    session: str
    complaints: Complaints

    async def time(self) -> float:
        return float(await self.page.evaluate("yuntiaoPlayer.time()"))

    async def tracks(self) -> list[dict[str, Any]]:
        return list(await self.page.evaluate("yuntiaoPlayer.tracks()"))

    async def in_step(self) -> bool:
        """Every track that should play does, and is within a step of the clock."""
        here = [track for track in await self.tracks() if track["presence"] == "here"]
        return bool(here) and all(
            track["playing"] and abs(track["drift"]) <= STEP_S for track in here
        )

    async def shown(self) -> list[tuple[object, int | None]]:
        """Who each picture shows, and its number."""
        return [_read(pixels) for pixels in await self.page.evaluate(PICTURES)]


@pytest.fixture
def database_url(tmp_path: Path) -> str:
    return f"sqlite+aiosqlite:///{tmp_path / 'test.db'}"


@pytest.fixture(scope="module")
def people() -> tuple[Sender, ...]:
    return senders()


@pytest.fixture
async def page(open_browser: OpenBrowser) -> Page:
    browser: Browser = await open_browser()
    context = await browser.new_context(viewport={"width": 1366, "height": 768}, locale="zh-CN")
    return await context.new_page()


@pytest.fixture
async def watching(
    archive: Archive, page: Page, people: tuple[Sender, ...], tmp_path: Path
) -> AsyncIterator[Watching]:
    session = await record(archive, tmp_path / "recordings", people)
    admins = {"admin": principal(archive.admin, Role.ADMIN)}
    async with review_site(archive.db, tmp_path / "recordings", admins) as site:
        await page.context.add_cookies([{"name": "who", "value": "admin", "url": site.base}])
        yield Watching(page, site, session, Complaints(page))


async def open_player(watching: Watching) -> None:
    page = watching.page
    await page.goto(f"{watching.site.base}/admin/sessions/{watching.session}")
    await page.get_by_test_id("purpose-input").fill("投诉核查")
    await page.get_by_test_id("purpose-submit").click()
    await page.get_by_test_id("play-toggle").wait_for()
    await eventually(lambda: _all_ready(watching), what="media at the start")


async def _all_ready(watching: Watching) -> bool:
    tracks = await watching.tracks()
    return len(tracks) == 4 and all(track["presence"] == "here" for track in tracks)


def _read(pixels: list[int]) -> tuple[object, int | None]:
    red, green, blue = (bytes(pixels[part::4]) for part in range(3))
    luma, u, v = _yuv(red, green, blue)
    persona = read_persona(_plane(u), _plane(v))
    return persona and persona.name, read_number(_plane(luma))


def _plane(data: bytes) -> Plane:
    return Plane(data, 160, 90, 160)


def _yuv(red: bytes, green: bytes, blue: bytes) -> tuple[bytes, bytes, bytes]:
    def limited(value: float) -> int:
        return max(0, min(255, round(value)))

    rgb = list(zip(red, green, blue, strict=True))
    luma = bytes(limited(0.257 * r + 0.504 * g + 0.098 * b + 16) for r, g, b in rgb)
    u = bytes(limited(-0.148 * r - 0.291 * g + 0.439 * b + 128) for r, g, b in rgb)
    v = bytes(limited(0.439 * r - 0.368 * g - 0.071 * b + 128) for r, g, b in rgb)
    return luma, u, v


def picture_at(seconds: float) -> int:
    """The number that a picture at this moment of the recording carries."""
    return int(seconds * FRAMES_PER_SECOND) % FRAMES


def apart(one: int | None, other: int) -> int:
    """Pictures between two numbers, which count round."""
    assert one is not None
    return min((one - other) % FRAMES, (other - one) % FRAMES)


async def test_search_open_and_come_back(watching: Watching, archive: Archive) -> None:
    await archive.session("老人要求子女赡养")
    page, base = watching.page, watching.site.base
    await page.goto(f"{base}/admin")
    rows = page.get_by_test_id("result-row")
    await eventually(lambda: _count(page, 2))
    await page.get_by_test_id("search-words").fill("宅基地")
    await page.get_by_test_id("search-submit").click()
    await eventually(lambda: _count(page, 1))
    assert await rows.locator("mark").all_inner_texts() == ["宅基地"]
    assert await objections(page) == []
    await page.get_by_test_id("filter-recorded").select_option("no")
    await page.get_by_text("没有找到符合条件的记录").wait_for()
    await page.go_back()
    await eventually(lambda: _count(page, 1))
    await rows.locator("a").click()
    await page.get_by_test_id("purpose-input").wait_for()
    await page.get_by_role("link", name="返回查找").click()
    await eventually(lambda: _count(page, 1))
    assert await page.get_by_test_id("search-words").input_value() == "宅基地"
    assert watching.complaints.seen == []


async def _count(page: Page, wanted: int) -> bool:
    return await page.get_by_test_id("result-row").count() == wanted


async def test_everybody_plays_in_step_through_a_gap(watching: Watching) -> None:
    await open_player(watching)
    page = watching.page
    await page.get_by_test_id("play-toggle").click()
    await eventually(watching.in_step, what="in step after the start")
    await page.evaluate("document.activeElement.blur()")
    await page.get_by_test_id("marker-paused").click()
    await eventually(lambda: _presence(watching, "absent"), what="the gap")
    assert await page.get_by_text("断线重连").count() >= 2
    await eventually(lambda: _presence(watching, "here"), what="after the gap")
    await eventually(watching.in_step, what="in step after the gap")
    assert await watching.time() >= GAP[1]
    assert watching.complaints.seen == []


async def _presence(watching: Watching, presence: str) -> bool:
    return all(track["presence"] == presence for track in await watching.tracks())


@pytest.mark.parametrize("entry", [0, 1])
async def test_a_click_on_advice_plays_that_moment(watching: Watching, entry: int) -> None:
    await open_player(watching)
    await watching.page.get_by_test_id("advice-row").nth(entry).click()
    began = await watching.time()
    assert ADVICE_S[entry] <= began + 0.01
    assert began < ADVICE_S[entry] + 1 * SLOWNESS
    assert await watching.page.evaluate("yuntiaoPlayer.playing()")
    await eventually(watching.in_step, what="in step after the click")
    assert await watching.page.locator("[aria-current=true].advice-row").count() == 1


async def test_the_picture_is_the_one_of_the_moment(watching: Watching) -> None:
    await open_player(watching)
    page = watching.page
    for moment in (2.0, 31.5, 42.0, 0.5):
        await page.evaluate("document.activeElement.blur()")
        await page.keyboard.press("Home")
        for _ in range(int(moment / 5)):
            await page.keyboard.press("ArrowRight")
        for _ in range(round(moment % 5 / 0.04)):
            await page.keyboard.press(".")
        at = await watching.time()
        assert at == pytest.approx(moment, abs=0.03)
        await eventually(partial(_pictures, watching, at), what=f"pictures at {at}")
    assert watching.complaints.seen == []


async def test_into_a_piece_and_back_before_where_it_was_entered(
    watching: Watching, archive: Archive
) -> None:
    await repeat(archive, 4)
    asked: list[str] = []
    watching.page.on("request", lambda request: asked.append(request.url))
    await open_player(watching)
    # H.264 comes whole, and what follows may be there already.
    for moment, fewest in ((28.3, 4), (14.2, 1), (END_S + 3.1, 0)):
        asked.clear()
        at = await _click(watching, 2 * END_S + moment, 4 * END_S)
        await eventually(partial(_pictures, watching, at % END_S), what=f"pictures at {at}")
        assert sum("since=" in one for one in asked) >= fewest, asked
    assert watching.complaints.seen == []


async def _click(watching: Watching, moment: float, duration: float) -> float:
    """Click on the time line; the moment that was hit."""
    line = watching.page.locator(".lane-reach")
    box = await line.bounding_box()
    assert box is not None
    await watching.page.mouse.click(box["x"] + box["width"] * moment / duration, box["y"] + 8)
    return await watching.time()


async def _pictures(watching: Watching, at: float) -> bool:
    shown = await watching.shown()
    assert [who for who, _ in shown] == [LAWYER.name, MEDIATOR.name]
    assert all(apart(number, picture_at(at)) <= 2 for _, number in shown), shown
    return True


async def test_the_whole_player_is_seen_at_once(watching: Watching) -> None:
    page = watching.page
    await open_player(watching)
    for width, height in SIZES:
        await page.set_viewport_size({"width": width, "height": height})
        box = await page.locator(".player").bounding_box()
        assert box is not None
        assert box["y"] + box["height"] <= height or (width, height) == PHONE
        assert await cut_or_covered(page) == []
        assert await objections(page) == []


async def test_small_pictures_of_the_moment_under_the_pointer(watching: Watching) -> None:
    await open_player(watching)
    page = watching.page
    box = await page.get_by_test_id("timeline").bounding_box()
    assert box is not None
    thumbnails = page.get_by_test_id("thumbnails")
    asked: list[str] = []
    page.on("request", lambda sent: asked.extend([sent.url] * sent.url.endswith("/picture")))
    for share, pictures in ((0.2, 2), ((GAP[0] + GAP[1]) / 2 / END_S, 0), (0.9, 2)):
        await page.mouse.move(box["x"] + box["width"] * share, box["y"] + 8)
        await eventually(partial(_shows, page, pictures), what="small pictures")
    assert min(await page.evaluate(STAMPED, asked[-2:])) > 500, "the viewer's name is on each"
    names = await thumbnails.locator("figcaption").all_inner_texts()
    assert names == ["陈律师", "王调解员"]
    assert await cut_or_covered(page) == []
    assert watching.complaints.seen == []


async def _shows(page: Page, count: int) -> bool:
    return await page.get_by_test_id("thumbnails").locator("canvas").count() == count


async def test_speed_keys_and_dragging(watching: Watching) -> None:
    await open_player(watching)
    page = watching.page
    await page.get_by_test_id("speed").select_option("3")
    await page.evaluate("document.activeElement.blur()")
    await page.keyboard.press("k")
    began = await watching.time()
    await eventually(lambda: _passed(watching, began + 6), timeout=3, what="six seconds in three")
    await page.keyboard.press("k")
    await page.keyboard.press("j")
    box = await page.get_by_test_id("timeline").bounding_box()
    assert box is not None
    middle = box["y"] + 8
    await page.mouse.move(box["x"] + 40, middle)
    await page.mouse.down()
    await page.mouse.move(box["x"] + box["width"] / 2, middle, steps=4)
    await page.mouse.up()
    assert await watching.time() == pytest.approx(END_S / 2, abs=0.5)
    assert not await page.evaluate("yuntiaoPlayer.playing()")


async def _passed(watching: Watching, moment: float) -> bool:
    return await watching.time() >= moment


async def test_a_viewing_that_has_run_out_asks_again(watching: Watching) -> None:
    page = watching.page
    await page.goto(f"{watching.site.base}/admin/sessions/{watching.session}")
    await page.get_by_test_id("purpose-input").fill("投诉核查")
    await page.route("**/segments/*", _refuse)
    await page.get_by_test_id("purpose-submit").click()
    await page.get_by_text("本次观看已超过四小时").wait_for()
    await page.get_by_test_id("purpose-input").wait_for()


async def _refuse(route: Any) -> None:
    body = {"code": "viewing_expired", "message": "本次观看已超过四小时，请重新填写用途后打开。"}
    await route.fulfill(status=403, json=body)


async def test_a_segment_that_cannot_be_read_does_not_stop_the_others(watching: Watching) -> None:
    async with watching.page.expect_response("**/viewings") as opening:
        await watching.page.goto(f"{watching.site.base}/admin/sessions/{watching.session}")
        await watching.page.get_by_test_id("purpose-input").fill("投诉核查")
        await watching.page.get_by_test_id("purpose-submit").click()
    tracks = (await (await opening.value).json())["timeline"]["tracks"]
    lost = tracks[0]["segments"][0]["id"]
    await watching.page.route(f"**/segments/{lost}", lambda route: route.fulfill(body=b"rubbish"))
    await watching.page.reload()
    await watching.page.get_by_test_id("purpose-input").fill("投诉核查")
    await watching.page.get_by_test_id("purpose-submit").click()
    await watching.page.get_by_text("这一段无法读取").wait_for()
    await watching.page.get_by_test_id("play-toggle").click()
    await eventually(watching.in_step, what="the others play on")


async def test_another_file_in_its_place_is_not_shown_and_told(
    watching: Watching, archive: Archive, tmp_path: Path
) -> None:
    async with archive.db.read() as db:
        query = select(Segment).where(Segment.track == "camera").order_by(Segment.start_at)
        first, *_ = (await db.scalars(query)).all()
    file = tmp_path / "recordings" / watching.session / first.file
    file.write_bytes(b"something else")
    await watching.page.goto(f"{watching.site.base}/admin/sessions/{watching.session}")
    await watching.page.get_by_test_id("purpose-input").fill("投诉核查")
    await watching.page.get_by_test_id("purpose-submit").click()
    await watching.page.get_by_text("这一段录像的文件与录制时不一致").wait_for()
    await watching.page.get_by_test_id("play-toggle").click()
    await eventually(watching.in_step, what="the others play on")


async def test_the_seal_is_checked_and_a_copy_asked_for(watching: Watching, tmp_path: Path) -> None:
    folder = tmp_path / "recordings" / watching.session
    assert seal(folder, signing_key(tmp_path / "keys"), NOON.timestamp()) is not None
    page = watching.page
    await page.goto(f"{watching.site.base}/admin/sessions/{watching.session}")
    await page.get_by_test_id("seal").get_by_text("已封存于").wait_for()
    await page.get_by_test_id("verify").click()
    await page.get_by_test_id("broken").get_by_text("与登记不符").first.wait_for()  # rows, no facts
    await page.get_by_test_id("export-purpose").fill("法院调取")
    await page.get_by_test_id("export-request").click()
    await page.get_by_test_id("export-waiting").get_by_text("排队中").wait_for()
    assert await objections(page) == []
    assert watching.complaints.seen == []


CACHED = """async () => {
  const seen = performance.getEntriesByType("resource").map(({ name }) => name);
  const media = seen.filter((name) => name.includes("/api/viewings/"));
  const kept = { cache: "only-if-cached", mode: "same-origin" };
  const found = media.map((it) => fetch(it, kept).then((answer) => answer.ok, () => false));
  const held = await Promise.all(found);
  return [media.length, held.filter(Boolean).length, (await caches.keys()).length];
}"""


async def test_voices_are_drawn_and_the_browser_keeps_no_copy(watching: Watching) -> None:
    await open_player(watching)
    lanes = watching.page.get_by_test_id("voice")

    async def drawn() -> bool:
        paths = [await lane.get_attribute("d") for lane in await lanes.all()]
        return len(paths) == 2 and all(paths)

    await eventually(drawn, what="both voices on the time line")
    asked, held, caches = await watching.page.evaluate(CACHED)
    assert asked >= 8  # segments and voices of four tracks
    assert (held, caches) == (0, 0)
    assert watching.complaints.seen == [] or all(
        "Failed to load resource" in one or "ERR_CACHE_MISS" in one
        for one in watching.complaints.seen
    )
