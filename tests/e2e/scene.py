"""A talk under way: what every test of the room begins with."""

from collections.abc import Mapping
from dataclasses import dataclass

from tests.conftest import OpenBrowser, StartService
from tests.e2e.actors import (
    DESK_SCREEN,
    TERMINAL_SCREEN,
    Account,
    Lawyer,
    Mediator,
    demo_accounts,
    live,
    new_page,
    terminal_code,
)
from tests.support.media import LAWYER, MEDIATOR
from tests.support.service import Service


@dataclass(frozen=True)
class Talk:
    """A lawyer and a mediator face to face."""

    service: Service
    accounts: Mapping[str, Account]
    lawyer: Lawyer
    mediator: Mediator


async def ready_to_call(start_service: StartService, open_browser: OpenBrowser) -> Talk:
    """A lawyer on duty and a mediator at a terminal."""
    service = await start_service()
    accounts = demo_accounts(service.data)
    lawyer = Lawyer(await new_page(await open_browser(LAWYER), DESK_SCREEN), service)
    mediator = Mediator(await new_page(await open_browser(MEDIATOR), TERMINAL_SCREEN), service)
    await lawyer.go_on_duty(accounts["lawyer1"])
    await mediator.open_terminal(terminal_code(service), accounts["mediator01"])
    return Talk(service, accounts, lawyer, mediator)


async def talking(
    start_service: StartService, open_browser: OpenBrowser, *, recording: bool = True
) -> Talk:
    """The same, in the room, seeing each other; recorded unless somebody refuses."""
    talk = await ready_to_call(start_service, open_browser)
    await talk.mediator.call("王建国", recording=recording)
    await talk.lawyer.answer()
    await live(talk.lawyer, talk.mediator)
    if recording:
        await talk.lawyer.recording()
    return talk
