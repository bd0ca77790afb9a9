"""Debian's Firefox ESR, driven over WebDriver BiDi: its own websocket and nothing between."""

import asyncio
import contextlib
import itertools
import json
import os
import re
import shutil
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import aiohttp

_PREFERENCES: dict[str, object] = {
    # Fake devices without a question, sound without a touch, addresses and not names.
    "media.navigator.streams.fake": True,
    "media.navigator.permission.disabled": True,
    "media.autoplay.default": 0,
    "media.peerconnection.ice.obfuscate_host_addresses": False,
    # Nothing is fetched, reported or offered.
    "app.update.enabled": False,
    "browser.shell.checkDefaultBrowser": False,
    "browser.startup.homepage_override.mstone": "ignore",
    "datareporting.policy.dataSubmissionEnabled": False,
    "extensions.systemAddon.update.enabled": False,
    "network.captive-portal-service.enabled": False,
    "network.connectivity-service.enabled": False,
    "toolkit.telemetry.enabled": False,
}
_STARTS_WITHIN_S = 60


class FirefoxPage:
    """One tab."""

    def __init__(self, socket: aiohttp.ClientWebSocketResponse) -> None:
        self._socket = socket
        self._numbers = itertools.count(1)
        self._context = ""

    async def begin(self) -> None:
        await self._call("session.new", capabilities={})
        tree = await self._call("browsingContext.getTree")
        self._context = tree["contexts"][0]["context"]

    async def goto(self, url: str) -> None:
        await self._call(
            "browsingContext.navigate", context=self._context, url=url, wait="complete"
        )

    async def evaluate(self, function: str, argument: object = None) -> Any:
        """Call a JavaScript function, or what an expression is; JSON goes in and comes out."""
        called = f"typeof f === 'function' ? f({json.dumps(argument)}) : f"
        text = (
            f"(async () => {{ const f = ({function}); return JSON.stringify(await ({called})) }})()"
        )
        answer = await self._call(
            "script.evaluate",
            expression=text,
            target={"context": self._context},
            awaitPromise=True,
        )
        if answer["type"] != "success":
            raise AssertionError(answer["exceptionDetails"]["text"])
        value = answer["result"].get("value")
        return None if value is None else json.loads(value)

    async def _call(self, method: str, **parameters: object) -> Any:
        number = next(self._numbers)
        await self._socket.send_json({"id": number, "method": method, "params": parameters})
        while True:
            answer = await self._socket.receive_json(timeout=_STARTS_WITHIN_S)
            if answer.get("id") == number:
                assert answer["type"] == "success", answer
                return answer["result"]


@contextlib.asynccontextmanager
async def firefox(folder: Path) -> AsyncIterator[FirefoxPage]:
    """A Firefox of its own, with a fresh profile in `folder`."""
    profile = folder / "firefox"
    profile.mkdir()
    lines = (f'user_pref("{k}", {json.dumps(v)});' for k, v in _PREFERENCES.items())
    (profile / "user.js").write_text("\n".join(lines))
    program = shutil.which("firefox-esr") or "/usr/bin/firefox-esr"
    process = await asyncio.create_subprocess_exec(
        *(program, "--headless", "--no-remote", "--profile", str(profile)),
        *("--remote-debugging-port", "0", "about:blank"),
        stdout=asyncio.subprocess.DEVNULL,
        stderr=asyncio.subprocess.PIPE,
        env={**os.environ, "HOME": str(profile)},
        start_new_session=True,
    )
    assert process.stderr is not None
    try:
        address = await asyncio.wait_for(_address(process.stderr), _STARTS_WITHIN_S)
        draining = asyncio.create_task(_drain(process.stderr))
        async with (
            aiohttp.ClientSession() as session,
            session.ws_connect(f"{address}/session", max_msg_size=0) as socket,
        ):
            page = FirefoxPage(socket)
            await page.begin()
            yield page
        draining.cancel()
    finally:
        with contextlib.suppress(ProcessLookupError):
            os.killpg(process.pid, 9)
        await process.wait()


async def _address(output: asyncio.StreamReader) -> str:
    while line := await output.readline():
        if found := re.search(rb"WebDriver BiDi listening on (ws://\S+)", line):
            return found[1].decode()
    raise AssertionError("Firefox ended before it listened")


async def _drain(output: asyncio.StreamReader) -> None:
    while await output.readline():
        pass
