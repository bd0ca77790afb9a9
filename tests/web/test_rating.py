"""Ratings at the terminal: one finger, one rating, however often it taps."""

import asyncio

import pytest
from playwright.async_api import Browser, Route

from tests.web.screens import show

pytestmark = pytest.mark.e2e


async def test_two_taps_on_a_face_are_one_rating(origin: str, browser: Browser) -> None:
    page = await browser.new_page(viewport={"width": 1366, "height": 768})
    at = page.get_by_test_id
    answer, rated = asyncio.Event(), []

    async def keep(route: Route) -> None:
        rated.append(route.request.post_data_json)
        await answer.wait()
        await route.fulfill(status=201, json={"id": "e" * 32})

    await page.route("**/feedback", keep)
    await page.route("**/api/feedback-reasons", lambda route: route.fulfill(json={"items": []}))
    await show(page, origin, "terminal", "after-closed")
    async with page.expect_request("**/feedback"):
        await at("face-4").dblclick()
    await at("face-5").click()
    answer.set()
    await at("why-words").fill("讲得明白")
    await at("rate-more").click()
    await at("rate-why").wait_for(state="detached")
    await at("face-2").click()
    await at("rate-why").wait_for()
    empty: dict[str, object] = {"why": [], "words": ""}
    assert rated == [
        empty | {"score": 4, "replaces": ""},
        empty | {"score": 4, "replaces": "e" * 32, "words": "讲得明白"},
        empty | {"score": 2, "replaces": ""},
    ]
