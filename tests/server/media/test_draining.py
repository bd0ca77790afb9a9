"""What is stopped is emptied first: a relay by the command, a web process by itself."""

import asyncio
import os
import signal
import sys
from pathlib import Path

import aiohttp

from server.app import FINISH_WITHIN_S
from server.media.relay_client import RelayClient, RelayFull
from tests.support.processes import ROOT, start
from tests.support.service import Service
from tests.support.waiting import SLOWNESS, eventually

ROOM, OTHER = "a" * 32, "b" * 32


async def test_a_relay_is_drained(tmp_path: Path) -> None:
    """The command waits for the last room; meanwhile no new one is taken."""
    address = f"unix:{tmp_path / 'relay.sock'}"
    settings = {"YUNTIAO_DATA": str(tmp_path / "data"), "YUNTIAO_RELAYS": address}
    env = {**os.environ, **settings}
    options = ["--control", address, "--udp-port", "0", "--announce", "127.0.0.1"]
    options += ["--recordings", str(tmp_path / "recordings")]
    relay = start([sys.executable, "-m", "server.relay", *options], tmp_path / "relay.log")
    client = RelayClient(address, "")
    try:
        await eventually(lambda: (tmp_path / "relay.sock").exists())
        await eventually(client.hello)
        await client.put_room(ROOM, record=False)
        command = [sys.executable, "-m", "server", "drain"]
        draining = await asyncio.create_subprocess_exec(
            *command, cwd=ROOT, env=env, stdout=asyncio.subprocess.PIPE
        )
        assert draining.stdout is not None
        assert await draining.stdout.readline() == b"1 rooms are still open\n"
        refused = ""
        try:
            await client.put_room(OTHER, record=False)
        except RelayFull as error:
            refused = error.code
        assert refused == "draining"
        assert draining.returncode is None
        await client.delete_room(ROOM)
        said, _ = await draining.communicate()
        assert said.splitlines()[-1] == b"empty: it may be stopped"
        assert await draining.wait() == 0
    finally:
        await client.close()
        relay.stop()


async def _connects(web: Service) -> bool:
    async with aiohttp.ClientSession() as http:
        try:
            async with http.get(f"{web.url}/login") as response:
                return response.status == 200
        except aiohttp.ClientError:
            return False


async def test_a_web_process_lets_its_pages_go_at_once(tmp_path: Path) -> None:
    """An open socket does not hold up its end; the page is told by the socket's end."""
    web = Service("web", tmp_path, {"YUNTIAO_RELAYS": f"unix:{tmp_path}/none.sock"})
    web.start()
    try:
        await eventually(lambda: _connects(web), 60.0)
        async with aiohttp.ClientSession() as http:
            path = f"{web.url}/socket.io/?EIO=4&transport=websocket"
            async with http.ws_connect(path, headers={"Origin": web.url}) as socket:
                await socket.receive()
                web.program.send(signal.SIGTERM)
                async with asyncio.timeout(FINISH_WITHIN_S * SLOWNESS):
                    while not socket.closed:
                        await socket.receive()
        await eventually(lambda: not web.program.running, FINISH_WITHIN_S + 3)
        assert "Traceback" not in web.output()
    finally:
        web.stop()
