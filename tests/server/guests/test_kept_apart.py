"""Two people who must never meet: not in any room, view or message, whatever anybody does.

`--schedules 10000` for a long run; a schedule is one session and thirty things that people do.
"""

import random
from collections.abc import Awaitable, Callable, Collection
from pathlib import Path

import pytest

from server.live.connections import Connection
from server.live.hub import Hub, View
from server.storage.engine import Database
from server.web.principal import Principal
from signaling.errors import UserError
from tests.server.guests.lobby import Lobby, open_lobby
from tests.server.guests.world import World, database_in_memory
from tests.server.sessions.desk import open_desk

STEPS = 30
PEOPLE = ("甲方", "乙方", "证人")
SAID = {name: f"{name}写的话" for name in PEOPLE}
Step = Callable[[Lobby, str], Awaitable[object]]


async def come(lobby: Lobby, name: str) -> None:
    await lobby.use(await lobby.invite(name))
    await lobby.answer(name)
    await lobby.know(name)


async def admit(lobby: Lobby, name: str) -> None:
    await lobby.act("guest.admit", name)
    await lobby.connect(name)


async def ask_aside(lobby: Lobby, name: str) -> None:
    await lobby.act("aside.invite", name, lawyers=await lobby.lawyers("lawyer"))


STEPS_OF: dict[str, Step] = {
    "come": come,
    "admit": admit,
    "knock": lambda lobby, name: lobby.send(name, "guest.knock"),
    "leave": lambda lobby, name: lobby.send(name, "guest.leave"),
    "send_out": lambda lobby, name: lobby.act("guest.send_out", name),
    "refuse": lambda lobby, name: lobby.act("guest.refuse", name),
    "ask_aside": ask_aside,
    "go_aside": lambda lobby, name: lobby.send(name, "aside.answer", accept=True),
    "return": lambda lobby, name: lobby.send("mediator", "aside.return"),
    "write": lambda lobby, name: lobby.send(name, "room.say", text=SAID[name]),
    "wave": lambda lobby, name: lobby.send(name, "room.hand", raised=True),
}
# Coming in is what makes a schedule dangerous.
WEIGHTS = [8 if step in ("knock", "admit") else 1 for step in STEPS_OF]


async def never_meet(lobby: Lobby) -> None:
    circles = await lobby.divided()
    one, other = (circles.get(name) for name in PEOPLE[:2])
    assert one is None or other is None, circles
    for name, them in (PEOPLE[:2], PEOPLE[1::-1]):
        if name in lobby.desk.people:
            view = repr(await lobby.view(name))
            assert them not in view, view


async def schedule(lobby: Lobby, seed: int) -> int:
    """Do thirty things at random; how often somebody was kept out because of the rule."""
    chance = random.Random(seed)
    kept_out = 0
    for _ in range(STEPS):
        (step,) = chance.choices(list(STEPS_OF.values()), WEIGHTS)
        try:
            await step(lobby, chance.choice(PEOPLE))
        except UserError as error:  # nothing has changed then
            kept_out += error.code == "kept_apart"
        else:
            await never_meet(lobby)
    return kept_out


async def in_the_lobby(db: Database) -> Lobby:
    """A talk with three who are ready to come in, of whom two must not meet."""
    lobby = await open_lobby(await open_desk(db))
    for name in PEOPLE:
        await come(lobby, name)
    one, other = (lobby.people[name] for name in PEOPLE[:2])
    await lobby.send("mediator", "persons.keep_apart", one=one, other=other)
    return lobby


@pytest.mark.timeout(36000)
async def test_the_two_never_meet(
    sqlite_template: Path, monkeypatch: pytest.MonkeyPatch, request: pytest.FixtureRequest
) -> None:
    rounds: int = request.config.getoption("--schedules")
    kept_out = 0
    async with database_in_memory(sqlite_template, monkeypatch) as db:
        world = await World.as_it_is(await in_the_lobby(db))
        for seed in range(rounds):
            kept_out += await schedule(await world.put_back(), seed)
        world.close()
    assert kept_out > 0, "the rule was never put to the test"


async def test_two_who_are_together_are_parted(lobby: Lobby) -> None:
    await lobby.inside("甲方")
    lobby.desk.clock.forward(seconds=1)
    await lobby.inside("乙方")
    one, other = lobby.people["甲方"], lobby.people["乙方"]
    await lobby.send("mediator", "persons.keep_apart", one=other, other=one, reason="保护令")
    circles = await lobby.divided()
    assert "甲方" in circles
    assert "乙方" not in circles
    assert await lobby.refused("mediator", "guest.admit", person=other) == "kept_apart"
    await lobby.act("guest.send_out", "甲方")
    await lobby.act("guest.admit", "乙方")
    assert "乙方" in await lobby.divided(), "one after the other: shuttle mediation"


class Pages:
    """What pages show, as the hub asks for it."""

    def __init__(self, lobby: Lobby, name: str) -> None:
        self._lobby, self._name = lobby, name

    async def whole(self, principal: Principal) -> View:
        return await self._lobby.view(self._name)

    async def about(self, sessions: Collection[str]) -> Collection[str]:
        return ()

    async def common(self) -> object:
        return None

    def renewed(self, view: View, principal: Principal, common: object) -> View | None:
        return None


async def test_the_figures_of_a_line_do_not_tell_that_the_other_is_there(lobby: Lobby) -> None:
    """Not even to a page whose next view, without the room, is still on its way."""
    await lobby.inside("甲方")
    await lobby.waits("乙方")
    await lobby.know("乙方")
    one, other = lobby.people["甲方"], lobby.people["乙方"]
    await lobby.send("mediator", "persons.keep_apart", one=one, other=other)
    shown: list[View] = []

    async def show(_connection: str, event: str, body: View) -> None:
        shown.append(body)

    hub = Hub(Pages(lobby, "甲方"), show)
    page = Connection("a page", lobby.desk.people["甲方"], {})
    hub.open(page)
    await hub.view(page)
    await lobby.act("guest.send_out", "甲方")
    await lobby.act("guest.admit", "乙方")
    ids = {one["name"]: one["id"] for one in (await lobby.room("mediator"))["participants"]}
    await hub.quality(lobby.session, {who: {"loss": 0.0} for who in ids.values()})
    hub.close(page.id)
    (told,) = shown
    assert ids["某mediator"] in told["peers"], "whom they saw there, they may know of"
    assert ids["乙方"] not in told["peers"]


async def test_with_somebody_beside_the_terminal(lobby: Lobby) -> None:
    await lobby.inside("甲方")
    here = (await lobby.room("mediator"))["persons"][0]["id"]
    body = {"one": here, "other": lobby.people["甲方"]}
    await lobby.send("mediator", "persons.keep_apart", **body)
    assert "甲方" not in await lobby.divided()


async def test_two_beside_the_terminal_cannot_be_parted_by_a_program(lobby: Lobby) -> None:
    here = (await lobby.room("mediator"))["persons"][0]["id"]
    body = {"one": here, "other": here}
    assert await lobby.refused("mediator", "persons.keep_apart", **body) == "not_found"
