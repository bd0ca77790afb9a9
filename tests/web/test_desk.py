"""The lawyer's desk under hurried hands: what keys and late answers must not do."""

import pytest
from playwright.async_api import Browser, Page

from tests.web.looks import cut_or_covered, objections
from tests.web.screens import sent, show

pytestmark = pytest.mark.e2e

# A call takes no key in its first moment: only after that does the hurry begin.
LISTENS = """() => {
  const space = new KeyboardEvent('keydown', {key: ' ', bubbles: true, cancelable: true});
  return document.querySelector('[data-testid=ringing]') && document.body.dispatchEvent(space);
}"""


async def ringing(browser: Browser, origin: str) -> Page:
    page = await browser.new_page()
    await show(page, origin, "desk", "ringing")
    await page.wait_for_function(LISTENS)
    return page


async def commanded(page: Page, kind: str) -> list[dict[str, object]]:
    """The bodies of the commands of one type, once there is one."""
    await page.wait_for_function("(kind) => fake.sent.some((one) => one.type === kind)", arg=kind)
    return await sent(page, kind)


async def test_enter_does_what_the_button_under_the_focus_says(
    origin: str, browser: Browser
) -> None:
    page = await ringing(browser, origin)
    await page.keyboard.press("Tab")
    await page.keyboard.press("Enter")
    assert await commanded(page, "call.accept") == [{"session": "5" * 32, "recording": False}]


async def test_a_call_is_declined_and_taken_with_enter_alone(origin: str, browser: Browser) -> None:
    page = await ringing(browser, origin)
    await page.get_by_test_id("decline-call").focus()
    await page.keyboard.press("Enter")
    await page.locator("[data-testid=decline-conflict]:focus").wait_for()
    await page.keyboard.press("Escape")
    await page.locator("[data-testid=accept-call]:focus").wait_for()
    await page.keyboard.press("Escape")
    await page.locator("[data-testid=decline-conflict]:focus").wait_for()
    await page.keyboard.press("Tab")
    await page.keyboard.press("Enter")
    assert await commanded(page, "call.decline") == [{"session": "5" * 32, "reason": "busy"}]
    assert await sent(page, "call.accept") == []
    page = await ringing(browser, origin)
    await page.locator("[data-testid=ringing] h2").click()
    await page.keyboard.press("Enter")
    assert await commanded(page, "call.accept") == [{"session": "5" * 32, "recording": True}]


async def test_ctrl_enter_sends_what_one_is_writing_and_nothing_else(
    origin: str, browser: Browser
) -> None:
    page = await browser.new_page(viewport={"width": 1366, "height": 768})
    at = page.get_by_test_id
    await show(page, origin, "desk", "room")
    await at("advice-text").fill("写到一半")
    await at("tab-chat").click()
    await at("chat-text").fill("请稍等")
    await page.keyboard.press("Control+Enter")
    (said,) = await commanded(page, "room.say")
    assert said["text"] == "请稍等"
    await at("tab-chat").click()
    await page.keyboard.press("Control+Enter")
    await at("tab-advice").click()
    await at("colleagues").click()
    await page.keyboard.press("Control+Enter")
    await page.keyboard.press("Escape")
    await at("colleagues-dialog").wait_for(state="detached")
    assert await sent(page, "advice.add") == []
    await at("mute").click()
    await page.keyboard.press("Control+Enter")
    (posted,) = await commanded(page, "advice.add")
    assert posted["advice"] == "写到一半"


async def test_an_advice_that_was_not_sent_is_asked_about_before_a_session_is_closed(
    origin: str, browser: Browser
) -> None:
    page = await browser.new_page(viewport={"width": 1366, "height": 768})
    at = page.get_by_test_id
    await show(page, origin, "desk", "wrapup")
    await at("advice-bring").fill("身份证")
    await at("close-session").click()
    assert await at("unsent-send").is_disabled(), "an entry without advice cannot be sent"
    await at("unsent-back").click()
    await at("advice-text").fill("第二条")
    await at("close-session").click()
    assert await cut_or_covered(page) == []
    assert await objections(page) == []
    assert await sent(page, "session.close") == []
    await page.evaluate("fake.refuse('advice.add')")
    await at("unsent-send").click()
    await at("toast").wait_for()
    assert await at("advice-text").input_value() == "第二条"
    assert await sent(page, "session.close") == []
    await at("close-session").click()
    await at("unsent-send").click()
    await commanded(page, "session.close")
    assert [one["advice"] for one in await sent(page, "advice.add")] == ["第二条"] * 2
    assert await at("advice-text").input_value() == ""
    await at("advice-text").fill("不要了")
    await at("close-session").click()
    await at("unsent-drop").click()
    await page.wait_for_function(
        "fake.sent.filter((one) => one.type === 'session.close').length === 2"
    )
    assert len(await sent(page, "advice.add")) == 2
    assert "不要了" not in await page.evaluate("Object.values(sessionStorage).join()")


async def test_a_late_answer_wipes_nothing_that_was_typed_since(
    origin: str, browser: Browser
) -> None:
    page = await browser.new_page(viewport={"width": 1366, "height": 768})
    at = page.get_by_test_id
    await show(page, origin, "desk", "room")
    await at("advice-text").fill("先恢复排水")
    await page.evaluate("fake.hold()")
    await page.keyboard.press("Control+Enter")
    await commanded(page, "advice.add")
    await at("advice-text").fill("先恢复排水，再谈费用")
    await at("tab-chat").click()
    await at("chat-text").fill("请稍等")
    await page.keyboard.press("Enter")
    await page.keyboard.press("Enter")
    await commanded(page, "room.say")
    await page.keyboard.type("，马上")
    await page.keyboard.press("Enter")
    await page.evaluate("fake.release()")
    await at("advice-post").and_(page.locator(":enabled")).wait_for(state="attached")
    assert await at("advice-text").input_value() == "先恢复排水，再谈费用"
    assert await at("chat-text").input_value() == "请稍等，马上"
    assert len(await sent(page, "room.say")) == 1
    await page.keyboard.press("Enter")
    await page.wait_for_function("document.querySelector('[data-testid=chat-text]').value === ''")
    assert [one["text"] for one in await sent(page, "room.say")] == ["请稍等", "请稍等，马上"]
