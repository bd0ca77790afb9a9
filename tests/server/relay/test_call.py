"""Calls of real browsers through the relay."""

import asyncio
from pathlib import Path

import pytest

from tests.conftest import OpenBrowser
from tests.server.relay.fake_recorder import FakeRecorder
from tests.server.relay.pages import Caller, calling_page
from tests.server.relay.relays import ROOM, running_relay
from tests.support.media import LAWYER, MEDIATOR
from tests.support.waiting import eventually

pytestmark = pytest.mark.e2e


async def test_two_browsers_see_and_hear_each_other(
    open_browser: OpenBrowser, tmp_path: Path
) -> None:
    async with running_relay(tmp_path, FakeRecorder) as control, calling_page(control) as address:
        await control.call("PUT", f"/rooms/{ROOM}", {"recording": None})
        first = await Caller.open(await open_browser(LAWYER), address, 0)
        second = await Caller.open(await open_browser(MEDIATOR), address, 1)
        await first.join()
        await second.join()
        await eventually(lambda: first.sees(1), 20)
        await eventually(lambda: second.sees(0), 20)
        rates = await asyncio.gather(_frame_rate(first, 1), _frame_rate(second, 0))
        assert min(rates) >= 15


async def _frame_rate(caller: Caller, place: int) -> float:
    before = (await caller.received(place))["video"]
    await asyncio.sleep(3)
    after = (await caller.received(place))["video"]
    frames: int = after["framesDecoded"] - before["framesDecoded"]
    passed_ms: float = after["timestamp"] - before["timestamp"]
    return frames / passed_ms * 1000
