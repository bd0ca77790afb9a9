"""Two web processes over PostgreSQL and Redis: the terminal at one, the lawyer at the other."""

from tests.conftest import OpenBrowser, StartService
from tests.e2e.actors import (
    ADVICE,
    DESK_SCREEN,
    TERMINAL_SCREEN,
    Lawyer,
    Mediator,
    demo_accounts,
    live,
    new_page,
    terminal_code,
)
from tests.support.media import LAWYER, MEDIATOR


async def test_a_call_across_two_web_processes(
    start_service: StartService, open_browser: OpenBrowser, postgres_url: str, redis_url: str
) -> None:
    shared = {"YUNTIAO_DATABASE_URL": postgres_url, "YUNTIAO_REDIS_URL": redis_url}
    first = await start_service("serve", shared)
    relay = {
        "YUNTIAO_RELAYS": f"unix:{first.data}/run/relay.sock",
        "YUNTIAO_RECORDINGS": f"{first.data}/recordings",
    }
    second = await start_service("web", {**shared, **relay})
    accounts = demo_accounts(first.data)
    lawyer = Lawyer(await new_page(await open_browser(LAWYER), DESK_SCREEN), second)
    mediator = Mediator(await new_page(await open_browser(MEDIATOR), TERMINAL_SCREEN), first)
    await lawyer.go_on_duty(accounts["lawyer1"])
    await mediator.open_terminal(terminal_code(first), accounts["mediator01"])

    await mediator.call("王建国")
    await lawyer.answer()
    await live(lawyer, mediator)
    await mediator.recording()
    await lawyer.advise()
    await mediator.at("advice-card").filter(has_text=ADVICE).wait_for()
    await mediator.hang_up()
    await lawyer.at("wrapup").wait_for()
    await mediator.at("confirm-receipt").click()
    await mediator.at("receipt-confirmed").wait_for()
