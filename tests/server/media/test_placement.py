"""On which relay a room is placed: the least busy one that takes it, and then always the same."""

from collections.abc import Mapping

import pytest

from server.media.relay_client import Hello, RelayClient, RelayFull, RelayUnavailable
from server.media.rooms import Rooms
from server.storage.engine import Database
from signaling.commands import OfferMedia, PointAt, WantPictures
from signaling.errors import Conflict, NotFound, UserError
from tests.server.sessions.desk import Desk, open_desk


class Relay(RelayClient):
    """A relay as the service sees it, whose answers a test decides."""

    def __init__(self, name: str, load: float) -> None:
        super().__init__(f"unix:/nowhere/{name}", "")
        self.load = load
        self.draining = self.full = self.away = False
        self.opened: set[str] = set()
        self.wished: list[tuple[str, bool]] = []
        self.pointed: list[tuple[str, float, float]] = []

    async def hello(self) -> Hello:
        if self.away:
            raise RelayUnavailable
        return Hello("boot of " + self.address, self.load, self.draining)

    async def put_room(self, room: str, *, record: bool, continues: str | None = None) -> str:
        if (self.full or self.draining) and room not in self.opened:
            raise RelayFull("overloaded")
        self.opened.add(room)
        return "off"

    async def offer(self, room: str, peer: str, place: int, role: str, sdp: str) -> str:
        assert room in self.opened
        return "answer of " + self.address

    async def pictures(self, room: str, peer: str, *, always: bool) -> None:
        assert room in self.opened
        self.wished.append((peer, always))

    async def point(self, room: str, peer: str, x: float, y: float) -> None:
        assert room in self.opened
        self.pointed.append((peer, x, y))

    async def divide(
        self,
        room: str,
        version: int,
        groups: Mapping[str, str],
        muted: list[str],
        kept: str | None = None,
    ) -> int:
        assert room in self.opened
        return version

    async def recording(self, room: str, action: str, reason: str = "") -> None:
        assert room in self.opened

    async def delete_room(self, room: str) -> None:
        self.opened.discard(room)


class Town:
    """A desk with two relays, the second of which is less busy."""

    def __init__(self, desk: Desk) -> None:
        self.desk = desk
        self.busy, self.idle = Relay("busy", 0.7), Relay("idle", 0.1)
        relays = {relay.address: relay for relay in (self.busy, self.idle)}
        self.rooms = Rooms(desk.db, desk.sessions, relays)

    async def enter(self, session: str, name: str = "lawyer") -> str | None:
        """Offer media; return where the session is then."""
        await self.rooms.offer(self.desk.people[name], OfferMedia(session, "offer"))
        return (await self.desk.row(session)).relay


@pytest.fixture
async def town(small: Database) -> Town:
    return Town(await open_desk(small))


async def test_the_least_busy_one_takes_it(town: Town) -> None:
    session = await town.desk.accepted()
    assert await town.enter(session) == town.idle.address
    town.idle.load = 0.9
    assert await town.enter(session, "mediator") == town.idle.address, "who comes later, too"
    assert town.busy.opened == set()


async def test_one_that_is_full_is_passed_over(town: Town) -> None:
    town.idle.full = True
    session = await town.desk.accepted()
    assert await town.enter(session) == town.busy.address
    assert town.idle.opened == set()


async def test_when_all_are_full_people_are_told(town: Town) -> None:
    town.idle.full = town.busy.full = True
    session = await town.desk.accepted()
    before = await town.desk.everything()
    with pytest.raises(RelayFull) as refused:
        await town.enter(session)
    assert refused.value.code == "overloaded"
    assert "已满" in refused.value.message
    assert await town.desk.everything() == before
    town.busy.full = False
    assert await town.enter(session) == town.busy.address


async def test_one_that_drains_finishes_its_rooms_and_gets_no_others(town: Town) -> None:
    session = await town.desk.accepted()
    assert await town.enter(session) == town.idle.address
    town.idle.draining = True
    assert await town.enter(session) == town.idle.address


async def test_a_drained_one_gets_no_new_room(town: Town) -> None:
    town.idle.draining = True
    assert await town.enter(await town.desk.accepted()) == town.busy.address


async def test_a_room_that_its_drained_relay_has_lost_moves(town: Town) -> None:
    session = await town.desk.accepted()
    await town.enter(session)
    town.idle.opened.clear()
    town.idle.draining = True
    assert await town.enter(session) == town.busy.address


async def test_one_that_is_away_is_passed_over(town: Town) -> None:
    session = await town.desk.accepted()
    await town.enter(session)
    town.idle.away = True
    assert await town.enter(session) == town.busy.address
    town.busy.away = True
    with pytest.raises(RelayUnavailable):
        await town.enter(session)


async def test_a_room_opened_for_nothing_is_ended(town: Town) -> None:
    session = await town.desk.accepted()

    async def too_late(work: object) -> dict[str, object]:
        raise Conflict

    town.desk.sessions.transact = too_late  # type: ignore[method-assign, assignment]
    with pytest.raises(Conflict):
        await town.enter(session)
    assert town.idle.opened == set()


async def test_two_first_offers_at_once_meet_on_one_relay(
    town: Town, monkeypatch: pytest.MonkeyPatch
) -> None:
    session = await town.desk.accepted()
    put_room = town.idle.put_room

    async def put_slowly(room: str, *, record: bool, continues: str | None = None) -> str:
        """While this one is being opened, the other offer is carried out on the other relay."""
        opened = await put_room(room, record=record, continues=continues)
        if len(town.busy.opened) == 0:
            town.idle.load = 0.9
            assert await town.enter(session, "mediator") == town.busy.address
        return opened

    monkeypatch.setattr(town.idle, "put_room", put_slowly)
    assert await town.enter(session) == town.busy.address
    assert (town.idle.opened, town.busy.opened) == (set(), {session})
    assert (await town.desk.row(session)).media_epoch == 1, "nobody had to come again"


async def test_who_wants_pictures_all_the_same_is_heard_by_the_rooms_relay(town: Town) -> None:
    session = await town.desk.accepted()
    lawyer = town.desk.people["lawyer"]
    with pytest.raises(RelayUnavailable):  # the room is nowhere yet
        await town.rooms.pictures(lawyer, WantPictures(session, always=True))
    await town.enter(session)
    await town.rooms.pictures(lawyer, WantPictures(session, always=True))
    await town.rooms.pictures(lawyer, WantPictures(session, always=False))
    (who, first), (same, then) = town.idle.wished
    assert who == same
    assert (first, then) == (True, False)
    with pytest.raises(NotFound):
        await town.rooms.pictures(town.desk.people["second"], WantPictures(session, always=True))


async def test_who_points_at_a_shared_page_is_heard_by_the_rooms_relay(town: Town) -> None:
    session = await town.desk.accepted()
    lawyer, spot = town.desk.people["lawyer"], PointAt(session, x=0.25, y=1.0)
    with pytest.raises(RelayUnavailable):  # the room is nowhere yet
        await town.rooms.point(lawyer, spot)
    await town.enter(session)
    await town.rooms.point(lawyer, spot)
    ((_, x, y),) = town.idle.pointed
    assert (x, y) == (0.25, 1.0)
    for name in ("second", "elsewhere", "admin"):
        with pytest.raises(UserError):
            await town.rooms.point(town.desk.people[name], spot)
    assert len(town.idle.pointed) == 1
