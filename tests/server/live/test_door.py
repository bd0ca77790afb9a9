"""Who is let in, who is shut out, and what bad input does: a clear code, and nothing lost."""

import json
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any
from uuid import uuid4

import aiohttp
import pytest
from sqlalchemy import func, select

from server.live.adapter import MESSAGE_LIMIT
from server.storage.engine import Database
from server.storage.schema import Session
from tests.server.live.wire import Keys, Page, Refused, Wire, expire, open_wire, sign_in
from tests.server.sessions.desk import request_body
from tests.support.waiting import eventually

GOODBYE, PING = "1", "2"  # packets of Engine.IO


@pytest.fixture
async def wire(small: Database, tmp_path: Path) -> AsyncIterator[Wire]:
    async with open_wire(small, tmp_path) as opened:
        yield opened


@pytest.fixture
async def page(wire: Wire) -> Page:
    return await wire.page("mediator")


async def refusal(wire: Wire, keys: Keys | None, **options: Any) -> object:
    with pytest.raises(Refused) as refused:
        await wire.open(keys, **options)
    return refused.value.args[0]


# The door.


async def test_what_is_sent_is_not_compressed_although_browsers_would_like_it(wire: Wire) -> None:
    keys = await sign_in(wire.desk, "lawyer")
    headers = {"Origin": wire.url, "Cookie": keys.cookie}
    url = f"{wire.url}/socket.io/?EIO=4&transport=websocket"
    async with (
        aiohttp.ClientSession(headers=headers) as http,
        http.ws_connect(url, compress=15) as line,
    ):
        assert line.compress == 0


async def test_without_a_sign_in_nobody_comes_in(wire: Wire) -> None:
    assert await refusal(wire, None) == ["sign_in_needed"]
    assert await refusal(wire, Keys("made-up", "made-up")) == ["sign_in_needed"]


@pytest.mark.parametrize(
    "auth", [{"csrf": "wrong"}, {"csrf": ""}, {}, None, [], "csrf", {"csrf": 5}, {"csrf": "é"}]
)
async def test_without_the_pages_token_nobody_comes_in(wire: Wire, auth: object) -> None:
    keys = await sign_in(wire.desk, "lawyer")
    assert await refusal(wire, keys, auth=auth) == ["bad_csrf"]


@pytest.mark.parametrize("origin", ["http://evil.test", "null", "http://localhost", "https://x"])
async def test_a_foreign_origin_is_refused(wire: Wire, origin: str) -> None:
    keys = await sign_in(wire.desk, "lawyer")
    headers = {"Origin": origin, "Cookie": keys.cookie}
    url = f"{wire.url}/socket.io/?EIO=4&transport=websocket"
    async with aiohttp.ClientSession(headers=headers) as http:
        with pytest.raises(aiohttp.WSServerHandshakeError) as refused:
            await http.ws_connect(url)
    assert refused.value.status == 400


@pytest.mark.parametrize("method", ["GET", "POST", "OPTIONS"])
async def test_long_polling_is_refused(wire: Wire, method: str) -> None:
    keys = await sign_in(wire.desk, "lawyer")
    headers = {"Origin": wire.url, "Cookie": keys.cookie, "X-CSRF-Token": keys.csrf}
    url = f"{wire.url}/socket.io/?EIO=4&transport=polling"
    async with (
        aiohttp.ClientSession(headers=headers) as http,
        http.request(method, url) as answer,
    ):
        body = await answer.text()
    assert answer.status in ({400, 200} if method == "OPTIONS" else {400})
    assert "sid" not in body


async def test_another_host_name_is_refused(wire: Wire) -> None:
    keys = await sign_in(wire.desk, "lawyer")
    headers = {"Origin": wire.url, "Cookie": keys.cookie, "Host": "evil.test"}
    url = f"{wire.url}/socket.io/?EIO=4&transport=websocket"
    async with aiohttp.ClientSession(headers=headers) as http:
        with pytest.raises(aiohttp.WSServerHandshakeError) as refused:
            await http.ws_connect(url)
    assert refused.value.status == 421


# Bad input.


@pytest.mark.parametrize(
    ("envelope", "code"),
    [
        (None, "bad_message"),
        ([], "bad_message"),
        ("sync", "bad_message"),
        (7, "bad_message"),
        ({}, "bad_message"),
        ({"v": 1, "id": "x", "type": "sync"}, "bad_message"),
        ({"v": 2, "id": uuid4().hex, "type": "sync"}, "bad_version"),
        ({"v": 1, "id": uuid4().hex, "type": "drop.table"}, "unknown_command"),
        ({"v": 1, "id": uuid4().hex, "type": "sync", "body": {"x": 1}}, "bad_message"),
        ({"v": 1, "id": uuid4().hex, "type": "session.cancel", "body": {}}, "bad_message"),
        ({"v": 1, "id": "\x00" * 36, "type": "sync"}, "bad_message"),
    ],
)
async def test_a_bad_envelope_is_answered_with_its_code(
    page: Page, envelope: object, code: str
) -> None:
    answer = await page.say("command", envelope)
    assert (answer["ok"], answer["code"]) == (False, code)
    assert any("\u4e00" <= char <= "\u9fff" for char in answer["message"])
    assert (await page.ok("sync"))["role"] == "mediator"


@pytest.mark.parametrize("event", ["view", "quality", "bye", "x", "", "toString", "__proto__"])
async def test_an_unknown_event_is_answered(page: Page, event: str) -> None:
    for data in (None, {"a": 1}, [1, 2]):
        answer = await page.say(event, data)
        assert (answer["ok"], answer["code"]) == (False, "unknown_event")


async def test_a_command_without_any_envelope_is_answered(wire: Wire) -> None:
    async with wire.raw(await sign_in(wire.desk, "lawyer")) as socket:
        await socket.send_str('421["command"]')
        answer = await socket.receive_str()
        assert answer.startswith("431[")
        assert json.loads(answer[3:])[0]["code"] == "bad_message"


async def test_the_largest_message_is_read_and_one_more_byte_ends_the_connection(
    wire: Wire, page: Page
) -> None:
    head, tail = '421["command","', '"]'
    async with wire.raw(await sign_in(wire.desk, "lawyer")) as socket:
        room = MESSAGE_LIMIT - 1 - len(head + tail)
        await socket.send_str(head + "x" * room + tail)
        assert "bad_message" in await socket.receive_str()
        await socket.send_str(head + "x" * (room + 1) + tail)
        end = await socket.receive()
        assert end.type in (aiohttp.WSMsgType.CLOSE, aiohttp.WSMsgType.CLOSED)
    assert (await page.ok("sync"))["role"] == "mediator", "nobody else noticed"


async def until_closed(socket: aiohttp.ClientWebSocketResponse) -> list[str]:
    """What the service still says (its goodbye aside) until it closes the connection."""
    said: list[str] = []
    while True:
        message = await socket.receive(timeout=20)
        if message.type is not aiohttp.WSMsgType.TEXT:
            assert message.type in (aiohttp.WSMsgType.CLOSE, aiohttp.WSMsgType.CLOSED), message
            return said
        if message.data not in (GOODBYE, PING):
            said.append(message.data)


MALFORMED = [
    "4",
    "42{",
    "42[",
    '42["command"',
    "42[]",
    "42[1]",
    "42[null]",
    "43",
    "431[]",
    '42["connect",{"HTTP_COOKIE":"yuntiao=x"},{"csrf":"x"}]',
    '42["disconnect"]',
    "2probe",
    '42{"command":1}',
    "429999999999999999999[]",
    '451-["command",{"_placeholder":true,"num":7}]',
    '4599999-["command"]',
    "45x-[]",
    "461-1[]",
    "44",
    "47",
    "9",
    "x",
    "",
    "4" + "[" * 5000,
    "42" + "[" * 50000 + "]" * 50000,
    '42["command",' + "9" * 5000 + "]",
    b"\x00\xff" * 100,
    b"",
]


@pytest.mark.parametrize("packet", MALFORMED, ids=lambda packet: repr(packet[:20]))
async def test_a_malformed_packet_ends_its_connection_and_harms_nobody(
    wire: Wire, page: Page, packet: str | bytes, caplog: pytest.LogCaptureFixture
) -> None:
    async with wire.raw(await sign_in(wire.desk, "lawyer")) as socket:
        if isinstance(packet, bytes):
            await socket.send_bytes(packet)
        else:
            await socket.send_str(packet)
        assert await until_closed(socket) == []
    assert (await page.ok("sync"))["role"] == "mediator"
    assert not [one for one in caplog.records if one.exc_info], "a line a packet, no traceback"


@pytest.mark.parametrize("packet", ['42/elsewhere,["command"]', "3", "41/elsewhere,"])
async def test_an_odd_packet_that_means_nothing_is_passed_over(
    wire: Wire, packet: str, caplog: pytest.LogCaptureFixture
) -> None:
    async with wire.raw(await sign_in(wire.desk, "lawyer")) as socket:
        await socket.send_str(packet)
        await socket.send_str('427["command",{}]')
        answer = await socket.receive_str()
        assert answer.startswith("437"), answer
    assert not [one for one in caplog.records if one.exc_info]


# The end of a sign-in.


async def test_a_command_after_the_sign_in_ended_is_refused_and_says_goodbye(wire: Wire) -> None:
    keys = await sign_in(wire.desk, "mediator")
    page = await wire.open(keys)
    await expire(wire.desk, keys)
    answer = await page.send("session.request", request_body())
    assert (answer["ok"], answer["code"]) == (False, "sign_in_needed")
    await eventually(lambda: page.byes)
    assert page.byes[0] == {"code": "sign_in_needed"}
    async with wire.desk.db.read() as read:
        assert await read.scalar(select(func.count()).select_from(Session)) == 0


async def test_a_page_that_only_listens_is_cut_off_too(wire: Wire) -> None:
    keys = await sign_in(wire.desk, "lawyer")
    page = await wire.open(keys)
    await page.ok("sync")
    await expire(wire.desk, keys)
    await eventually(lambda: page.byes and not page.socket.connected)
    seen = len(page.views)
    mediator, second = await wire.page("mediator"), await wire.page("second")
    await mediator.ok("session.request", request_body())
    await eventually(lambda: second.views and second.views[-1]["waiting"])
    assert len(page.views) == seen


async def test_a_fault_of_ours_is_a_code_and_not_a_traceback(
    wire: Wire, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    page = await wire.page("lawyer")

    async def broken(*_: object) -> None:
        raise RuntimeError("王建国")

    monkeypatch.setattr("server.sessions.repository.duty_of", broken)
    answer = await page.send("duty.on")
    assert (answer["ok"], answer["code"]) == (False, "internal")
    assert "王建国" not in answer["message"]
    assert "live.command_broken" in caplog.messages
