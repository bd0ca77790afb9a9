"""The control API: every route, every error, by its stable code."""

import asyncio
from collections.abc import AsyncIterator
from ipaddress import ip_address
from pathlib import Path
from typing import Any

import aiohttp
import pytest

from server.relay.config import RelayConfig, TcpControl
from server.relay.control import make_app
from server.relay.relay import Relay
from server.relay.service import serve
from tests.server.relay.fake_recorder import FakeRecorder
from tests.server.relay.offers import make_offer
from tests.server.relay.relays import ROOM, SESSION, Control, running_relay
from tests.server.relay.test_sdp import BAD
from tests.support.ports import free_port
from tests.support.waiting import eventually

PEER = "1" * 32
OTHER = "2" * 32


@pytest.fixture
async def control(tmp_path: Path) -> AsyncIterator[Control]:
    async with running_relay(tmp_path, FakeRecorder) as control:
        yield control


@pytest.fixture
async def room(control: Control) -> Control:
    await control.call("PUT", f"/rooms/{ROOM}", {"recording": None})
    return control


async def test_hello(room: Control) -> None:
    status, hello = await room.call("GET", "/hello")
    assert status == 200
    assert (hello["version"], hello["rooms"], hello["draining"]) == (1, 1, False)
    assert len(hello["boot"]) == 32
    assert 0 <= hello["load"] <= 1
    assert hello["boot"] == room.heard("hello")[0]["boot"]


async def test_rooms_are_made_once(control: Control) -> None:
    for _ in range(2):
        answer = await control.call("PUT", f"/rooms/{ROOM}", {"recording": None})
        assert answer == (200, {"room": ROOM, "recording": "off"})
    _, rooms = await control.call("GET", "/rooms")
    assert [one["room"] for one in rooms] == [ROOM]


async def test_a_room_armed_to_record(control: Control) -> None:
    body = {"recording": {"session": SESSION, "required": True}}
    for _ in range(2):
        answer = await control.call("PUT", f"/rooms/{ROOM}", body)
        assert answer == (200, {"room": ROOM, "recording": "armed"})


async def test_rooms_are_deleted_once_and_again(room: Control) -> None:
    for _ in range(2):
        assert await room.call("DELETE", f"/rooms/{ROOM}") == (204, None)
    assert (await room.call("GET", f"/rooms/{ROOM}"))[0] == 404


async def test_a_peer_joins_and_leaves(room: Control) -> None:
    status, body = await room.join(PEER, 3, make_offer())
    assert status == 200
    assert body["answer"].startswith("v=0\r\n")
    _, state = await room.call("GET", f"/rooms/{ROOM}")
    (peer,) = state["peers"]
    assert peer["peer"] == PEER
    assert (peer["place"], peer["role"], peer["connected"]) == (3, "party", False)
    for _ in range(2):
        assert await room.call("DELETE", f"/rooms/{ROOM}/peers/{PEER}") == (204, None)
    await eventually(lambda: room.heard("peer.gone"))
    assert [(e["peer"], e["reason"]) for e in room.heard("peer.gone")] == [(PEER, "deleted")]


async def test_two_peers_cannot_have_one_place(room: Control) -> None:
    await room.join(PEER, 3, make_offer())
    status, body = await room.join(OTHER, 3, make_offer())
    assert (status, body["code"]) == (409, "place_taken")
    assert (await room.join(PEER, 3, make_offer()))[0] == 200
    assert (await room.join(PEER, 4, make_offer()))[0] == 200
    assert (await room.join(OTHER, 3, make_offer()))[0] == 200


async def test_a_bad_offer_leaves_the_old_connection_alone(room: Control) -> None:
    await room.join(PEER, 0, make_offer())
    await room.join(PEER, 0, "v=0")
    _, state = await room.call("GET", f"/rooms/{ROOM}")
    assert len(state["peers"]) == 1


@pytest.mark.parametrize("name", BAD)
async def test_bad_offers(room: Control, name: str) -> None:
    status, body = await room.join(PEER, 0, BAD[name](make_offer()))
    assert (status, body["code"]) == (400, "bad_sdp")
    assert set(body) == {"code", "message"}


@pytest.mark.parametrize("size", [65 * 1024, 200 * 1024])
async def test_offers_beyond_all_size(room: Control, size: int) -> None:
    status, body = await room.join(PEER, 0, make_offer().ljust(size, "x"))
    assert (status, body["code"]) == (413, "sdp_too_large")


async def test_no_such_room(control: Control) -> None:
    status, body = await control.join(PEER, 0, make_offer())
    assert (status, body["code"]) == (404, "no_room")
    action = {"action": "pause", "reason": "x"}
    status, body = await control.call("POST", f"/rooms/{ROOM}/recording", action)
    assert (status, body["code"]) == (404, "no_room")
    assert (await control.call("DELETE", f"/rooms/{ROOM}/peers/{PEER}"))[0] == 204


@pytest.mark.parametrize(
    ("method", "path", "body"),
    [
        ("PUT", f"/rooms/{ROOM}", []),
        ("PUT", f"/rooms/{ROOM}", {}),
        ("PUT", f"/rooms/{ROOM}", {"recording": None, "more": 1}),
        ("PUT", f"/rooms/{ROOM}", {"recording": {"session": SESSION}}),
        ("PUT", f"/rooms/{ROOM}", {"recording": {"session": "../x", "required": True}}),
        ("PUT", f"/rooms/{ROOM}", {"recording": {"session": SESSION, "required": 1}}),
        ("POST", f"/rooms/{ROOM}/peers/{PEER}", {"place": 0, "role": "party"}),
        ("POST", f"/rooms/{ROOM}/peers/{PEER}", {"place": 12, "role": "party", "offer": ""}),
        ("POST", f"/rooms/{ROOM}/peers/{PEER}", {"place": True, "role": "party", "offer": ""}),
        ("POST", f"/rooms/{ROOM}/peers/{PEER}", {"place": 0, "role": "judge", "offer": ""}),
        ("POST", f"/rooms/{ROOM}/peers/{PEER}", {"place": 0, "role": "party", "offer": 1}),
        ("POST", f"/rooms/{ROOM}/recording", {"action": "erase", "reason": ""}),
        ("POST", f"/rooms/{ROOM}/recording", {"action": "pause", "reason": "x" * 65}),
        ("POST", f"/rooms/{ROOM}/recording", {"action": "pause", "reason": "\n"}),
        ("POST", f"/rooms/{ROOM}/recording", {"action": [], "reason": ""}),
    ],
)
async def test_bad_bodies(room: Control, method: str, path: str, body: Any) -> None:
    status, answer = await room.call(method, path, body)
    assert (status, answer["code"]) == (400, "bad_request")


@pytest.mark.parametrize(
    ("data", "kind", "status", "code"),
    [
        (b"{", "application/json", 400, "bad_request"),
        (b"\xff\xfe", "application/json", 400, "bad_request"),
        (b"[" * 100_000, "application/json", 400, "bad_request"),
        (b"{}", "text/plain", 415, "wrong_content_type"),
        (b" " * 200_000, "application/json", 413, "body_too_large"),
    ],
)
async def test_bad_contents(
    control: Control, data: bytes, kind: str, status: int, code: str
) -> None:
    async with control.http.put(
        f"http://relay/rooms/{ROOM}", data=data, headers={"Content-Type": kind}
    ) as response:
        assert response.status == status
        assert (await response.json())["code"] == code


@pytest.mark.parametrize(
    ("method", "path", "status", "code"),
    [
        ("GET", "/nothing", 404, "not_found"),
        ("PUT", "/rooms/../etc", 404, "not_found"),
        ("PUT", f"/rooms/{ROOM.upper()}", 404, "not_found"),
        ("GET", f"/rooms/{ROOM}/peers/{PEER}", 405, "method_not_allowed"),
        ("GET", "/events?after=-1", 400, "bad_request"),
        ("GET", "/events?after=x", 400, "bad_request"),
    ],
)
async def test_bad_paths(control: Control, method: str, path: str, status: int, code: str) -> None:
    found, body = await control.call(method, path)
    assert (found, body["code"]) == (status, code)


async def test_a_draining_relay_takes_no_new_rooms(room: Control) -> None:
    _, hello = await room.call("POST", "/drain")
    assert hello["draining"]
    assert (await room.call("PUT", f"/rooms/{ROOM}", {"recording": None}))[0] == 200
    status, body = await room.call("PUT", f"/rooms/{'c' * 32}", {"recording": None})
    assert (status, body["code"]) == (503, "draining")
    assert (await room.join(PEER, 0, make_offer()))[0] == 200


async def test_pictures_may_be_insisted_on_and_a_reconnection_keeps_it(room: Control) -> None:
    path = f"/rooms/{ROOM}/peers/{PEER}/pictures"
    status, body = await room.call("PUT", path, {"always": True})
    assert (status, body["code"]) == (404, "no_room")
    await room.join(PEER, 0, make_offer())
    assert await room.call("PUT", path, {"always": True}) == (200, {"video": "insisted"})
    await room.join(PEER, 0, make_offer())
    _, found = await room.call("GET", f"/rooms/{ROOM}")
    assert found["peers"][0]["video"] == "insisted"
    assert (await room.call("PUT", path, {"always": 1}))[0] == 400
    assert await room.call("PUT", path, {"always": False}) == (200, {"video": "shown"})


async def test_metrics_and_health(room: Control) -> None:
    async with room.http.get("http://relay/metrics") as response:
        text = await response.text()
    assert "relay_rooms 1.0" in text
    assert 'relay_peers_by_quality{level="bad"} 0.0' in text
    assert "relay_datagrams_received_total 0.0" in text
    assert await room.call("GET", "/healthz") == (200, {"status": "ok"})


async def test_events_can_be_heard_again(room: Control) -> None:
    for place in range(3):
        await room.join(PEER, place, make_offer())
        await room.call("DELETE", f"/rooms/{ROOM}/peers/{PEER}")
    await eventually(lambda: len(room.heard("peer.gone")) == 3)
    first = room.heard("peer.gone")[0]["n"]
    again = Control(room.http)
    listening = asyncio.create_task(again.listen(f"?after={first}"))
    await eventually(lambda: len(again.heard("peer.gone")) == 2)
    listening.cancel()
    await asyncio.wait([listening])


async def test_a_bug_is_told_without_a_traceback(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def broken(*_: object) -> None:
        raise ZeroDivisionError("secret")

    monkeypatch.setattr(Relay, "put_room", broken)
    async with running_relay(tmp_path, FakeRecorder) as control:
        status, body = await control.call("PUT", f"/rooms/{ROOM}", {"recording": None})
    assert (status, body["code"]) == (500, "internal")
    assert "secret" not in str(body)
    assert [record.message for record in caplog.records if record.levelname == "ERROR"] == [
        "relay.control_failed"
    ]


async def test_a_token_is_asked_for_on_tcp(tmp_path: Path) -> None:
    port = free_port()
    config = RelayConfig(
        TcpControl("127.0.0.1", port),
        0,
        (ip_address("127.0.0.1"),),
        tmp_path,
        token="0123456789abcdef",
    )
    stop = asyncio.Event()
    serving = asyncio.create_task(serve(config, stop, FakeRecorder))
    url = f"http://127.0.0.1:{port}/hello"
    async with aiohttp.ClientSession() as http:

        async def ask(**headers: str) -> int:
            async with http.get(url, headers=headers) as response:
                return response.status

        assert await eventually(ask) == 401
        assert await ask(Authorization="Bearer wrong") == 401
        assert await ask(Authorization="Bearer 0123456789abcdef") == 200
    stop.set()
    await serving


def test_every_route_is_listed_here() -> None:
    app = make_app(object.__new__(Relay), None)
    listed = {
        (route.method, route.resource.canonical) for route in app.router.routes() if route.resource
    }
    assert {route for route in listed if route[0] != "HEAD"} == {
        ("GET", "/hello"),
        ("GET", "/healthz"),
        ("GET", "/metrics"),
        ("GET", "/events"),
        ("POST", "/drain"),
        ("GET", "/rooms"),
        ("GET", "/rooms/{room}"),
        ("PUT", "/rooms/{room}"),
        ("DELETE", "/rooms/{room}"),
        ("PUT", "/rooms/{room}/circles"),
        ("POST", "/rooms/{room}/recording"),
        ("POST", "/rooms/{room}/peers/{peer}"),
        ("DELETE", "/rooms/{room}/peers/{peer}"),
        ("PUT", "/rooms/{room}/peers/{peer}/pictures"),
        ("POST", "/rooms/{room}/peers/{peer}/point"),
    }
