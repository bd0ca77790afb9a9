"""Pointing at a shared page: told in its circle, not too often, and kept by nobody."""

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest

from server.relay.pointing import LEAST_S, Pointing
from tests.server.relay.calls import Call, Member, running_call
from tests.server.relay.relays import ROOM
from tests.support.waiting import eventually

ASIDE = "a" * 32


@pytest.fixture
async def call(tmp_path: Path) -> AsyncIterator[Call]:
    async with running_call(tmp_path) as call:
        yield call


async def point(call: Call, who: Member, x: float = 0.25) -> bool:
    """Whether it is passed on; after a pause that no finger needs."""
    await asyncio.sleep(LEAST_S + 0.05)
    path = f"/rooms/{ROOM}/peers/{who.peer}/point"
    status, answer = await call.control.call("POST", path, {"x": x, "y": 0.75})
    assert status == 200, answer
    told: bool = answer["told"]
    return told


async def share(members: list[Member], owner: Member) -> None:
    """Send a screen until the others have it."""
    watching = [one for one in members if one is not owner]
    seq = iter(range(100, 4000))

    async def arrives() -> bool:
        owner.send_screen(next(seq), keyframe=True)
        await asyncio.sleep(0)
        return all(one.screen() for one in watching)

    await eventually(arrives)


def told(call: Call) -> list[dict[str, Any]]:
    return [one for one in call.control.events if one["type"] == "pointed"]


async def test_only_who_sees_the_page_is_told(call: Call) -> None:
    mediator, lawyer, one, other = members = [await call.member(place) for place in range(4)]
    everybody = {member.peer: "joint" for member in members}
    path = f"/rooms/{ROOM}/circles"
    await call.control.call("PUT", path, {"version": 1, "groups": everybody, "muted": []})
    assert not await point(call, lawyer), "nobody shares anything"
    await share(members, mediator)
    assert await point(call, lawyer, 0.5)
    await eventually(lambda: told(call))
    (event,) = told(call)
    assert (event["peer"], event["x"], event["y"]) == (lawyer.peer, 0.5, 0.75)
    assert set(event["to"]) == {mediator.peer, one.peer, other.peer}
    apart = {
        mediator.peer: ASIDE,
        one.peer: ASIDE,
        lawyer.peer: lawyer.peer,
        other.peer: other.peer,
    }
    await call.control.call("PUT", path, {"version": 2, "groups": apart, "muted": []})
    for outside in (lawyer, other):
        assert not await point(call, outside), "the page is in another circle"
    for inside, hears in ((one, mediator), (mediator, one)):
        assert await point(call, inside)
        await eventually(lambda who=inside: told(call)[-1]["peer"] == who.peer)  # type: ignore[misc]
        assert told(call)[-1]["to"] == [hears.peer]
    assert len(told(call)) == 3
    again = asyncio.create_task(call.control.listen("?after=0"))
    call.control.events.clear()
    await eventually(lambda: call.control.events)
    assert told(call) == [], "a spot of a moment ago is nothing to come back to"
    again.cancel()
    await asyncio.gather(again, return_exceptions=True)


@pytest.mark.parametrize("body", [{}, {"x": 2, "y": 0}, {"x": True, "y": 0}, {"x": "0", "y": 0}])
async def test_a_spot_is_of_the_picture(call: Call, body: object) -> None:
    member = await call.member(0)
    path = f"/rooms/{ROOM}/peers/{member.peer}/point"
    assert (await call.control.call("POST", path, body))[0] == 400
    nobody = f"/rooms/{ROOM}/peers/{'f' * 32}/point"
    assert (await call.control.call("POST", nobody, {"x": 0, "y": 0}))[0] == 404


def test_as_a_finger_moves_and_no_faster() -> None:
    pointing = Pointing()
    passed = [pointing.take("a", n / 100) for n in range(100)]
    assert sum(passed) == 5
    assert pointing.take("b", 0.99), "each has a finger of their own"
    pointing.forget("a")
    assert pointing.take("a", 0.99)
