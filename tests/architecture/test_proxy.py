"""The proxy of production, run for real before a stand-in for the web process."""

import os
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from aiohttp import ClientConnectionError, ClientSession, WSMsgType, web
from aiohttp.test_utils import TestServer

from tests.architecture.source import ROOT
from tests.support.ports import free_port
from tests.support.processes import running
from tests.support.waiting import eventually


async def page(request: web.Request) -> web.Response:
    seen = {name: request.headers.get(name) for name in ("Host", "X-Real-IP", "X-Forwarded-Proto")}
    return web.json_response(seen)


async def echo(request: web.Request) -> web.WebSocketResponse:
    socket = web.WebSocketResponse()
    await socket.prepare(request)
    async for message in socket:
        await socket.send_str(f"heard {message.data}")
    return socket


@pytest.fixture
async def proxy(tmp_path: Path) -> AsyncIterator[str]:
    """The address of Caddy under its own file; plain HTTP, since a test owns no certificate."""
    app = web.Application()
    app.add_routes([web.get("/", page), web.get("/metrics", page), web.get("/socket", echo)])
    address = f"http://localhost:{free_port()}"
    async with TestServer(app) as upstream:
        env = {
            **os.environ,
            "HOME": str(tmp_path),
            "XDG_DATA_HOME": str(tmp_path),
            "SITE": address,
            "WEB_HOST": "localhost",
            "WEB_PORT": str(upstream.port),
        }
        caddyfile = str(ROOT / "server/deploy/Caddyfile")
        command = ["caddy", "run", "--adapter", "caddyfile", "--config", caddyfile]
        with running(command, tmp_path / "caddy.log", env):
            await eventually(lambda: answers(address), timeout=20, what="caddy")
            yield address


async def answers(address: str) -> bool:
    async with ClientSession() as http:
        try:
            async with http.get(address) as response:
                return response.status == 200
        except ClientConnectionError:
            return False


async def test_a_page_passes_with_who_asked_and_how(proxy: str) -> None:
    forged = {"X-Real-IP": "203.0.113.9"}
    async with ClientSession() as http, http.get(proxy, headers=forged) as response:
        seen = await response.json()
        assert response.headers["Strict-Transport-Security"]
        assert "Server" not in response.headers
    assert seen["Host"] == proxy.removeprefix("http://")
    assert seen["X-Real-IP"] in {"127.0.0.1", "::1"}
    assert seen["X-Forwarded-Proto"] == "http"


async def test_a_socket_passes(proxy: str) -> None:
    async with ClientSession() as http, http.ws_connect(f"{proxy}/socket") as socket:
        await socket.send_str("hello")
        answer = await socket.receive(timeout=5)
    assert (answer.type, answer.data) == (WSMsgType.TEXT, "heard hello")


async def test_figures_are_not_for_the_world(proxy: str) -> None:
    async with ClientSession() as http, http.get(f"{proxy}/metrics") as response:
        assert response.status == 404
