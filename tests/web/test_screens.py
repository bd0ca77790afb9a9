"""Every screen of the terminal and the desk, in a real browser, from the real shells."""

from urllib.parse import quote

import pytest
from playwright.async_api import Browser, FilePayload, Page

from tests.support.browser import Complaints
from tests.web.fake_site import picture_of
from tests.web.looks import LARGE, LARGE_TEXT, PHONE, SIZES, cut_or_covered, objections
from tests.web.screens import ONE_OF, SCREENS, Screen, faults, open_screen, sent, show

pytestmark = pytest.mark.e2e


# A guest's page is a phone's; on a computer it is the same column in the middle.
SURFACES = [(page, size) for page in ("terminal", "desk") for size in SIZES] + [("guest", PHONE)]


@pytest.mark.parametrize(
    ("surface", "size"), SURFACES, ids=[f"{page}-{wide}x{high}" for page, (wide, high) in SURFACES]
)
async def test_every_screen_fits_and_can_be_read(
    origin: str, browser: Browser, surface: str, size: tuple[int, int]
) -> None:
    page = await browser.new_page(viewport={"width": size[0], "height": size[1]})
    complaints = Complaints(page)
    found: dict[str, list[str]] = {}
    for screen in (each for each in SCREENS if each.page == surface):
        await open_screen(page, origin, screen)
        wrong = await faults(page, screen, size) + complaints.seen
        if size != LARGE:
            wrong += await objections(page)
        if size != LARGE:
            await page.evaluate(LARGE_TEXT)
            wrong += [f"large text: {one}" for one in await cut_or_covered(page)]
        complaints.seen.clear()
        if wrong:
            found[screen.name] = wrong
    assert found == {}


async def test_the_terminal_asks_step_by_step_and_loses_no_input(
    origin: str, browser: Browser
) -> None:
    page = await browser.new_page(viewport={"width": 1366, "height": 768})
    at = page.get_by_test_id
    await show(page, origin, "terminal", "home")
    await at("start-mediation").click()
    await at("matter-02").click()
    await at("person-name-0").fill("王小河")
    await at("next").click()
    await at("facts").fill("院墙占了水沟")
    await at("back").click()
    assert await at("person-name-0").input_value() == "王小河"
    await at("next").click()
    assert await at("facts").input_value() == "院墙占了水沟"
    await at("need-minor").click()
    await at("next").click()
    answers = ("consent-lawyer-0-yes", "consent-recording-0-no", "mediator-recording-yes")
    assert await page.locator(".t-consent [aria-pressed=true]").count() == 0, "nothing is preset"
    for answer in answers:
        assert await at("call-lawyer").is_disabled()
        await at(answer).click()
    await at("call-lawyer").click()
    assert await sent(page, "session.request") == [
        {
            "kind": "mediation",
            "matter": "02",
            "persons": [
                {"name": "王小河", "phone": "", "recording": False, "lawyer_presence": True}
            ],
            "notice": "2026-01",
            "mediator_recording": True,
            "facts": "院墙占了水沟",
            "needs": ["minor"],
            "language": "",
        }
    ]


async def test_a_time_is_booked_where_nobody_answers_and_the_way_in_asks_who_has_come(
    origin: str, browser: Browser
) -> None:
    page = await browser.new_page(viewport={"width": 1366, "height": 768})
    at = page.get_by_test_id
    await show(page, origin, "terminal", "unanswered")
    await at("put-off").click()
    assert await at("put-off-yes").is_disabled()
    await at("slot").first.click()
    assert await cut_or_covered(page) == []
    await at("put-off-yes").click()
    (booked,) = await sent(page, "session.book")
    assert booked["lawyer"] == "0" * 32
    await show(page, origin, "terminal", "home-booked")
    await at("open-appointments").click()
    await at("change-appointment").click()
    assert await at("cancel-appointment").is_disabled()
    await page.get_by_text("约错了时间").click()
    await at("cancel-appointment").click()
    (cancelled,) = await sent(page, "appointment.cancel")
    assert cancelled["reason"] == "约错了时间"
    await show(page, origin, "terminal", "home-booked")
    await at("enter-appointment").click()
    await at("person-name-0").fill("王小河")
    await at("next").click()
    await at("next").click()
    await at("consent-lawyer-0-yes").click()
    await at("consent-recording-0-yes").click()
    await at("mediator-recording-yes").click()
    await at("call-lawyer").click()
    (asked,) = await sent(page, "session.request")
    assert (asked["appointment"], asked["matter"]) == ("e" * 32, "02")


async def test_a_terminal_answers_by_itself_only_when_its_countdown_is_over(
    origin: str, browser: Browser
) -> None:
    page = await browser.new_page(viewport={"width": 1366, "height": 768})
    at = page.get_by_test_id
    for view in ("called", "called-auto"):
        await show(page, origin, "terminal", view)
        await at("refuse-call").click()
        assert await sent(page, "station.refuse") == [{"call": "f" * 32}]
        assert await sent(page, "station.answer") == []
    await show(page, origin, "terminal", "called-now")
    await page.wait_for_function("fake.sent.some((one) => one.type === 'station.answer')")
    assert await sent(page, "station.answer") == [{"call": "f" * 32, "by_itself": True}]
    await show(page, origin, "terminal", "room-called")
    assert "林知远律师正在看着" in await at("being-seen").inner_text()
    await at("agree-recording").click()
    (agreed,) = await sent(page, "consent.answer")
    assert (agreed["subject"], agreed["given"]) == ("recording", True)


async def test_a_lawyer_calls_a_station_and_says_why_a_talk_is_given_back(
    origin: str, browser: Browser
) -> None:
    page = await browser.new_page(viewport={"width": 1366, "height": 768})
    at = page.get_by_test_id
    await show(page, origin, "desk", "booked")
    await at("call-station").click()
    await page.get_by_role("button", name="呼叫青禾镇").click()
    (called,) = await sent(page, "station.call")
    assert called["station"] == "5" * 32
    await at("give-time").click()
    await at("slot").first.click()
    await at("give-time-yes").click()
    assert len(await sent(page, "session.book")) == 1
    await show(page, origin, "desk", "room")
    await at("pause").click()
    assert len(await sent(page, "session.pause")) == 1
    await at("colleagues").click()
    await at("give-back").click()
    assert await at("give-back-yes").is_disabled()
    await at("why").fill("要去开庭")
    await at("give-back-yes").click()
    (given,) = await sent(page, "call.give_back")
    assert given["reason"] == "要去开庭"


async def test_nothing_personal_stays_on_the_terminal(origin: str, browser: Browser) -> None:
    page = await browser.new_page(viewport={"width": 1366, "height": 768})
    at = page.get_by_test_id
    await show(page, origin, "terminal", "after-closed")
    await at("finish").click()
    await at("start-mediation").click()
    await at("matter-02").click()
    assert await at("person-name-0").input_value() == ""
    assert "王小河" not in await page.content()
    assert len(await sent(page, "session.finish")) == 1


async def test_a_broken_line_keeps_the_talk_and_sends_again_with_the_same_id(
    origin: str, browser: Browser
) -> None:
    page = await browser.new_page()
    at = page.get_by_test_id
    await show(page, origin, "desk", "room")
    await page.evaluate(CONNECTED)
    await at("advice-text").fill("先恢复排水")
    await page.evaluate("fake.mute = true")
    await page.keyboard.press("Control+Enter")
    await page.evaluate("fake.drop()")
    await at("trouble-line").wait_for()
    assert await at("rec-lamp").inner_text() == "录音录像状态待确认"
    await page.evaluate("fake.mute = false; fake.restore()")
    await at("trouble-line").wait_for(state="detached")
    await at("advice-post").and_(page.locator(":disabled")).wait_for()
    ids = await page.evaluate(
        "fake.sent.filter((one) => one.type === 'advice.add').map((one) => one.id)"
    )
    assert len(ids) == 2
    assert len(set(ids)) == 1
    assert len(await sent(page, "media.offer")) == 1
    assert await at("advice-text").input_value() == ""


async def test_a_draft_outlives_a_reload_and_a_refusal(origin: str, browser: Browser) -> None:
    page = await browser.new_page()
    at = page.get_by_test_id
    await show(page, origin, "desk", "wrapup")
    await at("advice-text").fill("写到一半")
    await page.wait_for_function("Object.values(sessionStorage).join().includes('写到一半')")
    await page.reload()
    assert await at("advice-text").input_value() == "写到一半"
    await page.evaluate("fake.refuse('advice.add')")
    await at("advice-post").click()
    await at("toast").wait_for()
    assert await at("advice-text").input_value() == "写到一半"


async def test_captions_are_there_when_words_come(origin: str, browser: Browser) -> None:
    page = await browser.new_page(viewport={"width": 1366, "height": 768})
    await show(page, origin, "terminal", "room-unrecorded")
    await page.get_by_test_id("room").wait_for()
    assert await page.get_by_test_id("captions").count() == 0
    await page.evaluate("fake.caption('1', '先恢复排水')")
    await page.evaluate("fake.caption('1', '先恢复排水，再谈费用。')")
    await page.get_by_test_id("captions").wait_for()
    words = await page.get_by_test_id("captions").inner_text()
    assert "再谈费用" in words
    assert "林知远" in words, "who says it"
    assert await page.locator(".captions p").count() == 1
    assert await cut_or_covered(page) == []
    assert await objections(page) == []


async def test_large_text_is_remembered_on_this_device(origin: str, browser: Browser) -> None:
    page = await browser.new_page()
    size = "parseFloat(getComputedStyle(document.documentElement).fontSize)"
    await show(page, origin, "terminal", "home")
    before = await page.evaluate(size)
    await page.get_by_test_id("text-size").click()
    assert await page.evaluate(size) > before
    await show(page, origin, "desk", "idle")
    assert await page.evaluate("document.documentElement.dataset.text") == "large"
    await page.get_by_test_id("text-size").click()
    await page.reload()
    assert await page.evaluate("document.documentElement.dataset.text") is None


async def test_a_whole_call_is_made_with_the_keyboard_alone(origin: str, browser: Browser) -> None:
    page = await browser.new_page(viewport={"width": 1366, "height": 768})
    await show(page, origin, "terminal", "home")
    await page.get_by_test_id("start-mediation").wait_for()
    for testid in (
        "start-mediation",
        "matter-02",
        "person-name-0",
        "next",
        "next",
        "consent-lawyer-0-yes",
        "consent-recording-0-yes",
        "mediator-recording-yes",
        "call-lawyer",
    ):
        await tab_to(page, testid)
        if testid.startswith("person-name"):
            await page.keyboard.type("王小河")
        else:
            await page.keyboard.press("Enter")
    await page.evaluate(ONE_OF, "session.request")


async def tab_to(page: Page, testid: str) -> None:
    """Press Tab until this is focused; the focus can be seen at every stop."""
    for _ in range(60):
        await page.keyboard.press("Tab")
        focused, seen = await page.evaluate(FOCUSED)
        if focused is not None:
            assert seen, f"the focus on {focused} cannot be seen"
        if focused == testid:
            return
    raise AssertionError(f"{testid} is not reached with Tab")


async def test_a_dead_relay_is_replaced_by_a_fresh_connection(
    origin: str, browser: Browser
) -> None:
    page = await browser.new_page()
    await show(page, origin, "terminal", "room")
    await page.evaluate(CONNECTED)
    await page.evaluate("fakeRelay.close()")
    await page.evaluate(OFFERS, 2)
    await page.evaluate(CONNECTED)


async def test_a_new_epoch_means_a_new_offer_with_the_fixed_lines(
    origin: str, browser: Browser
) -> None:
    page = await browser.new_page()
    await show(page, origin, "terminal", "room")
    await page.evaluate(CONNECTED)
    await page.evaluate(
        "fake.show({...fake.view, session: {...fake.view.session,"
        " media: {...fake.view.session.media, epoch: 2}}})"
    )
    await page.evaluate(OFFERS, 2)
    for offer in await sent(page, "media.offer"):
        sdp = str(offer["sdp"])
        lines = [line.split()[0][2:] for line in sdp.splitlines() if line.startswith("m=")]
        slots = ["audio"] * 6 + ["video"] * 7 + ["audio"] * 6
        assert lines == ["audio", "video", "video", *slots]
        assert len(sdp.encode()) < 65536


async def test_a_stray_enter_takes_no_call(origin: str, browser: Browser) -> None:
    page = await browser.new_page()
    await show(page, origin, "desk", "wrapup")
    await page.get_by_test_id("advice-text").focus()
    assert await page.evaluate(ENTER_AT_ONCE) == "swallowed"
    await page.keyboard.press("Escape")
    await page.get_by_test_id("decline-conflict").wait_for()
    for back in ("accept-call", "decline-conflict"):
        await page.keyboard.press("Escape")
        await page.get_by_test_id(back).wait_for()
    await page.keyboard.press("1")
    await page.evaluate(ONE_OF, "call.decline")
    assert await sent(page, "call.accept") == []
    assert await sent(page, "call.decline") == [{"session": "5" * 32, "reason": "conflict"}]


FOCUSED = """() => {
  const one = document.activeElement;
  const { boxShadow, outlineStyle } = getComputedStyle(one);
  const seen = boxShadow !== 'none' || outlineStyle !== 'none';
  return [one.getAttribute('data-testid'), seen];
}"""

ENTER_AT_ONCE = """async () => {
  fake.show({...fake.view, ringing: fake.VIEWS.desk.ringing.ringing});
  while (!document.querySelector('[data-testid=ringing]'))
    await new Promise((resolve) => setTimeout(resolve));
  const enter = {key: 'Enter', bubbles: true, cancelable: true};
  const passed = document.activeElement.dispatchEvent(new KeyboardEvent('keydown', enter));
  return passed ? 'takes the call' : 'swallowed';
}"""

CONNECTED = """async () => {
  while ((await window.yuntiaoStats())?.state !== 'connected')
    await new Promise((resolve) => setTimeout(resolve, 50));
}"""

OFFERS = """async (many) => {
  while (fake.sent.filter((one) => one.type === 'media.offer').length < many)
    await new Promise((resolve) => setTimeout(resolve, 50));
}"""


async def test_the_integrity_value_is_there_to_take_along_and_on_paper(
    origin: str, browser: Browser
) -> None:
    page = await browser.new_page(viewport={"width": 1366, "height": 768})
    await show(page, origin, "terminal", "after-none")
    paper = page.get_by_test_id("integrity")
    await paper.wait_for()
    assert "20261123-000042" in await paper.inner_text()
    assert (await paper.locator(".t-integrity-value").inner_text()).count("4f1d9c07") == 8
    loaded = "(image) => image.complete && image.naturalWidth > 0"
    assert await paper.locator("img").evaluate(loaded)
    assert await page.get_by_test_id("print").is_enabled()  # no advice, but a value
    await page.emulate_media(media="print")
    assert await paper.is_visible()
    assert not await page.get_by_test_id("print").is_visible()


async def test_a_picture_that_is_withheld_may_be_wanted_all_the_same(
    origin: str, browser: Browser
) -> None:
    page = await browser.new_page(viewport={"width": 360, "height": 740})
    at = page.get_by_test_id
    await show(page, origin, "terminal", "room")
    await at("stage").wait_for()
    line = """(video) => {
      const me = fake.view.session.participants.find((one) => one.me).id;
      const rest = { loss: 0.2, rtt_ms: 80, kbps: 100, fps: 5, level: "bad" };
      fake.quality({ [me]: { ...rest, video } });
    }"""
    await page.evaluate(line, "paused")
    await at("pictures-anyway").click()
    await page.evaluate(line, "insisted")
    assert await objections(page) == []
    await at("sound-first").click()
    session = await page.evaluate("fake.view.session.id")
    assert await sent(page, "media.pictures") == [
        {"session": session, "always": True},
        {"session": session, "always": False},
    ]


async def test_a_photo_is_looked_at_before_it_is_sent(origin: str, browser: Browser) -> None:
    page = await browser.new_page(viewport={"width": PHONE[0], "height": PHONE[1]})
    await show(page, origin, "guest", "room")
    await page.get_by_test_id("give-photo-open").click()
    choose = page.get_by_test_id("photo-choose-file")
    await choose.set_input_files({"name": "a.heic", "mimeType": "image/heic", "buffer": b"x"})
    assert "HEIC" in await page.get_by_test_id("photo-wrong").inner_text()
    await choose.set_input_files({"name": "a.jpg", "mimeType": "image/jpeg", "buffer": b"no photo"})
    await page.get_by_test_id("photo-wrong").get_by_text("打不开").wait_for()
    photo = FilePayload(name="b.jpg", mimeType="image/jpeg", buffer=picture_of((1200, 1600)))
    await choose.set_input_files(photo)
    await page.get_by_test_id("photo-preview").wait_for()
    assert not await page.get_by_test_id("photo-place").is_checked()
    await page.get_by_test_id("photo-caption").fill("欠条原件")
    assert await cut_or_covered(page) == []
    assert await objections(page) == []
    async with page.expect_request("**/photos/*") as sending:
        await page.get_by_test_id("photo-send").click()
    request = await sending.value
    assert request.method == "PUT"
    assert request.headers["x-photo-caption"] == quote("欠条原件")
    assert request.headers["x-photo-place"] == ""
    await page.get_by_test_id("toast").get_by_text("照片已交上").wait_for()
    assert await page.get_by_test_id("give-photo").count() == 0


async def test_what_one_side_gave_is_covered_where_people_stand_around(
    origin: str, browser: Browser
) -> None:
    page = await browser.new_page()
    await show(page, origin, "terminal", "room-photos")
    photos = page.get_by_test_id("photo")
    assert await photos.locator("img").count() == 1, "only what is shown to all lies open"
    await photos.nth(2).click()
    assert await page.get_by_test_id("photo-large").locator("img").count() == 0
    await page.get_by_test_id("photo-uncover").click()
    await page.get_by_test_id("photo-large").locator("img").wait_for()
    await page.get_by_test_id("photo-show").click()
    (said,) = await sent(page, "photo.show")
    assert said["photo"] == "2" * 32


async def test_a_page_that_is_shared_is_pointed_at(origin: str, browser: Browser) -> None:
    page = await browser.new_page(viewport={"width": 1366, "height": 768})
    await open_screen(page, origin, Screen("terminal", "room-paper", "paper", media=True))
    box = await page.get_by_test_id("paper").locator("video").evaluate(PICTURE)
    x, y = box["left"] + box["width"] / 4, box["top"] + box["height"] / 2
    await page.mouse.click(x, y)
    (body,) = await sent(page, "media.point")
    assert abs(float(str(body["x"])) - 0.25) < 0.01
    assert abs(float(str(body["y"])) - 0.5) < 0.01
    drawn = await page.evaluate(POINTED)
    assert "林知远" in drawn["words"]
    assert abs(drawn["x"] - (box["left"] + box["width"] * 0.75)) < 2
    assert abs(drawn["y"] - y) < 2
    await page.get_by_test_id("pointed").last.wait_for(state="detached")
    await page.get_by_test_id("point").press("Enter")
    assert (await sent(page, "media.point"))[-1]["x"] == 0.5, "a keyboard points at the middle"


PICTURE = """(video) => {
  const frame = video.getBoundingClientRect();
  const scale = Math.min(frame.width / video.videoWidth, frame.height / video.videoHeight);
  const [width, height] = [video.videoWidth * scale, video.videoHeight * scale];
  return {
    left: frame.left + (frame.width - width) / 2, top: frame.top + (frame.height - height) / 2,
    width, height,
  };
}"""

# In the page, and at once: what is pointed at is shown for a moment only.
POINTED = """async () => {
  fake.point("0".repeat(32), 0.75, 0.5);
  for (;;) {
    await new Promise(requestAnimationFrame);
    for (const dot of document.querySelectorAll('[data-testid="pointed"]')) {
      if (!dot.textContent.includes("林知远")) continue;
      const { left, top, width, height } = dot.getBoundingClientRect();
      return { words: dot.textContent, x: left + width / 2, y: top + height / 2 };
    }
  }
}"""
