"""The event stream: numbers, history, heartbeat, and what happens to the slow."""

import asyncio
import json

import pytest

from server.relay import events
from server.relay.events import EventHub, Reader


async def read(reader: Reader, count: int) -> list[dict[str, object]]:
    """The next ``count`` events; heartbeats are left out."""
    found: list[dict[str, object]] = []
    async with asyncio.timeout(5):
        async for chunk in reader.chunks():
            found += [json.loads(line) for line in chunk.splitlines() if line]
            if len(found) >= count:
                break
    return found


async def test_a_reader_is_greeted_and_told() -> None:
    hub = EventHub("boot", wall=lambda: 12.5)
    reader = hub.open(None)
    hub.emit("peer.gone", "room", peer="p")
    hello, event = await read(reader, 2)
    assert hello == {"type": "hello", "boot": "boot", "n": 0}
    assert event == {"n": 1, "type": "peer.gone", "room": "room", "at": 12.5, "peer": "p"}


async def test_every_reader_hears_everything() -> None:
    hub = EventHub("boot")
    readers = [hub.open(None), hub.open(None)]
    hub.emit("x", "room")
    for reader in readers:
        assert [event["type"] for event in await read(reader, 2)] == ["hello", "x"]


async def test_what_came_after_a_number_is_told_again() -> None:
    hub = EventHub("boot")
    for number in range(5):
        hub.emit("x", str(number))
    assert [event["n"] for event in await read(hub.open(3), 3)] == [5, 4, 5]
    assert [event["n"] for event in await read(hub.open(None), 1)] == [5]


async def test_the_history_is_bounded() -> None:
    hub = EventHub("boot")
    for _ in range(5000):
        hub.emit("x", "room")
    found = await read(hub.open(0), 4097)
    assert len(found) == 4097
    assert found[1]["n"] == 5000 - 4096 + 1


async def test_a_long_history_is_told_to_who_comes_back() -> None:
    """It is no reason to cut a reader off that it is told at once what it was away for."""
    hub = EventHub("boot")
    for _ in range(4096):
        hub.emit("x", "room", filling="y" * 1000)
    assert len(await read(hub.open(0), 4097)) == 4097


async def test_what_passes_drives_nothing_out_of_the_history() -> None:
    hub = EventHub("boot")
    hub.emit("peer.gone", "room", peer="p")
    for _ in range(5000):
        hub.pass_on("quality", "room", peers={})
    assert [event["type"] for event in await read(hub.open(0), 2)] == ["hello", "peer.gone"]


async def test_a_slow_reader_is_cut_off() -> None:
    hub = EventHub("boot")
    reader = hub.open(None)
    for _ in range(1100):
        hub.emit("x", "room", filling="y" * 1000)
    assert [chunk async for chunk in reader.chunks()] == []


async def test_silence_is_broken_by_blank_lines(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(events, "_HEARTBEAT", 0.01)
    reader = EventHub("boot").open(None)
    chunks = reader.chunks()
    async with asyncio.timeout(5):
        assert (await anext(chunks)).startswith(b"{")
        assert await anext(chunks) == b"\n"


async def test_streams_end_with_the_process() -> None:
    hub = EventHub("boot")
    reader = hub.open(None)
    gathering = asyncio.create_task(read(reader, 100))
    await asyncio.sleep(0)
    hub.close()
    assert len(await gathering) <= 1
