"""A page that never reads is cut off at a bound, and what waits for it stays small."""

from collections.abc import Mapping
from typing import Any

import aiohttp

from server.live.adapter import MOST_UNREAD
from tests.server.house import House
from tests.server.live.test_ended_logins import NoViews, wire_of
from tests.support.waiting import eventually

BODY = "x" * 200_000
IN_BUFFERS = 60
"""More than the operating system and aiohttp take off our hands at 200 KB each."""


class LargeViews(NoViews):
    def __init__(self) -> None:
        self.computed = 0

    async def whole(self, _somebody: object) -> Mapping[str, Any]:
        self.computed += 1
        return {"session": None, "body": BODY}


async def test_a_page_that_never_reads_is_cut_off(small_house: House) -> None:
    views = LargeViews()
    async with wire_of(small_house, views) as (wire, url), small_house.browser() as browser:
        await browser.sign_in(small_house, "lawyer")
        cookies = browser.client.session.cookie_jar.filter_cookies(browser.client.make_url("/"))
        cookie = "; ".join(f"{one.key}={one.value}" for one in cookies.values())
        path = f"{url}/socket.io/?EIO=4&transport=websocket"
        headers = {"Origin": url, "Cookie": cookie}
        async with (
            aiohttp.ClientSession(headers=headers) as http,
            http.ws_connect(path, max_msg_size=0) as socket,
        ):
            await socket.receive_str()
            await socket.send_str(f'40{{"csrf":"{browser.csrf}"}}')
            await socket.receive_str()
            (connection,) = wire.hub.connections()

            def cut() -> bool:
                wire.hub.acted(connection.principal.account_id)
                return not wire.hub.connections()

            await eventually(cut, timeout=9.0, what="cut off before its pings are missed")
            assert views.computed <= MOST_UNREAD + IN_BUFFERS
            assert len(wire._server.eio.sockets) <= 1
