"""Steps 2 to 7 of the main job: duty, call, room, advice, wrap-up, review."""

import re

from tests.conftest import OpenBrowser, StartService
from tests.e2e.actors import (
    ADVICE,
    DESK_SCREEN,
    JOIN_S,
    TERMINAL_SCREEN,
    Admin,
    Lawyer,
    Mediator,
    demo_accounts,
    live,
    new_page,
)
from tests.support.media import LAWYER, MEDIATOR
from tests.support.waiting import eventually


async def test_main_job(start_service: StartService, open_browser: OpenBrowser) -> None:
    service = await start_service()
    accounts = demo_accounts(service.data)
    lawyer_browser = await open_browser(LAWYER)
    lawyer = Lawyer(await new_page(lawyer_browser, DESK_SCREEN), service)
    mediator = Mediator(
        await new_page(await open_browser(MEDIATOR), TERMINAL_SCREEN), service
    )
    await lawyer.go_on_duty(accounts["lawyer1"])
    await mediator.open_terminal(terminal_code(service.output()), accounts["mediator01"])

    await mediator.call("王建国", "李秀英")
    await lawyer.answer()
    await live(lawyer, mediator)
    await eventually(lambda: mediator.at("rec-lamp").get_attribute("data-state"), JOIN_S)
    await lawyer.advise()
    await mediator.at("advice-card").filter(has_text=ADVICE).wait_for()

    await lawyer.at("hang-up").click()
    await lawyer.at("hang-up-yes").click()
    await mediator.at("confirm-receipt").click()
    await mediator.at("receipt-confirmed").wait_for()
    await lawyer.at("close-session").click()
    await mediator.at("finish").click()
    await mediator.at("start-mediation").wait_for()

    admin = Admin(await new_page(lawyer_browser, DESK_SCREEN), service)
    await admin.sign_in_at_desk(accounts["admin"])
    await admin.at("search-words").fill("工资")
    await admin.at("search-submit").click()
    await admin.at("result-row").first.locator("a").first.click()
    assert lawyer.complaints.seen == []
    assert mediator.complaints.seen == []
    assert admin.complaints.seen == []


def terminal_code(greeting: str) -> str:
    """Return the one-time code that the start printed for the first terminal."""
    found = re.search(r"terminal\?code=(\d{4}-\d{4})", greeting)
    assert found, "the start prints a terminal's address with its code"
    return found[1]
