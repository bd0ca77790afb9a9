"""`make screenshots`: pictures of every page of the main job, taken from the running service.

The desktop's go into web/screenshots, those of the other screens into a folder for each size.
"""

import asyncio
import tempfile
from contextlib import AsyncExitStack
from pathlib import Path

from playwright.async_api import Browser, Playwright, async_playwright

from tests.e2e.actors import (
    TERMINAL_SCREEN,
    Actor,
    Admin,
    Lawyer,
    Mediator,
    demo_accounts,
    live,
    new_page,
    terminal_code,
)
from tests.support.browser import chromium
from tests.support.media import LAWYER, MEDIATOR, Persona, write_fake_media
from tests.support.service import Service, running_service
from tests.web.looks import DESKTOP, SIZES

ADMIN_PAGES = (
    *("overview", "health", "tasks", "wall", "stations", "villages", "people", "import", "texts"),
    *("rights", "proof", "retention", "audit"),
)
FOLDER = Path(__file__).resolve().parents[1] / "web" / "screenshots"
DESK_SCREEN = {"width": DESKTOP[0], "height": DESKTOP[1]}


async def main() -> None:
    """Go through the main job and keep what people see."""
    FOLDER.mkdir(exist_ok=True)
    async with AsyncExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory()))
        playwright = await stack.enter_async_context(async_playwright())
        service = await stack.enter_async_context(running_service(folder))
        lawyer_page = await _browser(stack, playwright, LAWYER, folder)
        mediator_page = await _browser(stack, playwright, MEDIATOR, folder)
        lawyer = Lawyer(await new_page(lawyer_page, DESK_SCREEN), service)
        mediator = Mediator(await new_page(mediator_page, TERMINAL_SCREEN), service)
        admin = Admin(await new_page(lawyer_page, DESK_SCREEN), service)
        await _talk(lawyer, mediator, service)
        await _review(admin, service)


async def _browser(
    stack: AsyncExitStack, playwright: Playwright, persona: Persona, folder: Path
) -> Browser:
    return await stack.enter_async_context(chromium(playwright, write_fake_media(persona, folder)))


async def _talk(lawyer: Lawyer, mediator: Mediator, service: Service) -> None:
    accounts = demo_accounts(service.data)
    await lawyer.page.goto(f"{service.url}/login")
    await _keep(lawyer, "login")
    await lawyer.sign_in_at_desk(accounts["lawyer1"])
    await lawyer.at("device-check").wait_for()
    await _keep(lawyer, "desk-check", settle=1.5)
    await lawyer.at("check-done").click()
    await lawyer.at("duty-toggle").click()
    await mediator.open_terminal(terminal_code(service), accounts["mediator01"])
    await _keep(mediator, "terminal-home", settle=1.5)
    await mediator.at("start-mediation").click()
    await _keep(mediator, "terminal-matter")
    await mediator.at("back").click()
    await mediator.call("王建国", "李秀英")
    await lawyer.at("ringing").wait_for()
    await _keep(lawyer, "desk-ringing", settle=1)
    await _keep(mediator, "terminal-calling")
    await lawyer.answer()
    await live(lawyer, mediator)
    await lawyer.recording()
    await lawyer.at("advice-text").fill("先把欠付工资的月份和数额对清楚，再当面约定付款日期。")
    await lawyer.at("advice-next").fill("到区劳动监察大队登记，电话 12333。")
    await lawyer.at("advice-post").click()
    await mediator.at("advice-card").first.wait_for()
    await _keep(lawyer, "desk-room", settle=2)
    await _keep(mediator, "terminal-room")
    await lawyer.hang_up()
    await mediator.at("after").wait_for()
    await _keep(lawyer, "desk-wrapup")
    await mediator.at("confirm-receipt").click()
    await _keep(mediator, "terminal-after")
    await lawyer.at("close-session").click()
    await mediator.leave()
    await _keep(lawyer, "desk-home", settle=1)


async def _review(admin: Admin, service: Service) -> None:
    await admin.sign_in_at_desk(demo_accounts(service.data)["admin"])
    await admin.find("工资")
    await _keep(admin, "admin-sessions", settle=0.5)
    await admin.open_first()
    await admin.open_recording("核对调解协议")
    await admin.at("play-toggle").click()
    await _keep(admin, "admin-player", settle=2)
    for name in ADMIN_PAGES:
        await admin.page.goto(f"{service.url}/admin/{name}")
        await _keep(admin, f"admin-{name}", settle=1)
    await admin.page.goto(f"{service.url}/account")
    await _keep(admin, "account", settle=1)


async def _keep(actor: Actor, name: str, settle: float = 0.3) -> None:
    for width, height in reversed(SIZES):  # the desktop last: the story goes on there
        folder = FOLDER if (width, height) == DESKTOP else FOLDER / f"{width}x{height}"
        folder.mkdir(exist_ok=True)
        await actor.page.set_viewport_size({"width": width, "height": height})
        await actor.page.wait_for_timeout(settle * 1000)  # pictures and meters are still coming
        await actor.page.screenshot(path=folder / f"{name}.png")
        print(folder / f"{name}.png")


if __name__ == "__main__":
    asyncio.run(main())
