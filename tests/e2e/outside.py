"""A talk in which the mediator sits at the far end of a line."""

from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from pathlib import Path

from tests.conftest import OpenBrowser, StartService
from tests.e2e.actors import (
    DESK_SCREEN,
    TERMINAL_SCREEN,
    Lawyer,
    Mediator,
    demo_accounts,
    new_page,
    terminal_code,
)
from tests.e2e.scene import Talk
from tests.support.browser import Outside
from tests.support.lines import Line
from tests.support.media import LAWYER, MEDIATOR
from tests.support.ports import free_port


@asynccontextmanager
async def outside_mediator(
    start_service: StartService,
    open_browser: OpenBrowser,
    folder: Path,
    cable: Line,
    env: Mapping[str, str] | None = None,
) -> AsyncIterator[Talk]:
    """A lawyer on duty here, and a mediator whose terminal is at the end of the cable."""
    port = free_port()
    origin = f"http://{cable.server}:{port}"
    service = await start_service(
        "serve",
        {
            "YUNTIAO_HOST": "0.0.0.0",
            "YUNTIAO_PORT": str(port),
            "YUNTIAO_ORIGINS": f"http://localhost:{port} {origin}",
            "YUNTIAO_RELAY_ADDRESSES": f"127.0.0.1 {cable.server}",
            **(env or {}),
        },
    )
    accounts = demo_accounts(service.data)
    lawyer = Lawyer(await new_page(await open_browser(LAWYER), DESK_SCREEN), service)
    far = await open_browser(MEDIATOR, Outside(cable, origin, folder))
    mediator = Mediator(await new_page(far, TERMINAL_SCREEN), service, origin)
    await lawyer.go_on_duty(accounts["lawyer1"])
    await mediator.open_terminal(terminal_code(service), accounts["mediator01"])
    yield Talk(service, accounts, lawyer, mediator)
