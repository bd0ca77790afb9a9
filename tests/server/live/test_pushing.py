"""Views reach whom they are for, once per change at least, and commands are done in order."""

import asyncio
import json
from collections.abc import AsyncIterator, Callable, Collection, Mapping
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest
from sqlalchemy import func, select

from server.live.connections import Connection
from server.live.hub import Hub
from server.storage.engine import Database
from server.storage.schema import Session
from server.web.principal import Principal
from signaling.rights import Role
from tests.server.live.wire import Wire, open_wire, sign_in
from tests.server.sessions.desk import advice_body, request_body
from tests.support.waiting import eventually

ROOM = (
    {"id": "here", "beside": True, "me": False},
    {"id": "apart", "beside": False, "me": False},
)
SECRETS = ("王建国", "李秀英", "拖欠工资三个月", "先申请劳动仲裁")


@pytest.fixture
async def wire(small: Database, tmp_path: Path) -> AsyncIterator[Wire]:
    async with open_wire(small, tmp_path) as opened:
        yield opened


async def test_a_call_is_shown_to_its_people_and_to_nobody_else(wire: Wire) -> None:
    mediator, lawyer = await wire.page("mediator"), await wire.page("lawyer")
    others = [await wire.page(name) for name in ("neighbour", "elsewhere", "second", "admin")]
    await lawyer.ok("duty.on")
    await mediator.shown(duty=[{"id": wire.desk.id("lawyer"), "name": "某lawyer"}])
    session = (await mediator.ok("session.request", request_body()))["session"]

    def rung() -> bool:
        return bool(lawyer.views[-1]["ringing"])

    await eventually(rung, what="the lawyer is rung")
    assert lawyer.views[-1]["ringing"]["persons"] == ["王建国", "李秀英"]
    await lawyer.ok("call.accept", {"session": session, "recording": True})
    await lawyer.ok("advice.add", advice_body(session))

    def advised() -> bool:
        return bool(mediator.views[-1]["session"]["advice"])

    await eventually(advised, what="the advice appears at the terminal at once")
    await lawyer.ok("session.hang_up", {"session": session})
    for page in others:
        (await page.ok("sync"))
        text = json.dumps(page.views, ensure_ascii=False)
        assert not [secret for secret in SECRETS if secret in text]
    for terminal in others[:2]:
        assert session not in json.dumps(terminal.views)


async def test_every_page_of_a_person_is_shown_the_same(wire: Wire) -> None:
    keys = await sign_in(wire.desk, "lawyer")
    first, second = await wire.open(keys), await wire.open(keys)
    await first.ok("duty.on")
    for page in (first, second):

        def on_duty(page: Any = page) -> bool:
            return bool(page.views) and page.views[-1]["duty"]["on"] is True

        await eventually(on_duty)


async def test_a_command_sent_again_on_a_new_connection_is_done_once(wire: Wire) -> None:
    keys, id = await sign_in(wire.desk, "mediator"), str(uuid4())
    lost = await wire.open(keys)
    first = await lost.ok("session.request", request_body(), id)
    await lost.socket.disconnect()
    again = await wire.open(keys)
    assert await again.ok("session.request", request_body(), id) == first
    assert (await again.ok("sync"))["session"]["id"] == first["session"]
    async with wire.desk.db.read() as read:
        assert await read.scalar(select(func.count()).select_from(Session)) == 1


async def test_commands_of_a_connection_are_carried_out_in_order(wire: Wire) -> None:
    page = await wire.page("lawyer")
    order: list[int] = []
    for number in range(20):
        envelope = {"v": 1, "id": str(uuid4()), "type": f"duty.{'off' if number % 2 else 'on'}"}

        def answered(_answer: object, number: int = number) -> None:
            order.append(number)

        await page.socket.emit("command", envelope, callback=answered)
    assert (await page.ok("sync"))["duty"]["on"] is False
    await eventually(lambda: len(order) == 20)
    assert order == list(range(20))


async def test_without_a_relay_an_offer_is_a_clear_error(wire: Wire) -> None:
    mediator, lawyer = await wire.page("mediator"), await wire.page("lawyer")
    session = (await mediator.ok("session.request", request_body()))["session"]
    await lawyer.ok("duty.on")
    await lawyer.ok("call.accept", {"session": session, "recording": True})
    answer = await lawyer.send("media.offer", {"session": session, "sdp": "v=0"})
    assert (answer["ok"], answer["code"]) == (False, "relay_unavailable")
    assert (await lawyer.ok("sync"))["session"]["state"] == "accepted"


# The hub alone.


def principal(name: str, role: Role = Role.LAWYER) -> Principal:
    return Principal(name, role, name, None, None, "", "")


def me_of(name: str) -> dict[str, Any]:
    return {"id": f"me of {name}", "beside": True, "me": True}


class Stage:
    """A hub whose views and sockets are the test's own."""

    def __init__(self) -> None:
        self.shown: list[tuple[str, str, Any]] = []
        self.computed = 0
        self.broken = 0
        self.asked: list[set[str]] = []
        self.queue: list[str] = []
        self.when_shown: dict[str, Callable[[], None]] = {}
        self.held: asyncio.Event | None = None
        self.hub = Hub(self, self._show)

    def queues(self) -> list[tuple[str, list[str]]]:
        """Who has been shown which queue, in order."""
        return [(one, body["queue"]) for one, _, body in self.shown]

    async def about(self, sessions: Collection[str]) -> Collection[str]:
        """A session is about the one person of the same name."""
        self.asked.append(set(sessions))
        return sessions

    async def common(self) -> object:
        return list(self.queue)

    def renewed(self, view: Mapping[str, Any], _who: Principal, common: object) -> Any:
        return None if view.get("queue") == common else {**view, "queue": common}

    async def whole(self, who: Principal) -> dict[str, Any]:
        self.computed += 1
        if self.broken:
            self.broken -= 1
            raise ConnectionError
        session = {"id": f"of {who.name}", "participants": [*ROOM, me_of(who.name)]}
        view = {"n": self.computed, "session": session, "queue": list(self.queue)}
        if self.held is not None:
            await self.held.wait()
        return view

    async def _show(self, connection: str, event: str, body: Any) -> None:
        self.shown.append((connection, event, body))
        self.when_shown.pop(connection, lambda: None)()

    async def enter(self, name: str, role: Role = Role.LAWYER) -> Connection:
        connection = Connection(name, principal(name, role), {})
        self.hub.open(connection)
        await self.hub.view(connection)
        return connection


@pytest.fixture
async def stage() -> AsyncIterator[Stage]:
    made = Stage()
    running = asyncio.create_task(made.hub.run())
    yield made
    for connection in made.hub.connections():
        made.hub.close(connection.id)
    running.cancel()
    await asyncio.gather(running, return_exceptions=True)


async def test_many_changes_become_few_views_and_the_last_is_never_lost(stage: Stage) -> None:
    await stage.enter("a")
    for _ in range(500):
        stage.hub.changed(frozenset({"a"}))
    await eventually(lambda: stage.shown)
    stage.hub.changed(None)
    await eventually(lambda: len(stage.shown) == 2)
    assert stage.computed == 3, "once at first, once for the five hundred, once for the last"


async def test_a_change_is_shown_to_whom_it_is_about_and_only_its_common_part_to_others(
    stage: Stage,
) -> None:
    for name in ("a", "b", "c"):
        await stage.enter(name)
    stage.queue = ["x"]
    stage.hub.changed(frozenset({"a", "of b"}))
    await eventually(lambda: {one for one, _, _ in stage.shown} == {"a", "b", "c"})
    assert stage.computed == 5, "a, whom it is about, and b, who shows it"
    (last,) = (body for one, _, body in stage.shown if one == "c")
    session = {"id": "of c", "participants": [*ROOM, me_of("c")]}
    assert last == {"n": 3, "session": session, "queue": ["x"], "spread": 1000}
    shown = len(stage.shown)
    stage.hub.changed(frozenset({"nobody"}))
    await eventually(lambda: len(stage.asked) == 2)
    stage.hub.acted("c")
    await eventually(lambda: len(stage.shown) == shown + 1)
    assert stage.shown[-1][0] == "c", "nothing new for the others"


async def test_a_page_is_never_shown_an_older_common_part_than_its_own_view(stage: Stage) -> None:
    names = [f"{n:02}" for n in range(50)]
    for name in names:
        await stage.enter(name)

    def the_round_has_begun() -> None:
        stage.queue = ["newer"]
        stage.hub.acted("49")

    stage.when_shown["00"] = the_round_has_begun
    stage.queue = ["older"]
    stage.hub.changed(frozenset({"nobody"}))
    await eventually(lambda: ("48", ["older"]) in stage.queues(), what="the round is over")
    assert [queue for one, queue in stage.queues() if one == "49"] == [["newer"]]


async def test_a_view_that_took_long_has_the_common_part_that_others_were_shown_meanwhile(
    stage: Stage,
) -> None:
    await stage.enter("slow")
    await stage.enter("other")
    stage.held = asyncio.Event()
    stage.hub.acted("slow")
    await eventually(lambda: stage.computed == 3, what="its view is being computed")
    stage.queue = ["x"]
    stage.hub.changed(frozenset({"nobody"}))
    await eventually(lambda: ("other", ["x"]) in stage.queues())
    stage.held.set()
    await eventually(lambda: stage.queues()[-1] == ("slow", ["x"]))


async def test_a_view_that_was_begun_before_never_follows_a_newer_one(stage: Stage) -> None:
    page = await stage.enter("a")
    held = stage.held = asyncio.Event()
    asked = asyncio.create_task(stage.hub.view(page))
    await eventually(lambda: stage.computed == 2, what="the older is being computed")
    stage.held = None
    stage.queue = ["newer"]
    stage.hub.acted("a")
    await eventually(lambda: not page.stale.is_set(), what="the newer is under way")
    for _ in range(20):
        await asyncio.sleep(0)  # as far as it gets
    held.set()
    await asked
    await eventually(lambda: (page.shown or {})["queue"] == ["newer"])
    assert stage.queues() == [("a", ["newer"])]


async def test_who_acted_is_shown_it_on_all_pages(stage: Stage) -> None:
    await stage.enter("a")
    other = Connection("a again", principal("a"), {})
    stage.hub.open(other)
    stage.hub.acted("a")
    await eventually(lambda: {one for one, _, _ in stage.shown} == {"a", "a again"})


async def test_a_view_that_could_not_be_computed_is_tried_again(
    stage: Stage, caplog: pytest.LogCaptureFixture
) -> None:
    await stage.enter("a")
    stage.broken = 1
    stage.hub.changed(None)
    await eventually(lambda: stage.shown)
    assert "live.push_failed" in caplog.messages


async def test_many_pages_are_told_to_spread_their_return(stage: Stage) -> None:
    first = await stage.enter("first")
    assert (first.shown or {})["spread"] == 1000
    for n in range(1999):
        stage.hub.open(Connection(f"{n}", principal("nobody"), {}))
    assert (await stage.hub.view(first))["spread"] == 5000
    await stage.enter("other")
    stage.queue = ["x"]
    stage.hub.changed(frozenset({"other"}))

    def told() -> bool:
        return any(one == "first" and body["spread"] >= 5000 for one, _, body in stage.shown)

    await eventually(told, what="with the common part, who came first hears of it too")


async def test_quality_reaches_those_in_the_session_alone() -> None:
    stage = Stage()
    await stage.enter("a")
    await stage.enter("b")
    peers: dict[str, dict[str, float]] = {"here": {}, "apart": {}, "unknown": {}}
    await stage.hub.quality("of a", peers)
    assert stage.shown == [("a", "quality", {"session": "of a", "peers": {"here": {}}})]
    for name in ("a", "b", "nobody"):
        stage.hub.close(name)
    await stage.hub.quality("of a", {"p": {}})
    assert len(stage.shown) == 1


async def test_a_spot_is_shown_to_whom_the_relay_names_if_their_page_knows_who_points() -> None:
    stage = Stage()
    for name in ("a", "b", "c"):
        await stage.enter(name)
    told = {"peer": "here", "to": ["me of a", "me of c"], "x": 0.5, "y": 0.25}
    await stage.hub.pointed("of a", told)
    spot = {"session": "of a", "participant": "here", "x": 0.5, "y": 0.25}
    assert stage.shown == [("a", "point", spot)], "b and c show other sessions"
    await stage.hub.pointed("of b", told)
    await stage.hub.pointed("of a", {**told, "peer": "apart"})
    await stage.hub.pointed("of a", {**told, "peer": "unknown"})
    assert len(stage.shown) == 1
    for name in ("a", "b", "c"):
        stage.hub.close(name)


async def test_whose_leases_are_renewed() -> None:
    stage = Stage()
    await stage.enter("a")
    await stage.enter("m", Role.MEDIATOR)
    assert stage.hub.lawyers() == {"a"}
    stage.hub.close("a")
    stage.hub.close("m")
    assert stage.hub.lawyers() == set()
