"""Calls of real browsers through the relay."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import suppress
from pathlib import Path
from typing import Any

import pytest

from tests.conftest import OpenBrowser
from tests.server.relay.pages import Caller, calling_page
from tests.server.relay.relays import ROOM, SESSION, Control, running_relay
from tests.support.media import LAWYER, MEDIATOR
from tests.support.waiting import eventually

pytestmark = pytest.mark.e2e

WATCHED_S = 3.0


class Consultation:
    """A lawyer in place 0 and a mediator in place 1, recorded."""

    def __init__(self, control: Control, lawyer: Caller, mediator: Caller) -> None:
        self.control = control
        self.lawyer = lawyer
        self.mediator = mediator

    async def is_live(self) -> bool:
        return await self.lawyer.sees(1) and await self.mediator.sees(0)


@pytest.fixture
async def consultation(open_browser: OpenBrowser, tmp_path: Path) -> AsyncIterator[Consultation]:
    browsers = await asyncio.gather(open_browser(LAWYER), open_browser(MEDIATOR))
    async with running_relay(tmp_path) as control, calling_page(control) as address:
        recording = {"session": SESSION, "required": True}
        await control.call("PUT", f"/rooms/{ROOM}", {"recording": recording})
        lawyer, mediator = [
            await Caller.open(browser, address, place) for place, browser in enumerate(browsers)
        ]
        consultation = Consultation(control, lawyer, mediator)
        await lawyer.join()
        await mediator.join()
        await eventually(consultation.is_live, 20)
        yield consultation


async def test_both_see_and_hear_each_other(consultation: Consultation) -> None:
    async def fluent() -> bool:
        rates = await asyncio.gather(
            _frame_rate(consultation.lawyer, 1), _frame_rate(consultation.mediator, 0)
        )
        return min(rates) >= 15

    await eventually(fluent, 20, "15 frames a second both ways")
    kinds = {event["type"] for event in consultation.control.events}
    assert {"peer.connected", "recording.started", "quality"} <= kinds
    assert len(consultation.control.heard("peer.connected")) == 2


async def test_the_sender_is_let_use_its_line(consultation: Consultation) -> None:
    async def outgoing() -> float:
        stats = await consultation.mediator.page.evaluate("sent()")
        available: float = stats["candidate-pair"]["availableOutgoingBitrate"]
        return available

    # Without feedback it would stay near 300 kbit/s. The browser feels for its line as it begins;
    # a calm picture gives it little reason to do so again if the machine was busy then.
    for _ in range(3):
        with suppress(AssertionError):
            await eventually(lambda: _at_least(outgoing, 600_000), 5)
            return
        await consultation.mediator.page.reload()
        await consultation.mediator.join()
    assert await eventually(lambda: _at_least(outgoing, 600_000), 20)


async def test_a_page_that_reloads_is_back_without_a_ghost(consultation: Consultation) -> None:
    lawyer, mediator = consultation.lawyer, consultation.mediator
    await mediator.page.reload()
    await mediator.join()
    before = await lawyer.frames(1)
    await eventually(lambda: _more_frames(lawyer, 1, before + 30), 20)
    await eventually(lambda: mediator.sees(0), 20)
    video = (await lawyer.received(1))["video"]
    assert video["packetsLost"] == 0
    _, room = await consultation.control.call("GET", f"/rooms/{ROOM}")
    assert len(room["peers"]) == 2
    assert not consultation.control.heard("peer.gone")


async def test_another_one_takes_the_place(consultation: Consultation) -> None:
    lawyer, mediator = consultation.lawyer, consultation.mediator
    await consultation.control.call("DELETE", f"/rooms/{ROOM}/peers/{mediator.peer}")
    mediator.peer = "f" * 32
    await mediator.join()
    before = await lawyer.frames(1)
    await eventually(lambda: _more_frames(lawyer, 1, before + 30), 20)
    await eventually(lambda: mediator.sees(0), 20)


async def test_the_recording_is_the_call(consultation: Consultation) -> None:
    control = consultation.control
    sent = {}
    for caller in (consultation.lawyer, consultation.mediator):
        await asyncio.sleep(WATCHED_S / 2)  # something to record
        sent[caller.peer] = (await caller.page.evaluate("sent()"))["outbound-rtp"]["framesSent"]
    await control.call("DELETE", f"/rooms/{ROOM}")
    await eventually(lambda: control.heard("recording.closed"))
    records = [event["record"] for event in control.heard("recording.segment")]
    for peer, frames in sent.items():
        recorded = _frames(records, peer, "camera")
        assert recorded >= 0.95 * frames
        assert _frames(records, peer, "microphone") > 100


def _frames(records: list[dict[str, Any]], peer: str, track: str) -> int:
    wanted = (peer, track)
    return sum(r["frames"] for r in records if (r["participant"], r["track"]) == wanted)


async def _at_least(read: Any, wanted: float) -> bool:
    return bool(await read() >= wanted)


async def _more_frames(caller: Caller, place: int, wanted: int) -> bool:
    return await caller.frames(place) >= wanted


async def _frame_rate(caller: Caller, place: int) -> float:
    before = (await caller.received(place))["video"]
    await asyncio.sleep(WATCHED_S)  # a rate is of a time
    after = (await caller.received(place))["video"]
    frames: int = after["framesDecoded"] - before["framesDecoded"]
    passed_ms: float = after["timestamp"] - before["timestamp"]
    return frames / passed_ms * 1000
