"""An office that lets no UDP through: media goes over TURN with TLS, through real coturn."""

import time
from pathlib import Path

from tests.conftest import OpenBrowser, StartService
from tests.e2e.actors import live
from tests.e2e.outside import outside_mediator
from tests.support.lines import line
from tests.support.turn_server import turn_server
from tests.support.waiting import SLOWNESS


async def test_udp_blocked(
    start_service: StartService, open_browser: OpenBrowser, tmp_path: Path
) -> None:
    with line() as cable, turn_server(tmp_path, cable.server) as turn:
        cable.block_udp()
        env = {"YUNTIAO_TURN_URLS": turn.over_tls, "YUNTIAO_TURN_SECRET": turn.secret}
        async with outside_mediator(start_service, open_browser, tmp_path, cable, env) as talk:
            await talk.mediator.call("王建国")
            await talk.lawyer.answer()
            began = time.monotonic()
            await live(talk.mediator)
            assert time.monotonic() - began <= 5 * SLOWNESS
            await live(talk.lawyer)
            await talk.mediator.recording()
