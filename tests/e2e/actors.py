"""The people of the main job, as a test directs them: each works a real page."""

import csv
import re
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from playwright.async_api import Browser, Locator, Page

from tests.support.browser import Complaints
from tests.support.service import Service
from tests.support.waiting import SLOWNESS, eventually

TERMINAL_SCREEN = {"width": 1366, "height": 768}
DESK_SCREEN = {"width": 1440, "height": 900}
JOIN_S = 30.0
ADVICE = "先把欠付工资的月份和数额对清楚，再当面约定付款日期。"


@dataclass(frozen=True)
class Account:
    """A demo account, as the service wrote it down."""

    username: str
    password: str
    role: str
    name: str


def demo_accounts(data: Path) -> dict[str, Account]:
    """Return the demo accounts of a data folder by user name."""
    with (data / "demo-accounts.txt").open(encoding="utf-8", newline="") as file:
        rows = [Account(*row[:4]) for row in csv.reader(file, delimiter="\t")]
    return {account.username: account for account in rows}


class Actor:
    """Somebody at a page."""

    def __init__(self, page: Page, service: Service, url: str | None = None) -> None:
        """`url`: the service's address where this person sits, if it is another one."""
        self.url = url or service.url
        self.page = page
        self.service = service
        self.complaints = Complaints(page)
        page.set_default_timeout(12_000 * SLOWNESS)

    def at(self, testid: str) -> Locator:
        """Return the element with this data-testid."""
        return self.page.get_by_test_id(testid)

    async def stats(self) -> dict[str, Any]:
        """Return the page's media figures."""
        found: dict[str, Any] = await self.page.evaluate("window.yuntiaoStats()")
        return found

    async def inbound(self, place: int) -> dict[str, Any]:
        """Return what arrives from the participant at a place."""
        found: dict[str, Any] = (await self.stats())["inbound"][str(place)]
        return found

    async def heard_places(self) -> list[int]:
        """Return the places from which pictures have come."""
        inbound = (await self.stats())["inbound"]
        return [
            int(place)
            for place, slot in inbound.items()
            if place != "screen" and slot["framesDecoded"] > 0
        ]

    async def recording(self) -> None:
        """Wait for the REC lamp to say that it records."""
        await self.page.locator("[data-testid=rec-lamp][data-state=recording]").wait_for()

    async def hang_up(self) -> None:
        """End the talk for all."""
        await self.at("hang-up").click()
        await self.at("hang-up-yes").click()

    async def sign_in_at_desk(self, account: Account) -> None:
        """Sign in with user name and password."""
        await self.page.goto(f"{self.url}/login")
        await self.page.locator("input[name=username]").fill(account.username)
        await self.page.locator("input[name=password]").fill(account.password)
        await self.page.locator("button[type=submit]").click()
        await self.page.wait_for_url(lambda url: "/login" not in url)


class Lawyer(Actor):
    """The lawyer on duty."""

    async def go_on_duty(self, account: Account) -> None:
        """Sign in, pass the device check, go on duty."""
        await self.sign_in_at_desk(account)
        await self.at("check-done").filter(has_text="一切正常").click()
        await self.at("duty-toggle").click()
        await self.page.locator("[data-testid=duty-toggle][aria-checked=true]").wait_for()

    async def answer(self) -> None:
        """Take the call that rings, having seen one's own picture as people do."""
        patience = JOIN_S * 1000 * SLOWNESS
        await self.page.get_by_text("接听后对方将看到这个画面").wait_for(timeout=patience)
        await self.at("accept-call").click(timeout=patience)
        await self.at("room").wait_for()

    async def advise(self, words: str = ADVICE) -> None:
        """Write an entry into the advice log during the call."""
        await self.at("advice-text").fill(words)
        await self.at("advice-post").click()
        await self.at("advice-card").filter(has_text=words).first.wait_for()


class Mediator(Actor):
    """The mediator at a site terminal."""

    async def open_terminal(self, code: str, account: Account) -> None:
        """Enrol this browser with a one-time code and sign in."""
        await self.page.goto(f"{self.url}/terminal?code={code}")
        await self.page.locator("#enrol button[type=submit]").click()
        await self.page.get_by_role("button", name=account.name).click()
        await self.page.locator("#password").fill(account.password)
        await self.page.locator("#sign-in button[type=submit]").click()
        await self.at("start-mediation").wait_for()

    async def call(self, *persons: str, recording: bool = True) -> None:
        """Describe a dispute between these people and call the lawyer."""
        await self.at("start-mediation").click()
        await self.at("matter-10").click()
        for number, name in enumerate(persons):
            if number > 0:
                await self.at("add-person").click()
            await self.at(f"person-name-{number}").fill(name)
        await self.at("next").click()
        await self.at("facts").fill("工程完工后还欠三个月工资，双方对数额说法不一。")
        await self.at("next").click()
        answer = "yes" if recording else "no"
        for number, _ in enumerate(persons):
            await self.at(f"consent-lawyer-{number}-yes").click()
            await self.at(f"consent-recording-{number}-{answer}").click()
        await self.at("mediator-recording-yes").click()
        await self.at("call-lawyer").click()
        await self.at("calling").wait_for()

    async def leave(self) -> None:
        """Clear the terminal's screen."""
        await self.at("finish").click()
        early = self.at("finish-yes")
        home = self.at("start-mediation")
        await early.or_(home).wait_for()
        if await early.is_visible():
            await early.click()
        await home.wait_for()


class Admin(Actor):
    """Who finds the session later and watches it."""

    async def find(self, words: str) -> None:
        """Search for sessions by words."""
        await self.at("search-words").fill(words)
        await self.at("search-submit").click()
        await self.at("result-row").first.wait_for()

    async def open_first(self) -> None:
        """Open the first session found."""
        await self.at("result-row").first.locator("a").first.click()

    async def open_recording(self, purpose: str) -> None:
        """State a purpose and open the player."""
        await self.at("purpose-input").fill(purpose)
        await self.at("purpose-submit").click()
        await self.at("timeline").wait_for()

        async def opened() -> bool:
            return bool(await self.page.evaluate("'yuntiaoPlayer' in window"))

        await eventually(opened, JOIN_S, "the player is open")


def terminal_code(service: Service) -> str:
    """Return the one-time code that the start printed for the first terminal."""
    found = re.search(r"terminal\?code=(\d{4}-\d{4})", service.output())
    assert found, "the start prints a terminal's address with its code"
    return found[1]


async def live(*actors: Actor) -> None:
    """Wait until everybody sees the others' picture move."""
    for actor in actors:

        async def moving(one: Actor = actor) -> bool:
            stats = await one.stats()
            return any(slot["framesDecoded"] > 5 for slot in stats["inbound"].values())

        await eventually(moving, JOIN_S, "the other side's picture moves")


async def new_page(browser: Browser, screen: dict[str, int]) -> Page:
    """Open a page in a context of its own."""
    context = await browser.new_context(
        viewport=screen,  # type: ignore[arg-type]
        locale="zh-CN",
        timezone_id="Asia/Shanghai",
    )
    return await context.new_page()
